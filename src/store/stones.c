/* stones.c - what an organisation erased: when, by whom, why; and where the blob is named. */
#include "store/store_private.h"

#define WHY_BYTES 2000

FAIR_SQL(stone_put, "INSERT INTO stone (id, org_id, sha256, why, account_id, at_us) VALUES ($2, $1, $3, $4, $5, $6)");
FAIR_SQL(stone_get,
    "SELECT s.at_us, s.why, s.account_id, COALESCE(u.name, u.email) FROM stone s LEFT JOIN account u ON u.org_id = s.org_id AND u.id = s.account_id"
    " WHERE s.org_id = $1 AND s.sha256 = $2 AND s.lifted_us IS NULL");
FAIR_SQL(stone_lift, "UPDATE stone SET lifted_us = $3, lifted_by = $4, lifted_why = $5 WHERE org_id = $1 AND sha256 = $2 AND lifted_us IS NULL");
FAIR_SQL(stone_ref, "SELECT 1 FROM vault_ref WHERE org_id = $1 AND sha256 = $2 AND refs > 0");
FAIR_SQL_ALL(stone_others,
    "SELECT count(*) FROM vault_ref v WHERE v.sha256 = $1 AND v.refs > 0"
    " AND NOT EXISTS (SELECT 1 FROM stone s WHERE s.org_id = v.org_id AND s.sha256 = v.sha256 AND s.lifted_us IS NULL)");
FAIR_SQL_ALL(blob_names,
    "SELECT 'the original of work ', id FROM work WHERE sha256 = $1"
    " UNION ALL SELECT 'the small picture of work ', id FROM work WHERE thumb = $1"
    " UNION ALL SELECT 'the preview of work ', id FROM work WHERE preview = $1"
    " UNION ALL SELECT 'the proof of work ', id FROM work WHERE proof = $1"
    " UNION ALL SELECT 'the RAW of work ', id FROM work WHERE raw = $1"
    " UNION ALL SELECT 'the preview of hit ', id FROM hit WHERE preview = $1"
    " LIMIT 4");

FAIR_SQL(blob_names_here,
    "SELECT 'the original of work ', id FROM work WHERE org_id = $1 AND sha256 = $2"
    " UNION ALL SELECT 'the small picture of work ', id FROM work WHERE org_id = $1 AND thumb = $2"
    " UNION ALL SELECT 'the preview of work ', id FROM work WHERE org_id = $1 AND preview = $2"
    " UNION ALL SELECT 'the proof of work ', id FROM work WHERE org_id = $1 AND proof = $2"
    " UNION ALL SELECT 'the RAW of work ', id FROM work WHERE org_id = $1 AND raw = $2"
    " UNION ALL SELECT 'the preview of hit ', id FROM hit WHERE org_id = $1 AND preview = $2"
    " LIMIT 20");

fair_status
fair_store_stone(const struct fair_desk *d, const struct fair_sha256 *key, struct fair_arena *a, struct fair_erased *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &stone_get, &q, err));
    fair_db_sha256(q, 2, key);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "it was not erased");
    if (s != FAIR_OK) return s;
    *out = (struct fair_erased){ .at = fair_db_get_int(q, 0), .why = fair_db_get_text(q, 1, a), .user = fair_db_get_int(q, 2) };
    out->by = fair_db_is_null(q, 3) ? FAIR_STR("the installation") : fair_db_get_text(q, 3, a);
    return FAIR_OK;
}

fair_status
fair_stone_none(const struct fair_desk *d, const struct fair_sha256 *key, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_erased x;
    fair_status s = fair_store_stone(d, key, a, &x, err);

    if (s == FAIR_NOT_FOUND) return FAIR_OK;
    if (s != FAIR_OK) return s;
    return fair_fail(err, FAIR_REFUSED, "these bytes were erased on %.*s by %.*s: %.*s; put them anew knowingly (fairtrack vault anew)",
                     FAIR_STR_ARG(fair_time_text(a, x.at)), FAIR_STR_ARG(x.by), FAIR_STR_ARG(x.why));
}

static fair_status
details_of(struct fair_arena *a, const struct fair_sha256 *key, fair_str why, fair_str *out, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, 16384);

    fair_buf_fmt(&b, "{\"sha256\":\"%.*s\",\"why\":", FAIR_STR_ARG(fair_hex(a, key->b, 32)));
    fair_json_text(&b, why);
    fair_buf_c(&b, "}");
    return fair_buf_take(&b, out, err);
}

fair_status
fair_store_blob_erase(const struct fair_desk *d, const struct fair_sha256 *key, fair_str why, fair_time now, bool *nobody, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_erased was;
    fair_str details;
    fair_status s;

    why = fair_str_trim(why);
    if (why.n == 0 || why.n > WHY_BYTES) return fair_fail(err, FAIR_INVALID, "an erasure needs its reason, in at most %d bytes", WHY_BYTES);
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    s = fair_store_stone(d, key, a, &was, err);
    if (s == FAIR_NOT_FOUND) {
        FAIR_TRY(fair_desk_query(d, &stone_ref, &q, err));
        fair_db_sha256(q, 2, key);
        s = fair_db_step(q, err);
        if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "nothing here refers to blob %.*s", FAIR_STR_ARG(fair_hex(a, key->b, 32)));
        if (s != FAIR_OK) return s;
        fair_rows_free(&q);
        FAIR_TRY(fair_desk_query(d, &stone_put, &q, err));
        fair_db_int(q, 2, fair_id_new());
        fair_db_sha256(q, 3, key);
        fair_db_text(q, 4, why);
        fair_db_int(q, 5, d->user);
        fair_db_int(q, 6, now);
        FAIR_TRY(fair_db_run(q, err));
        fair_rows_free(&q);
        FAIR_TRY(details_of(a, key, why, &details, err));
        FAIR_TRY(fair_audit(d, now, "blob.erase", 0, details, err));
    } else if (s != FAIR_OK) {
        return s;
    }
    FAIR_TRY(fair_store_query(d->st, &stone_others, &q, err));
    fair_db_sha256(q, 1, key);
    FAIR_TRY(fair_db_step(q, err));
    *nobody = fair_db_get_int(q, 0) == 0;
    fair_rows_free(&q);
    return fair_txn_end(&t, err);
}

fair_status
fair_store_blob_anew(const struct fair_desk *d, const struct fair_sha256 *key, fair_str why, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_erased was;
    fair_str details;

    why = fair_str_trim(why);
    if (why.n == 0 || why.n > WHY_BYTES) return fair_fail(err, FAIR_INVALID, "putting erased bytes anew needs its reason, in at most %d bytes", WHY_BYTES);
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_store_stone(d, key, a, &was, err));
    FAIR_TRY(fair_desk_query(d, &stone_lift, &q, err));
    fair_db_sha256(q, 2, key);
    fair_db_int(q, 3, now);
    fair_db_int(q, 4, d->user);
    fair_db_text(q, 5, why);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(details_of(a, key, why, &details, err));
    FAIR_TRY(fair_audit(d, now, "blob.anew", 0, details, err));
    return fair_txn_end(&t, err);
}

static fair_status
names(struct fair_rows *q, struct fair_arena *a, fair_str *words, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, 4096);
    fair_status s;

    while ((s = fair_db_step(q, err)) == FAIR_OK)
        fair_buf_fmt(&b, "%s%.*s%lld", b.n > 0 ? ", " : "", FAIR_STR_ARG(fair_db_get_text(q, 0, a)), (long long)fair_db_get_int(q, 1));
    if (s != FAIR_DONE) return s;
    return fair_buf_take(&b, words, err);
}

fair_status
fair_store_blob_named(struct fair_store *st, const struct fair_sha256 *key, struct fair_arena *a, fair_str *words, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_store_query(st, &blob_names, &q, err));
    fair_db_sha256(q, 1, key);
    return names(q, a, words, err);
}

fair_status
fair_store_blob_named_here(const struct fair_desk *d, const struct fair_sha256 *key, struct fair_arena *a, fair_str *words, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &blob_names_here, &q, err));
    fair_db_sha256(q, 2, key);
    return names(q, a, words, err);
}
