/* Copies bent smoothly: as found as straight ones, and by no finer curve than editing draws. */
#include <math.h>
#include <string.h>

enum { N = 8, W = 480, H = 360 };      /* of the catalogue */
#include "index/test_catalogue.h"

static struct fair_image *copy;

static void
set_up(void)
{
    catalogue_make("bow", 700);
}

static void
tear_down(void)
{
    fair_image_free(&copy);
    catalogue_free();
}

typedef void bending(float x, float y, float *u, float *v);

/* Where the copy's place (x, y), from -1 to 1 along its longer side, shows the work: as through a lens, round a cylinder, stretched in the middle. */
static void lens(float x, float y, float *u, float *v) { const float f = (1 + .12f * (x * x + y * y)) / 1.12f; *u = x * f; *v = y * f; }
static void mug(float x, float y, float *u, float *v) { const float s = x * .81f; *u = asinf(s) / .94f; *v = y * 1.02f + .08f * sqrtf(1 - s * s) - .06f; }
static void stretched(float x, float y, float *u, float *v) { *u = x + .1f * sinf(3.1416f * x); *v = y; }
/* Another shot: things at two depths, each in its own strip, moved against each other. */
static void deep(float x, float y, float *u, float *v) { *u = x + (fmodf(x + 2, .4f) < .2f ? .012f : -.012f); *v = y + (fmodf(y + 2, .5f) < .25f ? .01f : -.01f); }
static void straight(float x, float y, float *u, float *v) { *u = .97f * x + .02f * y; *v = .97f * y - .02f * x; }

static struct fair_image *
bent(const struct fair_image *im, bending *how)
{
    struct fair_image *out = fair_image_new(W, H, 1);

    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = 0; x < W; x++) {
            float u, v, fx, fy;
            const uint8_t *p;
            how(((float)x + .5f - W / 2.f) / (W / 2.f), ((float)y + .5f - H / 2.f) / (W / 2.f), &u, &v);
            u = (u + 1) * W / 2 - .5f;
            v = v * W / 2 + H / 2.f - .5f;
            fair_image_row(out, y)[x] = 128;
            if (!(u >= 0 && v >= 0 && u < W - 1 && v < H - 1)) continue;
            p = fair_image_row(im, (uint32_t)v) + (uint32_t)u;
            fx = u - floorf(u);
            fy = v - floorf(v);
            fair_image_row(out, y)[x] = (uint8_t)((p[0] * (1 - fx) + p[1] * fx) * (1 - fy) + (p[im->stride] * (1 - fx) + p[im->stride + 1] * fx) * fy + .5f);
        }
    return out;
}

/* Look the bent copy of a work up; what there is to know of it, by the candidate's number in *found, SIZE_MAX: it is none. */
static size_t
look_up(uint32_t work, bending *how, struct fair_search *s, struct fair_matches *found)
{
    struct fair_err err = { 0 };
    struct fair_fingerprint *fp = FAIR_NEW(g.a, struct fair_fingerprint);
    size_t at = SIZE_MAX;

    fair_image_free(&copy);
    copy = bent(g.grey[work], how);
    fair_fingerprint_take(copy, W, H, FAIR_FOR_QUERY, g.a, fp);
    *s = (struct fair_search){ .q = { .fp = fp, .grey = copy, .proof = proof, .arena = g.a } };
    CHECK_OK(fair_index_search_with(g.ix, s, 0, found, &err));
    for (size_t k = 0; k < found->n; k++)
        if (found->v[k].work == (fair_id)work + 1) at = k;
        else CHECK(found->v[k].verdict != FAIR_MATCH);
    return at;
}

static bool
says_bent(const struct fair_match *m)
{
    fair_str words[FAIR_MATCH_WORDS];
    bool says = false;

    for (size_t i = 0, n = fair_match_words(m, W, H, g.a, words); i < n; i++) says |= words[i].n >= 5 && memcmp(words[i].p, "bent,", 5) == 0;
    return says;
}

static void
all_are_matches(bending *how, unsigned least)
{
    unsigned matches = 0, bows = 0;

    set_up();
    for (uint32_t i = 0; i < N; i++) {
        struct fair_search s;
        struct fair_matches found;
        size_t at = look_up(i, how, &s, &found);
        CHECK(at != SIZE_MAX);
        matches += found.v[at].verdict == FAIR_MATCH;
        if (s.clues[at].bow != NULL) {
            bows++;
            CHECK(s.clues[at].drift < .15f && s.clues[at].held > .8f);
            CHECK(found.v[at].verdict != FAIR_MATCH || (says_bent(&found.v[at]) && !found.v[at].done.slanted && found.v[at].done.wide == 1));
        }
    }
    print_message("%u of %d are matches, %u by a curve\n", matches, N, bows);
    CHECK(matches >= least && bows >= N / 2);
    tear_down();
}

TEST(a_copy_through_a_lens_is_a_match) { all_are_matches(lens, N - 1); }
TEST(a_copy_round_a_cylinder_is_a_match) { all_are_matches(mug, N - 1); }
TEST(a_copy_stretched_more_here_than_there_is_a_match) { all_are_matches(stretched, N - 1); }

TEST(things_that_moved_at_their_depths_are_not_bent_back)
{
    set_up();
    for (uint32_t i = 0; i < N; i++) {
        struct fair_search s;
        struct fair_matches found;
        size_t at = look_up(i, deep, &s, &found);
        if (at != SIZE_MAX) CHECK(s.clues[at].bow == NULL && s.clues[at].drift > .12f);
    }
    tear_down();
}

TEST(a_straight_copy_needs_no_curve)
{
    set_up();
    for (uint32_t i = 0; i < N; i++) {
        struct fair_search s;
        struct fair_matches found;
        size_t at = look_up(i, straight, &s, &found);
        CHECK(at != SIZE_MAX && found.v[at].verdict == FAIR_MATCH && s.clues[at].bow == NULL && !says_bent(&found.v[at]));
    }
    tear_down();
}

/* The copy of a work through a lens, drawn; NULL where it is no match.  The caller frees it. */
static struct fair_image *
drawn(enum fair_drawing what, uint32_t work)
{
    struct fair_search s;
    struct fair_matches found;
    size_t at = look_up(work, lens, &s, &found);

    if (at == SIZE_MAX || found.v[at].verdict != FAIR_MATCH) return NULL;
    return fair_match_draw(what, &found.v[at], copy, W, H, g.grey[work], W, H);
}

TEST(a_bent_copy_is_drawn_straight)
{
    double off = 0, was = 0;
    unsigned n = 0;

    set_up();
    for (uint32_t i = 0; i < N; i++) {
        FAIR_AUTO(image) struct fair_image *d = drawn(FAIR_DRAW_STRAIGHT, i);
        if (d == NULL) continue;
        CHECK(d->width == W && d->height == H && d->channels == 3);
        for (uint32_t y = 0; y < H; y++)
            for (uint32_t x = 0; x < W; x++) {
                const uint8_t *p = fair_image_row(d, y) + 3 * x, *work = fair_image_row(g.grey[i], y);
                if (p[0] != p[2]) continue;               /* beyond the copy, blue */
                n++;
                off += abs(p[0] - work[x]);
                was += abs(fair_image_row(copy, y)[x] - work[x]);
            }
    }
    print_message("%.1f of 255 where %.1f was\n", off / n, was / n);
    CHECK(n > N / 2 * W * H && off * 4 < was);
    tear_down();
}

TEST(the_difference_of_a_bent_copy_is_laid_on_straightened)
{
    unsigned red = 0, n = 0;

    set_up();
    for (uint32_t i = 0; i < N; i++) {
        FAIR_AUTO(image) struct fair_image *d = drawn(FAIR_DRAW_DIFFERENCE, i);
        if (d == NULL) continue;
        for (uint32_t y = 0; y < H; y += 2)
            for (uint32_t x = 0; x < W; x += 2, n++) {
                const uint8_t *p = fair_image_row(d, y) + 3 * x;
                red += p[0] > p[1] + 60;
            }
    }
    print_message("%u of %u differ\n", red, n);
    CHECK(n > 0 && red * 50 < n);
    tear_down();
}

TEST(a_bow_stretches_as_its_places_move)
{
    struct fair_bow o = { .cx = 240, .cy = 180, .unit = 240 };

    for (int i = 0; i < FAIR_BOW_TERMS; i++) {
        o.x[i] = (float)(i * 7 % 5) - 2;
        o.y[i] = (float)(i * 5 % 7) - 3;
    }
    for (int down = 10; down < H; down += 70)
        for (int across = 10; across < W; across += 70) {
            const float x = (float)across, y = (float)down;
            float m[4], u[2], v[2];
            fair_bow_about(&o, x, y, m);
            fair_bow_at(&o, x - 1, y, &u[0], &v[0]);
            fair_bow_at(&o, x + 1, y, &u[1], &v[1]);
            CHECK(fabsf(m[0] - .5f * (u[1] - u[0])) < .01f && fabsf(m[2] - .5f * (v[1] - v[0])) < .01f);
            fair_bow_at(&o, x, y - 1, &u[0], &v[0]);
            fair_bow_at(&o, x, y + 1, &u[1], &v[1]);
            CHECK(fabsf(m[1] - .5f * (u[1] - u[0])) < .01f && fabsf(m[3] - .5f * (v[1] - v[0])) < .01f);
        }
}

static uint32_t seed = 11;

static float
any(float from, float to)
{
    seed = seed * 1664525u + 1013904223u;
    return from + (to - from) * (float)(seed >> 8) / 16777215.f;
}

TEST(every_kernel_bends_places_as_each_is_bent)
{
    const struct fair_bow_kernels *k;

    for (unsigned i = 0; (k = fair_bow_kernels_at(i)) != NULL; i++)
        for (size_t n = 0; n <= 24; n++) {
            struct fair_bow o = { .cx = any(100, 300), .cy = any(100, 300), .unit = any(100, 300) };
            float x[24], y[24], u[24], v[24];
            for (int j = 0; j < FAIR_BOW_TERMS; j++) { o.x[j] = any(-9, 9); o.y[j] = any(-9, 9); }
            for (int j = 0; j < 24; j++) { x[j] = any(-20, 500); y[j] = any(-20, 500); }
            k->at(o.x, o.y, (const float[3]){ o.cx, o.cy, o.unit }, x, y, n, u, v);
            for (size_t j = 0; j < n; j++) {
                float one, two;
                fair_bow_at(&o, x[j], y[j], &one, &two);
                CHECK(one == u[j] && two == v[j]);
            }
        }
}

TEST(every_kernel_adds_a_tile_term_by_term)
{
    const struct fair_bow_kernels *k;

    for (unsigned i = 0; (k = fair_bow_kernels_at(i)) != NULL; i++)
        for (int round = 0; round < 50; round++) {
            struct fair_bow_sums one, two;
            float p[72], u[2] = { any(-3, 3), any(-3, 3) }, metric[3] = { any(0, 1), any(-1, 1), any(0, 1) };
            for (int j = 0; j < 72; j++) { p[j] = any(-1, 1); one.xx[j] = any(-9, 9); one.xy[j] = any(-9, 9); one.yy[j] = any(-9, 9); }
            for (int j = 0; j < 24; j++) { one.x[j] = (double)any(-9, 9); one.y[j] = (double)any(-9, 9); }
            two = one;
            k->add(p, FAIR_BOW_TERMS, FAIR_BOW_PRODUCTS, u, metric, &two);
            for (int j = 0; j < FAIR_BOW_TERMS; j++) {
                CHECK(two.x[j] == one.x[j] + (double)(p[j] * u[0]));
                CHECK(two.y[j] == one.y[j] + (double)(p[j] * u[1]));
            }
            for (int j = 0; j < FAIR_BOW_PRODUCTS; j++)
                CHECK(two.xx[j] == one.xx[j] + metric[0] * p[j] && two.xy[j] == one.xy[j] + metric[1] * p[j] && two.yy[j] == one.yy[j] + metric[2] * p[j]);
        }
}

/* m = q q' + 1 with a made up q, so that it is positive. */
TEST(every_kernel_solves_to_the_same_bits)
{
    static double q[FAIR_BOW_N][FAIR_BOW_N], m[FAIR_BOW_N][FAIR_BOW_N], left[FAIR_BOW_N][FAIR_BOW_N];
    const struct fair_bow_kernels *k;

    for (size_t n = 1; n <= FAIR_BOW_N; n++) {
        double r[FAIR_BOW_N], first[FAIR_BOW_N], x[FAIR_BOW_N];
        for (size_t i = 0; i < n; i++) {
            r[i] = (double)any(-3, 3);
            for (size_t j = 0; j < n; j++) q[i][j] = (double)any(-1, 1);
        }
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                m[i][j] = i == j ? 1 : 0;
                for (size_t l = 0; l < n; l++) m[i][j] += q[i][l] * q[j][l];
            }
        for (unsigned i = 0; (k = fair_bow_kernels_at(i)) != NULL; i++) {
            memcpy(left, m, sizeof m);
            memcpy(x, r, sizeof r);
            CHECK(k->solve(left, x, n));
            if (i == 0) memcpy(first, x, sizeof x);
            assert_memory_equal(first, x, n * sizeof *x);
            for (size_t j = 0; j < n; j++) {
                double sum = 0;
                for (size_t l = 0; l < n; l++) sum += m[j][l] * x[l];
                CHECK(fabs(sum - r[j]) < 1e-6);
            }
            memcpy(left, m, sizeof m);
            left[n - 1][n - 1] -= 1e6;
            CHECK(!k->solve(left, x, n));
        }
    }
}

FAIR_TEST_MAIN
