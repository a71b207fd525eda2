/* proc/mail_msg.h - what the mail helper is asked and what it answers. */
#ifndef FAIR_PROC_MAIL_MSG_H
#define FAIR_PROC_MAIL_MSG_H
#include "proc/messages.h"

enum { FAIR_MSG_MAIL = FAIR_MSG_FIRST_FREE + 16, FAIR_MSG_MAILED };

struct fair_mail { fair_str url, user, password, from, to, text; };

fair_str fair_mail_pack(struct fair_arena *a, const struct fair_mail *m);
/* Views into `body`; FAIR_CORRUPT unless all is in its bounds. */
fair_status fair_mail_unpack(fair_str body, struct fair_mail *m, struct fair_err *err) FAIR_MUST_CHECK;
fair_str fair_mailed_pack(struct fair_arena *a, fair_status s, fair_str words);
fair_status fair_mailed_unpack(fair_str body, fair_status *s, fair_str *words, struct fair_err *err) FAIR_MUST_CHECK;

#endif
