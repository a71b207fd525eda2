/* report.c - how many cases there were and how they ended. */
#include <string.h>
#include "store/report_rows.h"
#include "store/store_private.h"

FAIR_SQL(report_cases,
    "SELECT count(*), count(closed_us) FROM case_file WHERE org_id = $1 AND track = 'case' AND opened_us >= $2 AND opened_us < $3");
FAIR_SQL(report_closed,
    "SELECT state, count(*) FROM case_file WHERE org_id = $1 AND track = 'case' AND opened_us >= $2 AND opened_us < $3 AND closed_us IS NOT NULL"
    " GROUP BY state ORDER BY state");
FAIR_SQL(report_letters,
    "SELECT e.move, count(*) FROM case_event e JOIN case_file c ON c.org_id = e.org_id AND c.id = e.case_id"
    " WHERE e.org_id = $1 AND c.track = 'case' AND c.opened_us >= $2 AND c.opened_us < $3"
    " AND e.move IN ('inquire', 'offer', 'demand', 'remind', 'negotiate', 'dispute', 'appeal') GROUP BY e.move");
FAIR_SQL(report_disputes,
    "SELECT count(*) FROM dispute x JOIN case_file c ON c.org_id = x.org_id AND c.id = x.case_id"
    " WHERE x.org_id = $1 AND c.opened_us >= $2 AND c.opened_us < $3 AND x.decision = 'accepted'");
FAIR_SQL(report_ratings,
    "SELECT count(*) FROM portal_answer p JOIN case_file c ON c.org_id = p.org_id AND c.id = p.case_id"
    " WHERE p.org_id = $1 AND c.opened_us >= $2 AND c.opened_us < $3");
FAIR_SQL(report_days,
    "SELECT closed_us - opened_us FROM case_file WHERE org_id = $1 AND track = 'case' AND opened_us >= $2 AND opened_us < $3 AND closed_us IS NOT NULL"
    " ORDER BY closed_us - opened_us LIMIT 1 OFFSET $4");

static fair_status
ask(const struct fair_desk *d, const struct fair_sql *sql, fair_time from, fair_time to, struct fair_rows **q, struct fair_err *err)
{
    FAIR_TRY(fair_desk_query(d, sql, q, err));
    fair_db_int(*q, 2, from);
    fair_db_int(*q, 3, to);
    return FAIR_OK;
}

static fair_status
one(const struct fair_desk *d, const struct fair_sql *sql, fair_time from, fair_time to, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(ask(d, sql, from, to, &q, err));
    FAIR_TRY(fair_db_step(q, err));
    *n = fair_db_get_int(q, 0);
    return FAIR_OK;
}

static fair_status
letters(const struct fair_desk *d, struct fair_report *r, struct fair_arena *a, struct fair_err *err)
{
    const struct { const char *move; int64_t *to; bool claim; } rows[] = {
        { "inquire", &r->inquiries, true }, { "offer", &r->offers, true }, { "demand", &r->demands, true }, { "remind", NULL, true },
        { "negotiate", NULL, true }, { "dispute", &r->disputes, false }, { "appeal", &r->appeals, false } };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(ask(d, &report_letters, r->from, r->to, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        fair_str move = fair_db_get_text(q, 0, a);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            if (!fair_str_eq(move, fair_str_of(rows[i].move))) continue;
            if (rows[i].to != NULL) *rows[i].to = fair_db_get_int(q, 1);
            if (rows[i].claim) r->claims += fair_db_get_int(q, 1);
        }
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

static fair_status
ends(const struct fair_desk *d, struct fair_report *r, struct fair_arena *a, struct fair_err *err)
{
    static const char *const refuted[] = { "CLOSED_LICENSED_BEFORE", "CLOSED_EXCEPTION", "CLOSED_WRONG", "CLOSED_LAPSED" };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(ask(d, &report_closed, r->from, r->to, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        fair_str state = fair_db_get_text(q, 0, a);
        int64_t n = fair_db_get_int(q, 1);
        if (r->n_closed < sizeof r->closed_as / sizeof *r->closed_as) {
            r->closed_names[r->n_closed] = state;
            r->closed_as[r->n_closed++] = n;
        }
        for (size_t i = 0; i < sizeof refuted / sizeof *refuted; i++)
            if (fair_str_eq(state, fair_str_of(refuted[i]))) r->refuted += n;
        if (fair_str_eq(state, FAIR_STR("CLOSED_OWNER_WITHDREW"))) r->withdrawn += n;
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_report(const struct fair_desk *d, fair_time from, fair_time to, struct fair_arena *a, struct fair_report *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_report r = { .from = from, .to = to, .median_days = -1 };

    FAIR_TRY(ask(d, &report_cases, from, to, &q, err));
    FAIR_TRY(fair_db_step(q, err));
    r.cases = fair_db_get_int(q, 0);
    r.closed = fair_db_get_int(q, 1);
    r.open = r.cases - r.closed;
    fair_rows_free(&q);
    FAIR_TRY(letters(d, &r, a, err));
    FAIR_TRY(ends(d, &r, a, err));
    FAIR_TRY(one(d, &report_disputes, from, to, &r.disputes_accepted, err));
    FAIR_TRY(one(d, &report_ratings, from, to, &r.answers, err));
    if (r.closed > 0) {
        FAIR_TRY(ask(d, &report_days, from, to, &q, err));
        fair_db_int(q, 4, (r.closed - 1) / 2);
        FAIR_TRY(fair_db_step(q, err));
        r.median_days = fair_db_get_int(q, 0) / FAIR_DAY;
    }
    *out = r;
    return FAIR_OK;
}
