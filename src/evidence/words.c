/* evidence/words.c - JSON texts and the sort keys of addresses. */
#include <string.h>
#include "evidence/package_private.h"

void
fair_json_put(struct fair_buf *b, fair_str s)
{
    struct fair_arena *a = fair_arena_new();

    s = fair_utf8_mend(a, s);
    fair_buf_byte(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\') fair_buf_fmt(b, "\\%c", c);
        else if (c == '\n') fair_buf_c(b, "\\n");
        else if (c == '\r') fair_buf_c(b, "\\r");
        else if (c == '\t') fair_buf_c(b, "\\t");
        else if (c < 0x20 || c == 0x7f) fair_buf_fmt(b, "\\u%04x", c);
        else fair_buf_byte(b, (char)c);
    }
    fair_buf_byte(b, '"');
    fair_arena_free(&a);
}

void
fair_json_put_or_null(struct fair_buf *b, fair_str s)
{
    if (s.p == NULL) fair_buf_c(b, "null");
    else fair_json_put(b, s);
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

fair_str
fair_cdx_key(struct fair_arena *a, fair_str url)
{
    struct fair_buf b = FAIR_BUF(a, url.n * 3 + 16);
    fair_str host, path, part, parts[64];
    const char *at;
    size_t n = 0;

    if (fair_str_starts(url, FAIR_STR("http://"))) url = (fair_str){ url.p + 7, url.n - 7 };
    else if (fair_str_starts(url, FAIR_STR("https://"))) url = (fair_str){ url.p + 8, url.n - 8 };
    else {
        for (size_t i = 0; i < url.n; i++) {
            if (url.p[i] == ' ') fair_buf_c(&b, "%20");
            else fair_buf_byte(&b, url.p[i]);
        }
        return (fair_str){ b.p, b.n };
    }
    host = url;
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] == '/' || url.p[i] == '?' || url.p[i] == '#') {
            host.n = i;
            break;
        }
    path = (fair_str){ url.p + host.n, url.n - host.n };
    at = host.n > 0 ? memrchr(host.p, '@', host.n) : NULL;
    if (at != NULL) host = (fair_str){ at + 1, host.n - (size_t)(at + 1 - host.p) };
    if (host.n > 4 && strncasecmp(host.p, "www.", 4) == 0) host = (fair_str){ host.p + 4, host.n - 4 };
    if (host.n > 0 && host.p[0] == '[') {
        for (size_t i = 0; i < host.n; i++) fair_buf_byte(&b, lower(host.p[i]));
    } else {
        fair_str port = { NULL, 0 }, rest = host;
        at = host.n > 0 ? memrchr(host.p, ':', host.n) : NULL;
        if (at != NULL) {
            port = (fair_str){ at, host.n - (size_t)(at - host.p) };
            rest.n = (size_t)(at - host.p);
        }
        if (fair_str_eq(port, FAIR_STR(":80")) || fair_str_eq(port, FAIR_STR(":443"))) port.n = 0;
        while (n < 64 && fair_str_split(&rest, '.', &part)) parts[n++] = part;
        while (n > 0) {
            n--;
            for (size_t i = 0; i < parts[n].n; i++) fair_buf_byte(&b, lower(parts[n].p[i]));
            if (n > 0) fair_buf_byte(&b, ',');
        }
        if (port.n > 0) fair_buf_add(&b, port);
    }
    fair_buf_byte(&b, ')');
    if (path.n == 0 || path.p[0] != '/') fair_buf_byte(&b, '/');
    for (size_t i = 0; i < path.n && path.p[i] != '#'; i++) {
        if (path.p[i] == ' ') fair_buf_c(&b, "%20");
        else fair_buf_byte(&b, lower(path.p[i]));
    }
    return (fair_str){ b.p, b.n };
}
