/* evidence/zip.c - ZIP files: written in one way only, read with suspicion. */
#include "evidence/zip.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

enum { LOCAL = 30, CENTRAL = 46, END = 22, DATE = 0x21 /* 1980-01-01 */, MODE = 0100644 };

const struct fair_zip_limits fair_zip_limits_default = { .members = 4096, .unpacked = (uint64_t)4 << 30, .ratio = 1100 };

static unsigned
u16(const char *p)
{
    return (unsigned)(uint8_t)p[0] | (unsigned)(uint8_t)p[1] << 8;
}

static uint32_t
u32(const char *p)
{
    return (uint32_t)u16(p) | (uint32_t)u16(p + 2) << 16;
}

static void
w16(char *p, unsigned v)
{
    p[0] = (char)(v & 255);
    p[1] = (char)(v >> 8 & 255);
}

static void
w32(char *p, uint32_t v)
{
    w16(p, v & 0xffff);
    w16(p + 2, v >> 16);
}

/* The headers as fair_zip_write writes them. */
static void
local_header(char *p, size_t n_name, size_t n, uint32_t crc)
{
    memset(p, 0, LOCAL);
    memcpy(p, "PK\3\4", 4);
    w16(p + 4, 10);
    w16(p + 12, DATE);
    w32(p + 14, crc);
    w32(p + 18, (uint32_t)n);
    w32(p + 22, (uint32_t)n);
    w16(p + 26, (unsigned)n_name);
}

static void
central_header(char *p, size_t n_name, size_t n, uint32_t crc, uint64_t at)
{
    memset(p, 0, CENTRAL);
    memcpy(p, "PK\1\2", 4);
    w16(p + 4, 3 << 8 | 10);          /* made on Unix, by version 1.0 */
    w16(p + 6, 10);
    w16(p + 14, DATE);
    w32(p + 16, crc);
    w32(p + 20, (uint32_t)n);
    w32(p + 24, (uint32_t)n);
    w16(p + 28, (unsigned)n_name);
    w32(p + 38, (uint32_t)MODE << 16);
    w32(p + 42, (uint32_t)at);
}

static void
end_record(char *p, size_t n, uint64_t size, uint64_t at)
{
    memset(p, 0, END);
    memcpy(p, "PK\5\6", 4);
    w16(p + 8, (unsigned)n);
    w16(p + 10, (unsigned)n);
    w32(p + 12, (uint32_t)size);
    w32(p + 16, (uint32_t)at);
}

static bool
plain_name(fair_str name)
{
    size_t folders = 0;

    if (name.n == 0 || name.n > 200 || name.p[0] == '.' || name.p[0] == '/' || name.p[name.n - 1] == '/') return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (c == '/') {
            folders++;
            if (name.p[i + 1] == '.' || name.p[i + 1] == '/') return false;
        } else if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_')) {
            return false;
        }
    }
    return folders <= 1;
}

/* May it be unpacked under this name into a folder? */
static bool
safe_name(fair_str name)
{
    fair_str rest = name, part;

    if (name.n == 0 || name.n > 1024 || name.p[0] == '/' || !fair_utf8_valid(name)) return false;
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7f || name.p[i] == '\\' || (name.p[i] == ':' && i == 1)) return false;
    while (fair_str_split(&rest, '/', &part))
        if (fair_str_eq(part, FAIR_STR("..")) || fair_str_eq(part, FAIR_STR(".")) || (part.n == 0 && rest.p != NULL)) return false;
    return true;
}

static int
name_cmp(fair_str a, fair_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = strncasecmp(a.p, b.p, n);

    return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

static int
by_name(const void *a, const void *b)
{
    return name_cmp(((const struct fair_zip_put *)a)->name, ((const struct fair_zip_put *)b)->name);
}

fair_status
fair_zip_write(const struct fair_zip_put *members, size_t n, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    struct fair_zip_put *sorted = fair_alloc_array(a, n + 1, sizeof *sorted);
    uint64_t total = END, directory;
    char *p, *at;
    uint64_t *starts = fair_alloc_array(a, n + 1, sizeof *starts);
    uint32_t *crcs = fair_alloc_array(a, n + 1, sizeof *crcs);

    if (n > 60000) return fair_fail(err, FAIR_LIMIT, "package: %zu members", n);
    if (n > 0) memcpy(sorted, members, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_name);
    for (size_t i = 0; i < n; i++) {
        if (!plain_name(sorted[i].name)) return fair_fail(err, FAIR_INVALID, "package: no member's name: %.*s", FAIR_STR_ARG(sorted[i].name));
        if (i > 0 && name_cmp(sorted[i - 1].name, sorted[i].name) == 0)
            return fair_fail(err, FAIR_INVALID, "package: two members named %.*s", FAIR_STR_ARG(sorted[i].name));
        total += LOCAL + CENTRAL + 2 * sorted[i].name.n + sorted[i].bytes.n;
        if (total > (uint64_t)2 << 30) return fair_fail(err, FAIR_LIMIT, "package: over 2 GiB");
    }
    at = p = fair_alloc(a, (size_t)total + 1);
    for (size_t i = 0; i < n; i++) {
        starts[i] = (uint64_t)(at - p);
        crcs[i] = (uint32_t)crc32_z(0, (const unsigned char *)members[i].bytes.p, members[i].bytes.n);
        local_header(at, members[i].name.n, members[i].bytes.n, crcs[i]);
        memcpy(at + LOCAL, members[i].name.p, members[i].name.n);
        at += LOCAL + members[i].name.n;
        if (members[i].bytes.n > 0) memcpy(at, members[i].bytes.p, members[i].bytes.n);
        at += members[i].bytes.n;
    }
    directory = (uint64_t)(at - p);
    for (size_t i = 0; i < n; i++) {
        central_header(at, members[i].name.n, members[i].bytes.n, crcs[i], starts[i]);
        memcpy(at + CENTRAL, members[i].name.p, members[i].name.n);
        at += CENTRAL + members[i].name.n;
    }
    end_record(at, n, (uint64_t)(at - p) - directory, directory);
    *out = (fair_str){ p, (size_t)total };
    return FAIR_OK;
}

static const char *
find_end(fair_str file)
{
    size_t back = file.n < END + 65535 ? file.n : END + 65535;

    if (file.n < END) return NULL;
    for (const char *p = file.p + file.n - END; p >= file.p + file.n - back; p--)
        if (memcmp(p, "PK\5\6", 4) == 0 && u16(p + 20) == (size_t)(file.p + file.n - p) - END) return p;
    return NULL;
}

struct reading { fair_str file; const char *end; struct fair_arena *a; struct fair_zip *z; uint64_t directory; struct fair_err *err; };

/* One entry of the directory at *at. */
static fair_status
member(struct reading *r, const char **at, struct fair_zip_member *m)
{
    const char *p = *at, *local;
    size_t n_name, skip;
    uint64_t packed;

    if (r->end - p < CENTRAL || memcmp(p, "PK\1\2", 4) != 0)
        return fair_fail(r->err, FAIR_CORRUPT, "its directory breaks off behind %zu members", r->z->n);
    n_name = u16(p + 28);
    skip = CENTRAL + n_name + u16(p + 30) + u16(p + 32);
    if ((size_t)(r->end - p) < skip) return fair_fail(r->err, FAIR_CORRUPT, "its directory breaks off in member %zu", r->z->n + 1);
    *m = (struct fair_zip_member){ .name = { p + CENTRAL, n_name }, .method = (uint16_t)u16(p + 10), .crc = u32(p + 16), .size = u32(p + 24),
                                   .at = u32(p + 42) };
    packed = u32(p + 20);
    *at = p + skip;
    if (!safe_name(m->name))
        return fair_fail(r->err, FAIR_CORRUPT, "a member's name leads elsewhere: %.*s", FAIR_STR_ARG(fair_str_escape(r->a, m->name)));
    if ((u16(p + 8) & 0x2041) != 0) return fair_fail(r->err, FAIR_INVALID, "%.*s: encrypted", FAIR_STR_ARG(m->name));
    if (m->method != 0 && m->method != 8) return fair_fail(r->err, FAIR_INVALID, "%.*s: packed by method %u", FAIR_STR_ARG(m->name), m->method);
    if (m->size == 0xffffffff || packed == 0xffffffff || m->at == 0xffffffff)
        return fair_fail(r->err, FAIR_INVALID, "%.*s: ZIP64 is not read", FAIR_STR_ARG(m->name));
    if (m->at > r->directory || r->directory - m->at < LOCAL) return fair_fail(r->err, FAIR_CORRUPT, "%.*s: begins beyond the file", FAIR_STR_ARG(m->name));
    local = r->file.p + m->at;
    if (memcmp(local, "PK\3\4", 4) != 0) return fair_fail(r->err, FAIR_CORRUPT, "%.*s: no header where it begins", FAIR_STR_ARG(m->name));
    skip = LOCAL + u16(local + 26) + u16(local + 28);
    if (r->directory - m->at < skip + packed) return fair_fail(r->err, FAIR_CORRUPT, "%.*s: reaches beyond the file", FAIR_STR_ARG(m->name));
    if (!fair_str_eq(m->name, (fair_str){ local + LOCAL, u16(local + 26) }))
        return fair_fail(r->err, FAIR_CORRUPT, "%.*s: another name in its own header", FAIR_STR_ARG(m->name));
    if (u16(local + 8) != m->method) return fair_fail(r->err, FAIR_CORRUPT, "%.*s: another method in its own header", FAIR_STR_ARG(m->name));
    if ((u16(local + 6) & 8) == 0 && (u32(local + 14) != m->crc || u32(local + 18) != packed || u32(local + 22) != m->size))
        return fair_fail(r->err, FAIR_CORRUPT, "%.*s: another length or CRC in its own header", FAIR_STR_ARG(m->name));
    m->packed = (fair_str){ local + skip, (size_t)packed };
    if (m->method == 0 && m->size != packed) return fair_fail(r->err, FAIR_CORRUPT, "%.*s: stored, and yet of two lengths", FAIR_STR_ARG(m->name));
    return FAIR_OK;
}

static int
by_place(const void *a, const void *b)
{
    const struct fair_zip_member *x = *(const struct fair_zip_member *const *)a, *y = *(const struct fair_zip_member *const *)b;
    return (x->at > y->at) - (x->at < y->at);
}

static int
member_by_name(const void *a, const void *b)
{
    return name_cmp((*(const struct fair_zip_member *const *)a)->name, (*(const struct fair_zip_member *const *)b)->name);
}

static fair_status
check_together(struct reading *r, const struct fair_zip_limits *limits)
{
    struct fair_zip *z = r->z;
    const struct fair_zip_member **order = fair_alloc_array(r->a, z->n + 1, sizeof *order);
    uint64_t total = 0;

    for (size_t i = 0; i < z->n; i++) {
        const struct fair_zip_member *m = &z->members[i];
        order[i] = m;
        total += m->size;
        if (total > limits->unpacked) return fair_fail(r->err, FAIR_LIMIT, "%.*s: more than %llu bytes unpacked", FAIR_STR_ARG(m->name), (unsigned long long)limits->unpacked);
        if (m->size > (uint64_t)(m->packed.n + 64) * limits->ratio)
            return fair_fail(r->err, FAIR_LIMIT, "%.*s: would unpack to more than %u times its size", FAIR_STR_ARG(m->name), limits->ratio);
    }
    qsort(order, z->n, sizeof *order, by_place);
    for (size_t i = 1; i < z->n; i++)
        if (order[i - 1]->packed.p + order[i - 1]->packed.n > r->file.p + order[i]->at)
            return fair_fail(r->err, FAIR_CORRUPT, "%.*s: lies over %.*s", FAIR_STR_ARG(order[i]->name), FAIR_STR_ARG(order[i - 1]->name));
    qsort(order, z->n, sizeof *order, member_by_name);
    for (size_t i = 1; i < z->n; i++)
        if (name_cmp(order[i - 1]->name, order[i]->name) == 0)
            return fair_fail(r->err, FAIR_CORRUPT, "%.*s: stands twice", FAIR_STR_ARG(order[i]->name));
    return FAIR_OK;
}

/* Is every byte outside the members' own as fair_zip_write puts it? */
static void
canonical(const struct reading *r)
{
    struct fair_zip *z = r->z;
    uint64_t at = 0, c = r->directory;
    char want[CENTRAL];

    for (size_t i = 0; i < z->n; i++) {
        const struct fair_zip_member *m = &z->members[i];
        z->fault_in = m->name;
        z->fault = FAIR_STR("not where it must begin");
        if (m->at != at) return;
        z->fault = FAIR_STR("its name is no package member's");
        if (!plain_name(m->name)) return;
        z->fault = FAIR_STR("packed, where it must be stored");
        if (m->method != 0) return;
        z->fault = FAIR_STR("its own header is not as it was written");
        local_header(want, m->name.n, m->packed.n, m->crc);
        if (memcmp(r->file.p + at, want, LOCAL) != 0) return;
        at += LOCAL + m->name.n + m->packed.n;
        z->fault = FAIR_STR("its entry in the directory is not as it was written");
        central_header(want, m->name.n, m->packed.n, m->crc, m->at);
        if (memcmp(r->file.p + c, want, CENTRAL) != 0) return;
        c += CENTRAL + m->name.n;
    }
    z->fault_in = FAIR_STR("");
    z->fault = FAIR_STR("bytes between the last member and the directory");
    if (at != r->directory) return;
    z->fault = FAIR_STR("the file's last record is not as it was written");
    end_record(want, z->n, c - r->directory, r->directory);
    if (r->file.n - c != END || memcmp(r->file.p + c, want, END) != 0) return;
    z->fault_in = z->fault = (fair_str){ NULL, 0 };
}

fair_status
fair_zip_read(fair_str file, const struct fair_zip_limits *limits, struct fair_arena *a, struct fair_zip *out, struct fair_err *err)
{
    const char *end = find_end(file), *at;
    struct reading r = { .file = file, .end = end, .a = a, .z = out, .err = err };
    size_t n;

    if (limits == NULL) limits = &fair_zip_limits_default;
    *out = (struct fair_zip){ 0 };
    if (end == NULL) return fair_fail(err, FAIR_INVALID, "no ZIP file, or cut off: its last record is missing");
    n = u16(end + 10);
    r.directory = u32(end + 16);
    if (u16(end + 4) != 0 || u16(end + 6) != 0 || u16(end + 8) != n) return fair_fail(err, FAIR_INVALID, "a part of several volumes");
    if (n == 0xffff || r.directory == 0xffffffff) return fair_fail(err, FAIR_INVALID, "ZIP64 is not read");
    if (r.directory > (uint64_t)(end - file.p) || (uint64_t)(end - file.p) - r.directory != u32(end + 12))
        return fair_fail(err, FAIR_CORRUPT, "its directory is not where its last record says");
    if (n > limits->members) return fair_fail(err, FAIR_LIMIT, "%zu members are more than %zu", n, limits->members);
    out->members = fair_alloc_array(a, n + 1, sizeof *out->members);
    at = file.p + r.directory;
    for (out->n = 0; out->n < n; out->n++) FAIR_TRY(member(&r, &at, &out->members[out->n]));
    if (at != end) return fair_fail(err, FAIR_CORRUPT, "bytes behind the last entry of its directory");
    FAIR_TRY(check_together(&r, limits));
    canonical(&r);
    return FAIR_OK;
}

const struct fair_zip_member *
fair_zip_find(const struct fair_zip *z, fair_str name)
{
    for (size_t i = 0; i < z->n; i++)
        if (fair_str_eq(z->members[i].name, name)) return &z->members[i];
    return NULL;
}

fair_status
fair_zip_unpack(const struct fair_zip_member *m, size_t max, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    z_stream z = { 0 };
    char *p;
    int rc;

    *out = (fair_str){ NULL, 0 };
    if (m->size > max) return fair_fail(err, FAIR_LIMIT, "%.*s: %llu bytes are over %zu", FAIR_STR_ARG(m->name), (unsigned long long)m->size, max);
    if (m->method == 0) {
        if (crc32_z(0, (const unsigned char *)m->packed.p, m->packed.n) != m->crc)
            return fair_fail(err, FAIR_CORRUPT, "%.*s: its CRC-32 is not as told", FAIR_STR_ARG(m->name));
        *out = m->packed;
        return FAIR_OK;
    }
    p = fair_alloc(a, (size_t)m->size + 1);
    if (inflateInit2(&z, -15) != Z_OK) abort();
    z.next_in = (unsigned char *)(uintptr_t)m->packed.p;
    z.avail_in = (unsigned)m->packed.n;
    z.next_out = (unsigned char *)p;
    z.avail_out = (unsigned)m->size + 1;
    rc = inflate(&z, Z_FINISH);
    inflateEnd(&z);
    if (rc != Z_STREAM_END || z.total_out != m->size || z.avail_in != 0 || crc32_z(0, (unsigned char *)p, (size_t)m->size) != m->crc)
        return fair_fail(err, FAIR_CORRUPT, "%.*s: what it unpacks to is not as told", FAIR_STR_ARG(m->name));
    *out = (fair_str){ p, (size_t)m->size };
    return FAIR_OK;
}
