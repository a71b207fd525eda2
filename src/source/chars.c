/* source/chars.c - code points and the simplest encodings. */
#include "source/chars.h"

/* 0x80 to 0x9f in windows-1252. */
static const uint16_t c1[32] = {
    0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f,
    0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178,
};

uint32_t
fair_windows_1252(unsigned char c)
{
    return c >= 0x80 && c < 0xa0 ? c1[c - 0x80] : c;
}

void
fair_utf8_put(struct fair_buf *b, uint32_t c)
{
    char p[4];
    size_t n;

    if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) c = 0xfffd;
    if (c < 0x80) {
        p[0] = (char)c;
        n = 1;
    } else if (c < 0x800) {
        p[0] = (char)(0xc0 | c >> 6);
        n = 2;
    } else if (c < 0x10000) {
        p[0] = (char)(0xe0 | c >> 12);
        n = 3;
    } else {
        p[0] = (char)(0xf0 | c >> 18);
        n = 4;
    }
    for (size_t i = 1; i < n; i++) p[i] = (char)(0x80 | (c >> (6 * (n - 1 - i)) & 63));
    fair_buf_add(b, (fair_str){ p, n });
}

fair_str
fair_latin_utf8(struct fair_arena *a, fair_str s)
{
    struct fair_buf b = FAIR_BUF(a, s.n * 3 + 1);
    size_t from = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x80) continue;
        fair_buf_add(&b, (fair_str){ s.p + from, i - from });
        fair_utf8_put(&b, fair_windows_1252(c));
        from = i + 1;
    }
    if (from == 0) return s;
    fair_buf_add(&b, (fair_str){ s.p + from, s.n - from });
    return (fair_str){ b.p, b.n };
}

fair_str
fair_utf16_utf8(struct fair_arena *a, fair_str s, bool big)
{
    struct fair_buf b = FAIR_BUF(a, s.n * 2 + 4);
    const unsigned char *p = (const unsigned char *)s.p;

    fair_buf_c(&b, "");
    for (size_t i = 0; i + 1 < s.n; i += 2) {
        uint32_t c = big ? (uint32_t)p[i] << 8 | p[i + 1] : (uint32_t)p[i + 1] << 8 | p[i];
        if (c >= 0xd800 && c < 0xdc00 && i + 3 < s.n) {
            uint32_t d = big ? (uint32_t)p[i + 2] << 8 | p[i + 3] : (uint32_t)p[i + 3] << 8 | p[i + 2];
            if (d >= 0xdc00 && d < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (d - 0xdc00);
                i += 2;
            }
        }
        fair_utf8_put(&b, c);
    }
    return (fair_str){ b.p, b.n };
}
