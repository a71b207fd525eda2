/* browser/proxy.h - fairtrack-proxy from the parent's side: where it listens, what it carried, what the DNS says. */
#ifndef FAIR_BROWSER_PROXY_H
#define FAIR_BROWSER_PROXY_H
#include <stdbool.h>
#include "proc/proxy_msg.h"

#define FAIR_PROXY_LINES 8000     /* connections that are remembered; later ones are counted */

struct fair_proxy_options {
    bool loopback, any_port, weak;    /* as the fetcher's                              */
    unsigned max_mb, connections, seconds;    /* of everything; of one connection; 0: the helper's own */
    fair_str dns;                     /* "192.0.2.53:53": asked instead of the system's resolver; absent: that one */
};
struct fair_proxy;

/* Start it and wait until it listens. */
fair_status fair_proxy_open(const struct fair_proxy_options *o, struct fair_proxy **out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_proxy_free(struct fair_proxy **p);
unsigned fair_proxy_port(const struct fair_proxy *p);     /* of 127.0.0.1 */
int fair_proxy_fd(const struct fair_proxy *p);            /* readable: call fair_proxy_hear */
/* Take in what it told by now. FAIR_IO: it has ended. */
fair_status fair_proxy_hear(struct fair_proxy *p, struct fair_err *err) FAIR_MUST_CHECK;
/* Every connection as last told, in order; they live as long as the proxy. `ended`: it is over. */
struct fair_proxy_seen { struct fair_proxy_line line; bool opened, refused, ended; };
const struct fair_proxy_seen *fair_proxy_seen(const struct fair_proxy *p, size_t *n);
/* The address that the last connection to this host and port went to; absent where there was none. */
fair_str fair_proxy_address(const struct fair_proxy *p, fair_str host, unsigned port);
/* Ask the DNS; texts in the arena. FAIR_LIMIT: no answer in wait_ms; what the DNS says is in out->status. */
fair_status fair_proxy_name(struct fair_proxy *p, fair_str name, fair_str type, int wait_ms, struct fair_arena *a, struct fair_proxy_named *out,
                            struct fair_err *err) FAIR_MUST_CHECK;

#endif
