/* tests/tools/make_pictures.c - make-pictures DIR N [SEED [WIDTH]]: N made-up scenes as JPEG, the same for the same
 * seed, each unlike the others: hills of fractal noise under a sky, with houses, discs, stripes and leaves in them.
 * For the demo, the benchmarks and the tests that need many pictures nobody owns. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/io.h"
#include "image/codecs/codecs.h"

static uint64_t state;

/* splitmix64 */
static uint64_t
next(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static double uniform(void) { return (double)(next() >> 11) * 0x1p-53; }
static double between(double a, double b) { return a + (b - a) * uniform(); }

static uint32_t
mix(uint32_t x, uint32_t y, uint32_t seed)
{
    uint32_t h = x * 374761393u + y * 668265263u + seed * 2246822519u;
    h = (h ^ h >> 13) * 1274126177u;
    return h ^ h >> 16;
}

/* Smooth value noise of four octaves, 0..1. */
static double
noise(double x, double y, uint32_t seed)
{
    double sum = 0, amplitude = 0.5;
    for (int o = 0; o < 4; o++) {
        double fx = floor(x), fy = floor(y), u = x - fx, v = y - fy;
        uint32_t ix = (uint32_t)(int32_t)fx, iy = (uint32_t)(int32_t)fy;
        double a = mix(ix, iy, seed + (uint32_t)o) / 4294967295.0, b = mix(ix + 1, iy, seed + (uint32_t)o) / 4294967295.0;
        double c = mix(ix, iy + 1, seed + (uint32_t)o) / 4294967295.0, d = mix(ix + 1, iy + 1, seed + (uint32_t)o) / 4294967295.0;
        u = u * u * (3 - 2 * u);
        v = v * v * (3 - 2 * v);
        sum += amplitude * (a + (b - a) * u + (c - a) * v + (a - b - c + d) * u * v);
        amplitude /= 2;
        x *= 2;
        y *= 2;
    }
    return sum / 0.9375;
}

struct colour { double r, g, b; };

static struct colour
any_colour(void)
{
    return (struct colour){ between(20, 235), between(20, 235), between(20, 235) };
}

static void
blend(struct fair_image *im, uint32_t x, uint32_t y, struct colour c, double how)
{
    uint8_t *p = fair_image_row(im, y) + 3 * x;
    p[0] = (uint8_t)(p[0] + (c.r - p[0]) * how);
    p[1] = (uint8_t)(p[1] + (c.g - p[1]) * how);
    p[2] = (uint8_t)(p[2] + (c.b - p[2]) * how);
}

static void
landscape(struct fair_image *im)
{
    struct colour top = any_colour(), low = any_colour(), hill[4];
    double base[4], wide[4], high[4];
    uint32_t seed = (uint32_t)next();

    for (int i = 0; i < 4; i++) {
        hill[i] = any_colour();
        base[i] = (0.25 + 0.2 * i) * im->height + between(-0.08, 0.08) * im->height;
        wide[i] = between(1.5, 7);
        high[i] = between(0.1, 0.35) * im->height;
    }
    for (uint32_t x = 0; x < im->width; x++) {
        double u = (double)x / im->width, edge[4];
        for (int i = 0; i < 4; i++) edge[i] = base[i] - high[i] * (noise(u * wide[i], i * 17.0, seed) - 0.3);
        for (uint32_t y = 0; y < im->height; y++) {
            double v = (double)y / im->height, n = noise(u * 24, v * 24, seed + 99), k = v;
            struct colour c = { top.r + (low.r - top.r) * k, top.g + (low.g - top.g) * k, top.b + (low.b - top.b) * k };
            double cloud = noise(u * 5, v * 9, seed + 7);
            if (cloud > 0.55) c = (struct colour){ c.r + (245 - c.r) * 0.7, c.g + (245 - c.g) * 0.7, c.b + (245 - c.b) * 0.7 };
            for (int i = 0; i < 4; i++)
                if (y > edge[i]) c = hill[i];
            k = 0.55 + 0.9 * n;
            uint8_t *p = fair_image_row(im, y) + 3 * x;
            p[0] = (uint8_t)fmin(255, c.r * k);
            p[1] = (uint8_t)fmin(255, c.g * k);
            p[2] = (uint8_t)fmin(255, c.b * k);
        }
    }
}

static void
things(struct fair_image *im)
{
    int n = 6 + (int)(next() % 22);
    for (int i = 0; i < n; i++) {
        struct colour c = any_colour(), d = any_colour();
        double cx = uniform() * im->width, cy = uniform() * im->height, size = between(0.02, 0.16) * im->width, flat = between(0.4, 1.6);
        double turn = between(0, 3.14159), cs = cos(turn), sn = sin(turn), stripe = between(3, 14);
        int kind = (int)(next() % 4);
        for (int64_t y = (int64_t)(cy - 2 * size); y < cy + 2 * size; y++)
            for (int64_t x = (int64_t)(cx - 2 * size); x < cx + 2 * size; x++) {
                double dx = (double)x - cx, dy = (double)y - cy, a = (dx * cs + dy * sn) / size, b = (dy * cs - dx * sn) / size / flat;
                bool in = kind == 0 ? a * a + b * b < 1 : kind == 1 ? fabs(a) < 1 && fabs(b) < 1
                        : kind == 2 ? fabs(a) + fabs(b) < 1 : a > -1 && b > -1 && a + b < 0.6;
                if (x < 0 || y < 0 || x >= im->width || y >= im->height || !in) continue;
                blend(im, (uint32_t)x, (uint32_t)y, fmod(fabs(a * size), stripe) < stripe / 2 && kind != 0 ? d : c, 0.85);
            }
    }
}

int
main(int argc, char **argv)
{
    long n = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    uint32_t seed = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 1, width = argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 10) : 640;
    struct fair_err err = { 0 };

    if (n <= 0 || n > 1000000 || width < 16 || width > 8000 || fair_make_dirs(argv[1], 0755, &err) != FAIR_OK) {
        fprintf(stderr, "usage: make-pictures DIR N [SEED [WIDTH]] %s\n", err.text);
        return 2;
    }
    for (long i = 0; i < n; i++) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        FAIR_AUTO(image) struct fair_image *im = NULL;
        fair_str jpeg;

        state = (uint64_t)seed << 32 | (uint64_t)i;
        im = fair_image_new(width, (uint32_t)(width * between(0.6, 0.8)), 3);
        landscape(im);
        things(im);
        fair_jpeg_encode(im, 88, a, &jpeg);
        if (fair_write_file(fair_str_fmt(a, "%s/made-%u-%06ld.jpg", argv[1], seed, i).p, jpeg.p, jpeg.n, 0644, &err) != FAIR_OK) {
            fprintf(stderr, "make-pictures: %s\n", err.text);
            return 4;
        }
    }
    return 0;
}
