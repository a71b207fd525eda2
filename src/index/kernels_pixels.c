/* The inner loops of laying one picture on another: tiles' sums and normal equations are written once, on vectors of
 * eight, and compiled for three processors; sampling gathers. */
#include "index/kernels_pixels.h"
#include <immintrin.h>
#include <math.h>
#include <stdbool.h>
#include "fingerprint/kernels.h"

#define INLINE static inline __attribute__((always_inline))

typedef float eight __attribute__((vector_size(32)));
typedef float eight_loose __attribute__((vector_size(32), aligned(4)));
typedef float four __attribute__((vector_size(16)));
typedef int32_t bits8 __attribute__((vector_size(32)));

INLINE eight
load(const float *p)
{
    return *(const eight_loose *)(const void *)p;
}

INLINE eight
all(float v)
{
    return (eight){ v, v, v, v, v, v, v, v };
}

/* Pairs are read as one number of twice the size, whose two halves are added: so nothing has to be put apart. */
typedef uint16_t sixteen16 __attribute__((vector_size(32)));
typedef uint16_t sixteen16_loose __attribute__((vector_size(32), aligned(1), may_alias));
typedef uint32_t eight32 __attribute__((vector_size(32)));
typedef uint32_t eight32_loose __attribute__((vector_size(32), aligned(2), may_alias));
typedef uint16_t eight16 __attribute__((vector_size(16)));
typedef uint16_t eight16_loose __attribute__((vector_size(16), aligned(2), may_alias));

INLINE void
halve8_body(const uint8_t *a, const uint8_t *b, size_t n, uint16_t *out)
{
    size_t x = 0;

    for (; x + 16 <= n; x += 16) {
        sixteen16 p = *(const sixteen16_loose *)(const void *)(a + 2 * x), q = *(const sixteen16_loose *)(const void *)(b + 2 * x);
        *(sixteen16_loose *)(void *)(out + x) = (p & 255) + (p >> 8) + (q & 255) + (q >> 8);
    }
    for (; x < n; x++) out[x] = (uint16_t)(a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1]);
}

INLINE void
halve16_body(const uint16_t *a, const uint16_t *b, size_t n, uint16_t *out)
{
    size_t x = 0;

    for (; x + 8 <= n; x += 8) {
        eight32 p = *(const eight32_loose *)(const void *)(a + 2 * x), q = *(const eight32_loose *)(const void *)(b + 2 * x);
        *(eight16_loose *)(void *)(out + x) = __builtin_convertvector((p & 65535) + (p >> 16) + (q & 65535) + (q >> 16), eight16);
    }
    for (; x < n; x++) out[x] = (uint16_t)(a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1]);
}

INLINE float
sum_of(eight v)
{
    four a = __builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7);

    a += __builtin_shufflevector(a, a, 2, 3, 0, 1);
    return a[0] + a[1];
}

INLINE void
tile_body(const float *a, const float *b, size_t stride_a, size_t stride_b, float sums[5])
{
    eight sa = all(0), sb = sa, aa = sa, bb = sa, ab = sa;

    for (size_t j = 0; j < FAIR_TILE; j++) {
        eight p = load(a + j * stride_a), q = load(b + j * stride_b);
        sa += p;
        sb += q;
        aa += p * p;
        bb += q * q;
        ab += p * q;
    }
    sums[0] = sum_of(sa);
    sums[1] = sum_of(sb);
    sums[2] = sum_of(aa);
    sums[3] = sum_of(bb);
    sums[4] = sum_of(ab);
}

INLINE void
tiles_body(const float *a, const float *b, size_t stride_a, size_t stride_b, size_t n, float sums[][5])
{
    eight p[FAIR_TILE], sa = all(0), aa = sa;
    float first[2];

    for (size_t j = 0; j < FAIR_TILE; j++) {
        p[j] = load(a + j * stride_a);
        sa += p[j];
        aa += p[j] * p[j];
    }
    first[0] = sum_of(sa);
    first[1] = sum_of(aa);
    for (size_t i = 0; i < n; i++) {
        eight sb = all(0), bb = sb, ab = sb;
        _Pragma("GCC unroll 8")
        for (size_t j = 0; j < FAIR_TILE; j++) {
            eight q = load(b + i + j * stride_b);
            sb += q;
            bb += q * q;
            ab += p[j] * q;
        }
        sums[i][0] = first[0];
        sums[i][1] = sum_of(sb);
        sums[i][2] = first[1];
        sums[i][3] = sum_of(bb);
        sums[i][4] = sum_of(ab);
    }
}

INLINE void
bend_body(const float b[8], const float *x, const float *y, size_t n, float *u, float *v)
{
    for (size_t i = 0; i < n; i += 8) {
        eight X = load(x + i), Y = load(y + i), d = b[6] * X + b[7] * Y + 1, least = all(.05f);
        bits8 far = d > least;
        d = (eight)(((bits8)d & far) | ((bits8)least & ~far));
        *(eight_loose *)(void *)(u + i) = (b[0] * X + b[1] * Y + b[2]) / d;
        *(eight_loose *)(void *)(v + i) = (b[3] * X + b[4] * Y + b[5]) / d;
    }
}

INLINE void
gauss_body(const float *a, const float *p, size_t stride, const struct fair_gauss *g, float Y, unsigned mask,
           float sums[FAIR_PRODUCTS][FAIR_TILE])
{
    const eight lane = { 0, 1, 2, 3, 4, 5, 6, 7 };
    eight gx = .5f * (load(p + 1) - load(p - 1)) * g->back, gy = .5f * (load(p + stride) - load(p - stride)) * g->back;
    eight e = load(a) - g->mean_a - (load(p) - g->mean_b) * g->back, X = g->X + lane * g->unit, both, J[8];
    bits8 ok = { 0 };
    size_t at = 0;

    for (int i = 0; i < 8; i++) ok[i] = mask >> i & 1 ? -1 : 0;
    both = gx + gy;
    ok &= both == both;                       /* NOLINT(misc-redundant-expression): false where there is no number */
    gx = (eight)((bits8)gx & ok);
    gy = (eight)((bits8)gy & ok);
    e = (eight)((bits8)e & ok);
    both = -(gx * X + gy * Y);
    J[0] = gx * X; J[1] = gx * Y; J[2] = gx;
    J[3] = gy * X; J[4] = gy * Y; J[5] = gy;
    J[6] = both * X; J[7] = both * Y;
    _Pragma("GCC unroll 8")
    for (size_t r = 0; r < 8; r++) {
        eight w = g->w * J[r];
        _Pragma("GCC unroll 8")
        for (size_t c = r; c < 8; c++, at++) *(eight_loose *)(void *)sums[at] += w * J[c];
        *(eight_loose *)(void *)sums[at++] += w * e;
    }
}

/* The place of sample i and where in the level it lies; false outside. */
INLINE bool
place_of(const struct fair_level *l, const float b[8], float wx, float wy, float *x, float *y)
{
    float w = (float)l->width, h = (float)l->height, d = b[6] * wx + b[7] * wy + 1;

    d = l->unit / (d > .05f ? d : .05f);
    *x = (b[0] * wx + b[1] * wy + b[2]) * d - .5f;
    *y = (b[3] * wx + b[4] * wy + b[5]) * d - .5f;
    if (!(*x >= -.5f && *y >= -.5f && *x <= w - .5f && *y <= h - .5f)) return false;
    *x = *x < 0 ? 0 : *x > w - 1.001f ? w - 1.001f : *x;
    *y = *y < 0 ? 0 : *y > h - 1.001f ? h - 1.001f : *y;
    return true;
}

static void
sample_plain(const struct fair_level *l, const float b[8], float x0, float y0, float gap, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++) {
        float x, y, fx, fy;
        const uint16_t *p;
        if (!place_of(l, b, x0 + (float)i * gap, y0, &x, &y)) {
            out[i] = NAN;
            continue;
        }
        p = l->v + (size_t)y * (size_t)l->width + (size_t)x;
        fx = x - (float)(int32_t)x;
        fy = y - (float)(int32_t)y;
        out[i] = (((float)p[0] * (1 - fx) + (float)p[1] * fx) * (1 - fy) +
                  ((float)p[l->width] * (1 - fx) + (float)p[l->width + 1] * fx) * fy) * l->scale;
    }
}

static void
runs_plain(const struct fair_level *l, const struct fair_runs *r, float gap, size_t n, float *out)
{
    for (size_t i = 0; i < n; i += FAIR_TILE) {
        const size_t k = i / FAIR_TILE;
        const float b[8] = { r->du[k], 0, r->u[k], r->dv[k], 0, r->v[k], 0, 0 };
        sample_plain(l, b, r->x[k], 0, gap, n - i < FAIR_TILE ? n - i : FAIR_TILE, out + i);
    }
}

/* A value and its right neighbour come in one load of 32 bits. */
#define SAMPLE(suffix, attributes, V, I, M, N, lanes, set1, set1i, add, sub, mul, div, min, max, inside, gather, half_of, place, tofloat, toint, keep, runs, tile) \
    attributes INLINE void                                                                                              \
    look_up_##suffix(const struct fair_level *l, V x, V y, size_t n, float *out)                                        \
    {                                                                                                                   \
        const V w = set1((float)l->width), h = set1((float)l->height), half = set1(.5f), one = set1(1), zero = set1(0); \
        const V right = sub(w, set1(1.001f)), down = sub(h, set1(1.001f));                                              \
        const M in = inside(x, y, sub(w, half), sub(h, half));                                                          \
        V fx, fy, gx, gy, up, under;                                                                                    \
        I ix, iy, at, p, q;                                                                                             \
        x = min(right, max(zero, x));                                                                                   \
        y = min(down, max(zero, y));                                                                                    \
        ix = toint(x);                                                                                                  \
        iy = toint(y);                                                                                                  \
        at = place(iy, set1i(l->width), ix);                                                                            \
        p = gather(in, at, l->v);                                                                                       \
        q = gather(in, at, l->v + l->width);                                                                            \
        fx = sub(x, tofloat(ix));                                                                                       \
        fy = sub(y, tofloat(iy));                                                                                       \
        gx = sub(one, fx);                                                                                              \
        gy = sub(one, fy);                                                                                              \
        up = add(mul(tofloat(half_of(p, 1)), gx), mul(tofloat(half_of(p, 0)), fx));                                     \
        under = add(mul(tofloat(half_of(q, 1)), gx), mul(tofloat(half_of(q, 0)), fx));                                  \
        keep(out, n, in, mul(add(mul(up, gy), mul(under, fy)), set1(l->scale)));                                        \
    }                                                                                                                   \
    attributes static void                                                                                              \
    runs_##suffix(const struct fair_level *l, const struct fair_runs *r, float gap, size_t n, float *out)               \
    {                                                                                                                   \
        const V half = set1(.5f), unit = set1(l->unit);                                                                 \
        for (size_t i = 0; i < n; i += N) {                                                                             \
            const size_t k = i / FAIR_TILE;                                                                             \
            const V wx = add(runs(r->x + k), mul(tile, set1(gap)));                                                     \
            look_up_##suffix(l, sub(mul(add(mul(runs(r->du + k), wx), runs(r->u + k)), unit), half),                    \
                             sub(mul(add(mul(runs(r->dv + k), wx), runs(r->v + k)), unit), half), n - i, out + i);      \
        }                                                                                                               \
    }                                                                                                                   \
    attributes static void                                                                                              \
    sample_##suffix(const struct fair_level *l, const float b[8], float x0, float y0, float gap, size_t n, float *out)  \
    {                                                                                                                   \
        const V half = set1(.5f), one = set1(1), y1 = set1(y0);                                                         \
        for (size_t i = 0; i < n; i += N) {                                                                             \
            V wx = add(set1(x0), mul(add(set1((float)i), lanes), set1(gap))), d;                                        \
            d = add(add(mul(set1(b[6]), wx), mul(set1(b[7]), y1)), one);                                                \
            d = div(set1(l->unit), max(d, set1(.05f)));                                                                 \
            look_up_##suffix(l, sub(mul(add(add(mul(set1(b[0]), wx), mul(set1(b[1]), y1)), set1(b[2])), d), half),      \
                             sub(mul(add(add(mul(set1(b[3]), wx), mul(set1(b[4]), y1)), set1(b[5])), d), half), n - i, out + i); \
        }                                                                                                               \
    }

#define AVX2 __attribute__((target("avx2")))
AVX2 INLINE __m256
inside_avx2(__m256 x, __m256 y, __m256 w, __m256 h)
{
    const __m256 low = _mm256_set1_ps(-.5f);
    return _mm256_and_ps(_mm256_and_ps(_mm256_cmp_ps(x, low, _CMP_GE_OQ), _mm256_cmp_ps(y, low, _CMP_GE_OQ)),
                         _mm256_and_ps(_mm256_cmp_ps(x, w, _CMP_LE_OQ), _mm256_cmp_ps(y, h, _CMP_LE_OQ)));
}
AVX2 INLINE void
keep_avx2(float *out, size_t n, __m256 in, __m256 v)
{
    float some[8];
    v = _mm256_blendv_ps(_mm256_set1_ps(NAN), v, in);
    if (n >= 8) {
        _mm256_storeu_ps(out, v);
        return;
    }
    _mm256_storeu_ps(some, v);
    for (size_t i = 0; i < n; i++) out[i] = some[i];
}
#define GATHER8(in, at, base) _mm256_mask_i32gather_epi32(_mm256_setzero_si256(), (const int *)(const void *)(base), at, _mm256_castps_si256(in), 2)
#define HALF8(v, low) ((low) ? _mm256_and_si256(v, _mm256_set1_epi32(65535)) : _mm256_srli_epi32(v, 16))
#define RUN8(p) _mm256_set1_ps(*(p))
#define PLACE8(y, w, x) _mm256_add_epi32(_mm256_mullo_epi32(y, w), x)
SAMPLE(avx2, AVX2, __m256, __m256i, __m256, 8, _mm256_setr_ps(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_ps, _mm256_set1_epi32,
       _mm256_add_ps, _mm256_sub_ps, _mm256_mul_ps, _mm256_div_ps, _mm256_min_ps, _mm256_max_ps, inside_avx2, GATHER8, HALF8, PLACE8,
       _mm256_cvtepi32_ps, _mm256_cvttps_epi32, keep_avx2, RUN8, _mm256_setr_ps(0, 1, 2, 3, 4, 5, 6, 7))

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
AVX512 INLINE __mmask16
inside_avx512(__m512 x, __m512 y, __m512 w, __m512 h)
{
    const __m512 low = _mm512_set1_ps(-.5f);
    return _mm512_cmp_ps_mask(x, low, _CMP_GE_OQ) & _mm512_cmp_ps_mask(y, low, _CMP_GE_OQ) & _mm512_cmp_ps_mask(x, w, _CMP_LE_OQ) &
           _mm512_cmp_ps_mask(y, h, _CMP_LE_OQ);
}
AVX512 INLINE void
keep_avx512(float *out, size_t n, __mmask16 in, __m512 v)
{
    _mm512_mask_storeu_ps(out, n >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << n) - 1), _mm512_mask_mov_ps(_mm512_set1_ps(NAN), in, v));
}
#define GATHER16(in, at, base) _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), in, at, base, 2)
#define HALF16(v, low) ((low) ? _mm512_and_si512(v, _mm512_set1_epi32(65535)) : _mm512_srli_epi32(v, 16))
#define RUN16(p) _mm512_insertf32x8(_mm512_set1_ps((p)[0]), _mm256_set1_ps((p)[1]), 1)
#define PLACE16(y, w, x) _mm512_add_epi32(_mm512_mullo_epi32(y, w), x)
SAMPLE(avx512, AVX512, __m512, __m512i, __mmask16, 16, _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
       _mm512_set1_ps, _mm512_set1_epi32, _mm512_add_ps, _mm512_sub_ps, _mm512_mul_ps, _mm512_div_ps, _mm512_min_ps, _mm512_max_ps,
       inside_avx512, GATHER16, HALF16, PLACE16, _mm512_cvtepi32_ps, _mm512_cvttps_epi32, keep_avx512, RUN16,
       _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7))

#define VARIANT(suffix, attributes)                                                                                     \
    attributes static void halve8_##suffix(const uint8_t *a, const uint8_t *b, size_t n, uint16_t *out) { halve8_body(a, b, n, out); } \
    attributes static void halve16_##suffix(const uint16_t *a, const uint16_t *b, size_t n, uint16_t *out) { halve16_body(a, b, n, out); } \
    attributes static void tile_##suffix(const float *a, const float *b, size_t stride_a, size_t stride_b, float sums[5]) \
        { tile_body(a, b, stride_a, stride_b, sums); }                                                                  \
    attributes static void tiles_##suffix(const float *a, const float *b, size_t stride_a, size_t stride_b, size_t n, float sums[][5]) \
        { tiles_body(a, b, stride_a, stride_b, n, sums); }                                                              \
    attributes static void bend_##suffix(const float b[8], const float *x, const float *y, size_t n, float *u, float *v) \
        { bend_body(b, x, y, n, u, v); }                                                                                \
    attributes static void gauss_##suffix(const float *a, const float *p, size_t stride, const struct fair_gauss *g, float Y, unsigned mask, \
                                          float sums[FAIR_PRODUCTS][FAIR_TILE]) { gauss_body(a, p, stride, g, Y, mask, sums); } \
    static const struct fair_pixels_kernels kernels_##suffix = { #suffix, halve8_##suffix, halve16_##suffix, sample_##suffix, \
        runs_##suffix, bend_##suffix, tile_##suffix, tiles_##suffix, gauss_##suffix };

VARIANT(plain, )
VARIANT(avx2, AVX2)
VARIANT(avx512, AVX512)

const struct fair_pixels_kernels *
fair_pixels_kernels_at(unsigned i)
{
    const struct fair_pixels_kernels *can[3] = { &kernels_plain };
    unsigned n = 1, flags = fair_cpu_flags();

    if (flags & FAIR_CPU_AVX2) can[n++] = &kernels_avx2;
    if (flags & FAIR_CPU_AVX512) can[n++] = &kernels_avx512;
    return i < n ? can[i] : NULL;
}

const struct fair_pixels_kernels *
fair_pixels_kernels(void)
{
    static const struct fair_pixels_kernels *_Atomic chosen;
    const struct fair_pixels_kernels *best = chosen;

    if (best == NULL) {
        for (unsigned i = 0; fair_pixels_kernels_at(i) != NULL; i++) best = fair_pixels_kernels_at(i);
        chosen = best;
    }
    return best;
}
