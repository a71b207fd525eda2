/* proc/proxy_msg.c - the proxy's messages as bytes. */
#include "proc/proxy_msg.h"

#define SHORT 512
#define RECORDS 49152

fair_str
fair_proxy_line_pack(struct fair_arena *a, const struct fair_proxy_line *l)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_MSG_MAX);

    fair_put_u32(&b, l->number);
    fair_put_u8(&b, l->tunnel);
    fair_put_str(&b, l->host);
    fair_put_u32(&b, l->port);
    fair_put_str(&b, l->address);
    fair_put_u64(&b, l->up);
    fair_put_u64(&b, l->down);
    fair_put_u64(&b, l->ms);
    fair_put_str(&b, l->words);
    return (fair_str){ b.p, b.n };
}

fair_status
fair_proxy_line_unpack(fair_str body, struct fair_proxy_line *l, struct fair_err *err)
{
    struct fair_reader r = fair_reader_of(body);

    l->number = fair_get_u32(&r, UINT32_MAX);
    l->tunnel = fair_get_bool(&r);
    l->host = fair_get_text(&r, SHORT);
    l->port = fair_get_u32(&r, 65535);
    l->address = fair_get_text(&r, 64);
    l->up = fair_get_u64(&r, UINT64_MAX);
    l->down = fair_get_u64(&r, UINT64_MAX);
    l->ms = fair_get_u64(&r, UINT64_MAX);
    l->words = fair_get_text(&r, SHORT);
    return fair_reader_end(&r, err);
}

fair_str
fair_proxy_name_pack(struct fair_arena *a, const struct fair_proxy_name *q)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_MSG_MAX);

    fair_put_str(&b, q->name);
    fair_put_str(&b, q->type);
    return (fair_str){ b.p, b.n };
}

fair_status
fair_proxy_name_unpack(fair_str body, struct fair_proxy_name *q, struct fair_err *err)
{
    struct fair_reader r = fair_reader_of(body);

    q->name = fair_get_text(&r, 255);
    q->type = fair_get_text(&r, 16);
    return fair_reader_end(&r, err);
}

fair_str
fair_proxy_named_pack(struct fair_arena *a, const struct fair_proxy_named *n)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_MSG_MAX);

    fair_put_u8(&b, (uint8_t)n->status);
    fair_put_str(&b, n->words);
    fair_put_str(&b, n->records);
    fair_put_str(&b, n->resolver);
    fair_put_str(&b, n->rcode);
    fair_put_u8(&b, n->authentic);
    fair_put_u32(&b, n->ms);
    return (fair_str){ b.p, b.n };
}

fair_status
fair_proxy_named_unpack(fair_str body, struct fair_proxy_named *n, struct fair_err *err)
{
    struct fair_reader r = fair_reader_of(body);

    n->status = (fair_status)fair_get_u8(&r, FAIR_IO);
    n->words = fair_get_text(&r, SHORT);
    n->records = fair_get_text(&r, RECORDS);
    n->resolver = fair_get_text(&r, 128);
    n->rcode = fair_get_text(&r, 32);
    n->authentic = fair_get_bool(&r);
    n->ms = fair_get_u32(&r, UINT32_MAX);
    return fair_reader_end(&r, err);
}
