/* test_rdap.c - registration data read with suspicion; ../shared/suites/rdap where it lies there. */
#include "base/test.h"
#include <glob.h>
#include "base/io.h"
#include "source/rdap.h"

static fair_str
sample(struct fair_arena *a, const char *name)
{
    const char *source = getenv("FAIRTRACK_SOURCE");
    fair_str text;

    CHECK_OK(fair_read_file(a, fair_str_fmt(a, "%s/src/source/corpus/rdap/%s", source != NULL ? source : ".", name).p, 1 << 20, &text, why));
    return text;
}

TEST(a_domain_has_registrar_abuse_address_servers_and_dates)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_rdap *r = FAIR_NEW(a, struct fair_rdap);

    CHECK_OK(fair_rdap_parse(a, sample(a, "domain.json"), r, why));
    CHECK_STR(r->kind, "domain");
    CHECK_STR(r->name, "example.com");
    CHECK_STR(r->registered, "1995-08-14T04:00:00Z");
    CHECK_EQ(r->n_nameservers, 1);
    CHECK(r->signed_zone);
    CHECK_EQ(r->n_contacts, 2);
    CHECK_STR(r->contacts[0].roles, "registrar");
    CHECK_STR(r->contacts[0].iana_id, "9999");
    CHECK_STR(r->contacts[0].address, "1, Example Street, Exampletown, Germany");
    CHECK_STR(r->contacts[0].country, "DE");
    CHECK_STR(r->contacts[1].email, "abuse@example.com");
}

TEST(a_jcard_that_is_none_is_refused_wherever_it_stands)
{
    static const char *const bad[] = {
        "[\"vcardX\",[]]", "[\"vcard\",false]", "[\"vcard\",{}]", "[\"vcard\",[[\"version\",false,\"text\",\"4.0\"]]]", "[\"vcard\",[[\"version\",{},42,\"4.0\"]]]",
        "[\"vcard\",[[\"version\",{},\"text\",[\"a\",[\"b\",[\"c\"]]]]]]", "[\"vcard\",[[\"version\",{},\"text\"]]]", "[\"vcard\",[[1,{},\"text\",\"a\"]]]", "[\"vcard\",[\"x\"]]",
        "[\"vcard\",[[\"a\",{},\"text\",{\"b\":1}]]]", "[]", "{}", "" };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_rdap *r = FAIR_NEW(a, struct fair_rdap);
    struct fair_rdap_contact c;

    CHECK_OK(fair_rdap_card(a, sample(a, "card.json"), &c, why));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (fair_rdap_card(a, fair_str_of(bad[i]), &c, NULL) != FAIR_INVALID) fail_msg("taken: %s", bad[i]);
        if (bad[i][0] == '[' && fair_rdap_parse(a, fair_str_fmt(a, "{\"entities\":[{\"vcardArray\":%s}]}", bad[i]), r, NULL) != FAIR_INVALID) fail_msg("taken within: %s", bad[i]);
    }
}

TEST(the_server_is_that_of_the_longest_match_and_by_https)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str boot = sample(a, "bootstrap.json"), url;

    CHECK_OK(fair_rdap_server(a, boot, FAIR_STR("www.example.com"), &url, why));
    CHECK_STR(url, "https://b.example/rdap/");
    CHECK_OK(fair_rdap_server(a, boot, FAIR_STR("example.telecom"), &url, why));
    CHECK_STR(url, "http://root.example/");
    CHECK_OK(fair_rdap_server(a, boot, FAIR_STR("2001:db8:1::5"), &url, why));
    CHECK_STR(url, "https://c.example/");
    CHECK_EQ(fair_rdap_server(a, FAIR_STR("{\"services\":[[[\"com\"],[\"https://a.example/\"]]]}"), FAIR_STR("a.net"), &url, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(fair_rdap_server(a, FAIR_STR("{\"services\":[[[\"com\"],[\"https://a.example/\"]],[]]}"), FAIR_STR("a.com"), &url, NULL), FAIR_INVALID);
    CHECK_EQ(fair_rdap_server(a, FAIR_STR("{\"services\":[[[\"com\"],[\"https://a.example/%%\"]]]}"), FAIR_STR("a.com"), &url, NULL), FAIR_INVALID);
    CHECK_EQ(fair_rdap_server(a, FAIR_STR(""), FAIR_STR("a.com"), &url, NULL), FAIR_INVALID);
}

/* Each file by what it is: a list is a jCard, "services" a bootstrap, the rest answers. */
static fair_status
read_any(struct fair_arena *a, fair_str text)
{
    struct fair_rdap *r = FAIR_NEW(a, struct fair_rdap);
    struct fair_rdap_contact c;
    fair_str url, bare = fair_str_trim(text);
    fair_status s;

    if (bare.n > 0 && bare.p[0] == '[') return fair_rdap_card(a, text, &c, NULL);
    if (memmem(text.p, text.n, "\"services\"", 10) == NULL) return fair_rdap_parse(a, text, r, NULL);
    s = fair_rdap_server(a, text, FAIR_STR("example.com"), &url, NULL);
    return s == FAIR_NOT_FOUND ? FAIR_OK : s;
}

TEST(the_suites_answers_are_read_and_its_broken_ones_refused)
{
    static const struct { const char *pattern; bool good; } sets[] = {
        { "openrdap/jcard/error_*.json", false }, { "openrdap/jcard/mixed.json", true }, { "openrdap/rdap/*/*", true }, { "openrdap/bootstrap/*.json", true },
        { "openrdap/bootstrap_complex/*.json", true }, { "openrdap/bootstrap_malformed/*.json", false }, { "openrdap/misc/malformed.json", false },
        { "icann/dataset/*.json", true }, { "icann/validators/profile/*/*/*.json", true }, { "icann/validators/profile/*/*/*/*.json", true } };
    const char *source = getenv("FAIRTRACK_SOURCE");
    int n = 0;

    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        glob_t g;
        if (glob(fair_str_fmt(a, "%s/../shared/suites/rdap/%s", source != NULL ? source : ".", sets[i].pattern).p, 0, NULL, &g) != 0) continue;
        for (size_t k = 0; k < g.gl_pathc; k++) {
            fair_str text;
            CHECK_OK(fair_read_file(a, g.gl_pathv[k], 1 << 22, &text, why));
            if ((read_any(a, text) == FAIR_OK) != sets[i].good) fail_msg("%s: %s", g.gl_pathv[k], sets[i].good ? "refused" : "taken");
            n++;
        }
        globfree(&g);
    }
    if (n == 0) skip();
    print_message("%d files of the suite\n", n);
}

FAIR_TEST_MAIN
