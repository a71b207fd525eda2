/* evidence/ots.h - OpenTimestamps proofs: a way of hashing from a file's digest to something that others date. */
#ifndef FAIR_EVIDENCE_OTS_H
#define FAIR_EVIDENCE_OTS_H
#include <stdbool.h>
#include "base/digest.h"
#include "base/types.h"

#define FAIR_OTS_MAX ((size_t)1 << 20)         /* the most of a proof that is read       */

enum fair_ots_kind { FAIR_OTS_PENDING, FAIR_OTS_BITCOIN, FAIR_OTS_LITECOIN, FAIR_OTS_ETHEREUM, FAIR_OTS_UNKNOWN };

struct fair_ots_mark {
    enum fair_ots_kind kind;
    uint8_t tag[8];           /* as it stands                                            */
    fair_str uri;             /* pending: the calendar                                   */
    int64_t height;           /* of the block, -1                                        */
    fair_str commitment;      /* what the way from the digest leads to, at most 4096 bytes */
    fair_str payload;         /* of an unknown one                                       */
    size_t at, end;           /* its bytes in what was read                              */
    bool more;                /* another branch stands behind it                         */
};

struct fair_ots {
    fair_str hash;            /* "sha256" "sha1" "ripemd160" "keccak256": of the file     */
    fair_str digest;
    struct fair_ots_mark *marks;
    size_t n;
};

/* Read a detached proof (.ots, version 1).  Everything is computed on the way; marks of kinds we do not know are kept.
 *   FAIR_INVALID  no proof, another version, or an unknown operation: its way cannot be followed
 *   FAIR_CORRUPT  it breaks off, or holds what the format forbids
 *   FAIR_LIMIT    messages over 4096 bytes, more than 256 steps deep, more than 4096 in all */
fair_status fair_ots_read(fair_str bytes, struct fair_arena *a, struct fair_ots *out, struct fair_err *err) FAIR_MUST_CHECK;

/* A block's header as its 80 bytes: does the mark's commitment stand in it as the Merkle root, and is the header's
 * own work done (its hash under the target it names)?  Whether it is the block of that height is not in a header:
 * compare *hash, which is the block's id as people write it.  FAIR_CORRUPT: no. */
fair_status fair_ots_block(const struct fair_ots_mark *m, fair_str header, struct fair_arena *a, fair_time *at, fair_str *hash,
                           struct fair_err *err) FAIR_MUST_CHECK;

/* A proof in the making: the digest with 16 random bytes behind it, hashed: that is what a calendar is given, so that it
 * does not learn the digest. */
struct fair_sha256 fair_ots_blind(const struct fair_sha256 *digest, const uint8_t nonce[16]);
/* The proof, from what calendars answered to it (their serialised timestamps; each is read and refused as above). */
fair_status fair_ots_make(const struct fair_sha256 *digest, const uint8_t nonce[16], const fair_str *answers, size_t n,
                          struct fair_arena *a, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;

/* What the calendar of a pending mark says now (its serialised timestamp of the mark's commitment), put beside the mark: a proof of
 * the same digest that leads further.
 *   FAIR_AGAIN    the calendar has nothing but another promise
 *   FAIR_INVALID  the mark is not pending; otherwise as fair_ots_read, of the answer or of the whole */
fair_status fair_ots_upgrade(fair_str proof, size_t mark, fair_str answer, struct fair_arena *a, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;
/* Does it lead to a block by now?  false: it is only promised (or cannot be read). */
bool fair_ots_complete(fair_str proof, struct fair_arena *a);
/* "pending at https://cal.example.com", "in Bitcoin block 800000"; the block itself is for the reader to check.  "" where it cannot be read. */
fair_str fair_ots_words(fair_str proof, struct fair_arena *a);

#endif
