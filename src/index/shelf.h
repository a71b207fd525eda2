/* index/shelf.h - records that are searched together: their views, and for each word the parts that have it.
 * Private to index. */
#ifndef FAIR_SHELF_H
#define FAIR_SHELF_H
#include "base/types.h"
#include "index/record.h"

struct fair_shelved { fair_id org, work; struct fair_record record; bool gone; };

struct fair_shelf {
    struct fair_shelved *works;
    size_t n, room;
    /* The lists of all words, one after the other: list w is place[first[w]] .. place[first[w + 1] - 1].
     * A place is work << 8 | part. */
    uint32_t *first, *place;
    const uint64_t **codes;   /* of each work */
    uint64_t *whole;          /* n x 4 words: the whole hashes, side by side */
    size_t listed;            /* works that are in the lists */
};

void fair_shelf_free(struct fair_shelf *s);
/* Add a record; the bytes must outlive the shelf. */
fair_status fair_shelf_put(struct fair_shelf *s, fair_id org, fair_id work, fair_str bytes, struct fair_err *err) FAIR_MUST_CHECK;
/* Make the lists of all that was put. */
void fair_shelf_list(struct fair_shelf *s);

#endif
