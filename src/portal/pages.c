/* portal/pages.c - a notice as its recipient sees it, and a stranger's question whether one is real. */
#include <stdio.h>
#include <string.h>
#include "portal/portal_private.h"

unsigned
fair_portal_when(const json_t *notice, fair_time now)
{
    const json_t *decision = json_object_get(notice, "decision");
    fair_time until;

    if (json_is_object(json_object_get(notice, "final"))) return FAIR_PORTAL_CLOSED;
    if (json_is_object(decision) && fair_time_parse(fair_member(decision, "appeal_until"), &until) && now < until) return FAIR_PORTAL_OPEN | FAIR_PORTAL_DECIDED;
    return FAIR_PORTAL_OPEN;
}

/* o[key] = { "list": v } where v has members, so that a template can ask whether there are any. */
static void
put_list(json_t *o, const char *key, json_t *v)
{
    json_t *box;

    if (json_array_size(v) == 0) {
        json_decref(v);
        return;
    }
    box = json_object();
    json_object_set_new(box, "list", v);
    json_object_set_new(o, key, box);
}

static json_t *
copy(const json_t *v)
{
    return json_is_array(v) ? json_copy((json_t *)(uintptr_t)v) : json_array();
}

/* ---- pictures ---- */

static json_t *
box(const json_t *four)
{
    double v[4];
    json_t *o;

    for (size_t i = 0; i < 4; i++) v[i] = json_number_value(json_array_get(four, i));
    if (json_array_size(four) != 4 || v[2] <= v[0] || v[3] <= v[1]) return NULL;
    o = json_object();
    json_object_set_new(o, "x", json_real(v[0]));
    json_object_set_new(o, "y", json_real(v[1]));
    json_object_set_new(o, "w", json_real(v[2] - v[0]));
    json_object_set_new(o, "h", json_real(v[3] - v[1]));
    return o;
}

static json_t *
picture(const struct fair_portal_request *rq, const json_t *of, const json_t *four)
{
    fair_str name = fair_member(of, "picture");
    json_t *o, *b;

    if (!fair_shelf_name_ok(name)) return NULL;
    o = json_object();
    fair_put(o, "href", fair_portal_href(rq, fair_str_fmt(rq->arena, "/file/%.*s", FAIR_STR_ARG(name)).p));
    json_object_set_new(o, "w", json_integer(json_integer_value(json_object_get(of, "width"))));
    json_object_set_new(o, "h", json_integer(json_integer_value(json_object_get(of, "height"))));
    fair_put(o, "title", fair_member(of, "title"));
    b = box(four);
    if (b != NULL) json_object_set_new(o, "box", b);
    return o;
}

static json_t *
uses(const struct fair_portal_request *rq)
{
    const json_t *works = json_object_get(rq->notice, "works"), *u;
    json_t *list = json_array();
    size_t i;

    json_array_foreach(json_object_get(rq->notice, "uses"), i, u) {
        const json_t *work = json_array_get(works, (size_t)json_integer_value(json_object_get(u, "work")));
        json_t *o = json_object(), *ours = picture(rq, work, json_object_get(u, "work_box")), *theirs = picture(rq, u, json_object_get(u, "box"));
        if (ours != NULL) json_object_set_new(o, "work", ours);
        if (theirs != NULL) json_object_set_new(o, "found", theirs);
        fair_put(o, "work_title", fair_member(work, "title"));
        fair_put(o, "page_url", fair_member(u, "page_url"));
        fair_put(o, "image_url", fair_member(u, "image_url"));
        fair_put(o, "seen", fair_portal_when_words(rq, fair_member(u, "seen")));
        json_object_set_new(o, "ended", json_boolean(json_is_true(json_object_get(u, "ended"))));
        put_list(o, "reasons", copy(json_object_get(u, "reasons")));
        json_array_append_new(list, o);
    }
    return list;
}

/* ---- what stands ---- */

static fair_str
clock_words(const struct fair_portal_request *rq)
{
    const json_t *p = json_object_get(rq->notice, "period");
    fair_str stopped = fair_member(p, "stopped"), until = fair_member(p, "until");
    int days = (int)json_integer_value(json_object_get(p, "days"));

    if (json_is_object(json_object_get(rq->notice, "final"))) return fair_lang_words(rq->lang, "clock_closed");
    if (stopped.n > 0) return fair_str_fmt(rq->arena, "%.*s (%.*s)", FAIR_STR_ARG(fair_lang_words(rq->lang, "clock_stopped")), FAIR_STR_ARG(fair_portal_when_words(rq, stopped)));
    if (until.n > 0) return fair_str_fmt(rq->arena, "%.*s %.*s", FAIR_STR_ARG(fair_lang_words(rq->lang, "clock_until")), FAIR_STR_ARG(fair_portal_when_words(rq, until)));
    return fair_str_fmt(rq->arena, "%.*s %d %.*s", FAIR_STR_ARG(fair_lang_words(rq->lang, "clock_not_begun")), days, FAIR_STR_ARG(fair_lang_words(rq->lang, "clock_days")));
}

static json_t *
claimant(const struct fair_portal_request *rq)
{
    static const char *const keys[] = { "name", "capacity", "address", "email", "phone", "register" };
    const json_t *c = json_object_get(rq->notice, "claimant");
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        fair_str v = fair_member(c, keys[i]);
        json_t *o;
        if (v.n == 0) continue;
        if (i == 1) v = fair_portal_words(rq, "capacity_", v);
        o = json_object();
        fair_put(o, "name", fair_portal_words(rq, "who_", fair_str_of(keys[i])));
        fair_put(o, "value", v);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *
actions(const struct fair_portal_request *rq)
{
    unsigned when = fair_portal_when(rq->notice, rq->now);
    bool begun = fair_member(json_object_get(rq->notice, "period"), "begun").n > 0;
    json_t *list = json_array();

    for (size_t i = 0; i < fair_n_portal_actions; i++) {
        const struct fair_portal_action *x = &fair_portal_actions[i];
        json_t *o;
        if ((x->when & when) == 0 || (begun && strcmp(x->name, "confirm") == 0)) continue;
        o = json_object();
        fair_put(o, "words", fair_portal_words(rq, "a_", fair_str_of(x->name)));
        fair_put(o, "href", fair_portal_href(rq, x->anchor != NULL ? fair_str_fmt(rq->arena, "#%s", x->anchor).p : fair_str_fmt(rq->arena, "/answer/%s", x->name).p));
        json_array_append_new(list, o);
    }
    return list;
}

/* "2026-11-26T10:00:00Z licence 4F2A-9C1D" by line. */
static fair_status
receipts(const struct fair_portal_request *rq, json_t *show, struct fair_err *err)
{
    fair_str lines, line, at, action;
    json_t *list = json_array();
    fair_status s = fair_shelf_receipts(&rq->p->shelf, rq->id, rq->arena, &lines, err);

    while (s == FAIR_OK && fair_str_split(&lines, '\n', &line)) {
        json_t *o;
        if (!fair_str_split(&line, ' ', &at) || !fair_str_split(&line, ' ', &action) || line.p == NULL) continue;
        o = json_object();
        fair_put(o, "at", fair_portal_when_words(rq, at));
        fair_put(o, "words", fair_portal_words(rq, "a_", action));
        fair_put(o, "receipt", line);
        json_array_append_new(list, o);
    }
    put_list(show, "receipts", list);
    return s;
}

static void
dated(const struct fair_portal_request *rq, json_t *show, const char *key, const json_t *rows)
{
    json_t *list = json_array();
    const json_t *r;
    size_t i;

    json_array_foreach(rows, i, r) {
        json_t *o = json_object();
        fair_put(o, "at", fair_portal_when_words(rq, fair_member(r, "at")));
        fair_put(o, "words", fair_member(r, "words"));
        json_array_append_new(list, o);
    }
    json_object_set_new(show, key, list);
}

static void
gates(const struct fair_portal_request *rq, json_t *show)
{
    json_t *list = json_array();
    const json_t *g;
    size_t i;

    json_array_foreach(json_object_get(rq->notice, "gates"), i, g) {
        json_t *o = json_object();
        fair_put(o, "id", fair_member(g, "id"));
        fair_put(o, "name", fair_member(g, "name"));
        fair_put(o, "result", fair_portal_words(rq, "gate_", fair_member(g, "result")));
        fair_put(o, "words", fair_member(g, "words"));
        fair_put(o, "source", fair_member(g, "source"));
        json_array_append_new(list, o);
    }
    json_object_set_new(show, "gates", list);
}

/* What the address says was just done: ?done=RECEIPT&action=NAME. */
static void
just_done(const struct fair_portal_request *rq, json_t *show)
{
    const struct fair_portal_action *x = NULL;
    struct fair_fields f = { 0 };
    struct fair_err err = { 0 };
    fair_str receipt = { NULL, 0 };
    json_t *o;

    if (rq->query.p == NULL || fair_form_urlencoded(rq->arena, rq->query, &f, &err) != FAIR_OK) return;
    for (size_t i = 0; i < f.n; i++)
        if (fair_str_eq(f.v[i].name, FAIR_STR("done")) && f.v[i].value.n <= 20 && fair_utf8_valid(f.v[i].value)) receipt = f.v[i].value;
        else if (fair_str_eq(f.v[i].name, FAIR_STR("action"))) x = fair_portal_action_by_name(f.v[i].value);
    if (receipt.n == 0) return;
    o = json_object();
    fair_put(o, "receipt", receipt);
    fair_put(o, "at", x != NULL ? fair_portal_words(rq, "a_", fair_str_of(x->name)) : FAIR_STR(""));
    json_object_set_new(show, "done", o);
    json_object_set_new(show, "stops", json_boolean(x != NULL && x->stops));
}

fair_status
fair_portal_notice_page(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err)
{
    const json_t *n = rq->notice, *mandate = json_object_get(n, "mandate"), *final = json_object_get(n, "final"), *decision = json_object_get(n, "decision");
    json_t *show = json_object();

    re->model = json_object();
    json_object_set(re->model, "n", rq->notice);
    json_object_set_new(re->model, "show", show);
    re->page = "notice";
    re->title = fair_str_fmt(rq->arena, "%.*s %.*s", FAIR_STR_ARG(fair_lang_words(rq->lang, "notice")), FAIR_STR_ARG(rq->id));
    fair_put(show, "heading", fair_portal_words(rq, "step_", fair_member(n, "step")));
    fair_put(show, "base", fair_str_fmt(rq->arena, "/n/%.*s", FAIR_STR_ARG(rq->secret)));
    fair_put(show, "clock", clock_words(rq));
    just_done(rq, show);
    FAIR_TRY(receipts(rq, show, err));
    json_object_set_new(show, "uses", uses(rq));
    put_list(show, "actions", actions(rq));
    put_list(show, "advice", copy(json_object_get(n, "advice")));
    json_object_set_new(show, "claimant_rows", claimant(rq));
    put_list(show, "mandate", copy(json_object_get(mandate, "words")));
    put_list(show, "ownership", copy(json_object_get(json_object_get(n, "ownership"), "words")));
    put_list(show, "evidence", copy(json_object_get(n, "evidence")));
    put_list(show, "privacy", copy(json_object_get(n, "privacy")));
    json_object_set_new(show, "privacy_words", copy(json_object_get(n, "privacy_words")));
    json_object_set_new(show, "blocks", copy(json_object_get(json_object_get(n, "letter"), "blocks")));
    if (json_is_object(final)) json_object_set(show, "final", (json_t *)(uintptr_t)final);
    if (json_is_object(decision)) json_object_set(show, "decision", (json_t *)(uintptr_t)decision);
    dated(rq, show, "history", json_object_get(n, "history"));
    gates(rq, show);
    return FAIR_OK;
}

/* ---- is it real? ---- */

fair_status
fair_portal_verify_page(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_fields f = { 0 };
    fair_str id = rq->word, json = { NULL, 0 };
    char upper[FAIR_NOTICE_ID_MAX + 1];
    json_t *show = json_object(), *n = NULL, *o;
    json_error_t why;
    fair_status s = FAIR_NOT_FOUND;

    re->model = json_object();
    json_object_set_new(re->model, "show", show);
    re->page = "verify";
    re->title = fair_lang_words(rq->lang, "verify");
    if (id.p == NULL && rq->query.p != NULL) {
        FAIR_TRY(fair_form_urlencoded(rq->arena, rq->query, &f, err));
        for (size_t i = 0; i < f.n; i++)
            if (fair_str_eq(f.v[i].name, FAIR_STR("id"))) id = fair_str_trim(f.v[i].value);
    }
    if (id.p == NULL || id.n == 0) return FAIR_OK;
    if (id.n <= FAIR_NOTICE_ID_MAX) {
        for (size_t i = 0; i < id.n; i++) upper[i] = id.p[i] >= 'a' && id.p[i] <= 'z' ? (char)(id.p[i] - 32) : id.p[i];
        id = fair_str_dup(rq->arena, (fair_str){ upper, id.n });
        if (fair_notice_id_ok(id)) s = fair_shelf_notice_get(&rq->p->shelf, id, rq->arena, &json, err);
    }
    if (s == FAIR_OK) n = json_loadb(json.p, json.n, 0, &why);
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    if (!json_is_object(n)) {
        json_decref(n);
        if (id.n <= FAIR_NOTICE_ID_MAX) fair_put(show, "id", id);
        json_object_set_new(show, "missing", json_true());
        re->code = 404;
        return FAIR_OK;
    }
    o = json_object();
    fair_put(o, "id", id);
    fair_put(o, "issued", fair_portal_when_words(rq, fair_member(n, "issued")));
    fair_put(o, "step", fair_portal_words(rq, "step_", fair_member(n, "step")));
    fair_put(o, "from", fair_member(json_object_get(n, "claimant"), "name"));
    fair_put(o, "sha256", fair_member(json_object_get(n, "letter"), "sha256"));
    fair_put(o, "key", fair_member(json_object_get(n, "signature"), "key"));
    fair_put(o, "sig", fair_member(json_object_get(n, "signature"), "sig"));
    if (json_is_object(json_object_get(n, "final"))) fair_put(o, "withdrawn", fair_lang_words(rq->lang, "clock_closed"));
    json_object_set_new(show, "found", o);
    json_decref(n);
    return FAIR_OK;
}
