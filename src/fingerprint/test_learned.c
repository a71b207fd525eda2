#include <math.h>
#include <stdlib.h>
#include "base/test.h"
#include "fingerprint/learned.h"

static uint32_t
any(uint32_t *s)
{
    *s = *s * 1664525u + 1013904223u;
    return *s >> 8;
}

/* A scene: a sky, hills, a dozen discs and bars, all told by `seed`, in integers alone. */
static struct fair_image *
scene(uint32_t seed, uint32_t width, uint32_t height)
{
    struct fair_image *im = fair_image_new(width, height, 1);
    uint32_t s = seed * 2654435761u + 1, sky = 60 + any(&s) % 150, hill = any(&s) % 200, at[14][5];

    for (int i = 0; i < 14; i++)
        for (int k = 0; k < 5; k++) at[i][k] = any(&s) % 1000;
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            uint32_t u = x * 1000 / width, v = y * 1000 / height, g = sky + v / 20;
            if (v > 500 + (u * (1000 - u) / 1000) * hill / 250) g = hill / 2 + (u ^ v) % 16;
            for (int i = 0; i < 14; i++) {
                uint32_t dx = u > at[i][0] ? u - at[i][0] : at[i][0] - u, dy = v > at[i][1] ? v - at[i][1] : at[i][1] - v, r = 20 + at[i][2] / 8;
                if (i % 2 ? dx * dx + dy * dy < r * r : dx < r && dy < r / 3) g = at[i][3] * 255 / 1000;
            }
            fair_image_row(im, y)[x] = (uint8_t)(g > 255 ? 255 : g);
        }
    return im;
}

static struct fair_image *
turned(const struct fair_image *in, bool mirrored, bool upside_down)
{
    struct fair_image *out = fair_image_new(in->width, in->height, 1);

    for (uint32_t y = 0; y < in->height; y++)
        for (uint32_t x = 0; x < in->width; x++)
            fair_image_row(out, y)[x] = fair_image_row(in, upside_down ? in->height - 1 - y : y)[mirrored ? in->width - 1 - x : x];
    return out;
}

/* Blurred by the mean of a square of 2 r + 1. */
static struct fair_image *
blurred(const struct fair_image *in, int r)
{
    struct fair_image *out = fair_image_new(in->width, in->height, 1);

    for (int y = 0; y < (int)in->height; y++)
        for (int x = 0; x < (int)in->width; x++) {
            uint32_t sum = 0, n = 0;
            for (int b = -r; b <= r; b++)
                for (int a = -r; a <= r; a++) {
                    if (x + a < 0 || y + b < 0 || x + a >= (int)in->width || y + b >= (int)in->height) continue;
                    sum += fair_image_row(in, (uint32_t)(y + b))[x + a];
                    n++;
                }
            fair_image_row(out, (uint32_t)y)[x] = (uint8_t)(sum / n);      /* NOLINT(clang-analyzer-core.DivideZero): the pixel itself is always counted */
        }
    return out;
}

TEST(the_same_pixels_give_the_same_bits_however_often_and_whatever_was_seen_between)
{
    FAIR_AUTO(image) struct fair_image *im = scene(1, 320, 240);
    int8_t once[FAIR_LEARNED], again[FAIR_LEARNED];

    fair_learned_take(im, once);
    for (int i = 0; i < 5; i++) {
        FAIR_AUTO(image) struct fair_image *other = scene(100 + (uint32_t)i, 77, 310);
        fair_learned_take(other, again);       /* what the net remembers of others must not show */
        fair_learned_take(im, again);
        assert_memory_equal(once, again, FAIR_LEARNED);
    }
}

TEST(a_mirrored_turned_or_blurred_scene_is_nearer_to_itself_than_to_forty_others)
{
    int8_t works[40][FAIR_LEARNED];
    unsigned lost = 0;

    for (uint32_t i = 0; i < 40; i++) {
        FAIR_AUTO(image) struct fair_image *im = scene(i + 1, 300, 200);
        fair_learned_take(im, works[i]);
    }
    for (uint32_t i = 0; i < 40; i++) {
        FAIR_AUTO(image) struct fair_image *im = scene(i + 1, 300, 200);
        for (int e = 0; e < 3; e++) {
            FAIR_AUTO(image) struct fair_image *copy = e == 0 ? turned(im, true, false) : e == 1 ? turned(im, true, true) : blurred(im, 6);
            int8_t d[FAIR_LEARNED];
            float own;
            fair_learned_take(copy, d);
            own = fair_learned_near(d, works[i]);
            for (uint32_t k = 0; k < 40; k++)
                if (k != i && fair_learned_near(d, works[k]) >= own) { lost++; break; }
        }
    }
    assert_in_range(lost, 0, 24);              /* of 120; by chance it would be 117 */
}

TEST(a_picture_of_one_colour_is_near_nothing_and_any_size_is_taken)
{
    static const uint32_t sides[][2] = { { 1, 1 }, { 1, 900 }, { 900, 1 }, { 3, 2 }, { 63, 65 }, { 2000, 7 }, { 512, 512 } };
    int8_t plain[FAIR_LEARNED], d[FAIR_LEARNED];

    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        FAIR_AUTO(image) struct fair_image *im = fair_image_new(sides[i][0], sides[i][1], 1), *s = scene(9, sides[i][0], sides[i][1]);
        for (uint32_t y = 0; y < im->height; y++)
            for (uint32_t x = 0; x < im->width; x++) fair_image_row(im, y)[x] = 131;
        fair_learned_take(im, plain);
        for (int k = 0; k < FAIR_LEARNED; k++) assert_int_equal(plain[k], 0);
        fair_learned_take(s, d);
        assert_true(fair_learned_near(plain, d) == 0);
        if (sides[i][0] >= 63 && sides[i][1] >= 63) assert_true(fabsf(fair_learned_near(d, d) - 1) < 1e-6f);
        fair_image_free(&s);
    }
}

FAIR_TEST_MAIN
