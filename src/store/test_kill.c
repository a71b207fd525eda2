/* A test that kills: whatever was told to be done is there afterwards, once, and everything fits together. */
#include "store/test_store.h"
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#define KILLS 70
#define PAGES 24
#define GROUP 5
#define WORKS 4000

/* What the child was told that it is done, in memory that outlives it. */
struct told {
    _Atomic int64_t works, groups, decisions, jobs, removed;
    _Atomic unsigned char uses[WORKS][PAGES];
};

static uint64_t
next_random(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    return *x ^= *x << 17;
}

static struct fair_work
work_named(struct fair_arena *a, const char *kind, int64_t n)
{
    fair_str name = fair_str_fmt(a, "%s %lld", kind, (long long)n);
    struct fair_work w = { .title = name, .path = name, .sha256 = fair_sha256_of(name.p, name.n), .bytes = 10,
                           .thumb = sha_of("thumb"), .fingerprint = FAIR_STR("print") };
    fair_str preview = fair_str_fmt(a, "preview %lld", (long long)(n % 7));
    w.preview = fair_sha256_of(preview.p, preview.n);
    return w;
}

struct group { struct fair_arena *a; int64_t n; };

static fair_status
add_group(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct group *g = arg;
    for (int i = 0; i < GROUP; i++) {
        struct fair_work w = work_named(g->a, "group", g->n * GROUP + i);
        FAIR_TRY(fair_store_work_add(d, &w, NULL, err));
    }
    return FAIR_OK;
}

static fair_status
see(const struct fair_desk *d, struct fair_arena *a, struct told *told, uint64_t r, fair_id *hit)
{
    int64_t n = (int64_t)(r % (uint64_t)told->works), page = (int64_t)(r >> 20) % PAGES;
    struct fair_work w = work_named(a, "work", n);
    struct fair_hit h = { .page_url = fair_str_fmt(a, "https://s%lld.test/%lld", (long long)page % 5, (long long)page),
                          .image_url = fair_str_fmt(a, "https://s%lld.test/i%lld.jpg", (long long)page % 5, (long long)page % 9),
                          .site = fair_str_fmt(a, "s%lld.test", (long long)page % 5), .score = .5, .verdict = FAIR_STR("match") };
    fair_str shown = fair_str_fmt(a, "shown %lld", (long long)(r >> 40) % 3);
    struct fair_work got;

    if (fair_store_work_by_sha256(d, &w.sha256, a, &got, NULL) != FAIR_OK) return FAIR_NOT_FOUND;     /* removed */
    h.work = got.id;
    h.preview = fair_sha256_of(shown.p, shown.n);
    h.sha256 = fair_sha256_of(h.image_url.p, h.image_url.n);
    FAIR_TRY(fair_store_hit_seen(d, &h, NULL, NULL));
    told->uses[n][page] = 1;
    *hit = h.id;
    return FAIR_OK;
}

static fair_status
decide(const struct fair_desk *d, struct told *told, uint64_t r, fair_id hit)
{
    static const char *const what[] = { "pursue", "reopen", "ignore", "not_a_match", "ignore" };
    static const char *const scope[] = { "hit", "page", "domain", "pair", "work+domain" };
    struct fair_decision x = { .hit = hit, .what = fair_str_of(what[r % 5]) };

    if (r % 5 >= 2) x.scope = fair_str_of(scope[(r >> 8) % 5]);
    if (r % 5 == 2 || r % 5 == 4) {
        x.reason = FAIR_STR("owner_discretion");
        x.note = FAIR_STR("so be it");
    }
    FAIR_TRY(fair_store_decide(d, &x, NULL));
    told->decisions++;
    return FAIR_OK;
}

static fair_status
work_a_job(const struct fair_desk *d, struct fair_arena *a, struct told *told, uint64_t r)
{
    struct fair_job j[2];
    size_t got;

    FAIR_TRY(fair_store_job_ask(d, "look", fair_str_fmt(a, "look %lld", (long long)(r % 3)), FAIR_STR("{}"), 1, NULL));
    FAIR_TRY(fair_store_job_lease(d->st, fair_now(), 1, 2, a, j, &got, NULL));
    for (size_t i = 0; i < got; i++) {
        FAIR_TRY(fair_store_job_settle(d->st, j[i].id, j[i].lease, "done", 0, (fair_str){ NULL, 0 }, NULL));
        told->jobs++;
    }
    return FAIR_OK;
}

/* Until it is killed. */
static void
child(struct fair_desk d, const char *path, struct told *told, uint64_t seed, int ready)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_id hit = 0;

    if (write(ready, "x", 1) != 1) _exit(1);
    if (fair_store_open(path, &d.st, NULL) != FAIR_OK) _exit(2);
    for (;;) {
        uint64_t r = next_random(&seed);
        fair_status s = FAIR_OK;

        fair_arena_clear(a);
        switch ((r >> 50) % 8) {
        case 0: case 1: {
            struct fair_work w = work_named(a, "work", told->works);
            if (told->works + 1 >= WORKS) break;
            s = fair_store_work_add(&d, &w, NULL, NULL);
            if (s == FAIR_OK) told->works++;
            break;
        }
        case 2: {
            struct group g = { a, told->groups };
            s = fair_store_do(&d, add_group, &g, NULL);
            if (s == FAIR_OK) told->groups++;
            break;
        }
        case 3: case 4: case 5:
            if (told->works > 0) s = see(&d, a, told, r, &hit);
            break;
        case 6:
            if (hit != 0) s = decide(&d, told, r, hit);
            break;
        default:
            s = work_a_job(&d, a, told, r);
        }
        if (s != FAIR_OK && s != FAIR_NOT_FOUND) _exit(3);
    }
}

#define HELD                                                                                                        \
    "(SELECT k, count(*) AS n FROM (SELECT sha256 AS k FROM work WHERE removed_us IS NULL AND referenced = 0"           \
    " UNION ALL SELECT thumb FROM work WHERE removed_us IS NULL UNION ALL SELECT preview FROM work WHERE removed_us IS NULL" \
    " UNION ALL SELECT preview FROM hit UNION ALL SELECT preview FROM seen) x WHERE k IS NOT NULL GROUP BY k)"

static void
everything_fits(struct home *h, struct told *told)
{
    struct fair_store_health health;
    int64_t n;

    CHECK_OK(fair_store_health(h->st, h->a, &health, why));
    if (!health.sound || !health.foreign_keys_sound || !health.audit_sound) fail_msg("%s", health.words.p);

    /* What was told is there; at most the one thing under way is there untold. */
    n = number(h, "SELECT count(*) FROM work WHERE title LIKE 'work %'");
    CHECK(n == told->works || n == told->works + 1);
    told->works = n;
    n = number(h, "SELECT count(*) FROM work WHERE title LIKE 'group %'");
    CHECK_EQ(n % GROUP, 0);
    CHECK(n / GROUP == told->groups || n / GROUP == told->groups + 1);
    told->groups = n / GROUP;
    n = number(h, "SELECT count(*) FROM decision");
    CHECK(n == told->decisions || n == told->decisions + 1);
    told->decisions = n;
    n = number(h, "SELECT count(*) FROM job WHERE state = 'done'");
    CHECK(n == told->jobs || n == told->jobs + 1);
    told->jobs = n;
    n = 0;
    for (int i = 0; i < WORKS; i++)
        for (int p = 0; p < PAGES; p++) n += told->uses[i][p];
    CHECK(number(h, "SELECT count(*) FROM hit") - n >= 0);
    CHECK(number(h, "SELECT count(*) FROM hit") - n <= KILLS);

    /* A hit is in the state of its last move, by that move's decision. */
    CHECK_EQ(number(h, "SELECT count(*) FROM hit h WHERE h.state <> coalesce((SELECT m.became FROM hit_move m"
                       " WHERE m.hit_id = h.id ORDER BY m.id DESC LIMIT 1), 'inbox')"), 0);
    CHECK_EQ(number(h, "SELECT count(*) FROM hit h WHERE coalesce(h.decision_id, 0) <> coalesce((SELECT m.decision_id FROM hit_move m"
                       " WHERE m.hit_id = h.id ORDER BY m.id DESC LIMIT 1), 0)"), 0);
    CHECK_EQ(number(h, "SELECT count(*) FROM decision d WHERE NOT EXISTS (SELECT 1 FROM hit_move m WHERE m.decision_id = d.id)"), 0);
    CHECK_EQ(number(h, "SELECT (SELECT count(*) FROM audit WHERE what LIKE 'hit.%') - (SELECT count(*) FROM decision)"), 0);
    /* What is referred to is counted, and nothing else. */
    CHECK_EQ(number(h, "SELECT count(*) FROM " HELD " w WHERE NOT EXISTS (SELECT 1 FROM vault_ref v WHERE v.sha256 = w.k AND v.refs = w.n)"), 0);
    CHECK_EQ(number(h, "SELECT count(*) FROM vault_ref v WHERE v.refs > 0 AND NOT EXISTS (SELECT 1 FROM " HELD " w WHERE w.k = v.sha256)"), 0);
    CHECK_EQ(number(h, "SELECT (SELECT count(*) FROM work) - (SELECT count(*) FROM work_fingerprint)"), 0);
    /* A job that is not done has what a stream would carry, and none that is done. */
    CHECK_EQ(number(h, "SELECT (SELECT count(*) FROM outbox) - (SELECT count(*) FROM job WHERE state <> 'done')"), 0);
    CHECK_EQ(number(h, "SELECT count(*) FROM (SELECT once FROM job WHERE state <> 'done' GROUP BY once HAVING count(*) > 1)"), 0);
}

static int64_t
done_so_far(const struct told *t)
{
    return t->works + t->groups + t->decisions + t->jobs;
}

TEST(killed_at_any_moment_it_loses_and_doubles_nothing)
{
    struct home h;
    struct told *told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    uint64_t seed = 0x9e3779b97f4a7c15u;

    CHECK(told != MAP_FAILED);
    home_open(&h);
    for (int k = 0; k < KILLS; k++) {
        struct timespec wait = { 0, (long)(next_random(&seed) % 8000000) };
        int64_t until = done_so_far(told) + (int64_t)(next_random(&seed) % 6);
        int pipes[2], status;
        pid_t pid;
        char c;

        fair_store_free(&h.st);
        CHECK_EQ(pipe(pipes), 0);
        pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) child(h.d, h.path, told, seed, pipes[1]);
        CHECK_EQ(read(pipes[0], &c, 1), 1);
        /* Some things are done, however slow the disk is; then at a moment of no meaning. */
        for (int i = 0; i < 4000 && done_so_far(told) < until; i++) nanosleep(&(struct timespec){ 0, 500000 }, NULL);
        nanosleep(&wait, NULL);
        kill(pid, SIGKILL);
        CHECK_EQ(waitpid(pid, &status, 0), pid);
        if (!WIFSIGNALED(status)) fail_msg("the child ended by itself: %d", WEXITSTATUS(status));
        close(pipes[0]);
        close(pipes[1]);
        CHECK_OK(fair_store_open(h.path, &h.st, why));
        h.d.st = h.st;
        everything_fits(&h, told);
        fair_arena_clear(h.a);
    }
    printf("%d kills: %lld works, %lld groups, %lld decisions, %lld jobs\n", KILLS, (long long)told->works,
           (long long)told->groups, (long long)told->decisions, (long long)told->jobs);
    /* It did something meanwhile. */
    CHECK(told->works > 10 && told->groups > 5 && told->decisions > 5 && told->jobs > 5);
    munmap(told, sizeof *told);
    home_close(&h);
}

FAIR_TEST_MAIN
