/* Tests of keeping: copies, checks, full disks, damage, and several who write at once. */
#include "store/test_store.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

TEST(a_store_opened_for_reading_is_read_while_others_write_and_writes_nothing)
{
    struct home h;
    struct fair_store *reading = NULL;
    struct fair_desk d;
    struct fair_user u;
    fair_id org;
    struct fair_err err = { 0 };

    home_open(&h);
    CHECK_OK(fair_store_open_reading(h.path, &reading, why));
    d = (struct fair_desk){ reading, h.d.org, 0 };
    CHECK_OK(fair_store_user_get(&d, h.d.user, h.a, &u, why));
    CHECK_STR(u.email, "ada@example.com");
    CHECK(fair_store_org_add(reading, FAIR_STR("Another"), &org, &err) != FAIR_OK);
    a_work(&h, "meanwhile");
    fair_store_free(&reading);
    CHECK(fair_store_open_reading("/tmp/fair-no-such-database", &reading, &err) != FAIR_OK);
    CHECK(access("/tmp/fair-no-such-database", F_OK) != 0);
    home_close(&h);
}

TEST(a_backup_is_one_whole_file_made_while_others_write)
{
    struct home h, back;
    struct fair_store_health health;
    char path[128];
    struct fair_err err = { 0 };
    struct stat st;

    home_open(&h);
    for (int i = 0; i < 50; i++) a_work(&h, fair_str_fmt(h.a, "work %d", i).p);
    snprintf(path, sizeof path, "%s/copy", h.dir);
    CHECK_OK(fair_store_backup(h.st, path, why));
    a_work(&h, "after the copy");
    CHECK_EQ(fair_store_backup(h.st, path, &err), FAIR_INVALID);
    CHECK(strstr(err.text, "exists already") != NULL);
    CHECK_EQ(fair_store_backup(h.st, "/proc/none/copy", &err), FAIR_IO);
    CHECK(stat(fair_str_fmt(h.a, "%s-wal", path).p, &st) != 0);     /* nothing of it lies beside it */
    back = h;
    CHECK_OK(fair_store_open(path, &back.st, why));
    CHECK_EQ(number(&back, "SELECT count(*) FROM work"), 50);
    CHECK_OK(fair_store_health(back.st, h.a, &health, why));
    CHECK(health.sound && health.foreign_keys_sound && health.audit_sound && health.wal);
    fair_store_free(&back.st);
    CHECK_EQ(number(&h, "SELECT count(*) FROM work"), 51);
    home_close(&h);
}

static int
parts_left(const char *dir)
{
    char cmd[128];
    FILE *p;
    int n = -1;
    snprintf(cmd, sizeof cmd, "find %s -name '*.part' | wc -l", dir);
    p = popen(cmd, "r");
    CHECK(p != NULL && fscanf(p, "%d", &n) == 1);
    pclose(p);
    return n;
}

TEST(a_backup_that_finds_no_room_leaves_nothing)
{
    struct home h;
    struct rlimit was, small;
    struct fair_err err = { 0 };
    char path[128];

    home_open(&h);
    snprintf(path, sizeof path, "%s/copy", h.dir);
    CHECK_EQ(getrlimit(RLIMIT_FSIZE, &was), 0);
    small = (struct rlimit){ 65536, was.rlim_max };
    signal(SIGXFSZ, SIG_IGN);
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    CHECK_EQ(fair_store_backup(h.st, path, &err), FAIR_IO);
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &was), 0);
    CHECK(access(path, F_OK) != 0);
    CHECK_EQ(parts_left(h.dir), 0);
    CHECK_OK(fair_store_backup(h.st, path, why));
    home_close(&h);
}

static fair_status
add_many(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    static char big[20000];
    int *added = arg;

    memset(big, 'x', sizeof big);
    *added = 0;
    for (int i = 0; i < 200; i++) {
        struct fair_work w = { .sha256 = sha_of(fair_str_fmt(a, "many %d", i).p), .fingerprint = { big, sizeof big } };
        /* A body that does not look at what a call gave: what comes after must not be kept alone. */
        if (fair_store_work_add(d, &w, NULL, err) == FAIR_OK) ++*added;
    }
    return FAIR_OK;
}

TEST(a_full_disk_is_told_and_keeps_all_or_nothing)
{
    struct home h;
    struct rlimit was, small;
    struct fair_err err = { 0 };
    struct fair_work w = { .sha256 = sha_of("one more") };
    struct fair_store_health health;
    int added;

    home_open(&h);
    a_work(&h, "before");
    /* The file may not grow at all. */
    CHECK_OK(h.st->db->engine->script(h.st->db, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA max_page_count = 1", why));
    CHECK(fair_store_do(&h.d, add_many, &added, &err) != FAIR_OK);
    CHECK_EQ(err.status, FAIR_IO);
    CHECK_EQ(number(&h, "SELECT count(*) FROM work"), 1);
    CHECK_OK(h.st->db->engine->script(h.st->db, "PRAGMA max_page_count = 1000000", why));
    /* The disk has no room for what is written ahead. */
    CHECK_EQ(getrlimit(RLIMIT_FSIZE, &was), 0);
    small = (struct rlimit){ 400000, was.rlim_max };
    signal(SIGXFSZ, SIG_IGN);
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    CHECK(fair_store_do(&h.d, add_many, &added, &err) != FAIR_OK);
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &was), 0);
    CHECK_EQ(err.status, FAIR_IO);
    CHECK_EQ(number(&h, "SELECT count(*) FROM work"), 1);
    /* With room again it goes on, with the same connection. */
    CHECK_OK(fair_store_work_add(&h.d, &w, NULL, why));
    CHECK_OK(fair_store_do(&h.d, add_many, &added, why));
    CHECK_EQ(added, 200);
    CHECK_OK(fair_store_health(h.st, h.a, &health, why));
    CHECK(health.sound && health.foreign_keys_sound);
    CHECK_EQ(number(&h, "SELECT count(*) FROM work"), 202);
    home_close(&h);
}

TEST(a_full_disk_has_clear_words)
{
    struct home h;
    struct fair_err err = { 0 };
    fair_status s = FAIR_OK;
    static char big[60000];

    home_open(&h);
    memset(big, 'y', sizeof big);
    CHECK_OK(h.st->db->engine->script(h.st->db, "PRAGMA max_page_count = 1", why));
    for (int i = 0; i < 10 && s == FAIR_OK; i++)
        s = fair_store_setting_put(&h.d, fair_str_fmt(h.a, "%d", i), (fair_str){ big, sizeof big }, &err);
    CHECK_EQ(s, FAIR_IO);
    CHECK(strstr(err.text, "the disk is full") != NULL && strstr(err.text, "make room") != NULL);
    home_close(&h);
}

TEST(damage_is_found_and_told)
{
    struct home h;
    struct fair_store_health health;
    struct fair_err err = { 0 };
    fair_status s;
    char junk[4096];
    int fd;

    home_open(&h);
    for (int i = 0; i < 400; i++) a_work(&h, fair_str_fmt(h.a, "work %d", i).p);
    fair_store_free(&h.st);
    memset(junk, 0x5a, sizeof junk);
    fd = open(h.path, O_WRONLY);
    CHECK(fd >= 0);
    for (int page = 40; page < 90; page += 3) CHECK_EQ(pwrite(fd, junk, sizeof junk, page * 4096), sizeof junk);
    close(fd);
    s = fair_store_open(h.path, &h.st, &err);
    if (s == FAIR_OK) {
        s = fair_store_health(h.st, h.a, &health, &err);
        if (s == FAIR_OK) {
            CHECK(!health.sound);
            CHECK(health.words.n > 10 && strcmp(health.words.p, "sound") != 0);
        }
    }
    CHECK(s == FAIR_OK || s == FAIR_CORRUPT);
    home_close(&h);
}

TEST(rows_that_refer_to_nothing_are_found)
{
    struct home h;
    struct fair_store_health health;

    home_open(&h);
    a_work(&h, "w");
    CHECK_OK(h.st->db->engine->script(h.st->db, "PRAGMA foreign_keys = OFF; DELETE FROM org; PRAGMA foreign_keys = ON", why));
    CHECK_OK(fair_store_health(h.st, h.a, &health, why));
    CHECK(health.sound && !health.foreign_keys_sound);
    CHECK(strstr(health.words.p, "refer to rows that are not there") != NULL);
    home_close(&h);
}

static fair_status
count_up(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str was;
    int64_t n = 0;
    fair_status s = fair_store_setting_get(d, FAIR_STR("count"), a, &was, err);

    (void)arg;
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    if (s == FAIR_OK) CHECK(fair_str_number(was, 1000000, &n));
    return fair_store_setting_put(d, FAIR_STR("count"), fair_str_fmt(a, "%lld", (long long)n + 1), err);
}

TEST(several_processes_write_at_once_and_none_is_lost)
{
    struct home h;
    pid_t child[4];
    fair_str v;

    home_open(&h);
    fair_store_free(&h.st);                     /* no connection crosses a fork */
    for (int c = 0; c < 4; c++) {
        child[c] = fork();
        CHECK(child[c] >= 0);
        if (child[c] == 0) {
            struct fair_desk d = h.d;
            if (fair_store_open(h.path, &d.st, NULL) != FAIR_OK) _exit(1);
            for (int i = 0; i < 50; i++)
                if (fair_store_do(&d, count_up, NULL, NULL) != FAIR_OK) _exit(2);
            fair_store_free(&d.st);
            _exit(0);
        }
    }
    for (int c = 0; c < 4; c++) {
        int status;
        CHECK_EQ(waitpid(child[c], &status, 0), child[c]);
        CHECK_EQ(status, 0);
    }
    CHECK_OK(fair_store_open(h.path, &h.st, why));
    h.d.st = h.st;
    CHECK_OK(fair_store_setting_get(&h.d, FAIR_STR("count"), h.a, &v, why));
    CHECK_STR(v, "200");
    home_close(&h);
}

TEST(several_processes_may_open_a_new_home_at_once)
{
    struct home h;
    pid_t child[6];
    char path[128];

    home_open(&h);
    fair_store_free(&h.st);
    snprintf(path, sizeof path, "%s/fresh", h.dir);
    for (int c = 0; c < 6; c++) {
        child[c] = fork();
        CHECK(child[c] >= 0);
        if (child[c] == 0) {
            struct fair_store *st;
            struct fair_err err = { 0 };
            if (fair_store_open(path, &st, &err) != FAIR_OK) {
                fprintf(stderr, "%s\n", err.text);
                _exit(1);
            }
            fair_store_free(&st);
            _exit(0);
        }
    }
    for (int c = 0; c < 6; c++) {
        int status;
        CHECK_EQ(waitpid(child[c], &status, 0), child[c]);
        CHECK_EQ(status, 0);
    }
    CHECK_OK(fair_store_open(path, &h.st, why));
    CHECK_EQ(number(&h, "SELECT count(*) FROM migration"), fair_migrations_n);
    home_close(&h);
}

/* What reads sees one moment, and waits for nobody who writes. */
static fair_status
add_another(void *arg, const struct fair_work *w, struct fair_err *err)
{
    struct home *h = arg;
    struct fair_work x = { 0 };
    fair_str name = fair_str_fmt(h->a, "while reading %lld", (long long)w->id);
    x.sha256 = fair_sha256_of(name.p, name.n);
    return fair_store_work_add(&h->d, &x, NULL, err);
}

TEST(a_list_may_be_written_to_while_it_is_read)
{
    struct home h, other;
    struct fair_work_filter f = { .page = { 0, 3 } };

    home_open(&h);
    for (int i = 0; i < 3; i++) a_work(&h, fair_str_fmt(h.a, "work %d", i).p);
    CHECK_OK(fair_store_works(&h.d, &f, add_another, &h, why));
    CHECK_EQ(number(&h, "SELECT count(*) FROM work"), 6);
    other = h;
    CHECK_OK(fair_store_open(h.path, &other.st, why));
    other.d.st = other.st;
    f.page.limit = 6;
    f.page.offset = 3;
    CHECK_OK(fair_store_works(&h.d, &f, add_another, &other, why));
    CHECK_EQ(number(&h, "SELECT count(*) FROM work"), 9);
    fair_store_free(&other.st);
    home_close(&h);
}

FAIR_TEST_MAIN
