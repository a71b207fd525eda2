/* source/fuzz_html.c - any bytes as a page, in several encodings; what is found survives packing. */
#include <stdlib.h>
#include "source/links.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const charsets[] = { NULL, "utf-16", "gb18030", "windows-1252" };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) {
        struct fair_links links, back;
        if (fair_links_html(a, (fair_str){ (const char *)data, size }, FAIR_STR("http://example.com/a/b.html"), fair_str_of(charsets[i]), &links, NULL) != FAIR_OK)
            abort();
        if (fair_links_unpack(a, fair_links_pack(a, &links), &back, NULL) != FAIR_OK) abort();
        if (back.n != links.n || back.n_pages != links.n_pages || back.n_sheets != links.n_sheets) abort();
    }
    return 0;
}
