/* web/totp.h - time-based one-time codes. */
#ifndef FAIR_WEB_TOTP_H
#define FAIR_WEB_TOTP_H
#include "base/clock.h"

enum { FAIR_TOTP_SECRET = 20, FAIR_TOTP_DIGITS = 6, FAIR_TOTP_STEP_S = 30 };

/* HOTP (RFC 4226, 5.3) with HMAC-SHA-1, as a number of `digits` <= 9 digits. */
uint32_t fair_hotp(const void *secret, size_t n, uint64_t counter, unsigned digits);
/* Is it the code of six digits (RFC 6238, steps of 30 s) of this time, or of one step before or after?  Spaces in it
 * are left out.  *step: whose code it is; the caller takes no step twice. */
bool fair_totp_fits(fair_str secret, fair_str code, fair_time now, int64_t *step);
/* RFC 4648, 6, upper case, without padding. */
fair_str fair_base32(struct fair_arena *a, const void *bytes, size_t n);
/* What is typed, as it is compared: upper case, without spaces and hyphens. */
fair_str fair_code_plain(struct fair_arena *a, fair_str typed);

#endif
