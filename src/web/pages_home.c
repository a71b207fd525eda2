/* web/pages_home.c - what to do now; and the small things: assets, health. */
#include <string.h>
#include "store/heard_rows.h"
#include "web/cases_private.h"
#include "store/case_rows.h"
#include "web/hits_private.h"
#include "web/model.h"
#include "web/words.h"

enum { NEWEST = 8, TARGETS = 12 };

struct list { struct fair_request *rq; json_t *out; };

static fair_status
list_hit(void *arg, const struct fair_hit *h, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = fair_hit_model(l->rq, h);

    (void)err;
    fair_put(json_object_get(o, "show"), "link", fair_str_fmt(l->rq->arena, "/hits/%lld", (long long)h->id));
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static fair_status
list_job(void *arg, const struct fair_job *j, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = fair_model_job(j), *args = json_object_get(o, "args"), *show = json_object();
    const json_t *what = json_object_get(args, "target") != NULL ? json_object_get(args, "target") : json_object_get(args, "name");

    (void)err;
    if (fair_str_eq(j->state, FAIR_STR("aside")) && l->rq->now - j->asked > FAIR_ASIDE_SHOWN) {
        json_decref(o);
        json_decref(show);
        return FAIR_OK;
    }
    fair_put(show, "kind", fair_str_eq(j->kind, FAIR_STR("take")) ? FAIR_STR("Reading") : fair_str_eq(j->kind, FAIR_STR("look")) ? FAIR_STR("Looking at") : j->kind);
    if (json_is_string(what)) fair_put(show, "what", fair_str_of(json_string_value(what)));
    fair_words_put_when(show, "asked", l->rq->arena, l->rq->now, j->asked);
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

/* The latest run of each target is what is known about it. */
static fair_status
list_target(void *arg, const struct fair_run *r, struct fair_err *err)
{
    struct list *l = arg;
    json_t *seen, *o;
    size_t i;

    (void)err;
    json_array_foreach(l->out, i, seen) {
        const char *t = json_string_value(json_object_get(seen, "target"));
        if (t != NULL && fair_str_eq(fair_str_of(t), r->target)) return FAIR_OK;
    }
    if (json_array_size(l->out) >= TARGETS) return FAIR_OK;
    o = fair_run_model(l->rq, r);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static fair_status
list_watch(void *arg, const struct fair_watch *w, struct fair_err *err)
{
    struct list *l = arg;
    (void)err;
    json_array_append_new(l->out, fair_watch_model(l->rq, w));
    return FAIR_OK;
}

/* When this person was here before: two times are kept, and the older one
 * counts until an hour has passed, so that reloading hides nothing. */
static fair_status
last_visit(struct fair_request *rq, fair_time *since, struct fair_err *err)
{
    fair_str key = fair_str_fmt(rq->arena, "visit.%lld", (long long)rq->desk.user), text = { NULL, 0 }, rest, before;
    int64_t older = 0, newer = 0;
    fair_status s = fair_store_setting_get(&rq->desk, key, rq->arena, &text, err);

    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    rest = text;
    if (s == FAIR_OK && fair_str_split(&rest, ' ', &before)) {
        if (!fair_str_number(before, INT64_MAX, &older)) older = 0;
        if (!fair_str_number(rest, INT64_MAX, &newer)) newer = 0;
    }
    *since = older;
    if (rq->bearer || rq->now - newer < FAIR_HOUR) return FAIR_OK;
    *since = newer;
    return fair_store_setting_put(&rq->desk, key, fair_str_fmt(rq->arena, "%lld %lld", (long long)newer, (long long)rq->now), err);
}

static fair_status
put_hits(struct fair_request *rq, json_t *model, json_t *show, struct fair_err *err)
{
    struct fair_hit_filter f = { .state = FAIR_STR("inbox") };
    struct list l = { rq, json_array() };
    fair_time since = 0;
    int64_t inbox = 0, fresh = 0, pursue = 0;

    json_object_set_new(model, "newest", l.out);
    FAIR_TRY(last_visit(rq, &since, err));
    FAIR_TRY(fair_store_hits_count(&rq->desk, &f, &inbox, err));
    f.since = since;
    FAIR_TRY(fair_store_hits_count(&rq->desk, &f, &fresh, err));
    if (fresh == 0) f.since = 0;
    f.page = (struct fair_page){ 0, NEWEST };
    FAIR_TRY(fair_store_hits(&rq->desk, &f, list_hit, &l, err));
    f = (struct fair_hit_filter){ .state = FAIR_STR("pursue") };
    FAIR_TRY(fair_store_hits_count(&rq->desk, &f, &pursue, err));
    json_object_set_new(model, "inbox", json_integer(inbox));
    json_object_set_new(model, "new", json_integer(fresh));
    json_object_set_new(model, "pursued", json_integer(pursue));
    fair_put_time(model, "since", since);
    fair_put(show, "inbox", fair_words_count(rq->arena, inbox));
    fair_put(show, "new", fair_words_count(rq->arena, fresh));
    fair_put(show, "pursued", fair_words_count(rq->arena, pursue));
    json_object_set_new(show, "one_new", json_boolean(fresh == 1));
    json_object_set_new(show, "one_inbox", json_boolean(inbox == 1));
    json_object_set_new(show, "any_new", json_boolean(fresh > 0 && since != 0));
    fair_words_put_when(show, "since", rq->arena, rq->now, since);
    return FAIR_OK;
}

/* What recipients wrote, where silence of ours closes a case, and whether letters may leave. */
static fair_status
put_cases(struct fair_request *rq, json_t *model, json_t *show, struct fair_err *err)
{
    struct fair_heard_waiting heard;
    struct fair_case_filter open = { .state = FAIR_STR("open") };
    int64_t n = 0;

    FAIR_TRY(fair_store_heard_waiting(&rq->desk, 0, &heard, err));
    FAIR_TRY(fair_store_cases_count(&rq->desk, &open, &n, err));
    json_object_set_new(model, "unread", json_integer(heard.answers + heard.mails));
    json_object_set_new(model, "open_cases", json_integer(n));
    fair_put_time(model, "unread_since", heard.oldest);
    fair_put(show, "unread", fair_words_n(rq->arena, heard.answers + heard.mails, "answer waits to be read", "answers wait to be read"));
    fair_words_put_when(show, "unread_since", rq->arena, rq->now, heard.oldest);
    json_object_set_new(show, "one_case", json_boolean(n == 1));
    FAIR_TRY(fair_put_waiting(rq, model, err));
    json_object_set_new(show, "any_waiting", json_boolean(json_array_size(json_object_get(model, "waiting")) > 0));
    return fair_put_brake(rq, model, 0, err);
}

/* Letters that moves owe and that could not leave yet, with the reason (I11). */
static fair_status
list_owed(void *arg, const struct fair_letter_owed *x, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o, *show;

    (void)err;
    if (x->error.n == 0) return FAIR_OK;
    o = json_object();
    show = json_object();
    json_object_set_new(o, "case", json_integer((json_int_t)x->case_id));
    fair_put(o, "step", x->step);
    fair_put(o, "operator", x->operator);
    fair_put(o, "error", x->error);
    fair_put_time(o, "asked", x->asked);
    fair_words_put_when(show, "asked", l->rq->arena, l->rq->now, x->asked);
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

fair_status
fair_page_home(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_work_filter all = { .page = { 0, 0 } };
    struct list l = { rq, NULL };
    int64_t works = 0;
    json_t *show = json_object();

    re->model = json_object();
    json_object_set_new(re->model, "show", show);
    FAIR_TRY(put_hits(rq, re->model, show, err));
    FAIR_TRY(fair_store_works_count(&rq->desk, &all, &works, err));
    json_object_set_new(re->model, "works", json_integer(works));
    fair_put(show, "works", fair_words_count(rq->arena, works));
    json_object_set_new(show, "one_work", json_boolean(works == 1));
    FAIR_TRY(put_cases(rq, re->model, show, err));
    json_object_set_new(re->model, "watches", l.out = json_array());
    FAIR_TRY(fair_store_watches(&rq->desk, list_watch, &l, err));
    json_object_set_new(show, "any_watch", json_boolean(json_array_size(l.out) > 0));
    json_object_set_new(re->model, "coverage", l.out = json_array());
    FAIR_TRY(fair_store_runs(&rq->desk, 0, (struct fair_page){ 0, 200 }, list_target, &l, err));
    json_object_set_new(show, "any_run", json_boolean(json_array_size(l.out) > 0));
    json_object_set_new(re->model, "jobs", l.out = json_array());
    FAIR_TRY(fair_store_jobs(&rq->desk, FAIR_STR("leased"), (struct fair_page){ 0, 10 }, list_job, &l, err));
    FAIR_TRY(fair_store_jobs(&rq->desk, FAIR_STR("waiting"), (struct fair_page){ 0, 10 }, list_job, &l, err));
    json_object_set_new(show, "any_job", json_boolean(json_array_size(l.out) > 0));
    json_object_set_new(re->model, "aside", l.out = json_array());
    FAIR_TRY(fair_store_jobs(&rq->desk, FAIR_STR("aside"), (struct fair_page){ 0, 10 }, list_job, &l, err));
    json_object_set_new(show, "any_aside", json_boolean(json_array_size(l.out) > 0));
    json_object_set_new(re->model, "letters_owed", l.out = json_array());
    FAIR_TRY(fair_store_letters_owed(&rq->desk, 0, (struct fair_page){ 0, 50 }, list_owed, &l, err));
    json_object_set_new(show, "any_owed", json_boolean(json_array_size(l.out) > 0));
    return FAIR_OK;
}

fair_status
fair_page_asset(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    if (!fair_asset_get(rq->web->templates, rq->arena, rq->word, &re->bytes, &re->type))
        return fair_fail(err, FAIR_NOT_FOUND, "there is no such file");
    re->forever = rq->web->o->dir == NULL;
    return FAIR_OK;
}

fair_status
fair_page_health(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    (void)rq, (void)err;
    re->bytes = FAIR_STR("ok\n");
    re->type = FAIR_STR("text/plain; charset=utf-8");
    return FAIR_OK;
}
