/* portal/portal.c - from a recipient's request to its reply. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "portal/portal_private.h"

#define CSP "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

enum { MISSES = 20, MISSES_S = 900 };

/* ---- who guesses ---- */

static struct fair_portal_peer *
peer(struct fair_portal *p, fair_str who, fair_time now)
{
    struct fair_portal_peer *oldest = &p->peers[0];

    for (size_t i = 0; i < FAIR_PORTAL_PEERS; i++) {
        struct fair_portal_peer *x = &p->peers[i];
        if (strlen(x->who) == who.n && memcmp(x->who, who.p, who.n) == 0 && who.n > 0) return x;
        if (x->since < oldest->since) oldest = x;
    }
    memset(oldest, 0, sizeof *oldest);
    memcpy(oldest->who, who.p, who.n < sizeof oldest->who ? who.n : sizeof oldest->who - 1);
    oldest->since = now;
    return oldest;
}

static void
missed(struct fair_portal_request *rq)
{
    struct fair_portal_peer *x = peer(rq->p, rq->raw.peer, rq->now);

    if (rq->now - x->since > MISSES_S * FAIR_SECOND) {
        x->since = rq->now;
        x->misses = 0;
    }
    x->misses++;
}

static bool
braked(struct fair_portal_request *rq)
{
    struct fair_portal_peer *x = peer(rq->p, rq->raw.peer, rq->now);
    return x->misses >= MISSES && rq->now - x->since <= MISSES_S * FAIR_SECOND;
}

/* ---- pages ---- */

static json_t *
languages(const struct fair_portal_request *rq)
{
    json_t *list = json_array(), *out = json_object();

    for (size_t i = 0; i < rq->p->langs.n; i++) {
        const struct fair_lang *l = &rq->p->langs.v[i];
        json_t *o = json_object();
        fair_put(o, "code", l->code);
        fair_put(o, "name", l->name);
        fair_put(o, "href", fair_str_fmt(rq->arena, "%.*s?lang=%.*s", FAIR_STR_ARG(rq->path), FAIR_STR_ARG(l->code)));
        json_object_set_new(o, "here", json_boolean(l == rq->lang));
        json_array_append_new(list, o);
    }
    json_object_set_new(out, "list", list);
    return out;
}

static fair_status
put_page(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err)
{
    json_t *app = json_object();

    if (re->model == NULL) re->model = json_object();
    fair_put(app, "lang", rq->lang->code);
    fair_put(app, "title", re->title.p != NULL ? re->title : fair_lang_words(rq->lang, "brand"));
    fair_put(app, "verify", fair_portal_public(rq, "/v"));
    if (rq->p->has_report) fair_put(app, "report", fair_portal_public(rq, "/report"));
    if (rq->p->has_terms) fair_put(app, "terms", fair_portal_public(rq, "/terms"));
    fair_put(app, "css", fair_asset_link(rq->p->templates, "portal.css"));
    json_object_set_new(app, "languages", languages(rq));
    json_object_set_new(re->model, "app", app);
    json_object_set(re->model, "t", rq->lang->words);
    re->type = FAIR_STR("text/html; charset=utf-8");
    return fair_templates_fill(rq->p->templates, rq->arena, re->page, re->model, FAIR_PORTAL_PAGE_MAX, &re->bytes, err);
}

static void
sorry(struct fair_portal_request *rq, const struct fair_err *err, struct fair_reply *re)
{
    int code = re->code >= 400 ? re->code : fair_http_code(err->status);
    const char *key = code == 404 ? "e_nothing" : code == 413 ? "e_large" : code == 429 ? "e_braked" : code >= 500 ? "e_failed" : "e_refused";
    json_t *show = json_object();
    struct fair_err why = { 0 };

    if (code >= 500) fair_log(FAIR_LOG_ERROR, "portal.failed error=\"%s\"", err->text);
    fair_reply_end(re);
    *re = (struct fair_reply){ .code = code, .fd = -1, .page = "error", .retry_s = code == 429 ? MISSES_S : 0 };
    if (rq->lang == NULL) rq->lang = &rq->p->langs.v[0];
    fair_put(show, "title", fair_lang_words(rq->lang, key));
    fair_put(show, "words", fair_lang_words(rq->lang, fair_str_fmt(rq->arena, "%s_words", key).p));
    re->model = json_object();
    json_object_set_new(re->model, "show", show);
    if (rq->json) {
        re->bytes = fair_str_fmt(rq->arena, "{\"error\":\"%s\",\"code\":%d}\n", fair_status_name(err->status), code);
        re->type = FAIR_STR("application/json; charset=utf-8");
        return;
    }
    if (put_page(rq, re, &why) == FAIR_OK) return;
    fair_log(FAIR_LOG_ERROR, "portal.error_page_failed error=\"%s\"", why.text);
    re->bytes = FAIR_STR("error\n");
    re->type = FAIR_STR("text/plain; charset=utf-8");
}

/* ---- the way in ---- */

static void
choose_language(struct fair_portal_request *rq)
{
    struct fair_fields f = { 0 };
    struct fair_err err = { 0 };

    if (rq->query.p != NULL && fair_form_urlencoded(rq->arena, rq->query, &f, &err) == FAIR_OK)
        for (size_t i = 0; i < f.n; i++)
            if (fair_str_eq(f.v[i].name, FAIR_STR("lang"))) rq->lang = fair_lang_by_code(&rq->p->langs, f.v[i].value);
    rq->lang_chosen = rq->lang != NULL;
    if (rq->lang == NULL) rq->lang = fair_lang_for(&rq->p->langs, rq->raw.accept_language);
}

static fair_status
open_notice(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_time expires;
    fair_str text;
    json_error_t why;
    fair_status s;

    if (braked(rq)) {
        re->code = 429;
        return fair_fail(err, FAIR_REFUSED, "too many links that open nothing");
    }
    s = fair_shelf_link_find(&rq->p->shelf, rq->secret, rq->now, rq->arena, &rq->id, &expires, err);
    if (s == FAIR_NOT_FOUND) missed(rq);
    if (s == FAIR_REFUSED) rq->expired = true;
    else FAIR_TRY(s);
    FAIR_TRY(fair_shelf_notice_get(&rq->p->shelf, rq->id, rq->arena, &text, err));
    rq->notice = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(rq->notice)) return fair_fail(err, FAIR_CORRUPT, "notice %.*s: %s", FAIR_STR_ARG(rq->id), why.text);
    if (!rq->lang_chosen) {
        const char *code = json_string_value(json_object_get(rq->notice, "language"));
        const struct fair_lang *l = fair_lang_by_code(&rq->p->langs, fair_str_of(code != NULL ? code : ""));
        if (l != NULL) rq->lang = l;
    }
    if (rq->expired && rq->what != FAIR_PORTAL_RENEW) {
        if (rq->what != FAIR_PORTAL_NOTICE) return fair_fail(err, FAIR_NOT_FOUND, "this link has expired");
        rq->what = FAIR_PORTAL_RENEW;
        rq->post = false;
    }
    return FAIR_OK;
}

static fair_status
find(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_str target = rq->raw.target, rest, one;
    fair_id id;

    fair_str_split(&target, '?', &rq->path);
    rq->query = target;
    rq->p->has_report = fair_shelf_public_there(&rq->p->shelf, FAIR_STR("report"));
    rq->p->has_terms = fair_shelf_public_there(&rq->p->shelf, FAIR_STR("terms"));
    choose_language(rq);
    rq->json = fair_str_starts(rq->raw.accept, FAIR_STR("application/json"));
    rq->post = fair_str_eq(rq->raw.method, FAIR_STR("POST"));
    if (rq->raw.ambiguous) return fair_fail(err, FAIR_INVALID, "a request that can be read in two ways");
    if (!fair_http_host_ok(rq->raw.host, rq->p->host)) {
        re->code = 421;
        return fair_fail(err, FAIR_REFUSED, "this server does not go by that name");
    }
    if (!rq->post && !fair_str_eq(rq->raw.method, FAIR_STR("GET")) && !fair_str_eq(rq->raw.method, FAIR_STR("HEAD"))) {
        re->code = 405;
        return fair_fail(err, FAIR_INVALID, "GET or POST");
    }
    if (rq->post && !fair_http_origin_ok(&rq->raw)) return fair_fail(err, FAIR_REFUSED, "this form was sent by another site");
    if (fair_str_eq(rq->path, FAIR_STR("/"))) rq->what = FAIR_PORTAL_START;
    else if (fair_str_eq(rq->path, FAIR_STR("/robots.txt"))) rq->what = FAIR_PORTAL_ROBOTS;
    else if (fair_str_eq(rq->path, FAIR_STR("/health"))) rq->what = FAIR_PORTAL_HEALTH;
    else if (fair_str_eq(rq->path, FAIR_STR("/v")) || fair_http_path_fits(FAIR_STR("/v/:word"), rq->path, &id, &rq->word)) rq->what = FAIR_PORTAL_VERIFY;
    else if (fair_str_eq(rq->path, FAIR_STR("/report"))) rq->what = FAIR_PORTAL_REPORT;
    else if (fair_str_eq(rq->path, FAIR_STR("/terms"))) rq->what = FAIR_PORTAL_TERMS;
    else if (fair_http_path_fits(FAIR_STR("/assets/:word"), rq->path, &id, &rq->word)) rq->what = FAIR_PORTAL_ASSET;
    else if (fair_http_path_fits(FAIR_STR("/home/:word"), rq->path, &id, &rq->word) && rq->p->door.n > 0) rq->what = FAIR_PORTAL_DOOR;
    else if (fair_str_starts(rq->path, FAIR_STR("/n/"))) {
        rest = (fair_str){ rq->path.p + 3, rq->path.n - 3 };
        fair_str_split(&rest, '/', &rq->secret);
        if (rest.p == NULL) rq->what = FAIR_PORTAL_NOTICE;
        else if (fair_str_eq(rest, FAIR_STR("renew"))) rq->what = FAIR_PORTAL_RENEW;
        else if (fair_str_split(&rest, '/', &one) && rest.n > 0 && memchr(rest.p, '/', rest.n) == NULL) {
            rq->word = rest;
            if (fair_str_eq(one, FAIR_STR("file"))) rq->what = FAIR_PORTAL_FILE;
            if (fair_str_eq(one, FAIR_STR("answer"))) rq->what = FAIR_PORTAL_ACTION;
        }
    }
    if (rq->what == FAIR_PORTAL_NOTHING || (rq->post && rq->what != FAIR_PORTAL_ACTION && rq->what != FAIR_PORTAL_RENEW && rq->what != FAIR_PORTAL_DOOR))
        return fair_fail(err, FAIR_NOT_FOUND, "there is no page at this address");
    if (rq->what == FAIR_PORTAL_DOOR) return fair_portal_door_open(rq, err);
    if (rq->what < FAIR_PORTAL_NOTICE) return FAIR_OK;
    FAIR_TRY(open_notice(rq, re, err));
    if (rq->what != FAIR_PORTAL_ACTION) return FAIR_OK;
    rq->action = fair_portal_action_by_name(rq->word);
    if (rq->action == NULL || rq->action->takes == NULL) return fair_fail(err, FAIR_NOT_FOUND, "there is no such answer");
    return FAIR_OK;
}

static bool
open_request(void *self, struct fair_arena *a, const struct fair_raw *raw, void **request, size_t *body_max, struct fair_reply *re)
{
    struct fair_portal_request *rq = FAIR_NEW(a, struct fair_portal_request);
    struct fair_portal *p = self;
    struct fair_err err = { 0 };

    *request = rq;
    *rq = (struct fair_portal_request){ .p = p, .arena = a, .raw = *raw, .now = p->o->now != NULL ? p->o->now() : fair_now() };
    *re = (struct fair_reply){ .fd = -1 };
    if (find(rq, re, &err) != FAIR_OK) {
        sorry(rq, &err, re);
        json_decref(rq->notice);
        rq->notice = NULL;
        return false;
    }
    *body_max = !rq->post ? 0 : rq->what == FAIR_PORTAL_DOOR ? FAIR_PORTAL_DOOR_MAX : rq->action != NULL && rq->action->upload ? FAIR_PORTAL_UPLOAD_MAX : FAIR_PORTAL_FORM_MAX;
    return true;
}

static fair_status
renew_page(struct fair_portal_request *rq, struct fair_reply *re)
{
    json_t *show = json_object();
    uint8_t once[16];

    fair_random(once, sizeof once);
    re->model = json_object();
    fair_put(show, "once", fair_hex(rq->arena, once, sizeof once));
    fair_put(show, "action", fair_portal_href(rq, "/renew"));
    if (rq->query.n > 0 && memmem(rq->query.p, rq->query.n, "asked", 5) != NULL) json_object_set_new(show, "asked", json_true());
    json_object_set_new(re->model, "show", show);
    re->page = "expired";
    re->code = rq->expired ? 410 : 200;
    return FAIR_OK;
}

static fair_status
send_file(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err)
{
    static const struct { const char *end, *type; bool show; } types[] = {
        { ".jpg", "image/jpeg", true }, { ".png", "image/png", true }, { ".pdf", "application/pdf", false }, { ".txt", "text/plain; charset=utf-8", false },
        { ".json", "application/json", false }, { ".wacz", "application/wacz", false }, { ".zip", "application/zip", false }, { "", "application/octet-stream", false },
    };
    struct fair_err why = { 0 };
    uint8_t once[16];
    size_t i = 0;

    FAIR_TRY(fair_shelf_file_open(&rq->p->shelf, rq->id, rq->word, &re->fd, err));
    if (fair_str_ends(rq->word, FAIR_STR(".wacz")) && fair_str_eq(rq->raw.method, FAIR_STR("GET"))) {       /* evidence: its custody is told */
        fair_random(once, sizeof once);
        if (fair_shelf_download_add(&rq->p->shelf, rq->id, rq->now, once, rq->word, &why) != FAIR_OK) fair_log(FAIR_LOG_ERROR, "portal.download_not_kept error=\"%s\"", why.text);
    }
    while (!fair_str_ends(rq->word, fair_str_of(types[i].end))) i++;
    re->type = fair_str_of(types[i].type);
    if (!types[i].show) re->file_name = rq->word;
    return FAIR_OK;
}

static fair_status
send_notice(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err)
{
    char *text;

    if (!rq->json) return fair_portal_notice_page(rq, re, err);
    text = json_dumps(rq->notice, JSON_INDENT(1) | JSON_SORT_KEYS);
    re->bytes = fair_str_fmt(rq->arena, "%s\n", text != NULL ? text : "{}");
    free(text);
    re->type = FAIR_STR("application/json; charset=utf-8");
    return FAIR_OK;
}

static fair_status
run(struct fair_portal_request *rq, fair_str body, struct fair_reply *re, struct fair_err *err)
{
    switch (rq->what) {
    case FAIR_PORTAL_HEALTH:
        re->bytes = FAIR_STR("ok\n");
        re->type = FAIR_STR("text/plain; charset=utf-8");
        return FAIR_OK;
    case FAIR_PORTAL_ROBOTS:
        re->bytes = FAIR_STR("User-agent: *\nDisallow: /\n");
        re->type = FAIR_STR("text/plain; charset=utf-8");
        return FAIR_OK;
    case FAIR_PORTAL_ASSET:
        re->forever = true;
        return fair_asset_get(rq->p->templates, rq->arena, rq->word, &re->bytes, &re->type) ? FAIR_OK : fair_fail(err, FAIR_NOT_FOUND, "no such asset");
    case FAIR_PORTAL_DOOR: return fair_portal_door(rq, body, re, err);
    case FAIR_PORTAL_FILE: return send_file(rq, re, err);
    case FAIR_PORTAL_NOTICE: FAIR_TRY(send_notice(rq, re, err)); break;
    case FAIR_PORTAL_ACTION: FAIR_TRY(rq->post ? fair_portal_take(rq, body, re, err) : fair_portal_form_page(rq, NULL, NULL, re, err)); break;
    case FAIR_PORTAL_REPORT: FAIR_TRY(fair_portal_report_page(rq, re, err)); break;
    case FAIR_PORTAL_TERMS: FAIR_TRY(fair_portal_terms_page(rq, re, err)); break;
    case FAIR_PORTAL_RENEW: FAIR_TRY(rq->post ? fair_portal_take(rq, body, re, err) : renew_page(rq, re)); break;
    default: FAIR_TRY(fair_portal_verify_page(rq, re, err)); break;
    }
    if (re->see.p != NULL) {
        re->code = 303;
        re->bytes = FAIR_STR("");
        re->type = FAIR_STR("text/html; charset=utf-8");
        return FAIR_OK;
    }
    return re->bytes.p != NULL ? FAIR_OK : put_page(rq, re, err);
}

static void
answer(void *self, void *request, fair_str body, struct fair_reply *re)
{
    struct fair_portal_request *rq = request;
    struct fair_err err = { 0 };

    (void)self;
    *re = (struct fair_reply){ .fd = -1 };
    if (run(rq, body, re, &err) != FAIR_OK) sorry(rq, &err, re);
    json_decref(rq->notice);
    rq->notice = NULL;
}

static void
refuse(void *self, void *request, const struct fair_err *err, struct fair_reply *re)
{
    struct fair_portal_request *rq = request;

    (void)self;
    sorry(rq, err, re);
    json_decref(rq->notice);
    rq->notice = NULL;
}

/* ---- what pages share ---- */

fair_str
fair_portal_href(const struct fair_portal_request *rq, const char *tail)
{
    const char *hash = strchr(tail, '#');
    int n = hash != NULL ? (int)(hash - tail) : (int)strlen(tail);

    if (!rq->lang_chosen) return fair_str_fmt(rq->arena, "/n/%.*s%s", FAIR_STR_ARG(rq->secret), tail);
    return fair_str_fmt(rq->arena, "/n/%.*s%.*s%slang=%.*s%s", FAIR_STR_ARG(rq->secret), n, tail, memchr(tail, '?', (size_t)n) != NULL ? "&" : "?",
                        FAIR_STR_ARG(rq->lang->code), hash != NULL ? hash : "");
}

fair_str
fair_portal_words(const struct fair_portal_request *rq, const char *prefix, fair_str name)
{
    return fair_lang_words(rq->lang, fair_str_fmt(rq->arena, "%s%.*s", prefix, FAIR_STR_ARG(name)).p);
}

fair_str
fair_portal_public(const struct fair_portal_request *rq, const char *path)
{
    if (!rq->lang_chosen) return fair_str_of(path);
    return fair_str_fmt(rq->arena, "%s?lang=%.*s", path, FAIR_STR_ARG(rq->lang->code));
}

/* ---- starting ---- */

static void
fair_portal_free(struct fair_portal **p)
{
    if (*p == NULL) return;
    fair_langs_free(&(*p)->langs);
    fair_arena_free(&(*p)->arena);
    free(*p);
    *p = NULL;
}

static fair_status
ready(void *arg, struct fair_err *err)
{
    struct fair_portal *p = arg;

    fair_log(FAIR_LOG_INFO, "portal.ready url=%.*s", FAIR_STR_ARG(p->url));
    return p->o->ready != NULL ? p->o->ready(p->o->arg, p->url, err) : FAIR_OK;
}

fair_status
fair_portal_run(const struct fair_portal_options *o, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(http_port) struct fair_http_port port = { .fd = -1 };
    FAIR_AUTO(portal) struct fair_portal *p = fair_xcalloc(1, sizeof *p);
    uint8_t key[32];
    struct fair_http_service service = { .name = "portal", .csp = CSP, .hidden = true, .open = open_request, .answer = answer, .refuse = refuse };

    p->o = o;
    p->arena = fair_arena_new();
    if (sodium_init() < 0) return fair_fail(err, FAIR_IO, "libsodium does not start");
    FAIR_TRY(fair_langs_read(fair_portal_words_files, fair_n_portal_words_files, p->arena, &p->langs, err));
    FAIR_TRY(fair_templates_open(fair_portal_files, fair_n_portal_files, NULL, p->arena, &p->templates, err));
    FAIR_TRY(fair_shelf_open(o->dir, p->arena, &p->shelf, err));
    if (o->door) FAIR_TRY(fair_shelf_door(&p->shelf, p->arena, true, &p->door, err));
    else if (fair_shelf_key_get(&p->shelf, key, err) != FAIR_OK)
        return fair_fail_in(err, "portal folder %s (the home puts answers.key there; on a machine of its own, start with --door)", o->dir);
    FAIR_TRY(fair_http_listen("portal.listen", o->listen, a, &port, err));
    p->url = port.url;
    if (o->public_url.n > 0) FAIR_TRY(fair_http_public_url("portal.public_url", o->public_url, p->arena, &p->secure, &p->url, &p->host, err));
    service.self = p;
    service.secure = p->secure;
    return fair_http_run(&port, &service, o->stop_fd, ready, p, err);
}
