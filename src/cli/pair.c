/* cli/pair.c - two pictures matched from their bytes alone. */
#include "cli/pair.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "image/png_write.h"

#define WORK 1
#define PREVIEW_MAX ((size_t)16 << 20)

void
fair_pair_free(struct fair_pair *p)
{
    fair_image_free(&p->work.colour);
    fair_image_free(&p->found.colour);
    fair_image_free(&p->work.grey);
    fair_image_free(&p->found.grey);
    fair_image_free(&p->proof.grey);
}

static fair_status
proof_of(void *self, fair_id work, const struct fair_image **out, struct fair_err *err)
{
    struct fair_pair *p = self;

    if (work != WORK || p->proof.grey == NULL) return fair_fail(err, FAIR_NOT_FOUND, "no proof");
    *out = p->proof.grey;
    return FAIR_OK;
}

static fair_status
decode(struct fair_decoders *d, const char *what, fair_str bytes, unsigned want, struct fair_arena *a, struct fair_decoded *out, struct fair_err *err)
{
    FAIR_TRY(fair_decoders_picture(d, bytes, want, a, out, err));
    return out->status == FAIR_OK ? FAIR_OK : fair_fail(err, out->status, "%s: %s", what, out->words);
}

fair_status
fair_pair_match(struct fair_decoders *d, fair_str work, fair_str found, struct fair_arena *a, struct fair_pair *p, struct fair_err *err)
{
    FAIR_AUTO(index) struct fair_index *ix = NULL;
    struct fair_query q = { .fp = &p->found.fp, .org = 1, .proof = proof_of, .self = p, .arena = a };
    char dir[] = "/tmp/fairtrack-pair-XXXXXX";
    fair_status s;

    FAIR_TRY(decode(d, "the work", work, FAIR_WANT_CATALOGUE | FAIR_WANT_PROOF | FAIR_WANT_TINT, a, &p->work, err));
    FAIR_TRY(decode(d, "its proof", p->work.proof, FAIR_WANT_GREY, a, &p->proof, err));
    FAIR_TRY(decode(d, "the picture found", found, FAIR_WANT_QUERY | FAIR_WANT_GREY | FAIR_WANT_TINT, a, &p->found, err));
    if (mkdtemp(dir) == NULL) return fair_fail(err, FAIR_IO, "%s: %m", dir);
    s = fair_index_open(dir, &ix, err);
    if (s == FAIR_OK) s = fair_index_refresh(ix, err);
    if (s == FAIR_OK) s = fair_index_put_tail(ix, 1, WORK, &p->work.fp, err);
    q.grey = p->found.grey;
    if (s == FAIR_OK) s = fair_index_search(ix, &q, 0, &p->m, err);
    if (s == FAIR_OK && p->m.n > 0 && p->m.v[0].verdict == FAIR_MATCH)
        fair_done_colours(&p->m.v[0], &(struct fair_tint){ p->work.colour, p->work.info.width, p->work.info.height },
                          &(struct fair_tint){ p->found.colour, p->found.info.width, p->found.info.height });
    fair_index_free(&ix);
    rmdir(dir);
    return s;
}

const char *const fair_drawing_key[FAIR_N_DRAWINGS] = { [FAIR_DRAW_DIFFERENCE] = "diff", [FAIR_DRAW_STRAIGHT] = "straight" };

fair_status
fair_pair_draw(enum fair_drawing what, const struct fair_pair *p, const struct fair_pair_map *otherwise, struct fair_arena *a, fair_str *png, struct fair_err *err)
{
    FAIR_AUTO(image) struct fair_image *drawn = NULL;

    if (p->m.n > 0 && p->m.v[0].has_map)
        drawn = fair_match_draw(what, &p->m.v[0], p->found.grey, p->found.info.width, p->found.info.height, p->proof.grey, p->work.info.width, p->work.info.height);
    else if (otherwise != NULL) {
        struct fair_match m = { .has_map = true };
        for (int i = 0; i < 6; i++) m.map[i] = (float)otherwise->map[i];
        drawn = fair_match_draw(what, &m, p->found.grey, otherwise->width, otherwise->height, p->proof.grey, otherwise->work_width, otherwise->work_height);
    }
    if (drawn == NULL) return fair_fail(err, FAIR_NOT_FOUND, "nothing to draw: the two do not match");
    fair_image_png(drawn, a, png);
    return FAIR_OK;
}

fair_status
fair_pair_hit(enum fair_drawing what, struct fair_house *h, const struct fair_hit *hit, struct fair_arena *a, fair_str *png, struct fair_err *err)
{
    struct fair_pair_map map = { .width = (uint32_t)hit->width, .height = (uint32_t)hit->height };
    struct fair_pair p = { 0 };
    struct fair_work w;
    fair_str work, found;
    fair_status s;

    FAIR_TRY(fair_store_work_get(&h->desk, hit->work, a, &w, err));
    if (fair_sha256_none(&hit->preview) || fair_sha256_none(&w.preview))
        return fair_fail(err, FAIR_NOT_FOUND, "hit %lld: nothing to draw: no preview is kept of %s", (long long)hit->id, fair_sha256_none(&hit->preview) ? "the picture found" : "the work");
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_house_decoders(h, err));
    FAIR_TRY(fair_vault_read(h->vault, &w.preview, PREVIEW_MAX, a, &work, err));
    FAIR_TRY(fair_vault_read(h->vault, &hit->preview, PREVIEW_MAX, a, &found, err));
    map.work_width = (uint32_t)w.width;
    map.work_height = (uint32_t)w.height;
    for (int i = 0; i < 6; i++) map.map[i] = hit->map[i];
    s = fair_pair_match(h->decoders, work, found, a, &p, err);
    if (s == FAIR_OK) s = fair_pair_draw(what, &p, hit->has_map ? &map : NULL, a, png, err);
    fair_pair_free(&p);
    return s == FAIR_OK ? s : fair_fail_in(err, "hit %lld", (long long)hit->id);
}
