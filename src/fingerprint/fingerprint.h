/* fingerprint/fingerprint.h - what we remember of a picture, and how alike two of them are.
 * Nothing here reads files, clocks or databases. */
#ifndef FAIR_FINGERPRINT_H
#define FAIR_FINGERPRINT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/text.h"
#include "image/image.h"

#define FAIR_SCHEME 4         /* the scheme in use; a change of what is taken gets a new number */
#define FAIR_WHOLE_WORDS 4    /* 256 bits for the whole picture */
#define FAIR_TURNS 8          /* the dihedral group: as it is, 90, 180, 270, and mirrored */
#define FAIR_SIDE 512         /* the longer side of the normalised grey picture ("proof") */

/* One distinctive spot.  Coordinates are pixels of the normalised picture. */
struct fair_part {
    float x, y;
    float size;               /* of the spot, pixels of the normalised picture   */
    float angle;              /* radians, -pi..pi                                */
    uint64_t code[4];
};

/* A fingerprint belongs to a scheme.  Only fingerprints of one scheme may be
 * compared; a better scheme gets a new number and the old ones are retaken
 * from the originals, never converted. */
struct fair_fingerprint {
    uint16_t scheme;
    uint8_t quality;          /* PDQ's, 0..100; under 50 the whole hash means little */
    uint32_t width, height;   /* of the picture as shown, pixels                     */
    uint32_t norm_width, norm_height;   /* of the normalised picture the parts lie in */
    uint64_t whole[FAIR_TURNS][FAIR_WHOLE_WORDS];   /* [0] as it is                  */
    uint8_t glance_quality;   /* the same of the hash of exact areas (glance.h)      */
    uint64_t glance[FAIR_TURNS][FAIR_WHOLE_WORDS];
    uint32_t n_parts;
    const struct fair_part *parts;      /* in the arena it was taken with            */
};

enum fair_purpose { FAIR_FOR_CATALOGUE, FAIR_FOR_QUERY };   /* a query keeps more parts */

/* Take the fingerprint of the luma picture `grey` (1 channel, normalised or
 * larger: it is shrunk to FAIR_SIDE here) of a picture that is width x height as shown.  The
 * same pixels give the same bits on every machine and with every kernel. */
void fair_fingerprint_take(const struct fair_image *grey, uint32_t width, uint32_t height, enum fair_purpose purpose,
                           struct fair_arena *a, struct fair_fingerprint *out);

/* As bytes, little-endian, for messages and rows; at most FAIR_FINGERPRINT_MAX. */
#define FAIR_FINGERPRINT_MAX (128 * 1024)
fair_str fair_fingerprint_pack(const struct fair_fingerprint *fp, struct fair_arena *a);
/* Believes nothing: FAIR_CORRUPT unless every count and number is in its bounds. */
fair_status fair_fingerprint_unpack(fair_str bytes, struct fair_arena *a, struct fair_fingerprint *out,
                                    struct fair_err *err) FAIR_MUST_CHECK;

#endif
