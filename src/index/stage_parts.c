/* The source stage of local features: words, lists, votes of size and turn, and a map for the best. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "fingerprint/kernels.h"
#include "index/drawers.h"
#include "index/seek.h"
#include "index/words.h"

#define PROBES 4              /* words looked up for each part of the query                         */
#define MANY 4000             /* works from which on only some sides of a word are looked at         */
#define NEAR FAIR_SEEK_NEAR   /* bits within which two codes may be the same spot                   */
#define NEAR_LEAST 34         /* the same in the largest catalogue                                  */
#define CAP 6                 /* pairings kept for a part of the query and a turn, the nearest first  */
#define CAP_MOST 12           /* the same in a large catalogue                                       */
#define SHORTLIST 24          /* works that get a map                                               */
#define LEAST 3               /* hits that must agree on it                                         */
#define AGAIN 256             /* works that are looked at again where lists were looked into in part, those with the heaviest votes, */
#define AGAIN_ALL 64          /* of these, the first, under all turns; the others not as negatives       */
#define AGAIN_TIMES 5         /* so many times: by the pairings that no other part of theirs is as near as, and by those that at most one,  */
#define AGAIN_LEAST 4         /* three, seven, fifteen are; hits that must agree after guided matching */
#define AGAIN_HEAVIEST 8      /* of the works, the first: these may have maps on which no more agree than by chance */
#define AGAIN_CAP 3           /* as CAP, for what a pairing weighs                                  */
#define FEW 192               /* parts of the query, the strongest, that are looked up first where it is settled what the query shows */
#define OTHER 5               /* hits that must agree on another work's map for all to be looked up after all */
#define FETCHED 8             /* lines of the processor's cache that are fetched of a list: 16 codes  */
#define SIZES 20              /* bins of half octaves                                               */
#define ANGLES 16
#define PI 3.14159265f

/* The shelf that a work is on, and where. */
static const struct fair_shelf *
shelf_of(const struct fair_shelves *s, uint32_t number, uint32_t *at)
{
    size_t low = 0, high = s->n;

    while (high - low > 1) {
        size_t mid = (low + high) / 2;
        if (s->before[mid] <= number) low = mid;
        else high = mid;
    }
    *at = number - s->before[low];
    return s->v[low];
}

/* What a pairing is worth: by how many there are as near, and by its bits. */
#define RARE 64
struct worth { size_t cap; float rare[RARE], near[NEAR + 1]; };

static float
rareness(const struct worth *w, size_t sum)
{
    return sum < RARE ? w->rare[sum] : logf(1 + (float)w->cap / (float)sum);
}

/* What is near to one part of the query, by the turn that a pairing needs: how many at each number of bits, and within it.  Within
 * limit[t] bits there are more than the cap, within one less there are not: what is farther will not be kept. */
typedef uint32_t four_counts __attribute__((vector_size(16)));
struct tally { uint16_t limit[4]; four_counts count[NEAR + 1], within[NEAR + 1]; };

static void
begin(struct tally *y, unsigned limit)
{
    memset(y->count, 0, sizeof y->count);
    for (unsigned t = 0; t < 4; t++) y->limit[t] = (uint16_t)limit;
}

/* Some were counted: what is kept with them may be nearer now. */
static void
narrow(struct tally *y, size_t cap)
{
    const uint32_t most = (uint32_t)cap;
    four_counts within = { 0 }, limit = { 0 }, all = { most, most, most, most };

    for (unsigned b = 0; b <= NEAR; b++) {
        y->within[b] = within += y->count[b];
        limit -= (four_counts)(within <= all);
    }
    for (unsigned t = 0; t < 4; t++) y->limit[t] = limit[t] < y->limit[t] ? (uint16_t)limit[t] : y->limit[t];
}

/* Entries of lists (shelf.h) that were near enough and their bits, as they were found; an entry's turn is the one that the pairing needs.
 * A run of them is of one shelf. */
#define RUN 256
struct run { size_t n; uint32_t before; };
struct near {
    uint32_t *listed;
    uint16_t *bits;
    struct run *runs;
    size_t n, room, n_runs, room_runs, cap;
    struct tally t;
};

static void
grow(struct near *s)
{
    if (s->n + RUN > s->room) {
        s->room = 2 * s->room + 2 * RUN;
        s->listed = fair_xrealloc(s->listed, s->room * sizeof *s->listed);
        s->bits = fair_xrealloc(s->bits, s->room * sizeof *s->bits);
    }
    if (s->n_runs == s->room_runs) {
        s->room_runs = 2 * s->room_runs + 64;
        s->runs = fair_xrealloc(s->runs, s->room_runs * sizeof *s->runs);
    }
}

static void
end(struct near *s)
{
    free(s->listed);
    free(s->bits);
    free(s->runs);
}

/* `n` more were found: they are counted. */
static void
count(struct near *s, size_t n, uint32_t before)
{
    if (s->n_runs == 0 || s->runs[s->n_runs - 1].before != before) s->runs[s->n_runs++] = (struct run){ 0, before };
    s->runs[s->n_runs - 1].n += n;
    for (size_t i = s->n; i < s->n + n; i++) ((uint32_t *)&s->t.count[s->bits[i]])[fair_listed_turn(s->listed[i])]++;
    s->n += n;
}

/* `n` entries of a list: those near enough are gathered. */
static void
gather(struct near *s, const struct fair_shelf *shelf, uint32_t before, uint32_t at, uint32_t n, const uint64_t turned[4], unsigned turn)
{
    grow(s);
    count(s, fair_kernels()->near256(turned, shelf->codes + 4 * (size_t)at, shelf->listed + at, n, s->t.limit, turn, s->listed + s->n, s->bits + s->n), before);
}

/* Put the nearest of what was gathered and counted for a part of the query, and of what was found in listed segments, behind `out`, by turn; what a common code is near to tells
 * little, so a pairing's weight is less the more are as near. */
static void
thin(struct near *s, const struct worth *w, uint16_t query, const struct fair_found *listed, size_t n_listed, struct fair_founds *out)
{
    const uint32_t (*within)[4] = (const uint32_t (*)[4])s->t.within;
    size_t from[4], to[4], most = 2 * w->cap, at = 0, end = 0;
    struct fair_found *v = fair_founds_room(out, 4 * most);
    float last[4];            /* the worth of those at the limit, which may be many */

    for (unsigned t = 0; t < 4; t++) {
        const size_t sum = within[s->t.limit[t]][t];
        last[t] = rareness(w, sum) * w->near[s->t.limit[t]];
        from[t] = end;
        to[t] = end += sum < most ? sum : most;
    }
    out->n += end;
    for (size_t k = 0; k < s->n_runs; k++) {
        const struct run *r = &s->runs[k];
        const size_t n = fair_kernels()->nearer(s->listed + at, s->bits + at, r->n, s->t.limit);
        for (size_t i = at; i < at + n; i++) {
            const uint32_t l = s->listed[i], bits = s->bits[i];
            const unsigned t = fair_listed_turn(l);
            if (from[t] == to[t]) continue;
            v[from[t]++] = (struct fair_found){ .work = r->before + fair_listed_work(l), .query = query, .part = (uint8_t)fair_listed_part(l), .turn = (uint8_t)t, .bits = (uint8_t)bits,
                                           .weight = bits == s->t.limit[t] ? last[t] : w->rare[within[bits][t]] * w->near[bits] };
        }
        at += r->n;
    }
    for (size_t i = 0; i < n_listed; i++) {
        const uint32_t bits = listed[i].bits;
        const unsigned t = listed[i].turn;
        if (bits > s->t.limit[t] || from[t] == to[t]) continue;
        v[from[t]] = listed[i];
        v[from[t]++].weight = bits == s->t.limit[t] ? last[t] : w->rare[within[bits][t]] * w->near[bits];
    }
}

/* Gather what is near to one code among the parts listed under a word's family, on `n_sides` of its sides. */
static void
look_up(const struct fair_shelves *s, uint16_t word, unsigned n_sides, const uint64_t code[4], struct near *near)
{
    const unsigned family = fair_word_family(word), turn = fair_word_turn(word), lists = n_sides < FAIR_SIDES ? n_sides : 1;
    uint64_t turned[4];
    uint8_t sides[FAIR_SIDES] = { 0 };

    fair_part_code_turn(code, turn, turned);
    if (n_sides < FAIR_SIDES) fair_word_sides(turned, family, n_sides, sides);
    for (unsigned side = 0; side < lists; side++)
        for (size_t k = 0; k < s->n_made; k++) {
            const uint32_t *ends = n_sides < FAIR_SIDES ? s->v[k]->first + family * FAIR_SIDES + sides[side] : s->v[k]->family + family;
            for (uint32_t at = ends[0], n; at < ends[1]; at += n) {
                n = ends[1] - at < RUN ? ends[1] - at : RUN;
                gather(near, s->v[k], s->before[k], at, n, turned, turn);
            }
        }
}

/* Sides of each probed word that are looked at: all where there are few works, else fewer the farther the word is. */
static const uint8_t sides_of_few[PROBES] = { FAIR_SIDES, FAIR_SIDES, FAIR_SIDES, FAIR_SIDES };
static const uint8_t sides_of_many[PROBES] = { 5, 4, 3, 2 };

/* What the lists of the part that is looked up next begin with is fetched meanwhile: where they lie is without order. */
static void
fetch(const struct fair_shelves *s, const uint16_t words[PROBES])
{
    for (size_t k = 0; k < s->n_made && k < 4; k++)
        for (unsigned m = 0; m < PROBES; m++) {
            const uint32_t *ends = s->v[k]->family + fair_word_family(words[m]);
            const size_t lines = (ends[1] - ends[0] + 1) / 2;
            __builtin_prefetch(s->v[k]->listed + *ends);
            for (size_t line = 0; line < FETCHED && line < lines; line++) __builtin_prefetch(s->v[k]->codes + 4 * (size_t)*ends + 8 * line);
        }
}

/* ---- all together ------------------------------------------------------------ */

static struct worth
worth_of(size_t cap)
{
    struct worth w = { .cap = cap };

    for (size_t sum = 1; sum < RARE; sum++) w.rare[sum] = logf(1 + (float)w.cap / (float)sum);
    for (unsigned b = 0; b <= NEAR; b++) w.near[b] = (float)(NEAR + 20 - b) / NEAR;
    return w;
}

/* In a large catalogue what is far is none of the nearest, and hardly is where it would be sought: 4 bits less for twice the works. */
static unsigned
limit_of(const struct fair_shelves *s)
{
    unsigned limit = NEAR;

    for (uint32_t works = s->works; works >= MANY && limit > NEAR_LEAST; works /= 2) limit -= 4;
    return limit;
}

/* Go on from what was found in listed segments. */
static void
go_on(struct tally *y, const struct fair_sofar *x)
{
    for (unsigned t = 0; t < 4; t++) {
        y->limit[t] = x->limit[t];
        for (unsigned b = 0; b <= NEAR; b++) ((uint32_t *)&y->count[b])[t] = x->count[t][b];
    }
}

/* Look up the query's parts `from` to before `to`; `each`: in listed segments by comparing every part with every other.  Where `limits` is not NULL,
 * limits[i] are the bits within which part i's pairings were kept, by turn. */
static void
look_up_all(const struct fair_shelves *s, const struct fair_fingerprint *fp, uint32_t from, uint32_t to, bool each, struct fair_founds *out, uint16_t (*limits)[4])
{
    struct worth w = worth_of(s->works / 100 < CAP_MOST - CAP ? CAP + s->works / 100 : CAP_MOST);
    struct near near = { .cap = w.cap };
    const uint8_t *sides = s->made >= MANY ? sides_of_many : sides_of_few;
    uint16_t (*words)[PROBES] = fair_xmalloc((to + 1) * sizeof *words);
    struct fair_seeking *k = NULL;
    uint32_t *first = NULL;

    if (s->n > s->n_made && from < to) {
        k = fair_seek(s, fp, from, to, w.cap, each ? NEAR : limit_of(s));
        fair_seek_in_drawers(k, fp);
        if (each) {
            fair_seek_anew(k);
            for (size_t shelf = s->n_made; shelf < s->n; shelf++) fair_seek_everywhere(k, &s->v[shelf]->segment->lists, s->before[shelf], FAIR_SEEK_TURNS, true);
        }
        if (!each && s->n_full > 0) fair_seek_in_full(k);
        first = fair_xmalloc(((size_t)k->n + 1) * sizeof *first);
        fair_seek_by_part(k, first);
    }
    for (uint32_t i = from; i < to && s->n_made > 0; i++) fair_words_of(fp->parts[i].code, PROBES, words[i]);
    for (uint32_t i = from; i < to; i++) {
        begin(&near.t, NEAR);
        if (k != NULL) go_on(&near.t, &k->sofar[i - from]);
        near.n = near.n_runs = 0;
        if (s->n_made > 0) {
            if (i + 1 < to) fetch(s, words[i + 1]);
            for (unsigned m = 0; m < PROBES; m++) {
                look_up(s, words[i][m], sides[m], fp->parts[i].code, &near);
                if (m == 0 || m == PROBES - 1) narrow(&near.t, w.cap);
            }
        }
        if (k != NULL) {
            narrow(&near.t, w.cap);
            if (limits != NULL) memcpy(limits[i], near.t.limit, sizeof limits[i]);
            thin(&near, &w, (uint16_t)i, k->found.v + first[i - from], first[i - from + 1] - first[i - from], out);
        } else {
            thin(&near, &w, (uint16_t)i, NULL, 0, out);
        }
    }
    end(&near);
    if (k != NULL) fair_seeking_free(k);
    free(first);
    free(words);
}

/* Put the pairings in order of work, keeping the order within each: by counting, 11 bits of the work's number at a time. */
static void
by_work(struct fair_founds *f, uint32_t works)
{
    struct fair_found *to = fair_xmalloc((f->n + 1) * sizeof *to);

    for (unsigned shift = 0; works >> shift != 0 && shift < 32; shift += 11) {
        uint32_t at[2049] = { 0 };
        struct fair_found *from = f->v;
        for (size_t i = 0; i < f->n; i++) at[(from[i].work >> shift & 2047) + 1]++;
        for (size_t k = 0; k < 2048; k++) at[k + 1] += at[k];
        for (size_t i = 0; i < f->n; i++) to[at[from[i].work >> shift & 2047]++] = from[i];
        f->v = to;
        to = from;
    }
    f->room = f->n + 1;
    free(to);
}

/* What of the query's parts the bins are made of: sizes in sixteenths of an octave and angles in 256 of a turn, as the records have them,
 * so that a bin is a difference of whole numbers; less what the smallest bin is, and up by whole turns. */
struct scales { int16_t *size, *angle; };

static struct scales
scales_of(const struct fair_fingerprint *fp, struct fair_arena *a)
{
    struct scales s = { fair_alloc_array(a, fp->n_parts + 1, sizeof *s.size), fair_alloc_array(a, fp->n_parts + 1, sizeof *s.angle) };

    for (uint32_t i = 0; i < fp->n_parts; i++) {
        float size = (log2f(fp->parts[i].size * 4) * 2 + SIZES / 2.f) * 8;           /* octaves over a quarter pixel */
        s.size[i] = (int16_t)floorf(size < -1000 ? -1000 : size > 1000 ? 1000 : size);
        s.angle[i] = (int16_t)((fp->parts[i].angle + 4 * PI) * (256 / (2 * PI)));
    }
    return s;
}

/* The bin of a pairing's ratio of sizes, a half octave each, and of its turn. */
static void
bin(const struct fair_record *r, const struct scales *q, struct fair_found *f)
{
    unsigned size, angle, s, turned;

    fair_record_size_angle(r, f->part, &size, &angle);
    s = (unsigned)q->size[f->query] - size;
    angle -= 128;
    turned = (unsigned)q->angle[f->query] + (f->turn & FAIR_CODE_MIRRORED ? angle : 0 - angle);
    f->size = (uint8_t)(s < 8 * SIZES ? s / 8 : SIZES);
    f->angle = (uint8_t)(turned / (256 / ANGLES) % ANGLES);
}

/* The weight of the heaviest 2 x 2 bins, and which these are. */
struct peak { float votes; uint32_t work; uint8_t turn, size, angle; };

typedef float four __attribute__((vector_size(16)));
typedef int32_t four_bits __attribute__((vector_size(16)));
typedef float four_loose __attribute__((vector_size(16), aligned(4), may_alias));

/* Put the heaviest 2 x 2 of one turn's bins in *best, the first of equals, if they are heavier. */
static void
heaviest(float bins[SIZES][ANGLES + 1], unsigned turn, struct peak *best)
{
    float sums[SIZES - 1][ANGLES], most = best->votes;
    four all[ANGLES / 4] = { { 0 } };

    for (unsigned s = 0; s < SIZES; s++) bins[s][ANGLES] = bins[s][0];
    for (unsigned s = 0; s + 1 < SIZES; s++)
        for (unsigned k = 0; k < ANGLES / 4; k++) {
            const float *p = &bins[s][4 * k], *q = &bins[s + 1][4 * k];
            four_bits more;
            four sum = *(const four_loose *)p + *(const four_loose *)(p + 1) + *(const four_loose *)q + *(const four_loose *)(q + 1);
            *(four_loose *)&sums[s][4 * k] = sum;
            more = sum > all[k];
            all[k] = (four)((more & (four_bits)sum) | (~more & (four_bits)all[k]));
        }
    for (unsigned a = 0; a < ANGLES; a++) most = all[a / 4][a % 4] > most ? all[a / 4][a % 4] : most;
    if (!(most > best->votes)) return;
    for (unsigned i = 0; i < (SIZES - 1) * ANGLES; i++)
        if (sums[i / ANGLES][i % ANGLES] == most) {
            best->votes = most;
            best->turn = (uint8_t)turn;
            best->size = (uint8_t)(i / ANGLES);
            best->angle = (uint8_t)(i % ANGLES);
            return;
        }
}

/* Vote with a work's pairings; their bins are told. */
static struct peak
vote(const struct fair_record *r, const struct scales *q, struct fair_found *f, size_t n)
{
    float bins[4][SIZES][ANGLES + 1];
    bool any[4] = { false };
    struct peak best = { .work = f[0].work };

    for (size_t i = 0; i < n; i++) {
        if (!any[f[i].turn]) memset(bins[f[i].turn], 0, sizeof bins[0]);
        any[f[i].turn] = true;
        bin(r, q, &f[i]);
        if (f[i].size < SIZES) bins[f[i].turn][f[i].size][f[i].angle] += f[i].weight;
    }
    for (unsigned t = 0; t < 4; t++)
        if (any[t]) heaviest(bins[t], t, &best);
    return best;
}

/* The pairings in and about the heaviest bins; how many. */
static size_t
hits_about(const struct peak *p, const struct fair_found *f, size_t n, struct fair_hit *hits)
{
    size_t m = 0;

    for (size_t i = 0; i < n; i++) {
        int off = (f[i].angle - p->angle + 1 + ANGLES) % ANGLES;
        if (f[i].turn == p->turn && f[i].size < SIZES && f[i].size + 1 >= p->size && f[i].size <= p->size + 2 && off <= 3)
            hits[m++] = (struct fair_hit){ f[i].part, f[i].query, f[i].weight, f[i].bits, f[i].turn };
    }
    return m;
}

struct ranked { struct peak peak; const struct fair_shelf *shelf; uint32_t at; size_t from, n; };

static int
by_votes(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->peak.votes != y->peak.votes) return x->peak.votes > y->peak.votes ? -1 : 1;
    return x->peak.work < y->peak.work ? -1 : x->peak.work > y->peak.work;
}

/* Keep the best `most` of what was ranked, in order. */
static size_t
shorten(struct ranked *v, size_t n, size_t most)
{
    /* cppcheck-suppress uninitvar ; the first n were filled by rank */
    qsort(v, n, sizeof *v, by_votes);
    return n < most ? n : most;
}

/* Do enough pairings need one and the same turn? */
static bool
one_turn(const struct fair_found *f, size_t n)
{
    size_t each[4] = { 0 };

    for (size_t i = 0; i < n; i++)
        if (++each[f[i].turn] == LEAST) return true;
    return false;
}

/* The work that is voted for next: its parts' sizes and angles are fetched meanwhile. */
static void
fetch_places(const struct fair_shelves *s, uint32_t number)
{
    uint32_t at;
    const struct fair_shelf *shelf = shelf_of(s, number, &at);

    if (shelf->segment != NULL || at >= shelf->n) return;
    for (uint32_t b = 0; b < shelf->works[at].record.n * FAIR_RECORD_PLACE; b += 64) __builtin_prefetch(shelf->works[at].record.places + b);
}

/* The `most` works with the heaviest votes, *kept of them; v holds twice as many. */
static fair_status
rank(const struct fair_shelves *s, const struct fair_query *q, const struct scales *scales, struct fair_founds *f, size_t most, struct ranked *v, size_t *kept, struct fair_err *err)
{
    size_t n = 0;

    by_work(f, s->works);
    for (size_t from = 0, to; from < f->n; from = to) {
        const struct fair_shelf *shelf;
        const struct fair_record *r;
        struct fair_record room;
        uint32_t at;
        for (to = from + 1; to < f->n && f->v[to].work == f->v[from].work; to++) { }
        if (to < f->n) fetch_places(s, f->v[to].work);
        if (to - from < LEAST || !one_turn(f->v + from, to - from)) continue;
        shelf = shelf_of(s, f->v[from].work, &at);
        if (at >= shelf->n) return fair_fail(err, FAIR_CORRUPT, "index: a list names a work that is not there: run fairtrack reindex");
        if (fair_shelf_gone(shelf, at) || (q->org != 0 && fair_shelf_org(shelf, at) != q->org)) continue;
        FAIR_TRY(fair_shelf_peek(shelf, at, &room, &r, err));
        for (size_t i = from; i < to; i++)
            if (f->v[i].part >= r->n) return fair_fail(err, FAIR_CORRUPT, "index: a list names part %u of %u: run fairtrack reindex", f->v[i].part, r->n);
        v[n++] = (struct ranked){ vote(r, scales, f->v + from, to - from), shelf, at, from, to - from };
        if (n == 2 * most) n = shorten(v, n, most);
    }
    *kept = shorten(v, n, most);
    return FAIR_OK;
}

/* The work that is compared in full comes among the first that are looked at again, wherever its votes put it of the *n works. */
static fair_status
rank_in_full(const struct fair_shelves *s, const struct scales *scales, struct fair_founds *f, struct ranked *v, size_t *n, struct fair_err *err)
{
    struct ranked own = { .n = 0 };
    const struct fair_record *r;
    struct fair_record room;
    size_t at = 0, to;

    own.shelf = shelf_of(s, s->in_full, &own.at);
    while (at < *n && (v[at].shelf != own.shelf || v[at].at != own.at)) at++;
    if (at < AGAIN_ALL && at < *n) return FAIR_OK;
    for (own.from = 0; own.from < f->n && f->v[own.from].work != s->in_full; own.from++) { }
    while (own.from + own.n < f->n && f->v[own.from + own.n].work == s->in_full) own.n++;
    if (own.n < LEAST || !one_turn(f->v + own.from, own.n)) return FAIR_OK;
    FAIR_TRY(fair_shelf_peek(own.shelf, own.at, &room, &r, err));
    own.peak = vote(r, scales, f->v + own.from, own.n);
    if (at == *n && *n < AGAIN) ++*n;
    to = *n < AGAIN_ALL ? *n - 1 : AGAIN_ALL - 1;
    memmove(v + to + 1, v + to, ((at < *n ? at : *n - 1) - to) * sizeof *v);
    v[to] = own;
    return FAIR_OK;
}

/* A few works' parts as lists, in one drawer. */
static fair_status
lists_of(const struct ranked *v, size_t n, struct fair_arena *a, const struct fair_record **records, struct fair_lists *out, struct fair_err *err)
{
    uint64_t *high[2];
    struct fair_kept *parts = fair_alloc_array(a, n * FAIR_PARTS_CATALOGUE + 1, sizeof *parts);

    for (int w = 0; w < 2; w++) high[w] = fair_alloc_array(a, n * FAIR_PARTS_CATALOGUE + 1, sizeof *high[w]);
    *out = (struct fair_lists){ .high = { high[0], high[1] }, .parts = parts };
    for (uint32_t k = 0; k < n; k++) {
        FAIR_TRY(fair_shelf_see(v[k].shelf, v[k].at, a, &records[k], err));
        for (uint32_t i = 0; i < records[k]->n && i < FAIR_PARTS_CATALOGUE; i++, out->n_parts++) {
            const struct fair_folded f = fair_code_fold(records[k]->codes + 4 * (size_t)i);
            high[0][out->n_parts] = f.high[0];
            high[1][out->n_parts] = f.high[1];
            parts[out->n_parts] = (struct fair_kept){ f.low, fair_listed(k, i, 0) };
        }
    }
    return FAIR_OK;
}

/* Of what was sought the pairings that at most `most` are as near as, themselves among them, with their weights; in the order in which they were found. */
static void
nearest_of(const struct fair_seeking *k, uint32_t most, const struct worth *w, struct fair_founds *out)
{
    out->n = 0;
    fair_founds_room(out, k->found.n);
    for (size_t i = 0; i < k->found.n; i++) {
        struct fair_found f = k->found.v[i];
        const uint32_t within = k->sofar[f.query - k->from].count[f.turn][f.bits];
        if (within > most) continue;
        f.weight = rareness(w, within) * w->near[f.bits];
        out->v[out->n++] = f;
    }
}

/* Does one work's pairings' map, refined by guided matching, have more for it than *best, and more than one of `chance` parts inside the query that agree?  Then it is the best one. */
static void
map_again(const struct fair_search *search, const struct scales *scales, const struct fair_record *r, struct fair_found *f, size_t n, unsigned chance, struct fair_hit *hits, struct fair_clue *best)
{
    const struct peak p = vote(r, scales, f, n);
    struct fair_clue clue = { .shelf = best->shelf, .number = best->number, .record = r, .votes = p.votes };

    if (!fair_map_find(r, search->q.fp, search->grid, hits, hits_about(&p, f, n, hits), LEAST, &clue)) return;
    fair_map_refine(r, search->q.fp, search->grid, &clue);
    if (clue.agree >= AGAIN_LEAST && clue.agree * chance >= clue.seen && clue.weight > best->weight) *best = clue;
}

/* So many parts inside the query for one that agrees are none too many: of the works with the heaviest votes that says nothing against a map, for their votes speak for it. */
static unsigned
chance_of(size_t i)
{
    return i < AGAIN_HEAVIEST ? FAIR_PARTS_CATALOGUE : FAIR_SEEN_BY_CHANCE;
}

/* Look again at the n works, AGAIN at most, with the heaviest votes, as if there were no others: all of the query's parts are compared with all of theirs.  What
 * is near in a drawer that is not looked into is seen so; what is farther than what was kept of the whole catalogue is passed over as before.  How near the true
 * ones are nobody knows beforehand, and their votes drown among others, so it is tried several times, first with what the first look found (*found, in order of work), then with more
 * pairings each time, and what guided matching makes of the maps decides: out[i] is work i's best one, `mapped` where it has any. */
static fair_status
look_again(const struct fair_search *search, const struct fair_shelves *s, const struct scales *scales, const uint16_t (*limits)[4], const struct fair_founds *found, const struct ranked *v, size_t n,
           struct fair_clue *out, struct fair_err *err)
{
    const struct fair_fingerprint *fp = search->q.fp;
    const struct fair_record *records[AGAIN];
    const struct worth w = worth_of(AGAIN_CAP);
    struct fair_founds f = { 0 };
    struct fair_hit *hits;
    struct fair_lists l, first, rest;
    struct fair_seeking *k;
    size_t most;

    FAIR_TRY(lists_of(v, n, search->q.arena, records, &l, err));
    k = fair_seek(s, fp, 0, fp->n_parts, l.n_parts, NEAR);
    for (uint32_t i = 0; i < k->n; i++) memcpy(k->sofar[i].limit, limits[i], sizeof limits[i]);
    rest = first = l;
    while (first.n_parts > 0 && fair_listed_work(l.parts[first.n_parts - 1].listed) >= AGAIN_ALL) first.n_parts--;
    for (int h = 0; h < 2; h++) rest.high[h] += first.n_parts;
    rest.parts += first.n_parts;
    rest.n_parts -= first.n_parts;
    fair_seek_everywhere(k, &first, 0, FAIR_SEEK_TURNS, false);
    fair_seek_everywhere(k, &rest, 0, 1u | 1u << FAIR_CODE_MIRRORED, false);
    for (uint32_t i = 0; i < k->n; i++)
        for (unsigned t = 0; t < 4; t++)
            for (unsigned b = 1; b <= NEAR; b++) k->sofar[i].count[t][b] += k->sofar[i].count[t][b - 1];
    most = k->found.n;
    for (size_t i = 0; i < n; i++) most = v[i].n > most ? v[i].n : most;
    hits = fair_xmalloc((most + 1) * sizeof *hits);
    for (size_t i = 0; i < n; i++) {
        out[i] = (struct fair_clue){ .shelf = v[i].shelf, .number = v[i].at };
        map_again(search, scales, records[i], found->v + v[i].from, v[i].n, chance_of(i), hits, &out[i]);
    }
    by_work(&k->found, (uint32_t)n);
    for (unsigned times = 0; times < AGAIN_TIMES; times++) {
        nearest_of(k, 1u << times, &w, &f);
        for (size_t from = 0, to; from < f.n; from = to) {
            const uint32_t of = f.v[from].work;
            for (to = from + 1; to < f.n && f.v[to].work == of; to++) { }
            if (to - from >= LEAST && one_turn(f.v + from, to - from)) map_again(search, scales, records[of], f.v + from, to - from, chance_of(of), hits, &out[of]);
        }
    }
    fair_seeking_free(k);
    free(f.v);
    free(hits);
    return FAIR_OK;
}

/* A work with its map becomes a candidate, if it has not a better one: by what agrees, or, where `refined`, by what guided matching makes of either. */
static fair_status
candidate(struct fair_search *search, struct fair_matches *io, struct fair_clue *clue, bool refined, struct fair_err *err)
{
    size_t at;

    FAIR_TRY(fair_shelf_see(clue->shelf, clue->number, search->q.arena, &clue->record, err));
    at = fair_search_add(search, io, clue->shelf, clue->number, clue->record);
    if (at == SIZE_MAX) return FAIR_OK;
    if (refined && search->clues[at].mapped) {
        struct fair_clue had = search->clues[at];
        fair_map_refine(had.record, search->q.fp, search->grid, &had);
        if (had.weight >= clue->weight) {
            search->clues[at] = had;
            return FAIR_OK;
        }
    } else if (clue->agree <= search->clues[at].agree) {
        return FAIR_OK;
    }
    clue->whole_mapped = search->clues[at].whole_mapped;
    clue->negated = search->clues[at].negated;
    clue->levels = search->clues[at].levels;
    memcpy(clue->whole_map, search->clues[at].whole_map, sizeof clue->whole_map);
    search->clues[at] = *clue;
    return FAIR_OK;
}

/* Of n works with heavy votes those that LEAST hits agree on get a map and become candidates.  Where `known` is not SIZE_MAX, only that candidate
 * does, and *alone (may be NULL) tells whether OTHER hits agree on its map and on that of no other work. */
static fair_status
map_all(struct fair_search *search, struct fair_matches *io, const struct fair_founds *f, const struct ranked *v, size_t n, size_t known, bool *alone, struct fair_err *err)
{
    struct fair_hit *hits;
    size_t most = 0;
    fair_status status = FAIR_OK;

    for (size_t i = 0; i < n; i++) most = v[i].n > most ? v[i].n : most;
    hits = fair_xmalloc((most + 1) * sizeof *hits);
    for (size_t i = 0; i < n && status == FAIR_OK; i++) {
        struct fair_clue clue = { .shelf = v[i].shelf, .number = v[i].at, .votes = v[i].peak.votes };
        size_t m = hits_about(&v[i].peak, f->v + v[i].from, v[i].n, hits);
        struct fair_record room;
        status = fair_shelf_peek(v[i].shelf, v[i].at, &room, &clue.record, err);
        if (status != FAIR_OK || !fair_map_find(clue.record, search->q.fp, search->grid, hits, m, LEAST, &clue)) continue;
        if (known != SIZE_MAX) {
            bool other = io->v[known].work != fair_shelf_work(v[i].shelf, v[i].at);
            *alone = other ? *alone : clue.agree >= OTHER;
            if (other && clue.agree >= OTHER) { *alone = false; break; }
            if (other) continue;
        }
        status = candidate(search, io, &clue, false, err);
    }
    free(hits);
    return status;
}

/* The best works become candidates; where `limits` is not NULL (look_up_all), those of a second look too. */
static fair_status
propose(struct fair_search *search, struct fair_matches *io, const struct fair_shelves *s, struct fair_founds *f, const uint16_t (*limits)[4], size_t known, bool *alone, struct fair_err *err)
{
    const struct scales scales = scales_of(search->q.fp, search->q.arena);
    struct ranked v[2 * AGAIN];
    struct fair_clue *again;
    size_t n = 0;
    fair_status status;

    if (alone != NULL) *alone = false;
    FAIR_TRY(rank(s, &search->q, &scales, f, limits != NULL ? AGAIN : SHORTLIST, v, &n, err));
    if (search->grid == NULL) search->grid = fair_grid_new(search->q.fp, search->q.arena);
    if (limits != NULL && s->in_full != FAIR_NO_WORK) FAIR_TRY(rank_in_full(s, &scales, f, v, &n, err));
    FAIR_TRY(map_all(search, io, f, v, n < SHORTLIST ? n : SHORTLIST, known, alone, err));
    if (limits == NULL || n == 0) return FAIR_OK;
    again = fair_xcalloc(n, sizeof *again);
    status = look_again(search, s, &scales, limits, f, v, n, again, err);
    if (status == FAIR_OK) qsort(again, n, sizeof *again, fair_clue_by_weight);
    for (size_t i = 0; i < n && i < SHORTLIST && status == FAIR_OK && again[i].mapped; i++) status = candidate(search, io, &again[i], true, err);
    free(again);
    return status;
}

/* One more work of a listed segment that is compared in full. */
static fair_status
add_full(const struct fair_search *search, struct fair_shelves *s, struct fair_full *v, size_t shelf, uint32_t at, struct fair_err *err)
{
    const struct ranked of = { .shelf = s->v[shelf], .at = at };
    const struct fair_record *record;

    v[s->n_full].number = s->before[shelf] + at;
    FAIR_TRY(lists_of(&of, 1, search->q.arena, &record, &v[s->n_full].parts, err));
    s->n_full++;
    return FAIR_OK;
}

/* What a hash of the whole picture made a candidate is compared in full: of a copy whose parts are hardly to be known again few lie where they are sought, fewer than of strangers.
 * So is the work that the search names. */
static fair_status
compare_in_full(const struct fair_search *search, const struct fair_matches *io, struct fair_shelves *s, struct fair_err *err)
{
    struct fair_full *v = fair_alloc_array(search->q.arena, io->n + 1, sizeof *v);
    bool there = search->in_full == 0;

    s->full = v;
    for (size_t k = s->n_made; k < s->n; k++) {
        for (size_t i = 0; i < io->n; i++)
            if (search->clues[i].shelf == s->v[k] && io->v[i].work != search->in_full) FAIR_TRY(add_full(search, s, v, k, search->clues[i].number, err));
        for (uint32_t at = 0; at < s->v[k]->n && !there; at++) {
            if (fair_shelf_work(s->v[k], at) != search->in_full || fair_shelf_gone(s->v[k], at)) continue;
            s->in_full = s->before[k] + at;
            FAIR_TRY(add_full(search, s, v, k, at, err));
            there = true;
        }
    }
    return there ? FAIR_OK : fair_fail(err, FAIR_INVALID, "index: the work to be compared in full is on no segment that has lists");
}

static fair_status
search_parts(struct fair_search *search, struct fair_matches *io, struct fair_shelves *s, struct fair_founds *f, struct fair_err *err)
{
    const struct fair_fingerprint *fp = search->q.fp;
    uint16_t (*limits)[4] = s->n > s->n_made ? fair_alloc_array(search->q.arena, (size_t)fp->n_parts + 1, sizeof *limits) : NULL;
    uint32_t looked_up = 0;

    FAIR_TRY(compare_in_full(search, io, s, err));
    if (search->each) {
        if (s->n_made > 0) return fair_fail(err, FAIR_INVALID, "index: not all segments have lists");
        look_up_all(s, fp, 0, fp->n_parts, true, f, NULL);
        return propose(search, io, s, f, NULL, SIZE_MAX, NULL, err);
    }
    if (search->settled != SIZE_MAX && fp->n_parts > FEW) {
        bool alone;
        look_up_all(s, fp, 0, looked_up = FEW, false, f, limits);
        FAIR_TRY(propose(search, io, s, f, NULL, search->settled, &alone, err));
        if (!alone) search->settled = SIZE_MAX;
    }
    if (search->settled == SIZE_MAX || fp->n_parts <= FEW) {
        look_up_all(s, fp, looked_up, fp->n_parts, false, f, limits);
        FAIR_TRY(propose(search, io, s, f, (const uint16_t (*)[4])limits, SIZE_MAX, NULL, err));
    }
    return FAIR_OK;
}

/* All shelves, those that are not listed first; the numbers lie in the arena. */
static struct fair_shelves
shelves_of(const struct fair_index *ix, struct fair_arena *a)
{
    struct fair_shelves s = { .in_full = FAIR_NO_WORK };

    while (fair_index_shelf(ix, s.n) != NULL) s.n++;
    s.v = fair_alloc_array(a, s.n + 1, sizeof *s.v);
    s.before = fair_alloc_array(a, s.n + 1, sizeof *s.before);
    for (size_t listed = 0, at = 0; listed < 2; listed++)
        for (size_t k = 0; k < s.n; k++) {
            const struct fair_shelf *shelf = fair_index_shelf(ix, k);
            if ((shelf->segment != NULL) != listed) continue;
            s.before[at] = s.works;
            s.v[at++] = shelf;
            s.works += (uint32_t)shelf->n;
            if (!listed) { s.n_made++; s.made += (uint32_t)shelf->n; }
        }
    return s;
}

fair_status
fair_parts_pairings(const struct fair_index *ix, const struct fair_fingerprint *fp, bool each, struct fair_arena *a, struct fair_pairing **out, size_t *n, struct fair_err *err)
{
    struct fair_shelves s;
    struct fair_founds f = { 0 };

    FAIR_TRY(fair_index_ready(ix, err));
    s = shelves_of(ix, a);
    if (each && s.n_made > 0) return fair_fail(err, FAIR_INVALID, "index: not all segments have lists");
    look_up_all(&s, fp, 0, fp->n_parts, each, &f, NULL);
    *out = fair_alloc_array(a, f.n + 1, sizeof **out);
    *n = f.n;
    for (size_t i = 0; i < f.n; i++) {
        uint32_t at;
        const struct fair_shelf *shelf = shelf_of(&s, f.v[i].work, &at);
        (*out)[i] = (struct fair_pairing){ fair_shelf_work(shelf, at), f.v[i].query, f.v[i].part, f.v[i].turn, f.v[i].bits };
    }
    free(f.v);
    return FAIR_OK;
}

/* Of a query of few parts the near pairings are kept for the stage of pieces.  They are in order of works: all were ranked. */
static void
hand_on(struct fair_search *search, const struct fair_shelves *s, const struct fair_founds *f)
{
    if (search->q.fp->n_parts > FAIR_FEW_PARTS || search->settled != SIZE_MAX) return;
    search->anchors = fair_alloc_array(search->q.arena, f->n + 1, sizeof *search->anchors);
    for (size_t i = 0; i < f->n; i++) {
        struct fair_anchor *a = &search->anchors[search->n_anchors];
        if (f->v[i].bits > FAIR_ANCHOR_BITS) continue;
        a->hit = (struct fair_hit){ f->v[i].part, f->v[i].query, f->v[i].weight, f->v[i].bits, f->v[i].turn };
        a->shelf = shelf_of(s, f->v[i].work, &a->number);
        search->n_anchors++;
    }
}

fair_status
fair_stage_parts(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err)
{
    struct fair_shelves s = shelves_of(ix, q->arena);
    struct fair_founds f = { 0 };
    fair_status status = search_parts((struct fair_search *)q, io, &s, &f, err);

    if (status == FAIR_OK) hand_on((struct fair_search *)q, &s, &f);
    free(f.v);
    return status;
}
