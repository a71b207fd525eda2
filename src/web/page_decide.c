/* web/page_decide.c - deciding: on one hit, on many, and what is remembered of it. */
#include <string.h>
#include "web/hits_private.h"
#include "web/model.h"
#include "web/words.h"

enum { QUEUE = 500, NEXT_TRIES = 40 };

static const struct { const char *scope, *words; } scopes[] = {
    { "hit", "this one use" }, { "page", "this page" }, { "domain", "this whole site" }, { "work+domain", "this work on this site" },
    { "work", "this work, wherever it is" }, { "pair", "this pair of pictures, wherever it is" },
    { "work+operator", "this work, on all sites of this operator" }, { "operator", "all sites of this operator" },
};

fair_str
fair_scope_words(fair_str scope)
{
    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++)
        if (fair_str_eq(scope, fair_str_of(scopes[i].scope))) return fair_str_of(scopes[i].words);
    return scope;
}

json_t *
fair_scope_menu(void)
{
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++) {
        json_t *o = json_object();
        fair_put(o, "value", fair_str_of(scopes[i].scope));
        fair_put(o, "words", fair_str_of(scopes[i].words));
        json_array_append_new(list, o);
    }
    return list;
}

json_t *
fair_reason_menu(fair_str chosen)
{
    json_t *list = json_array();

    for (size_t i = 0; i < fair_n_ignore_reasons; i++) {
        const struct fair_ignore_reason *r = &fair_ignore_reasons[i];
        json_t *o = json_object();
        fair_put(o, "value", fair_str_of(r->code));
        fair_put(o, "words", fair_str_of(r->words));
        fair_put(o, "scope", fair_scope_words(fair_str_of(r->default_scope)));
        if (strcmp(r->needs, "-") != 0) fair_put(o, "needs", strcmp(r->needs, "note") == 0 ? FAIR_STR("a few words") : fair_str_of(r->needs));
        json_object_set_new(o, "selected", json_boolean(fair_str_eq(chosen, fair_str_of(r->code))));
        json_array_append_new(list, o);
    }
    return list;
}

/* ---- the queue --------------------------------------------------------------- */

struct queue { fair_id ids[QUEUE]; size_t n; };

static fair_status
list_id(void *arg, const struct fair_hit *h, struct fair_err *err)
{
    struct queue *q = arg;
    (void)err;
    if (q->n < QUEUE) q->ids[q->n++] = h->id;
    return FAIR_OK;
}

static fair_status
read_queue(struct fair_request *rq, struct queue *q, struct fair_err *err)
{
    struct fair_hit_filter f = { .state = FAIR_STR("inbox"), .site = fair_form_text(rq, "in_site"), .verdict = fair_form_text(rq, "in_verdict"),
                                 .work = fair_form_number(rq, "in_work", 0), .page = { 0, QUEUE } };
    q->n = 0;
    return fair_store_hits(&rq->desk, &f, list_id, q, err);
}

static size_t
place_in(const struct queue *q, fair_id id)
{
    size_t i = 0;
    while (i < q->n && q->ids[i] != id) i++;
    return i;
}

fair_status
fair_hit_neighbours(struct fair_request *rq, fair_id hit, struct fair_neighbours *out, struct fair_err *err)
{
    struct queue *q = FAIR_NEW(rq->arena, struct queue);
    size_t at;

    *out = (struct fair_neighbours){ 0, 0 };
    FAIR_TRY(read_queue(rq, q, err));
    at = place_in(q, hit);
    if (at == q->n) {                       /* decided already, or far down: the queue's beginning is next */
        if (q->n > 0) out->next = q->ids[0];
        return FAIR_OK;
    }
    if (at > 0) out->previous = q->ids[at - 1];
    if (at + 1 < q->n) out->next = q->ids[at + 1];
    return FAIR_OK;
}

fair_str
fair_hit_link(struct fair_request *rq, fair_id hit, const char *done, fair_id was)
{
    struct fair_link l = fair_link_to(rq->arena, fair_str_fmt(rq->arena, "/hits/%lld", (long long)hit).p);
    fair_id work = fair_form_number(rq, "in_work", 0);

    fair_link_add(&l, "in_site", fair_form_text(rq, "in_site"));
    fair_link_add(&l, "in_verdict", fair_form_text(rq, "in_verdict"));
    if (work != 0) fair_link_add(&l, "in_work", fair_str_fmt(rq->arena, "%lld", (long long)work));
    fair_link_add(&l, "done", fair_str_of(done));
    if (was != 0) fair_link_add(&l, "was", fair_str_fmt(rq->arena, "%lld", (long long)was));
    return fair_link_end(&l);
}

/* The next one of the queue that is still to be decided: behind the one just done, else from the beginning. */
static fair_status
next_open(struct fair_request *rq, const struct queue *q, fair_id done, fair_id *out, struct fair_err *err)
{
    size_t at = place_in(q, done), tries = 0;

    *out = 0;
    for (size_t k = 1; k <= q->n && tries < NEXT_TRIES; k++, tries++) {
        fair_id id = q->ids[(at + k) % q->n];
        struct fair_hit h;
        if (id == done) continue;
        FAIR_TRY(fair_store_hit_get(&rq->desk, id, rq->arena, &h, err));
        if (!fair_str_eq(h.state, FAIR_STR("inbox"))) continue;
        *out = id;
        return FAIR_OK;
    }
    return FAIR_OK;
}

/* ---- deciding ------------------------------------------------------------------ */

fair_status
fair_last_ignore(struct fair_request *rq, fair_str *code, struct fair_err *err)
{
    fair_str key = fair_str_fmt(rq->arena, "last_ignore.%lld", (long long)rq->desk.user);
    fair_status s = fair_store_setting_get(&rq->desk, key, rq->arena, code, err);

    if (s == FAIR_NOT_FOUND) *code = (fair_str){ NULL, 0 };
    return s == FAIR_NOT_FOUND ? FAIR_OK : s;
}

/* The decision in the form.  Nothing in it is written yet. */
static fair_status
read_decision(struct fair_request *rq, struct fair_decision *x, struct fair_err *err)
{
    fair_str until = fair_form_text(rq, "until");
    const struct fair_ignore_reason *r;

    *x = (struct fair_decision){ .user = rq->desk.user, .what = fair_form_text(rq, "what"), .reason = fair_form_text(rq, "reason"),
                                 .scope = fair_form_text(rq, "scope"), .note = fair_form_text(rq, "note"), .at = rq->now };
    if (until.n > 0 && (!fair_time_parse(until, &x->until) || x->until <= rq->now))
        return fair_fail(err, FAIR_INVALID, "until: a day after today is wanted, as 2031-12-31");
    if (fair_str_eq(x->what, FAIR_STR("not_a_match"))) {
        x->reason = FAIR_STR("not_a_match");
        x->scope = (fair_str){ NULL, 0 };
        x->sub = fair_form_text(rq, "sub").n > 0 ? fair_form_text(rq, "sub") : FAIR_STR("a");
    } else if (fair_str_eq(x->what, FAIR_STR("ignore"))) {
        r = fair_ignore_reason_by_code(x->reason);
        if (r == NULL) return fair_fail(err, FAIR_INVALID, "say why it is to be ignored: choose one of the %zu reasons", fair_n_ignore_reasons);
    } else {
        x->reason = x->scope = (fair_str){ NULL, 0 };          /* one form has the buttons for all; these belong to ignoring */
        x->until = 0;
    }
    return FAIR_OK;
}

struct many { struct fair_decision x; const fair_id *ids; size_t n; int64_t covered; };

static fair_status
decide_all(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct many *m = arg;

    m->covered = 0;
    for (size_t i = 0; i < m->n; i++) {
        struct fair_decision x = m->x;
        x.hit = m->ids[i];
        FAIR_TRY(fair_store_decide(d, &x, err));
        m->covered += x.covered;
    }
    return FAIR_OK;
}

static fair_status
remember_reason(struct fair_request *rq, const struct fair_decision *x, struct fair_err *err)
{
    if (!fair_str_eq(x->what, FAIR_STR("ignore"))) return FAIR_OK;
    return fair_store_setting_put(&rq->desk, fair_str_fmt(rq->arena, "last_ignore.%lld", (long long)rq->desk.user), x->reason, err);
}

fair_status
fair_page_decide(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct many m = { .ids = &rq->id, .n = 1 };
    struct queue *q = FAIR_NEW(rq->arena, struct queue);
    struct fair_hit h;
    fair_id next = 0;
    const char *done;

    FAIR_TRY(read_decision(rq, &m.x, err));
    FAIR_TRY(read_queue(rq, q, err));
    FAIR_TRY(fair_store_do(&rq->desk, decide_all, &m, err));
    FAIR_TRY(remember_reason(rq, &m.x, err));
    FAIR_TRY(fair_store_hit_get(&rq->desk, rq->id, rq->arena, &h, err));
    re->model = fair_hit_model(rq, &h);
    json_object_set_new(re->model, "covered", json_integer(m.covered));
    done = fair_str_dup(rq->arena, m.x.what).p;
    if (fair_str_eq(m.x.what, FAIR_STR("reopen"))) {
        re->see = fair_hit_link(rq, rq->id, done, 0);
        return FAIR_OK;
    }
    FAIR_TRY(next_open(rq, q, rq->id, &next, err));
    fair_put_id(re->model, "next", next);
    re->see = next != 0 ? fair_hit_link(rq, next, done, rq->id) : fair_str_fmt(rq->arena, "/hits?done=%s", done);
    return FAIR_OK;
}

fair_status
fair_page_decide_many(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    const json_t *list = json_object_get(rq->form, "hit");
    fair_id *ids = fair_alloc_array(rq->arena, json_array_size(list) + 1, sizeof *ids);
    struct many m = { .ids = ids };
    struct fair_link l = fair_link_to(rq->arena, "/hits");

    FAIR_TRY(read_decision(rq, &m.x, err));
    for (size_t i = 0; i < json_array_size(list); i++) ids[m.n++] = json_integer_value(json_array_get(list, i));
    FAIR_TRY(fair_store_do(&rq->desk, decide_all, &m, err));
    FAIR_TRY(remember_reason(rq, &m.x, err));
    re->model = json_object();
    json_object_set_new(re->model, "decided", json_integer((json_int_t)m.n));
    json_object_set_new(re->model, "covered", json_integer(m.covered));
    fair_link_add(&l, "state", fair_form_text(rq, "in_state"));
    fair_link_add(&l, "site", fair_form_text(rq, "in_site"));
    fair_link_add(&l, "done", FAIR_STR("decided"));
    fair_link_add(&l, "n", fair_str_fmt(rq->arena, "%zu", m.n));
    re->see = fair_link_end(&l);
    return FAIR_OK;
}

/* ---- what is remembered ---------------------------------------------------------- */

struct list { struct fair_request *rq; json_t *out; };

static fair_status
list_rule(void *arg, const struct fair_rule *r, struct fair_err *err)
{
    struct list *l = arg;
    const struct fair_ignore_reason *why = fair_ignore_reason_by_code(r->reason);
    json_t *o = fair_model_rule(r), *show = json_object();

    (void)err;
    if (fair_str_eq(r->reason, FAIR_STR("hardship_or_sensitive")) && r->user != l->rq->desk.user && !fair_may(l->rq, FAIR_DEED_SENSITIVE))
        fair_put(o, "note", FAIR_STR("(kept for the owner and counsel)"));
    fair_put(show, "scope", fair_scope_words(r->scope));
    fair_put(show, "reason", why != NULL ? fair_str_of(why->words) : r->reason);
    fair_words_put_when(show, "at", l->rq->arena, l->rq->now, r->at);
    fair_words_put_when(show, "until", l->rq->arena, l->rq->now, r->until);
    json_object_set_new(show, "over", json_boolean(r->until != 0 && r->until <= l->rq->now));
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

fair_status
fair_page_rules(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct list l = { rq, json_array() };

    re->model = json_object();
    json_object_set_new(re->model, "rules", l.out);
    return fair_store_rules(&rq->desk, list_rule, &l, err);
}

fair_status
fair_page_rule_remove(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    FAIR_TRY(fair_store_rule_remove(&rq->desk, rq->id, err));
    re->see = FAIR_STR("/rules?done=undone");
    return FAIR_OK;
}
