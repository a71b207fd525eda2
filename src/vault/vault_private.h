/* vault/vault_private.h - what the vault's face and its backends share. */
#ifndef FAIR_VAULT_PRIVATE_H
#define FAIR_VAULT_PRIVATE_H
#include "vault/vault.h"

struct fair_vault {
    const struct fair_vault_ops *ops;
    void *self;
};

#define FAIR_STONE_BYTES 4096

/* ---- the parts of an S3 request that are pure ---- */
struct fair_s3_key { fair_str region, access_key, secret; };
/* Signature Version 4 (AWS General Reference, "Signing AWS API requests"): the lines x-amz-date, x-amz-content-sha256
 * and Authorization for this request.  `path` and `query` as they are sent, the query sorted; `more` is at most one
 * further signed header ("if-none-match: *") or absent. */
fair_str fair_s3_sign(struct fair_arena *a, const struct fair_s3_key *k, const char *method, fair_str host, fair_str path, fair_str query,
                      fair_str more, const struct fair_sha256 *payload, fair_time now);

/* One page of ListObjectsV2 (XML).  Names are views into `body` or in the arena. */
struct fair_s3_object { fair_str name; uint64_t bytes; };
struct fair_s3_page { struct fair_s3_object *v; size_t n; fair_str next; /* continuation token; absent: the last page */ };
/* FAIR_CORRUPT: it is no such list. */
fair_status fair_s3_page_read(struct fair_arena *a, fair_str body, struct fair_s3_page *out, struct fair_err *err) FAIR_MUST_CHECK;
/* <Code> and <Message> of an error's XML, as far as they are there: "AccessDenied: ..." */
fair_str fair_s3_error_words(struct fair_arena *a, fair_str body);

#endif
