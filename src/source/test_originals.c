/* source/test_originals.c - the larger pictures behind scaled ones. */
#include "base/test.h"
#include "source/originals.h"

static void
check(const char *url, const char *want)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 8192);
    fair_str v[FAIR_ORIGINALS];
    size_t n = fair_url_originals(a, fair_str_fmt(a, "http://example.com%s", url), v);

    fair_buf_c(&b, "");
    for (size_t i = 0; i < n; i++) fair_buf_fmt(&b, "%s%.*s", i > 0 ? " " : "", (int)v[i].n - 18, v[i].p + 18);
    if (strcmp(b.p, want) != 0) fail_msg("%s: \"%s\", not \"%s\"", url, b.p, want);
}

TEST(a_size_before_the_extension_is_taken_off)
{
    check("/up/hill-300x200.jpg", "/up/hill.jpg");
    check("/up/hill-scaled.jpg", "/up/hill.jpg");
    check("/up/hill_1024x.jpg?v=7", "/up/hill.jpg?v=7");
    check("/up/hill_large@2x.png", "/up/hill.png");
    check("/up/123456_m.jpg", "/up/123456.jpg");
}

TEST(parameters_that_scale_are_taken_off_and_others_stay)
{
    check("/p/hill.jpg?w=300&h=200&fit=crop", "/p/hill.jpg");
    check("/p?id=7&width=300", "/p?id=7");
    check("/p/hill-300x200.jpg?resize=300", "/p/hill.jpg /p/hill.jpg?resize=300 /p/hill-300x200.jpg");
}

TEST(folders_of_sizes_and_transformations_are_left_out)
{
    check("/acct/image/upload/w_300,c_fill/q_auto/v12/hill.jpg", "/acct/image/upload/v12/hill.jpg");
    check("/-AbC/s320/hill.jpg", "/-AbC/s0/hill.jpg");
    check("/w/thumb/a/ab/Hill.jpg/300px-Hill.jpg", "/w/a/ab/Hill.jpg");
}

TEST(what_has_no_variant_has_no_other_original)
{
    check("/up/hill.jpg", "");
    check("/300x200.jpg", "");
    check("/my_m.jpg", "");
    check("/2026-10x.jpg", "");
    check("/", "");
}

FAIR_TEST_MAIN
