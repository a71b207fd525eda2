/* Tests of what cases leave behind: what is forgotten when, the brake on whoever is often wrong, and what people ask of their data. */
#include "store/test_case.h"

/* ---- forgetting ----------------------------------------------------------------------------------------------------------------------- */

struct due_list { int n; struct fair_due last; char held[200]; };

static fair_status
note_due(void *arg, const struct fair_due *x, struct fair_err *err)
{
    struct due_list *s = arg;
    (void)err;
    s->n++;
    s->last = *x;
    snprintf(s->held, sizeof s->held, "%.*s", FAIR_STR_ARG(x->held));
    return FAIR_OK;
}

static struct due_list
due(struct desk *t, fair_time now)
{
    struct due_list s = { 0 };
    CHECK_OK(fair_store_due(&t->h.d, now, note_due, &s, why));
    return s;
}

static int64_t
found(struct desk *t, const char *needle)
{
    struct fair_rows *q;
    int64_t n = 0;

    CHECK_OK(t->h.st->db->engine->prepare(t->h.st->db, "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND p.type IN ('TEXT', 'BLOB')", &q, why));
    while (t->h.st->db->engine->step(q, NULL) == FAIR_OK) {
        fair_str table = fair_str_dup(t->h.a, t->h.st->db->engine->text(q, 0)), column = fair_str_dup(t->h.a, t->h.st->db->engine->text(q, 1));
        int64_t k = number(&t->h, fair_str_fmt(t->h.a, "SELECT count(*) FROM %.*s WHERE instr(CAST(%.*s AS TEXT), '%s') > 0", FAIR_STR_ARG(table), FAIR_STR_ARG(column), needle).p);
        if (k > 0) print_message("%s stands in %.*s.%.*s\n", needle, FAIR_STR_ARG(table), FAIR_STR_ARG(column));
        n += k;
    }
    t->h.st->db->engine->finish(q);
    return n;
}

/* Everything that can be known of a recipient, with a word in it that is found again. */
static void
fill(struct desk *t)
{
    static const char *const data[][3] = { { "name", "Zebulon Reader", "imprint" }, { "address", "1 Zebulon Road", "imprint" }, { "country", "DE", "imprint" },
                                           { "email", "zebulon@example.com", "recipient" } };
    struct fair_portal_answer an = { .name = FAIR_STR("1-00"), .action = FAIR_STR("licence"), .receipt = FAIR_STR("R1"), .sealed = sha_of("an answer"), .at = T0, .taken = T0, .case_id = t->id };
    struct fair_mail_in m = { .box = FAIR_STR("b"), .validity = 1, .uid = 1, .kind = FAIR_STR("reply"), .message_id = FAIR_STR("<zebulon@example.com>"), .sender = FAIR_STR("zebulon@example.com"),
                              .subject = FAIR_STR("Zebulon asks"), .sealed = sha_of("a mail"), .bytes = 6, .at = T0, .taken = T0, .case_id = t->id };
    struct fair_case_fact f = { .case_id = t->id, .name = FAIR_STR("exceptions.worksheet"), .value = FAIR_STR("Zebulon quotes it"), .source = FAIR_STR("the page of Zebulon"), .at = T0 };
    struct fair_party p;
    fair_id party;
    bool fresh;

    CHECK_OK(fair_store_party_of(&t->h.d, FAIR_STR("example.com"), T0, &party, why));
    CHECK_OK(fair_store_party_get(&t->h.d, party, t->h.a, &p, why));
    p.kind = FAIR_STR("private");
    p.kind_evidence = FAIR_STR("Zebulon writes on gardening");
    CHECK_OK(fair_store_party_set(&t->h.d, &p, T0, why));
    for (size_t i = 0; i < 4; i++) {
        struct fair_party_datum x = { .party = party, .what = fair_str_of(data[i][0]), .value = fair_str_of(data[i][1]), .source = fair_str_of(data[i][2]),
                                      .source_url = FAIR_STR("https://example.com/zebulon") };
        CHECK_OK(fair_store_party_put(&t->h.d, &x, T0, why));
    }
    CHECK_OK(fair_store_case_fact_put(&t->h.d, &f, why));
    write_to_them(t, T0);
    an.notice = m.notice = number(&t->h, "SELECT id FROM notice");
    CHECK_OK(t->h.st->db->engine->script(t->h.st->db, "UPDATE notice SET sent_to = 'zebulon@example.com', message_id = '<zebulon-1@home.example>', bounce = 'no Zebulon here'", why));
    CHECK_OK(fair_store_answer_put(&t->h.d, &an, 9, &fresh, why));
    CHECK_OK(fair_store_mail_put(&t->h.d, &m, &fresh, why));
    {
        struct fair_case_act x = { .case_id = t->id, .version = 0, .e = { .move = FAIR_DO_DISPUTE, .who = FAIR_RCP, .at = T0 + FAIR_HOUR, .ground = FAIR_GROUND_LICENCE, .verified = true },
                                   .note = FAIR_STR("Zebulon says"), .words = FAIR_STR("I, Zebulon, bought it"), .document = sha_of("a receipt") };
        CHECK_OK(fair_store_case_move(&t->nobody, &x, NULL, NULL, why));
    }
}

struct blob_list { int n, stones; };

static fair_status
count_blob(void *arg, const struct fair_sha256 *key, bool stone, struct fair_err *err)
{
    struct blob_list *b = arg;
    (void)key, (void)err;
    b->n++;
    b->stones += stone;
    return FAIR_OK;
}

TEST(I13_a_closed_case_is_forgotten_whole_at_its_time_and_never_before)
{
    struct desk t;
    struct blob_list blobs = { 0 };
    struct fair_case c;
    struct fair_err err = { 0 };
    fair_time closed = T0 + 2 * FAIR_DAY;
    int64_t rows;
    bool never;

    begin(&t);
    fill(&t);
    CHECK(found(&t, "ebulon") > 10);
    CHECK_EQ(fair_store_forget(&t.h.d, FAIR_KEEP_CASE_CONTACTED, t.id, "erasure", 0, closed, &rows, &err), FAIR_REFUSED);
    CHECK(strstr(err.text, "is open") != NULL);
    CHECK_EQ(due(&t, T0 + 900 * FAIR_DAY).n, 0);
    CHECK_EQ(MOVE(&t, &t.reviewer, REV, LICENSED, closed, 0), FAIR_OK);
    CHECK_EQ(due(&t, closed + 366 * FAIR_DAY - 1).n, 0);
    CHECK_EQ(due(&t, closed + 366 * FAIR_DAY).n, 1);
    CHECK_EQ(due(&t, closed + 366 * FAIR_DAY).last.rule, FAIR_KEEP_CASE_CONTACTED);
    CHECK_OK(fair_store_forget_blobs(&t.h.d, FAIR_KEEP_CASE_CONTACTED, t.id, count_blob, &blobs, why));
    CHECK_EQ(blobs.n, 4);              /* the letter, the answer, the mail, the document */
    CHECK_EQ(blobs.stones, 4);
    CHECK_OK(fair_store_forget(&t.h.d, FAIR_KEEP_CASE_CONTACTED, t.id, "case.contacted", blobs.n, closed + 366 * FAIR_DAY, &rows, why));
    CHECK_EQ(found(&t, "ebulon"), 0);
    CHECK_EQ(found(&t, "example.com/one"), 0);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM hit WHERE site = 'example.com'"), 0);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM case_event WHERE note IS NOT NULL"), 0);
    CHECK_OK(fair_store_case_get(&t.h.d, t.id, t.h.a, &c, why));
    CHECK_STR(c.state, "CLOSED_LICENSED_BEFORE");
    CHECK(fair_str_starts(c.operator, FAIR_STR("forgotten:")));
    CHECK_EQ(due(&t, closed + 900 * FAIR_DAY).n, 0);
    /* What was settled stays settled. */
    CHECK_OK(fair_store_never_again(&t.h.d, FAIR_STR("example.com"), t.work, &never, why));
    CHECK(never);
    {
        bool fresh;
        struct fair_hit x = { .work = t.work, .page_url = FAIR_STR("https://example.com/nine"), .image_url = FAIR_STR("https://example.com/9.jpg"), .site = FAIR_STR("example.com"),
                              .verdict = FAIR_STR("match"), .score = 0.9, .sha256 = sha_of("nine"), .last_seen = closed + 400 * FAIR_DAY };
        CHECK_OK(fair_store_hit_seen(&t.h.d, &x, &fresh, why));
        CHECK_STR(x.state, "ignored");
    }
    end(&t);
}

TEST(I13_a_legal_hold_keeps_a_case_until_it_ends)
{
    struct desk t;
    struct fair_hold x = { 0 };
    struct due_list l;
    struct fair_err err = { 0 };
    int64_t rows;

    begin(&t);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, WITHDRAW, T0, 0), FAIR_OK);
    x = (struct fair_hold){ .case_id = t.id, .why = FAIR_STR("  "), .until = T0 + 100 * FAIR_DAY };
    CHECK_EQ(fair_store_hold_put(&t.h.d, &x, T0, NULL), FAIR_INVALID);
    x.why = FAIR_STR("a suit about another picture");
    x.until = T0;
    CHECK_EQ(fair_store_hold_put(&t.h.d, &x, T0, NULL), FAIR_INVALID);
    x.until = T0 + 100 * FAIR_DAY;
    CHECK_OK(fair_store_hold_put(&t.h.d, &x, T0, why));
    l = due(&t, T0 + 50 * FAIR_DAY);
    CHECK_EQ(l.n, 1);
    CHECK_EQ(l.last.rule, FAIR_KEEP_CASE_UNCONTACTED);
    CHECK(strcmp(l.held, "a suit about another picture") == 0);
    CHECK_EQ(l.last.held_until, T0 + 100 * FAIR_DAY);
    CHECK_EQ(fair_store_forget(&t.h.d, FAIR_KEEP_CASE_UNCONTACTED, t.id, "case.uncontacted", 0, T0 + 50 * FAIR_DAY, &rows, &err), FAIR_REFUSED);
    CHECK(strstr(err.text, "legal hold") != NULL);
    CHECK_EQ(due(&t, T0 + 100 * FAIR_DAY).last.held_until, 0);
    CHECK_OK(fair_store_hold_end(&t.h.d, x.id, FAIR_STR("settled"), T0 + 51 * FAIR_DAY, why));
    CHECK_EQ(fair_store_hold_end(&t.h.d, x.id, FAIR_STR("settled"), T0 + 51 * FAIR_DAY, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(due(&t, T0 + 52 * FAIR_DAY).last.held_until, 0);
    CHECK_OK(fair_store_forget(&t.h.d, FAIR_KEEP_CASE_UNCONTACTED, t.id, "case.uncontacted", 0, T0 + 52 * FAIR_DAY, &rows, why));
    CHECK_EQ(fair_store_hold_put(&t.h.d, &x, T0 + 53 * FAIR_DAY, NULL), FAIR_REFUSED);
    end(&t);
}

TEST(I13_a_known_limitation_keeps_a_case_longer)
{
    struct desk t;
    struct fair_case_fact f = { 0 };

    begin(&t);
    f = (struct fair_case_fact){ .case_id = t.id, .name = FAIR_STR("time.limitation"), .value = fair_time_text(t.h.a, T0 + 1000 * FAIR_DAY), .source = FAIR_STR("counted"), .at = T0 };
    CHECK_OK(fair_store_case_fact_put(&t.h.d, &f, why));
    write_to_them(&t, T0);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, WITHDRAW, T0 + FAIR_DAY, 0), FAIR_OK);
    CHECK_EQ(due(&t, T0 + 1000 * FAIR_DAY + 366 * FAIR_DAY - FAIR_DAY).n, 0);
    CHECK_EQ(due(&t, T0 + 1000 * FAIR_DAY + 366 * FAIR_DAY).n, 1);
    end(&t);
}

TEST(I13_the_party_of_two_cases_goes_with_the_last)
{
    struct desk t;
    fair_id first, second;
    int64_t rows;
    bool joined;

    begin(&t);
    first = t.id;
    write_to_them(&t, T0);
    CHECK_OK(fair_store_case_open(&t.h.d, t.hit, true, T0, &second, &joined, why));
    {
        fair_id party;
        struct fair_party_datum x = { .what = FAIR_STR("name"), .value = FAIR_STR("Zebulon"), .source = FAIR_STR("imprint"), .source_url = FAIR_STR("https://example.com/") };
        CHECK_OK(fair_store_party_of(&t.h.d, FAIR_STR("example.com"), T0, &party, why));
        x.party = party;
        CHECK_OK(fair_store_party_put(&t.h.d, &x, T0, why));
    }
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, WITHDRAW, T0 + FAIR_DAY, 0), FAIR_OK);
    CHECK_OK(fair_store_forget(&t.h.d, FAIR_KEEP_CASE_CONTACTED, first, "erasure", 0, T0 + 2 * FAIR_DAY, &rows, why));
    CHECK(found(&t, "Zebulon") > 0);       /* the takedown is open, and needs the party and the hit */
    CHECK(number(&t.h, "SELECT count(*) FROM hit WHERE site = 'example.com'") > 0);
    t.id = second;
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, TD_RETRACT, T0 + 2 * FAIR_DAY, 0), FAIR_OK);
    CHECK_OK(fair_store_forget(&t.h.d, FAIR_KEEP_CASE_CONTACTED, second, "erasure", 0, T0 + 3 * FAIR_DAY, &rows, why));
    CHECK_EQ(found(&t, "Zebulon"), 0);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM hit WHERE site = 'example.com'"), 0);
    end(&t);
}

/* ---- the brake -------------------------------------------------------------------------------------------------------------------------- */

/* A case that ended so, with letters that asked: written as rows, for the figures alone. */
static void
an_ended_case(struct desk *t, const char *track, const char *state, int letters, const char *more)
{
    static int64_t id = 1000;

    id++;
    CHECK_OK(t->h.st->db->engine->script(t->h.st->db, fair_str_fmt(t->h.a,
        "INSERT INTO case_file (id, org_id, track, operator, state, version, creator_id, opened_us, entered_us, last_us, closed_us) VALUES (%lld, %lld, '%s', 'o%lld', '%s', 1, 0, 5, 5, 5, 5)",
        (long long)id, (long long)t->h.d.org, track, (long long)id, state).p, why));
    for (int i = 0; i < letters; i++)
        CHECK_OK(t->h.st->db->engine->script(t->h.st->db, fair_str_fmt(t->h.a,
            "INSERT INTO notice (id, org_id, case_id, step, claim, language, law, state, code, sum_minor, deadline_days, created_by, created_us, queued_us)"
            " VALUES (%lld, %lld, %lld, 'inquiry', 1, 'de', 'XX', 'sent', 'C%lld-%d', 0, 0, 0, 1, %lld)", (long long)(id * 1000 + i), (long long)t->h.d.org, (long long)id, (long long)id, i,
            (long long)id).p, why));
    if (more != NULL) CHECK_OK(t->h.st->db->engine->script(t->h.st->db, fair_str_fmt(t->h.a, more, (long long)id, (long long)t->h.d.org).p, why));
}

#define A_DISPUTE(decision) "INSERT INTO dispute (id, case_id, org_id, ground, raised_us, raised_by, decision) SELECT %1$lld + 500000, %1$lld, %2$lld, 'licence', 1, 0, " decision
#define A_COUNTER "INSERT INTO case_event (case_id, org_id, seq, at_us, move, actor, account_id, was, became, verified, automatic, document, credit, days, sum_minor, payment_us, other_id, prev, hash)" \
    " SELECT %1$lld, %2$lld, 1, 1, 'td-counter', 'HST', 0, 'TD_SENT', 'TD_COUNTERED', 0, 0, 0, 0, 0, 0, 0, 0, x'00', x'00'"

static struct fair_wrongs
brake(struct desk *t)
{
    struct fair_wrongs b;
    CHECK_OK(fair_store_wrongs(&t->h.d, 0, &b, why));
    return b;
}

TEST(G19_counts_letters_and_takedowns_and_what_was_withdrawn_under_a_dispute)
{
    static const struct { const char *track, *state, *more; bool refuted; } all[] = {
        { "case", "CLOSED_LICENCE_SOLD", NULL, false }, { "case", "INQUIRY", NULL, false }, { "case", "CLOSED_WRONG", NULL, true }, { "case", "CLOSED_LICENSED_BEFORE", NULL, true },
        { "case", "CLOSED_EXCEPTION", NULL, true }, { "case", "CLOSED_LOST", NULL, true }, { "case", "CLOSED_LAPSED", NULL, false }, { "case", "CLOSED_LAPSED", A_DISPUTE("NULL"), true },
        { "case", "CLOSED_OWNER_WITHDREW", NULL, false }, { "case", "CLOSED_OWNER_WITHDREW", A_DISPUTE("NULL"), true }, { "case", "CLOSED_OWNER_WITHDREW", A_DISPUTE("'rejected'"), false },
        { "takedown", "TD_REMOVED", NULL, false }, { "takedown", "TD_REJECTED", NULL, true }, { "takedown", "TD_RESTORED", NULL, true }, { "takedown", "TD_COUNTERED", A_COUNTER, true },
        { "takedown", "TD_RETRACTED", NULL, false }, { "takedown", "TD_RETRACTED", A_COUNTER, true }, { "takedown", "TD_SUIT_NOTICED", A_COUNTER, false } };

    struct desk t;
    struct fair_report r;

    begin(&t);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        an_ended_case(&t, all[i].track, all[i].state, 3, all[i].more);
        CHECK_EQ(brake(&t).sent, 3);
        if (brake(&t).refuted != (all[i].refuted ? 3 : 0)) fail_msg("%s: %lld of 3", all[i].state, (long long)brake(&t).refuted);
        /* The report says the same. */
        CHECK_OK(fair_store_report(&t.h.d, 0, 6, t.h.a, &r, why));
        CHECK_EQ(r.claims, 3);
        CHECK_EQ(r.claims_refuted, all[i].refuted ? 3 : 0);
        CHECK_EQ(r.brake.refuted, r.claims_refuted);
        CHECK_EQ(r.refuted + r.takedowns_refuted, all[i].refuted);
        CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "DELETE FROM notice; DELETE FROM dispute; DELETE FROM case_event; DELETE FROM case_file WHERE opened_us = 5", why));
    }
    home_close(&t.h);
}

TEST(G19_holds_above_5_of_the_last_100_and_not_below_20)
{
    struct desk t;
    struct fair_facts f;
    struct fair_wrongs b;

    begin(&t);
    an_ended_case(&t, "case", "CLOSED_WRONG", 5, NULL);           /* long ago */
    an_ended_case(&t, "case", "CLOSED_LICENCE_SOLD", 14, NULL);
    b = brake(&t);
    CHECK(b.sent == 19 && b.refuted == 5 && !fair_wrongs_hold(&b));
    an_ended_case(&t, "case", "CLOSED_LICENCE_SOLD", 1, NULL);
    b = brake(&t);
    CHECK(b.sent == 20 && fair_wrongs_hold(&b));
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, 0, T0, t.h.a, &f, why));
    CHECK(f.brake.sent == 20 && f.brake.refuted == 5);
    an_ended_case(&t, "case", "CLOSED_LICENCE_SOLD", 80, NULL);
    b = brake(&t);
    CHECK(b.sent == 100 && b.refuted == 5 && !fair_wrongs_hold(&b));      /* exactly 5 % */
    an_ended_case(&t, "case", "CLOSED_WRONG", 1, NULL);
    b = brake(&t);
    CHECK(b.sent == 100 && b.refuted == 5 && !fair_wrongs_hold(&b));      /* one of the old ones is no longer among the last 100 */
    an_ended_case(&t, "takedown", "TD_REJECTED", 2, NULL);
    b = brake(&t);
    CHECK(b.refuted == 5);
    an_ended_case(&t, "case", "CLOSED_LAPSED", 3, A_DISPUTE("NULL"));
    b = brake(&t);
    CHECK(b.refuted == 6 && fair_wrongs_hold(&b));
    home_close(&t.h);
}

TEST(G19_an_owner_who_is_often_wrong_does_not_hide_in_an_agency)
{
    struct desk t;
    struct fair_facts f;
    struct fair_owner o = { .name = FAIR_STR("Carl"), .created = 1 };

    begin(&t);
    an_ended_case(&t, "case", "CLOSED_LICENCE_SOLD", 80, NULL);
    an_ended_case(&t, "case", "CLOSED_WRONG", 2, NULL);
    CHECK_OK(fair_store_owner_add(&t.h.d, &o, why));
    an_ended_case(&t, "case", "CLOSED_WRONG", 2, NULL);
    an_ended_case(&t, "case", "CLOSED_LICENCE_SOLD", 18, NULL);
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, 0, T0, t.h.a, &f, why));
    CHECK(f.brake.sent == 100 && f.brake.refuted == 4);
    /* The work and the last two cases are Carl's: 2 of 20. */
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, fair_str_fmt(t.h.a,
        "UPDATE work SET owner_id = %lld; INSERT INTO case_use (id, org_id, case_id, track, operator, work_id, hit_id, window_open, head, account_id, at_us)"
        " SELECT c.id, c.org_id, c.id, 'case' || c.id, c.operator, (SELECT id FROM work), (SELECT id FROM hit LIMIT 1), 0, 1, 0, 1 FROM case_file c WHERE c.id IN"
        " (SELECT id FROM case_file WHERE version = 1 AND closed_us = 5 ORDER BY id DESC LIMIT 2)", (long long)o.id).p, why));
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, 0, T0, t.h.a, &f, why));
    CHECK(f.brake.sent == 20 && f.brake.refuted == 2);
    CHECK(strstr(f.brake.from.source.p, "for owner") != NULL);
    home_close(&t.h);
}

/* ---- what people ask ------------------------------------------------------------------------------------------------------------------ */

static fair_status
note_asking(void *arg, const struct fair_asking *x, struct fair_err *err)
{
    struct fair_asking *last = arg;
    (void)err;
    *last = *x;
    last->words = last->who = last->kind = (fair_str){ NULL, 0 };
    if (fair_str_eq(x->kind, FAIR_STR("data"))) last->answered_by = 1;
    return FAIR_OK;
}

TEST(a_request_about_data_by_the_portal_is_a_task_with_a_month)
{
    struct desk t;
    struct fair_asking x = { 0 };

    begin(&t);
    write_to_them(&t, T0);
    CHECK_EQ(MOVE(&t, &t.nobody, RCP, ASK_DATA, T0 + FAIR_DAY, .verified = true), FAIR_OK);
    CHECK_OK(fair_store_askings(&t.h.d, false, note_asking, &x, why));
    CHECK_EQ(x.case_id, t.id);
    CHECK_EQ(x.answered_by, 1);
    CHECK_EQ(x.due, fair_date_of(2026, 4, 3) * FAIR_DAY + 12 * FAIR_HOUR);
    CHECK_EQ(MOVE(&t, &t.nobody, RCP, COMPLAIN, T0 + 2 * FAIR_DAY, .verified = true), FAIR_OK);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM request WHERE kind = 'complaint' AND answered_us IS NULL"), 1);
    end(&t);
}

TEST(a_month_is_a_month_of_the_calendar)
{
    static const int all[][6] = { { 2026, 1, 31, 2026, 2, 28 }, { 2028, 1, 31, 2028, 2, 29 }, { 2026, 12, 31, 2027, 1, 31 }, { 2026, 3, 31, 2026, 4, 30 }, { 2026, 5, 5, 2026, 6, 5 } };
    for (size_t i = 0; i < 5; i++)
        CHECK_EQ(fair_month_later(fair_date_of(all[i][0], all[i][1], all[i][2]) * FAIR_DAY + 7), fair_date_of(all[i][3], all[i][4], all[i][5]) * FAIR_DAY + 7);
}


FAIR_TEST_MAIN
