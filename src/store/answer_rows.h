/* store/answer_rows.h - what recipients answered on the portal, and their links. */
#ifndef FAIR_STORE_ANSWER_ROWS_H
#define FAIR_STORE_ANSWER_ROWS_H
#include "store/store.h"

struct fair_portal_answer {
    fair_id id, notice, case_id;
    fair_str name, action, receipt;
    struct fair_sha256 sealed;       /* in the vault, sealed to the home's key (portal/seal.h) */
    fair_time at, taken;
    fair_str moved, refused;
    fair_time read;
    fair_id reader;
};
/* Keep one; its blob is held with it.  Sets id.  *fresh: it was not known; what was taken before is not taken again. */
fair_status fair_store_answer_put(const struct fair_desk *d, struct fair_portal_answer *x, int64_t bytes, bool *fresh, struct fair_err *err) FAIR_MUST_CHECK;
/* What became of it: the move it made, or why the engine did not. */
fair_status fair_store_answer_settle(const struct fair_desk *d, fair_id id, fair_str moved, fair_str refused, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_answer_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_portal_answer *out, struct fair_err *err) FAIR_MUST_CHECK;
/* A person has read it (the desk's); again is no fault. */
fair_status fair_store_answer_read(const struct fair_desk *d, fair_id id, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* Of a case, oldest first; case 0: those of all cases that nobody has read. */
fair_status fair_store_answers(const struct fair_desk *d, fair_id case_id, struct fair_page page, FAIR_EACH(fair_portal_answer), struct fair_err *err) FAIR_MUST_CHECK;

/* A link was made: `secret` is the SHA-256 of what stands in its address. */
fair_status fair_store_portal_link_put(const struct fair_desk *d, fair_id notice, const struct fair_sha256 *secret, fair_time now, fair_time expires,
                                       const char *why, struct fair_err *err) FAIR_MUST_CHECK;
/* How many links were sent anew for this notice since; a brake on "send me a new one". */
fair_status fair_store_portal_links_renewed(const struct fair_desk *d, fair_id notice, fair_time since, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;

#endif
