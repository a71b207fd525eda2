/* portal/notice.c - a notice as its recipient sees it: what stands, what can be done, what was seen. */
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
void
fair_portal_put_list(json_t *o, const char *key, json_t *v)
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

/* {"why","n"} as sentences. */
static json_t *
reasons(const struct fair_portal_request *rq, const json_t *rows)
{
    json_t *list = json_array();
    const json_t *r;
    size_t i;

    json_array_foreach(rows, i, r) {
        fair_str why = fair_member(r, "why"), key = fair_str_fmt(rq->arena, "same_%.*s", FAIR_STR_ARG(why)), words;
        const struct fair_portal_value v[] = { { "n", fair_str_fmt(rq->arena, "%lld", (long long)json_integer_value(json_object_get(r, "n"))) }, { NULL, { NULL, 0 } } };
        if (!fair_portal_has(rq->lang, key.p)) continue;
        words = fair_portal_say(rq->lang, rq->arena, key.p, v);
        json_array_append_new(list, json_stringn(words.p, words.n));
    }
    return list;
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
        fair_put(o, "seen", fair_portal_day(rq->lang, rq->arena, fair_member(u, "seen")));
        json_object_set_new(o, "ended", json_boolean(json_is_true(json_object_get(u, "ended"))));
        fair_portal_put_list(o, "reasons", reasons(rq, json_object_get(u, "reasons")));
        json_array_append_new(list, o);
    }
    return list;
}

/* ---- what stands ---- */

static fair_str
clock_words(const struct fair_portal_request *rq)
{
    const json_t *p = json_object_get(rq->notice, "period");
    fair_str stopped = fair_member(p, "stopped"), until = fair_member(p, "until"), day = fair_member(p, "until_day");
    long long days = json_integer_value(json_object_get(p, "days"));
    const struct fair_portal_value v[] = { { "day", fair_portal_day(rq->lang, rq->arena, stopped.n > 0 ? stopped : day.n > 0 ? day : until) },
                                           { "days", fair_str_fmt(rq->arena, "%lld", days) }, { NULL, { NULL, 0 } } };
    fair_str key = fair_str_fmt(rq->arena, "clock_%.*s", FAIR_STR_ARG(fair_member(p, "why")));
    fair_time end;

    if (json_is_object(json_object_get(rq->notice, "final"))) return fair_lang_words(rq->lang, "clock_closed");
    if (stopped.n > 0) return fair_portal_say(rq->lang, rq->arena, fair_portal_has(rq->lang, key.p) ? key.p : "clock_other", v);
    if (until.n > 0 && fair_time_parse(until, &end)) return fair_portal_say(rq->lang, rq->arena, rq->now < end ? "clock_until" : "clock_over", v);
    return fair_portal_say(rq->lang, rq->arena, days > 0 ? "clock_not_begun" : "clock_none", v);
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
    if (when == FAIR_PORTAL_CLOSED) {
        static const struct { const char *words, *at; } more[] = { { "a_closing", "#final" }, { "a_file", "#file" } };
        for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
            json_t *o = json_object();
            fair_put(o, "words", fair_lang_words(rq->lang, more[i].words));
            fair_put(o, "href", fair_portal_href(rq, more[i].at));
            json_array_append_new(list, o);
        }
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
        fair_put(o, "at", fair_portal_moment(rq->lang, rq->arena, at));
        fair_put(o, "words", fair_portal_words(rq, "a_", action));
        fair_put(o, "receipt", line);
        json_array_append_new(list, o);
    }
    fair_portal_put_list(show, "receipts", list);
    return s;
}

static fair_str
history_words(const struct fair_portal_request *rq, const json_t *h)
{
    fair_str key = fair_str_fmt(rq->arena, "h_%.*s", FAIR_STR_ARG(fair_member(h, "what")));
    const struct fair_portal_value v[] = { { "days", fair_str_fmt(rq->arena, "%lld", (long long)json_integer_value(json_object_get(h, "days"))) },
                                           { "grounds", fair_portal_list(rq->lang, rq->arena, json_object_get(h, "grounds"), "ground_") }, { NULL, { NULL, 0 } } };

    return fair_portal_say(rq->lang, rq->arena, fair_portal_has(rq->lang, key.p) ? key.p : "h_other", v);
}

static void
history(const struct fair_portal_request *rq, json_t *show)
{
    json_t *list = json_array();
    const json_t *h;
    size_t i;

    json_array_foreach(json_object_get(rq->notice, "history"), i, h) {
        json_t *o = json_object();
        fair_put(o, "at", fair_portal_day(rq->lang, rq->arena, fair_member(h, "at")));
        fair_put(o, "words", history_words(rq, h));
        json_array_append_new(list, o);
    }
    fair_portal_put_list(show, "history", list);
}

static void
decision(const struct fair_portal_request *rq, json_t *show)
{
    const json_t *d = json_object_get(rq->notice, "decision");
    fair_str until = fair_member(d, "appeal_until");
    const struct fair_portal_value v[] = { { "day", fair_portal_day(rq->lang, rq->arena, fair_member(d, "at")) },
        { "ground", fair_portal_words(rq, "ground_", fair_member(d, "ground").n > 0 ? fair_member(d, "ground") : FAIR_STR("other")) }, { NULL, { NULL, 0 } } };
    const struct fair_portal_value u[] = { { "day", fair_portal_day(rq->lang, rq->arena, until) }, { NULL, { NULL, 0 } } };
    json_t *o;

    if (!json_is_object(d)) return;
    o = json_object();
    json_object_set_new(show, "decision", o);
    fair_put(o, "head", fair_portal_say(rq->lang, rq->arena, "decision_on", v));
    fair_portal_put_list(o, "words", copy(json_object_get(d, "words")));
    if ((fair_portal_when(rq->notice, rq->now) & FAIR_PORTAL_DECIDED) != 0) fair_put(o, "appeal", fair_portal_say(rq->lang, rq->arena, "decision_appeal", u));
}

static void
final(const struct fair_portal_request *rq, json_t *show)
{
    const json_t *f = json_object_get(rq->notice, "final");
    fair_str state = fair_member(f, "state"), letter = fair_member(f, "letter");
    char *key;
    json_t *o;

    if (!json_is_object(f)) return;
    key = fair_alloc(rq->arena, state.n + 3);
    memcpy(key, "h_", 2);
    for (size_t i = 0; i < state.n; i++) key[i + 2] = state.p[i] >= 'A' && state.p[i] <= 'Z' ? (char)(state.p[i] + 32) : state.p[i];
    key[state.n + 2] = '\0';
    o = json_object();
    json_object_set_new(show, "final", o);
    fair_put(o, "state", fair_lang_words(rq->lang, fair_portal_has(rq->lang, key) ? key : "clock_closed"));
    fair_put(o, "at", fair_portal_day(rq->lang, rq->arena, fair_member(f, "at")));
    fair_portal_put_list(o, "words", copy(json_object_get(f, "words")));
    json_object_set_new(o, "never", json_boolean(json_is_true(json_object_get(f, "never"))));
    if (fair_shelf_name_ok(letter)) fair_put(o, "letter", letter);
    else json_object_set_new(o, "no_letter", json_true());
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

/* What the page begins with: for whom it is new, who wrote before, who is through. */
static const char *
lead(const json_t *n)
{
    if (json_is_object(json_object_get(n, "final"))) return "lead_final";
    return fair_str_eq(fair_member(n, "step"), FAIR_STR("answer")) ? "lead_answer" : "lead";
}

fair_status
fair_portal_notice_page(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err)
{
    const json_t *n = rq->notice;
    bool closed = json_is_object(json_object_get(n, "final"));
    json_t *show = json_object();

    re->model = json_object();
    json_object_set(re->model, "n", rq->notice);
    json_object_set_new(re->model, "show", show);
    re->page = "notice";
    re->title = fair_str_fmt(rq->arena, "%.*s %.*s", FAIR_STR_ARG(fair_lang_words(rq->lang, "notice")), FAIR_STR_ARG(rq->id));
    fair_put(show, "heading", closed ? fair_lang_words(rq->lang, "final") : fair_portal_words(rq, "step_", fair_member(n, "step")));
    fair_put(show, "lead", fair_lang_words(rq->lang, lead(n)));
    fair_put(show, "base", fair_str_fmt(rq->arena, "/n/%.*s", FAIR_STR_ARG(rq->secret)));
    fair_put(show, "check", fair_portal_public(rq, fair_str_fmt(rq->arena, "/v/%.*s", FAIR_STR_ARG(rq->id)).p));
    fair_put(show, "clock", clock_words(rq));
    just_done(rq, show);
    FAIR_TRY(receipts(rq, show, err));
    json_object_set_new(show, "uses", uses(rq));
    fair_portal_put_list(show, "actions", actions(rq));
    fair_portal_put_list(show, "advice", copy(json_object_get(n, "advice")));
    fair_portal_who(rq, show);
    fair_portal_gates(rq, show);
    fair_portal_evidence(rq, show);
    fair_portal_privacy(rq, show);
    json_object_set_new(show, "blocks", copy(json_object_get(json_object_get(n, "letter"), "blocks")));
    decision(rq, show);
    final(rq, show);
    history(rq, show);
    return FAIR_OK;
}
