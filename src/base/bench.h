/* base/bench.h - what benchmarks share: processor time, and numbers that look like chance and are the same in each run. */
#ifndef FAIR_BASE_BENCH_H
#define FAIR_BASE_BENCH_H
#include <stdint.h>
#include <time.h>

/* Processor time of this process, milliseconds: other programs' use of the machine is not in it. */
__attribute__((unused)) static double
ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static uint64_t seed = 88172645463325252u;

/* Marsaglia's xorshift of 64 bits (Journal of Statistical Software 8, 2003). */
__attribute__((unused)) static uint64_t
next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* Turn bits of a code of 256 that are drawn by lot, some more than once. */
__attribute__((unused)) static void
flip(uint64_t code[4], unsigned bits)
{
    for (unsigned i = 0; i < bits; i++) {
        unsigned b = (unsigned)(next() >> 20) & 255;
        code[b / 64] ^= (uint64_t)1 << (b % 64);
    }
}

#endif
