/* The source stage of local features: words, lists, votes of size and turn, and a map for the best. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "fingerprint/kernels_parts.h"
#include "index/search.h"
#include "index/words.h"

#define PROBES 6              /* words looked up for each part of the query       */
#define NEAR 76               /* bits within which two codes may be the same spot */
#define SHORTLIST 24          /* works that get a map                             */
#define LEAST 3               /* hits that must agree on it                       */
#define SIZES 20              /* bins of half octaves                             */
#define ANGLES 16
#define PI 3.14159265f

struct found { uint32_t work; struct fair_hit hit; };
struct founds { struct found *v; size_t n, room; };

static void
add(struct founds *f, struct found x)
{
    if (f->n == f->room) {
        f->room = f->room ? f->room * 2 : 4096;
        f->v = fair_xrealloc(f->v, f->room * sizeof *f->v);
    }
    f->v[f->n++] = x;
}

static void
look_up(const struct fair_shelf *s, const struct fair_fingerprint *fp, struct founds *out)
{
    for (uint32_t i = 0; i < fp->n_parts; i++) {
        uint16_t words[PROBES];
        fair_words_of(fp->parts[i].code, PROBES, words);
        for (unsigned turn = 0; turn < 4; turn++) {
            uint64_t code[4];
            fair_part_code_turn(fp->parts[i].code, turn, code);
            for (unsigned m = 0; m < PROBES; m++) {
                uint16_t w = fair_word_turned(words[m], turn);
                for (uint32_t at = s->first[w]; at < s->first[w + 1]; at++) {
                    uint32_t place = s->place[at];
                    const uint64_t *c = s->works[place >> 8].record.codes + 4 * (size_t)(place & 255);
                    int bits = __builtin_popcountll(code[0] ^ c[0]) + __builtin_popcountll(code[1] ^ c[1]) +
                               __builtin_popcountll(code[2] ^ c[2]) + __builtin_popcountll(code[3] ^ c[3]);
                    if (bits <= NEAR) add(out, (struct found){ place >> 8, { place & 255, i, (uint16_t)bits, (uint8_t)turn } });
                }
            }
        }
    }
}

static int
by_work(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    if (x->work != y->work) return x->work < y->work ? -1 : 1;
    if (x->hit.turn != y->hit.turn) return x->hit.turn < y->hit.turn ? -1 : 1;
    if (x->hit.query != y->hit.query) return x->hit.query < y->hit.query ? -1 : 1;
    return x->hit.part < y->hit.part ? -1 : x->hit.part > y->hit.part;
}

static float
weight_of(unsigned bits)
{
    float x = (float)(NEAR + 4 - (int)bits) / NEAR;
    return x * x;
}

/* The weight of the heaviest 2 x 2 bins of size ratio and turn. */
static float
vote(const struct fair_record *r, const struct fair_fingerprint *fp, const struct found *f, size_t n)
{
    float bins[4][SIZES][ANGLES], best = 0;

    memset(bins, 0, sizeof bins);
    for (size_t i = 0; i < n; i++) {
        struct fair_place c = fair_record_place(r, f[i].hit.part);
        const struct fair_part *q = &fp->parts[f[i].hit.query];
        unsigned turn = f[i].hit.turn;
        float size = log2f(q->size / c.size) * 2 + SIZES / 2.f;
        float angle = turn & FAIR_CODE_MIRRORED ? q->angle + c.angle : q->angle - c.angle;
        int s = (int)size, a = (int)((angle + 4 * PI) * (ANGLES / (2 * PI)));
        if (s < 0 || s >= SIZES) continue;
        bins[turn][s][a % ANGLES] += weight_of(f[i].hit.bits);
    }
    for (unsigned t = 0; t < 4; t++)
        for (int s = 0; s + 1 < SIZES; s++)
            for (int a = 0; a < ANGLES; a++) {
                int b = (a + 1) % ANGLES;
                float w = bins[t][s][a] + bins[t][s][b] + bins[t][s + 1][a] + bins[t][s + 1][b];
                if (w > best) best = w;
            }
    return best;
}

struct ranked { float votes; uint32_t from, n; };

static int
by_votes(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->votes != y->votes) return x->votes > y->votes ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

fair_status
fair_stage_parts(const struct fair_index *ix, const struct fair_query *q, struct fair_matches *io, struct fair_err *err)
{
    struct fair_search *search = (struct fair_search *)q;
    const struct fair_shelf *shelf;

    (void)err;
    for (size_t k = 0; (shelf = fair_index_shelf(ix, k)) != NULL; k++) {
        struct founds f = { 0 };
        struct ranked *works;
        struct fair_hit *hits;
        size_t n = 0;

        look_up(shelf, q->fp, &f);
        if (f.n > 0) qsort(f.v, f.n, sizeof *f.v, by_work);
        works = fair_xmalloc((f.n + 1) * sizeof *works);
        hits = fair_xmalloc((f.n + 1) * sizeof *hits);
        for (size_t i = 0, j; i < f.n; i = j) {
            const struct fair_shelved *w = &shelf->works[f.v[i].work];
            for (j = i; j < f.n && f.v[j].work == f.v[i].work; j++) hits[j] = f.v[j].hit;
            if (j - i < LEAST || w->gone || (q->org != 0 && w->org != q->org)) continue;
            works[n++] = (struct ranked){ vote(&w->record, q->fp, f.v + i, j - i), (uint32_t)i, (uint32_t)(j - i) };
        }
        qsort(works, n, sizeof *works, by_votes);
        for (size_t i = 0; i < n && i < SHORTLIST; i++) {
            const struct fair_shelved *w = &shelf->works[f.v[works[i].from].work];
            struct fair_clue clue = { .record = &w->record, .votes = works[i].votes };
            size_t at;
            if (!fair_map_find(&w->record, q->fp, hits + works[i].from, works[i].n, LEAST, &clue)) continue;
            at = fair_search_add(search, io, w->work, &w->record);
            if (at != SIZE_MAX && clue.agree > search->clues[at].agree) search->clues[at] = clue;
        }
        free(f.v);
        free(works);
        free(hits);
    }
    return FAIR_OK;
}
