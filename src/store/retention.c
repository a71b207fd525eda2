/* retention.c - legal holds, and what has been kept as long as share/cases/retention.tsv says. */
#include <string.h>
#include "store/case_private.h"
#include "store/privacy_rows.h"
#include "store/rules_private.h"

enum { WHY_BYTES = 2000, AT_ONCE = 1000 };

/* ---- legal holds ------------------------------------------------------------------------------------------------------- */

FAIR_SQL(hold_put, "INSERT INTO legal_hold (id, org_id, case_id, why, account_id, at_us, until_us) VALUES ($2, $1, $3, $4, $5, $6, $7)");
FAIR_SQL(hold_case, "SELECT forgotten_us FROM case_file WHERE org_id = $1 AND id = $2");
FAIR_SQL(hold_end, "UPDATE legal_hold SET ended_us = $3, ended_by = $4, ended_why = $5 WHERE org_id = $1 AND id = $2 AND ended_us IS NULL");
FAIR_SQL(hold_longest,
    "SELECT why, until_us FROM legal_hold WHERE org_id = $1 AND case_id = $2 AND ended_us IS NULL AND until_us > $3 ORDER BY until_us DESC, id LIMIT 1");
FAIR_SQL(holds,
    "SELECT h.id, h.case_id, h.account_id, h.why, COALESCE(NULLIF(u.name, ''), u.email), h.at_us, h.until_us, h.ended_us, h.ended_by, h.ended_why FROM legal_hold h"
    " LEFT JOIN account u ON u.org_id = h.org_id AND u.id = h.account_id"
    " WHERE h.org_id = $1 AND ($3 = 1 OR (h.ended_us IS NULL AND h.until_us > $2)) ORDER BY h.id");

fair_status
fair_case_held(const struct fair_desk *d, fair_id case_id, fair_time now, struct fair_arena *a, fair_str *why, fair_time *until, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *why = (fair_str){ NULL, 0 };
    *until = 0;
    FAIR_TRY(fair_desk_query(d, &hold_longest, &q, err));
    fair_db_int(q, 2, case_id);
    fair_db_int(q, 3, now);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return FAIR_OK;
    if (s != FAIR_OK) return s;
    *why = fair_db_get_text(q, 0, a);
    *until = fair_db_get_int(q, 1);
    return FAIR_OK;
}

fair_status
fair_store_hold_put(const struct fair_desk *d, struct fair_hold *x, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    x->why = fair_str_trim(x->why);
    if (x->why.n == 0 || x->why.n > WHY_BYTES) return fair_fail(err, FAIR_INVALID, "a legal hold needs its reason, in at most %d bytes", WHY_BYTES);
    if (x->until <= now) return fair_fail(err, FAIR_INVALID, "a legal hold ends at a day to come; it can be made again");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &hold_case, &q, err));
    fair_db_int(q, 2, x->case_id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no case %lld", (long long)x->case_id);
    if (s != FAIR_OK) return s;
    if (!fair_db_is_null(q, 0)) return fair_fail(err, FAIR_REFUSED, "case %lld was forgotten: there is nothing to hold", (long long)x->case_id);
    fair_rows_free(&q);
    x->id = fair_id_new();
    x->user = d->user;
    x->at = now;
    /* Why stands in its own row alone, which goes with nobody: it is about a law suit, not a person's data in the chain. */
    FAIR_TRY(fair_audit(d, now, "case.legal_hold", x->case_id, FAIR_STR("{}"), err));
    FAIR_TRY(fair_desk_query(d, &hold_put, &q, err));
    fair_db_int(q, 2, x->id);
    fair_db_int(q, 3, x->case_id);
    fair_db_text(q, 4, x->why);
    fair_db_int(q, 5, x->user);
    fair_db_int(q, 6, now);
    fair_db_int(q, 7, x->until);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    return fair_txn_end(&t, err);
}

fair_status
fair_store_hold_end(const struct fair_desk *d, fair_id id, fair_str why, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    why = fair_str_trim(why);
    if (why.n == 0 || why.n > WHY_BYTES) return fair_fail(err, FAIR_INVALID, "ending a legal hold needs its reason, in at most %d bytes", WHY_BYTES);
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &hold_end, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    fair_db_int(q, 4, d->user);
    fair_db_text(q, 5, why);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_NOT_FOUND, "no legal hold %lld is in force", (long long)id);
    fair_rows_free(&q);
    FAIR_TRY(fair_audit(d, now, "case.legal_hold_end", id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_holds(const struct fair_desk *d, fair_time now, bool all, FAIR_EACH(fair_hold), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &holds, &q, err));
    fair_db_int(q, 2, now);
    fair_db_int(q, 3, all);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_hold x;
        fair_arena_clear(a);
        x = (struct fair_hold){ .id = fair_db_get_int(q, 0), .case_id = fair_db_get_int(q, 1), .user = fair_db_get_int(q, 2), .why = fair_db_get_text(q, 3, a),
                                .user_name = fair_db_get_text(q, 4, a), .at = fair_db_get_int(q, 5), .until = fair_db_get_int(q, 6), .ended = fair_db_get_int(q, 7),
                                .ended_by = fair_db_get_int(q, 8), .ended_why = fair_db_get_text(q, 9, a) };
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* ---- what is due: cases, hits, mails ----------------------------------------------------------------------------------------- */

FAIR_SQL(due_cases, "SELECT id FROM case_file WHERE org_id = $1 AND closed_us IS NOT NULL AND forgotten_us IS NULL AND closed_us <= $2 ORDER BY closed_us, id LIMIT 1000");
FAIR_SQL(due_limitation, "SELECT value FROM case_fact WHERE org_id = $1 AND case_id = $2 AND name = 'time.limitation' ORDER BY id DESC LIMIT 1");
#define SINCE "(SELECT max(m.at_us) FROM hit_move m WHERE m.org_id = h.org_id AND m.hit_id = h.id)"
FAIR_SQL(due_hits,
    "SELECT h.id, h.site, " SINCE " FROM hit h WHERE h.org_id = $1 AND h.state IN ('ignored', 'not_a_match') AND h.forgotten_us IS NULL AND h.until_us IS NULL"
    " AND " SINCE " <= $2"
    " AND NOT EXISTS (SELECT 1 FROM case_use u JOIN case_file c ON c.org_id = u.org_id AND c.id = u.case_id WHERE u.org_id = h.org_id AND u.hit_id = h.id AND c.forgotten_us IS NULL)"
    " AND NOT EXISTS (SELECT 1 FROM licence_hit k JOIN licence l ON l.org_id = k.org_id AND l.id = k.licence_id WHERE k.org_id = h.org_id AND k.hit_id = h.id"
    " AND l.ended_us IS NULL AND (l.until_us IS NULL OR l.until_us > $3)) ORDER BY h.id LIMIT 1000");
FAIR_SQL(due_mails, "SELECT id, sender, taken_us FROM mail_in WHERE org_id = $1 AND case_id IS NULL AND forgotten_us IS NULL AND taken_us <= $2 ORDER BY id LIMIT 1000");

static fair_time
days_of(enum fair_keep k)
{
    return fair_retention_get(k)->days * FAIR_DAY;
}

static fair_status
limitation(const struct fair_desk *d, fair_id case_id, fair_time *out, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *out = 0;
    FAIR_TRY(fair_desk_query(d, &due_limitation, &q, err));
    fair_db_int(q, 2, case_id);
    s = fair_db_step(q, err);
    if (s == FAIR_OK && !fair_time_parse(fair_db_get_text(q, 0, a), out)) *out = 0;
    return s == FAIR_OK || s == FAIR_DONE ? FAIR_OK : s;
}

/* When a closed case goes, by the engine.  FAIR_CORRUPT: its events do not hold. */
static fair_status
case_due(const struct fair_desk *d, fair_id id, fair_time now, struct fair_arena *a, struct fair_due *x, struct fair_err *err)
{
    struct fair_course *n = fair_alloc(a, sizeof *n);
    struct fair_sha256 last;
    struct fair_case c;
    fair_time limit;

    FAIR_TRY(fair_store_case_get(d, id, a, &c, err));
    FAIR_TRY(fair_case_course(d, &c, a, n, &last, err));
    FAIR_TRY(limitation(d, id, &limit, err));
    *x = (struct fair_due){ .rule = n->contacted ? FAIR_KEEP_CASE_CONTACTED : FAIR_KEEP_CASE_UNCONTACTED, .subject = id, .n = 1, .at = fair_cases_forget_at(n, limit, false),
                            .what = fair_str_fmt(a, "%.*s with %.*s", FAIR_STR_ARG(c.track), FAIR_STR_ARG(c.operator)) };
    return fair_case_held(d, id, now, a, &x->held, &x->held_until, err);
}

static fair_status
cases_due(const struct fair_desk *d, fair_time now, FAIR_EACH(fair_due), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(arena) struct fair_arena *keep = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_id *ids = fair_alloc_array(keep, AT_ONCE, sizeof *ids);
    fair_time least = days_of(FAIR_KEEP_CASE_UNCONTACTED);
    size_t n = 0;
    fair_status s;

    if (days_of(FAIR_KEEP_CASE_CONTACTED) < least) least = days_of(FAIR_KEEP_CASE_CONTACTED);
    FAIR_TRY(fair_desk_query(d, &due_cases, &q, err));
    fair_db_int(q, 2, now - least);
    while ((s = fair_db_step(q, err)) == FAIR_OK && n < AT_ONCE) ids[n++] = fair_db_get_int(q, 0);
    if (s != FAIR_OK && s != FAIR_DONE) return s;
    fair_rows_free(&q);
    for (size_t i = 0; i < n; i++) {
        struct fair_due x;

        fair_arena_clear(a);
        s = case_due(d, ids[i], now, a, &x, err);
        if (s == FAIR_CORRUPT) x = (struct fair_due){ .rule = FAIR_KEEP_CASE_CONTACTED, .subject = ids[i], .n = 1, .at = now, .what = FAIR_STR("a case"),
                                                      .held = FAIR_STR("what happened in it was changed: fairtrack doctor") };
        else if (s != FAIR_OK) return s;
        if (x.at == 0 || x.at > now) continue;
        FAIR_TRY(each(arg, &x, err));
    }
    return FAIR_OK;
}

static fair_status
list_due(const struct fair_desk *d, const struct fair_sql *sql, enum fair_keep rule, const char *words, fair_time now, FAIR_EACH(fair_due), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, sql, &q, err));
    fair_db_int(q, 2, now - days_of(rule));
    if (rule == FAIR_KEEP_HIT_IGNORED) fair_db_int(q, 3, now);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_due x;
        fair_arena_clear(a);
        x = (struct fair_due){ .rule = rule, .subject = fair_db_get_int(q, 0), .n = 1, .at = fair_db_get_int(q, 2) + days_of(rule),
                               .what = fair_str_fmt(a, "%s %.*s", words, FAIR_STR_ARG(fair_db_get_text(q, 1, a))) };
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* ---- what is due: rows of a kind ------------------------------------------------------------------------------------------------ */

FAIR_SQL(old_fetched, "SELECT count(*), min(at_us) FROM fetched WHERE org_id = $1 AND at_us <= $2");
FAIR_SQL(old_fetched_go, "DELETE FROM fetched WHERE org_id = $1 AND at_us <= $2");
#define RUNS "run_id IN (SELECT id FROM run WHERE org_id = $1 AND ended_us <= $2)"
FAIR_SQL(old_runs,
    "SELECT count(*), min(ended_us) FROM run r WHERE r.org_id = $1 AND r.ended_us <= $2 AND (EXISTS (SELECT 1 FROM frontier f WHERE f.org_id = r.org_id AND f.run_id = r.id)"
    " OR EXISTS (SELECT 1 FROM run_fault x WHERE x.org_id = r.org_id AND x.run_id = r.id))");
FAIR_SQL(old_frontier_go, "DELETE FROM frontier WHERE org_id = $1 AND " RUNS);
FAIR_SQL(old_faults_go, "DELETE FROM run_fault WHERE org_id = $1 AND " RUNS);
FAIR_SQL(old_jobs, "SELECT count(*), min(ended_us) FROM job WHERE org_id = $1 AND state = 'done' AND ended_us <= $2");
FAIR_SQL(old_outbox_go, "DELETE FROM outbox WHERE org_id = $1 AND job_id IN (SELECT id FROM job WHERE org_id = $1 AND state = 'done' AND ended_us <= $2)");
FAIR_SQL(old_jobs_go, "DELETE FROM job WHERE org_id = $1 AND state = 'done' AND ended_us <= $2");

FAIR_SQL(old_access, "SELECT count(*), min(at_us) FROM access WHERE org_id = $1 AND at_us <= $2");
FAIR_SQL(old_access_go, "DELETE FROM access WHERE org_id = $1 AND at_us <= $2");
FAIR_SQL(old_requests, "SELECT count(*), min(answered_us) FROM request WHERE org_id = $1 AND answered_us <= $2");
FAIR_SQL(old_requests_go, "DELETE FROM request WHERE org_id = $1 AND answered_us <= $2");

static const struct { enum fair_keep rule; const char *words; const struct fair_sql *count, *go[2]; } olds[] = {
    { FAIR_KEEP_ACCESS, "looks at people's data", &old_access, { &old_access_go, NULL } },
    { FAIR_KEEP_REQUEST, "requests that were answered", &old_requests, { &old_requests_go, NULL } },
    { FAIR_KEEP_FETCHED, "addresses that were fetched", &old_fetched, { &old_fetched_go, NULL } },
    { FAIR_KEEP_RUN, "scans' lists of addresses", &old_runs, { &old_frontier_go, &old_faults_go } },
    { FAIR_KEEP_JOB, "jobs that are done", &old_jobs, { &old_outbox_go, &old_jobs_go } },
};

fair_status
fair_forget_old(const struct fair_desk *d, enum fair_keep rule, fair_time now, int64_t *rows, struct fair_err *err)
{
    for (size_t i = 0; i < sizeof olds / sizeof *olds; i++)
        for (size_t k = 0; k < 2 && olds[i].rule == rule && olds[i].go[k] != NULL; k++) {
            FAIR_AUTO(rows) struct fair_rows *q = NULL;
            FAIR_TRY(fair_desk_query(d, olds[i].go[k], &q, err));
            fair_db_int(q, 2, now - days_of(rule));
            FAIR_TRY(fair_db_run(q, err));
            *rows += fair_db_changes(q);
        }
    return FAIR_OK;
}

fair_status
fair_store_due(const struct fair_desk *d, fair_time now, FAIR_EACH(fair_due), struct fair_err *err)
{
    FAIR_TRY(cases_due(d, now, each, arg, err));
    FAIR_TRY(list_due(d, &due_hits, FAIR_KEEP_HIT_IGNORED, "hit on", now, each, arg, err));
    FAIR_TRY(list_due(d, &due_mails, FAIR_KEEP_MAIL, "mail from", now, each, arg, err));
    for (size_t i = 0; i < sizeof olds / sizeof *olds; i++) {
        FAIR_AUTO(rows) struct fair_rows *q = NULL;
        struct fair_due x = { .rule = olds[i].rule, .what = fair_str_of(olds[i].words) };

        FAIR_TRY(fair_desk_query(d, olds[i].count, &q, err));
        fair_db_int(q, 2, now - days_of(x.rule));
        FAIR_TRY(fair_db_step(q, err));
        x.n = fair_db_get_int(q, 0);
        x.at = fair_db_get_int(q, 1) + days_of(x.rule);
        fair_rows_free(&q);
        if (x.n > 0) FAIR_TRY(each(arg, &x, err));
    }
    return FAIR_OK;
}
