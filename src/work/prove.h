/* work/prove.h - looking at what shows that a work is its owner's: the matcher's own checks, and who else registered it. */
#ifndef FAIR_WORK_PROVE_H
#define FAIR_WORK_PROVE_H
#include "store/owner_rows.h"
#include "work/house.h"

/* What the look at one work found. */
struct fair_proving { int64_t rivals, checked, holding; };

/* Ask the matcher, over all organisations, who else registered this picture; look at every proof that the machine can look at
 * and that nobody has looked at yet (raw, full resolution, burst neighbour, content credentials), and write down what was seen.
 * A RAW that lies beside the work becomes a proof by itself, and so do content credentials in its own file. */
fair_status fair_house_prove(struct fair_house *h, fair_id work, struct fair_proving *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
