/* source/test_links.c - the links of style sheets, and the message that carries links. */
#include "base/test.h"
#include "source/links.h"

static void
check_css(const char *css, const char *want)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 1 << 16);
    struct fair_links l;

    CHECK_OK(fair_links_css(a, fair_str_of(css), FAIR_STR("http://example.com/css/x.css"), &l, why));
    fair_buf_c(&b, "");
    for (size_t i = 0; i < l.n; i++) fair_buf_fmt(&b, "%s%.*s", i > 0 ? " " : "", FAIR_STR_ARG(l.v[i].url));
    for (size_t i = 0; i < l.n_sheets; i++) fair_buf_fmt(&b, " @%.*s", FAIR_STR_ARG(l.sheets[i]));
    assert_string_equal(b.p, want);
}

TEST(url_functions_are_found_however_they_are_written)
{
    check_css("a{background:url(a.png)} b{background:URL( 'b\\.png' )} c{list-style:url(\"c(1).png\") x}",
              "http://example.com/css/a.png http://example.com/css/b.png http://example.com/css/c(1).png");
    check_css("a{background:url(\\61 b\\000063.png)}", "http://example.com/css/abc.png");
    check_css("a{background:url(../p.png),url(//cdn.example.net/q.png#x)}", "http://example.com/p.png http://cdn.example.net/q.png");
    check_css("a{b:url(data:image/gif;base64,R0lGODlhAQABAAAAACw=)}", "data:image/gif;base64,R0lGODlhAQABAAAAACw=");
}

TEST(an_image_set_gives_each_of_its_pictures)
{
    check_css("a{b:image-set('1.png' 1x, url(2.png) 2x, \"3.avif\" type('image/avif'))} c{d:'4.png'}",
              "http://example.com/css/1.png http://example.com/css/2.png http://example.com/css/3.avif");
}

TEST(comments_fonts_namespaces_and_broken_urls_name_no_picture)
{
    check_css("/* url(a.png) */ @font-face{src:url(f.woff)} @namespace url(http://example.com/ns); a{b:url(c d.png)} e{f:url(#g)} h{i:url(j.png)}",
              "http://example.com/css/j.png");
    check_css("a{content:\"url(x.png)\"} b{c:url(", "");
}

TEST(imported_sheets_are_sheets)
{
    check_css("@import 'a.css'; @import url(b.css) screen; a{b:url(c.png)}",
              "http://example.com/css/c.png @http://example.com/css/a.css @http://example.com/css/b.css");
}

static const struct fair_link one = { .url = { "http://example.com/a.png", 24 }, .via = { "img", 3 }, .tag = { "img", 3 }, .attr = { "src", 3 },
                                      .value = { "a.png", 5 }, .alt = { "caf\xc3\xa9", 5 } };

TEST(links_come_out_of_the_message_as_they_went_in)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_link v[2] = { one, one };
    fair_str page = FAIR_STR("http://example.com/p"), sheet = FAIR_STR("https://example.com/s");
    struct fair_links in = { .base = FAIR_STR("http://example.com/"), .title = FAIR_STR("T"), .v = v, .n = 2, .pages = &page, .n_pages = 1,
                             .sheets = &sheet, .n_sheets = 1, .noindex = true, .tdm_reserved = true, .rights_notice = FAIR_STR("(c) me") };
    struct fair_links out;

    v[1].url = v[1].value = FAIR_STR("data:image/png,x");
    v[1].via = FAIR_STR("data");
    CHECK_OK(fair_links_unpack(a, fair_links_pack(a, &in), &out, why));
    CHECK_EQ(out.n, 2);
    CHECK_STR(out.v[0].url, "http://example.com/a.png");
    CHECK_STR(out.v[0].alt, "caf\xc3\xa9");
    CHECK(out.v[0].license.p == NULL);
    CHECK_STR(out.v[1].value, "data:image/png,x");
    CHECK_STR(out.pages[0], "http://example.com/p");
    CHECK_STR(out.sheets[0], "https://example.com/s");
    CHECK(out.noindex && out.tdm_reserved && !out.nofollow && !out.truncated);
    CHECK_STR(out.rights_notice, "(c) me");
    CHECK(out.rights_credit.p == NULL);
}

TEST(a_message_that_lies_is_refused_wherever_it_lies)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_link v[1] = { one };
    struct fair_links in = { .base = FAIR_STR("http://example.com/"), .v = v, .n = 1 }, out;
    fair_str good = fair_links_pack(a, &in);
    char *bytes = fair_alloc(a, good.n + 1);

    memcpy(bytes, good.p, good.n);
    for (size_t n = 0; n < good.n; n++) CHECK_EQ(fair_links_unpack(a, (fair_str){ bytes, n }, &out, NULL), FAIR_CORRUPT);
    CHECK_EQ(fair_links_unpack(a, (fair_str){ bytes, good.n + 1 }, &out, NULL), FAIR_CORRUPT);
    v[0].url = FAIR_STR("file:///etc/passwd");
    CHECK_EQ(fair_links_unpack(a, fair_links_pack(a, &in), &out, NULL), FAIR_CORRUPT);
    v[0].url = FAIR_STR("http://example.com/a\nb");
    CHECK_EQ(fair_links_unpack(a, fair_links_pack(a, &in), &out, NULL), FAIR_CORRUPT);
    v[0] = one;
    v[0].via = FAIR_STR("magic");
    CHECK_EQ(fair_links_unpack(a, fair_links_pack(a, &in), &out, NULL), FAIR_CORRUPT);
    v[0] = one;
    v[0].alt = FAIR_STR("\xff");
    CHECK_EQ(fair_links_unpack(a, fair_links_pack(a, &in), &out, NULL), FAIR_CORRUPT);
    v[0] = one;
    in.n = 1;
    CHECK_OK(fair_links_unpack(a, fair_links_pack(a, &in), &out, why));
}

FAIR_TEST_MAIN
