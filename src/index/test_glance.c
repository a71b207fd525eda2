/* The hash of exact areas: what it means, how little it moves when a picture is decoded at an eighth, and the glance that goes by it. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "base/test.h"
#include "image/codecs/codecs.h"
#include "index/index.h"
#include "index/test_scenes.h"

static unsigned
apart(const uint64_t a[4], const uint64_t b[4])
{
    unsigned n = 0;
    for (int w = 0; w < 4; w++) n += (unsigned)__builtin_popcountll(a[w] ^ b[w]);
    return n;
}

/* ---- what it means ----------------------------------------------------------- */

static double
overlap(double a, double b, double c, double d)
{
    double from = a > c ? a : c, to = b < d ? b : d;
    return to > from ? to - from : 0;
}

static int
rising(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* By the book: each cell's mean by every pixel's share in it, each coefficient as a sum over all cells, the median by sorting. */
static void
by_the_book(const struct fair_image *im, double wide, double high, uint64_t bits[4])
{
    static double grid[64][64], half[16][64], waves[256], sorted[256];

    for (int y = 0; y < 64; y++)
        for (int x = 0; x < 64; x++) {
            double sum = 0;
            for (uint32_t v = 0; v < im->height; v++) {
                double down = overlap(v, v + 1, y * high / 64, (y + 1) * high / 64);
                if (!(down > 0)) continue;
                for (uint32_t u = 0; u < im->width; u++) sum += down * overlap(u, u + 1, x * wide / 64, (x + 1) * wide / 64) * fair_image_row(im, v)[u];
            }
            grid[y][x] = sum / (wide / 64 * high / 64);
        }
    for (int i = 0; i < 16; i++)
        for (int x = 0; x < 64; x++) {
            half[i][x] = 0;
            for (int y = 0; y < 64; y++) half[i][x] += cos(M_PI / 128 * (i + 1) * (2 * y + 1)) * grid[y][x];
        }
    for (int i = 0; i < 16; i++)
        for (int k = 0; k < 16; k++) {
            waves[16 * i + k] = 0;
            for (int x = 0; x < 64; x++) waves[16 * i + k] += cos(M_PI / 128 * (k + 1) * (2 * x + 1)) * half[i][x];
        }
    memcpy(sorted, waves, sizeof sorted);
    qsort(sorted, 256, sizeof *sorted, rising);
    memset(bits, 0, 32);
    for (size_t i = 0; i < 256; i++)
        if (waves[i] > sorted[127]) bits[i / 64] |= (uint64_t)1 << (i % 64);
}

TEST(the_hash_is_that_of_exact_areas_and_every_kernel_gives_the_same)
{
    /* the picture as it lies there, and what it is a part of */
    static const uint32_t sizes[][4] = { { 512, 384, 512, 384 }, { 64, 64, 64, 64 }, { 63, 64, 500, 512 }, { 125, 94, 1000, 750 }, { 40, 30, 320, 240 }, { 301, 117, 301, 117 }, { 7, 300, 7, 300 } };
    static const unsigned variants[] = { FAIR_CPU_AVX2, FAIR_CPU_AVX2 | FAIR_CPU_AVX512 | FAIR_CPU_AVX512_VPOPCNT };
    struct fair_kernels plain, fast;

    fair_kernels_init(&plain, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        FAIR_AUTO(image) struct fair_image *im = scene(sizes[i][0], sizes[i][1], (uint32_t)i);
        double wide = sizes[i][2] > sizes[i][0] ? sizes[i][2] / 8. : sizes[i][0], high = sizes[i][3] > sizes[i][1] ? sizes[i][3] / 8. : sizes[i][1];
        struct fair_glance g, h;
        uint64_t book[4];
        fair_glance_take_with(&plain, im, sizes[i][2], sizes[i][3], &g);
        by_the_book(im, wide, high, book);
        /* a coefficient that lies within a rounding of the median may be on its other side */
        if (apart(g.turn[0], book) > 2) fail_msg("picture %zu: %u bits from the book's", i, apart(g.turn[0], book));
        for (size_t v = 0; v < sizeof variants / sizeof *variants; v++) {
            if ((variants[v] & ~fair_cpu_flags()) != 0) continue;
            fair_kernels_init(&fast, variants[v]);
            fair_glance_take_with(&fast, im, sizes[i][2], sizes[i][3], &h);
            CHECK(memcmp(&g, &h, sizeof g) == 0);
        }
    }
}

TEST(a_turn_is_the_hash_of_the_turned_picture_and_a_negative_has_all_bits_the_other_way)
{
    FAIR_AUTO(image) struct fair_image *im = scene(200, 150, 9), *negative = fair_image_new(200, 150, 1);
    struct fair_glance g, h;

    fair_glance_take(im, 200, 150, &g);
    for (int o = 2; o <= 8; o++) {
        FAIR_AUTO(image) struct fair_image *turned = fair_image_orient(im, o);
        unsigned best = 256;
        fair_glance_take(turned, turned->width, turned->height, &h);
        for (int t = 1; t < FAIR_TURNS; t++) best = apart(h.turn[0], g.turn[t]) < best ? apart(h.turn[0], g.turn[t]) : best;
        CHECK(best <= 2);
        CHECK(fair_glance_apart(h.turn, g.turn[0]) <= 2);
        CHECK(apart(h.turn[0], g.turn[0]) > 60);
    }
    for (uint32_t y = 0; y < 150; y++)
        for (uint32_t x = 0; x < 200; x++) fair_image_row(negative, y)[x] = 255 - fair_image_row(im, y)[x];
    fair_glance_take(negative, 200, 150, &h);
    CHECK(apart(h.turn[0], g.turn[0]) >= 250);
    CHECK(fair_glance_apart(h.turn, g.turn[0]) <= 6);
}

/* What goes by flips, for speed, finds what comparing every turn finds: among codes at all distances of turns and negatives. */
TEST(sought_at_once_are_the_codes_near_to_any_turn)
{
    static uint64_t blocks[16][4][8];
    static struct fair_within hits[16 * 16 * 5 + 1];
    struct fair_glance g[5];
    uint32_t next = 11;
    size_t some = 0, told = 0;

    for (int i = 0; i < 5; i++) {
        FAIR_AUTO(image) struct fair_image *im = scene(120, 90, (uint32_t)i + 20);
        fair_glance_take(im, 120, 90, &g[i]);
    }
    for (size_t at = 0; at < 128; at++) {
        for (int w = 0; w < 4; w++) blocks[at / 8][w][at % 8] = g[at % 5].turn[at % 8][w] ^ (at & 32 ? ~(uint64_t)0 : 0);
        for (size_t k = 0; k < at; k++) {
            next = next * 1664525u + 1013904223u;
            blocks[at / 8][next >> 12 & 3][at % 8] ^= (uint64_t)1 << (next >> 20 & 63);
        }
    }
    for (unsigned bits = 0; bits <= 60; bits += 6) {
        struct fair_sought sought[5];
        bool found[5][128] = { { false } };
        size_t n;
        for (int i = 0; i < 5; i++) fair_sought_make(&sought[i], (const uint64_t (*)[4])g[i].turn, bits);
        n = fair_sought_find(sought, 5, (const uint64_t (*)[4][8])blocks, 16, hits);
        for (size_t k = 0; k < n; k++) found[hits[k].query][hits[k].at] = true;
        for (size_t i = 0; i < 5; i++)
            for (size_t at = 0; at < 128; at++) {
                uint64_t code[4];
                unsigned least = 257;
                for (int w = 0; w < 4; w++) code[w] = blocks[at / 8][w][at % 8];
                CHECK_EQ(found[i][at], fair_glance_apart(g[i].turn, code) <= bits);
                for (size_t k = 0; k < n; k++)
                    if (hits[k].query == i && hits[k].at == at && hits[k].bits < least) least = hits[k].bits;
                if (found[i][at]) CHECK_EQ(least, fair_glance_apart(g[i].turn, code));
                some += found[i][at];
            }
        told += n;
    }
    CHECK(some > 200 && told >= some);
}

TEST(a_tiny_picture_has_no_hash_and_a_flat_one_no_quality)
{
    FAIR_AUTO(image) struct fair_image *tiny = scene(4, 300, 1), *flat = fair_image_new(90, 80, 1);
    struct fair_glance g, none = { 0 };

    fair_glance_take(tiny, 4, 300, &g);
    CHECK(memcmp(&g, &none, sizeof none) == 0);
    memset(flat->data, 77, flat->stride * flat->height);
    fair_glance_take(flat, 90, 80, &g);
    CHECK_EQ(g.quality, 0);
}

/* ---- how little it moves ------------------------------------------------------ */

struct moved { double ours, pdq; unsigned most, n; };

/* Between the hash of the normalised picture, from every pixel, and that of an eighth. */
static void
move(fair_str jpeg, struct moved *m)
{
    FAIR_AUTO(image) struct fair_image *full = NULL, *norm = NULL, *part = NULL;
    struct fair_picture info;
    struct fair_glance g, h;
    struct fair_whole w, u;
    struct fair_err err = { 0 };
    uint32_t longer;

    CHECK_OK(fair_picture_decode(jpeg.p, jpeg.n, &fair_image_limits_default, 0, 1, &full, &info, &err));
    longer = full->width > full->height ? full->width : full->height;
    CHECK_OK(fair_picture_decode(jpeg.p, jpeg.n, &fair_image_limits_default, (longer + 7) / 8, 1, &part, &info, &err));
    CHECK_EQ(part->width, (full->width + 7) / 8);
    norm = fair_image_shrink(full, FAIR_SIDE);
    fair_glance_take(norm, norm->width, norm->height, &g);
    fair_glance_take(part, info.width, info.height, &h);
    fair_whole_take(norm, &w);
    fair_whole_take(part, &u);
    if (g.quality < 20 || part->width < 32 || part->height < 32) return;
    m->ours += apart(g.turn[0], h.turn[0]);
    m->pdq += apart(w.turn[0], u.turn[0]);
    m->most = apart(g.turn[0], h.turn[0]) > m->most ? apart(g.turn[0], h.turn[0]) : m->most;
    m->n++;
}

TEST(the_hash_hardly_moves_when_a_jpeg_is_decoded_at_an_eighth)
{
    struct fair_arena *a = fair_arena_new();
    struct moved m = { 0 };

    for (uint32_t i = 0; i < 12; i++) {
        FAIR_AUTO(image) struct fair_image *im = scene(700 + 37 * (i % 5), 500 + 53 * (i % 4), 300 + i);
        fair_str jpeg;
        fair_jpeg_encode(im, 60 + (int)(3 * i), a, &jpeg);
        move(jpeg, &m);
    }
    printf("# made pictures: ours %.1f bits in the mean, %u at most; PDQ %.1f in the mean\n", m.ours / m.n, m.most, m.pdq / m.n);
    CHECK(m.n >= 10);
    CHECK(m.ours <= 4 * m.n);
    CHECK(m.most <= 16);
    CHECK(m.pdq > 2 * m.ours);
    fair_arena_free(&a);
}

TEST(nor_on_photographs_where_there_are_any)
{
    struct fair_arena *a = fair_arena_new();
    const char *source = getenv("FAIRTRACK_SOURCE");
    fair_str dir = fair_str_fmt(a, "%s/../shared/bench/recognition/catalogue", source != NULL ? source : ".");
    DIR *d = opendir(dir.p);
    struct dirent *e;
    struct moved m = { 0 };

    if (d == NULL) {
        print_message("no photographs at %s\n", dir.p);
        fair_arena_free(&a);
        skip();
    }
    while ((e = readdir(d)) != NULL) {
        size_t n = strlen(e->d_name);
        struct fair_arena *b;
        fair_str jpeg;
        if (n < 5 || strcmp(e->d_name + n - 4, ".jpg") != 0) continue;
        b = fair_arena_new();
        CHECK_OK(fair_read_file(b, fair_str_fmt(b, "%s/%s", dir.p, e->d_name).p, 1u << 26, &jpeg, why));
        move(jpeg, &m);
        fair_arena_free(&b);
    }
    closedir(d);
    printf("# %u photographs: ours %.1f bits in the mean, %u at most; PDQ %.1f in the mean\n", m.n, m.ours / m.n, m.most, m.pdq / m.n);
    CHECK(m.n > 100);
    CHECK(m.ours <= 6 * m.n);
    CHECK(m.most <= 31);
    CHECK(m.pdq > 2 * m.ours);
    fair_arena_free(&a);
}

/* ---- the glance --------------------------------------------------------------- */

enum { WORKS = 24, W = 640, H = 480 };

/* A picture at a quarter of its sides, as an eighth of a JPEG would show it, worth a look? */
static bool
glanced(const struct fair_index *ix, const struct fair_image *im, fair_id org, unsigned *bits)
{
    FAIR_AUTO(image) struct fair_image *small = fair_image_area(im, im->width / 4, im->height / 4);
    struct fair_glance g;
    struct fair_err err = { 0 };
    bool look[3];
    unsigned all[3];

    fair_glance_take(small, im->width, im->height, &g);
    {
        /* between a plain one and one that nobody knows */
        struct fair_glance three[3] = { { .quality = 2 }, g, { .quality = 90, .turn = { { 0x5555aaaa1234u } } } };
        CHECK_OK(fair_index_glances(ix, three, 3, org, look, all, &err));
        CHECK(look[0] && all[0] == 256 && !look[2]);
    }
    *bits = all[1];
    return look[1];
}

TEST(a_glance_tells_whole_copies_and_plain_pictures_from_all_others)
{
    struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(index) struct fair_index *ix = NULL;
    fair_str dir = fair_str_fmt(a, "/tmp/fair-glance-%d", (int)getpid());
    struct fair_err err = { 0 };
    unsigned bits, looked = 0;

    CHECK_OK(fair_index_open(dir.p, &ix, &err));
    for (uint32_t i = 0; i < WORKS; i++) {
        FAIR_AUTO(image) struct fair_image *im = scene(W, H, i);
        struct fair_fingerprint fp;
        fair_fingerprint_take(im, W, H, FAIR_FOR_CATALOGUE, a, &fp);
        CHECK_OK(fair_index_put_tail(ix, 1, (fair_id)i + 1, &fp, &err));
    }
    for (uint32_t i = 0; i < WORKS; i++) {
        FAIR_AUTO(image) struct fair_image *im = scene(W, H, i), *mirrored = fair_image_orient(im, 2), *turned = fair_image_orient(im, 6), *other = scene(W, H, 1000 + i);
        FAIR_AUTO(image) struct fair_image *negative = fair_image_orient(im, 1), *small = fair_image_area(im, W / 5, H / 5), *half = edited(im, (const float[6]){ 1, 0, -W / 2.f, 0, 1, 0 }, W / 2, H);
        for (uint32_t y = 0; y < H; y++)
            for (uint32_t x = 0; x < W; x++) fair_image_row(negative, y)[x] = 255 - fair_image_row(im, y)[x];
        CHECK(glanced(ix, im, 1, &bits) && bits <= 8);
        CHECK(glanced(ix, mirrored, 1, &bits) && bits <= 8);
        CHECK(glanced(ix, turned, 0, &bits) && bits <= 8);
        CHECK(glanced(ix, negative, 1, &bits) && bits <= 12);
        CHECK(glanced(ix, small, 1, &bits) && bits <= 24);
        CHECK(!glanced(ix, im, 2, &bits) && bits == 256);            /* another organisation's */
        looked += glanced(ix, other, 1, &bits);
        looked += glanced(ix, half, 1, &bits);                       /* what it leaves out, and says so */
    }
    CHECK_EQ(looked, 0);
    {
        FAIR_AUTO(image) struct fair_image *flat = fair_image_new(W, H, 1);
        memset(flat->data, 200, flat->stride * H);
        CHECK(glanced(ix, flat, 1, &bits) && bits == 256);           /* too plain to say */
    }
    fair_index_free(&ix);
    rmdir(dir.p);
    fair_arena_free(&a);
}

TEST(the_more_works_the_nearer_one_must_be)
{
    CHECK_EQ(fair_glance_near(0), 48);
    CHECK_EQ(fair_glance_near(9999), 48);
    CHECK_EQ(fair_glance_near(10000), 40);
    CHECK_EQ(fair_glance_near(100000), 32);
    CHECK_EQ(fair_glance_near(10000000), 32);
}

FAIR_TEST_MAIN
