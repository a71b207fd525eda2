/* Tests of cases as rows: opening, moving, who may, what follows, and that nothing gets round the engine. */
#include "store/test_case.h"

/* ---- opening ------------------------------------------------------------------------------------------------------------- */

TEST(a_case_is_opened_by_a_person_for_a_use_that_is_pursued)
{
    struct desk t;
    fair_id id, undecided;
    bool joined;

    begin(&t);
    undecided = a_hit(&t, t.work, "https://example.com/two", false);
    CHECK_EQ(fair_store_case_open(&t.h.d, undecided, false, T0, &id, &joined, NULL), FAIR_REFUSED);
    CHECK_EQ(fair_store_case_open(&t.nobody, t.hit, false, T0, &id, &joined, NULL), FAIR_REFUSED);
    CHECK_EQ(fair_store_case_open(&t.reviewer, t.hit, false, T0, &id, &joined, NULL), FAIR_REFUSED);
    CHECK_EQ(fair_store_case_open(&t.h.d, t.hit, false, T0, &id, &joined, NULL), FAIR_CONFLICT);
    CHECK_EQ(id, t.id);
    CHECK_EQ(fair_store_case_open(&t.h.d, 7, false, T0, &id, &joined, NULL), FAIR_NOT_FOUND);
    CHECK_STR(the_case(&t).state, "DRAFT");
    end(&t);
}

TEST(I5_what_is_found_meanwhile_joins_the_open_case)
{
    struct desk t;
    fair_id id;
    bool joined;

    begin(&t);
    CHECK_OK(fair_store_case_open(&t.h.d, a_hit(&t, t.work, "https://example.com/two", true), false, T0, &id, &joined, why));
    CHECK(joined);
    CHECK_EQ(id, t.id);
    CHECK_EQ(the_case(&t).uses, 2);
    /* Another work of the same operator joins while nobody was told. */
    CHECK_OK(fair_store_case_open(&t.h.d, a_hit(&t, a_work(&t.h, "bridge"), "https://example.com/three", true), false, T0, &id, &joined, why));
    CHECK(joined);
    CHECK_EQ(the_case(&t).works, 2);
    /* The index itself holds it: a second head of the same work, operator and track. */
    a_hit(&t, t.work, "https://example.com/four", false);
    CHECK_EQ(t.h.st->db->engine->script(t.h.st->db,
        "INSERT INTO case_use (id, org_id, case_id, track, operator, work_id, hit_id, window_open, head, account_id, at_us)"
        " SELECT 99, org_id, case_id, track, operator, work_id, (SELECT max(id) FROM hit WHERE id NOT IN (SELECT hit_id FROM case_use)), 1, 1, 0, 1 FROM case_use WHERE head = 1 LIMIT 1", NULL), FAIR_CONFLICT);
    end(&t);
}

TEST(a_takedown_stands_beside_the_case)
{
    struct desk t;
    fair_id id;
    bool joined;
    struct fair_case c;

    begin(&t);
    CHECK_OK(fair_store_case_open(&t.h.d, t.hit, true, T0, &id, &joined, why));
    CHECK(!joined && id != t.id);
    CHECK_OK(fair_store_case_get(&t.h.d, id, t.h.a, &c, why));
    CHECK_STR(c.state, "TD_DRAFT");
    end(&t);
}

/* ---- moving -------------------------------------------------------------------------------------------------------------------- */

TEST(the_engine_is_asked_and_every_reason_is_told)
{
    struct desk t;
    struct fair_ruling r;

    begin(&t);
    CHECK_EQ(move(&t, &t.h.d, FAIR_OWN, FAIR_DO_GATHER, T0, (struct fair_case_event){ 0 }, &r), FAIR_REFUSED);
    CHECK(says(&r, "G1_unknown") && says(&r, "G2_level_1") && says(&r, "G4_not_seen"));
    CHECK(!says(&r, "G4_not_confirmed"));
    CHECK_EQ(the_case(&t).version, 1);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM case_event"), 0);
    end(&t);
}

TEST(two_who_decide_at_once_are_told)
{
    struct desk t;
    struct fair_case_act x = { 0 };
    struct fair_err err = { 0 };

    begin(&t);
    x = (struct fair_case_act){ .case_id = t.id, .version = 1, .e = { .move = FAIR_DO_PUT_ON_HOLD, .who = FAIR_OWN, .at = T0 }, .note = FAIR_STR("the owner is away") };
    CHECK_OK(fair_store_case_move(&t.h.d, &x, NULL, NULL, why));
    x.e.who = FAIR_AGT;
    x.e.move = FAIR_DO_LICENSED;
    CHECK_EQ(fair_store_case_move(&t.agent, &x, NULL, NULL, &err), FAIR_CONFLICT);
    CHECK(strstr(err.text, "look at it again") != NULL);
    x.version = 0;
    CHECK_EQ(fair_store_case_move(&t.agent, &x, NULL, NULL, &err), FAIR_INVALID);
    x.version = 2;
    CHECK_OK(fair_store_case_move(&t.agent, &x, NULL, NULL, why));
    end(&t);
}

TEST(nobody_acts_as_somebody_else)
{
    struct desk t;

    begin(&t);
    CHECK_EQ(MOVE(&t, &t.agent, OWN, WITHDRAW, T0, 0), FAIR_INVALID);
    CHECK_EQ(MOVE(&t, &t.agent, RCP, DISPUTE, T0, .ground = FAIR_GROUND_LICENCE, .verified = true), FAIR_INVALID);
    CHECK_EQ(MOVE(&t, &t.agent, SYS, LAPSE, T0 + 100 * FAIR_DAY, 0), FAIR_INVALID);
    CHECK_EQ(MOVE(&t, &t.nobody, OWN, WITHDRAW, T0, 0), FAIR_INVALID);
    CHECK_EQ(MOVE(&t, &t.admin, OWN, WITHDRAW, T0, 0), FAIR_REFUSED);
    CHECK_EQ(MOVE(&t, &t.agent, AGT, WITHDRAW, T0, 0), FAIR_REFUSED);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, WITHDRAW, T0, 0), FAIR_OK);
    CHECK_STR(the_case(&t).state, "CLOSED_OWNER_WITHDREW");
    CHECK_STR(the_case(&t).reason, "because");
    end(&t);
}

TEST(another_organisation_sees_and_moves_nothing)
{
    struct desk t;
    struct fair_desk other;
    struct fair_case c;
    struct fair_case_act x = { 0 };
    struct fair_facts f;

    begin(&t);
    other = t.h.d;
    CHECK_OK(fair_store_org_add(t.h.st, FAIR_STR("Harbour Agency"), &other.org, why));
    CHECK_EQ(fair_store_case_get(&other, t.id, t.h.a, &c, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(fair_store_case_gather(&other, t.id, 0, T0, t.h.a, &f, NULL), FAIR_NOT_FOUND);
    x = (struct fair_case_act){ .case_id = t.id, .version = 1, .e = { .move = FAIR_DO_WITHDRAW, .who = FAIR_OWN, .at = T0 } };
    CHECK_EQ(fair_store_case_move(&other, &x, NULL, NULL, NULL), FAIR_REFUSED);
    end(&t);
}

TEST(a_clock_set_back_is_refused_and_told)
{
    struct desk t;
    struct fair_ruling r;

    begin(&t);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, PUT_ON_HOLD, T0 + FAIR_DAY, 0), FAIR_OK);
    CHECK_EQ(move(&t, &t.h.d, FAIR_OWN, FAIR_DO_WITHDRAW, T0, (struct fair_case_event){ 0 }, &r), FAIR_REFUSED);
    CHECK(says(&r, "R_clock_back"));
    CHECK_EQ(r.not_before, T0 + FAIR_DAY);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, WITHDRAW, T0 + FAIR_DAY, 0), FAIR_OK);
    end(&t);
}

/* ---- letters -------------------------------------------------------------------------------------------------------------------- */

TEST(I4_no_claim_leaves_past_the_gates_even_with_a_perfect_letter)
{
    struct desk t;
    struct fair_case_act x;
    struct fair_ruling r;
    fair_id n;

    begin(&t);
    n = a_letter(&t, true, T0);
    CHECK_OK(fair_store_notice_approve(&t.h.d, n, FAIR_OWN, T0, why));
    x = (struct fair_case_act){ .case_id = t.id, .version = 1, .notice = n, .e = { .move = FAIR_DO_INQUIRE, .who = FAIR_OWN, .at = T0 } };
    CHECK_EQ(fair_store_case_move(&t.h.d, &x, &r, NULL, NULL), FAIR_REFUSED);
    CHECK(says(&r, "R_no_such_move"));
    /* Forced into READY behind the engine's back, the case is refused as damaged. */
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE case_file SET state = 'READY'", why));
    CHECK_EQ(fair_store_case_move(&t.h.d, &x, &r, NULL, NULL), FAIR_CORRUPT);
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE case_file SET state = 'DRAFT'", why));
    /* A notice that no move let out does not pass the door, whatever its row says. */
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE notice SET state = 'queued', queued_us = 1", why));
    CHECK_EQ(fair_store_notice_may_leave(&t.h.d, n, T0, &r, NULL), FAIR_REFUSED);
    end(&t);
}

TEST(a_letter_is_written_down_before_it_may_leave_and_is_asked_for_once)
{
    struct desk t;
    struct fair_notice n;
    struct fair_gate_record g;
    fair_id id;
    struct fair_ruling r;

    begin(&t);
    write_to_them(&t, T0);
    id = number(&t.h, "SELECT id FROM notice");
    CHECK_OK(fair_store_notice_get(&t.h.d, id, t.h.a, &n, why));
    CHECK_STR(n.state, "queued");
    CHECK_OK(fair_store_gate_record_get(&t.h.d, &n.gates_sha256, t.h.a, &g, why));
    {
        struct fair_sha256 h = fair_sha256_of(g.record.p, g.record.n);
        CHECK(fair_sha256_eq(&h, &n.gates_sha256));
    }
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'send'"), 1);
    /* The audit entry has the event's hash, and was written before the case moved. */
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM audit a JOIN case_event v ON a.what = 'case.letter' AND instr(a.details, lower(hex(v.hash))) > 0"), 1);
    CHECK_OK(fair_store_notice_may_leave(&t.h.d, id, T0 + FAIR_HOUR, &r, why));
    CHECK_EQ(fair_store_notice_may_leave(&t.h.d, id, T0 + 100 * FAIR_HOUR, &r, NULL), FAIR_REFUSED);
    CHECK(says(&r, "G17_not_reachable"));
    /* It cannot leave a second time. */
    {
        struct fair_case_act x = { .case_id = t.id, .version = the_case(&t).version, .notice = id, .e = { .move = FAIR_DO_LETTER, .who = FAIR_OWN, .at = T0 + FAIR_HOUR } };
        CHECK_EQ(fair_store_case_move(&t.h.d, &x, NULL, NULL, NULL), FAIR_CONFLICT);
    }
    end(&t);
}

TEST(an_approval_is_of_these_bytes)
{
    struct desk t;
    struct fair_notice n;
    fair_id id;
    struct fair_facts f;

    begin(&t);
    id = a_letter(&t, true, T0);
    CHECK_EQ(fair_store_notice_approve(&t.reviewer, id, FAIR_CNS, T0, NULL), FAIR_REFUSED);
    CHECK_EQ(fair_store_notice_approve(&t.admin, id, FAIR_OWN, T0, NULL), FAIR_REFUSED);
    CHECK_OK(fair_store_notice_approve(&t.h.d, id, FAIR_OWN, T0, why));
    CHECK_OK(fair_store_notice_approve(&t.reviewer, id, FAIR_REV, T0, why));
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, id, T0, t.h.a, &f, why));
    CHECK(f.approval.human_signer);
    CHECK_EQ(f.approval.second, t.reviewer.user);
    CHECK(f.wording.language && f.privacy.art14);
    CHECK_OK(fair_store_notice_get(&t.h.d, id, t.h.a, &n, why));
    n.mail = sha_of("another letter");
    CHECK_OK(fair_store_notice_put(&t.h.d, &n, why));
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, id, T0, t.h.a, &f, why));
    CHECK(!f.approval.human_signer);
    CHECK_EQ(f.approval.second, 0);
    CHECK(!f.wording.language && !f.privacy.art14);
    end(&t);
}

/* ---- disputes ---------------------------------------------------------------------------------------------------------------------- */

struct seen_dispute { struct fair_dispute x; char ground[16], words[64], answer[64], decision[16]; int n; };

static fair_status
see_dispute(void *arg, const struct fair_dispute *x, struct fair_err *err)
{
    struct seen_dispute *s = arg;
    (void)err;
    s->x = *x;
    s->n++;
    snprintf(s->ground, sizeof s->ground, "%.*s", FAIR_STR_ARG(x->ground));
    snprintf(s->words, sizeof s->words, "%.*s", FAIR_STR_ARG(x->words));
    snprintf(s->answer, sizeof s->answer, "%.*s", FAIR_STR_ARG(x->answer));
    snprintf(s->decision, sizeof s->decision, "%.*s", FAIR_STR_ARG(x->decision));
    return FAIR_OK;
}

TEST(a_dispute_is_answered_decided_and_remembered)
{
    struct desk t;
    struct fair_case_act x;
    struct seen_dispute s = { 0 };
    fair_id id;
    bool joined;

    begin(&t);
    write_to_them(&t, T0);
    x = (struct fair_case_act){ .case_id = t.id, .e = { .move = FAIR_DO_DISPUTE, .who = FAIR_RCP, .at = T0 + FAIR_DAY, .ground = FAIR_GROUND_LICENCE, .verified = true, .document = true },
                                .words = FAIR_STR("I bought it."), .document = sha_of("invoice") };
    CHECK_OK(fair_store_case_move(&t.nobody, &x, NULL, NULL, why));
    CHECK_STR(the_case(&t).state, "DISPUTED");
    x = (struct fair_case_act){ .case_id = t.id, .version = the_case(&t).version, .e = { .move = FAIR_DO_ANSWER_DISPUTE, .who = FAIR_AGT, .at = T0 + 2 * FAIR_DAY, .ground = FAIR_GROUND_LICENCE },
                                .words = FAIR_STR("We look into it.") };
    CHECK_OK(fair_store_case_move(&t.agent, &x, NULL, NULL, why));
    CHECK_STR(the_case(&t).state, "DISPUTE_REVIEW");
    /* Not who made the case. */
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, REJECT, T0 + 3 * FAIR_DAY, 0), FAIR_REFUSED);
    CHECK_EQ(MOVE(&t, &t.reviewer, REV, LICENSED, T0 + 3 * FAIR_DAY, 0), FAIR_OK);
    CHECK_STR(the_case(&t).state, "CLOSED_LICENSED_BEFORE");
    CHECK_OK(fair_store_disputes(&t.h.d, t.id, see_dispute, &s, why));
    CHECK_EQ(s.n, 1);
    CHECK(strcmp(s.ground, "licence") == 0 && strcmp(s.words, "I bought it.") == 0 && strcmp(s.answer, "We look into it.") == 0 && strcmp(s.decision, "accepted") == 0);
    CHECK_EQ(s.x.decided_by, t.reviewer.user);
    /* I6: a new scan of the work there opens nothing: it does not even come up, and a person who pursues it is refused. */
    for (int i = 0; i < 100; i++) {
        fair_id hit = a_hit(&t, t.work, fair_str_fmt(t.h.a, "https://example.com/new%d", i).p, false);
        struct fair_hit h;
        struct fair_decision decide = { .hit = hit, .what = FAIR_STR("pursue") };

        CHECK_OK(fair_store_hit_get(&t.h.d, hit, t.h.a, &h, why));
        CHECK_STR(h.state, "ignored");
        CHECK_OK(fair_store_decide(&t.h.d, &decide, why));
        CHECK_EQ(fair_store_case_open(&t.h.d, hit, false, T0 + 9 * FAIR_DAY, &id, &joined, NULL), FAIR_REFUSED);
    }
    /* The list says nothing of whom it is about. */
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM never_again WHERE length(match_key) = 32"), 1);
    end(&t);
}

TEST(J7_the_owners_silence_lapses_the_case_by_itself)
{
    struct desk t;
    int64_t n;

    begin(&t);
    write_to_them(&t, T0);
    CHECK_EQ(MOVE(&t, &t.nobody, RCP, DISPUTE, T0 + FAIR_DAY, .ground = FAIR_GROUND_EXCEPTION, .verified = true), FAIR_OK);
    CHECK_OK(fair_store_cases_due(t.h.st, T0 + 31 * FAIR_DAY - 1, &n, why));
    CHECK_EQ(n, 0);
    CHECK_OK(fair_store_cases_due(t.h.st, T0 + 31 * FAIR_DAY, &n, why));
    CHECK_EQ(n, 1);
    CHECK_STR(the_case(&t).state, "CLOSED_LAPSED");
    CHECK_OK(fair_store_cases_due(t.h.st, T0 + 3000 * FAIR_DAY, &n, why));
    CHECK_EQ(n, 0);
    end(&t);
}

TEST(J9_who_says_that_it_is_credited_is_looked_up_and_a_false_word_counts_once)
{
    struct desk t;
    int64_t n;

    begin(&t);
    write_to_them(&t, T0);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'cure'"), 0);
    CHECK_EQ(MOVE(&t, &t.nobody, RCP, CURE_IT, T0 + FAIR_DAY, .credit = true, .verified = true), FAIR_OK);
    CHECK_STR(the_case(&t).state, "CURE");
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'cure'"), 1);
    n = number(&t.h, "SELECT not_before_us FROM job WHERE kind = 'cure'");
    CHECK_EQ(n, T0 + FAIR_DAY);
    /* Said that it is credited: gone would be another matter; and nobody says so a minute later. */
    CHECK_EQ(MOVE(&t, &t.nobody, SYS, CURED, T0 + 9 * FAIR_DAY, 0), FAIR_REFUSED);
    CHECK_EQ(MOVE(&t, &t.nobody, SYS, NOT_CURED, T0 + 2 * FAIR_DAY, 0), FAIR_REFUSED);
    CHECK_EQ(MOVE(&t, &t.nobody, SYS, NOT_CURED, T0 + 12 * FAIR_DAY, 0), FAIR_OK);
    end(&t);
}

TEST(every_move_of_a_case_that_was_written_of_asks_for_the_page_of_its_recipient_to_be_brought_up_to_date)
{
    struct desk t;
    int64_t n, jobs;

    begin(&t);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'publish'"), 0);
    write_to_them(&t, T0);
    jobs = number(&t.h, "SELECT count(*) FROM job WHERE kind = 'publish'");
    CHECK(jobs >= 1);
    /* By the recipient, by a person, by time alone: one job each, in the move's own transaction. */
    CHECK_EQ(MOVE(&t, &t.nobody, RCP, DISPUTE, T0 + FAIR_DAY, .ground = FAIR_GROUND_EXCEPTION, .verified = true), FAIR_OK);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'publish'"), jobs + 1);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, REJECT, T0 + 2 * FAIR_DAY, 0), FAIR_REFUSED);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'publish'"), jobs + 1);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, ASK, T0 + 2 * FAIR_DAY, 0), FAIR_OK);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'publish'"), jobs + 2);
    CHECK_OK(fair_store_cases_due(t.h.st, T0 + 31 * FAIR_DAY, &n, why));
    CHECK_EQ(n, 1);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'publish'"), jobs + 3);
    end(&t);
}

TEST(time_alone_ends_a_draft_step_by_step)
{
    struct desk t;
    int64_t n;

    begin(&t);
    CHECK_OK(fair_store_cases_due(t.h.st, T0 + 89 * FAIR_DAY, &n, why));
    CHECK_EQ(n, 0);
    CHECK_OK(fair_store_cases_due(t.h.st, T0 + 90 * FAIR_DAY, &n, why));
    CHECK_EQ(n, 1);
    CHECK_STR(the_case(&t).state, "CLOSED_LAPSED");
    end(&t);
}

/* ---- the whole way to an inquiry ----------------------------------------------------------------------------------------- */

TEST(one_person_alone_comes_as_far_as_the_inquiry_and_it_leaves_once)
{
    struct desk t;
    struct fair_ruling r;
    fair_id n;

    begin(&t);
    n = up_to_ready(&t);
    CHECK_EQ(try_move(&t, &t.h.d, FAIR_OWN, FAIR_DO_INQUIRE, n, T0, &r), FAIR_REFUSED);
    CHECK_EQ(r.n_reasons, 1);
    CHECK(says(&r, "G18_no_signer"));
    CHECK_OK(fair_store_notice_approve(&t.h.d, n, FAIR_OWN, T0, why));
    if (try_move(&t, &t.h.d, FAIR_OWN, FAIR_DO_INQUIRE, n, T0, &r) != FAIR_OK) fail_msg("%s", fair_ruling_words(t.h.a, &r).p);
    CHECK_STR(the_case(&t).state, "INQUIRY");
    CHECK_OK(fair_store_notice_may_leave(&t.h.d, n, T0 + FAIR_HOUR, &r, why));
    /* At the door: an answer, or a revoked fact, and it stays. */
    CHECK_EQ(MOVE(&t, &t.nobody, SYS, REPLY, T0 + FAIR_HOUR, 0), FAIR_OK);
    CHECK_EQ(fair_store_notice_may_leave(&t.h.d, n, T0 + 2 * FAIR_HOUR, &r, NULL), FAIR_REFUSED);
    CHECK(says(&r, "G15_unread"));
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, READ_IT, T0 + 3 * FAIR_HOUR, 0), FAIR_OK);
    CHECK_OK(fair_store_notice_may_leave(&t.h.d, n, T0 + 4 * FAIR_HOUR, &r, why));
    CHECK_EQ(MOVE(&t, &t.nobody, RCP, DISPUTE, T0 + 4 * FAIR_HOUR, .ground = FAIR_GROUND_MINE), FAIR_OK);
    CHECK_EQ(fair_store_notice_may_leave(&t.h.d, n, T0 + 5 * FAIR_HOUR, &r, NULL), FAIR_REFUSED);
    CHECK(says(&r, "G15_dispute"));
    end(&t);
}

/* Each gate of an inquiry that rows decide, spoiled alone. */
TEST(each_gate_alone_keeps_the_inquiry_back)
{
    static const struct { const char *sql, *code; } all[] = {
        { "UPDATE identity SET ended_us = 1", "G1_unknown" }, { "DELETE FROM declaration", "G2_level_1" },
        { "UPDATE hit SET verdict = 'possible'", "G4_not_confirmed" }, { "UPDATE case_fact SET value = 'no' WHERE name = 'match.seen'", "G4_not_seen" },
        { "UPDATE package SET state = 'failed'", "G5_not_sealed" }, { "UPDATE package_check SET holds = 0", "G5_not_sealed" }, { "DELETE FROM package_check", "G5_not_verified" },
        { "UPDATE package_check SET at_us = at_us - 90000000000", "G5_not_verified" }, { "UPDATE package_check SET at_us = at_us + 1", "G5_not_verified" },
        { "UPDATE capture SET at_us = at_us - 263000000000", "G5_not_live" }, { "UPDATE capture SET ended_us = ended_us + 1", "G5_not_live" },
        { "UPDATE capture SET found = 'unreachable'", "G5_not_live" }, { "UPDATE capture SET changes = 'removed', at_us = at_us - 1, ended_us = ended_us; UPDATE notice SET created_us = created_us - 9;"
          " UPDATE notice_check SET at_us = at_us - 9", "G5_changed" },
        { "UPDATE capture SET markers = NULL", "G6_markers" }, { "DELETE FROM declaration", "G6_declaration" },
        { "DELETE FROM case_fact WHERE name = 'exceptions.worksheet'", "G7_no_worksheet" },
        { "DELETE FROM party_datum WHERE what = 'address'", "G8_address" }, { "UPDATE party_datum SET confirmed_us = NULL WHERE what = 'name'", "G8_not_confirmed" },
        { "UPDATE party SET hosting = 'embedded'", "G8_embedded" }, { "UPDATE party SET hosting = 'platform'", "G8_platform" }, { "UPDATE party SET kind = 'unknown'", "G8_kind" },
        { "DELETE FROM case_fact WHERE name = 'time.term'", "G9_term" }, { "UPDATE notice SET sum_minor = 100, currency = 'EUR'", "G10_sum_at_inquiry" },
        { "DELETE FROM notice_check WHERE name = 'pack.identity'", "G11_identity" }, { "UPDATE notice_check SET value = '1' WHERE name = 'wording.banned'", "G13_banned" },
        { "DELETE FROM notice_check WHERE name = 'wording.language'", "G13_language" }, { "UPDATE notice SET deadline_days = 10", "G14_short" },
        { "UPDATE party SET lawyer_only = 1", "G15_lawyer_only" }, { "DELETE FROM notice_check WHERE name = 'privacy.art14'", "G16_art14" },
        { "DELETE FROM notice_check WHERE name = 'authentic.signed'", "G17_not_signed" }, { "DELETE FROM notice_approval", "G18_no_signer" },
        { "INSERT INTO setting (org_id, name, value) SELECT id, 'cases.suspended', 'abuse' FROM org", "G19_suspended" },
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct desk t;
        struct fair_ruling r;
        fair_id n;

        begin(&t);
        n = up_to_ready(&t);
        CHECK_OK(fair_store_notice_approve(&t.h.d, n, FAIR_OWN, T0, why));
        CHECK_OK(t.h.st->db->engine->script(t.h.st->db, all[i].sql, why));
        CHECK_EQ(try_move(&t, &t.h.d, FAIR_OWN, FAIR_DO_INQUIRE, n, T0, &r), FAIR_REFUSED);
        if (!says(&r, all[i].code)) fail_msg("%s: no %s in: %s", all[i].sql, all[i].code, fair_ruling_words(t.h.a, &r).p);
        CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'send'"), 0);
        home_close(&t.h);
    }
}

/* ---- facts and parties ----------------------------------------------------------------------------------------------------------------- */

TEST(a_fact_needs_its_kind_its_source_and_who_may_state_it)
{
    struct desk t;
    struct fair_facts f;
    fair_id id;
    bool joined;

    begin(&t);
    CHECK_EQ(fact(&t.h.d, t.id, "match.like", "yes", "I", T0), FAIR_INVALID);
    CHECK_EQ(fact(&t.h.d, t.id, "match.seen", "maybe", "I", T0), FAIR_INVALID);
    CHECK_EQ(fact(&t.h.d, t.id, "match.seen", "yes", " ", T0), FAIR_INVALID);
    CHECK_EQ(fact(&t.nobody, t.id, "match.seen", "yes", "a machine", T0), FAIR_REFUSED);
    CHECK_EQ(fact(&t.h.d, t.id, "sources.outside_reasons", "none is needed", "I", T0), FAIR_REFUSED);
    CHECK_EQ(fact(&t.reviewer, t.id, "sources.outside_reasons", "none is needed", "I", T0), FAIR_OK);
    CHECK_EQ(fact(&t.reviewer, t.id, "counsel.assigned", "N.", "I", T0), FAIR_REFUSED);
    CHECK_EQ(fact(&t.admin, t.id, "match.seen", "yes", "I", T0), FAIR_REFUSED);
    CHECK_EQ(fact(&t.agent, t.id, "match.seen", "yes", "the page of the hit", T0), FAIR_OK);
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, 0, T0, t.h.a, &f, why));
    CHECK(f.match.seen && f.match.confirmed && f.sources.outside_reasons);
    CHECK_EQ(f.match.from.by, t.agent.user);
    /* A use that joins later was not looked at. */
    CHECK_OK(fair_store_case_open(&t.h.d, a_hit(&t, t.work, "https://example.com/two", true), false, T0 + FAIR_HOUR, &id, &joined, why));
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, 0, T0, t.h.a, &f, why));
    CHECK(!f.match.seen);
    end(&t);
}

TEST(a_party_needs_sources_and_a_private_person_is_not_looked_for)
{
    struct desk t;
    struct fair_party p;
    struct fair_facts f;
    fair_id id;

    begin(&t);
    id = the_case(&t).party;
    CHECK_OK(fair_store_party_get(&t.h.d, id, t.h.a, &p, why));
    CHECK_STR(p.kind, "unknown");
    {
        struct fair_party_datum x = { .party = id, .what = FAIR_STR("name"), .value = FAIR_STR("Lantern Reader"), .source = FAIR_STR("entered") };
        CHECK_EQ(fair_store_party_put(&t.h.d, &x, T0, NULL), FAIR_INVALID);
        x.source = FAIR_STR("guess");
        CHECK_EQ(fair_store_party_put(&t.h.d, &x, T0, NULL), FAIR_INVALID);
        x.source = FAIR_STR("imprint");
        x.source_url = FAIR_STR("https://example.com/imprint");
        CHECK_OK(fair_store_party_put(&t.nobody, &x, T0, why));
        CHECK_OK(fair_store_case_gather(&t.h.d, t.id, 0, T0, t.h.a, &f, why));
        CHECK(f.party.name && !f.party.confirmed);
        CHECK_EQ(fair_store_party_confirm(&t.nobody, x.id, T0, NULL), FAIR_REFUSED);
        CHECK_OK(fair_store_party_confirm(&t.agent, x.id, T0, why));
        x.what = FAIR_STR("country");
        x.value = FAIR_STR("Germany");
        CHECK_EQ(fair_store_party_put(&t.h.d, &x, T0, NULL), FAIR_INVALID);
        x.value = FAIR_STR("DE");
        CHECK_OK(fair_store_party_put(&t.h.d, &x, T0, why));
    }
    p.kind = FAIR_STR("private");
    CHECK_EQ(fair_store_party_set(&t.h.d, &p, T0, NULL), FAIR_INVALID);
    p.kind_evidence = FAIR_STR("no shop, no imprint, a diary");
    CHECK_OK(fair_store_party_set(&t.h.d, &p, T0, why));
    {
        struct fair_party_datum x = { .party = id, .what = FAIR_STR("email"), .value = FAIR_STR("reader@example.com"), .source = FAIR_STR("rdap"), .source_url = FAIR_STR("rdap") };
        CHECK_EQ(fair_store_party_put(&t.h.d, &x, T0, NULL), FAIR_INVALID);
        x.source = FAIR_STR("entered");
        CHECK_EQ(fair_store_party_put(&t.h.d, &x, T0, NULL), FAIR_INVALID);
        x.source = FAIR_STR("recipient");
        CHECK_OK(fair_store_party_put(&t.h.d, &x, T0, why));
    }
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, 0, T0, t.h.a, &f, why));
    CHECK(f.party.name && f.party.country && f.party.source && f.party.confirmed && f.party.kind == -1 && f.p_track);
    CHECK_STR(f.country, "DE");
    end(&t);
}

/* ---- the chain ----------------------------------------------------------------------------------------------------------------------------- */

TEST(I15_a_changed_missing_or_added_event_is_found_by_doctor)
{
    static const char *const spoil[] = {
        "UPDATE case_event SET note = 'something else' WHERE seq = 1", "UPDATE case_event SET at_us = at_us - 1 WHERE seq = 2", "UPDATE case_event SET sum_minor = 5 WHERE seq = 2",
        "UPDATE case_event SET note = NULL, note_salt = NULL, note_digest = NULL WHERE seq = 1", "UPDATE case_event SET note = NULL, note_salt = NULL, actor = 'AGT' WHERE seq = 1",
        "DELETE FROM case_event WHERE seq = 2", "DELETE FROM case_event WHERE seq = 1", "DELETE FROM case_event", "UPDATE case_file SET state = 'READY'", "UPDATE case_file SET version = 9" };

    for (size_t i = 0; i < sizeof spoil / sizeof *spoil; i++) {
        struct desk t;
        struct fair_store_health health;

        begin(&t);
        CHECK_EQ(MOVE(&t, &t.h.d, OWN, PUT_ON_HOLD, T0, 0), FAIR_OK);
        CHECK_EQ(MOVE(&t, &t.h.d, OWN, RELEASE, T0 + FAIR_DAY, 0), FAIR_OK);
        CHECK_OK(fair_store_health(t.h.st, t.h.a, &health, why));
        CHECK(health.cases_sound);
        CHECK_EQ(health.case_events, 2);
        CHECK_OK(t.h.st->db->engine->script(t.h.st->db, spoil[i], why));
        CHECK_OK(fair_store_health(t.h.st, t.h.a, &health, why));
        if (health.cases_sound) fail_msg("not found: %s", spoil[i]);
        CHECK(strstr(health.words.p, "case") != NULL);
        CHECK(MOVE(&t, &t.h.d, OWN, WITHDRAW, T0 + 2 * FAIR_DAY, 0) != FAIR_OK);
        home_close(&t.h);
    }
}

TEST(I13_a_note_can_be_erased_and_the_case_still_stands)
{
    struct desk t;

    begin(&t);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, PUT_ON_HOLD, T0, 0), FAIR_OK);
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE case_event SET note = NULL, note_salt = NULL", why));
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, RELEASE, T0 + FAIR_DAY, 0), FAIR_OK);
    end(&t);
}

FAIR_TEST_MAIN
