/* The source stage of the hash of exact areas, and the first glance that goes by it alone. */
#include "index/search.h"

#define BLOCKS 64             /* of eight hashes: 16 KiB */
#define AT_ONCE 16            /* pictures */
#define ROOM 1024             /* hashes near to one turn; where there are more, all are gone over */

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

/* Hash `at` is `bits` off: is it a work's that counts? */
static fair_status
weigh(const struct fair_shelf *s, uint32_t at, unsigned bits, fair_id org, unsigned *best, struct fair_err *err)
{
    const struct fair_record *r;
    struct fair_record room;

    if (bits >= *best || at >= s->n || fair_shelf_gone(s, at) || (org != 0 && fair_shelf_org(s, at) != org)) return FAIR_OK;
    FAIR_TRY(fair_shelf_peek(s, at, &room, &r, err));
    if (r->glance_quality >= FAIR_WHOLE_QUALITY) *best = bits;
    return FAIR_OK;
}

/* A few blocks of eight hashes at a time, which stay near while all pictures' turns go over them: a million works' hashes do not. */
static fair_status
go_over(const struct fair_shelf *s, const struct fair_sought *sought, size_t n, fair_id org, unsigned *bits, struct fair_err *err)
{
    struct fair_within hits[BLOCKS * 8 * 2 * AT_ONCE];
    const size_t all = (s->n + 7) / 8;

    for (size_t from = 0; from < all; from += BLOCKS) {
        const size_t m = fair_sought_find(sought, n, (const uint64_t (*)[4][8])s->glance + from, all - from < BLOCKS ? all - from : BLOCKS, hits);
        for (size_t k = 0; k < m; k++) FAIR_TRY(weigh(s, (uint32_t)(from * 8) + hits[k].at, hits[k].bits, org, &bits[hits[k].query], err));
    }
    return FAIR_OK;
}

/* Every turn and its negative by tables of their pieces; false in *all where too much lies in them for one of these. */
static fair_status
go_into(const struct fair_shelf *s, const struct fair_multi *pieces, const struct fair_sought *sought, fair_id org, unsigned *bits, bool *all, struct fair_err *err)
{
    struct fair_within hits[ROOM];
    size_t n;

    for (unsigned t = 0; t < 2 * FAIR_TURNS; t++) {
        uint64_t code[FAIR_WHOLE_WORDS];
        for (int w = 0; w < FAIR_WHOLE_WORDS; w++) code[w] = t < FAIR_TURNS ? sought->turns[t][w] : ~sought->turns[t - FAIR_TURNS][w];
        *all = fair_multi_near(pieces, code, sought->bits, hits, ROOM, &n);
        if (!*all) return FAIR_OK;
        for (size_t k = 0; k < n; k++) FAIR_TRY(weigh(s, hits[k].at, hits[k].bits, org, bits, err));
    }
    return FAIR_OK;
}

static fair_status
seek(const struct fair_shelf *s, const struct fair_sought *sought, size_t n, fair_id org, unsigned *bits, struct fair_err *err)
{
    const struct fair_multi *pieces = fair_shelf_glanced(s, n);

    if (pieces == NULL) return go_over(s, sought, n, org, bits, err);
    for (size_t i = 0; i < n; i++) {
        bool all = sought[i].bits <= FAIR_MULTI_RADIUS;
        if (all) FAIR_TRY(go_into(s, pieces, &sought[i], org, &bits[i], &all, err));
        if (!all) FAIR_TRY(go_over(s, &sought[i], 1, org, &bits[i], err));
    }
    return FAIR_OK;
}

/* So many at once. */
static fair_status
some(const struct fair_index *ix, const struct fair_glance *g, size_t n, fair_id org, unsigned *bits, struct fair_err *err)
{
    struct fair_sought sought[AT_ONCE];
    unsigned best[AT_ONCE];
    size_t which[AT_ONCE], m = 0;
    const struct fair_shelf *shelf;
    const unsigned radius = fair_glance_near(count(ix));

    for (size_t i = 0; i < n; i++) {
        bits[i] = 256;
        if (g[i].quality < FAIR_WHOLE_QUALITY) continue;
        fair_sought_make(&sought[m], (const uint64_t (*)[FAIR_WHOLE_WORDS])g[i].turn, radius);
        best[m] = 256;
        which[m++] = i;
    }
    for (size_t k = 0; m > 0 && (shelf = fair_index_shelf(ix, k)) != NULL; k++) FAIR_TRY(seek(shelf, sought, m, org, best, err));
    for (size_t i = 0; i < m; i++) bits[which[i]] = best[i];
    return FAIR_OK;
}

fair_status
fair_index_glances(const struct fair_index *ix, const struct fair_glance *g, size_t n, fair_id org, bool *look, unsigned *bits, struct fair_err *err)
{
    FAIR_TRY(fair_index_ready(ix, err));
    for (size_t i = 0; i < n; i += AT_ONCE) FAIR_TRY(some(ix, g + i, n - i < AT_ONCE ? n - i : AT_ONCE, org, bits + i, err));
    for (size_t i = 0; i < n; i++) look[i] = g[i].quality < FAIR_WHOLE_QUALITY || bits[i] < 256;
    return FAIR_OK;
}
