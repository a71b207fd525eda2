/* proc/confine.c - a helper gives up what it does not need, before it sees the first foreign byte. */
#include "proc/proc_private.h"
#include <dirent.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define MIB ((size_t)1 << 20)
#define GIB ((size_t)1 << 30)

/* Landlock binds the calling thread and those it starts later, so there should be no other yet.  libvips leaves a
 * worker behind once it has decoded anything, and it must have done that to have all its parts loaded; a role that may
 * start threads is let pass, for seccomp's TSYNC binds every thread, and it allows none of them to open a file. */
static fair_status
one_thread(const struct fair_role_rules *rules, struct fair_err *err)
{
    DIR *d = opendir("/proc/self/task");
    unsigned n = 0;

    if ((rules->may & FAIR_MAY_THREAD) != 0 && (rules->may & FAIR_MAY_READ) == 0) {
        if (d != NULL) closedir(d);
        return FAIR_OK;
    }
    if (d == NULL) return FAIR_OK;              /* no /proc: seccomp's TSYNC still binds all threads */
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        if (e->d_name[0] != '.') n++;
    closedir(d);
    if (n > 1) return fair_fail(err, FAIR_REFUSED, "%u threads run already", n);
    return FAIR_OK;
}

static fair_status
limit(int what, const char *name, rlim_t value, struct fair_err *err)
{
    struct rlimit now, want = { value, value };

    if (getrlimit((__rlimit_resource_t)what, &now) == 0 && now.rlim_max != RLIM_INFINITY && now.rlim_max < value)
        want = (struct rlimit){ now.rlim_max, now.rlim_max };
    if (setrlimit((__rlimit_resource_t)what, &want) != 0) return fair_fail(err, FAIR_REFUSED, "limit %s: %m", name);
    return FAIR_OK;
}

static fair_status
limits(const struct fair_role_rules *rules, size_t bytes, struct fair_err *err)
{
    FAIR_TRY(limit(RLIMIT_CORE, "core", 0, err));
    FAIR_TRY(limit(RLIMIT_NOFILE, "nofile", rules->descriptors, err));
    if ((rules->may & (FAIR_MAY_MEMFD | FAIR_MAY_WRITE | FAIR_MAY_PRINT)) == 0) FAIR_TRY(limit(RLIMIT_FSIZE, "fsize", 0, err));
    FAIR_TRY(limit(RLIMIT_MSGQUEUE, "msgqueue", 0, err));
    if (FAIR_SANITIZED || bytes == 0) return FAIR_OK;   /* a sanitizer reserves terabytes for its shadow */
    /* DATA counts what is written to; AS would count libraries and mere reservations, and is the outer wall. */
    FAIR_TRY(limit(RLIMIT_DATA, "data", bytes, err));
    return limit(RLIMIT_AS, "as", bytes + 4 * GIB, err);
}

fair_status
fair_proc_confine(enum fair_role role, const struct fair_confine *how, char *text, size_t room, struct fair_err *err)
{
    const struct fair_role_rules *rules = &fair_role_rules[role];
    size_t bytes = how->memory > 0 ? how->memory : rules->memory;
    char landlock[160] = "", seccomp[160], memory[64];
    struct fair_err why = { 0 };
    bool reads = (rules->may & (FAIR_MAY_READ | FAIR_MAY_WRITE)) != 0;
    int abi = 0, n_calls = 0;

    FAIR_TRY(one_thread(rules, err));
    FAIR_TRY(limits(rules, bytes, err));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fair_fail(err, FAIR_REFUSED, "no_new_privs: %m");
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return fair_fail(err, FAIR_REFUSED, "dumpable: %m");

    if (fair_landlock(rules, how, &abi, landlock, sizeof landlock, &why) != FAIR_OK) {
        if (!how->weak) return fair_fail(err, FAIR_REFUSED, "%s: %s", rules->program, why.text);
        snprintf(landlock, sizeof landlock, "NO Landlock (%.120s)", why.text);
    } else if (abi == 0 && reads && !how->weak) {
        return fair_fail(err, FAIR_REFUSED, "%s: this kernel has no Landlock, so its files would lie open "
                         "(decode.sandbox = weak goes on all the same)", rules->program);
    }
    if (fair_filter(rules, &n_calls, &why) != FAIR_OK) {
        if (!how->weak)
            return fair_fail(err, FAIR_REFUSED, "%s: %s (decode.sandbox = weak goes on all the same)", rules->program, why.text);
        snprintf(seccomp, sizeof seccomp, "NO seccomp (%.120s)", why.text);
    } else {
        snprintf(seccomp, sizeof seccomp, "seccomp: %d rules allow, all else ends it", n_calls);
    }
    if (FAIR_SANITIZED) snprintf(memory, sizeof memory, "no memory limit (sanitizer build)");
    else if (bytes == 0) snprintf(memory, sizeof memory, "no memory limit");
    else snprintf(memory, sizeof memory, "%zu MiB of memory", bytes / MIB);
    snprintf(text, room, "no new privileges; %s; %s; %s; %u descriptors", landlock, seccomp, memory, rules->descriptors);
    return FAIR_OK;
}
