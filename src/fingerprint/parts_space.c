/* Scale space in 16-bit integers: blurred levels, their differences, and the extrema of those (Lowe 2004). */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "fingerprint/kernels_parts.h"
#include "fingerprint/parts_space.h"

/* Blurs that take a level to the next: the one that takes the picture (taken to be blurred by 0.5) to FAIR_SPACE_SIGMA, and the
 * three of an octave.  A level of twice the blur holds nothing that every second of its pixels does not tell, so that the same
 * weights take it on at twice the distance ("a trous": Holschneider et al. 1989). */
static const int16_t first_blur[3] = { 20914, 5803, 124 };
static const int16_t blurs[FAIR_SPACE_STEPS][3] = { { 20916, 5866, 60 }, { 16904, 7354, 578 }, { 13868, 7559, 1891 } };

#define LINE 64               /* bytes of a cache line: rows begin with one                */
#define EDGE 4                /* blobs nearer to a border than this are not sought; pixels of the grid */
#define SMALLEST 20           /* a grid's shorter side is at least this                        */

static size_t
stride_of(int32_t width)
{
    return ((size_t)width + 31) / 32 * 32 + 2 * FAIR_ROW_PAD;
}

static int16_t *
row(const struct fair_layer *l, int32_t y)
{
    return l->data + (size_t)(y & l->keep) * l->stride;
}

/* How far the taps lie apart that make level l of a grid of the level before. */
static int32_t
gap_of(unsigned grid, unsigned l)
{
    unsigned octave = ((grid == 0 ? 0 : FAIR_SPACE_STEPS) + l - (l > 0)) / FAIR_SPACE_STEPS;

    return 1 << octave;
}

/* Rows y .. y + FAIR_BLUR_ROWS - 1 of the blur of `in`, as far as there are such rows. */
static void
blur_rows(const struct fair_parts_kernels *k, const int16_t w[3], int32_t gap, const struct fair_layer *in, const struct fair_layer *out, int32_t y, int16_t *tmp)
{
    const int16_t *rows[4 * FAIR_BLUR_GAP + FAIR_BLUR_ROWS];
    int16_t *to[FAIR_BLUR_ROWS];

    for (int32_t i = 0; i < 4 * gap + FAIR_BLUR_ROWS; i++) {
        int32_t at = y + i - 2 * gap;
        rows[i] = row(in, at < 0 ? 0 : at >= in->height ? in->height - 1 : at);
    }
    for (int32_t j = 0; j < FAIR_BLUR_ROWS; j++)
        to[j] = y + j < out->height ? row(out, y + j) : tmp + FAIR_BLUR_ROWS * out->stride + FAIR_ROW_PAD;      /* to be thrown away */
    k->blur_rows(rows, w, (unsigned)gap, (size_t)in->width, tmp, to);
}

struct sink { const struct fair_parts_kernels *k; int16_t least, contrast; struct fair_spot *spots; size_t n, room; int16_t *scratch; uint16_t *at[FAIR_SPACE_LEVELS]; };

static void spots_of_row(struct sink *k, const struct fair_grid_levels *g, unsigned grid, int32_t y);

/* What a grid begins with: the picture, as a layer of which a few rows are there; or the level of the grid before that is
 * as blurred as this one's first. */
struct source { const struct fair_image *picture; struct fair_layer layer, before; };

#define LAID 64                   /* rows kept of a level that is not whole: more than there are between the first level's newest and oldest that is used */

/* Fill the levels of a grid, all of them a few rows at a time in step, so that what is read was written shortly
 * before; and look for blobs in the rows that are done. */
static void
fill(struct sink *k, const struct source *from, struct fair_grid_levels *g, unsigned grid, int16_t *tmp)
{
    int32_t behind[FAIR_SPACE_LEVELS] = { 0 }, h = g->level[0].height, last;
    unsigned first = grid == 0 ? 0 : 1;

    for (unsigned l = first; l < g->levels; l++)
        behind[l] = (l > 0 ? behind[l - 1] : 0) + (2 * gap_of(grid, l) + FAIR_BLUR_ROWS - 1) / FAIR_BLUR_ROWS * FAIR_BLUR_ROWS;
    last = behind[g->levels - 1];
    assert(last + 2 * FAIR_BLUR_ROWS <= LAID);
    for (int32_t t = 0; t < h + last + FAIR_BLUR_ROWS; t += FAIR_BLUR_ROWS) {
        for (int32_t y = t; y < t + FAIR_BLUR_ROWS && y < h; y++) {
            if (grid == 0) k->k->widen(fair_image_row(from->picture, (uint32_t)y), (size_t)g->level[0].width, row(&from->layer, y));
            else k->k->halve(row(&from->before, 2 * y), (size_t)g->level[0].width, row(&g->level[0], y));
        }
        for (unsigned l = first; l < g->levels; l++)
            if (t >= behind[l] && t - behind[l] < h)
                blur_rows(k->k, l > 0 ? blurs[(l - 1) % FAIR_SPACE_STEPS] : first_blur, gap_of(grid, l), l > 0 ? &g->level[l - 1] : &from->layer, &g->level[l], t - behind[l], tmp);
        for (int32_t y = t - last - 1; y < t - last - 1 + FAIR_BLUR_ROWS; y++) spots_of_row(k, g, grid, y);
    }
}

/* Is the level kept whole? */
static bool
whole(const struct fair_grid_levels *g, unsigned level)
{
    return level >= 1 && level <= g->steps;
}

struct fair_space *
fair_space_new(const struct fair_image *norm, int16_t contrast, struct fair_spot *spots, size_t room, size_t *n)
{
    struct sink k = { .k = fair_parts_kernels(), .least = (int16_t)(contrast * 4 / 5), .contrast = contrast, .spots = spots, .room = room };
    struct fair_space *s = fair_xcalloc(1, sizeof *s);
    struct source from = { .picture = norm };
    int32_t w = (int32_t)norm->width, h = (int32_t)norm->height;
    size_t need = 0, at, stride = stride_of(w);
    int16_t *laid, *tmp;

    *n = 0;
    for (int32_t gw = w, gh = h; s->n < FAIR_SPACE_GRIDS && gw >= SMALLEST && gh >= SMALLEST; gw /= 2, gh /= 2) {
        struct fair_grid_levels *g = &s->grid[s->n++];
        g->steps = s->n == 1 ? 2 * FAIR_SPACE_STEPS : FAIR_SPACE_STEPS;
        g->levels = g->steps + 3;
        for (unsigned l = 0; l < g->levels; l++) {
            g->level[l] = (struct fair_layer){ gw, gh, whole(g, l) ? -1 : LAID - 1, stride_of(gw), NULL };
            if (whole(g, l)) need += stride_of(gw) * (size_t)gh;
        }
    }
    if (s->n == 0) return s;
    /* the whole levels; the last rows of the other three and of the picture; rows of scratch for blurs, and for extrema; rows of places */
    s->block = fair_xmalloc((need + stride * (LAID * 4 + FAIR_BLUR_ROWS + 1 + 4 * (FAIR_SPACE_LEVELS - 3)) + 3 * FAIR_ROW_PAD + LINE) * sizeof *s->block);
    at = FAIR_ROW_PAD + (LINE - (uintptr_t)s->block % LINE) / sizeof *s->block;
    laid = s->block + at + need;
    for (unsigned i = 0; i < s->n; i++) {
        int16_t *part = laid;
        for (unsigned l = 0; l < s->grid[i].levels; l++) {
            struct fair_layer *layer = &s->grid[i].level[l];
            if (whole(&s->grid[i], l)) {
                layer->data = s->block + at;
                at += layer->stride * (size_t)layer->height;
            } else {
                layer->data = part;
                part += stride * LAID;
            }
        }
    }
    from.layer = s->grid[0].level[0];
    from.layer.data = laid + stride * LAID * 3;
    tmp = from.layer.data + stride * LAID;
    k.scratch = tmp + (FAIR_BLUR_ROWS + 1) * stride;
    for (unsigned l = 1; l + 2 < FAIR_SPACE_LEVELS; l++) k.at[l] = (uint16_t *)(k.scratch + (3 * (FAIR_SPACE_LEVELS - 3) + l - 1) * stride);
    for (unsigned i = 0; i < s->n; i++) {
        fill(&k, &from, &s->grid[i], i, tmp);
        from.before = s->grid[i].level[s->grid[i].steps];
    }
    *n = k.n;
    return s;
}

void
fair_space_free(struct fair_space **s)
{
    if (*s == NULL) return;
    free((*s)->block);
    free(*s);
    *s = NULL;
}

/* Fit a quadric about the extremum at (x, y) of layers d[0..2] and say where its top lies; false where there is no
 * firm blob: the top is elsewhere, too weak, or an edge. */
static bool
settle(const struct fair_layer g[4], int32_t x, int32_t y, float least, float off[3], float *value)
{
    /* d[3 l + j][i]: difference l at (x - 1 + i, y - 1 + j) */
    int d[9][3];
    float gx, gy, gs, xx, yy, ss, xy, xs, ys, v;
    float det2, trace, m0, m1, m2, det;

    for (int l = 0; l < 3; l++)
        for (int j = 0; j < 3; j++) {
            const int16_t *a = row(&g[l], y - 1 + j) + x - 1, *b = row(&g[l + 1], y - 1 + j) + x - 1;
            for (int i = 0; i < 3; i++) d[3 * l + j][i] = b[i] - a[i];
        }
    v = (float)d[4][1];
    gx = (float)(d[4][2] - d[4][0]) * .5f; gy = (float)(d[5][1] - d[3][1]) * .5f; gs = (float)(d[7][1] - d[1][1]) * .5f;
    xx = (float)(d[4][2] + d[4][0] - 2 * d[4][1]); yy = (float)(d[5][1] + d[3][1] - 2 * d[4][1]);
    ss = (float)(d[7][1] + d[1][1] - 2 * d[4][1]);
    xy = (float)(d[5][2] - d[5][0] - d[3][2] + d[3][0]) * .25f;
    xs = (float)(d[7][2] - d[7][0] - d[1][2] + d[1][0]) * .25f; ys = (float)(d[8][1] - d[6][1] - d[2][1] + d[0][1]) * .25f;
    det2 = xx * yy - xy * xy; trace = xx + yy;
    m0 = yy * ss - ys * ys; m1 = xy * ss - ys * xs; m2 = xy * ys - yy * xs;
    det = xx * m0 - xy * m1 + xs * m2;

    if (!(det2 > 0) || trace * trace * 12.f > 169.f * det2) return false;      /* ratio of curvatures over 12 */
    if (det > -1e-3f && det < 1e-3f) return false;
    off[0] = -(gx * m0 + gy * (xs * ys - xy * ss) + gs * (xy * ys - xs * yy)) / det;
    off[1] = -(gx * (xs * ys - xy * ss) + gy * (xx * ss - xs * xs) + gs * (xs * xy - xx * ys)) / det;
    off[2] = -(gx * m2 + gy * (xs * xy - xx * ys) + gs * det2) / det;
    for (int i = 0; i < 3; i++)
        if (!(off[i] > -.8f && off[i] < .8f)) return false;
    *value = v + .5f * (gx * off[0] + gy * off[1] + gs * off[2]);
    if (*value < 0) *value = -*value;
    return *value >= least;
}

static void
spots_of_row(struct sink *k, const struct fair_grid_levels *g, unsigned grid, int32_t y)
{
    const int16_t *rows[FAIR_SPACE_LEVELS][3];
    uint32_t found[FAIR_SPACE_LEVELS];

    if (y < EDGE || y >= g->level[0].height - EDGE) return;
    for (unsigned l = 0; l < g->levels; l++)
        for (int32_t j = 0; j < 3; j++) rows[l][j] = row(&g->level[l], y - 1 + j);
    k->k->extrema(rows, g->levels, (size_t)g->level[0].width, EDGE, k->least, k->scratch, k->at, found);
    for (unsigned l = 1; l <= g->steps; l++)
        for (size_t i = 0; i < found[l] && k->n < k->room; i++) {
            int32_t x = (int32_t)k->at[l][i];
            float off[3], value;
            if (!settle(g->level + l - 1, x, y, k->contrast, off, &value)) continue;
            k->spots[k->n++] = (struct fair_spot){ (float)x + off[0], (float)y + off[1],
                                                   (float)(grid == 0 ? l : l + (grid + 1) * FAIR_SPACE_STEPS) + off[2], value, (uint16_t)grid, (uint16_t)l };
        }
}
