/* Marks are learned from the catalogue itself: parts of a work that other works have too, about as large and turned the
 * same way, though these are not alike otherwise, lie on a watermark, a logo, a frame or a caption bar, and agreement on
 * them says nothing about the picture.  Nothing has to be stored or trained: the lists say which parts are near. */
#include <string.h>
#include "fingerprint/kernels.h"
#include "index/search.h"
#include "index/words.h"

#define NEAR 48               /* bits within which a part is the same one again                             */
#define REACH 2048            /* entries of a list looked at before and behind the work's own: its owner's   */
#define WORKS 256             /* others counted                                                              */
#define LEAST 3               /* parts that another work must share                                          */
#define SAME .35f             /* of a work's parts, and                                                      */
#define SAME_INSIDE .2f       /* of those in its middle: who shares more is the same picture, not the same frame */

struct other { const struct fair_shelved *work; uint32_t n; uint64_t parts[2]; };

static uint32_t
both(const uint64_t a[2], const uint64_t b[2])
{
    return (uint32_t)(__builtin_popcountll(a[0] & b[0]) + __builtin_popcountll(a[1] & b[1]));
}

static void
count(struct other *v, const struct fair_shelved *w, uint32_t part)
{
    size_t at = ((uintptr_t)w / sizeof *w * 2654435761u >> 7) % WORKS;

    for (size_t i = 0; i < 16; i++, at = (at + 1) % WORKS) {
        if (v[at].work == NULL) v[at].work = w;
        if (v[at].work != w) continue;
        if (v[at].parts[part / 64] >> (part % 64) & 1) return;
        v[at].parts[part / 64] |= (uint64_t)1 << (part % 64);
        v[at].n++;
        return;
    }
}

/* Where the work's own entries are, or would be. */
static uint32_t
own_place(const struct fair_shelf *s, uint32_t from, uint32_t to, uint32_t work)
{
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        if (fair_listed_work(s->listed[mid]) < work) from = mid + 1;
        else to = mid;
    }
    return from;
}

static void
look_about(const struct fair_shelf *s, const struct fair_record *r, uint32_t part, fair_id org, struct other *v)
{
    unsigned family = fair_word_family(r->words[part]), turn = fair_word_turn(r->words[part]);
    uint32_t from = s->first[family * FAIR_SIDES], to = s->first[(family + 1) * FAIR_SIDES], own = from;
    struct fair_place here = fair_record_place(r, part);
    uint64_t code[4];
    uint16_t bits[256];

    for (uint32_t i = 0; i < s->n && to - from > 2 * REACH; i++)          /* only long lists are worth finding it */
        if (s->works[i].record.codes == r->codes) { own = own_place(s, from, to, i); break; }
    if (own > from + REACH) from = own - REACH;
    if (to - from > 2 * REACH) to = from + 2 * REACH;
    fair_part_code_turn(r->codes + 4 * (size_t)part, turn, code);
    for (uint32_t at = from, n; at < to; at += n) {
        n = to - at < 256 ? to - at : 256;
        fair_kernels()->hamming256(code, s->codes + 4 * (size_t)at, n, bits);
        for (uint32_t i = 0; i < n; i++) {
            const struct fair_shelved *w;
            struct fair_place there;
            float turned;
            if (bits[i] > NEAR || fair_listed_turn(s->listed[at + i]) != turn) continue;
            w = &s->works[fair_listed_work(s->listed[at + i])];
            if (w->gone || w->record.codes == r->codes || (org != 0 && w->org != org)) continue;
            there = fair_record_place(&w->record, fair_listed_part(s->listed[at + i]));
            turned = here.angle - there.angle;
            turned -= turned > 3.1415927f ? 6.2831853f : turned < -3.1415927f ? -6.2831853f : 0;
            if (turned < .3f && turned > -.3f && there.size < 1.7f * here.size && here.size < 1.7f * there.size) count(v, w, part);
        }
    }
}

void
fair_recur(const struct fair_index *ix, fair_id org, struct fair_clue *c)
{
    const struct fair_record *r = c->record;
    const struct fair_shelf *shelf;
    struct other v[WORKS];
    uint64_t on[2] = { 0, 0 }, inside[2] = { 0, 0 };
    uint32_t agree = both(c->parts, c->parts), n_inside;

    c->marked = 0;
    memset(v, 0, sizeof v);
    for (uint32_t i = 0; i < r->n; i++) {
        struct fair_place p = fair_record_place(r, i);
        if (p.x > .25f * r->norm_width && p.x < .75f * r->norm_width && p.y > .25f * r->norm_height && p.y < .75f * r->norm_height)
            inside[i / 64] |= (uint64_t)1 << (i % 64);
        for (size_t k = 0; (shelf = fair_index_shelf(ix, k)) != NULL; k++) look_about(shelf, r, i, org, v);
    }
    n_inside = both(inside, inside);
    for (size_t i = 0; i < WORKS; i++) {
        bool same = (float)v[i].n >= SAME * (float)r->n && (float)both(v[i].parts, inside) >= SAME_INSIDE * (float)n_inside;
        if (v[i].n >= LEAST && !same) { on[0] |= v[i].parts[0]; on[1] |= v[i].parts[1]; }
    }
    if (agree > 0) c->marked = (float)both(c->parts, on) / (float)agree;
}
