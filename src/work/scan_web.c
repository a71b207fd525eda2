/* work/scan_web.c - pages and sites: fetch, read the links, look at the pictures, follow what belongs to the site. */
#include <stdio.h>
#include <string.h>
#include "source/url.h"
#include "work/scan_private.h"
#include "work/scan_rules.h"

struct crawl {
    struct fair_scan_run *s;
    struct fair_arena *arena;
    struct fair_url start;
    bool keep;                /* the frontier is kept in the store: a site, not stateless   */
    json_t *asked;            /* pictures looked at in this run, by address                  */
    /* The frontier of a stateless crawl or a single page. */
    struct step { fair_id id; fair_str url; int64_t depth; } *v;
    size_t n, room, at;
    int64_t pages;
};

static fair_status
push(struct crawl *c, fair_str url, int64_t depth, struct fair_err *err)
{
    bool added;

    if (c->keep) return fair_store_frontier_add(&c->s->h->desk, c->s->run->id, url, FAIR_STR("page"), (fair_str){ NULL, 0 }, depth, &added, err);
    if (json_object_get(c->asked, fair_str_dup(c->arena, url).p) != NULL) return FAIR_OK;
    json_object_set_new(c->asked, fair_str_dup(c->arena, url).p, json_true());
    if (c->n == c->room) {
        size_t room = c->room ? c->room * 2 : 64;
        struct step *v = fair_alloc_array(c->arena, room, sizeof *v);
        if (c->n > 0) memcpy(v, c->v, c->n * sizeof *v);
        c->v = v;
        c->room = room;
    }
    c->v[c->n++] = (struct step){ 0, fair_str_dup(c->arena, url), depth };
    return FAIR_OK;
}

struct taking { struct fair_arena *a; struct step *out; bool got; };

static fair_status
take_first(void *arg, const struct fair_frontier *f, __attribute__((unused)) struct fair_err *err)
{
    struct taking *t = arg;
    *t->out = (struct step){ f->id, fair_str_dup(t->a, f->url), f->depth };
    t->got = true;
    return FAIR_OK;
}

/* FAIR_DONE: nothing is left. */
static fair_status
pop(struct crawl *c, struct fair_arena *a, struct step *out, struct fair_err *err)
{
    struct taking t = { a, out, false };

    if (!c->keep) {
        if (c->at == c->n) return FAIR_DONE;
        *out = c->v[c->at++];
        return FAIR_OK;
    }
    FAIR_TRY(fair_store_frontier_open(&c->s->h->desk, c->s->run->id, 1, take_first, &t, err));
    return t.got ? FAIR_OK : FAIR_DONE;
}

/* ---- one picture ------------------------------------------------------------------ */

/* What the last answer told, for a conditional request; only where that would give the same hits again:
 * nothing was registered since. */
static bool
known(struct crawl *c, fair_str url, struct fair_arena *a, struct fair_fetched *f)
{
    struct fair_err err = { 0 };

    if (c->s->o->stateless || fair_store_fetched_get(&c->s->h->desk, url, a, f, &err) != FAIR_OK) return false;
    return f->at > c->s->newest_work && f->status == 200;
}

static fair_status
note_fetched(struct crawl *c, fair_str url, const struct fair_fetch_reply *r, fair_str links, struct fair_err *err)
{
    struct fair_fetched f = { .url = url, .etag = r->etag, .last_modified = r->last_modified, .mime = r->mime, .status = r->http,
                              .sha256 = fair_sha256_of(r->body.p, r->body.n), .bytes = (int64_t)r->body.n, .at = fair_now(), .links = links };
    return c->s->o->stateless ? FAIR_OK : fair_store_fetched_put(&c->s->h->desk, &f, err);
}

/* Picture found under one of its addresses: FAIR_OK; under none: FAIR_NOT_FOUND with the last reason. */
static fair_status
look_at(struct crawl *c, fair_str url, const struct fair_place *p, bool page_known, struct fair_err *why, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fetch_ask ask = { .url = url, .accept = FAIR_STR("image/avif,image/webp,image/*,*/*;q=0.5") };
    struct fair_fetch_reply r = { 0 };
    struct fair_place at = *p;
    struct fair_fetched old;

    at.image = url;
    if (page_known && known(c, url, a, &old)) {
        ask.etag = old.etag;
        ask.last_modified = old.last_modified;
    }
    FAIR_TRY(fair_fetcher_get(c->s->h->fetcher, &ask, a, &r, err));
    if (r.status != FAIR_OK) return fair_fail(why, FAIR_NOT_FOUND, "%s", r.words);
    if (r.http == 304) {
        c->s->run->pictures++;
        c->s->run->unchanged++;
        return FAIR_OK;
    }
    if (r.http != 200) return fair_fail(why, FAIR_NOT_FOUND, "the server answered %d", r.http);
    if (fair_str_starts(r.mime, FAIR_STR("text/")) || fair_str_starts(r.mime, FAIR_STR("image/svg"))) return fair_fail(why, FAIR_NOT_FOUND, "it is %.*s", FAIR_STR_ARG(r.mime));
    FAIR_TRY(fair_scan_picture(c->s, r.body, &at, err));
    return note_fetched(c, url, &r, (fair_str){ NULL, 0 }, err);
}

static fair_status
picture(struct crawl *c, const struct fair_pick *pick, fair_str page, bool page_known, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_err why = { 0 };
    struct fair_url u;
    struct fair_place p = { .page = page, .site = FAIR_STR("files"), .via = pick->link->via, .alt = pick->link->alt };

    if (fair_url_parse(a, page, NULL, &u, err) == FAIR_OK) p.site = fair_url_registrable(a, &u);
    for (size_t i = 0; i < pick->n_urls; i++) {
        fair_str key = fair_str_fmt(a, "%.*s %.*s", FAIR_STR_ARG(page), FAIR_STR_ARG(pick->urls[i]));
        fair_status st;
        if (!fair_str_starts(pick->urls[i], FAIR_STR("http"))) return FAIR_OK;
        if (json_object_get(c->asked, key.p) != NULL) return FAIR_OK;
        json_object_set_new(c->asked, key.p, json_true());
        st = look_at(c, pick->urls[i], &p, page_known, &why, err);
        if (st == FAIR_OK) return FAIR_OK;
        if (why.status != FAIR_NOT_FOUND) return st;
        if (i + 1 < pick->n_urls) why.status = FAIR_OK;
    }
    return why.status == FAIR_NOT_FOUND ? fair_scan_fault(c->s, pick->urls[pick->n_urls - 1], why.text, NULL, err) : FAIR_OK;
}

/* ---- one page ------------------------------------------------------------------------ */

static fair_status
follow(struct crawl *c, const struct fair_links *links, int64_t depth, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (!c->s->o->site || links->nofollow || depth >= c->s->o->depth) return FAIR_OK;
    for (size_t i = 0; i < links->n_pages; i++) {
        struct fair_url u;
        fair_str key;
        if (fair_url_parse(a, links->pages[i], NULL, &u, err) != FAIR_OK || !fair_scan_same_site(a, &c->start, &u)) continue;
        if (fair_scan_trap(u.path, u.query) != NULL || fair_scan_ending(u.path) != '?') continue;
        key = fair_str_dup(a, fair_url_canonical(a, &u));
        FAIR_TRY(push(c, key, depth + 1, err));
    }
    return FAIR_OK;
}

static fair_status
sheets(struct crawl *c, const struct fair_links *links, fair_str page, bool page_known, struct fair_arena *a, struct fair_err *err)
{
    for (size_t i = 0; i < links->n_sheets && i < 32; i++) {
        struct fair_fetch_reply r = { 0 };
        struct fair_links in = { 0 };
        struct fair_pick *v;
        size_t n;
        fair_str key = fair_str_dup(a, links->sheets[i]);
        if (json_object_get(c->asked, key.p) != NULL) continue;
        json_object_set_new(c->asked, key.p, json_true());
        FAIR_TRY(fair_fetcher_get(c->s->h->fetcher, &(struct fair_fetch_ask){ .url = key, .max_bytes = 8 << 20 }, a, &r, err));
        if (r.status != FAIR_OK || r.http != 200) continue;
        if (fair_decoders_links(c->s->h->decoders, r.body, "css", r.url, r.charset, a, &in, err) != FAIR_OK) continue;
        fair_scan_pick(a, &in, &v, &n);
        for (size_t k = 0; k < n; k++) FAIR_TRY(picture(c, &v[k], page, page_known, err));
    }
    return FAIR_OK;
}

static fair_status
read_page(struct crawl *c, const struct fair_fetch_reply *r, fair_str body, int64_t depth, bool page_known, struct fair_arena *a, struct fair_err *err)
{
    struct fair_links links = { 0 };
    struct fair_err why = { 0 };
    struct fair_pick *v;
    size_t n;

    if (fair_decoders_links(c->s->h->decoders, body, "html", r->url, r->charset, a, &links, &why) != FAIR_OK) {
        if (why.status == FAIR_REFUSED || why.status == FAIR_IO) {
            *err = why;
            return why.status;
        }
        return fair_scan_fault(c->s, r->url, why.text, NULL, err);
    }
    FAIR_TRY(follow(c, &links, depth, err));
    fair_scan_pick(a, &links, &v, &n);
    for (size_t i = 0; i < n; i++) {
        if (fair_scan_stopped(c->s)) return fair_fail(err, FAIR_AGAIN, "stopped");
        FAIR_TRY(picture(c, &v[i], r->url, page_known, err));
    }
    return sheets(c, &links, r->url, page_known, a, err);
}

/* A page that did not change is read from the vault: its pictures and links are looked after all the same. */
static fair_status
one_page(struct crawl *c, const struct step *step, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fetch_ask ask = { .url = step->url, .accept = FAIR_STR("text/html,application/xhtml+xml,image/*;q=0.8,*/*;q=0.5") };
    struct fair_fetch_reply r = { 0 };
    struct fair_fetched old = { 0 };
    bool before = known(c, step->url, a, &old), have = false;
    struct fair_sha256 kept;
    fair_str body;

    if (before && old.links.n == 64 && fair_unhex(old.links, kept.b, 32)) have = fair_vault_has(c->s->h->vault, &kept);
    if (have) {
        ask.etag = old.etag;
        ask.last_modified = old.last_modified;
    }
    FAIR_TRY(fair_fetcher_get(c->s->h->fetcher, &ask, a, &r, err));
    if (r.status != FAIR_OK) {
        /* The one address that was asked for: that it cannot be had is the run's failure, not a fault in it. */
        if (step->depth == 0 && !c->s->o->site) return fair_fail(err, r.status == FAIR_REFUSED ? FAIR_REFUSED : FAIR_NOT_FOUND, "%.*s: %s", FAIR_STR_ARG(step->url), r.words);
        return fair_scan_fault(c->s, step->url, r.words, NULL, err);
    }
    if (r.http == 304 && have) {
        c->s->run->pages++;
        c->s->run->unchanged++;
        FAIR_TRY(fair_vault_read(c->s->h->vault, &kept, 64 << 20, a, &body, err));
        r.url = step->url;
        return read_page(c, &r, body, step->depth, true, a, err);
    }
    if (r.http != 200) return fair_scan_fault(c->s, step->url, fair_str_fmt(a, "the server answered %d", r.http).p, NULL, err);
    if (fair_str_starts(r.mime, FAIR_STR("image/"))) {
        struct fair_url u;
        struct fair_place p = { .page = step->url, .image = step->url, .site = FAIR_STR("files"), .via = FAIR_STR("link") };
        if (fair_url_parse(a, step->url, NULL, &u, err) == FAIR_OK) p.site = fair_url_registrable(a, &u);
        FAIR_TRY(fair_scan_picture(c->s, r.body, &p, err));
        return note_fetched(c, step->url, &r, (fair_str){ NULL, 0 }, err);
    }
    if (r.mime.n > 0 && !fair_str_starts(r.mime, FAIR_STR("text/html")) && !fair_str_starts(r.mime, FAIR_STR("application/xhtml"))) return FAIR_OK;
    c->s->run->pages++;
    c->s->run->bytes += (int64_t)r.body.n;
    FAIR_TRY(read_page(c, &r, r.body, step->depth, before && old.links.n == 64, a, err));
    if (c->s->o->stateless || r.body.n == 0) return FAIR_OK;
    FAIR_TRY(fair_house_keep(c->s->h, r.body, &kept, err));
    return note_fetched(c, step->url, &r, fair_hex(a, kept.b, 32), err);
}

static fair_status
crawl(struct crawl *c, fair_str start, struct fair_err *err)
{
    FAIR_TRY(push(c, start, 0, err));
    for (;;) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct step step;
        fair_status st;

        if (fair_scan_stopped(c->s)) return fair_fail(err, FAIR_AGAIN, "stopped");
        st = pop(c, a, &step, err);
        if (st == FAIR_DONE) return FAIR_OK;
        if (st != FAIR_OK) return st;
        if (c->pages >= c->s->o->pages) return fair_scan_fault(c->s, start, "the limit of pages was met: crawl.max_pages", NULL, err);
        if (c->s->run->bytes > c->s->h->config.crawl_mb << 20) return fair_scan_fault(c->s, start, "the limit of bytes was met: crawl.max_mb", NULL, err);
        FAIR_TRY(one_page(c, &step, err));
        c->pages++;
        if (c->keep) FAIR_TRY(fair_store_frontier_done(&c->s->h->desk, c->s->run->id, step.id, err));
        if (c->keep) FAIR_TRY(fair_store_run_put(&c->s->h->desk, c->s->run, err));
        if (c->s->calls->progress != NULL) c->s->calls->progress(c->s->calls->arg, c->pages, c->pages);
    }
}

fair_status
fair_scan_web(struct fair_scan_run *s, fair_str target, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct crawl c = { .s = s, .arena = a, .keep = s->o->site && !s->o->stateless };
    fair_status st;

    FAIR_TRY(fair_house_fetcher(s->h, err));
    FAIR_TRY(fair_url_parse(a, target, NULL, &c.start, err));
    c.asked = json_object();
    st = crawl(&c, fair_str_dup(a, fair_url_canonical(a, &c.start)), err);
    json_decref(c.asked);
    return st;
}
