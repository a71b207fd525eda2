/* db.c - statements by name, prepared once a connection, and values in and out of them. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/digest.h"
#include "store/engine.h"

fair_status
fair_db_query(struct fair_db *db, const struct fair_sql *sql, struct fair_rows **out, struct fair_err *err)
{
    size_t at = (size_t)(sql - __start_fair_sql);
    struct fair_rows *q;
    fair_status s;

    *out = NULL;
    if (db->lost)
        return fair_fail(err, FAIR_IO, "%s: the transaction was given up by the database; nothing of it was kept", sql->name);
    if (db->kept == NULL)
        db->kept = fair_xcalloc((size_t)(__stop_fair_sql - __start_fair_sql), sizeof *db->kept);
    q = db->kept[at];
    if (q != NULL && !q->running) {
        q->running = true;
        *out = q;
        return FAIR_OK;
    }
    /* One is being read while its reader asks the same again: it gets another. */
    s = db->engine->prepare(db, sql->text, &q, err);
    if (s != FAIR_OK) {
        fair_fail_in(err, "%s", sql->name);
        return s;
    }
    q->sql = sql;
    q->running = true;
    if (db->kept[at] == NULL) {
        db->kept[at] = q;
        q->kept = true;
    }
    *out = q;
    return FAIR_OK;
}

void
fair_db_close(struct fair_db **dbp)
{
    struct fair_db *db = *dbp;

    if (db == NULL) return;
    for (size_t i = 0; db->kept != NULL && i < (size_t)(__stop_fair_sql - __start_fair_sql); i++)
        if (db->kept[i] != NULL) {
            assert(!db->kept[i]->running);
            db->engine->finish(db->kept[i]);
        }
    free(db->kept);
    db->engine->close(db);
    *dbp = NULL;
}

void
fair_rows_free(struct fair_rows **qp)
{
    struct fair_rows *q = *qp;

    if (q == NULL) return;
    if (q->kept) {
        q->engine->reset(q);
        q->running = false;
    } else {
        q->engine->finish(q);
    }
    *qp = NULL;
}

void fair_db_int(struct fair_rows *q, int at, int64_t v) { q->engine->bind_int(q, at, v); }

void
fair_db_id(struct fair_rows *q, int at, int64_t v)
{
    if (v == 0) q->engine->bind_null(q, at);
    else q->engine->bind_int(q, at, v);
}

void fair_db_real(struct fair_rows *q, int at, double v) { q->engine->bind_real(q, at, isfinite(v) ? v : 0); }

void
fair_db_text(struct fair_rows *q, int at, fair_str v)
{
    struct fair_arena *a;

    if (v.p == NULL || fair_utf8_valid(v)) {
        q->engine->bind_text(q, at, v);
        return;
    }
    a = fair_arena_new();
    q->engine->bind_text(q, at, fair_utf8_mend(a, v));
    fair_arena_free(&a);
}

void
fair_db_bytes(struct fair_rows *q, int at, fair_str v)
{
    if (v.p == NULL) q->engine->bind_null(q, at);
    else q->engine->bind_blob(q, at, v.p, v.n);
}

void
fair_db_sha256(struct fair_rows *q, int at, const struct fair_sha256 *v)
{
    if (fair_sha256_none(v)) q->engine->bind_null(q, at);
    else q->engine->bind_blob(q, at, v->b, sizeof v->b);
}

fair_status
fair_db_step(struct fair_rows *q, struct fair_err *err)
{
    fair_status s;

    if (q->db->lost)
        return fair_fail(err, FAIR_IO, "%s: the transaction was given up by the database", q->sql->name);
    s = q->engine->step(q, err);
    if (s != FAIR_OK && s != FAIR_DONE) fair_fail_in(err, "%s", q->sql->name);
    return s;
}

fair_status
fair_db_run(struct fair_rows *q, struct fair_err *err)
{
    fair_status s;
    while ((s = fair_db_step(q, err)) == FAIR_OK) { }
    return s == FAIR_DONE ? FAIR_OK : s;
}

int64_t fair_db_changes(struct fair_rows *q) { return q->engine->changes(q->db); }
bool fair_db_is_null(struct fair_rows *q, int column) { return q->engine->is_null(q, column); }
int64_t fair_db_get_int(struct fair_rows *q, int column) { return q->engine->integer(q, column); }
double fair_db_get_real(struct fair_rows *q, int column) { return q->engine->real(q, column); }

fair_str
fair_db_get_text(struct fair_rows *q, int column, struct fair_arena *a)
{
    if (q->engine->is_null(q, column)) return (fair_str){ NULL, 0 };
    return fair_str_dup(a, q->engine->text(q, column));
}

fair_str
fair_db_get_bytes(struct fair_rows *q, int column, struct fair_arena *a)
{
    if (q->engine->is_null(q, column)) return (fair_str){ NULL, 0 };
    return fair_str_dup(a, q->engine->blob(q, column));
}

void
fair_db_get_sha256(struct fair_rows *q, int column, struct fair_sha256 *out)
{
    fair_str v = q->engine->blob(q, column);
    memset(out, 0, sizeof *out);
    if (v.n == sizeof out->b) memcpy(out->b, v.p, v.n);
}
