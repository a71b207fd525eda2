/* evidence/verify.h - is a package what it says it is?  Offline, from its bytes alone; every finding told, none summed up. */
#ifndef FAIR_EVIDENCE_VERIFY_H
#define FAIR_EVIDENCE_VERIFY_H
#include "evidence/ots.h"
#include "evidence/seal.h"
#include "evidence/stamp.h"

enum fair_finding_how { FAIR_FINDING_OK, FAIR_FINDING_NOTE, FAIR_FINDING_BAD };
struct fair_finding {
    enum fair_finding_how how;
    const char *what;         /* "file" "member" "signature" "key" "time stamp" "proof" "custody" "closing" "clock" "fact" "record" */
    fair_str where;           /* the member that it is about; absent: the package as a whole                     */
    fair_str words;
};

struct fair_verify_options {
    const struct fair_trust *trust;       /* roots for time stamps (and for domain signatures of other tools)    */
    fair_str key;             /* the operator's key: SubjectPublicKeyInfo as DER, or its SHA-256 in hex; absent: not given */
    bool allow_untrusted;     /* a time stamp whose chain ends at no trusted root is a note                       */
    struct { int64_t height; fair_str header; } blocks[16]; size_t n_blocks;      /* for OpenTimestamps           */
    fair_time now;            /* 0: not known; only to note what has run out since                                */
};

struct fair_verify_sum { int64_t ok, notes, bad; bool ours, sealed; fair_id package; fair_time stamped /* the earliest trusted */; struct fair_sha256 datapackage; };

/* Check a WACZ: one of ours wholly, every byte of it; one of other tools by WACZ's own rules (1.1.1) and wacz-auth 0.1.0.
 * FAIR_OK: it was looked at, and sum->bad counts what is wrong.  Any other status: it could not even be opened as a ZIP file, which is
 * told as a finding too. */
fair_status fair_package_verify(fair_str file, const struct fair_verify_options *o, struct fair_arena *a, void (*tell)(void *arg, const struct fair_finding *f),
                                void *arg, struct fair_verify_sum *sum, struct fair_err *err) FAIR_MUST_CHECK;

/* A proof that a work is in a deposit (evidence/deposit.h), by the same rules. */
fair_status fair_deposit_verify(fair_str file, const struct fair_verify_options *o, struct fair_arena *a, void (*tell)(void *arg, const struct fair_finding *f),
                                void *arg, struct fair_verify_sum *sum, struct fair_err *err) FAIR_MUST_CHECK;

#endif
