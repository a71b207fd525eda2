/* browser/png_join.h - screenshots of the parts of a page, laid under each other as one PNG. */
#ifndef FAIR_BROWSER_PNG_JOIN_H
#define FAIR_BROWSER_PNG_JOIN_H
#include <stdint.h>
#include "base/text.h"

#define FAIR_PNG_WIDTH 8192
#define FAIR_PNG_HEIGHT 65536
#define FAIR_PNG_PIXELS ((uint64_t)160 << 20)

struct fair_png_note { const char *keyword; fair_str text; };     /* a tEXt chunk: Latin-1 keyword of 1..79 bytes, printable text */

/* Width and height as the header says.  FAIR_CORRUPT: no PNG as a browser writes it (8 bits, RGB or RGBA, not interlaced). */
fair_status fair_png_size(fair_str png, uint32_t *width, uint32_t *height, struct fair_err *err) FAIR_MUST_CHECK;

/* Join `n` PNGs of one width; the result (RGB; what was see-through stands on white) is in the arena.
 * The readers' own bounds are above.  PNG (ISO/IEC 15948), clauses 5 to 11.
 *   FAIR_INVALID  the widths differ, or there is none
 *   FAIR_CORRUPT  a part breaks off, has a wrong checksum or lies about its size
 *   FAIR_LIMIT    larger than the bounds */
fair_status fair_png_join(struct fair_arena *a, const fair_str *parts, size_t n, const struct fair_png_note *notes, size_t n_notes, fair_str *out,
                          struct fair_err *err) FAIR_MUST_CHECK;

#endif
