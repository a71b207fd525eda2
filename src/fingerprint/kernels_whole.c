/* fingerprint/kernels_whole.c - the inner loops of the whole-picture hash. */
#include <math.h>
#include <string.h>
#include "fingerprint/kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

static void
mix_rows_plain(const uint8_t *in, size_t stride, const float *w, size_t n_taps, size_t width, float *out)
{
    for (size_t x = 0; x < width; x++) {
        float sum = w[0] * in[x];
        for (size_t k = 1; k < n_taps; k++) sum += w[k] * in[k * stride + x];
        out[x] = sum;
    }
}

static void
transpose64_plain(const float *in, size_t stride, size_t width, float *out)
{
    for (size_t y = 0; y < FAIR_GRID; y++)
        for (size_t x = 0; x < width; x++) out[x * FAIR_GRID + y] = in[y * stride + x];
}

static void
mix_grid_plain(const float *in, const float *w, size_t n_taps, float *out)
{
    for (size_t x = 0; x < FAIR_GRID; x++) {
        float sum = w[0] * in[x];
        for (size_t k = 1; k < n_taps; k++) sum += w[k] * in[k * FAIR_GRID + x];
        out[x] = sum;
    }
}

/* What a division by `held` may be replaced by: a power of two has an exact inverse. */
static float
exact_inverse(size_t held)
{
    return (held & (held - 1)) == 0 ? 1 / (float)held : 0;
}

static void
box_row_plain(const uint8_t *in, size_t n, size_t window, float *out)
{
    const size_t ahead = (window + 2) / 2 - 1, behind = window - 1 - ahead;
    uint32_t sum = 0, held = 0;

    for (; held < ahead; held++) sum += in[held];
    for (size_t i = 0; i < n; i++) {
        if (i + ahead < n) {
            sum += in[i + ahead];
            held++;
        }
        if (i > behind) {
            sum -= in[i - behind - 1];
            held--;
        }
        out[i] = (float)sum / (float)held;
    }
}

static float
box_at(const uint8_t *in, size_t n, size_t ahead, size_t behind, size_t x)
{
    const size_t from = x > behind ? x - behind : 0, to = n - 1 - x > ahead ? x + ahead : n - 1;
    uint32_t sum = 0;

    for (size_t i = from; i <= to; i++) sum += in[i];
    return (float)sum / (float)(to - from + 1);
}

static void
box64_plain(const float *in, size_t in_step, float *out, size_t out_step, size_t n, size_t window)
{
    const size_t ahead = (window + 2) / 2 - 1, behind = window - 1 - ahead;
    float sum[FAIR_GRID] = { 0 };
    size_t held = ahead;

    for (size_t i = 0; i < ahead; i++)
        for (size_t x = 0; x < FAIR_GRID; x++) sum[x] += in[i * in_step + x];
    for (size_t i = 0; i < n; i++) {
        if (i + ahead < n) {
            held++;
            for (size_t x = 0; x < FAIR_GRID; x++) sum[x] += in[(i + ahead) * in_step + x];
        }
        if (i > behind) {
            held--;
            for (size_t x = 0; x < FAIR_GRID; x++) sum[x] -= in[(i - behind - 1) * in_step + x];
        }
        for (size_t x = 0; x < FAIR_GRID; x++) out[i * out_step + x] = sum[x] / (float)held;
    }
}

static void
dct_plain(const float *grid, const float *d, const float *d_t, float *waves)
{
    float half[FAIR_WAVES * FAIR_GRID];

    for (size_t i = 0; i < FAIR_WAVES; i++) mix_grid_plain(grid, d + i * FAIR_GRID, FAIR_GRID, half + i * FAIR_GRID);
    for (size_t i = 0; i < FAIR_WAVES; i++)
        for (size_t j = 0; j < FAIR_WAVES; j++) {
            float sum = half[i * FAIR_GRID] * d_t[j];
            for (size_t k = 1; k < FAIR_GRID; k++) sum += half[i * FAIR_GRID + k] * d_t[k * FAIR_WAVES + j];
            waves[i * FAIR_WAVES + j] = sum;
        }
}

static uint32_t
gradient_plain(const float *grid)
{
    uint32_t sum = 0;
    for (size_t y = 0; y < FAIR_GRID; y++)
        for (size_t x = 0; x < FAIR_GRID; x++) {
            float here = grid[y * FAIR_GRID + x];
            if (y + 1 < FAIR_GRID) sum += (uint32_t)fabsf((here - grid[(y + 1) * FAIR_GRID + x]) * 100 / 255);
            if (x + 1 < FAIR_GRID) sum += (uint32_t)fabsf((here - grid[y * FAIR_GRID + x + 1]) * 100 / 255);
        }
    return sum;
}

/* Whole numbers in the order of the floats they stand for. */
static uint32_t
key_of(float v)
{
    uint32_t u;
    v += 0.0f;                               /* -0 becomes 0 */
    memcpy(&u, &v, sizeof u);
    return u & 0x80000000u ? ~u : u | 0x80000000u;
}

static float
float_of(uint32_t key)
{
    float v;
    key = key & 0x80000000u ? key & 0x7fffffffu : ~key;
    memcpy(&v, &key, sizeof v);
    return v;
}

/* Found bit by bit from the top: how many keys are smaller than one with this bit? */
static float
median256_plain(const float *v)
{
    uint32_t keys[256], found = 0;

    for (size_t i = 0; i < 256; i++) keys[i] = key_of(v[i]);
    for (uint32_t bit = 0x80000000u; bit != 0; bit >>= 1) {
        uint32_t smaller = 0;
        for (size_t i = 0; i < 256; i++) smaller += keys[i] < (found | bit);
        if (smaller < 128) found |= bit;
    }
    return float_of(found);
}

static void
over256_plain(const float *v, float than, uint64_t bits[4])
{
    for (size_t w = 0; w < 4; w++) {
        bits[w] = 0;
        for (size_t i = 0; i < 64; i++) bits[w] |= (uint64_t)(v[64 * w + i] > than) << i;
    }
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))

AVX2 static void
mix_rows_avx2(const uint8_t *in, size_t stride, const float *w, size_t n_taps, size_t width, float *out)
{
    size_t x = 0;

    for (; x + 32 <= width; x += 32) {
        const uint8_t *at = in + x;
        __m256 s[4] = { 0 };
        for (size_t k = 0; k < n_taps; k++, at += stride) {
            const __m256 wk = _mm256_set1_ps(w[k]);
            for (size_t b = 0; b < 4; b++) {
                __m256 v = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(at + 8 * b))));
                v = _mm256_mul_ps(wk, v);
                s[b] = k == 0 ? v : _mm256_add_ps(s[b], v);
            }
        }
        for (size_t b = 0; b < 4; b++) _mm256_storeu_ps(out + x + 8 * b, s[b]);
    }
    for (; x + 8 <= width; x += 8) {
        __m256 s = _mm256_setzero_ps();
        for (size_t k = 0; k < n_taps; k++) {
            __m256 v = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(in + k * stride + x))));
            v = _mm256_mul_ps(_mm256_set1_ps(w[k]), v);
            s = k == 0 ? v : _mm256_add_ps(s, v);
        }
        _mm256_storeu_ps(out + x, s);
    }
    if (x < width) mix_rows_plain(in + x, stride, w, n_taps, width - x, out + x);
}

AVX512 static void
mix_rows_avx512(const uint8_t *in, size_t stride, const float *w, size_t n_taps, size_t width, float *out)
{
    size_t x = 0;

    for (; x + 64 <= width; x += 64) {
        const uint8_t *at = in + x;
        __m512 s[4] = { 0 };
        for (size_t k = 0; k < n_taps; k++, at += stride) {
            const __m512 wk = _mm512_set1_ps(w[k]);
            for (size_t b = 0; b < 4; b++) {
                __m512 v = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(at + 16 * b))));
                v = _mm512_mul_ps(wk, v);
                s[b] = k == 0 ? v : _mm512_add_ps(s[b], v);
            }
        }
        for (size_t b = 0; b < 4; b++) _mm512_storeu_ps(out + x + 16 * b, s[b]);
    }
    for (; x < width; x += 16) {
        const __mmask16 there = width - x >= 16 ? 0xffff : (__mmask16)((1u << (width - x)) - 1);
        __m512 s = _mm512_setzero_ps();
        for (size_t k = 0; k < n_taps; k++) {
            __m512 v = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(there, in + k * stride + x)));
            v = _mm512_mul_ps(_mm512_set1_ps(w[k]), v);
            s = k == 0 ? v : _mm512_add_ps(s, v);
        }
        _mm512_mask_storeu_ps(out + x, there, s);
    }
}

AVX2 static void
transpose64_avx2(const float *in, size_t stride, size_t width, float *out)
{
    size_t x = 0;

    for (; x + 8 <= width; x += 8)
        for (size_t y = 0; y < FAIR_GRID; y += 8) {
            const float *from = in + y * stride + x;
            float *to = out + x * FAIR_GRID + y;
            __m256 r[8], t[8];
            for (size_t i = 0; i < 8; i++) r[i] = _mm256_loadu_ps(from + i * stride);
            for (size_t i = 0; i < 8; i += 2) {
                t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
                t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
            }
            for (size_t i = 0; i < 8; i += 4) {
                r[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
                r[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
                r[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
                r[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
            }
            for (size_t i = 0; i < 4; i++) {
                _mm256_store_ps(to + i * FAIR_GRID, _mm256_permute2f128_ps(r[i], r[i + 4], 0x20));
                _mm256_store_ps(to + (i + 4) * FAIR_GRID, _mm256_permute2f128_ps(r[i], r[i + 4], 0x31));
            }
        }
    if (x < width) transpose64_plain(in + x, stride, width - x, out + x * FAIR_GRID);
}

AVX512 static void
transpose64_avx512(const float *in, size_t stride, size_t width, float *out)
{
    size_t x = 0;

    for (; x + 16 <= width; x += 16)
        for (size_t y = 0; y < FAIR_GRID; y += 16) {
            const float *from = in + y * stride + x;
            float *to = out + x * FAIR_GRID + y;
            __m512 r[16], t[16];
            for (size_t i = 0; i < 16; i++) r[i] = _mm512_loadu_ps(from + i * stride);
            for (size_t i = 0; i < 16; i += 2) {
                t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
                t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
            }
            /* r[4 g + c] now becomes, in lane l, column 4 l + c of rows 4 g .. 4 g + 3 */
            for (size_t i = 0; i < 16; i += 4) {
                r[i] = _mm512_shuffle_ps(t[i], t[i + 2], 0x44);
                r[i + 1] = _mm512_shuffle_ps(t[i], t[i + 2], 0xee);
                r[i + 2] = _mm512_shuffle_ps(t[i + 1], t[i + 3], 0x44);
                r[i + 3] = _mm512_shuffle_ps(t[i + 1], t[i + 3], 0xee);
            }
            for (size_t c = 0; c < 4; c++) {
                const __m512 a = _mm512_shuffle_f32x4(r[c], r[4 + c], 0x88), b = _mm512_shuffle_f32x4(r[8 + c], r[12 + c], 0x88);
                const __m512 e = _mm512_shuffle_f32x4(r[c], r[4 + c], 0xdd), f = _mm512_shuffle_f32x4(r[8 + c], r[12 + c], 0xdd);
                _mm512_store_ps(to + c * FAIR_GRID, _mm512_shuffle_f32x4(a, b, 0x88));
                _mm512_store_ps(to + (c + 4) * FAIR_GRID, _mm512_shuffle_f32x4(e, f, 0x88));
                _mm512_store_ps(to + (c + 8) * FAIR_GRID, _mm512_shuffle_f32x4(a, b, 0xdd));
                _mm512_store_ps(to + (c + 12) * FAIR_GRID, _mm512_shuffle_f32x4(e, f, 0xdd));
            }
        }
    if (x < width) transpose64_avx2(in + x, stride, width - x, out + x * FAIR_GRID);
}

AVX2 static void
mix_grid_avx2(const float *in, const float *w, size_t n_taps, float *out)
{
    __m256 s[8];

    for (size_t k = 0; k < n_taps; k++) {
        const __m256 wk = _mm256_set1_ps(w[k]);
        for (size_t b = 0; b < 8; b++) {
            const __m256 v = _mm256_mul_ps(wk, _mm256_load_ps(in + k * FAIR_GRID + 8 * b));
            s[b] = k == 0 ? v : _mm256_add_ps(s[b], v);
        }
    }
    for (size_t b = 0; b < 8; b++) _mm256_store_ps(out + 8 * b, s[b]);
}

AVX512 static void
mix_grid_avx512(const float *in, const float *w, size_t n_taps, float *out)
{
    __m512 s[4] = { 0 };

    for (size_t k = 0; k < n_taps; k++) {
        const __m512 wk = _mm512_set1_ps(w[k]);
        for (size_t b = 0; b < 4; b++) {
            const __m512 v = _mm512_mul_ps(wk, _mm512_load_ps(in + k * FAIR_GRID + 16 * b));
            s[b] = k == 0 ? v : _mm512_add_ps(s[b], v);
        }
    }
    for (size_t b = 0; b < 4; b++) _mm512_store_ps(out + 16 * b, s[b]);
}

/* Boxes longer than this are cheaper with a running sum. */
#define BOX_ROW_AVX2 8

AVX2 static void
box_row_avx2(const uint8_t *in, size_t n, size_t window, float *out)
{
    const size_t ahead = (window + 2) / 2 - 1, behind = window - 1 - ahead;
    const float inverse = exact_inverse(window);
    size_t x = behind;

    if (window > BOX_ROW_AVX2) {
        box_row_plain(in, n, window, out);
        return;
    }
    for (size_t i = 0; i < behind; i++) out[i] = box_at(in, n, ahead, behind, i);
    for (; x + ahead + 8 <= n; x += 8) {
        __m256i sum = _mm256_setzero_si256();
        __m256 v;
        for (size_t k = 0; k < window; k++) sum = _mm256_add_epi32(sum, _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(in + x - behind + k))));
        v = _mm256_cvtepi32_ps(sum);
        v = inverse > 0 ? _mm256_mul_ps(v, _mm256_set1_ps(inverse)) : _mm256_div_ps(v, _mm256_set1_ps((float)window));
        _mm256_storeu_ps(out + x, v);
    }
    for (; x < n; x++) out[x] = box_at(in, n, ahead, behind, x);
}

#define BOX_ROW_AVX512 16

AVX512 static void
box_row_avx512(const uint8_t *in, size_t n, size_t window, float *out)
{
    const size_t ahead = (window + 2) / 2 - 1, behind = window - 1 - ahead;
    const float inverse = exact_inverse(window);
    size_t x = behind;

    if (window > BOX_ROW_AVX512) {
        box_row_plain(in, n, window, out);
        return;
    }
    for (size_t i = 0; i < behind; i++) out[i] = box_at(in, n, ahead, behind, i);
    for (; x + ahead + 16 <= n; x += 16) {
        __m512i sum = _mm512_setzero_si512();
        __m512 v;
        for (size_t k = 0; k < window; k++) sum = _mm512_add_epi32(sum, _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(in + x - behind + k))));
        v = _mm512_cvtepi32_ps(sum);
        v = inverse > 0 ? _mm512_mul_ps(v, _mm512_set1_ps(inverse)) : _mm512_div_ps(v, _mm512_set1_ps((float)window));
        _mm512_storeu_ps(out + x, v);
    }
    for (; x < n; x++) out[x] = box_at(in, n, ahead, behind, x);
}

AVX2 static void
box64_avx2(const float *in, size_t in_step, float *out, size_t out_step, size_t n, size_t window)
{
    const size_t ahead = (window + 2) / 2 - 1, behind = window - 1 - ahead;

    /* a half of the columns at a time, so that the sums stay in registers */
    for (size_t half = 0; half < FAIR_GRID; half += 32, in += 32, out += 32) {
        __m256 s[4] = { 0 };
        size_t held = ahead;

        for (size_t b = 0; b < 4; b++) s[b] = _mm256_setzero_ps();
        for (size_t i = 0; i < ahead; i++)
            for (size_t b = 0; b < 4; b++) s[b] = _mm256_add_ps(s[b], _mm256_load_ps(in + i * in_step + 8 * b));
        for (size_t i = 0; i < n; i++) {
            float inverse;
            if (i + ahead < n) {
                held++;
                for (size_t b = 0; b < 4; b++) s[b] = _mm256_add_ps(s[b], _mm256_load_ps(in + (i + ahead) * in_step + 8 * b));
            }
            if (i > behind) {
                held--;
                for (size_t b = 0; b < 4; b++) s[b] = _mm256_sub_ps(s[b], _mm256_load_ps(in + (i - behind - 1) * in_step + 8 * b));
            }
            inverse = exact_inverse(held);
            for (size_t b = 0; b < 4; b++) {
                const __m256 mean = inverse > 0 ? _mm256_mul_ps(s[b], _mm256_set1_ps(inverse)) : _mm256_div_ps(s[b], _mm256_set1_ps((float)held));
                _mm256_store_ps(out + i * out_step + 8 * b, mean);
            }
        }
    }
}

AVX512 static void
box64_avx512(const float *in, size_t in_step, float *out, size_t out_step, size_t n, size_t window)
{
    const size_t ahead = (window + 2) / 2 - 1, behind = window - 1 - ahead;

    __m512 s[4] = { 0 };
    size_t held = ahead;

    for (size_t b = 0; b < 4; b++) s[b] = _mm512_setzero_ps();
    for (size_t i = 0; i < ahead; i++)
        for (size_t b = 0; b < 4; b++) s[b] = _mm512_add_ps(s[b], _mm512_load_ps(in + i * in_step + 16 * b));
    for (size_t i = 0; i < n; i++) {
        float inverse;
        if (i + ahead < n) {
            held++;
            for (size_t b = 0; b < 4; b++) s[b] = _mm512_add_ps(s[b], _mm512_load_ps(in + (i + ahead) * in_step + 16 * b));
        }
        if (i > behind) {
            held--;
            for (size_t b = 0; b < 4; b++) s[b] = _mm512_sub_ps(s[b], _mm512_load_ps(in + (i - behind - 1) * in_step + 16 * b));
        }
        inverse = exact_inverse(held);
        for (size_t b = 0; b < 4; b++) {
            const __m512 mean = inverse > 0 ? _mm512_mul_ps(s[b], _mm512_set1_ps(inverse)) : _mm512_div_ps(s[b], _mm512_set1_ps((float)held));
            _mm512_store_ps(out + i * out_step + 16 * b, mean);
        }
    }
}

AVX2 static void
dct_avx2(const float *grid, const float *d, const float *d_t, float *waves)
{
    float half[FAIR_WAVES * FAIR_GRID] __attribute__((aligned(64)));

    for (size_t i = 0; i < FAIR_WAVES; i++) mix_grid_avx2(grid, d + i * FAIR_GRID, FAIR_GRID, half + i * FAIR_GRID);
    for (size_t i = 0; i < FAIR_WAVES; i += 4) {
        __m256 s[4][2];
        for (size_t k = 0; k < FAIR_GRID; k++) {
            const __m256 lo = _mm256_load_ps(d_t + k * FAIR_WAVES), hi = _mm256_load_ps(d_t + k * FAIR_WAVES + 8);
            for (size_t r = 0; r < 4; r++) {
                const __m256 h = _mm256_set1_ps(half[(i + r) * FAIR_GRID + k]);
                const __m256 a = _mm256_mul_ps(h, lo), b = _mm256_mul_ps(h, hi);
                s[r][0] = k == 0 ? a : _mm256_add_ps(s[r][0], a);
                s[r][1] = k == 0 ? b : _mm256_add_ps(s[r][1], b);
            }
        }
        for (size_t r = 0; r < 4; r++) {
            _mm256_store_ps(waves + (i + r) * FAIR_WAVES, s[r][0]);
            _mm256_store_ps(waves + (i + r) * FAIR_WAVES + 8, s[r][1]);
        }
    }
}

/* Four rows of the result at a time, so that a row of the grid is read once for them. */
AVX512 static void
dct_avx512(const float *grid, const float *d, const float *d_t, float *waves)
{
    float half[FAIR_WAVES * FAIR_GRID] __attribute__((aligned(64)));

    for (size_t i = 0; i < FAIR_WAVES; i += 4) {
        __m512 s[4][4];
        for (size_t k = 0; k < FAIR_GRID; k++)
            for (size_t b = 0; b < 4; b++) {
                const __m512 g = _mm512_load_ps(grid + k * FAIR_GRID + 16 * b);
                for (size_t r = 0; r < 4; r++) {
                    const __m512 v = _mm512_mul_ps(_mm512_set1_ps(d[(i + r) * FAIR_GRID + k]), g);
                    s[r][b] = k == 0 ? v : _mm512_add_ps(s[r][b], v);
                }
            }
        for (size_t r = 0; r < 4; r++)
            for (size_t b = 0; b < 4; b++) _mm512_store_ps(half + (i + r) * FAIR_GRID + 16 * b, s[r][b]);
    }
    for (size_t i = 0; i < FAIR_WAVES; i += 8) {
        __m512 s[8];
        for (size_t k = 0; k < FAIR_GRID; k++) {
            const __m512 c = _mm512_load_ps(d_t + k * FAIR_WAVES);
            for (size_t r = 0; r < 8; r++) {
                const __m512 v = _mm512_mul_ps(_mm512_set1_ps(half[(i + r) * FAIR_GRID + k]), c);
                s[r] = k == 0 ? v : _mm512_add_ps(s[r], v);
            }
        }
        for (size_t r = 0; r < 8; r++) _mm512_store_ps(waves + (i + r) * FAIR_WAVES, s[r]);
    }
}

/* (u - v) 100 / 255 cut to a whole number, without its sign. */
AVX2 static __m256i
step_avx2(__m256 u, __m256 v)
{
    const __m256 d = _mm256_div_ps(_mm256_mul_ps(_mm256_sub_ps(u, v), _mm256_set1_ps(100)), _mm256_set1_ps(255));
    return _mm256_abs_epi32(_mm256_cvttps_epi32(d));
}

AVX2 static uint32_t
gradient_avx2(const float *grid)
{
    const __m256i all_but_last = _mm256_setr_epi32(-1, -1, -1, -1, -1, -1, -1, 0);
    __m256i sum = _mm256_setzero_si256();
    uint32_t lanes[8], total = 0;

    for (size_t y = 0; y < FAIR_GRID; y++)
        for (size_t x = 0; x < FAIR_GRID; x += 8) {
            const float *at = grid + y * FAIR_GRID + x;
            const __m256 here = _mm256_load_ps(at);
            if (y + 1 < FAIR_GRID) sum = _mm256_add_epi32(sum, step_avx2(here, _mm256_load_ps(at + FAIR_GRID)));
            if (x + 8 < FAIR_GRID) sum = _mm256_add_epi32(sum, step_avx2(here, _mm256_loadu_ps(at + 1)));
            else sum = _mm256_add_epi32(sum, _mm256_and_si256(all_but_last, step_avx2(here, _mm256_maskload_ps(at + 1, all_but_last))));
        }
    _mm256_storeu_si256((__m256i *)lanes, sum);
    for (size_t i = 0; i < 8; i++) total += lanes[i];
    return total;
}

AVX512 static __m512i
step_avx512(__m512 u, __m512 v)
{
    const __m512 d = _mm512_div_ps(_mm512_mul_ps(_mm512_sub_ps(u, v), _mm512_set1_ps(100)), _mm512_set1_ps(255));
    return _mm512_abs_epi32(_mm512_cvttps_epi32(d));
}

AVX512 static uint32_t
gradient_avx512(const float *grid)
{
    __m512i sum = _mm512_setzero_si512();

    for (size_t y = 0; y < FAIR_GRID; y++)
        for (size_t x = 0; x < FAIR_GRID; x += 16) {
            const float *at = grid + y * FAIR_GRID + x;
            const __m512 here = _mm512_load_ps(at);
            const __mmask16 right = x + 16 < FAIR_GRID ? 0xffff : 0x7fff;
            if (y + 1 < FAIR_GRID) sum = _mm512_add_epi32(sum, step_avx512(here, _mm512_load_ps(at + FAIR_GRID)));
            sum = _mm512_mask_add_epi32(sum, right, sum, step_avx512(here, _mm512_maskz_loadu_ps(right, at + 1)));
        }
    return (uint32_t)_mm512_reduce_add_epi32(sum);
}

AVX2 static float
median256_avx2(const float *v)
{
    const __m256i top = _mm256_set1_epi32((int)0x80000000u);
    __m256i keys[32];             /* their top bit turned round, for comparisons with sign */
    uint32_t found = 0;

    for (size_t i = 0; i < 32; i++) {
        const __m256i u = _mm256_castps_si256(_mm256_add_ps(_mm256_load_ps(v + 8 * i), _mm256_setzero_ps()));
        keys[i] = _mm256_xor_si256(u, _mm256_srli_epi32(_mm256_srai_epi32(u, 31), 1));
    }
    for (uint32_t bit = 0x80000000u; bit != 0; bit >>= 1) {
        const __m256i than = _mm256_xor_si256(top, _mm256_set1_epi32((int)(found | bit)));
        __m256i n = _mm256_setzero_si256();
        __m128i half;
        for (size_t i = 0; i < 32; i++) n = _mm256_sub_epi32(n, _mm256_cmpgt_epi32(than, keys[i]));
        half = _mm_add_epi32(_mm256_castsi256_si128(n), _mm256_extracti128_si256(n, 1));
        half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
        half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1));
        if (_mm_cvtsi128_si32(half) < 128) found |= bit;
    }
    return float_of(found);
}

AVX512 static float
median256_avx512(const float *v)
{
    const __m512i top = _mm512_set1_epi32((int)0x80000000u);
    __m512i keys[16];
    uint32_t found = 0;

    for (size_t i = 0; i < 16; i++) {
        const __m512i u = _mm512_castps_si512(_mm512_add_ps(_mm512_load_ps(v + 16 * i), _mm512_setzero_ps()));
        keys[i] = _mm512_xor_si512(u, _mm512_or_si512(_mm512_srai_epi32(u, 31), top));
    }
    for (uint32_t bit = 0x80000000u; bit != 0; bit >>= 1) {
        const __m512i than = _mm512_set1_epi32((int)(found | bit));
        int n = 0;
        for (size_t i = 0; i < 16; i += 4) {
            const __mmask32 low = _mm512_kunpackw(_mm512_cmplt_epu32_mask(keys[i + 1], than), _mm512_cmplt_epu32_mask(keys[i], than));
            const __mmask32 high = _mm512_kunpackw(_mm512_cmplt_epu32_mask(keys[i + 3], than), _mm512_cmplt_epu32_mask(keys[i + 2], than));
            n += __builtin_popcountll(_mm512_kunpackd(high, low));
        }
        if (n < 128) found |= bit;
    }
    return float_of(found);
}

AVX2 static void
over256_avx2(const float *v, float than, uint64_t bits[4])
{
    const __m256 t = _mm256_set1_ps(than);

    for (size_t w = 0; w < 4; w++) {
        bits[w] = 0;
        for (size_t i = 0; i < 64; i += 8) {
            const __m256 over = _mm256_cmp_ps(_mm256_load_ps(v + 64 * w + i), t, _CMP_GT_OQ);
            bits[w] |= (uint64_t)(unsigned)_mm256_movemask_ps(over) << i;
        }
    }
}

AVX512 static void
over256_avx512(const float *v, float than, uint64_t bits[4])
{
    const __m512 t = _mm512_set1_ps(than);

    for (size_t w = 0; w < 4; w++) {
        bits[w] = 0;
        for (size_t i = 0; i < 64; i += 16)
            bits[w] |= (uint64_t)_mm512_cmp_ps_mask(_mm512_load_ps(v + 64 * w + i), t, _CMP_GT_OQ) << i;
    }
}
#endif

void
fair_kernels_init_whole(struct fair_kernels *k, unsigned flags)
{
    k->mix_rows = mix_rows_plain;
    k->transpose64 = transpose64_plain;
    k->mix_grid = mix_grid_plain;
    k->box_row = box_row_plain;
    k->box64 = box64_plain;
    k->dct = dct_plain;
    k->gradient = gradient_plain;
    k->median256 = median256_plain;
    k->over256 = over256_plain;
#if defined(__x86_64__)
    if (flags & FAIR_CPU_AVX2) {
        k->mix_rows = mix_rows_avx2;
        k->transpose64 = transpose64_avx2;
        k->mix_grid = mix_grid_avx2;
        k->box_row = box_row_avx2;
        k->box64 = box64_avx2;
        k->dct = dct_avx2;
        k->gradient = gradient_avx2;
        k->median256 = median256_avx2;
        k->over256 = over256_avx2;
    }
    if (flags & FAIR_CPU_AVX512) {
        k->mix_rows = mix_rows_avx512;
        k->transpose64 = transpose64_avx512;
        k->mix_grid = mix_grid_avx512;
        k->box_row = box_row_avx512;
        k->box64 = box64_avx512;
        k->dct = dct_avx512;
        k->gradient = gradient_avx512;
        k->median256 = median256_avx512;
        k->over256 = over256_avx512;
    }
#endif
    (void)flags;
}
