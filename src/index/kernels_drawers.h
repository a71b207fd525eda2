/* index/kernels_drawers.h - the inner loops of finding drawers and looking through them.  Integer arithmetic: every variant
 * gives the same numbers in the same order; the plain one is the meaning. */
#ifndef FAIR_KERNELS_DRAWERS_H
#define FAIR_KERNELS_DRAWERS_H
#include <stddef.h>
#include <stdint.h>

/* Within how many bits the first bits of codes are that differ in so many bits: about .6 of these are first ones; in 1 of 100 pairs 5 more
 * than that. */
static inline unsigned fair_high_bits(unsigned bits) { return bits * 6 / 10 + 6; }

/* A part as a list has it beside its first bits, which lie in two columns of their own, to be compared before anything else: its second bits,
 * turned and folded (drawers.h), and whose it is (lists.h). */
struct fair_kept { uint64_t low; uint32_t listed; } __attribute__((packed, aligned(4)));

/* A code, and what it is compared with. */
struct fair_pair { const uint64_t *code; uint64_t high[2]; const struct fair_kept *kept; };

struct fair_drawers_kernels {
    const char *name;
    /* Of 8 n codes of 128 bits (n: 1 .. 256; eight make a block: their first words, then their second ones), those whose bits
     * from `code` are at most `slack` more than those of the nearest: numbers and bits more than it, in order; how many. */
    size_t (*nearly)(const uint64_t code[2], const uint64_t (*blocks)[2][8], size_t n, unsigned slack, uint16_t *at, uint8_t *more);
    /* Of the same, for each of m codes the nearest one's number: of several the first. */
    void (*nearest)(const uint64_t (*codes)[2], size_t m, const uint64_t (*blocks)[2][8], size_t n, uint16_t *at);
    /* Which of n parts are within `limit` bits of the first two words of `code` by their own, in order; how many. */
    size_t (*highs)(const uint64_t code[2], const uint64_t *first, const uint64_t *second, size_t n, unsigned limit, uint32_t *at);
    /* The bits in which the two of each of n pairs differ. */
    void (*bits)(const struct fair_pair *pairs, size_t n, uint16_t *bits);
    /* The second bits of a code where the first ones are set, in order: 64 at most. */
    uint64_t (*fold)(const uint64_t code[4]);
    /* And the code that its first bits and these make. */
    void (*unfold)(const uint64_t high[2], uint64_t low, uint64_t code[4]);
};

/* The best that fair_cpu_flags permits. */
const struct fair_drawers_kernels *fair_drawers_kernels(void);
/* Variant i, the plain one first; NULL after the last one that is permitted. */
const struct fair_drawers_kernels *fair_drawers_kernels_at(unsigned i);

#endif
