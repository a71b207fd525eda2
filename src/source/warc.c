/* source/warc.c - the records of an archive. */
#include "source/warc.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "source/warc_private.h"

#define ARC_LINE 16384        /* the longest line an ARC record begins with */
#define PIECE ((size_t)64 << 10)

struct fair_warc {
    struct fair_stream *stream;
    struct fair_warc_limits limits;
    uint8_t *block;           /* of the present record, as far as it is kept */
    size_t block_n, block_room;
    int64_t n_records, in_member;
    uint64_t told;            /* the member whose fault was told */
    bool arc;                 /* an ARC record was seen          */
    char arc_version;
};

/* What is known of a record while it is read. */
struct reading {
    struct fair_warc_record *out;
    int64_t block_at;         /* where its block begins, in the stream */
    int64_t length;
    int64_t got;              /* of the block */
    fair_str block_digest, payload_digest, content_type;
    struct fair_warc_digest *block_run, *payload_run;
    bool http;
    size_t looked;            /* for the end of the HTTP headers, so far */
    size_t body;              /* where the payload begins; SIZE_MAX: not known */
    const char *fault;        /* the first one */
};

fair_status
fair_warc_open(int fd, const struct fair_warc_limits *limits, struct fair_warc **out, struct fair_err *err)
{
    struct fair_warc *w;

    *out = NULL;
    if (fd < 0) return fair_fail(err, FAIR_INVALID, "archive: no file");
    w = fair_xcalloc(1, sizeof *w);
    if (limits != NULL) w->limits = *limits;
    if (w->limits.max_header == 0) w->limits.max_header = FAIR_WARC_HEADER;
    if (w->limits.max_block == 0) w->limits.max_block = FAIR_WARC_BLOCK;
    if (w->limits.max_ratio == 0) w->limits.max_ratio = FAIR_WARC_RATIO;
    w->block = fair_xmalloc(w->block_room = PIECE);
    w->stream = fair_stream_new(fd, w->limits.max_ratio);
    *out = w;
    return FAIR_OK;
}

void
fair_warc_free(struct fair_warc **w)
{
    if (*w == NULL) return;
    fair_stream_free(&(*w)->stream);
    free((*w)->block);
    free(*w);
    *w = NULL;
}

static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

static void
blame(struct reading *r, const char *fault)
{
    if (r->fault == NULL) r->fault = fault;
}

/* ---- where records begin --------------------------------------------------------- */

/* "WARC/1.0" and an end of line: the length of the line; 0 for none. */
static size_t
version_line(const uint8_t *p, size_t n, fair_str *version)
{
    size_t i = 5;

    if (n < 9 || memcmp(p, "WARC/", 5) != 0 || !is_digit(p[5])) return 0;
    while (i < n && i < 20 && (is_digit(p[i]) || p[i] == '.')) i++;
    if (version != NULL) *version = (fair_str){ (const char *)p + 5, i - 5 };
    while (i < n && i < 40 && (p[i] == ' ' || p[i] == '\t')) i++;
    if (i < n && p[i] == '\r') i++;
    return i < n && p[i] == '\n' ? i + 1 : 0;
}

struct arc_line { fair_str url, ip, date, mime, length; };

/* "URL IP date type ... length": the URL may hold spaces, so it is read from its end; the date is 12 to 18 digits. */
static bool
arc_parse(const uint8_t *p, size_t n, struct arc_line *out)
{
    const char *line = (const char *)p;
    fair_str field[12];
    size_t end = n, fields = 0, scheme = 0;

    while (end > 0 && (line[end - 1] == '\r' || line[end - 1] == '\n')) end--;
    while (scheme < end && scheme < 20 && ((line[scheme] >= 'a' && line[scheme] <= 'z') || (line[scheme] >= 'A' && line[scheme] <= 'Z') ||
                                          (scheme > 0 && (is_digit(p[scheme]) || strchr("+-.", line[scheme]) != NULL))))
        scheme++;
    if (scheme < 2 || scheme >= end || line[scheme] != ':') return false;
    while (fields < 12) {
        size_t from = end;
        bool date;
        while (from > 0 && line[from - 1] != ' ') from--;
        if (from == 0) return false;
        field[fields] = (fair_str){ line + from, end - from };
        date = fields >= 2 && field[fields].n >= 12 && field[fields].n <= 18;
        for (size_t i = 0; date && i < field[fields].n; i++) date = is_digit((uint8_t)field[fields].p[i]);
        end = from - 1;
        if (date) {
            from = end;
            while (from > 0 && line[from - 1] != ' ') from--;
            if (from < scheme + 2 || from >= end) return false;
            for (size_t i = from; i < end; i++)
                if (!isxdigit(p[i]) && line[i] != '.' && line[i] != ':') return false;
            *out = (struct arc_line){ .url = { line, from - 1 }, .ip = { line + from, end - from }, .date = field[fields],
                                      .mime = field[fields - 1], .length = field[0] };
            return true;
        }
        fields++;
    }
    return false;
}

bool
fair_warc_arc_line(const uint8_t *p, size_t n)
{
    const uint8_t *end = memchr(p, '\n', n < ARC_LINE ? n : ARC_LINE);
    struct arc_line l;
    int64_t length;

    return end != NULL && arc_parse(p, (size_t)(end - p), &l) && fair_str_number(l.length, INT64_MAX, &length);
}

bool
fair_warc_begins(const uint8_t *p, size_t n)
{
    while (n > 0 && (*p == '\r' || *p == '\n')) p++, n--;
    return version_line(p, n, NULL) > 0 || fair_warc_arc_line(p, n) || (n >= 9 && memcmp(p, "filedesc:", 9) == 0);
}

/* Could a record begin at p, the first byte of a line? */
static bool
begins_here(const struct fair_warc *w, const uint8_t *p, size_t n)
{
    const uint8_t *end;
    struct arc_line l;

    if (!w->arc) return version_line(p, n, NULL) > 0;
    end = memchr(p, '\n', n < ARC_LINE ? n : ARC_LINE);
    return end != NULL && arc_parse(p, (size_t)(end - p), &l);
}

/* Go on to the next line of the present member that a record begins with, or to the member's end. */
static void
look_for_record(struct fair_warc *w)
{
    for (;;) {
        const uint8_t *p, *line;
        const size_t n = fair_stream_see(w->stream, 2 * ARC_LINE, &p);
        const bool last = n < 2 * ARC_LINE;

        for (line = p; (line = memchr(line, '\n', n - (size_t)(line - p))) != NULL;) {
            const size_t left = n - (size_t)(++line - p);
            if (left < ARC_LINE && !last) break;
            if (begins_here(w, line, left)) {
                fair_stream_skip(w->stream, (size_t)(line - p));
                return;
            }
        }
        if (last) {
            fair_stream_skip(w->stream, n);
            return;
        }
        /* stand on the last line end, which was not looked behind, or on the last byte, which may be one */
        fair_stream_skip(w->stream, line == NULL ? n - 1 : (size_t)(line - 1 - p));
    }
}

/* ---- blocks ---------------------------------------------------------------------- */

static void
block_add(struct fair_warc *w, const uint8_t *p, size_t n)
{
    const size_t room = w->limits.max_block - w->block_n;

    if (n > room) n = room;
    if (w->block_n + n > w->block_room) {
        size_t more = w->block_room;
        while (more < w->block_n + n) more *= 2;
        w->block = fair_xrealloc(w->block, more);
        w->block_room = more;
    }
    memcpy(w->block + w->block_n, p, n);
    w->block_n += n;
}

/* The payload's digest runs over what follows the HTTP headers, as soon as it is known where they end. */
static void
payload_add(struct fair_warc *w, struct reading *r, const uint8_t *p, size_t n)
{
    if (r->payload_run == NULL) return;
    if (r->body != SIZE_MAX) {
        fair_warc_digest_add(r->payload_run, p, n);
        return;
    }
    if (r->looked > w->limits.max_header) return;
    {
        const size_t from = r->looked > 3 ? r->looked - 3 : 0;
        const size_t end = fair_http_end((const char *)w->block + from, w->block_n - from);
        r->looked = w->block_n;
        if (end == SIZE_MAX) return;
        r->body = from + end;
        fair_warc_digest_add(r->payload_run, w->block + r->body, w->block_n - r->body);
        /* what did not fit into the block kept is only here */
        if (r->got > (int64_t)w->block_n) fair_warc_digest_add(r->payload_run, p + n - (r->got - (int64_t)w->block_n), (size_t)(r->got - (int64_t)w->block_n));
    }
}

static void
runs_begin(struct reading *r)
{
    r->block_run = fair_warc_digest_begin(r->block_digest);
    if (!fair_str_eq(r->out->type, FAIR_STR("revisit")) && !fair_str_eq(r->out->type, FAIR_STR("request")))
        r->payload_run = fair_warc_digest_begin(r->payload_digest);
}

/* Read as much of the block as there is.  A record may go on in the next member, unless that begins with a record. */
static void
read_block(struct fair_warc *w, struct reading *r)
{
    w->block_n = 0;
    r->got = 0;
    runs_begin(r);
    while (r->got < r->length) {
        const uint8_t *p;
        size_t n = fair_stream_see(w->stream, 1, &p);

        if (n == 0) {
            const char *fault = fair_stream_fault(w->stream);
            if (fault != NULL) {
                blame(r, fault);
                w->told = fair_stream_members(w->stream);
                break;
            }
            if (!fair_stream_packed(w->stream) || !fair_stream_next(w->stream)) {
                blame(r, "truncated");
                break;
            }
            w->in_member = 0;
            n = fair_stream_see(w->stream, ARC_LINE, &p);
            if (n == 0 || fair_warc_begins(p, n)) {
                blame(r, "truncated");
                break;
            }
            w->in_member = 1;
            continue;
        }
        if ((int64_t)n > r->length - r->got) n = (size_t)(r->length - r->got);
        if (r->got == 0 && r->content_type.n == 0 && !r->http) {
            /* nobody said what it is */
            const uint8_t *q;
            if (fair_stream_see(w->stream, 5, &q) >= 5 && r->length >= 5 && memcmp(q, "HTTP/", 5) == 0) {
                r->http = true;
                r->body = SIZE_MAX;
            }
            p = q;
        }
        if (w->block_n < w->limits.max_block) block_add(w, p, n);
        r->got += (int64_t)n;
        fair_warc_digest_add(r->block_run, p, n);
        payload_add(w, r, p, n);
        fair_stream_skip(w->stream, n);
    }
}

/* A record that begins inside the block that was read: where, or SIZE_MAX.  *ends: where the block before it ends. */
static size_t
record_inside(const struct fair_warc *w, size_t *ends)
{
    const uint8_t *p = w->block, *line = p;
    const size_t n = w->block_n;

    while (n > 0 && (line = memchr(line, '\n', n - (size_t)(line - p))) != NULL) {
        const size_t at = (size_t)(++line - p);
        if (!begins_here(w, line, n - at)) continue;
        if (w->arc) {
            *ends = at - 1;
            return at;
        }
        if (at >= 4 && memcmp(line - 4, "\r\n\r\n", 4) == 0) *ends = at - 4;
        else if (at >= 2 && line[-2] == '\n') *ends = at - 2;
        else continue;
        return at;
    }
    return SIZE_MAX;
}

/* The block does not end where it was said to: find where the next record begins.  It may be inside of what was read. */
static void
mend_length(struct fair_warc *w, struct reading *r)
{
    size_t ends = 0, at, kept = w->block_n;
    bool back = false;

    if (r->got == (int64_t)kept) {               /* it may have begun in the block and go on behind it */
        const uint8_t *p;
        const size_t n = fair_stream_see(w->stream, ARC_LINE, &p);
        block_add(w, p, n < ARC_LINE ? n : ARC_LINE);
    }
    at = record_inside(w, &ends);
    w->block_n = kept;
    if (at >= kept) at = SIZE_MAX;
    if (at != SIZE_MAX && r->got == (int64_t)w->block_n) back = fair_stream_unread(w->stream, w->block + at, w->block_n - at);
    else if (r->got > (int64_t)w->block_n) back = fair_stream_back(w->stream, r->block_at + (int64_t)(at == SIZE_MAX ? w->block_n : at));
    if (!back) {
        look_for_record(w);
        return;
    }
    if (at == SIZE_MAX) {
        look_for_record(w);
        return;
    }
    /* the digests tell whether what stands before it is whole */
    r->fault = "bad-length";
    w->block_n = ends;
    r->got = (int64_t)ends;
    fair_warc_digest_end(&r->block_run);
    fair_warc_digest_end(&r->payload_run);
    runs_begin(r);
    fair_warc_digest_add(r->block_run, w->block, ends);
    r->looked = 0;
    if (r->http) r->body = SIZE_MAX;
    payload_add(w, r, w->block, ends);
}

/* Two line ends close a WARC record, one an ARC record. */
static void
read_trailer(struct fair_warc *w, struct reading *r)
{
    const uint8_t *p;
    size_t n = fair_stream_see(w->stream, 4, &p), ends = 0;

    if (w->arc) {
        if (n == 0) return;
        if (*p == '\r' || *p == '\n') return;    /* passed over before the next record */
        n = fair_stream_see(w->stream, ARC_LINE, &p);
        if (w->block_n == 0 || w->block[w->block_n - 1] != '\n' || !fair_warc_arc_line(p, n)) {
            blame(r, "bad-length");
            mend_length(w, r);
        }
        return;
    }
    if (n >= 4 && memcmp(p, "\r\n\r\n", 4) == 0) ends = 4;
    else if (n >= 2 && memcmp(p, "\n\n", 2) == 0) ends = 2;
    fair_stream_skip(w->stream, ends);
    n = fair_stream_see(w->stream, 1, &p);
    if (ends > 0 && (n == 0 || (*p != '\r' && *p != '\n'))) return;      /* what else stands there is told next */
    blame(r, "bad-trailer");
    while (n > 0 && (*p == '\r' || *p == '\n')) {
        fair_stream_skip(w->stream, 1);
        n = fair_stream_see(w->stream, 1, &p);
    }
    n = fair_stream_see(w->stream, 40, &p);
    if (n > 0 && version_line(p, n, NULL) == 0) mend_length(w, r);
}

/* ---- payloads -------------------------------------------------------------------- */

static fair_str
digest_word(bool known, bool same)
{
    return !known ? FAIR_STR("-") : same ? FAIR_STR("ok") : FAIR_STR("bad");
}

/* "HTTP/1.1 200 OK": 200, or -1. */
static int64_t
status_of(fair_str headers)
{
    size_t i = 5, digits = 0;
    int64_t status = 0;

    if (headers.n < 5 || memcmp(headers.p, "HTTP/", 5) != 0) return -1;
    while (i < headers.n && headers.p[i] != ' ' && headers.p[i] != '\n') i++;
    while (i < headers.n && headers.p[i] == ' ') i++;
    for (; i < headers.n && digits < 4 && is_digit((uint8_t)headers.p[i]); i++, digits++) status = status * 10 + (headers.p[i] - '0');
    return digits == 3 ? status : -1;
}

/* Put the decoded bytes in the place of those before. */
static void
take_decoded(struct fair_decoded_payload *d, const char **p, size_t *n, char **owned, struct reading *r, bool *absent)
{
    if (d->fault != NULL) blame(r, d->fault);
    if (d->absent) *absent = true;
    if (d->bytes == NULL) return;
    free(*owned);
    *owned = d->bytes;
    *p = d->bytes;
    *n = d->n;
}

static void
finish_payload(struct fair_warc *w, struct reading *r, struct fair_arena *a)
{
    const bool payload_known = r->payload_run != NULL, block_known = r->block_run != NULL, whole = r->got == (int64_t)w->block_n;
    const char *p = (const char *)w->block;
    size_t n = w->block_n;
    struct fair_decoded_payload d;
    fair_str headers = { 0 }, coding;
    bool same, absent = !whole;
    char *owned = NULL;

    if (r->http) {
        size_t end = fair_http_end(p, n < w->limits.max_header ? n : w->limits.max_header);
        if (end == SIZE_MAX && n <= w->limits.max_header) end = n;       /* headers and nothing else */
        if (end != SIZE_MAX) {
            headers = r->out->http_headers = fair_str_dup(a, (fair_str){ p, end });
            p += end;
            n -= end;
            if (!fair_str_eq(r->out->type, FAIR_STR("request"))) {
                r->out->status = status_of(headers);
                r->out->mime = fair_http_header(headers, "content-type");
                r->out->location = fair_http_header(headers, "location");
            }
        } else {
            absent = true;
            blame(r, "header-too-long");
        }
        if (r->payload_run != NULL && r->body == SIZE_MAX) r->body = 0;  /* no body: the digest is of nothing */
    } else {
        r->out->mime = r->content_type;
    }
    if (!whole) blame(r, "payload-too-large");
    r->out->block_digest = digest_word(block_known, fair_warc_digest_end(&r->block_run));
    same = fair_warc_digest_end(&r->payload_run);

    if (!absent && headers.p != NULL) {
        fair_str te = fair_http_header(headers, "transfer-encoding");
        bool chunked = false;
        while (te.p != NULL && fair_str_split(&te, ',', &coding)) chunked |= fair_str_eq_nocase(fair_str_trim(coding), FAIR_STR("chunked"));
        if (chunked) {
            fair_http_dechunk(p, n, &d);
            take_decoded(&d, &p, &n, &owned, r, &absent);
            if (payload_known && !same && d.bytes != NULL) same = fair_warc_digest_of(r->payload_digest, p, n);
        }
        coding = fair_http_header(headers, "content-encoding");
        for (int i = 0; i < 3 && coding.n > 0 && !absent; i++) {         /* the last was applied last */
            const char *comma = memrchr(coding.p, ',', coding.n);
            fair_str last = comma == NULL ? coding : (fair_str){ comma + 1, (size_t)(coding.p + coding.n - comma - 1) };
            coding.n = comma == NULL ? 0 : (size_t)(comma - coding.p);
            fair_http_decode(fair_str_trim(last), p, n, w->limits.max_block, w->limits.max_ratio, &d);
            take_decoded(&d, &p, &n, &owned, r, &absent);
            if (payload_known && !same && d.bytes != NULL) same = fair_warc_digest_of(r->payload_digest, p, n);
        }
        if (coding.n > 0) absent = true;
    }
    r->out->payload_digest = digest_word(payload_known, same);
    if (!absent) {
        r->out->payload = (fair_str){ fair_alloc(a, n + 1), n };
        memcpy((char *)(uintptr_t)r->out->payload.p, p, n);
    }
    free(owned);
}

/* ---- records --------------------------------------------------------------------- */

/* Headers that go on in the next line are made one line. */
static void
unfold(char *p, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (p[i] == '\n' && (p[i + 1] == ' ' || p[i + 1] == '\t')) {
            p[i] = ' ';
            if (i > 0 && p[i - 1] == '\r') p[i - 1] = ' ';
        }
}

/* The length of the headers with the empty line behind them; SIZE_MAX where there is none within the limit or the
 * member, *n then being what there is: up to where another record begins instead. */
static size_t
see_headers(struct fair_warc *w, const uint8_t **p, size_t *n)
{
    size_t want = 4096, looked = 5;

    for (;;) {
        const uint8_t *at;
        if (want > w->limits.max_header) want = w->limits.max_header;
        *n = fair_stream_see(w->stream, want, p);
        if (*n > w->limits.max_header) *n = w->limits.max_header;
        for (at = *p + looked; looked < *n && (at = memchr(at, '\n', *n - (size_t)(at - *p))) != NULL;) {
            const size_t left = *n - (size_t)(++at - *p);
            if (left > 0 && *at == '\n') return (size_t)(at - *p) + 1;
            if (left > 1 && at[0] == '\r' && at[1] == '\n') return (size_t)(at - *p) + 2;
            if (version_line(at, left, NULL) > 0) {
                *n -= left;
                return SIZE_MAX;
            }
        }
        if (*n < want || want == w->limits.max_header) return SIZE_MAX;
        looked = *n > 64 ? *n - 64 : 5;         /* what the end cut in two is looked at again */
        want *= 4;
    }
}

static fair_str
strip_angles(fair_str s)
{
    if (s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>') return (fair_str){ s.p + 1, s.n - 2 };
    return s;
}

static void
read_warc(struct fair_warc *w, struct fair_arena *a, struct reading *r)
{
    struct fair_warc_record *out = r->out;
    const uint8_t *p;
    size_t n, end = see_headers(w, &p, &n);
    const size_t line = version_line(p, n, &out->version);
    fair_str headers, length;

    out->version = fair_str_dup(a, out->version);
    if (end == SIZE_MAX && n >= w->limits.max_header) {
        blame(r, "header-too-long");
        fair_stream_skip(w->stream, line - 1);   /* stands on the end of the line */
        look_for_record(w);
        return;
    }
    headers = fair_str_dup(a, (fair_str){ (const char *)p + line, (end == SIZE_MAX ? n : end) - line });
    unfold((char *)(uintptr_t)headers.p, headers.n);
    out->type = fair_http_header(headers, "warc-type");
    out->uri = fair_http_header(headers, "warc-target-uri");
    out->target = strip_angles(out->uri);
    out->date = fair_http_header(headers, "warc-date");
    out->id = fair_http_header(headers, "warc-record-id");
    r->block_digest = fair_http_header(headers, "warc-block-digest");
    r->payload_digest = fair_http_header(headers, "warc-payload-digest");
    r->content_type = fair_http_header(headers, "content-type");
    length = fair_http_header(headers, "content-length");
    if (end == SIZE_MAX) {                       /* they break off */
        blame(r, fair_stream_fault(w->stream) != NULL ? fair_stream_fault(w->stream) : "truncated");
        fair_stream_skip(w->stream, n - 1);      /* stands on a line's end, or the last byte */
        look_for_record(w);
        return;
    }
    fair_stream_skip(w->stream, end);
    if (!fair_str_number(length, INT64_MAX / 2, &r->length)) {
        const uint8_t *q;
        blame(r, "bad-length");
        if (fair_stream_see(w->stream, 40, &q) > 0 && version_line(q, fair_stream_see(w->stream, 40, &q), NULL) > 0) return;
        look_for_record(w);
        return;
    }
    out->length = r->length;
    r->block_at = fair_stream_at(w->stream);
    r->http = r->content_type.n >= 16 && fair_str_eq_nocase((fair_str){ r->content_type.p, 16 }, FAIR_STR("application/http"));
    r->body = r->http ? SIZE_MAX : 0;
    read_block(w, r);
    if (r->got == r->length) read_trailer(w, r);
    else if (w->in_member > 0) mend_length(w, r);      /* nothing is left of the file: perhaps the block has it */
    finish_payload(w, r, a);
}

static void
read_arc(struct fair_warc *w, struct fair_arena *a, struct reading *r)
{
    struct fair_warc_record *out = r->out;
    const uint8_t *p, *end;
    size_t n = fair_stream_see(w->stream, ARC_LINE, &p);
    struct arc_line l = { 0 };
    fair_str line;
    int64_t length;

    end = memchr(p, '\n', n < ARC_LINE ? n : ARC_LINE);
    line = fair_str_dup(a, (fair_str){ (const char *)p, (size_t)(end - p) });
    arc_parse((const uint8_t *)line.p, line.n, &l);
    out->uri = out->target = l.url;
    out->date = l.date;
    if (l.date.n == 14)
        out->date = fair_str_fmt(a, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", l.date.p, l.date.p + 4, l.date.p + 6, l.date.p + 8, l.date.p + 10,
                                 l.date.p + 12);
    out->type = fair_str_starts(l.url, FAIR_STR("filedesc:")) ? FAIR_STR("warcinfo") : FAIR_STR("resource");
    r->content_type = l.mime;
    w->arc = true;
    fair_stream_skip(w->stream, line.n);         /* stands on the end of the line */
    if (!fair_str_number(l.length, INT64_MAX / 2, &length)) {
        blame(r, "bad-length");
        out->version = fair_str_fmt(a, "arc-%c", w->arc_version != 0 ? w->arc_version : '1');
        look_for_record(w);
        return;
    }
    fair_stream_skip(w->stream, 1);
    out->length = r->length = length;
    r->block_at = fair_stream_at(w->stream);
    {
        const uint8_t *q;
        if (length >= 5 && fair_stream_see(w->stream, 5, &q) >= 5 && memcmp(q, "HTTP/", 5) == 0) {
            r->http = true;
            r->body = SIZE_MAX;
            out->type = FAIR_STR("response");
        }
    }
    read_block(w, r);
    if (out->type.n == 8 && fair_str_eq(out->type, FAIR_STR("warcinfo")) && w->block_n > 1 && is_digit(w->block[0])) w->arc_version = (char)w->block[0];
    out->version = fair_str_fmt(a, "arc-%c", w->arc_version != 0 ? w->arc_version : '1');
    if (r->got == r->length) read_trailer(w, r);
    else if (w->in_member > 0) mend_length(w, r);
    finish_payload(w, r, a);
}

fair_status
fair_warc_next(struct fair_warc *w, struct fair_arena *a, struct fair_warc_record *out, struct fair_err *err)
{
    struct reading r = { .out = out };
    const uint8_t *p;
    struct arc_line l;
    size_t n;

    *out = (struct fair_warc_record){ .offset = -1, .length = -1, .status = -1, .block_digest = FAIR_STR("-"),
                                      .payload_digest = FAIR_STR("-"), .state = FAIR_STR("ok") };
    for (;;) {
        n = fair_stream_see(w->stream, 1, &p);
        if (n > 0 && (*p == '\r' || *p == '\n')) {
            fair_stream_skip(w->stream, 1);
            continue;
        }
        if (n > 0) break;
        if (fair_stream_members(w->stream) > 0 && fair_stream_fault(w->stream) != NULL && w->told != fair_stream_members(w->stream)) {
            w->told = fair_stream_members(w->stream);
            out->record = ++w->n_records;
            out->offset = fair_stream_member(w->stream);
            out->state = fair_str_of(fair_stream_fault(w->stream));
            return FAIR_OK;
        }
        if (!fair_stream_next(w->stream)) {
            FAIR_TRY(fair_stream_check(w->stream, err));
            return FAIR_DONE;
        }
        w->in_member = 0;
    }
    out->record = ++w->n_records;
    out->offset = fair_stream_packed(w->stream) && w->in_member == 0 ? fair_stream_member(w->stream) : fair_stream_at(w->stream);
    w->in_member++;

    n = fair_stream_see(w->stream, 40, &p);
    if (version_line(p, n, NULL) > 0) {
        w->arc = false;
        read_warc(w, a, &r);
    } else {
        const uint8_t *end;
        n = fair_stream_see(w->stream, ARC_LINE, &p);
        end = memchr(p, '\n', n < ARC_LINE ? n : ARC_LINE);
        if (end != NULL && arc_parse(p, (size_t)(end - p), &l)) {
            read_arc(w, a, &r);
        } else if (n < 40 && fair_stream_fault(w->stream) != NULL) {
            blame(&r, fair_stream_fault(w->stream));     /* there is no more of it */
            fair_stream_skip(w->stream, n);
        } else {
            blame(&r, "no-warc-header");
            look_for_record(w);
        }
    }
    /* of a member that ends here, its checksum has been seen now */
    fair_stream_see(w->stream, 1, &p);
    if (w->in_member > 0 && fair_stream_fault(w->stream) != NULL && w->told != fair_stream_members(w->stream) &&
        fair_stream_see(w->stream, 1, &p) == 0) {
        w->told = fair_stream_members(w->stream);
        blame(&r, fair_stream_fault(w->stream));
    }
    if (r.fault != NULL) out->state = fair_str_of(r.fault);
    return fair_stream_check(w->stream, err);
}
