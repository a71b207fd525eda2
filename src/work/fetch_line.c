/* fetch_line.c - the fetch helper's process: starting it, packets to and fro, and how it ended. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/io.h"
#include "work/fetcher_private.h"

extern char **environ;

/* Beside this program, where programs are installed, or in the build tree. */
static fair_status
find_program(struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    static const char *const places[] = { "%.*s/fairtrack-fetch", "%.*s/../libexec/fairtrack/fairtrack-fetch", "%.*s/../helpers/fairtrack-fetch",
        "%.*s/src/helpers/fairtrack-fetch" };
    fair_str dir;

    FAIR_TRY(fair_program_dir(a, &dir, err));
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct fair_buf b = FAIR_BUF(a, 4096);
        fair_buf_fmt(&b, places[i], FAIR_STR_ARG(dir));
        fair_buf_byte(&b, '\0');
        if (fair_buf_take(&b, out, err) == FAIR_OK && access(out->p, X_OK) == 0) return FAIR_OK;
    }
    return fair_fail(err, FAIR_NOT_FOUND, "fairtrack-fetch is not beside this program (%.*s)", FAIR_STR_ARG(dir));
}

fair_status
fair_line_start(struct fair_fetch_line *l, const struct fair_fetch_limits *limits, struct fair_err *err)
{
    struct fair_arena *a = fair_arena_new();
    posix_spawn_file_actions_t acts;
    char *argv[8];
    fair_str path = { 0 };
    int pair[2], n = 0, rc;

    if (find_program(a, &path, err) != FAIR_OK) {
        fair_arena_free(&a);
        return fair_fail_in(err, "fetch helper");
    }
    argv[n++] = (char *)(uintptr_t)"fairtrack-fetch";
    argv[n++] = (char *)(uintptr_t)"--agent";
    argv[n++] = (char *)(uintptr_t)limits->agent;
    if (limits->allow_loopback) argv[n++] = (char *)(uintptr_t)"--allow-loopback";
    if (limits->any_port) argv[n++] = (char *)(uintptr_t)"--any-port";
    argv[n] = NULL;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        fair_arena_free(&a);
        return fair_fail(err, FAIR_IO, "fetch helper: socketpair: %m");
    }
    for (int i = 0; i < 2; i++) (void)setsockopt(pair[i], SOL_SOCKET, SO_SNDBUF, &(int){ 2 * FAIR_FETCH_PACKET }, sizeof(int));
    posix_spawn_file_actions_init(&acts);
    posix_spawn_file_actions_adddup2(&acts, pair[1], STDIN_FILENO);
    rc = posix_spawn(&l->pid, path.p, &acts, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&acts);
    close(pair[1]);
    fair_arena_free(&a);
    if (rc != 0) {
        close(pair[0]);
        errno = rc;
        return fair_fail(err, FAIR_IO, "fetch helper: start: %m");
    }
    l->sock = pair[0];
    return FAIR_OK;
}

void
fair_line_end(struct fair_fetch_line *l, char words[96])
{
    int status = 0;

    snprintf(words, 96, "the fetch helper ended");
    if (l->sock < 0) return;
    fair_fd_free(&l->sock);
    /* It leaves by itself when its socket closes; one that hangs is ended. */
    for (int i = 0; i < 20; i++) {
        pid_t got = waitpid(l->pid, &status, WNOHANG);
        if (got == l->pid || (got < 0 && errno != EINTR)) break;
        if (i == 18) kill(l->pid, SIGKILL);
        poll(NULL, 0, i < 18 ? 5 : 50);
    }
    if (WIFSIGNALED(status)) snprintf(words, 96, "the fetch helper was ended by signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0) snprintf(words, 96, "the fetch helper ended with status %d", WEXITSTATUS(status));
    l->pid = 0;
}

fair_status
fair_line_send(struct fair_fetch_line *l, fair_str packet, struct fair_err *err)
{
    while (send(l->sock, packet.p, packet.n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) return FAIR_AGAIN;
        return fair_fail(err, FAIR_IO, "fetch helper: send: %m");
    }
    return FAIR_OK;
}

fair_status
fair_line_take(struct fair_fetch_line *l, char *room, int wait_ms, fair_str *packet, int *fd, struct fair_err *err)
{
    struct pollfd p = { .fd = l->sock, .events = POLLIN };
    union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;
    struct iovec iov = { room, FAIR_FETCH_PACKET };
    struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
    ssize_t n;

    *fd = -1;
    if (poll(&p, 1, wait_ms) <= 0) return FAIR_AGAIN;
    n = recvmsg(l->sock, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return FAIR_AGAIN;
    if (n <= 0) return fair_fail(err, FAIR_IO, "fetch helper: it is gone");
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof *fd)) memcpy(fd, CMSG_DATA(c), sizeof *fd);
    if ((m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
        fair_fd_free(fd);
        return fair_fail(err, FAIR_IO, "fetch helper: a packet too long");
    }
    *packet = (fair_str){ room, (size_t)n };
    return FAIR_OK;
}
