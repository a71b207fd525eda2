/* capture.c - one capture: the page by a browser or without, and everything about it as records and files. */
#include "work/capture_private.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "source/url.h"

#define PAGE_BYTES ((size_t)32 << 20)

void
fair_capture_note(struct fair_capturing *x, const char *fmt, ...)
{
    struct fair_capture_facts *f = &x->c->facts;
    char text[1400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (f->n_notes == FAIR_CAPTURE_NOTES) return;
    x->notes[f->n_notes++] = fair_utf8_mend(x->arena, fair_str_dup(x->arena, fair_str_of(text)));
    f->notes = x->notes;
}

size_t
fair_capture_record(struct fair_capturing *x, const struct fair_warc_put *put, size_t with)
{
    struct fair_capture *c = x->c;

    if (c->n_records == FAIR_CAPTURE_RECORDS) return 0;
    c->records[c->n_records++] = (struct fair_capture_record){ *put, with };
    return c->n_records;
}

fair_str
fair_capture_header(fair_str head, const char *name)
{
    fair_str line, key, want = fair_str_of(name);

    while (fair_str_split(&head, '\n', &line)) {
        fair_str value = line;
        if (fair_str_split(&value, ':', &key) && value.p != NULL && fair_str_eq_nocase(fair_str_trim(key), want)) return fair_str_trim(value);
    }
    return (fair_str){ NULL, 0 };
}

fair_str
fair_capture_canonical(struct fair_arena *a, fair_str url)
{
    struct fair_url u;

    if (fair_url_parse(a, url, NULL, &u, NULL) != FAIR_OK) return (fair_str){ NULL, 0 };
    return fair_url_canonical(a, &u);
}

fair_str
fair_capture_host(struct fair_arena *a, fair_str url)
{
    struct fair_url u;

    if (fair_url_parse(a, url, NULL, &u, NULL) != FAIR_OK || u.host.n == 0) return (fair_str){ NULL, 0 };
    if (u.host.p[0] == '[') return fair_str_dup(a, (fair_str){ u.host.p + 1, u.host.n - 2 });
    return fair_str_dup(a, u.host);
}

static fair_str
without_end(fair_str head)
{
    while (head.n > 0 && (head.p[head.n - 1] == '\n' || head.p[head.n - 1] == '\r')) head.n--;
    return head;
}

/* The lines of an archive's head end in CR LF whatever the wire had. */
static fair_str
with_crlf(struct fair_arena *a, fair_str head)
{
    struct fair_buf b = FAIR_BUF(a, 2 * head.n + 64);
    fair_str line;

    head = without_end(head);
    while (fair_str_split(&head, '\n', &line)) {
        if (line.n > 0 && line.p[line.n - 1] == '\r') line.n--;
        fair_buf_add(&b, line);
        fair_buf_c(&b, "\r\n");
    }
    return (fair_str){ b.p, b.n };
}

size_t
fair_capture_fetched(struct fair_capturing *x, const struct fair_fetch_reply *r, fair_str url, fair_time at)
{
    struct fair_arena *a = x->arena;
    struct fair_warc_put put = { .kind = FAIR_WARC_RESPONSE, .uri = r->url.n > 0 ? r->url : url, .ip = r->address[0] != '\0' ? fair_str_dup(a, fair_str_of(r->address)) : (fair_str){ NULL, 0 }, .at = at };
    const char *path = memmem(put.uri.p, put.uri.n, "://", 3);
    fair_str host;
    size_t response;

    if (r->http == 0) return 0;
    put.body = r->body;
    put.http = without_end(fair_warc_http_plain(a, with_crlf(a, r->headers), r->body.n));
    if (r->cut) put.truncated = FAIR_STR("length");
    response = fair_capture_record(x, &put, 0);
    if (path == NULL) return response;
    path += 3;
    host = (fair_str){ path, 0 };
    while (host.p + host.n < put.uri.p + put.uri.n && host.p[host.n] != '/') host.n++;
    put = (struct fair_warc_put){ .kind = FAIR_WARC_REQUEST, .uri = put.uri, .at = at,
        .http = fair_str_fmt(a, "GET %.*s HTTP/1.1\r\nHost: %.*s\r\nUser-Agent: %.*s", (int)(put.uri.p + put.uri.n - host.p - host.n), host.p + host.n, FAIR_STR_ARG(host),
                             FAIR_STR_ARG(x->c->facts.agent)) };
    (void)fair_capture_record(x, &put, response);
    return response;
}

/* ---- with a browser ---------------------------------------------------------------------------------------- */

/* Whose server it was by its certificate, in a sentence. */
static void
tell_tls(struct fair_capturing *x, const struct fair_visit_record *r)
{
    json_t *o = json_loadb(r->tls.p, r->tls.n, 0, NULL), *scts = json_object_get(o, "signedCertificateTimestampList");
    double from = fair_said_number(o, "validFrom"), until = fair_said_number(o, "validTo");
    fair_str subject = fair_said_text(o, "subjectName"), issuer = fair_said_text(o, "issuer"), protocol = fair_said_text(o, "protocol");

    if (from > 0 && from < 4e9 && until > 0 && until < 1e11)
        fair_capture_note(x, "The page came over %.*s; its server's certificate is for \"%.*s\", issued by \"%.*s\", valid from %.10s until %.10s, with %zu signed certificate time stamps. The chain is in the archive.",
                          protocol.n < 40 ? (int)protocol.n : 40, protocol.p != NULL ? protocol.p : "TLS", subject.n < 200 ? (int)subject.n : 200, subject.p != NULL ? subject.p : "?",
                          issuer.n < 200 ? (int)issuer.n : 200, issuer.p != NULL ? issuer.p : "?", fair_time_text(x->arena, (fair_time)from * FAIR_SECOND).p,
                          fair_time_text(x->arena, (fair_time)until * FAIR_SECOND).p, json_array_size(scts));
    json_decref(o);
}

static void
put_visit(struct fair_capturing *x)
{
    const struct fair_visit *v = &x->c->visit;
    struct fair_arena *a = x->arena;
    size_t failures = 0;

    for (size_t i = 0; i < v->n_records; i++) {
        const struct fair_visit_record *r = &v->records[i];
        struct fair_warc_put put = { .kind = FAIR_WARC_RESPONSE, .uri = r->url, .ip = r->address, .at = r->at, .body = r->body };
        size_t place = 0;
        if (r->response.n > 0) {
            put.http = without_end(fair_warc_http_plain(a, r->response, r->body.n));
            if (r->body.p == NULL && r->body_note != NULL && strcmp(r->body_note, "redirect") != 0 && strcmp(r->body_note, "none") != 0) {
                put.truncated = FAIR_STR("unspecified");
                fair_capture_note(x, "The body of %.*s is not kept: %s.", r->url.n < 300 ? (int)r->url.n : 300, r->url.p, r->body_note);
            }
            place = fair_capture_record(x, &put, 0);
            if (fair_str_eq(r->type, FAIR_STR("Document")) && x->page_record == 0 && r->status / 100 != 3) {
                x->page_record = place;
                x->page_address = r->address;
                x->server_date = fair_capture_header(r->response, "Date");
                x->server_date_at = r->at;
            }
        } else if (failures++ < 20) {
            fair_capture_note(x, "No answer to %.*s: %.*s.", r->url.n < 300 ? (int)r->url.n : 300, r->url.p, FAIR_STR_ARG(r->failed));
        }
        put = (struct fair_warc_put){ .kind = FAIR_WARC_REQUEST, .uri = r->url, .ip = r->address, .at = r->at, .http = without_end(r->request), .body = r->post };
        if (r->request.n > 0) (void)fair_capture_record(x, &put, place);
        if (r->tls.n > 0 && place > 0) {
            put = (struct fair_warc_put){ .kind = FAIR_WARC_METADATA, .uri = r->url, .mime = FAIR_STR("application/json"), .at = r->at, .body = r->tls };
            if (place == x->page_record) {
                (void)fair_capture_record(x, &put, place);
                tell_tls(x, r);
            }
        }
    }
    if (failures > 20) fair_capture_note(x, "%zu more requests got no answer.", failures - 20);
}

static void
put_file(struct fair_capturing *x, const char *name, const char *mime, fair_str bytes)
{
    struct fair_capture *c = x->c;
    struct fair_warc_put put = { .kind = FAIR_WARC_RESOURCE, .mime = fair_str_of(mime), .at = c->facts.ended, .body = bytes };

    if (bytes.n == 0) return;
    put.uri = fair_str_fmt(x->arena, "urn:fairtrack:%s:%.*s", name, FAIR_STR_ARG(c->facts.final_url));
    (void)fair_capture_record(x, &put, x->page_record);
    c->files[c->n_files++] = (struct fair_package_file){ fair_str_fmt(x->arena, "exhibits/%s", name), bytes };
}

static void
put_json(struct fair_capturing *x, const char *name, json_t *o)
{
    char *text = json_dumps(o, JSON_INDENT(1) | JSON_SORT_KEYS);
    struct fair_warc_put put = { .kind = FAIR_WARC_METADATA, .mime = FAIR_STR("application/json"), .at = x->c->facts.ended };

    json_decref(o);
    if (text == NULL) return;
    put.uri = fair_str_fmt(x->arena, "urn:fairtrack:%s:%.*s", name, FAIR_STR_ARG(x->c->facts.final_url));
    put.body = fair_str_dup(x->arena, fair_str_of(text));
    free(text);
    (void)fair_capture_record(x, &put, x->page_record);
}

static void
set(json_t *o, const char *key, fair_str s)
{
    json_object_set_new(o, key, s.p != NULL ? json_stringn(s.p, s.n) : json_null());
}

/* What stands on the page, and what the proxy carried. */
static void
put_findings(struct fair_capturing *x)
{
    const struct fair_visit *v = &x->c->visit;
    json_t *o = json_object(), *list = json_array();
    const struct fair_proxy_seen *seen;
    size_t n;

    for (size_t i = 0; i < v->n_places; i++) {
        const struct fair_visit_place *p = &v->places[i];
        json_t *one = json_pack("{s:[f,f,f,f], s:[I,I], s:b}", "box", p->box[0], p->box[1], p->box[2], p->box[3], "natural", (json_int_t)p->natural[0], (json_int_t)p->natural[1], "shown", p->shown);
        set(one, "url", p->url);
        set(one, "kind", p->kind);
        set(one, "alt", p->alt);
        set(one, "title", p->title);
        set(one, "caption", p->caption);
        set(one, "near", p->near);
        json_array_append_new(list, one);
    }
    json_object_set_new(o, "pictures", list);
    list = json_array();
    for (size_t i = 0; i < v->n_banners; i++) {
        json_t *one = json_pack("{s:[f,f,f,f]}", "box", v->banners[i].box[0], v->banners[i].box[1], v->banners[i].box[2], v->banners[i].box[3]);
        set(one, "text", v->banners[i].text);
        set(one, "buttons", v->banners[i].buttons);
        json_array_append_new(list, one);
    }
    json_object_set_new(o, "banners", list);
    list = json_array();
    for (size_t i = 0; i < v->n_licences; i++) {
        json_t *one = json_object();
        set(one, "by", v->licences[i].kind);
        set(one, "url", v->licences[i].url);
        set(one, "text", v->licences[i].text);
        json_array_append_new(list, one);
    }
    json_object_set_new(o, "licence_markers", list);
    json_object_set_new(o, "band_rows", json_integer(v->band));
    put_json(x, "page.json", o);
    list = json_array();
    if (x->proxy != NULL) {
        seen = fair_proxy_seen(x->proxy, &n);
        for (size_t i = 0; i < n; i++) {
            json_t *one = json_pack("{s:b, s:i, s:s, s:I, s:I, s:I}", "tunnel", seen[i].line.tunnel, "port", (int)seen[i].line.port, "what", seen[i].refused ? "refused" : "carried",
                                    "bytes_up", (json_int_t)seen[i].line.up, "bytes_down", (json_int_t)seen[i].line.down, "ms", (json_int_t)seen[i].line.ms);
            set(one, "host", seen[i].line.host);
            set(one, "address", seen[i].line.address);
            set(one, "words", seen[i].line.words);
            json_array_append_new(list, one);
        }
    }
    put_json(x, "connections.json", json_pack("{s:o}", "connections", list));
    for (size_t i = 0; i < v->n_chains; i++) {
        struct fair_warc_put put = { .kind = FAIR_WARC_METADATA, .mime = FAIR_STR("application/pem-certificate-chain"), .at = x->c->facts.ended, .body = v->chains[i].pem,
                                     .uri = fair_str_fmt(x->arena, "urn:fairtrack:tls-chain:%.*s", FAIR_STR_ARG(v->chains[i].origin)) };
        (void)fair_capture_record(x, &put, x->page_record);
    }
}

static bool
is_stopped(void *arg)
{
    struct fair_capturing *x = arg;
    return x->stopped != NULL && x->stopped(x->arg);
}

static fair_status
by_browser(struct fair_capturing *x, struct fair_err *err)
{
    const struct fair_config *g = &x->h->config;
    struct fair_visit_options o = fair_visit_standard;
    struct fair_capture *c = x->c;
    struct fair_capture_facts *f = &c->facts;
    fair_status s;

    o.program = g->capture_browser.p;
    o.user = g->capture_user.p;
    o.seconds = (unsigned)g->capture_seconds;
    o.max_height = (unsigned)g->capture_height;
    o.agent = f->agent;
    o.stopped = is_stopped;
    o.arg = x;
    if (g->capture_browser.n == 0) return fair_fail(err, FAIR_NOT_FOUND, "none is set (capture.browser)");
    s = fair_visit_page(&o, x->proxy, x->hit->page_url, x->arena, &c->visit, err);
    if (s != FAIR_OK) return s;
    c->with_browser = true;
    f->browser = c->visit.version;
    f->agent = c->visit.agent;
    f->started = c->visit.started;
    f->ended = c->visit.ended;
    f->final_url = c->visit.final_url.n > 0 ? c->visit.final_url : x->hit->page_url;
    f->title = c->visit.title;
    f->viewport_width = c->visit.width;
    f->viewport_height = c->visit.height;
    f->page_width = c->visit.page_width;
    f->page_height = c->visit.page_height;
    for (size_t i = 0; i < c->visit.n_notes; i++) fair_capture_note(x, "%.*s", FAIR_STR_ARG(c->visit.notes[i]));
    if (c->visit.fault.n > 0) fair_capture_note(x, "The browser could not show the page: %.*s.", FAIR_STR_ARG(c->visit.fault));
    put_visit(x);
    put_file(x, "page.png", "image/png", c->visit.page_png);
    put_file(x, "viewport.png", "image/png", c->visit.viewport_png);
    put_file(x, "page.pdf", "application/pdf", c->visit.pdf);
    put_file(x, "page.mhtml", "multipart/related", c->visit.mhtml);
    put_file(x, "dom.html", "text/html; charset=utf-8", c->visit.dom);
    put_findings(x);
    c->page = c->visit.dom;
    return FAIR_OK;
}

/* ---- without one ------------------------------------------------------------------------------------------- */

static fair_status
by_fetch(struct fair_capturing *x, struct fair_err *err)
{
    struct fair_capture *c = x->c;
    struct fair_fetch_ask ask = { .url = x->hit->page_url, .ignore_robots = true, .max_bytes = PAGE_BYTES, .once = true, .patience_ms = FAIR_CAPTURE_PATIENCE_MS };
    struct fair_fetch_reply r;
    fair_time at = fair_now();

    FAIR_TRY(fair_fetcher_get(x->h->fetcher, &ask, x->arena, &r, err));
    c->facts.started = at;
    c->facts.ended = fair_now();
    c->facts.final_url = r.url.n > 0 ? r.url : x->hit->page_url;
    c->visit = (struct fair_visit){ .status = r.http, .final_url = c->facts.final_url };
    if (r.status != FAIR_OK) {
        c->visit.fault = fair_str_dup(x->arena, fair_str_of(r.words));
        fair_capture_note(x, "The page could not be fetched: %s.", r.words);
        return FAIR_OK;
    }
    if (r.redirects.n > 0) fair_capture_note(x, "On the way there: %.*s", r.redirects.n < 600 ? (int)r.redirects.n : 600, r.redirects.p);
    x->page_record = fair_capture_fetched(x, &r, ask.url, at);
    x->page_address = fair_str_dup(x->arena, fair_str_of(r.address));
    x->server_date = fair_capture_header(r.headers, "Date");
    x->server_date_at = at;
    if (r.tls.n > 0) {
        struct fair_warc_put put = { .kind = FAIR_WARC_METADATA, .uri = c->facts.final_url, .mime = FAIR_STR("text/plain"), .at = at, .body = r.tls };
        (void)fair_capture_record(x, &put, x->page_record);
    }
    if (fair_str_eq(r.mime, FAIR_STR("text/html")) || fair_str_eq(r.mime, FAIR_STR("application/xhtml+xml"))) c->page = r.body;
    return FAIR_OK;
}

/* ---- the whole ---------------------------------------------------------------------------------------------- */

static fair_status
describe(struct fair_capturing *x, fair_str who, struct fair_err *err)
{
    struct fair_capture_facts *f = &x->c->facts;
    const struct fair_config *g = &x->h->config;
    struct fair_org org = { 0 };
    struct fair_work w = { 0 };
    char host[256] = "";
    fair_status s = fair_store_org_first(x->h->store, x->arena, &org, err);

    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    FAIR_TRY(fair_store_work_get(&x->h->desk, x->hit->work, x->arena, &w, err));
    (void)gethostname(host, sizeof host - 1);
    *f = (struct fair_capture_facts){ .org = x->h->desk.org, .hit = x->hit->id, .work = x->hit->work, .capture = fair_id_new(), .operator_name = org.name, .who = who,
        .software = FAIR_STR(FAIR_CAPTURE_SOFTWARE), .host = fair_str_dup(x->arena, fair_str_of(host)), .url = x->hit->page_url, .work_title = w.title, .work_file = w.path,
        .work_sha256 = w.sha256, .picture_url = x->hit->image_url,
        .robots = FAIR_STR("not asked for the page and what it embeds, which a person's decision names; obeyed for imprint and terms") };
    f->agent = g->contact.n > 0 ? fair_str_fmt(x->arena, "%.*s (+%.*s)", FAIR_STR_ARG(g->agent), FAIR_STR_ARG(g->contact)) : g->agent;
    return FAIR_OK;
}

static void
open_proxy(struct fair_capturing *x)
{
    const struct fair_config *g = &x->h->config;
    struct fair_proxy_options o = { .loopback = g->allow_loopback, .any_port = g->allow_loopback, .weak = g->sandbox_weak, .dns = g->capture_resolver };
    struct fair_err why = { 0 };

    if (fair_proxy_open(&o, &x->proxy, &why) != FAIR_OK) fair_capture_note(x, "The proxy could not be started: %s.", why.text);
}

static fair_status
all(struct fair_capturing *x, struct fair_err *err)
{
    struct fair_err why = { 0 };
    fair_status s = FAIR_NOT_FOUND;

    open_proxy(x);
    if (x->proxy != NULL) s = by_browser(x, &why);
    if (s == FAIR_AGAIN) return fair_fail(err, s, "%s", why.text);
    if (s != FAIR_OK) {
        fair_capture_note(x, "Captured without a browser: %s. There are no pictures of the page, and nothing that scripts would have loaded.", x->proxy != NULL ? why.text : "no proxy for one");
        FAIR_TRY(by_fetch(x, err));
    }
    if (is_stopped(x)) return fair_fail(err, FAIR_AGAIN, "stopped");
    FAIR_TRY(fair_capture_judge(x, err));
    FAIR_TRY(fair_capture_more(x, err));
    fair_capture_clock(x);
    if (fair_clock_shifted() != 0) fair_capture_note(x, "This machine's clock was set off by %lld s by FAIRTRACK_TEST_CLOCK: a test, and no evidence.", (long long)(fair_clock_shifted() / FAIR_SECOND));
    return FAIR_OK;
}

fair_status
fair_capture_take(struct fair_house *h, const struct fair_hit *hit, fair_str who, bool (*stopped)(void *arg), void *arg, struct fair_arena *a, struct fair_capture *out,
                  struct fair_err *err)
{
    struct fair_capturing x = { .h = h, .arena = a, .hit = hit, .c = out, .stopped = stopped, .arg = arg };
    fair_status s;

    *out = (struct fair_capture){ 0 };
    if (!fair_str_starts(hit->page_url, FAIR_STR("http://")) && !fair_str_starts(hit->page_url, FAIR_STR("https://")))
        return fair_fail(err, FAIR_INVALID, "hit %lld is on no page of the web: it cannot be captured", (long long)hit->id);
    FAIR_TRY(fair_house_fetcher(h, err));
    FAIR_TRY(fair_house_decoders(h, err));
    FAIR_TRY(fair_house_index(h, err));
    out->records = fair_alloc_array(a, FAIR_CAPTURE_RECORDS, sizeof *out->records);
    out->files = fair_alloc_array(a, 16, sizeof *out->files);
    x.notes = fair_alloc_array(a, FAIR_CAPTURE_NOTES, sizeof *x.notes);
    x.texts = fair_alloc_array(a, FAIR_CAPTURE_TEXTS, sizeof *x.texts);
    x.canonical = fair_capture_canonical(a, hit->image_url);
    FAIR_TRY(describe(&x, who, err));
    s = all(&x, err);
    fair_proxy_free(&x.proxy);
    return s;
}

fair_status
fair_capture_write(const struct fair_capture *c, int fd, fair_str name, struct fair_arena *a, fair_str *cdxj, uint64_t *bytes, struct fair_sha256 *sha, struct fair_err *err)
{
    const struct fair_capture_facts *f = &c->facts;
    fair_str *ids = fair_alloc_array(a, c->n_records + 1, sizeof *ids);
    struct fair_warc_writer *w = NULL;
    struct fair_warc_put info = { .kind = FAIR_WARC_INFO, .uri = name, .at = f->started };
    fair_status s = fair_warc_writer_open(fd, name, &w, err);

    if (s != FAIR_OK) return s;
    info.body = fair_str_fmt(a, "software: %.*s\r\nformat: WARC File Format 1.1\r\noperator: %.*s\r\nhostname: %.*s\r\nrobots: %.*s\r\nhttp-header-user-agent: %.*s\r\n"
                             "description: capture %lld of %.*s%s%.*s\r\n", FAIR_STR_ARG(f->software), FAIR_STR_ARG(f->operator_name), FAIR_STR_ARG(f->host), FAIR_STR_ARG(f->robots),
                             FAIR_STR_ARG(f->agent), (long long)f->capture, FAIR_STR_ARG(f->url), f->browser.n > 0 ? " by " : " without a browser", FAIR_STR_ARG(f->browser));
    s = fair_warc_writer_put(w, &info, &ids[0], err);
    for (size_t i = 0; i < c->n_records && s == FAIR_OK; i++) {
        struct fair_warc_put put = c->records[i].put;
        if (c->records[i].with > 0 && c->records[i].with <= i) put.concurrent_to = ids[c->records[i].with];
        s = fair_warc_writer_put(w, &put, &ids[i + 1], err);
        if (s == FAIR_INVALID) s = FAIR_OK;              /* a header no archive may hold: that record alone is left out */
    }
    if (s == FAIR_OK) s = fair_warc_writer_close(w, bytes, sha, err);
    if (s == FAIR_OK && cdxj != NULL) *cdxj = fair_warc_writer_cdxj(w, a);
    fair_warc_writer_free(&w);
    return s;
}
