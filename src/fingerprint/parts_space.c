/* Scale space in 16-bit integers: blurred levels, their differences, and the extrema of those (Lowe 2004). */
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

    for (int32_t y = 0; y < out->height; y++) {
        int32_t near = y / 2, other = y % 2 ? near + 1 : near - 1;
        const uint8_t *a = fair_image_row(in, (uint32_t)near);
        const uint8_t *b = fair_image_row(in, (uint32_t)(other < 0 ? 0 : other >= h ? h - 1 : other));
        int16_t *o = row(out, y);
        int16_t mid[FAIR_SIDE + 2];
        for (int32_t x = 0; x < w; x++) mid[x + 1] = (int16_t)(3 * a[x] + b[x]);
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

static void
blur(const struct fair_parts_kernels *k, unsigned which, const struct fair_layer *in, const struct fair_layer *out, int16_t *tmp)
{
    const int16_t *rows[2 * FAIR_BLUR_REACH + 1];
    int32_t reach = (int32_t)blurs[which].reach;

    for (int32_t y = 0; y < in->height; y++) {
        for (int32_t i = -reach; i <= reach; i++) {
            int32_t at = y + i < 0 ? 0 : y + i >= in->height ? in->height - 1 : y + i;
            rows[i + reach] = row(in, at);
        }
        k->blur_row(rows, blurs[which].w, (unsigned)reach, (size_t)in->width, tmp, row(out, y));
    }
}

struct fair_space *
fair_space_new(const struct fair_image *norm)
{
    const struct fair_parts_kernels *k = fair_parts_kernels();
    struct fair_space *s = fair_xcalloc(1, sizeof *s);
    int32_t w = 2 * (int32_t)norm->width, h = 2 * (int32_t)norm->height;
    size_t need = 0, at = 0, big = stride_of(w) * (size_t)h;
    int16_t *doubled, *tmp;

    for (int32_t ow = w, oh = h; s->octaves < FAIR_SPACE_OCTAVES && ow >= SMALLEST && oh >= SMALLEST; ow /= 2, oh /= 2) {
        for (unsigned l = 0; l < FAIR_SPACE_LEVELS; l++) {
            s->level[s->octaves][l] = (struct fair_layer){ ow, oh, stride_of(ow), NULL };
            need += stride_of(ow) * (size_t)oh;
        }
        s->octaves++;
    }
    if (s->octaves == 0) return s;
    s->block = fair_xmalloc((need + big + stride_of(w) + 2 * FAIR_ROW_PAD) * sizeof *s->block + 64);
    at = FAIR_ROW_PAD;
    for (unsigned o = 0; o < s->octaves; o++)
        for (unsigned l = 0; l < FAIR_SPACE_LEVELS; l++) {
            s->level[o][l].data = s->block + at;
            at += s->level[o][l].stride * (size_t)s->level[o][l].height;
        }
    doubled = s->block + at;
    tmp = doubled + big;
    {
        struct fair_layer first = s->level[0][0];
        first.data = doubled;
        double_size(norm, &first);
        blur(k, 0, &first, &s->level[0][0], tmp);
    }
    for (unsigned o = 0; o < s->octaves; o++) {
        if (o > 0) halve(&s->level[o - 1][FAIR_SPACE_STEPS], &s->level[o][0]);
        for (unsigned l = 1; l < FAIR_SPACE_LEVELS; l++) blur(k, l, &s->level[o][l - 1], &s->level[o][l], tmp);
    }
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
settle(const struct fair_layer d[3], int32_t x, int32_t y, float least, float off[3], float *value)
{
    size_t st = d[0].stride;
    const int16_t *p = d[0].data + (size_t)y * st + x, *c = d[1].data + (size_t)y * st + x, *n = d[2].data + (size_t)y * st + x;
    float v = c[0];
    float gx = (float)(c[1] - c[-1]) * .5f, gy = (float)(c[st] - c[-(ptrdiff_t)st]) * .5f, gs = (float)(n[0] - p[0]) * .5f;
    float xx = (float)(c[1] + c[-1] - 2 * c[0]), yy = (float)(c[st] + c[-(ptrdiff_t)st] - 2 * c[0]), ss = (float)(n[0] + p[0] - 2 * c[0]);
    float xy = (float)(c[st + 1] - c[st - 1] - c[1 - (ptrdiff_t)st] + c[-1 - (ptrdiff_t)st]) * .25f;
    float xs = (float)(n[1] - n[-1] - p[1] + p[-1]) * .25f, ys = (float)(n[st] - n[-(ptrdiff_t)st] - p[st] + p[-(ptrdiff_t)st]) * .25f;
    float det2 = xx * yy - xy * xy, trace = xx + yy;
    float m0 = yy * ss - ys * ys, m1 = xy * ss - ys * xs, m2 = xy * ys - yy * xs;
    float det = xx * m0 - xy * m1 + xs * m2;

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

size_t
fair_space_spots(const struct fair_space *s, int16_t contrast, struct fair_spot *spots, size_t room)
{
    const struct fair_parts_kernels *k = fair_parts_kernels();
    size_t n = 0, big;
    int16_t *block;
    uint8_t *mark;

    if (s->octaves == 0) return 0;
    big = s->level[0][0].stride * (size_t)s->level[0][0].height;
    block = fair_xmalloc(((FAIR_SPACE_LEVELS - 1) * big + 2 * FAIR_ROW_PAD) * sizeof *block);
    mark = fair_xmalloc(s->level[0][0].stride + 64);
    for (unsigned o = 0; o < s->octaves; o++) {
        struct fair_layer d[FAIR_SPACE_LEVELS - 1];
        int32_t w = s->level[o][0].width, h = s->level[o][0].height;
        for (unsigned l = 0; l + 1 < FAIR_SPACE_LEVELS; l++) {
            d[l] = s->level[o][l];
            d[l].data = block + FAIR_ROW_PAD + l * big;
            for (int32_t y = 0; y < h; y++)
                k->minus(row(&s->level[o][l], y), row(&s->level[o][l + 1], y), (size_t)w, row(&d[l], y));
        }
        for (unsigned l = 1; l <= FAIR_SPACE_STEPS; l++)
            for (int32_t y = EDGE; y < h - EDGE; y++) {
                const int16_t *rows[9];
                for (int i = 0; i < 9; i++) rows[i] = row(&d[l - 1 + (unsigned)i / 3], y + i % 3 - 1) + EDGE;
                k->extrema_row(rows, (size_t)(w - 2 * EDGE), (int16_t)(contrast * 4 / 5), mark);
                for (int32_t x = 0; x < w - 2 * EDGE; x++) {
                    uint64_t eight;
                    float off[3], value;
                    if ((x & 7) == 0 && x + 8 <= w - 2 * EDGE) {
                        memcpy(&eight, mark + x, 8);
                        if (eight == 0) { x += 7; continue; }
                    }
                    if (!mark[x] || !settle(d + l - 1, x + EDGE, y, contrast, off, &value)) continue;
                    if (n < room)
                        spots[n++] = (struct fair_spot){ (float)(x + EDGE) + off[0], (float)y + off[1], (float)l + off[2], value,
                                                     (uint16_t)o, (uint16_t)l };
                }
            }
    }
    free(block);
    free(mark);
    return n;
}
