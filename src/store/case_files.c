/* case_files.c - cases: opened by a person for a use that is pursued, listed, and what they are about. */
#include <string.h>
#include "store/case_private.h"

#define COLUMNS                                                                                                       \
    "c.id, c.party_id, c.creator_id, c.track, c.operator, c.state, c.version, c.country, c.opened_us, c.entered_us, c.last_us, c.due_us, " \
    "c.deadline_us, c.closed_us, c.reason, (SELECT count(*) FROM case_use u WHERE u.org_id = c.org_id AND u.case_id = c.id), "            \
    "(SELECT count(DISTINCT u.work_id) FROM case_use u WHERE u.org_id = c.org_id AND u.case_id = c.id)"
FAIR_SQL(case_by_id, "SELECT " COLUMNS " FROM case_file c WHERE c.org_id = $1 AND c.id = $2");
#define FILTER                                                                                                        \
    " FROM case_file c WHERE c.org_id = $1 AND (CAST($2 AS TEXT) IS NULL OR c.state = $2)"                            \
    " AND (CAST($3 AS BIGINT) IS NULL OR ($3 = 1) = (c.closed_us IS NULL)) AND (CAST($4 AS TEXT) IS NULL OR c.operator = $4)"
FAIR_SQL(cases_listed, "SELECT " COLUMNS FILTER " ORDER BY c.id DESC LIMIT $5 OFFSET $6");
FAIR_SQL(cases_counted, "SELECT count(*)" FILTER);
FAIR_SQL(case_put,
    "INSERT INTO case_file (id, org_id, track, operator, party_id, state, version, creator_id, opened_us, entered_us, last_us, due_us)"
    " VALUES ($2, $1, $3, $4, $5, $6, 1, $7, $8, $8, $8, $9)");
FAIR_SQL(case_hit, "SELECT work_id, operator, state FROM hit WHERE org_id = $1 AND id = $2 AND dropped_us IS NULL");
FAIR_SQL(case_of_hit, "SELECT case_id FROM case_use WHERE org_id = $1 AND hit_id = $2 AND (CAST($3 AS TEXT) IS NULL OR track = $3) ORDER BY id DESC LIMIT 1");
/* The open case of this operator: of this work, or one of which nobody was told yet. */
FAIR_SQL(case_to_join,
    "SELECT c.id, (SELECT count(*) FROM case_use u WHERE u.org_id = c.org_id AND u.case_id = c.id AND u.work_id = $4) AS has FROM case_file c"
    " WHERE c.org_id = $1 AND c.track = $2 AND c.operator = $3 AND c.closed_us IS NULL"
    " AND (c.state IN ('DRAFT', 'EVIDENCE', 'REVIEW') OR EXISTS (SELECT 1 FROM case_use u WHERE u.org_id = c.org_id AND u.case_id = c.id AND u.work_id = $4))"
    " ORDER BY has DESC, c.id LIMIT 1");
FAIR_SQL(use_put,
    "INSERT INTO case_use (id, org_id, case_id, track, operator, work_id, hit_id, window_open, head, account_id, at_us)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, 1, $8, $9, $10)");
FAIR_SQL(uses_of_case,
    "SELECT u.id, u.case_id, u.work_id, u.hit_id, u.account_id, u.at_us, h.page_url, h.image_url, w.title FROM case_use u"
    " JOIN hit h ON h.org_id = u.org_id AND h.id = u.hit_id JOIN work w ON w.org_id = u.org_id AND w.id = u.work_id"
    " WHERE u.org_id = $1 AND u.case_id = $2 ORDER BY u.id");

static void
case_read(struct fair_rows *q, struct fair_arena *a, struct fair_case *c)
{
    *c = (struct fair_case){
        .id = fair_db_get_int(q, 0), .party = fair_db_get_int(q, 1), .creator = fair_db_get_int(q, 2), .track = fair_db_get_text(q, 3, a),
        .operator = fair_db_get_text(q, 4, a), .state = fair_db_get_text(q, 5, a), .version = fair_db_get_int(q, 6), .country = fair_db_get_text(q, 7, a),
        .opened = fair_db_get_int(q, 8), .entered = fair_db_get_int(q, 9), .last = fair_db_get_int(q, 10), .due = fair_db_get_int(q, 11),
        .deadline = fair_db_get_int(q, 12), .closed = fair_db_get_int(q, 13), .reason = fair_db_get_text(q, 14, a), .uses = fair_db_get_int(q, 15),
        .works = fair_db_get_int(q, 16),
    };
}

fair_status
fair_store_case_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_case *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &case_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no case %lld", (long long)id);
    if (s != FAIR_OK) return s;
    case_read(q, a, out);
    return FAIR_OK;
}

static void
bind_filter(struct fair_rows *q, const struct fair_case_filter *f)
{
    bool open = fair_is(f->state, "open"), closed = fair_is(f->state, "closed");

    fair_db_text(q, 2, f->state.n > 0 && !open && !closed ? f->state : (fair_str){ NULL, 0 });
    if (open || closed) fair_db_int(q, 3, open);
    else fair_db_id(q, 3, 0);
    fair_db_text(q, 4, f->operator.n > 0 ? f->operator : (fair_str){ NULL, 0 });
}

fair_status
fair_store_cases(const struct fair_desk *d, const struct fair_case_filter *f, FAIR_EACH(fair_case), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &cases_listed, &q, err));
    bind_filter(q, f);
    fair_db_int(q, 5, fair_page_limit(f->page));
    fair_db_int(q, 6, fair_page_offset(f->page));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_case c;
        fair_arena_clear(a);
        case_read(q, a, &c);
        FAIR_TRY(each(arg, &c, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_cases_count(const struct fair_desk *d, const struct fair_case_filter *f, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &cases_counted, &q, err));
    bind_filter(q, f);
    FAIR_TRY(fair_db_step(q, err));
    *n = fair_db_get_int(q, 0);
    return FAIR_OK;
}

fair_status
fair_store_case_of_hit(const struct fair_desk *d, fair_id hit, fair_id *id, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &case_of_hit, &q, err));
    fair_db_int(q, 2, hit);
    fair_db_text(q, 3, (fair_str){ NULL, 0 });
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "hit %lld is in no case", (long long)hit);
    if (s != FAIR_OK) return s;
    *id = fair_db_get_int(q, 0);
    return FAIR_OK;
}

fair_status
fair_store_case_uses(const struct fair_desk *d, fair_id case_id, FAIR_EACH(fair_case_use), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &uses_of_case, &q, err));
    fair_db_int(q, 2, case_id);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_case_use x;
        fair_arena_clear(a);
        x = (struct fair_case_use){ .id = fair_db_get_int(q, 0), .case_id = fair_db_get_int(q, 1), .work = fair_db_get_int(q, 2), .hit = fair_db_get_int(q, 3),
                                    .user = fair_db_get_int(q, 4), .at = fair_db_get_int(q, 5), .page_url = fair_db_get_bytes(q, 6, a),
                                    .image_url = fair_db_get_bytes(q, 7, a), .work_title = fair_db_get_text(q, 8, a) };
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* ---- opening ---------------------------------------------------------------------------------------------------------- */

struct pursued { fair_id work; fair_str operator, state; };

static fair_status
pursued_hit(const struct fair_desk *d, fair_id hit, struct fair_arena *a, struct pursued *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &case_hit, &q, err));
    fair_db_int(q, 2, hit);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no hit %lld", (long long)hit);
    if (s != FAIR_OK) return s;
    *out = (struct pursued){ fair_db_get_int(q, 0), fair_db_get_text(q, 1, a), fair_db_get_text(q, 2, a) };
    return FAIR_OK;
}

static fair_status
to_join(const struct fair_desk *d, fair_str track, const struct pursued *p, fair_id *id, bool *has_work, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *id = 0;
    *has_work = false;
    FAIR_TRY(fair_desk_query(d, &case_to_join, &q, err));
    fair_db_text(q, 2, track);
    fair_db_text(q, 3, p->operator);
    fair_db_int(q, 4, p->work);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return FAIR_OK;
    if (s != FAIR_OK) return s;
    *id = fair_db_get_int(q, 0);
    *has_work = fair_db_get_int(q, 1) > 0;
    return FAIR_OK;
}

static fair_status
in_case_already(const struct fair_desk *d, fair_id hit, fair_str track, fair_id *id, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *id = 0;
    FAIR_TRY(fair_desk_query(d, &case_of_hit, &q, err));
    fair_db_int(q, 2, hit);
    fair_db_text(q, 3, track);
    s = fair_db_step(q, err);
    if (s == FAIR_OK) *id = fair_db_get_int(q, 0);
    return s == FAIR_OK || s == FAIR_DONE ? FAIR_OK : s;
}

static fair_status
new_case(const struct fair_desk *d, fair_str track, const struct pursued *p, fair_time now, fair_id *id, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_course c = fair_cases_open(fair_is(track, "takedown"), d->user, now);
    enum fair_move move;
    fair_time due;
    fair_id party;

    FAIR_TRY(fair_store_party_of(d, p->operator, now, &party, err));
    fair_cases_due(&c, FAIR_STR(""), now, &move, &due);
    *id = fair_id_new();
    FAIR_TRY(fair_desk_query(d, &case_put, &q, err));
    fair_db_int(q, 2, *id);
    fair_db_text(q, 3, track);
    fair_db_text(q, 4, p->operator);
    fair_db_int(q, 5, party);
    fair_db_text(q, 6, fair_str_of(fair_state_name(c.state)));
    fair_db_int(q, 7, d->user);
    fair_db_int(q, 8, now);
    fair_db_id(q, 9, due);
    return fair_db_run(q, err);
}

fair_status
fair_store_case_open(const struct fair_desk *d, fair_id hit, bool takedown, fair_time now, fair_id *id, bool *joined, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_str track = takedown ? FAIR_STR("takedown") : FAIR_STR("case"), role;
    struct pursued p = { 0 };
    enum fair_actor as;
    bool never, has_work;
    fair_id found;
    fair_status s;

    *id = 0;
    *joined = false;
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_user_role(d, a, &role, err));
    if (d->user == 0 || !fair_store_case_actor(role, FAIR_DO_GATHER, &as) || (as != FAIR_OWN && as != FAIR_AGT))
        return fair_fail(err, FAIR_REFUSED, "a case is opened by a person: the owner or an agent");
    FAIR_TRY(pursued_hit(d, hit, a, &p, err));
    if (!fair_is(p.state, "pursue")) return fair_fail(err, FAIR_REFUSED, "hit %lld is not pursued: decide on it first", (long long)hit);
    FAIR_TRY(in_case_already(d, hit, track, &found, err));
    if (found != 0) {
        *id = found;
        return fair_fail(err, FAIR_CONFLICT, "hit %lld is in case %lld", (long long)hit, (long long)found);
    }
    FAIR_TRY(fair_store_never_again(d, p.operator, p.work, &never, err));
    if (never) return fair_fail(err, FAIR_REFUSED, "a case about this work with %.*s was closed for good: none opens again", FAIR_STR_ARG(p.operator));
    FAIR_TRY(to_join(d, track, &p, &found, &has_work, err));
    *joined = found != 0;
    FAIR_TRY(fair_audit(d, now, found != 0 ? "case.join" : "case.open", hit, fair_str_fmt(a, "{\"track\":\"%.*s\",\"case\":%lld}", FAIR_STR_ARG(track), (long long)found), err));
    if (found == 0) FAIR_TRY(new_case(d, track, &p, now, &found, err));
    FAIR_TRY(fair_desk_query(d, &use_put, &q, err));
    fair_db_int(q, 2, fair_id_new());
    fair_db_int(q, 3, found);
    fair_db_text(q, 4, track);
    fair_db_text(q, 5, p.operator);
    fair_db_int(q, 6, p.work);
    fair_db_int(q, 7, hit);
    fair_db_int(q, 8, !has_work);
    fair_db_int(q, 9, d->user);
    fair_db_int(q, 10, now);
    s = fair_db_run(q, err);
    if (s == FAIR_CONFLICT) return fair_fail(err, s, "there is an open case about this work with %.*s", FAIR_STR_ARG(p.operator));
    if (s != FAIR_OK) return s;
    fair_rows_free(&q);
    FAIR_TRY(fair_store_case_look(d, found, false, now, err));
    FAIR_TRY(fair_txn_end(&t, err));
    *id = found;
    return FAIR_OK;
}
