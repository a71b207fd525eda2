/* evidence/seal.h - datapackage-digest.json: the signature, the time stamps, the keys, the custody since the capture, and the
 * closing signature over all of it.  The signing itself is the notary's (work/notary.h). */
#ifndef FAIR_EVIDENCE_SEAL_H
#define FAIR_EVIDENCE_SEAL_H
#include <stdbool.h>
#include "base/digest.h"
#include "base/types.h"

struct fair_seal_key {
    fair_str key;             /* SubjectPublicKeyInfo, DER                               */
    fair_str id;              /* its SHA-256, hex                                        */
    fair_time from, until;    /* until 0: in use                                         */
    fair_str by;              /* the id of the key that signed for it; absent: the first  */
    fair_str signature;       /* DER, over "fairtrack-key-1 <id> from <time>"            */
};
struct fair_seal_stamp { fair_str server; fair_str reply; /* TimeStampResp, DER */ };

struct fair_seal {
    struct fair_sha256 datapackage;
    fair_time created;        /* as in datapackage.json                                  */
    fair_str software;
    fair_str signature, der, key;     /* of "sha256:<hex>": raw, DER; and the signer's public key */
    const struct fair_seal_stamp *stamps; size_t n_stamps;
    fair_str ots;             /* absent: none                                            */
    const struct fair_seal_key *keys; size_t n_keys;
    const fair_str *custody; size_t n_custody;        /* lines since the seal, chained on to custody/custody.jsonl */
    fair_time closed;
    fair_str closing_key;     /* public key                                              */
};

/* What the tokens stamp: the signature as it is written, in base64 (as wacz-auth 0.1.0 has it). */
struct fair_sha256 fair_seal_stamped(struct fair_arena *a, fair_str signature);
/* The file up to where the closing signature begins, and the line that the notary signs for it. */
fair_status fair_seal_text(const struct fair_seal *s, struct fair_arena *a, fair_str *text, fair_str *line, struct fair_err *err) FAIR_MUST_CHECK;
/* The whole file. */
fair_status fair_seal_close(fair_str text, fair_str signature, fair_str der, struct fair_arena *a, fair_str *file, struct fair_err *err) FAIR_MUST_CHECK;

/* Does a signature (96 bytes, or DER) hold under this key?  P-384 and SHA-256 only where raw; DER: any EC key.  `low`: and is
 * its s in the lower half, as the notary writes it. */
bool fair_seal_holds(fair_str key, fair_str text, fair_str signature, bool low);
/* The signature's other form. */
bool fair_seal_der(struct fair_arena *a, fair_str raw, fair_str *der);

/* The list of keys as JSON, one a line (keys/notary.json, and in every package), and back.  FAIR_CORRUPT. */
void fair_seal_keys_put(struct fair_buf *b, const struct fair_seal_key *keys, size_t n);
fair_status fair_seal_keys_read(fair_str json, struct fair_arena *a, struct fair_seal_key **keys, size_t *n, struct fair_err *err) FAIR_MUST_CHECK;
/* Is `to` the key `from`, or signed for by it, through others of the list if need be? */
bool fair_seal_vouched(const struct fair_seal_key *keys, size_t n, fair_str from, fair_str to);

#endif
