/* The index: shelves of records, and the row of stages that searches them. */
#include <stdlib.h>
#include <string.h>
#include "index/search.h"

const struct fair_stage fair_stages[] = {
    { "glance", true, fair_stage_glance },
    { "whole", true, fair_stage_whole },
    { "settle", false, fair_stage_settle },
    { "parts", true, fair_stage_parts },
    { "map", false, fair_stage_map },
    { "pixels", false, fair_stage_pixels },
    { "pieces", true, fair_stage_pieces },
    { "frames", true, fair_stage_frames },
    { "learned", false, fair_stage_learned },
    { "verdict", false, fair_stage_verdict },
};
const size_t fair_n_stages = sizeof fair_stages / sizeof *fair_stages;

size_t
fair_search_add(struct fair_search *s, struct fair_matches *io, const struct fair_shelf *shelf, uint32_t number, const struct fair_record *r)
{
    const fair_id work = fair_shelf_work(shelf, number);

    for (size_t i = 0; i < io->n; i++)
        if (io->v[i].work == work) return i;
    if (io->n == io->room) return SIZE_MAX;
    io->v[io->n] = (struct fair_match){ .work = work, .bits = 256, .residual = -1 };
    s->clues[io->n] = (struct fair_clue){ .record = r, .shelf = shelf, .number = number };
    return io->n++;
}

#define ROOM 64               /* candidates of one search */

fair_status
fair_index_search_with(const struct fair_index *ix, struct fair_search *s, unsigned off, struct fair_matches *out, struct fair_err *err)
{
    FAIR_TRY(fair_index_ready(ix, err));
    s->ix = ix;
    s->settled = s->tried_at = SIZE_MAX;
    for (size_t i = 0; i < fair_n_stages; i++)
        if (off >> i & 1 && fair_stages[i].run == fair_stage_pixels) s->q.proof = NULL;      /* pixels are looked at nowhere then */
    *out = (struct fair_matches){ fair_alloc_array(s->q.arena, ROOM, sizeof *out->v), 0, ROOM };
    s->clues = fair_alloc_array(s->q.arena, ROOM, sizeof *s->clues);
    for (size_t i = 0; i < fair_n_stages; i++)
        if (!(off >> i & 1)) FAIR_TRY(fair_stages[i].run(ix, &s->q, out, err));
    return FAIR_OK;
}

fair_status
fair_index_prepare(struct fair_index *ix, struct fair_err *err)
{
    return fair_index_ready(ix, err);
}

fair_status
fair_index_search(const struct fair_index *ix, const struct fair_query *q, unsigned off, struct fair_matches *out, struct fair_err *err)
{
    struct fair_search s = { .q = *q };

    return fair_index_search_with(ix, &s, off, out, err);
}

const char *
fair_verdict_name(enum fair_verdict v)
{
    static const char *const names[] = { "none", "too_plain", "same_scene", "possible", "match" };

    return (unsigned)v < sizeof names / sizeof *names ? names[v] : "none";
}
