/* image/codecs/sniff.c - which format it is, by content. */
#include "image/codecs/codecs_private.h"

static const struct {
    const char *name, *mime;
    bool vips;
} formats[FAIR_N_FORMATS] = {
    [FAIR_FORMAT_NONE] = { "none", "application/octet-stream", false },
    [FAIR_FORMAT_JPEG] = { "jpeg", "image/jpeg", false },
    [FAIR_FORMAT_PNG] = { "png", "image/png", false },
    [FAIR_FORMAT_GIF] = { "gif", "image/gif", false },
    [FAIR_FORMAT_BMP] = { "bmp", "image/bmp", false },
    [FAIR_FORMAT_ICO] = { "ico", "image/vnd.microsoft.icon", false },
    [FAIR_FORMAT_WEBP] = { "webp", "image/webp", true },
    [FAIR_FORMAT_AVIF] = { "avif", "image/avif", true },
    [FAIR_FORMAT_HEIC] = { "heic", "image/heic", true },
    [FAIR_FORMAT_JXL] = { "jxl", "image/jxl", true },
    [FAIR_FORMAT_TIFF] = { "tiff", "image/tiff", true },
    [FAIR_FORMAT_RAW] = { "raw", "image/x-dcraw", false },
    [FAIR_FORMAT_SVG] = { "svg", "image/svg+xml", false },
};

const char *fair_format_name(enum fair_format f) { return formats[f < FAIR_N_FORMATS ? f : 0].name; }
const char *fair_format_mime(enum fair_format f) { return formats[f < FAIR_N_FORMATS ? f : 0].mime; }
bool fair_format_needs_vips(enum fair_format f) { return formats[f < FAIR_N_FORMATS ? f : 0].vips; }

static bool
begins(const uint8_t *p, size_t n, size_t at, const char *with, size_t length)
{
    return n >= at + length && memcmp(p + at, with, length) == 0;
}
#define BEGINS(at, literal) begins(p, n, at, literal, sizeof(literal) - 1)

/* ISO/IEC 14496-12 file type box: the major brand, then the compatible ones. */
static enum fair_format
sniff_boxes(const uint8_t *p, size_t n)
{
    static const char heif[][5] = { "heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs", "mif1", "msf1", "mif2" };
    size_t end = fair_be32(p);
    bool heic = false;

    if (end < 16 || end > n) end = n;
    if (end > 512) end = 512;
    for (size_t at = 8; at + 4 <= end; at += at == 8 ? 8 : 4) {
        if (BEGINS(at, "avif") || BEGINS(at, "avis")) return FAIR_FORMAT_AVIF;
        if (BEGINS(at, "crx ")) return FAIR_FORMAT_RAW;
        for (size_t i = 0; i < sizeof heif / sizeof heif[0]; i++) heic |= memcmp(p + at, heif[i], 4) == 0;
    }
    return heic ? FAIR_FORMAT_HEIC : FAIR_FORMAT_NONE;
}

static enum fair_format
sniff_tiff(const uint8_t *p, size_t n)
{
    if (BEGINS(0, "IIU\0") || BEGINS(0, "IIRO") || BEGINS(0, "IIRS") || BEGINS(0, "MMOR")) return FAIR_FORMAT_RAW;
    if (BEGINS(0, "II*\0") || BEGINS(0, "MM\0*")) {
        if (BEGINS(8, "CR\2\0")) return FAIR_FORMAT_RAW;
        return fair_tiff_is_raw(p, n) ? FAIR_FORMAT_RAW : FAIR_FORMAT_TIFF;
    }
    if (BEGINS(0, "II+\0\10\0\0\0") || BEGINS(0, "MM\0+\0\10\0\0")) return FAIR_FORMAT_TIFF;
    return FAIR_FORMAT_NONE;
}

/* Microsoft's and OS/2's information headers by their length. */
static bool
is_bmp(const uint8_t *p, size_t n)
{
    uint32_t header;
    if (!BEGINS(0, "BM") || n < 18) return false;
    header = fair_le32(p + 14);
    return header == 12 || (header >= 16 && header <= 64) || header == 108 || header == 124;
}

static bool
is_icon(const uint8_t *p, size_t n)
{
    uint32_t count;
    if ((!BEGINS(0, "\0\0\1\0") && !BEGINS(0, "\0\0\2\0")) || n < 22) return false;
    count = fair_le16(p + 4);
    return count > 0 && count <= 4096;
}

/* An <svg among what may stand before it: a byte order mark, the XML declaration, comments, a doctype. */
static bool
is_svg(const uint8_t *p, size_t n)
{
    size_t at = BEGINS(0, "\xef\xbb\xbf") ? 3 : 0, end = n < 4096 ? n : 4096;

    for (;;) {
        while (at < end && (p[at] == ' ' || (p[at] >= '\t' && p[at] <= '\r'))) at++;
        if (begins(p, end, at, "<svg", 4)) return true;
        if (begins(p, end, at, "<!--", 4)) {
            const uint8_t *stop = memmem(p + at, end - at, "-->", 3);
            if (stop == NULL) return false;
            at = (size_t)(stop - p) + 3;
        } else if (begins(p, end, at, "<?", 2) || begins(p, end, at, "<!DOCTYPE svg", 13)) {
            const uint8_t *stop = memchr(p + at, '>', end - at);
            if (stop == NULL) return false;
            at = (size_t)(stop - p) + 1;
            /* An internal subset ends in "]>". */
            while (at < end && (p[at] == ' ' || (p[at] >= '\t' && p[at] <= '\r') || p[at] == ']' || p[at] == '>')) at++;
            while (at + 1 < end && p[at] == '<' && p[at + 1] == '!' && !begins(p, end, at, "<!--", 4)) {
                stop = memchr(p + at, '>', end - at);
                if (stop == NULL) return false;
                at = (size_t)(stop - p) + 1;
                while (at < end && (p[at] == ' ' || (p[at] >= '\t' && p[at] <= '\r') || p[at] == ']' || p[at] == '>')) at++;
            }
        } else return false;
    }
}

enum fair_format
fair_format_sniff(const void *bytes, size_t n)
{
    const uint8_t *p = bytes;

    if (n < 2) return FAIR_FORMAT_NONE;
    if (BEGINS(0, "\xff\xd8\xff")) return FAIR_FORMAT_JPEG;
    if (BEGINS(0, "\x89PNG\r\n\x1a\n")) return FAIR_FORMAT_PNG;
    if (BEGINS(0, "GIF87a") || BEGINS(0, "GIF89a")) return FAIR_FORMAT_GIF;
    if (BEGINS(0, "RIFF") && BEGINS(8, "WEBP")) return FAIR_FORMAT_WEBP;
    if (n >= 16 && BEGINS(4, "ftyp")) return sniff_boxes(p, n);
    if (BEGINS(0, "\xff\x0a") || BEGINS(0, "\0\0\0\x0cJXL \r\n\x87\n")) return FAIR_FORMAT_JXL;
    if (BEGINS(0, "II") || BEGINS(0, "MM")) {
        if (BEGINS(6, "HEAPCCDR")) return FAIR_FORMAT_RAW;
        return sniff_tiff(p, n);
    }
    if (BEGINS(0, "FUJIFILMCCD-RAW") || BEGINS(0, "\0MRM") || BEGINS(0, "FOVb")) return FAIR_FORMAT_RAW;
    if (is_bmp(p, n)) return FAIR_FORMAT_BMP;
    if (is_icon(p, n)) return FAIR_FORMAT_ICO;
    if (is_svg(p, n)) return FAIR_FORMAT_SVG;
    return FAIR_FORMAT_NONE;
}
