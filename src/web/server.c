/* web/server.c - the dashboard as a service of the HTTP server. */
#include <sodium.h>
#include <stdlib.h>
#include "base/log.h"
#include "web/session_private.h"

#define CSP "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

static bool
open_request(void *self, struct fair_arena *a, const struct fair_raw *raw, void **request, size_t *body_max, struct fair_reply *re)
{
    struct fair_request *rq = FAIR_NEW(a, struct fair_request);
    fair_status s = fair_web_open(self, a, raw, fair_now(), rq, re);

    *request = rq;
    *body_max = rq->body_max;
    return s == FAIR_OK;
}

static void
answer(void *self, void *request, fair_str body, struct fair_reply *re)
{
    (void)self;
    fair_web_answer(request, body, re);
}

static void
refuse(void *self, void *request, const struct fair_err *err, struct fair_reply *re)
{
    (void)self;
    fair_web_sorry(request, err, re);
}

fair_status
fair_web_new(const struct fair_web_options *o, unsigned port, struct fair_web **out, struct fair_err *err)
{
    FAIR_AUTO(web) struct fair_web *w = fair_xcalloc(1, sizeof *w);
    struct fair_org org;
    fair_status s;

    w->o = o;
    w->arena = fair_arena_new();
    if (sodium_init() < 0) return fair_fail(err, FAIR_IO, "libsodium does not start");
    if (o->factor_key == NULL) return fair_fail(err, FAIR_INVALID, "the server was given no key for second factors");
    FAIR_TRY(fair_factors_seal_old(o->store, o->factor_key, err));
    if (o->config->public_url.n > 0) FAIR_TRY(fair_http_public_url("web.public_url", o->config->public_url, w->arena, &w->secure, &w->url, &w->host, err));
    w->cookie = w->secure ? FAIR_STR("__Host-fairtrack") : fair_str_fmt(w->arena, "fairtrack-%u", port);
    FAIR_TRY(fair_web_password(FAIR_STR("nobody has this one"), FAIR_STR(""), w->arena, &w->dummy, err));
    FAIR_TRY(fair_templates_open(fair_web_files, fair_n_web_files, o->dir, w->arena, &w->templates, err));
    s = fair_store_org_first(o->store, w->arena, &org, err);
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    w->first_org = s == FAIR_OK ? org.id : 0;
    *out = w;
    w = NULL;
    return FAIR_OK;
}

void
fair_web_free(struct fair_web **w)
{
    if (*w == NULL) return;
    fair_arena_free(&(*w)->arena);
    free(*w);
    *w = NULL;
}

static fair_status
ready(void *arg, struct fair_err *err)
{
    struct fair_web *w = arg;

    fair_log(FAIR_LOG_INFO, "web.ready url=%.*s", FAIR_STR_ARG(w->url));
    return w->o->ready != NULL ? w->o->ready(w->o->arg, w->url, err) : FAIR_OK;
}

fair_status
fair_web_run(const struct fair_web_options *o, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(http_port) struct fair_http_port port = { .fd = -1 };
    FAIR_AUTO(web) struct fair_web *w = NULL;
    struct fair_http_service service = { .name = "web", .csp = CSP, .open = open_request, .answer = answer, .refuse = refuse };

    FAIR_TRY(fair_http_listen("web.listen", o->config->listen, a, &port, err));
    FAIR_TRY(fair_web_new(o, port.port, &w, err));
    if (w->url.n == 0) w->url = port.url;
    service.self = w;
    service.secure = w->secure;
    return fair_http_run(&port, &service, o->stop_fd, ready, w, err);
}
