/* answers.c - recipients' answers and links, as rows. */
#include "store/answer_rows.h"
#include "store/store_private.h"

#define ANSWER_COLUMNS "id, notice_id, case_id, name, action, receipt, sealed, at_us, taken_us, moved, refused, read_us, read_by"

FAIR_SQL(answer_known, "SELECT id FROM portal_answer WHERE org_id = $1 AND notice_id = $2 AND name = $3");
FAIR_SQL(answer_put,
    "INSERT INTO portal_answer (id, org_id, notice_id, case_id, name, action, receipt, sealed, at_us, taken_us)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10)");
FAIR_SQL(answer_settle, "UPDATE portal_answer SET moved = $3, refused = $4 WHERE org_id = $1 AND id = $2");
FAIR_SQL(answer_by_id, "SELECT " ANSWER_COLUMNS " FROM portal_answer WHERE org_id = $1 AND id = $2");
FAIR_SQL(answer_read, "UPDATE portal_answer SET read_us = $3, read_by = $4 WHERE org_id = $1 AND id = $2 AND read_us IS NULL");
FAIR_SQL(answers_of_case, "SELECT " ANSWER_COLUMNS " FROM portal_answer WHERE org_id = $1 AND case_id = $2 ORDER BY id LIMIT $3 OFFSET $4");
FAIR_SQL(answers_unread, "SELECT " ANSWER_COLUMNS " FROM portal_answer WHERE org_id = $1 AND read_us IS NULL ORDER BY id LIMIT $2 OFFSET $3");
FAIR_SQL(portal_link_put,
    "INSERT INTO portal_link (org_id, notice_id, secret, made_us, expires_us, why) VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (org_id, secret) DO UPDATE SET expires_us = excluded.expires_us");
FAIR_SQL(portal_links_renewed, "SELECT count(*) FROM portal_link WHERE org_id = $1 AND notice_id = $2 AND why = 'renewed' AND made_us >= $3");

static void
answer_row(struct fair_rows *q, struct fair_arena *a, struct fair_portal_answer *x)
{
    *x = (struct fair_portal_answer){
        .id = fair_db_get_int(q, 0), .notice = fair_db_get_int(q, 1), .case_id = fair_db_get_int(q, 2), .name = fair_db_get_text(q, 3, a),
        .action = fair_db_get_text(q, 4, a), .receipt = fair_db_get_text(q, 5, a), .at = fair_db_get_int(q, 7), .taken = fair_db_get_int(q, 8),
        .moved = fair_db_get_text(q, 9, a), .refused = fair_db_get_text(q, 10, a), .read = fair_db_get_int(q, 11), .reader = fair_db_get_int(q, 12),
    };
    fair_db_get_sha256(q, 6, &x->sealed);
}

fair_status
fair_store_answer_put(const struct fair_desk *d, struct fair_portal_answer *x, int64_t bytes, bool *fresh, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &answer_known, &q, err));
    fair_db_int(q, 2, x->notice);
    fair_db_text(q, 3, x->name);
    s = fair_db_step(q, err);
    *fresh = s == FAIR_DONE;
    if (s == FAIR_OK) x->id = fair_db_get_int(q, 0);
    if (s == FAIR_OK) return fair_txn_end(&t, err);
    if (s != FAIR_DONE) return s;
    fair_rows_free(&q);
    x->id = fair_id_new();
    FAIR_TRY(fair_desk_query(d, &answer_put, &q, err));
    fair_db_int(q, 2, x->id);
    fair_db_int(q, 3, x->notice);
    fair_db_int(q, 4, x->case_id);
    fair_db_text(q, 5, x->name);
    fair_db_text(q, 6, x->action);
    fair_db_text(q, 7, x->receipt);
    fair_db_sha256(q, 8, &x->sealed);
    fair_db_int(q, 9, x->at);
    fair_db_int(q, 10, x->taken);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_blob_hold(d, &x->sealed, bytes, err));
    FAIR_TRY(fair_audit(d, x->taken, "portal.answer", x->id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_answer_settle(const struct fair_desk *d, fair_id id, fair_str moved, fair_str refused, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &answer_settle, &q, err));
    fair_db_int(q, 2, id);
    fair_db_text(q, 3, moved);
    fair_db_text(q, 4, refused);
    return fair_db_run(q, err);
}

fair_status
fair_store_answer_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_portal_answer *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &answer_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no answer %lld", (long long)id);
    if (s != FAIR_OK) return s;
    answer_row(q, a, out);
    return FAIR_OK;
}

fair_status
fair_store_answer_read(const struct fair_desk *d, fair_id id, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &answer_read, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    fair_db_int(q, 4, d->user);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_audit(d, now, "portal.read", id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_answers(const struct fair_desk *d, fair_id case_id, struct fair_page page, FAIR_EACH(fair_portal_answer), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    int at = 2;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, case_id != 0 ? &answers_of_case : &answers_unread, &q, err));
    if (case_id != 0) fair_db_int(q, at++, case_id);
    fair_db_int(q, at++, fair_page_limit(page));
    fair_db_int(q, at, fair_page_offset(page));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_portal_answer x;
        fair_arena_clear(a);
        answer_row(q, a, &x);
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_portal_link_put(const struct fair_desk *d, fair_id notice, const struct fair_sha256 *secret, fair_time now, fair_time expires, const char *why,
                           struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &portal_link_put, &q, err));
    fair_db_int(q, 2, notice);
    fair_db_sha256(q, 3, secret);
    fair_db_int(q, 4, now);
    fair_db_int(q, 5, expires);
    fair_db_text(q, 6, fair_str_of(why));
    return fair_db_run(q, err);
}

fair_status
fair_store_portal_links_renewed(const struct fair_desk *d, fair_id notice, fair_time since, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &portal_links_renewed, &q, err));
    fair_db_int(q, 2, notice);
    fair_db_int(q, 3, since);
    FAIR_TRY(fair_db_step(q, err));
    *n = fair_db_get_int(q, 0);
    return FAIR_OK;
}
