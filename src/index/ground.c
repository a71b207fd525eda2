/* What lies between the strokes: a mark laid over everything (tiled text, a grid, a logo) makes spots, tiles and edges agree
 * wherever it is, whatever it lies on; the greys between its strokes are the picture's own.  And what lies about a thing: a
 * ground whose light falls off on across the work's border was seen by a camera, not made of this work. */
#include <assert.h>
#include <math.h>
#include <string.h>
#include "fingerprint/kernels.h"
#include "index/search.h"
#include "index/verify.h"

#define NEAR 56               /* bits within which two parts of a work show the same                 */
#define TURNED .96891f         /* the cosine of .25, by which they may be turned                      */
#define STEPS 40              /* into which the work's longer side is divided to tell steps apart     */
#define OFTEN 5               /* so many like steps are no chance                                     */
#define NEAREST .125f         /* of the longer side: a step that is taken to see whether the work repeats itself, */
#define FURTHEST .5f          /* and one that leaves enough of it to see                              */
#define TRIES 6               /* steps                                                                */
#define ALIKE_SELF .85f       /* of what is textured, what agrees with itself a step further (photographs of nets and bricks: .8 at most), */
#define ALL_OVER .95f         /* and of 4 x 4 cells those that do                                     */
#define TILE 8
#define SIDE 160              /* samples along the longer side of the overlap                        */
#define ACROSS (SIDE / TILE)

#define BOUND 10.f            /* greys from one tile to the next; more counts as this: edges are no slopes */

#define STRETCHES 16          /* of a side of the work,                                                */
#define ALONG 8               /* samples long,                                                         */
#define DEEP 8                /* and deep, within the border and without, less one at the border itself    */
#define FEW 8                 /* so many of them tell of a side: half of it                            */
#define PLAIN 5.f             /* deviation of greys in one, up to which it shows ground                */
#define STEP 2.5f             /* greys off the slope at the border, up to which there is no seam       */
#define TILT .05f             /* mean square of the slopes across it, greys a sample, from which they are no noise */
#define ALIKE .85f            /* correlation of those within with those without,                       */
#define OF_WORK .8f           /* and with the work's own there                                         */
#define SAME 5.f              /* greys by which the query may be off the work's tones more here than there: else another picture lies there */

/* A tile's greys that an eighth of it is darker than, and lighter than: whether strokes are light or dark, one of the two is what
 * they lie on.  False where some of the tile lies outside. */
static bool
grounds_of(const float *v, int32_t width, float out[2])
{
    static const int want[2] = { TILE * TILE / 8, TILE * TILE - 1 - TILE * TILE / 8 };
    float s[TILE * TILE], sum = 0;

    for (int j = 0; j < TILE; j++)
        for (int i = 0; i < TILE; i++) sum += s[j * TILE + i] = v[j * width + i];
    if (!(sum >= 0)) return false;
    for (int k = 0, low = 0; k < 2; k++) {                    /* Hoare's selection; the second one lies behind the first */
        int from = low, to = TILE * TILE - 1;
        while (from < to) {
            float pivot = s[want[k]];
            int i = from, j = to;
            while (i <= j) {
                while (s[i] < pivot) i++;
                while (pivot < s[j]) j--;
                if (i <= j) { float t = s[i]; s[i++] = s[j]; s[j--] = t; }
            }
            if (j < want[k]) from = i;
            if (want[k] < i) to = j;
        }
        out[k] = s[want[k]];
        low = want[k];
    }
    return true;
}

/* Do two parts of a work show the same, as large and turned the same way? */
static bool
same_spot(const struct fair_place *p, const struct fair_place *q)
{
    return fair_place_along(p, q) >= TURNED && q->size <= 1.4f * p->size && p->size <= 1.4f * q->size;
}

/* How the agreeing parts lie in the work: the share that it shows again elsewhere, as large and turned the same way; of the steps
 * from one to the other, the share that is taken again and again, as tiling does and chance (stars, leaves) does not; and how
 * broadly they lie along the shorter axis, 1: evenly. */
void
fair_ground_parts(struct fair_clue *c)
{
    const struct fair_record *r = c->record;
    const float side = r->norm_width > r->norm_height ? r->norm_width : r->norm_height;
    uint8_t steps[2 * STEPS + 1][2 * STEPS + 1] = { { 0 } };
    uint16_t bits[FAIR_PARTS_CATALOGUE];
    float n = 0, again = 0, pairs = 0, tiled = 0, x1 = 0, x2 = 0, y1 = 0, y2 = 0;

    for (uint32_t i = 0; i < r->n; i++) {
        struct fair_place p = fair_record_place(r, i);
        float x = p.x / r->norm_width, y = p.y / r->norm_height;
        bool twin = false;
        if (!(c->parts[i / 64] >> (i % 64) & 1)) continue;
        fair_kernels()->hamming256(r->codes + 4 * (size_t)i, r->codes, r->n, bits);
        for (uint32_t k = 0; k < r->n; k++) {
            struct fair_place q;
            uint8_t *step;
            if (k == i || bits[k] > NEAR) continue;
            q = fair_record_place(r, k);
            if (!same_spot(&p, &q)) continue;
            if (hypotf(p.x - q.x, p.y - q.y) < 2 * p.size) continue;
            twin = true;
            step = &steps[STEPS + lrintf((q.y - p.y) / side * STEPS)][STEPS + lrintf((q.x - p.x) / side * STEPS)];
            *step += *step < UINT8_MAX;
            pairs++;
        }
        n++;
        again += twin;
        x1 += x; x2 += x * x;
        y1 += y; y2 += y * y;
    }
    for (int y = 1; y < 2 * STEPS; y++)
        for (int x = 1; x < 2 * STEPS; x++) {
            unsigned near = 0;
            for (int k = 0; k < 9; k++) near += steps[y + k / 3 - 1][x + k % 3 - 1];
            if (near >= OFTEN) tiled += steps[y][x];
        }
    c->again = n > 0 ? again / n : 0;
    c->tiled = pairs > 0 ? tiled / pairs : 0;
    c->strewn = 0;
    if (n < 1) return;
    x2 = x2 / n - x1 * x1 / (n * n);
    y2 = y2 / n - y1 * y1 / (n * n);
    c->strewn = sqrtf(12 * (x2 < y2 ? x2 > 0 ? x2 : 0 : y2 > 0 ? y2 : 0));
}

/* A step from part i to one that shows the same, some way off; false where there is none. */
static bool
step_from(const struct fair_record *r, uint32_t i, float step[2])
{
    const float side = r->norm_width > r->norm_height ? r->norm_width : r->norm_height;
    const struct fair_place p = fair_record_place(r, i);
    uint16_t bits[FAIR_PARTS_CATALOGUE];
    float best = FURTHEST * side;
    bool any = false;

    fair_kernels()->hamming256(r->codes + 4 * (size_t)i, r->codes, r->n, bits);
    for (uint32_t k = 0; k < r->n; k++) {
        const struct fair_place q = fair_record_place(r, k);
        const float far = hypotf(q.x - p.x, q.y - p.y);
        if (k == i || bits[k] > NEAR || far < NEAREST * side || far >= best || !same_spot(&p, &q)) continue;
        best = far;
        step[0] = q.x - p.x;
        step[1] = q.y - p.y;
        any = true;
    }
    return any;
}

bool
fair_ground_repeats(const struct fair_clue *c)
{
    const struct fair_record *r = c->record;
    unsigned tries = 0;

    for (uint32_t i = 0; i < r->n && tries < TRIES; i++) {
        struct fair_clue moved = { .record = r };
        const float at[2] = { (float)r->norm_width / 2, (float)r->norm_height / 2 };
        float step[2], to[2];
        if (!(c->parts[i / 64] >> (i % 64) & 1) || !step_from(r, i, step)) continue;
        tries++;
        fair_bend_affine((const float[6]){ 1, 0, step[0], 0, 1, step[1] }, moved.bend);
        if (!fair_pixels_look(c->levels, c->levels, &moved)) continue;
        fair_clue_at(&moved, at[0], at[1], &to[0], &to[1]);
        if (hypotf(to[0] - at[0] - step[0], to[1] - at[1] - step[1]) > .2f * hypotf(step[0], step[1])) continue;      /* it was drawn to where it came from */
        if (moved.held >= ALIKE_SELF && moved.spread >= ALL_OVER) return true;
    }
    return false;
}

static float
bounded(float d)
{
    return d < -BOUND ? -BOUND : d > BOUND ? BOUND : d;
}

void
fair_ground_look(struct fair_levels *query, struct fair_clue *c)
{
    static _Thread_local float a[SIDE * SIDE], b[SIDE * SIDE];
    float of_work[ACROSS * ACROSS][2], of_query[ACROSS * ACROSS][2], aa[2] = { 0 }, bb[2] = { 0 }, ab[2] = { 0 }, n = 0;
    bool seen[ACROSS * ACROSS];
    struct fair_laid g;
    int32_t width, across, down;

    c->ground = 0;
    c->slope[0] = c->slope[1] = 0;
    if (!fair_pixels_lay(query, c->levels, c->bend, c->laid_negated, SIDE, a, b, &g)) return;
    width = g.width;
    across = width / TILE;
    down = g.height / TILE;
    for (int32_t y = 0; y < down; y++)
        for (int32_t x = 0; x < across; x++) {
            int32_t at = y * ACROSS + x;
            seen[at] = grounds_of(a + (y * width + x) * TILE, width, of_work[at]) && grounds_of(b + (y * width + x) * TILE, width, of_query[at]);
        }
    for (int32_t y = 0; y < down; y++)
        for (int32_t x = 0; x < across; x++)
            for (int k = 0; k < 2; k++) {
                int32_t at = y * ACROSS + x, to = k == 0 ? at + 1 : at + ACROSS;
                if ((k == 0 ? x + 1 >= across : y + 1 >= down) || !seen[at] || !seen[to]) continue;
                n++;
                for (int i = 0; i < 2; i++) {
                    float da = bounded(of_work[to][i] - of_work[at][i]), db = bounded(of_query[to][i] - of_query[at][i]);
                    aa[i] += da * da;
                    bb[i] += db * db;
                    ab[i] += da * db;
                }
            }
    if (n < 1) return;
    for (int i = 0; i < 2; i++) {
        float alike = ab[i] / sqrtf((aa[i] + n) * (bb[i] + n));
        if (i > 0 && alike >= c->ground) continue;
        c->ground = alike;
        c->slope[0] = sqrtf(aa[i] / n);
        c->slope[1] = sqrtf(bb[i] / n);
    }
}

static_assert(STRETCHES * ALONG == FAIR_PAIR - 2 * FAIR_PAIR_MARGIN, "a side is all stretches");
static_assert(DEEP + 1 <= FAIR_PAIR_MARGIN, "a stretch lies within the margin");

/* One stretch: the mean and the deviation of its greys, and the slope across the side, outwards being negative, greys a sample. */
struct strip { float mean, dev, tilt; };

/* The samples of `v` from `at` on, `in` from one row to the next one farther within, `along` from one to the next; false where there are not all. */
static bool
strip_of(const float *v, int32_t at, int32_t in, int32_t along, struct strip *out)
{
    const float n = DEEP * ALONG;
    float sum = 0, squares = 0, tilt = 0, far = 0;

    for (int32_t j = 0; j < DEEP; j++) {
        const float d = (float)j - .5f * (DEEP - 1);
        for (int32_t i = 0; i < ALONG; i++) {
            const float x = v[at + j * in + i * along];
            sum += x;
            squares += x * x;
            tilt += d * x;
        }
        far += d * d;
    }
    if (!(sum >= 0)) return false;
    squares = squares / n - sum * sum / (n * n);
    *out = (struct strip){ sum / n, squares > 0 ? sqrtf(squares) : 0, tilt / (ALONG * far) };
    return true;
}

/* The line that takes the work's greys to the query's, over all samples that both have: greys of the query = gain x the work's + at. */
static void
line_of(const float *a, const float *b, float *gain, float *at)
{
    double n = 0, sa = 0, sb = 0, aa = 0, ab = 0;

    for (int32_t i = 0; i < FAIR_PAIR * FAIR_PAIR; i++) {
        if (!(a[i] + b[i] >= 0)) continue;
        n++;
        sa += (double)a[i]; sb += (double)b[i];
        aa += (double)(a[i] * a[i]); ab += (double)(a[i] * b[i]);
    }
    *gain = 0;
    *at = 0;
    if (n < 1) return;
    aa = aa / n - sa * sa / (n * n);
    ab = ab / n - sa * sb / (n * n);
    *gain = (float)(ab / (aa > 1 ? aa : 1));
    *at = (float)(sb / n) - *gain * (float)(sa / n);
}

/* Of one side, whose border lies before the sample `at` (rows `in` apart, samples `along`), the share along which ground goes on as it came. */
static float
goes_further(const float *a, const float *b, int32_t at, int32_t in, int32_t along, float gain, float add)
{
    float ii = 0, oo = 0, ww = 0, io = 0, iw = 0, off = 0, squares = 0, n = 0;

    for (int32_t k = 0; k < STRETCHES; k++) {
        const int32_t from = at + k * ALONG * along;
        struct strip work, within, beyond, none;
        float d;
        if (strip_of(a, from - (DEEP + 1) * in, in, along, &none)) continue;     /* the work goes on: it is the query that ends */
        if (!strip_of(a, from + in, in, along, &work) || !strip_of(b, from + in, in, along, &within) || !strip_of(b, from - (DEEP + 1) * in, in, along, &beyond)) continue;
        if (work.dev > PLAIN || within.dev > PLAIN || beyond.dev > PLAIN) continue;
        if (fabsf(beyond.mean - within.mean + .5f * (within.tilt + beyond.tilt) * (DEEP + 2)) > STEP) continue;
        d = within.mean - gain * work.mean - add;
        work.tilt *= gain;
        n++;
        off += d;
        squares += d * d;
        ii += within.tilt * within.tilt; oo += beyond.tilt * beyond.tilt; ww += work.tilt * work.tilt;
        io += within.tilt * beyond.tilt; iw += within.tilt * work.tilt;
    }
    if (n < FEW || ii < TILT * n || squares / n - off * off / (n * n) > SAME * SAME) return 0;
    if (io < ALIKE * sqrtf(ii * oo) || iw < OF_WORK * sqrtf(ii * ww)) return 0;
    return oo > ii / 3 && oo < ii * 3 && ww > ii / 4 && ww < ii * 4 ? n / STRETCHES : 0;
}

void
fair_ground_beyond(struct fair_levels *query, struct fair_clue *c)
{
    enum { FIRST = FAIR_PAIR_MARGIN, LAST = FAIR_PAIR - 1 - FAIR_PAIR_MARGIN };
    static _Thread_local float a[FAIR_PAIR * FAIR_PAIR], b[FAIR_PAIR * FAIR_PAIR];
    static const struct { int32_t at, in, along; } sides[4] = {
        { FIRST * FAIR_PAIR + FIRST, 1, FAIR_PAIR }, { FIRST * FAIR_PAIR + LAST, -1, FAIR_PAIR },
        { FIRST * FAIR_PAIR + FIRST, FAIR_PAIR, 1 }, { LAST * FAIR_PAIR + FIRST, -FAIR_PAIR, 1 },
    };
    float gain, add;

    c->further = 0;
    if (!fair_pixels_pair(query, c->levels, c->bend, c->laid_negated, a, b)) return;
    line_of(a, b, &gain, &add);
    for (int k = 0; k < 4; k++) {
        float share = goes_further(a, b, sides[k].at, sides[k].in, sides[k].along, gain, add);
        if (share > c->further) c->further = share;
    }
}
