/* base/digest.h - SHA-256 and the two ways of writing bytes as text. */
#ifndef FAIR_BASE_DIGEST_H
#define FAIR_BASE_DIGEST_H
#include <stdbool.h>
#include "base/text.h"
#include "base/types.h"

/* SHA-256 (FIPS 180-4) of n bytes. */
struct fair_sha256 fair_sha256_of(const void *bytes, size_t n);

/* The same, piece by piece. */
struct fair_sha256_run;
struct fair_sha256_run *fair_sha256_begin(void);
void fair_sha256_add(struct fair_sha256_run *run, const void *bytes, size_t n);
struct fair_sha256 fair_sha256_end(struct fair_sha256_run **run);   /* frees it */

/* HMAC with SHA-256 (RFC 2104). */
struct fair_sha256 fair_hmac_sha256(fair_str key, fair_str bytes);

bool fair_sha256_eq(const struct fair_sha256 *a, const struct fair_sha256 *b);
bool fair_sha256_none(const struct fair_sha256 *a);                 /* all zero: "no digest" */

/* Lower-case hex; `hex` of a digest is 64 characters. */
fair_str fair_hex(struct fair_arena *a, const void *bytes, size_t n);
bool fair_unhex(fair_str hex, void *bytes, size_t n);               /* exactly 2n digits */

/* RFC 4648 with padding; the url form has '-' and '_' and no padding. */
fair_str fair_base64(struct fair_arena *a, const void *bytes, size_t n);
fair_str fair_base64url(struct fair_arena *a, const void *bytes, size_t n);
/* Takes either alphabet, with or without padding; white space is refused. */
bool fair_unbase64(struct fair_arena *a, fair_str text, fair_str *bytes);

/* n bytes nobody can guess, from the kernel. */
void fair_random(void *bytes, size_t n);

#endif
