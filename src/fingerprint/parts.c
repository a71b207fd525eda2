/* Local features: blobs chosen over the picture, turned to their main direction and written as 256 bits. */
#include <stdlib.h>
#include <string.h>
#include "fingerprint/kernels_parts.h"
#include "fingerprint/parts_space.h"

#define CONTRAST 64     /* a blob stands out by 1.5 of 255 greys at least            */
#define ROOM 20000                /* blobs looked at; a 512 x 512 picture of noise has fewer   */
#define MAIN_REST_4 3             /* a second direction counts from so many quarters of the first */
#define PI 3.14159265f

/* By their series. */
void
fair_part_way(float angle, float *c, float *s)
{
    float a = angle, flip = 1, a2;

    if (a > PI / 2) { a = PI - a; flip = -1; }
    else if (a < -PI / 2) { a = -PI - a; flip = -1; }
    a2 = a * a;
    *s = a * (1 + a2 * (-1.f / 6 + a2 * (1.f / 120 + a2 * (-1.f / 5040 + a2 * (1.f / 362880)))));
    *c = flip * (1 + a2 * (-.5f + a2 * (1.f / 24 + a2 * (-1.f / 720 + a2 * (1.f / 40320 - a2 * (1.f / 3628800))))));
}

/* 2 to the power x, 0 <= x < 16, within 1e-6 of itself. */
static float
two_to(float x)
{
    int whole = (int)x;
    float f = (x - (float)whole) * .6931472f;
    float v = 1 + f * (1 + f * (.5f + f * (1.f / 6 + f * (1.f / 24 + f * (1.f / 120 + f * (1.f / 720))))));

    return v * (float)(1 << whole);
}

/* FAIR_PATCH x FAIR_PATCH values about (x, y), `gap` pixels apart, along the direction (c, s); beyond the border the
 * outermost pixels repeat. */
static void
sample(const struct fair_parts_kernels *k, const struct fair_layer *l, float x, float y, float gap, float c, float s, int16_t *patch)
{
    const float half = (FAIR_PATCH - 1) * .5f;
    const int32_t step[2] = { (int32_t)(c * gap * 65536), (int32_t)(s * gap * 65536) };
    const int32_t begin[2] = { (int32_t)((x - half * gap * (c - s)) * 65536), (int32_t)((y - half * gap * (s + c)) * 65536) };
    const int32_t end[2] = { (l->width - 1) * 65536 - 1, (l->height - 1) * 65536 - 1 };

    k->sample(l->data, l->stride, begin, step, end, patch);
}

/* How much a gradient counts for the main direction, by its distance from the middle. */
static void
window_make(int16_t window[256])
{
    for (int y = 0; y < 16; y++)
        for (int x = 0; x < 16; x++) {
            int d = 256 - ((2 * x - 15) * (2 * x - 15) + (2 * y - 15) * (2 * y - 15));
            window[y * 16 + x] = (int16_t)(d > 0 ? d * d * 5700 / 65536 : 0);
        }
}

/* The main directions of an unturned patch, at most 2; returns how many. */
static unsigned
directions(const struct fair_parts_kernels *k, const int16_t *patch, const int16_t *window, float out[2])
{
    int32_t bearings[FAIR_BEARINGS], most = 0;
    uint32_t tops = k->bearings(patch, window, bearings), best = 0;
    unsigned n = 0;

    for (uint32_t in = tops; in != 0; in &= in - 1) {
        uint32_t d = (uint32_t)__builtin_ctz(in);
        best = bearings[d] > most ? d : best;
        most = bearings[d] > most ? bearings[d] : most;
    }
    /* the most first, then round the circle from there; sums are under 2^22 */
    for (uint32_t in = (tops >> best | tops << (FAIR_BEARINGS - best)) & 0xffff; in != 0 && n < 2; in &= in - 1) {
        uint32_t d = (best + (uint32_t)__builtin_ctz(in)) % FAIR_BEARINGS;
        float v, l, r, a;
        if (bearings[d] * 4 < most * MAIN_REST_4) continue;
        v = (float)bearings[d];
        l = (float)bearings[(d + FAIR_BEARINGS - 1) % FAIR_BEARINGS];
        r = (float)bearings[(d + 1) % FAIR_BEARINGS];
        /* a parabola through three values so far apart puts its top too near to the middle one */
        a = .5f * (l - r) / (l - 2 * v + r);
        a = ((float)d + a * (1.4f - 1.6f * a * a)) * (2 * PI / FAIR_BEARINGS);
        out[n++] = a > PI ? a - 2 * PI : a;
    }
    return n;
}

/* A blob's claim to be kept: its response, less the more stronger ones of its size lie in the same tile. */
struct claim { float key; uint32_t spot; };

/* The largest key first, of equals as they came: the bits of positive floats are in their order, 11 of them at a time. */
static void
sort_claims(struct claim *v, struct claim *room, size_t n)
{
    uint32_t at[3][2048] = { { 0 } };

    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &v[i].key, sizeof bits);
        for (unsigned k = 0; k < 3; k++) at[k][~bits >> 11 * k & 2047]++;
    }
    for (unsigned k = 0; k < 3; k++) {
        uint32_t sum = 0;
        struct claim *from = v;
        for (size_t b = 0; b < 2048; b++) {
            uint32_t more = at[k][b];
            at[k][b] = sum;
            sum += more;
        }
        for (size_t i = 0; i < n; i++) {
            uint32_t bits;
            memcpy(&bits, &from[i].key, sizeof bits);
            room[at[k][~bits >> 11 * k & 2047]++] = from[i];
        }
        v = room;
        room = from;
    }
    memcpy(room, v, n * sizeof *v);
}

#define BANDS 5
#define TILES 16
/* Put the spots to be kept first in `order`, which has room for twice n; returns how many. */
static size_t
choose(const struct fair_spot *spots, size_t n, size_t keep, enum fair_purpose purpose, struct claim *order)
{
    static const float tile_of[BANDS] = { 48, 48, 64, 128, 256 };
    static const float worth[2][BANDS] = { { .5f, 1, 1.4f, 1.8f, 2 }, { 1, 1, 1.2f, 1.5f, 2 } };
    uint16_t taken[BANDS][TILES][TILES];

    memset(taken, 0, sizeof taken);
    for (size_t i = 0; i < n; i++) order[i] = (struct claim){ spots[i].response, (uint32_t)i };
    sort_claims(order, order + n, n);
    for (size_t i = 0; i < n; i++) {
        const struct fair_spot *s = &spots[order[i].spot];
        unsigned octave = s->grid > 0 ? s->grid + 1u : s->level > FAIR_SPACE_STEPS, band = octave < BANDS ? octave : BANDS - 1;
        float unit = (float)(1 << s->grid) / tile_of[band];
        unsigned tx = (unsigned)(s->x * unit), ty = (unsigned)(s->y * unit);
        uint16_t *t = &taken[band][ty < TILES ? ty : TILES - 1][tx < TILES ? tx : TILES - 1];
        order[i].key *= worth[purpose == FAIR_FOR_QUERY][band] / (1 + .5f * (float)*t);
        ++*t;
    }
    sort_claims(order, order + n, n);
    return n < keep ? n : keep;
}

#define AT_ONCE 9             /* parts whose codes are made together: a multiple of 4, and one that a spot's second direction may add */

/* Describe the first `chosen` spots in `order`: at most `room` parts; from[i] (may be NULL) is part i's spot. */
static uint32_t
describe(const struct fair_space *space, const struct fair_spot *spots, const struct claim *order, size_t chosen, uint32_t room,
         struct fair_part *v, uint32_t *from)
{
    const struct fair_parts_kernels *k = fair_parts_kernels();
    int16_t window[256];
    int32_t cells[AT_ONCE][FAIR_CELLS];
    uint64_t codes[AT_ONCE][4];
    uint32_t n = 0, coded = 0;

    window_make(window);
    for (size_t i = 0; i < chosen && n < room; i++) {
        const struct fair_spot *s = &spots[order[i].spot];
        const struct fair_layer *l = &space->grid[s->grid].level[s->level];
        float unit = (float)(1 << s->grid), sigma = FAIR_SPACE_SIGMA * two_to(s->step / FAIR_SPACE_STEPS) / unit, angle[2];
        int16_t patch[FAIR_PATCH * FAIR_PATCH];
        unsigned m;

        sample(k, l, s->x, s->y, sigma * .55f, 1, 0, patch);
        m = directions(k, patch, window, angle);
        for (unsigned d = 0; d < m && n < room; d++) {
            struct fair_part *p = &v[n];
            float c, sn;
            fair_part_way(angle[d], &c, &sn);
            sample(k, l, s->x, s->y, sigma * .75f, c, sn, patch);
            k->cells(patch, cells[n - coded]);
            p->x = s->x * unit + .5f;
            p->y = s->y * unit + .5f;
            p->size = sigma * unit;
            p->angle = angle[d];
            if (from != NULL) from[n] = order[i].spot;
            n++;
        }
        if (n + 2 > coded + AT_ONCE || i + 1 == chosen || n == room) {
            k->codes((const int32_t (*)[FAIR_CELLS])cells, n - coded, codes);
            for (uint32_t j = coded; j < n; j++) memcpy(v[j].code, codes[j - coded], sizeof v[j].code);
            coded = n;
        }
    }
    return n;
}

/* ---- what lasts ---------------------------------------------------------------
 * A work keeps few parts, so they should be those that are found again in its copies.  The picture is looked at smaller,
 * turned and grainy, and blurred; what is found again each time is worth more. */

#define CANDIDATES 500

/* The picture turned by 30 degrees and at 0.8 of its size, on mid grey, with grain. */
static struct fair_image *
turned(const struct fair_image *in, float map[6])
{
    const float c = .8f * .8660254f, s = .8f * .5f;
    float w = (float)in->width, h = (float)in->height;
    uint32_t ow = (uint32_t)(c * w + s * h), oh = (uint32_t)(s * w + c * h), seed = 1;
    struct fair_image *out;

    ow = ow < 1 ? 1 : ow > FAIR_SIDE ? FAIR_SIDE : ow;
    oh = oh < 1 ? 1 : oh > FAIR_SIDE ? FAIR_SIDE : oh;
    out = fair_image_new(ow, oh, 1);
    map[0] = c; map[1] = -s; map[3] = s; map[4] = c;
    map[2] = .5f * (float)ow - .5f * (c * w - s * h);
    map[5] = .5f * (float)oh - .5f * (s * w + c * h);
    for (uint32_t y = 0; y < oh; y++)
        for (uint32_t x = 0; x < ow; x++) {
            float u = (float)x + .5f - map[2], v = (float)y + .5f - map[5];
            float px = (c * u + s * v) / .64f - .5f, py = (c * v - s * u) / .64f - .5f, value = 128;
            if (px >= 0 && py >= 0 && px < w - 1 && py < h - 1) {
                uint32_t i = (uint32_t)px, j = (uint32_t)py;
                float fx = px - (float)i, fy = py - (float)j;
                const uint8_t *a = fair_image_row(in, j) + i, *b = fair_image_row(in, j + 1) + i;
                value = ((float)a[0] * (1 - fx) + (float)a[1] * fx) * (1 - fy) + ((float)b[0] * (1 - fx) + (float)b[1] * fx) * fy;
            }
            seed = seed * 1664525u + 1013904223u;
            value += (float)(seed >> 24) * (16.f / 255) - 8;
            fair_image_row(out, y)[x] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
        }
    return out;
}

#define BAND 16               /* pixels: what is looked for again is looked for in bands of so many rows */
enum { BANDS_DOWN = FAIR_SIDE / BAND + 1 };

static int
band_of(float y)
{
    int band = y > 0 ? (int)(y / BAND) : 0;

    return band < BANDS_DOWN ? band : BANDS_DOWN - 1;
}

/* Count for each part whether `other` has it where the map says, about as large and with a near code. */
static void
find_again(const struct fair_part *v, uint32_t n, const float map[6], float scale, const struct fair_image *other, struct fair_arena *a,
           uint8_t *again)
{
    struct fair_part *o, *banded;
    uint32_t m, begin[BANDS_DOWN + 1] = { 0 }, at[BANDS_DOWN];

    fair_parts_take(other, FAIR_FOR_QUERY, FAIR_PARTS_QUERY, a, &o, &m);
    banded = fair_alloc_array(a, m + 1, sizeof *banded);
    for (uint32_t k = 0; k < m; k++) begin[band_of(o[k].y) + 1]++;
    for (int b = 0; b < BANDS_DOWN; b++) {
        at[b] = begin[b];
        begin[b + 1] += begin[b];
    }
    for (uint32_t k = 0; k < m; k++) banded[at[band_of(o[k].y)]++] = o[k];
    for (uint32_t i = 0; i < n; i++) {
        float x = map[0] * v[i].x + map[1] * v[i].y + map[2], y = map[3] * v[i].x + map[4] * v[i].y + map[5];
        float far = 1.2f + .3f * v[i].size * scale, size = v[i].size * scale;
        const struct fair_part *last = banded + begin[band_of(y + far) + 1];
        for (const struct fair_part *p = banded + begin[band_of(y - far)]; p < last; p++) {
            float dx = p->x - x, dy = p->y - y;
            int bits = 0;
            if (dx > far || dx < -far || dy > far || dy < -far || p->size > 1.5f * size || p->size * 1.5f < size) continue;
            for (int w = 0; w < 4; w++) bits += __builtin_popcountll(p->code[w] ^ v[i].code[w]);
            if (bits <= 60) { again[i]++; break; }
        }
    }
}

static void
weigh(const struct fair_image *norm, const struct fair_part *v, uint32_t n, const uint32_t *from, struct fair_spot *spots)
{
    static const float worth[4] = { .25f, .6f, 1, 1.3f };
    struct fair_arena *a = fair_arena_new();
    uint8_t *again = fair_alloc_array(a, n + 1, 1);
    uint32_t w = norm->width, h = norm->height;

    for (int k = 0; k < 3; k++) {
        FAIR_AUTO(image) struct fair_image *other = NULL;
        float map[6] = { 0 };
        if (k == 0) other = turned(norm, map);
        else {
            uint32_t ow = k == 1 ? (w + 1) / 2 : (w * 7 + 9) / 10, oh = k == 1 ? (h + 1) / 2 : (h * 7 + 9) / 10;
            other = fair_image_area(norm, ow, oh);
            map[0] = (float)ow / (float)w;
            map[4] = (float)oh / (float)h;
        }
        find_again(v, n, map, k == 0 ? .8f : k == 1 ? .5f : .7f, other, a, again);
    }
    /* a spot of two directions counts by the better; the weight goes on its response */
    for (uint32_t i = 0; i < n; i++) {
        uint8_t best = again[i];
        if (i > 0 && from[i - 1] == from[i]) continue;
        if (i + 1 < n && from[i + 1] == from[i] && again[i + 1] > best) best = again[i + 1];
        spots[from[i]].response *= worth[best];
    }
    fair_arena_free(&a);
}

void
fair_parts_take(const struct fair_image *norm, enum fair_purpose purpose, uint32_t most, struct fair_arena *a, struct fair_part **v, uint32_t *n)
{
    struct fair_spot *spots = fair_xmalloc(ROOM * sizeof *spots);
    struct claim *order = fair_xmalloc(2 * ROOM * sizeof *order);
    size_t found, chosen;
    struct fair_space *space = fair_space_new(norm, CONTRAST, spots, ROOM, &found);

    *v = fair_alloc_array(a, purpose == FAIR_FOR_QUERY || most > CANDIDATES ? most : CANDIDATES, sizeof **v);
    if (purpose == FAIR_FOR_CATALOGUE && found > most) {
        uint32_t *from = fair_xmalloc(CANDIDATES * sizeof *from), m;
        struct fair_spot *kept = fair_xmalloc(CANDIDATES * sizeof *kept);
        chosen = choose(spots, found, CANDIDATES, purpose, order);
        m = describe(space, spots, order, chosen, CANDIDATES, *v, from);
        weigh(norm, *v, m, from, spots);
        /* only those that were looked at */
        for (uint32_t i = found = 0; i < m; i++)
            if (i == 0 || from[i] != from[i - 1]) kept[found++] = spots[from[i]];
        memcpy(spots, kept, found * sizeof *spots);
        free(from);
        free(kept);
    }
    chosen = choose(spots, found, most, purpose, order);
    *n = describe(space, spots, order, chosen, most, *v, NULL);
    free(spots);
    free(order);
    fair_space_free(&space);
}

/* A plane is 4 rows (32 bits) of 4 cells (8 bits) of 8 directions.  Mirrored along the part's own axis, rows change
 * places and direction d becomes 8 - d; negated, the part turns by 180 degrees, and all cells change places. */
static uint64_t
mirror_bytes(uint64_t x)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t out = x & (ones | ones << 4);

    for (unsigned d = 1; d < 4; d++) {
        out |= (x >> d & ones) << (8 - d);
        out |= (x >> (8 - d) & ones) << d;
    }
    return out;
}

void
fair_part_code_turn(const uint64_t code[4], unsigned turn, uint64_t out[4])
{
    for (unsigned p = 0; p < 4; p += 2) {
        uint64_t lo = code[p], hi = code[p + 1], t;
        if (turn & FAIR_CODE_MIRRORED) {
            t = mirror_bytes(lo);
            lo = mirror_bytes(hi);
            hi = t;
            lo = lo << 32 | lo >> 32;
            hi = hi << 32 | hi >> 32;
        }
        if (turn & FAIR_CODE_NEGATED) {
            t = __builtin_bswap64(lo);
            lo = __builtin_bswap64(hi);
            hi = t;
        }
        out[p] = lo;
        out[p + 1] = hi;
    }
}
