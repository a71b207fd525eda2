/* guard.c - the table of addresses that no link may lead us to. */
#include "source/guard.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* One row of the registries: the first `bits` bits of `net`. */
struct row { uint8_t net[16]; unsigned bits; const char *words; };

/* IANA IPv4 Special-Purpose Address Registry, and the multicast and reserved classes.  The three
 * blocks the registry calls globally reachable (AS112 twice, AMT) hold no web servers; they pass as the
 * ordinary addresses that they are.  192.0.0.9 and .10 are services of the own network: refused with their block. */
static const struct row v4_rows[] = {
    { { 0 }, 8, "an address of \"this network\" (RFC 791)" },
    { { 10 }, 8, "a private address (RFC 1918)" },
    { { 100, 64 }, 10, "a shared address of a provider's inner network (RFC 6598)" },
    { { 127 }, 8, "a loopback address (RFC 1122)" },
    { { 169, 254 }, 16, "a link-local address (RFC 3927)" },
    { { 172, 16 }, 12, "a private address (RFC 1918)" },
    { { 192, 0, 0 }, 24, "an address of the IETF's protocol assignments (RFC 6890)" },
    { { 192, 0, 2 }, 24, "a documentation address (RFC 5737)" },
    { { 192, 88, 99 }, 24, "a 6to4 relay address (RFC 7526)" },
    { { 192, 168 }, 16, "a private address (RFC 1918)" },
    { { 198, 18 }, 15, "a benchmarking address (RFC 2544)" },
    { { 198, 51, 100 }, 24, "a documentation address (RFC 5737)" },
    { { 203, 0, 113 }, 24, "a documentation address (RFC 5737)" },
    { { 224 }, 4, "a multicast address (RFC 5771)" },
    { { 255, 255, 255, 255 }, 32, "the broadcast address (RFC 919)" },
    { { 240 }, 4, "a reserved address (RFC 1112)" },
};

/* IANA IPv6 Special-Purpose Address Registry.  What no row names must lie in 2000::/3, the only
 * block from which global unicast addresses are given out (RFC 4291, IANA IPv6 global unicast registry). */
static const struct row v6_rows[] = {
    { { [15] = 0 }, 128, "the unspecified address (RFC 4291)" },
    { { [15] = 1 }, 128, "a loopback address (RFC 4291)" },
    { { 0 }, 96, "an IPv4-compatible address (RFC 4291)" },
    { { [1] = 0x64, 0xff, 0x9b, 0, 1 }, 48, "a local NAT64 address (RFC 8215)" },
    { { 0x01 }, 64, "a discard-only address (RFC 6666)" },
    { { 0x20, 0x01 }, 32, "a Teredo address (RFC 4380)" },
    { { 0x20, 0x01 }, 23, "an address of the IETF's protocol assignments (RFC 2928)" },
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32, "a documentation address (RFC 3849)" },
    { { 0x20, 0x02 }, 16, "a 6to4 address (RFC 7526)" },
    { { 0x3f, 0xff }, 20, "a documentation address (RFC 9637)" },
    { { 0x5f, 0x00 }, 16, "a segment routing address (RFC 9602)" },
    { { 0xfc }, 7, "a unique local address (RFC 4193)" },
    { { 0xfe, 0x80 }, 10, "a link-local address (RFC 4291)" },
    { { 0xfe, 0xc0 }, 10, "a site-local address (RFC 3879)" },
    { { 0xff }, 8, "a multicast address (RFC 4291)" },
};

static bool
inside(const uint8_t *address, const uint8_t *net, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;

    if (memcmp(address, net, whole) != 0) return false;
    return rest == 0 || ((address[whole] ^ net[whole]) & (0xff00 >> rest) & 0xff) == 0;
}

static const char *
look_up(const uint8_t *address, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (inside(address, rows[i].net, rows[i].bits)) return rows[i].words;
    return NULL;
}

const char *
fair_guard_v4(const uint8_t address[4], bool allow_loopback)
{
    if (allow_loopback && address[0] == 127) return NULL;
    return look_up(address, v4_rows, sizeof v4_rows / sizeof v4_rows[0]);
}

const char *
fair_guard_v6(const uint8_t address[16], bool allow_loopback)
{
    static const uint8_t mapped[12] = { [10] = 0xff, 0xff }, nat64[12] = { [1] = 0x64, 0xff, 0x9b };
    static const uint8_t loopback[16] = { [15] = 1 };
    const char *words;

    if (allow_loopback && memcmp(address, loopback, 16) == 0) return NULL;
    if (memcmp(address, mapped, 12) == 0 || memcmp(address, nat64, 12) == 0)
        return fair_guard_v4(address + 12, false);
    words = look_up(address, v6_rows, sizeof v6_rows / sizeof v6_rows[0]);
    if (words == NULL && (address[0] & 0xe0) != 0x20) words = "not a global unicast address (RFC 4291)";
    return words;
}

const char *
fair_guard_sockaddr(const struct sockaddr *sa, socklen_t n, bool allow_loopback)
{
    uint8_t address[16];

    if (n >= sizeof(struct sockaddr_in) && sa->sa_family == AF_INET) {
        memcpy(address, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
        return fair_guard_v4(address, allow_loopback);
    }
    if (n >= sizeof(struct sockaddr_in6) && sa->sa_family == AF_INET6) {
        memcpy(address, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, 16);
        return fair_guard_v6(address, allow_loopback);
    }
    return "no internet address";
}

/* Is this host of a URL this machine itself?  A name that only resolves to it is not. */
static bool
names_loopback(fair_str host)
{
    char text[64];
    uint8_t address[16];

    if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') host = (fair_str){ host.p + 1, host.n - 2 };
    if (host.n == 0 || host.n >= sizeof text) return false;
    memcpy(text, host.p, host.n);
    text[host.n] = '\0';
    if (inet_pton(AF_INET, text, address) == 1) return address[0] == 127;
    if (inet_pton(AF_INET6, text, address) == 1) return fair_guard_v6(address, true) == NULL && fair_guard_v6(address, false) != NULL;
    return fair_str_eq_nocase(host, FAIR_STR("localhost"));
}

bool
fair_guard_port(fair_str host, int port, bool any_port, bool allow_loopback)
{
    if (port < 1 || port > 65535) return false;
    return any_port || port == 80 || port == 443 || (allow_loopback && names_loopback(host));
}
