/* work/party.c - registration data, security.txt and imprint of a site, as proposals. */
#include "work/party.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include "source/contact.h"
#include "source/url.h"
#include "store/case_rows.h"
#include "store/proposal_rows.h"

enum { PROPOSALS = 40, PAGE_BYTES = 4 << 20 };

struct looking { struct fair_house *h; struct fair_arena *a; fair_time now; fair_str page, host, origin, domain; bool takedown; struct fair_proposal v[PROPOSALS]; size_t n; };

static void
offer(struct looking *l, const char *what, fair_str value, const char *source, fair_str url)
{
    value = fair_str_trim(value);
    if (value.n == 0 || value.n > 2000 || l->n == PROPOSALS) return;
    for (size_t i = 0; i < l->n; i++)
        if (fair_str_eq(l->v[i].what, fair_str_of(what)) && fair_str_eq(l->v[i].value, value)) return;
    l->v[l->n++] = (struct fair_proposal){ .what = fair_str_of(what), .value = fair_str_dup(l->a, value), .source = fair_str_of(source), .source_url = fair_str_dup(l->a, url), .seen = l->now };
}

static void
note(struct looking *l, const char *source, fair_str url, const char *words)
{
    offer(l, "note", fair_str_of(words), source, url);
}

/* A page that cannot be had is told as a note; a helper that cannot be started is a failure. */
static fair_status
get(struct looking *l, fair_str url, const char *accept, bool service, const char *source, struct fair_fetch_reply *r, bool *there, struct fair_err *err)
{
    const struct fair_fetch_ask ask = { .url = url, .accept = fair_str_of(accept), .max_bytes = PAGE_BYTES, .once = true, .ignore_robots = service };
    struct fair_err why = { 0 };
    fair_status s = fair_fetcher_get(l->h->fetcher, &ask, l->a, r, &why);

    *there = s == FAIR_OK && r->status == FAIR_OK && r->http == 200 && r->body.n > 0;
    if (*there) return FAIR_OK;
    if (s != FAIR_OK && s != FAIR_INVALID) return fair_fail(err, s, "%s", why.text);
    note(l, source, url, s != FAIR_OK ? why.text : r->status != FAIR_OK ? fair_str_fmt(l->a, "not to be had: %s", r->words).p : r->http == 404 ? "there is none" : fair_str_fmt(l->a, "it answers %d", r->http).p);
    return FAIR_OK;
}

/* ---- registration data -------------------------------------------------------------------------------------------- */

/* The jCard's address as one line, without its empty parts. */
static void
registrant(struct looking *l, const struct fair_rdap *r, fair_str url)
{
    const char *why = "it names no registrant", *one;

    for (size_t i = 0; i < r->n_contacts; i++) {
        const struct fair_rdap_contact *c = &r->contacts[i];
        if (!fair_rdap_has_role(c->roles, "registrant")) continue;
        if (!fair_rdap_organisation(c, &one)) {
            why = one;
            continue;
        }
        offer(l, "name", c->organisation.n > 0 ? c->organisation : c->name, "rdap", url);
        offer(l, "address", c->address, "rdap", url);
        if (c->country.n == 2 && c->country.p[0] >= 'A' && c->country.p[0] <= 'Z' && c->country.p[1] >= 'A' && c->country.p[1] <= 'Z') offer(l, "country", c->country, "rdap", url);
        return;
    }
    note(l, "rdap", url, why);
}

static void
abuse(struct looking *l, const struct fair_rdap *r, fair_str url)
{
    for (size_t i = 0; i < r->n_contacts; i++)
        if (fair_rdap_has_role(r->contacts[i].roles, "abuse") && fair_contact_is_office(r->contacts[i].email)) offer(l, "email", r->contacts[i].email, "rdap", url);
}

static fair_status
registration(struct looking *l, const char *file, const char *path, fair_str what, bool network, struct fair_err *err)
{
    fair_str base = l->h->config.capture_rdap, server, url;
    struct fair_rdap *answer = FAIR_NEW(l->a, struct fair_rdap);
    struct fair_fetch_reply r;
    struct fair_err why = { 0 };
    bool there;

    url = fair_str_fmt(l->a, "%.*s%s%s", FAIR_STR_ARG(base), fair_str_ends(base, FAIR_STR("/")) ? "" : "/", file);
    FAIR_TRY(get(l, url, "application/json", true, "rdap", &r, &there, err));
    if (!there) return FAIR_OK;
    if (fair_rdap_server(l->a, r.body, what, &server, &why) != FAIR_OK) {
        note(l, "rdap", url, why.text);
        return FAIR_OK;
    }
    url = fair_str_fmt(l->a, "%.*s%s%.*s", FAIR_STR_ARG(server), path, FAIR_STR_ARG(what));
    FAIR_TRY(get(l, url, "application/rdap+json", true, "rdap", &r, &there, err));
    if (!there) return FAIR_OK;
    if (fair_rdap_parse(l->a, r.body, answer, &why) != FAIR_OK) note(l, "rdap", url, "it answers, and what it says is malformed");
    else if (network) abuse(l, answer, url);
    else registrant(l, answer, url);
    return FAIR_OK;
}

/* ---- what the site says itself ---------------------------------------------------------------------------------------- */

static fair_status
security(struct looking *l, struct fair_err *err)
{
    fair_str url = fair_str_fmt(l->a, "%.*s/.well-known/security.txt", FAIR_STR_ARG(l->origin)), expires;
    struct fair_fetch_reply r;
    struct fair_contacts c;
    bool there;

    FAIR_TRY(get(l, url, "text/plain", false, "security_txt", &r, &there, err));
    if (!there) return FAIR_OK;
    if (fair_security_txt(l->a, r.body, &c, &expires, NULL) != FAIR_OK) {
        note(l, "security_txt", url, "what stands there is no security.txt");
        return FAIR_OK;
    }
    for (size_t i = 0; i < c.n; i++) offer(l, "email", c.v[i], "security_txt", url);
    if (c.n == 0) note(l, "security_txt", url, c.persons ? "it names addresses of persons: none is offered" : "it names no mail address");
    return FAIR_OK;
}

static bool
is_imprint(fair_str url)
{
    static const char *const parts[] = { "impressum", "imprint", "mentions-legales", "note-legali", "aviso-legal", "legal-notice", "/legal", "/about/contact", "/kontakt", "/contact" };

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (memmem(url.p, url.n, parts[i], strlen(parts[i])) != NULL) return true;
    return false;
}

static bool
same_site(struct looking *l, fair_str url)
{
    struct fair_url u;
    fair_str domain;

    if (fair_url_parse(l->a, url, NULL, &u, NULL) != FAIR_OK) return false;
    if (fair_str_starts(url, l->origin)) return true;
    return fair_url_has_registrable(l->a, &u, &domain) && l->domain.n > 0 && fair_str_eq(domain, l->domain);
}

/* The links of the page are read by the confined helper; the imprint's own words stay for the person to read. */
static fair_status
imprint(struct looking *l, struct fair_err *err)
{
    struct fair_links *links = FAIR_NEW(l->a, struct fair_links);
    struct fair_fetch_reply r;
    struct fair_contacts c;
    fair_str url = { NULL, 0 };
    bool there;

    FAIR_TRY(get(l, l->page, "text/html", false, "imprint", &r, &there, err));
    if (!there) return FAIR_OK;
    FAIR_TRY(fair_house_decoders(l->h, err));
    if (fair_decoders_links(l->h->decoders, r.body, "html", r.url, r.charset, l->a, links, NULL) == FAIR_OK)
        for (size_t i = 0; i < links->n_pages && url.n == 0; i++)
            if (is_imprint(links->pages[i]) && same_site(l, links->pages[i])) url = links->pages[i];
    if (url.n == 0) {
        note(l, "imprint", l->page, "the page links to no imprint");
        return FAIR_OK;
    }
    FAIR_TRY(get(l, url, "text/html", false, "imprint", &r, &there, err));
    if (!there) return FAIR_OK;
    offer(l, "form", url, "imprint", url);
    fair_contact_mails(l->a, r.body, l->domain.n > 0 ? l->domain : l->host, &c);
    for (size_t i = 0; i < c.n; i++) offer(l, "email", c.v[i], "imprint", url);
    if (c.n == 0 && c.persons) note(l, "imprint", url, "it names addresses of persons: none is offered; read it, and enter what they give for this purpose");
    return FAIR_OK;
}

/* ---- all of it ---------------------------------------------------------------------------------------------------------- */

static fair_status
first_page(void *arg, const struct fair_case_use *x, struct fair_err *err)
{
    struct looking *l = arg;

    (void)err;
    if (l->page.n == 0 && fair_str_starts(x->page_url, FAIR_STR("http"))) l->page = fair_str_dup(l->a, x->page_url);
    return FAIR_OK;
}

fair_status
fair_party_look(struct fair_house *h, fair_id case_id, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct looking *l = FAIR_NEW(a, struct looking);
    struct fair_fetch_reply r;
    struct fair_case c;
    struct fair_url u;
    size_t slash = 0;
    int slashes = 0;

    l->h = h;
    l->a = a;
    l->now = now;
    FAIR_TRY(fair_store_case_get(&h->desk, case_id, a, &c, err));
    l->takedown = fair_str_eq(c.track, FAIR_STR("takedown"));
    FAIR_TRY(fair_store_case_uses(&h->desk, case_id, first_page, l, err));
    if (l->page.n == 0 || fair_url_parse(a, l->page, NULL, &u, NULL) != FAIR_OK) return fair_fail(err, FAIR_INVALID, "no use of case %lld stands on a page of the web", (long long)case_id);
    while (slash < l->page.n && !(l->page.p[slash] == '/' && ++slashes == 3)) slash++;
    l->origin = (fair_str){ l->page.p, slash };
    l->host = u.host;
    if (!fair_url_has_registrable(a, &u, &l->domain)) l->domain = (fair_str){ NULL, 0 };
    FAIR_TRY(fair_house_fetcher(h, err));
    FAIR_TRY(imprint(l, err));
    FAIR_TRY(security(l, err));
    if (h->config.capture_rdap.n == 0) note(l, "rdap", (fair_str){ NULL, 0 }, "registration data is not asked for (capture.rdap is empty)");
    else if (l->domain.n > 0) FAIR_TRY(registration(l, "dns.json", "domain/", l->domain, false, err));
    if (l->takedown && h->config.capture_rdap.n > 0) {
        bool there;
        FAIR_TRY(get(l, l->page, "text/html", false, "imprint", &r, &there, err));
        if (there && r.address[0] != '\0')
            FAIR_TRY(registration(l, strchr(r.address, ':') != NULL ? "ipv6.json" : "ipv4.json", "ip/", fair_str_dup(a, fair_str_of(r.address)), true, err));
    }
    return fair_store_proposals_put(&h->desk, c.party, l->v, l->n, err);
}

fair_status
fair_job_party(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err)
{
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    fair_id id = json_integer_value(json_object_get(args, "case"));

    (void)a;
    json_decref(args);
    if (id == 0) return fair_fail(err, FAIR_CORRUPT, "job party without its case");
    return fair_party_look(h, id, fair_now(), err);
}
