/* index/shelf.h - records that are searched together: their views, and for each family of words the parts that have one
 * of it.  Private to index. */
#ifndef FAIR_SHELF_H
#define FAIR_SHELF_H
#include "base/types.h"
#include "index/multi.h"
#include "index/record.h"
#include "index/segments.h"

struct fair_shelved { fair_id org, work; struct fair_record record; bool gone; };

/* Of a listed segment (lists.h) nothing is made: all that is here is `segment`, `n` and the whole hashes, which lie in the file. */
struct fair_shelf {
    const struct fair_segment *segment;
    struct fair_shelved *works;
    size_t n, room;
    uint64_t (*whole)[4][8];  /* the whole hashes in blocks of eight: their first words, then their second ones ... */
    uint64_t (*glance)[4][8]; /* those of exact areas, the same way */
    /* The lists of all families, one after the other, each by its sides (words.h): side s of family f is
     * listed[first[f * FAIR_SIDES + s]] up to where the next begins.  The codes lie beside them, each turned by its word's
     * turn: so one turned code is compared with all four words of a family. */
    uint32_t *first, *listed;
    uint32_t *family;         /* where the list of each family begins, and the last one ends: first's every FAIR_SIDES-th, close together */
    uint64_t *codes;          /* 4 words a part */
    size_t n_listed;          /* works that are in the lists */
    struct fair_shelf_pieces *pieces; /* of a large segment: how often it was glanced at, and the tables made at last */
};

static inline bool
fair_shelf_gone(const struct fair_shelf *s, uint32_t i)
{
    return s->segment != NULL ? fair_segment_gone(s->segment, i) : s->works[i].gone;
}
static inline fair_id fair_shelf_org(const struct fair_shelf *s, uint32_t i) { return s->segment != NULL ? s->segment->entries[i].org : s->works[i].org; }
static inline fair_id fair_shelf_work(const struct fair_shelf *s, uint32_t i) { return s->segment != NULL ? s->segment->entries[i].work : s->works[i].work; }
/* Work i's record, its codes perhaps not taken out of the lists: in *room or on the shelf. */
fair_status fair_shelf_peek(const struct fair_shelf *s, uint32_t i, struct fair_record *room, const struct fair_record **out, struct fair_err *err) FAIR_MUST_CHECK;
/* The same with its codes; lies in the arena or on the shelf. */
fair_status fair_shelf_see(const struct fair_shelf *s, uint32_t i, struct fair_arena *a, const struct fair_record **out, struct fair_err *err) FAIR_MUST_CHECK;

void fair_shelf_free(struct fair_shelf *s);
/* Add a record; the bytes must outlive the shelf. */
fair_status fair_shelf_put(struct fair_shelf *s, fair_id org, fair_id work, fair_str bytes, struct fair_err *err) FAIR_MUST_CHECK;
/* Have a listed segment; it must outlive the shelf. */
void fair_shelf_have(struct fair_shelf *s, const struct fair_segment *segment);
/* Make the lists of all that was put. */
void fair_shelf_list(struct fair_shelf *s);
/* `n` more pictures are glanced at: the tables of the glances' pieces, or NULL while it is not worth making them or another thread is about it.
 * They live as long as the shelf. */
const struct fair_multi *fair_shelf_glanced(const struct fair_shelf *s, size_t n);
/* From so many works on, once so many pictures were glanced at: for tests and benchmarks. */
void fair_shelf_pieces_from(size_t works, size_t pictures);

#endif
