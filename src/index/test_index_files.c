#include <fcntl.h>
#include <math.h>
#include "fingerprint/fingerprint.h"
#include "index/search.h"
#include "index/test_folder.h"

static uint64_t
any64(uint64_t *s)
{
    *s ^= *s << 13; *s ^= *s >> 7; *s ^= *s << 17;
    return *s;
}

/* A picture of its own for each number: blots on waves. */
static void
fingerprint_of(unsigned number, struct fair_arena *a, struct fair_fingerprint *out)
{
    FAIR_AUTO(image) struct fair_image *im = fair_image_new(320, 240, 1);
    uint64_t s = 0x9e3779b97f4a7c15u * (number + 1);
    const double dx = (double)(any64(&s) % 100) / 1500, dy = (double)(any64(&s) % 100) / 1500;

    for (uint32_t y = 0; y < 240; y++)
        for (uint32_t x = 0; x < 320; x++) fair_image_row(im, y)[x] = (uint8_t)(128 + 60 * sin(dx * x + dy * y + dx * 40 * sin(y * dy)));
    for (int i = 0; i < 90; i++) {
        const int cx = (int)(any64(&s) % 320), cy = (int)(any64(&s) % 240), r = 3 + (int)(any64(&s) % 14);
        const uint8_t shade = (uint8_t)any64(&s);
        const double flat = 0.5 + (double)(any64(&s) % 100) / 100;
        for (int y = cy - r; y <= cy + r; y++)
            for (int x = cx - r; x <= cx + r; x++)
                if (x >= 0 && x < 320 && y >= 0 && y < 240 && (x - cx) * (x - cx) + flat * (y - cy) * (y - cy) < r * r)
                    fair_image_row(im, (uint32_t)y)[x] = shade;
    }
    fair_fingerprint_take(im, 320, 240, FAIR_FOR_QUERY, a, out);
}

static struct fair_index *
opened(const char *dir)
{
    struct fair_index *ix = NULL;
    CHECK_OK(fair_index_open(dir, &ix, why));
    return ix;
}

/* The best work for the picture `number`, 0 for none.  No proofs are at hand, so that a copy is possible and no more. */
static fair_id
best(const struct fair_index *ix, fair_id org, unsigned number)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint fp;
    struct fair_query q = { .fp = &fp, .org = org, .arena = a };
    struct fair_matches found = { 0 };

    fingerprint_of(number, a, &fp);
    CHECK_OK(fair_index_search(ix, &q, 0, &found, why));
    return found.n > 0 && found.v[0].verdict == FAIR_POSSIBLE && found.v[0].score > .5f ? found.v[0].work : 0;
}

static void
put(struct fair_index *ix, bool tail, fair_id org, fair_id work, unsigned number)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint fp;

    fingerprint_of(number, a, &fp);
    CHECK(fp.n_parts > 20);
    if (tail) CHECK_OK(fair_index_put_tail(ix, org, work, &fp, why));
    else CHECK_OK(fair_index_put(ix, org, work, &fp, why));
}

TEST(a_work_is_found_from_the_tail_and_from_the_files)
{
    const char *dir = folder("both");
    struct fair_index *w = opened(dir), *r = opened(dir);
    struct fair_index_stat st;

    put(r, true, 1, 11, 1);
    CHECK_EQ(best(r, 1, 1), 11);
    CHECK_EQ(best(r, 0, 1), 11);
    CHECK_EQ(best(r, 2, 1), 0);
    CHECK_EQ(best(r, 1, 2), 0);
    CHECK(fair_index_holds(r, 1, 11));
    put(r, true, 1, 11, 1);                       /* again: the same */
    fair_index_stat(r, &st);
    CHECK_EQ(st.works, 1);
    CHECK_EQ(st.newest, 0);

    CHECK_OK(fair_index_write_begin(w, why));
    put(w, false, 1, 11, 1);
    put(w, false, 1, 12, 2);
    CHECK(fair_index_holds(w, 1, 12));
    fair_index_stat(w, &st);
    CHECK_EQ(st.works, 2);
    CHECK_EQ(best(w, 1, 2), 0);
    CHECK_OK(fair_index_sync(w, why));
    CHECK_EQ(best(w, 1, 2), 12);
    fair_index_stat(w, &st);
    CHECK_EQ(st.works, 2);
    CHECK_EQ(st.newest, 12);

    CHECK_EQ(best(r, 1, 2), 0);
    CHECK_OK(fair_index_refresh(r, why));         /* the tail is forgotten, the files have it */
    CHECK_EQ(best(r, 1, 1), 11);
    CHECK_EQ(best(r, 1, 2), 12);
    put(r, true, 1, 12, 2);                       /* passed over */
    fair_index_stat(r, &st);
    CHECK_EQ(st.works, 2);
    fair_index_free(&w);
    fair_index_free(&r);
    clear(dir);
}

TEST(a_work_removed_or_replaced_is_found_no_more_as_it_was)
{
    const char *dir = folder("gone");
    struct fair_index *w = opened(dir);
    struct fair_index_stat st;

    CHECK_OK(fair_index_write_begin(w, why));
    for (unsigned i = 1; i <= 6; i++) put(w, false, 1, i, i);
    CHECK_OK(fair_index_sync(w, why));
    CHECK_EQ(best(w, 1, 3), 3);
    CHECK_OK(fair_index_remove(w, 1, 3, why));
    put(w, false, 1, 4, 44);
    put(w, true, 1, 7, 7);
    fair_index_stat(w, &st);
    CHECK_EQ(st.works, 6);
    CHECK(!fair_index_holds(w, 1, 3));
    CHECK_OK(fair_index_sync(w, why));
    CHECK_EQ(best(w, 1, 3), 0);
    CHECK_EQ(best(w, 1, 4), 0);
    CHECK_EQ(best(w, 1, 44), 4);
    CHECK_EQ(best(w, 1, 5), 5);
    CHECK_EQ(best(w, 1, 7), 7);                   /* still of the tail */
    CHECK_OK(fair_index_remove(w, 1, 7, why));
    CHECK_EQ(best(w, 1, 7), 0);
    CHECK_OK(fair_index_reset(w, why));
    CHECK_EQ(best(w, 1, 5), 0);
    fair_index_stat(w, &st);
    CHECK_EQ(st.works, 0);
    fair_index_free(&w);
    clear(dir);
}

/* Many more than one shelf of the tail holds, some put twice. */
TEST(a_long_tail_is_found_in_whole)
{
    const char *dir = folder("long");
    struct fair_index *ix = opened(dir);
    struct fair_index_stat st;
    unsigned shelves = 0;

    for (unsigned i = 1; i <= 300; i++) {
        put(ix, true, 1, i, i);
        if (i % 50 == 0) put(ix, true, 1, i / 2, 1000 + i);
    }
    fair_index_stat(ix, &st);
    CHECK_EQ(st.works, 300);
    for (unsigned i = 1; i <= 300; i += 7) {
        const bool anew = i <= 150 && i % 25 == 0;
        CHECK_EQ(best(ix, 1, i), anew ? 0 : i);
    }
    CHECK_EQ(best(ix, 1, 1000 + 300), 150);
    CHECK_EQ(best(ix, 1, 150), 0);
    while (fair_index_shelf(ix, shelves) != NULL) shelves++;
    CHECK(shelves <= 4);
    fair_index_free(&ix);
    clear(dir);
}

TEST(a_damaged_record_is_told_by_the_search)
{
    const char *dir = folder("damage");
    struct fair_index *w = opened(dir);
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint fp;
    struct fair_query q = { .fp = &fp, .org = 1, .arena = a };
    struct fair_matches found = { 0 };
    struct fair_err err = { 0 };
    DIR *d;
    struct dirent *e;

    fingerprint_of(1, a, &fp);
    CHECK_OK(fair_index_write_begin(w, why));
    put(w, false, 1, 1, 1);
    CHECK_OK(fair_index_sync(w, why));
    fair_index_free(&w);
    d = opendir(dir);
    while ((e = readdir(d)) != NULL)
        if (strncmp(e->d_name, "seg-", 4) == 0) {
            int fd = openat(dirfd(d), e->d_name, O_RDWR);
            CHECK_EQ(pwrite(fd, "\xff\xff\xff", 3, 400), 3);
            close(fd);
        }
    closedir(d);
    w = opened(dir);
    CHECK_OK(fair_index_refresh(w, why));
    CHECK_EQ(fair_index_search(w, &q, 0, &found, &err), FAIR_CORRUPT);
    CHECK(strstr(err.text, "run fairtrack reindex") != NULL);
    CHECK_OK(fair_index_write_begin(w, why));
    CHECK_OK(fair_index_reset(w, why));
    put(w, false, 1, 1, 1);
    CHECK_OK(fair_index_sync(w, why));
    CHECK_EQ(best(w, 1, 1), 1);
    fair_index_free(&w);
    clear(dir);
}

FAIR_TEST_MAIN
