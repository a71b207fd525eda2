/* store/privacy_rows.h - forgetting people at their time: what is due, what holds it, what was done.
 *
 * Periods are share/cases/retention.tsv (cases/cases.h).  Forgetting drops what people said, where they are and how they are reached;
 * that something was decided, when, and by whom of ours stays, the chains still hold, and what must be known again is kept by keyed
 * hashes (never_again.c). */
#ifndef FAIR_STORE_PRIVACY_ROWS_H
#define FAIR_STORE_PRIVACY_ROWS_H
#include "cases/cases.h"
#include "store/store.h"

/* ---- legal holds -------------------------------------------------------------------------------------------------- */
struct fair_hold { fair_id id, case_id, user; fair_str why, user_name; fair_time at, until, ended; fair_id ended_by; fair_str ended_why; };
/* FAIR_INVALID: no reason, or an end that is not later than now.  FAIR_NOT_FOUND: no such case.  FAIR_REFUSED: it was forgotten already. */
fair_status fair_store_hold_put(const struct fair_desk *d, struct fair_hold *x, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_hold_end(const struct fair_desk *d, fair_id id, fair_str why, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* Those in force at `now`, or all; oldest first. */
fair_status fair_store_holds(const struct fair_desk *d, fair_time now, bool all, FAIR_EACH(fair_hold), struct fair_err *err) FAIR_MUST_CHECK;

/* ---- what is due ---------------------------------------------------------------------------------------------------- */
/* One case, one hit, one mail; or, with subject 0, `n` rows of a kind that nobody is looked up by. */
struct fair_due {
    enum fair_keep rule;
    fair_id subject;
    fair_str what;            /* for people: "case with example.com"                 */
    int64_t n;
    fair_time at;             /* since when                                          */
    fair_str held;            /* why it is kept all the same; absent: it goes         */
    fair_time held_until;
};
/* What would go at `now`.  A damaged case is told as held: doctor says more.  At most a thousand of a kind; the next walk finds the rest. */
fair_status fair_store_due(const struct fair_desk *d, fair_time now, FAIR_EACH(fair_due), struct fair_err *err) FAIR_MUST_CHECK;

/* ---- forgetting ------------------------------------------------------------------------------------------------------- */
/* FAIR_REFUSED: the case is open, or under a legal hold. */
fair_status fair_store_may_forget(const struct fair_desk *d, fair_id case_id, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* First the blobs that nothing else refers to: the caller erases (`stone`) or drops each.  Then the codes of its notices, for the portal. */
fair_status fair_store_forget_blobs(const struct fair_desk *d, enum fair_keep rule, fair_id subject,
                                    fair_status (*each)(void *arg, const struct fair_sha256 *key, bool stone, struct fair_err *err), void *arg, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_forget_codes(const struct fair_desk *d, fair_id case_id, fair_status (*each)(void *arg, fair_str code, struct fair_err *err), void *arg,
                                    struct fair_err *err) FAIR_MUST_CHECK;
/* Then the rows, as one, written down as done: `why` is the rule's name, or "erasure".  Whether it is due is not asked again, but
 * FAIR_REFUSED for an open case and for one under a legal hold.  *rows: how many. */
fair_status fair_store_forget(const struct fair_desk *d, enum fair_keep rule, fair_id subject, const char *why, int64_t blobs, fair_time now, int64_t *rows,
                              struct fair_err *err) FAIR_MUST_CHECK;

struct fair_forgotten { fair_id id, subject, user; fair_str rule, user_name; int64_t rows, blobs; fair_time at; };
/* Newest first. */
fair_status fair_store_forgotten(const struct fair_desk *d, struct fair_page page, FAIR_EACH(fair_forgotten), struct fair_err *err) FAIR_MUST_CHECK;

#endif
