/* The source stage of whole-picture hashes: over the eight turns, and with the bits flipped for a negative. */
#include <stdlib.h>
#include <string.h>
#include "fingerprint/kernels.h"
#include "index/search.h"

#define RADIUS 96             /* bits; unrelated pictures are 128 apart, and what is added here pixels must confirm */
#define NEAREST 6             /* works added at most */
#define BLOCKS 16             /* of eight hashes, looked at between two changes of how near is near */
#define QUALITY 10            /* under this there is no saying: all such hashes are alike */

struct near { uint32_t bits; uint32_t at; uint8_t turn; bool negated; const struct fair_shelved *work; };

/* Where (x, y) of the work lies in the query, both in units of their sides, when the query turned so is the work:
 * u = t[0] x + t[1] y + t[2], v = t[3] x + t[4] y + t[5].  The order of turns is that of fingerprint.h's hashes. */
static const float turns[FAIR_TURNS][6] = {
    { 1, 0, 0, 0, 1, 0 },  { 0, -1, 1, 1, 0, 0 }, { -1, 0, 1, 0, -1, 1 }, { 0, 1, 0, -1, 0, 1 },
    { 1, 0, 0, 0, -1, 1 }, { -1, 0, 1, 0, 1, 0 }, { 0, 1, 0, 1, 0, 0 },   { 0, -1, 1, -1, 0, 1 },
};

static void
note(struct near *best, size_t *n, struct near x)
{
    size_t at;

    for (at = 0; at < *n; at++)
        if (best[at].work == x.work) {
            if (best[at].bits <= x.bits) return;
            memmove(best + at, best + at + 1, (*n - at - 1) * sizeof *best);
            --*n;
            break;
        }
    if (*n == NEAREST && best[*n - 1].bits <= x.bits) return;
    at = *n < NEAREST ? (*n)++ : *n - 1;
    for (; at > 0 && best[at - 1].bits > x.bits; at--) best[at] = best[at - 1];
    best[at] = x;
}

/* All eight turns go over the hashes at once, and the nearest so far say how near the others must be. */
static void
scan(const struct fair_shelf *s, const struct fair_query *q, struct near *best, size_t *n)
{
    struct fair_within hits[BLOCKS * 8 * FAIR_TURNS];
    const size_t all = (s->n + 7) / 8;

    for (size_t from = 0; from < all; from += BLOCKS) {
        unsigned within = *n < NEAREST ? RADIUS : best[NEAREST - 1].bits - (best[NEAREST - 1].bits > 0);
        size_t m = fair_kernels()->within256((const uint64_t (*)[4])q->fp->whole, FAIR_TURNS, (const uint64_t (*)[4][8])s->whole + from,
                                             all - from < BLOCKS ? all - from : BLOCKS, within, 256 - within, hits);
        for (size_t i = 0; i < m; i++) {
            uint32_t at = (uint32_t)(from * 8) + hits[i].at;
            const struct fair_shelved *w;
            bool negated = hits[i].bits > 128;
            if (at >= s->n) continue;                 /* the last block may not be full */
            w = &s->works[at];
            if (w->gone || w->record.quality < QUALITY || (q->org != 0 && w->org != q->org)) continue;
            note(best, n, (struct near){ negated ? 256u - hits[i].bits : hits[i].bits, at, (uint8_t)hits[i].query, negated, w });
        }
    }
}

fair_status
fair_stage_whole(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err)
{
    struct fair_search *search = (struct fair_search *)q;
    const struct fair_shelf *shelf;
    struct near best[NEAREST];
    size_t n = 0;

    (void)err;
    if (q->fp->quality < QUALITY) return FAIR_OK;
    for (size_t k = 0; (shelf = fair_index_shelf(ix, k)) != NULL; k++) scan(shelf, q, best, &n);
    for (size_t i = 0; i < n; i++) {
        const struct fair_record *r = &best[i].work->record;
        const float *t = turns[best[i].turn];
        float w = r->norm_width, h = r->norm_height, u = (float)q->fp->norm_width, v = (float)q->fp->norm_height;
        size_t at = fair_search_add(search, io, best[i].work->work, r);
        struct fair_clue *c;
        if (at == SIZE_MAX) break;
        c = &search->clues[at];
        io->v[at].bits = (uint16_t)best[i].bits;
        io->v[at].turn = best[i].turn;
        c->negated = best[i].negated;
        c->whole_mapped = true;
        c->whole_map[0] = t[0] / w * u; c->whole_map[1] = t[1] / h * u; c->whole_map[2] = t[2] * u;
        c->whole_map[3] = t[3] / w * v; c->whole_map[4] = t[4] / h * v; c->whole_map[5] = t[5] * v;
    }
    return FAIR_OK;
}
