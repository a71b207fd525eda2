/* web/pages_hits.c - the review queue: hits by site, or the hits of one site or work. */
#include <string.h>
#include "web/export.h"
#include "web/hits_private.h"
#include "web/model.h"
#include "web/words.h"

enum { SITES_PER_PAGE = 20, HITS_PER_SITE = 6, HITS_PER_PAGE = 60 };    /* a lone site shows a whole page of its hits */

struct list { struct fair_request *rq; json_t *out; fair_str queue; };

const char *
fair_verdict_words(fair_str v)
{
    if (fair_str_eq(v, FAIR_STR("match"))) return "copy";
    if (fair_str_eq(v, FAIR_STR("possible"))) return "possible copy";
    if (fair_str_eq(v, FAIR_STR("same_scene"))) return "same scene";
    return "unknown";
}

const char *
fair_state_words(fair_str s)
{
    if (fair_str_eq(s, FAIR_STR("inbox"))) return "to decide";
    if (fair_str_eq(s, FAIR_STR("pursue"))) return "pursued";
    if (fair_str_eq(s, FAIR_STR("ignored"))) return "ignored";
    if (fair_str_eq(s, FAIR_STR("not_a_match"))) return "no match";
    return "unknown";
}

/* The end of an address, enough to tell two pages of one site apart. */
static fair_str
path_of(fair_str url)
{
    size_t i = 0, slashes = 0;

    while (i < url.n && slashes < 3) slashes += url.p[i++] == '/';
    if (slashes < 3) return url;
    return (fair_str){ url.p + i - 1, url.n - i + 1 };
}

json_t *
fair_hit_model(struct fair_request *rq, const struct fair_hit *h)
{
    json_t *o = fair_model_hit(h), *show = json_object();
    struct fair_arena *a = rq->arena;

    if (!fair_sha256_none(&h->preview)) {
        fair_str hex = fair_hex(a, h->preview.b, 8);
        fair_put(o, "preview", fair_str_fmt(a, "/hits/%lld/preview.jpg?v=%.*s", (long long)h->id, FAIR_STR_ARG(hex)));
    }
    if (!fair_sha256_none(&h->work_thumb)) {
        fair_str hex = fair_hex(a, h->work_thumb.b, 8);
        fair_put(o, "work_thumb", fair_str_fmt(a, "/works/%lld/thumb.jpg?v=%.*s", (long long)h->work, FAIR_STR_ARG(hex)));
    }
    fair_put(show, "score", fair_words_percent(a, h->score));
    fair_put(show, "verdict", fair_str_of(fair_verdict_words(h->verdict)));
    fair_put(show, "state", fair_str_of(fair_state_words(h->state)));
    fair_put(show, "path", path_of(h->page_url.n > 0 ? h->page_url : h->image_url));
    fair_put(show, "work", h->work_title.n > 0 ? h->work_title : FAIR_STR("untitled work"));
    json_object_set_new(show, h->verdict.n > 0 && fair_utf8_valid(h->verdict) ? fair_str_dup(a, h->verdict).p : "none", json_true());
    json_object_set_new(show, "inbox", json_boolean(fair_str_eq(h->state, FAIR_STR("inbox"))));
    json_object_set_new(show, "pursued", json_boolean(fair_str_eq(h->state, FAIR_STR("pursue"))));
    fair_words_put_when(show, "first_seen", a, rq->now, h->first_seen);
    fair_words_put_when(show, "last_seen", a, rq->now, h->last_seen);
    fair_words_put_when(show, "gone", a, rq->now, h->gone);
    json_object_set_new(o, "show", show);
    return o;
}

static fair_status
list_hit(void *arg, const struct fair_hit *h, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = fair_hit_model(l->rq, h);

    (void)err;
    fair_put(json_object_get(o, "show"), "link", fair_str_fmt(l->rq->arena, "/hits/%lld%.*s", (long long)h->id, FAIR_STR_ARG(l->queue)));
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

struct fair_hit_filter
fair_hit_filter_of(const struct fair_request *rq)
{
    struct fair_hit_filter f = {
        .state = fair_form_text(rq, "state"), .site = fair_form_text(rq, "site"), .verdict = fair_form_text(rq, "verdict"),
        .text = fair_form_text(rq, "text"), .work = fair_form_number(rq, "work", 0), .run = fair_form_number(rq, "run", 0),
    };
    if (f.state.n == 0) f.state = FAIR_STR("inbox");
    if (fair_str_eq(f.state, FAIR_STR("all"))) f.state = (fair_str){ NULL, 0 };
    return f;
}

static void
add_filter(struct fair_link *l, const struct fair_hit_filter *f, struct fair_arena *a)
{
    fair_link_add(l, "state", f->state.n > 0 ? f->state : FAIR_STR("all"));
    fair_link_add(l, "verdict", f->verdict);
    fair_link_add(l, "text", f->text);
    if (f->work != 0) fair_link_add(l, "work", fair_str_fmt(a, "%lld", (long long)f->work));
    if (f->run != 0) fair_link_add(l, "run", fair_str_fmt(a, "%lld", (long long)f->run));
}

/* The choices of a menu, one of them selected. */
static json_t *
menu(const char *const (*choices)[2], size_t n, fair_str chosen)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        json_t *o = json_object();
        fair_put(o, "value", fair_str_of(choices[i][0]));
        fair_put(o, "words", fair_str_of(choices[i][1]));
        json_object_set_new(o, "selected", json_boolean(fair_str_eq(chosen, fair_str_of(choices[i][0]))));
        json_array_append_new(list, o);
    }
    return list;
}

struct sites { struct fair_request *rq; json_t *out; struct fair_hit_filter f; };

static fair_status
list_site(void *arg, const struct fair_site *s, struct fair_err *err)
{
    struct sites *l = arg;
    json_t *o = fair_model_site(s), *show = json_object();
    struct fair_link link = fair_link_to(l->rq->arena, "/hits");

    (void)err;
    add_filter(&link, &l->f, l->rq->arena);
    fair_link_add(&link, "site", fair_utf8_mend(l->rq->arena, s->site));
    fair_put(show, "link", fair_link_end(&link));
    fair_put(show, "hits", fair_words_count(l->rq->arena, s->hits));
    fair_put(show, "works", fair_words_count(l->rq->arena, s->works));
    fair_put(show, "best", fair_words_percent(l->rq->arena, s->best));
    json_object_set_new(show, "one", json_boolean(s->hits == 1));
    json_object_set_new(show, "one_work", json_boolean(s->works == 1));
    fair_words_put_when(show, "newest", l->rq->arena, l->rq->now, s->newest);
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

/* The filters that a hit's page keeps, so that it knows which one is next. */
static fair_str
queue_of(const struct fair_request *rq, const struct fair_hit_filter *f, fair_str site)
{
    struct fair_link l = fair_link_to(rq->arena, "");

    if (!fair_str_eq(f->state, FAIR_STR("inbox"))) return FAIR_STR("");
    fair_link_add(&l, "in_site", fair_utf8_mend(rq->arena, site));
    fair_link_add(&l, "in_verdict", f->verdict);
    if (f->work != 0) fair_link_add(&l, "in_work", fair_str_fmt(rq->arena, "%lld", (long long)f->work));
    return l.any ? fair_link_end(&l) : FAIR_STR("");
}

static fair_status
by_site(struct fair_request *rq, struct fair_reply *re, const struct fair_hit_filter *filter, int64_t page, struct fair_err *err)
{
    struct sites l = { rq, json_array(), *filter };
    struct fair_hit_filter f = *filter;
    json_t *site;
    size_t i;
    bool more;

    json_object_set_new(re->model, "sites", l.out);
    f.page = (struct fair_page){ (page - 1) * SITES_PER_PAGE, SITES_PER_PAGE + 1 };
    FAIR_TRY(fair_store_hit_sites(&rq->desk, &f, list_site, &l, err));
    more = json_array_size(l.out) > SITES_PER_PAGE;
    if (more) json_array_remove(l.out, SITES_PER_PAGE);
    json_array_foreach(l.out, i, site) {
        struct list hits = { rq, json_array(), { NULL, 0 } };
        f = *filter;
        f.site = fair_str_of(json_string_value(json_object_get(site, "site")));
        f.page = (struct fair_page){ 0, json_array_size(l.out) == 1 && page == 1 ? HITS_PER_PAGE : HITS_PER_SITE };
        hits.queue = queue_of(rq, &f, f.site);
        json_object_set_new(site, "first", hits.out);
        FAIR_TRY(fair_store_hits(&rq->desk, &f, list_hit, &hits, err));
        json_object_set_new(json_object_get(site, "show"), "more",
                            json_boolean(json_integer_value(json_object_get(site, "hits")) > (json_int_t)json_array_size(hits.out)));
    }
    if (more || page > 1) {
        struct fair_link link = fair_link_to(rq->arena, "/hits");
        int64_t known = (page - 1) * SITES_PER_PAGE + (int64_t)json_array_size(l.out) + (more ? 1 : 0);
        add_filter(&link, filter, rq->arena);
        json_t *pager = fair_words_pager(rq->arena, link, page, SITES_PER_PAGE, known);
        if (more) json_object_set_new(pager, "total", json_string("more"));
        json_object_set_new(json_object_get(re->model, "show"), "pager", pager);
    }
    return FAIR_OK;
}

static fair_status
one_list(struct fair_request *rq, struct fair_reply *re, const struct fair_hit_filter *filter, int64_t page, int64_t total, struct fair_err *err)
{
    struct list l = { rq, json_array(), queue_of(rq, filter, filter->site) };
    struct fair_link link = fair_link_to(rq->arena, "/hits");
    struct fair_hit_filter f = *filter;

    json_object_set_new(re->model, "hits", l.out);
    f.page = (struct fair_page){ (page - 1) * HITS_PER_PAGE, HITS_PER_PAGE };
    FAIR_TRY(fair_store_hits(&rq->desk, &f, list_hit, &l, err));
    add_filter(&link, filter, rq->arena);
    fair_link_add(&link, "site", filter->site);
    json_object_set_new(json_object_get(re->model, "show"), "pager", fair_words_pager(rq->arena, link, page, HITS_PER_PAGE, total));
    return FAIR_OK;
}

fair_status
fair_page_hits(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    static const char *const states[][2] = { { "inbox", "To decide" }, { "pursue", "Pursued" }, { "ignored", "Ignored" }, { "not_a_match", "No match" }, { "all", "All" } };
    static const char *const verdicts[][2] = { { "", "Every kind" }, { "match", "Copies" }, { "possible", "Possible copies" }, { "same_scene", "Same scene" } };
    struct fair_hit_filter f = fair_hit_filter_of(rq);
    struct fair_link csv = fair_link_to(rq->arena, "/hits.csv"), report = fair_link_to(rq->arena, "/hits-report.html");
    int64_t page = fair_form_number(rq, "page", 1), total = 0;
    bool flat = f.site.n > 0 || fair_form_yes(rq, "flat");
    json_t *show = json_object();

    re->model = json_object();
    json_object_set_new(re->model, "show", show);
    FAIR_TRY(fair_store_hits_count(&rq->desk, &f, &total, err));
    json_object_set_new(re->model, "total", json_integer(total));
    json_object_set_new(re->model, "page", json_integer(page));
    json_object_set_new(show, "states", menu(states, 5, f.state.n > 0 ? f.state : FAIR_STR("all")));
    json_object_set_new(show, "verdicts", menu(verdicts, 4, f.verdict.n > 0 ? f.verdict : FAIR_STR("")));
    fair_put(show, "text", f.text);
    fair_put(show, "site", f.site);
    if (f.work != 0) fair_put_id(show, "work", f.work);
    if (f.run != 0) fair_put_id(show, "run", f.run);
    fair_put(show, "total", fair_words_count(rq->arena, total));
    json_object_set_new(show, "one", json_boolean(total == 1));
    json_object_set_new(show, "any", json_boolean(total > 0));
    json_object_set_new(show, "in_inbox", json_boolean(fair_str_eq(f.state, FAIR_STR("inbox"))));
    json_object_set_new(show, "plain", json_boolean(f.site.n + f.verdict.n + f.text.n == 0 && f.work == 0 && f.run == 0));
    add_filter(&csv, &f, rq->arena);
    fair_link_add(&csv, "site", f.site);
    fair_put(show, "csv", fair_link_end(&csv));
    add_filter(&report, &f, rq->arena);
    fair_link_add(&report, "site", f.site);
    fair_put(show, "report", fair_link_end(&report));
    json_object_set_new(show, "reasons", fair_reason_menu((fair_str){ NULL, 0 }));
    json_object_set_new(show, "scopes", fair_scope_menu());
    if (flat || rq->json) return one_list(rq, re, &f, page, total, err);
    return by_site(rq, re, &f, page, err);
}

/* ---- taking them along ------------------------------------------------------------ */

static fair_status
export(struct fair_request *rq, struct fair_reply *re, bool csv, struct fair_err *err)
{
    struct fair_hit_filter f = fair_hit_filter_of(rq);

    FAIR_TRY(fair_temporary(&re->fd, err));
    if (csv) FAIR_TRY(fair_export_csv(&rq->desk, &f, re->fd, err));
    else FAIR_TRY(fair_export_report(&rq->desk, rq->web->o->vault, &f, rq->now, re->fd, err));
    re->type = csv ? FAIR_STR("text/csv; charset=utf-8; header=present") : FAIR_STR("text/html; charset=utf-8");
    re->file_name = csv ? FAIR_STR("fairtrack-hits.csv") : FAIR_STR("fairtrack-hits.html");
    return FAIR_OK;
}

fair_status
fair_page_hits_csv(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    return export(rq, re, true, err);
}

fair_status
fair_page_hits_report(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    return export(rq, re, false, err);
}
