/* case_evidence.c - G5 from what the house itself knows: captures, sealed packages, and what our own verifier found of them. */
#include <string.h>
#include "base/clock.h"
#include "store/capture_rows.h"
#include "store/case_private.h"

/* A capture counts by the package of its own use, sealed by now; the newest look of the verifier that is not ahead of the clock stands
 * beside it.  What a clock that ran ahead wrote counts when that time has come. */
#define SEALED_LOOKS                                                                                                                             \
    " LEFT JOIN package p ON p.org_id = c.org_id AND p.id = c.package_id AND p.hit_id = c.hit_id AND p.state = 'sealed' AND p.sealed_us <= $3"   \
    " LEFT JOIN package_check k ON k.org_id = p.org_id AND k.package_id = p.id AND k.id ="                                                       \
    " (SELECT max(x.id) FROM package_check x WHERE x.org_id = p.org_id AND x.package_id = p.id AND x.at_us <= $3)"

FAIR_SQL(case_looks,
    "SELECT u.hit_id, c.at_us, c.found, c.changes, p.id, p.datapackage, k.holds, k.at_us, k.account_id, c.ended_us, c.markers FROM case_use u"
    " LEFT JOIN capture c ON c.org_id = u.org_id AND c.hit_id = u.hit_id AND c.ended_us <= $3" SEALED_LOOKS
    " WHERE u.org_id = $1 AND u.case_id = $2 ORDER BY u.id, c.id");
FAIR_SQL(case_packages,
    "SELECT DISTINCT p.id, u.hit_id, k.at_us, k.holds FROM case_use u JOIN capture c ON c.org_id = u.org_id AND c.hit_id = u.hit_id" SEALED_LOOKS
    " WHERE u.org_id = $1 AND u.case_id = $2 AND p.id IS NOT NULL ORDER BY p.id");

FAIR_SQL(uses_left_since, "SELECT count(*) FROM case_use_left WHERE org_id = $1 AND case_id = $2 AND at_us > $3");
FAIR_SQL(look_tries, "SELECT count(*) FROM capture WHERE org_id = $1 AND hit_id = $2 AND found = 'unreachable' AND id > (SELECT COALESCE(max(x.id), 0) FROM capture x WHERE x.org_id = $1 AND x.hit_id = $2 AND x.found <> 'unreachable')");
FAIR_SQL(look_asked, "SELECT max(asked_us) FROM job WHERE org_id = $1 AND id > $3 AND kind = 'capture' AND once = $2");

enum { TRIES = 8 };
#define PAUSE (6 * FAIR_HOUR)

/* One use, as its looks add up. */
struct use {
    fair_id hit;
    bool shown;               /* a sealed package that holds shows it        */
    bool gone;                /* as the last look had it                     */
    fair_time live, first, last, apart, verified;
    fair_id by;
    int captures;
    fair_time searched;       /* for signs of a licence, last               */
    bool marked;
};

struct sum { struct fair_facts *f; struct use u; int64_t uses, packages; fair_time made; uint8_t digests[64]; bool unverified, some_live, any, marked; fair_time searched; fair_str marker; struct fair_arena *a; };

static bool
shows_it(fair_str found)
{
    return fair_is(found, "there") || fair_is(found, "picture");
}

/* The packages so far and one more: of one its own digest, of several the SHA-256 of digest and digest, from the first on. */
static void
add_package(struct sum *s, const struct fair_sha256 *datapackage)
{
    if (s->packages++ == 0) s->f->evidence.packages = *datapackage;
    else {
        memcpy(s->digests, s->f->evidence.packages.b, 32);
        memcpy(s->digests + 32, datapackage->b, 32);
        s->f->evidence.packages = fair_sha256_of(s->digests, sizeof s->digests);
    }
}

static void
add_sealed(struct sum *s, struct fair_rows *q, fair_time at, fair_str found)
{
    struct use *u = &s->u;
    struct fair_sha256 datapackage;
    fair_time checked = fair_db_get_int(q, 7);

    if (checked != 0 && fair_db_get_int(q, 6) == 0) return;       /* looked at, and it does not hold: as if it were not there */
    fair_db_get_sha256(q, 5, &datapackage);
    add_package(s, &datapackage);
    u->shown |= shows_it(found);
    if (u->first == 0 || at < u->first) u->first = at;
    if (at > u->last) u->last = at;
    if (u->captures == 0 || at - u->apart >= fair_cases_days("evidence.gap_hours") * FAIR_HOUR) u->captures++, u->apart = at;
    if (checked == 0) s->unverified = true;
    else if (u->verified == 0 || checked < u->verified) u->verified = checked, u->by = fair_db_get_int(q, 8);
}

/* A sign that was there once stays one, also when a later look does not find it. */
static void
add_markers(struct sum *s, fair_str markers, fair_time at)
{
    if (markers.n == 0) return;
    if (at > s->u.searched) s->u.searched = at;
    if (fair_is(markers, "[]")) return;
    s->u.marked = true;
    if (s->marker.n == 0) s->marker = fair_str_dup(s->a, (fair_str){ markers.p, markers.n < 400 ? markers.n : 400 });
}

static void
add_look(struct sum *s, struct fair_rows *q, struct fair_arena *a)
{
    fair_time at = fair_db_get_int(q, 1);
    fair_str found = fair_db_get_text(q, 2, a);

    if (at == 0 || fair_is(found, "unreachable")) return;
    s->u.gone = !shows_it(found);
    if (!s->u.gone && at > s->u.live) s->u.live = at;
    if (s->made != 0 && fair_db_get_int(q, 9) > s->made && fair_db_get_text(q, 3, a).n > 0) s->f->evidence.changed = true;
    if (fair_db_get_int(q, 4) != 0) add_sealed(s, q, at, found);
    add_markers(s, fair_db_get_text(q, 10, a), at);
}

/* A use is done: the case is as good as its weakest. */
static void
add_use(struct sum *s)
{
    const struct use *u = &s->u;
    struct fair_facts *f = s->f;
    bool first = s->uses++ == 0;

    f->evidence.sealed = (first || f->evidence.sealed) && u->shown;
    if (!u->gone) f->evidence.live = s->some_live && f->evidence.live < u->live ? f->evidence.live : u->live;
    s->some_live |= !u->gone;
    if (first || u->captures < f->evidence.captures) f->evidence.captures = u->captures;
    if (first || u->last - u->first < f->evidence.last - f->evidence.first) f->evidence.first = u->first, f->evidence.last = u->last;
    if (first || u->searched < s->searched) s->searched = u->searched;
    s->marked |= u->marked;
    if (first || u->verified < f->evidence.verified) f->evidence.verified = u->verified, f->evidence.from.by = u->by;
}

/* A letter that tells of a use which left the case is not as things are. */
static fair_status
left_since(const struct fair_desk *d, fair_id case_id, fair_time made, bool *changed, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    if (made == 0) return FAIR_OK;
    FAIR_TRY(fair_desk_query(d, &uses_left_since, &q, err));
    fair_db_int(q, 2, case_id);
    fair_db_int(q, 3, made);
    FAIR_TRY(fair_db_step(q, err));
    *changed |= fair_db_get_int(q, 0) > 0;
    return FAIR_OK;
}

fair_status
fair_case_evidence_facts(const struct fair_desk *d, fair_id case_id, fair_time made, fair_time now, struct fair_arena *a, struct fair_facts *f, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct sum s = { .f = f, .made = made, .a = a };
    fair_status got;

    FAIR_TRY(fair_desk_query(d, &case_looks, &q, err));
    fair_db_int(q, 2, case_id);
    fair_db_int(q, 3, now);
    while ((got = fair_db_step(q, err)) == FAIR_OK) {
        if (s.any && fair_db_get_int(q, 0) != s.u.hit) add_use(&s);
        if (!s.any || fair_db_get_int(q, 0) != s.u.hit) s.u = (struct use){ .hit = fair_db_get_int(q, 0) };
        s.any = true;
        add_look(&s, q, a);
    }
    if (got != FAIR_DONE) return got;
    if (s.any) add_use(&s);
    f->evidence.ended = s.any && !s.some_live;
    if (s.searched != 0 || s.marked)
        f->sources.markers = (struct fair_asked){ s.marked ? FAIR_ASKED_HIT : FAIR_ASKED_NOTHING, s.searched,
                                                  s.marked ? fair_str_fmt(a, "the captures of the pages: %.*s", FAIR_STR_ARG(s.marker)) : FAIR_STR("the captures of the pages") };
    FAIR_TRY(left_since(d, case_id, made, &f->evidence.changed, err));
    if (s.unverified) f->evidence.verified = 0, f->evidence.from.by = 0;
    f->evidence.from.at = f->evidence.verified;
    if (s.packages > 0) f->evidence.from.source = fair_str_fmt(a, "%lld sealed package%s of %lld use%s, looked at by our own verifier", (long long)s.packages, s.packages == 1 ? "" : "s",
                                                               (long long)s.uses, s.uses == 1 ? "" : "s");
    return FAIR_OK;
}

fair_status
fair_store_case_packages(const struct fair_desk *d, fair_id case_id, fair_time now, FAIR_EACH(fair_case_package), struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &case_packages, &q, err));
    fair_db_int(q, 2, case_id);
    fair_db_int(q, 3, now);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_case_package x = { .package = fair_db_get_int(q, 0), .hit = fair_db_get_int(q, 1), .checked = fair_db_get_int(q, 2), .holds = fair_db_get_int(q, 3) != 0 };
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_case_found(const struct fair_facts *f, FAIR_EACH(fair_case_fact), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const struct { const char *name; fair_time at; } times[] = { { "evidence.verified", f->evidence.verified }, { "evidence.live", f->evidence.live },
                                                                 { "evidence.first", f->evidence.first }, { "evidence.last", f->evidence.last } };
    struct fair_case_fact x = { .source = f->evidence.from.source.n > 0 ? f->evidence.from.source : FAIR_STR("our own captures"), .at = f->evidence.from.at };

    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        if (times[i].at == 0) continue;
        x.name = fair_str_of(times[i].name);
        x.value = fair_time_text(a, times[i].at);
        FAIR_TRY(each(arg, &x, err));
    }
    if (f->evidence.sealed) {
        x.name = FAIR_STR("evidence.package");
        x.value = fair_hex(a, f->evidence.packages.b, sizeof f->evidence.packages.b);
        FAIR_TRY(each(arg, &x, err));
    }
    x.name = FAIR_STR("evidence.captures");
    x.value = fair_str_fmt(a, "%d", f->evidence.captures);
    FAIR_TRY(each(arg, &x, err));
    if (f->sources.markers.answer != FAIR_NOT_ASKED) {
        struct fair_case_fact m = { .name = FAIR_STR("sources.markers"), .value = f->sources.markers.answer == FAIR_ASKED_HIT ? FAIR_STR("hit") : FAIR_STR("nothing"),
                                    .source = f->sources.markers.source, .at = f->sources.markers.at };
        FAIR_TRY(each(arg, &m, err));
    }
    if (!f->evidence.ended) return FAIR_OK;
    x.name = FAIR_STR("evidence.ended");
    x.value = FAIR_STR("yes");
    return each(arg, &x, err);
}

/* ---- the looks that a case needs -------------------------------------------------------------------------------------------- */

struct needing { struct fair_desk sys; fair_time now; bool before; };

/* At `at`, unless it was asked for in the last six hours already; one that waits is not asked for twice.  After `failed` tries that did not
 * reach the page it is another job, an hour later, then two, four, six: the one that failed may still be running. */
static fair_status
ask_look(const struct needing *n, fair_id hit, const char *look, int64_t failed, fair_time at, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_str once = failed == 0 ? fair_str_fmt(a, "capture %lld %s", (long long)hit, look) : fair_str_fmt(a, "capture %lld %s after %lld", (long long)hit, look, (long long)failed);
    fair_time pause = failed == 0 ? 0 : FAIR_HOUR << (failed < 4 ? failed - 1 : 3);

    FAIR_TRY(fair_desk_query(&n->sys, &look_asked, &q, err));
    fair_db_text(q, 2, once);
    fair_db_int(q, 3, fair_id_at(fair_now() - PAUSE));
    FAIR_TRY(fair_db_step(q, err));
    if (fair_db_get_int(q, 0) != 0) return FAIR_OK;
    fair_rows_free(&q);
    if (pause > PAUSE) pause = PAUSE;
    if (at < n->now + pause) at = n->now + pause;
    return fair_store_job_ask(&n->sys, "capture", once, fair_str_fmt(a, "{\"hit\":%lld,\"look\":\"%s\"}", (long long)hit, look), at, err);
}

static fair_status
tries(const struct needing *n, fair_id hit, int64_t *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(&n->sys, &look_tries, &q, err));
    fair_db_int(q, 2, hit);
    FAIR_TRY(fair_db_step(q, err));
    *out = fair_db_get_int(q, 0);
    return FAIR_OK;
}

static fair_status
look_at_use(void *arg, const struct fair_case_use *u, struct fair_err *err)
{
    const struct needing *n = arg;
    struct fair_capture_sum sum;
    fair_time gap = fair_cases_days("evidence.gap_hours") * FAIR_HOUR, fresh = fair_cases_days("evidence.live_hours") * FAIR_HOUR / 2;
    int64_t failed;

    if (!fair_str_starts(u->page_url, FAIR_STR("http://")) && !fair_str_starts(u->page_url, FAIR_STR("https://"))) return FAIR_OK;     /* print, a file: a person's */
    FAIR_TRY(tries(n, u->hit, &failed, err));
    if (failed >= TRIES) return FAIR_OK;
    FAIR_TRY(fair_store_capture_sum(&n->sys, u->hit, &sum, err));
    if (sum.n == 0) return ask_look(n, u->hit, "asked", failed, 0, err);
    if (sum.last - sum.first < gap) FAIR_TRY(ask_look(n, u->hit, "second", failed, sum.first + gap + 5 * FAIR_MINUTE, err));
    if (n->before && !sum.ended && n->now - sum.live > fresh) return ask_look(n, u->hit, "before_notice", failed, 0, err);
    return FAIR_OK;
}

fair_status
fair_store_case_look(const struct fair_desk *d, fair_id case_id, bool before, fair_time now, struct fair_err *err)
{
    struct needing n = { { d->st, d->org, 0 }, now, before };

    return fair_store_case_uses(d, case_id, look_at_use, &n, err);
}
