/* The check stage of the learned verifier: where the evidence leaves it open, a net that was taught what editing does looks at the pair. */
#include "index/search.h"

fair_status
fair_stage_learned(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err)
{
    static _Thread_local float work[FAIR_PAIR * FAIR_PAIR], query[FAIR_PAIR * FAIR_PAIR];
    struct fair_search *s = (struct fair_search *)q;

    (void)ix;
    (void)err;
    for (size_t i = 0; i < io->n; i++) {
        struct fair_clue *c = &s->clues[i];
        float related;
        if (!c->looked || c->levels == NULL || s->levels == NULL) continue;
        if (!s->all && !fair_score_undecided(fair_score(s, c, &io->v[i], &related))) continue;
        c->asked = fair_pixels_pair(fair_clue_query(s->levels, c), c->levels, c->bend, c->laid_negated, work, query) && fair_verify(work, query, &c->opinion);
    }
    return FAIR_OK;
}
