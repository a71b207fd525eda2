/* image/codecs/jpeg.c - JPEG (ITU-T T.81) by libjpeg-turbo, with our own policy for errors.
 *
 * What was decoded before a fault is kept.  With a wished size the inverse DCT
 * is done at 1/2, 1/4 or 1/8, and where one channel is asked for, grey is the
 * file's own Y.  Files of several scans are read scan by scan (libjpeg's
 * "buffered image"), so that a fault, a missing end or too many scans still
 * leave a picture. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/mem.h"
#include "image/codecs/codecs_private.h"
#include "image/codecs/jpeg_private.h"
#include <jerror.h>

enum {
    MAX_SCANS = 100,                     /* a cautious encoder makes about 10 */
    MAX_BLOCK_VISITS = 300000000,        /* scans x blocks: what "progressive bombs" multiply */
    NO_ROW = -1
};

struct reader {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jmp_buf out;
    struct fair_decode *d;
    struct fair_canvas canvas;
    uint8_t *line, *cmyk_line;           /* a row as libjpeg gives it, and as RGB */
    const uint8_t *data;                 /* behind the first scan's header */
    size_t n_data;
    bool ended;                          /* the file broke off: bytes that were needed are not there */
    bool direct;                         /* rows go straight into the picture */
    bool several_scans;
    struct header {                      /* as it was before the scans, see show_scans */
        JDIMENSION width, height;
        int components, precision;
        boolean progressive, arithmetic, adobe;
    } header;
    bool whole_size;                     /* no DCT scaling */
    int64_t broke_at;                    /* the first of the output's rows that is not the file's, or NO_ROW */
    uint32_t rows;                       /* of the output, written */
    uint64_t blocks;
    char words[JMSG_LENGTH_MAX];
};

static void
on_error(j_common_ptr common)
{
    struct reader *r = common->client_data;
    common->err->format_message(common, r->words);
    longjmp(r->out, 1);
}

/* libjpeg's input is a buffer in memory; at its end it warns and goes on with a
 * made-up end marker.  A file is cut off when bits are missing after that. */
static void
on_message(j_common_ptr common, int level)
{
    struct reader *r = common->client_data;
    struct jpeg_decompress_struct *j = &r->jpeg;

    if (level >= 0) return;
    common->err->num_warnings++;
    if (common->err->msg_code == JWRN_JPEG_EOF) r->ended = true;
    if (common->err->msg_code != JWRN_HIT_MARKER || !r->ended || r->broke_at != NO_ROW) return;
    if (r->several_scans) return;        /* consume() sees to it */
    /* The row of blocks in work is the last that holds something of the file. */
    r->broke_at = ((int64_t)j->input_iMCU_row + 1) * j->max_v_samp_factor * j->min_DCT_scaled_size;
}

static void
choose_scale(struct jpeg_decompress_struct *j, uint32_t wish, bool whole_size)
{
    uint32_t longer = j->image_width > j->image_height ? j->image_width : j->image_height;

    j->scale_num = 1;
    j->scale_denom = 1;
    if (wish == 0 || whole_size) return;
    while (j->scale_denom < 8 && (longer + 2 * j->scale_denom - 1) / (2 * j->scale_denom) >= wish) j->scale_denom *= 2;
}

/* Adobe's files hold inverted inks; libjpeg undoes YCCK's conversion only. */
static void
cmyk_to_rgb(uint8_t *to, const uint8_t *inks, uint32_t n, bool inverted)
{
    for (uint32_t i = 0; i < n; i++, to += 3, inks += 4) {
        uint32_t k = inverted ? inks[3] : 255u - inks[3];
        for (int b = 0; b < 3; b++) {
            uint32_t v = (inverted ? inks[b] : 255u - inks[b]) * k + 128;
            to[b] = (uint8_t)((v + (v >> 8)) >> 8);
        }
    }
}

static void
read_marker_facts(struct reader *r)
{
    int orientation = 0;

    for (jpeg_saved_marker_ptr m = r->jpeg.marker_list; m != NULL && orientation == 0; m = m->next)
        if (m->marker == JPEG_APP0 + 1 && m->data_length > 6 && memcmp(m->data, "Exif\0", 5) == 0)
            orientation = fair_exif_orientation(m->data + 6, m->data_length - 6);
    if (orientation > 0) r->d->info->orientation = orientation;
}

/* Take in all scans; false where there are more than a picture of this size can need. */
static bool
consume(struct reader *r)
{
    int got;

    do {
        uint64_t scans = (uint64_t)r->jpeg.input_scan_number;
        if (scans > MAX_SCANS || (scans > 1 && scans * r->blocks > MAX_BLOCK_VISITS)) return false;
        got = jpeg_consume_input(&r->jpeg);
    } while (got != JPEG_SUSPENDED && got != JPEG_REACHED_EOI);
    return true;
}

static fair_status
start(struct reader *r)
{
    struct jpeg_decompress_struct *j = &r->jpeg;
    struct fair_decode *d = r->d;

    jpeg_save_markers(j, JPEG_APP0 + 1, 0xffff);
    jpeg_mem_src(j, d->bytes, d->n);
    jpeg_read_header(j, TRUE);
    read_marker_facts(r);
    FAIR_TRY(fair_decode_size(d, j->image_width, j->image_height));
    d->info->blank = true;               /* until a row is there */
    if (d->channels == 1 && j->num_components != 4) j->out_color_space = JCS_GRAYSCALE;
    else j->out_color_space = j->num_components == 4 ? JCS_CMYK : JCS_RGB;
    choose_scale(j, d->wish_side, r->whole_size);
    r->several_scans = jpeg_has_multiple_scans(j);
    for (int c = 0; c < j->num_components; c++)
        r->blocks += (uint64_t)j->comp_info[c].width_in_blocks * j->comp_info[c].height_in_blocks;
    if (r->several_scans) {
        FAIR_TRY(fair_decode_memory(d, r->blocks * DCTSIZE2 * sizeof(JCOEF)));
        j->buffered_image = TRUE;
        j->do_block_smoothing = FALSE;
    }
    r->data = j->src->next_input_byte;
    r->n_data = j->src->bytes_in_buffer;
    r->header = (struct header){ j->image_width, j->image_height, j->num_components, j->data_precision,
                                 j->progressive_mode, j->arith_code, j->saw_Adobe_marker };
    jpeg_start_decompress(j);
    FAIR_TRY(fair_canvas_begin(&r->canvas, d, j->output_width, j->output_height));
    if (j->out_color_space == JCS_CMYK) {
        r->line = fair_xmalloc((size_t)j->output_width * 4);
        r->cmyk_line = fair_xmalloc((size_t)j->output_width * 3);
    } else if (r->canvas.step > 1) r->line = fair_xmalloc((size_t)j->output_width * d->channels);
    else r->direct = true;
    return FAIR_OK;
}

/* Rows out until the last, or the last that is the file's. */
static void
read_rows(struct reader *r)
{
    struct jpeg_decompress_struct *j = &r->jpeg;

    while (j->output_scanline < j->output_height) {
        uint32_t y = j->output_scanline;
        JSAMPROW row = r->direct ? fair_image_row(r->canvas.image, y) : r->line;
        if (r->broke_at != NO_ROW && (int64_t)y >= r->broke_at) return;
        if (jpeg_read_scanlines(j, &row, 1) != 1) return;
        if (r->cmyk_line != NULL) {
            cmyk_to_rgb(r->cmyk_line, r->line, j->output_width, j->saw_Adobe_marker);
            fair_canvas_put(&r->canvas, 0, y, 1, r->cmyk_line, j->output_width, FAIR_PX_RGB);
        } else if (!r->direct)
            fair_canvas_put(&r->canvas, 0, y, 1, row, j->output_width, r->d->channels == 1 ? FAIR_PX_GREY : FAIR_PX_RGB);
        r->rows = y + 1;
    }
}

/* How many of the output's rows the first scan reached, when it did not end. */
static void
note_broken_scan(struct reader *r)
{
    struct jpeg_decompress_struct *j = &r->jpeg;

    if (j->input_scan_number > 1) return;
    r->broke_at = (int64_t)j->input_iMCU_row * j->max_v_samp_factor * j->min_DCT_scaled_size;
}

/* A row counts as decoded in the file's own measure. */
static void
note_rows(struct reader *r, bool broke)
{
    const struct jpeg_decompress_struct *j = &r->jpeg;
    struct fair_picture *info = r->d->info;

    info->decoded_rows = r->rows;
    if (j->output_height > 0 && r->rows < j->output_height)
        info->decoded_rows = (uint32_t)((uint64_t)r->rows * j->image_height / j->output_height);
    else if (j->output_height > 0) info->decoded_rows = j->image_height;
    info->partial = broke || r->rows < j->output_height;
}

/* The luma of a faultless file is had sooner than by decoding all of it (jpeg_means.c). */
static bool
read_luma(struct reader *r)
{
    struct jpeg_decompress_struct *j = &r->jpeg;
    FAIR_AUTO(image) struct fair_image *own = NULL;
    struct fair_image *out = r->canvas.image;

    if (j->out_color_space != JCS_GRAYSCALE || r->several_scans) return false;
    if (!r->direct) out = own = fair_image_new(j->output_width, j->output_height, 1);
    if (!fair_jpeg_luma(j, r->data, r->n_data, out)) {
        /* What libjpeg does not come to is white. */
        if (r->direct) memset(out->data, 255, out->stride * out->height);
        return false;
    }
    if (own != NULL)
        for (uint32_t y = 0; y < own->height; y++) fair_canvas_put(&r->canvas, 0, y, 1, fair_image_row(own, y), own->width, FAIR_PX_GREY);
    r->rows = j->output_height;
    return true;
}

/* Everything that may longjmp; true when it came to its own end. */
static bool
whole_run(struct reader *r, fair_status *status)
{
    if (setjmp(r->out) != 0) return false;
    jpeg_create_decompress(&r->jpeg);
    *status = start(r);
    if (*status != FAIR_OK) return true;
    if (r->several_scans) return consume(r);
    if (!read_luma(r)) read_rows(r);
    return true;
}

static bool
output_run(struct reader *r, int scan)
{
    if (setjmp(r->out) != 0) return false;
    if (!jpeg_start_output(&r->jpeg, scan)) return false;
    read_rows(r);
    return true;
}

/* Many scans: show what the scans that were read make together. */
static bool
show_scans(struct reader *r, bool whole)
{
    struct jpeg_decompress_struct *j = &r->jpeg;
    int scan = j->input_scan_number;

    /* A second frame header is an error that libjpeg finds after it has overwritten the first. */
    j->image_width = r->header.width;
    j->image_height = r->header.height;
    j->num_components = r->header.components;
    j->data_precision = r->header.precision;
    j->progressive_mode = r->header.progressive;
    j->arith_code = r->header.arithmetic;
    j->saw_Adobe_marker = r->header.adobe;
    if (!whole || r->ended) note_broken_scan(r);
    /* An unfinished scan is shown with the one before it, else libjpeg would go on reading. */
    if (!whole && scan > 1) scan--;
    return output_run(r, scan);
}

/* The frame header's size, for a file that libjpeg does not read at all. */
static void
note_size(struct fair_decode *d)
{
    size_t at = 2;

    while (at + 9 < d->n) {
        uint32_t marker, length;
        if (d->bytes[at] != 0xff) {
            at++;
            continue;
        }
        marker = d->bytes[at + 1];
        if (marker == 0xff || marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= 0xd9)) {
            at += marker == 0xff ? 1 : 2;
            continue;
        }
        if (marker == 0xda) return;
        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
            d->info->height = fair_be16(d->bytes + at + 5);
            d->info->width = fair_be16(d->bytes + at + 7);
            return;
        }
        length = fair_be16(d->bytes + at + 2);
        at += 2 + (length > 2 ? length : 2);
    }
}

static void
reader_end(struct reader *r)
{
    jpeg_destroy_decompress(&r->jpeg);
    fair_canvas_free(&r->canvas);
    free(r->line);
    free(r->cmyk_line);
    free(r);
}

static fair_status
decode_once(struct fair_decode *d, bool whole_size)
{
    struct reader *r = fair_xcalloc(1, sizeof *r);
    fair_status s = FAIR_OK;
    bool whole;

    r->d = d;
    r->whole_size = whole_size;
    r->broke_at = NO_ROW;
    r->jpeg.err = jpeg_std_error(&r->errors);
    r->errors.error_exit = on_error;
    r->errors.emit_message = on_message;
    r->jpeg.client_data = r;

    whole = whole_run(r, &s);
    if (s == FAIR_OK && r->several_scans && r->canvas.image != NULL) {
        bool shown = show_scans(r, whole);
        if (r->ended || !shown) whole = false;
    } else if (r->broke_at != NO_ROW) whole = false;
    if (s == FAIR_OK) note_rows(r, !whole);
    if (s == FAIR_OK && r->rows == 0) {
        if (d->info->width == 0) note_size(d);
        if (r->errors.msg_code == JERR_CONVERSION_NOTIMPL) d->info->blank = false;
        s = fair_fail(d->err, FAIR_CORRUPT, "jpeg: %s", r->words[0] != '\0' ? r->words : "it breaks off before its first row");
    }
    if (s == FAIR_OK) d->image = fair_canvas_end(&r->canvas);
    reader_end(r);
    return s;
}

fair_status
fair_decode_jpeg(struct fair_decode *d)
{
    fair_status s = decode_once(d, false);

    /* Odd sampling factors can make a scaled block vanish; at full size they do not. */
    if (s == FAIR_CORRUPT && d->info->blank && d->wish_side > 0) s = decode_once(d, true);
    if (s == FAIR_OK) d->info->blank = false;
    return s;
}
