/* The inner loops of finding drawers and looking through them, for three processors. */
#include <immintrin.h>
#include "fingerprint/kernels.h"
#include "index/kernels_drawers.h"

#define INLINE static inline __attribute__((always_inline))
#define MOST (256 * 8)

INLINE size_t
nearly_body(const uint64_t code[2], const uint64_t (*blocks)[2][8], size_t n, unsigned slack, uint16_t *at, uint8_t *more)
{
    uint8_t bits[MOST], least = 255;
    size_t m = 0;

    for (size_t b = 0; b < n; b++)
        for (size_t i = 0; i < 8; i++) {
            bits[8 * b + i] = (uint8_t)(__builtin_popcountll(code[0] ^ blocks[b][0][i]) + __builtin_popcountll(code[1] ^ blocks[b][1][i]));
            if (bits[8 * b + i] < least) least = bits[8 * b + i];
        }
    for (size_t i = 0; i < 8 * n; i++)
        if (bits[i] <= least + slack) {
            at[m] = (uint16_t)i;
            more[m++] = (uint8_t)(bits[i] - least);
        }
    return m;
}

INLINE void
nearest_body(const uint64_t (*codes)[2], size_t m, const uint64_t (*blocks)[2][8], size_t n, uint16_t *at)
{
    for (size_t c = 0; c < m; c++) {
        unsigned least = UINT32_MAX;
        for (size_t b = 0; b < n; b++)
            for (size_t i = 0; i < 8; i++) {
                unsigned d = (unsigned)(__builtin_popcountll(codes[c][0] ^ blocks[b][0][i]) + __builtin_popcountll(codes[c][1] ^ blocks[b][1][i]));
                unsigned with = d << 16 | (unsigned)(8 * b + i);
                least = with < least ? with : least;
            }
        at[c] = (uint16_t)least;
    }
}

INLINE size_t
highs_body(const uint64_t code[2], const uint64_t *first, const uint64_t *second, size_t n, unsigned limit, uint32_t *at)
{
    size_t m = 0;

    for (size_t i = 0; i < n; i++) {
        at[m] = (uint32_t)i;
        m += (unsigned)(__builtin_popcountll(code[0] ^ first[i]) + __builtin_popcountll(code[1] ^ second[i])) <= limit;
    }
    return m;
}

/* The set bits of `mask`, in order, get the bits of v; and back. */
INLINE uint64_t
spread(uint64_t v, uint64_t mask)
{
    uint64_t out = 0;

    for (; mask != 0; mask &= mask - 1, v >>= 1) out |= v & 1 ? mask & -mask : 0;
    return out;
}

INLINE uint64_t
gather(uint64_t v, uint64_t mask)
{
    uint64_t out = 0;
    unsigned n = 0;

    for (; mask != 0; mask &= mask - 1, n++) out |= (uint64_t)((v & mask & -mask) != 0) << n;
    return out;
}

#define PAIRS(name, attributes, spread)                                                                                 \
    attributes static void                                                                                              \
    name(const struct fair_pair *pairs, size_t n, uint16_t *bits)                                                       \
    {                                                                                                                   \
        for (size_t i = 0; i < n; i++) {                                                                                \
            const uint64_t *code = pairs[i].code, *high = pairs[i].high, low = pairs[i].kept->low;                      \
            const unsigned first = (unsigned)__builtin_popcountll(high[0]);                                             \
            const uint64_t rest = first < 64 ? low >> first : 0;                                                        \
            bits[i] = (uint16_t)(__builtin_popcountll(code[0] ^ high[0]) + __builtin_popcountll(code[1] ^ high[1]) +    \
                                 __builtin_popcountll(code[2] ^ spread(low, high[0])) + __builtin_popcountll(code[3] ^ spread(rest, high[1]))); \
        }                                                                                                               \
    }

#define FOLD(name, attributes, gather)                                                                                  \
    attributes static uint64_t                                                                                          \
    name(const uint64_t code[4])                                                                                        \
    {                                                                                                                   \
        unsigned first = (unsigned)__builtin_popcountll(code[0]);                                                       \
        return gather(code[2], code[0]) | (first < 64 ? gather(code[3], code[1]) << first : 0);                         \
    }

#define UNFOLD(name, attributes, spread)                                                                                \
    attributes static void                                                                                              \
    name(const uint64_t high[2], uint64_t low, uint64_t code[4])                                                        \
    {                                                                                                                   \
        const unsigned first = (unsigned)__builtin_popcountll(high[0]);                                                 \
        code[0] = high[0];                                                                                              \
        code[1] = high[1];                                                                                              \
        code[2] = spread(low, high[0]);                                                                                 \
        code[3] = first < 64 ? spread(low >> first, high[1]) : 0;                                                       \
    }

#define BMI2 __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi,bmi2,popcnt")))
PAIRS(bits_plain, , spread)
PAIRS(bits_avx2, BMI2, _pdep_u64)
FOLD(fold_plain, , gather)
FOLD(fold_bmi2, BMI2, _pext_u64)
UNFOLD(unfold_plain, , spread)
UNFOLD(unfold_bmi2, BMI2, _pdep_u64)

#define PLAIN(suffix, attributes)                                                                                       \
    attributes static size_t                                                                                            \
    nearly_##suffix(const uint64_t code[2], const uint64_t (*blocks)[2][8], size_t n, unsigned slack, uint16_t *at, uint8_t *more) \
    {                                                                                                                   \
        return nearly_body(code, blocks, n, slack, at, more);                                                           \
    }                                                                                                                   \
    attributes static void                                                                                              \
    nearest_##suffix(const uint64_t (*codes)[2], size_t m, const uint64_t (*blocks)[2][8], size_t n, uint16_t *at)      \
    {                                                                                                                   \
        nearest_body(codes, m, blocks, n, at);                                                                          \
    }                                                                                                                   \
    attributes static size_t                                                                                            \
    highs_##suffix(const uint64_t code[2], const uint64_t *first, const uint64_t *second, size_t n, unsigned limit, uint32_t *at) \
    {                                                                                                                   \
        return highs_body(code, first, second, n, limit, at);                                                           \
    }

PLAIN(plain, )
PLAIN(avx2, BMI2)
AVX512 static size_t
nearly_avx512(const uint64_t code[2], const uint64_t (*blocks)[2][8], size_t n, unsigned slack, uint16_t *at, uint8_t *more)
{
    uint8_t bits[MOST] __attribute__((aligned(64)));
    const __m512i c0 = _mm512_set1_epi64((long long)code[0]), c1 = _mm512_set1_epi64((long long)code[1]);
    __m512i least = _mm512_set1_epi8(-1);
    size_t all = (n + 7) / 8 * 8, m = 0;
    unsigned nearest = 255;
    uint8_t lanes[64] __attribute__((aligned(64)));

    for (size_t b = 0; b < n; b++) {
        __m512i a = _mm512_popcnt_epi64(_mm512_xor_si512(c0, _mm512_loadu_si512(blocks[b][0])));
        __m512i d = _mm512_popcnt_epi64(_mm512_xor_si512(c1, _mm512_loadu_si512(blocks[b][1])));
        _mm_storel_epi64((void *)(bits + 8 * b), _mm512_cvtepi64_epi8(_mm512_add_epi64(a, d)));
    }
    for (size_t b = n; b < all; b++) _mm_storel_epi64((void *)(bits + 8 * b), _mm_set1_epi8(-1));
    for (size_t i = 0; i < 8 * all; i += 64) least = _mm512_min_epu8(least, _mm512_load_si512(bits + i));
    _mm512_store_si512(lanes, least);
    for (size_t i = 0; i < 64; i++) nearest = lanes[i] < nearest ? lanes[i] : nearest;
    slack = nearest + slack < 254 ? nearest + slack : 254;      /* 255: no code */
    for (size_t i = 0; i < 8 * all; i += 64)
        for (uint64_t in = _mm512_cmple_epu8_mask(_mm512_load_si512(bits + i), _mm512_set1_epi8((char)slack)); in != 0; in &= in - 1) {
            size_t k = i + (size_t)__builtin_ctzll(in);
            at[m] = (uint16_t)k;
            more[m++] = (uint8_t)(bits[k] - nearest);
        }
    return m;
}

/* Bits of the 16 codes of two blocks, 32 bits each: those of block b in the even places, of block b + 1 in the odd ones. */
AVX512 INLINE __m512i
bits_of_two(__m512i c0, __m512i c1, __m512i a0, __m512i a1, __m512i b0, __m512i b1)
{
    __m512i a = _mm512_add_epi64(_mm512_popcnt_epi64(_mm512_xor_si512(c0, a0)), _mm512_popcnt_epi64(_mm512_xor_si512(c1, a1)));
    __m512i b = _mm512_add_epi64(_mm512_popcnt_epi64(_mm512_xor_si512(c0, b0)), _mm512_popcnt_epi64(_mm512_xor_si512(c1, b1)));
    return _mm512_or_si512(a, _mm512_slli_epi64(b, 32));
}

/* The number of the nearest lies below its bits. */
AVX512 INLINE uint16_t
least_of(__m512i least)
{
    return (uint16_t)_mm512_reduce_min_epu32(least);
}

/* Four codes together, so that each block is loaded once for them. */
AVX512 static void
nearest_avx512(const uint64_t (*codes)[2], size_t m, const uint64_t (*blocks)[2][8], size_t n, uint16_t *at)
{
    const __m512i step = _mm512_set1_epi32(16), first = _mm512_setr_epi32(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
    const size_t even = n / 2 * 2;

    for (size_t c = 0; c < m; c += 4) {
        __m512i c0[4], c1[4], least[4], number = first;
        for (size_t k = 0; k < 4; k++) {
            const uint64_t *code = codes[c + k < m ? c + k : m - 1];
            c0[k] = _mm512_set1_epi64((long long)code[0]);
            c1[k] = _mm512_set1_epi64((long long)code[1]);
            least[k] = _mm512_set1_epi32(-1);
        }
        for (size_t b = 0; b < even; b += 2) {
            const __m512i a0 = _mm512_loadu_si512(blocks[b][0]), a1 = _mm512_loadu_si512(blocks[b][1]);
            const __m512i b0 = _mm512_loadu_si512(blocks[b + 1][0]), b1 = _mm512_loadu_si512(blocks[b + 1][1]);
            for (size_t k = 0; k < 4; k++)
                least[k] = _mm512_min_epu32(least[k], _mm512_or_si512(_mm512_slli_epi32(bits_of_two(c0[k], c1[k], a0, a1, b0, b1), 16), number));
            number = _mm512_add_epi32(number, step);
        }
        if (even < n) {                           /* a block alone: twice, and only the even places count */
            const __m512i a0 = _mm512_loadu_si512(blocks[even][0]), a1 = _mm512_loadu_si512(blocks[even][1]);
            for (size_t k = 0; k < 4; k++)
                least[k] = _mm512_mask_min_epu32(least[k], 0x5555, least[k], _mm512_or_si512(_mm512_slli_epi32(bits_of_two(c0[k], c1[k], a0, a1, a0, a1), 16), number));
        }
        for (size_t k = 0; k < 4 && c + k < m; k++) at[c + k] = least_of(least[k]);
    }
}

/* Eight parts' bits within the limit. */
AVX512 INLINE uint32_t
eight(__m512i c0, __m512i c1, __m512i first, __m512i second, __m512i most)
{
    return _mm512_cmple_epu64_mask(_mm512_add_epi64(_mm512_popcnt_epi64(_mm512_xor_si512(c0, first)), _mm512_popcnt_epi64(_mm512_xor_si512(c1, second))), most);
}

/* Of 16 parts those within the limit: bits_of_two has those of the first eight in the even places. */
AVX512 INLINE uint32_t
sixteen(__m512i c0, __m512i c1, const uint64_t *first, const uint64_t *second, __m512i most)
{
    const __m512i bits = bits_of_two(c0, c1, _mm512_loadu_si512(first), _mm512_loadu_si512(second), _mm512_loadu_si512(first + 8), _mm512_loadu_si512(second + 8));
    return _mm512_cmple_epu32_mask(bits, most);
}

AVX512 static size_t
highs_avx512(const uint64_t code[2], const uint64_t *first, const uint64_t *second, size_t n, unsigned limit, uint32_t *at)
{
    const __m512i c0 = _mm512_set1_epi64((long long)code[0]), c1 = _mm512_set1_epi64((long long)code[1]);
    const __m512i most = _mm512_set1_epi64((long long)limit), most_of_two = _mm512_set1_epi32((int)limit);
    size_t m = 0, i = 0;

    for (; i + 32 <= n; i += 32) {
        const uint32_t low = sixteen(c0, c1, first + i, second + i, most_of_two), high = sixteen(c0, c1, first + i + 16, second + i + 16, most_of_two);
        uint32_t in;
        if ((low | high) == 0) continue;
        in = _pext_u32(low, 0x5555) | _pext_u32(low, 0xaaaa) << 8 | _pext_u32(high, 0x5555) << 16 | _pext_u32(high, 0xaaaa) << 24;
        for (; in != 0; in &= in - 1) at[m++] = (uint32_t)i + (uint32_t)__builtin_ctz(in);
    }
    for (; i < n; i += 8) {
        const __mmask8 there = (__mmask8)(n - i < 8 ? (1u << (n - i)) - 1 : 255);
        uint32_t in = there & eight(c0, c1, _mm512_maskz_loadu_epi64(there, first + i), _mm512_maskz_loadu_epi64(there, second + i), most);
        for (; in != 0; in &= in - 1) at[m++] = (uint32_t)i + (uint32_t)__builtin_ctz(in);
    }
    return m;
}

const struct fair_drawers_kernels *
fair_drawers_kernels_at(unsigned i)
{
    static const struct fair_drawers_kernels plain = { "plain", nearly_plain, nearest_plain, highs_plain, bits_plain, fold_plain, unfold_plain };
    static const struct fair_drawers_kernels avx2 = { "avx2", nearly_avx2, nearest_avx2, highs_avx2, bits_avx2, fold_bmi2, unfold_bmi2 };
    static const struct fair_drawers_kernels avx512 = { "avx512", nearly_avx512, nearest_avx512, highs_avx512, bits_avx2, fold_bmi2, unfold_bmi2 };
    const struct fair_drawers_kernels *can[3] = { &plain };
    unsigned n = 1, flags = fair_cpu_flags();

    if (flags & FAIR_CPU_AVX2 && __builtin_cpu_supports("bmi2")) {
        can[n++] = &avx2;
        if (flags & FAIR_CPU_AVX512 && flags & FAIR_CPU_AVX512_VPOPCNT) can[n++] = &avx512;
    }
    return i < n ? can[i] : NULL;
}

const struct fair_drawers_kernels *
fair_drawers_kernels(void)
{
    static const struct fair_drawers_kernels *_Atomic chosen;
    const struct fair_drawers_kernels *best = chosen;

    if (best == NULL) {
        for (unsigned i = 0; fair_drawers_kernels_at(i) != NULL; i++) best = fair_drawers_kernels_at(i);
        chosen = best;
    }
    return best;
}
