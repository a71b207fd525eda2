/* image/codecs/bench_opencv.h - OpenCV's decoding, for bench_decode to measure ours against. */
#ifndef FAIR_BENCH_OPENCV_H
#define FAIR_BENCH_OPENCV_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/* A JPEG as its users read it: imdecode in colour, cvtColor to grey, resize by INTER_AREA so that the longer side is `side`
 * (never enlarged); on one thread.  `grey` (side * side bytes) gets its rows without a gap, *width and *height its size.
 * reduced: imdecode's own reading of a grey picture at a half, quarter or eighth, the smallest that is not below `side`, then
 * resize: its fastest way.  Returns 0 when it could not be read. */
int fair_opencv_luma(const uint8_t *jpeg, size_t n, unsigned side, int reduced, uint8_t *grey, unsigned *width, unsigned *height);

#ifdef __cplusplus
}
#endif
#endif
