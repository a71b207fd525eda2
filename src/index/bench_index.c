/* index/bench_index.c - a large catalogue: how fast it is built, how large it is, how soon it is ready, how fast it is searched,
 * what of it lies in memory, and what is found in it that comparing everything with everything would find.
 *
 *     bench_index [WORKS]...                                          1000 and 20000 without arguments
 *     bench_index --copies SET STRANGERS [--each N] [--every N] [--sync N] [--dir DIR | --keep FOLDER] [--unlisted] WORKS...
 *
 * SET has the folders catalogue and queries and truth.tsv (bench/recognition's columns, as tools/make-near-misses writes them); its
 * works come first.  The other works are made up.  With --copies each of them is one of the pictures of the folder STRANGERS: 120 of
 * the parts that it has as a query, at their places, in each code ten pairs of cells having changed their weights (some 22 bits): so
 * codes, words and their skew are those of real pictures.  Without it, and for the set's works, parts lie about the vocabulary's words: a
 * word's rank tells how often it comes (Zipf's law, exponent .5), and a code is its word with 30 such changes.
 *
 * --every: of the queries only each N-th.  --keep: build in FOLDER, or search what was built there, and leave it.  --sync: works that are written at once, 10,000
 * without it.  --unlisted: as small segments are, without lists in the file.
 *
 * With --copies the queries are the set's; "found": the true work is a candidate by its parts, 4 of which agree.  --each: those whose work is
 * not found are searched by comparing each part with each other, and of N others, evenly drawn, 32 parts drawn by lot are compared with
 * everything: which of the pairings kept so do the lists keep too?  Without it a query has 700 parts: some
 * are those of one work, moved by one map and changed, the others anybody's; "found": the work is a candidate with at
 * least two thirds of these agreeing. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/bench.h"
#include "base/io.h"
#include "image/codecs/codecs.h"
#include "index/search.h"
#include "index/words.h"

#define QUERY_PARTS 700
#define ROUNDS 24             /* made-up queries of each kind */
#define PI 3.14159265f

static float
any(float from, float to)
{
    return from + (to - from) * (float)(next() >> 40) / 16777216.f;
}

static double
wall_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Of the memory the process has: what is its own, and what of files is mapped in. */
static void
resident_mb(double *own, double *files)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[200];
    long kb;

    *own = *files = 0;
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "RssAnon: %ld", &kb) == 1) *own = (double)kb * 1024e-6;
        if (sscanf(line, "RssFile: %ld", &kb) == 1) *files = (double)kb * 1024e-6;
    }
    if (f != NULL) fclose(f);
}

/* Change the weights of two cells' directions that have not the same one, `times` times. */
static void
change(uint64_t code[4], unsigned times)
{
    while (times > 0) {
        uint64_t r = next() >> 16;
        unsigned a = r & 127, b = r >> 7 & 127;
        uint64_t high = (code[a / 64] >> a % 64 ^ code[b / 64] >> b % 64) & 1, low = (code[2 + a / 64] >> a % 64 ^ code[2 + b / 64] >> b % 64) & 1;
        if (!(high | low)) { times -= (r >> 14 & 15) == 0; continue; }      /* of a flat code none may be found */
        code[a / 64] ^= high << a % 64;
        code[b / 64] ^= high << b % 64;
        code[2 + a / 64] ^= low << a % 64;
        code[2 + b / 64] ^= low << b % 64;
        times--;
    }
}

static void
part(struct fair_part *p)
{
    float u = any(0, 1);
    const unsigned last = FAIR_FAMILIES - 1;
    unsigned rank = (unsigned)(u * u * (float)last);

    fair_part_code_turn(fair_words_kept[rank], (unsigned)(next() >> 30) & 3, p->code);
    change(p->code, 30);
    p->x = any(2, 510);
    p->y = any(2, 380);
    p->size = exp2f(any(.5f, 5));
    p->angle = any(-PI, PI);
}

/* ---- real pictures ----------------------------------------------------------- */

struct picture { char name[256]; struct fair_fingerprint fp; fair_id is; };
struct pictures { struct picture *v; size_t n; };
static struct pictures works, queries, strangers;
static bool unlisted;
static size_t every = 1, at_once = 10000;

static int
by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int
no_dot(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static void
take_all(const char *folder, const char *sub, enum fair_purpose purpose, struct fair_arena *keep, struct pictures *out)
{
    char dir[4096];
    struct dirent **names;
    int n;

    snprintf(dir, sizeof dir, "%s%s", folder, sub);
    n = scandir(dir, &names, no_dot, by_name);
    out->v = fair_xcalloc(n > 0 ? (size_t)n : 1, sizeof *out->v);
    for (int i = 0; i < n; i++) {
        FAIR_AUTO(image) struct fair_image *im = NULL, *norm = NULL;
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        fair_str path = fair_str_fmt(a, "%s/%s", dir, names[i]->d_name), bytes;
        struct picture *p = &out->v[out->n];
        struct fair_picture info;
        struct fair_err err = { 0 };
        if (out == &queries && (size_t)i % every != 0) continue;
        if (fair_read_file(a, path.p, (size_t)1 << 28, &bytes, &err) != FAIR_OK ||
            fair_picture_decode(bytes.p, bytes.n, &fair_image_limits_default, FAIR_SIDE, 1, &im, &info, &err) != FAIR_OK) {
            fprintf(stderr, "%s: %s\n", names[i]->d_name, err.text);
            continue;
        }
        norm = fair_image_shrink(im, FAIR_SIDE);
        fair_fingerprint_take(norm, info.width, info.height, purpose, keep, &p->fp);
        snprintf(p->name, sizeof p->name, "%s", names[i]->d_name);
        out->n++;
    }
}

/* The works that the queries are copies of: numbers from 1 in the order of the catalogue's names. */
static void
read_truth(const char *set)
{
    char path[4096], line[4096];
    FILE *f;

    snprintf(path, sizeof path, "%s/truth.tsv", set);
    f = fopen(path, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        char query[256], work[256];
        if (sscanf(line, "%255[^\t]\t%255[^\t]", query, work) != 2) continue;
        for (size_t q = 0; q < queries.n; q++) {
            if (strcmp(queries.v[q].name, query) != 0) continue;
            for (size_t w = 0; w < works.n; w++)
                if (strcmp(works.v[w].name, work) == 0) queries.v[q].is = (fair_id)w + 1;
        }
    }
    if (f != NULL) fclose(f);
}

/* ---- works ------------------------------------------------------------------- */

/* Work `number`'s fingerprint, the same each time. */
static void
work(uint64_t number, struct fair_fingerprint *fp, struct fair_part *parts)
{
    const struct fair_fingerprint *of = NULL;
    uint32_t n = FAIR_PARTS_CATALOGUE;

    if (number <= works.n) {
        *fp = works.v[number - 1].fp;
        return;
    }
    seed = number * 0x9e3779b97f4a7c15u + 1;
    for (int i = 0; i < 5; i++) next();
    if (strangers.n > 0) {
        of = &strangers.v[next() % strangers.n].fp;
        n = of->n_parts < n ? of->n_parts : n;
    }
    *fp = (struct fair_fingerprint){ .scheme = FAIR_SCHEME, .quality = 100, .width = 1024, .height = 768, .norm_width = 512, .norm_height = 384,
                                     .glance_quality = 100, .n_parts = n, .parts = parts };
    if (of != NULL) { fp->norm_width = of->norm_width; fp->norm_height = of->norm_height; }
    for (int t = 0; t < FAIR_TURNS; t++)
        for (int w = 0; w < FAIR_WHOLE_WORDS; w++) { fp->whole[t][w] = next(); fp->glance[t][w] = next(); }
    for (uint32_t i = 0; i < n; i++) {
        if (of == NULL) { part(&parts[i]); continue; }
        /* every so manieth, from a random one on */
        parts[i] = of->parts[(number % of->n_parts + (uint64_t)i * of->n_parts / n) % of->n_parts];
        change(parts[i].code, 10);
    }
}

/* A made-up query with `common` parts of work `number`. */
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
        for (int w = 0; w < FAIR_WHOLE_WORDS; w++) { fp->whole[t][w] = next(); fp->glance[t][w] = next(); }
    for (uint32_t i = 0; i < QUERY_PARTS; i++) {
        part(&parts[i]);
        if (i >= common) continue;
        memcpy(parts[i].code, of[i].code, sizeof of[i].code);
        change(parts[i].code, 18);
        parts[i].x = 256 + c * (of[i].x - 256) - s * (of[i].y - 192);
        parts[i].y = 192 + s * (of[i].x - 256) + c * (of[i].y - 192);
        parts[i].size = of[i].size * scale;
        parts[i].angle = remainderf(of[i].angle + turn, 2 * PI);
    }
    fp->n_parts = QUERY_PARTS;
    fp->parts = parts;
}

/* ---- measuring --------------------------------------------------------------- */

static fair_status
build(const char *folder, size_t n, struct fair_err *err)
{
    FAIR_AUTO(index) struct fair_index *ix = NULL;
    struct fair_part parts[FAIR_PARTS_CATALOGUE];
    struct fair_index_stat st;
    double t = ms(), made = 0, own, files, most = 0, before;

    resident_mb(&before, &files);
    FAIR_TRY(fair_index_open(folder, &ix, err));
    if (unlisted) fair_index_list_from(ix, SIZE_MAX);
    FAIR_TRY(fair_index_write_begin(ix, err));
    for (size_t i = 1; i <= n; i++) {
        struct fair_fingerprint fp;
        double t0 = ms();
        work(i, &fp, parts);
        made += ms() - t0;
        FAIR_TRY(fair_index_put(ix, 1, (fair_id)i, &fp, err));
        if (i % at_once != 0 && i != n) continue;
        FAIR_TRY(fair_index_sync(ix, err));
        resident_mb(&own, &files);
        most = own - before > most ? own - before : most;
    }
    t = ms() - t - made;
    fair_index_stat(ix, &st);
    printf("%8zu works: built at %.0f a second, %.0f bytes a work, %llu segments\n", n, (double)n * 1000 / t, (double)st.bytes / (double)n,
           (unsigned long long)st.segments);
    fflush(stdout);
    return FAIR_OK;
}

struct tally { size_t queries, found; double took; };

/* The stages that go by whole hashes. */
static unsigned
whole_hashes(void)
{
    unsigned off = 0;

    for (unsigned i = 0; i < fair_n_stages; i++)
        if (fair_stages[i].run == fair_stage_glance || fair_stages[i].run == fair_stage_whole) off |= 1u << i;
    return off;
}

static fair_status
look(const struct fair_index *ix, const struct fair_fingerprint *fp, bool parts_alone, bool each, fair_id wanted, unsigned agree, struct tally *t, bool *was, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_search s = { .q = { .fp = fp, .arena = a }, .all = true, .each = each };
    struct fair_matches m;
    double t0 = ms();
    bool found = false;

    FAIR_TRY(fair_index_search_with(ix, &s, parts_alone ? whole_hashes() : 0, &m, err));
    t->took += ms() - t0;
    t->queries++;
    for (size_t i = 0; i < m.n; i++) found |= m.v[i].work == wanted && m.v[i].agree >= agree;
    t->found += found;
    if (was != NULL) *was = found;
    return FAIR_OK;
}

#define PARTS_BY_LOT 32       /* of a query, whose pairings are compared with those of comparing everything */

/* Of the pairings that comparing everything keeps for some of the query's parts, drawn by lot: how many there are, and how many the lists keep
 * too; of anybody's parts, and of the true work's. */
struct kept { size_t all, all_too, own, own_too; };

static bool
among(const struct fair_pairing *v, size_t n, const struct fair_pairing *p)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].query == p->query && v[i].work == p->work && v[i].part == p->part && v[i].turn == p->turn) return true;
    return false;
}

static fair_status
compare_pairings(const struct fair_index *ix, const struct picture *q, struct kept *io, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint some = q->fp;
    struct fair_part *parts = fair_alloc_array(a, q->fp.n_parts + 1, sizeof *parts);
    struct fair_pairing *all, *lists;
    size_t n_all, n_lists;

    seed = (uint64_t)q->is * 0x9e3779b97f4a7c15u + q->fp.n_parts;
    for (int i = 0; i < 5; i++) next();
    memcpy(parts, q->fp.parts, q->fp.n_parts * sizeof *parts);
    some.n_parts = some.n_parts < PARTS_BY_LOT ? some.n_parts : PARTS_BY_LOT;
    for (uint32_t i = 0; i < some.n_parts; i++) {
        const uint32_t k = i + (uint32_t)((next() >> 20) % (q->fp.n_parts - i));
        const struct fair_part drawn = parts[k];
        parts[k] = parts[i];
        parts[i] = drawn;
    }
    some.parts = parts;
    FAIR_TRY(fair_parts_pairings(ix, &some, true, a, &all, &n_all, err));
    FAIR_TRY(fair_parts_pairings(ix, &some, false, a, &lists, &n_lists, err));
    for (size_t i = 0; i < n_all; i++) {
        const bool too = among(lists, n_lists, &all[i]);
        io->all++;
        io->all_too += too;
        io->own += all[i].work == q->is;
        io->own_too += too && all[i].work == q->is;
    }
    return FAIR_OK;
}

/* What comparing everything finds.  Whatever of the works the lists find they have not lost: so it need only be asked for those that they miss. */
static fair_status
search_each(const struct fair_index *ix, size_t each, const bool *found, struct fair_err *err)
{
    struct tally without = { 0 };
    struct kept kept = { 0 };
    size_t copies = 0, have = 0, done = 0;
    double t;

    for (size_t q = 0; q < queries.n; q++) {
        if (queries.v[q].is == 0) continue;
        copies++;
        have += found[q];
        if (!found[q]) FAIR_TRY(look(ix, &queries.v[q].fp, true, true, queries.v[q].is, 4, &without, NULL, err));
    }
    printf("          of the %zu that the lists miss comparing everything finds %zu (%.0f ms a query): %.2f %% of %zu copies lost\n", without.queries, without.found,
           without.took / (double)(without.queries > 0 ? without.queries : 1), 100 * (double)without.found / (double)(have + without.found), have + without.found);
    fflush(stdout);
    t = ms();
    for (size_t q = 0; q < queries.n; q++) {
        if (queries.v[q].is == 0) continue;
        if (done * each / copies < (done + 1) * each / copies) FAIR_TRY(compare_pairings(ix, &queries.v[q], &kept, err));      /* evenly */
        done++;
    }
    if (each > 0)
        printf("          of %zu pairings that it keeps for parts of %zu queries the lists keep %.2f %%, of %zu with the true work %.2f %% (%.0f s)\n", kept.all, each,
               100 * (double)kept.all_too / (double)kept.all, kept.own, 100 * (double)kept.own_too / (double)(kept.own > 0 ? kept.own : 1), (ms() - t) / 1000);
    fflush(stdout);
    return FAIR_OK;
}

static fair_status
search_copies(const struct fair_index *ix, size_t each, struct fair_err *err)
{
    struct tally all = { 0 }, without = { 0 };
    bool *found = fair_xcalloc(queries.n + 1, sizeof *found);
    fair_status status = FAIR_OK;

    for (size_t q = 0; q < queries.n && status == FAIR_OK; q++) {
        const struct picture *p = &queries.v[q];
        if (p->is != 0) status = look(ix, &p->fp, true, false, p->is, 4, &all, &found[q], err);
        else status = look(ix, &p->fp, false, false, -1, 4, &without, NULL, err);
    }
    if (status == FAIR_OK)
        printf("          %zu of %zu copies found by their parts, %.2f ms a query; %.2f ms where there is no work, with whole hashes (no pixels)\n", all.found, all.queries,
               all.took / (double)all.queries, without.took / (double)(without.queries > 0 ? without.queries : 1));
    fflush(stdout);
    if (status == FAIR_OK && each > 0) status = search_each(ix, each, found, err);
    free(found);
    return status;
}

static fair_status
search_made_up(const struct fair_index *ix, size_t n, struct fair_err *err)
{
    static const unsigned commons[] = { 6, 9, 14, 30 };
    struct fair_part *parts = fair_xmalloc(QUERY_PARTS * sizeof *parts);
    fair_status status = FAIR_OK;
    struct tally all = { 0 };

    for (size_t k = 0; k < sizeof commons / sizeof *commons && status == FAIR_OK; k++) {
        size_t had = all.found;
        for (unsigned round = 0; round < ROUNDS && status == FAIR_OK; round++) {
            fair_id wanted = (fair_id)(1 + round * 7919u % n);
            struct fair_fingerprint fp;
            query((uint64_t)wanted, commons[k], round, &fp, parts);
            status = look(ix, &fp, false, false, wanted, (2 * commons[k] + 2) / 3, &all, NULL, err);
        }
        printf("          %2u parts in common: %5.1f %% found\n", commons[k], 100. * (double)(all.found - had) / ROUNDS);
    }
    printf("          %.2f ms a query (no pixels)\n", all.took / (double)all.queries);
    free(parts);
    return status;
}

static fair_status
search(const char *folder, size_t n, size_t each, struct fair_err *err)
{
    FAIR_AUTO(index) struct fair_index *ix = NULL;
    double own, files, own_before, files_before, t = ms(), wall = wall_ms();

    resident_mb(&own_before, &files_before);
    FAIR_TRY(fair_index_open(folder, &ix, err));
    FAIR_TRY(fair_index_ready(ix, err));
    t = ms() - t;
    resident_mb(&own, &files);
    printf("          ready to search after %.0f ms (%.0f ms of CPU); resident then: own %.0f MB, of files %.0f MB\n", wall_ms() - wall, t, own - own_before, files - files_before);
    FAIR_TRY(queries.n > 0 ? search_copies(ix, each, err) : search_made_up(ix, n, err));
    resident_mb(&own, &files);
    printf("          resident after all queries: own %.0f MB, of files %.0f MB\n", own - own_before, files - files_before);
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

/* In a process of its own, so that what one leaves in memory is not counted for the next. */
static int
apart(const char *folder, size_t n, size_t each, bool building)
{
    struct fair_err err = { 0 };
    int status = 0;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid < 0) return 4;
    if (pid == 0) {
        bool well = building ? build(folder, n, &err) == FAIR_OK : search(folder, n, each, &err) == FAIR_OK;
        if (!well) fprintf(stderr, "%s\n", err.text);
        fflush(stdout);
        _exit(well ? 0 : 4);
    }
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}

static int
usage(void)
{
    fprintf(stderr, "usage: bench_index [--copies SET STRANGERS [--each N] [--every N]] [--sync N] [--dir DIR | --keep FOLDER] [--unlisted] [WORKS]...\n");
    return 2;
}

int
main(int argc, char **argv)
{
    static const char *const usual[] = { "1000", "20000" };
    struct fair_arena *keep = fair_arena_new();
    const char *dir = "/var/tmp", *set = NULL, *of = NULL, *kept = NULL;
    size_t each = 0;
    int bad = 0, i;

    for (i = 1; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--copies") == 0 && i + 2 < argc) { set = argv[i + 1]; of = argv[i + 2]; i += 2; }
        else if (strcmp(argv[i], "--each") == 0 && i + 1 < argc) each = (size_t)strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--every") == 0 && i + 1 < argc) every = (size_t)strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--sync") == 0 && i + 1 < argc) at_once = (size_t)strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--unlisted") == 0) unlisted = true;
        else if (strcmp(argv[i], "--keep") == 0 && i + 1 < argc) kept = argv[++i];
        else if (strcmp(argv[i], "--dir") == 0 && i + 1 < argc) dir = argv[++i];
        else return usage();
    }
    if (every == 0 || at_once == 0) return usage();
    if (set != NULL) {
        take_all(set, "/catalogue", FAIR_FOR_CATALOGUE, keep, &works);
        take_all(set, "/queries", FAIR_FOR_QUERY, keep, &queries);
        if (kept == NULL || access(kept, F_OK) != 0) take_all(of, "", FAIR_FOR_QUERY, keep, &strangers);      /* to build of */
        read_truth(set);
        for (size_t k = 0; k < strangers.n;)      /* one without parts makes no work */
            if (strangers.v[k].fp.n_parts > 0) k++;
            else strangers.v[k] = strangers.v[--strangers.n];
        printf("%zu works, %zu queries, %zu strangers to make others of\n", works.n, queries.n, strangers.n);
        if (works.n == 0 || queries.n == 0 || (strangers.n == 0 && (kept == NULL || access(kept, F_OK) != 0))) return usage();
    }
    for (int k = 0; k < (i == argc ? 2 : argc - i); k++) {
        size_t n = (size_t)strtoull(i == argc ? usual[k] : argv[i + k], NULL, 10);
        char folder[4096];
        snprintf(folder, sizeof folder, "%s/bench-index-XXXXXX", dir);
        if (kept != NULL) snprintf(folder, sizeof folder, "%s", kept);
        if (n == 0 || (kept == NULL && mkdtemp(folder) == NULL)) return usage();
        if ((kept == NULL || access(folder, F_OK) != 0) && apart(folder, n, each, true) != 0) bad = 4;
        if (apart(folder, n, each, false) != 0) bad = 4;
        if (kept == NULL) remove_folder(folder);
    }
    fair_arena_free(&keep);
    return bad;
}
