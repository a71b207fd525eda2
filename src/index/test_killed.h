/* index/test_killed.h - a writer in a process of its own that tells how far it is, until it is killed. */
#ifndef FAIR_INDEX_TEST_KILLED_H
#define FAIR_INDEX_TEST_KILLED_H
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/test.h"
#include "base/types.h"

/* `end`: where it tells what it is at: `last` before it syncs up to that work, -last once it has. */
struct writing { pid_t pid; int end; fair_id begun, acknowledged; };

/* `child` writes works from `done` + 1 on, and tells, and does not return. */
static struct writing
writing_begin(void (*child)(const char *dir, fair_id from, uint64_t seed, int tell), const char *dir, fair_id done, uint64_t seed)
{
    struct writing w = { .begun = done, .acknowledged = done };
    int ends[2];

    CHECK_EQ(pipe(ends), 0);
    w.pid = fork();
    CHECK(w.pid >= 0);
    if (w.pid == 0) {
        close(ends[0]);
        child(dir, done + 1, seed, ends[1]);
        _exit(9);
    }
    close(ends[1]);
    w.end = ends[0];
    return w;
}

/* The next that it tells; false where there is no more. */
static bool
writing_hear(struct writing *w)
{
    fair_id said;

    if (read(w->end, &said, sizeof said) != sizeof said) return false;
    if (said > 0) w->begun = said;
    else w->acknowledged = -said;
    return true;
}

/* Kill it, and hear what it had told. */
static void
writing_kill(struct writing *w)
{
    int status;

    kill(w->pid, SIGKILL);
    CHECK_EQ(waitpid(w->pid, &status, 0), w->pid);
    CHECK(WIFSIGNALED(status));
    while (writing_hear(w)) { }
    close(w->end);
}

/* Which version of work id there is when `last` is the last: it was put again, as version 1, with the work j for which j / 2 + 1 = id and j is a multiple of 7. */
static unsigned
version_at(fair_id id, fair_id last)
{
    for (fair_id j = 2 * (id - 1); j <= 2 * (id - 1) + 1; j++)
        if (j >= 7 && j % 7 == 0 && j <= last && j / 2 + 1 == id && j > id) return 1;
    return 0;
}

#endif
