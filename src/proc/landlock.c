/* proc/landlock.c - Landlock, negotiated down to what the running kernel has (ABI 0 to 7 and later).
 * Documentation/userspace-api/landlock.rst of the kernel; the newer bits are defined here, for a system's
 * headers may be older than its kernel. */
#include "proc/proc_private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/io.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

enum {
    CREATE_VERSION = 1,
    RULE_PATH = 1, RULE_PORT = 2,
    FS_EXECUTE = 1 << 0, FS_WRITE_FILE = 1 << 1, FS_READ_FILE = 1 << 2, FS_READ_DIR = 1 << 3, FS_REMOVE_DIR = 1 << 4, FS_REMOVE_FILE = 1 << 5, FS_MAKE_DIR = 1 << 7, FS_MAKE_REG = 1 << 8,
    FS_ALL_1 = (1 << 13) - 1, FS_REFER_2 = 1 << 13, FS_TRUNCATE_3 = 1 << 14, FS_IOCTL_DEV_5 = 1 << 15,
    NET_BIND = 1 << 0, NET_CONNECT = 1 << 1,
    SCOPE_ABSTRACT_UNIX = 1 << 0, SCOPE_SIGNAL = 1 << 1
};

struct ruleset { uint64_t fs, net, scoped; };
struct path_rule { uint64_t access; int32_t parent; } __attribute__((packed));
struct port_rule { uint64_t access, port; };

static fair_status
grant_path(int rules, const char *path, uint64_t more, struct fair_err *err)
{
    FAIR_AUTO(fd) int fd = open(path, O_PATH | O_CLOEXEC);
    struct path_rule rule = { .access = FS_READ_FILE | more };
    struct stat st;

    if (fd < 0) return FAIR_OK;                 /* what is not there need not be granted */
    if (fstat(fd, &st) != 0) return fair_fail(err, FAIR_IO, "%s: %m", path);
    if (S_ISDIR(st.st_mode)) rule.access |= FS_READ_DIR;
    rule.parent = fd;
    if (syscall(SYS_landlock_add_rule, rules, RULE_PATH, &rule, 0) != 0)
        return fair_fail(err, FAIR_REFUSED, "landlock_add_rule %s: %m", path);
    return FAIR_OK;
}

fair_status
fair_landlock(const struct fair_role_rules *rules, const struct fair_confine *how, int *abi,
              char *words, size_t room, struct fair_err *err)
{
    bool connects = (rules->may & FAIR_MAY_CONNECT) != 0, reads = (rules->may & FAIR_MAY_READ) != 0;
    bool writes = (rules->may & FAIR_MAY_WRITE) != 0 && how->folder != NULL;
    struct ruleset want = { .fs = FS_ALL_1 };
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);
    FAIR_AUTO(fd) int fd = -1;
    size_t size;

    *abi = version > 0 ? (int)version : 0;
    if (*abi == 0) {
        snprintf(words, room, "no Landlock in this kernel");
        return FAIR_OK;
    }
    if (*abi >= 2) want.fs |= FS_REFER_2;
    if (*abi >= 3) want.fs |= FS_TRUNCATE_3;
    if (*abi >= 5) want.fs |= FS_IOCTL_DEV_5;
    if (*abi >= 4) want.net = NET_BIND | (!connects || how->n_ports > 0 ? NET_CONNECT : 0);
    if (*abi >= 6) want.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
    size = *abi >= 6 ? sizeof want : *abi >= 4 ? offsetof(struct ruleset, scoped) : offsetof(struct ruleset, net);
    fd = (int)syscall(SYS_landlock_create_ruleset, &want, size, 0);
    if (fd < 0) return fair_fail(err, FAIR_REFUSED, "landlock_create_ruleset: %m");
    for (const char *const *p = reads ? rules->reads : NULL; p != NULL && *p != NULL; p++) FAIR_TRY(grant_path(fd, *p, 0, err));
    if (writes) FAIR_TRY(grant_path(fd, how->folder, FS_WRITE_FILE | FS_REMOVE_FILE | FS_REMOVE_DIR | FS_MAKE_REG | FS_MAKE_DIR | (want.fs & FS_TRUNCATE_3), err));
    for (size_t i = 0; connects && (want.net & NET_CONNECT) != 0 && i < how->n_ports; i++) {
        struct port_rule rule = { NET_CONNECT, how->ports[i] };
        if (syscall(SYS_landlock_add_rule, fd, RULE_PORT, &rule, 0) != 0)
            return fair_fail(err, FAIR_REFUSED, "landlock_add_rule port %u: %m", how->ports[i]);
    }
    if (syscall(SYS_landlock_restrict_self, fd, 0) != 0) return fair_fail(err, FAIR_REFUSED, "landlock_restrict_self: %m");
    snprintf(words, room, "Landlock ABI %d: %s%s%s", *abi, writes ? "one folder" : reads ? "a few files read-only" : "no files",
             want.net == 0 ? "" : connects ? ", TCP outwards" : ", no TCP",
             want.scoped != 0 ? ", no signals and abstract sockets to others" : "");
    return FAIR_OK;
}
