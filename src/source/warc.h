/* source/warc.h - WARC 1.0/1.1 and ARC files, record by record. */
#ifndef FAIR_SOURCE_WARC_H
#define FAIR_SOURCE_WARC_H
#include <stdbool.h>
#include <stdint.h>
#include "base/digest.h"
#include "base/text.h"

struct fair_warc;

/* block: payload kept in memory; ratio: inflated per packed byte.  A member of 0 means its default. */
struct fair_warc_limits { size_t max_header, max_block; uint64_t max_ratio; };
#define FAIR_WARC_HEADER ((size_t)256 << 10)
#define FAIR_WARC_BLOCK ((size_t)64 << 20)
#define FAIR_WARC_RATIO 1200          /* deflate's own bound is 1032 */

/* Told apart by magic: plain, gzip per record or in one member, zstd frames with dictionary; WARC or ARC.  `fd` stays
 * the caller's; it is read from where it stands, and sought in when it can be, to go on behind damage.  `limits`
 * may be NULL.  What is no archive at all opens too, and gives one record with a fault. */
fair_status fair_warc_open(int fd, const struct fair_warc_limits *limits, struct fair_warc **out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_warc_free(struct fair_warc **w);

struct fair_warc_record {
    int64_t record;           /* 1, 2, ...                                             */
    int64_t offset;           /* in the file: of the record, or of the member or frame that begins with it; of a later
                               * record of one member: in what the member unpacks to    */
    int64_t length;           /* Content-Length as told, -1 for none                   */
    fair_str version;         /* "1.0"; "arc-1" "arc-2"                                */
    fair_str type, uri;       /* as written                                            */
    fair_str target;          /* uri without the <> that some writers put around it    */
    fair_str date, id;        /* ISO 8601                                              */
    fair_str block_digest, payload_digest;    /* "ok" "bad" "-": none told, or of an unknown kind.  In base32 or hex; a
                               * value that is neither is bad.  A revisit's payload is elsewhere: "-" */
    int64_t status;           /* HTTP status of a response, -1                         */
    fair_str mime;            /* of the payload: the HTTP header's, otherwise the record's */
    fair_str location;        /* HTTP Location, absent for none                        */
    fair_str payload;         /* after HTTP headers, transfer and content coding undone; whole or absent over max_block
                               * or where its coding is unknown; of a damaged record: what could be read */
    fair_str http_headers;    /* as they stood, absent for none                        */
    fair_str state;           /* "ok" or the fault, below                              */
};
/* Faults: no-warc-header (something else stands here), header-too-long, bad-length (Content-Length missing, no number, or
 * not where the record ends), bad-trailer (other than two line ends behind the record), truncated, junk (between members),
 * bad-gzip, bad-gzip-checksum, bad-zstd, inflates-too-far, bad-chunks, bad-coding, payload-too-large.
 *
 * The next record, its texts in the arena.  A fault in one record is told in `state` and the next call goes on behind
 * it: at the next record's line, or the next member that unpacks to one.  FAIR_DONE at the end, FAIR_IO where
 * reading fails. */
fair_status fair_warc_next(struct fair_warc *w, struct fair_arena *a, struct fair_warc_record *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
