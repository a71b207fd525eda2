/* source/static_html.c - a captured page as static HTML, for eyes and not for a browser's powers.
 *
 * What is left is structure, words, looks and pictures.  The first wall is the origin it is served from, with its
 * Content-Security-Policy; this is the second, so that nothing even asks. */
#include <string.h>
#include "source/static_html.h"
#include "source/html_private.h"
#include "source/url.h"

#define OUT_MAX ((size_t)64 << 20)

struct view {
    struct fair_buf b;
    struct fair_arena *arena;
    struct fair_url base;
    bool has_base;
    const char *(*local)(void *arg, fair_str url);
    void *arg;
};

/* Escaped for an attribute in double quotes. */
static void
put_value(struct view *v, fair_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '"') fair_buf_c(&v->b, "&quot;");
        else if (c == '<') fair_buf_c(&v->b, "&lt;");
        else if (c == '&') fair_buf_c(&v->b, "&amp;");
        else fair_buf_byte(&v->b, c);
    }
}

static const char *
local_of(struct view *v, fair_str url)
{
    struct fair_url u;

    if (v->local == NULL || fair_url_parse(v->arena, fair_str_trim(url), v->has_base ? &v->base : NULL, &u, NULL) != FAIR_OK) return NULL;
    if (u.fragment.p != NULL) u.href.n -= u.fragment.n + 1;
    return v->local(v->arg, u.href);
}

/* url(...) in a style: to what we have, or to nothing; @import and everything that is no plain style is left out whole. */
static void
put_style(struct view *v, fair_str css)
{
    if (memmem(css.p != NULL ? css.p : "", css.n, "@import", 7) != NULL) css = FAIR_STR("");
    if (css.p == NULL) css = FAIR_STR("");
    for (size_t i = 0; i < css.n; i++) {
        const char *end;
        fair_str url;
        const char *name;
        if (css.n - i < 4 || !fair_str_eq_nocase((fair_str){ css.p + i, 4 }, FAIR_STR("url(")) || (end = memchr(css.p + i, ')', css.n - i)) == NULL) {
            if (css.p[i] == '<') fair_buf_c(&v->b, "\\3c ");      /* within svg a style is no raw text */
            else fair_buf_byte(&v->b, css.p[i]);
            continue;
        }
        url = fair_str_trim((fair_str){ css.p + i + 4, (size_t)(end - css.p) - i - 4 });
        if (url.n >= 2 && (url.p[0] == '"' || url.p[0] == '\'')) url = (fair_str){ url.p + 1, url.n - 2 };
        name = local_of(v, url);
        if (name != NULL) fair_buf_fmt(&v->b, "url(%s)", name);
        else fair_buf_c(&v->b, "url(about:blank)");
        i = (size_t)(end - css.p);
    }
}

/* Attributes that are kept as they are; those with addresses are told apart below.  All that begin with "on" are none of them. */
static bool
harmless(fair_str name)
{
    static const char *const kept[] = { "class", "id", "alt", "title", "width", "height", "colspan", "rowspan", "align", "valign", "dir", "lang", "cellpadding", "cellspacing", "border",
        "bgcolor", "color", "face", "size", "start", "type", "value", "role", "aria-label", "hidden", "open", "d", "viewbox", "fill", "stroke", "stroke-width", "x", "y", "cx", "cy", "r",
        "points", "transform", "media", "datetime", "span", "disabled", "checked", "placeholder", "cols", "rows" };

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (fair_str_eq_nocase(name, fair_str_of(kept[i]))) return true;
    return false;
}

/* Elements that are left out, with what they hold where it is text of theirs. */
static bool
dropped(fair_str name)
{
    static const char *const out[] = { "script", "noscript", "iframe", "frame", "frameset", "object", "embed", "applet", "base", "template", "link", "meta", "form", "portal", "slot", "audio",
        "video", "source", "track", "animate", "set", "animatemotion", "animatetransform", "foreignobject", "use" };

    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        if (fair_str_eq_nocase(name, fair_str_of(out[i]))) return true;
    return false;
}

static bool
plain_name(fair_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')) return false;
    }
    return s.n > 0 && s.n < 40;
}

static void
put_sheet(struct view *v, const struct html_token *t)
{
    fair_str rel = fair_html_attr(v->arena, t, "rel"), href = fair_html_attr(v->arena, t, "href");
    const char *name = href.n > 0 && fair_str_eq_nocase(rel, FAIR_STR("stylesheet")) ? local_of(v, href) : NULL;

    if (name != NULL) fair_buf_fmt(&v->b, "<link rel=\"stylesheet\" href=\"%s\">", name);
}

static void
put_start(struct view *v, const struct html_token *t)
{
    fair_buf_byte(&v->b, '<');
    fair_buf_add(&v->b, t->name);
    for (size_t i = 0; i < t->n_attrs; i++) {
        fair_str name = t->attr[i].name, value = fair_html_decode(v->arena, t->attr[i].value, true);
        const char *to;
        if (fair_str_eq_nocase(name, FAIR_STR("style"))) {
            struct view inner = *v;
            inner.b = FAIR_BUF(v->arena, OUT_MAX);
            put_style(&inner, value);
            fair_buf_c(&v->b, " style=\"");
            put_value(v, (fair_str){ inner.b.p, inner.b.n });
            fair_buf_c(&v->b, "\"");
        } else if (fair_str_eq_nocase(name, FAIR_STR("src")) || fair_str_eq_nocase(name, FAIR_STR("background")) || fair_str_eq_nocase(name, FAIR_STR("poster"))) {
            to = local_of(v, value);
            if (to != NULL) fair_buf_fmt(&v->b, " %.*s=\"%s\"", FAIR_STR_ARG(name), to);
        } else if (fair_str_eq_nocase(name, FAIR_STR("href")) && fair_str_eq_nocase(t->name, FAIR_STR("a"))) {
            fair_buf_c(&v->b, " title=\"");
            put_value(v, value);
            fair_buf_c(&v->b, "\"");
        } else if (harmless(name) && plain_name(name)) {
            fair_buf_byte(&v->b, ' ');
            fair_buf_add(&v->b, name);
            fair_buf_c(&v->b, "=\"");
            put_value(v, value);
            fair_buf_c(&v->b, "\"");
        }
    }
    fair_buf_byte(&v->b, '>');
}

fair_str
fair_static_html(struct fair_arena *a, fair_str html, fair_str base, const char *(*local)(void *arg, fair_str url), void *arg)
{
    struct view v = { .b = FAIR_BUF(a, OUT_MAX), .arena = a, .local = local, .arg = arg };
    struct html_lexer l = { .in = fair_utf8_mend(a, html) };
    struct html_token *t = FAIR_NEW(a, struct html_token);
    fair_str out;

    v.has_base = fair_url_parse(a, base, NULL, &v.base, NULL) == FAIR_OK;
    fair_buf_c(&v.b, "<!doctype html><meta charset=\"utf-8\">");
    for (;;) {
        fair_html_next(&l, false, t);
        for (size_t i = 0; i < t->text.n; i++) {
            if (t->text.p[i] == '<') fair_buf_c(&v.b, "&lt;");
            else fair_buf_byte(&v.b, t->text.p[i]);
        }
        if (t->kind == HTML_EOF) break;
        if (t->kind == HTML_TEXT || !plain_name(t->name)) continue;
        if (t->kind == HTML_START && fair_str_eq_nocase(t->name, FAIR_STR("link"))) put_sheet(&v, t);
        if (t->kind == HTML_START && (fair_str_eq_nocase(t->name, FAIR_STR("style")) || fair_str_eq_nocase(t->name, FAIR_STR("title")) || fair_str_eq_nocase(t->name, FAIR_STR("textarea")))) {
            fair_str raw = fair_html_raw(&l, t->tag);
            bool style = fair_str_eq_nocase(t->name, FAIR_STR("style"));
            put_start(&v, t);
            if (style) put_style(&v, raw);
            else
                for (size_t i = 0; i < raw.n; i++) {
                    if (raw.p[i] == '<') fair_buf_c(&v.b, "&lt;");
                    else fair_buf_byte(&v.b, raw.p[i]);
                }
            fair_buf_fmt(&v.b, "</%.*s>", FAIR_STR_ARG(t->name));
            fair_html_next(&l, false, t);           /* its end tag, or whatever stands there */
            if (t->kind == HTML_EOF) break;
            continue;
        }
        if (dropped(t->name)) {
            if (t->kind == HTML_START && (fair_html_tag_flags(t->tag) & HTML_RAW) != 0) (void)fair_html_raw(&l, t->tag);
            if (t->kind == HTML_START && fair_str_eq_nocase(t->name, FAIR_STR("script"))) (void)fair_html_raw(&l, TAG_script);
            continue;
        }
        if (t->kind == HTML_END) fair_buf_fmt(&v.b, "</%.*s>", FAIR_STR_ARG(t->name));
        else put_start(&v, t);
    }
    return fair_buf_take(&v.b, &out, NULL) == FAIR_OK ? out : FAIR_STR("<!doctype html><p>The page is too large to be shown here.");
}

fair_str
fair_static_css(struct fair_arena *a, fair_str css, fair_str base, const char *(*local)(void *arg, fair_str url), void *arg)
{
    struct view v = { .b = FAIR_BUF(a, OUT_MAX), .arena = a, .local = local, .arg = arg };
    fair_str out;

    v.has_base = fair_url_parse(a, base, NULL, &v.base, NULL) == FAIR_OK;
    put_style(&v, fair_utf8_mend(a, css));
    return fair_buf_take(&v.b, &out, NULL) == FAIR_OK ? out : FAIR_STR("");
}
