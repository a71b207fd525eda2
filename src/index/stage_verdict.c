/* The last check stage: what the clues amount to, in one number and one word. */
#include <math.h>
#include <stdlib.h>
#include "index/score.h"
#include "index/search.h"

#define MATCH ((float)FAIR_SCORE_MATCH)
#define POSSIBLE ((float)FAIR_SCORE_POSSIBLE)
#define KEPT .001f            /* below this a pair is not told at all                                            */
#define UNSEEN .6f            /* the most that may be said where no proof was laid on the query                   */
#define PASSED .03f           /* and where others were likelier, so that only theirs were                        */
#define RELATED .9f           /* the chance that they have something in common, from which there may be a scene  */
#define BEYOND .3f            /* fair_beyond, from which the query shows what the work does not                  */
#define ADRIFT .55f           /* samples that alike tiles are off by on average, from which things have moved      */
#define STIRRED .12f          /* of the window's tiles, from which things have moved if all is so clean that a copy's would lie still: ... */
#define CRISPLY .5f           /* ... clue->crisp[0], from which what is alike is alike to the grain,                 */
#define HOLDS .8f             /* clue->held, from which hardly anything speaks against it,                           */
#define CLEAN 20.f            /* and clue->residual, greys, under which no light or colour was changed for another   */
#define SMOOTH .03f           /* clue->corner, under which the work is a gradient: any other one fits it          */
#define MARKED .3f            /* the most that may be said where only a mark agrees, or a shape                     */
#define GROUND .5f            /* clue->ground, under which another picture lies between the strokes of what agrees */
#define SLOPE 1.5f            /* greys a tile, under which the work shows nothing between them                     */
#define OTHER 6.f             /* greys that the two differ by on average, under which nothing else lies between the strokes */
#define AGAIN .6f             /* clue->again and ...                                                               */
#define TILED .35f            /* ... clue->tiled, from which the work may bear a mark all over                      */
#define STREWN .35f           /* clue->strewn, under which all that agrees may lie on a bar or a badge ...          */
#define NEARLY_ALL .66f       /* ... if of the work's spots more than this do: it has hardly any elsewhere; of what is textured, what agrees */
#define EVEN .6f              /* clue->plain, from which the work is mostly even ground, and ...                     */
#define GOES_ON .5f           /* ... fair_sides, from which that ground goes on beyond the work, inside the query     */
#define GROUND_SEEN .5f       /* clue->plain, from which there is ground enough to look across the work's border, where ... */
#define LONG 8                /* ... so many stretches of a side go on without a seam, and ...                        */
#define MOSTLY .6f            /* ... of those seen this share                                                         */
#define SURE 3.f              /* clue->opinion, 20 to 1, under which it may not be the net that decides               */
#define RECURS .6f            /* clue->marked, from which most of what agrees is in other works of the catalogue too  */
#define EVERYWHERE .9f        /* clue->again, from which a pattern may be all there is of the work                   */
#define NONE .02f             /* of the overlap, what is plain, under which there is nothing between strokes, and ... */
#define ALL .95f              /* ... of what is textured, what agrees: then all does                                  */
#define FULL FAIR_PARTS_CATALOGUE /* spots: a work that has fewer is a drawing of few shapes                            */
#define NOTHING .01f          /* the most that may be said where the pixels have nothing in common                  */
#define APART .1f             /* clue->held, under which the pixels have nothing in common                          */
#define PI 3.14159265f

static float
less(float a, float b)
{
    return a < b ? a : b;
}

static float
more(float a, float b)
{
    return a > b ? a : b;
}

/* The map, the box in the query and the part of the work that is seen, in pixels as shown. */
static void
place(const struct fair_query *q, const struct fair_clue *c, struct fair_match *m)
{
    const struct fair_record *r = c->record;
    float w = r->norm_width, h = r->norm_height, det;
    float in_x = (float)q->fp->width / (float)q->fp->norm_width, in_y = (float)q->fp->height / (float)q->fp->norm_height;
    float of_x = w / (float)r->width, of_y = h / (float)r->height, u, v, ux, vx, uy, vy;
    unsigned inside = 0;
    float box[4] = { 1e9f, 1e9f, -1e9f, -1e9f }, seen[4] = { 1e9f, 1e9f, -1e9f, -1e9f };

    /* the affine map that is nearest about the work's middle */
    fair_clue_at(c, w / 2, h / 2, &u, &v);
    fair_clue_at(c, w / 2 + 1, h / 2, &ux, &vx);
    fair_clue_at(c, w / 2, h / 2 + 1, &uy, &vy);
    m->has_map = true;
    m->map[0] = (ux - u) * of_x * in_x; m->map[1] = (uy - u) * of_y * in_x;
    m->map[3] = (vx - v) * of_x * in_y; m->map[4] = (vy - v) * of_y * in_y;
    m->map[2] = u * in_x - m->map[0] * (float)r->width / 2 - m->map[1] * (float)r->height / 2;
    m->map[5] = v * in_y - m->map[3] * (float)r->width / 2 - m->map[4] * (float)r->height / 2;
    det = m->map[0] * m->map[4] - m->map[1] * m->map[3];
    m->mirrored = det < 0;
    m->scale = sqrtf(fabsf(det));
    /* of a mirrored picture the turn is told after mirroring left to right */
    m->rotation = (m->mirrored ? atan2f(-m->map[3], -m->map[0]) : atan2f(m->map[3], m->map[0])) * (180 / PI);
    for (int i = 0; i <= 16; i++)
        for (int k = 0; k <= 16; k++) {
            float x = w * (float)i / 16, y = h * (float)k / 16;
            fair_clue_at(c, x, y, &u, &v);
            u *= in_x;
            v *= in_y;
            box[0] = less(box[0], u); box[1] = less(box[1], v); box[2] = more(box[2], u); box[3] = more(box[3], v);
            inside += u >= -1.5f * in_x && v >= -1.5f * in_y && u <= (float)q->fp->width + 1.5f * in_x && v <= (float)q->fp->height + 1.5f * in_y;
            if (u < -1 || v < -1 || u > (float)q->fp->width + 1 || v > (float)q->fp->height + 1) continue;
            seen[0] = less(seen[0], x); seen[1] = less(seen[1], y); seen[2] = more(seen[2], x); seen[3] = more(seen[3], y);
        }
    m->box[0] = more(box[0], 0);
    m->box[1] = more(box[1], 0);
    m->box[2] = less(box[2], (float)q->fp->width);
    m->box[3] = less(box[3], (float)q->fp->height);
    if (seen[2] > seen[0]) {
        m->work_box[0] = seen[0] / of_x; m->work_box[1] = seen[1] / of_y;
        m->work_box[2] = seen[2] / of_x; m->work_box[3] = seen[3] / of_y;
    }
    m->covers = c->looked ? (float)inside / (17 * 17) : 0;
    m->residual = c->looked ? c->residual : -1;
}

/* Matches and their clues, sorted together. */
struct both { struct fair_match m; struct fair_clue c; };

static int
by_score(const void *a, const void *b)
{
    const struct both *x = a, *y = b;
    if (x->m.score != y->m.score) return x->m.score > y->m.score ? -1 : 1;
    return x->m.work < y->m.work ? -1 : x->m.work > y->m.work;
}

static void
sort(struct fair_search *s, struct fair_matches *io)
{
    struct both *v = fair_alloc_array(s->q.arena, io->n + 1, sizeof *v);

    for (size_t i = 0; i < io->n; i++) v[i] = (struct both){ io->v[i], s->clues[i] };
    qsort(v, io->n, sizeof *v, by_score);
    for (size_t i = 0; i < io->n; i++) { io->v[i] = v[i].m; s->clues[i] = v[i].c; }
}

static float
chance(const float w[FAIR_EVIDENCE], const float x[FAIR_EVIDENCE], float add)
{
    for (int i = 0; i < FAIR_EVIDENCE; i++) add += w[i] * x[i];
    return 1 / (1 + expf(-(add < -30 ? -30 : add > 30 ? 30 : add)));
}

/* Of n works searched, one more resembles the picture by chance for every one more there is: what is to be had in common
 * must outweigh it.  The weights were fitted with FAIR_SCORE_WORKS. */
static float
crowd(const struct fair_index *ix)
{
    const struct fair_shelf *shelf;
    double n = 0;

    for (size_t k = 0; (shelf = fair_index_shelf(ix, k)) != NULL; k++) n += (double)shelf->n;
    return n > (double)FAIR_SCORE_WORKS ? -(float)log(n / (double)FAIR_SCORE_WORKS) : 0;
}

/* Whether what agrees is a mark laid over the work and over the query, with another picture under it: tiled text, a logo in
 * a corner, a caption bar.  Marks borne by several works are learned from the catalogue too (recur.c); this one needs but the
 * two pictures. */
static bool
lie_like_a_mark(const struct fair_clue *c)
{
    if (c->agree < 4 || (c->plain < NONE && c->held > ALL)) return false;
    return (c->again >= AGAIN && c->tiled >= TILED) || (c->strewn < STREWN && (float)c->agree > NEARLY_ALL * (float)c->seen);
}

/* What lies between the strokes is looked at only where the parts lie as a mark's do. */
static bool
on_a_mark(const struct fair_search *s, struct fair_clue *c)
{
    fair_ground_parts(c);
    if (s->all || lie_like_a_mark(c)) fair_ground_look(fair_clue_query(s->levels, c), c);
    return lie_like_a_mark(c) && c->slope[0] >= SLOPE && c->ground < GROUND && c->residual >= OTHER;
}

/* Whether the query shows more than there is of the work: ground whose light falls off within the work's border as the work's does falls off on without, where
 * padding is even or the border's own grey drawn out, and a page begins with a step. */
static bool
shows_more(const struct fair_search *s, struct fair_clue *c)
{
    bool worth = false;

    c->further = 0;
    for (int k = 0; k < 4; k++) worth |= c->side_on[k] >= LONG && (float)c->side_on[k] >= MOSTLY * (float)c->side[k];
    if (worth && c->plain >= GROUND_SEEN) fair_ground_beyond(fair_clue_query(s->levels, c), c);
    return c->further > 0;
}

float
fair_score(const struct fair_search *s, const struct fair_clue *c, struct fair_match *m, float *related)
{
    float x[FAIR_EVIDENCE];

    if (c->mapped || c->looked) place(&s->q, c, m);
    fair_evidence(m, c, x);
    *related = chance(fair_score_related, x, crowd(s->ix));
    return *related * (c->looked ? chance(fair_score_copy, x, 0) : 1);
}

bool
fair_score_undecided(float score)
{
    return score > FAIR_SCORE_OPEN && score < FAIR_SCORE_CLOSED;
}

/* Whether what agrees is drawn again and again all over the work, and in other works too: boxes of diagrams, squares of a board.  The net knows
 * neither, so there its word only counts against. */
static bool
is_a_pattern(struct fair_clue *c)
{
    if (c->marked <= RECURS) return false;
    fair_ground_parts(c);
    return c->again >= AGAIN && c->tiled >= TILED;
}

/* Whether the work shows something on even ground that goes on beyond it in the query, as it does where another shot of the same thing is pasted small
 * into a page.  The net sees little of that, and a thing that lies as it lay is all but the same; so there its word only counts against. */
static bool
lies_on_more(const struct fair_clue *c)
{
    float goes_on, ends;

    if (c->plain < EVEN) return false;
    fair_sides(c, &goes_on, &ends);
    return goes_on >= GOES_ON;
}

/* Whether only hashes named the work, a good part of what is textured is not alike, and the net is not sure either. */
static bool
hardly_named(const struct fair_clue *c)
{
    return c->agree < 4 && c->held < NEARLY_ALL && c->opinion < SURE;
}

/* The score where the first was undecided and the verifier asked: never more than the first where the net takes it for no copy or is no judge.
 * What is left of `related` in a crowd is taken off as it is there. */
static float
second_score(const struct fair_search *s, struct fair_clue *c, const struct fair_match *m)
{
    float x[FAIR_EVIDENCE], score;

    fair_evidence(m, c, x);
    score = chance(fair_score_second, x, fair_score_second[FAIR_EVIDENCE] * c->opinion) * chance(fair_score_related, x, crowd(s->ix)) / chance(fair_score_related, x, 0);
    return score > m->score && (c->opinion < 0 || hardly_named(c) || is_a_pattern(c) || lies_on_more(c)) ? m->score : score;
}

/* Whether there is but the whole hash to go by, and one of the two a shape (a disc, a frame, a glow) whose outline others have
 * too: of the work's few spots none agrees; or the query has few, and most of what it lies on is another. */
static bool
on_a_shape(const struct fair_query *q, const struct fair_clue *c)
{
    if (!c->looked || c->agree >= 4) return false;
    return c->record->n < FULL || (q->fp->n_parts < FULL && c->held < .5f);
}

/* Whether the whole hash and a few spots at most named the work, and its pixels have nothing of the query's. */
static bool
apart(const struct fair_clue *c)
{
    return c->looked && c->agree < 4 && c->held < APART;
}

/* Whether things lie elsewhere, by their depth or because they were moved: by much; or by a little in a query that is so clean that a copy's would not. */
static bool
moved(const struct fair_clue *c)
{
    return c->drift >= ADRIFT || (c->window.drift >= STIRRED && c->crisp[0] >= CRISPLY && c->held >= HOLDS && c->residual < CLEAN);
}

/* Whether the work is a pattern all over, as a checkerboard is: another one lies on it as a copy does, and nothing in the two tells whose it is.  Asked of pairs of
 * over MARKED alone, of which on_a_mark has looked how the parts lie. */
static bool
is_nobodys(const struct fair_clue *c)
{
    return c->levels != NULL && c->again >= EVERYWHERE && c->tiled >= TILED && fair_ground_repeats(c);
}

static enum fair_verdict
verdict_of(const struct fair_clue *c, float score, float related, bool shape)
{
    /* on marks alone, or plain all over: nothing to be told */
    bool mark = c->marked > .5f && c->middle < .3f;

    if (c->looked && c->plain > .93f && c->backed < 4 && score < MATCH) return FAIR_TOO_PLAIN;
    if (shape && score >= POSSIBLE) return FAIR_TOO_PLAIN;
    if (c->looked && c->corner < SMOOTH && c->agree < 8) return FAIR_TOO_PLAIN;
    if (c->looked && score >= MATCH && !mark && fair_beyond(c) < BEYOND && !moved(c)) return FAIR_MATCH;
    if (c->looked && related >= RELATED && !mark && c->agree >= 8 && c->held > .25f && (score < .3f || c->further > 0 || fair_beyond(c) >= BEYOND || moved(c))) return FAIR_SAME_SCENE;
    return score >= POSSIBLE ? FAIR_POSSIBLE : FAIR_NO_MATCH;
}

fair_status
fair_stage_verdict(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err)
{
    struct fair_search *s = (struct fair_search *)q;
    size_t kept = 0, looked = 0;

    (void)ix;
    (void)err;
    for (size_t i = 0; i < io->n; i++) looked += s->clues[i].looked;
    for (size_t i = 0; i < io->n; i++) {
        struct fair_clue *c = &s->clues[i];
        struct fair_match *m = &io->v[i];
        float related;
        bool shape;
        if (c->chance && !c->looked) continue;
        m->score = fair_score(s, c, m, &related) * (c->looked ? 1 : looked > 0 ? PASSED : UNSEEN);
        if (c->asked && fair_score_undecided(m->score)) m->score = second_score(s, c, m);
        if (m->score > MARKED && c->looked && c->levels != NULL && s->levels != NULL && (on_a_mark(s, c) || shows_more(s, c))) m->score = MARKED;
        shape = on_a_shape(q, c);
        if (shape) m->score = less(m->score, MARKED);
        if (apart(c)) m->score = less(m->score, NOTHING);
        m->verdict = verdict_of(c, m->score, related, shape);
        m->repeats = m->verdict == FAIR_MATCH && is_nobodys(c);
        if (m->repeats) m->verdict = FAIR_POSSIBLE;
        if (m->verdict == FAIR_MATCH && q->grey != NULL && c->levels != NULL && s->levels != NULL)
            fair_done_tell(q->grey, fair_clue_query(s->levels, c), c, m);
        if (m->score < KEPT && !s->all && m->verdict != FAIR_SAME_SCENE) continue;
        io->v[kept] = *m;
        s->clues[kept++] = *c;
    }
    io->n = kept;
    sort(s, io);
    return FAIR_OK;
}
