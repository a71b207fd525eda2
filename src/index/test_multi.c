/* Whole hashes by pieces: exactly what comparing with every one finds, whatever they are. */
#include "base/bench.h"
#include "base/mem.h"
#include "fingerprint/glance.h"
#include "index/multi.h"
#include "index/search.h"
#include "index/test_folder.h"

/* The same hits, and each once? */
static void
check_near(const struct fair_multi *m, const uint64_t (*codes)[4], size_t n, const uint64_t code[4], unsigned radius, size_t *told)
{
    struct fair_within *hits = fair_xmalloc((n + 1) * sizeof *hits);
    uint8_t *seen = fair_xcalloc(n + 1, 1);
    size_t found, want = 0;

    if (fair_multi_near(m, code, radius, hits, n, &found)) {
        ++*told;
        for (size_t i = 0; i < n; i++) {
            unsigned bits = 0;
            for (size_t w = 0; w < 4; w++) bits += (unsigned)__builtin_popcountll(code[w] ^ codes[i][w]);
            want += bits <= radius;
            if (bits <= radius) seen[i] = 1;
        }
        CHECK_EQ(found, want);
        for (size_t i = 0; i < found; i++) {
            unsigned bits = 0;
            CHECK(hits[i].at < n && seen[hits[i].at] == 1 && hits[i].query == 0);
            seen[hits[i].at] = 2;
            for (size_t w = 0; w < 4; w++) bits += (unsigned)__builtin_popcountll(code[w] ^ codes[hits[i].at][w]);
            CHECK_EQ(hits[i].bits, bits);
        }
        if (want > 0) CHECK(!fair_multi_near(m, code, radius, hits, want - 1, &found));        /* more than there is room for */
    }
    free(hits);
    free(seen);
}

static struct fair_multi *
made(const uint64_t (*codes)[4], size_t n)
{
    uint64_t (*blocks)[4][8] = fair_xcalloc(n / 8 + 1, sizeof *blocks);
    struct fair_multi *m;

    memset(blocks, 0xa5, (n / 8 + 1) * sizeof *blocks);
    for (size_t i = 0; i < n; i++)
        for (size_t w = 0; w < 4; w++) blocks[i / 8][w][i % 8] = codes[i][w];
    m = fair_multi_make((const uint64_t (*)[4][8])blocks, n);
    free(blocks);
    return m;
}

TEST(by_pieces_exactly_what_is_near_is_found_and_each_once)
{
    static const size_t sizes[] = { 1, 7, 40, 300, 5000, 70003, 300001 };     /* pieces of 16 to 18 bits */
    size_t told = 0;

    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        size_t n = sizes[k];
        uint64_t (*codes)[4] = fair_xmalloc(n * sizeof *codes), middle[4] = { next(), next(), next(), next() };
        FAIR_AUTO(multi) struct fair_multi *m = NULL;
        for (size_t i = 0; i < n; i++) {
            for (size_t w = 0; w < 4; w++) codes[i][w] = i % 50 == 0 ? middle[w] : next();
            if (i % 50 == 0) flip(codes[i], (unsigned)(next() % 60));
            if (i % 400 == 0 && i > 0) memcpy(codes[i], codes[i - 1], sizeof codes[i]);
        }
        m = made((const uint64_t (*)[4])codes, n);
        for (unsigned radius = 0; radius <= FAIR_MULTI_RADIUS; radius += n > 5000 ? 8 : 1)
            for (unsigned q = 0; q < 4; q++) {
                uint64_t code[4];
                memcpy(code, q == 0 ? middle : codes[next() % n], sizeof code);
                flip(code, (unsigned)(next() % 48));
                check_near(m, (const uint64_t (*)[4])codes, n, code, radius, &told);
            }
        /* as far as the radius, one bit of each piece and two of some: the worst for pieces */
        for (unsigned radius = 0; radius <= FAIR_MULTI_RADIUS; radius++) {
            uint64_t code[4];
            memcpy(code, codes[n / 2], sizeof code);
            for (unsigned b = 0; b < radius; b++) {
                unsigned at = (b * 256 + radius / 2) / radius;
                code[at / 64] ^= (uint64_t)1 << (at % 64);
            }
            check_near(m, (const uint64_t (*)[4])codes, n, code, radius, &told);
        }
        free(codes);
    }
    CHECK(told > 300);
}

TEST(where_all_hashes_are_alike_or_lie_in_one_place_nothing_is_told)
{
    const size_t n = 20000;
    uint64_t (*codes)[4] = fair_xcalloc(n, sizeof *codes);
    FAIR_AUTO(multi) struct fair_multi *same = made((const uint64_t (*)[4])codes, n), *half = NULL;
    const uint64_t none[4] = { 0 }, far[4] = { ~0ull, ~0ull, ~0ull, ~0ull }, upper[4] = { 0, 0, 0, ~0ull };
    struct fair_within hits[8];
    size_t found, told = 0;

    CHECK(!fair_multi_near(same, none, 31, hits, 8, &found));
    CHECK(fair_multi_near(same, far, 31, hits, 8, &found));
    CHECK_EQ(found, 0);
    for (size_t i = 0; i < n; i++) codes[i][3] = next();     /* the first three words are those of all */
    half = made((const uint64_t (*)[4])codes, n);
    CHECK(!fair_multi_near(half, none, 31, hits, 8, &found));
    CHECK(!fair_multi_near(half, upper, 31, hits, 8, &found));
    check_near(half, (const uint64_t (*)[4])codes, n, far, 31, &told);
    CHECK_EQ(told, 1);
    free(codes);
}

/* ---- in an index -------------------------------------------------------------- */

enum { WORKS = 10050, ASKED = 60 };      /* so many that FAIR_MULTI_RADIUS bits are near */

TEST(glances_by_pieces_tell_what_glances_over_all_hashes_tell)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *dir = folder("multi");
    struct fair_fingerprint *fp = fair_alloc_array(a, WORKS, sizeof *fp);
    struct fair_glance g[ASKED];
    bool look[3][2][ASKED];
    unsigned bits[3][2][ASKED], near = 0;

    for (size_t i = 0; i < WORKS; i++) {
        fp[i] = (struct fair_fingerprint){ .scheme = FAIR_SCHEME, .width = 640, .height = 480, .norm_width = 512, .norm_height = 384, .quality = 90, .glance_quality = i % 7 == 0 ? 3 : 90 };
        for (int t = 0; t < FAIR_TURNS; t++)
            for (int w = 0; w < 4; w++) fp[i].glance[t][w] = fp[i].whole[t][w] = next();
    }
    for (size_t i = 0; i < ASKED; i++) {
        g[i].quality = i % 11 == 0 ? 2 : 90;
        for (int t = 0; t < FAIR_TURNS; t++)
            for (int w = 0; w < 4; w++) g[i].turn[t][w] = next();
        if (i % 3 == 0) continue;
        memcpy(g[i].turn[i % 8], fp[i * 5].glance[0], sizeof g[i].turn[0]);
        flip(g[i].turn[i % 8], (unsigned)(i % 60));
        for (int w = 0; w < 4 && i % 2 == 0; w++) g[i].turn[i % 8][w] = ~g[i].turn[i % 8][w];
    }
    for (int way = 0; way < 3; way++) {
        FAIR_AUTO(index) struct fair_index *ix = NULL;
        if (way > 0) fair_shelf_pieces_from(1, way == 1 ? 0 : ASKED / 2);       /* by pieces at once; from the second half on */
        CHECK_OK(fair_index_open(dir, &ix, why));
        if (way == 0) {
            fair_index_list_from(ix, 1);
            CHECK_OK(fair_index_write_begin(ix, why));
            for (size_t i = 0; i < WORKS; i++) CHECK_OK(fair_index_put(ix, i % 3 == 0 ? 2 : 1, (fair_id)i + 1, &fp[i], why));
            CHECK_OK(fair_index_sync(ix, why));
            CHECK_OK(fair_index_remove(ix, 1, 87, why));
            CHECK_OK(fair_index_sync(ix, why));
        }
        CHECK_OK(fair_index_prepare(ix, why));
        CHECK((fair_index_shelf(ix, 0)->pieces != NULL) == (way > 0));
        for (fair_id org = 0; org < 2; org++) {
            for (size_t i = 0; i < ASKED; i += 20) CHECK_OK(fair_index_glances(ix, g + i, 20, org, look[way][org] + i, bits[way][org] + i, why));
            for (size_t i = 0; i < ASKED; i++) {
                CHECK_EQ(look[way][org][i], look[0][org][i]);
                CHECK_EQ(bits[way][org][i], bits[0][org][i]);
                near += bits[way][org][i] < 256;
            }
        }
    }
    CHECK(near > 6 * 5 && near < 6 * ASKED);
    fair_shelf_pieces_from(SIZE_MAX, 0);
    clear(dir);
}

FAIR_TEST_MAIN
