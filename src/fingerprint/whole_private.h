/* fingerprint/whole_private.h - the ways to a 64 x 64 grid, and from it to the bits of a whole-picture hash. */
#ifndef FAIR_WHOLE_PRIVATE_H
#define FAIR_WHOLE_PRIVATE_H
#include "fingerprint/whole.h"

#define FAIR_PLAN_KEPT 16     /* up to so many taps an output lie in the plan itself */

/* A sparse matrix: output i mixes n_taps[i] values from first[i] on.  All zero: not made yet. */
struct fair_plan {
    uint32_t side, step;      /* what it was made for */
    uint32_t max_taps;        /* the room of each output's weights */
    uint32_t first[FAIR_GRID], n_taps[FAIR_GRID];
    float *weights;
    float kept[FAIR_GRID * FAIR_PLAN_KEPT];
};
/* Room for max_taps weights an output; what was there is lost. */
void fair_plan_room(struct fair_plan *p, uint32_t max_taps);
/* The grid by two products, [across][down], 64-byte aligned. */
void fair_plan_grid(const struct fair_kernels *k, const struct fair_image *grey, const struct fair_plan *across, const struct fair_plan *down, float *grid);

/* grid[down][across], 64-byte aligned, with the rounding of the textbook's passes. */
void fair_whole_grid_exact(const struct fair_kernels *k, const struct fair_image *grey, float *grid);

/* The 16 x 16 coefficients of a grid, aligned: their first index is the grid's first. */
void fair_whole_waves(const struct fair_kernels *k, const float *grid, float *waves);
/* waves: 16 x 16, the first index across.  False where a coefficient other than the median itself is nearer to it than
 * `hair`: then it might as well be on its other side. */
bool fair_whole_turns(const struct fair_kernels *k, const float *waves, float hair, uint64_t turn[FAIR_TURNS][FAIR_WHOLE_WORDS]);
/* Of the gradient's sum. */
uint8_t fair_whole_quality(uint32_t steps);

#endif
