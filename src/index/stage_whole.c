/* The source stage of whole-picture hashes: over the eight turns, and with the bits flipped for a negative. */
#include <stdlib.h>
#include <string.h>
#include "fingerprint/kernels.h"
#include "index/search.h"

#define RADIUS 96             /* bits; unrelated pictures are 128 apart, and what is added here pixels must confirm */
#define BLOCKS 16             /* of eight hashes, looked at between two changes of how near is near */

/* Where (x, y) of the work lies in the query, both in units of their sides, when the query turned so is the work:
 * u = t[0] x + t[1] y + t[2], v = t[3] x + t[4] y + t[5].  The order of turns is that of fingerprint.h's hashes. */
static const float turns[FAIR_TURNS][6] = {
    { 1, 0, 0, 0, 1, 0 },  { 0, -1, 1, 1, 0, 0 }, { -1, 0, 1, 0, -1, 1 }, { 0, 1, 0, -1, 0, 1 },
    { 1, 0, 0, 0, -1, 1 }, { -1, 0, 1, 0, 1, 0 }, { 0, 1, 0, 1, 0, 0 },   { 0, -1, 1, -1, 0, 1 },
};

static void
note(struct fair_near *best, size_t *n, struct fair_near x)
{
    size_t at;

    for (at = 0; at < *n; at++)
        if (best[at].shelf == x.shelf && best[at].number == x.number) {
            if (best[at].bits <= x.bits) return;
            memmove(best + at, best + at + 1, (*n - at - 1) * sizeof *best);
            --*n;
            break;
        }
    if (*n == FAIR_NEAREST && best[*n - 1].bits <= x.bits) return;
    at = *n < FAIR_NEAREST ? (*n)++ : *n - 1;
    for (; at > 0 && best[at - 1].bits > x.bits; at--) best[at] = best[at - 1];
    best[at] = x;
}

/* All eight turns go over the hashes at once, and the nearest so far say how near the others must be. */
static fair_status
scan(const struct fair_shelf *s, const struct fair_nearest *ask, struct fair_near *best, size_t *n, struct fair_err *err)
{
    struct fair_within hits[BLOCKS * 8 * FAIR_TURNS];
    const size_t all = (s->n + 7) / 8;
    uint64_t (*const of)[4][8] = ask->glance ? s->glance : s->whole;

    for (size_t from = 0; from < all; from += BLOCKS) {
        unsigned within = *n < FAIR_NEAREST ? ask->radius : best[FAIR_NEAREST - 1].bits - (best[FAIR_NEAREST - 1].bits > 0);
        size_t m = fair_kernels()->within256(ask->turns, FAIR_TURNS, (const uint64_t (*)[4][8])of + from,
                                             all - from < BLOCKS ? all - from : BLOCKS, within, 256 - within, hits);
        for (size_t i = 0; i < m; i++) {
            uint32_t at = (uint32_t)(from * 8) + hits[i].at;
            const struct fair_record *r;
            struct fair_record room;
            bool negated = hits[i].bits > 128;
            if (at >= s->n) continue;                 /* the last block may not be full */
            if (fair_shelf_gone(s, at) || (ask->org != 0 && fair_shelf_org(s, at) != ask->org)) continue;
            FAIR_TRY(fair_shelf_peek(s, at, &room, &r, err));
            if ((ask->glance ? r->glance_quality : r->quality) < FAIR_WHOLE_QUALITY) continue;
            note(best, n, (struct fair_near){ negated ? 256u - hits[i].bits : hits[i].bits, at, (uint8_t)hits[i].query, negated, s });
        }
    }
    return FAIR_OK;
}

fair_status
fair_near_find(const struct fair_index *ix, const struct fair_nearest *ask, struct fair_near best[FAIR_NEAREST], size_t *n, struct fair_err *err)
{
    const struct fair_shelf *shelf;

    *n = 0;
    for (size_t k = 0; (shelf = fair_index_shelf(ix, k)) != NULL; k++) FAIR_TRY(scan(shelf, ask, best, n, err));
    return FAIR_OK;
}

fair_status
fair_near_add(struct fair_search *search, const struct fair_near *near, struct fair_matches *io, size_t *at, struct fair_err *err)
{
    const float *t = turns[near->turn];
    float w, h, u = (float)search->q.fp->norm_width, v = (float)search->q.fp->norm_height;
    const struct fair_record *r;
    struct fair_clue *c;

    FAIR_TRY(fair_shelf_see(near->shelf, near->number, search->q.arena, &r, err));
    w = r->norm_width;
    h = r->norm_height;
    *at = fair_search_add(search, io, near->shelf, near->number, r);
    if (*at == SIZE_MAX) return FAIR_OK;
    c = &search->clues[*at];
    c->negated = near->negated;
    c->whole_mapped = true;
    c->whole_map[0] = t[0] / w * u; c->whole_map[1] = t[1] / h * u; c->whole_map[2] = t[2] * u;
    c->whole_map[3] = t[3] / w * v; c->whole_map[4] = t[4] / h * v; c->whole_map[5] = t[5] * v;
    return FAIR_OK;
}

fair_status
fair_stage_whole(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err)
{
    const struct fair_nearest ask = { .turns = q->fp->whole, .radius = RADIUS, .org = q->org };
    struct fair_near best[FAIR_NEAREST];
    size_t n;

    if (q->fp->quality < FAIR_WHOLE_QUALITY) return FAIR_OK;
    FAIR_TRY(fair_near_find(ix, &ask, best, &n, err));
    for (size_t i = 0; i < n; i++) {
        size_t at;
        FAIR_TRY(fair_near_add((struct fair_search *)q, &best[i], io, &at, err));
        if (at == SIZE_MAX) break;
        io->v[at].bits = (uint16_t)best[i].bits;
        io->v[at].turn = best[i].turn;
    }
    return FAIR_OK;
}
