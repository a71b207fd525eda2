/* works.c - the catalogue: works put into it and taken out of it. */
#include <string.h>
#include "base/digest.h"
#include "store/store_private.h"
#include "store/works_private.h"

#define MUCH_TEXT 65536               /* of one field of metadata; more is cut off */

FAIR_SQL(work_put,
    "INSERT INTO work (id, org_id, owner_id, title, collection, path, sha256, bytes, referenced, format, width, height,"
    " orientation, quality, thumb, preview, proof, raw, raw_path, creator, copyright, credit, date, rights_url, licensor,"
    " c2pa, near_id, scheme, added_us, removed_us, search)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,"
    " $24, $25, $26, $27, $28, $29, NULL, $30)");
FAIR_SQL(work_by_id, "SELECT " WORK_COLUMNS " FROM work w WHERE w.org_id = $1 AND w.id = $2");
FAIR_SQL(work_by_sha256, "SELECT " WORK_COLUMNS " FROM work w WHERE w.org_id = $1 AND w.sha256 = $2 AND w.removed_us IS NULL");
FAIR_SQL(work_same, "SELECT id FROM work WHERE org_id = $1 AND sha256 = $2 AND removed_us IS NULL");
FAIR_SQL(work_blobs, "SELECT sha256, referenced, thumb, preview, proof, raw FROM work WHERE org_id = $1 AND id = $2 AND removed_us IS NULL");
FAIR_SQL(work_remove, "UPDATE work SET removed_us = $3 WHERE org_id = $1 AND id = $2 AND removed_us IS NULL");
FAIR_SQL(work_set_raw, "UPDATE work SET raw = $3, raw_path = $4 WHERE org_id = $1 AND id = $2 AND removed_us IS NULL");
FAIR_SQL(work_raw, "SELECT raw FROM work WHERE org_id = $1 AND id = $2 AND removed_us IS NULL");
FAIR_SQL(fingerprint_put, "INSERT INTO work_fingerprint (org_id, work_id, scheme, fingerprint) VALUES ($1, $2, $3, $4)");
FAIR_SQL(work_set_scheme, "UPDATE work SET scheme = $3 WHERE org_id = $1 AND id = $2 AND removed_us IS NULL");
FAIR_SQL(fingerprint_remove, "DELETE FROM work_fingerprint WHERE org_id = $1 AND work_id = $2");
FAIR_SQL(path_of_work_remove, "DELETE FROM work_path WHERE org_id = $1 AND work_id = $2");
FAIR_SQL(path_seen, "SELECT work_id FROM work_path WHERE org_id = $1 AND path_key = $2 AND bytes = $3 AND mtime_us = $4");
FAIR_SQL(path_note,
    "INSERT INTO work_path (org_id, path_key, path, bytes, mtime_us, work_id) VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (org_id, path_key) DO UPDATE SET bytes = excluded.bytes, mtime_us = excluded.mtime_us, work_id = excluded.work_id");
FAIR_SQL(owner_put, "INSERT INTO owner (id, org_id, name, email, created_us) VALUES ($2, $1, $3, $4, $5)");
FAIR_SQL(owners, "SELECT id, name, email, created_us FROM owner WHERE org_id = $1 ORDER BY id");

/* A stranger wrote the metadata of a picture: each field has a bound. */
static fair_str
cut(fair_str s)
{
    return (fair_str){ s.p, s.n > MUCH_TEXT ? MUCH_TEXT : s.n };
}

/* What "search" finds: the fields one below the other, in lower case. */
static fair_str
search_text(struct fair_arena *a, const struct fair_work *w)
{
    const fair_str parts[] = { w->title, w->path, w->creator, w->copyright, w->credit, w->collection };
    struct fair_buf b = FAIR_BUF(a, 16384);

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].n == 0) continue;
        if (b.n > 0) fair_buf_byte(&b, '\n');
        fair_buf_add(&b, (fair_str){ parts[i].p, parts[i].n > 2048 ? 2048 : parts[i].n });
    }
    return b.n > 0 ? fair_fold(a, (fair_str){ b.p, b.n }) : FAIR_STR("");
}

static void
bind_work(struct fair_rows *q, struct fair_arena *a, const struct fair_work *w)
{
    fair_db_int(q, 2, w->id);
    fair_db_id(q, 3, w->owner);
    fair_db_text(q, 4, cut(w->title));
    fair_db_text(q, 5, cut(w->collection));
    fair_db_bytes(q, 6, w->path);
    fair_db_sha256(q, 7, &w->sha256);
    fair_db_int(q, 8, w->bytes);
    fair_db_int(q, 9, w->referenced);
    fair_db_text(q, 10, cut(w->format));
    fair_db_int(q, 11, w->width);
    fair_db_int(q, 12, w->height);
    fair_db_int(q, 13, w->orientation);
    fair_db_int(q, 14, w->quality);
    fair_db_sha256(q, 15, &w->thumb);
    fair_db_sha256(q, 16, &w->preview);
    fair_db_sha256(q, 17, &w->proof);
    fair_db_sha256(q, 18, &w->raw);
    fair_db_bytes(q, 19, w->raw_path);
    fair_db_text(q, 20, cut(w->creator));
    fair_db_text(q, 21, cut(w->copyright));
    fair_db_text(q, 22, cut(w->credit));
    fair_db_text(q, 23, cut(w->date));
    fair_db_text(q, 24, cut(w->rights_url));
    fair_db_text(q, 25, cut(w->licensor));
    fair_db_text(q, 26, cut(w->c2pa));
    fair_db_id(q, 27, w->near);
    fair_db_int(q, 28, w->scheme);
    fair_db_int(q, 29, w->added);
    fair_db_text(q, 30, search_text(a, w));
}

void
fair_work_read(struct fair_rows *q, struct fair_arena *a, bool with_fingerprint, struct fair_work *w)
{
    int c = 0;

    *w = (struct fair_work){ 0 };
    w->id = fair_db_get_int(q, c++);
    w->org = fair_db_get_int(q, c++);
    w->owner = fair_db_get_int(q, c++);
    w->title = fair_db_get_text(q, c++, a);
    w->collection = fair_db_get_text(q, c++, a);
    w->path = fair_db_get_bytes(q, c++, a);
    fair_db_get_sha256(q, c++, &w->sha256);
    w->bytes = fair_db_get_int(q, c++);
    w->referenced = fair_db_get_int(q, c++) != 0;
    w->format = fair_db_get_text(q, c++, a);
    w->width = fair_db_get_int(q, c++);
    w->height = fair_db_get_int(q, c++);
    w->orientation = fair_db_get_int(q, c++);
    w->quality = fair_db_get_int(q, c++);
    fair_db_get_sha256(q, c++, &w->thumb);
    fair_db_get_sha256(q, c++, &w->preview);
    fair_db_get_sha256(q, c++, &w->proof);
    fair_db_get_sha256(q, c++, &w->raw);
    w->raw_path = fair_db_get_bytes(q, c++, a);
    w->creator = fair_db_get_text(q, c++, a);
    w->copyright = fair_db_get_text(q, c++, a);
    w->credit = fair_db_get_text(q, c++, a);
    w->date = fair_db_get_text(q, c++, a);
    w->rights_url = fair_db_get_text(q, c++, a);
    w->licensor = fair_db_get_text(q, c++, a);
    w->c2pa = fair_db_get_text(q, c++, a);
    w->near = fair_db_get_int(q, c++);
    w->scheme = fair_db_get_int(q, c++);
    w->added = fair_db_get_int(q, c++);
    w->removed = fair_db_get_int(q, c++);
    if (with_fingerprint) w->fingerprint = fair_db_get_bytes(q, c++, a);
}

static fair_status
hold_blobs(const struct fair_desk *d, const struct fair_work *w, struct fair_err *err)
{
    const struct fair_sha256 *all[] = { &w->sha256, &w->thumb, &w->preview, &w->proof, &w->raw };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) FAIR_TRY(fair_stone_none(d, all[i], err));
    if (!w->referenced) FAIR_TRY(fair_blob_hold(d, &w->sha256, w->bytes, err));
    FAIR_TRY(fair_blob_hold(d, &w->thumb, 0, err));
    FAIR_TRY(fair_blob_hold(d, &w->preview, 0, err));
    FAIR_TRY(fair_blob_hold(d, &w->proof, 0, err));
    return fair_blob_hold(d, &w->raw, 0, err);
}

static fair_status
is_registered(const struct fair_desk *d, const struct fair_sha256 *sha, fair_id *same, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *same = 0;
    FAIR_TRY(fair_desk_query(d, &work_same, &q, err));
    fair_db_sha256(q, 2, sha);
    s = fair_db_step(q, err);
    if (s == FAIR_OK) *same = fair_db_get_int(q, 0);
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_work_add(const struct fair_desk *d, struct fair_work *w, fair_id *same, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_work x = *w;
    fair_id known;

    if (fair_sha256_none(&x.sha256)) return fair_fail(err, FAIR_INVALID, "a work needs the hash of its original");
    if (x.id == 0) x.id = fair_id_new();
    if (x.added == 0) x.added = fair_now();
    if (x.orientation == 0) x.orientation = 1;
    x.org = d->org;
    x.removed = 0;
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(is_registered(d, &x.sha256, &known, err));
    if (same != NULL) *same = known;
    if (known != 0) return fair_fail(err, FAIR_CONFLICT, "these bytes are registered already, as work %lld", (long long)known);
    FAIR_TRY(fair_desk_query(d, &work_put, &q, err));
    bind_work(q, a, &x);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    if (x.fingerprint.n > 0) {
        FAIR_TRY(fair_desk_query(d, &fingerprint_put, &q, err));
        fair_db_int(q, 2, x.id);
        fair_db_int(q, 3, x.scheme);
        fair_db_bytes(q, 4, x.fingerprint);
        FAIR_TRY(fair_db_run(q, err));
        fair_rows_free(&q);
    }
    FAIR_TRY(hold_blobs(d, &x, err));
    FAIR_TRY(fair_work_added(d, &x, err));
    FAIR_TRY(fair_txn_end(&t, err));
    *w = x;
    return FAIR_OK;
}

static fair_status
get_one(struct fair_rows *q, struct fair_arena *a, struct fair_work *out, struct fair_err *err)
{
    fair_status s = fair_db_step(q, err);
    if (s == FAIR_OK) fair_work_read(q, a, false, out);
    return s;
}

fair_status
fair_store_work_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_work *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &work_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = get_one(q, a, out, err);
    return s == FAIR_DONE ? fair_fail(err, FAIR_NOT_FOUND, "no work %lld", (long long)id) : s;
}

fair_status
fair_store_work_by_sha256(const struct fair_desk *d, const struct fair_sha256 *sha, struct fair_arena *a, struct fair_work *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &work_by_sha256, &q, err));
    fair_db_sha256(q, 2, sha);
    s = get_one(q, a, out, err);
    return s == FAIR_DONE ? fair_fail(err, FAIR_NOT_FOUND, "no work has these bytes") : s;
}

fair_status
fair_store_work_path_seen(const struct fair_desk *d, fair_str path, int64_t bytes, fair_time mtime, fair_id *work, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 key = fair_key_of(path);
    fair_status s;

    *work = 0;
    FAIR_TRY(fair_desk_query(d, &path_seen, &q, err));
    fair_db_sha256(q, 2, &key);
    fair_db_int(q, 3, bytes);
    fair_db_int(q, 4, mtime);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "not registered as it is now");
    if (s != FAIR_OK) return s;
    *work = fair_db_get_int(q, 0);
    return FAIR_OK;
}

fair_status
fair_store_work_path_note(const struct fair_desk *d, fair_str path, int64_t bytes, fair_time mtime, fair_id work, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 key = fair_key_of(path);

    FAIR_TRY(fair_desk_query(d, &path_note, &q, err));
    fair_db_sha256(q, 2, &key);
    fair_db_bytes(q, 3, path.p == NULL ? FAIR_STR("") : path);
    fair_db_int(q, 4, bytes);
    fair_db_int(q, 5, mtime);
    fair_db_int(q, 6, work);
    return fair_db_run(q, err);
}

fair_status
fair_store_work_set_fingerprint(const struct fair_desk *d, fair_id work, int64_t scheme, fair_str packed, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &work_set_scheme, &q, err));
    fair_db_int(q, 2, work);
    fair_db_int(q, 3, scheme);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_NOT_FOUND, "no work %lld", (long long)work);
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &fingerprint_remove, &q, err));
    fair_db_int(q, 2, work);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &fingerprint_put, &q, err));
    fair_db_int(q, 2, work);
    fair_db_int(q, 3, scheme);
    fair_db_bytes(q, 4, packed);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    return fair_txn_end(&t, err);
}

fair_status
fair_store_work_set_raw(const struct fair_desk *d, fair_id work, const struct fair_sha256 *raw, fair_str raw_path, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 was;
    fair_status s;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &work_raw, &q, err));
    fair_db_int(q, 2, work);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no work %lld", (long long)work);
    if (s != FAIR_OK) return s;
    fair_db_get_sha256(q, 0, &was);
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &work_set_raw, &q, err));
    fair_db_int(q, 2, work);
    fair_db_sha256(q, 3, raw);
    fair_db_bytes(q, 4, raw_path);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    if (!fair_sha256_eq(&was, raw)) {
        FAIR_TRY(fair_stone_none(d, raw, err));
        FAIR_TRY(fair_blob_hold(d, raw, 0, err));
        FAIR_TRY(fair_blob_let_go(d, &was, err));
    }
    return fair_txn_end(&t, err);
}

fair_status
fair_store_work_remove(const struct fair_desk *d, fair_id id, fair_time now, struct fair_err *err)
{
    static const struct fair_sql *const leave[] = { &fingerprint_remove, &path_of_work_remove };
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 blobs[5];
    fair_status s;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &work_blobs, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no work %lld", (long long)id);
    if (s != FAIR_OK) return s;
    fair_db_get_sha256(q, 0, &blobs[0]);
    if (fair_db_get_int(q, 1) != 0) memset(&blobs[0], 0, sizeof blobs[0]);
    for (int i = 1; i < 5; i++) fair_db_get_sha256(q, i + 1, &blobs[i]);
    fair_rows_free(&q);
    for (int i = 0; i < 5; i++) FAIR_TRY(fair_blob_let_go(d, &blobs[i], err));
    for (size_t i = 0; i < sizeof leave / sizeof *leave; i++) {
        FAIR_TRY(fair_desk_query(d, leave[i], &q, err));
        fair_db_int(q, 2, id);
        FAIR_TRY(fair_db_run(q, err));
        fair_rows_free(&q);
    }
    FAIR_TRY(fair_desk_query(d, &work_remove, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_work_removed(d, id, now, err));
    FAIR_TRY(fair_audit(d, now, "work.remove", id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_owner_add(const struct fair_desk *d, struct fair_owner *o, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_owner x = *o;

    if (fair_str_trim(x.name).n == 0) return fair_fail(err, FAIR_INVALID, "an owner needs a name");
    if (x.id == 0) x.id = fair_id_new();
    if (x.created == 0) x.created = fair_now();
    FAIR_TRY(fair_desk_query(d, &owner_put, &q, err));
    fair_db_int(q, 2, x.id);
    fair_db_text(q, 3, x.name);
    fair_db_text(q, 4, x.email);
    fair_db_int(q, 5, x.created);
    FAIR_TRY(fair_db_run(q, err));
    *o = x;
    return FAIR_OK;
}

fair_status
fair_store_owners(const struct fair_desk *d, FAIR_EACH(fair_owner), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &owners, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_owner o;
        fair_arena_clear(a);
        o = (struct fair_owner){ fair_db_get_int(q, 0), fair_db_get_text(q, 1, a), fair_db_get_text(q, 2, a), fair_db_get_int(q, 3) };
        FAIR_TRY(each(arg, &o, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}
