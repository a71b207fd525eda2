/* source/feed.c - feeds: RSS and RDF in all their versions, Atom, and what media extensions add. */
#include "source/sitemap.h"
#include "source/xml_private.h"
#include "source/html_private.h"
#include "source/links_private.h"
#include <string.h>

#define TEXT ((size_t)4 << 20)        /* bytes of one element's text */
#define BASES 1000            /* xml:base attributes that count */

struct reader {
    struct fair_entries e;
    struct xml xml;
    struct fair_arena *tmp, *held;    /* for an item; for the feed */
    struct { fair_str name; const struct fair_url *base; } stack[XML_DEPTH];
    size_t depth, excess;
    struct fair_buf text;
    unsigned n_bases;
    bool known, in_item;
    fair_str guid, second;            /* addresses of the item if it has no link: its guid; any link of Atom's */
    struct fair_sitemap_entry feed;   /* the feed's own address and pictures, put aside while an item is read */
    size_t feed_images_room;
};

static bool
is(fair_str s, const char *word)
{
    return fair_str_eq(s, fair_str_of(word));
}

static bool
is_any(fair_str s, const char *const *words)
{
    for (; *words != NULL; words++)
        if (is(s, *words)) return true;
    return false;
}

/* What an element holds is read before the next one begins, so the builder is used again. */
static void
empty_text(struct reader *r)
{
    r->text.n = 0;
    r->text.over = false;
}

static const struct fair_url *
base_of(const struct reader *r)
{
    return r->depth > 0 ? r->stack[r->depth - 1].base : NULL;
}

static fair_str
above(const struct reader *r)
{
    return r->depth > 1 ? r->stack[r->depth - 2].name : FAIR_STR("");
}

/* The pictures of a piece of HTML. */
static void
html(struct reader *r, fair_str text)
{
    struct html_lexer l = { .in = text };
    struct html_token *t;

    if (memchr(text.p, '<', text.n) == NULL) return;
    t = FAIR_NEW(r->tmp, struct html_token);
    for (fair_html_next(&l, false, t); t->kind != HTML_EOF; fair_html_next(&l, false, t)) {
        struct fair_srcset_candidate *v;
        size_t n;
        if (t->kind != HTML_START || (t->tag != TAG_img && t->tag != TAG_image && t->tag != TAG_source && t->tag != TAG_video)) continue;
        if (t->tag == TAG_video) fair_entries_image(&r->e, base_of(r), fair_html_attr(r->tmp, t, "poster"));
        else if (t->tag != TAG_source) fair_entries_image(&r->e, base_of(r), fair_html_attr(r->tmp, t, "src"));
        fair_srcset_parse(r->tmp, fair_html_attr(r->tmp, t, "srcset"), true, &v, &n);
        for (size_t i = 0; i < n; i++) fair_entries_image(&r->e, base_of(r), v[i].url);
    }
}

/* enclosure, media:content: a picture by what it says of itself, else by its name. */
static void
enclosure(struct reader *r, const struct xml_token *t)
{
    fair_str url = fair_xml_attr(r->tmp, t, "url"), type = fair_xml_attr(r->tmp, t, "type"), medium = fair_xml_attr(r->tmp, t, "medium");

    if (url.p == NULL) url = fair_xml_attr(r->tmp, t, "href");
    if (url.n == 0) return;
    if (is(medium, "image") || fair_str_starts(type, FAIR_STR("image/")) || ((type.n == 0 || medium.n == 0) && fair_looks_like_picture(url)))
        fair_entries_image(&r->e, base_of(r), url);
}

static void
atom_link(struct reader *r, const struct xml_token *t)
{
    fair_str href = fair_xml_attr(r->tmp, t, "href"), rel = fair_xml_attr(r->tmp, t, "rel"), address;

    if (href.p == NULL) return;
    if (is(rel, "enclosure")) {
        enclosure(r, t);
        return;
    }
    if (!fair_entries_address(&r->e, base_of(r), href, &address)) return;
    if (rel.n == 0 || is(rel, "alternate")) {
        if (r->e.now.loc.p == NULL) r->e.now.loc = address;
    } else if (r->second.p == NULL && r->in_item && is(rel, "related")) r->second = address;
}

static void
item_begin(struct reader *r)
{
    if (!r->in_item) {
        r->feed = r->e.now;
        r->feed_images_room = r->e.images_room;
    } else fair_entries_add(&r->e);
    r->e.now = (struct fair_sitemap_entry){ 0 };
    r->e.images_room = r->e.media_room = 0;
    r->in_item = true;
    r->guid = r->second = (fair_str){ NULL, 0 };
}

static void
item_end(struct reader *r)
{
    if (!r->in_item) return;
    if (r->e.now.loc.p == NULL) r->e.now.loc = r->guid.p != NULL ? r->guid : r->second;
    fair_entries_add(&r->e);
    r->in_item = false;
    r->e.now = r->feed;
    r->e.images_room = r->feed_images_room;
}

static void
begin(struct reader *r, const struct xml_token *t)
{
    static const char *const roots[] = { "rss", "feed", "RDF", "channel", "item", "entry", NULL };
    fair_str base = { NULL, 0 };

    fair_arena_clear(r->tmp);
    if (r->n_bases < BASES && memmem(t->raw.p, t->raw.n, "xml:base", 8) != NULL) base = fair_xml_attr(r->tmp, t, "xml:base");
    if (base.n > 0) {
        r->n_bases++;
        struct fair_url *u = FAIR_NEW(r->held, struct fair_url);
        const struct fair_url *outer = r->depth > 1 ? r->stack[r->depth - 2].base : NULL;
        if (outer == NULL && r->e.has_base) outer = &r->e.base;
        if (fair_url_parse(r->held, base, outer, u, NULL) == FAIR_OK) r->stack[r->depth - 1].base = u;
    }
    if (is_any(t->name, roots)) r->known = true;
    if ((is(t->name, "item") || is(t->name, "entry")) && t->prefix.n == 0) item_begin(r);
    else if (is(t->name, "link")) atom_link(r, t);
    else if (is(t->name, "enclosure") || is(t->prefix, "media")) {
        if (is(t->name, "enclosure") || is(t->name, "content")) enclosure(r, t);
        else if (is(t->name, "thumbnail")) fair_entries_image(&r->e, base_of(r), fair_xml_attr(r->tmp, t, "url"));
    } else if (is(t->name, "image")) {
        fair_str href = fair_xml_attr(r->tmp, t, "href");
        if (href.p == NULL) href = fair_xml_attr(r->tmp, t, "rdf:resource");
        if (href.p != NULL) fair_entries_image(&r->e, base_of(r), href);
    } else if (is(t->name, "img")) fair_entries_image(&r->e, base_of(r), fair_xml_attr(r->tmp, t, "src"));
    empty_text(r);
}

static void
end(struct reader *r, fair_str prefix, fair_str name)
{
    static const char *const dates[] = { "pubDate", "updated", "published", "modified", "date", "issued", "created", NULL };
    static const char *const htmls[] = { "description", "encoded", "content", "summary", "body", "fullitem", NULL };
    fair_str text = r->text.p != NULL ? fair_str_trim((fair_str){ r->text.p, r->text.n }) : FAIR_STR(""), up = above(r);
    struct fair_sitemap_entry *now = &r->e.now;

    empty_text(r);
    if ((is(name, "item") || is(name, "entry")) && prefix.n == 0) {
        item_end(r);
        return;
    }
    if (text.n == 0) return;
    if (is(up, "image") && !is(name, "url")) return;      /* the picture's own title and link */
    if (is(name, "link")) {
        if (now->loc.p == NULL) fair_entries_address(&r->e, base_of(r), text, &now->loc);
    } else if (is(name, "guid")) {
        if (r->guid.p == NULL) fair_entries_address(&r->e, NULL, text, &r->guid);
    } else if (is_any(name, dates)) {
        if (text.n < 100 && (now->lastmod.p == NULL || is(name, "updated") || is(name, "modified"))) now->lastmod = fair_str_dup(r->e.a, text);
    } else if ((is(name, "url") && is(up, "image")) || is(name, "image") || is(name, "logo") || is(name, "icon")) fair_entries_image(&r->e, base_of(r), text);
    else if (is_any(name, htmls)) html(r, text);
}

static void
read_xml(struct reader *r)
{
    struct xml_token t;

    for (fair_xml_next(&r->xml, &t); t.kind != XML_EOF; fair_xml_next(&r->xml, &t)) {
        if (t.kind == XML_TEXT) {
            fair_buf_add(&r->text, t.cdata ? t.raw : fair_html_decode(r->tmp, t.raw, false));
        } else if (t.kind == XML_START) {
            if (r->depth == XML_DEPTH) {
                r->excess += !t.closed;
                continue;
            }
            r->stack[r->depth].base = base_of(r);
            r->stack[r->depth++].name = t.name;
            begin(r, &t);
            if (t.closed) {
                end(r, t.prefix, t.name);
                r->depth--;
            }
        } else if (r->excess > 0) r->excess--;
        else {
            for (size_t i = r->depth; i > 0; i--) {
                if (!fair_str_eq(r->stack[i - 1].name, t.name)) continue;
                r->depth = i;
                end(r, t.prefix, t.name);
                r->depth = i - 1;
                break;
            }
        }
    }
    item_end(r);
}

/* The feed itself stands first if it has a picture. */
static void
put_feed_first(struct reader *r)
{
    struct fair_sitemap *o = r->e.out;
    size_t n = o->n;

    r->e.now.is_feed = true;
    if (r->e.now.n_images == 0) return;
    fair_entries_add(&r->e);
    if (o->n == n) return;
    r->feed = o->v[n];
    memmove(o->v + 1, o->v, n * sizeof *o->v);
    o->v[0] = r->feed;
}

fair_status
fair_feed_read(struct fair_arena *a, fair_str bytes, fair_str base, struct fair_sitemap *out, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *tmp = fair_arena_new();
    FAIR_AUTO(arena) struct fair_arena *held = fair_arena_new();
    struct reader *r = FAIR_NEW(held, struct reader);
    fair_str text, head;

    fair_entries_begin(&r->e, a, base, out);
    FAIR_TRY(fair_xml_text(held, bytes.p != NULL ? bytes : FAIR_STR(""), &text, err));
    r->tmp = tmp;
    r->held = held;
    r->text = FAIR_BUF(held, TEXT);
    r->xml.in = text;
    head = fair_str_trim(text);
    if (head.n > 0 && head.p[0] == '{') FAIR_TRY(fair_feed_json(&r->e, head, err));
    else {
        read_xml(r);
        if (!r->known) return fair_fail(err, FAIR_INVALID, "no feed: neither RSS nor Atom nor JSON");
    }
    put_feed_first(r);
    if (bytes.n > FAIR_SITEMAP_INPUT) out->truncated = true;
    return FAIR_OK;
}
