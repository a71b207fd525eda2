/* image/codecs/jpeg_private.h - what the two ways of reading a JPEG share. */
#ifndef FAIR_JPEG_PRIVATE_H
#define FAIR_JPEG_PRIVATE_H
#include <stdio.h>
#include "image/image.h"
#include <jpeglib.h>

/* The luma that libjpeg gives at j's scale of 1/1, 1/2, 1/4 or 1/8 (its slow and exact cosine transform), without decoding chroma, and at 1/8 from the
 * scan's DC coefficients alone.
 *
 * `j`: after jpeg_read_header, scale and output chosen; nothing of it is changed.  data, n: the file from behind the first scan's
 * header on.  out: grey, j's output size.  False, with `out` undefined, for whatever is not a faultless sequential Huffman
 * scan of all components with 8 bits in luma and chroma, or grey: then libjpeg must read it. */
bool fair_jpeg_luma(const struct jpeg_decompress_struct *j, const uint8_t *data, size_t n, struct fair_image *out);

#endif
