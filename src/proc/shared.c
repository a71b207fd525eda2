/* proc/shared.c - memory that two processes share: anonymous files whose size is sealed. */
#include "proc/proc.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

fair_status
fair_shared_make(enum fair_shared_kind kind, size_t n, struct fair_shared *out, struct fair_err *err)
{
    int seals = F_SEAL_SHRINK | F_SEAL_GROW | (kind == FAIR_SHARED_IN ? F_SEAL_FUTURE_WRITE : 0);
    FAIR_AUTO(fd) int fd = memfd_create(kind == FAIR_SHARED_IN ? "fair-in" : "fair-out", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    void *p;

    *out = (struct fair_shared){ .fd = -1 };
    if (fd < 0) return fair_fail(err, FAIR_IO, "memfd_create: %m");
    if (ftruncate(fd, (off_t)n) != 0) return fair_fail(err, FAIR_IO, "shared memory of %zu bytes: %m", n);
    p = mmap(NULL, n, kind == FAIR_SHARED_IN ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) return fair_fail(err, FAIR_IO, "shared memory of %zu bytes: mmap: %m", n);
    if (fcntl(fd, F_ADD_SEALS, seals) != 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL) != 0) {
        fair_fail(err, FAIR_IO, "shared memory: sealing: %m");
        munmap(p, n);
        return FAIR_IO;
    }
    *out = (struct fair_shared){ fd, p, n };
    fd = -1;
    return FAIR_OK;
}

void
fair_shared_free(struct fair_shared *s)
{
    if (s->p != NULL) munmap(s->p, s->n);
    fair_fd_free(&s->fd);
    *s = (struct fair_shared){ .fd = -1 };
}

fair_status
fair_sealed_make(const void *bytes, size_t n, int *out, struct fair_err *err)
{
    FAIR_AUTO(fd) int fd = memfd_create("fair-sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    *out = -1;
    if (fd < 0) return fair_fail(err, FAIR_IO, "memfd_create: %m");
    FAIR_TRY(fair_write_all(fd, bytes, n, err));
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return fair_fail(err, FAIR_IO, "sealing %zu bytes: %m", n);
    *out = fd;
    fd = -1;
    return FAIR_OK;
}

fair_status
fair_sealed_map(int fd, size_t max, struct fair_shared *s, struct fair_err *err)
{
    int needed = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW, seals = fcntl(fd, F_GET_SEALS);
    off_t size = lseek(fd, 0, SEEK_END);    /* not fstat, which a confined helper may not call */
    void *p;

    *s = (struct fair_shared){ .fd = -1 };
    if (seals < 0 || (seals & needed) != needed)
        return fair_fail(err, FAIR_CORRUPT, "a descriptor that is no sealed memory");
    if (size < 0) return fair_fail(err, FAIR_IO, "sealed memory: %m");
    if ((uint64_t)size > max) return fair_fail(err, FAIR_LIMIT, "%lld bytes is over %zu", (long long)size, max);
    if (size == 0) return FAIR_OK;
    p = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) return fair_fail(err, FAIR_IO, "sealed memory of %lld bytes: mmap: %m", (long long)size);
    *s = (struct fair_shared){ -1, p, (size_t)size };
    return FAIR_OK;
}
