/* test_properties.c - random courses of cases under a simulated clock, held against the invariants I1 to I15.
 *
 *     test_properties [SEQUENCES]
 *
 * Two kinds of proof.  *Sequences* begin with a fresh case or takedown and let everybody do what they can, at random; a
 * model of its own, which shares no code with the engine, keeps what the invariants speak of.  *Courses* are made up at
 * random, reachable or not, so that a rule that another rule happens to cover is seen too.  Where the program is built
 * with FAIR_CASES_MUTATE it then switches off one gate or rule after the other, and a property must fail for each. */
#include "base/test.h"
#include <time.h>
#include "cases/cases_private.h"

static long sequences = 20000;

/* ---- chance ------------------------------------------------------------------------------------------------------------- */

static uint64_t seed;

static uint64_t
chance(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * 0x2545F4914F6CDD1Dull;
}

static unsigned below(unsigned n) { return (unsigned)((chance() >> 33) % n); }
static bool one_in(unsigned n) { return below(n) == 0; }

/* ---- facts of which all is well, and then one thing or two are not -------------------------------------------------------- */

enum { CREATOR = 11, AGENT = 12, REVIEWER = 13, COUNSEL = 14, OTHER_REVIEWER = 15 };
static const struct fair_from from_all = { { "test", 4 }, 1, AGENT };
#define BEGAN (fair_date_of(2026, 1, 5) * FAIR_DAY)

static void
all_well(struct fair_facts *f, fair_time now)
{
    struct fair_course c = f->c;

    *f = (struct fair_facts){ .c = c, .country = FAIR_STR("DE"), .counsel = true, .economic = true };
    f->identity.k = 1;
    f->identity.from = f->ownership.from = f->mandate.from = f->match.from = f->evidence.from = f->exceptions.from = f->party.from = from_all;
    f->ownership.level = 3;
    f->ownership.chain = f->ownership.independent = true;
    f->mandate.agent = true;
    f->mandate.work = f->mandate.territory = f->mandate.dates = f->mandate.right = true;
    f->mandate.checked = now;
    f->match.confirmed = f->match.seen = true;
    f->evidence.sealed = true;
    f->evidence.verified = f->evidence.live = now;
    f->evidence.first = BEGAN - 5 * FAIR_DAY;
    f->evidence.last = BEGAN;
    f->evidence.captures = 2;
    f->sources.ledger = f->sources.declaration = f->sources.markers = f->sources.outside = (struct fair_asked){ FAIR_ASKED_NOTHING, now, { "test", 4 } };
    f->exceptions.signed_ = true;
    f->exceptions.by = AGENT;
    f->party.name = f->party.address = f->party.country = f->party.source = f->party.confirmed = f->party.kind_evidence = true;
    f->party.hosted = f->party.kind = 1;
    f->time.term = 1;
    f->time.created = BEGAN - 2000 * FAIR_DAY;
    f->time.used = BEGAN - 100 * FAIR_DAY;
    f->time.limitation = BEGAN + 20000 * FAIR_DAY;
    f->pack.identity = f->pack.privacy = f->pack.wording = f->pack.full = true;
    f->pack.law = FAIR_STR("XX");
    f->pack.reviewer = FAIR_STR("N.");
    f->pack.reviewed = now;
    f->sender.registered = true;
    f->wording.language = f->wording.reading = true;
    f->deadline.days = 30;
    f->privacy.art14 = f->privacy.source = f->privacy.retention = f->privacy.contact = true;
    f->authentic.signed_ = f->authentic.id = f->authentic.mail_auth = true;
    f->authentic.reachable = now;
    f->approval.second = REVIEWER;
    f->approval.second_as = FAIR_REV;
    f->approval.human_signer = true;
    f->brake.sent = 100;
    f->brake.cap = 50;
}

/* One fact that is not as it should be. */
static void
spoil(struct fair_facts *f, fair_time now)
{
    switch (below(62)) {
    case 0: f->identity.k = (int)below(3) - 1; break;
    case 1: f->identity.from.at = 0; break;
    case 2: f->ownership.level = (int)below(5) - 1; break;
    case 3: f->ownership.conflict = true; break;
    case 4: f->ownership.chain = false; break;
    case 5: f->ownership.independent = false; break;
    case 6: f->ownership.ai = true; f->ownership.ai_statement = one_in(2); break;
    case 7: f->mandate.work = false; break;
    case 8: f->mandate.territory = false; break;
    case 9: f->mandate.dates = false; break;
    case 10: f->mandate.right = false; break;
    case 11: f->mandate.revoked = true; break;
    case 12: f->mandate.checked = 0; break;
    case 13: f->match.confirmed = false; break;
    case 14: f->match.seen = false; break;
    case 15: f->evidence.sealed = false; break;
    case 16: f->evidence.verified = now - 25 * FAIR_HOUR; break;
    case 17: f->evidence.live = now - 73 * FAIR_HOUR; f->evidence.ended = one_in(2); break;
    case 18: f->evidence.captures = 1; break;
    case 19: f->evidence.last = f->evidence.first + 23 * FAIR_HOUR; break;
    case 20: f->sources.ledger.answer = FAIR_NOT_ASKED; break;
    case 21: f->sources.declaration.answer = FAIR_NOT_ASKED; break;
    case 22: f->sources.markers.at = now - 31 * FAIR_DAY; break;
    case 23: f->sources.outside.answer = FAIR_NOT_ASKED; f->sources.outside_reasons = one_in(2); break;
    case 24: f->sources.ledger.answer = FAIR_ASKED_HIT; break;
    case 25: f->sources.declaration.answer = FAIR_ASKED_HIT; break;
    case 26: f->sources.markers.answer = FAIR_ASKED_HIT; break;
    case 27: f->exceptions.signed_ = false; break;
    case 28: f->exceptions.likely = true; break;
    case 29: f->exceptions.by = one_in(2) ? 0 : CREATOR; break;
    case 30: f->party.name = false; break;
    case 31: f->party.address = false; break;
    case 32: f->party.country = false; break;
    case 33: f->party.source = false; break;
    case 34: f->party.confirmed = false; break;
    case 35: f->party.hosted = (int)below(2) - 1; break;
    case 36: f->party.platform = true; break;
    case 37: f->party.kind = 0; break;
    case 38: f->time.term = (int)below(2) - 1; break;
    case 39: f->time.created = one_in(2) ? 0 : now; break;
    case 40: f->time.limitation = one_in(2) ? 0 : now - FAIR_DAY; break;
    case 41: f->time.registration_conflict = true; break;
    case 42: f->amount.basis = false; break;
    case 43: f->amount.caps = f->amount.currency = false; break;
    case 44: f->cc = true; break;
    case 45: f->p_track = true; break;
    case 46: f->owner_policy_free = true; break;
    case 47: f->pack.identity = false; break;
    case 48: f->pack.full = false; break;
    case 49: f->pack.reviewer = (fair_str){ NULL, 0 }; break;
    case 50: f->pack.reviewed = now - 400 * FAIR_DAY; break;
    case 51: f->sender.registered = false; break;
    case 52: f->counsel = false; f->court_words = one_in(2); break;
    case 53: f->economic = false; break;
    case 54: f->wording.banned = 1; break;
    case 55: f->wording.language = false; break;
    case 56: f->deadline.days = (int64_t)below(31); break;
    case 57: f->privacy.source = false; break;
    case 58: f->authentic.mail_auth = false; f->authentic.id = one_in(2); f->authentic.by_post = one_in(2); break;
    case 59: f->approval.second = one_in(3) ? 0 : one_in(2) ? CREATOR : AGENT; break;
    case 60: f->approval.human_signer = false; break;
    default:
        if (one_in(3)) f->brake.suspended = true;
        else if (one_in(2)) f->brake.refuted = 6;
        else f->brake.today = 50;
        break;
    }
}

/* ---- the gates once more, as the specification says them, in one line each ------------------------------------------------- */

static bool recent(fair_time at, fair_time now, fair_time age) { return at != 0 && at <= now && now - at <= age; }

/* step: 0 inquiry, 1 offer, 2 demand, 3 settlement, 4 court, 5 takedown.  The first gate that should have stopped it; 0. */
static int
gate_missed(const struct fair_facts *f, const struct fair_case_event *e, int step)
{
    fair_time now = e->at;
    const struct fair_course *c = &f->c;
    bool offer = step >= 1, demand = step >= 2 && step <= 4, court = step == 4, td = step == 5;
    bool hit = f->sources.ledger.answer == FAIR_ASKED_HIT || f->sources.declaration.answer == FAIR_ASKED_HIT || f->sources.markers.answer == FAIR_ASKED_HIT || f->sources.outside.answer == FAIR_ASKED_HIT;
    static const int answer[] = { 21, 30, 21, 30 };

    if (f->identity.k < (demand || td ? 1 : 0) || f->identity.from.at == 0) return 1;
    if (f->ownership.level < (court ? 3 : offer ? 2 : 1) || (offer && f->ownership.conflict) || (demand && f->mandate.agent && !f->ownership.chain) || (demand && !f->ownership.independent) || (f->ownership.ai && !f->ownership.ai_statement)) return 2;
    if (f->mandate.agent && (!f->mandate.work || !f->mandate.territory || !f->mandate.dates || !f->mandate.right || f->mandate.revoked || f->mandate.checked == 0)) return 3;
    if (!f->match.confirmed || !f->match.seen) return 4;
    if (!f->evidence.sealed || !recent(f->evidence.verified, now, 24 * FAIR_HOUR) || (!f->evidence.ended && !recent(f->evidence.live, now, 72 * FAIR_HOUR))) return 5;
    if (demand && (f->evidence.captures < 2 || f->evidence.last - f->evidence.first < FAIR_DAY)) return 5;
    if (f->sources.ledger.answer == FAIR_NOT_ASKED || !recent(f->sources.ledger.at, now, 30 * FAIR_DAY) || f->sources.declaration.answer == FAIR_NOT_ASKED ||
        f->sources.markers.answer == FAIR_NOT_ASKED || !recent(f->sources.markers.at, now, 30 * FAIR_DAY)) return 6;
    if (offer && (hit || ((f->sources.outside.answer == FAIR_NOT_ASKED || !recent(f->sources.outside.at, now, 30 * FAIR_DAY)) && !f->sources.outside_reasons))) return 6;
    if (!f->exceptions.signed_ || f->exceptions.by == 0 || (offer && f->exceptions.likely) || (td && f->exceptions.by != e->by)) return 7;
    if (!f->party.name || !f->party.country || !f->party.source || !f->party.confirmed || f->party.hosted != 1) return 8;
    if (!td && (!f->party.address || f->party.platform || f->party.kind == 0 || !f->party.kind_evidence)) return 8;
    if (f->time.term != 1 || f->time.created == 0 || f->time.used < f->time.created || (f->time.limitation != 0 && f->time.limitation <= now) || (court && f->time.limitation == 0) || f->time.registration_conflict) return 9;
    if ((step == 0 || td || f->cc || f->p_track) && (f->amount.any || e->sum != 0)) return 10;
    if (offer && !td && !f->cc && !f->p_track && (!f->amount.any || f->amount.sum <= 0 || !f->amount.basis || !f->amount.caps || !f->amount.currency || (c->sum_last > 0 && f->amount.sum > c->sum_last))) return 10;
    if (!f->pack.identity || !f->pack.privacy || !f->pack.wording || (offer && (!f->pack.full || f->pack.reviewer.n == 0 || !recent(f->pack.reviewed, now, 366 * FAIR_DAY)))) return 11;
    if (!td && !(f->sender.owner && !f->mandate.agent) && !f->sender.registered && !f->sender.counsel) return 12;
    if (court && (!f->counsel || !f->economic)) return 12;
    if (!f->wording.language || !f->wording.reading || f->wording.banned != 0 || (f->court_words && !f->counsel)) return 13;
    if (step <= 3 && f->deadline.days < (e->move == FAIR_DO_REMIND ? 14 : answer[step])) return 14;
    if (!td && (c->unread_since != 0 || (c->lawyer_only && !f->order.to_lawyer) || (e->move != FAIR_DO_RESEND && fair_move_is_claim(e->move) && c->claims >= 8))) return 15;
    if (!f->privacy.art14 || !f->privacy.source || !f->privacy.retention || !f->privacy.contact) return 16;
    if (!f->authentic.signed_ || !f->authentic.id || (!f->authentic.mail_auth && !f->authentic.by_post) || !recent(f->authentic.reachable, now, 72 * FAIR_HOUR)) return 17;
    if (!f->approval.human_signer) return 18;
    if (offer && !td && (f->approval.second == 0 || f->approval.second == c->creator || f->approval.second == e->by || (f->approval.second_as != FAIR_REV && f->approval.second_as != FAIR_CNS))) return 18;
    if (f->brake.suspended || (f->brake.sent >= 20 && f->brake.refuted * 100 > 5 * f->brake.sent) || f->brake.today >= f->brake.cap) return 19;
    return 0;
}

/* ---- what must hold for one event, whatever the course ----------------------------------------------------------------------- */

static int
step_sent(enum fair_move m, enum fair_case_state to)
{
    if (m == FAIR_DO_TD_SIGN || m == FAIR_DO_TD_SEND) return 5;
    if (m == FAIR_DO_PREPARE_COURT || m == FAIR_DO_GO_TO_COURT) return 4;
    return to == FAIR_INQUIRY ? 0 : to == FAIR_OFFER ? 1 : to == FAIR_DEMAND ? 2 : 3;
}

static bool
is_open(enum fair_case_state s)
{
    return s <= FAIR_HOLD;
}

static bool
disputed(enum fair_case_state s)
{
    return s == FAIR_DISPUTED || s == FAIR_DISPUTE_REVIEW || s == FAIR_RETURN || s == FAIR_APPEAL || s == FAIR_RETURN_FINAL;
}

static bool over(const struct fair_course *c, int step, int days, fair_time now)
{
    const struct fair_step *s = &c->step[step];
    return s->delivered != 0 && (s->answered != 0 || now > s->delivered + s->paused + (days + s->extension_days) * FAIR_DAY);
}

static const char *
wait_missed(const struct fair_course *c, const struct fair_case_event *e, int step, int days, bool asked)
{
    const struct fair_step *s = &c->step[step];
    fair_time stood = s->paused + (c->stopped_since != 0 && c->at == step ? e->at - (c->stopped_since > s->delivered ? c->stopped_since : s->delivered) : 0);

    if (asked) return NULL;
    if (s->delivered == 0) return "I8: no delivery is proven";
    if (e->at <= s->delivered + stood + ((s->answered != 0 ? 14 : days) + s->extension_days) * FAIR_DAY) return "I8: it goes on before its time";
    return NULL;
}

static const char *
event_missed(const struct fair_facts *f, const struct fair_case_event *e, enum fair_case_state to)
{
    static char text[64];
    const struct fair_course *c = &f->c;
    enum fair_case_state s = c->state;
    bool person = e->who == FAIR_OWN || e->who == FAIR_AGT || e->who == FAIR_CNS;
    bool neither = e->by != 0 && e->by != c->creator && e->by != c->answerer;
    const char *missed = NULL;
    int gate;

    if (e->at < c->last) return "the clock was set back";
    if (fair_state_final(s) && to != s) return "a closed case goes on";
    if (e->who == FAIR_HST && s <= FAIR_CLOSED_HANDED_OVER && e->move != FAIR_DO_REPLY) return "a host acts in a case";
    if (fair_move_is_claim(e->move) || e->move == FAIR_DO_TD_SIGN || e->move == FAIR_DO_PREPARE_COURT || e->move == FAIR_DO_GO_TO_COURT) {
        if (!person) return "a claim without a person of the claimant's side";
        if (disputed(s) || s == FAIR_HOLD || s == FAIR_INFO_REQUESTED || s == FAIR_CURE) return "I3: a claim while it stands still";
        gate = gate_missed(f, e, step_sent(e->move, to));
        if (gate != 0) {
            snprintf(text, sizeof text, "I4: %s passed G%d", fair_move_name(e->move), gate);
            return text;
        }
        if (f->court_words && !f->counsel) return "I10: court without counsel";
        if (e->sum > 0 && c->sum_last > 0 && e->sum > c->sum_last) return "I2: the sum rises";
    }
    if (e->move == FAIR_DO_LETTER) {
        if (c->lawyer_only && !f->order.to_lawyer) return "a letter to the person who named a lawyer";
        if (!f->privacy.art14 || !f->privacy.source || !f->privacy.retention || !f->privacy.contact) return "a letter without Article 14";
        if (!f->authentic.signed_ || !f->authentic.id || (!f->authentic.mail_auth && !f->authentic.by_post) || !recent(f->authentic.reachable, e->at, 72 * FAIR_HOUR)) return "a letter that nobody can check";
        if (e->who == FAIR_SYS && (!f->wording.language || !f->wording.reading || f->wording.banned != 0)) return "a letter by itself in words that nobody read";
    }
    /* Time alone: never early. */
    if (e->who == FAIR_SYS && (e->move == FAIR_DO_LAPSE || e->move == FAIR_DO_WRONG || e->move == FAIR_DO_BACK || e->move == FAIR_DO_UNECONOMIC || e->move == FAIR_DO_TD_LAPSE)) {
        int days = s == FAIR_DRAFT ? 90 : s <= FAIR_READY ? 30 : fair_step_of(s) >= 0 ? 180 : s == FAIR_COURT ? 1095 : s == FAIR_COURT_PREP ? 60
                 : s == FAIR_DISPUTE_REVIEW || s == FAIR_APPEAL ? 14 : s == FAIR_RETURN ? 44 : s == FAIR_AGREED ? 365 : s == FAIR_TD_SENT || s == FAIR_TD_ACK ? 60
                 : s == FAIR_HOLD ? 0 : 30;
        if (e->at < c->entered + days * FAIR_DAY) return "time alone goes too early";
        if (s == FAIR_HOLD && e->at - c->entered + c->held < 90 * FAIR_DAY) return "a hold ends too early";
    }
    if (e->who == FAIR_SYS && e->move == FAIR_DO_TD_RESTORE && s == FAIR_TD_COUNTERED && e->at < c->entered + 17 * FAIR_DAY) return "512(g): fewer than 14 business days";
    switch (e->move) {
    case FAIR_DO_GATHER: gate = gate_missed(f, e, 0); if (gate >= 1 && gate <= 4) return "DRAFT left without G1 to G4"; break;
    case FAIR_DO_SEAL: if (!f->evidence.sealed || !recent(f->evidence.verified, e->at, FAIR_DAY)) return "EVIDENCE left without G5"; break;
    case FAIR_DO_READY_UP: if (!f->exceptions.signed_ || !f->party.name || f->time.term != 1 || f->sources.ledger.answer == FAIR_NOT_ASKED) return "REVIEW left without G6 to G9"; break;
    case FAIR_DO_MAKE_OFFER:
        missed = wait_missed(c, e, FAIR_STEP_INQUIRY, 24, c->price_asked);
        if (missed == NULL && !c->inquiry_over && !(c->price_asked && c->step[0].delivered != 0) && !over(c, 0, 21, e->at)) missed = "I1: a sum before the inquiry is over";
        break;
    case FAIR_DO_MAKE_DEMAND:
        missed = wait_missed(c, e, FAIR_STEP_OFFER, 30, false);
        if (!c->inquiry_over || (!c->offer_over && !over(c, 1, 30, e->at))) missed = "a demand without inquiry and offer";
        break;
    case FAIR_DO_NEGOTIATE:
        missed = wait_missed(c, e, FAIR_STEP_DEMAND, 21, false);
        if (!c->inquiry_over || (!c->offer_over && !over(c, 1, 30, e->at))) missed = "negotiation without inquiry and offer";
        break;
    case FAIR_DO_PREPARE_COURT:
        missed = wait_missed(c, e, FAIR_STEP_SETTLEMENT, 30, false);
        if (!c->inquiry_over || !c->offer_over || c->step[FAIR_STEP_DEMAND].delivered == 0) missed = "court without the steps before";
        break;
    case FAIR_DO_GO_TO_COURT: if (!c->inquiry_over || !c->offer_over || c->step[FAIR_STEP_DEMAND].delivered == 0) missed = "court without the steps before"; break;
    case FAIR_DO_REMIND:
        if (c->step[fair_step_of(s)].reminders >= 1 || c->reminders >= 2) missed = "I7: a reminder too many";
        if (missed == NULL && e->at <= c->step[fair_step_of(s)].delivered + 14 * FAIR_DAY) missed = "a reminder before 14 days";
        break;
    case FAIR_DO_RESEND: if (c->step[fair_step_of(s)].delivered != 0 || (!c->bounced && e->at < c->sent_last + 5 * FAIR_DAY)) missed = "sent again though it may have come"; break;
    case FAIR_DO_DELIVERED: case FAIR_DO_UNDELIVERED: if (c->at < 0 || c->step[c->at].sent == 0) missed = "delivered, though nothing was sent"; break;
    case FAIR_DO_READ_IT: if (c->unread_since == 0) missed = "read, though nothing came"; break;
    case FAIR_DO_ANSWER:
        if (c->at < 0 || c->step[c->at].sent == 0) missed = "answered, though nothing was sent";
        /* fall through */
    case FAIR_DO_ASK_PRICE: case FAIR_DO_PROPOSE: case FAIR_DO_UNDISPUTE:
        if (e->who != FAIR_RCP || !e->verified) missed = "an unverified sender moves the case";
        break;
    case FAIR_DO_AGREE:
        if (e->who != FAIR_RCP || !e->verified) missed = "an unverified sender accepts";
        if (c->sum_last <= 0) missed = "accepted, though nothing was offered";
        if (e->sum > c->sum_last || ((f->cc || f->p_track) && e->sum > 0)) missed = "I2: agreed on more than was asked";
        break;
    case FAIR_DO_ACCEPT:
        if (e->who == FAIR_RCP || e->who == FAIR_SYS || !c->proposed) missed = "accepted what nobody proposed";
        if (e->sum > c->proposed_sum || (c->sum_last > 0 && e->sum > c->sum_last) || ((f->cc || f->p_track) && e->sum > 0)) missed = "I2: agreed on more than was proposed";
        break;
    case FAIR_DO_PAY: if ((to == FAIR_PAID) != (e->due == 0)) missed = "paid, and a payment is due"; break;
    case FAIR_DO_BREAK:
        if (c->due == 0 || e->at <= c->due + 30 * FAIR_DAY) missed = "broken, though no payment is late";
        if (to == FAIR_DEMAND && (!c->inquiry_over || (!c->offer_over && !over(c, 1, 30, e->at)))) missed = "a broken agreement skips the offer";
        if (to == FAIR_OFFER && (c->offer_over || c->step[1].answered != 0) && c->step[1].delivered != 0) missed = "a broken agreement makes the offer anew";
        if (to == FAIR_OFFER && !c->inquiry_over && !(c->price_asked && c->step[0].delivered != 0) && !over(c, 0, 21, e->at)) missed = "I1: a broken agreement skips the inquiry";
        break;
    case FAIR_DO_CURE_IT:
        if (fair_step_of(s) >= 0 && (to == FAIR_CURE) == c->step[fair_step_of(s)].false_cure) missed = "a false cure may be claimed once a step";
        break;
    case FAIR_DO_CURED: case FAIR_DO_CREDITED:
        if (!f->p_track && !f->cc && !f->owner_policy_free) missed = "it closes free off the free tracks";
        if ((e->move == FAIR_DO_CREDITED) != c->cure_credit) missed = "closed for another cure than was claimed";
        break;
    case FAIR_DO_NOT_CURED: if (e->at <= c->entered + 7 * FAIR_DAY) missed = "not cured, though it was not looked at for seven days"; break;
    case FAIR_DO_DISPUTE: {
        bool old = (e->ground & ~c->grounds_appealed) == 0 && !e->document;
        if (e->ground == 0) missed = "a dispute without a ground";
        if (s != FAIR_DISPUTED && s != FAIR_APPEAL && (to == FAIR_DISPUTED) == old) missed = "a ground decided and appealed stops the clock again";
        break;
    }
    case FAIR_DO_ANSWER_DISPUTE:
        if (e->ground == 0) missed = "an answer without a ground";
        if ((to == FAIR_DISPUTE_REVIEW) != ((c->grounds & ~(c->grounds_answered | e->ground)) == 0)) missed = "a ground was not answered";
        break;
    case FAIR_DO_TAKE_UP: if (c->taken_up != 0) missed = "taken up twice"; /* fall through */
    case FAIR_DO_REJECT: case FAIR_DO_REJECT_APPEAL:
        if (e->who != FAIR_REV && e->who != FAIR_CNS) missed = "a dispute is decided by no reviewer";
        else if (!neither || (s == FAIR_APPEAL && e->by == c->reviewer)) missed = "a dispute is decided by somebody involved";
        break;
    case FAIR_DO_RESUME:
        if ((e->who != FAIR_REV && e->who != FAIR_CNS) || !neither) missed = "resumed by somebody involved";
        if (s == FAIR_RETURN && e->at <= c->entered + 14 * FAIR_DAY) missed = "resumed before the time to appeal was over";
        if (!c->resumed_low && to > FAIR_OFFER && to <= FAIR_COURT) missed = "a rejected dispute resumes above OFFER";
        if (to <= FAIR_SETTLEMENT && to >= FAIR_INQUIRY && gate_missed(f, e, step_sent(e->move, to)) != 0) missed = "I4: resumed past a gate";
        break;
    case FAIR_DO_PUT_ON_HOLD: if (to == FAIR_HOLD && s != FAIR_HOLD && c->held >= 90 * FAIR_DAY) missed = "held for more than 90 days"; break;
    case FAIR_DO_WITHDRAW: case FAIR_DO_HAND_OVER: if (e->who != FAIR_OWN) missed = "withdrawn by somebody else"; break;
    case FAIR_DO_TD_CONSIDER: if (!f->exceptions.signed_ || f->exceptions.by != e->by || f->exceptions.likely) missed = "Lenz: fair use was not considered"; break;
    case FAIR_DO_TD_SEND: if (e->by != c->td_signer || e->by == 0) missed = "sent by somebody else than who signed"; break;
    case FAIR_DO_TD_SUE: if (!f->counsel) missed = "a suit without counsel"; break;
    case FAIR_DO_TD_FINISH: if (e->at <= c->entered + 14 * FAIR_DAY && s == FAIR_TD_REMOVED) missed = "done before anybody could counter"; break;
    case FAIR_DO_LETTER: if (!f->privacy.art14 || !f->authentic.signed_) missed = "a letter without G16 and G17"; break;
    default: break;
    }
    return missed;
}

/* ---- a random event ----------------------------------------------------------------------------------------------------------- */

static fair_id
who_is(enum fair_actor a)
{
    if (one_in(12)) return CREATOR;
    return a == FAIR_OWN ? CREATOR : a == FAIR_AGT ? AGENT : a == FAIR_REV ? (one_in(2) ? REVIEWER : OTHER_REVIEWER) : a == FAIR_CNS ? COUNSEL : 0;
}

static struct fair_case_event
any_event(struct fair_facts *f, fair_time now)
{
    const struct fair_tables *t = fair_tables_get();
    struct fair_case_event e = { .at = now, .country = f->country, .verified = !one_in(4) };
    const struct fair_rule_row *row = NULL;

    /* Mostly something the table has for this state, by somebody who may. */
    for (int tries = 0; tries < 24 && row == NULL; tries++) {
        int m = (int)below(FAIR_N_MOVES), k = (int)below(FAIR_CELL);
        if (t->cell[f->c.state][m][k] >= 0) row = &t->rows[t->cell[f->c.state][m][k]];
    }
    e.move = row != NULL && !one_in(20) ? row->move : (enum fair_move)below(FAIR_N_MOVES);
    do e.who = (enum fair_actor)below(FAIR_N_ACTORS);
    while (row != NULL && e.move == row->move && (row->who >> e.who & 1) == 0 && !one_in(12));
    e.by = who_is(e.who);
    e.ground = one_in(10) ? 0 : one_in(8) ? below(1u << FAIR_N_GROUNDS) : 1u << below(FAIR_N_GROUNDS);
    if (e.move == FAIR_DO_ANSWER_DISPUTE && !one_in(3)) e.ground = f->c.grounds;
    e.document = one_in(2);
    e.credit = one_in(2);
    e.days = below(40);
    if (fair_move_is_claim(e.move)) {
        enum fair_level l = row != NULL && row->move == e.move ? fair_level_of(&f->c, e.move, fair_to_of(&f->c, row)) : FAIR_AT_NONE;
        if ((l >= FAIR_AT_OFFER && l <= FAIR_AT_COURT) || one_in(20)) {
            f->amount.any = !f->cc && !f->p_track;
            f->amount.sum = f->c.sum_last > 0 && !one_in(6) ? f->c.sum_last - (int64_t)below(3) : 1000 + (int64_t)below(100);
            f->amount.basis = f->amount.caps = f->amount.currency = true;
            if (one_in(40)) f->amount.basis = false;
            if (one_in(40)) f->amount.any = !f->amount.any;
            e.sum = f->amount.any ? f->amount.sum : 0;
        }
    }
    if (e.move == FAIR_DO_PREPARE_COURT || e.move == FAIR_DO_GO_TO_COURT || e.move == FAIR_DO_RESUME) {
        f->amount.any = !f->cc && !f->p_track;
        f->amount.sum = f->c.sum_last > 0 ? f->c.sum_last : 1000;
        f->amount.basis = f->amount.caps = f->amount.currency = true;
        if (e.move == FAIR_DO_RESUME && f->c.left <= FAIR_INQUIRY) f->amount.any = false;
    }
    if (e.move == FAIR_DO_PROPOSE || e.move == FAIR_DO_ACCEPT || e.move == FAIR_DO_AGREE) e.sum = (int64_t)below(1200);
    if (e.move == FAIR_DO_ACCEPT && !one_in(4)) e.sum = f->c.proposed_sum;
    if (e.move == FAIR_DO_AGREE && !one_in(4)) e.sum = f->c.sum_last;
    if ((f->cc || f->p_track) && !one_in(4) && (e.move == FAIR_DO_ACCEPT || e.move == FAIR_DO_AGREE)) e.sum = 0;
    if (e.move == FAIR_DO_ACCEPT || e.move == FAIR_DO_AGREE || e.move == FAIR_DO_PAY) e.due = one_in(2) ? 0 : now + (fair_time)below(60) * FAIR_DAY;
    return e;
}

static fair_time
later(const struct fair_facts *f, fair_time now)
{
    static const int days[] = { 0, 0, 1, 3, 8, 14, 15, 22, 25, 31, 35, 50, 95, 200 };
    enum fair_move m;
    fair_time when;

    switch (below(8)) {
    case 0:
        fair_cases_due(&f->c, f->country, now, &m, &when);
        return when != 0 && when > now && when - now < 400 * FAIR_DAY ? when + (fair_time)below(3) - 1 : now;
    case 1:
        when = fair_cases_deadline(&f->c, f->country);
        return when > now ? when + (fair_time)below(3) - 1 : now;
    case 2: return now + (fair_time)below(72) * FAIR_HOUR;
    case 3: return one_in(6) ? now - (fair_time)below(10) * FAIR_DAY : now;
    default: return now + days[below(sizeof days / sizeof *days)] * FAIR_DAY + (fair_time)below(86400) * FAIR_SECOND;
    }
}

/* ---- sequences, with a model of their own ---------------------------------------------------------------------------------------- */

struct model {
    bool contacted, inquiry_sent, offer_sent, demand_sent;
    fair_time inquiry_delivered, inquiry_asked, inquiry_answered;
    int64_t sum;
    int claims, reminders, reminders_here;
    enum fair_case_state step;
    bool unread, dispute_rejected;
    fair_time last;
    /* The recipient's time at the step, counted as it really ran: while the case stood at a step, delivered and nothing unread. */
    bool delivered;
    fair_time ran, looked;
};

struct tally { long sequences, events, allowed, sent, closed; long states[FAIR_N_STATES], moves[FAIR_N_MOVES]; };

static const char *
model_missed(struct model *m, const struct fair_facts *f, const struct fair_case_event *e, const struct fair_course *n)
{
    const struct fair_course *c = &f->c;
    const char *missed = NULL;
    bool at_step = fair_step_of(c->state) >= 0;

    if (e->at < m->last) return "I15: an event before the last one";
    if (at_step && m->delivered && !m->unread && m->looked != 0) m->ran += e->at - m->looked;
    m->looked = m->last = e->at;
    if (fair_move_is_claim(e->move) && c->state < FAIR_CLOSED_LICENSED_BEFORE) {
        if (m->unread) missed = "I3: a claim while an answer is unread";
        if (e->sum > 0) {
            if (!m->inquiry_sent || m->inquiry_delivered == 0) missed = "I1: a sum before an inquiry was delivered";
            else if (m->inquiry_answered == 0 && m->inquiry_asked == 0 && e->at <= m->inquiry_delivered + 21 * FAIR_DAY) missed = "I1: a sum before the inquiry's time was over";
            if (m->sum > 0 && e->sum > m->sum) missed = "I2: the sum rises";
            m->sum = e->sum;
        }
        if (e->move == FAIR_DO_MAKE_OFFER && m->inquiry_asked == 0 && m->ran <= (m->inquiry_answered != 0 ? 14 : 24) * FAIR_DAY) missed = "I8: the recipient's clock had not run for its days";
        if (e->move == FAIR_DO_MAKE_DEMAND && m->ran <= 14 * FAIR_DAY) missed = "I8: the recipient's clock had not run for 14 days";
        if (e->move == FAIR_DO_NEGOTIATE && m->ran <= 14 * FAIR_DAY) missed = "I8: the recipient's clock had not run for 14 days";
        if (e->move == FAIR_DO_REMIND) {
            m->reminders++;
            m->reminders_here++;
        }
        if (e->move != FAIR_DO_RESEND) m->claims++;
        if (m->claims > 8 || m->reminders > 2 || m->reminders_here > 1) missed = "I7: too many letters";
        if (n->state == FAIR_DEMAND && (!m->inquiry_sent || !m->offer_sent)) missed = "a demand without inquiry and offer";
        m->contacted = true;
        if (n->state == FAIR_INQUIRY) m->inquiry_sent = true;
        if (n->state == FAIR_OFFER) m->offer_sent = true;
        if (e->move != FAIR_DO_REMIND && e->move != FAIR_DO_RESEND) {
            m->delivered = false;
            m->ran = 0;
            m->reminders_here = 0;
            m->step = n->state;
        }
    }
    if (e->move == FAIR_DO_OPEN_TALKS) {
        m->delivered = true;
        m->ran = 0;
        m->reminders_here = 0;
        m->step = n->state;
    }
    if (e->move == FAIR_DO_RESUME) {
        if (!m->dispute_rejected && n->state > FAIR_OFFER && n->state <= FAIR_COURT) missed = "a rejected dispute resumes above OFFER";
        if (fair_step_of(n->state) >= 0) {
            m->dispute_rejected = true;
            m->delivered = false;
            m->ran = 0;
            if (n->state != m->step) m->reminders_here = n->step[fair_step_of(n->state)].reminders;
            m->step = n->state;
        }
        m->contacted = true;
    }
    if (e->move == FAIR_DO_LETTER) m->contacted = true;
    if (e->move == FAIR_DO_REPLY) m->unread = true;
    if (e->move == FAIR_DO_READ_IT) m->unread = false;
    if ((e->move == FAIR_DO_DELIVERED || (e->who == FAIR_RCP && e->verified)) && m->step != 0) {
        m->delivered = true;
        if (m->step == FAIR_INQUIRY && m->inquiry_delivered == 0) m->inquiry_delivered = e->at;
    }
    if (e->move == FAIR_DO_ASK_PRICE) m->inquiry_asked = e->at;
    if ((e->move == FAIR_DO_ANSWER || e->move == FAIR_DO_AGREE || e->move == FAIR_DO_ACCEPT) && m->step == FAIR_INQUIRY) m->inquiry_answered = e->at;
    if (fair_state_final(n->state) && !fair_state_final(c->state) && n->state < FAIR_TD_DRAFT && m->contacted && !n->closing_letter_owed) missed = "I11: closed without a letter owed";
    return missed;
}

/* What holds at every moment. */
static const char *
moment_missed(const struct fair_facts *f, fair_time now)
{
    const struct fair_course *c = &f->c;
    fair_time end = fair_cases_deadline(c, f->country), gone;
    int step = fair_step_of(c->state);

    if (is_open(c->state)) {
        struct fair_case_event e = { .move = FAIR_DO_WITHDRAW, .who = FAIR_OWN, .by = CREATOR, .at = now };
        if (!fair_cases_may(f, &e).allowed) return "I14: the owner cannot withdraw";
        e = (struct fair_case_event){ .move = FAIR_DO_DISPUTE, .who = FAIR_RCP, .at = now, .ground = FAIR_GROUND_LICENCE, .document = true };
        if (!fair_cases_may(f, &e).allowed) return "the recipient cannot dispute";
    }
    gone = fair_cases_forget_at(c, f->time.limitation, false);
    if ((gone != 0) != fair_state_final(c->state)) return "I13: no date on which the data are gone";
    if (gone != 0 && gone - (f->time.limitation > c->entered && c->contacted ? f->time.limitation : c->entered) > 366 * FAIR_DAY) return "I13: data are kept too long";
    if (fair_cases_forget_at(c, f->time.limitation, true) != 0) return "I13: a legal hold does not hold";
    if (end != 0) {
        fair_time there = end + FAIR_HOUR;    /* Berlin's day ends an hour or two before UTC's */
        int y, mo, d;
        int32_t date = (int32_t)(there / FAIR_DAY);
        fair_date_split(date, &y, &mo, &d);
        if (c->step[step].delivered == 0) return "I8: a deadline without delivery";
        if (end < c->step[step].delivered + 14 * FAIR_DAY) return "I8: less than 14 days";
        if ((date + 4) % 7 == 6 || (date + 4) % 7 == 0) return "I8: it ends on a weekend";
        if ((mo == 12 && d >= 24) || (mo == 1 && d <= 6)) return "I8: it ends between the years";
        if ((mo == 5 && d == 1) || (mo == 10 && d == 3) || (mo == 11 && d == 1)) return "I8: it ends on a holiday";
    }
    return NULL;
}

static const char *
sequence(struct tally *t, struct fair_course *last)
{
    struct fair_facts f = { .c = fair_cases_open(one_in(8), CREATOR, BEGAN) };
    struct model m = { .last = BEGAN };
    fair_time now = BEGAN + (fair_time)below(365) * FAIR_DAY;
    /* Some begin late in the story, so that every depth is looked at. */
    int good = below(4) == 0 ? 0 : (int)below(28), events = good + 6 + (int)below(14);
    static const enum fair_move story[] = { FAIR_DO_GATHER, FAIR_DO_SEAL, FAIR_DO_READY_UP, FAIR_DO_INQUIRE, FAIR_DO_DELIVERED, FAIR_DO_MAKE_OFFER, FAIR_DO_DELIVERED,
                                            FAIR_DO_MAKE_DEMAND, FAIR_DO_DELIVERED, FAIR_DO_NEGOTIATE, FAIR_DO_DELIVERED, FAIR_DO_PREPARE_COURT, FAIR_DO_GO_TO_COURT };
    static const struct { enum fair_move move; enum fair_actor who; fair_id by; int days; } drama[] = {
        { FAIR_DO_DISPUTE, FAIR_RCP, 0, 2 }, { FAIR_DO_ANSWER_DISPUTE, FAIR_OWN, CREATOR, 5 }, { FAIR_DO_REJECT, FAIR_REV, REVIEWER, 3 },
        { FAIR_DO_MAKE_APPEAL, FAIR_RCP, 0, 6 }, { FAIR_DO_REJECT_APPEAL, FAIR_REV, OTHER_REVIEWER, 3 }, { FAIR_DO_RESUME, FAIR_REV, OTHER_REVIEWER, 3 },
        { FAIR_DO_DELIVERED, FAIR_SYS, 0, 2 } };
    int acts = good < 13 && one_in(3) ? (int)below(8) : 0;
    static const enum fair_move td[] = { FAIR_DO_TD_CONSIDER, FAIR_DO_TD_SIGN, FAIR_DO_TD_SEND, FAIR_DO_TD_ACKED, FAIR_DO_TD_TAKEN_DOWN };
    const char *missed;
    enum fair_move due;
    fair_time when;
    bool takedown = f.c.state == FAIR_TD_DRAFT;

    t->sequences++;
    for (int i = 0; i < events; i++) {
        struct fair_case_event e;
        struct fair_ruling r;
        struct fair_course n;

        all_well(&f, now);
        f.time.limitation = BEGAN + 9000 * FAIR_DAY;
        if (i < good && i < (takedown ? 5 : 13)) {
            now += 45 * FAIR_DAY / (takedown ? 40 : 1);
            all_well(&f, now);
            e = any_event(&f, now);
            e.move = takedown ? td[i] : story[i];
            e.who = e.move == FAIR_DO_PREPARE_COURT || e.move == FAIR_DO_GO_TO_COURT ? FAIR_CNS : FAIR_AGT;
            e.by = e.who == FAIR_CNS ? COUNSEL : AGENT;
            f.amount.any = i >= 5 && !takedown;
            f.amount.sum = f.c.sum_last > 0 ? f.c.sum_last : 1000;
            f.amount.basis = f.amount.caps = f.amount.currency = true;
            e.sum = fair_move_is_claim(e.move) && f.amount.any ? f.amount.sum : 0;
        } else if (i >= good && i - good < acts && !takedown) {
            now += drama[i - good].days * FAIR_DAY;
            all_well(&f, now);
            e = any_event(&f, now);
            e.move = drama[i - good].move;
            e.who = drama[i - good].who;
            e.by = drama[i - good].by;
            e.verified = true;
            e.ground = e.move == FAIR_DO_ANSWER_DISPUTE ? f.c.grounds : FAIR_GROUND_EXCEPTION;
            f.amount.any = e.move == FAIR_DO_RESUME && f.c.left >= FAIR_OFFER;
            f.amount.sum = f.c.sum_last > 0 ? f.c.sum_last : 1000;
            f.amount.basis = f.amount.caps = f.amount.currency = true;
            e.sum = 0;
        } else {
            now = later(&f, now);
            all_well(&f, now);
            for (unsigned k = below(4) == 0 ? 1 + below(3) : 0; k > 0; k--) spoil(&f, now);
            e = any_event(&f, now);
        }
        t->events++;
        r = fair_cases_may(&f, &e);
        if (!r.allowed && now < f.c.last) now = f.c.last;
        if (!r.allowed) {
            if (r.n_reasons == 0) return "refused without a reason";
            continue;
        }
        missed = event_missed(&f, &e, r.to);
        if (missed != NULL) return missed;
        e.to = r.to;
        if (!fair_cases_apply(&f.c, &e, &n)) return "allowed, and then unknown";
        missed = model_missed(&m, &f, &e, &n);
        *last = n;
        if (missed != NULL) return missed;
        t->allowed++;
        t->sent += fair_move_is_claim(e.move);
        t->states[n.state]++;
        t->moves[e.move]++;
        f.c = n;
        *last = n;
        if (now < n.last) now = n.last;
        missed = moment_missed(&f, now);
        if (missed != NULL) return missed;
        if (fair_state_final(n.state) && one_in(2)) break;
    }
    /* Then everybody goes home: time alone brings it to an end. */
    for (int i = 0; !fair_state_final(f.c.state); i++) {
        struct fair_case_event e;
        struct fair_ruling r;

        if (i == 8) return "time alone does not bring it to an end";
        fair_cases_due(&f.c, f.country, now, &due, &when);
        if (when == 0) return "nothing is ever due";
        if (when < f.c.last) when = f.c.last;
        e = (struct fair_case_event){ .move = due, .who = FAIR_SYS, .at = when, .automatic = true, .country = f.country };
        r = fair_cases_may(&f, &e);
        if (!r.allowed) return "what is due may not be done";
        e.to = r.to;
        if (!fair_cases_apply(&f.c, &e, &f.c)) return "what is due is unknown";
        t->states[f.c.state]++;
        if (fair_state_final(f.c.state) && f.c.contacted && f.c.state < FAIR_TD_DRAFT && !f.c.closing_letter_owed) return "I11: closed without a letter owed";
    }
    t->closed++;
    return NULL;
}

/* ---- courses that are made up ----------------------------------------------------------------------------------------------------- */

static const char *
made_up(struct tally *t)
{
    fair_time now = BEGAN + (fair_time)(700 + below(700)) * FAIR_DAY + (fair_time)below(86400) * FAIR_SECOND;
    struct fair_facts f = { 0 };
    struct fair_course *c = &f.c, n;
    struct fair_case_event e;
    struct fair_ruling r;

    c->state = (enum fair_case_state)below(FAIR_HIT_NEW);
    c->base = c->left = (enum fair_case_state)below(FAIR_COURT + 1);
    c->opened = BEGAN;
    c->entered = now - (fair_time)below(one_in(3) ? 400 : 50) * FAIR_DAY;
    c->last = one_in(12) ? now + FAIR_DAY : c->entered;
    c->sent_last = now - (fair_time)below(40) * FAIR_DAY;
    c->creator = CREATOR;
    c->answerer = one_in(2) ? CREATOR : one_in(4) ? REVIEWER : AGENT;
    c->reviewer = one_in(2) ? REVIEWER : OTHER_REVIEWER;
    c->at = fair_step_of(c->state) >= 0 ? fair_step_of(c->state) : (int)below(5) - 1;
    for (int i = 0; i < FAIR_N_STEPS; i++) {
        struct fair_step *s = &c->step[i];
        if (one_in(5)) continue;
        s->sent = now - (fair_time)below(90) * FAIR_DAY;
        s->delivered = one_in(3) ? 0 : now - (fair_time)below(50) * FAIR_DAY;
        s->answered = one_in(3) ? now - FAIR_DAY : 0;
        s->paused = one_in(3) ? (fair_time)below(20) * FAIR_DAY : 0;
        s->extension_days = one_in(3) ? 14 : 0;
        s->reminders = (int)below(2);
        s->false_cure = one_in(3);
    }
    if (fair_step_of(c->state) < 0 || one_in(6)) c->stopped_since = now - (fair_time)below(20) * FAIR_DAY;
    if (one_in(6)) c->unread_since = now - FAIR_HOUR;
    if (one_in(3)) c->taken_up = c->entered;
    c->grounds = below(1u << FAIR_N_GROUNDS);
    c->grounds_answered = below(1u << FAIR_N_GROUNDS);
    c->grounds_appealed = one_in(2) ? 0 : below(1u << FAIR_N_GROUNDS);
    c->resumed_low = one_in(2);
    c->claims = (int)below(10);
    c->reminders = (int)below(3);
    c->sum_last = one_in(3) ? 0 : 1000;
    c->price_asked = one_in(3);
    c->proposed = one_in(2);
    c->proposed_sum = (int64_t)below(1200);
    c->due = one_in(3) ? 0 : now - (fair_time)below(60) * FAIR_DAY;
    c->held = (fair_time)below(110) * FAIR_DAY;
    c->lawyer_only = one_in(6);
    c->cure_credit = one_in(2);
    c->inquiry_over = !one_in(3);
    c->offer_over = !one_in(3);
    c->td_signer = one_in(2) ? AGENT : CREATOR;
    c->contacted = one_in(2);
    all_well(&f, now);
    if (one_in(3)) spoil(&f, now);
    if (one_in(2)) f.owner_policy_free = true;
    e = any_event(&f, now);
    t->events++;
    r = fair_cases_may(&f, &e);
    if (!r.allowed) return r.n_reasons == 0 ? "refused without a reason" : NULL;
    t->allowed++;
    if (!fair_cases_apply(c, &(struct fair_case_event){ .move = e.move, .to = r.to, .who = e.who, .by = e.by, .at = e.at, .country = e.country }, &n)) return "allowed, and then unknown";
    return event_missed(&f, &e, r.to);
}

/* ---- all together ------------------------------------------------------------------------------------------------------------------ */

static const char *
hunt(uint64_t start, long n, struct tally *t, long *at, struct fair_course *last)
{
    seed = start;
    for (*at = 0; *at < n; ++*at) {
        const char *missed = sequence(t, last);
        if (missed == NULL) missed = made_up(t);
        if (missed == NULL) missed = made_up(t);
        if (missed != NULL) return missed;
    }
    return NULL;
}

TEST(I1_to_I15_hold_over_random_sequences_of_events)
{
    struct tally *t = calloc(1, sizeof *t);
    struct fair_course last = { 0 };
    long at;
    clock_t began = clock();
    const char *missed = hunt(88172645463325252ull, sequences, t, &at, &last);

    if (missed != NULL) fail_msg("sequence %ld: %s (in %s)", at, missed, fair_state_name(last.state));
    printf("# %ld sequences: %ld events tried, %ld allowed, %ld claims sent, %ld closed; %.1f s of CPU\n", t->sequences, t->events, t->allowed,
           t->sent, t->closed, (double)(clock() - began) / CLOCKS_PER_SEC);
    if (sequences >= 20000)
        for (int s = FAIR_EVIDENCE; s < FAIR_HIT_NEW; s++)
            if (t->states[s] == 0 && s != FAIR_TD_DRAFT) fail_msg("no sequence came to %s", fair_state_name((enum fair_case_state)s));
    free(t);
}

#ifdef FAIR_CASES_MUTATE
enum fair_mutation fair_mutation;

static void
name_of(int m, char *out, size_t n)
{
    static const char *const rest[] = { "the stopped clock", "the pause", "never above OFFER", "working days", "24 December to 6 January", "the closing letter",
                                        "the step that begins anew", "the days of time alone" };
    if (m <= FAIR_MUT_GATE_19) snprintf(out, n, "G%d", m - FAIR_MUT_GATE_1 + 1);
    else if (m >= FAIR_MUT_TOKEN_0 && m <= FAIR_MUT_TOKENS_END) snprintf(out, n, "%s", fair_token_name((enum fair_token)(m - FAIR_MUT_TOKEN_0)));
    else if (m < FAIR_MUT_TOKEN_0) snprintf(out, n, "%s", m == FAIR_MUT_ACTOR ? "who may" : m == FAIR_MUT_CLOCK_BACK ? "the clock set back" : "not before");
    else snprintf(out, n, "%s", rest[m > FAIR_MUT_TOKENS_END ? m - FAIR_MUT_TOKENS_END - 1 : 0]);
}

TEST(switching_off_any_single_gate_or_rule_makes_a_property_fail)
{
    int blind = 0;

    for (int m = FAIR_MUT_GATE_1; m < FAIR_N_MUTATIONS; m++) {
        struct tally *t = calloc(1, sizeof *t);
        struct fair_course last = { 0 };
        char name[64];
        const char *missed;
        long at;

        fair_mutation = (enum fair_mutation)m;
        missed = hunt(88172645463325252ull, 400000, t, &at, &last);
        fair_mutation = FAIR_MUT_NONE;
        name_of(m, name, sizeof name);
        if (missed == NULL) printf("# without %s nothing fails\n", name), blind++;
        else printf("# without %s, sequence %ld: %s\n", name, at, missed);
        free(t);
    }
    CHECK_EQ(blind, 0);
}
#endif

int
main(int argc, char **argv)
{
    extern const struct fair_test __start_fair_tests[], __stop_fair_tests[];
    struct CMUnitTest tests[8];
    size_t n = 0;

    if (argc > 1) sequences = strtol(argv[1], NULL, 10);
    for (const struct fair_test *t = __start_fair_tests; t < __stop_fair_tests; t++)
        if (argc < 3 || strstr(t->name, argv[2]) != NULL) tests[n++] = (struct CMUnitTest){ .name = t->name, .test_func = t->run };
    return _cmocka_run_group_tests("tests", tests, n, NULL, NULL) != 0;
}
