/* source/test_sitemap.c - sitemaps and feeds. */
#include "base/test.h"
#include "source/sitemap.h"

typedef fair_status reader(struct fair_arena *a, fair_str bytes, fair_str base, struct fair_sitemap *out, struct fair_err *err);

/* "loc@lastmod[image image]" with the site's http://example.com/ left out; '*' before a sitemap, '+' before the feed itself. */
static void
check(reader *read, fair_str bytes, const char *want)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 1 << 16);
    struct fair_sitemap m;
    size_t site = sizeof "http://example.com/" - 1;

    CHECK_OK(read(a, bytes, FAIR_STR("http://example.com/x.xml"), &m, why));
    fair_buf_c(&b, "");
    for (size_t i = 0; i < m.n; i++) {
        const struct fair_sitemap_entry *e = &m.v[i];
        fair_buf_fmt(&b, "%s%s%s%.*s", i > 0 ? " " : "", e->is_sitemap ? "*" : "", e->is_feed ? "+" : "", e->loc.n > site ? (int)(e->loc.n - site) : 0, e->loc.p + (e->loc.p ? site : 0));
        if (e->lastmod.p != NULL) fair_buf_fmt(&b, "@%.*s", FAIR_STR_ARG(e->lastmod));
        for (size_t k = 0; k < e->n_images; k++)
            fair_buf_fmt(&b, "%s%.*s%s", k == 0 ? "[" : " ", (int)(e->images[k].n - site), e->images[k].p + site, k + 1 == e->n_images ? "]" : "");
    }
    assert_string_equal(b.p, want);
}

TEST(a_sitemap_gives_pages_dates_and_pictures)
{
    check(fair_sitemap_read, FAIR_STR("<?xml version='1.0'?><urlset xmlns:image='x'><url><loc> http://example.com/a?b=1&amp;c=2\n</loc><lastmod>2026-01-02</lastmod>"
        "<image:image><image:loc><![CDATA[http://example.com/1.jpg]]></image:loc><image:title>x</image:title></image:image></url>"
        "<url><loc>/b</loc></url><url><loc>ftp://example.com/c</loc></url></urlset>"), "a?b=1&c=2@2026-01-02[1.jpg] b");
}

TEST(an_index_gives_sitemaps_and_a_list_addresses)
{
    check(fair_sitemap_read, FAIR_STR("<sitemapindex><sitemap><loc>http://example.com/s1.xml.gz</loc></sitemap><sitemap><loc>http://example.com/s2.xml</loc></sitemap></sitemapindex>"),
          "*s1.xml.gz *s2.xml");
    check(fair_sitemap_read, FAIR_STR("\xef\xbb\xbfhttp://example.com/1\r\nnonsense\r\nhttp://example.com/2"), "1 2");
}

TEST(broken_xml_is_read_as_far_as_it_makes_sense)
{
    check(fair_sitemap_read, FAIR_STR("<urlset><url><loc>http://example.com/a</loc></wrong><url><loc>http://example.com/b"), "a");
    check(fair_sitemap_read, FAIR_STR("<!DOCTYPE x [<!ENTITY e \"http://example.com/\">]><urlset><url><loc>http://example.com/&e;</loc></url></urlset>"), "&e;");
    check(fair_sitemap_read, FAIR_STR("<\0u\0r\0l\0s\0e\0t\0>\0<\0u\0r\0l\0>\0<\0l\0o\0c\0>\0/\0a\0<\0/\0l\0o\0c\0>\0<\0/\0u\0r\0l\0>\0"), "a");
}

TEST(what_is_no_sitemap_is_refused)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_sitemap m;
    CHECK_EQ(fair_sitemap_read(a, FAIR_STR("<html><body>404</body></html>"), FAIR_STR(""), &m, NULL), FAIR_INVALID);
    CHECK_EQ(fair_sitemap_read(a, FAIR_STR("\x1f\x8b\x08zzzz"), FAIR_STR(""), &m, NULL), FAIR_CORRUPT);
    CHECK_EQ(fair_feed_read(a, FAIR_STR("hello"), FAIR_STR(""), &m, NULL), FAIR_INVALID);
    CHECK_EQ(fair_feed_read(a, FAIR_STR("{\"a\":1}"), FAIR_STR(""), &m, NULL), FAIR_INVALID);
}

TEST(an_rss_item_gives_its_page_and_every_picture_it_names)
{
    check(fair_feed_read, FAIR_STR("<rss><channel><link>http://example.com/</link><image><url>http://example.com/logo.png</url><link>http://example.com/zz</link></image>"
        "<item><guid>http://example.com/g</guid><link>http://example.com/1</link><pubDate>Mon, 05 Jan 2026 00:00:00 GMT</pubDate>"
        "<enclosure url='http://example.com/e' type='image/jpeg'/><enclosure url='http://example.com/s.mp3' type='audio/mpeg'/>"
        "<media:content url='http://example.com/m' medium='image'><media:thumbnail url='http://example.com/t'/></media:content>"
        "<description>&lt;img src=\"/d.png\" srcset=\"/d2.png 2x\"&gt;</description></item>"
        "<item><guid>http://example.com/2</guid><content:encoded><![CDATA[<p><img src='i.gif'>]]></content:encoded></item></channel></rss>"),
        "+[logo.png] 1@Mon, 05 Jan 2026 00:00:00 GMT[e m t d.png d2.png] 2[i.gif]");
}

TEST(an_atom_entry_gives_its_alternate_link_resolved_against_xml_base)
{
    check(fair_feed_read, FAIR_STR("<feed xml:base='http://example.com/b/'><link rel='self' href='http://example.com/self'/><entry xml:base='c/'>"
        "<link rel='edit' href='http://example.com/edit'/><link href='p'/><updated>2026-01-02T03:04:05Z</updated>"
        "<link rel='enclosure' type='image/png' href='e.png'/><content type='xhtml'><div><img src='i.jpg'/></div></content></entry></feed>"),
        "b/c/p@2026-01-02T03:04:05Z[b/c/e.png b/c/i.jpg]");
}

TEST(a_json_feed_is_a_feed)
{
    check(fair_feed_read, FAIR_STR("{\"icon\":\"/i.png\",\"items\":[{\"id\":\"7\",\"url\":\"http://example.com/1\",\"image\":\"/1.png\","
        "\"attachments\":[{\"url\":\"/a\",\"mime_type\":\"image/png\"},{\"url\":\"/b\",\"mime_type\":\"audio/ogg\"}],\"date_published\":\"2026\"}]}"),
        "+[i.png] 1@2026[1.png a]");
}

TEST(deep_and_endless_nesting_is_bounded)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 64 << 20);
    struct fair_sitemap m;

    for (int i = 0; i < 300000; i++) fair_buf_c(&b, "<item><url><a x='&amp;'>t");
    CHECK_EQ(fair_sitemap_read(a, (fair_str){ b.p, b.n }, FAIR_STR(""), &m, NULL), FAIR_INVALID);
    CHECK_EQ(fair_feed_read(a, (fair_str){ b.p, b.n }, FAIR_STR(""), &m, NULL), FAIR_OK);
    CHECK_EQ(m.n, 0);
}

FAIR_TEST_MAIN
