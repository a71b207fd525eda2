/* What is left between a work and a query laid on each other, over all of the overlap: how much of it agrees, how much
 * speaks against, whether that is spread over the picture or confined to a bar, a frame or one thing, whether one tone
 * curve takes the work's greys to the query's (another light does not), and whether the parts lie where they should
 * (another view point moves them by their depth). */
#include <math.h>
#include <string.h>
#include "index/kernels_pixels.h"
#include "index/search.h"

#define TILE FAIR_TILE
#define MOST 400              /* tiles: FAIR_SURVEY_SIDE / TILE squared */
#define SIDE 20               /* tiles along a side */
#define CELLS 4               /* the overlap in 4 x 4 cells */
#define BINS 8                /* of the tone curve */
#define NOISE 3.f             /* neighbouring samples are not independent: the variance of a shift is so many times what it were */

/* for_, against: what it says; far, sure: the shift it still wants, samples, and how much it can tell of it (0: nothing). */
struct spot { float mean_a, mean_b, dev_a, dev_b, alike, for_, against, far, sure; uint8_t x, y; bool open; };

static bool
spot_of(const float *a, const float *b, int32_t width, int32_t x, int32_t y, struct spot *s)
{
    const float n = TILE * TILE;
    float sums[5], aa, bb, ab;

    fair_pixels_kernels()->tile(a + y * width + x, b + y * width + x, (size_t)width, (size_t)width, sums);
    if (!(sums[0] + sums[1] >= 0)) return false;      /* some of it lies outside */
    s->mean_a = sums[0] / n; s->mean_b = sums[1] / n;
    aa = sums[2] / n - s->mean_a * s->mean_a;
    bb = sums[3] / n - s->mean_b * s->mean_b;
    ab = sums[4] / n - s->mean_a * s->mean_b;
    s->dev_a = aa > 0 ? sqrtf(aa) : 0;
    s->dev_b = bb > 0 ? sqrtf(bb) : 0;
    s->alike = aa > .01f && bb > .01f ? ab / sqrtf(aa * bb) : 0;
    return true;
}

/* Numbers in the order of floats: their bits, of negative ones turned over. */
static uint32_t
order_of(float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    return bits ^ ((0 - (bits >> 31)) | 1u << 31);
}

struct toned { float a, b; };                 /* a tile's mean greys in the work and in the query */

/* By a, the least first, of equals as they came, 8 bits at a time; n <= MOST. */
static void
sort(struct toned *v, size_t n)
{
    struct toned other[MOST], *from = v, *to = other;
    uint16_t at[4][256] = { { 0 } };

    for (size_t i = 0; i < n; i++)
        for (unsigned k = 0; k < 4; k++) at[k][order_of(v[i].a) >> 8 * k & 255]++;
    for (unsigned k = 0; k < 4; k++) {
        struct toned *done = to;
        uint16_t sum = 0;
        for (size_t b = 0; b < 256; b++) {
            const uint16_t more = at[k][b];
            at[k][b] = sum;
            sum = (uint16_t)(sum + more);
        }
        for (size_t i = 0; i < n; i++) to[at[k][order_of(from[i].a) >> 8 * k & 255]++] = from[i];
        to = from;
        from = done;
    }
}

/* The same of numbers alone. */
static void
sort_numbers(float *v, size_t n)
{
    struct toned pairs[MOST];

    for (size_t i = 0; i < n; i++) pairs[i] = (struct toned){ v[i], 0 };
    sort(pairs, n);
    for (size_t i = 0; i < n; i++) v[i] = pairs[i].a;
}

static float
median(float *v, size_t n)
{
    sort_numbers(v, n);
    return n % 2 ? v[n / 2] : .5f * (v[n / 2 - 1] + v[n / 2]);
}

/* One curve from the work's greys to the query's, through the medians of bins of equal number: what the better 60 % of
 * the tiles are off by, in greys, and as a share of what they differ by among themselves, taken from 1. */
static float
tones(const struct spot *spots, size_t n, float *uneven)
{
    struct toned s[MOST];
    float at[BINS], to[BINS], off[MOST], own[MOST], middle, sum = 0, all = 0;
    size_t bins = n / 6 < BINS ? n / 6 : BINS, most = n * 3 / 5;

    if (uneven != NULL) *uneven = 0;
    if (bins < 2) return 1;
    for (size_t i = 0; i < n; i++) s[i] = (struct toned){ spots[i].mean_a, spots[i].mean_b };
    sort(s, n);
    for (size_t k = 0; k < bins; k++) {
        size_t from = n * k / bins, to_ = n * (k + 1) / bins;
        for (size_t i = from; i < to_; i++) own[i - from] = s[i].b;
        to[k] = median(own, to_ - from);
        at[k] = s[(from + to_) / 2].a;
    }
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        float f, want;
        while (k + 2 < bins && s[i].a > at[k + 1]) k++;
        f = at[k + 1] - at[k] > .01f ? (s[i].a - at[k]) / (at[k + 1] - at[k]) : .5f;
        f = f < -.5f ? -.5f : f > 1.5f ? 1.5f : f;
        want = to[k] + f * (to[k + 1] - to[k]);
        off[i] = fabsf(s[i].b - want);
        own[i] = s[i].b;
    }
    middle = median(own, n);
    for (size_t i = 0; i < n; i++) own[i] = fabsf(s[i].b - middle);
    sort_numbers(own, n);
    sort_numbers(off, n);
    for (size_t i = 0; i < most; i++) { sum += off[i]; all += own[i]; }
    if (uneven != NULL) *uneven = sum / (float)most;
    return 1 - sum / (all + (float)most * 1.5f);
}

/* The shift that a tile of the query still wants, by one step of Lucas and Kanade after it was brought to the work's
 * mean and contrast, and how much the tile can tell of it, 0 to 1; false where nothing. */
static bool
wanted(const float *a, const float *b, int32_t width, int32_t x, int32_t y, const struct spot *s, float *far, float *sure)
{
    float xx = 0, yy = 0, xy = 0, xd = 0, yd = 0, dd = 0, noise, det, gain = s->dev_b > .1f ? s->dev_a / s->dev_b : 1, dx, dy;

    for (int32_t j = 0; j < TILE - 1; j++) {
        const float *p = a + (y + j) * width + x, *q = b + (y + j) * width + x;
        for (int32_t i = 0; i < TILE - 1; i++) {
            float gx = .5f * (p[i + 1] - p[i] + p[i + width + 1] - p[i + width]), gy = .5f * (p[i + width] - p[i] + p[i + width + 1] - p[i + 1]);
            float d = .25f * (p[i] + p[i + 1] + p[i + width] + p[i + width + 1]) - s->mean_a -
                      gain * (.25f * (q[i] + q[i + 1] + q[i + width] + q[i + width + 1]) - s->mean_b);
            xx += gx * gx; yy += gy * gy; xy += gx * gy;
            xd += gx * d; yd += gy * d;
            dd += d * d;
        }
    }
    xx += 40; yy += 40;
    det = xx * yy - xy * xy;
    if (det < 1e4f) return false;
    dx = (yy * xd - xy * yd) / det;
    dy = (xx * yd - xy * xd) / det;
    *sure = det / (xx + yy) / (det / (xx + yy) + 600);
    noise = NOISE * (dd - dx * xd - dy * yd) / ((TILE - 1) * (TILE - 1) - 2) * (xx + yy) / det;
    *far = dx * dx + dy * dy - (noise > 0 ? noise : 0);
    *far = *far > 4 ? 2 : *far > 0 ? sqrtf(*far) : 0;
    return true;
}

static bool
inside(const struct spot *s, const uint8_t box[4])
{
    return s->x >= box[0] && s->x < box[2] && s->y >= box[1] && s->y < box[3];
}

/* Some of the tiles in sum. */
struct sums { float held, backed, spread, cells, middle, breadth, drift, plain; };

/* The tiles of the rectangle box[0] <= x < box[2], box[1] <= y < box[3] in sum. */
static struct sums
sum_up(const struct spot *s, size_t n, const uint8_t box[4])
{
    struct sums out = { .drift = 2, .plain = 1 };
    float for_[CELLS * CELLS] = { 0 }, against[CELLS * CELLS] = { 0 }, spoken = 0, drift = 0, n_drift = 0, open = 0;
    float x1 = 0, x2 = 0, y1 = 0, y2 = 0;
    size_t all = 0, textured = 0, held = 0;

    for (size_t i = 0; i < n; i++) {
        float px = ((float)(s[i].x - box[0]) + .5f) / (float)(box[2] - box[0]), py = ((float)(s[i].y - box[1]) + .5f) / (float)(box[3] - box[1]), w = s[i].for_;
        int cell;
        if (!inside(&s[i], box)) continue;
        all++;
        if (s[i].open) { open++; continue; }
        cell = (int)(py * CELLS) * CELLS + (int)(px * CELLS);
        for_[cell] += w;
        against[cell] += s[i].against;
        out.backed += w;
        spoken += w + s[i].against;
        x1 += w * px; x2 += w * px * px;
        y1 += w * py; y2 += w * py * py;
        if (w > 0 && s[i].sure > 0) { drift += w * s[i].sure * s[i].far; n_drift += w * s[i].sure; }
    }
    for (int k = 0; k < CELLS * CELLS; k++) {
        if (for_[k] + against[k] < .7f) continue;
        textured++;
        held += for_[k] >= .4f * (for_[k] + against[k]);
    }
    if (spoken > 0) out.held = out.backed / spoken;
    if (all > 0) out.plain = open / (float)all;
    out.cells = (float)held;
    if (textured > 0) out.spread = (float)held / (float)textured;
    {
        float in = for_[5] + for_[6] + for_[9] + for_[10], off = against[5] + against[6] + against[9] + against[10];
        out.middle = in + off >= .7f ? in / (in + off) : out.held;
    }
    if (out.backed > 1) {
        float sx = x2 / out.backed - x1 * x1 / (out.backed * out.backed), sy = y2 / out.backed - y1 * y1 / (out.backed * out.backed);
        out.breadth = sqrtf(12 * (sx < sy ? sx > 0 ? sx : 0 : sy > 0 ? sy : 0));
    }
    if (n_drift > 0) out.drift = drift / n_drift;
    return out;
}

/* The rectangle of tiles that has most for it and least against: who cuts a work to fit a frame or a cell shows that much of it,
 * and about it lies what is no part of it.  By Kadane's sums over all pairs of rows. */
static void
window_of(const struct spot *s, size_t n, uint8_t wide, uint8_t high, uint8_t box[4])
{
    float v[SIDE][SIDE] = { { 0 } }, best = 0;

    for (size_t i = 0; i < n; i++) v[s[i].y][s[i].x] = s[i].for_ - s[i].against;
    box[0] = box[1] = 0;
    box[2] = wide;
    box[3] = high;
    for (uint8_t top = 0; top < high; top++) {
        float column[SIDE] = { 0 };
        for (uint8_t y = top; y < high; y++) {
            float sum = 0;
            uint8_t from = 0;
            for (uint8_t x = 0; x < wide; x++) {
                column[x] += v[y][x];
                if (sum < 0) { sum = 0; from = x; }
                sum += column[x];
                if (sum > best) { best = sum; box[0] = from; box[1] = top; box[2] = (uint8_t)(x + 1); box[3] = (uint8_t)(y + 1); }
            }
        }
    }
}

void
fair_survey(const float *a, const float *b, int32_t width, int32_t height, struct fair_clue *c)
{
    struct spot s[MOST];
    const uint8_t wide = (uint8_t)(width / TILE), high = (uint8_t)(height / TILE), all[4] = { 0, 0, wide, high };
    uint8_t box[4];
    struct sums sum;
    size_t n = 0, in = 0;

    for (int32_t y = 0; y + TILE <= height; y += TILE)
        for (int32_t x = 0; x + TILE <= width && n < MOST; x += TILE) {
            struct spot *t = &s[n];
            if (!spot_of(a, b, width, x, y, t)) continue;
            n++;
            t->x = (uint8_t)(x / TILE);
            t->y = (uint8_t)(y / TILE);
            t->for_ = t->against = t->far = t->sure = 0;
            t->open = t->dev_a < 3 && t->dev_b < 5;
            if (t->open) continue;
            if (t->dev_a >= 3) {
                t->for_ = t->alike > .75f ? 1 : t->alike > .45f ? (t->alike - .45f) / .3f : 0;
                t->against = 1 - t->for_;
            } else {
                t->against = t->dev_b > 12 ? 1 : (t->dev_b - 5) / 7;      /* the query has something where the work has nothing */
            }
            if (t->for_ > 0 && !wanted(a, b, width, x, y, t, &t->far, &t->sure)) t->sure = 0;
        }
    sum = sum_up(s, n, all);
    c->held = sum.held;
    c->backed = sum.backed;
    c->plain = sum.plain;
    c->cells = sum.cells;
    c->spread = sum.spread;
    c->middle = sum.middle;
    c->breadth = sum.breadth;
    c->drift = sum.drift;
    window_of(s, n, wide, high, box);
    sum = sum_up(s, n, box);
    c->window = (struct fair_window){ .held = sum.held, .spread = sum.spread, .cells = sum.cells, .drift = sum.drift, .backed = sum.backed };
    for (size_t i = 0; i < n; i++)
        if (inside(&s[i], box)) {
            struct spot t = s[in];
            s[in++] = s[i];
            s[i] = t;
        }
    c->tone = tones(s, n, &c->uneven);
    c->window.tone = in < n ? tones(s, in, NULL) : c->tone;
}
