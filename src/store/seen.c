/* seen.c - what fetches told, and pictures that were looked at once. */
#include "base/digest.h"
#include "store/store_private.h"

FAIR_SQL(fetched_by_url,
    "SELECT url, etag, last_modified, mime, sha256, status, bytes, at_us, links FROM fetched WHERE org_id = $1 AND url_key = $2");
FAIR_SQL(fetched_put,
    "INSERT INTO fetched (org_id, url_key, url, etag, last_modified, mime, sha256, status, bytes, at_us, links)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (org_id, url_key) DO UPDATE SET etag = excluded.etag,"
    " last_modified = excluded.last_modified, mime = excluded.mime, sha256 = excluded.sha256, status = excluded.status,"
    " bytes = excluded.bytes, at_us = excluded.at_us, links = excluded.links");
FAIR_SQL(seen_by_sha256,
    "SELECT format, width, height, scheme, fault, preview, at_us, whole, fingerprint FROM seen WHERE org_id = $1 AND sha256 = $2");
FAIR_SQL(seen_preview, "SELECT preview FROM seen WHERE org_id = $1 AND sha256 = $2");
FAIR_SQL(seen_put,
    "INSERT INTO seen (org_id, sha256, format, width, height, scheme, fault, preview, at_us, whole, fingerprint)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (org_id, sha256) DO UPDATE SET format = excluded.format,"
    " width = excluded.width, height = excluded.height, scheme = excluded.scheme, fault = excluded.fault,"
    " preview = excluded.preview, at_us = excluded.at_us, whole = excluded.whole, fingerprint = excluded.fingerprint");

fair_status
fair_store_fetched_get(const struct fair_desk *d, fair_str url, struct fair_arena *a, struct fair_fetched *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 key = fair_key_of(url);
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &fetched_by_url, &q, err));
    fair_db_sha256(q, 2, &key);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "never fetched");
    if (s != FAIR_OK) return s;
    *out = (struct fair_fetched){
        .url = fair_db_get_bytes(q, 0, a), .etag = fair_db_get_text(q, 1, a), .last_modified = fair_db_get_text(q, 2, a),
        .mime = fair_db_get_text(q, 3, a), .status = fair_db_get_int(q, 5), .bytes = fair_db_get_int(q, 6),
        .at = fair_db_get_int(q, 7), .links = fair_db_get_text(q, 8, a),
    };
    fair_db_get_sha256(q, 4, &out->sha256);
    return FAIR_OK;
}

/* What a server sent as a validator goes back to it as it was, or not at all. */
static fair_str
validator(fair_str s)
{
    return s.n > 1024 || !fair_utf8_valid(s) ? (fair_str){ NULL, 0 } : s;
}

fair_status
fair_store_fetched_put(const struct fair_desk *d, const struct fair_fetched *f, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 key = fair_key_of(f->url);

    if (f->url.n == 0) return fair_fail(err, FAIR_INVALID, "no address was given");
    FAIR_TRY(fair_desk_query(d, &fetched_put, &q, err));
    fair_db_sha256(q, 2, &key);
    fair_db_bytes(q, 3, f->url);
    fair_db_text(q, 4, validator(f->etag));
    fair_db_text(q, 5, validator(f->last_modified));
    fair_db_text(q, 6, (fair_str){ f->mime.p, f->mime.n > 256 ? 256 : f->mime.n });
    fair_db_sha256(q, 7, &f->sha256);
    fair_db_int(q, 8, f->status);
    fair_db_int(q, 9, f->bytes);
    fair_db_int(q, 10, f->at != 0 ? f->at : fair_now());
    fair_db_text(q, 11, f->links);
    return fair_db_run(q, err);
}

fair_status
fair_store_seen_get(const struct fair_desk *d, const struct fair_sha256 *sha, struct fair_arena *a, struct fair_seen *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &seen_by_sha256, &q, err));
    fair_db_sha256(q, 2, sha);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "never looked at");
    if (s != FAIR_OK) return s;
    *out = (struct fair_seen){
        .sha256 = *sha, .format = fair_db_get_text(q, 0, a), .width = fair_db_get_int(q, 1), .height = fair_db_get_int(q, 2),
        .scheme = fair_db_get_int(q, 3), .fault = fair_db_get_text(q, 4, a), .at = fair_db_get_int(q, 6),
        .fingerprint = fair_db_get_bytes(q, 8, a),
    };
    fair_db_get_sha256(q, 5, &out->preview);
    fair_db_get_sha256(q, 7, &out->whole);
    return FAIR_OK;
}

fair_status
fair_store_seen_put(const struct fair_desk *d, const struct fair_seen *x, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 was = { { 0 } };
    fair_status s;

    if (fair_sha256_none(&x->sha256)) return fair_fail(err, FAIR_INVALID, "a picture that was looked at needs its hash");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &seen_preview, &q, err));
    fair_db_sha256(q, 2, &x->sha256);
    s = fair_db_step(q, err);
    if (s == FAIR_OK) fair_db_get_sha256(q, 0, &was);
    else if (s != FAIR_DONE) return s;
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &seen_put, &q, err));
    fair_db_sha256(q, 2, &x->sha256);
    fair_db_text(q, 3, x->format);
    fair_db_int(q, 4, x->width);
    fair_db_int(q, 5, x->height);
    fair_db_int(q, 6, x->scheme);
    fair_db_text(q, 7, x->fault);
    fair_db_sha256(q, 8, &x->preview);
    fair_db_int(q, 9, x->at != 0 ? x->at : fair_now());
    fair_db_sha256(q, 10, &x->whole);
    fair_db_bytes(q, 11, x->fingerprint);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    if (!fair_sha256_eq(&was, &x->preview)) {
        FAIR_TRY(fair_blob_hold(d, &x->preview, 0, err));
        FAIR_TRY(fair_blob_let_go(d, &was, err));
    }
    return fair_txn_end(&t, err);
}
