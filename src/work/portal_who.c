/* work/portal_who.c - who asks, with what right, how it is shown and who checked it: codes and figures, which the page says in its reader's language. */
#include <stdlib.h>
#include <string.h>
#include "http/http.h"
#include "store/owner_rows.h"
#include "work/portal_private.h"

static fair_str
fact(const struct fair_publishing *p, const char *name)
{
    return fair_publishing_fact(p, name);
}

/* {"how","by","at"}: declared where nobody looked at it, or found that it does not hold. */
static json_t *
checked(const struct fair_checked *c)
{
    bool holds = fair_str_eq(c->verdict, FAIR_STR("holds")) && c->how.n > 0;
    json_t *o = json_object();

    fair_put(o, "how", holds ? c->how : FAIR_STR("declared"));
    if (!holds) return o;
    if (fair_str_eq(c->how, FAIR_STR("counsel"))) fair_put(o, "by", c->name);
    fair_put_time(o, "at", c->at);
    return o;
}

static void
put_claimant(struct fair_publishing *p, bool is_owner)
{
    json_t *o = json_object(), *owner = json_object();

    fair_put(o, "name", fact(p, "sender.name"));
    json_object_set_new(o, "capacity", json_string(p->facts.sender.counsel ? "counsel" : is_owner ? "owner" : "agent"));
    fair_put(o, "address", fact(p, "sender.address"));
    fair_put(o, "email", fact(p, "sender.email"));
    fair_put(o, "phone", fact(p, "sender.phone"));
    fair_put(o, "register", fact(p, "sender.register"));
    json_object_set_new(p->out, "claimant", o);
    fair_put(owner, "name", fact(p, "owner.name"));
    json_object_set_new(p->out, "owner", owner);
    fair_put(p->out, "author", fact(p, "author.name"));
}

struct finding { struct fair_publishing *p; fair_id id; json_t *out; };

static fair_status
one_mandate(void *arg, const struct fair_mandate *m, struct fair_err *err)
{
    struct finding *f = arg;
    fair_str rest = m->rights, right;
    json_t *rights, *o;

    (void)err;
    if (m->id != f->id) return FAIR_OK;
    f->out = o = json_object();
    rights = json_array();
    fair_put(o, "scope", m->scope);
    fair_put(o, "territory", m->territory);
    while (fair_str_split(&rest, ' ', &right))
        if (right.n > 0) json_array_append_new(rights, json_stringn(right.p, right.n));
    json_object_set_new(o, "rights", rights);
    fair_put_time(o, "from", m->from > 0 ? m->from : m->at);
    fair_put_time(o, "until", m->until);
    fair_put_time(o, "revoked", m->revoked);
    fair_put(o, "commission", m->commission);
    json_object_set_new(o, "checked", checked(&m->check));
    return FAIR_OK;
}

static fair_status
put_mandate(struct fair_publishing *p, bool is_owner, struct fair_err *err)
{
    struct fair_mandate_cover cover = { .needed = false };
    struct fair_work w;
    struct finding f = { .p = p };

    if (!is_owner && p->n_works > 0) {
        FAIR_TRY(fair_store_mandate_covers(&p->h->desk, p->works[0], p->facts.country, "enforce", p->now, p->a, &cover, err));
        if (cover.needed && cover.id != 0) {
            FAIR_TRY(fair_store_work_get(&p->h->desk, p->works[0], p->a, &w, err));
            f.id = cover.id;
            FAIR_TRY(fair_store_mandates(&p->h->desk, w.owner, one_mandate, &f, err));
        }
    }
    json_object_set_new(p->out, "mandate", f.out != NULL ? f.out : json_null());
    return FAIR_OK;
}

static fair_status
one_proof(void *arg, const struct fair_proof *x, struct fair_err *err)
{
    json_t *list = arg, *o;

    (void)err;
    if (x->ended != 0) return FAIR_OK;
    o = json_object();
    fair_put(o, "kind", x->kind);
    fair_put_time(o, "happened", x->happened);
    json_object_set_new(o, "checked", checked(&x->check));
    json_array_append_new(list, o);
    return FAIR_OK;
}

/* As the letter said it, and what it rests on now. */
static fair_status
put_ownership(struct fair_publishing *p, struct fair_err *err)
{
    json_t *o = json_object(), *check = json_object(), *proofs = json_array();
    fair_str how = fact(p, "ownership.checked"), by = fact(p, "ownership.checked_by"), on = fact(p, "ownership.checked_on");

    json_object_set_new(p->out, "ownership", o);
    json_object_set_new(o, "level", json_integer(p->facts.ownership.level));
    json_object_set_new(o, "conflict", json_boolean(p->facts.ownership.conflict));
    json_object_set_new(o, "independent", json_boolean(p->facts.ownership.independent));
    fair_put(check, "how", how.n > 0 ? how : FAIR_STR("declared"));
    fair_put(check, "by", by);
    fair_put(check, "at", on);
    json_object_set_new(o, "checked", check);
    json_object_set_new(o, "proofs", proofs);
    for (size_t i = 0; i < p->n_works; i++) FAIR_TRY(fair_store_proofs(&p->h->desk, p->works[i], one_proof, proofs, err));
    return FAIR_OK;
}

fair_status
fair_publish_who(struct fair_publishing *p, struct fair_err *err)
{
    bool is_owner = fact(p, "owner.is_sender").n > 0;

    put_claimant(p, is_owner);
    FAIR_TRY(put_mandate(p, is_owner, err));
    return put_ownership(p, err);
}

/* ---- what was checked before the letter left ---- */

/* Where a licence was looked for: {"source","answer","at"}; what was not asked is told too (Corrections 6 and 12). */
static void
put_sources(struct fair_publishing *p, const json_t *facts)
{
    static const char *const names[] = { "ledger", "declaration", "markers", "outside" };
    json_t *list = json_array();

    json_object_set_new(p->out, "sources", list);
    if (!json_is_object(facts)) return;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const json_t *x = json_object_get(facts, names[i]);
        fair_str answer = fair_member(x, "answer");
        json_t *o = json_object();
        json_object_set_new(o, "source", json_string(names[i]));
        fair_put(o, "answer", fair_str_eq(answer, FAIR_STR("nothing")) || fair_str_eq(answer, FAIR_STR("hit")) ? answer : FAIR_STR("not_asked"));
        fair_put(o, "at", fair_member(x, "at"));
        json_array_append_new(list, o);
    }
}

/* A letter that asks for nothing is let out by two gates; what the others would have said is not its matter. */
static bool
asked(const struct fair_publishing *p, fair_str id)
{
    return p->n.claim || fair_str_eq(id, FAIR_STR("G16")) || fair_str_eq(id, FAIR_STR("G17"));
}

fair_status
fair_publish_gates(struct fair_publishing *p, struct fair_err *err)
{
    json_t *list = json_array();
    struct fair_gate_record r;
    json_t *record = NULL;
    const json_t *g, *sources = NULL;
    size_t i;
    fair_status s;

    json_object_set_new(p->out, "gates", list);
    json_object_set_new(p->out, "sources", json_array());
    if (fair_sha256_none(&p->n.gates_sha256)) return FAIR_OK;
    fair_put(p->out, "gates_sha256", fair_hex(p->a, p->n.gates_sha256.b, 32));
    s = fair_store_gate_record_get(&p->h->desk, &p->n.gates_sha256, p->a, &r, err);
    if (s == FAIR_NOT_FOUND) return FAIR_OK;
    if (s != FAIR_OK) return s;
    record = json_loadb(r.record.p, r.record.n, 0, NULL);
    fair_put(p->out, "rules_sha256", fair_member(record, "files"));
    json_array_foreach(json_object_get(record, "gates"), i, g) {
        fair_str id = fair_member(g, "id");
        json_t *o = json_object();
        fair_put(o, "id", id);
        fair_put(o, "result", asked(p, id) ? fair_member(g, "verdict") : FAIR_STR("not_needed"));
        fair_put(o, "at", fair_member(g, "at"));
        json_object_set_new(o, "by", json_string(json_integer_value(json_object_get(g, "by")) != 0 ? "person" : "program"));
        json_array_append_new(list, o);
        if (fair_str_eq(id, FAIR_STR("G6"))) sources = json_object_get(g, "facts");
    }
    if (p->n.claim) put_sources(p, sources);
    json_decref(record);
    return FAIR_OK;
}

/* ---- the recipient's data ---- */

void
fair_publish_privacy(struct fair_publishing *p)
{
    json_t *list = json_array(), *o = json_object(), *advice = json_array();
    fair_str name = fact(p, "advice.name"), url = fact(p, "advice.url");

    if (name.n == 0) name = fair_letter_fact_get(p->letter.words, FAIR_STR("advice.name"));
    if (url.n == 0) url = fair_letter_fact_get(p->letter.words, FAIR_STR("advice.url"));
    if (name.n > 0 && url.n > 0) json_array_append_new(advice, json_pack("{s:s%, s:s%}", "name", name.p, name.n, "url", url.p, url.n));
    for (int i = 1; i < 20; i++) {
        fair_str what = fact(p, fair_str_fmt(p->a, "datum.%d.what", i).p);
        json_t *x;
        if (what.n == 0) break;
        x = json_object();
        fair_put(x, "what", what);
        fair_put(x, "value", fact(p, fair_str_fmt(p->a, "datum.%d.value", i).p));
        fair_put(x, "source", fact(p, fair_str_fmt(p->a, "datum.%d.source", i).p));
        fair_put(x, "place", fact(p, fair_str_fmt(p->a, "datum.%d.place", i).p));
        fair_put(x, "seen", fact(p, fair_str_fmt(p->a, "datum.%d.seen", i).p));
        json_array_append_new(list, x);
    }
    fair_put(o, "controller", fact(p, "privacy.controller"));
    fair_put(o, "contact", fact(p, "privacy.contact"));
    json_object_set_new(o, "months", json_integer(p->h->config.letters_months));
    json_object_set_new(o, "data", list);
    json_object_set_new(p->out, "privacy", o);
    json_object_set_new(p->out, "advice", advice);
}
