/* The source stage of local features: words, lists, votes of size and turn, and a map for the best. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "fingerprint/kernels_parts.h"
#include "index/search.h"
#include "index/words.h"

#define PROBES 6              /* words looked up for each part of the query                         */
#define NEAR 76               /* bits within which two codes may be the same spot                   */
#define CAP 24                /* pairings kept for a part of the query and a turn, the nearest first */
#define SHORTLIST 24          /* works that get a map                                               */
#define LEAST 3               /* hits that must agree on it                                         */
#define SIZES 20              /* bins of half octaves                                               */
#define ANGLES 16
#define PI 3.14159265f

/* All shelves as one: shelf k's work i is number before[k] + i. */
struct shelves { const struct fair_shelf **v; uint32_t *before; size_t n; uint32_t works; };

struct found { uint32_t work; struct fair_hit hit; };
struct founds { struct found *v; size_t n, room; };

static const struct fair_shelved *
work_at(const struct shelves *s, uint32_t number)
{
    size_t low = 0, high = s->n;

    while (high - low > 1) {
        size_t mid = (low + high) / 2;
        if (s->before[mid] <= number) low = mid;
        else high = mid;
    }
    return &s->v[low]->works[number - s->before[low]];
}

static void
add(struct founds *f, struct found x)
{
    if (f->n == f->room) {
        f->room = f->room ? f->room * 2 : 4096;
        f->v = fair_xrealloc(f->v, f->room * sizeof *f->v);
    }
    f->v[f->n++] = x;
}

/* Keep of the last pairings, those from `from` on, the nearest; what a common code is near to tells little, so a
 * pairing's weight is less the more are as near. */
static void
thin(struct founds *f, size_t from, size_t cap)
{
    uint32_t count[NEAR + 1] = { 0 }, sum = 0;
    float weight[NEAR + 1];
    size_t to = from;
    unsigned last = NEAR;

    for (size_t i = from; i < f->n; i++) count[f->v[i].hit.bits]++;
    for (unsigned b = 0; b <= NEAR; b++) {
        sum += count[b];
        weight[b] = logf(1 + (float)cap / (float)(sum > 0 ? sum : 1)) * (float)(NEAR + 20 - b) / NEAR;
        if (sum > cap) { last = b; break; }
    }
    for (size_t i = from; i < f->n; i++)
        if (f->v[i].hit.bits <= last && to - from < 2 * cap) {
            f->v[to] = f->v[i];
            f->v[to++].hit.weight = weight[f->v[i].hit.bits];
        }
    f->n = to;
}

/* Pairings of one code with the parts listed under a word. */
static void
look_up(const struct shelves *s, uint16_t word, const uint64_t code[4], uint32_t query, unsigned turn, struct founds *out)
{
    const struct fair_parts_kernels *kernels = fair_parts_kernels();
    uint16_t bits[256];

    for (size_t k = 0; k < s->n; k++) {
        const struct fair_shelf *shelf = s->v[k];
        const uint32_t *at = shelf->place + shelf->first[word], *end = shelf->place + shelf->first[word + 1];
        for (size_t n; at < end; at += n) {
            n = (size_t)(end - at) < 256 ? (size_t)(end - at) : 256;
            kernels->far_at(code, shelf->codes, at, n, bits);
            for (size_t i = 0; i < n; i++)
                if (bits[i] <= NEAR) add(out, (struct found){ s->before[k] + (at[i] >> 8), { at[i] & 255, query, 0, bits[i], (uint8_t)turn } });
        }
    }
}

static void
look_up_all(const struct shelves *s, const struct fair_fingerprint *fp, struct founds *out)
{
    size_t cap = CAP + s->works / 100;

    for (uint32_t i = 0; i < fp->n_parts; i++) {
        uint16_t words[PROBES];
        fair_words_of(fp->parts[i].code, PROBES, words);
        for (unsigned turn = 0; turn < 4; turn++) {
            uint64_t code[4];
            size_t from = out->n;
            fair_part_code_turn(fp->parts[i].code, turn, code);
            for (unsigned m = 0; m < PROBES; m++) look_up(s, fair_word_turned(words[m], turn), code, i, turn, out);
            thin(out, from, cap);
        }
    }
}

/* Put the pairings in order of work, keeping the order within each. */
static struct found *
by_work(const struct founds *f, size_t n_works, uint32_t *first)
{
    struct found *v = fair_xmalloc((f->n + 1) * sizeof *v);
    uint32_t *at = fair_xcalloc(n_works + 1, sizeof *at);

    memset(first, 0, (n_works + 1) * sizeof *first);
    for (size_t i = 0; i < f->n; i++) first[f->v[i].work + 1]++;
    for (size_t w = 0; w < n_works; w++) { first[w + 1] += first[w]; at[w + 1] = first[w + 1]; }
    for (size_t i = 0; i < f->n; i++) v[at[f->v[i].work]++] = f->v[i];
    free(at);
    return v;
}

/* The bin of a pairing's ratio of sizes and of its turn; false where the ratio is out of all bounds. */
static bool
bin_of(const struct fair_record *r, const struct fair_fingerprint *fp, const struct fair_hit *h, int *size, int *angle)
{
    struct fair_place c = fair_record_place(r, h->part);
    const struct fair_part *q = &fp->parts[h->query];
    float s = log2f(q->size / c.size) * 2 + SIZES / 2.f;
    float a = h->turn & FAIR_CODE_MIRRORED ? q->angle + c.angle : q->angle - c.angle;

    if (!(s >= 0 && s < SIZES)) return false;
    *size = (int)s;
    *angle = (int)((a + 4 * PI) * (ANGLES / (2 * PI))) % ANGLES;
    return true;
}

/* The weight of the heaviest 2 x 2 bins, and in `hits` the pairings in and about it; *n of them. */
static float
vote(const struct fair_record *r, const struct fair_fingerprint *fp, const struct found *f, size_t n_found, struct fair_hit *hits, size_t *n)
{
    float bins[4][SIZES][ANGLES], best = 0;
    unsigned turn = 0;
    int size = 0, angle = 0, s, a;

    memset(bins, 0, sizeof bins);
    for (size_t i = 0; i < n_found; i++)
        if (bin_of(r, fp, &f[i].hit, &s, &a)) bins[f[i].hit.turn][s][a] += f[i].hit.weight;
    for (unsigned t = 0; t < 4; t++)
        for (s = 0; s + 1 < SIZES; s++)
            for (a = 0; a < ANGLES; a++) {
                int b = (a + 1) % ANGLES;
                float w = bins[t][s][a] + bins[t][s][b] + bins[t][s + 1][a] + bins[t][s + 1][b];
                if (w > best) { best = w; turn = t; size = s; angle = a; }
            }
    *n = 0;
    for (size_t i = 0; i < n_found; i++) {
        int off;
        if (f[i].hit.turn != turn || !bin_of(r, fp, &f[i].hit, &s, &a)) continue;
        off = (a - angle + 1 + ANGLES) % ANGLES;
        if (s >= size - 1 && s <= size + 2 && off <= 3) hits[(*n)++] = f[i].hit;
    }
    return best;
}

struct ranked { float votes; uint32_t work; };

static int
by_votes(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->votes != y->votes) return x->votes > y->votes ? -1 : 1;
    return x->work < y->work ? -1 : x->work > y->work;
}

fair_status
fair_stage_parts(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err)
{
    struct fair_search *search = (struct fair_search *)q;
    struct shelves s = { 0 };
    struct founds f = { 0 };
    struct found *v;
    struct fair_hit *hits;
    struct ranked *works;
    uint32_t *first;
    size_t n = 0, m;

    (void)err;
    while (fair_index_shelf(ix, s.n) != NULL) s.n++;
    s.v = fair_alloc_array(q->arena, s.n + 1, sizeof *s.v);
    s.before = fair_alloc_array(q->arena, s.n + 1, sizeof *s.before);
    for (size_t k = 0; k < s.n; k++) {
        s.v[k] = fair_index_shelf(ix, k);
        s.before[k] = s.works;
        s.works += (uint32_t)s.v[k]->n;
    }
    first = fair_xmalloc((s.works + (size_t)1) * sizeof *first);
    works = fair_xmalloc((s.works + (size_t)1) * sizeof *works);
    look_up_all(&s, q->fp, &f);
    v = by_work(&f, s.works, first);
    hits = fair_xmalloc((f.n + 1) * sizeof *hits);
    for (uint32_t i = 0; i < s.works; i++) {
        const struct fair_shelved *w;
        if (first[i + 1] - first[i] < LEAST) continue;
        w = work_at(&s, i);
        if (w->gone || (q->org != 0 && w->org != q->org)) continue;
        works[n++] = (struct ranked){ vote(&w->record, q->fp, v + first[i], first[i + 1] - first[i], hits, &m), i };
    }
    qsort(works, n, sizeof *works, by_votes);
    for (size_t i = 0; i < n && i < SHORTLIST; i++) {
        uint32_t j = works[i].work;
        const struct fair_shelved *w = work_at(&s, j);
        struct fair_clue clue = { .record = &w->record, .votes = works[i].votes };
        size_t at;
        vote(&w->record, q->fp, v + first[j], first[j + 1] - first[j], hits, &m);
        if (!fair_map_find(&w->record, q->fp, hits, m, LEAST, &clue)) continue;
        at = fair_search_add(search, io, w->work, &w->record);
        if (at == SIZE_MAX || clue.agree <= search->clues[at].agree) continue;
        clue.whole_mapped = search->clues[at].whole_mapped;
        clue.negated = search->clues[at].negated;
        memcpy(clue.whole_map, search->clues[at].whole_map, sizeof clue.whole_map);
        search->clues[at] = clue;
    }
    free(f.v);
    free(v);
    free(first);
    free(works);
    free(hits);
    return FAIR_OK;
}
