/* probes.c - what probes found of the installation's verification page and of its mail (G17): rows with their time, of nobody's word. */
#include "store/case_private.h"

#define PROBE_COLUMNS "p.id, p.what, p.subject, p.code, p.at_us, p.done_us, p.passed, p.words"
FAIR_SQL_ALL(probe_put, "INSERT INTO probe (id, org_id, what, subject, code, at_us, passed) VALUES ($1, 0, $2, $3, $4, $5, 0)");
FAIR_SQL_ALL(probe_settle, "UPDATE probe SET done_us = $2, passed = $3, words = $4 WHERE id = $1 AND done_us IS NULL");
FAIR_SQL_ALL(probe_newest, "SELECT " PROBE_COLUMNS " FROM probe p WHERE p.what = $1 AND p.done_us IS NOT NULL ORDER BY p.id DESC LIMIT 1");
FAIR_SQL_ALL(probe_begun, "SELECT " PROBE_COLUMNS " FROM probe p WHERE p.what = $1 ORDER BY p.id DESC LIMIT 1");
FAIR_SQL_ALL(probe_by_code, "SELECT " PROBE_COLUMNS " FROM probe p WHERE p.code = $1");
FAIR_SQL_ALL(probe_forget, "DELETE FROM probe WHERE at_us < $1");

static fair_status
one_probe(struct fair_store *st, const struct fair_sql *sql, fair_str by, struct fair_arena *a, struct fair_probe *x, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *x = (struct fair_probe){ 0 };
    FAIR_TRY(fair_store_query(st, sql, &q, err));
    fair_db_text(q, 1, by);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no such probe");
    if (s != FAIR_OK) return s;
    *x = (struct fair_probe){ .id = fair_db_get_int(q, 0), .what = fair_db_get_text(q, 1, a), .subject = fair_db_get_text(q, 2, a), .code = fair_db_get_text(q, 3, a),
                              .at = fair_db_get_int(q, 4), .done = fair_db_get_int(q, 5), .passed = fair_db_get_int(q, 6) != 0, .words = fair_db_get_text(q, 7, a) };
    return FAIR_OK;
}

fair_status
fair_store_probe_put(struct fair_store *st, struct fair_probe *x, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    x->id = fair_id_new();
    /* A month of them is enough to see how it went. */
    FAIR_TRY(fair_store_query(st, &probe_forget, &q, err));
    fair_db_int(q, 1, x->at - 31 * FAIR_DAY);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_store_query(st, &probe_put, &q, err));
    fair_db_int(q, 1, x->id);
    fair_db_text(q, 2, x->what);
    fair_db_text(q, 3, x->subject);
    fair_db_text(q, 4, x->code);
    fair_db_int(q, 5, x->at);
    return fair_db_run(q, err);
}

fair_status
fair_store_probe_settle(struct fair_store *st, fair_id id, bool passed, fair_str words, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_store_query(st, &probe_settle, &q, err));
    fair_db_int(q, 1, id);
    fair_db_int(q, 2, now);
    fair_db_int(q, 3, passed);
    fair_db_text(q, 4, (fair_str){ words.p, words.n > 1000 ? 1000 : words.n });
    return fair_db_run(q, err);
}

fair_status
fair_store_probe_newest(struct fair_store *st, const char *what, struct fair_arena *a, struct fair_probe *x, struct fair_err *err)
{
    return one_probe(st, &probe_newest, fair_str_of(what), a, x, err);
}

fair_status
fair_store_probe_begun(struct fair_store *st, const char *what, struct fair_arena *a, struct fair_probe *x, struct fair_err *err)
{
    return one_probe(st, &probe_begun, fair_str_of(what), a, x, err);
}

fair_status
fair_store_probe_by_code(struct fair_store *st, fair_str code, struct fair_arena *a, struct fair_probe *x, struct fair_err *err)
{
    return one_probe(st, &probe_by_code, code, a, x, err);
}

bool
fair_probe_holds(const struct fair_probe *x, fair_time now)
{
    return x->passed && x->done != 0 && x->done <= now && now - x->done <= fair_cases_days("authentic.hours") * FAIR_HOUR;
}

fair_status
fair_case_probe_facts(const struct fair_desk *d, fair_time now, struct fair_arena *a, struct fair_facts *f, struct fair_err *err)
{
    struct fair_probe page, mail;
    fair_status s = fair_store_probe_newest(d->st, "portal", a, &page, err);

    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    if (s == FAIR_OK && page.passed) f->authentic.reachable = page.done;
    s = fair_store_probe_newest(d->st, "mail", a, &mail, err);
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    f->authentic.mail_auth = s == FAIR_OK && fair_probe_holds(&mail, now);
    return FAIR_OK;
}
