/* web/page_captures.c - the looks at a use, on its hit's page; asking for another. */
#include <string.h>
#include "store/capture_rows.h"
#include "web/hits_private.h"
#include "web/model.h"
#include "web/words.h"

struct listing { struct fair_request *rq; json_t *out; };

/* The address that people reach the viewing origin by; absent: there is none. */
static fair_str
view_url(struct fair_request *rq)
{
    const struct fair_config *c = rq->web->o->config;
    fair_str url = c->view_url;

    if (url.n == 0 && c->view_listen.n > 0) return fair_str_fmt(rq->arena, "http://%.*s", FAIR_STR_ARG(c->view_listen));
    while (url.n > 0 && url.p[url.n - 1] == '/') url.n--;
    return url;
}

static const char *
words_of(fair_str found)
{
    static const struct { const char *found, *words; } all[] = { { "there", "still there" }, { "picture", "still there, changed" }, { "removed", "removed" }, { "page_gone", "page gone" },
        { "unreachable", "not reached" } };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (fair_str_eq(found, fair_str_of(all[i].found))) return all[i].words;
    return "";
}

static fair_status
list_capture(void *arg, const struct fair_capture_row *c, struct fair_err *err)
{
    struct listing *l = arg;
    struct fair_request *rq = l->rq;
    fair_str url = view_url(rq);
    json_t *o = json_object(), *show = json_object(), *notes = json_loadb(c->notes.p != NULL ? c->notes.p : "[]", c->notes.p != NULL ? c->notes.n : 2, 0, NULL);

    (void)err;
    fair_put_id(o, "id", c->id);
    fair_put(o, "look", c->look);
    fair_put_time(o, "at", c->at);
    fair_put(o, "found", c->found);
    fair_put(o, "words", c->words);
    fair_put(o, "changes", c->changes);
    fair_put(o, "credit", c->credit);
    fair_put(o, "browser", c->browser);
    fair_put_id(o, "package", c->package);
    json_object_set_new(o, "notes", notes != NULL ? notes : json_array());
    fair_put(show, "found", fair_str_of(words_of(c->found)));
    fair_words_put_when(show, "at", rq->arena, rq->now, c->at);
    if (url.n > 0) {
        fair_put(show, "page", fair_str_fmt(rq->arena, "%.*s/v/%.*s/page.html", FAIR_STR_ARG(url), FAIR_STR_ARG(c->secret)));
        if (c->browser.n > 0) fair_put(show, "picture", fair_str_fmt(rq->arena, "%.*s/v/%.*s/page.png", FAIR_STR_ARG(url), FAIR_STR_ARG(c->secret)));
    }
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

fair_status
fair_put_captures(struct fair_request *rq, const struct fair_hit *h, json_t *model, json_t *show, struct fair_err *err)
{
    struct listing l = { rq, json_array() };
    bool on_web = fair_str_starts(h->page_url, FAIR_STR("http://")) || fair_str_starts(h->page_url, FAIR_STR("https://"));

    json_object_set_new(model, "captures", l.out);
    json_object_set_new(show, "can_capture", json_boolean(on_web && fair_may(rq, FAIR_DEED_CASES)));
    FAIR_TRY(fair_store_captures(&rq->desk, h->id, list_capture, &l, err));
    json_object_set_new(show, "captured", json_boolean(json_array_size(l.out) > 0));
    return FAIR_OK;
}

/* POST /hits/:id/capture: the worker does it. */
fair_status
fair_page_capture(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_arena *a = rq->arena;
    struct fair_hit h;
    fair_status s = fair_store_hit_get(&rq->desk, rq->id, a, &h, err);

    if (s != FAIR_OK) return s == FAIR_NOT_FOUND ? fair_fail(err, s, "there is no such hit") : s;
    if (!fair_str_starts(h.page_url, FAIR_STR("http"))) return fair_fail(err, FAIR_INVALID, "this use is on no page of the web: it cannot be captured");
    FAIR_TRY(fair_store_capture_ask(&rq->desk, h.id, "asked", 0, err));
    re->model = json_object();
    fair_put_id(re->model, "hit", h.id);
    fair_put(re->model, "capture", FAIR_STR("asked"));
    re->see = fair_hit_link(rq, h.id, "capture", 0);
    return FAIR_OK;
}
