/* index/index.h - find the catalogue pictures that a picture may be a copy of, and say why. */
#ifndef FAIR_INDEX_H
#define FAIR_INDEX_H
#include "base/types.h"
#include "fingerprint/fingerprint.h"
#include "fingerprint/glance.h"

/* The index is a cache: everything in it can be built again from the store,
 * and `fairtrack reindex` does so.  One process writes (an OFD lock elects
 * it); any number search immutable segments that are memory-mapped, named by a
 * manifest replaced by rename.  See docs/formats/index-file.md. */
struct fair_index;

/* Open the index in folder `dir` (made if missing).  Reading needs no lock.  A damaged one opens too: refresh, search,
 * put and sync then give FAIR_CORRUPT with the reason, and fair_index_reset mends it. */
fair_status fair_index_open(const char *dir, struct fair_index **out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_index_free(struct fair_index **ix);

/* Become the writer; FAIR_AGAIN while another process is. Given up by fair_index_free. */
fair_status fair_index_write_begin(struct fair_index *ix, struct fair_err *err) FAIR_MUST_CHECK;
/* Add or replace / remove a work's record.  Durable and visible after sync. */
fair_status fair_index_put(struct fair_index *ix, fair_id org, fair_id work, const struct fair_fingerprint *fp,
                           struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_index_remove(struct fair_index *ix, fair_id org, fair_id work, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_index_sync(struct fair_index *ix, struct fair_err *err) FAIR_MUST_CHECK;
/* Empty it, as the writer, before it is built anew. */
fair_status fair_index_reset(struct fair_index *ix, struct fair_err *err) FAIR_MUST_CHECK;
/* Map what other processes have written since; cheap when nothing changed.  The tail is
 * forgotten: the caller fills it again with what lies behind `newest`. */
fair_status fair_index_refresh(struct fair_index *ix, struct fair_err *err) FAIR_MUST_CHECK;
/* A record kept in this process's memory only: the store's rows that the writer has not indexed yet.  Found by the next
 * search; passed over where a segment has one of that work.  Put again, it replaces the one before. */
fair_status fair_index_put_tail(struct fair_index *ix, fair_id org, fair_id work, const struct fair_fingerprint *fp,
                                struct fair_err *err) FAIR_MUST_CHECK;

struct fair_index_stat {
    uint64_t works;           /* live records, those of the tail and those put but not synced included */
    uint64_t bytes, segments, generation;
    fair_id newest;           /* the greatest work id in the segments: the tail begins behind it */
};
void fair_index_stat(const struct fair_index *ix, struct fair_index_stat *out);
/* In a segment, the tail, or put and not yet synced. */
bool fair_index_holds(const struct fair_index *ix, fair_id org, fair_id work);

enum fair_verdict {
    FAIR_NO_MATCH,            /* "none"                                                  */
    FAIR_TOO_PLAIN,           /* "too_plain": nothing in the picture could be told apart */
    FAIR_SAME_SCENE,          /* another shot of the same thing                          */
    FAIR_POSSIBLE,            /* goes to the review queue, lower                         */
    FAIR_MATCH                /* meant for precision >= .999                             */
};
const char *fair_verdict_name(enum fair_verdict v);
/* The scores from which a pair is called a match, and from which it is for a person to look at: what every exhibit says. */
#define FAIR_SCORE_MATCH .9
#define FAIR_SCORE_POSSIBLE .05

/* What lies in the picture found beyond one side of the work: nothing, a plain strip, a strip of one tone with something
 * on it (a caption), or other things. */
enum fair_around { FAIR_AROUND_NOTHING, FAIR_AROUND_PLAIN, FAIR_AROUND_BAR, FAIR_AROUND_BUSY };

/* What became of the work's colours: gone; tones of one colour instead of many, as sepia is; others; paler, stronger; all moved
 * towards one; there though the work is grey.  UNKNOWN where nobody looked, or too little of the copy is seen. */
enum fair_colours { FAIR_COLOURS_UNKNOWN, FAIR_COLOURS_KEPT, FAIR_COLOURS_GREYSCALE, FAIR_COLOURS_ONE, FAIR_COLOURS_OTHER, FAIR_COLOURS_PALER,
                    FAIR_COLOURS_STRONGER, FAIR_COLOURS_CAST, FAIR_COLOURS_ADDED };

/* What was done to the work, as far as it can be seen in grey: told of matches whose proof was laid on the query. */
struct fair_done {
    bool known, negated, slanted;     /* slanted: seen from the side                                     */
    bool bent;                /* smoothly, as by a lens: then neither slanted nor squeezed is told       */
    bool sure;                /* the map is so exact that what it says of the picture's shape holds      */
    float wide;               /* how wide the work became against how high: 1 as it was                  */
    enum fair_around around[4];       /* left, top, right, bottom; of works that lie straight            */
    float gap[4];             /* how far the strip goes, share of the picture found                      */
    bool tones_known;
    float slope, at;          /* the line of tones: grey of the query = slope x grey of the work + at    */
    float brighter;           /* by how many greys it is lighter                                         */
    float off_line;           /* greys by which tiles are off one straight line of tones                 */
    float detail;             /* of the contrast of neighbouring samples, the share that is left         */
    float grain;              /* deviation of greys where the work is plain; < 0: it is so nowhere       */
    float over, over_box[4];  /* the largest piece laid over it: share of the overlap, and where (0..1)  */
    enum fair_colours colours;        /* by fair_done_colours, from colour pictures of both              */
    float colour_left;        /* PALER, STRONGER: colour of the copy for one of the work                 */
};

/* Why two pictures are believed to be the same one.  Everything a reviewer is
 * shown, and a court may ask for, is in here. */
struct fair_match {
    fair_id work;
    enum fair_verdict verdict;
    float score;              /* 0..1, calibrated: the probability that it is a copy         */
    uint16_t bits;            /* differing bits of the whole hashes, best turn; 256 = not compared */
    uint8_t turn;             /* the turn that gave `bits`                                   */
    uint16_t agree;           /* parts that agree under one transformation                   */
    bool has_map;
    float map[6];             /* affine, catalogue -> query, pixels of the pictures as shown:
                               * x' = m0 x + m1 y + m2,  y' = m3 x + m4 y + m5               */
    bool mirrored;
    float rotation;           /* degrees clockwise                                           */
    float scale;              /* query pixels per catalogue pixel                            */
    float covers;             /* fraction of the work that is in the query, 0..1             */
    float box[4];             /* x0 y0 x1 y1 of the copy in the query, query pixels as shown; all 0: unknown */
    float work_box[4];        /* the part of the work that is seen, work pixels              */
    bool repeats;             /* it lies there as a copy does, but the work repeats itself all over, as others do */
    float residual;           /* mean absolute pixel difference after alignment, 0..255; < 0: not looked at */
    struct fair_done done;
};

/* What the check stages may ask for. */
struct fair_query {
    const struct fair_fingerprint *fp;
    const struct fair_image *grey;     /* the normalised grey picture; may be NULL         */
    fair_id org;                       /* the organisation searched; 0 = all               */
    /* A work's proof: its normalised grey picture, owned by the caller of the
     * callback until the search ends; FAIR_NOT_FOUND where there is none.  May be NULL. */
    fair_status (*proof)(void *self, fair_id work, const struct fair_image **out, struct fair_err *err);
    void *self;
    struct fair_arena *arena;
};

/* Two kinds of stage.  A source stage adds candidates (each has a cap); a
 * check stage strikes out, reorders, fills in the reasons and the verdict.
 * The row in use is fair_stages, in the order run; `off` (a bit a stage) leaves
 * stages out, for ablation. */
struct fair_matches { struct fair_match *v; size_t n, room; };
struct fair_stage {
    const char *name;
    bool adds;                /* a source stage */
    fair_status (*run)(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err);
};
extern const struct fair_stage fair_stages[];
extern const size_t fair_n_stages;

/* Make what searches share, which the first one does otherwise.  After it several threads may search at once, until the index is
 * refreshed or put to. */
fair_status fair_index_prepare(struct fair_index *ix, struct fair_err *err) FAIR_MUST_CHECK;

/* Search.  *out lies in q->arena, best first, every pair the matcher kept. */
fair_status fair_index_search(const struct fair_index *ix, const struct fair_query *q, unsigned off,
                              struct fair_matches *out, struct fair_err *err) FAIR_MUST_CHECK;

/* A first glance at n pictures of which only hashes were taken (glance.h), cheaply: which are worth being looked at?  look[i] is true where a
 * work is near by it, at any turn or as a negative, or where it is too plain to say.  False leaves out copies that are not the whole picture:
 * crops to less than some nine tenths, collages, pages. bits[i] is how near the nearest is, 256 for none.
 * Many at once cost each less: a large catalogue is gone over once. */
fair_status fair_index_glances(const struct fair_index *ix, const struct fair_glance *g, size_t n, fair_id org, bool *look, unsigned *bits,
                               struct fair_err *err) FAIR_MUST_CHECK;
/* How near, among so many works: unrelated pictures come as near as that now and then, and each costs a look. */
unsigned fair_glance_near(uint64_t works);

/* A picture in colour (3 channels), small: some 128 pixels are enough, and the size of what it was made of, as shown. */
struct fair_tint { const struct fair_image *small; uint32_t width, height; };
/* Tells what became of the colours of a match whose done.known is set: fills done.colours.  From the match and the two pictures alone. */
void fair_done_colours(struct fair_match *m, const struct fair_tint *work, const struct fair_tint *found);

/* The reasons in words a person understands, one line each ("cropped to 62 %",
 * "mirrored", "turned by 90 degrees"); at most FAIR_MATCH_WORDS.  `w`, `h`: the query as shown.  What was done to a copy is
 * said of matches only. */
#define FAIR_MATCH_WORDS 16
size_t fair_match_words(const struct fair_match *m, uint32_t w, uint32_t h, struct fair_arena *a, fair_str words[FAIR_MATCH_WORDS]);

/* What is drawn of a match.  DIFFERENCE: the work as grey as it is where the query is like it, red where it is darker or lighter than one change
 * of tones explains.  STRAIGHT: the query as it lies on the work, turned back, unbent and cut as the work is.  Both: blue where the query does not show the work. */
enum fair_drawing { FAIR_DRAW_DIFFERENCE, FAIR_DRAW_STRAIGHT, FAIR_N_DRAWINGS };
/* Draw it: RGB, as large as the work's normalised picture.  From the match and the two normalised grey pictures, with the sizes of the
 * pictures as shown, alone; NULL where it has no map.  The caller frees it. */
struct fair_image *fair_match_draw(enum fair_drawing what, const struct fair_match *m, const struct fair_image *query, uint32_t width, uint32_t height,
                                   const struct fair_image *work, uint32_t work_width, uint32_t work_height);

#endif
