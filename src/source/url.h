/* source/url.h - URLs as browsers read them. */
#ifndef FAIR_SOURCE_URL_H
#define FAIR_SOURCE_URL_H
#include <stdbool.h>
#include "base/text.h"

#define FAIR_URL_MAX 65536

/* A parsed URL (WHATWG URL standard).  All parts are views into `href` or the arena. */
struct fair_url {
    fair_str href;            /* serialized                                        */
    fair_str scheme;          /* without ':'                                       */
    fair_str username, password;
    bool has_host;
    fair_str host;            /* as serialized: "example.com", "[::1]"; may be ""  */
    int port;                 /* -1: the scheme's own                              */
    fair_str path, query, fragment;   /* query and fragment without ? and #; absent if none */
    bool opaque;
};

/* Parse `text` against `base` (NULL: absolute).  FAIR_INVALID when the standard says failure,
 * FAIR_LIMIT over FAIR_URL_MAX bytes (a data: URL with a picture in it is not for here). */
fair_status fair_url_parse(struct fair_arena *a, fair_str text, const struct fair_url *base, struct fair_url *out,
                           struct fair_err *err) FAIR_MUST_CHECK;

/* What fair_url_parse would make of `text` on `base`, without the fragment, for the ordinary references only: a path ("/a/b.jpg?w=1",
 * "b.jpg") of characters that are written as they are, on an http or https base; or an absolute one that begins with an origin that
 * has been seen.  False: it is none of these, and nothing is said.  `seen`: a handful of origins, kept by the caller (zeroed at
 * first; fair_url_seen_add adds one, and it is emptied when the base changes). */
struct fair_url_seen {
    struct { fair_str text, origin; } v[8];     /* "//cdn.example.com" as written, and as serialized with its scheme */
    unsigned next;
};
/* The answer is out[0] and out[1] one after the other, FAIR_URL_MAX bytes at most: what stands before, of `base` or `seen`, and a piece of `text`. */
bool fair_url_plain(fair_str text, const struct fair_url *base, const struct fair_url_seen *seen, fair_str out[2]);
/* Remember the origin of `u`, which fair_url_parse made of `text`; copies are put into `a`. */
void fair_url_seen_add(struct fair_url_seen *seen, struct fair_arena *a, fair_str text, const struct fair_url *u);

/* The form under which two spellings of one address are the same key: fragment, user and
 * default port off, percent-encoding normalised, doubled slashes of the path folded, a dot
 * at the host's end off, tracking and session parameters off, parameters kept in order. */
fair_str fair_url_canonical(struct fair_arena *a, const struct fair_url *u);
/* Sort-friendly URI reordering: "com,example)/path", as indexes of web archives write it: canonical,
 * in lower case, without www and the path's last slash, parameters sorted.  What has no host stays as it is. */
fair_str fair_url_surt(struct fair_arena *a, const struct fair_url *u);
/* The registrable domain by the public suffix list ("example.co.uk"); the host
 * itself where there is none (IP addresses, suffixes). */
fair_str fair_url_registrable(struct fair_arena *a, const struct fair_url *u);
/* The same, but false where there is none. */
bool fair_url_has_registrable(struct fair_arena *a, const struct fair_url *u, fair_str *out);
/* scheme://host[:port] */
fair_str fair_url_origin(struct fair_arena *a, const struct fair_url *u);

#endif
