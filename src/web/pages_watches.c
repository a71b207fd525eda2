/* web/pages_watches.c - looking: once at an address, or again and again. */
#include <string.h>
#include "web/hits_private.h"
#include "web/model.h"
#include "web/words.h"

enum { RUNS = 50, FAULTS = 200 };

struct list { struct fair_request *rq; json_t *out; };

json_t *
fair_run_model(struct fair_request *rq, const struct fair_run *r)
{
    json_t *o = fair_model_run(r), *show = json_object();
    struct fair_arena *a = rq->arena;
    const char *state = fair_str_eq(r->state, FAIR_STR("running")) ? "under way" : fair_str_eq(r->state, FAIR_STR("done")) ? "finished"
                      : fair_str_eq(r->state, FAIR_STR("partly")) ? "finished, with faults" : fair_str_eq(r->state, FAIR_STR("failed")) ? "failed" : "stopped";

    fair_put(show, "state", fair_str_of(state));
    json_object_set_new(show, "good", json_boolean(fair_str_eq(r->state, FAIR_STR("done"))));
    json_object_set_new(show, "bad", json_boolean(fair_str_eq(r->state, FAIR_STR("failed"))));
    json_object_set_new(show, "partly", json_boolean(fair_str_eq(r->state, FAIR_STR("partly"))));
    json_object_set_new(show, "running", json_boolean(fair_str_eq(r->state, FAIR_STR("running"))));
    fair_words_put_when(show, "started", a, rq->now, r->started);
    fair_words_put_when(show, "ended", a, rq->now, r->ended);
    fair_put(show, "pages", fair_words_count(a, r->pages));
    fair_put(show, "pictures", fair_words_count(a, r->pictures));
    fair_put(show, "unchanged", fair_words_count(a, r->unchanged));
    fair_put(show, "hits", fair_words_count(a, r->hits));
    fair_put(show, "hits_new", fair_words_count(a, r->hits_new));
    fair_put(show, "faults", fair_words_count(a, r->faults));
    fair_put(show, "bytes", fair_words_bytes(a, r->bytes));
    json_object_set_new(o, "show", show);
    return o;
}

json_t *
fair_watch_model(struct fair_request *rq, const struct fair_watch *w)
{
    json_t *o = fair_model_watch(w), *show = json_object();

    fair_put(show, "every", fair_words_every(rq->arena, w->every_s));
    fair_words_put_when(show, "last", rq->arena, rq->now, w->last);
    if (w->next > rq->now) fair_words_put_when(show, "next", rq->arena, rq->now, w->next);
    json_object_set_new(show, "failing", json_boolean(w->failures > 0));
    json_object_set_new(show, "due", json_boolean(w->next <= rq->now));
    json_object_set_new(o, "show", show);
    return o;
}

static fair_status
list_run(void *arg, const struct fair_run *r, struct fair_err *err)
{
    struct list *l = arg;
    (void)err;
    json_array_append_new(l->out, fair_run_model(l->rq, r));
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

/* An address as far as a page can judge it; what is behind it is the fetcher's business. */
static fair_status
check_target(fair_str t, struct fair_err *err)
{
    fair_str rest;
    size_t host = 0;

    if (fair_str_starts(t, FAIR_STR("https://"))) rest = (fair_str){ t.p + 8, t.n - 8 };
    else if (fair_str_starts(t, FAIR_STR("http://"))) rest = (fair_str){ t.p + 7, t.n - 7 };
    else return fair_fail(err, FAIR_INVALID, "the address begins with https:// or http://, as https://example.com/");
    while (host < rest.n && strchr("/?#", rest.p[host]) == NULL) host++;
    if (host == 0) return fair_fail(err, FAIR_INVALID, "the address names no site");
    if (memchr(rest.p, '@', host) != NULL) return fair_fail(err, FAIR_INVALID, "no name and password in an address, please: they would be kept and shown");
    for (size_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] <= ' ' || strchr("<>\"\\^`{|}", t.p[i]) != NULL)
            return fair_fail(err, FAIR_INVALID, "the address holds a space or another character that belongs in none");
    return FAIR_OK;
}

fair_status
fair_page_watches(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct list l = { rq, json_array() };

    re->model = json_object();
    json_object_set_new(re->model, "watches", l.out);
    return fair_store_watches(&rq->desk, list_watch, &l, err);
}

fair_status
fair_page_watch_add(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_watch w = { .target = fair_form_text(rq, "target"), .created = rq->now, .next = rq->now };
    fair_status s;

    FAIR_TRY(check_target(w.target, err));
    if (!fair_duration_parse(fair_form_text(rq, "every"), &w.every_s) || w.every_s < 900 || w.every_s > 366 * 86400)
        return fair_fail(err, FAIR_INVALID, "how often: from 15m to a year, as 6h, 1d or 2w");
    s = fair_store_watch_add(&rq->desk, &w, err);
    if (s == FAIR_CONFLICT) return fair_fail(err, s, "this address is watched already");
    FAIR_TRY(s);
    re->model = fair_watch_model(rq, &w);
    re->see = FAIR_STR("/watches?done=watch");
    return FAIR_OK;
}

fair_status
fair_page_watch(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_watch w;
    struct list l = { rq, NULL };

    FAIR_TRY(fair_store_watch_get(&rq->desk, rq->id, rq->arena, &w, err));
    re->model = fair_watch_model(rq, &w);
    re->title = fair_str_fmt(rq->arena, "Watch on %.*s", FAIR_STR_ARG(fair_utf8_mend(rq->arena, w.target)));
    json_object_set_new(re->model, "runs", l.out = json_array());
    return fair_store_runs(&rq->desk, w.id, (struct fair_page){ 0, RUNS }, list_run, &l, err);
}

fair_status
fair_page_watch_change(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_str what = fair_form_text(rq, "what");
    struct fair_watch w;

    FAIR_TRY(fair_store_watch_get(&rq->desk, rq->id, rq->arena, &w, err));
    if (fair_str_eq(what, FAIR_STR("remove"))) {
        FAIR_TRY(fair_store_watch_remove(&rq->desk, w.id, err));
        re->see = FAIR_STR("/watches?done=removed");
        return FAIR_OK;
    }
    if (fair_str_eq(what, FAIR_STR("run"))) w.next = rq->now, w.paused = false;
    else w.paused = fair_str_eq(what, FAIR_STR("pause"));
    FAIR_TRY(fair_store_watch_put(&rq->desk, &w, err));
    re->model = fair_watch_model(rq, &w);
    re->see = fair_str_fmt(rq->arena, "/watches?done=%s", fair_str_eq(what, FAIR_STR("run")) ? "asked" : w.paused ? "paused" : "resumed");
    return FAIR_OK;
}

/* ---- scans ------------------------------------------------------------------------ */

fair_status
fair_page_scans(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct list l = { rq, json_array() };

    re->model = json_object();
    json_object_set_new(re->model, "runs", l.out);
    return fair_store_runs(&rq->desk, 0, (struct fair_page){ 0, RUNS }, list_run, &l, err);
}

fair_status
fair_page_scan_add(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_str target = fair_form_text(rq, "target");
    bool site = fair_str_eq(fair_form_text(rq, "extent"), FAIR_STR("site"));
    int64_t depth = fair_form_number(rq, "depth", rq->web->o->config->crawl_depth);
    json_t *args;
    char *text;
    fair_status s;

    FAIR_TRY(check_target(target, err));
    args = json_object();
    fair_put(args, "target", target);
    json_object_set_new(args, "site", json_boolean(site));
    json_object_set_new(args, "depth", json_integer(site ? depth : 0));
    text = json_dumps(args, JSON_COMPACT);
    s = fair_store_job_ask(&rq->desk, "look", fair_str_fmt(rq->arena, "look:%.*s", FAIR_STR_ARG(target)), fair_str_of(text), rq->now, err);
    free(text);
    FAIR_TRY(s == FAIR_OK ? s : (json_decref(args), s));
    re->model = args;
    re->see = FAIR_STR("/scans?done=asked");
    return FAIR_OK;
}

struct one_run { struct fair_request *rq; fair_id id; json_t *out; };

static fair_status
find_run(void *arg, const struct fair_run *r, struct fair_err *err)
{
    struct one_run *o = arg;
    (void)err;
    if (r->id != o->id) return FAIR_OK;
    o->out = fair_run_model(o->rq, r);
    return FAIR_DONE;
}

static fair_status
list_fault(void *arg, const struct fair_fault *f, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = fair_model_fault(f), *show = json_object();
    (void)err;
    fair_words_put_when(show, "at", l->rq->arena, l->rq->now, f->at);
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

fair_status
fair_page_scan(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct one_run one = { rq, rq->id, NULL };
    struct list l = { rq, NULL };
    struct fair_page page = { 0, 1000 };
    fair_status s = fair_store_runs(&rq->desk, 0, page, find_run, &one, err);

    if (s != FAIR_OK && s != FAIR_DONE) return s;
    if (one.out == NULL) return fair_fail(err, FAIR_NOT_FOUND, "there is no such scan");
    re->model = one.out;
    json_object_set_new(re->model, "fault_list", l.out = json_array());
    FAIR_TRY(fair_store_run_faults(&rq->desk, rq->id, (struct fair_page){ 0, FAULTS }, list_fault, &l, err));
    json_object_set_new(json_object_get(re->model, "show"), "more_faults",
                        json_boolean(json_integer_value(json_object_get(re->model, "faults")) > (json_int_t)json_array_size(l.out)));
    return FAIR_OK;
}
