/* image/codecs/raw.c - a camera's raw picture: its largest embedded preview, found by libraw.
 *
 * The raw data themselves are never developed: what such a file is for here is
 * to say what the photograph shows. */
#include <stdlib.h>
#include <libraw/libraw.h>
#include "image/codecs/vips_private.h"

static fair_status
raw_failed(struct fair_decode *d, int code)
{
    return fair_fail(d->err, FAIR_CORRUPT, "raw: %s", code < 0 ? libraw_strerror(code) : "no preview in it");
}

/* libraw's "flip" as an EXIF orientation. */
static int
orientation_of(int flip)
{
    return flip == 3 ? 3 : flip == 5 ? 8 : flip == 6 ? 6 : 1;
}

static fair_status
read_bitmap(struct fair_decode *d, const libraw_processed_image_t *thumb)
{
    struct fair_canvas canvas;
    const uint32_t w = thumb->width, h = thumb->height, c = thumb->colors;

    FAIR_TRY(fair_decode_size(d, w, h));
    if (thumb->bits != 8 || (c != 1 && c != 3) || (uint64_t)w * h * c > thumb->data_size) return raw_failed(d, 0);
    FAIR_TRY(fair_canvas_begin(&canvas, d, w, h));
    for (uint32_t y = 0; y < h; y++)
        fair_canvas_put(&canvas, 0, y, 1, thumb->data + (size_t)y * w * c, w, (enum fair_pixels)c);
    d->info->decoded_rows = h;
    d->image = fair_canvas_end(&canvas);
    return FAIR_OK;
}

static fair_status
read_jpeg(struct fair_decode *d, const uint8_t *p, size_t n)
{
    const uint8_t *bytes = d->bytes;
    size_t n_bytes = d->n;
    fair_status s;

    d->bytes = p;
    d->n = n;
    s = fair_decode_jpeg(d);
    d->bytes = bytes;
    d->n = n_bytes;
    return s;
}

static fair_status
read_preview(struct fair_decode *d, libraw_data_t *raw)
{
    int code = libraw_open_buffer(raw, (void *)d->bytes, d->n);
    int turned;
    libraw_processed_image_t *thumb;
    fair_status s;

    if (code != LIBRAW_SUCCESS) return raw_failed(d, code);
    turned = orientation_of(raw->sizes.flip);
    d->info->width = raw->sizes.width;
    d->info->height = raw->sizes.height;
    code = libraw_unpack_thumb(raw);
    if (code != LIBRAW_SUCCESS) return raw_failed(d, code);
    if (raw->thumbnail.tformat == LIBRAW_THUMBNAIL_JPEG && raw->thumbnail.thumb != NULL)
        s = read_jpeg(d, (const uint8_t *)raw->thumbnail.thumb, raw->thumbnail.tlength);
    else {
        thumb = libraw_dcraw_make_mem_thumb(raw, &code);
        if (thumb == NULL) return raw_failed(d, code);
        s = thumb->type == LIBRAW_IMAGE_JPEG ? read_jpeg(d, thumb->data, thumb->data_size) : read_bitmap(d, thumb);
        libraw_dcraw_clear_mem(thumb);
    }
    /* A preview that says nothing of its orientation lies as the sensor did. */
    if (d->info->orientation == 1) d->info->orientation = turned;
    return s;
}

fair_status
fair_decode_raw(struct fair_decode *d)
{
    libraw_data_t *raw = libraw_init(LIBRAW_OPIONS_NO_MEMERR_CALLBACK | LIBRAW_OPIONS_NO_DATAERR_CALLBACK);
    fair_status s;

    if (raw == NULL) abort();
    raw->params.max_raw_memory_mb = (unsigned)(d->limits->max_memory >> 20);
    s = read_preview(d, raw);
    libraw_close(raw);
    return s;
}
