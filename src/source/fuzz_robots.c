/* source/fuzz_robots.c - any bytes as a robots.txt. */
#include "source/robots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str body = { (const char *)data, size };
    struct fair_robots *r = fair_robots_parse(a, body);
    const fair_str *maps;

    fair_robots_allows(r, FAIR_STR("Fairtrack"), FAIR_STR("http://example.com/a/b.html?c=d"));
    fair_robots_allows(r, FAIR_STR("Mozilla/5.0 (compatible; FairBot/1.0)"), body);
    fair_robots_delay(r, FAIR_STR("Fairtrack"));
    fair_robots_sitemaps(r, &maps);
    return 0;
}
