/* image/codecs/jpeg_idct.c - the inverse cosine transforms: written once on vectors, compiled plainly and for AVX2. */
#include "image/codecs/jpeg_idct.h"
#include <endian.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

typedef int32_t eight __attribute__((vector_size(32)));
typedef int32_t four __attribute__((vector_size(16)));
typedef int16_t eight16 __attribute__((vector_size(16)));

#define INLINE static inline __attribute__((always_inline))
#define LEFT(x_, n_) ((x_) * (1 << (n_)))          /* of negative numbers too */
#define DESCALE(x_, n_) (((x_) + (1 << ((n_) - 1))) >> (n_))
/* Bits of numbers that do not fit 16 bits, or the 10 that libjpeg's table of pixels has room for. */
#define OVER16(x_) (((x_) + 32768) & ~65535)
#define OVER10(x_) (((x_) + 512) & ~1023)

enum { BITS = 13, PASS1 = 2 };

/* The coefficients, multiplied out; false where they are too large. */
INLINE bool
rows_of(const int16_t block[64], const int16_t quant[64], eight v[8])
{
    eight sum = { 0 };
    int32_t all = 0;

    for (int r = 0; r < 8; r++) {
        eight16 raw, q;
        eight size;
        memcpy(&raw, block + 8 * r, sizeof raw);
        memcpy(&q, quant + 8 * r, sizeof q);
        v[r] = __builtin_convertvector(raw, eight) * __builtin_convertvector(q, eight);
        /* cppcheck-suppress shiftTooManyBitsSigned ; of vectors gcc and clang say that the sign is shifted in */
        size = v[r] >> 31;
        sum += (v[r] ^ size) - size;
    }
    for (int i = 0; i < 8; i++) all += sum[i];
    return all <= FAIR_IDCT_MOST;
}

INLINE uint32_t
any8(eight v)
{
    uint32_t x = 0;
    for (int i = 0; i < 8; i++) x |= (uint32_t)v[i];
    return x;
}

INLINE eight
pixels8(eight v)
{
    eight over;

    v += 128;
    v &= ~(v < 0);
    over = v > 255;
    return (v & ~over) | (over & 255);
}

/* One dimension of jidctint.c: v[0..7] in place, descaled by `n` bits. */
INLINE void
islow(eight v[8], int n)
{
    const eight z1 = (v[2] + v[6]) * 4433, e2 = z1 - v[6] * 15137, e3 = z1 + v[2] * 6270;
    const eight e0 = LEFT(v[0] + v[4], BITS), e1 = LEFT(v[0] - v[4], BITS);
    const eight t10 = e0 + e3, t13 = e0 - e3, t11 = e1 + e2, t12 = e1 - e2;
    const eight z5 = (v[7] + v[3] + v[5] + v[1]) * 9633;
    const eight o1 = (v[7] + v[1]) * -7373, o2 = (v[5] + v[3]) * -20995;
    const eight o3 = (v[7] + v[3]) * -16069 + z5, o4 = (v[5] + v[1]) * -3196 + z5;
    const eight t0 = v[7] * 2446 + o1 + o3, t1 = v[5] * 16819 + o2 + o4, t2 = v[3] * 25172 + o2 + o3, t3 = v[1] * 12299 + o1 + o4;

    v[0] = DESCALE(t10 + t3, n);
    v[7] = DESCALE(t10 - t3, n);
    v[1] = DESCALE(t11 + t2, n);
    v[6] = DESCALE(t11 - t2, n);
    v[2] = DESCALE(t12 + t1, n);
    v[5] = DESCALE(t12 - t1, n);
    v[3] = DESCALE(t13 + t0, n);
    v[4] = DESCALE(t13 - t0, n);
}

INLINE void
transpose8(eight v[8])
{
    eight a[8], b[8];

    for (int i = 0; i < 8; i += 2) {
        a[i] = __builtin_shufflevector(v[i], v[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        a[i + 1] = __builtin_shufflevector(v[i], v[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int i = 0; i < 8; i += 4) {
        b[i] = __builtin_shufflevector(a[i], a[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        b[i + 1] = __builtin_shufflevector(a[i], a[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        b[i + 2] = __builtin_shufflevector(a[i + 1], a[i + 3], 0, 1, 8, 9, 4, 5, 12, 13);
        b[i + 3] = __builtin_shufflevector(a[i + 1], a[i + 3], 2, 3, 10, 11, 6, 7, 14, 15);
    }
    for (int i = 0; i < 4; i++) {
        v[i] = __builtin_shufflevector(b[i], b[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        v[i + 4] = __builtin_shufflevector(b[i], b[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

INLINE uint32_t
to_8_body(const int16_t block[64], const int16_t quant[64], uint8_t *to, size_t stride)
{
    eight v[8], over = { 0 }, low, high;

    if (!rows_of(block, quant, v)) return 1;
    islow(v, BITS - PASS1);
    for (int r = 0; r < 8; r++) over |= OVER16(v[r]);
    transpose8(v);
    islow(v, BITS + PASS1 + 3);
    for (int c = 0; c < 8; c++) over |= OVER10(v[c]);
    for (int c = 0; c < 8; c++) v[c] = pixels8(v[c]);
    low = v[0] | v[1] << 8 | v[2] << 16 | v[3] << 24;
    high = v[4] | v[5] << 8 | v[6] << 16 | v[7] << 24;
    for (int r = 0; r < 8; r++) {
        const uint64_t row = htole64((uint64_t)(uint32_t)high[r] << 32 | (uint32_t)low[r]);
        memcpy(to + (size_t)r * stride, &row, 8);
    }
    return any8(over);
}

/* jidctred.c leaves out row and column 4. */
INLINE uint32_t
to_4_body(const int16_t block[64], const int16_t quant[64], uint8_t *to, size_t stride)
{
    eight v[8];
    if (!rows_of(block, quant, v)) return 1;
    const eight r0 = v[0], r1 = v[1], r2 = v[2], r3 = v[3], r5 = v[5], r6 = v[6], r7 = v[7];
    const eight e = LEFT(r0, BITS + 1), even = r2 * 15137 - r6 * 6270, t10 = e + even, t12 = e - even;
    const eight t0 = r5 * 11893 - r7 * 1730 - r3 * 17799 + r1 * 8697, t2 = r3 * 7373 + r1 * 20995 - r7 * 4176 - r5 * 4926;
    const eight w0 = DESCALE(t10 + t2, BITS - PASS1 + 1), w3 = DESCALE(t10 - t2, BITS - PASS1 + 1);
    const eight w1 = DESCALE(t12 + t0, BITS - PASS1 + 1), w2 = DESCALE(t12 - t0, BITS - PASS1 + 1);
    /* Columns side by side: 0 and 4, 1 and 5, 2 and 6, 3 and 7, each by rows. */
    const eight a = __builtin_shufflevector(w0, w1, 0, 8, 1, 9, 4, 12, 5, 13), b = __builtin_shufflevector(w0, w1, 2, 10, 3, 11, 6, 14, 7, 15);
    const eight c = __builtin_shufflevector(w2, w3, 0, 8, 1, 9, 4, 12, 5, 13), d = __builtin_shufflevector(w2, w3, 2, 10, 3, 11, 6, 14, 7, 15);
    const eight c04 = __builtin_shufflevector(a, c, 0, 1, 8, 9, 4, 5, 12, 13), c15 = __builtin_shufflevector(a, c, 2, 3, 10, 11, 6, 7, 14, 15);
    const eight c26 = __builtin_shufflevector(b, d, 0, 1, 8, 9, 4, 5, 12, 13), c37 = __builtin_shufflevector(b, d, 2, 3, 10, 11, 6, 7, 14, 15);
    const eight p = c26 * (eight){ 15137, 15137, 15137, 15137, -6270, -6270, -6270, -6270 };
    const eight p0 = c15 * (eight){ 8697, 8697, 8697, 8697, 11893, 11893, 11893, 11893 } + c37 * (eight){ -17799, -17799, -17799, -17799, -1730, -1730, -1730, -1730 };
    const eight p2 = c15 * (eight){ 20995, 20995, 20995, 20995, -4926, -4926, -4926, -4926 } + c37 * (eight){ 7373, 7373, 7373, 7373, -4176, -4176, -4176, -4176 };
#define HALF(v_, from_) __builtin_shufflevector(v_, v_, from_, from_ + 1, from_ + 2, from_ + 3)
    const four f = LEFT(HALF(c04, 0), BITS + 1), q = HALF(p, 0) + HALF(p, 4), q0 = HALF(p0, 0) + HALF(p0, 4), q2 = HALF(p2, 0) + HALF(p2, 4);
#undef HALF
    const four left = DESCALE(f + q + q2, BITS + PASS1 + 3 + 1), right = DESCALE(f + q - q2, BITS + PASS1 + 3 + 1);
    const four second = DESCALE(f - q + q0, BITS + PASS1 + 3 + 1), third = DESCALE(f - q - q0, BITS + PASS1 + 3 + 1);
    const eight out0 = __builtin_shufflevector(left, second, 0, 1, 2, 3, 4, 5, 6, 7), out1 = __builtin_shufflevector(third, right, 0, 1, 2, 3, 4, 5, 6, 7);
    const eight over = OVER10(out0) | OVER10(out1) | OVER16(w0) | OVER16(w1) | OVER16(w2) | OVER16(w3), x = pixels8(out0), y = pixels8(out1);

    for (int r = 0; r < 4; r++) {
        const uint32_t row = htole32((uint32_t)x[r] | (uint32_t)x[r + 4] << 8 | (uint32_t)y[r] << 16 | (uint32_t)y[r + 4] << 24);
        memcpy(to + (size_t)r * stride, &row, 4);
    }
    return any8(over);
}

INLINE uint8_t
pixel(int32_t v)
{
    v += 128;
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* Rows and columns 2, 4 and 6 are left out. */
INLINE uint32_t
to_2_body(const int16_t block[64], const int16_t quant[64], uint8_t *to, size_t stride)
{
    eight v[8];
    if (!rows_of(block, quant, v)) return 1;
    const eight e = LEFT(v[0], BITS + 2), odd = v[1] * 29692 - v[3] * 10426 + v[5] * 6967 - v[7] * 5906;
    const eight w[2] = { DESCALE(e + odd, BITS - PASS1 + 2), DESCALE(e - odd, BITS - PASS1 + 2) };
    uint32_t over = 0;

    for (int r = 0; r < 2; r++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): it takes parts of a vector for unset */
        const int32_t f = LEFT(w[r][0], BITS + 2), o = w[r][1] * 29692 - w[r][3] * 10426 + w[r][5] * 6967 - w[r][7] * 5906;
        const int32_t a = DESCALE(f + o, BITS + PASS1 + 3 + 2), b = DESCALE(f - o, BITS + PASS1 + 3 + 2);
        over |= (uint32_t)OVER10(a) | (uint32_t)OVER10(b);
        to[(size_t)r * stride] = pixel(a);
        to[(size_t)r * stride + 1] = pixel(b);
    }
    return over | any8(OVER16(w[0]) | OVER16(w[1]));
}

#define PLAIN(n_)                                                                                                                                       \
    static uint32_t to_##n_##_plain(const int16_t block[64], const int16_t quant[64], uint8_t *to, size_t stride) { return to_##n_##_body(block, quant, to, stride); }
PLAIN(8)
PLAIN(4)
PLAIN(2)

#ifdef __x86_64__
/* The same in 16 bits, pairs of products at a time, where no sum of the columns can leave them: that is so up to a sum of 5900, for no
 * column gives more than 5.55 times it.  All is exact up to each descaling, so that the order of sums does not matter. */
#define AVX2 __attribute__((target("avx2")))
#define NARROW 5900

struct rows { __m128i r[8]; };

AVX2 INLINE bool
narrow_rows(const int16_t block[64], const int16_t quant[64], struct rows *v)
{
    __m256i sum = _mm256_setzero_si256();
    __m128i four_sums;

    for (int i = 0; i < 4; i++)
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_abs_epi16(_mm256_loadu_si256((const void *)(block + 16 * i))), _mm256_loadu_si256((const void *)(quant + 16 * i))));
    four_sums = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    four_sums = _mm_add_epi32(four_sums, _mm_shuffle_epi32(four_sums, 0x4e));
    four_sums = _mm_add_epi32(four_sums, _mm_shuffle_epi32(four_sums, 0xb1));
    for (int i = 0; i < 8; i++) v->r[i] = _mm_mullo_epi16(_mm_loadu_si128((const void *)(block + 8 * i)), _mm_loadu_si128((const void *)(quant + 8 * i)));
    return (uint32_t)_mm_cvtsi128_si32(four_sums) <= NARROW;
}

/* Two rows word by word: columns 0 to 3, and 4 to 7. */
AVX2 INLINE __m256i
pair(__m128i a, __m128i b)
{
    return _mm256_set_m128i(_mm_unpackhi_epi16(a, b), _mm_unpacklo_epi16(a, b));
}

/* x a + y b of such a pair. */
AVX2 INLINE __m256i
times(__m256i v, int a, int b)
{
    return _mm256_madd_epi16(v, _mm256_set1_epi32((int)((uint32_t)b << 16 | ((uint32_t)a & 0xffff))));
}

AVX2 INLINE __m256i
descale(__m256i v, int n)
{
    return _mm256_srai_epi32(_mm256_add_epi32(v, _mm256_set1_epi32(1 << (n - 1))), n);
}

/* Two rows of sums, one in each half. */
AVX2 INLINE __m256i
two_rows(__m256i a, __m256i b)
{
    return _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);
}

AVX2 INLINE __m256i
weights(int a, int b, int c, int d, int e, int f, int g, int h)
{
    return _mm256_setr_epi16((short)a, (short)b, (short)c, (short)d, (short)e, (short)f, (short)g, (short)h, (short)a, (short)b, (short)c, (short)d, (short)e, (short)f, (short)g, (short)h);
}

/* In each half the row's four sums with four rows of weights. */
AVX2 INLINE __m256i
four_of(__m256i w, __m256i k0, __m256i k1, __m256i k2, __m256i k3)
{
    return _mm256_hadd_epi32(_mm256_hadd_epi32(_mm256_madd_epi16(w, k0), _mm256_madd_epi16(w, k1)), _mm256_hadd_epi32(_mm256_madd_epi16(w, k2), _mm256_madd_epi16(w, k3)));
}

/* Is one of them not what libjpeg's table of pixels has room for? */
AVX2 INLINE uint32_t
over10(__m256i v)
{
    return !_mm256_testz_si256(_mm256_add_epi16(v, _mm256_set1_epi16(512)), _mm256_set1_epi16(~1023));
}

AVX2 static uint32_t
to_8_avx2(const int16_t block[64], const int16_t quant[64], uint8_t *to, size_t stride)
{
    const __m256i half = _mm256_set1_epi16(128);
    struct rows v;
    __m256i w[4], x[4], p;
    uint32_t over = 0;

    if (!narrow_rows(block, quant, &v)) return to_8_body(block, quant, to, stride);
    {
        const __m256i p04 = pair(v.r[0], v.r[4]), p26 = pair(v.r[2], v.r[6]), p13 = pair(v.r[1], v.r[3]), p57 = pair(v.r[5], v.r[7]);
        const __m256i e0 = times(p04, 8192, 8192), e1 = times(p04, 8192, -8192), e2 = times(p26, 4433, -10704), e3 = times(p26, 10703, 4433);
        const __m256i t10 = _mm256_add_epi32(e0, e3), t13 = _mm256_sub_epi32(e0, e3), t11 = _mm256_add_epi32(e1, e2), t12 = _mm256_sub_epi32(e1, e2);
        const __m256i o0 = _mm256_add_epi32(times(p13, 11363, 9633), times(p57, 6437, 2260)), o1 = _mm256_add_epi32(times(p13, 9633, -2259), times(p57, -11362, -6436));
        const __m256i o2 = _mm256_add_epi32(times(p13, 6437, -11362), times(p57, 2261, 9633)), o3 = _mm256_add_epi32(times(p13, 2260, -6436), times(p57, 9633, -11363));
        w[0] = two_rows(descale(_mm256_add_epi32(t10, o0), BITS - PASS1), descale(_mm256_add_epi32(t11, o1), BITS - PASS1));
        w[1] = two_rows(descale(_mm256_add_epi32(t12, o2), BITS - PASS1), descale(_mm256_add_epi32(t13, o3), BITS - PASS1));
        w[2] = two_rows(descale(_mm256_sub_epi32(t13, o3), BITS - PASS1), descale(_mm256_sub_epi32(t12, o2), BITS - PASS1));
        w[3] = two_rows(descale(_mm256_sub_epi32(t11, o1), BITS - PASS1), descale(_mm256_sub_epi32(t10, o0), BITS - PASS1));
    }
    for (int i = 0; i < 4; i++) {
        const __m256i a = four_of(w[i], weights(8192, 11363, 10703, 9633, 8192, 6437, 4433, 2260), weights(8192, 9633, 4433, -2259, -8192, -11362, -10704, -6436),
                                  weights(8192, 6437, -4433, -11362, -8192, 2261, 10704, 9633), weights(8192, 2260, -10703, -6436, 8192, 9633, -4433, -11363));
        const __m256i b = four_of(w[i], weights(8192, -2260, -10703, 6436, 8192, -9633, -4433, 11363), weights(8192, -6437, -4433, 11362, -8192, -2261, 10704, -9633),
                                  weights(8192, -9633, 4433, 2259, -8192, 11362, -10704, 6436), weights(8192, -11363, 10703, -9633, 8192, -6437, 4433, -2260));
        x[i] = _mm256_packs_epi32(descale(a, BITS + PASS1 + 3), descale(b, BITS + PASS1 + 3));
        over |= over10(x[i]);
    }
    for (int i = 0; i < 4; i += 2) {
        uint8_t *at = to + (size_t)(2 * i) * stride;
        p = _mm256_packus_epi16(_mm256_add_epi16(x[i], half), _mm256_add_epi16(x[i + 1], half));
        _mm_storel_epi64((void *)at, _mm256_castsi256_si128(p));
        _mm_storel_epi64((void *)(at + stride), _mm256_extracti128_si256(p, 1));
        _mm_storel_epi64((void *)(at + 2 * stride), _mm_unpackhi_epi64(_mm256_castsi256_si128(p), _mm256_castsi256_si128(p)));
        _mm_storel_epi64((void *)(at + 3 * stride), _mm_unpackhi_epi64(_mm256_extracti128_si256(p, 1), _mm256_extracti128_si256(p, 1)));
    }
    return over;
}

AVX2 static uint32_t
to_4_avx2(const int16_t block[64], const int16_t quant[64], uint8_t *to, size_t stride)
{
    struct rows v;

    if (!narrow_rows(block, quant, &v)) return to_4_body(block, quant, to, stride);
    const __m256i k0 = weights(16384, 20995, 15137, 7373, 0, -4926, -6270, -4176), k1 = weights(16384, 8697, -15137, -17799, 0, 11893, 6270, -1730);
    const __m256i k2 = weights(16384, -8697, -15137, 17799, 0, -11893, 6270, 1730), k3 = weights(16384, -20995, 15137, -7373, 0, 4926, -6270, 4176);
    const __m256i p02 = pair(v.r[0], v.r[2]), p13 = pair(v.r[1], v.r[3]), p57 = pair(v.r[5], v.r[7]), p6 = pair(v.r[6], _mm_setzero_si128());
    const __m256i t10 = _mm256_add_epi32(times(p02, 16384, 15137), times(p6, -6270, 0)), t12 = _mm256_add_epi32(times(p02, 16384, -15137), times(p6, 6270, 0));
    const __m256i t0 = _mm256_add_epi32(times(p13, 8697, -17799), times(p57, 11893, -1730)), t2 = _mm256_add_epi32(times(p13, 20995, 7373), times(p57, -4926, -4176));
    const __m256i w01 = two_rows(descale(_mm256_add_epi32(t10, t2), BITS - PASS1 + 1), descale(_mm256_add_epi32(t12, t0), BITS - PASS1 + 1));
    const __m256i w23 = two_rows(descale(_mm256_sub_epi32(t12, t0), BITS - PASS1 + 1), descale(_mm256_sub_epi32(t10, t2), BITS - PASS1 + 1));
    const __m256i x = _mm256_packs_epi32(descale(four_of(w01, k0, k1, k2, k3), BITS + PASS1 + 3 + 1), descale(four_of(w23, k0, k1, k2, k3), BITS + PASS1 + 3 + 1));
    const __m256i p = _mm256_packus_epi16(_mm256_add_epi16(x, _mm256_set1_epi16(128)), x);
    const uint64_t a = (uint64_t)_mm_cvtsi128_si64(_mm256_castsi256_si128(p)), b = (uint64_t)_mm_cvtsi128_si64(_mm256_extracti128_si256(p, 1));
    const uint32_t row[4] = { (uint32_t)a, (uint32_t)b, (uint32_t)(a >> 32), (uint32_t)(b >> 32) };

    for (size_t r = 0; r < 4; r++) memcpy(to + r * stride, &row[r], 4);
    return over10(x);
}

AVX2 static uint32_t
to_2_avx2(const int16_t block[64], const int16_t quant[64], uint8_t *to, size_t stride)
{
    struct rows v;

    if (!narrow_rows(block, quant, &v)) return to_2_body(block, quant, to, stride);
    const __m256i e = _mm256_slli_epi32(_mm256_cvtepi16_epi32(v.r[0]), BITS + 2);
    const __m256i odd = _mm256_add_epi32(times(pair(v.r[1], v.r[3]), 29692, -10426), times(pair(v.r[5], v.r[7]), 6967, -5906));
    /* the first column twice, for 1 << 15 is too large a weight */
    const __m256i w = _mm256_shufflelo_epi16(two_rows(descale(_mm256_add_epi32(e, odd), BITS - PASS1 + 2), descale(_mm256_sub_epi32(e, odd), BITS - PASS1 + 2)), _MM_SHUFFLE(3, 0, 1, 0));
    const __m256i m = _mm256_hadd_epi32(_mm256_madd_epi16(w, weights(16384, 29692, 16384, -10426, 0, 6967, 0, -5906)), _mm256_madd_epi16(w, weights(16384, -29692, 16384, 10426, 0, -6967, 0, 5906)));
    const __m256i out = descale(_mm256_hadd_epi32(m, m), BITS + PASS1 + 3 + 2), x = _mm256_packs_epi32(out, out);
    const __m256i p = _mm256_packus_epi16(_mm256_add_epi16(x, _mm256_set1_epi16(128)), x);
    const uint16_t first = (uint16_t)_mm_cvtsi128_si32(_mm256_castsi256_si128(p)), second = (uint16_t)_mm_cvtsi128_si32(_mm256_extracti128_si256(p, 1));

    memcpy(to, &first, 2);
    memcpy(to + stride, &second, 2);
    return over10(x);
}
#endif

static const struct fair_idct_kernels all[] = {
    { "plain", to_8_plain, to_4_plain, to_2_plain },
#ifdef __x86_64__
    { "avx2", to_8_avx2, to_4_avx2, to_2_avx2 },
#endif
};

const struct fair_idct_kernels *
fair_idct_kernels_all(size_t *n)
{
#ifdef __x86_64__
    *n = __builtin_cpu_supports("avx2") ? 2 : 1;
#else
    *n = 1;
#endif
    return all;
}

const struct fair_idct_kernels *
fair_idct_kernels(void)
{
    static const struct fair_idct_kernels *_Atomic chosen;
    const struct fair_idct_kernels *best = chosen;

    if (best == NULL) {
        const char *cpu = getenv("FAIRTRACK_CPU");
        size_t n;
        fair_idct_kernels_all(&n);
        best = cpu != NULL && strcmp(cpu, "plain") == 0 ? &all[0] : &all[n - 1];
        chosen = best;
    }
    return best;
}
