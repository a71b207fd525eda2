/* source/warc_stream.c - the bytes of an archive: plain, or what its gzip members or zstd frames unpack to.
 *
 * A member that fits into what is read ahead is unpacked at once by libdeflate; others, and damaged ones, piece by piece by
 * zlib, so that what stands before the damage is seen.  Behind damage we look for the next place where something
 * packed begins that unpacks to a record. */
#include <errno.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include "source/warc_private.h"

#define IN_ROOM ((size_t)2 << 20)
#define IN_AHEAD ((size_t)256 << 10)  /* read on when less than this is there  */
#define PIECE ((size_t)256 << 10)
#define AT_ONCE ((size_t)16 << 20)    /* the most that is unpacked at once      */
#define RATIO_FREE ((uint64_t)1 << 20)  /* so much may come of however little   */
#define DICT_MOST ((size_t)16 << 20)
#define TRIAL 1024                    /* bytes unpacked to see what a member is */
#define REREAD ((uint64_t)256 << 20)  /* bytes that may be looked at again, and four times those read */

enum kind { UNKNOWN, PLAIN, GZIP, ZSTD };

struct fair_stream {
    int fd;
    bool seekable;
    int64_t start;            /* where the file began for us: a pipe's is 0 */
    enum kind kind;
    fair_status failed;
    int failed_errno;
    uint64_t max_ratio;
    uint64_t reread;

    uint8_t *in;              /* in[head .. tail) is read and not used; in[head] lies at in_at in the file */
    size_t in_head, in_tail;
    int64_t in_at;
    bool eof;

    uint8_t *out;
    size_t out_head, out_tail, out_room;
    int64_t at;               /* of out[out_head] in the member */

    int64_t member;
    uint64_t members, member_in, member_out;
    bool over;                /* nothing more comes of the present member */
    bool lost;                /* the next one must be looked for          */
    const char *fault;

    struct libdeflate_decompressor *deflate;
    z_stream z;
    bool z_on;                /* the present member is unpacked by z      */
    ZSTD_DCtx *zstd;
    ZSTD_DDict *dict;
};

static const uint8_t zstd_magic[4] = { 0x28, 0xb5, 0x2f, 0xfd };

struct fair_stream *
fair_stream_new(int fd, uint64_t max_ratio)
{
    struct fair_stream *s = fair_xcalloc(1, sizeof *s);

    s->fd = fd;
    s->start = lseek(fd, 0, SEEK_CUR);
    s->seekable = s->start >= 0;
    if (!s->seekable) s->start = 0;
    s->max_ratio = max_ratio;
    s->in = fair_xmalloc(IN_ROOM);
    s->out = fair_xmalloc(s->out_room = 2 * PIECE);
    s->in_at = s->start;
    s->over = true;
    return s;
}

void
fair_stream_free(struct fair_stream **s)
{
    if (*s == NULL) return;
    if ((*s)->z_on) inflateEnd(&(*s)->z);
    if ((*s)->deflate != NULL) libdeflate_free_decompressor((*s)->deflate);
    ZSTD_freeDCtx((*s)->zstd);
    ZSTD_freeDDict((*s)->dict);
    free((*s)->in);
    free((*s)->out);
    free(*s);
    *s = NULL;
}

/* ---- the file ------------------------------------------------------------------ */

static size_t
read_some(struct fair_stream *s, uint8_t *to, size_t room)
{
    while (!s->eof) {
        ssize_t got = read(s->fd, to, room);
        if (got > 0) return (size_t)got;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            s->failed = FAIR_IO;
            s->failed_errno = errno;
        }
        s->eof = true;
    }
    return 0;
}

/* Have at least n bytes of the file at hand, or all there are; how many. */
static size_t
in_have(struct fair_stream *s, size_t n)
{
    if (s->in_tail - s->in_head < n && !s->eof) {
        memmove(s->in, s->in + s->in_head, s->in_tail - s->in_head);
        s->in_tail -= s->in_head;
        s->in_head = 0;
        while (s->in_tail < n && !s->eof) s->in_tail += read_some(s, s->in + s->in_tail, IN_ROOM - s->in_tail);
    }
    return s->in_tail - s->in_head;
}

static void
in_use(struct fair_stream *s, size_t n)
{
    s->in_head += n;
    s->in_at += (int64_t)n;
}

/* Looking at things again costs time, and a file may be made to have us do so without end. */
static bool
may_reread(struct fair_stream *s, uint64_t n)
{
    if (s->reread + n > REREAD + 4 * (uint64_t)(s->in_at - s->start)) return false;
    s->reread += n;
    return true;
}

static bool
in_back(struct fair_stream *s, int64_t at)
{
    if (at >= s->in_at || !s->seekable || !may_reread(s, (uint64_t)(s->in_at - at))) return false;
    if ((int64_t)s->in_head >= s->in_at - at) {
        s->in_head -= (size_t)(s->in_at - at);
    } else {
        if (lseek(s->fd, at, SEEK_SET) < 0) return false;
        s->in_head = s->in_tail = 0;
        s->eof = false;
    }
    s->in_at = at;
    return true;
}

/* ---- what comes out ------------------------------------------------------------- */

static void
out_room(struct fair_stream *s, size_t n)
{
    if (s->out_room - s->out_tail >= n) return;
    memmove(s->out, s->out + s->out_head, s->out_tail - s->out_head);
    s->out_tail -= s->out_head;
    s->out_head = 0;
    if (s->out_room - s->out_tail >= n) return;
    s->out_room = (s->out_tail + n) * 2;
    s->out = fair_xrealloc(s->out, s->out_room);
}

static void
end_member(struct fair_stream *s, const char *fault, bool lost)
{
    if (s->z_on) inflateEnd(&s->z);
    s->z_on = false;
    s->over = true;
    if (fault != NULL) s->fault = fault;
    s->lost = lost;
}

static bool
too_far(const struct fair_stream *s)
{
    return s->member_out > RATIO_FREE && s->member_out / s->max_ratio > s->member_in;
}

static void
more_gzip(struct fair_stream *s)
{
    size_t had, room;
    int rc;

    if (in_have(s, 1) == 0) {
        end_member(s, "truncated", true);      /* damage may have led past members behind it */
        return;
    }
    out_room(s, PIECE);
    had = s->in_tail - s->in_head;
    room = s->out_room - s->out_tail;
    if (room > PIECE) room = PIECE;
    s->z.next_in = s->in + s->in_head;
    s->z.avail_in = (uInt)had;
    s->z.next_out = s->out + s->out_tail;
    s->z.avail_out = (uInt)room;
    rc = inflate(&s->z, Z_NO_FLUSH);
    in_use(s, had - s->z.avail_in);
    s->out_tail += room - s->z.avail_out;
    s->member_in += had - s->z.avail_in;
    s->member_out += room - s->z.avail_out;
    if (rc == Z_STREAM_END) end_member(s, NULL, false);
    else if (rc == Z_DATA_ERROR && s->z.msg != NULL &&
             (strstr(s->z.msg, "data check") != NULL || strstr(s->z.msg, "length check") != NULL))
        end_member(s, "bad-gzip-checksum", true);     /* a stored block may have run over the end of a member cut short */
    else if (rc != Z_OK && rc != Z_BUF_ERROR) end_member(s, "bad-gzip", true);
    else if (too_far(s)) end_member(s, "inflates-too-far", true);
}

static void
more_zstd(struct fair_stream *s)
{
    ZSTD_inBuffer in;
    ZSTD_outBuffer out;
    size_t rc, had_out;

    if (in_have(s, 1) == 0) {
        end_member(s, "truncated", true);      /* damage may have led past members behind it */
        return;
    }
    out_room(s, PIECE);
    in = (ZSTD_inBuffer){ s->in + s->in_head, s->in_tail - s->in_head, 0 };
    had_out = s->out_tail;
    out = (ZSTD_outBuffer){ s->out, s->out_tail + PIECE, s->out_tail };
    rc = ZSTD_decompressStream(s->zstd, &out, &in);
    in_use(s, in.pos);
    s->out_tail = out.pos;
    s->member_in += in.pos;
    s->member_out += out.pos - had_out;
    if (ZSTD_isError(rc)) end_member(s, "bad-zstd", true);
    else if (rc == 0) end_member(s, NULL, false);
    else if (too_far(s)) end_member(s, "inflates-too-far", true);
}

static void
more(struct fair_stream *s)
{
    if (s->kind == PLAIN) {
        size_t got = s->in_tail - s->in_head;
        out_room(s, PIECE);
        if (got > 0) {                           /* what was read to tell the kind */
            if (got > PIECE) got = PIECE;
            memcpy(s->out + s->out_tail, s->in + s->in_head, got);
            s->in_head += got;
        } else {
            got = read_some(s, s->out + s->out_tail, PIECE);
        }
        s->in_at += (int64_t)got;
        s->out_tail += got;
        if (got == 0) s->over = true;
    } else if (s->kind == GZIP) {
        more_gzip(s);
    } else {
        more_zstd(s);
    }
}

size_t
fair_stream_see(struct fair_stream *s, size_t n, const uint8_t **p)
{
    while (s->out_tail - s->out_head < n && !s->over) more(s);
    *p = s->out + s->out_head;
    return s->out_tail - s->out_head;
}

void
fair_stream_skip(struct fair_stream *s, size_t n)
{
    s->out_head += n;
    s->at += (int64_t)n;
}

bool
fair_stream_unread(struct fair_stream *s, const uint8_t *p, size_t n)
{
    const size_t left = s->out_tail - s->out_head;

    if (!may_reread(s, s->out_head < n ? n + left : n)) return false;
    if (s->out_head < n) {
        if (n + left > s->out_room) {
            s->out_room = n + left;
            s->out = fair_xrealloc(s->out, s->out_room);
        }
        memmove(s->out + n, s->out + s->out_head, left);
        s->out_head = n;
        s->out_tail = n + left;
    }
    s->out_head -= n;
    memcpy(s->out + s->out_head, p, n);
    s->at -= (int64_t)n;
    return true;
}

bool
fair_stream_back(struct fair_stream *s, int64_t at)
{
    at -= s->start;
    if (s->kind != PLAIN || !s->seekable || at < 0 || at > s->at) return false;
    if (!may_reread(s, (uint64_t)(s->at - at))) return false;
    if (lseek(s->fd, s->start + at, SEEK_SET) < 0) return false;
    s->in_head = s->in_tail = s->out_head = s->out_tail = 0;
    s->in_at = s->start + at;
    s->at = at;
    s->eof = s->over = false;
    return true;
}

/* ---- members ------------------------------------------------------------------- */

static bool
gzip_here(const uint8_t *p, size_t n)
{
    return n >= 4 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8 && (p[3] & 0xe0) == 0;
}

static bool
zstd_here(const uint8_t *p, size_t n)
{
    return n >= 4 && memcmp(p, zstd_magic, 4) == 0;
}

static bool
skippable_here(const uint8_t *p, size_t n)
{
    return n >= 8 && (p[0] & 0xf0) == 0x50 && p[1] == 0x2a && p[2] == 0x4d && p[3] == 0x18;
}

/* Does what stands here unpack to the beginning of a record? */
static bool
trial(const struct fair_stream *s, const uint8_t *p, size_t n)
{
    uint8_t head[TRIAL];
    size_t got = 0;

    if (s->kind == GZIP) {
        z_stream z = { .next_in = (Bytef *)(uintptr_t)p, .avail_in = (uInt)n, .next_out = head, .avail_out = TRIAL };
        int rc;
        if (inflateInit2(&z, 15 + 16) != Z_OK) abort();
        rc = inflate(&z, Z_SYNC_FLUSH);
        got = TRIAL - z.avail_out;
        inflateEnd(&z);
        if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR && got < TRIAL / 4) return false;
    } else {
        ZSTD_DCtx *z = ZSTD_createDCtx();
        ZSTD_inBuffer in = { p, n, 0 };
        ZSTD_outBuffer out = { head, TRIAL, 0 };
        if (z == NULL) abort();
        if (s->dict != NULL) ZSTD_DCtx_refDDict(z, s->dict);
        (void)ZSTD_decompressStream(z, &out, &in);
        got = out.pos;
        ZSTD_freeDCtx(z);
    }
    return fair_warc_begins(head, got);
}

/* Go on to the next place that something packed begins which unpacks to a record. */
static bool
look_for_member(struct fair_stream *s)
{
    const uint8_t first = s->kind == GZIP ? 0x1f : zstd_magic[0];

    for (;;) {
        size_t n = in_have(s, IN_AHEAD), used;
        const uint8_t *p = s->in + s->in_head, *at = p;

        if (n == 0) return false;
        while ((at = memchr(at, first, n - (size_t)(at - p))) != NULL) {
            const size_t left = n - (size_t)(at - p);
            /* a trial needs some bytes behind it: of what lies near the end more is read first */
            if (left < IN_AHEAD / 4 && !s->eof) break;
            if ((s->kind == GZIP ? gzip_here(at, left) : zstd_here(at, left)) && may_reread(s, TRIAL) && trial(s, at, left)) {
                in_use(s, (size_t)(at - p));
                return true;
            }
            at++;
        }
        used = at == NULL ? n : (size_t)(at - p);
        in_use(s, used);
    }
}

/* The dictionary of a .warc.zst (its first frame): as it is, or packed itself. */
static void
take_dictionary(struct fair_stream *s, const uint8_t *p, size_t n)
{
    uint8_t *plain = NULL;

    if (zstd_here(p, n)) {
        const unsigned long long size = ZSTD_getFrameContentSize(p, n);
        const size_t room = size == ZSTD_CONTENTSIZE_UNKNOWN ? DICT_MOST : (size_t)size;
        size_t got;
        if (size == ZSTD_CONTENTSIZE_ERROR || (size != ZSTD_CONTENTSIZE_UNKNOWN && size > DICT_MOST)) return;
        plain = fair_xmalloc(room + 1);
        got = ZSTD_decompress(plain, room, p, n);
        if (ZSTD_isError(got)) {
            free(plain);
            return;
        }
        p = plain;
        n = got;
    }
    ZSTD_freeDDict(s->dict);
    s->dict = ZSTD_createDDict(p, n);
    free(plain);
}

/* Pass over a frame that is not data; false at the end of the file. */
static bool
skip_frame(struct fair_stream *s)
{
    const uint8_t *p = s->in + s->in_head;
    const bool dictionary = p[0] == 0x5d && s->dict == NULL && s->members == 0;
    size_t left = (size_t)p[4] | (size_t)p[5] << 8 | (size_t)p[6] << 16 | (size_t)p[7] << 24, n = 0;
    uint8_t *bytes = NULL;

    in_use(s, 8);
    if (dictionary && left <= DICT_MOST) bytes = fair_xmalloc(left + 1);
    while (left > 0) {
        size_t got = in_have(s, 1);
        if (got == 0) break;
        if (got > left) got = left;
        if (bytes != NULL) memcpy(bytes + n, s->in + s->in_head, got);
        n += got;
        in_use(s, got);
        left -= got;
    }
    if (bytes != NULL && left == 0) take_dictionary(s, bytes, n);
    free(bytes);
    return left == 0;
}

static void
begin_gzip(struct fair_stream *s)
{
    size_t n = in_have(s, IN_AHEAD);

    if (s->deflate == NULL && (s->deflate = libdeflate_alloc_decompressor()) == NULL) abort();
    out_room(s, PIECE);
    for (;;) {
        size_t used = 0, got = 0;
        enum libdeflate_result rc = libdeflate_gzip_decompress_ex(s->deflate, s->in + s->in_head, n, s->out, s->out_room, &used, &got);
        if (rc == LIBDEFLATE_SUCCESS) {
            s->member_in = used;
            s->member_out = got;
            in_use(s, used);
            s->over = true;
            if (too_far(s)) s->fault = "inflates-too-far";
            else s->out_tail = got;
            return;
        }
        if (rc != LIBDEFLATE_INSUFFICIENT_SPACE || s->out_room >= AT_ONCE) break;
        out_room(s, s->out_room * 2);
    }
    if (inflateInit2(&s->z, 15 + 16) != Z_OK) abort();
    s->z_on = true;
}

bool
fair_stream_next(struct fair_stream *s)
{
    const bool lost = s->lost;
    size_t n;

    if (s->kind == UNKNOWN) {
        const uint8_t *p;
        n = in_have(s, 8);
        p = s->in + s->in_head;
        s->kind = gzip_here(p, n) ? GZIP : zstd_here(p, n) || skippable_here(p, n) ? ZSTD : PLAIN;
    } else if (s->kind == PLAIN) {
        return false;
    }
    s->out_head = s->out_tail = 0;
    s->at = 0;
    s->member_in = s->member_out = 0;
    s->lost = false;
    if (s->kind == PLAIN) {
        s->over = false;
        s->members = 1;
        return true;
    }
    if (lost) {
        /* damage may have swallowed what came behind it */
        in_back(s, s->member + 1);
        if (!look_for_member(s)) return false;
    }
    s->fault = NULL;
    for (;;) {
        const uint8_t *p;
        n = in_have(s, 18);
        p = s->in + s->in_head;
        if (n == 0) return false;
        if (s->kind == ZSTD && skippable_here(p, n)) {
            if (!skip_frame(s)) return false;
            continue;
        }
        if (s->kind == GZIP ? gzip_here(p, n) : zstd_here(p, n)) break;
        if (*p == 0) {                           /* padding */
            size_t zeros = 0;
            while (zeros < n && p[zeros] == 0) zeros++;
            in_use(s, zeros);
            continue;
        }
        s->member = s->in_at;
        s->members++;
        s->fault = "junk";
        s->lost = true;
        s->over = true;
        return true;
    }
    s->member = s->in_at;
    s->members++;
    s->over = false;
    if (s->kind == GZIP) {
        begin_gzip(s);
    } else {
        if (s->zstd == NULL) {
            s->zstd = ZSTD_createDCtx();
            if (s->zstd == NULL) abort();
            ZSTD_DCtx_setParameter(s->zstd, ZSTD_d_windowLogMax, 27);
        }
        ZSTD_DCtx_reset(s->zstd, ZSTD_reset_session_only);
        if (s->dict != NULL) ZSTD_DCtx_refDDict(s->zstd, s->dict);
    }
    return true;
}

int64_t fair_stream_at(const struct fair_stream *s) { return s->kind == PLAIN ? s->start + s->at : s->at; }
int64_t fair_stream_member(const struct fair_stream *s) { return s->member; }
uint64_t fair_stream_members(const struct fair_stream *s) { return s->members; }
bool fair_stream_packed(const struct fair_stream *s) { return s->kind == GZIP || s->kind == ZSTD; }
const char *fair_stream_fault(const struct fair_stream *s) { return s->fault; }

fair_status
fair_stream_check(const struct fair_stream *s, struct fair_err *err)
{
    if (s->failed == FAIR_OK) return FAIR_OK;
    return fair_fail(err, s->failed, "archive: read: %s", strerror(s->failed_errno));
}
