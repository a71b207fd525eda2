/* index/bench_glance.c - how far the whole-picture hashes move when a JPEG is decoded at a part of its size, and what that costs.
 *
 *     bench_glance PICTURES...        JPEG files
 *
 * For each scale: bits between the hash of the part and the one of the picture normalised from every pixel (mean, 99th
 * percentile, most), for ours and for PDQ; milliseconds of processor time to decode.  Then how near unrelated pictures come: of all
 * pairs, at the best of eight turns and the negative, the share within so many bits.  And by how many bits the turns' hashes differ from
 * flips of two of them, by which they are sought (fair_sought_make). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/bench.h"
#include "base/io.h"
#include "fingerprint/glance.h"
#include "image/codecs/codecs.h"

enum { SCALES = 4 };

struct one { uint64_t kept[4]; struct fair_glance g; uint8_t quality; };

static unsigned
apart(const uint64_t a[4], const uint64_t b[4])
{
    unsigned n = 0;
    for (int w = 0; w < 4; w++) n += (unsigned)__builtin_popcountll(a[w] ^ b[w]);
    return n;
}

static int
rising(const void *a, const void *b)
{
    const unsigned *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void
tell(const char *what, unsigned *v, size_t n)
{
    double sum = 0;

    if (n == 0) return;
    qsort(v, n, sizeof *v, rising);
    for (size_t i = 0; i < n; i++) sum += v[i];
    printf("  %s mean %5.1f  p90 %3u  p99 %3u  most %3u", what, sum / (double)n, v[n * 9 / 10], v[n * 99 / 100], v[n - 1]);
}

/* What tables of pieces have to look at (multi.h): pairs within two bits in a piece of 23, of bits 53 places apart and of bits side by side, and by chance. */
static void
pieces(const struct one *v, size_t n)
{
    size_t near[2] = { 0 }, all = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            for (unsigned from = 0; from + 23 <= 256; from += 23, all++)
                for (int beside = 0; beside < 2; beside++) {
                    unsigned bits = 0;
                    for (unsigned b = from; b < from + 23; b++) {
                        unsigned at = beside ? b : b * 53 % 256;
                        bits += (v[i].kept[at / 64] ^ v[k].kept[at / 64]) >> at % 64 & 1;
                    }
                    near[beside] += bits <= 2;
                }
    printf("in pieces of 23 bits, 53 apart and side by side: %zu and %zu of %zu pairs within two, by chance %.0f\n", near[0], near[1], all,
           (double)all * 277 / 8388608);
}

int
main(int argc, char **argv)
{
    static const uint32_t parts[SCALES] = { 1, 2, 4, 8 };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct one *v = fair_xcalloc((size_t)argc, sizeof *v);
    unsigned *ours[SCALES], *pdq[SCALES];
    double took[SCALES] = { 0 }, pixels = 0;
    size_t n = 0, m[SCALES] = { 0 }, near[14] = { 0 }, pairs = 0;

    for (int s = 0; s < SCALES; s++) {
        ours[s] = fair_xcalloc((size_t)argc, sizeof *ours[s]);
        pdq[s] = fair_xcalloc((size_t)argc, sizeof *pdq[s]);
    }
    for (int i = 1; i < argc; i++) {
        FAIR_AUTO(image) struct fair_image *full = NULL, *norm = NULL;
        struct fair_picture info;
        struct fair_glance g;
        struct fair_whole w;
        struct fair_err err = { 0 };
        fair_str bytes;

        fair_arena_clear(a);
        if (fair_read_file(a, argv[i], 1u << 28, &bytes, &err) != FAIR_OK ||
            fair_picture_decode(bytes.p, bytes.n, &fair_image_limits_default, 0, 1, &full, &info, &err) != FAIR_OK) {
            fprintf(stderr, "%s: %s\n", argv[i], err.text);
            continue;
        }
        norm = fair_image_shrink(full, FAIR_SIDE);
        fair_glance_take(norm, norm->width, norm->height, &g);
        fair_whole_take(norm, &w);
        if (g.quality < 20) continue;
        v[n].g = g;
        memcpy(v[n++].kept, g.turn[0], 32);
        pixels += (double)info.width * info.height;
        for (int s = 0; s < SCALES; s++) {
            FAIR_AUTO(image) struct fair_image *part = NULL;
            struct fair_picture ignored;
            struct fair_glance h;
            struct fair_whole u;
            uint32_t longer = info.width > info.height ? info.width : info.height;
            double t = ms();
            if (fair_picture_decode(bytes.p, bytes.n, &fair_image_limits_default, (longer + parts[s] - 1) / parts[s], 1, &part, &ignored, &err) != FAIR_OK) continue;
            took[s] += ms() - t;
            fair_glance_take(part, info.width, info.height, &h);
            fair_whole_take(part, &u);
            ours[s][m[s]] = apart(g.turn[0], h.turn[0]);
            pdq[s][m[s]++] = apart(w.turn[0], u.turn[0]);
        }
    }
    printf("%zu pictures that are not plain, %.2f MP in the mean\n", n, n > 0 ? pixels / (double)n / 1e6 : 0);
    for (int s = 0; s < SCALES; s++) {
        printf("1/%u: %6.2f ms", parts[s], m[s] > 0 ? took[s] / (double)m[s] : 0);
        tell("ours", ours[s], m[s]);
        tell("PDQ", pdq[s], m[s]);
        printf("\n");
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            unsigned b;
            if (i == k) continue;
            b = fair_glance_apart(v[i].g.turn, v[k].kept);
            pairs++;
            for (unsigned r = 0; r < 14; r++) near[r] += b <= 24 + 6 * r;
        }
    for (unsigned r = 0; r < 14; r++) printf("within %u bits: %zu of %zu pairs\n", 24 + 6 * r, near[r], pairs);
    for (size_t i = 0; i < n; i++) {
        struct fair_sought sought;
        fair_sought_make(&sought, (const uint64_t (*)[4])v[i].g.turn, 0);
        ours[0][i] = sought.near[0] > sought.near[1] ? sought.near[0] : sought.near[1];
    }
    tell("flips, bits off their turns:", ours[0], n);
    printf("\n");
    pieces(v, n);
    for (int s = 0; s < SCALES; s++) {
        free(ours[s]);
        free(pdq[s]);
    }
    free(v);
    return 0;
}
