/* source/html_lexer.c - HTML's tokenizer (HTML standard, 13.2.5): tags and the text between them. */
#include "source/html_private.h"
#include <emmintrin.h>
#include <string.h>

/* What a byte may mean inside a tag. */
enum { WHITE = 1, ENDS_NAME = 2, ENDS_ATTR = 4, ENDS_VALUE = 8 };
static const uint8_t meaning[256] = {
    [' '] = 15, ['\t'] = 15, ['\n'] = 15, ['\f'] = 15, ['\r'] = 15, ['/'] = ENDS_NAME | ENDS_ATTR, ['>'] = ENDS_NAME | ENDS_ATTR | ENDS_VALUE,
    ['='] = ENDS_ATTR,
};

static inline bool
means(char c, unsigned what)
{
    return meaning[(unsigned char)c] & what;
}

static inline bool
is_white(char c)
{
    return means(c, WHITE);
}

static bool
is_alpha(char c)
{
    return (unsigned char)((c | 32) - 'a') < 26;
}

static bool
starts_at(fair_str in, size_t at, const char *word)
{
    size_t n = strlen(word);
    return in.n - at >= n && fair_str_eq_nocase((fair_str){ in.p + at, n }, (fair_str){ word, n });
}

static size_t
find(fair_str in, size_t from, char c)
{
    const char *p = from < in.n ? memchr(in.p + from, c, in.n - from) : NULL;
    return p != NULL ? (size_t)(p - in.p) : in.n;
}

/* Behind "<!--": where the comment ends. */
static size_t
comment_end(fair_str in, size_t at)
{
    if (starts_at(in, at, ">")) return at + 1;
    if (starts_at(in, at, "->")) return at + 2;
    for (size_t i = at; (i = find(in, i, '>')) < in.n; i++) {
        if (i - at >= 2 && in.p[i - 1] == '-' && in.p[i - 2] == '-') return i + 1;
        if (i - at >= 3 && in.p[i - 1] == '!' && in.p[i - 2] == '-' && in.p[i - 3] == '-') return i + 1;
    }
    return in.n;
}

/* The same, for what mostly is near. */
static inline size_t
find_near(const char *p, size_t at, size_t n, char c)
{
    for (int i = 0; i < 4 && n - at >= 16; i++, at += 16) {
        unsigned here = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const void *)(p + at)), _mm_set1_epi8(c)));
        if (here != 0) return at + (size_t)__builtin_ctz(here);
    }
    return find((fair_str){ p, n }, at, c);
}

/* From behind the tag's name to behind its '>'.  False at the end of the input: then there is no tag. */
static bool
attributes(struct html_lexer *l, struct html_token *t)
{
    const char *p = l->in.p;
    size_t at = l->at, n = l->in.n;

    t->n_attrs = 0;
    t->self_closing = false;
    for (;;) {
        fair_str name, value = { "", 0 };
        size_t from;

        while (at < n && is_white(p[at])) at++;
        if (at >= n) break;
        if (p[at] == '>') {
            l->at = at + 1;
            return true;
        }
        if (p[at] == '/') {
            at++;
            if (at < n && p[at] == '>') {
                t->self_closing = true;
                l->at = at + 1;
                return true;
            }
            continue;
        }
        from = at++;
        while (at < n && !means(p[at], ENDS_ATTR)) at++;
        name = (fair_str){ p + from, at - from };
        while (at < n && is_white(p[at])) at++;
        if (at < n && p[at] == '=') {
            at++;
            while (at < n && is_white(p[at])) at++;
            if (at >= n) break;
            if (p[at] == '"' || p[at] == '\'') {
                size_t end = find_near(p, at + 1, n, p[at]);
                if (end >= n) break;
                value = (fair_str){ p + at + 1, end - at - 1 };
                at = end + 1;
            } else {
                from = at;
                while (at < n && !means(p[at], ENDS_VALUE)) at++;
                value = (fair_str){ p + from, at - from };
            }
        }
        if (t->n_attrs < HTML_ATTRS) t->attr[t->n_attrs++] = (struct html_attr){ name, value, html_key(name) };
    }
    l->at = n;
    return false;
}

/* At '<': a tag into *t, or false and l->at behind what it was instead, *is_text telling whether that was text. */
static bool
markup(struct html_lexer *l, bool cdata, struct html_token *t, bool *is_text)
{
    fair_str in = l->in;
    size_t at = l->at + 1, from;

    *is_text = false;
    if (at < in.n && in.p[at] == '!') {
        if (starts_at(in, at, "!--")) l->at = comment_end(in, at + 3);
        else if (cdata && starts_at(in, at, "![CDATA[") && memcmp(in.p + at, "![CDATA[", 8) == 0) {
            const char *end = memmem(in.p + at + 8, in.n - at - 8, "]]>", 3);
            l->at = end != NULL ? (size_t)(end - in.p) + 3 : in.n;
        } else {
            size_t end = find(in, at, '>');
            l->at = end < in.n ? end + 1 : in.n;
        }
        return false;
    }
    t->kind = HTML_START;
    if (at < in.n && in.p[at] == '/') {
        t->kind = HTML_END;
        at++;
    }
    if (at < in.n && is_alpha(in.p[at])) {
        for (from = at; at < in.n && !means(in.p[at], ENDS_NAME); at++) { }
        t->name = (fair_str){ in.p + from, at - from };
        l->at = at;
        if (!attributes(l, t)) return false;
        t->tag = fair_html_tag(t->name);
        return true;
    }
    if (t->kind == HTML_END || (at < in.n && in.p[at] == '?')) {
        if (t->kind == HTML_END && at >= in.n) {
            *is_text = true;
            l->at = in.n;
            return false;
        }
        at = find(in, at, '>');
        l->at = at < in.n ? at + 1 : in.n;
        return false;
    }
    *is_text = true;
    l->at++;
    return false;
}

void
fair_html_next(struct html_lexer *l, bool cdata, struct html_token *t)
{
    size_t from = l->at;

    for (;;) {
        size_t mark = find_near(l->in.p, l->at, l->in.n, '<');
        bool is_text;
        l->at = mark;
        if (mark >= l->in.n) {
            t->kind = HTML_EOF;
            t->tag = TAG_OTHER;
            t->n_attrs = 0;
            t->text = (fair_str){ l->in.p + from, l->in.n - from };
            return;
        }
        if (markup(l, cdata, t, &is_text)) {
            t->text = (fair_str){ l->in.p + from, mark - from };
            return;
        }
        if (is_text) continue;
        if (mark > from) {
            t->kind = HTML_TEXT;
            t->text = (fair_str){ l->in.p + from, mark - from };
            return;
        }
        from = l->at;
    }
}

/* Is there an end tag of this name at "</"? */
static bool
ends_here(fair_str in, size_t at, const char *name, size_t n)
{
    size_t after = at + 2 + n;
    if (in.n - at < n + 2 || in.p[at + 1] != '/') return false;
    if (!fair_str_eq_nocase((fair_str){ in.p + at + 2, n }, (fair_str){ name, n })) return false;
    return after < in.n && (is_white(in.p[after]) || in.p[after] == '/' || in.p[after] == '>');
}

/* "script" and then something that ends a tag's name. */
static bool
is_script_name(fair_str in, size_t at)
{
    return starts_at(in, at, "script") && in.n - at > 6 && (is_white(in.p[at + 6]) || in.p[at + 6] == '/' || in.p[at + 6] == '>');
}

/* The end of a script's text: comments inside it hide end tags, once a script tag stands in them (13.2.5.15 ff). */
static size_t
script_end(fair_str in, size_t at)
{
    enum { PLAIN, ESCAPED, TWICE } state = PLAIN;
    unsigned dashes = 0;

    for (; at < in.n; at++) {
        char c = in.p[at];
        if (state == PLAIN) {
            at = find(in, at, '<');
            if (at >= in.n) break;
            if (ends_here(in, at, "script", 6)) return at;
            if (starts_at(in, at, "<!--")) {
                state = ESCAPED;
                at += 3;
                dashes = 2;
            }
            continue;
        }
        if (c == '-') {
            dashes++;
            continue;
        }
        if (c == '>' && dashes >= 2) state = PLAIN;
        else if (c == '<' && state == ESCAPED) {
            if (ends_here(in, at, "script", 6)) return at;
            if (is_script_name(in, at + 1)) state = TWICE;
        } else if (c == '<' && at + 1 < in.n && in.p[at + 1] == '/' && is_script_name(in, at + 2)) state = ESCAPED;
        dashes = 0;
    }
    return in.n;
}

fair_str
fair_html_raw(struct html_lexer *l, enum html_tag tag)
{
    const char *name = fair_html_tag_text(tag);
    size_t from = l->at, n = strlen(name), at = from;

    if (tag == TAG_plaintext) at = l->in.n;
    else if (tag == TAG_script) at = script_end(l->in, at);
    else {
        while ((at = find(l->in, at, '<')) < l->in.n && !ends_here(l->in, at, name, n)) at++;
    }
    l->at = at;
    return (fair_str){ l->in.p + from, at - from };
}

bool
fair_html_has(const struct html_token *t, const char *name)
{
    fair_str want = fair_str_of(name);
    uint32_t key = html_key(want);

    for (size_t i = 0; i < t->n_attrs; i++)
        if (html_named(&t->attr[i], want, key)) return true;
    return false;
}

fair_str
fair_html_attr_keyed(struct fair_arena *a, const struct html_token *t, fair_str name, uint32_t key)
{
    for (size_t i = 0; i < t->n_attrs; i++)
        if (html_named(&t->attr[i], name, key)) return fair_html_decode(a, t->attr[i].value, true);
    return (fair_str){ NULL, 0 };
}
