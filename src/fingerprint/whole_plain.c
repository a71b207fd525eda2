/* fingerprint/whole_plain.c - the whole-picture hash as the textbook tells it; slow, and what the fast one is held to. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "fingerprint/whole.h"

/* Mean over a box of `window` values around each of n values that lie `step` apart; at the ends over those that there
 * are.  The sum runs along, as the reference keeps it. */
static void
box(const float *in, float *out, size_t n, size_t step, size_t window)
{
    size_t ahead = (window + 2) / 2 - 1;      /* how far the box reaches beyond its value */
    size_t behind = window - 1 - ahead, held = 0;
    float sum = 0;

    for (size_t i = 0; i < ahead && i < n; i++, held++) sum += in[i * step];
    for (size_t i = 0; i < n; i++) {
        if (i + ahead < n) {
            sum += in[(i + ahead) * step];
            held++;
        }
        if (i > behind) {
            sum -= in[(i - behind - 1) * step];
            held--;
        }
        out[i * step] = sum / (float)held;
    }
}

static uint32_t
quality_of(const float grid[64][64])
{
    int sum = 0;
    for (int y = 0; y < 64; y++)
        for (int x = 0; x < 64; x++) {
            if (y < 63) sum += abs((int)((grid[y][x] - grid[y + 1][x]) * 100 / 255));
            if (x < 63) sum += abs((int)((grid[y][x] - grid[y][x + 1]) * 100 / 255));
        }
    sum /= 90;
    return sum > 100 ? 100 : (uint32_t)sum;
}

/* D A D', where D's row i is the cosine of i + 1 half waves: the coefficients from 1 to 16 each way. */
static void
cosines(const float grid[64][64], float waves[16][16])
{
    float d[16][64], half[16][64];

    for (int i = 0; i < 16; i++)
        for (int k = 0; k < 64; k++)
            d[i][k] = (float)(sqrt(2.0 / 64) * cos(M_PI / 2 / 64 * (i + 1) * (2 * k + 1)));
    for (int i = 0; i < 16; i++)
        for (int x = 0; x < 64; x++) {
            half[i][x] = 0;
            for (int k = 0; k < 64; k++) half[i][x] += d[i][k] * grid[k][x];
        }
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < 16; j++) {
            waves[i][j] = 0;
            for (int k = 0; k < 64; k++) waves[i][j] += half[i][k] * d[j][k];
        }
}

static int
by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void
bits_of(const float waves[16][16], uint64_t bits[FAIR_WHOLE_WORDS])
{
    float sorted[256];

    memcpy(sorted, waves, sizeof sorted);
    qsort(sorted, 256, sizeof sorted[0], by_size);
    memset(bits, 0, 32);
    for (size_t i = 0; i < 256; i++)
        if (waves[i / 16][i % 16] > sorted[127]) bits[i / 64] |= (uint64_t)1 << (i % 64);
}

/* What turning the picture does to its coefficients: x and y change places, and odd waves change their sign along an
 * axis that is turned round. */
static const struct { int swapped, flip_down, flip_across; } turns[FAIR_TURNS] = {
    { 0, 0, 0 }, { 1, 1, 0 }, { 0, 1, 1 }, { 1, 0, 1 }, { 0, 1, 0 }, { 0, 0, 1 }, { 1, 0, 0 }, { 1, 1, 1 },
};

void
fair_whole_take_plain(const struct fair_image *grey, struct fair_whole *out)
{
    size_t w = grey->width, h = grey->height;
    size_t across = fair_whole_window(grey->width), down = fair_whole_window(grey->height);
    float *a, *b;
    float grid[64][64], waves[16][16], turned[16][16];

    memset(out, 0, sizeof *out);
    if (w < FAIR_WHOLE_LEAST || h < FAIR_WHOLE_LEAST) return;
    a = fair_xmalloc(w * h * sizeof *a);
    b = fair_xmalloc(w * h * sizeof *b);
    for (size_t y = 0; y < h; y++)
        for (size_t x = 0; x < w; x++) a[y * w + x] = fair_image_row(grey, (uint32_t)y)[x];
    for (int pass = 0; pass < 2; pass++) {
        for (size_t y = 0; y < h; y++) box(a + y * w, b + y * w, w, 1, across);
        for (size_t x = 0; x < w; x++) box(b + x, a + x, h, w, down);
    }
    for (size_t y = 0; y < 64; y++)
        for (size_t x = 0; x < 64; x++) grid[y][x] = a[(2 * y + 1) * h / 128 * w + (2 * x + 1) * w / 128];
    free(a);
    free(b);

    out->quality = (uint8_t)quality_of(grid);
    cosines(grid, waves);
    for (size_t t = 0; t < FAIR_TURNS; t++) {
        for (int i = 0; i < 16; i++)
            for (int j = 0; j < 16; j++) {
                float v = turns[t].swapped ? waves[j][i] : waves[i][j];
                int odd = (turns[t].flip_down && (i + 1) % 2 == 1) + (turns[t].flip_across && (j + 1) % 2 == 1);
                turned[i][j] = odd % 2 == 1 ? -v : v;
            }
        bits_of(turned, out->turn[t]);
    }
}
