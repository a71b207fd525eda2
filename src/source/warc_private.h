/* source/warc_private.h - the layers of reading archives: bytes, digests, codings, records. */
#ifndef FAIR_SOURCE_WARC_PRIVATE_H
#define FAIR_SOURCE_WARC_PRIVATE_H
#include "source/warc.h"

/* ---- bytes: what members and frames unpack to, one after the other (warc_stream.c) ---- */

struct fair_stream;

struct fair_stream *fair_stream_new(int fd, uint64_t max_ratio);
void fair_stream_free(struct fair_stream **s);

/* At least n bytes of the present member at *p, fewer where it ends; the number there.  Good until the next call. */
size_t fair_stream_see(struct fair_stream *s, size_t n, const uint8_t **p);
/* Pass over n bytes that were seen. */
void fair_stream_skip(struct fair_stream *s, size_t n);
/* Put bytes back in front of what is still unread.  False where too much was looked at again already. */
bool fair_stream_unread(struct fair_stream *s, const uint8_t *p, size_t n);
/* When the present member is read to its end: begin the next.  False at the end of the file. */
bool fair_stream_next(struct fair_stream *s);
int64_t fair_stream_at(const struct fair_stream *s);          /* place in what the member unpacks to */
int64_t fair_stream_member(const struct fair_stream *s);      /* where the member begins in the file */
uint64_t fair_stream_members(const struct fair_stream *s);    /* begun so far                        */
bool fair_stream_packed(const struct fair_stream *s);         /* gzip or zstd                        */
/* What was wrong with the present member, as far as it was read; NULL for nothing. */
const char *fair_stream_fault(const struct fair_stream *s);
/* In a plain file that can be sought in: go back to a place (as fair_stream_at tells it).  False where that cannot be. */
bool fair_stream_back(struct fair_stream *s, int64_t at);
/* Did reading the file fail?  The reason in err. */
fair_status fair_stream_check(const struct fair_stream *s, struct fair_err *err);

/* Does a record begin with these bytes (WARC or ARC)? */
bool fair_warc_begins(const uint8_t *p, size_t n);
bool fair_warc_arc_line(const uint8_t *p, size_t n);

/* ---- digests (warc_digest.c) ---------------------------------------------------------- */

/* One digest as a header tells it, being checked.  Nothing is done for those we cannot check. */
struct fair_warc_digest;
/* NULL where `told` is absent or of an unknown kind. */
struct fair_warc_digest *fair_warc_digest_begin(fair_str told);
void fair_warc_digest_add(struct fair_warc_digest *d, const void *bytes, size_t n);
/* Does it agree?  Frees it.  False for NULL. */
bool fair_warc_digest_end(struct fair_warc_digest **d);
bool fair_warc_digest_of(fair_str told, const void *bytes, size_t n);

/* ---- HTTP (warc_http.c) ---------------------------------------------------------------- */

/* Where the headers end: behind the empty line; SIZE_MAX for no empty line. */
size_t fair_http_end(const char *p, size_t n);
/* A header's value, trimmed; absent for none.  Names match without case; the first wins. */
fair_str fair_http_header(fair_str headers, const char *name);

/* A payload without its codings. */
struct fair_decoded_payload {
    char *bytes;              /* malloc'd, or NULL: the raw bytes are the payload */
    size_t n;
    bool absent;              /* the coding is unknown, or it would be too large   */
    const char *fault;        /* NULL for none                                     */
};
/* Undo one kind of coding; where the bytes are not so coded in truth they stand as they are. */
void fair_http_dechunk(const char *p, size_t n, struct fair_decoded_payload *out);
void fair_http_decode(fair_str coding, const char *p, size_t n, size_t max, uint64_t max_ratio, struct fair_decoded_payload *out);

#endif
