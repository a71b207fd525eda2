/* evidence/zip.h - ZIP files (APPNOTE 6.3): written in one way only, read with suspicion. */
#ifndef FAIR_EVIDENCE_ZIP_H
#define FAIR_EVIDENCE_ZIP_H
#include <stdbool.h>
#include <stdint.h>
#include "base/text.h"

struct fair_zip_member {
    fair_str name;
    fair_str packed;          /* view into the file                                    */
    uint64_t size;            /* unpacked, as told                                     */
    uint32_t crc;
    uint16_t method;          /* 0 stored, 8 deflate                                   */
    uint64_t at;              /* of its local header                                   */
};

struct fair_zip {
    struct fair_zip_member *members;
    size_t n;
    /* A file that fair_zip_write would not have written so has a fault: where and what.  A fault is no failure: other
     * tools pack in other ways.  absent: every byte that is no member's is as it must be. */
    fair_str fault_in, fault;
};

struct fair_zip_limits { size_t members; uint64_t unpacked; unsigned ratio; };
extern const struct fair_zip_limits fair_zip_limits_default;      /* 4096 members, 4 GiB together, 1100 to 1 */

/* Read the directory of the whole file at `file`, which must outlive *out.  No member is unpacked.
 *   FAIR_INVALID  no ZIP file, or one that uses what we do not read: encryption, several volumes, ZIP64
 *   FAIR_CORRUPT  it lies: members overlap or reach beyond the file, local and central header differ, a name stands twice
 *                 (letters' case aside) or leads out of the folder it would be unpacked in
 *   FAIR_LIMIT    more members, or more bytes in them, than the limits allow */
fair_status fair_zip_read(fair_str file, const struct fair_zip_limits *limits, struct fair_arena *a, struct fair_zip *out,
                          struct fair_err *err) FAIR_MUST_CHECK;
const struct fair_zip_member *fair_zip_find(const struct fair_zip *z, fair_str name);      /* NULL */
/* The member's bytes: a view for a stored one.  FAIR_CORRUPT: broken, or its length or CRC-32 is not as told;
 * FAIR_LIMIT: over `max`. */
fair_status fair_zip_unpack(const struct fair_zip_member *m, size_t max, struct fair_arena *a, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;

struct fair_zip_put { fair_str name, bytes; };
/* The one way: members stored in the order given, no gaps, no extra fields, no comments, flags 0 (names are ASCII), time
 * 1980-01-01 00:00, mode 0644.  FAIR_INVALID: a name other than letters, digits, . - _ in at most one folder, or twice;
 * FAIR_LIMIT: over 2 GiB or 60,000 members. */
fair_status fair_zip_write(const struct fair_zip_put *members, size_t n, struct fair_arena *a, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
