/* store/mail_rows.h - mails that came to the installation's mailbox. */
#ifndef FAIR_STORE_MAIL_ROWS_H
#define FAIR_STORE_MAIL_ROWS_H
#include "store/store.h"

struct fair_mail_in {
    fair_id id;
    fair_str box; int64_t validity, uid;             /* taken once                                    */
    fair_str kind;            /* "reply" "bounce" "automatic" "other" "unreadable"                    */
    fair_str message_id, sender, subject;
    fair_str matched_by;      /* "reference" "code"; absent: no notice was found                      */
    bool same_address;        /* it says to come from where the notice went: a claim, no proof        */
    fair_id notice, case_id;
    fair_str moved, refused;
    struct fair_sha256 sealed; int64_t bytes; bool cut;
    fair_time at, taken, read;
    fair_id reader;
};
/* Keep one; its blob is held with it.  Sets id.  *fresh: it was not known. */
fair_status fair_store_mail_put(const struct fair_desk *d, struct fair_mail_in *x, bool *fresh, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_mail_settle(const struct fair_desk *d, fair_id id, fair_str moved, fair_str refused, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_mail_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_mail_in *out, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_mail_read(const struct fair_desk *d, fair_id id, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* Of a case, oldest first; case 0: those that nobody has read. */
fair_status fair_store_mails(const struct fair_desk *d, fair_id case_id, struct fair_page page, FAIR_EACH(fair_mail_in), struct fair_err *err) FAIR_MUST_CHECK;
/* The greatest UID that was taken from this mailbox while it had this UIDVALIDITY; 0: none.  Across organisations. */
fair_status fair_store_mail_newest(struct fair_store *st, fair_str box, int64_t validity, int64_t *uid, struct fair_err *err) FAIR_MUST_CHECK;

#endif
