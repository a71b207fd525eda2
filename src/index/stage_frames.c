/* The stage of rectangles: where the query is a page, a grid, a letterboxed picture, each rectangle in it that nothing has been settled
 * for is looked at as if it were a query of its own, enlarged; what is found is laid on the whole query again. */
#include <stdlib.h>
#include <string.h>
#include "fingerprint/parts.h"
#include "fingerprint/whole.h"
#include "index/frames.h"
#include "index/search.h"

#define LONGER 320            /* pixels, of a rectangle as it is looked at          */
#define TIMES 3.f             /* the most it is enlarged                            */
#define WORTH 1.25f           /* the least: else its parts are among the query's     */
#define SHORTER 48            /* pixels of its shorter side, from which on it is enlarged: in less hardly anything was ever told */
#define PIXELS 100000         /* of all rectangles of a query, enlarged              */
#define PARTS 250             /* of one, the strongest                               */
#define ALL_PARTS 450         /* of all                                              */
#define EACH 2                /* works laid on the query for a rectangle             */
#define LAID 6                /* and for all of them                                 */
#define NEAR 84               /* bits, of its whole hash                             */
#define LEAST 5               /* parts that agree                                    */
#define CANDIDATES 64
#define FIRST 8               /* rectangles, the likeliest, that may be enlarged; those for which nothing is left, as on a page of thumbnails, */
#define NEARER 56             /* bits: are looked up by their whole hash alone, this near, */
#define LAID_BEHIND 6         /* so many of them laid, the nearest, */
#define HASHES 4000000        /* and as many of them as go over so many works' hashes */

/* Where the candidate lies in the query, pixels of the normalised picture, as far as it is inside. */
static void
box_of(const struct fair_query *q, const struct fair_clue *c, float box[4])
{
    float w = q->fp->norm_width, h = q->fp->norm_height;

    box[0] = w; box[1] = h; box[2] = box[3] = 0;
    for (int i = 0; i < 9; i++) {
        const int across = i % 3, down = i / 3;
        float u, v;
        fair_clue_at(c, (float)c->record->norm_width * (float)across / 2, (float)c->record->norm_height * (float)down / 2, &u, &v);
        u = u < 0 ? 0 : u > w ? w : u;
        v = v < 0 ? 0 : v > h ? h : v;
        if (u < box[0]) box[0] = u;
        if (v < box[1]) box[1] = v;
        if (u > box[2]) box[2] = u;
        if (v > box[3]) box[3] = v;
    }
}

static bool
taken(const struct fair_search *s, const struct fair_matches *io, const struct fair_frame *f)
{
    for (size_t i = 0; i < io->n; i++) {
        float b[4], w, h;
        if (!fair_pixels_settled(&io->v[i], &s->clues[i])) continue;
        box_of(&s->q, &s->clues[i], b);
        w = (b[2] < (float)f->x1 ? b[2] : (float)f->x1) - (b[0] > (float)f->x0 ? b[0] : (float)f->x0);
        h = (b[3] < (float)f->y1 ? b[3] : (float)f->y1) - (b[1] > (float)f->y0 ? b[1] : (float)f->y0);
        if (w > 0 && h > 0 && w * h > .5f * (float)((f->x1 - f->x0) * (f->y1 - f->y0))) return true;
    }
    return false;
}

/* Where between two pixels of `n` the enlarged picture's pixel i lies: behind the one returned by *part of 256. */
static int32_t
place_of(int32_t i, float times, int32_t n, int32_t *part)
{
    float v = ((float)i + .5f) / times - .5f;
    int32_t at = v < 0 ? 0 : v > (float)(n - 2) ? n - 2 : (int32_t)v;

    *part = v < 0 ? 0 : v > (float)(n - 1) ? 256 : (int32_t)((v - (float)at) * 256);
    return at;
}

/* A row of the picture, `times` as wide; sums of 256. */
static void
widened(const uint8_t *p, const int32_t *at, const int32_t *part, int32_t n, uint16_t *out)
{
    for (int32_t x = 0; x < n; x++) out[x] = (uint16_t)(p[at[x]] * (256 - part[x]) + p[at[x] + 1] * part[x]);
}

/* The rectangle, `times` as large. */
static struct fair_image *
enlarged(const struct fair_image *grey, const struct fair_frame *f, float times)
{
    int32_t w = f->x1 - f->x0, h = f->y1 - f->y0, ow = (int32_t)((float)w * times), oh = (int32_t)((float)h * times);
    struct fair_image *out = fair_image_new((uint32_t)ow, (uint32_t)oh, 1);

    int32_t *at = fair_xmalloc(2 * (size_t)ow * sizeof *at), *part = at + ow, have = -2;
    uint16_t *above = fair_xmalloc(2 * (size_t)ow * sizeof *above), *below = above + ow, *rows = above;

    for (int32_t x = 0; x < ow; x++) at[x] = place_of(x, times, w, &part[x]);
    for (int32_t y = 0; y < oh; y++) {
        int32_t down, j = place_of(y, times, h, &down);
        const uint8_t *p = fair_image_row(grey, (uint32_t)(f->y0 + j)) + f->x0;
        uint8_t *to = fair_image_row(out, (uint32_t)y);
        if (j == have + 1) { uint16_t *t = above; above = below; below = t; }
        if (j > have + 1) widened(p, at, part, ow, above);
        if (j > have) widened(p + grey->stride, at, part, ow, below);
        have = j;
        for (int32_t x = 0; x < ow; x++) to[x] = (uint8_t)(((uint32_t)above[x] * (uint32_t)(256 - down) + (uint32_t)below[x] * (uint32_t)down + 32768) >> 16);
    }
    free(at);
    free(rows);
    return out;
}

/* A map onto the enlarged rectangle becomes one onto the query. */
static void
put_back(float b[8], const struct fair_frame *f, float times)
{
    float at[2] = { (float)f->x0, (float)f->y0 };

    for (int k = 0; k < 2; k++) {
        b[3 * k] = b[3 * k] / times + at[k] * b[6];
        b[3 * k + 1] = b[3 * k + 1] / times + at[k] * b[7];
        b[3 * k + 2] = b[3 * k + 2] / times + at[k];
    }
}

static float
promise(const struct fair_match *m, const struct fair_clue *c)
{
    float of_parts = c->mapped && c->agree >= LEAST ? c->weight : 0, of_whole = c->whole_mapped && m->bits <= NEAR ? (float)(100 - (int)m->bits) * .25f : 0;

    return of_parts + of_whole;
}

/* Lay what was found in a rectangle on the query, and keep it where it lies better than what there was of that work. */
static fair_status
lay(const struct fair_index *ix, struct fair_search *s, struct fair_matches *io, const struct fair_match *m, const struct fair_clue *found,
    const struct fair_frame *f, float times, struct fair_err *err)
{
    struct fair_clue c = *found;
    float flat[8];
    size_t at;

    put_back(c.bend, f, times);
    fair_bend_affine(c.whole_map, flat);
    put_back(flat, f, times);
    memcpy(c.whole_map, flat, sizeof c.whole_map);
    fair_bend_about(c.bend, (float)c.record->norm_width / 2, (float)c.record->norm_height / 2, c.map);
    memset(c.used, 0, sizeof c.used);                 /* they are parts of the rectangle, not of the query */
    if (c.agree < LEAST) { c.mapped = false; c.agree = c.seen = c.shared = 0; c.weight = 0; }
    if (m->bits > NEAR) c.whole_mapped = false;
    FAIR_TRY(fair_pixels_lay_on(ix, s, m, NULL, &c, err));
    if (!c.looked) return FAIR_OK;
    at = fair_search_add(s, io, c.shelf, c.number, c.record);
    if (at == SIZE_MAX || (s->clues[at].looked && fair_pixels_fitness(&s->clues[at]) >= fair_pixels_fitness(&c))) return FAIR_OK;
    if (c.whole_mapped && m->bits < io->v[at].bits) { io->v[at].bits = m->bits; io->v[at].turn = m->turn; }
    io->v[at].agree = (uint16_t)c.agree;
    s->clues[at] = c;
    return FAIR_OK;
}

/* A rectangle looked up by itself. */
struct within { struct fair_image *im; struct fair_fingerprint fp; struct fair_search sub; struct fair_matches found; };

/* By its whole hash.  in->im is the caller's to free. */
static fair_status
by_hash(const struct fair_index *ix, const struct fair_search *s, const struct fair_frame *f, float times, struct within *in, struct fair_err *err)
{
    struct fair_whole whole;

    in->im = enlarged(s->q.grey, f, times);
    in->fp = (struct fair_fingerprint){ .scheme = FAIR_SCHEME, .width = in->im->width, .height = in->im->height, .norm_width = in->im->width, .norm_height = in->im->height };
    in->sub = (struct fair_search){ .q = { .fp = &in->fp, .org = s->q.org, .arena = s->q.arena }, .ix = ix, .settled = SIZE_MAX, .tried_at = SIZE_MAX, .in_full = s->in_full };
    in->found = (struct fair_matches){ fair_alloc_array(s->q.arena, CANDIDATES, sizeof *in->found.v), 0, CANDIDATES };
    in->sub.clues = fair_alloc_array(s->q.arena, CANDIDATES, sizeof *in->sub.clues);
    fair_whole_take(in->im, &whole);
    in->fp.quality = whole.quality;
    memcpy(in->fp.whole, whole.turn, sizeof in->fp.whole);
    return fair_stage_whole(ix, &in->sub.q, &in->found, err);
}

/* What may still be spent on a query. */
struct budget { float pixels; uint32_t parts, laid; };

/* Look the rectangle up, and lay the most promising works on. */
static fair_status
look_into(const struct fair_index *ix, struct fair_search *s, struct fair_matches *io, const struct fair_frame *f, float times, struct budget *left,
          struct fair_err *err)
{
    struct within in;
    FAIR_AUTO(image) struct fair_image *im = NULL;
    struct fair_part *parts = NULL;
    fair_status status = by_hash(ix, s, f, times, &in, err);

    im = in.im;
    FAIR_TRY(status);
    if (times >= WORTH) {
        fair_parts_take(im, FAIR_FOR_QUERY, left->parts < PARTS ? left->parts : PARTS, s->q.arena, &parts, &in.fp.n_parts);
        in.fp.parts = parts;
        left->parts -= in.fp.n_parts;
        FAIR_TRY(fair_stage_parts(ix, &in.sub.q, &in.found, err));
        FAIR_TRY(fair_stage_map(ix, &in.sub.q, &in.found, err));
    }
    for (int k = 0; k < EACH && left->laid > 0; k++) {
        size_t best = 0;
        for (size_t i = 1; i < in.found.n; i++)
            if (promise(&in.found.v[i], &in.sub.clues[i]) > promise(&in.found.v[best], &in.sub.clues[best])) best = i;
        if (in.found.n == 0 || !(promise(&in.found.v[best], &in.sub.clues[best]) > 0)) break;
        left->laid--;
        FAIR_TRY(lay(ix, s, io, &in.found.v[best], &in.sub.clues[best], f, times, err));
        in.sub.clues[best].mapped = in.sub.clues[best].whole_mapped = false;
    }
    return FAIR_OK;
}

/* The nearest work of a rectangle by its whole hash. */
struct nearest { struct fair_match m; struct fair_clue c; const struct fair_frame *f; };

static int
by_bits(const void *a, const void *b)
{
    const struct nearest *x = a, *y = b;
    if (x->m.bits != y->m.bits) return x->m.bits < y->m.bits ? -1 : 1;
    return x->f < y->f ? -1 : x->f > y->f;
}

/* The rectangles that are not enlarged for there are so many: each costs going over all works' hashes, and so are fewer the more works there are. */
static fair_status
look_behind(const struct fair_index *ix, struct fair_search *s, struct fair_matches *io, const struct fair_frame *v, size_t n, struct fair_err *err)
{
    struct nearest *near = fair_alloc_array(s->q.arena, n + 1, sizeof *near);
    const struct fair_shelf *shelf;
    uint64_t works = 1;
    size_t kept = 0, laid = 0;

    for (size_t k = 0; (shelf = fair_index_shelf(ix, k)) != NULL; k++) works += shelf->n;
    for (size_t i = 0; i < n && (i + 1) * works <= HASHES; i++) {
        struct within in;
        FAIR_AUTO(image) struct fair_image *im = NULL;
        fair_status status;
        size_t best = 0;
        if (taken(s, io, &v[i])) continue;
        status = by_hash(ix, s, &v[i], 1, &in, err);
        im = in.im;
        FAIR_TRY(status);
        for (size_t k = 1; k < in.found.n; k++)
            if (in.found.v[k].bits < in.found.v[best].bits) best = k;
        if (in.found.n > 0 && in.found.v[best].bits <= NEARER) near[kept++] = (struct nearest){ in.found.v[best], in.sub.clues[best], &v[i] };
    }
    qsort(near, kept, sizeof *near, by_bits);
    for (size_t i = 0; i < kept && laid < LAID_BEHIND; i++) {
        if (taken(s, io, near[i].f)) continue;
        laid++;
        FAIR_TRY(lay(ix, s, io, &near[i].m, &near[i].c, near[i].f, 1, err));
    }
    return FAIR_OK;
}

fair_status
fair_stage_frames(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err)
{
    struct fair_search *s = (struct fair_search *)q;
    const struct fair_frame all = { 0, 0, (int32_t)q->fp->norm_width, (int32_t)q->fp->norm_height, 1, 1 };
    struct fair_frame v[FAIR_FRAMES], behind[FAIR_FRAMES];
    struct budget left = { PIXELS, ALL_PARTS, LAID };
    size_t n, n_behind = 0;

    if (q->grey == NULL || q->proof == NULL || s->settled != SIZE_MAX || taken(s, io, &all)) return FAIR_OK;
    n = fair_frames_find(q->grey, v);
    for (size_t i = 0; i < n; i++) {
        float w = (float)(v[i].x1 - v[i].x0), h = (float)(v[i].y1 - v[i].y0), longer = w > h ? w : h, times = LONGER / longer < TIMES ? LONGER / longer : TIMES;
        bool small = times < WORTH || w < SHORTER || h < SHORTER;
        if (i >= FIRST || left.laid == 0 || (!small && (times * times * w * h > left.pixels || left.parts == 0))) { behind[n_behind++] = v[i]; continue; }
        if (taken(s, io, &v[i])) continue;
        if (small) times = 1;
        else left.pixels -= times * times * w * h;
        FAIR_TRY(look_into(ix, s, io, &v[i], times, &left, err));
    }
    return look_behind(ix, s, io, behind, n_behind, err);
}
