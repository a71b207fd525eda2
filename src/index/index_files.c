/* index/index_files.c - the index as its user holds it: the folder's segments, each with its shelf, and the tail in memory. */
#include <stdlib.h>
#include <string.h>
#include "index/keys.h"
#include "index/search.h"
#include "index/segments.h"

#define OPEN_WORKS 32         /* works of the tail's shelf that is made anew at each search */
#define LIST_FROM 4096        /* works from which a segment is written with lists: fewer are searched faster by lists made in memory */
#define SAME_TIER 2           /* so many shelves of a size become one: each list that is looked at costs, however short */

/* What a segment's records look like to a search. */
struct seg_shelf {
    uint64_t number;
    size_t n_gone;
    struct fair_shelf shelf;
};

struct tail_record {
    fair_id org, work;
    char *bytes;
    size_t n;
    bool gone;
};

/* A few of the tail's records; the last shelf is the one that grows. */
struct tail_shelf {
    struct fair_shelf shelf;
    uint32_t *members;        /* which records, in the shelf's order */
    size_t n, tier;
};

struct fair_index {
    struct fair_segments *files;
    struct fair_keys pending; /* put (1) or removed (0) since the last sync */
    int64_t pending_works;    /* how many more works that makes */
    struct seg_shelf **segs;
    size_t n_segs;
    struct tail_record *tail;
    size_t n_tail, room_tail, tail_alive;
    struct fair_keys in_tail; /* their places in `tail` */
    struct tail_shelf *shelves;
    size_t n_shelves;
};

fair_status
fair_index_open(const char *dir, struct fair_index **out, struct fair_err *err)
{
    struct fair_segments *files = NULL;

    *out = NULL;
    FAIR_TRY(fair_segments_open(dir, FAIR_SCHEME, &files, err));
    fair_segments_list_from(files, LIST_FROM);
    *out = fair_xcalloc(1, sizeof **out);
    (*out)->files = files;
    return FAIR_OK;
}

void
fair_index_list_from(struct fair_index *ix, size_t n)
{
    fair_segments_list_from(ix->files, n);
}

static void
tail_clear(struct fair_index *ix)
{
    for (size_t i = 0; i < ix->n_shelves; i++) {
        fair_shelf_free(&ix->shelves[i].shelf);
        free(ix->shelves[i].members);
    }
    for (size_t i = 0; i < ix->n_tail; i++) free(ix->tail[i].bytes);
    free(ix->shelves);
    free(ix->tail);
    fair_keys_free(&ix->in_tail);
    ix->shelves = NULL;
    ix->tail = NULL;
    ix->n_shelves = ix->n_tail = ix->room_tail = ix->tail_alive = 0;
}

static void
seg_shelf_free(struct seg_shelf **s)
{
    if (*s == NULL) return;
    fair_shelf_free(&(*s)->shelf);
    free(*s);
    *s = NULL;
}

void
fair_index_free(struct fair_index **ix)
{
    if (*ix == NULL) return;
    for (size_t i = 0; i < (*ix)->n_segs; i++) seg_shelf_free(&(*ix)->segs[i]);
    free((*ix)->segs);
    tail_clear(*ix);
    fair_keys_free(&(*ix)->pending);
    fair_segments_free(&(*ix)->files);
    free(*ix);
    *ix = NULL;
}

/* ---- the tail ---------------------------------------------------------------- */

static void
tail_drop(struct fair_index *ix, uint32_t i)
{
    if (ix->tail[i].gone) return;
    ix->tail[i].gone = true;
    ix->tail_alive--;
    for (size_t s = 0; s < ix->n_shelves; s++)
        for (size_t k = 0; k < ix->shelves[s].n; k++)
            if (ix->shelves[s].members[k] == i) ix->shelves[s].shelf.works[k].gone = true;
}

/* Forget what the files have now. */
static void
tail_settle(struct fair_index *ix)
{
    for (uint32_t i = 0; i < ix->n_tail; i++)
        if (!ix->tail[i].gone && fair_segments_hold(ix->files, ix->tail[i].org, ix->tail[i].work)) {
            ix->tail[i].gone = true;
            ix->tail_alive--;
        }
    if (ix->tail_alive == 0) {
        tail_clear(ix);
        return;
    }
    for (size_t s = 0; s < ix->n_shelves; s++)
        for (size_t k = 0; k < ix->shelves[s].n; k++)
            if (ix->tail[ix->shelves[s].members[k]].gone) ix->shelves[s].shelf.works[k].gone = true;
}

static fair_status
shelve(struct fair_index *ix, struct tail_shelf *s, uint32_t i, struct fair_err *err)
{
    const struct tail_record *r = &ix->tail[i];

    FAIR_TRY(fair_shelf_put(&s->shelf, r->org, r->work, (fair_str){ r->bytes, r->n }, err));
    s->members = fair_xrealloc(s->members, (s->n + 1) * sizeof *s->members);
    s->members[s->n++] = i;
    return FAIR_OK;
}

/* Small shelves become larger ones, so that adding the n-th work costs about log n and there are few shelves to search. */
static fair_status
tail_tidy(struct fair_index *ix, struct fair_err *err)
{
    while (ix->n_shelves >= SAME_TIER) {
        struct tail_shelf *from = ix->shelves + ix->n_shelves - SAME_TIER, merged = { .tier = from[0].tier + 1 };
        for (size_t s = 0; s < SAME_TIER; s++)
            if (from[s].tier != from[0].tier || from[s].n < OPEN_WORKS) return FAIR_OK;
        for (size_t s = 0; s < SAME_TIER; s++)
            for (size_t k = 0; k < from[s].n; k++)
                if (!ix->tail[from[s].members[k]].gone) FAIR_TRY(shelve(ix, &merged, from[s].members[k], err));
        for (size_t s = 0; s < SAME_TIER; s++) {
            fair_shelf_free(&from[s].shelf);
            free(from[s].members);
        }
        from[0] = merged;
        ix->n_shelves -= SAME_TIER - 1;
    }
    return FAIR_OK;
}

fair_status
fair_index_put_tail(struct fair_index *ix, fair_id org, fair_id work, const struct fair_fingerprint *fp, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const fair_str record = fair_record_pack(fp, a);
    const uint32_t *had = fair_keys_get(&ix->in_tail, org, work);
    struct tail_shelf *last;

    if (org <= 0 || work <= 0) return fair_fail(err, FAIR_INVALID, "index: work %lld of organisation %lld", (long long)work, (long long)org);
    if (fair_segments_hold(ix->files, org, work)) return FAIR_OK;
    if (had != NULL && !ix->tail[*had].gone) {
        const struct tail_record *r = &ix->tail[*had];
        if (r->n == record.n && memcmp(r->bytes, record.p, record.n) == 0) return FAIR_OK;
        tail_drop(ix, *had);
    }
    if (ix->n_tail >= UINT32_MAX / 2) return fair_fail(err, FAIR_LIMIT, "index: %zu works that are not in its files", ix->n_tail);
    if (ix->n_tail == ix->room_tail) {
        ix->room_tail = ix->room_tail > 0 ? ix->room_tail * 2 : 64;
        ix->tail = fair_xrealloc(ix->tail, ix->room_tail * sizeof *ix->tail);
    }
    ix->tail[ix->n_tail] = (struct tail_record){ org, work, fair_xmalloc(record.n), record.n, false };
    memcpy(ix->tail[ix->n_tail].bytes, record.p, record.n);
    if (ix->n_shelves == 0 || ix->shelves[ix->n_shelves - 1].n >= OPEN_WORKS) {
        ix->shelves = fair_xrealloc(ix->shelves, (ix->n_shelves + 1) * sizeof *ix->shelves);
        ix->shelves[ix->n_shelves++] = (struct tail_shelf){ 0 };
    }
    last = &ix->shelves[ix->n_shelves - 1];
    FAIR_TRY(shelve(ix, last, (uint32_t)ix->n_tail, err));
    fair_keys_put(&ix->in_tail, org, work, (uint32_t)ix->n_tail);
    ix->n_tail++;
    ix->tail_alive++;
    return tail_tidy(ix, err);
}

/* ---- the files --------------------------------------------------------------- */

/* Let go of shelves whose segments are gone: their records are mapped no more. */
static void
segs_settle(struct fair_index *ix)
{
    size_t kept = 0;

    for (size_t i = 0; i < ix->n_segs; i++) {
        const struct fair_segment *seg = NULL;
        for (size_t k = 0; k < fair_segments_count(ix->files) && seg == NULL; k++)
            if (fair_segments_at(ix->files, k)->number == ix->segs[i]->number) seg = fair_segments_at(ix->files, k);
        if (seg == NULL) {
            seg_shelf_free(&ix->segs[i]);
            continue;
        }
        if (seg->n_gone != ix->segs[i]->n_gone) {
            for (size_t k = 0; k < seg->n && !seg->listed; k++) ix->segs[i]->shelf.works[k].gone = fair_segment_gone(seg, k);
            ix->segs[i]->n_gone = seg->n_gone;
        }
        ix->segs[kept++] = ix->segs[i];
    }
    ix->n_segs = kept;
}

static fair_status
seg_shelf_make(const struct fair_segment *seg, struct seg_shelf **out, struct fair_err *err)
{
    struct seg_shelf *s = fair_xcalloc(1, sizeof *s);
    fair_status status = FAIR_OK;

    s->number = seg->number;
    s->n_gone = seg->n_gone;
    if (seg->listed) {
        fair_shelf_have(&s->shelf, seg);
        *out = s;
        return FAIR_OK;
    }
    for (size_t i = 0; i < seg->n && status == FAIR_OK; i++) {
        fair_str record = { 0 };
        status = fair_segment_record(seg, i, &record, err);
        if (status == FAIR_OK) {
            status = fair_shelf_put(&s->shelf, seg->entries[i].org, seg->entries[i].work, record, err);
            if (status != FAIR_OK)
                fair_fail_in(err, "index segment seg-%016llx: run fairtrack reindex", (unsigned long long)seg->number);
        }
        if (status == FAIR_OK) s->shelf.works[i].gone = fair_segment_gone(seg, i);
    }
    if (status != FAIR_OK) {
        seg_shelf_free(&s);
        return status;
    }
    fair_shelf_list(&s->shelf);
    fair_segment_rest(seg);
    *out = s;
    return FAIR_OK;
}

fair_status
fair_index_ready(const struct fair_index *const_ix, struct fair_err *err)
{
    /* Shelves are a cache: to have them made does not change the index. */
    struct fair_index *ix = (struct fair_index *)const_ix;

    FAIR_TRY(fair_segments_well(ix->files, err));
    for (size_t i = 0; i < fair_segments_count(ix->files); i++) {
        const struct fair_segment *seg = fair_segments_at(ix->files, i);
        struct seg_shelf *s = NULL;
        for (size_t k = 0; k < ix->n_segs && s == NULL; k++)
            if (ix->segs[k]->number == seg->number) s = ix->segs[k];
        if (s != NULL) continue;
        FAIR_TRY(seg_shelf_make(seg, &s, err));
        ix->segs = fair_xrealloc(ix->segs, (ix->n_segs + 1) * sizeof *ix->segs);
        ix->segs[ix->n_segs++] = s;
    }
    for (size_t i = 0; i < ix->n_shelves; i++) fair_shelf_list(&ix->shelves[i].shelf);
    return FAIR_OK;
}

const struct fair_shelf *
fair_index_shelf(const struct fair_index *ix, size_t i)
{
    if (i < ix->n_segs) return &ix->segs[i]->shelf;
    if (i - ix->n_segs < ix->n_shelves) return &ix->shelves[i - ix->n_segs].shelf;
    return NULL;
}

fair_status
fair_index_refresh(struct fair_index *ix, struct fair_err *err)
{
    bool changed = false;
    fair_status status = fair_segments_refresh(ix->files, &changed, err);

    if (changed) segs_settle(ix);
    tail_clear(ix);
    return status;
}

/* ---- writing ----------------------------------------------------------------- */

fair_status
fair_index_write_begin(struct fair_index *ix, struct fair_err *err)
{
    fair_status status = fair_segments_write_begin(ix->files, err);

    segs_settle(ix);
    if (status == FAIR_OK) tail_settle(ix);
    return status;
}

/* In a segment, or to be in one with the next sync. */
static bool
kept(const struct fair_index *ix, fair_id org, fair_id work)
{
    const uint32_t *pending = fair_keys_get(&ix->pending, org, work);

    return pending != NULL ? *pending != 0 : fair_segments_hold(ix->files, org, work);
}

bool
fair_index_holds(const struct fair_index *ix, fair_id org, fair_id work)
{
    const uint32_t *at = fair_keys_get(&ix->in_tail, org, work);

    return (at != NULL && !ix->tail[*at].gone) || kept(ix, org, work);
}

fair_status
fair_index_put(struct fair_index *ix, fair_id org, fair_id work, const struct fair_fingerprint *fp, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    FAIR_TRY(fair_segments_put(ix->files, org, work, fp->whole[0], fair_record_pack_bare(fp, a), err));
    if (!kept(ix, org, work)) ix->pending_works++;
    fair_keys_put(&ix->pending, org, work, 1);
    return FAIR_OK;
}

fair_status
fair_index_remove(struct fair_index *ix, fair_id org, fair_id work, struct fair_err *err)
{
    const uint32_t *at;

    FAIR_TRY(fair_segments_remove(ix->files, org, work, err));
    if (kept(ix, org, work)) ix->pending_works--;
    fair_keys_put(&ix->pending, org, work, 0);
    at = fair_keys_get(&ix->in_tail, org, work);
    if (at != NULL) tail_drop(ix, *at);
    return FAIR_OK;
}

static void
pending_clear(struct fair_index *ix)
{
    fair_keys_free(&ix->pending);
    ix->pending_works = 0;
}

fair_status
fair_index_sync(struct fair_index *ix, struct fair_err *err)
{
    fair_status status = fair_segments_sync(ix->files, err);

    segs_settle(ix);
    if (status != FAIR_OK) return status;
    pending_clear(ix);
    tail_settle(ix);
    return FAIR_OK;
}

fair_status
fair_index_reset(struct fair_index *ix, struct fair_err *err)
{
    fair_status status = fair_segments_reset(ix->files, err);

    segs_settle(ix);
    if (status != FAIR_OK) return status;
    pending_clear(ix);
    tail_clear(ix);
    return FAIR_OK;
}

void
fair_index_stat(const struct fair_index *ix, struct fair_index_stat *out)
{
    struct fair_segments_stat st;

    fair_segments_stat(ix->files, &st);
    *out = (struct fair_index_stat){ .works = st.works + (uint64_t)ix->pending_works, .bytes = st.bytes,
                                     .segments = fair_segments_count(ix->files), .generation = st.generation, .newest = st.newest };
    for (size_t i = 0; i < ix->n_tail; i++) out->works += !ix->tail[i].gone && !kept(ix, ix->tail[i].org, ix->tail[i].work);
}
