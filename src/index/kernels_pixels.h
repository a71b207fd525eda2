/* index/kernels_pixels.h - the inner loops of laying one picture on another.  Each has a plain meaning, and every variant
 * gives the same bits: sums are made in the order told here and nothing is contracted (compiled with -ffp-contract=off).
 * Private to index. */
#ifndef FAIR_KERNELS_PIXELS_H
#define FAIR_KERNELS_PIXELS_H
#include <stddef.h>
#include <stdint.h>

#define FAIR_TILE 8           /* a tile is 8 x 8 samples */

/* A picture, or one made of it by halving it k times: the values are sums of 4^k greys, so that they are exact. */
struct fair_level { int32_t width, height; const uint16_t *v; float unit, scale; };      /* unit: 2^-k, scale: 4^-k */

#define FAIR_PRODUCTS 44      /* of a row of 8 numbers and an error: 8 x 8 / 2 + 8 / 2, and 8 */

struct fair_gauss { float mean_a, mean_b, back, w, X, unit; };

#define FAIR_RUNS 16
struct fair_runs { float x[FAIR_RUNS], u[FAIR_RUNS], du[FAIR_RUNS], v[FAIR_RUNS], dv[FAIR_RUNS]; };

struct fair_pixels_kernels {
    const char *name;
    /* out[x] = the sum of the four values at 2x, 2x + 1 of rows a and b; n of them. */
    void (*halve8)(const uint8_t *a, const uint8_t *b, size_t n, uint16_t *out);
    void (*halve16)(const uint16_t *a, const uint16_t *b, size_t n, uint16_t *out);
    /* out[i], i < n: the level's picture at the place that b (a projective map, see search.h) gives for (x + i gap, y), in
     * pixels of the full size with middles at .5; bilinear; NAN outside.  The level is at least 2 x 2. */
    void (*sample)(const struct fair_level *l, const float b[8], float x, float y, float gap, size_t n, float *out);
    /* The same of runs of FAIR_TILE samples, each along its own line: of run k the places (u[k] + du[k] x, v[k] + dv[k] x), x from x[k] on, `gap` apart; n samples. */
    void (*runs)(const struct fair_level *l, const struct fair_runs *r, float gap, size_t n, float *out);
    /* Where b takes each of n places, as fair_bend_at does: u[i], v[i] of (x[i], y[i]).  Eight are read and written at a time. */
    void (*bend)(const float b[8], const float *x, const float *y, size_t n, float *u, float *v);
    /* Of a tile each of a and b, whose rows are `stride_a` and `stride_b` apart: the sums of a, b, a a, b b, a b.  Down the columns first,
     * then columns 0 + 4, 1 + 5 ..., then of these 0 + 2 and 1 + 3, then both. */
    void (*tile)(const float *a, const float *b, size_t stride_a, size_t stride_b, float sums[5]);
    /* The same of the tile of a with each of n of b, whose left edges are at b, b + 1 ... */
    void (*tiles)(const float *a, const float *b, size_t stride_a, size_t stride_b, size_t n, float sums[][5]);
    /* Eight samples in a row of a tile, at a and p (p[-1] .. p[8] and the rows above and below are readable).  For
     * sample i: its gradient, half differences times `back`; its error e, (a - mean_a) - (p - mean_b) back; and with its place
     * (X + i unit, Y) a row J of 8 numbers, the derivatives by a projective map's.  w J[r] J[c] for c >= r, row by row, each
     * row's w J[r] e behind it, are added to sums[.][i]: of the samples in `mask` whose gradient is a number. */
    void (*gauss)(const float *a, const float *p, size_t stride, const struct fair_gauss *g, float Y, unsigned mask,
                  float sums[FAIR_PRODUCTS][FAIR_TILE]);
};

/* The best that fair_cpu_flags permits. */
const struct fair_pixels_kernels *fair_pixels_kernels(void);
/* Variant i, the plain one first; NULL after the last one that is permitted. */
const struct fair_pixels_kernels *fair_pixels_kernels_at(unsigned i);

#endif
