/* proc/hear_msg.c - the messages of the helpers for incoming mail as bytes. */
#include "proc/hear_msg.h"

#define SHORT 2048

fair_str
fair_hear_pack(struct fair_arena *a, const struct fair_hear *q)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_MSG_MAX);

    fair_put_str(&b, q->url);
    fair_put_str(&b, q->user);
    fair_put_str(&b, q->password);
    fair_put_u32(&b, q->from);
    fair_put_u32(&b, q->uid);
    fair_put_u32(&b, q->most);
    return (fair_str){ b.p, b.n };
}

fair_status
fair_hear_unpack(fair_str body, struct fair_hear *q, struct fair_err *err)
{
    struct fair_reader r = fair_reader_of(body);

    q->url = fair_get_text(&r, SHORT);
    q->user = fair_get_text(&r, SHORT);
    q->password = fair_get_str(&r, SHORT);
    q->from = fair_get_u32(&r, UINT32_MAX);
    q->uid = fair_get_u32(&r, UINT32_MAX);
    q->most = fair_get_u32(&r, 256u << 20);
    return fair_reader_end(&r, err);
}

fair_str
fair_heard_pack(struct fair_arena *a, const struct fair_heard *x)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_MSG_MAX);

    fair_put_u8(&b, (uint8_t)x->status);
    fair_put_str(&b, fair_utf8_mend(a, x->words.p != NULL ? x->words : FAIR_STR("")));
    fair_put_u32(&b, x->validity);
    fair_put_u32(&b, x->n_uids);
    for (uint32_t i = 0; i < x->n_uids; i++) fair_put_u32(&b, x->uids[i]);
    fair_put_u32(&b, x->bytes);
    return (fair_str){ b.p, b.n };
}

fair_status
fair_heard_unpack(fair_str body, struct fair_heard *x, struct fair_err *err)
{
    struct fair_reader r = fair_reader_of(body);

    x->status = (fair_status)fair_get_u8(&r, FAIR_IO);
    x->words = fair_get_text(&r, SHORT);
    x->validity = fair_get_u32(&r, UINT32_MAX);
    x->n_uids = fair_get_u32(&r, FAIR_HEAR_LIST);
    for (uint32_t i = 0; i < x->n_uids; i++) x->uids[i] = fair_get_u32(&r, UINT32_MAX);
    x->bytes = fair_get_u32(&r, 256u << 20);
    return fair_reader_end(&r, err);
}

fair_str
fair_mail_told_pack(struct fair_arena *a, const struct fair_mail_told *t)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_MSG_MAX);

    fair_put_u8(&b, (uint8_t)t->status);
    fair_put_str(&b, t->from);
    fair_put_str(&b, t->from_name);
    fair_put_str(&b, t->subject);
    fair_put_str(&b, t->message_id);
    fair_put_u64(&b, (uint64_t)(t->date > 0 ? t->date : 0));
    fair_put_u8(&b, t->automatic);
    fair_put_u8(&b, t->bounce);
    fair_put_str(&b, t->bounce_words);
    fair_put_u32(&b, (uint32_t)t->n_references);
    for (size_t i = 0; i < t->n_references; i++) fair_put_str(&b, t->references[i]);
    fair_put_str(&b, t->text);
    fair_put_u8(&b, t->text_cut);
    fair_put_u32(&b, (uint32_t)t->n_files);
    for (size_t i = 0; i < t->n_files; i++) {
        fair_put_str(&b, t->files[i].name);
        fair_put_str(&b, t->files[i].type);
        fair_put_u32(&b, t->files[i].bytes);
    }
    fair_put_u8(&b, t->more_files);
    fair_put_u32(&b, (uint32_t)t->n_auths);
    for (size_t i = 0; i < t->n_auths; i++) {
        fair_put_str(&b, t->auths[i].server);
        fair_put_u8(&b, t->auths[i].spf);
        fair_put_u8(&b, t->auths[i].dkim);
        fair_put_u8(&b, t->auths[i].dmarc);
    }
    return (fair_str){ b.p, b.n };
}

fair_status
fair_mail_told_unpack(fair_str body, struct fair_mail_told *t, struct fair_err *err)
{
    struct fair_reader r = fair_reader_of(body);

    *t = (struct fair_mail_told){ .status = (fair_status)fair_get_u8(&r, FAIR_IO) };
    t->from = fair_get_text(&r, 400);
    t->from_name = fair_get_text(&r, 400);
    t->subject = fair_get_text(&r, 1000);
    t->message_id = fair_get_text(&r, 400);
    t->date = (fair_time)fair_get_u64(&r, (uint64_t)4102444800 * FAIR_SECOND);
    t->automatic = fair_get_bool(&r);
    t->bounce = fair_get_bool(&r);
    t->bounce_words = fair_get_text(&r, 1000);
    t->n_references = fair_get_u32(&r, FAIR_MAIL_REFERENCES);
    for (size_t i = 0; i < t->n_references; i++) t->references[i] = fair_get_text(&r, 400);
    t->text = fair_get_text(&r, FAIR_MAIL_TEXT);
    t->text_cut = fair_get_bool(&r);
    t->n_files = fair_get_u32(&r, FAIR_MAIL_FILES);
    for (size_t i = 0; i < t->n_files; i++) {
        t->files[i].name = fair_get_text(&r, 200);
        t->files[i].type = fair_get_text(&r, 100);
        t->files[i].bytes = fair_get_u32(&r, UINT32_MAX);
    }
    t->more_files = fair_get_bool(&r);
    t->n_auths = fair_get_u32(&r, FAIR_MAIL_AUTHS);
    for (size_t i = 0; i < t->n_auths; i++) {
        t->auths[i].server = fair_get_text(&r, 700);
        t->auths[i].spf = fair_get_u8(&r, FAIR_AUTH_OTHER);
        t->auths[i].dkim = fair_get_u8(&r, FAIR_AUTH_OTHER);
        t->auths[i].dmarc = fair_get_u8(&r, FAIR_AUTH_OTHER);
    }
    return fair_reader_end(&r, err);
}
