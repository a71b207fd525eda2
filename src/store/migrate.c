/* migrate.c - the schema as numbered files that are applied once, in order, and never edited. */
#include <string.h>
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "store/engine.h"
#include "store/store_private.h"

FAIR_SQL_ALL(migration_newest, "SELECT max(id) FROM migration");
FAIR_SQL_ALL(migration_sha256, "SELECT name, sha256 FROM migration WHERE id = $1");
FAIR_SQL_ALL(migration_put, "INSERT INTO migration (id, name, sha256, at_us) VALUES ($1, $2, $3, $4)");

fair_status
fair_store_schema(struct fair_store *st, int64_t *version, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_store_query(st, &migration_newest, &q, err));
    FAIR_TRY(fair_db_step(q, err));
    *version = fair_db_get_int(q, 0);
    return FAIR_OK;
}

static fair_status
apply(struct fair_store *st, size_t i, struct fair_err *err)
{
    const struct fair_embedded *m = &fair_migrations[i];
    struct fair_sha256 sha = fair_sha256_of(m->bytes, m->n);
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_txn_begin(st, &t, err));
    FAIR_TRY(fair_store_query(st, &migration_sha256, &q, err));
    fair_db_int(q, 1, (int64_t)i + 1);
    s = fair_db_step(q, err);
    if (s == FAIR_OK) {
        struct fair_sha256 was;
        fair_db_get_sha256(q, 1, &was);
        fair_rows_free(&q);
        if (!fair_sha256_eq(&was, &sha))
            return fair_fail(err, FAIR_CORRUPT, "migration %s is not the one this database was made with", m->name);
        return fair_txn_end(&t, err);
    }
    if (s != FAIR_DONE) return s;
    fair_rows_free(&q);
    s = st->db->engine->script(st->db, fair_str_dup(a, (fair_str){ (const char *)m->bytes, m->n }).p, err);
    if (s != FAIR_OK) {
        fair_fail_in(err, "migration %s", m->name);
        return s;
    }
    if (fair_str_ends(fair_str_of(m->name), FAIR_STR("_words_beside_chains.sql"))) FAIR_TRY(fair_chains_renew(st, err));
    FAIR_TRY(fair_store_query(st, &migration_put, &q, err));
    fair_db_int(q, 1, (int64_t)i + 1);
    fair_db_text(q, 2, fair_str_of(m->name));
    fair_db_sha256(q, 3, &sha);
    fair_db_int(q, 4, fair_now());
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    return fair_txn_end(&t, err);
}

fair_status
fair_store_migrate(struct fair_store *st, struct fair_err *err)
{
    int64_t version;

    FAIR_TRY(st->db->engine->script(st->db,
        "CREATE TABLE IF NOT EXISTS migration (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, sha256 BLOB NOT NULL, at_us BIGINT NOT NULL)", err));
    FAIR_TRY(fair_store_schema(st, &version, err));
    if (version > (int64_t)fair_migrations_n)
        return fair_fail(err, FAIR_REFUSED, "it is of version %lld, this program knows %zu: install the newer program",
                         (long long)version, fair_migrations_n);
    for (size_t i = 0; i < fair_migrations_n; i++) FAIR_TRY(apply(st, i, err));
    return FAIR_OK;
}
