/* Which drawers a code may be in. */
#include <pthread.h>
#include <string.h>
#include "index/drawers.h"
#include "index/kernels_drawers.h"

#define BLOCKS (FAIR_HALF_WORDS / 8)

/* All half words, in blocks of eight as the kernel wants them. */
static uint64_t words[2][BLOCKS][2][8];
static pthread_once_t made = PTHREAD_ONCE_INIT;

static void
make(void)
{
    for (int h = 0; h < 2; h++)
        for (size_t i = 0; i < FAIR_HALF_WORDS; i++) {
            uint64_t code[4], turned[4], half[2];
            fair_half_put(fair_halves_kept[h][i / 4], (enum fair_half)h, code);
            fair_part_code_turn(code, (unsigned)(i % 4), turned);
            fair_half_of(turned, (enum fair_half)h, half);
            for (int w = 0; w < 2; w++) words[h][i / 8][w][i % 8] = half[w];
        }
}

static size_t
words_near(const uint64_t code[4], enum fair_half half, unsigned slack, uint16_t *at, uint8_t *more)
{
    uint64_t h[2];

    pthread_once(&made, make);
    fair_half_of(code, half, h);
    return fair_drawers_kernels()->nearly(h, (const uint64_t (*)[2][8])words[half], BLOCKS, slack, at, more);
}

/* Of the outer half's word its turn, and of the inner one's what that makes of it. */
static struct fair_drawer
drawer(unsigned outer, unsigned inner)
{
    return (struct fair_drawer){ outer / 4 * FAIR_HALF_WORDS + (inner % 4 ^ outer % 4) * FAIR_HALVES_KEPT + inner / 4, (uint8_t)(outer % 4) };
}

#define TOGETHER 32           /* codes for which the half words are gone through before the next */

void
fair_drawers_of(const uint64_t *codes, size_t n, struct fair_drawer *out)
{
    pthread_once(&made, make);
    for (size_t from = 0, m; from < n; from += m) {
        uint16_t at[2][TOGETHER];
        m = n - from < TOGETHER ? n - from : TOGETHER;
        for (int h = 0; h < 2; h++) {
            uint64_t halves[TOGETHER][2];
            for (size_t i = 0; i < m; i++) fair_half_of(codes + 4 * (from + i), (enum fair_half)h, halves[i]);
            fair_drawers_kernels()->nearest((const uint64_t (*)[2])halves, m, (const uint64_t (*)[2][8])words[h], BLOCKS, at[h]);
        }
        for (size_t i = 0; i < m; i++) out[from + i] = drawer(at[FAIR_OUTER][i], at[FAIR_INNER][i]);
    }
}

/* Half words in the order of their bits: those with b bits more than the nearest are at[first[b]] to at[first[b + 1]]. */
struct near { uint16_t at[FAIR_HALF_WORDS], first[FAIR_DRAWERS_SLACK + 2]; };

static void
sort_near(const uint64_t code[4], enum fair_half half, struct near *out)
{
    uint16_t at[FAIR_HALF_WORDS], to[FAIR_DRAWERS_SLACK + 1];
    uint8_t more[FAIR_HALF_WORDS];
    size_t n = words_near(code, half, FAIR_DRAWERS_SLACK, at, more);

    memset(out->first, 0, sizeof out->first);
    for (size_t i = 0; i < n; i++) out->first[more[i] + 1]++;
    for (size_t b = 0; b <= FAIR_DRAWERS_SLACK; b++) {
        out->first[b + 1] = (uint16_t)(out->first[b + 1] + out->first[b]);
        to[b] = out->first[b];
    }
    for (size_t i = 0; i < n; i++) out->at[to[more[i]]++] = at[i];
}

size_t
fair_drawers_near(const uint64_t code[4], size_t most, struct fair_drawer *out)
{
    struct near outer, inner;
    size_t n = 0;

    sort_near(code, FAIR_OUTER, &outer);
    sort_near(code, FAIR_INNER, &inner);
    for (size_t sum = 0; sum <= FAIR_DRAWERS_SLACK; sum++)
        for (size_t a = 0; a <= sum; a++)
            for (size_t i = outer.first[a]; i < outer.first[a + 1]; i++)
                for (size_t k = inner.first[sum - a]; k < inner.first[sum - a + 1]; k++) {
                    if (n == most) return n;
                    out[n++] = drawer(outer.at[i], inner.at[k]);
                }
    return n;
}
