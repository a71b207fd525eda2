/* image/codecs/bench_decode.c - a 512-pixel luma by our reader, against full RGB by plain libjpeg and then luma and area, in one run.
 *
 * With pictures as arguments: those instead of generated ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <jpeglib.h>
#include "base/io.h"
#include "image/codecs/codecs.h"

enum { SIDE = 512 };

static double
now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Smooth shapes and grain, so that a quality of 85 gives about 2 bits a pixel, as photographs have. */
static struct fair_image *
photo(uint32_t w, uint32_t h)
{
    struct fair_image *im = fair_image_new(w, h, 3);
    uint32_t seed = 7;
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w; x++) {
            uint8_t *p = fair_image_row(im, y) + 3 * x;
            uint32_t base = (x * 160 / w) + (((x / 37) ^ (y / 23)) & 7) * 8;
            seed = seed * 1664525u + 1013904223u;
            for (uint32_t c = 0; c < 3; c++) p[c] = (uint8_t)(base + 20 * c + ((seed >> (8 + 5 * c)) & 15) + y * 30 / h);
        }
    return im;
}

/* The ordinary way: every pixel in colour, then grey, then smaller. */
static struct fair_image *
plain_way(fair_str jpeg)
{
    struct jpeg_decompress_struct j;
    struct jpeg_error_mgr errors;
    struct fair_image *rgb, *grey, *out;

    j.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&j);
    jpeg_mem_src(&j, (const unsigned char *)jpeg.p, jpeg.n);
    jpeg_read_header(&j, TRUE);
    j.out_color_space = JCS_RGB;
    jpeg_start_decompress(&j);
    rgb = fair_image_new(j.output_width, j.output_height, 3);
    while (j.output_scanline < j.output_height) {
        JSAMPROW row = fair_image_row(rgb, j.output_scanline);
        jpeg_read_scanlines(&j, &row, 1);
    }
    jpeg_finish_decompress(&j);
    jpeg_destroy_decompress(&j);
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

static int
by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Medians of turns taken one after the other. */
static void
measure(const char *name, fair_str jpeg)
{
    enum { TURNS = 15 };
    double plain[TURNS], ours[TURNS], difference = 0;
    struct fair_image *a = plain_way(jpeg), *b = our_way(jpeg);

    for (uint32_t y = 0; y < a->height; y++)
        for (uint32_t x = 0; x < a->width; x++) difference += abs(fair_image_row(a, y)[x] - fair_image_row(b, y)[x]);
    difference /= (double)a->width * a->height;
    fair_image_free(&a);
    fair_image_free(&b);
    for (int i = 0; i < TURNS; i++) {
        double t = now_ms();
        a = plain_way(jpeg);
        plain[i] = now_ms() - t;
        fair_image_free(&a);
        t = now_ms();
        b = our_way(jpeg);
        ours[i] = now_ms() - t;
        fair_image_free(&b);
    }
    qsort(plain, TURNS, sizeof plain[0], by_value);
    qsort(ours, TURNS, sizeof ours[0], by_value);
    printf("%-24s %8.1f kB  full RGB, luma, area %7.2f ms  ours %7.2f ms  ratio %.2f  mean difference %.2f\n", name, (double)jpeg.n / 1e3,
           plain[TURNS / 2], ours[TURNS / 2], plain[TURNS / 2] / ours[TURNS / 2], difference);
}

static void
measure_shrink(void)
{
    static const uint32_t sides[] = { 512, 64 };
    struct fair_image *rgb = photo(1000, 750), *grey = fair_image_luma(rgb);
    for (int i = 0; i < 2; i++) {
        double t = now_ms();
        for (int turn = 0; turn < 50; turn++) {
            struct fair_image *s = fair_image_shrink(grey, sides[i]);
            fair_image_free(&s);
        }
        printf("shrink 1000 x 750 grey to %u: %.3f ms\n", sides[i], (now_ms() - t) / 50);
    }
    fair_image_free(&rgb);
    fair_image_free(&grey);
}

int
main(int argc, char **argv)
{
    static const struct { const char *name; uint32_t w, h; } sizes[] = { { "0.2 MP", 520, 390 }, { "1.1 MP", 1280, 880 }, { "12 MP", 4000, 3000 } };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_err err = { 0 };
    fair_str jpeg;

    measure_shrink();
    for (int i = 1; i < argc; i++) {
        if (fair_read_file(a, argv[i], 1 << 28, &jpeg, &err) != FAIR_OK) return 1;
        measure(argv[i], jpeg);
    }
    for (int i = 0; argc == 1 && i < 3; i++) {
        struct fair_image *im = photo(sizes[i].w, sizes[i].h);
        fair_jpeg_encode(im, 85, a, &jpeg);
        measure(sizes[i].name, jpeg);
        fair_image_free(&im);
    }
    return 0;
}
