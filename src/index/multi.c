/* Whole hashes by pieces. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "base/mem.h"
#include "index/multi.h"

#define PIECES_LEAST 11
#define PIECES_MOST 16
#define FLIPS_MOST 3          /* in a piece: FAIR_MULTI_RADIUS / PIECES_LEAST */
#define WIDE_MOST 24          /* bits of a piece: 256 / PIECES_LEAST, rounded up */
#define UPPER_MOST 11         /* bits of a value that are sorted by first */
#define AHEAD 24              /* places fetched before they are looked at */

struct table {
    unsigned from, wide;      /* its piece's bits */
    uint32_t *first;          /* of each value, where its hashes begin in `is`, and at last n */
    uint32_t *is;             /* all hashes' numbers, by the value of this piece */
};

struct valued { uint32_t value, number; };

struct fair_multi {
    uint64_t (*codes)[4];     /* strewn; one after the other, and in large pages: each that is looked at costs one line of memory */
    size_t n;
    unsigned pieces;
    struct table table[PIECES_MOST];
    uint32_t *flips[WIDE_MOST + 1];   /* of a piece of so many bits: none, each one, each two, each three */
    uint32_t n_flips[WIDE_MOST + 1][FLIPS_MOST + 1];     /* of so many bits, at most so many: the first so many of them */
    uint64_t strewn[32][256][4];      /* where the bits of each byte go */
};

/* Large tables are looked at in no order: large pages save the machine looking up where each lies. */
static void *
large(size_t bytes)
{
    const size_t page = (size_t)2 << 20, all = (bytes + page - 1) / page * page;
    void *p = aligned_alloc(page, all);

    if (p == NULL) return fair_xmalloc(SIZE_MAX / 2);       /* which ends as running out of memory does */
    madvise(p, all, MADV_HUGEPAGE);
    return p;
}

/* Bits that lie side by side in a hash belong to waves that are alike, and go together in pictures: of pieces of 23 side by side five times as many
 * are near each other as by chance (bench_glance).  So the bits are strewn first, each 53 places from the next, which no distance notices. */
static void
strewn_make(uint64_t strewn[32][256][4])
{
    for (unsigned at = 0; at < 256; at++) {
        const unsigned from = at * 53 % 256;
        for (unsigned byte = 0; byte < 256; byte++)
            if (byte >> from % 8 & 1) strewn[from / 8][byte][at / 64] |= (uint64_t)1 << at % 64;
    }
}

static inline void
strew(const uint64_t strewn[32][256][4], const uint64_t code[4], uint64_t out[4])
{
    uint64_t to[4] = { 0 };

    for (unsigned b = 0; b < 32; b++) {
        const uint64_t *from = strewn[b][code[b / 8] >> b % 8 * 8 & 255];
        for (unsigned w = 0; w < 4; w++) to[w] |= from[w];
    }
    memcpy(out, to, sizeof to);
}

static inline uint32_t
piece_of(const struct table *t, uint64_t low, uint64_t high)
{
    unsigned at = t->from % 64;

    if (at != 0) low = low >> at | high << (64 - at);
    return (uint32_t)(low & (((uint64_t)1 << t->wide) - 1));
}

static inline uint32_t
piece(const struct table *t, const uint64_t code[4])
{
    unsigned w = t->from / 64;

    return piece_of(t, code[w], w < 3 ? code[w + 1] : 0);
}

/* By the upper bits first, so that what is written lies close together: `sorted` has room for n of value and number, `where` for 2^UPPER_MOST + 1. */
static void
fill(const struct fair_multi *m, struct table *t, struct valued *sorted, size_t *where)
{
    const unsigned lower = t->wide > UPPER_MOST ? t->wide - UPPER_MOST : 0;
    const size_t uppers = (size_t)1 << (t->wide - lower), lowers = (size_t)1 << lower;

    t->first = large(((size_t)1 << t->wide) * sizeof *t->first + sizeof *t->first);
    t->is = large(m->n * sizeof *t->is + 1);
    memset(where, 0, (uppers + 1) * sizeof *where);
    for (size_t i = 0; i < m->n; i++) where[piece(t, m->codes[i]) >> lower]++;
    for (size_t u = 0, sum = 0; u <= uppers; u++) {
        const size_t many = where[u];
        where[u] = sum;
        sum += many;
    }
    for (size_t i = 0; i < m->n; i++) {
        const uint32_t value = piece(t, m->codes[i]);
        sorted[where[value >> lower]++] = (struct valued){ value, (uint32_t)i };
    }
    for (size_t u = 0, from = 0; u < uppers; u++) {
        uint32_t *first = t->first + (u << lower), at = (uint32_t)from;
        memset(first, 0, lowers * sizeof *first);
        for (size_t k = from; k < where[u]; k++) first[sorted[k].value & (lowers - 1)]++;
        for (size_t v = 0; v < lowers; v++) first[v] = at += first[v];
        for (size_t k = where[u]; k-- > from;) t->is[--first[sorted[k].value & (lowers - 1)]] = sorted[k].number;
        from = where[u];
    }
    t->first[(size_t)1 << t->wide] = (uint32_t)m->n;
}

/* All ways to flip at most FLIPS_MOST of `wide` bits, the fewest first. */
static void
flips_make(struct fair_multi *m, unsigned wide)
{
    uint32_t *v = fair_xmalloc((1 + wide + wide * (wide - 1) / 2 + wide * (wide - 1) * (wide - 2) / 6) * sizeof *v), n = 0;

    v[n++] = 0;
    m->n_flips[wide][0] = n;
    for (unsigned i = 0; i < wide; i++) v[n++] = 1u << i;
    m->n_flips[wide][1] = n;
    for (unsigned i = 0; i < wide; i++)
        for (unsigned k = 0; k < i; k++) v[n++] = 1u << i | 1u << k;
    m->n_flips[wide][2] = n;
    for (unsigned i = 0; i < wide; i++)
        for (unsigned k = 0; k < i; k++)
            for (unsigned l = 0; l < k; l++) v[n++] = 1u << i | 1u << k | 1u << l;
    m->n_flips[wide][3] = n;
    m->flips[wide] = v;
}

struct fair_multi *
fair_multi_make(const uint64_t (*blocks)[4][8], size_t n)
{
    struct fair_multi *m = fair_xcalloc(1, sizeof *m);
    struct valued *sorted = large(n * sizeof *sorted + 1);
    size_t *where = fair_xmalloc((((size_t)1 << UPPER_MOST) + 1) * sizeof *where);

    m->n = n;
    m->codes = large(n * sizeof *m->codes + 1);
    strewn_make(m->strewn);
    for (size_t i = 0; i < n; i++) {
        const uint64_t (*b)[8] = blocks[i / 8];
        strew((const uint64_t (*)[256][4])m->strewn, (const uint64_t[4]){ b[0][i % 8], b[1][i % 8], b[2][i % 8], b[3][i % 8] }, m->codes[i]);
    }
    m->pieces = PIECES_LEAST;         /* pieces so wide that a value mostly has one hash: more places are looked at then, but few hashes */
    while (m->pieces < PIECES_MOST && (size_t)1 << 256 / m->pieces > n + n / 4) m->pieces++;
    for (unsigned t = 0, from = 0; t < m->pieces; t++) {
        m->table[t].from = from;
        m->table[t].wide = (256 - from) / (m->pieces - t);
        from += m->table[t].wide;
        if (m->flips[m->table[t].wide] == NULL) flips_make(m, m->table[t].wide);
        fill(m, &m->table[t], sorted, where);
    }
    free(sorted);
    free(where);
    return m;
}

void
fair_multi_free(struct fair_multi **m)
{
    if (*m == NULL) return;
    for (unsigned t = 0; t < (*m)->pieces; t++) {
        free((*m)->table[t].first);
        free((*m)->table[t].is);
    }
    for (unsigned w = 0; w <= WIDE_MOST; w++) free((*m)->flips[w]);
    free((*m)->codes);
    free(*m);
    *m = NULL;
}

/* In how many bits of piece `t` a hash may differ that this piece has to tell of; -1: of none, the others do. */
static int
flips_in(const struct fair_multi *m, unsigned t, unsigned radius)
{
    return (int)(radius / m->pieces) - (t > radius % m->pieces);
}

/* Has an earlier table told of a hash that differs in `x`? */
static bool
told_before(const struct fair_multi *m, unsigned t, unsigned radius, const uint64_t x[4])
{
    for (unsigned s = 0; s < t; s++)
        if (__builtin_popcount(piece(&m->table[s], x)) <= flips_in(m, s, radius)) return true;
    return false;
}

/* One look-up under way in a table. */
struct seek {
    const struct fair_multi *m;
    const uint64_t *code;
    unsigned radius, t;
    struct fair_within *hits;
    size_t room, *n;
    uint32_t ring[2 * AHEAD];         /* hashes that are being fetched: the last put in, and the last looked at */
    size_t in, out;
};

/* Half of the bits nearly always tells that a hash is too far.  False: there is no room for it. */
static bool
look(struct seek *s)
{
    const uint32_t i = s->ring[s->out++ % (2 * AHEAD)];
    const uint64_t *at = s->m->codes[i];
    uint64_t x[4] = { s->code[0] ^ at[0], s->code[1] ^ at[1] };
    unsigned bits = (unsigned)(__builtin_popcountll(x[0]) + __builtin_popcountll(x[1]));

    if (bits > s->radius) return true;
    x[2] = s->code[2] ^ at[2];
    x[3] = s->code[3] ^ at[3];
    bits += (unsigned)(__builtin_popcountll(x[2]) + __builtin_popcountll(x[3]));
    if (bits > s->radius || told_before(s->m, s->t, s->radius, x)) return true;
    if (*s->n == s->room) return false;
    s->hits[(*s->n)++] = (struct fair_within){ i, 0, (uint16_t)bits };
    return true;
}

struct span { uint32_t from, to; };

bool
fair_multi_near(const struct fair_multi *m, const uint64_t asked[4], unsigned radius, struct fair_within *hits, size_t room, size_t *n)
{
    uint64_t code[4];
    struct span span[1 + WIDE_MOST + WIDE_MOST * (WIDE_MOST - 1) / 2 + WIDE_MOST * (WIDE_MOST - 1) * (WIDE_MOST - 2) / 6];
    struct seek s = { .m = m, .code = code, .radius = radius, .hits = hits, .room = room, .n = n };
    size_t left = m->n / 16;      /* so many in no order cost as much as all in order */

    *n = 0;
    assert(radius <= FAIR_MULTI_RADIUS);
    strew(m->strewn, asked, code);
    for (s.t = 0; s.t < m->pieces && flips_in(m, s.t, radius) >= 0; s.t++) {
        const struct table *of = &m->table[s.t];
        const uint32_t key = piece(of, code), *flips = m->flips[of->wide];
        const size_t places = m->n_flips[of->wide][flips_in(m, s.t, radius)];
        size_t spans = 0;
        for (size_t i = 0; i < AHEAD && i < places; i++) __builtin_prefetch(&of->first[key ^ flips[i]]);
        for (size_t i = 0; i < places; i++) {
            struct span at;
            if (i + AHEAD < places) __builtin_prefetch(&of->first[key ^ flips[i + AHEAD]]);
            at = (struct span){ of->first[key ^ flips[i]], of->first[(key ^ flips[i]) + 1] };
            if (at.to - at.from > left) return false;
            left -= at.to - at.from;
            __builtin_prefetch(&of->is[at.from]);
            span[spans] = at;
            spans += at.to > at.from;
        }
        for (size_t b = 0; b < spans; b++)
            for (uint32_t k = span[b].from; k < span[b].to; k++) {      /* NOLINT(clang-analyzer-core.uninitialized.Assign): the first `spans` were filled */
                const uint32_t i = of->is[k];
                s.ring[s.in++ % (2 * AHEAD)] = i;
                __builtin_prefetch(m->codes[i]);
                if (s.in - s.out > AHEAD && !look(&s)) return false;
            }
        while (s.out < s.in)
            if (!look(&s)) return false;
    }
    return true;
}
