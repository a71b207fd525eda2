/* source/url_keys.c - the keys made from a URL: canonical form, SURT, registrable domain, origin. */
#include "source/url_private.h"
#include <libpsl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* --- parameters that say who comes, not what is asked for ------------------- */

static bool
is_hex_of(fair_str s, size_t least)
{
    if (s.n < least) return false;
    for (size_t i = 0; i < s.n; i++)
        if (fair_url_hex(s.p[i]) < 0) return false;
    return true;
}

static bool
is_alnum_of(fair_str s, size_t least)
{
    if (s.n < least) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = (char)(s.p[i] | 32);
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (c >= 'a' && c <= 'z'))) return false;
    }
    return true;
}

/* A session: the name alone is not enough where the name is also an ordinary word. */
static bool
is_session(fair_str name, fair_str value)
{
    static const char *const sure[] = { "phpsessid", "jsessionid", "cfid", "cftoken", "sessionid", "session_id" };
    static const char *const maybe[] = { "sid", "s", "osid", "oscsid", "zenid" };

    for (size_t i = 0; i < sizeof sure / sizeof *sure; i++)
        if (fair_str_eq_nocase(name, fair_str_of(sure[i]))) return i >= 2 || is_alnum_of(value, 16);
    for (size_t i = 0; i < sizeof maybe / sizeof *maybe; i++)
        if (fair_str_eq_nocase(name, fair_str_of(maybe[i]))) return is_hex_of(value, 26);
    return name.n >= 12 && fair_str_eq_nocase((fair_str){ name.p, 12 }, FAIR_STR("aspsessionid"));
}

static bool
is_tracking(fair_str name)
{
    static const char *const names[] = {
        "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "yclid", "twclid", "ttclid", "igshid",
        "igsh", "mc_cid", "mc_eid", "_ga", "_gl", "_hsenc", "_hsmi", "mkt_tok", "vero_id", "oly_anon_id", "oly_enc_id",
        "wickedid", "s_cid", "li_fat_id", "epik", "srsltid", "xtor",
    };

    if (name.n > 4 && fair_str_eq_nocase((fair_str){ name.p, 4 }, FAIR_STR("utm_"))) return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (fair_str_eq_nocase(name, fair_str_of(names[i]))) return true;
    return false;
}

static fair_str
name_of(fair_str parameter, fair_str *value)
{
    const char *eq = parameter.n > 0 ? memchr(parameter.p, '=', parameter.n) : NULL;
    fair_str name = { parameter.p, eq != NULL ? (size_t)(eq - parameter.p) : parameter.n };
    *value = eq != NULL ? (fair_str){ eq + 1, parameter.n - name.n - 1 } : FAIR_STR("");
    return name;
}

/* The path without ";jsessionid=..." (Java servlets) and "/(S(...))/" (ASP.NET). */
static fair_str
path_without_session(struct fair_arena *a, fair_str path)
{
    struct fair_buf b = FAIR_BUF(a, path.n + 1);
    bool cut = false;
    size_t from = 0;

    for (size_t i = 0; i < path.n; i++) {
        size_t end = 0;
        if (path.p[i] == ';') {
            static const char *const names[] = { ";jsessionid=", ";phpsessid=", ";sid=" };
            for (size_t k = 0; k < 3 && end == 0; k++) {
                fair_str want = fair_str_of(names[k]);
                if (path.n - i > want.n && fair_str_eq_nocase((fair_str){ path.p + i, want.n }, want)) {
                    for (end = i + want.n; end < path.n && path.p[end] != '/' && path.p[end] != ';'; end++) { }
                }
            }
        } else if (path.p[i] == '/' && path.n - i > 6 && path.p[i + 1] == '(' && path.p[i + 2] >= 'A' &&
                   path.p[i + 2] <= 'Z' && path.p[i + 3] == '(') {
            const char *close = memmem(path.p + i, path.n - i, "))/", 3);
            if (close != NULL && (size_t)(close - path.p) - i >= 20 && memchr(path.p + i + 1, '/', (size_t)(close - path.p) - i - 1) == NULL)
                end = (size_t)(close - path.p) + 2;
        }
        if (end == 0) continue;
        fair_buf_add(&b, (fair_str){ path.p + from, i - from });
        cut = true;
        from = end;
        i = end - 1;
    }
    if (!cut) return path;
    fair_buf_add(&b, (fair_str){ path.p + from, path.n - from });
    return b.n > 0 ? (fair_str){ b.p, b.n } : FAIR_STR("/");
}

/* --- canonical -------------------------------------------------------------- */

static bool
is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

/* Escapes of unreserved characters undone (RFC 3986 6.2.2.2), the others in upper
 * case, stray percent signs escaped, and so are the characters that only some writers escape. */
static void
add_normal(struct fair_buf *b, fair_str s)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%' && s.n - i > 2 && fair_url_hex(s.p[i + 1]) >= 0 && fair_url_hex(s.p[i + 2]) >= 0) {
            int v = fair_url_hex(s.p[i + 1]) * 16 + fair_url_hex(s.p[i + 2]);
            if (is_unreserved((char)v)) fair_buf_byte(b, (char)v);
            else {
                fair_buf_byte(b, '%');
                fair_buf_byte(b, hex[v >> 4]);
                fair_buf_byte(b, hex[v & 15]);
            }
            i += 2;
        } else if (c == '%' || c == '[' || c == ']' || c == '|' || c == '^' || c == '`' || c == '{' || c == '}' || c == '\\' || c == '"') {
            fair_buf_byte(b, '%');
            fair_buf_byte(b, hex[(unsigned char)c >> 4]);
            fair_buf_byte(b, hex[c & 15]);
        } else fair_buf_byte(b, c);
    }
}

static fair_str
host_without_dot(fair_str host)
{
    if (host.n > 1 && host.p[host.n - 1] == '.') host.n--;
    return host;
}

/* Unescaping may have made dot segments ("%2e" next to "%2E" is one to the parser already, so only
 * doubled slashes are left to fold). */
static void
add_path(struct fair_buf *b, struct fair_arena *a, fair_str path, bool fold)
{
    struct fair_buf n = FAIR_BUF(a, path.n * 3 + 1);

    add_normal(&n, path_without_session(a, path));
    for (size_t i = 0; i < n.n; i++) {
        if (fold && n.p[i] == '/' && i > 0 && n.p[i - 1] == '/') {
            /* "/http://x" carries an address and keeps it whole. */
            if (i < 2 || n.p[i - 2] != ':') continue;
        }
        fair_buf_byte(b, n.p[i]);
    }
}

fair_str
fair_url_canonical(struct fair_arena *a, const struct fair_url *u)
{
    struct fair_buf b = FAIR_BUF(a, u->href.n * 3 + 16);
    fair_str rest = u->query, part;
    bool special = fair_url_default_port(u->scheme) >= 0, first = true;

    fair_buf_add(&b, u->scheme);
    fair_buf_byte(&b, ':');
    if (u->opaque) {
        fair_buf_add(&b, u->path);
        if (u->query.p != NULL && u->query.n > 0) {
            fair_buf_byte(&b, '?');
            fair_buf_add(&b, u->query);
        }
        return (fair_str){ b.p, b.n };
    }
    if (u->has_host) {
        fair_buf_c(&b, "//");
        fair_buf_add(&b, host_without_dot(u->host));
        if (u->port >= 0) fair_buf_fmt(&b, ":%d", u->port);
    } else if (u->path.n > 1 && u->path.p[0] == '/' && u->path.p[1] == '/') fair_buf_c(&b, "/.");
    add_path(&b, a, u->path, special);
    while (fair_str_split(&rest, '&', &part)) {
        fair_str value, name = name_of(part, &value);
        if (part.n == 0 || is_tracking(name) || is_session(name, value)) continue;
        fair_buf_byte(&b, first ? '?' : '&');
        first = false;
        add_normal(&b, part);
    }
    return (fair_str){ b.p, b.n };
}

/* --- SURT --------------------------------------------------------------------- */

static int
by_bytes(const void *x, const void *y)
{
    const fair_str *a = x, *b = y;
    int c = memcmp(a->p, b->p, a->n < b->n ? a->n : b->n);
    return c != 0 ? c : (a->n > b->n) - (a->n < b->n);
}

/* "www." and "www12." say nothing. */
static fair_str
without_www(fair_str host)
{
    size_t i = 3;

    if (host.n < 5 || memcmp(host.p, "www", 3) != 0) return host;
    while (i < host.n && host.p[i] >= '0' && host.p[i] <= '9') i++;
    if (i + 1 < host.n && host.p[i] == '.') return (fair_str){ host.p + i + 1, host.n - i - 1 };
    return host;
}

static void
add_reversed_host(struct fair_buf *b, fair_str host)
{
    size_t end = host.n;

    if (fair_url_host_is_ip(host)) {
        fair_buf_add(b, host);
        return;
    }
    while (end > 0) {
        size_t from = end;
        while (from > 0 && host.p[from - 1] != '.') from--;
        fair_buf_add(b, (fair_str){ host.p + from, end - from });
        if (from == 0) break;
        fair_buf_byte(b, ',');
        end = from - 1;
    }
}

/* As the indexes write a piece: escapes undone as long as there are any, then only what must be is escaped; in lower case. */
static fair_str
plainest(struct fair_arena *a, fair_str s)
{
    struct fair_buf b = FAIR_BUF(a, s.n * 3 + 1);

    for (int rounds = 0; rounds < 8; rounds++) {
        fair_str less = fair_url_decode(a, s);
        if (less.n == s.n) break;
        s = less;
    }
    fair_buf_c(&b, "");
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= ' ' || c >= 0x7f || c == '#' || c == '%') fair_buf_fmt(&b, "%%%02x", c);
        else fair_buf_byte(&b, c >= 'A' && c <= 'Z' ? (char)(c | 32) : (char)c);
    }
    return (fair_str){ b.p, b.n };
}

/* The parameters without sessions, sorted. */
static void
add_sorted(struct fair_buf *b, struct fair_arena *a, fair_str query)
{
    size_t n = 1, k = 0;
    fair_str *v, rest = query, part;

    for (size_t i = 0; i < query.n; i++) n += query.p[i] == '&';
    v = fair_alloc_array(a, n, sizeof *v);
    while (fair_str_split(&rest, '&', &part)) {
        fair_str value, name = name_of(part, &value);
        if (!is_session(name, value)) v[k++] = part;
    }
    qsort(v, k, sizeof *v, by_bytes);
    if (k == 1 && v[0].n == 0) return;
    for (size_t i = 0; i < k; i++) {
        fair_buf_byte(b, i == 0 ? '?' : '&');
        fair_buf_add(b, v[i]);
    }
}

fair_str
fair_url_surt(struct fair_arena *a, const struct fair_url *u)
{
    struct fair_buf b = FAIR_BUF(a, u->href.n * 4 + 16), path = FAIR_BUF(a, u->href.n * 4 + 16);
    fair_str text;

    if (u->opaque || !u->has_host || fair_str_eq(u->scheme, FAIR_STR("filedesc")) || fair_str_eq(u->scheme, FAIR_STR("warcinfo"))) return u->href;
    add_reversed_host(&b, without_www(host_without_dot(u->host)));
    if (u->port >= 0) fair_buf_fmt(&b, ":%d", u->port);
    fair_buf_byte(&b, ')');
    add_path(&path, a, u->path, true);
    text = plainest(a, path.p != NULL ? (fair_str){ path.p, path.n } : FAIR_STR("/"));
    if (text.n > 1 && text.p[text.n - 1] == '/') text.n--;
    fair_buf_add(&b, text);
    if (u->query.n > 0) add_sorted(&b, a, plainest(a, u->query));
    return (fair_str){ b.p, b.n };
}

/* --- the public suffix list ------------------------------------------------- */

static const psl_ctx_t *the_list;

/* The list that Debian keeps up to date (package publicsuffix), or the one built into libpsl.
 * It lives as long as the process. */
static void
load_list(void)
{
    static const char *const files[] = { "/usr/share/publicsuffix/public_suffix_list.dafsa",
                                         "/usr/share/publicsuffix/public_suffix_list.dat" };

    for (size_t i = 0; i < 2 && the_list == NULL; i++) the_list = psl_load_file(files[i]);
    if (the_list == NULL) the_list = psl_builtin();
}

static pthread_once_t list_once = PTHREAD_ONCE_INIT;

bool
fair_url_has_registrable(struct fair_arena *a, const struct fair_url *u, fair_str *out)
{
    fair_str host = host_without_dot(u->host), c;
    const char *found;

    if (!u->has_host || host.n == 0 || host.p[0] == '.' || fair_url_host_is_ip(host)) return false;
    pthread_once(&list_once, load_list);
    c = fair_str_dup(a, host);
    found = the_list != NULL ? psl_registrable_domain(the_list, c.p) : NULL;
    if (found == NULL) return false;
    *out = (fair_str){ found, c.n - (size_t)(found - c.p) };
    return true;
}

fair_str
fair_url_registrable(struct fair_arena *a, const struct fair_url *u)
{
    fair_str out;
    return fair_url_has_registrable(a, u, &out) ? out : host_without_dot(u->host);
}

fair_str
fair_url_origin(struct fair_arena *a, const struct fair_url *u)
{
    if (!u->has_host) return fair_str_fmt(a, "%.*s:", FAIR_STR_ARG(u->scheme));
    if (u->port >= 0) return fair_str_fmt(a, "%.*s://%.*s:%d", FAIR_STR_ARG(u->scheme), FAIR_STR_ARG(u->host), u->port);
    return fair_str_fmt(a, "%.*s://%.*s", FAIR_STR_ARG(u->scheme), FAIR_STR_ARG(u->host));
}
