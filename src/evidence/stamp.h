/* evidence/stamp.h - time stamps (RFC 3161, RFC 5816): asking for one, and checking one against trusted roots.  OpenSSL's
 * TS_* does the cryptography. */
#ifndef FAIR_EVIDENCE_STAMP_H
#define FAIR_EVIDENCE_STAMP_H
#include <stdbool.h>
#include "base/digest.h"
#include "base/types.h"

#define FAIR_STAMP_MAX ((size_t)256 << 10)     /* the most of a reply that is looked at */

/* The roots somebody trusts. */
struct fair_trust;
struct fair_trust *fair_trust_new(void);
void fair_trust_free(struct fair_trust **t);
/* PEM with one or more certificates: roots, or in-between ones with `untrusted`.  FAIR_INVALID: none in it. */
fair_status fair_trust_add(struct fair_trust *t, fair_str pem, bool untrusted, struct fair_err *err) FAIR_MUST_CHECK;
size_t fair_trust_roots(const struct fair_trust *t);
struct fair_trust *fair_trust_copy(const struct fair_trust *t);        /* NULL: an empty one */
/* The roots, for a chain of another kind. */
typedef struct x509_store_st fair_x509_store;
void fair_trust_into(const struct fair_trust *t, fair_x509_store *store);

/* TimeStampReq for a SHA-256, with a nonce and certReq, DER. */
fair_status fair_stamp_query(struct fair_arena *a, const struct fair_sha256 *digest, const uint8_t nonce[8], fair_str *der,
                             struct fair_err *err) FAIR_MUST_CHECK;

struct fair_stamp {
    fair_time at;             /* genTime                                                                     */
    int64_t accuracy_us;      /* -1: not told                                                                */
    fair_str serial;          /* hex                                                                         */
    fair_str policy;          /* dotted                                                                      */
    fair_str signer, issuer;  /* of the signing certificate; absent where none came along                    */
    fair_str root;            /* of the chain that was found                                                 */
    bool has_nonce;
    bool qualified;           /* the certificate says so (QcStatements, id-etsi-qcs-QcCompliance); whether that is so is the trusted list's to say */
    fair_time signer_until;   /* its certificate's notAfter                                                  */
    fair_str chain;           /* the certificates in it, PEM                                                 */
};
/* Check a TimeStampResp or a bare token (DER).  `digest`: the bytes it must stamp, of SHA-256, -384 or -512 by their
 * number; absent: any.  `nonce`: what was asked with, or
 * NULL where that is not known any more.  `trust` NULL: look only, no signature is checked.  Certificates are judged at
 * the time the token says, so that a token stays good after its authority's certificate has run out.
 *   FAIR_INVALID  no time stamp at all
 *   FAIR_REFUSED  the authority did not grant it (the text says its reason)
 *   FAIR_CORRUPT  it stamps another digest, answers another nonce, or its signature or its certificates do not hold: also
 *                 one without critical timeStamping use, or that was not valid then
 *   FAIR_NOT_FOUND  all in order but for the chain: it ends at no trusted root
 * *out is filled as far as it could be read. */
fair_status fair_stamp_check(fair_str der, fair_str digest, const uint8_t *nonce, const struct fair_trust *trust,
                             struct fair_arena *a, struct fair_stamp *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
