/* cases/may.c - may this be done?  If not, every reason, and from when on where only time is missing. */
#include "cases/cases_private.h"

static const struct { int8_t gate; bool human; } about[FAIR_N_WHYS] = {
#define ROW(code, gate, human) [FAIR_##code] = { gate, human },
    FAIR_WHYS(ROW)
#undef ROW
};

static void
because_until(struct fair_ruling *r, enum fair_why why, fair_time not_before)
{
    for (size_t i = 0; i < r->n_reasons; i++)
        if (r->reasons[i].why == (int16_t)why) return;
    if (r->n_reasons == FAIR_REASONS_MAX) return;
    r->reasons[r->n_reasons++] = (struct fair_reason){ (int16_t)why, about[why].gate, about[why].human, not_before };
}

static void because(struct fair_ruling *r, enum fair_why why) { because_until(r, why, 0); }

int64_t
fair_step_days(int step)
{
    const struct fair_day_counts *d = fair_day_counts_get();
    return step == FAIR_STEP_INQUIRY ? d->answer_inquiry : step == FAIR_STEP_OFFER ? d->answer_offer
         : step == FAIR_STEP_DEMAND ? d->answer_demand : d->answer_settlement;
}

/* How long the clock of this step has stood still, as of now. */
static fair_time
stood(const struct fair_course *c, int step, fair_time now)
{
    fair_time since = c->stopped_since;

    if (FAIR_OFF(FAIR_MUT_PAUSE)) return 0;
    if (c->at != step || since == 0) return c->step[step].paused;
    if (since < c->step[step].delivered) since = c->step[step].delivered;
    return c->step[step].paused + (now > since ? now - since : 0);
}

fair_time
fair_step_end(const struct fair_course *c, int step, fair_str country, int64_t days, fair_time now)
{
    const struct fair_step *s = &c->step[step];

    if (s->delivered == 0) return 0;
    return fair_calendar_deadline(country, s->delivered + stood(c, step, now), days + s->extension_days);
}

bool
fair_step_over(const struct fair_course *c, int step, fair_str country, fair_time now)
{
    if (c->step[step].delivered == 0) return false;
    if (c->step[step].answered != 0) return true;
    return now > fair_step_end(c, step, country, fair_step_days(step), now);
}

fair_time
fair_cases_deadline(const struct fair_course *c, fair_str country)
{
    int step = fair_step_of(c->state);

    if (step < 0 || c->stopped_since != 0 || c->at != step) return 0;
    return fair_step_end(c, step, country, fair_step_days(step), c->last);
}

enum fair_case_state
fair_to_of(const struct fair_course *c, const struct fair_rule_row *r)
{
    enum fair_case_state left = c->left;

    switch (r->kind) {
    case FAIR_TO_STATE: return r->to;
    case FAIR_TO_SAME: return c->state;
    case FAIR_TO_BASE: return c->base;
    case FAIR_TO_LEFT: return left;
    case FAIR_TO_LOW:
        if (c->resumed_low || FAIR_OFF(FAIR_MUT_LOW)) return left;
        return left == FAIR_DEMAND || left == FAIR_SETTLEMENT || left == FAIR_COURT_PREP || left == FAIR_COURT ? FAIR_OFFER : left;
    }
    return c->state;
}

enum fair_level
fair_level_of(const struct fair_course *c, enum fair_move move, enum fair_case_state to)
{
    enum fair_case_state s = to;
    int step;

    if (move == FAIR_DO_LETTER) return FAIR_AT_INQUIRY;
    if (c->state >= FAIR_TD_DRAFT && c->state <= FAIR_TD_LAPSED) return FAIR_AT_TAKEDOWN;
    if (s <= FAIR_READY) return c->state <= FAIR_READY ? FAIR_AT_INQUIRY : FAIR_AT_NONE;
    step = fair_step_of(s);
    if (step >= 0) return (enum fair_level)(FAIR_AT_INQUIRY + step);
    return s == FAIR_COURT_PREP || s == FAIR_COURT ? FAIR_AT_COURT : FAIR_AT_NONE;
}

enum fair_level
fair_cases_level_of(enum fair_case_state s)
{
    int step = fair_step_of(s);

    if (s >= FAIR_TD_DRAFT && s <= FAIR_TD_LAPSED) return FAIR_AT_TAKEDOWN;
    return step >= 0 ? (enum fair_level)(FAIR_AT_INQUIRY + step) : FAIR_AT_NONE;
}

bool
fair_cases_asks_gate(enum fair_case_state from, enum fair_move move, int gate)
{
    const struct fair_tables *t = fair_tables_get();

    for (int i = 0; i < FAIR_CELL && t->cell[from][move][i] >= 0; i++) {
        const struct fair_rule_row *row = &t->rows[t->cell[from][move][i]];
        if ((row->tokens >> FAIR_T_ALL & 1) != 0 || (row->gates >> gate & 1) != 0) return true;
    }
    return false;
}

enum fair_level
fair_cases_level(const struct fair_facts *f, enum fair_move move)
{
    const struct fair_tables *t = fair_tables_get();
    int16_t i = t->cell[f->c.state][move][0];

    return i < 0 ? FAIR_AT_NONE : fair_level_of(&f->c, move, fair_to_of(&f->c, &t->rows[i]));
}

fair_time
fair_auto_at(const struct fair_course *c, const struct fair_rule_row *r)
{
    fair_time base = c->entered;
    int step = fair_step_of(c->state);

    if (step >= 0 && c->sent_last > base) base = c->sent_last;
    if ((c->state == FAIR_DISPUTE_REVIEW || c->state == FAIR_APPEAL) && c->taken_up > base) base = c->taken_up;
    if (c->state == FAIR_HOLD) base -= c->held;
    if (c->state == FAIR_AGREED && c->paid > base) base = c->paid;
    if (c->state == FAIR_AGREED && c->due > base) base = c->due;
    if (r->business) return fair_calendar_business(FAIR_STR("US"), base, r->after);
    return base + r->after * FAIR_DAY;
}

bool
fair_cases_due(const struct fair_course *c, fair_str country, fair_time now, enum fair_move *move, fair_time *when)
{
    const struct fair_tables *t = fair_tables_get();
    int16_t i = t->due[c->state];

    (void)country;
    *when = 0;
    if (i < 0) return false;
    *when = fair_auto_at(c, &t->rows[i]);
    *move = t->rows[i].move;
    return now >= *when && now >= c->last;
}

/* ---- what a row needs beside gates -------------------------------------------------------------------------------- */

struct ask { const struct fair_facts *f; const struct fair_course *c; const struct fair_case_event *e; struct fair_ruling *r; enum fair_case_state to; };

static bool
stale(const struct ask *a)
{
    return (a->e->ground & ~a->c->grounds_appealed) == 0 && !a->e->document;
}

static bool
other(const struct ask *a)
{
    const struct fair_course *c = a->c;
    fair_id by = a->e->by;
    /* What a second reviewer decides: not by the first.  Resuming is no decision: the one who decided may. */
    bool appeal = c->state == FAIR_APPEAL;
    return by != 0 && by != c->creator && by != c->answerer && !(appeal && by == c->reviewer);
}

static bool
cured_before(const struct fair_course *c)
{
    int step = fair_step_of(c->state);
    return step >= 0 && c->step[step].false_cure;
}

static bool
not_above(const struct ask *a)
{
    int64_t sum = a->e->sum;

    if (sum < 0 || ((a->f->cc || a->f->p_track) && sum > 0)) return false;
    if (a->c->sum_last > 0 && sum > a->c->sum_last) return false;
    return a->e->move != FAIR_DO_ACCEPT || sum <= a->c->proposed_sum;
}

static bool
reminder_left(const struct fair_course *c)
{
    int step = fair_step_of(c->state);
    const struct fair_day_counts *d = fair_day_counts_get();
    return step >= 0 && c->step[step].reminders < d->reminders_step && c->reminders < d->reminders;
}

bool
fair_cases_unproven(const struct fair_course *c, fair_str country, fair_time now)
{
    int step = fair_step_of(c->state);

    if (step < 0 || c->step[step].delivered != 0 || c->step[step].sent == 0) return false;
    return c->bounced || now > fair_calendar_business(country, c->sent_last, fair_day_counts_get()->unproven);
}

static void
token(const struct ask *a, enum fair_token t)
{
    const struct fair_course *c = a->c;
    const struct fair_case_event *e = a->e;
    struct fair_ruling *r = a->r;
    fair_str country = a->f->country;
    int step = fair_step_of(c->state);
    bool all_answered = (c->grounds & ~(c->grounds_answered | e->ground)) == 0;
    bool asked_inquiry = c->price_asked && c->step[FAIR_STEP_INQUIRY].delivered != 0;

    if (FAIR_OFF(FAIR_MUT_TOKEN_0 + t)) return;
    switch (t) {
    case FAIR_T_ALL: break;
    case FAIR_T_PRIOR_INQUIRY:
        if (!c->inquiry_over && !asked_inquiry && !fair_step_over(c, FAIR_STEP_INQUIRY, country, e->at)) {
            fair_time end = fair_step_end(c, FAIR_STEP_INQUIRY, country, fair_step_days(FAIR_STEP_INQUIRY), e->at);
            because_until(r, FAIR_R_no_inquiry, c->stopped_since == 0 && end != 0 ? end + 1 : 0);
        }
        break;
    case FAIR_T_PRIOR_OFFER:
        if (!c->inquiry_over) because(r, FAIR_R_no_inquiry);
        if (!c->offer_over && !fair_step_over(c, FAIR_STEP_OFFER, country, e->at)) {
            fair_time end = fair_step_end(c, FAIR_STEP_OFFER, country, fair_step_days(FAIR_STEP_OFFER), e->at);
            because_until(r, FAIR_R_no_offer, c->stopped_since == 0 && end != 0 ? end + 1 : 0);
        }
        break;
    case FAIR_T_NO_PRIOR_OFFER:
        if (c->offer_over || fair_step_over(c, FAIR_STEP_OFFER, country, e->at)) because(r, FAIR_R_offer_made);
        break;
    case FAIR_T_PRIOR_DEMAND:
        if (!c->inquiry_over) because(r, FAIR_R_no_inquiry);
        if (!c->offer_over) because(r, FAIR_R_no_offer);
        if (c->step[FAIR_STEP_DEMAND].delivered == 0) because(r, FAIR_R_no_demand);
        break;
    case FAIR_T_ANSWERED: if (step < 0 || c->step[step].answered == 0) because(r, FAIR_R_not_answered); break;
    case FAIR_T_ASKED: if (!c->price_asked) because(r, FAIR_R_not_asked); break;
    case FAIR_T_REMINDER: if (!reminder_left(c)) because(r, FAIR_G15_reminder); break;
    case FAIR_T_UNPROVEN: if (!fair_cases_unproven(c, country, e->at)) because(r, FAIR_R_proven); break;
    case FAIR_T_SENT: if (c->at < 0 || c->step[c->at].sent == 0) because(r, FAIR_R_not_sent); break;
    case FAIR_T_UNREAD: if (c->unread_since == 0) because(r, FAIR_R_nothing_unread); break;
    case FAIR_T_VERIFIED: if (!e->verified) because(r, FAIR_R_unverified); break;
    case FAIR_T_FIRST_CURE: if (cured_before(c)) because(r, FAIR_R_cured_before); break;
    case FAIR_T_FREE: if (!a->f->p_track && !a->f->cc && !a->f->owner_policy_free) because(r, FAIR_R_not_free); break;
    case FAIR_T_REMOVED: if (c->cure_credit) because(r, FAIR_R_other_cure); break;
    case FAIR_T_CREDIT: if (!c->cure_credit) because(r, FAIR_R_other_cure); break;
    case FAIR_T_GROUND: if (e->ground == 0 || e->ground >> FAIR_N_GROUNDS != 0) because(r, FAIR_R_no_ground); break;
    case FAIR_T_FRESH: if (stale(a)) because(r, FAIR_R_stale); break;
    case FAIR_T_ALL_ANSWERED: if (!all_answered) because(r, FAIR_R_unanswered); break;
    case FAIR_T_NOT_TAKEN: if (c->taken_up != 0) because(r, FAIR_R_taken); break;
    case FAIR_T_OTHER: if (!other(a)) because(r, FAIR_R_not_other); break;
    case FAIR_T_OFFERED: if (c->sum_last <= 0) because(r, FAIR_R_nothing_offered); break;
    case FAIR_T_PROPOSED: if (!c->proposed) because(r, FAIR_R_nothing_proposed); break;
    case FAIR_T_NOT_ABOVE: if (!not_above(a)) because(r, FAIR_R_sum_above); break;
    case FAIR_T_BROKEN: {
        fair_time late = c->due == 0 ? 0 : c->due + fair_day_counts_get()->broken * FAIR_DAY;
        if (late == 0 || e->at <= late) because_until(r, FAIR_R_not_broken, late == 0 ? 0 : late + 1);
        break;
    }
    case FAIR_T_LAST: if (e->due != 0) because(r, FAIR_R_not_last); break;
    case FAIR_T_HOLD_LEFT: if (c->held >= fair_day_counts_get()->hold * FAIR_DAY) because(r, FAIR_R_hold_used); break;
    case FAIR_T_SIGNER: if (e->by != c->td_signer || e->by == 0) because(r, FAIR_R_not_signer); break;
    case FAIR_T_COUNSEL: if (!a->f->counsel) because(r, FAIR_G12_no_counsel); break;
    case FAIR_N_TOKENS: break;
    }
}

static void
time_of(const struct ask *a, const struct fair_rule_row *row)
{
    const struct fair_course *c = a->c;
    int step = fair_step_of(c->state);
    fair_time when;

    if (row->after >= 0) {
        when = fair_auto_at(c, row);
        if (a->e->at < when && !FAIR_OFF(FAIR_MUT_AUTO)) because_until(a->r, FAIR_R_too_early, when);
    }
    if (row->not_before < 0 || FAIR_OFF(FAIR_MUT_NOT_BEFORE)) return;
    if (step < 0) {
        when = fair_calendar_deadline(a->f->country, c->entered, row->not_before);
        if (a->e->at <= when) because_until(a->r, FAIR_R_too_early, when + 1);
        return;
    }
    if (c->step[step].delivered == 0) {
        because(a->r, FAIR_R_not_delivered);
        return;
    }
    if (c->stopped_since != 0) because(a->r, FAIR_R_stopped);
    when = fair_step_end(c, step, a->f->country, row->not_before, a->e->at);
    if (a->e->at <= when) because_until(a->r, FAIR_R_too_early, c->stopped_since == 0 ? when + 1 : 0);
}

static void
gates(const struct ask *a, const struct fair_rule_row *row)
{
    struct fair_gate all[FAIR_N_GATES];
    bool everything = (row->tokens >> FAIR_T_ALL & 1) != 0 && !FAIR_OFF(FAIR_MUT_TOKEN_0 + FAIR_T_ALL);
    enum fair_level level = fair_level_of(a->c, row->move, a->to);

    if ((!everything && row->gates == 0) || level == FAIR_AT_NONE) return;
    fair_cases_gates(a->f, level, a->e, all);
    for (int i = 0; i < FAIR_N_GATES; i++) {
        if (!everything && (row->gates >> (i + 1) & 1) == 0) continue;
        for (size_t k = 0; k < all[i].n_reasons; k++) because(a->r, (enum fair_why)all[i].reasons[k].why);
    }
}

static void
row_may(const struct fair_facts *f, const struct fair_case_event *e, const struct fair_rule_row *row, struct fair_ruling *r)
{
    const struct fair_course *c = &f->c;
    struct ask a = { f, c, e, r, fair_to_of(c, row) };

    *r = (struct fair_ruling){ .to = a.to };
    if (e->at < c->last && !FAIR_OFF(FAIR_MUT_CLOCK_BACK)) because_until(r, FAIR_R_clock_back, c->last);
    if ((row->who >> e->who & 1) == 0 && !FAIR_OFF(FAIR_MUT_ACTOR)) because(r, FAIR_R_not_yours);
    for (int t = 0; t < FAIR_N_TOKENS; t++)
        if ((row->tokens >> t & 1) != 0) token(&a, (enum fair_token)t);
    time_of(&a, row);
    gates(&a, row);
    r->allowed = r->n_reasons == 0;
    if (r->allowed) return;
    for (size_t i = 0; i < r->n_reasons; i++) {
        if (r->reasons[i].not_before == 0) {
            r->not_before = 0;
            return;
        }
        if (r->reasons[i].not_before > r->not_before) r->not_before = r->reasons[i].not_before;
    }
}

/* Of two rulings that say no: the one that is nearer to yes. */
static bool
nearer(const struct fair_ruling *a, const struct fair_ruling *b)
{
    bool mine_a = true, mine_b = true;

    for (size_t i = 0; i < a->n_reasons; i++) mine_a = mine_a && a->reasons[i].why != FAIR_R_not_yours;
    for (size_t i = 0; i < b->n_reasons; i++) mine_b = mine_b && b->reasons[i].why != FAIR_R_not_yours;
    if (mine_a != mine_b) return mine_a;
    if ((a->not_before != 0) != (b->not_before != 0)) return a->not_before != 0;
    return a->n_reasons < b->n_reasons;
}

const struct fair_rule_row *
fair_row_for(const struct fair_facts *f, const struct fair_case_event *e, struct fair_ruling *out)
{
    const struct fair_tables *t = fair_tables_get();
    const struct fair_rule_row *best = NULL;
    struct fair_ruling r;

    if ((unsigned)e->move >= FAIR_N_MOVES || (unsigned)e->who >= FAIR_N_ACTORS || (unsigned)f->c.state >= FAIR_N_STATES) {
        *out = (struct fair_ruling){ .to = f->c.state };
        because(out, FAIR_R_no_such_move);
        return NULL;
    }
    for (int k = 0; k < FAIR_CELL && t->cell[f->c.state][e->move][k] >= 0; k++) {
        const struct fair_rule_row *row = &t->rows[t->cell[f->c.state][e->move][k]];

        row_may(f, e, row, &r);
        if (best == NULL || r.allowed || nearer(&r, out)) {
            *out = r;
            best = row;
        }
        if (r.allowed) return row;
    }
    if (best == NULL) {
        *out = (struct fair_ruling){ .to = f->c.state };
        because(out, FAIR_R_no_such_move);
    }
    return best;
}

struct fair_ruling
fair_cases_may(const struct fair_facts *f, const struct fair_case_event *e)
{
    struct fair_ruling r;

    fair_row_for(f, e, &r);
    return r;
}

struct fair_ruling
fair_cases_may_move(const struct fair_facts *f, enum fair_move move, enum fair_actor who, fair_id by, fair_time now)
{
    struct fair_case_event e = { .move = move, .who = who, .by = by, .at = now, .verified = true, .country = f->country };

    /* What the move would carry, so that it is judged by what a person can still give, not by what is not typed yet. */
    if (fair_move_is_claim(move) && f->amount.any) e.sum = f->amount.sum;
    if (move == FAIR_DO_DISPUTE) e.ground = FAIR_GROUND_OTHER, e.document = true;
    if (move == FAIR_DO_ANSWER_DISPUTE) e.ground = f->c.grounds;
    if (move == FAIR_DO_ACCEPT) e.sum = f->c.proposed_sum;
    if (move == FAIR_DO_AGREE) e.sum = f->c.sum_last;
    return fair_cases_may(f, &e);
}

size_t
fair_cases_moves(enum fair_case_state s, enum fair_actor who, enum fair_move *out)
{
    const struct fair_tables *t = fair_tables_get();
    size_t n = 0;

    for (int m = 0; m < FAIR_N_MOVES; m++)
        for (int k = 0; k < FAIR_CELL && t->cell[s][m][k] >= 0; k++)
            if ((t->rows[t->cell[s][m][k]].who >> who & 1) != 0) {
                out[n++] = (enum fair_move)m;
                break;
            }
    return n;
}
