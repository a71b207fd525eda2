/* bench_learned: what the learned descriptor finds beside the whole hash and beside the cascade, in one run.  A development
 * tool, not installed; it decodes in its own process, so it is for pictures one trusts.
 *
 *     bench_learned CATALOGUE QUERIES TRUTH
 *
 * A line a family of TRUTH (the columns of bench/recognition's): true pairs; how often the work is the first, and among the first four, by the whole hash
 * (eight turns, and the negative) and by the learned descriptor; how often the cascade says at least `possible`; and how often one of the three finds it. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/io.h"
#include "fingerprint/learned.h"
#include "image/codecs/codecs.h"
#include "index/search.h"

#define FAMILIES 64

struct picture { char name[256]; struct fair_image *grey; struct fair_fingerprint fp; int8_t learned[FAIR_LEARNED]; };
struct family { char name[64]; unsigned n, whole[2], learned[2], cascade, either; };

static struct picture *works;
static size_t n_works;
static struct family families[FAMILIES];
static size_t n_families;
static double took;
static unsigned taken;

static double
cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
no_dot(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static fair_status
load(const char *folder, const char *name, enum fair_purpose purpose, struct fair_arena *a, struct picture *p, struct fair_err *err)
{
    FAIR_AUTO(image) struct fair_image *im = NULL;
    struct fair_picture info;
    fair_str path = fair_str_fmt(a, "%s/%s", folder, name), bytes;
    double began;

    snprintf(p->name, sizeof p->name, "%s", name);
    FAIR_TRY(fair_read_file(a, path.p, (size_t)1 << 28, &bytes, err));
    FAIR_TRY(fair_picture_decode(bytes.p, bytes.n, &fair_image_limits_default, FAIR_SIDE, 1, &im, &info, err));
    p->grey = fair_image_shrink(im, FAIR_SIDE);
    fair_fingerprint_take(p->grey, info.width, info.height, purpose, a, &p->fp);
    began = cpu_us();
    fair_learned_take(p->grey, p->learned);
    took += cpu_us() - began;
    taken++;
    return FAIR_OK;
}

static fair_status
proof(void *self, fair_id work, const struct fair_image **out, struct fair_err *err)
{
    (void)self;
    (void)err;
    *out = works[work - 1].grey;
    return FAIR_OK;
}

static unsigned
whole_bits(const struct fair_fingerprint *q, const struct fair_fingerprint *w)
{
    unsigned least = 256;

    for (int t = 0; t < FAIR_TURNS; t++) {
        unsigned bits = 0;
        for (int i = 0; i < FAIR_WHOLE_WORDS; i++) bits += (unsigned)__builtin_popcountll(q->whole[t][i] ^ w->whole[0][i]);
        if (bits > 128) bits = 256 - bits;
        if (bits < least) least = bits;
    }
    return least;
}

static struct family *
family(const char *name)
{
    for (size_t i = 0; i < n_families; i++)
        if (strcmp(families[i].name, name) == 0) return &families[i];
    if (n_families == FAMILIES) return &families[FAMILIES - 1];
    snprintf(families[n_families].name, sizeof families[0].name, "%s", name);
    return &families[n_families++];
}

/* Count one true pair. */
static fair_status
count(const struct fair_index *ix, const struct picture *q, size_t work, struct family *f, struct fair_arena *a, struct fair_err *err)
{
    struct fair_query query = { .fp = &q->fp, .grey = q->grey, .proof = proof, .arena = a };
    struct fair_matches found;
    unsigned own = whole_bits(&q->fp, &works[work].fp), by_whole = 0, by_learned = 0;
    float near = fair_learned_near(q->learned, works[work].learned);
    bool said = false;

    for (size_t i = 0; i < n_works; i++) {
        by_whole += i != work && whole_bits(&q->fp, &works[i].fp) <= own;
        by_learned += i != work && fair_learned_near(q->learned, works[i].learned) >= near;
    }
    FAIR_TRY(fair_index_search(ix, &query, 0, &found, err));
    for (size_t i = 0; i < found.n; i++) said |= found.v[i].work == (fair_id)work + 1 && found.v[i].verdict >= FAIR_POSSIBLE;
    f->n++;
    f->whole[0] += by_whole == 0;
    f->whole[1] += by_whole < 4;
    f->learned[0] += by_learned == 0;
    f->learned[1] += by_learned < 4;
    f->cascade += said;
    f->either += said || by_whole < 4 || by_learned < 4;
    return FAIR_OK;
}

int
main(int argc, char **argv)
{
    struct fair_arena *kept = fair_arena_new(), *a = fair_arena_new();
    FAIR_AUTO(index) struct fair_index *ix = NULL;
    struct fair_err err = { 0 };
    struct dirent **names;
    char folder[] = "/tmp/learned-XXXXXX", line[4096];
    FILE *truth;
    int n;

    if (argc != 4) { fprintf(stderr, "usage: bench_learned CATALOGUE QUERIES TRUTH\n"); return 2; }
    if (mkdtemp(folder) == NULL || fair_index_open(folder, &ix, &err) != FAIR_OK) { fprintf(stderr, "%s\n", err.text); return 4; }
    n = scandir(argv[1], &names, no_dot, alphasort);
    works = fair_xcalloc(n > 0 ? (size_t)n : 1, sizeof *works);
    for (int i = 0; i < n; i++) {
        struct picture *w = &works[n_works];
        if (load(argv[1], names[i]->d_name, FAIR_FOR_CATALOGUE, kept, w, &err) != FAIR_OK) { fprintf(stderr, "%s: %s\n", names[i]->d_name, err.text); continue; }
        if (fair_index_put_tail(ix, 1, (fair_id)++n_works, &w->fp, &err) != FAIR_OK) { fprintf(stderr, "%s\n", err.text); return 4; }
    }
    truth = fopen(argv[3], "re");
    if (truth == NULL) { perror(argv[3]); return 4; }
    while (fgets(line, sizeof line, truth) != NULL) {
        char query[256], work[256], kind[64];
        struct picture q = { 0 };
        if (line[0] == '#' || sscanf(line, "%255s %255s %63s", query, work, kind) != 3) continue;
        for (size_t i = 0; i < n_works; i++) {
            if (strcmp(works[i].name, work) != 0) continue;
            fair_arena_clear(a);
            if (load(argv[2], query, FAIR_FOR_QUERY, a, &q, &err) != FAIR_OK) { fprintf(stderr, "%s: %s\n", query, err.text); break; }
            if (count(ix, &q, i, family(kind), a, &err) != FAIR_OK) { fprintf(stderr, "%s\n", err.text); return 4; }
            fair_image_free(&q.grey);
            break;
        }
    }
    fclose(truth);
    printf("| family | pairs | whole hash first / of four | learned first / of four | the cascade says so | any |\n|---|---|---|---|---|---|\n");
    {
        struct family all = { .name = "all" };
        for (size_t i = 0; i <= n_families; i++) {
            const struct family *f = i < n_families ? &families[i] : &all;
            printf("| %s | %u | %u / %u | %u / %u | %u | %u |\n", f->name, f->n, f->whole[0], f->whole[1], f->learned[0], f->learned[1], f->cascade, f->either);
            all.n += f->n; all.cascade += f->cascade; all.either += f->either;
            for (int k = 0; k < 2; k++) { all.whole[k] += f->whole[k]; all.learned[k] += f->learned[k]; }
        }
    }
    if (taken > 0) fprintf(stderr, "%.0f us a descriptor, %zu works\n", took / taken, n_works);
    fair_arena_free(&a);
    fair_arena_free(&kept);
    return 0;
}
