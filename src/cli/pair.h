/* cli/pair.h - two pictures matched from their bytes alone, as registering and scanning do it. */
#ifndef FAIR_CLI_PAIR_H
#define FAIR_CLI_PAIR_H
#include "index/index.h"
#include "work/house.h"

struct fair_pair {
    struct fair_decoded work, found, proof;   /* proof: the work's, a JPEG decoded again */
    struct fair_matches m;                    /* at most one                             */
};

/* Decode both in the confined helpers and match `found` against a catalogue of `work` alone.  What the pair holds is let go by
 * fair_pair_free, also after an error; the rest lies in `a`. */
fair_status fair_pair_match(struct fair_decoders *d, fair_str work, fair_str found, struct fair_arena *a, struct fair_pair *out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_pair_free(struct fair_pair *p);

/* A map that was found before: catalogue -> query, pixels of the pictures as shown then, of these sizes. */
struct fair_pair_map { double map[6]; uint32_t width, height, work_width, work_height; };

/* The files that a verb is to draw a pair into, each NULL: not that.  fair_drawing_key: the option's name and the key in JSON. */
struct fair_drawings { const char *file[FAIR_N_DRAWINGS]; };
extern const char *const fair_drawing_key[FAIR_N_DRAWINGS];

/* A matched pair drawn (fair_match_draw) as a PNG; where they do not match now, by the map `otherwise` (may be
 * NULL).  FAIR_NOT_FOUND where there is no map. */
fair_status fair_pair_draw(enum fair_drawing what, const struct fair_pair *p, const struct fair_pair_map *otherwise, struct fair_arena *a, fair_str *png, struct fair_err *err) FAIR_MUST_CHECK;
/* That of a hit of the house's desk: the two previews that are kept, matched anew, and by the hit's own map where they do not match any more.
 * FAIR_NOT_FOUND: one of the two is not kept, or there is no map. */
fair_status fair_pair_hit(enum fair_drawing what, struct fair_house *h, const struct fair_hit *hit, struct fair_arena *a, fair_str *png, struct fair_err *err) FAIR_MUST_CHECK;

#endif
