/* work/bench_bulk.c - the whole-picture chain over an archive: gunzip, decode, hash, search among a million works, in one run.
 *
 *     bench_bulk ARCHIVE [WORKS]      a WARC file of JPEG pictures; 1000000 works without a number
 *
 * Rows: the glance (block means, the hash of exact areas, eight turns of 16 pictures sought at once, as scan --whole does); the same,
 * sought only as it lies, as the plain way does; PDQ's hash of the 512-pixel luma, its
 * eight turns sought picture by picture; and the plain way, every pixel in colour by libjpeg, luma, area averaging to 512, the textbook's PDQ, one plain scan.
 * Milliseconds of processor time a picture.  The works' codes are made up (random), so that nothing is near. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/bench.h"
#include "image/codecs/bench_plain.h"
#include "base/io.h"
#include "fingerprint/glance.h"
#include "image/codecs/codecs.h"
#include "source/warc.h"
#include <jpeglib.h>

enum way { GLANCE, ONE_TURN, PDQ, PLAIN, WAYS };
enum { READ, DECODE, HASH, SEARCH, STEPS };
#define CHUNK 64
#define AT_ONCE 16

static struct { uint64_t (*blocks)[4][8], (*codes)[4]; struct fair_within *hits; uint16_t *bits; size_t n; } works;

static void
make_works(size_t n)
{
    uint64_t s = 88172645463325252u;

    works.n = n;
    works.codes = fair_xmalloc(n * sizeof *works.codes);
    works.blocks = fair_xmalloc(n / 8 * sizeof *works.blocks);
    works.hits = fair_xmalloc(CHUNK * 8 * 2 * AT_ONCE * sizeof *works.hits);
    works.bits = fair_xmalloc(n * sizeof *works.bits);
    for (size_t i = 0; i < n; i++)
        for (size_t w = 0; w < 4; w++) {
            s ^= s << 13;
            s ^= s >> 7;
            s ^= s << 17;
            works.codes[i][w] = works.blocks[i / 8][w][i % 8] = s;
        }
}

/* All eight turns and the negative of n pictures at once. */
static size_t
seek_turned(const uint64_t (*const *codes)[4], size_t n, unsigned radius)
{
    struct fair_sought sought[AT_ONCE];
    size_t found = 0, all = works.n / 8;

    for (size_t i = 0; i < n; i++) fair_sought_make(&sought[i], codes[i], radius);
    for (size_t from = 0; from < all; from += CHUNK)
        found += fair_sought_find(sought, n, (const uint64_t (*)[4][8])works.blocks + from, all - from < CHUNK ? all - from : CHUNK, works.hits);
    return found;
}

/* The first n_turns turns alone. */
static size_t
seek(const uint64_t (*const *codes)[4], size_t n, size_t n_turns, unsigned radius)
{
    size_t found = 0, all = works.n / 8;

    for (size_t from = 0; from < all; from += CHUNK)
        for (size_t i = 0; i < n; i++)
            found += fair_kernels()->within256(codes[i], n_turns, (const uint64_t (*)[4][8])works.blocks + from, all - from < CHUNK ? all - from : CHUNK,
                                               radius, 257, works.hits);
    return found;
}

static struct { struct fair_glance v[AT_ONCE]; size_t n; } taken;

static size_t
seek_glances(size_t n_turns)
{
    const uint64_t (*turns[AT_ONCE])[4];
    size_t n = taken.n;

    for (size_t i = 0; i < n; i++) turns[i] = (const uint64_t (*)[4])taken.v[i].turn;
    taken.n = 0;
    if (n == 0) return 0;
    return n_turns == 1 ? seek(turns, n, n_turns, 32) : seek_turned(turns, n, 32);
}

static size_t
seek_plainly(const uint64_t code[4], unsigned radius)
{
    static struct fair_kernels plain;
    size_t found = 0;

    fair_kernels_init(&plain, 0);
    plain.hamming256(code, works.codes[0], works.n, works.bits);
    for (size_t i = 0; i < works.n; i++) found += works.bits[i] <= radius;
    return found;
}

static size_t
one(enum way way, fair_str jpeg, double took[STEPS])
{
    FAIR_AUTO(image) struct fair_image *im = NULL, *more = NULL, *small = NULL;
    struct fair_picture info = { 0 };
    struct fair_glance g;
    struct fair_whole w;
    struct fair_err err = { 0 };
    double t = ms(), now;
    size_t found;

    if (way == PLAIN) im = in_full_colour(jpeg);
    else if (fair_picture_decode(jpeg.p, jpeg.n, &fair_image_limits_default, way <= ONE_TURN ? 64 : FAIR_SIDE, 1, &im, &info, &err) != FAIR_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    took[DECODE] += (now = ms()) - t;
    t = now;
    if (way <= ONE_TURN) fair_glance_take(im, info.width, info.height, &g);
    else {
        if (way == PLAIN) more = fair_image_luma(im);
        small = fair_image_shrink(way == PLAIN ? more : im, FAIR_SIDE);
        if (way == PLAIN) fair_whole_take_plain(small, &w);
        else fair_whole_take(small, &w);
    }
    took[HASH] += (now = ms()) - t;
    t = now;
    if (way <= ONE_TURN) {
        taken.v[taken.n++] = g;
        found = taken.n == AT_ONCE ? seek_glances(way == GLANCE ? FAIR_TURNS : 1) : 0;
    } else {
        const uint64_t (*turns[1])[4] = { (const uint64_t (*)[4])w.turn };
        found = way == PDQ ? seek_turned(turns, 1, 31) : seek_plainly(w.turn[0], 31);
    }
    took[SEARCH] += ms() - t;
    return found;
}

static size_t
over(enum way way, const char *path, double took[STEPS], size_t *found)
{
    FAIR_AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(warc) struct fair_warc *w = NULL;
    struct fair_err err = { 0 };
    size_t n = 0;

    if (fd < 0 || fair_warc_open(fd, NULL, &w, &err) != FAIR_OK) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        exit(1);
    }
    for (;;) {
        struct fair_warc_record r;
        double t = ms();
        fair_status s = fair_warc_next(w, a, &r, &err);
        took[READ] += ms() - t;
        if (s == FAIR_DONE) break;
        if (s != FAIR_OK) exit(1);
        if (fair_format_sniff(r.payload.p, r.payload.n) == FAIR_FORMAT_JPEG) {
            *found += one(way, r.payload, took);
            n++;
        }
        fair_arena_clear(a);
    }
    {
        double t = ms();
        *found += seek_glances(way == GLANCE ? FAIR_TURNS : 1);
        took[SEARCH] += ms() - t;
    }
    return n;
}

int
main(int argc, char **argv)
{
    static const char *const names[WAYS] = { "glance", "glance, unturned", "PDQ of 512 pixels", "plain" };
    double took[WAYS][STEPS] = { { 0 } }, all[WAYS];
    size_t n = 0, found = 0;

    if (argc < 2) {
        fprintf(stderr, "usage: bench_bulk ARCHIVE [WORKS]\n");
        return 2;
    }
    fair_memory_keep();
    make_works(argc > 2 ? (size_t)strtoull(argv[2], NULL, 10) / 8 * 8 : 1000000);
    for (int turn = 0; turn < 3; turn++)
        for (int w = 0; w < WAYS; w++) n = over((enum way)w, argv[1], took[w], &found);
    if (n == 0) {
        fprintf(stderr, "%s: no JPEG pictures\n", argv[1]);
        return 1;
    }
    printf("way\tgunzip\tdecode\thash\tsearch\tall\n");
    for (int w = 0; w < WAYS; w++) {
        all[w] = 0;
        printf("%s", names[w]);
        for (int s = 0; s < STEPS; s++) {
            all[w] += took[w][s] / (double)(3 * n);
            printf("\t%.3f", took[w][s] / (double)(3 * n));
        }
        printf("\t%.3f\n", all[w]);
    }
    fprintf(stderr, "%zu pictures, %zu works, %zu found near\n", n, works.n, found);
    return 0;
}
