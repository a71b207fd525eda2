/* dir.c - the vault in a folder: aa/bb/<hex>, a file is whole and on disk before it has its name. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/io.h"
#include "vault/vault_private.h"

#define MANY 8                /* from here one syncfs is cheaper than an fsync each */
#define NAME_ROOM 88

/* A file that is written but has no name yet. */
struct pending {
    struct fair_sha256 key;
    uint64_t serial;
};

/* Temporary files lie in tmp/<random>/, a folder of this process that it holds
 * locked (flock): a lock ends with its process, in whatever container it ran,
 * so whoever gets the lock of such a folder knows that its owner is dead. */
struct dir {
    char *root;
    int fd, own;              /* the vault; our folder in tmp, locked */
    char own_name[NAME_ROOM];
    uint64_t serial;
    struct pending *late;
    size_t n_late, room_late;
};

static void
hex_of(const struct fair_sha256 *key, char out[65])
{
    for (size_t i = 0; i < sizeof key->b; i++) snprintf(out + 2 * i, 3, "%02x", key->b[i]);
}

static void
path_of(const struct fair_sha256 *key, char out[NAME_ROOM])
{
    char hex[65];
    hex_of(key, hex);
    snprintf(out, NAME_ROOM, "%.2s/%.2s/%s", hex, hex + 2, hex);
}

static fair_status
sync_at(int at, const char *name, struct fair_err *err)
{
    FAIR_AUTO(fd) int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) return fair_fail(err, FAIR_IO, "vault: folder %s: %m", name);
    return FAIR_OK;
}

/* The two folders above a blob.  `sync`: those made now are on disk when this returns. */
static fair_status
make_folders(struct dir *d, const char *path, bool sync, struct fair_err *err)
{
    char part[8];

    snprintf(part, sizeof part, "%.5s", path);
    if (mkdirat(d->fd, part, 0700) == 0) {
        part[2] = '\0';
        return sync ? sync_at(d->fd, part, err) : FAIR_OK;
    }
    if (errno == EEXIST) return FAIR_OK;
    part[2] = '\0';
    if (mkdirat(d->fd, part, 0700) != 0 && errno != EEXIST)
        return fair_fail(err, FAIR_IO, "vault: folder %s: %m", part);
    if (sync) FAIR_TRY(sync_at(d->fd, ".", err));
    snprintf(part, sizeof part, "%.5s", path);
    if (mkdirat(d->fd, part, 0700) != 0 && errno != EEXIST)
        return fair_fail(err, FAIR_IO, "vault: folder %s: %m", part);
    part[2] = '\0';
    return sync ? sync_at(d->fd, part, err) : FAIR_OK;
}

/* Is it there already?  A blob has its name only when it was whole, so its size
 * tells; a file of another size was spoiled by somebody and is replaced. */
static fair_status
there(struct dir *d, const char *path, size_t n, bool *is, struct fair_err *err)
{
    struct stat st;
    struct timespec now;
    char folder[8];

    *is = false;
    if (fstatat(d->fd, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT || errno == ENOTDIR ? FAIR_OK : fair_fail(err, FAIR_IO, "vault: %s: %m", path);
    if (!S_ISREG(st.st_mode) || (unsigned long long)st.st_size != n) return FAIR_OK;
    *is = true;
    /* Named a moment ago by somebody else, who may not have waited for the folder yet: wait ourselves. */
    clock_gettime(CLOCK_REALTIME, &now);
    if (st.st_ctim.tv_sec + 10 < now.tv_sec) return FAIR_OK;
    snprintf(folder, sizeof folder, "%.5s", path);
    return sync_at(d->fd, folder, err);
}

static fair_status
write_temporary(struct dir *d, fair_str bytes, bool sync, uint64_t *serial, struct fair_err *err)
{
    char name[32];
    FAIR_AUTO(fd) int fd = -1;
    fair_status s;

    *serial = ++d->serial;
    snprintf(name, sizeof name, "%llu", (unsigned long long)*serial);
    fd = openat(d->own, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (fd < 0) return fair_fail(err, FAIR_IO, "vault: a temporary file: %m");
    s = fair_write_all(fd, bytes.p, bytes.n, err);
    if (s == FAIR_OK && sync && fsync(fd) != 0) s = fair_fail(err, FAIR_IO, "fsync: %m");
    if (s != FAIR_OK) {
        unlinkat(d->own, name, 0);
        fair_fail_in(err, "vault: %zu bytes", bytes.n);
        return s;
    }
    return FAIR_OK;
}

static fair_status
give_name(struct dir *d, uint64_t serial, const struct fair_sha256 *key, bool sync, struct fair_err *err)
{
    char name[32], path[NAME_ROOM], folder[8];

    path_of(key, path);
    snprintf(name, sizeof name, "%llu", (unsigned long long)serial);
    FAIR_TRY(make_folders(d, path, sync, err));
    if (renameat(d->own, name, d->fd, path) != 0) {
        fair_fail(err, FAIR_IO, "vault: %s: %m", path);
        unlinkat(d->own, name, 0);
        return FAIR_IO;
    }
    snprintf(folder, sizeof folder, "%.5s", path);
    return sync ? sync_at(d->fd, folder, err) : FAIR_OK;
}

static fair_status
dir_put(void *self, const struct fair_sha256 *key, fair_str bytes, struct fair_err *err)
{
    struct dir *d = self;
    char path[NAME_ROOM];
    uint64_t serial;
    bool is;

    path_of(key, path);
    FAIR_TRY(there(d, path, bytes.n, &is, err));
    if (is) return FAIR_OK;
    FAIR_TRY(write_temporary(d, bytes, true, &serial, err));
    return give_name(d, serial, key, true, err);
}

static fair_status
dir_put_lazy(void *self, const struct fair_sha256 *key, fair_str bytes, struct fair_err *err)
{
    struct dir *d = self;
    char path[NAME_ROOM];
    uint64_t serial;
    bool is;

    path_of(key, path);
    FAIR_TRY(there(d, path, bytes.n, &is, err));
    if (is) return FAIR_OK;
    FAIR_TRY(write_temporary(d, bytes, false, &serial, err));
    if (d->n_late == d->room_late) {
        d->room_late = d->room_late == 0 ? 64 : d->room_late * 2;
        d->late = fair_xrealloc(d->late, d->room_late * sizeof *d->late);
    }
    d->late[d->n_late++] = (struct pending){ *key, serial };
    return FAIR_OK;
}

static void
forget_late(struct dir *d, size_t from)
{
    for (size_t i = from; i < d->n_late; i++) {
        char name[32];
        snprintf(name, sizeof name, "%llu", (unsigned long long)d->late[i].serial);
        unlinkat(d->own, name, 0);
    }
    d->n_late = 0;
}

static fair_status
sync_late(struct dir *d, struct fair_err *err)
{
    if (d->n_late >= MANY) {
        if (syncfs(d->fd) != 0) return fair_fail(err, FAIR_IO, "vault: syncfs: %m");
        return FAIR_OK;
    }
    for (size_t i = 0; i < d->n_late; i++) {
        char name[32];
        FAIR_AUTO(fd) int fd = -1;
        snprintf(name, sizeof name, "%llu", (unsigned long long)d->late[i].serial);
        fd = openat(d->own, name, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || fsync(fd) != 0) return fair_fail(err, FAIR_IO, "vault: fsync: %m");
    }
    return FAIR_OK;
}

static fair_status
dir_flush(void *self, struct fair_err *err)
{
    struct dir *d = self;
    bool many = d->n_late >= MANY;
    fair_status s;

    if (d->n_late == 0) return FAIR_OK;
    s = sync_late(d, err);
    for (size_t i = 0; s == FAIR_OK && i < d->n_late; i++) {
        s = give_name(d, d->late[i].serial, &d->late[i].key, !many, err);
        if (s != FAIR_OK) forget_late(d, i);
    }
    if (s != FAIR_OK) {
        forget_late(d, 0);
        return s;
    }
    d->n_late = 0;
    if (many && syncfs(d->fd) != 0) return fair_fail(err, FAIR_IO, "vault: syncfs: %m");
    return FAIR_OK;
}

static fair_status
dir_get(void *self, const struct fair_sha256 *key, int *fd, struct fair_err *err)
{
    struct dir *d = self;
    char path[NAME_ROOM];

    path_of(key, path);
    *fd = openat(d->fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
    if (*fd >= 0) return FAIR_OK;
    if (errno == ENOENT || errno == ENOTDIR) return fair_fail(err, FAIR_NOT_FOUND, "no blob %s", path + 6);
    return fair_fail(err, FAIR_IO, "blob %s: %m", path + 6);
}

static fair_status
dir_size(void *self, const struct fair_sha256 *key, uint64_t *bytes, struct fair_err *err)
{
    struct dir *d = self;
    char path[NAME_ROOM];
    struct stat st;

    path_of(key, path);
    if (fstatat(d->fd, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return fair_fail(err, errno == ENOENT || errno == ENOTDIR ? FAIR_NOT_FOUND : FAIR_IO, "blob %s: %m", path + 6);
    if (!S_ISREG(st.st_mode)) return fair_fail(err, FAIR_CORRUPT, "blob %s: no file", path + 6);
    *bytes = (uint64_t)st.st_size;
    return FAIR_OK;
}

static fair_status
dir_drop(void *self, const struct fair_sha256 *key, struct fair_err *err)
{
    struct dir *d = self;
    char path[NAME_ROOM], folder[8];

    path_of(key, path);
    if (unlinkat(d->fd, path, 0) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return fair_fail(err, FAIR_NOT_FOUND, "no blob %s", path + 6);
        return fair_fail(err, FAIR_IO, "blob %s: %m", path + 6);
    }
    snprintf(folder, sizeof folder, "%.5s", path);
    return sync_at(d->fd, folder, err);
}

/* aa/bb/<hex>.stone */
static void
stone_path(const struct fair_sha256 *key, char out[NAME_ROOM])
{
    path_of(key, out);
    memcpy(out + strlen(out), ".stone", sizeof ".stone");
}

static fair_status
dir_stone_put(void *self, const struct fair_sha256 *key, fair_str text, struct fair_err *err)
{
    struct dir *d = self;
    char name[32], path[NAME_ROOM], folder[8];
    uint64_t serial;

    stone_path(key, path);
    FAIR_TRY(write_temporary(d, text, true, &serial, err));
    FAIR_TRY(make_folders(d, path, true, err));
    snprintf(name, sizeof name, "%llu", (unsigned long long)serial);
    if (renameat(d->own, name, d->fd, path) != 0) {
        (void)fair_fail(err, FAIR_IO, "vault: %s: %m", path);
        unlinkat(d->own, name, 0);
        return FAIR_IO;
    }
    snprintf(folder, sizeof folder, "%.5s", path);
    return sync_at(d->fd, folder, err);
}

static fair_status
dir_stone_get(void *self, const struct fair_sha256 *key, struct fair_arena *a, fair_str *text, struct fair_err *err)
{
    struct dir *d = self;
    char path[NAME_ROOM];
    FAIR_AUTO(fd) int fd = -1;

    stone_path(key, path);
    fd = openat(d->fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) return fair_fail(err, errno == ENOENT || errno == ENOTDIR ? FAIR_NOT_FOUND : FAIR_IO, "stone %s: %m", path + 6);
    if (fair_read_fd(a, fd, FAIR_STONE_BYTES, text, NULL) != FAIR_OK) *text = FAIR_STR("");
    return FAIR_OK;
}

static fair_status
dir_stone_drop(void *self, const struct fair_sha256 *key, struct fair_err *err)
{
    struct dir *d = self;
    char path[NAME_ROOM], folder[8];

    stone_path(key, path);
    if (unlinkat(d->fd, path, 0) != 0)
        return fair_fail(err, errno == ENOENT || errno == ENOTDIR ? FAIR_NOT_FOUND : FAIR_IO, "stone %s: %m", path + 6);
    snprintf(folder, sizeof folder, "%.5s", path);
    return sync_at(d->fd, folder, err);
}

static bool
is_byte_name(const char *name)
{
    return strlen(name) == 2 && strspn(name, "0123456789abcdef") == 2;
}

static void
dirp_free(DIR **dp)
{
    if (*dp != NULL) closedir(*dp);
    *dp = NULL;
}

static fair_status
folder_open(int at, const char *name, DIR **out, struct fair_err *err)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return fair_fail(err, FAIR_IO, "vault: folder %s: %m", name);
    *out = fdopendir(fd);
    if (*out == NULL) {
        close(fd);
        return fair_fail(err, FAIR_IO, "vault: folder %s: %m", name);
    }
    return FAIR_OK;
}

static fair_status
each_in(struct dir *d, const char *folder, fair_status (*visit)(void *arg, const struct fair_sha256 *key, uint64_t bytes),
        void *arg, struct fair_err *err)
{
    __attribute__((cleanup(dirp_free))) DIR *dp = NULL;
    struct dirent *e;

    FAIR_TRY(folder_open(d->fd, folder, &dp, err));
    while ((e = readdir(dp)) != NULL) {
        struct fair_sha256 key;
        char path[NAME_ROOM];
        struct stat st;
        if (!fair_unhex(fair_str_of(e->d_name), key.b, sizeof key.b)) continue;
        path_of(&key, path);
        if (strncmp(path, folder, 5) != 0 || strcmp(path + 6, e->d_name) != 0) continue;
        if (fstatat(dirfd(dp), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode)) continue;
        FAIR_TRY(visit(arg, &key, (uint64_t)st.st_size));
    }
    return FAIR_OK;
}

static fair_status
dir_each(void *self, fair_status (*visit)(void *arg, const struct fair_sha256 *key, uint64_t bytes), void *arg,
         struct fair_err *err)
{
    struct dir *d = self;
    __attribute__((cleanup(dirp_free))) DIR *top = NULL;
    struct dirent *e, *f;

    FAIR_TRY(folder_open(d->fd, ".", &top, err));
    while ((e = readdir(top)) != NULL) {
        __attribute__((cleanup(dirp_free))) DIR *half = NULL;
        if (!is_byte_name(e->d_name)) continue;
        FAIR_TRY(folder_open(d->fd, e->d_name, &half, err));
        while ((f = readdir(half)) != NULL) {
            char folder[8];
            if (!is_byte_name(f->d_name)) continue;
            snprintf(folder, sizeof folder, "%.2s/%.2s", e->d_name, f->d_name);
            FAIR_TRY(each_in(d, folder, visit, arg, err));
        }
    }
    return FAIR_OK;
}

static void
remove_folder(int tmp, const char *name, int fd)
{
    int again = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    DIR *dp = again < 0 ? NULL : fdopendir(again);
    struct dirent *e;

    if (dp == NULL) {
        if (again >= 0) close(again);
        return;
    }
    rewinddir(dp);
    while ((e = readdir(dp)) != NULL)
        if (e->d_name[0] != '.') unlinkat(fd, e->d_name, 0);
    closedir(dp);
    unlinkat(tmp, name, AT_REMOVEDIR);
}

static void
dir_close(void *self)
{
    struct dir *d = self;
    if (d->own >= 0) {
        FAIR_AUTO(fd) int tmp = openat(d->fd, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        forget_late(d, 0);
        if (tmp >= 0) remove_folder(tmp, d->own_name, d->own);
    }
    fair_fd_free(&d->own);
    fair_fd_free(&d->fd);
    free(d->late);
    free(d->root);
    free(d);
}

/* What processes left behind that were killed while they wrote. */
static void
sweep(int tmp)
{
    int again = fcntl(tmp, F_DUPFD_CLOEXEC, 0);
    DIR *dp = again < 0 ? NULL : fdopendir(again);
    struct dirent *e;

    if (dp == NULL) {
        if (again >= 0) close(again);
        return;
    }
    rewinddir(dp);
    while ((e = readdir(dp)) != NULL) {
        FAIR_AUTO(fd) int fd = -1;
        if (e->d_name[0] == '.') continue;
        fd = openat(tmp, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) remove_folder(tmp, e->d_name, fd);
    }
    closedir(dp);
}

static fair_status
make_own(struct dir *d, int tmp, struct fair_err *err)
{
    for (int tries = 0; tries < 100; tries++) {
        uint64_t salt;
        struct stat ours, named;
        FAIR_AUTO(fd) int fd = -1;

        fair_random(&salt, sizeof salt);
        snprintf(d->own_name, sizeof d->own_name, "%016llx", (unsigned long long)salt);
        if (mkdirat(tmp, d->own_name, 0700) != 0) {
            if (errno == EEXIST) continue;
            return fair_fail(err, FAIR_IO, "vault %s: %m", d->root);
        }
        fd = openat(tmp, d->own_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0) {
            if (errno == ENOENT) continue;
            return fair_fail(err, FAIR_IO, "vault %s: %m", d->root);
        }
        /* Somebody who sweeps may have taken it between the making and the locking. */
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) continue;
        if (fstat(fd, &ours) != 0 || fstatat(tmp, d->own_name, &named, 0) != 0 || ours.st_ino != named.st_ino) continue;
        d->own = fd;
        fd = -1;
        return FAIR_OK;
    }
    return fair_fail(err, FAIR_IO, "vault %s: no place for temporary files", d->root);
}

static const struct fair_vault_ops dir_ops = {
    .name = "dir",
    .size = dir_size, .put = dir_put, .put_lazy = dir_put_lazy, .flush = dir_flush,
    .get = dir_get, .drop = dir_drop, .each = dir_each,
    .stone_put = dir_stone_put, .stone_get = dir_stone_get, .stone_drop = dir_stone_drop, .close = dir_close,
};

fair_status
fair_vault_open_dir(const char *path, struct fair_vault **out, struct fair_err *err)
{
    FAIR_AUTO(vault) struct fair_vault *v = fair_xcalloc(1, sizeof *v);
    struct dir *d = fair_xcalloc(1, sizeof *d);
    FAIR_AUTO(fd) int tmp = -1;

    *out = NULL;
    d->fd = d->own = -1;
    d->root = strdup(path);
    v->ops = &dir_ops;
    v->self = d;
    FAIR_TRY(fair_make_dirs(path, 0700, err));
    d->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (d->fd < 0) return fair_fail(err, FAIR_IO, "vault %s: %m", path);
    if (mkdirat(d->fd, "tmp", 0700) != 0 && errno != EEXIST) return fair_fail(err, FAIR_IO, "vault %s: %m", path);
    tmp = openat(d->fd, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (tmp < 0) return fair_fail(err, FAIR_IO, "vault %s: tmp: %m", path);
    sweep(tmp);
    FAIR_TRY(make_own(d, tmp, err));
    *out = v;
    v = NULL;
    return FAIR_OK;
}
