/* What was done to the colours of a copy, from two small pictures in colour laid on each other by the match's map.
 *
 * Cells of the work are compared by their means, so that it does not matter that the map is a little off, that one of the two was made smaller
 * than the other, or that a JPEG keeps colours at half the fineness.  A thing is told only where it is far beyond what saving, shrinking
 * and another profile do: to say it wrongly is to accuse somebody of it. */
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "index/search.h"

#define CELLS 12              /* each way                                                               */
#define POINTS 4              /* looked at in a cell, each way                                           */
#define LEAST 36              /* cells on which a statement rests                                        */
#define ROOM 20.f             /* pixels of the small picture that the copy has at least, each way        */
#define GREY 1.5f             /* mean chroma of what has no colour at all                                */
#define COLOURED 6.f          /* and of what is plainly in colour                                        */

struct cell { float y[2], cb[2], cr[2]; };      /* of the work, of the copy */

/* Luma and chroma of the small picture at (x, y), in its own pixels, between the four about it.  False outside. */
static bool
look(const struct fair_image *im, float x, float y, float out[3])
{
    float rgb[3], fx, fy;
    uint32_t x0, y0, x1, y1;

    if (!(x >= 0) || !(y >= 0) || x >= (float)im->width || y >= (float)im->height) return false;
    x = x < .5f ? 0 : x - .5f;
    y = y < .5f ? 0 : y - .5f;
    x0 = (uint32_t)x;
    y0 = (uint32_t)y;
    x1 = x0 + 1 < im->width ? x0 + 1 : x0;
    y1 = y0 + 1 < im->height ? y0 + 1 : y0;
    fx = x - (float)x0;
    fy = y - (float)y0;
    for (int c = 0; c < 3; c++)
        rgb[c] = (1 - fy) * ((1 - fx) * fair_image_row(im, y0)[3 * x0 + (uint32_t)c] + fx * fair_image_row(im, y0)[3 * x1 + (uint32_t)c]) +
                 fy * ((1 - fx) * fair_image_row(im, y1)[3 * x0 + (uint32_t)c] + fx * fair_image_row(im, y1)[3 * x1 + (uint32_t)c]);
    out[0] = .299f * rgb[0] + .587f * rgb[1] + .114f * rgb[2];
    out[1] = .564f * (rgb[2] - out[0]);
    out[2] = .713f * (rgb[0] - out[0]);
    return true;
}

/* One cell's means in both; false where the copy does not show it all. */
static bool
take(const struct fair_match *m, const struct fair_tint *work, const struct fair_tint *found, int x, int y, struct cell *c)
{
    *c = (struct cell){ 0 };
    for (int j = 0; j < POINTS; j++)
        for (int i = 0; i < POINTS; i++) {
            /* a margin all around: what borders on the work is not its own */
            float u = .03f + .94f * ((float)(x * POINTS + i) + .5f) / (CELLS * POINTS), v = .03f + .94f * ((float)(y * POINTS + j) + .5f) / (CELLS * POINTS);
            float wx = u * (float)work->width, wy = v * (float)work->height, a[3], b[3];
            float qx = m->map[0] * wx + m->map[1] * wy + m->map[2], qy = m->map[3] * wx + m->map[4] * wy + m->map[5];
            if (!look(work->small, u * (float)work->small->width, v * (float)work->small->height, a)) return false;
            if (!look(found->small, qx * (float)found->small->width / (float)found->width, qy * (float)found->small->height / (float)found->height, b)) return false;
            for (int k = 0; k < 2; k++) {
                const float *p = k ? b : a;
                c->y[k] += p[0] / (POINTS * POINTS);
                c->cb[k] += p[1] / (POINTS * POINTS);
                c->cr[k] += p[2] / (POINTS * POINTS);
            }
        }
    if (m->done.negated) {
        c->y[1] = 255 - c->y[1];
        c->cb[1] = -c->cb[1];
        c->cr[1] = -c->cr[1];
    }
    return true;
}

static int
rising(const void *x, const void *y)
{
    const float *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* Mean chroma, and that of the cell under which nine tenths lie. */
static void
strength(const struct cell *v, size_t n, int k, float *mean, float *most)
{
    float of[CELLS * CELLS];

    *mean = 0;
    for (size_t i = 0; i < n; i++) {
        of[i] = hypotf(v[i].cb[k], v[i].cr[k]);
        *mean += of[i] / (float)n;
    }
    /* cppcheck-suppress uninitvar ; the first n were filled, and there are LEAST */
    qsort(of, n, sizeof *of, rising);
    *most = of[n * 9 / 10];
}

/* How far the chroma lies from the best line over the luma: a picture in tones of one colour has it near 0. */
static float
off_one_colour(const struct cell *v, size_t n, int k)
{
    double y = 0, yy = 0, all = 0;

    for (size_t i = 0; i < n; i++) y += (double)v[i].y[k] / (double)n;
    for (size_t i = 0; i < n; i++) yy += ((double)v[i].y[k] - y) * ((double)v[i].y[k] - y);
    for (int c = 0; c < 2; c++) {
        double mean = 0, with = 0;
        for (size_t i = 0; i < n; i++) mean += (double)(c ? v[i].cr[k] : v[i].cb[k]) / (double)n;
        for (size_t i = 0; i < n; i++) with += ((double)v[i].y[k] - y) * ((double)(c ? v[i].cr[k] : v[i].cb[k]) - mean);
        for (size_t i = 0; i < n; i++) {
            double off = (double)(c ? v[i].cr[k] : v[i].cb[k]) - mean - (yy > 1 ? with / yy : 0) * ((double)v[i].y[k] - y);
            all += off * off / (double)n;
        }
    }
    return (float)sqrt(all);
}

/* Chroma as a plane: the copy's is the work's turned and stretched by the number `by`, of the work's mirror image where `mirrored`,
 * and moved.  How much of it that explains; *off is what it is moved by where the work is grey. */
static double
turned(const struct cell *v, size_t n, bool mirrored, double complex *by, double complex *off)
{
    double complex a = 0, b = 0, ab = 0;
    double aa = 0, bb = 0;
    const double way = mirrored ? -1 : 1;

    for (size_t i = 0; i < n; i++) {
        a += ((double)v[i].cb[0] + way * (double)v[i].cr[0] * I) / (double)n;
        b += ((double)v[i].cb[1] + (double)v[i].cr[1] * I) / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        double complex z = (double)v[i].cb[0] + way * (double)v[i].cr[0] * I - a, w = (double)v[i].cb[1] + (double)v[i].cr[1] * I - b;
        aa += creal(z * conj(z));
        bb += creal(w * conj(w));
        ab += conj(z) * w;
    }
    *by = aa > 0 ? ab / aa : 0;
    *off = b - *by * a;
    return aa > 0 && bb > 0 ? creal(ab * conj(ab)) / (aa * bb) : 0;
}

void
fair_done_colours(struct fair_match *m, const struct fair_tint *work, const struct fair_tint *found)
{
    struct cell v[CELLS * CELLS];
    struct fair_done *d = &m->done;
    float mean[2], most[2], one[2], apart = 0;
    double complex by, off, other, ignored;
    double explained, less = 1, more = 1;
    size_t n = 0;

    d->colours = FAIR_COLOURS_UNKNOWN;
    if (!m->has_map || !d->known || work->small->channels != 3 || found->small->channels != 3) return;
    if ((m->box[2] - m->box[0]) * (float)found->small->width < ROOM * (float)found->width ||
        (m->box[3] - m->box[1]) * (float)found->small->height < ROOM * (float)found->height) return;
    for (int y = 0; y < CELLS; y++)
        for (int x = 0; x < CELLS; x++) {
            if (!take(m, work, found, x, y, &v[n])) continue;
            /* where the greys are not the work's, something else lies there */
            if (d->tones_known && fabsf(v[n].y[1] - d->slope * v[n].y[0] - d->at) > 45) continue;
            n++;
        }
    if (n < LEAST) return;
    d->colours = FAIR_COLOURS_KEPT;
    for (int k = 0; k < 2; k++) {
        strength(v, n, k, &mean[k], &most[k]);
        one[k] = off_one_colour(v, n, k);
    }
    for (size_t i = 0; i < n; i++) apart += hypotf(v[i].cb[1] - v[i].cb[0], v[i].cr[1] - v[i].cr[0]) / (float)n;
    d->colour_left = mean[0] > 0 ? mean[1] / mean[0] : 1;
    if (mean[0] >= COLOURED && most[0] >= 11 && mean[1] <= GREY && most[1] <= 2 * GREY) {
        d->colours = FAIR_COLOURS_GREYSCALE;
        return;
    }
    if (mean[0] <= GREY && most[0] <= 2 * GREY) {
        if (mean[1] >= COLOURED && most[1] >= 12) d->colours = one[1] <= 2.5f ? FAIR_COLOURS_ONE : FAIR_COLOURS_ADDED;
        return;
    }
    if (mean[1] >= 5 && one[1] <= 2.2f && one[0] >= 8) {
        d->colours = FAIR_COLOURS_ONE;
        return;
    }
    explained = turned(v, n, false, &by, &off);
    if (d->tones_known) {     /* with less contrast there is less colour, too, and with more more: that is told already */
        less = d->slope > .2f && d->slope < 1 ? (double)d->slope : 1;
        more = d->slope > 1 ? (double)d->slope : 1;
    }
    if (one[0] >= 4 && apart >= 10 && ((explained >= .8 && fabs(carg(by)) > .6) || (explained < .6 && turned(v, n, true, &other, &ignored) >= .85)))
        d->colours = FAIR_COLOURS_OTHER;
    if (explained < .75 || fabs(carg(by)) > .35) return;
    d->colour_left = (float)cabs(by);
    if (one[0] >= 6 && cabs(by) < .5 * less && cabs(off) < 10) d->colours = FAIR_COLOURS_PALER;
    else if (one[0] >= 6 && cabs(by) > 1.75 * more && cabs(off) < 10) d->colours = FAIR_COLOURS_STRONGER;
    else if (apart >= 12 && cabs(off) >= 14 && cabs(by) > .5 && cabs(by) < 1.5 && (!d->tones_known || fabsf(d->brighter) < 40)) d->colours = FAIR_COLOURS_CAST;
}
