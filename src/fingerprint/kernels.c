/* fingerprint/kernels.c - which processor this is, and distances of 256-bit codes. */
#include "fingerprint/kernels.h"
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* The meaning.  Every other version is measured against this one. */
static void
hamming256_plain(const uint64_t query[4], const uint64_t *codes, size_t n, uint16_t *dist)
{
    for (size_t i = 0; i < n; i++) {
        unsigned bits = 0;
        for (size_t w = 0; w < 4; w++)
            bits += (unsigned)__builtin_popcountll(query[w] ^ codes[4 * i + w]);
        dist[i] = (uint16_t)bits;
    }
}

static size_t
near256_plain(const uint64_t query[4], const uint64_t *codes, const uint32_t *tags, size_t n, const uint16_t limit[4], uint32_t flip, uint32_t *is, uint16_t *dist)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned bits = 0;
        for (size_t w = 0; w < 4; w++)
            bits += (unsigned)__builtin_popcountll(query[w] ^ codes[4 * i + w]);
        is[found] = tags[i] ^ flip;
        dist[found] = (uint16_t)bits;
        found += bits <= limit[(tags[i] ^ flip) & 3];
    }
    return found;
}

static size_t
nearer_plain(uint32_t *is, uint16_t *dist, size_t n, const uint16_t limit[4])
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t tag = is[i];
        uint16_t bits = dist[i];
        is[kept] = tag;
        dist[kept] = bits;
        kept += bits <= limit[tag & 3];
    }
    return kept;
}

#if defined(__x86_64__)
/* Counts the bits of each half-byte by table, then adds up bytes. */
__attribute__((target("avx2"))) static void
hamming256_avx2(const uint64_t query[4], const uint64_t *codes, size_t n, uint16_t *dist)
{
    const __m256i q = _mm256_loadu_si256((const __m256i *)query);
    const __m256i low = _mm256_set1_epi8(0x0f);
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
                                           0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    for (size_t i = 0; i < n; i++) {
        const __m256i x = _mm256_xor_si256(q, _mm256_loadu_si256((const __m256i *)(codes + 4 * i)));
        const __m256i lo = _mm256_shuffle_epi8(table, _mm256_and_si256(x, low));
        const __m256i hi = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), low));
        const __m256i sum = _mm256_sad_epu8(_mm256_add_epi8(lo, hi), _mm256_setzero_si256());
        const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
        dist[i] = (uint16_t)(_mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1));
    }
}

__attribute__((target("avx2"))) static size_t
near256_avx2(const uint64_t query[4], const uint64_t *codes, const uint32_t *tags, size_t n, const uint16_t limit[4], uint32_t flip, uint32_t *is, uint16_t *dist)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        hamming256_avx2(query, codes + 4 * i, 1, dist + found);
        is[found] = tags[i] ^ flip;
        found += dist[found] <= limit[(tags[i] ^ flip) & 3];
    }
    return found;
}

#define AVX512 __attribute__((target("avx512f,avx512vl,avx512bw,avx512vpopcntdq,bmi")))
/* Eight codes at once: their eight sums of four words are brought side by side by three rounds of adding halves. */
AVX512 static inline __m128i
eight_avx512(__m512i qq, const uint64_t *at)
{
    __m512i a = _mm512_popcnt_epi64(_mm512_xor_si512(qq, _mm512_loadu_si512(at)));          /* codes 0 1 */
    __m512i b = _mm512_popcnt_epi64(_mm512_xor_si512(qq, _mm512_loadu_si512(at + 8)));      /* 2 3 */
    __m512i c = _mm512_popcnt_epi64(_mm512_xor_si512(qq, _mm512_loadu_si512(at + 16)));     /* 4 5 */
    __m512i d = _mm512_popcnt_epi64(_mm512_xor_si512(qq, _mm512_loadu_si512(at + 24)));     /* 6 7 */
    /* pairs of words: 0 2 | 0 2 | 1 3 | 1 3 in the lanes of 128 bits, and 4 6 | 4 6 | 5 7 | 5 7 */
    __m512i ab = _mm512_add_epi64(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
    __m512i cd = _mm512_add_epi64(_mm512_unpacklo_epi64(c, d), _mm512_unpackhi_epi64(c, d));
    __m512i sum = _mm512_add_epi64(_mm512_shuffle_i64x2(ab, cd, 0x88), _mm512_shuffle_i64x2(ab, cd, 0xdd));
    /* now 0 2 | 1 3 | 4 6 | 5 7 */
    return _mm512_cvtepi64_epi16(_mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 1, 3, 4, 6, 5, 7), sum));
}

AVX512 static inline uint16_t
one_avx512(__m256i q, const uint64_t *at)
{
    const __m256i c = _mm256_popcnt_epi64(_mm256_xor_si256(q, _mm256_loadu_si256((const __m256i *)at)));
    const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(c), _mm256_extracti128_si256(c, 1));

    return (uint16_t)(_mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1));
}

AVX512 static void
hamming256_avx512(const uint64_t query[4], const uint64_t *codes, size_t n, uint16_t *dist)
{
    const __m256i q = _mm256_loadu_si256((const __m256i *)query);
    const __m512i qq = _mm512_broadcast_i64x4(q);
    size_t i = 0;

    for (; i + 8 <= n; i += 8) _mm_storeu_si128((__m128i *)(dist + i), eight_avx512(qq, codes + 4 * i));
    for (; i < n; i++) dist[i] = one_avx512(q, codes + 4 * i);
}

/* The bits of codes 0 and 1, 2 and 3, 4 and 5, 6 and 7 by word, the four in the four numbers of 16 bits of each lane. */
AVX512 static inline __m512i
counts_avx512(__m512i qq, __m512i a, __m512i b, __m512i c, __m512i d)
{
    a = _mm512_popcnt_epi64(_mm512_xor_si512(qq, a));
    b = _mm512_popcnt_epi64(_mm512_xor_si512(qq, b));
    c = _mm512_popcnt_epi64(_mm512_xor_si512(qq, c));
    d = _mm512_popcnt_epi64(_mm512_xor_si512(qq, d));
    return _mm512_or_si512(_mm512_or_si512(a, _mm512_slli_epi64(b, 16)), _mm512_or_si512(_mm512_slli_epi64(c, 32), _mm512_slli_epi64(d, 48)));
}

/* The sums of sixteen codes in order, from the counts of the first eight and the last. */
AVX512 static inline __m512i
sixteen_avx512(__m512i a, __m512i b)
{
    const __m512i order = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    __m512i sum = _mm512_add_epi64(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));

    sum = _mm512_add_epi64(sum, _mm512_shuffle_i64x2(sum, sum, 0xb1));
    return _mm512_maskz_permutexvar_epi16(0x55555555, order, sum);
}

/* Of sixteen tags and sums, `all` at most, those within the limit of their tag (which lies in each four lanes of `limits`) are put at is
 * and dist; how many. */
AVX512 static inline size_t
keep_avx512(__m512i tags, __m512i sums, __mmask16 all, __m512i limits, uint32_t *is, uint16_t *dist)
{
    __mmask16 in = _mm512_mask_cmple_epu32_mask(all, sums, _mm512_permutexvar_epi32(tags, limits)), front;
    size_t n = (size_t)__builtin_popcount(in);

    front = (__mmask16)((1u << n) - 1);
    _mm512_mask_storeu_epi32(is, front, _mm512_maskz_compress_epi32(in, tags));
    _mm256_mask_storeu_epi16(dist, front, _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(in, sums)));
    return n;
}

AVX512 static inline __m512i
limits_avx512(const uint16_t limit[4])
{
    return _mm512_broadcast_i32x4(_mm_setr_epi32(limit[0], limit[1], limit[2], limit[3]));
}

AVX512 static size_t
near256_avx512(const uint64_t query[4], const uint64_t *codes, const uint32_t *tags, size_t n, const uint16_t limit[4], uint32_t flip, uint32_t *is, uint16_t *dist)
{
    const __m512i qq = _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i *)query)), limits = limits_avx512(limit), flips = _mm512_set1_epi32((int)flip);
    size_t found = 0, i = 0;

    for (; i + 16 <= n; i += 16) {
        const uint64_t *at = codes + 4 * i;
        __m512i a = counts_avx512(qq, _mm512_loadu_si512(at), _mm512_loadu_si512(at + 8), _mm512_loadu_si512(at + 16), _mm512_loadu_si512(at + 24));
        __m512i b = counts_avx512(qq, _mm512_loadu_si512(at + 32), _mm512_loadu_si512(at + 40), _mm512_loadu_si512(at + 48), _mm512_loadu_si512(at + 56));
        found += keep_avx512(_mm512_xor_si512(flips, _mm512_loadu_si512(tags + i)), sixteen_avx512(a, b), 0xffff, limits, is + found, dist + found);
    }
    if (i < n) {
        const uint64_t *at = codes + 4 * i;
        const uint64_t words = ((uint64_t)1 << 4 * (n - i)) - 1;     /* that are there, of 64 */
        const __mmask16 all = (__mmask16)((1u << (n - i)) - 1);
#define SOME(k) _mm512_maskz_loadu_epi64((__mmask8)(words >> 8 * (k)), at + 8 * (k))
        __m512i a = counts_avx512(qq, SOME(0), SOME(1), SOME(2), SOME(3)), b = _mm512_setzero_si512();
        if (n - i > 8) b = counts_avx512(qq, SOME(4), SOME(5), SOME(6), SOME(7));
#undef SOME
        found += keep_avx512(_mm512_xor_si512(flips, _mm512_maskz_loadu_epi32(all, tags + i)), sixteen_avx512(a, b), all, limits, is + found, dist + found);
    }
    return found;
}

AVX512 static size_t
nearer_avx512(uint32_t *is, uint16_t *dist, size_t n, const uint16_t limit[4])
{
    const __m512i limits = limits_avx512(limit);
    size_t kept = 0;

    for (size_t i = 0; i < n; i += 16) {
        const __mmask16 all = n - i < 16 ? (__mmask16)((1u << (n - i)) - 1) : 0xffff;
        kept += keep_avx512(_mm512_maskz_loadu_epi32(all, is + i), _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(all, dist + i)), all, limits,
                            is + kept, dist + kept);
    }
    return kept;
}
#endif

static inline __attribute__((always_inline)) size_t
within256_body(const uint64_t (*queries)[4], size_t n_queries, const uint64_t (*blocks)[4][8], size_t n_blocks, unsigned near,
               unsigned far, struct fair_within *hits)
{
    size_t n = 0;

    for (size_t b = 0; b < n_blocks; b++)
        for (size_t q = 0; q < n_queries; q++)
            for (size_t i = 0; i < 8; i++) {
                unsigned bits = 0;
                for (size_t w = 0; w < 4; w++) bits += (unsigned)__builtin_popcountll(queries[q][w] ^ blocks[b][w][i]);
                if (bits <= near || bits >= far) hits[n++] = (struct fair_within){ (uint32_t)(8 * b + i), (uint16_t)q, (uint16_t)bits };
            }
    return n;
}

static size_t
within256_plain(const uint64_t (*queries)[4], size_t n_queries, const uint64_t (*blocks)[4][8], size_t n_blocks, unsigned near, unsigned far,
                struct fair_within *hits)
{
    return within256_body(queries, n_queries, blocks, n_blocks, near, far, hits);
}

static size_t
flips256_plain(const uint64_t (*queries)[4], const uint16_t *near, size_t n_queries, const uint64_t (*blocks)[4][8], size_t n_blocks, struct fair_within *hits)
{
    static const uint64_t flips[4] = { 0, FAIR_EVEN_COLUMNS, FAIR_EVEN_ROWS, FAIR_EVEN_COLUMNS ^ FAIR_EVEN_ROWS };
    size_t n = 0;

    for (size_t b = 0; b < n_blocks; b++)
        for (size_t q = 0; q < n_queries; q++)
            for (size_t i = 0; i < 8; i++) {
                unsigned least = 256;
                for (size_t f = 0; f < 4; f++) {
                    unsigned bits = 0;
                    for (size_t w = 0; w < 4; w++) bits += (unsigned)__builtin_popcountll(queries[q][w] ^ flips[f] ^ blocks[b][w][i]);
                    if (bits > 128) bits = 256 - bits;
                    least = bits < least ? bits : least;
                }
                if (least <= near[q]) hits[n++] = (struct fair_within){ (uint32_t)(8 * b + i), (uint16_t)q, (uint16_t)least };
            }
    return n;
}

/* Four words of a code anew, so that each holds the bits of one of four classes: columns and rows of odd number, columns of even
 * number, rows of even number, both of even number.  A flip then turns round whole words. */
#define CLASSES(word, shift_up, shift_down, both, w, to) do { \
    const word e0_ = both(w[0], shift_up(w[1], 1), FAIR_EVEN_COLUMNS), e1_ = both(w[2], shift_up(w[3], 1), FAIR_EVEN_COLUMNS); \
    const word o0_ = both(shift_down(w[0], 1), w[1], FAIR_EVEN_COLUMNS), o1_ = both(shift_down(w[2], 1), w[3], FAIR_EVEN_COLUMNS); \
    to[0] = both(shift_down(o0_, 16), o1_, FAIR_EVEN_ROWS); \
    to[1] = both(shift_down(e0_, 16), e1_, FAIR_EVEN_ROWS); \
    to[2] = both(o0_, shift_up(o1_, 16), FAIR_EVEN_ROWS); \
    to[3] = both(e0_, shift_up(e1_, 16), FAIR_EVEN_ROWS); \
} while (0)

#if defined(__x86_64__)
static void
classes(const uint64_t w[4], uint64_t to[4])
{
#define UP(v, n) ((v) << (n))
#define DOWN(v, n) ((v) >> (n))
#define BOTH(u, v, mask) (((u) & (mask)) | ((v) & ~(uint64_t)(mask)))
    CLASSES(uint64_t, UP, DOWN, BOTH, w, to);
#undef UP
#undef DOWN
#undef BOTH
}
#endif

#if defined(__x86_64__)
/* The bits of half-bytes by table, four words at once; the first two words of a code alone often tell that it is too far. */
__attribute__((target("avx2"))) static inline __m256i
bits_of_avx2(__m256i x)
{
    const __m256i low = _mm256_set1_epi8(0x0f);
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
                                           0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    return _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(x, low)),
                           _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), low)));
}

__attribute__((target("avx2,bmi"))) static size_t
within256_avx2(const uint64_t (*queries)[4], size_t n_queries, const uint64_t (*blocks)[4][8], size_t n_blocks, unsigned near, unsigned far,
               struct fair_within *hits)
{
    const __m256i zero = _mm256_setzero_si256(), most = _mm256_set1_epi64x((long long)near), least = _mm256_set1_epi64x((long long)far - 1);
    const bool half_tells = near < 48 && far > 256;
    size_t n = 0;

    for (size_t b = 0; b < n_blocks; b++)
        for (size_t q = 0; q < n_queries; q++)
            for (size_t i = 0; i < 8; i += 4) {
                __m256i v[4], sum;
                uint32_t in;
                for (size_t w = 0; w < 4; w++)
                    v[w] = _mm256_xor_si256(_mm256_loadu_si256((const void *)(blocks[b][w] + i)), _mm256_set1_epi64x((long long)queries[q][w]));
                sum = _mm256_sad_epu8(_mm256_add_epi8(bits_of_avx2(v[0]), bits_of_avx2(v[1])), zero);
                if (half_tells && _mm256_movemask_epi8(_mm256_cmpgt_epi64(sum, most)) == -1) continue;
                sum = _mm256_add_epi64(sum, _mm256_sad_epu8(_mm256_add_epi8(bits_of_avx2(v[2]), bits_of_avx2(v[3])), zero));
                in = ~(uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(sum, most))) & 15;
                in |= (uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(sum, least)));
                for (; in != 0; in &= in - 1) {
                    uint64_t bits[4];
                    unsigned k = (unsigned)__builtin_ctz(in);
                    _mm256_storeu_si256((void *)bits, sum);
                    hits[n++] = (struct fair_within){ (uint32_t)(8 * b + i + k), (uint16_t)q, (uint16_t)bits[k] };
                }
            }
    return n;
}

/* What four flips have in common: a class that differs from the query's in 32 + d bits differs from its negative's in 32 - d.  So the nearest flip,
 * or its negative, is 128 bits off less the greater of |d0 + d1| + |d2 + d3| and |d0 - d1| + |d2 - d3|; and as no d is over 32, |d0| + |d1| alone
 * tells of nearly every code that it is too far. */
__attribute__((target("avx2,bmi"))) static size_t
flips256_avx2(const uint64_t (*queries)[4], const uint16_t *near, size_t n_queries, const uint64_t (*blocks)[4][8], size_t n_blocks, struct fair_within *hits)
{
    const __m256i zero = _mm256_setzero_si256(), half = _mm256_set1_epi64x(32), all = _mm256_set1_epi64x(128);
    uint64_t asked[FAIR_FLIPS_MOST][4];
    size_t n = 0;

    assert(n_queries <= FAIR_FLIPS_MOST);
    for (size_t q = 0; q < n_queries; q++) classes(queries[q], asked[q]);
#define BITS(u, v, mask) _mm256_or_si256(_mm256_and_si256(u, _mm256_set1_epi64x((long long)(mask))), _mm256_andnot_si256(_mm256_set1_epi64x((long long)(mask)), v))
#define OFF(c) _mm256_sub_epi32(_mm256_sad_epu8(bits_of_avx2(_mm256_xor_si256(k[c], _mm256_set1_epi64x((long long)asked[q][c]))), zero), half)
    for (size_t b = 0; b < n_blocks; b++) {
        __m256i two[2][4];
        for (size_t h = 0; h < 2; h++) {
            __m256i w[4], *k = two[h];
            for (size_t i = 0; i < 4; i++) w[i] = _mm256_loadu_si256((const void *)(blocks[b][i] + 4 * h));
            CLASSES(__m256i, _mm256_slli_epi64, _mm256_srli_epi64, BITS, w, k);
        }
        for (size_t q = 0; q < n_queries; q++)
            for (size_t h = 0; h < 2; h++) {
                const __m256i *k = two[h];
                const __m256i least = _mm256_set1_epi64x(127 - near[q]);    /* over this, it is near */
                const __m256i d0 = OFF(0), d1 = OFF(1);
                __m256i d2, d3, off;
                uint32_t in;
                if (near[q] < 64 && _mm256_movemask_epi8(_mm256_cmpgt_epi32(_mm256_add_epi32(_mm256_abs_epi32(d0), _mm256_abs_epi32(d1)), _mm256_sub_epi64(least, _mm256_set1_epi64x(64)))) == 0) continue;
                d2 = OFF(2);
                d3 = OFF(3);
                off = _mm256_max_epi32(_mm256_add_epi32(_mm256_abs_epi32(_mm256_add_epi32(d0, d1)), _mm256_abs_epi32(_mm256_add_epi32(d2, d3))),
                                       _mm256_add_epi32(_mm256_abs_epi32(_mm256_sub_epi32(d0, d1)), _mm256_abs_epi32(_mm256_sub_epi32(d2, d3))));
                in = (uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(off, least)));
                for (; in != 0; in &= in - 1) {
                    uint64_t bits[4];
                    unsigned i = (unsigned)__builtin_ctz(in);
                    _mm256_storeu_si256((void *)bits, _mm256_sub_epi64(all, off));
                    hits[n++] = (struct fair_within){ (uint32_t)(8 * b + 4 * h + i), (uint16_t)q, (uint16_t)bits[i] };
                }
            }
    }
    return n;
#undef BITS
#undef OFF
}

__attribute__((target("avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi"))) static size_t
flips256_avx512(const uint64_t (*queries)[4], const uint16_t *near, size_t n_queries, const uint64_t (*blocks)[4][8], size_t n_blocks, struct fair_within *hits)
{
    const __m512i half = _mm512_set1_epi64(32), all = _mm512_set1_epi64(128);
    uint64_t asked[FAIR_FLIPS_MOST][4];
    size_t n = 0;

    assert(n_queries <= FAIR_FLIPS_MOST);
    for (size_t q = 0; q < n_queries; q++) classes(queries[q], asked[q]);
/* of each bit: mask ? u : v */
#define BITS(u, v, mask) _mm512_ternarylogic_epi64(_mm512_set1_epi64((long long)(mask)), u, v, 0xca)
#define OFF(c) _mm512_sub_epi64(_mm512_popcnt_epi64(_mm512_xor_si512(k[c], _mm512_set1_epi64((long long)asked[q][c]))), half)
#define ABS _mm512_abs_epi64
    for (size_t b = 0; b < n_blocks; b++) {
        __m512i w[4], k[4];
        for (size_t i = 0; i < 4; i++) w[i] = _mm512_loadu_si512(blocks[b][i]);
        CLASSES(__m512i, _mm512_slli_epi64, _mm512_srli_epi64, BITS, w, k);
        for (size_t q = 0; q < n_queries; q++) {
            const __m512i d0 = OFF(0), d1 = OFF(1);
            __m512i d2, d3, off;
            uint64_t bits[8];
            __mmask8 in;
            if (_mm512_cmpge_epi64_mask(_mm512_add_epi64(ABS(d0), ABS(d1)), _mm512_set1_epi64(64 - (int)near[q])) == 0) continue;
            d2 = OFF(2);
            d3 = OFF(3);
            off = _mm512_max_epi64(_mm512_add_epi64(ABS(_mm512_add_epi64(d0, d1)), ABS(_mm512_add_epi64(d2, d3))),
                                   _mm512_add_epi64(ABS(_mm512_sub_epi64(d0, d1)), ABS(_mm512_sub_epi64(d2, d3))));
            in = _mm512_cmpge_epi64_mask(off, _mm512_set1_epi64(128 - (int)near[q]));
            if (in == 0) continue;
            _mm512_storeu_si512(bits, _mm512_sub_epi64(all, off));
            for (unsigned i = 0; i < 8; i++)
                if (in >> i & 1) hits[n++] = (struct fair_within){ (uint32_t)(8 * b + i), (uint16_t)q, (uint16_t)bits[i] };
        }
    }
    return n;
#undef BITS
#undef OFF
#undef ABS
}

/* The block stays in registers while the queries go by.  Of two words that differ from the query's, each place in which one
 * does counts for at least one bit, and of codes that have nothing to do with it three places in four do so: 48 of 64, and hardly
 * ever as few as 31. */
__attribute__((target("avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi"))) static size_t
within256_avx512(const uint64_t (*queries)[4], size_t n_queries, const uint64_t (*blocks)[4][8], size_t n_blocks, unsigned near,
                 unsigned far, struct fair_within *hits)
{
    const __m512i most = _mm512_set1_epi64((long long)near), least = _mm512_set1_epi64((long long)far);
    const bool half_tells = near < 48 && far > 256, either_tells = near < 36 && far > 256;
    size_t n = 0;
/* (c0 ^ word 0) | (c1 ^ word 1), counted: the upper halves of the counts are 0 */
#define EITHER(q_) _mm512_popcnt_epi64(_mm512_ternarylogic_epi64(c0, _mm512_set1_epi64((long long)queries[q_][0]), \
                                       _mm512_xor_si512(c1, _mm512_set1_epi64((long long)queries[q_][1])), 0xbe))

    for (size_t b = 0; b < n_blocks; b++) {
        const __m512i c0 = _mm512_loadu_si512(blocks[b][0]), c1 = _mm512_loadu_si512(blocks[b][1]);
        const __m512i c2 = _mm512_loadu_si512(blocks[b][2]), c3 = _mm512_loadu_si512(blocks[b][3]);
        for (size_t q = 0; q < n_queries; q++) {
            __m512i sum, x0, x1;
            uint64_t bits[8];
            __mmask8 in;
            /* four queries that are all too far from all eight codes are passed over together */
            while (either_tells && q + 4 <= n_queries && _mm512_cmple_epu64_mask(_mm512_min_epu32(EITHER(q), _mm512_min_epu32(EITHER(q + 1), _mm512_min_epu32(EITHER(q + 2), EITHER(q + 3)))), most) == 0) q += 4;
            if (q == n_queries) break;
            x0 = _mm512_xor_si512(c0, _mm512_set1_epi64((long long)queries[q][0]));
            x1 = _mm512_xor_si512(c1, _mm512_set1_epi64((long long)queries[q][1]));
            sum = _mm512_add_epi64(_mm512_popcnt_epi64(x0), _mm512_popcnt_epi64(x1));
            if (half_tells && _mm512_cmple_epu64_mask(sum, most) == 0) continue;
            sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(_mm512_xor_si512(c2, _mm512_set1_epi64((long long)queries[q][2]))));
            sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(_mm512_xor_si512(c3, _mm512_set1_epi64((long long)queries[q][3]))));
            in = _mm512_cmple_epu64_mask(sum, most) | _mm512_cmpge_epu64_mask(sum, least);
            if (in == 0) continue;
            _mm512_storeu_si512(bits, sum);
            for (unsigned k = 0; k < 8; k++)
                if (in >> k & 1) hits[n++] = (struct fair_within){ (uint32_t)(8 * b + k), (uint16_t)q, (uint16_t)bits[k] };
        }
    }
    return n;
#undef EITHER
}
#endif

unsigned
fair_cpu_flags(void)
{
    const char *only = getenv("FAIRTRACK_CPU");
    unsigned flags = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) flags |= FAIR_CPU_AVX2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
        flags |= FAIR_CPU_AVX512;
        if (__builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512vnni"))
            flags |= FAIR_CPU_AVX512_VPOPCNT;
    }
#endif
    if (only != NULL && strcmp(only, "plain") == 0) flags = 0;
    if (only != NULL && strcmp(only, "avx2") == 0) flags &= FAIR_CPU_AVX2;
    return flags;
}

void
fair_kernels_init(struct fair_kernels *k, unsigned flags)
{
    k->hamming256 = hamming256_plain;
    k->near256 = near256_plain;
    k->nearer = nearer_plain;
    k->within256 = within256_plain;
    k->flips256 = flips256_plain;
#if defined(__x86_64__)
    if (flags & FAIR_CPU_AVX2) {
        k->hamming256 = hamming256_avx2;
        k->near256 = near256_avx2;
        k->within256 = within256_avx2;
        k->flips256 = flips256_avx2;
    }
    if (flags & FAIR_CPU_AVX512_VPOPCNT) {
        k->hamming256 = hamming256_avx512;
        k->near256 = near256_avx512;
        k->nearer = nearer_avx512;
        k->within256 = within256_avx512;
        k->flips256 = flips256_avx512;
    }
#endif
    fair_kernels_init_whole(k, flags);
}

static struct fair_kernels best;
static pthread_once_t best_once = PTHREAD_ONCE_INIT;

static void
choose(void)
{
    fair_kernels_init(&best, fair_cpu_flags());
}

const struct fair_kernels *
fair_kernels(void)
{
    pthread_once(&best_once, choose);
    return &best;
}
