/* image/codecs/bmp.c - BMP by Windows and OS/2, read by ourselves, as browsers show it.
 *
 * 1, 2, 4, 8, 16, 24 and 32 bits, run lengths, bit fields, top-down rows, all
 * lengths of header; JPEG and PNG inside.  Alpha counts where bit fields name
 * it and in icons; elsewhere the fourth byte means nothing.  Rows decoded
 * before a fault are kept. */
#include <stdlib.h>
#include "base/mem.h"
#include "image/codecs/bmp_private.h"

static fair_status
corrupt(struct fair_decode *d, const char *what, uint32_t value)
{
    return fair_fail(d->err, FAIR_CORRUPT, "%s: %s %u", fair_format_name(d->info->format), what, value);
}

static fair_status
read_header(struct fair_bmp *b)
{
    struct fair_decode *d = b->d;
    const uint8_t *p = b->p;
    int64_t height;

    if (b->n < 12 || b->n < (b->header = fair_le32(p))) return corrupt(d, "it breaks off in its header, of bytes", (uint32_t)b->n);
    if (b->header == 12) {
        b->width = fair_le16(p + 4);
        height = fair_le16(p + 6);
        b->bits = fair_le16(p + 10);
        b->os2 = true;
    } else {
        if (b->header < 16 || (b->header > 64 && b->header != 108 && b->header != 124)) return corrupt(d, "a header of bytes", b->header);
        b->width = fair_le32(p + 4);
        height = (int32_t)fair_le32(p + 8);
        b->bits = fair_le16(p + 14);
        b->os2 = b->header != 40 && b->header != 52 && b->header != 56 && b->header < 108;
        b->packing = b->header >= 20 ? fair_le32(p + 16) : FAIR_BMP_RGB;
        b->n_colors = b->header >= 36 ? fair_le32(p + 32) : 0;
        if (b->os2 && b->packing == 4) b->packing = FAIR_BMP_RLE24;
        else if (b->os2 && b->packing >= 3) b->packing = FAIR_BMP_UNKNOWN;
    }
    if (height < 0) {
        b->top_down = true;
        height = -height;
    }
    if (b->in_icon) height /= 2;
    if (b->width > INT32_MAX) return corrupt(d, "a width of", b->width);
    b->height = (uint32_t)height;
    return fair_decode_size(d, b->width, (uint64_t)height);
}

/* Do depth and packing go together? */
static fair_status
check_packing(const struct fair_bmp *b)
{
    uint32_t bits = b->bits;
    bool fits;

    switch (b->packing) {
    case FAIR_BMP_RGB: fits = bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32; break;
    case FAIR_BMP_RLE8: fits = bits == 8 || bits == 0; break;
    case FAIR_BMP_RLE4: fits = bits == 4 || bits == 0; break;
    case FAIR_BMP_RLE24: fits = bits == 24; break;
    case FAIR_BMP_BITFIELDS:
    case FAIR_BMP_ALPHABITFIELDS: fits = bits == 16 || bits == 32; break;
    case FAIR_BMP_JPEG:
    case FAIR_BMP_PNG: fits = !b->in_icon; break;
    default: return corrupt(b->d, "a packing that is not read, number", b->packing);
    }
    return fits ? FAIR_OK : corrupt(b->d, "a depth that does not fit its packing, bits", bits);
}

static fair_status
read_masks(struct fair_bmp *b, size_t *at)
{
    static const uint32_t rgb16[4] = { 0x7c00, 0x3e0, 0x1f, 0 }, rgb32[4] = { 0xff0000, 0xff00, 0xff, 0 };
    size_t n_masks = b->packing == FAIR_BMP_ALPHABITFIELDS ? 4 : 3;

    if (b->packing != FAIR_BMP_BITFIELDS && b->packing != FAIR_BMP_ALPHABITFIELDS) {
        memcpy(b->mask, b->bits == 16 ? rgb16 : rgb32, sizeof b->mask);
        return FAIR_OK;
    }
    if (b->header >= 52) n_masks = b->header >= 56 ? 4 : 3;
    if (b->n < 40 + 4 * n_masks) return corrupt(b->d, "it breaks off in its masks, at byte", (uint32_t)b->n);
    for (size_t i = 0; i < n_masks; i++) b->mask[i] = fair_le32(b->p + 40 + 4 * i);
    if (b->header < 52) *at += 4 * n_masks;
    for (size_t i = 0; i < 4; i++) {
        uint32_t m = b->mask[i];
        if (m != 0) m >>= __builtin_ctz(m);
        if ((m & (m + 1)) != 0) return corrupt(b->d, "a mask with holes, number", (uint32_t)i);
    }
    return FAIR_OK;
}

static void
read_palette(struct fair_bmp *b, size_t *at)
{
    uint32_t entry = b->header == 12 ? 3 : 4, n = b->n_colors;

    memset(b->palette, 0, sizeof b->palette);
    for (int i = 0; i < 256; i++) b->palette[i][3] = 255;
    if (b->bits <= 8) {
        uint32_t most = 1u << b->bits;
        if (n == 0 || n > most) n = most;
    }
    for (uint32_t i = 0; i < n && b->bits <= 8; i++) {
        const uint8_t *c = b->p + *at + (size_t)i * entry;
        if (b->n - *at < (size_t)(i + 1) * entry) break;
        b->palette[i][0] = c[2];
        b->palette[i][1] = c[1];
        b->palette[i][2] = c[0];
    }
    if ((uint64_t)n * entry < b->n - *at) *at += (size_t)n * entry;
    else *at = b->n;
}

/* A value under a mask as 8 bits. */
static uint8_t
under_mask(uint32_t px, uint32_t mask)
{
    uint32_t shift, most;
    if (mask == 0) return 0;
    shift = (uint32_t)__builtin_ctz(mask);
    most = mask >> shift;
    return (uint8_t)(((uint64_t)((px & mask) >> shift) * 255 + most / 2) / most);
}

/* One row of `bits` a pixel to R G B A. */
static void
unpack_row(const struct fair_bmp *b, const uint8_t *from, uint8_t *to, bool alpha)
{
    const uint32_t w = b->width;
    bool plain = b->packing == FAIR_BMP_RGB && b->bits == 32;

    if (b->bits <= 8) {
        uint32_t per = 8 / b->bits, low = (1u << b->bits) - 1;
        for (uint32_t x = 0; x < w; x++) {
            uint32_t shift = (per - 1 - x % per) * b->bits;
            memcpy(to + (size_t)4 * x, b->palette[(from[x / per] >> shift) & low], 4);
        }
    } else if (b->bits == 24 || plain) {
        uint32_t bytes = b->bits / 8;
        for (uint32_t x = 0; x < w; x++, from += bytes, to += 4) {
            to[0] = from[2];
            to[1] = from[1];
            to[2] = from[0];
            to[3] = plain && alpha ? from[3] : 255;
        }
    } else {
        for (uint32_t x = 0; x < w; x++, to += 4) {
            uint32_t px = b->bits == 16 ? fair_le16(from + (size_t)2 * x) : fair_le32(from + (size_t)4 * x);
            for (int i = 0; i < 3; i++) to[i] = under_mask(px, b->mask[i]);
            to[3] = alpha && b->mask[3] != 0 ? under_mask(px, b->mask[3]) : 255;
        }
    }
}

/* Does any pixel have alpha?  Many writers leave the fourth byte 0 throughout and mean opaque. */
static bool
has_alpha(const struct fair_bmp *b)
{
    uint32_t mask = b->mask[3];

    if (b->bits != 32 && b->bits != 16) return false;
    if (b->packing == FAIR_BMP_RGB && b->in_icon && b->bits == 32) mask = 0xff000000;
    if (mask == 0) return false;
    for (uint64_t i = 0, n = (uint64_t)b->width * b->height; i < n; i++) {
        size_t row = (((size_t)b->width * b->bits / 8) + 3) & ~(size_t)3;
        size_t at = b->data + (size_t)(i / b->width) * row + (size_t)(i % b->width) * (b->bits / 8);
        if (at + b->bits / 8 > b->n) return false;
        if ((b->bits == 32 ? fair_le32(b->p + at) : fair_le16(b->p + at)) & mask) return true;
    }
    return false;
}

/* An icon's mask: a bit for each pixel, 1 where the background shows. */
static void
lay_mask(const struct fair_bmp *b, uint32_t row, uint8_t *rgba)
{
    size_t stride = (((size_t)b->width + 31) / 32) * 4;
    size_t row_bytes = (((size_t)b->width * b->bits + 31) / 32) * 4;
    size_t at = b->data + row_bytes * b->height + stride * row;

    if (at > b->n || b->n - at < stride) return;
    for (uint32_t x = 0; x < b->width; x++)
        if (b->p[at + x / 8] & (0x80 >> (x % 8))) rgba[(size_t)4 * x + 3] = 0;
}

/* Plain rows; true when all were there. */
static bool
read_rows(struct fair_bmp *b)
{
    size_t row_bytes = (((size_t)b->width * b->bits + 31) / 32) * 4, at = b->data;
    size_t least = ((size_t)b->width * b->bits + 7) / 8;
    bool alpha = has_alpha(b);
    uint8_t *line = fair_xmalloc((size_t)b->width * 4), *part = fair_xcalloc(row_bytes, 1);

    b->d->info->alpha = alpha || b->in_icon;
    for (uint32_t y = 0; y < b->height && at < b->n; y++, at += row_bytes) {
        const uint8_t *from = b->p + at;
        uint32_t width = b->width;
        if (b->n - at < least) {                     /* the row in which the file breaks off */
            memset(part, 0, row_bytes);
            memcpy(part, from, b->n - at);
            from = part;
            width = (uint32_t)((b->n - at) * 8 / b->bits);
        }
        unpack_row(b, from, line, alpha);
        if (b->in_icon && !alpha) lay_mask(b, y, line);
        fair_canvas_put(&b->canvas, 0, b->top_down ? y : b->height - 1 - y, 1, line, width, FAIR_PX_RGBA);
        if (width < b->width) break;
        b->rows = y + 1;
    }
    free(line);
    free(part);
    return b->rows == b->height;
}

/* A whole JPEG or PNG in place of pixels. */
static fair_status
read_inner(struct fair_bmp *b)
{
    struct fair_decode *d = b->d;
    const uint8_t *bytes = d->bytes;
    size_t n = d->n;
    fair_status s;

    d->bytes = b->p + b->data;
    d->n = b->n - b->data;
    s = b->packing == FAIR_BMP_JPEG ? fair_decode_jpeg(d) : fair_decode_png(d);
    d->bytes = bytes;
    d->n = n;
    return s;
}

fair_status
fair_bmp_read(struct fair_decode *d, const uint8_t *p, size_t n, size_t offset, bool in_icon)
{
    struct fair_bmp b = { .d = d, .p = p, .n = n, .in_icon = in_icon };
    size_t at;
    bool whole;

    FAIR_TRY(read_header(&b));
    FAIR_TRY(check_packing(&b));
    if (b.packing == FAIR_BMP_RLE8) b.bits = 8;
    if (b.packing == FAIR_BMP_RLE4) b.bits = 4;
    at = b.header;
    FAIR_TRY(read_masks(&b, &at));
    if (at > n) at = n;
    read_palette(&b, &at);
    b.data = offset > 0 ? offset : at;
    if (b.data >= n) return corrupt(d, "it breaks off before its pixels, at byte", (uint32_t)n);
    if (b.packing == FAIR_BMP_JPEG || b.packing == FAIR_BMP_PNG) return read_inner(&b);
    FAIR_TRY(fair_canvas_begin(&b.canvas, d, b.width, b.height));
    if (b.packing == FAIR_BMP_RLE4 || b.packing == FAIR_BMP_RLE8 || b.packing == FAIR_BMP_RLE24) whole = fair_bmp_read_runs(&b);
    else whole = read_rows(&b);
    d->info->decoded_rows = b.rows;
    d->info->partial = !whole;
    if (b.rows == 0) {
        fair_canvas_free(&b.canvas);
        return corrupt(d, "it breaks off in its first row, at byte", (uint32_t)n);
    }
    d->image = fair_canvas_end(&b.canvas);
    return FAIR_OK;
}

fair_status
fair_decode_bmp(struct fair_decode *d)
{
    size_t offset;

    if (d->n < 18) return corrupt(d, "it breaks off in its header, at byte", (uint32_t)d->n);
    offset = fair_le32(d->bytes + 10);
    return fair_bmp_read(d, d->bytes + 14, d->n - 14, offset > 14 ? offset - 14 : 0, false);
}
