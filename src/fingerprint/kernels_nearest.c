/* The inner loops of matching the parts of two pictures: a code's nearest among many. */
#include <immintrin.h>
#include "fingerprint/kernels_nearest.h"

#define INLINE static inline __attribute__((always_inline))

/* Put `key` in its place among the nearest so far; how many there are now. */
INLINE unsigned
keep_nearest(uint32_t *keys, unsigned n, unsigned m, uint32_t key)
{
    unsigned at;

    if (n == m && key >= keys[n - 1]) return n;
    at = n < m ? n++ : n - 1;
    for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
    keys[at] = key;
    return n;
}

INLINE void
nearest_body(const uint64_t code[4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys)
{
    unsigned kept = 0;

    for (size_t b = 0; b < n; b++)
        for (size_t i = 0; i < 8; i++) {
            uint32_t bits = 0;
            for (size_t w = 0; w < 4; w++) bits += (uint32_t)__builtin_popcountll(code[w] ^ blocks[b][w][i]);
            kept = keep_nearest(keys, kept, m, bits << 16 | (uint32_t)(8 * b + i));
        }
}

void
fair_nearest_plain(const uint64_t code[4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys)
{
    nearest_body(code, blocks, n, m, keys);
}

__attribute__((target("avx2,bmi,popcnt"))) void
fair_nearest_avx2(const uint64_t code[4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys)
{
    nearest_body(code, blocks, n, m, keys);
}

INLINE void
nearest4_body(const uint64_t code[4][4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys)
{
    unsigned kept = 0;

    for (size_t b = 0; b < n; b++)
        for (size_t i = 0; i < 8; i++)
            for (size_t t = 0; t < 4; t++) {
                uint32_t bits = 0;
                for (size_t w = 0; w < 4; w++) bits += (uint32_t)__builtin_popcountll(code[t][w] ^ blocks[b][w][i]);
                kept = keep_nearest(keys, kept, m, bits << 16 | (uint32_t)(32 * b + 4 * i + t));
            }
}

void
fair_nearest4_plain(const uint64_t code[4][4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys)
{
    nearest4_body(code, blocks, n, m, keys);
}

__attribute__((target("avx2,bmi,popcnt"))) void
fair_nearest4_avx2(const uint64_t code[4][4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys)
{
    nearest4_body(code, blocks, n, m, keys);
}

#define AVX512_NEAREST __attribute__((target("avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi,popcnt")))
/* The `m` least of n distances, a multiple of 32 of them, `least` being the least in each of 32 lanes: no more than the m-th least of
 * these may be a distance that is kept, so that few are looked at singly. */
AVX512_NEAREST INLINE void
keep_avx512(const uint16_t *bits, size_t n, __m512i least, unsigned m, uint32_t *keys)
{
    uint16_t limit = 0;
    unsigned kept = 0;

    /* a search by halves for the least `limit` that m lanes are within (511, which all are within, where lanes are empty) */
    for (uint16_t bit = 256; bit != 0; bit >>= 1)
        if ((unsigned)__builtin_popcount(_mm512_cmple_epu16_mask(least, _mm512_set1_epi16((short)(limit + bit - 1)))) < m) limit = (uint16_t)(limit + bit);
    for (size_t i = 0; i < n; i += 32)
        for (uint32_t in = _mm512_cmple_epu16_mask(_mm512_load_si512(bits + i), _mm512_set1_epi16((short)limit)); in != 0; in &= in - 1) {
            uint32_t k = (uint32_t)i + (uint32_t)__builtin_ctz(in);
            kept = keep_nearest(keys, kept, m, (uint32_t)bits[k] << 16 | k);
        }
}

/* A code's distances from eight, 64 bits each. */
AVX512_NEAREST INLINE __m512i
bits_avx512(const __m512i c[4], const uint64_t block[4][8])
{
    __m512i a = _mm512_popcnt_epi64(_mm512_xor_si512(c[0], _mm512_loadu_si512(block[0])));
    __m512i b = _mm512_popcnt_epi64(_mm512_xor_si512(c[1], _mm512_loadu_si512(block[1])));

    a = _mm512_add_epi64(a, _mm512_popcnt_epi64(_mm512_xor_si512(c[2], _mm512_loadu_si512(block[2]))));
    b = _mm512_add_epi64(b, _mm512_popcnt_epi64(_mm512_xor_si512(c[3], _mm512_loadu_si512(block[3]))));
    return _mm512_add_epi64(a, b);
}

/* The least and the second of each lane, with a further key. */
AVX512_NEAREST INLINE void
two_of_avx512(__m512i two[2], __m512i key)
{
    two[1] = _mm512_min_epu16(two[1], _mm512_max_epu16(two[0], key));
    two[0] = _mm512_min_epu16(two[0], key);
}

/* The two least of either pair, which lie in one pair's own lanes. */
AVX512_NEAREST INLINE void
two_of_four_avx512(__m512i two[2], __m512i least, __m512i second)
{
    two[1] = _mm512_min_epu32(_mm512_max_epu32(two[0], least), _mm512_min_epu32(two[1], second));
    two[0] = _mm512_min_epu32(two[0], least);
}

/* The numbers of a lane's keys, of half the lanes: bits << 6 | four blocks' number becomes bits << 16 | code's number. */
AVX512_NEAREST INLINE __m512i
whole_keys_avx512(__m256i keys, __m512i lane)
{
    __m512i k = _mm512_cvtepu16_epi32(keys);
    __m512i number = _mm512_ternarylogic_epi32(_mm512_slli_epi32(k, 5), _mm512_set1_epi32(63 << 5), lane, 0xea);     /* a & b | c */

    return _mm512_ternarylogic_epi32(_mm512_slli_epi32(k, 10), _mm512_set1_epi32((int)0xffff0000u), number, 0xea);
}

/* The nearest two, kept lane by lane in registers: of four blocks at once, 16 bits a key, and at last among the lanes. */
AVX512_NEAREST static void
nearest_two_avx512(const uint64_t code[4], const uint64_t (*blocks)[4][8], size_t n, uint32_t keys[2])
{
    const __m512i c[4] = { _mm512_set1_epi64((long long)code[0]), _mm512_set1_epi64((long long)code[1]), _mm512_set1_epi64((long long)code[2]),
                           _mm512_set1_epi64((long long)code[3]) };
    /* 16 bits of the lanes: code i of blocks 0, 1, 2, 3, then code i + 1 of them ... */
    const __m512i low = _mm512_setr_epi32(0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27), high = _mm512_add_epi32(low, _mm512_set1_epi32(4));
    __m512i two[2] = { _mm512_set1_epi16(-1), _mm512_set1_epi16(-1) }, four = _mm512_setzero_si512(), whole[2];
    size_t b = 0;

    for (; b < n; b += 4) {
        const __m512i none = _mm512_set1_epi64(511);
        __m512i all = _mm512_slli_epi64(bits_avx512(c, blocks[b]), 6), more;
        if (n - b >= 4) {
            more = _mm512_slli_epi64(bits_avx512(c, blocks[b + 1]), 22);
            all = _mm512_ternarylogic_epi64(all, more, four, 0xfe);
            more = _mm512_slli_epi64(bits_avx512(c, blocks[b + 2]), 38);
            all = _mm512_ternarylogic_epi64(all, more, _mm512_slli_epi64(bits_avx512(c, blocks[b + 3]), 54), 0xfe);
        } else {
            more = _mm512_slli_epi64(n - b > 1 ? bits_avx512(c, blocks[b + 1]) : none, 22);
            all = _mm512_ternarylogic_epi64(all, more, four, 0xfe);
            more = _mm512_slli_epi64(n - b > 2 ? bits_avx512(c, blocks[b + 2]) : none, 38);
            all = _mm512_ternarylogic_epi64(all, more, _mm512_slli_epi64(none, 54), 0xfe);
        }
        two_of_avx512(two, all);
        four = _mm512_add_epi16(four, _mm512_set1_epi16(1));
    }
    whole[0] = whole_keys_avx512(_mm512_castsi512_si256(two[0]), low);
    whole[1] = whole_keys_avx512(_mm512_castsi512_si256(two[1]), low);
    two_of_four_avx512(whole, whole_keys_avx512(_mm512_extracti64x4_epi64(two[0], 1), high), whole_keys_avx512(_mm512_extracti64x4_epi64(two[1], 1), high));
    two_of_four_avx512(whole, _mm512_shuffle_i64x2(whole[0], whole[0], 0x4e), _mm512_shuffle_i64x2(whole[1], whole[1], 0x4e));
    two_of_four_avx512(whole, _mm512_shuffle_i64x2(whole[0], whole[0], 0xb1), _mm512_shuffle_i64x2(whole[1], whole[1], 0xb1));
    two_of_four_avx512(whole, _mm512_shuffle_epi32(whole[0], 0x4e), _mm512_shuffle_epi32(whole[1], 0x4e));
    two_of_four_avx512(whole, _mm512_shuffle_epi32(whole[0], 0xb1), _mm512_shuffle_epi32(whole[1], 0xb1));
    keys[0] = (uint32_t)_mm_cvtsi128_si32(_mm512_castsi512_si128(whole[0]));
    keys[1] = (uint32_t)_mm_cvtsi128_si32(_mm512_castsi512_si128(whole[1]));
}

AVX512_NEAREST void
fair_nearest_avx512(const uint64_t code[4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys)
{
    uint16_t bits[256 * 8] __attribute__((aligned(64)));
    const __m512i c[4] = { _mm512_set1_epi64((long long)code[0]), _mm512_set1_epi64((long long)code[1]), _mm512_set1_epi64((long long)code[2]),
                           _mm512_set1_epi64((long long)code[3]) };
    __m512i least = _mm512_set1_epi16(-1);
    size_t all = (n + 3) / 4 * 4;

    if (m == 2) {
        nearest_two_avx512(code, blocks, n, keys);
        return;
    }
    for (size_t b = 0; b < n; b++) _mm_store_si128((void *)(bits + 8 * b), _mm512_cvtepi64_epi16(bits_avx512(c, blocks[b])));
    for (size_t b = n; b < all; b++) _mm_store_si128((void *)(bits + 8 * b), _mm_set1_epi16(-1));
    for (size_t i = 0; i < all * 8; i += 32) least = _mm512_min_epu16(least, _mm512_load_si512(bits + i));
    keep_avx512(bits, all * 8, least, m, keys);
}

/* The distances from the four codes come side by side, 16 bits each, so that they lie in the order of their numbers. */
AVX512_NEAREST void
fair_nearest4_avx512(const uint64_t code[4][4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys)
{
    uint16_t bits[64 * 32] __attribute__((aligned(64)));
    __m512i c[4][4], least = _mm512_set1_epi16(-1);

    for (size_t t = 0; t < 4; t++)
        for (size_t w = 0; w < 4; w++) c[t][w] = _mm512_set1_epi64((long long)code[t][w]);
    for (size_t b = 0; b < n; b++) {
        const __m512i w0 = _mm512_loadu_si512(blocks[b][0]), w1 = _mm512_loadu_si512(blocks[b][1]);
        const __m512i w2 = _mm512_loadu_si512(blocks[b][2]), w3 = _mm512_loadu_si512(blocks[b][3]);
        __m512i sum[4], all;
        _Pragma("GCC unroll 4")
        for (size_t t = 0; t < 4; t++)
            sum[t] = _mm512_add_epi64(_mm512_add_epi64(_mm512_popcnt_epi64(_mm512_xor_si512(c[t][0], w0)), _mm512_popcnt_epi64(_mm512_xor_si512(c[t][1], w1))),
                                      _mm512_add_epi64(_mm512_popcnt_epi64(_mm512_xor_si512(c[t][2], w2)), _mm512_popcnt_epi64(_mm512_xor_si512(c[t][3], w3))));
        all = _mm512_or_si512(_mm512_or_si512(sum[0], _mm512_slli_epi64(sum[1], 16)),
                              _mm512_or_si512(_mm512_slli_epi64(sum[2], 32), _mm512_slli_epi64(sum[3], 48)));
        _mm512_store_si512(bits + 32 * b, all);
        least = _mm512_min_epu16(least, all);
    }
    keep_avx512(bits, 32 * n, least, m, keys);
}
