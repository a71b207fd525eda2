/* index/shelf.h - records that are searched together: their views, and for each family of words the parts that have one
 * of it.  Private to index. */
#ifndef FAIR_SHELF_H
#define FAIR_SHELF_H
#include "base/types.h"
#include "index/record.h"

struct fair_shelved { fair_id org, work; struct fair_record record; bool gone; };

/* A part in a list: its work's number in the shelf, its number in the work, and the turn that its word is of the family's
 * kept one. */
#define FAIR_SHELF_WORKS (1u << 23)
static inline uint32_t fair_listed(uint32_t work, uint32_t part, uint32_t turn) { return work << 9 | part << 2 | turn; }
static inline uint32_t fair_listed_work(uint32_t l) { return l >> 9; }
static inline uint32_t fair_listed_part(uint32_t l) { return l >> 2 & 127; }
static inline uint32_t fair_listed_turn(uint32_t l) { return l & 3; }

struct fair_shelf {
    struct fair_shelved *works;
    size_t n, room;
    uint64_t (*whole)[4][8];  /* the whole hashes in blocks of eight: their first words, then their second ones ... */
    uint64_t (*glance)[4][8]; /* those of exact areas, the same way */
    /* The lists of all families, one after the other, each by its sides (words.h): side s of family f is
     * listed[first[f * FAIR_SIDES + s]] up to where the next begins.  The codes lie beside them, each turned by its word's
     * turn: so one turned code is compared with all four words of a family. */
    uint32_t *first, *listed;
    uint64_t *codes;          /* 4 words a part */
    size_t n_listed;          /* works that are in the lists */
};

void fair_shelf_free(struct fair_shelf *s);
/* Add a record; the bytes must outlive the shelf. */
fair_status fair_shelf_put(struct fair_shelf *s, fair_id org, fair_id work, fair_str bytes, struct fair_err *err) FAIR_MUST_CHECK;
/* Make the lists of all that was put. */
void fair_shelf_list(struct fair_shelf *s);

#endif
