/* index/seek.h - what is near to a query's parts in listed segments (lists.h), by their drawers or by comparing everything.
 * Private to index: the stage of parts asks, votes and maps with what is found. */
#ifndef FAIR_SEEK_H
#define FAIR_SEEK_H
#include "index/kernels_drawers.h"
#include "index/search.h"

#define FAIR_SEEK_NEAR 70     /* bits within which two codes may be the same spot */

/* A work that is compared in full: its number and its parts, in one drawer. */
struct fair_full { uint32_t number; struct fair_lists parts; };

/* All shelves as one: shelf k's work i is number before[k] + i.  `made`: works on those whose lists are made in memory; the other
 * shelves, from v[n_made] on, are of listed segments.  `full`: works on these that are compared in full, n_full of them; `in_full`: of these the one
 * that the search names (search.h), or FAIR_NO_WORK. */
#define FAIR_NO_WORK UINT32_MAX
struct fair_shelves {
    const struct fair_shelf **v;
    uint32_t *before;
    size_t n, n_made;
    uint32_t works, made;
    const struct fair_full *full;
    size_t n_full;
    uint32_t in_full;
};

/* A pairing of a work's part with a query's: 16 bytes, for there are many. */
struct fair_found {
    uint32_t work;
    float weight;
    uint16_t query;
    uint8_t part, turn, bits, size, angle;       /* size, angle: the bins voted for; size SIZES: out of all bounds */
};
struct fair_founds { struct fair_found *v; size_t n, room; };

/* Room for `more` pairings behind those that are there. */
static inline struct fair_found *
fair_founds_room(struct fair_founds *f, size_t more)
{
    if (f->n + more > f->room) {
        f->room = 2 * (f->n + more) + 4096;
        f->v = fair_xrealloc(f->v, f->room * sizeof *f->v);
    }
    return f->v + f->n;
}

/* A part of the query under each turn. */
struct fair_asked { uint64_t code[4][4]; };

/* What was found so far for a part, by the turn that a pairing needs; as a tally, but always as narrow as can be. */
struct fair_sofar { uint16_t limit[4]; uint32_t count[4][FAIR_SEEK_NEAR + 1]; size_t sum[4]; };

#define FAIR_SEEK_RUN 256     /* pairs that are compared at once */

/* What is sought in listed segments: parts of the query, and what was found for them so far, in no order. */
struct fair_seeking {
    const struct fair_shelves *s;
    uint32_t from, n;         /* the query's parts `from` on                                         */
    size_t cap;
    struct fair_asked *asked;
    struct fair_sofar *sofar;
    struct fair_founds found;
    struct fair_pair pairs[FAIR_SEEK_RUN];       /* near by their first bits: they are compared by all bits some later, when the rest was fetched */
    struct { uint16_t i; uint8_t turn; uint32_t before; } of[FAIR_SEEK_RUN];
    size_t n_pairs;
};

/* Begin to seek the query's parts `from` to before `to`, of which for each turn `cap` are to be kept that are within `limit` bits.  The caller frees it. */
struct fair_seeking *fair_seek(const struct fair_shelves *s, const struct fair_fingerprint *fp, uint32_t from, uint32_t to, size_t cap, unsigned limit);
void fair_seeking_free(struct fair_seeking *k);
/* Look into the drawers where they may be. */
void fair_seek_in_drawers(struct fair_seeking *k, const struct fair_fingerprint *fp);
/* Forget what was found, but not how near it was: what is farther than that is not kept, whatever else is found. */
void fair_seek_anew(struct fair_seeking *k);
/* Seek by comparing every part of the lists with every other: what the drawers are measured by, `exactly`, and how a few works are looked at again, as
 * drawers are: by first bits before all bits.  `before`: the number of the lists' first work; `turns`: bit t is set where the query's parts are to be
 * compared under turn t. */
#define FAIR_SEEK_TURNS 15    /* all */
void fair_seek_everywhere(struct fair_seeking *k, const struct fair_lists *l, uint32_t before, unsigned turns, bool exactly);
/* Seek all parts of the works that are compared in full, in the place of what was found of them so far: what is farther than what was kept of the others is passed over as in drawers. */
void fair_seek_in_full(struct fair_seeking *k);
/* Put what was found in order of the query's parts; those of part `from` + i begin at first[i], for which there is room for one more than were sought. */
void fair_seek_by_part(struct fair_seeking *k, uint32_t *first);

#endif
