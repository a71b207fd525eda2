/* Codes cut into halves, and folded into three words. */
#include "index/drawers.h"
#include "index/kernels_drawers.h"

/* The bytes of the columns 0 and 3 of two rows of four, or of 1 and 2. */
static uint64_t
outer_of(uint64_t w)
{
    return (w & 0xff) | (w >> 16 & 0xffff00) | (w >> 32 & 0xff000000);
}

static uint64_t
inner_of(uint64_t w)
{
    return (w >> 8 & 0xffff) | (w >> 24 & 0xffff0000);
}

void
fair_half_of(const uint64_t code[4], enum fair_half half, uint64_t out[2])
{
    for (int p = 0; p < 2; p++)
        out[p] = half == FAIR_OUTER ? outer_of(code[2 * p]) | outer_of(code[2 * p + 1]) << 32 : inner_of(code[2 * p]) | inner_of(code[2 * p + 1]) << 32;
}

void
fair_half_put(const uint64_t half[2], enum fair_half which, uint64_t code[4])
{
    for (int w = 0; w < 4; w++) {
        uint64_t h = half[w / 2] >> 32 * (w % 2) & 0xffffffff;
        code[w] = which == FAIR_OUTER ? (h & 0xff) | (h & 0xffff00) << 16 | (h & 0xff000000) << 32 : (h & 0xffff) << 8 | (h & 0xffff0000) << 24;
    }
}

struct fair_folded
fair_code_fold(const uint64_t code[4])
{
    return (struct fair_folded){ { code[0], code[1] }, fair_drawers_kernels()->fold(code) };
}

void
fair_code_unfold(struct fair_folded f, uint64_t code[4])
{
    fair_drawers_kernels()->unfold(f.high, f.low, code);
}
