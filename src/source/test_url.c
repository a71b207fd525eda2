/* source/test_url.c - URLs as browsers read them, and the keys made of them. */
#include <jansson.h>
#include "base/test.h"
#include "source/url.h"

static fair_str
read_against(struct fair_arena *a, const char *text, const char *base_text)
{
    struct fair_url base, u;

    if (base_text != NULL && fair_url_parse(a, fair_str_of(base_text), NULL, &base, NULL) != FAIR_OK) return FAIR_STR("bad base");
    if (fair_url_parse(a, fair_str_of(text), base_text != NULL ? &base : NULL, &u, NULL) != FAIR_OK) return FAIR_STR("failure");
    return u.href;
}

static void
check_table(const char *const (*row)[3], size_t n)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    for (size_t i = 0; i < n; i++) {
        fair_str got = read_against(a, row[i][0], row[i][1]);
        if (!fair_str_eq(got, fair_str_of(row[i][2])))
            fail_msg("\"%s\" on \"%s\": %.*s, not %s", row[i][0], row[i][1] ? row[i][1] : "nothing", FAIR_STR_ARG(got), row[i][2]);
    }
}

#define TABLE(rows) check_table(rows, sizeof rows / sizeof *rows)

TEST(absolute_urls_are_written_in_one_way)
{
    static const char *const rows[][3] = {
        { "HTTP://EXAMPLE.com:80", NULL, "http://example.com/" },
        { "  https:\\\\example.com\\a b\\\xc3\xa9?q='x'#f`g ", NULL, "https://example.com/a%20b/%C3%A9?q=%27x%27#f%60g" },
        { "ht\ntp://exa\tmple.com/", NULL, "http://example.com/" },
        { "https:example.com/x", NULL, "https://example.com/x" },
        { "http://u:p@w:d@example.com/", NULL, "http://u:p%40w%3Ad@example.com/" },
        { "http://example.com:0443/", NULL, "http://example.com:443/" },
        { "https://example.com:/a/./b/%2E%2e/c/..", NULL, "https://example.com/a/" },
        { "mailto:a b@example.com?s=1", NULL, "mailto:a b@example.com?s=1" },
        { "data:text/plain,a'b \"c", NULL, "data:text/plain,a'b \"c" },
        { "web+demo:/..//x/", NULL, "web+demo:/.//x/" },
        { "foo://h[]/", NULL, "failure" },
        { "http://", NULL, "failure" },
        { "http://a b/", NULL, "failure" },
        { "http://example.com:65536/", NULL, "failure" },
        { "http://exa%23mple.com/", NULL, "failure" },
        { "//example.com/x", NULL, "failure" },
        { "", NULL, "failure" },
    };
    TABLE(rows);
}

TEST(relative_references_are_resolved_against_the_base)
{
    static const char *const base = "http://example.com/a/b/c.html?q#f";
    const char *const rows[][3] = {
        { "", base, "http://example.com/a/b/c.html?q" },
        { "#g", base, "http://example.com/a/b/c.html?q#g" },
        { "?r", base, "http://example.com/a/b/c.html?r" },
        { "d.png", base, "http://example.com/a/b/d.png" },
        { "../d.png", base, "http://example.com/a/d.png" },
        { "../../../../d.png", base, "http://example.com/d.png" },
        { "/d.png", base, "http://example.com/d.png" },
        { "\\d.png", base, "http://example.com/d.png" },
        { "//img.example.net/d", base, "http://img.example.net/d" },
        { "http:d", base, "http://example.com/a/b/d" },
        { "https:d", base, "https://d/" },
        { "javascript:void(0)", base, "javascript:void(0)" },
        { "x", "mailto:a@example.com", "failure" },
        { "#x", "mailto:a@example.com", "mailto:a@example.com#x" },
    };
    TABLE(rows);
}

TEST(file_urls_know_drive_letters)
{
    static const char *const rows[][3] = {
        { "file:///C|/x/../../y", NULL, "file:///C:/y" },
        { "/x", "file:///C:/a/b", "file:///C:/x" },
        { "D:/x", "file:///C:/a/b", "d:/x" },
        { "D|/x", "file:///C:/a/b", "file:///D:/x" },
        { "file://localhost/etc/", NULL, "file:///etc/" },
        { "file:", NULL, "file:///" },
    };
    TABLE(rows);
}

TEST(every_spelling_of_an_ipv4_address_shows_the_address)
{
    static const char *const rows[][3] = {
        { "http://2130706433/", NULL, "http://127.0.0.1/" },
        { "http://0x7f.1/", NULL, "http://127.0.0.1/" },
        { "http://0177.0.0.01./", NULL, "http://127.0.0.1/" },
        { "http://%31%32%37.1/", NULL, "http://127.0.0.1/" },
        { "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.1/", NULL, "http://127.0.0.1/" },
        { "http://10.1.65535/", NULL, "http://10.1.255.255/" },
        { "http://256.1.1.1/", NULL, "failure" },
        { "http://1.2.3.4.5/", NULL, "failure" },
        { "http://4294967296/", NULL, "failure" },
        { "http://08.1.1.1/", NULL, "failure" },
        { "http://a.1.2.0x/", NULL, "failure" },
    };
    TABLE(rows);
}

TEST(ipv6_addresses_are_compressed_at_the_longest_gap)
{
    static const char *const rows[][3] = {
        { "http://[2001:DB8:0:0:1:0:0:1]/", NULL, "http://[2001:db8::1:0:0:1]/" },
        { "http://[::ffff:192.0.2.1]/", NULL, "http://[::ffff:c000:201]/" },
        { "http://[1:0:0:2:0:0:0:3]/", NULL, "http://[1:0:0:2::3]/" },
        { "http://[::]:81/", NULL, "http://[::]:81/" },
        { "http://[1::]/", NULL, "http://[1::]/" },
        { "http://[1:2:3:4:5:6:7::]/", NULL, "http://[1:2:3:4:5:6:7:0]/" },
        { "http://[1:2:3:4:5:6:7]/", NULL, "failure" },
        { "http://[1::2::3]/", NULL, "failure" },
        { "http://[::1%eth0]/", NULL, "failure" },
        { "http://[::1.2.3]/", NULL, "failure" },
        { "http://[::1", NULL, "failure" },
    };
    TABLE(rows);
}

TEST(names_in_other_scripts_become_ascii)
{
    static const char *const rows[][3] = {
        { "http://B\xc3\x9c" "CHER.example/", NULL, "http://xn--bcher-kva.example/" },
        { "http://fa\xc3\x9f.example/", NULL, "http://xn--fa-hia.example/" },
        { "http://a\xe3\x80\x82" "b.example/", NULL, "http://a.b.example/" },
        { "http://%C3%BC.example/", NULL, "http://xn--tda.example/" },
        { "http://xn--a.example/", NULL, "failure" },
        { "http://\xff.example/", NULL, "failure" },
    };
    TABLE(rows);
}

TEST(a_url_over_the_limit_is_refused_before_it_is_read)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_url u;
    struct fair_err err = { 0 };
    char *p = fair_alloc(a, FAIR_URL_MAX + 2);

    memset(p, 'a', FAIR_URL_MAX + 1);
    memcpy(p, "http:", 5);
    CHECK_EQ(fair_url_parse(a, (fair_str){ p, FAIR_URL_MAX + 1 }, NULL, &u, &err), FAIR_LIMIT);
}

static void
check_key(fair_str (*key)(struct fair_arena *, const struct fair_url *), const char *text, const char *want)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_url u;
    fair_str got;

    CHECK_OK(fair_url_parse(a, fair_str_of(text), NULL, &u, why));
    got = key(a, &u);
    if (!fair_str_eq(got, fair_str_of(want))) fail_msg("%s: %.*s, not %s", text, FAIR_STR_ARG(got), want);
}

TEST(two_spellings_of_one_address_have_one_canonical_form)
{
    check_key(fair_url_canonical, "http://u:p@Example.com.:80/%7Ea//b%2f%c3%a9/./x?#frag", "http://example.com/~a/b%2F%C3%A9/x");
    check_key(fair_url_canonical, "http://example.com/?utm_source=x&b=2&gclid=1&a=%31", "http://example.com/?b=2&a=1");
    check_key(fair_url_canonical, "http://example.com/p?PHPSESSID=0123456789abcdef0123456789abcdef&x", "http://example.com/p?x");
    check_key(fair_url_canonical, "http://example.com/p;jsessionid=AB12.n1?s=shoes", "http://example.com/p?s=shoes");
    check_key(fair_url_canonical, "http://example.com/get/http://example.org/a.png", "http://example.com/get/http://example.org/a.png");
    check_key(fair_url_canonical, "https://example.com/100%?q=50%", "https://example.com/100%25?q=50%25");
    check_key(fair_url_canonical, "mailto:a@example.com#x", "mailto:a@example.com");
}

TEST(a_surt_sorts_by_domain)
{
    check_key(fair_url_surt, "http://www.example.com/Path/?b=2&A=1", "com,example)/path?a=1&b=2");
    check_key(fair_url_surt, "https://www2.example.co.uk:8443/", "uk,co,example:8443)/");
    check_key(fair_url_surt, "http://192.0.2.7/x/", "192.0.2.7)/x");
    check_key(fair_url_surt, "mailto:a@example.com", "mailto:a@example.com");
}

TEST(the_registrable_domain_is_the_public_suffix_and_one_label)
{
    check_key(fair_url_registrable, "http://a.b.example.co.uk/", "example.co.uk");
    check_key(fair_url_registrable, "http://www.example.com./", "example.com");
    check_key(fair_url_registrable, "http://co.uk/", "co.uk");
    check_key(fair_url_registrable, "http://192.0.2.1/", "192.0.2.1");
    check_key(fair_url_registrable, "http://[::1]/", "[::1]");
    check_key(fair_url_origin, "https://example.com:444/x", "https://example.com:444");
}

/* The conformance file of the web platform tests, where it lies beside the source. */
/* The parser's answer without its fragment, and the short way's: they are the same, or the short way has none. */
static bool
plain_agrees(struct fair_arena *a, struct fair_arena *keep, fair_str text, const struct fair_url *base, struct fair_url_seen *seen)
{
    struct fair_url u;
    fair_str short_way, whole, pieces[2];

    if (!fair_url_plain(text, base, seen, pieces)) {
        if (fair_url_parse(a, text, base, &u, NULL) == FAIR_OK) fair_url_seen_add(seen, keep, text, &u);
        return false;
    }
    short_way = fair_str_fmt(a, "%.*s%.*s", FAIR_STR_ARG(pieces[0]), FAIR_STR_ARG(pieces[1]));
    if (fair_url_parse(a, text, base, &u, NULL) != FAIR_OK) fail_msg("\"%.*s\" is no URL", FAIR_STR_ARG(text));
    whole = u.href;
    if (u.fragment.p != NULL) whole.n -= u.fragment.n + 1;
    if (!fair_str_eq(short_way, whole)) fail_msg("\"%.*s\" on \"%.*s\": %.*s, not %.*s", FAIR_STR_ARG(text), FAIR_STR_ARG(base->href), FAIR_STR_ARG(short_way), FAIR_STR_ARG(whole));
    return true;
}

TEST(the_short_way_for_ordinary_references_agrees_with_the_parser)
{
    static const char *const bases[] = { "http://example.com/a/b/c.html?q#f", "https://user@example.com:8443", "http://[::1]/x/", "file:///c:/a/b", "data:text/plain,x" };
    static const char *const pieces[] = {
        "/", "/", "/", "//", "a", "img", "b.jpg", ".", "..", "%2e", "%2E", "%41", ":", "?", "#", "w=1", "&", "'", "\"", "`", "^", "{", "}", "|", "\\", "@", ";", "[", "]", " ",
        "\t", "\n", "\x01", "\x7f", "\xc3\xa9", "\xff", "~", "!", "(", ")", "*", "+", ",", "-", "_", "=", "$", "<", ">", "http:", "https:", "HTTP:", "http://", "https://",
        "//example.com", "https://cdn.example.com", "http://example.com", "https://example.com", "https://user:pw@cdn.example.com", "http://EXAMPLE.com:80", "c:", "1.2.3.4", "h",
    };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    uint64_t seed = 0x9e3779b97f4a7c15u;
    unsigned taken = 0;

    for (size_t k = 0; k < sizeof bases / sizeof *bases; k++) {
        FAIR_AUTO(arena) struct fair_arena *keep = fair_arena_new();
        struct fair_url_seen seen = { 0 };
        struct fair_url base;
        CHECK_OK(fair_url_parse(keep, fair_str_of(bases[k]), NULL, &base, why));
        for (int i = 0; i < 40000; i++) {
            struct fair_buf b = FAIR_BUF(keep, 1 << 12);
            fair_buf_c(&b, i % 3 == 0 ? "/" : i % 3 == 1 ? "https://cdn.example.com/" : "");
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            for (uint64_t left = 1 + (seed >> 60) % 6; left > 0; left--) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                fair_buf_c(&b, pieces[(seed >> 33) % (sizeof pieces / sizeof *pieces)]);
            }
            taken += plain_agrees(a, keep, (fair_str){ b.p, b.n }, &base, &seen);
            fair_arena_clear(a);
            if (i % 1000 == 999) seen = (struct fair_url_seen){ 0 };
        }
    }
    CHECK(taken > 20000);               /* else it would not have been tested */
}

TEST(at_least_99_of_100_conformance_cases_agree)
{
    const char *root = getenv("FAIRTRACK_SOURCE");
    char path[4096];
    json_t *all, *one;
    size_t i, n = 0, right = 0;

    snprintf(path, sizeof path, "%s/../shared/suites/url-whatwg/urltestdata.json", root != NULL ? root : ".");
    all = json_load_file(path, JSON_ALLOW_NUL, NULL);
    if (all == NULL) skip();    /* not there, or a case holds half a surrogate pair, which JSON readers refuse */
    json_array_foreach(all, i, one) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        const char *base = json_string_value(json_object_get(one, "base"));
        json_t *input = json_object_get(one, "input");
        struct fair_url b, u = { 0 };
        fair_status s = FAIR_OK;

        if (!json_is_object(one)) continue;
        if (base != NULL) s = fair_url_parse(a, fair_str_of(base), NULL, &b, NULL);
        if (s == FAIR_OK)
            s = fair_url_parse(a, (fair_str){ json_string_value(input), json_string_length(input) }, base != NULL ? &b : NULL, &u, NULL);
        n++;
        if (json_is_true(json_object_get(one, "failure"))) right += s != FAIR_OK;
        else right += s == FAIR_OK && fair_str_eq(u.href, fair_str_of(json_string_value(json_object_get(one, "href"))));
    }
    json_decref(all);
    CHECK(n > 0 && right * 100 >= n * 99);
}

FAIR_TEST_MAIN
