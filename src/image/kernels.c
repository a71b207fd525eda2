/* image/kernels.c - the inner loops over pixels: a plain meaning, and AVX2 where the machine has it. */
#include "image/image_private.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

static void
area_add_plain(uint32_t *acc, const uint8_t *a, const uint8_t *b, size_t n, uint32_t wa, uint32_t wb, bool more)
{
    for (size_t i = 0; i < n; i++) acc[i] = (more ? acc[i] : 0) + wa * a[i] + wb * b[i];
}

static void
luma_row_plain(uint8_t *y, const uint8_t *rgb, size_t n)
{
    for (size_t i = 0; i < n; i++, rgb += 3)
        y[i] = (uint8_t)((77u * rgb[0] + 150u * rgb[1] + 29u * rgb[2] + 128u) >> 8);
}

static void
area_across_plain(const struct fair_area_rows *a)
{
    const uint32_t c = a->channels;

    for (int r = 0; r < FAIR_AREA_ROWS; r++) {
        uint8_t *to = a->to[r];
        for (uint32_t x = 0; x < a->width; x++) {
            const struct fair_span s = a->spans[x];
            const uint32_t *first = a->acc[r] + (size_t)s.first * c, *last = a->acc[r] + (size_t)s.last * c;
            for (uint32_t b = 0; b < c; b++) {
                uint64_t sum = (uint64_t)first[b] * s.head + (uint64_t)last[b] * s.tail;
                for (const uint32_t *m = first + c; m < last; m += c) sum += (uint64_t)m[b] * a->units;
                *to++ = (uint8_t)((sum + a->area / 2) / a->area);
            }
        }
    }
}

#ifdef __x86_64__
/* Pairs of bytes by pairs of weights, for weights that fit 15 bits. */
__attribute__((target("avx2"))) static void
area_add_avx2(uint32_t *acc, const uint8_t *a, const uint8_t *b, size_t n, uint32_t wa, uint32_t wb, bool more)
{
    const __m256i w = _mm256_set1_epi32((int)(wa | wb << 16)), keep = _mm256_set1_epi32(more ? -1 : 0);
    size_t i = 0;

    if (wa > 32767 || wb > 32767) {
        area_add_plain(acc, a, b, n, wa, wb, more);
        return;
    }
    for (; i + 16 <= n; i += 16) {
        __m128i pa = _mm_loadu_si128((const __m128i *)(a + i)), pb = _mm_loadu_si128((const __m128i *)(b + i));
        __m256i *to = (__m256i *)(acc + i);
        __m256i low = _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm_unpacklo_epi8(pa, pb)), w);
        __m256i high = _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm_unpackhi_epi8(pa, pb)), w);
        _mm256_storeu_si256(to, _mm256_add_epi32(_mm256_and_si256(_mm256_loadu_si256(to), keep), low));
        _mm256_storeu_si256(to + 1, _mm256_add_epi32(_mm256_and_si256(_mm256_loadu_si256(to + 1), keep), high));
    }
    area_add_plain(acc + i, a + i, b + i, n - i, wa, wb, more);
}

/* Eight rows to one of eight-tuples: scratch[8 i + r] = acc[r][i]. */
__attribute__((target("avx2"))) static void
interleave_avx2(const struct fair_area_rows *a)
{
    size_t i = 0;

    for (; i + 8 <= a->n; i += 8) {
        __m256i v[8], w[8];
        for (int r = 0; r < 8; r++) v[r] = _mm256_loadu_si256((const __m256i *)(a->acc[r] + i));
        for (int r = 0; r < 8; r += 2) {
            w[r] = _mm256_unpacklo_epi32(v[r], v[r + 1]);
            w[r + 1] = _mm256_unpackhi_epi32(v[r], v[r + 1]);
        }
        for (int r = 0; r < 8; r += 4) {
            v[r] = _mm256_unpacklo_epi64(w[r], w[r + 2]);
            v[r + 1] = _mm256_unpackhi_epi64(w[r], w[r + 2]);
            v[r + 2] = _mm256_unpacklo_epi64(w[r + 1], w[r + 3]);
            v[r + 3] = _mm256_unpackhi_epi64(w[r + 1], w[r + 3]);
        }
        for (int r = 0; r < 4; r++) {
            _mm256_storeu_si256((__m256i *)(a->scratch + 8 * (i + (size_t)r)), _mm256_permute2x128_si256(v[r], v[r + 4], 0x20));
            _mm256_storeu_si256((__m256i *)(a->scratch + 8 * (i + (size_t)r + 4)), _mm256_permute2x128_si256(v[r], v[r + 4], 0x31));
        }
    }
    for (; i < a->n; i++)
        for (size_t r = 0; r < 8; r++) a->scratch[8 * i + r] = a->acc[r][i];
}

/* Eight columns of eight bytes into eight rows. */
__attribute__((target("avx2"))) static inline void
put_columns(const __m128i q[8], uint8_t *const to[8], size_t at)
{
    __m128i a0 = _mm_unpacklo_epi8(q[0], q[1]), a1 = _mm_unpacklo_epi8(q[2], q[3]);
    __m128i a2 = _mm_unpacklo_epi8(q[4], q[5]), a3 = _mm_unpacklo_epi8(q[6], q[7]);
    __m128i b0 = _mm_unpacklo_epi16(a0, a1), b1 = _mm_unpackhi_epi16(a0, a1);
    __m128i b2 = _mm_unpacklo_epi16(a2, a3), b3 = _mm_unpackhi_epi16(a2, a3);
    const __m128i two[4] = { _mm_unpacklo_epi32(b0, b2), _mm_unpackhi_epi32(b0, b2), _mm_unpacklo_epi32(b1, b3), _mm_unpackhi_epi32(b1, b3) };

    for (int r = 0; r < 8; r += 2) {
        _mm_storel_epi64((__m128i *)(to[r] + at), two[r / 2]);
        _mm_storel_epi64((__m128i *)(to[r + 1] + at), _mm_unpackhi_epi64(two[r / 2], two[r / 2]));
    }
}

/* Doubles hold all of it exactly: column sums are below 2^24, weighted sums below
 * 2^41.  The quotient is floor((sum + area / 2 + 1/2) * (1 / area)): the added half
 * keeps the true value at least 1 / (2 area) >= 2^-33 away from an integer, and
 * the product's error is below 2^-43. */
__attribute__((target("avx2"))) static void
area_across_avx2(const struct fair_area_rows *a)
{
    const uint32_t c = a->channels;
    const uint64_t rounding = a->area / 2;
    const __m256d inverse = _mm256_set1_pd(1.0 / (double)a->area), units = _mm256_set1_pd(a->units);
    const __m256d half = _mm256_set1_pd((double)rounding + 0.5);
    __m128i columns[8];
    size_t done = 0, n_columns = 0;

    interleave_avx2(a);
    for (uint32_t x = 0; x < a->width; x++) {
        const struct fair_span s = a->spans[x];
        const __m256d head = _mm256_set1_pd(s.head), tail = _mm256_set1_pd(s.tail);
        for (uint32_t b = 0; b < c; b++) {
            const uint32_t *first = a->scratch + 8 * ((size_t)s.first * c + b), *last = a->scratch + 8 * ((size_t)s.last * c + b);
            __m256d low = _mm256_setzero_pd(), high = _mm256_setzero_pd();
            __m128i q;
            for (const uint32_t *m = first + 8 * c; m < last; m += 8 * c) {
                low = _mm256_add_pd(low, _mm256_cvtepi32_pd(_mm_loadu_si128((const __m128i *)m)));
                high = _mm256_add_pd(high, _mm256_cvtepi32_pd(_mm_loadu_si128((const __m128i *)(m + 4))));
            }
            low = _mm256_add_pd(_mm256_mul_pd(low, units), half);
            high = _mm256_add_pd(_mm256_mul_pd(high, units), half);
            low = _mm256_add_pd(low, _mm256_mul_pd(_mm256_cvtepi32_pd(_mm_loadu_si128((const __m128i *)first)), head));
            high = _mm256_add_pd(high, _mm256_mul_pd(_mm256_cvtepi32_pd(_mm_loadu_si128((const __m128i *)(first + 4))), head));
            low = _mm256_add_pd(low, _mm256_mul_pd(_mm256_cvtepi32_pd(_mm_loadu_si128((const __m128i *)last)), tail));
            high = _mm256_add_pd(high, _mm256_mul_pd(_mm256_cvtepi32_pd(_mm_loadu_si128((const __m128i *)(last + 4))), tail));
            q = _mm_packs_epi32(_mm256_cvttpd_epi32(_mm256_mul_pd(low, inverse)), _mm256_cvttpd_epi32(_mm256_mul_pd(high, inverse)));
            columns[n_columns++] = _mm_packus_epi16(q, q);
            if (n_columns == 8) {
                put_columns(columns, a->to, done);
                done += 8;
                n_columns = 0;
            }
        }
    }
    for (size_t i = 0; i < n_columns; i++) {
        uint8_t column[16];
        _mm_storeu_si128((__m128i *)column, columns[i]);
        for (int r = 0; r < 8; r++) a->to[r][done + i] = column[r];
    }
}

/* Four pixels to each half: bytes R G B 0 by a shuffle, then two multiply-adds. */
__attribute__((target("avx2"))) static void
luma_row_avx2(uint8_t *y, const uint8_t *rgb, size_t n)
{
    const __m256i spread = _mm256_setr_epi8(0, -1, 1, -1, 2, -1, -1, -1, 3, -1, 4, -1, 5, -1, -1, -1,
                                            0, -1, 1, -1, 2, -1, -1, -1, 3, -1, 4, -1, 5, -1, -1, -1);
    const __m256i weight = _mm256_setr_epi16(77, 150, 29, 0, 77, 150, 29, 0, 77, 150, 29, 0, 77, 150, 29, 0);
    const __m256i half = _mm256_set1_epi32(128);
    size_t i = 0;

    /* Each 8-byte load takes 6; the last one of a round reads up to rgb + 3 i + 26. */
    for (; i + 9 <= n; i += 8) {
        const uint8_t *p = rgb + 3 * i;
        __m256i a = _mm256_set_m128i(_mm_loadl_epi64((const __m128i *)(p + 6)), _mm_loadl_epi64((const __m128i *)p));
        __m256i b = _mm256_set_m128i(_mm_loadl_epi64((const __m128i *)(p + 18)), _mm_loadl_epi64((const __m128i *)(p + 12)));
        a = _mm256_madd_epi16(_mm256_shuffle_epi8(a, spread), weight);
        b = _mm256_madd_epi16(_mm256_shuffle_epi8(b, spread), weight);
        a = _mm256_srli_epi32(_mm256_add_epi32(_mm256_hadd_epi32(a, b), half), 8);   /* 0 1 4 5 | 2 3 6 7 */
        a = _mm256_permute4x64_epi64(a, 0xd8);                                       /* 0 1 2 3 | 4 5 6 7 */
        __m128i w = _mm_packus_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
        _mm_storel_epi64((__m128i *)(y + i), _mm_packus_epi16(w, w));
    }
    luma_row_plain(y + i, rgb + 3 * i, n - i);
}

#endif

static const struct fair_image_kernels all[] = {
    { "plain", area_add_plain, area_across_plain, luma_row_plain },
#ifdef __x86_64__
    { "avx2", area_add_avx2, area_across_avx2, luma_row_avx2 },
#endif
};

const struct fair_image_kernels *
fair_image_kernels_all(size_t *n)
{
#ifdef __x86_64__
    *n = __builtin_cpu_supports("avx2") ? 2 : 1;
#else
    *n = 1;
#endif
    return all;
}

const struct fair_image_kernels *
fair_image_kernels(void)
{
    static const struct fair_image_kernels *_Atomic chosen;
    const struct fair_image_kernels *best = chosen;

    if (best == NULL) {
        const char *cpu = getenv("FAIRTRACK_CPU");
        size_t n;
        fair_image_kernels_all(&n);
        best = cpu != NULL && strcmp(cpu, "plain") == 0 ? &all[0] : &all[n - 1];
        chosen = best;
    }
    return best;
}
