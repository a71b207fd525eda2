/* scan_page.c - what came for a page or a style sheet: its pictures are looked at, its links followed, its row written last. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "base/clock.h"
#include "work/scan_web_private.h"

#define SHEET_LEVELS 3
#define SHAPE_MAX 300         /* pages of one path that differ in parameters' values only */

bool
fair_page_known(struct fair_scan *s, fair_str url, struct fair_arena *a, struct fair_fetched *row, struct fair_kept *kept)
{
    if (s->o.stateless || fair_store_fetched_get(&s->h->desk, url, a, row, NULL) != FAIR_OK) return false;
    return row->status == 200 && !fair_sha256_none(&row->sha256) && fair_kept_read(a, row->links, kept);
}

struct finish { struct fair_scan *s; struct fair_scan_page *p; };

static fair_status
finish_rows(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct finish *f = arg;
    struct fair_run *run = &f->s->run;
    int64_t n;

    if (((f->p->read && !f->s->o.whole) || f->p->gone) && !f->p->faulty) FAIR_TRY(fair_store_hits_gone(d, run->id, f->p->page_url, fair_now(), &n, err));
    if (f->p->frontier != 0) FAIR_TRY(fair_store_frontier_done(d, run->id, f->p->frontier, err));
    return fair_store_run_put(d, run, err);
}

/* Out of the list of those under way. */
static void
leave(struct fair_scan *s, struct fair_scan_page *p)
{
    struct fair_scan_page **at = &s->web->under_way;

    while (*at != NULL && *at != p) at = &(*at)->next;
    if (*at != p) return;
    *at = p->next;
    s->web->n_under_way--;
}

fair_status
fair_page_finish(struct fair_scan *s, struct fair_scan_page *p, struct fair_err *err)
{
    struct finish f = { s, p };

    leave(s, p);
    if (p->arena != NULL) {
        fair_status got = fair_rows_fetched(s, &p->row, err);
        fair_arena_free(&p->arena);
        if (got != FAIR_OK) return got;
    }
    if (p->owner != NULL) return fair_page_one_less(s, p->owner, p->faulty, err);
    return fair_rows_flush_with(s, finish_rows, &f, err);
}

fair_status
fair_page_one_less(struct fair_scan *s, struct fair_scan_page *p, bool fault, struct fair_err *err)
{
    p->faulty = p->faulty || fault;
    return --p->open == 0 ? fair_page_finish(s, p, err) : FAIR_OK;
}

/* ---- following links ---- */

struct follow { struct fair_scan *s; const struct fair_kept *k; int64_t depth; };

/* Is it a page of this site that a crawl may take?  *out: as it is asked for. */
static bool
may_follow(struct fair_scan *s, struct fair_arena *a, fair_str url, fair_str *out)
{
    struct fair_web *w = s->web;
    uint64_t h = 0xcbf29ce484222325u;
    struct fair_url u;
    fair_str shape;
    size_t at;

    if (fair_url_parse(a, url, NULL, &u, NULL) != FAIR_OK || !fair_scan_same_site(a, &w->base, &u)) return false;
    if (fair_scan_trap(u.path, u.query) != NULL) return false;
    *out = fair_url_canonical(a, &u);
    if (!fair_web_is_new(s, *out)) return false;
    if (u.query.p == NULL) return true;
    shape = fair_scan_shape(a, &u);
    for (size_t i = 0; i < shape.n; i++) h = (h ^ (uint8_t)shape.p[i]) * 0x100000001b3u;
    at = (size_t)(h % (sizeof w->shapes / sizeof w->shapes[0]));
    if (w->shapes[at].shape != h) {
        w->shapes[at].shape = h;
        w->shapes[at].n = 0;
    }
    return ++w->shapes[at].n <= SHAPE_MAX;
}

static fair_status
add_rows(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct follow *f = arg;
    bool added;

    for (size_t i = 0; i < f->k->n_pages; i++)
        if (f->k->pages[i].n > 0)
            FAIR_TRY(fair_store_frontier_add(d, f->s->run.id, f->k->pages[i], FAIR_STR("page"), FAIR_STR("{}"), f->depth, &added, err));
    return FAIR_OK;
}

static fair_status
follow_links(struct fair_scan *s, struct fair_scan_page *p, struct fair_kept *k, struct fair_arena *a, struct fair_err *err)
{
    struct follow f = { s, k, p->depth + 1 };
    size_t n = 0;

    if (!s->o.site || p->depth >= s->o.depth || p->owner != NULL) return FAIR_OK;
    /* A frontier that grows much faster than it may be read is a trap that the other rules did not see. */
    for (size_t i = 0; i < k->n_pages && s->web->added < 10000 + 20 * s->o.pages; i++) {
        fair_str url;
        if (!may_follow(s, a, k->pages[i], &url)) continue;
        k->pages[n++] = url;
        s->web->added++;
    }
    k->n_pages = n;
    if (n == 0) return FAIR_OK;
    if (!s->o.stateless) return fair_store_do(&s->h->desk, add_rows, &f, err);
    for (size_t i = 0; i < n; i++) fair_page_queue(s, fair_page_new(s, k->pages[i], p->depth + 1));
    return FAIR_OK;
}

static void
use_sheets(struct fair_scan *s, struct fair_scan_page *p, const struct fair_kept *k)
{
    if (p->level >= SHEET_LEVELS) return;
    for (size_t i = 0; i < k->n_sheets; i++) {
        struct fair_scan_page *sheet;
        if (!fair_web_is_new(s, k->sheets[i])) continue;
        sheet = fair_page_new(s, k->sheets[i], p->depth);
        sheet->owner = p;
        sheet->level = p->level + 1;
        sheet->page_url = p->page_url;
        sheet->site = p->site;
        p->open++;
        fair_page_queue(s, sheet);
    }
}

/* Everything the page names. It is finished when the last of it is. */
static fair_status
use_kept(struct fair_scan *s, struct fair_scan_page *p, struct fair_kept *k, const struct fair_inline *inlines, struct fair_arena *a, struct fair_err *err)
{
    p->open++;                /* held until all is asked for */
    p->read = true;
    for (size_t i = 0; i < k->n; i++) FAIR_TRY(fair_page_pick(s, p, &k->v[i], inlines, err));
    use_sheets(s, p, k);
    FAIR_TRY(follow_links(s, p, k, a, err));
    return fair_page_one_less(s, p, false, err);
}

/* ---- what came ---- */

static fair_status
fault_and_finish(struct fair_scan *s, struct fair_scan_page *p, const char *words, struct fair_err *err)
{
    p->faulty = true;
    FAIR_TRY(fair_scan_fault(s, p->url, err, "%s", words));
    return fair_page_finish(s, p, err);
}

/* The address is a picture's own. */
static fair_status
direct_picture(struct fair_scan *s, struct fair_scan_page *p, struct fair_fetch_reply *r, struct fair_arena **a, struct fair_err *err)
{
    struct fair_fetched row = { .url = p->url, .etag = r->etag, .last_modified = r->last_modified, .mime = r->mime, .status = 200,
        .bytes = (int64_t)r->body.n, .at = fair_now(), .sha256 = fair_sha256_of(r->body.p, r->body.n) };
    bool fresh;
    struct fair_subject *x = fair_subject_of(s, p->url, &fresh);
    struct fair_use *u = fair_use_new(s, x);

    u->page = p;
    u->page_url = u->image_url = p->page_url;
    u->site = p->site;
    u->via = FAIR_STR("direct");
    u->ts = fair_now();
    p->open++;
    p->read = true;
    if (!fresh) return x->state >= FAIR_SUBJECT_SETTLED ? fair_subject_report(s, x, err) : FAIR_OK;
    x->named = p->named;
    x->urls[x->n_urls++] = x->key;
    x->mime = fair_str_dup(s->arena, r->mime);
    FAIR_TRY(fair_rows_fetched(s, &row, err));
    return fair_look_bytes(s, x, a, r->body, err);
}

static bool
says(fair_str tag, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= tag.n; i++)
        if (strncasecmp(tag.p + i, word, n) == 0) return true;
    return false;
}

/* The row is written when the page is finished: until then a kill makes it be read again. */
static void
keep_row(struct fair_scan_page *p, const struct fair_fetched *row)
{
    struct fair_arena *a = p->arena != NULL ? p->arena : fair_arena_new();
    const fair_str none = { NULL, 0 };

    p->arena = a;
    p->row = *row;
    p->row.url = p->url;
    p->row.etag = row->etag.p != NULL ? fair_str_dup(a, row->etag) : none;
    p->row.last_modified = row->last_modified.p != NULL ? fair_str_dup(a, row->last_modified) : none;
    p->row.mime = row->mime.p != NULL ? fair_str_dup(a, row->mime) : none;
    p->row.links = row->links.p != NULL ? fair_str_dup(a, row->links) : none;
}

/* Is everything that stood in the page itself known from before?  Its bytes are not in the row. */
static bool
inlines_known(struct fair_scan *s, const struct fair_kept *k)
{
    for (size_t i = 0; i < k->n; i++) {
        struct fair_sha256 sha;
        struct fair_seen row;
        fair_str key = k->v[i].urls[0];
        if (!fair_str_starts(key, FAIR_STR(FAIR_INLINE_KEY))) continue;
        key = (fair_str){ key.p + sizeof FAIR_INLINE_KEY - 1, key.n - (sizeof FAIR_INLINE_KEY - 1) };
        fair_arena_clear(s->scratch);
        if (!fair_unhex(key, sha.b, 32) || fair_store_seen_get(&s->h->desk, &sha, s->scratch, &row, NULL) != FAIR_OK || row.scheme != FAIR_SCHEME)
            return false;
    }
    return true;
}

static fair_status
read_page(struct fair_scan *s, struct fair_scan_page *p, struct fair_fetch_reply *r, struct fair_arena *a, struct fair_err *err)
{
    const char *kind = p->owner != NULL ? "css" : "html";
    struct fair_fetched row = { .url = p->url, .etag = r->etag, .last_modified = r->last_modified, .mime = r->mime, .status = 200,
        .bytes = (int64_t)r->body.n, .at = fair_now(), .sha256 = fair_sha256_of(r->body.p, r->body.n) }, was;
    struct fair_inline *inlines = NULL;
    struct fair_links links = { 0 };
    struct fair_err why = { 0 };
    struct fair_kept kept;
    fair_status got;

    if (fair_page_known(s, p->url, a, &was, &kept) && fair_sha256_eq(&was.sha256, &row.sha256) && inlines_known(s, &kept)) {
        s->run.unchanged++;
        row.links = was.links;
        keep_row(p, &row);
        return use_kept(s, p, &kept, NULL, a, err);
    }
    got = fair_decoders_links(s->readers, r->body, kind, r->url, r->charset, a, &links, &why);
    if (got == FAIR_CORRUPT || got == FAIR_LIMIT || got == FAIR_INVALID) return fault_and_finish(s, p, why.text, err);
    if (got != FAIR_OK) return fair_fail(err, got, "%s", why.text);
    if (r->cut || links.truncated)
        FAIR_TRY(fair_scan_fault(s, p->url, err, r->cut ? "longer than %u MiB: what stands behind that was not read" : "names more than is looked at (%u MiB)",
                                 FAIR_LINKS_INPUT >> 20));
    fair_kept_of(a, &links, !links.nofollow && !says(r->robots_tag, "nofollow"), &kept, &inlines);
    if (!r->cut) {
        row.links = fair_kept_text(a, &kept);
        keep_row(p, &row);
    }
    return use_kept(s, p, &kept, inlines, a, err);
}

/* Hits name a page by its last address. */
static void
name_page(struct fair_scan *s, struct fair_scan_page *p, fair_str url)
{
    struct fair_url u;
    fair_str canonical;

    if (p->owner != NULL) return;
    fair_arena_clear(s->scratch);
    if (fair_url_parse(s->scratch, url, NULL, &u, NULL) != FAIR_OK) return;
    canonical = fair_url_canonical(s->scratch, &u);
    p->page_url = fair_str_dup(s->arena, canonical);
    p->site = fair_str_dup(s->arena, fair_url_registrable(s->scratch, &u));
    if (p->named && s->o.site && p->depth == 0) {
        fair_str base = fair_str_dup(s->arena, u.href);
        (void)!fair_url_parse(s->arena, base, NULL, &s->web->base, NULL);
    }
}

/* A redirect that leads elsewhere: a page of this site is read under its own address. True: nothing more to do here. */
static bool
led_away(struct fair_scan *s, struct fair_scan_page *p, fair_str url, struct fair_kept *to, struct fair_arena *a)
{
    fair_str canonical = fair_scan_canonical(a, url);

    if (p->owner != NULL || p->named || !s->o.site || fair_str_eq(canonical, p->url)) return false;
    *to = (struct fair_kept){ .pages = fair_alloc_array(a, 1, sizeof(fair_str)) };
    to->pages[to->n_pages++] = canonical;
    return true;
}

/* Ask for it once more, in another way. */
static fair_status
again(struct fair_scan *s, struct fair_scan_page *p)
{
    if (p->owner == NULL) s->run.pages--;
    leave(s, p);
    fair_page_queue(s, p);
    return FAIR_OK;
}

fair_status
fair_page_came(struct fair_scan *s, struct fair_scan_page *p, struct fair_fetch_reply *r, struct fair_arena **a, struct fair_err *err)
{
    bool robots = r->refused_by != NULL && strcmp(r->refused_by, "robots") == 0;
    struct fair_kept kept;
    struct fair_fetched was;
    char words[300];

    s->run.bytes += r->wire_bytes;
    if (r->status != FAIR_OK && robots && !p->named) {
        /* Obeyed, and no fault of anybody; but what is there now is not known. */
        p->faulty = s->unseen = true;
        return fair_page_finish(s, p, err);
    }
    if (r->status != FAIR_OK) return fault_and_finish(s, p, r->words, err);
    if (p->owner == NULL) s->run.pages++;
    name_page(s, p, r->url);
    if (r->redirects.n > 0 && led_away(s, p, r->url, &kept, *a)) {
        p->depth--;           /* the target stands where the redirect stood */
        FAIR_TRY(follow_links(s, p, &kept, *a, err));
        return fair_page_finish(s, p, err);
    }
    if (r->http == 304 && !p->forced && (!fair_page_known(s, p->url, *a, &was, &kept) || !inlines_known(s, &kept))) {
        p->forced = true;
        return again(s, p);
    }
    if (r->http == 304 && !p->forced) {
        s->run.unchanged++;
        return use_kept(s, p, &kept, NULL, *a, err);
    }
    if (r->http == 404 || r->http == 410) p->gone = true;
    if (r->http < 200 || r->http > 299) {
        if (p->gone && !p->named) return fair_page_finish(s, p, err);
        snprintf(words, sizeof words, "answered HTTP %d", r->http);
        if (p->gone) {
            FAIR_TRY(fair_scan_fault(s, p->url, err, "%s", words));
            return fair_page_finish(s, p, err);
        }
        return fault_and_finish(s, p, words, err);
    }
    if (p->owner == NULL && fair_scan_is_picture(r->body)) {
        if (r->cut && !p->whole) {        /* longer than a page may be: once more, whole */
            p->whole = true;
            return again(s, p);
        }
        return direct_picture(s, p, r, a, err);
    }
    if (p->owner != NULL || r->mime.n == 0 || says(r->mime, "html") || says(r->mime, "text/plain")) return read_page(s, p, r, *a, err);
    if (!p->named) return fair_page_finish(s, p, err);
    snprintf(words, sizeof words, "is neither a page nor a picture (%.*s)", FAIR_STR_ARG(r->mime));
    return fault_and_finish(s, p, words, err);
}
