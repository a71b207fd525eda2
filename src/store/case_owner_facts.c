/* case_owner_facts.c - who asks and with what right, as far as rows prove it: G1, G2, G3, G12, and the ledger and declaration of G6.
 * A case is as weak as the weakest of its works. */
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "store/case_private.h"
#include "store/owner_rows.h"

enum { USES_MAX = 2000 };

struct use { fair_id work; fair_str page; };
struct uses { struct fair_arena *a; struct use *v; size_t n; };

static fair_status
collect(void *arg, const struct fair_case_use *x, struct fair_err *err)
{
    struct uses *u = arg;

    if (u->n == USES_MAX) return fair_fail(err, FAIR_LIMIT, "a case of over %d uses", USES_MAX);
    u->v[u->n++] = (struct use){ x->work, fair_str_dup(u->a, x->page_url) };
    return FAIR_OK;
}

static fair_status
identity(const struct fair_desk *d, const struct fair_work *w, fair_time now, struct fair_facts *f, bool first, struct fair_err *err)
{
    int k;

    FAIR_TRY(fair_store_identity_level(d, w->owner, &k, err));
    if (first || k < f->identity.k) f->identity.k = k;
    f->identity.from = (struct fair_from){ FAIR_STR("identities of the owner"), now, 0 };
    return FAIR_OK;
}

static fair_status
ownership(const struct fair_desk *d, fair_id work, fair_time now, struct fair_arena *a, struct fair_facts *f, bool first, struct fair_err *err)
{
    struct fair_owned *o = fair_alloc(a, sizeof *o);

    FAIR_TRY(fair_store_owned(d, work, a, o, err));
    if (first || o->is.level < f->ownership.level) f->ownership.level = o->is.level;
    f->ownership.conflict = f->ownership.conflict || o->conflict;
    f->ownership.ai = f->ownership.ai || (o->ai && !o->ai_statement);
    f->ownership.chain = (first || f->ownership.chain) && o->facts.chain;
    f->ownership.independent = (first || f->ownership.independent) && o->independent;
    f->ownership.from = (struct fair_from){ FAIR_STR("evidence of ownership"), now, 0 };
    return FAIR_OK;
}

static fair_status
mandate(const struct fair_desk *d, fair_id work, fair_time now, struct fair_arena *a, struct fair_facts *f, struct fair_err *err)
{
    struct fair_mandate_cover m;

    FAIR_TRY(fair_store_mandate_covers(d, work, f->country, f->c.state >= FAIR_TD_DRAFT ? "takedown" : "enforce", now, a, &m, err));
    if (!m.needed) return FAIR_OK;
    if (!f->mandate.agent) {
        f->mandate.agent = f->mandate.work = f->mandate.territory = f->mandate.dates = f->mandate.right = true;
        f->mandate.checked = now;
    }
    f->mandate.work = f->mandate.work && m.any && m.work;
    f->mandate.territory = f->mandate.territory && m.territory;
    f->mandate.dates = f->mandate.dates && m.dates;
    f->mandate.right = f->mandate.right && m.right;
    f->mandate.revoked = f->mandate.revoked || m.revoked;
    f->mandate.from = (struct fair_from){ fair_str_fmt(a, "mandate %lld", (long long)m.id), now, 0 };
    return FAIR_OK;
}

static fair_status
declaration(const struct fair_desk *d, fair_id work, struct fair_arena *a, struct fair_facts *f, bool first, bool *all, struct fair_err *err)
{
    struct fair_declaration x;
    fair_status s = fair_store_declared(d, work, a, &x, err);
    bool clear;

    if (s == FAIR_NOT_FOUND) {
        *all = false;
        return FAIR_OK;
    }
    if (s != FAIR_OK) return s;
    clear = fair_is(x.stock, "no") && fair_is(x.cc, "no") && fair_is(x.press, "no");
    if (fair_is(x.cc, "yes")) f->cc = true;
    if (first || !clear) f->sources.declaration = (struct fair_asked){ clear ? FAIR_ASKED_NOTHING : FAIR_ASKED_HIT, x.at, FAIR_STR("the owner's declaration") };
    return FAIR_OK;
}

static fair_status
ledger(const struct fair_desk *d, const struct use *u, fair_time now, struct fair_arena *a, struct fair_facts *f, struct fair_err *err)
{
    fair_id licence;

    FAIR_TRY(fair_store_licence_for(d, u->work, u->page, now, &licence, err));
    if (licence != 0) f->sources.ledger = (struct fair_asked){ FAIR_ASKED_HIT, now, fair_str_fmt(a, "licence %lld of the ledger", (long long)licence) };
    else if (f->sources.ledger.answer == FAIR_NOT_ASKED) f->sources.ledger = (struct fair_asked){ FAIR_ASKED_NOTHING, now, FAIR_STR("the ledger") };
    return FAIR_OK;
}

/* The day on which the work was made, as its own file has it. */
static bool
taken(const struct fair_work *w, fair_time *newest)
{
    fair_time t;

    if (w->date.n < 10 || !fair_time_parse((fair_str){ w->date.p, 10 }, &t)) return false;
    if (t > *newest) *newest = t;
    return true;
}

fair_status
fair_case_owner_facts(const struct fair_desk *d, fair_id case_id, fair_time now, struct fair_arena *a, struct fair_facts *f, struct fair_err *err)
{
    struct uses u = { a, fair_alloc_array(a, USES_MAX, sizeof *u.v), 0 };
    bool all_declared = true, all_dated = true;
    fair_time newest = 0;
    fair_str number;
    fair_status s;

    f->identity.k = f->ownership.level = -1;
    FAIR_TRY(fair_store_case_uses(d, case_id, collect, &u, err));
    f->sources.ledger = (struct fair_asked){ FAIR_NOT_ASKED, 0, { NULL, 0 } };
    for (size_t i = 0; i < u.n; i++) {
        struct fair_work w;
        bool seen = false;

        FAIR_TRY(ledger(d, &u.v[i], now, a, f, err));
        for (size_t k = 0; k < i; k++) seen = seen || u.v[k].work == u.v[i].work;
        if (seen) continue;
        FAIR_TRY(fair_store_work_get(d, u.v[i].work, a, &w, err));
        FAIR_TRY(identity(d, &w, now, f, i == 0, err));
        FAIR_TRY(ownership(d, w.id, now, a, f, i == 0, err));
        FAIR_TRY(mandate(d, w.id, now, a, f, err));
        FAIR_TRY(declaration(d, w.id, a, f, i == 0, &all_declared, err));
        all_dated &= taken(&w, &newest);
    }
    /* The work's own data outrank what a person says where they are later; without a word they do where every work has some. */
    if (newest > f->time.created && (f->time.created != 0 || all_dated)) f->time.created = newest;
    if (!all_declared) f->sources.declaration = (struct fair_asked){ FAIR_NOT_ASKED, 0, { NULL, 0 } };
    f->sender.owner = !f->mandate.agent;
    f->sender.counsel = f->counsel;
    f->sender.from = (struct fair_from){ FAIR_STR("accounts and settings"), now, 0 };
    if (f->country.n != 2) return FAIR_OK;
    s = fair_store_setting_get(d, fair_str_fmt(a, "sender.registered.%.*s", FAIR_STR_ARG(f->country)), a, &number, err);
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    f->sender.registered = s == FAIR_OK && number.n > 0;
    return FAIR_OK;
}
