/* Which words of the vocabulary a code is nearest to. */
#include <pthread.h>
#include "fingerprint/kernels_parts.h"
#include "index/words.h"

/* In blocks of eight, as the kernels want them: all words, the kept ones, and those about each family's kept one. */
static uint64_t all[FAIR_WORDS / 8][4][8], kept[FAIR_FAMILIES / 8][4][8], about[FAIR_FAMILIES][2][4][8];
static pthread_once_t made = PTHREAD_ONCE_INIT;

static void
make(void)
{
    for (size_t i = 0; i < FAIR_WORDS; i++) {
        uint64_t code[4];
        fair_part_code_turn(fair_words_kept[i / 4], (unsigned)(i % 4), code);
        for (size_t w = 0; w < 4; w++) all[i / 8][w][i % 8] = code[w];
        if (i % 4 == 0)
            for (size_t w = 0; w < 4; w++) kept[i / 32][w][i / 4 % 8] = code[w];
    }
    for (size_t f = 0; f < FAIR_FAMILIES; f++) {
        uint32_t near[FAIR_SIDES + 1];            /* the first is the word itself */
        fair_parts_kernels()->nearest(fair_words_kept[f], (const uint64_t (*)[4][8])all, FAIR_WORDS / 8, FAIR_SIDES + 1, near);
        for (size_t i = 0; i < FAIR_SIDES; i++) {
            size_t word = near[i + 1] & 0xffff;
            for (size_t w = 0; w < 4; w++) about[f][i / 8][w][i % 8] = all[word / 8][w][word % 8];
        }
        /* the sixteenth place is empty: it is made as far from anything as the first side's opposite, and never told */
        for (size_t w = 0; w < 4; w++) about[f][1][w][7] = ~about[f][0][w][0];
    }
}

void
fair_word_sides(const uint64_t turned[4], unsigned family, unsigned m, uint8_t *sides)
{
    uint32_t best[16];
    unsigned n = 0;

    pthread_once(&made, make);
    if (m > FAIR_SIDES) m = FAIR_SIDES;
    fair_parts_kernels()->nearest(turned, (const uint64_t (*)[4][8])about[family], 2, m + 1, best);
    for (unsigned i = 0; i <= m && n < m; i++)
        if ((best[i] & 0xffff) < FAIR_SIDES) sides[n++] = (uint8_t)best[i];
}

/* A word's turn is as far from a code as the word from the code turned so. */
void
fair_words_of(const uint64_t code[4], unsigned m, uint16_t *out)
{
    uint64_t turned[4][4];
    uint32_t best[16];

    pthread_once(&made, make);
    if (m > 16) m = 16;
    for (unsigned t = 0; t < 4; t++) fair_part_code_turn(code, t, turned[t]);
    fair_parts_kernels()->nearest4((const uint64_t (*)[4])turned, (const uint64_t (*)[4][8])kept, FAIR_FAMILIES / 8, m, best);
    for (unsigned i = 0; i < m; i++) out[i] = (uint16_t)best[i];
}

uint16_t
fair_word_of(const uint64_t code[4])
{
    uint16_t w;

    fair_words_of(code, 1, &w);
    return w;
}
