/* web/pages_cases.c - cases: the list, and one case: where it stands, what may be done next and every reason why not. */
#include <string.h>
#include "base/log.h"
#include "cases/cases.h"
#include "store/case_rows.h"
#include "web/model.h"
#include "web/web_private.h"
#include "web/words.h"

enum { PER_PAGE = 50 };
#define SHOWN (12 * FAIR_HOUR)           /* a look of the verifier that is no older will do for a page */

struct list { struct fair_request *rq; json_t *out; };

static json_t *
case_model(struct fair_request *rq, const struct fair_case *c)
{
    json_t *o = json_object(), *show = json_object();
    struct fair_arena *a = rq->arena;

    fair_put_id(o, "id", c->id);
    fair_put_id(o, "party", c->party);
    fair_put_id(o, "creator", c->creator);
    json_object_set_new(o, "version", json_integer(c->version));
    json_object_set_new(o, "uses", json_integer(c->uses));
    json_object_set_new(o, "works", json_integer(c->works));
    fair_put(o, "track", c->track);
    fair_put(o, "operator", c->operator);
    fair_put(o, "state", c->state);
    fair_put(o, "country", c->country);
    fair_put(o, "reason", c->reason);
    fair_put_time(o, "opened", c->opened);
    fair_put_time(o, "entered", c->entered);
    fair_put_time(o, "last", c->last);
    fair_put_time(o, "due", c->due);
    fair_put_time(o, "deadline", c->deadline);
    fair_put_time(o, "closed", c->closed);
    fair_words_put_when(show, "entered", a, rq->now, c->entered);
    fair_words_put_when(show, "due", a, rq->now, c->due);
    fair_words_put_when(show, "deadline", a, rq->now, c->deadline);
    json_object_set_new(show, "takedown", json_boolean(fair_str_eq(c->track, FAIR_STR("takedown"))));
    json_object_set_new(show, "open", json_boolean(c->closed == 0));
    json_object_set_new(o, "show", show);
    return o;
}

static fair_status
list_case(void *arg, const struct fair_case *c, struct fair_err *err)
{
    struct list *l = arg;
    (void)err;
    json_array_append_new(l->out, case_model(l->rq, c));
    return FAIR_OK;
}

fair_status
fair_page_cases(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct list l = { rq, json_array() };
    int64_t page = fair_form_number(rq, "page", 1), total = 0;
    struct fair_case_filter f = { .state = fair_form_text(rq, "state"), .operator = fair_form_text(rq, "operator"), .page = { (page > 0 ? page - 1 : 0) * PER_PAGE, PER_PAGE } };
    struct fair_link base = fair_link_to(rq->arena, "/cases");
    json_t *show = json_object();

    re->model = json_object();
    json_object_set_new(re->model, "cases", l.out);
    FAIR_TRY(fair_store_cases_count(&rq->desk, &f, &total, err));
    json_object_set_new(re->model, "total", json_integer(total));
    fair_link_add(&base, "state", f.state);
    fair_link_add(&base, "operator", f.operator);
    json_object_set_new(show, "pager", fair_words_pager(rq->arena, base, page > 0 ? page : 1, PER_PAGE, total));
    json_object_set_new(re->model, "show", show);
    return fair_store_cases(&rq->desk, &f, list_case, &l, err);
}

/* ---- one case ---------------------------------------------------------------------------------------------------------- */

static json_t *
reasons(struct fair_request *rq, const struct fair_reason *r, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        json_t *o = json_pack("{s:s, s:s, s:b}", "code", fair_reason_code(r[i].why), "words", fair_reason_words(r[i].why), "a_person_can", r[i].human), *show = json_object();
        if (r[i].gate > 0) json_object_set_new(o, "gate", json_sprintf("G%d", r[i].gate));
        fair_put_time(o, "not_before", r[i].not_before);
        fair_words_put_when(show, "not_before", rq->arena, rq->now, r[i].not_before);
        json_object_set_new(o, "show", show);
        json_array_append_new(list, o);
    }
    return list;
}

static fair_status
list_use(void *arg, const struct fair_case_use *x, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = json_object();
    (void)err;
    fair_put_id(o, "hit", x->hit);
    fair_put_id(o, "work", x->work);
    fair_put(o, "page", x->page_url);
    fair_put(o, "image", x->image_url);
    fair_put(o, "work_title", x->work_title);
    fair_put_time(o, "at", x->at);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static fair_status
list_step(void *arg, const struct fair_case_step *x, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = json_object(), *show = json_object();
    (void)err;
    json_object_set_new(o, "event", json_integer(x->seq));
    fair_put(o, "move", x->move);
    fair_put(o, "actor", x->actor);
    fair_put(o, "was", x->was);
    fair_put(o, "became", x->became);
    fair_put(o, "ground", x->ground);
    fair_put(o, "note", x->note);
    fair_put_id(o, "user", x->user);
    fair_put(o, "user_name", x->user_name);
    fair_put_id(o, "notice", x->notice);
    json_object_set_new(o, "verified", json_boolean(x->verified));
    json_object_set_new(o, "automatic", json_boolean(x->automatic));
    fair_put_time(o, "at", x->at);
    fair_put(o, "hash", fair_hex(l->rq->arena, x->hash.b, 32));
    fair_words_put_when(show, "at", l->rq->arena, l->rq->now, x->at);
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static fair_status
list_fact(void *arg, const struct fair_case_fact *x, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = json_object();
    const struct fair_fact_info *info = fair_cases_fact(x->name);
    (void)err;
    fair_put(o, "name", x->name);
    fair_put(o, "value", x->value);
    fair_put(o, "source", x->source);
    fair_put(o, "words", fair_str_of(info != NULL ? info->words : NULL));
    fair_put_id(o, "user", x->user);
    fair_put_time(o, "at", x->at);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static fair_status
list_datum(void *arg, const struct fair_party_datum *x, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = json_object();
    (void)err;
    fair_put_id(o, "id", x->id);
    fair_put(o, "what", x->what);
    fair_put(o, "value", x->value);
    fair_put(o, "source", x->source);
    fair_put(o, "seen_at", x->source_url);
    fair_put_time(o, "seen", x->seen);
    fair_put_time(o, "confirmed", x->confirmed);
    fair_put_id(o, "confirmed_by", x->confirmed_by);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static fair_status
list_dispute(void *arg, const struct fair_dispute *x, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = json_object();
    (void)err;
    fair_put_id(o, "id", x->id);
    fair_put(o, "ground", x->ground);
    fair_put(o, "words", x->words);
    fair_put(o, "answer", x->answer);
    fair_put(o, "decision", x->decision);
    fair_put(o, "reasons", x->reasons);
    fair_put(o, "appeal_reasons", x->appeal_reasons);
    fair_put_time(o, "raised", x->raised);
    fair_put_time(o, "answered", x->answered);
    fair_put_time(o, "decided", x->decided);
    fair_put_time(o, "appealed", x->appealed);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static fair_status
list_notice(void *arg, const struct fair_notice *n, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = json_object();
    struct fair_sha256 hash = fair_notice_hash(n);
    (void)err;
    fair_put_id(o, "id", n->id);
    fair_put(o, "step", n->step);
    fair_put(o, "law", n->law);
    fair_put(o, "language", n->language);
    fair_put(o, "state", n->state);
    fair_put(o, "code", n->code);
    json_object_set_new(o, "claim", json_boolean(n->claim));
    fair_put_time(o, "created", n->created);
    fair_put_time(o, "sent", n->sent);
    fair_put_time(o, "delivered", n->delivered);
    fair_put(o, "sha256", fair_hex(l->rq->arena, hash.b, 32));
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static void
put_gates(struct fair_request *rq, const struct fair_facts *f, json_t *model)
{
    enum fair_level level = fair_cases_level_of(f->c.state);
    struct fair_case_event e = { .move = FAIR_DO_INQUIRE, .by = rq->desk.user, .at = rq->now, .sum = f->amount.any ? f->amount.sum : 0 };
    struct fair_gate gates[FAIR_N_GATES];
    json_t *list = json_array();

    /* Those of what may come next. */
    if (level == FAIR_AT_NONE) level = FAIR_AT_INQUIRY;
    else if (level < FAIR_AT_COURT) level = (enum fair_level)(level + 1);
    fair_cases_gates(f, level, &e, gates);
    for (int i = 0; i < FAIR_N_GATES; i++) {
        const struct fair_gate_info *info = fair_gate_info(i + 1);
        json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:o}", "id", info->id, "name", info->name, "words", info->words, "verdict", fair_gate_verdict_name(gates[i].verdict),
                              "reasons", reasons(rq, gates[i].reasons, gates[i].n_reasons)), *show = json_object();
        fair_put(o, "source", gates[i].from.source);
        fair_put_time(o, "at", gates[i].from.at);
        fair_put_id(o, "by", gates[i].from.by);
        json_object_set_new(show, "pass", json_boolean(gates[i].verdict == FAIR_PASS));
        json_object_set_new(show, "fail", json_boolean(gates[i].verdict == FAIR_FAIL));
        json_object_set_new(show, "human", json_boolean(gates[i].verdict == FAIR_NEEDS_HUMAN));
        json_object_set_new(o, "show", show);
        json_array_append_new(list, o);
    }
    json_object_set_new(model, "gates", list);
    json_object_set_new(model, "gates_level", json_string(fair_level_name(level)));
}

static void
put_moves(struct fair_request *rq, const struct fair_facts *f, json_t *model)
{
    enum fair_move moves[FAIR_N_MOVES];
    enum fair_actor who;
    json_t *can = json_array(), *cannot = json_array();
    size_t n = 0;

    if (fair_store_case_actor(rq->user.role, FAIR_DO_LETTER, &who)) n = fair_cases_moves(f->c.state, who, moves);
    for (size_t i = 0; i < n; i++) {
        struct fair_ruling r = fair_cases_may_move(f, moves[i], who, rq->desk.user, rq->now);
        json_t *o = json_pack("{s:s, s:b, s:s, s:b, s:o}", "move", fair_move_name(moves[i]), "allowed", r.allowed, "to", fair_state_name(r.to), "sends", fair_move_sends(moves[i]),
                              "reasons", reasons(rq, r.reasons, r.n_reasons)), *show = json_object();
        fair_put_time(o, "not_before", r.not_before);
        fair_words_put_when(show, "not_before", rq->arena, rq->now, r.not_before);
        json_object_set_new(o, "show", show);
        json_array_append_new(r.allowed ? can : cannot, o);
    }
    json_object_set_new(model, "can", can);
    json_object_set_new(model, "cannot", cannot);
}

static fair_status
put_party(struct fair_request *rq, fair_id id, json_t *model, struct fair_err *err)
{
    struct list l = { rq, json_array() };
    struct fair_party p;
    json_t *o = json_object();

    json_object_set_new(model, "known", l.out);
    json_object_set_new(model, "whose", o);
    if (id == 0) return FAIR_OK;
    FAIR_TRY(fair_store_party_get(&rq->desk, id, rq->arena, &p, err));
    fair_put_id(o, "id", p.id);
    fair_put(o, "operator", p.operator);
    fair_put(o, "kind", p.kind);
    fair_put(o, "kind_evidence", p.kind_evidence);
    fair_put(o, "hosting", p.hosting);
    fair_put(o, "hosting_evidence", p.hosting_evidence);
    fair_put(o, "language", p.language);
    json_object_set_new(o, "lawyer_only", json_boolean(p.lawyer_only));
    return fair_store_party_data(&rq->desk, id, list_datum, &l, err);
}

/* Our own verifier looks at the sealed packages.  Where it cannot, the gate says that they were not verified. */
static void
recheck(struct fair_request *rq, fair_time since)
{
    const struct fair_web_options *o = rq->web->o;
    struct fair_err err = { 0 };

    if (o->recheck != NULL && o->recheck(o->recheck_arg, &rq->desk, rq->id, since, rq->now, &err) != FAIR_OK)
        fair_log(FAIR_LOG_WARN, "case.recheck case=%lld why=\"%s\"", (long long)rq->id, err.text);
}

fair_status
fair_page_case(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_facts *f = fair_alloc(rq->arena, sizeof *f);
    struct fair_notice_filter of = { rq->id, { NULL, 0 }, { 0, 200 } };
    struct list l = { rq, NULL };
    struct fair_case c;

    FAIR_TRY(fair_store_case_get(&rq->desk, rq->id, rq->arena, &c, err));
    if (c.closed == 0) recheck(rq, rq->now - SHOWN);
    FAIR_TRY(fair_store_case_gather(&rq->desk, rq->id, 0, rq->now, rq->arena, f, err));
    re->model = case_model(rq, &c);
    re->title = fair_str_fmt(rq->arena, "Case with %.*s", FAIR_STR_ARG(c.operator));
    json_object_set_new(re->model, "use_list", l.out = json_array());
    FAIR_TRY(fair_store_case_uses(&rq->desk, c.id, list_use, &l, err));
    json_object_set_new(re->model, "events", l.out = json_array());
    FAIR_TRY(fair_store_case_steps(&rq->desk, c.id, list_step, &l, err));
    json_object_set_new(re->model, "facts", l.out = json_array());
    FAIR_TRY(fair_store_case_facts(&rq->desk, c.id, list_fact, &l, err));
    FAIR_TRY(fair_store_case_found(f, list_fact, &l, err));
    json_object_set_new(re->model, "disputes", l.out = json_array());
    FAIR_TRY(fair_store_disputes(&rq->desk, c.id, list_dispute, &l, err));
    json_object_set_new(re->model, "notices", l.out = json_array());
    FAIR_TRY(fair_store_notices(&rq->desk, &of, list_notice, &l, err));
    FAIR_TRY(put_party(rq, c.party, re->model, err));
    put_gates(rq, f, re->model);
    put_moves(rq, f, re->model);
    return FAIR_OK;
}

/* ---- doing ---------------------------------------------------------------------------------------------------------------- */

fair_status
fair_page_case_open(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    bool joined;
    fair_id id;

    FAIR_TRY(fair_store_case_open(&rq->desk, rq->id, fair_form_yes(rq, "takedown"), rq->now, &id, &joined, err));
    re->model = json_object();
    fair_put_id(re->model, "case", id);
    json_object_set_new(re->model, "joined", json_boolean(joined));
    re->see = fair_str_fmt(rq->arena, "/cases/%lld", (long long)id);
    return FAIR_OK;
}

/* Refused: the case as it is, with every reason in front. */
static fair_status
refused(struct fair_request *rq, struct fair_reply *re, const struct fair_ruling *r, struct fair_err *err)
{
    json_t *o = json_object();

    FAIR_TRY(fair_page_case(rq, re, err));
    re->code = 409;
    re->page = "case";
    fair_put(o, "move", fair_form_text(rq, "move"));
    json_object_set_new(o, "reasons", reasons(rq, r->reasons, r->n_reasons));
    fair_put_time(o, "not_before", r->not_before);
    json_object_set_new(re->model, "refused", o);
    return FAIR_OK;
}

fair_status
fair_page_case_move(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_case_act x = { .case_id = rq->id, .version = fair_form_number(rq, "version", 0), .notice = fair_form_number(rq, "notice", 0), .note = fair_form_text(rq, "note"),
                               .words = fair_form_text(rq, "words"), .e = { .days = fair_form_number(rq, "days", 0), .credit = fair_form_yes(rq, "credit"), .at = rq->now } };
    fair_str ground = fair_form_text(rq, "ground");
    struct fair_ruling r;
    enum fair_case_state from;
    enum fair_ground g;
    struct fair_case c;
    fair_status s;

    FAIR_TRY(fair_store_case_get(&rq->desk, rq->id, rq->arena, &c, err));
    if (!fair_move_parse(fair_form_text(rq, "move"), &x.e.move)) return fair_fail(err, FAIR_INVALID, "there is no such move");
    if (!fair_store_case_actor(rq->user.role, x.e.move, &x.e.who)) return fair_fail(err, FAIR_REFUSED, "an account of this role moves no case");
    if (ground.n > 0) {
        if (!fair_ground_parse(ground, &g)) return fair_fail(err, FAIR_INVALID, "there is no such ground");
        x.e.ground = (unsigned)g;
    }
    if (fair_state_parse(c.state, &from) && fair_cases_asks_gate(from, x.e.move, 5)) recheck(rq, rq->now);
    s = fair_store_case_move(&rq->desk, &x, &r, NULL, err);
    if (s == FAIR_REFUSED && r.n_reasons > 0) return refused(rq, re, &r, err);
    FAIR_TRY(s);
    FAIR_TRY(fair_page_case(rq, re, err));
    re->see = fair_str_fmt(rq->arena, "/cases/%lld", (long long)rq->id);
    return FAIR_OK;
}

fair_status
fair_page_case_fact(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_case_fact x = { .case_id = rq->id, .name = fair_form_text(rq, "name"), .value = fair_form_text(rq, "value"), .source = fair_form_text(rq, "source"), .at = rq->now };
    struct fair_case c;

    FAIR_TRY(fair_store_case_get(&rq->desk, rq->id, rq->arena, &c, err));
    FAIR_TRY(fair_store_case_fact_put(&rq->desk, &x, err));
    FAIR_TRY(fair_page_case(rq, re, err));
    re->see = fair_str_fmt(rq->arena, "/cases/%lld", (long long)rq->id);
    return FAIR_OK;
}

fair_status
fair_page_case_party(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_str what = fair_form_text(rq, "what"), kind = fair_form_text(rq, "kind");
    struct fair_party_datum x = { .what = what, .value = fair_form_text(rq, "value"), .source = fair_form_text(rq, "source"), .source_url = fair_form_text(rq, "seen") };
    struct fair_case c;
    struct fair_party p;

    FAIR_TRY(fair_store_case_get(&rq->desk, rq->id, rq->arena, &c, err));
    FAIR_TRY(fair_store_party_get(&rq->desk, c.party, rq->arena, &p, err));
    if (fair_form_number(rq, "confirm", 0) != 0) {
        FAIR_TRY(fair_store_party_confirm(&rq->desk, fair_form_number(rq, "confirm", 0), rq->now, err));
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
    re->see = fair_str_fmt(rq->arena, "/cases/%lld#party", (long long)rq->id);
    return FAIR_OK;
}

fair_status
fair_page_notice_approve(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    enum fair_actor who;
    struct fair_notice n;

    if (!fair_store_case_actor(rq->user.role, FAIR_DO_LETTER, &who)) return fair_fail(err, FAIR_REFUSED, "an account of this role approves nothing");
    FAIR_TRY(fair_store_notice_approve(&rq->desk, rq->id, who, rq->now, err));
    FAIR_TRY(fair_store_notice_get(&rq->desk, rq->id, rq->arena, &n, err));
    re->model = json_object();
    fair_put_id(re->model, "notice", n.id);
    fair_put(re->model, "state", n.state);
    re->see = fair_str_fmt(rq->arena, "/cases/%lld#letters", (long long)n.case_id);
    return FAIR_OK;
}
