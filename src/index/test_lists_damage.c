/* Lists of a large segment that are damaged, lie or are of another version are told, and a writer that is killed leaves all that it synced. */
#include <sys/stat.h>
#include "base/io.h"
#include "index/test_killed.h"
#include "index/test_lists.h"

/* ---- damage ------------------------------------------------------------------ */

/* The segment in `dir` made of `bytes`, with its sums and the manifest's as if it had been written so. */
static void
reseal(const char *dir, char *bytes, size_t n)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_segment_head *h = (void *)bytes;
    char path[512];
    fair_str manifest;
    char *m;
    struct fair_sha256 sum;

    if (h->records_at <= n && h->records_at >= sizeof *h) {
        sum = fair_sha256_of(h + 1, h->records_at - sizeof *h);
        memcpy(h->columns, sum.b, 32);
    }
    sum = fair_sha256_of(h, offsetof(struct fair_segment_head, seal));
    memcpy(h->seal, sum.b, 32);
    path_of(dir, "seg-", path);
    CHECK_OK(fair_write_file(path, bytes, n, 0600, why));
    path_of(dir, "manifest", path);
    CHECK_OK(fair_read_file(a, path, 1 << 20, &manifest, why));
    m = fair_alloc(a, manifest.n);
    memcpy(m, manifest.p, manifest.n);
    memcpy(m + sizeof(struct fair_manifest_head) + offsetof(struct fair_manifest_entry, seal), h->seal, 32);
    sum = fair_sha256_of(m, manifest.n - 32);
    memcpy(m + manifest.n - 32, sum.b, 32);
    CHECK_OK(fair_write_file(path, m, manifest.n, 0600, why));
}

static fair_str
written(const char *dir, struct fair_arena *a, size_t n)
{
    struct fair_segments *w = writer(dir, 5);
    char path[512];
    fair_str good;

    for (fair_id id = 1; id <= (fair_id)n; id++) CHECK_OK(put(w, 1, id, 0, why));
    CHECK_OK(fair_segments_sync(w, why));
    fair_segments_free(&w);
    path_of(dir, "seg-", path);
    CHECK_OK(fair_read_file(a, path, 64 << 20, &good, why));
    return good;
}

/* Open, search, and merge: nothing of it may go wrong otherwise than by saying that the index is damaged.  What was said. */
static fair_status
use(const char *dir, bool *told)
{
    struct fair_index *ix = index_of(dir, 5);
    struct fair_err err = { 0 };
    fair_status status = fair_index_refresh(ix, &err);
    bool here;

    *told = status != FAIR_OK;
    for (fair_id id = 1; id <= 8 && status == FAIR_OK; id += 3) {
        status = finds(ix, 0, id, 0, 0, false, &here, &err);
        *told |= status != FAIR_OK;
    }
    if (status == FAIR_OK) {
        CHECK_OK(fair_index_write_begin(ix, why));
        for (fair_id id = 100; id < 110; id++) put_work(ix, 1, id, 0);
        status = fair_index_sync(ix, &err);
    }
    if (status != FAIR_OK) {
        CHECK_EQ(status, FAIR_CORRUPT);
        CHECK(strstr(err.text, "fairtrack reindex") != NULL || strstr(err.text, "index") != NULL);
    }
    fair_index_free(&ix);
    return status;
}

TEST(a_damaged_byte_in_a_listed_segment_is_noticed_before_it_is_merged)
{
    const char *dir = folder("damage");
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str good = written(dir, a, 8), manifest;
    const struct fair_segment_head *h = (const void *)good.p;
    char path[512], list[512];
    unsigned silent = 0;

    path_of(dir, "manifest", list);
    CHECK_OK(fair_read_file(a, list, 1 << 20, &manifest, why));
    path_of(dir, "seg-", path);
    for (size_t i = 0; i < good.n; i += i < sizeof *h ? 1 : i < h->records_at ? 20011 : 211) {
        char *bad = fair_xmalloc(good.n);
        bool told;
        memcpy(bad, good.p, good.n);
        bad[i] = (char)(bad[i] ^ 0x55);
        clear(dir);
        CHECK_EQ(mkdir(dir, 0700), 0);
        CHECK_OK(fair_write_file(path, bad, good.n, 0600, why));
        CHECK_OK(fair_write_file(list, manifest.p, manifest.n, 0600, why));
        if (use(dir, &told) == FAIR_OK) silent++;      /* padding of a record, or at the end */
        free(bad);
    }
    CHECK(silent <= 1);
    clear(dir);
}

/* Whoever can write the file can write its sums too: bounds are looked at all the same. */
TEST(a_listed_segment_that_lies_is_read_within_its_bounds)
{
    const char *dir = folder("lies");
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str good = written(dir, a, 8);
    const struct fair_segment_head *head = (const void *)good.p;
    const size_t groups = sizeof *head + 8 * sizeof(struct fair_segment_entry) + 512, first = groups + FAIR_LISTS_GROUPS * sizeof(struct fair_lists_group);
    struct { size_t at; uint64_t value; unsigned bytes; bool at_opening; } lies[] = {
        { offsetof(struct fair_segment_head, n_parts), head->n_parts + 1, 8, true },
        { offsetof(struct fair_segment_head, n_parts), UINT64_MAX / 28, 8, true },
        { offsetof(struct fair_segment_head, n_full), head->n_full + 2, 8, true },
        { offsetof(struct fair_segment_head, n_full), UINT64_MAX, 8, true },
        { offsetof(struct fair_segment_head, lists_at), 8, 8, true },
        { offsetof(struct fair_segment_head, lists_at), head->lists_at + 8, 8, true },
        { offsetof(struct fair_segment_head, records_at), head->lists_at + 64, 8, true },
        { groups, UINT64_MAX, 8, true },                                    /* drawers that nothing is in */
        { groups + 16 + 8, 4000000000u, 4, true },
        { first, 1, 4, true },
        { first + 4, 0, 4, true },
        { first + 8, 4000000000u, 4, true },
        { first + 4 * head->n_full, 4000000000u, 4, true },
        { sizeof *head + 16, head->lists_at, 8, true },                     /* the first record's place */
    };

    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        char *bad = fair_xmalloc(good.n);
        bool told;
        memcpy(bad, good.p, good.n);
        memcpy(bad + lies[i].at, &lies[i].value, lies[i].bytes);
        reseal(dir, bad, good.n);
        CHECK_EQ(use(dir, &told), FAIR_CORRUPT);
        CHECK(told);
        free(bad);
    }
    /* in the lists and records: a work, a part or a place that is not there */
    for (unsigned what = 0; what < 3; what++) {
        char *bad = fair_xmalloc(good.n);
        bool told;
        memcpy(bad, good.p, good.n);
        for (uint64_t p = 0; what < 2 && p < head->n_parts; p++) {
            struct fair_kept *part = (void *)(bad + head->lists_at + head->n_parts * 16 + p * sizeof *part);
            part->listed = what == 0 ? fair_listed(8 + (uint32_t)p % 1000, fair_listed_part(part->listed), fair_listed_turn(part->listed))
                                     : fair_listed(fair_listed_work(part->listed), 127, fair_listed_turn(part->listed));
        }
        for (size_t k = 0; what == 2 && k < 8; k++) {
            struct fair_segment_entry *e = (struct fair_segment_entry *)(void *)(bad + sizeof *head) + k;
            uint8_t *record = (uint8_t *)bad + head->records_at + e->offset;
            const uint32_t far = UINT32_MAX - (uint32_t)k;
            if (e->length > 100) memcpy(record + 88, &far, 4);
            e->sum = fair_segment_sum(record, e->length);
        }
        reseal(dir, bad, good.n);
        CHECK_EQ(use(dir, &told), FAIR_CORRUPT);
        free(bad);
    }
    clear(dir);
}

TEST(a_listed_segment_of_the_version_before_is_told_and_made_anew)
{
    const char *dir = folder("version");
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str good = written(dir, a, 8);
    char *old = fair_alloc(a, good.n);
    struct fair_segment_head *h = (void *)old;
    struct fair_index *ix;
    struct fair_err err = { 0 };
    bool here;

    memcpy(old, good.p, good.n);
    memcpy(h->magic, "FAIRSEG2", 8);
    h->version = 2;
    reseal(dir, old, good.n);
    ix = index_of(dir, 5);
    CHECK_EQ(fair_index_refresh(ix, &err), FAIR_CORRUPT);
    CHECK(strstr(err.text, "not a segment of version 1 or 3: run fairtrack reindex") != NULL);
    CHECK_OK(fair_index_write_begin(ix, why));
    CHECK_OK(fair_index_reset(ix, why));
    for (fair_id id = 1; id <= 8; id++) put_work(ix, 1, id, 0);
    CHECK_OK(fair_index_sync(ix, why));
    CHECK_OK(finds(ix, 0, 4, 0, 0, false, &here, why));
    CHECK(here);
    fair_index_free(&ix);
    clear(dir);
}

/* ---- a writer that is killed ------------------------------------------------- */

static void
child(const char *dir, fair_id id, uint64_t seed, int tell)
{
    struct fair_segments *s = NULL;

    if (fair_segments_open(dir, FAIR_SCHEME, &s, NULL) != FAIR_OK || fair_segments_write_begin(s, NULL) != FAIR_OK) _exit(1);
    fair_segments_list_from(s, 12);
    for (;;) {
        fair_id last = id + (fair_id)(mix(seed++) % 30);
        if (write(tell, &last, sizeof last) != sizeof last) _exit(1);
        for (; id <= last; id++) {
            if (put(s, 1, id, 0, NULL) != FAIR_OK) _exit(2);
            if (id % 7 == 0 && put(s, 1, id / 2 + 1, 1, NULL) != FAIR_OK) _exit(2);
        }
        if (fair_segments_sync(s, NULL) != FAIR_OK) _exit(3);
        last = -last;
        if (write(tell, &last, sizeof last) != sizeof last) _exit(1);
    }
}

TEST(a_writer_of_lists_killed_at_any_moment_leaves_all_that_it_synced)
{
    const char *dir = folder("kill");
    struct fair_segments *watcher = opened(dir, 12);
    fair_id done = 0;
    unsigned midway = 0, lists = 0;

    for (int life = 0; life < 24; life++) {
        struct writing w = writing_begin(child, dir, done, (uint64_t)life * 1000);
        struct fair_segments_stat st;
        struct fair_segments *r;

        while (w.acknowledged < done + 10 * (life % 4) && writing_hear(&w)) { }      /* however slow it is */
        usleep((useconds_t)(mix((uint64_t)life * 3) % 40000));
        if (life % 3 == 0) CHECK_OK(fair_segments_refresh(watcher, NULL, why));
        writing_kill(&w);
        r = opened(dir, 12);
        CHECK_OK(fair_segments_refresh(r, NULL, why));
        fair_segments_stat(r, &st);
        CHECK(st.newest == w.acknowledged || st.newest == w.begun);
        midway += w.begun != w.acknowledged;
        CHECK_EQ(st.works, st.newest);
        for (fair_id id = 1; id <= st.newest; id++) {
            bool listed = false;
            if (!has(r, 1, id, version_at(id, st.newest), &listed)) fail_msg("life %d: work %lld of %lld", life, (long long)id, (long long)st.newest);
            lists += listed;
        }
        CHECK_OK(fair_segments_refresh(watcher, NULL, why));
        CHECK(st.newest == 0 || has(watcher, 1, st.newest, 0, NULL));
        done = st.newest;
        fair_segments_free(&r);
    }
    print_message("killed in the midst of a batch: %u of 24\n", midway);
    CHECK(midway > 3);
    CHECK(lists > 100);
    fair_segments_free(&watcher);
    clear(dir);
}

FAIR_TEST_MAIN
