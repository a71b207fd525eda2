/* index/bench_stages.c - where the time of a look-up goes: processor time of each stage, picture by picture, in one process.
 *
 *     bench_stages CATALOGUE PICTURES...
 *
 * CATALOGUE: a folder of pictures that are registered (JPEG; what this program cannot read is passed over).  PICTURES: each argument,
 * a folder or a file, gives one row: mean milliseconds of decoding to 512 pixels, of the whole hash, of the parts, of each
 * stage of the search, all, and the share of decoding.  What helpers, files and rows cost comes on top. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/bench.h"
#include "base/io.h"
#include "fingerprint/parts.h"
#include "fingerprint/whole.h"
#include "image/codecs/codecs.h"
#include "index/search.h"

#define MOST 100000
#define ROOM 64
#define STEPS (3 + 9)         /* decode, whole, parts, stages */

static struct fair_image **proofs;
static size_t n_works;

static fair_status
proof(void *self, fair_id work, const struct fair_image **out, struct fair_err *err)
{
    (void)self;
    (void)err;
    *out = proofs[work - 1];
    return FAIR_OK;
}

/* Read and decode; the time is the decoding's. */
static bool
load(const char *path, struct fair_arena *a, struct fair_image **norm, struct fair_picture *info, double *took)
{
    FAIR_AUTO(image) struct fair_image *im = NULL;
    struct fair_err err = { 0 };
    fair_str bytes;
    double t;

    if (fair_read_file(a, path, (size_t)1 << 28, &bytes, &err) != FAIR_OK) return false;
    t = ms();
    if (fair_picture_decode(bytes.p, bytes.n, &fair_image_limits_default, FAIR_SIDE, 1, &im, info, &err) != FAIR_OK) return false;
    *norm = fair_image_shrink(im, FAIR_SIDE);
    *took = ms() - t;
    return true;
}

/* The paths of a folder's files, or the file itself; *n of them. */
static fair_str *
listed(const char *path, struct fair_arena *a, size_t *n)
{
    fair_str *v = fair_alloc_array(a, MOST, sizeof *v);
    struct dirent **names;
    struct stat st;
    int count;

    *n = 0;
    if (stat(path, &st) != 0) return v;
    if (!S_ISDIR(st.st_mode)) {
        v[(*n)++] = fair_str_of(path);
        return v;
    }
    count = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (names[i]->d_name[0] != '.' && *n < MOST) v[(*n)++] = fair_str_fmt(a, "%s/%s", path, names[i]->d_name);
        free(names[i]);
    }
    if (count >= 0) free(names);
    return v;
}

static void
row(struct fair_index *ix, const char *path)
{
    FAIR_AUTO(arena) struct fair_arena *list = fair_arena_new();
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    double took[STEPS] = { 0 }, all = 0, pixels = 0;
    size_t n, done = 0;
    fair_str *files = listed(path, list, &n);

    for (size_t i = 0; i < n; i++) {
        FAIR_AUTO(image) struct fair_image *grey = NULL;
        struct fair_picture info;
        struct fair_fingerprint fp;
        struct fair_whole whole;
        struct fair_matches found;
        struct fair_err err = { 0 };
        struct fair_search s;
        double t, decode;
        if (!load(files[i].p, a, &grey, &info, &decode)) continue;
        took[0] += decode;
        pixels += (double)info.width * info.height;
        t = ms();
        fair_whole_take(grey, &whole);
        took[1] += ms() - t;
        t = ms();
        fair_fingerprint_take(grey, info.width, info.height, FAIR_FOR_QUERY, a, &fp);
        took[2] += ms() - t;
        s = (struct fair_search){ .q = { .fp = &fp, .grey = grey, .proof = proof, .arena = a }, .ix = ix, .settled = SIZE_MAX, .tried_at = SIZE_MAX };
        found = (struct fair_matches){ fair_alloc_array(a, ROOM, sizeof *found.v), 0, ROOM };
        s.clues = fair_alloc_array(a, ROOM, sizeof *s.clues);
        for (size_t k = 0; k < fair_n_stages && k + 3 < STEPS; k++) {
            t = ms();
            if (fair_stages[k].run(ix, &s.q, &found, &err) != FAIR_OK) fprintf(stderr, "%s\n", err.text);
            took[3 + k] += ms() - t;
        }
        done++;
        fair_arena_clear(a);
    }
    if (done == 0) {
        fprintf(stderr, "%s: no picture that is read here\n", path);
        return;
    }
    took[2] -= took[1];                            /* the fingerprint takes the whole hash too */
    for (size_t k = 0; k < STEPS; k++) all += took[k];
    printf("%8.2f %6zu", pixels / (double)done / 1e6, done);
    for (size_t k = 0; k < 3 + fair_n_stages && k < STEPS; k++) printf(" %8.2f", took[k] / (double)done);
    printf(" %8.2f %7.0f %%  %s\n", all / (double)done, 100 * took[0] / all, path);
}

int
main(int argc, char **argv)
{
    FAIR_AUTO(arena) struct fair_arena *list = fair_arena_new();
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(index) struct fair_index *ix = NULL;
    struct fair_err err = { 0 };
    char folder[] = "/tmp/bench-stages-XXXXXX";
    fair_str *files;
    size_t n;

    fair_memory_keep();
    if (argc < 3) { fprintf(stderr, "usage: bench_stages CATALOGUE PICTURES...\n"); return 2; }
    if (mkdtemp(folder) == NULL || fair_index_open(folder, &ix, &err) != FAIR_OK) { fprintf(stderr, "%s\n", err.text); return 4; }
    files = listed(argv[1], list, &n);
    proofs = fair_xcalloc(n + 1, sizeof *proofs);
    for (size_t i = 0; i < n; i++) {
        struct fair_fingerprint fp;
        struct fair_picture info;
        double took;
        if (!load(files[i].p, a, &proofs[n_works], &info, &took)) continue;
        fair_fingerprint_take(proofs[n_works], info.width, info.height, FAIR_FOR_CATALOGUE, a, &fp);
        if (fair_index_put_tail(ix, 1, (fair_id)++n_works, &fp, &err) != FAIR_OK) { fprintf(stderr, "%s\n", err.text); return 4; }
        fair_arena_clear(a);
    }
    if (fair_index_ready(ix, &err) != FAIR_OK) { fprintf(stderr, "%s\n", err.text); return 4; }
    printf("%zu works; milliseconds of processor time a picture\n%8s %6s %8s %8s %8s", n_works, "MP", "n", "decode", "hash", "take");
    for (size_t k = 0; k < fair_n_stages; k++) printf(" %8s", fair_stages[k].name);
    printf(" %8s %9s\n", "all", "decode");
    for (int i = 2; i < argc; i++) row(ix, argv[i]);
    for (size_t i = 0; i < n_works; i++) fair_image_free(&proofs[i]);
    free(proofs);
    return rmdir(folder) != 0 && fprintf(stderr, "%s stays behind\n", folder) < 0;
}
