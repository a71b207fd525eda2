/* index/kernels_bow.h - the inner loops of bending a work smoothly (bow.c).  As in kernels_pixels.h every variant gives the same bits.  Private to index. */
#ifndef FAIR_KERNELS_BOW_H
#define FAIR_KERNELS_BOW_H
#include <stdbool.h>
#include <stddef.h>

#define FAIR_BOW_DEGREE 5     /* of the polynomials, at most */
#define FAIR_BOW_TERMS 21     /* of one; 1, X, Y, X X, X Y, Y Y and so on */
#define FAIR_BOW_PRODUCTS 66  /* of two terms, that differ */
#define FAIR_BOW_N (2 * FAIR_BOW_TERMS)

/* Of all tiles: the sums of what they want, and of the products by how sharply they tell, as a metric.  Room for whole vectors. */
struct fair_bow_sums { float xx[72], xy[72], yy[72]; double x[24], y[24]; };

struct fair_bow_kernels {
    const char *name;
    /* u[i] = x[i] + the polynomial px at X = (x[i] - cx) / unit, Y = (y[i] - cy) / unit, its terms added in their order; v[i] of y[i] and py.  n places; eight are
     * read and written at a time. */
    void (*at)(const float px[FAIR_BOW_TERMS], const float py[FAIR_BOW_TERMS], const float middle[3], const float *x, const float *y, size_t n, float *u, float *v);
    /* Add what a tile wants: to x[j] and y[j] p[j] ux and p[j] uy, as floats, j < terms; to xx[j] xx p[j], and xy, yy, j < products.  p: 72 floats. */
    void (*add)(const float *p, size_t terms, size_t products, const float u[2], const float metric[3], struct fair_bow_sums *s);
    /* Solve n equations of a symmetric positive matrix by Cholesky's factors: m[j][i], i >= j, is read and changed; r becomes what solves them.  False where it is
     * not positive. */
    bool (*solve)(double m[FAIR_BOW_N][FAIR_BOW_N], double r[FAIR_BOW_N], size_t n);
};

/* The best that fair_cpu_flags permits. */
const struct fair_bow_kernels *fair_bow_kernels(void);
/* Variant i, the plain one first; NULL after the last one that is permitted. */
const struct fair_bow_kernels *fair_bow_kernels_at(unsigned i);

#endif
