/* runs.c - one scan of one target: what it did, what went wrong, and what of it is still to be done. */
#include <string.h>
#include "base/digest.h"
#include "store/store_private.h"

#define TEXT_BYTES 4096

#define RUN_COLUMNS                                                                                                 \
    "id, watch_id, target, started_us, ended_us, state, pages, pictures, unchanged, hits, hits_new, faults, bytes, error"
FAIR_SQL(run_put,
    "INSERT INTO run (id, org_id, watch_id, target, target_key, started_us, ended_us, state, pages, pictures, unchanged, hits,"
    " hits_new, faults, bytes, error) VALUES ($2, $1, $3, $4, $16, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)");
FAIR_SQL(run_set,
    "UPDATE run SET ended_us = $3, state = $4, pages = $5, pictures = $6, unchanged = $7, hits = $8, hits_new = $9,"
    " faults = $10, bytes = $11, error = $12 WHERE org_id = $1 AND id = $2");
FAIR_SQL(runs_all, "SELECT " RUN_COLUMNS " FROM run WHERE org_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3");
FAIR_SQL(runs_of_watch, "SELECT " RUN_COLUMNS " FROM run WHERE org_id = $1 AND watch_id = $4 ORDER BY id DESC LIMIT $2 OFFSET $3");
FAIR_SQL(run_open, "SELECT " RUN_COLUMNS " FROM run WHERE org_id = $1 AND target_key = $2 AND state = 'running' ORDER BY id DESC LIMIT 1");
FAIR_SQL(fault_put, "INSERT INTO run_fault (id, org_id, run_id, place, words, at_us) VALUES ($2, $1, $3, $4, $5, $6)");
FAIR_SQL(faults_of_run, "SELECT run_id, place, words, at_us FROM run_fault WHERE org_id = $1 AND run_id = $2 ORDER BY id LIMIT $3 OFFSET $4");
FAIR_SQL(frontier_put,
    "INSERT INTO frontier (id, org_id, run_id, url_key, url, kind, context, depth, done) VALUES ($2, $1, $3, $4, $5, $6, $7, $8, 0)"
    " ON CONFLICT (org_id, run_id, url_key) DO NOTHING");
FAIR_SQL(frontier_left, "SELECT id, url, kind, context, depth FROM frontier WHERE org_id = $1 AND run_id = $2 AND done = 0 ORDER BY id LIMIT $3");
FAIR_SQL(frontier_done, "UPDATE frontier SET done = 1 WHERE org_id = $1 AND run_id = $2 AND id = $3");
FAIR_SQL(frontier_clear, "DELETE FROM frontier WHERE org_id = $1 AND run_id = $2");

static fair_str cut(fair_str s) { return (fair_str){ s.p, s.n > TEXT_BYTES ? TEXT_BYTES : s.n }; }

static void
run_read(struct fair_rows *q, struct fair_arena *a, struct fair_run *r)
{
    *r = (struct fair_run){
        .id = fair_db_get_int(q, 0), .watch = fair_db_get_int(q, 1), .target = fair_db_get_bytes(q, 2, a),
        .started = fair_db_get_int(q, 3), .ended = fair_db_get_int(q, 4), .state = fair_db_get_text(q, 5, a),
        .pages = fair_db_get_int(q, 6), .pictures = fair_db_get_int(q, 7), .unchanged = fair_db_get_int(q, 8),
        .hits = fair_db_get_int(q, 9), .hits_new = fair_db_get_int(q, 10), .faults = fair_db_get_int(q, 11),
        .bytes = fair_db_get_int(q, 12), .error = fair_db_get_text(q, 13, a),
    };
}

fair_status
fair_store_run_begin(const struct fair_desk *d, struct fair_run *r, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_run x = *r;
    struct fair_sha256 key = fair_key_of(x.target);

    if (x.target.n == 0) return fair_fail(err, FAIR_INVALID, "a run needs its target");
    x.id = fair_id_new();
    x.state = FAIR_STR("running");
    x.ended = 0;
    if (x.started == 0) x.started = fair_now();
    FAIR_TRY(fair_desk_query(d, &run_put, &q, err));
    fair_db_int(q, 2, x.id);
    fair_db_id(q, 3, x.watch);
    fair_db_bytes(q, 4, x.target);
    fair_db_int(q, 5, x.started);
    fair_db_id(q, 6, 0);
    fair_db_text(q, 7, x.state);
    fair_db_int(q, 8, x.pages);
    fair_db_int(q, 9, x.pictures);
    fair_db_int(q, 10, x.unchanged);
    fair_db_int(q, 11, x.hits);
    fair_db_int(q, 12, x.hits_new);
    fair_db_int(q, 13, x.faults);
    fair_db_int(q, 14, x.bytes);
    fair_db_text(q, 15, cut(x.error));
    fair_db_sha256(q, 16, &key);
    FAIR_TRY(fair_db_run(q, err));
    *r = x;
    return FAIR_OK;
}

fair_status
fair_store_run_put(const struct fair_desk *d, const struct fair_run *r, struct fair_err *err)
{
    static const char *const states[] = { "running", "done", "partly", "failed", "stopped" };
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    size_t state = 0;

    while (state < 5 && !fair_str_eq(r->state, fair_str_of(states[state]))) state++;
    if (state == 5) return fair_fail(err, FAIR_INVALID, "a run is running, done, partly, failed or stopped");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &run_set, &q, err));
    fair_db_int(q, 2, r->id);
    fair_db_id(q, 3, r->ended == 0 && state != 0 ? fair_now() : r->ended);
    fair_db_text(q, 4, r->state);
    fair_db_int(q, 5, r->pages);
    fair_db_int(q, 6, r->pictures);
    fair_db_int(q, 7, r->unchanged);
    fair_db_int(q, 8, r->hits);
    fair_db_int(q, 9, r->hits_new);
    fair_db_int(q, 10, r->faults);
    fair_db_int(q, 11, r->bytes);
    fair_db_text(q, 12, cut(r->error));
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_NOT_FOUND, "no run %lld", (long long)r->id);
    fair_rows_free(&q);
    if (state != 0) {
        /* What was to be done is of no use once it ended. */
        FAIR_TRY(fair_desk_query(d, &frontier_clear, &q, err));
        fair_db_int(q, 2, r->id);
        FAIR_TRY(fair_db_run(q, err));
        fair_rows_free(&q);
    }
    return fair_txn_end(&t, err);
}

fair_status
fair_store_run_unfinished(const struct fair_desk *d, fair_str target, struct fair_arena *a, struct fair_run *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 key = fair_key_of(target);
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &run_open, &q, err));
    fair_db_sha256(q, 2, &key);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no unfinished run");
    if (s != FAIR_OK) return s;
    run_read(q, a, out);
    return FAIR_OK;
}

fair_status
fair_store_runs(const struct fair_desk *d, fair_id watch, struct fair_page page, FAIR_EACH(fair_run), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, watch != 0 ? &runs_of_watch : &runs_all, &q, err));
    fair_db_int(q, 2, fair_page_limit(page));
    fair_db_int(q, 3, fair_page_offset(page));
    if (watch != 0) fair_db_int(q, 4, watch);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_run r;
        fair_arena_clear(a);
        run_read(q, a, &r);
        FAIR_TRY(each(arg, &r, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_run_fault(const struct fair_desk *d, fair_id run, fair_str where, fair_str text, fair_time at, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &fault_put, &q, err));
    fair_db_int(q, 2, fair_id_new());
    fair_db_int(q, 3, run);
    fair_db_bytes(q, 4, cut(where));
    fair_db_text(q, 5, cut(text));
    fair_db_int(q, 6, at != 0 ? at : fair_now());
    return fair_db_run(q, err);
}

fair_status
fair_store_run_faults(const struct fair_desk *d, fair_id run, struct fair_page page, FAIR_EACH(fair_fault), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &faults_of_run, &q, err));
    fair_db_int(q, 2, run);
    fair_db_int(q, 3, fair_page_limit(page));
    fair_db_int(q, 4, fair_page_offset(page));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_fault f;
        fair_arena_clear(a);
        f = (struct fair_fault){ fair_db_get_int(q, 0), fair_db_get_bytes(q, 1, a), fair_db_get_text(q, 2, a), fair_db_get_int(q, 3) };
        FAIR_TRY(each(arg, &f, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_frontier_add(const struct fair_desk *d, fair_id run, fair_str url, fair_str kind, fair_str context, int64_t depth,
                        bool *added, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256_run *sum = fair_sha256_begin();
    struct fair_sha256 key;

    /* A page and a picture of one address are two things to do. */
    fair_sha256_add(sum, kind.p, kind.n);
    fair_sha256_add(sum, "\n", 1);
    fair_sha256_add(sum, url.p, url.n);
    key = fair_sha256_end(&sum);
    if (url.n == 0 || kind.n == 0) return fair_fail(err, FAIR_INVALID, "a frontier needs an address and its kind");
    FAIR_TRY(fair_desk_query(d, &frontier_put, &q, err));
    fair_db_int(q, 2, fair_id_new());
    fair_db_int(q, 3, run);
    fair_db_sha256(q, 4, &key);
    fair_db_bytes(q, 5, url);
    fair_db_text(q, 6, kind);
    fair_db_text(q, 7, context);
    fair_db_int(q, 8, depth);
    FAIR_TRY(fair_db_run(q, err));
    if (added != NULL) *added = fair_db_changes(q) > 0;
    return FAIR_OK;
}

/* The rows first, the calls after: the caller settles the very rows that are walked over. */
fair_status
fair_store_frontier_open(const struct fair_desk *d, fair_id run, int64_t limit, FAIR_EACH(fair_frontier), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_frontier *rows = NULL;
    size_t n = 0, room = 0;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &frontier_left, &q, err));
    fair_db_int(q, 2, run);
    fair_db_int(q, 3, limit > 0 ? limit : 100);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        if (n == room) {
            struct fair_frontier *more = fair_alloc_array(a, room = room == 0 ? 32 : room * 2, sizeof *more);
            if (n > 0) memcpy(more, rows, n * sizeof *more);
            rows = more;
        }
        rows[n++] = (struct fair_frontier){ fair_db_get_int(q, 0), fair_db_get_bytes(q, 1, a), fair_db_get_text(q, 2, a),
                                            fair_db_get_text(q, 3, a), fair_db_get_int(q, 4) };
    }
    if (s != FAIR_DONE) return s;
    fair_rows_free(&q);
    for (size_t i = 0; i < n; i++) FAIR_TRY(each(arg, &rows[i], err));
    return FAIR_OK;
}

fair_status
fair_store_frontier_done(const struct fair_desk *d, fair_id run, fair_id id, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &frontier_done, &q, err));
    fair_db_int(q, 2, run);
    fair_db_int(q, 3, id);
    return fair_db_run(q, err);
}
