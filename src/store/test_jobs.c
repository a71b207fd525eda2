/* Tests of jobs and watches. */
#include "store/test_store.h"

static struct fair_job
lease_one(struct home *h, fair_time now)
{
    struct fair_job j[4];
    size_t got;
    CHECK_OK(fair_store_job_lease(h->st, now, 60, 1, h->a, j, &got, why));
    return got == 1 ? j[0] : (struct fair_job){ 0 };
}

static fair_status
ask_and_fail(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    (void)arg;
    FAIR_TRY(fair_store_job_ask(d, "take", FAIR_STR("never"), FAIR_STR("{}"), 1, err));
    return FAIR_REFUSED;
}

TEST(a_job_of_a_name_waits_or_runs_once)
{
    struct home h;
    struct fair_job j;

    home_open(&h);
    for (int i = 0; i < 3; i++) CHECK_OK(fair_store_job_ask(&h.d, "take", FAIR_STR("take 1"), FAIR_STR("{}"), 100, why));
    CHECK_OK(fair_store_job_ask(&h.d, "take", (fair_str){ NULL, 0 }, FAIR_STR("{}"), 100, why));
    CHECK_OK(fair_store_job_ask(&h.d, "take", (fair_str){ NULL, 0 }, FAIR_STR("{}"), 100, why));
    CHECK_EQ(number(&h, "SELECT count(*) FROM job"), 3);
    CHECK_EQ(number(&h, "SELECT count(*) FROM outbox"), 3);
    CHECK_EQ(lease_one(&h, 99).id, 0);
    j = lease_one(&h, 100);
    CHECK_STR(j.once, "take 1");
    CHECK_OK(fair_store_job_ask(&h.d, "take", FAIR_STR("take 1"), FAIR_STR("{}"), 100, why));
    CHECK_EQ(number(&h, "SELECT count(*) FROM job"), 3);
    CHECK_OK(fair_store_job_settle(h.st, j.id, j.lease, "done", 0, (fair_str){ NULL, 0 }, why));
    CHECK_EQ(number(&h, "SELECT count(*) FROM outbox"), 2);
    CHECK_OK(fair_store_job_ask(&h.d, "take", FAIR_STR("take 1"), FAIR_STR("{}"), 100, why));
    CHECK_EQ(number(&h, "SELECT count(*) FROM job"), 4);
    CHECK_EQ(fair_store_do(&h.d, ask_and_fail, NULL, NULL), FAIR_REFUSED);
    CHECK_EQ(number(&h, "SELECT count(*) FROM job"), 4);
    home_close(&h);
}

TEST(a_worker_whose_lease_went_to_another_settles_nothing)
{
    struct home h;
    struct fair_job slow, next;
    struct fair_err err = { 0 };

    home_open(&h);
    CHECK_OK(fair_store_job_ask(&h.d, "take", FAIR_STR("x"), FAIR_STR("{\"a\":1}"), 100, why));
    slow = lease_one(&h, 1000);
    CHECK_EQ(slow.attempt, 1);
    CHECK_STR(slow.args, "{\"a\":1}");
    CHECK_EQ(slow.user, h.d.user);
    CHECK_EQ(lease_one(&h, 1000 + 60 * FAIR_SECOND - 1).id, 0);
    CHECK_OK(fair_store_job_extend(h.st, slow.id, slow.lease, 1000 + 90 * FAIR_SECOND, why));
    CHECK_EQ(lease_one(&h, 1000 + 60 * FAIR_SECOND).id, 0);
    next = lease_one(&h, 1000 + 90 * FAIR_SECOND);
    CHECK_EQ(next.id, slow.id);
    CHECK_EQ(next.attempt, 2);
    CHECK(next.lease != slow.lease);
    CHECK_EQ(fair_store_job_settle(h.st, slow.id, slow.lease, "done", 0, (fair_str){ NULL, 0 }, &err), FAIR_CONFLICT);
    CHECK(strstr(err.text, "nothing was settled") != NULL);
    CHECK_EQ(fair_store_job_extend(h.st, slow.id, slow.lease, 1, NULL), FAIR_CONFLICT);
    CHECK_OK(fair_store_job_settle(h.st, next.id, next.lease, "done", 0, (fair_str){ NULL, 0 }, why));
    CHECK_EQ(fair_store_job_settle(h.st, next.id, next.lease, "done", 0, (fair_str){ NULL, 0 }, &err), FAIR_CONFLICT);
    CHECK_EQ(fair_store_job_settle(h.st, next.id, next.lease, "lost", 0, (fair_str){ NULL, 0 }, &err), FAIR_INVALID);
    home_close(&h);
}

static fair_status
note_job(void *arg, const struct fair_job *j, struct fair_err *err)
{
    (void)err;
    snprintf(arg, 128, "%.*s %lld %.*s", FAIR_STR_ARG(j->state), (long long)j->attempt, FAIR_STR_ARG(j->error));
    return FAIR_OK;
}

TEST(a_failing_job_backs_off_growing_and_is_set_aside_after_five)
{
    struct home h;
    struct fair_job j;
    fair_time now;
    char text[128] = "";

    CHECK_EQ(fair_store_job_backoff_s(1), 60);
    CHECK_EQ(fair_store_job_backoff_s(2), 240);
    CHECK_EQ(fair_store_job_backoff_s(4), 3840);
    CHECK_EQ(fair_store_job_backoff_s(1000000), 21600);
    home_open(&h);
    now = fair_now();
    CHECK_OK(fair_store_job_ask(&h.d, "take", FAIR_STR("x"), FAIR_STR("{}"), now, why));
    for (int i = 1; i <= 5; i++) {
        j = lease_one(&h, now);
        CHECK_EQ(j.attempt, i);
        if (i == 3) {                                          /* waiting for something is no failure */
            CHECK_OK(fair_store_job_settle(h.st, j.id, j.lease, "waiting", now, (fair_str){ NULL, 0 }, why));
            j = lease_one(&h, now);
            CHECK_EQ(j.attempt, 1);
            CHECK_OK(fair_store_job_settle(h.st, j.id, j.lease, "waiting", now, FAIR_STR("no"), why));
            j = lease_one(&h, now);
            CHECK_OK(fair_store_job_settle(h.st, j.id, j.lease, "waiting", now, FAIR_STR("no"), why));
            j = lease_one(&h, now);
        }
        CHECK_OK(fair_store_job_settle(h.st, j.id, j.lease, "waiting", 0, FAIR_STR("it did not work"), why));
        CHECK_EQ(lease_one(&h, fair_now() + fair_store_job_backoff_s(i) * FAIR_SECOND - 10 * FAIR_SECOND).id, 0);
        now = fair_now() + fair_store_job_backoff_s(i) * FAIR_SECOND;
    }
    CHECK_EQ(lease_one(&h, now + 10 * FAIR_DAY).id, 0);
    CHECK_OK(fair_store_jobs(&h.d, FAIR_STR("aside"), (struct fair_page){ 0, 0 }, note_job, text, why));
    CHECK_STR(fair_str_of(text), "aside 5 it did not work");
    home_close(&h);
}

TEST(a_job_that_kills_its_workers_is_set_aside)
{
    struct home h;
    fair_time now = 1000;
    char text[128] = "";

    home_open(&h);
    CHECK_OK(fair_store_job_ask(&h.d, "take", FAIR_STR("x"), FAIR_STR("{}"), now, why));
    for (int i = 1; i <= 5; i++, now += 61 * FAIR_SECOND) CHECK_EQ(lease_one(&h, now).attempt, i);
    CHECK_EQ(lease_one(&h, now).id, 0);
    CHECK_OK(fair_store_jobs(&h.d, (fair_str){ NULL, 0 }, (struct fair_page){ 0, 0 }, note_job, text, why));
    CHECK(strstr(text, "aside 5 given up") == text);
    home_close(&h);
}

TEST(jobs_are_leased_by_the_batch_oldest_first)
{
    struct home h;
    struct fair_job j[8];
    size_t got;

    home_open(&h);
    for (int i = 0; i < 6; i++) CHECK_OK(fair_store_job_ask(&h.d, "take", fair_str_fmt(h.a, "%d", i), FAIR_STR("{}"), 100 - i, why));
    CHECK_OK(fair_store_job_lease(h.st, 100, 60, 4, h.a, j, &got, why));
    CHECK_EQ(got, 4);
    CHECK_STR(j[0].once, "5");
    CHECK_STR(j[3].once, "2");
    CHECK_OK(fair_store_job_lease(h.st, 100, 60, 8, h.a, j, &got, why));
    CHECK_EQ(got, 2);
    CHECK_OK(fair_store_job_lease(h.st, 100, 60, 8, h.a, j, &got, why));
    CHECK_EQ(got, 0);
    home_close(&h);
}

static fair_status
count_watch(void *arg, const struct fair_watch *w, struct fair_err *err)
{
    (void)w;
    (void)err;
    ++*(int *)arg;
    return FAIR_OK;
}

TEST(a_due_watch_asks_once_each_time)
{
    struct home h;
    struct fair_watch w = { .target = FAIR_STR("https://example.com/"), .every_s = 3600, .created = 1000, .next = 5000 }, got, twice;
    struct fair_job j;
    struct fair_err err = { 0 };
    int64_t asked;
    int n = 0;

    home_open(&h);
    CHECK_OK(fair_store_watch_add(&h.d, &w, why));
    twice = w;
    twice.id = 0;
    CHECK_EQ(fair_store_watch_add(&h.d, &twice, &err), FAIR_CONFLICT);
    CHECK(strstr(err.text, "watched already") != NULL);
    twice.every_s = 59;
    CHECK_EQ(fair_store_watch_add(&h.d, &twice, &err), FAIR_INVALID);
    CHECK_OK(fair_store_watches_due(h.st, 4999, &asked, why));
    CHECK_EQ(asked, 0);
    CHECK_OK(fair_store_watches_due(h.st, 5000, &asked, why));
    CHECK_EQ(asked, 1);
    CHECK_OK(fair_store_watches_due(h.st, 5000, &asked, why));
    CHECK_EQ(asked, 0);
    CHECK_OK(fair_store_watch_get(&h.d, w.id, h.a, &got, why));
    CHECK_EQ(got.next, 5000 + FAIR_HOUR);
    j = lease_one(&h, 5000);
    CHECK_STR(j.kind, "watch");
    CHECK(fair_str_eq(j.args, fair_str_fmt(h.a, "{\"watch\":%lld}", (long long)w.id)));
    CHECK_EQ(j.org, h.d.org);
    /* Still running when it is due again: none is asked for, and the step after comes. */
    CHECK_OK(fair_store_watches_due(h.st, 5000 + FAIR_HOUR, &asked, why));
    CHECK_EQ(asked, 0);
    CHECK_OK(fair_store_job_settle(h.st, j.id, j.lease, "done", 0, (fair_str){ NULL, 0 }, why));
    CHECK_OK(fair_store_watches_due(h.st, 5000 + 30 * FAIR_DAY, &asked, why));       /* after a long sleep: once */
    CHECK_EQ(asked, 1);
    CHECK_OK(fair_store_watch_get(&h.d, w.id, h.a, &got, why));
    CHECK_EQ(got.next, 5000 + 30 * FAIR_DAY + FAIR_HOUR);
    got.paused = true;
    got.state = FAIR_STR("failed");
    got.error = FAIR_STR("no answer");
    got.failures = 2;
    got.last = 77;
    CHECK_OK(fair_store_watch_put(&h.d, &got, why));
    CHECK_OK(fair_store_watch_get(&h.d, w.id, h.a, &got, why));
    CHECK(got.paused && got.failures == 2 && got.last == 77);
    CHECK_STR(got.error, "no answer");
    j = lease_one(&h, 5000 + 30 * FAIR_DAY);
    CHECK_OK(fair_store_job_settle(h.st, j.id, j.lease, "done", 0, (fair_str){ NULL, 0 }, why));
    CHECK_OK(fair_store_watches_due(h.st, 5000 + 90 * FAIR_DAY, &asked, why));
    CHECK_EQ(asked, 0);
    CHECK_OK(fair_store_watch_remove(&h.d, w.id, why));
    CHECK_EQ(fair_store_watch_get(&h.d, w.id, h.a, &got, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(fair_store_watch_remove(&h.d, w.id, NULL), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_watches(&h.d, count_watch, &n, why));
    CHECK_EQ(n, 0);
    twice.every_s = 60;
    CHECK_OK(fair_store_watch_add(&h.d, &twice, why));
    home_close(&h);
}

FAIR_TEST_MAIN
