/* web/answer.c - from a request to its reply: the host, the route, the person, the form, the page. */
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "base/log.h"
#include "store/heard_rows.h"
#include "web/web_private.h"

/* ---- routes --------------------------------------------------------------- */

const struct fair_route *
fair_route_find(fair_str method, fair_str path, fair_id *id, fair_str *word, bool *other)
{
    *other = false;
    for (size_t i = 0; i < fair_n_routes; i++) {
        *id = 0;
        *word = (fair_str){ NULL, 0 };
        if (!fair_http_path_fits(fair_str_of(fair_routes[i].path), path, id, word)) continue;
        if (fair_str_eq(method, fair_str_of(fair_routes[i].method))) return &fair_routes[i];
        *other = true;
    }
    return NULL;
}

bool
fair_may(const struct fair_request *rq, enum fair_deed deed)
{
    if (deed == FAIR_DEED_ANYONE) return true;
    if (rq->desk.user == 0 || (fair_deeds[deed].first_org && rq->desk.org != rq->web->first_org)) return false;
    return fair_role_may(rq->user.role, deed);
}

fair_status
fair_needs_hands(const struct fair_request *rq, struct fair_err *err)
{
    if (rq->web->o->hands != NULL) return FAIR_OK;
    return fair_fail(err, FAIR_REFUSED, "this is done where fairtrack serve shows the pages");
}

/* ---- what may be seen ------------------------------------------------------- */

fair_str
fair_form_text(const struct fair_request *rq, const char *name)
{
    const json_t *v = json_object_get(rq->form, name);
    return json_is_string(v) ? (fair_str){ json_string_value(v), json_string_length(v) } : (fair_str){ NULL, 0 };
}

int64_t
fair_form_number(const struct fair_request *rq, const char *name, int64_t otherwise)
{
    const json_t *v = json_object_get(rq->form, name);
    return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

bool
fair_form_yes(const struct fair_request *rq, const char *name)
{
    return json_is_true(json_object_get(rq->form, name));
}

/* What was done, told on the page one is sent to; the codes stand in its address. */
static const struct { const char *code, *words; bool many; } notes[] = {
    { "pursue", "Kept to be pursued.", false },
    { "ignore", "Ignored, and remembered.", false },
    { "not_a_match", "Noted as no match; this pair will not be shown again.", false },
    { "reopen", "Back in the inbox.", false },
    { "decided", "hits decided.", true },
    { "moved", "other hits covered by the same rule moved with it.", true },
    { "uploaded", "pictures received; they appear here as they are read.", true },
    { "removed", "Removed.", false },
    { "watch", "The watch is set.", false },
    { "paused", "Paused.", false },
    { "resumed", "Going on.", false },
    { "asked", "Asked for; it begins as soon as a worker is free.", false },
    { "undone", "No longer remembered.", false },
    { "password", "Your password is set.", false },
    { "saved", "Saved.", false },
    { "out_all", "Signed out everywhere else.", false },
    { "session_end", "That session is over.", false },
    { "factor_off", "The second factor is off.", false },
    { "signed_out", "Signed out everywhere.", false },
    { "opened", "A case is open. Nobody has been written to.", false },
    { "joined", "It joins the open case of this operator.", false },
    { "case_moved", "Done, and written into the case's history.", false },
    { "sent", "Let out: it leaves as soon as the post has asked the rules again.", false },
    { "drafted", "Drafted. Read it; nothing is sent before a person approves it.", false },
    { "approved", "Approved as it is. It is not sent yet.", false },
    { "signed", "The worksheet is signed with your name.", false },
    { "mailed", "A link is mailed to that address; the address counts once somebody followed it.", false },
    { "to_check", "Kept. It is declared; a reviewer or counsel may look at it and say what they saw.", false },
    { "proof", "Kept. The matcher looks at it as soon as a worker is free.", false },
    { "read", "Noted as read.", false },
    { "goes_on", "Noted as read. Nothing else waits here, so the clock goes on.", false },
};

static void
put_note(const struct fair_request *rq, json_t *app)
{
    fair_str done = { NULL, 0 };
    int64_t n = 0;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fields f = { 0 };
    struct fair_err err = { 0 };

    if (rq->query.p == NULL || fair_form_urlencoded(a, rq->query, &f, &err) != FAIR_OK) return;
    for (size_t i = 0; i < f.n; i++)
        if (fair_str_eq(f.v[i].name, FAIR_STR("done"))) done = f.v[i].value;
        else if (fair_str_eq(f.v[i].name, FAIR_STR("n"))) (void)fair_str_number(f.v[i].value, 1000000, &n);
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
        if (!fair_str_eq(done, fair_str_of(notes[i].code))) continue;
        if (!notes[i].many) fair_put(app, "note", fair_str_of(notes[i].words));
        else if (n == 1 && strcmp(notes[i].code, "uploaded") == 0) fair_put(app, "note", FAIR_STR("1 picture received; it appears here once it is read."));
        else if (n == 1 && strcmp(notes[i].code, "decided") == 0) fair_put(app, "note", FAIR_STR("1 hit decided."));
        else fair_put(app, "note", fair_str_fmt(a, "%lld %s", (long long)n, notes[i].words));
    }
}

/* What every page shows around its own model. */
static json_t *
frame(const struct fair_request *rq, const struct fair_reply *re)
{
    json_t *app = json_object(), *tab = json_object();
    struct fair_template_set *t = rq->web->templates;
    struct fair_hit_filter inbox = { .state = FAIR_STR("inbox") };
    struct fair_heard_waiting heard;
    struct fair_err err = { 0 };
    int64_t n = 0;

    fair_put(app, "title", re->title.p != NULL ? re->title : fair_str_of(rq->route != NULL ? rq->route->title : "Fairtrack"));
    fair_put(app, "css", fair_asset_link(t, "app.css"));
    fair_put(app, "js", fair_asset_link(t, "app.js"));
    fair_put(app, "icon", fair_asset_link(t, "icon.svg"));
    if (rq->route != NULL && rq->route->tab != NULL) json_object_set_new(tab, rq->route->tab, json_true());
    json_object_set_new(app, "tab", tab);
    if (rq->desk.user != 0) {
        json_t *user = json_object(), *may = json_object();
        fair_put(user, "name", rq->user.name.n > 0 ? rq->user.name : rq->user.email);
        fair_put(user, "email", rq->user.email);
        json_object_set_new(app, "user", user);
        fair_put(app, "csrf", rq->session.csrf);
        for (int i = FAIR_DEED_ACCOUNT; i < FAIR_DEEDS; i++) json_object_set_new(may, fair_deeds[i].name, json_boolean(fair_may(rq, (enum fair_deed)i)));
        json_object_set_new(app, "may", may);
        /* who may judge what others of the house claim: nobody settles a claim against themselves */
        json_object_set_new(app, "second", json_boolean(fair_str_eq(rq->user.role, FAIR_STR("reviewer")) || fair_str_eq(rq->user.role, FAIR_STR("counsel"))));
        if (fair_store_hits_count(&rq->desk, &inbox, &n, &err) == FAIR_OK) json_object_set_new(app, "inbox", json_integer(n));
        if (fair_store_heard_waiting(&rq->desk, 0, &heard, &err) == FAIR_OK) json_object_set_new(app, "unread", json_integer(heard.answers + heard.mails));
        put_note(rq, app);
    }
    return app;
}

/* Members named "show" are for the eyes: strings already worded, marks of what is selected. */
static void
strip_show(json_t *v, unsigned depth)
{
    json_t *inner;
    const char *key;
    size_t i;

    if (depth > 16) return;
    json_array_foreach(v, i, inner) {
        strip_show(inner, depth + 1);
    }
    if (!json_is_object(v)) return;
    json_object_del(v, "show");
    json_object_foreach(v, key, inner) {
        strip_show(inner, depth + 1);
    }
}

static fair_status
put_json(const struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    char *text;

    if (re->model == NULL) re->model = json_object();
    strip_show(re->model, 0);
    if (re->see.p != NULL) fair_put(re->model, "see", re->see);
    text = json_dumps(re->model, JSON_COMPACT | JSON_REAL_PRECISION(9));
    if (text == NULL) return fair_fail(err, FAIR_IO, "the model does not become JSON");
    re->bytes = fair_str_fmt(rq->arena, "%s\n", text);
    free(text);
    re->type = FAIR_STR("application/json; charset=utf-8");
    re->see = (fair_str){ NULL, 0 };
    return FAIR_OK;
}

static fair_status
put_page(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    const char *page = re->page != NULL ? re->page : rq->route != NULL ? rq->route->page : NULL;

    if (rq->json) return put_json(rq, re, err);
    re->type = FAIR_STR("text/html; charset=utf-8");
    if (re->see.p != NULL) {
        re->code = re->code != 0 ? re->code : 303;
        re->bytes = FAIR_STR("");
        return FAIR_OK;
    }
    if (page == NULL) return fair_fail(err, FAIR_NOT_FOUND, "nothing to see at this address");
    if (re->model == NULL) re->model = json_object();
    json_object_set_new(re->model, "app", frame(rq, re));
    return fair_templates_fill(rq->web->templates, rq->arena, page, re->model, FAIR_WEB_PAGE_MAX, &re->bytes, err);
}

void
fair_web_sorry(struct fair_request *rq, const struct fair_err *err, struct fair_reply *re)
{
    int code = re->code >= 400 ? re->code : fair_http_code(err->status);
    struct fair_err why = { 0 };
    const char *words = err->text, *head;

    if (code >= 500) fair_log(FAIR_LOG_ERROR, "web.failed path=%.*s error=\"%s\"", FAIR_STR_ARG(rq->path), err->text);
    if (code >= 500 && rq->desk.user == 0) words = "The server could not do this; its log says why.";
    head = code == 404 ? "Nothing here" : code == 403 ? "Not allowed" : code == 401 ? "Please sign in" : code == 409 ? "That changed meanwhile"
         : code == 413 ? "Too large" : code == 429 ? "Too many tries" : code >= 500 ? "That failed" : "Not understood";
    fair_reply_end(re);
    *re = (struct fair_reply){ .code = code, .fd = -1, .page = "error", .title = fair_str_of(head), .retry_s = re->retry_s };
    re->model = json_object();
    fair_put(re->model, "error", fair_str_of(words));
    fair_put(re->model, "status", fair_str_of(fair_status_name(err->status)));
    json_object_set_new(re->model, "code", json_integer(code));
    if (put_page(rq, re, &why) == FAIR_OK) return;
    fair_log(FAIR_LOG_ERROR, "web.error_page_failed error=\"%s\"", why.text);
    re->bytes = fair_str_fmt(rq->arena, "%s\n", words);
    re->type = FAIR_STR("text/plain; charset=utf-8");
}

/* ---- the way in -------------------------------------------------------------- */

static bool
wants_json(fair_str accept)
{
    fair_str one;

    while (fair_str_split(&accept, ',', &one)) {
        fair_str type = fair_header_value(one);
        if (fair_str_eq_nocase(type, FAIR_STR("text/html"))) return false;
        if (fair_str_eq_nocase(type, FAIR_STR("application/json"))) return true;
    }
    return false;
}

static fair_status
open_route(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_str target = rq->raw.target, method = rq->raw.method;
    bool other;

    fair_str_split(&target, '?', &rq->path);
    rq->query = target;
    rq->json = wants_json(rq->raw.accept);
    if (fair_str_starts(rq->path, FAIR_STR("/api/"))) {
        rq->json = true;
        rq->path = (fair_str){ rq->path.p + 4, rq->path.n - 4 };
    }
    if (rq->raw.ambiguous) return fair_fail(err, FAIR_INVALID, "a request that can be read in two ways");
    if (!fair_http_host_ok(rq->raw.host, rq->web->host)) {
        re->code = 421;
        return fair_fail(err, FAIR_REFUSED, "this server does not go by that name; set web.public_url to the address people use");
    }
    if (fair_str_eq(method, FAIR_STR("HEAD"))) method = FAIR_STR("GET");
    rq->route = fair_route_find(method, rq->path, &rq->id, &rq->word, &other);
    if (rq->route == NULL) {
        re->code = other ? 405 : 404;
        return fair_fail(err, FAIR_NOT_FOUND, other ? "this address takes no %.*s" : "there is no page at this address",
                         (int)(method.n < 10 ? method.n : 10), method.p);
    }
    return FAIR_OK;
}

static fair_status
open_person(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    FAIR_TRY(fair_session_find(rq, err));
    if (fair_may(rq, rq->route->deed)) return FAIR_OK;
    if (rq->desk.user != 0)
        return fair_fail(err, FAIR_REFUSED, "the role \"%.*s\" may not do this; ask the owner of this installation", FAIR_STR_ARG(rq->user.role));
    re->code = 401;
    return fair_fail(err, FAIR_REFUSED, "sign in first");
}

fair_status
fair_web_open(struct fair_web *w, struct fair_arena *a, const struct fair_raw *raw, fair_time now,
              struct fair_request *rq, struct fair_reply *re)
{
    struct fair_err err = { 0 };
    fair_status s;

    *rq = (struct fair_request){ .web = w, .arena = a, .raw = *raw, .now = now, .desk = { w->o->store, 0, 0 } };
    *re = (struct fair_reply){ .fd = -1 };
    s = open_route(rq, re, &err);
    if (s == FAIR_OK) s = open_person(rq, re, &err);
    if (s == FAIR_OK && strcmp(rq->route->method, "POST") == 0 && !rq->bearer && !fair_http_origin_ok(raw))
        s = fair_fail(&err, FAIR_REFUSED, "this form was sent by another site");
    if (s == FAIR_OK) {
        rq->body_max = rq->route->takes != NULL && strstr(rq->route->takes, ":file") != NULL ? FAIR_WEB_UPLOAD_MAX
                     : strcmp(rq->route->method, "POST") == 0 ? FAIR_WEB_BODY_MAX : 0;
        return FAIR_OK;
    }
    if (re->code == 401 && !rq->json && fair_str_eq(raw->method, FAIR_STR("GET"))) {
        struct fair_buf b = FAIR_BUF(a, 4096);
        fair_buf_c(&b, "/sign-in?next=");
        fair_form_url_encode(&b, raw->target);
        *re = (struct fair_reply){ .fd = -1, .code = 303, .type = FAIR_STR("text/html; charset=utf-8"), .bytes = FAIR_STR("") };
        if (fair_buf_take(&b, &re->see, &err) != FAIR_OK) re->see = FAIR_STR("/sign-in");
        return s;
    }
    fair_web_sorry(rq, &err, re);
    return s;
}

static fair_status
read_fields(struct fair_request *rq, fair_str body, struct fair_fields *f, struct fair_err *err)
{
    if (strcmp(rq->route->method, "GET") == 0) {
        struct fair_fields all = { 0 };
        if (rq->query.p == NULL) return FAIR_OK;
        FAIR_TRY(fair_form_urlencoded(rq->arena, rq->query, &all, err));
        *f = all;
        f->n = 0;                                              /* the notes of put_note are no fields of the page */
        for (size_t i = 0; i < all.n; i++)
            if (!fair_str_eq(all.v[i].name, FAIR_STR("done")) && !fair_str_eq(all.v[i].name, FAIR_STR("n"))) f->v[f->n++] = all.v[i];
        return FAIR_OK;
    }
    if (rq->query.p != NULL) return fair_fail(err, FAIR_INVALID, "a form sent to an address with a question mark");
    return fair_http_fields(rq->arena, &rq->raw, body, f, err);
}

static fair_status
run(struct fair_request *rq, fair_str body, struct fair_reply *re, struct fair_err *err)
{
    struct fair_fields f = { 0 };

    FAIR_TRY(read_fields(rq, body, &f, err));
    if (strcmp(rq->route->method, "POST") == 0 && !rq->bearer) {
        fair_str sent = rq->raw.csrf;
        for (size_t i = 0; i < f.n; i++)
            if (fair_str_eq(f.v[i].name, FAIR_STR("csrf")) && f.v[i].file.p == NULL) sent = f.v[i].value;
        if (!fair_session_csrf_ok(rq, sent))
            return fair_fail(err, FAIR_REFUSED, "this form is from an earlier visit; go back, reload the page and send it again");
    }
    FAIR_TRY(fair_takes_check(rq->arena, rq->route->takes, &f, rq->form, &rq->files, &rq->n_files, err));
    FAIR_TRY(fair_access_note(rq, err));
    FAIR_TRY(rq->route->run(rq, re, err));
    if (re->bytes.p != NULL || re->fd >= 0) return FAIR_OK;
    return put_page(rq, re, err);
}

void
fair_web_answer(struct fair_request *rq, fair_str body, struct fair_reply *re)
{
    struct fair_err err = { 0 };

    *re = (struct fair_reply){ .fd = -1 };
    rq->form = json_object();
    if (run(rq, body, re, &err) != FAIR_OK) fair_web_sorry(rq, &err, re);
    json_decref(rq->form);
    rq->form = NULL;
    if (re->code == 0) re->code = 200;
    if (re->etag.p != NULL && rq->raw.if_none_match.p != NULL && re->code == 200 && fair_str_eq(re->etag, rq->raw.if_none_match)) {
        re->code = 304;
        re->bytes = FAIR_STR("");
    }
}
