/* index/keys.c - open addressing; nothing is ever taken out singly. */
#include "index/keys.h"
#include <stdlib.h>
#include "base/mem.h"

static size_t
slot_of(const struct fair_keys *k, fair_id org, fair_id work)
{
    uint64_t h = ((uint64_t)work ^ (uint64_t)org * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    size_t at = (size_t)(h ^ h >> 32) & (k->room - 1);

    while (k->v[at].work != 0 && (k->v[at].work != work || k->v[at].org != org)) at = (at + 1) & (k->room - 1);
    return at;
}

uint32_t *
fair_keys_get(const struct fair_keys *k, fair_id org, fair_id work)
{
    size_t at;

    if (k->n == 0) return NULL;
    at = slot_of(k, org, work);
    return k->v[at].work == 0 ? NULL : &k->v[at].value;
}

void
fair_keys_put(struct fair_keys *k, fair_id org, fair_id work, uint32_t value)
{
    size_t at;

    if (2 * (k->n + 1) > k->room) {
        struct fair_keys more = { .n = k->n, .room = k->room > 0 ? k->room * 2 : 64 };
        more.v = fair_xcalloc(more.room, sizeof *more.v);
        for (size_t i = 0; i < k->room; i++)
            if (k->v[i].work != 0) more.v[slot_of(&more, k->v[i].org, k->v[i].work)] = k->v[i];
        free(k->v);
        *k = more;
    }
    at = slot_of(k, org, work);
    k->n += k->v[at].work == 0;
    k->v[at] = (struct fair_key){ org, work, value };
}

void
fair_keys_free(struct fair_keys *k)
{
    free(k->v);
    *k = (struct fair_keys){ 0 };
}
