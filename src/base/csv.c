/* csv.c - reading tables from anywhere, writing tables for anybody. */
#include "base/csv.h"
#include <string.h>

static void
put_rune(struct fair_buf *b, uint32_t c)
{
    if (c < 0x80) fair_buf_byte(b, (char)c);
    else if (c < 0x800) {
        fair_buf_byte(b, (char)(0xc0 | c >> 6));
        fair_buf_byte(b, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        fair_buf_byte(b, (char)(0xe0 | c >> 12));
        fair_buf_byte(b, (char)(0x80 | (c >> 6 & 0x3f)));
        fair_buf_byte(b, (char)(0x80 | (c & 0x3f)));
    } else {
        fair_buf_byte(b, (char)(0xf0 | c >> 18));
        fair_buf_byte(b, (char)(0x80 | (c >> 12 & 0x3f)));
        fair_buf_byte(b, (char)(0x80 | (c >> 6 & 0x3f)));
        fair_buf_byte(b, (char)(0x80 | (c & 0x3f)));
    }
}

static fair_str
utf16(struct fair_arena *a, fair_str s, bool big)
{
    struct fair_buf b = FAIR_BUF(a, 2 * s.n + 16);
    const uint8_t *p = (const uint8_t *)s.p;

    for (size_t i = 2; i + 1 < s.n; i += 2) {
        uint32_t c = big ? (uint32_t)p[i] << 8 | p[i + 1] : (uint32_t)p[i + 1] << 8 | p[i], d;
        if (c >= 0xd800 && c < 0xdc00 && i + 3 < s.n) {
            d = big ? (uint32_t)p[i + 2] << 8 | p[i + 3] : (uint32_t)p[i + 3] << 8 | p[i + 2];
            if (d >= 0xdc00 && d < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (d - 0xdc00);
                i += 2;
            } else c = 0xfffd;
        } else if (c >= 0xd800 && c < 0xe000) c = 0xfffd;
        put_rune(&b, c);
    }
    return b.p != NULL ? (fair_str){ b.p, b.n } : FAIR_STR("");
}

static fair_str
windows1252(struct fair_arena *a, fair_str s)
{
    static const uint16_t high[32] = { 0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
                                       0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178 };
    struct fair_buf b = FAIR_BUF(a, 3 * s.n + 16);

    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = (uint8_t)s.p[i];
        put_rune(&b, c >= 0x80 && c < 0xa0 ? high[c - 0x80] : c);
    }
    return b.p != NULL ? (fair_str){ b.p, b.n } : FAIR_STR("");
}

fair_status
fair_csv_begin(struct fair_arena *a, fair_str bytes, struct fair_csv *out, struct fair_err *err)
{
    size_t count[3] = { 0 };
    static const char separators[] = ",;\t";
    bool quoted = false;

    *out = (struct fair_csv){ .separator = ',', .next_line = 1 };
    if (bytes.n >= 2 && memcmp(bytes.p, "\xff\xfe", 2) == 0) bytes = utf16(a, bytes, false);
    else if (bytes.n >= 2 && memcmp(bytes.p, "\xfe\xff", 2) == 0) bytes = utf16(a, bytes, true);
    else if (bytes.n >= 3 && memcmp(bytes.p, "\xef\xbb\xbf", 3) == 0) bytes = (fair_str){ bytes.p + 3, bytes.n - 3 };
    if (bytes.n > 0 && memchr(bytes.p, '\0', bytes.n) != NULL) return fair_fail(err, FAIR_INVALID, "a zero byte in it: this is no table");
    if (!fair_utf8_valid(bytes)) bytes = windows1252(a, bytes);
    out->text = bytes;
    for (size_t i = 0; i < bytes.n && (quoted || (bytes.p[i] != '\n' && bytes.p[i] != '\r')); i++) {
        if (bytes.p[i] == '"') quoted = !quoted;
        for (size_t k = 0; !quoted && k < 3; k++) count[k] += bytes.p[i] == separators[k];
    }
    for (size_t k = 1; k < 3; k++)
        if (count[k] > count[0]) count[0] = count[k], out->separator = separators[k];
    return FAIR_OK;
}

/* At a line's end: step over it. */
static bool
line_end(struct fair_csv *c)
{
    if (c->at >= c->text.n) return true;
    if (c->text.p[c->at] == '\r') {
        c->at++;
        if (c->at < c->text.n && c->text.p[c->at] == '\n') c->at++;
        c->next_line++;
        return true;
    }
    if (c->text.p[c->at] == '\n') {
        c->at++;
        c->next_line++;
        return true;
    }
    return false;
}

/* One cell, up to its separator or line end; *over: too long, and passed over. */
static fair_str
cell(struct fair_csv *c, struct fair_arena *a, bool *over, bool *open)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_CSV_CELL_BYTES);

    while (c->at < c->text.n && c->text.p[c->at] == ' ') c->at++;
    if (c->at < c->text.n && c->text.p[c->at] == '"') {
        c->at++;
        for (;;) {
            if (c->at >= c->text.n) {
                *open = true;
                break;
            }
            if (c->text.p[c->at] == '"' && (c->at + 1 >= c->text.n || c->text.p[c->at + 1] != '"')) {
                c->at++;
                break;
            }
            if (c->text.p[c->at] == '"') c->at++;
            if (c->text.p[c->at] == '\n') c->next_line++;
            fair_buf_byte(&b, c->text.p[c->at++]);
        }
    }
    while (c->at < c->text.n && c->text.p[c->at] != c->separator && c->text.p[c->at] != '\n' && c->text.p[c->at] != '\r') fair_buf_byte(&b, c->text.p[c->at++]);
    *over |= b.over;
    return fair_str_trim(b.p != NULL ? (fair_str){ b.p, b.n } : FAIR_STR(""));
}

fair_status
fair_csv_next(struct fair_csv *c, struct fair_arena *a, fair_str cells[FAIR_CSV_CELLS], size_t *n, struct fair_err *err)
{
    for (;;) {
        bool over = false, open = false, some = false;
        size_t count = 0;

        if (c->at >= c->text.n) return FAIR_DONE;
        c->line = c->next_line;
        for (;;) {
            fair_str one = cell(c, a, &over, &open);
            if (count < FAIR_CSV_CELLS) cells[count] = one;
            count++;
            some |= one.n > 0;
            if (c->at < c->text.n && c->text.p[c->at] == c->separator) {
                c->at++;
                continue;
            }
            (void)line_end(c);
            break;
        }
        if (open) return fair_fail(err, FAIR_CORRUPT, "line %lld: a quotation mark that nothing closes", (long long)c->line);
        if (count > FAIR_CSV_CELLS) return fair_fail(err, FAIR_LIMIT, "line %lld: %zu columns, more than %d", (long long)c->line, count, FAIR_CSV_CELLS);
        if (over) return fair_fail(err, FAIR_LIMIT, "line %lld: a cell of more than %d bytes", (long long)c->line, FAIR_CSV_CELL_BYTES);
        if (!some) continue;
        *n = count;
        return FAIR_OK;
    }
}

static bool
formula(fair_str s)
{
    return s.n > 0 && strchr("=+-@\t\r", s.p[0]) != NULL;
}

void
fair_csv_cell(struct fair_buf *b, fair_str s, bool number)
{
    bool quote = false;

    for (size_t i = 0; i < s.n; i++) quote |= strchr(",\"\r\n;\t", s.p[i]) != NULL;
    if (quote) fair_buf_byte(b, '"');
    if (!number && formula(s)) fair_buf_byte(b, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') fair_buf_byte(b, '"');
        fair_buf_byte(b, s.p[i]);
    }
    if (quote) fair_buf_byte(b, '"');
}

fair_str
fair_csv_plain(fair_str cell_)
{
    if (cell_.n > 1 && cell_.p[0] == '\'' && formula((fair_str){ cell_.p + 1, cell_.n - 1 })) return (fair_str){ cell_.p + 1, cell_.n - 1 };
    return cell_;
}
