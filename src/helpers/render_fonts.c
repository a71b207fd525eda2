/* render_fonts.c - the fonts of a fixed list, and which characters can be set with them. */
#include <ft2build.h>
#include FT_FREETYPE_H
#include <harfbuzz/hb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/digest.h"
#include "base/io.h"
#include "helpers/render_private.h"

#define FONT_BYTES ((size_t)32 << 20)

/* Packages fonts-noto-core and fonts-dejavu-core.  The order decides which of two that have a character sets it. */
static const char *const files[] = {
    "noto/NotoSans-Regular.ttf", "noto/NotoSans-Bold.ttf", "noto/NotoSans-Italic.ttf", "noto/NotoSans-BoldItalic.ttf",
    "dejavu/DejaVuSansMono.ttf", "dejavu/DejaVuSansMono-Bold.ttf", "dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf",
    "noto/NotoSansArabic-Regular.ttf", "noto/NotoSansArabic-Bold.ttf", "noto/NotoSansHebrew-Regular.ttf", "noto/NotoSansHebrew-Bold.ttf",
    "noto/NotoSansArmenian-Regular.ttf", "noto/NotoSansGeorgian-Regular.ttf", "noto/NotoSansDevanagari-Regular.ttf",
    "noto/NotoSansBengali-Regular.ttf", "noto/NotoSansTamil-Regular.ttf", "noto/NotoSansTelugu-Regular.ttf",
    "noto/NotoSansGujarati-Regular.ttf", "noto/NotoSansGurmukhi-Regular.ttf", "noto/NotoSansKannada-Regular.ttf",
    "noto/NotoSansMalayalam-Regular.ttf", "noto/NotoSansSinhala-Regular.ttf", "noto/NotoSansThai-Regular.ttf",
    "noto/NotoSansLao-Regular.ttf", "noto/NotoSansKhmer-Regular.ttf", "noto/NotoSansMyanmar-Regular.ttf",
    "noto/NotoSansEthiopic-Regular.ttf", "noto/NotoSansSymbols-Regular.ttf", "noto/NotoSansSymbols2-Regular.ttf",
    "noto/NotoSansMath-Regular.ttf",
};

static void
take_charset(struct fonts *f, FcFontSet *set)
{
    for (int i = 0; set != NULL && i < set->nfont; i++) {
        FcCharSet *one = NULL;
        FcBool changed;
        if (FcPatternGetCharSet(set->fonts[i], FC_CHARSET, 0, &one) == FcResultMatch) FcCharSetMerge(f->known, one, &changed);
    }
}

fair_status
fair_fonts_open(struct fonts *f, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_sha256_run *run = fair_sha256_begin();
    FT_Library library = NULL;
    FT_Int v[3] = { 0 };
    struct fair_sha256 digest;
    int n = 0;

    f->config = FcConfigCreate();
    f->known = FcCharSetCreate();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        fair_str path = fair_str_fmt(a, "/usr/share/fonts/truetype/%s", files[i]), bytes;
        struct fair_err why = { 0 };
        if (access(path.p, R_OK) != 0 || fair_read_file(a, path.p, FONT_BYTES, &bytes, &why) != FAIR_OK) continue;
        if (!FcConfigAppFontAddFile(f->config, (const FcChar8 *)path.p)) continue;
        fair_sha256_add(run, files[i], strlen(files[i]) + 1);
        fair_sha256_add(run, bytes.p, bytes.n);
        fair_arena_clear(a);
        n++;
    }
    digest = fair_sha256_end(&run);
    if (n == 0) return fair_fail(err, FAIR_NOT_FOUND, "no font in /usr/share/fonts/truetype (packages fonts-noto-core, fonts-dejavu-core)");
    take_charset(f, FcConfigGetFonts(f->config, FcSetApplication));
    FcConfigSetCurrent(f->config);              /* or pango would look for settings of the machine */
    if (FT_Init_FreeType(&library) == 0) {
        FT_Library_Version(library, &v[0], &v[1], &v[2]);
        FT_Done_FreeType(library);
    }
    snprintf(f->engine, sizeof f->engine, "pango %s, cairo %s, harfbuzz %s, freetype %d.%d.%d, fontconfig %d, %d fonts sha256:%.64s", pango_version_string(),
             cairo_version_string(), hb_version_string(), v[0], v[1], v[2], FcGetVersion(), n, fair_hex(a, digest.b, sizeof digest.b).p);
    return FAIR_OK;
}

/* The code point at s->p, which is well-formed; its bytes are cut off. */
static uint32_t
next_point(fair_str *s)
{
    const unsigned char *p = (const unsigned char *)s->p;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    uint32_t c = n == 1 ? p[0] : p[0] & (0xffu >> (n + 1));

    for (size_t i = 1; i < n; i++) c = c << 6 | (p[i] & 0x3f);
    *s = (fair_str){ s->p + n, s->n - n };
    return c;
}

/* Characters without a shape of their own that writing needs: joiners, marks of direction, the soft hyphen. */
static bool
is_silent(uint32_t c)
{
    return c == '\n' || c == '\t' || c == 0xad || (c >= 0x200b && c <= 0x200f) || c == 0x2060 || (c >= 0xfe00 && c <= 0xfe0f);
}

/* Controls, and what turns the direction of the text after it (Unicode TR 36, 2.5). */
static bool
misleads(uint32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x206f) ||
           c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

fair_status
fair_fonts_text(const struct fonts *f, struct fair_arena *a, fair_str s, bool spell, uint32_t *n, fair_str *out, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, 12 * (size_t)FAIR_DOCUMENT_TEXT);

    while (s.n > 0) {
        fair_str at = s;
        uint32_t c = next_point(&s);
        if (!misleads(c) && (is_silent(c) || FcCharSetHasChar(f->known, c))) {
            fair_buf_add(&b, (fair_str){ at.p, at.n - s.n });
            continue;
        }
        if (!spell) return fair_fail(err, FAIR_INVALID, "U+%04X cannot be set: no font of ours has it, or it would mislead", c);
        fair_buf_fmt(&b, "<U+%04X>", c);
        ++*n;
    }
    return fair_buf_take(&b, out, err);
}
