/* visit_net.c - what comes over the wire while a page is visited, and what the page tries. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/digest.h"
#include "browser/visit_private.h"

static fair_str
keep(struct fair_visiting *x, fair_str s)
{
    return s.p != NULL ? fair_str_dup(x->arena, s) : s;
}

static void
tell(struct fair_visiting *x, const char *session, const char *method, json_t *params)
{
    struct fair_err err = { 0 };

    if (fair_browser_tell(x->browser, session, method, params, &err) != FAIR_OK && x->lost.status == FAIR_OK) x->lost = err;
}

/* ---- heads ---------------------------------------------------------------------------------------- */

/* Lines of a header, as one name with its value on one line each; a merged value has newlines in it. */
static void
add_header(struct fair_buf *b, fair_str name, fair_str value)
{
    fair_str one;

    if (name.n == 0 || name.p[0] == ':') return;              /* HTTP/2's own are in the first line */
    while (fair_str_split(&value, '\n', &one)) {
        fair_buf_add(b, name);
        fair_buf_c(b, ": ");
        for (size_t i = 0; i < one.n; i++)
            if (one.p[i] != '\r') fair_buf_byte(b, one.p[i]);
        fair_buf_c(b, "\r\n");
    }
}

static fair_str
request_head(struct fair_visiting *x, const struct fair_visit_record *r, json_t *headers)
{
    struct fair_buf b = FAIR_BUF(x->arena, 256 * 1024);
    const char *from = memmem(r->url.p, r->url.n, "://", 3), *path, *key;
    size_t n;
    json_t *value;
    fair_str out;

    path = from != NULL ? memchr(from + 3, '/', r->url.n - (size_t)(from + 3 - r->url.p)) : NULL;
    n = path != NULL ? (size_t)(r->url.p + r->url.n - path) : 0;
    if (path != NULL && memchr(path, '#', n) != NULL) n = (size_t)((const char *)memchr(path, '#', n) - path);
    fair_buf_fmt(&b, "%.*s %.*s HTTP/1.1\r\n", FAIR_STR_ARG(r->method), path != NULL ? (int)n : 1, path != NULL ? path : "/");
    json_object_foreach(headers, key, value)
        if (json_is_string(value)) add_header(&b, fair_str_of(key), (fair_str){ json_string_value(value), json_string_length(value) });
    return fair_buf_take(&b, &out, NULL) == FAIR_OK ? out : (fair_str){ NULL, 0 };
}

/* Of Fetch.requestPaused: an array of names and values, in order. */
static fair_str
response_head(struct fair_visiting *x, int status, fair_str words, json_t *headers)
{
    struct fair_buf b = FAIR_BUF(x->arena, 512 * 1024);
    json_t *h;
    size_t i;
    fair_str out;

    fair_buf_fmt(&b, "HTTP/1.1 %d %.*s\r\n", status, words.n < 200 ? (int)words.n : 200, words.p != NULL ? words.p : "");
    json_array_foreach(headers, i, h) add_header(&b, fair_said_text(h, "name"), fair_said_text(h, "value"));
    return fair_buf_take(&b, &out, NULL) == FAIR_OK ? out : FAIR_STR("HTTP/1.1 200 (headers too long)\r\n");
}

static fair_str
header_value(json_t *headers, const char *name)
{
    json_t *h;
    size_t i;

    json_array_foreach(headers, i, h)
        if (fair_str_eq_nocase(fair_said_text(h, "name"), fair_str_of(name))) return fair_said_text(h, "value");
    return (fair_str){ NULL, 0 };
}

/* ---- records -------------------------------------------------------------------------------------- */

static struct fair_visit_record *
new_record(struct fair_visiting *x)
{
    struct fair_visit *v = x->v;

    if (v->n_records == FAIR_VISIT_RECORDS) {
        fair_visit_note(x, "More than %d requests were made; the later ones are not recorded.", FAIR_VISIT_RECORDS);
        return NULL;
    }
    if (v->records == NULL) v->records = fair_alloc_array(x->arena, FAIR_VISIT_RECORDS, sizeof *v->records);
    v->records[v->n_records] = (struct fair_visit_record){ .at = fair_now() };
    return &v->records[v->n_records++];
}

struct body { struct fair_visiting *x; struct fair_visit_record *r; fair_str session, paused; };

static void
take_body(void *arg, json_t *result)
{
    struct body *b = arg;
    struct fair_visiting *x = b->x;
    fair_str text = fair_said_text(result, "body"), raw = text;

    x->bodies_waiting--;
    if (result == NULL || text.p == NULL) b->r->body_note = "the browser no longer had it";
    else if (json_is_true(json_object_get(result, "base64Encoded")) && !fair_unbase64(x->arena, text, &raw)) b->r->body_note = "the browser's coding was broken";
    else if (raw.n > x->o->max_body) b->r->body_note = "too large";
    else if (x->bodies + raw.n > x->o->max_bodies) b->r->body_note = "all bodies together too large";
    else {
        b->r->body = raw.p == text.p ? fair_str_dup(x->arena, raw) : raw;
        x->bodies += raw.n;
    }
    tell(x, b->session.p, "Fetch.continueRequest", json_pack("{s:s}", "requestId", b->paused.p));
}

/* Why a body is not taken; NULL: take it. */
static const char *
leave_body(const struct fair_visiting *x, int status, fair_str type, json_t *headers)
{
    fair_str mime = header_value(headers, "content-type"), length = header_value(headers, "content-length");
    int64_t n = 0;

    if (status >= 300 && status < 400 && header_value(headers, "location").p != NULL) return "redirect";
    if (status == 204 || status == 304 || status < 200) return "none";
    if (length.p != NULL && fair_str_number(length, INT64_MAX, &n) && (uint64_t)n > x->o->max_body) return "too large";
    if (fair_str_eq(type, FAIR_STR("EventSource")) || fair_str_eq(type, FAIR_STR("Media")) || fair_str_starts(mime, FAIR_STR("text/event-stream")) ||
        fair_str_starts(mime, FAIR_STR("multipart/x-mixed-replace")) || fair_str_starts(mime, FAIR_STR("video/")) || fair_str_starts(mime, FAIR_STR("audio/")))
        return "a stream";
    return NULL;
}

/* An answer has come and waits for us. */
static void
paused(struct fair_visiting *x, const char *session, json_t *p)
{
    json_t *request = fair_said_object(p, "request"), *headers = json_object_get(p, "responseHeaders");
    fair_str id = fair_said_text(p, "requestId"), error = fair_said_text(p, "responseErrorReason"), type = fair_said_text(p, "resourceType");
    int status = (int)fair_said_number(p, "responseStatusCode");
    struct fair_visit_record *r = new_record(x);
    struct fair_err err = { 0 };

    if (r == NULL) {
        tell(x, session, "Fetch.continueRequest", json_pack("{s:s%}", "requestId", id.p != NULL ? id.p : "", id.n));
        return;
    }
    r->id = keep(x, fair_said_text(p, "networkId").p != NULL ? fair_said_text(p, "networkId") : id);
    r->url = keep(x, fair_said_text(request, "url"));
    r->method = keep(x, fair_said_text(request, "method"));
    r->type = keep(x, type);
    r->post = keep(x, fair_said_text(request, "postData"));
    r->request = request_head(x, r, fair_said_object(request, "headers"));
    r->status = status;
    if (error.p != NULL) r->failed = keep(x, error);
    else r->response = response_head(x, status, fair_said_text(p, "responseStatusText"), headers);
    r->body_note = error.p != NULL ? "no answer" : leave_body(x, status, type, headers);
    if (r->body_note == NULL) {
        struct body *b = FAIR_NEW(x->arena, struct body);
        *b = (struct body){ x, r, fair_str_dup(x->arena, fair_str_of(session)), keep(x, id) };
        if (fair_browser_ask(x->browser, session, "Fetch.getResponseBody", json_pack("{s:s}", "requestId", b->paused.p), take_body, b, &err) == FAIR_OK) {
            x->bodies_waiting++;
            return;
        }
        r->body_note = "too many at once";
    }
    tell(x, session, "Fetch.continueRequest", json_pack("{s:s%}", "requestId", id.p != NULL ? id.p : "", id.n));
}

/* Requests that never got so far as to be paused: no name, no connection, refused by the guard. */
static void
failed(struct fair_visiting *x, json_t *p)
{
    fair_str id = fair_said_text(p, "requestId"), why = fair_said_text(p, "errorText");
    json_t *sent = id.p != NULL ? json_object_get(x->under_way, id.p) : NULL;
    struct fair_visit_record *r;

    for (size_t i = 0; i < x->v->n_records; i++)
        if (fair_str_eq(x->v->records[i].id, id)) {
            if (x->v->records[i].body.p == NULL) x->v->records[i].failed = keep(x, why);
            return;
        }
    if (!json_is_object(sent) || !fair_str_starts(fair_said_text(sent, "url"), FAIR_STR("http")) || (r = new_record(x)) == NULL) return;
    r->id = keep(x, id);
    r->url = keep(x, fair_said_text(sent, "url"));
    r->method = keep(x, fair_said_text(sent, "method"));
    r->type = keep(x, fair_said_text(p, "type"));
    r->request = request_head(x, r, fair_said_object(sent, "headers"));
    r->failed = keep(x, why);
    r->body_note = "no answer";
}

/* Facts of an answer that the pause does not have. */
static void
received(struct fair_visiting *x, json_t *p)
{
    fair_str id = fair_said_text(p, "requestId");
    json_t *response = fair_said_object(p, "response"), *o;

    if (id.p == NULL || response == NULL || json_object_size(x->security) > FAIR_VISIT_RECORDS) return;
    o = json_object();
    json_object_set(o, "protocol", json_object_get(response, "protocol"));
    json_object_set(o, "securityDetails", json_object_get(response, "securityDetails"));
    json_object_set_new(x->security, id.p, o);
}

/* An answer of the proxy itself is none of the server's. */
static void
refused_by_us(struct fair_visiting *x, struct fair_visit_record *r, fair_str host, unsigned port)
{
    size_t n;
    const struct fair_proxy_seen *seen = fair_proxy_seen(x->proxy, &n);

    if (r->address.n > 0) return;
    for (size_t i = 0; i < n; i++)
        if (seen[i].refused && seen[i].line.port == port && fair_str_eq_nocase(seen[i].line.host, host)) {
            r->failed = fair_str_fmt(x->arena, "the proxy: %.*s", FAIR_STR_ARG(seen[i].line.words));
            r->response = r->body = (fair_str){ NULL, 0 };
            r->body_note = "no answer";
            r->status = 0;
            return;
        }
}

void
fair_visit_settle(struct fair_visiting *x)
{
    for (size_t i = 0; i < x->v->n_records; i++) {
        struct fair_visit_record *r = &x->v->records[i];
        json_t *sent = json_object_get(x->sent, r->id.p), *facts = json_object_get(x->security, r->id.p), *tls = fair_said_object(facts, "securityDetails");
        const char *host = memmem(r->url.p, r->url.n, "://", 3), *end;
        bool secure = fair_str_starts(r->url, FAIR_STR("https:"));
        unsigned port = secure ? 443 : 80;
        size_t hop = 0;

        for (size_t k = 0; k < i; k++) hop += fair_str_eq(x->v->records[k].id, r->id);
        if (json_is_object(json_array_get(sent, hop))) r->request = request_head(x, r, json_array_get(sent, hop));
        r->protocol = keep(x, fair_said_text(facts, "protocol"));
        if (tls != NULL) {
            char *text = json_dumps(tls, JSON_COMPACT | JSON_SORT_KEYS);
            if (text != NULL && strlen(text) < 65536) r->tls = fair_str_dup(x->arena, fair_str_of(text));
            free(text);
        }
        if (host == NULL) continue;
        host += 3;
        for (end = host; end < r->url.p + r->url.n && *end != '/' && *end != '?' && *end != '#';) end++;
        for (const char *at = end; at > host; at--)
            if (at[-1] == ':' && memchr(at, ']', (size_t)(end - at)) == NULL) {
                port = (unsigned)atoi(at);
                end = at - 1;
                break;
            } else if (at[-1] < '0' || at[-1] > '9') break;
        r->address = keep(x, fair_proxy_address(x->proxy, (fair_str){ host, (size_t)(end - host) }, port));
        refused_by_us(x, r, (fair_str){ host, (size_t)(end - host) }, port);
    }
}

/* ---- events ---------------------------------------------------------------------------------------- */

static void
note_sent(struct fair_visiting *x, json_t *p)
{
    fair_str id = fair_said_text(p, "requestId");
    json_t *list, *headers = fair_said_object(p, "headers");

    if (id.p == NULL || headers == NULL || json_object_size(x->sent) > FAIR_VISIT_RECORDS) return;
    list = json_object_get(x->sent, id.p);
    if (list == NULL) json_object_set_new(x->sent, id.p, list = json_array());
    if (json_array_size(list) < 50) json_array_append(list, headers);
}

static void
dialog(struct fair_visiting *x, const char *session, json_t *p)
{
    fair_str type = fair_said_text(p, "type"), words = fair_said_text(p, "message");
    bool leave = fair_str_eq(type, FAIR_STR("beforeunload"));

    fair_visit_note(x, "The page opened a dialog (%.*s: \"%.*s\"); it was %s.", type.n < 20 ? (int)type.n : 20, type.p != NULL ? type.p : "",
                    words.n < 200 ? (int)words.n : 200, words.p != NULL ? words.p : "", leave ? "let go" : "closed without an answer");
    tell(x, session, "Page.handleJavaScriptDialog", json_pack("{s:b}", "accept", leave));
}

static void
attached(struct fair_visiting *x, json_t *p)
{
    fair_str session = fair_said_text(p, "sessionId"), type = fair_said_text(fair_said_object(p, "targetInfo"), "type");
    struct fair_err err = { 0 };

    if (session.p == NULL) return;
    if (fair_visit_listen(x, fair_str_dup(x->arena, session).p, fair_str_eq(type, FAIR_STR("iframe")) || fair_str_eq(type, FAIR_STR("page")), &err) != FAIR_OK && x->lost.status == FAIR_OK)
        x->lost = err;
    tell(x, session.p, "Runtime.runIfWaitingForDebugger", NULL);
}

void
fair_visit_event(void *arg, const char *session, const char *method, json_t *p)
{
    struct fair_visiting *x = arg;
    bool ours = fair_str_eq(fair_str_of(session), x->session);
    fair_str id = fair_said_text(p, "requestId"), words;

    if (p == NULL) return;
    if (strcmp(method, "Fetch.requestPaused") == 0) {
        x->quiet_since = fair_ticks();
        paused(x, session, p);
    } else if (strcmp(method, "Network.requestWillBeSent") == 0) {
        x->quiet_since = fair_ticks();
        if (id.p != NULL && json_object_size(x->under_way) < 2 * FAIR_VISIT_RECORDS) json_object_set(x->under_way, id.p, fair_said_object(p, "request"));
    } else if (strcmp(method, "Network.requestWillBeSentExtraInfo") == 0) {
        note_sent(x, p);
    } else if (strcmp(method, "Network.responseReceived") == 0) {
        received(x, p);
    } else if (strcmp(method, "Network.loadingFinished") == 0 || strcmp(method, "Network.loadingFailed") == 0) {
        x->quiet_since = fair_ticks();
        if (strcmp(method, "Network.loadingFailed") == 0) failed(x, p);
        if (id.p != NULL) json_object_del(x->under_way, id.p);
    } else if (strcmp(method, "Page.loadEventFired") == 0 && ours) {
        x->loads++;
    } else if (strcmp(method, "Page.frameNavigated") == 0 && ours) {
        json_t *frame = fair_said_object(p, "frame");
        fair_str url = fair_said_text(frame, "url");
        if (json_object_get(frame, "parentId") != NULL || url.p == NULL) return;
        if (x->v->final_url.n > 0 && !fair_str_eq(x->v->final_url, url) && x->loads > 0)
            fair_visit_note(x, "The page went on to %.*s by itself.", url.n < 300 ? (int)url.n : 300, url.p);
        x->v->final_url = keep(x, url);
        x->frame = keep(x, fair_said_text(frame, "id"));
        x->navigated_away = true;
    } else if (strcmp(method, "Page.javascriptDialogOpening") == 0) {
        dialog(x, session, p);
    } else if (strcmp(method, "Page.windowOpen") == 0) {
        words = fair_said_text(p, "url");
        fair_visit_note(x, "The page tried to open a window (%.*s); it was not opened.", words.n < 200 ? (int)words.n : 200, words.p != NULL ? words.p : "");
    } else if (strcmp(method, "Browser.downloadWillBegin") == 0) {
        words = fair_said_text(p, "url");
        fair_visit_note(x, "The page began a download (%.*s); it was refused.", words.n < 300 ? (int)words.n : 300, words.p != NULL ? words.p : "");
    } else if (strcmp(method, "Inspector.targetCrashed") == 0 && ours) {
        x->crashed = true;
    } else if (strcmp(method, "Target.attachedToTarget") == 0) {
        if (!ours && session[0] == '\0') return;      /* the page itself: answered to whoever attached it */
        attached(x, p);
    } else if (strcmp(method, "Target.detachedFromTarget") == 0 && fair_str_eq(fair_said_text(p, "sessionId"), x->session)) {
        x->detached = true;
    }
}

fair_status
fair_visit_listen(struct fair_visiting *x, const char *session, bool page, struct fair_err *err)
{
    struct fair_browser *b = x->browser;

    FAIR_TRY(fair_browser_tell(b, session, "Network.enable", json_pack("{s:i, s:i, s:i}", "maxTotalBufferSize", 100 << 20, "maxResourceBufferSize", 50 << 20, "maxPostDataSize", 65536), err));
    FAIR_TRY(fair_browser_tell(b, session, "Network.setCacheDisabled", json_pack("{s:b}", "cacheDisabled", 1), err));
    FAIR_TRY(fair_browser_tell(b, session, "Network.setBypassServiceWorker", json_pack("{s:b}", "bypass", 1), err));
    if (page) {
        FAIR_TRY(fair_browser_tell(b, session, "Fetch.enable", json_pack("{s:[{s:s, s:s}]}", "patterns", "urlPattern", "*", "requestStage", "Response"), err));
        FAIR_TRY(fair_browser_tell(b, session, "Page.enable", NULL, err));
        FAIR_TRY(fair_browser_tell(b, session, "Inspector.enable", NULL, err));
    }
    return fair_browser_tell(b, session, "Target.setAutoAttach", json_pack("{s:b, s:b, s:b}", "autoAttach", 1, "waitForDebuggerOnStart", 1, "flatten", 1), err);
}
