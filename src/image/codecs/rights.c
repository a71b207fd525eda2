/* image/codecs/rights.c - who made a picture and what rights it names: EXIF, IPTC-IIM, XMP, C2PA. */
#include <exempi/xmp.h>
#include <exempi/xmpconsts.h>
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/mem.h"
#include "image/codecs/c2pa.h"
#include "image/codecs/codecs.h"

#define TEXT_MAX 4096

static fair_str
keep(struct fair_arena *a, fair_str s)
{
    while (s.n > 0 && s.p[s.n - 1] == '\0') s.n--;
    s = fair_str_trim(s);
    if (s.n > TEXT_MAX) s.n = TEXT_MAX;
    if (s.n == 0) return (fair_str){ NULL, 0 };
    return fair_str_dup(a, fair_utf8_mend(a, s));
}

static void
fill(fair_str *slot, fair_str v)
{
    if (slot->n == 0 && v.n > 0) *slot = v;
}

/* "2024:05:06 07:08:09" or "20240506" as RFC 3339, as far as given. */
static fair_str
date(struct fair_arena *a, fair_str s)
{
    int y, mo, d, h, mi, se;
    char t[40];

    s = fair_str_trim(s);
    if (s.n == 0 || s.n >= sizeof t) return (fair_str){ NULL, 0 };
    memcpy(t, s.p, s.n);
    t[s.n] = '\0';
    if (sscanf(t, "%4d:%2d:%2d %2d:%2d:%2d", &y, &mo, &d, &h, &mi, &se) == 6) {
        if (y < 1 || mo < 1 || mo > 12 || d < 1 || d > 31) return (fair_str){ NULL, 0 };
        return fair_str_fmt(a, "%04d-%02d-%02dT%02d:%02d:%02d", y, mo, d, h, mi, se);
    }
    if (s.n == 8 && sscanf(t, "%4d%2d%2d", &y, &mo, &d) == 3 && y > 0 && mo > 0 && mo < 13 && d > 0) return fair_str_fmt(a, "%04d-%02d-%02d", y, mo, d);
    return keep(a, s);
}

/* ---- EXIF: TIFF 6.0 directories, bounded ---------------------------------------- */

struct tiff { const uint8_t *p; size_t n; bool big; };

static uint32_t
u16(const struct tiff *t, size_t at)
{
    if (at > t->n || t->n - at < 2) return 0;
    return t->big ? (uint32_t)t->p[at] << 8 | t->p[at + 1] : (uint32_t)t->p[at + 1] << 8 | t->p[at];
}

static uint32_t
u32(const struct tiff *t, size_t at)
{
    return t->big ? u16(t, at) << 16 | u16(t, at + 2) : u16(t, at + 2) << 16 | u16(t, at);
}

/* The value of an entry as bytes, where it lies in the file. */
static fair_str
value(const struct tiff *t, size_t entry)
{
    static const uint8_t size[] = { 0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8 };
    uint32_t type = u16(t, entry + 2), count = u32(t, entry + 4);
    uint64_t bytes = type < sizeof size ? (uint64_t)count * size[type] : 0;
    size_t at = bytes <= 4 ? entry + 8 : u32(t, entry + 8);

    if (bytes == 0 || at > t->n || t->n - at < bytes) return (fair_str){ NULL, 0 };
    return (fair_str){ (const char *)t->p + at, (size_t)bytes };
}

struct found { fair_str exif[4], xmp, iptc; };   /* exif: artist, copyright, date, the body's serial number */

static void
directory(const struct tiff *t, size_t at, int depth, struct found *f)
{
    uint32_t n = u16(t, at);

    if (at == 0 || at >= t->n || depth > 2) return;
    for (uint32_t i = 0; i < n && i < 1000; i++) {
        size_t entry = at + 2 + 12 * (size_t)i;
        uint32_t tag = u16(t, entry);
        if (entry > t->n || t->n - entry < 12) return;
        if (tag == 0x013b) fill(&f->exif[0], value(t, entry));
        if (tag == 0x8298) fill(&f->exif[1], value(t, entry));
        if (tag == 0x9003) fill(&f->exif[2], value(t, entry));
        if (tag == 0xa431 || tag == 0xc62f) fill(&f->exif[3], value(t, entry));      /* Exif 2.3; DNG CameraSerialNumber */
        if (tag == 0x02bc) fill(&f->xmp, value(t, entry));
        if (tag == 0x83bb) fill(&f->iptc, value(t, entry));
        if (tag == 0x8769) directory(t, u32(t, entry + 8), depth + 1, f);
    }
}

static void
exif(fair_str s, struct found *f)
{
    struct tiff t = { (const uint8_t *)s.p, s.n, s.n > 1 && s.p[0] == 'M' };

    /* Panasonic's and Olympus' raw files are TIFF under another number. */
    if (s.n < 8 || (memcmp(s.p, "II*\0", 4) != 0 && memcmp(s.p, "MM\0*", 4) != 0 && memcmp(s.p, "IIU\0", 4) != 0 && memcmp(s.p, "IIRO", 4) != 0 &&
                    memcmp(s.p, "IIRS", 4) != 0 && memcmp(s.p, "MMOR", 4) != 0)) return;
    directory(&t, u32(&t, 4), 0, f);
}

/* ---- where they lie ----------------------------------------------------------------- */

static bool
begins(fair_str s, const char *with, size_t n)
{
    return s.n >= n && memcmp(s.p, with, n) == 0;
}

static fair_str
from(fair_str s, size_t at)
{
    return at <= s.n ? (fair_str){ s.p + at, s.n - at } : (fair_str){ NULL, 0 };
}

static uint32_t
be32(const char *p)
{
    const uint8_t *b = (const uint8_t *)p;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* The IPTC block (resource 0x0404) among Photoshop's image resources. */
static void
photoshop(fair_str s, struct found *f)
{
    while (s.n >= 12 && memcmp(s.p, "8BIM", 4) == 0) {
        uint32_t id = (uint32_t)(uint8_t)s.p[4] << 8 | (uint8_t)s.p[5], name = (uint8_t)s.p[6], bytes;
        size_t at = 6 + ((size_t)name + 2) / 2 * 2;
        if (at + 4 > s.n) return;
        bytes = be32(s.p + at);
        at += 4;
        if (bytes > s.n - at) return;
        if (id == 0x0404) fill(&f->iptc, (fair_str){ s.p + at, bytes });
        s = from(s, at + (bytes + 1) / 2 * 2);
    }
}

static void
in_jpeg(fair_str s, struct found *f)
{
    size_t at = 2;

    while (at + 4 <= s.n && (uint8_t)s.p[at] == 0xff) {
        uint8_t marker = (uint8_t)s.p[at + 1];
        size_t n = (size_t)(uint8_t)s.p[at + 2] << 8 | (uint8_t)s.p[at + 3];
        fair_str body;
        if (marker == 0xff) {
            at++;
            continue;
        }
        if (marker == 0xda || marker == 0xd9 || n < 2 || n > s.n - at - 2) return;
        body = (fair_str){ s.p + at + 4, n - 2 };
        if (marker == 0xe1 && begins(body, "Exif\0", 5)) exif(from(body, 6), f);
        if (marker == 0xe1 && begins(body, "http://ns.adobe.com/xap/1.0/\0", 29)) fill(&f->xmp, from(body, 29));
        if (marker == 0xed && begins(body, "Photoshop 3.0\0", 14)) photoshop(from(body, 14), f);
        at += 2 + n;
    }
}

static void
in_png(fair_str s, struct found *f)
{
    for (size_t at = 8; at + 12 <= s.n;) {
        uint32_t n = be32(s.p + at);
        fair_str body;
        if (n > s.n - at - 12) return;
        body = (fair_str){ s.p + at + 8, n };
        if (memcmp(s.p + at + 4, "eXIf", 4) == 0) exif(body, f);
        /* keyword NUL, not compressed (0), method, two empty strings, text */
        if (memcmp(s.p + at + 4, "iTXt", 4) == 0 && begins(body, "XML:com.adobe.xmp\0\0\0\0\0", 22)) fill(&f->xmp, from(body, 22));
        at += 12 + (size_t)n;
    }
}

static void
in_webp(fair_str s, struct found *f)
{
    for (size_t at = 12; at + 8 <= s.n;) {
        const uint8_t *b = (const uint8_t *)s.p + at + 4;
        size_t n = (size_t)b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16 | (size_t)b[3] << 24;
        fair_str body;
        if (n > s.n - at - 8) return;
        body = (fair_str){ s.p + at + 8, n };
        if (memcmp(s.p + at, "EXIF", 4) == 0) exif(begins(body, "Exif\0\0", 6) ? from(body, 6) : body, f);
        if (memcmp(s.p + at, "XMP ", 4) == 0) fill(&f->xmp, body);
        at += 8 + n + n % 2;
    }
}

/* A raw file that says nothing where one looks first: Canon's CR3 has its directories in boxes CMT1 and CMT2, others have
 * them in the JPEG that lies in the file.  The first few places that look like one are read. */
static void
in_raw(fair_str s, struct found *f)
{
    static const struct { const char *mark; size_t n, skip; } marks[] = { { "CMT1", 4, 4 }, { "CMT2", 4, 4 }, { "Exif\0\0", 6, 6 } };

    for (size_t k = 0; k < sizeof marks / sizeof marks[0]; k++) {
        fair_str rest = s;
        for (int i = 0; i < 4 && f->exif[2].n == 0 && rest.n > 0; i++) {
            const char *at = memmem(rest.p, rest.n, marks[k].mark, marks[k].n);
            if (at == NULL) break;
            rest = from(rest, (size_t)(at - rest.p) + marks[k].skip);
            if (rest.n > 0) exif(rest, f);
        }
    }
}

/* ---- IPTC-IIM 4.2: records of tag 0x1c ------------------------------------------------ */

static fair_str
latin1(struct fair_arena *a, fair_str s)
{
    struct fair_buf b = FAIR_BUF(a, 2 * s.n + 1);
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = (uint8_t)s.p[i];
        if (c < 0x80) fair_buf_byte(&b, (char)c);
        else {
            fair_buf_byte(&b, (char)(0xc0 | c >> 6));
            fair_buf_byte(&b, (char)(0x80 | (c & 0x3f)));
        }
    }
    return (fair_str){ b.p, b.n };
}

static fair_str
joined(struct fair_arena *a, fair_str one, fair_str other)
{
    if (one.n == 0) return other;
    if (other.n == 0 || one.n + other.n > TEXT_MAX) return one;
    return fair_str_fmt(a, "%.*s; %.*s", FAIR_STR_ARG(one), FAIR_STR_ARG(other));
}

static void
iptc(struct fair_arena *a, fair_str s, struct fair_rights *r)
{
    while (s.n >= 5 && s.p[0] == 0x1c) {
        uint32_t record = (uint8_t)s.p[1], set = (uint8_t)s.p[2];
        size_t n = (size_t)(uint8_t)s.p[3] << 8 | (uint8_t)s.p[4];
        fair_str v;
        if (n > 0x7fff || n > s.n - 5) return;
        v = (fair_str){ s.p + 5, n };
        if (record == 2) {
            fair_str text = keep(a, fair_utf8_valid(v) ? v : latin1(a, v));
            if (set == 80) r->creator = joined(a, r->creator, text);
            if (set == 116) fill(&r->copyright, text);
            if (set == 110) fill(&r->credit, text);
            if (set == 55) fill(&r->date, date(a, v));
            if (set == 5) fill(&r->title, text);
        }
        s = from(s, 5 + n);
    }
}

/* ---- XMP (ISO 16684-1), by exempi ------------------------------------------------------ */

#define NS_DCTERMS "http://purl.org/dc/terms/"
#define NS_PLUS "http://ns.useplus.org/ldf/xmp/1.0/"

static fair_str
xmp_one(struct fair_arena *a, XmpPtr x, const char *ns, const char *name)
{
    XmpStringPtr s = xmp_string_new();
    fair_str out = { NULL, 0 };

    if (xmp_get_property(x, ns, name, s, NULL)) out = keep(a, fair_str_of(xmp_string_cstr(s)));
    xmp_string_free(s);
    return out;
}

/* An array's items joined; a plain property as it is. */
static fair_str
xmp_all(struct fair_arena *a, XmpPtr x, const char *ns, const char *name, int most)
{
    fair_str out = { NULL, 0 };

    for (int i = 1; i <= most; i++) {
        char item[64];
        fair_str v;
        snprintf(item, sizeof item, "%s[%d]", name, i);
        v = xmp_one(a, x, ns, item);
        if (v.n == 0) break;
        out = joined(a, out, v);
    }
    return out.n > 0 ? out : xmp_one(a, x, ns, name);
}

static void
xmp(struct fair_arena *a, fair_str packet, struct fair_rights *r, fair_str *provenance)
{
    static bool begun;
    XmpPtr x;

    if (packet.n > 4 << 20) return;
    if (!begun) begun = xmp_init();
    x = begun ? xmp_new_empty() : NULL;
    if (x == NULL) return;
    if (xmp_parse(x, packet.p, packet.n)) {
        xmp_register_namespace(NS_PLUS, "plus", NULL);
        r->creator = xmp_all(a, x, NS_DC, "creator", 16);
        r->copyright = xmp_all(a, x, NS_DC, "rights", 1);
        r->title = xmp_all(a, x, NS_DC, "title", 1);
        r->credit = xmp_one(a, x, NS_PHOTOSHOP, "Credit");
        r->rights_url = xmp_one(a, x, NS_XAP_RIGHTS, "WebStatement");
        r->licensor = joined(a, xmp_one(a, x, NS_PLUS, "Licensor[1]/plus:LicensorName"), xmp_one(a, x, NS_PLUS, "Licensor[1]/plus:LicensorURL"));
        r->date = xmp_one(a, x, NS_PHOTOSHOP, "DateCreated");
        *provenance = xmp_one(a, x, NS_DCTERMS, "provenance");
    }
    xmp_free(x);
}

fair_status
fair_rights_read(const void *bytes, size_t n, struct fair_arena *a, struct fair_rights *out, __attribute__((unused)) struct fair_err *err)
{
    fair_str s = { bytes, n };
    struct found f = { 0 };
    fair_str provenance = { NULL, 0 };
    const char *at;

    *out = (struct fair_rights){ 0 };
    if (begins(s, "\xff\xd8\xff", 3)) in_jpeg(s, &f);
    else if (begins(s, "\x89PNG", 4)) in_png(s, &f);
    else if (begins(s, "RIFF", 4)) in_webp(s, &f);
    else {
        exif(s, &f);
        if (f.exif[2].n == 0) in_raw(s, &f);
    }
    if (f.xmp.n == 0 && n > 0 && (at = memmem(bytes, n, "<x:xmpmeta", 10)) != NULL) {
        fair_str tail = { at, n - (size_t)(at - s.p) };
        const char *end = memmem(tail.p, tail.n, "</x:xmpmeta>", 12);
        if (end != NULL) f.xmp = (fair_str){ tail.p, (size_t)(end - tail.p) + 12 };
    }
    if (f.xmp.n > 0) xmp(a, f.xmp, out, &provenance);
    if (f.iptc.n > 0) {
        struct fair_rights i = { 0 };
        iptc(a, f.iptc, &i);
        fill(&out->creator, i.creator);
        fill(&out->copyright, i.copyright);
        fill(&out->credit, i.credit);
        fill(&out->date, i.date);
        fill(&out->title, i.title);
    }
    fill(&out->creator, keep(a, f.exif[0]));
    fill(&out->copyright, keep(a, f.exif[1]));
    fill(&out->serial, keep(a, (fair_str){ f.exif[3].p, f.exif[3].n > 0 ? strnlen(f.exif[3].p, f.exif[3].n) : 0 }));
    if (f.exif[2].n > 0) out->date = date(a, (fair_str){ f.exif[2].p, strnlen(f.exif[2].p, f.exif[2].n) });
    if (fair_str_starts(provenance, FAIR_STR("https://")) || fair_str_starts(provenance, FAIR_STR("http://")))
        out->c2pa = keep(a, fair_c2pa_words(a, &(struct fair_c2pa){ .state = FAIR_C2PA_REMOTE, .why = fair_str_fmt(a, "its manifest is said to lie at %.*s; it was not fetched", FAIR_STR_ARG(fair_str_escape(a, provenance))) }));
    if (bytes != NULL && n > 0 && memmem(bytes, n, "jumb", 4) != NULL && memmem(bytes, n, "c2pa", 4) != NULL) {
        struct fair_c2pa c;
        fair_c2pa_read(bytes, n, fair_now(), a, &c);
        /* Of kinds of file in which we do not look for them it is only said that they seem to be there. */
        if (c.state != FAIR_C2PA_NONE) out->c2pa = keep(a, fair_c2pa_words(a, &c));
        else if (!begins(s, "\xff\xd8\xff", 3) && !begins(s, "\x89PNG", 4) && !begins(s, "RIFF", 4) && !begins(from(s, 4), "ftyp", 4)) fill(&out->c2pa, FAIR_STR("present"));
    }
    return FAIR_OK;
}
