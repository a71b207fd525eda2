/* scan_picture.c - fetching the pictures of pages: each address once a run, only what changed, the largest that answers. */
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "work/scan_web_private.h"

#define GUESS_STANDS (30 * FAIR_DAY)  /* an original that was not there is not asked for again so soon */

struct fair_subject *
fair_subject_of(struct fair_scan *s, fair_str key, bool *fresh)
{
    uint64_t h = 0xcbf29ce484222325u;
    struct fair_subject **at, *x;

    for (size_t i = 0; i < key.n; i++) h = (h ^ (uint8_t)key.p[i]) * 0x100000001b3u;
    at = &s->subjects[(h ^ (h >> 31)) % FAIR_SCAN_BUCKETS];
    *fresh = false;
    for (x = *at; x != NULL; x = x->next)
        if (fair_str_eq(x->key, key)) return x;
    x = fair_subject_new(s);
    x->key = fair_str_dup(s->arena, key);
    x->next = *at;
    *at = x;
    *fresh = true;
    return x;
}

fair_status
fair_subject_ask(struct fair_scan *s, struct fair_subject *x, struct fair_err *err)
{
    struct fair_tag *t = FAIR_NEW(s->arena, struct fair_tag);
    struct fair_fetch_ask ask = { .accept = FAIR_STR("image/*,*/*;q=0.5"), .tag = t, .once = x->named };
    struct fair_err why = { 0 };
    fair_status got;

    *t = (struct fair_tag){ .kind = FAIR_TAG_SUBJECT, .subject = x };
    for (;;) {
        struct fair_fetched row;
        ask.url = x->urls[x->at_url];
        fair_arena_clear(s->scratch);
        if (s->o.stateless || fair_store_fetched_get(&s->h->desk, ask.url, s->scratch, &row, NULL) != FAIR_OK) break;
        if (row.status >= 400 && x->at_url + 1 < x->n_urls && row.at > fair_now() - GUESS_STANDS) {
            x->at_url++;
            continue;
        }
        if (!x->forced && row.status == 200 && !fair_sha256_none(&row.sha256) && (row.etag.n > 0 || row.last_modified.n > 0)) {
            ask.etag = row.etag;
            ask.last_modified = row.last_modified;
            x->mime = row.mime.n > 0 ? fair_str_dup(s->arena, row.mime) : x->mime;
        }
        if (row.status == 200) t->sha256 = row.sha256;
        break;
    }
    got = fair_fetcher_ask(s->h->fetcher, &ask, &why);
    if (got == FAIR_OK) {
        s->web->n_asks++;
        return FAIR_OK;
    }
    if (got != FAIR_INVALID && got != FAIR_LIMIT) return fair_fail(err, got, "%s", why.text);
    FAIR_TRY(fair_scan_fault(s, x->key, err, "%s", why.text));
    return fair_look_broken(s, x, err);
}

fair_status
fair_subject_again(struct fair_scan *s, struct fair_subject *x, struct fair_err *err)
{
    s->run.unchanged--;
    x->forced = true;
    return fair_subject_ask(s, x, err);
}

static const struct fair_inline *
inline_of(const struct fair_inline *list, const struct fair_sha256 *sha)
{
    while (list != NULL && !fair_sha256_eq(&list->sha256, sha)) list = list->next;
    return list;
}

/* A picture written into the page. */
static fair_status
look_inline(struct fair_scan *s, struct fair_subject *x, const struct fair_sha256 *sha, const struct fair_inline *inlines, struct fair_err *err)
{
    const struct fair_inline *in = inline_of(inlines, sha);
    struct fair_arena *a;
    fair_str bytes;
    fair_status got;

    if (in == NULL) {
        got = fair_look_known(s, x, sha, err);
        return got == FAIR_NOT_FOUND ? fair_look_broken(s, x, err) : got;
    }
    a = fair_arena_new();
    bytes = fair_str_dup(a, in->bytes);
    got = fair_look_bytes(s, x, &a, bytes, err);
    fair_arena_free(&a);
    return got;
}

fair_status
fair_page_pick(struct fair_scan *s, struct fair_scan_page *p, const struct fair_kept_pick *k, const struct fair_inline *inlines, struct fair_err *err)
{
    bool fresh;
    struct fair_subject *x = fair_subject_of(s, k->urls[0], &fresh);
    struct fair_use *u = fair_use_new(s, x);
    struct fair_sha256 sha;

    u->page = p;
    u->page_url = p->page_url;
    u->site = p->site;
    u->image_url = fair_str_dup(s->arena, k->image_url);
    u->via = fair_str_dup(s->arena, k->via);
    u->alt = k->alt.n > 0 ? fair_str_dup(s->arena, k->alt) : (fair_str){ NULL, 0 };
    u->ts = fair_now();
    p->open++;
    if (!fresh) return x->state == FAIR_SUBJECT_SETTLED || x->state == FAIR_SUBJECT_BROKEN ? fair_subject_report(s, x, err) : FAIR_OK;
    for (size_t i = 0; i < k->n_urls; i++) x->urls[x->n_urls++] = fair_str_dup(s->arena, k->urls[i]);
    if (fair_str_starts(x->key, FAIR_STR(FAIR_INLINE_KEY))) {
        fair_str hex = { x->key.p + sizeof FAIR_INLINE_KEY - 1, x->key.n - (sizeof FAIR_INLINE_KEY - 1) };
        if (!fair_unhex(hex, sha.b, 32)) return fair_look_broken(s, x, err);
        return look_inline(s, x, &sha, inlines, err);
    }
    return fair_subject_ask(s, x, err);
}

/* The next address it is offered under; else it is broken, and a fault unless it simply is not there. */
static fair_status
next_address(struct fair_scan *s, struct fair_subject *x, const struct fair_fetch_reply *r, const char *words, struct fair_err *err)
{
    struct fair_fetched row = { .url = x->urls[x->at_url], .status = r->http, .at = fair_now() };
    bool answered = r->status == FAIR_OK, absent = answered && (r->http == 404 || r->http == 410 || (r->http >= 200 && r->http < 300));
    bool robots = r->refused_by != NULL && strcmp(r->refused_by, "robots") == 0;

    if (answered && r->http >= 400) FAIR_TRY(fair_rows_fetched(s, &row, err));
    if (x->at_url + 1 < x->n_urls) {
        x->at_url++;
        return fair_subject_ask(s, x, err);
    }
    s->unseen = s->unseen || robots;
    if (x->named || !(absent || robots)) FAIR_TRY(fair_scan_fault(s, x->urls[x->at_url], err, "%s", words));
    for (struct fair_use *u = x->uses; u != NULL && !absent; u = u->next)
        if (u->page != NULL) u->page->faulty = true;
    return fair_look_broken(s, x, err);
}

fair_status
fair_picture_came(struct fair_scan *s, struct fair_tag *t, struct fair_fetch_reply *r, struct fair_arena **a, struct fair_err *err)
{
    struct fair_subject *x = t->subject;
    struct fair_fetched row = { .url = x->urls[x->at_url], .etag = r->etag, .last_modified = r->last_modified, .mime = r->mime,
        .status = r->http, .bytes = (int64_t)r->body.n, .at = fair_now() };
    char words[300];
    fair_status got;

    s->run.bytes += r->wire_bytes;
    if (r->status != FAIR_OK) {
        snprintf(words, sizeof words, "%s", r->words);
        return next_address(s, x, r, words, err);
    }
    if (r->http == 304 && !fair_sha256_none(&t->sha256)) {
        got = fair_look_known(s, x, &t->sha256, err);
        if (got == FAIR_OK) s->run.unchanged++;
        if (got != FAIR_NOT_FOUND) return got;
        x->forced = true;
        return fair_subject_ask(s, x, err);
    }
    if (r->http < 200 || r->http > 299) {
        snprintf(words, sizeof words, "answered HTTP %d", r->http);
        return next_address(s, x, r, words, err);
    }
    if (!fair_scan_is_picture(r->body) && (!fair_str_starts(r->mime, FAIR_STR("image/")) || fair_str_starts(r->mime, FAIR_STR("image/svg")))) {
        fair_str mime = r->mime.n > 0 ? r->mime : FAIR_STR("no type told");
        snprintf(words, sizeof words, "is no picture (%.*s)", FAIR_STR_ARG(mime));
        return next_address(s, x, r, words, err);
    }
    row.status = 200;
    row.sha256 = fair_sha256_of(r->body.p, r->body.n);
    s->run.unchanged += fair_sha256_eq(&row.sha256, &t->sha256);
    FAIR_TRY(fair_rows_fetched(s, &row, err));
    x->mime = fair_str_dup(s->arena, r->mime);
    return fair_look_bytes(s, x, a, r->body, err);
}
