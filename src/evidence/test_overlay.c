/* evidence/test_overlay.c - a work of four pixels laid over pictures by known maps. */
#include "base/test.h"
#include <zlib.h>
#include "evidence/overlay.h"

/* The pixels of our own PNG: one IDAT; each row is its difference from the one above. */
static void
pixels(fair_str png, uint8_t *out, size_t n)
{
    const char *idat = memmem(png.p, png.n, "IDAT", 4);
    uLongf got = (uLongf)n;

    assert_non_null(idat);
    assert_int_equal(memcmp(png.p, "\x89PNG\r\n\x1a\n", 8), 0);
    assert_int_equal(uncompress(out, &got, (const Bytef *)idat + 4, (uLong)(png.p + png.n - idat) - 4 - 12), Z_OK);
    assert_int_equal(got, n);
    {
        size_t row = 1 + 3 * (size_t)(uint8_t)png.p[19];
        for (size_t i = 0; i < n; i++) {
            if (i % row == 0) assert_int_equal(out[i], 2);
            else if (i >= row) out[i] = (uint8_t)(out[i] + out[i - row]);
        }
    }
}

TEST(where_both_agree_it_is_grey_and_elsewhere_coloured_or_dark)
{
    struct fair_arena *a = fair_arena_new();
    const uint8_t work[4] = { 10, 20, 30, 40 }, found[6] = { 10, 20, 100, 30, 99, 100 };
    struct fair_overlay_side w = { 2, 2, 2, work, 1, 1 }, f = { 3, 2, 3, found, 1, 1 };
    const double map[6] = { 1, 0, 0, 0, 1, 0 };
    uint8_t out[20];
    fair_str png;

    CHECK_OK(fair_overlay_png(&f, &w, map, a, &png, why));
    pixels(png, out, sizeof out);
    CHECK(out[1] == 10 && out[2] == 10 && out[3] == 10);
    CHECK(out[7] == 50 && out[8] == 50);                  /* beside the work: darker */
    CHECK(out[14] == 99 && out[15] == 40 && out[16] == 40);   /* another value: coloured */
    fair_arena_free(&a);
}

TEST(a_mirrored_and_doubled_work_lies_where_the_map_says)
{
    struct fair_arena *a = fair_arena_new();
    const uint8_t work[2] = { 1, 2 }, found[8] = { 2, 2, 1, 1, 2, 2, 1, 1 };
    struct fair_overlay_side w = { 2, 1, 2, work, 1, 1 }, f = { 4, 2, 4, found, 1, 1 };
    const double map[6] = { -2, 0, 4, 0, 2, 0 };
    uint8_t out[26];
    fair_str png;

    CHECK_OK(fair_overlay_png(&f, &w, map, a, &png, why));
    pixels(png, out, sizeof out);
    for (int y = 0; y < 2; y++)
        for (int x = 0; x < 4; x++) CHECK(out[y * 13 + 1 + x * 3] == out[y * 13 + 2 + x * 3]);
    fair_arena_free(&a);
}

TEST(a_map_that_cannot_be_turned_round_is_refused)
{
    struct fair_arena *a = fair_arena_new();
    const uint8_t one[1] = { 1 };
    struct fair_overlay_side s = { 1, 1, 1, one, 1, 1 };
    const double flat[6] = { 0 };
    struct fair_err err = { 0 };
    fair_str png;

    CHECK_EQ(fair_overlay_png(&s, &s, flat, a, &png, &err), FAIR_INVALID);
    fair_arena_free(&a);
}

FAIR_TEST_MAIN
