/* helpers/decode_loop.c - a decode helper: begin, confine, then one message after the other. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "fingerprint/fingerprint.h"
#include "fingerprint/glance.h"
#include "helpers/decode_private.h"
#include "proc/decode_msg.h"
#include "source/links.h"

#define THUMB_SIDE 320
#define PREVIEW_SIDE 1280
#define TINT_SIDE 128             /* FAIR_TINT_SIDE of work/decoder.h; a test compares */
#define GLANCE_SIDE 64            /* of the longer side at least: an eighth of most pictures */
#define GLANCE_LEAST 32           /* of the shorter one                                      */

struct job {
    const struct fair_decode_kit *kit;
    struct fair_self *self;
    struct fair_arena *arena;
    struct fair_decode_question q;
    fair_str bytes;
    struct fair_decode_answer a;
    uint8_t *at;                  /* where the next blob goes in the mapping outwards */
};

/* Blobs lie in the order of their names; each is added once. */
static fair_status
add_blob(struct job *j, enum fair_blob which, fair_str bytes, struct fair_err *err)
{
    size_t left = j->self->n_out - (size_t)(j->at - j->self->out);

    if (bytes.n > left) return fair_fail(err, FAIR_LIMIT, "an answer of more than %zu bytes", j->self->n_out);
    if (bytes.n > 0) memcpy(j->at, bytes.p, bytes.n);
    j->at += bytes.n;
    j->a.blob[which] = bytes.n;
    return FAIR_OK;
}

/* ---- a picture ---------------------------------------------------------------------------------------- */

static fair_status
add_rows(struct job *j, enum fair_blob which, const struct fair_image *im, uint32_t *width, uint32_t *height, struct fair_err *err)
{
    size_t row = (size_t)im->width * im->channels;
    char *packed = fair_alloc(j->arena, row * im->height);

    for (uint32_t y = 0; y < im->height; y++) memcpy(packed + y * row, fair_image_row(im, y), row);
    *width = im->width;
    *height = im->height;
    return add_blob(j, which, (fair_str){ packed, row * im->height }, err);
}

static fair_status
add_colour(struct job *j, const struct fair_image *colour, struct fair_err *err)
{
    FAIR_AUTO(image) struct fair_image *small = fair_image_shrink(colour, PREVIEW_SIDE);

    return add_rows(j, FAIR_BLOB_COLOUR, small, &j->a.colour_width, &j->a.colour_height, err);
}

static fair_status
add_jpeg(struct job *j, enum fair_blob which, const struct fair_image *from, uint32_t side, int quality, struct fair_err *err)
{
    FAIR_AUTO(image) struct fair_image *small = fair_image_shrink(from, side);
    fair_str jpeg;

    fair_jpeg_encode(small, quality, j->arena, &jpeg);
    return add_blob(j, which, jpeg, err);
}

static fair_status
add_fingerprint(struct job *j, const struct fair_image *grey, const struct fair_picture *info, struct fair_err *err)
{
    struct fair_fingerprint fp;

    fair_fingerprint_take(grey, info->width, info->height, (j->q.want & WANT_QUERY) != 0 ? FAIR_FOR_QUERY : FAIR_FOR_CATALOGUE,
                          j->arena, &fp);
    return add_blob(j, FAIR_BLOB_FINGERPRINT, fair_fingerprint_pack(&fp, j->arena), err);
}

/* The hash of exact areas hardly moves with the size, so the least that is cheap is decoded; only of a very long picture more. */
static fair_status
add_glance(struct job *j, const struct fair_image_limits *limits, struct fair_picture *info, struct fair_err *err)
{
    FAIR_AUTO(image) struct fair_image *grey = NULL;
    uint8_t bytes[FAIR_GLANCE_BYTES];
    struct fair_glance g;
    uint32_t longer, shorter;

    FAIR_TRY(j->kit->decode(j->bytes.p, j->bytes.n, limits, GLANCE_SIDE, 1, &grey, info, err));
    longer = info->width > info->height ? info->width : info->height;
    shorter = info->width > info->height ? info->height : info->width;
    if ((grey->width < GLANCE_LEAST || grey->height < GLANCE_LEAST) && (grey->width < info->width || grey->height < info->height)) {
        uint64_t wish = (uint64_t)GLANCE_SIDE * longer / shorter;
        fair_image_free(&grey);
        FAIR_TRY(j->kit->decode(j->bytes.p, j->bytes.n, limits, wish < longer ? (uint32_t)wish : longer, 1, &grey, info, err));
    }
    fair_glance_take(grey, info->width, info->height, &g);
    fair_glance_pack(&g, bytes);
    return add_blob(j, FAIR_BLOB_GLANCE, (fair_str){ (const char *)bytes, sizeof bytes }, err);
}

static fair_status
add_tint(struct job *j, const struct fair_image_limits *limits, struct fair_picture *info, struct fair_err *err)
{
    FAIR_AUTO(image) struct fair_image *any = NULL, *small = NULL;

    FAIR_TRY(j->kit->decode(j->bytes.p, j->bytes.n, limits, TINT_SIDE, 3, &any, info, err));
    small = fair_image_shrink(any, TINT_SIDE);
    return add_rows(j, FAIR_BLOB_COLOUR, small, &j->a.colour_width, &j->a.colour_height, err);
}

static void
tell_picture(struct job *j, const struct fair_picture *info)
{
    j->a.format = (uint32_t)info->format;
    j->a.width = info->width;
    j->a.height = info->height;
    j->a.frames = info->frames;
    j->a.orientation = info->orientation >= 1 && info->orientation <= 8 ? (uint8_t)info->orientation : 1;
    j->a.partial = info->partial;
    j->a.decoded_rows = info->decoded_rows;
    j->a.alpha = info->alpha;
    j->a.blank = info->blank;
}

/* Decode as often as needed: the fingerprint always comes from the cheapest grey decode, so that a work and
 * a query made of the same file are the same; only a JPEG's grey differs from its colours' luma. */
static fair_status
pixels(struct job *j, const struct fair_image_limits *limits, struct fair_picture *info, struct fair_err *err)
{
    unsigned want = j->q.want;
    bool colour_wanted = (want & (WANT_THUMB | WANT_PREVIEW | WANT_COLOUR)) != 0;
    bool grey_wanted = (want & (WANT_CATALOGUE | WANT_QUERY | WANT_GREY | WANT_PROOF)) != 0;
    FAIR_AUTO(image) struct fair_image *colour = NULL;
    FAIR_AUTO(image) struct fair_image *any = NULL;
    FAIR_AUTO(image) struct fair_image *grey = NULL;

    if (colour_wanted) {
        struct fair_picture second = { 0 };
        FAIR_TRY(j->kit->decode(j->bytes.p, j->bytes.n, limits, (want & (WANT_PREVIEW | WANT_COLOUR)) != 0 ? PREVIEW_SIDE : FAIR_SIDE, 3,
                                &colour, info, err));
        if (grey_wanted && info->format == FAIR_FORMAT_JPEG)
            FAIR_TRY(j->kit->decode(j->bytes.p, j->bytes.n, limits, FAIR_SIDE, 1, &any, &second, err));
        else if (grey_wanted)
            any = fair_image_luma(colour);
    } else if (grey_wanted || (want & WANT_INFO) != 0) {
        FAIR_TRY(j->kit->decode(j->bytes.p, j->bytes.n, limits, FAIR_SIDE, 1, &any, info, err));
    }
    if (any != NULL) grey = fair_image_shrink(any, FAIR_SIDE);
    if ((want & (WANT_CATALOGUE | WANT_QUERY)) != 0) FAIR_TRY(add_fingerprint(j, grey, info, err));
    if ((want & WANT_GREY) != 0) FAIR_TRY(add_rows(j, FAIR_BLOB_GREY, grey, &j->a.grey_width, &j->a.grey_height, err));
    if ((want & WANT_THUMB) != 0) FAIR_TRY(add_jpeg(j, FAIR_BLOB_THUMB, colour, THUMB_SIDE, 80, err));
    if ((want & WANT_PREVIEW) != 0) FAIR_TRY(add_jpeg(j, FAIR_BLOB_PREVIEW, colour, PREVIEW_SIDE, 85, err));
    if ((want & WANT_PROOF) != 0) FAIR_TRY(add_jpeg(j, FAIR_BLOB_PROOF, grey, FAIR_SIDE, 90, err));
    if ((want & WANT_COLOUR) != 0) FAIR_TRY(add_colour(j, colour, err));
    else if ((want & WANT_TINT) != 0) FAIR_TRY(add_tint(j, limits, info, err));
    if ((want & WANT_GLANCE) != 0) FAIR_TRY(add_glance(j, limits, info, err));
    return FAIR_OK;
}

/* What it says of its rights, also where its pixels are lost; that it cannot be read is no fault of the picture. */
static void
rights(struct job *j)
{
    struct fair_rights r = { 0 };
    fair_str *to = j->a.said;

    if (fair_rights_read(j->bytes.p, j->bytes.n, j->arena, &r, NULL) != FAIR_OK) return;
    to[FAIR_SAID_CREATOR] = r.creator;
    to[FAIR_SAID_COPYRIGHT] = r.copyright;
    to[FAIR_SAID_CREDIT] = r.credit;
    to[FAIR_SAID_DATE] = r.date;
    to[FAIR_SAID_RIGHTS_URL] = r.rights_url;
    to[FAIR_SAID_LICENSOR] = r.licensor;
    to[FAIR_SAID_TITLE] = r.title;
    to[FAIR_SAID_C2PA] = r.c2pa;
    to[FAIR_SAID_SERIAL] = r.serial;
}

static fair_status
picture(struct job *j, struct fair_err *err)
{
    struct fair_image_limits limits = { .max_bytes = (size_t)j->q.max_bytes, .max_side = j->q.max_side, .max_pixels = j->q.max_pixels, .max_memory = fair_image_limits_default.max_memory };
    struct fair_picture info = { .format = fair_format_sniff(j->bytes.p, j->bytes.n), .frames = 1, .orientation = 1 };
    unsigned pixel_bits = WANT_CATALOGUE | WANT_QUERY | WANT_GREY | WANT_THUMB | WANT_PREVIEW | WANT_PROOF | WANT_INFO | WANT_COLOUR | WANT_GLANCE | WANT_TINT;
    fair_status s = FAIR_OK;

    tell_picture(j, &info);
    if (j->kit->role == FAIR_ROLE_DECODE && fair_format_needs_vips(info.format)) return FAIR_AGAIN;
    if ((j->q.want & pixel_bits) != 0) s = pixels(j, &limits, &info, err);
    else if (info.format == FAIR_FORMAT_NONE) s = fair_fail(err, FAIR_INVALID, "not a picture of a kind we read");
    tell_picture(j, &info);
    if ((j->q.want & WANT_RIGHTS) != 0 && info.format != FAIR_FORMAT_NONE) rights(j);
    return s;
}

/* ---- a page ------------------------------------------------------------------------------------------- */

static fair_status
links(struct job *j, struct fair_err *err)
{
    struct fair_links found = { 0 };
    fair_str packed;

    if (!j->kit->links) return fair_fail(err, FAIR_INVALID, "pages are read by fairtrack-decode");
    if (j->q.kind == FAIR_DECODE_HTML) FAIR_TRY(fair_links_html(j->arena, j->bytes, j->q.base, j->q.charset, &found, err));
    else FAIR_TRY(fair_links_css(j->arena, j->bytes, j->q.base, &found, err));
    packed = fair_links_pack(j->arena, &found);
    while (packed.n > j->self->n_out && (found.n > 0 || found.n_pages > 0 || found.n_sheets > 0)) {
        found.n /= 2;                           /* the first links stand, the rest is cut */
        found.n_pages /= 2;
        found.n_sheets /= 2;
        found.truncated = true;
        packed = fair_links_pack(j->arena, &found);
    }
    return add_blob(j, FAIR_BLOB_LINKS, packed, err);
}

/* ---- the loop ----------------------------------------------------------------------------------------- */

static fair_status
work(struct job *j, int fd, struct fair_err *err)
{
    struct fair_shared large = { .fd = -1 };
    fair_status s;

    if (fd >= 0) {
        FAIR_TRY(fair_sealed_map(fd, (size_t)j->q.max_bytes, &large, err));
        if (large.n != j->q.n_bytes) {
            fair_shared_free(&large);
            return fair_fail(err, FAIR_INVALID, "%zu bytes where %llu were announced", large.n, (unsigned long long)j->q.n_bytes);
        }
        j->bytes = (fair_str){ (const char *)large.p, large.n };
    } else {
        if (j->q.n_bytes > j->self->n_in) return fair_fail(err, FAIR_INVALID, "more bytes announced than there are");
        j->bytes = (fair_str){ (const char *)j->self->in, (size_t)j->q.n_bytes };
    }
    s = j->q.kind == FAIR_DECODE_PICTURE ? picture(j, err) : links(j, err);
    fair_shared_free(&large);
    return s;
}

/* A text of ours that may carry foreign bytes, cut to `max`. */
static fair_str
words_of(struct fair_arena *a, fair_str s, size_t max)
{
    s = fair_utf8_mend(a, s);
    if (s.n <= max) return s;
    for (s.n = max; s.n > 0 && ((unsigned char)s.p[s.n] & 0xc0) == 0x80; s.n--) { }
    return s;
}

static fair_status
answer(const struct fair_decode_kit *kit, struct fair_self *self, const struct fair_msg *m, struct fair_arena *a, struct fair_err *err)
{
    struct job j = { .kit = kit, .self = self, .arena = a, .at = self->out, .a.orientation = 1 };
    struct fair_err why = { 0 };
    struct fair_msg reply = { .type = FAIR_MSG_DECODED, .tag = m->tag, .fd = -1 };

    FAIR_TRY(fair_decode_question_unpack(m->body, &j.q, err));
    j.a.status = work(&j, m->fd, &why);
    if (j.a.status != FAIR_OK) {
        memset(j.a.blob, 0, sizeof j.a.blob);   /* half an answer is none */
        j.a.grey_width = j.a.grey_height = 0;
        j.a.words = words_of(a, fair_str_of(why.text), FAIR_WORDS_MAX);
    }
    for (int i = 0; i < FAIR_N_SAID; i++) j.a.said[i] = words_of(a, j.a.said[i], FAIR_SAID_MAX);
    reply.body = fair_decode_answer_pack(&j.a, a);
    return fair_msg_send(self->sock, &reply, err);
}

int
fair_decode_main(const struct fair_decode_kit *kit, int argc, char **argv)
{
    struct fair_self self;
    struct fair_err err = { 0 };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (fair_self_begin(argc, argv, kit->role, &self, &err) != FAIR_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    fair_memory_keep();       /* one picture's for the next */
    if ((kit->begin != NULL && kit->begin(&err) != FAIR_OK) || fair_self_ready(&self, NULL, 0, &err) != FAIR_OK) {
        fprintf(stderr, "%s: %s\n", fair_role_rules[kit->role].program, err.text);
        return 4;
    }
    for (;;) {
        struct fair_msg m;
        fair_status s = fair_msg_recv(self.sock, a, true, &m, &err);
        if (s == FAIR_DONE) return 0;
        if (s == FAIR_OK && m.type == FAIR_MSG_DECODE) s = answer(kit, &self, &m, a, &err);
        else if (s == FAIR_OK) s = fair_fail(&err, FAIR_CORRUPT, "message %u", m.type);
        if (m.fd >= 0) close(m.fd);
        if (s != FAIR_OK) {
            fprintf(stderr, "%s: %s\n", fair_role_rules[kit->role].program, err.text);
            return 4;
        }
        fair_arena_clear(a);
    }
}
