/* Smoothly bent copies: through a lens, round a mug, on a page that curls, stretched more here than there.  A projective map leaves their tiles
 * drifting, the more the farther off, as the depths of another shot do; but those jump from thing to thing, and what bends a picture does
 * not.  So a polynomial of few terms is laid through what the tiles still want, each counting by how sharply and which way it can tell (Lucas and Kanade
 * 1981), first of the second degree, at last of the fifth, and no finer: what it takes away, editing did; what is left, drifts. */
#include <math.h>
#include <string.h>
#include "index/kernels_pixels.h"
#include "index/search.h"

#define TERMS FAIR_BOW_TERMS
#define DEGREE FAIR_BOW_DEGREE    /* of the polynomials, at last */
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

#define TILES ((FINE / 4) * (FINE / 4))

struct places { float x[TILES], y[TILES]; };

/* What tiles want: at `at` of the work, to be taken to `to`, pixels of the work under the projective map; and how sharply each can tell, as a metric. */
struct want { float xx, xy, yy, sure; };
struct wants { struct places at, to; struct want v[TILES]; };

static float
correlation(const float s[5], float *gain)
{
    const float n = FAIR_TILE * FAIR_TILE;
    float aa, bb, ab;

    if (!(s[0] + s[1] >= 0)) return -1;               /* some of it lies outside */
    aa = s[2] / n - s[0] * s[0] / (n * n);
    bb = s[3] / n - s[1] * s[1] / (n * n);
    ab = s[4] / n - s[0] * s[1] / (n * n);
    if (aa < TEXTURE * TEXTURE || bb < 1) return -1;
    *gain = ab / bb;
    return ab / sqrtf(aa * bb);
}

/* The place within `reach` of (x, y) where the tile of b is most like that of a at (x, y): how much, -1 where none can be told. */
static float
nearest(const struct fair_laid *g, const float *a, const float *b, int32_t x, int32_t y, int32_t reach, int32_t to[2], float *gain)
{
    const int32_t left = x < reach ? -x : -reach, right = x + reach + FAIR_TILE > g->width ? g->width - FAIR_TILE - x : reach;
    const size_t width = (size_t)g->width, n = (size_t)right + 1 - (size_t)left;
    float best = -1, sums[2 * REACH + 1][5];

    to[0] = to[1] = 0;
    *gain = 1;
    for (int32_t dy = y < reach ? -y : -reach; dy <= reach && y + dy + FAIR_TILE <= g->height; dy++) {
        fair_pixels_kernels()->tiles(a + y * g->width + x, b + (y + dy) * g->width + x + left, width, width, n, sums);
        for (size_t i = 0; i < n; i++) {
            float k = 1, s = correlation(sums[i], &k);
            if (s > best) { best = s; *gain = k; to[0] = left + (int32_t)i; to[1] = dy; }
        }
    }
    return best;
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

/* Where the bow takes all the places. */
static void
take(const struct fair_bow *o, const struct places *p, size_t n, struct places *to)
{
    fair_bow_kernels()->at(o->x, o->y, (const float[3]){ o->cx, o->cy, o->unit }, p->x, p->y, n, to->x, to->y);
}

static size_t
wants(const struct fair_laid *g, const float *a, const float *b, const struct fair_bow *o, int32_t step, int32_t reach, float stride, struct wants *out)
{
    size_t n = 0, width = (size_t)g->width;
    struct places there;

    for (int32_t y = 0; y + FAIR_TILE <= g->height; y += step)
        for (int32_t x = 0; x + FAIR_TILE <= g->width; x += step) {
            const float *p = a + y * g->width + x;
            float gain, d[2];
            struct want *w = &out->v[n];
            int32_t to[2];
            const float best = nearest(g, a, b, x, y, reach, to, &gain);
            if (best < ALIKE || !shift(p, b + (y + to[1]) * g->width + x + to[0], width, gain, d, w)) continue;
            out->at.x[n] = g->x0 + ((float)x + .5f * (FAIR_TILE - 1)) * g->gap;
            out->at.y[n] = g->y0 + ((float)y + .5f * (FAIR_TILE - 1)) * g->gap;
            w->sure = (best - .4f) * (best - .4f) / .36f;
            there.x[n] = out->at.x[n] + ((float)to[0] + stride * d[0]) * g->gap;
            there.y[n] = out->at.y[n] + ((float)to[1] + stride * d[1]) * g->gap;
            n++;
        }
    take(o, &there, n, &out->to);         /* what lies there now was seen from the place shifted so */
    return n;
}

#define N FAIR_BOW_N

/* The curve through what is wanted, those that stray from it counting less; as straight as may be, or, where there is one, as near to `about`.  Of all tiles only the sums of products of powers are needed. */
static bool
fit(const struct wants *w, size_t n, float gap, int degree, double stiffness, const struct fair_bow *about, struct fair_bow *o)
{
    const struct fair_bow_kernels *kernels = fair_bow_kernels();
    const int terms = (degree + 1) * (degree + 2) / 2, products = (2 * degree + 1) * (2 * degree + 2) / 2;
    struct places now;

    for (int round = 0; round < 2; round++) {
        double m[N][N], r[N];
        struct fair_bow_sums s = { 0 };
        if (round > 0) take(o, &w->at, n, &now);
        for (size_t i = 0; i < n; i++) {
            const struct want *v = &w->v[i];
            float p[sizeof s.xx / sizeof *s.xx], weight = v->sure, dx, dy;
            powers((w->at.x[i] - o->cx) / o->unit, (w->at.y[i] - o->cy) / o->unit, 2 * degree, p);
            for (int j = products; j % 8 != 0; j++) p[j] = 0;
            if (round > 0) {
                dx = (w->to.x[i] - now.x[i]) / gap;
                dy = (w->to.y[i] - now.y[i]) / gap;
                weight /= 1 + (v->xx * dx * dx + 2 * v->xy * dx * dy + v->yy * dy * dy) / (STRAY * STRAY);
            }
            dx = (w->to.x[i] - w->at.x[i]) / gap;
            dy = (w->to.y[i] - w->at.y[i]) / gap;
            kernels->add(p, (size_t)terms, (size_t)products, (const float[2]){ weight * (v->xx * dx + v->xy * dy), weight * (v->xy * dx + v->yy * dy) },
                         (const float[3]){ weight * v->xx, weight * v->xy, weight * v->yy }, &s);
        }
        for (int d = 0, j = 0; d <= degree; d++)
            for (int k = 0; k <= d; k++, j++)
                for (int e = 0, l = 0; e <= degree; e++)
                    for (int i = 0; i <= e; i++, l++) {
                        const int at = (d + e) * (d + e + 1) / 2 + k + i;
                        m[j][l] = (double)s.xx[at];
                        m[l][terms + j] = (double)s.xy[at];
                        m[terms + j][terms + l] = (double)s.yy[at];
                    }
        for (int d = 0, j = 0; d <= degree; d++)
            for (int k = 0; k <= d; k++, j++) {
                const double stiff = d < 2 ? 1e-4 : stiffness * (d - 1);
                r[j] = s.x[j];
                r[terms + j] = s.y[j];
                m[j][j] += stiff;
                m[terms + j][terms + j] += stiff;
                if (about != NULL) { r[j] += stiff * (double)(about->x[j] / gap); r[terms + j] += stiff * (double)(about->y[j] / gap); }
            }
        if (!kernels->solve(m, r, 2 * (size_t)terms)) return false;
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
strays(const struct wants *w, size_t n, float gap, const struct fair_bow *o)
{
    float sum = 0, all = 0;
    struct places now;

    take(o, &w->at, n, &now);
    for (size_t i = 0; i < n; i++) {
        const struct want *t = &w->v[i];
        const float u = (w->to.x[i] - now.x[i]) / gap, v = (w->to.y[i] - now.y[i]) / gap;
        sum += t->sure * sqrtf(t->xx * u * u + 2 * t->xy * u * v + t->yy * v * v);
        all += t->sure;
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
    static _Thread_local struct wants w;
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
        n = wants(&g, a, b, &o, coarse ? FAIR_TILE / 2 : FAIR_TILE, round < SECOND ? REACH : coarse ? 1 : 0, coarse ? 1 : STRIDE, &w);
        if (n < LEAST || (round == TOLD && strays(&w, n, g.gap, &o) > OFF)) return false;
        while (tries < STIFFER && !(fit(&w, n, g.gap, degree, stiffness, &was, &next) && sane(&next, &g, b))) { stiffness *= 10; next = o; tries++; }
        if (tries == STIFFER) continue;
        o = next;
    }
    *out = o;
    return true;
}
