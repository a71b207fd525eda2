/* work/hear.h - what comes back by mail: fetched from the mailbox, read by a confined helper, laid to its case. */
#ifndef FAIR_WORK_HEAR_H
#define FAIR_WORK_HEAR_H
#include "proc/hear_msg.h"
#include "store/mail_rows.h"
#include "work/house.h"

/* The key that Message-IDs of ours are signed with (base/mime.h); keys/mail.key, made the first time.  In `a`. */
fair_status fair_house_mail_key(struct fair_house *h, struct fair_arena *a, fair_str *key, struct fair_err *err) FAIR_MUST_CHECK;

/* Take the mails that came since the last time (mail.imap_url; nothing is done where it is not set).  Each is kept, sealed to
 * the home's own key, before anything else, and is taken once, however often this is ended in the middle.
 *   a reply, from whatever address: the clock stops until a person has read it; it proves and accepts nothing
 *   a bounce:                       the letter did not arrive
 *   an automatic answer:            kept, and nothing more
 * *n: how many were taken.  FAIR_IO, FAIR_REFUSED: the server does not answer, or not to us. */
fair_status fair_hear(struct fair_house *h, fair_time now, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;

/* Read a kept mail for a person of ours.  The texts of *told lie in `a`; *raw: the mail as it came. */
fair_status fair_hear_open(struct fair_house *h, const struct fair_mail_in *x, struct fair_arena *a, struct fair_mail_told *told, fair_str *raw,
                           struct fair_err *err) FAIR_MUST_CHECK;

/* Read a mail's bytes by the confined helper.  FAIR_CORRUPT: they are none, or they ended it. */
fair_status fair_mail_tell(struct fair_house *h, fair_str bytes, struct fair_arena *a, struct fair_mail_told *told, struct fair_err *err) FAIR_MUST_CHECK;

/* Which notice is a mail about?  By a Message-ID of ours among its references, else by a notice's number in subject or text;
 * false: none.  Pure. */
bool fair_mail_about(fair_str key, const struct fair_mail_told *t, struct fair_arena *a, fair_str *code, bool *signed_id);

#endif
