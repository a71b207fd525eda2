/* image/image.c - a picture in memory: making, luma, turning. */
#include "image/image.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "image/image_private.h"

struct fair_image *
fair_image_new(uint32_t width, uint32_t height, uint32_t channels)
{
    struct fair_image *im = fair_xmalloc(sizeof *im);
    size_t stride, bytes;

    assert(width >= 1 && height >= 1 && (channels == 1 || channels == 3));
    stride = ((size_t)width * channels + 63) & ~(size_t)63;
    if (__builtin_mul_overflow(stride, (size_t)height, &bytes)) abort();
    *im = (struct fair_image){ .width = width, .height = height, .channels = channels, .stride = stride };
    im->data = aligned_alloc(64, bytes);
    if (im->data == NULL) abort();          /* as fair_xmalloc: out of memory is not a path */
    return im;
}

void
fair_image_free(struct fair_image **image)
{
    if (*image == NULL) return;
    free((*image)->data);
    free(*image);
    *image = NULL;
}

struct fair_image *
fair_image_luma(const struct fair_image *in)
{
    struct fair_image *out = fair_image_new(in->width, in->height, 1);
    const struct fair_image_kernels *k = fair_image_kernels();

    for (uint32_t y = 0; y < in->height; y++) {
        if (in->channels == 1) memcpy(fair_image_row(out, y), fair_image_row(in, y), in->width);
        else k->luma_row(fair_image_row(out, y), fair_image_row(in, y), in->width);
    }
    return out;
}

/* Where the upright pixel (0, 0) comes from in the file, and how far one goes in
 * the file for a step to the right and a step down (TIFF 6.0 tag 274). */
struct turn {
    bool x_from_right, y_from_bottom, swapped;
};

static const struct turn turns[9] = {
    [1] = { false, false, false }, [2] = { true, false, false },
    [3] = { true, true, false },   [4] = { false, true, false },
    [5] = { false, false, true },  [6] = { false, true, true },
    [7] = { true, true, true },    [8] = { true, false, true },
};

struct fair_image *
fair_image_orient(const struct fair_image *in, int orientation)
{
    const struct turn t = turns[orientation >= 1 && orientation <= 8 ? orientation : 1];
    const uint32_t c = in->channels;
    struct fair_image *out = t.swapped ? fair_image_new(in->height, in->width, c) : fair_image_new(in->width, in->height, c);
    ptrdiff_t right, down;
    const uint8_t *from = in->data;

    right = t.x_from_right ? -(ptrdiff_t)c : (ptrdiff_t)c;
    down = t.y_from_bottom ? -(ptrdiff_t)in->stride : (ptrdiff_t)in->stride;
    if (t.x_from_right) from += (size_t)(in->width - 1) * c;
    if (t.y_from_bottom) from += (size_t)(in->height - 1) * in->stride;
    if (t.swapped) {
        ptrdiff_t keep = right;
        right = down;
        down = keep;
    }
    /* In tiles, so that the column steps of a swapped turn stay in the cache. */
    for (uint32_t y0 = 0; y0 < out->height; y0 += 32)
        for (uint32_t x0 = 0; x0 < out->width; x0 += 32)
            for (uint32_t y = y0; y < out->height && y < y0 + 32; y++) {
                uint32_t end = out->width - x0 < 32 ? out->width : x0 + 32;
                uint8_t *to = fair_image_row(out, y) + (size_t)x0 * c;
                const uint8_t *p = from + (ptrdiff_t)y * down + (ptrdiff_t)x0 * right;
                for (uint32_t x = x0; x < end; x++, p += right, to += c)
                    for (uint32_t b = 0; b < c; b++) to[b] = p[b];
            }
    return out;
}
