/* image/image_private.h - the kernels of area averaging and luma, seen by their test. */
#ifndef FAIR_IMAGE_PRIVATE_H
#define FAIR_IMAGE_PRIVATE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* acc[i] = (more ? acc[i] : 0) + wa * a[i] + wb * b[i] for i < n.  Weights < 65536. */
typedef void fair_area_add(uint32_t *acc, const uint8_t *a, const uint8_t *b, size_t n, uint32_t wa, uint32_t wb, bool more);

/* y[i] = luma of the RGB pixel i, for i < n (see fair_image_luma). */
typedef void fair_luma_row(uint8_t *y, const uint8_t *rgb, size_t n);

/* The input pixels under one output pixel: the first and the last count with
 * their own weights, those between with `units` each; the weights sum to the
 * input's width. */
struct fair_span {
    uint32_t first, last;
    uint32_t head, tail;      /* of the first and last; tail is 0 where they are the same */
};

/* Eight rows of column sums (each < 2^24, n = pixels * channels of them) to eight rows of output:
 * to[r][x * channels + c] = (weighted sum over the span + area / 2) / area, in integers. */
enum { FAIR_AREA_ROWS = 8 };
struct fair_area_rows {
    uint32_t *acc[FAIR_AREA_ROWS];
    uint32_t *scratch;        /* 8 n */
    size_t n;
    const struct fair_span *spans;
    uint32_t width, channels; /* of the output; spans are one a pixel */
    uint32_t units;
    uint64_t area;
    uint8_t *to[FAIR_AREA_ROWS];
};
typedef void fair_area_across(const struct fair_area_rows *rows);

struct fair_image_kernels {
    const char *name;
    fair_area_add *area_add;
    fair_area_across *area_across;
    fair_luma_row *luma_row;
};

/* [0] is the plain one, which is the meaning of the others; the last that
 * `works` here is in use.  FAIRTRACK_CPU=plain in the environment keeps to [0]. */
const struct fair_image_kernels *fair_image_kernels_all(size_t *n);
const struct fair_image_kernels *fair_image_kernels(void);

#endif
