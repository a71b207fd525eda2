/* lookup_dev: register the pictures of one folder, look up those of another, and print what was found.  A development
 * tool, not installed; it decodes in its own process, so it is for pictures one trusts.
 *
 *     lookup_dev [--off STAGE]... [--listed | --among INDEX [--each | --in-full TRUTH]] [--clues [--pairs FILE] | --words] CATALOGUE QUERIES > results.tsv
 *
 * A line a pair: query, work, score, box in the query (what bench/recognition's eval.py reads), then the verdict and,
 * with --clues, what the stages knew, with --words the reasons.
 * --pairs: of each candidate that was laid on the query, what tools/train-verifier reads (write_pair).  --listed: search as in a large catalogue.
 * --among: search in what bench_index --keep INDEX built, whose first works are the catalogue's; of the others there are no pictures.  --each: by comparing every part
 * with every other there.  --in-full: each copy that TRUTH (truth.tsv, as bench/recognition has it) names is looked up twice, the second time with its work compared in full
 * (search.h, in_full), which tells what comparing everything would; instead of all pairs a line a copy: query, work, score and verdict of the one and
 * of the other (0 and none: not told), and how many are told and lost goes to stderr.  Costs go to stderr. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/io.h"
#include "image/codecs/codecs.h"
#include "index/score.h"
#include "index/search.h"

struct work { char name[256]; struct fair_image *grey, *colour; uint32_t width, height; };
static struct work *works;
static size_t n_works;

/* The work of this number; of those that are made up there are no pictures. */
static const struct work *
work_of(fair_id number)
{
    static const struct work made_up = { .name = "(made up)" };
    return (size_t)number > n_works ? &made_up : &works[number - 1];
}

static double
ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

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

static fair_status
load(const char *folder, const char *name, struct fair_arena *a, struct fair_image **norm, struct fair_picture *info, struct fair_err *err)
{
    FAIR_AUTO(image) struct fair_image *im = NULL;
    fair_str path = fair_str_fmt(a, "%s/%s", folder, name), bytes;

    FAIR_TRY(fair_read_file(a, path.p, (size_t)1 << 28, &bytes, err));
    FAIR_TRY(fair_picture_decode(bytes.p, bytes.n, &fair_image_limits_default, FAIR_SIDE, 1, &im, info, err));
    *norm = fair_image_shrink(im, FAIR_SIDE);
    return FAIR_OK;
}

/* A small picture in colour, for --words. */
static struct fair_image *
tint(const char *folder, const char *name, struct fair_arena *a)
{
    FAIR_AUTO(image) struct fair_image *im = NULL;
    fair_str path = fair_str_fmt(a, "%s/%s", folder, name), bytes;
    struct fair_picture info;
    struct fair_err err = { 0 };

    if (fair_read_file(a, path.p, (size_t)1 << 28, &bytes, &err) != FAIR_OK ||
        fair_picture_decode(bytes.p, bytes.n, &fair_image_limits_default, 128, 3, &im, &info, &err) != FAIR_OK)
        return NULL;
    return fair_image_shrink(im, 128);
}

static fair_status
proof(void *self, fair_id work, const struct fair_image **out, struct fair_err *err)
{
    (void)self;
    if ((size_t)work > n_works) return fair_fail(err, FAIR_NOT_FOUND, "made up: it has no picture");
    *out = works[work - 1].grey;
    return FAIR_OK;
}

/* Names and score in a line, then FAIR_PAIR^2 greys of the work, as many of the query, and as many bytes: 1 the work has a sample there, 2 the query.
 * Of those that are decided against anyway only every fourth, for there are many. */
static void
write_pair(FILE *f, const char *query, const char *work, const struct fair_search *s, const struct fair_clue *c, float score)
{
    enum { N = FAIR_PAIR * FAIR_PAIR };
    static float v[2][N];
    static uint8_t out[3][N];
    static unsigned low;

    if (score < FAIR_SCORE_OPEN && low++ % 4 != 0) return;
    if (c->levels == NULL || !c->looked || !fair_pixels_pair(fair_clue_query(s->levels, c), c->levels, c->bend, c->laid_negated, v[0], v[1])) return;
    for (int i = 0; i < N; i++) {
        out[2][i] = 0;
        for (int k = 0; k < 2; k++) {
            bool there = v[k][i] == v[k][i];
            out[k][i] = there ? (uint8_t)lrintf(v[k][i]) : 0;
            out[2][i] |= (uint8_t)(there << k);
        }
    }
    fprintf(f, "%s\t%s\t%.6f\n", query, work, (double)score);
    fwrite(out, sizeof out, 1, f);
}

/* Copies and their works, as the file of truth has them. */
struct copy { char query[256]; fair_id work; };
struct copies { struct copy *v; size_t n; };

static bool
read_truth(const char *path, struct copies *out)
{
    FILE *f = fopen(path, "r");
    char line[4096];
    size_t room = 0;

    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        char query[256], work[256], family[256];
        if (sscanf(line, "%255[^\t]\t%255[^\t]\t%255[^\t]", query, work, family) != 3 || line[0] == '#' || strcmp(family, "ambiguous") == 0) continue;
        for (size_t w = 0; w < n_works; w++) {
            if (strcmp(works[w].name, work) != 0) continue;
            if (out->n == room) out->v = fair_xrealloc(out->v, (room = 2 * room + 64) * sizeof *out->v);
            snprintf(out->v[out->n].query, sizeof out->v->query, "%s", query);
            out->v[out->n++].work = (fair_id)w + 1;
        }
    }
    return f != NULL && fclose(f) == 0;
}

/* Of a verdict, at least: how many have it with the search as it is [0] and with the work compared in full [1], and with that one alone. */
struct told { unsigned by[2], alone[2]; };

static void
tell(struct told *t, const enum fair_verdict got[2], enum fair_verdict least)
{
    for (int k = 0; k < 2; k++) {
        t->by[k] += got[k] >= least;
        t->alone[k] += got[k] >= least && got[!k] < least;
    }
}

static void
print_told(const char *what, const struct told *t)
{
    fprintf(stderr, "%s: %u by the search, %u with the work compared in full; in full alone %u: %.2f %% lost; by the search alone %u\n", what, t->by[0], t->by[1], t->alone[1],
            100. * t->alone[1] / (t->by[1] > 0 ? t->by[1] : 1), t->alone[0]);
}

/* The pair of the query with this work among what was found, or that none is. */
static struct fair_match
pair_of(const struct fair_matches *found, fair_id work)
{
    for (size_t i = 0; i < found->n; i++)
        if (found->v[i].work == work) return found->v[i];
    return (struct fair_match){ .work = work };
}

/* Compare what was found of a query's works with what is where each is compared in full. */
static fair_status
compare_in_full(const struct fair_index *ix, const char *query, const struct fair_query *q, unsigned off, const struct copies *truth, const struct fair_matches *found, struct told told[2],
                struct fair_err *err)
{
    for (size_t i = 0; i < truth->n; i++) {
        struct fair_search s = { .q = *q, .in_full = truth->v[i].work };
        struct fair_matches full;
        struct fair_match m[2];
        if (strcmp(truth->v[i].query, query) != 0) continue;
        FAIR_TRY(fair_index_search_with(ix, &s, off, &full, err));
        m[0] = pair_of(found, truth->v[i].work);
        m[1] = pair_of(&full, truth->v[i].work);
        tell(&told[0], (enum fair_verdict[2]){ m[0].verdict, m[1].verdict }, FAIR_POSSIBLE);
        tell(&told[1], (enum fair_verdict[2]){ m[0].verdict, m[1].verdict }, FAIR_MATCH);
        printf("%s\t%s\t%.6f\t%s\t%.6f\t%s\n", query, works[truth->v[i].work - 1].name, (double)m[0].score, fair_verdict_name(m[0].verdict), (double)m[1].score, fair_verdict_name(m[1].verdict));
    }
    return FAIR_OK;
}

int
main(int argc, char **argv)
{
    struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(index) struct fair_index *ix = NULL;
    struct fair_err err = { 0 };
    struct dirent **names;
    char folder[] = "/tmp/lookup-XXXXXX";
    unsigned off = 0;
    const char *among = NULL, *in_full = NULL;
    struct copies truth = { 0 };
    struct told told[2] = { { { 0 }, { 0 } } };
    bool clues = false, words = false, listed = false, each = false;
    double t_decode = 0, t_take = 0, t_search = 0, t;
    uint64_t parts = 0;
    FILE *pairs = NULL;
    int n;

    for (; argc > 3; argc--, argv++) {
        if (strcmp(argv[1], "--listed") == 0) { listed = true; continue; }
        if (strcmp(argv[1], "--each") == 0) { each = true; continue; }
        if (strcmp(argv[1], "--among") == 0 && argc > 4) { among = argv[2]; argc--; argv++; continue; }
        if (strcmp(argv[1], "--in-full") == 0 && argc > 4) { in_full = argv[2]; argc--; argv++; continue; }
        if (strcmp(argv[1], "--clues") == 0) { clues = true; continue; }
        if (strcmp(argv[1], "--words") == 0) { words = true; continue; }
        if (strcmp(argv[1], "--pairs") == 0 && argc > 4) {
            if ((pairs = fopen(argv[2], "wb")) == NULL) { perror(argv[2]); return 4; }
            argc--;
            argv++;
            continue;
        }
        if (strcmp(argv[1], "--off") != 0 || argc < 5) break;
        for (size_t i = 0; i < fair_n_stages; i++)
            if (strcmp(argv[2], fair_stages[i].name) == 0) off |= 1u << i;
        argc--;
        argv++;
    }
    fair_memory_keep();       /* as the command does */
    if (argc != 3 || (listed && among != NULL) || ((each || in_full != NULL) && among == NULL) || (each && in_full != NULL)) { fprintf(stderr, "usage: lookup_dev [--off STAGE]... [--listed | --among INDEX [--each | --in-full TRUTH]] [--clues [--pairs FILE] | --words] CATALOGUE QUERIES\n"); return 2; }
    if (mkdtemp(folder) == NULL || fair_index_open(among != NULL ? among : folder, &ix, &err) != FAIR_OK) { fprintf(stderr, "%s\n", err.text); return 4; }
    fair_index_list_from(ix, 1);
    if (listed && fair_index_write_begin(ix, &err) != FAIR_OK) { fprintf(stderr, "%s\n", err.text); return 4; }
    n = scandir(argv[1], &names, no_dot, by_name);
    works = fair_xcalloc(n > 0 ? (size_t)n : 1, sizeof *works);
    t = ms();
    for (int i = 0; i < n; i++) {
        struct fair_fingerprint fp;
        struct fair_picture info;
        struct work *w = &works[n_works];
        if (load(argv[1], names[i]->d_name, a, &w->grey, &info, &err) != FAIR_OK) {
            fprintf(stderr, "%s: %s\n", names[i]->d_name, err.text);
            continue;
        }
        snprintf(w->name, sizeof w->name, "%s", names[i]->d_name);
        w->width = info.width;
        w->height = info.height;
        if (words) w->colour = tint(argv[1], names[i]->d_name, a);
        fair_fingerprint_take(w->grey, info.width, info.height, FAIR_FOR_CATALOGUE, a, &fp);
        parts += fp.n_parts;
        n_works++;
        if (among == NULL && (listed ? fair_index_put(ix, 1, (fair_id)n_works, &fp, &err) : fair_index_put_tail(ix, 1, (fair_id)n_works, &fp, &err)) != FAIR_OK) { fprintf(stderr, "%s\n", err.text); return 4; }
        fair_arena_clear(a);
    }
    if (listed && fair_index_sync(ix, &err) != FAIR_OK) { fprintf(stderr, "%s\n", err.text); return 4; }
    if (n_works > 0) fprintf(stderr, "%zu works: %.2f ms each, %.1f parts each\n", n_works, (ms() - t) / (double)n_works, (double)parts / (double)n_works);
    if (in_full != NULL && !read_truth(in_full, &truth)) { perror(in_full); return 4; }
    n = scandir(argv[2], &names, no_dot, by_name);
    parts = 0;
    for (int i = 0; i < n; i++) {
        struct fair_fingerprint fp;
        struct fair_picture info;
        struct fair_matches found;
        FAIR_AUTO(image) struct fair_image *grey = NULL;
        double t0 = ms(), t1, t2;
        if (load(argv[2], names[i]->d_name, a, &grey, &info, &err) != FAIR_OK) {
            fprintf(stderr, "%s: %s\n", names[i]->d_name, err.text);
            continue;
        }
        t1 = ms();
        fair_fingerprint_take(grey, info.width, info.height, FAIR_FOR_QUERY, a, &fp);
        parts += fp.n_parts;
        t2 = ms();
        {
            struct fair_search s = { .q = { .fp = &fp, .grey = grey, .proof = proof, .arena = a }, .all = clues, .each = each };
            if (fair_index_search_with(ix, &s, off, &found, &err) != FAIR_OK) { fprintf(stderr, "%s\n", err.text); return 4; }
            if (in_full != NULL) {
                const double t3 = ms();
                double aside;
                if (compare_in_full(ix, names[i]->d_name, &s.q, off, &truth, &found, told, &err) != FAIR_OK) { fprintf(stderr, "%s\n", err.text); return 4; }
                aside = ms() - t3;
                t1 += aside;
                t2 += aside;
                t0 += aside;
            }
            for (size_t k = 0; k < found.n && in_full == NULL; k++) {
                const struct fair_match *m = &found.v[k];
                const struct fair_clue *c = &s.clues[k];
                printf("%s\t%s\t%.6f\t%.1f,%.1f,%.1f,%.1f\t%s", names[i]->d_name, work_of(m->work)->name, (double)m->score,
                       (double)m->box[0], (double)m->box[1], (double)m->box[2], (double)m->box[3], fair_verdict_name(m->verdict));
                if (clues)
                    printf("\tbits=%u agree=%u seen=%u shared=%u weight=%.2f votes=%.2f tiles=%.2f alike=%.3f,%.3f,%.3f firm=%.3f,%.3f,%.3f "
                           "loose=%.3f covers=%.3f scale=%.3f turn=%u residual=%.2f mapped=%d whole=%d looked=%d negated=%d crisp=%.3f,%.3f,%.3f edges=%u run_on=%u "
                           "held=%.3f backed=%.1f plain=%.3f spread=%.3f cells=%.0f breadth=%.3f tone=%.3f uneven=%.2f drift=%.3f bare=%u bare_on=%u marked=%.2f middle=%.3f parts=%u corner=%.3f again=%.2f tiled=%.2f strewn=%.2f ground=%.3f slope=%.2f,%.2f "
                           "win=%.3f,%.3f,%.0f,%.3f,%.1f,%.3f sides=%u/%u,%u/%u,%u/%u,%u/%u coarse=%.7f,%.3f further=%.2f",
                           m->bits, c->agree, c->seen, c->shared, (double)c->weight, (double)c->votes, (double)c->tiles[0],
                           (double)c->alike[0], (double)c->alike[1], (double)c->alike[2], (double)c->firm[0], (double)c->firm[1],
                           (double)c->firm[2], (double)c->loose, (double)m->covers, (double)m->scale, c->turn, (double)c->residual,
                           c->mapped, c->whole_mapped, c->looked, c->negated, (double)c->crisp[0], (double)c->crisp[1], (double)c->crisp[2], c->edges, c->run_on,
                           (double)c->held, (double)c->backed, (double)c->plain, (double)c->spread, (double)c->cells, (double)c->breadth, (double)c->tone,
                           (double)c->uneven, (double)c->drift, c->bare, c->bare_on, (double)c->marked, (double)c->middle, c->record->n, (double)c->corner, (double)c->again, (double)c->tiled, (double)c->strewn, (double)c->ground, (double)c->slope[0], (double)c->slope[1],
                           (double)c->window.held, (double)c->window.spread, (double)c->window.cells, (double)c->window.drift, (double)c->window.backed,
                           (double)c->window.tone,
                           c->side_on[0], c->side[0], c->side_on[1], c->side[1], c->side_on[2], c->side[2], c->side_on[3], c->side[3], (double)c->coarse, (double)c->coarse_related, (double)c->further);
                if (clues && c->asked) printf(" opinion=%.3f", (double)c->opinion);
                if (clues) {
                    float x[FAIR_EVIDENCE];
                    fair_evidence(m, c, x);
                    printf("\t");
                    for (int e = 0; e < FAIR_EVIDENCE; e++) printf("%s%.5f", e ? "," : "", (double)x[e]);
                    if (pairs != NULL && (size_t)m->work <= n_works) write_pair(pairs, names[i]->d_name, works[m->work - 1].name, &s, c, m->score);
                }
                if (words) {
                    FAIR_AUTO(image) struct fair_image *colour = tint(argv[2], names[i]->d_name, a);
                    const struct work *w = work_of(m->work);
                    if (colour != NULL && w->colour != NULL && m->verdict == FAIR_MATCH)
                        fair_done_colours(&found.v[k], &(struct fair_tint){ w->colour, w->width, w->height }, &(struct fair_tint){ colour, info.width, info.height });
                }
                if (words) {
                    fair_str say[FAIR_MATCH_WORDS];
                    size_t n_say = fair_match_words(m, info.width, info.height, a, say);
                    for (size_t w = 0; w < n_say; w++) printf("\t%.*s", FAIR_STR_ARG(say[w]));
                }
                printf("\n");
            }
        }
        t_decode += t1 - t0; t_take += t2 - t1; t_search += ms() - t2;
        fair_arena_clear(a);
    }
    if (n > 0)
        fprintf(stderr, "%d queries: decode %.2f ms, fingerprint %.2f ms, search %.2f ms each; %.0f parts each\n", n, t_decode / n, t_take / n,
                t_search / n, (double)parts / n);
    if (in_full != NULL) { print_told("told", &told[0]); print_told("a match", &told[1]); }
    free(truth.v);
    if (pairs != NULL && fclose(pairs) != 0) { perror("pairs"); return 4; }
    for (size_t i = 0; i < n_works; i++) fair_image_free(&works[i].grey);
    fair_arena_free(&a);
    fair_index_free(&ix);
    if (listed) {
        n = scandir(folder, &names, no_dot, by_name);
        for (int i = 0; i < n; i++) {
            char path[600];
            snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
            unlink(path);
        }
    }
    return rmdir(folder) != 0 && fprintf(stderr, "%s stays behind\n", folder) < 0;
}
