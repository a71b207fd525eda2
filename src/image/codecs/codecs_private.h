/* image/codecs/codecs_private.h - what the readers of single formats share. */
#ifndef FAIR_CODECS_PRIVATE_H
#define FAIR_CODECS_PRIVATE_H
#include <string.h>
#include "image/codecs/codecs.h"

/* One call of fair_picture_decode, handed to the reader of the format. */
struct fair_decode {
    const uint8_t *bytes;
    size_t n;
    const struct fair_image_limits *limits;
    uint32_t wish_side, channels;
    struct fair_picture *info;        /* the reader fills it as it learns        */
    struct fair_image *image;         /* the reader's result, not yet turned     */
    struct fair_err *err;
};

typedef fair_status fair_decode_fn(struct fair_decode *d);
fair_decode_fn fair_decode_jpeg, fair_decode_png, fair_decode_gif, fair_decode_bmp, fair_decode_ico, fair_decode_raw;

/* Bounds first, turning last: the frame around a reader, the same in both libraries. */
fair_status fair_decode_run(fair_decode_fn *read, enum fair_format format, const void *bytes, size_t n,
                            const struct fair_image_limits *limits, uint32_t wish_side, uint32_t channels,
                            struct fair_image **out, struct fair_picture *info, struct fair_err *err);

/* Notes the file's own size and holds it against the limits; to be called before anything is allocated for pixels. */
fair_status fair_decode_size(struct fair_decode *d, uint64_t width, uint64_t height) FAIR_MUST_CHECK;
/* May we take so many bytes for pixels or coefficients? */
fair_status fair_decode_memory(const struct fair_decode *d, uint64_t bytes) FAIR_MUST_CHECK;

static inline uint32_t fair_le16(const uint8_t *p) { return p[0] | (uint32_t)p[1] << 8; }
static inline uint32_t fair_le32(const uint8_t *p) { return fair_le16(p) | fair_le16(p + 2) << 16; }
static inline uint32_t fair_be16(const uint8_t *p) { return (uint32_t)p[0] << 8 | p[1]; }
static inline uint32_t fair_be32(const uint8_t *p) { return fair_be16(p) << 16 | fair_be16(p + 2); }

/* The orientation in a TIFF structure (an EXIF block after "Exif\0\0", an eXIf
 * chunk): tag 274 of the first directory, 1..8; 0 where there is none. */
int fair_exif_orientation(const uint8_t *tiff, size_t n);

/* A TIFF file that is a camera's raw picture, by what its directories say. */
bool fair_tiff_is_raw(const uint8_t *tiff, size_t n);

/* --- the canvas: pixels come in by rows, in any order, and a picture near the
 * wished size goes out, by averaging squares of `step` x `step` pixels.  What
 * never came stays white. */
enum fair_pixels { FAIR_PX_GREY = 1, FAIR_PX_GREY_ALPHA, FAIR_PX_RGB, FAIR_PX_RGBA };   /* = bytes a pixel */

struct fair_canvas {
    uint32_t width, height, channels, step;
    struct fair_image *image;
    uint32_t *sum;            /* step > 1: per value of the image            */
    uint32_t *count;          /* step > 1: per pixel of the image            */
    uint8_t *line;            /* a row in the image's channels               */
};

fair_status fair_canvas_begin(struct fair_canvas *c, const struct fair_decode *d, uint32_t width, uint32_t height) FAIR_MUST_CHECK;
/* n pixels: the first at (x, y), each next one `apart` to the right.  Pixels outside are left out. */
void fair_canvas_put(struct fair_canvas *c, uint32_t x, uint32_t y, uint32_t apart, const uint8_t *px, uint32_t n,
                     enum fair_pixels kind);
/* Let each pixel just put at (x, y), `apart` from the next, stand for `wide` x `high` pixels until better ones
 * come: an interlaced picture that breaks off.  Needs nothing where squares are averaged. */
void fair_canvas_spread(struct fair_canvas *c, uint32_t x, uint32_t y, uint32_t apart, uint32_t wide, uint32_t high);
/* The finished picture; lets the rest go. */
struct fair_image *fair_canvas_end(struct fair_canvas *c);
void fair_canvas_free(struct fair_canvas *c);

#endif
