/* heard.c - answers and mails: how much of them waits, and that a person has read one. */
#include "store/heard_rows.h"
#include "store/answer_rows.h"
#include "store/case_private.h"
#include "store/mail_rows.h"

FAIR_SQL(answers_waiting,
    "SELECT count(*), min(at_us) FROM portal_answer WHERE org_id = $1 AND read_us IS NULL AND (CAST($2 AS BIGINT) IS NULL OR case_id = CAST($2 AS BIGINT))");
/* What nobody wrote (bounces, automatic answers) waits in no case's way. */
FAIR_SQL(mails_waiting,
    "SELECT count(*), min(at_us) FROM mail_in WHERE org_id = $1 AND read_us IS NULL AND (CAST($2 AS BIGINT) IS NULL OR (case_id = CAST($2 AS BIGINT) AND kind = 'reply'))");

static fair_status
count(const struct fair_desk *d, const struct fair_sql *sql, fair_id case_id, int64_t *n, fair_time *oldest, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_time t;

    FAIR_TRY(fair_desk_query(d, sql, &q, err));
    fair_db_id(q, 2, case_id);
    FAIR_TRY(fair_db_step(q, err));
    *n = fair_db_get_int(q, 0);
    t = fair_db_get_int(q, 1);
    if (*n > 0 && (*oldest == 0 || t < *oldest)) *oldest = t;
    return FAIR_OK;
}

fair_status
fair_store_heard_waiting(const struct fair_desk *d, fair_id case_id, struct fair_heard_waiting *out, struct fair_err *err)
{
    *out = (struct fair_heard_waiting){ 0 };
    FAIR_TRY(count(d, &answers_waiting, case_id, &out->answers, &out->oldest, err));
    return count(d, &mails_waiting, case_id, &out->mails, &out->oldest, err);
}

fair_status
fair_store_heard_read(const struct fair_desk *d, fair_id id, fair_time now, fair_id *case_id, bool *moved, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_case_act act = { .e = { .move = FAIR_DO_READ_IT, .at = now } };
    struct fair_heard_waiting left;
    struct fair_portal_answer x;
    struct fair_mail_in m;
    struct fair_case k;
    fair_str role;
    fair_status s;

    *moved = false;
    *case_id = 0;
    FAIR_TRY(fair_user_role(d, a, &role, err));
    if (!fair_store_case_actor(role, FAIR_DO_READ_IT, &act.e.who)) return fair_fail(err, FAIR_REFUSED, "reading for a case is a person's: owner, case worker, reviewer or counsel");
    s = fair_store_answer_get(d, id, a, &x, err);
    if (s == FAIR_OK) {
        *case_id = x.case_id;
        FAIR_TRY(fair_store_answer_read(d, id, now, err));
    } else if (s == FAIR_NOT_FOUND) {
        FAIR_TRY(fair_store_mail_get(d, id, a, &m, err));
        *case_id = m.case_id;
        FAIR_TRY(fair_store_mail_read(d, id, now, err));
    } else {
        return s;
    }
    if (*case_id == 0) return FAIR_OK;
    FAIR_TRY(fair_store_heard_waiting(d, *case_id, &left, err));
    if (left.answers + left.mails > 0) return FAIR_OK;
    /* Whoever moved it meanwhile has not read this: it is asked again. */
    for (int i = 0; i < 5; i++) {
        FAIR_TRY(fair_store_case_get(d, *case_id, a, &k, err));
        act.case_id = k.id;
        act.version = k.version;
        s = fair_store_case_move(d, &act, NULL, NULL, err);
        if (s != FAIR_CONFLICT) break;
    }
    if (s == FAIR_REFUSED) return FAIR_OK;       /* nothing waited to be read */
    FAIR_TRY(s);
    *moved = true;
    return FAIR_OK;
}
