/* scan_variant.c - the larger original behind an address that names a size. */
#include <string.h>
#include "work/scan_rules.h"

static bool
digit(char c)
{
    return c >= '0' && c <= '9';
}

/* At the end of s: `mark` digits 'x' digits.  The length without it, or s.n. */
static size_t
without_size(fair_str s, char mark)
{
    size_t i = s.n, k;

    while (i > 0 && digit(s.p[i - 1])) i--;
    k = i;
    if (i == s.n || i == 0 || s.n - i > 5 || (s.p[i - 1] != 'x' && s.p[i - 1] != 'X')) return s.n;
    i--;
    while (i > 0 && digit(s.p[i - 1])) i--;
    if (i == k - 1 || k - 1 - i > 5 || i < 2 || s.p[i - 1] != mark) return s.n;
    return i - 1;
}

static fair_str
joined(struct fair_arena *a, fair_str one, fair_str two)
{
    return fair_str_fmt(a, "%.*s%.*s", FAIR_STR_ARG(one), FAIR_STR_ARG(two));
}

/* name-300x200.jpg, name-scaled.jpg (WordPress); name_300x200.jpg (Shopify). */
static bool
by_name(struct fair_arena *a, fair_str url, size_t path_end, fair_str *original)
{
    const char *dot = memrchr(url.p, '.', path_end);
    fair_str stem, tail;
    size_t n;

    if (dot == NULL || memchr(dot, '/', (size_t)(url.p + path_end - dot)) != NULL) return false;
    stem = (fair_str){ url.p, (size_t)(dot - url.p) };
    tail = (fair_str){ dot, (size_t)(url.p + url.n - dot) };
    n = without_size(stem, '-');
    if (n == stem.n) n = without_size(stem, '_');
    if (n == stem.n && fair_str_ends(stem, FAIR_STR("-scaled"))) n = stem.n - 7;
    if (n == stem.n || n == 0 || stem.p[n - 1] == '/') return false;
    *original = joined(a, (fair_str){ url.p, n }, tail);
    return true;
}

/* .../commons/thumb/a/ab/Name.jpg/300px-Name.jpg */
static bool
by_thumb(struct fair_arena *a, fair_str url, size_t path_end, fair_str *original)
{
    static const char mark[] = "/thumb/";
    const char *at = memmem(url.p, path_end, mark, 7), *slash = memrchr(url.p, '/', path_end), *p;
    fair_str head, middle;

    if (at == NULL || slash == NULL || slash < at + 7) return false;
    for (p = slash + 1; p < url.p + path_end && digit(*p);) p++;
    if (p == slash + 1 || url.p + path_end - p < 3 || memcmp(p, "px-", 3) != 0) return false;
    head = (fair_str){ url.p, (size_t)(at - url.p) + 1 };
    middle = (fair_str){ at + 7, (size_t)(slash - at) - 7 };
    if (middle.n == 0) return false;
    *original = joined(a, head, middle);
    return true;
}

/* .../image/upload/w_300,h_200,c_fill/v12/name.jpg (Cloudinary): segments of transformations between upload/ and the name. */
static bool
transforms(fair_str seg)
{
    fair_str one;
    bool any = false;

    while (fair_str_split(&seg, ',', &one)) {
        size_t i = 0;
        while (i < one.n && one.p[i] >= 'a' && one.p[i] <= 'z') i++;
        if (i < 1 || i > 3 || i + 1 >= one.n || one.p[i] != '_') return false;
        any = true;
    }
    return any;
}

static bool
by_cloudinary(struct fair_arena *a, fair_str url, size_t path_end, fair_str *original)
{
    static const char mark[] = "/upload/";
    const char *at = memmem(url.p, path_end, mark, 8);
    fair_str head, rest, seg, left;
    bool any = false;

    if (at == NULL || memmem(url.p, path_end, "/image/", 7) == NULL) return false;
    head = (fair_str){ url.p, (size_t)(at - url.p) + 8 };
    rest = (fair_str){ at + 8, (size_t)(url.p + url.n - at) - 8 };
    for (left = rest; fair_str_split(&rest, '/', &seg) && rest.p != NULL && transforms(seg); any = true) left = rest;
    if (!any || left.n == 0) return false;
    *original = joined(a, head, left);
    return true;
}

static bool
named(fair_str part, const char *list)
{
    fair_str all = fair_str_of(list), one, name, value = part;

    fair_str_split(&value, '=', &name);
    while (fair_str_split(&all, ' ', &one))
        if (fair_str_eq(one, name)) return true;
    return false;
}

/* ?w=300&h=200&fit=crop: parameters that only say how large (imgix, photon and many more). */
static bool
by_parameters(struct fair_arena *a, fair_str url, size_t path_end, fair_str *original)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_URL_MAX);
    fair_str rest, part;
    bool size = false, signed_ = false, first = true;

    if (path_end == url.n || url.p[path_end] != '?') return false;
    rest = (fair_str){ url.p + path_end + 1, url.n - path_end - 1 };
    fair_buf_add(&b, (fair_str){ url.p, path_end });
    while (fair_str_split(&rest, '&', &part)) {
        if (named(part, "s sig signature token hmac expires X-Amz-Signature")) signed_ = true;
        if (named(part, "w h width height resize fit crop dpr max-w max-h")) {
            size = true;
            continue;
        }
        if (named(part, "q quality auto fm format strip ssl")) continue;
        fair_buf_byte(&b, first ? '?' : '&');
        fair_buf_add(&b, part);
        first = false;
    }
    /* A signature covers the parameters: without them the address is worth nothing. */
    return size && !signed_ && fair_buf_take(&b, original, NULL) == FAIR_OK;
}

/* name=w300-h200 at the very end (Google's photo servers): =s0 is the original. */
static bool
by_suffix(struct fair_arena *a, fair_str url, size_t path_end, fair_str *original)
{
    const char *eq = memrchr(url.p, '=', path_end), *p;

    if (path_end != url.n || eq == NULL || memchr(eq, '/', (size_t)(url.p + url.n - eq)) != NULL) return false;
    if (memmem(url.p, url.n, "googleusercontent.com/", 22) == NULL && memmem(url.p, url.n, "ggpht.com/", 10) == NULL) return false;
    p = eq + 1;
    if (p == url.p + url.n || (*p != 'w' && *p != 'h' && *p != 's') || p + 1 == url.p + url.n || !digit(p[1])) return false;
    if (url.n - (size_t)(p - url.p) == 2 && p[0] == 's' && p[1] == '0') return false;
    *original = joined(a, (fair_str){ url.p, (size_t)(p - url.p) }, FAIR_STR("s0"));
    return true;
}

bool
fair_scan_original(struct fair_arena *a, fair_str url, fair_str *original)
{
    const char *end, *path;
    size_t path_end;

    if (!fair_str_starts(url, FAIR_STR("http")) || url.n > FAIR_URL_MAX / 2) return false;
    path = memmem(url.p, url.n, "://", 3);
    if (path == NULL || (path = memchr(path + 3, '/', url.n - (size_t)(path + 3 - url.p))) == NULL) return false;
    end = memchr(path, '?', url.n - (size_t)(path - url.p));
    path_end = end != NULL ? (size_t)(end - url.p) : url.n;
    return by_thumb(a, url, path_end, original) || by_cloudinary(a, url, path_end, original) || by_suffix(a, url, path_end, original) ||
           by_name(a, url, path_end, original) || by_parameters(a, url, path_end, original);
}
