/* Marks are learned from the catalogue itself: parts of a work that other works have too, about as large and turned the
 * same way, though these are not alike otherwise, lie on a watermark, a logo, a frame or a caption bar, and agreement on
 * them says nothing about the picture.  Nothing has to be stored or trained: the lists say which parts are near. */
#include <string.h>
#include "fingerprint/kernels.h"
#include "index/drawers.h"
#include "index/kernels_drawers.h"
#include "index/search.h"
#include "index/words.h"

#define NEAR 48               /* bits within which a part is the same one again                             */
#define TURNED .95534f         /* the cosine of .3, by which they may be turned                               */
#define REACH 2048            /* entries of a list looked at before and behind the work's own: its owner's   */
#define DRAWERS 12            /* of a listed segment, looked into for one part                              */
#define REACH_LISTED 512      /* parts in each before and behind where the owner's are                      */
#define WORKS 256             /* others counted                                                              */
#define LEAST 3               /* parts that another work must share                                          */
#define SAME .35f             /* of a work's parts, and                                                      */
#define SAME_INSIDE .2f       /* of those in its middle: who shares more is the same picture, not the same frame */

struct other { const struct fair_shelf *shelf; uint32_t number, n; uint64_t parts[2]; };

static uint32_t
both(const uint64_t a[2], const uint64_t b[2])
{
    return (uint32_t)(__builtin_popcountll(a[0] & b[0]) + __builtin_popcountll(a[1] & b[1]));
}

static void
count(struct other *v, const struct fair_shelf *shelf, uint32_t number, uint32_t part)
{
    size_t at = (((uintptr_t)shelf / 64 + number) * 2654435761u >> 7) % WORKS;

    for (size_t i = 0; i < 16; i++, at = (at + 1) % WORKS) {
        if (v[at].shelf == NULL) { v[at].shelf = shelf; v[at].number = number; }
        if (v[at].shelf != shelf || v[at].number != number) continue;
        if (v[at].parts[part / 64] >> (part % 64) & 1) return;
        v[at].parts[part / 64] |= (uint64_t)1 << (part % 64);
        v[at].n++;
        return;
    }
}

/* Where the work's own entries are, or would be. */
static uint32_t
own_place(const uint32_t *listed, uint32_t from, uint32_t to, uint32_t work)
{
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        if (fair_listed_work(listed[mid]) < work) from = mid + 1;
        else to = mid;
    }
    return from;
}

static uint32_t
own_place_listed(const struct fair_kept *parts, uint32_t from, uint32_t to, uint32_t work)
{
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        if (fair_listed_work(parts[mid].listed) < work) from = mid + 1;
        else to = mid;
    }
    return from;
}

/* Another work's part that is near: count it if it is as large and turned the same way. */
static fair_status
weigh(const struct fair_clue *c, uint32_t part, const struct fair_shelf *s, uint32_t listed, fair_id org, struct other *v, struct fair_err *err)
{
    const struct fair_place here = fair_record_place(c->record, part);
    const uint32_t number = fair_listed_work(listed);
    const struct fair_record *r;
    struct fair_record room;
    struct fair_place there;

    if (number >= s->n) return fair_fail(err, FAIR_CORRUPT, "index: a list names work %u of %zu: run fairtrack reindex", number, s->n);
    if (fair_shelf_gone(s, number) || (s == c->shelf && number == c->number) || (org != 0 && fair_shelf_org(s, number) != org)) return FAIR_OK;
    FAIR_TRY(fair_shelf_peek(s, number, &room, &r, err));
    if (fair_listed_part(listed) >= r->n) return fair_fail(err, FAIR_CORRUPT, "index: a list names part %u of %u: run fairtrack reindex", fair_listed_part(listed), r->n);
    there = fair_record_place(r, fair_listed_part(listed));
    if (fair_place_along(&here, &there) > TURNED && there.size < 1.7f * here.size && here.size < 1.7f * there.size) count(v, s, number, part);
    return FAIR_OK;
}

static fair_status
look_about(const struct fair_shelf *s, const struct fair_clue *c, uint32_t part, fair_id org, struct other *v, struct fair_err *err)
{
    const struct fair_record *r = c->record;
    const uint16_t word = r->words != NULL ? r->words[part] : fair_word_of(r->codes + 4 * (size_t)part);
    unsigned family = fair_word_family(word), turn = fair_word_turn(word);
    uint32_t from = s->first[family * FAIR_SIDES], to = s->first[(family + 1) * FAIR_SIDES], own = from;
    uint64_t code[4];
    uint16_t bits[256];

    if (to - from > 2 * REACH && s == c->shelf) own = own_place(s->listed, from, to, c->number);
    if (own > from + REACH) from = own - REACH;
    if (to - from > 2 * REACH) to = from + 2 * REACH;
    fair_part_code_turn(r->codes + 4 * (size_t)part, turn, code);
    for (uint32_t at = from, n; at < to; at += n) {
        n = to - at < 256 ? to - at : 256;
        fair_kernels()->hamming256(code, s->codes + 4 * (size_t)at, n, bits);
        for (uint32_t i = 0; i < n; i++)
            if (bits[i] <= NEAR && fair_listed_turn(s->listed[at + i]) == turn) FAIR_TRY(weigh(c, part, s, s->listed[at + i], org, v, err));
    }
    return FAIR_OK;
}

/* The same in a listed segment's drawers.  The works of an owner lie together in each of its lists. */
static fair_status
look_about_listed(const struct fair_shelf *s, const struct fair_clue *c, uint32_t part, fair_id org, struct other *v, struct fair_err *err)
{
    const struct fair_lists *l = &s->segment->lists;
    struct fair_drawer near[DRAWERS];
    size_t m = fair_drawers_near(c->record->codes + 4 * (size_t)part, DRAWERS, near);
    const struct fair_drawers_kernels *kernels = fair_drawers_kernels();

    for (size_t d = 0; d < m; d++) {
        uint32_t from, to;
        uint64_t code[4];
        if (!fair_lists_of(l, near[d].number, &from, &to)) continue;
        if (to - from > 2 * REACH_LISTED) {
            uint32_t own = s == c->shelf ? own_place_listed(l->parts, from, to, c->number) : from;
            if (own > from + REACH_LISTED) from = own - REACH_LISTED;
            if (to - from > 2 * REACH_LISTED) to = from + 2 * REACH_LISTED;
        }
        fair_part_code_turn(c->record->codes + 4 * (size_t)part, near[d].turn, code);
        for (uint32_t at = from, n; at < to; at += n) {
            struct fair_pair pairs[256];
            uint32_t near_by[256];
            uint16_t bits[256];
            size_t many;
            n = to - at < 256 ? to - at : 256;
            many = kernels->highs(code, l->high[0] + at, l->high[1] + at, n, NEAR, near_by);
            for (size_t i = 0; i < many; i++) {
                const uint32_t p = at + near_by[i];
                pairs[i] = (struct fair_pair){ code, { l->high[0][p], l->high[1][p] }, l->parts + p };
            }
            kernels->bits(pairs, many, bits);
            for (size_t i = 0; i < many; i++)
                if (bits[i] <= NEAR && fair_listed_turn(pairs[i].kept->listed) == near[d].turn) FAIR_TRY(weigh(c, part, s, pairs[i].kept->listed, org, v, err));
        }
    }
    return FAIR_OK;
}

fair_status
fair_recur(const struct fair_index *ix, fair_id org, struct fair_clue *c, struct fair_err *err)
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
        for (size_t k = 0; (shelf = fair_index_shelf(ix, k)) != NULL; k++)
            FAIR_TRY(shelf->segment != NULL ? look_about_listed(shelf, c, i, org, v, err) : look_about(shelf, c, i, org, v, err));
    }
    n_inside = both(inside, inside);
    for (size_t i = 0; i < WORKS; i++) {
        bool same = (float)v[i].n >= SAME * (float)r->n && (float)both(v[i].parts, inside) >= SAME_INSIDE * (float)n_inside;
        if (v[i].n >= LEAST && !same) { on[0] |= v[i].parts[0]; on[1] |= v[i].parts[1]; }
    }
    if (agree > 0) c->marked = (float)both(c->parts, on) / (float)agree;
    return FAIR_OK;
}
