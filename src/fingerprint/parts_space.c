/* Scale space in 16-bit integers: blurred levels, their differences, and the extrema of those (Lowe 2004). */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "fingerprint/kernels_parts.h"
#include "fingerprint/parts_space.h"

/* Blurs that take a level to the next; the first takes the doubled picture (taken to be blurred by 1) to 1.6. */
static const struct { unsigned reach; int16_t w[FAIR_BLUR_REACH + 1]; } blurs[FAIR_SPACE_LEVELS] = {
    { 4, { 10468, 7598, 2905, 585, 62 } },
    { 4, { 10662, 7646, 2820, 535, 52 } },
    { 5, { 8462, 6864, 3662, 1285, 297, 45 } },
    { 6, { 6722, 5890, 3964, 2049, 814, 248, 58 } },
    { 8, { 5336, 4907, 3824, 2524, 1410, 667, 267, 91, 26 } },
    { 10, { 4236, 4017, 3433, 2642, 1831, 1143, 643, 325, 148, 61, 23 } },
};

#define EDGE 5                /* blobs nearer to a border than this are not sought; octave pixels */
#define SMALLEST 20           /* an octave's shorter side is at least this                        */

static size_t
stride_of(int32_t width)
{
    return ((size_t)width + 31) / 32 * 32 + 2 * FAIR_ROW_PAD;
}

static int16_t *
row(const struct fair_layer *l, int32_t y)
{
    return l->data + (size_t)y * l->stride;
}

/* Twice the size: each pixel's quarters lie 1/4 off its middle, so weights are 3/4 and 1/4 each way. */
static void
double_size(const struct fair_image *in, const struct fair_layer *out)
{
    int32_t w = (int32_t)in->width, h = (int32_t)in->height;

    assert(w >= 1 && h >= 1);
    for (int32_t y = 0; y < out->height; y++) {
        int32_t near = y / 2, other = y % 2 ? near + 1 : near - 1;
        const uint8_t *a = fair_image_row(in, (uint32_t)near);
        const uint8_t *b = fair_image_row(in, (uint32_t)(other < 0 ? 0 : other >= h ? h - 1 : other));
        int16_t *o = row(out, y);
        int16_t mid[FAIR_SIDE + 2];      /* 1 .. w are set below, w >= 1 */
        for (int32_t x = 0; x < w; x++) mid[x + 1] = (int16_t)(3 * a[x] + b[x]);
        // cppcheck-suppress uninitvar ; w >= 1, so that mid[1] is set
        mid[0] = mid[1];
        mid[w + 1] = mid[w];
        for (int32_t x = 0; x < w; x++) {
            o[2 * x] = (int16_t)(4 * (3 * mid[x + 1] + mid[x]));
            o[2 * x + 1] = (int16_t)(4 * (3 * mid[x + 1] + mid[x + 2]));
        }
    }
}

static void
halve(const struct fair_layer *in, const struct fair_layer *out)
{
    for (int32_t y = 0; y < out->height; y++) {
        const int16_t *a = row(in, 2 * y);
        int16_t *o = row(out, y);
        for (int32_t x = 0; x < out->width; x++) o[x] = a[2 * x];
    }
}

/* Rows y .. y + FAIR_BLUR_ROWS - 1 of the blur of `in`, as far as there are such rows. */
static void
blur_rows(const struct fair_parts_kernels *k, unsigned which, const struct fair_layer *in, const struct fair_layer *out, int32_t y, int16_t *tmp)
{
    const int16_t *rows[2 * FAIR_BLUR_REACH + FAIR_BLUR_ROWS];
    int16_t *to[FAIR_BLUR_ROWS];
    int32_t reach = (int32_t)blurs[which].reach;

    for (int32_t i = -reach; i < reach + FAIR_BLUR_ROWS; i++) {
        int32_t at = y + i < 0 ? 0 : y + i >= in->height ? in->height - 1 : y + i;
        rows[i + reach] = row(in, at);
    }
    for (int32_t j = 0; j < FAIR_BLUR_ROWS; j++)
        to[j] = y + j < out->height ? row(out, y + j) : tmp + FAIR_BLUR_ROWS * out->stride + FAIR_ROW_PAD;      /* to be thrown away */
    k->blur_rows(rows, blurs[which].w, (unsigned)reach, (size_t)in->width, tmp, to);
}

struct sink { const struct fair_parts_kernels *k; int16_t least, contrast; struct fair_spot *spots; size_t n, room; int16_t *block; uint16_t *at; };

static void spots_of_row(struct sink *k, const struct fair_layer level[FAIR_SPACE_LEVELS], unsigned octave, int32_t y);

/* Fill the levels of an octave from `first` (blurs begins at blur `from`), all of them a few rows at a time in step, so
 * that what is read was written shortly before; and look for blobs in the rows that are done. */
static void
fill(struct sink *k, const struct fair_layer *first, struct fair_layer level[FAIR_SPACE_LEVELS], unsigned from, unsigned octave, int16_t *tmp)
{
    int32_t behind[FAIR_SPACE_LEVELS] = { 0 }, h = level[0].height, last;

    for (unsigned l = from; l < FAIR_SPACE_LEVELS; l++)
        behind[l] = (l > 0 ? behind[l - 1] : 0) + ((int32_t)blurs[l].reach + FAIR_BLUR_ROWS - 1) / FAIR_BLUR_ROWS * FAIR_BLUR_ROWS;
    last = behind[FAIR_SPACE_LEVELS - 1];
    for (int32_t t = 0; t < h + last + FAIR_BLUR_ROWS; t += FAIR_BLUR_ROWS) {
        for (unsigned l = from; l < FAIR_SPACE_LEVELS; l++)
            if (t >= behind[l] && t - behind[l] < h) blur_rows(k->k, l, l > 0 ? &level[l - 1] : first, &level[l], t - behind[l], tmp);
        for (int32_t y = t - last - 1; y < t - last - 1 + FAIR_BLUR_ROWS; y++) spots_of_row(k, level, octave, y);
    }
}

struct fair_space *
fair_space_new(const struct fair_image *norm, int16_t contrast, struct fair_spot *spots, size_t room, size_t *n)
{
    struct sink k = { .k = fair_parts_kernels(), .least = (int16_t)(contrast * 4 / 5), .contrast = contrast, .spots = spots, .room = room };
    struct fair_space *s = fair_xcalloc(1, sizeof *s);
    int32_t w = 2 * (int32_t)norm->width, h = 2 * (int32_t)norm->height;
    size_t need = 0, at = 0, stride = stride_of(w);
    int16_t *tmp;

    *n = 0;
    for (int32_t ow = w, oh = h; s->octaves < FAIR_SPACE_OCTAVES && ow >= SMALLEST && oh >= SMALLEST; ow /= 2, oh /= 2) {
        for (unsigned l = 0; l < FAIR_SPACE_LEVELS; l++) {
            s->level[s->octaves][l] = (struct fair_layer){ ow, oh, stride_of(ow), NULL };
            need += stride_of(ow) * (size_t)oh;
        }
        s->octaves++;
    }
    if (s->octaves == 0) return s;
    /* the levels; the doubled picture; rows of scratch; 4 rows of each difference; a row of places */
    s->block = fair_xmalloc((need + stride * (size_t)(h + FAIR_BLUR_ROWS + 1 + 4 * (FAIR_SPACE_LEVELS - 1)) + 4 * FAIR_ROW_PAD + stride) * sizeof *s->block);
    at = FAIR_ROW_PAD;
    for (unsigned o = 0; o < s->octaves; o++)
        for (unsigned l = 0; l < FAIR_SPACE_LEVELS; l++) {
            s->level[o][l].data = s->block + at;
            at += s->level[o][l].stride * (size_t)s->level[o][l].height;
        }
    {
        struct fair_layer first = s->level[0][0];
        first.data = s->block + at;
        tmp = first.data + stride * (size_t)h;
        k.block = tmp + (FAIR_BLUR_ROWS + 1) * stride + FAIR_ROW_PAD;
        k.at = (uint16_t *)(k.block + 4 * (FAIR_SPACE_LEVELS - 1) * stride + FAIR_ROW_PAD);
        double_size(norm, &first);
        fill(&k, &first, s->level[0], 0, 0, tmp);
    }
    for (unsigned o = 1; o < s->octaves; o++) {
        halve(&s->level[o - 1][FAIR_SPACE_STEPS], &s->level[o][0]);
        fill(&k, NULL, s->level[o], 1, o, tmp);
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

/* Rows of differences are kept four at a time, by their number's last two bits; row y - 1 .. y + 1 are there when y
 * is looked at. */
static void
spots_of_row(struct sink *k, const struct fair_layer level[FAIR_SPACE_LEVELS], unsigned octave, int32_t y)
{
    int32_t w = level[0].width, h = level[0].height;
    size_t stride = level[0].stride;
    const int16_t *rows[FAIR_SPACE_LEVELS - 1][3];

    if (y + 1 >= 0 && y + 1 < h)
        for (unsigned l = 0; l + 1 < FAIR_SPACE_LEVELS; l++)
            k->k->minus(row(&level[l], y + 1), row(&level[l + 1], y + 1), (size_t)w, k->block + ((size_t)l * 4 + (size_t)((y + 1) & 3)) * stride);
    if (y < EDGE || y >= h - EDGE) return;
    for (unsigned l = 0; l + 1 < FAIR_SPACE_LEVELS; l++)
        for (int32_t j = 0; j < 3; j++) rows[l][j] = k->block + ((size_t)l * 4 + (size_t)((y - 1 + j) & 3)) * stride + EDGE;
    for (unsigned l = 1; l <= FAIR_SPACE_STEPS; l++) {
        const int16_t *nine[9];
        size_t n;
        for (unsigned i = 0; i < 9; i++) nine[i] = rows[l - 1 + i / 3][i % 3];
        n = k->k->extrema_row(nine, (size_t)(w - 2 * EDGE), k->least, k->at);
        for (size_t i = 0; i < n && k->n < k->room; i++) {
            int32_t x = (int32_t)k->at[i] + EDGE;
            float off[3], value;
            if (!settle(level + l - 1, x, y, k->contrast, off, &value)) continue;
            k->spots[k->n++] = (struct fair_spot){ (float)x + off[0], (float)y + off[1], (float)l + off[2], value, (uint16_t)octave, (uint16_t)l };
        }
    }
}
