/* image/codecs/png.c - PNG (ISO/IEC 15948) by libpng, with our own policy for errors.
 *
 * Rows decoded before a fault are kept; checksums of pixels are not held against
 * a file that can be read; chunks that do not bear on pixels are not parsed.
 * libpng's push mode uses every byte there is.  It does not put interlaced
 * pictures together: the canvas takes the pixels of each pass as they come, so
 * that memory stays near the wished size. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <png.h>
#include <zlib.h>
#include "base/mem.h"
#include "image/codecs/codecs_private.h"

struct reader {
    png_structp png;
    png_infop png_info;
    jmp_buf out;
    struct fair_decode *d;
    struct fair_canvas canvas;
    fair_status status;                  /* of start() */
    uint32_t width, height;
    bool interlaced;
    uint32_t rows;                       /* of the picture, that hold pixels of the file */
    bool any;                            /* a row of some pass came */
    enum fair_pixels kind;
    char words[128];
};

static void
on_error(png_structp png, png_const_charp words)
{
    struct reader *r = png_get_error_ptr(png);
    snprintf(r->words, sizeof r->words, "%s", words);
    longjmp(r->out, 1);
}

static void
on_warning(png_structp png, png_const_charp words)
{
    (void)png;
    (void)words;
}

/* Depth, colour type, compression, filter and interlacing of an IHDR go together. */
static bool
is_header(const uint8_t *p)
{
    uint32_t depth = p[8], colour = p[9];
    bool fits = colour == 0 ? depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16
              : colour == 3 ? depth == 1 || depth == 2 || depth == 4 || depth == 8
              : (colour == 2 || colour == 4 || colour == 6) && (depth == 8 || depth == 16);
    return fits && p[10] == 0 && p[11] == 0 && p[12] <= 1;
}

/* Facts that libpng would not tell us: frames (acTL), orientation (eXIf); and
 * whether header and palette meet their checksums, without which neither size
 * nor colours can be believed.  All of that stands before the first IDAT. */
static fair_status
read_chunk_facts(struct fair_decode *d)
{
    size_t at = 8;

    while (d->n >= 12 && at <= d->n - 12) {
        const uint8_t *p = d->bytes + at;
        uint32_t length = fair_be32(p);
        if (at == 8) {
            if (memcmp(p + 4, "IHDR", 4) != 0 || length != 13 || d->n < at + 25)
                return fair_fail(d->err, FAIR_CORRUPT, "png: it does not begin with its header");
            FAIR_TRY(fair_decode_size(d, fair_be32(p + 8), fair_be32(p + 12)));
            if (!is_header(p + 8)) return fair_fail(d->err, FAIR_CORRUPT, "png: a header of a kind that there is not");
        }
        if (length > d->n - 12 - at) return FAIR_OK;
        if (memcmp(p + 4, "IDAT", 4) == 0) {
            d->info->blank = true;       /* until a row is there */
            return FAIR_OK;
        }
        if ((p[4] & 0x20) == 0 && crc32(0, p + 4, 4 + length) != fair_be32(p + 8 + length))
            return fair_fail(d->err, FAIR_CORRUPT, "png: the chunk at byte %zu does not meet its checksum", at);
        if (memcmp(p + 4, "acTL", 4) == 0 && length == 8) {
            uint32_t frames = fair_be32(p + 8);
            if (frames > 0 && frames < 1u << 24) d->info->frames = frames;
        }
        if (memcmp(p + 4, "eXIf", 4) == 0) {
            int orientation = fair_exif_orientation(p + 8, length);
            if (orientation > 0) d->info->orientation = orientation;
        }
        at += 12 + (size_t)length;
    }
    return FAIR_OK;
}

static fair_status
start(struct reader *r)
{
    int depth, color, interlace;

    png_get_IHDR(r->png, r->png_info, &r->width, &r->height, &depth, &color, &interlace, NULL, NULL);
    FAIR_TRY(fair_decode_size(r->d, r->width, r->height));
    r->interlaced = interlace != PNG_INTERLACE_NONE;
    png_set_expand(r->png);                                     /* palette, low depths, tRNS */
    if (depth == 16) png_set_scale_16(r->png);
    png_read_update_info(r->png, r->png_info);
    r->kind = (enum fair_pixels)png_get_channels(r->png, r->png_info);
    r->d->info->alpha = r->kind == FAIR_PX_GREY_ALPHA || r->kind == FAIR_PX_RGBA;
    return fair_canvas_begin(&r->canvas, r->d, r->width, r->height);
}

static void
on_info(png_structp png, png_infop info)
{
    struct reader *r = png_get_progressive_ptr(png);
    (void)info;
    if (r->canvas.image != NULL) png_error(png, "a second beginning");
    r->status = start(r);
    if (r->status != FAIR_OK) longjmp(r->out, 1);
}

static void
on_row(png_structp png, png_bytep row, png_uint_32 number, int pass)
{
    struct reader *r = png_get_progressive_ptr(png);
    uint32_t x, y, apart, n;

    r->any = true;
    if (!r->interlaced) {
        fair_canvas_put(&r->canvas, 0, number, 1, row, r->width, r->kind);
        r->rows = number + 1;
        return;
    }
    x = PNG_COL_FROM_PASS_COL(0, pass);
    y = PNG_ROW_FROM_PASS_ROW(number, pass);
    apart = 1u << PNG_PASS_COL_SHIFT(pass);
    n = PNG_PASS_COLS(r->width, pass);
    fair_canvas_put(&r->canvas, x, y, apart, row, n, r->kind);
    fair_canvas_spread(&r->canvas, x, y, apart, 8u >> ((pass + 1) / 2), 8u >> (pass / 2));
    r->rows += pass % 2 == 0;            /* every second pass begins new rows, the others fill them */
}

static void
begin(struct reader *r)
{
    static const uint8_t unread[] = "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0tEXt\0tIME\0zTXt";

    r->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, r, on_error, on_warning);
    if (r->png == NULL) abort();
    r->png_info = png_create_info_struct(r->png);
    if (r->png_info == NULL) abort();
    png_set_progressive_read_fn(r->png, r, on_info, on_row, NULL);
    png_set_user_limits(r->png, 0x7fffffff, 0x7fffffff);        /* ours are asked in start() */
    png_set_chunk_cache_max(r->png, 64);
    png_set_chunk_malloc_max(r->png, 1 << 20);
    png_set_crc_action(r->png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
    png_set_option(r->png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
    png_set_keep_unknown_chunks(r->png, PNG_HANDLE_CHUNK_NEVER, unread, (int)(sizeof unread / 5));
    png_set_benign_errors(r->png, 1);
}

static void
whole_run(struct reader *r)
{
    if (setjmp(r->out) != 0) return;
    begin(r);
    png_process_data(r->png, r->png_info, (png_bytep)r->d->bytes, r->d->n);
}

fair_status
fair_decode_png(struct fair_decode *d)
{
    struct reader *r;
    fair_status s;

    FAIR_TRY(read_chunk_facts(d));
    r = fair_xcalloc(1, sizeof *r);
    r->d = d;
    whole_run(r);
    s = r->status;
    d->info->blank = d->info->blank && s == FAIR_OK && !r->any;
    if (s == FAIR_OK && !r->any)
        s = fair_fail(d->err, FAIR_CORRUPT, "png: %s", r->words[0] != '\0' ? r->words : "it breaks off before its first row");
    if (s == FAIR_OK) {
        d->info->partial = r->rows < r->height;
        d->info->decoded_rows = r->rows;
        d->image = fair_canvas_end(&r->canvas);
    }
    png_destroy_read_struct(&r->png, &r->png_info, NULL);
    fair_canvas_free(&r->canvas);
    free(r);
    return s;
}
