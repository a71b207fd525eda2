/* web/model_owners.c - owners, mandates, licences and the evidence of ownership as JSON, for pages and verbs alike. */
#include "web/model.h"
#include "web/web_private.h"

static void
put_sha(json_t *o, const char *key, const struct fair_sha256 *sha)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_put(o, key, fair_sha256_none(sha) ? (fair_str){ NULL, 0 } : fair_hex(a, sha->b, 32));
}

static void
put_check(json_t *o, const struct fair_checked *c)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    json_t *x = json_object();

    fair_put(x, "how", c->how.n > 0 ? c->how : FAIR_STR("declared"));
    fair_put(x, "verdict", c->verdict.n > 0 ? c->verdict : (fair_str){ NULL, 0 });
    fair_put(x, "name", c->name);
    fair_put(x, "statement", c->statement);
    fair_put_time(x, "at", c->at);
    fair_put(x, "words", fair_checked_words(a, c));
    json_object_set_new(o, "checked", x);
}

json_t *
fair_model_owner(const struct fair_owner *x, int k)
{
    json_t *o = json_object();
    fair_put_id(o, "id", x->id);
    fair_put(o, "name", x->name);
    fair_put(o, "email", x->email);
    fair_put_time(o, "created", x->created);
    if (k < 0) json_object_set_new(o, "identity", json_null());
    else json_object_set_new(o, "identity", json_string(k == 0 ? "K0" : k == 1 ? "K1" : "K2"));
    return o;
}

json_t *
fair_model_identity(const struct fair_identity *x)
{
    json_t *o = json_object();
    fair_put_id(o, "id", x->id);
    fair_put_id(o, "owner", x->owner);
    fair_put(o, "kind", x->kind);
    fair_put(o, "value", x->value);
    put_sha(o, "document", &x->document);
    fair_put_time(o, "confirmed", x->confirmed);
    fair_put_time(o, "at", x->at);
    put_check(o, &x->check);
    return o;
}

json_t *
fair_model_mandate(const struct fair_mandate *m)
{
    json_t *o = json_object();
    fair_put_id(o, "id", m->id);
    fair_put_id(o, "owner", m->owner);
    fair_put(o, "scope", m->scope);
    fair_put(o, "collection", m->collection);
    fair_put(o, "territory", m->territory);
    fair_put(o, "rights", m->rights);
    fair_put_time(o, "from", m->from);
    fair_put_time(o, "until", m->until);
    fair_put(o, "commission", m->commission);
    put_sha(o, "document", &m->document);
    fair_put_time(o, "revoked", m->revoked);
    fair_put(o, "revoked_why", m->revoked_why);
    put_check(o, &m->check);
    return o;
}

json_t *
fair_model_licence(const struct fair_licence *l)
{
    json_t *o = json_object();
    fair_put_id(o, "id", l->id);
    fair_put(o, "kind", l->kind);
    fair_put(o, "assignee", l->assignee);
    fair_put(o, "domains", l->domains);
    fair_put(o, "scope", l->scope);
    fair_put(o, "collection", l->collection);
    fair_put(o, "works", l->work_list);
    fair_put(o, "territory", l->territory);
    fair_put(o, "medium", l->medium);
    fair_put_time(o, "from", l->from);
    fair_put_time(o, "until", l->until);
    fair_put(o, "attribution", l->attribution);
    fair_put(o, "shop", l->shop);
    fair_put(o, "order", l->order_no);
    fair_put(o, "note", l->note);
    put_sha(o, "document", &l->document);
    fair_put_time(o, "ended", l->ended);
    fair_put(o, "ended_why", l->ended_why);
    json_object_set_new(o, "covers", json_integer(l->covered));
    put_check(o, &l->check);
    return o;
}

json_t *
fair_model_declaration(const struct fair_declaration *x)
{
    json_t *o = json_object();
    fair_put_id(o, "id", x->id);
    fair_put_id(o, "work", x->work);
    fair_put(o, "collection", x->collection);
    json_object_set_new(o, "author", json_boolean(x->author));
    fair_put(o, "stock", x->stock);
    fair_put(o, "cc", x->cc);
    fair_put(o, "press", x->press);
    fair_put(o, "ai", x->ai);
    fair_put(o, "authorship", x->authorship);
    fair_put(o, "note", x->note);
    fair_put_time(o, "at", x->at);
    return o;
}

json_t *
fair_model_proof(const struct fair_proof *p)
{
    json_t *o = json_object();
    fair_put_id(o, "id", p->id);
    fair_put_id(o, "work", p->work);
    fair_put(o, "kind", p->kind);
    fair_put(o, "name", p->name);
    put_sha(o, "document", &p->document);
    fair_put_time(o, "happened", p->happened);
    fair_put_time(o, "at", p->at);
    put_check(o, &p->check);
    return o;
}

static fair_status
add_proof(void *arg, const struct fair_proof *p, struct fair_err *err)
{
    (void)err;
    json_array_append_new(arg, fair_model_proof(p));
    return FAIR_OK;
}

static fair_status
add_rival(void *arg, const struct fair_rival *r, struct fair_err *err)
{
    json_t *o = json_object();
    (void)err;
    fair_put_id(o, "id", r->id);
    fair_put(o, "where", r->other != 0 ? FAIR_STR("here") : FAIR_STR("another organisation"));
    if (r->other != 0) fair_put_id(o, "work", r->other);
    fair_put_time(o, "found", r->found);
    fair_put_time(o, "settled", r->settled);
    fair_put(o, "settled_why", r->settled_why);
    json_array_append_new(arg, o);
    return FAIR_OK;
}

fair_status
fair_model_owned(const struct fair_desk *d, fair_id work, struct fair_arena *a, json_t **out, struct fair_err *err)
{
    json_t *o = json_object(), *list;
    struct fair_declaration said;
    struct fair_owned is;
    fair_status s = fair_store_owned(d, work, a, &is, err);

    *out = NULL;
    if (s != FAIR_OK) {
        json_decref(o);
        return s;
    }
    *out = o;
    fair_put_id(o, "work", work);
    fair_put(o, "level", fair_str_fmt(a, "L%d", is.is.level));
    fair_put_time(o, "since", is.since);
    json_object_set_new(o, "conflict", json_boolean(is.conflict));
    json_object_set_new(o, "searched_for_others", json_boolean(is.looked));
    json_object_set_new(o, "somebody_elses", json_boolean(is.agent));
    json_object_set_new(o, "independent", json_boolean(is.independent));
    if (is.deposit != 0) {
        json_t *x = json_object();
        fair_put_id(x, "deposit", is.deposit);
        fair_put_time(x, "at", is.deposited);
        fair_put_time(x, "first_use_seen", is.used);
        json_object_set_new(x, "counts", json_boolean(is.facts.deposit && (is.used == 0 || is.deposited < is.used)));
        json_object_set_new(o, "deposit", x);
    } else {
        json_object_set_new(o, "deposit", json_null());
    }
    json_object_set_new(o, "rests_on", list = json_array());
    for (size_t i = 0; i < is.is.n; i++)
        if (is.is.lines[i].holds && is.is.lines[i].level <= is.is.level + 1) {
            const struct fair_ownership_line *l = &is.is.lines[i];
            json_array_append_new(list, json_pack("{s:s, s:s%, s:s%}", "level", l->level == 1 ? "L1" : l->level == 2 ? "L2" : "L3", "need", l->need.p, l->need.n, "words", l->words.p, l->words.n));
        }
    json_object_set_new(o, "would_lift", list = json_array());
    for (size_t i = 0; i < is.is.n_missing; i++) {
        const struct fair_ownership_line *l = &is.is.lines[is.is.missing[i]];
        json_array_append_new(list, json_pack("{s:s, s:s%, s:s%}", "level", l->level == 1 ? "L1" : l->level == 2 ? "L2" : "L3", "need", l->need.p, l->need.n, "words", l->words.p, l->words.n));
    }
    json_object_set_new(o, "proofs", list = json_array());
    FAIR_TRY(fair_store_proofs(d, work, add_proof, list, err));
    json_object_set_new(o, "rivals", list = json_array());
    FAIR_TRY(fair_store_rivals(d, work, add_rival, list, err));
    s = fair_store_declared(d, work, a, &said, NULL);
    json_object_set_new(o, "declaration", s == FAIR_OK ? fair_model_declaration(&said) : json_null());
    return FAIR_OK;
}
