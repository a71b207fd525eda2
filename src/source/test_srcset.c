/* source/test_srcset.c - the srcset attribute, by the standard and leniently. */
#include "base/test.h"
#include "source/links.h"

/* "url descriptor|url descriptor!" with '!' for an invalid one. */
static void
check(const char *text, bool lenient, const char *want)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 4096);
    struct fair_srcset_candidate *v;
    size_t n;

    fair_srcset_parse(a, fair_str_of(text), lenient, &v, &n);
    fair_buf_c(&b, "");
    for (size_t i = 0; i < n; i++)
        fair_buf_fmt(&b, "%s%.*s %.*s%s", i > 0 ? "|" : "", FAIR_STR_ARG(v[i].url), FAIR_STR_ARG(v[i].descriptor), v[i].invalid ? "!" : "");
    assert_string_equal(b.p, want);
}

TEST(candidates_end_at_commas_and_urls_keep_theirs)
{
    check("a.png, b.png 2x", false, "a.png |b.png 2x");
    check(" , a.png 100w 50h ,, b,c.png\t1.5x", false, "a.png 100w 50h|b,c.png 1.5x");
    check("a.png,, b.png", false, "a.png |b.png ");
    check("data:image/gif;base64,R0l 1x", false, "data:image/gif;base64,R0l 1x");
    check("", false, "");
    check("a (1x, 2x), b 3x", false, "b 3x");
}

TEST(what_browsers_drop_is_dropped_unless_we_are_lenient)
{
    check("a 1w 2w, b 0w, c -1x, d +1x, e 1.x, f 1x 1w, g 5h, h .5x, i -0x, j 1e3x", false, "h .5x|i -0x|j 1e3x");
    check("a 1w 2w, b x, c", true, "a 1w 2w!|b x!|c ");
    check("a foo(, b 1x), c 2x", true, "a foo(, b 1x)!|c 2x");
}

FAIR_TEST_MAIN
