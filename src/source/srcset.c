/* source/srcset.c - the srcset attribute (HTML standard, 4.8.4.2.3 "Parsing a srcset attribute"). */
#include "source/links.h"
#include <string.h>

#define MAX_CANDIDATES 10000

static bool
is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static size_t
digits_at(fair_str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9') n++;
    return n;
}

/* A valid non-negative integer; *zero tells whether it is nought. */
static bool
is_integer(fair_str s, bool *zero)
{
    if (s.n == 0 || digits_at(s, 0) != s.n) return false;
    *zero = true;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '0') *zero = false;
    return true;
}

/* A valid floating-point number that is not below nought. */
static bool
is_density(fair_str s)
{
    size_t at = 0, n, point = 0, e;
    bool minus = false, zero = true;

    if (at < s.n && s.p[at] == '-') {
        minus = true;
        at++;
    }
    n = digits_at(s, at);
    for (size_t i = at; i < at + n; i++)
        if (s.p[i] != '0') zero = false;
    at += n;
    if (at < s.n && s.p[at] == '.') {
        point = digits_at(s, at + 1);
        if (point == 0) return false;
        for (size_t i = at + 1; i <= at + point; i++)
            if (s.p[i] != '0') zero = false;
        at += point + 1;
    }
    if (n == 0 && point == 0) return false;
    if (at < s.n && (s.p[at] | 32) == 'e') {
        at++;
        if (at < s.n && (s.p[at] == '+' || s.p[at] == '-')) at++;
        e = digits_at(s, at);
        if (e == 0) return false;
        at += e;
    }
    return at == s.n && (!minus || zero);
}

/* What one candidate's descriptors have said so far. */
struct descriptors {
    bool width, density, height, error;
};

static void
descriptor(struct descriptors *d, fair_str s)
{
    char unit = s.p[s.n - 1];
    fair_str number = { s.p, s.n - 1 };
    bool zero = false;

    if (unit == 'w' && is_integer(number, &zero)) {
        if (d->width || d->density || zero) d->error = true;
        d->width = true;
    } else if (unit == 'x' && is_density(number)) {
        if (d->width || d->density || d->height) d->error = true;
        d->density = true;
    } else if (unit == 'h' && is_integer(number, &zero)) {
        if (d->height || d->density || zero) d->error = true;
        d->height = true;
    } else d->error = true;
}

/* The descriptors from `at` to the comma that ends the candidate; returns where to go on.  *text: them all, a space between. */
static size_t
descriptors_at(struct fair_arena *a, fair_str s, size_t at, struct descriptors *d, fair_str *text)
{
    struct fair_buf more = FAIR_BUF(a, s.n + 1);      /* where there are several */
    size_t from = at;
    bool parens = false;

    for (;; at++) {
        bool end = at >= s.n;
        char c = end ? ',' : s.p[at];
        if (!end && parens) {
            parens = c != ')';
            continue;
        }
        if (c == '(') {
            parens = true;
            continue;
        }
        if (c != ',' && !is_white(c)) continue;
        if (at > from) {
            fair_str one = { s.p + from, at - from };
            descriptor(d, one);
            if (text->n == 0) *text = one;
            else {
                if (more.n == 0) fair_buf_add(&more, *text);
                fair_buf_byte(&more, ' ');
                fair_buf_add(&more, one);
                *text = (fair_str){ more.p, more.n };
            }
        }
        from = at + 1;
        if (c == ',') return end ? at : at + 1;
    }
}

void
fair_srcset_parse(struct fair_arena *a, fair_str s, bool lenient, struct fair_srcset_candidate **v, size_t *n)
{
    size_t at = 0, room = 0;

    *v = NULL;
    *n = 0;
    while (*n < MAX_CANDIDATES) {
        struct descriptors d = { 0 };
        size_t from;
        fair_str url, text = FAIR_STR("");

        while (at < s.n && (is_white(s.p[at]) || s.p[at] == ',')) at++;
        if (at >= s.n) break;
        for (from = at; at < s.n && !is_white(s.p[at]); at++) { }
        url = (fair_str){ s.p + from, at - from };
        if (url.p[url.n - 1] == ',')
            while (url.n > 0 && url.p[url.n - 1] == ',') url.n--;
        else at = descriptors_at(a, s, at, &d, &text);
        if (d.height && !d.width) d.error = true;
        if (d.error && !lenient) continue;
        if (*n == room) {
            struct fair_srcset_candidate *more = fair_alloc_array(a, room > 0 ? room * 2 : 8, sizeof *more);
            if (*n > 0) memcpy(more, *v, *n * sizeof *more);
            *v = more;
            room = room > 0 ? room * 2 : 8;
        }
        (*v)[(*n)++] = (struct fair_srcset_candidate){ .url = url, .invalid = d.error, .descriptor = text };
    }
}
