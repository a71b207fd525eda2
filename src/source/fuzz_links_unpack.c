/* source/fuzz_links_unpack.c - any bytes as the helper's message; what is taken packs to the same bytes. */
#include <stdlib.h>
#include <string.h>
#include "source/links.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_links links, back;

    if (fair_links_unpack(a, (fair_str){ (const char *)data, size }, &links, NULL) != FAIR_OK) return 0;
    if (fair_links_unpack(a, fair_links_pack(a, &links), &back, NULL) != FAIR_OK) abort();
    if (back.n != links.n || back.n_pages != links.n_pages || back.n_sheets != links.n_sheets) abort();
    return 0;
}
