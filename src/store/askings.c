/* askings.c - what people ask about their data, with the day it is to be answered by; and who looked at whose data. */
#include <string.h>
#include "store/case_private.h"
#include "store/person_rows.h"

enum { WORDS_BYTES = 8000 };

FAIR_SQL(asking_put, "INSERT INTO request (id, org_id, case_id, kind, who, words, at_us, due_us) VALUES ($2, $1, $3, $4, $5, $6, $7, $8)");
FAIR_SQL(asking_answer, "UPDATE request SET answered_us = $3, answered_by = $4, answer = $5 WHERE org_id = $1 AND id = $2 AND answered_us IS NULL");
FAIR_SQL(askings,
    "SELECT id, case_id, kind, who, words, at_us, due_us, answered_us, answered_by, answer FROM request WHERE org_id = $1 AND ($2 = 1 OR answered_us IS NULL) ORDER BY due_us, id");
FAIR_SQL(access_put, "INSERT INTO access (id, org_id, account_id, at_us, how, what, subject, why) VALUES ($2, $1, $3, $4, $5, $6, $7, $8)");
FAIR_SQL(accesses,
    "SELECT x.id, x.account_id, x.subject, COALESCE(NULLIF(u.name, ''), u.email), x.how, x.what, x.why, x.at_us FROM access x LEFT JOIN account u ON u.org_id = x.org_id AND u.id = x.account_id"
    " WHERE x.org_id = $1 AND ($2 = 0 OR x.account_id = $2) AND ($3 = 0 OR x.subject = $3) ORDER BY x.id DESC LIMIT $4 OFFSET $5");

fair_time
fair_month_later(fair_time t)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int y, m, d, last;

    fair_date_split((int32_t)(t / FAIR_DAY), &y, &m, &d);
    if (++m > 12) m = 1, y++;
    last = days[m - 1] + (m == 2 && ((y % 4 == 0 && y % 100 != 0) || y % 400 == 0));
    return fair_date_of(y, m, d < last ? d : last) * FAIR_DAY + t % FAIR_DAY;
}

fair_status
fair_store_asking_put(const struct fair_desk *d, struct fair_asking *x, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    if (!fair_is(x->kind, "data") && !fair_is(x->kind, "complaint")) return fair_fail(err, FAIR_INVALID, "a request is about data, or a complaint");
    x->who = fair_str_trim(x->who);
    if (x->case_id == 0 && x->who.n == 0) return fair_fail(err, FAIR_INVALID, "say who asks, or about which case");
    if (x->who.n > 320 || x->words.n > WORDS_BYTES) return fair_fail(err, FAIR_INVALID, "who asks is over 320 bytes, or what is asked over %d", WORDS_BYTES);
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    x->id = fair_id_new();
    x->due = fair_month_later(x->at);
    FAIR_TRY(fair_audit(d, x->at, "privacy.asked", x->id, FAIR_STR("{}"), err));
    FAIR_TRY(fair_desk_query(d, &asking_put, &q, err));
    fair_db_int(q, 2, x->id);
    fair_db_id(q, 3, x->case_id);
    fair_db_text(q, 4, x->kind);
    fair_db_text(q, 5, x->who.n > 0 ? x->who : (fair_str){ NULL, 0 });
    fair_db_text(q, 6, x->words);
    fair_db_int(q, 7, x->at);
    fair_db_int(q, 8, x->due);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    return fair_txn_end(&t, err);
}

fair_status
fair_store_asking_answer(const struct fair_desk *d, fair_id id, fair_str how, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    how = fair_str_trim(how);
    if (how.n == 0 || how.n > WORDS_BYTES) return fair_fail(err, FAIR_INVALID, "say how it was answered, in at most %d bytes", WORDS_BYTES);
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &asking_answer, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    fair_db_int(q, 4, d->user);
    fair_db_text(q, 5, how);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_NOT_FOUND, "no request %lld waits for an answer", (long long)id);
    fair_rows_free(&q);
    FAIR_TRY(fair_audit(d, now, "privacy.answered", id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_askings(const struct fair_desk *d, bool all, FAIR_EACH(fair_asking), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &askings, &q, err));
    fair_db_int(q, 2, all);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_asking x;
        fair_arena_clear(a);
        x = (struct fair_asking){ .id = fair_db_get_int(q, 0), .case_id = fair_db_get_int(q, 1), .kind = fair_db_get_text(q, 2, a), .who = fair_db_get_text(q, 3, a), .words = fair_db_get_text(q, 4, a),
                                  .at = fair_db_get_int(q, 5), .due = fair_db_get_int(q, 6), .answered = fair_db_get_int(q, 7), .answered_by = fair_db_get_int(q, 8), .answer = fair_db_get_text(q, 9, a) };
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* ---- who looked ---------------------------------------------------------------------------------------------------------- */

fair_status
fair_store_access_put(const struct fair_desk *d, const char *how, fair_str what, fair_id subject, fair_str why, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &access_put, &q, err));
    fair_db_int(q, 2, fair_id_new());
    fair_db_int(q, 3, d->user);
    fair_db_int(q, 4, now);
    fair_db_text(q, 5, fair_str_of(how));
    fair_db_text(q, 6, what);
    fair_db_int(q, 7, subject);
    fair_db_text(q, 8, why.n > 0 ? why : (fair_str){ NULL, 0 });
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    return fair_txn_end(&t, err);
}

fair_status
fair_store_accesses(const struct fair_desk *d, const struct fair_access_filter *f, FAIR_EACH(fair_access), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &accesses, &q, err));
    fair_db_int(q, 2, f->user);
    fair_db_int(q, 3, f->subject);
    fair_db_int(q, 4, fair_page_limit(f->page));
    fair_db_int(q, 5, fair_page_offset(f->page));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_access x;
        fair_arena_clear(a);
        x = (struct fair_access){ .id = fair_db_get_int(q, 0), .user = fair_db_get_int(q, 1), .subject = fair_db_get_int(q, 2), .user_name = fair_db_get_text(q, 3, a), .how = fair_db_get_text(q, 4, a),
                                  .what = fair_db_get_text(q, 5, a), .why = fair_db_get_text(q, 6, a), .at = fair_db_get_int(q, 7) };
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}
