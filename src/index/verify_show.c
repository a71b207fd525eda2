/* index/verify_show.c - what the net of verify.c is shown of a pair.  tools/train-verifier runs this file too, as a library of its own. */
#include "index/verify.h"
#include <math.h>
#include <string.h>

#define SIDE FAIR_VERIFY_SIDE
#define N (SIDE * SIDE)
#define FINE FAIR_PAIR
#define CHANNELS FAIR_VERIFY_CHANNELS
#define LANES 8               /* sums are made in so many, then of these, on every machine */
#define NEAR 2                /* samples to each side that differs() looks at */
#define FLAT 4.f              /* greys of deviation under which contrast is not raised any more */
#define PLAIN 6.f             /* the same, squared, about a place */
#define LEAST 64              /* samples that lie on each other, under which there is nothing to say */
#define ASIDE 2               /* samples by which one is moved to see whether it agrees better there */
#define TONES 17              /* places of the tone curve, from -RANGE to RANGE */
#define RANGE 2.f
#define SURE .02f             /* how much a place that does not agree counts for the curve */
#define LINE .5f              /* agreeing samples that the straight line outweighs */

/* The two pictures at `side` samples, 0 where there is nothing; what is there of each, and of both, 1 or 0; and by what sums about
 * each place are multiplied to be means of those. */
struct pair { int side; float v[2][FINE * FINE], there[2][FINE * FINE], both[FINE * FINE], some[FINE * FINE]; };

/* What a picture differs by from its mean about each place, and its deviation there. */
struct detail { float left[FINE * FINE], much[FINE * FINE]; };

/* The sum over 5 x 5 about each place, a 25th of it; nothing lies outside.  In one order: down, then across. */
static void
means(int side, const float *in, float *out)
{
    static const float nothing[FINE];

    for (int y = 0; y < side; y++) {
        const float *r[5];
        float down[FINE + 2 * NEAR] = { 0 };
        for (int k = -NEAR; k <= NEAR; k++) r[k + NEAR] = y + k < 0 || y + k >= side ? nothing : in + (y + k) * side;
        for (int x = 0; x < side; x++) down[x + NEAR] = r[0][x] + r[1][x] + r[2][x] + r[3][x] + r[4][x];
        for (int x = 0; x < side; x++) out[y * side + x] = (down[x] + down[x + 1] + down[x + 2] + down[x + 3] + down[x + 4]) * .04f;
    }
}

static void
lie_on_each_other(struct pair *p)
{
    const int n = p->side * p->side;

    for (int i = 0; i < n; i++) p->both[i] = p->there[0][i] * p->there[1][i];
    means(p->side, p->both, p->some);
    for (int i = 0; i < n; i++) p->some[i] = 1 / (p->some[i] < .04f ? .04f : p->some[i]);
}

/* At half the samples: the means of four, where all four are there. */
static void
halve(const struct pair *p, struct pair *half)
{
    half->side = p->side / 2;
    for (int k = 0; k < 2; k++)
        for (int y = 0; y < half->side; y++) {
            const float *v = p->v[k] + 2 * y * p->side, *t = p->there[k] + 2 * y * p->side;
            for (int x = 0; x < half->side; x++) {
                int i = y * half->side + x;
                half->there[k][i] = t[2 * x] * t[2 * x + 1] * t[2 * x + p->side] * t[2 * x + p->side + 1];
                half->v[k][i] = (v[2 * x] + v[2 * x + 1] + (v[2 * x + p->side] + v[2 * x + p->side + 1])) * .25f * half->there[k][i];
            }
        }
    lie_on_each_other(half);
}

static void
differs(const struct pair *p, const float *v, struct detail *d)
{
    static _Thread_local float masked[FINE * FINE], mean[FINE * FINE];
    const int n = p->side * p->side;

    for (int i = 0; i < n; i++) masked[i] = v[i] * p->both[i];
    means(p->side, masked, mean);
    for (int i = 0; i < n; i++) d->left[i] = (v[i] - mean[i] * p->some[i]) * p->both[i];
    for (int i = 0; i < n; i++) masked[i] = d->left[i] * d->left[i];
    means(p->side, masked, mean);
    for (int i = 0; i < n; i++) d->much[i] = sqrtf(mean[i] * p->some[i]);
}

/* As the nearest step, the even one of two, into channel `c` of what the net is shown. */
static void
shown(const float *v, int8_t *in, int c)
{
    static _Thread_local int8_t flat[N];
    const float whole = 12582912;      /* 1.5 x 2^23: what is added to it has no fraction left */

    for (int i = 0; i < N; i++) {
        float k = v[i] * FAIR_VERIFY_STEPS;
        k = k > -127 ? k : -127;
        k = k < 127 ? k : 127;
        flat[i] = (int8_t)(int32_t)(k + whole - whole);
    }
    for (int i = 0; i < N; i++) in[i * CHANNELS + c] = flat[i];
}

/* How a, and b so many samples to the right and below, go together about each place, doubled. */
static void
together(int side, const struct detail *a, const struct detail *b, int right, int below, float *out)
{
    for (int y = 0; y < side; y++) {
        const int from = right < 0 ? -right : 0, to = right > 0 ? side - right : side, by = below * side + right;
        float *o = out + y * side;
        if (y + below < 0 || y + below >= side) { memset(o, 0, (size_t)side * sizeof *o); continue; }
        for (int x = 0; x < from; x++) o[x] = 0;
        for (int i = y * side + from; i < y * side + to; i++)
            out[i] = 2 * a->left[i] * b->left[i + by] / (a->much[i] * b->much[i + by] + PLAIN);
        for (int x = to; x < side; x++) o[x] = 0;
    }
}

/* How steep the greys are where both are there, and their four neighbours too; else 0. */
static void
steep(const struct pair *p, const float *v, float *out)
{
    memset(out, 0, N * sizeof *out);
    for (int y = 1; y + 1 < SIDE; y++)
        for (int i = y * SIDE + 1; i < y * SIDE + SIDE - 1; i++)
            out[i] = (fabsf(v[i + 1] - v[i - 1]) + fabsf(v[i + SIDE] - v[i - SIDE])) * (p->both[i] * p->both[i - 1] * p->both[i + 1] * p->both[i - SIDE] * p->both[i + SIDE]);
}

static float
sum_of(const float v[LANES])
{
    float sum = 0;

    for (int l = 0; l < LANES; l++) sum += v[l];
    return sum;
}

/* A picture brought to mean 0 and deviation 1 of what both show. */
static void
even(const struct pair *p, int k, float n, float *out)
{
    float sums[LANES] = { 0 }, squares[LANES] = { 0 }, mean, gain;

    for (int i = 0; i < N; i += LANES)
        for (int l = 0; l < LANES; l++) sums[l] += p->v[k][i + l] * p->both[i + l];
    mean = sum_of(sums) / n;
    for (int i = 0; i < N; i += LANES)
        for (int l = 0; l < LANES; l++) {
            float d = (p->v[k][i + l] - mean) * p->both[i + l];
            squares[l] += d * d;
        }
    gain = sqrtf(sum_of(squares) / n);
    gain = 1 / (gain < FLAT ? FLAT : gain);
    for (int i = 0; i < N; i++) out[i] = (p->v[k][i] - mean) * gain * p->there[k][i];
}

/* Where a tone lies on the curve: between which two places, and how near the second. */
static int
tone_of(float v, float *near)
{
    float at = (v + RANGE) * ((TONES - 1) / (2 * RANGE));
    int k;

    at = at > 0 ? at : 0;
    at = at < TONES - 1 ? at : TONES - 1;
    k = (int)at;
    k = k < TONES - 2 ? k : TONES - 2;
    *near = at - (float)k;
    return k;
}

/* What of b is left once a is given the tone curve that makes it b where the two agree; where too few of a tone do, a straight line. */
static void
left_of(const struct pair *p, const float *a, const float *b, const float *agree, float *out)
{
    float sum[TONES] = { 0 }, weight[TONES] = { 0 }, ab = 0, aa = 1e-3f, slope, near;

    for (int i = 0; i < N; i++) {
        float w = agree[i] > 0 ? agree[i] : 0;
        int k = tone_of(a[i], &near);
        w = (w * w + SURE) * p->both[i];
        ab += w * a[i] * b[i];
        aa += w * a[i] * a[i];
        sum[k] += w * (1 - near) * b[i];
        weight[k] += w * (1 - near);
        sum[k + 1] += w * near * b[i];
        weight[k + 1] += w * near;
    }
    slope = ab / aa;
    for (int k = 0; k < TONES; k++) sum[k] = (sum[k] + LINE * slope * ((float)k * (2 * RANGE / (TONES - 1)) - RANGE)) / (weight[k] + LINE);
    for (int i = 0; i < N; i++) {
        int k = tone_of(a[i], &near);
        out[i] = (b[i] - (sum[k] + (sum[k + 1] - sum[k]) * near)) * p->both[i];
    }
}

bool
fair_verify_show(const float *work, const float *query, int8_t in[FAIR_VERIFY_IN])
{
    static const int aside[4][2] = { { ASIDE, 0 }, { -ASIDE, 0 }, { 0, ASIDE }, { 0, -ASIDE } };
    static _Thread_local struct pair p, half;
    static _Thread_local struct detail a, b;
    static _Thread_local float even_a[N], even_b[N], channel[N], fine[FINE * FINE], agree[N];
    float n = 0;
    int c = 0;

    p.side = FINE;
    for (int i = 0; i < FINE * FINE; i++) {
        p.there[0][i] = work[i] == work[i] ? 1 : 0;
        p.there[1][i] = query[i] == query[i] ? 1 : 0;
        p.v[0][i] = work[i] == work[i] ? work[i] : 0;
        p.v[1][i] = query[i] == query[i] ? query[i] : 0;
    }
    lie_on_each_other(&p);
    halve(&p, &half);
    for (int i = 0; i < N; i++) n += half.both[i];
    if (n < LEAST) return false;
    even(&half, 0, n, even_a);
    even(&half, 1, n, even_b);
    shown(even_a, in, c++);
    shown(even_b, in, c++);
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < N; i++) channel[i] = half.there[k][i] * 2 - 1;
        shown(channel, in, c++);
    }
    differs(&half, half.v[0], &a);
    differs(&half, half.v[1], &b);
    together(SIDE, &a, &b, 0, 0, channel);
    shown(channel, in, c++);
    means(SIDE, channel, agree);
    for (int i = 0; i < N; i++) agree[i] = agree[i] * half.some[i] * .5f;
    left_of(&half, even_a, even_b, agree, channel);
    shown(channel, in, c++);
    for (int k = 0; k < 4; k++) {
        together(SIDE, &a, &b, aside[k][0], aside[k][1], channel);
        shown(channel, in, c++);
    }
    steep(&half, half.v[0], channel);
    differs(&half, channel, &a);
    steep(&half, half.v[1], channel);
    differs(&half, channel, &b);
    together(SIDE, &a, &b, 0, 0, channel);
    shown(channel, in, c++);
    differs(&p, p.v[0], &a);
    differs(&p, p.v[1], &b);
    together(FINE, &a, &b, 0, 0, fine);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            const float *f = fine + 2 * (y * FINE + x);
            channel[y * SIDE + x] = (f[0] + f[1] + (f[FINE] + f[FINE + 1])) * .25f;
        }
    shown(channel, in, c++);
    return true;
}
