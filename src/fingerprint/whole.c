/* fingerprint/whole.c - the whole-picture hash as two sparse products, a cosine transform and a median.
 *
 * Two passes of a box and taking every n-th value are linear, and what they do down does not touch what they do across:
 * the 64 x 64 grid is  R X C'  with sparse R (64 x height) and C (64 x width), whose rows are tents of about twice the
 * box's length.  So only what the grid needs is ever computed, and rows are mixed whole, many pixels at a time.
 *
 * The reference's passes round otherwise.  Where that could turn a bit (a coefficient within a hair of the median), the grid is
 * made again with the reference's own sums (whole_exact.c): of photographs about one in twenty. */
#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "fingerprint/whole_private.h"

static float cosine[FAIR_WAVES * FAIR_GRID] __attribute__((aligned(64)));
static float cosine_t[FAIR_GRID * FAIR_WAVES] __attribute__((aligned(64)));
static pthread_once_t cosine_once = PTHREAD_ONCE_INIT;

static void
make_cosines(void)
{
    for (int i = 0; i < FAIR_WAVES; i++)
        for (int k = 0; k < FAIR_GRID; k++) {
            float c = (float)(sqrt(2.0 / FAIR_GRID) * cos(M_PI / 2 / FAIR_GRID * (i + 1) * (2 * k + 1)));
            cosine[i * FAIR_GRID + k] = cosine_t[k * FAIR_WAVES + i] = c;
        }
}

void
fair_plan_room(struct fair_plan *p, uint32_t max_taps)
{
    if (p->weights != p->kept) free(p->weights);
    p->max_taps = max_taps;
    p->weights = max_taps <= FAIR_PLAN_KEPT ? p->kept : fair_xmalloc((size_t)FAIR_GRID * max_taps * sizeof(float));
}

/* Output i is the mean over the box around its centre of the means over the boxes around those. */
static void
plan_make(struct fair_plan *p, uint32_t side)
{
    const uint32_t window = fair_whole_window(side), ahead = (window + 2) / 2 - 1, behind = window - 1 - ahead;

    fair_plan_room(p, 2 * window);
    p->side = side;
    for (uint32_t i = 0; i < FAIR_GRID; i++) {
        const uint32_t at = (uint32_t)((2 * (uint64_t)i + 1) * side / (2 * FAIR_GRID));
        const uint32_t from = at > behind ? at - behind : 0, to = side - 1 - at > ahead ? at + ahead : side - 1;
        const uint32_t first = from > behind ? from - behind : 0;
        const uint32_t last = side - 1 - to > ahead ? to + ahead : side - 1;

        p->first[i] = first;
        p->n_taps[i] = last - first + 1;
        assert(p->n_taps[i] <= p->max_taps);
        for (uint32_t k = first; k <= last; k++) {
            /* the boxes that hold k are those around k - ahead .. k + behind */
            double sum = 0;
            uint32_t low = k > ahead ? k - ahead : 0, high = side - 1 - k > behind ? k + behind : side - 1;
            if (low < from) low = from;
            if (high > to) high = to;
            for (uint32_t j = low; j <= high; j++) {
                const uint32_t left = j > behind ? j - behind : 0, right = side - 1 - j > ahead ? j + ahead : side - 1;
                sum += 1.0 / (right - left + 1);
            }
            p->weights[(size_t)i * p->max_taps + (k - first)] = (float)(sum / (to - from + 1));
        }
    }
}

/* Columns of a 16 x 16 matrix of bits become its rows. */
static void
bits_transpose(const uint64_t in[4], uint64_t out[4])
{
    uint64_t a[4] = { in[0], in[1], in[2], in[3] };

    /* within the words, each of 4 rows of 16: exchange the off-diagonal 1 x 1, then 2 x 2 squares */
    for (int i = 0; i < 4; i++) {
        uint64_t t = (a[i] ^ (a[i] >> 15)) & 0x0000aaaa0000aaaau;
        a[i] ^= t ^ (t << 15);
        t = (a[i] ^ (a[i] >> 30)) & 0x00000000ccccccccu;
        a[i] ^= t ^ (t << 30);
    }
    /* then between them 4 x 4 and 8 x 8 squares */
    for (int i = 0; i < 4; i += 2) {
        uint64_t t = ((a[i] >> 4) ^ a[i + 1]) & 0x0f0f0f0f0f0f0f0fu;
        a[i + 1] ^= t;
        a[i] ^= t << 4;
    }
    for (int i = 0; i < 2; i++) {
        uint64_t t = ((a[i] >> 8) ^ a[i + 2]) & 0x00ff00ff00ff00ffu;
        a[i + 2] ^= t;
        a[i] ^= t << 8;
    }
    memcpy(out, a, sizeof a);
}

/* What turning the picture does to its coefficients: x and y change places, and odd waves change their sign along an
 * axis that is turned round. */
static const struct { uint8_t swapped, flip_down, flip_across; } turns[FAIR_TURNS] = {
    { 0, 0, 0 }, { 1, 1, 0 }, { 0, 1, 1 }, { 1, 0, 1 }, { 0, 1, 0 }, { 0, 0, 1 }, { 1, 0, 0 }, { 1, 1, 1 },
};

/* A transposed picture has the same set of coefficients and so the same median: four medians serve all eight turns. */
bool
fair_whole_turns(const struct fair_kernels *k, const float *waves, float hair, uint64_t turn[FAIR_TURNS][FAIR_WHOLE_WORDS])
{
    uint64_t bits[2][2][4], bits_t[2][2][4];      /* [flip_down][flip_across], and the same transposed */
    float flipped[FAIR_WAVES * FAIR_WAVES] __attribute__((aligned(64)));

    for (int down = 0; down < 2; down++)
        for (int across = 0; across < 2; across++) {
            float median;
            for (int j = 0; j < FAIR_WAVES; j++)
                for (int i = 0; i < FAIR_WAVES; i++) {
                    const float v = waves[j * FAIR_WAVES + i];
                    const int odd = (across & (j + 1)) ^ (down & (i + 1));
                    flipped[j * FAIR_WAVES + i] = odd & 1 ? -v : v;
                }
            median = k->median256(flipped);
            k->over256(flipped, median, bits_t[down][across]);
            bits_transpose(bits_t[down][across], bits[down][across]);
            if (hair > 0) {
                uint64_t least[4], most[4];
                int near = 0;
                k->over256(flipped, median - hair, least);
                k->over256(flipped, median + hair, most);
                for (int w = 0; w < 4; w++) near += __builtin_popcountll(least[w] ^ most[w]);
                if (near != 1) return false;
            }
        }
    for (int t = 0; t < FAIR_TURNS; t++)
        memcpy(turn[t], turns[t].swapped ? bits_t[turns[t].flip_across][turns[t].flip_down]
                                         : bits[turns[t].flip_down][turns[t].flip_across], sizeof turn[t]);
    return true;
}

uint8_t
fair_whole_quality(uint32_t steps)
{
    return steps >= 100 * 90 ? 100 : (uint8_t)(steps / 90);
}

/* Twice what coefficients of the two ways were seen to differ by at most (.0024 in 4000 pictures made to differ, .0014 in photographs);
 * more for large pictures, whose sums run longer. */
static float
hair_of(const struct fair_image *grey)
{
    const uint32_t side = grey->width > grey->height ? grey->width : grey->height;

    return side <= 1024 ? 0.005f : 0.005f * (float)side / 1024;
}

/* The reference's way, from the grid on; the same kernels give the same bits as its loops. */
static void
take_exactly(const struct fair_kernels *k, const struct fair_image *grey, struct fair_whole *out)
{
    float grid[FAIR_GRID * FAIR_GRID] __attribute__((aligned(64)));     /* [down][across] */
    float waves[FAIR_WAVES * FAIR_WAVES] __attribute__((aligned(64)));
    float turned[FAIR_WAVES * FAIR_WAVES] __attribute__((aligned(64)));

    fair_whole_grid_exact(k, grey, grid);
    out->quality = fair_whole_quality(k->gradient(grid));
    fair_whole_waves(k, grid, waves);
    for (int i = 0; i < FAIR_WAVES; i++)
        for (int j = 0; j < FAIR_WAVES; j++) turned[j * FAIR_WAVES + i] = waves[i * FAIR_WAVES + j];
    fair_whole_turns(k, turned, 0, out->turn);
}

void
fair_plan_grid(const struct fair_kernels *k, const struct fair_image *grey, const struct fair_plan *across, const struct fair_plan *down, float *grid)
{
    const size_t stride = ((size_t)grey->width + 15) & ~(size_t)15;
    float *mixed, *upright;

    mixed = aligned_alloc(64, 2 * FAIR_GRID * stride * sizeof *mixed);
    if (mixed == NULL) abort();                   /* out of memory is not a path */
    upright = mixed + FAIR_GRID * stride;
    for (uint32_t i = 0; i < FAIR_GRID; i++)
        k->mix_rows(fair_image_row(grey, down->first[i]), grey->stride, down->weights + (size_t)i * down->max_taps,
                    down->n_taps[i], grey->width, mixed + i * stride);
    k->transpose64(mixed, stride, grey->width, upright);
    for (uint32_t j = 0; j < FAIR_GRID; j++)
        k->mix_grid(upright + (size_t)across->first[j] * FAIR_GRID, across->weights + (size_t)j * across->max_taps,
                    across->n_taps[j], grid + j * FAIR_GRID);
    free(mixed);
}

void
fair_whole_waves(const struct fair_kernels *k, const float *grid, float *waves)
{
    pthread_once(&cosine_once, make_cosines);
    k->dct(grid, cosine, cosine_t, waves);
}

void
fair_whole_take_with(const struct fair_kernels *k, const struct fair_image *grey, struct fair_whole *out)
{
    float grid[FAIR_GRID * FAIR_GRID] __attribute__((aligned(64)));
    float waves[FAIR_WAVES * FAIR_WAVES] __attribute__((aligned(64)));
    static _Thread_local struct fair_plan across, down;
    uint32_t steps;

    assert(grey->channels == 1);
    memset(out, 0, sizeof *out);
    if (grey->width < FAIR_WHOLE_LEAST || grey->height < FAIR_WHOLE_LEAST) return;
    if (across.side != grey->width) plan_make(&across, grey->width);
    if (down.side != grey->height) plan_make(&down, grey->height);
    fair_plan_grid(k, grey, &across, &down, grid);
    steps = k->gradient(grid);
    out->quality = fair_whole_quality(steps);
    fair_whole_waves(k, grid, waves);
    /* a step or two of the gradient may be cut otherwise, too */
    if (fair_whole_quality(steps + 3) != fair_whole_quality(steps > 3 ? steps - 3 : 0) || !fair_whole_turns(k, waves, hair_of(grey), out->turn))
        take_exactly(k, grey, out);
}

void
fair_whole_take(const struct fair_image *grey, struct fair_whole *out)
{
    fair_whole_take_with(fair_kernels(), grey, out);
}

fair_str
fair_whole_hex(struct fair_arena *a, const uint64_t whole[FAIR_WHOLE_WORDS])
{
    return fair_str_fmt(a, "%016llx%016llx%016llx%016llx", (unsigned long long)whole[3], (unsigned long long)whole[2],
                        (unsigned long long)whole[1], (unsigned long long)whole[0]);
}

bool
fair_whole_unhex(fair_str hex, uint64_t whole[FAIR_WHOLE_WORDS])
{
    if (hex.n != 64) return false;
    for (int w = 0; w < 4; w++) {
        uint64_t v = 0;
        for (int i = 0; i < 16; i++) {
            const char c = hex.p[16 * w + i];
            int digit;
            if (c >= '0' && c <= '9') digit = c - '0';
            else if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
            else return false;
            v = v << 4 | (uint64_t)digit;
        }
        whole[3 - w] = v;
    }
    return true;
}
