/* The source stage of the hash of exact areas, and the first glance that goes by it alone. */
#include "index/search.h"

/* Of pairs of unrelated photographs one in 100,000 is within 48 bits, one in 400,000 within 36 (bench_glance): among few works
 * more may be called near before looking in vain costs more than it finds. */
unsigned
fair_glance_near(uint64_t works)
{
    unsigned bits = 48;

    for (uint64_t n = 10000; n <= works && bits > 32; n *= 10) bits -= 8;
    return bits;
}

static uint64_t
count(const struct fair_index *ix)
{
    const struct fair_shelf *shelf;
    uint64_t n = 0;

    for (size_t k = 0; (shelf = fair_index_shelf(ix, k)) != NULL; k++) n += shelf->n;
    return n;
}

fair_status
fair_stage_glance(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err)
{
    const struct fair_nearest ask = { .turns = q->fp->glance, .glance = true, .radius = fair_glance_near(count(ix)), .org = q->org };
    struct fair_near best[FAIR_NEAREST];
    size_t n;

    if (q->fp->glance_quality < FAIR_WHOLE_QUALITY) return FAIR_OK;
    FAIR_TRY(fair_near_find(ix, &ask, best, &n, err));
    for (size_t i = 0, at = 0; i < n && at != SIZE_MAX; i++) FAIR_TRY(fair_near_add((struct fair_search *)q, &best[i], io, &at, err));
    return FAIR_OK;
}

fair_status
fair_index_glance(const struct fair_index *ix, const struct fair_glance *g, fair_id org, bool *look, unsigned *bits, struct fair_err *err)
{
    struct fair_nearest ask = { .turns = g->turn, .glance = true, .org = org };
    struct fair_near best[FAIR_NEAREST];
    size_t n = 0;

    FAIR_TRY(fair_index_ready(ix, err));
    ask.radius = fair_glance_near(count(ix));
    if (g->quality >= FAIR_WHOLE_QUALITY) FAIR_TRY(fair_near_find(ix, &ask, best, &n, err));
    *look = g->quality < FAIR_WHOLE_QUALITY || n > 0;
    if (bits != NULL) *bits = n > 0 ? best[0].bits : 256;
    return FAIR_OK;
}
