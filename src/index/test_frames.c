/* Rectangles in the query: they are found where they are, and what they hold is looked at closely. */
#include <math.h>
#include <string.h>
#include <dirent.h>
#include <unistd.h>
#include "base/test.h"
#include "index/frames.h"
#include "index/search.h"
#include "index/test_scenes.h"

enum { W = 400, H = 300 };

/* A page: white, a bar along the top, and lines of marks like words. */
static struct fair_image *
page(uint32_t width, uint32_t height)
{
    struct fair_image *im = fair_image_new(width, height, 1);

    seed = 5;
    for (uint32_t y = 0; y < height; y++) memset(fair_image_row(im, y), y < 24 ? 90 : 250, width);
    for (uint32_t y = 40; y + 8 < height; y += 14)
        for (uint32_t x = 12; x + 60 < width; x += 7)
            if (next() % 5 > 0)
                for (uint32_t k = 0; k < 6; k++) memset(fair_image_row(im, y + k) + x + next() % 2, 60, 2 + next() % 3);
    return im;
}

/* Put the picture on the page, k times as large, its upper left corner at x, y. */
static void
put(struct fair_image *on, const struct fair_image *im, float k, uint32_t x, uint32_t y)
{
    const float map[6] = { k, 0, 0, 0, k, 0 };
    struct fair_image *small = edited(im, map, (uint32_t)(k * (float)im->width), (uint32_t)(k * (float)im->height));

    for (uint32_t j = 0; j < small->height; j++) memcpy(fair_image_row(on, y + j) + x, fair_image_row(small, j), small->width);
    fair_image_free(&small);
}

static bool
found(const struct fair_frame *v, size_t n, int32_t x0, int32_t y0, int32_t x1, int32_t y1)
{
    for (size_t i = 0; i < n; i++)
        if (abs(v[i].x0 - x0) <= 1 && abs(v[i].y0 - y0) <= 1 && abs(v[i].x1 - x1) <= 1 && abs(v[i].y1 - y1) <= 1) return true;
    return false;
}

TEST(pictures_on_a_page_are_found_to_the_pixel)
{
    struct fair_image *im = page(512, 384), *a = scene(W, H, 1), *b = scene(W, H, 2);
    struct fair_frame v[FAIR_FRAMES];
    size_t n;

    put(im, a, .3f, 40, 60);
    put(im, b, .2f, 301, 163);
    n = fair_frames_find(im, v);
    CHECK(found(v, n, 40, 60, 160, 150));
    CHECK(found(v, n, 301, 163, 381, 223));
    for (size_t i = 0; i < n; i++) {
        CHECK(v[i].x0 >= 0 && v[i].x0 < v[i].x1 && v[i].x1 <= 512 && v[i].y0 >= 0 && v[i].y0 < v[i].y1 && v[i].y1 <= 384);
        CHECK(v[i].edges > .6f && v[i].edges <= 1 && v[i].free >= 0 && v[i].free <= 1);
    }
    fair_image_free(&im);
    fair_image_free(&a);
    fair_image_free(&b);
}

TEST(a_letterboxed_picture_is_found_between_the_bars_and_the_borders)
{
    struct fair_image *im = fair_image_new(300, 500, 1), *a = scene(W, H, 3);
    struct fair_frame v[FAIR_FRAMES];
    size_t n;

    for (uint32_t y = 0; y < 500; y++) memset(fair_image_row(im, y), 0, 300);
    put(im, a, .75f, 0, 130);
    n = fair_frames_find(im, v);
    CHECK(found(v, n, 0, 130, 300, 355));
    fair_image_free(&im);
    fair_image_free(&a);
}

TEST(there_are_no_rectangles_in_what_is_plain_or_small_or_text)
{
    struct fair_image *im = page(512, 384), *dot = fair_image_new(3, 2, 1), *plain = fair_image_new(512, 512, 1);
    struct fair_frame v[FAIR_FRAMES];

    CHECK_EQ(fair_frames_find(im, v), 0);
    memset(dot->data, 7, dot->stride * 2);
    CHECK_EQ(fair_frames_find(dot, v), 0);
    memset(plain->data, 200, plain->stride * 512);
    CHECK_EQ(fair_frames_find(plain, v), 0);
    fair_image_free(&im);
    fair_image_free(&dot);
    fair_image_free(&plain);
}

TEST(stripes_and_noise_of_any_size_are_survived)
{
    for (uint32_t k = 0; k < 60; k++) {
        uint32_t w = 64 + next() % 449, h = 64 + next() % 449;
        struct fair_image *im = fair_image_new(w, h, 1);
        struct fair_frame v[FAIR_FRAMES];
        size_t n;
        for (uint32_t y = 0; y < h; y++)
            for (uint32_t x = 0; x < w; x++)
                fair_image_row(im, y)[x] = (uint8_t)(k % 3 == 0 ? next() : k % 3 == 1 ? (x / 8 % 2 ^ y / (4 + k) % 2 ? 230 : 20) : (x / (3 + k) + 2 * (y / 9)) % 4 * 60);
        n = fair_frames_find(im, v);
        CHECK(n <= FAIR_FRAMES);
        for (size_t i = 0; i < n; i++) CHECK(v[i].x0 >= 0 && v[i].x0 < v[i].x1 && v[i].x1 <= (int32_t)w && v[i].y0 >= 0 && v[i].y0 < v[i].y1 && v[i].y1 <= (int32_t)h);
        fair_image_free(&im);
    }
}

enum { WORKS = 6 };
static struct fair_image *works[WORKS];

static fair_status
proof(void *self, fair_id work, const struct fair_image **out, struct fair_err *err)
{
    (void)self;
    if (work < 1 || work > WORKS) return fair_fail(err, FAIR_NOT_FOUND, "no proof of %lld", (long long)work);
    *out = works[work - 1];
    return FAIR_OK;
}

/* An index of the works, in a folder that is made. */
static struct fair_index *
catalogue(char *folder, struct fair_arena *a)
{
    struct fair_index *ix = NULL;

    assert_non_null(mkdtemp(folder));
    CHECK_OK(fair_index_open(folder, &ix, why));
    for (uint32_t i = 0; i < WORKS; i++) {
        struct fair_fingerprint fp;
        works[i] = scene(W, H, i);
        fair_fingerprint_take(works[i], W, H, FAIR_FOR_CATALOGUE, a, &fp);
        CHECK_OK(fair_index_put_tail(ix, 1, (fair_id)i + 1, &fp, why));
    }
    return ix;
}

static void
put_away(struct fair_index **ix, const char *folder)
{
    DIR *d = opendir(folder);

    fair_index_free(ix);
    for (uint32_t i = 0; i < WORKS; i++) fair_image_free(&works[i]);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) unlinkat(dirfd(d), e->d_name, 0);
    if (d != NULL) closedir(d);
    rmdir(folder);
}

/* The score of `work` in the picture, and where it is said to be. */
static float
score(const struct fair_index *ix, const struct fair_image *im, unsigned off, fair_id work, float box[4])
{
    struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint fp;
    struct fair_query q = { .fp = &fp, .grey = im, .proof = proof, .arena = a };
    struct fair_matches m;
    float s = 0;

    fair_fingerprint_take(im, im->width, im->height, FAIR_FOR_QUERY, a, &fp);
    CHECK_OK(fair_index_search(ix, &q, off, &m, why));
    for (size_t i = 0; i < m.n; i++)
        if (m.v[i].work == work) { s = m.v[i].score; memcpy(box, m.v[i].box, sizeof m.v[i].box); }
    fair_arena_free(&a);
    return s;
}

TEST(what_is_passed_over_would_not_have_been_told)
{
    char folder[] = "/tmp/fair-frames-XXXXXX";
    struct fair_arena *a = fair_arena_new();
    struct fair_index *ix = catalogue(folder, a);
    unsigned passed = 0, found = 0;

    for (uint32_t i = 0; i < 40; i++) {
        struct fair_image *im = i % 4 == 0 ? page(512, 384) : scene(512, 384, 300 + i);
        struct fair_fingerprint fp;
        if (i % 4 == 0) put(im, works[i / 4 % WORKS], .5f, 60, 40);       /* a work is in it, and the others are not */
        fair_fingerprint_take(im, im->width, im->height, FAIR_FOR_QUERY, a, &fp);
        for (int all = 0; all < 2; all++) {
            struct fair_search s = { .q = { .fp = &fp, .grey = im, .proof = proof, .arena = a }, .all = all == 1 };
            struct fair_matches m;
            CHECK_OK(fair_index_search_with(ix, &s, 0, &m, why));
            for (size_t k = 0; k < m.n; k++) {
                if (m.v[k].score > .5f) found += all == 0;
                if (!s.clues[k].chance) continue;
                passed++;
                CHECK(all == 1 && m.v[k].score < .05f);
            }
        }
        fair_image_free(&im);
    }
    print_message("passed over: %u, found: %u\n", passed, found);
    CHECK(passed >= 10 && found >= 8);
    put_away(&ix, folder);
    fair_arena_free(&a);
}

TEST(a_picture_too_small_for_its_spots_is_found_in_its_rectangle)
{
    char folder[] = "/tmp/fair-frames-XXXXXX";
    struct fair_arena *a = fair_arena_new();
    struct fair_index *ix = catalogue(folder, a);
    unsigned off = 0;
    int better = 0;

    for (size_t i = 0; i < fair_n_stages; i++)
        if (strcmp(fair_stages[i].name, "frames") == 0) off = 1u << i;
    CHECK(off != 0);
    for (uint32_t i = 0; i < WORKS; i++) {
        struct fair_image *im = page(512, 384), *other = scene(W, H, 100 + i), *small;
        const float aside[6] = { .16f, 0, 0, 0, .16f, 0 };
        float box[4] = { 0 }, none[4], with, without;
        put(im, other, .4f, 30, 60);
        small = edited(works[i], aside, 64, 48);
        for (uint32_t y = 0; y < 48; y++) memcpy(fair_image_row(im, 220 + y) + 341, fair_image_row(small, y), 64);
        with = score(ix, im, 0, (fair_id)i + 1, box);
        without = score(ix, im, off, (fair_id)i + 1, none);
        CHECK(with >= without - .01f);
        if (with > .8f && without < .05f) better++;
        if (with > .8f) CHECK(fabsf(box[0] - 341) < 2 && fabsf(box[1] - 220) < 2 && fabsf(box[2] - 405) < 2 && fabsf(box[3] - 268) < 2);
        fair_image_free(&im);
        fair_image_free(&other);
        fair_image_free(&small);
    }
    print_message("found in their rectangles only: %d of %d\n", better, WORKS);
    CHECK(better >= WORKS / 2);
    put_away(&ix, folder);
    fair_arena_free(&a);
}

TEST(all_of_a_page_of_thumbnails_are_looked_up)
{
    char folder[] = "/tmp/fair-frames-XXXXXX";
    struct fair_arena *a = fair_arena_new();
    struct fair_index *ix = catalogue(folder, a);
    const float small[6] = { 72.f / W, 0, 0, 0, 54.f / H, 0 };
    int found = 0;

    for (uint32_t i = 0; i < WORKS; i++) {
        struct fair_image *im = fair_image_new(512, 390, 1);
        float box[4] = { 0 };
        memset(im->data, 250, (size_t)im->stride * im->height);
        for (uint32_t k = 0; k < 30; k++) {           /* the work the last of them, others about it */
            struct fair_image *other = k == 29 ? NULL : scene(W, H, 1000 + 30 * i + k), *t = edited(k == 29 ? works[i] : other, small, 72, 54);
            for (uint32_t y = 0; y < 54; y++) memcpy(fair_image_row(im, 12 + k / 6 * 75 + y) + 10 + k % 6 * 84, fair_image_row(t, y), 72);
            fair_image_free(&t);
            fair_image_free(&other);
        }
        found += score(ix, im, 0, (fair_id)i + 1, box) > .8f && fabsf(box[0] - 430) < 3 && fabsf(box[1] - 312) < 3;
        fair_image_free(&im);
    }
    print_message("found among thirty: %d of %d\n", found, WORKS);
    CHECK(found >= WORKS / 2);
    put_away(&ix, folder);
    fair_arena_free(&a);
}

FAIR_TEST_MAIN
