/* source/test_html.c - which pictures a page names. */
#include "base/clock.h"
#include "base/test.h"
#include "source/html_private.h"
#include "source/links.h"

static struct fair_links
read_page(struct fair_arena *a, fair_str html, const char *charset)
{
    struct fair_links l;
    struct fair_err err = { 0 };
    if (fair_links_html(a, html, FAIR_STR("http://example.com/a/b.html"), fair_str_of(charset), &l, &err) != FAIR_OK) fail_msg("%s", err.text);
    return l;
}

/* "via:path via:path": addresses without their http://example.com/. */
static void
check(const char *html, const char *want)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_links l = read_page(a, fair_str_of(html), NULL);
    struct fair_buf b = FAIR_BUF(a, 1 << 16);

    fair_buf_c(&b, "");
    for (size_t i = 0; i < l.n; i++) {
        fair_str u = l.v[i].url, site = FAIR_STR("http://example.com/");
        if (fair_str_starts(u, site)) u = (fair_str){ u.p + site.n, u.n - site.n };
        fair_buf_fmt(&b, "%s%.*s:%.*s", i > 0 ? " " : "", FAIR_STR_ARG(l.v[i].via), FAIR_STR_ARG(u));
    }
    if (strcmp(b.p, want) != 0) fail_msg("%s\n  gives %s\n  not   %s", html, b.p, want);
}

TEST(the_ordinary_places_are_read)
{
    check("<img src=1.png alt=x>", "img:a/1.png");
    check("<IMG SRC = '/2.png' SRCSET=\"3.png 2x, 4.png 3x\">", "img:2.png srcset:a/3.png srcset:a/4.png");
    check("<picture><source srcset='5.avif 1x' type=image/avif><img src=6.jpg></picture>", "picture:a/5.avif img:a/6.jpg");
    check("<div style=\"background: url('7.png')\"><style>p{background:url(8.png)}</style>", "css:a/7.png css:a/8.png");
    check("<link rel='shortcut icon' href=f.ico><link rel=image_src href=s.png><link rel=preload as=image href=p.png imagesrcset='q.png 2x'>",
          "icon:a/f.ico og:a/s.png preload:a/p.png preload:a/q.png");
    check("<meta property=og:image content=o.png><meta name=twitter:image content=t.png><meta itemprop=image content=i.png>", "og:a/o.png og:a/t.png og:a/i.png");
    check("<video poster=v.jpg></video><input type=image src=n.gif><table background=g.gif><td background=h.gif>",
          "poster:a/v.jpg input:a/n.gif background:a/g.gif background:a/h.gif");
    check("<svg><image href=s.png /><image xlink:href=x.png /><feImage href=f.png /></svg><image src=i.png>", "svg:a/s.png svg:a/x.png svg:a/f.png img:a/i.png");
    check("<amp-img src=m.png srcset='l.png 2x'></amp-img><object data=d.svg></object>", "amp:a/m.png amp:a/l.png img:a/d.svg");
    check("<img src=data:image/gif;base64,R0lG>", "img:data:image/gif;base64,R0lG");
    check("<a href=full.jpg><img src=small.jpg></a>", "link:a/full.jpg img:a/small.jpg");
    check("<iframe srcdoc=\"&lt;img src='in.png'>\"></iframe>", "img:a/in.png");
}

TEST(pictures_that_come_later_are_found_where_scripts_keep_them)
{
    check("<img src=x.gif data-src=1.jpg data-srcset='2.jpg 1x, 3.jpg 2x' data-id=7>", "img:a/x.gif lazy:a/1.jpg lazy:a/2.jpg lazy:a/3.jpg");
    check("<div data-bg=\"url(&quot;4.png&quot;)\" data-color=red data-hero='/h.webp'>", "lazy:a/4.png lazy:h.webp");
    check("<img data-src=/img/7 class=lazy><noscript><img src=/img/8></noscript>", "lazy:img/7 noscript:img/8");
    check("<img src=x.gif src2x=/9.jpg _src=/10.jpg>", "img:a/x.gif lazy:9.jpg lazy:10.jpg");
    check("<p data-options='{\"big\":\"\\/p\\/5.jpg?w=1\"}'>", "lazy:p/5.jpg?w=1");
    check("<script>var a = \"http:\\/\\/example.com\\/6.jpg\", b='/c/' + d + '.png', e = \"\\u002ff\\u002fg.webp?x=1\\u0026y=2\";</script>",
          "script:6.jpg script:f/g.webp?x=1&y=2");
}

TEST(every_element_is_found_by_its_name_in_any_case)
{
    for (int t = 1; t < TAG_END; t++) {
        fair_str name = fair_html_tag_name((enum html_tag)t);
        char other[16];
        CHECK(name.n == strlen(fair_html_tag_text((enum html_tag)t)));
        CHECK_EQ(fair_html_tag(name), t);
        for (size_t i = 0; i < name.n; i++) other[i] = name.p[i] >= 'a' && name.p[i] <= 'z' && i % 2 == 0 ? (char)(name.p[i] - 32) : name.p[i];
        CHECK_EQ(fair_html_tag((fair_str){ other, name.n }), t);
        other[name.n - 1]++;
        if (fair_html_tag((fair_str){ other, name.n }) == (enum html_tag)t) fail_msg("%.*s", (int)name.n, other);
    }
    CHECK_EQ(fair_html_tag(FAIR_STR("amp_img")), TAG_OTHER);
    CHECK_EQ(fair_html_tag(FAIR_STR("")), TAG_OTHER);
}

TEST(the_url_of_a_style_sheet_is_found_behind_whatever_stands_before_it)
{
    check("<style>a{b:URL(1.png)}c{background:#fff url( '2.png' ) x}/* url(no.png) */d{e:no-url(3.png);f:u\\72l(no.png);g:url (no.png)}</style>",
          "css:a/1.png css:a/2.png");
    check("<style>@font-face{src:url(no.woff)}a{b:image-set(\"4.png\" 1x,url(5.png) 2x)}@import url(no.css);@import 'no2.css';c{d:x(url(6.png))}</style>",
          "css:a/4.png css:a/5.png css:a/6.png");
}

TEST(linked_data_gives_pictures_with_their_license_and_credit)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_links l = read_page(a, FAIR_STR("<script type=application/ld+json>{\"@type\":\"Article\",\"url\":\"http://example.com/x\",\"image\":[\"1.jpg\",\n"
        "{\"@type\":\"ImageObject\",\"contentUrl\":\"\\/2.jpg\",\"license\":\"http://example.com/l\",\"creditText\":\"A. Name\",\n"
        "\"creator\":{\"@type\":\"Person\",\"name\":\"B. Name\"},\"copyrightNotice\":\"(c) C\",\"acquireLicensePage\":\"http://example.com/buy\"}]}</script>"), NULL);

    CHECK_EQ(l.n, 2);
    CHECK_STR(l.v[0].url, "http://example.com/a/1.jpg");
    CHECK_STR(l.v[1].url, "http://example.com/2.jpg");
    CHECK_STR(l.v[1].license, "http://example.com/l");
    CHECK_STR(l.v[1].credit, "A. Name");
    CHECK_STR(l.rights_license, "http://example.com/l");
    CHECK_STR(l.rights_creator, "B. Name");
    CHECK_STR(l.rights_notice, "(c) C");
    CHECK_STR(l.rights_acquire, "http://example.com/buy");
}

TEST(a_figures_credit_belongs_to_its_pictures)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_links l = read_page(a, FAIR_STR("<figure><img src=1.png><figcaption>A hill.  <b>Photo:</b> D.\n Name &amp; Co</figcaption></figure><img src=2.png>"
                                                "<figure><img src=3.png><span class=img-credit>E. Name</span><figcaption>Photo: F</figcaption></figure>"), NULL);
    CHECK_EQ(l.n, 3);
    CHECK_STR(l.v[0].credit, "Photo: D. Name & Co");
    CHECK_EQ(l.v[1].credit.n, 0);
    CHECK_STR(l.v[2].credit, "E. Name");
}

TEST(of_very_many_pictures_the_first_are_kept_in_order_with_their_texts)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 8 << 20);
    struct fair_links l;

    for (int i = 0; i < 51000; i++)
        fair_buf_fmt(&b, "%s<img src=%d.png alt='n%d &amp; \xc3\xa9'>%s", i == 20 ? "<figure>" : "", i, i, i == 229 ? "<figcaption>Photo: G</figcaption></figure>" : "");
    l = read_page(a, (fair_str){ b.p, b.n }, NULL);
    CHECK_EQ(l.n, 50000);
    CHECK(l.truncated);
    for (int i = 0; i < 50000; i++) {
        char url[64], alt[32];
        snprintf(url, sizeof url, "http://example.com/a/%d.png", i);
        snprintf(alt, sizeof alt, "n%d & \xc3\xa9", i);
        CHECK_STR(l.v[i].url, url);
        CHECK_STR(l.v[i].alt, alt);
        CHECK_STR(l.v[i].credit.p != NULL ? l.v[i].credit : FAIR_STR(""), i >= 20 && i < 230 ? "Photo: G" : "");
    }
}

TEST(a_text_that_is_cut_ends_with_a_whole_character)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 1 << 20);
    struct fair_links l;

    fair_buf_c(&b, "<img src=1.png alt='x");
    for (int i = 0; i < 3000; i++) fair_buf_c(&b, "\xc3\xa9");
    fair_buf_c(&b, "'><img src=2.png alt='\xc3'><img src=3.png alt=''>");
    l = read_page(a, (fair_str){ b.p, b.n }, "utf-8");
    CHECK_EQ(l.n, 3);
    CHECK_EQ(l.v[0].alt.n, 4095);
    CHECK(fair_utf8_valid(l.v[0].alt));
    CHECK_STR(l.v[1].alt, "\xef\xbf\xbd");
    CHECK(l.v[2].alt.n == 0);
}

TEST(the_sizes_of_one_picture_are_one_group_with_weights)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_links l = read_page(a, FAIR_STR("<picture><source srcset='1 640w, 2 1280w'><img src=3></picture><img src=4 srcset='5, 6 1.5x'><style>a{b:url(7)}</style>"), NULL);

    CHECK_EQ(l.n, 7);
    CHECK(l.v[0].group > 0 && l.v[1].group == l.v[0].group && l.v[2].group == l.v[0].group);
    CHECK(l.v[3].group != l.v[0].group && l.v[4].group == l.v[3].group && l.v[5].group == l.v[3].group);
    CHECK(l.v[0].weight == 640 && l.v[1].weight == 1280 && l.v[2].weight == 0);
    CHECK(l.v[4].weight == 1000 && l.v[5].weight == 1500);
    CHECK_EQ(l.v[6].group, 0);
}

TEST(what_is_no_element_names_no_picture)
{
    check("<!-- <img src=1.png> --><img src=2.png>", "img:a/2.png");
    check("<!--><img src=1.png>--!><!-- --!><img src=2.png>", "img:a/1.png img:a/2.png");
    check("<title><img src=1.png></title><style></styl><img src=2.png></style >", "");
    check("<script><!--<script></script><img src=1.png>--></script><img src=2.png>", "img:a/2.png");
    check("<plaintext><img src=1.png>", "");
    check("<img src=1.png", "");
    check("<img src='1.png>", "");
    check("</><? <img src=1.png>", "");
    check("<img/src=1.png/><img src=''><img src='#x'><img src=javascript:x src=2.png>", "img:a/1.png/");
}

TEST(svg_and_math_have_no_raw_text_and_html_leaves_them)
{
    check("<svg><style><img src=1.png></style></svg>", "img:a/1.png");
    check("<svg><![CDATA[<img src=1.png>]]></svg><![CDATA[<img src=2.png>]]>", "");
    check("<svg><foreignObject><style><img src=1.png></style><div></foreignObject></svg><img src=2.png>", "img:a/2.png");
    check("<math><mi><title><img src=1.png></title></mi></math>", "");
    check("<svg><desc><image src=1.png></desc></svg>", "img:a/1.png");
}

TEST(a_frameset_throws_the_body_away_unless_the_body_has_something)
{
    check("<p><frameset><img src=1.png>", "");
    check("<p>text<frameset><img src=1.png>", "img:a/1.png");
    check("<body><frameset><img src=1.png>", "img:a/1.png");
    check("<template><col><img src=1.png></template><template><img src=2.png></template>", "img:a/2.png");
}

TEST(the_base_and_the_pages_and_sheets_are_told)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_links l = read_page(a, FAIR_STR("<title>A &amp; B</title><base target=x><base href=//cdn.example.net/x/><base href=y><link rel=stylesheet href=s.css>"
                                                "<a href=p?a=1&amp;b=2#f>1</a><a href=p?a=1&b=2>2</a><a href=mailto:x>3</a><iframe src=/q></iframe>"
                                                "<meta http-equiv=refresh content='0; url=/r'><img src=i.png>"), NULL);
    CHECK_STR(l.title, "A & B");
    CHECK_STR(l.base, "http://cdn.example.net/x/");
    CHECK_EQ(l.n_pages, 3);
    CHECK_STR(l.pages[0], "http://cdn.example.net/x/p?a=1&b=2");
    CHECK_STR(l.pages[1], "http://cdn.example.net/q");
    CHECK_STR(l.pages[2], "http://cdn.example.net/r");
    CHECK_EQ(l.n_sheets, 1);
    CHECK_STR(l.v[0].url, "http://cdn.example.net/x/i.png");
}

TEST(markers_of_rights_and_robots_are_read)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_links l = read_page(a, FAIR_STR("<meta name=robots content='NoIndex, noimageai'><meta name=tdm-reservation content=1>"
                                                "<a rel='nofollow license' href=http://example.com/l>l</a><meta name=copyright content=' (c) X '>"), NULL);
    CHECK(l.noindex && l.noimageai && l.tdm_reserved && !l.nofollow);
    CHECK_STR(l.rights_license, "http://example.com/l");
    CHECK_STR(l.rights_notice, "(c) X");
}

static void
check_path(fair_str html, const char *charset, const char *path)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_links l = read_page(a, html, charset);
    CHECK_EQ(l.n, 1);
    CHECK_STR(l.v[0].url, path);
}

TEST(a_page_is_read_in_its_encoding)
{
    check_path(FAIR_STR("<img src=caf\xc3\xa9.png>"), NULL, "http://example.com/a/caf%C3%A9.png");
    check_path(FAIR_STR("<img src=caf\xe9.png>"), NULL, "http://example.com/a/caf%C3%A9.png");
    check_path(FAIR_STR("<meta charset=windows-1251><img src=\xe6.png>"), NULL, "http://example.com/a/%D0%B6.png");
    check_path(FAIR_STR("<meta http-equiv=Content-Type content='text/html; charset=gb2312'><img src=\xd6\xd0.png>"), NULL, "http://example.com/a/%E4%B8%AD.png");
    check_path(FAIR_STR("<meta charset=utf-8><img src=\x82\xa0.png>"), "text/html; charset=Shift_JIS", "http://example.com/a/%E3%81%82.png");
    check_path(FAIR_STR("\xff\xfe<\0i\0m\0g\0 \0s\0r\0c\0=\0\xe9\0>\0"), "utf-8", "http://example.com/a/%C3%A9");
    check_path(FAIR_STR("\xef\xbb\xbf<img src=\xc3\xa9>"), "windows-1252", "http://example.com/a/%C3%A9");
}

static void
fill(struct fair_buf *b, const char *piece, size_t times)
{
    for (size_t i = 0; i < times; i++) fair_buf_c(b, piece);
}

/* Each of these is quadratic for somebody. */
TEST(hostile_pages_are_read_in_bounded_time)
{
    static const struct { const char *piece; size_t times; } pages[] = {
        { "<div>", 100000 }, { "<b><p>", 200000 }, { "<svg><foreignObject>", 50000 }, { "<table><td>", 100000 }, { "<span><table></span>", 100000 },
        { "<a><b><i></a>", 100000 }, { "<!-", 500000 }, { "<", 2000000 }, { "<!--", 500000 }, { "<script><!--", 100000 }, { "<img src='", 200000 },
        { "<img a=1", 300000 }, { "<template>", 200000 }, { "<iframe srcdoc='<iframe srcdoc=&quot;<p>&quot;>'></iframe>", 20000 },
        { "<figure><figcaption class=credit>x", 60000 }, { "<script type=application/ld+json>{\"image\":[", 50000 }, { "&#1;&amp", 300000 },
        { "<img srcset='1.png,2.png 2x,,,'>", 100000 }, { "<p style='a:url(1.png);b:url(2.png'>", 100000 }, { "<script>'/.png/.png/.png", 100000 },
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_buf b = FAIR_BUF(a, 64 << 20);
        struct fair_links l;
        fair_time began = fair_ticks();

        fill(&b, pages[i].piece, pages[i].times);
        fair_buf_c(&b, "'></script><img src=end.png>");
        l = read_page(a, (fair_str){ b.p, b.n }, NULL);
        CHECK(l.n <= 50000);
        /* Generous, for slow machines under sanitizers; what is quadratic takes minutes. */
        if (fair_ticks() - began > 30 * FAIR_SECOND) fail_msg("%s x %zu takes too long", pages[i].piece, pages[i].times);
    }
}

TEST(of_a_page_over_the_limit_the_beginning_is_read)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 64 << 20);
    struct fair_links l;

    fair_buf_c(&b, "<img src=first.png>");
    fill(&b, "<p>some words of a very long page</p>\n", 1400000);
    fair_buf_c(&b, "<img src=last.png>");
    CHECK(b.n > 50000000);
    l = read_page(a, (fair_str){ b.p, b.n }, NULL);
    CHECK_EQ(l.n, 1);
    CHECK(l.truncated);
}

FAIR_TEST_MAIN
