/* fingerprint/kernels_parts_private.h - what the files of parts' kernels share.  Private to fingerprint. */
#ifndef FAIR_FINGERPRINT_KERNELS_PARTS_PRIVATE_H
#define FAIR_FINGERPRINT_KERNELS_PARTS_PRIVATE_H
#include <immintrin.h>
#include <stdbool.h>
#include <string.h>
#include "fingerprint/kernels_parts.h"

#define INLINE static inline __attribute__((always_inline, unused))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,avx512vnni,bmi,popcnt")))

/* a * w / 32768, rounded: what pmulhrsw computes. */
INLINE int16_t
part_of(int16_t a, int16_t w)
{
    return (int16_t)(((int32_t)a * w + 16384) >> 15);
}

AVX512 INLINE __m512i
at_avx512(const int16_t *p)
{
    return _mm512_loadu_si512((const void *)p);
}

/* Those of kernels_parts.h of the same names, for each processor: kernels_blobs.c. */
void fair_blur_rows_plain(const int16_t *const *rows, const int16_t *w, unsigned gap, size_t n, int16_t *tmp, int16_t *const out[FAIR_BLUR_ROWS]);
void fair_blur_rows_avx2(const int16_t *const *rows, const int16_t *w, unsigned gap, size_t n, int16_t *tmp, int16_t *const out[FAIR_BLUR_ROWS]);
void fair_blur_rows_avx512(const int16_t *const *rows, const int16_t *w, unsigned gap, size_t n, int16_t *tmp, int16_t *const out[FAIR_BLUR_ROWS]);
void fair_widen_plain(const uint8_t *in, size_t n, int16_t *out);
void fair_widen_avx2(const uint8_t *in, size_t n, int16_t *out);
void fair_widen_avx512(const uint8_t *in, size_t n, int16_t *out);
void fair_halve_plain(const int16_t *in, size_t n, int16_t *out);
void fair_halve_avx2(const int16_t *in, size_t n, int16_t *out);
void fair_halve_avx512(const int16_t *in, size_t n, int16_t *out);
size_t fair_extrema_plain(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], unsigned levels, size_t n, size_t edge, int16_t least, uint32_t *places);
size_t fair_extrema_avx2(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], unsigned levels, size_t n, size_t edge, int16_t least, uint32_t *places);
size_t fair_extrema_avx512(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], unsigned levels, size_t n, size_t edge, int16_t least, uint32_t *places);
size_t fair_settle_plain(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], const uint32_t *places, size_t n, float least, struct fair_top *tops);
size_t fair_settle_avx2(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], const uint32_t *places, size_t n, float least, struct fair_top *tops);
size_t fair_settle_avx512(const int16_t *const (*rows)[FAIR_BLUR_ROWS + 2], const uint32_t *places, size_t n, float least, struct fair_top *tops);

#endif
