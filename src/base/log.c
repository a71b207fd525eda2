/* base/log.c - one line an event, to stderr. */
#include "base/log.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const level_name[] = { "error", "warn", "info", "debug" };
static const char *program_name = "fairtrack";
static enum fair_log_level wanted = FAIR_LOG_WARN;

void
fair_log_begin(const char *program, enum fair_log_level level)
{
    const char *asked = getenv("FAIRTRACK_LOG");

    program_name = program;
    wanted = level;
    for (size_t i = 0; asked != NULL && i < 4; i++)
        if (strcmp(asked, level_name[i]) == 0) wanted = (enum fair_log_level)i;
}

void
fair_log(enum fair_log_level level, const char *fmt, ...)
{
    char line[1400];
    va_list ap;
    int n, m;

    if (level > wanted) return;
    n = snprintf(line, sizeof line, "%s %s ", level_name[level], program_name);
    va_start(ap, fmt);
    m = vsnprintf(line + n, sizeof line - (size_t)n - 1, fmt, ap);
    va_end(ap);
    if (m < 0) return;
    n += m;
    if ((size_t)n > sizeof line - 2) n = (int)sizeof line - 2;
    for (int i = 0; i < n; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f) line[i] = '?';
    line[n++] = '\n';
    if (write(STDERR_FILENO, line, (size_t)n) < 0) return;
}
