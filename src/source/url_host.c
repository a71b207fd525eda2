/* source/url_host.c - the host part of a URL: names, IPv4 in all its spellings, IPv6 (URL standard, section 3). */
#include "source/url_private.h"
#include <idn2.h>
#include <string.h>

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* --- IPv4 ----------------------------------------------------------------- */

/* One part of an IPv4 address: decimal, 0octal or 0xhex.  Values beyond 2^33 are kept at 2^33. */
static bool
ipv4_number(fair_str s, uint64_t *out)
{
    uint64_t v = 0;
    unsigned radix = 10;

    if (s.n == 0) return false;
    if (s.n >= 2 && s.p[0] == '0' && (s.p[1] | 32) == 'x') {
        radix = 16;
        s = (fair_str){ s.p + 2, s.n - 2 };
    } else if (s.n >= 2 && s.p[0] == '0') {
        radix = 8;
        s = (fair_str){ s.p + 1, s.n - 1 };
    }
    for (size_t i = 0; i < s.n; i++) {
        int d = fair_url_hex(s.p[i]);
        if (d < 0 || (unsigned)d >= radix) return false;
        v = v * radix + (unsigned)d;
        if (v > (uint64_t)1 << 33) v = (uint64_t)1 << 33;
    }
    *out = v;
    return true;
}

/* Does the last label make this an IPv4 address, whether it then parses or not? */
static bool
ends_in_number(fair_str host)
{
    size_t from, end = host.n;
    uint64_t v;
    bool digits = true;

    if (end > 0 && host.p[end - 1] == '.') end--;
    for (from = end; from > 0 && host.p[from - 1] != '.'; from--)
        if (!is_digit(host.p[from - 1])) digits = false;
    if (from == end) return false;
    return digits || ipv4_number((fair_str){ host.p + from, end - from }, &v);
}

static bool
ipv4_parse(struct fair_arena *a, fair_str host, fair_str *out)
{
    uint64_t part[4] = { 0 }, ip = 0;
    size_t n = 0;
    fair_str rest, piece;

    if (host.n > 0 && host.p[host.n - 1] == '.') host.n--;
    rest = host;
    while (fair_str_split(&rest, '.', &piece)) {
        if (n == 4 || !ipv4_number(piece, &part[n])) return false;
        n++;
    }
    for (size_t i = 0; i + 1 < n; i++) {
        if (part[i] > 255) return false;
        ip |= part[i] << (24 - 8 * i);
    }
    if (part[n - 1] >= (uint64_t)1 << (8 * (5 - n))) return false;
    ip |= part[n - 1];
    *out = fair_str_fmt(a, "%u.%u.%u.%u", (unsigned)(ip >> 24) & 255, (unsigned)(ip >> 16) & 255,
                        (unsigned)(ip >> 8) & 255, (unsigned)ip & 255);
    return true;
}

/* --- IPv6 ----------------------------------------------------------------- */

/* The dotted tail of an IPv6 address, into two pieces. */
static bool
ipv6_tail(fair_str s, uint16_t piece[2])
{
    fair_str rest = s, part;
    size_t n = 0;

    while (fair_str_split(&rest, '.', &part)) {
        int64_t v;
        if (n == 4 || part.n > 3 || !fair_str_number(part, 255, &v) || (part.n > 1 && part.p[0] == '0')) return false;
        piece[n / 2] = (uint16_t)(piece[n / 2] * 256 + v);
        n++;
    }
    return n == 4;
}

static bool
ipv6_parse(fair_str s, uint16_t piece[8])
{
    size_t at = 0, n = 0;
    int gap = -1;

    memset(piece, 0, 8 * sizeof *piece);
    if (s.n >= 1 && s.p[0] == ':') {
        if (s.n < 2 || s.p[1] != ':') return false;
        at = 2;
        gap = (int)++n;
    }
    while (at < s.n) {
        size_t from = at;
        unsigned v = 0;

        if (n == 8) return false;
        if (s.p[at] == ':') {
            if (gap >= 0) return false;
            at++;
            gap = (int)++n;
            continue;
        }
        while (at < s.n && at - from < 4 && fair_url_hex(s.p[at]) >= 0) v = v * 16 + (unsigned)fair_url_hex(s.p[at++]);
        if (at < s.n && s.p[at] == '.') {
            if (at == from || n > 6) return false;
            if (!ipv6_tail((fair_str){ s.p + from, s.n - from }, piece + n)) return false;
            n += 2;
            break;
        }
        if (at < s.n) {
            if (s.p[at] != ':' || ++at == s.n) return false;
        }
        piece[n++] = (uint16_t)v;
    }
    if (gap < 0) return n == 8;
    /* Move what follows the gap to the end. */
    for (size_t i = 7, k = n - (size_t)gap; k > 0; i--, k--) {
        uint16_t t = piece[(size_t)gap + k - 1];
        piece[(size_t)gap + k - 1] = piece[i];
        piece[i] = t;
    }
    return true;
}

static fair_str
ipv6_text(struct fair_arena *a, const uint16_t piece[8])
{
    struct fair_buf b = FAIR_BUF(a, 64);
    int best = -1, best_n = 1;

    for (int i = 0; i < 8; i++) {
        int n = 0;
        while (i + n < 8 && piece[i + n] == 0) n++;
        if (n > best_n) {
            best = i;
            best_n = n;
        }
        if (n > 0) i += n - 1;
    }
    fair_buf_byte(&b, '[');
    for (int i = 0; i < 8; i++) {
        if (i == best) {
            fair_buf_c(&b, i == 0 ? "::" : ":");
            i += best_n - 1;
            continue;
        }
        fair_buf_fmt(&b, "%x", piece[i]);
        if (i < 7) fair_buf_byte(&b, ':');
    }
    fair_buf_byte(&b, ']');
    return (fair_str){ b.p, b.n };
}

/* --- names ---------------------------------------------------------------- */

static bool
forbidden_host(unsigned char c)
{
    return c == 0 || c == '\t' || c == '\n' || c == '\r' || c == ' ' || c == '#' || c == '/' || c == ':' || c == '<' ||
           c == '>' || c == '?' || c == '@' || c == '[' || c == '\\' || c == ']' || c == '^' || c == '|';
}

static bool
forbidden_domain(unsigned char c)
{
    return forbidden_host(c) || c < 0x20 || c == '%' || c == 0x7f;
}

/* Has it a label that begins with xn--, or a byte above 0x7f? */
static bool
needs_idna(fair_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] > 0x7f) return true;
        if ((i == 0 || s.p[i - 1] == '.') && s.n - i >= 4 &&
            fair_str_eq_nocase((fair_str){ s.p + i, 4 }, FAIR_STR("xn--")))
            return true;
    }
    return false;
}

static bool
idna(struct fair_arena *a, fair_str domain, fair_str *out)
{
    fair_str c = fair_str_dup(a, domain);
    char *ascii = NULL;
    int rc;

    if (memchr(c.p, 0, c.n) != NULL) return false;
    rc = idn2_to_ascii_8z(c.p, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (rc != IDN2_OK) return false;
    *out = fair_str_dup(a, fair_str_of(ascii));
    idn2_free(ascii);
    return true;
}

static bool
domain_to_ascii(struct fair_arena *a, fair_str domain, fair_str *out)
{
    if (needs_idna(domain)) {
        if (!fair_utf8_valid(domain) || !idna(a, domain, out)) return false;
    } else {
        char *p = fair_alloc(a, domain.n + 1);
        for (size_t i = 0; i < domain.n; i++) p[i] = domain.p[i] >= 'A' && domain.p[i] <= 'Z' ? (char)(domain.p[i] | 32) : domain.p[i];
        *out = (fair_str){ p, domain.n };
    }
    if (out->n == 0) return false;
    for (size_t i = 0; i < out->n; i++)
        if (forbidden_domain((unsigned char)out->p[i])) return false;
    return true;
}

bool
fair_url_host(struct fair_arena *a, fair_str text, bool special, fair_str *out)
{
    fair_str domain, ascii;

    if (text.n > 0 && text.p[0] == '[') {
        uint16_t piece[8];
        if (text.p[text.n - 1] != ']' || text.n < 2) return false;
        if (!ipv6_parse((fair_str){ text.p + 1, text.n - 2 }, piece)) return false;
        *out = ipv6_text(a, piece);
        return true;
    }
    if (!special) {
        struct fair_buf b = FAIR_BUF(a, text.n * 3 + 1);
        for (size_t i = 0; i < text.n; i++)
            if (forbidden_host((unsigned char)text.p[i])) return false;
        fair_url_encode(&b, text, URL_C0);
        *out = b.p != NULL ? (fair_str){ b.p, b.n } : FAIR_STR("");
        return true;
    }
    domain = fair_url_decode(a, text);
    if (!domain_to_ascii(a, domain, &ascii)) return false;
    if (ends_in_number(ascii)) return ipv4_parse(a, ascii, out);
    *out = ascii;
    return true;
}

bool
fair_url_host_is_ip(fair_str host)
{
    return host.n > 0 && (host.p[0] == '[' || ends_in_number(host));
}
