/* image/codecs/bench_decode.c - a 512-pixel luma by our reader, against full RGB by plain libjpeg and then luma and area, and, where
 * it was built with -Dpeers=true, against OpenCV, in one run.
 *
 *     bench_decode [picture.jpg ...]    without files: made-up pictures of four sizes, each at three shares of bits */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <jpeglib.h>
#include "base/bench.h"
#include "image/codecs/bench_plain.h"
#include "base/io.h"
#include "image/codecs/codecs.h"
#ifdef FAIR_PEERS
#include "image/codecs/bench_opencv.h"
#endif

enum { SIDE = 512 };

/* Smooth shapes and `grain` levels of noise: what JPEG makes of it has from one to five bits a pixel, as photographs have. */
static struct fair_image *
photo(uint32_t w, uint32_t h, uint32_t grain)
{
    struct fair_image *im = fair_image_new(w, h, 3);
    uint32_t state = 7;
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w; x++) {
            uint8_t *p = fair_image_row(im, y) + 3 * x;
            uint32_t base = (x * 160 / w) + (((x / 37) ^ (y / 23)) & 7) * 8;
            state = state * 1664525u + 1013904223u;
            for (uint32_t c = 0; c < 3; c++) p[c] = (uint8_t)(base + 20 * c + ((state >> (8 + 5 * c)) & grain) + y * 30 / h);
        }
    return im;
}

/* The ordinary way: every pixel in colour, then grey, then smaller. */
static struct fair_image *
plain_way(fair_str jpeg)
{
    struct fair_image *rgb = in_full_colour(jpeg), *grey, *out;

    grey = fair_image_luma(rgb);
    out = fair_image_shrink(grey, SIDE);
    fair_image_free(&rgb);
    fair_image_free(&grey);
    return out;
}

static struct fair_image *
our_way(fair_str jpeg)
{
    struct fair_image *near = NULL, *out;
    struct fair_picture info;
    struct fair_err err = { 0 };
    if (fair_picture_decode(jpeg.p, jpeg.n, &fair_image_limits_default, SIDE, 1, &near, &info, &err) != FAIR_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    out = fair_image_shrink(near, SIDE);
    fair_image_free(&near);
    return out;
}

#ifdef FAIR_PEERS
static struct fair_image *
opencv(fair_str jpeg, int reduced)
{
    static uint8_t grey[SIDE * SIDE];
    unsigned w = 0, h = 0;
    struct fair_image *out;

    if (!fair_opencv_luma((const uint8_t *)jpeg.p, jpeg.n, SIDE, reduced, grey, &w, &h)) {
        fprintf(stderr, "OpenCV does not read it\n");
        exit(1);
    }
    out = fair_image_new(w, h, 1);
    for (unsigned y = 0; y < h; y++) memcpy(fair_image_row(out, y), grey + (size_t)y * w, w);
    return out;
}

static struct fair_image *opencv_colour(fair_str jpeg) { return opencv(jpeg, 0); }
static struct fair_image *opencv_reduced(fair_str jpeg) { return opencv(jpeg, 1); }
#endif

static const struct way { const char *name; struct fair_image *(*run)(fair_str jpeg); } ways[] = {
    { "ours", our_way },
    { "libjpeg RGB, luma, area", plain_way },
#ifdef FAIR_PEERS
    { "OpenCV colour, grey, resize", opencv_colour },
    { "OpenCV grey, reduced, resize", opencv_reduced },
#endif
};
enum { WAYS = sizeof ways / sizeof *ways };

static int
by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
mean_difference(const struct fair_image *a, const struct fair_image *b)
{
    double sum = 0;

    if (a->width != b->width || a->height != b->height) return -1;
    for (uint32_t y = 0; y < a->height; y++)
        for (uint32_t x = 0; x < a->width; x++) sum += abs(fair_image_row((struct fair_image *)(uintptr_t)a, y)[x] - fair_image_row((struct fair_image *)(uintptr_t)b, y)[x]);
    return sum / ((double)a->width * a->height);
}

/* Medians of turns taken one after the other. */
static void
measure(const char *name, fair_str jpeg)
{
    enum { TURNS = 9 };
    double took[WAYS][TURNS];
    struct fair_image *mine = our_way(jpeg);
    struct fair_picture info;
    struct fair_image *im = NULL;
    struct fair_err err = { 0 };

    if (fair_picture_decode(jpeg.p, jpeg.n, &fair_image_limits_default, SIDE, 1, &im, &info, &err) != FAIR_OK) exit(1);
    fair_image_free(&im);
    for (int i = 0; i < TURNS; i++)
        for (int w = 0; w < WAYS; w++) {
            double t = ms();
            struct fair_image *out = ways[w].run(jpeg);
            took[w][i] = ms() - t;
            fair_image_free(&out);
        }
    for (int w = 0; w < WAYS; w++) qsort(took[w], TURNS, sizeof took[w][0], by_value);
    printf("%-10s %5.2f MP %4.1f bits a pixel  ours %6.2f ms (%.0f MB/s)", name, info.width * (double)info.height / 1e6,
           (double)jpeg.n * 8 / ((double)info.width * info.height), took[0][TURNS / 2], (double)jpeg.n / 1e3 / took[0][TURNS / 2]);
    for (int w = 1; w < WAYS; w++) {
        struct fair_image *other = ways[w].run(jpeg);
        printf("  %s %.2f ms, ratio %.2f (differs by %.2f)", ways[w].name, took[w][TURNS / 2], took[w][TURNS / 2] / took[0][TURNS / 2], mean_difference(mine, other));
        fair_image_free(&other);
    }
    printf("\n");
    fair_image_free(&mine);
}

static void
measure_shrink(void)
{
    static const uint32_t sides[] = { 512, 64 };
    struct fair_image *rgb = photo(1000, 750, 15), *grey = fair_image_luma(rgb);
    for (int i = 0; i < 2; i++) {
        double t = ms();
        for (int turn = 0; turn < 50; turn++) {
            struct fair_image *s = fair_image_shrink(grey, sides[i]);
            fair_image_free(&s);
        }
        printf("shrink 1000 x 750 grey to %u: %.3f ms\n", sides[i], (ms() - t) / 50);
    }
    fair_image_free(&rgb);
    fair_image_free(&grey);
}

int
main(int argc, char **argv)
{
    static const struct { const char *name; uint32_t w, h; } sizes[] = { { "0.2 MP", 520, 390 }, { "1.1 MP", 1280, 880 }, { "12 MP", 4000, 3000 }, { "24 MP", 6000, 4000 } };
    static const struct { uint32_t grain; int quality; } kinds[] = { { 7, 75 }, { 15, 88 }, { 31, 93 } };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_err err = { 0 };
    fair_str jpeg;

    fair_memory_keep();       /* as the decode helper does; it is good for all */
    measure_shrink();
    for (int i = 1; i < argc; i++) {
        if (fair_read_file(a, argv[i], 1 << 28, &jpeg, &err) != FAIR_OK) return 1;
        measure(strrchr(argv[i], '/') != NULL ? strrchr(argv[i], '/') + 1 : argv[i], jpeg);
    }
    for (int i = 0; argc == 1 && i < 12; i++) {
        struct fair_image *im = photo(sizes[i / 3].w, sizes[i / 3].h, kinds[i % 3].grain);
        fair_jpeg_encode(im, kinds[i % 3].quality, a, &jpeg);
        measure(sizes[i / 3].name, jpeg);
        fair_image_free(&im);
        fair_arena_clear(a);
    }
    return 0;
}
