/* scan_web.c - pages, sites and lists of addresses: what waits, what is under way, when it is over. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "work/scan_web_private.h"

#define PAGES_AT_ONCE 32
#define ASKS_AT_ONCE 4000
#define LOOKS_AHEAD 16
#define LINE_MAX_BYTES 131072

void
fair_web_begin(struct fair_scan *s)
{
    s->web = fair_xcalloc(1, sizeof *s->web);
    s->web->queue_last = &s->web->queue;
    s->web->asked = s->run.pages;
}

void
fair_web_end(struct fair_scan *s)
{
    if (s->web == NULL) return;
    for (struct fair_scan_page *p = s->web->under_way; p != NULL; p = p->next) fair_arena_free(&p->arena);
    free(s->web->known);
    free(s->web);
    s->web = NULL;
}

bool
fair_web_is_new(struct fair_scan *s, fair_str url)
{
    struct fair_web *w = s->web;
    uint64_t h = 0xcbf29ce484222325u;
    size_t at;

    for (size_t i = 0; i < url.n; i++) h = (h ^ (uint8_t)url.p[i]) * 0x100000001b3u;
    h |= h == 0;
    if (w->n_known * 2 >= w->known_size) {
        size_t size = w->known_size > 0 ? w->known_size * 2 : 4096;
        uint64_t *v = fair_xcalloc(size, sizeof *v);
        for (size_t i = 0; i < w->known_size; i++) {
            if (w->known[i] == 0) continue;
            for (at = (size_t)w->known[i] & (size - 1); v[at] != 0;) at = (at + 1) & (size - 1);
            v[at] = w->known[i];
        }
        free(w->known);
        w->known = v;
        w->known_size = size;
    }
    for (at = (size_t)h & (w->known_size - 1); w->known[at] != 0; at = (at + 1) & (w->known_size - 1))
        if (w->known[at] == h) return false;
    w->known[at] = h;
    w->n_known++;
    return true;
}

struct fair_scan_page *
fair_page_new(struct fair_scan *s, fair_str url, int64_t depth)
{
    struct fair_scan_page *p = FAIR_NEW(s->arena, struct fair_scan_page);
    struct fair_url u;

    p->url = p->page_url = fair_str_dup(s->arena, url);
    p->depth = depth;
    fair_arena_clear(s->scratch);
    p->site = fair_url_parse(s->scratch, url, NULL, &u, NULL) == FAIR_OK ? fair_str_dup(s->arena, fair_url_registrable(s->scratch, &u)) : FAIR_STR("unknown");
    return p;
}

/* Sheets go first: a page waits for them. */
void
fair_page_queue(struct fair_scan *s, struct fair_scan_page *p)
{
    struct fair_web *w = s->web;

    w->n_queue++;
    if (p->owner != NULL || p->whole || p->forced) {
        p->next = w->queue;
        if (w->queue == NULL) w->queue_last = &p->next;
        w->queue = p;
        return;
    }
    p->next = NULL;
    *w->queue_last = p;
    w->queue_last = &p->next;
}

static fair_status
page_ask(struct fair_scan *s, struct fair_scan_page *p, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_tag *t = FAIR_NEW(s->arena, struct fair_tag);
    struct fair_fetch_ask ask = { .url = p->url, .tag = t, .cut = !p->whole, .once = p->named && !s->o.site,
        .accept = p->owner != NULL ? FAIR_STR("text/css,*/*;q=0.1") : FAIR_STR("text/html,application/xhtml+xml,image/*;q=0.9,*/*;q=0.5"),
        .max_bytes = p->whole ? 0 : FAIR_LINKS_INPUT };
    struct fair_fetched was;
    struct fair_kept kept;
    struct fair_err why = { 0 };
    fair_status got;

    *t = (struct fair_tag){ .kind = FAIR_TAG_PAGE, .page = p };
    if (!p->forced && fair_page_known(s, p->url, a, &was, &kept)) {
        ask.etag = was.etag;
        ask.last_modified = was.last_modified;
    }
    s->web->asked += p->owner == NULL && !p->whole && !p->forced;
    p->next = s->web->under_way;
    s->web->under_way = p;
    s->web->n_under_way++;
    got = fair_fetcher_ask(s->h->fetcher, &ask, &why);
    if (got == FAIR_OK) {
        s->web->n_asks++;
        return FAIR_OK;
    }
    if (got != FAIR_INVALID && got != FAIR_LIMIT) return fair_fail(err, got, "%s", why.text);
    p->faulty = true;
    FAIR_TRY(fair_scan_fault(s, p->url, err, "%s", why.text));
    return fair_page_finish(s, p, err);
}

static fair_status
refill_one(void *arg, const struct fair_frontier *row, __attribute__((unused)) struct fair_err *err)
{
    struct fair_scan *s = arg;
    struct fair_scan_page *p;

    for (p = s->web->under_way; p != NULL; p = p->next)
        if (p->frontier == row->id) return FAIR_OK;
    p = fair_page_new(s, row->url, row->depth);
    p->frontier = row->id;
    p->named = row->depth == 0;
    (void)fair_web_is_new(s, row->url);
    fair_page_queue(s, p);
    return FAIR_OK;
}

/* A bound of the site was met: said once, and no more pages are asked for. */
static fair_status
check_bounds(struct fair_scan *s, struct fair_err *err)
{
    struct fair_web *w = s->web;

    if (w->full || !s->o.site) return FAIR_OK;
    if (s->run.bytes > s->o.bytes) {
        w->full = true;
        FAIR_TRY(fair_scan_fault(s, s->target, err, "more than %lld MB: the rest was not read", (long long)(s->o.bytes >> 20)));
    } else if (w->asked >= s->o.pages && w->queue != NULL && w->queue->owner == NULL && !w->queue->whole && !w->queue->forced) {
        w->full = true;
        FAIR_TRY(fair_scan_fault(s, s->target, err, "more than %lld pages: the rest was not read", (long long)s->o.pages));
    }
    s->limited = s->limited || w->full;
    return FAIR_OK;
}

static fair_status
ask_pages(struct fair_scan *s, struct fair_err *err)
{
    struct fair_web *w = s->web;

    if (w->queue == NULL && s->o.site && !s->o.stateless && !w->full)
        FAIR_TRY(fair_store_frontier_open(&s->h->desk, s->run.id, 200 + (int64_t)w->n_under_way, refill_one, s, err));
    while (w->queue != NULL && w->n_under_way < PAGES_AT_ONCE && w->n_asks < ASKS_AT_ONCE) {
        struct fair_scan_page *p = w->queue;
        FAIR_TRY(check_bounds(s, err));
        w->queue = p->next;
        if (w->queue == NULL) w->queue_last = &w->queue;
        w->n_queue--;
        if (w->full && p->owner == NULL && !p->whole && !p->forced) continue;
        FAIR_TRY(page_ask(s, p, err));
    }
    return FAIR_OK;
}

bool
fair_web_idle(const struct fair_scan *s)
{
    return s->web->queue == NULL && s->web->n_under_way == 0 && s->web->n_asks == 0 && s->n_looks == 0;
}

fair_status
fair_web_step(struct fair_scan *s, struct fair_err *err)
{
    struct fair_web *w = s->web;

    FAIR_TRY(ask_pages(s, err));
    FAIR_TRY(fair_look_work(s, s->n_looks >= LOOKS_AHEAD ? 50 : 0, err));
    if (w->n_asks > 0 && s->n_looks < LOOKS_AHEAD) {
        struct fair_arena *a = fair_arena_new();
        struct fair_fetch_reply r = { 0 };
        fair_status got = fair_fetcher_next(s->h->fetcher, a, s->n_looks > 0 ? 2 : 100, &r, NULL, err);
        if (got == FAIR_OK) {
            struct fair_tag *t = r.tag;
            w->n_asks--;
            got = t->kind == FAIR_TAG_PAGE ? fair_page_came(s, t->page, &r, &a, err) : fair_picture_came(s, t, &r, &a, err);
        } else if (got == FAIR_AGAIN) {
            got = FAIR_OK;
        } else if (got == FAIR_DONE) {
            got = fair_fail(err, FAIR_IO, "the fetcher lost %zu requests", w->n_asks);
        }
        fair_arena_free(&a);
        FAIR_TRY(got);
    }
    fair_scan_progress(s, false, (int64_t)(w->n_queue + w->n_asks + s->n_looks));
    return FAIR_OK;
}

/* ---- one page, or a site ---- */

static fair_status
web(struct fair_scan *s, struct fair_err *err)
{
    struct fair_scan_page *root;
    struct fair_url u;
    bool added;

    if (fair_url_parse(s->arena, s->target, NULL, &u, err) != FAIR_OK) return fair_fail_in(err, "%.*s", FAIR_STR_ARG(s->target));
    s->web->base = u;
    if (s->o.site && !s->o.stateless) {
        FAIR_TRY(fair_store_frontier_add(&s->h->desk, s->run.id, fair_url_canonical(s->arena, &u), FAIR_STR("page"), FAIR_STR("{}"), 0, &added, err));
    } else {
        root = fair_page_new(s, fair_url_canonical(s->arena, &u), 0);
        root->named = true;
        (void)fair_web_is_new(s, root->url);
        fair_page_queue(s, root);
    }
    do {
        if (fair_scan_must_stop(s)) return FAIR_AGAIN;
        FAIR_TRY(fair_web_step(s, err));
    } while (!fair_web_idle(s));
    return FAIR_OK;
}

fair_status
fair_scan_web(struct fair_scan *s, struct fair_err *err)
{
    fair_status got;

    fair_web_begin(s);
    got = web(s, err);
    fair_web_end(s);
    return got;
}

/* ---- a list of addresses ---- */

/* {"url": picture, "page": where it stands} */
static fair_status
json_line(struct fair_scan *s, fair_str line, int64_t number, int64_t offset, struct fair_err *err)
{
    json_t *o = json_loadb(line.p, line.n, 0, NULL);
    const char *url = json_string_value(json_object_get(o, "url")), *page = json_string_value(json_object_get(o, "page"));
    struct fair_subject *x;
    struct fair_use *u;
    struct fair_url parsed;
    bool fresh;
    fair_status got = FAIR_OK;

    if (url == NULL || fair_url_parse(s->arena, fair_str_of(url), NULL, &parsed, NULL) != FAIR_OK) {
        json_decref(o);
        return fair_scan_fault(s, s->target, err, "line %lld: a JSON object with \"url\" is wanted", (long long)number);
    }
    if (page == NULL) {
        struct fair_scan_page *p = fair_page_new(s, fair_url_canonical(s->arena, &parsed), 0);
        p->named = true;
        fair_page_queue(s, p);
        json_decref(o);
        return FAIR_OK;
    }
    x = fair_subject_of(s, parsed.href, &fresh);
    u = fair_use_new(s, x);
    u->page_url = fair_scan_canonical(s->arena, fair_str_of(page));
    if (u->page_url.n == 0) u->page_url = fair_str_dup(s->arena, fair_str_of(page));
    u->image_url = fair_url_canonical(s->arena, &parsed);
    u->via = FAIR_STR("list");
    if (fair_url_parse(s->arena, u->page_url, NULL, &parsed, NULL) == FAIR_OK) u->site = fair_url_registrable(s->arena, &parsed);
    if (u->site.n == 0) u->site = FAIR_STR("unknown");
    u->ts = fair_now();
    u->file = s->target;
    u->offset = offset;
    u->record = number;
    json_decref(o);
    if (fresh) {
        x->named = true;
        x->urls[x->n_urls++] = x->key;
        got = fair_subject_ask(s, x, err);
    } else if (x->state >= FAIR_SUBJECT_SETTLED) {
        got = fair_subject_report(s, x, err);
    }
    return got;
}

static fair_status
list_line(struct fair_scan *s, fair_str line, int64_t number, int64_t offset, struct fair_err *err)
{
    struct fair_scan_page *p;
    struct fair_url u;

    line = fair_str_trim(line);
    if (line.n == 0 || line.p[0] == '#') return FAIR_OK;
    if (line.p[0] == '{') return json_line(s, line, number, offset, err);
    if (fair_url_parse(s->arena, line, NULL, &u, NULL) != FAIR_OK || (!fair_str_eq(u.scheme, FAIR_STR("http")) && !fair_str_eq(u.scheme, FAIR_STR("https"))))
        return fair_scan_fault(s, s->target, err, "line %lld: no http or https address", (long long)number);
    p = fair_page_new(s, fair_url_canonical(s->arena, &u), 0);
    if (!fair_web_is_new(s, p->url)) return FAIR_OK;
    p->named = true;
    fair_page_queue(s, p);
    return FAIR_OK;
}

static fair_status
list(struct fair_scan *s, FILE *f, struct fair_err *err)
{
    char *line = fair_alloc(s->arena, LINE_MAX_BYTES);
    int64_t number = 0;
    bool more = true;

    while (more || !fair_web_idle(s)) {
        while (more && s->web->n_queue + s->web->n_asks < 64) {
            int64_t offset = ftello(f);
            more = fgets(line, LINE_MAX_BYTES, f) != NULL;
            if (more) FAIR_TRY(list_line(s, fair_str_of(line), ++number, offset, err));
        }
        if (fair_scan_must_stop(s)) return FAIR_AGAIN;
        FAIR_TRY(fair_web_step(s, err));
    }
    return FAIR_OK;
}

fair_status
fair_scan_list(struct fair_scan *s, const char *path, struct fair_err *err)
{
    FILE *f = fopen(path, "re");
    fair_status got;

    if (f == NULL) return fair_fail(err, FAIR_IO, "%s: %m", path);
    s->o.site = false;
    fair_web_begin(s);
    got = list(s, f, err);
    fair_web_end(s);
    (void)fclose(f);
    return got;
}
