/* packages.c - evidence packages, their time stamps and their custody. */
#include "store/package_rows.h"
#include "base/digest.h"
#include "store/case_rows.h"
#include "store/store_private.h"

#define COLUMNS "id, hit_id, work_id, account_id, number, state, url, title, made_us, captured_us, sealed_us, draft, bytes, datapackage, previous, software," \
    " signature, signature_der, signer, ots, tries, error"

FAIR_SQL(package_add,
    "INSERT INTO package (id, org_id, hit_id, work_id, account_id, state, url, title, made_us, captured_us, bytes, tries, error)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, $11)");
FAIR_SQL(package_drafted,
    "UPDATE package SET state = 'sealing', number = $3, draft = $4, bytes = $5, datapackage = $6, previous = $7, software = $8, signature = $9,"
    " signature_der = $10, signer = $11, title = $12, captured_us = $13, error = NULL WHERE org_id = $1 AND id = $2 AND state = 'capturing'");
FAIR_SQL(package_failed, "UPDATE package SET state = 'failed', error = $3 WHERE org_id = $1 AND id = $2 AND state IN ('capturing', 'sealing')");
FAIR_SQL(package_waits, "UPDATE package SET error = $3, tries = tries + 1 WHERE org_id = $1 AND id = $2 AND state = 'sealing'");
FAIR_SQL(package_sealed, "UPDATE package SET state = 'sealed', sealed_us = $3, ots = $4, error = NULL WHERE org_id = $1 AND id = $2 AND state = 'sealing'");
FAIR_SQL(package_ots, "UPDATE package SET ots = $3 WHERE org_id = $1 AND id = $2 AND state = 'sealed'");
FAIR_SQL(package_by_id, "SELECT " COLUMNS " FROM package WHERE org_id = $1 AND id = $2");
FAIR_SQL(package_last, "SELECT " COLUMNS " FROM package WHERE org_id = $1 AND number IS NOT NULL ORDER BY number DESC LIMIT 1");
FAIR_SQL(packages,
    "SELECT " COLUMNS " FROM package WHERE org_id = $1 AND ($2 IS NULL OR hit_id = $2) AND ($3 IS NULL OR state = $3) ORDER BY id DESC LIMIT $4 OFFSET $5");
FAIR_SQL(package_stamp_put,
    "INSERT INTO package_stamp (org_id, package_id, server, reply, at_us) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (org_id, package_id, server) DO UPDATE SET reply = excluded.reply, at_us = excluded.at_us");
FAIR_SQL(package_stamps, "SELECT package_id, server, reply, at_us FROM package_stamp WHERE org_id = $1 AND package_id = $2 ORDER BY at_us, server");
FAIR_SQL(custody_last, "SELECT n, hash FROM custody WHERE org_id = $1 AND package_id = $2 ORDER BY n DESC LIMIT 1");
FAIR_SQL(custody_add, "INSERT INTO custody (org_id, package_id, n, what, line, hash, at_us) VALUES ($1, $2, $3, $4, $5, $6, $7)");
FAIR_SQL(custody_from, "SELECT package_id, n, what, line, hash, at_us FROM custody WHERE org_id = $1 AND package_id = $2 AND n >= $3 ORDER BY n");

FAIR_SQL(package_check_add,
    "INSERT INTO package_check (id, org_id, package_id, account_id, at_us, draft, datapackage, holds, findings, words) VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10)");
FAIR_SQL(package_check_last,
    "SELECT id, package_id, account_id, at_us, draft, datapackage, holds, findings, words FROM package_check WHERE org_id = $1 AND package_id = $2 AND at_us <= $3 ORDER BY id DESC LIMIT 1");

static void
read_package(struct fair_rows *q, struct fair_arena *a, struct fair_package *p)
{
    *p = (struct fair_package){
        .id = fair_db_get_int(q, 0), .hit = fair_db_get_int(q, 1), .work = fair_db_get_int(q, 2), .user = fair_db_get_int(q, 3), .number = fair_db_get_int(q, 4),
        .state = fair_db_get_text(q, 5, a), .url = fair_db_get_bytes(q, 6, a), .title = fair_db_get_text(q, 7, a), .made = fair_db_get_int(q, 8),
        .captured = fair_db_get_int(q, 9), .sealed = fair_db_get_int(q, 10), .bytes = fair_db_get_int(q, 12), .software = fair_db_get_text(q, 15, a),
        .signature = fair_db_get_bytes(q, 16, a), .der = fair_db_get_bytes(q, 17, a), .key = fair_db_get_bytes(q, 18, a), .ots = fair_db_get_bytes(q, 19, a),
        .tries = fair_db_get_int(q, 20), .error = fair_db_get_text(q, 21, a),
    };
    fair_db_get_sha256(q, 11, &p->draft);
    fair_db_get_sha256(q, 13, &p->datapackage);
    fair_db_get_sha256(q, 14, &p->previous);
}

fair_status
fair_store_package_add(const struct fair_desk *d, struct fair_package *p, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    if (p->id == 0) p->id = fair_id_new();
    if (p->made == 0) p->made = fair_now();
    if (p->state.p == NULL) p->state = FAIR_STR("capturing");
    if (p->url.n == 0) return fair_fail(err, FAIR_INVALID, "a package is of an address");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &package_add, &q, err));
    fair_db_int(q, 2, p->id);
    fair_db_id(q, 3, p->hit);
    fair_db_id(q, 4, p->work);
    fair_db_int(q, 5, d->user);
    fair_db_text(q, 6, p->state);
    fair_db_bytes(q, 7, p->url);
    fair_db_text(q, 8, p->title);
    fair_db_int(q, 9, p->made);
    fair_db_id(q, 10, p->captured);
    fair_db_text(q, 11, p->error);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_audit(d, p->made, "package.begin", p->id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_package_drafted(const struct fair_desk *d, const struct fair_package *p, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_package there, add = *p;
    fair_status s;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    s = fair_store_package_get(d, p->id, a, &there, err);
    if (s == FAIR_NOT_FOUND) {
        add.state = FAIR_STR("capturing");
        s = fair_store_package_add(d, &add, err);
    }
    if (s != FAIR_OK) return s;
    FAIR_TRY(fair_desk_query(d, &package_drafted, &q, err));
    fair_db_int(q, 2, p->id);
    fair_db_int(q, 3, p->number);
    fair_db_sha256(q, 4, &p->draft);
    fair_db_int(q, 5, p->bytes);
    fair_db_sha256(q, 6, &p->datapackage);
    fair_db_sha256(q, 7, &p->previous);
    fair_db_text(q, 8, p->software);
    fair_db_bytes(q, 9, p->signature);
    fair_db_bytes(q, 10, p->der);
    fair_db_bytes(q, 11, p->key);
    fair_db_text(q, 12, p->title);
    fair_db_id(q, 13, p->captured);
    s = fair_db_run(q, err);
    if (s == FAIR_CONFLICT) return fair_fail(err, s, "package number %lld is taken", (long long)p->number);
    if (s != FAIR_OK) return s;
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_REFUSED, "package %lld is drafted already", (long long)p->id);
    fair_rows_free(&q);
    FAIR_TRY(fair_blob_hold(d, &p->draft, p->bytes, err));
    FAIR_TRY(fair_audit(d, fair_now(), "package.draft", p->id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

static fair_status
set_text(const struct fair_desk *d, const struct fair_sql *sql, fair_id id, fair_str text, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, sql, &q, err));
    fair_db_int(q, 2, id);
    fair_db_text(q, 3, text.n > 4096 ? (fair_str){ text.p, 4096 } : text);
    FAIR_TRY(fair_db_run(q, err));
    return fair_db_changes(q) > 0 ? FAIR_OK : fair_fail(err, FAIR_NOT_FOUND, "no package %lld that waits", (long long)id);
}

fair_status
fair_store_package_failed(const struct fair_desk *d, fair_id id, fair_str error, struct fair_err *err)
{
    return set_text(d, &package_failed, id, error, err);
}

fair_status
fair_store_package_waits(const struct fair_desk *d, fair_id id, fair_str error, struct fair_err *err)
{
    return set_text(d, &package_waits, id, error, err);
}

/* Its case's recipient may see it. */
static fair_status
show_case(const struct fair_desk *d, fair_id id, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_package p;
    fair_id case_id;
    fair_status s;

    FAIR_TRY(fair_store_package_get(d, id, a, &p, err));
    s = fair_store_case_of_hit(d, p.hit, &case_id, err);
    if (s == FAIR_NOT_FOUND) return FAIR_OK;
    if (s != FAIR_OK) return s;
    return fair_store_case_show(d, case_id, fair_str_fmt(a, "package %lld", (long long)id), err);
}

fair_status
fair_store_package_sealed(const struct fair_desk *d, fair_id id, fair_str ots, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &package_sealed, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    fair_db_bytes(q, 4, ots);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_NOT_FOUND, "no package %lld that waits for its seal", (long long)id);
    fair_rows_free(&q);
    FAIR_TRY(fair_audit(d, now, "package.seal", id, FAIR_STR("{}"), err));
    FAIR_TRY(show_case(d, id, err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_package_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_package *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &package_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no package %lld", (long long)id);
    if (s != FAIR_OK) return s;
    read_package(q, a, out);
    return FAIR_OK;
}

fair_status
fair_store_package_last(const struct fair_desk *d, struct fair_arena *a, struct fair_package *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &package_last, &q, err));
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no package yet");
    if (s != FAIR_OK) return s;
    read_package(q, a, out);
    return FAIR_OK;
}

fair_status
fair_store_packages(const struct fair_desk *d, const struct fair_package_filter *f, FAIR_EACH(fair_package), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &packages, &q, err));
    fair_db_id(q, 2, f->hit);
    fair_db_text(q, 3, f->state);
    fair_db_int(q, 4, fair_page_limit(f->page));
    fair_db_int(q, 5, fair_page_offset(f->page));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_package p;
        fair_arena_clear(a);
        read_package(q, a, &p);
        FAIR_TRY(each(arg, &p, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

static fair_status
put_stamp(const struct fair_desk *d, const struct fair_sql *sql, const struct fair_stamp_row *s, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, sql, &q, err));
    fair_db_int(q, 2, s->of);
    fair_db_text(q, 3, s->server);
    fair_db_bytes(q, 4, s->reply);
    fair_db_int(q, 5, s->at);
    return fair_db_run(q, err);
}

static fair_status
each_stamp(const struct fair_desk *d, const struct fair_sql *sql, fair_id of, FAIR_EACH(fair_stamp_row), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, sql, &q, err));
    fair_db_int(q, 2, of);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_stamp_row r = { fair_db_get_int(q, 0), fair_db_get_text(q, 1, a), fair_db_get_bytes(q, 2, a), fair_db_get_int(q, 3) };
        FAIR_TRY(each(arg, &r, err));
        fair_arena_clear(a);
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_package_stamp(const struct fair_desk *d, const struct fair_stamp_row *s, struct fair_err *err)
{
    return put_stamp(d, &package_stamp_put, s, err);
}

fair_status
fair_store_package_stamps(const struct fair_desk *d, fair_id package, FAIR_EACH(fair_stamp_row), struct fair_err *err)
{
    return each_stamp(d, &package_stamps, package, each, arg, err);
}

fair_status
fair_store_custody_add(const struct fair_desk *d, fair_id package, fair_str what, fair_time at, fair_custody_maker *line, void *arg, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 last = { { 0 } }, hash;
    int64_t n = 1;
    fair_str text;
    fair_status s;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &custody_last, &q, err));
    fair_db_int(q, 2, package);
    s = fair_db_step(q, err);
    if (s != FAIR_OK && s != FAIR_DONE) return s;
    if (s == FAIR_OK) {
        n = fair_db_get_int(q, 0) + 1;
        fair_db_get_sha256(q, 1, &last);
    }
    fair_rows_free(&q);
    text = line(arg, n, &last, a);
    hash = fair_sha256_of(text.p, text.n);
    FAIR_TRY(fair_desk_query(d, &custody_add, &q, err));
    fair_db_int(q, 2, package);
    fair_db_int(q, 3, n);
    fair_db_text(q, 4, what);
    fair_db_text(q, 5, text);
    fair_db_sha256(q, 6, &hash);
    fair_db_int(q, 7, at);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    return fair_txn_end(&t, err);
}

fair_status
fair_store_custody(const struct fair_desk *d, fair_id package, int64_t from, FAIR_EACH(fair_custody_row), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &custody_from, &q, err));
    fair_db_int(q, 2, package);
    fair_db_int(q, 3, from);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_custody_row r = { .package = fair_db_get_int(q, 0), .n = fair_db_get_int(q, 1), .what = fair_db_get_text(q, 2, a), .line = fair_db_get_text(q, 3, a), .at = fair_db_get_int(q, 5) };
        fair_db_get_sha256(q, 4, &r.hash);
        FAIR_TRY(each(arg, &r, err));
        fair_arena_clear(a);
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* ---- what our own verifier found ---- */

fair_status
fair_store_package_checked(const struct fair_desk *d, struct fair_package_check *x, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    x->id = fair_id_new();
    x->user = d->user;
    if (x->at == 0) x->at = fair_now();
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_audit(d, x->at, "package.check", x->package, fair_str_fmt(a, "{\"holds\":%s,\"datapackage\":\"%.*s\"}", x->holds ? "true" : "false",
                        FAIR_STR_ARG(fair_hex(a, x->datapackage.b, sizeof x->datapackage.b))), err));
    FAIR_TRY(fair_desk_query(d, &package_check_add, &q, err));
    fair_db_int(q, 2, x->id);
    fair_db_int(q, 3, x->package);
    fair_db_int(q, 4, x->user);
    fair_db_int(q, 5, x->at);
    fair_db_sha256(q, 6, &x->draft);
    fair_db_sha256(q, 7, &x->datapackage);
    fair_db_int(q, 8, x->holds);
    fair_db_int(q, 9, x->findings);
    fair_db_text(q, 10, x->words);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    return fair_txn_end(&t, err);
}

fair_status
fair_store_package_check_last(const struct fair_desk *d, fair_id package, fair_time now, struct fair_arena *a, struct fair_package_check *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &package_check_last, &q, err));
    fair_db_int(q, 2, package);
    fair_db_int(q, 3, now);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "package %lld was never looked at", (long long)package);
    if (s != FAIR_OK) return s;
    *out = (struct fair_package_check){ .id = fair_db_get_int(q, 0), .package = fair_db_get_int(q, 1), .user = fair_db_get_int(q, 2), .at = fair_db_get_int(q, 3),
                                        .holds = fair_db_get_int(q, 6) != 0, .findings = fair_db_get_int(q, 7), .words = fair_db_get_text(q, 8, a) };
    fair_db_get_sha256(q, 4, &out->draft);
    fair_db_get_sha256(q, 5, &out->datapackage);
    return FAIR_OK;
}

/* ---- deposits ---- */

#define DEPOSIT_COLUMNS "id, account_id, state, root, works, made_us, stamped_us, ots, tries, error, proven_us"

FAIR_SQL(undeposited,
    "SELECT w.id, w.sha256 FROM work w WHERE w.org_id = $1 AND w.removed_us IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM deposit_work x WHERE x.org_id = w.org_id AND x.work_id = w.id) ORDER BY w.id");
FAIR_SQL(deposit_add, "INSERT INTO deposit (id, org_id, account_id, state, root, works, made_us, tries) VALUES ($2, $1, $3, 'stamping', $4, $5, $6, 0)");
FAIR_SQL(deposit_work_add, "INSERT INTO deposit_work (org_id, deposit_id, place, work_id, sha256) VALUES ($1, $2, $3, $4, $5)");
FAIR_SQL(deposit_by_id, "SELECT " DEPOSIT_COLUMNS " FROM deposit WHERE org_id = $1 AND id = $2");
FAIR_SQL(deposits, "SELECT " DEPOSIT_COLUMNS " FROM deposit WHERE org_id = $1 ORDER BY id");
FAIR_SQL(deposit_leaves, "SELECT work_id, sha256 FROM deposit_work WHERE org_id = $1 AND deposit_id = $2 ORDER BY place");
FAIR_SQL(deposit_of, "SELECT deposit_id, place FROM deposit_work WHERE org_id = $1 AND work_id = $2 ORDER BY deposit_id LIMIT 1");
FAIR_SQL(deposit_waits, "UPDATE deposit SET error = $3, tries = tries + 1 WHERE org_id = $1 AND id = $2 AND state = 'stamping'");
FAIR_SQL(deposit_stamped, "UPDATE deposit SET state = 'stamped', stamped_us = $3, ots = $4, error = NULL WHERE org_id = $1 AND id = $2 AND state = 'stamping'");
FAIR_SQL(deposit_proven, "UPDATE deposit SET proven_us = $3 WHERE org_id = $1 AND id = $2 AND state = 'stamped'");
FAIR_SQL(deposit_ots, "UPDATE deposit SET ots = $3 WHERE org_id = $1 AND id = $2 AND state = 'stamped'");
FAIR_SQL(deposit_stamp_put,
    "INSERT INTO deposit_stamp (org_id, deposit_id, server, reply, at_us) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (org_id, deposit_id, server) DO UPDATE SET reply = excluded.reply, at_us = excluded.at_us");
FAIR_SQL(deposit_stamps, "SELECT deposit_id, server, reply, at_us FROM deposit_stamp WHERE org_id = $1 AND deposit_id = $2 ORDER BY at_us, server");

static void
read_deposit(struct fair_rows *q, struct fair_arena *a, struct fair_deposit *x)
{
    *x = (struct fair_deposit){ .id = fair_db_get_int(q, 0), .user = fair_db_get_int(q, 1), .state = fair_db_get_text(q, 2, a), .works = fair_db_get_int(q, 4),
                                .made = fair_db_get_int(q, 5), .stamped = fair_db_get_int(q, 6), .ots = fair_db_get_bytes(q, 7, a), .tries = fair_db_get_int(q, 8),
                                .error = fair_db_get_text(q, 9, a), .proven = fair_db_get_int(q, 10) };
    fair_db_get_sha256(q, 3, &x->root);
}

/* Rows of (work, digest) into an array that grows in the arena. */
static fair_status
leaves_of(struct fair_rows *q, struct fair_arena *a, struct fair_deposit_leaf **leaves, size_t *n, struct fair_err *err)
{
    size_t room = 0;
    fair_status s;

    *leaves = NULL;
    *n = 0;
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        if (*n == room) {
            struct fair_deposit_leaf *more = fair_alloc_array(a, room * 2 + 256, sizeof *more);
            for (size_t i = 0; i < *n; i++) more[i] = (*leaves)[i];
            *leaves = more;
            room = room * 2 + 256;
        }
        (*leaves)[*n].work = fair_db_get_int(q, 0);
        fair_db_get_sha256(q, 1, &(*leaves)[*n].sha256);
        (*n)++;
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_undeposited(const struct fair_desk *d, struct fair_arena *a, struct fair_deposit_leaf **leaves, size_t *n, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &undeposited, &q, err));
    return leaves_of(q, a, leaves, n, err);
}

fair_status
fair_store_deposit_add(const struct fair_desk *d, struct fair_deposit *x, const struct fair_deposit_leaf *leaves, size_t n, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };

    if (n == 0) return fair_fail(err, FAIR_INVALID, "a deposit of no works");
    if (x->id == 0) x->id = fair_id_new();
    if (x->made == 0) x->made = fair_now();
    x->works = (int64_t)n;
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    {
        FAIR_AUTO(rows) struct fair_rows *q = NULL;
        FAIR_TRY(fair_desk_query(d, &deposit_add, &q, err));
        fair_db_int(q, 2, x->id);
        fair_db_int(q, 3, d->user);
        fair_db_sha256(q, 4, &x->root);
        fair_db_int(q, 5, x->works);
        fair_db_int(q, 6, x->made);
        FAIR_TRY(fair_db_run(q, err));
    }
    for (size_t i = 0; i < n; i++) {
        FAIR_AUTO(rows) struct fair_rows *q = NULL;
        FAIR_TRY(fair_desk_query(d, &deposit_work_add, &q, err));
        fair_db_int(q, 2, x->id);
        fair_db_int(q, 3, (int64_t)i);
        fair_db_int(q, 4, leaves[i].work);
        fair_db_sha256(q, 5, &leaves[i].sha256);
        FAIR_TRY(fair_db_run(q, err));
    }
    FAIR_TRY(fair_audit(d, x->made, "deposit.make", x->id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_deposit_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_deposit *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &deposit_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no deposit %lld", (long long)id);
    if (s != FAIR_OK) return s;
    read_deposit(q, a, out);
    return FAIR_OK;
}

fair_status
fair_store_deposit_leaves(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_deposit_leaf **leaves, size_t *n, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &deposit_leaves, &q, err));
    fair_db_int(q, 2, id);
    return leaves_of(q, a, leaves, n, err);
}

fair_status
fair_store_deposit_of(const struct fair_desk *d, fair_id work, fair_id *deposit, int64_t *place, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &deposit_of, &q, err));
    fair_db_int(q, 2, work);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "work %lld stands in no deposit", (long long)work);
    if (s != FAIR_OK) return s;
    *deposit = fair_db_get_int(q, 0);
    *place = fair_db_get_int(q, 1);
    return FAIR_OK;
}

fair_status
fair_store_deposits(const struct fair_desk *d, FAIR_EACH(fair_deposit), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &deposits, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_deposit x;
        fair_arena_clear(a);
        read_deposit(q, a, &x);
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_deposit_waits(const struct fair_desk *d, fair_id id, fair_str error, struct fair_err *err)
{
    return set_text(d, &deposit_waits, id, error, err);
}

fair_status
fair_store_deposit_stamped(const struct fair_desk *d, fair_id id, fair_str ots, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &deposit_stamped, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    fair_db_bytes(q, 4, ots);
    return fair_db_run(q, err);
}

fair_status
fair_store_deposit_proven(const struct fair_desk *d, fair_id id, fair_time at, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &deposit_proven, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, at);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_NOT_FOUND, "no deposit %lld that is stamped", (long long)id);
    fair_rows_free(&q);
    FAIR_TRY(fair_audit(d, fair_now(), "deposit.prove", id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

static fair_status
set_ots(const struct fair_desk *d, const struct fair_sql *sql, fair_id id, fair_str ots, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, sql, &q, err));
    fair_db_int(q, 2, id);
    fair_db_bytes(q, 3, ots);
    FAIR_TRY(fair_db_run(q, err));
    return fair_db_changes(q) > 0 ? FAIR_OK : fair_fail(err, FAIR_NOT_FOUND, "nothing sealed of the id %lld", (long long)id);
}

fair_status
fair_store_package_ots(const struct fair_desk *d, fair_id id, fair_str ots, struct fair_err *err)
{
    return set_ots(d, &package_ots, id, ots, err);
}

fair_status
fair_store_deposit_ots(const struct fair_desk *d, fair_id id, fair_str ots, struct fair_err *err)
{
    return set_ots(d, &deposit_ots, id, ots, err);
}

fair_status
fair_store_deposit_stamp(const struct fair_desk *d, const struct fair_stamp_row *s, struct fair_err *err)
{
    return put_stamp(d, &deposit_stamp_put, s, err);
}

fair_status
fair_store_deposit_stamps(const struct fair_desk *d, fair_id deposit, FAIR_EACH(fair_stamp_row), struct fair_err *err)
{
    return each_stamp(d, &deposit_stamps, deposit, each, arg, err);
}
