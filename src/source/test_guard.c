/* test_guard.c - each row of the registries by its first and last address, and their neighbours. */
#include <arpa/inet.h>
#include <jansson.h>
#include <netdb.h>
#include <netinet/in.h>
#include "base/test.h"
#include "source/guard.h"

static const char *
verdict(const char *text, bool allow_loopback)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return fair_guard_sockaddr((struct sockaddr *)&v4, sizeof v4, allow_loopback);
    if (inet_pton(AF_INET6, text, &v6.sin6_addr) != 1) fail_msg("%s is no address", text);
    return fair_guard_sockaddr((struct sockaddr *)&v6, sizeof v6, allow_loopback);
}

static void
all(const char *const *texts, bool allow_loopback, bool allowed)
{
    for (; *texts != NULL; texts++) {
        const char *words = verdict(*texts, allow_loopback);
        if ((words == NULL) != allowed) fail_msg("%s: %s", *texts, words != NULL ? words : "allowed");
    }
}

TEST(ordinary_addresses_pass)
{
    static const char *const good[] = {
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
        "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.88.98.255",
        "192.88.100.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0",
        "203.0.112.255", "203.0.114.0", "223.255.255.255", "2000::1", "2001:200::1", "2001:4860:4860::8888", "2003::1",
        "2a00:1450::1", "3ffe::1", "2620:4f:8000::1", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8", NULL };
    all(good, false, true);
    all(good, true, true);
}

TEST(no_special_address_of_ipv4_passes)
{
    static const char *const bad[] = {
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.0", "127.0.0.1",
        "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255", "192.0.0.0",
        "192.0.0.9", "192.0.0.255", "192.0.2.0", "192.0.2.255", "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0",
        "198.19.255.255", "198.51.100.7", "203.0.113.0", "203.0.113.255", "224.0.0.1", "239.255.255.255", "240.0.0.0",
        "255.255.255.254", "255.255.255.255", NULL };
    all(bad, false, false);
}

TEST(no_special_address_of_ipv6_passes)
{
    static const char *const bad[] = {
        "::", "::1", "::2", "::8.8.8.8", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::10.1.2.3",
        "64:ff9b::127.0.0.1", "64:ff9b:1::1", "64:ff9b:1:ffff::1", "64:ff9b:0:1::1", "100::1", "100:0:0:1::1", "1::1", "1fff::1", "2001::1",
        "2001:0:53aa::1", "2001:1::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:1ff:ffff::1", "2001:db8::1",
        "2001:db8:ffff::1", "2002::1", "2002:808:808::1", "2002:a00:1::1", "3fff::1", "3fff:fff::1", "4000::1", "5f00::1",
        "8000::1", "fc00::1", "fd12:3456::1", "fdff::1", "fe00::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ffff::1", NULL };
    all(bad, false, false);
}

TEST(the_loopback_setting_lets_loopback_pass_and_nothing_else)
{
    static const char *const good[] = { "127.0.0.1", "127.0.0.53", "127.255.255.255", "::1", NULL };
    static const char *const bad[] = { "0.0.0.0", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "::", "::2",
        "::ffff:127.0.0.1", "64:ff9b::127.0.0.1", "fe80::1", "fd00::1", "255.255.255.255", NULL };
    all(good, true, true);
    all(bad, true, false);
}

TEST(what_is_no_internet_address_is_refused)
{
    struct sockaddr local = { .sa_family = AF_UNIX };
    struct sockaddr_in cut = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x08080808) };

    CHECK(fair_guard_sockaddr(&local, sizeof local, true) != NULL);
    CHECK(fair_guard_sockaddr((struct sockaddr *)&cut, 6, true) != NULL);
}

TEST(ports_are_80_and_443_unless_told)
{
    CHECK(fair_guard_port(FAIR_STR("example.com"), 80, false, false));
    CHECK(fair_guard_port(FAIR_STR("example.com"), 443, false, false));
    CHECK(!fair_guard_port(FAIR_STR("example.com"), 22, false, false));
    CHECK(!fair_guard_port(FAIR_STR("example.com"), 8080, false, true));
    CHECK(fair_guard_port(FAIR_STR("example.com"), 8080, true, false));
    CHECK(!fair_guard_port(FAIR_STR("127.0.0.1"), 8080, false, false));
    CHECK(fair_guard_port(FAIR_STR("127.0.0.1"), 8080, false, true));
    CHECK(fair_guard_port(FAIR_STR("[::1]"), 8080, false, true));
    CHECK(fair_guard_port(FAIR_STR("localhost"), 8080, false, true));
    CHECK(!fair_guard_port(FAIR_STR("localhost.example.com"), 8080, false, true));
    CHECK(!fair_guard_port(FAIR_STR("10.0.0.1"), 8080, false, true));
    CHECK(!fair_guard_port(FAIR_STR("example.com"), 0, true, true));
    CHECK(!fair_guard_port(FAIR_STR("example.com"), 65536, true, true));
}

/* Spellings such as 0x7f.1 and 017700000001: whatever a resolver makes of them, it is the address that is judged. */
TEST(odd_spellings_of_an_address_are_judged_by_the_address)
{
    const char *source = getenv("FAIRTRACK_SOURCE");
    char path[4096];
    json_t *list, *want;
    const char *spelling;
    size_t refused = 0;

    snprintf(path, sizeof path, "%s/../shared/suites/url-normalize/urlcanon/funky_ipv4.json", source != NULL ? source : ".");
    list = json_load_file(path, 0, NULL);
    if (list == NULL) {
        print_message("skipped: %s is not there\n", path);
        skip();
    }
    json_object_foreach(list, spelling, want) {
        struct addrinfo hint = { .ai_flags = AI_NUMERICHOST, .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *found = NULL;
        if (getaddrinfo(spelling, NULL, &hint, &found) != 0) continue;
        if (json_is_string(want)) {
            const char *a = fair_guard_sockaddr(found->ai_addr, found->ai_addrlen, false), *b = verdict(json_string_value(want), false);
            if ((a == NULL) != (b == NULL)) fail_msg("%s: %s, as %s: %s", spelling, a ? a : "passes", json_string_value(want), b ? b : "passes");
            refused += a != NULL;
        }
        freeaddrinfo(found);
    }
    json_decref(list);
    CHECK(refused > 0);
}

FAIR_TEST_MAIN
