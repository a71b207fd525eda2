/* decide.c - what a person says of a hit: written down, remembered, and carried to the hits it covers. */
#include <string.h>
#include "store/hits_private.h"

#define NOTE_BYTES 8192

#define TO_DECIDE "SELECT " HIT_ROW_COLUMNS ", h.page_url FROM hit h WHERE h.org_id = $1 AND "
#define IN_INBOX " AND h.state = 'inbox' ORDER BY h.id"
FAIR_SQL(hit_to_decide, TO_DECIDE "h.id = $2");
FAIR_SQL(inbox_of_page, TO_DECIDE "h.page_key = $2" IN_INBOX);
FAIR_SQL(inbox_of_site, TO_DECIDE "h.site = $2" IN_INBOX);
FAIR_SQL(inbox_of_work, TO_DECIDE "h.work_id = $2" IN_INBOX);
FAIR_SQL(inbox_of_operator, TO_DECIDE "h.operator = $2" IN_INBOX);
FAIR_SQL(decisions_of_hit,
    "SELECT d.id, d.hit_id, d.account_id, d.what, d.reason, d.sub, d.scope, d.note, d.until_us, d.at_us, a.name,"
    " (SELECT count(*) FROM hit_move o WHERE o.org_id = d.org_id AND o.decision_id = d.id AND o.hit_id <> d.hit_id)"
    " FROM hit_move m JOIN decision d ON d.org_id = m.org_id AND d.id = m.decision_id"
    " LEFT JOIN account a ON a.org_id = d.org_id AND a.id = d.account_id"
    " WHERE m.org_id = $1 AND m.hit_id = $2 ORDER BY m.id");

static bool is(fair_str s, const char *c) { return fair_str_eq(s, fair_str_of(c)); }

const struct fair_ignore_reason *
fair_ignore_reason_by_code(fair_str code)
{
    for (size_t i = 0; i < fair_n_ignore_reasons; i++)
        if (is(code, fair_ignore_reasons[i].code)) return &fair_ignore_reasons[i];
    return NULL;
}

/* "a", "b: a logo", "c" - from its own field or the note's first letter. */
static fair_status
fill_sub(struct fair_decision *x, struct fair_err *err)
{
    fair_str note = fair_str_trim(x->note);

    if (x->sub.n == 0 && note.n > 0 && strchr("abc", note.p[0]) != NULL &&
        (note.n == 1 || strchr(" :,.;)-", note.p[1]) != NULL))
        x->sub = (fair_str){ note.p, 1 };
    if (x->sub.n == 0) x->sub = FAIR_STR("a");
    if (x->sub.n != 1 || strchr("abc", x->sub.p[0]) == NULL)
        return fair_fail(err, FAIR_INVALID,
                         "not_a_match needs a subreason: a (same subject), b (template or logo) or c (both derived from a third picture)");
    return FAIR_OK;
}

/* What was left open is filled in, what cannot be is told. */
static fair_status
fill(struct fair_decision *x, const struct fair_hit_row *h, struct fair_err *err)
{
    const struct fair_ignore_reason *r;

    if (x->note.n > NOTE_BYTES) return fair_fail(err, FAIR_INVALID, "the note is over %d bytes", NOTE_BYTES);
    if (x->scope.n > 0 && !fair_ignore_scope_valid(x->scope))
        return fair_fail(err, FAIR_INVALID, "scope \"%.*s\" is none of hit, page, domain, work+domain, work, pair, work+operator, operator",
                         FAIR_STR_ARG(x->scope));
    if (x->until != 0 && x->until <= x->at) return fair_fail(err, FAIR_INVALID, "the date until which it holds has passed");
    if (is(x->what, "pursue") || is(x->what, "reopen")) {
        if (is(x->what, "pursue") && x->scope.n > 0 && !is(x->scope, "hit"))
            return fair_fail(err, FAIR_INVALID, "pursue is decided for one use at a time");
        if (x->reason.n > 0) return fair_fail(err, FAIR_INVALID, "%.*s takes no reason", FAIR_STR_ARG(x->what));
        if (x->until != 0) return fair_fail(err, FAIR_INVALID, "%.*s takes no date", FAIR_STR_ARG(x->what));
        x->reason = x->sub = (fair_str){ NULL, 0 };
        if (x->scope.n == 0) x->scope = FAIR_STR("hit");
        return FAIR_OK;
    }
    if (!is(x->what, "ignore") && !is(x->what, "not_a_match"))
        return fair_fail(err, FAIR_INVALID, "\"%.*s\" is none of pursue, ignore, not_a_match, reopen", FAIR_STR_ARG(x->what));
    if (is(x->what, "not_a_match") && x->reason.n == 0) x->reason = FAIR_STR("not_a_match");
    if (x->reason.n == 0) return fair_fail(err, FAIR_INVALID, "to ignore a use needs one of the %zu reasons", fair_n_ignore_reasons);
    r = fair_ignore_reason_by_code(x->reason);
    if (r == NULL) return fair_fail(err, FAIR_INVALID, "\"%.*s\" is none of the %zu reasons", FAIR_STR_ARG(x->reason), fair_n_ignore_reasons);
    if (is(x->reason, "not_a_match")) {
        x->what = FAIR_STR("not_a_match");
        FAIR_TRY(fill_sub(x, err));
    } else {
        if (is(x->what, "not_a_match")) return fair_fail(err, FAIR_INVALID, "not_a_match has its own reason, not %s", r->code);
        x->sub = (fair_str){ NULL, 0 };
        if (strcmp(r->needs, "-") != 0 && fair_str_trim(x->note).n == 0)
            return fair_fail(err, FAIR_INVALID, "%s needs in its note: %s", r->code, r->needs);
    }
    x->reason = fair_str_of(r->code);
    if (x->scope.n == 0) {
        x->scope = fair_str_of(r->default_scope);
        /* Folders are no site: "the domain" would silence every folder there is. */
        if (is(h->about.site, "files") && (fair_str_ends(x->scope, FAIR_STR("domain")) || fair_str_ends(x->scope, FAIR_STR("operator"))))
            x->scope = FAIR_STR("page");
    }
    return FAIR_OK;
}

/* The open hits that the new rule may cover; a pair is looked at one by one. */
static fair_status
open_hits(const struct fair_desk *d, fair_str scope, const struct fair_hit_row *h, struct fair_arena *a, struct fair_hit_rows *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    if (is(scope, "hit")) return FAIR_OK;
    if (is(scope, "page")) {
        FAIR_TRY(fair_desk_query(d, &inbox_of_page, &q, err));
        fair_db_sha256(q, 2, &h->about.page_key);
    } else if (is(scope, "domain")) {
        FAIR_TRY(fair_desk_query(d, &inbox_of_site, &q, err));
        fair_db_text(q, 2, h->about.site);
    } else if (is(scope, "operator")) {
        FAIR_TRY(fair_desk_query(d, &inbox_of_operator, &q, err));
        fair_db_text(q, 2, h->about.operator);
    } else {
        FAIR_TRY(fair_desk_query(d, &inbox_of_work, &q, err));
        fair_db_int(q, 2, h->about.work);
    }
    return fair_hit_rows_read(q, a, out, err);
}

static bool
covers(fair_str scope, const struct fair_hit_row *h, const struct fair_hit_row *other)
{
    struct fair_sha256 a, b;

    if (is(scope, "pair")) return h->about.work == other->about.work && fair_pair_same(&h->about, &other->about);
    a = fair_rule_key(scope, &h->about);
    b = fair_rule_key(scope, &other->about);
    return memcmp(a.b, b.b, sizeof a.b) == 0;
}

static fair_status
ignore(const struct fair_desk *d, struct fair_decision *x, const struct fair_hit_row *h, fair_str page_url, struct fair_arena *a, struct fair_err *err)
{
    struct fair_hit_move to = { .decision = x->id, .state = fair_state_of(x->what), .until = x->until, .at = x->at };
    struct fair_hit_rows l = { 0 };

    if (!is(x->scope, "hit")) FAIR_TRY(fair_rule_put(d, x, h, page_url, &to.rule, err));
    FAIR_TRY(fair_hit_move(d, h->id, h->state, &to, err));
    FAIR_TRY(open_hits(d, x->scope, h, a, &l, err));
    for (size_t i = 0; i < l.n; i++) {
        if (l.rows[i].id == h->id || !covers(x->scope, h, &l.rows[i])) continue;
        FAIR_TRY(fair_hit_move(d, l.rows[i].id, l.rows[i].state, &to, err));
        x->covered++;
    }
    return FAIR_OK;
}

/* It is a match after all, or open again: then its pair is no longer rejected. */
static fair_status
take_back(const struct fair_desk *d, struct fair_decision *x, const struct fair_hit_row *h, struct fair_arena *a, struct fair_err *err)
{
    struct fair_hit_move to = { .decision = x->id, .state = is(x->what, "pursue") ? FAIR_STR("pursue") : FAIR_STR("inbox"), .at = x->at };
    fair_str scope = is(x->scope, "hit") ? FAIR_STR("pair") : x->scope;
    fair_id *rules;
    size_t n;

    FAIR_TRY(fair_hit_move(d, h->id, h->state, &to, err));
    FAIR_TRY(fair_rules_over(d, scope, &h->about, a, &rules, &n, err));
    for (size_t i = 0; i < n; i++) FAIR_TRY(fair_rule_end(d, rules[i], x->id, h->id, x->at, &x->covered, err));
    return FAIR_OK;
}

static fair_status
to_decide(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_hit_row *h, fair_str *page_url, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &hit_to_decide, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no hit %lld", (long long)id);
    if (s != FAIR_OK) return s;
    fair_hit_row_read(q, 0, a, h);
    *page_url = fair_db_get_bytes(q, 12, a);
    return FAIR_OK;
}

fair_status
fair_store_decide(const struct fair_desk *d, struct fair_decision *given, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    struct fair_decision x = *given;
    struct fair_hit_row h;
    fair_str page_url;

    x.id = 0;
    x.user = d->user;
    x.covered = 0;
    if (x.at == 0) x.at = fair_now();
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(to_decide(d, x.hit, a, &h, &page_url, err));
    FAIR_TRY(fill(&x, &h, err));
    FAIR_TRY(fair_decision_put(d, &x, err));
    if (is(x.what, "pursue") || is(x.what, "reopen")) FAIR_TRY(take_back(d, &x, &h, a, err));
    else FAIR_TRY(ignore(d, &x, &h, page_url, a, err));
    FAIR_TRY(fair_txn_end(&t, err));
    *given = x;
    return FAIR_OK;
}

fair_status
fair_store_decisions(const struct fair_desk *d, fair_id hit, FAIR_EACH(fair_decision), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &decisions_of_hit, &q, err));
    fair_db_int(q, 2, hit);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_decision x;
        fair_arena_clear(a);
        x = (struct fair_decision){
            .id = fair_db_get_int(q, 0), .hit = fair_db_get_int(q, 1), .user = fair_db_get_int(q, 2),
            .what = fair_db_get_text(q, 3, a), .reason = fair_db_get_text(q, 4, a), .sub = fair_db_get_text(q, 5, a),
            .scope = fair_db_get_text(q, 6, a), .note = fair_db_get_text(q, 7, a), .until = fair_db_get_int(q, 8),
            .at = fair_db_get_int(q, 9), .user_name = fair_db_get_text(q, 10, a), .covered = fair_db_get_int(q, 11),
        };
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}
