/* work/identify.h - an owner's mail address is confirmed by a link that goes to it and nowhere else. */
#ifndef FAIR_WORK_IDENTIFY_H
#define FAIR_WORK_IDENTIFY_H
#include "work/house.h"

enum { FAIR_IDENTIFY_DAYS = 7 };

/* Mail the link to `address`, for this owner (0: the organisation itself): whoever only says that it is theirs does not see it.
 * Of a mail that did not leave nothing is kept.  FAIR_REFUSED: mail.smtp_url is not set; FAIR_INVALID: no address. */
fair_status fair_identify_by_mail(struct fair_house *h, fair_id owner, fair_str address, fair_time now, fair_id *id, struct fair_err *err) FAIR_MUST_CHECK;

/* The job "identify" {"owner","address"} (work/jobs.c). */
fair_status fair_job_identify(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err) FAIR_MUST_CHECK;

#endif
