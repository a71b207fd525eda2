/* source/links_css.c - the pictures a style sheet names: url() and image-set(), with comments, strings and escapes as CSS has them. */
#include "source/chars.h"
#include "source/links_private.h"
#include "source/url_private.h"
#include <string.h>

struct css {
    struct fair_gather *g;
    const struct fair_link *said;
    fair_str in;
    size_t at;
    size_t depth, font_depth;     /* of { }, and of the @font-face we are in (0: none) */
    bool font_next;               /* the block that comes is a @font-face */
    bool import;                  /* in an @import, before its ';' */
    bool other;                   /* in an @namespace, @charset: urls name no picture */
    size_t set_parens, parens;    /* depth of ( ) at which an image-set began, and now */
};

static bool
is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static inline bool
is_name(char c)
{
    return (unsigned char)((c | 32) - 'a') < 26 || (unsigned char)(c - '0') < 10 || c == '-' || c == '_' || (unsigned char)c > 0x7f;
}

/* Behind a backslash: up to six hex digits and one white space, a newline (nothing), or the character itself. */
static void
escape(struct css *c, struct fair_buf *b)
{
    uint32_t v = 0;
    int n = 0;

    if (c->at >= c->in.n) return;
    while (n < 6 && c->at < c->in.n && fair_url_hex(c->in.p[c->at]) >= 0) {
        v = v * 16 + (uint32_t)fair_url_hex(c->in.p[c->at++]);
        n++;
    }
    if (n > 0) {
        fair_utf8_put(b, v);
        if (c->at + 1 < c->in.n && c->in.p[c->at] == '\r' && c->in.p[c->at + 1] == '\n') c->at += 2;
        else if (c->at < c->in.n && is_white(c->in.p[c->at])) c->at++;
        return;
    }
    if (c->in.p[c->at] == '\n' || c->in.p[c->at] == '\f') c->at++;
    else if (c->in.p[c->at] == '\r') c->at += c->at + 1 < c->in.n && c->in.p[c->at + 1] == '\n' ? 2 : 1;
    else fair_buf_byte(b, c->in.p[c->at++]);
}

static fair_str
taken(const struct fair_buf *b)
{
    return b->p != NULL ? (fair_str){ b->p, b->n } : FAIR_STR("");
}

/* A string, the opening quote eaten.  An unescaped newline ends it: it was none. */
static bool
string(struct css *c, char quote, fair_str *out)
{
    struct fair_buf b = FAIR_BUF(c->g->a, FAIR_LINKS_DATA);

    while (c->at < c->in.n) {
        char ch = c->in.p[c->at];
        size_t from = c->at;
        if (ch == '\n' || ch == '\r' || ch == '\f') {
            *out = taken(&b);
            return false;
        }
        c->at++;
        if (ch == quote) break;
        if (ch == '\\') {
            escape(c, &b);
            continue;
        }
        while (c->at < c->in.n && c->in.p[c->at] != quote && c->in.p[c->at] != '\\' && c->in.p[c->at] != '\n' &&
               c->in.p[c->at] != '\r' && c->in.p[c->at] != '\f')
            c->at++;
        fair_buf_add(&b, (fair_str){ c->in.p + from, c->at - from });
    }
    *out = taken(&b);
    return !b.over;
}

static void
skip_white(struct css *c)
{
    while (c->at < c->in.n && is_white(c->in.p[c->at])) c->at++;
}

static bool
ends_run(char c)
{
    return c == ')' || c == '\\' || c == '"' || c == '\'' || c == '(' || is_white(c);
}

/* What stands between "url(" and ")". */
static bool
url_token(struct css *c, fair_str *out)
{
    struct fair_buf b = FAIR_BUF(c->g->a, FAIR_LINKS_DATA);
    bool good = true;

    skip_white(c);
    if (c->at < c->in.n && (c->in.p[c->at] == '"' || c->in.p[c->at] == '\'')) {
        good = string(c, c->in.p[c->at++], out);
        while (c->at < c->in.n && c->in.p[c->at] != ')') c->at++;
        if (c->at < c->in.n) c->at++;
        return good;
    }
    while (c->at < c->in.n && c->in.p[c->at] != ')') {
        size_t from = c->at;
        while (c->at < c->in.n && !ends_run(c->in.p[c->at])) c->at++;
        fair_buf_add(&b, (fair_str){ c->in.p + from, c->at - from });
        if (c->at >= c->in.n || c->in.p[c->at] == ')') break;
        if (c->in.p[c->at] == '\\') {
            c->at++;
            escape(c, &b);
        } else if (is_white(c->in.p[c->at])) {
            skip_white(c);
            if (c->at < c->in.n && c->in.p[c->at] != ')') good = false;
        } else {
            c->at++;
            good = false;
        }
    }
    if (c->at < c->in.n) c->at++;
    *out = taken(&b);
    return good && !b.over;
}

static void
found(struct css *c, fair_str address)
{
    struct fair_link l = *c->said;

    if (address.n == 0) return;
    if (c->import) {
        fair_gather_sheet(c->g, address);
        c->import = false;
        return;
    }
    if (c->font_depth > 0 || c->other) return;
    l.value = address;
    fair_gather_picture(c->g, address, &l);
}

static bool
name_is(fair_str s, const char *word)
{
    return fair_str_eq_nocase(s, fair_str_of(word));
}

/* A name and the parenthesis behind it, at which we stand. */
static void
parenthesis(struct css *c, fair_str name)
{
    fair_str address;

    c->at++;
    if (name_is(name, "url") || name_is(name, "src")) {
        if (url_token(c, &address)) found(c, address);
        return;
    }
    c->parens++;
    if (c->set_parens == 0 && (name_is(name, "image-set") || name_is(name, "-webkit-image-set") || name_is(name, "image") ||
                               name_is(name, "cross-fade") || name_is(name, "-webkit-cross-fade")))
        c->set_parens = c->parens;
    /* In image-set(), type("image/avif") holds no address. */
    else if (c->set_parens > 0 && name_is(name, "type")) {
        while (c->at < c->in.n && c->in.p[c->at] != ')') c->at++;
    }
}

static void
at_rule(struct css *c)
{
    size_t from = ++c->at;
    fair_str name;

    while (c->at < c->in.n && is_name(c->in.p[c->at])) c->at++;
    name = (fair_str){ c->in.p + from, c->at - from };
    if (name_is(name, "import")) c->import = true;
    else if (name_is(name, "font-face")) c->font_next = true;
    else if (name_is(name, "namespace") || name_is(name, "charset") || name_is(name, "document") || name_is(name, "-moz-document")) c->other = true;
}

/* The bytes at which something may begin; white space, names without a parenthesis and other punctuation mean nothing here. */
static const bool begins[256] = {
    ['/'] = true, ['"'] = true, ['\''] = true, ['@'] = true, ['\\'] = true, ['('] = true, [')'] = true, ['{'] = true, ['}'] = true, [';'] = true,
};

void
fair_gather_css(struct fair_gather *g, fair_str css, const struct fair_link *said)
{
    struct css c = { .g = g, .said = said, .in = css };
    size_t from = 0;          /* where what has not been told apart yet begins: a name that ends at '(' does not begin before */

    while (c.at < css.n) {
        char ch = css.p[c.at];
        if (!begins[(unsigned char)ch]) {
            c.at++;
            continue;
        }
        if (ch == '(' && c.at > from && is_name(css.p[c.at - 1])) {
            size_t name = c.at;
            while (name > from && is_name(css.p[name - 1])) name--;
            parenthesis(&c, (fair_str){ css.p + name, c.at - name });
            from = c.at;
            continue;
        }
        if (ch == '/' && c.at + 1 < css.n && css.p[c.at + 1] == '*') {
            const char *end = memmem(css.p + c.at + 2, css.n - c.at - 2, "*/", 2);
            c.at = end != NULL ? (size_t)(end - css.p) + 2 : css.n;
        } else if (ch == '"' || ch == '\'') {
            fair_str s;
            c.at++;
            if (string(&c, ch, &s) && (c.import || c.set_parens > 0)) found(&c, s);
        } else if (ch == '@') at_rule(&c);
        else if (ch == '\\') c.at += c.at + 1 < css.n ? 2 : 1;
        else {
            c.at++;
            if (ch == '(') c.parens++;
            else if (ch == ')') {
                if (c.set_parens == c.parens) c.set_parens = 0;
                if (c.parens > 0) c.parens--;
            } else if (ch == '{') {
                c.depth++;
                if (c.font_next && c.font_depth == 0) c.font_depth = c.depth;
                c.font_next = c.import = c.other = false;
                c.parens = c.set_parens = 0;
            } else if (ch == '}') {
                if (c.font_depth == c.depth) c.font_depth = 0;
                if (c.depth > 0) c.depth--;
                c.parens = c.set_parens = 0;
            } else if (ch == ';') {
                c.import = c.other = c.font_next = false;
                c.parens = c.set_parens = 0;
            }
        }
        from = c.at;
    }
}

fair_status
fair_links_css(struct fair_arena *a, fair_str css, fair_str base, struct fair_links *out, struct fair_err *err)
{
    static const struct fair_link said = { .via = { "css", 3 }, .tag = { "", 0 }, .attr = { "", 0 }, .value = { "", 0 },
                                           .alt = { "", 0 }, .license = { "", 0 }, .credit = { "", 0 } };
    struct fair_gather g;

    (void)err;
    fair_gather_begin(&g, a, base, out);
    if (css.n > FAIR_LINKS_INPUT) {
        css.n = FAIR_LINKS_INPUT;
        out->truncated = true;
    }
    fair_gather_css(&g, fair_utf8_mend(a, css), &said);
    fair_gather_end(&g);
    return FAIR_OK;
}
