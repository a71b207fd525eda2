/* rules.c - what is remembered of decisions: which rule covers a use that is found. */
#include <string.h>
#include "base/digest.h"
#include "store/hits_private.h"

static const char *const scopes[] = { "pair", "page", "work+domain", "work+operator", "work", "domain", "operator" };
#define N_SCOPES (sizeof scopes / sizeof *scopes)             /* narrowest first; "hit" is remembered by the hit itself */

FAIR_SQL(rules_by_keys,
    "SELECT id, decision_id, what, until_us, scope, image_key, sha256, whole FROM rule"
    " WHERE org_id = $1 AND match_key IN ($2, $3, $4, $5, $6, $7, $8, $10, $11, $12, $13, $14, $15, $16) AND ended_us IS NULL"
    " AND (until_us IS NULL OR until_us > $9) ORDER BY id DESC");

FAIR_SQL(rule_put,
    "INSERT INTO rule (id, org_id, scope, match_key, what, reason, note, hit_id, decision_id, work_id, site, operator,"
    " page_url, image_key, sha256, whole, account_id, at_us, until_us)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)");
FAIR_SQL(rule_replace, "UPDATE rule SET ended_us = $3 WHERE org_id = $1 AND id = $2 AND ended_us IS NULL");
FAIR_SQL(rule_hits_follow, "UPDATE hit SET rule_id = $3 WHERE org_id = $1 AND rule_id = $2");
FAIR_SQL(rules_of_key, "SELECT id, image_key, sha256, whole FROM rule WHERE org_id = $1 AND match_key = $2 AND ended_us IS NULL ORDER BY id");
FAIR_SQL(rule_by_id, "SELECT hit_id FROM rule WHERE org_id = $1 AND id = $2 AND ended_us IS NULL");
FAIR_SQL(hits_of_rule,
    "SELECT " HIT_ROW_COLUMNS " FROM hit h WHERE h.org_id = $1 AND h.rule_id = $2 AND h.state IN ('ignored', 'not_a_match') ORDER BY h.id");
FAIR_SQL(rules_in_force,
    "SELECT id, hit_id, work_id, account_id, scope, what, reason, note, site, page_url, until_us, at_us FROM rule"
    " WHERE org_id = $1 AND ended_us IS NULL AND (until_us IS NULL OR until_us > $2) ORDER BY id");

struct fair_sha256
fair_rule_key(fair_str scope, const struct fair_rule_about *x)
{
    struct fair_sha256_run *run = fair_sha256_begin();
    uint8_t id[8];
    bool work = fair_str_starts(scope, FAIR_STR("work")) || fair_str_eq(scope, FAIR_STR("pair"));

    fair_sha256_add(run, scope.p, scope.n);
    fair_sha256_add(run, "\n", 1);
    for (int i = 0; i < 8; i++) id[i] = (uint8_t)((uint64_t)x->work >> (8 * i));
    if (work) fair_sha256_add(run, id, sizeof id);
    if (fair_str_eq(scope, FAIR_STR("page"))) fair_sha256_add(run, x->page_key.b, sizeof x->page_key.b);
    if (fair_str_ends(scope, FAIR_STR("domain"))) fair_sha256_add(run, x->site.p, x->site.n);
    if (fair_str_ends(scope, FAIR_STR("operator"))) fair_sha256_add(run, x->operator.p, x->operator.n);
    return fair_sha256_end(&run);
}

static unsigned
distance(const struct fair_sha256 *a, const struct fair_sha256 *b)
{
    unsigned bits = 0;
    for (size_t i = 0; i < sizeof a->b; i++) bits += (unsigned)__builtin_popcount(a->b[i] ^ b->b[i]);
    return bits;
}

bool
fair_pair_same(const struct fair_rule_about *a, const struct fair_rule_about *b)
{
    if (!fair_sha256_none(&a->sha256) && fair_sha256_eq(&a->sha256, &b->sha256)) return true;
    if (!fair_sha256_none(&a->image_key) && fair_sha256_eq(&a->image_key, &b->image_key)) return true;
    return !fair_sha256_none(&a->whole) && !fair_sha256_none(&b->whole) && distance(&a->whole, &b->whole) <= FAIR_PAIR_RADIUS;
}

bool
fair_ignore_scope_valid(fair_str scope)
{
    for (size_t i = 0; i < N_SCOPES; i++)
        if (fair_str_eq(scope, fair_str_of(scopes[i]))) return true;
    return fair_str_eq(scope, FAIR_STR("hit"));
}

fair_status
fair_rule_covering(const struct fair_desk *d, const struct fair_rule_about *about, fair_time now, struct fair_arena *a,
                   struct fair_rule_hold *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_rule_about keyed;
    size_t best = N_SCOPES;
    bool any;
    fair_status s;

    *out = (struct fair_rule_hold){ 0 };
    FAIR_TRY(fair_about_keyed(d, about, false, a, &keyed, &any, err));
    FAIR_TRY(fair_desk_query(d, &rules_by_keys, &q, err));
    for (size_t i = 0; i < N_SCOPES; i++) {
        struct fair_sha256 key = fair_rule_key(fair_str_of(scopes[i]), about), again = fair_rule_key(fair_str_of(scopes[i]), &keyed);
        fair_db_sha256(q, 2 + (int)i, &key);
        fair_db_sha256(q, 10 + (int)i, &again);
    }
    fair_db_int(q, 9, now);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        fair_str scope = fair_db_get_text(q, 4, a);
        size_t rank = 0;
        while (rank < N_SCOPES && !fair_str_eq(scope, fair_str_of(scopes[rank]))) rank++;
        if (rank >= best) continue;
        if (rank == 0) {
            struct fair_rule_about of = { 0 };
            fair_db_get_sha256(q, 5, &of.image_key);
            fair_db_get_sha256(q, 6, &of.sha256);
            fair_db_get_sha256(q, 7, &of.whole);
            if (!fair_pair_same(&of, about) && !fair_pair_same(&of, &keyed)) continue;
        }
        best = rank;
        *out = (struct fair_rule_hold){ fair_db_get_int(q, 0), fair_db_get_int(q, 1), fair_db_get_text(q, 2, a), fair_db_get_int(q, 3) };
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_rules_over(const struct fair_desk *d, fair_str scope, const struct fair_rule_about *about, struct fair_arena *a,
                fair_id **ids, size_t *n, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 key = fair_rule_key(scope, about);
    bool pair = fair_str_eq(scope, FAIR_STR("pair"));
    size_t room = 0;
    fair_status s;

    *ids = NULL;
    *n = 0;
    FAIR_TRY(fair_desk_query(d, &rules_of_key, &q, err));
    fair_db_sha256(q, 2, &key);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_rule_about of = { 0 };
        fair_db_get_sha256(q, 1, &of.image_key);
        fair_db_get_sha256(q, 2, &of.sha256);
        fair_db_get_sha256(q, 3, &of.whole);
        if (pair && !fair_pair_same(&of, about)) continue;
        if (*n == room) {
            fair_id *more = fair_alloc_array(a, room = room == 0 ? 8 : room * 2, sizeof *more);
            if (*n > 0) memcpy(more, *ids, *n * sizeof *more);
            *ids = more;
        }
        (*ids)[(*n)++] = fair_db_get_int(q, 0);
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* The new rule stands in the place of one about the very same: what that held, it holds. */
static fair_status
replace(const struct fair_desk *d, fair_id old, fair_id by, fair_time at, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &rule_replace, &q, err));
    fair_db_int(q, 2, old);
    fair_db_int(q, 3, at);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &rule_hits_follow, &q, err));
    fair_db_int(q, 2, old);
    fair_db_int(q, 3, by);
    return fair_db_run(q, err);
}

fair_status
fair_rule_put(const struct fair_desk *d, const struct fair_decision *x, const struct fair_hit_row *h, fair_str page_url,
              fair_id *rule, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 key = fair_rule_key(x->scope, &h->about);
    bool pair = fair_str_eq(x->scope, FAIR_STR("pair"));
    fair_id *old;
    size_t n_old;

    *rule = fair_id_new();
    /* Pairs add up: the next rejected picture is near the last one, but not near the first. */
    FAIR_TRY(fair_rules_over(d, x->scope, &h->about, a, &old, &n_old, err));
    FAIR_TRY(fair_desk_query(d, &rule_put, &q, err));
    fair_db_int(q, 2, *rule);
    fair_db_text(q, 3, x->scope);
    fair_db_sha256(q, 4, &key);
    fair_db_text(q, 5, fair_str_eq(x->what, FAIR_STR("not_a_match")) ? x->what : FAIR_STR("ignore"));
    fair_db_text(q, 6, x->reason);
    fair_db_text(q, 7, x->note);
    fair_db_int(q, 8, h->id);
    fair_db_int(q, 9, x->id);
    fair_db_int(q, 10, h->about.work);
    fair_db_text(q, 11, h->about.site);
    fair_db_text(q, 12, h->about.operator);
    fair_db_bytes(q, 13, page_url);
    fair_db_sha256(q, 14, &h->about.image_key);
    fair_db_sha256(q, 15, &h->about.sha256);
    fair_db_sha256(q, 16, &h->about.whole);
    fair_db_int(q, 17, d->user);
    fair_db_int(q, 18, x->at);
    fair_db_id(q, 19, x->until);
    FAIR_TRY(fair_db_run(q, err));
    for (size_t i = 0; !pair && i < n_old; i++) FAIR_TRY(replace(d, old[i], *rule, x->at, err));
    return FAIR_OK;
}

fair_status
fair_rule_end(const struct fair_desk *d, fair_id rule, fair_id decision, fair_id but, fair_time now, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_hit_rows l = { 0 };

    FAIR_TRY(fair_desk_query(d, &rule_replace, &q, err));
    fair_db_int(q, 2, rule);
    fair_db_int(q, 3, now);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &hits_of_rule, &q, err));
    fair_db_int(q, 2, rule);
    FAIR_TRY(fair_hit_rows_read(q, a, &l, err));
    for (size_t i = 0; i < l.n; i++) {
        if (l.rows[i].id == but) continue;
        FAIR_TRY(fair_hit_reconsider(d, &l.rows[i], decision, now, err));
        ++*n;
    }
    return FAIR_OK;
}

fair_status
fair_store_rule_remove(const struct fair_desk *d, fair_id id, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_decision x = { .what = FAIR_STR("reopen"), .scope = FAIR_STR("hit"), .note = FAIR_STR("The rule was removed."), .at = fair_now() };
    fair_status s;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &rule_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no rule %lld is in force", (long long)id);
    if (s != FAIR_OK) return s;
    x.hit = fair_db_get_int(q, 0);
    fair_rows_free(&q);
    FAIR_TRY(fair_decision_put(d, &x, err));
    FAIR_TRY(fair_rule_end(d, id, x.id, 0, x.at, &x.covered, err));
    FAIR_TRY(fair_audit(d, x.at, "rule.remove", id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_rules(const struct fair_desk *d, FAIR_EACH(fair_rule), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &rules_in_force, &q, err));
    fair_db_int(q, 2, fair_now());
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_rule r;
        fair_arena_clear(a);
        r = (struct fair_rule){
            .id = fair_db_get_int(q, 0), .hit = fair_db_get_int(q, 1), .work = fair_db_get_int(q, 2), .user = fair_db_get_int(q, 3),
            .scope = fair_db_get_text(q, 4, a), .what = fair_db_get_text(q, 5, a), .reason = fair_db_get_text(q, 6, a),
            .note = fair_db_get_text(q, 7, a), .site = fair_db_get_text(q, 8, a), .page_url = fair_db_get_bytes(q, 9, a),
            .until = fair_db_get_int(q, 10), .at = fair_db_get_int(q, 11),
        };
        FAIR_TRY(each(arg, &r, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}
