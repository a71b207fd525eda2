/* work/match.c - one decoded picture against the catalogue, with the works' proofs at hand. */
#include "work/match.h"
#include <stdlib.h>
#include <string.h>

#define KEPT 256              /* proofs kept decoded: 256 x 256 KiB at most */

/* Decoded proofs, the last asked for first to stay. */
struct fair_proofs {
    struct fair_decoders *decoders;
    struct { fair_id work; struct fair_image *grey; uint64_t used; bool pinned; } v[KEPT];
    uint64_t now;
};

void
fair_proofs_free(struct fair_proofs **p)
{
    if (*p == NULL) return;
    for (size_t i = 0; i < KEPT; i++) fair_image_free(&(*p)->v[i].grey);
    fair_decoders_free(&(*p)->decoders);
    free(*p);
    *p = NULL;
}

static fair_status
open_proofs(struct fair_house *h, struct fair_err *err)
{
    struct fair_decoder_limits limits;

    if (h->proofs != NULL) return FAIR_OK;
    FAIR_TRY(fair_house_vault(h, err));
    h->proofs = fair_xcalloc(1, sizeof *h->proofs);
    fair_house_decoder_limits(&h->config, &limits);
    limits.n = 1;
    return fair_decoders_open(&limits, &h->proofs->decoders, err);
}

static fair_status
decode_proof(struct fair_house *h, fair_id work, struct fair_image **out, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_decoded d = { 0 };
    struct fair_work w;
    fair_str jpeg;

    FAIR_TRY(fair_store_work_get(&h->desk, work, a, &w, err));
    if (fair_sha256_none(&w.proof)) return fair_fail(err, FAIR_NOT_FOUND, "work %lld has no proof", (long long)work);
    FAIR_TRY(fair_vault_read(h->vault, &w.proof, 16 << 20, a, &jpeg, err));
    FAIR_TRY(fair_decoders_picture(h->proofs->decoders, jpeg, FAIR_WANT_GREY, a, &d, err));
    if (d.status != FAIR_OK) return fair_fail(err, d.status, "proof of work %lld: %s", (long long)work, d.words);
    *out = d.grey;
    return FAIR_OK;
}

/* fair_query's callback.  What it gives stays until the search ends: pinned ones are never replaced. */
static fair_status
proof_of(void *self, fair_id work, const struct fair_image **out, struct fair_err *err)
{
    struct fair_house *h = self;
    struct fair_proofs *p = h->proofs;
    size_t at = KEPT;

    for (size_t i = 0; i < KEPT; i++)
        if (p->v[i].work == work && p->v[i].grey != NULL) {
            p->v[i].used = ++p->now;
            p->v[i].pinned = true;
            *out = p->v[i].grey;
            return FAIR_OK;
        }
    for (size_t i = 0; i < KEPT; i++)
        if (!p->v[i].pinned && (at == KEPT || p->v[i].used < p->v[at].used)) at = i;
    if (at == KEPT) return fair_fail(err, FAIR_LIMIT, "over %d proofs looked at for one picture", KEPT);
    fair_image_free(&p->v[at].grey);
    p->v[at].work = 0;
    FAIR_TRY(decode_proof(h, work, &p->v[at].grey, err));
    p->v[at].work = work;
    p->v[at].used = ++p->now;
    p->v[at].pinned = true;
    *out = p->v[at].grey;
    return FAIR_OK;
}

fair_status
fair_house_match(struct fair_house *h, const struct fair_fingerprint *fp, const struct fair_image *grey, unsigned off,
                 struct fair_arena *a, struct fair_matches *out, struct fair_err *err)
{
    struct fair_query q = { .fp = fp, .grey = grey, .org = h->desk.org, .proof = proof_of, .self = h, .arena = a };

    FAIR_TRY(open_proofs(h, err));
    for (size_t i = 0; i < KEPT; i++) h->proofs->v[i].pinned = false;
    return fair_index_search(h->index, &q, off, out, err);
}

fair_status
fair_house_glances(struct fair_house *h, const struct fair_glance *g, size_t n, bool *look, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    return fair_index_glances(h->index, g, n, h->desk.org, look, fair_alloc_array(a, n, sizeof(unsigned)), err);
}

fair_status
fair_house_colours(struct fair_house *h, struct fair_match *m, const struct fair_tint *found, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(image) struct fair_image *colour = NULL;
    struct fair_decoded d = { 0 };
    struct fair_work w;
    fair_str jpeg;
    fair_status got;

    if (m->verdict != FAIR_MATCH || !m->done.known) return FAIR_OK;
    FAIR_TRY(open_proofs(h, err));
    got = fair_store_work_get(&h->desk, m->work, a, &w, err);
    if (got == FAIR_NOT_FOUND) return FAIR_OK;        /* removed meanwhile */
    if (got != FAIR_OK) return got;
    if (fair_sha256_none(&w.preview) || fair_vault_read(h->vault, &w.preview, 16 << 20, a, &jpeg, NULL) != FAIR_OK) return FAIR_OK;
    FAIR_TRY(fair_decoders_picture(h->proofs->decoders, jpeg, FAIR_WANT_TINT, a, &d, err));
    colour = d.colour;
    if (d.status == FAIR_OK && colour != NULL)
        fair_done_colours(m, &(struct fair_tint){ colour, (uint32_t)w.width, (uint32_t)w.height }, found);
    return FAIR_OK;
}

enum fair_verdict
fair_match_empty(const struct fair_fingerprint *fp)
{
    return fp->quality < 50 && fp->n_parts < 8 ? FAIR_TOO_PLAIN : FAIR_NO_MATCH;
}

/* Linked without the codecs, which are for the helpers. */
const char *
fair_decoded_format(const struct fair_picture *info)
{
    static const char *const names[FAIR_N_FORMATS] = { "none", "jpeg", "png", "gif", "bmp", "ico", "webp", "avif", "heic", "jxl", "tiff", "raw", "svg" };
    return info->format < FAIR_N_FORMATS ? names[info->format] : "none";
}
