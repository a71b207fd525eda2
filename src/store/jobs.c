/* jobs.c - work that is to be done: asked for once, leased with a number, settled by it. */
#include <string.h>
#include "store/store_private.h"

#define ATTEMPTS 5                    /* then a person must look */
#define ERROR_BYTES 2048

FAIR_SQL(job_put,
    "INSERT INTO job (id, org_id, account_id, kind, once, args, state, attempt, lease, not_before_us, asked_us)"
    " VALUES ($2, $1, $3, $4, $5, $6, 'waiting', 0, 0, $7, $8)"
    " ON CONFLICT (org_id, once) WHERE state IN ('waiting', 'running') DO NOTHING");
FAIR_SQL(job_asked, "SELECT 1 FROM job WHERE org_id = $1 AND once = $2 AND state IN ('waiting', 'running')");
FAIR_SQL(outbox_put, "INSERT INTO outbox (id, org_id, job_id, kind, body, at_us) VALUES ($2, $1, $3, $4, $5, $6)");
FAIR_SQL_ALL(outbox_remove, "DELETE FROM outbox WHERE job_id = $1 AND org_id = (SELECT j.org_id FROM job j WHERE j.id = $1)");
FAIR_SQL_ALL(jobs_due,
    "SELECT id, org_id, account_id, kind, once, args, attempt, lease, asked_us, state FROM job"
    " WHERE (state = 'waiting' AND not_before_us <= $1) OR (state = 'running' AND lease_until_us <= $1)"
    " ORDER BY not_before_us, id LIMIT $2");
FAIR_SQL_ALL(job_lease, "UPDATE job SET state = 'running', attempt = attempt + 1, lease = lease + 1, lease_until_us = $2 WHERE id = $1");
FAIR_SQL_ALL(job_extend, "UPDATE job SET lease_until_us = $3 WHERE id = $1 AND lease = $2 AND state = 'running'");
FAIR_SQL_ALL(job_held, "SELECT attempt FROM job WHERE id = $1 AND lease = $2 AND state = 'running'");
FAIR_SQL_ALL(job_settle,
    "UPDATE job SET state = $2, not_before_us = $3, error = $4, attempt = $5, lease_until_us = NULL, ended_us = $6 WHERE id = $1");
FAIR_SQL(jobs_all, "SELECT id, org_id, account_id, kind, once, args, attempt, lease, lease_until_us, asked_us, state, error FROM job"
    " WHERE org_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3");
FAIR_SQL(jobs_in_state, "SELECT id, org_id, account_id, kind, once, args, attempt, lease, lease_until_us, asked_us, state, error FROM job"
    " WHERE org_id = $1 AND state = $4 ORDER BY id DESC LIMIT $2 OFFSET $3");

int64_t
fair_store_job_backoff_s(int64_t attempt)
{
    int64_t s = 60;
    for (int64_t i = 1; i < attempt && s < 6 * 3600; i++) s *= 4;
    return s < 6 * 3600 ? s : 6 * 3600;
}

fair_status
fair_store_job_asked(const struct fair_desk *d, fair_str once, bool *is, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &job_asked, &q, err));
    fair_db_text(q, 2, once);
    s = fair_db_step(q, err);
    *is = s == FAIR_OK;
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_job_ask(const struct fair_desk *d, const char *kind, fair_str once, fair_str args, fair_time not_before, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_buf b = FAIR_BUF(a, 1 << 20);
    fair_id id = fair_id_new();
    fair_time now = fair_now();
    fair_str body;
    bool fresh;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &job_put, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, d->user);
    fair_db_text(q, 4, fair_str_of(kind));
    fair_db_text(q, 5, once.n > 0 ? once : (fair_str){ NULL, 0 });
    fair_db_text(q, 6, args.n > 0 ? args : FAIR_STR("{}"));
    fair_db_int(q, 7, not_before != 0 ? not_before : now);
    fair_db_int(q, 8, now);
    FAIR_TRY(fair_db_run(q, err));
    fresh = fair_db_changes(q) > 0;
    fair_rows_free(&q);
    if (fresh) {
        fair_buf_fmt(&b, "{\"v\":1,\"job\":%lld,\"kind\":", (long long)id);
        fair_json_text(&b, fair_str_of(kind));
        fair_buf_c(&b, ",\"once\":");
        fair_json_text(&b, once);
        fair_buf_c(&b, ",\"args\":");
        fair_json_text(&b, args);
        fair_buf_c(&b, "}");
        FAIR_TRY(fair_buf_take(&b, &body, err));
        FAIR_TRY(fair_desk_query(d, &outbox_put, &q, err));
        fair_db_int(q, 2, fair_id_new());
        fair_db_int(q, 3, id);
        fair_db_text(q, 4, FAIR_STR("job"));
        fair_db_text(q, 5, body);
        fair_db_int(q, 6, now);
        FAIR_TRY(fair_db_run(q, err));
        fair_rows_free(&q);
    }
    return fair_txn_end(&t, err);
}

static fair_status
settle(struct fair_store *st, fair_id id, const char *state, fair_time not_before, fair_str error, int64_t attempt, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    bool ended = strcmp(state, "waiting") != 0;

    FAIR_TRY(fair_store_query(st, &job_settle, &q, err));
    fair_db_int(q, 1, id);
    fair_db_text(q, 2, fair_str_of(state));
    fair_db_int(q, 3, not_before);
    fair_db_text(q, 4, (fair_str){ error.p, error.n > ERROR_BYTES ? ERROR_BYTES : error.n });
    fair_db_int(q, 5, attempt);
    fair_db_id(q, 6, ended ? fair_now() : 0);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    if (!ended) return FAIR_OK;
    FAIR_TRY(fair_store_query(st, &outbox_remove, &q, err));
    fair_db_int(q, 1, id);
    return fair_db_run(q, err);
}

/* The due ones, read before any is changed. */
static fair_status
due(struct fair_store *st, fair_time now, int64_t n, struct fair_arena *a, struct fair_job *out, size_t *got, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *got = 0;
    FAIR_TRY(fair_store_query(st, &jobs_due, &q, err));
    fair_db_int(q, 1, now);
    fair_db_int(q, 2, n);
    while ((s = fair_db_step(q, err)) == FAIR_OK)
        out[(*got)++] = (struct fair_job){
            .id = fair_db_get_int(q, 0), .org = fair_db_get_int(q, 1), .user = fair_db_get_int(q, 2), .kind = fair_db_get_text(q, 3, a),
            .once = fair_db_get_text(q, 4, a), .args = fair_db_get_text(q, 5, a), .attempt = fair_db_get_int(q, 6),
            .lease = fair_db_get_int(q, 7), .asked = fair_db_get_int(q, 8), .state = fair_db_get_text(q, 9, a),
        };
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_job_lease(struct fair_store *st, fair_time now, int64_t lease_s, int64_t n, struct fair_arena *a, struct fair_job *out,
                     size_t *got, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    size_t found, given = 0;

    *got = 0;
    if (n <= 0) return FAIR_OK;
    /* Asked every second: look without the lock that writing needs. */
    FAIR_TRY(due(st, now, 1, a, out, &found, err));
    if (found == 0) return FAIR_OK;
    FAIR_TRY(fair_txn_begin(st, &t, err));
    FAIR_TRY(due(st, now, n, a, out, &found, err));
    for (size_t i = 0; i < found; i++) {
        struct fair_job j = out[i];
        if (j.attempt >= ATTEMPTS) {
            /* Whoever had it was gone without a word each time: it may be what kills them. */
            FAIR_TRY(settle(st, j.id, "aside", now, FAIR_STR("given up: each of its workers ended without settling it"), j.attempt, err));
            continue;
        }
        FAIR_TRY(fair_store_query(st, &job_lease, &q, err));
        fair_db_int(q, 1, j.id);
        fair_db_int(q, 2, now + lease_s * FAIR_SECOND);
        FAIR_TRY(fair_db_run(q, err));
        fair_rows_free(&q);
        j.attempt++;
        j.lease++;
        j.lease_until = now + lease_s * FAIR_SECOND;
        j.state = FAIR_STR("running");
        out[given++] = j;
    }
    FAIR_TRY(fair_txn_end(&t, err));
    *got = given;
    return FAIR_OK;
}

fair_status
fair_store_job_extend(struct fair_store *st, fair_id id, int64_t lease, fair_time until, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_store_query(st, &job_extend, &q, err));
    fair_db_int(q, 1, id);
    fair_db_int(q, 2, lease);
    fair_db_int(q, 3, until);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_CONFLICT, "job %lld is no longer ours: the lease ran out", (long long)id);
    return FAIR_OK;
}

fair_status
fair_store_job_settle(struct fair_store *st, fair_id id, int64_t lease, const char *state, fair_time not_before, fair_str error, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    bool again = strcmp(state, "waiting") == 0;
    int64_t attempt;
    fair_status s;

    if (!again && strcmp(state, "done") != 0 && strcmp(state, "aside") != 0)
        return fair_fail(err, FAIR_INVALID, "a job is settled as done, waiting or aside, not \"%s\"", state);
    FAIR_TRY(fair_txn_begin(st, &t, err));
    FAIR_TRY(fair_store_query(st, &job_held, &q, err));
    fair_db_int(q, 1, id);
    fair_db_int(q, 2, lease);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_CONFLICT, "job %lld is no longer ours: the lease ran out, nothing was settled", (long long)id);
    if (s != FAIR_OK) return s;
    attempt = fair_db_get_int(q, 0);
    fair_rows_free(&q);
    if (again && error.n == 0) attempt = 0;                    /* it only asks to be woken later */
    else if (again && attempt >= ATTEMPTS) state = "aside";
    if (not_before == 0) not_before = fair_now() + (again && error.n > 0 ? fair_store_job_backoff_s(attempt) * FAIR_SECOND : 0);
    FAIR_TRY(settle(st, id, state, not_before, error, attempt, err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_jobs(const struct fair_desk *d, fair_str state, struct fair_page page, FAIR_EACH(fair_job), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, state.n > 0 ? &jobs_in_state : &jobs_all, &q, err));
    fair_db_int(q, 2, fair_page_limit(page));
    fair_db_int(q, 3, fair_page_offset(page));
    if (state.n > 0) fair_db_text(q, 4, state);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_job j;
        fair_arena_clear(a);
        j = (struct fair_job){
            .id = fair_db_get_int(q, 0), .org = fair_db_get_int(q, 1), .user = fair_db_get_int(q, 2), .kind = fair_db_get_text(q, 3, a),
            .once = fair_db_get_text(q, 4, a), .args = fair_db_get_text(q, 5, a), .attempt = fair_db_get_int(q, 6),
            .lease = fair_db_get_int(q, 7), .lease_until = fair_db_get_int(q, 8), .asked = fair_db_get_int(q, 9),
            .state = fair_db_get_text(q, 10, a), .error = fair_db_get_text(q, 11, a),
        };
        FAIR_TRY(each(arg, &j, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}
