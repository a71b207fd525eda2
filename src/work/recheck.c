/* recheck.c - our own verifier looks at our own packages. */
#include "work/recheck.h"
#include <jansson.h>
#include "base/clock.h"
#include "base/log.h"
#include "evidence/package.h"
#include "evidence/verify.h"
#include "work/notary.h"
#include "work/seal.h"
#include "work/stamp_ask.h"

#define PACKAGE_MAX ((size_t)2 << 30)

struct telling { struct fair_arena *a; int64_t n; fair_str first; };

static void
keep_first(void *arg, const struct fair_finding *f)
{
    struct telling *t = arg;

    t->n++;
    if (f->how != FAIR_FINDING_BAD || t->first.n > 0) return;
    t->first = fair_str_fmt(t->a, "%.*s%s%.*s", f->where.n > 0 ? (int)f->where.n : 0, f->where.n > 0 ? f->where.p : "", f->where.n > 0 ? ": " : "", FAIR_STR_ARG(f->words));
}

static void
wrong(struct fair_package_check *x, fair_str words)
{
    x->holds = false;
    x->words = words;
}

/* Is what lies in it of the hit that the row says, and of that hit's page? */
static fair_status
of_its_use(struct fair_house *h, const struct fair_package *p, fair_str file, struct fair_arena *a, struct fair_package_check *x, struct fair_err *err)
{
    struct fair_package_members m;
    json_t *capture = NULL, *v;
    struct fair_hit hit;
    fair_str url = { NULL, 0 }, id = { NULL, 0 }, digest;

    FAIR_TRY(fair_store_hit_get(&h->desk, p->hit, a, &hit, err));
    FAIR_TRY(fair_package_read(file, a, &m, &digest, err));
    for (size_t i = 0; i < m.n; i++)
        if (capture == NULL && fair_str_eq(m.p[i].name, FAIR_STR("match/capture.json"))) capture = json_loadb(m.p[i].bytes.p, m.p[i].bytes.n, JSON_REJECT_DUPLICATES, NULL);
    v = json_object_get(capture, "url");
    if (json_is_string(v)) url = fair_str_dup(a, (fair_str){ json_string_value(v), json_string_length(v) });
    v = json_object_get(capture, "hit");
    if (json_is_string(v)) id = fair_str_dup(a, (fair_str){ json_string_value(v), json_string_length(v) });
    json_decref(capture);
    if (!fair_str_eq(id, fair_str_fmt(a, "%lld", (long long)p->hit))) wrong(x, FAIR_STR("match/capture.json: it is of another use than the one it is kept for"));
    else if (!fair_str_eq(url, fair_utf8_mend(a, hit.page_url))) wrong(x, FAIR_STR("match/capture.json: it is of another page than the one it is kept for"));
    return FAIR_OK;
}

/* What a stranger would find, with our roots and our first key. */
static fair_status
look(struct fair_house *h, const struct fair_package *p, fair_str file, struct fair_arena *a, struct fair_package_check *x, struct fair_err *err)
{
    FAIR_AUTO(trust) struct fair_trust *t = fair_trust_new();
    struct fair_verify_options o = { .trust = t, .allow_untrusted = h->config.stamp_untrusted, .now = x->at };
    struct telling told = { .a = a };
    struct fair_verify_sum sum;
    struct fair_seal_key *keys;
    size_t n;
    fair_status s;

    FAIR_TRY(fair_notary_keys(h, a, &keys, &n, err));
    o.key = keys[0].key;
    FAIR_TRY(fair_stamp_roots(h, a, t, err));
    s = fair_package_verify(file, &o, a, keep_first, &told, &sum, err);
    x->findings = told.n;
    x->datapackage = sum.datapackage;
    x->holds = s == FAIR_OK && sum.bad == 0 && sum.ours && sum.sealed;
    x->words = x->holds ? FAIR_STR("nothing is wrong with it") : told.first.n > 0 ? told.first : FAIR_STR("it is no sealed package of ours");
    if (!x->holds) return FAIR_OK;
    if (sum.package != p->id || !fair_sha256_eq(&sum.datapackage, &p->datapackage)) {
        wrong(x, FAIR_STR("it is another package than the one that its row names"));
        return FAIR_OK;
    }
    return of_its_use(h, p, file, a, x, err);
}

/* These say something of the package; a disk or a store that does not answer says nothing. */
static bool
of_the_package(fair_status s)
{
    return s == FAIR_CORRUPT || s == FAIR_NOT_FOUND || s == FAIR_REFUSED || s == FAIR_LIMIT || s == FAIR_INVALID;
}

fair_status
fair_package_recheck(struct fair_house *h, fair_id package, fair_time now, struct fair_package_check *out, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_package_check x = { .package = package, .at = now };
    struct fair_err why = { 0 };
    struct fair_package p;
    fair_str file;
    fair_status s;

    FAIR_TRY(fair_store_package_get(&h->desk, package, a, &p, err));
    if (!fair_str_eq(p.state, FAIR_STR("sealed"))) return fair_fail(err, FAIR_AGAIN, "package %lld is not sealed yet", (long long)package);
    FAIR_TRY(fair_house_vault(h, err));
    s = fair_vault_read(h->vault, &p.draft, PACKAGE_MAX, a, &file, &why);
    if (s == FAIR_OK) {
        x.draft = p.draft;
        s = fair_package_whole(h, package, a, &file, err);
        if (s == FAIR_CORRUPT) why = *err;
        else if (s != FAIR_OK) return s;
    }
    if (s == FAIR_OK) FAIR_TRY(look(h, &p, file, a, &x, err));
    else if (of_the_package(s)) wrong(&x, fair_str_dup(a, fair_str_of(why.text)));
    else {
        *err = why;
        return s;
    }
    FAIR_TRY(fair_store_package_checked(&h->desk, &x, err));
    if (!x.holds) fair_log(FAIR_LOG_ERROR, "package.broken package=%lld why=\"%.*s\"", (long long)package, FAIR_STR_ARG(x.words));
    x.words = (fair_str){ NULL, 0 };              /* of an arena that goes */
    *out = x;
    return FAIR_OK;
}

/* ---- those of a case ---- */

struct due { struct fair_arena *a; fair_time since; fair_id *v; size_t n, room; };

static fair_status
keep_due(void *arg, const struct fair_case_package *p, __attribute__((unused)) struct fair_err *err)
{
    struct due *d = arg;

    if (p->checked >= d->since) return FAIR_OK;
    if (d->n == d->room) {
        fair_id *more = fair_alloc_array(d->a, d->room * 2 + 16, sizeof *more);
        for (size_t i = 0; i < d->n; i++) more[i] = d->v[i];
        d->v = more;
        d->room = d->room * 2 + 16;
    }
    d->v[d->n++] = p->package;
    return FAIR_OK;
}

fair_status
fair_case_recheck(struct fair_house *h, fair_id case_id, fair_time since, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct due due = { .a = a, .since = since };

    FAIR_TRY(fair_store_case_packages(&h->desk, case_id, now, keep_due, &due, err));
    for (size_t i = 0; i < due.n; i++) {
        struct fair_package_check x;
        struct fair_err why = { 0 };
        if (fair_package_recheck(h, due.v[i], now, &x, &why) != FAIR_OK) fair_log(FAIR_LOG_WARN, "package.not_looked_at package=%lld why=\"%s\"", (long long)due.v[i], why.text);
    }
    return FAIR_OK;
}

fair_status
fair_case_move(struct fair_house *h, const struct fair_case_act *x, struct fair_ruling *ruling, int64_t *version, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_err why = { 0 };
    enum fair_case_state from;
    struct fair_case c;
    fair_status s;

    FAIR_TRY(fair_store_case_get(&h->desk, x->case_id, a, &c, err));
    if (fair_state_parse(c.state, &from) && fair_cases_asks_gate(from, x->e.move, 5)) {
        fair_time now = x->e.at != 0 ? x->e.at : fair_now();
        FAIR_TRY(fair_case_recheck(h, x->case_id, now, now, err));
    }
    s = fair_store_case_move(&h->desk, x, ruling, version, err);
    if (s == FAIR_REFUSED && fair_move_is_claim(x->e.move) && fair_store_case_look(&h->desk, x->case_id, true, fair_now(), &why) != FAIR_OK)
        fair_log(FAIR_LOG_WARN, "case.look case=%lld why=\"%s\"", (long long)x->case_id, why.text);
    return s;
}
