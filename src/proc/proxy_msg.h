/* proc/proxy_msg.h - what the proxy tells, and what it is asked beside its work: names of the DNS. */
#ifndef FAIR_PROC_PROXY_MSG_H
#define FAIR_PROC_PROXY_MSG_H
#include "proc/messages.h"

/* PORT: it listens.  OPENED, REFUSED, ENDED: a connection.  NAME asks for the records of a name; NAMED answers with its tag. */
enum { FAIR_MSG_PROXY_PORT = FAIR_MSG_FIRST_FREE + 32, FAIR_MSG_PROXY_OPENED, FAIR_MSG_PROXY_REFUSED, FAIR_MSG_PROXY_ENDED,
       FAIR_MSG_PROXY_NAME, FAIR_MSG_PROXY_NAMED };

struct fair_proxy_line {
    uint32_t number;              /* of the connection, from 1                        */
    bool tunnel;
    fair_str host;                /* as asked for; absent where the request was none  */
    uint32_t port;
    fair_str address;             /* it went to                                       */
    uint64_t up, down, ms;        /* ended: bytes each way, how long it stood         */
    fair_str words;               /* refused: why; ended: by which limit, or absent   */
};
fair_str fair_proxy_line_pack(struct fair_arena *a, const struct fair_proxy_line *l);
/* Views into `body`; FAIR_CORRUPT unless all is in its bounds. */
fair_status fair_proxy_line_unpack(fair_str body, struct fair_proxy_line *l, struct fair_err *err) FAIR_MUST_CHECK;

/* One question to the DNS: a name, and a type as text ("A", "AAAA", "NS"). */
struct fair_proxy_name { fair_str name, type; };
fair_str fair_proxy_name_pack(struct fair_arena *a, const struct fair_proxy_name *q);
fair_status fair_proxy_name_unpack(fair_str body, struct fair_proxy_name *q, struct fair_err *err) FAIR_MUST_CHECK;
/* `records`: the answer section, one record a line as in a zone file (RFC 1035 5), with its TTL, RRSIG included. */
struct fair_proxy_named { fair_status status; fair_str words, records, resolver, rcode; bool authentic; uint32_t ms; };
fair_str fair_proxy_named_pack(struct fair_arena *a, const struct fair_proxy_named *r);
fair_status fair_proxy_named_unpack(fair_str body, struct fair_proxy_named *r, struct fair_err *err) FAIR_MUST_CHECK;

#endif
