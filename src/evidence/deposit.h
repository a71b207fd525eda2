/* evidence/deposit.h - one time stamp for a whole collection: a Merkle tree over the works' digests, and a proof for each. */
#ifndef FAIR_EVIDENCE_DEPOSIT_H
#define FAIR_EVIDENCE_DEPOSIT_H
#include <stdbool.h>
#include "base/digest.h"
#include "base/types.h"
#include "evidence/seal.h"

/* The tree of RFC 9162 2.1: a leaf is SHA-256(0x00 || digest), a node SHA-256(0x01 || left || right), and the left side of n
 * leaves holds the largest power of two below n.  n >= 1. */
struct fair_sha256 fair_merkle_root(const struct fair_sha256 *works, size_t n);
/* The nodes beside the way from leaf `at` to the root, from below; at most 64.  Returns how many. */
size_t fair_merkle_proof(const struct fair_sha256 *works, size_t n, size_t at, struct fair_sha256 proof[64]);
/* RFC 9162 2.1.3.2. */
bool fair_merkle_holds(const struct fair_sha256 *work, size_t at, size_t n, const struct fair_sha256 *proof, size_t n_proof, const struct fair_sha256 *root);

/* The proof of one work as a file (JSON, docs/formats/deposit-proof.md): what was registered, the way to the root, and the root's
 * time stamps.  The stamps are of SHA-256("fairtrack-deposit-1 <root, hex> <n>"). */
struct fair_deposit_proof {
    fair_id deposit, work;
    fair_str title, path;     /* as registered; may be absent                            */
    struct fair_sha256 sha256;
    fair_time registered, made;
    size_t at, n;
    struct fair_sha256 root;
    struct fair_sha256 proof[64]; size_t n_proof;
    const struct fair_seal_stamp *stamps; size_t n_stamps;
    fair_str ots;             /* of the same text; absent: none                          */
};
struct fair_sha256 fair_deposit_stamped(struct fair_arena *a, const struct fair_sha256 *root, size_t n);
fair_status fair_deposit_write(const struct fair_deposit_proof *p, struct fair_arena *a, fair_str *file, struct fair_err *err) FAIR_MUST_CHECK;

#endif
