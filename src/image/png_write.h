/* image/png_write.h - a picture of ours as a file that others read. */
#ifndef FAIR_IMAGE_PNG_WRITE_H
#define FAIR_IMAGE_PNG_WRITE_H
#include "base/text.h"
#include "image/image.h"

/* As a PNG of 8 bits, grey or RGB; the bytes lie in the arena. */
void fair_image_png(const struct fair_image *im, struct fair_arena *a, fair_str *out);

#endif
