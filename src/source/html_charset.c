/* source/html_charset.c - which encoding a page is written in (HTML standard, 13.2.3), and its text as UTF-8. */
#include "source/chars.h"
#include "source/html_charset.h"
#include "source/links.h"
#include "source/html_private.h"
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

enum { UTF8 = -1, LATIN = -2, UTF16LE = -3, UTF16BE = -4, UNKNOWN = -5 };

/* The encodings of the web (encoding.spec.whatwg.org) that iconv reads for us; opened once, see fair_links_prepare. */
static const char *const charsets[] = {
    "GB18030", "BIG5-HKSCS", "CP932", "EUC-JP", "ISO-2022-JP", "UHC", "CP1250", "CP1251", "CP1253", "CP1254", "CP1255", "CP1256", "CP1257",
    "CP1258", "CP874", "ISO-8859-2", "ISO-8859-3", "ISO-8859-4", "ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8", "ISO-8859-10",
    "ISO-8859-13", "ISO-8859-14", "ISO-8859-15", "ISO-8859-16", "KOI8-R", "KOI8-U", "MACINTOSH", "MAC-CYRILLIC", "IBM866",
};
#define N_CHARSETS (sizeof charsets / sizeof *charsets)

static iconv_t opened[N_CHARSETS];
static bool is_open[N_CHARSETS], prepared;

static const struct { const char *label, *name; } aliases[] = {
    { "gb2312", "GB18030" }, { "gbk", "GB18030" }, { "x-gbk", "GB18030" }, { "gb_2312-80", "GB18030" }, { "chinese", "GB18030" },
    { "big5", "BIG5-HKSCS" }, { "big5-hkscs", "BIG5-HKSCS" }, { "x-x-big5", "BIG5-HKSCS" }, { "cn-big5", "BIG5-HKSCS" },
    { "shift_jis", "CP932" }, { "shift-jis", "CP932" }, { "sjis", "CP932" }, { "x-sjis", "CP932" }, { "windows-31j", "CP932" }, { "ms_kanji", "CP932" },
    { "x-euc-jp", "EUC-JP" }, { "euc-kr", "UHC" }, { "ks_c_5601-1987", "UHC" }, { "korean", "UHC" }, { "windows-949", "UHC" }, { "ksc5601", "UHC" },
    { "windows-1250", "CP1250" }, { "windows-1251", "CP1251" }, { "windows-1253", "CP1253" }, { "windows-1254", "CP1254" },
    { "windows-1255", "CP1255" }, { "windows-1256", "CP1256" }, { "windows-1257", "CP1257" }, { "windows-1258", "CP1258" },
    { "iso-8859-9", "CP1254" }, { "latin5", "CP1254" }, { "iso-8859-11", "CP874" }, { "tis-620", "CP874" }, { "windows-874", "CP874" },
    { "latin2", "ISO-8859-2" }, { "iso8859-2", "ISO-8859-2" }, { "iso-8859-8-i", "ISO-8859-8" }, { "logical", "ISO-8859-8" },
    { "koi8", "KOI8-R" }, { "koi", "KOI8-R" }, { "x-mac-roman", "MACINTOSH" }, { "mac", "MACINTOSH" }, { "x-mac-cyrillic", "MAC-CYRILLIC" },
    { "cp866", "IBM866" }, { "866", "IBM866" }, { "cyrillic", "ISO-8859-5" }, { "greek", "ISO-8859-7" }, { "hebrew", "ISO-8859-8" }, { "arabic", "ISO-8859-6" },
};

static int
by_label(fair_str label)
{
    static const char *const latin[] = { "windows-1252", "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "l1", "us-ascii", "ascii", "cp1252",
                                         "x-cp1252", "cp819", "ibm819", "ansi_x3.4-1968" };
    fair_str name = { NULL, 0 };

    label = fair_str_trim(label);
    if (fair_str_eq_nocase(label, FAIR_STR("utf-8")) || fair_str_eq_nocase(label, FAIR_STR("utf8")) || fair_str_eq_nocase(label, FAIR_STR("unicode-1-1-utf-8")))
        return UTF8;
    if (fair_str_eq_nocase(label, FAIR_STR("utf-16le")) || fair_str_eq_nocase(label, FAIR_STR("utf-16"))) return UTF16LE;
    if (fair_str_eq_nocase(label, FAIR_STR("utf-16be"))) return UTF16BE;
    for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
        if (fair_str_eq_nocase(label, fair_str_of(latin[i]))) return LATIN;
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases && name.p == NULL; i++)
        if (fair_str_eq_nocase(label, fair_str_of(aliases[i].label))) name = fair_str_of(aliases[i].name);
    if (name.p == NULL) name = label;
    for (size_t i = 0; i < N_CHARSETS; i++)
        if (fair_str_eq_nocase(name, fair_str_of(charsets[i]))) return (int)i;
    return UNKNOWN;
}

static bool
have(size_t i)
{
    if (!is_open[i] && !prepared) {
        opened[i] = iconv_open("UTF-8", charsets[i]);
        is_open[i] = opened[i] != (iconv_t)-1;
    }
    return is_open[i];
}

void
fair_links_prepare(void)
{
    for (size_t i = 0; i < N_CHARSETS; i++) have(i);
    prepared = true;
}

/* What iconv cannot read becomes U+FFFD, byte by byte. */
static fair_str
from_iconv(struct fair_arena *a, fair_str s, size_t which)
{
    char *out = fair_alloc(a, s.n * 3 + 16), *to = out, *in;
    size_t left = s.n, room = s.n * 3 + 16;
    iconv_t cd = opened[which];

    iconv(cd, NULL, NULL, NULL, NULL);
    in = (char *)(uintptr_t)s.p;
    while (left > 0) {
        if (iconv(cd, &in, &left, &to, &room) != (size_t)-1) break;
        if (errno == E2BIG || room < 3) break;
        memcpy(to, "\xef\xbf\xbd", 3);
        to += 3;
        room -= 3;
        in++;
        left--;
    }
    return (fair_str){ out, (size_t)(to - out) };
}

/* "text/html; charset=x" */
static fair_str
charset_in(fair_str content)
{
    for (size_t i = 0; i + 8 < content.n; i++) {
        fair_str v;
        size_t n = 0;
        if (!fair_str_eq_nocase((fair_str){ content.p + i, 7 }, FAIR_STR("charset"))) continue;
        v = fair_str_trim((fair_str){ content.p + i + 7, content.n - i - 7 });
        if (v.n == 0 || v.p[0] != '=') continue;
        v = fair_str_trim((fair_str){ v.p + 1, v.n - 1 });
        if (v.n > 0 && (v.p[0] == '"' || v.p[0] == '\'')) v = (fair_str){ v.p + 1, v.n - 1 };
        while (n < v.n && v.p[n] != ';' && v.p[n] != '"' && v.p[n] != '\'' && (unsigned char)v.p[n] > ' ') n++;
        return (fair_str){ v.p, n };
    }
    return (fair_str){ NULL, 0 };
}

/* What the page says of itself in its first bytes. */
static int
declared(fair_str html)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct html_token *t = FAIR_NEW(a, struct html_token);
    struct html_lexer l = { .in = { html.p, html.n < 4096 ? html.n : 4096 } };
    fair_str name;

    for (;;) {
        int found;
        fair_html_next(&l, false, t);
        if (t->kind == HTML_EOF || (t->kind == HTML_START && t->tag == TAG_body)) return UNKNOWN;
        if (t->kind == HTML_START && (t->tag == TAG_script || t->tag == TAG_style || t->tag == TAG_title)) fair_html_raw(&l, t->tag);
        if (t->kind != HTML_START || t->tag != TAG_meta) continue;
        name = fair_html_attr(a, t, "charset");
        if (name.p == NULL && fair_str_eq_nocase(fair_html_attr(a, t, "http-equiv"), FAIR_STR("content-type")))
            name = charset_in(fair_html_attr(a, t, "content"));
        if (name.p == NULL) continue;
        found = by_label(name);
        if (found == UTF16LE || found == UTF16BE) return UTF8;
        if (found != UNKNOWN) return found;
    }
}

fair_str
fair_html_utf8(struct fair_arena *a, fair_str s, fair_str charset)
{
    const unsigned char *p = (const unsigned char *)s.p;
    int which = UNKNOWN;

    if (s.n >= 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf) return fair_utf8_mend(a, (fair_str){ s.p + 3, s.n - 3 });
    if (s.n >= 2 && p[0] == 0xff && p[1] == 0xfe) return fair_utf16_utf8(a, (fair_str){ s.p + 2, s.n - 2 }, false);
    if (s.n >= 2 && p[0] == 0xfe && p[1] == 0xff) return fair_utf16_utf8(a, (fair_str){ s.p + 2, s.n - 2 }, true);
    if (charset.n > 0) {
        fair_str inside = charset_in(charset);
        which = by_label(inside.p != NULL ? inside : charset);
    }
    if (which == UNKNOWN) which = declared(s);
    if (which == UNKNOWN) which = fair_utf8_valid(s) ? UTF8 : LATIN;
    if (which == LATIN) s = fair_latin_utf8(a, s);
    else if (which == UTF16LE || which == UTF16BE) return fair_utf16_utf8(a, s, which == UTF16BE);
    else if (which >= 0 && have((size_t)which)) s = from_iconv(a, s, (size_t)which);
    return fair_utf8_mend(a, s);
}
