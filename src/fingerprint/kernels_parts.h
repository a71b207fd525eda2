/* fingerprint/kernels_parts.h - the inner loops of local features.  All of them are integer arithmetic, so every
 * variant gives the same bits; the plain one is the meaning, the others are checked against it. */
#ifndef FAIR_KERNELS_PARTS_H
#define FAIR_KERNELS_PARTS_H
#include <stddef.h>
#include <stdint.h>

#define FAIR_BLUR_ROWS 4      /* rows blurred at once                                   */
#define FAIR_BLUR_GAP 4       /* the farthest a blur's taps lie apart                   */
#define FAIR_ROW_PAD 32       /* values readable and writable before and after a row   */
#define FAIR_EXTREMA_LEVELS 9 /* the most levels whose differences are looked at together */
#define FAIR_EXTREMA_LOT 126  /* columns of them                                        */
#define FAIR_PATCH 18         /* a sampled patch is 18 x 18, its gradients 16 x 16     */
#define FAIR_BEARINGS 16         /* directions the main one is sought among                */
#define FAIR_CELLS 128        /* 4 x 4 cells of 8 directions                           */

/* A blob's top: how far from its place in columns, rows, levels, each less than .8; and the response there. */
struct fair_top { uint32_t place; float dx, dy, ds, response; };

struct fair_parts_kernels {
    const char *name;
    /* FAIR_BLUR_ROWS rows of a separable symmetric blur of five taps, `gap` (1, 2 or FAIR_BLUR_GAP) apart each way.
     * rows[j .. j + 4 gap] are the input rows of row j, above to below, w[0] the middle weight and w[k] that of distance
     * k gap, in 1/32768, w[0] + 2 (w[1] + w[2]) = 32768; values are 0 .. 16320.  tmp is scratch of FAIR_BLUR_ROWS times (n
     * rounded up to 32, and 2 FAIR_ROW_PAD) values; out[j] gets n values.  Edges repeat the outermost value.  Rows and
     * outs are readable and writable up to n rounded up to 32. */
    void (*blur_rows)(const int16_t *const *rows, const int16_t w[3], unsigned gap, size_t n, int16_t *tmp, int16_t *const out[]);
    /* out = 64 in, n of them */
    void (*widen)(const uint8_t *in, size_t n, int16_t *out);
    /* out[x] = in[2 x], n of them. */
    void (*halve)(const int16_t *in, size_t n, int16_t *out);
    /* rows[l][j]: of each of `levels` levels (4 .. FAIR_EXTREMA_LEVELS) FAIR_BLUR_ROWS rows and the ones above and below them.  Difference l is
     * level l + 1 less level l.  places[] gets where, at least `edge` (1 or more) from either end of the n (over 2 edge, at most 65536) columns, difference l,
     * 1 .. levels - 3, is in row r over `least` in size and no smaller (larger) than its 26 neighbours in place and level: r << 24 | l << 16 | column, by
     * lots of FAIR_EXTREMA_LOT columns from `edge` on, in a lot by row, level, column.  How many; there must be room for all.  Values up to n rounded up
     * to 32 are readable. */
    size_t (*extrema)(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], unsigned levels, size_t n, size_t edge, int16_t least, uint32_t *places);
    /* Which of n such places are firm blobs, of a response of at least `least`, and where their tops are; how many. */
    size_t (*settle)(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], const uint32_t *places, size_t n, float least, struct fair_top *tops);
    /* patch[FAIR_PATCH j + i] is the picture at begin + i step + j (step turned by a quarter), bilinear, in 1/65536 of a
     * pixel; places beyond 0 .. end (each under its side less one) are moved there.  Values are not negative; 32 are readable from any
     * place of a row on. */
    void (*sample)(const int16_t *data, size_t stride, const int32_t begin[2], const int32_t step[2], const int32_t end[2], int16_t *patch);
    /* How much of a patch's 16 x 16 gradients goes along each direction d FAIR_BEARINGS-ths of the circle, times the window, of which a
     * value is at most 5700: bearings[d] is twice that, and what the directions beside it have.  A bit for each that is over the one before and not under the
     * one after it. */
    uint32_t (*bearings)(const int16_t *patch, const int16_t window[256], int32_t bearings[FAIR_BEARINGS]);
    /* The 4 x 4 x 8 sums of a patch's gradients, by cell row, cell column, direction. */
    void (*cells)(const int16_t patch[FAIR_PATCH * FAIR_PATCH], int32_t out[FAIR_CELLS]);
    /* The cells of n parts in two bits each: see fair_part_code_turn. */
    void (*codes)(const int32_t (*cells)[FAIR_CELLS], size_t n, uint64_t (*out)[4]);
    /* The `m` (1 .. 16) of 8 n codes that are nearest to `code`: keys[i] = differing bits << 16 | number, the nearest first,
     * of equals the earlier.  Eight codes make a block: their first words, then their second ones ...; n is 1 .. 256. */
    void (*nearest)(const uint64_t code[4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys);
    /* The same over four codes at once: number 4 i + t for code i's bits from code[t].  n is 1 .. 64. */
    void (*nearest4)(const uint64_t code[4][4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys);
};

/* The best that fair_cpu_flags permits. */
const struct fair_parts_kernels *fair_parts_kernels(void);
/* Variant i, the plain one first; NULL after the last one that is permitted. */
const struct fair_parts_kernels *fair_parts_kernels_at(unsigned i);

#endif
