/* cases/apply.c - what an event makes of the course of a case. */
#include "cases/cases_private.h"

struct fair_course
fair_cases_open(bool takedown, fair_id creator, fair_time at)
{
    return (struct fair_course){ .state = takedown ? FAIR_TD_DRAFT : FAIR_DRAFT, .opened = at, .entered = at, .last = at, .creator = creator, .at = -1 };
}

/* The recipient's clock runs at a step, while nothing of theirs is unread. */
static bool
runs(const struct fair_course *c)
{
    return fair_step_of(c->state) >= 0 && c->unread_since == 0;
}

static void
clock_hands(const struct fair_course *was, struct fair_course *c, fair_time at)
{
    bool before = was->stopped_since == 0, now = runs(c);

    if (before && !now) {
        if (!FAIR_OFF(FAIR_MUT_STOP_CLOCK)) c->stopped_since = at;
    } else if (!before && now) {
        fair_time since = c->stopped_since;
        c->stopped_since = 0;
        if (c->at < 0 || c->step[c->at].delivered == 0) return;
        if (since < c->step[c->at].delivered) since = c->step[c->at].delivered;
        if (at > since) c->step[c->at].paused += at - since;
    }
}

/* A claim went out: its step begins, or is reminded of. */
static void
claim(struct fair_course *c, const struct fair_case_event *e)
{
    int step = fair_step_of(c->state);

    c->sent_last = e->at;
    c->contacted = true;
    c->bounced = false;
    if (e->sum > 0) c->sum_last = e->sum;     /* a reminder that asks for less binds too */
    if (e->move == FAIR_DO_RESEND) return;
    c->claims++;
    if (e->move == FAIR_DO_REMIND) {
        c->reminders++;
        if (step >= 0) c->step[step].reminders++;
        return;
    }
    if (step >= 0) {
        c->step[step] = (struct fair_step){ .sent = e->at, .sum = e->sum };
        c->at = step;
    }
    c->proposed = false;
    c->proposed_sum = 0;
    c->due = 0;
}

/* A rejected dispute brings the case back to a step, which begins anew: its time runs from the proven delivery of the reasons. */
static void
resume(struct fair_course *c, const struct fair_case_event *e)
{
    int step = fair_step_of(c->state);

    if (c->left != c->state || step >= 0) c->resumed_low = true;
    c->sent_last = e->at;
    c->contacted = true;
    if (step < 0) return;
    if (FAIR_OFF(FAIR_MUT_RESTART)) {
        c->at = step;
        return;
    }
    c->step[step].sent = e->at;
    c->step[step].delivered = c->step[step].answered = c->step[step].paused = 0;
    c->step[step].extension_days = 0;
    c->at = step;
}

static void
dispute(const struct fair_course *was, struct fair_course *c, const struct fair_case_event *e)
{
    if (was->state == c->state && c->state != FAIR_DISPUTED && c->state != FAIR_APPEAL) return;     /* kept only */
    if (was->state != FAIR_DISPUTED && was->state != FAIR_DISPUTE_REVIEW && was->state != FAIR_RETURN && was->state != FAIR_RETURN_FINAL &&
        was->state != FAIR_APPEAL) {
        c->left = was->state == FAIR_CURE || was->state == FAIR_HOLD || was->state == FAIR_INFO_REQUESTED ? was->base : was->state;
        c->disputes++;
        c->grounds = c->grounds_answered = 0;
        c->answerer = c->reviewer = 0;
    }
    c->grounds |= e->ground;
    c->grounds_answered &= ~e->ground;
    c->taken_up = 0;
}

/* What may only follow a step whose time is over shows that it was. */
static void
what_is_over(struct fair_course *c, const struct fair_case_event *e)
{
    if (e->move == FAIR_DO_MAKE_OFFER || (e->move == FAIR_DO_BREAK && c->state == FAIR_OFFER)) c->inquiry_over = true;
    if (e->move == FAIR_DO_MAKE_DEMAND || (e->move == FAIR_DO_BREAK && c->state == FAIR_DEMAND)) c->offer_over = true;
}

static bool
proves_delivery(const struct fair_course *c, const struct fair_case_event *e)
{
    if (c->at < 0 || c->step[c->at].sent == 0 || c->step[c->at].delivered != 0) return false;
    return e->move == FAIR_DO_DELIVERED || (e->who == FAIR_RCP && e->verified);
}

static void
particulars(const struct fair_course *was, struct fair_course *c, const struct fair_case_event *e)
{
    int step = fair_step_of(was->state);
    const struct fair_day_counts *d = fair_day_counts_get();

    switch (e->move) {
    case FAIR_DO_LETTER:
        c->sent_last = e->at;
        c->contacted = true;
        c->closing_letter_owed = false;
        break;
    case FAIR_DO_UNDELIVERED: c->bounced = true; break;
    case FAIR_DO_REPLY: if (c->unread_since == 0) c->unread_since = e->at; break;
    case FAIR_DO_READ_IT: c->unread_since = 0; break;
    case FAIR_DO_ANSWER: if (step >= 0) c->step[step].answered = e->at; break;
    case FAIR_DO_ASK_PRICE: c->price_asked = true; break;
    case FAIR_DO_ASK_TIME:
        if (step >= 0 && !c->step[step].extended) {
            c->step[step].extended = true;
            c->step[step].extension_days += d->extension;
        }
        break;
    case FAIR_DO_GRANT_TIME: if (step >= 0 && e->days > 0 && e->days <= 366) c->step[step].extension_days += e->days; break;
    case FAIR_DO_CURE_IT: c->cure_credit = e->credit; break;
    case FAIR_DO_CURED_PART: c->removal_settled = true; break;
    case FAIR_DO_NOT_CURED:
        step = fair_step_of(c->state);
        if (step >= 0) c->step[step].false_cure = true;
        break;
    case FAIR_DO_DISPUTE: dispute(was, c, e); break;
    case FAIR_DO_ANSWER_DISPUTE:
        c->grounds_answered |= e->ground;
        c->answerer = e->by;
        break;
    case FAIR_DO_TAKE_UP: c->taken_up = e->at; break;
    case FAIR_DO_REJECT:
        c->reviewer = e->by;
        c->grounds_decided |= c->grounds;
        c->taken_up = 0;
        break;
    case FAIR_DO_MAKE_APPEAL: c->taken_up = 0; break;
    case FAIR_DO_REJECT_APPEAL:
        c->grounds_appealed |= c->grounds;
        c->reviewer = e->by;
        break;
    case FAIR_DO_UNDISPUTE: c->grounds = 0; break;
    case FAIR_DO_RESUME:
        resume(c, e);
        c->grounds = 0;
        break;
    case FAIR_DO_PROPOSE:
        c->proposed = true;
        c->proposed_sum = e->sum;
        break;
    case FAIR_DO_AGREE:
    case FAIR_DO_ACCEPT:
        if (c->at >= 0) c->step[c->at].answered = e->at;
        c->agreed_sum = e->sum;
        c->due = e->due;
        c->proposed = false;
        break;
    case FAIR_DO_PAY:
        c->paid = e->at;
        c->due = e->due;
        break;
    case FAIR_DO_OPEN_TALKS:
        c->at = FAIR_STEP_SETTLEMENT;
        c->step[FAIR_STEP_SETTLEMENT] = (struct fair_step){ .sent = e->at, .delivered = e->at };
        break;
    case FAIR_DO_LAWYER_ONLY: c->lawyer_only = true; break;
    case FAIR_DO_TD_SIGN:
        c->td_signed = e->at;
        c->td_signer = e->by;
        break;
    case FAIR_DO_TD_SEND: c->td_sent = e->at; break;
    case FAIR_DO_TD_COUNTER: c->td_countered = e->at; break;
    default: break;
    }
}

bool
fair_cases_apply(const struct fair_course *c, const struct fair_case_event *e, struct fair_course *out)
{
    const struct fair_tables *t = fair_tables_get();
    const struct fair_rule_row *row = NULL;
    struct fair_course n = *c;
    enum fair_case_state to = e->to;

    *out = *c;
    if ((unsigned)e->move >= FAIR_N_MOVES || (unsigned)c->state >= FAIR_N_STATES || (unsigned)e->who >= FAIR_N_ACTORS) return false;
    for (int k = 0; row == NULL && k < FAIR_CELL && t->cell[c->state][e->move][k] >= 0; k++) {
        const struct fair_rule_row *r = &t->rows[t->cell[c->state][e->move][k]];
        if (fair_to_of(c, r) == to && ((r->who >> e->who & 1) != 0 || FAIR_OFF(FAIR_MUT_ACTOR))) row = r;
    }
    if (row == NULL) return false;
    n.n_events++;
    n.last = e->at > c->last ? e->at : c->last;
    if (to != c->state) {
        n.state = to;
        n.entered = e->at;
        if (row->kind == FAIR_TO_STATE && (to == FAIR_CURE || to == FAIR_HOLD || to == FAIR_INFO_REQUESTED)) n.base = c->state;
        if (c->state == FAIR_HOLD) n.held += e->at - c->entered;
        if (fair_state_final(to) && c->contacted && !FAIR_OFF(FAIR_MUT_CLOSING_LETTER)) n.closing_letter_owed = true;
    }
    if (proves_delivery(&n, e)) n.step[n.at].delivered = e->at;
    particulars(c, &n, e);
    what_is_over(&n, e);
    if (fair_move_is_claim(e->move)) claim(&n, e);
    clock_hands(c, &n, e->at);
    *out = n;
    return true;
}

fair_time
fair_cases_forget_at(const struct fair_course *c, fair_time limitation, bool legal_hold)
{
    const struct fair_day_counts *d = fair_day_counts_get();
    fair_time from;

    if (!fair_state_final(c->state) || legal_hold) return 0;
    if (!c->contacted) return c->entered + d->keep_uncontacted * FAIR_DAY;
    from = limitation > c->entered ? limitation : c->entered;
    return from + d->keep_contacted * FAIR_DAY;
}
