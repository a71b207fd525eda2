/* Which words of the vocabulary a code is nearest to. */
#include <pthread.h>
#include "fingerprint/kernels_parts.h"
#include "index/words.h"

static uint64_t all[FAIR_WORDS / 8][4][8];      /* as the kernel wants them */
static pthread_once_t made = PTHREAD_ONCE_INIT;

static void
make(void)
{
    for (size_t i = 0; i < FAIR_WORDS; i++) {
        uint64_t code[4];
        fair_part_code_turn(fair_words_kept[i / 4], (unsigned)(i % 4), code);
        for (size_t w = 0; w < 4; w++) all[i / 8][w][i % 8] = code[w];
    }
}

void
fair_words_of(const uint64_t code[4], unsigned m, uint16_t *out)
{
    uint32_t best[16];

    pthread_once(&made, make);
    if (m > 16) m = 16;
    fair_parts_kernels()->nearest(code, (const uint64_t (*)[4][8])all, FAIR_WORDS / 8, m, best);
    for (unsigned i = 0; i < m; i++) out[i] = (uint16_t)best[i];
}

uint16_t
fair_word_of(const uint64_t code[4])
{
    uint16_t w;

    fair_words_of(code, 1, &w);
    return w;
}
