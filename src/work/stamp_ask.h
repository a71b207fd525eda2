/* work/stamp_ask.h - asking time-stamp services and calendars, through the fetch helper. */
#ifndef FAIR_WORK_STAMP_ASK_H
#define FAIR_WORK_STAMP_ASK_H
#include "evidence/stamp.h"
#include "work/house.h"

/* Ask one service for a time stamp of `digest`; the reply is checked against the roots of the settings before it is believed.
 *   FAIR_IO       it does not answer, or with something else than a time stamp
 *   FAIR_REFUSED  it does not grant it, or nobody trusts it (evidence.untrusted) */
fair_status fair_stamp_ask(struct fair_house *h, fair_str server, const struct fair_sha256 *digest, struct fair_arena *a, fair_str *reply, fair_time *at,
                           struct fair_err *err) FAIR_MUST_CHECK;
/* The roots that the settings trust (evidence.stamp_roots; absent: the system's), put into `t`. */
fair_status fair_stamp_roots(struct fair_house *h, struct fair_arena *a, struct fair_trust *t, struct fair_err *err) FAIR_MUST_CHECK;
/* An OpenTimestamps proof of `digest` from the calendars of the settings that answer.  FAIR_NOT_FOUND: none is set; FAIR_IO: none answered. */
fair_status fair_calendars_ask(struct fair_house *h, const struct fair_sha256 *digest, struct fair_arena *a, fair_str *proof, struct fair_err *err) FAIR_MUST_CHECK;

/* What a calendar says of a commitment by now: its serialised timestamp.  An https calendar, or one of the settings, is asked, and no other.
 * FAIR_NOT_FOUND: it does not know it yet; FAIR_REFUSED: not a calendar that is asked; FAIR_IO. */
fair_status fair_calendar_later(struct fair_house *h, fair_str calendar, fair_str commitment, struct fair_arena *a, fair_str *answer, struct fair_err *err) FAIR_MUST_CHECK;

/* The next address of a list separated by spaces; false at its end. */
bool fair_next_address(fair_str *rest, fair_str *address);

#endif
