/* proc/proc_private.h - the pieces of a confinement, and where a helper finds what its parent handed it. */
#ifndef FAIR_PROC_PRIVATE_H
#define FAIR_PROC_PRIVATE_H
#include "proc/proc.h"

/* The descriptors a helper begins with, beside 0, 1 and 2. */
enum { FAIR_SELF_SOCK = 3, FAIR_SELF_IN = 4, FAIR_SELF_OUT = 5, FAIR_SELF_KEEP = 6 };

/* Built with AddressSanitizer, which reserves memory without bound. */
#if defined(__SANITIZE_ADDRESS__)
#define FAIR_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FAIR_SANITIZED 1
#endif
#endif
#ifndef FAIR_SANITIZED
#define FAIR_SANITIZED 0
#endif

/* Landlock, as far as the kernel has it.  *abi is 0 where it has none; `words` say what is in force.
 * FAIR_REFUSED: there, but it would not. */
fair_status fair_landlock(const struct fair_role_rules *rules, const struct fair_confine *how, int *abi,
                          char *words, size_t room, struct fair_err *err) FAIR_MUST_CHECK;

/* seccomp: an allow-list; *n_calls is how many it allows. */
fair_status fair_filter(const struct fair_role_rules *rules, int *n_calls, struct fair_err *err) FAIR_MUST_CHECK;

#endif
