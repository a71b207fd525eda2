/* source/fuzz_srcset.c - any bytes as a srcset; the lenient reading holds the strict one. */
#include <stdlib.h>
#include "source/links.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_srcset_candidate *strict, *lenient;
    fair_str text = { (const char *)data, size };
    size_t n, m, k = 0;

    fair_srcset_parse(a, text, false, &strict, &n);
    fair_srcset_parse(a, text, true, &lenient, &m);
    for (size_t i = 0; i < m; i++) {
        if (lenient[i].invalid) continue;
        if (k >= n || lenient[i].url.p != strict[k].url.p) abort();
        k++;
    }
    if (m < 10000 && k != n) abort();
    return 0;
}
