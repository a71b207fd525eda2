/* index/bench_index.c - a large catalogue of made-up works: how fast it is built, how large it is, how fast it is searched,
 * what of it lies in memory, and what is still found in it.
 *
 *     bench_index [WORKS]...           1000 and 20000 without arguments
 *
 * A work has 120 parts.  Their codes lie about the vocabulary's words with the skew of real ones: a word's rank tells how
 * often it comes (Zipf's law, exponent .5), and a code is its word with 60 bits flipped.  A query has 700 parts: some are
 * those of one work, moved by one map and with 40 bits flipped each, the others anybody's.  "found": of queries with
 * so many parts in common with a work, the share whose work is a candidate with at least two thirds of these agreeing. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "index/search.h"
#include "index/words.h"

#define QUERY_PARTS 700
#define ROUNDS 24             /* queries of each kind */
#define PI 3.14159265f

static uint64_t seed;

static uint64_t
next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static float
any(float from, float to)
{
    return from + (to - from) * (float)(next() >> 40) / 16777216.f;
}

static double
ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double
resident_mb(void)
{
    long pages = 0, own = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    if (f == NULL) return 0;
    if (fscanf(f, "%ld %ld", &pages, &own) != 2) own = 0;
    fclose(f);
    return (double)own * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static void
flip(uint64_t code[4], unsigned bits)
{
    for (unsigned i = 0; i < bits; i++) {
        unsigned b = (unsigned)(next() >> 20) & 255;
        code[b / 64] ^= (uint64_t)1 << (b % 64);
    }
}

static void
part(struct fair_part *p)
{
    float u = any(0, 1);
    const unsigned last = FAIR_FAMILIES - 1;
    unsigned rank = (unsigned)(u * u * (float)last);

    fair_part_code_turn(fair_words_kept[rank], (unsigned)(next() >> 30) & 3, p->code);
    flip(p->code, 60);
    p->x = any(2, 510);
    p->y = any(2, 380);
    p->size = exp2f(any(.5f, 5));
    p->angle = any(-PI, PI);
}

/* Work `number`'s fingerprint, the same each time. */
static void
work(uint64_t number, struct fair_fingerprint *fp, struct fair_part *parts)
{
    seed = number * 0x9e3779b97f4a7c15u + 1;
    for (int i = 0; i < 5; i++) next();
    *fp = (struct fair_fingerprint){ .scheme = FAIR_SCHEME, .quality = 100, .width = 1024, .height = 768, .norm_width = 512, .norm_height = 384,
                                     .n_parts = FAIR_PARTS_CATALOGUE, .parts = parts };
    for (int t = 0; t < FAIR_TURNS; t++)
        for (int w = 0; w < FAIR_WHOLE_WORDS; w++) fp->whole[t][w] = next();
    for (uint32_t i = 0; i < fp->n_parts; i++) part(&parts[i]);
}

/* A query with `common` parts of work `number`. */
static void
query(uint64_t number, unsigned common, unsigned round, struct fair_fingerprint *fp, struct fair_part *parts)
{
    struct fair_part of[FAIR_PARTS_CATALOGUE];
    float turn, scale, c, s;

    work(number, fp, of);
    seed ^= (uint64_t)round * 0x2545f4914f6cdd1du + common;
    next();
    turn = any(-PI, PI);
    scale = any(.4f, .8f);
    c = cosf(turn) * scale;
    s = sinf(turn) * scale;
    for (int t = 0; t < FAIR_TURNS; t++)
        for (int w = 0; w < FAIR_WHOLE_WORDS; w++) fp->whole[t][w] = next();
    for (uint32_t i = 0; i < QUERY_PARTS; i++) {
        part(&parts[i]);
        if (i >= common) continue;
        memcpy(parts[i].code, of[i].code, sizeof of[i].code);
        flip(parts[i].code, 40);
        parts[i].x = 256 + c * (of[i].x - 256) - s * (of[i].y - 192);
        parts[i].y = 192 + s * (of[i].x - 256) + c * (of[i].y - 192);
        parts[i].size = of[i].size * scale;
        parts[i].angle = remainderf(of[i].angle + turn, 2 * PI);
    }
    fp->n_parts = QUERY_PARTS;
    fp->parts = parts;
}

static fair_status
build(const char *folder, size_t n, struct fair_err *err)
{
    FAIR_AUTO(index) struct fair_index *ix = NULL;
    struct fair_part parts[FAIR_PARTS_CATALOGUE];
    struct fair_index_stat st;
    double t = ms(), made = 0;

    FAIR_TRY(fair_index_open(folder, &ix, err));
    FAIR_TRY(fair_index_write_begin(ix, err));
    for (size_t i = 1; i <= n; i++) {
        struct fair_fingerprint fp;
        double t0 = ms();
        work(i, &fp, parts);
        made += ms() - t0;
        FAIR_TRY(fair_index_put(ix, 1, (fair_id)i, &fp, err));
        if (i % 10000 == 0 || i == n) FAIR_TRY(fair_index_sync(ix, err));
    }
    t = ms() - t - made;
    fair_index_stat(ix, &st);
    printf("%8zu works: built at %.0f a second, %.0f bytes a work, %llu segments\n", n, (double)n * 1000 / t, (double)st.bytes / (double)n,
           (unsigned long long)st.segments);
    return FAIR_OK;
}

static fair_status
search(const char *folder, size_t n, struct fair_err *err)
{
    static const unsigned commons[] = { 6, 9, 14, 30 };
    FAIR_AUTO(index) struct fair_index *ix = NULL;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_part *parts = fair_xmalloc(QUERY_PARTS * sizeof *parts);
    double before = resident_mb(), t = ms(), took = 0;
    uint64_t queries = 0;

    FAIR_TRY(fair_index_open(folder, &ix, err));
    FAIR_TRY(fair_index_ready(ix, err));
    printf("          ready to search after %.0f ms, %.0f bytes a work in memory\n", ms() - t, (resident_mb() - before) * 1e6 / (double)n);
    for (size_t k = 0; k < sizeof commons / sizeof *commons; k++) {
        unsigned found = 0;
        for (unsigned round = 0; round < ROUNDS; round++) {
            fair_id wanted = (fair_id)(1 + round * 7919u % n);
            struct fair_fingerprint fp;
            struct fair_matches m;
            struct fair_search s = { .q = { .fp = &fp, .arena = a }, .all = true };
            query((uint64_t)wanted, commons[k], round, &fp, parts);
            t = ms();
            FAIR_TRY(fair_index_search_with(ix, &s, 0, &m, err));
            took += ms() - t;
            queries++;
            for (size_t i = 0; i < m.n; i++) found += m.v[i].work == wanted && 3u * m.v[i].agree >= 2 * commons[k];
            fair_arena_clear(a);
        }
        printf("          %2u parts in common: %5.1f %% found\n", commons[k], 100. * found / ROUNDS);
    }
    printf("          %.2f ms a query (no pixels), %.0f bytes a work in memory\n", took / (double)queries, (resident_mb() - before) * 1e6 / (double)n);
    free(parts);
    return FAIR_OK;
}

static void
remove_folder(const char *folder)
{
    DIR *d = opendir(folder);
    struct dirent *e;

    while (d != NULL && (e = readdir(d)) != NULL)
        if (e->d_name[0] != '.') unlinkat(dirfd(d), e->d_name, 0);
    if (d != NULL) closedir(d);
    rmdir(folder);
}

int
main(int argc, char **argv)
{
    static const char *const usual[] = { "1000", "20000" };
    struct fair_err err = { 0 };
    int bad = 0;

    for (int i = 0; i < (argc < 2 ? 2 : argc - 1); i++) {
        size_t n = (size_t)strtoull(argc < 2 ? usual[i] : argv[i + 1], NULL, 10);
        char folder[] = "/var/tmp/bench-index-XXXXXX";
        if (n == 0 || mkdtemp(folder) == NULL) { fprintf(stderr, "usage: bench_index [WORKS]...\n"); return 2; }
        if (build(folder, n, &err) != FAIR_OK || search(folder, n, &err) != FAIR_OK) { fprintf(stderr, "%s\n", err.text); bad = 4; }
        remove_folder(folder);
    }
    return bad;
}
