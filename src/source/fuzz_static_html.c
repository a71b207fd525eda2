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

/* Is there a tag of that name, and not of a longer one? */
static int
has(fair_str out, const char *tag)
{
    size_t n = strlen(tag);

    for (size_t i = 0; i + n <= out.n; i++)
        if (fair_str_eq_nocase((fair_str){ out.p + i, n }, fair_str_of(tag)) &&
            (i + n == out.n || strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", out.p[i + n]) == NULL || out.p[i + n] == '\0')) return 1;
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const never[] = { "<script", "<iframe", "<object", "<embed", "<form", "<base", "<applet" };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str out = fair_static_html(a, (fair_str){ (const char *)data, size }, FAIR_STR("http://www.example.com/a/"), local, NULL), again;

    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (has(out, never[i])) abort();
    again = fair_static_html(a, out, FAIR_STR("http://www.example.com/a/"), local, NULL);
    if (has(again, "<script")) abort();
    return 0;
}
