/* work/check_vault.c - `fairtrack doctor --vault`: every blob read, every one that rows name looked for, every one too many told. */
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "work/house.h"

#define TELL_MAX 1000                 /* of each kind; beyond, the number alone */

struct rot {
    struct fair_house *h;
    void (*tell)(void *arg, const struct fair_rot *r);
    void *arg;
    struct fair_rot_sum *sum;
    struct fair_sha256 *keys;         /* that rows refer to, sorted */
    bool *seen;
    size_t n, room;
    struct fair_err *err;
};

static fair_status
gather(void *arg, const struct fair_sha256 *key)
{
    struct rot *r = arg;

    if (r->n == r->room) {
        r->room = r->room == 0 ? 1024 : r->room * 2;
        r->keys = fair_xrealloc(r->keys, r->room * sizeof *r->keys);
    }
    r->keys[r->n++] = *key;
    return FAIR_OK;
}

static int
by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct fair_sha256));
}

static void
tell(struct rot *r, enum fair_rot_kind kind, const struct fair_sha256 *key, const char *words)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_rot one = { kind, *key, FAIR_STR(""), words };

    if (++r->sum->n[kind] > TELL_MAX) return;
    if (fair_store_blob_named(r->h->store, key, a, &one.named, NULL) != FAIR_OK) one.named = FAIR_STR("");
    r->tell(r->arg, &one);
}

static fair_status
look_at(void *arg, const struct fair_sha256 *key, uint64_t bytes)
{
    struct rot *r = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_err err = { 0 };
    struct fair_stone stone;
    struct fair_sha256 *at = r->n > 0 ? bsearch(key, r->keys, r->n, sizeof *r->keys, by_bytes) : NULL;
    fair_str all;
    fair_status s;

    r->sum->blobs++;
    r->sum->bytes += (int64_t)bytes;
    if (at != NULL) r->seen[at - r->keys] = true;
    s = fair_vault_read(r->h->vault, key, SIZE_MAX / 4, a, &all, &err);
    if (s == FAIR_CORRUPT) tell(r, FAIR_ROT_CHANGED, key, "its bytes are not the ones that were put there");
    else if (s != FAIR_OK) tell(r, FAIR_ROT_UNREADABLE, key, err.text);
    else if (fair_vault_stone(r->h->vault, key, a, &stone, NULL) == FAIR_OK) tell(r, FAIR_ROT_ERASED, key, fair_stone_words(a, &stone).p);
    else if (at == NULL) tell(r, FAIR_ROT_EXTRA, key, "nothing refers to it");
    return FAIR_OK;
}

fair_status
fair_house_rot(struct fair_house *h, void (*told)(void *arg, const struct fair_rot *r), void *arg, struct fair_rot_sum *sum, struct fair_err *err)
{
    struct rot r = { .h = h, .tell = told, .arg = arg, .sum = sum, .err = err };
    fair_status s;

    *sum = (struct fair_rot_sum){ 0 };
    FAIR_TRY(fair_house_vault(h, err));
    s = fair_store_blobs(h->store, gather, &r, err);
    if (s == FAIR_OK && r.n > 0) qsort(r.keys, r.n, sizeof *r.keys, by_bytes);
    r.seen = fair_xcalloc(r.n + 1, sizeof *r.seen);
    if (s == FAIR_OK) s = fair_vault_each(h->vault, look_at, &r, err);
    for (size_t i = 0; s == FAIR_OK && i < r.n; i++) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_stone stone;
        if (r.seen[i]) continue;
        /* Put while we walked? */
        if (fair_vault_has(h->vault, &r.keys[i])) continue;
        if (fair_vault_stone(h->vault, &r.keys[i], a, &stone, NULL) == FAIR_OK) {
            sum->stones++;
            continue;
        }
        tell(&r, FAIR_ROT_MISSING, &r.keys[i], "it is not there");
    }
    free(r.keys);
    free(r.seen);
    return s;
}
