#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "base/io.h"
#include "index/segments.h"
#include "index/test_folder.h"
#include "index/test_killed.h"

#define SCHEME 7

/* What is put for a work, in its `version`. */
static fair_str
record_of(fair_id work, unsigned version, uint64_t whole[4], uint8_t bytes[600])
{
    size_t n = 1 + mix((uint64_t)work * 31 + version) % 599;

    for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)mix((uint64_t)work * 1000003 + version * 7919 + i);
    for (size_t w = 0; w < 4; w++) whole[w] = mix((uint64_t)work + 77 * w + 1000 * version);
    return (fair_str){ (const char *)bytes, n };
}

static fair_status
put(struct fair_segments *s, fair_id org, fair_id work, unsigned version, struct fair_err *err)
{
    uint64_t whole[4];
    uint8_t bytes[600];
    fair_str record = record_of(work, version, whole, bytes);

    return fair_segments_put(s, org, work, whole, record, err);
}

/* Is the record there, in this version, once? */
static bool
has(const struct fair_segments *s, fair_id org, fair_id work, unsigned version)
{
    uint64_t whole[4];
    uint8_t bytes[600];
    fair_str want = record_of(work, version, whole, bytes), got;
    unsigned found = 0;

    for (size_t i = 0; i < fair_segments_count(s); i++) {
        const struct fair_segment *seg = fair_segments_at(s, i);
        size_t at = fair_segment_find(seg, org, work);
        if (at == SIZE_MAX) continue;
        CHECK_OK(fair_segment_record(seg, at, &got, why));
        CHECK((uintptr_t)got.p % 8 == 0);
        found += fair_str_eq(got, want) && memcmp(seg->whole + 4 * at, whole, 32) == 0 && !seg->listed;
    }
    return found == 1;
}

static struct fair_segments *
writer(const char *dir)
{
    struct fair_segments *s = NULL;
    CHECK_OK(fair_segments_open(dir, SCHEME, &s, why));
    CHECK_OK(fair_segments_write_begin(s, why));
    return s;
}

static struct fair_segments *
reader(const char *dir)
{
    struct fair_segments *s = NULL;
    CHECK_OK(fair_segments_open(dir, SCHEME, &s, why));
    return s;
}

TEST(what_was_synced_is_there_for_the_next_one_who_opens)
{
    const char *dir = folder("kept");
    struct fair_segments *w = writer(dir), *r;
    struct fair_segments_stat st;

    for (fair_id id = 1; id <= 100; id++) CHECK_OK(put(w, 1 + id % 3, id, 0, why));
    CHECK(!fair_segments_hold(w, 2, 1));
    CHECK_OK(fair_segments_sync(w, why));
    CHECK(fair_segments_hold(w, 2, 1));
    fair_segments_free(&w);

    r = reader(dir);
    for (fair_id id = 1; id <= 100; id++) {
        CHECK(has(r, 1 + id % 3, id, 0));
        CHECK(!fair_segments_hold(r, 4, id));
    }
    fair_segments_stat(r, &st);
    CHECK_EQ(st.works, 100);
    CHECK_EQ(st.newest, 100);
    CHECK_EQ(st.generation, 1);
    fair_segments_free(&r);
    clear(dir);
}

TEST(a_reader_sees_a_sync_at_its_next_refresh)
{
    const char *dir = folder("refresh");
    struct fair_segments *r = reader(dir), *w = writer(dir);
    bool changed = true;

    CHECK_OK(fair_segments_refresh(r, &changed, why));
    CHECK(!changed);
    CHECK_OK(put(w, 1, 5, 0, why));
    CHECK_OK(fair_segments_refresh(r, &changed, why));
    CHECK(!changed);
    CHECK_OK(fair_segments_sync(w, why));
    CHECK(!fair_segments_hold(r, 1, 5));
    CHECK_OK(fair_segments_refresh(r, &changed, why));
    CHECK(changed);
    CHECK(has(r, 1, 5, 0));
    CHECK_OK(fair_segments_refresh(r, &changed, why));
    CHECK(!changed);
    fair_segments_free(&w);
    fair_segments_free(&r);
    clear(dir);
}

TEST(a_record_can_be_replaced_and_removed)
{
    const char *dir = folder("replace");
    struct fair_segments *w = writer(dir);
    struct fair_segments_stat st;

    for (fair_id id = 1; id <= 50; id++) CHECK_OK(put(w, 1, id, 0, why));
    CHECK_OK(fair_segments_sync(w, why));
    CHECK_OK(put(w, 1, 7, 1, why));
    CHECK_OK(put(w, 1, 7, 2, why));                    /* the last of two wins */
    CHECK_OK(fair_segments_remove(w, 1, 8, why));
    CHECK_OK(put(w, 1, 9, 1, why));
    CHECK_OK(fair_segments_remove(w, 1, 9, why));
    CHECK_OK(fair_segments_remove(w, 1, 10, why));
    CHECK_OK(put(w, 1, 10, 3, why));
    CHECK_OK(fair_segments_remove(w, 1, 4711, why));   /* never was there */
    CHECK_OK(fair_segments_sync(w, why));
    CHECK(has(w, 1, 6, 0));
    CHECK(has(w, 1, 7, 2));
    CHECK(!fair_segments_hold(w, 1, 8));
    CHECK(!fair_segments_hold(w, 1, 9));
    CHECK(has(w, 1, 10, 3));
    fair_segments_stat(w, &st);
    CHECK_EQ(st.works, 48);
    for (fair_id id = 1; id <= 50; id++) CHECK_OK(fair_segments_remove(w, 1, id, why));
    CHECK_OK(fair_segments_sync(w, why));
    fair_segments_stat(w, &st);
    CHECK_EQ(st.works, 0);
    CHECK_EQ(fair_segments_count(w), 0);
    fair_segments_free(&w);
    clear(dir);
}

TEST(small_segments_are_merged_and_their_files_go)
{
    const char *dir = folder("merge");
    struct fair_segments *w = writer(dir);
    unsigned files = 0;
    struct dirent *e;
    DIR *d;

    for (fair_id id = 1; id <= 300; id++) {
        CHECK_OK(put(w, 1, id, 0, why));
        if (id % 10 == 0) CHECK_OK(put(w, 1, id / 2, 1, why));
        CHECK_OK(fair_segments_sync(w, why));
        CHECK(fair_segments_count(w) <= 12);
    }
    for (fair_id id = 1; id <= 300; id++) CHECK(has(w, 1, id, id <= 150 && id % 5 == 0));
    d = opendir(dir);
    while ((e = readdir(d)) != NULL) files += strncmp(e->d_name, "seg-", 4) == 0;
    closedir(d);
    CHECK_EQ(files, fair_segments_count(w));
    fair_segments_free(&w);
    clear(dir);
}

TEST(there_is_one_writer)
{
    const char *dir = folder("lock");
    struct fair_segments *w = writer(dir), *other = reader(dir);
    struct fair_err err = { 0 };

    CHECK_EQ(fair_segments_write_begin(other, &err), FAIR_AGAIN);
    CHECK(strstr(err.text, "another process") != NULL);
    fair_segments_free(&w);
    CHECK_OK(fair_segments_write_begin(other, why));
    fair_segments_free(&other);
    clear(dir);
}

TEST(records_without_size_or_owner_are_refused)
{
    const char *dir = folder("refuse");
    struct fair_segments *w = writer(dir);
    static const uint64_t whole[4];
    static const char large[FAIR_SEGMENT_RECORD_MAX + 1];

    CHECK_EQ(fair_segments_put(w, 1, 1, whole, FAIR_STR(""), NULL), FAIR_LIMIT);
    CHECK_EQ(fair_segments_put(w, 1, 1, whole, (fair_str){ large, sizeof large }, NULL), FAIR_LIMIT);
    CHECK_EQ(fair_segments_put(w, 0, 1, whole, FAIR_STR("x"), NULL), FAIR_INVALID);
    CHECK_EQ(fair_segments_put(w, 1, -1, whole, FAIR_STR("x"), NULL), FAIR_INVALID);
    fair_segments_free(&w);
    clear(dir);
}

/* Read everything there is; what is damaged must say so, and nothing may be read as something else. */
static bool
reads_well(const struct fair_segments *s)
{
    bool well = true;
    for (size_t i = 0; i < fair_segments_count(s); i++)
        for (size_t k = 0; k < fair_segments_at(s, i)->n; k++) {
            const struct fair_segment *seg = fair_segments_at(s, i);
            uint64_t whole[4];
            uint8_t bytes[600];
            fair_str got, want = record_of(seg->entries[k].work, 0, whole, bytes);
            struct fair_err err = { 0 };
            if (fair_segment_record(seg, k, &got, &err) != FAIR_OK) {
                CHECK(strstr(err.text, "fairtrack reindex") != NULL);
                well = false;
            } else {
                CHECK(fair_str_eq(got, want));
            }
        }
    return well;
}

/* Every byte of both files, one after the other, turned into another: it is noticed, or it was one that means nothing. */
TEST(a_damaged_byte_anywhere_is_noticed_and_reset_mends)
{
    const char *dir = folder("damage");
    struct fair_arena *a = fair_arena_new();
    const char *which[] = { "manifest", "seg-" };
    struct fair_segments *w = writer(dir);

    for (fair_id id = 1; id <= 5; id++) CHECK_OK(put(w, 1, id, 0, why));
    CHECK_OK(fair_segments_sync(w, why));
    fair_segments_free(&w);
    for (int f = 0; f < 2; f++) {
        char path[512];
        fair_str good;
        unsigned silent = 0;

        path_of(dir, which[f], path);
        CHECK_OK(fair_read_file(a, path, 1 << 20, &good, why));
        for (size_t i = 0; i < good.n; i++) {
            struct fair_segments *r = NULL;
            struct fair_err err = { 0 };
            char *bad = malloc(good.n);
            memcpy(bad, good.p, good.n);
            bad[i] ^= 0x55;
            CHECK_OK(fair_write_file(path, bad, good.n, 0600, why));
            free(bad);
            CHECK_OK(fair_segments_open(dir, SCHEME, &r, why));
            if (fair_segments_refresh(r, NULL, &err) != FAIR_OK) {
                CHECK_EQ(err.status, FAIR_CORRUPT);
                CHECK(strstr(err.text, "fairtrack reindex") != NULL);
                CHECK_EQ(fair_segments_count(r), 0);
            } else if (reads_well(r)) {
                silent++;                       /* the padding behind a record */
            }
            fair_segments_free(&r);
        }
        CHECK(silent <= 5 * 7);
        for (size_t n = 0; n < good.n; n += 1 + good.n / 50) {          /* cut off */
            struct fair_segments *r = NULL;
            CHECK_OK(fair_write_file(path, good.p, n, 0600, why));
            r = reader(dir);
            CHECK_EQ(fair_segments_refresh(r, NULL, NULL), FAIR_CORRUPT);
            fair_segments_free(&r);
        }
        CHECK_OK(fair_write_file(path, good.p, good.n, 0600, why));
        w = reader(dir);
        CHECK_OK(fair_segments_refresh(w, NULL, why));
        CHECK(reads_well(w));
        fair_segments_free(&w);
    }
    {
        char path[512];
        path_of(dir, "seg-", path);
        CHECK_EQ(truncate(path, 200), 0);
        w = reader(dir);
        CHECK_OK(fair_segments_write_begin(w, why));
        CHECK_EQ(put(w, 1, 9, 0, NULL), FAIR_CORRUPT);
        CHECK_EQ(fair_segments_sync(w, NULL), FAIR_CORRUPT);
        CHECK_OK(fair_segments_reset(w, why));
        CHECK_OK(put(w, 1, 9, 0, why));
        CHECK_OK(fair_segments_sync(w, why));
        CHECK(has(w, 1, 9, 0));
        CHECK(!fair_segments_hold(w, 1, 1));
        fair_segments_free(&w);
    }
    fair_arena_free(&a);
    clear(dir);
}

TEST(a_segment_that_is_missing_is_told)
{
    const char *dir = folder("missing");
    struct fair_segments *w = writer(dir), *r = NULL;
    struct fair_err err = { 0 };
    char path[512];

    CHECK_OK(put(w, 1, 1, 0, why));
    CHECK_OK(fair_segments_sync(w, why));
    fair_segments_free(&w);
    path_of(dir, "seg-", path);
    CHECK_EQ(unlink(path), 0);
    r = reader(dir);
    CHECK_EQ(fair_segments_refresh(r, NULL, &err), FAIR_CORRUPT);
    CHECK(strstr(err.text, "index segment") != NULL);
    fair_segments_free(&r);
    clear(dir);
}

TEST(another_scheme_is_not_read)
{
    const char *dir = folder("scheme");
    struct fair_segments *w = writer(dir), *r = NULL;
    struct fair_err err = { 0 };

    CHECK_OK(put(w, 1, 1, 0, why));
    CHECK_OK(fair_segments_sync(w, why));
    CHECK_OK(fair_segments_open(dir, SCHEME + 1, &r, why));
    CHECK_EQ(fair_segments_refresh(r, NULL, &err), FAIR_CORRUPT);
    CHECK(strstr(err.text, "scheme 7, not 8") != NULL);
    fair_segments_free(&w);
    fair_segments_free(&r);
    clear(dir);
}

TEST(a_reset_empties_and_older_readers_keep_what_they_have_mapped)
{
    const char *dir = folder("reset");
    struct fair_segments *w = writer(dir), *r;
    struct fair_segments_stat st;

    for (fair_id id = 1; id <= 20; id++) CHECK_OK(put(w, 1, id, 0, why));
    CHECK_OK(fair_segments_sync(w, why));
    r = reader(dir);
    CHECK_OK(put(w, 1, 99, 0, why));
    CHECK_OK(fair_segments_reset(w, why));
    fair_segments_stat(w, &st);
    CHECK_EQ(st.works, 0);
    CHECK_EQ(st.newest, 0);
    CHECK_OK(fair_segments_sync(w, why));
    CHECK(!fair_segments_hold(w, 1, 99));
    CHECK(has(r, 1, 3, 0));
    CHECK_OK(fair_segments_refresh(r, NULL, why));
    CHECK(!fair_segments_hold(r, 1, 3));
    fair_segments_free(&w);
    fair_segments_free(&r);
    clear(dir);
}

/* A file may become no longer than 20 kB: as if the disk were full. */
TEST(a_sync_that_finds_no_room_changes_nothing_and_can_be_repeated)
{
    const char *dir = folder("full");
    struct rlimit was, little;
    struct fair_segments *w = writer(dir), *r;
    struct fair_err err = { 0 };

    CHECK_OK(put(w, 1, 1, 0, why));
    CHECK_OK(fair_segments_sync(w, why));
    for (fair_id id = 2; id <= 300; id++) CHECK_OK(put(w, 1, id, 0, why));
    signal(SIGXFSZ, SIG_IGN);
    CHECK_EQ(getrlimit(RLIMIT_FSIZE, &was), 0);
    little = was;
    little.rlim_cur = 20000;
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &little), 0);
    CHECK_EQ(fair_segments_sync(w, &err), FAIR_IO);
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &was), 0);
    CHECK(strstr(err.text, "index sync: index segment") == err.text);
    r = reader(dir);
    CHECK(has(r, 1, 1, 0));
    CHECK(!fair_segments_hold(r, 1, 2));
    CHECK_OK(fair_segments_sync(w, why));
    CHECK_OK(fair_segments_refresh(r, NULL, why));
    for (fair_id id = 1; id <= 300; id++) CHECK(has(r, 1, id, 0));
    fair_segments_free(&w);
    fair_segments_free(&r);
    clear(dir);
}

/* The child's life: put works in batches, and after each sync tell the parent how far it is. */
static void
child(const char *dir, fair_id from, uint64_t seed, int tell)
{
    struct fair_segments *s = NULL;
    fair_id id = from;

    if (fair_segments_open(dir, SCHEME, &s, NULL) != FAIR_OK || fair_segments_write_begin(s, NULL) != FAIR_OK) _exit(1);
    for (;;) {
        fair_id batch = 1 + (fair_id)(mix(seed++) % 40), last = id + batch - 1;
        /* before: the batch that is about to be synced; after: that it was */
        if (write(tell, &last, sizeof last) != sizeof last) _exit(1);
        for (; id <= last; id++) {
            if (put(s, 1, id, 0, NULL) != FAIR_OK) _exit(2);
            if (id % 7 == 0 && put(s, 1, id / 2 + 1, 1, NULL) != FAIR_OK) _exit(2);
            if (id % 11 == 0 && fair_segments_remove(s, 2, id, NULL) != FAIR_OK) _exit(2);
        }
        if (fair_segments_sync(s, NULL) != FAIR_OK) _exit(3);
        last = -last;
        if (write(tell, &last, sizeof last) != sizeof last) _exit(1);
    }
}

TEST(a_writer_killed_at_any_moment_leaves_all_that_it_synced_and_nothing_by_half)
{
    const char *dir = folder("kill");
    fair_id done = 0;
    uint64_t seed = 1;
    unsigned midway = 0;
    struct fair_segments *watcher = reader(dir);

    for (int life = 0; life < 80; life++) {
        struct writing w;
        fair_id newest;
        struct fair_segments *r;
        struct fair_segments_stat st;

        seed += 1000;
        w = writing_begin(child, dir, done, seed);
        usleep((useconds_t)(mix(seed * 3) % 12000));
        if (life % 4 == 0) CHECK_OK(fair_segments_refresh(watcher, NULL, why));     /* a reader beside it */
        writing_kill(&w);
        r = reader(dir);
        CHECK_OK(fair_segments_refresh(r, NULL, why));
        fair_segments_stat(r, &st);
        newest = st.newest;
        CHECK(newest == w.acknowledged || newest == w.begun);
        if (newest != w.acknowledged || w.begun != w.acknowledged) midway++;
        CHECK_EQ(st.works, newest);
        for (fair_id id = 1; id <= newest; id++)
            if (!has(r, 1, id, version_at(id, newest))) fail_msg("life %d: work %lld of %lld", life, (long long)id, (long long)newest);
        CHECK_OK(fair_segments_refresh(watcher, NULL, why));
        fair_segments_stat(watcher, &st);
        CHECK_EQ(st.newest, newest);
        fair_segments_free(&r);
        done = newest;
        if (done > 6000) {                      /* begin anew, so that the checks stay short */
            r = writer(dir);
            CHECK_OK(fair_segments_reset(r, why));
            fair_segments_free(&r);
            done = 0;
        }
    }
    print_message("killed in the midst of a batch: %u of 80\n", midway);
    CHECK(midway > 10);
    fair_segments_free(&watcher);
    clear(dir);
}

TEST(a_reader_that_looks_all_the_time_never_sees_half_a_sync)
{
    const char *dir = folder("watch");
    struct fair_segments *r = reader(dir);
    unsigned looks = 0;
    fair_id seen = 0;
    int ends[2], status;
    pid_t pid;

    CHECK_EQ(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child(dir, 1, 42, ends[1]);
        _exit(9);
    }
    close(ends[1]);
    for (int i = 0; i < 3000 && looks < 60; i++) {
        struct fair_segments_stat st;
        bool changed;
        CHECK_OK(fair_segments_refresh(r, &changed, why));
        if (!changed) {
            usleep(200);
            continue;
        }
        fair_segments_stat(r, &st);
        CHECK(st.newest >= seen);
        CHECK_EQ(st.works, st.newest);
        seen = st.newest;
        for (fair_id id = 1; id <= seen; id += 1 + seen / 50) CHECK(has(r, 1, id, version_at(id, seen)));
        looks++;
    }
    kill(pid, SIGKILL);
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    close(ends[0]);
    CHECK(looks > 3);
    fair_segments_free(&r);
    clear(dir);
}

FAIR_TEST_MAIN
