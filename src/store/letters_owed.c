/* letters_owed.c - letters that moves owe recipients: written down with the move, tried until they are out (I11). */
#include <string.h>
#include "store/case_private.h"

enum { FIRST_RETRY_S = 300, LAST_RETRY_S = 6 * 3600, ERROR_BYTES = 1000 };

#define OWED_COLUMNS "o.id, o.case_id, o.seq, o.step, o.asked_us, o.next_us, o.tries, o.notice_id, o.done_us, o.how, o.error, c.operator, c.state"
#define OWED_FROM " FROM letter_owed o JOIN case_file c ON c.org_id = o.org_id AND c.id = o.case_id"

FAIR_SQL(owed_put,
    "INSERT INTO letter_owed (id, org_id, case_id, seq, step, asked_us, next_us, tries) VALUES ($2, $1, $3, $4, $5, $6, $6, 0)"
    " ON CONFLICT (org_id, case_id, seq, step) DO NOTHING");
FAIR_SQL(owed_by_id, "SELECT " OWED_COLUMNS OWED_FROM " WHERE o.org_id = $1 AND o.id = $2");
FAIR_SQL(owed_open, "SELECT " OWED_COLUMNS OWED_FROM " WHERE o.org_id = $1 AND o.done_us IS NULL AND (CAST($2 AS BIGINT) IS NULL OR o.case_id = $2) ORDER BY o.id LIMIT $3 OFFSET $4");
FAIR_SQL_ALL(owed_due, "SELECT o.org_id, o.id FROM letter_owed o WHERE o.next_us <= $1 AND o.done_us IS NULL ORDER BY o.next_us, o.id LIMIT 100");
FAIR_SQL_ALL(owed_wake, "UPDATE letter_owed SET next_us = $1 WHERE done_us IS NULL AND tries > 0 AND next_us > $1");
FAIR_SQL(owed_drafted, "UPDATE letter_owed SET notice_id = $3 WHERE org_id = $1 AND id = $2");
FAIR_SQL(owed_failed, "UPDATE letter_owed SET tries = tries + 1, next_us = $3, error = $4 WHERE org_id = $1 AND id = $2 AND done_us IS NULL");
FAIR_SQL(owed_not_needed, "UPDATE letter_owed SET done_us = $3, how = 'not_needed', error = $4 WHERE org_id = $1 AND id = $2 AND done_us IS NULL");
FAIR_SQL(owed_sent, "UPDATE letter_owed SET done_us = $4, how = 'sent', error = NULL, notice_id = $5 WHERE org_id = $1 AND case_id = $2 AND step = $3 AND done_us IS NULL");
FAIR_SQL(owed_lately, "SELECT count(*) FROM letter_owed o WHERE o.org_id = $1 AND o.case_id = $2 AND o.step = $3 AND o.how = 'sent' AND o.done_us >= $4");
FAIR_SQL(owed_soon, "UPDATE letter_owed SET next_us = $3 WHERE org_id = $1 AND id = $2 AND done_us IS NULL AND next_us > $3");

static void
read_owed(struct fair_rows *q, struct fair_arena *a, struct fair_letter_owed *x)
{
    *x = (struct fair_letter_owed){ .id = fair_db_get_int(q, 0), .case_id = fair_db_get_int(q, 1), .seq = fair_db_get_int(q, 2), .step = fair_db_get_text(q, 3, a),
        .asked = fair_db_get_int(q, 4), .next = fair_db_get_int(q, 5), .tries = fair_db_get_int(q, 6), .notice = fair_db_get_int(q, 7), .done = fair_db_get_int(q, 8),
        .how = fair_db_get_text(q, 9, a), .error = fair_db_get_text(q, 10, a), .operator = fair_db_get_text(q, 11, a), .state = fair_db_get_text(q, 12, a) };
}

static fair_status
ask_job(const struct fair_desk *d, fair_id id, fair_time at, struct fair_err *err)
{
    const struct fair_desk ours = { d->st, d->org, 0 };          /* nobody's: it is made from the records */
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    return fair_store_job_ask(&ours, "letter", fair_str_fmt(a, "letter %lld", (long long)id), fair_str_fmt(a, "{\"owed\":%lld}", (long long)id), at, err);
}

fair_status
fair_store_letter_owe(const struct fair_desk *d, fair_id case_id, int64_t seq, fair_str step, fair_time at, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_id id = fair_id_new();

    FAIR_TRY(fair_desk_query(d, &owed_put, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, case_id);
    fair_db_int(q, 4, seq);
    fair_db_text(q, 5, step);
    fair_db_int(q, 6, at);
    FAIR_TRY(fair_db_run(q, err));
    return fair_db_changes(q) == 1 ? ask_job(d, id, at, err) : FAIR_OK;
}

fair_status
fair_letters_follow(const struct fair_desk *d, const struct fair_case_act *x, const struct fair_event_row *row, const struct fair_course *was, const struct fair_course *now,
                    struct fair_err *err)
{
    const fair_str about = FAIR_STR("what: ");           /* as the portal's answers begin (work/portal_move.c) */
    fair_str steps[FAIR_OWED_LETTERS], rest = x->note, line = { NULL, 0 };
    size_t n;

    if (fair_str_split(&rest, '\n', &line) && fair_str_starts(line, about)) line = (fair_str){ line.p + about.n, line.n - about.n };
    n = fair_cases_owed(was, &row->e, now, line, steps);
    for (size_t i = 0; i < n; i++) FAIR_TRY(fair_store_letter_owe(d, x->case_id, row->seq, steps[i], row->e.at, err));
    if (row->e.move == FAIR_DO_LETTER && x->notice != 0) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        FAIR_AUTO(rows) struct fair_rows *q = NULL;
        struct fair_notice sent;
        FAIR_TRY(fair_store_notice_get(d, x->notice, a, &sent, err));
        FAIR_TRY(fair_desk_query(d, &owed_sent, &q, err));
        fair_db_int(q, 2, x->case_id);
        fair_db_text(q, 3, sent.step);
        fair_db_int(q, 4, row->e.at);
        fair_db_int(q, 5, x->notice);
        return fair_db_run(q, err);
    }
    return FAIR_OK;
}

fair_status
fair_store_letter_owed_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_letter_owed *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &owed_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no letter owed %lld", (long long)id);
    if (s == FAIR_OK) read_owed(q, a, out);
    return s;
}

fair_status
fair_store_letters_owed(const struct fair_desk *d, fair_id case_id, struct fair_page page, FAIR_EACH(fair_letter_owed), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &owed_open, &q, err));
    fair_db_id(q, 2, case_id);
    fair_db_int(q, 3, fair_page_limit(page));
    fair_db_int(q, 4, fair_page_offset(page));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_letter_owed x;
        fair_arena_clear(a);
        read_owed(q, a, &x);
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_letter_drafted(const struct fair_desk *d, fair_id id, fair_id notice, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &owed_drafted, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, notice);
    return fair_db_run(q, err);
}

fair_status
fair_store_letter_failed(const struct fair_desk *d, const struct fair_letter_owed *x, fair_str why, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    int64_t pause = FIRST_RETRY_S;

    for (int64_t i = 0; i < x->tries && pause < LAST_RETRY_S; i++) pause *= 2;
    if (pause > LAST_RETRY_S) pause = LAST_RETRY_S;
    FAIR_TRY(fair_desk_query(d, &owed_failed, &q, err));
    fair_db_int(q, 2, x->id);
    fair_db_int(q, 3, now + pause * FAIR_SECOND);
    fair_db_text(q, 4, (fair_str){ why.p, why.n > ERROR_BYTES ? ERROR_BYTES : why.n });
    return fair_db_run(q, err);
}

fair_status
fair_store_letter_not_needed(const struct fair_desk *d, fair_id id, fair_str why, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &owed_not_needed, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    fair_db_text(q, 4, why);
    return fair_db_run(q, err);
}

fair_status
fair_store_letter_lately(const struct fair_desk *d, fair_id case_id, fair_str step, fair_time since, bool *lately, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &owed_lately, &q, err));
    fair_db_int(q, 2, case_id);
    fair_db_text(q, 3, step);
    fair_db_int(q, 4, since);
    FAIR_TRY(fair_db_step(q, err));
    *lately = fair_db_get_int(q, 0) > 0;
    return FAIR_OK;
}

fair_status
fair_store_letter_soon(const struct fair_desk *d, fair_id id, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &owed_soon, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    FAIR_TRY(fair_db_run(q, err));
    return ask_job(d, id, now, err);
}

fair_status
fair_store_letters_due(struct fair_store *st, fair_time now, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct { fair_id org, id; } due[100];
    size_t n_due = 0;
    fair_status s;

    *n = 0;
    FAIR_TRY(fair_store_query(st, &owed_due, &q, err));
    fair_db_int(q, 1, now);
    while ((s = fair_db_step(q, err)) == FAIR_OK && n_due < sizeof due / sizeof *due) {
        due[n_due].org = fair_db_get_int(q, 0);
        due[n_due++].id = fair_db_get_int(q, 1);
    }
    if (s != FAIR_OK && s != FAIR_DONE) return s;
    fair_rows_free(&q);
    for (size_t i = 0; i < n_due; i++) {
        const struct fair_desk d = { st, due[i].org, 0 };
        FAIR_TRY(ask_job(&d, due[i].id, now, err));
        ++*n;
    }
    return FAIR_OK;
}

fair_status
fair_store_letters_owed_wake(struct fair_store *st, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_store_query(st, &owed_wake, &q, err));
    fair_db_int(q, 1, now);
    return fair_db_run(q, err);
}
