/* The source stage of whole-picture hashes: over the eight turns, and with the bits flipped for a negative. */
#include <stdlib.h>
#include <string.h>
#include "fingerprint/kernels.h"
#include "index/search.h"

#define RADIUS 96             /* bits; unrelated pictures are 128 apart, and what is added here pixels must confirm */
#define NEAREST 6             /* works added at most */
#define BLOCK 1024
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

static void
scan(const struct fair_shelf *s, const struct fair_query *q, struct near *best, size_t *n)
{
    uint16_t bits[BLOCK];

    for (size_t from = 0; from < s->n; from += BLOCK) {
        size_t m = s->n - from < BLOCK ? s->n - from : BLOCK;
        for (unsigned t = 0; t < FAIR_TURNS; t++) {
            fair_kernels()->hamming256(q->fp->whole[t], s->whole + 4 * from, m, bits);
            for (size_t i = 0; i < m; i++) {
                const struct fair_shelved *w = &s->works[from + i];
                uint32_t b = bits[i] > 128 ? 256u - bits[i] : bits[i];
                if (b > RADIUS || w->gone || w->record.quality < QUALITY || (q->org != 0 && w->org != q->org)) continue;
                note(best, n, (struct near){ b, (uint32_t)(from + i), (uint8_t)t, bits[i] > 128, w });
            }
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
