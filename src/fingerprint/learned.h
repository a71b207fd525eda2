/* fingerprint/learned.h - sixty-four numbers for a whole picture, from a small net that was taught what editing does.
 *
 * The net is a chain of depthwise separable convolutions (Howard et al., "MobileNets", 2017) over the grey picture drawn together to
 * 64 x 64, trained by tools/train-descriptor so that a copy's numbers lie near its work's and all else far off (Pizzi et al., "A
 * Self-Supervised Descriptor for Image Copy Detection", 2022).  Weights and activations are 8-bit integers, run by XNNPACK; the mean over the place, the last layer and
 * the scaling are ours, in one order: the same pixels give the same bits on every machine.  Pictures turned by quarters or mirrored get near the same numbers. */
#ifndef FAIR_LEARNED_H
#define FAIR_LEARNED_H
#include <stdbool.h>
#include <stdint.h>
#include "image/image.h"

#define FAIR_LEARNED 64       /* numbers of a descriptor */

/* Set the net up, once for the process; before confinement, for it looks at what the processor can do.  Dies where the
 * weights built into the program are not what they should be or XNNPACK cannot run at all. */
void fair_learned_ready(void);
/* The descriptor of the luma picture `grey` (1 channel) of any size; all zero for a picture too plain to have one, and
 * such a one is near nothing. */
void fair_learned_take(const struct fair_image *grey, int8_t out[FAIR_LEARNED]);
/* How near two descriptors are: their cosine, -1..1; 0 if either is all zero. */
float fair_learned_near(const int8_t a[FAIR_LEARNED], const int8_t b[FAIR_LEARNED]);

#endif
