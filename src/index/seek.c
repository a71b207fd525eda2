/* Listed segments are swept once a query, in the order of their files: first it is planned which drawers each part of the query
 * is sought in, then all drawers are gone through. */
#include <stdlib.h>
#include <string.h>
#include "index/drawers.h"
#include "index/seek.h"

#define DRAWERS 128           /* looked into in listed segments for a part of the query at most,      */
#define ENOUGH 8192           /* and no more once so many parts were looked at; a drawer is looked through as a whole */
#define WIDER 3               /* so many times as many parts and drawers in the largest catalogue: what is to be found lies as far as in a small one */
#define WIDER_EACH 131072     /* works for each of these times                                        */

static size_t
wider(const struct fair_shelves *s)
{
    return s->works < 2 * WIDER_EACH ? 1 : s->works / WIDER_EACH < WIDER ? s->works / WIDER_EACH : WIDER;
}

struct fair_seeking *
fair_seek(const struct fair_shelves *s, const struct fair_fingerprint *fp, uint32_t from, uint32_t to, size_t cap, unsigned limit)
{
    struct fair_seeking *k = fair_xmalloc(sizeof *k);

    *k = (struct fair_seeking){ .s = s, .from = from, .n = to - from, .cap = cap };
    k->asked = fair_xmalloc((k->n + 1) * sizeof *k->asked);
    k->sofar = fair_xmalloc((k->n + 1) * sizeof *k->sofar);
    for (uint32_t i = 0; i < k->n; i++) {
        for (unsigned t = 0; t < 4; t++) fair_part_code_turn(fp->parts[from + i].code, t, k->asked[i].code[t]);
        memset(&k->sofar[i], 0, sizeof k->sofar[i]);
        for (unsigned t = 0; t < 4; t++) k->sofar[i].limit[t] = (uint16_t)limit;
    }
    return k;
}

void
fair_seeking_free(struct fair_seeking *k)
{
    free(k->asked);
    free(k->sofar);
    free(k->found.v);
    free(k);
}

static void
compare(struct fair_seeking *k)
{
    uint16_t bits[FAIR_SEEK_RUN];

    fair_drawers_kernels()->bits(k->pairs, k->n_pairs, bits);
    for (size_t p = 0; p < k->n_pairs; p++) {
        const uint32_t l = k->pairs[p].kept->listed;
        const unsigned turn = fair_listed_turn(l) ^ k->of[p].turn;
        struct fair_sofar *y = &k->sofar[k->of[p].i];
        if (bits[p] > y->limit[turn]) continue;
        y->sum[turn]++;
        /* of more that are as near not one would be kept */
        if (y->count[turn][bits[p]]++ < 2 * k->cap) {
            struct fair_found *v = fair_founds_room(&k->found, 1);
            *v = (struct fair_found){ .work = k->of[p].before + fair_listed_work(l), .query = (uint16_t)(k->from + k->of[p].i), .part = (uint8_t)fair_listed_part(l),
                                 .turn = (uint8_t)turn, .bits = (uint8_t)bits[p] };
            k->found.n++;
        }
        while (y->sum[turn] - y->count[turn][y->limit[turn]] > k->cap) y->sum[turn] -= y->count[turn][y->limit[turn]--];
    }
    k->n_pairs = 0;
}

static inline void
pair(struct fair_seeking *k, uint32_t i, unsigned turn, uint32_t before, const struct fair_lists *l, uint32_t at)
{
    __builtin_prefetch(l->parts + at);
    k->pairs[k->n_pairs] = (struct fair_pair){ k->asked[i].code[turn], { l->high[0][at], l->high[1][at] }, l->parts + at };
    k->of[k->n_pairs].i = (uint16_t)i;
    k->of[k->n_pairs].turn = (uint8_t)turn;
    k->of[k->n_pairs].before = before;
    if (++k->n_pairs == FAIR_SEEK_RUN) compare(k);
}

/* The farthest that is still kept under any turn. */
static inline unsigned
farthest(const struct fair_sofar *y)
{
    const unsigned a = y->limit[0] > y->limit[1] ? y->limit[0] : y->limit[1], b = y->limit[2] > y->limit[3] ? y->limit[2] : y->limit[3];

    return a > b ? a : b;
}

/* A drawer to be looked into for part `from` + i of the query, turned. */
struct visit { uint32_t drawer; uint16_t i; uint8_t turn; };

#define AHEAD 8               /* drawers whose lists are fetched meanwhile */

/* Fetch where the drawer's lists begin. */
static inline void
fetch_lists(const struct fair_shelves *s, uint32_t drawer)
{
    for (size_t k = s->n_made; k < s->n; k++) {
        const struct fair_lists *l = &s->v[k]->segment->lists;
        __builtin_prefetch(l->first + fair_lists_rank(l, drawer));
    }
}

/* Where each part of the query is sought: in the nearest drawers until enough is there to be looked at; those that are looked into before
 * all others lie before the others. */
#define BEFORE 12             /* drawers looked into before all others: what is found there narrows the limits  */
struct visits { struct visit *v, *room; size_t n, n_before; };

static void
plan_visits(const struct fair_shelves *s, const struct fair_fingerprint *fp, uint32_t from, uint32_t n, struct visits *out)
{
    const size_t times = wider(s), enough = times * ENOUGH, most = times * DRAWERS;
    struct visit *others;

    *out = (struct visits){ fair_xmalloc((n * most + 1) * sizeof *out->v), fair_xmalloc((n * most + 1) * sizeof *out->v), 0, 0 };
    others = out->room;

    for (uint32_t i = 0; i < n; i++) {
        struct fair_drawer near[WIDER * DRAWERS];
        const size_t m = fair_drawers_near(fp->parts[from + i].code, most, near);
        size_t seen = 0;
        for (size_t d = 0; d < AHEAD && d < m; d++) fetch_lists(s, near[d].number);
        for (size_t d = 0; d < m && seen < enough; d++) {
            const size_t before = seen;
            if (d + AHEAD < m) fetch_lists(s, near[d + AHEAD].number);
            for (size_t k = s->n_made; k < s->n; k++) {
                uint32_t at, end;
                if (fair_lists_of(&s->v[k]->segment->lists, near[d].number, &at, &end)) seen += end - at;
            }
            if (seen == before) continue;
            if (d < BEFORE) out->v[out->n_before++] = (struct visit){ near[d].number, (uint16_t)i, near[d].turn };
            else *others++ = (struct visit){ near[d].number, (uint16_t)i, near[d].turn };
        }
    }
    out->n = out->n_before + (size_t)(others - out->room);
    memcpy(out->v + out->n_before, out->room, (out->n - out->n_before) * sizeof *out->v);
}

/* In order of drawers, so that one sweep goes through the file from its beginning to its end and looks at a drawer once for all parts:
 * by counting, 10 bits at a time, twice. */
static void
by_drawer(struct visit *v, struct visit *room, size_t n)
{
    for (unsigned shift = 0; shift < 20; shift += 10) {
        uint32_t at[1025] = { 0 };
        const struct visit *from = shift == 0 ? v : room;
        struct visit *to = shift == 0 ? room : v;
        for (size_t i = 0; i < n; i++) at[(from[i].drawer >> shift & 1023) + 1]++;
        for (size_t k = 0; k < 1024; k++) at[k + 1] += at[k];
        for (size_t i = 0; i < n; i++) to[at[from[i].drawer >> shift & 1023]++] = from[i];
    }
}
_Static_assert(FAIR_DRAWERS <= 1 << 20, "two times 10 bits");

/* A drawer's parts, and the visits to it. */
struct stop { uint32_t at, n; size_t first, last; };

static void
sweep(struct fair_seeking *k, size_t shelf, const struct visit *v, size_t n)
{
    const struct fair_lists *l = &k->s->v[shelf]->segment->lists;
    const struct fair_drawers_kernels *kernels = fair_drawers_kernels();
    struct stop stops[AHEAD];
    size_t seen = 0, planned = 0, done = 0;

    while (done < planned || seen < n) {
        while (seen < n && planned - done < AHEAD) {
            struct stop *stop = &stops[planned % AHEAD];
            uint32_t end;
            stop->first = seen;
            while (seen < n && v[seen].drawer == v[stop->first].drawer) seen++;
            stop->last = seen;
            if (!fair_lists_of(l, v[stop->first].drawer, &stop->at, &end)) continue;
            stop->n = end - stop->at;
            for (uint32_t line = 0; line < stop->n && line < 512; line += 8) {
                __builtin_prefetch(l->high[0] + stop->at + line);
                __builtin_prefetch(l->high[1] + stop->at + line);
            }
            planned++;
        }
        if (done == planned) break;
        for (const struct stop *stop = &stops[done++ % AHEAD]; stop != NULL; stop = NULL)
            for (size_t at = stop->first; at < stop->last; at++) {
                const uint64_t *code = k->asked[v[at].i].code[v[at].turn];
                for (uint32_t from = stop->at, m; from < stop->at + stop->n; from += m) {
                    uint32_t near[FAIR_SEEK_RUN];
                    size_t many;
                    m = stop->at + stop->n - from < FAIR_SEEK_RUN ? stop->at + stop->n - from : FAIR_SEEK_RUN;
                    many = kernels->highs(code, l->high[0] + from, l->high[1] + from, m, fair_high_bits(farthest(&k->sofar[v[at].i])), near);
                    for (size_t p = 0; p < many; p++) pair(k, v[at].i, v[at].turn, k->s->before[shelf], l, from + near[p]);
                }
            }
    }
    compare(k);
}

void
fair_seek_in_drawers(struct fair_seeking *k, const struct fair_fingerprint *fp)
{
    struct visits v;

    plan_visits(k->s, fp, k->from, k->n, &v);
    by_drawer(v.v, v.room, v.n_before);
    by_drawer(v.v + v.n_before, v.room, v.n - v.n_before);
    for (size_t shelf = k->s->n_made; shelf < k->s->n; shelf++) sweep(k, shelf, v.v, v.n_before);
    for (size_t shelf = k->s->n_made; shelf < k->s->n; shelf++) sweep(k, shelf, v.v + v.n_before, v.n - v.n_before);
    free(v.v);
    free(v.room);
}

void
fair_seek_anew(struct fair_seeking *k)
{
    for (uint32_t i = 0; i < k->n; i++) {
        memset(k->sofar[i].count, 0, sizeof k->sofar[i].count);
        memset(k->sofar[i].sum, 0, sizeof k->sofar[i].sum);
    }
    k->found.n = 0;
}

/* A piece of the lists at a time with all parts of the query. */
void
fair_seek_everywhere(struct fair_seeking *k, const struct fair_lists *l, uint32_t before, unsigned turns, bool exactly)
{
    for (uint32_t from = 0, n; from < l->n_parts; from += n) {
        uint32_t near[4 * FAIR_SEEK_RUN];
        n = l->n_parts - from < 4 * FAIR_SEEK_RUN ? l->n_parts - from : 4 * FAIR_SEEK_RUN;
        for (uint32_t i = 0; i < k->n; i++)
            for (unsigned t = 0; t < 4; t++) {
                if (!(turns >> t & 1)) continue;
                const unsigned limit = exactly ? farthest(&k->sofar[i]) : fair_high_bits(farthest(&k->sofar[i]));
                const size_t many = fair_drawers_kernels()->highs(k->asked[i].code[t], l->high[0] + from, l->high[1] + from, n, limit, near);
                for (size_t p = 0; p < many; p++) pair(k, i, t, before, l, from + near[p]);
            }
        compare(k);
    }
}

static bool
is_full(const struct fair_shelves *s, uint32_t number)
{
    for (size_t i = 0; i < s->n_full; i++)
        if (s->full[i].number == number) return true;
    return false;
}

void
fair_seek_in_full(struct fair_seeking *k)
{
    const struct fair_shelves *s = k->s;
    uint64_t any = 0;         /* bit w % 64 is set where work w may be one of them: most are told so to be none */
    size_t n = 0;

    for (size_t i = 0; i < s->n_full; i++) any |= (uint64_t)1 << s->full[i].number % 64;
    for (size_t i = 0; i < k->found.n; i++) {
        const struct fair_found *f = &k->found.v[i];
        struct fair_sofar *y = &k->sofar[f->query - k->from];
        if (!(any >> f->work % 64 & 1) || !is_full(s, f->work)) { k->found.v[n++] = *f; continue; }
        y->count[f->turn][f->bits]--;
        y->sum[f->turn] -= f->bits <= y->limit[f->turn];
    }
    k->found.n = n;
    for (size_t i = 0; i < s->n_full; i++) fair_seek_everywhere(k, &s->full[i].parts, s->full[i].number, FAIR_SEEK_TURNS, s->full[i].number == s->in_full);
}

void
fair_seek_by_part(struct fair_seeking *k, uint32_t *first)
{
    struct fair_found *to = fair_xmalloc((k->found.n + 1) * sizeof *to);
    uint32_t *at = fair_xcalloc((size_t)k->n + 2, sizeof *at);

    for (size_t i = 0; i < k->found.n; i++) at[k->found.v[i].query - k->from + 1]++;
    for (uint32_t i = 0; i < k->n; i++) at[i + 1] += at[i];
    memcpy(first, at, ((size_t)k->n + 1) * sizeof *first);
    for (size_t i = 0; i < k->found.n; i++) to[at[k->found.v[i].query - k->from]++] = k->found.v[i];
    free(at);
    free(k->found.v);
    k->found.v = to;
    k->found.room = k->found.n + 1;
}
