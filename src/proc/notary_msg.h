/* proc/notary_msg.h - what the notary is asked and what it answers. */
#ifndef FAIR_PROC_NOTARY_MSG_H
#define FAIR_PROC_NOTARY_MSG_H
#include "proc/messages.h"

/* FAIR_MSG_SIGN: a text, as the body itself.  It must be one of the notary's forms, or it is refused:
 *   sha256:<64 hex digits>                     the digest of a package's datapackage.json
 *   fairtrack-closing-1 sha256:<64 hex digits> the digest of what a package's last lines close
 * FAIR_MSG_SIGNED: the answer.
 * FAIR_MSG_WHO: an empty question.
 * FAIR_MSG_KEY: the answer: its public key, and where it was started to change keys the new one with the old one's
 * signature under "fairtrack-key-1 <id of the new key> from <time>". */
enum { FAIR_MSG_SIGN = FAIR_MSG_FIRST_FREE + 32, FAIR_MSG_SIGNED, FAIR_MSG_WHO, FAIR_MSG_KEY };

struct fair_signed {
    fair_status status;
    fair_str words;           /* why not                                                   */
    fair_str signature;       /* ECDSA P-384 over SHA-256, 96 bytes r and s, s in the lower half */
    fair_str der;             /* the same as openssl writes it                             */
    fair_str key;             /* SubjectPublicKeyInfo, DER                                 */
};
struct fair_key_told { fair_str key, old, statement, signature /* DER, by old */; };

fair_str fair_signed_pack(struct fair_arena *a, const struct fair_signed *s);
fair_status fair_signed_unpack(fair_str body, struct fair_signed *s, struct fair_err *err) FAIR_MUST_CHECK;
fair_str fair_key_told_pack(struct fair_arena *a, const struct fair_key_told *k);
fair_status fair_key_told_unpack(fair_str body, struct fair_key_told *k, struct fair_err *err) FAIR_MUST_CHECK;

/* Is it a text the notary signs? */
bool fair_notary_signs(fair_str text);

#endif
