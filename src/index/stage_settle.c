/* The check stage that spares work: where the proof of the work with the nearest whole hash, laid on the query, agrees with all of it,
 * what the query shows is known, and a few of its parts tell whether other works are in it too. */
#include <math.h>
#include "index/search.h"

#define NEAR 48               /* bits within which it is worth a look                                   */
#define ALL .93f              /* of the work, and of the query, that lie on each other                  */
#define HELD .8f              /* of what is textured in either, what agrees                             */
#define SPREAD .9f            /* of the cells that hold texture, what holds                             */
#define ENOUGH 12             /* tiles that agree                                                       */
#define TONE .6f              /* one curve of tones takes one to the other                              */
#define DRIFT .4f             /* samples that they are off by                                           */

/* How much of the query the work laid on it takes, though it may stand out over it. */
static float
filled(const struct fair_query *q, const struct fair_record *r, const float bend[8])
{
    const float w = r->norm_width, h = r->norm_height, corners[4][2] = { { 0, 0 }, { w, 0 }, { w, h }, { 0, h } };
    float u[4], v[4], area = 0;

    for (int i = 0; i < 4; i++) fair_bend_at(bend, corners[i][0], corners[i][1], &u[i], &v[i]);
    for (int i = 0; i < 4; i++) area += u[i] * v[(i + 1) % 4] - u[(i + 1) % 4] * v[i];
    return .5f * fabsf(area) / ((float)q->fp->norm_width * (float)q->fp->norm_height);
}

fair_status
fair_stage_settle(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err)
{
    struct fair_search *s = (struct fair_search *)q;
    struct fair_clue *c = &s->tried;
    float bend[8];
    size_t at = SIZE_MAX;

    (void)ix;
    s->settled = s->tried_at = SIZE_MAX;
    for (size_t i = 0; i < io->n; i++)
        if (s->clues[i].whole_mapped && io->v[i].bits <= NEAR && (at == SIZE_MAX || io->v[i].bits < io->v[at].bits)) at = i;
    if (at == SIZE_MAX || q->grey == NULL || q->proof == NULL) return FAIR_OK;
    FAIR_TRY(fair_search_levels(s, io->v[at].work, s->clues[at].record, &s->clues[at].levels, err));
    if (s->clues[at].levels == NULL) return FAIR_OK;
    /* What is seen here decides how much is looked for; the candidate itself goes through all the later stages. */
    *c = s->clues[at];
    s->tried_at = at;
    fair_bend_affine(c->whole_map, bend);
    if (fair_pixels_coarse(s->levels, c->levels, bend, c->negated, c) || !c->looked) fair_pixels_look(s->levels, c->levels, c);
    if (c->close && c->covers >= ALL && filled(q, c->record, c->bend) >= ALL && c->held >= HELD && c->spread >= SPREAD && c->backed >= ENOUGH &&
        c->tone >= TONE && c->drift < DRIFT)
        s->settled = at;
    return FAIR_OK;
}
