/* work/recheck.h - is what was sealed still what was sealed?  Asked before a letter leaves, and written down each time. */
#ifndef FAIR_WORK_RECHECK_H
#define FAIR_WORK_RECHECK_H
#include "store/case_rows.h"
#include "store/package_rows.h"
#include "work/house.h"

/* How old the last look may be where a page or a verb only shows how a case stands; before a move or a letter it is always done anew. */
#define FAIR_RECHECK_SHOWN (12 * FAIR_HOUR)

/* Read a sealed package from the vault, make the file that a stranger would get, and put it to our own verifier
 * (evidence/verify.h) with the roots of the settings and the installation's own key.  It must be the package that its row
 * names, of the hit that its row names and of that hit's page.  What was found becomes a row, whether it holds or not.
 *   FAIR_AGAIN   it is not sealed yet: no row
 *   FAIR_IO ...  it could not be looked at (no notary, no roots): no row, for that says nothing of the package */
fair_status fair_package_recheck(struct fair_house *h, fair_id package, fair_time now, struct fair_package_check *out, struct fair_err *err) FAIR_MUST_CHECK;

/* The packages that prove the uses of a case, as far as they were last looked at before `since`.  One that cannot be looked at is
 * logged and left: then the gate says that it was not verified. */
fair_status fair_case_recheck(struct fair_house *h, fair_id case_id, fair_time since, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;

/* fair_store_case_move, with the evidence looked at first where the move asks for it (G5); a claim that is refused because the use was not
 * seen lately asks for a look at its page. */
fair_status fair_case_move(struct fair_house *h, const struct fair_case_act *x, struct fair_ruling *ruling, int64_t *version, struct fair_err *err) FAIR_MUST_CHECK;

#endif
