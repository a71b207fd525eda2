/* web/view.c - captured pages, on an origin of their own.
 *
 * A process, a port and a policy apart from the dashboard: it knows no session and sets no cookie.  Whoever has an
 * address of it (43 characters that nobody guesses) may look at that capture and at nothing else.  The page is the static
 * HTML made when it was captured; the policy here lets no script run even if that were wrong. */
#include <string.h>
#include "base/log.h"
#include "store/capture_rows.h"
#include "web/web_private.h"

/* "sandbox" without a word behind it: a document without an origin, without scripts, forms, windows or downloads. */
#define CSP "sandbox; default-src 'none'; img-src 'self'; style-src 'self' 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

struct view { const struct fair_web_options *o; };
struct looking { struct view *view; struct fair_arena *arena; fair_str path; bool known; };

static bool
open_request(void *self, struct fair_arena *a, const struct fair_raw *raw, void **request, size_t *body_max, struct fair_reply *re)
{
    struct looking *l = FAIR_NEW(a, struct looking);

    (void)re;
    l->view = self;
    l->arena = a;
    l->path = raw->target;
    for (size_t i = 0; i < l->path.n; i++)
        if (l->path.p[i] == '?' || l->path.p[i] == '#') l->path.n = i;
    l->known = fair_str_eq(raw->method, FAIR_STR("GET")) || fair_str_eq(raw->method, FAIR_STR("HEAD"));
    *request = l;
    *body_max = 0;
    return true;
}

static void
sorry(struct fair_arena *a, struct fair_reply *re, int code, const char *words)
{
    re->code = code;
    re->type = FAIR_STR("text/plain; charset=utf-8");
    re->bytes = fair_str_fmt(a, "%s\n", words);
}

static void
answer(void *self, void *request, fair_str body, struct fair_reply *re)
{
    struct looking *l = request;
    const struct view *v = self;
    struct fair_capture_file_row f;
    struct fair_err err = { 0 };
    fair_str rest = l->path, part, secret, name;
    fair_status s;

    (void)body;
    if (!l->known) {
        sorry(l->arena, re, 405, "Captured pages can only be looked at.");
        return;
    }
    /* /v/SECRET/NAME */
    if (!fair_str_split(&rest, '/', &part) || part.n != 0 || !fair_str_split(&rest, '/', &part) || !fair_str_eq(part, FAIR_STR("v")) ||
        !fair_str_split(&rest, '/', &secret) || secret.n != 43 || !fair_str_split(&rest, '/', &name) || rest.p != NULL || name.n == 0 || name.n > 40) {
        sorry(l->arena, re, 404, "There is no such page.");
        return;
    }
    s = fair_store_capture_file(v->o->store, secret, name, l->arena, &f, &err);
    if (s == FAIR_OK) s = fair_vault_read(v->o->vault, &f.sha256, (size_t)f.bytes, l->arena, &re->bytes, &err);
    if (s != FAIR_OK) {
        if (s != FAIR_NOT_FOUND) fair_log(FAIR_LOG_WARN, "view.fault why=\"%s\"", err.text);
        sorry(l->arena, re, s == FAIR_NOT_FOUND ? 404 : 500, s == FAIR_NOT_FOUND ? "There is no such page." : "It cannot be shown just now.");
        return;
    }
    re->type = f.mime;
}

static void
refuse(void *self, void *request, const struct fair_err *err, struct fair_reply *re)
{
    struct looking *l = request;

    (void)self, (void)err;
    sorry(l->arena, re, re->code != 0 ? re->code : 400, "Captured pages can only be looked at.");
}

struct telling { const struct fair_web_options *o; fair_str url; };

static fair_status
ready(void *arg, struct fair_err *err)
{
    struct telling *t = arg;

    fair_log(FAIR_LOG_INFO, "view.ready url=%.*s", FAIR_STR_ARG(t->url));
    return t->o->ready != NULL ? t->o->ready(t->o->arg, t->url, err) : FAIR_OK;
}

fair_status
fair_view_run(const struct fair_web_options *o, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(http_port) struct fair_http_port port = { .fd = -1 };
    struct view v = { o };
    struct fair_http_service service = { .self = &v, .name = "view", .csp = CSP, .hidden = true, .embedded = true, .open = open_request, .answer = answer, .refuse = refuse };
    struct telling t = { .o = o };

    FAIR_TRY(fair_http_listen("capture.view_listen", o->config->view_listen, a, &port, err));
    t.url = port.url;
    return fair_http_run(&port, &service, o->stop_fd, ready, &t, err);
}
