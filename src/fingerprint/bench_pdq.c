/* fingerprint/bench_pdq.c - the whole hash against the textbook's way, and scans of a million hashes against plain C; in
 * one run, so that the ratios mean something. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "fingerprint/whole.h"

static uint64_t state = 0x9e3779b97f4a7c15u;

static uint64_t
any64(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static const struct { const char *name; unsigned flags; } variants[] = {
    { "plain", 0 },
    { "avx2", FAIR_CPU_AVX2 },
    { "avx512", FAIR_CPU_AVX2 | FAIR_CPU_AVX512 | FAIR_CPU_AVX512_VPOPCNT },
};
enum { N_VARIANTS = sizeof variants / sizeof variants[0] };

/* Clouds: octaves of smoothed noise of equal strength, which is how photographs are made up (their spectrum falls off with the
 * frequency; Field 1987). */
static struct fair_image *
picture(uint32_t width, uint32_t height)
{
    struct fair_image *im = fair_image_new(width, height, 1);
    float *v = calloc((size_t)width * height, sizeof *v);
    float low = 1e9f, high = -1e9f;

    if (v == NULL) abort();
    for (uint32_t cells = 2, octave = 0; octave < 8; octave++, cells *= 2) {
        const uint32_t n = cells + 2;
        float *lattice = malloc((size_t)n * n * sizeof *lattice);
        if (lattice == NULL) abort();
        for (size_t i = 0; i < (size_t)n * n; i++) lattice[i] = (float)(any64() % 1000);
        for (uint32_t y = 0; y < height; y++)
            for (uint32_t x = 0; x < width; x++) {
                const float fx = (float)x * (float)cells / (float)width, fy = (float)y * (float)cells / (float)height;
                const uint32_t cx = (uint32_t)fx, cy = (uint32_t)fy;
                const float dx = fx - (float)cx, dy = fy - (float)cy, *at = lattice + (size_t)cy * n + cx;
                v[(size_t)y * width + x] += (at[0] * (1 - dx) + at[1] * dx) * (1 - dy) + (at[n] * (1 - dx) + at[n + 1] * dx) * dy;
            }
        free(lattice);
    }
    for (size_t i = 0; i < (size_t)width * height; i++) {
        low = fminf(low, v[i]);
        high = fmaxf(high, v[i]);
    }
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            fair_image_row(im, y)[x] = (uint8_t)((v[(size_t)y * width + x] - low) / (high - low) * 255);
    free(v);
    return im;
}

/* Microseconds a picture, the best of several rounds. */
static double
time_whole(void (*take)(const struct fair_kernels *, const struct fair_image *, struct fair_whole *), const struct fair_kernels *k,
           struct fair_image **im, size_t n, int rounds)
{
    struct fair_whole out;
    double best = 1e30;

    for (int r = 0; r < rounds; r++) {
        fair_time from = fair_ticks();
        double us;
        for (size_t i = 0; i < n; i++) take(k, im[i], &out);
        us = (double)(fair_ticks() - from) / (double)n;
        if (us < best) best = us;
    }
    return best;
}

static void
textbook(const struct fair_kernels *k, const struct fair_image *im, struct fair_whole *out)
{
    (void)k;
    fair_whole_take_plain(im, out);
}

static void
bench_whole(uint32_t width, uint32_t height)
{
    enum { PICTURES = 40 };
    struct fair_image *im[PICTURES];
    double slow;

    for (size_t i = 0; i < PICTURES; i++) im[i] = picture(width, height);
    slow = time_whole(textbook, NULL, im, PICTURES, 3);
    printf("whole hash, all turns, %4u x %-4u textbook %9.1f us\n", width, height, slow);
    for (size_t v = 0; v < N_VARIANTS; v++) {
        struct fair_kernels k;
        double fast;
        unsigned off = 0;
        if ((variants[v].flags & ~fair_cpu_flags()) != 0) continue;
        fair_kernels_init(&k, variants[v].flags);
        fast = time_whole(fair_whole_take_with, &k, im, PICTURES, 10);
        for (size_t i = 0; i < PICTURES; i++) {
            struct fair_whole a, b;
            fair_whole_take_plain(im[i], &a);
            fair_whole_take_with(&k, im[i], &b);
            for (int t = 0; t < FAIR_TURNS; t++)
                for (int w = 0; w < FAIR_WHOLE_WORDS; w++) off += (unsigned)__builtin_popcountll(a.turn[t][w] ^ b.turn[t][w]);
        }
        printf("%34s %-8s %9.1f us  %5.0f x   %u of %d bits off\n", "", variants[v].name, fast, slow / fast, off, PICTURES * 2048);
    }
    for (size_t i = 0; i < PICTURES; i++) fair_image_free(&im[i]);
}

static void
bench_scan(size_t n)
{
    uint64_t *codes = malloc(n * 32), query[4];
    uint16_t *dist = malloc(n * sizeof *dist);
    double plain = 0;

    if (codes == NULL || dist == NULL) abort();
    for (size_t i = 0; i < 4 * n; i++) codes[i] = any64();
    for (size_t i = 0; i < 4; i++) query[i] = any64();
    for (size_t v = 0; v < N_VARIANTS; v++) {
        struct fair_kernels k;
        double best = 1e30;
        if ((variants[v].flags & ~fair_cpu_flags()) != 0) continue;
        fair_kernels_init(&k, variants[v].flags);
        for (int r = 0; r < 15; r++) {
            fair_time from = fair_ticks();
            double us;
            k.hamming256(query, codes, n, dist);
            us = (double)(fair_ticks() - from);
            if (us < best) best = us;
        }
        if (v == 0) plain = best;
        printf("scan of %8zu hashes %13s %-8s %9.1f us  %5.1f x   %4.1f GB/s\n", n, "", variants[v].name, best, plain / best,
               (double)n * 32 / best / 1000);
    }
    free(codes);
    free(dist);
}

int
main(void)
{
    bench_whole(512, 512);
    bench_whole(512, 384);
    bench_whole(1920, 1080);
    bench_scan(10000);                /* fits the cache */
    bench_scan(1000000);
    return 0;
}
