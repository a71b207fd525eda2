/* blobs.c - how many rows of each organisation refer to a blob of the vault. */
#include "store/store_private.h"
#include "base/digest.h"

FAIR_SQL(ref_add,
    "INSERT INTO vault_ref (org_id, sha256, refs, bytes) VALUES ($1, $2, 1, $3)"
    " ON CONFLICT (org_id, sha256) DO UPDATE SET refs = vault_ref.refs + 1,"
    " bytes = CASE WHEN excluded.bytes > 0 THEN excluded.bytes ELSE vault_ref.bytes END");
FAIR_SQL(ref_drop, "UPDATE vault_ref SET refs = refs - 1 WHERE org_id = $1 AND sha256 = $2 AND refs > 0");
/* What an organisation erased counts as gone for it, though its rows go on naming it. */
#define NO_STONE " AND NOT EXISTS (SELECT 1 FROM stone s WHERE s.org_id = v.org_id AND s.sha256 = v.sha256 AND s.lifted_us IS NULL)"
FAIR_SQL(ref_here, "SELECT 1 FROM vault_ref v WHERE v.org_id = $1 AND v.sha256 = $2 AND v.refs > 0" NO_STONE);
FAIR_SQL_ALL(ref_anywhere, "SELECT count(*) FROM vault_ref v WHERE v.sha256 = $1 AND v.refs > 0" NO_STONE);
FAIR_SQL_ALL(ref_elsewhere, "SELECT count(*) FROM vault_ref v WHERE v.org_id <> $1 AND v.sha256 = $2 AND v.refs > 0" NO_STONE);
FAIR_SQL_ALL(ref_keys, "SELECT DISTINCT v.sha256 FROM vault_ref v WHERE v.refs > 0" NO_STONE " ORDER BY v.sha256");
FAIR_SQL_ALL(ref_unwanted,
    "SELECT DISTINCT sha256 FROM vault_ref v WHERE refs = 0"
    " AND NOT EXISTS (SELECT 1 FROM vault_ref o WHERE o.sha256 = v.sha256 AND o.refs > 0)");
FAIR_SQL_ALL(ref_forget, "DELETE FROM vault_ref WHERE sha256 = $1 AND refs = 0");

fair_status
fair_blob_hold(const struct fair_desk *d, const struct fair_sha256 *key, int64_t bytes, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    if (fair_sha256_none(key)) return FAIR_OK;
    FAIR_TRY(fair_desk_query(d, &ref_add, &q, err));
    fair_db_sha256(q, 2, key);
    fair_db_int(q, 3, bytes);
    return fair_db_run(q, err);
}

fair_status
fair_blob_let_go(const struct fair_desk *d, const struct fair_sha256 *key, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    if (fair_sha256_none(key)) return FAIR_OK;
    FAIR_TRY(fair_desk_query(d, &ref_drop, &q, err));
    fair_db_sha256(q, 2, key);
    return fair_db_run(q, err);
}

fair_status
fair_store_blob_ref(const struct fair_desk *d, const struct fair_sha256 *key, int64_t bytes, struct fair_err *err)
{
    if (fair_sha256_none(key)) return fair_fail(err, FAIR_INVALID, "no blob was named");
    FAIR_TRY(fair_stone_none(d, key, err));
    return fair_blob_hold(d, key, bytes, err);
}

fair_status
fair_store_blob_drop(const struct fair_desk *d, const struct fair_sha256 *key, bool *nobody, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_blob_let_go(d, key, err));
    FAIR_TRY(fair_store_query(d->st, &ref_anywhere, &q, err));
    fair_db_sha256(q, 1, key);
    FAIR_TRY(fair_db_step(q, err));
    *nobody = fair_db_get_int(q, 0) == 0;
    fair_rows_free(&q);
    return fair_txn_end(&t, err);
}

fair_status
fair_store_blob_elsewhere(const struct fair_desk *d, const struct fair_sha256 *key, bool *others, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_store_query(d->st, &ref_elsewhere, &q, err));
    fair_db_int(q, 1, d->org);
    fair_db_sha256(q, 2, key);
    FAIR_TRY(fair_db_step(q, err));
    *others = fair_db_get_int(q, 0) > 0;
    return FAIR_OK;
}

fair_status
fair_store_blob_may_read(const struct fair_desk *d, const struct fair_sha256 *key, bool *may, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *may = false;
    FAIR_TRY(fair_desk_query(d, &ref_here, &q, err));
    fair_db_sha256(q, 2, key);
    s = fair_db_step(q, err);
    if (s != FAIR_OK && s != FAIR_DONE) return s;
    *may = s == FAIR_OK;
    return FAIR_OK;
}

static fair_status
each_key(struct fair_store *st, const struct fair_sql *sql, fair_status (*each)(void *arg, const struct fair_sha256 *key),
         void *arg, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_store_query(st, sql, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_sha256 key;
        fair_db_get_sha256(q, 0, &key);
        FAIR_TRY(each(arg, &key));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_blobs(struct fair_store *st, fair_status (*each)(void *arg, const struct fair_sha256 *key), void *arg, struct fair_err *err)
{
    return each_key(st, &ref_keys, each, arg, err);
}

/* The keys first, the forgetting after: the walk reads the rows that are removed. */
struct unwanted { struct fair_sha256 *keys; size_t n, room; struct fair_arena *a; };

static fair_status
gather(void *arg, const struct fair_sha256 *key)
{
    struct unwanted *u = arg;
    if (u->n == u->room) {
        size_t room = u->room == 0 ? 64 : u->room * 2;
        struct fair_sha256 *more = fair_alloc_array(u->a, room, sizeof *more);
        for (size_t i = 0; i < u->n; i++) more[i] = u->keys[i];
        u->keys = more;
        u->room = room;
    }
    u->keys[u->n++] = *key;
    return FAIR_OK;
}

fair_status
fair_store_blobs_unwanted(struct fair_store *st, fair_status (*erase)(void *arg, const struct fair_sha256 *key), void *arg, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct unwanted u = { .a = a };

    FAIR_TRY(each_key(st, &ref_unwanted, gather, &u, err));
    for (size_t i = 0; i < u.n; i++) {
        FAIR_AUTO(txn) struct fair_txn t = { 0 };
        FAIR_AUTO(rows) struct fair_rows *q = NULL;

        /* Erased within the transaction: nobody can begin to refer to it meanwhile. */
        FAIR_TRY(fair_txn_begin(st, &t, err));
        FAIR_TRY(fair_store_query(st, &ref_anywhere, &q, err));
        fair_db_sha256(q, 1, &u.keys[i]);
        FAIR_TRY(fair_db_step(q, err));
        if (fair_db_get_int(q, 0) != 0) continue;
        fair_rows_free(&q);
        FAIR_TRY(erase(arg, &u.keys[i]));
        FAIR_TRY(fair_store_query(st, &ref_forget, &q, err));
        fair_db_sha256(q, 1, &u.keys[i]);
        FAIR_TRY(fair_db_run(q, err));
        fair_rows_free(&q);
        FAIR_TRY(fair_txn_end(&t, err));
    }
    return FAIR_OK;
}
