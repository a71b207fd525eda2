/* image/codecs/jpeg_idct.h - the inverse cosine transforms of libjpeg at 1/1, 1/2 and 1/4, bit for bit.
 *
 * Those of T. Lane's jidctint.c and jidctred.c (Loeffler, Ligtenberg, Moschytz 1989, in integers of 13 bits; columns, then rows), which
 * libjpeg-turbo's vector code equals as long as nothing is cut off on the way.  Whether something would be, is told. */
#ifndef FAIR_JPEG_IDCT_H
#define FAIR_JPEG_IDCT_H
#include <stddef.h>
#include <stdint.h>

/* What a block's coefficients, multiplied out, may sum up to in size: no sum of theirs can then overflow. */
#define FAIR_IDCT_MOST 8000

struct fair_idct_kernels {
    const char *name;
    /* `block`, `quant`: 64 coefficients and what they are multiplied with (1 to 255), row by row.  Writes 8 x 8, 4 x 4 or 2 x 2 pixels, rows `stride` apart.  Returns 0, or another
     * number where the values would not fit what libjpeg keeps them in: then the pixels mean nothing. */
    uint32_t (*to_8)(const int16_t block[64], const int16_t quant[64], uint8_t *to, size_t stride);
    uint32_t (*to_4)(const int16_t block[64], const int16_t quant[64], uint8_t *to, size_t stride);
    uint32_t (*to_2)(const int16_t block[64], const int16_t quant[64], uint8_t *to, size_t stride);
};

/* [0] is plain; *n of them work here. */
const struct fair_idct_kernels *fair_idct_kernels_all(size_t *n);
/* The best here; FAIRTRACK_CPU=plain in the environment keeps to [0]. */
const struct fair_idct_kernels *fair_idct_kernels(void);

#endif
