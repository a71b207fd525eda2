/* capture_more.c - what stands around a page: its names in the DNS, who registered them, the clock, imprint and terms. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include "source/rdap.h"
#include "source/url.h"
#include "work/capture_private.h"

#define DNS_MS 6000
#define TEXT_BYTES ((size_t)8 << 20)

static size_t
put_metadata(struct fair_capturing *x, fair_str uri, const char *mime, fair_str body)
{
    struct fair_warc_put put = { .kind = FAIR_WARC_METADATA, .uri = uri, .mime = fair_str_of(mime), .at = fair_now(), .body = body };

    return fair_capture_record(x, &put, x->page_record);
}

static bool
is_address(fair_str host)
{
    bool v4 = host.n > 0;

    for (size_t i = 0; i < host.n; i++) v4 &= (host.p[i] >= '0' && host.p[i] <= '9') || host.p[i] == '.';
    return v4 || memchr(host.p, ':', host.n) != NULL;
}

/* ---- DNS ------------------------------------------------------------------------------------------------------ */

static void
ask_names(struct fair_capturing *x, fair_str name, const char *const *types)
{
    struct fair_buf b = FAIR_BUF(x->arena, 65536);

    for (; *types != NULL; types++) {
        struct fair_proxy_named r;
        struct fair_err why = { 0 };
        fair_status s = fair_proxy_name(x->proxy, name, fair_str_of(*types), DNS_MS, x->arena, &r, &why);
        if (s != FAIR_OK || r.status != FAIR_OK) {
            fair_buf_fmt(&b, "; %.*s %s: no answer: %.*s\n", FAIR_STR_ARG(name), *types, s != FAIR_OK ? (int)strlen(why.text) : (int)r.words.n, s != FAIR_OK ? why.text : r.words.p);
            continue;
        }
        fair_buf_fmt(&b, "; %.*s %s: %.*s by %.*s in %u ms at %.*s%s\n%.*s", FAIR_STR_ARG(name), *types, FAIR_STR_ARG(r.rcode), FAIR_STR_ARG(r.resolver), r.ms,
                     FAIR_STR_ARG(fair_time_text(x->arena, fair_now())), r.authentic ? ", the resolver says it is authentic (AD)" : "", FAIR_STR_ARG(r.records));
    }
    (void)put_metadata(x, fair_str_fmt(x->arena, "dns:%.*s", FAIR_STR_ARG(name)), "text/dns", (fair_str){ b.p, b.n });
}

static void
names(struct fair_capturing *x)
{
    static const char *const of_host[] = { "A", "AAAA", NULL }, *const of_domain[] = { "NS", "SOA", NULL };
    fair_str page = fair_capture_host(x->arena, x->c->facts.final_url), picture = fair_capture_host(x->arena, x->c->facts.picture_url), domain;
    struct fair_url u;

    if (x->proxy == NULL || page.n == 0) return;
    if (is_address(page)) {
        fair_capture_note(x, "The page is reached by an address, not a name: the DNS was not asked.");
        return;
    }
    ask_names(x, page, of_host);
    if (picture.n > 0 && !fair_str_eq(picture, page) && !is_address(picture)) ask_names(x, picture, of_host);
    if (fair_url_parse(x->arena, x->c->facts.final_url, NULL, &u, NULL) == FAIR_OK && fair_url_has_registrable(x->arena, &u, &domain)) ask_names(x, domain, of_domain);
}

/* ---- registration data (RDAP) --------------------------------------------------------------------------------- */

/* A page of ours for the package: asked politely, kept as it came. */
static fair_status
fetch(struct fair_capturing *x, fair_str url, fair_str accept, bool service, size_t max, struct fair_fetch_reply *r, struct fair_err *err)
{
    struct fair_fetch_ask ask = { .url = url, .accept = accept, .max_bytes = max, .once = true, .patience_ms = FAIR_CAPTURE_PATIENCE_MS, .ignore_robots = service };
    fair_time at = fair_now();
    fair_status s;

    if (x->stopped != NULL && x->stopped(x->arg)) return fair_fail(err, FAIR_AGAIN, "stopped");
    s = fair_fetcher_get(x->h->fetcher, &ask, x->arena, r, err);
    if (s == FAIR_INVALID) {
        *r = (struct fair_fetch_reply){ .status = s };
        snprintf(r->words, sizeof r->words, "%.200s", err->text);
        return FAIR_OK;
    }
    if (s == FAIR_OK && r->status == FAIR_OK) (void)fair_capture_fetched(x, r, url, at);
    return s;
}

static void
tell_registration(struct fair_capturing *x, const char *what, const struct fair_rdap *r)
{
    for (size_t i = 0; i < r->n_contacts; i++) {
        const struct fair_rdap_contact *c = &r->contacts[i];
        bool abuse = c->roles.n > 0 && memmem(c->roles.p, c->roles.n, "abuse", 5) != NULL, registrar = fair_str_eq(c->roles, FAIR_STR("registrar"));
        if (abuse && c->email.n > 0) fair_capture_note(x, "Abuse contact of %s by RDAP: %.*s.", what, FAIR_STR_ARG(c->email));
        if (registrar && c->name.n > 0) fair_capture_note(x, "Registrar of %s by RDAP: %.*s.", what, FAIR_STR_ARG(c->name));
    }
}

/* The bootstrap file, the server it names, the answer; each kept, and what fails is said. */
static fair_status
registration(struct fair_capturing *x, const char *file, const char *path, fair_str what, const char *words, struct fair_err *err)
{
    fair_str base = x->h->config.capture_rdap, server;
    struct fair_rdap *answer = FAIR_NEW(x->arena, struct fair_rdap);
    struct fair_fetch_reply r;
    struct fair_err why = { 0 };
    fair_status s;

    FAIR_TRY(fetch(x, fair_str_fmt(x->arena, "%.*s%s%s", FAIR_STR_ARG(base), fair_str_ends(base, FAIR_STR("/")) ? "" : "/", file), FAIR_STR("application/json"), true, FAIR_RDAP_BYTES, &r, err));
    if (r.status != FAIR_OK || r.http != 200) {
        fair_capture_note(x, "No registration data of %s: the list of servers was not got (%s).", words, r.status != FAIR_OK ? r.words : fair_str_fmt(x->arena, "answer %d", r.http).p);
        return FAIR_OK;
    }
    s = fair_rdap_server(x->arena, r.body, what, &server, &why);
    if (s != FAIR_OK) {
        fair_capture_note(x, "No registration data of %s: %s.", words, why.text);
        return FAIR_OK;
    }
    FAIR_TRY(fetch(x, fair_str_fmt(x->arena, "%.*s%s%.*s", FAIR_STR_ARG(server), path, FAIR_STR_ARG(what)), FAIR_STR("application/rdap+json"), true, FAIR_RDAP_BYTES, &r, err));
    if (r.status != FAIR_OK || r.http != 200) {
        fair_capture_note(x, "No registration data of %s: %.*s answered %s%d.", words, FAIR_STR_ARG(server), r.words, r.http);
        return FAIR_OK;
    }
    if (fair_rdap_parse(x->arena, r.body, answer, &why) != FAIR_OK) fair_capture_note(x, "The registration data of %s is kept as it came, but is malformed: %s.", words, why.text);
    else tell_registration(x, words, answer);
    return FAIR_OK;
}

static fair_status
registrations(struct fair_capturing *x, struct fair_err *err)
{
    struct fair_url u;
    fair_str domain;

    if (x->h->config.capture_rdap.n == 0) {
        fair_capture_note(x, "Registration data was not asked for (capture.rdap is empty).");
        return FAIR_OK;
    }
    if (fair_url_parse(x->arena, x->c->facts.final_url, NULL, &u, NULL) == FAIR_OK && fair_url_has_registrable(x->arena, &u, &domain))
        FAIR_TRY(registration(x, "dns.json", "domain/", domain, "the domain", err));
    if (x->page_address.n == 0) return FAIR_OK;
    return registration(x, memchr(x->page_address.p, ':', x->page_address.n) != NULL ? "ipv6.json" : "ipv4.json", "ip/", x->page_address, "the address", err);
}

/* ---- the clock ------------------------------------------------------------------------------------------------- */

/* Our clock against a server's Date header: it names whole seconds, so the middle of one is meant, and half of one is the error. */
static bool
by_date(struct fair_capturing *x, fair_str url)
{
    struct fair_fetch_ask ask = { .url = url, .max_bytes = 1 << 20, .once = true, .patience_ms = FAIR_CAPTURE_PATIENCE_MS, .cut = true, .ignore_robots = true };
    struct fair_capture_facts *f = &x->c->facts;
    struct fair_fetch_reply r;
    fair_time before = fair_now(), after, theirs;

    if (fair_fetcher_get(x->h->fetcher, &ask, x->arena, &r, NULL) != FAIR_OK || r.status != FAIR_OK) return false;
    after = fair_now();
    if (!fair_time_parse_http(fair_capture_header(r.headers, "Date"), &theirs)) return false;
    (void)fair_capture_fetched(x, &r, url, before);
    f->clock_known = true;
    f->clock_offset_us = (before + after) / 2 - (theirs + FAIR_SECOND / 2);
    f->clock_error_us = FAIR_SECOND / 2 + (after - before) / 2;
    f->clock_source = fair_str_fmt(x->arena, "HTTP Date of %.*s", FAIR_STR_ARG(url));
    return true;
}

void
fair_capture_clock(struct fair_capturing *x)
{
    struct fair_capture_facts *f = &x->c->facts;
    fair_str rest = x->h->config.capture_clock, one;
    struct timex t = { 0 };
    fair_time theirs;

    if (rest.n == 0) rest.p = NULL;
    while (!f->clock_known && fair_str_split(&rest, ' ', &one))
        if (one.n > 0 && !by_date(x, one)) fair_capture_note(x, "The clock could not be held against %.*s.", FAIR_STR_ARG(one));
    if (!f->clock_known && adjtimex(&t) >= 0 && (t.status & STA_UNSYNC) == 0) {
        f->clock_known = true;
        f->clock_offset_us = -((t.status & STA_NANO) != 0 ? t.offset / 1000 : t.offset);
        f->clock_error_us = t.maxerror;
        f->clock_source = FAIR_STR("NTP state of this machine's kernel (adjtimex)");
    }
    if (!f->clock_known) fair_capture_note(x, "Nothing vouches for this machine's clock: its kernel is not synchronised, and no page of capture.clock answered.");
    if (fair_time_parse_http(x->server_date, &theirs))
        fair_capture_note(x, "The page's own server named %.*s when our clock stood at %.*s.", FAIR_STR_ARG(fair_time_text(x->arena, theirs)), FAIR_STR_ARG(fair_time_text(x->arena, x->server_date_at)));
}

/* ---- imprint and terms ------------------------------------------------------------------------------------------ */

/* Link texts of pages that were read without a browser are not known: then their addresses have to do. */
static void
guess_links(struct fair_capturing *x)
{
    static const struct { const char *part, *kind; } known[] = { { "impressum", "imprint" }, { "imprint", "imprint" }, { "mentions-legales", "imprint" }, { "note-legali", "imprint" },
        { "aviso-legal", "imprint" }, { "legal-notice", "imprint" }, { "/agb", "terms" }, { "terms", "terms" }, { "/cgu", "terms" }, { "nutzungsbedingungen", "terms" } };
    struct fair_visit *v = &x->c->visit;
    struct fair_links links;

    if (v->n_links > 0 || x->c->with_browser || x->c->page.n == 0) return;
    if (fair_decoders_links(x->h->decoders, x->c->page, "html", x->c->facts.final_url, (fair_str){ NULL, 0 }, x->arena, &links, NULL) != FAIR_OK) return;
    v->links = fair_alloc_array(x->arena, 8, sizeof *v->links);
    for (size_t i = 0; i < links.n_pages && v->n_links < 8; i++)
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (memmem(links.pages[i].p, links.pages[i].n, known[k].part, strlen(known[k].part)) != NULL) {
                v->links[v->n_links++] = (struct fair_visit_link){ fair_str_of(known[k].kind), links.pages[i], links.pages[i] };
                break;
            }
}

static fair_status
texts(struct fair_capturing *x, struct fair_err *err)
{
    static const char *const kinds[FAIR_CAPTURE_TEXTS] = { "imprint", "terms", "privacy", "contact" };
    struct fair_capture_facts *f = &x->c->facts;
    const struct fair_visit *v = &x->c->visit;

    guess_links(x);
    for (size_t k = 0; k < FAIR_CAPTURE_TEXTS; k++)
        for (size_t i = 0; i < v->n_links; i++) {
            struct fair_capture_text *t = &x->texts[f->n_texts];
            struct fair_fetch_reply r;
            if (!fair_str_eq(v->links[i].kind, fair_str_of(kinds[k])) || !fair_str_starts(v->links[i].url, FAIR_STR("http"))) continue;
            FAIR_TRY(fetch(x, v->links[i].url, FAIR_STR("text/html,*/*;q=0.5"), false, TEXT_BYTES, &r, err));
            *t = (struct fair_capture_text){ .kind = fair_str_of(kinds[k]), .url = v->links[i].url, .title = v->links[i].text };
            if (r.status == FAIR_OK && r.http == 200 && r.body.n > 0) t->sha256 = fair_sha256_of(r.body.p, r.body.n);
            else t->note = r.status != FAIR_OK ? fair_str_dup(x->arena, fair_str_of(r.words)) : fair_str_fmt(x->arena, "it answers %d", r.http);
            f->n_texts++;
            break;
        }
    f->texts = x->texts;
    if (f->n_texts == 0) fair_capture_note(x, "No link to an imprint or to terms was found on the page.");
    return FAIR_OK;
}

fair_status
fair_capture_more(struct fair_capturing *x, struct fair_err *err)
{
    names(x);
    if (!fair_str_eq(x->c->found, FAIR_STR("unreachable"))) FAIR_TRY(texts(x, err));
    return registrations(x, err);
}
