/* cases/calendar.h - what the checker asks of the calendar's files; dates and deadlines are in cases/cases.h. */
#ifndef FAIR_CASES_CALENDAR_H
#define FAIR_CASES_CALENDAR_H
#include "cases/cases.h"

bool fair_calendar_check(fair_str holidays, fair_str zones, void (*say)(void *arg, const char *fault), void *arg);

#endif
