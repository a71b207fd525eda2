/* work/fetcher.h - the fetch helper as the rest of the house sees it: ask and next, many at once.
 *
 * fairtrack-fetch (libcurl) has the network outwards behind the address guard, and no files.  It resolves once,
 * refuses every address that is not global unicast, connects to that very address and checks again at every
 * redirect.  Politeness (robots, delay per host, backing off) is kept here, for every fetch alike. */
#ifndef FAIR_WORK_FETCHER_H
#define FAIR_WORK_FETCHER_H
#include <stdbool.h>
#include "base/digest.h"
#include "base/mem.h"

struct fair_fetcher;

struct fair_fetch_limits {
    size_t max_bytes;         /* of one body, unpacked                             */
    unsigned max_redirects, seconds, stall_s;   /* whole; without a byte           */
    unsigned at_once;         /* fetches under way, all hosts                      */
    unsigned min_delay_ms, max_delay_ms;        /* the delay per host: 5 x the last fetch's time, within these; Crawl-delay outranks */
    bool allow_loopback;      /* the test setting                                  */
    bool any_port;            /* else 80 and 443 only                              */
    bool weak;                /* decode.sandbox = weak: go on where a protection of the helper is missing */
    bool loopback_only;       /* no contact is set: nothing outside this machine   */
    const char *only;         /* "host:port" of a service that the settings name, an S3 store: this fetcher reaches
                               * nothing else, and that wherever it lies; NULL: the web, behind the guard */
    const char *agent;        /* the user agent; must name us and a contact page   */
    unsigned backoff_ms;      /* after 403, 429, 503 without Retry-After           */
    unsigned tries;           /* of one ask, and refusals in a row after which a host is left alone */
    unsigned patience_s;      /* a longer Retry-After ends the asks of its host instead of being waited for */
    unsigned robots_good_s, robots_bad_s;     /* how long a robots.txt stands; how long its absence by fault does */
};
extern const struct fair_fetch_limits fair_fetch_limits_default;

fair_status fair_fetcher_open(const struct fair_fetch_limits *limits, struct fair_fetcher **out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_fetcher_free(struct fair_fetcher **f);

struct fair_fetch_ask {
    fair_str url;
    fair_str etag, last_modified;     /* makes it conditional                     */
    fair_str accept;                  /* absent: anything                         */
    size_t max_bytes;                 /* 0: the limits'                           */
    int64_t range_from, range_to;     /* 0,0: whole                               */
    bool ignore_robots;               /* a page known from a person's lead, once  */
    bool once;                        /* one try: tell 403, 429 and 503 at once   */
    bool cut;                         /* a longer body is cut at max_bytes, not refused */
    int patience_ms;                  /* a host that has to be left alone for longer than this ends it: refused_by "host"; 0: it waits */
    void *tag;
    /* What is sent to a service that wants more than a GET; its redirects are answers. */
    const char *method;               /* "HEAD" "POST" "PUT" "DELETE"; NULL: GET  */
    fair_str headers;                 /* lines "Name: value\n", 8 KiB at most     */
    fair_str body;                    /* copied                                   */
};
/* Queued; asked when politeness lets it.  FAIR_INVALID: no http(s) URL, or no such method. FAIR_LIMIT: 100000 are waiting. */
fair_status fair_fetcher_ask(struct fair_fetcher *f, const struct fair_fetch_ask *ask, struct fair_err *err) FAIR_MUST_CHECK;

struct fair_fetch_reply {
    void *tag;
    fair_status status;       /* FAIR_OK: an HTTP answer came (any code).  FAIR_REFUSED: robots, guard, port.
                               * FAIR_LIMIT: bytes, redirects, seconds.  FAIR_IO: name, connection, TLS. */
    const char *refused_by;   /* "robots" "guard" "port" "contact" "host" (it asks to be left alone), else NULL */
    char words[256];
    int http;                 /* 200, 304, ...                                    */
    fair_str url;             /* the last one, after redirects                    */
    fair_str redirects;       /* the ones before it, newline between              */
    fair_str body;            /* in the arena                                     */
    fair_str mime, charset, etag, last_modified, headers;
    fair_str robots_tag, tdm; /* X-Robots-Tag, TDM-Reservation                    */
    fair_str tls;             /* lines subject= issuer= expires= sha256= (leaf first); absent over http */
    int64_t retry_after_s;    /* -1: none given                                   */
    int64_t wire_bytes;       /* of all hops                                      */
    bool cut;                 /* the body is longer than what is here             */
    char address[64];         /* that answered                                    */
    int64_t ms;
};
/* The next answer, waiting at most wait_ms (-1: until one comes).  FAIR_DONE: nothing is
 * asked or under way.  FAIR_AGAIN: not yet; *wake_ms (may be NULL) says when politeness lets the next go. */
fair_status fair_fetcher_next(struct fair_fetcher *f, struct fair_arena *a, int wait_ms, struct fair_fetch_reply *out, int *wake_ms, struct fair_err *err) FAIR_MUST_CHECK;
size_t fair_fetcher_waiting(const struct fair_fetcher *f);

/* One, asked and waited for (only while nothing else is asked). */
fair_status fair_fetcher_get(struct fair_fetcher *f, const struct fair_fetch_ask *ask, struct fair_arena *a, struct fair_fetch_reply *out, struct fair_err *err) FAIR_MUST_CHECK;

/* The Sitemap lines of the robots.txt of `url`'s origin, as far as it was read by now. */
size_t fair_fetcher_sitemaps(struct fair_fetcher *f, fair_str url, struct fair_arena *a, fair_str **urls);

#endif
