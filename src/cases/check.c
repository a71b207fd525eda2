/* cases/check.c - are the data files complete and fair?  Asked by every build (tools/check-cases) and by doctor. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cases/calendar.h"
#include "cases/check.h"

struct check {
    const struct fair_tables *t;
    void (*say)(void *arg, const char *fault);
    void *arg;
    size_t faults;
};

static void FAIR_PRINTF(2, 3)
fault(struct check *k, const char *fmt, ...)
{
    char text[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    k->faults++;
    k->say(k->arg, text);
}

static bool is_case(int s) { return s <= FAIR_CLOSED_HANDED_OVER; }
static bool is_td(int s) { return s >= FAIR_TD_DRAFT && s <= FAIR_TD_LAPSED; }
static bool in_dispute(int s) { return s == FAIR_DISPUTED || s == FAIR_DISPUTE_REVIEW || s == FAIR_RETURN || s == FAIR_APPEAL || s == FAIR_RETURN_FINAL; }
static bool has(const struct fair_rule_row *r, enum fair_token t) { return (r->tokens >> t & 1) != 0; }
static bool by(const struct fair_rule_row *r, enum fair_actor a) { return (r->who >> a & 1) != 0; }

/* The rows of a cell. */
#define EACH_ROW(k, s, m, row)                                                                          \
    for (int i_ = 0; i_ < FAIR_CELL && (k)->t->cell[s][m][i_] >= 0; i_++)                               \
        for (const struct fair_rule_row *row = &(k)->t->rows[(k)->t->cell[s][m][i_]]; row != NULL; row = NULL)

/* A way that this actor always has: no gates, and of the tokens only those that speak of what is given.  It leads to `to` (-1:
 * anywhere), unless the row names the state itself, because there it already stands still. */
static bool
free_way(struct check *k, int s, enum fair_move m, int to, enum fair_actor who, uint64_t may_need)
{
    EACH_ROW(k, s, m, row)
        if (by(row, who) && (to < 0 || row->named || (row->kind == FAIR_TO_STATE && (int)row->to == to)) && row->gates == 0 && row->not_before < 0 && (row->tokens & ~may_need) == 0 && !row->second) return true;
    return false;
}

static void
everyones_rights(struct check *k, int s)
{
    const uint64_t given = 1ull << FAIR_T_GROUND | 1ull << FAIR_T_VERIFIED;
    const uint64_t fresh = given | 1ull << FAIR_T_FRESH, first = 1ull << FAIR_T_FIRST_CURE;
    const uint64_t sums = given | 1ull << FAIR_T_OFFERED | 1ull << FAIR_T_PROPOSED | 1ull << FAIR_T_NOT_ABOVE;
    static const enum fair_move always[] = { FAIR_DO_ASK_TIME, FAIR_DO_ASK, FAIR_DO_REPLY, FAIR_DO_LAWYER_ONLY, FAIR_DO_COMPLAIN, FAIR_DO_ASK_DATA };
    const char *name = fair_state_name((enum fair_case_state)s);

    if (!free_way(k, s, FAIR_DO_WITHDRAW, FAIR_CLOSED_OWNER_WITHDREW, FAIR_OWN, 0)) fault(k, "the owner cannot withdraw from %s", name);
    if (!free_way(k, s, FAIR_DO_HAND_OVER, FAIR_CLOSED_HANDED_OVER, FAIR_OWN, 0)) fault(k, "the owner cannot hand over from %s", name);
    if (!free_way(k, s, FAIR_DO_DISPUTE, FAIR_DISPUTED, FAIR_RCP, fresh)) fault(k, "the recipient cannot dispute from %s", name);
    if (!free_way(k, s, FAIR_DO_CURE_IT, FAIR_CURE, FAIR_RCP, first)) fault(k, "the recipient cannot cure from %s", name);
    if (!free_way(k, s, FAIR_DO_PROPOSE, -1, FAIR_RCP, given)) fault(k, "the recipient cannot propose from %s", name);
    if (!free_way(k, s, FAIR_DO_ACCEPT, FAIR_AGREED, FAIR_OWN, sums)) fault(k, "the owner cannot accept a proposal in %s", name);
    if (!free_way(k, s, FAIR_DO_AGREE, FAIR_AGREED, FAIR_RCP, sums)) fault(k, "the recipient cannot accept an offer in %s", name);
    if (!free_way(k, s, FAIR_DO_PUT_ON_HOLD, FAIR_HOLD, FAIR_REV, 1ull << FAIR_T_HOLD_LEFT)) fault(k, "nobody can hold from %s", name);
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (!free_way(k, s, always[i], -1, FAIR_RCP, given)) fault(k, "the recipient cannot %s from %s", fair_move_name(always[i]), name);
}

/* Time alone leads from s to an end, step by step. */
static void
time_alone(struct check *k, int s)
{
    int at = s;

    for (int n = 0; n < 8; n++) {
        const struct fair_rule_row *row;
        if (fair_state_final((enum fair_case_state)at)) return;
        if (k->t->due[at] < 0) {
            fault(k, "time alone leads from %s no further than %s", fair_state_name((enum fair_case_state)s), fair_state_name((enum fair_case_state)at));
            return;
        }
        row = &k->t->rows[k->t->due[at]];
        if (row->kind != FAIR_TO_STATE) {
            fault(k, "line %d: where time alone leads has to be named", row->line);
            return;
        }
        at = (int)row->to;
    }
    fault(k, "time alone goes round in a circle from %s", fair_state_name((enum fair_case_state)s));
}

static bool
in_recipients_favour(const struct fair_rule_row *r)
{
    switch (r->to) {
    case FAIR_CLOSED_LAPSED: case FAIR_CLOSED_WRONG: case FAIR_CLOSED_UNECONOMIC: case FAIR_TD_RESTORED: case FAIR_TD_LAPSED: return true;
    case FAIR_DRAFT: return r->from <= FAIR_READY;
    case FAIR_CLOSED_SETTLED: return r->from == FAIR_PAID;
    case FAIR_TD_DONE: return r->from == FAIR_TD_REMOVED;
    default: return false;
    }
}

/* A row of a group is not in force where another names the state. */
static bool
in_force(const struct check *k, const struct fair_rule_row *r)
{
    EACH_ROW(k, r->from, r->move, row)
        if (row == r) return true;
    return false;
}

static void
each_row(struct check *k)
{
    for (size_t i = 0; i < k->t->n_rows; i++) {
        const struct fair_rule_row *r = &k->t->rows[i];
        bool claim = fair_move_is_claim(r->move);
        bool takedown = is_td(r->from);
        const char *move = fair_move_name(r->move);

        if (!in_force(k, r)) continue;
        if (r->after >= 0 && (r->kind != FAIR_TO_STATE || !in_recipients_favour(r)))
            fault(k, "line %d: %s goes by itself, and not in the recipient's favour", r->line, move);
        if (r->after >= 0 && fair_move_sends(r->move)) fault(k, "line %d: %s would be sent by itself", r->line, move);
        if (claim && (r->who & (1u << FAIR_SYS | 1u << FAIR_RCP | 1u << FAIR_HST)) != 0) fault(k, "line %d: a claim is sent by a person of the claimant's side alone", r->line);
        if (claim && !has(r, FAIR_T_ALL)) fault(k, "line %d: %s leaves without all gates", r->line, move);
        if (fair_state_final(r->from) && r->from < FAIR_HIT_NEW && r->kind != FAIR_TO_SAME) fault(k, "line %d: it leads out of a closed case", r->line);
        if (claim && !takedown && r->kind == FAIR_TO_STATE && r->to != FAIR_INQUIRY && !r->second) fault(k, "line %d: %s needs a second person", r->line, move);
        if (r->second && !has(r, FAIR_T_ALL)) fault(k, "line %d: the second person is asked for by G18, so ALL is needed", r->line);
        if (in_dispute(r->from) && r->after < 0) {
            bool leaves = r->kind == FAIR_TO_LEFT || r->kind == FAIR_TO_LOW || r->kind == FAIR_TO_BASE ||
                          (r->kind == FAIR_TO_STATE && !in_dispute((int)r->to) && !fair_state_final(r->to));
            bool reviewer = (r->who & ~(1u << FAIR_REV | 1u << FAIR_CNS)) == 0;
            bool recipient = r->who == 1u << FAIR_RCP;
            bool agreed = r->to == FAIR_AGREED && (r->move == FAIR_DO_AGREE || r->move == FAIR_DO_ACCEPT);
            if (leaves && !reviewer && !recipient && !agreed) fault(k, "line %d: it leads out of a dispute without a reviewer", r->line);
        }
        if (r->kind == FAIR_TO_STATE && r->to == FAIR_OFFER && !has(r, FAIR_T_PRIOR_INQUIRY)) fault(k, "line %d: an offer needs PRIOR_INQUIRY", r->line);
        if (r->kind == FAIR_TO_STATE && r->to == FAIR_DEMAND && !has(r, FAIR_T_PRIOR_OFFER)) fault(k, "line %d: a demand needs PRIOR_OFFER", r->line);
    }
}

/* Every way through the machine, with what was sent so far: (state, what a side state came from, what a dispute came from, sent). */
struct place { uint8_t state, base, left, sent; };
enum { SENT_INQUIRY = 1, SENT_OFFER = 2, SENT_DEMAND = 4, PLACES = 1 << 20 };

static size_t number(const struct place *p) { return (((size_t)p->state * 24 + p->base) * 24 + p->left) * 8 + p->sent; }

static void
ways(struct check *k)
{
    uint8_t *seen = fair_xcalloc(1, (size_t)64 * 24 * 24 * 8);
    bool reached[FAIR_N_STATES] = { false };
    struct place *queue = fair_xmalloc(sizeof *queue * PLACES);
    size_t head = 0, tail = 0;

    queue[tail++] = (struct place){ FAIR_DRAFT, 0, 0, 0 };
    seen[number(&queue[0])] = 1;
    while (head < tail) {
        struct place p = queue[head++];

        reached[p.state] = true;
        for (int m = 0; m < FAIR_N_MOVES; m++)
            EACH_ROW(k, p.state, m, r) {
                struct place n = p;
                if (has(r, FAIR_T_PRIOR_INQUIRY) && !(p.sent & SENT_INQUIRY)) continue;
                if (has(r, FAIR_T_PRIOR_OFFER) && (p.sent & 3) != 3) continue;
                if (has(r, FAIR_T_PRIOR_DEMAND) && (p.sent & 7) != 7) continue;
                if (has(r, FAIR_T_NO_PRIOR_OFFER) && (p.sent & SENT_OFFER)) continue;
                if (r->kind == FAIR_TO_STATE) n.state = (uint8_t)r->to;
                else if (r->kind == FAIR_TO_BASE) n.state = p.base;
                else if (r->kind == FAIR_TO_LEFT) n.state = p.left;
                else if (r->kind == FAIR_TO_LOW) n.state = p.left >= FAIR_DEMAND && p.left <= FAIR_COURT ? FAIR_OFFER : p.left;
                if (n.state == FAIR_CURE || n.state == FAIR_HOLD || n.state == FAIR_INFO_REQUESTED) {
                    if (n.state != p.state) n.base = p.state;
                } else if (n.state == FAIR_DISPUTED && !in_dispute(p.state)) {
                    n.left = p.state == FAIR_CURE || p.state == FAIR_HOLD || p.state == FAIR_INFO_REQUESTED ? p.base : p.state;
                    n.base = 0;
                } else if (!in_dispute(n.state)) {
                    n.base = n.left = 0;
                }
                if (n.state == FAIR_INQUIRY) n.sent |= SENT_INQUIRY;
                if (n.state == FAIR_OFFER) n.sent |= SENT_OFFER;
                if (n.state == FAIR_DEMAND) {
                    if ((p.sent & 3) != 3 && p.state != FAIR_DEMAND) fault(k, "line %d: a way reaches DEMAND without INQUIRY and OFFER", r->line);
                    n.sent |= SENT_DEMAND;
                }
                if ((n.state == FAIR_SETTLEMENT || n.state == FAIR_COURT_PREP || n.state == FAIR_COURT) && (n.sent & 7) != 7)
                    fault(k, "line %d: a way reaches %s without a demand", r->line, fair_state_name((enum fair_case_state)n.state));
                /* Only what changes where one can go next makes another place; a closed case goes nowhere. */
                if (fair_state_final((enum fair_case_state)n.state)) {
                    reached[n.state] = true;
                    continue;
                }
                if (n.base >= 24 || n.left >= 24 || seen[number(&n)] || tail == PLACES) continue;
                seen[number(&n)] = 1;
                queue[tail++] = n;
            }
        if (k->faults > 40) break;
    }
    for (int s = 0; s < FAIR_N_STATES; s++)
        if (is_case(s) && !reached[s]) fault(k, "no way reaches %s", fair_state_name((enum fair_case_state)s));
    free(seen);
    free(queue);
}

static void
reach(struct check *k, enum fair_case_state from, enum fair_case_state first, enum fair_case_state last)
{
    bool reached[FAIR_N_STATES] = { false }, more = true;

    reached[from] = true;
    while (more) {
        more = false;
        for (size_t i = 0; i < k->t->n_rows; i++) {
            const struct fair_rule_row *r = &k->t->rows[i];
            if (!reached[r->from] || r->kind != FAIR_TO_STATE || reached[r->to]) continue;
            reached[r->to] = more = true;
        }
    }
    for (int s = (int)first; s <= (int)last; s++)
        if (!reached[s]) fault(k, "no way reaches %s", fair_state_name((enum fair_case_state)s));
}

static int64_t
day(const struct check *k, const char *name)
{
    for (size_t i = 0; i < k->t->n_days; i++)
        if (fair_str_eq(k->t->days[i].name, fair_str_of(name))) return k->t->days[i].value;
    return -1;
}

/* Bounds beyond which no file may go: the sins these rules cure. */
static void
bounds(struct check *k)
{
    static const struct { const char *name; int64_t least, most; } all[] = {
        { "answer.minimum", 14, 3660 }, { "answer.inquiry", 21, 3660 }, { "answer.offer", 30, 3660 }, { "answer.demand", 21, 3660 },
        { "answer.settlement", 30, 3660 }, { "offer.grace", 3, 3660 }, { "extension", 14, 3660 }, { "unproven.working_days", 5, 60 },
        { "broken.days", 30, 3660 }, { "hold.days", 1, 90 }, { "claims.most", 1, 8 }, { "reminders.most", 0, 2 }, { "reminders.step", 0, 1 },
        { "evidence.verified_hours", 0, 24 }, { "evidence.live_hours", 0, 72 }, { "evidence.gap_hours", 24, 8760 }, { "sources.days", 0, 30 },
        { "pack.days", 0, 366 }, { "authentic.hours", 0, 72 }, { "refuted.percent", 0, 5 }, { "refuted.least", 0, 20 },
        { "cap.daily", 1, 50 }, { "cure.days", 1, 14 }, { "cure.looks", 2, 10 }, { "retention.contacted", 1, 366 }, { "retention.uncontacted", 1, 30 },
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        int64_t v = day(k, all[i].name);
        if (v < 0) fault(k, "deadlines.tsv: %s is missing", all[i].name);
        else if (v < all[i].least || v > all[i].most)
            fault(k, "deadlines.tsv: %s is %lld, outside %lld to %lld", all[i].name, (long long)v, (long long)all[i].least, (long long)all[i].most);
    }
    for (size_t i = 0; i < k->t->n_rows; i++) {
        const struct fair_rule_row *r = &k->t->rows[i];
        int step = fair_step_of(r->from);
        static const char *const answers[] = { "answer.inquiry", "answer.offer", "answer.demand", "answer.settlement" };
        int64_t least;

        if (step < 0 || r->move == FAIR_DO_REMIND || r->move == FAIR_DO_RESEND || has(r, FAIR_T_ASKED)) continue;
        if (!(fair_move_is_claim(r->move) || r->move == FAIR_DO_PREPARE_COURT)) continue;
        least = has(r, FAIR_T_ANSWERED) ? day(k, "answer.minimum") : day(k, answers[step]) + (step == FAIR_STEP_INQUIRY ? day(k, "offer.grace") : 0);
        if (r->not_before < least) fault(k, "line %d: not before %d days, where %lld are the least", r->line, r->not_before, (long long)least);
    }
}

static void
gates(struct check *k)
{
    static const int takedown[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 16, 17, 18, 19 };
    const struct { int gate; enum fair_level level; enum fair_need_bit need; } must[] = {
        { 1, FAIR_AT_DEMAND, FAIR_NEED_k1 }, { 1, FAIR_AT_TAKEDOWN, FAIR_NEED_k1 }, { 2, FAIR_AT_INQUIRY, FAIR_NEED_l1 }, { 2, FAIR_AT_OFFER, FAIR_NEED_l2 },
        { 2, FAIR_AT_DEMAND, FAIR_NEED_chain }, { 2, FAIR_AT_DEMAND, FAIR_NEED_independent }, { 2, FAIR_AT_COURT, FAIR_NEED_l3 }, { 2, FAIR_AT_COURT, FAIR_NEED_independent },
        { 2, FAIR_AT_TAKEDOWN, FAIR_NEED_l2 }, { 5, FAIR_AT_DEMAND, FAIR_NEED_cap2 }, { 5, FAIR_AT_COURT, FAIR_NEED_cap2 }, { 6, FAIR_AT_OFFER, FAIR_NEED_nohit },
        { 6, FAIR_AT_OFFER, FAIR_NEED_outside }, { 6, FAIR_AT_TAKEDOWN, FAIR_NEED_nohit }, { 7, FAIR_AT_TAKEDOWN, FAIR_NEED_signer }, { 9, FAIR_AT_COURT, FAIR_NEED_limitation },
        { 10, FAIR_AT_INQUIRY, FAIR_NEED_nosum }, { 10, FAIR_AT_OFFER, FAIR_NEED_sum }, { 11, FAIR_AT_OFFER, FAIR_NEED_reviewed }, { 11, FAIR_AT_OFFER, FAIR_NEED_full },
        { 11, FAIR_AT_TAKEDOWN, FAIR_NEED_reviewed }, { 11, FAIR_AT_TAKEDOWN, FAIR_NEED_full }, { 12, FAIR_AT_COURT, FAIR_NEED_counsel }, { 18, FAIR_AT_OFFER, FAIR_NEED_second },
        { 18, FAIR_AT_DEMAND, FAIR_NEED_second }, { 18, FAIR_AT_TAKEDOWN, FAIR_NEED_signer },
    };

    for (int g = 1; g <= FAIR_N_GATES; g++)
        for (int l = FAIR_AT_INQUIRY; l <= FAIR_AT_COURT; l++)
            if (k->t->needs[g][l] == 0) fault(k, "gates.tsv: G%d is not asked at %s", g, fair_level_name((enum fair_level)l));
    for (size_t i = 0; i < sizeof takedown / sizeof *takedown; i++)
        if (k->t->needs[takedown[i]][FAIR_AT_TAKEDOWN] == 0) fault(k, "gates.tsv: G%d is not asked at TAKEDOWN", takedown[i]);
    for (size_t i = 0; i < sizeof must / sizeof *must; i++)
        if ((k->t->needs[must[i].gate][must[i].level] >> must[i].need & 1) == 0)
            fault(k, "gates.tsv: G%d asks too little at %s", must[i].gate, fair_level_name(must[i].level));
}

/* Every close owes its letter (I11), every ground its receipt, every decision its reasons; nothing that asks is owed. */
static void
owed(struct check *k)
{
    static const enum fair_move reasons[] = { FAIR_DO_REJECT, FAIR_DO_REJECT_APPEAL };
    const struct fair_tables *t = k->t;

    for (int s = 0; s <= FAIR_CLOSED_HANDED_OVER; s++) {
        bool has_letter = false;
        for (size_t i = 0; i < t->n_owed; i++) has_letter |= t->owed[i].move == FAIR_OWED_BY_ANY && (int)t->owed[i].became == s;
        if (fair_state_final((enum fair_case_state)s) && !has_letter) fault(k, "letters.tsv: %s owes no letter", fair_state_name((enum fair_case_state)s));
    }
    for (int g = 0; g < FAIR_N_GROUNDS; g++) {
        bool has_letter = false;
        fair_str ground = fair_str_of(fair_ground_name((enum fair_ground)(1u << g)));
        for (size_t i = 0; i < t->n_owed; i++) has_letter |= t->owed[i].move == FAIR_DO_DISPUTE && t->owed[i].became == FAIR_DISPUTED && fair_str_eq(t->owed[i].about, ground);
        if (!has_letter) fault(k, "letters.tsv: a dispute about %.*s owes no receipt", FAIR_STR_ARG(ground));
    }
    for (size_t m = 0; m < sizeof reasons / sizeof *reasons; m++) {
        bool has_letter = false;
        for (size_t i = 0; i < t->n_owed; i++) has_letter |= t->owed[i].move == (int)reasons[m];
        if (!has_letter) fault(k, "letters.tsv: %s owes no reasons", fair_move_name(reasons[m]));
    }
    for (size_t i = 0; i < t->n_owed; i++)
        if (t->owed[i].move >= 0 && fair_move_sends((enum fair_move)t->owed[i].move)) fault(k, "letters.tsv:%d: a letter owes no letter", t->owed[i].line);
}

static void
takedown(struct check *k)
{
    for (int s = FAIR_TD_DRAFT; s <= FAIR_TD_SUIT_NOTICED; s++) {
        const char *name = fair_state_name((enum fair_case_state)s);
        if (!free_way(k, s, FAIR_DO_TD_RETRACT, FAIR_TD_RETRACTED, FAIR_OWN, 0)) fault(k, "the owner cannot retract from %s", name);
        if ((s == FAIR_TD_SENT || s == FAIR_TD_ACK || s == FAIR_TD_REMOVED) && !free_way(k, s, FAIR_DO_TD_COUNTER, FAIR_TD_COUNTERED, FAIR_RCP, 0)) fault(k, "nobody can counter from %s", name);
        time_alone(k, s);
    }
}

size_t
fair_cases_check_files(fair_str (*file)(void *arg, const char *name), void *file_arg, void (*say)(void *arg, const char *fault), void *arg)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_tables *t = fair_xcalloc(1, sizeof *t);
    struct check k = { t, say, arg, 0 };

    if (!fair_tables_read(t, a, file, file_arg, say, arg)) k.faults++;
    if (!fair_calendar_check(file(file_arg, "holidays.tsv"), file(file_arg, "zones.tsv"), say, arg)) k.faults++;
    if (!fair_facts_check(file(file_arg, "facts.tsv"), say, arg)) k.faults++;
    if (!fair_retention_check(file(file_arg, "retention.tsv"), file(file_arg, "deadlines.tsv"), say, arg)) k.faults++;
    if (k.faults == 0) {
        for (int s = 0; s < FAIR_N_STATES; s++)
            if (is_case(s) && !fair_state_final((enum fair_case_state)s)) {
                everyones_rights(&k, s);
                time_alone(&k, s);
            }
        each_row(&k);
        ways(&k);
        reach(&k, FAIR_TD_DRAFT, FAIR_TD_DRAFT, FAIR_TD_LAPSED);
        reach(&k, FAIR_HIT_NEW, FAIR_HIT_NEW, FAIR_HIT_REJECTED_AUTO);
        bounds(&k);
        gates(&k);
        takedown(&k);
        owed(&k);
    }
    free(t);
    fair_arena_free(&a);
    return k.faults;
}

static fair_str built_in(void *arg, const char *name) { (void)arg; return fair_cases_file(name); }

size_t
fair_cases_check(void (*say)(void *arg, const char *fault), void *arg)
{
    return fair_cases_check_files(built_in, NULL, say, arg);
}
