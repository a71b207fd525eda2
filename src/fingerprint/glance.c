/* fingerprint/glance.c - the hash of exact areas: two sparse products, a cosine transform and a median, as in whole.c. */
#include "fingerprint/glance.h"
#include <assert.h>
#include <endian.h>
#include <string.h>
#include "fingerprint/whole_private.h"

#define MOST_STEP 4096        /* of a side of 65535 pixels leaves 16 */

/* By what whole number was `full` divided, rounding up, to give `side`?  1 where by none: then each pixel is as wide as the others. */
static uint32_t
step_of(uint32_t full, uint32_t side)
{
    for (uint32_t step = 2; step <= MOST_STEP && side < full; step++)
        if ((full + step - 1) / step == side) return step;
    return 1;
}

/* Output i is the mean over its 64th of the picture, which is full / step pixels of `side` long. */
static void
plan_make(struct fair_plan *p, uint32_t side, uint32_t full, uint32_t step)
{
    const double length = step > 1 ? (double)full / step : side, each = length / FAIR_GRID;

    fair_plan_room(p, (uint32_t)each + 2);
    p->side = side;
    p->step = step > 1 ? full : 0;
    for (uint32_t i = 0; i < FAIR_GRID; i++) {
        const double from = i * each, to = i + 1 == FAIR_GRID ? length : (i + 1) * each;
        uint32_t first = (uint32_t)from, last = (uint32_t)to;
        if (last > first && (double)last >= to) last--;
        if (last >= side) last = side - 1;
        if (first > last) first = last;
        p->first[i] = first;
        p->n_taps[i] = last - first + 1;
        assert(p->n_taps[i] <= p->max_taps);
        for (uint32_t k = first; k <= last; k++) {
            const double a = k > from ? k : from, b = k + 1 < to ? k + 1 : to;
            p->weights[(size_t)i * p->max_taps + (k - first)] = (float)((b - a) / (to - from));
        }
    }
}

static void
plan_for(struct fair_plan *p, uint32_t side, uint32_t full)
{
    const uint32_t step = step_of(full, side);

    if (p->side != side || p->step != (step > 1 ? full : 0)) plan_make(p, side, full, step);
}

void
fair_glance_take_with(const struct fair_kernels *k, const struct fair_image *grey, uint32_t width, uint32_t height, struct fair_glance *out)
{
    static _Thread_local struct fair_plan across, down;
    float grid[FAIR_GRID * FAIR_GRID] __attribute__((aligned(64)));      /* [across][down] */
    float waves[FAIR_WAVES * FAIR_WAVES] __attribute__((aligned(64)));

    assert(grey->channels == 1);
    memset(out, 0, sizeof *out);
    if (grey->width < FAIR_WHOLE_LEAST || grey->height < FAIR_WHOLE_LEAST) return;
    plan_for(&across, grey->width, width);
    plan_for(&down, grey->height, height);
    fair_plan_grid(k, grey, &across, &down, grid);
    out->quality = fair_whole_quality(k->gradient(grid));
    fair_whole_waves(k, grid, waves);
    (void)fair_whole_turns(k, waves, 0, out->turn);
}

void
fair_glance_take(const struct fair_image *grey, uint32_t width, uint32_t height, struct fair_glance *out)
{
    fair_glance_take_with(fair_kernels(), grey, width, height, out);
}

unsigned
fair_glance_apart(const uint64_t turns[FAIR_TURNS][FAIR_WHOLE_WORDS], const uint64_t as_it_is[FAIR_WHOLE_WORDS])
{
    unsigned best = 256;

    for (int t = 0; t < FAIR_TURNS; t++) {
        unsigned bits = 0;
        for (int w = 0; w < FAIR_WHOLE_WORDS; w++) bits += (unsigned)__builtin_popcountll(turns[t][w] ^ as_it_is[w]);
        if (bits > 128) bits = 256 - bits;
        best = bits < best ? bits : best;
    }
    return best;
}

/* Turns that are flips of each of the two, in the order of flips: none, columns, rows, both. */
static const uint8_t flips_of[2][4] = { { 0, 5, 4, 2 }, { 6, 3, 1, 7 } };
static const uint64_t flips[4] = { 0, FAIR_EVEN_COLUMNS, FAIR_EVEN_ROWS, FAIR_EVEN_COLUMNS ^ FAIR_EVEN_ROWS };

void
fair_sought_make(struct fair_sought *s, const uint64_t turns[FAIR_TURNS][FAIR_WHOLE_WORDS], unsigned bits)
{
    s->turns = turns;
    s->bits = (uint16_t)bits;
    for (int k = 0; k < 2; k++) {
        unsigned most = 0;
        memcpy(s->base[k], turns[flips_of[k][0]], sizeof s->base[k]);
        for (int f = 1; f < 4; f++) {
            unsigned off = 0;
            for (int w = 0; w < FAIR_WHOLE_WORDS; w++)
                off += (unsigned)__builtin_popcountll(s->base[k][w] ^ flips[f] ^ turns[flips_of[k][f]][w]);
            most = off > most ? off : most;
        }
        s->near[k] = (uint16_t)(bits + most > 128 ? 128 : bits + most);
    }
}

size_t
fair_sought_find(const struct fair_sought *s, size_t n, const uint64_t (*blocks)[FAIR_WHOLE_WORDS][8], size_t n_blocks, struct fair_within *hits)
{
    uint64_t codes[FAIR_FLIPS_MOST][FAIR_WHOLE_WORDS];
    uint16_t near[FAIR_FLIPS_MOST];
    size_t found, kept = 0;

    assert(n <= FAIR_FLIPS_MOST / 2);
    for (size_t i = 0; i < 2 * n; i++) {
        memcpy(codes[i], s[i / 2].base[i % 2], sizeof codes[i]);
        near[i] = s[i / 2].near[i % 2];
    }
    found = fair_kernels()->flips256((const uint64_t (*)[FAIR_WHOLE_WORDS])codes, near, 2 * n, blocks, n_blocks, hits);
    /* what may be near is looked at: its true turns */
    for (size_t h = 0; h < found; h++) {
        const struct fair_sought *of = &s[hits[h].query / 2];
        unsigned least = 256;
        for (int f = 0; f < 4; f++) {
            const uint64_t *turn = of->turns[flips_of[hits[h].query % 2][f]];
            unsigned bits = 0;
            for (int w = 0; w < FAIR_WHOLE_WORDS; w++) bits += (unsigned)__builtin_popcountll(turn[w] ^ blocks[hits[h].at / 8][w][hits[h].at % 8]);
            if (bits > 128) bits = 256 - bits;
            least = bits < least ? bits : least;
        }
        if (least <= of->bits) hits[kept++] = (struct fair_within){ hits[h].at, (uint16_t)(hits[h].query / 2), (uint16_t)least };
    }
    return kept;
}

void
fair_glance_pack(const struct fair_glance *g, uint8_t bytes[FAIR_GLANCE_BYTES])
{
    *bytes++ = g->quality;
    for (int t = 0; t < FAIR_TURNS; t++)
        for (int w = 0; w < FAIR_WHOLE_WORDS; w++, bytes += 8) {
            const uint64_t v = htole64(g->turn[t][w]);
            memcpy(bytes, &v, 8);
        }
}

bool
fair_glance_unpack(fair_str bytes, struct fair_glance *out)
{
    if (bytes.n != FAIR_GLANCE_BYTES || (uint8_t)bytes.p[0] > 100) return false;
    out->quality = (uint8_t)bytes.p[0];
    for (int t = 0; t < FAIR_TURNS; t++)
        for (int w = 0; w < FAIR_WHOLE_WORDS; w++) {
            uint64_t v;
            memcpy(&v, bytes.p + 1 + 8 * (FAIR_WHOLE_WORDS * t + w), 8);
            out->turn[t][w] = le64toh(v);
        }
    return true;
}
