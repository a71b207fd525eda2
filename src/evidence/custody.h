/* evidence/custody.h - who had a package in hands: lines chained by hash. */
#ifndef FAIR_EVIDENCE_CUSTODY_H
#define FAIR_EVIDENCE_CUSTODY_H
#include "base/digest.h"
#include "base/types.h"

/* A line is JSON, always with these members in this order:
 *   {"n": 1, "at": "2026-11-26T08:00:00Z", "what": "captured", "who": "owner@example.com", "detail": "...", "package": "17",
 *    "previous": "<SHA-256 of the line before, hex; 64 zeros in the first>"}
 * Its own hash is taken of its bytes without the line end. */
struct fair_custody {
    int64_t n;                /* 1, 2, ...                                               */
    fair_time at;             /* whole seconds                                           */
    fair_str what;            /* "captured" "sealed" "viewed" "exported" "verified" ...   */
    fair_str who, detail;
    fair_id package;
    struct fair_sha256 previous;
};
fair_str fair_custody_line(struct fair_arena *a, const struct fair_custody *c);
fair_status fair_custody_read(fair_str line, struct fair_arena *a, struct fair_custody *out, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_sha256 fair_custody_hash(fair_str line);

#endif
