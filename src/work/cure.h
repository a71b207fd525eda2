/* work/cure.h - after "removed" or "credited": the page is looked at three times over seven days, and what was seen moves the case. */
#ifndef FAIR_WORK_CURE_H
#define FAIR_WORK_CURE_H
#include "work/house.h"

/* One look at one use.  cured: the picture is gone, or (where that was said) the credit stands beside it. */
struct fair_cure_look { fair_time at; bool reached, cured; };
enum fair_cure_answer { FAIR_CURE_NOT_YET, FAIR_CURE_YES, FAIR_CURE_NO };

/* Pure.  Looks at one use since it was said, oldest first.  Those that did not reach the page count for nothing.  Not yet: fewer
 * than cure.looks, or not yet cure.days since.  Then the last look decides, a yes only together with the one before it: what
 * comes and goes is looked at again. */
enum fair_cure_answer fair_cure_judge(const struct fair_cure_look *v, size_t n, fair_time since);

/* The job kind "cure" {"case","look","since"}: look at every use of the case; from the last look on decide, and move the case
 * (cured, credited; cured-part where it is not closed by that; not-cured), as the system, by the door that asks the engine.  Asks for
 * the next look by a job.  A case that stands elsewhere by then is looked at and not moved; a closed one is left alone. */
fair_status fair_cure_run(struct fair_house *h, fair_id case_id, int64_t look, fair_time since, bool (*stopped)(void *arg), void *arg, struct fair_err *err) FAIR_MUST_CHECK;

#endif
