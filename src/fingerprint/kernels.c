/* fingerprint/kernels.c - which processor this is, and distances of 256-bit codes. */
#include "fingerprint/kernels.h"
#include <pthread.h>
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

/* Eight codes at once: their eight sums of four words are brought side by side by three rounds of adding halves. */
__attribute__((target("avx512f,avx512vl,avx512bw,avx512vpopcntdq"))) static void
hamming256_avx512(const uint64_t query[4], const uint64_t *codes, size_t n, uint16_t *dist)
{
    const __m256i q = _mm256_loadu_si256((const __m256i *)query);
    const __m512i qq = _mm512_broadcast_i64x4(q);
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        const uint64_t *at = codes + 4 * i;
        __m512i a = _mm512_popcnt_epi64(_mm512_xor_si512(qq, _mm512_loadu_si512(at)));          /* codes 0 1 */
        __m512i b = _mm512_popcnt_epi64(_mm512_xor_si512(qq, _mm512_loadu_si512(at + 8)));      /* 2 3 */
        __m512i c = _mm512_popcnt_epi64(_mm512_xor_si512(qq, _mm512_loadu_si512(at + 16)));     /* 4 5 */
        __m512i d = _mm512_popcnt_epi64(_mm512_xor_si512(qq, _mm512_loadu_si512(at + 24)));     /* 6 7 */
        /* pairs of words: 0 2 | 0 2 | 1 3 | 1 3 in the lanes of 128 bits, and 4 6 | 4 6 | 5 7 | 5 7 */
        __m512i ab = _mm512_add_epi64(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
        __m512i cd = _mm512_add_epi64(_mm512_unpacklo_epi64(c, d), _mm512_unpackhi_epi64(c, d));
        __m512i sum = _mm512_add_epi64(_mm512_shuffle_i64x2(ab, cd, 0x88), _mm512_shuffle_i64x2(ab, cd, 0xdd));
        /* now 0 2 | 1 3 | 4 6 | 5 7 */
        sum = _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 1, 3, 4, 6, 5, 7), sum);
        _mm_storeu_si128((__m128i *)(dist + i), _mm512_cvtepi64_epi16(sum));
    }
    for (; i < n; i++) {
        const __m256i x = _mm256_xor_si256(q, _mm256_loadu_si256((const __m256i *)(codes + 4 * i)));
        const __m256i c = _mm256_popcnt_epi64(x);
        const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(c), _mm256_extracti128_si256(c, 1));
        dist[i] = (uint16_t)(_mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1));
    }
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
        if (__builtin_cpu_supports("avx512vpopcntdq")) flags |= FAIR_CPU_AVX512_VPOPCNT;
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
#if defined(__x86_64__)
    if (flags & FAIR_CPU_AVX2) k->hamming256 = hamming256_avx2;
    if (flags & FAIR_CPU_AVX512_VPOPCNT) k->hamming256 = hamming256_avx512;
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
