/* web/session_private.h - what signing in and its second factor share. */
#ifndef FAIR_WEB_SESSION_PRIVATE_H
#define FAIR_WEB_SESSION_PRIVATE_H
#include "web/web_private.h"

/* *braked becomes true after five failures of `who` within a quarter of an hour; it is never set to false. */
fair_status fair_sign_in_braked(const struct fair_request *rq, fair_str who, bool *braked, struct fair_err *err) FAIR_MUST_CHECK;
/* The session of rq->half, whose second factor was shown, becomes a whole one. */
fair_status fair_session_whole(struct fair_request *rq, struct fair_reply *re, struct fair_err *err) FAIR_MUST_CHECK;
/* End every other session and token of the account; this one begins anew. */
fair_status fair_session_others_end(struct fair_request *rq, struct fair_reply *re, struct fair_err *err) FAIR_MUST_CHECK;
/* Must the password be given once more?  Not within an hour of a sign-in by link. */
bool fair_session_old_needed(const struct fair_request *rq);
/* The field `password` where it must: *right, or *braked after too many wrong ones. */
fair_status fair_session_password_again(struct fair_request *rq, bool *right, bool *braked, struct fair_err *err) FAIR_MUST_CHECK;

enum fair_checked { FAIR_CHECKED_FITS, FAIR_CHECKED_WRONG, FAIR_CHECKED_BRAKED };
/* Is it a code of the factor, of the device or for recovery?  One that fits is used up, one that does not is counted. */
fair_status fair_factor_check(const struct fair_request *rq, const struct fair_desk *d, const struct fair_factor *f, fair_str typed,
                              enum fair_checked *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
