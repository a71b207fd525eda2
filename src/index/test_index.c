/* The matcher over made pictures: edited copies are found with the right map, others are not. */
#include <math.h>
#include <unistd.h>
#include <dirent.h>
#include "base/test.h"
#include "index/search.h"
#include "index/test_scenes.h"

enum { WORKS = 6, W = 400, H = 300 };
static struct { char folder[64]; struct fair_index *ix; struct fair_image *grey[WORKS]; struct fair_arena *a; } g;

static fair_status
proof(void *self, fair_id work, const struct fair_image **out, struct fair_err *err)
{
    (void)self;
    if (work < 1 || work > WORKS) return fair_fail(err, FAIR_NOT_FOUND, "no proof of %lld", (long long)work);
    *out = g.grey[work - 1];
    return FAIR_OK;
}

/* Register the pictures in g.grey. */
static void
put_all(bool tail)
{
    struct fair_fingerprint fp;

    g.a = fair_arena_new();
    snprintf(g.folder, sizeof g.folder, "/tmp/fair-index-XXXXXX");
    assert_non_null(mkdtemp(g.folder));
    CHECK_OK(fair_index_open(g.folder, &g.ix, why));
    if (!tail) CHECK_OK(fair_index_write_begin(g.ix, why));
    for (uint32_t i = 0; i < WORKS; i++) {
        fair_fingerprint_take(g.grey[i], g.grey[i]->width, g.grey[i]->height, FAIR_FOR_CATALOGUE, g.a, &fp);
        if (tail) CHECK_OK(fair_index_put_tail(g.ix, 1, (fair_id)i + 1, &fp, why));
        else CHECK_OK(fair_index_put(g.ix, 1, (fair_id)i + 1, &fp, why));
    }
    if (!tail) CHECK_OK(fair_index_sync(g.ix, why));
}

static void
set_up(bool tail)
{
    for (uint32_t i = 0; i < WORKS; i++) g.grey[i] = scene(W, H, i);
    put_all(tail);
}

static void
tear_down(void)
{
    DIR *d;
    struct dirent *e;

    fair_index_free(&g.ix);
    for (int i = 0; i < WORKS; i++) fair_image_free(&g.grey[i]);
    fair_arena_free(&g.a);
    d = opendir(g.folder);
    while (d != NULL && (e = readdir(d)) != NULL) unlinkat(dirfd(d), e->d_name, 0);
    if (d != NULL) closedir(d);
    rmdir(g.folder);
}

static struct fair_matches
search(const struct fair_image *im, fair_id org, bool pixels)
{
    struct fair_fingerprint fp;
    struct fair_matches m = { 0 };
    struct fair_query q = { .grey = pixels ? im : NULL, .org = org, .proof = pixels ? proof : NULL, .arena = g.a };

    fair_fingerprint_take(im, im->width, im->height, FAIR_FOR_QUERY, g.a, &fp);
    q.fp = &fp;
    CHECK_OK(fair_index_search(g.ix, &q, 0, &m, why));
    return m;
}

/* Unlikely pairs too. */
static struct fair_matches
search_for_all(const struct fair_image *im)
{
    struct fair_fingerprint fp;
    struct fair_matches m = { 0 };
    struct fair_search s = { .q = { .fp = &fp, .grey = im, .proof = proof, .arena = g.a }, .all = true };

    fair_fingerprint_take(im, im->width, im->height, FAIR_FOR_QUERY, g.a, &fp);
    CHECK_OK(fair_index_search_with(g.ix, &s, 0, &m, why));
    return m;
}

static void
check_map(const struct fair_match *m, const float map[6], float within)
{
    CHECK(m->has_map);
    for (int k = 0; k < 4; k++) {
        float x = k & 1 ? W : 0, y = k & 2 ? H : 0;
        float u = map[0] * x + map[1] * y + map[2], v = map[3] * x + map[4] * y + map[5];
        float p = m->map[0] * x + m->map[1] * y + m->map[2], q = m->map[3] * x + m->map[4] * y + m->map[5];
        if (hypotf(u - p, v - q) > within)
            fail_msg("a corner should be at %.1f, %.1f and is at %.1f, %.1f", (double)u, (double)v, (double)p, (double)q);
    }
}

TEST(edited_copies_are_found_with_their_maps)
{
    static const struct { const char *what; float map[6]; uint32_t w, h; bool mirrored; } edits[] = {
        { "as it is", { 1, 0, 0, 0, 1, 0 }, W, H, false },
        { "half the size", { .5f, 0, 0, 0, .5f, 0 }, W / 2, H / 2, false },
        { "mirrored", { -1, 0, W, 0, 1, 0 }, W, H, true },
        { "turned by 90", { 0, -1, H, 1, 0, 0 }, H, W, false },
        { "upside down", { 1, 0, 0, 0, -1, H }, W, H, true },
        { "turned by 20", { .94f, -.342f, 103, .342f, .94f, 0 }, 480, 420, false },
        { "cropped", { 1, 0, -120, 0, 1, -70 }, 200, 160, false },
        { "pasted small", { .4f, 0, 200, 0, .4f, 150 }, 512, 384, false },
        { "squeezed", { .8f, 0, 0, 0, 1, 0 }, W * 4 / 5, H, false },
        { "mirrored, turned and pasted", { -.5f, .2f, 280, .2f, .5f, 60 }, 500, 400, true },
    };

    for (int tail = 0; tail < 2; tail++) {
        set_up(tail != 0);
        for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
            struct fair_image *im = edited(g.grey[i % WORKS], edits[i].map, edits[i].w, edits[i].h);
            struct fair_matches m = search(im, 0, true);
            print_message("%s\n", edits[i].what);
            CHECK(m.n >= 1);
            CHECK_EQ(m.v[0].work, (fair_id)(i % WORKS) + 1);
            CHECK_EQ(m.v[0].verdict, FAIR_MATCH);
            CHECK_EQ(m.v[0].mirrored, edits[i].mirrored);
            check_map(&m.v[0], edits[i].map, 3);
            CHECK(m.v[0].box[0] >= 0 && m.v[0].box[2] <= (float)im->width && m.v[0].box[0] < m.v[0].box[2]);
            for (size_t k = 1; k < m.n; k++) CHECK(m.v[k].verdict != FAIR_MATCH);
            fair_image_free(&im);
        }
        tear_down();
    }
}

TEST(pictures_nobody_registered_match_nothing)
{
    set_up(true);
    for (uint32_t i = 100; i < 112; i++) {
        struct fair_image *im = scene(W, H, i);
        struct fair_matches m = search(im, 0, true);
        for (size_t k = 0; k < m.n; k++) CHECK(m.v[k].verdict != FAIR_MATCH && m.v[k].score < .5f);
        fair_image_free(&im);
    }
    tear_down();
}

/* ---- the second opinion ----------------------------------------------------------------------- */

/* With grain of at most `much` greys, and a part of another picture laid over the right half, `over` of its height. */
static struct fair_image *
doubtful(const struct fair_image *im, const struct fair_image *other, unsigned much, float over)
{
    struct fair_image *out = fair_image_new(im->width, im->height, 1);

    seed = 4711;
    for (uint32_t y = 0; y < im->height; y++)
        for (uint32_t x = 0; x < im->width; x++) {
            const struct fair_image *from = x > im->width / 3 && (float)y < over * (float)im->height ? other : im;
            int v = fair_image_row(from, y)[x] + (int)(next() % (2 * much + 1)) - (int)much;
            fair_image_row(out, y)[x] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
    return out;
}

TEST(the_verifier_is_asked_where_the_score_is_open_and_nowhere_else)
{
    unsigned off = 0, open = 0, shut = 0;

    for (size_t i = 0; i < fair_n_stages; i++)
        if (strcmp(fair_stages[i].name, "learned") == 0) off = 1u << i;
    CHECK(off != 0);
    set_up(true);
    for (unsigned k = 0; k < 8; k++) {
        FAIR_AUTO(image) struct fair_image *im = doubtful(g.grey[k % WORKS], g.grey[(k + 1) % WORKS], 4 + 12 * k, .12f * (float)k);
        struct fair_fingerprint fp;
        struct fair_matches with, without;
        struct fair_search s = { .q = { .grey = im, .proof = proof, .arena = g.a, .fp = &fp } }, t = s;
        fair_fingerprint_take(im, im->width, im->height, FAIR_FOR_QUERY, g.a, &fp);
        CHECK_OK(fair_index_search_with(g.ix, &s, 0, &with, why));
        CHECK_OK(fair_index_search_with(g.ix, &t, off, &without, why));
        for (size_t i = 0; i < without.n; i++) CHECK(!t.clues[i].asked);
        for (size_t i = 0; i < with.n; i++) {
            size_t j = 0;
            while (j < without.n && without.v[j].work != with.v[i].work) j++;
            if (s.clues[i].asked) { open++; CHECK(j == without.n || fair_score_undecided(without.v[j].score)); continue; }
            shut++;
            CHECK(j < without.n && with.v[i].score == without.v[j].score && with.v[i].verdict == without.v[j].verdict);
        }
    }
    tear_down();
    CHECK(open >= 2 && shut >= 2);
}

/* ---- what the stage that settles may not hide ------------------------------------------------- */

static void
paste(struct fair_image *into, const struct fair_image *from, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
    FAIR_AUTO(image) struct fair_image *small = fair_image_area(from, w, h);

    for (uint32_t row = 0; row < h; row++) memcpy(fair_image_row(into, y + row) + x, fair_image_row(small, row), w);
}

/* As it is, a little darker and with less contrast. */
static struct fair_image *
copy_of(const struct fair_image *im)
{
    struct fair_image *out = fair_image_new(im->width, im->height, 1);

    for (uint32_t y = 0; y < im->height; y++)
        for (uint32_t x = 0; x < im->width; x++) fair_image_row(out, y)[x] = (uint8_t)(fair_image_row(im, y)[x] * 9 / 10);
    return out;
}

/* Search with the stage that settles and without; all that is told without it must be told with it, as the same.  Which work it was settled
 * at, or 0; *told gets a bit for each work that is called a match. */
static fair_id
settled_at(const struct fair_image *im, unsigned *told)
{
    struct fair_fingerprint fp;
    struct fair_matches with, without;
    struct fair_search s = { .q = { .grey = im, .proof = proof, .arena = g.a, .fp = &fp } }, t = s;
    unsigned off = 0;
    fair_id at = 0;

    for (size_t i = 0; i < fair_n_stages; i++)
        if (strcmp(fair_stages[i].name, "settle") == 0) off = 1u << i;
    CHECK(off != 0);
    fair_fingerprint_take(im, im->width, im->height, FAIR_FOR_QUERY, g.a, &fp);
    CHECK_OK(fair_index_search_with(g.ix, &s, 0, &with, why));
    CHECK_OK(fair_index_search_with(g.ix, &t, off, &without, why));
    CHECK_EQ(t.settled, SIZE_MAX);
    *told = 0;
    for (size_t i = 0; i < without.n; i++) {
        size_t k = 0;
        if (without.v[i].score < (float)FAIR_SCORE_POSSIBLE && without.v[i].verdict != FAIR_SAME_SCENE) continue;
        while (k < with.n && with.v[k].work != without.v[i].work) k++;
        if (k == with.n) fail_msg("work %d is told only where nothing is settled", (int)without.v[i].work);
        CHECK_EQ(with.v[k].verdict, without.v[i].verdict);
        CHECK(fabsf(with.v[k].score - without.v[i].score) < .02f);
        if (with.v[k].verdict == FAIR_MATCH) *told |= 1u << with.v[k].work;
    }
    for (size_t i = 0; i < with.n && s.settled != SIZE_MAX; i++)
        if (with.v[i].bits < 256 && (at == 0 || with.v[i].score > .9f)) at = at == 0 ? with.v[i].work : at;
    return at;
}

TEST(a_plain_copy_is_settled_by_its_whole_hash_and_loses_nothing_by_it)
{
    unsigned told;

    set_up(true);
    for (fair_id i = 1; i <= WORKS; i++) {
        FAIR_AUTO(image) struct fair_image *im = copy_of(g.grey[i - 1]);
        CHECK_EQ(settled_at(im, &told), i);
        CHECK_EQ(told, 1u << i);
    }
    {
        FAIR_AUTO(image) struct fair_image *stranger = scene(W, H, 555);
        CHECK_EQ(settled_at(stranger, &told), 0);
        CHECK_EQ(told, 0);
    }
    tear_down();
}

TEST(of_two_works_that_are_nearly_the_same_both_are_told)
{
    const float closer[6] = { 1.06f, 0, -10, 0, 1.06f, -8 };
    unsigned told;

    for (int zoomed = 0; zoomed < 2; zoomed++) {
        for (uint32_t i = 0; i < WORKS; i++) g.grey[i] = scene(W, H, i);
        fair_image_free(&g.grey[3]);
        if (zoomed) {
            g.grey[3] = edited(g.grey[2], closer, W, H);
        } else {
            FAIR_AUTO(image) struct fair_image *other = scene(W, H, 900);
            g.grey[3] = copy_of(g.grey[2]);
            paste(g.grey[3], other, 250, 200, 60, 45);
        }
        put_all(true);
        for (int k = 2; k < 4; k++) {
            FAIR_AUTO(image) struct fair_image *im = copy_of(g.grey[k]);
            settled_at(im, &told);
            CHECK((told & 1u << (k + 1)) != 0);
            if (!zoomed) CHECK_EQ(told, 1u << 3 | 1u << 4);      /* what was seen from nearer goes on beyond its border, and is no match */
        }
        tear_down();
    }
}

TEST(of_a_work_that_shows_other_works_all_are_told)
{
    unsigned told;

    for (uint32_t i = 0; i < WORKS; i++) g.grey[i] = scene(W, H, i);
    for (uint32_t k = 0; k < 4; k++) paste(g.grey[5], g.grey[k], k % 2 * 200, k / 2 * 150, 200, 150);
    put_all(true);
    {
        FAIR_AUTO(image) struct fair_image *im = copy_of(g.grey[5]);
        settled_at(im, &told);
        CHECK_EQ(told, 1u << 6 | 1u << 1 | 1u << 2 | 1u << 3 | 1u << 4);
    }
    tear_down();
}

TEST(a_copy_with_another_work_or_itself_pasted_into_it_hides_neither)
{
    unsigned told;

    set_up(true);
    for (uint32_t k = 0; k < 4; k++) {
        FAIR_AUTO(image) struct fair_image *im = copy_of(g.grey[0]);
        uint32_t w = k % 2 ? 160 : 120, h = w * 3 / 4;
        paste(im, g.grey[k < 2 ? 1 : 0], W - w - 10, H - h - 10, w, h);
        settled_at(im, &told);
        CHECK_EQ(told, k < 2 ? 1u << 1 | 1u << 2 : 1u << 1);
    }
    tear_down();
}

/* A bar with a mark along the bottom, the same on all. */
static void
put_mark(struct fair_image *im)
{
    struct fair_image *mark = scene(W, 40, 4711);

    for (uint32_t y = 0; y < 40; y++) memcpy(fair_image_row(im, im->height - 40 + y), fair_image_row(mark, y), W);
    fair_image_free(&mark);
}

TEST(a_foreign_picture_that_bears_the_same_mark_is_no_match)
{
    struct fair_fingerprint fp;
    struct fair_matches m;
    struct fair_image *im;

    set_up(true);
    for (uint32_t i = 0; i < WORKS; i++) {
        put_mark(g.grey[i]);
        fair_fingerprint_take(g.grey[i], W, H, FAIR_FOR_CATALOGUE, g.a, &fp);
        CHECK_OK(fair_index_put_tail(g.ix, 1, (fair_id)i + 1, &fp, why));
    }
    im = scene(W, H, 200);
    put_mark(im);
    m = search_for_all(im);
    CHECK(m.n > 0 && m.v[0].agree >= 4);
    for (size_t k = 0; k < m.n; k++) CHECK(m.v[k].verdict != FAIR_MATCH && m.v[k].score < .4f);
    fair_image_free(&im);
    m = search(g.grey[1], 0, true);           /* and a copy of a work that bears it still is one */
    CHECK_EQ(m.v[0].work, 2);
    CHECK_EQ(m.v[0].verdict, FAIR_MATCH);
    CHECK(m.n < 2 || m.v[1].verdict != FAIR_MATCH);
    tear_down();
}

/* A picture of soft shading alone: what lies under a mark, with hardly a spot of its own. */
static struct fair_image *
shading(uint32_t number)
{
    struct fair_image *im = fair_image_new(W, H, 1);
    float hill[8][10];

    seed = number * 7919 + 5;
    for (int i = 0; i < 80; i++) hill[i / 10][i % 10] = 50 + (float)(next() % 150);
    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = 0; x < W; x++) {
            float u = (float)x * 8 / W, v = (float)y * 6 / H, fu = u - floorf(u), fv = v - floorf(v);
            const float *p = &hill[(int)v][(int)u];
            fu *= fu * (3 - 2 * fu);
            fv *= fv * (3 - 2 * fv);
            fair_image_row(im, y)[x] = (uint8_t)((p[0] + fu * (p[1] - p[0])) * (1 - fv) + (p[10] + fu * (p[11] - p[10])) * fv + (float)(next() % 3));
        }
    return im;
}

static void
stroke(struct fair_image *im, float x0, float y0, float x1, float y1, float grey, float strength)
{
    for (int i = 0; i <= 60; i++) {
        int32_t x = (int32_t)(x0 + (x1 - x0) * (float)i / 60), y = (int32_t)(y0 + (y1 - y0) * (float)i / 60);
        for (int32_t k = 0; k < 4; k++) {
            uint8_t *p;
            if (x + k % 2 < 0 || y + k / 2 < 0 || x + k % 2 >= (int32_t)im->width || y + k / 2 >= (int32_t)im->height) continue;
            p = &fair_image_row(im, (uint32_t)(y + k / 2))[x + k % 2];
            if (fabsf((float)*p - grey) > 4) *p = (uint8_t)((float)*p + strength * (grey - (float)*p));
        }
    }
}

/* Seven letters of an unknown script. */
static void
lettering(struct fair_image *im, float x, float y, float size, float grey, float strength)
{
    seed = 99;
    for (int i = 0; i < 7; i++, x += size * 1.2f)
        for (int k = 0; k < 3; k++) {
            float v[4];
            for (int l = 0; l < 4; l++) v[l] = (float)(next() % 5) / 4 * size;
            stroke(im, x + v[0] * .8f, y + v[1], x + v[2] * .8f, y + v[3], grey, strength);
        }
}

enum { TILED, BADGE, BAR, LAID_OVER };

static void
lay_over(struct fair_image *im, int kind)
{
    if (kind == TILED)
        for (int i = 0; i < 8; i++)
            for (int k = -1; k < 4; k++) lettering(im, (float)(k * 150 + i % 2 * 60), (float)(i * 40 + 6), 16, 255, .7f);
    if (kind == BADGE)
        for (int i = 0; i < 3; i++) lettering(im, 240, (float)(200 + i * 28), 17 + (float)i, 255, .9f);
    if (kind == BAR) {
        for (uint32_t y = H - 36; y < H; y++) memset(fair_image_row(im, y), 30, W);
        for (int i = 0; i < 3; i++) lettering(im, (float)(10 + i * 130), H - 28, 15, 240, 1);
    }
}

TEST(a_mark_alone_is_no_match_even_where_one_work_bears_it)
{
    static const float maps[3][6] = { { 1, 0, 0, 0, 1, 0 }, { .5f, 0, 0, 0, .5f, 0 }, { 1, 0, -60, 0, 1, -40 } };
    struct fair_fingerprint fp;

    for (int kind = 0; kind < LAID_OVER; kind++)
        for (uint32_t bearing = 1; bearing <= 3; bearing++) {
            unsigned agreed = 0;
            set_up(true);
            for (uint32_t i = 0; i < bearing; i++) {
                fair_image_free(&g.grey[i]);
                g.grey[i] = shading(i);
                lay_over(g.grey[i], kind);
                fair_fingerprint_take(g.grey[i], W, H, FAIR_FOR_CATALOGUE, g.a, &fp);
                CHECK_OK(fair_index_put_tail(g.ix, 1, (fair_id)i + 1, &fp, why));
            }
            for (int k = 0; k < 5; k++) {         /* bare sheets, dark to light; other shading, a scene */
                struct fair_image *im = k < 3 ? fair_image_new(W, H, 1) : k == 3 ? shading(40) : scene(W, H, 300);
                struct fair_matches m;
                if (k < 3) for (uint32_t y = 0; y < H; y++) memset(fair_image_row(im, y), 60 + 80 * k, W);
                lay_over(im, kind);
                m = search_for_all(im);
                for (size_t i = 0; i < m.n; i++) {
                    agreed += m.v[i].agree >= 20;
                    if (m.v[i].verdict == FAIR_MATCH)
                        fail_msg("mark %d on %u works, picture %d: work %lld is said to match, %.3f", kind, bearing, k, (long long)m.v[i].work, (double)m.v[i].score);
                }
                fair_image_free(&im);
            }
            CHECK(agreed >= bearing);             /* else the marks were not even seen */
            for (uint32_t i = 0; i < bearing; i++)
                for (int k = 0; k < 3; k++) {     /* and a copy of the work with its mark still is one */
                    struct fair_image *im = edited(g.grey[i], maps[k], k == 1 ? W / 2 : k == 2 ? W - 60 : W, k == 1 ? H / 2 : k == 2 ? H - 40 : H);
                    struct fair_matches m = search(im, 0, true);
                    if (m.n < 1 || m.v[0].work != (fair_id)i + 1 || m.v[0].verdict != FAIR_MATCH)
                        fail_msg("mark %d on %u works: copy %d of work %u is said to be %s, %.3f", kind, bearing, k, i + 1, m.n > 0 ? fair_verdict_name(m.v[0].verdict) : "nothing", m.n > 0 ? (double)m.v[0].score : 0);
                    for (size_t l = 1; l < m.n; l++)
                        if (m.v[l].verdict == FAIR_MATCH) fail_msg("mark %d on %u works: copy %d of work %u is said to match work %lld", kind, bearing, k, i + 1, (long long)m.v[l].work);
                    fair_image_free(&im);
                }
            tear_down();
        }
}

/* Seen again by a camera that moved: things shift smoothly by their depth, the light comes from elsewhere. */
static struct fair_image *
seen_again(const struct fair_image *im, float much)
{
    struct fair_image *out = fair_image_new(im->width, im->height, 1);

    for (uint32_t y = 0; y < im->height; y++)
        for (uint32_t x = 0; x < im->width; x++) {
            float u = (float)x + much * sinf((float)x * .035f + 1) * cosf((float)y * .05f), v = (float)y + much * cosf((float)x * .05f) * sinf((float)y * .04f + 2);
            int32_t i = (int32_t)u, k = (int32_t)v;
            float light = .8f + .4f * (float)x / (float)im->width, value;
            i = i < 0 ? 0 : i >= (int32_t)im->width ? (int32_t)im->width - 1 : i;
            k = k < 0 ? 0 : k >= (int32_t)im->height ? (int32_t)im->height - 1 : k;
            value = light * (float)fair_image_row(im, (uint32_t)k)[i];
            fair_image_row(out, y)[x] = (uint8_t)(value > 255 ? 255 : value);
        }
    return out;
}

TEST(another_shot_of_the_same_scene_is_no_match)
{
    set_up(true);
    for (size_t i = 0; i < WORKS; i++) {
        struct fair_image *im = seen_again(g.grey[i], 6);
        struct fair_matches m = search(im, 0, true);
        CHECK(m.n > 0);
        CHECK_EQ(m.v[0].work, (fair_id)i + 1);
        CHECK(m.v[0].verdict == FAIR_SAME_SCENE || m.v[0].verdict == FAIR_POSSIBLE);
        fair_image_free(&im);
    }
    tear_down();
}

/* Blobs of another picture before it, all of them `far` pixels to the right of where they were and the picture behind as far to the left: as a camera sees it that was
 * moved by a little. */
static struct fair_image *
before(const struct fair_image *behind, const struct fair_image *front, float far)
{
    struct fair_image *out = fair_image_new(behind->width, behind->height, 1);
    const float left[6] = { 1, 0, -far, 0, 1, 0 }, right[6] = { 1, 0, far, 0, 1, 0 };
    FAIR_AUTO(image) struct fair_image *a = edited(behind, left, behind->width, behind->height);
    FAIR_AUTO(image) struct fair_image *b = edited(front, right, behind->width, behind->height);

    for (uint32_t y = 0; y < out->height; y++)
        for (uint32_t x = 0; x < out->width; x++) {
            bool in = sinf(((float)x - far) * .04f) * cosf((float)y * .045f) > .1f;
            fair_image_row(out, y)[x] = fair_image_row(in ? b : a, y)[x];
        }
    return out;
}

TEST(what_moved_a_little_in_a_clean_picture_is_no_copy)
{
    struct fair_image *things[WORKS + 1], *later[WORKS];

    for (uint32_t i = 0; i <= WORKS; i++) things[i] = scene(W, H, i);
    for (size_t i = 0; i < WORKS; i++) {
        g.grey[i] = before(things[i], things[i + 1], 0);
        later[i] = before(things[i], things[i + 1], .8f);
    }
    put_all(true);
    for (size_t i = 0; i < WORKS; i++)
        for (int k = 0; k < 2; k++) {
            struct fair_matches m = search(k == 0 ? g.grey[i] : later[i], 0, true);
            CHECK(m.n > 0);
            CHECK_EQ(m.v[0].work, (fair_id)i + 1);
            CHECK(m.v[0].score > .9f);
            CHECK_EQ(m.v[0].verdict, k == 0 ? FAIR_MATCH : FAIR_SAME_SCENE);
        }
    for (size_t i = 0; i <= WORKS; i++) fair_image_free(&things[i]);
    for (size_t i = 0; i < WORKS; i++) fair_image_free(&later[i]);
    tear_down();
}

static struct fair_image *
checkerboard(uint32_t width, uint32_t height, uint32_t square)
{
    struct fair_image *im = fair_image_new(width, height, 1);

    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) fair_image_row(im, y)[x] = (x / square + y / square) % 2 ? 225 : 30;
    return im;
}

TEST(a_checkerboard_is_nobodys)
{
    FAIR_AUTO(image) struct fair_image *other = checkerboard(W, H, 40);

    for (uint32_t boards = 1; boards <= 3; boards++) {
        unsigned told = 0;
        float most = 0;
        for (uint32_t i = 0; i < WORKS; i++) g.grey[i] = i < boards ? checkerboard(W, H, 39 - 7 * i) : scene(W, H, i);
        put_all(true);
        for (int own = 0; own < 2; own++) {
            struct fair_matches m = search(own ? g.grey[0] : other, 0, true);
            for (size_t i = 0; i < m.n; i++) {
                CHECK(m.v[i].verdict != FAIR_MATCH);
                if (m.v[i].repeats) CHECK_EQ(m.v[i].verdict, FAIR_POSSIBLE);
                told += m.v[i].repeats;
                most = m.v[i].score > most ? m.v[i].score : most;
            }
        }
        CHECK(told > 0);
        CHECK(most > .9f);                    /* one lies on the other as a copy does */
        tear_down();
    }
}

TEST(what_shows_more_than_the_work_does_is_no_copy_of_it)
{
    struct fair_matches m;
    struct fair_image *wide;
    static const float map[6] = { 1, 0, -60, 0, 1, -45 };
    struct fair_fingerprint fp;

    set_up(true);
    wide = g.grey[0];                         /* the work is a piece of what is found */
    g.grey[0] = edited(wide, map, W - 120, H - 90);
    fair_fingerprint_take(g.grey[0], W - 120, H - 90, FAIR_FOR_CATALOGUE, g.a, &fp);
    CHECK_OK(fair_index_put_tail(g.ix, 1, 1, &fp, why));
    m = search(wide, 0, true);
    CHECK(m.n > 0);
    CHECK_EQ(m.v[0].work, 1);
    CHECK_EQ(m.v[0].verdict, FAIR_SAME_SCENE);
    fair_image_free(&wide);
    tear_down();
}

TEST(a_flat_picture_matches_nothing)
{
    struct fair_image *im = fair_image_new(W, H, 1);

    for (uint32_t y = 0; y < H; y++) memset(fair_image_row(im, y), 90, W);
    set_up(true);
    CHECK_EQ(search(im, 0, true).n, 0);
    fair_image_free(&im);
    tear_down();
}

/* A dark disc on white, with two light bars in it or not, from 3 x 3 samples a pixel. */
static struct fair_image *
disc(uint32_t side, bool bars)
{
    struct fair_image *im = fair_image_new(side, side, 1);

    for (uint32_t y = 0; y < side; y++)
        for (uint32_t x = 0; x < side; x++) {
            int light = 0;
            for (int k = 0; k < 9; k++) {
                const int over = k % 3, down = k / 3;
                float u = ((float)x + (float)over / 3 + .17f) / (float)side - .5f, v = ((float)y + (float)down / 3 + .17f) / (float)side - .5f;
                light += u * u + v * v > .24f || (bars && fabsf(v) < .25f && fabsf(u) > .06f && fabsf(u) < .16f);
            }
            fair_image_row(im, y)[x] = (uint8_t)(255 * light / 9);
        }
    return im;
}

TEST(a_shape_is_not_told_from_others_by_its_outline)
{
    struct fair_fingerprint fp;
    struct fair_matches m;
    struct fair_image *im = disc(128, true);

    set_up(true);
    fair_image_free(&g.grey[0]);
    g.grey[0] = disc(256, false);
    fair_fingerprint_take(g.grey[0], 256, 256, FAIR_FOR_CATALOGUE, g.a, &fp);
    CHECK_OK(fair_index_put_tail(g.ix, 1, 1, &fp, why));
    m = search(im, 0, true);
    CHECK(m.n > 0 && m.v[0].work == 1);           /* the whole hashes are near */
    CHECK_EQ(m.v[0].verdict, FAIR_TOO_PLAIN);
    fair_image_free(&im);
    im = disc(256, false);
    m = search(im, 0, true);                      /* the very same one still is a copy */
    CHECK_EQ(m.v[0].verdict, FAIR_MATCH);
    fair_image_free(&im);
    tear_down();
}

TEST(whole_hashes_that_are_near_are_nothing_where_the_pixels_have_nothing_in_common)
{
    unsigned apart = 0;

    set_up(true);
    for (uint32_t number = 301; number <= 312; number++) {
        struct fair_fingerprint fp, other;
        struct fair_matches m;
        struct fair_image *im = scene(W, H, number);
        bool resembles = false;
        fair_fingerprint_take(im, W, H, FAIR_FOR_QUERY, g.a, &other);
        fair_fingerprint_take(g.grey[0], W, H, FAIR_FOR_CATALOGUE, g.a, &fp);
        memcpy(fp.whole, other.whole, sizeof fp.whole);      /* as fine textures and frames have by chance */
        CHECK_OK(fair_index_put_tail(g.ix, 1, 1, &fp, why));
        m = search(im, 0, true);
        for (size_t i = 0; i < m.n; i++) {
            CHECK(m.v[i].verdict != FAIR_MATCH);
            if (m.v[i].work != 1) continue;
            CHECK_EQ(m.v[i].bits, 0);
            if (m.v[i].agree >= 4) resembles = true;      /* made-up scenes are of few shapes, some of which lie alike by chance */
            else CHECK(m.v[i].verdict == FAIR_NO_MATCH);
        }
        apart += !resembles;
        fair_image_free(&im);
    }
    CHECK(apart >= 6);
    tear_down();
}

/* Boxes of one kind on a white sheet, each with two lines of the same strokes in it, joined by lines; where they stand goes by the number. */
static struct fair_image *
diagram(uint32_t number)
{
    static const uint8_t strokes[7] = { 0x5b, 0x36, 0xe9, 0x4d, 0xb2, 0x97, 0x6c };
    struct fair_image *im = fair_image_new(W, H, 1);

    for (uint32_t y = 0; y < H; y++) memset(fair_image_row(im, y), 255, W);
    for (uint32_t k = 0; k < 12; k++) {
        uint32_t state = number * 2654435761u + k * 40503u, x0, y0;
        state ^= state >> 15; state *= 2246822519u; state ^= state >> 13;
        if (state % 5 < 2) continue;
        x0 = 10 + k % 4 * 98 + state / 8 % 16;
        y0 = 14 + k / 4 * 94 + state / 512 % 24;
        for (uint32_t y = 0; y < 46; y++)
            for (uint32_t x = 0; x < 80; x++) {
                bool edge = x < 2 || y < 2 || x >= 78 || y >= 44 || y == 22;
                bool ink = y % 22 > 7 && y % 22 < 16 && x > 8 && x < 72 && strokes[x / 9 - 1] >> ((x + y / 3) % 8) & 1;
                fair_image_row(im, y0 + y)[x0 + x] = edge || ink ? 30 : 235;
            }
        for (uint32_t y = y0 + 46; y < y0 + 60 && y < H; y++) fair_image_row(im, y)[x0 + 40] = 30;
    }
    return im;
}

static void
diagrams_are_works(void)
{
    for (uint32_t i = 0; i < WORKS; i++) g.grey[i] = diagram(i);
    put_all(true);
}

/* All candidates for a picture, with their clues; its fingerprint is taken for it. */
static struct fair_matches
all_of(struct fair_search *s, struct fair_fingerprint *fp)
{
    struct fair_matches m;

    fair_fingerprint_take(s->q.grey, s->q.grey->width, s->q.grey->height, FAIR_FOR_QUERY, g.a, fp);
    CHECK_OK(fair_index_search_with(g.ix, s, 0, &m, why));
    return m;
}

/* What the verdict makes of a candidate of which so much recurs in other works, and of the verifier's word about it, NULL: it was not asked. */
static float
judged(const struct fair_search *s, struct fair_match m, struct fair_clue c, float marked, const float *opinion)
{
    struct fair_search t = *s;
    struct fair_matches io = { &m, 1, 1 };

    c.levels = NULL;
    c.marked = marked;
    c.asked = opinion != NULL;
    if (opinion != NULL) c.opinion = *opinion;
    t.clues = &c;
    CHECK_OK(fair_stage_verdict(g.ix, &t.q, &io, why));
    CHECK_EQ(io.n, 1);
    return m.score;
}

TEST(the_verifiers_word_does_not_count_for_a_pattern_that_recurs)
{
    const float sure = 8, never = -8;
    unsigned patterns = 0;

    diagrams_are_works();
    for (uint32_t i = WORKS; i < WORKS + 8; i++) {
        FAIR_AUTO(image) struct fair_image *im = diagram(i);
        struct fair_fingerprint fp;
        struct fair_search s = { .q = { .grey = im, .proof = proof, .arena = g.a, .fp = &fp }, .all = true };
        struct fair_matches m = all_of(&s, &fp);
        for (size_t k = 0; k < m.n; k++) {
            struct fair_clue c = s.clues[k];
            float first = judged(&s, m.v[k], c, .9f, NULL), less = judged(&s, m.v[k], c, .5f, NULL);
            if (!c.looked || !fair_score_undecided(first) || !fair_score_undecided(less)) continue;
            CHECK(judged(&s, m.v[k], c, .5f, &sure) > less);
            CHECK(judged(&s, m.v[k], c, .9f, &never) < first);
            fair_ground_parts(&c);
            if (c.again < .6f || c.tiled < .35f) continue;
            patterns++;
            CHECK(judged(&s, m.v[k], c, .9f, &sure) == first);
        }
    }
    CHECK(patterns >= 2);
    tear_down();
}

/* ... and of what agrees, how much of it, how even the work's ground is and how much of its four sides goes on beyond it. */
static struct fair_clue
lying(struct fair_clue c, uint32_t agree, float held, float plain, uint8_t on)
{
    c.agree = agree;
    c.held = held;
    c.plain = plain;
    for (int i = 0; i < 4; i++) {
        c.side[i] = 12;
        c.side_on[i] = on;
    }
    return c;
}

TEST(the_verifiers_word_counts_against_only_where_it_is_no_judge)
{
    const float words[] = { -8, -2, -.01f, 2, 8 };
    unsigned against = 0, beyond = 0, hashes = 0;

    diagrams_are_works();
    for (uint32_t i = WORKS; i < WORKS + 8; i++) {
        FAIR_AUTO(image) struct fair_image *im = diagram(i);
        struct fair_fingerprint fp;
        struct fair_search s = { .q = { .grey = im, .proof = proof, .arena = g.a, .fp = &fp }, .all = true };
        struct fair_matches m = all_of(&s, &fp);
        for (size_t k = 0; k < m.n; k++)
            for (unsigned w = 0; w < sizeof words / sizeof *words; w++) {
                struct ways { struct fair_clue c; bool judge; unsigned *n; } ways[] = {
                    { lying(s.clues[k], 12, .6f, .3f, 0), true, NULL },
                    { lying(s.clues[k], 12, .6f, .7f, 0), true, NULL },        /* even ground that ends */
                    { lying(s.clues[k], 12, .6f, .3f, 12), true, NULL },       /* uneven ground that goes on */
                    { lying(s.clues[k], 12, .6f, .7f, 12), false, &beyond },   /* even ground that goes on: another shot on a page */
                    { lying(s.clues[k], 3, .6f, .3f, 0), words[w] >= 3, &hashes },
                    { lying(s.clues[k], 3, .7f, .3f, 0), true, NULL },
                };
                for (unsigned v = 0; v < sizeof ways / sizeof *ways; v++) {
                    const float first = judged(&s, m.v[k], ways[v].c, 0, NULL), second = judged(&s, m.v[k], ways[v].c, 0, &words[w]);
                    if (!ways[v].c.looked || !fair_score_undecided(first)) continue;
                    if (words[w] < 0) { CHECK(second <= first); against += second < first; }
                    else if (!ways[v].judge) { CHECK(second <= first); if (words[w] > 2 || ways[v].n == &hashes) ++*ways[v].n; }
                    else if (words[w] > 2 && first < .3f) CHECK(second > first);
                }
            }
    }
    CHECK(against >= 4 && beyond >= 2 && hashes >= 2);
    tear_down();
}

TEST(an_organisation_finds_only_its_own_works)
{
    struct fair_matches m;

    set_up(false);
    m = search(g.grey[2], 2, true);
    CHECK_EQ(m.n, 0);
    m = search(g.grey[2], 1, true);
    CHECK(m.n > 0);
    CHECK_EQ(m.v[0].work, 3);
    tear_down();
}

TEST(a_removed_work_is_found_no_more)
{
    struct fair_matches m;

    set_up(false);
    CHECK(fair_index_holds(g.ix, 1, 3));
    CHECK(search(g.grey[2], 0, true).n > 0);
    CHECK_OK(fair_index_remove(g.ix, 1, 3, why));
    CHECK_OK(fair_index_sync(g.ix, why));
    CHECK(!fair_index_holds(g.ix, 1, 3));
    m = search(g.grey[2], 0, true);
    for (size_t i = 0; i < m.n; i++) CHECK(m.v[i].work != 3);
    tear_down();
}

TEST(without_proofs_the_parts_alone_find_a_copy)
{
    struct fair_matches m;

    set_up(true);
    m = search(g.grey[1], 0, false);
    CHECK(m.n > 0);
    CHECK_EQ(m.v[0].work, 2);
    CHECK(m.v[0].agree > 40);
    CHECK(m.v[0].residual < 0);
    tear_down();
}

TEST(a_record_stays_within_five_kilobytes_and_is_read_as_it_was_written)
{
    struct fair_fingerprint fp;
    struct fair_record r;
    fair_str bytes;
    struct fair_err err = { 0 };

    set_up(true);
    fair_fingerprint_take(g.grey[0], W, H, FAIR_FOR_CATALOGUE, g.a, &fp);
    bytes = fair_record_pack(&fp, g.a);
    CHECK(bytes.n <= FAIR_RECORD_MAX - 64);
    CHECK_OK(fair_record_see(bytes, &r, why));
    CHECK_EQ(r.n, fp.n_parts);
    CHECK_EQ(r.width, W);
    for (uint32_t i = 0; i < r.n; i++) {
        struct fair_place p = fair_record_place(&r, i);
        assert_memory_equal(r.codes + 4 * i, fp.parts[i].code, 32);
        CHECK(fabsf(p.x - fp.parts[i].x) < .02f && fabsf(p.y - fp.parts[i].y) < .02f);
        CHECK(p.size > fp.parts[i].size * .96f && p.size < fp.parts[i].size * 1.04f);
        CHECK(p.way[0] * cosf(fp.parts[i].angle) + p.way[1] * sinf(fp.parts[i].angle) > .99955f);      /* by .03 */
    }
    for (size_t n = 0; n < bytes.n; n += 97)
        CHECK_EQ(fair_record_see((fair_str){ bytes.p, n }, &r, &err), FAIR_CORRUPT);
    tear_down();
}

TEST(the_reasons_are_told_in_words)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_match m = { .bits = 12, .agree = 40, .has_map = true, .map = { -.5f, 0, 200, 0, .5f, 0 }, .mirrored = true,
                            .rotation = 0, .scale = .5f, .covers = .62f, .box = { 0, 0, 100, 100 }, .residual = 4.2f };
    fair_str w[FAIR_MATCH_WORDS];
    size_t n = fair_match_words(&m, 400, 300, a, w);

    CHECK_EQ(n, 7);
    CHECK_STR(w[0], "the whole pictures agree: 12 of 256 bits differ");
    CHECK_STR(w[1], "40 distinctive spots agree in place, size and direction");
    CHECK_STR(w[2], "mirrored");
    CHECK_STR(w[3], "cropped to 62 %");
    CHECK_STR(w[4], "fills 8 % of the picture found");
    CHECK_STR(w[5], "shrunk to 50 % of its size");
    CHECK_STR(w[6], "laid on each other, the pixels differ by 4.2 of 255");
    m = (struct fair_match){ .verdict = FAIR_SAME_SCENE, .bits = 256, .agree = 9, .has_map = true, .rotation = -90, .scale = 1, .covers = 1,
                             .box = { 0, 0, 400, 300 }, .residual = -1 };
    n = fair_match_words(&m, 400, 300, a, w);
    CHECK_EQ(n, 3);
    CHECK_STR(w[2], "turned by 270 degrees");
    m.verdict = FAIR_POSSIBLE;
    m.repeats = true;
    n = fair_match_words(&m, 400, 300, a, w);
    CHECK_EQ(n, 3);
    CHECK_STR(w[0], "lies there as a copy does, but the work is one pattern all over, which others may have too: a person must look");
    fair_arena_free(&a);
}

FAIR_TEST_MAIN
