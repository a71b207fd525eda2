/* index/kernels_drawers.h - the inner loops of finding drawers and looking through them.  Integer arithmetic: every variant
 * gives the same numbers in the same order; the plain one is the meaning. */
#ifndef FAIR_KERNELS_DRAWERS_H
#define FAIR_KERNELS_DRAWERS_H
#include <stddef.h>
#include <stdint.h>

/* A part as a list has it, in 28 bytes that lie together, for where the next list lies is without order: its code, turned and folded
 * (drawers.h), and whose it is (lists.h). */
struct fair_kept { uint64_t high[2], low; uint32_t listed; } __attribute__((packed, aligned(4)));

struct fair_drawers_kernels {
    const char *name;
    /* Of 8 n codes of 128 bits (n: 1 .. 256; eight make a block: their first words, then their second ones), those whose bits
     * from `code` are at most `slack` more than those of the nearest: numbers and bits more than it, in order; how many. */
    size_t (*nearly)(const uint64_t code[2], const uint64_t (*blocks)[2][8], size_t n, unsigned slack, uint16_t *at, uint8_t *more);
    /* Which of n parts are within limit[the turn that they have in the list] bits of `code`, and by their first bits alone within
     * `high_limit`: what is listed and the bits, in order; how many.  Both have room for n. */
    size_t (*near_kept)(const uint64_t code[4], const struct fair_kept *parts, size_t n, unsigned high_limit, const uint16_t limit[4],
                        uint32_t *listed, uint16_t *bits);
};

/* The best that fair_cpu_flags permits. */
const struct fair_drawers_kernels *fair_drawers_kernels(void);
/* Variant i, the plain one first; NULL after the last one that is permitted. */
const struct fair_drawers_kernels *fair_drawers_kernels_at(unsigned i);

#endif
