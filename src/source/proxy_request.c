/* proxy_request.c - the head of a request to a proxy. */
#include "source/proxy_request.h"
#include <string.h>

static bool
token(fair_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL))) return false;
    }
    return s.n > 0;
}

/* host[:port]; a name of letters, digits, '-', '.', '_', or an address in brackets. */
static bool
authority(fair_str s, int port, struct fair_proxy_request *out)
{
    size_t n = 0;
    int64_t number;

    if (s.n > 0 && s.p[0] == '[') {
        while (n < s.n && s.p[n] != ']') n++;
        if (n == s.n || n > 46 || n < 3) return false;
        for (size_t i = 1; i < n; i++)
            if (strchr("0123456789abcdefABCDEF:.", s.p[i]) == NULL || s.p[i] == '\0') return false;
        n++;
    } else {
        for (; n < s.n && s.p[n] != ':'; n++) {
            char c = s.p[n];
            if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_')) return false;
        }
        if (n == 0 || n > 253) return false;
    }
    out->host = (fair_str){ s.p, n };
    out->port = port;
    if (n == s.n) return port > 0;
    if (s.p[n] != ':' || !fair_str_number((fair_str){ s.p + n + 1, s.n - n - 1 }, 65535, &number) || number < 1) return false;
    out->port = (int)number;
    return true;
}

/* What concerns this connection or the proxy alone. */
static bool
hop(fair_str name)
{
    static const char *const names[] = { "connection", "proxy-connection", "keep-alive", "proxy-authorization", "proxy-authenticate", "te", "upgrade" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (fair_str_eq_nocase(name, fair_str_of(names[i]))) return true;
    return false;
}

static fair_status
pass_headers(struct fair_buf *b, fair_str lines, struct fair_err *err)
{
    fair_str line;

    while (fair_str_split(&lines, '\n', &line)) {
        fair_str value = line, name;
        if (line.n > 0 && line.p[line.n - 1] == '\r') line.n--;
        if (line.n == 0) continue;
        value = line;
        if (!fair_str_split(&value, ':', &name) || value.p == NULL || !token(name)) return fair_fail(err, FAIR_INVALID, "a line of the head is no header");
        if (memchr(line.p, '\r', line.n) != NULL || memchr(line.p, '\0', line.n) != NULL) return fair_fail(err, FAIR_INVALID, "a control byte in a header");
        if (hop(name)) continue;
        fair_buf_add(b, line);
        fair_buf_c(b, "\r\n");
    }
    fair_buf_c(b, "Connection: close\r\n\r\n");
    return FAIR_OK;
}

fair_status
fair_proxy_request_read(struct fair_arena *a, fair_str bytes, struct fair_proxy_request *out, struct fair_err *err)
{
    const char *end = bytes.n > 0 ? memmem(bytes.p, bytes.n < FAIR_PROXY_HEAD ? bytes.n : FAIR_PROXY_HEAD, "\r\n\r\n", 4) : NULL;
    struct fair_buf b = FAIR_BUF(a, FAIR_PROXY_HEAD + 64);
    fair_str lines, line, method, target, version, path;
    size_t n = 0;

    *out = (struct fair_proxy_request){ 0 };
    if (end == NULL && bytes.n >= FAIR_PROXY_HEAD) return fair_fail(err, FAIR_LIMIT, "a request's head over %d bytes", FAIR_PROXY_HEAD);
    if (end == NULL) return FAIR_AGAIN;
    out->used = (size_t)(end - bytes.p) + 4;
    lines = (fair_str){ bytes.p, (size_t)(end - bytes.p) };
    if (!fair_str_split(&lines, '\n', &line)) return fair_fail(err, FAIR_INVALID, "no request line");
    if (line.n > 0 && line.p[line.n - 1] == '\r') line.n--;
    version = line;
    if (!fair_str_split(&version, ' ', &method) || !token(method) || !fair_str_split(&version, ' ', &target) ||
        !fair_str_starts(version, FAIR_STR("HTTP/1.")) || version.n != 8)
        return fair_fail(err, FAIR_INVALID, "no HTTP/1 request line");
    for (size_t i = 0; i < target.n; i++)
        if ((unsigned char)target.p[i] <= ' ' || target.p[i] == 0x7f) return fair_fail(err, FAIR_INVALID, "a control byte in the target");
    out->tunnel = fair_str_eq(method, FAIR_STR("CONNECT"));
    if (out->tunnel)
        return authority(target, 0, out) ? FAIR_OK : fair_fail(err, FAIR_INVALID, "CONNECT to what is no host:port");
    if (!fair_str_starts(target, FAIR_STR("http://"))) return fair_fail(err, FAIR_INVALID, "only http: URLs are asked of the proxy");
    target = (fair_str){ target.p + 7, target.n - 7 };
    while (n < target.n && target.p[n] != '/' && target.p[n] != '?' && target.p[n] != '#') n++;
    path = (fair_str){ target.p + n, target.n - n };
    if (!authority((fair_str){ target.p, n }, 80, out)) return fair_fail(err, FAIR_INVALID, "a URL whose host or port is none");
    fair_buf_add(&b, method);
    fair_buf_c(&b, path.n > 0 && path.p[0] == '/' ? " " : " /");
    fair_buf_add(&b, path);
    fair_buf_c(&b, " HTTP/1.1\r\n");
    if (lines.p != NULL) FAIR_TRY(pass_headers(&b, lines, err));
    else fair_buf_c(&b, "Connection: close\r\n\r\n");
    return fair_buf_take(&b, &out->head, err);
}
