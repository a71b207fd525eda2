/* The check stage of geometry: guided matching under each candidate's map. */
#include "index/search.h"

/* Spots that agree with several works are a mark that these bear, or the works are near duplicates. */
void
fair_map_share(struct fair_search *s, const struct fair_matches *io)
{
    for (size_t i = 0; i < io->n; i++) {
        struct fair_clue *c = &s->clues[i];
        c->shared = 0;
        for (size_t w = 0; w < sizeof c->used / sizeof *c->used; w++) {
            uint64_t others = 0;
            for (size_t k = 0; k < io->n; k++)
                if (k != i && s->clues[k].agree >= 6) others |= s->clues[k].used[w];
            c->shared += (uint32_t)__builtin_popcountll(c->used[w] & others);
        }
    }
}

fair_status
fair_stage_map(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err)
{
    struct fair_search *s = (struct fair_search *)q;

    (void)ix;
    (void)err;
    if (s->grid == NULL) s->grid = fair_grid_new(q->fp, q->arena);
    for (size_t i = 0; i < io->n; i++) {
        if (s->clues[i].mapped) fair_map_refine(s->clues[i].record, q->fp, s->grid, &s->clues[i]);
        io->v[i].agree = (uint16_t)s->clues[i].agree;
    }
    fair_map_share(s, io);
    return FAIR_OK;
}
