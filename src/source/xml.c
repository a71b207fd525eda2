/* source/xml.c - the tokens of XML, and the entries that sitemaps and feeds are made of. */
#include "source/xml_private.h"
#include <string.h>
#include <zlib.h>
#include "source/chars.h"
#include "source/html_private.h"
#include "source/links_private.h"

/* --- tokens ------------------------------------------------------------------------ */

static bool
is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t
behind(fair_str in, size_t at, const char *mark)
{
    size_t n = strlen(mark);
    const char *p = at < in.n ? memmem(in.p + at, in.n - at, mark, n) : NULL;
    return p != NULL ? (size_t)(p - in.p) + n : in.n;
}

static bool
is_at(fair_str in, size_t at, const char *word)
{
    return fair_str_starts((fair_str){ in.p + at, in.n - at }, fair_str_of(word));
}

/* The end of a tag: the '>' outside of quotes. */
static size_t
tag_end(fair_str in, size_t at)
{
    char quote = 0;

    for (; at < in.n; at++) {
        char c = in.p[at];
        if (quote != 0) quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'') quote = c;
        else if (c == '>') return at;
    }
    return in.n;
}

/* "<!DOCTYPE x [ ... ]>": behind it. */
static size_t
doctype_end(fair_str in, size_t at)
{
    for (; at < in.n && in.p[at] != '>'; at++)
        if (in.p[at] == '[') return behind(in, behind(in, at, "]"), ">");
    return at < in.n ? at + 1 : in.n;
}

static void
split_name(fair_str whole, struct xml_token *t)
{
    const char *colon = memchr(whole.p, ':', whole.n);
    t->prefix = colon != NULL ? (fair_str){ whole.p, (size_t)(colon - whole.p) } : FAIR_STR("");
    t->name = colon != NULL ? (fair_str){ colon + 1, whole.n - t->prefix.n - 1 } : whole;
}

void
fair_xml_next(struct xml *x, struct xml_token *t)
{
    fair_str in = x->in;

    *t = (struct xml_token){ .kind = XML_EOF };
    while (x->at < in.n) {
        size_t from = x->at, end, n = 0;
        if (in.p[from] != '<') {
            const char *p = memchr(in.p + from, '<', in.n - from);
            x->at = p != NULL ? (size_t)(p - in.p) : in.n;
            t->kind = XML_TEXT;
            t->raw = (fair_str){ in.p + from, x->at - from };
            return;
        }
        if (is_at(in, from, "<!--")) x->at = behind(in, from + 4, "-->");
        else if (is_at(in, from, "<![CDATA[")) {
            x->at = behind(in, from + 9, "]]>");
            end = x->at - from >= 12 && memcmp(in.p + x->at - 3, "]]>", 3) == 0 ? x->at - 3 : x->at;
            *t = (struct xml_token){ .kind = XML_TEXT, .cdata = true, .raw = { in.p + from + 9, end - from - 9 } };
            return;
        } else if (is_at(in, from, "<?")) x->at = behind(in, from + 2, "?>");
        else if (is_at(in, from, "<!")) x->at = doctype_end(in, from + 2);
        else {
            bool close = from + 1 < in.n && in.p[from + 1] == '/';
            from += close ? 2 : 1;
            end = tag_end(in, from);
            x->at = end < in.n ? end + 1 : in.n;
            if (end == in.n) return;
            while (from + n < end && !is_white(in.p[from + n]) && in.p[from + n] != '/') n++;
            if (n == 0) continue;
            split_name((fair_str){ in.p + from, n }, t);
            t->kind = close ? XML_END : XML_START;
            t->raw = (fair_str){ in.p + from + n, end - from - n };
            t->closed = !close && t->raw.n > 0 && t->raw.p[t->raw.n - 1] == '/';
            return;
        }
    }
}

fair_str
fair_xml_attr(struct fair_arena *a, const struct xml_token *t, const char *name)
{
    fair_str s = t->raw, want = fair_str_of(name);
    size_t at = 0;

    while (at < s.n) {
        size_t from, n;
        fair_str value;
        while (at < s.n && (is_white(s.p[at]) || s.p[at] == '/')) at++;
        for (from = at; at < s.n && !is_white(s.p[at]) && s.p[at] != '='; at++) { }
        n = at - from;
        while (at < s.n && is_white(s.p[at])) at++;
        if (at >= s.n || s.p[at] != '=') continue;
        at++;
        while (at < s.n && is_white(s.p[at])) at++;
        if (at < s.n && (s.p[at] == '"' || s.p[at] == '\'')) {
            const char *end = memchr(s.p + at + 1, s.p[at], s.n - at - 1);
            if (end == NULL) break;
            value = (fair_str){ s.p + at + 1, (size_t)(end - s.p) - at - 1 };
            at = (size_t)(end - s.p) + 1;
        } else {
            size_t begin = at;
            while (at < s.n && !is_white(s.p[at])) at++;
            value = (fair_str){ s.p + begin, at - begin };
        }
        if (fair_str_eq((fair_str){ s.p + from, n }, want)) return fair_html_decode(a, value, false);
    }
    return (fair_str){ NULL, 0 };
}

/* --- the text ------------------------------------------------------------------------ */

static fair_status
unpack(struct fair_arena *a, fair_str in, fair_str *out, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_SITEMAP_INPUT);
    z_stream z = { .next_in = (unsigned char *)(uintptr_t)in.p, .avail_in = (unsigned)in.n };
    unsigned char piece[16384];
    int rc;

    if (inflateInit2(&z, 15 + 32) != Z_OK) return fair_fail(err, FAIR_CORRUPT, "gzip: cannot begin");
    do {
        z.next_out = piece;
        z.avail_out = sizeof piece;
        rc = inflate(&z, Z_NO_FLUSH);
        fair_buf_add(&b, (fair_str){ (const char *)piece, sizeof piece - z.avail_out });
        if (rc == Z_STREAM_END && z.avail_in > 0 && z.next_in[0] == 0x1f) rc = inflateReset(&z);   /* another member */
    } while (rc == Z_OK && !b.over && (z.avail_in > 0 || z.avail_out == 0));
    inflateEnd(&z);
    if (b.n == 0) return fair_fail(err, FAIR_CORRUPT, "gzip: %zu bytes that do not unpack", in.n);
    *out = (fair_str){ b.p, b.n };
    return FAIR_OK;
}

fair_status
fair_xml_text(struct fair_arena *a, fair_str s, fair_str *out, struct fair_err *err)
{
    const unsigned char *p;

    if (s.n > FAIR_SITEMAP_INPUT) s.n = FAIR_SITEMAP_INPUT;
    p = (const unsigned char *)s.p;
    if (s.n >= 2 && p[0] == 0x1f && p[1] == 0x8b) {
        FAIR_TRY(unpack(a, s, &s, err));
        p = (const unsigned char *)s.p;
    }
    if (s.n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) s = (fair_str){ s.p + 3, s.n - 3 };
    else if (s.n >= 2 && p[0] == 0xff && p[1] == 0xfe) s = fair_utf16_utf8(a, (fair_str){ s.p + 2, s.n - 2 }, false);
    else if (s.n >= 2 && p[0] == 0xfe && p[1] == 0xff) s = fair_utf16_utf8(a, (fair_str){ s.p + 2, s.n - 2 }, true);
    else if (s.n >= 4 && p[0] == '<' && p[1] == 0) s = fair_utf16_utf8(a, s, false);
    else if (s.n >= 4 && p[0] == 0 && p[1] == '<') s = fair_utf16_utf8(a, s, true);
    else if (!fair_utf8_valid(s)) {
        fair_str head = { s.p, s.n < 100 ? s.n : 100 };
        bool says_utf8 = memmem(head.p, head.n, "UTF-8", 5) != NULL || memmem(head.p, head.n, "utf-8", 5) != NULL;
        if (!says_utf8) s = fair_latin_utf8(a, s);
    }
    *out = fair_utf8_mend(a, s);
    return FAIR_OK;
}

/* --- entries ------------------------------------------------------------------------- */

void
fair_entries_begin(struct fair_entries *e, struct fair_arena *a, fair_str base, struct fair_sitemap *out)
{
    *out = (struct fair_sitemap){ 0 };
    *e = (struct fair_entries){ .a = a, .out = out };
    e->has_base = base.p != NULL && fair_url_parse(a, base, NULL, &e->base, NULL) == FAIR_OK;
}

bool
fair_entries_address(struct fair_entries *e, const struct fair_url *base, fair_str text, fair_str *out)
{
    FAIR_AUTO(arena) struct fair_arena *tmp = fair_arena_new();
    struct fair_url u;

    text = fair_str_trim(text);
    if (text.n == 0) return false;
    if (base == NULL && e->has_base) base = &e->base;
    if (fair_url_parse(tmp, text, base, &u, NULL) != FAIR_OK) return false;
    if (!u.has_host || (!fair_str_eq(u.scheme, FAIR_STR("http")) && !fair_str_eq(u.scheme, FAIR_STR("https")))) return false;
    *out = fair_str_dup(e->a, u.href);
    return true;
}

static void
add_once(struct fair_entries *e, fair_str url, fair_str **v, size_t *n, size_t *room)
{
    /* The last few are enough to see a picture named twice side by side. */
    for (size_t i = *n; i > 0 && *n - i < 32; i--)
        if (fair_str_eq((*v)[i - 1], url)) return;
    if (*n >= FAIR_SITEMAP_IMAGES) {
        e->out->truncated = true;
        return;
    }
    if (*n == *room) {
        size_t more = *room > 0 ? *room * 2 : 4;
        fair_str *w = fair_alloc_array(e->a, more, sizeof *w);
        if (*n > 0) memcpy(w, *v, *n * sizeof *w);
        *v = w;
        *room = more;
    }
    (*v)[(*n)++] = url;
}

void
fair_entries_image(struct fair_entries *e, const struct fair_url *base, fair_str text)
{
    fair_str url;
    if (fair_entries_address(e, base, text, &url)) add_once(e, url, &e->now.images, &e->now.n_images, &e->images_room);
}

void
fair_entries_media(struct fair_entries *e, const struct fair_url *base, fair_str text)
{
    fair_str url;
    if (fair_entries_address(e, base, text, &url)) add_once(e, url, &e->now.media, &e->now.n_media, &e->media_room);
}

void
fair_entries_add(struct fair_entries *e)
{
    struct fair_sitemap *o = e->out;
    bool wanted = e->now.loc.p != NULL || e->now.n_images > 0;

    if (wanted && o->n >= FAIR_SITEMAP_ENTRIES) {
        o->truncated = true;
        wanted = false;
    }
    if (wanted) {
        if (o->n == e->room) {
            size_t more = e->room > 0 ? e->room * 2 : 64;
            struct fair_sitemap_entry *w = fair_alloc_array(e->a, more, sizeof *w);
            if (o->n > 0) memcpy(w, o->v, o->n * sizeof *w);
            o->v = w;
            e->room = more;
        }
        o->v[o->n++] = e->now;
    }
    e->now = (struct fair_sitemap_entry){ 0 };
    e->images_room = e->media_room = 0;
}
