/* The last check stage: what the clues amount to, in one number and one word. */
#include <math.h>
#include <stdlib.h>
#include "index/search.h"

static float
less(float a, float b)
{
    return a < b ? a : b;
}

/* The box in the query and the part of the work that is seen, from the map and both sizes. */
static void
place(const struct fair_query *q, const struct fair_clue *c, struct fair_match *m)
{
    const struct fair_record *r = c->record;
    float in_x = (float)q->fp->width / (float)q->fp->norm_width, in_y = (float)q->fp->height / (float)q->fp->norm_height;
    float of_x = (float)r->norm_width / (float)r->width, of_y = (float)r->norm_height / (float)r->height;
    float x0 = 1e9f, y0 = 1e9f, x1 = -1e9f, y1 = -1e9f;

    m->has_map = true;
    m->map[0] = c->map[0] * of_x * in_x; m->map[1] = c->map[1] * of_y * in_x; m->map[2] = c->map[2] * in_x;
    m->map[3] = c->map[3] * of_x * in_y; m->map[4] = c->map[4] * of_y * in_y; m->map[5] = c->map[5] * in_y;
    for (int i = 0; i < 4; i++) {
        float x = i & 1 ? (float)r->width : 0, y = i & 2 ? (float)r->height : 0;
        float u = m->map[0] * x + m->map[1] * y + m->map[2], v = m->map[3] * x + m->map[4] * y + m->map[5];
        x0 = less(x0, u); y0 = less(y0, v); x1 = -less(-x1, -u); y1 = -less(-y1, -v);
    }
    m->box[0] = x0 < 0 ? 0 : x0;
    m->box[1] = y0 < 0 ? 0 : y0;
    m->box[2] = less(x1, (float)q->fp->width);
    m->box[3] = less(y1, (float)q->fp->height);
}

/* Matches and their clues, sorted together. */
struct both { struct fair_match m; struct fair_clue c; };

static int
by_score(const void *a, const void *b)
{
    const struct both *x = a, *y = b;
    if (x->m.score != y->m.score) return x->m.score > y->m.score ? -1 : 1;
    return x->m.work < y->m.work ? -1 : x->m.work > y->m.work;
}

static void
sort(struct fair_search *s, struct fair_matches *io)
{
    struct both *v = fair_alloc_array(s->q.arena, io->n + 1, sizeof *v);

    for (size_t i = 0; i < io->n; i++) v[i] = (struct both){ io->v[i], s->clues[i] };
    qsort(v, io->n, sizeof *v, by_score);
    for (size_t i = 0; i < io->n; i++) { io->v[i] = v[i].m; s->clues[i] = v[i].c; }
}

fair_status
fair_stage_verdict(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err)
{
    struct fair_search *s = (struct fair_search *)q;

    (void)ix;
    (void)err;
    for (size_t i = 0; i < io->n; i++) {
        struct fair_clue *c = &s->clues[i];
        struct fair_match *m = &io->v[i];
        float share = c->seen > 0 ? (float)c->agree / (float)c->seen : 0;
        float x = .5f * ((float)c->agree - 9) + 6 * (share - .2f);
        if (c->mapped) place(q, c, m);
        m->score = 1 / (1 + expf(-x));
        m->verdict = m->score > .9f ? FAIR_MATCH : FAIR_POSSIBLE;
    }
    sort(s, io);
    return FAIR_OK;
}
