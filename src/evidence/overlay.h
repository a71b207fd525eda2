/* evidence/overlay.h - the work laid over the picture found, as a PNG. */
#ifndef FAIR_EVIDENCE_OVERLAY_H
#define FAIR_EVIDENCE_OVERLAY_H
#include <stdint.h>
#include "base/text.h"

/* A grey picture, 8 bit; `scale`: its pixels per pixel of the original. */
struct fair_overlay_side { uint32_t width, height; size_t stride; const uint8_t *pixels; double scale_x, scale_y; };

/* The picture found in red, the work in green and blue, taken to it by `map` (from the work's original pixels to the found
 * one's): where both agree the result is grey, where they do not it is coloured; where no work lies, the found one is shown
 * darker.  As large as `found`.  FAIR_INVALID: a map that cannot be turned round, or no picture. */
fair_status fair_overlay_rows(const struct fair_overlay_side *found, const struct fair_overlay_side *work, const double map[6], struct fair_arena *a,
                              uint8_t **rgb, struct fair_err *err) FAIR_MUST_CHECK;
/* The same as a PNG; *rgb above: rows without gaps, 3 bytes a pixel. */
fair_status fair_overlay_png(const struct fair_overlay_side *found, const struct fair_overlay_side *work, const double map[6], struct fair_arena *a,
                             fair_str *png, struct fair_err *err) FAIR_MUST_CHECK;

#endif
