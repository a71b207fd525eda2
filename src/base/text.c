/* base/text.c - text: views, builders, UTF-8. */
#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool
fair_str_eq(fair_str a, fair_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static int
lower(int c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

bool
fair_str_eq_nocase(fair_str a, fair_str b)
{
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (a.p[i] != b.p[i] && lower((unsigned char)a.p[i]) != lower((unsigned char)b.p[i])) return false;
    return true;
}

bool
fair_str_starts(fair_str s, fair_str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool
fair_str_ends(fair_str s, fair_str suffix)
{
    return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

static bool
is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

fair_str
fair_str_trim(fair_str s)
{
    while (s.n > 0 && is_space(s.p[0])) s = (fair_str){ s.p + 1, s.n - 1 };
    while (s.n > 0 && is_space(s.p[s.n - 1])) s.n--;
    return s;
}

fair_str
fair_str_of(const char *c)
{
    return (fair_str){ c, c != NULL ? strlen(c) : 0 };
}

bool
fair_str_split(fair_str *rest, char sep, fair_str *part)
{
    const char *at;

    if (rest->p == NULL) return false;
    at = rest->n > 0 ? memchr(rest->p, sep, rest->n) : NULL;
    if (at == NULL) {
        *part = *rest;
        *rest = (fair_str){ NULL, 0 };
        return true;
    }
    *part = (fair_str){ rest->p, (size_t)(at - rest->p) };
    *rest = (fair_str){ at + 1, rest->n - part->n - 1 };
    return true;
}

bool
fair_str_number(fair_str s, int64_t max, int64_t *out)
{
    int64_t v = 0;

    if (s.n == 0 || s.n > 19) return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, s.p[i] - '0', &v)) return false;
    }
    if (v > max) return false;
    *out = v;
    return true;
}

/* Bytes of the well-formed character at p (Unicode table 3-7), or 0. */
static size_t
utf8_length(const unsigned char *p, size_t n)
{
    unsigned low = 0x80, high = 0xbf;
    size_t len;

    if (p[0] < 0x80) return p[0] != 0;
    if (p[0] < 0xc2 || p[0] > 0xf4) return 0;
    len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (n < len) return 0;
    if (p[0] == 0xe0) low = 0xa0;
    if (p[0] == 0xed) high = 0x9f;
    if (p[0] == 0xf0) low = 0x90;
    if (p[0] == 0xf4) high = 0x8f;
    if (p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xc0) != 0x80) return 0;
    return len;
}

/* Is one of eight bytes NUL or beyond ASCII?  Then it is not 0. */
static inline uint64_t
not_ascii(const char *p)
{
    uint64_t eight;
    memcpy(&eight, p, 8);
    return (eight | (eight - 0x0101010101010101u)) & 0x8080808080808080u;
}

bool
fair_utf8_valid(fair_str s)
{
    size_t i = 0;

    for (;;) {
        /* Eight bytes of ASCII at once, and four times eight where there are many: none has its top bit, and none is
         * NUL (then the subtraction borrows). */
        while (s.n - i >= 32 && !(not_ascii(s.p + i) | not_ascii(s.p + i + 8) | not_ascii(s.p + i + 16) | not_ascii(s.p + i + 24))) i += 32;
        while (s.n - i >= 8 && !not_ascii(s.p + i)) i += 8;
        while (i < s.n && (unsigned char)(s.p[i] - 1) < 0x7f) i++;
        if (i == s.n) return true;
        /* Of text that is not English, one character after the other until ASCII comes again. */
        do {
            size_t len = utf8_length((const unsigned char *)s.p + i, s.n - i);
            if (len == 0) return false;
            i += len;
        } while (i < s.n && (s.p[i] & 0x80) != 0);
    }
}

fair_str
fair_utf8_mend(struct fair_arena *a, fair_str s)
{
    struct fair_buf b = FAIR_BUF(a, s.n * 3 + 1);
    size_t from = 0, i = 0;

    if (s.p == NULL || fair_utf8_valid(s)) return s;
    while (i < s.n) {
        size_t len = utf8_length((const unsigned char *)s.p + i, s.n - i);
        if (len > 0) {
            i += len;
            continue;
        }
        fair_buf_add(&b, (fair_str){ s.p + from, i - from });
        fair_buf_c(&b, "\xef\xbf\xbd");
        for (i++; i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80; i++) { }
        from = i;
    }
    fair_buf_add(&b, (fair_str){ s.p + from, s.n - from });
    return (fair_str){ b.p, b.n };
}

fair_str
fair_str_escape(struct fair_arena *a, fair_str s)
{
    struct fair_buf b = FAIR_BUF(a, s.n * 4 + 1);

    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        size_t len = utf8_length((const unsigned char *)s.p + i, s.n - i);
        if (c == '\t') fair_buf_c(&b, "\\t");
        else if (c == '\n') fair_buf_c(&b, "\\n");
        else if (c == '\\') fair_buf_c(&b, "\\\\");
        else if (len == 0 || c < 0x20 || c == 0x7f) fair_buf_fmt(&b, "\\x%02X", c);
        else fair_buf_add(&b, (fair_str){ s.p + i, len });
        i += len > 0 ? len : 1;
    }
    if (b.p == NULL) return FAIR_STR("");
    return (fair_str){ b.p, b.n };
}

/* One hex digit, or -1. */
static int
digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

fair_str
fair_str_unescape(struct fair_arena *a, fair_str s)
{
    char *p = fair_alloc(a, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        char c = i + 1 < s.n ? s.p[i + 1] : '\0';
        int high = i + 3 < s.n ? digit_of(s.p[i + 2]) : -1, low = i + 3 < s.n ? digit_of(s.p[i + 3]) : -1;
        if (s.p[i] != '\\') p[n++] = s.p[i];
        else if (c == 't' || c == 'n' || c == '\\') p[n++] = c == 't' ? '\t' : c == 'n' ? '\n' : '\\', i++;
        else if (c == 'x' && high >= 0 && low >= 0) p[n++] = (char)(high << 4 | low), i += 3;
        else p[n++] = s.p[i];
    }
    return (fair_str){ p, n };
}

fair_str
fair_str_dup(struct fair_arena *a, fair_str s)
{
    char *p;
    if (s.p == NULL) return s;
    p = fair_alloc_bytes(a, s.n + 1);
    memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return (fair_str){ p, s.n };
}

fair_str
fair_str_fmt(struct fair_arena *a, const char *fmt, ...)
{
    char first[128];
    va_list ap;
    char *p;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(first, sizeof first, fmt, ap);
    va_end(ap);
    p = fair_alloc(a, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return (fair_str){ p, (size_t)n };
}

void
fair_buf_add(struct fair_buf *b, fair_str s)
{
    if (b->over || s.n > b->max - b->n) {
        b->over = true;
        return;
    }
    if (b->n + s.n + 1 > b->room) {
        size_t room = b->room ? b->room * 2 : 256;
        char *p;
        while (room < b->n + s.n + 1) room *= 2;
        p = fair_alloc(b->arena, room);
        if (b->n > 0) memcpy(p, b->p, b->n);
        b->p = p;
        b->room = room;
    }
    if (s.n > 0) memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
    b->p[b->n] = '\0';
}

void
fair_buf_fmt(struct fair_buf *b, const char *fmt, ...)
{
    char small[512];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n > b->max - b->n) {
        b->over = true;
        return;
    }
    if ((size_t)n >= sizeof small) {
        char *p = fair_alloc(b->arena, (size_t)n + 1);
        va_start(ap, fmt);
        vsnprintf(p, (size_t)n + 1, fmt, ap);
        va_end(ap);
        fair_buf_add(b, (fair_str){ p, (size_t)n });
        return;
    }
    fair_buf_add(b, (fair_str){ small, (size_t)n });
}

fair_status
fair_buf_take(struct fair_buf *b, fair_str *out, struct fair_err *err)
{
    if (b->over) return fair_fail(err, FAIR_LIMIT, "text is over %zu bytes", b->max);
    if (b->p == NULL) *out = FAIR_STR("");
    else *out = (fair_str){ b->p, b->n };
    b->p = NULL;
    b->n = b->room = 0;
    return FAIR_OK;
}

void fair_buf_c(struct fair_buf *b, const char *literal) { fair_buf_add(b, fair_str_of(literal)); }
void fair_buf_byte(struct fair_buf *b, char c) { fair_buf_add(b, (fair_str){ &c, 1 }); }
