/* cases/letter_mail.h - a letter as a mail, whole: the bytes that are approved are the bytes that are sent. */
#ifndef FAIR_CASES_LETTER_MAIL_H
#define FAIR_CASES_LETTER_MAIL_H
#include "base/text.h"
#include "base/types.h"

struct fair_letter_mail {
    fair_str from_name, from;         /* who writes, and the address of the installation's mailbox */
    fair_str reply_to;                /* absent: from                                     */
    fair_str to_name, to;
    fair_str subject, language;
    fair_str text, html;              /* fair_document_text, fair_document_html_mail      */
    fair_str message_id;              /* without < >: fair_mime_message_id                */
    fair_str answers;                 /* the Message-ID that this one answers; absent     */
    fair_str code;                    /* of the notice                                    */
    fair_time date;
};

/* RFC 5322, multipart/alternative of text (format=flowed, RFC 3676) and HTML, both quoted-printable; nothing enclosed,
 * nothing remote.  The same fields give the same bytes.
 *   FAIR_INVALID  an address, a Message-ID or a language that could break out of its header; no such date */
fair_status fair_letter_mail(struct fair_arena *a, const struct fair_letter_mail *m, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
