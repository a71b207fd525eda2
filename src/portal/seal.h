/* portal/seal.h - an answer as the portal closes it and the home alone opens it (libsodium's sealed box: X25519, XSalsa20-Poly1305).
 *
 * What is sealed is  "FTA1"  u32 length of the JSON, little-endian, the JSON, then the bytes of its files one after the other.
 * The JSON has "files": [{"name","bytes","sha256"}, ...]; the rest is the caller's. */
#ifndef FAIR_PORTAL_SEAL_H
#define FAIR_PORTAL_SEAL_H
#include <jansson.h>
#include "base/digest.h"

enum { FAIR_ANSWER_FILES = 8, FAIR_BUNDLE_JSON_MAX = 2 * 1024 * 1024 };

/* A fresh pair of keys. */
void fair_answer_keys(uint8_t public_key[32], uint8_t secret_key[32]);

struct fair_answer_file { fair_str name, bytes; };
/* Seal `answer`, which gets its "files", and the files.  FAIR_LIMIT. */
fair_status fair_answer_seal(struct fair_arena *a, json_t *answer, const struct fair_answer_file *files, size_t n, const uint8_t public_key[32],
                             fair_str *sealed, struct fair_err *err) FAIR_MUST_CHECK;
/* Open one.  FAIR_CORRUPT: not sealed to this key, or not as described above: nothing of it is believed.  *answer is the caller's. */
fair_status fair_answer_open(struct fair_arena *a, fair_str sealed, const uint8_t public_key[32], const uint8_t secret_key[32], json_t **answer,
                             struct fair_answer_file files[FAIR_ANSWER_FILES], size_t *n, struct fair_err *err) FAIR_MUST_CHECK;

/* What is sealed, and what the home and a portal on another machine send each other (portal/door.h): a JSON object and files.
 * Packing gives `head` its "files".  FAIR_LIMIT: over `max` bytes. */
fair_status fair_bundle_pack(struct fair_arena *a, json_t *head, const struct fair_answer_file *files, size_t n, size_t max, fair_str *out,
                             struct fair_err *err) FAIR_MUST_CHECK;
/* A stranger's bytes.  FAIR_CORRUPT: not as described, more than `most` files, a digest that is wrong.  Views into `plain`. */
fair_status fair_bundle_unpack(fair_str plain, size_t most, json_t **head, struct fair_answer_file *files, size_t *n, struct fair_err *err) FAIR_MUST_CHECK;

#endif
