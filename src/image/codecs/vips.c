/* image/codecs/vips.c - WebP, AVIF, HEIC, JPEG XL and TIFF by libvips, from memory, on the caller's thread.
 *
 * Only the loader of the format that the content shows is ever called.  Pixels
 * are asked for strip by strip, so that a fault keeps the strips before it. */
#include <stdio.h>
#include <stdlib.h>
#include <vips/vips.h>
#include "base/mem.h"
#include "image/codecs/vips_private.h"

/* What the libraries have to say goes into our error's words, not to stderr. */
static void
drop_message(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
    (void)domain;
    (void)level;
    (void)message;
    (void)data;
}

static ssize_t
drop_bytes(void *cookie, const char *bytes, size_t n)
{
    (void)cookie;
    (void)bytes;
    return (ssize_t)n;
}

/* libjxl and dav1d print to stdio's stderr without asking.  That stream goes
 * nowhere from here on; our own log writes to the descriptor. */
static void
silence_stderr(void)
{
    FILE *nowhere = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = drop_bytes });
    if (nowhere != NULL) stderr = nowhere;
}

fair_status
fair_vips_begin(struct fair_err *err)
{
    if (vips_init("fairtrack") != 0) return fair_fail(err, FAIR_IO, "libvips: %s", vips_error_buffer());
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoadJxl", FALSE);
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    g_log_set_default_handler(drop_message, NULL);
    g_log_set_handler("VIPS", G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION, drop_message, NULL);
    silence_stderr();
    return fair_vips_warm(err);
}

static void
object_free(VipsImage **im)
{
    if (*im != NULL) g_object_unref(*im);
    *im = NULL;
}
#define AUTO_OBJECT __attribute__((cleanup(object_free)))

/* The library's words: the last line, without its prefix. */
static fair_status
vips_failed(struct fair_decode *d)
{
    char words[200];
    const char *text = vips_error_buffer(), *end, *colon;

    for (end = text + strlen(text); end > text && end[-1] == '\n'; end--) { }
    for (const char *p = text; p < end; p++)
        if (*p == '\n') text = p + 1;
    colon = strstr(text, ": ");
    if (colon != NULL && colon < end) text = colon + 2;
    snprintf(words, sizeof words, "%.*s", (int)(end - text), text);
    vips_error_clear();
    return fair_fail(d->err, FAIR_CORRUPT, "%s: %s", fair_format_name(d->info->format), words[0] != '\0' ? words : "not readable");
}

/* The last box of an ISO file may have the length 0, "to the end" (ISO/IEC
 * 14496-12, 4.2), which libheif 1.15 does not read: a copy that says it in full,
 * or NULL where none is needed. */
static uint8_t *
full_length(const struct fair_decode *d)
{
    size_t at = 0;

    while (d->n - at >= 8) {
        uint32_t length = fair_be32(d->bytes + at);
        if (length == 0 && at > 0 && d->n - at <= UINT32_MAX) {
            uint8_t *copy = fair_xmalloc(d->n);
            memcpy(copy, d->bytes, d->n);
            length = (uint32_t)(d->n - at);
            for (int i = 0; i < 4; i++) copy[at + (size_t)i] = (uint8_t)(length >> (24 - 8 * i));
            return copy;
        }
        if (length < 8 || length > d->n - at) return NULL;
        at += length;
    }
    return NULL;
}

static int
load(struct fair_decode *d, double scale, VipsImage **im)
{
    void *p = (void *)d->bytes;

    *im = NULL;
    switch (d->info->format) {
    case FAIR_FORMAT_WEBP:
        return vips_webpload_buffer(p, d->n, im, "access", VIPS_ACCESS_SEQUENTIAL, "scale", scale, NULL);
    case FAIR_FORMAT_AVIF:
    case FAIR_FORMAT_HEIC:
        return vips_heifload_buffer(p, d->n, im, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    case FAIR_FORMAT_JXL:
        return vips_jxlload_buffer(p, d->n, im, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    default:
        return vips_tiffload_buffer(p, d->n, im, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    }
}

/* Bytes a pixel that the library itself takes for a whole picture. */
static uint32_t
working_bytes(enum fair_format f)
{
    return f == FAIR_FORMAT_TIFF ? 0 : f == FAIR_FORMAT_JXL ? 8 : 4;
}

/* 8 bits of grey or sRGB, with or without alpha. */
static int
to_plain(VipsImage *in, VipsImage **out)
{
    AUTO_OBJECT VipsImage *space = NULL, *bands = NULL;
    bool grey = in->Bands < 3;
    int keep;

    if (vips_image_guess_interpretation(in) == VIPS_INTERPRETATION_MULTIBAND && in->BandFmt == VIPS_FORMAT_UCHAR) {
        space = in;
        g_object_ref(space);
    } else if (vips_colourspace(in, &space, grey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, NULL) != 0)
        return -1;
    keep = space->Bands > 4 ? 4 : space->Bands;
    if (vips_extract_band(space, &bands, 0, "n", keep, NULL) != 0) return -1;
    return vips_cast_uchar(bands, out, NULL);
}

static fair_status
read_strips(struct fair_decode *d, VipsImage *plain)
{
    enum { STRIP = 32 };
    struct fair_canvas canvas;
    const uint32_t w = (uint32_t)plain->Xsize, h = (uint32_t)plain->Ysize;
    VipsRegion *region;
    uint32_t y = 0;

    FAIR_TRY(fair_canvas_begin(&canvas, d, w, h));
    region = vips_region_new(plain);
    if (region == NULL) {
        fair_canvas_free(&canvas);
        return vips_failed(d);
    }
    while (y < h) {
        uint32_t rows = h - y < STRIP ? h - y : STRIP;
        VipsRect strip = { 0, (int)y, (int)w, (int)rows };
        if (vips_region_prepare(region, &strip) != 0) break;
        for (uint32_t i = 0; i < rows; i++)
            fair_canvas_put(&canvas, 0, y + i, 1, VIPS_REGION_ADDR(region, 0, (int)(y + i)), w, (enum fair_pixels)plain->Bands);
        y += rows;
    }
    g_object_unref(region);
    if (y == 0) {
        fair_canvas_free(&canvas);
        return vips_failed(d);
    }
    vips_error_clear();
    d->info->partial = y < h;
    d->info->decoded_rows = y < h ? (uint32_t)((uint64_t)y * d->info->height / h) : d->info->height;
    d->image = fair_canvas_end(&canvas);
    return FAIR_OK;
}

static void
note_facts(struct fair_decode *d, VipsImage *im)
{
    int pages = 0, orientation = 0;

    if (vips_image_get_typeof(im, VIPS_META_N_PAGES) != 0 && vips_image_get_int(im, VIPS_META_N_PAGES, &pages) == 0 && pages > 0)
        d->info->frames = (uint32_t)pages;
    d->info->alpha = vips_image_hasalpha(im);
    /* libheif and libjxl hand out upright pixels. */
    if (d->info->format != FAIR_FORMAT_WEBP && d->info->format != FAIR_FORMAT_TIFF) return;
    orientation = vips_image_get_orientation(im);
    if (orientation >= 1 && orientation <= 8) d->info->orientation = orientation;
}

static fair_status
decode(struct fair_decode *d)
{
    AUTO_OBJECT VipsImage *im = NULL, *plain = NULL;
    uint32_t longer;

    if (load(d, 1.0, &im) != 0) return vips_failed(d);
    note_facts(d, im);
    FAIR_TRY(fair_decode_size(d, (uint64_t)im->Xsize, (uint64_t)im->Ysize));
    longer = (uint32_t)(im->Xsize > im->Ysize ? im->Xsize : im->Ysize);
    if (d->info->format == FAIR_FORMAT_WEBP && d->wish_side > 0 && longer / 2 > d->wish_side && d->info->frames == 1) {
        /* libwebp shrinks while it decodes. */
        uint32_t times = longer / d->wish_side;
        object_free(&im);
        if (load(d, 1.0 / times, &im) != 0) return vips_failed(d);
    }
    FAIR_TRY(fair_decode_memory(d, (uint64_t)im->Xsize * (uint64_t)im->Ysize * working_bytes(d->info->format)));
    if (to_plain(im, &plain) != 0) return vips_failed(d);
    return read_strips(d, plain);
}

fair_status
fair_decode_by_vips(struct fair_decode *d)
{
    const uint8_t *bytes = d->bytes;
    uint8_t *copy = NULL;
    fair_status s;

    if (d->info->format == FAIR_FORMAT_AVIF || d->info->format == FAIR_FORMAT_HEIC) copy = full_length(d);
    if (copy != NULL) d->bytes = copy;
    s = decode(d);
    d->bytes = bytes;
    free(copy);
    if (s == FAIR_CORRUPT && d->info->format == FAIR_FORMAT_WEBP) s = fair_decode_webp_part(d);
    return s;
}

fair_status
fair_picture_decode_vips(const void *bytes, size_t n, const struct fair_image_limits *limits, uint32_t wish_side,
                         uint32_t channels, struct fair_image **out, struct fair_picture *info, struct fair_err *err)
{
    enum fair_format format = fair_format_sniff(bytes, n);
    fair_decode_fn *read = fair_format_needs_vips(format) ? fair_decode_by_vips : NULL;

    return fair_decode_run(read, format, bytes, n, limits, wish_side, channels, out, info, err);
}
