/* Rectangles that hold pictures: straight edges along rows and columns of the picture at half its size, and pairs of these that are
 * closed above and below. */
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "fingerprint/fingerprint.h"
#include "index/frames.h"

#define HALF (FAIR_SIDE / 2)
#define EDGE 8                /* greys by which the two sides of an edge differ */
#define LONG 12               /* an edge's length, pixels of the half picture  */
#define HOLD 10               /* how much of a run bears a gap, two pixels of it for each missing one */
#define LINES 72              /* edges kept each way, the longest first: thirty thumbnails have sixty */
#define FOUND 400             /* looked at                                     */
#define SIDE .6f              /* of each side of a rectangle, the share that has an edge */
#define SIDES .7f             /* of all four, on average                       */
#define LEAST (FAIR_FRAME_LEAST / 2)
#define MANY 400              /* rectangles looked at                          */

/* An edge along row `at` from `from` up to `to`. */
struct line { int32_t at, from, to; };

/* What of each row is an edge: up to[y * (HALF + 1) + x] of the first x pixels. */
struct edges { int32_t w, h; uint16_t *to; struct line v[LINES + 2]; size_t n; };

static int
by_length(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if (x->to - x->from != y->to - y->from) return x->to - x->from > y->to - y->from ? -1 : 1;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

static int
by_place(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    return x->at != y->at ? x->at < y->at ? -1 : 1 : x->from < y->from ? -1 : x->from > y->from;
}

/* The runs of edges along one row.  A run bears gaps in proportion to what is behind it. */
static size_t
runs(const uint8_t *edge, int32_t y, int32_t w, struct line *v, size_t n)
{
    int32_t held = 0, from = 0, last = 0;

    for (int32_t x = 0; x <= w; x++) {
        if (x < w && edge[x]) {
            if (held == 0) from = x;
            if (held < HOLD) held++;
            last = x;
        } else if (held > 0) {
            held = x < w && held > 2 ? held - 2 : 0;
            if (held == 0 && last + 1 - from >= LONG && n < FOUND) v[n++] = (struct line){ y, from, last + 1 };
        }
    }
    return n;
}

/* The edges along rows of the half picture p, w x h, in order of rows; the two outermost are the picture's own. */
static void
edges_of(const uint8_t *p, int32_t w, int32_t h, struct edges *e, struct fair_arena *a)
{
    struct line found[FOUND];
    uint8_t edge[HALF];
    size_t n = 0, kept = 0;

    *e = (struct edges){ .w = w, .h = h, .to = fair_alloc_bytes(a, (size_t)h * (HALF + 1) * sizeof *e->to) };      /* of the outermost rows nothing is asked */
    for (int32_t y = 1; y + 1 < h; y++) {
        const uint8_t *above = p + (y - 1) * HALF, *below = p + (y + 1) * HALF;
        const uint8_t *before = y > 2 ? above - 2 * HALF : above, *behind = y + 3 < h ? below + 2 * HALF : below;
        uint16_t *to = e->to + y * (HALF + 1), sum = 0;
        for (int32_t x = 0; x < w; x++) {
            int step = abs(above[x] - below[x]), up = abs(above[x] - before[x]), down = abs(below[x] - behind[x]);
            edge[x] = (step > EDGE) & (3 * (up < down ? up : down) < step);
        }
        for (int32_t x = 0; x < w; x++) { to[x] = sum; sum = (uint16_t)(sum + edge[x]); }
        to[w] = sum;
        n = runs(edge, y, w, found, n);
    }
    /* cppcheck-suppress uninitvar ; the first n were filled by runs */
    qsort(found, n, sizeof *found, by_length);
    for (size_t i = 0; i < n && kept < LINES; i++) {
        bool again = false;
        for (size_t k = 0; k < kept && !again; k++) {
            int32_t from = found[i].from > e->v[k].from ? found[i].from : e->v[k].from, to = found[i].to < e->v[k].to ? found[i].to : e->v[k].to;
            again = abs(found[i].at - e->v[k].at) <= 1 && 10 * (to - from) > 7 * (found[i].to - found[i].from);
        }
        if (!again) e->v[kept++] = found[i];
    }
    e->v[kept++] = (struct line){ 0, 0, w };
    e->v[kept++] = (struct line){ h - 1, 0, w };
    e->n = kept;
    qsort(e->v, kept, sizeof *e->v, by_place);
}

/* The share of row `at` that is an edge between `from` and `to`, or of the row before or behind it; all of the picture's own borders. */
static float
share(const struct edges *e, int32_t at, int32_t from, int32_t to)
{
    uint32_t most = 0;

    if (at <= 1 || at >= e->h - 2) return 1;
    for (int32_t y = at - 1; y <= at + 1; y++) {
        const uint16_t *row = e->to + y * (HALF + 1);
        uint32_t n = (uint32_t)(row[to] - row[from]);
        most = n > most ? n : most;
    }
    return (float)most / (float)(to - from);
}

/* Something of a picture: more than one tone and what is written in another. */
static bool
of_a_picture(const uint8_t *p, const struct fair_frame *f)
{
    uint32_t tones[16] = { 0 }, n = 0, many = 0;

    for (int32_t y = f->y0 + 2; y < f->y1 - 2; y += 2)
        for (int32_t x = f->x0 + 2; x < f->x1 - 2; x += 2, n++) tones[p[y * HALF + x] / 16]++;
    for (int k = 0; k < 16; k++) many += tones[k] * 50 >= n && n > 0;
    return many >= 3;
}

/* Of what lies just outside the rectangle, the share that is plain, as a page or a gutter is. */
static float
stands_free(const uint8_t *p, int32_t w, int32_t h, const struct fair_frame *f)
{
    int32_t plain = 0, n = 0;

    for (int side = 0; side < 4; side++) {
        bool column = side < 2;
        int32_t at = side == 0 ? f->x0 - 3 : side == 1 ? f->x1 + 3 : side == 2 ? f->y0 - 3 : f->y1 + 3, from = column ? f->y0 : f->x0, to = column ? f->y1 : f->x1;
        if (at < 0 || at >= (column ? w : h)) continue;
        for (int32_t i = from; i + 1 < to; i++, n++)
            plain += column ? abs(p[i * HALF + at] - p[(i + 1) * HALF + at]) < 3 : abs(p[at * HALF + i] - p[at * HALF + i + 1]) < 3;
    }
    return n > 0 ? (float)plain / (float)n : 0;
}

static int
by_edges(const void *a, const void *b)
{
    const struct fair_frame *x = a, *y = b;
    int64_t s = (int64_t)(x->x1 - x->x0) * (x->y1 - x->y0), t = (int64_t)(y->x1 - y->x0) * (y->y1 - y->y0);
    if (x->edges + x->free != y->edges + y->free) return x->edges + x->free > y->edges + y->free ? -1 : 1;
    if (s != t) return s > t ? -1 : 1;
    return x->y0 != y->y0 ? x->y0 < y->y0 ? -1 : 1 : x->x0 < y->x0 ? -1 : x->x0 > y->x0;
}

/* Are the two about the same? */
static bool
same(const struct fair_frame *a, const struct fair_frame *b)
{
    int32_t w = (a->x1 < b->x1 ? a->x1 : b->x1) - (a->x0 > b->x0 ? a->x0 : b->x0), h = (a->y1 < b->y1 ? a->y1 : b->y1) - (a->y0 > b->y0 ? a->y0 : b->y0);
    int64_t both = w > 0 && h > 0 ? (int64_t)w * h : 0, all = (int64_t)(a->x1 - a->x0) * (a->y1 - a->y0) + (int64_t)(b->x1 - b->x0) * (b->y1 - b->y0) - both;

    return 10 * both > 7 * all;
}

/* Which of the rows across, between the columns i and k of `down`, close a rectangle with them. */
static size_t
close_up(const uint8_t *p, const struct edges *across, const struct edges *down, const struct line *i, const struct line *k, struct fair_frame *out, size_t n)
{
    int32_t top = (i->from > k->from ? i->from : k->from) - 2, bottom = (i->to < k->to ? i->to : k->to) + 2, rows[LINES + 2];
    float closed[LINES + 2];
    size_t m = 0;

    if (bottom - top < LEAST) return n;
    for (size_t r = 0; r < across->n; r++) {
        const struct line *l = &across->v[r];
        if (l->at < top || l->at > bottom || (m > 0 && l->at <= rows[m - 1] + 1)) continue;
        closed[m] = share(across, l->at, i->at + 1, k->at);
        if (closed[m] >= SIDE) rows[m++] = l->at;
    }
    for (size_t r = 0; r < m; r++)
        for (size_t s = r + 1; s < m && s <= r + 3 && n < MANY; s++) {
            int own = (i->at == 0) + (k->at == across->w - 1) + (rows[r] == 0) + (rows[s] == across->h - 1);
            float left, right;
            struct fair_frame f = { i->at, rows[r], k->at, rows[s], 0, 0 };
            if (rows[s] - rows[r] < LEAST || own > 2) continue;
            left = share(down, i->at, rows[r] + 1, rows[s]);
            right = share(down, k->at, rows[r] + 1, rows[s]);
            f.edges = .25f * (left + right + closed[r] + closed[s]);
            if (left < SIDE || right < SIDE || f.edges < SIDES) continue;
            if (10 * (f.x1 - f.x0) * (f.y1 - f.y0) > 9 * across->w * across->h || f.x1 - f.x0 > 5 * (f.y1 - f.y0) || f.y1 - f.y0 > 5 * (f.x1 - f.x0)) continue;
            if (!of_a_picture(p, &f)) continue;
            f.free = stands_free(p, across->w, across->h, &f);
            out[n++] = f;
        }
    return n;
}

/* Where between two pixels about `at` the greys change most along the side; `step` leads across it. */
static int32_t
better(const struct fair_image *grey, bool column, int32_t at, int32_t from, int32_t to)
{
    int32_t best = at, end = (int32_t)(column ? grey->width : grey->height);
    uint32_t most = 0;

    if (at <= 3 || at >= end - 3) return at <= 3 ? 0 : end;
    for (int32_t k = at - 2; k <= at + 3; k++) {
        uint32_t sum = 0;
        if (k < 1 || k >= end) continue;
        for (int32_t i = from; i < to; i += 2) {
            const uint8_t *p = column ? fair_image_row(grey, (uint32_t)i) + k : fair_image_row(grey, (uint32_t)k) + i;
            sum += (uint32_t)abs(p[0] - p[column ? -1 : -(int64_t)grey->stride]);
        }
        if (sum > most) { most = sum; best = k; }
    }
    return best;
}

size_t
fair_frames_find(const struct fair_image *grey, struct fair_frame out[FAIR_FRAMES])
{
    int32_t w = (int32_t)grey->width / 2, h = (int32_t)grey->height / 2;
    struct fair_arena *a;
    struct edges across, down;
    struct fair_frame v[MANY];
    uint8_t *p, *turned;
    size_t n = 0, kept = 0;

    if (w < 2 * LEAST || h < 2 * LEAST || w > HALF || h > HALF) return 0;
    a = fair_arena_new();
    p = fair_alloc_bytes(a, HALF * HALF);
    turned = fair_alloc_bytes(a, HALF * HALF);
    for (int32_t y = 0; y < h; y++) {
        const uint8_t *r = fair_image_row(grey, 2 * (uint32_t)y), *s = fair_image_row(grey, 2 * (uint32_t)y + 1);
        for (int32_t x = 0; x < w; x++) p[y * HALF + x] = (uint8_t)((r[2 * x] + r[2 * x + 1] + s[2 * x] + s[2 * x + 1]) / 4);
    }
    for (int32_t y0 = 0; y0 < h; y0 += 16)
        for (int32_t x = 0; x < w; x++)
            for (int32_t y = y0; y < h && y < y0 + 16; y++) turned[x * HALF + y] = p[y * HALF + x];
    edges_of(p, w, h, &across, a);
    edges_of(turned, h, w, &down, a);
    for (size_t i = 0; i < down.n; i++)
        for (size_t k = i + 1; k < down.n && n < MANY; k++)
            if (down.v[k].at - down.v[i].at >= LEAST) n = close_up(p, &across, &down, &down.v[i], &down.v[k], v, n);
    qsort(v, n, sizeof *v, by_edges);
    for (size_t i = 0; i < n && kept < FAIR_FRAMES; i++) {
        bool again = false;
        for (size_t k = 0; k < kept && !again; k++) again = same(&v[i], &out[k]);
        if (!again) out[kept++] = v[i];
    }
    for (size_t i = 0; i < kept; i++) {
        struct fair_frame f = { 2 * out[i].x0, 2 * out[i].y0, 2 * out[i].x1, 2 * out[i].y1, out[i].edges, out[i].free };
        out[i].x0 = better(grey, true, f.x0, f.y0, f.y1);
        out[i].x1 = better(grey, true, f.x1, f.y0, f.y1);
        out[i].y0 = better(grey, false, f.y0, f.x0, f.x1);
        out[i].y1 = better(grey, false, f.y1, f.x0, f.x1);
    }
    fair_arena_free(&a);
    return kept;
}
