/* work/portal_history.c - the course of a case as its recipient is told it: what was sent, answered and decided, when the clock stood still and
 * from when it ran.  Codes and times; the page has the sentences, in its reader's language.  Not who of us did it. */
#include <string.h>
#include "cases/calendar.h"
#include "http/http.h"
#include "work/portal_private.h"

/* What is ours alone, and changes nothing for the recipient. */
static const enum fair_move silent[] = { FAIR_DO_GATHER, FAIR_DO_SEAL, FAIR_DO_READY_UP, FAIR_DO_BACK, FAIR_DO_TD_CONSIDER, FAIR_DO_TD_SIGN };

struct telling {
    struct fair_arena *a;
    const struct fair_portal_letter *sent; size_t n_sent;
    json_t *list;
    bool begun, unread, stood, counts;
    fair_time rcp_at;
};

static int
step_of(enum fair_case_state s)
{
    return s == FAIR_INQUIRY ? FAIR_STEP_INQUIRY : s == FAIR_OFFER ? FAIR_STEP_OFFER : s == FAIR_DEMAND ? FAIR_STEP_DEMAND : s == FAIR_SETTLEMENT ? FAIR_STEP_SETTLEMENT : -1;
}

static json_t *
tell(struct telling *t, fair_time at, const char *what)
{
    json_t *o = json_object();

    fair_put_time(o, "at", at);
    json_object_set_new(o, "what", json_string(what));
    json_array_append_new(t->list, o);
    return o;
}

/* "CLOSED_WRONG" is "closed_wrong". */
static const char *
lower(struct fair_arena *a, fair_str s)
{
    char *c = fair_alloc(a, s.n + 1);

    for (size_t i = 0; i < s.n; i++) c[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i] == '-' ? '_' : s.p[i];
    c[s.n] = '\0';
    return c;
}

/* A letter that asks for nothing: which kind it was. */
static const char *
letter_kind(const struct telling *t, fair_id notice)
{
    for (size_t i = 0; i < t->n_sent; i++) {
        if (t->sent[i].id != notice) continue;
        if (fair_str_starts(t->sent[i].step, FAIR_STR("close"))) return "letter_closing";
        return fair_str_eq(t->sent[i].step, FAIR_STR("decision")) ? "letter_decision" : "letter_answer";
    }
    return "letter_answer";
}

static void
tell_move(struct telling *t, const struct fair_case_step *x, enum fair_move m, enum fair_case_state became)
{
    bool theirs = fair_str_eq(x->actor, fair_str_of(fair_actor_name(FAIR_RCP)));
    json_t *o;

    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        if (silent[i] == m) return;
    if (m == FAIR_DO_REPLY && t->rcp_at == x->at) return;         /* told already, by what the answer was */
    if (theirs) t->rcp_at = x->at;
    if (fair_state_final(became) && !fair_str_eq(x->was, x->became)) {
        tell(t, x->at, lower(t->a, x->became));
        return;
    }
    o = tell(t, x->at, m == FAIR_DO_LETTER ? letter_kind(t, x->notice) : lower(t->a, x->move));
    if (m == FAIR_DO_GRANT_TIME || m == FAIR_DO_ASK_TIME) json_object_set_new(o, "days", json_integer(m == FAIR_DO_ASK_TIME ? fair_cases_days("extension") : x->days));
    if (x->ground.n > 0) {
        json_t *grounds = json_array();
        fair_str rest = x->ground, one;
        while (fair_str_split(&rest, ',', &one)) json_array_append_new(grounds, json_stringn(fair_str_trim(one).p, fair_str_trim(one).n));
        json_object_set_new(o, "grounds", grounds);
    }
}

/* The clock's hands, by the rule of cases/apply.c: it runs at a step while nothing of theirs is unread. */
static void
tell_clock(struct telling *t, const struct fair_case_step *x, enum fair_move m, enum fair_case_state became)
{
    bool stands;

    if (m == FAIR_DO_REPLY) t->unread = true;
    if (m == FAIR_DO_READ_IT) t->unread = false;
    if (!t->counts) t->counts = step_of(became) >= 0;
    if (!t->counts || fair_state_final(became)) return;
    stands = step_of(became) < 0 || t->unread;
    if (stands && !t->stood) tell(t, x->at, "clock_stopped");
    if (!stands && t->stood) tell(t, x->at, m == FAIR_DO_RESUME ? "clock_anew" : "clock_runs");
    t->stood = stands;
}

json_t *
fair_portal_history(const struct fair_case_step *steps, size_t n, const struct fair_portal_letter *sent, size_t n_sent, struct fair_arena *a)
{
    struct telling t = { .a = a, .sent = sent, .n_sent = n_sent, .list = json_array() };

    for (size_t i = 0; i < n; i++) {
        enum fair_case_state became;
        enum fair_move m;
        if (!fair_move_parse(steps[i].move, &m) || !fair_state_parse(steps[i].became, &became)) continue;
        t.begun = t.begun || fair_move_sends(m);
        if (!t.begun) continue;                                   /* nobody had been written to */
        tell_move(&t, &steps[i], m, became);
        tell_clock(&t, &steps[i], m, became);
    }
    return t.list;
}

struct gathered { struct fair_arena *a; struct fair_case_step *v; size_t n, room; };

static fair_status
gather_step(void *arg, const struct fair_case_step *x, struct fair_err *err)
{
    struct gathered *g = arg;
    struct fair_case_step *to;

    (void)err;
    if (g->n == g->room) {
        struct fair_case_step *more = fair_alloc_array(g->a, g->room * 2 + 32, sizeof *more);
        if (g->n > 0) memcpy(more, g->v, g->n * sizeof *more);
        g->v = more;
        g->room = g->room * 2 + 32;
    }
    to = &g->v[g->n++];
    *to = *x;
    to->move = fair_str_dup(g->a, x->move);
    to->actor = fair_str_dup(g->a, x->actor);
    to->was = fair_str_dup(g->a, x->was);
    to->became = fair_str_dup(g->a, x->became);
    to->ground = fair_str_dup(g->a, x->ground);
    return FAIR_OK;
}

/* Why the clock stands, in one word. */
static const char *
why_stopped(const struct fair_course *c)
{
    if (c->unread_since != 0) return "unread";
    switch (c->state) {
    case FAIR_DISPUTED: case FAIR_DISPUTE_REVIEW: case FAIR_RETURN: case FAIR_APPEAL: case FAIR_RETURN_FINAL: return "dispute";
    case FAIR_HOLD: return "hold";
    case FAIR_INFO_REQUESTED: return "question";
    case FAIR_CURE: return "cure";
    case FAIR_AGREED: case FAIR_PAID: return "agreed";
    default: return "other";
    }
}

static void
put_period(struct fair_publishing *p)
{
    const struct fair_course *c = &p->facts.c;
    const struct fair_step *step = &c->step[FAIR_STEP_INQUIRY];
    json_t *o = json_object();
    fair_time stopped = c->unread_since != 0 ? c->unread_since : c->at >= 0 ? c->stopped_since : 0;

    for (int i = FAIR_N_STEPS - 1; i >= 0; i--)
        if (c->step[i].sent != 0) {
            step = &c->step[i];
            break;
        }
    json_object_set_new(o, "days", json_integer(p->n.deadline_days));
    fair_put_time(o, "begun", step->delivered);
    fair_put_time(o, "until", p->c.deadline);
    if (p->c.deadline != 0) {                                      /* the last whole day there, as the recipient's calendar has it */
        int year, month, day;
        fair_date_split(fair_calendar_date(p->facts.country, p->c.deadline - 1), &year, &month, &day);
        fair_put(o, "until_day", fair_str_fmt(p->a, "%04d-%02d-%02d", year, month, day));
    }
    fair_put_time(o, "stopped", stopped);
    if (stopped != 0) json_object_set_new(o, "why", json_string(why_stopped(c)));
    json_object_set_new(p->out, "period", o);
}

/* The newest rejection, with its reasons as they were written; while it may be appealed, until when. */
static fair_status
one_dispute(void *arg, const struct fair_dispute *x, struct fair_err *err)
{
    struct fair_publishing *p = arg;
    fair_str reasons = x->appeal_reasons.n > 0 ? x->appeal_reasons : x->reasons;
    json_t *o;

    (void)err;
    if (!fair_str_eq(x->decision, FAIR_STR("rejected"))) return FAIR_OK;
    o = json_object();
    fair_put(o, "ground", x->ground);
    fair_put_time(o, "at", x->appeal_decided != 0 ? x->appeal_decided : x->decided);
    json_object_set_new(o, "words", reasons.n > 0 ? json_pack("[s%]", reasons.p, reasons.n) : json_array());
    json_object_set_new(o, "appealed", json_boolean(x->appealed != 0));
    if (x->appealed == 0 && p->facts.c.state == FAIR_RETURN) fair_put_time(o, "appeal_until", x->decided + fair_cases_days("appeal") * FAIR_DAY);
    json_object_set_new(p->out, "decision", o);
    return FAIR_OK;
}

static fair_status
put_final(struct fair_publishing *p, struct fair_err *err)
{
    bool never = p->n_works > 0;
    json_t *o;

    json_object_set_new(p->out, "final", json_null());
    if (p->c.closed == 0) return FAIR_OK;
    o = json_object();
    json_object_set_new(p->out, "final", o);
    fair_put(o, "state", p->c.state);
    fair_put_time(o, "at", p->c.closed);
    json_object_set_new(o, "words", p->c.reason.n > 0 ? json_pack("[s%]", p->c.reason.p, p->c.reason.n) : json_array());
    for (size_t i = 0; i < p->n_works && never; i++) FAIR_TRY(fair_store_never_again(&p->h->desk, p->c.operator, p->works[i], &never, err));
    json_object_set_new(o, "never", json_boolean(never));
    for (size_t i = 0; i < p->n_sent; i++) {
        const struct fair_portal_letter *l = &p->sent[i];
        fair_str bytes;
        fair_status s;
        if (!fair_str_starts(l->step, FAIR_STR("close")) || fair_sha256_none(&l->pdf)) continue;
        s = fair_vault_read(p->h->vault, &l->pdf, (size_t)32 << 20, p->a, &bytes, err);
        if (s == FAIR_NOT_FOUND) continue;
        if (s != FAIR_OK) return s;
        fair_publishing_file(p, FAIR_STR("closing.pdf"), bytes);
        fair_put(o, "letter", FAIR_STR("closing.pdf"));
        break;
    }
    return FAIR_OK;
}

fair_status
fair_publish_history(struct fair_publishing *p, struct fair_err *err)
{
    struct gathered g = { .a = p->a };

    json_object_set_new(p->out, "decision", json_null());
    put_period(p);
    FAIR_TRY(fair_store_case_steps(&p->h->desk, p->c.id, gather_step, &g, err));
    json_object_set_new(p->out, "history", fair_portal_history(g.v, g.n, p->sent, p->n_sent, p->a));
    FAIR_TRY(fair_store_disputes(&p->h->desk, p->c.id, one_dispute, p, err));
    return put_final(p, err);
}
