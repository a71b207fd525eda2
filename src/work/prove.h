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

/* The same for every work that nobody has looked at yet, and for deposits that were not checked: what follows from registering.
 * Begins behind the work *after (0: with the first), which it moves on.  `stopped` may be NULL.  A work that cannot be looked at is logged and stays so.  FAIR_AGAIN: stopped. */
fair_status fair_house_prove_rest(struct fair_house *h, fair_id *after, bool (*stopped)(void *arg), void *arg, struct fair_err *err) FAIR_MUST_CHECK;
/* Ask for the job "prove" that does it. */
fair_status fair_prove_ask(const struct fair_desk *d, struct fair_err *err) FAIR_MUST_CHECK;

/* What registering works leads to: they wait for one time stamp as a deposit (*waiting works; 0: no service is set), and the job "prove" is
 * asked for.  Called once a run of registering has ended. */
fair_status fair_registered(struct fair_house *h, int64_t *waiting, fair_id *deposit, struct fair_err *err) FAIR_MUST_CHECK;

#endif
