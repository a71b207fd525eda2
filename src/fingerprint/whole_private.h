/* fingerprint/whole_private.h - the two ways to the 64 x 64 grid of the whole-picture hash. */
#ifndef FAIR_WHOLE_PRIVATE_H
#define FAIR_WHOLE_PRIVATE_H
#include "fingerprint/whole.h"

/* grid[down][across], 64-byte aligned, with the rounding of the textbook's passes. */
void fair_whole_grid_exact(const struct fair_kernels *k, const struct fair_image *grey, float *grid);

#endif
