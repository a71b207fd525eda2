/* source/fuzz_sitemap.c - any bytes as a sitemap and as a feed. */
#include <stdlib.h>
#include "source/sitemap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct fair_sitemap *m)
{
    for (size_t i = 0; i < m->n; i++) {
        if (m->v[i].loc.p == NULL && m->v[i].n_images == 0) abort();
        if (m->v[i].loc.p != NULL && !fair_str_starts(m->v[i].loc, FAIR_STR("http"))) abort();
        for (size_t k = 0; k < m->v[i].n_images; k++)
            if (!fair_str_starts(m->v[i].images[k], FAIR_STR("http"))) abort();
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str bytes = { (const char *)data, size };
    struct fair_sitemap m;

    if (fair_sitemap_read(a, bytes, FAIR_STR("http://example.com/sitemap.xml"), &m, NULL) == FAIR_OK) check(&m);
    if (fair_feed_read(a, bytes, (fair_str){ NULL, 0 }, &m, NULL) == FAIR_OK) check(&m);
    return 0;
}
