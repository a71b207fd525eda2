/* work/match.h - is this picture one of ours?  One decoded picture against the catalogue. */
#ifndef FAIR_WORK_MATCH_H
#define FAIR_WORK_MATCH_H
#include "work/house.h"

/* What has to be asked of the decoders for a picture that is to be matched. */
#define FAIR_MATCH_WANTS (FAIR_WANT_QUERY | FAIR_WANT_GREY)

/* Search the desk's catalogue.  `fp` is the query's fingerprint; `grey` its normalised grey picture, or
 * NULL (a picture seen before, of which only the fingerprint was kept: the pixel stage is left out).
 * Works' proofs are read from the vault and decoded by a helper of their own, so that this may
 * be called while h->decoders is busy.  fair_house_index must have been called.
 * *out lies in `a`, best first; `off` leaves stages out. */
fair_status fair_house_match(struct fair_house *h, const struct fair_fingerprint *fp, const struct fair_image *grey, unsigned off,
                             struct fair_arena *a, struct fair_matches *out, struct fair_err *err) FAIR_MUST_CHECK;

/* Glances of FAIR_WANT_GLANCE against the catalogue: which pictures are worth being decoded and matched?  fair_house_index must have been called. */
fair_status fair_house_glances(struct fair_house *h, const struct fair_glance *g, size_t n, bool *look, struct fair_err *err) FAIR_MUST_CHECK;

/* What became of the colours of a match with work m->work: fills m->done.colours from `found`, a colour picture of the copy (FAIR_WANT_TINT),
 * and the work's preview, which is decoded for it.  Where there is none, or it cannot be read, nothing is told. */
fair_status fair_house_colours(struct fair_house *h, struct fair_match *m, const struct fair_tint *found, struct fair_err *err) FAIR_MUST_CHECK;

/* "none", or "too_plain" where the picture holds too little to be told apart: a whole hash that means little, and hardly a spot. */
enum fair_verdict fair_match_empty(const struct fair_fingerprint *fp);

#endif
