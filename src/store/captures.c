/* captures.c - looks at uses, and their files. */
#include "store/capture_rows.h"
#include "base/digest.h"
#include "store/store_private.h"

#define COLUMNS "id, hit_id, account_id, look, at_us, ended_us, found, words, changes, credit, picture, title, browser, notes, package_id, view_secret, markers"

FAIR_SQL(capture_add,
    "INSERT INTO capture (id, org_id, hit_id, account_id, look, at_us, ended_us, found, words, changes, credit, picture, title, browser, notes, package_id, view_key, view_secret, markers)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)");
FAIR_SQL(capture_hit_here, "SELECT 1 FROM hit WHERE org_id = $1 AND id = $2");
FAIR_SQL(capture_hit_gone, "UPDATE hit SET gone_us = $3 WHERE org_id = $1 AND id = $2 AND gone_us IS NULL");
FAIR_SQL(capture_hit_seen, "UPDATE hit SET gone_us = NULL, last_seen_us = $3 WHERE org_id = $1 AND id = $2 AND last_seen_us < $3");
FAIR_SQL(capture_file_add, "INSERT INTO capture_file (org_id, capture_id, name, mime, sha256, bytes) VALUES ($1, $2, $3, $4, $5, $6)");
FAIR_SQL(capture_packaged, "UPDATE capture SET package_id = $3 WHERE org_id = $1 AND id = $2");
FAIR_SQL(captures_of_hit, "SELECT " COLUMNS " FROM capture WHERE org_id = $1 AND hit_id = $2 ORDER BY id");
FAIR_SQL(capture_last, "SELECT " COLUMNS " FROM capture WHERE org_id = $1 AND hit_id = $2 AND found <> 'unreachable' ORDER BY id DESC LIMIT 1");
FAIR_SQL(capture_sum,
    "SELECT count(*), min(at_us), max(at_us), max(CASE WHEN found IN ('there', 'picture') THEN at_us END) FROM capture"
    " WHERE org_id = $1 AND hit_id = $2 AND found <> 'unreachable'");
FAIR_SQL_ALL(capture_file_by_key,
    "SELECT f.name, f.mime, f.sha256, f.bytes FROM capture c JOIN capture_file f ON f.org_id = c.org_id AND f.capture_id = c.id WHERE c.view_key = $1 AND f.name = $2");

static void
read_capture(struct fair_rows *q, struct fair_arena *a, struct fair_capture_row *c)
{
    *c = (struct fair_capture_row){
        .id = fair_db_get_int(q, 0), .hit = fair_db_get_int(q, 1), .user = fair_db_get_int(q, 2), .look = fair_db_get_text(q, 3, a), .at = fair_db_get_int(q, 4),
        .ended = fair_db_get_int(q, 5), .found = fair_db_get_text(q, 6, a), .words = fair_db_get_text(q, 7, a), .changes = fair_db_get_text(q, 8, a),
        .credit = fair_db_get_text(q, 9, a), .title = fair_db_get_text(q, 11, a), .browser = fair_db_get_text(q, 12, a), .notes = fair_db_get_text(q, 13, a),
        .package = fair_db_get_int(q, 14), .secret = fair_db_get_text(q, 15, a), .markers = fair_db_get_text(q, 16, a),
    };
    fair_db_get_sha256(q, 10, &c->picture);
}

static fair_status
mark_hit(const struct fair_desk *d, const struct fair_capture_row *c, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    bool gone = fair_str_eq(c->found, FAIR_STR("removed")) || fair_str_eq(c->found, FAIR_STR("page_gone"));

    if (fair_str_eq(c->found, FAIR_STR("unreachable"))) return FAIR_OK;
    FAIR_TRY(fair_desk_query(d, gone ? &capture_hit_gone : &capture_hit_seen, &q, err));
    fair_db_int(q, 2, c->hit);
    fair_db_int(q, 3, c->at);
    return fair_db_run(q, err);
}

static fair_status
add_file(const struct fair_desk *d, fair_id capture, const struct fair_capture_file_row *f, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &capture_file_add, &q, err));
    fair_db_int(q, 2, capture);
    fair_db_text(q, 3, f->name);
    fair_db_text(q, 4, f->mime);
    fair_db_sha256(q, 5, &f->sha256);
    fair_db_int(q, 6, f->bytes);
    FAIR_TRY(fair_db_run(q, err));
    return fair_blob_hold(d, &f->sha256, f->bytes, err);
}

static fair_status
add_row(const struct fair_desk *d, const struct fair_capture_row *c, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 key = fair_sha256_of(c->secret.p, c->secret.n);

    FAIR_TRY(fair_desk_query(d, &capture_add, &q, err));
    fair_db_int(q, 2, c->id);
    fair_db_int(q, 3, c->hit);
    fair_db_int(q, 4, d->user);
    fair_db_text(q, 5, c->look);
    fair_db_int(q, 6, c->at);
    fair_db_int(q, 7, c->ended);
    fair_db_text(q, 8, c->found);
    fair_db_text(q, 9, c->words);
    fair_db_text(q, 10, c->changes);
    fair_db_text(q, 11, c->credit);
    fair_db_sha256(q, 12, &c->picture);
    fair_db_text(q, 13, c->title);
    fair_db_text(q, 14, c->browser);
    fair_db_text(q, 15, c->notes);
    fair_db_id(q, 16, c->package);
    fair_db_sha256(q, 17, &key);
    fair_db_text(q, 18, c->secret);
    fair_db_text(q, 19, c->markers);
    return fair_db_run(q, err);
}

static fair_status
hit_here(const struct fair_desk *d, fair_id hit, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &capture_hit_here, &q, err));
    fair_db_int(q, 2, hit);
    s = fair_db_step(q, err);
    return s == FAIR_DONE ? fair_fail(err, FAIR_NOT_FOUND, "no hit %lld", (long long)hit) : s;
}

fair_status
fair_store_capture_add(const struct fair_desk *d, struct fair_capture_row *c, const struct fair_capture_file_row *files, size_t n, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    struct fair_capture_row row = *c;
    uint8_t secret[32];

    fair_random(secret, sizeof secret);
    row.secret = fair_base64url(a, secret, sizeof secret);
    if (row.id == 0) row.id = fair_id_new();
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(hit_here(d, c->hit, err));
    FAIR_TRY(add_row(d, &row, err));
    for (size_t i = 0; i < n; i++) FAIR_TRY(add_file(d, row.id, &files[i], err));
    FAIR_TRY(mark_hit(d, &row, err));
    FAIR_TRY(fair_audit(d, row.at, "capture", row.hit, FAIR_STR("{}"), err));
    c->id = row.id;
    return fair_txn_end(&t, err);
}

fair_status
fair_store_capture_packaged(const struct fair_desk *d, fair_id capture, fair_id package, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &capture_packaged, &q, err));
    fair_db_int(q, 2, capture);
    fair_db_id(q, 3, package);
    return fair_db_run(q, err);
}

fair_status
fair_store_capture_ask(const struct fair_desk *d, fair_id hit, const char *look, fair_time at, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    return fair_store_job_ask(d, "capture", fair_str_fmt(a, "capture %lld %s", (long long)hit, look), fair_str_fmt(a, "{\"hit\":%lld,\"look\":\"%s\"}", (long long)hit, look), at, err);
}

fair_status
fair_store_captures(const struct fair_desk *d, fair_id hit, FAIR_EACH(fair_capture_row), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &captures_of_hit, &q, err));
    fair_db_int(q, 2, hit);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_capture_row row;
        fair_arena_clear(a);
        read_capture(q, a, &row);
        FAIR_TRY(each(arg, &row, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_capture_last(const struct fair_desk *d, fair_id hit, struct fair_arena *a, struct fair_capture_row *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &capture_last, &q, err));
    fair_db_int(q, 2, hit);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "hit %lld was never captured", (long long)hit);
    if (s == FAIR_OK) read_capture(q, a, out);
    return s;
}

fair_status
fair_store_capture_sum(const struct fair_desk *d, fair_id hit, struct fair_capture_sum *out, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_capture_row last;
    fair_status s;

    *out = (struct fair_capture_sum){ 0 };
    FAIR_TRY(fair_desk_query(d, &capture_sum, &q, err));
    fair_db_int(q, 2, hit);
    s = fair_db_step(q, err);
    if (s != FAIR_OK) return s == FAIR_DONE ? FAIR_OK : s;
    *out = (struct fair_capture_sum){ .n = fair_db_get_int(q, 0), .first = fair_db_get_int(q, 1), .last = fair_db_get_int(q, 2), .live = fair_db_get_int(q, 3) };
    if (out->n == 0) return FAIR_OK;
    FAIR_TRY(fair_store_capture_last(d, hit, a, &last, err));
    out->ended = fair_str_eq(last.found, FAIR_STR("removed")) || fair_str_eq(last.found, FAIR_STR("page_gone"));
    return FAIR_OK;
}

fair_status
fair_store_capture_file(struct fair_store *st, fair_str secret, fair_str name, struct fair_arena *a, struct fair_capture_file_row *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 key = fair_sha256_of(secret.p != NULL ? secret.p : "", secret.n);
    fair_status s;

    FAIR_TRY(fair_store_query(st, &capture_file_by_key, &q, err));
    fair_db_sha256(q, 1, &key);
    fair_db_text(q, 2, name);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "there is no such page");
    if (s != FAIR_OK) return s;
    *out = (struct fair_capture_file_row){ .name = fair_db_get_text(q, 0, a), .mime = fair_db_get_text(q, 1, a), .bytes = fair_db_get_int(q, 3) };
    fair_db_get_sha256(q, 2, &out->sha256);
    return FAIR_OK;
}
