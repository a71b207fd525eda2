/* licences.c - the ledger of who may use what, and the uses that it holds back from the queue. */
#include <stdio.h>
#include <string.h>
#include "store/hits_private.h"
#include "store/case_private.h"
#include "store/owner_private.h"

#define LINE_BYTES 500
#define NOTE_BYTES 4000
#define DOMAINS_MAX 200
#define WORKS_SHOWN 100
#define LABELS 8                      /* of a host that are asked for: a.b.c.d.e.example.co.uk */

FAIR_SQL(licence_put,
    "INSERT INTO licence (id, org_id, kind, assignee, scope, collection, territory, medium, from_us, until_us, attribution, shop, order_no, document,"
    " note, account_id, at_us) VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)");
FAIR_SQL(licence_domain_put, "INSERT INTO licence_domain (org_id, licence_id, domain) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
FAIR_SQL(licence_work_put, "INSERT INTO licence_work (org_id, licence_id, work_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
FAIR_SQL(licence_end, "UPDATE licence SET ended_us = $3, ended_by = $4, ended_why = $5 WHERE org_id = $1 AND id = $2 AND ended_us IS NULL");
#define LICENCE                                                                                                                     \
    "l.id, l.kind, l.assignee, l.scope, l.collection, l.territory, l.medium, l.from_us, l.until_us, l.attribution, l.shop, l.order_no," \
    " l.document, l.note, l.account_id, l.at_us, l.ended_us, l.ended_why,"                                                          \
    " (SELECT count(*) FROM licence_hit x JOIN hit h ON h.org_id = x.org_id AND h.id = x.hit_id AND h.decision_id = x.decision_id"  \
    "  WHERE x.org_id = l.org_id AND x.licence_id = l.id)"
FAIR_SQL(licences,
    "SELECT " LICENCE " FROM licence l WHERE l.org_id = $1 AND (CAST($2 AS TEXT) IS NULL OR l.kind = $2) AND l.id > $3"
    " AND ($4 = 0 OR (l.ended_us IS NULL AND (l.until_us IS NULL OR l.until_us > $4))) ORDER BY l.id LIMIT $5 OFFSET $6");
FAIR_SQL(licence_by_id, "SELECT " LICENCE " FROM licence l WHERE l.org_id = $1 AND l.id = $2");
FAIR_SQL(licence_domains, "SELECT domain FROM licence_domain WHERE org_id = $1 AND licence_id = $2 ORDER BY domain");
FAIR_SQL(licence_works, "SELECT work_id FROM licence_work WHERE org_id = $1 AND licence_id = $2 ORDER BY work_id LIMIT 100");
/* For a use on the web: the narrowest scope first, then the one that lasts longest. */
FAIR_SQL(licence_for,
    "SELECT l.id, l.kind, l.assignee, l.shop, l.order_no, l.until_us, l.territory FROM licence l JOIN work w ON w.org_id = l.org_id AND w.id = $2"
    " WHERE l.org_id = $1 AND l.ended_us IS NULL AND l.from_us <= $3 AND (l.until_us IS NULL OR l.until_us > $3)"
    " AND (l.medium = 'any' OR ' ' || l.medium || ' ' LIKE '% web %')"
    " AND (l.scope = 'all' OR (l.scope = 'collection' AND l.collection = w.collection)"
    "  OR EXISTS (SELECT 1 FROM licence_work x WHERE x.org_id = l.org_id AND x.licence_id = l.id AND x.work_id = w.id))"
    " AND EXISTS (SELECT 1 FROM licence_domain d WHERE d.org_id = l.org_id AND d.licence_id = l.id AND d.domain IN ($4, $5, $6, $7, $8, $9, $10, $11))"
    " ORDER BY CASE l.scope WHEN 'works' THEN 0 WHEN 'collection' THEN 1 ELSE 2 END, CASE WHEN l.until_us IS NULL THEN 0 ELSE 1 END, l.until_us DESC, l.id DESC"
    " LIMIT 1");
/* The licence, over or not, that covers it longest. */
FAIR_SQL(licence_last,
    "SELECT l.id, l.kind, l.assignee, l.shop, l.order_no, l.until_us, l.territory FROM licence l JOIN work w ON w.org_id = l.org_id AND w.id = $2"
    " WHERE l.org_id = $1 AND l.kind = 'licence' AND l.ended_us IS NULL AND l.from_us <= $3 AND (l.medium = 'any' OR ' ' || l.medium || ' ' LIKE '% web %')"
    " AND (l.scope = 'all' OR (l.scope = 'collection' AND l.collection = w.collection)"
    "  OR EXISTS (SELECT 1 FROM licence_work x WHERE x.org_id = l.org_id AND x.licence_id = l.id AND x.work_id = w.id))"
    " AND EXISTS (SELECT 1 FROM licence_domain d WHERE d.org_id = l.org_id AND d.licence_id = l.id AND d.domain IN ($4, $5, $6, $7, $8, $9, $10, $11))"
    " ORDER BY CASE WHEN l.until_us IS NULL THEN 0 ELSE 1 END, l.until_us DESC, l.id DESC LIMIT 1");
FAIR_SQL(licence_hit_put,
    "INSERT INTO licence_hit (org_id, hit_id, licence_id, decision_id, at_us) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (org_id, hit_id) DO UPDATE SET licence_id = excluded.licence_id, decision_id = excluded.decision_id, at_us = excluded.at_us");
FAIR_SQL(licence_hits,
    "SELECT " HIT_ROW_COLUMNS " FROM hit h JOIN licence_hit x ON x.org_id = h.org_id AND x.hit_id = h.id AND x.decision_id = h.decision_id"
    " WHERE h.org_id = $1 AND x.licence_id = $2 ORDER BY h.id");
FAIR_SQL(hits_open, "SELECT id, work_id, page_url, state FROM hit WHERE org_id = $1 AND state IN ('inbox', 'pursue') ORDER BY id");

FAIR_SQL(uses_in_cases,
    "SELECT u.case_id, u.id, u.work_id, u.hit_id, h.page_url FROM case_use u JOIN case_file c ON c.org_id = u.org_id AND c.id = u.case_id"
    " JOIN hit h ON h.org_id = u.org_id AND h.id = u.hit_id WHERE u.org_id = $1 AND c.closed_us IS NULL ORDER BY u.case_id, u.id");
FAIR_SQL(use_left_put,
    "INSERT INTO case_use_left (id, org_id, case_id, work_id, hit_id, licence_id, account_id, at_us, why)"
    " SELECT u.id, u.org_id, u.case_id, u.work_id, u.hit_id, $3, $4, $5, $6 FROM case_use u WHERE u.org_id = $1 AND u.id = $2");
FAIR_SQL(use_leaves, "DELETE FROM case_use WHERE org_id = $1 AND id = $2");
FAIR_SQL(use_heads,
    "UPDATE case_use SET head = 1 WHERE org_id = $1 AND id = (SELECT min(x.id) FROM case_use x WHERE x.org_id = $1 AND x.case_id = $2 AND x.work_id = $3)"
    " AND NOT EXISTS (SELECT 1 FROM case_use y WHERE y.org_id = $1 AND y.case_id = $2 AND y.work_id = $3 AND y.head = 1)");

/* ---- words of a licence -------------------------------------------------------------------------------------------- */

/* The host of an address as it is kept (lower case, no port); empty where it has none. */
static fair_str
host_of(fair_str url)
{
    const char *p = url.n > 3 ? memmem(url.p, url.n, "://", 3) : NULL, *end, *at;

    if (p == NULL) return FAIR_STR("");
    p += 3;
    for (end = p; end < url.p + url.n && *end != '/' && *end != '?' && *end != '#';) end++;
    at = memrchr(p, '@', (size_t)(end - p));
    if (at != NULL) p = at + 1;
    if (p < end && *p != '[' && (at = memchr(p, ':', (size_t)(end - p))) != NULL) end = at;
    return (fair_str){ p, (size_t)(end - p) };
}

/* One domain, put right: "https://WWW.Example.com/x" and "*.example.com" are "example.com". */
static fair_status
domain_read(struct fair_arena *a, fair_str given, fair_str *out, struct fair_err *err)
{
    fair_str d = fair_str_trim(given), host = host_of(d);
    char *p;

    if (host.n > 0) d = host;
    else for (size_t i = 0; i < d.n; i++)
        if (d.p[i] == '/' || d.p[i] == ':') d.n = i;
    p = fair_alloc(a, d.n + 1);
    for (size_t i = 0; i < d.n; i++) p[i] = (char)(d.p[i] >= 'A' && d.p[i] <= 'Z' ? d.p[i] + 32 : d.p[i]);
    d.p = p;
    if (fair_str_starts(d, FAIR_STR("*."))) d = (fair_str){ d.p + 2, d.n - 2 };
    if (fair_str_starts(d, FAIR_STR("www."))) d = (fair_str){ d.p + 4, d.n - 4 };
    while (d.n > 0 && d.p[d.n - 1] == '.') d.n--;
    for (size_t i = 0; i < d.n; i++) {
        char c = d.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || (c == '.' && i > 0 && d.p[i - 1] != '.')))
            return fair_fail(err, FAIR_INVALID, "\"%.*s\" is no domain (write names in other scripts as xn--...)", FAIR_STR_ARG(fair_str_escape(a, given)));
    }
    if (d.n < 3 || d.n > 253 || memchr(d.p, '.', d.n) == NULL) return fair_fail(err, FAIR_INVALID, "\"%.*s\" is no domain", FAIR_STR_ARG(fair_str_escape(a, given)));
    *out = d;
    return FAIR_OK;
}

/* Several, with spaces, commas or semicolons between. */
static fair_status
domains_read(struct fair_arena *a, fair_str given, fair_str *out, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, DOMAINS_MAX * 256);
    size_t n = 0, from = 0;

    for (size_t i = 0; i <= given.n; i++) {
        fair_str one = { given.p + from, i - from }, d;
        if (i < given.n && strchr(" ,;\t\n", given.p[i]) == NULL) continue;
        from = i + 1;
        if (fair_str_trim(one).n == 0) continue;
        if (++n > DOMAINS_MAX) return fair_fail(err, FAIR_LIMIT, "more than %d domains", DOMAINS_MAX);
        FAIR_TRY(domain_read(a, one, &d, err));
        if (fair_has_word((fair_str){ b.p, b.n }, d)) continue;
        fair_buf_fmt(&b, "%s%.*s", b.n > 0 ? " " : "", FAIR_STR_ARG(d));
    }
    if (b.n == 0) return fair_fail(err, FAIR_INVALID, "a licence names at least one domain");
    return fair_buf_take(&b, out, err);
}

static fair_status
medium_read(struct fair_arena *a, fair_str given, fair_str *out, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, 256);
    fair_str rest = fair_str_trim(given), one;

    if (rest.n == 0) rest = FAIR_STR("any");
    while (fair_str_split(&rest, ' ', &one)) {
        while (one.n > 0 && strchr(",;", one.p[one.n - 1]) != NULL) one.n--;
        if (one.n == 0 || fair_has_word((fair_str){ b.p, b.n }, one)) continue;
        if (!fair_has_word(FAIR_STR("any web print social broadcast"), one))
            return fair_fail(err, FAIR_INVALID, "medium \"%.*s\": any, or of web, print, social, broadcast", FAIR_STR_ARG(fair_str_escape(a, one)));
        fair_buf_fmt(&b, "%s%.*s", b.n > 0 ? " " : "", FAIR_STR_ARG(one));
    }
    FAIR_TRY(fair_buf_take(&b, out, err));
    if (fair_has_word(*out, FAIR_STR("any"))) *out = FAIR_STR("any");
    return FAIR_OK;
}

fair_status
fair_store_licence_check(const struct fair_desk *d, struct fair_arena *a, struct fair_licence *l, struct fair_err *err)
{
    if (!fair_has_word(FAIR_STR("licence syndication whitelist own"), l->kind)) return fair_fail(err, FAIR_INVALID, "its kind is licence, syndication, whitelist or own");
    l->assignee = fair_line_kept(a, l->assignee, LINE_BYTES);
    if (l->assignee.n == 0) return fair_fail(err, FAIR_INVALID, "a licence is somebody's: the assignee is missing");
    if (fair_str_eq(l->scope, FAIR_STR("collection")) ? l->collection.n == 0 : fair_str_eq(l->scope, FAIR_STR("works")) ? l->n_works == 0 : !fair_str_eq(l->scope, FAIR_STR("all")))
        return fair_fail(err, FAIR_INVALID, "a licence is for all works, a collection that is named, or works that are");
    FAIR_TRY(domains_read(a, l->domains, &l->domains, err));
    FAIR_TRY(fair_territory_read(a, l->territory, &l->territory, err));
    FAIR_TRY(medium_read(a, l->medium, &l->medium, err));
    if (l->until != 0 && l->until <= l->from) return fair_fail(err, FAIR_INVALID, "a licence ends after it begins");
    l->attribution = fair_line_kept(a, l->attribution, LINE_BYTES);
    l->shop = fair_line_kept(a, l->shop, LINE_BYTES);
    l->order_no = fair_line_kept(a, l->order_no, LINE_BYTES);
    l->note = fair_line_kept(a, l->note, NOTE_BYTES);
    for (size_t i = 0; fair_str_eq(l->scope, FAIR_STR("works")) && i < l->n_works; i++) {
        struct fair_work w;
        if (fair_store_work_get(d, l->works[i], a, &w, NULL) != FAIR_OK) return fair_fail(err, FAIR_INVALID, "no work %lld", (long long)l->works[i]);
    }
    return FAIR_OK;
}

/* ---- what it covers ------------------------------------------------------------------------------------------------- */

struct cover { fair_id id; fair_str kind, note; fair_time until; };

static fair_status
covering(const struct fair_desk *d, const struct fair_sql *sql, fair_id work, fair_str page_url, fair_time now, struct fair_arena *a, struct cover *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_str host = host_of(page_url), ends[LABELS];
    size_t n = 0;
    fair_str shop, order, territory;
    fair_status s;

    *out = (struct cover){ 0 };
    /* The last labels of the host, the whole first: "a.example.com", "example.com", "com" (which no licence names). */
    for (fair_str rest = host; rest.n > 0;) {
        const char *dot = memchr(rest.p, '.', rest.n);
        if (n == LABELS) memmove(ends, ends + 1, (LABELS - 1) * sizeof *ends), n--;
        ends[n++] = rest;
        if (dot == NULL) break;
        rest = (fair_str){ dot + 1, (size_t)(rest.p + rest.n - dot) - 1 };
    }
    if (n == 0) return FAIR_OK;
    FAIR_TRY(fair_desk_query(d, sql, &q, err));
    fair_db_int(q, 2, work);
    fair_db_int(q, 3, now);
    for (size_t i = 0; i < LABELS; i++) fair_db_text(q, 4 + (int)i, i < n ? ends[i] : ends[0]);
    s = fair_db_step(q, err);
    if (s != FAIR_OK) return s == FAIR_DONE ? FAIR_OK : s;
    out->id = fair_db_get_int(q, 0);
    out->kind = fair_db_get_text(q, 1, a);
    shop = fair_db_get_text(q, 3, a);
    order = fair_db_get_text(q, 4, a);
    out->until = fair_db_get_int(q, 5);
    territory = fair_db_get_text(q, 6, a);
    out->note = fair_str_fmt(a, "%.*s %lld of the ledger: %.*s%s%.*s%s%.*s%s%.*s", FAIR_STR_ARG(out->kind), (long long)out->id, FAIR_STR_ARG(fair_db_get_text(q, 2, a)),
                             shop.n > 0 ? ", " : "", FAIR_STR_ARG(shop), order.n > 0 ? ", order " : "", FAIR_STR_ARG(order),
                             fair_str_eq(territory, FAIR_STR("world")) ? "" : ", for ", FAIR_STR_ARG(fair_str_eq(territory, FAIR_STR("world")) ? FAIR_STR("") : territory));
    return FAIR_OK;
}

fair_status
fair_store_licence_for(const struct fair_desk *d, fair_id work, fair_str page_url, fair_time now, fair_id *id, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct cover c;

    FAIR_TRY(covering(d, &licence_for, work, page_url, now, a, &c, err));
    *id = c.id;
    return FAIR_OK;
}

fair_status
fair_store_licence_last(const struct fair_desk *d, fair_id work, fair_str page_url, fair_time now, fair_id *id, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct cover c;

    FAIR_TRY(covering(d, &licence_last, work, page_url, now, a, &c, err));
    *id = c.id;
    return FAIR_OK;
}

fair_status
fair_licence_hold_hit(const struct fair_desk *d, fair_id hit, fair_id work, fair_str page_url, fair_str was, fair_time now, struct fair_licence_hold *out, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_decision x = { .hit = hit, .what = FAIR_STR("ignore"), .scope = FAIR_STR("hit"), .at = now };
    struct fair_hit_move to;
    struct cover c;

    *out = (struct fair_licence_hold){ 0 };
    FAIR_TRY(covering(d, &licence_for, work, page_url, now, a, &c, err));
    if (c.id == 0) return FAIR_OK;
    x.reason = fair_str_eq(c.kind, FAIR_STR("own")) ? FAIR_STR("own_site") : fair_str_eq(c.kind, FAIR_STR("syndication")) ? FAIR_STR("syndicated")
             : fair_str_eq(c.kind, FAIR_STR("whitelist")) ? FAIR_STR("permission_given") : FAIR_STR("licensed");
    x.note = c.note;
    x.until = c.until;
    FAIR_TRY(fair_decision_put(d, &x, err));
    to = (struct fair_hit_move){ .decision = x.id, .state = FAIR_STR("ignored"), .until = c.until, .at = now };
    FAIR_TRY(fair_hit_move(d, hit, was, &to, err));
    FAIR_TRY(fair_desk_query(d, &licence_hit_put, &q, err));
    fair_db_int(q, 2, hit);
    fair_db_int(q, 3, c.id);
    fair_db_int(q, 4, x.id);
    fair_db_int(q, 5, now);
    FAIR_TRY(fair_db_run(q, err));
    *out = (struct fair_licence_hold){ c.id, x.id, c.until };
    return FAIR_OK;
}

/* ---- cases -------------------------------------------------------------------------------------------------------- */

struct in_case { fair_id case_id, use, work, hit; fair_str url, note; bool covered; };
struct in_cases { struct in_case *v; size_t n, room; };

static bool
concerns(fair_str url, fair_str domains)
{
    fair_str host = host_of(url), one;

    while (fair_str_split(&domains, ' ', &one))
        if (fair_str_ends(host, one) && (host.n == one.n || host.p[host.n - one.n - 1] == '.')) return true;
    return false;
}

static fair_status
uses_read(const struct fair_desk *d, struct fair_arena *a, struct in_cases *l, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &uses_in_cases, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        if (l->n == l->room) {
            struct in_case *more = fair_alloc_array(a, l->room = l->room == 0 ? 64 : l->room * 2, sizeof *more);
            if (l->n > 0) memcpy(more, l->v, l->n * sizeof *more);
            l->v = more;
        }
        l->v[l->n++] = (struct in_case){ .case_id = fair_db_get_int(q, 0), .use = fair_db_get_int(q, 1), .work = fair_db_get_int(q, 2), .hit = fair_db_get_int(q, 3),
                                         .url = fair_db_get_bytes(q, 4, a) };
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* A use that is licensed leaves a case that goes on with others.  It is free to be in another case if the licence ends. */
static fair_status
leave(const struct fair_desk *d, const struct in_case *u, fair_id licence, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_audit(d, now, "case.use_left", u->case_id, fair_str_fmt(a, "{\"hit\":%lld,\"licence\":%lld}", (long long)u->hit, (long long)licence), err));
    FAIR_TRY(fair_desk_query(d, &use_left_put, &q, err));
    fair_db_int(q, 2, u->use);
    fair_db_int(q, 3, licence);
    fair_db_int(q, 4, d->user);
    fair_db_int(q, 5, now);
    fair_db_text(q, 6, u->note);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &use_leaves, &q, err));
    fair_db_int(q, 2, u->use);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &use_heads, &q, err));
    fair_db_int(q, 2, u->case_id);
    fair_db_int(q, 3, u->work);
    return fair_db_run(q, err);
}

/* The whole case is licensed: it closes, with the entry as its reason, by whoever added the entry where they act in cases, otherwise by
 * the system.  What the course does not allow (a clock set back, a takedown that counsel signed) stays a person's. */
static fair_status
close_case(const struct fair_desk *d, fair_id case_id, fair_str note, fair_time now, bool *closed, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_desk as = *d;
    struct fair_case_act x = { .case_id = case_id, .note = note, .e = { .move = FAIR_DO_LICENSED, .at = now } };
    struct fair_case c;
    struct fair_err why = { 0 };
    fair_str role;
    fair_status s;

    *closed = false;
    FAIR_TRY(fair_store_case_get(d, case_id, a, &c, err));
    FAIR_TRY(fair_user_role(d, a, &role, err));
    if (fair_is(c.track, "takedown")) x.e.move = FAIR_DO_TD_RETRACT;
    if (d->user == 0 || !fair_store_case_actor(role, x.e.move, &x.e.who)) {
        as.user = 0;
        x.e.who = FAIR_SYS;
    }
    x.version = as.user != 0 ? c.version : 0;
    if (c.last > x.e.at && c.last <= fair_now()) x.e.at = 0;
    s = fair_store_case_move(&as, &x, NULL, NULL, &why);
    *closed = s == FAIR_OK;
    if (s == FAIR_OK || s == FAIR_REFUSED || s == FAIR_CORRUPT) return FAIR_OK;
    *err = why;
    return s;
}

/* Every open case with uses that the ledger covers now: all of them, and it closes; some, and they leave it. */
static fair_status
close_cases(const struct fair_desk *d, struct fair_licence *l, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct in_cases in = { NULL, 0, 0 };

    FAIR_TRY(uses_read(d, a, &in, err));
    for (size_t i = 0; i < in.n; i++) {
        struct cover c = { 0 };
        if (!concerns(in.v[i].url, l->domains)) continue;
        FAIR_TRY(covering(d, &licence_for, in.v[i].work, in.v[i].url, now, a, &c, err));
        in.v[i].covered = c.id != 0;
        in.v[i].note = c.note;
    }
    for (size_t i = 0, end; i < in.n; i = end) {
        size_t covered = 0, one = i;
        for (end = i; end < in.n && in.v[end].case_id == in.v[i].case_id; end++)
            if (in.v[end].covered) covered++, one = end;
        if (covered == end - i) {
            bool closed;
            FAIR_TRY(close_case(d, in.v[i].case_id, in.v[one].note, now, &closed, err));
            l->cases += closed;
            continue;
        }
        for (size_t k = i; k < end; k++) {
            if (!in.v[k].covered) continue;
            FAIR_TRY(leave(d, &in.v[k], l->id, now, err));
            l->left++;
        }
    }
    return FAIR_OK;
}

/* Every open hit that the ledger covers now.  Those it cannot concern are passed over by their host, before a query. */
static fair_status
close_open(const struct fair_desk *d, fair_str domains, fair_time now, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct open { fair_id id, work; fair_str url, state; } *v = NULL;
    size_t count = 0, room = 0;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &hits_open, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        fair_str url = fair_db_get_bytes(q, 2, a);
        if (!concerns(url, domains)) continue;
        if (count == room) {
            struct open *more = fair_alloc_array(a, room = room == 0 ? 64 : room * 2, sizeof *more);
            if (count > 0) memcpy(more, v, count * sizeof *more);
            v = more;
        }
        v[count++] = (struct open){ fair_db_get_int(q, 0), fair_db_get_int(q, 1), url, fair_db_get_text(q, 3, a) };
    }
    if (s != FAIR_DONE) return s;
    fair_rows_free(&q);
    for (size_t i = 0; i < count; i++) {
        struct fair_licence_hold hold;
        FAIR_TRY(fair_licence_hold_hit(d, v[i].id, v[i].work, v[i].url, v[i].state, now, &hold, err));
        *n += hold.id != 0;
    }
    return FAIR_OK;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------ */

static fair_str
or_none(fair_str s)
{
    return s.n > 0 ? s : (fair_str){ NULL, 0 };
}

static fair_status
put_lists(const struct fair_desk *d, const struct fair_licence *l, struct fair_err *err)
{
    fair_str rest = l->domains, one;

    while (fair_str_split(&rest, ' ', &one)) {
        FAIR_AUTO(rows) struct fair_rows *q = NULL;
        FAIR_TRY(fair_desk_query(d, &licence_domain_put, &q, err));
        fair_db_int(q, 2, l->id);
        fair_db_text(q, 3, one);
        FAIR_TRY(fair_db_run(q, err));
    }
    for (size_t i = 0; fair_str_eq(l->scope, FAIR_STR("works")) && i < l->n_works; i++) {
        FAIR_AUTO(rows) struct fair_rows *q = NULL;
        FAIR_TRY(fair_desk_query(d, &licence_work_put, &q, err));
        fair_db_int(q, 2, l->id);
        fair_db_int(q, 3, l->works[i]);
        FAIR_TRY(fair_db_run(q, err));
    }
    return FAIR_OK;
}

fair_status
fair_store_licence_add(const struct fair_desk *d, struct fair_licence *given, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_licence l = *given;
    struct fair_buf b = FAIR_BUF(a, 60000);
    fair_str details;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_store_licence_check(d, a, &l, err));
    l.id = fair_id_new();
    if (l.at == 0) l.at = fair_now();
    FAIR_TRY(fair_desk_query(d, &licence_put, &q, err));
    fair_db_int(q, 2, l.id);
    fair_db_text(q, 3, l.kind);
    fair_db_text(q, 4, l.assignee);
    fair_db_text(q, 5, l.scope);
    fair_db_text(q, 6, fair_str_eq(l.scope, FAIR_STR("collection")) ? l.collection : (fair_str){ NULL, 0 });
    fair_db_text(q, 7, l.territory);
    fair_db_text(q, 8, l.medium);
    fair_db_int(q, 9, l.from);
    fair_db_id(q, 10, l.until);
    fair_db_text(q, 11, or_none(l.attribution));
    fair_db_text(q, 12, or_none(l.shop));
    fair_db_text(q, 13, or_none(l.order_no));
    fair_db_sha256(q, 14, &l.document);
    fair_db_text(q, 15, or_none(l.note));
    fair_db_int(q, 16, d->user);
    fair_db_int(q, 17, l.at);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(put_lists(d, &l, err));
    FAIR_TRY(fair_blob_hold(d, &l.document, 0, err));
    fair_buf_fmt(&b, "{\"kind\":\"%.*s\",\"assignee\":", FAIR_STR_ARG(l.kind));
    fair_json_text(&b, l.assignee);
    fair_buf_c(&b, ",\"domains\":");
    fair_json_text(&b, l.domains);
    fair_buf_c(&b, "}");
    FAIR_TRY(fair_buf_take(&b, &details, err));
    FAIR_TRY(fair_audit(d, l.at, "licence.add", l.id, details, err));
    given->covered = 0;
    FAIR_TRY(close_open(d, l.domains, l.at, &given->covered, err));
    l.cases = l.left = 0;
    FAIR_TRY(close_cases(d, &l, l.at, err));
    FAIR_TRY(fair_txn_end(&t, err));
    given->cases = l.cases;
    given->left = l.left;
    given->id = l.id;
    given->at = l.at;
    return FAIR_OK;
}

fair_status
fair_store_licence_end(const struct fair_desk *d, fair_id id, fair_str why, fair_time now, int64_t *reopened, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_hit_rows l = { 0 };
    struct fair_buf b = FAIR_BUF(a, 8192);
    fair_str words = fair_line_kept(a, why, LINE_BYTES), details;

    *reopened = 0;
    if (words.n == 0) return fair_fail(err, FAIR_INVALID, "say why the licence ends");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &licence_end, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    fair_db_int(q, 4, d->user);
    fair_db_text(q, 5, words);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_NOT_FOUND, "no licence %lld that could be ended", (long long)id);
    fair_rows_free(&q);
    fair_buf_c(&b, "{\"why\":");
    fair_json_text(&b, words);
    fair_buf_c(&b, "}");
    FAIR_TRY(fair_buf_take(&b, &details, err));
    FAIR_TRY(fair_audit(d, now, "licence.end", id, details, err));
    FAIR_TRY(fair_desk_query(d, &licence_hits, &q, err));
    fair_db_int(q, 2, id);
    FAIR_TRY(fair_hit_rows_read(q, a, &l, err));
    fair_rows_free(&q);
    for (size_t i = 0; i < l.n; i++) {
        struct fair_decision x = { .hit = l.rows[i].id, .what = FAIR_STR("reopen"), .scope = FAIR_STR("hit"), .at = now,
                                   .note = fair_str_fmt(a, "Licence %lld of the ledger ended: %.*s", (long long)id, FAIR_STR_ARG(words)) };
        FAIR_TRY(fair_decision_put(d, &x, err));
        FAIR_TRY(fair_hit_reconsider(d, &l.rows[i], x.id, now, err));
        ++*reopened;
    }
    return fair_txn_end(&t, err);
}

static fair_status
joined(const struct fair_desk *d, const struct fair_sql *sql, fair_id id, bool number, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_buf b = FAIR_BUF(a, 65536);
    fair_status s;

    FAIR_TRY(fair_desk_query(d, sql, &q, err));
    fair_db_int(q, 2, id);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        if (b.n > 0) fair_buf_byte(&b, ' ');
        if (number) fair_buf_fmt(&b, "%lld", (long long)fair_db_get_int(q, 0));
        else fair_buf_add(&b, fair_db_get_text(q, 0, a));
    }
    if (s != FAIR_DONE) return s;
    *out = b.p != NULL ? (fair_str){ b.p, b.n } : FAIR_STR("");
    return FAIR_OK;
}

static fair_status
read_one(const struct fair_desk *d, struct fair_rows *q, struct fair_arena *a, struct fair_licence *l, struct fair_err *err)
{
    *l = (struct fair_licence){ .id = fair_db_get_int(q, 0), .kind = fair_db_get_text(q, 1, a), .assignee = fair_db_get_text(q, 2, a), .scope = fair_db_get_text(q, 3, a),
        .collection = fair_db_get_text(q, 4, a), .territory = fair_db_get_text(q, 5, a), .medium = fair_db_get_text(q, 6, a), .from = fair_db_get_int(q, 7),
        .until = fair_db_get_int(q, 8), .attribution = fair_db_get_text(q, 9, a), .shop = fair_db_get_text(q, 10, a), .order_no = fair_db_get_text(q, 11, a),
        .note = fair_db_get_text(q, 13, a), .user = fair_db_get_int(q, 14), .at = fair_db_get_int(q, 15), .ended = fair_db_get_int(q, 16),
        .ended_why = fair_db_get_text(q, 17, a), .covered = fair_db_get_int(q, 18) };
    fair_db_get_sha256(q, 12, &l->document);
    FAIR_TRY(joined(d, &licence_domains, l->id, false, a, &l->domains, err));
    FAIR_TRY(joined(d, &licence_works, l->id, true, a, &l->work_list, err));
    return fair_store_checked(d, "licence", l->id, a, &l->check, err);
}

fair_status
fair_store_licences(const struct fair_desk *d, const struct fair_licence_filter *f, FAIR_EACH(fair_licence), struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &licences, &q, err));
    fair_db_text(q, 2, or_none(f->kind));
    fair_db_int(q, 3, f->after);
    fair_db_int(q, 4, f->in_force_only ? f->now : 0);
    fair_db_int(q, 5, fair_page_limit(f->page));
    fair_db_int(q, 6, fair_page_offset(f->page));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_licence l;
        FAIR_TRY(read_one(d, q, a, &l, err));
        FAIR_TRY(each(arg, &l, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_licence_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_licence *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &licence_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no licence %lld", (long long)id);
    if (s != FAIR_OK) return s;
    return read_one(d, q, a, out, err);
}
