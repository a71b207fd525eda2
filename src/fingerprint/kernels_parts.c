/* The inner loops of describing local features: patches sampled, their bearings, cells and codes; and which kernels a processor can run. */
#include "fingerprint/kernels.h"
#include "fingerprint/kernels_nearest.h"
#include "fingerprint/kernels_parts_private.h"

#define TAN_22 13573          /* tan 22.5 degrees, in 1/32768 */

/* The 16 x 16 gradients of a patch, all of them times the power of two that makes the largest step at least 8192 and at most
 * 16383: what follows has the same precision for weak parts as for strong ones. */
INLINE void
gradients_body(const int16_t *restrict patch, int16_t *restrict gx, int16_t *restrict gy)
{
    int16_t most = 0;
    int up;

    for (int y = 0; y < 16; y++)
        for (int x = 0; x < 16; x++) {
            const int16_t *p = patch + (y + 1) * FAIR_PATCH + x + 1;
            int16_t h = (int16_t)(p[1] - p[-1]), v = (int16_t)(p[FAIR_PATCH] - p[-FAIR_PATCH]);
            int16_t ah = (int16_t)(h < 0 ? -h : h), av = (int16_t)(v < 0 ? -v : v);
            gx[y * 16 + x] = h;
            gy[y * 16 + x] = v;
            most = ah > most ? ah : most;
            most = av > most ? av : most;
        }
    up = most == 0 ? 0 : __builtin_clz((unsigned)most) - 18;
    for (int i = 0; i < 256; i++) {
        gx[i] = (int16_t)(gx[i] * (1 << up));
        gy[i] = (int16_t)(gy[i] * (1 << up));
    }
}

/* A gradient is the sum of two vectors along the nearest two of sixteen directions.  By its shorter and longer side that is, folded
 * into the first eighth of the circle, one along 0, one along 22.5 or one along 45 degrees, the first or the last being empty. */
INLINE uint32_t
bearings_body(const int16_t *patch, const int16_t *window, int32_t *bearings)
{
    int16_t gx[256], gy[256], sum[16][32];
    int32_t single[16];
    uint32_t tops = 0;

    gradients_body(patch, gx, gy);
    memset(sum, 0, sizeof sum);
    for (int i = 0; i < 256; i += 32)
        for (int k = 0; k < 32; k++) {
            int h = gx[i + k], v = gy[i + k], w = window[i + k], ah = h < 0 ? -h : h, av = v < 0 ? -v : v;
            int big = ah > av ? ah : av, less = ah > av ? av : ah, rest = big - less;
            int t = 2 * less + part_of((int16_t)less, TAN_22), along = big - t, slant = t - big;
            int between = 2 * less + part_of((int16_t)less, 20090), other = rest + part_of((int16_t)rest, 27779);
            int up = av > ah, left = h < 0, down = v < 0;
            along = part_of((int16_t)(along > 0 ? along : 0), (int16_t)w);
            slant = part_of((int16_t)(slant > 0 ? slant : 0), (int16_t)w);
            between = part_of((int16_t)(between < other ? between : other), (int16_t)w);
            for (int d = 0; d < 4; d++) {
                int quarter = (left ^ down) + 2 * down == d;         /* of the circle, by the signs */
                int axis = up ? 1 + 2 * down : 2 * left;
                sum[4 * d][k] = (int16_t)(sum[4 * d][k] + (axis == d ? along : 0));
                sum[4 * d + 2][k] = (int16_t)(sum[4 * d + 2][k] + (quarter ? slant : 0));
                sum[4 * d + 1][k] = (int16_t)(sum[4 * d + 1][k] + (quarter & (up == d % 2) ? between : 0));
                sum[4 * d + 3][k] = (int16_t)(sum[4 * d + 3][k] + (quarter & (up != d % 2) ? between : 0));
            }
        }
    for (int d = 0; d < 16; d++) {
        single[d] = 0;
        for (int k = 0; k < 32; k++) single[d] += sum[d][k];
    }
    for (int d = 0; d < 16; d++) bearings[d] = 2 * single[d] + single[(d + 1) % 16] + single[(d + 15) % 16];
    for (int d = 0; d < 16; d++) tops |= (uint32_t)(bearings[d] > bearings[(d + 15) % 16] && bearings[d] >= bearings[(d + 1) % 16]) << d;
    return tops;
}

/* Weight of sample y (0..15) in cell row c (0..3): a tent of 4 samples' half width over the cell's middle, times a
 * Gaussian of 8 samples over the whole, in 1/256. */
static const int16_t cell_weight[4][16] = {
    { 103, 161, 177, 137, 87, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
    { 0, 0, 25, 82, 145, 213, 220, 160, 96, 31, 0, 0, 0, 0, 0, 0 },
    { 0, 0, 0, 0, 0, 0, 31, 96, 160, 220, 213, 145, 82, 25, 0, 0 },
    { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30, 87, 137, 177, 161, 103 },
};

INLINE void
cells_body(const int16_t patch[FAIR_PATCH * FAIR_PATCH], int32_t out[FAIR_CELLS])
{
    int16_t gx[256], gy[256];
    int32_t rows[4][8][16];

    gradients_body(patch, gx, gy);
    memset(rows, 0, sizeof rows);
    for (size_t y = 0; y < 16; y++) {
        int16_t dir[8][16];
        /* A gradient is the sum of two vectors along the nearest two of the eight directions. */
        for (size_t x = 0; x < 16; x++) {
            int h = gx[16 * y + x], v = gy[16 * y + x], ah = h < 0 ? -h : h, av = v < 0 ? -v : v, less = ah < av ? ah : av;
            int slant = less + part_of((int16_t)less, TAN_22), across = ah > av ? ah - av : 0, along = av > ah ? av - ah : 0;
            dir[0][x] = (int16_t)(h > 0 ? across : 0);
            dir[4][x] = (int16_t)(h < 0 ? across : 0);
            dir[2][x] = (int16_t)(v > 0 ? along : 0);
            dir[6][x] = (int16_t)(v < 0 ? along : 0);
            dir[1][x] = (int16_t)((h > 0) & (v > 0) ? slant : 0);
            dir[3][x] = (int16_t)((h < 0) & (v > 0) ? slant : 0);
            dir[5][x] = (int16_t)((h < 0) & (v < 0) ? slant : 0);
            dir[7][x] = (int16_t)((h > 0) & (v < 0) ? slant : 0);
        }
        for (size_t c = 0; c < 4; c++) {
            int32_t w = cell_weight[c][y];
            if (w == 0) continue;
            for (size_t d = 0; d < 8; d++)
                for (size_t x = 0; x < 16; x++) rows[c][d][x] += dir[d][x] * w;
        }
    }
    for (size_t c = 0; c < 4; c++)
        for (size_t d = 0; d < 8; d++)
            for (size_t k = 0; k < 4; k++) {
                int32_t s = 0;
                for (size_t x = 0; x < 16; x++) s += (rows[c][d][x] >> 10) * cell_weight[k][x];
                out[(c * 4 + k) * 8 + d] = s;
            }
}

/* Bit d of the low plane: cell d is among the larger half; of the high plane: among the largest quarter.  Cells are compared by
 * their 15 highest bits, counted from the largest cell's; of equals the earlier counts as larger; an empty cell is never large. */
INLINE unsigned
too_long(uint32_t most)
{
    return most < 1 << 15 ? 0 : 17 - (unsigned)__builtin_clz(most);
}

/* Of the n largest that are sought `in` has all that are at least as large as the least of them, `over` too many: the last of those that
 * are equal to it, `least`, go. */
INLINE void
drop_last(uint64_t in[2], const uint64_t least[2], int over)
{
    uint64_t high = least[1], low = least[0];

    for (; over > 0 && high != 0; over--) {
        uint64_t bit = (uint64_t)1 << (63 - __builtin_clzll(high));
        in[1] &= ~bit;
        high &= ~bit;
    }
    for (; over > 0 && low != 0; over--) {
        uint64_t bit = (uint64_t)1 << (63 - __builtin_clzll(low));
        in[0] &= ~bit;
        low &= ~bit;
    }
}

INLINE void
largest_body(const int16_t key[FAIR_CELLS], int n, uint64_t out[2])
{
    uint64_t equal[2] = { 0, 0 };
    int16_t least = 0;
    int over = 0;

    for (int bit = 1 << 14; bit != 0; bit >>= 1) {
        int16_t sum = 0;
        for (int i = 0; i < FAIR_CELLS; i++) sum = (int16_t)(sum + (key[i] >= (least | bit)));
        if (sum >= n) least = (int16_t)(least | bit);
    }
    if (least == 0) least = 1;                      /* fewer than n are not empty */
    out[0] = out[1] = 0;
    for (int i = 0; i < FAIR_CELLS; i++) {
        out[i / 64] |= (uint64_t)(key[i] >= least) << (i % 64);
        equal[i / 64] |= (uint64_t)(key[i] == least) << (i % 64);
        over += key[i] >= least;
    }
    drop_last(out, equal, over - n);
}

INLINE void
code_body(const int32_t cells[FAIR_CELLS], uint64_t code[4])
{
    int16_t key[FAIR_CELLS];
    uint32_t most = 0;
    unsigned down;

    for (uint32_t i = 0; i < FAIR_CELLS; i++) most = (uint32_t)cells[i] > most ? (uint32_t)cells[i] : most;
    down = too_long(most);
    for (uint32_t i = 0; i < FAIR_CELLS; i++) key[i] = (int16_t)((uint32_t)cells[i] >> down);
    largest_body(key, FAIR_CELLS / 2, code);
    largest_body(key, FAIR_CELLS / 4, code + 2);
}

/* Two rows of 16, one after the other. */
AVX512 INLINE __m512i
two_rows_avx512(const int16_t *p)
{
    return _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256((const void *)p)), _mm256_loadu_si256((const void *)(p + FAIR_PATCH)), 1);
}

/* All gradients in sixteen registers, two rows in each. */
AVX512 INLINE void
gradients_avx512(const int16_t *patch, __m512i gx[8], __m512i gy[8])
{
    __m512i most = _mm512_setzero_si512();
    __m128i up;

    _Pragma("GCC unroll 8")
    for (int i = 0; i < 8; i++) {
        const int16_t *p = patch + (2 * i + 1) * FAIR_PATCH + 1;
        gx[i] = _mm512_sub_epi16(two_rows_avx512(p + 1), two_rows_avx512(p - 1));
        gy[i] = _mm512_sub_epi16(two_rows_avx512(p + FAIR_PATCH), two_rows_avx512(p - FAIR_PATCH));
        most = _mm512_or_si512(most, _mm512_or_si512(_mm512_abs_epi16(gx[i]), _mm512_abs_epi16(gy[i])));
    }
    /* the highest bit of all together is that of the largest */
    most = _mm512_or_si512(most, _mm512_srli_epi32(most, 16));
    {
        unsigned all = (unsigned)_mm512_reduce_or_epi32(most) & 0xffff;
        up = _mm_cvtsi32_si128(all == 0 ? 0 : __builtin_clz(all) - 18);
    }
    _Pragma("GCC unroll 8")
    for (int i = 0; i < 8; i++) {
        gx[i] = _mm512_sll_epi16(gx[i], up);
        gy[i] = _mm512_sll_epi16(gy[i], up);
    }
}

AVX512 static uint32_t
bearings_avx512(const int16_t *patch, const int16_t *window, int32_t *bearings)
{
    const __m512i tan_22 = _mm512_set1_epi16(TAN_22), ones = _mm512_set1_epi16(1);
    __m512i gx[8], gy[8], sum[16], two[16], all, before, after;

    gradients_avx512(patch, gx, gy);
    for (int d = 0; d < 16; d++) sum[d] = _mm512_setzero_si512();
    _Pragma("GCC unroll 8")
    for (int i = 0; i < 8; i++) {
        const __m512i w = _mm512_loadu_si512((const void *)(window + 32 * i)), ah = _mm512_abs_epi16(gx[i]), av = _mm512_abs_epi16(gy[i]);
        const __m512i big = _mm512_max_epi16(ah, av), less = _mm512_min_epi16(ah, av), rest = _mm512_sub_epi16(big, less);
        const __m512i twice = _mm512_add_epi16(less, less), t = _mm512_add_epi16(twice, _mm512_mulhrs_epi16(less, tan_22));
        const __m512i between = _mm512_min_epu16(_mm512_add_epi16(twice, _mm512_mulhrs_epi16(less, _mm512_set1_epi16(20090))),
                                                 _mm512_add_epi16(rest, _mm512_mulhrs_epi16(rest, _mm512_set1_epi16(27779))));
        const __m512i a = _mm512_mulhrs_epi16(_mm512_subs_epu16(big, t), w), b = _mm512_mulhrs_epi16(between, w);
        const __m512i c = _mm512_mulhrs_epi16(_mm512_subs_epu16(t, big), w);
        const __mmask32 left = _mm512_movepi16_mask(gx[i]), down = _mm512_movepi16_mask(gy[i]), up = _mm512_cmpgt_epi16_mask(av, ah);
        const __mmask32 flat = _mm512_cmple_epi16_mask(av, ah), right = _mm512_cmpge_epi16_mask(gx[i], _mm512_setzero_si512());
        const __mmask32 quarter[4] = { right & ~down, left & ~down, left & down, right & down };
        /* what is nearer to the rows' direction, and what is not */
        const __m512i a_flat = _mm512_maskz_mov_epi16(flat, a), a_up = _mm512_maskz_mov_epi16(up, a), b_flat = _mm512_maskz_mov_epi16(flat, b), b_up = _mm512_maskz_mov_epi16(up, b);
        sum[0] = _mm512_mask_add_epi16(sum[0], right, sum[0], a_flat);
        sum[8] = _mm512_mask_add_epi16(sum[8], left, sum[8], a_flat);
        sum[4] = _mm512_add_epi16(sum[4], a_up);             /* of both ways: those down are taken off at the end */
        sum[12] = _mm512_mask_add_epi16(sum[12], down, sum[12], a_up);
        _Pragma("GCC unroll 4")
        for (int d = 0; d < 4; d++) {
            sum[4 * d + 2] = _mm512_mask_add_epi16(sum[4 * d + 2], quarter[d], sum[4 * d + 2], c);
            sum[4 * d + 1] = _mm512_mask_add_epi16(sum[4 * d + 1], quarter[d], sum[4 * d + 1], d % 2 == 0 ? b_flat : b_up);
            sum[4 * d + 3] = _mm512_mask_add_epi16(sum[4 * d + 3], quarter[d], sum[4 * d + 3], d % 2 == 0 ? b_up : b_flat);
        }
    }
    sum[4] = _mm512_sub_epi16(sum[4], sum[12]);
    /* sixteen sums of sixteen lanes: each step halves both */
    for (int d = 0; d < 16; d++) sum[d] = _mm512_madd_epi16(sum[d], ones);
    for (int d = 0; d < 16; d += 2) two[d / 2] = _mm512_add_epi32(_mm512_unpacklo_epi32(sum[d], sum[d + 1]), _mm512_unpackhi_epi32(sum[d], sum[d + 1]));
    for (int d = 0; d < 8; d += 2) sum[d / 2] = _mm512_add_epi32(_mm512_unpacklo_epi64(two[d], two[d + 1]), _mm512_unpackhi_epi64(two[d], two[d + 1]));
    for (int d = 0; d < 4; d += 2)
        two[d / 2] = _mm512_add_epi32(_mm512_shuffle_i32x4(sum[d], sum[d + 1], 0x88), _mm512_shuffle_i32x4(sum[d], sum[d + 1], 0xdd));
    all = _mm512_add_epi32(_mm512_shuffle_i32x4(two[0], two[1], 0x88), _mm512_shuffle_i32x4(two[0], two[1], 0xdd));
    all = _mm512_add_epi32(_mm512_add_epi32(all, all), _mm512_add_epi32(_mm512_alignr_epi32(all, all, 1), _mm512_alignr_epi32(all, all, 15)));
    before = _mm512_alignr_epi32(all, all, 15);
    after = _mm512_alignr_epi32(all, all, 1);
    _mm512_storeu_si512((void *)bearings, all);
    return _mm512_mask_cmpge_epi32_mask(_mm512_cmpgt_epi32_mask(all, before), all, after);
}

/* The weights in cell k of columns 4 q + from and the next one, in quarter q. */
AVX512 INLINE __m512i
pairs_avx512(size_t k, size_t from)
{
    int32_t w[4];

    for (size_t q = 0; q < 4; q++) w[q] = cell_weight[k][4 * q + from] | cell_weight[k][4 * q + from + 1] << 16;
    return _mm512_setr_epi32(w[0], w[0], w[0], w[0], w[1], w[1], w[1], w[1], w[2], w[2], w[2], w[2], w[3], w[3], w[3], w[3]);
}

/* Two rows' gradients side by side, so that pmaddwd adds both rows' shares of a cell row. */
AVX512 static void
cells_avx512(const int16_t *patch, int32_t *out)
{
    const __m512i zero = _mm512_setzero_si512();
    const __m512i beside = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    __m512i gx[8], gy[8], sum[4][8];

    gradients_avx512(patch, gx, gy);
    _Pragma("GCC unroll 4")
    for (size_t c = 0; c < 4; c++)
        _Pragma("GCC unroll 8")
        for (size_t d = 0; d < 8; d++) sum[c][d] = zero;
    _Pragma("GCC unroll 8")
    for (size_t i = 0; i < 8; i++) {
        const __m512i h = _mm512_permutexvar_epi16(beside, gx[i]), v = _mm512_permutexvar_epi16(beside, gy[i]);
        const __m512i ah = _mm512_abs_epi16(h), av = _mm512_abs_epi16(v), less = _mm512_min_epi16(ah, av);
        const __m512i slant = _mm512_add_epi16(less, _mm512_mulhrs_epi16(less, _mm512_set1_epi16(TAN_22)));
        const __mmask32 hp = _mm512_cmpgt_epi16_mask(h, zero), hm = _mm512_movepi16_mask(h), vp = _mm512_cmpgt_epi16_mask(v, zero), vm = _mm512_movepi16_mask(v);
        const __m512i dir[8] = {
            _mm512_maskz_subs_epu16(hp, ah, av), _mm512_maskz_mov_epi16(hp & vp, slant), _mm512_maskz_subs_epu16(vp, av, ah), _mm512_maskz_mov_epi16(hm & vp, slant),
            _mm512_maskz_subs_epu16(hm, ah, av), _mm512_maskz_mov_epi16(hm & vm, slant), _mm512_maskz_subs_epu16(vm, av, ah), _mm512_maskz_mov_epi16(hp & vm, slant) };
        _Pragma("GCC unroll 4")
        for (size_t c = 0; c < 4; c++) {
            const __m512i w = _mm512_set1_epi32(cell_weight[c][2 * i] | cell_weight[c][2 * i + 1] << 16);
            if ((cell_weight[c][2 * i] | cell_weight[c][2 * i + 1]) == 0) continue;
            _Pragma("GCC unroll 8")
            for (size_t d = 0; d < 8; d++) sum[c][d] = _mm512_dpwssd_epi32(sum[c][d], dir[d], w);
        }
    }
    _Pragma("GCC unroll 4")
    for (size_t c = 0; c < 4; c++) {
        __m512i two[4], sums[2][4], whole[2];
        /* two directions' 16 columns as 8 pairs, two of each in a quarter of a register */
        _Pragma("GCC unroll 4")
        for (size_t d = 0; d < 4; d++) two[d] = _mm512_packus_epi32(_mm512_srli_epi32(sum[c][2 * d], 10), _mm512_srli_epi32(sum[c][2 * d + 1], 10));
        /* of four directions the even pairs, and the odd ones, times their weights; then the quarters' sum, which is a cell's */
        _Pragma("GCC unroll 2")
        for (size_t half = 0; half < 2; half++) {
            const __m512 a = _mm512_castsi512_ps(two[2 * half]), b = _mm512_castsi512_ps(two[2 * half + 1]);
            const __m512i even = _mm512_castps_si512(_mm512_shuffle_ps(a, b, 0x88)), odd = _mm512_castps_si512(_mm512_shuffle_ps(a, b, 0xdd));
            __m512i t[2];
            _Pragma("GCC unroll 4")
            for (size_t k = 0; k < 4; k++)
                sums[half][k] = _mm512_dpwssd_epi32(_mm512_dpwssd_epi32(zero, even, pairs_avx512(k, 0)), odd, pairs_avx512(k, 2));
            _Pragma("GCC unroll 2")
            for (size_t k = 0; k < 2; k++)
                t[k] = _mm512_add_epi32(_mm512_shuffle_i32x4(sums[half][2 * k], sums[half][2 * k + 1], 0x88), _mm512_shuffle_i32x4(sums[half][2 * k], sums[half][2 * k + 1], 0xdd));
            whole[half] = _mm512_add_epi32(_mm512_shuffle_i32x4(t[0], t[1], 0x88), _mm512_shuffle_i32x4(t[0], t[1], 0xdd));
        }
        _mm512_storeu_si512((void *)(out + 32 * c), _mm512_permutex2var_epi64(whole[0], _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), whole[1]));
        _mm512_storeu_si512((void *)(out + 32 * c + 16), _mm512_permutex2var_epi64(whole[0], _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), whole[1]));
    }
}

/* Keys by their upper 8 and their lower 7 bits, 64 in a register, cell by cell. */
struct keys { __m512i high[2], low[2]; };

AVX512 INLINE uint64_t
no_less_bytes(__m512i v, unsigned least)
{
    return _mm512_cmpge_epu8_mask(v, _mm512_set1_epi8((char)least));
}

AVX512 INLINE void
largest_avx512(const struct keys *k, int n, unsigned high, unsigned low, const uint64_t among[2], const uint64_t over[2], uint64_t out[2])
{
    for (int i = 0; i < 2; i++) out[i] = over[i] | (among[i] & no_less_bytes(k->low[i], low));
    if (high == 0 && low == 0)                       /* fewer than n are not empty */
        for (int i = 0; i < 2; i++) out[i] = no_less_bytes(k->high[i], 1) | no_less_bytes(k->low[i], 1);
    else if (__builtin_popcountll(out[0]) + __builtin_popcountll(out[1]) > n) {
        uint64_t equal[2];
        for (int i = 0; i < 2; i++) equal[i] = among[i] & no_less_bytes(k->low[i], low) & ~no_less_bytes(k->low[i], low + 1);
        drop_last(out, equal, __builtin_popcountll(out[0]) + __builtin_popcountll(out[1]) - n);
    }
}

/* Keys of some parts' cells. */
AVX512 INLINE struct keys
keys_avx512(const int32_t cells[FAIR_CELLS])
{
    const __m512i place = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), last = _mm512_set1_epi16(127);
    __m512i v[8], most = _mm512_setzero_si512();
    struct keys k;
    __m128i down;

    for (int i = 0; i < 8; i++) {
        v[i] = _mm512_loadu_si512((const void *)(cells + 16 * i));
        most = _mm512_or_si512(most, v[i]);
    }
    down = _mm_cvtsi32_si128((int)too_long((uint32_t)_mm512_reduce_or_epi32(most)));
    for (int i = 0; i < 8; i++) v[i] = _mm512_srl_epi32(v[i], down);
    for (int i = 0; i < 2; i++) {
        const __m512i a = _mm512_packus_epi32(v[4 * i], v[4 * i + 1]), b = _mm512_packus_epi32(v[4 * i + 2], v[4 * i + 3]);
        k.high[i] = _mm512_permutexvar_epi32(place, _mm512_packus_epi16(_mm512_srli_epi16(a, 7), _mm512_srli_epi16(b, 7)));
        k.low[i] = _mm512_permutexvar_epi32(place, _mm512_packus_epi16(_mm512_and_si512(a, last), _mm512_and_si512(b, last)));
    }
    return k;
}

/* Both bounds of several parts are sought side by side, a bit at a time and without a branch: first their upper bits, then, among the keys
 * that have these, their lower ones. */
AVX512 static void
codes_avx512(const int32_t (*cells)[FAIR_CELLS], size_t n, uint64_t (*codes)[4])
{
    enum { SIDE = 4, N = FAIR_CELLS / 2, M = FAIR_CELLS / 4 };

    for (size_t from = 0; from < n; from += SIDE) {
        uint64_t among[2 * SIDE][2], over[2 * SIDE][2];
        unsigned high[2 * SIDE] = { 0 }, low[2 * SIDE] = { 0 };
        int more[2 * SIDE];
        struct keys k[SIDE];
        for (size_t i = 0; i < SIDE; i++) k[i] = keys_avx512(cells[from + i < n ? from + i : n - 1]);
        for (unsigned bit = 128; bit != 0; bit >>= 1)
            _Pragma("GCC unroll 8")
            for (int p = 0; p < 2 * SIDE; p++) {
                int many = __builtin_popcountll(no_less_bytes(k[p / 2].high[0], high[p] | bit)) + __builtin_popcountll(no_less_bytes(k[p / 2].high[1], high[p] | bit));
                high[p] |= bit & -(unsigned)(many >= (p % 2 == 0 ? N : M));
            }
        for (int p = 0; p < 2 * SIDE; p++) {
            const __m512i bound = _mm512_set1_epi8((char)high[p]);
            for (int i = 0; i < 2; i++) {
                over[p][i] = _mm512_cmpgt_epu8_mask(k[p / 2].high[i], bound);
                among[p][i] = _mm512_cmpeq_epi8_mask(k[p / 2].high[i], bound);
            }
            more[p] = (p % 2 == 0 ? N : M) - __builtin_popcountll(over[p][0]) - __builtin_popcountll(over[p][1]);
        }
        for (unsigned bit = 64; bit != 0; bit >>= 1)
            _Pragma("GCC unroll 8")
            for (int p = 0; p < 2 * SIDE; p++) {
                int many = __builtin_popcountll(among[p][0] & no_less_bytes(k[p / 2].low[0], low[p] | bit)) + __builtin_popcountll(among[p][1] & no_less_bytes(k[p / 2].low[1], low[p] | bit));
                low[p] |= bit & -(unsigned)(many >= more[p]);
            }
        for (int p = 0; p < 2 * SIDE && from + (size_t)p / 2 < n; p++)
            largest_avx512(&k[p / 2], p % 2 == 0 ? N : M, high[p], low[p], among[p], over[p], codes[from + (size_t)p / 2] + 2 * (p % 2));
    }
}

static void
sample_plain(const int16_t *data, size_t stride, const int32_t begin[2], const int32_t step[2], const int32_t end[2], int16_t *patch)
{
    for (int j = 0; j < FAIR_PATCH; j++)
        for (int i = 0; i < FAIR_PATCH; i++) {
            int32_t px = begin[0] + i * step[0] - j * step[1], py = begin[1] + i * step[1] + j * step[0];
            int32_t cx = px < 0 ? 0 : px > end[0] ? end[0] : px, cy = py < 0 ? 0 : py > end[1] ? end[1] : py;
            const int16_t *p = data + (size_t)(cy >> 16) * stride + (cx >> 16);
            int32_t fx = cx >> 8 & 255, fy = cy >> 8 & 255;
            int32_t a = p[0] * (256 - fx) + p[1] * fx, b = p[stride] * (256 - fx) + p[stride + 1] * fx;
            patch[j * FAIR_PATCH + i] = (int16_t)(((a >> 6) * (256 - fy) + (b >> 6) * fy) >> 10);
        }
}

/* A pixel and its right neighbour come in one load of 32 bits; values are never negative. */
__attribute__((target("avx2"))) static void
sample_avx2(const int16_t *data, size_t stride, const int32_t begin[2], const int32_t step[2], const int32_t end[2], int16_t *patch)
{
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), zero = _mm256_setzero_si256(), one = _mm256_set1_epi32(256);
    const __m256i ex = _mm256_set1_epi32(end[0]), ey = _mm256_set1_epi32(end[1]), low = _mm256_set1_epi32(65535);
    const __m256i sx = _mm256_set1_epi32(step[0]), sy = _mm256_set1_epi32(step[1]), width = _mm256_set1_epi32((int)stride);

    for (int j = 0; j < FAIR_PATCH; j++)
        for (int i = 0; i < FAIR_PATCH; i += 8) {
            __m256i n = _mm256_add_epi32(lane, _mm256_set1_epi32(i < FAIR_PATCH - 8 ? i : FAIR_PATCH - 8)), at, fx, fy, gx, a, b;
            __m256i x = _mm256_add_epi32(_mm256_set1_epi32(begin[0] - j * step[1]), _mm256_mullo_epi32(n, sx));
            __m256i y = _mm256_add_epi32(_mm256_set1_epi32(begin[1] + j * step[0]), _mm256_mullo_epi32(n, sy));
            x = _mm256_min_epi32(_mm256_max_epi32(x, zero), ex);
            y = _mm256_min_epi32(_mm256_max_epi32(y, zero), ey);
            at = _mm256_add_epi32(_mm256_mullo_epi32(_mm256_srli_epi32(y, 16), width), _mm256_srli_epi32(x, 16));
            a = _mm256_i32gather_epi32((const void *)data, at, 2);
            b = _mm256_i32gather_epi32((const void *)(data + stride), at, 2);
            fx = _mm256_and_si256(_mm256_srli_epi32(x, 8), _mm256_set1_epi32(255));
            fy = _mm256_and_si256(_mm256_srli_epi32(y, 8), _mm256_set1_epi32(255));
            gx = _mm256_or_si256(_mm256_sub_epi32(one, fx), _mm256_slli_epi32(fx, 16));     /* the pair's weights */
            a = _mm256_srai_epi32(_mm256_madd_epi16(a, gx), 6);
            b = _mm256_srai_epi32(_mm256_madd_epi16(b, gx), 6);
            a = _mm256_add_epi32(_mm256_mullo_epi32(a, _mm256_sub_epi32(one, fy)), _mm256_mullo_epi32(b, fy));
            a = _mm256_and_si256(_mm256_srai_epi32(a, 10), low);
            a = _mm256_permute4x64_epi64(_mm256_packus_epi32(a, a), 0x08);
            _mm_storeu_si128((void *)(patch + j * FAIR_PATCH + (i < FAIR_PATCH - 8 ? i : FAIR_PATCH - 8)), _mm256_castsi256_si128(a));
        }
}

AVX512 INLINE __m512i
clamped_avx512(__m512i v, int32_t end)
{
    return _mm512_min_epi32(_mm512_max_epi32(v, _mm512_setzero_si512()), _mm512_set1_epi32(end));
}

/* The weights of two neighbours, by the place between them. */
AVX512 INLINE __m512i
pair_weights_avx512(__m512i v)
{
    const __m512i part = _mm512_broadcast_i32x4(_mm_setr_epi8(1, -1, 1, -1, 5, -1, 5, -1, 9, -1, 9, -1, 13, -1, 13, -1));

    return _mm512_add_epi32(_mm512_xor_si512(_mm512_shuffle_epi8(v, part), _mm512_set1_epi32(255)), _mm512_set1_epi32(1));
}

/* The pixels at (x, y).  A pixel and its right neighbour come in one load of 32 bits; both rows' sums, of 16 bits each, are put side by side for
 * vpdpwssd, 32768 less, for it takes them to be signed. */
AVX512 INLINE __m512i
gathered_avx512(const int16_t *data, size_t stride, __m512i x, __m512i y)
{
    const __m512i at = _mm512_dpwssd_epi32(_mm512_srli_epi32(x, 16), _mm512_srli_epi32(y, 16), _mm512_set1_epi32((int)stride));
    const __m512i gx = pair_weights_avx512(x), less = _mm512_set1_epi32(-(32768 << 6)), back = _mm512_set1_epi32(32768 << 8);
    const __m512i above = _mm512_dpwssd_epi32(less, _mm512_i32gather_epi32(at, data, 2), gx);
    const __m512i below = _mm512_dpwssd_epi32(less, _mm512_i32gather_epi32(at, data + stride, 2), gx);
    const __m512i both = _mm512_mask_mov_epi16(_mm512_srli_epi32(above, 6), 0xaaaaaaaa, _mm512_slli_epi32(below, 10));

    return _mm512_srli_epi32(_mm512_dpwssd_epi32(back, both, pair_weights_avx512(y)), 10);
}

/* Four times what is between left and right, fx / 256 of the way, less 32768. */
AVX512 INLINE __m512i
between_avx512(__m512i left, __m512i right, __m512i fx)
{
    const __m512i rise = _mm512_sub_epi16(right, left);
    const __m512i part = _mm512_shrdi_epi16(_mm512_mullo_epi16(rise, fx), _mm512_mulhi_epi16(rise, fx), 6);

    return _mm512_xor_si512(_mm512_add_epi16(_mm512_slli_epi16(left, 2), part), _mm512_set1_epi16(-32768));
}

#define LONGEST 31            /* pixels from a row's first to its last, so that the one beside this is in the register, too */

/* The patch lies along the rows, which is so when its direction is sought: no gathering, for a row's pixels are in one register, and
 * the same two of them are picked in every row.  The picture's rows are mixed once each; most patches have more rows than they lie on. */
AVX512 INLINE void
sample_along_avx512(const int16_t *data, size_t stride, __m512i x, __m512i more, int32_t first, const int32_t begin[2], int32_t step, int32_t last, int16_t *patch)
{
    const __m512i words = _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi32_epi16(_mm512_srli_epi32(x, 16))),
                                             _mm512_cvtepi32_epi16(_mm512_srli_epi32(more, 16)), 1);
    const __m512i fx = _mm512_srli_epi16(_mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi32_epi16(x)), _mm512_cvtepi32_epi16(more), 1), 8);
    const __m512i left = _mm512_sub_epi16(words, _mm512_set1_epi16((short)(first >> 16))), right = _mm512_add_epi16(left, _mm512_set1_epi16(1));
    const __m512i back = _mm512_set1_epi32(32768 << 8);
    const int32_t up = begin[1] < 0 ? 0 : begin[1] > last ? last : begin[1], low = begin[1] + (FAIR_PATCH - 1) * step, down = low < 0 ? 0 : low > last ? last : low;
    __m512i mixed[LONGEST + 2];

    for (int32_t y = 0; y < (down >> 16) - (up >> 16) + 2; y++) {
        const __m512i row = at_avx512(data + (size_t)((up >> 16) + y) * stride + (first >> 16));
        mixed[y] = between_avx512(_mm512_permutexvar_epi16(left, row), _mm512_permutexvar_epi16(right, row), fx);
    }
    for (int j = 0; j < FAIR_PATCH; j++) {
        const int32_t py = begin[1] + j * step, y = py < 0 ? 0 : py > last ? last : py, f = y >> 8 & 255, at = (y >> 16) - (up >> 16);
        const __m512i gy = _mm512_set1_epi32((256 - f) | f << 16);
        const __m512i some = _mm512_srli_epi32(_mm512_dpwssd_epi32(back, _mm512_unpacklo_epi16(mixed[at], mixed[at + 1]), gy), 10);
        const __m512i rest = _mm512_srli_epi32(_mm512_dpwssd_epi32(back, _mm512_unpackhi_epi16(mixed[at], mixed[at + 1]), gy), 10);
        const __m512i out = _mm512_packus_epi32(some, rest);
        if (j < FAIR_PATCH - 1) _mm512_storeu_si512((void *)(patch + j * FAIR_PATCH), out);         /* the next row goes over what is too much */
        else _mm512_mask_storeu_epi16(patch + j * FAIR_PATCH, (1u << FAIR_PATCH) - 1, out);
    }
}

AVX512 INLINE void
sample_turned_avx512(const int16_t *data, size_t stride, const int32_t begin[2], const int32_t step[2], const int32_t end[2], const bool inside, int16_t *patch)
{
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i sx = _mm512_set1_epi32(step[0]), sy = _mm512_set1_epi32(step[1]);
    __m512i across = _mm512_add_epi32(_mm512_mullo_epi32(lane, sx), _mm512_set1_epi32(begin[0]));
    __m512i down = _mm512_add_epi32(_mm512_mullo_epi32(lane, sy), _mm512_set1_epi32(begin[1]));
    /* the last two of 8 rows */
    const __m512i i = _mm512_add_epi32(_mm512_and_si512(lane, _mm512_set1_epi32(1)), _mm512_set1_epi32(16)), j = _mm512_srli_epi32(lane, 1);
    const __m512i beside = _mm512_add_epi32(_mm512_set1_epi32(begin[0]), _mm512_sub_epi32(_mm512_mullo_epi32(i, sx), _mm512_mullo_epi32(j, sy)));
    const __m512i below = _mm512_add_epi32(_mm512_set1_epi32(begin[1]), _mm512_add_epi32(_mm512_mullo_epi32(i, sy), _mm512_mullo_epi32(j, sx)));

    for (int n = 0; n < FAIR_PATCH; n++) {
        const __m512i x = inside ? across : clamped_avx512(across, end[0]), y = inside ? down : clamped_avx512(down, end[1]);
        _mm256_storeu_si256((void *)(patch + n * FAIR_PATCH), _mm512_cvtepi32_epi16(gathered_avx512(data, stride, x, y)));
        across = _mm512_sub_epi32(across, sy);
        down = _mm512_add_epi32(down, sx);
    }
    for (int n = 0; n < FAIR_PATCH; n += 8) {
        const int row = n < FAIR_PATCH - 8 ? n : FAIR_PATCH - 8;
        __m512i x = _mm512_sub_epi32(beside, _mm512_set1_epi32(row * step[1])), y = _mm512_add_epi32(below, _mm512_set1_epi32(row * step[0]));
        int32_t two[8];
        if (!inside) {
            x = clamped_avx512(x, end[0]);
            y = clamped_avx512(y, end[1]);
        }
        _mm256_storeu_si256((void *)two, _mm512_cvtepi32_epi16(gathered_avx512(data, stride, x, y)));
        for (int k = 0; k < 8; k++) memcpy(patch + (row + k) * FAIR_PATCH + 16, &two[k], sizeof *two);
    }
}

AVX512 static void
sample_avx512(const int16_t *data, size_t stride, const int32_t begin[2], const int32_t step[2], const int32_t end[2], int16_t *patch)
{
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const int32_t far = FAIR_PATCH - 1, sx = far * step[0], sy = far * step[1];
    bool inside = true;

    if (step[1] == 0 && step[0] > 0) {
        const __m512i across = _mm512_add_epi32(_mm512_mullo_epi32(lane, _mm512_set1_epi32(step[0])), _mm512_set1_epi32(begin[0]));
        int32_t first = begin[0] < 0 ? 0 : begin[0] > end[0] ? end[0] : begin[0], last = begin[0] + sx;
        last = last < 0 ? 0 : last > end[0] ? end[0] : last;
        if ((last >> 16) - (first >> 16) < LONGEST && sx >> 16 < LONGEST) {
            sample_along_avx512(data, stride, clamped_avx512(across, end[0]), clamped_avx512(_mm512_add_epi32(across, _mm512_set1_epi32(16 * step[0])), end[0]), first,
                                begin, step[0], end[1], patch);
            return;
        }
    }
    for (int corner = 0; corner < 4; corner++) {
        const int32_t x = begin[0] + (corner & 1 ? sx : 0) - (corner & 2 ? sy : 0), y = begin[1] + (corner & 1 ? sy : 0) + (corner & 2 ? sx : 0);
        inside &= (x >= 0) & (x <= end[0]) & (y >= 0) & (y <= end[1]);
    }
    if (inside) sample_turned_avx512(data, stride, begin, step, end, true, patch);
    else sample_turned_avx512(data, stride, begin, step, end, false, patch);
}

#define DESCRIBE(suffix, attributes)                                                                                    \
    attributes static uint32_t bearings_##suffix(const int16_t *patch, const int16_t *window, int32_t *bearings) { return bearings_body(patch, window, bearings); } \
    attributes static void cells_##suffix(const int16_t *patch, int32_t *cells) { cells_body(patch, cells); }           \
    attributes static void codes_##suffix(const int32_t (*cells)[FAIR_CELLS], size_t n, uint64_t (*codes)[4])           \
    { for (size_t i = 0; i < n; i++) code_body(cells[i], codes[i]); }
DESCRIBE(plain, )
DESCRIBE(avx2, __attribute__((target("avx2,bmi,popcnt"))))

#define VARIANT(suffix)                                                                                                 \
    static const struct fair_parts_kernels kernels_##suffix = { #suffix, fair_blur_rows_##suffix, fair_widen_##suffix, fair_halve_##suffix, \
        fair_extrema_##suffix, fair_settle_##suffix, sample_##suffix, bearings_##suffix, cells_##suffix, codes_##suffix, fair_nearest_##suffix, fair_nearest4_##suffix };

VARIANT(plain)
VARIANT(avx2)
VARIANT(avx512)

const struct fair_parts_kernels *
fair_parts_kernels_at(unsigned i)
{
    const struct fair_parts_kernels *can[3] = { &kernels_plain };
    unsigned n = 1, flags = fair_cpu_flags();

    if (flags & FAIR_CPU_AVX2) can[n++] = &kernels_avx2;
    if (flags & FAIR_CPU_AVX512 && flags & FAIR_CPU_AVX512_VPOPCNT) can[n++] = &kernels_avx512;
    return i < n ? can[i] : NULL;
}

const struct fair_parts_kernels *
fair_parts_kernels(void)
{
    static const struct fair_parts_kernels *_Atomic chosen;
    const struct fair_parts_kernels *best = chosen;

    if (best == NULL) {
        for (unsigned i = 0; fair_parts_kernels_at(i) != NULL; i++) best = fair_parts_kernels_at(i);
        chosen = best;
    }
    return best;
}
