/* base/clock.h - UTC times and the ids made from them. */
#ifndef FAIR_BASE_CLOCK_H
#define FAIR_BASE_CLOCK_H
#include <stdbool.h>
#include "base/text.h"
#include "base/types.h"

/* The wall clock.  Pure rooms get the time as an argument instead. */
fair_time fair_now(void);

/* How far tests have set fair_now off, by FAIRTRACK_TEST_CLOCK=SECONDS in the environment; 0: not at all.  Whatever proves
 * something says so. */
fair_time fair_clock_shifted(void);

/* Microseconds of a clock that never goes back; for delays and deadlines in one process. */
fair_time fair_ticks(void);

/* RFC 3339 in UTC, whole seconds: 2026-11-23T08:15:00Z; 0 gives "". */
fair_str fair_time_text(struct fair_arena *a, fair_time t);

/* Reads RFC 3339 with any offset and fraction, and a bare date (its midnight UTC). */
bool fair_time_parse(fair_str text, fair_time *out);

/* Reads an HTTP date (RFC 9110 5.6.7, all three forms). */
bool fair_time_parse_http(fair_str text, fair_time *out);

/* Reads "90s", "15m", "6h", "1d", "2w" into seconds; a bare number is seconds. */
bool fair_duration_parse(fair_str text, int64_t *seconds);

/* A fresh 63-bit id: 42 bits of milliseconds since 2020, 21 random bits, and
 * greater than the one this process made before.  Sorts by time of making. */
fair_id fair_id_new(void);
/* The smallest that was given out at `t` or later. */
fair_id fair_id_at(fair_time t);

#endif
