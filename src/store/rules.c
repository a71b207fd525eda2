/* rules.c - what is remembered of decisions: which rule covers a use that is found. */
#include <string.h>
#include "base/digest.h"
#include "store/rules_private.h"

static const char *const scopes[] = { "pair", "page", "work+domain", "work+operator", "work", "domain", "operator" };
#define N_SCOPES (sizeof scopes / sizeof *scopes)             /* narrowest first; "hit" is remembered by the hit itself */

FAIR_SQL(rules_by_keys,
    "SELECT id, decision_id, what, until_us, scope, image_key, sha256, whole FROM rule"
    " WHERE org_id = $1 AND match_key IN ($2, $3, $4, $5, $6, $7, $8) AND ended_us IS NULL"
    " AND (until_us IS NULL OR until_us > $9) ORDER BY id DESC");

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
    size_t best = N_SCOPES;
    fair_status s;

    *out = (struct fair_rule_hold){ 0 };
    FAIR_TRY(fair_desk_query(d, &rules_by_keys, &q, err));
    for (size_t i = 0; i < N_SCOPES; i++) {
        struct fair_sha256 key = fair_rule_key(fair_str_of(scopes[i]), about);
        fair_db_sha256(q, 2 + (int)i, &key);
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
            if (!fair_pair_same(&of, about)) continue;
        }
        best = rank;
        *out = (struct fair_rule_hold){ fair_db_get_int(q, 0), fair_db_get_int(q, 1), fair_db_get_text(q, 2, a), fair_db_get_int(q, 3) };
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}
