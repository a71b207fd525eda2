/* helpers/smtp.h - one mail to one mail server: the way of every helper that sends. */
#ifndef FAIR_HELPERS_SMTP_H
#define FAIR_HELPERS_SMTP_H
#include "base/text.h"
#include "proc/post_msg.h"

struct fair_smtp { fair_str url, user, password, from; };

/* Before a helper is confined: what resolving names opens. */
void fair_smtp_warm_up(void);

/* Hand `mail` to the server for `to`; what became of it, its words in `a`. */
void fair_smtp_send(struct fair_arena *a, const struct fair_smtp *s, fair_str to, fair_str mail, struct fair_posted *out);

#endif
