/* source/test_robots.c - verdicts of robots.txt files. */
#include "base/test.h"
#include "source/robots.h"

static bool
allows(const char *body, const char *agent, const char *url)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    return fair_robots_allows(fair_robots_parse(a, fair_str_of(body)), fair_str_of(agent), fair_str_of(url));
}

TEST(without_rules_everything_is_allowed)
{
    CHECK(allows("", "Fairtrack", "http://example.com/"));
    CHECK(allows("<html>no such file</html>", "Fairtrack", "http://example.com/x"));
    CHECK(allows("disallow: /\n", "Fairtrack", "http://example.com/"));
    CHECK(allows("user-agent: *\ndisallow:\n", "Fairtrack", "http://example.com/"));
}

TEST(the_longest_rule_wins_and_a_tie_allows)
{
    const char *body = "user-agent: *\ndisallow: /x/\nallow: /x/y\ndisallow: /x/y/z\nallow: /t\ndisallow: /t\n";
    CHECK(!allows(body, "F", "http://example.com/x/a"));
    CHECK(allows(body, "F", "http://example.com/x/y"));
    CHECK(!allows(body, "F", "http://example.com/x/y/z"));
    CHECK(allows(body, "F", "http://example.com/t"));
}

TEST(a_group_of_ones_own_outranks_that_of_everybody_and_groups_are_merged)
{
    const char *body = "User-Agent: *\nDisallow: /\n\nUser-Agent: other\nuser-agent: FAIRTRACK/2.0 hello\nAllow: /a\nDisallow: /b\n"
                       "user-agent: third\ndisallow: /c\nuser-agent: fairtrack\ndisallow: /d\n";
    CHECK(allows(body, "Fairtrack", "http://example.com/x"));
    CHECK(!allows(body, "Fairtrack", "http://example.com/b"));
    CHECK(allows(body, "Fairtrack", "http://example.com/c"));
    CHECK(!allows(body, "Fairtrack", "http://example.com/d"));
    CHECK(!allows(body, "Nobody", "http://example.com/x"));
    CHECK(!allows(body, "Mozilla/5.0 (compatible; Fairtrack/0.1; +http://example.com/)", "http://example.com/d"));
    CHECK(!allows(body, "Fairtrack/0.1 (+http://example.com/)", "http://example.com/d"));
}

TEST(stars_and_the_dollar_are_understood)
{
    const char *body = "user-agent: *\ndisallow: /*.pdf$\ndisallow: /a*b*c\ndisallow: /$\ndisallow: /e$f\n";
    CHECK(!allows(body, "F", "http://example.com/x/y.pdf"));
    CHECK(allows(body, "F", "http://example.com/x/y.pdf?z"));
    CHECK(!allows(body, "F", "http://example.com/axxbxxcxx"));
    CHECK(allows(body, "F", "http://example.com/axxcxxb"));
    CHECK(!allows(body, "F", "http://example.com/"));
    CHECK(allows(body, "F", "http://example.com/q"));
    CHECK(!allows(body, "F", "http://example.com/e$f"));
}

TEST(escapes_of_pattern_and_path_are_compared_as_urls_write_them)
{
    const char *body = "user-agent: *\ndisallow: /caf\xc3\xa9\ndisallow: /x%aa\n";
    CHECK(!allows(body, "F", "http://example.com/caf%C3%A9"));
    CHECK(!allows(body, "F", "http://example.com/x%AA"));
}

TEST(careless_lines_are_read_as_they_were_meant)
{
    CHECK(!allows("\xef\xbb\xbfUser-Agent : F\rDissalow: /\r", "F", "http://example.com/"));
    CHECK(!allows("user agent: f # me\ndisallow /\n", "F", "http://example.com/"));
    CHECK(allows("user-agent: f\nplease disallow all\n", "F", "http://example.com/"));
    CHECK(allows("user-agent: *\nallow: /d/index.html\ndisallow: /\n", "F", "http://example.com/d/"));
}

TEST(the_path_begins_behind_the_host_and_ends_before_the_fragment)
{
    const char *body = "user-agent: *\ndisallow: /a?b\n";
    CHECK(!allows(body, "F", "http://example.com/a?b#c"));
    CHECK(allows(body, "F", "http://example.com/#/a?b"));
    CHECK(!allows("user-agent: *\ndisallow: /\n", "F", "http://example.com"));
}

TEST(a_delay_is_ones_own_or_everybodys)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const struct fair_robots *r = fair_robots_parse(a, FAIR_STR("user-agent: a\nuser-agent: *\ncrawl-delay: 2.5\ndisallow: /x\n"
                                                                "user-agent: b\ncrawl-delay: 10\nuser-agent: c\ndisallow: /y\n"
                                                                "user-agent: d\ncrawl-delay: soon\n"));
    CHECK(fair_robots_delay(r, FAIR_STR("a")) == 2.5);
    CHECK(fair_robots_delay(r, FAIR_STR("zz")) == 2.5);
    CHECK(fair_robots_delay(r, FAIR_STR("B")) == 10);
    CHECK(fair_robots_delay(r, FAIR_STR("c")) == -1);
    CHECK(fair_robots_delay(r, FAIR_STR("d")) == -1);
}

TEST(sitemaps_are_listed_wherever_they_stand)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const fair_str *maps;
    const struct fair_robots *r = fair_robots_parse(a, FAIR_STR("Sitemap: http://example.com/1.xml\nuser-agent: *\nsitemap:http://example.com/2.xml\n"));
    CHECK_EQ(fair_robots_sitemaps(r, &maps), 2);
    CHECK_STR(maps[0], "http://example.com/1.xml");
    CHECK_STR(maps[1], "http://example.com/2.xml");
}

TEST(a_pattern_of_many_stars_is_answered_at_once)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf body = FAIR_BUF(a, 1 << 20), url = FAIR_BUF(a, 1 << 20);
    fair_buf_c(&body, "user-agent: *\ndisallow: /");
    for (int i = 0; i < 4000; i++) fair_buf_c(&body, "*a");
    fair_buf_c(&body, "b\n");
    fair_buf_c(&url, "http://example.com/");
    for (int i = 0; i < 60000; i++) fair_buf_byte(&url, 'a');
    CHECK(fair_robots_allows(fair_robots_parse(a, (fair_str){ body.p, body.n }), FAIR_STR("F"), (fair_str){ url.p, url.n }));
}

FAIR_TEST_MAIN
