/* moves.c - how a hit changes its state: by a decision on it, by a rule, or because a date passed. */
#include <string.h>
#include "store/hits_private.h"
#include "store/owner_private.h"

FAIR_SQL(hit_set_state,
    "UPDATE hit SET state = $3, decision_id = $4, rule_id = $5, until_us = $6 WHERE org_id = $1 AND id = $2");
FAIR_SQL(move_put,
    "INSERT INTO hit_move (id, org_id, hit_id, decision_id, was, became, at_us) VALUES ($2, $1, $3, $4, $5, $6, $7)");
FAIR_SQL(decision_put,
    "INSERT INTO decision (id, org_id, hit_id, account_id, what, reason, sub, scope, note, until_us, at_us)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
FAIR_SQL_ALL(hits_over,
    "SELECT h.org_id, " HIT_ROW_COLUMNS " FROM hit h WHERE h.until_us <= $1 ORDER BY h.until_us, h.id LIMIT 10000");
FAIR_SQL_ALL(any_over,
    "SELECT EXISTS (SELECT 1 FROM hit WHERE until_us <= $1) OR EXISTS (SELECT 1 FROM rule WHERE until_us <= $1 AND ended_us IS NULL)");
FAIR_SQL_ALL(rules_over, "UPDATE rule SET ended_us = until_us WHERE until_us <= $1 AND ended_us IS NULL");
FAIR_SQL(hit_page, "SELECT page_url FROM hit WHERE org_id = $1 AND id = $2");
FAIR_SQL(hit_until_clear, "UPDATE hit SET until_us = NULL WHERE org_id = $1 AND id = $2");

void
fair_hit_row_read(struct fair_rows *q, int c, struct fair_arena *a, struct fair_hit_row *h)
{
    *h = (struct fair_hit_row){ .id = fair_db_get_int(q, c), .state = fair_db_get_text(q, c + 1, a),
                                .decision = fair_db_get_int(q, c + 2), .rule = fair_db_get_int(q, c + 3),
                                .until = fair_db_get_int(q, c + 4) };
    h->about.work = fair_db_get_int(q, c + 5);
    h->about.site = fair_db_get_text(q, c + 6, a);
    h->about.operator = fair_db_get_text(q, c + 7, a);
    fair_db_get_sha256(q, c + 8, &h->about.page_key);
    fair_db_get_sha256(q, c + 9, &h->about.image_key);
    fair_db_get_sha256(q, c + 10, &h->about.sha256);
    fair_db_get_sha256(q, c + 11, &h->about.whole);
}

static struct fair_hit_row *
one_more(struct fair_arena *a, struct fair_hit_rows *l)
{
    if (l->n == l->room) {
        size_t room = l->room == 0 ? 32 : l->room * 2;
        struct fair_hit_row *more = fair_alloc_array(a, room, sizeof *more);
        if (l->n > 0) memcpy(more, l->rows, l->n * sizeof *more);
        l->rows = more;
        l->room = room;
    }
    return &l->rows[l->n++];
}

fair_status
fair_hit_rows_read(struct fair_rows *q, struct fair_arena *a, struct fair_hit_rows *out, struct fair_err *err)
{
    fair_status s;
    while ((s = fair_db_step(q, err)) == FAIR_OK) fair_hit_row_read(q, 0, a, one_more(a, out));
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_str
fair_state_of(fair_str what)
{
    return fair_str_eq(what, FAIR_STR("not_a_match")) ? FAIR_STR("not_a_match") : FAIR_STR("ignored");
}

fair_status
fair_hit_move(const struct fair_desk *d, fair_id hit, fair_str was, const struct fair_hit_move *to, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &hit_set_state, &q, err));
    fair_db_int(q, 2, hit);
    fair_db_text(q, 3, to->state);
    fair_db_int(q, 4, to->decision);
    fair_db_id(q, 5, to->rule);
    fair_db_id(q, 6, to->until);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &move_put, &q, err));
    fair_db_int(q, 2, fair_id_new());
    fair_db_int(q, 3, hit);
    fair_db_int(q, 4, to->decision);
    fair_db_text(q, 5, was);
    fair_db_text(q, 6, to->state);
    fair_db_int(q, 7, to->at);
    return fair_db_run(q, err);
}

fair_status
fair_hit_reconsider(const struct fair_desk *d, const struct fair_hit_row *h, fair_id decision, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_rule_hold hold;
    struct fair_hit_move to = { .decision = decision, .state = FAIR_STR("inbox"), .at = now };

    FAIR_TRY(fair_rule_covering(d, &h->about, now, a, &hold, err));
    if (hold.id != 0) {
        to = (struct fair_hit_move){ hold.decision, hold.id, fair_state_of(hold.what), hold.until, now };
    } else {
        const struct fair_desk system = { d->st, d->org, 0 };
        struct fair_licence_hold licence;
        FAIR_AUTO(rows) struct fair_rows *q = NULL;
        fair_str url;
        FAIR_TRY(fair_desk_query(d, &hit_page, &q, err));
        fair_db_int(q, 2, h->id);
        FAIR_TRY(fair_db_step(q, err));
        url = fair_db_get_bytes(q, 0, a);
        fair_rows_free(&q);
        FAIR_TRY(fair_licence_hold_hit(&system, h->id, h->about.work, url, h->state, now, &licence, err));
        if (licence.id != 0) return FAIR_OK;
    }
    return fair_hit_move(d, h->id, h->state, &to, err);
}

fair_status
fair_decision_put(const struct fair_desk *d, struct fair_decision *x, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_buf b = FAIR_BUF(a, 60000);
    fair_str details;

    if (x->id == 0) x->id = fair_id_new();
    FAIR_TRY(fair_desk_query(d, &decision_put, &q, err));
    fair_db_int(q, 2, x->id);
    fair_db_int(q, 3, x->hit);
    fair_db_int(q, 4, d->user);
    fair_db_text(q, 5, x->what);
    fair_db_text(q, 6, x->reason);
    fair_db_text(q, 7, x->sub);
    fair_db_text(q, 8, x->scope);
    fair_db_text(q, 9, x->note);
    fair_db_id(q, 10, x->until);
    fair_db_int(q, 11, x->at);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    fair_buf_fmt(&b, "{\"decision\":%lld,\"reason\":", (long long)x->id);
    fair_json_text(&b, x->reason);
    fair_buf_c(&b, ",\"scope\":");
    fair_json_text(&b, x->scope);
    fair_buf_c(&b, ",\"note\":");
    fair_json_text(&b, x->note);
    fair_buf_fmt(&b, ",\"until_us\":%lld}", (long long)x->until);
    FAIR_TRY(fair_buf_take(&b, &details, err));
    return fair_audit(d, x->at, fair_str_fmt(a, "hit.%.*s", FAIR_STR_ARG(x->what)).p, x->hit, details, err);
}

/* One organisation's hits whose date has passed. */
static fair_status
reopen_one(const struct fair_desk *d, const struct fair_hit_row *h, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_decision over = { .hit = h->id, .what = FAIR_STR("reopen"), .scope = FAIR_STR("hit"),
                                  .note = FAIR_STR("The date of the decision has passed."), .at = now };

    if (fair_str_eq(h->state, FAIR_STR("inbox")) || fair_str_eq(h->state, FAIR_STR("pursue"))) {
        FAIR_TRY(fair_desk_query(d, &hit_until_clear, &q, err));
        fair_db_int(q, 2, h->id);
        return fair_db_run(q, err);
    }
    FAIR_TRY(fair_decision_put(d, &over, err));
    return fair_hit_reconsider(d, h, over.id, now, err);
}

fair_status
fair_store_hits_reopen(struct fair_store *st, fair_time now, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_hit_rows l = { 0 };
    fair_id *orgs = NULL;
    size_t room = 0;
    fair_status s;

    *n = 0;
    /* Asked every few seconds: mostly there is nothing to write. */
    FAIR_TRY(fair_store_query(st, &any_over, &q, err));
    fair_db_int(q, 1, now);
    FAIR_TRY(fair_db_step(q, err));
    if (fair_db_get_int(q, 0) == 0) return FAIR_OK;
    fair_rows_free(&q);
    FAIR_TRY(fair_txn_begin(st, &t, err));
    FAIR_TRY(fair_store_query(st, &rules_over, &q, err));
    fair_db_int(q, 1, now);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_store_query(st, &hits_over, &q, err));
    fair_db_int(q, 1, now);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        fair_hit_row_read(q, 1, a, one_more(a, &l));
        if (l.n > room) {
            fair_id *more = fair_alloc_array(a, l.room, sizeof *more);
            if (room > 0) memcpy(more, orgs, room * sizeof *more);
            orgs = more;
            room = l.room;
        }
        orgs[l.n - 1] = fair_db_get_int(q, 0);
    }
    if (s != FAIR_DONE) return s;
    fair_rows_free(&q);
    for (size_t i = 0; i < l.n; i++) {
        const struct fair_desk system = { st, orgs[i], 0 };
        FAIR_TRY(reopen_one(&system, &l.rows[i], now, err));
    }
    FAIR_TRY(fair_txn_end(&t, err));
    *n = (int64_t)l.n;
    return FAIR_OK;
}
