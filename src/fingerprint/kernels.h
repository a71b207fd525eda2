/* fingerprint/kernels.h - the inner loops of whole-picture hashes, each with a plain C meaning.
 * Every version gives the same bits as the plain one: floating-point sums are made in the order told here, each
 * product rounded before it is added (this room is compiled with -ffp-contract=off). */
#ifndef FAIR_FINGERPRINT_KERNELS_H
#define FAIR_FINGERPRINT_KERNELS_H
#include <stddef.h>
#include <stdint.h>

enum fair_cpu {
    FAIR_CPU_AVX2 = 1 << 0,
    FAIR_CPU_AVX512 = 1 << 1,           /* F BW DQ VL         */
    FAIR_CPU_AVX512_VPOPCNT = 1 << 2,   /* VPOPCNTDQ VBMI2 VNNI */
};

#define FAIR_GRID 64          /* a picture is reduced to 64 x 64 ...          */
#define FAIR_WAVES 16         /* ... and that to 16 x 16 cosine coefficients  */

#define FAIR_FLIPS_MOST 64    /* queries at once */

/* The bits of columns and of rows of even number, in each word of a code. */
#define FAIR_EVEN_COLUMNS 0x5555555555555555u
#define FAIR_EVEN_ROWS 0x0000ffff0000ffffu

struct fair_within { uint32_t at; uint16_t query, bits; };

struct fair_kernels {
    /* dist[i] = number of bits in which code i differs from `query`, i < n.
     * codes: n x 4 words, row-major, no alignment asked for.  dist: n. */
    void (*hamming256)(const uint64_t query[4], const uint64_t *codes, size_t n, uint16_t *dist);
    /* Which of n codes are near to `query`: those within limit[tag & 3] bits (at most 256), tag being the code's own with the bits of
     * `flip` flipped.  Their tags and bits in is[] and dist[], in order; how many.  Both have room for n. */
    size_t (*near256)(const uint64_t query[4], const uint64_t *codes, const uint32_t *tags, size_t n, const uint16_t limit[4], uint32_t flip,
                      uint32_t *is, uint16_t *dist);
    /* The same of what was found so: the n that is[] and dist[] hold, under a lower limit, moved to the front; how many. */
    size_t (*nearer)(uint32_t *is, uint16_t *dist, size_t n, const uint16_t limit[4]);
    /* Which of 8 n_blocks codes are at most `near` bits from each of n_queries codes, or at least `far` (257: never)?  Eight
     * codes make a block: their first words, then their second ones ...  hits has room for all pairs; what is found comes in
     * the order of blocks, then queries, then codes; how many. */
    size_t (*within256)(const uint64_t (*queries)[4], size_t n_queries, const uint64_t (*blocks)[4][8], size_t n_blocks,
                        unsigned near, unsigned far, struct fair_within *hits);
    /* The same of flips: a code is 16 rows of 16 bits, and the bits of a query's columns, rows, of neither or of both, of even number are
     * turned round.  Which codes lie within near[query] bits (at most 128) of one of these four, or of its negative?  hits.bits is to the
     * nearest; at most FAIR_FLIPS_MOST queries. */
    size_t (*flips256)(const uint64_t (*queries)[4], const uint16_t *near, size_t n_queries, const uint64_t (*blocks)[4][8], size_t n_blocks,
                       struct fair_within *hits);
    /* out[x] = w[0] in[x] + w[1] in[x + stride] + ... (n_taps >= 1 of them, added in this order), x < width. */
    void (*mix_rows)(const uint8_t *in, size_t stride, const float *w, size_t n_taps, size_t width, float *out);
    /* in: 64 rows of `width`, row-major, `stride` floats apart; out: width x 64, 64-byte aligned, becomes its transpose. */
    void (*transpose64)(const float *in, size_t stride, size_t width, float *out);
    /* out[x] = w[0] in[x] + w[1] in[64 + x] + ..., x < 64; in and out 64-byte aligned. */
    void (*mix_grid)(const float *in, const float *w, size_t n_taps, float *out);
    /* out[x] = the mean of in[x - behind] .. in[x + ahead], as far as there are any of the n, rounded once; where
     * ahead = (window + 2) / 2 - 1 and window = behind + 1 + ahead <= n. */
    void (*box_row)(const uint8_t *in, size_t n, size_t window, float *out);
    /* The same down 64 columns of n rows, `in_step` and `out_step` floats apart.  A sum runs along: the row that comes in is added,
     * then the one that goes out taken off, then it is divided; so its rounding is the reference's.  Out's row i may be in's
     * row i - behind - 1.  64-byte aligned, steps too. */
    void (*box64)(const float *in, size_t in_step, float *out, size_t out_step, size_t n, size_t window);
    /* waves (16 x 16) = d grid d': the first product sums over the rows of `grid` in order, the second over the columns
     * of the first.  d: 16 x 64; d_t: its transpose.  All aligned to 64 bytes. */
    void (*dct)(const float *grid, const float *d, const float *d_t, float *waves);
    /* Sum over neighbours, across and down, of |u - v| 100 / 255, each cut to a whole number. */
    uint32_t (*gradient)(const float *grid);
    /* The 128th smallest of 256 finite numbers (zeros of either sign are one value), aligned to 64 bytes. */
    float (*median256)(const float *v);
    /* Bit i of word i / 64 tells whether v[i] > than. */
    void (*over256)(const float *v, float than, uint64_t bits[4]);
};

/* What this machine can do, less what FAIRTRACK_CPU=plain|avx2|avx512 forbids. */
unsigned fair_cpu_flags(void);

/* Fill in the fastest kernels that `flags` permits; 0 gives the plain ones. */
void fair_kernels_init(struct fair_kernels *k, unsigned flags);

/* The fastest here, chosen at the first call. */
const struct fair_kernels *fair_kernels(void);

/* Private: each of these replaces in `k` what it has, where `flags` permit. */
void fair_kernels_init_whole(struct fair_kernels *k, unsigned flags);

#endif
