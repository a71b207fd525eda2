/* index/frames.h - the rectangles of a picture that may hold other pictures: a page's, a grid's, a letterboxed one.  Private to index. */
#ifndef FAIR_FRAMES_H
#define FAIR_FRAMES_H
#include "image/image.h"

#define FAIR_FRAMES 40        /* the most that are told: a page of thumbnails has as many */

/* x0 <= x < x1, y0 <= y < y1, pixels; edges: the share of its four sides along which there is an edge, .7 to 1; free: the share of
 * what lies just outside that is plain. */
struct fair_frame { int32_t x0, y0, x1, y1; float edges, free; };

/* Find the upright rectangles in the luma picture `grey` (1 channel) that have an edge along most of each side, the picture's own
 * borders counting for up to two of them, and something of a picture inside; the likeliest first; how many.  Sides are at least
 * FAIR_FRAME_LEAST pixels; the whole picture is none of them. */
#define FAIR_FRAME_LEAST 32
size_t fair_frames_find(const struct fair_image *grey, struct fair_frame out[FAIR_FRAMES]);

#endif
