/* vault.c - the vault as its users see it: bytes in, a key out; every read is checked. */
#include "vault/vault.h"
#include <stdlib.h>
#include "base/io.h"
#include "vault/vault_private.h"

fair_status
fair_vault_put(struct fair_vault *v, fair_str bytes, struct fair_sha256 *key, struct fair_err *err)
{
    *key = fair_sha256_of(bytes.p, bytes.n);
    return v->ops->put(v->self, key, bytes, err);
}

fair_status
fair_vault_put_lazy(struct fair_vault *v, fair_str bytes, struct fair_sha256 *key, struct fair_err *err)
{
    *key = fair_sha256_of(bytes.p, bytes.n);
    if (v->ops->put_lazy == NULL) return v->ops->put(v->self, key, bytes, err);
    return v->ops->put_lazy(v->self, key, bytes, err);
}

fair_status
fair_vault_flush(struct fair_vault *v, struct fair_err *err)
{
    return v->ops->flush == NULL ? FAIR_OK : v->ops->flush(v->self, err);
}

fair_status
fair_vault_read(struct fair_vault *v, const struct fair_sha256 *key, size_t max, struct fair_arena *a,
                fair_str *out, struct fair_err *err)
{
    FAIR_AUTO(fd) int fd = -1;
    struct fair_sha256 is;
    fair_str bytes;
    fair_status s;

    FAIR_TRY(v->ops->get(v->self, key, &fd, err));
    s = fair_read_fd(a, fd, max, &bytes, err);
    if (s != FAIR_OK) {
        fair_fail_in(err, "blob %.*s", FAIR_STR_ARG(fair_hex(a, key->b, sizeof key->b)));
        return s;
    }
    is = fair_sha256_of(bytes.p, bytes.n);
    if (!fair_sha256_eq(&is, key))
        return fair_fail(err, FAIR_CORRUPT, "blob %.*s: its %zu bytes are not the ones that were put there",
                         FAIR_STR_ARG(fair_hex(a, key->b, sizeof key->b)), bytes.n);
    *out = bytes;
    return FAIR_OK;
}

fair_status
fair_vault_get(struct fair_vault *v, const struct fair_sha256 *key, int *fd, struct fair_err *err)
{
    *fd = -1;
    return v->ops->get(v->self, key, fd, err);
}

bool
fair_vault_has(struct fair_vault *v, const struct fair_sha256 *key)
{
    FAIR_AUTO(fd) int fd = -1;
    return v->ops->get(v->self, key, &fd, NULL) == FAIR_OK;
}

fair_status
fair_vault_erase(struct fair_vault *v, const struct fair_sha256 *key, struct fair_err *err)
{
    return v->ops->erase(v->self, key, err);
}

fair_status
fair_vault_each(struct fair_vault *v, fair_status (*visit)(void *arg, const struct fair_sha256 *key, uint64_t bytes),
                void *arg, struct fair_err *err)
{
    return v->ops->each(v->self, visit, arg, err);
}

void
fair_vault_free(struct fair_vault **v)
{
    if (*v == NULL) return;
    (*v)->ops->close((*v)->self);
    free(*v);
    *v = NULL;
}
