/* evidence/package_private.h - what the files of this room share. */
#ifndef FAIR_EVIDENCE_PACKAGE_PRIVATE_H
#define FAIR_EVIDENCE_PACKAGE_PRIVATE_H
#include "evidence/package.h"

/* A JSON string with its quotes: ASCII, bytes that are no UTF-8 mended. */
void fair_json_put(struct fair_buf *b, fair_str s);
/* The same, or null for an absent text. */
void fair_json_put_or_null(struct fair_buf *b, fair_str s);

/* The value of an HTTP header line (first line skipped), and the three digits of a status line; "" where missing. */
fair_str fair_http_value(fair_str head, fair_str name);
fair_str fair_http_status(fair_str head);

/* The sort key of an address as in CDXJ: host turned round, scheme and www. left out, lower case; other schemes as they are. */
fair_str fair_cdx_key(struct fair_arena *a, fair_str url);

#endif
