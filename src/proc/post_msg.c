/* proc/post_msg.c - the post helper's answer as bytes. */
#include "proc/post_msg.h"

fair_str
fair_posted_pack(struct fair_arena *a, const struct fair_posted *p)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_MSG_MAX);

    fair_put_u8(&b, (uint8_t)p->how);
    fair_put_str(&b, fair_utf8_mend(a, p->words));
    fair_put_str(&b, p->to);
    fair_put_u32(&b, p->answer);
    return (fair_str){ b.p, b.n };
}

fair_status
fair_posted_unpack(fair_str body, struct fair_posted *p, struct fair_err *err)
{
    struct fair_reader r = fair_reader_of(body);

    p->how = (enum fair_posting)fair_get_u8(&r, FAIR_POSTED_FORBIDDEN);
    p->words = fair_get_text(&r, 2000);
    p->to = fair_get_text(&r, 254);
    p->answer = fair_get_u32(&r, 999);
    return fair_reader_end(&r, err);
}
