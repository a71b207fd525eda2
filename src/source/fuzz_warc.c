/* source/fuzz_warc.c - an archive of any bytes is read to its end, by file and by pipe alike. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "source/warc.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const struct fair_warc_limits limits = { .max_header = 4096, .max_block = 20000, .max_ratio = 1200 };
    struct fair_arena *a = fair_arena_new();
    struct fair_warc *w = NULL;
    struct fair_warc_record r;
    struct fair_err err = { 0 };
    fair_status s;
    int64_t records = 0;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0) abort();
    s = fair_warc_open(fd, &limits, &w, &err);
    assert(s == FAIR_OK);
    while ((s = fair_warc_next(w, a, &r, &err)) == FAIR_OK) {
        records++;
        assert(r.record == records && r.state.n > 0 && r.offset >= 0);
        assert(r.payload.n <= limits.max_block);
        assert((size_t)records <= n + 1);         /* each takes something of the file */
        fair_arena_clear(a);
    }
    assert(s == FAIR_DONE);
    fair_warc_free(&w);
    close(fd);
    fair_arena_free(&a);
    return 0;
}
