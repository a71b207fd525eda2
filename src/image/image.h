/* image/image.h - a decoded picture. */
#ifndef FAIR_IMAGE_H
#define FAIR_IMAGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

/* Pixels as the rest of the house sees them: 8 bit, upright (orientation
 * applied), sRGB, first frame of an animation, alpha laid on white.
 * Row y begins at data + y * stride; a pixel is `channels` bytes. */
struct fair_image {
    uint32_t width, height;   /* pixels, both >= 1                        */
    uint32_t channels;        /* 1 = luma, 3 = R G B                      */
    size_t stride;            /* bytes, a multiple of 64, >= width * channels */
    uint8_t *data;            /* 64-byte aligned                          */
};

/* A picture of undefined pixels; sizes must have met their limits before. */
struct fair_image *fair_image_new(uint32_t width, uint32_t height, uint32_t channels);
void fair_image_free(struct fair_image **image);

static inline uint8_t *
fair_image_row(const struct fair_image *im, uint32_t y)
{
    return im->data + (size_t)y * im->stride;
}

/* Luma by ITU-R BT.601 in integers: (77 R + 150 G + 29 B + 128) >> 8, which is
 * libjpeg's Y for a grey picture and near it for others.  A grey picture is copied. */
struct fair_image *fair_image_luma(const struct fair_image *in);

/* Shrink by exact area averaging so that the longer side is at most `side`
 * pixels (each side >= 1).  A picture that is small enough is copied. */
struct fair_image *fair_image_shrink(const struct fair_image *in, uint32_t side);

/* Exact area averaging to exactly width x height (both at most the input's). */
struct fair_image *fair_image_area(const struct fair_image *in, uint32_t width, uint32_t height);

/* Turn by an EXIF orientation 1..8 (TIFF 6.0 tag 274): the result is upright. */
struct fair_image *fair_image_orient(const struct fair_image *in, int orientation);

#endif
