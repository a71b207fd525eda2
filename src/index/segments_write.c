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
    const struct fair_segment *from;      /* a listed segment that has its codes, or NULL */
    uint32_t number;          /* there */
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
    struct fair_arena *arena; /* of records that had to be written anew */
};

static void
next_free(struct next *x, size_t n_segments)
{
    for (size_t i = 0; x->gone != NULL && i < n_segments; i++) free(x->gone[i]);
    free(x->gone);
    free(x->swallowed);
    free(x->alive);
    free(x->sources);
    fair_arena_free(&x->arena);
}

/* Swallow, from the last segment on, each that is no larger than what the new one already has, any that is mostly
 * gone, and any that should have lists and has none: so a work is written again about as often as the catalogue doubles, and segments stay few. */
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
        if ((x->alive[i] * 2 < s->v[i]->n || (!s->v[i]->listed && x->alive[i] >= s->list_from)) && n + x->alive[i] <= FAIR_SEGMENT_WORKS_MOST) {
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
            fair_segment_whole(seg, k, to->whole);
            to->record = (const uint8_t *)record.p;
            if (seg->listed) {
                to->from = seg;
                to->number = (uint32_t)k;
            }
            x->n_sources++;
        }
    }
    qsort(x->sources, x->n_sources, sizeof *x->sources, source_order);
    return FAIR_OK;
}

/* The sources as a segment without lists has them: those that lie in lists are taken out, and words are made where there are none yet. */
static fair_status
take_out(struct next *x, bool packed, struct fair_err *err)
{
    for (size_t i = 0; i < x->n_sources; i++) {
        struct source *from = &x->sources[i];
        struct fair_record r;
        fair_str record = { (const char *)from->record, from->e.length };
        if (from->from == NULL && !(packed && fair_record_lacks_words(record))) continue;
        FAIR_TRY(fair_record_see(record, &r, err));
        if (from->from != NULL) FAIR_TRY(fair_lists_take(&from->from->lists, from->number, &r, x->arena, err));
        record = fair_record_repack(&r, x->arena);
        from->record = (const uint8_t *)record.p;
        from->e.length = (uint32_t)record.n;
        from->e.sum = fair_segment_sum(from->record, record.n);
    }
    return FAIR_OK;
}

/* The sources as a listed segment has them; their records are made when they are written. */
static fair_status
put_in(struct next *x, struct fair_listing *v, struct fair_lists_plan *plan, struct fair_err *err)
{
    const uint32_t *place;

    for (size_t i = 0; i < x->n_sources; i++) {
        const struct source *from = &x->sources[i];
        FAIR_TRY(fair_record_see((fair_str){ (const char *)from->record, from->e.length }, &v[i].record, err));
        if ((v[i].record.codes == NULL) != (from->from != NULL)) return fair_fail(err, FAIR_CORRUPT, "index record of work %lld: not of its segment's kind", (long long)from->e.work);
        if (from->from != NULL) v[i].from = &from->from->lists;
        v[i].number = from->number;
    }
    FAIR_TRY(fair_lists_plan(v, x->n_sources, plan, err));
    place = plan->place;
    for (size_t i = 0; i < x->n_sources; place += v[i].record.n, i++) {
        uint8_t record[FAIR_RECORD_MAX] __attribute__((aligned(8)));
        struct fair_segment_entry *e = &x->sources[i].e;
        e->length = (uint32_t)fair_record_listed_bytes(v[i].record.n);
        fair_record_pack_listed(&v[i].record, place, record);
        e->sum = fair_segment_sum(record, e->length);
    }
    return FAIR_OK;
}

/* Hashes in blocks of eight. */
static bool
blocks(const struct next *x, const struct fair_listing *v, bool glance, bool (*take)(void *self, const void *bytes, size_t n), void *self)
{
    bool well = true;

    for (size_t i = 0; well && i < x->n_sources; i += 8) {
        uint64_t block[4][8] = { { 0 } };
        for (size_t k = 0; k < 8 && i + k < x->n_sources; k++)
            for (size_t w = 0; w < 4; w++) block[w][k] = glance ? v[i + k].record.glance[w] : x->sources[i + k].whole[w];
        well = take(self, block, sizeof block);
    }
    return well;
}

/* What lies between head and records, given piece by piece to `take`, which says whether to go on. */
static bool
columns(const struct next *x, const struct fair_listing *v, const struct fair_lists_plan *plan, bool (*take)(void *self, const void *bytes, size_t n), void *self)
{
    const uint32_t none = 0;
    bool well = true;

    for (size_t i = 0; well && i < x->n_sources; i++) well = take(self, &x->sources[i].e, sizeof x->sources[i].e);
    if (plan == NULL) {
        for (size_t i = 0; well && i < x->n_sources; i++) well = take(self, x->sources[i].whole, 32);
        return well;
    }
    well = well && blocks(x, v, false, take, self) && blocks(x, v, true, take, self);
    well = well && take(self, plan->groups, FAIR_LISTS_GROUPS * sizeof *plan->groups) && take(self, plan->first, ((size_t)plan->n_full + 1) * 4);
    return well && (plan->n_full % 2 == 1 || take(self, &none, 4));      /* up to a multiple of 8 bytes */
}

static bool
to_sum(void *self, const void *bytes, size_t n)
{
    fair_sha256_add(self, bytes, n);
    return true;
}

static bool
to_file(void *self, const void *bytes, size_t n)
{
    return fwrite(bytes, n, 1, self) == 1;
}

static bool
records(const struct next *x, const struct fair_listing *v, const uint32_t *place, FILE *f)
{
    static const uint8_t zero[8];
    bool well = true;

    for (size_t i = 0; well && i < x->n_sources; i++) {
        const size_t n = x->sources[i].e.length, pad = (8 - n % 8) % 8;
        uint8_t listed[FAIR_RECORD_MAX] __attribute__((aligned(8)));
        const uint8_t *record = x->sources[i].record;
        if (v != NULL) {
            fair_record_pack_listed(&v[i].record, place, listed);
            place += v[i].record.n;
            record = listed;
        }
        well = fwrite(record, 1, n, f) == n && fwrite(zero, 1, pad, f) == pad;
    }
    return well;
}

/* Write the sources as segment `number`, durable but not yet named by anything. */
static fair_status
write_file(const struct fair_segments *s, uint64_t number, struct next *x, const struct fair_listing *v, const struct fair_lists_plan *plan,
           struct fair_manifest_entry *out, struct fair_err *err)
{
    struct fair_segment_head h = { .magic = FAIR_SEGMENT_MAGIC, .version = FAIR_SEGMENTS_VERSION, .scheme = s->scheme };
    struct fair_sha256_run *run = fair_sha256_begin();
    struct fair_sha256 sum;
    uint64_t at = 0;
    char path[PATH_MAX];
    bool well;
    FILE *f;
    int fd;

    if (plan != NULL) {
        memcpy(h.magic, FAIR_SEGMENT_LISTED_MAGIC, 8);
        h.version = FAIR_SEGMENT_LISTED_VERSION;
        h.n_parts = plan->n_parts;
        h.n_full = plan->n_full;
    }
    h.n = x->n_sources;
    h.records_at = sizeof h + fair_segment_columns(h.n, plan != NULL, h.n_full);
    for (size_t i = 0; i < x->n_sources; i++) {
        x->sources[i].e.offset = at;
        at += (x->sources[i].e.length + 7u) / 8 * 8;
    }
    (void)columns(x, v, plan, to_sum, run);
    sum = fair_sha256_end(&run);
    memcpy(h.columns, sum.b, 32);
    h.bytes = h.records_at + at;
    if (plan != NULL) {
        h.lists_at = h.bytes;
        h.bytes += fair_lists_bytes(h.n_parts);
    }
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
    well = fwrite(&h, sizeof h, 1, f) == 1 && columns(x, v, plan, to_file, f) && records(x, v, plan != NULL ? plan->place : NULL, f) && fflush(f) == 0 &&
           (plan == NULL || fair_lists_write(v, x->n_sources, plan, fd, h.lists_at)) && fsync(fd) == 0;
    if (!well) fair_fail(err, FAIR_IO, "index segment %s: %m", path);
    if (fclose(f) != 0 && well) {
        well = false;
        fair_fail(err, FAIR_IO, "index segment %s: %m", path);
    }
    if (!well) unlink(path);
    return well ? FAIR_OK : FAIR_IO;
}

static fair_status
write_segment(const struct fair_segments *s, uint64_t number, struct next *x, struct fair_manifest_entry *out, struct fair_err *err)
{
    struct fair_lists_plan plan = { 0 };
    struct fair_listing *v;
    fair_status status;

    x->arena = fair_arena_new();
    if (x->n_sources < s->list_from) {
        FAIR_TRY(take_out(x, s->packed, err));
        return write_file(s, number, x, NULL, NULL, out, err);
    }
    v = fair_xcalloc(x->n_sources, sizeof *v);
    status = put_in(x, v, &plan, err);
    if (status == FAIR_OK) status = write_file(s, number, x, v, &plan, out, err);
    fair_lists_plan_free(&plan);
    free(v);
    return status;
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
