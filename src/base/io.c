/* base/io.c - descriptors and whole files. */
#include "base/io.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/digest.h"

void
fair_fd_free(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

fair_status
fair_write_all(int fd, const void *bytes, size_t n, struct fair_err *err)
{
    const char *at = bytes;
    while (n > 0) {
        ssize_t put = write(fd, at, n);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fair_fail(err, FAIR_IO, "write: %m");
        at += put;
        n -= (size_t)put;
    }
    return FAIR_OK;
}

fair_status
fair_read_fd(struct fair_arena *a, int fd, size_t max, fair_str *out, struct fair_err *err)
{
    size_t room = 65536, n = 0;
    struct stat st;
    char *p;

    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        if ((unsigned long long)st.st_size > max)
            return fair_fail(err, FAIR_LIMIT, "%lld bytes is over %zu", (long long)st.st_size, max);
        room = (size_t)st.st_size + 1;
    }
    p = fair_alloc(a, room + 1);
    for (;;) {
        ssize_t got;
        if (n == room) {
            char *q = fair_alloc(a, room * 2 + 1);
            memcpy(q, p, n);
            p = q;
            room *= 2;
        }
        got = read(fd, p + n, room - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fair_fail(err, errno == EISDIR ? FAIR_INVALID : FAIR_IO, "read: %m");
        if (got == 0) break;
        n += (size_t)got;
        if (n > max) return fair_fail(err, FAIR_LIMIT, "more than %zu bytes", max);
    }
    p[n] = '\0';
    *out = (fair_str){ p, n };
    return FAIR_OK;
}

fair_status
fair_read_file(struct fair_arena *a, const char *path, size_t max, fair_str *out, struct fair_err *err)
{
    FAIR_AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return fair_fail(err, errno == ENOENT ? FAIR_NOT_FOUND : FAIR_IO, "%s: %m", path);
    if (fair_read_fd(a, fd, max, out, err) != FAIR_OK) return fair_fail_in(err, "%s", path);
    return FAIR_OK;
}

static fair_status
sync_dir_of(const char *path, struct fair_err *err)
{
    char dir[PATH_MAX];
    const char *slash = strrchr(path, '/');
    FAIR_AUTO(fd) int fd = -1;
    size_t n = slash == NULL ? 0 : (size_t)(slash - path);

    if (slash == NULL) snprintf(dir, sizeof dir, ".");
    else snprintf(dir, sizeof dir, "%.*s/", (int)n, path);
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) return fair_fail(err, FAIR_IO, "%s: fsync: %m", dir);
    return FAIR_OK;
}

fair_status
fair_write_file(const char *path, const void *bytes, size_t n, int mode, struct fair_err *err)
{
    char beside[PATH_MAX];
    uint64_t salt;
    FAIR_AUTO(fd) int fd = -1;

    fair_random(&salt, sizeof salt);
    if ((size_t)snprintf(beside, sizeof beside, "%s.%016llx.new", path, (unsigned long long)salt) >= sizeof beside)
        return fair_fail(err, FAIR_INVALID, "%s: name too long", path);
    fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) return fair_fail(err, FAIR_IO, "%s: %m", beside);
    if (fair_write_all(fd, bytes, n, err) != FAIR_OK) {
        unlink(beside);
        return fair_fail_in(err, "%s", path);
    }
    if (fsync(fd) != 0 || rename(beside, path) != 0) {
        fair_fail(err, FAIR_IO, "%s: %m", path);
        unlink(beside);
        return FAIR_IO;
    }
    return sync_dir_of(path, err);
}

fair_status
fair_make_dirs(const char *path, int mode, struct fair_err *err)
{
    char part[PATH_MAX];
    size_t n = strlen(path);

    if (n == 0 || n >= sizeof part) return fair_fail(err, FAIR_INVALID, "folder name of %zu bytes", n);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0') continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, (mode_t)mode) != 0 && errno != EEXIST)
            return fair_fail(err, FAIR_IO, "folder %s: %m", part);
    }
    return FAIR_OK;
}

fair_status
fair_program_dir(struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    char *slash;

    if (n <= 0) return fair_fail(err, FAIR_IO, "/proc/self/exe: %m");
    path[n] = '\0';
    slash = strrchr(path, '/');
    if (slash == NULL || slash == path) return fair_fail(err, FAIR_IO, "%s: no folder", path);
    *out = fair_str_dup(a, (fair_str){ path, (size_t)(slash - path) });
    return FAIR_OK;
}
