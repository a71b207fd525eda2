/* work/test_portal_home.c - answers come home: kept, laid to their case, once; and what a mail is about. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/mime.h"
#include "base/test.h"
#include "store/report_rows.h"
#include "work/hear.h"
#include "work/portal_home.h"
#include "work/portal_private.h"

struct desk { struct fair_house h; struct fair_arena *a; char dir[40]; fair_id hit, case_id; struct fair_notice n; };

static void
begin(struct desk *t)
{
    struct fair_sha256 sha = fair_sha256_of("x", 1);
    struct fair_work w = { .title = FAIR_STR("lantern"), .sha256 = sha, .bytes = 1, .format = FAIR_STR("jpeg"), .width = 10, .height = 10 };
    struct fair_hit x = { .page_url = FAIR_STR("https://tom.example.com/a"), .image_url = FAIR_STR("https://tom.example.com/i.jpg"), .site = FAIR_STR("example.com"),
                          .verdict = FAIR_STR("match"), .score = 0.999, .sha256 = sha };
    struct fair_decision pursue = { .what = FAIR_STR("pursue") };
    struct fair_user u = { .email = FAIR_STR("ben@example.com"), .role = FAIR_STR("owner") };
    fair_id same;
    bool fresh, joined;

    memset(t, 0, sizeof *t);
    memcpy(t->dir, "/tmp/fair-portal-home-XXXXXX", 29);
    CHECK(mkdtemp(t->dir) != NULL);
    t->a = fair_arena_new();
    CHECK_OK(fair_house_init(fair_str_fmt(t->a, "%s/home", t->dir).p, FAIR_STR("Example"), FAIR_STR("mara@example.com"), why));
    CHECK_OK(fair_house_open(fair_str_fmt(t->a, "%s/home", t->dir).p, &t->h, why));
    CHECK_OK(fair_store_user_add(&t->h.desk, &u, why));
    t->h.desk.user = u.id;
    CHECK_OK(fair_store_work_add(&t->h.desk, &w, &same, why));
    x.work = w.id;
    CHECK_OK(fair_store_hit_seen(&t->h.desk, &x, &fresh, why));
    t->hit = pursue.hit = x.id;
    CHECK_OK(fair_store_decide(&t->h.desk, &pursue, why));
    CHECK_OK(fair_store_case_open(&t->h.desk, x.id, false, fair_now(), &t->case_id, &joined, why));
    t->n = (struct fair_notice){ .case_id = t->case_id, .step = FAIR_STR("inquiry"), .claim = true, .language = FAIR_STR("de"), .law = FAIR_STR("XX"), .mail = sha, .deadline_days = 21 };
    CHECK_OK(fair_store_notice_put(&t->h.desk, &t->n, why));
    CHECK_OK(fair_store_notice_get(&t->h.desk, t->n.id, t->a, &t->n, why));
    t->h.desk.user = 0;
}

static void
end(struct desk *t)
{
    fair_str remove = fair_str_fmt(t->a, "rm -rf %s", t->dir);

    fair_house_close(&t->h);
    CHECK(system(remove.p) == 0);
    fair_arena_free(&t->a);
}

/* What the portal would leave. */
static void
answer(struct desk *t, const char *action, const char *what, const char *note, uint8_t once_byte)
{
    struct fair_portal_home p;
    struct fair_answer_file file = { FAIR_STR("../../invoice.pdf"), FAIR_STR("%PDF") };
    uint8_t once[16] = { once_byte };
    json_t *o = json_pack("{s:i, s:s%, s:s, s:{s:s, s:s}, s:s, s:s}", "version", 1, "notice", t->n.code.p, t->n.code.n, "action", action, "fields", "what", what, "note", note,
                          "at", "2026-11-26T10:00:00Z", "receipt", "1234-5678");
    fair_str sealed;

    CHECK_OK(fair_portal_home_open(&t->h, t->a, &p, why));
    CHECK_OK(fair_answer_seal(t->a, o, &file, 1, p.public_key, &sealed, why));
    CHECK_OK(fair_shelf_notice_put(&p.shelf, t->n.code, FAIR_STR("{}"), NULL, 0, why));
    CHECK_OK(fair_shelf_answer_put(&p.shelf, t->n.code, fair_now(), once, sealed, why));
    json_decref(o);
}

TEST(the_report_counts_cases_and_shows_no_shares_of_a_few)
{
    struct desk t;
    struct fair_report r;
    int64_t n;

    begin(&t);
    answer(&t, "own", "", "mine", 1);
    CHECK_OK(fair_portal_take(&t.h, fair_now(), &n, why));
    CHECK_OK(fair_store_report(&t.h.desk, 0, fair_now() + FAIR_DAY, t.a, &r, why));
    CHECK_EQ(r.cases, 1);
    CHECK_EQ(r.open, 1);
    CHECK_EQ(r.disputes, 1);
    CHECK_EQ(r.answers, 1);
    CHECK_EQ(r.claims, 0);
    CHECK_EQ(r.median_days, -1);
    CHECK_OK(fair_store_report(&t.h.desk, fair_now() + FAIR_DAY, fair_now() + 2 * FAIR_DAY, t.a, &r, why));
    CHECK_EQ(r.cases, 0);
    end(&t);
}

static struct fair_case
the_case(struct desk *t)
{
    struct fair_case c;
    CHECK_OK(fair_store_case_get(&t->h.desk, t->case_id, t->a, &c, why));
    return c;
}

struct seen { int n; fair_id id; fair_str moved; struct fair_arena *a; };

static fair_status
see(void *arg, const struct fair_portal_answer *x, struct fair_err *err)
{
    struct seen *s = arg;

    (void)err;
    s->n++;
    s->id = x->id;
    s->moved = fair_str_dup(s->a, x->moved);
    return FAIR_OK;
}

TEST(a_dispute_from_the_portal_stops_the_case_at_once_and_is_taken_once)
{
    struct desk t;
    struct seen s = { 0 };
    struct fair_portal_answer x;
    struct fair_answer_file files[FAIR_ANSWER_FILES];
    struct fair_page page = { 0, 10 };
    json_t *said;
    int64_t n;
    size_t n_files;
    bool wait = true;

    begin(&t);
    answer(&t, "licence", "", "bought it", 1);
    CHECK_OK(fair_portal_waits(&t.h, t.n.code, &wait, why));
    CHECK(wait);
    CHECK_OK(fair_portal_take(&t.h, fair_now(), &n, why));
    CHECK_EQ(n, 1);
    CHECK_STR(the_case(&t).state, "DISPUTED");
    CHECK_OK(fair_portal_waits(&t.h, t.n.code, &wait, why));
    CHECK(!wait);
    answer(&t, "licence", "", "bought it", 2);               /* said again: kept, and the case stays where it is */
    CHECK_OK(fair_portal_take(&t.h, fair_now(), &n, why));
    CHECK_EQ(n, 1);
    CHECK_OK(fair_portal_take(&t.h, fair_now(), &n, why));
    CHECK_EQ(n, 0);
    s.a = t.a;
    CHECK_OK(fair_store_answers(&t.h.desk, t.case_id, page, see, &s, why));
    CHECK_EQ(s.n, 2);
    CHECK_STR(s.moved, "dispute");
    CHECK_OK(fair_store_answer_get(&t.h.desk, s.id, t.a, &x, why));
    CHECK_OK(fair_portal_answer_open(&t.h, &x, t.a, &said, files, &n_files, why));
    CHECK_EQ(n_files, 1);
    CHECK_STR(files[0].bytes, "%PDF");
    json_decref(said);
    end(&t);
}

TEST(an_answer_that_came_back_after_a_kill_is_not_taken_twice)
{
    struct desk t;
    struct fair_portal_home p;
    struct seen s = { 0 };
    struct fair_page page = { 0, 10 };
    fair_str path, copy;
    int64_t n;

    begin(&t);
    answer(&t, "question", "question", "who are you?", 7);
    CHECK_OK(fair_portal_home_open(&t.h, t.a, &p, why));
    /* As if the process had died between the rows and the folder: the file is there again. */
    path = fair_str_fmt(t.a, "%.*s/notices/%.*s/answers", FAIR_STR_ARG(p.shelf.dir), FAIR_STR_ARG(t.n.code));
    copy = fair_str_fmt(t.a, "cp -r %s %s.kept", path.p, path.p);
    CHECK(system(copy.p) == 0);
    CHECK_OK(fair_portal_take(&t.h, fair_now(), &n, why));
    CHECK_EQ(n, 1);
    CHECK(system(fair_str_fmt(t.a, "rm -r %s && mv %s.kept %s", path.p, path.p, path.p).p) == 0);
    CHECK_OK(fair_portal_take(&t.h, fair_now(), &n, why));
    CHECK_EQ(n, 0);
    s.a = t.a;
    CHECK_OK(fair_store_answers(&t.h.desk, t.case_id, page, see, &s, why));
    CHECK_EQ(s.n, 1);
    end(&t);
}

TEST(what_cannot_be_opened_stays_and_keeps_letters_in)
{
    struct desk t;
    struct fair_portal_home p;
    uint8_t once[16] = { 9 };
    int64_t n;
    bool wait = false;

    begin(&t);
    CHECK_OK(fair_portal_home_open(&t.h, t.a, &p, why));
    CHECK_OK(fair_shelf_notice_put(&p.shelf, t.n.code, FAIR_STR("{}"), NULL, 0, why));
    CHECK_OK(fair_shelf_answer_put(&p.shelf, t.n.code, fair_now(), once, FAIR_STR("this was sealed to nobody, or to somebody else, who knows it"), why));
    CHECK_OK(fair_portal_take(&t.h, fair_now(), &n, why));
    CHECK_EQ(n, 0);
    CHECK_OK(fair_portal_waits(&t.h, t.n.code, &wait, why));
    CHECK(wait);
    wait = false;
    CHECK_OK(fair_portal_waits_case(&t.h, t.case_id, &wait, why));
    CHECK(wait);
    end(&t);
}

TEST(every_answer_of_the_portal_becomes_the_move_it_means)
{
    static const struct { const char *action, *what; enum fair_move move; unsigned ground; } rows[] = {
        { "licence", "", FAIR_DO_DISPUTE, FAIR_GROUND_LICENCE }, { "own", "", FAIR_DO_DISPUTE, FAIR_GROUND_MINE }, { "free", "", FAIR_DO_DISPUTE, FAIR_GROUND_FREE },
        { "exception", "parody", FAIR_DO_DISPUTE, FAIR_GROUND_EXCEPTION }, { "not_me", "embedded", FAIR_DO_DISPUTE, FAIR_GROUND_NOT_ME },
        { "not_me", "not_same", FAIR_DO_DISPUTE, FAIR_GROUND_NO_MATCH }, { "done", "removed", FAIR_DO_CURE_IT, 0 }, { "done", "credited", FAIR_DO_CURE_IT, 0 },
        { "time", "", FAIR_DO_ASK_TIME, 0 }, { "question", "hardship", FAIR_DO_ASK, 0 }, { "offer", "price", FAIR_DO_ASK_PRICE, 0 }, { "offer", "offer", FAIR_DO_PROPOSE, 0 },
        { "complain", "complaint", FAIR_DO_COMPLAIN, 0 }, { "complain", "data", FAIR_DO_ASK_DATA, 0 }, { "complain", "lawyer_only", FAIR_DO_LAWYER_ONLY, 0 },
        { "confirm", "", FAIR_DO_DELIVERED, 0 }, { "appeal", "", FAIR_DO_MAKE_APPEAL, 0 } };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *said = json_pack("{s:s, s:{s:s}}", "action", rows[i].action, "fields", "what", rows[i].what);
        struct fair_case_event e = { 0 };
        fair_str note;
        CHECK(fair_portal_move(said, false, a, &e, &note));
        CHECK_EQ(e.move, rows[i].move);
        CHECK_EQ(e.ground, rows[i].ground);
        CHECK_EQ(e.who, FAIR_RCP);
        CHECK(e.verified);
        CHECK_EQ(e.credit, strcmp(rows[i].what, "credited") == 0);
        json_decref(said);
    }
    for (size_t i = 0; i < 3; i++) {
        static const char *const none[] = { "rate", "renew", "pay" };
        json_t *said = json_pack("{s:s}", "action", none[i]);
        struct fair_case_event e;
        fair_str note;
        CHECK(!fair_portal_move(said, false, a, &e, &note));
        json_decref(said);
    }
}

/* "inquire dispute(licence,free) clock_stopped", and at which day each. */
static fair_str
told(const struct fair_case_step *steps, size_t n, struct fair_arena *a)
{
    static const struct fair_portal_letter sent[] = { { .id = 8, .step = { "answer-licence", 14 } }, { .id = 9, .step = { "close-wrong", 11 } }, { .id = 10, .step = { "decision", 8 } } };
    struct fair_buf b = FAIR_BUF(a, 10000);
    json_t *list = fair_portal_history(steps, n, sent, 3, a), *o, *g;
    size_t i, k;

    json_array_foreach(list, i, o) {
        fair_buf_fmt(&b, "%s%s@%.2s", i > 0 ? " " : "", json_string_value(json_object_get(o, "what")), json_string_value(json_object_get(o, "at")) + 8);
        json_array_foreach(json_object_get(o, "grounds"), k, g) fair_buf_fmt(&b, "%s%s", k > 0 ? "," : ":", json_string_value(g));
        if (json_object_get(o, "days") != NULL) fair_buf_fmt(&b, "+%d", (int)json_integer_value(json_object_get(o, "days")));
    }
    json_decref(list);
    return b.n > 0 ? (fair_str){ b.p, b.n } : FAIR_STR("nothing");
}

#define STEP(day, m, who, from, to, ...) { .at = (fair_time)(20000 + (day)) * FAIR_DAY, .move = FAIR_STR(m), .actor = FAIR_STR(who), .was = FAIR_STR(from), .became = FAIR_STR(to), __VA_ARGS__ }

TEST(the_history_tells_what_was_sent_answered_and_decided_and_when_the_clock_stood_still_and_ran)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const struct fair_case_step dispute[] = {      /* day 20000 is 4 October 2024 */
        STEP(0, "gather", "OWN", "DRAFT", "EVIDENCE"), STEP(0, "seal", "OWN", "EVIDENCE", "REVIEW"), STEP(0, "ready", "OWN", "REVIEW", "READY"), STEP(1, "inquire", "OWN", "READY", "INQUIRY"),
        STEP(2, "delivered", "RCP", "INQUIRY", "INQUIRY"), STEP(3, "ask-time", "RCP", "INQUIRY", "INQUIRY"), STEP(4, "dispute", "RCP", "INQUIRY", "DISPUTED", .ground = FAIR_STR("licence,free")),
        STEP(4, "reply", "RCP", "DISPUTED", "DISPUTED"), STEP(5, "read", "OWN", "DISPUTED", "DISPUTED"), STEP(6, "letter", "OWN", "DISPUTED", "DISPUTED", .notice = 8),
        STEP(7, "answer-dispute", "OWN", "DISPUTED", "DISPUTE_REVIEW"), STEP(8, "take-up", "REV", "DISPUTE_REVIEW", "DISPUTE_REVIEW"), STEP(9, "reject", "REV", "DISPUTE_REVIEW", "RETURN"),
        STEP(9, "letter", "REV", "RETURN", "RETURN", .notice = 10), STEP(23, "resume", "REV", "RETURN", "INQUIRY") };
    const struct fair_case_step reply[] = {
        STEP(1, "inquire", "OWN", "READY", "INQUIRY"), STEP(2, "reply", "SYS", "INQUIRY", "INQUIRY"), STEP(3, "read", "OWN", "INQUIRY", "INQUIRY"), STEP(4, "grant-time", "OWN", "INQUIRY", "INQUIRY", .days = 7),
        STEP(5, "hold", "OWN", "INQUIRY", "HOLD"), STEP(6, "ask", "RCP", "HOLD", "HOLD"), STEP(8, "release", "OWN", "HOLD", "INQUIRY"), STEP(9, "wrong", "OWN", "INQUIRY", "CLOSED_WRONG"),
        STEP(10, "letter", "OWN", "CLOSED_WRONG", "CLOSED_WRONG", .notice = 9), STEP(11, "reply", "RCP", "CLOSED_WRONG", "CLOSED_WRONG") };
    const struct fair_case_step early[] = { STEP(1, "hold", "OWN", "DRAFT", "HOLD"), STEP(2, "release", "OWN", "HOLD", "DRAFT"), STEP(3, "nonsense", "OWN", "DRAFT", "DRAFT") };

    CHECK_STR(told(dispute, sizeof dispute / sizeof *dispute, a),
              "inquire@05 delivered@06 ask_time@07+14 dispute@08:licence,free clock_stopped@08 read@09 letter_answer@10 answer_dispute@11 take_up@12 reject@13 letter_decision@13 resume@27 clock_anew@27");
    CHECK_STR(told(reply, sizeof reply / sizeof *reply, a),
              "inquire@05 reply@06 clock_stopped@06 read@07 clock_runs@07 grant_time@08+7 hold@09 clock_stopped@09 ask@10 release@12 clock_runs@12 closed_wrong@13 letter_closing@14 reply@15");
    CHECK_STR(told(early, sizeof early / sizeof *early, a), "nothing");
}

TEST(a_mail_is_known_by_a_message_id_of_ours_before_a_number_in_its_text)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str key = FAIR_STR("0123456789abcdef0123456789abcdef"), code;
    struct fair_mail_told t = { .subject = FAIR_STR("Re: FT-26-OTHER-1 your letter"), .text = FAIR_STR("x") };
    bool by_id;

    t.references[t.n_references++] = FAIR_STR("somebody@example.com");
    t.references[t.n_references++] = fair_mime_message_id(a, key, FAIR_STR("FT-26-AAAA-1"), FAIR_STR("example.com"));
    CHECK(fair_mail_about(key, &t, a, &code, &by_id));
    CHECK_STR(code, "FT-26-AAAA-1");
    CHECK(by_id);
    t.references[1] = fair_mime_message_id(a, FAIR_STR("another key"), FAIR_STR("FT-26-AAAA-1"), FAIR_STR("example.com"));
    CHECK(fair_mail_about(key, &t, a, &code, &by_id));
    CHECK_STR(code, "FT-26-OTHER-1");
    CHECK(!by_id);
    t.subject = FAIR_STR("hello");
    CHECK(!fair_mail_about(key, &t, a, &code, &by_id));
    t.text = FAIR_STR("about letter\n(FT-26-LAST-9), please");
    CHECK(fair_mail_about(key, &t, a, &code, &by_id));
    CHECK_STR(code, "FT-26-LAST-9");
}

FAIR_TEST_MAIN
