/* index/lists.h - what a large segment keeps of its works' parts: their codes, once, in the order of their drawers, so that a
 * search reads nothing but what may be near, and nothing has to be made when the segment is opened.  Private to index.
 * docs/formats/index-file.md has the bytes. */
#ifndef FAIR_LISTS_H
#define FAIR_LISTS_H
#include <stdio.h>
#include "base/mem.h"
#include "index/drawers.h"
#include "index/kernels_drawers.h"
#include "index/record.h"

/* A part in a list: its work's number in the segment or shelf, its number in the work, and the turn that its code was given. */
#define FAIR_SHELF_WORKS (1u << 23)
static inline uint32_t fair_listed(uint32_t work, uint32_t part, uint32_t turn) { return work << 9 | part << 2 | turn; }
static inline uint32_t fair_listed_work(uint32_t l) { return l >> 9; }
static inline uint32_t fair_listed_part(uint32_t l) { return l >> 2 & 127; }
static inline uint32_t fair_listed_turn(uint32_t l) { return l & 3; }

/* Of 64 drawers: which have anything in them, and how many before these have. */
struct fair_lists_group { uint64_t full; uint32_t before, unused; };
#define FAIR_LISTS_GROUPS (FAIR_DRAWERS / 64)
#define FAIR_LISTS_CHUNK 4096     /* parts that have one sum */

/* In a segment's file.  The k-th drawer that has anything has the parts first[k] up to first[k + 1]; in a drawer they are in the
 * order of their works' numbers. */
struct fair_lists {
    uint32_t n_parts, n_full;
    const struct fair_lists_group *groups;
    const uint32_t *first;
    const uint64_t *high[2];          /* columns of their own: most of what a search looks at is told by them to be far */
    const struct fair_kept *parts;
    const uint32_t (*sums)[3];        /* of each chunk: of its two columns, and of the rest */
};

/* The code of a part, turned as it lies there. */
void fair_lists_code(const struct fair_lists *l, uint32_t at, uint64_t code[4]);

/* How many drawers before this one have anything.  (Bits counted by hand: not every machine that this is built for has an instruction.) */
static inline uint32_t
fair_lists_rank(const struct fair_lists *l, uint32_t drawer)
{
    const struct fair_lists_group *g = &l->groups[drawer / 64];
    uint64_t v = g->full & (((uint64_t)1 << drawer % 64) - 1);

    v -= v >> 1 & 0x5555555555555555u;
    v = (v & 0x3333333333333333u) + (v >> 2 & 0x3333333333333333u);
    v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return g->before + (uint32_t)(v * 0x0101010101010101u >> 56);
}

/* The parts in a drawer; false: none. */
static inline bool
fair_lists_of(const struct fair_lists *l, uint32_t drawer, uint32_t *from, uint32_t *to)
{
    uint32_t k;

    if (!(l->groups[drawer / 64].full >> drawer % 64 & 1)) return false;
    k = fair_lists_rank(l, drawer);
    *from = l->first[k];
    *to = l->first[k + 1];
    return true;
}

/* Bytes of groups and `first`, which are verified when a segment is opened, and of the rest. */
size_t fair_lists_head_bytes(uint64_t n_full);
size_t fair_lists_bytes(uint64_t n_parts);
/* See lists where they lie: `head` and `body` have as many bytes as these say and are aligned to 8.  FAIR_CORRUPT unless every
 * list lies inside. */
fair_status fair_lists_see(const void *head, const void *body, uint64_t n_parts, uint64_t n_full, struct fair_lists *out,
                           struct fair_err *err) FAIR_MUST_CHECK;
/* Are all parts as they were written?  Reads everything. */
fair_status fair_lists_verify(const struct fair_lists *l, struct fair_err *err) FAIR_MUST_CHECK;
/* Take the codes of work number `work`, whose listed record is *r, out of the lists, into the arena. */
fair_status fair_lists_take(const struct fair_lists *l, uint32_t work, struct fair_record *r, struct fair_arena *a, struct fair_err *err) FAIR_MUST_CHECK;

/* Works on their way into a listed segment, in its order: records with their codes, or listed ones of a segment that has them. */
struct fair_listing { struct fair_record record; const struct fair_lists *from; uint32_t number; };

/* Where each part goes, part by part of all works, and in the two highest bits by which turn: made once, then written. */
#define FAIR_LISTS_PARTS (1u << 30)
static inline uint32_t fair_lists_place(uint32_t planned) { return planned & (FAIR_LISTS_PARTS - 1); }
struct fair_lists_plan {
    uint32_t n_parts, n_full, *place;
    struct fair_lists_group *groups;
    uint32_t *first;
};
fair_status fair_lists_plan(const struct fair_listing *v, size_t n, struct fair_lists_plan *out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_lists_plan_free(struct fair_lists_plan *p);
/* Write the body at offset `at` of the file `fd`; false with errno set where that fails. */
bool fair_lists_write(const struct fair_listing *v, size_t n, const struct fair_lists_plan *p, int fd, uint64_t at);

#endif
