/* cases/check.h - the checker, with the files as an argument, so that its tests can spoil them. */
#ifndef FAIR_CASES_CHECK_H
#define FAIR_CASES_CHECK_H
#include "cases/cases_private.h"

/* How many faults; `say` is called for each. */
size_t fair_cases_check_files(fair_str (*file)(void *arg, const char *name), void *file_arg, void (*say)(void *arg, const char *fault), void *arg);

#endif
