/* image/codecs/vips_private.h - the parts of codecs_vips. */
#ifndef FAIR_VIPS_PRIVATE_H
#define FAIR_VIPS_PRIVATE_H
#include "image/codecs/codecs_private.h"

fair_decode_fn fair_decode_by_vips;

/* What there is of a still WebP that libvips, which wants it whole, gave up.
 * FAIR_CORRUPT leaves the words as they were. */
fair_decode_fn fair_decode_webp_part;

/* Decode a small picture of each format, so that whatever the libraries load or
 * make at first use is there before the process is confined. */
fair_status fair_vips_warm(struct fair_err *err) FAIR_MUST_CHECK;

#endif
