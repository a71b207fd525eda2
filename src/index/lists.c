/* Codes by drawer, as they lie in a segment's file: seen, verified, and made. */
#include "index/lists.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "index/segments_private.h"

#define AT_ONCE (1u << 22)    /* parts brought in order in memory before they are written, or */
#define PASSES 32             /* as many that all are in so many times                     */
#define SHARE 64              /* works whose drawers a thread finds before it takes the next */
#define THREADS 64

size_t
fair_lists_head_bytes(uint64_t n_full)
{
    return FAIR_LISTS_GROUPS * sizeof(struct fair_lists_group) + (size_t)(n_full + 2) / 2 * 8;
}

static uint64_t
chunks_of(uint64_t n_parts)
{
    return (n_parts + FAIR_LISTS_CHUNK - 1) / FAIR_LISTS_CHUNK;
}

size_t
fair_lists_bytes(uint64_t n_parts)
{
    return (size_t)(n_parts * (16 + sizeof(struct fair_kept)) + chunks_of(n_parts) * 12 + 7) / 8 * 8;
}

fair_status
fair_lists_see(const void *head, const void *body, uint64_t n_parts, uint64_t n_full, struct fair_lists *out, struct fair_err *err)
{
    uint32_t before = 0;

    if (n_parts > FAIR_LISTS_PARTS || n_full > FAIR_DRAWERS || n_full > n_parts) return fair_fail(err, FAIR_CORRUPT, "its lists have no such size");
    *out = (struct fair_lists){ .n_parts = (uint32_t)n_parts, .n_full = (uint32_t)n_full, .groups = head };
    out->first = (const uint32_t *)(out->groups + FAIR_LISTS_GROUPS);
    out->high[0] = body;
    out->high[1] = out->high[0] + n_parts;
    out->parts = (const struct fair_kept *)(out->high[1] + n_parts);
    out->sums = (const uint32_t (*)[3])(out->parts + n_parts);
    for (size_t g = 0; g < FAIR_LISTS_GROUPS; g++) {
        if (out->groups[g].before != before) return fair_fail(err, FAIR_CORRUPT, "its drawers from %zu on are counted wrongly", 64 * g);
        before += (uint32_t)__builtin_popcountll(out->groups[g].full);
    }
    if (before != n_full || out->first[0] != 0 || out->first[n_full] != n_parts) return fair_fail(err, FAIR_CORRUPT, "its lists are not as long as it says");
    for (size_t k = 0; k < n_full; k++)
        if (out->first[k + 1] <= out->first[k]) return fair_fail(err, FAIR_CORRUPT, "its list %zu ends before it begins", k);
    return FAIR_OK;
}

void
fair_lists_code(const struct fair_lists *l, uint32_t at, uint64_t code[4])
{
    fair_code_unfold((struct fair_folded){ { l->high[0][at], l->high[1][at] }, l->parts[at].low }, code);
}

/* The three sums of n parts. */
static void
sum_up(const uint64_t *first, const uint64_t *second, const struct fair_kept *parts, size_t n, uint32_t out[3])
{
    out[0] = fair_segment_sum((const uint8_t *)first, n * sizeof *first);
    out[1] = fair_segment_sum((const uint8_t *)second, n * sizeof *second);
    out[2] = fair_segment_sum((const uint8_t *)parts, n * sizeof *parts);
}

fair_status
fair_lists_verify(const struct fair_lists *l, struct fair_err *err)
{
    for (uint64_t at = 0; at < l->n_parts; at += FAIR_LISTS_CHUNK) {
        const size_t n = l->n_parts - at < FAIR_LISTS_CHUNK ? (size_t)(l->n_parts - at) : FAIR_LISTS_CHUNK;
        uint32_t sums[3];
        sum_up(l->high[0] + at, l->high[1] + at, l->parts + at, n, sums);
        if (memcmp(sums, l->sums[at / FAIR_LISTS_CHUNK], sizeof sums) != 0)
            return fair_fail(err, FAIR_CORRUPT, "its lists are damaged at part %llu of %u", (unsigned long long)at, l->n_parts);
    }
    return FAIR_OK;
}

/* Does the record's part lie there? */
static bool
lies(const struct fair_lists *l, uint32_t work, const struct fair_record *r, uint32_t part)
{
    uint32_t at = r->listed[part];

    return at < l->n_parts && fair_listed_work(l->parts[at].listed) == work && fair_listed_part(l->parts[at].listed) == part;
}

fair_status
fair_lists_take(const struct fair_lists *l, uint32_t work, struct fair_record *r, struct fair_arena *a, struct fair_err *err)
{
    uint64_t *codes = fair_alloc_array(a, r->n + 1, 32);

    if (r->codes != NULL) return fair_fail(err, FAIR_CORRUPT, "index record: that of a small segment in a large one: run fairtrack reindex");
    for (uint32_t i = 0; i < r->n; i++) {
        if (r->listed[i] >= l->n_parts) continue;
        for (int w = 0; w < 2; w++) __builtin_prefetch(&l->high[w][r->listed[i]]);
        __builtin_prefetch(&l->parts[r->listed[i]]);
    }
    for (uint32_t i = 0; i < r->n; i++) {
        uint64_t code[4];
        uint32_t at = r->listed[i];
        if (!lies(l, work, r, i)) return fair_fail(err, FAIR_CORRUPT, "index record: its part %u is not in the lists: run fairtrack reindex", i);
        fair_lists_code(l, at, code);
        fair_part_code_turn(code, fair_listed_turn(l->parts[at].listed), codes + 4 * (size_t)i);
    }
    r->codes = codes;
    return FAIR_OK;
}

/* ---- making them ------------------------------------------------------------- */

/* The drawers of the parts that come from other lists, told by these. */
static fair_status
inherit(const struct fair_listing *v, size_t n, const struct fair_lists *from, const uint32_t *base, uint32_t *place, struct fair_err *err)
{
    uint32_t most = 0, *to;
    fair_status status;

    for (size_t i = 0; i < n; i++)
        if (v[i].from == from && v[i].number >= most) most = v[i].number + 1;
    to = fair_xmalloc(((size_t)most + 1) * sizeof *to);
    memset(to, 255, ((size_t)most + 1) * sizeof *to);      /* UINT32_MAX: the work is gone */
    for (size_t i = 0; i < n; i++)
        if (v[i].from == from) to[v[i].number] = (uint32_t)i;
    status = fair_lists_verify(from, err);
    for (uint32_t drawer = 0; status == FAIR_OK && drawer < FAIR_DRAWERS; drawer++) {
        uint32_t at, end;
        if (!fair_lists_of(from, drawer, &at, &end)) continue;
        for (; at < end; at++) {
            uint32_t work = fair_listed_work(from->parts[at].listed), part = fair_listed_part(from->parts[at].listed), i;
            if (work >= most || (i = to[work]) == UINT32_MAX) continue;
            if (part < v[i].record.n) place[base[i] + part] = drawer;
        }
    }
    free(to);
    return status;
}

/* The drawers of all parts whose codes are here, by as many threads as there are cores. */
struct finding { const struct fair_listing *v; size_t n; const uint32_t *base; uint32_t *place; atomic_size_t next; };

static void *
find_drawers(void *of)
{
    struct finding *f = of;
    struct fair_drawer d[FAIR_PARTS_CATALOGUE];
    size_t from;

    while ((from = atomic_fetch_add(&f->next, SHARE)) < f->n)
        for (size_t i = from; i < f->n && i < from + SHARE; i++) {
            if (f->v[i].from != NULL) continue;
            fair_drawers_of(f->v[i].record.codes, f->v[i].record.n, d);
            for (uint32_t k = 0; k < f->v[i].record.n; k++) f->place[f->base[i] + k] = (uint32_t)d[k].turn << 30 | d[k].number;
        }
    return NULL;
}

static void
find_all_drawers(const struct fair_listing *v, size_t n, const uint32_t *base, uint32_t *place)
{
    struct finding f = { .v = v, .n = n, .base = base, .place = place };
    pthread_t more[THREADS];
    size_t fresh = 0, started = 0;
    cpu_set_t cores;

    for (size_t i = 0; i < n; i++) fresh += v[i].from == NULL;
    if (sched_getaffinity(0, sizeof cores, &cores) != 0) CPU_ZERO(&cores);
    while (started < THREADS && started + 1 < (size_t)CPU_COUNT(&cores) && (started + 1) * 8 * SHARE < fresh &&
           pthread_create(&more[started], NULL, find_drawers, &f) == 0)
        started++;                                /* where there is no thread to be had, this one does it */
    (void)find_drawers(&f);
    for (size_t t = 0; t < started; t++) pthread_join(more[t], NULL);
}

fair_status
fair_lists_plan(const struct fair_listing *v, size_t n, struct fair_lists_plan *out, struct fair_err *err)
{
    uint32_t *base = fair_xmalloc((n + 1) * sizeof *base), *at, before = 0;
    uint64_t total = 0;
    fair_status status = FAIR_OK;

    *out = (struct fair_lists_plan){ 0 };
    for (size_t i = 0; i < n; i++) {
        base[i] = (uint32_t)total;
        total += v[i].record.n;
    }
    if (n > FAIR_SHELF_WORKS || total > FAIR_LISTS_PARTS) {
        free(base);
        return fair_fail(err, FAIR_LIMIT, "index: %zu works with %llu parts in one segment", n, (unsigned long long)total);
    }
    out->n_parts = (uint32_t)total;
    out->place = fair_xmalloc((total + 1) * sizeof *out->place);
    memset(out->place, 255, (total + 1) * sizeof *out->place);
    find_all_drawers(v, n, base, out->place);
    for (size_t i = 0; status == FAIR_OK && i < n; i++) {
        const struct fair_record *r = &v[i].record;
        if (v[i].from != NULL && r->n > 0 && out->place[base[i]] == UINT32_MAX) status = inherit(v, n, v[i].from, base, out->place, err);
        for (uint32_t k = 0; status == FAIR_OK && v[i].from != NULL && k < r->n; k++)
            if (out->place[base[i] + k] == UINT32_MAX || r->listed[k] >= v[i].from->n_parts)
                status = fair_fail(err, FAIR_CORRUPT, "index record: its part %u is not in the lists", k);
    }
    free(base);
    if (status != FAIR_OK) {
        fair_lists_plan_free(out);
        return status;
    }
    out->groups = fair_xcalloc(FAIR_LISTS_GROUPS, sizeof *out->groups);
    at = fair_xcalloc(FAIR_DRAWERS, sizeof *at);
    for (uint32_t p = 0; p < out->n_parts; p++) at[fair_lists_place(out->place[p])]++;
    for (uint32_t d = 0; d < FAIR_DRAWERS; d++) out->n_full += at[d] > 0;
    out->first = fair_xcalloc((size_t)out->n_full + 2, sizeof *out->first);
    for (uint32_t d = 0, k = 0; d < FAIR_DRAWERS; d++) {
        const uint32_t many = at[d];
        if (d % 64 == 0) out->groups[d / 64].before = k;
        at[d] = before;
        if (many == 0) continue;
        out->groups[d / 64].full |= (uint64_t)1 << d % 64;
        out->first[k++] = before;
        before += many;
    }
    out->first[out->n_full] = before;
    for (uint32_t p = 0; p < out->n_parts; p++) {
        uint32_t *planned = &out->place[p];
        *planned = (*planned & ~(FAIR_LISTS_PARTS - 1)) | at[fair_lists_place(*planned)]++;
    }
    free(at);
    return FAIR_OK;
}

void
fair_lists_plan_free(struct fair_lists_plan *p)
{
    free(p->place);
    free(p->groups);
    free(p->first);
    *p = (struct fair_lists_plan){ 0 };
}

static bool
write_at(int fd, const void *bytes, size_t n, uint64_t at)
{
    const char *p = bytes;

    while (n > 0) {
        ssize_t done = pwrite(fd, p, n, (off_t)at);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        p += done;
        n -= (size_t)done;
        at += (uint64_t)done;
    }
    return true;
}

/* Parts brought in order. */
struct batch { uint64_t *high[2]; struct fair_kept *parts; };

static void
keep(const struct fair_listing *v, uint32_t work, uint32_t part, unsigned turn, const struct batch *b, size_t to)
{
    struct fair_folded f;
    uint64_t turned[4];

    if (v->from != NULL) {
        const uint32_t at = v->record.listed[part];
        for (int w = 0; w < 2; w++) b->high[w][to] = v->from->high[w][at];
        b->parts[to] = (struct fair_kept){ v->from->parts[at].low, fair_listed(work, part, fair_listed_turn(v->from->parts[at].listed)) };
        return;
    }
    fair_part_code_turn(v->record.codes + 4 * (size_t)part, turn, turned);
    f = fair_code_fold(turned);
    for (int w = 0; w < 2; w++) b->high[w][to] = f.high[w];
    b->parts[to] = (struct fair_kept){ f.low, fair_listed(work, part, turn) };
}

/* The parts go where they belong a few million at a time, each time all works being looked through for them: so nothing is
 * written but in order. */
bool
fair_lists_write(const struct fair_listing *v, size_t n, const struct fair_lists_plan *p, int fd, uint64_t at)
{
    const size_t at_once = p->n_parts / PASSES < AT_ONCE ? AT_ONCE : (p->n_parts / PASSES / FAIR_LISTS_CHUNK + 1) * FAIR_LISTS_CHUNK;
    const size_t room = (p->n_parts < at_once ? p->n_parts : at_once) + 1;
    const struct batch b = { { fair_xmalloc(room * 8), fair_xmalloc(room * 8) }, fair_xmalloc(room * sizeof *b.parts) };
    uint32_t (*sums)[3] = fair_xcalloc(chunks_of(p->n_parts) + 1, sizeof *sums);
    const uint64_t parts_at = at + (uint64_t)p->n_parts * 16, sums_at = parts_at + (uint64_t)p->n_parts * sizeof *b.parts;
    bool well = true;

    for (uint64_t from = 0; well && from < p->n_parts; from += at_once) {
        const size_t m = p->n_parts - from < at_once ? (size_t)(p->n_parts - from) : at_once;
        const uint32_t *place = p->place;
        for (size_t i = 0; i < n; place += v[i].record.n, i++)
            for (uint32_t k = 0; k < v[i].record.n; k++) {
                const uint64_t to = fair_lists_place(place[k]) - from;      /* far beyond m if it is before it */
                if (to < m) keep(&v[i], (uint32_t)i, k, place[k] >> 30, &b, (size_t)to);
            }
        for (size_t c = 0; c < m; c += FAIR_LISTS_CHUNK)
            sum_up(b.high[0] + c, b.high[1] + c, b.parts + c, m - c < FAIR_LISTS_CHUNK ? m - c : FAIR_LISTS_CHUNK, sums[(from + c) / FAIR_LISTS_CHUNK]);
        for (uint64_t w = 0; well && w < 2; w++) well = write_at(fd, b.high[w], m * 8, at + (w * p->n_parts + from) * 8);
        well = well && write_at(fd, b.parts, m * sizeof *b.parts, parts_at + from * sizeof *b.parts);
    }
    /* up to a multiple of 8 bytes */
    well = well && write_at(fd, sums, (size_t)(at + fair_lists_bytes(p->n_parts) - sums_at), sums_at);
    for (int w = 0; w < 2; w++) free(b.high[w]);
    free(b.parts);
    free(sums);
    return well;
}
