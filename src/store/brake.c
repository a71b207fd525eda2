/* brake.c - how often whoever asks was wrong: of the last 100 letters that asked for something (G19).  Letters, not cases: who writes four times
 * to somebody who is right was wrong four times.  Takedowns count like any other. */
#include "store/brake.h"
#include "store/report_rows.h"

#define LAST(which)                                                                                                              \
    "SELECT count(*), COALESCE(sum(l.refuted), 0) FROM (SELECT " FAIR_REFUTED("c") " AS refuted FROM notice n"                    \
    " JOIN case_file c ON c.org_id = n.org_id AND c.id = n.case_id WHERE n.org_id = $1 AND n.claim = 1 AND n.queued_us IS NOT NULL" which \
    " ORDER BY n.queued_us DESC, n.id DESC LIMIT 100) l"
FAIR_SQL(brake_org, LAST(""));
FAIR_SQL(brake_owner, LAST(" AND EXISTS (SELECT 1 FROM case_use u JOIN work w ON w.org_id = u.org_id AND w.id = u.work_id"
                           " WHERE u.org_id = n.org_id AND u.case_id = n.case_id AND w.owner_id = $2)"));
FAIR_SQL(brake_today, "SELECT count(*) FROM notice WHERE org_id = $1 AND claim = 1 AND queued_us >= $2");
FAIR_SQL(brake_owners,
    "SELECT DISTINCT w.owner_id FROM case_use u JOIN work w ON w.org_id = u.org_id AND w.id = u.work_id WHERE u.org_id = $1 AND u.case_id = $2 AND w.owner_id IS NOT NULL"
    " ORDER BY w.owner_id LIMIT 32");

fair_status
fair_store_wrongs(const struct fair_desk *d, fair_id owner, struct fair_wrongs *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, owner != 0 ? &brake_owner : &brake_org, &q, err));
    if (owner != 0) fair_db_int(q, 2, owner);
    FAIR_TRY(fair_db_step(q, err));
    *out = (struct fair_wrongs){ .sent = fair_db_get_int(q, 0), .refuted = fair_db_get_int(q, 1) };
    return FAIR_OK;
}

bool
fair_wrongs_hold(const struct fair_wrongs *b)
{
    return b->sent >= fair_cases_days("refuted.least") && b->refuted * 100 > fair_cases_days("refuted.percent") * b->sent;
}

fair_status
fair_case_brake(const struct fair_desk *d, fair_id case_id, fair_time now, struct fair_arena *a, struct fair_facts *f, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_id owners[32];
    size_t n = 0;
    struct fair_wrongs b;
    fair_status s;

    FAIR_TRY(fair_store_wrongs(d, 0, &b, err));
    f->brake.from = (struct fair_from){ FAIR_STR("the last letters of this organisation"), now, 0 };
    FAIR_TRY(fair_desk_query(d, &brake_owners, &q, err));
    fair_db_int(q, 2, case_id);
    while ((s = fair_db_step(q, err)) == FAIR_OK) owners[n++] = fair_db_get_int(q, 0);
    if (s != FAIR_DONE) return s;
    fair_rows_free(&q);
    /* Who is often wrong does not hide among others of the same agency. */
    for (size_t i = 0; i < n && !fair_wrongs_hold(&b); i++) {
        struct fair_wrongs o;
        FAIR_TRY(fair_store_wrongs(d, owners[i], &o, err));
        if (!fair_wrongs_hold(&o)) continue;
        b = o;
        f->brake.from.source = fair_str_fmt(a, "the last letters for owner %lld", (long long)owners[i]);
    }
    f->brake.sent = b.sent;
    f->brake.refuted = b.refuted;
    FAIR_TRY(fair_desk_query(d, &brake_today, &q, err));
    fair_db_int(q, 2, now - FAIR_DAY);
    FAIR_TRY(fair_db_step(q, err));
    f->brake.today = fair_db_get_int(q, 0);
    return FAIR_OK;
}
