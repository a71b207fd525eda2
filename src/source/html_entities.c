/* source/html_entities.c - character references (HTML standard, 13.2.5.72 ff), those that pages use. */
#include "source/chars.h"
#include "source/html_private.h"
#include <string.h>

/* Sorted by bytes; `bare`: also without the semicolon. */
static const struct entity { char name[12]; uint16_t c; uint8_t bare; } entities[] = {
    { "AElig", 0x00c6, 1 }, { "AMP", 0x0026, 1 }, { "Aacute", 0x00c1, 1 }, { "Acirc", 0x00c2, 1 },
    { "Agrave", 0x00c0, 1 }, { "Alpha", 0x0391, 0 }, { "Aogon", 0x0104, 0 }, { "Aring", 0x00c5, 1 },
    { "Atilde", 0x00c3, 1 }, { "Auml", 0x00c4, 1 }, { "Beta", 0x0392, 0 }, { "COPY", 0x00a9, 1 },
    { "Cacute", 0x0106, 0 }, { "Ccaron", 0x010c, 0 }, { "Ccedil", 0x00c7, 1 }, { "Chi", 0x03a7, 0 },
    { "Dagger", 0x2021, 0 }, { "Dcaron", 0x010e, 0 }, { "Delta", 0x0394, 0 }, { "Dstrok", 0x0110, 0 },
    { "ETH", 0x00d0, 1 }, { "Eacute", 0x00c9, 1 }, { "Ecaron", 0x011a, 0 }, { "Ecirc", 0x00ca, 1 },
    { "Egrave", 0x00c8, 1 }, { "Eogon", 0x0118, 0 }, { "Epsilon", 0x0395, 0 }, { "Eta", 0x0397, 0 },
    { "Euml", 0x00cb, 1 }, { "GT", 0x003e, 1 }, { "Gamma", 0x0393, 0 }, { "Gbreve", 0x011e, 0 }, { "Hat", 0x005e, 0 },
    { "Hstrok", 0x0126, 0 }, { "Iacute", 0x00cd, 1 }, { "Icirc", 0x00ce, 1 }, { "Idot", 0x0130, 0 },
    { "Igrave", 0x00cc, 1 }, { "Iota", 0x0399, 0 }, { "Iuml", 0x00cf, 1 }, { "Kappa", 0x039a, 0 },
    { "LT", 0x003c, 1 }, { "Lambda", 0x039b, 0 }, { "Lstrok", 0x0141, 0 }, { "Mu", 0x039c, 0 },
    { "Nacute", 0x0143, 0 }, { "Ncaron", 0x0147, 0 }, { "NewLine", 0x000a, 0 }, { "Ntilde", 0x00d1, 1 },
    { "Nu", 0x039d, 0 }, { "OElig", 0x0152, 0 }, { "Oacute", 0x00d3, 1 }, { "Ocirc", 0x00d4, 1 },
    { "Odblac", 0x0150, 0 }, { "Ograve", 0x00d2, 1 }, { "Omega", 0x03a9, 0 }, { "Omicron", 0x039f, 0 },
    { "Oslash", 0x00d8, 1 }, { "Otilde", 0x00d5, 1 }, { "Ouml", 0x00d6, 1 }, { "Phi", 0x03a6, 0 },
    { "Pi", 0x03a0, 0 }, { "Prime", 0x2033, 0 }, { "Psi", 0x03a8, 0 }, { "QUOT", 0x0022, 1 }, { "REG", 0x00ae, 1 },
    { "Rcaron", 0x0158, 0 }, { "Rho", 0x03a1, 0 }, { "Sacute", 0x015a, 0 }, { "Scaron", 0x0160, 0 },
    { "Scedil", 0x015e, 0 }, { "Sigma", 0x03a3, 0 }, { "THORN", 0x00de, 1 }, { "Tab", 0x0009, 0 },
    { "Tau", 0x03a4, 0 }, { "Tcaron", 0x0164, 0 }, { "Theta", 0x0398, 0 }, { "Tstrok", 0x0166, 0 },
    { "Uacute", 0x00da, 1 }, { "Ucirc", 0x00db, 1 }, { "Udblac", 0x0170, 0 }, { "Ugrave", 0x00d9, 1 },
    { "UnderBar", 0x005f, 0 }, { "Upsilon", 0x03a5, 0 }, { "Uring", 0x016e, 0 }, { "Uuml", 0x00dc, 1 },
    { "Xi", 0x039e, 0 }, { "Yacute", 0x00dd, 1 }, { "Yuml", 0x0178, 0 }, { "Zacute", 0x0179, 0 },
    { "Zcaron", 0x017d, 0 }, { "Zdot", 0x017b, 0 }, { "Zeta", 0x0396, 0 }, { "aacute", 0x00e1, 1 },
    { "acirc", 0x00e2, 1 }, { "acute", 0x00b4, 1 }, { "aelig", 0x00e6, 1 }, { "agrave", 0x00e0, 1 },
    { "alpha", 0x03b1, 0 }, { "amp", 0x0026, 1 }, { "aogon", 0x0105, 0 }, { "apos", 0x0027, 0 },
    { "aring", 0x00e5, 1 }, { "ast", 0x002a, 0 }, { "asymp", 0x2248, 0 }, { "atilde", 0x00e3, 1 },
    { "auml", 0x00e4, 1 }, { "bdquo", 0x201e, 0 }, { "beta", 0x03b2, 0 }, { "brvbar", 0x00a6, 1 },
    { "bsol", 0x005c, 0 }, { "bull", 0x2022, 0 }, { "cacute", 0x0107, 0 }, { "ccaron", 0x010d, 0 },
    { "ccedil", 0x00e7, 1 }, { "cedil", 0x00b8, 1 }, { "cent", 0x00a2, 1 }, { "check", 0x2713, 0 },
    { "chi", 0x03c7, 0 }, { "circ", 0x02c6, 0 }, { "clubs", 0x2663, 0 }, { "colon", 0x003a, 0 },
    { "comma", 0x002c, 0 }, { "commat", 0x0040, 0 }, { "copy", 0x00a9, 1 }, { "cross", 0x2717, 0 },
    { "curren", 0x00a4, 1 }, { "dagger", 0x2020, 0 }, { "darr", 0x2193, 0 }, { "dash", 0x2010, 0 },
    { "dcaron", 0x010f, 0 }, { "deg", 0x00b0, 1 }, { "delta", 0x03b4, 0 }, { "diams", 0x2666, 0 },
    { "divide", 0x00f7, 1 }, { "dollar", 0x0024, 0 }, { "dstrok", 0x0111, 0 }, { "eacute", 0x00e9, 1 },
    { "ecaron", 0x011b, 0 }, { "ecirc", 0x00ea, 1 }, { "egrave", 0x00e8, 1 }, { "emsp", 0x2003, 0 },
    { "ensp", 0x2002, 0 }, { "eogon", 0x0119, 0 }, { "epsilon", 0x03b5, 0 }, { "equals", 0x003d, 0 },
    { "eta", 0x03b7, 0 }, { "eth", 0x00f0, 1 }, { "euml", 0x00eb, 1 }, { "euro", 0x20ac, 0 }, { "excl", 0x0021, 0 },
    { "female", 0x2640, 0 }, { "fnof", 0x0192, 0 }, { "frac12", 0x00bd, 1 }, { "frac14", 0x00bc, 1 },
    { "frac34", 0x00be, 1 }, { "gamma", 0x03b3, 0 }, { "gbreve", 0x011f, 0 }, { "ge", 0x2265, 0 },
    { "grave", 0x0060, 0 }, { "gt", 0x003e, 1 }, { "half", 0x00bd, 0 }, { "harr", 0x2194, 0 },
    { "hearts", 0x2665, 0 }, { "hellip", 0x2026, 0 }, { "hstrok", 0x0127, 0 }, { "hyphen", 0x2010, 0 },
    { "iacute", 0x00ed, 1 }, { "icirc", 0x00ee, 1 }, { "iexcl", 0x00a1, 1 }, { "igrave", 0x00ec, 1 },
    { "infin", 0x221e, 0 }, { "inodot", 0x0131, 0 }, { "iota", 0x03b9, 0 }, { "iquest", 0x00bf, 1 },
    { "iuml", 0x00ef, 1 }, { "kappa", 0x03ba, 0 }, { "lambda", 0x03bb, 0 }, { "laquo", 0x00ab, 1 },
    { "larr", 0x2190, 0 }, { "lbrace", 0x007b, 0 }, { "lbrack", 0x005b, 0 }, { "lcub", 0x007b, 0 },
    { "ldquo", 0x201c, 0 }, { "le", 0x2264, 0 }, { "lowbar", 0x005f, 0 }, { "lpar", 0x0028, 0 }, { "lrm", 0x200e, 0 },
    { "lsaquo", 0x2039, 0 }, { "lsqb", 0x005b, 0 }, { "lsquo", 0x2018, 0 }, { "lstrok", 0x0142, 0 },
    { "lt", 0x003c, 1 }, { "macr", 0x00af, 1 }, { "male", 0x2642, 0 }, { "mdash", 0x2014, 0 }, { "micro", 0x00b5, 1 },
    { "midast", 0x002a, 0 }, { "middot", 0x00b7, 1 }, { "minus", 0x2212, 0 }, { "mu", 0x03bc, 0 },
    { "nacute", 0x0144, 0 }, { "nbsp", 0x00a0, 1 }, { "ncaron", 0x0148, 0 }, { "ndash", 0x2013, 0 },
    { "ne", 0x2260, 0 }, { "not", 0x00ac, 1 }, { "ntilde", 0x00f1, 1 }, { "nu", 0x03bd, 0 }, { "num", 0x0023, 0 },
    { "oacute", 0x00f3, 1 }, { "ocirc", 0x00f4, 1 }, { "odblac", 0x0151, 0 }, { "oelig", 0x0153, 0 },
    { "ograve", 0x00f2, 1 }, { "omega", 0x03c9, 0 }, { "omicron", 0x03bf, 0 }, { "ordf", 0x00aa, 1 },
    { "ordm", 0x00ba, 1 }, { "oslash", 0x00f8, 1 }, { "otilde", 0x00f5, 1 }, { "ouml", 0x00f6, 1 },
    { "para", 0x00b6, 1 }, { "percnt", 0x0025, 0 }, { "period", 0x002e, 0 }, { "permil", 0x2030, 0 },
    { "phi", 0x03c6, 0 }, { "phone", 0x260e, 0 }, { "pi", 0x03c0, 0 }, { "plus", 0x002b, 0 }, { "plusmn", 0x00b1, 1 },
    { "pound", 0x00a3, 1 }, { "prime", 0x2032, 0 }, { "psi", 0x03c8, 0 }, { "quest", 0x003f, 0 },
    { "quot", 0x0022, 1 }, { "raquo", 0x00bb, 1 }, { "rarr", 0x2192, 0 }, { "rbrace", 0x007d, 0 },
    { "rbrack", 0x005d, 0 }, { "rcaron", 0x0159, 0 }, { "rcub", 0x007d, 0 }, { "rdquo", 0x201d, 0 },
    { "reg", 0x00ae, 1 }, { "rho", 0x03c1, 0 }, { "rlm", 0x200f, 0 }, { "rpar", 0x0029, 0 }, { "rsaquo", 0x203a, 0 },
    { "rsqb", 0x005d, 0 }, { "rsquo", 0x2019, 0 }, { "sacute", 0x015b, 0 }, { "sbquo", 0x201a, 0 },
    { "scaron", 0x0161, 0 }, { "scedil", 0x015f, 0 }, { "sect", 0x00a7, 1 }, { "semi", 0x003b, 0 },
    { "shy", 0x00ad, 1 }, { "sigma", 0x03c3, 0 }, { "sigmaf", 0x03c2, 0 }, { "sol", 0x002f, 0 },
    { "spades", 0x2660, 0 }, { "star", 0x2606, 0 }, { "starf", 0x2605, 0 }, { "sup1", 0x00b9, 1 },
    { "sup2", 0x00b2, 1 }, { "sup3", 0x00b3, 1 }, { "szlig", 0x00df, 1 }, { "tau", 0x03c4, 0 },
    { "tcaron", 0x0165, 0 }, { "theta", 0x03b8, 0 }, { "thinsp", 0x2009, 0 }, { "thorn", 0x00fe, 1 },
    { "tilde", 0x02dc, 0 }, { "times", 0x00d7, 1 }, { "trade", 0x2122, 0 }, { "tstrok", 0x0167, 0 },
    { "uacute", 0x00fa, 1 }, { "uarr", 0x2191, 0 }, { "ucirc", 0x00fb, 1 }, { "udblac", 0x0171, 0 },
    { "ugrave", 0x00f9, 1 }, { "uml", 0x00a8, 1 }, { "upsilon", 0x03c5, 0 }, { "uring", 0x016f, 0 },
    { "uuml", 0x00fc, 1 }, { "verbar", 0x007c, 0 }, { "vert", 0x007c, 0 }, { "xi", 0x03be, 0 },
    { "yacute", 0x00fd, 1 }, { "yen", 0x00a5, 1 }, { "yuml", 0x00ff, 1 }, { "zacute", 0x017a, 0 },
    { "zcaron", 0x017e, 0 }, { "zdot", 0x017c, 0 }, { "zeta", 0x03b6, 0 }, { "zwj", 0x200d, 0 },
    { "zwnj", 0x200c, 0 },
};

static bool
is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (unsigned char)((c | 32) - 'a') < 26;
}

static const struct entity *
entity(fair_str name)
{
    size_t from = 0, to = sizeof entities / sizeof *entities;

    while (from < to) {
        size_t mid = (from + to) / 2, n = strlen(entities[mid].name);
        int c = memcmp(name.p, entities[mid].name, name.n < n ? name.n : n);
        if (c == 0) c = (name.n > n) - (name.n < n);
        if (c == 0) return &entities[mid];
        if (c < 0) to = mid;
        else from = mid + 1;
    }
    return NULL;
}

/* "&#123;" and "&#x7b;", the semicolon optional.  How many bytes it took, 0 if it is none. */
static size_t
number(fair_str s, uint32_t *out)
{
    bool hex = s.n > 2 && (s.p[2] | 32) == 'x';
    size_t at = hex ? 3 : 2, from = at;
    uint32_t v = 0;

    for (; at < s.n; at++) {
        char c = s.p[at];
        unsigned d;
        if (c >= '0' && c <= '9') d = (unsigned)(c - '0');
        else if (hex && (unsigned char)((c | 32) - 'a') < 6) d = (unsigned)((c | 32) - 'a' + 10);
        else break;
        if (v <= 0x10ffff) v = v * (hex ? 16 : 10) + d;
    }
    if (at == from) return 0;
    if (v >= 0x80 && v <= 0x9f) v = fair_windows_1252((unsigned char)v);
    *out = v;
    return at < s.n && s.p[at] == ';' ? at + 1 : at;
}

/* "&name;", and the old names without their semicolon unless that is more likely "&name=" in an address. */
static size_t
named(fair_str s, bool in_attribute, uint32_t *out)
{
    size_t n = 1, most;

    while (n < s.n && n < 32 && is_alnum(s.p[n])) n++;
    if (n < s.n && s.p[n] == ';') {
        const struct entity *e = entity((fair_str){ s.p + 1, n - 1 });
        if (e != NULL) {
            *out = e->c;
            return n + 1;
        }
    }
    most = n < 12 ? n : 12;
    for (; most > 2; most--) {
        const struct entity *e = entity((fair_str){ s.p + 1, most - 1 });
        if (e == NULL || !e->bare) continue;
        if (in_attribute && most < s.n && (s.p[most] == '=' || is_alnum(s.p[most]))) return 0;
        *out = e->c;
        return most;
    }
    return 0;
}

fair_str
fair_html_decode(struct fair_arena *a, fair_str raw, bool in_attribute)
{
    struct fair_buf b = FAIR_BUF(a, raw.n * 2 + 16);
    size_t from = 0, at = 0;

    if (raw.n == 0 || memchr(raw.p, '&', raw.n) == NULL) return raw;
    while (at < raw.n) {
        const char *amp = memchr(raw.p + at, '&', raw.n - at);
        fair_str rest;
        uint32_t c = 0;
        size_t took;

        if (amp == NULL) break;
        at = (size_t)(amp - raw.p);
        rest = (fair_str){ amp, raw.n - at };
        took = rest.n > 1 && rest.p[1] == '#' ? number(rest, &c) : named(rest, in_attribute, &c);
        if (took == 0) {
            at++;
            continue;
        }
        fair_buf_add(&b, (fair_str){ raw.p + from, at - from });
        fair_utf8_put(&b, c);
        at += took;
        from = at;
    }
    if (from == 0) return raw;
    fair_buf_add(&b, (fair_str){ raw.p + from, raw.n - from });
    return (fair_str){ b.p, b.n };
}
