/* The stage of pieces: a query that shows little of a work holds so few of the parts the work kept that no three agree.  Where nothing is sure, one that is near is
 * enough for a guess; the proofs of the works that the guesses speak for most are looked at in that place, and what agrees there part by part is a candidate. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "fingerprint/parts.h"
#include "index/search.h"

#define WORKS 48              /* that a guess is made for, those with the most near pairings                */
#define PROOFS 12             /* that are looked at, those with the best guesses                            */
#define GUESS 3.f             /* points (fair_map_guess) of the worst that is                               */
#define HELD .4f              /* of what is textured there, what must be alike once they lie on each other    */
#define LAID 4                /* of these, with most that agrees, those that are laid on the query          */
#define MARGIN 8.f            /* pixels about the place, for the parts at its border                        */
#define SMALLEST 24.f
#define TIMES 3               /* the map is bettered at most: what a guess rests on lies close together     */
#define LEAST 8               /* of the place's parts, those that must agree: fewer do along any straight edge; ... */
#define ONE_IN 5              /* ... and of so many that are seen one                                       */

/* A work's anchors, and how much they are worth together. */
struct work { float worth; size_t from, n; };

static int
by_worth(const void *a, const void *b)
{
    const struct work *x = a, *y = b;
    if (x->worth != y->worth) return x->worth > y->worth ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

static int
by_bits(const void *a, const void *b)
{
    const struct fair_anchor *x = a, *y = b;
    if (x->hit.bits != y->hit.bits) return x->hit.bits < y->hit.bits ? -1 : 1;
    if (x->hit.query != y->hit.query) return x->hit.query < y->hit.query ? -1 : 1;
    if (x->hit.part != y->hit.part) return x->hit.part < y->hit.part ? -1 : 1;
    return x->hit.turn < y->hit.turn ? -1 : x->hit.turn > y->hit.turn;
}

static int
by_guess(const void *a, const void *b)
{
    const struct fair_clue *x = a, *y = b;
    if (x->votes != y->votes) return x->votes > y->votes ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Each part of the query counts by the best of its pairings: the nearer and the rarer, the more. */
static struct work
weigh(const struct fair_anchor *v, size_t from, size_t n)
{
    float best[FAIR_FEW_PARTS + 1] = { 0 };
    struct work w = { 0, from, n };

    for (size_t i = from; i < from + n; i++) {
        const float worth = v[i].hit.weight * (float)(FAIR_ANCHOR_BITS + 1 - v[i].hit.bits);
        float *b = &best[v[i].hit.query];
        if (worth > *b) { w.worth += worth - *b; *b = worth; }
    }
    return w;
}

/* The rectangle of the work that the query shows, pixels, whole ones; false where it is too small. */
static bool
place_of(const struct fair_query *q, const struct fair_clue *c, uint32_t at[4])
{
    const float *m = c->map, det = m[0] * m[4] - m[1] * m[3], w = c->record->norm_width, h = c->record->norm_height;
    float box[4] = { w, h, 0, 0 };

    for (int k = 0; k < 4; k++) {
        float u = (k & 1 ? (float)q->fp->norm_width : 0) - m[2], v = (k & 2 ? (float)q->fp->norm_height : 0) - m[5];
        float x = (m[4] * u - m[1] * v) / det, y = (m[0] * v - m[3] * u) / det;
        box[0] = fminf(box[0], x - MARGIN);
        box[1] = fminf(box[1], y - MARGIN);
        box[2] = fmaxf(box[2], x + MARGIN);
        box[3] = fmaxf(box[3], y + MARGIN);
    }
    at[0] = (uint32_t)fmaxf(box[0], 0);
    at[1] = (uint32_t)fmaxf(box[1], 0);
    at[2] = (uint32_t)fminf(box[2], w);
    at[3] = (uint32_t)fminf(box[3], h);
    return (float)at[0] + SMALLEST <= (float)at[2] && (float)at[1] + SMALLEST <= (float)at[3];
}

/* The place of the proof as if it were a work of its own. */
static fair_status
record_of(const struct fair_image *proof, const uint32_t at[4], struct fair_arena *a, struct fair_record *out, struct fair_err *err)
{
    FAIR_AUTO(image) struct fair_image *im = fair_image_new(at[2] - at[0], at[3] - at[1], 1);
    struct fair_fingerprint fp = { .scheme = FAIR_SCHEME, .width = im->width, .height = im->height, .norm_width = im->width, .norm_height = im->height };
    struct fair_part *parts;

    for (uint32_t y = 0; y < im->height; y++) memcpy(fair_image_row(im, y), fair_image_row(proof, at[1] + y) + at[0], im->width);
    fair_parts_take(im, FAIR_FOR_QUERY, FAIR_PARTS_CATALOGUE, a, &parts, &fp.n_parts);
    fp.parts = parts;
    return fair_record_see(fair_record_pack_bare(&fp, a), out, err);
}

/* Parts of the query that agree: several of the work's may have one and the same. */
static uint32_t
agreeing(const struct fair_clue *c)
{
    uint32_t n = 0;

    for (size_t w = 0; w < sizeof c->used / sizeof *c->used; w++) n += (uint32_t)__builtin_popcountll(c->used[w]);
    return n < c->agree ? n : c->agree;
}

/* Look at the guess's place in the proof.  Where it agrees, the clue has its map and what agrees there instead, and *found is true. */
static fair_status
look_there(struct fair_search *s, struct fair_clue *c, bool *found, struct fair_err *err)
{
    const struct fair_image *proof;
    const struct fair_record *whole = c->record;
    struct fair_record piece;
    struct fair_clue seen = *c;
    uint32_t at[4];
    float x, y;
    fair_status status;

    *found = false;
    if (!place_of(&s->q, c, at)) return FAIR_OK;
    status = s->q.proof(s->q.self, fair_shelf_work(c->shelf, c->number), &proof, err);
    if (status == FAIR_NOT_FOUND || (status == FAIR_OK && (proof->width != whole->norm_width || proof->height != whole->norm_height))) return FAIR_OK;
    FAIR_TRY(status);
    FAIR_TRY(record_of(proof, at, s->q.arena, &piece, err));
    x = (float)at[0];
    y = (float)at[1];
    seen.map[2] += seen.map[0] * x + seen.map[1] * y;
    seen.map[5] += seen.map[3] * x + seen.map[4] * y;
    for (uint32_t times = 0, before = 0; times < TIMES && (times == 0 || seen.agree > before); times++) {
        before = times > 0 ? seen.agree : 0;
        fair_map_refine_affine(&piece, s->q.fp, s->grid, &seen);
    }
    seen.weight *= (float)agreeing(&seen) / (float)(seen.agree > 0 ? seen.agree : 1);
    seen.agree = agreeing(&seen);
    if (seen.agree < LEAST || seen.agree * ONE_IN < seen.seen) return FAIR_OK;
    seen.map[2] -= seen.map[0] * x + seen.map[1] * y;
    seen.map[5] -= seen.map[3] * x + seen.map[4] * y;
    fair_bend_affine(seen.map, seen.bend);
    fair_map_mark(whole, s->q.fp, s->grid, &seen);
    *c = seen;
    *found = true;
    return FAIR_OK;
}

/* Lay what was found on the query, and keep it where it lies better than what there was of that work. */
static fair_status
lay(const struct fair_index *ix, struct fair_search *s, struct fair_matches *io, const struct fair_clue *found, struct fair_err *err)
{
    const struct fair_match m = { .work = fair_shelf_work(found->shelf, found->number), .bits = 256 };
    struct fair_clue c = *found;
    size_t at;

    FAIR_TRY(fair_pixels_lay_on(ix, s, &m, NULL, &c, err));
    if (!c.close || c.held < HELD) return FAIR_OK;
    at = fair_search_add(s, io, c.shelf, c.number, c.record);
    if (at == SIZE_MAX || (s->clues[at].looked && fair_pixels_fitness(&s->clues[at]) >= fair_pixels_fitness(&c))) return FAIR_OK;
    c.whole_mapped = s->clues[at].whole_mapped;
    c.negated = s->clues[at].negated;
    memcpy(c.whole_map, s->clues[at].whole_map, sizeof c.whole_map);
    io->v[at].agree = (uint16_t)c.agree;
    s->clues[at] = c;
    return FAIR_OK;
}

/* The best guesses of the works with most anchors, PROOFS at most; *n of them. */
static fair_status
guess(struct fair_search *s, struct fair_clue best[PROOFS], size_t *n, struct fair_err *err)
{
    struct work *works = fair_alloc_array(s->q.arena, s->n_anchors + 1, sizeof *works);
    struct fair_clue *v = fair_alloc_array(s->q.arena, WORKS, sizeof *v);
    struct fair_hit *hits = fair_alloc_array(s->q.arena, s->n_anchors + 1, sizeof *hits);
    size_t n_works = 0;

    *n = 0;
    for (size_t from = 0, to; from < s->n_anchors; from = to) {
        const struct fair_anchor *a = &s->anchors[from];
        for (to = from + 1; to < s->n_anchors && s->anchors[to].shelf == a->shelf && s->anchors[to].number == a->number; to++) { }
        if (fair_shelf_gone(a->shelf, a->number) || (s->q.org != 0 && fair_shelf_org(a->shelf, a->number) != s->q.org)) continue;
        works[n_works++] = weigh(s->anchors, from, to - from);
    }
    qsort(works, n_works, sizeof *works, by_worth);
    for (size_t i = 0; i < n_works && i < WORKS; i++) {
        struct fair_anchor *a = &s->anchors[works[i].from];
        struct fair_clue *c = &v[*n];
        *c = (struct fair_clue){ .shelf = a->shelf, .number = a->number };
        FAIR_TRY(fair_shelf_see(a->shelf, a->number, s->q.arena, &c->record, err));
        qsort(a, works[i].n, sizeof *a, by_bits);
        for (size_t k = 0; k < works[i].n; k++) {
            if (a[k].hit.part >= c->record->n) return fair_fail(err, FAIR_CORRUPT, "index: a list names part %u of %u: run fairtrack reindex", a[k].hit.part, c->record->n);
            hits[k] = a[k].hit;
        }
        *n += fair_map_guess(c->record, s->q.fp, s->grid, hits, works[i].n, c) && c->votes >= GUESS;
    }
    qsort(v, *n, sizeof *v, by_guess);
    *n = *n < PROOFS ? *n : PROOFS;
    memcpy(best, v, *n * sizeof *best);
    return FAIR_OK;
}

fair_status
fair_stage_pieces(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err)
{
    struct fair_search *s = (struct fair_search *)q;
    struct fair_clue best[PROOFS];
    size_t n, kept = 0;

    if (q->proof == NULL || q->grey == NULL || s->n_anchors == 0 || s->settled != SIZE_MAX) return FAIR_OK;
    for (size_t i = 0; i < io->n; i++)
        if (fair_pixels_settled(&io->v[i], &s->clues[i])) return FAIR_OK;
    if (s->grid == NULL) s->grid = fair_grid_new(q->fp, q->arena);
    FAIR_TRY(guess(s, best, &n, err));
    for (size_t i = 0; i < n; i++) {
        bool found;
        FAIR_TRY(look_there(s, &best[i], &found, err));
        if (found) best[kept++] = best[i];
    }
    qsort(best, kept, sizeof *best, fair_clue_by_weight);
    for (size_t i = 0; i < kept && i < LAID; i++) FAIR_TRY(lay(ix, s, io, &best[i], err));
    if (kept > 0) fair_map_share(s, io);
    return FAIR_OK;
}
