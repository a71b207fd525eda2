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

/* The set bits of `mask`, in order, get the bits of v. */
INLINE uint64_t
spread(uint64_t v, uint64_t mask)
{
    uint64_t out = 0;

    for (; mask != 0; mask &= mask - 1, v >>= 1) out |= v & 1 ? mask & -mask : 0;
    return out;
}

#define FINE(name, attributes, spread)                                                                                  \
    attributes INLINE unsigned                                                                                          \
    name(const uint64_t code[4], const uint64_t high[2], uint64_t low)                                                  \
    {                                                                                                                   \
        unsigned first = (unsigned)__builtin_popcountll(high[0]);                                                       \
        uint64_t rest = first < 64 ? low >> first : 0;                                                                  \
        return (unsigned)(__builtin_popcountll(code[2] ^ spread(low, high[0])) + __builtin_popcountll(code[3] ^ spread(rest, high[1]))); \
    }

#define BMI2 __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi,bmi2,popcnt")))
FINE(fine_plain, , spread)
FINE(fine_avx2, BMI2, _pdep_u64)
FINE(fine_avx512, AVX512, _pdep_u64)

#define BODY(suffix, attributes)                                                                                        \
    attributes INLINE size_t                                                                                            \
    near_kept_body_##suffix(const uint64_t code[4], const struct fair_kept *parts, size_t n, unsigned high_limit, const uint16_t limit[4], \
                            uint32_t *listed, uint16_t *bits)                                                           \
    {                                                                                                                   \
        size_t m = 0;                                                                                                   \
        for (size_t i = 0; i < n; i++) {                                                                                \
            const uint64_t high[2] = { parts[i].high[0], parts[i].high[1] };                                            \
            unsigned d = (unsigned)(__builtin_popcountll(code[0] ^ high[0]) + __builtin_popcountll(code[1] ^ high[1])); \
            if (d > high_limit) continue;                                                                               \
            d += fine_##suffix(code, high, parts[i].low);                                                               \
            if (d > limit[parts[i].listed & 3]) continue;                                                               \
            listed[m] = parts[i].listed;                                                                                \
            bits[m++] = (uint16_t)d;                                                                                    \
        }                                                                                                               \
        return m;                                                                                                       \
    }

BODY(plain, )
BODY(avx2, BMI2)

static size_t
nearly_plain(const uint64_t code[2], const uint64_t (*blocks)[2][8], size_t n, unsigned slack, uint16_t *at, uint8_t *more)
{
    return nearly_body(code, blocks, n, slack, at, more);
}

BMI2 static size_t
nearly_avx2(const uint64_t code[2], const uint64_t (*blocks)[2][8], size_t n, unsigned slack, uint16_t *at, uint8_t *more)
{
    return nearly_body(code, blocks, n, slack, at, more);
}

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

static size_t
near_kept_plain(const uint64_t code[4], const struct fair_kept *parts, size_t n, unsigned high_limit, const uint16_t limit[4], uint32_t *listed, uint16_t *bits)
{
    return near_kept_body_plain(code, parts, n, high_limit, limit, listed, bits);
}

BMI2 static size_t
near_kept_avx2(const uint64_t code[4], const struct fair_kept *parts, size_t n, unsigned high_limit, const uint16_t limit[4], uint32_t *listed, uint16_t *bits)
{
    return near_kept_body_avx2(code, parts, n, high_limit, limit, listed, bits);
}

/* The first bits of part i; of none beyond the last. */
AVX512 INLINE __m128i
high_of(const struct fair_kept *parts, size_t i, size_t n)
{
    return i < n ? _mm_loadu_si128((const void *)(parts + i)) : _mm_setzero_si128();
}

AVX512 INLINE __m512i
four_of(const struct fair_kept *parts, size_t i, size_t n)
{
    __m512i v = _mm512_castsi128_si512(high_of(parts, i, n));

    v = _mm512_inserti32x4(v, high_of(parts, i + 1, n), 1);
    v = _mm512_inserti32x4(v, high_of(parts, i + 2, n), 2);
    return _mm512_inserti32x4(v, high_of(parts, i + 3, n), 3);
}

AVX512 INLINE size_t
eight(const uint64_t code[4], __m512i c, const struct fair_kept *parts, size_t i, size_t n, __m512i most, const uint16_t limit[4], uint32_t *listed, uint16_t *bits, size_t m)
{
    const __m512i even = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14), odd = _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15);
    __m512i a = _mm512_popcnt_epi64(_mm512_xor_si512(c, four_of(parts, i, n)));
    __m512i b = _mm512_popcnt_epi64(_mm512_xor_si512(c, four_of(parts, i + 4, n)));
    __m512i sum = _mm512_add_epi64(_mm512_permutex2var_epi64(a, even, b), _mm512_permutex2var_epi64(a, odd, b));
    unsigned in = _mm512_cmple_epu64_mask(sum, most);

    if (n - i < 8) in &= (1u << (n - i)) - 1;
    for (; in != 0; in &= in - 1) {
        size_t k = i + (size_t)__builtin_ctz(in);
        const uint64_t high[2] = { parts[k].high[0], parts[k].high[1] };
        unsigned d = (unsigned)(__builtin_popcountll(code[0] ^ high[0]) + __builtin_popcountll(code[1] ^ high[1])) + fine_avx512(code, high, parts[k].low);
        if (d > limit[parts[k].listed & 3]) continue;
        listed[m] = parts[k].listed;
        bits[m++] = (uint16_t)d;
    }
    return m;
}

/* Most are farther by their first bits alone: eight at once. */
AVX512 static size_t
near_kept_avx512(const uint64_t code[4], const struct fair_kept *parts, size_t n, unsigned high_limit, const uint16_t limit[4], uint32_t *listed, uint16_t *bits)
{
    const __m512i c = _mm512_broadcast_i32x4(_mm_set_epi64x((long long)code[1], (long long)code[0])), most = _mm512_set1_epi64((long long)high_limit);
    size_t m = 0, i = 0;

    for (; i + 8 <= n; i += 8) m = eight(code, c, parts, i, i + 8, most, limit, listed, bits, m);
    return i < n ? eight(code, c, parts, i, n, most, limit, listed, bits, m) : m;
}

const struct fair_drawers_kernels *
fair_drawers_kernels_at(unsigned i)
{
    static const struct fair_drawers_kernels plain = { "plain", nearly_plain, near_kept_plain }, avx2 = { "avx2", nearly_avx2, near_kept_avx2 };
    static const struct fair_drawers_kernels avx512 = { "avx512", nearly_avx512, near_kept_avx512 };
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
