/* c2pa_private.h - the inside of content credentials: reading CBOR and boxes, and what binds a manifest to a picture. */
#ifndef FAIR_IMAGE_C2PA_PRIVATE_H
#define FAIR_IMAGE_C2PA_PRIVATE_H
#include <stdbool.h>
#include "base/text.h"

/* ---- c2pa_cbor.c ---- */
/* A reader in CBOR; `bad` once it met what it cannot be. */
struct cbor { const uint8_t *p; size_t n, at; bool bad; };
#define FAIR_CBOR_OPEN UINT64_MAX     /* a list or map that ends with a break (RFC 8949 3.2) */
struct cbor fair_cbor_of(fair_str s);
int fair_cbor_head(struct cbor *c, uint64_t *v);                             /* major type and argument; -1: bad */
bool fair_cbor_ends(struct cbor *c);
void fair_cbor_skip(struct cbor *c, int depth);
bool fair_cbor_string(struct cbor *c, int major, fair_str *out);             /* a view */
bool fair_cbor_find(struct cbor map, const char *key, int64_t number, struct cbor *value);
fair_str fair_cbor_find_string(struct cbor map, const char *key, int major);
bool fair_cbor_number(struct cbor map, const char *key, uint64_t *out);

struct box { char type[5]; fair_str content; };
uint32_t fair_be32_at(const char *p);
bool fair_box_next(fair_str *rest, struct box *out);

/* ---- c2pa_bind.c ---- */
/* SHA-256, -384 or -512 (`alg`; empty: SHA-256) of parts in order; is it `want`? */
bool fair_c2pa_hash_is(fair_str alg, const fair_str *parts, size_t n, fair_str want);

/* What a binding says of the file that it came with.  ELSEWHERE: of a kind, or over a part of the file, that is not checked here; *why says so. */
enum fair_binding { FAIR_BINDING_HOLDS, FAIR_BINDING_FAILS, FAIR_BINDING_ELSEWHERE };
/* c2pa.hash.data: the whole file but the ranges named. */
enum fair_binding fair_c2pa_data_hash(fair_str file, fair_str assertion, fair_str alg);
/* c2pa.hash.boxes: a JPEG's segments or a PNG's chunks, named in order, each with its hash. */
enum fair_binding fair_c2pa_boxes_hash(fair_str file, fair_str assertion, fair_str alg, struct fair_arena *a, const char **why);
/* c2pa.hash.bmff, .v2, .v3 (`version` 1 to 3): the boxes of AVIF and HEIC but those named. */
enum fair_binding fair_c2pa_bmff_hash(fair_str file, fair_str assertion, fair_str alg, int version, struct fair_arena *a, const char **why);

/* The segments of a JPEG before its picture's data that hold the store of manifests: `put` is called with each one's place in the file,
 * its marker's first byte at `at`, `n` bytes in all, and where the store's own bytes begin in it. */
void fair_c2pa_jpeg_segments(fair_str file, void (*put)(void *arg, size_t at, size_t n, size_t skip), void *arg);

#endif
