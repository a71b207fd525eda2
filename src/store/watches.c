/* watches.c - targets that are looked at again and again, and when. */
#include <string.h>
#include "base/digest.h"
#include "store/store_private.h"

#define WATCH_COLUMNS "id, target, every_s, paused, created_us, next_us, last_us, state, error, failures, last_run_id"
#define AT_ONCE 1000
#define TEXT_BYTES 4096

FAIR_SQL(watch_put_new,
    "INSERT INTO watch (id, org_id, target, target_key, every_s, paused, created_us, next_us, last_us, state, error, failures, last_run_id)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
FAIR_SQL(watch_set,
    "UPDATE watch SET every_s = $3, paused = $4, next_us = $5, last_us = $6, state = $7, error = $8, failures = $9, last_run_id = $10"
    " WHERE org_id = $1 AND id = $2 AND removed_us IS NULL");
FAIR_SQL(watch_remove, "UPDATE watch SET removed_us = $3 WHERE org_id = $1 AND id = $2 AND removed_us IS NULL");
FAIR_SQL(watch_by_id, "SELECT " WATCH_COLUMNS " FROM watch WHERE org_id = $1 AND id = $2 AND removed_us IS NULL");
FAIR_SQL(watches, "SELECT " WATCH_COLUMNS " FROM watch WHERE org_id = $1 AND removed_us IS NULL ORDER BY id");
FAIR_SQL_ALL(watches_due,
    "SELECT id, org_id, every_s, next_us FROM watch WHERE next_us <= $1 AND removed_us IS NULL AND paused = 0 ORDER BY next_us, id LIMIT $2");
FAIR_SQL(watch_next, "UPDATE watch SET next_us = $3 WHERE org_id = $1 AND id = $2");
FAIR_SQL(watch_busy, "SELECT 1 FROM job WHERE org_id = $1 AND once = $2 AND state IN ('waiting', 'running')");

static void
watch_read(struct fair_rows *q, struct fair_arena *a, struct fair_watch *w)
{
    *w = (struct fair_watch){
        .id = fair_db_get_int(q, 0), .target = fair_db_get_bytes(q, 1, a), .every_s = fair_db_get_int(q, 2),
        .paused = fair_db_get_int(q, 3) != 0, .created = fair_db_get_int(q, 4), .next = fair_db_get_int(q, 5),
        .last = fair_db_get_int(q, 6), .state = fair_db_get_text(q, 7, a), .error = fair_db_get_text(q, 8, a),
        .failures = fair_db_get_int(q, 9), .last_run = fair_db_get_int(q, 10),
    };
}

static fair_str cut(fair_str s) { return (fair_str){ s.p, s.n > TEXT_BYTES ? TEXT_BYTES : s.n }; }

static fair_status
check_every(const struct fair_watch *w, struct fair_err *err)
{
    if (w->every_s < 60 || w->every_s > 366 * 86400LL)
        return fair_fail(err, FAIR_INVALID, "a watch looks once a minute at most and once a year at least, not every %lld s", (long long)w->every_s);
    return FAIR_OK;
}

fair_status
fair_store_watch_add(const struct fair_desk *d, struct fair_watch *w, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_watch x = *w;
    struct fair_sha256 key = fair_key_of(x.target);
    fair_status s;

    if (x.target.n == 0) return fair_fail(err, FAIR_INVALID, "a watch needs its target");
    FAIR_TRY(check_every(&x, err));
    if (x.id == 0) x.id = fair_id_new();
    if (x.created == 0) x.created = fair_now();
    if (x.next == 0) x.next = x.created;
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &watch_put_new, &q, err));
    fair_db_int(q, 2, x.id);
    fair_db_bytes(q, 3, x.target);
    fair_db_sha256(q, 4, &key);
    fair_db_int(q, 5, x.every_s);
    fair_db_int(q, 6, x.paused);
    fair_db_int(q, 7, x.created);
    fair_db_int(q, 8, x.next);
    fair_db_id(q, 9, x.last);
    fair_db_text(q, 10, x.state);
    fair_db_text(q, 11, cut(x.error));
    fair_db_int(q, 12, x.failures);
    fair_db_id(q, 13, x.last_run);
    s = fair_db_run(q, err);
    if (s == FAIR_CONFLICT) return fair_fail(err, s, "%.*s is watched already", FAIR_STR_ARG(x.target));
    if (s != FAIR_OK) return s;
    fair_rows_free(&q);
    FAIR_TRY(fair_audit(d, x.created, "watch.add", x.id, FAIR_STR("{}"), err));
    FAIR_TRY(fair_txn_end(&t, err));
    *w = x;
    return FAIR_OK;
}

fair_status
fair_store_watch_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_watch *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &watch_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no watch %lld", (long long)id);
    if (s != FAIR_OK) return s;
    watch_read(q, a, out);
    return FAIR_OK;
}

fair_status
fair_store_watch_put(const struct fair_desk *d, const struct fair_watch *w, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(check_every(w, err));
    FAIR_TRY(fair_desk_query(d, &watch_set, &q, err));
    fair_db_int(q, 2, w->id);
    fair_db_int(q, 3, w->every_s);
    fair_db_int(q, 4, w->paused);
    fair_db_int(q, 5, w->next);
    fair_db_id(q, 6, w->last);
    fair_db_text(q, 7, w->state);
    fair_db_text(q, 8, cut(w->error));
    fair_db_int(q, 9, w->failures);
    fair_db_id(q, 10, w->last_run);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_NOT_FOUND, "no watch %lld", (long long)w->id);
    return FAIR_OK;
}

fair_status
fair_store_watch_remove(const struct fair_desk *d, fair_id id, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_time now = fair_now();

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &watch_remove, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_NOT_FOUND, "no watch %lld", (long long)id);
    fair_rows_free(&q);
    FAIR_TRY(fair_audit(d, now, "watch.remove", id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_watches(const struct fair_desk *d, FAIR_EACH(fair_watch), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &watches, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_watch w;
        fair_arena_clear(a);
        watch_read(q, a, &w);
        FAIR_TRY(each(arg, &w, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

struct due { fair_id id, org; int64_t every_s; fair_time next; };

static fair_status
due_now(struct fair_store *st, fair_time now, int64_t limit, struct due *out, size_t *n, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *n = 0;
    FAIR_TRY(fair_store_query(st, &watches_due, &q, err));
    fair_db_int(q, 1, now);
    fair_db_int(q, 2, limit);
    while ((s = fair_db_step(q, err)) == FAIR_OK)
        out[(*n)++] = (struct due){ fair_db_get_int(q, 0), fair_db_get_int(q, 1), fair_db_get_int(q, 2), fair_db_get_int(q, 3) };
    return s == FAIR_DONE ? FAIR_OK : s;
}

static fair_status
ask_one(const struct fair_desk *d, const struct due *w, fair_time now, bool *asked, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_str once = fair_str_fmt(a, "watch %lld", (long long)w->id);
    fair_time every = w->every_s * FAIR_SECOND, next = w->next + every;
    fair_status s;

    *asked = false;
    FAIR_TRY(fair_desk_query(d, &watch_busy, &q, err));
    fair_db_text(q, 2, once);
    s = fair_db_step(q, err);
    if (s != FAIR_OK && s != FAIR_DONE) return s;
    fair_rows_free(&q);
    if (s == FAIR_DONE) {
        FAIR_TRY(fair_store_job_ask(d, "watch", once, fair_str_fmt(a, "{\"watch\":%lld}", (long long)w->id), now, err));
        *asked = true;
    }
    /* The next look is one step on; after a long pause, one step from now. */
    if (next <= now) next = now + every;
    FAIR_TRY(fair_desk_query(d, &watch_next, &q, err));
    fair_db_int(q, 2, w->id);
    fair_db_int(q, 3, next);
    return fair_db_run(q, err);
}

fair_status
fair_store_watches_due(struct fair_store *st, fair_time now, int64_t *asked, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    struct due *due = fair_alloc_array(a, AT_ONCE, sizeof *due);
    int64_t reopened;
    size_t n;

    *asked = 0;
    FAIR_TRY(fair_store_hits_reopen(st, now, &reopened, err));
    FAIR_TRY(due_now(st, now, 1, due, &n, err));
    if (n == 0) return FAIR_OK;
    FAIR_TRY(fair_txn_begin(st, &t, err));
    FAIR_TRY(due_now(st, now, AT_ONCE, due, &n, err));
    for (size_t i = 0; i < n; i++) {
        const struct fair_desk system = { st, due[i].org, 0 };
        bool did;
        FAIR_TRY(ask_one(&system, &due[i], now, &did, err));
        *asked += did;
    }
    return fair_txn_end(&t, err);
}
