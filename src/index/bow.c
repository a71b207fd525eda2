/* Smoothly bent copies: through a lens, round a mug, on a page that curls, stretched more here than there.  A projective map leaves their tiles
 * drifting, the more the farther off, as the depths of another shot do; but those jump from thing to thing, and what bends a picture does
 * not.  So a polynomial of few terms is laid through what the tiles still want, each counting by how sharply and which way it can tell (Lucas and Kanade
 * 1981), first of the second degree, at last of the fifth, and no finer: what it takes away, editing did; what is left, drifts. */
#include <math.h>
#include <string.h>
#include "index/kernels_pixels.h"
#include "index/search.h"

#define TERMS FAIR_BOW
#define DEGREE 5              /* of the polynomials, at last */
#define COARSE 64             /* samples a side: a shift of one is eight pixels or more */
#define FINE 160
#define ROUNDS 8              /* coarse ones; each reaches a little farther from where the two lie on each other */
#define LAST 6                /* fine ones */
#define SECOND 2              /* coarse ones of the second degree, */
#define THIRD 5               /* and up to here of the third; */
#define TOLD 3                /* after so many it shows whether it is a curve at all: */
#define OFF .35f              /* samples that tiles are off by on average, over which it is none */
#define STRIDE 1.4f           /* noise makes steps too short: fine ones are lengthened */
#define REACH 2               /* samples that a tile is sought about its place, coarsely */
#define TEXTURE 4.f           /* a tile's standard deviation from which it can tell */
#define ALIKE .55f            /* from which it is the same tile */
#define LEAST 24              /* tiles that tell */
#define STIFF .01             /* what it costs to bend it otherwise than it is bent so far, against tiles of a weight of 1, and ... */
#define SUPPLE .001           /* ... in the end */
#define STIFFER 3             /* times that it costs ten times as much, where it folds else */
#define STRAY 1.2f            /* samples from the curve at which a tile's word counts for half */
#define FOLDED .12f           /* of its area, to which nothing may be squeezed, and not to eight times it */

/* The terms of a polynomial of this degree and of those below it. */
static void
powers(float X, float Y, int degree, float *p)
{
    *p = 1;
    for (int d = 1, at = 1; d <= degree; at += ++d) {
        for (int k = 0; k < d; k++) p[at + k] = p[at - d + k] * X;
        p[at + d] = p[at - 1] * Y;
    }
}

void
fair_bow_at(const struct fair_bow *o, float x, float y, float *u, float *v)
{
    float p[TERMS], dx = 0, dy = 0;

    powers((x - o->cx) / o->unit, (y - o->cy) / o->unit, DEGREE, p);
    for (int i = 0; i < TERMS; i++) { dx += o->x[i] * p[i]; dy += o->y[i] * p[i]; }
    *u = x + dx;
    *v = y + dy;
}

void
fair_bow_about(const struct fair_bow *o, float x, float y, float m[4])
{
    float p[TERMS];

    powers((x - o->cx) / o->unit, (y - o->cy) / o->unit, DEGREE, p);
    m[0] = m[3] = 1;
    m[1] = m[2] = 0;
    /* of X^(d - k) Y^k: (d - k) X^(d - k - 1) Y^k, and k X^(d - k) Y^(k - 1); both are d places before it, the latter d + 1 */
    for (int d = 1, at = 1; d <= DEGREE; at += ++d)
        for (int k = 0; k <= d; k++) {
            const float px = k < d ? (float)(d - k) * p[at - d + k] / o->unit : 0, py = k > 0 ? (float)k * p[at - d + k - 1] / o->unit : 0;
            m[0] += o->x[at + k] * px;
            m[1] += o->x[at + k] * py;
            m[2] += o->y[at + k] * px;
            m[3] += o->y[at + k] * py;
        }
}

/* What a tile wants: at (x, y) of the work, to be taken to (u, v), pixels of the work under the projective map; and how sharply it can tell, as a metric. */
struct want { float x, y, u, v, xx, xy, yy, sure; };

static float
correlation(const float *a, const float *b, size_t width, float *gain)
{
    const float n = FAIR_TILE * FAIR_TILE;
    float s[5], aa, bb, ab;

    fair_pixels_kernels()->tile(a, b, width, width, s);
    if (!(s[0] + s[1] >= 0)) return -1;               /* some of it lies outside */
    aa = s[2] / n - s[0] * s[0] / (n * n);
    bb = s[3] / n - s[1] * s[1] / (n * n);
    ab = s[4] / n - s[0] * s[1] / (n * n);
    if (aa < TEXTURE * TEXTURE || bb < 1) return -1;
    *gain = ab / bb;
    return ab / sqrtf(aa * bb);
}

/* One step of Lucas and Kanade from a to b, its gradients the work's. */
static bool
shift(const float *a, const float *b, size_t width, float gain, float d[2], struct want *w)
{
    float xx = 0, yy = 0, xy = 0, xe = 0, ye = 0, ma = 0, mb = 0, det;
    const int n = FAIR_TILE - 1;

    for (int j = 0; j < n; j++)
        for (int i = 0; i < n; i++) {
            const float *p = a + (size_t)j * width + i, *q = b + (size_t)j * width + i;
            ma += p[0] + p[1] + p[width] + p[width + 1];
            mb += q[0] + q[1] + q[width] + q[width + 1];
        }
    ma /= (float)(n * n);
    mb /= (float)(n * n);
    for (int j = 0; j < n; j++)
        for (int i = 0; i < n; i++) {
            const float *p = a + (size_t)j * width + i, *q = b + (size_t)j * width + i;
            float gx = .5f * (p[1] - p[0] + p[width + 1] - p[width]), gy = .5f * (p[width] - p[0] + p[width + 1] - p[1]);
            float e = .25f * (p[0] + p[1] + p[width] + p[width + 1] - ma - gain * (q[0] + q[1] + q[width] + q[width + 1] - mb));
            xx += gx * gx; yy += gy * gy; xy += gx * gy;
            xe += gx * e; ye += gy * e;
        }
    det = (xx + 20) * (yy + 20) - xy * xy;
    d[0] = ((yy + 20) * xe - xy * ye) / det;
    d[1] = ((xx + 20) * ye - xy * xe) / det;
    if (!(d[0] * d[0] + d[1] * d[1] < 2)) return false;
    w->xx = xx / (xx + yy + 300);
    w->xy = xy / (xx + yy + 300);
    w->yy = yy / (xx + yy + 300);
    return true;
}

static size_t
wants(const struct fair_laid *g, const float *a, const float *b, const struct fair_bow *o, int32_t step, int32_t reach, float stride, struct want *out)
{
    size_t n = 0, width = (size_t)g->width;

    for (int32_t y = 0; y + FAIR_TILE <= g->height; y += step)
        for (int32_t x = 0; x + FAIR_TILE <= g->width; x += step) {
            const float *p = a + y * g->width + x;
            float best = -1, gain = 1, d[2];
            struct want *w = &out[n];
            int32_t bx = 0, by = 0;
            for (int32_t dy = -reach; dy <= reach; dy++)
                for (int32_t dx = -reach; dx <= reach; dx++) {
                    float k = 1, s;
                    if (x + dx < 0 || y + dy < 0 || x + dx + FAIR_TILE > g->width || y + dy + FAIR_TILE > g->height) continue;
                    s = correlation(p, b + (y + dy) * g->width + x + dx, width, &k);
                    if (s > best) { best = s; gain = k; bx = dx; by = dy; }
                }
            if (best < ALIKE || !shift(p, b + (y + by) * g->width + x + bx, width, gain, d, w)) continue;
            w->x = g->x0 + ((float)x + .5f * (FAIR_TILE - 1)) * g->gap;
            w->y = g->y0 + ((float)y + .5f * (FAIR_TILE - 1)) * g->gap;
            w->sure = (best - .4f) * (best - .4f) / .36f;
            /* what lies there now was seen from the place shifted so */
            fair_bow_at(o, w->x + ((float)bx + stride * d[0]) * g->gap, w->y + ((float)by + stride * d[1]) * g->gap, &w->u, &w->v);
            n++;
        }
    return n;
}

#define N (2 * TERMS)
#define PRODUCTS ((2 * DEGREE + 1) * (2 * DEGREE + 2) / 2)

/* Symmetric and positive: by Cholesky's factors. */
static bool
solve(double m[N][N], double r[N], int n)
{
    for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
            double s = m[i][j];
            for (int k = 0; k < j; k++) s -= m[i][k] * m[j][k];
            if (i == j && s < 1e-9) return false;
            m[i][j] = i == j ? sqrt(s) : s / m[j][j];
        }
        for (int k = 0; k < i; k++) r[i] -= m[i][k] * r[k];
        r[i] /= m[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++) r[i] -= m[k][i] * r[k];
        r[i] /= m[i][i];
    }
    return true;
}

/* The curve through what is wanted, those that stray from it counting less; as straight as may be, or, where there is one, as near to `about`.  Of all tiles only the sums of products of powers are needed. */
static bool
fit(const struct want *w, size_t n, float gap, int degree, double stiffness, const struct fair_bow *about, struct fair_bow *o)
{
    const int terms = (degree + 1) * (degree + 2) / 2, products = (2 * degree + 1) * (2 * degree + 2) / 2;

    for (int round = 0; round < 2; round++) {
        double m[N][N] = { { 0 } }, r[N] = { 0 };
        float xx[PRODUCTS] = { 0 }, xy[PRODUCTS] = { 0 }, yy[PRODUCTS] = { 0 };
        for (size_t i = 0; i < n; i++) {
            float p[PRODUCTS], weight = w[i].sure, dx, dy, ux, uy;
            powers((w[i].x - o->cx) / o->unit, (w[i].y - o->cy) / o->unit, 2 * degree, p);
            if (round > 0) {
                fair_bow_at(o, w[i].x, w[i].y, &dx, &dy);
                dx = (w[i].u - dx) / gap;
                dy = (w[i].v - dy) / gap;
                weight /= 1 + (w[i].xx * dx * dx + 2 * w[i].xy * dx * dy + w[i].yy * dy * dy) / (STRAY * STRAY);
            }
            dx = (w[i].u - w[i].x) / gap;
            dy = (w[i].v - w[i].y) / gap;
            ux = weight * (w[i].xx * dx + w[i].xy * dy);
            uy = weight * (w[i].xy * dx + w[i].yy * dy);
            for (int j = 0; j < terms; j++) {
                r[j] += (double)(p[j] * ux);
                r[terms + j] += (double)(p[j] * uy);
            }
            for (int j = 0; j < products; j++) {
                xx[j] += weight * w[i].xx * p[j];
                xy[j] += weight * w[i].xy * p[j];
                yy[j] += weight * w[i].yy * p[j];
            }
        }
        for (int d = 0, j = 0; d <= degree; d++)
            for (int k = 0; k <= d; k++, j++)
                for (int e = 0, l = 0; e <= degree; e++)
                    for (int i = 0; i <= e; i++, l++) {
                        const int at = (d + e) * (d + e + 1) / 2 + k + i;
                        m[j][l] = (double)xx[at];
                        m[terms + j][l] = m[l][terms + j] = (double)xy[at];
                        m[terms + j][terms + l] = (double)yy[at];
                    }
        for (int d = 0, j = 0; d <= degree; d++)
            for (int k = 0; k <= d; k++, j++) {
                const double stiff = d < 2 ? 1e-4 : stiffness * (d - 1);
                m[j][j] += stiff;
                m[terms + j][terms + j] += stiff;
                if (about != NULL) { r[j] += stiff * (double)(about->x[j] / gap); r[terms + j] += stiff * (double)(about->y[j] / gap); }
            }
        if (!solve(m, r, 2 * terms)) return false;
        memset(o->x, 0, sizeof o->x);
        memset(o->y, 0, sizeof o->y);
        for (int j = 0; j < terms; j++) {
            o->x[j] = (float)r[j] * gap;
            o->y[j] = (float)r[terms + j] * gap;
        }
    }
    return true;
}

/* How far tiles are from where the curve has them, on average, in samples. */
static float
strays(const struct want *w, size_t n, float gap, const struct fair_bow *o)
{
    float sum = 0, all = 0;

    for (size_t i = 0; i < n; i++) {
        float u, v;
        fair_bow_at(o, w[i].x, w[i].y, &u, &v);
        u = (w[i].u - u) / gap;
        v = (w[i].v - v) / gap;
        sum += w[i].sure * sqrtf(w[i].xx * u * u + 2 * w[i].xy * u * v + w[i].yy * v * v);
        all += w[i].sure;
    }
    return sum / all;
}

/* Nowhere that the query shows folded over, nor squeezed to a line. */
static bool
sane(const struct fair_bow *o, const struct fair_laid *g, const float *b)
{
    for (int k = 0; k < 81; k++) {
        const int32_t x = (g->width - 1) * (k % 9) / 8, y = (g->height - 1) * (k / 9) / 8;
        float m[4], det;
        if (!(b[y * g->width + x] >= 0)) continue;
        fair_bow_about(o, g->x0 + (float)x * g->gap, g->y0 + (float)y * g->gap, m);
        det = m[0] * m[3] - m[1] * m[2];
        if (!(det > FOLDED && det < 1 / FOLDED)) return false;
    }
    return true;
}

bool
fair_bow_find(struct fair_levels *query, struct fair_levels *work, const struct fair_clue *c, struct fair_bow *out, struct fair_arena *arena)
{
    static _Thread_local float a[FINE * FINE], b[FINE * FINE];
    static _Thread_local struct want w[(FINE / 4) * (FINE / 4)];
    const float W = c->record->norm_width, H = c->record->norm_height;
    struct fair_bow o = { .cx = .5f * W, .cy = .5f * H, .unit = .5f * (W > H ? W : H) };
    struct fair_levels *seen = fair_levels_bowed(query, &o, arena);

    for (int round = 0; round < ROUNDS + LAST; round++) {
        const bool coarse = round < ROUNDS;
        const int degree = round < SECOND ? 2 : round < THIRD ? 3 : DEGREE;
        const struct fair_bow was = o;
        double stiffness = coarse ? STIFF : SUPPLE;
        struct fair_bow next = o;
        struct fair_laid g;
        size_t n;
        int tries = 0;
        if (!fair_pixels_lay(seen, work, c->bend, c->laid_negated, coarse ? COARSE : FINE, a, b, &g)) return false;
        n = wants(&g, a, b, &o, coarse ? FAIR_TILE / 2 : FAIR_TILE, round < SECOND ? REACH : coarse ? 1 : 0, coarse ? 1 : STRIDE, w);
        if (n < LEAST || (round == TOLD && strays(w, n, g.gap, &o) > OFF)) return false;
        while (tries < STIFFER && !(fit(w, n, g.gap, degree, stiffness, &was, &next) && sane(&next, &g, b))) { stiffness *= 10; next = o; tries++; }
        if (tries == STIFFER) continue;
        o = next;
    }
    *out = o;
    return true;
}
