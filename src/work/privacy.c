/* work/privacy.c - forgetting people: rows, vault and portal together; and the job that does it at their time. */
#include "work/privacy.h"
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "work/portal_home.h"

enum { AT_ONCE = 4000 };

static bool
is_case(enum fair_keep k)
{
    return k == FAIR_KEEP_CASE_CONTACTED || k == FAIR_KEEP_CASE_UNCONTACTED;
}

struct erasing { struct fair_house *h; fair_str why; int64_t n; };

static fair_status
erase_blob(void *arg, const struct fair_sha256 *key, bool stone, struct fair_err *err)
{
    struct erasing *e = arg;
    bool kept = false;
    fair_status s;

    FAIR_TRY(fair_house_vault(e->h, err));
    if (stone) {
        FAIR_TRY(fair_house_erase(e->h, key, e->why, &kept, err));
    } else {
        bool others = false;
        FAIR_TRY(fair_store_blob_elsewhere(&e->h->desk, key, &others, err));
        if (others) return FAIR_OK;
        s = fair_vault_drop(e->h->vault, key, err);
        if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    }
    e->n++;
    return FAIR_OK;
}

static fair_status
unpublish(void *arg, fair_str code, struct fair_err *err)
{
    return fair_portal_unpublish(arg, code, err);
}

fair_status
fair_privacy_forget(struct fair_house *h, enum fair_keep rule, fair_id subject, const char *why, fair_time now, struct fair_forget_sum *sum, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct erasing e = { h, fair_str_fmt(a, "%s: %s %lld", why, is_case(rule) ? "case" : rule == FAIR_KEEP_MAIL ? "mail" : "hit", (long long)subject), 0 };
    bool wait = false;

    *sum = (struct fair_forget_sum){ 0 };
    if (is_case(rule)) {
        FAIR_TRY(fair_store_may_forget(&h->desk, subject, now, err));
        if (fair_portal_there(h)) FAIR_TRY(fair_portal_waits_case(h, subject, &wait, err));
        if (wait) return fair_fail(err, FAIR_AGAIN, "case %lld: an answer waits on the portal: fairtrack answers take", (long long)subject);
        FAIR_TRY(fair_store_forget_codes(&h->desk, subject, unpublish, h, err));
    }
    FAIR_TRY(fair_store_forget_blobs(&h->desk, rule, subject, erase_blob, &e, err));
    sum->blobs = e.n;
    return fair_store_forget(&h->desk, rule, subject, why, e.n, now, &sum->rows, err);
}

/* ---- the job ---------------------------------------------------------------------------------------------------------- */

struct list { struct fair_arena *a; struct fair_due *v; size_t n; };

static fair_status
collect(void *arg, const struct fair_due *x, __attribute__((unused)) struct fair_err *err)
{
    struct list *l = arg;

    if (l->n == AT_ONCE) return FAIR_OK;         /* the next time */
    l->v[l->n] = *x;
    l->v[l->n].what = fair_str_dup(l->a, x->what);
    l->v[l->n++].held = x->held.n > 0 ? fair_str_dup(l->a, x->held) : (fair_str){ NULL, 0 };
    return FAIR_OK;
}

fair_status
fair_privacy_keep(struct fair_house *h, fair_time now, void (*told)(void *arg, const struct fair_due *x, const struct fair_forget_sum *sum), void *arg, struct fair_keep_sum *sum,
                  struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct list l = { a, fair_alloc_array(a, AT_ONCE, sizeof *l.v), 0 };

    *sum = (struct fair_keep_sum){ 0 };
    FAIR_TRY(fair_store_due(&h->desk, now, collect, &l, err));
    for (size_t i = 0; i < l.n; i++) {
        struct fair_due *x = &l.v[i];
        struct fair_forget_sum done = { 0 };
        struct fair_err why = { 0 };
        fair_status s = FAIR_OK;

        if (x->held.n > 0) {
            sum->held++;
        } else {
            s = fair_privacy_forget(h, x->rule, x->subject, fair_retention_get(x->rule)->name, now, &done, &why);
            if (s != FAIR_OK) {
                sum->failed++;
                x->held = fair_str_dup(a, fair_str_of(why.text));
                fair_log(FAIR_LOG_WARN, "privacy.not_forgotten rule=%s subject=%lld why=\"%s\"", fair_retention_get(x->rule)->name, (long long)x->subject, why.text);
            } else {
                sum->forgotten++;
            }
        }
        if (told != NULL) told(arg, x, x->held.n > 0 ? NULL : &done);
    }
    if (sum->forgotten > 0) fair_store_settle(h->store);
    return FAIR_OK;
}

static fair_status
keep_one(struct fair_house *h, void *arg, struct fair_err *err)
{
    const fair_time *now = arg;
    struct fair_keep_sum sum;

    FAIR_TRY(fair_privacy_keep(h, *now, NULL, NULL, &sum, err));
    if (sum.forgotten + sum.failed > 0)
        fair_log(FAIR_LOG_INFO, "privacy.kept org=%lld forgotten=%lld held=%lld failed=%lld", (long long)h->desk.org, (long long)sum.forgotten, (long long)sum.held, (long long)sum.failed);
    return FAIR_OK;
}

fair_status
fair_privacy_keep_all(struct fair_house *h, fair_time now, struct fair_err *err)
{
    return fair_house_each_org(h, keep_one, &now, err);
}
