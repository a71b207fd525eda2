/* store/owner_private.h - what the files about owners, licences and proofs share. */
#ifndef FAIR_STORE_OWNER_PRIVATE_H
#define FAIR_STORE_OWNER_PRIVATE_H
#include "store/owner_rows.h"
#include "store/store_private.h"

/* A text of people as it is kept: mended, trimmed, at most `max` bytes. */
fair_str fair_line_kept(struct fair_arena *a, fair_str s, size_t max);
/* "at, ch" is "AT CH"; nothing is "world".  FAIR_INVALID. */
fair_status fair_territory_read(struct fair_arena *a, fair_str given, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;
bool fair_has_word(fair_str list, fair_str word);
fair_status fair_ids_read(struct fair_rows *q, struct fair_arena *a, fair_id **ids, size_t *n, struct fair_err *err) FAIR_MUST_CHECK;

/* A use that nobody decided on: does the ledger know it?  Then it is held back.  *held false: it is not. */
struct fair_licence_hold { fair_id id, decision; fair_time until; };
fair_status fair_licence_hold_hit(const struct fair_desk *d, fair_id hit, fair_id work, fair_str page_url, fair_str was, fair_time now, struct fair_licence_hold *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
