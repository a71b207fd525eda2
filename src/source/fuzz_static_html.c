/* source/fuzz_static_html.c - any bytes as a page; nothing that runs or reaches out may be left. */
#include <stdlib.h>
#include <string.h>
#include "source/static_html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *
local(void *arg, fair_str url)
{
    (void)arg;
    return url.n % 2 == 0 ? "r1" : NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const never[] = { "<script", "<SCRIPT", "<iframe", "<object", "<embed", "<form", "<base", "<meta http" };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str out = fair_static_html(a, (fair_str){ (const char *)data, size }, FAIR_STR("http://www.example.com/a/"), local, NULL), again;

    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (memmem(out.p, out.n, never[i], strlen(never[i])) != NULL) abort();
    again = fair_static_html(a, out, FAIR_STR("http://www.example.com/a/"), local, NULL);
    if (memmem(again.p, again.n, "<script", 7) != NULL) abort();
    return 0;
}
