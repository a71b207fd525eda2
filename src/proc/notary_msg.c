/* proc/notary_msg.c - the notary's messages as bytes. */
#include "proc/notary_msg.h"

fair_str
fair_signed_pack(struct fair_arena *a, const struct fair_signed *s)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_MSG_MAX);

    fair_put_u8(&b, (uint8_t)s->status);
    fair_put_str(&b, s->words);
    fair_put_str(&b, s->signature);
    fair_put_str(&b, s->der);
    fair_put_str(&b, s->key);
    return (fair_str){ b.p, b.n };
}

fair_status
fair_signed_unpack(fair_str body, struct fair_signed *s, struct fair_err *err)
{
    struct fair_reader r = fair_reader_of(body);

    s->status = (fair_status)fair_get_u8(&r, FAIR_IO);
    s->words = fair_get_text(&r, 300);
    s->signature = fair_get_str(&r, 96);
    s->der = fair_get_str(&r, 128);
    s->key = fair_get_str(&r, 256);
    return fair_reader_end(&r, err);
}

fair_str
fair_key_told_pack(struct fair_arena *a, const struct fair_key_told *k)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_MSG_MAX);

    fair_put_str(&b, k->key);
    fair_put_str(&b, k->old);
    fair_put_str(&b, k->statement);
    fair_put_str(&b, k->signature);
    return (fair_str){ b.p, b.n };
}

fair_status
fair_key_told_unpack(fair_str body, struct fair_key_told *k, struct fair_err *err)
{
    struct fair_reader r = fair_reader_of(body);

    k->key = fair_get_str(&r, 256);
    k->old = fair_get_str(&r, 256);
    k->statement = fair_get_text(&r, 300);
    k->signature = fair_get_str(&r, 128);
    return fair_reader_end(&r, err);
}

bool
fair_notary_signs(fair_str text)
{
    static const fair_str closing = { "fairtrack-closing-1 ", 20 }, digest = { "sha256:", 7 };

    if (fair_str_starts(text, closing)) text = (fair_str){ text.p + closing.n, text.n - closing.n };
    if (text.n != 71 || !fair_str_starts(text, digest)) return false;
    for (size_t i = digest.n; i < text.n; i++)
        if (!((text.p[i] >= '0' && text.p[i] <= '9') || (text.p[i] >= 'a' && text.p[i] <= 'f'))) return false;
    return true;
}
