/* web/page_notice.c - a letter: as it is, what was found in it, who approved it, and what lets it out. */
#include <string.h>
#include "cases/letters.h"
#include "web/cases_private.h"
#include "web/words.h"

enum { INPUTS_MAX = 4 << 20, PDF_MAX = 32 << 20, WAITING = 200 };

struct list { struct fair_request *rq; json_t *out; };

static bool
is(fair_str s, const char *word)
{
    return fair_str_eq(s, fair_str_of(word));
}

json_t *
fair_notice_model(struct fair_request *rq, const struct fair_notice *n)
{
    struct fair_arena *a = rq->arena;
    json_t *o = json_object(), *show = json_object();
    struct fair_sha256 hash = fair_notice_hash(n);
    const char *state = fair_notice_state_said(n->state);

    fair_put_id(o, "id", n->id);
    fair_put_id(o, "case", n->case_id);
    fair_put(o, "step", n->step);
    fair_put(o, "law", n->law);
    fair_put(o, "language", n->language);
    fair_put(o, "state", n->state);
    fair_put(o, "code", n->code);
    json_object_set_new(o, "claim", json_boolean(n->claim));
    fair_put_time(o, "created", n->created);
    fair_put_time(o, "sent", n->sent);
    fair_put(o, "sent_to", n->sent_to);
    fair_put_time(o, "delivered", n->delivered);
    fair_put(o, "bounce", n->bounce);
    fair_put(o, "sha256", fair_hex(a, hash.b, 32));
    fair_put(show, "step", fair_letter_step_said(n->step));
    fair_put(show, "state", state != NULL ? fair_str_of(state) : n->state);
    fair_words_put_when(show, "created", a, rq->now, n->created);
    fair_words_put_when(show, "sent", a, rq->now, n->sent);
    fair_words_put_when(show, "delivered", a, rq->now, n->delivered);
    json_object_set_new(show, "draft", json_boolean(is(n->state, "draft")));
    json_object_set_new(show, "approved", json_boolean(is(n->state, "approved")));
    json_object_set_new(show, "waits", json_boolean(is(n->state, "draft") || is(n->state, "approved")));
    json_object_set_new(show, "came_back", json_boolean(n->bounced != 0));
    json_object_set_new(o, "show", show);
    return o;
}

/* ---- which letter waits ----------------------------------------------------------------------------------------------- */

struct waiting { enum fair_move move; fair_id id; fair_time created; };

static fair_status
newest_unsent(void *arg, const struct fair_notice *n, struct fair_err *err)
{
    struct waiting *w = arg;

    (void)err;
    if (!is(n->state, "draft") && !is(n->state, "approved")) return FAIR_OK;
    if (fair_letter_move(n->step) == w->move && n->created >= w->created) w->id = n->id, w->created = n->created;
    return FAIR_OK;
}

fair_status
fair_letter_waiting(struct fair_request *rq, fair_id case_id, enum fair_move move, fair_id *notice, struct fair_err *err)
{
    struct fair_notice_filter of = { case_id, { NULL, 0 }, { 0, WAITING } };
    struct waiting w = { move, 0, 0 };
    fair_status s = fair_store_notices(&rq->desk, &of, newest_unsent, &w, err);

    *notice = w.id;
    return s;
}

/* ---- the letter as it is ------------------------------------------------------------------------------------------------- */

static void
add_block(json_t *list, struct fair_arena *a, const char *kind, const struct fair_spans *text)
{
    struct fair_buf b = FAIR_BUF(a, (size_t)1 << 20);
    json_t *o;

    for (size_t i = 0; i < text->n; i++) fair_buf_add(&b, text->p[i].text);
    if (b.n == 0) return;
    o = json_object();
    fair_put(o, kind, (fair_str){ b.p, b.n });
    json_array_append_new(list, o);
}

static json_t *
blocks_of(const struct fair_document *d, struct fair_arena *a)
{
    json_t *list = json_array();

    for (const struct fair_block *k = d->first; k != NULL; k = k->next) {
        switch (k->kind) {
        case FAIR_BLOCK_HEADING: add_block(list, a, "h", &k->text); break;
        case FAIR_BLOCK_PARAGRAPH:
        case FAIR_BLOCK_QR: add_block(list, a, "p", &k->text); break;
        case FAIR_BLOCK_ITEM: add_block(list, a, "li", &k->text); break;
        case FAIR_BLOCK_MONO: add_block(list, a, "pre", &k->text); break;
        case FAIR_BLOCK_KEYS:
        case FAIR_BLOCK_TABLE:
            for (size_t r = 0; r < k->n_rows; r++) {
                struct fair_buf b = FAIR_BUF(a, (size_t)1 << 20);
                json_t *o = json_object();
                for (size_t c = 0; c < k->n_columns; c++) {
                    const struct fair_spans *cell = &k->cells[r * k->n_columns + c];
                    if (c > 0) fair_buf_c(&b, k->kind == FAIR_BLOCK_KEYS ? ": " : " | ");
                    for (size_t i = 0; i < cell->n; i++) fair_buf_add(&b, cell->p[i].text);
                }
                fair_put(o, "li", (fair_str){ b.p, b.n });
                json_array_append_new(list, o);
            }
            break;
        case FAIR_BLOCK_PICTURES:
        case FAIR_BLOCK_RULE:
        case FAIR_BLOCK_PAGE: break;
        }
    }
    return list;
}

/* Filled again from the inputs that are kept: the same letter, to the byte. */
static fair_status
put_letter(struct fair_request *rq, const struct fair_notice *n, json_t *model, json_t *show, struct fair_err *err)
{
    struct fair_letter_filled f = { 0 };
    fair_str inputs;

    if (fair_sha256_none(&n->inputs)) return FAIR_OK;
    if (rq->web->letters == NULL) FAIR_TRY(fair_letters_load(rq->web->arena, fair_letters_builtin(), &rq->web->letters, err));
    FAIR_TRY(fair_vault_read(rq->web->o->vault, &n->inputs, INPUTS_MAX, rq->arena, &inputs, err));
    FAIR_TRY(fair_letter_again(rq->web->letters, inputs, rq->arena, &f, err));
    fair_put(model, "subject", f.subject);
    fair_put(show, "language", f.document->language);
    json_object_set_new(model, "letter", blocks_of(f.document, rq->arena));
    return FAIR_OK;
}

static fair_status
list_approval(void *arg, const struct fair_notice_approval *x, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = json_object(), *show = json_object();

    (void)err;
    fair_put_id(o, "user", x->user);
    fair_put(o, "name", x->user_name);
    fair_put(o, "as", fair_str_of(fair_actor_name(x->as)));
    fair_put_time(o, "at", x->at);
    fair_put(show, "as", fair_str_of(fair_actor_words(x->as)));
    fair_words_put_when(show, "at", l->rq->arena, l->rq->now, x->at);
    json_object_set_new(show, "mine", json_boolean(x->user == l->rq->desk.user));
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static fair_status
list_check(void *arg, const struct fair_case_fact *x, struct fair_err *err)
{
    struct list *l = arg;
    const struct fair_fact_info *info = fair_cases_fact(x->name);
    json_t *o = json_object();

    (void)err;
    fair_put(o, "name", x->name);
    fair_put(o, "value", x->value);
    fair_put(o, "words", fair_str_of(info != NULL ? info->words : NULL));
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

struct first { fair_id hit, work; };

static fair_status
first_use(void *arg, const struct fair_case_use *x, struct fair_err *err)
{
    struct first *f = arg;

    (void)err;
    if (f->hit == 0) *f = (struct first){ x->hit, x->work };
    return FAIR_OK;
}

/* May it leave, by which move, and why not. */
static fair_status
put_way_out(struct fair_request *rq, const struct fair_notice *n, const struct fair_case *c, json_t *model, json_t *show, struct fair_err *err)
{
    struct fair_facts *f = fair_alloc(rq->arena, sizeof *f);
    enum fair_move move = fair_letter_move(n->step);
    const struct fair_move_words *w = fair_move_words(move);
    struct first use = { 0 };
    struct fair_mending m = { .case_id = c->id };
    struct fair_ruling r;
    enum fair_actor who;

    if (!is(n->state, "draft") && !is(n->state, "approved")) return FAIR_OK;
    if (!fair_store_case_actor(rq->user.role, move, &who)) return FAIR_OK;
    FAIR_TRY(fair_store_case_uses(&rq->desk, c->id, first_use, &use, err));
    m.hit = use.hit;
    m.work = use.work;
    fair_case_recheck_for(rq, c->id, rq->now - FAIR_RECHECK_SHOWN);
    FAIR_TRY(fair_store_case_gather(&rq->desk, c->id, n->id, rq->now, rq->arena, f, err));
    r = fair_cases_may_move(f, move, who, rq->desk.user, rq->now);
    fair_put(model, "move", fair_str_of(fair_move_name(move)));
    json_object_set_new(model, "allowed", json_boolean(r.allowed));
    json_object_set_new(model, "reasons", fair_reasons_model(rq, &m, r.reasons, r.n_reasons, false));
    fair_put_time(model, "not_before", r.not_before);
    fair_words_put_when(show, "not_before", rq->arena, rq->now, r.not_before);
    fair_put(show, "label", fair_str_of(w->label));
    fair_put(show, "help", fair_str_of(w->help));
    json_object_set_new(show, "can_send", json_boolean(r.allowed));
    json_object_set_new(show, "cannot_send", json_boolean(!r.allowed));
    return FAIR_OK;
}

fair_status
fair_page_notice(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct list l = { rq, NULL };
    struct fair_notice n;
    struct fair_case c;
    json_t *show, *one;
    size_t i;
    bool mine = false;
    fair_status s = fair_store_notice_get(&rq->desk, rq->id, rq->arena, &n, err);

    if (s != FAIR_OK) return s == FAIR_NOT_FOUND ? fair_fail(err, s, "there is no such letter") : s;
    FAIR_TRY(fair_store_case_get(&rq->desk, n.case_id, rq->arena, &c, err));
    re->model = fair_notice_model(rq, &n);
    show = json_object_get(re->model, "show");
    re->title = fair_letter_step_said(n.step);
    fair_put(re->model, "operator", c.operator);
    json_object_set_new(re->model, "version", json_integer(c.version));
    json_object_set_new(re->model, "approvals", l.out = json_array());
    FAIR_TRY(fair_store_notice_approvals(&rq->desk, n.id, list_approval, &l, err));
    json_array_foreach(l.out, i, one) mine |= json_is_true(json_object_get(json_object_get(one, "show"), "mine"));
    json_object_set_new(re->model, "found", l.out = json_array());
    FAIR_TRY(fair_store_notice_checks(&rq->desk, n.id, list_check, &l, err));
    json_object_set_new(show, "pdf", json_boolean(!fair_sha256_none(&n.pdf)));
    json_object_set_new(show, "mail", json_boolean(!fair_sha256_none(&n.mail)));
    json_object_set_new(show, "can_approve", json_boolean(!mine && (is(n.state, "draft") || is(n.state, "approved")) && fair_may(rq, FAIR_DEED_MOVE)));
    json_object_set_new(show, "again", json_boolean(is(n.state, "draft") || is(n.state, "approved")));
    FAIR_TRY(put_letter(rq, &n, re->model, show, err));
    return put_way_out(rq, &n, &c, re->model, show, err);
}

fair_status
fair_page_notice_pdf(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_notice n;

    FAIR_TRY(fair_store_notice_get(&rq->desk, rq->id, rq->arena, &n, err));
    if (fair_sha256_none(&n.pdf)) return fair_fail(err, FAIR_NOT_FOUND, "this letter has no PDF");
    FAIR_TRY(fair_vault_read(rq->web->o->vault, &n.pdf, PDF_MAX, rq->arena, &re->bytes, err));
    re->type = FAIR_STR("application/pdf");
    re->file_name = fair_str_fmt(rq->arena, "letter-%.*s.pdf", FAIR_STR_ARG(n.code));
    return FAIR_OK;
}

/* ---- doing ---------------------------------------------------------------------------------------------------------------- */

/* What a person approves is what they saw: its hash comes with the form. */
fair_status
fair_page_notice_approve(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_str seen = fair_form_text(rq, "sha256");
    struct fair_sha256 hash;
    enum fair_actor who;
    struct fair_notice n;

    if (!fair_store_case_actor(rq->user.role, FAIR_DO_LETTER, &who)) return fair_fail(err, FAIR_REFUSED, "an account of this role approves nothing");
    FAIR_TRY(fair_store_notice_get(&rq->desk, rq->id, rq->arena, &n, err));
    hash = fair_notice_hash(&n);
    if (seen.n > 0 && !fair_str_eq(seen, fair_hex(rq->arena, hash.b, 32)))
        return fair_fail(err, FAIR_CONFLICT, "this letter was made anew since you saw it; go back, read it again, and approve what is there now");
    FAIR_TRY(fair_store_notice_approve(&rq->desk, rq->id, who, rq->now, err));
    FAIR_TRY(fair_store_notice_get(&rq->desk, rq->id, rq->arena, &n, err));
    re->model = json_object();
    fair_put_id(re->model, "notice", n.id);
    fair_put(re->model, "state", n.state);
    re->see = fair_str_fmt(rq->arena, "/notices/%lld?done=approved", (long long)n.id);
    return FAIR_OK;
}

/* What a person adds, as the letter names it. */
static struct fair_letter_facts *
added(struct fair_request *rq)
{
    static const char *const all[][2] = { { "author", "author.name" }, { "words", "answer.words" }, { "received", "answer.received" }, { "lawyer", "lawyer.name" }, { "lawyer_address", "lawyer.address" },
        { "reasons", "decision.reasons" }, { "reviewer", "reviewer.name" }, { "closing", "close.reason" }, { "cc_licence", "cc.licence" }, { "cc_url", "cc.url" }, { "cc_credit", "cc.credit" } };
    struct fair_letter_facts *f = fair_letter_facts_new(rq->arena);

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) fair_letter_fact(f, all[i][1], fair_str_trim(fair_form_text(rq, all[i][0])));
    if (fair_form_number(rq, "days", 0) > 0) fair_letter_fact_number(f, "extension.days", fair_form_number(rq, "days", 0));
    return f;
}

/* What a letter lacks is named as the letter names it; beside that, in words. */
static json_t *
lacking(fair_str error)
{
    static const char *const all[][2] = { { "author.name", "Who made the picture: under \"What you add\", or in the picture's own data." }, { "recipient.name", "The recipient's name: under \"Who answers for it\"." },
        { "sender.name", "Your name, as the settings have it (letters.name)." }, { "sender.address", "Your postal address, as the settings have it (letters.address)." },
        { "sender.email", "Your mail address, as the settings have it (letters.email or mail.from)." }, { "privacy.contact", "Whom to ask about the data, as the settings have it (letters.privacy)." },
        { "datum.1", "Something known of the recipient, with its source: under \"Who answers for it\"." }, { "asked.1", "A place where it was looked whether there is a licence." },
        { "re.id", "An earlier letter: this one answers or reminds of one that was sent." }, { "answer.received", "The day on which their words came: under \"What you add\"." },
        { "answer.words", "Your answer, in your words: under \"What you add\"." }, { "lawyer.name", "The lawyer's name: under \"What you add\"." }, { "lawyer.address", "The lawyer's address: under \"What you add\"." },
        { "decision.reasons", "The reasons of the decision: under \"What you add\"." }, { "reviewer.name", "Who decided: under \"What you add\"." }, { "extension.days", "How many days more: under \"What you add\"." },
        { "cc.", "The Creative Commons licence, its address and the credit: under \"What you add\"." }, { ".page", "The address of the page where the picture was seen: a use without one is asked about by hand." } };
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (memmem(error.p, error.n, all[i][0], strlen(all[i][0])) != NULL) json_array_append_new(list, json_string(all[i][1]));
    return list;
}

/* POST /cases/:id/draft.  A letter that lacks something is told on the case's page, beside the form. */
fair_status
fair_page_draft(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    const struct fair_web_hands *hands = rq->web->o->hands;
    struct fair_letter_facts *more = added(rq);
    struct fair_err why = { 0 };
    fair_id notice = 0;
    struct fair_case c;
    json_t *o;
    fair_status s;

    FAIR_TRY(fair_store_case_get(&rq->desk, rq->id, rq->arena, &c, err));
    FAIR_TRY(fair_needs_hands(rq, err));
    s = hands->draft(hands->arg, &rq->desk, c.id, fair_form_text(rq, "step"), fair_form_text(rq, "language"), fair_form_number(rq, "notice", 0),
                     fair_letter_facts_count(more) > 0 ? more : NULL, rq->now, rq->arena, &notice, &why);
    if (s == FAIR_OK) {
        re->model = json_object();
        fair_put_id(re->model, "notice", notice);
        re->see = fair_str_fmt(rq->arena, "/notices/%lld?done=drafted", (long long)notice);
        return FAIR_OK;
    }
    if (s != FAIR_INVALID && s != FAIR_REFUSED && s != FAIR_NOT_FOUND) return fair_fail(err, s, "%s", why.text);
    FAIR_TRY(fair_page_case(rq, re, err));
    re->code = s == FAIR_REFUSED ? 409 : 400;
    re->page = "case";
    o = json_object();
    fair_put(o, "step", fair_form_text(rq, "step"));
    fair_put(o, "error", fair_utf8_mend(rq->arena, fair_str_of(why.text)));
    json_object_set_new(o, "show", json_pack("{s:o}", "lacking", lacking(fair_str_of(why.text))));
    json_object_set_new(re->model, "not_drafted", o);
    return FAIR_OK;
}
