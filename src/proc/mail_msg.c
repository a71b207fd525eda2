/* proc/mail_msg.c - the mail helper's messages as bytes. */
#include "proc/mail_msg.h"

#define SHORT 2048

fair_str
fair_mail_pack(struct fair_arena *a, const struct fair_mail *m)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_MSG_MAX);

    fair_put_str(&b, m->url);
    fair_put_str(&b, m->user);
    fair_put_str(&b, m->password);
    fair_put_str(&b, m->from);
    fair_put_str(&b, m->to);
    fair_put_str(&b, m->text);
    return (fair_str){ b.p, b.n };
}

fair_status
fair_mail_unpack(fair_str body, struct fair_mail *m, struct fair_err *err)
{
    struct fair_reader r = fair_reader_of(body);

    m->url = fair_get_text(&r, SHORT);
    m->user = fair_get_text(&r, SHORT);
    m->password = fair_get_str(&r, SHORT);
    m->from = fair_get_text(&r, SHORT);
    m->to = fair_get_text(&r, SHORT);
    m->text = fair_get_text(&r, FAIR_MSG_MAX);
    return fair_reader_end(&r, err);
}

fair_str
fair_mailed_pack(struct fair_arena *a, fair_status s, fair_str words)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_MSG_MAX);

    fair_put_u8(&b, (uint8_t)s);
    fair_put_str(&b, fair_utf8_mend(a, words));
    return (fair_str){ b.p, b.n };
}

fair_status
fair_mailed_unpack(fair_str body, fair_status *s, fair_str *words, struct fair_err *err)
{
    struct fair_reader r = fair_reader_of(body);

    *s = (fair_status)fair_get_u8(&r, FAIR_IO);
    *words = fair_get_text(&r, SHORT);
    return fair_reader_end(&r, err);
}
