/* fuzz_png_join.c - any bytes as a screenshot; what is joined must be a PNG of the height that was promised. */
#include <stdlib.h>
#include "browser/png_join.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str part = { (const char *)data, size }, both[2] = { part, part }, out, again;
    struct fair_png_note note = { "Source", FAIR_STR("http://example.com/") };
    uint32_t w, h, w2, h2;

    if (fair_png_size(part, &w, &h, NULL) != FAIR_OK || (uint64_t)w * h > 1 << 20) return 0;
    if (fair_png_join(a, both, 2, &note, 1, &out, NULL) != FAIR_OK) return 0;
    if (fair_png_size(out, &w2, &h2, NULL) != FAIR_OK || w2 != w || h2 != 2 * h) abort();
    if (fair_png_join(a, &out, 1, NULL, 0, &again, NULL) != FAIR_OK) abort();
    return 0;
}
