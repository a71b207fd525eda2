/* source/proxy_request.h - what a browser asks of a proxy: the head of one request, and what of it goes on. */
#ifndef FAIR_SOURCE_PROXY_REQUEST_H
#define FAIR_SOURCE_PROXY_REQUEST_H
#include <stdbool.h>
#include "base/text.h"

#define FAIR_PROXY_HEAD 65536

struct fair_proxy_request {
    bool tunnel;              /* CONNECT: bytes are passed on unread                */
    fair_str host;            /* "example.com", "192.0.2.1", "[2001:db8::1]"        */
    int port;                 /* 80 where an http: target names none                */
    fair_str head;            /* for the server: origin-form, without what concerns the proxy, "Connection: close"; absent for a tunnel */
    size_t used;              /* bytes of the input that the head took              */
};

/* Read one head (RFC 9112 2 and 3.2, RFC 9110 7.6.1 and 9.3.6) from the first bytes of a connection.
 *   FAIR_AGAIN    it is not all there yet
 *   FAIR_INVALID  no such request, or a target that is neither authority nor http: URL
 *   FAIR_LIMIT    the head is over FAIR_PROXY_HEAD bytes */
fair_status fair_proxy_request_read(struct fair_arena *a, fair_str bytes, struct fair_proxy_request *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
