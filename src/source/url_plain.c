/* source/url_plain.c - the ordinary references of a page made absolute without the whole parser.
 *
 * Nearly every address on a page is a path of plain characters, or begins with one of a few origins: there nothing is to be
 * escaped, no dots are to be resolved and no host is to be read again.  All others are url.c's, and a test holds these to its answers. */
#include "source/url_private.h"
#include <string.h>

enum { PATH = 1, QUERY = 2, END = 4 };

/* Bytes that stand for themselves in the path and in the query of an http URL, and those that end either.  The sets are url.c's
 * (path and special-query), and no backslash, which is a slash in a path. */
static const uint8_t plain[256] = {
    ['!'] = 3, ['"'] = 0, ['$'] = 3, ['%'] = 3, ['&'] = 3, ['('] = 3, [')'] = 3, ['*'] = 3, ['+'] = 3, [','] = 3, ['-'] = 3, ['.'] = 3, ['/'] = 3,
    ['0' ... '9'] = 3, [':'] = 3, [';'] = 3, ['='] = 3, ['?'] = QUERY | END, ['@'] = 3, ['A' ... 'Z'] = 3, ['['] = 3, [']'] = 3, ['_'] = 3,
    ['a' ... 'z'] = 3, ['|'] = 3, ['~'] = 3, ['\''] = PATH, ['#'] = END, ['`'] = QUERY, ['^'] = QUERY, ['{'] = QUERY, ['}'] = QUERY,
};

/* From `at`, in the path: how many bytes of the text stand without its fragment; 0 where the parser has something to do. */
static size_t
plain_to_fragment(fair_str s, size_t at)
{
    bool segment = at == 0 || s.p[at - 1] == '/';

    for (; at < s.n; at++) {
        char c = s.p[at];
        unsigned m = plain[(unsigned char)c];
        if (!(m & PATH)) {
            if (m & END) break;
            return 0;
        }
        if (segment && (c == '.' || c == '%')) return 0;      /* it may be "." or ".." */
        segment = c == '/';
    }
    if (at < s.n && s.p[at] == '?') {
        while (++at < s.n && (plain[(unsigned char)s.p[at]] & QUERY)) { }
        if (at < s.n && s.p[at] != '#') return 0;
    }
    return at;
}

/* Where the authority of "https://host/..." or "//host/..." ends, at a slash; 0 where there is none such. */
static size_t
authority_end(fair_str s)
{
    size_t at = s.n > 0 && s.p[0] == '/' ? 0 : s.n > 4 && s.p[4] == 's' ? 6 : 5;

    if (at > 0 && !fair_str_starts(s, at == 6 ? FAIR_STR("https:") : FAIR_STR("http:"))) return 0;
    if (s.n < at + 3 || s.p[at] != '/' || s.p[at + 1] != '/') return 0;
    at += 2;
    if (at < s.n && s.p[at] == '/') return 0;                 /* "https:///host": the slashes are passed over */
    for (; at < s.n && s.p[at] != '/'; at++)
        if (s.p[at] == '?' || s.p[at] == '#' || s.p[at] == '\\') return 0;
    return at < s.n ? at : 0;
}

static bool
joined(fair_str front, fair_str back, fair_str out[2])
{
    out[0] = front;
    out[1] = back;
    return front.n + back.n <= FAIR_URL_MAX;
}

bool
fair_url_plain(fair_str s, const struct fair_url *base, const struct fair_url_seen *seen, fair_str out[2])
{
    size_t n, from;

    if (s.n == 0) return false;
    if ((s.p[0] == '/' && s.n > 1 && s.p[1] == '/') || s.p[0] == 'h') {
        from = authority_end(s);
        for (size_t i = 0; from > 0 && i < sizeof seen->v / sizeof *seen->v; i++) {
            if (seen->v[i].text.n != from || memcmp(seen->v[i].text.p, s.p, from) != 0) continue;
            n = plain_to_fragment(s, from);
            return n > 0 && joined(seen->v[i].origin, (fair_str){ s.p + from, n - from }, out);
        }
        if (s.p[0] == '/' || from > 0) return false;
    }
    if (base == NULL || !base->has_host || base->path.n == 0 ||
        (!fair_str_eq(base->scheme, FAIR_STR("http")) && !fair_str_eq(base->scheme, FAIR_STR("https"))))
        return false;
    n = plain_to_fragment(s, 0);
    if (n == 0 || s.p[0] == '?') return false;
    if (s.p[0] == '/') return joined((fair_str){ base->href.p, (size_t)(base->path.p - base->href.p) }, (fair_str){ s.p, n }, out);
    for (size_t i = 0; i < n && s.p[i] != '/' && s.p[i] != '?'; i++)
        if (s.p[i] == ':') return false;                      /* it may end a scheme */
    for (from = base->path.n; from > 0 && base->path.p[from - 1] != '/'; from--) { }
    return joined((fair_str){ base->href.p, (size_t)(base->path.p - base->href.p) + from }, (fair_str){ s.p, n }, out);
}

void
fair_url_seen_add(struct fair_url_seen *seen, struct fair_arena *a, fair_str text, const struct fair_url *u)
{
    size_t n = authority_end(text);

    if (n == 0 || n > 300 || !u->has_host || u->path.n == 0) return;
    seen->v[seen->next].text = fair_str_dup(a, (fair_str){ text.p, n });
    seen->v[seen->next].origin = fair_str_dup(a, (fair_str){ u->href.p, (size_t)(u->path.p - u->href.p) });
    seen->next = (seen->next + 1) % (sizeof seen->v / sizeof *seen->v);
}
