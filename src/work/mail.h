/* work/mail.h - telling the owner, by mail.  Never a recipient: letters leave by another door. */
#ifndef FAIR_WORK_MAIL_H
#define FAIR_WORK_MAIL_H
#include "base/config.h"
#include "base/types.h"

/* The message as it is sent: RFC 5322 headers, the subject encoded (RFC 2047) where it is not ASCII, the text as
 * UTF-8 in quoted-printable (RFC 2045), lines ended by CR LF.
 *   FAIR_INVALID  mail.from or mail.to is no address: a line break, a bracket or a space in it, or no @ */
fair_status fair_mail_compose(struct fair_arena *a, const struct fair_config *c, fair_str subject, fair_str text, fair_time now,
                              fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;

/* Hand a whole message to mail.smtp_url for `to`, by the confined helper fairtrack-mail; as fair_mail_send. */
fair_status fair_mail_hand_over(const struct fair_config *c, fair_str to, fair_str message, struct fair_err *err) FAIR_MUST_CHECK;

/* Compose and hand it to mail.smtp_url by the confined helper fairtrack-mail.
 *   FAIR_IO       the server was not reached or said "later"
 *   FAIR_REFUSED  it said no for good
 *   FAIR_INVALID  the settings; FAIR_NOT_FOUND the helper or the password file */
fair_status fair_mail_send(const struct fair_config *c, fair_str subject, fair_str text, struct fair_err *err) FAIR_MUST_CHECK;

#endif
