/* index/verify.h - a second opinion on a pair laid on each other.  Private to index. */
#ifndef FAIR_VERIFY_H
#define FAIR_VERIFY_H
#include <stdbool.h>
#include <stdint.h>

#define FAIR_PAIR 80          /* samples along a side of a pair laid on each other, margins and all */
#define FAIR_PAIR_MARGIN 8    /* of these, at each side, beyond the overlap                         */

/* How likely one of two pictures laid on each other (fair_pixels_pair: FAIR_PAIR squared greys of each, row by row, NAN where it has none) was made of the
 * other by editing, as against another shot, another thing, or chance: *odds, the logarithm of what the net takes for the odds, of pairs as they were in training.
 * False where hardly any of the two lies on each other.  The same greys give the same bits on every machine. */
bool fair_verify(const float *work, const float *query, float *odds);

/* What the net is shown of the pair: FAIR_VERIFY_CHANNELS bytes a sample, in 32nds: both pictures, brought to mean 0 and deviation 1 where they lie on each
 * other; where each is there; how they, and how their slopes, go together about each sample. */
#define FAIR_VERIFY_CHANNELS 6
#define FAIR_VERIFY_IN (FAIR_PAIR * FAIR_PAIR * FAIR_VERIFY_CHANNELS)
bool fair_verify_show(const float *work, const float *query, int8_t in[FAIR_VERIFY_IN]);

#endif
