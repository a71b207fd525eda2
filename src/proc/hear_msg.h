/* proc/hear_msg.h - what the two helpers for incoming mail are asked and answer: fairtrack-hear fetches, fairtrack-mailread reads. */
#ifndef FAIR_PROC_HEAR_MSG_H
#define FAIR_PROC_HEAR_MSG_H
#include "base/types.h"
#include "proc/messages.h"

enum { FAIR_MSG_HEAR = FAIR_MSG_FIRST_FREE + 64, FAIR_MSG_HEARD, FAIR_MSG_MAIL_READ, FAIR_MSG_MAIL_TOLD };
enum { FAIR_AUTH_NONE, FAIR_AUTH_PASS, FAIR_AUTH_OTHER, FAIR_MAIL_AUTHS = 8 };
enum { FAIR_HEAR_LIST = 500, FAIR_MAIL_FILES = 20, FAIR_MAIL_REFERENCES = 20, FAIR_MAIL_TEXT = 30000 };

/* A mailbox, and what is wanted of it: with uid 0 the list of mails from `from` on; else that mail, its first `most` bytes. */
struct fair_hear { fair_str url, user, password; uint32_t from, uid, most; };
fair_str fair_hear_pack(struct fair_arena *a, const struct fair_hear *q);
fair_status fair_hear_unpack(fair_str body, struct fair_hear *q, struct fair_err *err) FAIR_MUST_CHECK;

/* The answer: of a list its mails' UIDs, ascending, and the mailbox's UIDVALIDITY (RFC 9051 2.3.1.1); of a mail its length,
 * the bytes in a sealed file beside the message. */
struct fair_heard { fair_status status; fair_str words; uint32_t validity, n_uids, uids[FAIR_HEAR_LIST], bytes; };
fair_str fair_heard_pack(struct fair_arena *a, const struct fair_heard *r);
fair_status fair_heard_unpack(fair_str body, struct fair_heard *r, struct fair_err *err) FAIR_MUST_CHECK;

/* A mail as it was read.  Nothing of it is believed; Message-IDs are without < >. */
struct fair_mail_file { fair_str name, type; uint32_t bytes; };
/* What a server says that it found (RFC 8601): FAIR_AUTH_... */
struct fair_mail_auth { fair_str server; uint8_t spf, dkim, dmarc; };
struct fair_mail_told {
    fair_status status;               /* FAIR_CORRUPT: it could not be read as a mail   */
    fair_str from, from_name, subject, message_id;
    fair_time date;                   /* its own; 0: none                               */
    bool automatic;                   /* Auto-Submitted, an out-of-office, a list       */
    bool bounce;                      /* a delivery report (RFC 3464) that says failed  */
    fair_str bounce_words;
    size_t n_references;              /* of In-Reply-To, References, and of what a report is about */
    fair_str references[FAIR_MAIL_REFERENCES];
    fair_str text;                    /* its plain text, at most FAIR_MAIL_TEXT bytes   */
    bool text_cut;
    size_t n_files;
    struct fair_mail_file files[FAIR_MAIL_FILES];
    bool more_files;
    size_t n_auths;                   /* headers Authentication-Results, the topmost first: whoever wrote them */
    struct fair_mail_auth auths[FAIR_MAIL_AUTHS];
};
fair_str fair_mail_told_pack(struct fair_arena *a, const struct fair_mail_told *t);
fair_status fair_mail_told_unpack(fair_str body, struct fair_mail_told *t, struct fair_err *err) FAIR_MUST_CHECK;

#endif
