/* image/codecs/c2pa.h - content credentials in a picture (C2PA 1.x and 2.x): are they there, whose are they, do they hold?
 * Linked into the decode helpers only. */
#ifndef FAIR_IMAGE_C2PA_H
#define FAIR_IMAGE_C2PA_H
#include "base/clock.h"
#include "base/text.h"

/* What the active manifest of a file says, and whether that holds:
 *   FAIR_C2PA_NONE      there is none
 *   FAIR_C2PA_INVALID   it does not hold: `why` is the specification's failure code, with words
 *   FAIR_C2PA_UNBOUND   the signature and the assertions hold, the binding to these pixels is of a kind we do not check
 *   FAIR_C2PA_SIGNED    signature, assertions and binding hold; whether the signer is to be trusted is another question,
 *                       answered by whoever knows which certificates are (chain)
 *   FAIR_C2PA_REMOTE    there is none in the file; its XMP names an address where one is said to lie (`why`), which nobody asks:
 *                       fetching it would tell somebody which picture is looked at, and a person has to want that
 * Ingredients' manifests are held against their hash and not judged themselves: they speak of other pictures. */
enum fair_c2pa_state { FAIR_C2PA_NONE, FAIR_C2PA_INVALID, FAIR_C2PA_UNBOUND, FAIR_C2PA_SIGNED, FAIR_C2PA_REMOTE };
struct fair_c2pa {
    enum fair_c2pa_state state;
    fair_str why;             /* "assertion.dataHash.mismatch: ..."                          */
    fair_str generator;       /* claim_generator, as it stands there                         */
    fair_str signer, issuer;  /* the common name or organisation of the certificate          */
    fair_str alg;             /* "ES256"                                                     */
    fair_str chain;           /* SHA-256 of each certificate sent along, the signer's first; commas between */
    bool expired;             /* the signer's certificate, at `now`                          */
};
void fair_c2pa_read(const void *bytes, size_t n, fair_time now, struct fair_arena *a, struct fair_c2pa *out);
/* One line: "signed by ... (ES256, made with ...); chain=..."; begins with the state's word: none, invalid, unbound, signed, remote. */
fair_str fair_c2pa_words(struct fair_arena *a, const struct fair_c2pa *c);

#endif
