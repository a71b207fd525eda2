/* index/segments.c - the folder of segments as its readers see it. */
#include "index/segments.h"
#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/io.h"
#include "index/segments_private.h"

#define MEND "run fairtrack reindex"

void
fair_segments_path(const struct fair_segments *s, uint64_t number, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s/seg-%016llx", s->dir, (unsigned long long)number);
}

uint32_t
fair_segment_sum(const uint8_t *bytes, size_t n)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ n;

    for (; n >= 8; n -= 8, bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        h = (h ^ word) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    for (; n > 0; n--, bytes++) h = (h ^ *bytes) * 0xc4ceb9fe1a85ec53u, h ^= h >> 29;
    h *= 0xff51afd7ed558ccdu;
    return (uint32_t)(h >> 32);
}

void
fair_segment_free(struct fair_segment **seg)
{
    if (*seg == NULL) return;
    if ((*seg)->map != NULL) munmap((*seg)->map, (*seg)->bytes);
    free((*seg)->gone);
    free(*seg);
    *seg = NULL;
}

static int
key_order(fair_id org, fair_id work, const struct fair_segment_entry *e)
{
    if (org != e->org) return org < e->org ? -1 : 1;
    if (work != e->work) return work < e->work ? -1 : 1;
    return 0;
}

/* Is the mapped file what the manifest says, and does all in it lie inside it?  Where its columns are. */
static fair_status
check(const struct fair_segments *s, const struct fair_manifest_entry *e, struct fair_segment *seg, struct fair_err *err)
{
    const struct fair_segment_head *h = seg->map;
    const bool listed = memcmp(h->magic, FAIR_SEGMENT_LISTED_MAGIC, 8) == 0 && h->version == FAIR_SEGMENT_LISTED_VERSION;
    struct fair_sha256 sum = fair_sha256_of(h, offsetof(struct fair_segment_head, seal));
    uint64_t columns, end;

    if (!listed && (memcmp(h->magic, FAIR_SEGMENT_MAGIC, 8) != 0 || h->version != FAIR_SEGMENTS_VERSION))
        return fair_fail(err, FAIR_CORRUPT, "not a segment of version %d or %d: " MEND, FAIR_SEGMENTS_VERSION, FAIR_SEGMENT_LISTED_VERSION);
    if (memcmp(sum.b, h->seal, 32) != 0 || memcmp(h->seal, e->seal, 32) != 0)
        return fair_fail(err, FAIR_CORRUPT, "its head is damaged: " MEND);
    if (h->n_full > FAIR_DRAWERS || h->n_parts > UINT32_MAX) return fair_fail(err, FAIR_CORRUPT, "its lists have no such size: " MEND);
    columns = fair_segment_columns(seg->n, listed, h->n_full);
    end = listed ? h->lists_at : seg->bytes;
    if (h->scheme != s->scheme || h->n != seg->n || h->bytes != seg->bytes || h->records_at != sizeof *h + columns || h->records_at > end ||
        end > seg->bytes || (listed && (end % 8 != 0 || seg->bytes - end != fair_lists_bytes(h->n_parts))))
        return fair_fail(err, FAIR_CORRUPT, "it is not the one that the manifest names: " MEND);
    seg->listed = listed;
    seg->entries = (const void *)((const char *)seg->map + sizeof *h);
    seg->whole = (const uint64_t *)(seg->entries + seg->n);
    seg->glance = listed ? seg->whole + (seg->n + 7) / 8 * 32 : NULL;
    seg->records = (const uint8_t *)seg->map + h->records_at;
    seg->n_records = end - h->records_at;
    sum = fair_sha256_of(seg->entries, columns);
    if (memcmp(sum.b, h->columns, 32) != 0) return fair_fail(err, FAIR_CORRUPT, "its directory is damaged: " MEND);
    for (size_t i = 0; i < seg->n; i++) {
        const struct fair_segment_entry *at = &seg->entries[i];
        if (at->offset % 8 != 0 || at->offset > seg->n_records || at->length > seg->n_records - at->offset ||
            (i > 0 && key_order(at->org, at->work, at - 1) <= 0))
            return fair_fail(err, FAIR_CORRUPT, "its entry %zu does not fit: " MEND, i);
    }
    if (listed) {
        struct fair_err why = { 0 };
        if (fair_lists_see(seg->glance + (seg->n + 7) / 8 * 32, (const char *)seg->map + end, h->n_parts, h->n_full, &seg->lists, &why) != FAIR_OK)
            return fair_fail(err, FAIR_CORRUPT, "%s: " MEND, why.text);
    }
    return FAIR_OK;
}

fair_status
fair_segment_map(const struct fair_segments *s, const struct fair_manifest_entry *e, struct fair_segment **out,
                 struct fair_err *err)
{
    FAIR_AUTO(fd) int fd = -1;
    FAIR_AUTO(segment) struct fair_segment *seg = NULL;
    char path[PATH_MAX];
    struct stat st;

    fair_segments_path(s, e->number, path);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fair_fail(err, errno == ENOENT ? FAIR_NOT_FOUND : FAIR_IO, "index segment %s: %m: " MEND, path);
    if (fstat(fd, &st) != 0) return fair_fail(err, FAIR_IO, "index segment %s: fstat: %m", path);
    if ((uint64_t)st.st_size != e->bytes || e->bytes < sizeof(struct fair_segment_head) + fair_segment_columns(e->n, false, 0))
        return fair_fail(err, FAIR_CORRUPT, "index segment %s: %lld bytes, not %llu: " MEND, path, (long long)st.st_size,
                         (unsigned long long)e->bytes);
    seg = fair_xcalloc(1, sizeof *seg);
    seg->number = e->number;
    seg->n = (size_t)e->n;
    seg->bytes = e->bytes;
    memcpy(seg->seal, e->seal, 32);
    seg->map = mmap(NULL, seg->bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (seg->map == MAP_FAILED) {
        seg->map = NULL;
        return fair_fail(err, FAIR_IO, "index segment %s: mmap: %m", path);
    }
    if (check(s, e, seg, err) != FAIR_OK) return fair_fail_in(err, "index segment %s", path);
    *out = seg;
    seg = NULL;
    return FAIR_OK;
}

fair_status
fair_segment_record(const struct fair_segment *s, size_t i, fair_str *out, struct fair_err *err)
{
    const struct fair_segment_entry *e = &s->entries[i];

    if (fair_segment_sum(s->records + e->offset, e->length) != e->sum)
        return fair_fail(err, FAIR_CORRUPT, "index segment seg-%016llx: the record of work %lld is damaged: " MEND,
                         (unsigned long long)s->number, (long long)e->work);
    *out = (fair_str){ (const char *)s->records + e->offset, e->length };
    return FAIR_OK;
}

void
fair_segment_rest(const struct fair_segment *s)
{
    if (s->map != NULL) (void)madvise(s->map, s->bytes, MADV_DONTNEED);      /* a file's pages: they come back when touched */
}

size_t
fair_segment_find(const struct fair_segment *s, fair_id org, fair_id work)
{
    size_t low = 0, high = s->n;

    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const int order = key_order(org, work, &s->entries[mid]);
        if (order == 0) return fair_segment_gone(s, mid) ? SIZE_MAX : mid;
        if (order < 0) high = mid;
        else low = mid + 1;
    }
    return SIZE_MAX;
}

static bool
among(struct fair_segment *const *v, size_t n, const struct fair_segment *seg)
{
    for (size_t i = 0; i < n; i++)
        if (v[i] == seg) return true;
    return false;
}

/* Put v (n of them, with what is gone in each) in the place of the segments in use, and let go of those that are in use no
 * more; or, when something went wrong, of those that are new.  Takes v and gone. */
static void
exchange(struct fair_segments *s, struct fair_segment **v, uint64_t **gone, size_t n, bool well)
{
    for (size_t i = 0; well && i < n; i++) {
        free(v[i]->gone);
        v[i]->gone = gone[i];
        gone[i] = NULL;
        v[i]->n_gone = 0;
        for (size_t k = 0; k < fair_gone_words(v[i]->n); k++) v[i]->n_gone += (size_t)__builtin_popcountll(v[i]->gone[k]);
    }
    if (well) {
        for (size_t i = 0; i < s->n; i++)
            if (!among(v, n, s->v[i])) fair_segment_free(&s->v[i]);
        free(s->v);
        s->v = v;
        s->n = n;
    } else {
        for (size_t i = 0; i < n; i++)
            if (v[i] != NULL && !among(s->v, s->n, v[i])) fair_segment_free(&v[i]);
        free(v);
    }
    for (size_t i = 0; i < n; i++) free(gone[i]);
    free(gone);
}

/* Take the segments that the manifest's bytes name; those we have already are kept as they are. */
static fair_status
adopt(struct fair_segments *s, fair_str bytes, struct fair_err *err)
{
    struct fair_manifest_head head;
    struct fair_segment **v;
    uint64_t **gone;              /* of each segment, applied when all went well */
    struct fair_sha256 sum;
    const char *at = bytes.p, *end;
    fair_status status = FAIR_OK;
    size_t n = 0;

    if (bytes.n < sizeof head + 32) return fair_fail(err, FAIR_CORRUPT, "index manifest %s: %zu bytes: " MEND, s->dir, bytes.n);
    memcpy(&head, at, sizeof head);
    at += sizeof head;
    end = bytes.p + bytes.n - 32;
    if (memcmp(head.magic, FAIR_MANIFEST_MAGIC, 8) != 0 || head.version != FAIR_SEGMENTS_VERSION)
        return fair_fail(err, FAIR_CORRUPT, "index manifest %s: not of version %d: " MEND, s->dir, FAIR_SEGMENTS_VERSION);
    sum = fair_sha256_of(bytes.p, bytes.n - 32);
    if (memcmp(sum.b, end, 32) != 0) return fair_fail(err, FAIR_CORRUPT, "index manifest %s: it is damaged: " MEND, s->dir);
    if (head.scheme != s->scheme)
        return fair_fail(err, FAIR_CORRUPT, "index manifest %s: fingerprints of scheme %u, not %u: " MEND, s->dir, head.scheme, s->scheme);
    if (head.n_segments > FAIR_SEGMENTS_MOST)
        return fair_fail(err, FAIR_CORRUPT, "index manifest %s: %u segments: " MEND, s->dir, head.n_segments);

    v = fair_xcalloc(head.n_segments + 1, sizeof *v);
    gone = fair_xcalloc(head.n_segments + 1, sizeof *gone);
    while (status == FAIR_OK && n < head.n_segments) {
        struct fair_manifest_entry e;
        struct fair_segment *have = NULL;
        size_t gone_bytes;

        if ((size_t)(end - at) < sizeof e) { status = FAIR_CORRUPT; break; }
        memcpy(&e, at, sizeof e);
        at += sizeof e;
        gone_bytes = e.n <= FAIR_SEGMENT_WORKS_MOST ? fair_gone_words((size_t)e.n) * 8 : SIZE_MAX;
        if ((size_t)(end - at) < gone_bytes) { status = FAIR_CORRUPT; break; }
        gone[n] = fair_xcalloc(gone_bytes / 8 + 1, 8);
        memcpy(gone[n], at, gone_bytes);
        at += gone_bytes;
        if (e.n % 64 != 0) gone[n][gone_bytes / 8 - 1] &= ((uint64_t)1 << e.n % 64) - 1;
        for (size_t i = 0; i < s->n; i++)
            if (s->v[i]->number == e.number && memcmp(s->v[i]->seal, e.seal, 32) == 0 && s->v[i]->n == e.n) have = s->v[i];
        v[n] = have;
        if (have == NULL) status = fair_segment_map(s, &e, &v[n], err);
        n++;
    }
    if (status == FAIR_CORRUPT && (err == NULL || err->status == FAIR_OK))
        fair_fail(err, FAIR_CORRUPT, "index manifest %s: it breaks off: " MEND, s->dir);
    exchange(s, v, gone, n, status == FAIR_OK);
    if (status != FAIR_OK) return status;
    s->generation = head.generation;
    s->next_number = head.next_number;
    s->newest = head.newest;
    return FAIR_OK;
}

static void
drop_all(struct fair_segments *s)
{
    for (size_t i = 0; i < s->n; i++) fair_segment_free(&s->v[i]);
    s->n = 0;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Read the manifest as it is now.  FAIR_NOT_FOUND: a segment it names was merged away since; look again. */
static fair_status
load(struct fair_segments *s, struct fair_err *err)
{
    FAIR_AUTO(fd) int fd = -1;
    struct fair_arena *a;
    struct stat st = { 0 };
    char path[PATH_MAX];
    fair_str bytes = { 0 };
    fair_status status;

    snprintf(path, sizeof path, "%s/manifest", s->dir);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {              /* an index nobody has written yet */
        drop_all(s);
        s->generation = 0;
        s->newest = 0;
        s->seen = (struct stat){ 0 };
        return FAIR_OK;
    }
    if (fd < 0 || fstat(fd, &st) != 0) return fair_fail(err, FAIR_IO, "index manifest %s: %m", path);
    a = fair_arena_new();
    status = fair_read_fd(a, fd, FAIR_MANIFEST_MOST, &bytes, err);
    if (status == FAIR_LIMIT) status = fair_fail(err, FAIR_CORRUPT, "index manifest %s: too large: " MEND, path);
    if (status == FAIR_OK) status = adopt(s, bytes, err);
    if (status == FAIR_OK || status == FAIR_CORRUPT) s->seen = st;
    fair_arena_free(&a);
    return status;
}

fair_status
fair_segments_well(const struct fair_segments *s, struct fair_err *err)
{
    if (s->broken.status == FAIR_OK) return FAIR_OK;
    return fair_fail(err, s->broken.status, "%s", s->broken.text);
}

fair_status
fair_segments_refresh(struct fair_segments *s, bool *changed, struct fair_err *err)
{
    struct stat st = { 0 };
    char path[PATH_MAX];
    struct fair_err why = { 0 };
    fair_status status = FAIR_OK;

    if (changed != NULL) *changed = false;
    snprintf(path, sizeof path, "%s/manifest", s->dir);
    if (stat(path, &st) != 0) {
        if (errno != ENOENT) return fair_fail(err, FAIR_IO, "index manifest %s: %m", path);
        st = (struct stat){ 0 };
    }
    if (s->known && same_file(&st, &s->seen)) return fair_segments_well(s, err);

    /* a manifest may be replaced, and its segments merged away, between reading it and opening them */
    for (int tries = 0; tries < 100; tries++) {
        why = (struct fair_err){ 0 };
        status = load(s, &why);
        if (status != FAIR_NOT_FOUND) break;
        if (stat(path, &st) == 0 && tries > 2) {
            struct stat again;
            usleep(2000);
            if (stat(path, &again) == 0 && same_file(&st, &again)) break;    /* it stands: the segment is lost */
        }
    }
    if (status == FAIR_IO) return fair_fail(err, FAIR_IO, "%s", why.text);
    s->known = true;
    s->broken = (struct fair_err){ 0 };
    if (status != FAIR_OK) {
        fair_fail(&s->broken, FAIR_CORRUPT, "%s", why.text);
        if (status == FAIR_NOT_FOUND) s->known = false;                      /* look again at the next call */
        drop_all(s);
    }
    if (changed != NULL) *changed = true;
    return fair_segments_well(s, err);
}

fair_status
fair_segments_open(const char *dir, uint32_t scheme, struct fair_segments **out, struct fair_err *err)
{
    struct fair_segments *s;
    fair_status status;

    *out = NULL;
    if (BYTE_ORDER != LITTLE_ENDIAN) return fair_fail(err, FAIR_INVALID, "index %s: this machine writes numbers the other way round", dir);
    if (strlen(dir) == 0 || strlen(dir) >= sizeof s->dir) return fair_fail(err, FAIR_INVALID, "index folder: a name of %zu bytes", strlen(dir));
    if (fair_make_dirs(dir, 0700, err) != FAIR_OK) return fair_fail_in(err, "index");
    s = fair_xcalloc(1, sizeof *s);
    snprintf(s->dir, sizeof s->dir, "%s", dir);
    s->scheme = scheme;
    s->lock = -1;
    s->next_number = 1;
    s->list_from = SIZE_MAX;
    status = fair_segments_refresh(s, NULL, err);
    if (status != FAIR_OK && status != FAIR_CORRUPT) {
        fair_segments_free(&s);
        return status;
    }
    if (err != NULL) *err = (struct fair_err){ 0 };
    *out = s;
    return FAIR_OK;
}

void
fair_segments_free(struct fair_segments **s)
{
    if (*s == NULL) return;
    for (size_t i = 0; i < (*s)->n; i++) fair_segment_free(&(*s)->v[i]);
    free((*s)->v);
    for (size_t i = 0; i < (*s)->n_pending; i++) free((*s)->pending[i].record);
    free((*s)->pending);
    fair_fd_free(&(*s)->lock);                    /* the lock goes with it */
    free(*s);
    *s = NULL;
}

void
fair_segments_list_from(struct fair_segments *s, size_t n)
{
    s->list_from = n;
    s->packed = true;
}

size_t
fair_segments_count(const struct fair_segments *s)
{
    return s->n;
}

const struct fair_segment *
fair_segments_at(const struct fair_segments *s, size_t i)
{
    return i < s->n ? s->v[i] : NULL;
}

bool
fair_segments_hold(const struct fair_segments *s, fair_id org, fair_id work)
{
    for (size_t i = 0; i < s->n; i++)
        if (fair_segment_find(s->v[i], org, work) != SIZE_MAX) return true;
    return false;
}

void
fair_segments_stat(const struct fair_segments *s, struct fair_segments_stat *out)
{
    *out = (struct fair_segments_stat){ .generation = s->generation, .newest = s->newest };
    for (size_t i = 0; i < s->n; i++) {
        out->works += s->v[i]->n - s->v[i]->n_gone;
        out->bytes += s->v[i]->bytes;
    }
}
