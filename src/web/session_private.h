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

/* The secrets of second factors are sealed with the installation's key (factor_seal.c); false: not with this key, or for another account. */
fair_str fair_factor_seal(const uint8_t key[32], const struct fair_desk *d, fair_id user, fair_str secret, struct fair_arena *a);
bool fair_factor_unseal(const uint8_t key[32], const struct fair_desk *d, fair_id user, fair_str sealed, struct fair_arena *a, fair_str *secret);
/* fair_store_factor_get with the secret opened.  FAIR_CORRUPT: it cannot be. */
fair_status fair_factor_get(const struct fair_request *rq, const struct fair_desk *d, fair_id user, struct fair_factor *out, struct fair_err *err) FAIR_MUST_CHECK;
/* Seal what a version before wrote as it was. */
fair_status fair_factors_seal_old(struct fair_store *st, const uint8_t key[32], struct fair_err *err) FAIR_MUST_CHECK;

enum fair_checked { FAIR_CHECKED_FITS, FAIR_CHECKED_WRONG, FAIR_CHECKED_BRAKED };
/* Is it a code of the factor, of the device or for recovery?  One that fits is used up, one that does not is counted. */
fair_status fair_factor_check(const struct fair_request *rq, const struct fair_desk *d, const struct fair_factor *f, fair_str typed,
                              enum fair_checked *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
