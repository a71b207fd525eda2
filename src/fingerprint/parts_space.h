/* fingerprint/parts_space.h - the scale space local features are found in.  Private to fingerprint. */
#ifndef FAIR_PARTS_SPACE_H
#define FAIR_PARTS_SPACE_H
#include "fingerprint/parts.h"

#define FAIR_SPACE_STEPS 3                        /* blobs are sought at so many sizes an octave */
#define FAIR_SPACE_LEVELS (FAIR_SPACE_STEPS + 3)
#define FAIR_SPACE_OCTAVES 7
#define FAIR_SPACE_SIGMA 1.6f                     /* the blur of an octave's first level, its own pixels */

/* One blurred picture; values are grey x 64.  Row y begins at data + y * stride. */
struct fair_layer { int32_t width, height; size_t stride; int16_t *data; };

/* Octave 0 is the picture at twice its size, each next one half the one before. */
struct fair_space {
    unsigned octaves;
    struct fair_layer level[FAIR_SPACE_OCTAVES][FAIR_SPACE_LEVELS];
    int16_t *block;
};

/* A blob: place in its octave's pixels, step within the octave, size of the response in grey x 64. */
struct fair_spot { float x, y, step, response; uint16_t octave, level; };

/* The scale space of `norm`, and in `spots` the blobs in it with a response of at least `contrast`; *n of them, up to
 * `room`. */
struct fair_space *fair_space_new(const struct fair_image *norm, int16_t contrast, struct fair_spot *spots, size_t room, size_t *n);
void fair_space_free(struct fair_space **s);

#endif
