/* base/err.c - the words and the status of a failure. */
#include "base/err.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#ifdef __clang_analyzer__
#undef fair_fail
#undef fair_fail_in
#endif

fair_status
fair_fail(struct fair_err *err, fair_status status, const char *fmt, ...)
{
    if (err != NULL) {
        va_list ap;
        err->status = status;
        va_start(ap, fmt);
        vsnprintf(err->text, sizeof err->text, fmt, ap);
        va_end(ap);
    }
    return status;
}

fair_status
fair_fail_in(struct fair_err *err, const char *fmt, ...)
{
    char inner[sizeof err->text], outer[sizeof err->text];
    va_list ap;

    if (err == NULL) return FAIR_IO;
    memcpy(inner, err->text, sizeof inner);
    va_start(ap, fmt);
    vsnprintf(outer, sizeof outer, fmt, ap);
    va_end(ap);
    if (snprintf(err->text, sizeof err->text, "%.200s: %.300s", outer, inner) < 0)
        err->text[0] = '\0';
    return err->status;
}

const char *
fair_status_name(fair_status status)
{
    static const char *const name[] = {
        [FAIR_OK] = "ok", [FAIR_DONE] = "done", [FAIR_NOT_FOUND] = "not found",
        [FAIR_INVALID] = "invalid", [FAIR_CORRUPT] = "corrupt",
        [FAIR_LIMIT] = "over a limit", [FAIR_CONFLICT] = "conflict",
        [FAIR_REFUSED] = "refused", [FAIR_AGAIN] = "try again", [FAIR_IO] = "i/o failure",
    };
    return name[status];
}
