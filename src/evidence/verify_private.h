/* evidence/verify_private.h - what the checks share. */
#ifndef FAIR_EVIDENCE_VERIFY_PRIVATE_H
#define FAIR_EVIDENCE_VERIFY_PRIVATE_H
#include <jansson.h>
#include "evidence/verify.h"
#include "evidence/zip.h"

struct check {
    const struct fair_verify_options *o;
    struct fair_arena *a;
    void (*tell)(void *arg, const struct fair_finding *f);
    void *arg;
    struct fair_verify_sum *sum;
    fair_str file;
    struct fair_zip zip;
};

void fair_check_tell(struct check *c, enum fair_finding_how how, const char *what, fair_str where, const char *fmt, ...) FAIR_PRINTF(5, 6);
/* A text member of a JSON object, in the arena; absent where it is missing or no text. */
fair_str fair_check_text(struct check *c, json_t *o, const char *key);
bool fair_check_bytes(struct check *c, json_t *o, const char *key, fair_str *out);
/* The time stamps in {"server", "reply"} objects, over `digest`; how many were trusted. */
size_t fair_check_stamps(struct check *c, json_t *list, const struct fair_sha256 *digest, fair_str where, fair_time not_before);
void fair_check_ots(struct check *c, fair_str proof, const struct fair_sha256 *digest, fair_str where);
/* Whether the key given on the command line speaks for `id`. */
bool fair_check_key(struct check *c, fair_str id, const struct fair_seal_key *keys, size_t n, fair_str where);

/* datapackage-digest.json of other tools' packages (verify_foreign.c). */
void fair_check_foreign(struct check *c, json_t *datapackage, const struct fair_sha256 *sha);

#endif
