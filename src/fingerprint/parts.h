/* fingerprint/parts.h - local features: the distinctive spots of a normalised grey picture.
 * Private to the rooms fingerprint and index.
 *
 * A part is a scale-space blob (an extremum of differences of Gaussians), turned to the main direction of its
 * surroundings and described by 4 x 4 cells of 8 gradient directions, each direction's weight written in two bits
 * (over the median, over the upper quartile of its own descriptor).  A picture mirrored or negated permutes the
 * bits of its codes, so these need no second extraction: fair_part_code_turn. */
#ifndef FAIR_PARTS_H
#define FAIR_PARTS_H
#include <stdint.h>
#include "base/mem.h"
#include "fingerprint/fingerprint.h"
#include "image/image.h"

#define FAIR_PARTS_CATALOGUE 120   /* the most a work keeps  */
#define FAIR_PARTS_QUERY 1000      /* the most a query keeps */

/* The parts of `norm` (1 channel, both sides at most FAIR_SIDE), spread over it, the strongest first, `most` (at least 1) at most: fewer are the first
 * ones of more, except of a work, where the number decides which are looked for again in its copies.
 * *v lies in the arena; none are found in a flat picture (*n = 0).  The same pixels give the same bits
 * on every machine and with every kernel. */
void fair_parts_take(const struct fair_image *norm, enum fair_purpose purpose, uint32_t most, struct fair_arena *a,
                     struct fair_part **v, uint32_t *n);

/* What a code becomes when the picture is mirrored and / or negated. */
enum fair_code_turn { FAIR_CODE_MIRRORED = 1, FAIR_CODE_NEGATED = 2 };
void fair_part_code_turn(const uint64_t code[4], unsigned turn, uint64_t out[4]);

/* Cosine and sine of an angle, -pi .. pi, within 1e-5 and with the same bits everywhere. */
void fair_part_way(float angle, float *c, float *s);

#endif
