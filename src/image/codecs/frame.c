/* image/codecs/frame.c - what is the same around every reader: limits first, turning last. */
#include <assert.h>
#include "image/codecs/codecs_private.h"

const struct fair_image_limits fair_image_limits_default = {
    .max_bytes = (size_t)256 << 20, .max_side = 65535, .max_pixels = 400000000, .max_memory = (size_t)320 << 20,
};

fair_status
fair_decode_size(struct fair_decode *d, uint64_t width, uint64_t height)
{
    const char *format = fair_format_name(d->info->format);

    d->info->width = width <= UINT32_MAX ? (uint32_t)width : UINT32_MAX;
    d->info->height = height <= UINT32_MAX ? (uint32_t)height : UINT32_MAX;
    if (width == 0 || height == 0) return fair_fail(d->err, FAIR_CORRUPT, "%s: an empty picture, %llu x %llu pixels", format,
                                                    (unsigned long long)width, (unsigned long long)height);
    if (width > d->limits->max_side || height > d->limits->max_side)
        return fair_fail(d->err, FAIR_LIMIT, "%s: %llu x %llu pixels is over %u a side", format, (unsigned long long)width,
                         (unsigned long long)height, d->limits->max_side);
    if (width * height > d->limits->max_pixels)
        return fair_fail(d->err, FAIR_LIMIT, "%s: %llu x %llu pixels is over %llu in all", format, (unsigned long long)width,
                         (unsigned long long)height, (unsigned long long)d->limits->max_pixels);
    return FAIR_OK;
}

fair_status
fair_decode_memory(const struct fair_decode *d, uint64_t bytes)
{
    if (bytes <= d->limits->max_memory) return FAIR_OK;
    return fair_fail(d->err, FAIR_LIMIT, "%s: %u x %u pixels need %llu MiB to decode, over %zu",
                     fair_format_name(d->info->format), d->info->width, d->info->height,
                     (unsigned long long)(bytes >> 20), d->limits->max_memory >> 20);
}

fair_status
fair_decode_run(fair_decode_fn *read, enum fair_format format, const void *bytes, size_t n,
                const struct fair_image_limits *limits, uint32_t wish_side, uint32_t channels,
                struct fair_image **out, struct fair_picture *info, struct fair_err *err)
{
    struct fair_decode d = { .bytes = bytes, .n = n, .limits = limits, .wish_side = wish_side, .channels = channels,
                             .info = info, .err = err };
    fair_status s;

    assert(channels == 1 || channels == 3);
    *out = NULL;
    *info = (struct fair_picture){ .format = format, .frames = 1, .orientation = 1 };
    if (n == 0) return fair_fail(err, FAIR_INVALID, "an empty file");
    if (n > limits->max_bytes)
        return fair_fail(err, FAIR_LIMIT, "%s: %zu bytes is over %zu", fair_format_name(format), n, limits->max_bytes);
    if (format == FAIR_FORMAT_NONE) return fair_fail(err, FAIR_INVALID, "not a picture of a kind we read");
    if (format == FAIR_FORMAT_SVG) return fair_fail(err, FAIR_INVALID, "svg: a drawing, not a picture of pixels");
    if (read == NULL) return fair_fail(err, FAIR_INVALID, "%s: not read by this program", fair_format_name(format));
    s = read(&d);
    if (s != FAIR_OK) fair_image_free(&d.image);
    /* What a browser shows is upright; the file's own rows are not always. */
    if (info->orientation >= 5) {
        uint32_t w = info->width;
        info->width = info->height;
        info->height = w;
    }
    if (s != FAIR_OK) return s;
    if (info->orientation > 1) {
        *out = fair_image_orient(d.image, info->orientation);
        fair_image_free(&d.image);
    } else *out = d.image;
    return FAIR_OK;
}
