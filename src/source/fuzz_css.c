/* source/fuzz_css.c - any bytes as a style sheet; what is found survives packing. */
#include <stdlib.h>
#include "source/links.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_links links, back;

    if (fair_links_css(a, (fair_str){ (const char *)data, size }, FAIR_STR("http://example.com/s/main.css"), &links, NULL) != FAIR_OK) return 0;
    if (fair_links_unpack(a, fair_links_pack(a, &links), &back, NULL) != FAIR_OK) abort();
    if (back.n != links.n || back.n_sheets != links.n_sheets) abort();
    return 0;
}
