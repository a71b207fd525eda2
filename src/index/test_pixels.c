/* Laying pictures on each other: every kernel means the same. */
#include <math.h>
#include "base/test.h"
#include "index/kernels_pixels.h"
#include "index/search.h"

static uint32_t seed = 7;

static uint32_t
next(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

static float
any(float from, float to)
{
    return from + (to - from) * (float)next() / 16777215.f;
}

TEST(every_kernel_halves_as_the_plain_one_does)
{
    const struct fair_pixels_kernels *plain = fair_pixels_kernels_at(0), *k;
    static uint8_t a8[400], b8[400];
    static uint16_t a16[400], b16[400], one[201], two[201];

    for (int i = 0; i < 400; i++) {
        a8[i] = (uint8_t)next();
        b8[i] = i % 7 == 0 ? 255 : (uint8_t)next();
        a16[i] = (uint16_t)(i % 5 == 0 ? 16320 : next() % 16321);
        b16[i] = (uint16_t)(next() % 16321);
    }
    CHECK_EQ((plain->halve8((const uint8_t *)"\1\2\3\377", (const uint8_t *)"\4\5\377\377", 2, one), one[0]), 12);
    CHECK_EQ(one[1], 3 + 3 * 255);
    for (unsigned i = 1; (k = fair_pixels_kernels_at(i)) != NULL; i++)
        for (size_t n = 0; n <= 190; n++) {
            one[n] = two[n] = 4321;
            plain->halve8(a8 + 1, b8, n, one);
            k->halve8(a8 + 1, b8, n, two);
            assert_memory_equal(one, two, (n + 1) * sizeof *one);
            plain->halve16(a16 + 1, b16, n, one);
            k->halve16(a16 + 1, b16, n, two);
            assert_memory_equal(one, two, (n + 1) * sizeof *one);
            CHECK_EQ(two[n], 4321);
        }
}

TEST(every_kernel_samples_as_the_plain_one_does)
{
    const struct fair_pixels_kernels *plain = fair_pixels_kernels_at(0), *k;
    static uint16_t v[37 * 23 + 2];
    size_t outside = 0, inside = 0;

    for (size_t i = 0; i < sizeof v / sizeof *v; i++) v[i] = (uint16_t)(next() % 65281);
    for (unsigned i = 1; (k = fair_pixels_kernels_at(i)) != NULL; i++)
        for (int round = 0; round < 400; round++) {
            const struct fair_level l = { 37, 23, v, round % 2 ? 1 : .25f, round % 2 ? 1 : 1.f / 16 };
            const float b[8] = { any(-2, 2), any(-1, 1), any(-20, 60), any(-1, 1), any(-2, 2), any(-20, 60), any(-.01f, .01f), any(-.01f, .01f) };
            float x = any(-10, 40), y = any(-10, 30), gap = any(0, 2), one[61], two[61];
            size_t n = next() % 60;
            one[n] = two[n] = 1234;
            plain->sample(&l, b, x, y, gap, n, one);
            k->sample(&l, b, x, y, gap, n, two);
            for (size_t j = 0; j < n; j++) {
                CHECK_EQ(isnan(one[j]) != 0, isnan(two[j]) != 0);
                if (isnan(one[j])) { outside++; one[j] = two[j] = 0; }
                else inside++;
            }
            assert_memory_equal(one, two, (n + 1) * sizeof *one);
        }
    CHECK((outside > 100 && inside > 100) || fair_pixels_kernels_at(1) == NULL);
}

TEST(every_kernel_samples_runs_as_lines_through_them_are_sampled)
{
    const struct fair_pixels_kernels *plain = fair_pixels_kernels_at(0), *k;
    static uint16_t v[37 * 23 + 2];

    for (size_t i = 0; i < sizeof v / sizeof *v; i++) v[i] = (uint16_t)(next() % 65281);
    for (unsigned i = 0; (k = fair_pixels_kernels_at(i)) != NULL; i++)
        for (int round = 0; round < 200; round++) {
            const struct fair_level l = { 37, 23, v, round % 2 ? 1 : .25f, round % 2 ? 1 : 1.f / 16 };
            float gap = any(0, 2), one[FAIR_RUNS * FAIR_TILE + 1], two[FAIR_RUNS * FAIR_TILE + 1];
            size_t n = next() % (FAIR_RUNS * FAIR_TILE + 1);
            struct fair_runs r;
            one[n] = two[n] = 1234;
            for (size_t at = 0; at < FAIR_RUNS; at++) {
                const float line[8] = { r.du[at] = any(-2, 2), 0, r.u[at] = any(-20, 60), r.dv[at] = any(-2, 2), 0, r.v[at] = any(-20, 60), 0, 0 };
                r.x[at] = any(-10, 40);
                if (at * FAIR_TILE < n) plain->sample(&l, line, r.x[at], 3, gap, n - at * FAIR_TILE < FAIR_TILE ? n - at * FAIR_TILE : FAIR_TILE, one + at * FAIR_TILE);
            }
            k->runs(&l, &r, gap, n, two);
            for (size_t j = 0; j < n; j++)
                if (isnan(one[j]) && isnan(two[j])) one[j] = two[j] = 0;
            assert_memory_equal(one, two, (n + 1) * sizeof *one);
        }
}

TEST(every_kernel_takes_places_where_the_map_takes_each)
{
    const struct fair_pixels_kernels *k;

    for (unsigned i = 0; (k = fair_pixels_kernels_at(i)) != NULL; i++)
        for (int round = 0; round < 200; round++) {
            const float b[8] = { any(-2, 2), any(-1, 1), any(-20, 60), any(-1, 1), any(-2, 2), any(-20, 60), any(-.02f, .01f), any(-.02f, .01f) };
            const size_t n = next() % 25;
            float x[32], y[32], u[32], v[32];
            for (int j = 0; j < 32; j++) { x[j] = any(-10, 200); y[j] = any(-10, 200); }
            k->bend(b, x, y, n, u, v);
            for (size_t j = 0; j < n; j++) {
                float one, two;
                fair_bend_at(b, x[j], y[j], &one, &two);
                CHECK(one == u[j] && two == v[j]);
            }
        }
}

TEST(a_sample_is_the_mean_of_its_neighbours_by_nearness)
{
    const uint16_t v[4 + 2] = { 10, 30, 50, 90 };
    const struct fair_level l = { 2, 2, v, 1, 1 };
    const float b[8] = { 1, 0, 0, 0, 1, 0, 0, 0 };
    const struct fair_pixels_kernels *k;

    for (unsigned i = 0; (k = fair_pixels_kernels_at(i)) != NULL; i++) {
        float out[4];
        k->sample(&l, b, .5f, .5f, .25f, 1, out);
        CHECK(out[0] == 10);
        k->sample(&l, b, 1, 1, 1.1f, 2, out);
        CHECK(fabsf(out[0] - 45) < .1f);
        CHECK(isnan(out[1]));
    }
}

TEST(every_kernel_sums_a_tile_and_its_slopes_as_the_plain_one_does)
{
    const struct fair_pixels_kernels *plain = fair_pixels_kernels_at(0), *k;
    static float a[20 * 20], b[20 * 20];

    for (unsigned i = 1; (k = fair_pixels_kernels_at(i)) != NULL; i++)
        for (int round = 0; round < 200; round++) {
            float one[5], two[5], s1[FAIR_PRODUCTS][FAIR_TILE] = { { 1 } }, s2[FAIR_PRODUCTS][FAIR_TILE] = { { 1 } };
            const struct fair_gauss g = { any(0, 255), any(0, 255), any(.2f, 5), any(0, 1), any(-1, 1), any(0, .1f) };
            unsigned mask = round % 3 == 0 ? 0xff : next() & 0xff;
            for (int j = 0; j < 400; j++) { a[j] = any(0, 255); b[j] = any(0, 255); }
            plain->tile(a + 3, b + 21, 20, 19, one);
            k->tile(a + 3, b + 21, 20, 19, two);
            assert_memory_equal(one, two, sizeof one);
            for (size_t n = 1; n <= 5; n++) {
                float row[5][5];
                k->tiles(a + 3, b + 21, 20, 19, n, row);
                plain->tile(a + 3, b + 21 + n - 1, 20, 19, one);
                assert_memory_equal(row[n - 1], one, sizeof one);
                assert_memory_equal(row[0], two, sizeof two);
            }
            if (round % 2) b[65] = b[101] = NAN;           /* above one, right of another */
            plain->gauss(a + 41, b + 81, 20, &g, .3f, mask, s1);
            k->gauss(a + 41, b + 81, 20, &g, .3f, mask, s2);
            for (int p = 0; p < FAIR_PRODUCTS; p++)
                for (int x = 0; x < FAIR_TILE; x++) CHECK(s1[p][x] == s2[p][x]);
        }
}

/* What was seen under one map, as far as it decides which of two is kept. */
static struct fair_clue
under(float alike, float covers, float tiles)
{
    return (struct fair_clue){ .looked = true, .close = true, .alike = { alike, alike, alike }, .firm = { alike, alike, alike }, .covers = covers, .tiles = { tiles } };
}

static float
kept(struct fair_clue held, struct fair_clue seen)
{
    fair_pixels_better(&seen, &held);
    return held.covers;
}

TEST(of_two_maps_the_one_that_agrees_as_closely_over_more_of_the_work_is_kept)
{
    const struct fair_clue all = under(.99f, .91f, 13), most = under(.97f, .78f, 19), sliver = under(1, .95f, 2), poor = under(.5f, .99f, 18);
    const struct fair_clue fewer = under(.9895f, .92f, 12), hair = under(.9895f, .915f, 12);
    struct fair_clue coarse = all, unseen = { .covers = .5f };

    /* a thing on even ground, squeezed: the map of its spots leaves ground out, and has more samples of the thing */
    CHECK(kept(most, all) == all.covers);
    CHECK(kept(all, most) == all.covers);
    /* as closely but for a hair: the work is more of a reason, a hair of the work is not */
    CHECK(kept(all, fewer) == fewer.covers);
    CHECK(kept(fewer, all) == fewer.covers);
    CHECK(kept(all, hair) == all.covers);
    CHECK(kept(hair, all) == all.covers);
    /* but hardly anything that agrees is no reason, and covering more without agreeing neither */
    CHECK(kept(most, sliver) == most.covers);
    CHECK(kept(sliver, most) == most.covers);
    CHECK(kept(most, poor) == most.covers);
    CHECK(kept(poor, most) == most.covers);
    /* a coarse look has fewer samples: what fits better is asked then */
    coarse.close = false;
    CHECK(kept(most, coarse) == most.covers);
    CHECK(kept(unseen, most) == most.covers);
    CHECK(kept(most, unseen) == most.covers);
}

FAIR_TEST_MAIN
