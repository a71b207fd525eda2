/* test_proxy_request.c - heads of requests to a proxy. */
#include "base/test.h"
#include "source/proxy_request.h"

TEST(a_url_goes_on_as_a_path_without_what_concerns_the_proxy)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_proxy_request r;

    CHECK_OK(fair_proxy_request_read(a, FAIR_STR("GET http://www.example.com:8080/a?b HTTP/1.1\r\nHost: www.example.com:8080\r\n"
                                                 "Proxy-Connection: keep-alive\r\nAccept: */*\r\nconnection: x\r\n\r\nbody"), &r, why));
    CHECK(!r.tunnel);
    CHECK_STR(r.host, "www.example.com");
    CHECK_EQ(r.port, 8080);
    CHECK_STR(r.head, "GET /a?b HTTP/1.1\r\nHost: www.example.com:8080\r\nAccept: */*\r\nConnection: close\r\n\r\n");
    CHECK_OK(fair_proxy_request_read(a, FAIR_STR("GET http://example.com?q HTTP/1.1\r\n\r\n"), &r, why));
    CHECK_EQ(r.port, 80);
    CHECK_STR(r.head, "GET /?q HTTP/1.1\r\nConnection: close\r\n\r\n");
    CHECK_EQ(r.used, 37);
}

TEST(a_tunnel_names_host_and_port)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_proxy_request r;

    CHECK_OK(fair_proxy_request_read(a, FAIR_STR("CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: x\r\n\r\n"), &r, why));
    CHECK(r.tunnel);
    CHECK_STR(r.host, "[2001:db8::1]");
    CHECK_EQ(r.port, 443);
    CHECK(r.head.p == NULL);
}

TEST(what_is_no_request_to_a_proxy_is_refused)
{
    static const char *const odd[] = {
        "GET /path HTTP/1.1\r\n\r\n", "GET https://example.com/ HTTP/1.1\r\n\r\n", "GET file:///etc/passwd HTTP/1.1\r\n\r\n", "CONNECT example.com HTTP/1.1\r\n\r\n",
        "CONNECT example.com:0 HTTP/1.1\r\n\r\n", "CONNECT example.com:70000 HTTP/1.1\r\n\r\n", "CONNECT user@example.com:443 HTTP/1.1\r\n\r\n",
        "GET http://user@example.com/ HTTP/1.1\r\n\r\n", "GET http://exa mple.com/ HTTP/1.1\r\n\r\n", "GET http://example.com/ HTTP/2.0\r\n\r\n",
        "GET http://example.com/ HTTP/1.1\r\nno header\r\n\r\n", "GET http://example.com/ HTTP/1.1\r\na: b\rc: d\r\n\r\n", "\r\n\r\n",
        "GET http:///x HTTP/1.1\r\n\r\n", "CONNECT [::1]x:443 HTTP/1.1\r\n\r\n", "CONNECT [::g]:443 HTTP/1.1\r\n\r\n" };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    char *long_one = fair_alloc(a, FAIR_PROXY_HEAD + 10);
    struct fair_proxy_request r;

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        if (fair_proxy_request_read(a, fair_str_of(odd[i]), &r, NULL) != FAIR_INVALID) fail_msg("taken: %s", odd[i]);
    CHECK_EQ(fair_proxy_request_read(a, FAIR_STR("GET http://example.com/ HTTP/1.1\r\nHost: e"), &r, NULL), FAIR_AGAIN);
    memset(long_one, 'a', FAIR_PROXY_HEAD + 10);
    CHECK_EQ(fair_proxy_request_read(a, (fair_str){ long_one, FAIR_PROXY_HEAD + 10 }, &r, NULL), FAIR_LIMIT);
}

FAIR_TEST_MAIN
