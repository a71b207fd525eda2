/* The check stage of pixels: the likeliest candidates' proofs are laid on the query. */
#include <stdlib.h>
#include "index/search.h"

#define LOOKED_AT 8           /* candidates, the likeliest first */

struct likely { float weight; size_t at; };

static int
by_weight(const void *a, const void *b)
{
    const struct likely *x = a, *y = b;
    if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

fair_status
fair_stage_pixels(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err)
{
    struct fair_search *s = (struct fair_search *)q;
    struct likely *order;
    struct fair_levels *query;

    if (q->grey == NULL || q->proof == NULL || io->n == 0) return FAIR_OK;
    order = fair_alloc_array(q->arena, io->n, sizeof *order);
    query = fair_levels_new(q->grey, q->arena);
    s->levels = query;
    for (size_t i = 0; i < io->n; i++) {
        const struct fair_clue *c = &s->clues[i];
        float weight = c->mapped ? c->weight : 0;
        if (c->whole_mapped) weight += (float)(100 - (int)io->v[i].bits) * .25f;
        order[i] = (struct likely){ weight, i };
    }
    qsort(order, io->n, sizeof *order, by_weight);
    for (size_t k = 0; k < io->n && k < LOOKED_AT; k++) {
        struct fair_clue *c = &s->clues[order[k].at];
        const struct fair_image *proof;
        struct fair_levels *work;
        fair_status st = q->proof(q->self, io->v[order[k].at].work, &proof, err);
        if (st == FAIR_NOT_FOUND) continue;
        if (st != FAIR_OK) return st;
        if (proof->width != c->record->norm_width || proof->height != c->record->norm_height) continue;
        work = fair_levels_new(proof, q->arena);
        if (c->mapped) fair_pixels_look(query, work, c->bend, (c->turn & FAIR_CODE_NEGATED) != 0, c);
        if (c->whole_mapped) {
            float bend[8];
            fair_bend_affine(c->whole_map, bend);
            fair_pixels_look(query, work, bend, c->negated, c);
        }
        c->levels = work;
        if (c->looked && c->agree >= 4 && c->held > .1f) fair_recur(ix, q->org, c);
    }
    return FAIR_OK;
}
