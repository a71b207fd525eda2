/* proc/self.c - a helper's first and last steps before it works. */
#include "proc/proc_private.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Map one of the shared files the parent left at `fd`, then let go of it. */
static fair_status
take_over(int fd, int prot, size_t expected, void **p, struct fair_err *err)
{
    struct stat st;

    if (expected == 0) return FAIR_OK;
    if (fstat(fd, &st) != 0 || st.st_size <= 0) return fair_fail(err, FAIR_INVALID, "no shared memory at descriptor %d", fd);
    if ((size_t)st.st_size != expected)
        return fair_fail(err, FAIR_INVALID, "%lld bytes of shared memory, not %zu", (long long)st.st_size, expected);
    *p = mmap(NULL, expected, prot, MAP_SHARED, fd, 0);
    if (*p == MAP_FAILED) return fair_fail(err, FAIR_IO, "shared memory: mmap: %m");
    close(fd);
    return FAIR_OK;
}

fair_status
fair_self_begin(int argc, char **argv, enum fair_role role, struct fair_self *self, struct fair_err *err)
{
    const struct fair_role_rules *rules = &fair_role_rules[role];
    int64_t parent = 0, memory = 0;
    int kind = 0;
    socklen_t n_kind = sizeof kind;
    void *in = NULL, *out = NULL;

    *self = (struct fair_self){ .role = role, .sock = FAIR_SELF_SOCK };
    if (argc < 4 || argc > 5 || !fair_str_number(fair_str_of(argv[1]), INT32_MAX, &parent) ||
        !fair_str_number(fair_str_of(argv[3]), INT64_MAX, &memory) ||
        getsockopt(FAIR_SELF_SOCK, SOL_SOCKET, SO_TYPE, &kind, &n_kind) != 0 || kind != SOCK_SEQPACKET)
        return fair_fail(err, FAIR_INVALID, "%s is started by fairtrack and does nothing by itself", rules->program);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return fair_fail(err, FAIR_IO, "PR_SET_PDEATHSIG: %m");
    if (getppid() != (pid_t)parent) return fair_fail(err, FAIR_IO, "the fairtrack that started this is gone");
    self->weak = strcmp(argv[2], "weak") == 0;
    self->memory = (size_t)memory;
    self->setting = argc == 5 ? argv[4] : NULL;
    if (close_range(FAIR_SELF_KEEP, ~0U, 0) != 0 && errno != ENOSYS) return fair_fail(err, FAIR_IO, "close_range: %m");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    FAIR_TRY(take_over(FAIR_SELF_IN, PROT_READ, rules->in_bytes, &in, err));
    FAIR_TRY(take_over(FAIR_SELF_OUT, PROT_READ | PROT_WRITE, rules->out_bytes, &out, err));
    self->in = in;
    self->n_in = rules->in_bytes;
    self->out = out;
    self->n_out = rules->out_bytes;
    return FAIR_OK;
}

fair_status
fair_self_ready(struct fair_self *self, const uint16_t *ports, size_t n_ports, struct fair_err *err)
{
    struct fair_confine how = { .weak = self->weak, .memory = self->memory, .ports = ports, .n_ports = n_ports };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 4096);
    char text[400];
    struct fair_err why = { 0 };
    fair_status done = fair_proc_confine(self->role, &how, text, sizeof text, &why);
    struct fair_msg m = { .type = done == FAIR_OK ? FAIR_MSG_READY : FAIR_MSG_REFUSED, .fd = -1 };

    fair_put_u32(&b, FAIR_PROTOCOL);
    fair_put_u32(&b, (uint32_t)self->role);
    fair_put_str(&b, fair_str_of(done == FAIR_OK ? text : why.text));
    m.body = (fair_str){ b.p, b.n };
    FAIR_TRY(fair_msg_send(self->sock, &m, err));
    if (done != FAIR_OK) return fair_fail(err, done, "%s", why.text);
    return FAIR_OK;
}
