/* work/notary.h - the notary's client: signatures, and the list of keys. */
#ifndef FAIR_WORK_NOTARY_H
#define FAIR_WORK_NOTARY_H
#include "evidence/seal.h"
#include "work/house.h"

/* Ask the notary of the home to sign one of its lines (proc/notary_msg.h); the first time ever a key is made. */
struct fair_notary_signature { fair_str raw, der, key; };
fair_status fair_notary_sign(struct fair_house *h, fair_str text, struct fair_arena *a, struct fair_notary_signature *out, struct fair_err *err) FAIR_MUST_CHECK;

/* Every key there was, oldest first, the one in use last; keys/notary.json.  Made with the first key where there is none. */
fair_status fair_notary_keys(struct fair_house *h, struct fair_arena *a, struct fair_seal_key **keys, size_t *n, struct fair_err *err) FAIR_MUST_CHECK;
/* A new key from now on; the old one signs for it and is then wiped out.  FAIR_NOT_FOUND: there is none yet. */
fair_status fair_notary_rotate(struct fair_house *h, struct fair_arena *a, struct fair_seal_key *fresh, struct fair_err *err) FAIR_MUST_CHECK;

#endif
