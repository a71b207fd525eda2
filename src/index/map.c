/* The map that takes a work to its copy in the query: guessed from one pairing, agreed on by others, then fitted. */
#include <math.h>
#include <string.h>
#include "fingerprint/kernels_parts.h"
#include "index/search.h"

#define MOST_HITS 400         /* looked at for one work, the nearest codes first come */
#define GRID_STEP 16          /* pixels */
#define FAR 92                /* bits at which a code is no partner, though it lies where it should */

#define TURNED .68117888f     /* the square of the cosine of .6: two directions differ by no more */

/* way_c, way_q: cosine and sine of the parts' angles. */
struct pair { float cx, cy, qx, qy, size_c, size_q, way_c[2], way_q[2]; uint16_t bits; uint32_t part, query; };

/* The similarity that takes one part onto the other. */
static void
map_of(const struct pair *p, unsigned turn, float m[6])
{
    float s = p->size_q / p->size_c, flip = turn & FAIR_CODE_MIRRORED ? -1.f : 1.f;
    float about = turn & FAIR_CODE_NEGATED ? -1.f : 1.f;
    float ct = about * p->way_q[0], st = about * p->way_q[1], cf = p->way_c[0], sf = p->way_c[1];

    /* s R(to) diag(1, flip) R(-from) */
    m[0] = s * (ct * cf + flip * st * sf);
    m[1] = s * (ct * sf - flip * st * cf);
    m[3] = s * (st * cf - flip * ct * sf);
    m[4] = s * (st * sf + flip * ct * cf);
    m[2] = p->qx - m[0] * p->cx - m[1] * p->cy;
    m[5] = p->qy - m[3] * p->cx - m[4] * p->cy;
}

static float
off_by(const float m[6], const struct pair *p)
{
    float dx = m[0] * p->cx + m[1] * p->cy + m[2] - p->qx, dy = m[3] * p->cx + m[4] * p->cy + m[5] - p->qy;
    return dx * dx + dy * dy;
}

/* How far a pair may be off, squared: more where the parts are large. */
static float
slack(const struct pair *p, float px, float share)
{
    float t = px + share * p->size_q;
    return t * t;
}

/* Does the pair's own size and direction fit the map?  The map's linear part takes the work part's axis along. */
static bool
fits(const float m[6], unsigned turn, const struct pair *p)
{
    float det = m[0] * m[4] - m[1] * m[3];
    float size = p->size_q / p->size_c, about = turn & FAIR_CODE_NEGATED ? -1.f : 1.f;
    float u = m[0] * p->way_c[0] + m[1] * p->way_c[1], v = m[3] * p->way_c[0] + m[4] * p->way_c[1];
    float along = about * (u * p->way_q[0] + v * p->way_q[1]);

    size *= size / fabsf(det);
    return size > .25f && size < 4.f && along > 0 && along * along > TURNED * (u * u + v * v);
}

/* Least squares through the marked pairs: a similarity (mirrored or not) for few of them, else an affine map. */
static bool
fit(const struct pair *p, const bool *in, size_t n, unsigned turn, bool affine, float m[6])
{
    double sx = 0, sy = 0, su = 0, sv = 0, xx = 0, xy = 0, yy = 0, xu = 0, xv = 0, yu = 0, yv = 0, w = 0;

    for (size_t i = 0; i < n; i++)
        if (in[i]) { w++; sx += p[i].cx; sy += p[i].cy; su += p[i].qx; sv += p[i].qy; }
    if (w < 2) return false;
    sx /= w; sy /= w; su /= w; sv /= w;
    for (size_t i = 0; i < n; i++)
        if (in[i]) {
            double x = p[i].cx - sx, y = p[i].cy - sy, u = p[i].qx - su, v = p[i].qy - sv;
            xx += x * x; xy += x * y; yy += y * y;
            xu += x * u; xv += x * v; yu += y * u; yv += y * v;
        }
    if (affine) {
        double det = xx * yy - xy * xy;
        if (det < 1e-2 * (xx + yy) * (xx + yy)) return false;      /* nearly on a line */
        m[0] = (float)((xu * yy - yu * xy) / det);
        m[1] = (float)((yu * xx - xu * xy) / det);
        m[3] = (float)((xv * yy - yv * xy) / det);
        m[4] = (float)((yv * xx - xv * xy) / det);
    } else {
        double flip = turn & FAIR_CODE_MIRRORED ? -1 : 1, a, b;
        if (xx + yy < 1) return false;
        a = (xu + flip * yv) / (xx + yy);
        b = (xv - flip * yu) / (xx + yy);
        m[0] = (float)a;
        m[1] = (float)(-flip * b);
        m[3] = (float)b;
        m[4] = (float)(flip * a);
    }
    m[2] = (float)(su - m[0] * sx - m[1] * sy);
    m[5] = (float)(sv - m[3] * sx - m[4] * sy);
    return true;
}

/* A map may squeeze, but not to nothing, and mirrors only if its turn does. */
static bool
sane(const float m[6], unsigned turn)
{
    float det = m[0] * m[4] - m[1] * m[3], sum = m[0] * m[0] + m[1] * m[1] + m[3] * m[3] + m[4] * m[4];

    if (turn & FAIR_CODE_MIRRORED) det = -det;
    return det > 1e-4f && det < 400.f && sum < 7.f * det;      /* squeezed by at most 6.8 */
}

#define CELLS ((FAIR_SIDE + GRID_STEP - 1) / GRID_STEP)
/* The query's parts by cells of the picture, row by row: those of cell c are at[first[c]] to before at[first[c + 1]].  way[part]: its angle's cosine and sine. */
struct placed { float x, y; uint32_t part; };
struct fair_grid { uint32_t first[CELLS * CELLS + 1]; struct placed *at; float (*way)[2]; };

static struct pair
pair_of(const struct fair_record *r, const struct fair_fingerprint *fp, const struct fair_grid *g, uint32_t part, uint32_t query, unsigned bits)
{
    struct fair_place c = fair_record_place(r, part);
    const struct fair_part *q = &fp->parts[query];

    return (struct pair){ c.x, c.y, q->x, q->y, c.size, q->size, { c.way[0], c.way[1] }, { g->way[query][0], g->way[query][1] }, (uint16_t)bits, part, query };
}

/* Mark the pairs that agree with the map, each part once; their number. */
static unsigned
agreeing(const float m[6], unsigned turn, const struct pair *p, size_t n, float px, float share, bool *in, float *weight)
{
    uint64_t used[4] = { 0 };
    unsigned agree = 0;

    *weight = 0;
    for (size_t i = 0; i < n; i++) {
        in[i] = false;
        if (used[p[i].part / 64] >> (p[i].part % 64) & 1) continue;
        if (off_by(m, &p[i]) > slack(&p[i], px, share) || !fits(m, turn, &p[i])) continue;
        used[p[i].part / 64] |= (uint64_t)1 << (p[i].part % 64);
        in[i] = true;
        agree++;
        *weight += 1.f + (float)(80 - (int)p[i].bits) / 80;
    }
    return agree;
}

static void
sort_pairs(struct pair *p, size_t n)
{
    /* few and nearly in order: by insertion */
    for (size_t i = 1; i < n; i++) {
        struct pair x = p[i];
        size_t j = i;
        while (j > 0 && p[j - 1].bits > x.bits) { p[j] = p[j - 1]; j--; }
        p[j] = x;
    }
}

bool
fair_map_find(const struct fair_record *r, const struct fair_fingerprint *fp, const struct fair_grid *g, const struct fair_hit *hits, size_t n,
              unsigned least, struct fair_clue *clue)
{
    struct pair p[MOST_HITS];
    bool in[MOST_HITS];
    float best = 0;

    for (size_t from = 0, to; from < n; from = to) {
        unsigned turn = hits[from].turn;
        size_t m = 0;
        for (to = from; to < n && hits[to].turn == turn; to++)
            if (m < MOST_HITS) p[m++] = pair_of(r, fp, g, hits[to].part, hits[to].query, hits[to].bits);
        if (m < least) continue;
        sort_pairs(p, m);
        for (size_t i = 0; i < m; i++) {
            float map[6], weight;
            unsigned agree, more;
            map_of(&p[i], turn, map);
            if (!sane(map, turn)) continue;
            agree = agreeing(map, turn, p, m, 4, .8f, in, &weight);
            if (agree < least || weight < .7f * best) continue;
            for (int round = 0; round < 3; round++) {
                float next[6], w2;
                bool in2[MOST_HITS];
                if (!fit(p, in, m, turn, agree >= 5, next) || !sane(next, turn)) break;
                more = agreeing(next, turn, p, m, 3, .5f, in2, &w2);
                if (more < agree || w2 < weight) break;
                memcpy(map, next, sizeof map);
                memcpy(in, in2, m * sizeof *in);
                if (more == agree && round > 0) break;
                agree = more;
                weight = w2;
            }
            if (weight > best) {
                best = weight;
                clue->turn = turn;
                memcpy(clue->map, map, sizeof map);
                clue->mapped = true;
                clue->agree = agree;
                clue->weight = weight;
            }
        }
    }
    return best > 0;
}

static unsigned
cell_of(float x, float y)
{
    int i = (int)x / GRID_STEP, j = (int)y / GRID_STEP;

    i = i < 0 ? 0 : i >= CELLS ? CELLS - 1 : i;
    j = j < 0 ? 0 : j >= CELLS ? CELLS - 1 : j;
    return (unsigned)(j * CELLS + i);
}

struct fair_grid *
fair_grid_new(const struct fair_fingerprint *fp, struct fair_arena *a)
{
    struct fair_grid *g = FAIR_NEW(a, struct fair_grid);
    uint32_t *at = fair_alloc_array(a, CELLS * CELLS, sizeof *at);

    g->at = fair_alloc_array(a, fp->n_parts + 1, sizeof *g->at);
    g->way = fair_alloc_array(a, fp->n_parts + 1, sizeof *g->way);
    for (uint32_t i = 0; i < fp->n_parts; i++) fair_part_way(fp->parts[i].angle, &g->way[i][0], &g->way[i][1]);
    for (uint32_t i = 0; i < fp->n_parts; i++) g->first[cell_of(fp->parts[i].x, fp->parts[i].y) + 1]++;
    for (size_t c = 0; c < CELLS * CELLS; c++) {
        g->first[c + 1] += g->first[c];
        at[c] = g->first[c];
    }
    for (uint32_t i = 0; i < fp->n_parts; i++) g->at[at[cell_of(fp->parts[i].x, fp->parts[i].y)]++] = (struct placed){ fp->parts[i].x, fp->parts[i].y, i };
    return g;
}

/* The cells about (x, y) that lie within `far`: columns left to right of rows top to bottom.  The parts of a row's cells lie one behind the other. */
struct about { int left, right, top, bottom; };

static struct about
about(float x, float y, float far)
{
    const int right = (int)(x + far) / GRID_STEP, bottom = (int)(y + far) / GRID_STEP;

    return (struct about){ x > far ? (int)(x - far) / GRID_STEP : 0, right < CELLS ? right : CELLS - 1, y > far ? (int)(y - far) / GRID_STEP : 0, bottom < CELLS ? bottom : CELLS - 1 };
}

/* Pair each part of the work with the nearest code about where the map b puts it; the pairs, nearest code first. */
static unsigned
guided(const struct fair_record *r, const struct fair_fingerprint *fp, const struct fair_grid *g, const float b[8], unsigned turn,
       float px, float share, struct pair *p, uint32_t *seen)
{
    unsigned n = 0;

    *seen = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        struct fair_place c = fair_record_place(r, i);
        struct pair best = { .bits = FAR };
        uint64_t code[4];
        float x, y, far, here[6], scale;
        struct about in;
        fair_bend_at(b, c.x, c.y, &x, &y);
        if (!(x >= 0 && y >= 0 && x < fp->norm_width && y < fp->norm_height)) continue;
        fair_bend_about(b, c.x, c.y, here);
        scale = sqrtf(fabsf(here[0] * here[4] - here[1] * here[3]));
        far = px + share * c.size * scale;
        if (c.size * scale > .75f) ++*seen;
        fair_part_code_turn(r->codes + 4 * (size_t)i, turn, code);
        in = about(x, y, far);
        for (int row = in.top; row <= in.bottom && in.left <= in.right; row++) {
            const struct placed *last = g->at + g->first[row * CELLS + in.right + 1];
            for (const struct placed *q = g->at + g->first[row * CELLS + in.left]; q < last; q++) {
                const uint64_t *other = fp->parts[q->part].code;
                struct pair t;
                int bits;
                if (fabsf(q->x - x) > far || fabsf(q->y - y) > far) continue;
                bits = __builtin_popcountll(other[0] ^ code[0]) + __builtin_popcountll(other[1] ^ code[1]) +
                       __builtin_popcountll(other[2] ^ code[2]) + __builtin_popcountll(other[3] ^ code[3]);
                if (bits >= best.bits) continue;
                t = pair_of(r, fp, g, i, q->part, (unsigned)bits);
                if (off_by(here, &t) <= slack(&t, px, share) && fits(here, turn, &t)) best = t;
            }
        }
        if (best.bits < FAR) p[n++] = best;
    }
    return n;
}

/* A projective map through the pairs by least squares of the equations u d = ..., v d = ..., in coordinates brought to
 * about 1; held to what is affine where the pairs say little. */
static bool
fit_projective(const struct pair *p, unsigned n, float b[8])
{
    double m[8][9] = { { 0 } }, s = 1. / 256;

    for (unsigned i = 0; i < n; i++) {
        double x = p[i].cx * s - 1, y = p[i].cy * s - 1, u = p[i].qx * s - 1, v = p[i].qy * s - 1;
        double e[2][9] = { { x, y, 1, 0, 0, 0, -u * x, -u * y, u }, { 0, 0, 0, x, y, 1, -v * x, -v * y, v } };
        for (int k = 0; k < 2; k++)
            for (int a = 0; a < 8; a++)
                for (int c = 0; c < 9; c++) m[a][c] += e[k][a] * e[k][c];
    }
    m[6][6] += 1e-3;
    m[7][7] += 1e-3;
    if (!fair_solve(m, 8)) return false;
    {
        /* u s - 1 = (h0 X + h1 Y + h2) / d with X = x s - 1, d = h6 X + h7 Y + 1 */
        double h[8], d0;
        for (int i = 0; i < 8; i++) h[i] = m[i][8];
        d0 = 1 - h[6] - h[7];
        if (d0 < .2) return false;
        b[6] = (float)(h[6] * s / d0);
        b[7] = (float)(h[7] * s / d0);
        b[0] = (float)((h[0] + h[6]) / d0);
        b[1] = (float)((h[1] + h[7]) / d0);
        b[2] = (float)((h[2] - h[0] - h[1] + d0) / (s * d0));
        b[3] = (float)((h[3] + h[6]) / d0);
        b[4] = (float)((h[4] + h[7]) / d0);
        b[5] = (float)((h[5] - h[3] - h[4] + d0) / (s * d0));
    }
    return true;
}

/* Is the projective map a picture seen from the side, and not torn? */
static bool
sane_all_over(const struct fair_record *r, const float b[8], unsigned turn)
{
    for (int k = 0; k < 4; k++) {
        float x = k & 1 ? r->norm_width : 0, y = k & 2 ? r->norm_height : 0, here[6];
        if (b[6] * x + b[7] * y + 1 < .25f) return false;
        fair_bend_about(b, x, y, here);
        if (!sane(here, turn)) return false;
    }
    return true;
}

static unsigned
agreeing_bent(const float b[8], unsigned turn, const struct pair *p, unsigned n, float px, float share, bool *in, float *weight)
{
    unsigned agree = 0;

    *weight = 0;
    for (unsigned i = 0; i < n; i++) {
        float here[6];
        fair_bend_about(b, p[i].cx, p[i].cy, here);
        in[i] = off_by(here, &p[i]) <= slack(&p[i], px, share) && fits(here, turn, &p[i]);
        if (!in[i]) continue;
        agree++;
        *weight += 1.f + (float)(80 - (int)p[i].bits) / 80;
    }
    return agree;
}

int
fair_clue_by_weight(const void *a, const void *b)
{
    const struct fair_clue *x = a, *y = b;
    if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Which parts agree, of the query and of the work. */
static void
mark(const struct pair *p, const bool *in, unsigned n, struct fair_clue *clue)
{
    memset(clue->used, 0, sizeof clue->used);
    memset(clue->parts, 0, sizeof clue->parts);
    for (unsigned i = 0; i < n; i++)
        if (in[i]) {
            clue->used[p[i].query / 64] |= (uint64_t)1 << (p[i].query % 64);
            clue->parts[p[i].part / 64] |= (uint64_t)1 << (p[i].part % 64);
        }
}

void
fair_map_refine_affine(const struct fair_record *r, const struct fair_fingerprint *fp, const struct fair_grid *g, struct fair_clue *clue)
{
    struct pair p[FAIR_PARTS_CATALOGUE];
    bool in[FAIR_PARTS_CATALOGUE];
    float weight, next[6];
    uint32_t seen;
    unsigned n = 0;

    fair_bend_affine(clue->map, clue->bend);
    for (int round = 0; round < 3; round++) {
        float px = round == 0 ? 5.f : 3.f, share = round == 0 ? .7f : .5f;
        n = guided(r, fp, g, clue->bend, clue->turn, px, share, p, &seen);
        clue->seen = seen;
        clue->agree = agreeing_bent(clue->bend, clue->turn, p, n, px, share, in, &weight);
        clue->weight = weight;
        if (clue->agree < 3 || round == 2) break;
        if (!fit(p, in, n, clue->turn, clue->agree >= 5, next) || !sane(next, clue->turn)) break;
        memcpy(clue->map, next, sizeof next);
        fair_bend_affine(next, clue->bend);
    }
    mark(p, in, n, clue);
}

void
fair_map_refine(const struct fair_record *r, const struct fair_fingerprint *fp, const struct fair_grid *g, struct fair_clue *clue)
{
    struct pair p[FAIR_PARTS_CATALOGUE];
    bool in[FAIR_PARTS_CATALOGUE];
    float weight, b[8];
    uint32_t seen;
    unsigned n;

    fair_map_refine_affine(r, fp, g, clue);
    /* seen from the side? more of the work agrees then */
    memcpy(b, clue->bend, sizeof b);
    for (int round = 0; round < 3 && clue->agree >= 10; round++) {
        unsigned m, agree;
        n = guided(r, fp, g, b, clue->turn, round == 0 ? 9.f : 4.f, .5f, p, &seen);
        for (unsigned i = m = 0; i < n; i++)
            if (p[i].bits < (round == 0 ? 64 : FAR)) p[m++] = p[i];
        if (m < 10 || !fit_projective(p, m, b) || !sane_all_over(r, b, clue->turn)) break;
        n = guided(r, fp, g, b, clue->turn, 3, .5f, p, &seen);
        agree = agreeing_bent(b, clue->turn, p, n, 3, .5f, in, &weight);
        if (weight < clue->weight * 1.02f + .5f) continue;
        memcpy(clue->bend, b, sizeof b);
        clue->seen = seen;
        clue->agree = agree;
        clue->weight = weight;
        mark(p, in, n, clue);
    }
    fair_bend_about(clue->bend, (float)r->norm_width / 2, (float)r->norm_height / 2, clue->map);
}

void
fair_map_mark(const struct fair_record *r, const struct fair_fingerprint *fp, const struct fair_grid *g, struct fair_clue *clue)
{
    struct pair p[FAIR_PARTS_CATALOGUE];
    bool in[FAIR_PARTS_CATALOGUE];
    uint64_t used[sizeof clue->used / sizeof *clue->used];
    uint32_t seen;
    float weight;
    unsigned n = guided(r, fp, g, clue->bend, clue->turn, 3, .5f, p, &seen);

    agreeing_bent(clue->bend, clue->turn, p, n, 3, .5f, in, &weight);
    memcpy(used, clue->used, sizeof used);
    mark(p, in, n, clue);
    memcpy(clue->used, used, sizeof used);
}

/* ---- what a single pairing tells -------------------------------------------------
 * Where the query shows little of a work, hardly two of the parts that the work kept lie in it.  So each near pairing is taken for true, and what should then
 * lie in the query speaks for it where it is there, and against where it is not. */

#define TRIES 12              /* pairings of a work that are taken for true, the nearest first                 */
#define NOTHING 75            /* bits at which a partner says nothing,                                         */
#define A_POINT 15.f          /* so many nearer: a point                                                       */
#define LACKING .5f           /* points against, for a part that should be there and has no partner            */
#define SHRUNK .7f            /* the least that a work may be shrunk in a query that is a piece of it: of the whole of it there is the whole hash */
#define GROWN 8.f
#define INSIDE 15             /* of 25 places of the query, those that must lie in the work                    */
#define BORDER 3.f            /* pixels from the query's border, and one and a half sizes, up to which parts are not looked for */
#define FITTED 60             /* bits up to which a partner betters the map                                    */

/* A work's parts, and their codes as turns have them: each is turned when it is first asked for. */
struct guessed { const struct fair_record *record; struct fair_place place[FAIR_PARTS_CATALOGUE]; uint64_t has[4][2], code[4][FAIR_PARTS_CATALOGUE][4]; };

static const uint64_t *
turned_code(struct guessed *w, uint32_t i, unsigned turn)
{
    if (!(w->has[turn][i / 64] >> (i % 64) & 1)) {
        w->has[turn][i / 64] |= (uint64_t)1 << (i % 64);
        fair_part_code_turn(w->record->codes + 4 * (size_t)i, turn, w->code[turn][i]);
    }
    return w->code[turn][i];
}

static bool
a_piece(const struct fair_record *r, const struct fair_fingerprint *fp, const float m[6])
{
    float det = m[0] * m[4] - m[1] * m[3];
    unsigned in = 0;

    if (!(fabsf(det) >= SHRUNK * SHRUNK && fabsf(det) <= GROWN * GROWN)) return false;
    for (int i = 0; i < 25; i++) {
        const int across = i % 5, down = i / 5;
        float u = (float)fp->norm_width * ((float)across + .5f) / 5 - m[2], v = (float)fp->norm_height * ((float)down + .5f) / 5 - m[5];
        float x = (m[4] * u - m[1] * v) / det, y = (m[0] * v - m[3] * u) / det;
        in += x >= 0 && y >= 0 && x < r->norm_width && y < r->norm_height;
    }
    return in >= INSIDE;
}

static float
points(unsigned bits)
{
    return bits < NOTHING ? (float)(NOTHING - bits) / A_POINT : 0;
}

/* The nearest partner of part i of the work about where the map puts it. */
static bool
partner(struct guessed *w, uint32_t i, const struct fair_fingerprint *fp, const struct fair_grid *g, const float m[6], unsigned turn, float x, float y,
        float far, struct pair *best)
{
    const struct fair_place *c = &w->place[i];
    const uint64_t *code = turned_code(w, i, turn);
    const struct about in = about(x, y, far);

    best->bits = FAR;
    for (int row = in.top; row <= in.bottom && in.left <= in.right; row++) {
        const struct placed *last = g->at + g->first[row * CELLS + in.right + 1];
        for (const struct placed *q = g->at + g->first[row * CELLS + in.left]; q < last; q++) {
            const struct fair_part *part = &fp->parts[q->part];
            struct pair t;
            int bits = 0;
            if ((q->x - x) * (q->x - x) + (q->y - y) * (q->y - y) > far * far) continue;
            for (int n = 0; n < 4; n++) bits += __builtin_popcountll(part->code[n] ^ code[n]);
            if (bits >= best->bits) continue;
            t = (struct pair){ c->x, c->y, q->x, q->y, c->size, part->size, { c->way[0], c->way[1] }, { g->way[q->part][0], g->way[q->part][1] }, (uint16_t)bits, i, q->part };
            if (fits(m, turn, &t)) *best = t;
        }
    }
    return best->bits < FAR;
}

/* The points for the map, and the pairs that speak for it: each of the query's parts once. */
static float
points_for(struct guessed *w, const struct fair_record *r, const struct fair_fingerprint *fp, const struct fair_grid *g, const float m[6], unsigned turn, float px,
           float share, struct pair *p, unsigned *n)
{
    const float s = sqrtf(fabsf(m[0] * m[4] - m[1] * m[3]));
    float sum = 0;

    *n = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        const struct fair_place *c = &w->place[i];
        float x = m[0] * c->x + m[1] * c->y + m[2], y = m[3] * c->x + m[4] * c->y + m[5], size = c->size * s, border = BORDER + 1.5f * size;
        float against = size > .9f && x > border && y > border && x < (float)fp->norm_width - border && y < (float)fp->norm_height - border ? LACKING : 0;
        struct pair best;
        unsigned k = 0;
        if (!(x >= 0 && y >= 0 && x < fp->norm_width && y < fp->norm_height)) continue;
        if (!partner(w, i, fp, g, m, turn, x, y, px + share * size, &best)) { sum -= against; continue; }
        while (k < *n && p[k].query != best.query) k++;
        if (k < *n && p[k].bits <= best.bits) { sum -= against; continue; }
        if (k < *n) sum -= points(p[k].bits) + LACKING;
        else ++*n;
        p[k] = best;
        sum += points(best.bits);
    }
    return sum;
}

/* The similarity through the near ones of the pairs, if it is one of a piece. */
static bool
fit_near(const struct fair_record *r, const struct fair_fingerprint *fp, const struct pair *p, unsigned n, unsigned turn, float m[6])
{
    bool in[FAIR_PARTS_CATALOGUE];

    for (unsigned i = 0; i < n; i++) in[i] = p[i].bits <= FITTED;
    return fit(p, in, n, turn, false, m) && a_piece(r, fp, m);
}

bool
fair_map_guess(const struct fair_record *r, const struct fair_fingerprint *fp, const struct fair_grid *g, const struct fair_hit *hits, size_t n, struct fair_clue *clue)
{
    static _Thread_local struct guessed work;
    struct pair p[2][FAIR_PARTS_CATALOGUE];
    unsigned tries = 0;

    clue->mapped = false;
    clue->votes = 0;
    work.record = r;
    memset(work.has, 0, sizeof work.has);
    for (uint32_t i = 0; i < r->n; i++) work.place[i] = fair_record_place(r, i);
    for (size_t k = 0; k < n && tries < TRIES; k++) {
        struct pair first = pair_of(r, fp, g, hits[k].part, hits[k].query, hits[k].bits);
        const unsigned turn = hits[k].turn;
        float m[6], sum;
        unsigned many;
        map_of(&first, turn, m);
        if (!a_piece(r, fp, m)) continue;
        tries++;
        sum = points_for(&work, r, fp, g, m, turn, 5, .7f, p[0], &many);
        if (sum <= .5f * clue->votes) continue;
        for (int round = 0; round < 2; round++) {
            float next[6], better;
            unsigned more;
            if (!fit_near(r, fp, p[0], many, turn, next)) break;
            better = points_for(&work, r, fp, g, next, turn, round == 0 ? 4 : 3, .5f, p[1], &more);
            if (better < sum) break;
            sum = better;
            memcpy(m, next, sizeof m);
            memcpy(p[0], p[1], (many = more) * sizeof *p[0]);
        }
        if (sum <= clue->votes) continue;
        clue->votes = sum;
        clue->turn = turn;
        clue->mapped = true;
        memcpy(clue->map, m, sizeof m);
    }
    return clue->mapped;
}
