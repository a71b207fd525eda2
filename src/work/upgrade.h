/* work/upgrade.h - OpenTimestamps proofs that were promised: calendars are asked again until a block holds them. */
#ifndef FAIR_WORK_UPGRADE_H
#define FAIR_WORK_UPGRADE_H
#include "work/house.h"

/* What a proof is of. */
enum fair_upgrade_of { FAIR_UPGRADE_PACKAGE, FAIR_UPGRADE_DEPOSIT };

/* Ask for the job that asks the calendars: some hours from now, later each time; `tries` is how often they were asked.  After two
 * months it is not asked for any more, and the proof stays as it is. */
fair_status fair_upgrade_later(const struct fair_desk *d, enum fair_upgrade_of of, fair_id id, int64_t tries, struct fair_err *err) FAIR_MUST_CHECK;
/* Ask the calendars that a proof is pending at, now.  *complete: a block holds it (a package's custody then says so).  Without a proof
 * there is nothing to do: *complete is true.  A calendar that does not answer is no fault; it is logged. */
fair_status fair_upgrade(struct fair_house *h, enum fair_upgrade_of of, fair_id id, bool *complete, struct fair_err *err) FAIR_MUST_CHECK;
/* The job "upgrade" {"package" or "deposit": ID, "tries": N}. */
fair_status fair_job_upgrade(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err) FAIR_MUST_CHECK;

#endif
