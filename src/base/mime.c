/* base/mime.c - the parts of a mail that must not break. */
#include "base/mime.h"
#include <string.h>
#include <time.h>
#include "base/digest.h"

enum { MAC_BYTES = 16 };

bool
fair_mime_address_ok(fair_str s)
{
    const char *at = s.n > 0 ? memchr(s.p, '@', s.n) : NULL;

    if (s.n < 3 || s.n > 254 || at == NULL || at == s.p || at == s.p + s.n - 1) return false;
    if (memchr(at + 1, '@', (size_t)(s.p + s.n - at) - 1) != NULL) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] > '~' || strchr("<>()[],;:\\\"", s.p[i]) != NULL) return false;
    return true;
}

/* Words of at most 45 bytes, cut between characters. */
void
fair_mime_words(struct fair_buf *b, fair_str s)
{
    bool ascii = memmem(s.p, s.n, "=?", 2) == NULL;

    for (size_t i = 0; i < s.n; i++) ascii &= s.p[i] >= ' ' && s.p[i] <= '~';
    if (ascii) {
        fair_buf_add(b, s);
        return;
    }
    while (s.n > 0) {
        size_t n = s.n < 45 ? s.n : 45;
        while (n < s.n && n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80) n--;
        if (n == 0) n = s.n < 45 ? s.n : 45;
        fair_buf_fmt(b, "=?utf-8?B?%.*s?=", FAIR_STR_ARG(fair_base64(b->arena, s.p, n)));
        s = (fair_str){ s.p + n, s.n - n };
        if (s.n > 0) fair_buf_c(b, "\r\n ");
    }
}

void
fair_mime_quoted(struct fair_buf *b, fair_str s)
{
    size_t column = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool last = i + 1 == s.n || s.p[i + 1] == '\n', plain = (c > ' ' && c <= '~' && c != '=') || (c == ' ' && !last);
        if (c == '\r') continue;
        if (c == '\n') {
            fair_buf_c(b, "\r\n");
            column = 0;
            continue;
        }
        if (column + (plain ? 1 : 3) > 75) {
            fair_buf_c(b, "=\r\n");
            column = 0;
        }
        if (plain) fair_buf_byte(b, (char)c);
        else fair_buf_fmt(b, "=%02X", c);
        column += plain ? 1 : 3;
    }
    fair_buf_c(b, "\r\n");
}

fair_status
fair_mime_date(struct fair_buf *b, fair_time t, struct fair_err *err)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t s = (time_t)(t / FAIR_SECOND);
    struct tm m;

    if (gmtime_r(&s, &m) == NULL) return fair_fail(err, FAIR_INVALID, "no such time");
    fair_buf_fmt(b, "%.3s, %02d %.3s %04d %02d:%02d:%02d +0000", days + 3 * m.tm_wday, m.tm_mday, months + 3 * m.tm_mon, m.tm_year + 1900,
                 m.tm_hour, m.tm_min, m.tm_sec);
    return FAIR_OK;
}

static fair_str
mac_of(struct fair_arena *a, fair_str key, fair_str code, fair_str domain)
{
    struct fair_sha256 mac = fair_hmac_sha256(key, fair_str_fmt(a, "message-id %.*s %.*s", FAIR_STR_ARG(code), FAIR_STR_ARG(domain)));

    return fair_hex(a, mac.b, MAC_BYTES);
}

fair_str
fair_mime_message_id(struct fair_arena *a, fair_str key, fair_str code, fair_str domain)
{
    return fair_str_fmt(a, "%.*s.%.*s@%.*s", FAIR_STR_ARG(code), FAIR_STR_ARG(mac_of(a, key, code, domain)), FAIR_STR_ARG(domain));
}

bool
fair_mime_message_id_read(fair_str key, fair_str id, struct fair_arena *a, fair_str *code)
{
    const char *at, *dot;
    fair_str domain, mac, right;
    unsigned char differ = 0;

    if (id.n > 2 && id.p[0] == '<' && id.p[id.n - 1] == '>') id = (fair_str){ id.p + 1, id.n - 2 };
    at = id.n > 0 ? memchr(id.p, '@', id.n) : NULL;
    if (at == NULL || id.n > 300 || at - id.p < 2 * MAC_BYTES + 2) return false;
    domain = (fair_str){ at + 1, (size_t)(id.p + id.n - at) - 1 };
    mac = (fair_str){ at - 2 * MAC_BYTES, 2 * MAC_BYTES };
    dot = mac.p - 1;
    if (*dot != '.') return false;
    *code = (fair_str){ id.p, (size_t)(dot - id.p) };
    right = mac_of(a, key, *code, domain);
    for (size_t i = 0; i < right.n; i++) differ |= (unsigned char)(right.p[i] ^ mac.p[i]);      /* in a time that tells nothing */
    return differ == 0;
}
