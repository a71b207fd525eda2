/* source/guard.h - which addresses of the network a stranger's link may lead us to. */
#ifndef FAIR_SOURCE_GUARD_H
#define FAIR_SOURCE_GUARD_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include "base/text.h"

/* May we connect to this address?  NULL: yes, it is global unicast.  Else what it is, for people:
 * "a private address (RFC 1918)".  By the IANA special-purpose address registries (RFC 6890 and its
 * updates); IPv4-mapped and NAT64 addresses (64:ff9b::/96) are judged by the IPv4 address inside, 6to4 and Teredo
 * are refused.  `allow_loopback`, the setting of tests and the demo, lets 127.0.0.0/8 and ::1 pass and nothing else. */
const char *fair_guard_v4(const uint8_t address[4], bool allow_loopback);
const char *fair_guard_v6(const uint8_t address[16], bool allow_loopback);
/* The same for what a resolver gave; anything but AF_INET and AF_INET6 is refused. */
const char *fair_guard_sockaddr(const struct sockaddr *sa, socklen_t n, bool allow_loopback);

/* May we ask this port of this host (as in a URL: "example.com", "127.0.0.1", "[::1]")?  80 and 443, every
 * port where `any_port`; where `allow_loopback`, every port of "localhost", 127.0.0.0/8 and [::1]. */
bool fair_guard_port(fair_str host, int port, bool any_port, bool allow_loopback);

#endif
