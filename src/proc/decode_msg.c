/* proc/decode_msg.c - a decode helper's questions and answers, field by field. */
#include "proc/decode_msg.h"

fair_str
fair_decode_question_pack(const struct fair_decode_question *q, struct fair_arena *a)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_MSG_MAX);

    fair_put_u8(&b, (uint8_t)q->kind);
    fair_put_u32(&b, q->want);
    fair_put_u64(&b, q->n_bytes);
    fair_put_u64(&b, q->max_bytes);
    fair_put_u64(&b, q->max_pixels);
    fair_put_u32(&b, q->max_side);
    fair_put_str(&b, q->base);
    fair_put_str(&b, q->charset);
    return (fair_str){ b.p, b.n };
}

fair_status
fair_decode_question_unpack(fair_str body, struct fair_decode_question *q, struct fair_err *err)
{
    struct fair_reader r = fair_reader_of(body);

    *q = (struct fair_decode_question){ 0 };
    q->kind = (enum fair_decode_kind)fair_get_u8(&r, FAIR_N_DECODE_KINDS - 1);
    q->want = fair_get_u32(&r, UINT32_MAX);
    q->n_bytes = fair_get_u64(&r, SIZE_MAX / 2);
    q->max_bytes = fair_get_u64(&r, SIZE_MAX / 2);
    q->max_pixels = fair_get_u64(&r, UINT64_MAX);
    q->max_side = fair_get_u32(&r, UINT32_MAX);
    q->base = fair_get_str(&r, FAIR_DECODE_URL_MAX);
    q->charset = fair_get_str(&r, FAIR_DECODE_CHARSET_MAX);
    return fair_reader_end(&r, err);
}

fair_str
fair_decode_answer_pack(const struct fair_decode_answer *r, struct fair_arena *a)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_MSG_MAX);

    fair_put_u8(&b, (uint8_t)r->status);
    fair_put_str(&b, r->words);
    fair_put_u32(&b, r->format);
    fair_put_u32(&b, r->width);
    fair_put_u32(&b, r->height);
    fair_put_u32(&b, r->frames);
    fair_put_u32(&b, r->decoded_rows);
    fair_put_u8(&b, r->orientation);
    fair_put_u8(&b, r->partial);
    fair_put_u8(&b, r->alpha);
    fair_put_u8(&b, r->blank);
    fair_put_u32(&b, r->grey_width);
    fair_put_u32(&b, r->grey_height);
    fair_put_u32(&b, r->colour_width);
    fair_put_u32(&b, r->colour_height);
    for (int i = 0; i < FAIR_N_BLOBS; i++) fair_put_u64(&b, r->blob[i]);
    for (int i = 0; i < FAIR_N_SAID; i++) fair_put_str(&b, r->said[i]);
    return (fair_str){ b.p, b.n };
}

fair_status
fair_decode_answer_unpack(fair_str body, uint64_t n_out, struct fair_decode_answer *a, struct fair_err *err)
{
    struct fair_reader r = fair_reader_of(body);
    uint64_t left = n_out;

    *a = (struct fair_decode_answer){ 0 };
    a->status = (fair_status)fair_get_u8(&r, FAIR_IO);
    a->words = fair_get_text(&r, FAIR_WORDS_MAX);
    a->format = fair_get_u32(&r, 255);
    a->width = fair_get_u32(&r, UINT32_MAX);
    a->height = fair_get_u32(&r, UINT32_MAX);
    a->frames = fair_get_u32(&r, UINT32_MAX);
    a->decoded_rows = fair_get_u32(&r, UINT32_MAX);
    a->orientation = fair_get_u8(&r, 8);
    a->partial = fair_get_bool(&r);
    a->alpha = fair_get_bool(&r);
    a->blank = fair_get_bool(&r);
    a->grey_width = fair_get_u32(&r, UINT32_MAX);
    a->grey_height = fair_get_u32(&r, UINT32_MAX);
    a->colour_width = fair_get_u32(&r, 65535);
    a->colour_height = fair_get_u32(&r, 65535);
    for (int i = 0; i < FAIR_N_BLOBS; i++) {
        a->blob[i] = fair_get_u64(&r, left);
        left -= a->blob[i];
    }
    for (int i = 0; i < FAIR_N_SAID; i++) a->said[i] = fair_get_text(&r, FAIR_SAID_MAX);
    FAIR_TRY(fair_reader_end(&r, err));
    if (a->status == FAIR_DONE || a->orientation == 0) return fair_fail(err, FAIR_CORRUPT, "an answer out of its bounds");
    if (a->blob[FAIR_BLOB_GREY] != (uint64_t)a->grey_width * a->grey_height)
        return fair_fail(err, FAIR_CORRUPT, "a grey picture of %u x %u in %llu bytes", a->grey_width, a->grey_height,
                         (unsigned long long)a->blob[FAIR_BLOB_GREY]);
    if (a->blob[FAIR_BLOB_COLOUR] != (uint64_t)a->colour_width * a->colour_height * 3)
        return fair_fail(err, FAIR_CORRUPT, "a coloured picture of %u x %u in %llu bytes", a->colour_width, a->colour_height,
                         (unsigned long long)a->blob[FAIR_BLOB_COLOUR]);
    return FAIR_OK;
}
