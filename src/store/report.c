/* report.c - how many cases there were and how they ended. */
#include <string.h>
#include "store/brake.h"
#include "store/report_rows.h"

FAIR_SQL(report_cases,
    "SELECT count(*), count(closed_us) FROM case_file WHERE org_id = $1 AND track = 'case' AND opened_us >= $2 AND opened_us < $3");
FAIR_SQL(report_closed,
    "SELECT state, count(*) FROM case_file WHERE org_id = $1 AND track = 'case' AND opened_us >= $2 AND opened_us < $3 AND closed_us IS NOT NULL"
    " GROUP BY state ORDER BY state");
FAIR_SQL(report_letters,
    "SELECT e.move, count(*) FROM case_event e JOIN case_file c ON c.org_id = e.org_id AND c.id = e.case_id"
    " WHERE e.org_id = $1 AND c.track = 'case' AND c.opened_us >= $2 AND c.opened_us < $3"
    " AND e.move IN ('inquire', 'offer', 'demand', 'dispute', 'appeal') GROUP BY e.move");
FAIR_SQL(report_claims,
    "SELECT count(*), COALESCE(sum(" FAIR_REFUTED("c") "), 0) FROM notice n JOIN case_file c ON c.org_id = n.org_id AND c.id = n.case_id"
    " WHERE n.org_id = $1 AND n.claim = 1 AND n.queued_us IS NOT NULL AND c.opened_us >= $2 AND c.opened_us < $3");
FAIR_SQL(report_refuted,
    "SELECT COALESCE(sum(" FAIR_REFUTED("c") "), 0) FROM case_file c WHERE c.org_id = $1 AND c.track = 'case' AND c.opened_us >= $2 AND c.opened_us < $3 AND c.closed_us IS NOT NULL");
FAIR_SQL(report_takedowns,
    "SELECT count(*), COALESCE(sum(" FAIR_REFUTED("c") "), 0) FROM case_file c WHERE c.org_id = $1 AND c.track = 'takedown' AND c.opened_us >= $2 AND c.opened_us < $3");
FAIR_SQL(report_disputes,
    "SELECT count(*) FROM dispute x JOIN case_file c ON c.org_id = x.org_id AND c.id = x.case_id"
    " WHERE x.org_id = $1 AND c.opened_us >= $2 AND c.opened_us < $3 AND x.decision = 'accepted'");
FAIR_SQL(report_ratings,
    "SELECT count(*) FROM portal_answer p JOIN case_file c ON c.org_id = p.org_id AND c.id = p.case_id"
    " WHERE p.org_id = $1 AND c.opened_us >= $2 AND c.opened_us < $3");
FAIR_SQL(report_days,
    "SELECT closed_us - opened_us FROM case_file WHERE org_id = $1 AND track = 'case' AND opened_us >= $2 AND opened_us < $3 AND closed_us IS NOT NULL"
    " ORDER BY closed_us - opened_us LIMIT 1 OFFSET $4");

FAIR_SQL(report_mean,
    "SELECT avg((closed_us - opened_us) / 86400000000.0) FROM case_file WHERE org_id = $1 AND track = 'case' AND opened_us >= $2 AND opened_us < $3 AND closed_us IS NOT NULL");
FAIR_SQL(report_rated,
    "SELECT p.moved, count(*) FROM portal_answer p JOIN case_file c ON c.org_id = p.org_id AND c.id = p.case_id"
    " WHERE p.org_id = $1 AND c.opened_us >= $2 AND c.opened_us < $3 AND p.moved LIKE 'rated-%'"
    " AND NOT EXISTS (SELECT 1 FROM portal_answer l WHERE l.org_id = p.org_id AND l.case_id = p.case_id AND l.moved LIKE 'rated-%' AND l.id > p.id) GROUP BY p.moved");

static fair_status
ask(const struct fair_desk *d, const struct fair_sql *sql, fair_time from, fair_time to, struct fair_rows **q, struct fair_err *err)
{
    FAIR_TRY(fair_desk_query(d, sql, q, err));
    fair_db_int(*q, 2, from);
    fair_db_int(*q, 3, to);
    return FAIR_OK;
}

static fair_status
two(const struct fair_desk *d, const struct fair_sql *sql, fair_time from, fair_time to, int64_t *n, int64_t *of, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(ask(d, sql, from, to, &q, err));
    FAIR_TRY(fair_db_step(q, err));
    *n = fair_db_get_int(q, 0);
    *of = fair_db_get_int(q, 1);
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
    const struct { const char *move; int64_t *to; } rows[] = { { "inquire", &r->inquiries }, { "offer", &r->offers }, { "demand", &r->demands },
                                                               { "dispute", &r->disputes }, { "appeal", &r->appeals } };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(ask(d, &report_letters, r->from, r->to, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        fair_str move = fair_db_get_text(q, 0, a);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            if (!fair_str_eq(move, fair_str_of(rows[i].move))) continue;
            *rows[i].to = fair_db_get_int(q, 1);
        }
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

static fair_status
ends(const struct fair_desk *d, struct fair_report *r, struct fair_arena *a, struct fair_err *err)
{
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
        if (fair_str_eq(state, FAIR_STR("CLOSED_OWNER_WITHDREW"))) r->withdrawn += n;
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

static fair_status
ratings(const struct fair_desk *d, struct fair_report *r, struct fair_arena *a, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(ask(d, &report_rated, r->from, r->to, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        fair_str moved = fair_db_get_text(q, 0, a);
        int64_t n = fair_db_get_int(q, 1);
        if (fair_str_eq(moved, FAIR_STR("rated-good"))) r->rated_good = n;
        if (fair_str_eq(moved, FAIR_STR("rated-middling"))) r->rated_middling = n;
        if (fair_str_eq(moved, FAIR_STR("rated-bad"))) r->rated_bad = n;
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_report(const struct fair_desk *d, fair_time from, fair_time to, struct fair_arena *a, struct fair_report *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_report r = { .from = from, .to = to, .median_days = -1, .mean_days = -1 };

    FAIR_TRY(ask(d, &report_cases, from, to, &q, err));
    FAIR_TRY(fair_db_step(q, err));
    r.cases = fair_db_get_int(q, 0);
    r.closed = fair_db_get_int(q, 1);
    r.open = r.cases - r.closed;
    fair_rows_free(&q);
    FAIR_TRY(letters(d, &r, a, err));
    FAIR_TRY(ends(d, &r, a, err));
    FAIR_TRY(one(d, &report_refuted, from, to, &r.refuted, err));
    FAIR_TRY(two(d, &report_claims, from, to, &r.claims, &r.claims_refuted, err));
    FAIR_TRY(two(d, &report_takedowns, from, to, &r.takedowns, &r.takedowns_refuted, err));
    FAIR_TRY(fair_store_wrongs(d, 0, &r.brake, err));
    FAIR_TRY(one(d, &report_disputes, from, to, &r.disputes_accepted, err));
    FAIR_TRY(one(d, &report_ratings, from, to, &r.answers, err));
    if (r.closed > 0) {
        FAIR_TRY(ask(d, &report_days, from, to, &q, err));
        fair_db_int(q, 4, (r.closed - 1) / 2);
        FAIR_TRY(fair_db_step(q, err));
        r.median_days = fair_db_get_int(q, 0) / FAIR_DAY;
        fair_rows_free(&q);
        FAIR_TRY(ask(d, &report_mean, from, to, &q, err));
        FAIR_TRY(fair_db_step(q, err));
        r.mean_days = fair_db_get_real(q, 0);
    }
    FAIR_TRY(ratings(d, &r, a, err));
    *out = r;
    return FAIR_OK;
}

/* ---- as everybody may see it ---- */

struct public_report { struct fair_store *st; fair_time now; struct fair_arena *a; struct fair_buf b; int64_t n; };

static void
outcome(struct fair_buf *b, const struct fair_report *r)
{
    if (r->closed < FAIR_REPORT_LEAST) {
        fair_buf_c(b, ",\"outcome\":null");
        return;
    }
    fair_buf_c(b, ",\"outcome\":{\"closed_as\":{");
    for (size_t i = 0; i < r->n_closed; i++) fair_buf_fmt(b, "%s\"%.*s\":%lld", i > 0 ? "," : "", FAIR_STR_ARG(r->closed_names[i]), (long long)r->closed_as[i]);
    fair_buf_fmt(b, "},\"disputes_accepted\":%lld,\"refuted\":%lld,\"refuted_share\":%.4f,\"withdrawn\":%lld,\"median_days\":%lld,\"mean_days\":%.1f", (long long)r->disputes_accepted,
                 (long long)r->refuted, (double)r->refuted / (double)r->closed, (long long)r->withdrawn, (long long)r->median_days, r->mean_days);
    fair_buf_fmt(b, ",\"rated_good\":%lld,\"rated_middling\":%lld,\"rated_bad\":%lld}", (long long)r->rated_good, (long long)r->rated_middling, (long long)r->rated_bad);
}

static fair_status
one_org(void *arg, const struct fair_org *o, struct fair_err *err)
{
    struct public_report *p = arg;
    const struct fair_desk d = { p->st, o->id, 0 };
    struct fair_report r;

    FAIR_TRY(fair_store_report(&d, 0, p->now, p->a, &r, err));
    fair_buf_c(&p->b, p->n++ > 0 ? ",{\"name\":" : "{\"name\":");
    fair_json_text(&p->b, o->name);
    fair_buf_fmt(&p->b, ",\"cases\":%lld,\"open\":%lld,\"closed\":%lld,\"claims\":%lld,\"inquiries\":%lld,\"offers\":%lld,\"demands\":%lld", (long long)r.cases, (long long)r.open,
                 (long long)r.closed, (long long)r.claims, (long long)r.inquiries, (long long)r.offers, (long long)r.demands);
    fair_buf_fmt(&p->b, ",\"answers\":%lld,\"disputes\":%lld,\"appeals\":%lld", (long long)r.answers, (long long)r.disputes, (long long)r.appeals);
    outcome(&p->b, &r);
    fair_buf_c(&p->b, "}");
    return FAIR_OK;
}

fair_status
fair_store_report_public(struct fair_store *st, fair_time now, struct fair_arena *a, fair_str *json, struct fair_err *err)
{
    struct public_report p = { .st = st, .now = now, .a = a, .b = FAIR_BUF(a, 1 << 20) };

    fair_buf_fmt(&p.b, "{\"v\":1,\"made\":\"%.10s\",\"least\":%d,\"organisations\":[", fair_time_text(a, now).p, FAIR_REPORT_LEAST);
    FAIR_TRY(fair_store_orgs(st, one_org, &p, err));
    fair_buf_c(&p.b, "]}");
    return fair_buf_take(&p.b, json, err);
}
