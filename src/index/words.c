/* Which words of the vocabulary a code is nearest to. */
#include <pthread.h>
#include <string.h>
#include "fingerprint/kernels_parts.h"
#include "index/words.h"

static uint64_t all[FAIR_WORDS][4];
static pthread_once_t made = PTHREAD_ONCE_INIT;

static void
make(void)
{
    for (size_t i = 0; i < FAIR_WORDS; i++) fair_part_code_turn(fair_words_kept[i / 4], (unsigned)(i % 4), all[i]);
}

void
fair_words_of(const uint64_t code[4], unsigned m, uint16_t *out)
{
    uint16_t bits[FAIR_WORDS];
    uint32_t best[16];
    unsigned n = 0;

    pthread_once(&made, make);
    fair_parts_kernels()->far(code, all[0], FAIR_WORDS, bits);
    if (m > 16) m = 16;
    for (uint32_t i = 0; i < FAIR_WORDS; i++) {
        uint32_t key = (uint32_t)bits[i] << 16 | i;
        unsigned at;
        // cppcheck-suppress uninitvar ; best[0 .. n - 1] are set
        if (n == m && key >= best[n - 1]) continue;
        at = n < m ? n++ : n - 1;
        while (at > 0 && best[at - 1] > key) { best[at] = best[at - 1]; at--; }
        best[at] = key;
    }
    for (unsigned i = 0; i < m; i++) out[i] = (uint16_t)best[i];
}

uint16_t
fair_word_of(const uint64_t code[4])
{
    uint16_t w;

    fair_words_of(code, 1, &w);
    return w;
}
