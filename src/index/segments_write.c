/* index/segments_write.c - the folder of segments as its one writer changes it.
 *
 * A sync writes one new segment (with what small ones it swallows), syncs it, and then replaces the manifest: until
 * that rename nothing has happened, after it all has.  Files that no manifest names are left over from an
 * interrupted sync, and removed by the next writer. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "index/segments_private.h"

/* Files that the manifest does not name; *greatest is the greatest number met. */
static void
sweep(struct fair_segments *s, uint64_t *greatest)
{
    DIR *d = opendir(s->dir);
    struct dirent *e;

    if (d == NULL) return;
    while ((e = readdir(d)) != NULL) {
        const size_t n = strlen(e->d_name);
        unsigned long long number = 0;
        bool named = false;

        if (n == 20 && strncmp(e->d_name, "seg-", 4) == 0 && sscanf(e->d_name + 4, "%16llx", &number) == 1) {
            if (greatest != NULL && number > *greatest) *greatest = number;
            for (size_t i = 0; i < s->n; i++) named |= s->v[i]->number == number;
        } else if (strncmp(e->d_name, "manifest.", 9) != 0 || n < 4 || strcmp(e->d_name + n - 4, ".new") != 0) {
            continue;
        }
        if (!named) unlinkat(dirfd(d), e->d_name, 0);
    }
    closedir(d);
}

fair_status
fair_segments_write_begin(struct fair_segments *s, struct fair_err *err)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    FAIR_AUTO(fd) int fd = -1;
    char path[PATH_MAX];
    fair_status status;

    if (s->lock >= 0) return FAIR_OK;
    snprintf(path, sizeof path, "%s/lock", s->dir);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return fair_fail(err, FAIR_IO, "index lock %s: %m", path);
    if (fcntl(fd, F_OFD_SETLK, &whole) != 0) {
        if (errno == EAGAIN || errno == EACCES) return fair_fail(err, FAIR_AGAIN, "index %s: another process is writing to it", s->dir);
        return fair_fail(err, FAIR_IO, "index lock %s: %m", path);
    }
    status = fair_segments_refresh(s, NULL, err);
    if (status != FAIR_OK && status != FAIR_CORRUPT) return status;
    s->lock = fd;
    fd = -1;
    if (s->broken.status != FAIR_OK) {            /* only a reset can follow */
        if (err != NULL) *err = (struct fair_err){ 0 };
        return FAIR_OK;
    }
    sweep(s, NULL);
    return FAIR_OK;
}

static struct fair_pending *
pend(struct fair_segments *s, fair_id org, fair_id work)
{
    struct fair_pending *p;

    if (s->n_pending == s->room_pending) {
        s->room_pending = s->room_pending > 0 ? s->room_pending * 2 : 64;
        s->pending = fair_xrealloc(s->pending, s->room_pending * sizeof *s->pending);
    }
    p = &s->pending[s->n_pending];
    *p = (struct fair_pending){ .org = org, .work = work, .turn = s->n_pending };
    s->n_pending++;
    return p;
}

fair_status
fair_segments_put(struct fair_segments *s, fair_id org, fair_id work, const uint64_t whole[4], fair_str record, struct fair_err *err)
{
    struct fair_pending *p;

    assert(s->lock >= 0);
    FAIR_TRY(fair_segments_well(s, err));
    if (org <= 0 || work <= 0) return fair_fail(err, FAIR_INVALID, "index: work %lld of organisation %lld", (long long)work, (long long)org);
    if (record.n == 0 || record.n > FAIR_SEGMENT_RECORD_MAX)
        return fair_fail(err, FAIR_LIMIT, "index: a record of %zu bytes for work %lld, at most %d", record.n, (long long)work, FAIR_SEGMENT_RECORD_MAX);
    if (s->n_pending >= FAIR_SEGMENT_WORKS_MOST)
        return fair_fail(err, FAIR_LIMIT, "index: %zu works wait to be synced", s->n_pending);
    p = pend(s, org, work);
    memcpy(p->whole, whole, sizeof p->whole);
    p->record = fair_xmalloc(record.n);
    memcpy(p->record, record.p, record.n);
    p->length = (uint32_t)record.n;
    return FAIR_OK;
}

fair_status
fair_segments_remove(struct fair_segments *s, fair_id org, fair_id work, struct fair_err *err)
{
    assert(s->lock >= 0);
    FAIR_TRY(fair_segments_well(s, err));
    pend(s, org, work);
    return FAIR_OK;
}

/* One record on its way into a new segment. */
struct source {
    struct fair_segment_entry e;
    uint64_t whole[4];
    const uint8_t *record;
};

static int
source_order(const void *a, const void *b)
{
    const struct source *x = a, *y = b;
    if (x->e.org != y->e.org) return x->e.org < y->e.org ? -1 : 1;
    return x->e.work < y->e.work ? -1 : x->e.work > y->e.work;
}

static int
pending_order(const void *a, const void *b)
{
    const struct fair_pending *x = a, *y = b;
    if (x->org != y->org) return x->org < y->org ? -1 : 1;
    if (x->work != y->work) return x->work < y->work ? -1 : 1;
    return x->turn < y->turn ? -1 : x->turn > y->turn;
}

/* Of what is pending for one work only the last counts. */
static void
settle_pending(struct fair_segments *s)
{
    size_t kept = 0;

    qsort(s->pending, s->n_pending, sizeof *s->pending, pending_order);
    for (size_t i = 0; i < s->n_pending; i++) {
        if (i + 1 < s->n_pending && s->pending[i].org == s->pending[i + 1].org && s->pending[i].work == s->pending[i + 1].work)
            free(s->pending[i].record);
        else
            s->pending[kept++] = s->pending[i];
    }
    for (size_t i = 0; i < kept; i++) s->pending[i].turn = i;
    s->n_pending = kept;
}

/* The folder as it will be. */
struct next {
    bool *swallowed;          /* per present segment: its records go into the new one */
    uint64_t **gone;          /* per present segment */
    size_t *alive;
    struct source *sources;
    size_t n_sources;
};

static void
next_free(struct next *x, size_t n_segments)
{
    for (size_t i = 0; x->gone != NULL && i < n_segments; i++) free(x->gone[i]);
    free(x->gone);
    free(x->swallowed);
    free(x->alive);
    free(x->sources);
}

/* Swallow, from the last segment on, each that is no larger than what the new one already has, and any that is mostly
 * gone: so a work is written again about as often as the catalogue doubles, and segments stay few. */
static fair_status
plan_next(struct fair_segments *s, struct next *x, struct fair_err *err)
{
    size_t n = 0, taken = 0;

    x->swallowed = fair_xcalloc(s->n + 1, sizeof *x->swallowed);
    x->alive = fair_xcalloc(s->n + 1, sizeof *x->alive);
    x->gone = fair_xcalloc(s->n + 1, sizeof *x->gone);
    for (size_t i = 0; i < s->n; i++) {
        x->gone[i] = fair_xmalloc((fair_gone_words(s->v[i]->n) + 1) * 8);
        memcpy(x->gone[i], s->v[i]->gone, fair_gone_words(s->v[i]->n) * 8);
        x->alive[i] = s->v[i]->n - s->v[i]->n_gone;
    }
    for (size_t p = 0; p < s->n_pending; p++) {
        taken += s->pending[p].record != NULL;
        for (size_t i = 0; i < s->n; i++) {
            const size_t at = fair_segment_find(s->v[i], s->pending[p].org, s->pending[p].work);
            if (at == SIZE_MAX) continue;
            x->gone[i][at / 64] |= (uint64_t)1 << (at % 64);
            x->alive[i]--;
        }
    }
    n = taken;
    for (size_t i = 0; i < s->n; i++)
        if (x->alive[i] * 2 < s->v[i]->n && n + x->alive[i] <= FAIR_SEGMENT_WORKS_MOST) {
            x->swallowed[i] = true;
            n += x->alive[i];
        }
    for (size_t i = s->n; i > 0 && n > 0; i--) {
        if (x->swallowed[i - 1]) continue;
        if (x->alive[i - 1] > n || n + x->alive[i - 1] > FAIR_SEGMENT_WORKS_MOST) break;
        x->swallowed[i - 1] = true;
        n += x->alive[i - 1];
    }

    x->sources = fair_xcalloc(n + 1, sizeof *x->sources);
    for (size_t p = 0; p < s->n_pending; p++) {
        const struct fair_pending *from = &s->pending[p];
        struct source *to = &x->sources[x->n_sources];
        if (from->record == NULL) continue;
        to->e = (struct fair_segment_entry){ .org = from->org, .work = from->work, .length = from->length,
                                             .sum = fair_segment_sum(from->record, from->length) };
        memcpy(to->whole, from->whole, sizeof to->whole);
        to->record = from->record;
        x->n_sources++;
    }
    for (size_t i = 0; i < s->n; i++) {
        const struct fair_segment *seg = s->v[i];
        for (size_t k = 0; x->swallowed[i] && k < seg->n; k++) {
            struct source *to = &x->sources[x->n_sources];
            fair_str record;
            if (x->gone[i][k / 64] >> (k % 64) & 1) continue;
            FAIR_TRY(fair_segment_record(seg, k, &record, err));
            to->e = seg->entries[k];
            memcpy(to->whole, seg->whole + 4 * k, sizeof to->whole);
            to->record = (const uint8_t *)record.p;
            x->n_sources++;
        }
    }
    qsort(x->sources, x->n_sources, sizeof *x->sources, source_order);
    return FAIR_OK;
}

/* Write the sources as segment `number`, durable but not yet named by anything. */
static fair_status
write_segment(const struct fair_segments *s, uint64_t number, struct next *x, struct fair_manifest_entry *out, struct fair_err *err)
{
    static const uint8_t zero[8];
    struct fair_segment_head h = { .magic = FAIR_SEGMENT_MAGIC, .version = FAIR_SEGMENTS_VERSION, .scheme = s->scheme };
    struct fair_sha256_run *run = fair_sha256_begin();
    struct fair_sha256 sum;
    uint64_t at = 0;
    char path[PATH_MAX];
    bool well;
    FILE *f;
    int fd;

    h.n = x->n_sources;
    h.records_at = sizeof h + x->n_sources * (sizeof(struct fair_segment_entry) + 32);
    for (size_t i = 0; i < x->n_sources; i++) {
        x->sources[i].e.offset = at;
        at += (x->sources[i].e.length + 7u) / 8 * 8;
        fair_sha256_add(run, &x->sources[i].e, sizeof x->sources[i].e);
    }
    for (size_t i = 0; i < x->n_sources; i++) fair_sha256_add(run, x->sources[i].whole, 32);
    sum = fair_sha256_end(&run);
    memcpy(h.columns, sum.b, 32);
    h.bytes = h.records_at + at;
    sum = fair_sha256_of(&h, offsetof(struct fair_segment_head, seal));
    memcpy(h.seal, sum.b, 32);
    *out = (struct fair_manifest_entry){ .number = number, .n = h.n, .bytes = h.bytes };
    memcpy(out->seal, h.seal, 32);

    fair_segments_path(s, number, path);
    unlink(path);                                 /* somebody may still have a leftover mapped: never write into it */
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    f = fd < 0 ? NULL : fdopen(fd, "wb");
    if (f == NULL) {
        fair_fd_free(&fd);
        return fair_fail(err, FAIR_IO, "index segment %s: %m", path);
    }
    setvbuf(f, NULL, _IOFBF, 1 << 18);
    well = fwrite(&h, sizeof h, 1, f) == 1;
    for (size_t i = 0; well && i < x->n_sources; i++) well = fwrite(&x->sources[i].e, sizeof x->sources[i].e, 1, f) == 1;
    for (size_t i = 0; well && i < x->n_sources; i++) well = fwrite(x->sources[i].whole, 32, 1, f) == 1;
    for (size_t i = 0; well && i < x->n_sources; i++) {
        const size_t n = x->sources[i].e.length, pad = (8 - n % 8) % 8;
        well = fwrite(x->sources[i].record, 1, n, f) == n && fwrite(zero, 1, pad, f) == pad;
    }
    well = well && fflush(f) == 0 && fsync(fd) == 0;
    if (!well) fair_fail(err, FAIR_IO, "index segment %s: %m", path);
    if (fclose(f) != 0 && well) {
        well = false;
        fair_fail(err, FAIR_IO, "index segment %s: %m", path);
    }
    if (!well) unlink(path);
    return well ? FAIR_OK : FAIR_IO;
}

static fair_status
sync_dir(const struct fair_segments *s, struct fair_err *err)
{
    FAIR_AUTO(fd) int fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) return fair_fail(err, FAIR_IO, "index %s: fsync: %m", s->dir);
    return FAIR_OK;
}

/* Replace the manifest.  `fresh` (may be NULL) is the new segment; x may be NULL for an empty folder. */
static fair_status
write_manifest(const struct fair_segments *s, const struct next *x, const struct fair_manifest_entry *fresh, struct fair_err *err)
{
    struct fair_manifest_head h = { .magic = FAIR_MANIFEST_MAGIC, .version = FAIR_SEGMENTS_VERSION, .scheme = s->scheme,
                                    .generation = s->generation + 1, .next_number = s->next_number + 1 };
    size_t n = sizeof h + 32;
    struct fair_sha256 sum;
    char path[PATH_MAX];
    fair_status status;
    uint8_t *bytes, *at;

    for (size_t i = 0; x != NULL && i < s->n; i++)
        if (!x->swallowed[i]) n += sizeof(struct fair_manifest_entry) + fair_gone_words(s->v[i]->n) * 8;
    if (fresh != NULL) n += sizeof *fresh + fair_gone_words((size_t)fresh->n) * 8;
    if (n > FAIR_MANIFEST_MOST) return fair_fail(err, FAIR_LIMIT, "index %s: a manifest of %zu bytes", s->dir, n);
    bytes = fair_xcalloc(n, 1);
    at = bytes + sizeof h;
    for (size_t i = 0; x != NULL && i < s->n; i++) {
        const struct fair_segment *seg = s->v[i];
        struct fair_manifest_entry e = { .number = seg->number, .n = seg->n, .bytes = seg->bytes };
        if (x->swallowed[i]) continue;
        memcpy(e.seal, seg->seal, 32);
        memcpy(at, &e, sizeof e);
        memcpy(at + sizeof e, x->gone[i], fair_gone_words(seg->n) * 8);
        at += sizeof e + fair_gone_words(seg->n) * 8;
        h.n_segments++;
    }
    if (fresh != NULL) {
        memcpy(at, fresh, sizeof *fresh);
        at += sizeof *fresh + fair_gone_words((size_t)fresh->n) * 8;
        h.n_segments++;
    }
    if (x != NULL) {
        h.newest = s->newest;
        for (size_t p = 0; p < s->n_pending; p++)
            if (s->pending[p].record != NULL && s->pending[p].work > h.newest) h.newest = s->pending[p].work;
    }
    memcpy(bytes, &h, sizeof h);
    sum = fair_sha256_of(bytes, n - 32);
    memcpy(at, sum.b, 32);
    assert(at + 32 == bytes + n);
    snprintf(path, sizeof path, "%s/manifest", s->dir);
    status = fair_write_file(path, bytes, n, 0600, err);
    if (status != FAIR_OK) fair_fail_in(err, "index manifest");
    free(bytes);
    return status;
}

fair_status
fair_segments_sync(struct fair_segments *s, struct fair_err *err)
{
    struct next x = { 0 };
    struct fair_manifest_entry fresh;
    size_t had;
    fair_status status;
    char path[PATH_MAX];

    assert(s->lock >= 0);
    FAIR_TRY(fair_segments_refresh(s, NULL, err));
    had = s->n;
    if (s->n_pending == 0) return FAIR_OK;
    settle_pending(s);
    status = plan_next(s, &x, err);
    if (status == FAIR_OK && x.n_sources > 0) status = write_segment(s, s->next_number, &x, &fresh, err);
    if (status == FAIR_OK && x.n_sources > 0) status = sync_dir(s, err);
    if (status == FAIR_OK) status = write_manifest(s, &x, x.n_sources > 0 ? &fresh : NULL, err);
    if (status != FAIR_OK) {
        s->known = false;                         /* the rename may have happened: look before the next attempt */
        next_free(&x, had);
        return fair_fail_in(err, "index sync");
    }
    for (size_t i = 0; i < s->n; i++)
        if (x.swallowed[i]) {
            fair_segments_path(s, s->v[i]->number, path);
            unlink(path);
        }
    next_free(&x, had);
    for (size_t i = 0; i < s->n_pending; i++) free(s->pending[i].record);
    s->n_pending = 0;
    return fair_segments_refresh(s, NULL, err);
}

fair_status
fair_segments_reset(struct fair_segments *s, struct fair_err *err)
{
    uint64_t greatest = 0;

    assert(s->lock >= 0);
    for (size_t i = 0; i < s->n_pending; i++) free(s->pending[i].record);
    s->n_pending = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->v[i]->number > greatest) greatest = s->v[i]->number;
    {
        /* of a damaged folder the numbers in use are only known from its files */
        const bool damaged = s->broken.status != FAIR_OK;
        if (damaged) sweep(s, &greatest);
    }
    if (s->next_number <= greatest) s->next_number = greatest + 1;
    if (write_manifest(s, NULL, NULL, err) != FAIR_OK) return fair_fail_in(err, "index reset");
    FAIR_TRY(fair_segments_refresh(s, NULL, err));
    sweep(s, NULL);
    return FAIR_OK;
}
