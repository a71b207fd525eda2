/* http/request.c - what every service asks of a request: its path, its host, its origin, its form. */
#include <string.h>
#include "http/http.h"
#include "http/takes.h"

static bool
word_ok(fair_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.')) return false;
    }
    return s.n > 0 && s.n <= 128;
}

bool
fair_http_path_fits(fair_str pattern, fair_str path, fair_id *id, fair_str *word)
{
    fair_str want, have;

    for (;;) {
        bool more = fair_str_split(&pattern, '/', &want);
        if (more != fair_str_split(&path, '/', &have)) return false;
        if (!more) return true;
        if (fair_str_eq(want, FAIR_STR(":id"))) {
            if (!fair_str_number(have, INT64_MAX, id) || *id == 0) return false;
        } else if (fair_str_eq(want, FAIR_STR(":word"))) {
            if (!word_ok(have)) return false;
            *word = have;
        } else if (!fair_str_eq(want, have)) {
            return false;
        }
    }
}

/* The name in a Host header, without the port: "[::1]:80" is "[::1]". */
static fair_str
host_name(fair_str host)
{
    size_t n = 0;
    if (host.n > 0 && host.p[0] == '[') {
        while (n < host.n && host.p[n] != ']') n++;
        return (fair_str){ host.p, n < host.n ? n + 1 : n };
    }
    while (n < host.n && host.p[n] != ':') n++;
    return (fair_str){ host.p, n };
}

/* A page of a stranger whose name was made to point here (DNS rebinding) still
 * sends the stranger's name.  Addresses cannot be made to point elsewhere. */
bool
fair_http_host_ok(fair_str host, fair_str known)
{
    fair_str name = host_name(host), rest = name, part;
    int64_t n;
    size_t parts = 0;

    if (name.n == 0 || name.n > 253) return false;
    if (fair_str_eq_nocase(name, FAIR_STR("localhost"))) return true;
    if (known.n > 0 && fair_str_eq_nocase(name, known)) return true;
    if (name.p[0] == '[') return true;
    while (fair_str_split(&rest, '.', &part)) {
        if (!fair_str_number(part, 255, &n)) return false;
        parts++;
    }
    return parts == 4;
}

/* Was this form sent by a page of ours, as far as the browser tells? */
bool
fair_http_origin_ok(const struct fair_raw *raw)
{
    fair_str rest = raw->origin, scheme;

    if (raw->fetch_site.p != NULL && !fair_str_eq(raw->fetch_site, FAIR_STR("same-origin")) && !fair_str_eq(raw->fetch_site, FAIR_STR("none")))
        return false;
    if (raw->origin.p == NULL || fair_str_eq(raw->origin, FAIR_STR("null"))) return true;   /* no-referrer pages send null */
    fair_str_split(&rest, ':', &scheme);
    return rest.n > 2 && fair_str_eq_nocase((fair_str){ rest.p + 2, rest.n - 2 }, raw->host);
}

fair_status
fair_http_fields(struct fair_arena *a, const struct fair_raw *raw, fair_str body, struct fair_fields *out, struct fair_err *err)
{
    fair_str type = fair_header_value(raw->content_type), boundary;

    if (fair_str_eq_nocase(type, FAIR_STR("application/json"))) return fair_takes_json(a, body, out, err);
    if (fair_str_eq_nocase(type, FAIR_STR("multipart/form-data"))) {
        if (!fair_header_param(a, raw->content_type, "boundary", &boundary)) return fair_fail(err, FAIR_INVALID, "an upload without a boundary");
        return fair_form_multipart(a, body, boundary, out, err);
    }
    if (body.n == 0) return FAIR_OK;
    if (fair_str_eq_nocase(type, FAIR_STR("application/x-www-form-urlencoded"))) return fair_form_urlencoded(a, body, out, err);
    return fair_fail(err, FAIR_INVALID, "a form of a kind that is not read here");
}

int
fair_http_code(fair_status s)
{
    switch (s) {
    case FAIR_NOT_FOUND: return 404;
    case FAIR_INVALID: return 400;
    case FAIR_LIMIT: return 413;
    case FAIR_CONFLICT: return 409;
    case FAIR_REFUSED: return 403;
    case FAIR_AGAIN: return 503;
    default: return 500;
    }
}

fair_status
fair_http_public_url(const char *key, fair_str text, struct fair_arena *a, bool *secure, fair_str *url, fair_str *host, struct fair_err *err)
{
    fair_str rest;
    size_t n = 0;

    *secure = fair_str_starts(text, FAIR_STR("https://"));
    if (!*secure && !fair_str_starts(text, FAIR_STR("http://")))
        return fair_fail(err, FAIR_INVALID, "%s = %.*s: it begins with https:// or http://", key, FAIR_STR_ARG(text));
    rest = (fair_str){ text.p + (*secure ? 8 : 7), text.n - (*secure ? 8 : 7) };
    while (rest.n > 0 && rest.p[rest.n - 1] == '/') rest.n--;
    while (n < rest.n && rest.p[n] != '/') n++;
    if (n == 0 || n < rest.n) return fair_fail(err, FAIR_INVALID, "%s = %.*s: a host and no path is wanted", key, FAIR_STR_ARG(text));
    *url = fair_str_fmt(a, "%s://%.*s", *secure ? "https" : "http", FAIR_STR_ARG(rest));
    if (rest.p[0] != '[') for (n = 0; n < rest.n && rest.p[n] != ':'; n++) { }
    *host = fair_str_dup(a, (fair_str){ rest.p, n });
    return FAIR_OK;
}

void
fair_put(json_t *o, const char *key, fair_str s)
{
    FAIR_AUTO(arena) struct fair_arena *a = NULL;

    if (s.p == NULL) {
        json_object_set_new(o, key, json_null());
        return;
    }
    if (!fair_utf8_valid(s)) {
        a = fair_arena_new();
        s = fair_utf8_mend(a, s);
    }
    json_object_set_new(o, key, json_stringn_nocheck(s.p, s.n));
}

void
fair_put_time(json_t *o, const char *key, fair_time t)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_put(o, key, t != 0 ? fair_time_text(a, t) : (fair_str){ NULL, 0 });
}

void
fair_put_id(json_t *o, const char *key, fair_id id)
{
    json_object_set_new(o, key, id != 0 ? json_integer(id) : json_null());
}

fair_str
fair_member(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return json_is_string(v) ? (fair_str){ json_string_value(v), json_string_length(v) } : (fair_str){ NULL, 0 };
}
