/* fold.c - texts as they are looked for: in lower case, as far as that is simple. */
#include "base/text.h"
#include "store/store_private.h"

/* Simple case folding of the letters of Latin-1, Latin Extended-A, Greek and Cyrillic (Unicode 15, CaseFolding.txt, C). */
static uint32_t
lower(uint32_t c)
{
    if (c >= 'A' && c <= 'Z') return c + 32;
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
    if ((c >= 0x100 && c <= 0x137 && c != 0x130) || (c >= 0x14A && c <= 0x177)) return c | 1;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return (c & 1) ? c + 1 : c;
    if (c == 0x178) return 0xFF;
    if (c >= 0x391 && c <= 0x3AB && c != 0x3A2) return c + 32;
    if (c == 0x3C2) return 0x3C3;
    if (c >= 0x400 && c <= 0x40F) return c + 80;
    if (c >= 0x410 && c <= 0x42F) return c + 32;
    return c;
}

fair_str
fair_fold(struct fair_arena *a, fair_str s)
{
    fair_str from = fair_utf8_valid(s) ? s : fair_utf8_mend(a, s);
    char *p = fair_alloc(a, from.n + 1);
    const unsigned char *b = (const unsigned char *)from.p;

    for (size_t i = 0; i < from.n;) {
        if (b[i] < 0x80) {
            p[i] = (char)lower(b[i]);
            i++;
        } else if (b[i] < 0xE0) {        /* the letters above lie in two bytes, and stay there */
            uint32_t c = lower((uint32_t)(b[i] & 0x1F) << 6 | (b[i + 1] & 0x3F));
            p[i] = (char)(0xC0 | c >> 6);
            p[i + 1] = (char)(0x80 | (c & 0x3F));
            i += 2;
        } else {
            p[i] = (char)b[i];
            i++;
        }
    }
    return (fair_str){ p, from.n };
}

fair_str
fair_like(struct fair_arena *a, fair_str s)
{
    fair_str f = fair_str_trim(s);
    struct fair_buf b = FAIR_BUF(a, 8 * 1024);
    fair_str out;

    if (f.n == 0) return (fair_str){ NULL, 0 };
    f = fair_fold(a, f);
    fair_buf_byte(&b, '%');
    for (size_t i = 0; i < f.n; i++) {
        if (f.p[i] == '%' || f.p[i] == '_' || f.p[i] == '\\') fair_buf_byte(&b, '\\');
        fair_buf_byte(&b, f.p[i]);
    }
    fair_buf_byte(&b, '%');
    /* Nothing that is kept is as long as that: it is found nowhere. */
    return fair_buf_take(&b, &out, NULL) == FAIR_OK ? out : FAIR_STR("\\%");
}
