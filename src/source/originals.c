/* source/originals.c - undoing size variants in addresses of pictures. */
#include "source/originals.h"
#include <string.h>
#include "source/links_private.h"

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t
digits_back(fair_str s, size_t end)
{
    size_t n = 0;
    while (n < end && is_digit(s.p[end - 1 - n])) n++;
    return n;
}

static bool
is(fair_str s, const char *word)
{
    return fair_str_eq_nocase(s, fair_str_of(word));
}

/* An address in pieces: before the path, the path, "?query". */
struct address {
    fair_str front, path, query;
};

static bool
take_apart(fair_str url, struct address *out)
{
    struct fair_url u;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    size_t at;

    if (fair_url_parse(a, url, NULL, &u, NULL) != FAIR_OK || !u.has_host || u.fragment.p != NULL || !fair_str_eq(u.href, url)) return false;
    at = (size_t)(u.path.p - u.href.p);
    out->front = (fair_str){ url.p, at };
    out->path = (fair_str){ url.p + at, u.path.n };
    out->query = (fair_str){ url.p + at + u.path.n, url.n - at - u.path.n };
    return true;
}

struct list {
    struct fair_arena *a;
    fair_str url, *v;
    size_t n;
};

static void
add(struct list *l, fair_str front, fair_str path, fair_str query)
{
    fair_str s = fair_str_fmt(l->a, "%.*s%.*s%.*s", FAIR_STR_ARG(front), FAIR_STR_ARG(path), FAIR_STR_ARG(query));

    if (l->n == FAIR_ORIGINALS || fair_str_eq(s, l->url)) return;
    for (size_t i = 0; i < l->n; i++)
        if (fair_str_eq(l->v[i], s)) return;
    l->v[l->n++] = s;
}

/* --- the query ------------------------------------------------------------------------- */

/* Parameters by which services scale, crop and recode. */
static bool
is_scaling(fair_str name)
{
    static const char *const names[] = {
        "w", "h", "width", "height", "maxwidth", "maxheight", "max-w", "max-h", "fit", "crop", "resize", "rs", "size", "sz", "dpr", "q", "quality", "qlt",
        "auto", "fm", "format", "strip", "ssl", "zoom", "scale", "downsize", "imwidth", "imheight", "wid", "hei", "cs", "usm", "sharp", "rect", "cropresize",
        "resize_to", "im", "optimize", "disable", "smart", "fp-x", "fp-y", "ixlib", "ar", "op_usm", "resmode", "tw", "mw", "mh",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is(name, names[i])) return true;
    return false;
}

static fair_str
query_without_scaling(struct fair_arena *a, fair_str query)
{
    struct fair_buf b = FAIR_BUF(a, query.n + 2);
    fair_str rest, part;

    fair_buf_c(&b, "");
    if (query.n < 2) return (fair_str){ b.p, 0 };
    rest = (fair_str){ query.p + 1, query.n - 1 };
    while (fair_str_split(&rest, '&', &part)) {
        const char *eq = part.n > 0 ? memchr(part.p, '=', part.n) : NULL;
        fair_str name = { part.p, eq != NULL ? (size_t)(eq - part.p) : part.n };
        if (part.n == 0 || is_scaling(name)) continue;
        fair_buf_byte(&b, b.n == 0 ? '?' : '&');
        fair_buf_add(&b, part);
    }
    return (fair_str){ b.p, b.n };
}

/* --- the file's name --------------------------------------------------------------------- */

/* Where the extension's dot stands, or path.n. */
static size_t
dot_of(fair_str path)
{
    for (size_t i = path.n; i > 0 && path.p[i - 1] != '/'; i--)
        if (path.p[i - 1] == '.') return i - 1;
    return path.n;
}

/* "-300x200", "_300x200", "_300x", "-scaled", "_large@2x" before the dot: how many bytes of them there are. */
static size_t
variant_before(fair_str path, size_t dot)
{
    static const char *const words[] = { "-scaled", "_pico", "_icon", "_thumb", "_small", "_compact", "_medium", "_large", "_grande", "-thumbnail",
                                         "-thumb", "_thumbnail", "_preview", "-preview", "_s", "_m", "_n", "_t", "_q" };
    size_t end = dot, h, w;

    if (end > 3 && path.p[end - 1] == 'x' && is_digit(path.p[end - 2]) && path.p[end - 3] == '@') end -= 3;
    h = digits_back(path, end);
    if (h <= 5 && end > h && path.p[end - h - 1] == 'x') {
        w = digits_back(path, end - h - 1);
        if (w >= 2 && w <= 5 && (h == 0 || h >= 2) && end > h + w + 2 && (path.p[end - h - w - 2] == '-' || path.p[end - h - w - 2] == '_') &&
            (h > 0 || path.p[end - w - 2] == '_') && path.p[end - h - w - 3] != '/')
            return dot - (end - h - w - 2);
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        /* One letter is a size only behind a number: "123456_m.jpg". */
        if (end > n + 1 && fair_str_eq_nocase((fair_str){ path.p + end - n, n }, (fair_str){ words[i], n }) && path.p[end - n - 1] != '/' &&
            (n > 2 || is_digit(path.p[end - n - 1])))
            return dot - (end - n);
    }
    return 0;
}

static fair_str
without(struct fair_arena *a, fair_str s, size_t from, size_t to)
{
    return fair_str_fmt(a, "%.*s%.*s", (int)from, s.p, (int)(s.n - to), s.p + to);
}

/* --- folders ------------------------------------------------------------------------------ */

/* "w_300,c_fill", "h_20,q_auto": a step of transformations. */
static bool
is_transformation(fair_str segment)
{
    fair_str rest = segment, part;

    if (segment.n < 3) return false;
    while (fair_str_split(&rest, ',', &part)) {
        size_t n = 0;
        while (n < part.n && part.p[n] >= 'a' && part.p[n] <= 'z') n++;
        if (n == 0 || n > 4 || n + 1 >= part.n || part.p[n] != '_') return false;
    }
    return true;
}

/* "s320", "w300-h200-c", "s1600-rw" between slashes. */
static bool
is_size_folder(fair_str segment)
{
    fair_str rest = segment, part;

    while (fair_str_split(&rest, '-', &part)) {
        if (part.n == 0) return false;
        if (part.n <= 2 && part.p[0] >= 'a' && part.p[0] <= 'z') continue;    /* -c, -rw, -no */
        if (part.n < 3 || part.n > 5 || (part.p[0] != 's' && part.p[0] != 'w' && part.p[0] != 'h')) return false;
        if (digits_back(part, part.n) != part.n - 1) return false;
    }
    return segment.n >= 3;
}

static void
folders(struct list *l, const struct address *at)
{
    fair_str path = at->path;
    bool upload = memmem(path.p, path.n, "/upload/", 8) != NULL;
    fair_str plain = path;

    for (size_t from = 0; from < plain.n; from++) {
        size_t to = from + 1;
        fair_str segment;
        if (plain.p[from] != '/') continue;
        while (to < plain.n && plain.p[to] != '/') to++;
        if (to == plain.n) break;
        segment = (fair_str){ plain.p + from + 1, to - from - 1 };
        if (upload && is_transformation(segment)) {
            plain = without(l->a, plain, from, to);
            from--;
        } else if (is_size_folder(segment)) {
            fair_str whole = fair_str_fmt(l->a, "%.*s/s0%.*s", (int)from, plain.p, (int)(plain.n - to), plain.p + to);
            add(l, at->front, whole, at->query);
        }
    }
    add(l, at->front, plain, at->query);
}

/* "/thumb/a/ab/Name.jpg/300px-Name.jpg" is a thumbnail of /a/ab/Name.jpg. */
static void
thumb_folder(struct list *l, const struct address *at)
{
    const char *t = memmem(at->path.p, at->path.n, "/thumb/", 7);
    size_t last = at->path.n, from, n;

    if (t == NULL) return;
    while (last > 0 && at->path.p[last - 1] != '/') last--;
    for (n = last; n < at->path.n && is_digit(at->path.p[n]); n++) { }
    if (n == last || at->path.n - n < 3 || memcmp(at->path.p + n, "px-", 3) != 0) return;
    from = (size_t)(t - at->path.p);
    if (last < from + 8) return;
    add(l, at->front, without(l->a, (fair_str){ at->path.p, last - 1 }, from, from + 6), FAIR_STR(""));
}

size_t
fair_url_originals(struct fair_arena *a, fair_str url, fair_str v[FAIR_ORIGINALS])
{
    struct list l = { .a = a, .url = url, .v = v };
    struct address at;
    size_t dot, n;
    fair_str bare;

    if (url.n > FAIR_URL_MAX || !take_apart(url, &at)) return 0;
    bare = query_without_scaling(a, at.query);
    thumb_folder(&l, &at);
    dot = dot_of(at.path);
    n = dot < at.path.n ? variant_before(at.path, dot) : 0;
    if (n > 0) {
        add(&l, at.front, without(a, at.path, dot - n, dot), bare);
        if (bare.n != at.query.n) add(&l, at.front, without(a, at.path, dot - n, dot), at.query);
    }
    folders(&l, &at);
    add(&l, at.front, at.path, bare);
    return l.n;
}
