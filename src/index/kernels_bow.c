/* The inner loops of bending a work: a polynomial at eight places at once, the sums of one tile, and a system of equations column by column.
 * Written once and compiled for three processors. */
#include "index/kernels_bow.h"
#include <math.h>
#include "fingerprint/kernels.h"

#define INLINE static inline __attribute__((always_inline))

typedef float eight __attribute__((vector_size(32)));
typedef float eight_loose __attribute__((vector_size(32), aligned(4)));
typedef double eight_wide __attribute__((vector_size(64)));
typedef double eight_wide_loose __attribute__((vector_size(64), aligned(8)));

INLINE eight
load(const float *p)
{
    return *(const eight_loose *)(const void *)p;
}

INLINE void
at_body(const float *px, const float *py, const float middle[3], const float *x, const float *y, size_t n, float *u, float *v)
{
    for (size_t i = 0; i < n; i += 8) {
        const eight X = (load(x + i) - middle[0]) / middle[2], Y = (load(y + i) - middle[1]) / middle[2];
        eight p[FAIR_BOW_DEGREE + 1], dx = { 0 }, dy = dx;
        p[0] = dx + 1;
        dx += px[0] * p[0];
        dy += py[0] * p[0];
        _Pragma("GCC unroll 8")
        for (int d = 1, at = 1; d <= FAIR_BOW_DEGREE; at += ++d) {
            p[d] = p[d - 1] * Y;
            _Pragma("GCC unroll 8")
            for (int k = 0; k < d; k++) p[k] *= X;
            _Pragma("GCC unroll 8")
            for (int k = 0; k <= d; k++) {
                dx += px[at + k] * p[k];
                dy += py[at + k] * p[k];
            }
        }
        *(eight_loose *)(void *)(u + i) = load(x + i) + dx;
        *(eight_loose *)(void *)(v + i) = load(y + i) + dy;
    }
}

INLINE void
add_body(const float *p, size_t terms, size_t products, const float u[2], const float metric[3], struct fair_bow_sums *s)
{
    for (size_t j = 0; j < terms; j += 8) {
        *(eight_wide_loose *)(void *)(s->x + j) += __builtin_convertvector(load(p + j) * u[0], eight_wide);
        *(eight_wide_loose *)(void *)(s->y + j) += __builtin_convertvector(load(p + j) * u[1], eight_wide);
    }
    for (size_t j = 0; j < products; j += 8) {
        const eight q = load(p + j);
        *(eight_loose *)(void *)(s->xx + j) += metric[0] * q;
        *(eight_loose *)(void *)(s->xy + j) += metric[1] * q;
        *(eight_loose *)(void *)(s->yy + j) += metric[2] * q;
    }
}

INLINE bool
solve_body(double m[FAIR_BOW_N][FAIR_BOW_N], double r[FAIR_BOW_N], size_t n)
{
    for (size_t j = 0; j < n; j++) {
        double root;
        for (size_t k = 0; k < j; k++) {
            const double f = m[k][j];
            for (size_t i = j; i < n; i++) m[j][i] -= m[k][i] * f;
        }
        if (m[j][j] < 1e-9) return false;
        root = sqrt(m[j][j]);
        m[j][j] = root;
        for (size_t i = j + 1; i < n; i++) m[j][i] /= root;
    }
    for (size_t k = 0; k < n; k++) {
        const double f = r[k] /= m[k][k];
        for (size_t i = k + 1; i < n; i++) r[i] -= m[k][i] * f;
    }
    for (size_t i = n; i-- > 0; r[i] /= m[i][i])
        for (size_t k = i + 1; k < n; k++) r[i] -= m[i][k] * r[k];
    return true;
}

#define VARIANT(suffix, attributes)                                                                                     \
    attributes static void at_##suffix(const float *px, const float *py, const float middle[3], const float *x, const float *y, size_t n, float *u, float *v) \
        { at_body(px, py, middle, x, y, n, u, v); }                                                                     \
    attributes static void add_##suffix(const float *p, size_t terms, size_t products, const float u[2], const float metric[3], struct fair_bow_sums *s) \
        { add_body(p, terms, products, u, metric, s); }                                                                 \
    attributes static bool solve_##suffix(double m[FAIR_BOW_N][FAIR_BOW_N], double r[FAIR_BOW_N], size_t n)             \
        { return solve_body(m, r, n); }                                                                                 \
    static const struct fair_bow_kernels kernels_##suffix = { #suffix, at_##suffix, add_##suffix, solve_##suffix };

VARIANT(plain, )
VARIANT(avx2, __attribute__((target("avx2"))))
VARIANT(avx512, __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq"))))

const struct fair_bow_kernels *
fair_bow_kernels_at(unsigned i)
{
    const struct fair_bow_kernels *can[3] = { &kernels_plain };
    unsigned n = 1, flags = fair_cpu_flags();

    if (flags & FAIR_CPU_AVX2) can[n++] = &kernels_avx2;
    if (flags & FAIR_CPU_AVX512) can[n++] = &kernels_avx512;
    return i < n ? can[i] : NULL;
}

const struct fair_bow_kernels *
fair_bow_kernels(void)
{
    static const struct fair_bow_kernels *_Atomic chosen;
    const struct fair_bow_kernels *best = chosen;

    if (best == NULL) {
        for (unsigned i = 0; fair_bow_kernels_at(i) != NULL; i++) best = fair_bow_kernels_at(i);
        chosen = best;
    }
    return best;
}
