/* image/codecs/fuzz_rights.c - any bytes to what they say of their rights. */
#include <stdlib.h>
#include "base/mem.h"
#include "image/codecs/codecs.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_rights r;
    const fair_str *all[] = { &r.creator, &r.copyright, &r.credit, &r.date, &r.rights_url, &r.licensor, &r.title, &r.c2pa };

    if (fair_rights_read(bytes, n, a, &r, NULL) != FAIR_OK) return 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i]->n > 4096 + 64 || !fair_utf8_valid(*all[i])) abort();
    return 0;
}
