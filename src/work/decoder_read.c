/* work/decoder_read.c - a decode helper's answer, believed in nothing: it may have been taken over by the picture it read. */
#include <stdio.h>
#include <string.h>
#include "work/decoder_private.h"

/* The most a small JPEG of ours can come to: 4:2:0 of its pixels without any compression, and its head. */
#define JPEG_MOST(side) ((uint64_t)(side) * (side) * 3 + 4096)

static const struct { unsigned want; uint64_t most; } blob_rules[FAIR_N_BLOBS] = {
    [FAIR_BLOB_FINGERPRINT] = { FAIR_WANT_CATALOGUE | FAIR_WANT_QUERY, FAIR_FINGERPRINT_MAX },
    [FAIR_BLOB_GREY] = { FAIR_WANT_GREY, (uint64_t)FAIR_SIDE * FAIR_SIDE },
    [FAIR_BLOB_THUMB] = { FAIR_WANT_THUMB, JPEG_MOST(320) },
    [FAIR_BLOB_PREVIEW] = { FAIR_WANT_PREVIEW, JPEG_MOST(1280) },
    [FAIR_BLOB_PROOF] = { FAIR_WANT_PROOF, JPEG_MOST(FAIR_SIDE) },
    [FAIR_BLOB_COLOUR] = { FAIR_WANT_COLOUR | FAIR_WANT_TINT, (uint64_t)1280 * 1280 * 3 },
    [FAIR_BLOB_GLANCE] = { FAIR_WANT_GLANCE, FAIR_GLANCE_BYTES },
    [FAIR_BLOB_LINKS] = { 0, UINT64_MAX },
};

static bool
expected(const struct fair_decode_question *q, enum fair_blob which)
{
    if (which == FAIR_BLOB_LINKS) return q->kind != FAIR_DECODE_PICTURE;
    return q->kind == FAIR_DECODE_PICTURE && (q->want & blob_rules[which].want) != 0;
}

/* Exactly the blobs that were asked for, each in its bounds. */
static fair_status
check_blobs(const struct fair_decode_answer *r, const struct fair_decode_question *q, struct fair_err *err)
{
    uint32_t most;

    for (int i = 0; i < FAIR_N_BLOBS; i++) {
        bool there = r->blob[i] > 0, wanted = r->status == FAIR_OK && expected(q, (enum fair_blob)i);
        if (there != wanted) return fair_fail(err, FAIR_CORRUPT, "blob %d is %s", i, there ? "there unasked" : "missing");
        if (r->blob[i] > blob_rules[i].most)
            return fair_fail(err, FAIR_CORRUPT, "blob %d of %llu bytes", i, (unsigned long long)r->blob[i]);
    }
    if (r->grey_width > FAIR_SIDE || r->grey_height > FAIR_SIDE)
        return fair_fail(err, FAIR_CORRUPT, "a grey picture of %u x %u", r->grey_width, r->grey_height);
    most = (q->want & FAIR_WANT_TINT) != 0 ? FAIR_TINT_SIDE : 1280;
    if (r->colour_width > most || r->colour_height > most)
        return fair_fail(err, FAIR_CORRUPT, "a coloured picture of %u x %u", r->colour_width, r->colour_height);
    return FAIR_OK;
}

/* Copied first, so that nothing changes between the judging and the use. */
static fair_str
copy_blob(const struct fair_decode_answer *r, const struct fair_shared *there, enum fair_blob which, struct fair_arena *a)
{
    uint64_t from = 0;

    if (r->blob[which] == 0) return (fair_str){ NULL, 0 };
    for (int i = 0; i < (int)which; i++) from += r->blob[i];
    return fair_str_dup(a, (fair_str){ (const char *)there->p + from, (size_t)r->blob[which] });
}

static fair_status
copy_jpeg(const struct fair_decode_answer *r, const struct fair_shared *there, enum fair_blob which, struct fair_arena *a,
          fair_str *out, struct fair_err *err)
{
    *out = copy_blob(r, there, which, a);
    if (out->p != NULL && !fair_str_starts(*out, FAIR_STR("\xff\xd8\xff")))
        return fair_fail(err, FAIR_CORRUPT, "a JPEG that is none");
    return FAIR_OK;
}

static fair_status
take_info(const struct fair_decode_answer *r, const struct fair_decode_question *q, struct fair_picture *out, struct fair_err *err)
{
    bool pixels = (q->want & ~(unsigned)FAIR_WANT_RIGHTS) != 0;

    if (r->format >= FAIR_N_FORMATS) return fair_fail(err, FAIR_CORRUPT, "format %u", r->format);
    if (r->status == FAIR_OK && pixels &&
        (r->width == 0 || r->height == 0 || r->width > q->max_side || r->height > q->max_side ||
         (uint64_t)r->width * r->height > q->max_pixels || r->frames == 0))
        return fair_fail(err, FAIR_CORRUPT, "a picture of %u x %u, %u frames", r->width, r->height, r->frames);
    *out = (struct fair_picture){ .format = (enum fair_format)r->format, .width = r->width, .height = r->height,
        .frames = r->frames, .orientation = r->orientation, .partial = r->partial, .decoded_rows = r->decoded_rows, .alpha = r->alpha,
        .blank = r->blank };
    return FAIR_OK;
}

static void
take_rights(const struct fair_decode_answer *r, struct fair_arena *a, struct fair_rights *out)
{
    fair_str *to[FAIR_N_SAID] = {
        [FAIR_SAID_CREATOR] = &out->creator, [FAIR_SAID_COPYRIGHT] = &out->copyright, [FAIR_SAID_CREDIT] = &out->credit,
        [FAIR_SAID_DATE] = &out->date, [FAIR_SAID_RIGHTS_URL] = &out->rights_url, [FAIR_SAID_LICENSOR] = &out->licensor,
        [FAIR_SAID_TITLE] = &out->title, [FAIR_SAID_C2PA] = &out->c2pa,
        [FAIR_SAID_SERIAL] = &out->serial,
    };
    for (int i = 0; i < FAIR_N_SAID; i++) *to[i] = fair_str_dup(a, r->said[i]);
}

static void
take_rows(fair_str rows, uint32_t width, uint32_t height, uint32_t channels, struct fair_image **out)
{
    if (rows.p == NULL) return;
    *out = fair_image_new(width, height, channels);
    for (uint32_t y = 0; y < height; y++)
        memcpy(fair_image_row(*out, y), rows.p + (size_t)y * width * channels, (size_t)width * channels);
}

static const char *
fault_of(fair_status s)
{
    return s == FAIR_OK ? NULL : s == FAIR_LIMIT ? "limit" : s == FAIR_INVALID ? "invalid" : "corrupt";
}

fair_status
fair_decoder_read(const struct fair_msg *m, const struct fair_decode_question *q, const struct fair_shared *there,
                  struct fair_arena *a, struct fair_decoded *out, struct fair_links *links, struct fair_err *err)
{
    struct fair_decode_answer r;
    struct fair_fingerprint fp = { 0 };
    struct fair_glance glance = { 0 };
    fair_str packed, thumb, preview, proof;

    FAIR_TRY(fair_decode_answer_unpack(m->body, there->n, &r, err));
    if (r.status == FAIR_AGAIN) return FAIR_AGAIN;
    FAIR_TRY(check_blobs(&r, q, err));
    FAIR_TRY(take_info(&r, q, &out->info, err));
    packed = copy_blob(&r, there, FAIR_BLOB_FINGERPRINT, a);
    if (packed.p != NULL) FAIR_TRY(fair_fingerprint_unpack(packed, a, &fp, err));
    packed = copy_blob(&r, there, FAIR_BLOB_GLANCE, a);
    if (packed.p != NULL && !fair_glance_unpack(packed, &glance)) return fair_fail(err, FAIR_CORRUPT, "a glance of %zu bytes", packed.n);
    FAIR_TRY(copy_jpeg(&r, there, FAIR_BLOB_THUMB, a, &thumb, err));
    FAIR_TRY(copy_jpeg(&r, there, FAIR_BLOB_PREVIEW, a, &preview, err));
    FAIR_TRY(copy_jpeg(&r, there, FAIR_BLOB_PROOF, a, &proof, err));
    if (links != NULL && r.status == FAIR_OK)
        FAIR_TRY(fair_links_unpack(a, copy_blob(&r, there, FAIR_BLOB_LINKS, a), links, err));
    out->status = r.status;
    out->fault = fault_of(r.status);
    snprintf(out->words, sizeof out->words, "%.*s", (int)r.words.n, r.words.p != NULL ? r.words.p : "");
    out->fp = fp;
    out->glance = glance;
    out->thumb = thumb;
    out->preview = preview;
    out->proof = proof;
    take_rights(&r, a, &out->rights);
    take_rows(copy_blob(&r, there, FAIR_BLOB_GREY, a), r.grey_width, r.grey_height, 1, &out->grey);
    take_rows(copy_blob(&r, there, FAIR_BLOB_COLOUR, a), r.colour_width, r.colour_height, 3, &out->colour);
    return FAIR_OK;
}
