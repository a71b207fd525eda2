/* What was done to a work to make its copy, told from the two grey pictures laid on each other and from what lies about the
 * work in the query.  A thing is told only where it is plain to see: to say it wrongly is to accuse somebody of it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "index/search.h"

#define TILE 8
#define SIDE 160              /* samples along the longer side                                             */
#define MOST ((SIDE / TILE) * (SIDE / TILE))
#define ALIKE .8f             /* a textured tile that is alike                                              */
#define SURE .7f              /* share of the textured tiles that must be alike before pixels tell anything */
#define MARGIN .025f          /* of the query's side: less beside the work is no border                     */
#define LINES 8               /* of the work, each way, that are looked at for whether they are bent        */
#define BENT .02f             /* of a line's length, which it must be off a straight one                    */
#define LEAST 12              /* tiles on which a statement rests                                           */

struct tile { float mean_a, mean_b, dev_a, dev_b, alike; int x, y; bool good, bad; };

static void
tile_of(const float *a, const float *b, int32_t width, int32_t x, int32_t y, struct tile *t)
{
    const float n = TILE * TILE;
    float sa = 0, sb = 0, aa = 0, bb = 0, ab = 0;

    for (int32_t j = 0; j < TILE; j++)
        for (int32_t i = 0; i < TILE; i++) {
            float p = a[(y + j) * width + x + i], q = b[(y + j) * width + x + i];
            sa += p; sb += q; aa += p * p; bb += q * q; ab += p * q;
        }
    t->mean_a = sa / n;
    t->mean_b = sb / n;
    aa = aa / n - t->mean_a * t->mean_a;
    bb = bb / n - t->mean_b * t->mean_b;
    ab = ab / n - t->mean_a * t->mean_b;
    t->dev_a = aa > 0 ? sqrtf(aa) : 0;
    t->dev_b = bb > 0 ? sqrtf(bb) : 0;
    t->alike = aa > .01f && bb > .01f ? ab / sqrtf(aa * bb) : 0;
}

static int
rising(const void *x, const void *y)
{
    const float *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static float
middle_of(float *v, size_t n)
{
    qsort(v, n, sizeof *v, rising);
    return v[n / 2];
}

/* Greys of the good tiles: one straight line from the work's to the query's, and what it is off by. */
static void
tones(const struct tile *t, size_t n, struct fair_done *d)
{
    float off[MOST], slope = 1, at = 0;
    double w = 0, sx = 0, sy = 0, xx = 0, xy = 0;
    size_t m = 0;

    for (size_t i = 0; i < n; i++)
        if (t[i].good) { w++; sx += (double)t[i].mean_a; sy += (double)t[i].mean_b; }
    if (w < LEAST) return;
    for (size_t i = 0; i < n; i++)
        if (t[i].good) {
            xx += ((double)t[i].mean_a - sx / w) * ((double)t[i].mean_a - sx / w);
            xy += ((double)t[i].mean_a - sx / w) * ((double)t[i].mean_b - sy / w);
        }
    if (xx / w > 25) slope = (float)(xy / xx);
    at = (float)(sy / w) - slope * (float)(sx / w);
    for (size_t i = 0; i < n; i++)
        if (t[i].good) off[m++] = fabsf(t[i].mean_b - slope * t[i].mean_a - at);
    d->tones_known = true;
    d->slope = slope;
    d->at = at;
    d->brighter = (float)((sy - sx) / w);
    d->off_line = middle_of(off, m);
}

struct sharp { float work, left; };

static int
sharpest(const void *x, const void *y)
{
    const struct sharp *a = x, *b = y;
    return (a->work < b->work) - (a->work > b->work);
}

/* How much is left of the work's detail where it is sharpest, and the grain that the query has where the work is nearly plain. */
static void
detail(const float *a, const float *b, int32_t w, int32_t h, const struct tile *t, size_t n, struct fair_done *d)
{
    struct sharp sharp[MOST];
    float of[MOST], grain[MOST];
    size_t m = 0, g = 0;

    for (size_t i = 0; i < n; i++) {
        double ea = 0, eb = 0;
        /* tiles at the border hold some of what lies about the work */
        if (t[i].x == 0 || t[i].y == 0 || t[i].x + 2 * TILE > w || t[i].y + 2 * TILE > h) continue;
        if (t[i].dev_a < 6 && t[i].dev_b < 40) {
            float more = t[i].dev_b * t[i].dev_b - d->slope * d->slope * t[i].dev_a * t[i].dev_a;
            grain[g++] = more > 0 ? sqrtf(more) : 0;
        }
        if (!t[i].good || t[i].dev_a < 6) continue;
        for (int y = t[i].y; y < t[i].y + TILE - 1; y++)
            for (int x = t[i].x; x < t[i].x + TILE - 1; x++) {
                const float *p = a + y * w + x, *q = b + y * w + x;
                ea += (double)((p[1] - p[0]) * (p[1] - p[0]) + (p[w] - p[0]) * (p[w] - p[0]));
                eb += (double)((q[1] - q[0]) * (q[1] - q[0]) + (q[w] - q[0]) * (q[w] - q[0]));
            }
        /* as a share of the tile's own contrast: a change of tones is no change of detail */
        if (ea > 64 && t[i].dev_b > .5f)
            sharp[m++] = (struct sharp){ (float)ea / (t[i].dev_a * t[i].dev_a), (float)sqrt(eb / ea) * t[i].dev_a / t[i].dev_b };
    }
    /* cppcheck-suppress uninitvar ; the first m were filled */
    qsort(sharp, m, sizeof *sharp, sharpest);
    m /= 3;
    for (size_t i = 0; i < m; i++) of[i] = sharp[i].left;
    if (m >= LEAST / 2) d->detail = middle_of(of, m);
    if (g >= LEAST) d->grain = middle_of(grain, g);
}

/* The largest piece of neighbouring tiles that are not the work's, though nearly all others are. */
static void
covered(const struct tile *t, size_t n, int across, int down, struct fair_done *d)
{
    int16_t at[MOST], stack[MOST];
    bool seen[MOST] = { false };
    size_t best = 0;

    for (int i = 0; i < across * down; i++) at[i] = -1;
    for (size_t i = 0; i < n; i++) at[t[i].y / TILE * across + t[i].x / TILE] = (int16_t)i;
    for (size_t i = 0; i < n; i++) {
        size_t top = 0, size = 0, inner = 0;
        float x0 = 1, y0 = 1, x1 = 0, y1 = 0;
        if (!t[i].bad || seen[i]) continue;
        seen[i] = true;
        stack[top++] = (int16_t)i;
        while (top > 0) {
            const struct tile *p = &t[stack[--top]];
            int x = p->x / TILE, y = p->y / TILE;
            const int near[4][2] = { { x - 1, y }, { x + 1, y }, { x, y - 1 }, { x, y + 1 } };
            float fx = (float)x / (float)across, fy = (float)y / (float)down;
            size++;
            inner += x > 0 && y > 0 && x + 1 < across && y + 1 < down;
            x0 = fx < x0 ? fx : x0;
            y0 = fy < y0 ? fy : y0;
            x1 = fx + 1 / (float)across > x1 ? fx + 1 / (float)across : x1;
            y1 = fy + 1 / (float)down > y1 ? fy + 1 / (float)down : y1;
            for (int k = 0; k < 4; k++) {
                int16_t to;
                if (near[k][0] < 0 || near[k][1] < 0 || near[k][0] >= across || near[k][1] >= down) continue;
                to = at[near[k][1] * across + near[k][0]];
                if (to < 0 || !t[to].bad || seen[to]) continue;
                seen[to] = true;
                stack[top++] = to;
            }
        }
        if (size <= best || inner < 3) continue;      /* tiles at the border hold some of what lies about the work */
        best = size;
        d->over = (float)size / (float)n;
        d->over_box[0] = x0; d->over_box[1] = y0; d->over_box[2] = x1; d->over_box[3] = y1;
    }
}

/* What lies between the work's side and the query's edge, in normalised pixels of the query: plain, a bar with something
 * on it, or other things. */
static enum fair_around
strip(const struct fair_image *q, float x0, float y0, float x1, float y1)
{
    size_t n = 0, plain = 0, same = 0;
    float first = -1;

    for (int32_t y = (int32_t)y0; (float)y + 6 <= y1; y += 6)
        for (int32_t x = (int32_t)x0; (float)x + 6 <= x1; x += 6) {
            int low = 255, high = 0, sum = 0;
            for (int j = 0; j < 6; j++) {
                const uint8_t *p = fair_image_row(q, (uint32_t)(y + j)) + x;
                for (int i = 0; i < 6; i++) { low = p[i] < low ? p[i] : low; high = p[i] > high ? p[i] : high; sum += p[i]; }
            }
            n++;
            if (high - low > 24) continue;
            plain++;
            if (first < 0) first = (float)sum / 36;
            same += fabsf((float)sum / 36 - first) < 14;
        }
    if (n < 6) return FAIR_AROUND_NOTHING;
    if (plain * 100 >= n * 96 && same * 100 >= plain * 96) return FAIR_AROUND_PLAIN;
    return plain * 100 >= n * 30 && same * 100 >= plain * 90 ? FAIR_AROUND_BAR : FAIR_AROUND_BUSY;
}

static void
around(const struct fair_image *q, const struct fair_clue *c, struct fair_done *d)
{
    float w = (float)c->record->norm_width, h = (float)c->record->norm_height, x0 = 1e9f, y0 = 1e9f, x1 = -1e9f, y1 = -1e9f, qw = (float)q->width, qh = (float)q->height;

    for (int k = 0; k < 4; k++) {
        float u, v;
        fair_clue_at(c, k & 1 ? w : 0, k & 2 ? h : 0, &u, &v);
        x0 = u < x0 ? u : x0;
        y0 = v < y0 ? v : y0;
        x1 = u > x1 ? u : x1;
        y1 = v > y1 ? v : y1;
    }
    if (!(x1 - x0 >= 1) || !(y1 - y0 >= 1)) return;
    {
        /* within, as far as the work goes; two pixels of the seam belong to neither */
        float a0 = x0 < 0 ? 0 : x0, b0 = y0 < 0 ? 0 : y0, a1 = x1 > qw ? qw : x1, b1 = y1 > qh ? qh : y1;
        const float gap[4] = { x0 / qw, y0 / qh, (qw - x1) / qw, (qh - y1) / qh };
        const float part[4][4] = { { 0, b0, x0 - 2, b1 }, { a0, 0, a1, y0 - 2 }, { x1 + 2, b0, qw, b1 }, { a0, y1 + 2, a1, qh } };
        for (int k = 0; k < 4; k++)
            if (gap[k] >= MARGIN) {
                d->around[k] = strip(q, part[k][0], part[k][1], part[k][2], part[k][3]);
                d->gap[k] = d->around[k] == FAIR_AROUND_NOTHING ? 0 : gap[k];
            }
    }
}

/* How far from a parallelogram the map makes the work: 1 not at all. */
static float
slant(const struct fair_clue *c)
{
    float w = (float)c->record->norm_width, h = (float)c->record->norm_height, low = 1e9f, high = 0;

    for (int k = 0; k < 4; k++) {
        float v = c->bend[6] * (k & 1 ? w : 0) + c->bend[7] * (k & 2 ? h : 0) + 1;
        low = v < low ? v : low;
        high = v > high ? v : high;
    }
    return low > .01f ? high / low : 100;
}

/* How far lines of the work that the query shows are off straight ones, share of their length, the most of them.  A curve
 * may also mend what the projective map has wrong, and then bends hardly anything. */
static float
curved(const struct fair_clue *c, const struct fair_image *q)
{
    const float w = (float)c->record->norm_width, h = (float)c->record->norm_height;
    float most = 0;

    for (int line = 0; line < 2 * LINES; line++) {
        const float aside = ((float)(line % LINES) + .5f) / LINES;
        float at[LINES][2];
        bool seen[LINES];
        int first = LINES, last = -1;
        for (int k = 0; k < LINES; k++) {
            const float along = ((float)k + .5f) / LINES, x = w * (line < LINES ? along : aside), y = h * (line < LINES ? aside : along);
            float u, v;
            fair_clue_at(c, x, y, &u, &v);
            seen[k] = u >= 0 && v >= 0 && u < (float)q->width && v < (float)q->height;
            if (!seen[k]) continue;
            fair_bow_at(c->bow, x, y, &at[k][0], &at[k][1]);
            first = k < first ? k : first;
            last = k;
        }
        for (int k = first + 1; k < last && last - first >= LINES / 2; k++) {
            const float t = (float)(k - first) / (float)(last - first), *p = at[first], *r = at[last];
            if (seen[k]) most = fmaxf(most, hypotf(at[k][0] - p[0] - t * (r[0] - p[0]), at[k][1] - p[1] - t * (r[1] - p[1])) / hypotf(r[0] - p[0], r[1] - p[1]));
        }
    }
    return most;
}

void
fair_done_tell(const struct fair_image *query, struct fair_levels *levels, const struct fair_clue *c, struct fair_match *m)
{
    static _Thread_local float a[SIDE * SIDE], b[SIDE * SIDE];
    struct tile t[MOST];
    struct fair_done *d = &m->done;
    struct fair_laid g;
    int32_t width, height;
    size_t n = 0, textured = 0, good = 0;
    float straight = fabsf(remainderf(m->rotation, 90.f));

    *d = (struct fair_done){ .known = true, .negated = c->laid_negated, .wide = 1, .detail = 1, .grain = -1 };
    d->bent = c->bow != NULL && curved(c, query) > BENT;
    d->slanted = !d->bent && slant(c) > 1.12f;
    {
        float sx = hypotf(m->map[0], m->map[3]), sy = hypotf(m->map[1], m->map[4]);
        if (!d->bent && !d->slanted && sy > 0) d->wide = sx / sy;
    }
    if (!d->slanted && straight < 1.5f) around(query, c, d);
    if (!fair_pixels_lay(levels, c->levels, c->bend, c->laid_negated, SIDE, a, b, &g)) return;
    width = g.width;
    height = g.height;
    for (int32_t y = 0; y + TILE <= height; y += TILE)
        for (int32_t x = 0; x + TILE <= width; x += TILE) {
            struct tile *p = &t[n];
            *p = (struct tile){ .x = x, .y = y };
            tile_of(a, b, width, x, y, p);
            if (!(p->mean_a + p->mean_b >= 0)) continue;      /* some of it lies outside */
            n++;
            if (p->dev_a >= 4) {
                textured++;
                p->good = p->alike >= ALIKE;
                good += p->good;
            } else {
                p->good = p->dev_b < 6;
            }
        }
    if (textured < LEAST || (float)good < .5f * (float)textured) return;
    tones(t, n, d);
    if (!d->tones_known) return;
    for (size_t i = 0; i < n; i++) t[i].bad = t[i].dev_a >= 4 ? t[i].alike < .4f && (t[i].dev_b > 6 || t[i].dev_a > 10) : t[i].dev_b > 14;
    covered(t, n, width / TILE, height / TILE, d);
    d->sure = (float)good >= SURE * (float)textured && c->drift < .3f;
    if ((float)good < SURE * (float)textured && d->over < .1f) d->over = 0;      /* bad all over is no piece laid over it */
    detail(a, b, width, height, t, n, d);
}

struct fair_image *
fair_match_draw(enum fair_drawing what, const struct fair_match *m, const struct fair_image *query, uint32_t width, uint32_t height,
                const struct fair_image *work, uint32_t work_width, uint32_t work_height)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    float qx = (float)query->width / (float)width, qy = (float)query->height / (float)height, *at;
    float wx = (float)work_width / (float)work->width, wy = (float)work_height / (float)work->height, bend[8];
    const float map[6] = { m->map[0] * wx * qx, m->map[1] * wy * qx, m->map[2] * qx, m->map[3] * wx * qy, m->map[4] * wy * qy, m->map[5] * qy };
    struct fair_levels *levels, *of_work;
    const struct fair_record record = { .norm_width = (uint16_t)work->width, .norm_height = (uint16_t)work->height };
    struct fair_clue c = { .mapped = true, .record = &record };
    struct fair_image *out;

    if (!m->has_map) return NULL;
    levels = fair_levels_new(query, a);
    of_work = fair_levels_new(work, a);
    fair_bend_affine(map, bend);
    if (fair_pixels_coarse(levels, of_work, bend, m->done.negated, &c) || !c.looked) fair_pixels_look(levels, of_work, &c);      /* the affine map is nearly it */
    fair_pixels_bow(levels, of_work, &c, a);
    out = fair_image_new(work->width, work->height, 3);
    at = fair_alloc_array(a, work->width, sizeof *at);
    for (uint32_t y = 0; y < work->height; y++) {
        const uint8_t *grey = fair_image_row(work, y);
        uint8_t *to = fair_image_row(out, y);
        fair_pixels_row(fair_clue_query(levels, &c), c.bend, (float)y + .5f, work->width, at);
        for (uint32_t x = 0; x < work->width; x++, to += 3) {
            float base = 120 + .5f * (float)grey[x], found = m->done.negated ? 255 - at[x] : at[x], off, red;
            if (!(at[x] >= 0)) {                       /* beyond the picture found */
                to[0] = (uint8_t)(.6f * base);
                to[1] = (uint8_t)(.75f * base);
                to[2] = (uint8_t)(base < 230 ? base + 25 : 255);
                continue;
            }
            if (what == FAIR_DRAW_STRAIGHT) {
                to[0] = to[1] = to[2] = (uint8_t)(at[x] + .5f);
                continue;
            }
            off = fabsf(found - (m->done.tones_known ? m->done.slope * (float)grey[x] + m->done.at : (float)grey[x]));
            red = off < 16 ? 0 : off > 80 ? 1 : (off - 16) / 64;
            to[0] = (uint8_t)(base + (235 - base) * red);
            to[1] = to[2] = (uint8_t)(base + (30 - base) * red);
        }
    }
    return out;
}
