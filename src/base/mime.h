/* base/mime.h - the parts of a mail that must not break: addresses, encoded words, quoted-printable, dates, Message-IDs. */
#ifndef FAIR_BASE_MIME_H
#define FAIR_BASE_MIME_H
#include "base/text.h"
#include "base/types.h"

/* An address that can break out of no header and no SMTP command: a local part and a domain of visible ASCII without
 * brackets, quotes, commas, blanks (RFC 5321 allows more; libcurl 7.88 would let CR LF through). */
bool fair_mime_address_ok(fair_str s);

/* A header's text: as it is where it is plain ASCII, else RFC 2047 words, folded.  Control characters are encoded too. */
void fair_mime_words(struct fair_buf *b, fair_str s);
/* Quoted-printable (RFC 2045 6.7) with lines ended by CR LF; LF and CR LF end a line of `s`. */
void fair_mime_quoted(struct fair_buf *b, fair_str s);
/* "Thu, 26 Nov 2026 08:15:00 +0000" (RFC 5322 3.3).  FAIR_INVALID: no such time. */
fair_status fair_mime_date(struct fair_buf *b, fair_time t, struct fair_err *err) FAIR_MUST_CHECK;

/* The Message-ID of the mail with this code: "CODE.MAC@domain", MAC the first 16 bytes of HMAC-SHA256 under `key` as hex.
 * Who answers by it has seen the mail; nobody else can make one. */
fair_str fair_mime_message_id(struct fair_arena *a, fair_str key, fair_str code, fair_str domain);
/* The code of a Message-ID of ours, with or without < >; false: it is none, whoever says so. */
bool fair_mime_message_id_read(fair_str key, fair_str id, struct fair_arena *a, fair_str *code);

#endif
