/* vault/vault.h - files that are kept under the hash of what is in them. */
#ifndef FAIR_VAULT_H
#define FAIR_VAULT_H
#include <stdbool.h>
#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"

/* A vault holds catalogue originals, previews and evidence.  A blob is written
 * once and then never changed; the same bytes put twice are one blob.  Who
 * refers to it, organisation by organisation, is counted in the store
 * (fair_store_blob_*); the vault itself knows only bytes. */
struct fair_vault;

/* What a backend provides: "dir" (the default) or "s3". */
struct fair_vault_ops {
    const char *name;
    fair_status (*size)(void *self, const struct fair_sha256 *key, uint64_t *bytes, struct fair_err *err);
    fair_status (*put)(void *self, const struct fair_sha256 *key, fair_str bytes, struct fair_err *err);
    fair_status (*put_lazy)(void *self, const struct fair_sha256 *key, fair_str bytes, struct fair_err *err); /* may be NULL: put */
    fair_status (*flush)(void *self, struct fair_err *err);                                                  /* may be NULL */
    fair_status (*get)(void *self, const struct fair_sha256 *key, int *fd, struct fair_err *err);
    fair_status (*drop)(void *self, const struct fair_sha256 *key, struct fair_err *err);
    fair_status (*each)(void *self, fair_status (*visit)(void *arg, const struct fair_sha256 *key, uint64_t bytes), void *arg, struct fair_err *err);
    /* Stones: a small text under the blob's name. */
    fair_status (*stone_put)(void *self, const struct fair_sha256 *key, fair_str text, struct fair_err *err);
    fair_status (*stone_get)(void *self, const struct fair_sha256 *key, struct fair_arena *a, fair_str *text, struct fair_err *err);
    fair_status (*stone_drop)(void *self, const struct fair_sha256 *key, struct fair_err *err);
    void (*close)(void *self);
};

/* A folder: aa/bb/<hex>, made if missing, temporary files of dead processes swept away.
 * docs/formats/vault.md describes it.  FAIR_IO when it cannot be made or written. */
fair_status fair_vault_open_dir(const char *dir, struct fair_vault **out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_vault_free(struct fair_vault **v);

/* How a backend reaches its server: the house hands it the way through the fetch helper, for nothing here
 * links an HTTP library.  One request, answered or not; redirects are answers. */
struct fair_vault_question { const char *method; fair_str url, headers /* lines "Name: value\n" */, body; size_t max_bytes; };
struct fair_vault_answer { int http; fair_str headers /* from the status line on */, body; };
struct fair_vault_way {
    fair_status (*ask)(void *self, const struct fair_vault_question *q, struct fair_arena *a, struct fair_vault_answer *out, struct fair_err *err);
    void (*close)(void *self);        /* may be NULL */
    void *self;
};

/* An S3 store (AWS Signature Version 4, path style).  Texts are copied. */
struct fair_vault_s3 {
    fair_str endpoint;                /* https://host[:port], http:// on a network of one's own */
    fair_str bucket, prefix;          /* prefix: absent or "some/folder"                        */
    fair_str region, access_key, secret;
    unsigned tries, pause_ms;         /* of one request that a busy server refuses; 0: 5, 200   */
};
/* Nothing is asked yet.  The way is the vault's from here on, also when this fails.  FAIR_INVALID names what is wrong
 * in the settings. */
fair_status fair_vault_open_s3(const struct fair_vault_s3 *s3, const struct fair_vault_way *way, struct fair_vault **out, struct fair_err *err) FAIR_MUST_CHECK;

/* What stays when a blob was erased: it is shown wherever the blob is named. */
struct fair_stone { fair_time at; fair_str by, why; };

/* Keep bytes.  They are on disk (fsync) and readable under *key when this returns.
 * FAIR_REFUSED: they were erased (fair_vault_erase); the words tell the stone. */
fair_status fair_vault_put(struct fair_vault *v, fair_str bytes, struct fair_sha256 *key, struct fair_err *err) FAIR_MUST_CHECK;

/* The same for many: the bytes are taken, and readable under *key, only when
 * fair_vault_flush returns FAIR_OK; two waits for the disk pay for all of them.
 * Rows that name them are written after that.  When the flush fails, put them
 * again.  Freeing the vault without a flush forgets them. */
fair_status fair_vault_put_lazy(struct fair_vault *v, fair_str bytes, struct fair_sha256 *key, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_vault_flush(struct fair_vault *v, struct fair_err *err) FAIR_MUST_CHECK;

/* Read a blob whole and check its hash on the way.  FAIR_NOT_FOUND,
 * FAIR_LIMIT over max, or FAIR_CORRUPT if the bytes are not what they were. */
fair_status fair_vault_read(struct fair_vault *v, const struct fair_sha256 *key, size_t max, struct fair_arena *a,
                            fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;

/* Open it for sending; unchecked.  The caller closes *fd. */
fair_status fair_vault_get(struct fair_vault *v, const struct fair_sha256 *key, int *fd, struct fair_err *err) FAIR_MUST_CHECK;
bool fair_vault_has(struct fair_vault *v, const struct fair_sha256 *key);
/* Its size, without reading it.  FAIR_NOT_FOUND; for an erased one the words tell the stone. */
fair_status fair_vault_size(struct fair_vault *v, const struct fair_sha256 *key, uint64_t *bytes, struct fair_err *err) FAIR_MUST_CHECK;

/* Let go of what nobody refers to any more; leaves nothing behind, and the same bytes may come again.
 * FAIR_NOT_FOUND: it was not there.  Ask the store first. */
fair_status fair_vault_drop(struct fair_vault *v, const struct fair_sha256 *key, struct fair_err *err) FAIR_MUST_CHECK;
/* Erase for good: the stone is there before the bytes go, so that a kill between leaves a stone beside bytes, which
 * doctor tells and the next erase ends.  by and why must say something (FAIR_INVALID).  Bytes that were never here
 * get a stone as well: they may not come. */
fair_status fair_vault_erase(struct fair_vault *v, const struct fair_sha256 *key, const struct fair_stone *stone, struct fair_err *err) FAIR_MUST_CHECK;
/* FAIR_NOT_FOUND: it was not erased. */
fair_status fair_vault_stone(struct fair_vault *v, const struct fair_sha256 *key, struct fair_arena *a, struct fair_stone *out, struct fair_err *err) FAIR_MUST_CHECK;
/* Put erased bytes anew, knowingly: the stone goes when they are there.  The caller writes down who did it. */
fair_status fair_vault_put_anew(struct fair_vault *v, fair_str bytes, struct fair_sha256 *key, struct fair_err *err) FAIR_MUST_CHECK;
/* "erased on 2026-11-26T08:00:00Z by N.: why" */
fair_str fair_stone_words(struct fair_arena *a, const struct fair_stone *stone);

/* Every blob, for doctor and backup, in no order.  Anything but FAIR_OK from `visit` ends the walk and is returned. */
fair_status fair_vault_each(struct fair_vault *v, fair_status (*visit)(void *arg, const struct fair_sha256 *key, uint64_t bytes),
                            void *arg, struct fair_err *err) FAIR_MUST_CHECK;

#endif
