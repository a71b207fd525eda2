/* fetch.c - fairtrack-fetch: asks the network for what it is told to, many at once, and has no files.
 *
 * Questions come and answers go as packets on one socket (source/fetch_msg.h).  It lives as long as the socket. */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/io.h"
#include "base/log.h"
#include "helpers/fetch_private.h"
#include "proc/proc.h"

#define AT_ONCE_MAX 256

struct fetch {
    struct fair_fetch_rules rules;
    int sock;
    CURLM *multi;
    struct fair_transfer *first, **last;      /* finished, to be told */
    unsigned under_way;
    bool over;                                /* nobody asks any more */
};

static void
finished(struct fetch *f, struct fair_transfer *t)
{
    t->next = NULL;
    *f->last = t;
    f->last = &t->next;
}

/* An answer for a question that could not even be begun. */
static void
refuse(struct fetch *f, uint64_t tag, const struct fair_err *why)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_transfer *t = FAIR_NEW(a, struct fair_transfer);

    *t = (struct fair_transfer){ .arena = a, .body_fd = -1, .send_fd = -1, .answer = { .tag = tag, .status = why->status,
        .words = fair_str_fmt(a, "%.200s", why->text), .retry_after_s = -1 } };
    finished(f, t);
}

static void
begin(struct fetch *f, fair_str packet, int *body_fd)
{
    struct fair_fetch_question q;
    struct fair_transfer *t;
    struct fair_err err = { 0 };

    if (fair_fetch_question_unpack(packet, &q, &err) != FAIR_OK) {
        fair_log(FAIR_LOG_ERROR, "fetch.question why=\"%s\"", err.text);
        f->over = true;
        return;
    }
    if (f->under_way >= AT_ONCE_MAX) {
        (void)fair_fail(&err, FAIR_AGAIN, "%d fetches are under way", AT_ONCE_MAX);
        refuse(f, q.tag, &err);
    } else if (fair_transfer_new(&f->rules, &q, body_fd, &t, &err) != FAIR_OK) {
        refuse(f, q.tag, &err);
    } else if (curl_multi_add_handle(f->multi, t->easy) != CURLM_OK) {
        fair_transfer_free(&t);
        (void)fair_fail(&err, FAIR_IO, "curl_multi_add_handle failed");
        refuse(f, q.tag, &err);
    } else {
        f->under_way++;
    }
}

static void
take_questions(struct fetch *f, char *room)
{
    while (!f->over) {
        union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;
        struct iovec iov = { room, FAIR_FETCH_PACKET };
        struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
        FAIR_AUTO(fd) int fd = -1;
        ssize_t n = recvmsg(f->sock, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        for (struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL; c != NULL; c = CMSG_NXTHDR(&m, c))
            if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof fd)) memcpy(&fd, CMSG_DATA(c), sizeof fd);
        if (n <= 0 || (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) f->over = true;
        else begin(f, (fair_str){ room, (size_t)n }, &fd);
    }
}

static void
take_ends(struct fetch *f)
{
    CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(f->multi, &left)) != NULL) {
        struct fair_transfer *t = NULL;
        CURLcode code = m->data.result;
        if (m->msg != CURLMSG_DONE) continue;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
        fair_transfer_finish(t, code);
        curl_multi_remove_handle(f->multi, t->easy);
        f->under_way--;
        finished(f, t);
    }
}

/* One packet, with the body's descriptor where it travels beside it. */
static ssize_t
send_answer(int sock, fair_str packet, int fd)
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
    return sendmsg(sock, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void
tell(struct fetch *f)
{
    while (f->first != NULL) {
        struct fair_transfer *t = f->first;
        ssize_t n = send_answer(f->sock, fair_fetch_answer_pack(t->arena, &t->answer), t->body_fd);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)) return;
        if (n < 0) f->over = true;
        f->first = t->next;
        if (f->first == NULL) f->last = &f->first;
        fair_transfer_free(&t);
    }
}

/* Name lookups and the TLS library open files when first used: let them do so while they may. */
static void
warm_up(void)
{
    struct addrinfo hint = { .ai_socktype = SOCK_STREAM }, *found = NULL;

    if (getaddrinfo("localhost", "80", &hint, &found) == 0) freeaddrinfo(found);
}

/* "loopback any-port only=host:port \nagent": the setting fairtrack starts us with. */
static void
take_setting(struct fair_fetch_rules *rules, const char *setting)
{
    fair_str rest = fair_str_of(setting), flags;

    if (!fair_str_split(&rest, '\n', &flags)) return;
    while (flags.p != NULL) {
        fair_str one;
        if (!fair_str_split(&flags, ' ', &one)) break;
        if (fair_str_eq(one, FAIR_STR("loopback"))) rules->allow_loopback = true;
        if (fair_str_eq(one, FAIR_STR("any-port"))) rules->any_port = true;
        if (fair_str_starts(one, FAIR_STR("only="))) rules->only = (fair_str){ one.p + 5, one.n - 5 };
    }
    if (rest.n > 0) rules->agent = rest.p;      /* it ends where the setting ends */
}

int
main(int argc, char **argv)
{
    uint16_t ports[] = { 80, 443, 53 };       /* the last for names over TCP */
    struct fetch f = { .rules = { .agent = "Fairtrack" } };
    char *room = fair_xmalloc(FAIR_FETCH_PACKET);
    struct fair_self self;
    struct fair_err err = { 0 };
    bool any_port;

    fair_log_begin("fairtrack-fetch", FAIR_LOG_WARN);
    f.last = &f.first;
    if (fair_self_begin(argc, argv, FAIR_ROLE_FETCH, &self, &err) != FAIR_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    f.sock = self.sock;
    take_setting(&f.rules, self.setting);
    any_port = f.rules.any_port || f.rules.allow_loopback;    /* the guard lets loopback have every port */
    if (f.rules.only.n > 0) {
        const char *colon = memrchr(f.rules.only.p, ':', f.rules.only.n);
        int64_t port;
        if (colon == NULL || !fair_str_number((fair_str){ colon + 1, (size_t)(f.rules.only.p + f.rules.only.n - colon) - 1 }, 65535, &port)) return 2;
        ports[0] = ports[1] = (uint16_t)port;
        any_port = false;
    }
    (void)setsockopt(f.sock, SOL_SOCKET, SO_SNDBUF, &(int){ 2 * FAIR_FETCH_PACKET }, sizeof(int));
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || (f.multi = curl_multi_init()) == NULL) {
        fair_log(FAIR_LOG_ERROR, "fetch.start why=\"libcurl does not begin\"");
        return 4;
    }
    curl_multi_setopt(f.multi, CURLMOPT_MAX_HOST_CONNECTIONS, 2L);
    curl_multi_setopt(f.multi, CURLMOPT_MAXCONNECTS, 64L);
    warm_up();
    if (fair_self_ready(&self, ports, any_port ? 0 : sizeof ports / sizeof ports[0], &err) != FAIR_OK) {
        fair_log(FAIR_LOG_ERROR, "fetch.start why=\"%s\"", err.text);
        return 4;
    }
    while (!f.over) {
        struct curl_waitfd wait = { .fd = f.sock, .events = (short)(CURL_WAIT_POLLIN | (f.first != NULL ? CURL_WAIT_POLLOUT : 0)) };
        int running;
        curl_multi_poll(f.multi, &wait, 1, 1000, NULL);
        take_questions(&f, room);
        curl_multi_perform(f.multi, &running);
        take_ends(&f);
        tell(&f);
    }
    /* A name lookup may still hang in its thread; there is nothing left to be tidied up. */
    _exit(0);
}
