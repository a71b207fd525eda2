/* work/retake.c - every fingerprint anew, as a better scheme asks for. */
#include <stdlib.h>
#include "base/io.h"
#include "work/house.h"

struct retaking {
    struct fair_house *h;
    void (*told)(void *arg, fair_id work, const char *words);
    void *arg;
    struct fair_retake_sum *sum;
    fair_id *ids;
    size_t n, room;
};

static fair_status
note_id(void *arg, const struct fair_work *w, __attribute__((unused)) struct fair_err *err)
{
    struct retaking *r = arg;

    if (r->n == r->room) {
        r->room = r->room > 0 ? 2 * r->room : 1024;
        r->ids = fair_xrealloc(r->ids, r->room * sizeof *r->ids);
    }
    r->ids[r->n++] = w->id;
    return FAIR_OK;
}

fair_status
fair_house_original(struct fair_house *h, const struct fair_work *w, struct fair_arena *a, fair_str *bytes, struct fair_err *why)
{
    struct fair_sha256 now;

    FAIR_TRY(fair_house_vault(h, why));
    if (!w->referenced) return fair_vault_read(h->vault, &w->sha256, SIZE_MAX / 4, a, bytes, why);
    FAIR_TRY(fair_read_file(a, fair_str_dup(a, w->path).p, (size_t)h->config.max_file_mb << 20, bytes, why));
    now = fair_sha256_of(bytes->p, bytes->n);
    if (!fair_sha256_eq(&now, &w->sha256)) return fair_fail(why, FAIR_CORRUPT, "the file has changed since it was registered");
    return FAIR_OK;
}

static fair_status
retake_one(struct retaking *r, fair_id id, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_decoded d = { 0 };
    struct fair_err why = { 0 };
    struct fair_work w;
    fair_str bytes, packed;
    fair_status s = fair_store_work_get(&r->h->desk, id, a, &w, err);

    if (s == FAIR_NOT_FOUND || (s == FAIR_OK && w.removed != 0)) return FAIR_OK;      /* removed meanwhile */
    if (s != FAIR_OK) return s;
    if (fair_house_original(r->h, &w, a, &bytes, &why) != FAIR_OK) {
        r->sum->faults++;
        r->told(r->arg, id, why.text);
        return FAIR_OK;
    }
    FAIR_TRY(fair_decoders_picture(r->h->decoders, bytes, FAIR_WANT_CATALOGUE, a, &d, err));
    if (d.status != FAIR_OK) {
        r->sum->faults++;
        r->told(r->arg, id, d.words);
        return FAIR_OK;
    }
    packed = fair_fingerprint_pack(&d.fp, a);
    FAIR_TRY(fair_store_work_set_fingerprint(&r->h->desk, id, d.fp.scheme, packed, err));
    r->sum->retaken++;
    return FAIR_OK;
}

static fair_status
retake_org(struct fair_house *h, void *arg, struct fair_err *err)
{
    struct retaking *r = arg;
    struct fair_work_filter all = { .page.limit = INT64_MAX };
    fair_status s;

    r->n = 0;
    s = fair_store_works(&h->desk, &all, note_id, r, err);
    r->sum->works += (int64_t)r->n;
    for (size_t i = 0; i < r->n && s == FAIR_OK; i++) s = retake_one(r, r->ids[i], err);
    free(r->ids);
    r->ids = NULL;
    r->room = 0;
    return s;
}

fair_status
fair_house_retake(struct fair_house *h, void (*told)(void *arg, fair_id work, const char *words), void *arg, struct fair_retake_sum *sum,
                  struct fair_err *err)
{
    struct retaking r = { .h = h, .told = told, .arg = arg, .sum = sum };

    *sum = (struct fair_retake_sum){ 0 };
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_house_decoders(h, err));
    return fair_house_each_org(h, retake_org, &r, err);
}
