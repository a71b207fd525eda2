/* index/search.h - one search under way: what the stages hand each other.  Private to index. */
#ifndef FAIR_SEARCH_H
#define FAIR_SEARCH_H
#include "index/index.h"
#include "index/kernels_bow.h"
#include "index/shelf.h"
#include "index/verify.h"

/* The rectangle of the overlap that has most for it and least against: held, spread ... of it alone. */
struct fair_window { float held, spread, cells, drift, backed, tone; };

/* What bends a work smoothly before the projective map takes it into the query (bow.c): added to the place (x, y), pixels of the normalised work, a polynomial of the
 * fifth degree of X = (x - cx) / unit and Y = (y - cy) / unit each way; its terms 1, X, Y, X X, X Y, Y Y and so on. */
struct fair_bow { float x[FAIR_BOW_TERMS], y[FAIR_BOW_TERMS], cx, cy, unit; };

#define FAIR_SEEN_BY_CHANCE 12    /* of so many parts of a work that lie inside the query one agrees by chance */

/* What the stages know of a candidate beside what they tell. */
struct fair_clue {
    const struct fair_record *record;
    const struct fair_shelf *shelf;   /* that it is on, */
    uint32_t number;                  /* and where */
    unsigned turn;            /* enum fair_code_turn: how the query must be turned to agree          */
    float map[6];             /* affine, catalogue -> query, pixels of the normalised pictures       */
    bool mapped;
    float whole_map[6];       /* the map that the whole hashes' turn tells */
    bool whole_mapped, negated;       /* negated: the whole hash is near when its bits are flipped   */
    float votes;              /* weight of the best bin of sizes and turns                           */
    uint32_t seen;            /* parts of the work that the map puts inside the query                */
    uint32_t agree;           /* of these, those that found a partner there                          */
    float weight;             /* the agreeing parts' evidence, in nats                               */
    float bend[8];            /* projective, catalogue -> query, normalised pixels: u = (b0 x + b1 y + b2) / (b6 x + b7 y + 1) */
    const struct fair_bow *bow;                 /* before it, or NULL */
    struct fair_levels *through;                /* the query as seen through the bow, or NULL: as it is (fair_clue_query) */
    uint64_t used[FAIR_PARTS_QUERY / 64 + 1];   /* the query's parts that agree                              */
    uint64_t parts[2];        /* the work's                                                              */
    uint32_t shared;          /* of these, those that agree with another candidate too               */
    /* pixels, at full, half and quarter fineness */
    bool chance;              /* so little agrees that its proof is not looked at, and nothing told of it */
    bool looked, close;               /* close: at 160 samples a side, not at 56 alone */
    float coarse, coarse_related;     /* the score after the coarse look, and of having anything in common; 0: there was none to decide by */
    bool laid_negated;                /* the query's greys were turned round for it */
    float tiles[3];           /* textured tiles in the overlap, corners for more than edges          */
    float alike[3];           /* their mean correlation, -1..1                                       */
    float firm[3];            /* share of them that correlate well                                   */
    float crisp[3];           /* of those that are alike somewhat, the share that are alike wholly   */
    uint32_t edges, run_on;   /* stretches of the work's border that are seen in the query, and of these those without a seam */
    float corner;             /* how much of a corner the work's textured tiles are on average, 0..1: a gradient's none */
    float loose;              /* mean shift that the well correlating tiles want, samples            */
    float residual;           /* mean difference of the pixels, 0..255                               */
    float covers;             /* share of the work that the map puts inside the query                */
    /* the survey of the whole overlap (survey.c) */
    float held;               /* of what is textured in either, the share that is alike              */
    float backed;             /* how many tiles are                                                  */
    float plain;              /* share of the overlap that is plain in both                          */
    float spread;             /* of 4 x 4 cells with texture, the share that hold                    */
    float cells;              /* how many do                                                         */
    float middle;             /* held, of the four middle cells alone                                */
    struct fair_window window;
    float breadth;            /* of what is alike, along its shorter axis: 1 evenly spread, more: a frame    */
    float tone;               /* 1: one curve takes all greys of the work to the query's; 0: none does */
    float uneven;             /* what it is off by, greys                                            */
    float drift;              /* mean shift that the alike tiles still want, samples, at most 2      */
    uint32_t bare, bare_on;   /* plain stretches of the work's border, and of these those without a seam */
    uint8_t side[4], side_on[4];      /* of each side: the stretches seen, and of these those without a seam */
    float marked;             /* of the agreeing parts, the share that recur in works not alike otherwise */
    float ground;             /* how alike the slopes of grey between the strokes are, -1..1 (ground.c); 0 too where there are none */
    float slope[2];           /* how steep these are in the work and in the query, greys a tile           */
    float again;              /* of the agreeing parts, the share that the work shows again elsewhere     */
    float tiled;              /* of the steps from one of these to the other, the share that are taken again and again */
    float strewn;             /* how broadly these lie over the work, along the shorter axis: 1 evenly    */
    float further;            /* of the side along which the ground goes on as it came, across the work's border, the share that does so; 0: of none half (ground.c) */
    float visible[4];         /* x0 y0 x1 y1, normalised pixels of the work: where it is like the query */
    struct fair_levels *levels; /* the work's proof, where one was laid on the query               */
    bool asked;               /* the learned verifier was, and said ...                             */
    float opinion;            /* ... this, log odds (verify.h)                                      */
};

/* A pairing so near that it alone may tell a map (fair_map_guess). */
struct fair_anchor;

/* q comes first: stages are given &search->q and find the search by a cast. */
struct fair_search {
    struct fair_query q;
    const struct fair_index *ix;
    struct fair_clue *clues;  /* clues[i] belongs to io->v[i] */
    struct fair_levels *levels; /* the query's picture, where proofs were laid on it */
    struct fair_grid *grid;   /* the query's parts, once they were asked for */
    struct fair_clue tried;   /* what the stage that settles saw of candidate tried_at (SIZE_MAX: of none) */
    size_t tried_at;
    size_t settled;           /* the candidate that is known to be all that the query shows, or SIZE_MAX */
    struct fair_anchor *anchors;        /* where the query has few parts, what the stage of parts found that is near, in order of works, n_anchors of them; in the arena */
    size_t n_anchors;
    bool all;                 /* tell unlikely pairs too: what the score is fitted to must not depend on it */
    bool each;                /* compare every part with every other, for benchmarks: of listed segments alone, else FAIR_INVALID */
    fair_id in_full;          /* compare this work with the query in full, for benchmarks: all of its parts, and look at it again whatever its votes, as if every work
                               * were.  0: none; on a listed segment, else FAIR_INVALID */
};

/* fair_index_search, with what the stages knew left in `s`; s->clues[i] belongs to out->v[i]. */
fair_status fair_index_search_with(const struct fair_index *ix, struct fair_search *s, unsigned off, struct fair_matches *out,
                                   struct fair_err *err) FAIR_MUST_CHECK;

/* Adds a candidate or finds it; its number in io and clues, or SIZE_MAX where there is no room. */
size_t fair_search_add(struct fair_search *s, struct fair_matches *io, const struct fair_shelf *shelf, uint32_t number, const struct fair_record *r);

/* A work that is near by a hash of the whole picture: at which of the query's turns, as it is or as a negative. */
struct fair_near { uint32_t bits, number; uint8_t turn; bool negated; const struct fair_shelf *shelf; };
#define FAIR_NEAREST 6
#define FAIR_WHOLE_QUALITY 10     /* under this there is no saying: all such hashes are alike */
struct fair_nearest {
    const uint64_t (*turns)[FAIR_WHOLE_WORDS];    /* eight of the query                                 */
    bool glance;              /* the hashes of exact areas, else PDQ's                                  */
    unsigned radius;          /* bits                                                                   */
    fair_id org;
};
/* The nearest within the radius, nearest first; *n of them. */
fair_status fair_near_find(const struct fair_index *ix, const struct fair_nearest *ask, struct fair_near best[FAIR_NEAREST], size_t *n,
                           struct fair_err *err) FAIR_MUST_CHECK;
/* As a candidate with the map that its turn tells; its number *at, or SIZE_MAX where there is no room. */
fair_status fair_near_add(struct fair_search *s, const struct fair_near *near, struct fair_matches *io, size_t *at, struct fair_err *err) FAIR_MUST_CHECK;

/* The levels of a work's proof, and those of the query in s->levels; *out is NULL where there is no proof that fits the record. */
fair_status fair_search_levels(struct fair_search *s, fair_id work, const struct fair_record *r, struct fair_levels **out,
                               struct fair_err *err) FAIR_MUST_CHECK;

typedef fair_status fair_stage_run(const struct fair_index *, const struct fair_query *, struct fair_matches *, struct fair_err *);
fair_stage_run fair_stage_glance, fair_stage_whole, fair_stage_settle, fair_stage_parts, fair_stage_map, fair_stage_pixels, fair_stage_pieces, fair_stage_frames, fair_stage_learned, fair_stage_verdict;

/* Bring the shelves up to what was mapped and put last: a search begins with it. */
fair_status fair_index_ready(const struct fair_index *ix, struct fair_err *err) FAIR_MUST_CHECK;
/* Write segments of at least `n` works with lists, instead of from the size on from which it pays: for tests and benchmarks. */
void fair_index_list_from(struct fair_index *ix, size_t n);
/* The shelves of an index, in turn: NULL after the last. */
const struct fair_shelf *fair_index_shelf(const struct fair_index *ix, size_t i);

/* The pairings that a search by parts would vote with, as works' parts with the query's, by part of the query; in the arena.  `each`: by
 * comparing every part with every other, of listed segments alone, else FAIR_INVALID.  For benchmarks, of segments that are whole. */
struct fair_pairing { fair_id work; uint32_t query, part; uint8_t turn, bits; };
fair_status fair_parts_pairings(const struct fair_index *ix, const struct fair_fingerprint *fp, bool each, struct fair_arena *a, struct fair_pairing **out, size_t *n,
                                struct fair_err *err) FAIR_MUST_CHECK;

/* Projective maps as eight numbers: one that is affine, the point it takes (x, y) to, the affine map it is like there. */
void fair_bend_affine(const float map[6], float b[8]);
void fair_bend_at(const float b[8], float x, float y, float *u, float *v);
void fair_bend_about(const float b[8], float x, float y, float map[6]);
/* Where the bow takes the place, and how it stretches there: m[0] m[1] of x, m[2] m[3] of y, by x and y. */
void fair_bow_at(const struct fair_bow *o, float x, float y, float *u, float *v);
void fair_bow_about(const struct fair_bow *o, float x, float y, float m[4]);
/* The bow under which the work's tiles lie where they should, from the clue's projective map on, which stays; false where there is none to be had. */
bool fair_bow_find(struct fair_levels *query, struct fair_levels *work, const struct fair_clue *c, struct fair_bow *out, struct fair_arena *a);
/* Where the clue's whole map takes the work's place (x, y), normalised pixels of both. */
void fair_clue_at(const struct fair_clue *c, float x, float y, float *u, float *v);
/* For qsort: the clue whose map has more weight first. */
int fair_clue_by_weight(const void *a, const void *b);
/* The query's levels by which the clue's work is laid on it. */
struct fair_levels *fair_clue_query(struct fair_levels *query, const struct fair_clue *c);
/* Solve the n equations m x = m[.][n] by elimination, in place; false where they say nothing. */
bool fair_solve(double m[8][9], int n);

struct fair_levels;
struct fair_levels *fair_levels_new(const struct fair_image *grey, struct fair_arena *a);
/* The same picture as seen through a bow, which must stay where it is: whatever is laid on it by a map is bent first. */
struct fair_levels *fair_levels_bowed(struct fair_levels *l, const struct fair_bow *o, struct fair_arena *a);
/* Lay the work's proof on the query by the map b (normalised pixels) and shift it until it fits best, coarsely: sets the clue's bend and
 * fills its pixel part, as far as can be seen so.  False where there is nothing: too little overlap (then it is not `looked`), or nothing
 * alike. */
bool fair_pixels_coarse(struct fair_levels *query, struct fair_levels *work, const float b[8], bool negated, struct fair_clue *clue);
/* The same, closely, from the clue's bend on; false where there is hardly any overlap, and nothing changes. */
bool fair_pixels_look(struct fair_levels *query, struct fair_levels *work, struct fair_clue *clue);
/* Put the pixel part of what was seen from one map in the place of what the clue holds, if it fits better: agrees as closely over more of
 * the work, or, where neither does, by fair_pixels_fitness. */
void fair_pixels_better(const struct fair_clue *seen, struct fair_clue *clue);

/* Does so much of the candidate agree that there is no need to look for another in its place? */
bool fair_pixels_settled(const struct fair_match *m, const struct fair_clue *c);

/* How well it fits, to compare two maps of one work. */
float fair_pixels_fitness(const struct fair_clue *c);
/* Fetch the proof of the candidate m and look at it under each of the clue's maps, closely where it is likely; `tried`, unless NULL, is what its
 * whole map gave already.  Nothing is looked at where there is no proof. */
fair_status fair_pixels_lay_on(const struct fair_index *ix, struct fair_search *s, const struct fair_match *m, const struct fair_clue *tried,
                               struct fair_clue *c, struct fair_err *err) FAIR_MUST_CHECK;

/* Bend the work smoothly, where it lies on the query but drifts, and look again; what is seen replaces the clue's where that takes the drift away. */
void fair_pixels_bow(struct fair_levels *query, struct fair_levels *work, struct fair_clue *c, struct fair_arena *a);

/* Both pictures' samples under the map b, the work's in `a`: rows of g->width, at most `side` each way, of the work's places from (x0, y0) on, `gap` apart; NAN where
 * the query has none.  False where there is hardly any overlap. */
struct fair_laid { int32_t width, height; float x0, y0, gap; };
bool fair_pixels_lay(struct fair_levels *query, struct fair_levels *work, const float b[8], bool negated, int32_t side,
                     float *a, float *out, struct fair_laid *g);

/* Both pictures as a square of FAIR_PAIR x FAIR_PAIR samples under the map b, the work's in `a`: all of the overlap, whatever its sides, and FAIR_PAIR_MARGIN
 * samples of what lies about it; NAN where either has none.  False where there is hardly any overlap. */
bool fair_pixels_pair(struct fair_levels *query, struct fair_levels *work, const float b[8], bool negated, float *a, float *out);

/* out[x], x < n: the query at the place of the work's pixel (x + .5, y), NAN outside. */
void fair_pixels_row(struct fair_levels *query, const float b[8], float y, size_t n, float *out);

/* What was done to the work: fills m->done. */
void fair_done_tell(const struct fair_image *query, struct fair_levels *levels, const struct fair_clue *c, struct fair_match *m);

/* Survey two grids of samples laid on each other, NAN where the query has none: fills the clue's survey. */
void fair_survey(const float *a, const float *b, int32_t width, int32_t height, struct fair_clue *c);

/* How the agreeing parts lie in the work: fills the clue's `again`, `tiled` and `strewn`. */
void fair_ground_parts(struct fair_clue *c);
/* Lay the work on itself, moved by the steps from its agreeing parts to others that show the same: does it agree with itself all over?  Its `levels` must be there. */
bool fair_ground_repeats(const struct fair_clue *c);
/* Look between the strokes of what agrees: fills the clue's `ground` and `slope`.  The work must have been laid on the query. */
void fair_ground_look(struct fair_levels *query, struct fair_clue *c);

/* Look across the work's borders that lie inside the query: fills the clue's `further`.  The work must have been laid on the query. */
void fair_ground_beyond(struct fair_levels *query, struct fair_clue *c);

/* Learn which of the work's agreeing parts lie on a mark: fills the clue's `marked`. */
fair_status fair_recur(const struct fair_index *ix, fair_id org, struct fair_clue *c, struct fair_err *err) FAIR_MUST_CHECK;

/* One pairing of a work's part with a query's. */
struct fair_hit { uint32_t part, query; float weight; uint16_t bits; uint8_t turn; };
#define FAIR_FEW_PARTS 400    /* of a query that may show little of a work; */
#define FAIR_ANCHOR_BITS 40   /* within these a pairing of such a query is one of its anchors */
struct fair_anchor { const struct fair_shelf *shelf; uint32_t number; struct fair_hit hit; };
/* The query's parts by place, and their directions. */
struct fair_grid;
struct fair_grid *fair_grid_new(const struct fair_fingerprint *fp, struct fair_arena *a);
/* Find the map under which most of the hits agree.  False where fewer than `least` do. */
bool fair_map_find(const struct fair_record *r, const struct fair_fingerprint *fp, const struct fair_grid *g, const struct fair_hit *hits, size_t n,
                   unsigned least, struct fair_clue *clue);

/* What the score is made of: FAIR_EVIDENCE numbers of about 0 to 1 each (verdict.c names them); fitted by
 * tools/fit-verdict. */
#define FAIR_EVIDENCE 47
void fair_evidence(const struct fair_match *m, const struct fair_clue *c, float x[FAIR_EVIDENCE]);

/* The score of a candidate as far as it was looked at, and how surely it has anything in common with the query.  Fills the match's place. */
float fair_score(const struct fair_search *s, const struct fair_clue *c, struct fair_match *m, float *related);

/* Whether that score leaves it open, so that the learned verifier is asked. */
bool fair_score_undecided(float score);

/* How surely the query shows what lies beyond the work's border, and as if there were none: 0 to 1.  No copy of this
 * file does. */
float fair_beyond(const struct fair_clue *c);
/* Of the work's four sides, as far as they lie inside the query: does the picture go on without a seam along one, and if it goes on
 * nowhere, how many end with one (1: all four)?  Each as surely as it is told along most of the side. */
void fair_sides(const struct fair_clue *c, float *goes_on, float *ends);

/* With a map known, pair each part of the work with the best one near where it should be, refit, and count. */
void fair_map_refine(const struct fair_record *r, const struct fair_fingerprint *fp, const struct fair_grid *g, struct fair_clue *clue);
/* The same, but the map stays affine. */
void fair_map_refine_affine(const struct fair_record *r, const struct fair_fingerprint *fp, const struct fair_grid *g, struct fair_clue *clue);
/* Of a query that shows a piece of the work, as large or larger: the map that one of n pairings tells alone, tried in their order, under which most of what should then
 * lie in the query does.  Fills the clue's map, turn and votes (points for it), and `mapped`, which is what it returns. */
bool fair_map_guess(const struct fair_record *r, const struct fair_fingerprint *fp, const struct fair_grid *g, const struct fair_hit *hits, size_t n, struct fair_clue *clue);
/* Mark which of the work's parts agree under the clue's bend: fills its `parts` alone. */
void fair_map_mark(const struct fair_record *r, const struct fair_fingerprint *fp, const struct fair_grid *g, struct fair_clue *clue);
/* Count for each candidate the query's parts that agree with others too: fills the clues' `shared`. */
void fair_map_share(struct fair_search *s, const struct fair_matches *io);

#endif
