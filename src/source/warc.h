/* source/warc.h - WARC 1.0/1.1 and ARC files, record by record. */
#ifndef FAIR_SOURCE_WARC_H
#define FAIR_SOURCE_WARC_H
#include <stdbool.h>
#include <stdint.h>
#include "base/digest.h"
#include "base/text.h"

struct fair_warc;

struct fair_warc_limits { size_t max_header, max_block; uint64_t max_ratio; };   /* block: payload kept in memory; ratio: inflated per packed byte */

/* Told apart by magic: plain, gzip per record or in one member, zstd frames with dictionary. `fd` stays the caller's. */
fair_status fair_warc_open(int fd, const struct fair_warc_limits *limits, struct fair_warc **out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_warc_free(struct fair_warc **w);

struct fair_warc_record {
    int64_t record;           /* 0, 1, ...                                             */
    int64_t offset, length;   /* of the record (gzip: of its member) in the file       */
    fair_str version, type, uri, date, id;
    fair_str block_digest, payload_digest;    /* "ok" "bad" "-"                        */
    int64_t status;           /* HTTP status of a response, -1                         */
    fair_str mime;            /* of the payload                                        */
    fair_str payload;         /* after HTTP headers, transfer and content coding undone; whole or absent over max_block */
    fair_str http_headers;    /* as they stood, absent for none                        */
    fair_str state;           /* "ok" or the fault in a few words                      */
};
/* The next record, its texts in the arena.  A fault in one record is told in
 * `state` and the next call goes on behind it.  FAIR_DONE at the end. */
fair_status fair_warc_next(struct fair_warc *w, struct fair_arena *a, struct fair_warc_record *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
