/* index/verify.c - a second opinion on a pair laid on each other, by a small net that was taught what editing does and what it does not. */
#include "index/verify.h"
#include <math.h>
#include <pthread.h>
#include <string.h>
#include "fingerprint/net.h"

#define SIDE FAIR_PAIR
#define N (SIDE * SIDE)
#define CHANNELS FAIR_VERIFY_CHANNELS
#define STEPS 32              /* of the net's input to 1 */
#define LANES 8               /* sums are made in so many, then of these, on every machine */
#define NEAR 2                /* samples to each side that together() looks at */
#define FLAT 4.f              /* greys of deviation under which contrast is not raised any more */
#define PLAIN 6.f             /* the same, squared, about a place */
#define LEAST 64              /* samples that lie on each other, under which there is nothing to say */

/* The weights as tools/train-verifier writes them. */
FAIR_NET_WEIGHTS(fair_verifier_weights, FAIR_VERIFIER_FILE);

static struct fair_net *net;
static pthread_once_t net_once = PTHREAD_ONCE_INIT;

static void
make_net(void)
{
    net = fair_net_read("the verifier", fair_verifier_weights, fair_verifier_weights_end, (struct fair_net_shape){ SIDE, CHANNELS, 1, 1.f / STEPS });
}

/* The two pictures, 0 where there is nothing; what is there of each, and of both, 1 or 0; and by what sums about
 * each place are multiplied to be means of those. */
struct pair { float v[2][N], there[2][N], both[N], some[N]; };

/* The sum over 5 x 5 about each place, a 25th of it; nothing lies outside.  In one order: down, then across. */
static void
means(const float *in, float *out)
{
    static const float nothing[SIDE];

    for (int y = 0; y < SIDE; y++) {
        const float *r[5];
        float down[SIDE + 2 * NEAR] = { 0 };
        for (int k = -NEAR; k <= NEAR; k++) r[k + NEAR] = y + k < 0 || y + k >= SIDE ? nothing : in + (y + k) * SIDE;
        for (int x = 0; x < SIDE; x++) down[x + NEAR] = r[0][x] + r[1][x] + r[2][x] + r[3][x] + r[4][x];
        for (int x = 0; x < SIDE; x++) out[y * SIDE + x] = (down[x] + down[x + 1] + down[x + 2] + down[x + 3] + down[x + 4]) * .04f;
    }
}

/* v less its mean about each place, where both are there; and the mean of what is left, squared. */
static void
differs(const struct pair *p, const float *v, float *left, float *squared)
{
    static _Thread_local float masked[N], mean[N];

    for (int i = 0; i < N; i++) masked[i] = v[i] * p->both[i];
    means(masked, mean);
    for (int i = 0; i < N; i++) left[i] = (v[i] - mean[i] * p->some[i]) * p->both[i];
    for (int i = 0; i < N; i++) masked[i] = left[i] * left[i];
    means(masked, squared);
}

/* As the nearest step, the even one of two, into channel `c` of what the net is shown. */
static void
shown(const float *v, int8_t *in, int c)
{
    static _Thread_local int8_t flat[N];
    const float whole = 12582912;      /* 1.5 x 2^23: what is added to it has no fraction left */

    for (int i = 0; i < N; i++) {
        float k = v[i] * STEPS;
        k = k > -127 ? k : -127;
        k = k < 127 ? k : 127;
        flat[i] = (int8_t)(int32_t)(k + whole - whole);
    }
    for (int i = 0; i < N; i++) in[i * CHANNELS + c] = flat[i];
}

/* How a and b go together about each place, doubled. */
static void
together(const struct pair *p, const float *a, const float *b, float *out)
{
    static _Thread_local float la[N], lb[N], aa[N], bb[N];

    differs(p, a, la, aa);
    differs(p, b, lb, bb);
    for (int i = 0; i < N; i++)
        out[i] = 2 * la[i] * lb[i] / (sqrtf(aa[i] * bb[i]) * p->some[i] + PLAIN);
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

bool
fair_verify_show(const float *work, const float *query, int8_t in[FAIR_VERIFY_IN])
{
    static _Thread_local struct pair p;
    static _Thread_local float a[N], b[N], channel[N];
    float n = 0;

    for (int i = 0; i < N; i++) {
        p.there[0][i] = work[i] == work[i] ? 1 : 0;
        p.there[1][i] = query[i] == query[i] ? 1 : 0;
        p.v[0][i] = work[i] == work[i] ? work[i] : 0;
        p.v[1][i] = query[i] == query[i] ? query[i] : 0;
        p.both[i] = p.there[0][i] * p.there[1][i];
    }
    for (int i = 0; i < N; i++) n += p.both[i];
    if (n < LEAST) return false;
    means(p.both, p.some);
    for (int i = 0; i < N; i++) p.some[i] = 1 / (p.some[i] < .04f ? .04f : p.some[i]);
    for (int k = 0; k < 2; k++) {
        even(&p, k, n, channel);
        shown(channel, in, k);
        for (int i = 0; i < N; i++) channel[i] = p.there[k][i] * 2 - 1;
        shown(channel, in, 2 + k);
    }
    together(&p, p.v[0], p.v[1], channel);
    shown(channel, in, 4);
    steep(&p, p.v[0], a);
    steep(&p, p.v[1], b);
    together(&p, a, b, channel);
    shown(channel, in, 5);
    return true;
}

bool
fair_verify(const float *work, const float *query, float *odds)
{
    static _Thread_local int8_t in[FAIR_VERIFY_IN];
    double out;

    if (!fair_verify_show(work, query, in)) return false;
    pthread_once(&net_once, make_net);
    fair_net_run(net, in, &out);
    *odds = (float)out;
    return true;
}
