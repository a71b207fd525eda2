/* base/log.h - what the programs say about their work: one line an event. */
#ifndef FAIR_BASE_LOG_H
#define FAIR_BASE_LOG_H
#include "base/err.h"

enum fair_log_level { FAIR_LOG_ERROR, FAIR_LOG_WARN, FAIR_LOG_INFO, FAIR_LOG_DEBUG };

/* To stderr: "<level> <program> <event key=value ...>".  The text begins with
 * an event name; values with spaces are quoted by the caller.  No picture
 * content, and no full URL queries at info and above.  Control bytes are
 * written as '?', so that a foreign name cannot forge a line. */
void fair_log(enum fair_log_level level, const char *fmt, ...) FAIR_PRINTF(2, 3);

/* The program's name in its lines, and the least urgent level it writes
 * (FAIRTRACK_LOG=error|warn|info|debug outranks `level`). */
void fair_log_begin(const char *program, enum fair_log_level level);

#endif
