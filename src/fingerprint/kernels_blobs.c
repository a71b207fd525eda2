/* The inner loops of finding local features: a picture blurred by steps, the blobs in their differences, and the blobs' tops. */
#include "fingerprint/kernels_parts_private.h"

void
fair_blur_rows_plain(const int16_t *const *rows, const int16_t *w, unsigned gap, size_t n, int16_t *tmp, int16_t *const out[FAIR_BLUR_ROWS])
{
    int16_t *t = tmp + FAIR_ROW_PAD;
    const ptrdiff_t g = (ptrdiff_t)gap;

    for (ptrdiff_t j = 0; j < FAIR_BLUR_ROWS; j++) {
        for (size_t x = 0; x < n; x++)
            t[x] = (int16_t)(part_of(rows[j + 2 * g][x], w[0]) + part_of((int16_t)(rows[j + g][x] + rows[j + 3 * g][x]), w[1]) +
                             part_of((int16_t)(rows[j][x] + rows[j + 4 * g][x]), w[2]));
        for (ptrdiff_t i = 1; i <= 2 * g; i++) t[-i] = t[0];
        for (ptrdiff_t i = 0; i < 2 * g; i++) t[(ptrdiff_t)n + i] = t[n - 1];
        for (ptrdiff_t x = 0; x < (ptrdiff_t)n; x++)
            out[j][x] = (int16_t)(part_of(t[x], w[0]) + part_of((int16_t)(t[x - g] + t[x + g]), w[1]) + part_of((int16_t)(t[x - 2 * g] + t[x + 2 * g]), w[2]));
    }
}

/* The same by the register, pmulhrsw being part_of.  The rows are read once for all that are made of them.  A case for each gap that
 * the scale space has, so that what is shared among rows is known. */
__attribute__((target("avx2"))) INLINE __m256i
five_avx2(__m256i middle, __m256i near, __m256i far, const __m256i w[3])
{
    return _mm256_add_epi16(_mm256_mulhrs_epi16(middle, w[0]), _mm256_add_epi16(_mm256_mulhrs_epi16(near, w[1]), _mm256_mulhrs_epi16(far, w[2])));
}

__attribute__((target("avx2"))) INLINE __m256i
at_avx2(const int16_t *p)
{
    return _mm256_loadu_si256((const void *)p);
}

__attribute__((target("avx2"))) INLINE void
blur_rows_by_avx2(const int16_t *const *rows, const int16_t *weights, const ptrdiff_t gap, size_t n, int16_t *tmp, int16_t *const out[FAIR_BLUR_ROWS])
{
    const size_t stride = (n + 31) / 32 * 32 + 2 * FAIR_ROW_PAD;
    const __m256i w[3] = { _mm256_set1_epi16(weights[0]), _mm256_set1_epi16(weights[1]), _mm256_set1_epi16(weights[2]) };

    for (size_t x = 0; x < n; x += 16)
        _Pragma("GCC unroll 4")
        for (ptrdiff_t j = 0; j < FAIR_BLUR_ROWS; j++)
            _mm256_storeu_si256((void *)(tmp + (size_t)j * stride + FAIR_ROW_PAD + x),
                                five_avx2(at_avx2(rows[j + 2 * gap] + x), _mm256_add_epi16(at_avx2(rows[j + gap] + x), at_avx2(rows[j + 3 * gap] + x)),
                                          _mm256_add_epi16(at_avx2(rows[j] + x), at_avx2(rows[j + 4 * gap] + x)), w));
    for (size_t j = 0; j < FAIR_BLUR_ROWS; j++) {
        int16_t *t = tmp + j * stride + FAIR_ROW_PAD;
        _mm256_storeu_si256((void *)(t - 16), _mm256_set1_epi16(t[0]));
        _mm256_storeu_si256((void *)(t + n), _mm256_set1_epi16(t[n - 1]));
    }
    for (size_t j = 0; j < FAIR_BLUR_ROWS; j++) {
        const int16_t *t = tmp + j * stride + FAIR_ROW_PAD;
        for (size_t x = 0; x < n; x += 16)
            _mm256_storeu_si256((void *)(out[j] + x), five_avx2(at_avx2(t + x), _mm256_add_epi16(at_avx2(t + x - gap), at_avx2(t + x + gap)),
                                                                _mm256_add_epi16(at_avx2(t + x - 2 * gap), at_avx2(t + x + 2 * gap)), w));
    }
}

AVX512 INLINE __m512i
five_avx512(__m512i middle, __m512i near, __m512i far, const __m512i w[3])
{
    return _mm512_add_epi16(_mm512_mulhrs_epi16(middle, w[0]), _mm512_add_epi16(_mm512_mulhrs_epi16(near, w[1]), _mm512_mulhrs_epi16(far, w[2])));
}

/* The blur along a row of 32 values, between those before and those after them.  Neighbours come from the registers: what was stored a
 * moment ago cannot be read across two stores without waiting for both. */
AVX512 INLINE __m512i
across_avx512(__m512i before, __m512i v, __m512i after, const __m512i w[3], const ptrdiff_t gap)
{
    __m512i near[2], far[2];

    if (gap == 1) {
        far[0] = _mm512_alignr_epi32(v, before, 15);
        far[1] = _mm512_alignr_epi32(after, v, 1);
        near[0] = _mm512_shldi_epi32(v, far[0], 16);
        near[1] = _mm512_shrdi_epi32(v, far[1], 16);
    } else if (gap == 2) {
        near[0] = _mm512_alignr_epi32(v, before, 15);
        near[1] = _mm512_alignr_epi32(after, v, 1);
        far[0] = _mm512_alignr_epi32(v, before, 14);
        far[1] = _mm512_alignr_epi32(after, v, 2);
    } else {
        near[0] = _mm512_alignr_epi32(v, before, 14);
        near[1] = _mm512_alignr_epi32(after, v, 2);
        far[0] = _mm512_alignr_epi32(v, before, 12);
        far[1] = _mm512_alignr_epi32(after, v, 4);
    }
    return five_avx512(v, _mm512_add_epi16(near[0], near[1]), _mm512_add_epi16(far[0], far[1]), w);
}

/* 32 columns of FAIR_BLUR_ROWS rows, blurred down. */
AVX512 INLINE void
down_avx512(const int16_t *const *from, size_t x, const __m512i w[3], const ptrdiff_t gap, __m512i out[FAIR_BLUR_ROWS])
{
    _Pragma("GCC unroll 4")
    for (ptrdiff_t j = 0; j < FAIR_BLUR_ROWS; j++)
        out[j] = five_avx512(at_avx512(from[j + 2 * gap] + x), _mm512_add_epi16(at_avx512(from[j + gap] + x), at_avx512(from[j + 3 * gap] + x)),
                             _mm512_add_epi16(at_avx512(from[j] + x), at_avx512(from[j + 4 * gap] + x)), w);
}

AVX512 INLINE void
blur_rows_by_avx512(const int16_t *const *rows, const int16_t *weights, const ptrdiff_t gap, size_t n, int16_t *tmp, int16_t *const out[FAIR_BLUR_ROWS])
{
    const __m512i w[3] = { _mm512_set1_epi16(weights[0]), _mm512_set1_epi16(weights[1]), _mm512_set1_epi16(weights[2]) };
    const size_t last = (n - 1) / 32 * 32;
    const __m512i rightmost = _mm512_set1_epi16((short)(n - 1 - last));
    const int16_t *from[4 * FAIR_BLUR_GAP + FAIR_BLUR_ROWS];
    __m512i before[FAIR_BLUR_ROWS] = { 0 }, v[FAIR_BLUR_ROWS] = { 0 }, after[FAIR_BLUR_ROWS];

    (void)tmp;
    for (ptrdiff_t i = 0; i < 4 * gap + FAIR_BLUR_ROWS; i++) from[i] = rows[i];
    for (size_t x = 0; x <= last; x += 32) {
        down_avx512(from, x, w, gap, after);
        if (x == last) {
            _Pragma("GCC unroll 4")
            for (size_t j = 0; j < FAIR_BLUR_ROWS; j++)
                after[j] = _mm512_mask_permutexvar_epi16(after[j], (__mmask32)(0xfffffffeu << (n - 1 - last)), rightmost, after[j]);
        }
        _Pragma("GCC unroll 4")
        for (size_t j = 0; j < FAIR_BLUR_ROWS; j++) {
            if (x > 0) _mm512_storeu_si512((void *)(out[j] + x - 32), across_avx512(before[j], v[j], after[j], w, gap));
            before[j] = x > 0 ? v[j] : _mm512_broadcastw_epi16(_mm512_castsi512_si128(after[j]));
            v[j] = after[j];
        }
    }
    _Pragma("GCC unroll 4")
    for (size_t j = 0; j < FAIR_BLUR_ROWS; j++)
        _mm512_storeu_si512((void *)(out[j] + last), across_avx512(before[j], v[j], _mm512_permutexvar_epi16(rightmost, v[j]), w, gap));
}

#define BLUR_ROWS(suffix, attributes)                                                                                       \
    attributes void                                                                                                         \
    fair_blur_rows_##suffix(const int16_t *const *rows, const int16_t *w, unsigned gap, size_t n, int16_t *tmp, int16_t *const out[FAIR_BLUR_ROWS])\
    {                                                                                                                       \
        switch (gap) {                                                                                                      \
        case 1: blur_rows_by_##suffix(rows, w, 1, n, tmp, out); break;                                                      \
        case 2: blur_rows_by_##suffix(rows, w, 2, n, tmp, out); break;                                                      \
        default: blur_rows_by_##suffix(rows, w, 4, n, tmp, out);                                                            \
        }                                                                                                                   \
    }
BLUR_ROWS(avx2, __attribute__((target("avx2"))))
BLUR_ROWS(avx512, AVX512)

INLINE void
widen_body(const uint8_t *restrict in, size_t n, int16_t *restrict out)
{
    for (size_t x = 0; x < n; x++) out[x] = (int16_t)(in[x] << 6);
}

INLINE void
halve_body(const int16_t *restrict in, size_t n, int16_t *restrict out)
{
    for (size_t x = 0; x < n; x++) out[x] = in[2 * x];
}

#define LOT (FAIR_EXTREMA_LOT + 2)

size_t
fair_extrema_plain(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], unsigned levels, size_t n, size_t edge, int16_t least, uint32_t *places)
{
    size_t found = 0;

    for (size_t from = edge; from < n - edge; from += FAIR_EXTREMA_LOT)
        for (uint32_t r = 0; r < FAIR_BLUR_ROWS; r++)
            for (uint32_t l = 1; l + 2 < levels; l++)
                for (size_t x = from; x < n - edge && x < from + FAIR_EXTREMA_LOT; x++) {
                    int16_t d = (int16_t)(rows[l + 1][r + 1][x] - rows[l][r + 1][x]), top = d, low = d;
                    for (unsigned i = 0; i < 27; i++) {
                        size_t to = x + i % 3 - 1;
                        int16_t v = (int16_t)(rows[l + i / 9][r + i / 3 % 3][to] - rows[l + i / 9 - 1][r + i / 3 % 3][to]);
                        if (v > top) top = v;
                        if (v < low) low = v;
                    }
                    if ((d > least && d == top) || (d < -least && d == low)) places[found++] = r << 24 | l << 16 | (uint32_t)x;
                }
    return found;
}

/* A bit for each lane in which a >= b. */
__attribute__((target("avx2"))) INLINE uint32_t
no_less_avx2(__m256i a, __m256i b)
{
    uint32_t less = (uint32_t)_mm256_movemask_epi8(_mm256_packs_epi16(_mm256_cmpgt_epi16(b, a), _mm256_setzero_si256()));

    return ~((less & 0xff) | (less >> 8 & 0xff00)) & 0xffff;
}

AVX512 INLINE uint32_t
no_less_avx512(__m512i a, __m512i b)
{
    return _mm512_cmpge_epi16_mask(a, b);
}

enum { LOT_ROWS = FAIR_BLUR_ROWS * (FAIR_EXTREMA_LEVELS - 3) };

/* Of a lot's columns, difference by difference of each row: the largest and the least of the differences about a place in three rows and three
 * levels, and which places have one of these themselves.  What is none needs no look beside it, and most registers hold nothing else. */
struct lot {
    _Alignas(64) int16_t top[FAIR_ROW_PAD + LOT_ROWS * LOT + FAIR_ROW_PAD], low[FAIR_ROW_PAD + LOT_ROWS * LOT + FAIR_ROW_PAD];
    _Alignas(64) struct { uint32_t high, deep; } in[LOT_ROWS * LOT / 16];
};

/* Rows share the largest and the least of two of their three, and so do levels.  The bound `least` goes into these
 * themselves: one of any three differences that follow each other brings it in. */
__attribute__((target("avx2,bmi"))) INLINE void
lot_of_avx2(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], const unsigned levels, size_t from, size_t n, int16_t least, struct lot *lot)
{
    enum { R = FAIR_BLUR_ROWS };
    const __m256i over = _mm256_set1_epi16((int16_t)(least + 1)), under = _mm256_set1_epi16((int16_t)(-least - 1));
    for (size_t x = 0; x < LOT && from + x < n; x += 16) {
        __m256i was[R + 2], middle[R], top[2][R], low[2][R], two[2][R] = { { _mm256_set1_epi16(0) } };
        _Pragma("GCC unroll 6")
        for (unsigned j = 0; j < R + 2; j++) was[j] = _mm256_loadu_si256((const void *)(rows[0][j] + from + x));
        _Pragma("GCC unroll 8")
        for (unsigned l = 0; l + 1 < levels; l++) {
            __m256i d[R + 2];
            _Pragma("GCC unroll 6")
            for (unsigned j = 0; j < R + 2; j++) {
                __m256i v = _mm256_loadu_si256((const void *)(rows[l + 1][j] + from + x));
                d[j] = _mm256_sub_epi16(v, was[j]);
                was[j] = v;
            }
            _Pragma("GCC unroll 2")
            for (unsigned j = 0; j < R; j += 2) {
                __m256i more = _mm256_max_epi16(d[j + 1], d[j + 2]), less = _mm256_min_epi16(d[j + 1], d[j + 2]);
                if (l % 3 == 1) { more = _mm256_max_epi16(more, over); less = _mm256_min_epi16(less, under); }
                _Pragma("GCC unroll 2")
                for (unsigned i = j; i < j + 2; i++) {
                    __m256i most = _mm256_max_epi16(d[i == j ? j : j + 3], more), few = _mm256_min_epi16(d[i == j ? j : j + 3], less);
                    if (l >= 2 && l % 2 == 0) {
                        two[0][i] = _mm256_max_epi16(top[1][i], most);
                        two[1][i] = _mm256_min_epi16(low[1][i], few);
                    }
                    if (l >= 2) {
                        const size_t to = (i * (levels - 3) + l - 2) * LOT + x;
                        __m256i high = _mm256_max_epi16(two[0][i], l % 2 == 0 ? top[0][i] : most), deep = _mm256_min_epi16(two[1][i], l % 2 == 0 ? low[0][i] : few);
                        _mm256_storeu_si256((void *)(lot->top + FAIR_ROW_PAD + to), high);
                        _mm256_storeu_si256((void *)(lot->low + FAIR_ROW_PAD + to), deep);
                        lot->in[to / 16].high = no_less_avx2(middle[i], high);
                        lot->in[to / 16].deep = no_less_avx2(deep, middle[i]);
                    }
                    top[l % 2][i] = most;
                    low[l % 2][i] = few;
                    middle[i] = d[i + 1];
                }
            }
        }
    }
}

/* One difference in two rows: about each of them the largest and the least of three rows, and itself. */
struct stripe { __m512i most[2], few[2], self[2]; };

/* Of four rows' level and the one before it, `was`.  The less of two is what both have and the more has not. */
AVX512 INLINE struct stripe
stripe_avx512(const int16_t *const *rows, size_t x, __m512i was[4], const bool bounded, __m512i over, __m512i under)
{
    __m512i d[4], more, less;
    struct stripe s;

    _Pragma("GCC unroll 4")
    for (int j = 0; j < 4; j++) {
        const __m512i v = at_avx512(rows[j] + x);
        d[j] = _mm512_sub_epi16(v, was[j]);
        was[j] = v;
    }
    more = _mm512_max_epi16(d[1], d[2]);
    less = _mm512_ternarylogic_epi64(d[1], d[2], more, 0x96);
    if (bounded) {
        more = _mm512_max_epi16(more, over);
        less = _mm512_min_epi16(less, under);
    }
    _Pragma("GCC unroll 2")
    for (int i = 0; i < 2; i++) {
        s.most[i] = _mm512_max_epi16(d[3 * i], more);
        s.few[i] = _mm512_min_epi16(d[3 * i], less);
        s.self[i] = d[i + 1];
    }
    return s;
}

/* What there is to know of register `to` of a lot. */
AVX512 INLINE void
told_avx512(struct lot *lot, size_t to, __m512i self, __m512i high, __m512i deep)
{
    _mm512_store_si512((void *)(lot->top + FAIR_ROW_PAD + to * 32), high);
    _mm512_store_si512((void *)(lot->low + FAIR_ROW_PAD + to * 32), deep);
    lot->in[to].high = no_less_avx512(self, high);
    lot->in[to].deep = no_less_avx512(deep, self);
}

/* Two rows and two differences at a time, so that what is needed stays in registers: differences 1 and 2 are about place 1 and about
 * place 2, 3 and 4 about 3 and 4. */
AVX512 INLINE void
lot_of_avx512(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], const unsigned levels, size_t from, size_t n, int16_t least, struct lot *lot)
{
    const __m512i over = _mm512_set1_epi16((int16_t)(least + 1)), under = _mm512_set1_epi16((int16_t)(-least - 1));

    for (size_t x = 0; x < LOT && from + x < n; x += 32)
        for (unsigned r = 0; r < FAIR_BLUR_ROWS; r += 2) {
            size_t to = r * (levels - 3) * (LOT / 32) + x / 32;
            struct stripe a, b;
            __m512i was[4];
            for (unsigned j = 0; j < 4; j++) was[j] = at_avx512(rows[0][r + j] + from + x);
            a = stripe_avx512(rows[1] + r, from + x, was, false, over, under);
            b = stripe_avx512(rows[2] + r, from + x, was, false, over, under);
            for (unsigned l = 2; l + 1 < levels; l += 2) {
                struct stripe c = stripe_avx512(rows[l + 1] + r, from + x, was, true, over, under);
                __m512i more[2], less[2];
                _Pragma("GCC unroll 2")
                for (unsigned i = 0; i < 2; i++) {
                    more[i] = _mm512_max_epi16(b.most[i], c.most[i]);
                    less[i] = _mm512_min_epi16(b.few[i], c.few[i]);
                    told_avx512(lot, to + i * (levels - 3) * (LOT / 32), b.self[i], _mm512_max_epi16(a.most[i], more[i]), _mm512_min_epi16(a.few[i], less[i]));
                }
                to += LOT / 32;
                if (l + 2 == levels) break;
                a = c;
                b = stripe_avx512(rows[l + 2] + r, from + x, was, false, over, under);
                _Pragma("GCC unroll 2")
                for (unsigned i = 0; i < 2; i++)
                    told_avx512(lot, to + i * (levels - 3) * (LOT / 32), a.self[i], _mm512_max_epi16(b.most[i], more[i]), _mm512_min_epi16(b.few[i], less[i]));
                to += LOT / 32;
            }
        }
}

/* Which of the places in `high` and `deep` are the largest or the least beside others, too; `at` is where those begin. */
__attribute__((target("avx2"))) INLINE uint32_t
beside_avx2(const struct lot *lot, size_t at, uint32_t high, uint32_t deep)
{
    const int16_t *top = lot->top + FAIR_ROW_PAD + at, *low = lot->low + FAIR_ROW_PAD + at;

    return (high & no_less_avx2(at_avx2(top), _mm256_max_epi16(at_avx2(top - 1), at_avx2(top + 1)))) |
           (deep & no_less_avx2(_mm256_min_epi16(at_avx2(low - 1), at_avx2(low + 1)), at_avx2(low)));
}

AVX512 INLINE uint32_t
beside_avx512(const struct lot *lot, size_t at, uint32_t high, uint32_t deep)
{
    const int16_t *top = lot->top + FAIR_ROW_PAD + at, *low = lot->low + FAIR_ROW_PAD + at;

    return (high & no_less_avx512(at_avx512(top), _mm512_max_epi16(at_avx512(top - 1), at_avx512(top + 1)))) |
           (deep & no_less_avx512(_mm512_min_epi16(at_avx512(low - 1), at_avx512(low + 1)), at_avx512(low)));
}

/* The registers of a lot that hold any such place; how many. */
__attribute__((target("avx2"))) INLINE size_t
any_avx2(const struct lot *lot, size_t n, uint32_t *any)
{
    size_t some = 0;

    for (uint32_t i = 0; i < n; i++) {
        any[some] = i;
        some += (lot->in[i].high | lot->in[i].deep) != 0;
    }
    return some;
}

AVX512 INLINE size_t
any_avx512(const struct lot *lot, size_t n, uint32_t *any)
{
    __m256i number = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    size_t some = 0;

    for (size_t i = 0; i < n; i += 8) {
        __m512i v = _mm512_load_si512(lot->in + i);
        __mmask8 in = _mm512_test_epi64_mask(v, v);
        _mm256_storeu_si256((void *)(any + some), _mm256_maskz_compress_epi32(in, number));
        some += (size_t)__builtin_popcount(in);
        number = _mm256_add_epi32(number, _mm256_set1_epi32(8));
    }
    return some;
}

/* What is looked at is first listed, then those that are found, so that hardly any branch depends on a picture. */
__attribute__((target("avx2,bmi"))) INLINE size_t
extrema_of_avx2(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], const unsigned levels, size_t n, size_t edge, int16_t least, uint32_t *places)
{
    const uint32_t each = LOT / 16, whole = 0xffff;
    uint32_t any[LOT_ROWS * LOT / 16 + 8], bits[LOT_ROWS * LOT / 16], within[LOT / 16];
    struct lot lot;
    size_t found = 0;
    memset(lot.in, 0, sizeof lot.in);
    for (size_t from = edge - 1; from + 1 < n - edge; from += FAIR_EXTREMA_LOT) {
        size_t some, few = 0, end = n - edge - from;
        if (n - from < LOT) memset(lot.in, 0, sizeof lot.in);
        lot_of_avx2(rows, levels, from, n, least, &lot);
        some = any_avx2(&lot, FAIR_BLUR_ROWS * (levels - 3) * LOT / 16, any);
        for (uint32_t v = 0; v < each; v++) {         /* but for the first and the last, of which one neighbour is not there */
            within[v] = v * 16 + 16 <= end ? whole : v * 16 < end ? (1u << (end - v * 16)) - 1 : 0;
            if (v == 0) within[v] &= ~1u;
            if (v == each - 1) within[v] &= whole >> 1;
        }
        for (size_t i = 0; i < some; i++) {
            uint32_t k = any[i];
            bits[few] = beside_avx2(&lot, (size_t)k * 16, lot.in[k].high, lot.in[k].deep) & within[k % each];
            any[few] = k;
            few += bits[few] != 0;
        }
        for (size_t i = 0; i < few; i++) {
            uint32_t k = any[i], in = bits[i], row = k / each, place;
            place = row / (levels - 3) << 24 | (1 + row % (levels - 3)) << 16 | ((uint32_t)from + k % each * 16);
            do places[found++] = place + (uint32_t)__builtin_ctz(in); while ((in &= in - 1) != 0);
        }
    }
    return found;
}

/* Is the place the largest (least), of the columns beside it too?  Each of the two is looked at by itself. */
INLINE bool
alone(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], uint32_t r, uint32_t l, size_t x, bool high)
{
    const int d = rows[l + 1][r + 1][x] - rows[l][r + 1][x];

    for (uint32_t i = 0; i < 9; i++)
        for (size_t to = x - 1; to <= x + 1; to += 2) {
            const int v = rows[l + i / 3][r + i % 3][to] - rows[l + i / 3 - 1][r + i % 3][to];
            if (high ? v > d : v < d) return false;
        }
    return true;
}

/* Where a place comes in the order of kernels_parts.h. */
INLINE uint32_t
rank_of(uint32_t place, size_t edge)
{
    const uint32_t x = place & 65535, lot = (x - (uint32_t)edge) / FAIR_EXTREMA_LOT;

    return lot << 22 | place >> 24 << 20 | (place >> 16 & 15) << 16 | x;
}

/* Put them in that order; they nearly are. */
INLINE void
in_order(uint32_t *places, size_t n, size_t edge)
{
    for (size_t i = 1; i < n; i++) {
        const uint32_t place = places[i], rank = rank_of(place, edge);
        size_t k = i;
        for (; k > 0 && rank_of(places[k - 1], edge) > rank; k--) places[k] = places[k - 1];
        places[k] = place;
    }
}

/* The bits of those of 32 columns from x on that are in from .. end - 1. */
INLINE uint32_t
columns(size_t from, size_t end, size_t x)
{
    const uint32_t not_before = from <= x ? 0xffffffffu : from - x < 32 ? 0xffffffffu << (from - x) : 0;

    return end <= x ? 0 : end - x < 32 ? not_before & ((1u << (end - x)) - 1) : not_before;
}

/* Registers are read where rows' cache lines begin, so that lots have LOT columns one after the other, and the outermost two of each are
 * looked at by themselves; hardly any place is not in its order then. */
AVX512 INLINE size_t
extrema_of_avx512(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], const unsigned levels, size_t n, size_t edge, int16_t least, uint32_t *places)
{
    enum { EACH = LOT / 32 };
    uint32_t any[LOT_ROWS * EACH + 8], bits[LOT_ROWS * EACH];
    struct lot lot;
    size_t found = 0;
    bool strays = false;

    for (size_t from = 0; from < n - edge; from += LOT) {
        uint32_t in[EACH], mine[EACH];
        size_t some, few = 0;
        const size_t mine_from = edge + from / LOT * FAIR_EXTREMA_LOT, mine_end = mine_from + FAIR_EXTREMA_LOT;
        if (n - from < LOT) memset(lot.in, 0, sizeof lot.in);
        lot_of_avx512(rows, levels, from, n, least, &lot);
        some = any_avx512(&lot, FAIR_BLUR_ROWS * (levels - 3) * EACH, any);
        for (size_t v = 0; v < EACH; v++) {
            in[v] = columns(edge, n - edge, from + 32 * v);
            mine[v] = columns(mine_from, mine_end, from + 32 * v);
        }
        for (size_t i = 0; i < some; i++) {
            const uint32_t k = any[i], v = k % EACH, outer = v == 0 ? 1u : v == EACH - 1 ? 1u << 31 : 0;
            const uint32_t high = lot.in[k].high & in[v], deep = lot.in[k].deep & in[v];
            uint32_t of = beside_avx512(&lot, (size_t)k * 32, high, deep) & ~outer;
            if (((high | deep) & outer) != 0) {
                const uint32_t row = k / EACH;
                if (alone(rows, row / (levels - 3), 1 + row % (levels - 3), from + (v == 0 ? 0 : LOT - 1), (high & outer) != 0)) of |= outer;
            }
            bits[few] = of;
            any[few] = k;
            few += of != 0;
        }
        for (size_t i = 0; i < few; i++) {
            uint32_t k = any[i], of = bits[i], row = k / EACH, place;
            place = row / (levels - 3) << 24 | (1 + row % (levels - 3)) << 16 | ((uint32_t)from + k % EACH * 32);
            strays |= (of & ~mine[k % EACH]) != 0;
            do places[found++] = place + (uint32_t)__builtin_ctz(of); while ((of &= of - 1) != 0);
        }
    }
    if (strays) in_order(places, found, edge);
    return found;
}

#define EXTREMA(suffix, attributes) \
    attributes size_t                                                                                                       \
    fair_extrema_##suffix(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], unsigned levels, size_t n, size_t edge, int16_t least, uint32_t *places) \
    {                                                                                                                       \
        switch (levels) {                                                                                                   \
        case 6: return extrema_of_##suffix(rows, 6, n, edge, least, places);                                                \
        case 9: return extrema_of_##suffix(rows, 9, n, edge, least, places);                                                \
        default: return extrema_of_##suffix(rows, levels, n, edge, least, places);                                          \
        }                                                                                                                   \
    }
EXTREMA(avx2, __attribute__((target("avx2,bmi"))))
EXTREMA(avx512, AVX512)

/* A quadric about the place is fitted to the differences; its top must be near, large enough, and no edge's. */
INLINE size_t
settle_body(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], const uint32_t *places, size_t n, float least, struct fair_top *tops)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        const uint32_t r = places[i] >> 24, l = places[i] >> 16 & 255, x = places[i] & 65535;
        /* d[3 k + j][i]: difference l - 1 + k at (x - 1 + i, row - 1 + j) */
        int d[9][3];
        float gx, gy, gs, xx, yy, ss, xy, xs, ys;
        float det2, trace, m0, m1, m2, m3, m4, det, dx, dy, ds, value;
        for (uint32_t k = 0; k < 9; k++) {
            const int16_t *a = rows[l - 1 + k / 3][r + k % 3] + x - 1, *b = rows[l + k / 3][r + k % 3] + x - 1;
            for (int m = 0; m < 3; m++) d[k][m] = b[m] - a[m];
        }
        gx = (float)(d[4][2] - d[4][0]) * .5f; gy = (float)(d[5][1] - d[3][1]) * .5f; gs = (float)(d[7][1] - d[1][1]) * .5f;
        xx = (float)(d[4][2] + d[4][0] - 2 * d[4][1]); yy = (float)(d[5][1] + d[3][1] - 2 * d[4][1]);
        ss = (float)(d[7][1] + d[1][1] - 2 * d[4][1]);
        xy = (float)(d[5][2] - d[5][0] - d[3][2] + d[3][0]) * .25f;
        xs = (float)(d[7][2] - d[7][0] - d[1][2] + d[1][0]) * .25f; ys = (float)(d[8][1] - d[6][1] - d[2][1] + d[0][1]) * .25f;
        det2 = xx * yy - xy * xy; trace = xx + yy;
        if (!(det2 > 0) || trace * trace * 12.f > 169.f * det2) continue;      /* ratio of curvatures over 12 */
        m0 = yy * ss - ys * ys; m1 = xy * ss - ys * xs; m2 = xy * ys - yy * xs; m3 = xs * ys - xy * ss; m4 = xs * xy - xx * ys;
        det = xx * m0 - xy * m1 + xs * m2;
        if (det > -1e-3f && det < 1e-3f) continue;
        dx = -(gx * m0 + gy * m3 + gs * m2) / det;
        dy = -(gx * m3 + gy * (xx * ss - xs * xs) + gs * m4) / det;
        ds = -(gx * m2 + gy * m4 + gs * det2) / det;
        if (!(dx > -.8f && dx < .8f && dy > -.8f && dy < .8f && ds > -.8f && ds < .8f)) continue;
        value = (float)d[4][1] + .5f * (gx * dx + gy * dy + gs * ds);
        if (value < 0) value = -value;
        if (value >= least) tops[found++] = (struct fair_top){ places[i], dx, dy, ds, value };
    }
    return found;
}

/* table[i], i under 64: sooner than sixteen loads. */
AVX512 INLINE __m512i
one_of_64_avx512(const __m512i table[4], __m512i i)
{
    return _mm512_mask_mov_epi32(_mm512_permutex2var_epi32(table[0], i, table[1]), _mm512_test_epi32_mask(i, _mm512_set1_epi32(32)),
                                 _mm512_permutex2var_epi32(table[2], i, table[3]));
}

/* The same of sixteen places at once. */
AVX512 size_t
fair_settle_avx512(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], const uint32_t *places, size_t n, float least, struct fair_top *tops)
{
    enum { R = FAIR_BLUR_ROWS + 2 };
    const __m512 half = _mm512_set1_ps(.5f), quarter = _mm512_set1_ps(.25f), near = _mm512_set1_ps(.8f), zero = _mm512_setzero_ps();
    int32_t begin[64] = { 0 };
    __m512i table[4];
    unsigned levels = 0;
    size_t found = 0;

    for (size_t i = 0; i < n; i++) levels = (places[i] >> 16 & 255) > levels ? places[i] >> 16 & 255 : levels;
    for (unsigned l = 0; l < levels + 3 && n > 0; l++)
        for (unsigned j = 0; j < R; j++) begin[l * R + j] = (int32_t)(rows[l][j] - rows[0][0]);
    for (int i = 0; i < 4; i++) table[i] = _mm512_loadu_si512((const void *)(begin + 16 * i));
    for (size_t i = 0; i < n; i += 16) {
        const __mmask16 in = n - i < 16 ? (__mmask16)((1u << (n - i)) - 1) : 0xffff;
        const __m512i place = _mm512_mask_loadu_epi32(_mm512_set1_epi32(1 << 16 | 1), in, places + i);
        const __m512i x = _mm512_and_si512(place, _mm512_set1_epi32(65535)), r = _mm512_srli_epi32(place, 24);
        const __m512i l = _mm512_and_si512(_mm512_srli_epi32(place, 16), _mm512_set1_epi32(255));
        const __m512i at = _mm512_add_epi32(_mm512_mullo_epi32(_mm512_sub_epi32(l, _mm512_set1_epi32(1)), _mm512_set1_epi32(R)), r);
        __m512i was[6], d[9][3];
        __m512 gx, gy, gs, xx, yy, ss, xy, xs, ys, det2, trace, m0, m1, m2, m3, m4, det, dx, dy, ds, value;
        __mmask16 good;
        float out[4][16];
        _Pragma("GCC unroll 4")
        for (int k = 0; k < 4; k++)
            _Pragma("GCC unroll 3")
            for (int j = 0; j < 3; j++) {
                const __m512i row = _mm512_add_epi32(x, one_of_64_avx512(table, _mm512_add_epi32(at, _mm512_set1_epi32(k * R + j))));
                const __m512i left = _mm512_i32gather_epi32(_mm512_sub_epi32(row, _mm512_set1_epi32(1)), rows[0][0], 2);      /* and the place itself */
                __m512i right = left;
                if (j == 1 || k == 1 || k == 2) right = _mm512_i32gather_epi32(_mm512_add_epi32(row, _mm512_set1_epi32(1)), rows[0][0], 2);
                if (k > 0) {
                    const __m512i a = _mm512_sub_epi16(left, was[2 * j]), b = _mm512_sub_epi16(right, was[2 * j + 1]);
                    d[3 * k - 3 + j][0] = _mm512_srai_epi32(_mm512_slli_epi32(a, 16), 16);
                    d[3 * k - 3 + j][1] = _mm512_srai_epi32(a, 16);
                    d[3 * k - 3 + j][2] = _mm512_srai_epi32(_mm512_slli_epi32(b, 16), 16);
                }
                was[2 * j] = left;
                was[2 * j + 1] = right;
            }
#define LESS(a, b) _mm512_sub_epi32(a, b)
#define MORE(a, b) _mm512_add_epi32(a, b)
#define SUM(a, b) _mm512_add_ps(a, b)
#define REST(a, b) _mm512_sub_ps(a, b)
#define TIMES(a, b) _mm512_mul_ps(a, b)
#define REAL(a) _mm512_cvtepi32_ps(a)
        gx = TIMES(REAL(LESS(d[4][2], d[4][0])), half);
        gy = TIMES(REAL(LESS(d[5][1], d[3][1])), half);
        gs = TIMES(REAL(LESS(d[7][1], d[1][1])), half);
        xx = REAL(LESS(MORE(d[4][2], d[4][0]), MORE(d[4][1], d[4][1])));
        yy = REAL(LESS(MORE(d[5][1], d[3][1]), MORE(d[4][1], d[4][1])));
        ss = REAL(LESS(MORE(d[7][1], d[1][1]), MORE(d[4][1], d[4][1])));
        xy = TIMES(REAL(LESS(MORE(d[5][2], d[3][0]), MORE(d[5][0], d[3][2]))), quarter);
        xs = TIMES(REAL(LESS(MORE(d[7][2], d[1][0]), MORE(d[7][0], d[1][2]))), quarter);
        ys = TIMES(REAL(LESS(MORE(d[8][1], d[0][1]), MORE(d[6][1], d[2][1]))), quarter);
        det2 = REST(TIMES(xx, yy), TIMES(xy, xy));
        trace = SUM(xx, yy);
        good = _mm512_mask_cmp_ps_mask(in, det2, zero, _CMP_GT_OQ);
        good = _mm512_mask_cmp_ps_mask(good, TIMES(TIMES(trace, trace), _mm512_set1_ps(12.f)), TIMES(_mm512_set1_ps(169.f), det2), _CMP_NGT_UQ);
        m0 = REST(TIMES(yy, ss), TIMES(ys, ys));
        m1 = REST(TIMES(xy, ss), TIMES(ys, xs));
        m2 = REST(TIMES(xy, ys), TIMES(yy, xs));
        m3 = REST(TIMES(xs, ys), TIMES(xy, ss));
        m4 = REST(TIMES(xs, xy), TIMES(xx, ys));
        det = SUM(REST(TIMES(xx, m0), TIMES(xy, m1)), TIMES(xs, m2));
        good = _mm512_mask_cmp_ps_mask(good, _mm512_abs_ps(det), _mm512_set1_ps(1e-3f), _CMP_NLT_UQ);
        dx = _mm512_div_ps(REST(zero, SUM(SUM(TIMES(gx, m0), TIMES(gy, m3)), TIMES(gs, m2))), det);
        dy = _mm512_div_ps(REST(zero, SUM(SUM(TIMES(gx, m3), TIMES(gy, REST(TIMES(xx, ss), TIMES(xs, xs)))), TIMES(gs, m4))), det);
        ds = _mm512_div_ps(REST(zero, SUM(SUM(TIMES(gx, m2), TIMES(gy, m4)), TIMES(gs, det2))), det);
        good = _mm512_mask_cmp_ps_mask(good, _mm512_abs_ps(dx), near, _CMP_LT_OQ);
        good = _mm512_mask_cmp_ps_mask(good, _mm512_abs_ps(dy), near, _CMP_LT_OQ);
        good = _mm512_mask_cmp_ps_mask(good, _mm512_abs_ps(ds), near, _CMP_LT_OQ);
        value = SUM(REAL(d[4][1]), TIMES(half, SUM(SUM(TIMES(gx, dx), TIMES(gy, dy)), TIMES(gs, ds))));
        value = _mm512_abs_ps(value);
        good = _mm512_mask_cmp_ps_mask(good, value, _mm512_set1_ps(least), _CMP_GE_OQ);
        _mm512_storeu_ps(out[0], dx);
        _mm512_storeu_ps(out[1], dy);
        _mm512_storeu_ps(out[2], ds);
        _mm512_storeu_ps(out[3], value);
        for (unsigned some = good; some != 0; some &= some - 1) {
            const unsigned k = (unsigned)__builtin_ctz(some);
            tops[found++] = (struct fair_top){ places[i + k], out[0][k], out[1][k], out[2][k], out[3][k] };
        }
    }
    return found;
}

#define VARIANT(suffix, attributes)                                                                                     \
    attributes void fair_widen_##suffix(const uint8_t *in, size_t n, int16_t *out) { widen_body(in, n, out); }          \
    attributes void fair_halve_##suffix(const int16_t *in, size_t n, int16_t *out) { halve_body(in, n, out); }
VARIANT(plain, )
VARIANT(avx2, __attribute__((target("avx2,bmi,popcnt"))))
VARIANT(avx512, __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vpopcntdq,avx2,bmi,popcnt,prefer-vector-width=512"))))

#define SETTLE(suffix, attributes)                                                                                      \
    attributes size_t fair_settle_##suffix(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], const uint32_t *places, size_t n, float least, struct fair_top *tops) \
    { return settle_body(rows, places, n, least, tops); }
SETTLE(plain, )
SETTLE(avx2, __attribute__((target("avx2,bmi,popcnt"))))
