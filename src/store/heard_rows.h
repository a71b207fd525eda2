/* store/heard_rows.h - what came from recipients, on the portal and by mail alike: how much waits, and reading it. */
#ifndef FAIR_STORE_HEARD_ROWS_H
#define FAIR_STORE_HEARD_ROWS_H
#include "store/store.h"

/* How many answers and mails nobody has read, and when the oldest of them came (0: none).  case_id 0: of all cases. */
struct fair_heard_waiting { int64_t answers, mails; fair_time oldest; };
fair_status fair_store_heard_waiting(const struct fair_desk *d, fair_id case_id, struct fair_heard_waiting *out, struct fair_err *err) FAIR_MUST_CHECK;

/* A person (the desk's) has read this answer or mail; again is no fault.  Once nothing of its case is left unread, the case
 * hears that, and the clock that stood still for it goes on: *moved.  FAIR_NOT_FOUND: no such answer or mail; FAIR_REFUSED: the
 * account reads for no case. */
fair_status fair_store_heard_read(const struct fair_desk *d, fair_id id, fair_time now, fair_id *case_id, bool *moved, struct fair_err *err) FAIR_MUST_CHECK;

#endif
