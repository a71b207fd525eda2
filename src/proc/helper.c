/* proc/helper.c - the parent's side: find a helper, start it, hear it, end it. */
#include "proc/proc_private.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"

/* ---- finding it -------------------------------------------------------------------------------------- */

/* Beside this program; where it is installed; in the build tree, seen from build/, build/src/<room> and build/tests/<part>. */
static const char *const places[] = { ".", "../libexec/fairtrack", "src/helpers", "../src/helpers", "../helpers", "../../src/helpers" };

fair_status
fair_helper_program(struct fair_arena *a, const char *program, fair_str *out, struct fair_err *err)
{
    const char *set = getenv("FAIRTRACK_LIBEXEC");
    fair_str dir;

    if (set != NULL && set[0] != '\0') {
        *out = fair_str_fmt(a, "%s/%s", set, program);
        if (access(out->p, X_OK) == 0) return FAIR_OK;
        return fair_fail(err, FAIR_NOT_FOUND, "%s: %m (FAIRTRACK_LIBEXEC is set)", out->p);
    }
    FAIR_TRY(fair_program_dir(a, &dir, err));
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        *out = fair_str_fmt(a, "%.*s/%s/%s", FAIR_STR_ARG(dir), places[i], program);
        if (access(out->p, X_OK) == 0) return FAIR_OK;
    }
    return fair_fail(err, FAIR_NOT_FOUND, "no program %s in %.*s or in ../libexec/fairtrack beside it", program, FAIR_STR_ARG(dir));
}

/* ---- starting it ------------------------------------------------------------------------------------- */

/* exec wants texts it may change, and does not change them. */
static char *
text(fair_str s)
{
    return (char *)(uintptr_t)s.p;
}

/* What a helper is told of our surroundings, and nothing else. */
static char **
surroundings(struct fair_arena *a)
{
    static const char *const passed[] = { "FAIRTRACK_LOG", "FAIRTRACK_CPU", "FAIRTRACK_TEST_CLOCK", "SSL_CERT_FILE", "SSL_CERT_DIR", "RES_OPTIONS", "UBSAN_OPTIONS" };
    size_t n = 0, most = sizeof passed / sizeof passed[0] + 6;
    char **env = fair_alloc_array(a, most, sizeof *env);
    const char *asan = getenv("ASAN_OPTIONS");

    env[n++] = text(fair_str_of("LC_ALL=C.UTF-8"));
    env[n++] = text(fair_str_of("PATH=/usr/bin:/bin"));
    env[n++] = text(fair_str_of("MALLOC_ARENA_MAX=2"));
    /* Leaks are sought by a process that traces this one, symbols by one that reads it: both are barred. */
    if (FAIR_SANITIZED)
        env[n++] = text(fair_str_fmt(a, "ASAN_OPTIONS=%s%sdetect_leaks=0:symbolize=0", asan != NULL ? asan : "", asan != NULL ? ":" : ""));
    for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++) {
        const char *v = getenv(passed[i]);
        if (v != NULL) env[n++] = text(fair_str_fmt(a, "%s=%s", passed[i], v));
    }
    env[n] = NULL;
    return env;
}

/* A foreign library's warnings belong on nobody's terminal; a sanitizer's report does. */
static bool
keeps_stderr(void)
{
    const char *log = getenv("FAIRTRACK_LOG");
    return FAIR_SANITIZED || (log != NULL && strcmp(log, "debug") == 0);
}

/* The same file at a number that dup2 below cannot run into. */
static fair_status
lift(int fd, int *out, struct fair_err *err)
{
    *out = fcntl(fd, F_DUPFD_CLOEXEC, 16);
    if (*out < 0) return fair_fail(err, FAIR_IO, "F_DUPFD_CLOEXEC: %m");
    return FAIR_OK;
}

static fair_status
spawn(const char *path, char **argv, char **env, int sock, int in, int out, pid_t *pid, struct fair_err *err)
{
    posix_spawn_file_actions_t acts;
    posix_spawnattr_t attr;
    sigset_t none, all;
    int rc;

    sigemptyset(&none);
    sigfillset(&all);
    if ((rc = posix_spawn_file_actions_init(&acts)) != 0) return fair_fail(err, FAIR_IO, "posix_spawn: %s", strerror(rc));
    if ((rc = posix_spawnattr_init(&attr)) != 0) {
        posix_spawn_file_actions_destroy(&acts);
        return fair_fail(err, FAIR_IO, "posix_spawn: %s", strerror(rc));
    }
    rc |= posix_spawn_file_actions_addopen(&acts, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    rc |= posix_spawn_file_actions_addopen(&acts, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (!keeps_stderr()) rc |= posix_spawn_file_actions_addopen(&acts, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    rc |= posix_spawn_file_actions_adddup2(&acts, sock, FAIR_SELF_SOCK);
    if (in >= 0) rc |= posix_spawn_file_actions_adddup2(&acts, in, FAIR_SELF_IN);
    if (out >= 0) rc |= posix_spawn_file_actions_adddup2(&acts, out, FAIR_SELF_OUT);
    rc |= posix_spawn_file_actions_addclosefrom_np(&acts, out >= 0 ? FAIR_SELF_KEEP : in >= 0 ? FAIR_SELF_OUT : FAIR_SELF_IN);
    rc |= posix_spawnattr_setsigmask(&attr, &none);
    rc |= posix_spawnattr_setsigdefault(&attr, &all);
    rc |= posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (rc == 0) rc = posix_spawn(pid, path, &acts, &attr, argv, env);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&acts);
    if (rc != 0) return fair_fail(err, FAIR_IO, "%s: posix_spawn: %s", path, strerror(rc));
    return FAIR_OK;
}

fair_status
fair_helper_start(enum fair_role role, const struct fair_helper_options *o, struct fair_helper **out, struct fair_err *err)
{
    const struct fair_role_rules *rules = &fair_role_rules[role];
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(helper) struct fair_helper *h = fair_xcalloc(1, sizeof *h);
    FAIR_AUTO(fd) int theirs = -1;
    FAIR_AUTO(fd) int sock = -1;
    FAIR_AUTO(fd) int in = -1;
    FAIR_AUTO(fd) int there = -1;
    int pair[2];
    fair_str path;
    char *argv[6] = { NULL };

    *h = (struct fair_helper){ .role = role, .pidfd = -1, .sock = -1, .in.fd = -1, .out.fd = -1 };
    FAIR_TRY(fair_helper_program(a, o->program != NULL ? o->program : rules->program, &path, err));
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return fair_fail(err, FAIR_IO, "socketpair: %m");
    h->sock = pair[0];
    theirs = pair[1];
    if (fcntl(h->sock, F_SETFL, O_NONBLOCK) != 0) return fair_fail(err, FAIR_IO, "F_SETFL: %m");
    if (o->in != NULL) h->in = (struct fair_shared){ -1, o->in->p, o->in->n };
    else if (rules->in_bytes > 0) FAIR_TRY(fair_shared_make(FAIR_SHARED_IN, rules->in_bytes, &h->in, err));
    if (rules->out_bytes > 0) FAIR_TRY(fair_shared_make(FAIR_SHARED_OUT, rules->out_bytes, &h->out, err));
    FAIR_TRY(lift(theirs, &sock, err));
    if (rules->in_bytes > 0) FAIR_TRY(lift(o->in != NULL ? o->in->fd : h->in.fd, &in, err));
    if (rules->out_bytes > 0) FAIR_TRY(lift(h->out.fd, &there, err));

    h->memory = o->memory > 0 ? o->memory : rules->memory;
    argv[0] = text(path);
    argv[1] = text(fair_str_fmt(a, "%d", (int)getpid()));
    argv[2] = text(fair_str_of(o->weak ? "weak" : "strict"));
    argv[3] = text(fair_str_fmt(a, "%zu", h->memory));
    argv[4] = text(fair_str_of(o->setting));
    FAIR_TRY(spawn(path.p, argv, surroundings(a), sock, in, there, &h->pid, err));
    h->pidfd = pidfd_open(h->pid, 0);
    if (h->pidfd < 0) {
        fair_fail(err, FAIR_IO, "pidfd_open: %m");
        kill(h->pid, SIGKILL);                  /* ours and not yet waited for: the number is still its own */
        waitpid(h->pid, NULL, 0);
        h->pid = 0;
        return FAIR_IO;
    }
    *out = h;
    h = NULL;
    return FAIR_OK;
}

/* ---- talking ----------------------------------------------------------------------------------------- */

fair_status
fair_helper_tell(struct fair_helper *h, const struct fair_msg *m, struct fair_err *err)
{
    FAIR_TRY(fair_msg_send(h->sock, m, err));
    h->told++;
    return FAIR_OK;
}

/* Its first message: it is confined, or could not be. */
static fair_status
greet(struct fair_helper *h, const struct fair_msg *m, struct fair_err *err)
{
    const char *program = fair_role_rules[h->role].program;
    struct fair_reader r = fair_reader_of(m->body);
    uint32_t protocol = fair_get_u32(&r, UINT32_MAX), role = fair_get_u32(&r, UINT32_MAX);
    fair_str words;

    if (!r.bad && (protocol != FAIR_PROTOCOL || role != (uint32_t)h->role))
        return fair_fail(err, FAIR_REFUSED, "%s is of another version or role", program);
    words = fair_get_text(&r, sizeof h->protection - 1);
    FAIR_TRY(fair_reader_end(&r, err));
    if (m->type == FAIR_MSG_REFUSED) return fair_fail(err, FAIR_REFUSED, "%.*s", FAIR_STR_ARG(words));
    snprintf(h->protection, sizeof h->protection, "%.*s", FAIR_STR_ARG(words));
    h->ready = true;
    return FAIR_OK;
}

fair_status
fair_helper_hear(struct fair_helper *h, struct fair_arena *a, bool fds, struct fair_msg *m, struct fair_err *err)
{
    FAIR_TRY(fair_msg_recv(h->sock, a, fds && h->ready, m, err));
    if (!h->ready && (m->type == FAIR_MSG_READY || m->type == FAIR_MSG_REFUSED)) {
        FAIR_TRY(greet(h, m, err));
        return fair_msg_recv(h->sock, a, fds, m, err);
    }
    if (!h->ready || m->type < FAIR_MSG_FIRST_FREE) {
        fair_fd_free(&m->fd);
        return fair_fail(err, FAIR_CORRUPT, "%s: message %u out of turn", fair_role_rules[h->role].program, m->type);
    }
    return FAIR_OK;
}

fair_status
fair_helper_wait_ready(struct fair_helper *h, int wait_ms, struct fair_err *err)
{
    const char *program = fair_role_rules[h->role].program;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_time until = fair_ticks() + wait_ms * (FAIR_SECOND / 1000);

    while (!h->ready) {
        struct pollfd p = { h->sock, POLLIN, 0 };
        fair_time left = until - fair_ticks();
        struct fair_msg m;
        fair_status s;

        if (left <= 0) return fair_fail(err, FAIR_LIMIT, "%s was not ready within %d ms", program, wait_ms);
        if (poll(&p, 1, (int)(left / 1000) + 1) <= 0) continue;
        s = fair_helper_hear(h, a, false, &m, err);
        if (s == FAIR_DONE) return fair_fail(err, FAIR_IO, "%s ended while it started", program);
        if (s == FAIR_OK) return fair_fail(err, FAIR_CORRUPT, "%s spoke before it was asked", program);
        if (s != FAIR_AGAIN) return s;
    }
    return FAIR_OK;
}

/* ---- ending it --------------------------------------------------------------------------------------- */

/* Reap by the pidfd, so that no other child is ever meant. */
static void
reap(struct fair_helper *h, int grace_ms, struct fair_ending *how)
{
    struct pollfd p = { h->pidfd, POLLIN, 0 };
    struct rusage use = { 0 };
    int status = 0;

    while (poll(&p, 1, grace_ms) < 0 && errno == EINTR) { }
    if ((p.revents & POLLIN) == 0) pidfd_send_signal(h->pidfd, SIGKILL, NULL, 0);
    /* wait4 and not waitid: it tells how much memory was used.  The child is ours and unreaped. */
    while (wait4(h->pid, &status, 0, &use) < 0)
        if (errno != EINTR) return;
    if (how == NULL) return;
    how->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    how->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    how->memory = how->status == FAIR_EXIT_MEMORY;
    if (how->memory) snprintf(how->words, sizeof how->words, "needed more memory than it may use");
    else if (how->signal == SIGSYS) snprintf(how->words, sizeof how->words, "tried what it may not and was ended (seccomp)");
    else if (how->signal != 0) snprintf(how->words, sizeof how->words, "was ended by signal %d (%s)", how->signal, strsignal(how->signal));
    else snprintf(how->words, sizeof how->words, "ended with status %d", how->status);
    /* A library that gets no memory often aborts; then what was used tells why. */
    if ((how->signal == SIGABRT || how->signal == SIGTRAP) && h->memory > 0 &&
        (size_t)use.ru_maxrss > h->memory / 1024 / 10 * 8) {
        how->memory = true;
        snprintf(how->words, sizeof how->words, "needed more memory than it may use");
    }
}

void
fair_helper_end(struct fair_helper **h, int grace_ms, struct fair_ending *how)
{
    struct fair_helper *me = *h;

    if (how != NULL) *how = (struct fair_ending){ .status = -1 };
    if (me == NULL) return;
    fair_fd_free(&me->sock);                    /* an idle one ends by itself now */
    if (me->pid > 0 && me->pidfd >= 0) reap(me, grace_ms, how);
    fair_fd_free(&me->pidfd);
    if (me->in.fd >= 0) fair_shared_free(&me->in);      /* else it belongs to whoever lent it */
    fair_shared_free(&me->out);
    free(me);
    *h = NULL;
}

void
fair_helper_free(struct fair_helper **h)
{
    fair_helper_end(h, 0, NULL);
}
