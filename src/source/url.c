/* source/url.c - reading and writing URLs as the URL standard (url.spec.whatwg.org, section 4) has it. */
#include "source/url_private.h"
#include <string.h>

/* --- percent-encoding ------------------------------------------------------ */

#define ALL (URL_FRAGMENT | URL_QUERY | URL_SPECIAL_QUERY | URL_PATH | URL_USERINFO)
#define FROM_QUERY (URL_QUERY | URL_SPECIAL_QUERY | URL_PATH | URL_USERINFO)
#define FROM_PATH (URL_PATH | URL_USERINFO)

/* Which sets a printable ASCII character is in; the other bytes are in all of them. */
static const uint8_t sets[128] = {
    [' '] = ALL, ['"'] = ALL, ['<'] = ALL, ['>'] = ALL, ['`'] = URL_FRAGMENT | FROM_PATH, ['#'] = FROM_QUERY, ['\''] = URL_SPECIAL_QUERY,
    ['?'] = FROM_PATH, ['^'] = FROM_PATH, ['{'] = FROM_PATH, ['}'] = FROM_PATH, ['/'] = URL_USERINFO, [':'] = URL_USERINFO, [';'] = URL_USERINFO,
    ['='] = URL_USERINFO, ['@'] = URL_USERINFO, ['['] = URL_USERINFO, ['\\'] = URL_USERINFO, [']'] = URL_USERINFO, ['|'] = URL_USERINFO,
};

static inline bool
in_set(unsigned char c, enum url_set set)
{
    return (unsigned char)(c - 0x20) > 0x5e || (sets[c] & set) != 0;
}

bool
fair_url_in_set(unsigned char c, enum url_set set)
{
    return in_set(c, set);
}

void
fair_url_encode(struct fair_buf *b, fair_str s, enum url_set set)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t from = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (!in_set(c, set)) continue;
        fair_buf_add(b, (fair_str){ s.p + from, i - from });
        fair_buf_add(b, (fair_str){ (char[3]){ '%', hex[c >> 4], hex[c & 15] }, 3 });
        from = i + 1;
    }
    fair_buf_add(b, (fair_str){ s.p + from, s.n - from });
}

int
fair_url_hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

fair_str
fair_url_decode(struct fair_arena *a, fair_str s)
{
    char *p;
    size_t n = 0;

    if (s.n == 0 || memchr(s.p, '%', s.n) == NULL) return s;
    p = fair_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '%' && i + 2 < s.n && fair_url_hex(s.p[i + 1]) >= 0 && fair_url_hex(s.p[i + 2]) >= 0) {
            p[n++] = (char)(fair_url_hex(s.p[i + 1]) * 16 + fair_url_hex(s.p[i + 2]));
            i += 2;
        } else p[n++] = s.p[i];
    }
    return (fair_str){ p, n };
}

/* --- the parser ------------------------------------------------------------ */

int
fair_url_default_port(fair_str scheme)
{
    static const struct { const char *scheme; int port; } known[] = {
        { "http", 80 }, { "https", 443 }, { "ws", 80 }, { "wss", 443 }, { "ftp", 21 }, { "file", 0 },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (fair_str_eq(scheme, fair_str_of(known[i].scheme))) return known[i].port;
    return -1;
}

/* What is known so far.  The path is kept as its serialization: "" or "/a/b". */
struct parse {
    struct fair_arena *a;
    fair_str in;              /* without outer spaces, tabs and newlines */
    size_t at;
    const struct fair_url *base;
    struct fair_url u;
    bool special, file;
    struct fair_buf path;
};

static bool
is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Without spaces and controls at the ends, without tabs and newlines anywhere, well-formed. */
static fair_str
cleaned(struct fair_arena *a, fair_str s)
{
    char *p;
    size_t n = 0;

    while (s.n > 0 && (unsigned char)s.p[0] <= 0x20) s = (fair_str){ s.p + 1, s.n - 1 };
    while (s.n > 0 && (unsigned char)s.p[s.n - 1] <= 0x20) s.n--;
    p = fair_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r') p[n++] = s.p[i];
    s = (fair_str){ p, n };
    /* NUL is a character of a URL (it is escaped), and fair_utf8_mend would take it away. */
    return memchr(p, 0, n) == NULL ? fair_utf8_mend(a, s) : s;
}

static fair_str
rest_of(const struct parse *p)
{
    return (fair_str){ p->in.p + p->at, p->in.n - p->at };
}

/* The character at `at`, or -1 at the end. */
static int
peek(const struct parse *p, size_t ahead)
{
    return p->at + ahead < p->in.n ? (unsigned char)p->in.p[p->at + ahead] : -1;
}

static bool
is_slash(const struct parse *p, int c)
{
    return c == '/' || (p->special && c == '\\');
}

/* "C:" or "C|" that stands alone or before / \ ? #. */
static bool
starts_with_drive(fair_str s)
{
    return s.n >= 2 && is_alpha(s.p[0]) && (s.p[1] == ':' || s.p[1] == '|') &&
           (s.n == 2 || s.p[2] == '/' || s.p[2] == '\\' || s.p[2] == '?' || s.p[2] == '#');
}

static bool
is_drive(fair_str s, bool normalized)
{
    return s.n == 2 && is_alpha(s.p[0]) && (s.p[1] == ':' || (!normalized && s.p[1] == '|'));
}

/* Take the last segment off a path, but not the drive letter of a file. */
static void
path_shorten(struct parse *p)
{
    size_t n = p->path.n;

    if (p->file && n == 3 && is_drive((fair_str){ p->path.p + 1, 2 }, true)) return;
    while (n > 0 && p->path.p[n - 1] != '/') n--;
    p->path.n = n > 0 ? n - 1 : 0;
}

/* Is it `dots` dots, each as itself or as %2e? */
static bool
is_dots(fair_str s, int dots)
{
    size_t i = 0;

    for (; dots > 0; dots--) {
        if (i < s.n && s.p[i] == '.') i++;
        else if (s.n - i >= 3 && s.p[i] == '%' && s.p[i + 1] == '2' && (s.p[i + 2] | 32) == 'e') i += 3;
        else return false;
    }
    return i == s.n;
}

static void
path_segment(struct parse *p, fair_str seg, bool slash_follows)
{
    if (is_dots(seg, 2)) {
        path_shorten(p);
        if (!slash_follows) fair_buf_byte(&p->path, '/');
    } else if (is_dots(seg, 1)) {
        if (!slash_follows) fair_buf_byte(&p->path, '/');
    } else {
        fair_buf_byte(&p->path, '/');
        if (p->file && p->path.n == 1 && is_drive(seg, false)) {
            fair_buf_byte(&p->path, seg.p[0]);
            fair_buf_byte(&p->path, ':');
        } else fair_url_encode(&p->path, seg, URL_PATH);
    }
}

/* Query and fragment, if they come now; nothing else can. */
static void
parse_tail(struct parse *p)
{
    if (peek(p, 0) == '?') {
        struct fair_buf b = FAIR_BUF(p->a, 4 * FAIR_URL_MAX);
        fair_str q = rest_of(p);
        const char *hash = memchr(q.p, '#', q.n);
        q = (fair_str){ q.p + 1, (hash != NULL ? (size_t)(hash - q.p) : q.n) - 1 };
        fair_url_encode(&b, q, p->special ? URL_SPECIAL_QUERY : URL_QUERY);
        p->u.query = b.p != NULL ? (fair_str){ b.p, b.n } : FAIR_STR("");
        p->at += q.n + 1;
    }
    if (peek(p, 0) == '#') {
        struct fair_buf b = FAIR_BUF(p->a, 4 * FAIR_URL_MAX);
        fair_str f = rest_of(p);
        fair_url_encode(&b, (fair_str){ f.p + 1, f.n - 1 }, URL_FRAGMENT);
        p->u.fragment = b.p != NULL ? (fair_str){ b.p, b.n } : FAIR_STR("");
        p->at = p->in.n;
    }
}

/* The path state: from here to ? or #, added to the path that is there. */
static void
parse_path(struct parse *p)
{
    bool slash;

    do {
        size_t from = p->at;
        int c;
        while ((c = peek(p, 0)) >= 0 && c != '?' && c != '#' && !is_slash(p, c)) p->at++;
        slash = c >= 0 && is_slash(p, c);
        path_segment(p, (fair_str){ p->in.p + from, p->at - from }, slash);
        if (slash) p->at++;
    } while (slash);
    parse_tail(p);
}

static void
parse_path_start(struct parse *p)
{
    int c = peek(p, 0);

    if (p->special) {
        if (c >= 0 && is_slash(p, c)) p->at++;
        parse_path(p);
    } else if (c == '?' || c == '#') parse_tail(p);
    else if (c >= 0) {
        if (c == '/') p->at++;
        parse_path(p);
    }
}

static void
parse_opaque(struct parse *p)
{
    size_t from = p->at, n;
    int c;

    while ((c = peek(p, 0)) >= 0 && c != '?' && c != '#') p->at++;
    n = p->at - from;
    /* A space before the query or fragment would be lost when that is taken off. */
    if (c >= 0 && n > 0 && p->in.p[from + n - 1] == ' ') {
        fair_url_encode(&p->path, (fair_str){ p->in.p + from, n - 1 }, URL_C0);
        fair_buf_c(&p->path, "%20");
    } else fair_url_encode(&p->path, (fair_str){ p->in.p + from, n }, URL_C0);
    p->u.opaque = true;
    parse_tail(p);
}

static fair_str
encoded(struct parse *p, fair_str s, enum url_set set)
{
    struct fair_buf b = FAIR_BUF(p->a, 4 * FAIR_URL_MAX);
    fair_url_encode(&b, s, set);
    return b.p != NULL ? (fair_str){ b.p, b.n } : FAIR_STR("");
}

static bool
parse_port(struct parse *p, fair_str s)
{
    int v = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        v = v * 10 + (s.p[i] - '0');
        if (v > 65535) return false;
    }
    p->u.port = s.n == 0 || v == fair_url_default_port(p->u.scheme) ? -1 : v;
    return true;
}

/* user:password@host:port, and on into the path. */
static bool
parse_authority(struct parse *p)
{
    size_t from = p->at, user_end, colon;
    fair_str host;
    bool user = false, bracket = false;
    int c;

    user_end = from;
    while ((c = peek(p, 0)) >= 0 && c != '?' && c != '#' && !is_slash(p, c)) {
        if (c == '@') {
            user_end = p->at;
            user = true;
        }
        p->at++;
    }
    if (user) {
        fair_str info = { p->in.p + from, user_end - from };
        const char *sep = memchr(info.p, ':', info.n);
        fair_str name = { info.p, sep != NULL ? (size_t)(sep - info.p) : info.n };
        p->u.username = encoded(p, name, URL_USERINFO);
        if (sep != NULL) p->u.password = encoded(p, (fair_str){ sep + 1, info.n - name.n - 1 }, URL_USERINFO);
        from = user_end + 1;
    }
    host = (fair_str){ p->in.p + from, p->at - from };
    for (colon = 0; colon < host.n; colon++) {
        if (host.p[colon] == '[') bracket = true;
        else if (host.p[colon] == ']') bracket = false;
        else if (host.p[colon] == ':' && !bracket) break;
    }
    if (colon < host.n && !parse_port(p, (fair_str){ host.p + colon + 1, host.n - colon - 1 })) return false;
    if (colon == 0 && (p->special || host.n > 0 || user)) return false;
    if (!fair_url_host(p->a, (fair_str){ host.p, colon }, p->special, &p->u.host)) return false;
    p->u.has_host = true;
    parse_path_start(p);
    return true;
}

static void
take_authority(struct parse *p)
{
    p->u.username = p->base->username;
    p->u.password = p->base->password;
    p->u.has_host = p->base->has_host;
    p->u.host = p->base->host;
    p->u.port = p->base->port;
}

/* What follows the place where a relative reference leaves its base's path. */
static void
parse_on_base_path(struct parse *p)
{
    int c = peek(p, 0);

    fair_buf_add(&p->path, p->base->path);
    if (c == '?') parse_tail(p);
    else {
        p->u.query = p->base->query;
        if (c == '#') parse_tail(p);
        else if (c >= 0) {
            p->u.query = (fair_str){ NULL, 0 };
            if (p->file && starts_with_drive(rest_of(p))) p->path.n = 0;
            else path_shorten(p);
            parse_path(p);
        }
    }
}

static bool
parse_relative(struct parse *p)
{
    if (is_slash(p, peek(p, 0))) {
        p->at++;
        if (is_slash(p, peek(p, 0))) {
            p->at++;
            while (p->special && is_slash(p, peek(p, 0))) p->at++;
            return parse_authority(p);
        }
        take_authority(p);
        parse_path(p);
        return true;
    }
    take_authority(p);
    parse_on_base_path(p);
    return true;
}

static bool
parse_file_host(struct parse *p)
{
    size_t from = p->at;
    fair_str host;
    int c;

    while ((c = peek(p, 0)) >= 0 && c != '/' && c != '\\' && c != '?' && c != '#') p->at++;
    host = (fair_str){ p->in.p + from, p->at - from };
    if (is_drive(host, false)) {
        p->at = from;
        parse_path(p);
        return true;
    }
    if (host.n > 0) {
        if (!fair_url_host(p->a, host, true, &p->u.host)) return false;
        if (fair_str_eq(p->u.host, FAIR_STR("localhost"))) p->u.host = FAIR_STR("");
    }
    parse_path_start(p);
    return true;
}

static bool
parse_file(struct parse *p)
{
    bool on_base = p->base != NULL && fair_str_eq(p->base->scheme, FAIR_STR("file"));

    p->u.has_host = true;
    p->u.host = FAIR_STR("");
    if (is_slash(p, peek(p, 0))) {
        p->at++;
        if (is_slash(p, peek(p, 0))) {
            p->at++;
            return parse_file_host(p);
        }
        if (on_base) {
            fair_str b = p->base->path;
            p->u.host = p->base->host;
            if (!starts_with_drive(rest_of(p)) && b.n >= 3 && is_drive((fair_str){ b.p + 1, 2 }, true) && (b.n == 3 || b.p[3] == '/'))
                fair_buf_add(&p->path, (fair_str){ b.p, 3 });
        }
        parse_path(p);
        return true;
    }
    if (!on_base) {
        parse_path(p);
        return true;
    }
    p->u.host = p->base->host;
    parse_on_base_path(p);
    return true;
}

static void
set_scheme(struct parse *p, fair_str scheme)
{
    p->u.scheme = scheme;
    p->special = fair_url_default_port(scheme) >= 0;
    p->file = fair_str_eq(scheme, FAIR_STR("file"));
}

/* "scheme:" at the front; the scheme in lower case. */
static bool
scheme_at_front(struct parse *p, fair_str *out)
{
    char *s;
    size_t n = 0;

    if (p->in.n == 0 || !is_alpha(p->in.p[0])) return false;
    while (n < p->in.n && (is_alpha(p->in.p[n]) || (p->in.p[n] >= '0' && p->in.p[n] <= '9') || p->in.p[n] == '+' ||
                           p->in.p[n] == '-' || p->in.p[n] == '.'))
        n++;
    if (n == p->in.n || p->in.p[n] != ':') return false;
    s = fair_alloc(p->a, n + 1);
    for (size_t i = 0; i < n; i++) s[i] = is_alpha(p->in.p[i]) ? (char)(p->in.p[i] | 32) : p->in.p[i];
    *out = (fair_str){ s, n };
    p->at = n + 1;
    return true;
}

static bool
parse_any(struct parse *p)
{
    fair_str scheme;

    if (scheme_at_front(p, &scheme)) {
        set_scheme(p, scheme);
        if (p->file) return parse_file(p);
        if (p->special && p->base != NULL && fair_str_eq(p->base->scheme, scheme) &&
            !(peek(p, 0) == '/' && peek(p, 1) == '/'))
            return parse_relative(p);
        if (p->special) {
            while (is_slash(p, peek(p, 0))) p->at++;
            return parse_authority(p);
        }
        if (peek(p, 0) == '/' && peek(p, 1) == '/') {
            p->at += 2;
            return parse_authority(p);
        }
        if (peek(p, 0) == '/') {
            p->at++;
            parse_path(p);
        } else parse_opaque(p);
        return true;
    }
    if (p->base == NULL || (p->base->opaque && peek(p, 0) != '#')) return false;
    set_scheme(p, p->base->scheme);
    if (p->base->opaque) {
        fair_buf_add(&p->path, p->base->path);
        p->u.query = p->base->query;
        p->u.opaque = true;
        parse_tail(p);
        return true;
    }
    return p->file ? parse_file(p) : parse_relative(p);
}

static bool
serialize(struct parse *p)
{
    struct fair_buf b = FAIR_BUF(p->a, 4 * FAIR_URL_MAX);
    struct fair_url *u = &p->u;
    struct fair_err err = { 0 };
    fair_str path = p->path.p != NULL ? (fair_str){ p->path.p, p->path.n } : FAIR_STR("");
    size_t path_at, host_at;

    fair_buf_add(&b, u->scheme);
    fair_buf_byte(&b, ':');
    host_at = b.n;
    if (u->has_host) {
        fair_buf_c(&b, "//");
        if (u->username.n > 0 || u->password.n > 0) {
            fair_buf_add(&b, u->username);
            if (u->password.n > 0) {
                fair_buf_byte(&b, ':');
                fair_buf_add(&b, u->password);
            }
            fair_buf_byte(&b, '@');
        }
        host_at = b.n;
        fair_buf_add(&b, u->host);
        if (u->port >= 0) fair_buf_fmt(&b, ":%d", u->port);
    } else if (!u->opaque && path.n > 1 && path.p[0] == '/' && path.p[1] == '/') fair_buf_c(&b, "/.");
    path_at = b.n;
    fair_buf_add(&b, path);
    if (u->query.p != NULL) {
        fair_buf_byte(&b, '?');
        fair_buf_add(&b, u->query);
    }
    if (u->fragment.p != NULL) {
        fair_buf_byte(&b, '#');
        fair_buf_add(&b, u->fragment);
    }
    if (p->path.over || fair_buf_take(&b, &u->href, &err) != FAIR_OK) return false;
    u->scheme.p = u->href.p;
    if (u->has_host) u->host.p = u->href.p + host_at;
    u->path = (fair_str){ u->href.p + path_at, path.n };
    if (u->query.p != NULL) u->query.p = u->path.p + path.n + 1;
    if (u->fragment.p != NULL) u->fragment.p = u->href.p + u->href.n - u->fragment.n;
    return true;
}

fair_status
fair_url_parse(struct fair_arena *a, fair_str text, const struct fair_url *base, struct fair_url *out,
               struct fair_err *err)
{
    struct parse p = { .a = a, .base = base, .path = FAIR_BUF(a, 4 * FAIR_URL_MAX) };
    int shown = text.n > 80 ? 80 : (int)text.n;

    *out = (struct fair_url){ .port = -1 };
    if (text.n > FAIR_URL_MAX) return fair_fail(err, FAIR_LIMIT, "a URL of %zu bytes is over %d", text.n, FAIR_URL_MAX);
    p.u = *out;
    p.in = cleaned(a, text.p != NULL ? text : FAIR_STR(""));
    if (!parse_any(&p)) return fair_fail(err, FAIR_INVALID, "not a URL: \"%.*s\"", shown, text.p);
    if (!serialize(&p)) return fair_fail(err, FAIR_LIMIT, "a URL is over %d bytes when written out", 4 * FAIR_URL_MAX);
    *out = p.u;
    return FAIR_OK;
}
