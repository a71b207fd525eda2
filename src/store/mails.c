/* mails.c - mails that came in, as rows. */
#include "store/mail_rows.h"
#include "store/store_private.h"

#define MAIL_COLUMNS "id, box, validity, uid, kind, message_id, sender, subject, matched_by, same_address, notice_id, case_id, moved, refused," \
    " sealed, bytes, cut, at_us, taken_us, read_us, read_by"

FAIR_SQL_ALL(mail_known, "SELECT id FROM mail_in WHERE box = $1 AND validity = $2 AND uid = $3");
FAIR_SQL(mail_put,
    "INSERT INTO mail_in (id, org_id, box, validity, uid, kind, message_id, sender, subject, matched_by, same_address, notice_id, case_id, sealed, bytes, cut, at_us, taken_us)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)");
FAIR_SQL(mail_settle, "UPDATE mail_in SET moved = $3, refused = $4 WHERE org_id = $1 AND id = $2");
FAIR_SQL(mail_by_id, "SELECT " MAIL_COLUMNS " FROM mail_in WHERE org_id = $1 AND id = $2");
FAIR_SQL(mail_read, "UPDATE mail_in SET read_us = $3, read_by = $4 WHERE org_id = $1 AND id = $2 AND read_us IS NULL");
FAIR_SQL(mails_of_case, "SELECT " MAIL_COLUMNS " FROM mail_in WHERE org_id = $1 AND case_id = $2 ORDER BY id LIMIT $3 OFFSET $4");
FAIR_SQL(mails_unread, "SELECT " MAIL_COLUMNS " FROM mail_in WHERE org_id = $1 AND read_us IS NULL ORDER BY id LIMIT $2 OFFSET $3");
FAIR_SQL_ALL(mail_newest, "SELECT max(uid) FROM mail_in WHERE box = $1 AND validity = $2");

static void
mail_row(struct fair_rows *q, struct fair_arena *a, struct fair_mail_in *x)
{
    *x = (struct fair_mail_in){
        .id = fair_db_get_int(q, 0), .box = fair_db_get_text(q, 1, a), .validity = fair_db_get_int(q, 2), .uid = fair_db_get_int(q, 3),
        .kind = fair_db_get_text(q, 4, a), .message_id = fair_db_get_text(q, 5, a), .sender = fair_db_get_text(q, 6, a),
        .subject = fair_db_get_text(q, 7, a), .matched_by = fair_db_get_text(q, 8, a), .same_address = fair_db_get_int(q, 9) != 0,
        .notice = fair_db_get_int(q, 10), .case_id = fair_db_get_int(q, 11), .moved = fair_db_get_text(q, 12, a), .refused = fair_db_get_text(q, 13, a),
        .bytes = fair_db_get_int(q, 15), .cut = fair_db_get_int(q, 16) != 0, .at = fair_db_get_int(q, 17), .taken = fair_db_get_int(q, 18),
        .read = fair_db_get_int(q, 19), .reader = fair_db_get_int(q, 20),
    };
    fair_db_get_sha256(q, 14, &x->sealed);
}

static fair_status
known(const struct fair_desk *d, const struct fair_mail_in *x, fair_id *id, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_store_query(d->st, &mail_known, &q, err));
    fair_db_text(q, 1, x->box);
    fair_db_int(q, 2, x->validity);
    fair_db_int(q, 3, x->uid);
    s = fair_db_step(q, err);
    if (s == FAIR_OK) *id = fair_db_get_int(q, 0);
    return s;
}

fair_status
fair_store_mail_put(const struct fair_desk *d, struct fair_mail_in *x, bool *fresh, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    s = known(d, x, &x->id, err);
    *fresh = s == FAIR_DONE;
    if (s == FAIR_OK) return fair_txn_end(&t, err);
    if (s != FAIR_DONE) return s;
    x->id = fair_id_new();
    FAIR_TRY(fair_desk_query(d, &mail_put, &q, err));
    fair_db_int(q, 2, x->id);
    fair_db_text(q, 3, x->box);
    fair_db_int(q, 4, x->validity);
    fair_db_int(q, 5, x->uid);
    fair_db_text(q, 6, x->kind);
    fair_db_text(q, 7, x->message_id);
    fair_db_text(q, 8, x->sender);
    fair_db_text(q, 9, x->subject);
    fair_db_text(q, 10, x->matched_by);
    fair_db_int(q, 11, x->same_address);
    fair_db_id(q, 12, x->notice);
    fair_db_id(q, 13, x->case_id);
    fair_db_sha256(q, 14, &x->sealed);
    fair_db_int(q, 15, x->bytes);
    fair_db_int(q, 16, x->cut);
    fair_db_int(q, 17, x->at);
    fair_db_int(q, 18, x->taken);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_blob_hold(d, &x->sealed, x->bytes, err));
    FAIR_TRY(fair_audit(d, x->taken, "mail.in", x->id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_mail_settle(const struct fair_desk *d, fair_id id, fair_str moved, fair_str refused, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &mail_settle, &q, err));
    fair_db_int(q, 2, id);
    fair_db_text(q, 3, moved);
    fair_db_text(q, 4, refused);
    return fair_db_run(q, err);
}

fair_status
fair_store_mail_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_mail_in *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &mail_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no mail %lld", (long long)id);
    if (s != FAIR_OK) return s;
    mail_row(q, a, out);
    return FAIR_OK;
}

fair_status
fair_store_mail_read(const struct fair_desk *d, fair_id id, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &mail_read, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    fair_db_int(q, 4, d->user);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_audit(d, now, "mail.read", id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_mails(const struct fair_desk *d, fair_id case_id, struct fair_page page, FAIR_EACH(fair_mail_in), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    int at = 2;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, case_id != 0 ? &mails_of_case : &mails_unread, &q, err));
    if (case_id != 0) fair_db_int(q, at++, case_id);
    fair_db_int(q, at++, fair_page_limit(page));
    fair_db_int(q, at, fair_page_offset(page));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_mail_in x;
        fair_arena_clear(a);
        mail_row(q, a, &x);
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_mail_newest(struct fair_store *st, fair_str box, int64_t validity, int64_t *uid, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_store_query(st, &mail_newest, &q, err));
    fair_db_text(q, 1, box);
    fair_db_int(q, 2, validity);
    FAIR_TRY(fair_db_step(q, err));
    *uid = fair_db_get_int(q, 0);
    return FAIR_OK;
}
