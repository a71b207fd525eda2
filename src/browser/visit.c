/* visit.c - the steps of a visit. */
#include "browser/visit_private.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"

extern const struct fair_embedded { const char *name; const unsigned char *bytes; size_t n; } fair_browser_scripts[];

const struct fair_visit_options fair_visit_standard = { .program = "/usr/bin/chromium", .user = "nobody", .seconds = 30, .width = 1366, .height = 768,
    .max_height = 40000, .max_body = (size_t)48 << 20, .max_bodies = (size_t)160 << 20 };

enum { QUIET_MS = 600, STEP_MS = 120, SCROLL_S = 20, STEPS = 120 };
#define SAID_TEXT 8192
#define PLACES 3000

void
fair_visit_note(struct fair_visiting *x, const char *fmt, ...)
{
    struct fair_visit *v = x->v;
    char text[1200];
    fair_str line;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    line = fair_utf8_mend(x->arena, fair_str_of(text));
    line = fair_str_dup(x->arena, line);
    if (v->n_notes >= FAIR_VISIT_NOTES || json_object_get(x->noted, line.p) != NULL) return;
    if (v->notes == NULL) v->notes = fair_alloc_array(x->arena, FAIR_VISIT_NOTES, sizeof *v->notes);
    json_object_set_new(x->noted, line.p, json_true());
    v->notes[v->n_notes++] = line;
}

fair_status
fair_visit_try(struct fair_visiting *x, const char *what, const char *method, json_t *params, json_t **result, struct fair_err *err)
{
    struct fair_err why = { 0 };
    fair_status s = fair_browser_call(x->browser, x->session.p, method, params, (int)x->o->seconds * 1000, result, &why);

    if (s == FAIR_OK) return FAIR_OK;
    if (s == FAIR_IO || x->crashed || x->detached) return fair_fail(err, FAIR_IO, "%s", why.text);
    fair_visit_note(x, "%s could not be taken: %s", what, why.text);
    if (result != NULL) *result = NULL;
    return FAIR_OK;
}

static fair_status
alive(struct fair_visiting *x, struct fair_err *err)
{
    if (x->lost.status != FAIR_OK) return fair_fail(err, x->lost.status, "%s", x->lost.text);
    if (x->crashed || x->detached) return fair_fail(err, FAIR_IO, "the page's process crashed");
    if (x->o->stopped != NULL && x->o->stopped(x->o->arg)) return fair_fail(err, FAIR_AGAIN, "stopped");
    return FAIR_OK;
}

static fair_status
pump(struct fair_visiting *x, int ms, struct fair_err *err)
{
    FAIR_TRY(fair_browser_pump(x->browser, ms, fair_proxy_fd(x->proxy), err));
    FAIR_TRY(fair_proxy_hear(x->proxy, err));
    return alive(x, err);
}

fair_status
fair_visit_wait(struct fair_visiting *x, int ms, int quiet_ms, struct fair_err *err)
{
    fair_time until = fair_ticks() + (fair_time)ms * 1000;

    x->quiet_since = fair_ticks();
    while (fair_ticks() < until) {
        FAIR_TRY(pump(x, 50, err));
        if (json_object_size(x->under_way) == 0 && x->bodies_waiting == 0 && fair_ticks() - x->quiet_since > (fair_time)quiet_ms * 1000) return FAIR_OK;
    }
    return FAIR_OK;
}

/* ---- starting ---------------------------------------------------------------------------------------- */

static fair_status
attach(struct fair_visiting *x, struct fair_err *err)
{
    json_t *r = NULL, *one;
    fair_str id = { NULL, 0 };
    size_t i;

    FAIR_TRY(fair_browser_call(x->browser, NULL, "Target.getTargets", NULL, 10000, &r, err));
    json_array_foreach(json_object_get(r, "targetInfos"), i, one)
        if (fair_str_eq(fair_said_text(one, "type"), FAIR_STR("page"))) id = fair_str_dup(x->arena, fair_said_text(one, "targetId"));
    json_decref(r);
    if (id.n == 0) return fair_fail(err, FAIR_CORRUPT, "the browser has no page");
    FAIR_TRY(fair_browser_call(x->browser, NULL, "Target.attachToTarget", json_pack("{s:s, s:b}", "targetId", id.p, "flatten", 1), 10000, &r, err));
    x->session = fair_str_dup(x->arena, fair_said_text(r, "sessionId"));
    json_decref(r);
    return x->session.n > 0 ? FAIR_OK : fair_fail(err, FAIR_CORRUPT, "the browser gave no session");
}

static fair_status
prepare(struct fair_visiting *x, struct fair_err *err)
{
    const struct fair_visit_options *o = x->o;
    json_t *r = NULL;
    fair_str agent;

    FAIR_TRY(attach(x, err));
    fair_browser_on(x->browser, fair_visit_event, x);
    FAIR_TRY(fair_browser_call(x->browser, NULL, "Browser.getVersion", NULL, 10000, &r, err));
    agent = fair_said_text(r, "userAgent");
    x->v->agent = fair_str_fmt(x->arena, "%.*s%s%.*s", FAIR_STR_ARG(agent), o->agent.n > 0 ? " " : "", FAIR_STR_ARG(o->agent));
    json_decref(r);
    FAIR_TRY(fair_browser_call(x->browser, NULL, "Browser.setDownloadBehavior", json_pack("{s:s, s:b}", "behavior", "deny", "eventsEnabled", 1), 10000, NULL, err));
    FAIR_TRY(fair_visit_listen(x, x->session.p, true, err));
    FAIR_TRY(fair_browser_call(x->browser, x->session.p, "Network.setUserAgentOverride", json_pack("{s:s%}", "userAgent", x->v->agent.p, x->v->agent.n), 10000, NULL, err));
    FAIR_TRY(fair_browser_call(x->browser, x->session.p, "Emulation.setDeviceMetricsOverride", json_pack("{s:i, s:i, s:i, s:b}", "width", (int)o->width, "height", (int)o->height,
        "deviceScaleFactor", 1, "mobile", 0), 10000, NULL, err));
    return FAIR_OK;
}

/* ---- reading the page ---------------------------------------------------------------------------------- */

/* Run a script in a world of its own on the page; *value is new, NULL where it could not (noted). */
static fair_status
evaluate(struct fair_visiting *x, const char *what, fair_str script, json_t **value, struct fair_err *err)
{
    json_t *r = NULL;
    int64_t world;

    *value = NULL;
    if (x->frame.n == 0) return FAIR_OK;
    FAIR_TRY(fair_visit_try(x, what, "Page.createIsolatedWorld", json_pack("{s:s, s:s}", "frameId", x->frame.p, "worldName", "fairtrack"), &r, err));
    if (r == NULL) return FAIR_OK;
    world = (int64_t)fair_said_number(r, "executionContextId");
    json_decref(r);
    FAIR_TRY(fair_visit_try(x, what, "Runtime.evaluate", json_pack("{s:s%, s:I, s:b, s:i}", "expression", script.p, script.n, "contextId", (json_int_t)world,
        "returnByValue", 1, "timeout", 15000), &r, err));
    if (r == NULL) return FAIR_OK;
    *value = json_object_get(fair_said_object(r, "result"), "value");
    if (*value != NULL) json_incref(*value);
    else fair_visit_note(x, "%s could not be read from the page.", what);
    json_decref(r);
    return FAIR_OK;
}

static fair_str
said(struct fair_visiting *x, const json_t *o, const char *key)
{
    fair_str s = fair_said_text(o, key);

    if (s.n > SAID_TEXT) s.n = SAID_TEXT;
    return s.n > 0 ? fair_utf8_mend(x->arena, fair_str_dup(x->arena, s)) : (fair_str){ NULL, 0 };
}

static void
said_box(const json_t *o, double box[4])
{
    for (size_t i = 0; i < 4; i++) {
        double v = json_number_value(json_array_get(json_object_get(o, "box"), i));
        box[i] = v > -1e7 && v < 1e7 ? v : 0;
    }
}

static void
take_places(struct fair_visiting *x, json_t *list)
{
    size_t n = json_array_size(list) < PLACES ? json_array_size(list) : PLACES;

    x->v->places = fair_alloc_array(x->arena, n + 1, sizeof *x->v->places);
    for (size_t i = 0; i < n; i++) {
        const json_t *o = json_array_get(list, i);
        struct fair_visit_place *p = &x->v->places[x->v->n_places++];
        *p = (struct fair_visit_place){ .url = said(x, o, "url"), .kind = said(x, o, "kind"), .alt = said(x, o, "alt"), .title = said(x, o, "title"),
            .caption = said(x, o, "caption"), .near = said(x, o, "near"), .shown = json_is_true(json_object_get(o, "shown")) };
        said_box(o, p->box);
        for (size_t k = 0; k < 2; k++) {
            double v = json_number_value(json_array_get(json_object_get(o, "natural"), k));
            p->natural[k] = v > 0 && v < 1e6 ? (int64_t)v : 0;
        }
    }
}

static void
take_links(struct fair_visiting *x, json_t *list, const char *kind, struct fair_visit_link **v, size_t *n)
{
    size_t most = json_array_size(list) < 100 ? json_array_size(list) : 100;

    *v = fair_alloc_array(x->arena, most + 1, sizeof **v);
    for (*n = 0; *n < most; (*n)++) {
        const json_t *o = json_array_get(list, *n);
        (*v)[*n] = (struct fair_visit_link){ said(x, o, kind), said(x, o, "url"), said(x, o, "text") };
    }
}

static void
take_banners(struct fair_visiting *x, json_t *list)
{
    struct fair_visit *v = x->v;
    size_t most = json_array_size(list) < 20 ? json_array_size(list) : 20;

    v->banners = fair_alloc_array(x->arena, most + 1, sizeof *v->banners);
    for (size_t i = 0; i < most; i++) {
        const json_t *o = json_array_get(list, i);
        struct fair_visit_banner *b = &v->banners[v->n_banners++];
        struct fair_buf names = FAIR_BUF(x->arena, 1024);
        json_t *one;
        size_t k;
        json_array_foreach(json_object_get(o, "buttons"), k, one) {
            if (k > 0) fair_buf_c(&names, " | ");
            if (json_is_string(one)) fair_buf_add(&names, (fair_str){ json_string_value(one), json_string_length(one) });
        }
        *b = (struct fair_visit_banner){ .text = said(x, o, "text"), .buttons = { names.p, names.n } };
        said_box(o, b->box);
        fair_visit_note(x, "Something stands over the page that looks like a cookie banner (\"%.*s\"); it was left as it was.", b->text.n < 160 ? (int)b->text.n : 160, b->text.p != NULL ? b->text.p : "");
    }
}

static fair_status
read_page(struct fair_visiting *x, struct fair_err *err)
{
    fair_str script = { (const char *)fair_browser_scripts[0].bytes, fair_browser_scripts[0].n };
    struct fair_visit *v = x->v;
    json_t *o = NULL;
    double w, h;

    FAIR_TRY(evaluate(x, "What stands on the page", script, &o, err));
    v->width = x->o->width;
    v->height = x->o->height;
    v->page_width = v->width;
    v->page_height = v->height;
    if (o == NULL) return FAIR_OK;
    v->title = said(x, o, "title");
    w = fair_said_number(o, "page_width");
    h = fair_said_number(o, "page_height");
    if (w > 0 && w < 1e6) v->page_width = (int64_t)w;
    if (h > 0 && h < 1e9) v->page_height = (int64_t)h;
    if (v->page_width > 4096) fair_visit_note(x, "The page is %lld pixels wide; the pictures show the first 4096.", (long long)v->page_width);
    if (v->page_width > 4096) v->page_width = 4096;
    if (v->page_width < v->width) v->page_width = v->width;
    if (v->page_height < v->height) v->page_height = v->height;
    take_places(x, json_object_get(o, "pictures"));
    take_links(x, json_object_get(o, "links"), "kind", &v->links, &v->n_links);
    take_links(x, json_object_get(o, "licences"), "by", &v->licences, &v->n_licences);
    take_banners(x, json_object_get(o, "banners"));
    json_decref(o);
    return FAIR_OK;
}

/* ---- the steps ------------------------------------------------------------------------------------------- */

static fair_status
navigate(struct fair_visiting *x, fair_str url, struct fair_err *err)
{
    fair_time until = fair_ticks() + x->o->seconds * FAIR_SECOND;
    json_t *r = NULL;
    fair_str fault;
    struct fair_err why = { 0 };
    fair_status s = fair_browser_call(x->browser, x->session.p, "Page.navigate", json_pack("{s:s%}", "url", url.p, url.n), (int)x->o->seconds * 1000, &r, &why);

    if (s == FAIR_LIMIT) x->v->fault = fair_str_fmt(x->arena, "no answer within %u s", x->o->seconds);
    else if (s == FAIR_INVALID) x->v->fault = fair_str_dup(x->arena, fair_str_of(why.text));
    else if (s != FAIR_OK) return fair_fail(err, s, "%s", why.text);
    fault = fair_said_text(r, "errorText");
    if (fault.n > 0) x->v->fault = fair_str_dup(x->arena, fault);
    json_decref(r);
    if (x->v->fault.n > 0) return fair_visit_wait(x, 1000, 200, err);
    while (x->loads == 0 && fair_ticks() < until) FAIR_TRY(pump(x, 100, err));
    /* Its answer has not come whole, so that the browser shows nothing of it: that is no page without the picture. */
    if (x->loads == 0 && (x->v->final_url.n == 0 || fair_str_starts(x->v->final_url, FAIR_STR("about:")))) {
        x->v->fault = fair_str_fmt(x->arena, "its answer was not whole within %u s", x->o->seconds);
        return fair_visit_wait(x, 1000, 200, err);
    }
    if (x->loads == 0) fair_visit_note(x, "The page had not loaded whole within %u seconds; it is captured as it stood then.", x->o->seconds);
    x->v->loaded = fair_now();
    return fair_visit_wait(x, (int)((until - fair_ticks()) / 1000) > 3000 ? (int)((until - fair_ticks()) / 1000) : 3000, QUIET_MS, err);
}

/* Down the page a window at a time, so that what loads lazily loads, and back up.  Endless pages end at a bound. */
static fair_status
scroll(struct fair_visiting *x, struct fair_err *err)
{
    fair_time until = fair_ticks() + SCROLL_S * FAIR_SECOND;
    int64_t y = 0, first = 0, height = 0, at_bottom = -1;
    const char *bound = NULL;
    json_t *o = NULL;

    for (int i = 0; bound == NULL; i++) {
        fair_str script = fair_str_fmt(x->arena, "(() => { scrollTo({left: 0, top: %lld, behavior: 'instant'}); const d = document.documentElement; "
                                       "return {height: Math.max(d.scrollHeight, document.body ? document.body.scrollHeight : 0)}; })()", (long long)y);
        FAIR_TRY(evaluate(x, "The page's height", script, &o, err));
        if (o == NULL) return FAIR_OK;
        height = (int64_t)fair_said_number(o, "height");
        json_decref(o);
        if (i == 0) first = height;
        FAIR_TRY(fair_visit_wait(x, STEP_MS * 6, STEP_MS, err));
        /* At the bottom twice without anything new there: this is its end. */
        if (y + x->o->height >= height) {
            if (height == at_bottom) break;
            at_bottom = height;
            FAIR_TRY(fair_visit_wait(x, QUIET_MS, QUIET_MS / 2, err));
            continue;
        }
        y += x->o->height;
        if (y > x->o->max_height) bound = "its height";
        if (i >= STEPS || fair_ticks() > until) bound = "time";
    }
    if (height > first) fair_visit_note(x, "The page grew from %lld to %lld pixels while it was scrolled through.", (long long)first, (long long)height);
    if (bound != NULL) fair_visit_note(x, "Scrolling ended at row %lld of a page of %lld, bounded by %s.", (long long)y, (long long)height, bound);
    FAIR_TRY(evaluate(x, "The page's top", FAIR_STR("scrollTo({left: 0, top: 0, behavior: 'instant'}); 1"), &o, err));
    json_decref(o);
    return fair_visit_wait(x, 3000, QUIET_MS, err);
}

/* The certificates of each origin that came over TLS. */
static fair_status
chains(struct fair_visiting *x, struct fair_err *err)
{
    struct fair_visit *v = x->v;

    v->chains = fair_alloc_array(x->arena, 8, sizeof *v->chains);
    for (size_t i = 0; i < v->n_records && v->n_chains < 8; i++) {
        fair_str url = v->records[i].url, origin;
        const char *slash = url.n > 8 ? memchr(url.p + 8, '/', url.n - 8) : NULL;
        json_t *r = NULL, *one;
        struct fair_buf pem;
        bool known = false;
        size_t k;
        if (!fair_str_starts(url, FAIR_STR("https://")) || v->records[i].response.n == 0) continue;
        origin = (fair_str){ url.p, slash != NULL ? (size_t)(slash - url.p) : url.n };
        for (k = 0; k < v->n_chains; k++) known |= fair_str_eq(v->chains[k].origin, origin);
        if (known) continue;
        FAIR_TRY(fair_visit_try(x, "a certificate chain", "Network.getCertificate", json_pack("{s:s%}", "origin", origin.p, origin.n), &r, err));
        if (r == NULL) continue;
        pem = FAIR_BUF(x->arena, 65536);
        json_array_foreach(json_object_get(r, "tableNames"), k, one) {
            fair_str b64 = json_is_string(one) ? (fair_str){ json_string_value(one), json_string_length(one) } : (fair_str){ NULL, 0 };
            if (k >= 10 || b64.n == 0) continue;
            fair_buf_c(&pem, "-----BEGIN CERTIFICATE-----\n");
            for (size_t at = 0; at < b64.n; at += 64) fair_buf_fmt(&pem, "%.*s\n", (int)(b64.n - at < 64 ? b64.n - at : 64), b64.p + at);
            fair_buf_c(&pem, "-----END CERTIFICATE-----\n");
            v->chains[v->n_chains].n++;
        }
        v->chains[v->n_chains].origin = fair_str_dup(x->arena, origin);
        v->chains[v->n_chains++].pem = (fair_str){ pem.p, pem.n };
        json_decref(r);
    }
    return FAIR_OK;
}

/* The DOM's digest before and after: does the page change by itself? */
static fair_status
still(struct fair_visiting *x, fair_str *digest, struct fair_err *err)
{
    json_t *o = NULL;

    FAIR_TRY(evaluate(x, "The page's text", FAIR_STR("(() => { let h = 0, t = document.documentElement.outerHTML; for (let i = 0; i < t.length; i++) h = (h * 31 + t.charCodeAt(i)) | 0; "
                                                     "return {h: t.length + ':' + h}; })()"), &o, err));
    *digest = said(x, o, "h");
    json_decref(o);
    return FAIR_OK;
}

static fair_status
steps(struct fair_visiting *x, fair_str url, struct fair_err *err)
{
    struct fair_visit *v = x->v;
    fair_str before, after;

    FAIR_TRY(prepare(x, err));
    v->started = fair_now();
    FAIR_TRY(navigate(x, url, err));
    for (size_t i = 0; i < v->n_records; i++)
        if (fair_str_eq(v->records[i].type, FAIR_STR("Document"))) v->status = v->records[i].status;
    if (v->fault.n == 0) {
        v->width = x->o->width;
        v->height = x->o->height;
        FAIR_TRY(fair_visit_viewport(x, err));
        FAIR_TRY(scroll(x, err));
        FAIR_TRY(still(x, &before, err));
        FAIR_TRY(read_page(x, err));
        v->ended = fair_now();
        FAIR_TRY(fair_visit_full_page(x, err));
        FAIR_TRY(fair_visit_files(x, err));
        FAIR_TRY(still(x, &after, err));
        v->changed = !fair_str_eq(before, after);
        if (v->changed) fair_visit_note(x, "The page changed while it was captured: picture, DOM and files may differ in what changes by itself.");
        FAIR_TRY(fair_visit_wait(x, 2000, 100, err));
        FAIR_TRY(chains(x, err));
    }
    v->ended = fair_now();
    return alive(x, err);
}

static fair_status
attempt(const struct fair_visit_options *o, struct fair_proxy *proxy, fair_str url, struct fair_arena *a, struct fair_visit *out, struct fair_err *err)
{
    struct fair_browser_options b = { .program = o->program, .user = o->user, .folder = o->folder, .proxy_port = fair_proxy_port(proxy), .width = o->width, .height = o->height };
    struct fair_visiting x = { .o = o, .arena = a, .proxy = proxy, .v = out };
    fair_status s;

    *out = (struct fair_visit){ .url = fair_str_dup(a, url), .started = fair_now() };
    FAIR_TRY(fair_browser_open(&b, a, &out->version, &x.browser, err));
    x.under_way = json_object();
    x.sent = json_object();
    x.security = json_object();
    x.noted = json_object();
    s = steps(&x, url, err);
    fair_browser_free(&x.browser);
    if (fair_proxy_hear(proxy, err) == FAIR_OK) fair_visit_settle(&x);
    json_decref(x.under_way);
    json_decref(x.sent);
    json_decref(x.security);
    json_decref(x.noted);
    return s;
}

fair_status
fair_visit_page(const struct fair_visit_options *o, struct fair_proxy *proxy, fair_str url, struct fair_arena *a, struct fair_visit *out, struct fair_err *err)
{
    struct fair_err first = { 0 };
    fair_status s = attempt(o, proxy, url, a, out, &first);

    if (s != FAIR_IO && s != FAIR_CORRUPT) {
        if (s != FAIR_OK) *err = first;
        return s;
    }
    FAIR_TRY(attempt(o, proxy, url, a, out, err));
    if (out->notes == NULL) out->notes = fair_alloc_array(a, FAIR_VISIT_NOTES, sizeof *out->notes);
    if (out->n_notes < FAIR_VISIT_NOTES) out->notes[out->n_notes++] = fair_str_fmt(a, "The browser ended in the first attempt (%.300s); this is the second.", first.text);
    return FAIR_OK;
}
