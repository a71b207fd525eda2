/* fuzz_c2pa.c - content credentials in a file from anywhere. */
#include <stdint.h>
#include "image/codecs/c2pa.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_c2pa c;

    fair_c2pa_read(bytes, n, 1790000000 * FAIR_SECOND, a, &c);
    (void)fair_c2pa_words(a, &c);
    return 0;
}
