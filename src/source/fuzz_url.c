/* source/fuzz_url.c - any bytes as a URL, alone and against bases; what was read must read back as itself. */
#include <stdlib.h>
#include "source/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const bases[] = { NULL, "http://user@example.com:8080/a/b/c?q#f", "file:///C:/x/y", "mailto:a", "web+x:/p//q" };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        struct fair_url base, u, again;
        fair_str c;
        if (bases[i] != NULL && fair_url_parse(a, fair_str_of(bases[i]), NULL, &base, NULL) != FAIR_OK) abort();
        if (fair_url_parse(a, (fair_str){ (const char *)data, size }, bases[i] != NULL ? &base : NULL, &u, NULL) != FAIR_OK) continue;
        if (u.href.n > FAIR_URL_MAX) continue;
        if (fair_url_parse(a, u.href, NULL, &again, NULL) != FAIR_OK || !fair_str_eq(u.href, again.href)) abort();
        c = fair_url_canonical(a, &u);
        fair_url_surt(a, &u);
        fair_url_registrable(a, &u);
        fair_url_origin(a, &u);
        if (c.n <= FAIR_URL_MAX && !u.opaque && fair_url_parse(a, c, NULL, &again, NULL) != FAIR_OK) abort();
    }
    return 0;
}
