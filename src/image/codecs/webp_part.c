/* image/codecs/webp_part.c - a WebP that breaks off: the rows that are there, by libwebp's incremental decoder. */
#include <stdlib.h>
#include <webp/decode.h>
#include "image/codecs/vips_private.h"

static fair_status
read_rows(struct fair_decode *d, const uint8_t *pixels, int rows, int width, int stride)
{
    struct fair_canvas canvas;

    FAIR_TRY(fair_canvas_begin(&canvas, d, (uint32_t)width, d->info->height));
    for (int y = 0; y < rows; y++)
        fair_canvas_put(&canvas, 0, (uint32_t)y, 1, pixels + (ptrdiff_t)y * stride, (uint32_t)width, FAIR_PX_RGBA);
    d->info->partial = (uint32_t)rows < d->info->height;
    d->info->decoded_rows = (uint32_t)rows;
    d->image = fair_canvas_end(&canvas);
    return FAIR_OK;
}

fair_status
fair_decode_webp_part(struct fair_decode *d)
{
    WebPDecoderConfig config;
    WebPIDecoder *decoder;
    const uint8_t *pixels;
    int rows = 0, width = 0, height = 0, stride = 0;
    VP8StatusCode code;
    fair_status s = FAIR_CORRUPT;

    if (!WebPInitDecoderConfig(&config)) abort();
    if (WebPGetFeatures(d->bytes, d->n, &config.input) != VP8_STATUS_OK || config.input.has_animation) return FAIR_CORRUPT;
    FAIR_TRY(fair_decode_size(d, (uint64_t)config.input.width, (uint64_t)config.input.height));
    FAIR_TRY(fair_decode_memory(d, (uint64_t)config.input.width * (uint64_t)config.input.height * 4));
    d->info->alpha = config.input.has_alpha;
    d->info->blank = true;                               /* until a row is there */
    config.output.colorspace = MODE_RGBA;
    decoder = WebPINewDecoder(&config.output);
    if (decoder == NULL) abort();
    code = WebPIAppend(decoder, d->bytes, d->n);
    pixels = WebPIDecGetRGB(decoder, &rows, &width, &height, &stride);
    if ((code == VP8_STATUS_OK || code == VP8_STATUS_SUSPENDED || rows > 0) && pixels != NULL && rows > 0 &&
        width == config.input.width && rows <= config.input.height) {
        s = read_rows(d, pixels, rows, width, stride);
        d->info->blank = false;
    }
    WebPIDelete(decoder);
    WebPFreeDecBuffer(&config.output);
    return s;
}
