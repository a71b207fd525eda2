/* work/privacy.h - forgetting people: rows, vault and portal together. */
#ifndef FAIR_WORK_PRIVACY_H
#define FAIR_WORK_PRIVACY_H
#include "store/privacy_rows.h"
#include "work/house.h"

/* Forget one case, hit or mail, or the old rows of a kind: first the page on the portal, then blobs (letters, answers, mails and sealed packages
 * leave a stone with `why`), then rows.  A kill between any two steps is made good by the same call again.
 *
 *   FAIR_REFUSED  the case is open or under a legal hold
 *   FAIR_AGAIN    an answer waits on the portal: it is to be taken first */
struct fair_forget_sum { int64_t rows, blobs; };
fair_status fair_privacy_forget(struct fair_house *h, enum fair_keep rule, fair_id subject, const char *why, fair_time now, struct fair_forget_sum *sum, struct fair_err *err) FAIR_MUST_CHECK;

/* The retention job, for the desk's organisation: everything that is due and not held.  `told` (may be NULL) hears of each: `sum` NULL: it stays,
 * and x->held says why.  What cannot be forgotten now is told and left to the next time. */
struct fair_keep_sum { int64_t forgotten, held, failed; };
fair_status fair_privacy_keep(struct fair_house *h, fair_time now, void (*told)(void *arg, const struct fair_due *x, const struct fair_forget_sum *sum), void *arg,
                              struct fair_keep_sum *sum, struct fair_err *err) FAIR_MUST_CHECK;
/* The same for every organisation, told to the log alone: what the worker does by itself. */
fair_status fair_privacy_keep_all(struct fair_house *h, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;

#endif
