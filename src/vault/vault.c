/* vault.c - the vault as its users see it: bytes in, a key out; every read is checked, what was erased stays away. */
#include "vault/vault.h"
#include <stdlib.h>
#include "base/io.h"
#include "vault/vault_private.h"

/* ---- stones -------------------------------------------------------------------- */

/* One line of people's words. */
static fair_str
one_line(struct fair_arena *a, fair_str s, size_t max)
{
    fair_str mended = fair_utf8_mend(a, fair_str_trim(s));
    char *p = fair_alloc(a, mended.n + 1);
    size_t n = mended.n < max ? mended.n : max;

    for (size_t i = 0; i < n; i++) p[i] = (unsigned char)mended.p[i] < 0x20 || mended.p[i] == 0x7f ? ' ' : mended.p[i];
    while (n > 0 && n < mended.n && ((unsigned char)mended.p[n] & 0xc0) == 0x80) n--;     /* not within a character */
    return (fair_str){ p, n };
}

static bool
field(fair_str *rest, const char *name, fair_str *value)
{
    fair_str line, prefix = fair_str_of(name);

    if (!fair_str_split(rest, '\n', &line) || !fair_str_starts(line, prefix)) return false;
    *value = (fair_str){ line.p + prefix.n, line.n - prefix.n };
    return true;
}

/* A damaged stone is a stone all the same: what was erased does not come back because of it. */
static void
read_stone(struct fair_arena *a, fair_str text, struct fair_stone *out)
{
    fair_str rest = text, at, by, why;

    *out = (struct fair_stone){ 0, FAIR_STR("somebody"), FAIR_STR("its stone cannot be read") };
    if (!field(&rest, "fairtrack stone 1", &at) || at.n != 0 || !field(&rest, "at=", &at) || !field(&rest, "by=", &by) ||
        !field(&rest, "why=", &why) || !fair_time_parse(at, &out->at))
        return;
    out->by = one_line(a, by, 500);
    out->why = one_line(a, why, 2000);
}

fair_str
fair_stone_words(struct fair_arena *a, const struct fair_stone *s)
{
    return fair_str_fmt(a, "erased on %.*s by %.*s: %.*s", FAIR_STR_ARG(fair_time_text(a, s->at)), FAIR_STR_ARG(s->by), FAIR_STR_ARG(s->why));
}

fair_status
fair_vault_stone(struct fair_vault *v, const struct fair_sha256 *key, struct fair_arena *a, struct fair_stone *out, struct fair_err *err)
{
    fair_str text;

    FAIR_TRY(v->ops->stone_get(v->self, key, a, &text, err));
    read_stone(a, text, out);
    return FAIR_OK;
}

/* FAIR_OK: no stone lies there. */
static fair_status
no_stone(struct fair_vault *v, const struct fair_sha256 *key, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_stone stone;
    fair_status s = fair_vault_stone(v, key, a, &stone, err);

    if (s == FAIR_NOT_FOUND) return FAIR_OK;
    if (s != FAIR_OK) {
        fair_fail_in(err, "vault: whether these bytes were erased cannot be told now");
        return s;
    }
    return fair_fail(err, FAIR_REFUSED, "these bytes were %.*s", FAIR_STR_ARG(fair_stone_words(a, &stone)));
}

/* For what is not there: say so if it was erased. */
static fair_status
gone(struct fair_vault *v, const struct fair_sha256 *key, fair_status s, struct fair_err *err)
{
    struct fair_err stone = { 0 };

    if (s == FAIR_NOT_FOUND && err != NULL && no_stone(v, key, &stone) == FAIR_REFUSED)
        return fair_fail(err, FAIR_NOT_FOUND, "%s", stone.text);
    return s;
}

fair_status
fair_vault_erase(struct fair_vault *v, const struct fair_sha256 *key, const struct fair_stone *stone, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str by = one_line(a, stone->by, 500), why = one_line(a, stone->why, 2000), text;
    fair_status s;

    if (by.n == 0 || why.n == 0 || stone->at <= 0) return fair_fail(err, FAIR_INVALID, "an erasure needs its time, who did it and why");
    text = fair_str_fmt(a, "fairtrack stone 1\nat=%.*s\nby=%.*s\nwhy=%.*s\n", FAIR_STR_ARG(fair_time_text(a, stone->at)), FAIR_STR_ARG(by), FAIR_STR_ARG(why));
    FAIR_TRY(v->ops->stone_put(v->self, key, text, err));
    s = v->ops->drop(v->self, key, err);
    return s == FAIR_NOT_FOUND ? FAIR_OK : s;
}

/* ---- bytes --------------------------------------------------------------------- */

fair_status
fair_vault_put(struct fair_vault *v, fair_str bytes, struct fair_sha256 *key, struct fair_err *err)
{
    *key = fair_sha256_of(bytes.p, bytes.n);
    FAIR_TRY(no_stone(v, key, err));
    return v->ops->put(v->self, key, bytes, err);
}

fair_status
fair_vault_put_lazy(struct fair_vault *v, fair_str bytes, struct fair_sha256 *key, struct fair_err *err)
{
    *key = fair_sha256_of(bytes.p, bytes.n);
    FAIR_TRY(no_stone(v, key, err));
    if (v->ops->put_lazy == NULL) return v->ops->put(v->self, key, bytes, err);
    return v->ops->put_lazy(v->self, key, bytes, err);
}

fair_status
fair_vault_put_anew(struct fair_vault *v, fair_str bytes, struct fair_sha256 *key, struct fair_err *err)
{
    fair_status s;

    *key = fair_sha256_of(bytes.p, bytes.n);
    FAIR_TRY(v->ops->put(v->self, key, bytes, err));
    s = v->ops->stone_drop(v->self, key, err);
    return s == FAIR_NOT_FOUND ? FAIR_OK : s;
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

    s = v->ops->get(v->self, key, &fd, err);
    if (s != FAIR_OK) return gone(v, key, s, err);
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
    fair_status s;

    *fd = -1;
    s = v->ops->get(v->self, key, fd, err);
    return gone(v, key, s, err);
}

fair_status
fair_vault_size(struct fair_vault *v, const struct fair_sha256 *key, uint64_t *bytes, struct fair_err *err)
{
    return gone(v, key, v->ops->size(v->self, key, bytes, err), err);
}

bool
fair_vault_has(struct fair_vault *v, const struct fair_sha256 *key)
{
    uint64_t bytes;
    return v->ops->size(v->self, key, &bytes, NULL) == FAIR_OK;
}

fair_status
fair_vault_drop(struct fair_vault *v, const struct fair_sha256 *key, struct fair_err *err)
{
    return v->ops->drop(v->self, key, err);
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
