/* index/keys.h - a table from (organisation, work) to a number.  Private to index. */
#ifndef FAIR_KEYS_H
#define FAIR_KEYS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/types.h"

struct fair_keys {
    struct fair_key { fair_id org, work; uint32_t value; } *v;     /* work 0: free */
    size_t n, room;
};

/* The value's place, or NULL.  Good until the next put. */
uint32_t *fair_keys_get(const struct fair_keys *k, fair_id org, fair_id work);
void fair_keys_put(struct fair_keys *k, fair_id org, fair_id work, uint32_t value);
void fair_keys_free(struct fair_keys *k);       /* empties it */

#endif
