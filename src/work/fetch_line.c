/* fetch_line.c - the fetch helper's process: starting it, packets to and fro, and how it ended. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include "base/io.h"
#include "base/log.h"
#include "work/fetcher_private.h"

/* Started and confined as every helper is (proc/proc.h); its line speaks packets of its own (source/fetch_msg.h). */
#define READY_MS 30000

fair_status
fair_line_start(struct fair_fetch_line *l, const struct fair_fetch_limits *limits, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(helper) struct fair_helper *h = NULL;
    struct fair_helper_options o = { .weak = limits->weak };

    o.setting = fair_str_fmt(a, "%s%s%s%s\n%s", limits->allow_loopback ? "loopback " : "", limits->any_port ? "any-port " : "",
                             limits->only != NULL ? "only=" : "", limits->only != NULL ? limits->only : "", limits->agent).p;
    if (fair_helper_start(FAIR_ROLE_FETCH, &o, &h, err) != FAIR_OK) return fair_fail_in(err, "fetch helper");
    (void)setsockopt(h->sock, SOL_SOCKET, SO_SNDBUF, &(int){ 2 * FAIR_FETCH_PACKET }, sizeof(int));
    if (fair_helper_wait_ready(h, READY_MS, err) != FAIR_OK) return fair_fail_in(err, "fetch helper");
    fair_log(strstr(h->protection, "NO ") != NULL ? FAIR_LOG_WARN : FAIR_LOG_INFO, "fetch.ready protection=\"%s\"", h->protection);
    l->helper = h;
    l->sock = h->sock;
    h = NULL;
    return FAIR_OK;
}

void
fair_line_end(struct fair_fetch_line *l, char words[96])
{
    struct fair_ending how;

    snprintf(words, 96, "the fetch helper ended");
    if (l->sock < 0) return;
    /* It leaves by itself when its socket closes; one that hangs is ended. */
    fair_helper_end(&l->helper, 100, &how);
    l->sock = -1;
    if (how.signal != 0 || how.status != 0) snprintf(words, 96, "the fetch helper %.70s", how.words);
}

fair_status
fair_line_send(struct fair_fetch_line *l, fair_str packet, int fd, struct fair_err *err)
{
    struct iovec iov = { (void *)(uintptr_t)packet.p, packet.n };
    union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;
    struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

    if (fd >= 0) {
        memset(&control, 0, sizeof control);
        m.msg_control = &control;
        m.msg_controllen = sizeof control.room;
        control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
        memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), &fd, sizeof fd);
    }
    while (sendmsg(l->sock, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
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
