/* fingerprint/bench_parts.c - local features: what taking and matching them costs, plain C beside our kernels and, where it was built
 * with -Dpeers=true, OpenCV's ORB, SIFT and brute-force matcher, on the same pictures and codes in one run.
 *
 *     bench_parts [PICTURE.jpg ...]    without files: pictures made up here
 *
 * Processor time on one thread, medians.  Taking: from a grey picture of 512 pixels to the points with their codes.  Matching: the
 * two nearest of 500 codes of 256 bits for each of 500, both ways giving the same distances. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/bench.h"
#include "base/io.h"
#include "fingerprint/kernels_parts.h"
#include "fingerprint/parts.h"
#include "image/codecs/codecs.h"
#ifdef FAIR_PEERS
#include "fingerprint/bench_orb.h"
#endif

enum { CODES = 500, BLOCKS = (CODES + 7) / 8, TURNS = 15, MOST = 1000, MADE = 24 };

static int
by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return v[n / 2];
}

/* --- matching ---------------------------------------------------------------- */

struct codes { uint64_t (*rows)[4]; uint64_t (*blocks)[4][8]; };

/* The second picture's codes are the first's with up to 60 bits turned, or others. */
static struct codes
codes_make(const uint64_t (*like)[4])
{
    struct codes c = { aligned_alloc(64, BLOCKS * 8 * sizeof *c.rows), aligned_alloc(64, BLOCKS * sizeof *c.blocks) };

    if (c.rows == NULL || c.blocks == NULL) abort();
    for (size_t i = 0; i < BLOCKS * 8; i++) {
        for (size_t w = 0; w < 4; w++) c.rows[i][w] = like != NULL && i % 3 == 0 ? like[i][w] : next();
        for (uint64_t b = like != NULL && i % 3 == 0 ? next() % 60 : 0; b > 0; b--) {
            unsigned at = (unsigned)(next() >> 20) & 255;
            c.rows[i][at / 64] ^= (uint64_t)1 << (at % 64);
        }
        for (size_t w = 0; w < 4; w++) c.blocks[i / 8][w][i % 8] = c.rows[i][w];
    }
    return c;
}

/* The codes that fill the last block up count for nothing: where one is among the nearest, more are asked for. */
static void
nearest_two(const struct fair_parts_kernels *k, const struct codes *queries, const struct codes *train, uint16_t *bits)
{
    for (size_t i = 0; i < CODES; i++) {
        uint32_t keys[2 + BLOCKS * 8 - CODES];
        size_t n = 0;
        k->nearest(queries->rows[i], (const uint64_t (*)[4][8])train->blocks, BLOCKS, 2, keys);
        if ((keys[0] & 0xffff) >= CODES || (keys[1] & 0xffff) >= CODES)
            k->nearest(queries->rows[i], (const uint64_t (*)[4][8])train->blocks, BLOCKS, 2 + BLOCKS * 8 - CODES, keys);
        for (size_t m = 0; n < 2; m++)
            if ((keys[m] & 0xffff) < CODES) bits[2 * i + n++] = (uint16_t)(keys[m] >> 16);
    }
}

static double
time_matching(const struct fair_parts_kernels *k, const struct codes *a, const struct codes *b, uint16_t *bits)
{
    double took[TURNS];

    for (int t = 0; t < TURNS; t++) {
        double from = ms();
        for (int again = 0; again < 10; again++) nearest_two(k, a, b, bits);
        took[t] = (ms() - from) / 10;
    }
    return median(took, TURNS);
}

static int
matching(void)
{
    struct codes a = codes_make(NULL), b = codes_make((const uint64_t (*)[4])a.rows);
    uint16_t plain_bits[2 * CODES], bits[2 * CODES];
    double plain = time_matching(fair_parts_kernels_at(0), &a, &b, plain_bits), best = time_matching(fair_parts_kernels(), &a, &b, bits);
    int wrong = memcmp(bits, plain_bits, sizeof bits) != 0;

    printf("%d x %d codes, the two nearest: ours (%s) %.1f us; plain C %.1f us, ratio %.1f\n", CODES, CODES, fair_parts_kernels()->name, best * 1e3,
           plain * 1e3, plain / best);
#ifdef FAIR_PEERS
    {
        double took[TURNS], mutual[TURNS], theirs;
        for (int t = 0; t < TURNS; t++) {
            double from = ms();
            fair_bf_nearest((const uint8_t *)a.rows, CODES, (const uint8_t *)b.rows, CODES, plain_bits);
            took[t] = ms() - from;
            from = ms();
            fair_bf_mutual((const uint8_t *)a.rows, CODES, (const uint8_t *)b.rows, CODES);
            mutual[t] = ms() - from;
        }
        theirs = median(took, TURNS);
        wrong |= memcmp(bits, plain_bits, sizeof bits) != 0;
        printf("  OpenCV BFMatcher, knn 2: %.1f us, ratio %.1f; cross-check: %.1f us, ratio %.1f (ours there and back)%s\n", theirs * 1e3, theirs / best,
               median(mutual, TURNS) * 1e3, median(mutual, TURNS) / (2 * best), wrong ? "  THE DISTANCES DIFFER" : "");
    }
#endif
    free(a.rows);
    free(a.blocks);
    free(b.rows);
    free(b.blocks);
    return wrong;
}

/* --- taking ------------------------------------------------------------------ */

/* Shapes of many sizes with edges and corners, on a slope, with grain. */
static struct fair_image *
made_up(void)
{
    enum { W = 512, H = 384 };
    struct fair_image *im = fair_image_new(W, H, 1);

    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = 0; x < W; x++) fair_image_row(im, y)[x] = (uint8_t)(60 + x / 8 + y / 8);
    for (int shape = 0; shape < 220; shape++) {
        const int cx = (int)(next() % W), cy = (int)(next() % H), r = 3 + (int)(next() % (next() % 60 + 1));
        const int grey = (int)(next() % 200), round = (int)(next() & 1), flat = 1 + (int)(next() % 3);
        for (int y = cy - r; y <= cy + r; y++)
            for (int x = cx - r; x <= cx + r; x++) {
                if (x < 0 || y < 0 || x >= W || y >= H || abs(y - cy) * flat > r) continue;
                if (round && (x - cx) * (x - cx) + (y - cy) * (y - cy) * flat * flat > r * r) continue;
                fair_image_row(im, (uint32_t)y)[x] = (uint8_t)(grey + (x - cx + r) * 20 / (2 * r + 1));
            }
    }
    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = 0; x < W; x++) fair_image_row(im, y)[x] = (uint8_t)(fair_image_row(im, y)[x] + (next() & 15));
    return im;
}

static size_t
ours(const struct fair_image *im, enum fair_purpose purpose, uint32_t most)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_part *v;
    uint32_t n;

    fair_parts_take(im, purpose, most, a, &v, &n);
    return n;
}

static size_t take_query(const struct fair_image *im, const uint8_t *flat) { (void)flat; return ours(im, FAIR_FOR_QUERY, FAIR_PARTS_QUERY); }
static size_t take_some(const struct fair_image *im, const uint8_t *flat) { (void)flat; return ours(im, FAIR_FOR_QUERY, 500); }
static size_t take_work(const struct fair_image *im, const uint8_t *flat) { (void)flat; return ours(im, FAIR_FOR_CATALOGUE, FAIR_PARTS_CATALOGUE); }
#ifdef FAIR_PEERS
static size_t orb(const struct fair_image *im, const uint8_t *flat) { return fair_orb_take(flat, im->width, im->height, 500); }
static size_t sift(const struct fair_image *im, const uint8_t *flat) { return fair_sift_take(flat, im->width, im->height, 800); }
#endif

static const struct { const char *name; size_t (*take)(const struct fair_image *im, const uint8_t *flat); } ways[] = {
    { "ours, of a query", take_query },
    { "ours, at most 500", take_some },
    { "ours, of a work", take_work },
#ifdef FAIR_PEERS
    { "OpenCV ORB, at most 500", orb },
    { "OpenCV SIFT, at most 800", sift },
#endif
};
enum { WAYS = sizeof ways / sizeof *ways };

static void
taking(struct fair_image **pictures, size_t n)
{
    double (*took)[MOST] = fair_xcalloc(WAYS, sizeof *took);
    size_t points[WAYS] = { 0 };
    double first = 0;

    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < n; i++) {
            const struct fair_image *im = pictures[i];
            uint8_t *flat = fair_xmalloc((size_t)im->width * im->height);
            for (uint32_t y = 0; y < im->height; y++) memcpy(flat + (size_t)y * im->width, im->data + (size_t)y * im->stride, im->width);
            for (int w = 0; w < WAYS; w++) {
                double from = ms(), t;
                size_t found = ways[w].take(im, flat);
                t = ms() - from;
                if (round == 0 || t < took[w][i]) took[w][i] = t;
                if (round == 0) points[w] += found;
            }
            free(flat);
        }
    printf("taking the parts of %zu pictures of 512 pixels (the best of three turns, the median picture)\n", n);
    for (int w = 0; w < WAYS; w++) {
        double m = median(took[w], n);
        if (w == 0) first = m;
        printf("  %-26s %7.2f ms, %4.0f points in the mean, ratio to ours of a query %.2f\n", ways[w].name, m, (double)points[w] / (double)n, m / first);
    }
    free(took);
}

int
main(int argc, char **argv)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_image **pictures = fair_xcalloc(MOST, sizeof *pictures);
    struct fair_err err = { 0 };
    size_t n = 0;
    int wrong;

    fair_memory_keep();
    for (int i = 1; i < argc && n < MOST; i++) {
        FAIR_AUTO(image) struct fair_image *im = NULL;
        struct fair_picture info;
        fair_str bytes;
        if (fair_read_file(a, argv[i], (size_t)1 << 28, &bytes, &err) != FAIR_OK) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        if (fair_picture_decode(bytes.p, bytes.n, &fair_image_limits_default, FAIR_SIDE, 1, &im, &info, &err) == FAIR_OK)
            pictures[n++] = fair_image_shrink(im, FAIR_SIDE);
        fair_arena_clear(a);
    }
    if (argc < 2)
        while (n < MADE) pictures[n++] = made_up();
    wrong = matching();
    if (n > 0) taking(pictures, n);
    for (size_t i = 0; i < n; i++) fair_image_free(&pictures[i]);
    free(pictures);
    return wrong;
}
