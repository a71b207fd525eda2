/* store.c - opening the store, and several things as one. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/digest.h"
#include "store/engine.h"
#include "store/store_private.h"

#define TRIES 6

fair_status
fair_store_open(const char *path, struct fair_store **out, struct fair_err *err)
{
    FAIR_AUTO(store) struct fair_store *st = fair_xcalloc(1, sizeof *st);
    fair_status s;

    *out = NULL;
    FAIR_TRY(fair_db_sqlite.open(path, &st->db, err));
    st->path = fair_xmalloc(strlen(path) + 1);
    memcpy(st->path, path, strlen(path) + 1);
    s = fair_store_migrate(st, err);
    if (s != FAIR_OK) {
        fair_fail_in(err, "database %s", path);
        return s;
    }
    *out = st;
    st = NULL;
    return FAIR_OK;
}

fair_status
fair_store_open_reading(const char *path, struct fair_store **out, struct fair_err *err)
{
    FAIR_AUTO(store) struct fair_store *st = fair_xcalloc(1, sizeof *st);
    int64_t version;

    *out = NULL;
    FAIR_TRY(fair_db_sqlite.open_reading(path, &st->db, err));
    st->path = fair_xmalloc(strlen(path) + 1);
    memcpy(st->path, path, strlen(path) + 1);
    FAIR_TRY(fair_store_schema(st, &version, err));
    if (version != (int64_t)fair_migrations_n) return fair_fail(err, FAIR_REFUSED, "database %s is of version %lld, not %zu", path, (long long)version, fair_migrations_n);
    *out = st;
    st = NULL;
    return FAIR_OK;
}

void
fair_store_free(struct fair_store **stp)
{
    if (*stp == NULL) return;
    fair_db_close(&(*stp)->db);
    free((*stp)->path);
    free(*stp);
    *stp = NULL;
}

fair_status
fair_desk_query(const struct fair_desk *d, const struct fair_sql *sql, struct fair_rows **out, struct fair_err *err)
{
    assert(!sql->all);
    FAIR_TRY(fair_db_query(d->st->db, sql, out, err));
    fair_db_int(*out, 1, d->org);
    return FAIR_OK;
}

fair_status
fair_store_query(struct fair_store *st, const struct fair_sql *sql, struct fair_rows **out, struct fair_err *err)
{
    assert(sql->all);
    return fair_db_query(st->db, sql, out, err);
}

fair_status
fair_txn_begin(struct fair_store *st, struct fair_txn *t, struct fair_err *err)
{
    if (st->depth == 0) {
        fair_status s = FAIR_CONFLICT;
        for (int i = 0; i < TRIES && s == FAIR_CONFLICT; i++) s = st->db->engine->begin(st->db, true, err);
        if (s == FAIR_CONFLICT)
            return fair_fail(err, FAIR_AGAIN, "the database is busy: another program has been writing to it for a minute");
        if (s != FAIR_OK) return s;
    } else {
        FAIR_TRY(st->db->engine->save(st->db, st->depth, err));
    }
    *t = (struct fair_txn){ st, ++st->depth };
    return FAIR_OK;
}

fair_status
fair_txn_end(struct fair_txn *t, struct fair_err *err)
{
    struct fair_store *st = t->st;

    assert(st != NULL && st->depth == t->level);
    if (t->level == 1) FAIR_TRY(st->db->engine->commit(st->db, err));
    else FAIR_TRY(st->db->engine->release(st->db, t->level - 1, err));
    st->depth--;
    t->st = NULL;
    return FAIR_OK;
}

void
fair_txn_free(struct fair_txn *t)
{
    struct fair_store *st = t->st;

    if (st == NULL) return;
    assert(st->depth == t->level);
    if (t->level == 1) st->db->engine->rollback(st->db);
    else st->db->engine->back(st->db, t->level - 1);
    st->depth--;
    t->st = NULL;
}

fair_status
fair_store_do(const struct fair_desk *d, fair_status (*body)(const struct fair_desk *, void *, struct fair_err *),
              void *arg, struct fair_err *err)
{
    for (int tries = 1;; tries++) {
        FAIR_AUTO(txn) struct fair_txn t = { 0 };
        const struct timespec while_s = { 0, 20000000L * tries };
        fair_status s;

        d->st->db->busy = false;
        FAIR_TRY(fair_txn_begin(d->st, &t, err));
        s = body(d, arg, err);
        if (s == FAIR_OK) s = fair_txn_end(&t, err);
        if (s == FAIR_OK) return FAIR_OK;
        /* A conflict of two writers is tried again, by the outermost; "it is there already" is an answer. */
        if (s != FAIR_CONFLICT || !d->st->db->busy || t.level != 1 || tries == TRIES) return s;
        fair_txn_free(&t);
        nanosleep(&while_s, NULL);
    }
}

struct fair_sha256 fair_key_of(fair_str s) { return fair_sha256_of(s.p, s.n); }
