/* web/pages_owners.c - who owns the works, who may act for them, who may use them, and what shows it. */
#include "web/model.h"
#include "web/web_private.h"
#include "web/words.h"

enum { PER_PAGE = 100 };

struct list { struct fair_request *rq; json_t *out; };

/* ---- owners and mandates -------------------------------------------------------------------------------------- */

static fair_status
list_identity(void *arg, const struct fair_identity *x, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = fair_model_identity(x);

    (void)err;
    json_object_set_new(o, "show", json_pack("{s:s, s:b}", "subject", "identity", "checkable", !fair_str_eq(x->kind, FAIR_STR("mail"))));
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static fair_status
list_mandate(void *arg, const struct fair_mandate *m, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = fair_model_mandate(m), *show = json_object();

    (void)err;
    json_object_set_new(show, "subject", json_string("mandate"));
    json_object_set_new(show, "in_force", json_boolean(m->revoked == 0 && m->from <= l->rq->now && (m->until == 0 || l->rq->now < m->until)));
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static fair_status
one_owner(struct list *l, const struct fair_owner *o, struct fair_err *err)
{
    struct list inner = { l->rq, json_array() };
    json_t *x;
    int k;
    fair_status s = fair_store_identity_level(&l->rq->desk, o->id, &k, err);

    if (s == FAIR_OK) s = fair_store_identities(&l->rq->desk, o->id, list_identity, &inner, err);
    if (s != FAIR_OK) {
        json_decref(inner.out);
        return s;
    }
    x = fair_model_owner(o, k);
    json_object_set_new(x, "identities", inner.out);
    json_array_append_new(l->out, x);
    return FAIR_OK;
}

static fair_status
list_owner(void *arg, const struct fair_owner *o, struct fair_err *err)
{
    return one_owner(arg, o, err);
}

fair_status
fair_page_owners(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct list l = { rq, json_array() };
    struct fair_owner self;

    re->model = json_object();
    json_object_set_new(re->model, "owners", l.out);
    FAIR_TRY(fair_store_owner_get(&rq->desk, 0, rq->arena, &self, err));
    FAIR_TRY(one_owner(&l, &self, err));
    FAIR_TRY(fair_store_owners(&rq->desk, list_owner, &l, err));
    json_object_set_new(re->model, "show", json_pack("{s:b}", "others", json_array_size(l.out) > 1));
    json_object_set_new(re->model, "mandates", l.out = json_array());
    return fair_store_mandates(&rq->desk, 0, list_mandate, &l, err);
}

fair_status
fair_page_mandate_revoke(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    FAIR_TRY(fair_store_mandate_revoke(&rq->desk, rq->id, fair_form_text(rq, "why"), rq->now, err));
    re->see = FAIR_STR("/owners");
    return FAIR_OK;
}

fair_status
fair_page_check(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_checked x = { .verdict = fair_form_text(rq, "verdict"), .statement = fair_form_text(rq, "statement") };
    fair_id work = fair_form_number(rq, "work", 0);

    x.subject = fair_form_text(rq, "subject");
    x.subject_id = fair_form_number(rq, "id", 0);
    FAIR_TRY(fair_store_check(&rq->desk, &x, rq->now, err));
    re->see = work != 0 ? fair_str_fmt(rq->arena, "/works/%lld", (long long)work) : fair_str_eq(x.subject, FAIR_STR("licence")) ? FAIR_STR("/licences") : FAIR_STR("/owners");
    return FAIR_OK;
}

/* A mail address is confirmed by whoever opens the link; looking at it shows only a button. */
fair_status
fair_page_confirm(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_sha256 sha = fair_sha256_of(rq->word.p, rq->word.n);
    json_t *show;
    fair_str address;

    FAIR_TRY(fair_store_identity_link(rq->desk.st, &sha, rq->now, rq->arena, &address, err));
    show = json_object();
    re->model = json_object();
    fair_put(show, "csrf", fair_session_pre(rq, re));
    fair_put(show, "word", rq->word);
    fair_put(show, "address", address);
    json_object_set_new(re->model, "show", show);
    return FAIR_OK;
}

fair_status
fair_page_confirm_use(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_sha256 sha = fair_sha256_of(rq->word.p, rq->word.n);
    json_t *show;
    fair_str address;

    FAIR_TRY(fair_store_identity_confirm(rq->desk.st, &sha, rq->now, rq->arena, &address, err));
    show = json_object();
    re->model = json_object();
    json_object_set_new(show, "done", json_true());
    fair_put(show, "address", address);
    json_object_set_new(re->model, "show", show);
    return FAIR_OK;
}

/* ---- the ledger ------------------------------------------------------------------------------------------------ */

static fair_status
list_licence(void *arg, const struct fair_licence *l, struct fair_err *err)
{
    struct list *x = arg;
    json_t *o = fair_model_licence(l), *show = json_object();

    (void)err;
    json_object_set_new(show, "in_force", json_boolean(l->ended == 0 && l->from <= x->rq->now && (l->until == 0 || x->rq->now < l->until)));
    json_object_set_new(show, "subject", json_string("licence"));
    json_object_set_new(show, "endable", json_boolean(l->ended == 0));
    json_object_set_new(o, "show", show);
    json_array_append_new(x->out, o);
    return FAIR_OK;
}

fair_status
fair_page_licences(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct list l = { rq, json_array() };
    struct fair_licence_filter f = { .kind = fair_form_text(rq, "kind"), .after = fair_form_number(rq, "after", 0), .page = { 0, PER_PAGE } };

    re->model = json_object();
    json_object_set_new(re->model, "licences", l.out);
    return fair_store_licences(&rq->desk, &f, list_licence, &l, err);
}

static fair_status
a_day(struct fair_request *rq, const char *name, fair_time *out, struct fair_err *err)
{
    fair_str s = fair_form_text(rq, name);
    if (s.n == 0 || fair_time_parse(s, out)) return FAIR_OK;
    return fair_fail(err, FAIR_INVALID, "%s: a day as 2026-11-26 is wanted", name);
}

fair_status
fair_page_licence_add(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    json_t *works = json_object_get(rq->form, "work"), *one;
    fair_id *ids = fair_alloc_array(rq->arena, json_array_size(works) + 1, sizeof *ids);
    struct fair_licence l = { .kind = fair_form_text(rq, "kind"), .assignee = fair_form_text(rq, "assignee"), .domains = fair_form_text(rq, "domains"),
        .collection = fair_form_text(rq, "collection"), .territory = fair_form_text(rq, "territory"), .attribution = fair_form_text(rq, "attribution"), .medium = fair_form_text(rq, "medium"), .shop = fair_form_text(rq, "shop"),
        .order_no = fair_form_text(rq, "order"), .note = fair_form_text(rq, "note"), .works = ids, .at = rq->now };
    size_t i;

    json_array_foreach(works, i, one) ids[l.n_works++] = json_integer_value(one);
    l.scope = l.n_works > 0 ? FAIR_STR("works") : l.collection.n > 0 ? FAIR_STR("collection") : FAIR_STR("all");
    FAIR_TRY(a_day(rq, "from", &l.from, err));
    FAIR_TRY(a_day(rq, "until", &l.until, err));
    if (rq->n_files > 0) FAIR_TRY(fair_vault_put(rq->web->o->vault, rq->files[0].value, &l.document, err));
    FAIR_TRY(fair_store_licence_add(&rq->desk, &l, err));
    re->model = json_object();
    fair_put_id(re->model, "id", l.id);
    json_object_set_new(re->model, "covered", json_integer(l.covered));
    json_object_set_new(re->model, "cases_closed", json_integer(l.cases));
    json_object_set_new(re->model, "uses_left", json_integer(l.left));
    re->see = FAIR_STR("/licences");
    return FAIR_OK;
}

fair_status
fair_page_licence_end(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    int64_t n = 0;

    FAIR_TRY(fair_store_licence_end(&rq->desk, rq->id, fair_form_text(rq, "why"), rq->now, &n, err));
    re->model = json_object();
    json_object_set_new(re->model, "reopened", json_integer(n));
    re->see = FAIR_STR("/licences");
    return FAIR_OK;
}

/* ---- of one work ------------------------------------------------------------------------------------------------ */

fair_status
fair_page_declare(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_declaration x = { .work = rq->id, .author = fair_form_yes(rq, "author"), .stock = fair_form_text(rq, "stock"), .cc = fair_form_text(rq, "cc"),
        .press = fair_form_text(rq, "press"), .ai = fair_form_text(rq, "ai"), .authorship = fair_form_text(rq, "authorship"), .note = fair_form_text(rq, "note"), .at = rq->now };

    FAIR_TRY(fair_store_declare(&rq->desk, &x, err));
    re->see = fair_str_fmt(rq->arena, "/works/%lld", (long long)rq->id);
    return FAIR_OK;
}

fair_status
fair_page_rival_settle(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    FAIR_TRY(fair_store_rival_settle(&rq->desk, rq->id, fair_form_text(rq, "why"), rq->now, err));
    re->see = fair_str_fmt(rq->arena, "/works/%lld", (long long)fair_form_number(rq, "work", 0));
    return FAIR_OK;
}
