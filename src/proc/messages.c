/* proc/messages.c - packets between our processes, and their fields. */
#include "proc/messages.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD 12

static void
le32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t
of_le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

union control {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
};

fair_status
fair_msg_send(int to, const struct fair_msg *m, struct fair_err *err)
{
    uint8_t head[HEAD];
    struct iovec v[2] = { { head, HEAD }, { (void *)(uintptr_t)m->body.p, m->body.n } };
    struct msghdr packet = { .msg_iov = v, .msg_iovlen = m->body.n > 0 ? 2 : 1 };
    union control control;
    ssize_t n;

    if (m->body.n > FAIR_MSG_MAX)
        return fair_fail(err, FAIR_LIMIT, "a message of %zu bytes is over %d", m->body.n, FAIR_MSG_MAX);
    le32(head, m->type);
    le32(head + 4, m->tag);
    le32(head + 8, (uint32_t)m->body.n);
    if (m->fd >= 0) {
        memset(&control, 0, sizeof control);
        packet.msg_control = &control;
        packet.msg_controllen = sizeof control.room;
        control.head.cmsg_level = SOL_SOCKET;
        control.head.cmsg_type = SCM_RIGHTS;
        control.head.cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(&control.head), &m->fd, sizeof(int));
    }
    do n = sendmsg(to, &packet, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS))
        return fair_fail(err, FAIR_AGAIN, "the queue of messages is full");
    if (n < 0) return fair_fail(err, FAIR_IO, "sendmsg: %m");
    return FAIR_OK;
}

/* The one descriptor that came along, or -1; any further one is closed. */
static int
descriptor_of(struct msghdr *packet)
{
    int first = -1;

    for (struct cmsghdr *c = CMSG_FIRSTHDR(packet); c != NULL; c = CMSG_NXTHDR(packet, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        for (size_t i = 0; CMSG_LEN((i + 1) * sizeof(int)) <= c->cmsg_len; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof fd);
            if (first < 0) first = fd;
            else close(fd);
        }
    }
    return first;
}

fair_status
fair_msg_recv(int from, struct fair_arena *a, bool fds, struct fair_msg *m, struct fair_err *err)
{
    uint8_t head[HEAD], body[FAIR_MSG_MAX];
    struct iovec v[2] = { { head, HEAD }, { body, sizeof body } };
    union control control;
    struct msghdr packet = { .msg_iov = v, .msg_iovlen = 2 };
    uint32_t n_body;
    ssize_t n;
    int fd;

    *m = (struct fair_msg){ .fd = -1 };
    if (fds) {
        packet.msg_control = &control;
        packet.msg_controllen = sizeof control.room;
    }
    do n = recvmsg(from, &packet, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return FAIR_AGAIN;
    if (n < 0 && errno == ECONNRESET) return FAIR_DONE;
    if (n < 0) return fair_fail(err, FAIR_IO, "recvmsg: %m");
    if (n == 0) return FAIR_DONE;
    fd = fds ? descriptor_of(&packet) : -1;
    n_body = n >= HEAD ? of_le32(head + 8) : 0;
    if (n < HEAD || (packet.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 || n_body != (size_t)n - HEAD) {
        if (fd >= 0) close(fd);
        return fair_fail(err, FAIR_CORRUPT, "a message that is none of ours (%zd bytes)", n);
    }
    m->type = of_le32(head);
    m->tag = of_le32(head + 4);
    m->body = fair_str_dup(a, (fair_str){ (const char *)body, n_body });
    m->fd = fd;
    return FAIR_OK;
}

void
fair_put_u8(struct fair_buf *b, uint8_t v)
{
    fair_buf_byte(b, (char)v);
}

void
fair_put_u32(struct fair_buf *b, uint32_t v)
{
    uint8_t p[4];
    le32(p, v);
    fair_buf_add(b, (fair_str){ (const char *)p, 4 });
}

void
fair_put_u64(struct fair_buf *b, uint64_t v)
{
    fair_put_u32(b, (uint32_t)v);
    fair_put_u32(b, (uint32_t)(v >> 32));
}

/* The length comes first; all ones is the absent text. */
void
fair_put_str(struct fair_buf *b, fair_str s)
{
    fair_put_u32(b, s.p == NULL ? UINT32_MAX : (uint32_t)s.n);
    if (s.p != NULL) fair_buf_add(b, s);
}

struct fair_reader
fair_reader_of(fair_str body)
{
    const uint8_t *p = (const uint8_t *)body.p;
    return (struct fair_reader){ p, p != NULL ? p + body.n : p, false };
}

/* The next n bytes, or NULL. */
static const uint8_t *
have(struct fair_reader *r, size_t n)
{
    const uint8_t *at = r->at;

    if (r->bad || (size_t)(r->end - at) < n) {
        r->bad = true;
        return NULL;
    }
    r->at = at + n;
    return at;
}

uint8_t
fair_get_u8(struct fair_reader *r, uint8_t max)
{
    const uint8_t *p = have(r, 1);
    if (p == NULL) return 0;
    if (*p > max) r->bad = true;
    return r->bad ? 0 : *p;
}

uint32_t
fair_get_u32(struct fair_reader *r, uint32_t max)
{
    const uint8_t *p = have(r, 4);
    if (p == NULL) return 0;
    if (of_le32(p) > max) r->bad = true;
    return r->bad ? 0 : of_le32(p);
}

uint64_t
fair_get_u64(struct fair_reader *r, uint64_t max)
{
    const uint8_t *p = have(r, 8);
    uint64_t v;

    if (p == NULL) return 0;
    v = (uint64_t)of_le32(p + 4) << 32 | of_le32(p);
    if (v > max) r->bad = true;
    return r->bad ? 0 : v;
}

bool
fair_get_bool(struct fair_reader *r)
{
    return fair_get_u8(r, 1) == 1;
}

fair_str
fair_get_str(struct fair_reader *r, size_t max)
{
    const uint8_t *p = have(r, 4);
    uint32_t n = p != NULL ? of_le32(p) : UINT32_MAX;

    if (n == UINT32_MAX) return (fair_str){ NULL, 0 };
    if (n > max) r->bad = true;
    p = have(r, n);
    return p != NULL ? (fair_str){ (const char *)p, n } : (fair_str){ NULL, 0 };
}

fair_str
fair_get_text(struct fair_reader *r, size_t max)
{
    fair_str s = fair_get_str(r, max);
    if (s.p == NULL || fair_utf8_valid(s)) return s;
    r->bad = true;
    return (fair_str){ NULL, 0 };
}

fair_status
fair_reader_end(const struct fair_reader *r, struct fair_err *err)
{
    if (r->bad) return fair_fail(err, FAIR_CORRUPT, "a message that breaks off or exceeds its bounds");
    if (r->at != r->end)
        return fair_fail(err, FAIR_CORRUPT, "a message with %zu bytes too many", (size_t)(r->end - r->at));
    return FAIR_OK;
}
