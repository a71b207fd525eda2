/* index/verify.h - a second opinion on a pair laid on each other.  Private to index. */
#ifndef FAIR_VERIFY_H
#define FAIR_VERIFY_H
#include <stdbool.h>
#include <stdint.h>

#define FAIR_PAIR 160         /* samples along a side of a pair laid on each other, margins and all */
#define FAIR_PAIR_MARGIN 16   /* of these, at each side, beyond the overlap                         */

/* How likely one of two pictures laid on each other (fair_pixels_pair: FAIR_PAIR squared greys of each, row by row, NAN where it has none) was made of the
 * other by editing, as against another shot, another thing, or chance: *odds, the logarithm of what the net takes for the odds, of pairs as they were in training.
 * False where hardly any of the two lies on each other.  The same greys give the same bits on every machine. */
bool fair_verify(const float *work, const float *query, float *odds);

/* What the net is shown of the pair: a square of half as many samples a side, each the mean of four, of FAIR_VERIFY_CHANNELS bytes, in 32nds: both pictures, brought to
 * mean 0 and deviation 1 where they lie on each other; where each is there; how they go together about each sample; what is left of the query once the work is given its
 * tones; how they would go together were the query two samples further to the left, right, up and down; how their slopes go together; and how they do at all the samples. */
#define FAIR_VERIFY_SIDE 80
#define FAIR_VERIFY_CHANNELS 12
#define FAIR_VERIFY_STEPS 32
#define FAIR_VERIFY_IN (FAIR_VERIFY_SIDE * FAIR_VERIFY_SIDE * FAIR_VERIFY_CHANNELS)
bool fair_verify_show(const float *work, const float *query, int8_t in[FAIR_VERIFY_IN]);

#endif
