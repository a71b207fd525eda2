/* helpers/mailread_private.h - the reader of mails, for its program and its tests. */
#ifndef FAIR_MAILREAD_PRIVATE_H
#define FAIR_MAILREAD_PRIVATE_H
#include "proc/hear_msg.h"

/* One header Authentication-Results (RFC 8601): who judged, and SPF, DKIM and DMARC as they were found; of several results of one method
 * one that passed counts.  false: it says nothing. */
bool fair_auth_results(struct fair_arena *a, fair_str value, struct fair_mail_auth *out);

/* g_mime_init comes first.  Texts lie in `a`; status FAIR_CORRUPT where it is no mail at all. */
void fair_mailread(struct fair_arena *a, fair_str bytes, struct fair_mail_told *t);

#endif
