/* What is left between a work and a query laid on each other, over all of the overlap: how much of it agrees, how much
 * speaks against, whether that is spread over the picture or confined to a bar, a frame or one thing, whether one tone
 * curve takes the work's greys to the query's (another light does not), and whether the parts lie where they should
 * (another view point moves them by their depth). */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "index/search.h"

#define TILE 8
#define MOST 400              /* tiles: FAIR_SURVEY_SIDE / TILE squared */
#define CELLS 4               /* the overlap in 4 x 4 cells */
#define BINS 8                /* of the tone curve */

struct spot { float mean_a, mean_b, dev_a, dev_b, alike; uint8_t cx, cy; float x, y; };

static bool
spot_of(const float *a, const float *b, int32_t width, int32_t x, int32_t y, struct spot *s)
{
    const float n = TILE * TILE;
    float sa = 0, sb = 0, aa = 0, bb = 0, ab = 0;

    for (int32_t j = 0; j < TILE; j++) {
        const float *p = a + (y + j) * width + x, *q = b + (y + j) * width + x;
        for (int32_t i = 0; i < TILE; i++) {
            sa += p[i]; sb += q[i];
            aa += p[i] * p[i]; bb += q[i] * q[i]; ab += p[i] * q[i];
        }
    }
    if (!(sa + sb >= 0)) return false;                /* some of it lies outside */
    s->mean_a = sa / n; s->mean_b = sb / n;
    aa = aa / n - s->mean_a * s->mean_a;
    bb = bb / n - s->mean_b * s->mean_b;
    ab = ab / n - s->mean_a * s->mean_b;
    s->dev_a = aa > 0 ? sqrtf(aa) : 0;
    s->dev_b = bb > 0 ? sqrtf(bb) : 0;
    s->alike = aa > .01f && bb > .01f ? ab / sqrtf(aa * bb) : 0;
    return true;
}

static int
by_mean(const void *x, const void *y)
{
    const struct spot *a = x, *b = y;
    return (a->mean_a > b->mean_a) - (a->mean_a < b->mean_a);
}

static int
by_value(const void *x, const void *y)
{
    const float *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static float
median(float *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return n % 2 ? v[n / 2] : .5f * (v[n / 2 - 1] + v[n / 2]);
}

/* One curve from the work's greys to the query's, through the medians of bins of equal number: what the better 60 % of
 * the tiles are off by, in greys and as a share of what they differ by among themselves. */
static void
tones(struct spot *s, size_t n, struct fair_clue *c)
{
    float at[BINS], to[BINS], off[MOST], own[MOST], middle, sum = 0, all = 0;
    size_t bins = n / 6 < BINS ? n / 6 : BINS, most = n * 3 / 5;

    c->tone = 1;
    c->uneven = 0;
    if (bins < 2) return;
    qsort(s, n, sizeof *s, by_mean);
    for (size_t k = 0; k < bins; k++) {
        size_t from = n * k / bins, to_ = n * (k + 1) / bins;
        for (size_t i = from; i < to_; i++) own[i - from] = s[i].mean_b;
        to[k] = median(own, to_ - from);
        at[k] = s[(from + to_) / 2].mean_a;
    }
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        float f, want;
        while (k + 2 < bins && s[i].mean_a > at[k + 1]) k++;
        f = at[k + 1] - at[k] > .01f ? (s[i].mean_a - at[k]) / (at[k + 1] - at[k]) : .5f;
        f = f < -.5f ? -.5f : f > 1.5f ? 1.5f : f;
        want = to[k] + f * (to[k + 1] - to[k]);
        off[i] = fabsf(s[i].mean_b - want);
        own[i] = s[i].mean_b;
    }
    middle = median(own, n);
    for (size_t i = 0; i < n; i++) own[i] = fabsf(s[i].mean_b - middle);
    qsort(own, n, sizeof *own, by_value);
    qsort(off, n, sizeof *off, by_value);
    for (size_t i = 0; i < most; i++) { sum += off[i]; all += own[i]; }
    c->uneven = sum / (float)most;
    c->tone = 1 - sum / (all + (float)most * 1.5f);
}

/* The shift that a tile of the query still wants, by one step of Lucas and Kanade after it was brought to the work's
 * mean and contrast, and how much the tile can tell of it, 0 to 1; false where nothing. */
static bool
wanted(const float *a, const float *b, int32_t width, int32_t x, int32_t y, const struct spot *s, float *far, float *sure)
{
    float xx = 0, yy = 0, xy = 0, xd = 0, yd = 0, det, gain = s->dev_b > .1f ? s->dev_a / s->dev_b : 1, dx, dy;

    for (int32_t j = 0; j < TILE - 1; j++) {
        const float *p = a + (y + j) * width + x, *q = b + (y + j) * width + x;
        for (int32_t i = 0; i < TILE - 1; i++) {
            float gx = .5f * (p[i + 1] - p[i] + p[i + width + 1] - p[i + width]), gy = .5f * (p[i + width] - p[i] + p[i + width + 1] - p[i + 1]);
            float d = .25f * (p[i] + p[i + 1] + p[i + width] + p[i + width + 1]) - s->mean_a -
                      gain * (.25f * (q[i] + q[i + 1] + q[i + width] + q[i + width + 1]) - s->mean_b);
            xx += gx * gx; yy += gy * gy; xy += gx * gy;
            xd += gx * d; yd += gy * d;
        }
    }
    xx += 40; yy += 40;
    det = xx * yy - xy * xy;
    if (det < 1e4f) return false;
    dx = (yy * xd - xy * yd) / det;
    dy = (xx * yd - xy * xd) / det;
    *sure = det / (xx + yy) / (det / (xx + yy) + 600);
    *far = sqrtf(dx * dx + dy * dy);
    if (*far > 2) *far = 2;
    return true;
}

void
fair_survey(const float *a, const float *b, int32_t width, int32_t height, struct fair_clue *c)
{
    struct spot s[MOST];
    float for_[CELLS * CELLS] = { 0 }, against[CELLS * CELLS] = { 0 }, drift = 0, n_drift = 0, backed = 0, spoken = 0, open = 0;
    float x1 = 0, x2 = 0, y1 = 0, y2 = 0;
    size_t n = 0, textured = 0, held = 0;

    for (int32_t y = 0; y + TILE <= height; y += TILE)
        for (int32_t x = 0; x + TILE <= width && n < MOST; x += TILE) {
            struct spot *t = &s[n];
            float w = 0, v = 0, far, sure, px, py;
            int cell;
            if (!spot_of(a, b, width, x, y, t)) continue;
            n++;
            px = ((float)x + TILE / 2.f) / (float)width;
            py = ((float)y + TILE / 2.f) / (float)height;
            cell = (int)(py * CELLS) * CELLS + (int)(px * CELLS);
            if (t->dev_a < 3 && t->dev_b < 5) { open++; continue; }
            if (t->dev_a >= 3) {
                w = t->alike > .75f ? 1 : t->alike > .45f ? (t->alike - .45f) / .3f : 0;
                v = 1 - w;
            } else {
                v = t->dev_b > 12 ? 1 : (t->dev_b - 5) / 7;      /* the query has something where the work has nothing */
            }
            for_[cell] += w;
            against[cell] += v;
            backed += w;
            spoken += w + v;
            x1 += w * px; x2 += w * px * px;
            y1 += w * py; y2 += w * py * py;
            if (w > 0 && wanted(a, b, width, x, y, t, &far, &sure)) { drift += w * sure * far; n_drift += w * sure; }
        }
    for (int k = 0; k < CELLS * CELLS; k++) {
        if (for_[k] + against[k] < .7f) continue;
        textured++;
        held += for_[k] >= .4f * (for_[k] + against[k]);
    }
    c->held = spoken > 0 ? backed / spoken : 0;
    c->backed = backed;
    c->plain = n > 0 ? open / (float)n : 1;
    c->cells = (float)held;
    c->spread = textured > 0 ? (float)held / (float)textured : 0;
    {
        float in = for_[5] + for_[6] + for_[9] + for_[10], out = against[5] + against[6] + against[9] + against[10];
        c->middle = in + out >= .7f ? in / (in + out) : c->held;
    }
    c->breadth = 0;
    if (backed > 1) {
        float sx = x2 / backed - x1 * x1 / (backed * backed), sy = y2 / backed - y1 * y1 / (backed * backed);
        c->breadth = sqrtf(12 * (sx < sy ? sx > 0 ? sx : 0 : sy > 0 ? sy : 0));
    }
    c->drift = n_drift > 0 ? drift / n_drift : 2;
    tones(s, n, c);
}
