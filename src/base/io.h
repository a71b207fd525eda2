/* base/io.h - descriptors and whole files. */
#ifndef FAIR_BASE_IO_H
#define FAIR_BASE_IO_H
#include <stdbool.h>
#include "base/text.h"

/* FAIR_AUTO(fd) int fd = -1;  closes it on the way out. */
void fair_fd_free(int *fd);

/* Write all n bytes.  FAIR_IO with the reason; a full disk says so. */
fair_status fair_write_all(int fd, const void *bytes, size_t n, struct fair_err *err) FAIR_MUST_CHECK;

/* Read to the end into the arena.  FAIR_LIMIT when there are more than `max`
 * bytes, FAIR_NOT_FOUND where no such file is, FAIR_INVALID for a folder. */
fair_status fair_read_fd(struct fair_arena *a, int fd, size_t max, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_read_file(struct fair_arena *a, const char *path, size_t max, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;

/* Replace `path` at once and for good: a file beside it, fsync, rename, fsync of the folder. */
fair_status fair_write_file(const char *path, const void *bytes, size_t n, int mode, struct fair_err *err) FAIR_MUST_CHECK;

/* Make the folder and those above it that are missing. */
fair_status fair_make_dirs(const char *path, int mode, struct fair_err *err) FAIR_MUST_CHECK;

/* The folder this program lies in (/proc/self/exe), without a slash at the end. */
fair_status fair_program_dir(struct fair_arena *a, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
