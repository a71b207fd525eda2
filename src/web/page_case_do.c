/* web/page_case_do.c - what the forms of a case's page do. */
#include <string.h>
#include "base/log.h"
#include "store/proposal_rows.h"
#include "web/cases_private.h"
#include "web/words.h"

fair_str
fair_case_link(struct fair_request *rq, fair_id id, const char *done, const char *part)
{
    return fair_str_fmt(rq->arena, "/cases/%lld?done=%s%s", (long long)id, done, part);
}

fair_status
fair_page_case_open(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    bool joined = false;
    fair_id id = 0;
    fair_status s = fair_store_case_open(&rq->desk, rq->id, fair_form_yes(rq, "takedown"), rq->now, &id, &joined, err);

    if (s == FAIR_CONFLICT && id != 0 && !rq->json) {      /* it is in a case already: there it is */
        re->see = fair_str_fmt(rq->arena, "/cases/%lld", (long long)id);
        return FAIR_OK;
    }
    FAIR_TRY(s);
    re->model = json_object();
    fair_put_id(re->model, "case", id);
    json_object_set_new(re->model, "joined", json_boolean(joined));
    re->see = fair_case_link(rq, id, joined ? "joined" : "opened", "");
    return FAIR_OK;
}

/* ---- moves -------------------------------------------------------------------------------------------------------------------- */

struct uses { fair_id hit, work; };

static fair_status
first_use(void *arg, const struct fair_case_use *x, struct fair_err *err)
{
    struct uses *u = arg;

    (void)err;
    if (u->hit == 0) *u = (struct uses){ x->hit, x->work };
    return FAIR_OK;
}

static void
put_typed(struct fair_request *rq, json_t *o, enum fair_move move)
{
    json_t *show = json_object();

    fair_put(o, "move", fair_form_text(rq, "move"));
    fair_put(o, "note", fair_form_text(rq, "note"));
    fair_put(o, "words", fair_form_text(rq, "words"));
    fair_put(show, "label", fair_str_of(fair_move_words(move)->label));
    json_object_set_new(show, "typed", json_boolean(fair_form_text(rq, "note").n + fair_form_text(rq, "words").n > 0));
    json_object_set_new(o, "show", show);
}

/* Refused: the case as it is, with every reason in front. */
static fair_status
refused(struct fair_request *rq, struct fair_reply *re, enum fair_move move, const struct fair_ruling *r, struct fair_err *err)
{
    struct fair_mending m = { .case_id = rq->id, .here = true };
    struct uses u = { 0 };
    json_t *o;

    FAIR_TRY(fair_page_case(rq, re, err));
    FAIR_TRY(fair_store_case_uses(&rq->desk, rq->id, first_use, &u, err));
    m.hit = u.hit;
    m.work = u.work;
    re->code = 409;
    re->page = "case";
    o = json_object();
    put_typed(rq, o, move);
    json_object_set_new(o, "reasons", fair_reasons_model(rq, &m, r->reasons, r->n_reasons, (fair_move_words(move)->asks & FAIR_ASKS_LETTER) != 0 && fair_form_number(rq, "notice", 0) == 0));
    fair_put_time(o, "not_before", r->not_before);
    fair_words_put_when(json_object_get(o, "show"), "not_before", rq->arena, rq->now, r->not_before);
    json_object_set_new(re->model, "refused", o);
    return FAIR_OK;
}

/* Somebody was first.  Nothing of this was done; who did what is told, and what was typed is not lost. */
static fair_status
too_late(struct fair_request *rq, struct fair_reply *re, enum fair_move move, struct fair_err *err)
{
    int64_t seen = fair_form_number(rq, "version", 0);
    json_t *o = json_object(), *since = json_array(), *one;
    size_t i;
    fair_status s = fair_page_case(rq, re, err);

    if (s != FAIR_OK) {
        json_decref(o);
        json_decref(since);
        return s;
    }
    re->code = 409;
    re->page = "case";
    /* Version n is what the events before n made of the case. */
    json_array_foreach(json_object_get(re->model, "events"), i, one) {
        if (json_integer_value(json_object_get(one, "event")) >= seen) json_array_append(since, one);
    }
    put_typed(rq, o, move);
    json_object_set_new(o, "since", since);
    json_object_set_new(re->model, "changed", o);
    return FAIR_OK;
}

fair_status
fair_page_case_move(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_case_act x = { .case_id = rq->id, .version = fair_form_number(rq, "version", 0), .notice = fair_form_number(rq, "notice", 0), .note = fair_form_text(rq, "note"),
                               .words = fair_form_text(rq, "words"), .e = { .days = fair_form_number(rq, "days", 0), .credit = fair_form_yes(rq, "credit"), .at = rq->now } };
    json_t *grounds = json_object_get(rq->form, "ground"), *one;
    struct fair_ruling r;
    struct fair_err none = { 0 };
    enum fair_case_state from;
    enum fair_ground g;
    struct fair_case c;
    fair_status s;
    size_t i;

    FAIR_TRY(fair_store_case_get(&rq->desk, rq->id, rq->arena, &c, err));
    if (!fair_move_parse(fair_form_text(rq, "move"), &x.e.move)) return fair_fail(err, FAIR_INVALID, "there is no such move");
    if (!fair_store_case_actor(rq->user.role, x.e.move, &x.e.who)) return fair_fail(err, FAIR_REFUSED, "an account of this role moves no case");
    json_array_foreach(grounds, i, one) {
        fair_str ground = { json_string_value(one), json_string_length(one) };
        if (ground.n == 0) continue;
        if (!fair_ground_parse(ground, &g)) return fair_fail(err, FAIR_INVALID, "there is no such ground");
        x.e.ground |= (unsigned)g;
    }
    if ((fair_move_words(x.e.move)->asks & FAIR_ASKS_REASON) != 0 && fair_str_trim(x.note).n == 0)
        return fair_fail(err, FAIR_INVALID, "\"%s\" wants your reasons: they are kept, and told where it is a close or a decision", fair_move_words(x.e.move)->label);
    if (fair_state_parse(c.state, &from) && fair_cases_asks_gate(from, x.e.move, 5)) fair_case_recheck_for(rq, c.id, rq->now);
    s = fair_store_case_move(&rq->desk, &x, &r, NULL, err);
    if (s == FAIR_REFUSED && fair_move_is_claim(x.e.move) && fair_store_case_look(&rq->desk, c.id, true, rq->now, &none) != FAIR_OK)
        fair_log(FAIR_LOG_WARN, "case.look case=%lld why=\"%s\"", (long long)c.id, none.text);
    if (s == FAIR_REFUSED && r.n_reasons > 0) return refused(rq, re, x.e.move, &r, err);
    if (s == FAIR_CONFLICT) return too_late(rq, re, x.e.move, err);
    FAIR_TRY(s);
    FAIR_TRY(fair_page_case(rq, re, err));
    re->see = fair_case_link(rq, rq->id, fair_move_sends(x.e.move) ? "sent" : "case_moved", "");
    return FAIR_OK;
}

/* ---- what people state ------------------------------------------------------------------------------------------------------- */

fair_status
fair_page_case_fact(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_case_fact x = { .case_id = rq->id, .name = fair_form_text(rq, "name"), .value = fair_form_text(rq, "value"), .source = fair_form_text(rq, "source"), .at = rq->now };
    struct fair_case c;

    FAIR_TRY(fair_store_case_get(&rq->desk, rq->id, rq->arena, &c, err));
    FAIR_TRY(fair_store_case_fact_put(&rq->desk, &x, err));
    FAIR_TRY(fair_page_case(rq, re, err));
    re->see = fair_case_link(rq, rq->id, "saved", fair_str_eq(x.name, FAIR_STR("match.seen")) ? "#match" : "#facts");
    return FAIR_OK;
}

/* POST /cases/:id/worksheet: exceptions, each looked at, the four factors, a conclusion, a name under it. */
fair_status
fair_page_worksheet(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    static const char *const asked[][2] = { { "quotation", "Quotation" }, { "parody", "Parody, caricature, pastiche" }, { "news", "Report on a current event" }, { "teaching", "Teaching, research, criticism, review" },
        { "other", "Another exception of that country's law" } };
    static const char *const factors[][2] = { { "purpose", "What it is used for there (commercial or not, does it add something new)" }, { "nature", "What kind of work it is" },
        { "amount", "How much of it is used" }, { "effect", "What it does to the market for it" } };
    struct fair_buf b = FAIR_BUF(rq->arena, 60000);
    bool likely = fair_str_eq(fair_form_text(rq, "conclusion"), FAIR_STR("applies"));
    struct fair_case_fact is = { .case_id = rq->id, .name = FAIR_STR("exceptions.likely"), .value = likely ? FAIR_STR("yes") : FAIR_STR("no"), .source = FAIR_STR("the worksheet on the case's page"), .at = rq->now };
    struct fair_case_fact sheet = { .case_id = rq->id, .name = FAIR_STR("exceptions.worksheet"), .source = FAIR_STR("the worksheet on the case's page"), .at = rq->now };
    fair_str name = rq->user.name.n > 0 ? rq->user.name : rq->user.email;
    struct fair_case c;

    FAIR_TRY(fair_store_case_get(&rq->desk, rq->id, rq->arena, &c, err));
    if (!fair_form_yes(rq, "sign")) return fair_fail(err, FAIR_INVALID, "the worksheet is signed by whoever filled it in: tick the last box");
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        fair_str v = fair_form_text(rq, asked[i][0]), why = fair_str_trim(fair_form_text(rq, fair_str_fmt(rq->arena, "%s_why", asked[i][0]).p));
        fair_buf_fmt(&b, "%s: %.*s%s%.*s\n", asked[i][1], FAIR_STR_ARG(v), why.n > 0 ? " - " : "", FAIR_STR_ARG(why));
    }
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
        fair_str v = fair_str_trim(fair_form_text(rq, factors[i][0]));
        fair_buf_fmt(&b, "%s: %.*s\n", factors[i][1], FAIR_STR_ARG(v));
    }
    fair_buf_fmt(&b, "Conclusion: %s\nSigned: %.*s\n", likely ? "an exception seems to apply" : "no exception seems to apply", FAIR_STR_ARG(name));
    FAIR_TRY(fair_buf_take(&b, &sheet.value, err));
    /* The conclusion first: a worksheet never stands without it. */
    FAIR_TRY(fair_store_case_fact_put(&rq->desk, &is, err));
    FAIR_TRY(fair_store_case_fact_put(&rq->desk, &sheet, err));
    FAIR_TRY(fair_page_case(rq, re, err));
    re->see = fair_case_link(rq, rq->id, "signed", "#worksheet");
    return FAIR_OK;
}

/* ---- the party ------------------------------------------------------------------------------------------------------------------ */

fair_status
fair_page_case_party(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_str what = fair_form_text(rq, "what"), kind = fair_form_text(rq, "kind");
    struct fair_party_datum x = { .what = what, .value = fair_form_text(rq, "value"), .source = fair_form_text(rq, "source"), .source_url = fair_form_text(rq, "seen") };
    fair_id confirm = fair_form_number(rq, "confirm", 0);
    struct fair_case c;
    struct fair_party p;

    FAIR_TRY(fair_store_case_get(&rq->desk, rq->id, rq->arena, &c, err));
    FAIR_TRY(fair_store_party_get(&rq->desk, c.party, rq->arena, &p, err));
    if (confirm != 0) {
        if (!rq->json && !fair_form_yes(rq, "looked")) return fair_fail(err, FAIR_INVALID, "confirming says that you looked at the source and that it is so: tick the box");
        FAIR_TRY(fair_store_party_confirm(&rq->desk, confirm, rq->now, err));
    } else if (what.n > 0) {
        x.party = p.id;
        FAIR_TRY(fair_store_party_put(&rq->desk, &x, rq->now, err));
    } else {
        if (kind.n > 0) p.kind = kind, p.kind_evidence = fair_form_text(rq, "kind_evidence");
        if (fair_form_text(rq, "hosting").n > 0) p.hosting = fair_form_text(rq, "hosting"), p.hosting_evidence = fair_form_text(rq, "hosting_evidence");
        if (fair_form_text(rq, "language").n > 0) p.language = fair_form_text(rq, "language");
        FAIR_TRY(fair_store_party_set(&rq->desk, &p, rq->now, err));
    }
    FAIR_TRY(fair_page_case(rq, re, err));
    re->see = fair_case_link(rq, rq->id, "saved", "#party");
    return FAIR_OK;
}

/* POST /cases/:id/party/look: the worker asks the site who runs it. */
fair_status
fair_page_party_look(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_case c;

    FAIR_TRY(fair_store_case_get(&rq->desk, rq->id, rq->arena, &c, err));
    FAIR_TRY(fair_store_job_ask(&rq->desk, "party", fair_str_fmt(rq->arena, "party %lld", (long long)c.id), fair_str_fmt(rq->arena, "{\"case\":%lld}", (long long)c.id), 0, err));
    re->model = json_pack("{s:s}", "look", "asked");
    re->see = fair_case_link(rq, rq->id, "asked", "#party");
    return FAIR_OK;
}

/* POST /cases/:id/party/proposal. */
fair_status
fair_page_proposal(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    bool so = fair_str_eq(fair_form_text(rq, "so"), FAIR_STR("yes"));
    struct fair_case c;

    FAIR_TRY(fair_store_case_get(&rq->desk, rq->id, rq->arena, &c, err));
    if (so && !rq->json && !fair_form_yes(rq, "looked")) return fair_fail(err, FAIR_INVALID, "taking it says that you looked at the source and that it is so: tick the box");
    FAIR_TRY(fair_store_proposal_settle(&rq->desk, fair_form_number(rq, "proposal", 0), c.party, so, rq->now, err));
    FAIR_TRY(fair_page_case(rq, re, err));
    re->see = fair_case_link(rq, rq->id, "saved", "#party");
    return FAIR_OK;
}
