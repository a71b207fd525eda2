/* Tests of the engine: each gate alone, the steps and their times, what the recipient can do, and the record of gates. */
#include "base/test.h"
#include "base/clock.h"
#include "cases/check.h"

#define DAY0 (fair_date_of(2026, 3, 2) * FAIR_DAY + 12 * FAIR_HOUR)      /* a Monday */
enum { CREATOR = 11, AGENT = 12, REVIEWER = 13, COUNSEL = 14, OTHER = 15 };
static const struct fair_from here = { { "test", 4 }, 1, AGENT };

/* All is well: an inquiry can leave. */
static struct fair_facts
good(enum fair_case_state state)
{
    struct fair_facts f = { .c = fair_cases_open(false, CREATOR, DAY0 - 10 * FAIR_DAY), .country = FAIR_STR("DE"), .counsel = true, .economic = true };

    f.c.state = state;
    f.identity.k = 1;
    f.identity.from = f.ownership.from = f.mandate.from = f.match.from = f.evidence.from = f.exceptions.from = f.party.from = here;
    f.ownership.level = 3;
    f.ownership.chain = f.ownership.independent = f.match.confirmed = f.match.seen = f.evidence.sealed = true;
    f.mandate.agent = f.mandate.work = f.mandate.territory = f.mandate.dates = f.mandate.right = true;
    f.mandate.checked = f.evidence.verified = f.evidence.live = f.pack.reviewed = f.authentic.reachable = DAY0;
    f.evidence.first = DAY0 - 3 * FAIR_DAY;
    f.evidence.last = DAY0;
    f.evidence.captures = 2;
    f.sources.ledger = f.sources.declaration = f.sources.markers = f.sources.outside = (struct fair_asked){ FAIR_ASKED_NOTHING, DAY0, { "test", 4 } };
    f.exceptions.signed_ = true;
    f.exceptions.by = AGENT;
    f.party.name = f.party.address = f.party.country = f.party.source = f.party.confirmed = f.party.kind_evidence = true;
    f.party.hosted = f.party.kind = f.time.term = 1;
    f.time.created = DAY0 - 900 * FAIR_DAY;
    f.time.used = DAY0 - 30 * FAIR_DAY;
    f.time.limitation = DAY0 + 900 * FAIR_DAY;
    f.pack.identity = f.pack.privacy = f.pack.wording = f.pack.full = f.sender.registered = true;
    f.pack.law = FAIR_STR("XX");
    f.pack.reviewer = FAIR_STR("N.");
    f.wording.language = f.wording.reading = true;
    f.deadline.days = 30;
    f.privacy.art14 = f.privacy.source = f.privacy.retention = f.privacy.contact = true;
    f.authentic.signed_ = f.authentic.id = f.authentic.mail_auth = f.approval.human_signer = true;
    f.approval.second = REVIEWER;
    f.approval.second_as = FAIR_REV;
    f.brake.sent = 100;
    f.brake.cap = 50;
    return f;
}

static bool
has(const struct fair_ruling *r, const char *code)
{
    for (size_t i = 0; i < r->n_reasons; i++)
        if (strcmp(fair_reason_code(r->reasons[i].why), code) == 0) return true;
    return false;
}

static struct fair_ruling
may(const struct fair_facts *f, enum fair_move m, enum fair_actor who, fair_time at)
{
    return fair_cases_may_move(f, m, who, who == FAIR_OWN ? CREATOR : who == FAIR_AGT ? AGENT : who == FAIR_REV ? REVIEWER : who == FAIR_CNS ? COUNSEL : 0, at);
}

/* Do it; it must be allowed. */
static void
does(struct fair_facts *f, struct fair_case_event e)
{
    struct fair_ruling r;

    e.country = f->country;
    r = fair_cases_may(f, &e);
    if (!r.allowed) fail_msg("%s in %s: %s", fair_move_name(e.move), fair_state_name(f->c.state), r.n_reasons ? fair_reason_words(r.reasons[0].why) : "?");
    e.to = r.to;
    CHECK(fair_cases_apply(&f->c, &e, &f->c));
}

static fair_id
is_by(enum fair_actor who)
{
    return who == FAIR_OWN ? CREATOR : who == FAIR_AGT ? AGENT : who == FAIR_REV ? REVIEWER : who == FAIR_CNS ? COUNSEL : 0;
}

#define DO(f, m, as, ...) does((f), (struct fair_case_event){ .move = FAIR_DO_##m, .who = FAIR_##as, .by = is_by(FAIR_##as), .at = __VA_ARGS__ })

static struct fair_facts
inquired(void)
{
    struct fair_facts f = good(FAIR_READY);
    DO(&f, INQUIRE, AGT, DAY0);
    return f;
}

/* ---- each gate alone ------------------------------------------------------------------------------------------------------ */

/* The one change that its gate must see, and the word it must say. */
#define GATE(n, name, change, move, from, code)                                                                     \
    TEST(n##_##name)                                                                                                 \
    {                                                                                                                \
        struct fair_facts f = good(FAIR_##from);                                                                     \
        struct fair_ruling r;                                                                                        \
        if (FAIR_##from != FAIR_READY && FAIR_##from != FAIR_TD_CONSIDERED) {                                        \
            f.c.inquiry_over = f.c.offer_over = true;                                                                \
            f.c.at = fair_step_of(FAIR_##from);                                                                      \
            for (int i = 0; i < FAIR_N_STEPS; i++) f.c.step[i].sent = f.c.step[i].delivered = DAY0 - 100 * FAIR_DAY; \
            f.amount.any = f.amount.basis = f.amount.caps = f.amount.currency = true;                                \
            f.amount.sum = 1000;                                                                                     \
        }                                                                                                            \
        r = may(&f, FAIR_DO_##move, FAIR_DO_##move == FAIR_DO_PREPARE_COURT ? FAIR_CNS : FAIR_AGT, DAY0);             \
        if (!r.allowed) fail_msg("it should be allowed: %s", fair_reason_words(r.reasons[0].why));                   \
        change;                                                                                                      \
        r = may(&f, FAIR_DO_##move, FAIR_DO_##move == FAIR_DO_PREPARE_COURT ? FAIR_CNS : FAIR_AGT, DAY0);             \
        CHECK(!r.allowed);                                                                                           \
        if (!has(&r, code)) fail_msg("no %s among the reasons", code);                                               \
    }

GATE(G1, an_inquiry_needs_an_address_that_answered, f.identity.from.at = 0, INQUIRE, READY, "G1_unknown")
GATE(G1, a_demand_needs_a_document, f.identity.k = 0, MAKE_DEMAND, OFFER, "G1_needs_document")
GATE(G1, a_takedown_needs_a_document, f.identity.k = 0, TD_SIGN, TD_CONSIDERED, "G1_needs_document")
GATE(G2, an_inquiry_needs_level_1, f.ownership.level = 0, INQUIRE, READY, "G2_level_1")
GATE(G2, an_offer_needs_level_2, f.ownership.level = 1, MAKE_OFFER, INQUIRY, "G2_level_2")
GATE(G2, a_competing_claim_blocks_the_offer, f.ownership.conflict = true, MAKE_OFFER, INQUIRY, "G2_conflict")
GATE(G2, a_demand_needs_the_chain_of_title, f.ownership.chain = false, MAKE_DEMAND, OFFER, "G2_chain")
GATE(G2, a_demand_needs_an_independent_check, f.ownership.independent = false, MAKE_DEMAND, OFFER, "G2_independent")
GATE(G2, a_court_needs_level_3, f.ownership.level = 2, PREPARE_COURT, SETTLEMENT, "G2_level_3")
GATE(G2, a_made_up_picture_needs_its_maker, f.ownership.ai = true, INQUIRE, READY, "G2_ai")
GATE(G3, no_mandate_no_letter, f.mandate.work = false, INQUIRE, READY, "G3_work")
GATE(G3, a_revoked_mandate_is_none, f.mandate.revoked = true, INQUIRE, READY, "G3_revoked")
GATE(G3, a_mandate_for_another_country_is_none, f.mandate.territory = false, INQUIRE, READY, "G3_territory")
GATE(G4, the_matcher_must_confirm, f.match.confirmed = false, INQUIRE, READY, "G4_not_confirmed")
GATE(G4, a_person_must_have_looked, f.match.seen = false, INQUIRE, READY, "G4_not_seen")
GATE(G5, evidence_must_be_sealed, f.evidence.sealed = false, INQUIRE, READY, "G5_not_sealed")
GATE(G5, evidence_must_be_verified_just_now, f.evidence.verified = DAY0 - 25 * FAIR_HOUR, INQUIRE, READY, "G5_not_verified")
GATE(G5, the_use_must_be_live, f.evidence.live = DAY0 - 73 * FAIR_HOUR, INQUIRE, READY, "G5_not_live")
GATE(G5, the_letter_must_know_what_the_last_look_found, f.evidence.changed = true, INQUIRE, READY, "G5_changed")
GATE(G5, a_demand_needs_two_captures_a_day_apart, f.evidence.last = f.evidence.first + FAIR_HOUR, MAKE_DEMAND, OFFER, "G5_one_capture")
GATE(G6, the_ledger_must_be_asked, f.sources.ledger.at = DAY0 - 31 * FAIR_DAY, INQUIRE, READY, "G6_ledger")
GATE(G6, the_owner_must_declare, f.sources.declaration.answer = FAIR_NOT_ASKED, INQUIRE, READY, "G6_declaration")
GATE(G6, the_page_must_be_searched, f.sources.markers.answer = FAIR_NOT_ASKED, INQUIRE, READY, "G6_markers")
GATE(G6, an_offer_needs_a_search_outside, f.sources.outside.answer = FAIR_NOT_ASKED, MAKE_OFFER, INQUIRY, "G6_outside")
GATE(G6, any_sign_of_a_licence_allows_only_the_question, f.sources.markers.answer = FAIR_ASKED_HIT, MAKE_OFFER, INQUIRY, "G6_hit")
GATE(G7, exceptions_must_be_considered, f.exceptions.signed_ = false, INQUIRE, READY, "G7_no_worksheet")
GATE(G7, a_takedown_needs_the_signers_own_worksheet, f.exceptions.by = CREATOR, TD_SIGN, TD_CONSIDERED, "G7_not_signer")
GATE(G7, a_likely_exception_stops_the_takedown, f.exceptions.likely = true, TD_SIGN, TD_CONSIDERED, "G7_likely")
GATE(G8, the_address_must_be_known, f.party.address = false, INQUIRE, READY, "G8_address")
GATE(G8, whoever_only_embeds_is_not_written_to, f.party.hosted = -1, INQUIRE, READY, "G8_embedded")
GATE(G8, a_platform_is_not_written_to, f.party.platform = true, INQUIRE, READY, "G8_platform")
GATE(G8, private_or_commercial_needs_evidence, f.party.kind_evidence = false, INQUIRE, READY, "G8_kind")
GATE(G9, the_work_must_be_protected, f.time.term = -1, INQUIRE, READY, "G9_over")
GATE(G9, a_use_older_than_the_work_is_none, f.time.used = f.time.created - 1, INQUIRE, READY, "G9_use_first")
GATE(G9, too_late_is_too_late, f.time.limitation = DAY0 - 1, INQUIRE, READY, "G9_limitation_over")
GATE(G9, a_court_needs_the_limitation, f.time.limitation = 0, PREPARE_COURT, SETTLEMENT, "G9_limitation_unknown")
GATE(G10, an_inquiry_has_no_sum, f.amount.any = true; f.amount.sum = 1, INQUIRE, READY, "G10_sum_at_inquiry")
GATE(G10, each_line_has_its_basis, f.amount.basis = false, MAKE_OFFER, INQUIRY, "G10_basis")
GATE(G10, the_free_track_has_no_sum, f.p_track = true, MAKE_OFFER, INQUIRY, "G10_free_track")
GATE(G10, the_sum_never_rises, f.c.sum_last = 999, MAKE_DEMAND, OFFER, "G10_rises")
GATE(G11, the_elements_must_be_there, f.pack.identity = false, INQUIRE, READY, "G11_identity")
GATE(G11, an_offer_needs_a_reviewed_pack, f.pack.reviewer = (fair_str){ 0 }, MAKE_OFFER, INQUIRY, "G11_not_reviewed")
GATE(G11, a_review_grows_old, f.pack.reviewed = DAY0 - 367 * FAIR_DAY, MAKE_OFFER, INQUIRY, "G11_review_old")
GATE(G11, a_takedown_needs_a_reviewed_pack, f.pack.reviewed = 0, TD_SIGN, TD_CONSIDERED, "G11_not_reviewed")
GATE(G12, the_sender_must_be_entitled, f.sender.registered = false, INQUIRE, READY, "G12_not_entitled")
GATE(G12, a_court_needs_counsel_of_the_country, f.counsel = false, PREPARE_COURT, SETTLEMENT, "G12_no_counsel")
GATE(G13, the_recipients_language, f.wording.language = false, INQUIRE, READY, "G13_language")
GATE(G13, no_banned_phrase, f.wording.banned = 1, INQUIRE, READY, "G13_banned")
GATE(G13, no_word_of_court_without_counsel, f.court_words = true; f.counsel = false, INQUIRE, READY, "G13_court_words")
GATE(G14, three_weeks_to_answer, f.deadline.days = 20, INQUIRE, READY, "G14_short")
GATE(G15, a_lawyer_is_a_lawyer, f.c.lawyer_only = true, INQUIRE, READY, "G15_lawyer_only")
GATE(G15, an_unread_answer_stops_everything, f.c.unread_since = DAY0 - 1, INQUIRE, READY, "G15_unread")
GATE(G15, eight_letters_are_enough, f.c.claims = 8, INQUIRE, READY, "G15_claims")
GATE(G16, article_14, f.privacy.art14 = false, INQUIRE, READY, "G16_art14")
GATE(G16, the_source_of_each_datum, f.privacy.source = false, INQUIRE, READY, "G16_source")
GATE(G17, it_is_signed, f.authentic.signed_ = false, INQUIRE, READY, "G17_not_signed")
GATE(G17, its_page_is_reachable, f.authentic.reachable = DAY0 - 73 * FAIR_HOUR, INQUIRE, READY, "G17_not_reachable")
GATE(G18, a_person_approves, f.approval.human_signer = false, INQUIRE, READY, "G18_no_signer")
GATE(G18, an_offer_needs_a_second_person, f.approval.second = 0, MAKE_OFFER, INQUIRY, "G18_no_second")
GATE(G18, the_second_is_not_the_creator, f.approval.second = CREATOR, MAKE_OFFER, INQUIRY, "G18_same")
GATE(G19, who_is_often_wrong_cannot_send, f.brake.refuted = 6, INQUIRE, READY, "G19_refuted")
GATE(G19, the_daily_cap, f.brake.today = 50, INQUIRE, READY, "G19_cap")
GATE(G19, a_suspended_claimant_cannot_send, f.brake.suspended = true, INQUIRE, READY, "G19_suspended")

TEST(G19_few_notices_are_no_rate)
{
    struct fair_facts f = good(FAIR_READY);
    f.brake.sent = 19;
    f.brake.refuted = 5;
    CHECK(may(&f, FAIR_DO_INQUIRE, FAIR_AGT, DAY0).allowed);
}

TEST(what_is_not_known_lets_nothing_out_and_every_reason_is_told)
{
    struct fair_facts f = { .c = fair_cases_open(false, CREATOR, 0), .identity.k = -1, .ownership.level = -1 };
    struct fair_ruling r;
    int gates = 0;
    bool seen[FAIR_N_GATES + 1] = { false };

    f.c.state = FAIR_READY;
    r = may(&f, FAIR_DO_INQUIRE, FAIR_OWN, DAY0);
    CHECK(!r.allowed);
    CHECK_EQ(r.not_before, 0);
    for (size_t i = 0; i < r.n_reasons; i++) {
        CHECK(strlen(fair_reason_words(r.reasons[i].why)) > 10);
        if (!seen[r.reasons[i].gate]) gates++;
        seen[r.reasons[i].gate] = true;
    }
    /* All but: an own claim needs no mandate, no sum is as it should be, and nothing was sent that could be in the way. */
    CHECK_EQ(gates, FAIR_N_GATES - 3);
    CHECK(!seen[3] && !seen[10] && !seen[15]);
}

TEST(one_person_alone_can_ask)
{
    struct fair_facts f = good(FAIR_READY);

    f.mandate.agent = false;
    f.sender.registered = false;
    f.sender.owner = true;
    f.approval.second = 0;
    f.pack.full = false;
    f.pack.reviewer = (fair_str){ NULL, 0 };
    CHECK(may(&f, FAIR_DO_INQUIRE, FAIR_OWN, DAY0).allowed);
}

TEST(which_moves_ask_the_evidence_gate_stands_in_the_table)
{
    CHECK(fair_cases_asks_gate(FAIR_EVIDENCE, FAIR_DO_SEAL, 5));
    CHECK(fair_cases_asks_gate(FAIR_READY, FAIR_DO_INQUIRE, 5));
    CHECK(fair_cases_asks_gate(FAIR_INQUIRY, FAIR_DO_REMIND, 5));
    CHECK(!fair_cases_asks_gate(FAIR_DRAFT, FAIR_DO_GATHER, 5));
    CHECK(!fair_cases_asks_gate(FAIR_INQUIRY, FAIR_DO_WITHDRAW, 5));
    CHECK(!fair_cases_asks_gate(FAIR_INQUIRY, FAIR_DO_LETTER, 5));
}

/* ---- steps and times ------------------------------------------------------------------------------------------------------ */

TEST(the_clock_starts_at_proven_delivery_alone)
{
    struct fair_facts f = inquired();
    struct fair_ruling r;

    CHECK_EQ(fair_cases_deadline(&f.c, f.country), 0);
    r = may(&f, FAIR_DO_MAKE_OFFER, FAIR_AGT, DAY0 + 60 * FAIR_DAY);
    CHECK(has(&r, "R_not_delivered"));
    CHECK_EQ(r.not_before, 0);
    DO(&f, DELIVERED, SYS, DAY0 + FAIR_DAY);
    /* 3 March + 21 = 24 March, a Tuesday; it ends at midnight in Berlin. */
    CHECK_EQ(fair_cases_deadline(&f.c, f.country), (fair_date_of(2026, 3, 25)) * FAIR_DAY - FAIR_HOUR - 1);
}

TEST(waiting_is_told_with_its_end)
{
    struct fair_facts f = inquired();
    struct fair_ruling r;
    fair_time later = DAY0 + 20 * FAIR_DAY;

    DO(&f, DELIVERED, SYS, DAY0);
    f.amount.any = f.amount.basis = f.amount.caps = f.amount.currency = true;
    f.amount.sum = 500;
    f.evidence.verified = f.evidence.live = f.authentic.reachable = later;
    r = may(&f, FAIR_DO_MAKE_OFFER, FAIR_AGT, later);
    CHECK(!r.allowed);
    CHECK(has(&r, "R_too_early"));
    /* 2 March + 24 = 26 March. */
    CHECK_EQ(r.not_before, fair_date_of(2026, 3, 27) * FAIR_DAY - FAIR_HOUR);
    f.evidence.verified = f.evidence.live = f.authentic.reachable = r.not_before;
    f.sources.ledger.at = f.sources.markers.at = r.not_before;
    CHECK(may(&f, FAIR_DO_MAKE_OFFER, FAIR_AGT, r.not_before).allowed);
    CHECK(!may(&f, FAIR_DO_MAKE_OFFER, FAIR_AGT, r.not_before - 1).allowed);
}

TEST(more_time_is_given_once_for_the_asking)
{
    struct fair_facts f = inquired();
    fair_time before, after;

    DO(&f, DELIVERED, SYS, DAY0);
    before = fair_cases_deadline(&f.c, f.country);
    DO(&f, ASK_TIME, RCP, DAY0 + FAIR_DAY);
    after = fair_cases_deadline(&f.c, f.country);
    CHECK(after - before >= 13 * FAIR_DAY);
    DO(&f, ASK_TIME, RCP, DAY0 + 2 * FAIR_DAY);
    CHECK_EQ(fair_cases_deadline(&f.c, f.country), after);
}

TEST(any_reply_stops_the_clock_until_a_person_has_read_it)
{
    struct fair_facts f = inquired();
    fair_time before;

    DO(&f, DELIVERED, SYS, DAY0);
    before = fair_cases_deadline(&f.c, f.country);
    DO(&f, REPLY, SYS, DAY0 + FAIR_DAY, .verified = false);
    CHECK_EQ(fair_cases_deadline(&f.c, f.country), 0);
    CHECK(!may(&f, FAIR_DO_REMIND, FAIR_AGT, DAY0 + 40 * FAIR_DAY).allowed);
    DO(&f, READ_IT, AGT, DAY0 + 8 * FAIR_DAY);
    /* A week later, by the clock on the wall: summer begins in between. */
    CHECK_EQ(fair_cases_deadline(&f.c, f.country), before + 7 * FAIR_DAY - FAIR_HOUR);
}

TEST(an_unverified_sender_can_stop_but_not_accept)
{
    struct fair_facts f = inquired();
    struct fair_case_event e = { .move = FAIR_DO_PROPOSE, .who = FAIR_RCP, .at = DAY0 + FAIR_DAY, .sum = 100, .verified = false };
    struct fair_ruling r = fair_cases_may(&f, &e);

    CHECK(has(&r, "R_unverified"));
    e.move = FAIR_DO_DISPUTE;
    e.ground = FAIR_GROUND_LICENCE;
    CHECK(fair_cases_may(&f, &e).allowed);
}

TEST(the_clock_set_back_is_told_and_nothing_is_done)
{
    struct fair_facts f = inquired();
    struct fair_ruling r = may(&f, FAIR_DO_WITHDRAW, FAIR_OWN, DAY0 - 1);

    CHECK(!r.allowed);
    CHECK(has(&r, "R_clock_back"));
    CHECK_EQ(r.not_before, DAY0);
    CHECK(may(&f, FAIR_DO_WITHDRAW, FAIR_OWN, DAY0).allowed);
}

TEST(a_dispute_stops_everything_and_the_owners_silence_ends_the_case)
{
    struct fair_facts f = inquired();
    enum fair_move due;
    fair_time when;

    DO(&f, DISPUTE, RCP, DAY0 + FAIR_DAY, .ground = FAIR_GROUND_EXCEPTION, .verified = true);
    CHECK_EQ(f.c.state, FAIR_DISPUTED);
    for (int m = 0; m < FAIR_N_MOVES; m++)
        if (fair_move_is_claim((enum fair_move)m)) CHECK(!may(&f, (enum fair_move)m, FAIR_AGT, DAY0 + 20 * FAIR_DAY).allowed);
    CHECK(!fair_cases_due(&f.c, f.country, DAY0 + 31 * FAIR_DAY - 1, &due, &when));
    CHECK(fair_cases_due(&f.c, f.country, DAY0 + 31 * FAIR_DAY, &due, &when));
    CHECK_EQ(due, FAIR_DO_LAPSE);
    DO(&f, LAPSE, SYS, when);
    CHECK_EQ(f.c.state, FAIR_CLOSED_LAPSED);
    CHECK(f.c.closing_letter_owed);
}

TEST(nobody_takes_up_a_dispute_and_it_ends_for_the_recipient)
{
    struct fair_facts f = inquired();
    enum fair_move due;
    fair_time when;

    DO(&f, DISPUTE, RCP, DAY0 + FAIR_DAY, .ground = FAIR_GROUND_MINE, .verified = true);
    DO(&f, ANSWER_DISPUTE, OWN, DAY0 + 2 * FAIR_DAY, .ground = FAIR_GROUND_MINE);
    CHECK_EQ(f.c.state, FAIR_DISPUTE_REVIEW);
    CHECK(fair_cases_due(&f.c, f.country, DAY0 + 16 * FAIR_DAY, &due, &when));
    CHECK_EQ(due, FAIR_DO_WRONG);
    CHECK_EQ(when, DAY0 + 16 * FAIR_DAY);
}

TEST(a_dispute_is_decided_by_somebody_not_involved_and_appealed_to_another)
{
    struct fair_facts f = inquired();
    struct fair_case_event e;
    struct fair_ruling r;

    DO(&f, DISPUTE, RCP, DAY0 + FAIR_DAY, .ground = FAIR_GROUND_MINE, .verified = true);
    DO(&f, ANSWER_DISPUTE, AGT, DAY0 + 2 * FAIR_DAY, .ground = FAIR_GROUND_MINE);
    e = (struct fair_case_event){ .move = FAIR_DO_REJECT, .who = FAIR_REV, .by = CREATOR, .at = DAY0 + 3 * FAIR_DAY };
    r = fair_cases_may(&f, &e);
    CHECK(has(&r, "R_not_other"));
    e.by = AGENT;
    r = fair_cases_may(&f, &e);
    CHECK(has(&r, "R_not_other"));
    DO(&f, REJECT, REV, DAY0 + 3 * FAIR_DAY);
    DO(&f, MAKE_APPEAL, RCP, DAY0 + 4 * FAIR_DAY, .verified = true);
    e = (struct fair_case_event){ .move = FAIR_DO_REJECT_APPEAL, .who = FAIR_REV, .by = REVIEWER, .at = DAY0 + 5 * FAIR_DAY };
    r = fair_cases_may(&f, &e);
    CHECK(has(&r, "R_not_other"));
    e.by = OTHER;
    CHECK(fair_cases_may(&f, &e).allowed);
}

TEST(a_removal_closes_free_only_where_the_case_is_free)
{
    struct fair_facts f = inquired();
    struct fair_ruling r;

    DO(&f, CURE_IT, RCP, DAY0 + FAIR_DAY, .verified = true);
    CHECK_EQ(f.c.state, FAIR_CURE);
    r = may(&f, FAIR_DO_CURED, FAIR_AGT, DAY0 + 2 * FAIR_DAY);
    CHECK(has(&r, "R_not_free"));
    f.p_track = true;
    CHECK(may(&f, FAIR_DO_CURED, FAIR_AGT, DAY0 + 2 * FAIR_DAY).allowed);
    f.p_track = false;
    DO(&f, CURED_PART, AGT, DAY0 + 3 * FAIR_DAY);
    CHECK_EQ(f.c.state, FAIR_INQUIRY);
    CHECK(f.c.removal_settled);
}

TEST(a_false_cure_may_be_claimed_once_a_step)
{
    struct fair_facts f = inquired();

    DO(&f, CURE_IT, RCP, DAY0 + FAIR_DAY, .verified = true);
    DO(&f, NOT_CURED, AGT, DAY0 + 10 * FAIR_DAY);
    CHECK_EQ(f.c.state, FAIR_INQUIRY);
    DO(&f, CURE_IT, RCP, DAY0 + 11 * FAIR_DAY, .verified = true);
    CHECK_EQ(f.c.state, FAIR_INQUIRY);
}

TEST(a_takedown_is_a_notice_like_any_other)
{
    struct fair_facts f = good(FAIR_TD_DRAFT);
    enum fair_move due;
    fair_time when;
    struct fair_case_event e;

    DO(&f, TD_CONSIDER, AGT, DAY0);
    DO(&f, TD_SIGN, AGT, DAY0);
    e = (struct fair_case_event){ .move = FAIR_DO_TD_SEND, .who = FAIR_OWN, .by = CREATOR, .at = DAY0 };
    CHECK(!fair_cases_may(&f, &e).allowed);
    DO(&f, TD_SEND, AGT, DAY0);
    DO(&f, TD_TAKEN_DOWN, HST, DAY0 + FAIR_DAY);
    DO(&f, TD_COUNTER, RCP, DAY0 + 2 * FAIR_DAY);
    /* 4 March 2026 is a Wednesday: 14 business days of the United States later it is Tuesday the 24th. */
    CHECK(!fair_cases_due(&f.c, f.country, DAY0 + 20 * FAIR_DAY, &due, &when));
    CHECK_EQ(when, fair_calendar_end(FAIR_STR("US"), fair_date_of(2026, 3, 24)));
    CHECK_EQ(due, FAIR_DO_TD_RESTORE);
}

/* ---- the record -------------------------------------------------------------------------------------------------------------- */

TEST(the_same_facts_give_the_same_record_and_any_other_fact_another)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_facts f = good(FAIR_READY);
    struct fair_case_event e = { .move = FAIR_DO_INQUIRE, .who = FAIR_AGT, .by = AGENT, .at = DAY0 };
    fair_str one, two;
    struct fair_sha256 h1, h2;

    CHECK_OK(fair_cases_record(&f, FAIR_AT_INQUIRY, &e, a, &one, &h1, why));
    CHECK_OK(fair_cases_record(&f, FAIR_AT_INQUIRY, &e, a, &two, &h2, why));
    CHECK(fair_str_eq(one, two));
    CHECK(fair_sha256_eq(&h1, &h2));
    f.party.address = false;
    CHECK_OK(fair_cases_record(&f, FAIR_AT_INQUIRY, &e, a, &two, &h2, why));
    CHECK(!fair_sha256_eq(&h1, &h2));
    {
        const char *at = strstr(two.p, "\"id\":\"G8\"");
        CHECK(at != NULL);
        CHECK(strncmp(at, "\"id\":\"G8\",\"reasons\":[\"G8_address\"],\"source\":\"test\",\"verdict\":\"needs_human\"}", 70) == 0);
    }
}

/* ---- spoiled files are refused ------------------------------------------------------------------------------------------------- */

struct spoiled { struct fair_arena *a; const char *file, *was, *is; char said[4096]; };

static fair_str
spoiled_file(void *arg, const char *name)
{
    struct spoiled *s = arg;
    fair_str text = fair_cases_file(name);
    struct fair_buf b = FAIR_BUF(s->a, 1 << 20);
    fair_str c = fair_str_dup(s->a, text), out;
    const char *at;

    if (strcmp(name, s->file) != 0) return text;
    at = strstr(c.p, s->was);
    if (at == NULL) fail_msg("%s has no \"%s\"", name, s->was);
    fair_buf_add(&b, (fair_str){ c.p, (size_t)(at - c.p) });
    fair_buf_c(&b, s->is);
    fair_buf_c(&b, at + strlen(s->was));
    CHECK_OK(fair_buf_take(&b, &out, why));
    return out;
}

static void
hear(void *arg, const char *fault)
{
    struct spoiled *s = arg;
    snprintf(s->said + strlen(s->said), sizeof s->said - strlen(s->said), "%s\n", fault);
}

TEST(a_file_that_is_unfair_or_broken_is_refused_by_name)
{
    static const struct { const char *file, *was, *is, *says; } all[] = {
        { "transitions.tsv", "open\twithdraw\tCLOSED_OWNER_WITHDREW\tOWN", "step\twithdraw\tCLOSED_OWNER_WITHDREW\tOWN", "the owner cannot withdraw from DRAFT" },
        { "transitions.tsv", "open\tdispute\tDISPUTED\tOWN|AGT|RCP", "open\tdispute\tDISPUTED\tOWN|AGT", "the recipient cannot dispute from" },
        { "transitions.tsv", "open\tcure\tCURE\tOWN|AGT|RCP", "open\tcure\tCURE\tOWN|AGT", "the recipient cannot cure from" },
        { "transitions.tsv", "open\taccept\tAGREED", "step\taccept\tAGREED", "the owner cannot accept a proposal in" },
        { "transitions.tsv", "ALL,BROKEN,PRIOR_OFFER", "ALL,BROKEN", "a demand needs PRIOR_OFFER" },
        { "transitions.tsv", "ALL,BROKEN,PRIOR_OFFER", "ALL,BROKEN", "a way reaches DEMAND without INQUIRY and OFFER" },
        { "transitions.tsv", "READY\tinquire\tINQUIRY\tOWN|AGT\tALL", "READY\tinquire\tINQUIRY\tOWN|AGT\tG1", "inquire leaves without all gates" },
        { "transitions.tsv", "READY\tinquire\tINQUIRY\tOWN|AGT\tALL\t-\t-", "READY\tinquire\tINQUIRY\tSYS|AGT\tALL\t-\t-", "a claim is sent by a person" },
        { "transitions.tsv", "DISPUTED\tlapse\tCLOSED_LAPSED\tSYS\t-\t-\t30", "DISPUTED\ttake-up\tSAME\tREV\t-\t-\t-", "time alone leads from DISPUTED" },
        { "transitions.tsv", "DISPUTED\tlapse\tCLOSED_LAPSED", "DISPUTED\tlapse\tINQUIRY", "not in the recipient's favour" },
        { "transitions.tsv", "INFO_REQUESTED\ttell\tBASE", "DISPUTED\ttell\tBASE", "it leads out of a dispute without a reviewer" },
        { "transitions.tsv", "INQUIRY\toffer\tOFFER\tOWN|AGT+REV\tALL,PRIOR_INQUIRY\t24", "INQUIRY\toffer\tOFFER\tOWN|AGT+REV\tALL,PRIOR_INQUIRY\t10", "where 24 are the least" },
        { "transitions.tsv", "INQUIRY\toffer\tOFFER\tOWN|AGT+REV\tALL,PRIOR_INQUIRY\t24", "INQUIRY\toffer\tOFFER\tOWN|AGT\tALL,PRIOR_INQUIRY\t24", "offer needs a second person" },
        { "transitions.tsv", "PAID\tlicence-sold\tCLOSED_LICENCE_SOLD", "PAID\tlicence-sold\tCLOSED_SETTLED", "no way reaches CLOSED_LICENCE_SOLD" },
        { "transitions.tsv", "READY\tinquire", "READY\tinquired", "\"inquired\" is no move" },
        { "transitions.tsv", "READY\tinquire\tINQUIRY", "READY\tinquire\tINQUIRIES", "\"INQUIRIES\" is no state" },
        { "transitions.tsv", "\tALL\t-\t-\tThe first letter", "\tALL\t-\tThe first letter", "7 columns where 8 are needed" },
        { "gates.tsv", "INQUIRY(party)", "OFFER(party)", "G8 is not asked at INQUIRY" },
        { "gates.tsv", "OFFER(full,reviewed) TAKEDOWN(full,reviewed)", "OFFER(full,reviewed) TAKEDOWN(full)", "G11 asks too little at TAKEDOWN" },
        { "gates.tsv", "OFFER(signer,second)", "OFFER(signer)", "G18 asks too little at OFFER" },
        { "gates.tsv", "INQUIRY(nosum)", "INQUIRY(sum)", "G10 asks too little at INQUIRY" },
        { "gates.tsv", "INQUIRY(brake)", "INQUIRY(breaks)", "\"breaks\" is nothing a gate can need" },
        { "deadlines.tsv", "answer.minimum\t14", "answer.minimum\t10", "answer.minimum is 10, outside 14" },
        { "deadlines.tsv", "claims.most\t8", "claims.most\t9", "claims.most is 9, outside 1 to 8" },
        { "deadlines.tsv", "refuted.percent\t5", "refuted.percent\t6", "refuted.percent is 6" },
        { "letters.tsv", "*\tCLOSED_WRONG\t", "wrong\tCLOSED_WRONG\t", "letters.tsv: CLOSED_WRONG owes no letter" },
        { "letters.tsv", "\tmine\tanswer-own-work", "\tlicence\tanswer-own-work", "a dispute about mine owes no receipt" },
        { "letters.tsv", "reject-appeal\tRETURN_FINAL", "undispute\tRETURN_FINAL", "letters.tsv: reject-appeal owes no reasons" },
        { "letters.tsv", "tell\topen", "remind\topen", "a letter owes no letter" },
        { "letters.tsv", "ask-data\topen,closed", "ask-data\topened", "\"opened\" is no state and no group" },
        { "reasons.tsv", "G4_not_seen\t", "G4_unseen\t", "\"G4_unseen\" is no reason" },
        { "holidays.tsv", "easter -2", "easter two", "the rule is none of" },
        { "retention.tsv", "hit.ignored\t30", "hit.ignored\t0", "days is no number" },
        { "retention.tsv", "hit.ignored\t30", "hit.ignored\tfor ever", "days is no number" },
        { "retention.tsv", "hit.ignored\t30", "hits.ignored\t30", "hit.ignored is missing" },
        { "retention.tsv", "=retention.contacted", "9", "the days of cases are those of deadlines.tsv" },
        { "retention.tsv", "\tdecided\t", "\tfound\t", "count from something else" },
        { "retention.tsv", "\tproposal; GDPR Art. 5(1)(e)\t", "\t\t", "reason, source and words are all needed" },
        { "zones.tsv", "DE\tEurope/Berlin", "DX\tEurope/Berlin", "a country of holidays.tsv has no clock" },
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct spoiled s = { fair_arena_new(), all[i].file, all[i].was, all[i].is, "" };
        size_t n = fair_cases_check_files(spoiled_file, &s, hear, &s);

        if (all[i].says != NULL && (n == 0 || strstr(s.said, all[i].says) == NULL)) fail_msg("%s -> %s: \"%s\" is not among\n%s", all[i].was, all[i].is, all[i].says, s.said);
        fair_arena_free(&s.a);
    }
}

static size_t
owed(const struct fair_facts *f, struct fair_case_event e, const char *about, fair_str out[FAIR_OWED_LETTERS])
{
    struct fair_ruling r;
    struct fair_course n;

    e.country = f->country;
    r = fair_cases_may(f, &e);
    if (!r.allowed) fail_msg("%s is refused: %s", fair_move_name(e.move), fair_reason_words(r.reasons[0].why));
    e.to = r.to;
    CHECK(fair_cases_apply(&f->c, &e, &n));
    return fair_cases_owed(&f->c, &e, &n, fair_str_of(about), out);
}

TEST(I11_each_move_that_speaks_to_the_recipient_owes_its_letter)
{
    static const struct { enum fair_case_state from; enum fair_move move; enum fair_actor who; fair_id by; unsigned ground; const char *about, *steps; } all[] = {
        { FAIR_INQUIRY, FAIR_DO_DISPUTE, FAIR_RCP, 0, FAIR_GROUND_LICENCE, NULL, "answer-licence" },
        { FAIR_INQUIRY, FAIR_DO_DISPUTE, FAIR_RCP, 0, FAIR_GROUND_NO_MATCH | FAIR_GROUND_OTHER | FAIR_GROUND_MINE, NULL, "answer-own-work answer-other" },
        { FAIR_INQUIRY, FAIR_DO_CURE_IT, FAIR_RCP, 0, 0, NULL, "answer-cured" }, { FAIR_INQUIRY, FAIR_DO_ASK, FAIR_RCP, 0, 0, "hardship", "answer-hardship" },
        { FAIR_INQUIRY, FAIR_DO_ASK, FAIR_RCP, 0, 0, "question", "" }, { FAIR_INQUIRY, FAIR_DO_ASK_TIME, FAIR_RCP, 0, 0, NULL, "answer-time" },
        { FAIR_INQUIRY, FAIR_DO_COMPLAIN, FAIR_RCP, 0, 0, NULL, "answer-complaint" }, { FAIR_CLOSED_WRONG, FAIR_DO_ASK_DATA, FAIR_RCP, 0, 0, NULL, "answer-data" },
        { FAIR_INQUIRY, FAIR_DO_PROPOSE, FAIR_RCP, 0, 0, NULL, "answer-offer" }, { FAIR_INQUIRY, FAIR_DO_LAWYER_ONLY, FAIR_RCP, 0, 0, NULL, "answer-lawyer" },
        { FAIR_DISPUTE_REVIEW, FAIR_DO_REJECT, FAIR_REV, REVIEWER, 0, NULL, "decision" }, { FAIR_APPEAL, FAIR_DO_REJECT_APPEAL, FAIR_REV, OTHER, 0, NULL, "decision" },
        { FAIR_INQUIRY, FAIR_DO_WITHDRAW, FAIR_OWN, CREATOR, 0, NULL, "close-withdrawn" }, { FAIR_INQUIRY, FAIR_DO_WRONG, FAIR_AGT, AGENT, 0, NULL, "close-wrong" },
        { FAIR_INQUIRY, FAIR_DO_REPLY, FAIR_RCP, 0, 0, NULL, "" }, { FAIR_INQUIRY, FAIR_DO_LETTER, FAIR_AGT, AGENT, 0, NULL, "" },
    };
    fair_str out[FAIR_OWED_LETTERS];

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_buf b = FAIR_BUF(a, 1000);
        struct fair_facts f = good(all[i].from);
        struct fair_case_event e = { .move = all[i].move, .who = all[i].who, .by = all[i].by, .at = DAY0, .verified = true, .document = true, .ground = all[i].ground, .sum = 1 };
        size_t n;

        f.c.contacted = true;
        f.c.at = FAIR_STEP_INQUIRY;
        f.c.step[0].sent = f.c.entered = DAY0 - FAIR_DAY;
        n = owed(&f, e, all[i].about, out);
        fair_buf_c(&b, "");
        for (size_t k = 0; k < n; k++) fair_buf_fmt(&b, "%s%.*s", k > 0 ? " " : "", FAIR_STR_ARG(out[k]));
        if (!fair_str_eq((fair_str){ b.p != NULL ? b.p : "", b.n }, fair_str_of(all[i].steps))) fail_msg("%s owes \"%.*s\", not \"%s\"", fair_move_name(all[i].move), (int)b.n, b.p, all[i].steps);
        f.c.contacted = false;
        if (e.move != FAIR_DO_LETTER) CHECK_EQ(owed(&f, e, all[i].about, out), 0);        /* who was never written to is owed nothing */
    }
}

TEST(more_time_that_was_given_before_owes_no_second_letter)
{
    struct fair_facts f = good(FAIR_INQUIRY);
    struct fair_case_event e = { .move = FAIR_DO_ASK_TIME, .who = FAIR_RCP, .verified = true, .at = DAY0 };
    fair_str out[FAIR_OWED_LETTERS];

    f.c.contacted = f.c.step[0].extended = true;
    f.c.at = FAIR_STEP_INQUIRY;
    CHECK_EQ(owed(&f, e, NULL, out), 0);
}

TEST(G15_after_lawyer_only_a_letter_goes_to_the_lawyer_or_not_at_all)
{
    struct fair_facts f = good(FAIR_INQUIRY);
    struct fair_ruling r;

    f.c.lawyer_only = true;
    r = may(&f, FAIR_DO_LETTER, FAIR_AGT, DAY0);
    CHECK(!r.allowed && has(&r, "G15_lawyer_only"));
    CHECK(!may(&f, FAIR_DO_LETTER, FAIR_SYS, DAY0).allowed);
    f.order.to_lawyer = true;
    CHECK(may(&f, FAIR_DO_LETTER, FAIR_AGT, DAY0).allowed);
    CHECK(may(&f, FAIR_DO_LETTER, FAIR_SYS, DAY0).allowed);
    f.c.unread_since = DAY0;                       /* a receipt leaves while the answer is unread */
    CHECK(may(&f, FAIR_DO_LETTER, FAIR_SYS, DAY0).allowed);
    f.wording.banned = 1;
    CHECK(!may(&f, FAIR_DO_LETTER, FAIR_SYS, DAY0).allowed);
}

TEST(G17_a_letter_by_post_needs_no_authenticated_mail)
{
    struct fair_facts f = good(FAIR_INQUIRY);
    struct fair_ruling r;

    f.authentic.mail_auth = false;
    r = may(&f, FAIR_DO_LETTER, FAIR_AGT, DAY0);
    CHECK(!r.allowed && has(&r, "G17_mail"));
    f.authentic.by_post = true;
    CHECK(may(&f, FAIR_DO_LETTER, FAIR_AGT, DAY0).allowed);
}

TEST(the_files_that_were_built_in_have_no_fault)
{
    struct spoiled s = { NULL, "", "", "", "" };
    CHECK_EQ(fair_cases_check(hear, &s), 0);
}

FAIR_TEST_MAIN
