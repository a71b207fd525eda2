/* tests/proc/breakout.c - a helper that, once confined, tries one thing it may not do and reports how it went.
 *
 * Its setting is "<role>/<attempt>", or "<role>/<attempt>/free" to try without confinement: what succeeds
 * then and fails confined is what the confinement stops.  Sometimes it is killed and reports nothing. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "proc/proc.h"

static struct fair_self self;

/* Each attempt returns true where it got what it should not have. */

static bool
opens(const char *path, int flags)
{
    int fd = open(path, flags, 0600);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

static bool open_a_file(void) { return opens("/etc/passwd", O_RDONLY); }
static bool open_a_folder(void) { return opens("/", O_RDONLY | O_DIRECTORY); }
static bool open_the_process_table(void) { return opens("/proc/self/status", O_RDONLY); }
static bool open_for_writing(void) { return opens("/dev/null", O_WRONLY); }
static bool open_the_name_servers(void) { return opens("/etc/hosts", O_RDONLY); }
static bool open_the_name_servers_to_write(void) { return opens("/etc/hosts", O_RDWR); }

static bool
open_the_parents_memory(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", (int)getppid());
    return opens(path, O_RDWR);
}

static bool
make_a_file(void)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/fairtrack-breakout.%d", (int)getpid());
    if (!opens(path, O_CREAT | O_EXCL | O_WRONLY)) return false;
    unlink(path);
    return true;
}

static bool
make_a_nameless_file(void)
{
    return opens("/tmp", O_TMPFILE | O_RDWR);
}

static bool
open_by_another_call(void)
{
    struct { uint64_t flags, mode, resolve; } how = { O_RDONLY, 0, 0 };
    return syscall(437 /* openat2 */, AT_FDCWD, "/etc/passwd", &how, sizeof how) >= 0;
}

static bool make_a_folder(void) { return mkdir("/tmp/fairtrack-breakout-folder", 0700) == 0 && rmdir("/tmp/fairtrack-breakout-folder") == 0; }
static bool remove_a_folder(void) { return rmdir("/tmp/fairtrack-there-is-no-such-folder") == 0 || errno == ENOENT; }
static bool change_a_mode(void) { return chmod("/dev/null", 0666) == 0; }
static bool rename_a_file(void) { return rename("/tmp/fairtrack-no-such-a", "/tmp/fairtrack-no-such-b") == 0 || errno == ENOENT; }
static bool link_a_file(void) { return symlink("x", "/tmp/fairtrack-breakout-link") == 0 && unlink("/tmp/fairtrack-breakout-link") == 0; }
static bool change_the_root(void) { return chroot("/") == 0; }
static bool change_the_folder(void) { return chdir("/") == 0; }

static bool socket_tcp(void) { return socket(AF_INET, SOCK_STREAM, 0) >= 0; }
static bool socket_udp(void) { return socket(AF_INET6, SOCK_DGRAM, 0) >= 0 || socket(AF_INET, SOCK_DGRAM, 0) >= 0; }
static bool socket_unix(void) { return socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }
static bool socket_netlink(void) { return socket(AF_NETLINK, SOCK_RAW, 0) >= 0; }
static bool socket_raw(void) { return socket(AF_INET, SOCK_RAW, 1) >= 0; }
static bool socket_packet(void) { return socket(AF_PACKET, SOCK_DGRAM, 0) >= 0; }
static bool socket_pair(void) { int s[2]; return socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0; }

/* The test listens on loopback; its port is in the message. */
static bool
connects(uint16_t port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return s >= 0 && connect(s, (struct sockaddr *)&to, sizeof to) == 0;
}

static uint16_t test_port;
static bool connect_to_any_port(void) { return connects(test_port); }

static bool
connect_a_socket_we_have(void)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = "/run/x" };
    return connect(self.sock, (struct sockaddr *)&to, sizeof to) == 0 || errno == ENOENT || errno == EISCONN || errno == EINVAL;
}

static bool
listen_to_others(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return s >= 0 && bind(s, (struct sockaddr *)&at, sizeof at) == 0 && listen(s, 1) == 0;
}

/* The child of a fork must not come back to the socket. */
static bool
child(long pid)
{
    if (pid == 0) _exit(0);
    if (pid > 0) waitpid((pid_t)pid, NULL, 0);
    return pid > 0;
}

static bool fork_a_process(void) { return child(fork()); }
static bool fork_by_the_old_call(void)
{
#ifdef SYS_fork
    return child(syscall(SYS_fork));
#else
    return child(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
#endif
}
static bool clone_a_process(void) { return child(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }

static bool
clone_by_the_new_call(void)
{
    struct { uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls; } args = { .exit_signal = SIGCHLD };
    return child(syscall(435 /* clone3 */, &args, sizeof args));
}

static void *nothing(void *p) { return p; }
static bool
start_a_thread(void)
{
    pthread_t t;
    return pthread_create(&t, NULL, nothing, NULL) == 0 && pthread_join(t, NULL) == 0;
}

static bool
exec_a_program(void)
{
    char *argv[] = { (char *)(uintptr_t)"true", NULL }, *env[] = { NULL };
    execve("/bin/sh-there-is-no-such", argv, env);
    return errno == ENOENT;                     /* we got as far as looking for it */
}

static bool
exec_from_memory(void)
{
    char *argv[] = { (char *)(uintptr_t)"x", NULL }, *env[] = { NULL };
    int fd = (int)syscall(SYS_memfd_create, "x", 0);
    if (fd < 0) return false;
    syscall(322 /* execveat on x86-64 */, fd, "", argv, env, AT_EMPTY_PATH);
    return errno == EACCES || errno == ENOEXEC;
}

static bool trace_the_parent(void) { return ptrace(PTRACE_SEIZE, getppid(), 0, 0) == 0 || errno == EPERM; }
static bool be_traced(void) { return ptrace(PTRACE_TRACEME, 0, 0, 0) == 0; }
static bool signal_the_parent(void) { return kill(getppid(), SIGCONT) == 0; }
static bool signal_the_parents_thread(void) { return syscall(SYS_tgkill, getppid(), getppid(), SIGCONT) == 0; }
static bool signal_by_descriptor(void) { int fd = (int)syscall(434 /* pidfd_open */, getppid(), 0); return fd >= 0; }

static bool
read_the_parents_memory(void)
{
    char b[8];
    struct iovec here = { b, sizeof b }, there = { &self, sizeof b };
    return process_vm_readv(getppid(), &here, 1, &there, 1, 0) > 0 || errno == EFAULT;
}

static bool
make_memory_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool
turn_memory_into_code(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool
make_our_code_writable(void)
{
    uintptr_t page = (uintptr_t)&make_our_code_writable & ~(uintptr_t)4095;
    return mprotect((void *)page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC) == 0;
}

static bool
write_what_we_were_given(void)
{
    return self.in != NULL && mprotect((void *)(uintptr_t)self.in, 4096, PROT_READ | PROT_WRITE) == 0;
}

static bool
use_much_memory(void)
{
    size_t step = (size_t)64 << 20;
    for (size_t sum = 0; sum < self.memory + 2 * step; sum += step) {
        uint8_t *p = malloc(step);
        if (p == NULL) return false;
        for (size_t i = 0; i < step; i += 4096) ((volatile uint8_t *)p)[i] = 1;
    }
    return true;
}

static bool
raise_a_limit(void)
{
    struct rlimit r = { 4096, 4096 };
    return setrlimit(RLIMIT_NOFILE, &r) == 0;
}

static bool gain_privileges(void) { return setuid(0) == 0; }
static bool new_namespaces(void) { return unshare(CLONE_NEWUSER) == 0; }
static bool allow_dumps(void) { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0; }
static bool async_io(void) { char p[256] = { 0 }; return syscall(425 /* io_uring_setup */, 4, p) >= 0; }
static bool load_bpf(void) { return syscall(321 /* bpf on x86-64 */, 0, NULL, 0) >= 0 || errno == EINVAL || errno == EFAULT || errno == EPERM; }
static bool keys(void) { return syscall(SYS_keyctl, 0 /* KEYCTL_GET_KEYRING_ID */, -3, 0) >= 0; }
static bool count_events(void) { char p[128] = { 0 }; return syscall(SYS_perf_event_open, p, 0, -1, -1, 0) >= 0 || errno != ENOSYS; }
static bool type_on_the_terminal(void) { char c = 'x'; return ioctl(STDERR_FILENO, TIOCSTI, &c) == 0; }
static bool
make_a_memory_file(void)
{
    return syscall(SYS_memfd_create, "x", 0) >= 0;
}

static bool
another_machine_mode(void)
{
#ifdef __x86_64__
    long r = 20;                                /* getpid of the 32-bit table */
    __asm__ volatile("int $0x80" : "+a"(r) : : "memory", "r8", "r9", "r10", "r11");
    return r == getpid();
#else
    return false;
#endif
}

/* The test leaves 50 open and not close-on-exec. */
static bool use_a_descriptor_left_open(void) { return fcntl(50, F_GETFD) >= 0; }

#define A(name) { #name, name }
static const struct { const char *name; bool (*try)(void); } attempts[] = {
    A(open_a_file), A(open_a_folder), A(open_the_process_table), A(open_for_writing), A(open_the_name_servers),
    A(open_the_name_servers_to_write), A(open_the_parents_memory), A(make_a_file), A(make_a_nameless_file), A(open_by_another_call),
    A(make_a_folder), A(remove_a_folder), A(change_a_mode), A(rename_a_file), A(link_a_file), A(change_the_root), A(change_the_folder),
    A(socket_tcp), A(socket_udp), A(socket_unix), A(socket_netlink), A(socket_raw), A(socket_packet), A(socket_pair),
    A(connect_to_any_port), A(connect_a_socket_we_have), A(listen_to_others), A(fork_a_process), A(fork_by_the_old_call),
    A(clone_a_process), A(clone_by_the_new_call), A(start_a_thread), A(exec_a_program), A(exec_from_memory), A(trace_the_parent),
    A(be_traced), A(signal_the_parent), A(signal_the_parents_thread), A(signal_by_descriptor), A(read_the_parents_memory),
    A(make_memory_code), A(turn_memory_into_code), A(make_our_code_writable), A(write_what_we_were_given), A(use_much_memory),
    A(raise_a_limit), A(gain_privileges), A(new_namespaces), A(allow_dumps), A(async_io), A(load_bpf), A(keys), A(count_events),
    A(type_on_the_terminal), A(make_a_memory_file), A(another_machine_mode),
    A(use_a_descriptor_left_open),
};

static void
say(uint32_t type, uint32_t a, uint32_t b, const char *text)
{
    FAIR_AUTO(arena) struct fair_arena *arena = fair_arena_new();
    struct fair_buf out = FAIR_BUF(arena, 1000);
    struct fair_msg m = { .type = type, .fd = -1 };

    fair_put_u32(&out, a);
    fair_put_u32(&out, b);
    if (text != NULL) fair_put_str(&out, fair_str_of(text));
    m.body = (fair_str){ out.p, out.n };
    if (fair_msg_send(self.sock, &m, NULL) != FAIR_OK) _exit(9);
}

int
main(int argc, char **argv)
{
    static const uint16_t web[] = { 80, 443, 53 };
    char want[128] = "";
    char *attempt, *free_one;
    int role = 0;
    struct fair_err err = { 0 };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_msg m;
    struct fair_reader r;

    snprintf(want, sizeof want, "%s", argc == 5 ? argv[4] : "");
    attempt = strchr(want, '/');
    if (attempt == NULL) return 2;
    *attempt++ = '\0';
    free_one = strchr(attempt, '/');
    if (free_one != NULL) *free_one = '\0';
    while (role < FAIR_N_ROLES && strcmp(fair_role_rules[role].name, want) != 0) role++;
    if (role == FAIR_N_ROLES || fair_self_begin(argc, argv, (enum fair_role)role, &self, &err) != FAIR_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    if (free_one != NULL) say(FAIR_MSG_READY, FAIR_PROTOCOL, (uint32_t)role, "nothing is in force");
    else if (fair_self_ready(&self, web, 3, &err) != FAIR_OK) return 3;
    if (fair_msg_recv(self.sock, a, false, &m, &err) != FAIR_OK) return 4;
    r = fair_reader_of(m.body);
    test_port = (uint16_t)fair_get_u32(&r, 65535);
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++)
        if (strcmp(attempts[i].name, attempt) == 0) {
            bool got = attempts[i].try();
            say(FAIR_MSG_FIRST_FREE, got ? 1 : 0, (uint32_t)errno, NULL);
            return 0;
        }
    return 5;
}
