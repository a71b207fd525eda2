/* Local features: every kernel means the same, and codes follow the picture when it is turned. */
#include <math.h>
#include "base/test.h"
#include "fingerprint/kernels_parts.h"
#include "fingerprint/parts.h"

static uint32_t seed = 1;

static uint32_t
next(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

/* Soft blobs of many sizes on a slope: a picture with much to find. */
static struct fair_image *
scene(uint32_t width, uint32_t height, uint32_t from)
{
    struct fair_image *im = fair_image_new(width, height, 1);
    float (*spot)[4] = malloc(300 * sizeof *spot);

    seed = from;
    for (int i = 0; i < 300; i++) {
        spot[i][0] = (float)(next() % width);
        spot[i][1] = (float)(next() % height);
        spot[i][2] = 2 + (float)(next() % 1000) * (float)(next() % 1000) / 40000;
        spot[i][3] = (float)(next() % 160) - 80;
    }
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            float v = 110 + 20.f * (float)x / (float)width;
            for (int i = 0; i < 300; i++) {
                float dx = (float)x - spot[i][0], dy = ((float)y - spot[i][1]) * (1 + (float)(i % 3) * .4f), d = (dx * dx + dy * dy) / (spot[i][2] * spot[i][2]);
                if (d < 4) v += spot[i][3] * (1 - d / 4) * (1 - d / 4);
            }
            fair_image_row(im, y)[x] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
    free(spot);
    return im;
}

TEST(every_kernel_means_what_the_plain_one_means)
{
    const struct fair_parts_kernels *plain = fair_parts_kernels_at(0), *k;
    static int16_t in[24][800], tmp_a[4 * 400], tmp_b[4 * 400], out_a[1600], out_b[1600];
    static int16_t space[(FAIR_BLUR_ROWS + 2) * FAIR_EXTREMA_LEVELS][400];
    static uint32_t places_a[FAIR_BLUR_ROWS * FAIR_EXTREMA_LEVELS * 300], places_b[FAIR_BLUR_ROWS * FAIR_EXTREMA_LEVELS * 300];
    static struct fair_top tops_a[FAIR_BLUR_ROWS * FAIR_EXTREMA_LEVELS * 300], tops_b[FAIR_BLUR_ROWS * FAIR_EXTREMA_LEVELS * 300];
    size_t some = 0, firm = 0;
    static uint64_t codes[100][4][8];
    const uint64_t mine[4] = { 1, 0x8000000000000000u, 0x5555555555555555u, 0 };

    for (int r = 0; r < 24; r++)
        for (int x = 0; x < 800; x++) in[r][x] = (int16_t)(next() % 5 == 0 ? 16320 : next() % 16321);
    for (unsigned i = 1; (k = fair_parts_kernels_at(i)) != NULL; i++)
        for (size_t n = 1; n < 300; n += n < 70 ? 1 : 13) {
            const int16_t w[3] = { 17138, 7189, 626 }, *rows[20];
            int16_t *to_a[4] = { out_a, out_a + 400, out_a + 800, out_a + 1200 }, *to_b[4] = { out_b, out_b + 400, out_b + 800, out_b + 1200 };
            uint32_t near_a[16], near_b[16];
            for (int r = 0; r < 20; r++) rows[r] = in[r] + 40 + r;
            for (unsigned gap = 1; gap <= FAIR_BLUR_GAP; gap *= 2) {
                plain->blur_rows(rows, w, gap, n, tmp_a, to_a);
                k->blur_rows(rows, w, gap, n, tmp_b, to_b);
                for (int j = 0; j < 4; j++) assert_memory_equal(to_a[j], to_b[j], n * sizeof *out_a);
            }
            plain->widen((const uint8_t *)in[3] + 1, n, out_a);
            k->widen((const uint8_t *)in[3] + 1, n, out_b);
            assert_memory_equal(out_a, out_b, n * sizeof *out_a);
            CHECK_EQ(out_a[0], 64 * ((const uint8_t *)in[3])[1]);
            plain->halve(in[5], n, out_a);
            k->halve(in[5], n, out_b);
            assert_memory_equal(out_a, out_b, n * sizeof *out_a);
            CHECK_EQ(out_a[n - 1], in[5][2 * (n - 1)]);
            for (unsigned levels = 4; levels <= FAIR_EXTREMA_LEVELS; levels++) {
                const int16_t *six[FAIR_EXTREMA_LEVELS][FAIR_BLUR_ROWS + 2];
                size_t found_a, found_b, firm_a, firm_b;
                for (unsigned l = 0; l < levels; l++)
                    for (unsigned j = 0; j < FAIR_BLUR_ROWS + 2; j++) {
                        int16_t *row = space[(FAIR_BLUR_ROWS + 2) * l + j];
                        for (int x = 0; x < 400; x++) row[x] = (int16_t)(8000 + (int)(next() % (next() % 7 == 0 ? 4000u : 40u)));
                        six[l][j] = row + FAIR_ROW_PAD;
                    }
                if (n < 3) continue;
                found_a = plain->extrema(six, levels, n, 1 + n / 50, 300, places_a);
                found_b = k->extrema(six, levels, n, 1 + n / 50, 300, places_b);
                CHECK_EQ(found_a, found_b);
                assert_memory_equal(places_a, places_b, found_a * sizeof *places_a);
                firm_a = plain->settle(six, places_a, found_a, 320, tops_a);
                firm_b = k->settle(six, places_a, found_a, 320, tops_b);
                CHECK_EQ(firm_a, firm_b);
                for (size_t j = 0; j < firm_a; j++) {
                    CHECK_EQ(tops_a[j].place, tops_b[j].place);
                    CHECK(tops_a[j].dx == tops_b[j].dx && tops_a[j].dy == tops_b[j].dy && tops_a[j].ds == tops_b[j].ds && tops_a[j].response == tops_b[j].response);
                }
                some += found_a;
                firm += firm_a;
            }
            if (n <= 100) {
                unsigned most = 1 + (unsigned)(next() % 16 % (8 * n));
                for (size_t c = 0; c < 8 * n; c++)      /* some near, many alike */
                    for (size_t j = 0; j < 4; j++)
                        codes[c / 8][j][c % 8] = c % 3 == 0 ? mine[j] ^ (uint64_t)1 << next() % 64 : (uint64_t)(next() % 64) * 0x0123456789abcdefu;
                plain->nearest(mine, (const uint64_t (*)[4][8])codes, n, most, near_a);
                k->nearest(mine, (const uint64_t (*)[4][8])codes, n, most, near_b);
                assert_memory_equal(near_a, near_b, most * sizeof *near_a);
                if (n <= 64) {
                    uint64_t four[4][4];
                    for (unsigned t = 0; t < 4; t++) fair_part_code_turn(mine, t, four[t]);
                    plain->nearest4((const uint64_t (*)[4])four, (const uint64_t (*)[4][8])codes, n, most, near_a);
                    k->nearest4((const uint64_t (*)[4])four, (const uint64_t (*)[4][8])codes, n, most, near_b);
                    assert_memory_equal(near_a, near_b, most * sizeof *near_a);
                }
            }
        }
    CHECK((some > 100 && firm > 100 && firm < some) || fair_parts_kernels_at(1) == NULL);
    for (unsigned i = 1; (k = fair_parts_kernels_at(i)) != NULL; i++) {
        static int32_t all_cells[50][FAIR_CELLS];
        uint64_t codes_a[51][4] = { { 0 } }, codes_b[51][4] = { { 0 } };
        for (int round = 0; round < 50; round++) {
            int16_t patch[FAIR_PATCH * FAIR_PATCH];
            int32_t a[FAIR_CELLS], b[FAIR_CELLS];
            for (int j = 0; j < FAIR_PATCH * FAIR_PATCH; j++) patch[j] = (int16_t)(round == 0 ? 0 : round == 1 ? (j % 2) * 16320 : (int)(next() % (round < 20 ? 16321u : (unsigned)round)));
            {
                static const int32_t places[4][2] = { { 0, 0 }, { -300000, 700000 }, { 1234567, 345678 }, { 20000000, 1000000 } };
                static const int32_t steps[6][2] = { { 65536, 0 }, { 40000, -70000 }, { -33333, -12345 }, { 0, 99999 }, { 120000, 0 }, { 113000, 0 } };
                const int32_t end[2] = { 399 * 65536 - 1, 8 * 65536 - 1 };
                static int16_t level[9][448];
                int16_t pa[FAIR_PATCH * FAIR_PATCH], pb[FAIR_PATCH * FAIR_PATCH];
                int16_t window[256];
                int32_t ways_a[FAIR_BEARINGS], ways_b[FAIR_BEARINGS];
                for (int r = 0; r < 9; r++)
                    for (int x = 0; x < 448; x++) level[r][x] = (int16_t)(next() % 16321);
                plain->sample(level[0], 448, places[round % 4], steps[round / 4 % 6], end, pa);
                k->sample(level[0], 448, places[round % 4], steps[round / 4 % 6], end, pb);
                assert_memory_equal(pa, pb, sizeof pa);
                for (int j = 0; j < 256; j++) window[j] = (int16_t)(next() % 5701);
                CHECK_EQ(plain->bearings(patch, window, ways_a), k->bearings(patch, window, ways_b));
                assert_memory_equal(ways_a, ways_b, sizeof ways_a);
            }
            plain->cells(patch, a);
            k->cells(patch, b);
            assert_memory_equal(a, b, sizeof a);
            memcpy(all_cells[round], a, sizeof a);
        }
        for (size_t n = 1; n <= 50; n += n < 6 ? 1 : 11) {
            plain->codes((const int32_t (*)[FAIR_CELLS])all_cells, n, codes_a);
            k->codes((const int32_t (*)[FAIR_CELLS])all_cells, n, codes_b);
            assert_memory_equal(codes_a, codes_b, sizeof codes_a);
        }
    }
}

TEST(a_slope_has_the_bearing_it_rises_to_and_little_or_much_of_it_is_the_same)
{
    const struct fair_parts_kernels *k = fair_parts_kernels_at(0);
    int16_t window[256];

    for (int i = 0; i < 256; i++) window[i] = 5000;
    for (int degrees = 0; degrees < 360; degrees += 5) {
        const double c = cos(degrees * M_PI / 180), s = sin(degrees * M_PI / 180);
        int16_t patch[2][FAIR_PATCH * FAIR_PATCH];
        int32_t bearings[2][FAIR_BEARINGS], most = 0;
        double x = 0, y = 0, off;
        for (int i = 0; i < FAIR_PATCH * FAIR_PATCH; i++) {
            const int over = i % FAIR_PATCH, down = i / FAIR_PATCH;
            patch[0][i] = (int16_t)(8000 + (int)(40 * (c * over + s * down)));
            patch[1][i] = (int16_t)(8 * (patch[0][i] - 8000) + 8000);
        }
        for (int m = 0; m < 2; m++) k->bearings(patch[m], window, bearings[m]);
        assert_memory_equal(bearings[0], bearings[1], sizeof bearings[0]);
        for (int d = 0; d < FAIR_BEARINGS; d++) {
            x += bearings[0][d] * cos(d * 2 * M_PI / FAIR_BEARINGS);
            y += bearings[0][d] * sin(d * 2 * M_PI / FAIR_BEARINGS);
            most = bearings[0][d] > most ? bearings[0][d] : most;
        }
        off = remainder(atan2(y, x) - degrees * M_PI / 180, 2 * M_PI);
        CHECK(fabs(off) < .01);
        CHECK(hypot(x, y) > .95 * most);
    }
}

TEST(of_equal_cells_the_earlier_are_large_and_an_empty_one_never_is)
{
    const struct fair_parts_kernels *k;
    int32_t cells[FAIR_CELLS];
    uint64_t code[4];

    for (unsigned i = 0; (k = fair_parts_kernels_at(i)) != NULL; i++) {
        for (int j = 0; j < FAIR_CELLS; j++) cells[j] = 123456;
        k->codes((const int32_t (*)[FAIR_CELLS])&cells, 1, (uint64_t (*)[4])&code);
        CHECK(code[0] == ~0ull && code[1] == 0 && code[2] == 0xffffffffu && code[3] == 0);
        memset(cells, 0, sizeof cells);
        k->codes((const int32_t (*)[FAIR_CELLS])&cells, 1, (uint64_t (*)[4])&code);
        CHECK((code[0] | code[1] | code[2] | code[3]) == 0);
        cells[3] = 1 << 30;
        cells[90] = 70000;                                       /* its 15 highest bits, by the largest cell's, are not empty */
        cells[91] = 60000;                                       /* and these are */
        k->codes((const int32_t (*)[FAIR_CELLS])&cells, 1, (uint64_t (*)[4])&code);
        CHECK(code[0] == 8 && code[1] == 1ull << 26 && code[2] == 8 && code[3] == 1ull << 26);
    }
}

TEST(the_nearest_are_found_in_order_and_no_more_than_asked_for)
{
    static uint64_t blocks[256][4][8];
    const struct fair_parts_kernels *k;
    const uint64_t code[4] = { 0 };

    memset(blocks, 0xff, sizeof blocks);
    memset(blocks[200], 0, sizeof blocks[200]);
    blocks[200][2][3] = 1;
    for (unsigned i = 0; (k = fair_parts_kernels_at(i)) != NULL; i++) {
        uint32_t keys[11];
        keys[10] = 12345;
        k->nearest(code, (const uint64_t (*)[4][8])blocks, 256, 10, keys);
        for (uint32_t n = 0; n < 7; n++) CHECK_EQ(keys[n], 1600 + n + (n >= 3));
        CHECK_EQ(keys[7], 1 << 16 | 1603);
        CHECK_EQ(keys[8], 256 << 16);
        CHECK_EQ(keys[9], 256 << 16 | 1);
        CHECK_EQ(keys[10], 12345);
        /* of four codes: the last has block 50's bits but for one, the others are far from all */
        {
            const uint64_t four[4][4] = { { 0 }, { 0 }, { 0 }, { ~0ull, ~0ull, ~0ull, ~1ull } };
            memset(blocks, 0, sizeof blocks);
            memset(blocks[50], 0xff, sizeof blocks[50]);
            k->nearest4((const uint64_t (*)[4])four, (const uint64_t (*)[4][8])blocks, 64, 10, keys);
            for (uint32_t n = 0; n < 10; n++) CHECK_EQ(keys[n], n / 3 * 4 + n % 3);      /* of equals the earlier */
            k->nearest4((const uint64_t (*)[4])four, (const uint64_t (*)[4][8])blocks + 50, 1, 3, keys);
            for (uint32_t n = 0; n < 3; n++) CHECK_EQ(keys[n], 1 << 16 | (4 * n + 3));
            memset(blocks, 0xff, sizeof blocks);
            memset(blocks[200], 0, sizeof blocks[200]);
            blocks[200][2][3] = 1;
        }
    }
}

TEST(the_two_nearest_are_the_plain_ones_however_many_there_are_and_however_alike)
{
    static uint64_t blocks[257][4][8];
    const struct fair_parts_kernels *plain = fair_parts_kernels_at(0), *k;
    const uint64_t mine[4] = { 0x0123456789abcdefu, 0, ~0ull, 0x8000000000000001u };

    for (unsigned i = 1; (k = fair_parts_kernels_at(i)) != NULL; i++)
        for (size_t n = 1; n <= 256; n++)
            for (unsigned kind = 0; kind < 4; kind++) {
                uint32_t a[3] = { 0, 0, 7 }, b[3] = { 0, 0, 7 };
                size_t near = next() % (8 * n);
                for (size_t c = 0; c < 8 * 257; c++)
                    for (size_t j = 0; j < 4; j++) {
                        uint64_t v = kind == 0 ? ~0ull : kind == 1 ? 0 : kind == 2 ? 3ull << next() % 60 : (uint64_t)next() << 40 ^ (uint64_t)next() << 20 ^ next();
                        if (c == near && kind != 1) v = next() & 1;
                        if (c >= 8 * n) v = 0;                   /* nearer than any, and beyond the end */
                        blocks[c / 8][j][c % 8] = mine[j] ^ v;
                    }
                plain->nearest(mine, (const uint64_t (*)[4][8])blocks, n, 2, a);
                k->nearest(mine, (const uint64_t (*)[4][8])blocks, n, 2, b);
                assert_memory_equal(a, b, sizeof a);
                CHECK(kind == 1 ? a[0] == 0 && a[1] == 1 : (a[0] & 0xffff) == near && a[0] < a[1]);
                if (kind == 0) CHECK_EQ(a[1], 256u << 16 | (near == 0));
            }
}

TEST(a_flat_picture_has_no_parts)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_image *im = fair_image_new(300, 200, 1);
    struct fair_part *p;
    uint32_t n = 7;

    for (uint32_t y = 0; y < 200; y++) memset(fair_image_row(im, y), (int)(y / 2), 300);
    fair_parts_take(im, FAIR_FOR_QUERY, FAIR_PARTS_QUERY, a, &p, &n);
    CHECK_EQ(n, 0);
    fair_image_free(&im);
    im = fair_image_new(1, 1, 1);
    fair_image_row(im, 0)[0] = 9;
    fair_parts_take(im, FAIR_FOR_CATALOGUE, FAIR_PARTS_CATALOGUE, a, &p, &n);
    CHECK_EQ(n, 0);
    fair_image_free(&im);
    fair_arena_free(&a);
}

/* Share of the first's parts that the second has where `turned` says, with a near code. */
static double
kept(const struct fair_part *p, uint32_t n, const struct fair_part *q, uint32_t m, unsigned turn, uint32_t width)
{
    uint32_t good = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint64_t code[4];
        float x = turn & FAIR_CODE_MIRRORED ? (float)width - p[i].x : p[i].x;
        fair_part_code_turn(p[i].code, turn, code);
        for (uint32_t j = 0; j < m; j++) {
            int bits = 0;
            if (fabsf(q[j].x - x) > 1.5f || fabsf(q[j].y - p[i].y) > 1.5f) continue;
            for (int w = 0; w < 4; w++) bits += __builtin_popcountll(code[w] ^ q[j].code[w]);
            if (bits < 40) { good++; break; }
        }
    }
    return (double)good / n;
}

TEST(codes_follow_a_picture_that_is_mirrored_or_negated)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_image *im = scene(320, 240, 5), *other = fair_image_new(320, 240, 1);
    struct fair_part *p, *q;
    uint32_t n, m;

    fair_parts_take(im, FAIR_FOR_QUERY, FAIR_PARTS_QUERY, a, &p, &n);
    CHECK(n > 50);
    for (unsigned turn = 0; turn < 4; turn++) {
        for (uint32_t y = 0; y < 240; y++)
            for (uint32_t x = 0; x < 320; x++) {
                uint8_t v = fair_image_row(im, y)[turn & FAIR_CODE_MIRRORED ? 319 - x : x];
                fair_image_row(other, y)[x] = turn & FAIR_CODE_NEGATED ? (uint8_t)(255 - v) : v;
            }
        fair_parts_take(other, FAIR_FOR_QUERY, FAIR_PARTS_QUERY, a, &q, &m);
        CHECK(kept(p, n, q, m, turn, 320) > .8);
        CHECK(kept(p, n, q, m, turn ^ FAIR_CODE_MIRRORED, 320) < .3);
    }
    fair_image_free(&im);
    fair_image_free(&other);
    fair_arena_free(&a);
}

TEST(turning_a_code_twice_gives_it_back)
{
    const uint64_t code[4] = { 0x0123456789abcdefu, 0xfedcba9876543210u, 0x00ff13579bdf2468u, 0x8000000000000001u };
    uint64_t once[4], twice[4];

    for (unsigned turn = 0; turn < 4; turn++) {
        fair_part_code_turn(code, turn, once);
        fair_part_code_turn(once, turn, twice);
        assert_memory_equal(code, twice, sizeof code);
    }
}

TEST(the_catalogue_keeps_at_most_its_share_and_all_lie_in_the_picture)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_image *im = scene(512, 384, 9);
    struct fair_part *p;
    uint32_t n;

    fair_parts_take(im, FAIR_FOR_CATALOGUE, FAIR_PARTS_CATALOGUE, a, &p, &n);
    CHECK(n > 60 && n <= FAIR_PARTS_CATALOGUE);
    for (uint32_t i = 0; i < n; i++) {
        CHECK(p[i].x > 0 && p[i].x < 512 && p[i].y > 0 && p[i].y < 384);
        CHECK(p[i].size > .5f && p[i].size < 200 && p[i].angle >= -3.15f && p[i].angle <= 3.15f);
    }
    fair_image_free(&im);
    fair_arena_free(&a);
}

TEST(fewer_parts_of_a_query_are_the_first_ones_of_more)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_image *im = scene(320, 240, 11);
    struct fair_part *all, *some;
    uint32_t n, m;

    fair_parts_take(im, FAIR_FOR_QUERY, FAIR_PARTS_QUERY, a, &all, &n);
    for (uint32_t most = 1; most < n; most += 37) {
        fair_parts_take(im, FAIR_FOR_QUERY, most, a, &some, &m);
        CHECK_EQ(m, most);
        assert_memory_equal(some, all, m * sizeof *some);
    }
    fair_image_free(&im);
    fair_arena_free(&a);
}

FAIR_TEST_MAIN
