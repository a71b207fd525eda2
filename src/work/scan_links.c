/* scan_links.c - what a page names, boiled down to what a scan asks for, and kept while the page is unchanged. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "work/scan_private.h"

#define TEXT_MAX (2u << 20)
#define KEPT_VERSION 1

fair_str
fair_scan_canonical(struct fair_arena *a, fair_str url)
{
    struct fair_url u;

    if (fair_url_parse(a, url, NULL, &u, NULL) != FAIR_OK) return (fair_str){ NULL, 0 };
    return fair_url_canonical(a, &u);
}

/* A set of texts by their hash; a false "known" once in 2^64 is borne. */
struct set { uint64_t *v; size_t size, n; };

static bool
is_new(struct fair_arena *a, struct set *set, fair_str s)
{
    uint64_t h = 0xcbf29ce484222325u, *old = set->v;
    size_t size = set->size;

    for (size_t i = 0; i < s.n; i++) h = (h ^ (uint8_t)s.p[i]) * 0x100000001b3u;
    h |= h == 0;
    if (set->n * 2 >= set->size) {
        set->size = size > 0 ? size * 2 : 256;
        set->v = fair_alloc_array(a, set->size, sizeof *set->v);
        for (size_t i = 0; i < size; i++) {
            size_t at = (size_t)old[i] & (set->size - 1);
            if (old[i] == 0) continue;
            while (set->v[at] != 0) at = (at + 1) & (set->size - 1);
            set->v[at] = old[i];
        }
    }
    for (size_t at = (size_t)h & (set->size - 1);; at = (at + 1) & (set->size - 1)) {
        if (set->v[at] == h) return false;
        if (set->v[at] != 0) continue;
        set->v[at] = h;
        set->n++;
        return true;
    }
}

/* data:image/png;base64,....: the bytes, under their hash. */
static bool
take_inline(struct fair_arena *a, fair_str url, struct fair_inline **inlines, fair_str *key)
{
    const char *comma = memchr(url.p, ',', url.n);
    struct fair_inline *x;
    fair_str head, bytes;

    if (comma == NULL) return false;
    head = (fair_str){ url.p, (size_t)(comma - url.p) };
    if (!fair_str_ends(head, FAIR_STR(";base64"))) return false;
    if (!fair_unbase64(a, (fair_str){ comma + 1, url.n - head.n - 1 }, &bytes) || bytes.n < 64) return false;
    x = FAIR_NEW(a, struct fair_inline);
    *x = (struct fair_inline){ .next = *inlines, .sha256 = fair_sha256_of(bytes.p, bytes.n), .bytes = bytes };
    *inlines = x;
    *key = fair_str_fmt(a, FAIR_INLINE_KEY "%.*s", FAIR_STR_ARG(fair_hex(a, x->sha256.b, 32)));
    return true;
}

static bool
keep_pick(struct fair_arena *a, const struct fair_pick *p, struct fair_inline **inlines, struct fair_kept_pick *out)
{
    *out = (struct fair_kept_pick){ .via = p->link->via, .alt = p->link->alt };
    for (size_t i = 0; i < p->n_urls; i++) {
        fair_str url = p->urls[i];
        if (fair_str_starts(url, FAIR_STR("data:"))) {
            if (!take_inline(a, url, inlines, &out->urls[0])) continue;
            out->n_urls = 1;
            out->image_url = out->urls[0];
            return true;
        }
        out->urls[out->n_urls++] = url;
    }
    out->image_url = fair_str_starts(p->link->url, FAIR_STR("data:")) ? (fair_str){ NULL, 0 } : fair_scan_canonical(a, p->link->url);
    return out->n_urls > 0 && out->image_url.n > 0;
}

void
fair_kept_of(struct fair_arena *a, const struct fair_links *l, bool follow, struct fair_kept *out, struct fair_inline **inlines)
{
    struct set known = { 0 };
    struct fair_pick *picks;
    size_t n;

    *inlines = NULL;
    fair_scan_pick(a, l, &picks, &n);
    *out = (struct fair_kept){ .v = fair_alloc_array(a, n + l->n_pages, sizeof *out->v), .pages = fair_alloc_array(a, l->n_pages, sizeof(fair_str)),
        .sheets = l->sheets, .n_sheets = l->n_sheets };
    for (size_t i = 0; i < n; i++)
        if (keep_pick(a, &picks[i], inlines, &out->v[out->n]) && is_new(a, &known, out->v[out->n].urls[0])) out->n++;
    for (size_t i = 0; i < l->n_pages; i++) {
        struct fair_url u;
        if (fair_url_parse(a, l->pages[i], NULL, &u, NULL) != FAIR_OK) continue;
        switch (fair_scan_ending(u.path)) {
        case 'p':       /* a link to a picture, as galleries have them */
            if (!is_new(a, &known, l->pages[i])) break;
            out->v[out->n++] = (struct fair_kept_pick){ .urls = { l->pages[i] }, .n_urls = 1, .via = FAIR_STR("link"),
                .image_url = fair_url_canonical(a, &u) };
            break;
        case '?':
            if (follow) out->pages[out->n_pages++] = l->pages[i];
            break;
        default: break;
        }
    }
}

static json_t *
text_of(struct fair_arena *a, fair_str s)
{
    fair_str mended = fair_utf8_mend(a, s.p != NULL ? s : FAIR_STR(""));

    return json_stringn(mended.p, mended.n);
}

static json_t *
list_of(struct fair_arena *a, const fair_str *v, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) (void)json_array_append_new(list, text_of(a, v[i]));
    return list;
}

fair_str
fair_kept_text(struct fair_arena *a, const struct fair_kept *k)
{
    json_t *o = json_object(), *picks = json_array();
    fair_str out = { NULL, 0 };
    char *text;

    for (size_t i = 0; i < k->n; i++) {
        json_t *p = list_of(a, k->v[i].urls, k->v[i].n_urls);
        (void)json_array_insert_new(p, 0, text_of(a, k->v[i].alt));
        (void)json_array_insert_new(p, 0, text_of(a, k->v[i].via));
        (void)json_array_insert_new(p, 0, text_of(a, k->v[i].image_url));
        (void)json_array_append_new(picks, p);
    }
    (void)json_object_set_new(o, "v", json_integer(KEPT_VERSION));
    (void)json_object_set_new(o, "pictures", picks);
    (void)json_object_set_new(o, "pages", list_of(a, k->pages, k->n_pages));
    (void)json_object_set_new(o, "sheets", list_of(a, k->sheets, k->n_sheets));
    text = json_dumps(o, JSON_COMPACT);
    if (text != NULL && strlen(text) <= TEXT_MAX) out = fair_str_dup(a, fair_str_of(text));
    free(text);
    json_decref(o);
    return out;
}

static fair_str
str_of(struct fair_arena *a, const json_t *v)
{
    if (!json_is_string(v)) return (fair_str){ NULL, 0 };
    return fair_str_dup(a, (fair_str){ json_string_value(v), json_string_length(v) });
}

static size_t
read_list(struct fair_arena *a, const json_t *list, fair_str **out)
{
    size_t n = json_array_size(list), m = 0;

    *out = fair_alloc_array(a, n, sizeof **out);
    for (size_t i = 0; i < n; i++) {
        (*out)[m] = str_of(a, json_array_get(list, i));
        m += (*out)[m].n > 0;
    }
    return m;
}

bool
fair_kept_read(struct fair_arena *a, fair_str text, struct fair_kept *out)
{
    json_t *o = text.n > 0 && text.n <= TEXT_MAX ? json_loadb(text.p, text.n, 0, NULL) : NULL, *picks = json_object_get(o, "pictures");
    bool good = json_integer_value(json_object_get(o, "v")) == KEPT_VERSION && json_is_array(picks);

    *out = (struct fair_kept){ 0 };
    if (good) {
        out->v = fair_alloc_array(a, json_array_size(picks), sizeof *out->v);
        for (size_t i = 0; i < json_array_size(picks); i++) {
            const json_t *p = json_array_get(picks, i);
            struct fair_kept_pick *k = &out->v[out->n];
            *k = (struct fair_kept_pick){ .image_url = str_of(a, json_array_get(p, 0)), .via = str_of(a, json_array_get(p, 1)),
                .alt = str_of(a, json_array_get(p, 2)) };
            for (size_t u = 3; u < json_array_size(p) && k->n_urls < 4; u++) k->urls[k->n_urls++] = str_of(a, json_array_get(p, u));
            out->n += k->n_urls > 0 && k->urls[0].n > 0 && k->image_url.n > 0;
        }
        out->n_pages = read_list(a, json_object_get(o, "pages"), &out->pages);
        out->n_sheets = read_list(a, json_object_get(o, "sheets"), &out->sheets);
    }
    json_decref(o);
    return good;
}
