#include <math.h>
#include <stdlib.h>
#include <zstd.h>
#include "base/io.h"
#include "base/test.h"
#include "fingerprint/whole.h"

static uint64_t
any64(void)
{
    static uint64_t s = 0x9e3779b97f4a7c15u;   /* the same numbers every time */
    s ^= s << 13; s ^= s >> 7; s ^= s << 17;
    return s;
}

static float any_float(void) { return (float)(int64_t)any64() * 0x1p-54f; }

/* Waves with some noise: enough structure that every coefficient has a size of its own. */
static struct fair_image *
waves(uint32_t width, uint32_t height)
{
    struct fair_image *im = fair_image_new(width, height, 1);
    double v[8][4];

    for (int i = 0; i < 8; i++) {
        v[i][0] = (double)(any64() % 1000) * .015 / width;
        v[i][1] = (double)(any64() % 1000) * .015 / height;
        v[i][2] = (double)(any64() % 628) * .01;
        v[i][3] = (double)(any64() % 30);
    }
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            double s = 128;
            for (int i = 0; i < 8; i++) s += v[i][3] * sin(v[i][0] * x + v[i][1] * y + v[i][2]);
            s += (double)(any64() % 21) - 10;
            fair_image_row(im, y)[x] = s < 0 ? 0 : s > 255 ? 255 : (uint8_t)s;
        }
    return im;
}

static unsigned
bits_apart(const uint64_t a[4], const uint64_t b[4])
{
    unsigned bits = 0;
    for (int w = 0; w < 4; w++) bits += (unsigned)__builtin_popcountll(a[w] ^ b[w]);
    return bits;
}

static const unsigned variants[] = { 0, FAIR_CPU_AVX2, FAIR_CPU_AVX2 | FAIR_CPU_AVX512 | FAIR_CPU_AVX512_VPOPCNT };

/* The picture `name` (a binary PGM) out of a tar archive. */
static struct fair_image *
from_tar(fair_str tar, const char *name)
{
    for (size_t at = 0; at + 512 <= tar.n && tar.p[at] != '\0';) {
        char of[101], size[13];
        const char *base;
        size_t n;

        memcpy(of, tar.p + at, 100);
        of[100] = '\0';
        memcpy(size, tar.p + at + 124, 12);
        size[12] = '\0';
        n = strtoul(size, NULL, 8);
        base = strrchr(of, '/') != NULL ? strrchr(of, '/') + 1 : of;
        if (strcmp(base, name) == 0) {
            unsigned w, h;
            int head = 0;
            struct fair_image *im;
            const char *p = tar.p + at + 512;
            if (sscanf(p, "P5 %u %u 255%n", &w, &h, &head) != 2 || head == 0) return NULL;
            im = fair_image_new(w, h, 1);
            for (uint32_t y = 0; y < h; y++) memcpy(fair_image_row(im, y), p + head + 1 + (size_t)y * w, w);
            return im;
        }
        at += 512 + (n + 511) / 512 * 512;
    }
    return NULL;
}

TEST(the_hash_has_the_bits_of_the_reference)
{
    struct fair_arena *a = fair_arena_new();
    const char *source = getenv("FAIRTRACK_SOURCE");
    fair_str dir = fair_str_fmt(a, "%s/../shared/bench/pdq", source != NULL ? source : ".");
    fair_str packed, vectors, tar, line;
    size_t room = 64 << 20, n;
    char *p;
    unsigned pictures = 0;

    if (fair_read_file(a, fair_str_fmt(a, "%s/luma.tar.zst", dir.p).p, 64 << 20, &packed, NULL) != FAIR_OK ||
        fair_read_file(a, fair_str_fmt(a, "%s/vectors.tsv", dir.p).p, 64 << 20, &vectors, NULL) != FAIR_OK) {
        print_message("no test vectors at %s\n", dir.p);
        fair_arena_free(&a);
        skip();
    }
    p = malloc(room);
    n = ZSTD_decompress(p, room, packed.p, packed.n);
    CHECK(!ZSTD_isError(n));
    tar = (fair_str){ p, n };
    while (fair_str_split(&vectors, '\n', &line)) {
        FAIR_AUTO(image) struct fair_image *im = NULL;
        fair_str field[12] = { { 0 } }, rest = line;
        struct fair_whole textbook, fast;
        int64_t quality = -1;

        if (line.n == 0 || line.p[0] == '#') continue;
        for (int i = 0; i < 12; i++) CHECK(fair_str_split(&rest, '\t', &field[i]));
        im = from_tar(tar, fair_str_dup(a, field[0]).p);
        assert_non_null(im);
        CHECK(fair_str_number(field[3], 100, &quality));
        fair_whole_take_plain(im, &textbook);
        CHECK_EQ(textbook.quality, quality);
        for (size_t v = 0; v < sizeof variants / sizeof variants[0]; v++) {
            struct fair_kernels k;
            if ((variants[v] & ~fair_cpu_flags()) != 0) continue;
            fair_kernels_init(&k, variants[v]);
            fair_whole_take_with(&k, im, &fast);
            CHECK_EQ(fast.quality, quality);
            for (int t = 0; t < FAIR_TURNS; t++) {
                uint64_t want[4];
                CHECK(fair_whole_unhex(fair_str_trim(field[4 + t]), want));
                CHECK_EQ(bits_apart(want, textbook.turn[t]), 0);
                CHECK_EQ(bits_apart(want, fast.turn[t]), 0);
            }
        }
        pictures++;
    }
    CHECK(pictures >= 40);
    free(p);
    fair_arena_free(&a);
}

/* The sums of the fast way round otherwise; where that might turn a bit, it makes them again as the textbook does. */
TEST(the_fast_way_gives_the_textbooks_bits)
{
    for (int i = 0; i < 300; i++) {
        FAIR_AUTO(image) struct fair_image *im = waves(5 + (uint32_t)(any64() % (i < 280 ? 512 : 1800)), 5 + (uint32_t)(any64() % 512));
        struct fair_whole textbook, fast;

        if (i % 3 == 1)                         /* noise and nothing else: the coefficients lie close together */
            for (size_t y = 0; y < im->height; y++)
                for (size_t x = 0; x < im->width; x++) fair_image_row(im, (uint32_t)y)[x] = (uint8_t)(100 + any64() % 3);
        if (i % 50 == 2)                        /* all of one shade */
            memset(im->data, (int)(any64() % 256), im->stride * im->height);
        fair_whole_take_plain(im, &textbook);
        fair_whole_take(im, &fast);
        if (memcmp(&textbook, &fast, sizeof fast) != 0)
            fail_msg("picture %d, %u x %u: quality %u and %u, %u bits", i, im->width, im->height, textbook.quality, fast.quality,
                     bits_apart(textbook.turn[0], fast.turn[0]));
    }
}

TEST(every_kernel_gives_the_same_hash_at_odd_sizes)
{
    for (int i = 0; i < 40; i++) {
        uint32_t w = 5 + (uint32_t)(any64() % 530), h = 5 + (uint32_t)(any64() % 300);
        FAIR_AUTO(image) struct fair_image *im = i == 0 ? waves(5, 5) : i == 1 ? waves(1, 9) : i == 2 ? waves(3000, 7) : waves(w, h);
        struct fair_whole plain, fast;
        struct fair_kernels k;

        fair_kernels_init(&k, 0);
        if (i == 3) memset(im->data, 255, im->stride * im->height);
        fair_whole_take_with(&k, im, &plain);
        for (size_t v = 1; v < sizeof variants / sizeof variants[0]; v++) {
            if ((variants[v] & ~fair_cpu_flags()) != 0) continue;
            fair_kernels_init(&k, variants[v]);
            fair_whole_take_with(&k, im, &fast);
            CHECK(memcmp(&plain, &fast, sizeof fast) == 0);
        }
    }
}

static void
kernels_agree(unsigned flags)
{
    static uint8_t pixels[9 * 200 + 64];
    static float in[64 * 256], want[256 * 64 + 64] __attribute__((aligned(64))), got[256 * 64 + 64] __attribute__((aligned(64)));
    static float grid[64 * 64] __attribute__((aligned(64))), d[16 * 64] __attribute__((aligned(64)));
    static float d_t[16 * 64] __attribute__((aligned(64)));
    float a[256] __attribute__((aligned(64))), b[256] __attribute__((aligned(64))), w[64];
    uint64_t bits[2][4];
    struct fair_kernels plain, fast;

    fair_kernels_init(&plain, 0);
    fair_kernels_init(&fast, flags);
    for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = i % 7 == 0 ? 255 : i % 11 == 0 ? 0 : (uint8_t)any64();
    for (size_t i = 0; i < 64 * 256; i++) in[i] = any_float();
    for (size_t i = 0; i < 64; i++) w[i] = any_float();
    for (size_t width = 1; width <= 200; width += width < 70 ? 1 : 13)
        for (size_t taps = 1; taps <= 9; taps += 4) {
            /* the last row ends with the array: a step beyond it is seen */
            const uint8_t *from = pixels + sizeof pixels - ((taps - 1) * 200 + width);
            got[width] = 123;
            plain.mix_rows(from, 200, w, taps, width, want);
            fast.mix_rows(from, 200, w, taps, width, got);
            CHECK(memcmp(want, got, width * sizeof *got) == 0);
            CHECK(got[width] == 123);
        }
    for (size_t width = 1; width <= 100; width++) {
        got[width * 64] = 123;
        plain.transpose64(in, 256, width, want);
        fast.transpose64(in, 256, width, got);
        CHECK(memcmp(want, got, width * 64 * sizeof *got) == 0);
        CHECK(got[width * 64] == 123);
    }
    for (size_t i = 0; i < 64 * 64; i++) grid[i] = any_float();
    for (size_t i = 0; i < 16 * 64; i++) d[i] = any_float(), d_t[i] = any_float();
    for (size_t taps = 1; taps <= 60; taps += 7) {
        plain.mix_grid(grid, w, taps, want);
        fast.mix_grid(grid, w, taps, got);
        CHECK(memcmp(want, got, 64 * sizeof *got) == 0);
    }
    for (size_t n = 1; n <= 64; n += 3)
        for (size_t window = 1; window <= n && window <= 9; window++) {
            got[n * 64] = 123;
            plain.box64(grid, 64, want, 64, n, window);
            fast.box64(grid, 64, got, 64, n, window);
            CHECK(memcmp(want, got, n * 64 * sizeof *got) == 0);
            CHECK(got[n * 64] == 123);
        }
    for (size_t n = 1; n <= 150; n += 1 + n / 20)
        for (size_t window = 1; window <= n && window <= 19; window++) {
            const uint8_t *from = pixels + sizeof pixels - n;        /* ends with the array */
            got[n] = 123;
            plain.box_row(from, n, window, want);
            fast.box_row(from, n, window, got);
            CHECK(memcmp(want, got, n * sizeof *got) == 0);
            CHECK(got[n] == 123);
        }
    plain.dct(grid, d, d_t, a);
    fast.dct(grid, d, d_t, b);
    CHECK(memcmp(a, b, sizeof a) == 0);
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < 256; i++) {
            a[i] = any_float();
            if (round % 4 == 1) a[i] = floorf(a[i] / 100);         /* many equal ones      */
            if (round % 4 == 2) a[i] = i % 2 ? 0.0f : -0.0f;       /* zeros of either sign */
            if (round % 4 == 3 && i % 3) a[i] *= 0x1p100f;
        }
        CHECK(plain.median256(a) == fast.median256(a));
        plain.over256(a, plain.median256(a), bits[0]);
        fast.over256(a, plain.median256(a), bits[1]);
        CHECK(memcmp(bits[0], bits[1], sizeof bits[0]) == 0);
        for (size_t i = 0; i < 64 * 64; i++) grid[i] = (float)(any64() % 25600) / 100;
        CHECK_EQ(plain.gradient(grid), fast.gradient(grid));
    }
}

TEST(every_kernel_agrees_with_its_plain_meaning)
{
    unsigned tried = 0;
    for (size_t v = 1; v < sizeof variants / sizeof variants[0]; v++) {
        if ((variants[v] & ~fair_cpu_flags()) != 0) continue;
        kernels_agree(variants[v]);
        tried++;
    }
    if (tried == 0) skip();
}

static int
by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

TEST(the_median_is_the_128th_smallest)
{
    float v[256] __attribute__((aligned(64))), sorted[256];

    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 256; i++) v[i] = round % 2 ? any_float() : (float)(any64() % 9) - 4;
        memcpy(sorted, v, sizeof v);
        qsort(sorted, 256, sizeof sorted[0], by_size);
        CHECK(fair_kernels()->median256(v) == sorted[127]);
    }
}

TEST(distances_agree_over_odd_lengths_and_odd_places)
{
    enum { N = 1000 };
    static uint64_t codes[4 * N + 1], query[4];
    static uint16_t want[N + 1], got[N + 1];
    static uint32_t tags[N + 1];

    for (size_t i = 0; i < N + 1; i++) tags[i] = (uint32_t)any64();
    for (size_t i = 0; i < 4; i++) query[i] = any64();
    for (size_t i = 0; i < 4 * N + 1; i++) codes[i] = i < 40 ? 0 : i < 80 ? ~0ull : any64();
    for (size_t v = 1; v < sizeof variants / sizeof variants[0]; v++) {
        struct fair_kernels plain, fast;
        if ((variants[v] & ~fair_cpu_flags()) != 0) continue;
        fair_kernels_init(&plain, 0);
        fair_kernels_init(&fast, variants[v]);
        for (size_t n = 0; n <= N; n += n < 40 ? 1 : 137)
            for (size_t shift = 0; shift < 2; shift++) {
                const uint64_t *from = codes + 4 * (N - n) + shift;      /* ends with the array when shifted */
                got[n] = 0xabcd;
                plain.hamming256(query, from, n, want);
                fast.hamming256(query, from, n, got);
                CHECK(memcmp(want, got, n * sizeof *got) == 0);
                CHECK_EQ(got[n], 0xabcd);
                for (unsigned limit = 60, flip = 0; limit <= 256; limit += 49, flip = (flip + 1) % 4) {
                    const uint16_t limits[4] = { (uint16_t)limit, 256, (uint16_t)(limit / 2), 128 }, lower[4] = { (uint16_t)(limit - 9), 125, 0, 127 };
                    uint32_t is[N + 1];
                    size_t k = 0, found;
                    is[n] = 77;
                    found = fast.near256(query, from, tags + shift, n, limits, flip, is, got);
                    for (size_t i = 0; i < n; i++)
                        if (want[i] <= limits[(tags[i + shift] ^ flip) & 3]) {
                            CHECK(k < found && is[k] == (tags[i + shift] ^ flip) && got[k] == want[i]);
                            k++;
                        }
                    CHECK_EQ(k, found);
                    found = fast.nearer(is, got, found, lower);
                    k = 0;
                    for (size_t i = 0; i < n; i++)
                        if (want[i] <= lower[(tags[i + shift] ^ flip) & 3] && want[i] <= limits[(tags[i + shift] ^ flip) & 3]) {
                            CHECK(k < found && is[k] == (tags[i + shift] ^ flip) && got[k] == want[i]);
                            k++;
                        }
                    CHECK_EQ(k, found);
                    CHECK(is[n] == 77 && got[n] == 0xabcd);
                }
            }
    }
}

TEST(a_code_is_0_bits_from_itself_and_256_from_its_complement)
{
    const uint64_t q[4] = { 1, 2, 3, 4 }, codes[8] = { 1, 2, 3, 4, ~1ull, ~2ull, ~3ull, ~4ull };
    uint16_t d[2];

    fair_kernels()->hamming256(q, codes, 2, d);
    CHECK_EQ(d[0], 0);
    CHECK_EQ(d[1], 256);
}

/* turn[t] is the hash of the picture turned so; 64 x 64 pixels pass the blur untouched. */
TEST(a_turn_is_the_hash_of_the_turned_picture)
{
    for (int round = 0; round < 4; round++) {
        FAIR_AUTO(image) struct fair_image *im = waves(64, 64), *turned = fair_image_new(64, 64, 1);
        struct fair_whole as_is, of_turned;

        fair_whole_take(im, &as_is);
        for (int t = 0; t < FAIR_TURNS; t++) {
            for (uint32_t y = 0; y < 64; y++)
                for (uint32_t x = 0; x < 64; x++) {
                    const uint32_t from[FAIR_TURNS][2] = { { x, y }, { 63 - y, x }, { 63 - x, 63 - y }, { y, 63 - x },
                                                           { x, 63 - y }, { 63 - x, y }, { y, x }, { 63 - y, 63 - x } };
                    fair_image_row(turned, y)[x] = fair_image_row(im, from[t][1])[from[t][0]];
                }
            fair_whole_take(turned, &of_turned);
            if (bits_apart(of_turned.turn[0], as_is.turn[t]) > 2)
                fail_msg("turn %d: %u bits", t, bits_apart(of_turned.turn[0], as_is.turn[t]));
            CHECK(abs(of_turned.quality - as_is.quality) <= 1);
        }
    }
}

TEST(a_tiny_picture_has_no_hash_and_a_flat_one_no_quality)
{
    FAIR_AUTO(image) struct fair_image *tiny = waves(4, 400), *flat = fair_image_new(300, 200, 1);
    struct fair_whole whole, none = { 0 };

    fair_whole_take(tiny, &whole);
    CHECK(memcmp(&whole, &none, sizeof none) == 0);
    fair_whole_take_plain(tiny, &whole);
    CHECK(memcmp(&whole, &none, sizeof none) == 0);
    memset(flat->data, 90, flat->stride * flat->height);
    fair_whole_take(flat, &whole);
    CHECK_EQ(whole.quality, 0);
}

/* Turn round as many bits of code i as its number says, drawn by lot. */
static void
spoil(uint64_t (*blocks)[4][8], size_t i, uint32_t *seed)
{
    for (size_t k = 0; k < i; k++) {
        *seed = *seed * 1664525u + 1013904223u;
        blocks[i / 8][*seed >> 12 & 3][i % 8] ^= (uint64_t)1 << (*seed >> 20 & 63);
    }
}

/* Codes at all distances of the queries, in the first half of their bits more than in the second and the other way round. */
TEST(every_kernel_finds_the_same_codes_within_a_distance)
{
    static uint64_t blocks[9][4][8], queries[11][4];
    static struct fair_within want[9 * 8 * 11 + 1], got[9 * 8 * 11 + 1];
    static const unsigned bounds[][2] = { { 31, 257 }, { 0, 257 }, { 47, 257 }, { 96, 160 }, { 20, 236 }, { 256, 257 }, { 0, 256 } };
    uint32_t seed = 3;
    size_t some = 0;

    for (size_t q = 0; q < 11; q++)
        for (size_t w = 0; w < 4; w++) queries[q][w] = (seed = seed * 1664525u + 1013904223u, (uint64_t)seed << 32 | seed * 2654435761u);
    for (size_t i = 0; i < 72; i++) {
        for (size_t w = 0; w < 4; w++) blocks[i / 8][w][i % 8] = i % 9 == 8 ? ~queries[i % 11][w] : queries[i % 11][w];
        spoil(blocks, i, &seed);
    }
    for (unsigned flags = 0; flags < 8; flags++) {
        struct fair_kernels plain, fast;
        if ((flags & fair_cpu_flags()) != flags) continue;
        fair_kernels_init(&plain, 0);
        fair_kernels_init(&fast, flags);
        for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++)
            for (size_t n = 0; n <= 9; n++)
                for (size_t m = 0; m <= 11; m += n % 3 + 1) {
                    size_t found = plain.within256((const uint64_t (*)[4])queries, m, (const uint64_t (*)[4][8])blocks, n, bounds[b][0], bounds[b][1], want);
                    got[found] = (struct fair_within){ 7, 7, 7 };
                    CHECK_EQ(fast.within256((const uint64_t (*)[4])queries, m, (const uint64_t (*)[4][8])blocks, n, bounds[b][0], bounds[b][1], got), found);
                    CHECK(memcmp(want, got, found * sizeof *got) == 0);
                    CHECK(got[found].at == 7 && got[found].bits == 7);
                    some += found;
                }
    }
    CHECK(some > 1000);
}

/* Codes about the flips of the queries and about their negatives. */
TEST(every_kernel_finds_the_same_codes_within_a_distance_of_a_flip)
{
    static const uint64_t flips[4] = { 0, FAIR_EVEN_COLUMNS, FAIR_EVEN_ROWS, FAIR_EVEN_COLUMNS ^ FAIR_EVEN_ROWS };
    static uint64_t blocks[9][4][8], queries[FAIR_FLIPS_MOST][4];
    static struct fair_within want[9 * 8 * FAIR_FLIPS_MOST + 1], got[9 * 8 * FAIR_FLIPS_MOST + 1];
    uint16_t near[FAIR_FLIPS_MOST];
    uint32_t seed = 5;
    size_t some = 0;

    for (size_t q = 0; q < FAIR_FLIPS_MOST; q++) {
        near[q] = (uint16_t)(q * 37 % 129);
        for (size_t w = 0; w < 4; w++) queries[q][w] = (seed = seed * 1664525u + 1013904223u, (uint64_t)seed << 32 | seed * 2654435761u);
    }
    for (size_t i = 0; i < 72; i++) {
        for (size_t w = 0; w < 4; w++) blocks[i / 8][w][i % 8] = queries[i % 11][w] ^ flips[i % 4] ^ (i % 9 < 3 ? ~(uint64_t)0 : 0);
        spoil(blocks, i, &seed);
    }
    for (unsigned flags = 0; flags < 8; flags++) {
        struct fair_kernels plain, fast;
        if ((flags & fair_cpu_flags()) != flags) continue;
        fair_kernels_init(&plain, 0);
        fair_kernels_init(&fast, flags);
        for (size_t n = 0; n <= 9; n++)
            for (size_t m = 0; m <= FAIR_FLIPS_MOST; m += n % 3 + 7) {
                size_t found = plain.flips256((const uint64_t (*)[4])queries, near, m, (const uint64_t (*)[4][8])blocks, n, want);
                got[found] = (struct fair_within){ 7, 7, 7 };
                CHECK_EQ(fast.flips256((const uint64_t (*)[4])queries, near, m, (const uint64_t (*)[4][8])blocks, n, got), found);
                CHECK(memcmp(want, got, found * sizeof *got) == 0);
                CHECK(got[found].at == 7 && got[found].bits == 7);
                for (size_t k = 0; k < found; k++) some += want[k].bits < 60;
            }
    }
    CHECK(some > 1000);
}

FAIR_TEST_MAIN
