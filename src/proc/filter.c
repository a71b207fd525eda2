/* proc/filter.c - seccomp: the system calls a helper may make.  All others end it at once.
 *
 * Three answers: allowed; refused with an error (what libraries try innocently and can do without: opening
 * a file, asking for a scheduler); death (everything else, and so whatever an attacker wants). */
#include "proc/proc_private.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Computing, waiting, ending, and the descriptors it has. */
static const char *const always[] = {
    "read", "write", "readv", "writev", "pread64", "close", "lseek", "recvmsg", "sendmsg", "poll", "ppoll",
    "munmap", "mremap", "madvise", "brk", "futex", "futex_time64", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack",
    "exit", "exit_group", "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time",
    "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "sched_yield", "sched_getaffinity", "getcpu",
    "getrandom", "uname", "sysinfo", "getrusage", "times", "set_robust_list", "get_robust_list", "set_tid_address", "rseq",
    "restart_syscall", "membarrier", "fstat", NULL
};

/* Opening files by name, and a few things about oneself: refused, not deadly. */
static const struct { const char *call; int error; } refused[] = {
    { "open", EACCES }, { "openat", EACCES }, { "openat2", EACCES }, { "creat", EACCES }, { "access", EACCES }, { "faccessat", EACCES },
    { "faccessat2", EACCES }, { "stat", EACCES }, { "lstat", EACCES }, { "newfstatat", EACCES }, { "statx", EACCES },
    { "readlink", EACCES }, { "readlinkat", EACCES }, { "getcwd", EACCES }, { "statfs", EACCES }, { "unlink", EACCES },
    { "clone3", ENOSYS }, { "sched_setaffinity", EPERM }, { "sched_setscheduler", EPERM }, { "sched_getscheduler", EPERM },
    { "sched_getparam", EPERM }, { "sched_setattr", ENOSYS }, { "sched_getattr", ENOSYS }, { "setpriority", EPERM }, { "getpriority", EPERM },
    { "pipe2", EPERM }, { "eventfd2", EPERM }, { "dup", EPERM }, { "ioctl", ENOTTY }, { "fadvise64", EBADF }, { "mbind", EPERM },
    { "get_mempolicy", EPERM }, { "set_mempolicy", EPERM }, { "mincore", ENOSYS }, { "mlock", EPERM }, { "msync", EPERM },
};

/* For roles that may connect: sockets outwards and waiting for many of them. */
static const char *const network[] = {
    "connect", "sendto", "recvfrom", "sendmmsg", "recvmmsg", "getsockopt", "setsockopt", "getsockname", "getpeername",
    "shutdown", "select", "pselect6", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "eventfd2", "pipe", "pipe2", NULL
};

struct list {
    scmp_filter_ctx ctx;
    unsigned may;
    int n;
    fair_status bad;
    struct fair_err *err;
};

static void
add(struct list *l, uint32_t action, const char *call, unsigned n_args, const struct scmp_arg_cmp *args)
{
    int nr = seccomp_syscall_resolve_name(call), rc;

    if (nr < 0 || l->bad != FAIR_OK) return;    /* not on this machine: nothing to allow */
    rc = seccomp_rule_add_array(l->ctx, action, nr, n_args, args);
    if (rc != 0) l->bad = fair_fail(l->err, FAIR_REFUSED, "seccomp rule %s: %s", call, strerror(-rc));
    else if (action == SCMP_ACT_ALLOW) l->n++;
}

static void
allow(struct list *l, const char *call)
{
    add(l, SCMP_ACT_ALLOW, call, 0, NULL);
}

/* One call where some arguments must be as said. */
#define ALLOW_IF(l, call, ...)                                                                   \
    do {                                                                                         \
        const struct scmp_arg_cmp cmp_[] = { __VA_ARGS__ };                                      \
        add((l), SCMP_ACT_ALLOW, (call), sizeof cmp_ / sizeof cmp_[0], cmp_);                    \
    } while (0)
#define REFUSE_IF(l, call, error, ...)                                                           \
    do {                                                                                         \
        const struct scmp_arg_cmp cmp_[] = { __VA_ARGS__ };                                      \
        add((l), SCMP_ACT_ERRNO(error), (call), sizeof cmp_ / sizeof cmp_[0], cmp_);             \
    } while (0)

/* Threads are clone with CLONE_THREAD; fork, vfork and the rest are clone without it, and die.
 * clone3 keeps its flags in memory where no filter can see them: it "does not exist" and glibc falls back. */
static void
threads(struct list *l)
{
    if ((l->may & FAIR_MAY_THREAD) == 0) return;
    ALLOW_IF(l, "clone", SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
}

/* Memory never becomes code. */
static void
memory(struct list *l)
{
    ALLOW_IF(l, "mmap", SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    ALLOW_IF(l, "mprotect", SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

/* Signals to oneself only (abort), names for threads, limits read and not set. */
static void
oneself(struct list *l)
{
    ALLOW_IF(l, "tgkill", SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    ALLOW_IF(l, "prctl", SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
    ALLOW_IF(l, "prctl", SCMP_A0(SCMP_CMP_EQ, PR_GET_NAME));
    ALLOW_IF(l, "prctl", SCMP_A0(SCMP_CMP_EQ, 0x53564d41 /* PR_SET_VMA */));
    ALLOW_IF(l, "prlimit64", SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0));
    ALLOW_IF(l, "getrlimit", SCMP_A0(SCMP_CMP_GE, 0));
    ALLOW_IF(l, "fcntl", SCMP_A1(SCMP_CMP_EQ, F_GETFD));
    ALLOW_IF(l, "fcntl", SCMP_A1(SCMP_CMP_EQ, F_SETFD));
    ALLOW_IF(l, "fcntl", SCMP_A1(SCMP_CMP_EQ, F_GETFL));
    ALLOW_IF(l, "fcntl", SCMP_A1(SCMP_CMP_EQ, F_GET_SEALS));
}

static void
connecting(struct list *l)
{
    static const int families[] = { AF_INET, AF_INET6 }, kinds[] = { SOCK_STREAM, SOCK_DGRAM };

    for (const char *const *c = network; *c != NULL; c++) allow(l, *c);
    for (size_t f = 0; f < 2; f++)
        for (size_t k = 0; k < 2; k++)
            ALLOW_IF(l, "socket", SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[f]),
                     SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, (scmp_datum_t)kinds[k]));
    /* The resolver asks nscd and the routing table first, and does without them. */
    REFUSE_IF(l, "socket", EAFNOSUPPORT, SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
    REFUSE_IF(l, "socket", EAFNOSUPPORT, SCMP_A0(SCMP_CMP_EQ, AF_NETLINK));
    /* libcurl wakes itself by a pair of its own. */
    ALLOW_IF(l, "socketpair", SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
    ALLOW_IF(l, "fcntl", SCMP_A1(SCMP_CMP_EQ, F_SETFL));
    ALLOW_IF(l, "fcntl", SCMP_A1(SCMP_CMP_EQ, F_DUPFD_CLOEXEC));
    ALLOW_IF(l, "ioctl", SCMP_A1(SCMP_CMP_EQ, FIONBIO));
    ALLOW_IF(l, "ioctl", SCMP_A1(SCMP_CMP_EQ, FIONREAD));
}

/* Reading by name is Landlock's to bound; here it is held to reading. */
static void
reading(struct list *l)
{
    scmp_datum_t no = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_TMPFILE;

    no &= ~(scmp_datum_t)O_DIRECTORY;
    ALLOW_IF(l, "open", SCMP_A1(SCMP_CMP_MASKED_EQ, no, 0));
    ALLOW_IF(l, "openat", SCMP_A2(SCMP_CMP_MASKED_EQ, no, 0));
    for (scmp_datum_t bit = 1; bit < (scmp_datum_t)1 << 32; bit <<= 1) {
        if ((no & bit) == 0) continue;
        REFUSE_IF(l, "open", EACCES, SCMP_A1(SCMP_CMP_MASKED_EQ, bit, bit));
        REFUSE_IF(l, "openat", EACCES, SCMP_A2(SCMP_CMP_MASKED_EQ, bit, bit));
    }
    allow(l, "stat");
    allow(l, "lstat");
    allow(l, "newfstatat");
    allow(l, "statx");
    allow(l, "access");
    allow(l, "faccessat");
    allow(l, "faccessat2");
    allow(l, "getdents64");
}

/* Writing too: Landlock bounds where. */
static void
writing(struct list *l)
{
    static const char *const calls[] = { "open", "openat", "creat", "stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2",
        "getdents64", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "fsync", "fdatasync", "pwrite64", NULL };

    for (const char *const *c = calls; *c != NULL; c++) allow(l, *c);
}

/* Taking connections and answering on them, without making any. */
static void
accepting(struct list *l)
{
    static const char *const calls[] = { "recvfrom", "sendto", "setsockopt", "getsockopt", "getsockname", "getpeername", "shutdown",
        "epoll_ctl", "epoll_wait", "epoll_pwait", "sendfile", NULL };

    allow(l, "accept4");
    if ((l->may & FAIR_MAY_CONNECT) != 0) return;               /* it has the rest */
    for (const char *const *c = calls; *c != NULL; c++) allow(l, *c);
    ALLOW_IF(l, "fcntl", SCMP_A1(SCMP_CMP_EQ, F_SETFL));
}

static bool
granted_elsewhere(const struct list *l, const char *call)
{
    static const char *const by_reading[] = { "open", "openat", "stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2" };
    static const char *const by_network[] = { "eventfd2", "pipe2", "ioctl" };
    static const char *const by_writing[] = { "creat", "unlink" };

    for (size_t i = 0; (l->may & (FAIR_MAY_READ | FAIR_MAY_WRITE)) != 0 && i < sizeof by_reading / sizeof *by_reading; i++)
        if (strcmp(call, by_reading[i]) == 0) return true;
    for (size_t i = 0; (l->may & FAIR_MAY_WRITE) != 0 && i < sizeof by_writing / sizeof *by_writing; i++)
        if (strcmp(call, by_writing[i]) == 0) return true;
    for (size_t i = 0; (l->may & FAIR_MAY_CONNECT) != 0 && i < sizeof by_network / sizeof *by_network; i++)
        if (strcmp(call, by_network[i]) == 0) return true;
    return false;
}

fair_status
fair_filter(const struct fair_role_rules *rules, int *n_calls, struct fair_err *err)
{
    struct list l = { .ctx = seccomp_init(SCMP_ACT_KILL_PROCESS), .may = rules->may, .err = err };
    int rc;

    if (l.ctx == NULL) return fair_fail(err, FAIR_REFUSED, "seccomp_init failed");
    for (const char *const *c = always; *c != NULL; c++) allow(&l, *c);
    memory(&l);
    threads(&l);
    oneself(&l);
    if ((l.may & FAIR_MAY_CONNECT) != 0) connecting(&l);
    if ((l.may & FAIR_MAY_READ) != 0) reading(&l);
    if ((l.may & FAIR_MAY_ACCEPT) != 0) accepting(&l);
    if ((l.may & FAIR_MAY_WRITE) != 0) writing(&l);
    if ((l.may & FAIR_MAY_MEMFD) != 0) {
        allow(&l, "memfd_create");
        allow(&l, "ftruncate");
        ALLOW_IF(&l, "fcntl", SCMP_A1(SCMP_CMP_EQ, F_ADD_SEALS));
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (!granted_elsewhere(&l, refused[i].call)) add(&l, SCMP_ACT_ERRNO((uint32_t)refused[i].error), refused[i].call, 0, NULL);
    if (l.bad == FAIR_OK && ((rc = seccomp_attr_set(l.ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS)) != 0 ||
                             (rc = seccomp_attr_set(l.ctx, SCMP_FLTATR_CTL_TSYNC, 1)) != 0 ||
                             (rc = seccomp_load(l.ctx)) != 0))
        l.bad = fair_fail(err, FAIR_REFUSED, "seccomp: %s", strerror(-rc));
    seccomp_release(l.ctx);
    *n_calls = l.n;
    return l.bad;
}
