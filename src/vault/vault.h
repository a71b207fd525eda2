/* vault/vault.h - files that are kept under the hash of what is in them. */
#ifndef FAIR_VAULT_H
#define FAIR_VAULT_H
#include "base/digest.h"
#include "base/mem.h"

/* A vault holds catalogue originals, previews and evidence.  A blob is written
 * once and then never changed; the same bytes put twice are one blob.  Who
 * refers to it, organisation by organisation, is counted in the store
 * (fair_store_blob_*); the vault itself knows only bytes. */
struct fair_vault;

/* What a backend provides: "dir" (the default); "s3" later. */
struct fair_vault_ops {
    const char *name;
    fair_status (*put)(void *self, const struct fair_sha256 *key, fair_str bytes, struct fair_err *err);
    fair_status (*put_lazy)(void *self, const struct fair_sha256 *key, fair_str bytes, struct fair_err *err); /* may be NULL: put */
    fair_status (*flush)(void *self, struct fair_err *err);                                                  /* may be NULL */
    fair_status (*get)(void *self, const struct fair_sha256 *key, int *fd, struct fair_err *err);
    fair_status (*erase)(void *self, const struct fair_sha256 *key, struct fair_err *err);
    fair_status (*each)(void *self, fair_status (*visit)(void *arg, const struct fair_sha256 *key, uint64_t bytes), void *arg, struct fair_err *err);
    void (*close)(void *self);
};

/* A folder: aa/bb/<hex>, made if missing, temporary files of dead processes swept away.
 * docs/formats/vault.md describes it.  FAIR_IO when it cannot be made or written. */
fair_status fair_vault_open_dir(const char *dir, struct fair_vault **out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_vault_free(struct fair_vault **v);

/* Keep bytes.  They are on disk (fsync) and readable under *key when this returns. */
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
/* FAIR_NOT_FOUND: it was not there.  Ask the store first whether anybody refers to it. */
fair_status fair_vault_erase(struct fair_vault *v, const struct fair_sha256 *key, struct fair_err *err) FAIR_MUST_CHECK;

/* Every blob, for doctor and backup, in no order.  Anything but FAIR_OK from `visit` ends the walk and is returned. */
fair_status fair_vault_each(struct fair_vault *v, fair_status (*visit)(void *arg, const struct fair_sha256 *key, uint64_t bytes),
                            void *arg, struct fair_err *err) FAIR_MUST_CHECK;

#endif
