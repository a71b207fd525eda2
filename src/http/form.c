/* http/form.c - reads what a browser sends: forms, uploads, cookies. */
#include "http/form.h"
#include <string.h>

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

fair_status
fair_form_url_decode(struct fair_arena *a, fair_str s, bool plus, fair_str *out, struct fair_err *err)
{
    char *p = fair_alloc(a, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%') {
            int high = s.n - i > 2 ? hex_digit(s.p[i + 1]) : -1, low = s.n - i > 2 ? hex_digit(s.p[i + 2]) : -1;
            if (high < 0 || low < 0) return fair_fail(err, FAIR_INVALID, "a %% without two hex digits behind it");
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (c == '\0') return fair_fail(err, FAIR_INVALID, "a NUL byte in a form");
        p[n++] = c;
    }
    *out = (fair_str){ p, n };
    return FAIR_OK;
}

void
fair_form_url_encode(struct fair_buf *out, fair_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) fair_buf_byte(out, c);
        else fair_buf_fmt(out, "%%%02X", (unsigned char)c);
    }
}

static fair_status
add_field(struct fair_arena *a, struct fair_fields *f, struct fair_field field, struct fair_err *err)
{
    if (f->n >= FAIR_FORM_FIELDS) return fair_fail(err, FAIR_LIMIT, "a form of more than %d fields", FAIR_FORM_FIELDS);
    if (field.name.n > FAIR_FORM_NAME) return fair_fail(err, FAIR_INVALID, "a field name of %zu bytes", field.name.n);
    if (f->n == f->room) {
        size_t room = f->room ? f->room * 2 : 16;
        struct fair_field *more = fair_alloc_array(a, room, sizeof *more);
        if (f->n > 0) memcpy(more, f->v, f->n * sizeof *more);
        f->v = more;
        f->room = room;
    }
    f->v[f->n++] = field;
    return FAIR_OK;
}

fair_status
fair_form_urlencoded(struct fair_arena *a, fair_str body, struct fair_fields *out, struct fair_err *err)
{
    fair_str pair;

    while (fair_str_split(&body, '&', &pair)) {
        struct fair_field f = { 0 };
        fair_str name;
        if (pair.n == 0) continue;
        fair_str_split(&pair, '=', &name);
        FAIR_TRY(fair_form_url_decode(a, name, true, &f.name, err));
        if (pair.p == NULL) f.value = FAIR_STR("");
        else FAIR_TRY(fair_form_url_decode(a, pair, true, &f.value, err));
        FAIR_TRY(add_field(a, out, f, err));
    }
    return FAIR_OK;
}

/* ---- headers with parameters ------------------------------------------- */

fair_str
fair_header_value(fair_str header)
{
    fair_str first = { NULL, 0 };

    fair_str_split(&header, ';', &first);
    return fair_str_trim(first);
}

bool
fair_header_param(struct fair_arena *a, fair_str header, const char *name, fair_str *out)
{
    fair_str want = fair_str_of(name);
    size_t i = 0;

    while (i < header.n && header.p[i] != ';') i++;
    while (i < header.n) {
        fair_str key;
        size_t from;
        i++;                                                   /* the ';' */
        while (i < header.n && (header.p[i] == ' ' || header.p[i] == '\t')) i++;
        from = i;
        while (i < header.n && header.p[i] != '=' && header.p[i] != ';') i++;
        key = fair_str_trim((fair_str){ header.p + from, i - from });
        if (i >= header.n || header.p[i] == ';') continue;
        i++;                                                   /* the '=' */
        if (i < header.n && header.p[i] == '"') {
            char *p = fair_alloc(a, header.n - i + 1);
            size_t n = 0;
            for (i++; i < header.n && header.p[i] != '"'; i++) {
                if (header.p[i] == '\\' && i + 1 < header.n && (header.p[i + 1] == '"' || header.p[i + 1] == '\\')) i++;
                p[n++] = header.p[i];
            }
            if (i >= header.n) return false;                   /* the quote is not closed */
            *out = (fair_str){ p, n };
            while (i < header.n && header.p[i] != ';') i++;
        } else {
            from = i;
            while (i < header.n && header.p[i] != ';') i++;
            *out = fair_str_trim((fair_str){ header.p + from, i - from });
        }
        if (fair_str_eq_nocase(key, want)) return true;
    }
    return false;
}

bool
fair_cookie_get(fair_str header, fair_str name, fair_str *out)
{
    fair_str pair;

    while (fair_str_split(&header, ';', &pair)) {
        fair_str key;
        pair = fair_str_trim(pair);
        if (pair.n == 0) continue;
        fair_str_split(&pair, '=', &key);
        if (pair.p == NULL || !fair_str_eq(key, name)) continue;
        if (pair.n >= 2 && pair.p[0] == '"' && pair.p[pair.n - 1] == '"') pair = (fair_str){ pair.p + 1, pair.n - 2 };
        *out = pair;
        return true;
    }
    return false;
}

/* ---- multipart ---------------------------------------------------------- */

/* Where `what` begins in `in` at or after `from`; in.n if nowhere. */
static size_t
find(fair_str in, size_t from, fair_str what)
{
    const char *at;

    if (from > in.n) return in.n;
    at = memmem(in.p + from, in.n - from, what.p, what.n);
    return at == NULL ? in.n : (size_t)(at - in.p);
}

/* Browsers write " CR LF in a file's name as %22 %0D %0A and nothing else so (WHATWG HTML 4.10.21.8). */
static fair_str
file_name(struct fair_arena *a, fair_str s)
{
    char *p = fair_alloc(a, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        fair_str rest = { s.p + i, s.n - i };
        char c = s.p[i];
        if (fair_str_starts(rest, FAIR_STR("%22"))) c = '"', i += 2;
        else if (fair_str_starts(rest, FAIR_STR("%0D")) || fair_str_starts(rest, FAIR_STR("%0A"))) c = rest.p[2] == 'D' ? '\r' : '\n', i += 2;
        if (c == '/' || c == '\\') n = 0;                      /* some send a whole path */
        else p[n++] = c;
    }
    return (fair_str){ p, n };
}

static fair_status
part_headers(struct fair_arena *a, fair_str head, struct fair_field *f, struct fair_err *err)
{
    fair_str line;
    bool named = false;

    while (fair_str_split(&head, '\n', &line)) {
        fair_str key, file;
        line = fair_str_trim(line);
        if (line.n == 0) continue;
        fair_str_split(&line, ':', &key);
        if (line.p == NULL) return fair_fail(err, FAIR_INVALID, "an upload with a header that is none");
        if (!fair_str_eq_nocase(key, FAIR_STR("Content-Disposition"))) continue;
        line = fair_str_trim(line);
        if (!fair_str_eq_nocase(fair_header_value(line), FAIR_STR("form-data"))) continue;
        if (!fair_header_param(a, line, "name", &f->name)) continue;
        named = true;
        if (fair_header_param(a, line, "filename", &file)) f->file = file_name(a, file);
    }
    return named ? FAIR_OK : fair_fail(err, FAIR_INVALID, "an upload with a part that has no name");
}

fair_status
fair_form_multipart(struct fair_arena *a, fair_str body, fair_str boundary, struct fair_fields *out, struct fair_err *err)
{
    fair_str mark, inner;
    size_t at;

    if (boundary.n == 0 || boundary.n > 70) return fair_fail(err, FAIR_INVALID, "an upload whose boundary has %zu bytes", boundary.n);
    inner = fair_str_fmt(a, "\r\n--%.*s", FAIR_STR_ARG(boundary));
    mark = (fair_str){ inner.p + 2, inner.n - 2 };
    at = fair_str_starts(body, mark) ? 0 : find(body, 0, inner);
    if (at >= body.n) return fair_fail(err, FAIR_INVALID, "an upload without its boundary");
    at += at == 0 ? mark.n : inner.n;
    for (;;) {
        struct fair_field f = { 0 };
        size_t head, end;
        fair_str rest = { body.p + at, body.n - at };

        if (fair_str_starts(rest, FAIR_STR("--"))) return FAIR_OK;
        if (!fair_str_starts(rest, FAIR_STR("\r\n"))) return fair_fail(err, FAIR_INVALID, "an upload whose boundary runs on");
        head = find(body, at, FAIR_STR("\r\n\r\n"));
        if (head >= body.n || head - at > 8192) return fair_fail(err, FAIR_INVALID, "an upload with a part that has no end of headers");
        FAIR_TRY(part_headers(a, (fair_str){ body.p + at, head - at }, &f, err));
        end = find(body, head + 2, inner);
        if (end >= body.n) return fair_fail(err, FAIR_INVALID, "an upload that breaks off");
        if (end >= head + 4) f.value = (fair_str){ body.p + head + 4, end - head - 4 };
        else f.value = FAIR_STR("");
        if (f.file.p == NULL && memchr(f.value.p, '\0', f.value.n) != NULL)
            return fair_fail(err, FAIR_INVALID, "a NUL byte in a form");
        FAIR_TRY(add_field(a, out, f, err));
        at = end + inner.n;
    }
}
