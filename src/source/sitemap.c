/* source/sitemap.c - sitemaps (sitemaps.org 0.9, with the image and video extensions) and lists of addresses. */
#include "source/sitemap.h"
#include "source/xml_private.h"
#include "source/html_private.h"
#include <string.h>

#define TEXT 70000            /* bytes of one element's text */

struct reader {
    struct fair_entries e;
    struct xml xml;
    struct fair_arena *tmp;
    fair_str stack[XML_DEPTH];        /* names of the open elements */
    size_t depth, excess;
    struct fair_buf text;     /* of the innermost one */
    bool known;               /* a root we know was seen */
};

static bool
is(fair_str s, const char *word)
{
    return fair_str_eq(s, fair_str_of(word));
}

/* What an element holds is read before the next one begins, so the builder is used again. */
static void
empty_text(struct reader *r)
{
    r->text.n = 0;
    r->text.over = false;
}

static fair_str
parent(const struct reader *r, size_t up)
{
    return r->depth >= up + 1 ? r->stack[r->depth - 1 - up] : FAIR_STR("");
}

static void
link_of_feed(struct reader *r, fair_str address)
{
    if (!fair_entries_address(&r->e, NULL, address, &r->e.now.loc)) return;
    fair_entries_add(&r->e);
}

static void
begin(struct reader *r, const struct xml_token *t)
{
    fair_arena_clear(r->tmp);
    if (is(t->name, "urlset") || is(t->name, "sitemapindex") || is(t->name, "rss") || is(t->name, "feed") || is(t->name, "RDF")) r->known = true;
    if (is(t->name, "url") || is(t->name, "sitemap")) {
        fair_entries_add(&r->e);
        r->e.now.is_sitemap = is(t->name, "sitemap");
    } else if (is(t->name, "link") && t->prefix.n == 0 && !is(parent(r, 0), "url")) {
        fair_str href = fair_xml_attr(r->tmp, t, "href");
        if (href.p != NULL) link_of_feed(r, href);
    }
    empty_text(r);
}

static void
end(struct reader *r, fair_str prefix, fair_str name)
{
    fair_str text = r->text.p != NULL ? fair_str_trim((fair_str){ r->text.p, r->text.n }) : FAIR_STR(""), above = parent(r, 1);
    struct fair_sitemap_entry *now = &r->e.now;

    if (is(name, "loc")) {
        if (is(above, "image")) fair_entries_image(&r->e, NULL, text);
        else if (now->loc.p == NULL) fair_entries_address(&r->e, NULL, text, &now->loc);
    } else if (is(name, "lastmod")) {
        if (text.n > 0 && text.n < 100) now->lastmod = fair_str_dup(r->e.a, text);
    } else if (is(name, "thumbnail_loc") || is(name, "content_loc") || is(name, "player_loc")) fair_entries_media(&r->e, NULL, text);
    else if (is(name, "link") && prefix.n == 0) {
        if (text.n > 0 && !is(above, "url")) link_of_feed(r, text);
    } else if (is(name, "url") || is(name, "sitemap")) fair_entries_add(&r->e);
    empty_text(r);
}

static void
read_xml(struct reader *r)
{
    struct xml_token t;

    for (fair_xml_next(&r->xml, &t); t.kind != XML_EOF; fair_xml_next(&r->xml, &t)) {
        if (t.kind == XML_TEXT) {
            fair_buf_add(&r->text, t.cdata ? t.raw : fair_html_decode(r->tmp, t.raw, false));
            continue;
        }
        if (t.kind == XML_START) {
            begin(r, &t);
            if (r->depth == XML_DEPTH) r->excess += !t.closed;
            else {
                r->stack[r->depth++] = t.name;
                if (t.closed) {
                    end(r, t.prefix, t.name);
                    r->depth--;
                }
            }
            continue;
        }
        if (r->excess > 0) {
            r->excess--;
            continue;
        }
        /* An end tag that closes nothing open is passed over; one that closes something further out closes what is in it too. */
        for (size_t i = r->depth; i > 0; i--) {
            if (!fair_str_eq(r->stack[i - 1], t.name)) continue;
            r->depth = i;
            end(r, t.prefix, t.name);
            r->depth = i - 1;
            break;
        }
    }
    fair_entries_add(&r->e);
}

static void
read_lines(struct reader *r, fair_str text)
{
    fair_str rest = text, line;

    while (fair_str_split(&rest, '\n', &line)) {
        line = fair_str_trim(line);
        if (!fair_str_starts(line, FAIR_STR("http://")) && !fair_str_starts(line, FAIR_STR("https://"))) continue;
        if (!fair_entries_address(&r->e, NULL, line, &r->e.now.loc)) continue;
        fair_entries_add(&r->e);
        r->known = true;
    }
}

fair_status
fair_sitemap_read(struct fair_arena *a, fair_str bytes, fair_str base, struct fair_sitemap *out, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *tmp = fair_arena_new();
    FAIR_AUTO(arena) struct fair_arena *held = fair_arena_new();
    struct reader *r = FAIR_NEW(held, struct reader);
    fair_str text, head;

    fair_entries_begin(&r->e, a, base, out);
    FAIR_TRY(fair_xml_text(held, bytes.p != NULL ? bytes : FAIR_STR(""), &text, err));
    r->tmp = tmp;
    r->text = FAIR_BUF(held, TEXT);
    r->xml.in = text;
    head = fair_str_trim(text);
    if (head.n > 0 && head.p[0] == '<') read_xml(r);
    else read_lines(r, text);
    if (bytes.n > FAIR_SITEMAP_INPUT) out->truncated = true;
    if (!r->known && out->n == 0) return fair_fail(err, FAIR_INVALID, "no sitemap, no feed and no list of addresses");
    return FAIR_OK;
}
