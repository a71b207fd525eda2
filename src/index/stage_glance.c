/* The source stage of the hash of exact areas, and the first glance that goes by it alone. */
#include "index/search.h"

#define BLOCKS 64             /* of eight hashes: 16 KiB */

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

/* A few blocks of eight hashes at a time, which stay near while all pictures' turns go over them: a million works' hashes do not. */
static fair_status
go_over(const struct fair_shelf *s, const struct fair_glance *g, size_t n, unsigned radius, fair_id org, unsigned *bits, struct fair_err *err)
{
    struct fair_within hits[BLOCKS * 8 * FAIR_TURNS];
    const size_t all = (s->n + 7) / 8;

    for (size_t from = 0; from < all; from += BLOCKS)
        for (size_t i = 0; i < n; i++) {
            size_t m;
            if (g[i].quality < FAIR_WHOLE_QUALITY) continue;
            m = fair_kernels()->within256(g[i].turn, FAIR_TURNS, (const uint64_t (*)[4][8])s->glance + from, all - from < BLOCKS ? all - from : BLOCKS,
                                          radius, 256 - radius, hits);
            for (size_t k = 0; k < m; k++) {
                const uint32_t at = (uint32_t)(from * 8) + hits[k].at;
                const unsigned b = hits[k].bits > 128 ? 256u - hits[k].bits : hits[k].bits;
                const struct fair_record *r;
                struct fair_record room;
                if (b >= bits[i] || at >= s->n || fair_shelf_gone(s, at) || (org != 0 && fair_shelf_org(s, at) != org)) continue;
                FAIR_TRY(fair_shelf_peek(s, at, &room, &r, err));
                if (r->glance_quality >= FAIR_WHOLE_QUALITY) bits[i] = b;
            }
        }
    return FAIR_OK;
}

fair_status
fair_index_glances(const struct fair_index *ix, const struct fair_glance *g, size_t n, fair_id org, bool *look, unsigned *bits, struct fair_err *err)
{
    const struct fair_shelf *shelf;

    FAIR_TRY(fair_index_ready(ix, err));
    for (size_t i = 0; i < n; i++) bits[i] = 256;
    for (size_t k = 0; (shelf = fair_index_shelf(ix, k)) != NULL; k++) FAIR_TRY(go_over(shelf, g, n, fair_glance_near(count(ix)), org, bits, err));
    for (size_t i = 0; i < n; i++) look[i] = g[i].quality < FAIR_WHOLE_QUALITY || bits[i] < 256;
    return FAIR_OK;
}
