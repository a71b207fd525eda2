/* Tests of what cases rest on: evidence, the looks they ask for, signs of a licence, and licences that close them. */
#include "store/test_case.h"

/* ---- evidence ------------------------------------------------------------------------------------------------------------ */

static struct fair_facts
facts_at(struct desk *t, fair_time at)
{
    struct fair_facts f;
    CHECK_OK(fair_store_case_gather(&t->h.d, t->id, 0, at, t->h.a, &f, why));
    return f;
}

TEST(G5_nobody_states_what_the_house_knows)
{
    static const char *const all[][2] = { { "evidence.package", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }, { "evidence.verified", "2026-03-02T12:00:00Z" },
        { "evidence.live", "2026-03-02T12:00:00Z" }, { "evidence.first", "2026-02-02" }, { "evidence.last", "2026-03-02" }, { "evidence.captures", "2" }, { "evidence.ended", "yes" },
        { "sources.markers", "nothing" } };
    struct desk t;
    struct fair_facts f;

    begin(&t);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const struct fair_desk *const who[] = { &t.h.d, &t.agent, &t.reviewer, &t.counsel, &t.admin, &t.nobody };
        for (size_t k = 0; k < sizeof who / sizeof *who; k++) CHECK_EQ(fact(who[k], t.id, all[i][0], all[i][1], "I say so", T0), FAIR_REFUSED);
        /* A row that an older version let in says nothing either. */
        CHECK_OK(t.h.st->db->engine->script(t.h.st->db, fair_str_fmt(t.h.a, "INSERT INTO case_fact (id, org_id, case_id, name, value, source, account_id, at_us) VALUES (%zu, %lld, %lld, '%s', '%s', 'x', 0, %lld)",
                 i + 1, (long long)t.h.d.org, (long long)t.id, all[i][0], all[i][1], (long long)T0).p, why));
    }
    f = facts_at(&t, T0);
    CHECK(f.sources.markers.answer == FAIR_NOT_ASKED);
    CHECK(!f.evidence.sealed && !f.evidence.ended && f.evidence.verified == 0 && f.evidence.live == 0 && f.evidence.first == 0 && f.evidence.last == 0 && f.evidence.captures == 0);
    end(&t);
}

TEST(G5_a_case_is_proven_as_well_as_its_weakest_use)
{
    struct desk t;
    struct fair_facts f;
    struct fair_sha256 alone;
    fair_id second, id, bad;
    bool joined;

    begin(&t);
    a_look(&t, t.hit, "there", T0, true);
    f = facts_at(&t, T0);
    CHECK(f.evidence.sealed && f.evidence.live == T0 && f.evidence.verified == T0 && f.evidence.captures == 1 && !f.evidence.ended);
    alone = f.evidence.packages;
    CHECK(!fair_sha256_none(&alone));
    /* Another use joins: nothing of it is proven. */
    second = a_hit(&t, t.work, "https://example.com/two", true);
    CHECK_OK(fair_store_case_open(&t.h.d, second, false, T0, &id, &joined, why));
    CHECK(joined && id == t.id);
    f = facts_at(&t, T0);
    CHECK(!f.evidence.sealed && f.evidence.verified == 0 && f.evidence.live == 0 && f.evidence.captures == 0);
    /* It is captured an hour later, the first again after a day: two captures of one, one of the other. */
    a_look(&t, second, "picture", T0 + FAIR_HOUR, true);
    a_look(&t, t.hit, "there", T0 + 25 * FAIR_HOUR, true);
    f = facts_at(&t, T0 + 26 * FAIR_HOUR);
    CHECK(f.evidence.sealed && f.evidence.captures == 1 && f.evidence.last - f.evidence.first < FAIR_DAY);
    CHECK(f.evidence.live == T0 + FAIR_HOUR && f.evidence.verified == T0);
    CHECK(!fair_sha256_eq(&alone, &f.evidence.packages));
    /* Two looks within an hour are not two captures; after a day they are. */
    a_look(&t, second, "there", T0 + 2 * FAIR_HOUR, true);
    CHECK_EQ(facts_at(&t, T0 + 26 * FAIR_HOUR).evidence.captures, 1);
    a_look(&t, second, "removed", T0 + 26 * FAIR_HOUR, true);
    f = facts_at(&t, T0 + 26 * FAIR_HOUR);
    CHECK(f.evidence.captures == 2 && f.evidence.last - f.evidence.first >= FAIR_DAY);
    /* One has ended, the other is live: the case has not ended, and the live one counts. */
    CHECK(!f.evidence.ended && f.evidence.live == T0 + 25 * FAIR_HOUR);
    a_look(&t, t.hit, "page_gone", T0 + 27 * FAIR_HOUR, true);
    CHECK(facts_at(&t, T0 + 27 * FAIR_HOUR).evidence.ended && facts_at(&t, T0 + 27 * FAIR_HOUR).evidence.sealed);
    /* An hour before that nobody knew. */
    CHECK(!facts_at(&t, T0 + 26 * FAIR_HOUR).evidence.ended);
    /* A package that does not hold is as if it were not there; one that nobody looked at unproves the rest. */
    bad = a_look(&t, t.hit, "there", T0 + 40 * FAIR_HOUR, false);
    f = facts_at(&t, T0 + 40 * FAIR_HOUR);
    CHECK(f.evidence.sealed && f.evidence.last < T0 + 40 * FAIR_HOUR && !f.evidence.ended);
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, fair_str_fmt(t.h.a, "DELETE FROM package_check WHERE package_id = %lld", (long long)bad).p, why));
    CHECK_EQ(facts_at(&t, T0 + 40 * FAIR_HOUR).evidence.verified, 0);
    end(&t);
}

TEST(G5_a_use_that_was_only_ever_seen_gone_is_not_proven)
{
    struct desk t;
    struct fair_facts f;

    begin(&t);
    a_look(&t, t.hit, "removed", T0, true);
    f = facts_at(&t, T0);
    CHECK(f.evidence.ended && !f.evidence.sealed);
    a_look(&t, t.hit, "there", T0 + FAIR_HOUR, true);
    f = facts_at(&t, T0 + FAIR_HOUR);
    CHECK(!f.evidence.ended && f.evidence.sealed);
    end(&t);
}

/* ---- the looks that a case asks for ---------------------------------------------------------------------------------------------- */

static int64_t
waits(struct desk *t, const char *once, fair_time *when)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    FAIR_SQL(test_look_jobs, "SELECT count(*), max(not_before_us) FROM job WHERE org_id = $1 AND kind = 'capture' AND account_id = 0 AND once = $2");
    fair_str name = fair_str_fmt(t->h.a, "capture %lld %s", (long long)t->hit, once);

    CHECK_OK(fair_desk_query(&t->h.d, &test_look_jobs, &q, why));
    fair_db_text(q, 2, name);
    CHECK_OK(fair_db_step(q, why));
    if (when != NULL) *when = fair_db_get_int(q, 1);
    return fair_db_get_int(q, 0);
}

/* Seven hours pass, and whatever was asked for is done. */
static void
later(struct desk *t)
{
    CHECK_OK(t->h.st->db->engine->script(t->h.st->db, "DELETE FROM outbox; UPDATE job SET state = 'done', id = id - (CAST(25200000 AS BIGINT) << 21)", why));
}

TEST(a_case_asks_for_its_looks_by_itself)
{
    struct desk t;
    fair_time when;

    begin(&t);
    CHECK_EQ(waits(&t, "asked", &when), 1);
    CHECK_EQ(when, T0);
    CHECK_OK(fair_store_case_look(&t.nobody, t.id, true, T0 + 1, why));
    CHECK_EQ(waits(&t, "asked", NULL), 1);
    CHECK_EQ(waits(&t, "before_notice", NULL) + waits(&t, "second", NULL), 0);
    later(&t);
    a_look(&t, t.hit, "there", T0, true);
    CHECK_OK(fair_store_case_look(&t.nobody, t.id, false, T0 + FAIR_HOUR, why));
    CHECK_EQ(waits(&t, "second", &when), 1);
    CHECK(when >= T0 + FAIR_DAY && when < T0 + FAIR_DAY + FAIR_HOUR);
    a_look(&t, t.hit, "there", T0 + 25 * FAIR_HOUR, true);
    later(&t);
    /* A letter within 36 hours of the last sight needs no look, one after that does, once. */
    a_letter(&t, true, T0 + 26 * FAIR_HOUR);
    CHECK_OK(fair_store_case_look(&t.nobody, t.id, true, T0 + 60 * FAIR_HOUR, why));
    later(&t);
    CHECK_EQ(waits(&t, "before_notice", NULL), 1);        /* drafting is asked by today's clock, and that is long after */
    CHECK_OK(fair_store_case_look(&t.nobody, t.id, true, T0 + 61 * FAIR_HOUR, why));
    CHECK_EQ(waits(&t, "before_notice", NULL), 1);
    CHECK_OK(fair_store_case_look(&t.nobody, t.id, true, T0 + 62 * FAIR_HOUR, why));
    CHECK_EQ(waits(&t, "before_notice", NULL), 2);
    CHECK_OK(fair_store_case_look(&t.nobody, t.id, true, T0 + 63 * FAIR_HOUR, why));
    CHECK_EQ(waits(&t, "before_notice", NULL), 2);
    CHECK_EQ(waits(&t, "second", NULL), 1);
    /* What was found gone is not asked for again before a letter. */
    later(&t);
    a_look(&t, t.hit, "removed", T0 + 70 * FAIR_HOUR, true);
    CHECK_OK(fair_store_case_look(&t.nobody, t.id, true, T0 + 200 * FAIR_HOUR, why));
    CHECK_EQ(waits(&t, "before_notice", NULL), 2);
    end(&t);
}

TEST(a_page_that_is_not_reached_is_tried_again_later_and_not_for_ever)
{
    struct desk t;
    fair_time when;

    begin(&t);
    for (int i = 1; i <= 8; i++) {
        struct fair_capture_row row = { .hit = t.hit, .look = FAIR_STR("asked"), .at = T0 + i, .ended = T0 + i, .found = FAIR_STR("unreachable"), .notes = FAIR_STR("[]") };
        CHECK_OK(fair_store_capture_add(&t.nobody, &row, NULL, 0, why));
        CHECK_OK(fair_store_case_look(&t.nobody, t.id, false, T0 + FAIR_DAY * i, why));
        CHECK_EQ(waits(&t, fair_str_fmt(t.h.a, "asked after %d", i).p, &when), i < 8);
        if (i < 8) CHECK(when >= T0 + FAIR_DAY * i + FAIR_HOUR && when <= T0 + FAIR_DAY * i + 6 * FAIR_HOUR);
    }
    end(&t);
}

TEST(a_look_that_finds_a_change_keeps_the_letter_made_before_it_back)
{
    struct desk t;
    struct fair_ruling r;
    struct fair_capture_row row;
    fair_id n;

    begin(&t);
    n = up_to_ready(&t);
    CHECK_OK(fair_store_notice_approve(&t.h.d, n, FAIR_OWN, T0, why));
    if (try_move(&t, &t.h.d, FAIR_OWN, FAIR_DO_INQUIRE, n, T0, &r) != FAIR_OK) fail_msg("%s", fair_ruling_words(t.h.a, &r).p);
    CHECK_OK(fair_store_notice_may_leave(&t.h.d, n, T0 + FAIR_HOUR, &r, why));
    /* Unreachable: nothing follows from that.  Credited otherwise: the letter stays. */
    row = (struct fair_capture_row){ .hit = t.hit, .look = FAIR_STR("before_notice"), .at = T0 + 2 * FAIR_HOUR, .ended = T0 + 2 * FAIR_HOUR, .found = FAIR_STR("unreachable"),
                                     .changes = FAIR_STR("The page could not be reached; nothing follows from that."), .notes = FAIR_STR("[]") };
    CHECK_OK(fair_store_capture_add(&t.nobody, &row, NULL, 0, why));
    CHECK_OK(fair_store_notice_may_leave(&t.h.d, n, T0 + 3 * FAIR_HOUR, &r, why));
    row = (struct fair_capture_row){ .hit = t.hit, .look = FAIR_STR("before_notice"), .at = T0 + 4 * FAIR_HOUR, .ended = T0 + 4 * FAIR_HOUR, .found = FAIR_STR("there"),
                                     .changes = FAIR_STR("What is said beside the picture changed."), .notes = FAIR_STR("[]") };
    CHECK_OK(fair_store_capture_add(&t.nobody, &row, NULL, 0, why));
    CHECK_EQ(fair_store_notice_may_leave(&t.h.d, n, T0 + 5 * FAIR_HOUR, &r, NULL), FAIR_REFUSED);
    CHECK(says(&r, "G5_changed") && r.n_reasons == 1);
    end(&t);
}

TEST(G6_a_sign_of_a_licence_that_a_capture_finds_allows_only_the_question)
{
    struct desk t;
    struct fair_facts f;
    fair_id second, id;
    bool joined;
    struct fair_capture_row row = { .look = FAIR_STR("asked"), .at = T0 + FAIR_HOUR, .ended = T0 + FAIR_HOUR, .found = FAIR_STR("there"), .notes = FAIR_STR("[]"),
                                    .markers = FAIR_STR("[{\"what\":\"licence\",\"where\":\"the page\",\"words\":\"https://creativecommons.org/licenses/by/4.0/\"}]") };

    begin(&t);
    CHECK(facts_at(&t, T0).sources.markers.answer == FAIR_NOT_ASKED);
    a_look(&t, t.hit, "there", T0, true);
    f = facts_at(&t, T0);
    CHECK(f.sources.markers.answer == FAIR_ASKED_NOTHING && f.sources.markers.at == T0);
    /* A use that was not captured was not searched. */
    second = a_hit(&t, t.work, "https://example.com/two", true);
    CHECK_OK(fair_store_case_open(&t.h.d, second, false, T0, &id, &joined, why));
    CHECK(facts_at(&t, T0 + FAIR_HOUR).sources.markers.answer == FAIR_NOT_ASKED);
    row.hit = second;
    CHECK_OK(fair_store_capture_add(&t.nobody, &row, NULL, 0, why));
    f = facts_at(&t, T0 + 2 * FAIR_HOUR);
    CHECK(f.sources.markers.answer == FAIR_ASKED_HIT && f.sources.markers.at == T0);
    CHECK(memmem(f.sources.markers.source.p, f.sources.markers.source.n, "creativecommons", 15) != NULL);
    /* A later look that does not find it does not take it back. */
    a_look(&t, second, "there", T0 + 3 * FAIR_HOUR, true);
    CHECK(facts_at(&t, T0 + 4 * FAIR_HOUR).sources.markers.answer == FAIR_ASKED_HIT);
    end(&t);
}

TEST(G12_counsel_counts_in_the_countries_that_their_account_names)
{
    struct desk t;
    struct fair_user u;

    begin(&t);
    prove_all(&t, T0);
    CHECK_EQ(fact(&t.counsel, t.id, "counsel.assigned", "N., lawyer in DE", "I", T0), FAIR_OK);
    CHECK(!facts_at(&t, T0).counsel);
    CHECK_OK(fair_store_user_get(&t.h.d, t.counsel.user, t.h.a, &u, why));
    CHECK_EQ(fair_store_countries_read(t.h.a, FAIR_STR("Germany"), &u.countries, NULL), FAIR_INVALID);
    CHECK_OK(fair_store_countries_read(t.h.a, FAIR_STR("at, ch"), &u.countries, why));
    CHECK_OK(fair_store_user_set(&t.h.d, &u, why));
    CHECK(!facts_at(&t, T0).counsel);
    CHECK_OK(fair_store_countries_read(t.h.a, FAIR_STR("AT de"), &u.countries, why));
    CHECK_OK(fair_store_user_set(&t.h.d, &u, why));
    CHECK(facts_at(&t, T0).counsel);
    /* The party moves, the account is closed, the role is taken away: no counsel of that country. */
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE party_datum SET value = 'FR' WHERE what = 'country'", why));
    CHECK(!facts_at(&t, T0).counsel);
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE party_datum SET value = 'DE' WHERE what = 'country'; UPDATE account SET disabled = 1 WHERE role = 'counsel'", why));
    CHECK(!facts_at(&t, T0).counsel);
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE account SET disabled = 0, role = 'reviewer' WHERE role = 'counsel'", why));
    CHECK(!facts_at(&t, T0).counsel);
    end(&t);
}

TEST(G9_the_work_and_our_first_sight_outrank_what_is_said)
{
    struct desk t;
    fair_time seen;

    begin(&t);
    seen = facts_at(&t, T0).time.used;
    CHECK(seen != 0);
    CHECK_EQ(fact(&t.h.d, t.id, "time.used", "2030-01-01", "I say so", T0), FAIR_OK);
    CHECK_EQ(facts_at(&t, T0).time.used, seen);
    CHECK_EQ(fact(&t.h.d, t.id, "time.used", "2024-01-01", "an archive of the web", T0), FAIR_OK);
    CHECK(facts_at(&t, T0).time.used < seen);
    CHECK_EQ(facts_at(&t, T0).time.created, 0);
    CHECK_EQ(fact(&t.h.d, t.id, "time.created", "2020-01-01", "I say so", T0), FAIR_OK);
    CHECK_EQ(facts_at(&t, T0).time.created, fair_date_of(2020, 1, 1) * FAIR_DAY);
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE work SET date = '2025-05-05T10:00:00'", why));
    CHECK_EQ(facts_at(&t, T0).time.created, fair_date_of(2025, 5, 5) * FAIR_DAY);
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE work SET date = '2019-05-05T10:00:00'", why));
    CHECK_EQ(facts_at(&t, T0).time.created, fair_date_of(2020, 1, 1) * FAIR_DAY);
    end(&t);
}

/* ---- licences ------------------------------------------------------------------------------------------------------------------------ */

static struct fair_licence
a_licence(struct desk *t, const struct fair_desk *d, const char *kind, const char *domains)
{
    struct fair_licence l = { .kind = fair_str_of(kind), .assignee = FAIR_STR("Harbour Reader Ltd"), .domains = fair_str_of(domains), .scope = FAIR_STR("all"), .shop = FAIR_STR("the shop"),
                              .order_no = FAIR_STR("4711"), .at = the_case(t).last + FAIR_HOUR };
    CHECK_OK(fair_store_licence_add(d, &l, why));
    return l;
}

TEST(an_added_licence_closes_the_case_whose_uses_it_covers)
{
    static const char *const kinds[] = { "licence", "syndication", "whitelist", "own" };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct desk t;
        struct fair_licence l;

        begin(&t);
        /* As the owner, as an account that moves no case, as nobody: the system does it then. */
        l = a_licence(&t, i == 1 ? &t.admin : i == 2 ? &t.nobody : &t.h.d, kinds[i], "example.com");
        CHECK(l.cases == 1 && l.left == 0);
        CHECK_STR(the_case(&t).state, "CLOSED_LICENSED_BEFORE");
        CHECK(memmem(the_case(&t).reason.p, the_case(&t).reason.n, "order 4711", 10) != NULL);
        CHECK_EQ(number(&t.h, "SELECT count(*) FROM case_use_left"), 0);
        CHECK_EQ(number(&t.h, "SELECT count(*) FROM hit WHERE state = 'ignored'"), 1);
        end(&t);
    }
}

TEST(of_a_case_that_is_covered_in_part_only_the_covered_uses_leave)
{
    struct desk t;
    struct fair_licence l;
    struct fair_ruling r;
    fair_id second, third, id, n;
    bool joined;

    begin(&t);
    second = a_hit(&t, t.work, "https://shop.example.com/two", true);
    third = a_hit(&t, t.work, "https://example.com/three", true);
    CHECK_OK(fair_store_case_open(&t.h.d, second, false, T0, &id, &joined, why));
    CHECK(joined && id == t.id);
    CHECK_OK(fair_store_case_open(&t.h.d, third, false, T0, &id, &joined, why));
    a_look(&t, second, "there", T0, true);
    a_look(&t, third, "there", T0, true);
    n = up_to_ready(&t);
    CHECK_OK(fair_store_notice_approve(&t.h.d, n, FAIR_OWN, T0, why));
    l = a_licence(&t, &t.h.d, "licence", "shop.example.com");
    CHECK(l.cases == 0 && l.left == 1 && l.covered == 1);
    CHECK_EQ(the_case(&t).uses, 2);
    CHECK_STR(the_case(&t).state, "READY");
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM case_use_left"), 1);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM case_use WHERE head = 1"), 1);
    /* The letter tells of a use that is licensed: it stays, until it is made anew. */
    CHECK_EQ(try_move(&t, &t.h.d, FAIR_OWN, FAIR_DO_INQUIRE, n, T0 + 2 * FAIR_HOUR, &r), FAIR_REFUSED);
    CHECK(says(&r, "G5_changed") && r.n_reasons == 1);
    n = a_letter(&t, true, T0 + 3 * FAIR_HOUR);
    CHECK_OK(fair_store_notice_approve(&t.h.d, n, FAIR_OWN, T0 + 3 * FAIR_HOUR, why));
    if (try_move(&t, &t.h.d, FAIR_OWN, FAIR_DO_INQUIRE, n, T0 + 4 * FAIR_HOUR, &r) != FAIR_OK) fail_msg("%s", fair_ruling_words(t.h.a, &r).p);
    /* The head of the work leaves: another use takes its place, and the window stays shut for a second case. */
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, fair_str_fmt(t.h.a, "UPDATE hit SET page_url = CAST('https://old.example.com/one' AS BLOB) WHERE id = %lld", (long long)t.hit).p, why));
    l = a_licence(&t, &t.h.d, "whitelist", "old.example.com");
    CHECK(l.cases == 0 && l.left == 1);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM case_use WHERE head = 1"), 1);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM case_use"), 1);
    CHECK_EQ(fair_store_notice_may_leave(&t.h.d, n, T0 + 5 * FAIR_HOUR, &r, NULL), FAIR_REFUSED);
    CHECK(says(&r, "G5_changed"));
    /* The last one: the case closes. */
    l = a_licence(&t, &t.h.d, "syndication", "example.com");
    CHECK(l.cases == 1 && l.left == 0);
    CHECK_STR(the_case(&t).state, "CLOSED_LICENSED_BEFORE");
    end(&t);
}

FAIR_TEST_MAIN
