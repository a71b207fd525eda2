/* evidence/warc_write.c - writes WARC 1.1, a gzip member for each record, and keeps what an index needs. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#include <zlib.h>
#include "base/clock.h"
#include "base/io.h"
#include "evidence/package.h"
#include "evidence/package_private.h"

struct entry {
    fair_str key, line;           /* SURT and time; the whole line */
};

struct fair_warc_writer {
    struct fair_arena *arena;
    int fd;
    fair_str name;
    off_t start, at;              /* in the file */
    struct fair_sha256_run *sha;
    struct entry *entries;
    size_t n, room;
};

/* A builder's ceiling for one record's header lines. */
#define HEAD_MAX ((size_t)64 << 10)

fair_status
fair_warc_writer_open(int fd, fair_str name, struct fair_warc_writer **out, struct fair_err *err)
{
    struct fair_warc_writer *w;
    off_t at = lseek(fd, 0, SEEK_CUR);

    *out = NULL;
    if (at < 0) return fair_fail(err, FAIR_IO, "archive %.*s: %m", FAIR_STR_ARG(name));
    w = fair_xcalloc(1, sizeof *w);
    w->arena = fair_arena_new();
    w->fd = fd;
    w->start = w->at = at;
    w->name = fair_str_dup(w->arena, name);
    w->sha = fair_sha256_begin();
    *out = w;
    return FAIR_OK;
}

void
fair_warc_writer_free(struct fair_warc_writer **w)
{
    if (*w == NULL) return;
    if ((*w)->sha != NULL) fair_sha256_end(&(*w)->sha);
    fair_arena_free(&(*w)->arena);
    free((*w)->entries);
    free(*w);
    *w = NULL;
}

/* WARC-Date with microseconds (WARC 1.1, 5.4). */
static fair_str
date_text(struct fair_arena *a, fair_time t)
{
    fair_str s = fair_time_text(a, t - t % FAIR_SECOND);

    if (s.n == 0) s = FAIR_STR("1970-01-01T00:00:00Z");
    return fair_str_fmt(a, "%.*s.%06lldZ", (int)(s.n - 1), s.p, (long long)(t % FAIR_SECOND));
}

static const char *const kinds[] = { "warcinfo", "request", "response", "resource", "metadata" };

static fair_str
mime_of(const struct fair_warc_put *r)
{
    if (r->mime.p != NULL) return r->mime;
    switch (r->kind) {
    case FAIR_WARC_INFO: return FAIR_STR("application/warc-fields");
    case FAIR_WARC_REQUEST: return FAIR_STR("application/http; msgtype=request");
    case FAIR_WARC_RESPONSE: return FAIR_STR("application/http; msgtype=response");
    default: return FAIR_STR("application/octet-stream");
    }
}

static bool
one_line(fair_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f) return false;
    return true;
}

/* A version 8 UUID (RFC 9562, 5.8) from what makes the record. */
static fair_str
record_id(struct fair_arena *a, const struct fair_sha256 *h)
{
    uint8_t b[16];

    memcpy(b, h->b, sizeof b);
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x80);
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
    return fair_str_fmt(a, "urn:uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3],
                        b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

struct sink {
    struct fair_warc_writer *w;
    z_stream z;
    struct fair_sha256_run *record;   /* of the packed record */
    uint64_t packed;
};

static fair_status
squeeze(struct sink *k, fair_str bytes, int flush, struct fair_err *err)
{
    unsigned char out[65536];

    for (;;) {
        size_t part = bytes.n > ((size_t)1 << 30) ? (size_t)1 << 30 : bytes.n;
        bool last = part == bytes.n;
        int rc;

        k->z.next_in = (unsigned char *)(uintptr_t)(part > 0 ? bytes.p : "");
        k->z.avail_in = (unsigned)part;
        do {
            size_t got;

            k->z.next_out = out;
            k->z.avail_out = sizeof out;
            rc = deflate(&k->z, last ? flush : Z_NO_FLUSH);
            if (rc == Z_STREAM_ERROR) abort();
            got = sizeof out - k->z.avail_out;
            fair_sha256_add(k->record, out, got);
            k->packed += got;
            FAIR_TRY(fair_write_all(k->w->fd, out, got, err));
            fair_sha256_add(k->w->sha, out, got);
        } while (k->z.avail_out == 0);
        bytes = (fair_str){ bytes.p + part, bytes.n - part };
        if (last) return FAIR_OK;
    }
}

/* The index line: only what replays or stands as an exhibit. */
static void
remember(struct fair_warc_writer *w, const struct fair_warc_put *r, const struct fair_sha256 *payload, const struct fair_sha256 *packed,
         uint64_t length)
{
    struct fair_buf b = FAIR_BUF(w->arena, 1 << 20);
    fair_str date = fair_time_text(w->arena, r->at), mime = r->mime, status = { NULL, 0 }, line = { NULL, 0 };
    char digits[15];
    size_t n = 0;

    if (r->kind != FAIR_WARC_RESPONSE && r->kind != FAIR_WARC_RESOURCE && r->kind != FAIR_WARC_METADATA) return;
    if (r->kind == FAIR_WARC_RESPONSE) {
        mime = fair_http_value(r->http, FAIR_STR("content-type"));
        status = fair_http_status(r->http);
    }
    for (size_t i = 0; i < mime.n; i++)
        if (mime.p[i] == ';') mime.n = i;
    mime = fair_str_trim(mime);
    for (size_t i = 0; i < date.n && n < 14; i++)
        if (date.p[i] >= '0' && date.p[i] <= '9') digits[n++] = date.p[i];
    digits[n] = '\0';
    if (w->n == w->room) {
        w->room = w->room > 0 ? w->room * 2 : 64;
        w->entries = fair_xrealloc(w->entries, w->room * sizeof *w->entries);
    }
    w->entries[w->n].key = fair_str_fmt(w->arena, "%.*s %s", FAIR_STR_ARG(fair_cdx_key(w->arena, r->uri)), digits);
    fair_buf_add(&b, w->entries[w->n].key);
    fair_buf_c(&b, " {\"url\": ");
    fair_json_put(&b, r->uri);
    fair_buf_c(&b, ", \"mime\": ");
    fair_json_put(&b, mime.n > 0 ? mime : FAIR_STR("application/octet-stream"));
    if (status.n > 0) fair_buf_fmt(&b, ", \"status\": \"%.*s\"", FAIR_STR_ARG(status));
    else if (r->kind == FAIR_WARC_RESOURCE) fair_buf_c(&b, ", \"status\": \"200\"");
    fair_buf_fmt(&b, ", \"digest\": \"sha256:%.*s\"", FAIR_STR_ARG(fair_hex(w->arena, payload->b, 32)));
    fair_buf_fmt(&b, ", \"length\": \"%llu\", \"offset\": \"%lld\", \"filename\": ", (unsigned long long)length,
                 (long long)(w->at - w->start));
    fair_json_put(&b, w->name);
    fair_buf_fmt(&b, ", \"recordDigest\": \"sha256:%.*s\"}", FAIR_STR_ARG(fair_hex(w->arena, packed->b, 32)));
    /* A line over the ceiling is an address of a megabyte: it stays out of the index and in the archive. */
    if (fair_buf_take(&b, &line, NULL) != FAIR_OK) return;
    w->entries[w->n++].line = line;
}

fair_status
fair_warc_writer_put(struct fair_warc_writer *w, const struct fair_warc_put *r, fair_str *id, struct fair_err *err)
{
    const bool http = r->http.p != NULL;
    const fair_str gap = http ? FAIR_STR("\r\n\r\n") : FAIR_STR("");
    fair_str head = r->http, record = { NULL, 0 }, lines = { NULL, 0 };
    struct fair_sha256_run *run;
    struct fair_sha256 block, payload, self, packed;
    struct fair_buf b = FAIR_BUF(w->arena, HEAD_MAX + r->uri.n + r->extra.n);
    struct sink k = { .w = w };
    fair_status s;

    if (r->uri.n == 0) return fair_fail(err, FAIR_INVALID, "archive %.*s: a record without an address", FAIR_STR_ARG(w->name));
    if (!one_line(r->uri) || !one_line(mime_of(r)) || !one_line(r->ip) || !one_line(r->concurrent_to) || !one_line(r->truncated))
        return fair_fail(err, FAIR_INVALID, "archive %.*s: a header value holds a line end", FAIR_STR_ARG(w->name));
    if (r->extra.n > 0 && (!fair_str_ends(r->extra, FAIR_STR("\r\n")) || memmem(r->extra.p, r->extra.n, "\r\n\r\n", 4) != NULL))
        return fair_fail(err, FAIR_INVALID, "archive %.*s: further header lines do not end well", FAIR_STR_ARG(w->name));
    while (http && head.n > 0 && (head.p[head.n - 1] == '\n' || head.p[head.n - 1] == '\r')) head.n--;

    run = fair_sha256_begin();
    fair_sha256_add(run, head.p, http ? head.n : 0);
    fair_sha256_add(run, gap.p, gap.n);
    fair_sha256_add(run, r->body.p, r->body.n);
    block = fair_sha256_end(&run);
    payload = fair_sha256_of(r->body.p, r->body.n);

    run = fair_sha256_begin();
    record = fair_str_fmt(w->arena, "%s\n%.*s\n%lld\n%lld\n", kinds[r->kind], FAIR_STR_ARG(r->uri), (long long)r->at,
                          (long long)(w->at - w->start));
    fair_sha256_add(run, record.p, record.n);
    fair_sha256_add(run, block.b, sizeof block.b);
    self = fair_sha256_end(&run);
    record = record_id(w->arena, &self);

    fair_buf_fmt(&b, "WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <%.*s>\r\nWARC-Date: %.*s\r\n", kinds[r->kind],
                 FAIR_STR_ARG(record), FAIR_STR_ARG(date_text(w->arena, r->at)));
    fair_buf_c(&b, r->kind == FAIR_WARC_INFO ? "WARC-Filename: " : "WARC-Target-URI: ");
    fair_buf_add(&b, r->uri);
    fair_buf_c(&b, "\r\n");
    if (r->ip.n > 0) fair_buf_fmt(&b, "WARC-IP-Address: %.*s\r\n", FAIR_STR_ARG(r->ip));
    if (r->concurrent_to.n > 0) fair_buf_fmt(&b, "WARC-Concurrent-To: <%.*s>\r\n", FAIR_STR_ARG(r->concurrent_to));
    fair_buf_fmt(&b, "WARC-Block-Digest: sha256:%.*s\r\n", FAIR_STR_ARG(fair_hex(w->arena, block.b, 32)));
    if (http) fair_buf_fmt(&b, "WARC-Payload-Digest: sha256:%.*s\r\n", FAIR_STR_ARG(fair_hex(w->arena, payload.b, 32)));
    if (r->truncated.n > 0) fair_buf_fmt(&b, "WARC-Truncated: %.*s\r\n", FAIR_STR_ARG(r->truncated));
    if (r->extra.n > 0) fair_buf_add(&b, r->extra);
    fair_buf_fmt(&b, "Content-Type: %.*s\r\nContent-Length: %zu\r\n\r\n", FAIR_STR_ARG(mime_of(r)), (http ? head.n : 0) + gap.n + r->body.n);
    if (fair_buf_take(&b, &lines, err) != FAIR_OK) return fair_fail_in(err, "archive %.*s", FAIR_STR_ARG(w->name));

    if (deflateInit2(&k.z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) abort();
    k.record = fair_sha256_begin();
    s = squeeze(&k, lines, Z_NO_FLUSH, err);
    if (s == FAIR_OK && http) s = squeeze(&k, head, Z_NO_FLUSH, err);
    if (s == FAIR_OK && gap.n > 0) s = squeeze(&k, gap, Z_NO_FLUSH, err);
    if (s == FAIR_OK && r->body.n > 0) s = squeeze(&k, r->body, Z_NO_FLUSH, err);
    if (s == FAIR_OK) s = squeeze(&k, FAIR_STR("\r\n\r\n"), Z_FINISH, err);
    deflateEnd(&k.z);
    packed = fair_sha256_end(&k.record);
    if (s != FAIR_OK) {
        /* A half record must not stay; and its bytes are in the running digest: the writer is at its end. */
        if (ftruncate(w->fd, w->at) == 0) lseek(w->fd, w->at, SEEK_SET);
        return fair_fail_in(err, "archive %.*s", FAIR_STR_ARG(w->name));
    }
    remember(w, r, &payload, &packed, k.packed);
    w->at += (off_t)k.packed;
    if (id != NULL) *id = record;
    return FAIR_OK;
}

fair_status
fair_warc_writer_close(struct fair_warc_writer *w, uint64_t *bytes, struct fair_sha256 *sha, struct fair_err *err)
{
    *bytes = (uint64_t)(w->at - w->start);
    *sha = fair_sha256_end(&w->sha);
    if (fsync(w->fd) != 0) return fair_fail(err, FAIR_IO, "archive %.*s: fsync: %m", FAIR_STR_ARG(w->name));
    return FAIR_OK;
}

static int
by_key(const void *a, const void *b)
{
    const fair_str x = ((const struct entry *)a)->line, y = ((const struct entry *)b)->line;
    const size_t n = x.n < y.n ? x.n : y.n;
    const int c = memcmp(x.p, y.p, n);

    return c != 0 ? c : (x.n > y.n) - (x.n < y.n);
}

fair_str
fair_warc_writer_cdxj(const struct fair_warc_writer *w, struct fair_arena *a)
{
    struct entry *sorted = fair_xcalloc(w->n > 0 ? w->n : 1, sizeof *sorted);
    struct fair_buf b = FAIR_BUF(a, SIZE_MAX / 4);

    if (w->n > 0) memcpy(sorted, w->entries, w->n * sizeof *sorted);
    qsort(sorted, w->n, sizeof *sorted, by_key);
    for (size_t i = 0; i < w->n; i++) {
        fair_buf_add(&b, sorted[i].line);
        fair_buf_byte(&b, '\n');
    }
    free(sorted);
    return b.p != NULL ? (fair_str){ b.p, b.n } : FAIR_STR("");
}

/* ---- HTTP header lines ---- */

/* The next line of *rest without its end; false at the end or at an empty line. */
static bool
header_line(fair_str *rest, fair_str *line)
{
    if (rest->p == NULL || rest->n == 0 || !fair_str_split(rest, '\n', line)) return false;
    if (line->n > 0 && line->p[line->n - 1] == '\r') line->n--;
    return line->n > 0;
}

static bool
header_named(fair_str line, fair_str *name, fair_str *value)
{
    const char *colon = line.n > 0 ? memchr(line.p, ':', line.n) : NULL;

    if (colon == NULL) return false;
    *name = fair_str_trim((fair_str){ line.p, (size_t)(colon - line.p) });
    *value = fair_str_trim((fair_str){ colon + 1, line.n - (size_t)(colon - line.p) - 1 });
    return true;
}

fair_str
fair_http_value(fair_str head, fair_str wanted)
{
    fair_str line, name, value;

    if (!header_line(&head, &line)) return FAIR_STR("");
    while (header_line(&head, &line))
        if (header_named(line, &name, &value) && fair_str_eq_nocase(name, wanted)) return value;
    return FAIR_STR("");
}

fair_str
fair_http_status(fair_str head)
{
    fair_str line, word = { NULL, 0 };

    if (!header_line(&head, &line) || !fair_str_split(&line, ' ', &word) || !fair_str_split(&line, ' ', &word)) return FAIR_STR("");
    for (size_t i = 0; i < word.n; i++)
        if (word.p[i] < '0' || word.p[i] > '9') return FAIR_STR("");
    return word.n == 3 ? word : FAIR_STR("");
}

fair_str
fair_warc_http_plain(struct fair_arena *a, fair_str head, size_t body)
{
    struct fair_buf b = FAIR_BUF(a, head.n * 2 + 4096);
    fair_str line, name, value;
    bool first = true;

    while (header_line(&head, &line)) {
        if (!first && header_named(line, &name, &value) &&
            (fair_str_eq_nocase(name, FAIR_STR("content-encoding")) || fair_str_eq_nocase(name, FAIR_STR("transfer-encoding")) ||
             fair_str_eq_nocase(name, FAIR_STR("content-length"))))
            fair_buf_c(&b, "X-Original-");
        fair_buf_add(&b, line);
        fair_buf_c(&b, "\r\n");
        first = false;
    }
    fair_buf_fmt(&b, "Content-Length: %zu", body);
    return (fair_str){ b.p, b.n };
}
