/* Pixels against pixels: a work's proof is laid on the query, the map is bettered until it fits, and what is left is
 * looked at tile by tile.  Another shot of the same thing has the same corners; it has not the same pixels. */
#include <math.h>
#include <string.h>
#include "index/kernels_pixels.h"
#include "index/search.h"

#define LEVELS 5
#define TILE FAIR_TILE        /* samples                                            */
#define SIDE 160              /* samples along the longer side of the overlap       */
#define COARSE 56
#define MOST (SIDE * SIDE)
#define LAID 8.f              /* tiles that are alike, from which the map is bettered to the end */
#define STILL .03f            /* samples of drift that are not worth it             */
#define ROUNDS 12             /* of it, at most                                     */
#define STRETCH 10            /* samples along a sixteenth of a side               */
#define EVEN .5f              /* deviation of greys along a side, up to which there is no telling a picture's ground from a page's */
#define TEXTURE 3.f           /* a tile's standard deviation from which it can tell */
#define BENT_BACKED 16.f      /* tiles that are alike, and ... */
#define BENT_HELD .2f         /* ... of what is textured, the share that is, from which it may be that a copy was bent */
#define BENT_DRIFT .12f       /* samples of drift from which there is something to be mended */
#define STRAIGHT .15f         /* samples of drift that may be left, and ... */
#define STRAIGHTER .5f        /* ... of what there was: another shot's things lie at many depths, and no curve takes more than a part of that away */
#define AS_CLOSELY .02f        /* of agreement(), at most 3: what two maps of one picture differ by for no reason */
#define MORE .01f             /* of the work, that is not for the grain of tiles */

/* A picture at its size, half of it, a quarter ...  Each of these is made when it is first looked at (level). */
struct fair_levels {
    int32_t n;
    struct fair_level at[LEVELS];
    const struct fair_image *grey;
    struct fair_arena *arena;
    const struct fair_bow *bow;         /* what is laid on it is bent first, */
    struct fair_levels *of;             /* and these are its levels          */
};

struct fair_levels *
fair_levels_new(const struct fair_image *grey, struct fair_arena *a)
{
    struct fair_levels *l = FAIR_NEW(a, struct fair_levels);
    int32_t w = (int32_t)grey->width, h = (int32_t)grey->height;

    l->grey = grey;
    l->arena = a;
    l->at[0] = (struct fair_level){ w, h, NULL, 1, 1 };
    for (l->n = 1; l->n < LEVELS && w >= 16 && h >= 16; l->n++) {
        const struct fair_level *from = &l->at[l->n - 1];
        w /= 2; h /= 2;
        l->at[l->n] = (struct fair_level){ w, h, NULL, from->unit * .5f, from->scale * .25f };
    }
    return l;
}

struct fair_levels *
fair_levels_bowed(struct fair_levels *l, const struct fair_bow *o, struct fair_arena *a)
{
    struct fair_levels *out = FAIR_NEW(a, struct fair_levels);

    *out = *l;
    out->bow = o;
    out->of = l;
    return out;
}

struct fair_levels *
fair_clue_query(struct fair_levels *query, const struct fair_clue *c)
{
    return c->through != NULL ? c->through : query;
}

/* Row y of level n >= 1 from the picture itself, two rows of the level before at a time: these lie in that level's `room`. */
static void
halved_row(const struct fair_levels *l, int32_t n, int32_t y, uint16_t *const room[LEVELS], uint16_t *out)
{
    const struct fair_pixels_kernels *k = fair_pixels_kernels();
    size_t width = (size_t)l->at[n].width;

    if (n == 1) {
        k->halve8(fair_image_row(l->grey, (uint32_t)(2 * y)), fair_image_row(l->grey, (uint32_t)(2 * y + 1)), width, out);
    } else if (l->at[n - 1].v != NULL) {
        const uint16_t *from = l->at[n - 1].v + (size_t)(2 * y) * (size_t)l->at[n - 1].width;
        k->halve16(from, from + l->at[n - 1].width, width, out);
    } else {
        uint16_t *below = room[n - 1] + l->at[n - 1].width;
        halved_row(l, n - 1, 2 * y, room, room[n - 1]);
        halved_row(l, n - 1, 2 * y + 1, room, below);
        k->halve16(room[n - 1], below, width, out);
    }
}

static const struct fair_level *
level(struct fair_levels *l, int32_t n)
{
    if (l->of != NULL) return level(l->of, n);
    if (l->at[n].v == NULL) {
        uint16_t *room[LEVELS];
        int32_t w = l->at[n].width, h = l->at[n].height;
        uint16_t *v = fair_alloc_bytes(l->arena, ((size_t)w * (size_t)h + 2) * sizeof *v);    /* + 2: pairs are read */
        v[w * h] = v[w * h + 1] = 0;
        for (int32_t k = 1; k < n; k++) room[k] = fair_alloc_array(l->arena, 2 * (size_t)l->at[k].width, sizeof *v);
        for (int32_t y = 0; y < h; y++) {
            if (n > 0) {
                halved_row(l, n, y, room, v + (size_t)y * (size_t)w);
            } else {
                const uint8_t *row = fair_image_row(l->grey, (uint32_t)y);
                for (int32_t x = 0; x < w; x++) v[y * w + x] = row[x];
            }
        }
        l->at[n].v = v;
    }
    return &l->at[n];
}


/* Where (x, y), in pixels of a w x h picture with middles at .5, lies between four of them; false outside. */
static inline bool
between(float w, float h, float *x, float *y)
{
    *x -= .5f;
    *y -= .5f;
    if (!(*x >= -.5f && *y >= -.5f && *x <= w - .5f && *y <= h - .5f)) return false;
    *x = *x < 0 ? 0 : *x > w - 1.001f ? w - 1.001f : *x;
    *y = *y < 0 ? 0 : *y > h - 1.001f ? h - 1.001f : *y;
    return true;
}

/* The value at (x, y) of level n, in its pixels; NAN outside.  The picture's own pixels are read where they lie. */
static inline float
value_at(struct fair_levels *l, int32_t n, float x, float y)
{
    const struct fair_level *at = n > 0 ? level(l, n) : &l->at[0];
    float fx, fy, p[4];
    int32_t i, j;

    if (!between((float)at->width, (float)at->height, &x, &y)) return NAN;
    i = (int32_t)x;
    j = (int32_t)y;
    fx = x - (float)i;
    fy = y - (float)j;
    for (int k = 0; k < 4; k++) {
        const int32_t u = i + k % 2, v = j + k / 2;
        p[k] = n > 0 ? (float)at->v[v * at->width + u] : (float)fair_image_row(l->grey, (uint32_t)v)[u];
    }
    return ((p[0] * (1 - fx) + p[1] * fx) * (1 - fy) + (p[2] * (1 - fx) + p[3] * fx) * fy) * at->scale;
}

static int32_t
level_for(struct fair_levels *l, float gap)
{
    int32_t n = 0;

    while (n + 1 < l->n && gap > 1.5f) { gap *= .5f; n++; }
    return n;
}

static void
sample_work(struct fair_levels *l, const struct fair_laid *g, float *out)
{
    static const float as_it_is[8] = { 1, 0, 0, 0, 1, 0, 0, 0 };
    const struct fair_level *at = level(l, level_for(l, g->gap));

    for (int32_t y = 0; y < g->height; y++)
        fair_pixels_kernels()->sample(at, as_it_is, g->x0, g->y0 + (float)y * g->gap, g->gap, (size_t)g->width, out + y * g->width);
}

/* Where the work's place (x, y) lies in the query. */
static void
place_at(const struct fair_levels *query, const float b[8], float x, float y, float *u, float *v)
{
    if (query->bow != NULL) fair_bow_at(query->bow, x, y, &x, &y);
    fair_bend_at(b, x, y, u, v);
}

/* The affine map that the whole one is like there. */
static void
place_about(const struct fair_levels *query, const float b[8], float x, float y, float map[6])
{
    float m[4], to[6], u = x, v = y;

    if (query->bow == NULL) { fair_bend_about(b, x, y, map); return; }
    fair_bow_at(query->bow, x, y, &u, &v);
    fair_bow_about(query->bow, x, y, m);
    fair_bend_about(b, u, v, to);
    for (int k = 0; k < 6; k += 3) {
        map[k] = to[k] * m[0] + to[k + 1] * m[2];
        map[k + 1] = to[k] * m[1] + to[k + 1] * m[3];
        map[k + 2] = to[k] * u + to[k + 1] * v + to[k + 2] - map[k] * x - map[k + 1] * y;
    }
}

#define PLACES 64                     /* at most, of places_at */

/* The same of n places.  Eight are read and written at a time. */
static void
places_at(const struct fair_levels *query, const float b[8], const float *x, const float *y, size_t n, float *u, float *v)
{
    float bowed[2][PLACES];
    const struct fair_bow *o = query->bow;

    if (o != NULL) {
        fair_bow_kernels()->at(o->x, o->y, (const float[3]){ o->cx, o->cy, o->unit }, x, y, n, bowed[0], bowed[1]);
        x = bowed[0];
        y = bowed[1];
    }
    fair_pixels_kernels()->bend(b, x, y, n, u, v);
}

/* A row of the query's samples.  Through a bow the way from one sample to the eighth behind it is as good as straight. */
static void
sample_row(const struct fair_levels *query, const struct fair_level *at, const float b[8], float x, float y, float gap, size_t n, float *out)
{
    const float run = (FAIR_TILE - 1) * gap;
    float from[2 * FAIR_RUNS], down[2 * FAIR_RUNS], u[2 * FAIR_RUNS], v[2 * FAIR_RUNS];

    if (query->bow == NULL) { fair_pixels_kernels()->sample(at, b, x, y, gap, n, out); return; }
    for (size_t i = 0; i < n; i += FAIR_RUNS * FAIR_TILE) {
        struct fair_runs r;
        for (size_t k = 0; k < FAIR_RUNS; k++) {
            from[k] = x + (float)(i + k * FAIR_TILE) * gap;
            from[FAIR_RUNS + k] = from[k] + run;
            down[k] = down[FAIR_RUNS + k] = y;
        }
        places_at(query, b, from, down, 2 * FAIR_RUNS, u, v);
        for (size_t k = 0; k < FAIR_RUNS; k++) {
            r.x[k] = from[k];
            r.du[k] = (u[FAIR_RUNS + k] - u[k]) / run;
            r.dv[k] = (v[FAIR_RUNS + k] - v[k]) / run;
            r.u[k] = u[k] - r.du[k] * from[k];
            r.v[k] = v[k] - r.dv[k] * from[k];
        }
        fair_pixels_kernels()->runs(at, &r, gap, n - i < FAIR_RUNS * FAIR_TILE ? n - i : FAIR_RUNS * FAIR_TILE, out + i);
    }
}

/* Query pixels between neighbouring samples, about. */
static float
query_gap(const struct fair_levels *l, const struct fair_laid *g, const float b[8])
{
    float x = g->x0 + .5f * g->gap * (float)g->width, y = g->y0 + .5f * g->gap * (float)g->height, u0, v0, u1, v1, u2, v2;

    place_at(l, b, x, y, &u0, &v0);
    place_at(l, b, x + g->gap, y, &u1, &v1);
    place_at(l, b, x, y + g->gap, &u2, &v2);
    return sqrtf(fabsf((u1 - u0) * (v2 - v0) - (u2 - u0) * (v1 - v0)));
}

static void
sample_query(struct fair_levels *l, const struct fair_laid *g, const float b[8], bool negated, float *out)
{
    const struct fair_level *at = level(l, level_for(l, query_gap(l, g, b)));

    for (int32_t y = 0; y < g->height; y++)
        sample_row(l, at, b, g->x0, g->y0 + (float)y * g->gap, g->gap, (size_t)g->width, out + y * g->width);
    if (negated)
        for (int32_t i = 0; i < g->width * g->height; i++) out[i] = 255 - out[i];
}

struct tile { float alike, texture, mean_a, mean_b, gain; bool whole; };

/* What the sums of two tiles tell. */
static struct tile
told_by(const float sums[5])
{
    const float n = TILE * TILE;
    float aa, bb, ab;
    struct tile t = { 0 };

    if (!(sums[0] + sums[1] >= 0)) return t;          /* some of it lies outside */
    t.whole = true;
    t.mean_a = sums[0] / n; t.mean_b = sums[1] / n;
    aa = sums[2] / n - t.mean_a * t.mean_a;
    bb = sums[3] / n - t.mean_b * t.mean_b;
    ab = sums[4] / n - t.mean_a * t.mean_b;
    t.texture = aa > 0 ? sqrtf(aa) : 0;
    t.alike = aa > .01f && bb > .01f ? ab / sqrtf(aa * bb) : 0;
    t.gain = aa > .01f ? ab / aa : 0;
    return t;
}

/* Correlation of the tile at (x, y) of a, which lies inside, with that of b. */
static struct tile
compare(const float *a, const float *b, int32_t width, int32_t x, int32_t y)
{
    float sums[5];

    fair_pixels_kernels()->tile(a + y * width + x, b + y * width + x, (size_t)width, (size_t)width, sums);
    return told_by(sums);
}

/* How far the most alike of the nine tiles of b about (x, y) lies from there, where it is alike; -1 where none is.  `alike`: of the middle one. */
static float
strays(const float *a, const float *b, int32_t width, int32_t height, int32_t x, int32_t y, float alike)
{
    const int32_t left = x < 1 ? 0 : -1, right = x + 1 + TILE > width ? 0 : 1;
    const size_t n = (size_t)right + 1 - (size_t)left;
    int32_t bx = 0, by = 0;

    for (int32_t dy = y < 1 ? 0 : -1; dy <= 1 && y + dy + TILE <= height; dy++) {
        float sums[3][5];
        fair_pixels_kernels()->tiles(a + y * width + x, b + (y + dy) * width + x + left, (size_t)width, (size_t)width, n, sums);
        for (size_t i = 0; i < n; i++) {
            const int32_t dx = left + (int32_t)i;
            struct tile o;
            if (dx == 0 && dy == 0) continue;
            o = told_by(sums[i]);
            if (o.whole && o.alike > alike) { alike = o.alike; bx = dx; by = dy; }
        }
    }
    return alike > .6f ? sqrtf((float)(bx * bx + by * by)) : -1;
}

/* One step of Gauss and Newton: the map's change that makes the query look most like the work.  Each tile is brought
 * to the work's mean and contrast first and counts by how alike it is already, from `sure` on, so that captions and
 * changed colours pull little.  Noise makes steps too short: `stride` lengthens them.  Works in the grid's own units; n = 6 keeps it
 * affine.  False where nothing could be told. */
static bool
step(const float *a, const float *b, const struct fair_laid *g, float bend[8], int n, float sure, float stride, float *moved)
{
    double m[8][9] = { { 0 } };
    float cx = .5f * (float)g->width, cy = .5f * (float)g->height, unit = 2.f / (float)(g->width > g->height ? g->width : g->height);
    double h[3][3], d[3][3], t[3][3], s;
    unsigned used = 0;

    for (int32_t ty = 0; ty + TILE <= g->height; ty += TILE)
        for (int32_t tx = 0; tx + TILE <= g->width; tx += TILE) {
            struct tile tile = compare(a, b, g->width, tx, ty);
            struct fair_gauss gauss;
            float w, back, sums[FAIR_PRODUCTS][TILE];
            unsigned mask;
            if (!tile.whole || tile.texture < TEXTURE || tile.alike < sure || tile.gain < .05f) continue;
            w = tile.alike * tile.alike / (tile.texture * tile.texture + 50);
            back = 1 / tile.gain;
            used++;
            mask = 0xff;
            if (tx == 0) mask &= 0xfe;
            if (tx + TILE >= g->width) mask &= 0x7f;
            gauss = (struct fair_gauss){ tile.mean_a, tile.mean_b, back, w, ((float)tx - cx) * unit, unit };
            memset(sums, 0, sizeof sums);
            for (int32_t y = ty > 0 ? ty : 1; y < ty + TILE && y + 1 < g->height; y++)
                fair_pixels_kernels()->gauss(a + y * g->width + tx, b + y * g->width + tx, (size_t)g->width, &gauss, ((float)y - cy) * unit, mask, sums);
            for (int i = 0, p = 0; i < 8; i++)
                for (int k = i; k <= 8; k++, p++) {
                    float sum = 0;
                    if (i >= n || (k >= n && k < 8)) continue;
                    for (int x = 0; x < TILE; x++) sum += sums[p][x];
                    m[i][k < 8 ? k : n] += (double)sum;
                }
        }
    if (used < (n == 6 ? 3u : 10u)) return false;
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < i; k++) m[i][k] = m[k][i];
        m[i][i] *= 1.0005;
        m[i][i] += 1e-6;
    }
    if (!fair_solve(m, n)) return false;
    for (int i = 0; i < n; i++) m[i][n] *= (double)stride;
    /* b is the query seen through the map: a step in grid units is put before the map. */
    *moved = (float)(fabs(m[2][n]) + fabs(m[5][n]) + fabs(m[0][n]) + fabs(m[1][n]) + fabs(m[3][n]) + fabs(m[4][n]));
    if (!(*moved < 24)) return false;
    d[0][0] = 1 + m[0][n] * (double)unit; d[0][1] = m[1][n] * (double)unit; d[0][2] = m[2][n];
    d[1][0] = m[3][n] * (double)unit; d[1][1] = 1 + m[4][n] * (double)unit; d[1][2] = m[5][n];
    d[2][0] = n == 8 ? m[6][n] * (double)(unit * unit) : 0;
    d[2][1] = n == 8 ? m[7][n] * (double)(unit * unit) : 0;
    d[2][2] = 1;
    /* work pixels -> grid about its middle: (x - x0) / gap - c */
    {
        double gap = (double)g->gap, ax = (double)g->x0 + gap * (double)cx, ay = (double)g->y0 + gap * (double)cy;
        double in[3][3] = { { 1 / gap, 0, -ax / gap }, { 0, 1 / gap, -ay / gap }, { 0, 0, 1 } };
        double out[3][3] = { { gap, 0, ax }, { 0, gap, ay }, { 0, 0, 1 } };
        for (int i = 0; i < 3; i++) for (int k = 0; k < 3; k++) { t[i][k] = 0; for (int l = 0; l < 3; l++) t[i][k] += d[i][l] * in[l][k]; }
        for (int i = 0; i < 3; i++) for (int k = 0; k < 3; k++) { d[i][k] = 0; for (int l = 0; l < 3; l++) d[i][k] += out[i][l] * t[l][k]; }
    }
    for (int i = 0; i < 8; i++) h[i / 3][i % 3] = (double)bend[i];
    h[2][2] = 1;
    for (int i = 0; i < 3; i++) for (int k = 0; k < 3; k++) { t[i][k] = 0; for (int l = 0; l < 3; l++) t[i][k] += h[i][l] * d[l][k]; }
    s = t[2][2];
    if (fabs(s) < 1e-6) return false;
    for (int i = 0; i < 8; i++) bend[i] = (float)(t[i / 3][i % 3] / s);
    return true;
}

/* The rectangle of the work that the map puts inside the query, and its grid; false where there is hardly any. */
static bool
grid_of(struct fair_levels *query, struct fair_levels *work, const float b[8], int32_t side, struct fair_laid *g)
{
    enum { GRID = 25, ROOM = 32 };
    float x[ROOM] = { 0 }, y[ROOM] = { 0 }, u[ROOM], v[ROOM];
    float w = (float)work->at[0].width, h = (float)work->at[0].height, qw = (float)query->at[0].width, qh = (float)query->at[0].height;
    float x0 = w, y0 = h, x1 = 0, y1 = 0, gap, scale;

    for (int i = 0; i < GRID; i++) x[i] = w * (float)i / (GRID - 1);
    for (int j = 0; j < GRID; j++) {
        for (int i = 0; i < GRID; i++) y[i] = h * (float)j / (GRID - 1);
        places_at(query, b, x, y, GRID, u, v);
        for (int i = 0; i < GRID; i++) {
            if (!(u[i] >= -.5f && v[i] >= -.5f && u[i] <= qw + .5f && v[i] <= qh + .5f)) continue;
            if (x[i] < x0) x0 = x[i];
            if (x[i] > x1) x1 = x[i];
            if (y[i] < y0) y0 = y[i];
            if (y[i] > y1) y1 = y[i];
        }
    }
    if (x0 >= x1 || y0 >= y1) return false;
    x0 = x0 - w / 24 < 0 ? 0 : x0 - w / 24;
    y0 = y0 - h / 24 < 0 ? 0 : y0 - h / 24;
    x1 = x1 + w / 24 > w ? w : x1 + w / 24;
    y1 = y1 + h / 24 > h ? h : y1 + h / 24;
    *g = (struct fair_laid){ 2, 2, x0, y0, 1 };
    scale = query_gap(query, &(struct fair_laid){ 0, 0, .5f * (x0 + x1), .5f * (y0 + y1), 1 }, b);
    gap = (x1 - x0 > y1 - y0 ? x1 - x0 : y1 - y0) / (float)side;
    if (gap * scale < 1) gap = 1 / scale;
    if (gap < 1) gap = 1;
    g->gap = gap;
    g->width = (int32_t)((x1 - x0) / gap);
    g->height = (int32_t)((y1 - y0) / gap);
    if (g->width > side) g->width = side;
    if (g->height > side) g->height = side;
    g->x0 += .5f * gap;
    g->y0 += .5f * gap;
    return g->width >= 2 * TILE && g->height >= 2 * TILE;
}

/* How much a tile's place can be told from it: 0 for plain ones and for straight edges, which look alike everywhere
 * along themselves, towards 1 for corners.  From the smaller eigenvalue of the structure tensor. */
static float
corner(const float *a, int32_t width, int32_t x, int32_t y)
{
    float xx = 0, yy = 0, xy = 0, low;

    for (int32_t j = 0; j + 1 < TILE; j++) {
        const float *p = a + (y + j) * width + x;
        for (int32_t i = 0; i + 1 < TILE; i++) {
            float gx = p[i + 1] - p[i] + p[i + width + 1] - p[i + width], gy = p[i + width] - p[i] + p[i + width + 1] - p[i + 1];
            xx += gx * gx;
            yy += gy * gy;
            xy += gx * gy;
        }
    }
    low = .5f * (xx + yy - sqrtf((xx - yy) * (xx - yy) + 4 * xy * xy)) / ((TILE - 1) * (TILE - 1));
    return low > 0 ? low / (low + 24) : 0;
}

/* Half as fine. */
static void
halved(const float *in, int32_t w, int32_t h, float *out)
{
    for (int32_t y = 0; y < h / 2; y++)
        for (int32_t x = 0; x < w / 2; x++) {
            const float *p = in + 2 * y * w + 2 * x;
            out[y * (w / 2) + x] = .25f * (p[0] + p[1] + p[w] + p[w + 1]);
        }
}

/* Tile against tile over the whole grid; `k` is the fineness. */
static void
measure(const float *a, const float *b, int32_t width, int32_t height, int k, struct fair_clue *c)
{
    float sum = 0, weight = 0, firm = 0, shift = 0, n_shift = 0, some = 0, clear = 0, corners = 0, textured = 0;
    int32_t tile = k == 0 ? TILE : TILE / 2;          /* tiles overlap where samples are few */

    for (int32_t y = 0; y + TILE <= height; y += tile)
        for (int32_t x = 0; x + TILE <= width; x += tile) {
            struct tile t = compare(a, b, width, x, y);
            float w, far;
            if (!t.whole) continue;
            if (t.texture < TEXTURE) {
                /* plain in the work: then something in the query speaks against it */
                w = .5f * corner(b, width, x, y);
                if (w > .1f) weight += w;
                continue;
            }
            w = .05f + corner(a, width, x, y);
            corners += w - .05f;
            textured++;
            weight += w;
            sum += w * t.alike;
            if (t.alike > .8f) firm += w;
            if (t.alike > .5f) some += w;
            if (t.alike > .92f) clear += w;
            if (k > 0) continue;
            far = strays(a, b, width, height, x, y, t.alike);
            if (far >= 0) {
                n_shift += w;
                shift += w * far;
            }
        }
    c->crisp[k] = some > 0 ? clear / some : 0;
    c->alike[k] = weight > 0 ? sum / weight : 0;
    c->firm[k] = weight > 0 ? firm / weight : 0;
    c->tiles[k] = weight;
    if (k > 0) return;
    c->corner = textured > 0 ? corners / textured : 0;
    c->loose = n_shift > 0 ? shift / n_shift : 2;
}

/* The mean difference of n samples, where both are there; -1 where none is. */
static float
apart(const float *a, const float *b, int32_t n)
{
    enum { EACH = 8 };
    float sums[EACH] = { 0 }, many[EACH] = { 0 }, off = 0, all = 0;
    int32_t i = 0;

    for (; i + EACH <= n; i += EACH)
        for (int32_t k = 0; k < EACH; k++) {
            const float d = fabsf(a[i + k] - b[i + k]);
            sums[k] += d <= 255 ? d : 0;
            many[k] += d <= 255 ? 1.f : 0.f;
        }
    for (; i < n; i++) {
        const float d = fabsf(a[i] - b[i]);
        if (d <= 255) { off += d; all++; }
    }
    for (int32_t k = 0; k < EACH; k++) { off += sums[k]; all += many[k]; }
    return all > 0 ? off / all : -1;
}

/* Where the tiles are alike, and how much of the work is seen at all. */
static void
outline(const float *a, const float *b, const struct fair_laid *g, struct fair_levels *work, struct fair_clue *c)
{
    float x0 = 1e9f, y0 = 1e9f, x1 = -1, y1 = -1;
    uint32_t whole = 0;

    for (int32_t y = 0; y + TILE <= g->height; y += TILE)
        for (int32_t x = 0; x + TILE <= g->width; x += TILE) {
            struct tile t = compare(a, b, g->width, x, y);
            if (!t.whole) continue;
            whole++;
            if (t.texture < TEXTURE || t.alike < .7f) continue;
            if ((float)x < x0) x0 = (float)x;
            if ((float)y < y0) y0 = (float)y;
            if ((float)x + TILE > x1) x1 = (float)x + TILE;
            if ((float)y + TILE > y1) y1 = (float)y + TILE;
        }
    c->residual = apart(a, b, g->width * g->height);
    c->covers = (float)whole * TILE * TILE * g->gap * g->gap / ((float)work->at[0].width * (float)work->at[0].height);
    if (c->covers > 1) c->covers = 1;
    if (x1 > x0) {
        c->visible[0] = g->x0 + (x0 - .5f) * g->gap;
        c->visible[1] = g->y0 + (y0 - .5f) * g->gap;
        c->visible[2] = g->x0 + (x1 - .5f) * g->gap;
        c->visible[3] = g->y0 + (y1 - .5f) * g->gap;
    }
}

/* Correlation of n pairs; the deviations of both. */
static float
together(const float *a, const float *b, int n, float *dev_a, float *dev_b)
{
    float sa = 0, sb = 0, aa = 0, bb = 0, ab = 0;

    for (int i = 0; i < n; i++) {
        sa += a[i]; sb += b[i];
        aa += a[i] * a[i]; bb += b[i] * b[i]; ab += a[i] * b[i];
    }
    sa /= (float)n; sb /= (float)n;
    aa = aa / (float)n - sa * sa; bb = bb / (float)n - sb * sb; ab = ab / (float)n - sa * sb;
    *dev_a = aa > 0 ? sqrtf(aa) : 0;
    *dev_b = bb > 0 ? sqrtf(bb) : 0;
    return aa > .01f && bb > .01f ? ab / sqrtf(aa * bb) : 0;
}

/* What lies outside the plain stretches of one side that go on. */
struct beyond { float sum, squares; uint8_t n; };

/* A stretch of border that is plain on the work's side and in the query: does the same grey, or the same slope of it, go on outside?
 * White and black are what pages and frames are made of, and say nothing.  q: the query's greys two steps within, one, and one without. */
static void
bare(float q[4][STRETCH], float dev_work, float dev_query, int side, struct fair_clue *c, struct beyond *b)
{
    float mean[3] = { 0 }, cross = 0, jump;

    if (dev_work > 5 || dev_query > 5) return;
    for (int i = 0; i < STRETCH; i++) {
        for (int k = 0; k < 3; k++) mean[k] += q[k][i] / STRETCH;
        cross += fabsf(q[1][i] - q[2][i]);
    }
    if (mean[1] < 10 || mean[1] > 246) return;
    c->bare++;
    c->side[side]++;
    jump = mean[2] - mean[1];
    if ((fabsf(jump) >= 3 && (fabsf(jump) >= 6 || fabsf(jump - mean[1] + mean[0]) >= 3)) || cross >= 5.f * STRETCH) return;
    c->bare_on++;
    c->side_on[side]++;
    b->n++;
    b->sum += mean[2];
    b->squares += mean[2] * mean[2];
}

/* A page or border of the work's own tone goes on too; but it is even, and the ground of a picture hardly ever is. */
static void
forget_even(const struct beyond b[4], struct fair_clue *c)
{
    for (int k = 0; k < 4; k++) {
        float n = (float)b[k].n;
        if (b[k].n == 0 || b[k].squares / n - b[k].sum * b[k].sum / (n * n) > EVEN * EVEN) continue;
        c->bare -= b[k].n;
        c->bare_on -= b[k].n;
        c->side[k] = (uint8_t)(c->side[k] - b[k].n);
        c->side_on[k] = (uint8_t)(c->side_on[k] - b[k].n);
    }
}

/* The work's border, where it lies inside the query: a copy that was put into something ends there, with a seam; what
 * was seen by a camera that saw more goes on as if there were no border.  Along each sixteenth of each side, 3 pixels
 * within and without: is the work there at all, and does the picture run on? */
static void
borders(struct fair_levels *query, struct fair_levels *work, bool negated, struct fair_clue *c)
{
    enum { N = STRETCH, EACH = 16 };
    struct beyond outside[4] = { { 0 } };
    float w = (float)work->at[0].width, h = (float)work->at[0].height;
    float qw = (float)query->at[0].width, qh = (float)query->at[0].height;

    c->edges = c->run_on = c->bare = c->bare_on = 0;
    memset(c->side, 0, sizeof c->side);
    memset(c->side_on, 0, sizeof c->side_on);
    for (int part = 0; part < 4 * EACH; part++) {
        float at[4][N], *in0 = at[0], *in1 = at[1], *out1 = at[2], wk[N], cross = 0, within = 0, da, db, dc, dd;
        float px[4 * N], py[4 * N], u[4 * N], v[4 * N], wx[N], wy[N], scale[N];
        const float nx = part / EACH == 0 ? -1 : part / EACH == 1 ? 1 : 0, ny = part / EACH == 2 ? -1 : part / EACH == 3 ? 1 : 0;
        bool ok = true;
        for (int i = 0; i < N && ok; i++) {
            static const float steps[4] = { -9, -3, 3, 9 };
            float along = ((float)(part % EACH) + ((float)i + .5f) / N) / EACH * .94f + .03f, here[6];
            float x = part / EACH == 0 ? 0 : part / EACH == 1 ? w : along * w, y = part / EACH == 2 ? 0 : part / EACH == 3 ? h : along * h;
            place_about(query, c->bend, x, y, here);
            scale[i] = hypotf(here[0] * nx + here[1] * ny, here[3] * nx + here[4] * ny);
            ok = scale[i] > .02f;
            for (int k = 0; k < 4; k++) {
                px[4 * i + k] = x + nx * steps[k] / scale[i];
                py[4 * i + k] = y + ny * steps[k] / scale[i];
            }
            wx[i] = x - nx * 3 / scale[i];
            wy[i] = y - ny * 3 / scale[i];
        }
        if (!ok) continue;
        places_at(query, c->bend, px, py, 4 * N, u, v);
        for (int i = 0; i < 4 * N; i++) ok &= u[i] > 1 && v[i] > 1 && u[i] < qw - 1 && v[i] < qh - 1;
        for (int i = 0; i < N && ok; i++) {
            const int32_t k = level_for(work, 1 / scale[i]);
            const float unit = 1.f / (float)(1 << k);
            for (int j = 0; j < 4; j++) at[j][i] = value_at(query, 0, u[4 * i + j], v[4 * i + j]);
            cross += fabsf(at[2][i] - at[1][i]);
            within += fabsf(at[1][i] - at[0][i]) + fabsf(at[3][i] - at[2][i]);
            wk[i] = value_at(work, k, wx[i] * unit, wy[i] * unit);
            if (negated) wk[i] = 255 - wk[i];
            ok = wk[i] == wk[i];                  /* NOLINT(misc-redundant-expression): false where there is no number */
        }
        if (!ok) continue;
        if (together(wk, in1, N, &da, &db) < .7f || da < 1.5f || db < 1.5f) {
            bare(at, da, db, part / EACH, c, &outside[part / EACH]);
            continue;
        }
        c->edges++;
        c->side[part / EACH]++;
        if (together(in1, out1, N, &dc, &dd) > .6f && dd > 1.5f && cross < .8f * within + .5f * N && together(in0, in1, N, &dc, &dd) > .3f) { c->run_on++; c->side_on[part / EACH]++; }
    }
    forget_even(outside, c);
}

/* 0..3 */
static float agreement(const struct fair_clue *c) { return c->alike[0] + c->alike[1] + c->firm[1]; }

float
fair_pixels_fitness(const struct fair_clue *c)
{
    return agreement(c) * sqrtf(c->tiles[0]);
}

/* Room for both pictures' samples. */
static _Thread_local float samples_a[MOST], samples_b[MOST];

bool
fair_pixels_coarse(struct fair_levels *query, struct fair_levels *work, const float bend[8], bool negated, struct fair_clue *c)
{
    float *a = samples_a, *b = samples_b, moved;
    struct fair_laid g;

    memcpy(c->bend, bend, sizeof c->bend);
    c->laid_negated = negated;
    c->close = false;
    c->looked = grid_of(query, work, c->bend, COARSE, &g);
    if (!c->looked) return false;
    sample_work(work, &g, a);
    for (int i = 0; i < 4; i++) {
        sample_query(query, &g, c->bend, negated, b);
        if (!step(a, b, &g, c->bend, i < 2 ? 6 : 8, .2f, 1, &moved) || moved < .1f) break;
    }
    sample_query(query, &g, c->bend, negated, b);
    measure(a, b, g.width, g.height, 0, c);
    c->alike[1] = c->alike[2] = c->alike[0];
    c->firm[1] = c->firm[2] = c->firm[0];
    c->crisp[1] = c->crisp[2] = c->crisp[0];
    c->tiles[1] = c->tiles[2] = 0;
    c->edges = c->run_on = 0;
    outline(a, b, &g, work, c);
    fair_survey(a, b, g.width, g.height, c);
    c->bare = c->bare_on = 0;
    memset(c->side, 0, sizeof c->side);
    return c->alike[0] >= .1f || c->firm[0] >= .05f;
}

bool
fair_pixels_look(struct fair_levels *query, struct fair_levels *work, struct fair_clue *c)
{
    static _Thread_local float half_a[MOST / 4], half_b[MOST / 4], small_a[MOST / 16], small_b[MOST / 16];
    float *a = samples_a, *b = samples_b, moved;
    struct fair_laid g;

    if (!grid_of(query, work, c->bend, SIDE, &g)) return false;
    c->looked = c->close = true;
    sample_work(work, &g, a);
    for (int i = 0; i < 4; i++) {                               /* in the end only by what is surely alike */
        sample_query(query, &g, c->bend, c->laid_negated, b);
        if (!step(a, b, &g, c->bend, 8, i < 2 ? .2f + .1f * (float)i : .55f, 1, &moved)) break;
        if (i >= 2 && moved < .1f) break;
        if (i < 2 && moved < .15f) i = 2;
    }
    sample_query(query, &g, c->bend, c->laid_negated, b);
    fair_survey(a, b, g.width, g.height, c);
    if (c->window.backed >= LAID && c->drift > STILL) {         /* it lies there; now to where it cannot be bettered, for what drifts then has moved */
        struct fair_clue before = *c;
        for (int i = 0; i < ROUNDS; i++) {
            if (!step(a, b, &g, c->bend, 8, .6f, 1.5f, &moved)) break;
            sample_query(query, &g, c->bend, c->laid_negated, b);
            if (moved < .05f) break;
        }
        fair_survey(a, b, g.width, g.height, c);
        if (c->window.drift > before.window.drift) {            /* what lies over it led astray */
            *c = before;
            sample_query(query, &g, c->bend, c->laid_negated, b);
        }
    }
    measure(a, b, g.width, g.height, 0, c);
    outline(a, b, &g, work, c);
    halved(a, g.width, g.height, half_a);
    halved(b, g.width, g.height, half_b);
    measure(half_a, half_b, g.width / 2, g.height / 2, 1, c);
    halved(half_a, g.width / 2, g.height / 2, small_a);
    halved(half_b, g.width / 2, g.height / 2, small_b);
    measure(small_a, small_b, g.width / 4, g.height / 4, 2, c);
    borders(query, work, c->laid_negated, c);
    return true;
}

void
fair_pixels_bow(struct fair_levels *query, struct fair_levels *work, struct fair_clue *c, struct fair_arena *arena)
{
    struct fair_clue seen = *c;
    struct fair_bow *o;

    if (!c->close || c->bow != NULL || c->backed < BENT_BACKED || c->held < BENT_HELD || c->drift < BENT_DRIFT) return;
    o = FAIR_NEW(arena, struct fair_bow);
    if (!fair_bow_find(query, work, c, o, arena)) return;
    seen.bow = o;
    seen.through = fair_levels_bowed(query, o, arena);
    if (!fair_pixels_look(seen.through, work, &seen)) return;
    if (seen.held >= c->held && seen.drift < STRAIGHT && seen.drift < STRAIGHTER * c->drift) *c = seen;
}

/* Does a agree as closely as b, over more of the work? */
static bool
outdoes(const struct fair_clue *a, const struct fair_clue *b)
{
    return agreement(a) + AS_CLOSELY >= agreement(b) && a->covers >= b->covers + MORE && a->tiles[0] >= b->tiles[0] / 2;
}

static bool
fits_better(const struct fair_clue *a, const struct fair_clue *b)
{
    if (a->close == b->close && outdoes(a, b) != outdoes(b, a)) return outdoes(a, b);
    return fair_pixels_fitness(a) > fair_pixels_fitness(b);
}

void
fair_pixels_better(const struct fair_clue *seen, struct fair_clue *c)
{
    const struct fair_clue was = *c;

    if (!seen->looked || (c->looked && !fits_better(seen, c))) return;
    *c = *seen;
    c->record = was.record;
    c->levels = was.levels;
    c->turn = was.turn;
    memcpy(c->map, was.map, sizeof c->map);
    c->mapped = was.mapped;
    memcpy(c->whole_map, was.whole_map, sizeof c->whole_map);
    c->whole_mapped = was.whole_mapped;
    c->negated = was.negated;
    c->votes = was.votes;
    c->seen = was.seen;
    c->agree = was.agree;
    c->weight = was.weight;
    memcpy(c->used, was.used, sizeof c->used);
    memcpy(c->parts, was.parts, sizeof c->parts);
    c->shared = was.shared;
    c->marked = was.marked;
}

bool
fair_pixels_lay(struct fair_levels *query, struct fair_levels *work, const float b[8], bool negated, int32_t side,
                float *a, float *out, struct fair_laid *g)
{
    if (!grid_of(query, work, b, side, g)) return false;
    sample_work(work, g, a);
    sample_query(query, g, b, negated, out);
    return true;
}

bool
fair_pixels_pair(struct fair_levels *query, struct fair_levels *work, const float b[8], bool negated, float *a, float *out)
{
    static const float as_it_is[8] = { 1, 0, 0, 0, 1, 0, 0, 0 };
    const struct fair_level *of_work, *of_query;
    struct fair_laid g;
    float gap_x, gap_y, x0, y0;

    if (!grid_of(query, work, b, SIDE, &g)) return false;
    gap_x = g.gap * (float)g.width / (FAIR_PAIR - 2 * FAIR_PAIR_MARGIN);
    gap_y = g.gap * (float)g.height / (FAIR_PAIR - 2 * FAIR_PAIR_MARGIN);
    x0 = g.x0 - .5f * g.gap + (.5f - FAIR_PAIR_MARGIN) * gap_x;
    y0 = g.y0 - .5f * g.gap + (.5f - FAIR_PAIR_MARGIN) * gap_y;
    g.gap = sqrtf(gap_x * gap_y);
    of_work = level(work, level_for(work, g.gap));
    of_query = level(query, level_for(query, query_gap(query, &g, b)));
    for (int32_t y = 0; y < FAIR_PAIR; y++) {
        fair_pixels_kernels()->sample(of_work, as_it_is, x0, y0 + (float)y * gap_y, gap_x, FAIR_PAIR, a + y * FAIR_PAIR);
        sample_row(query, of_query, b, x0, y0 + (float)y * gap_y, gap_x, FAIR_PAIR, out + y * FAIR_PAIR);
    }
    if (negated)
        for (int32_t i = 0; i < FAIR_PAIR * FAIR_PAIR; i++) out[i] = 255 - out[i];
    return true;
}

void
fair_pixels_row(struct fair_levels *query, const float b[8], float y, size_t n, float *out)
{
    const struct fair_laid g = { 2, 2, .5f * (float)n, y, 1 };

    sample_row(query, level(query, level_for(query, query_gap(query, &g, b))), b, .5f, y, 1, n, out);
}
