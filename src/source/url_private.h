/* source/url_private.h - what the files of the URL parser share. */
#ifndef FAIR_SOURCE_URL_PRIVATE_H
#define FAIR_SOURCE_URL_PRIVATE_H
#include "source/url.h"

/* The percent-encode sets of the URL standard (section 1.3), as bits of a table. */
enum url_set {
    URL_C0 = 1 << 0,
    URL_FRAGMENT = 1 << 1,
    URL_QUERY = 1 << 2,
    URL_SPECIAL_QUERY = 1 << 3,
    URL_PATH = 1 << 4,
    URL_USERINFO = 1 << 5
};
/* Is the byte `c` to be written as %XX in this set? */
bool fair_url_in_set(unsigned char c, enum url_set set);
/* Append `s` with the bytes of the set written as %XX. */
void fair_url_encode(struct fair_buf *b, fair_str s, enum url_set set);
/* The value of a hex digit, or -1. */
int fair_url_hex(char c);
/* Undo %XX; whatever is no escape stays as it is. */
fair_str fair_url_decode(struct fair_arena *a, fair_str s);

/* The host parser (section 3.5): domains through IDNA, IPv4 in all its spellings,
 * [IPv6], opaque hosts.  false is the standard's failure. */
bool fair_url_host(struct fair_arena *a, fair_str text, bool special, fair_str *out);
/* The IPv4 address of a serialized host, if it is one. */
bool fair_url_host_is_ip(fair_str host);

/* The port that a special scheme has by itself, 0 for file, -1 for others. */
int fair_url_default_port(fair_str scheme);

#endif
