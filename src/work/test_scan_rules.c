/* test_scan_rules.c - what a crawl follows, and which address of a picture it asks for. */
#include "base/test.h"
#include "work/scan_rules.h"

static struct fair_url
url_of(struct fair_arena *a, const char *text)
{
    struct fair_url u;
    CHECK_OK(fair_url_parse(a, fair_str_of(text), NULL, &u, why));
    return u;
}

static bool
same(const char *one, const char *other)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_url u = url_of(a, one), v = url_of(a, other);
    bool is = fair_scan_same_site(a, &u, &v);

    fair_arena_free(&a);
    return is;
}

TEST(a_site_is_a_registrable_domain)
{
    CHECK(same("http://example.com/", "https://www.example.com/x"));
    CHECK(same("http://blog.example.co.uk/", "https://shop.example.co.uk/x"));
    CHECK(!same("http://one.co.uk/", "http://other.co.uk/"));
    CHECK(!same("http://example.com/", "http://example.org/"));
    CHECK(same("http://127.0.0.1:8000/", "http://127.0.0.1:8000/x"));
    CHECK(!same("http://127.0.0.1:8000/", "http://127.0.0.1:8001/"));
    CHECK(!same("http://127.0.0.1:8000/", "http://127.0.0.2:8000/"));
    CHECK(!same("http://[::1]:8000/", "http://[::1]:8001/"));
}

TEST(addresses_that_only_a_machine_would_invent_are_traps)
{
    char lengthy[2100];

    memset(lengthy, 'a', sizeof lengthy);
    lengthy[0] = '/';
    CHECK(fair_scan_trap(FAIR_STR("/a/b/c"), FAIR_STR("x=1&y=2")) == NULL);
    CHECK(fair_scan_trap(FAIR_STR("/2024/11/11/x"), (fair_str){ 0 }) == NULL);
    CHECK(fair_scan_trap(FAIR_STR("/a/b/a/b/a/b"), (fair_str){ 0 }) != NULL);
    CHECK(fair_scan_trap(FAIR_STR("/x/x/x"), (fair_str){ 0 }) != NULL);
    CHECK(fair_scan_trap((fair_str){ lengthy, sizeof lengthy }, (fair_str){ 0 }) != NULL);
    CHECK(fair_scan_trap(FAIR_STR("/"), FAIR_STR("a&b&c&d&e&f&g&h&i&j&k&l&m")) != NULL);
    CHECK(fair_scan_trap(FAIR_STR("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25/26/27/28/29/30/31/32/33"), (fair_str){ 0 }) != NULL);
}

TEST(pages_that_differ_in_values_have_one_shape)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_url u = url_of(a, "http://example.com/list?page=1&sort=up"), v = url_of(a, "http://example.com/list?page=2&sort=down");
    struct fair_url w = url_of(a, "http://example.com/list?page=1");

    CHECK(fair_str_eq(fair_scan_shape(a, &u), fair_scan_shape(a, &v)));
    CHECK(!fair_str_eq(fair_scan_shape(a, &u), fair_scan_shape(a, &w)));
    fair_arena_free(&a);
}

TEST(endings_tell_pictures_and_what_is_no_page)
{
    CHECK_EQ(fair_scan_ending(FAIR_STR("/a.JPG")), 'p');
    CHECK_EQ(fair_scan_ending(FAIR_STR("/a.pdf")), 'x');
    CHECK_EQ(fair_scan_ending(FAIR_STR("/a.html")), '?');
    CHECK_EQ(fair_scan_ending(FAIR_STR("/a.jpg/b")), '?');
    CHECK_EQ(fair_scan_ending(FAIR_STR("/")), '?');
    CHECK_EQ(fair_scan_ending(FAIR_STR("")), '?');
}

TEST(size_variants_lead_to_their_originals)
{
    static const char *const pairs[][2] = {
        { "http://example.com/up/cat-300x200.jpg", "http://example.com/up/cat.jpg" },
        { "http://example.com/up/cat-1024x768.jpeg?ver=3", "http://example.com/up/cat.jpeg?ver=3" },
        { "http://example.com/up/cat-scaled.jpg", "http://example.com/up/cat.jpg" },
        { "http://cdn.example.com/files/cat_600x600.png", "http://cdn.example.com/files/cat.png" },
        { "http://example.org/wiki/thumb/a/ab/Cat.jpg/300px-Cat.jpg", "http://example.org/wiki/a/ab/Cat.jpg" },
        { "http://res.example.com/demo/image/upload/w_300,h_200,c_fill/v12/cat.jpg", "http://res.example.com/demo/image/upload/v12/cat.jpg" },
        { "http://res.example.com/demo/image/upload/w_300/e_sepia/cat.jpg", "http://res.example.com/demo/image/upload/cat.jpg" },
        { "http://img.example.com/cat.jpg?w=300&h=200&fit=crop", "http://img.example.com/cat.jpg" },
        { "http://img.example.com/cat.jpg?id=7&w=300&auto=format", "http://img.example.com/cat.jpg?id=7" },
        { "http://lh3.googleusercontent.com/abc=w300-h200", "http://lh3.googleusercontent.com/abc=s0" },
    };
    static const char *const none[] = { "http://example.com/cat.jpg", "http://example.com/2024-11x", "http://example.com/", "http://example.com",
        "http://example.com/-300x200.jpg", "http://example.com/cat-x200.jpg", "http://example.com/cat-300x.jpg", "http://example.com/cat-300x123456.jpg",
        "http://img.example.com/cat.jpg?w=300&sig=abc", "http://example.com/cat.jpg?id=3", "http://example.com/thumb/cat.jpg",
        "http://example.com/image/upload/cat.jpg", "http://lh3.googleusercontent.com/abc=s0", "data:image/png;base64,AAAA", "", "http://", "http://a/300x200" };
    struct fair_arena *a = fair_arena_new();
    fair_str o;

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (!fair_scan_original(a, fair_str_of(pairs[i][0]), &o)) fail_msg("%s: no original", pairs[i][0]);
        CHECK_STR(o, pairs[i][1]);
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        if (fair_scan_original(a, fair_str_of(none[i]), &o)) fail_msg("%s: %.*s", none[i], FAIR_STR_ARG(o));
    fair_arena_free(&a);
}

#define LINK(url_, via_, tag_, attr_, value_, alt_) \
    { .url = FAIR_STR(url_), .via = FAIR_STR(via_), .tag = FAIR_STR(tag_), .attr = FAIR_STR(attr_), .value = FAIR_STR(value_), .alt = FAIR_STR(alt_) }

static size_t
pick(struct fair_arena *a, struct fair_link *v, size_t n, struct fair_pick **out)
{
    struct fair_links l = { .v = v, .n = n };
    size_t m;

    fair_scan_pick(a, &l, out, &m);
    return m;
}

TEST(the_largest_candidate_of_a_srcset_is_taken)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_link v[] = {
        LINK("http://e.test/s.jpg", "img", "img", "src", "s.jpg", "a cat"),
        LINK("http://e.test/s.jpg", "srcset", "img", "srcset", "s.jpg 300w, l.jpg 1200w, m.jpg 600w", "a cat"),
        LINK("http://e.test/l.jpg", "srcset", "img", "srcset", "s.jpg 300w, l.jpg 1200w, m.jpg 600w", "a cat"),
        LINK("http://e.test/m.jpg", "srcset", "img", "srcset", "s.jpg 300w, l.jpg 1200w, m.jpg 600w", "a cat"),
        LINK("http://e.test/other.jpg", "img", "img", "src", "other.jpg", "a cat"),
    };
    struct fair_pick *p;

    CHECK_EQ(pick(a, v, 5, &p), 2);
    CHECK_STR(p[0].urls[0], "http://e.test/l.jpg");
    CHECK(p[0].n_urls >= 2);
    CHECK_STR(p[1].urls[0], "http://e.test/other.jpg");
    fair_arena_free(&a);
}

TEST(a_picture_element_is_one_picture)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_link v[] = {
        LINK("http://e.test/a.avif", "picture", "source", "srcset", "a.avif", ""),
        LINK("http://e.test/a.webp", "picture", "source", "srcset", "a.webp 2x", ""),
        LINK("http://e.test/a.jpg", "img", "img", "src", "a.jpg", ""),
        LINK("http://e.test/b.jpg", "img", "img", "src", "b.jpg", ""),
        LINK("http://e.test/c.webp", "picture", "source", "srcset", "c.webp", ""),
        LINK("http://e.test/c.jpg", "img", "img", "src", "c.jpg", ""),
    };
    struct fair_pick *p;

    CHECK_EQ(pick(a, v, 6, &p), 3);
    CHECK_STR(p[0].urls[0], "http://e.test/a.webp");
    CHECK_STR(p[1].urls[0], "http://e.test/b.jpg");
    fair_arena_free(&a);
}

TEST(in_doubt_two_addresses_are_two_pictures)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_link v[] = {
        LINK("http://e.test/a.jpg", "img", "img", "src", "a.jpg", ""),
        LINK("http://e.test/x.jpg", "srcset", "img", "srcset", "x.jpg 2x", ""),
        LINK("http://e.test/l1.jpg", "lazy", "img", "data-src", "l1.jpg", ""),
        LINK("http://e.test/l2.jpg", "lazy", "img", "data-src", "l2.jpg", ""),
        LINK("http://e.test/bg.jpg", "css", "div", "style", "url(bg.jpg)", ""),
        LINK("http://e.test/og.jpg", "og", "meta", "content", "og.jpg", ""),
    };
    struct fair_pick *p;

    CHECK_EQ(pick(a, v, 6, &p), 6);
    fair_arena_free(&a);
}

TEST(an_original_is_asked_for_before_its_variant)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_link v[] = { LINK("http://e.test/cat-300x200.jpg", "img", "img", "src", "cat-300x200.jpg", ""),
        LINK("http://e.test/logo.svg", "img", "img", "src", "logo.svg", ""), LINK("data:image/gif;base64,R0lGODlhAQABAAAAACw=", "img", "img", "src", "data:", "") };
    struct fair_pick *p;

    CHECK_EQ(pick(a, v, 3, &p), 1);
    CHECK_EQ(p[0].n_urls, 2);
    CHECK_STR(p[0].urls[0], "http://e.test/cat.jpg");
    CHECK_STR(p[0].urls[1], "http://e.test/cat-300x200.jpg");
    fair_arena_free(&a);
}

FAIR_TEST_MAIN
