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

/* Rows y .. y + n - 1; beyond a border the outermost repeat. */
static void
rows_of(const struct fair_layer *l, int32_t y, int32_t n, const int16_t **out)
{
    const int32_t last = l->height - 1, keep = l->keep;
    const size_t stride = l->stride;
    const int16_t *begin = l->data, *at = row(l, y > 0 ? y : 0);

    for (int32_t i = 0; i < n; i++) {
        out[i] = at;
        if (y + i >= 0 && y + i < last) at = ((y + i + 1) & keep) != 0 ? at + stride : begin;
    }
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

    rows_of(in, y - 2 * gap, 4 * gap + FAIR_BLUR_ROWS, rows);
    for (int32_t j = 0; j < FAIR_BLUR_ROWS; j++)
        to[j] = y + j < out->height ? row(out, y + j) : tmp + FAIR_BLUR_ROWS * out->stride + FAIR_ROW_PAD;      /* to be thrown away */
    k->blur_rows(rows, w, (unsigned)gap, (size_t)in->width, tmp, to);
}

struct sink { const struct fair_parts_kernels *k; int16_t least, contrast; struct fair_spot *spots; size_t n, room; uint32_t *places; struct fair_top *tops; };

static void spots_of_rows(struct sink *k, const struct fair_grid_levels *g, unsigned grid, int32_t first);

/* What a grid begins with: the picture, as a layer of which a few rows are there; or the level of the grid before that is
 * as blurred as this one's first. */
struct source { const struct fair_image *picture; struct fair_layer layer, before; };

/* Of FAIR_BLUR_ROWS rows. */
#define MOST_PLACES(width) ((size_t)(width) * FAIR_BLUR_ROWS * (FAIR_SPACE_LEVELS - 3))

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
        spots_of_rows(k, g, grid, t - last - 1);
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
    /* the whole levels; the last rows of the other three and of the picture; rows of scratch for blurs */
    s->block = fair_xmalloc((need + stride * (LAID * 4 + FAIR_BLUR_ROWS + 1) + 3 * FAIR_ROW_PAD + LINE) * sizeof *s->block);
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
    k.places = fair_xmalloc(MOST_PLACES(w) * (sizeof *k.places + sizeof *k.tops));
    k.tops = (struct fair_top *)(k.places + MOST_PLACES(w));
    for (unsigned i = 0; i < s->n; i++) {
        fill(&k, &from, &s->grid[i], i, tmp);
        from.before = s->grid[i].level[s->grid[i].steps];
    }
    *n = k.n;
    free(k.places);
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

/* Those of FAIR_BLUR_ROWS rows. */
static void
spots_of_rows(struct sink *k, const struct fair_grid_levels *g, unsigned grid, int32_t first)
{
    const int16_t *rows[FAIR_SPACE_LEVELS][FAIR_BLUR_ROWS + 2];
    size_t found;
    const int32_t height = g->level[0].height, from = first > EDGE ? first : EDGE, end = first + FAIR_BLUR_ROWS < height - EDGE ? first + FAIR_BLUR_ROWS : height - EDGE;

    if (from >= end) return;
    for (unsigned l = 0; l < g->levels; l++) rows_of(&g->level[l], first - 1, FAIR_BLUR_ROWS + 2, rows[l]);
    found = k->k->extrema(rows, g->levels, (size_t)g->level[0].width, EDGE, k->least, k->places);
    found = k->k->settle(rows, k->places, found, k->contrast, k->tops);
    for (size_t i = 0; i < found && k->n < k->room; i++) {
        const struct fair_top *t = &k->tops[i];
        unsigned l = t->place >> 16 & 255;
        int32_t y = first + (int32_t)(t->place >> 24);
        if (y < from || y >= end) continue;
        k->spots[k->n++] = (struct fair_spot){ (float)(t->place & 65535) + t->dx, (float)y + t->dy,
                                               (float)(grid == 0 ? l : l + (grid + 1) * FAIR_SPACE_STEPS) + t->ds, t->response, (uint16_t)grid, (uint16_t)l };
    }
}
