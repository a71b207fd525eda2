/* fingerprint/parts_space.h - the scale space local features are found in.  Private to fingerprint. */
#ifndef FAIR_PARTS_SPACE_H
#define FAIR_PARTS_SPACE_H
#include "fingerprint/parts.h"

#define FAIR_SPACE_STEPS 3                        /* blobs are sought at so many sizes an octave */
#define FAIR_SPACE_LEVELS (2 * FAIR_SPACE_STEPS + 3)      /* of the first grid, the most there are */
#define FAIR_SPACE_GRIDS 6
#define FAIR_SPACE_SIGMA .8f                      /* the blur of the first level, pixels */

/* One blurred picture; values are grey x 64.  Row y begins at data + (y & keep) * stride: of a layer that is kept whole
 * `keep` has all bits, of others only the rows last made are there. */
struct fair_layer { int32_t width, height, keep; size_t stride; int16_t *data; };

/* Grid 0 has the picture's own pixels and two octaves of sizes; each next one half as many pixels each way and the
 * octave that follows.  Its first level is as blurred as level `steps` of the one before.  The levels that blobs lie in, 1 to
 * `steps`, are whole; the others were needed while these were made. */
struct fair_grid_levels { unsigned steps, levels; struct fair_layer level[FAIR_SPACE_LEVELS]; };
struct fair_space {
    unsigned n;
    struct fair_grid_levels grid[FAIR_SPACE_GRIDS];
    int16_t *block;
};

/* A blob: place in its grid's pixels; its blur is FAIR_SPACE_SIGMA 2^(step / FAIR_SPACE_STEPS) of the picture's pixels, nearest to
 * that of `level`; size of the response in grey x 64. */
struct fair_spot { float x, y, step, response; uint16_t grid, level; };

/* The scale space of `norm`, and in `spots` the blobs in it with a response of at least `contrast`; *n of them, up to
 * `room`. */
struct fair_space *fair_space_new(const struct fair_image *norm, int16_t contrast, struct fair_spot *spots, size_t room, size_t *n);
void fair_space_free(struct fair_space **s);

#endif
