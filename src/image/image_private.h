/* image/image_private.h - the kernels of area averaging, seen by their test. */
#ifndef FAIR_IMAGE_PRIVATE_H
#define FAIR_IMAGE_PRIVATE_H
#include <stddef.h>
#include <stdint.h>

/* acc[i] += weight * row[i] for i < n.  `weight` < 65536. */
typedef void fair_area_add(uint32_t *acc, const uint8_t *row, size_t n, uint32_t weight);

/* y[i] = luma of the RGB pixel i, for i < n (see fair_image_luma). */
typedef void fair_luma_row(uint8_t *y, const uint8_t *rgb, size_t n);

struct fair_image_kernels {
    const char *name;
    fair_area_add *area_add;
    fair_luma_row *luma_row;
};

/* [0] is the plain one, which is the meaning of the others; the last that
 * `works` here is in use.  FAIRTRACK_CPU=plain in the environment keeps to [0]. */
const struct fair_image_kernels *fair_image_kernels_all(size_t *n);
const struct fair_image_kernels *fair_image_kernels(void);

#endif
