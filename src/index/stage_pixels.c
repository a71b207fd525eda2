/* The check stage of pixels: the likeliest candidates' proofs are laid on the query. */
#include <stdlib.h>
#include "index/search.h"

#define LOOKED_AT 8           /* candidates, the likeliest first */
/* A closer look is spared those whose score after a coarse look is under this, and that have hardly anything in common with the query.  Of 68,609
 * candidates of the calibration and held out sets 15,117 pass; of the 2600 pairs of .05 or more, the verifier's word in it, 12 do not, one of
 * them a copy (under .00005: 10,734 and 40, eleven of them copies).  docs/recognition.md says how to check it after a new fit. */
#define LIKELY .00001f
#define RELATED .25f

#define WHOLE 84              /* bits of the whole hash; from farther ones alone nothing was ever found       */

struct likely { float weight; size_t at; };

static int
by_weight(const void *a, const void *b)
{
    const struct likely *x = a, *y = b;
    if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

fair_status
fair_search_levels(struct fair_search *s, fair_id work, const struct fair_record *r, struct fair_levels **out, struct fair_err *err)
{
    const struct fair_image *proof;
    fair_status st = s->q.proof(s->q.self, work, &proof, err);

    *out = NULL;
    if (s->levels == NULL) s->levels = fair_levels_new(s->q.grey, s->q.arena);
    if (st == FAIR_NOT_FOUND) return FAIR_OK;
    if (st != FAIR_OK) return st;
    if (proof->width == r->norm_width && proof->height == r->norm_height) *out = fair_levels_new(proof, s->q.arena);
    return FAIR_OK;
}

/* Look at a candidate from one map on, closely only where a coarse look makes it likely that it will be told. */
static void
look(const struct fair_search *s, const struct fair_match *m, const float bend[8], bool negated, struct fair_clue *c)
{
    struct fair_clue seen = *c;
    bool something = fair_pixels_coarse(s->levels, c->levels, bend, negated, &seen);

    if (something) {
        struct fair_match so_far = *m;
        seen.coarse = fair_score(s, &seen, &so_far, &seen.coarse_related);
        something = s->all || seen.coarse >= LIKELY || seen.coarse_related >= RELATED;
    }
    if (something || !seen.looked) fair_pixels_look(s->levels, c->levels, &seen);
    fair_pixels_better(&seen, c);
}

/* May its proof lie on the query?  Where neither the whole hash nor more parts than chance would have agree, nothing was ever found. */
static bool
worth_a_look(const struct fair_match *m, const struct fair_clue *c)
{
    return (c->whole_mapped && m->bits <= WHOLE) || c->agree * FAIR_SEEN_BY_CHANCE >= c->seen;
}

bool
fair_pixels_settled(const struct fair_match *m, const struct fair_clue *c)
{
    const struct fair_window *w = &c->window;

    return c->looked && c->held > .3f && w->backed >= 16 && w->held > .8f && w->tone > .85f && w->drift < .3f && (c->agree >= 10 || m->bits < 60);
}

fair_status
fair_pixels_lay_on(const struct fair_index *ix, struct fair_search *s, const struct fair_match *m, const struct fair_clue *tried, struct fair_clue *c,
                   struct fair_err *err)
{
    if (c->levels == NULL) FAIR_TRY(fair_search_levels(s, m->work, c->record, &c->levels, err));
    if (c->levels == NULL) return FAIR_OK;
    if (c->mapped) look(s, m, c->bend, (c->turn & FAIR_CODE_NEGATED) != 0, c);
    if (tried != NULL) {
        fair_pixels_better(tried, c);
    } else if (c->whole_mapped) {
        float bend[8];
        fair_bend_affine(c->whole_map, bend);
        look(s, m, bend, c->negated, c);
    }
    fair_pixels_bow(s->levels, c->levels, c, s->q.arena);
    if (c->close && c->agree >= 4 && c->held > .1f) FAIR_TRY(fair_recur(ix, s->q.org, c, err));
    return FAIR_OK;
}

fair_status
fair_stage_pixels(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err)
{
    struct fair_search *s = (struct fair_search *)q;
    struct likely *order;

    if (q->grey == NULL || q->proof == NULL || io->n == 0) return FAIR_OK;
    order = fair_alloc_array(q->arena, io->n, sizeof *order);
    for (size_t i = 0; i < io->n; i++) {
        const struct fair_clue *c = &s->clues[i];
        float weight = c->mapped ? c->weight : 0;
        if (c->whole_mapped) weight += (float)(100 - (int)io->v[i].bits) * .25f;
        order[i] = (struct likely){ weight, i };
    }
    qsort(order, io->n, sizeof *order, by_weight);
    for (size_t k = 0; k < io->n && k < LOOKED_AT; k++) {
        const size_t at = order[k].at;
        s->clues[at].chance = at != s->tried_at && !worth_a_look(&io->v[at], &s->clues[at]);
        if (s->clues[at].chance && !s->all) continue;
        FAIR_TRY(fair_pixels_lay_on(ix, s, &io->v[at], at == s->tried_at ? &s->tried : NULL, &s->clues[at], err));
    }
    return FAIR_OK;
}
