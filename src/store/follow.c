/* follow.c - hits and rules follow their work: hidden when it is removed, back when the same bytes are registered again. */
#include <string.h>
#include "store/rules_private.h"
#include "store/works_private.h"

FAIR_SQL(hits_drop, "UPDATE hit SET dropped_us = $3 WHERE org_id = $1 AND work_id = $2 AND dropped_us IS NULL");
FAIR_SQL(work_former, "SELECT id FROM work WHERE org_id = $1 AND sha256 = $2 AND removed_us IS NOT NULL ORDER BY removed_us DESC, id DESC LIMIT 1");
FAIR_SQL(hits_take_up, "UPDATE hit SET work_id = $3, dropped_us = forgotten_us WHERE org_id = $1 AND work_id = $2");
FAIR_SQL(rules_of_work, "SELECT id, scope, site, operator FROM rule WHERE org_id = $1 AND work_id = $2 ORDER BY id");
FAIR_SQL(rule_take_up, "UPDATE rule SET work_id = $3, match_key = $4 WHERE org_id = $1 AND id = $2");

fair_status
fair_work_removed(const struct fair_desk *d, fair_id work, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &hits_drop, &q, err));
    fair_db_int(q, 2, work);
    fair_db_int(q, 3, now);
    return fair_db_run(q, err);
}

static fair_status
former_self(const struct fair_desk *d, const struct fair_sha256 *sha, fair_id *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *out = 0;
    FAIR_TRY(fair_desk_query(d, &work_former, &q, err));
    fair_db_sha256(q, 2, sha);
    s = fair_db_step(q, err);
    if (s == FAIR_OK) *out = fair_db_get_int(q, 0);
    return s == FAIR_DONE ? FAIR_OK : s;
}

static fair_status
take_up_rules(const struct fair_desk *d, fair_id was, fair_id now_is, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct { fair_id id; struct fair_sha256 key; } *moved = NULL;
    size_t n = 0, room = 0;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &rules_of_work, &q, err));
    fair_db_int(q, 2, was);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_rule_about about = { .work = now_is, .site = fair_db_get_text(q, 2, a), .operator = fair_db_get_text(q, 3, a) };
        fair_str scope = fair_db_get_text(q, 1, a);
        if (fair_str_eq(scope, FAIR_STR("page"))) continue;      /* about a page: its key has no work in it */
        if (n == room) {
            void *more = fair_alloc_array(a, room = room == 0 ? 16 : room * 2, sizeof *moved);
            if (n > 0) memcpy(more, moved, n * sizeof *moved);
            moved = more;
        }
        moved[n].id = fair_db_get_int(q, 0);
        moved[n++].key = fair_rule_key(scope, &about);
    }
    if (s != FAIR_DONE) return s;
    fair_rows_free(&q);
    for (size_t i = 0; i < n; i++) {
        FAIR_TRY(fair_desk_query(d, &rule_take_up, &q, err));
        fair_db_int(q, 2, moved[i].id);
        fair_db_int(q, 3, now_is);
        fair_db_sha256(q, 4, &moved[i].key);
        FAIR_TRY(fair_db_run(q, err));
        fair_rows_free(&q);
    }
    return FAIR_OK;
}

fair_status
fair_work_added(const struct fair_desk *d, const struct fair_work *w, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_id was;

    FAIR_TRY(former_self(d, &w->sha256, &was, err));
    if (was == 0) return FAIR_OK;
    FAIR_TRY(fair_desk_query(d, &hits_take_up, &q, err));
    fair_db_int(q, 2, was);
    fair_db_int(q, 3, w->id);
    FAIR_TRY(fair_db_run(q, err));
    return take_up_rules(d, was, w->id, err);
}
