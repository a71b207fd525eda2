/* image/kernels.c - the inner loops over pixels: a plain meaning, and AVX2 where the machine has it. */
#include "image/image_private.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

static void
area_add_plain(uint32_t *acc, const uint8_t *row, size_t n, uint32_t weight)
{
    for (size_t i = 0; i < n; i++) acc[i] += weight * row[i];
}

static void
luma_row_plain(uint8_t *y, const uint8_t *rgb, size_t n)
{
    for (size_t i = 0; i < n; i++, rgb += 3)
        y[i] = (uint8_t)((77u * rgb[0] + 150u * rgb[1] + 29u * rgb[2] + 128u) >> 8);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void
area_add_avx2(uint32_t *acc, const uint8_t *row, size_t n, uint32_t weight)
{
    const __m256i w = _mm256_set1_epi32((int)weight);
    size_t i = 0;

    for (; i + 16 <= n; i += 16) {
        __m128i px = _mm_loadu_si128((const __m128i *)(row + i));
        __m256i *to = (__m256i *)(acc + i);
        __m256i low = _mm256_mullo_epi32(_mm256_cvtepu8_epi32(px), w);
        __m256i high = _mm256_mullo_epi32(_mm256_cvtepu8_epi32(_mm_srli_si128(px, 8)), w);
        _mm256_storeu_si256(to, _mm256_add_epi32(_mm256_loadu_si256(to), low));
        _mm256_storeu_si256(to + 1, _mm256_add_epi32(_mm256_loadu_si256(to + 1), high));
    }
    area_add_plain(acc + i, row + i, n - i, weight);
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
    { "plain", area_add_plain, luma_row_plain },
#ifdef __x86_64__
    { "avx2", area_add_avx2, luma_row_avx2 },
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
    static const struct fair_image_kernels *chosen;

    if (chosen == NULL) {
        const char *cpu = getenv("FAIRTRACK_CPU");
        size_t n;
        fair_image_kernels_all(&n);
        chosen = cpu != NULL && strcmp(cpu, "plain") == 0 ? &all[0] : &all[n - 1];
    }
    return chosen;
}
