#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "base/io.h"
#include "index/search.h"
#include "index/segments_private.h"
#include "index/test_folder.h"

/* A code as the parts of pictures have: 64 first bits of 128, 32 second ones among these. */
static void
code_of(uint64_t seed, uint64_t code[4])
{
    memset(code, 0, 32);
    for (unsigned left = 64, i = 0; left > 0; i++) {
        unsigned at = mix(seed * 131 + i) & 127;
        if (code[at / 64] >> at % 64 & 1) continue;
        code[at / 64] |= (uint64_t)1 << at % 64;
        if (left-- > 32) code[2 + at / 64] |= (uint64_t)1 << at % 64;
    }
}

/* A made-up work, `version` of it. */
static void
fingerprint_of(fair_id work, unsigned version, struct fair_arena *a, struct fair_fingerprint *out)
{
    const uint64_t seed = (uint64_t)work * 1000 + version;
    struct fair_part *parts = fair_alloc_array(a, FAIR_PARTS_CATALOGUE, sizeof *parts);
    const uint32_t n = work % 9 == 0 ? 0 : 30 + (uint32_t)(mix(seed) % 90);

    *out = (struct fair_fingerprint){ .scheme = FAIR_SCHEME, .quality = 90, .glance_quality = 80, .width = 640, .height = 480, .norm_width = 512,
                                      .norm_height = 384, .n_parts = n, .parts = parts };
    for (int t = 0; t < FAIR_TURNS; t++)
        for (int w = 0; w < 4; w++) {
            out->whole[t][w] = mix(seed * 64 + (uint64_t)(8 * w + t));
            out->glance[t][w] = mix(seed * 64 + 32 + (uint64_t)(8 * w + t));
        }
    for (uint32_t i = 0; i < n; i++) {
        const uint64_t r = mix(seed * 7919 + i);
        parts[i] = (struct fair_part){ .x = (float)(r % 500) + 3, .y = (float)(r >> 10 & 255) + 50, .size = 2 + (float)(r >> 20 & 15), .angle = (float)(r >> 30 & 255) / 50 - 2.5f };
        code_of(seed * 1000 + i, parts[i].code);
    }
}

static fair_status
put(struct fair_segments *s, fair_id org, fair_id work, unsigned version, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint fp;

    fingerprint_of(work, version, a, &fp);
    return fair_segments_put(s, org, work, fp.whole[0], work % 2 ? fair_record_pack(&fp, a) : fair_record_pack_bare(&fp, a), err);
}

/* Is the work there, in this version, once, whole hashes, places and codes as they were put? */
static bool
has(const struct fair_segments *s, fair_id org, fair_id work, unsigned version, bool *listed)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint fp;
    struct fair_record want, got;
    unsigned found = 0;

    fingerprint_of(work, version, a, &fp);
    CHECK_OK(fair_record_see(fair_record_pack(&fp, a), &want, why));
    for (size_t i = 0; i < fair_segments_count(s); i++) {
        const struct fair_segment *seg = fair_segments_at(s, i);
        size_t at = fair_segment_find(seg, org, work);
        uint64_t whole[4];
        fair_str bytes;
        bool same;
        if (at == SIZE_MAX) continue;
        CHECK_OK(fair_segment_record(seg, at, &bytes, why));
        CHECK_OK(fair_record_see(bytes, &got, why));
        CHECK_EQ(got.codes == NULL, seg->listed);
        if (seg->listed) CHECK_OK(fair_lists_take(&seg->lists, (uint32_t)at, &got, a, why));
        fair_segment_whole(seg, at, whole);
        same = memcmp(whole, want.whole, 32) == 0 && memcmp(got.whole, want.whole, 32) == 0 && memcmp(got.glance, want.glance, 32) == 0 &&
               got.n == want.n && got.width == want.width && got.norm_height == want.norm_height && got.quality == want.quality &&
               got.glance_quality == want.glance_quality && memcmp(got.codes, want.codes, 32 * (size_t)want.n) == 0 &&
               memcmp(got.places, want.places, 6 * (size_t)want.n) == 0;
        for (size_t w = 0; seg->listed && w < 4; w++) same &= seg->glance[at / 8 * 32 + 8 * w + at % 8] == want.glance[w];
        for (uint32_t k = 0; !seg->listed && k < want.n; k++) same &= got.words[k] == want.words[k];
        if (listed != NULL) *listed = seg->listed;
        found += same;
    }
    return found == 1;
}

static struct fair_segments *
opened(const char *dir, size_t list_from)
{
    struct fair_segments *s = NULL;
    CHECK_OK(fair_segments_open(dir, FAIR_SCHEME, &s, why));
    fair_segments_list_from(s, list_from);
    return s;
}

static struct fair_segments *
writer(const char *dir, size_t list_from)
{
    struct fair_segments *s = opened(dir, list_from);
    CHECK_OK(fair_segments_write_begin(s, why));
    return s;
}

TEST(a_folded_code_is_the_same_again)
{
    for (uint64_t i = 0; i < 2000; i++) {
        uint64_t code[4], back[4];
        code_of(i, code);
        if (i % 3 == 0) { code[i % 2] &= mix(i); code[2 + i % 2] &= code[i % 2]; }
        if (i % 50 == 0) memset(code, 0, sizeof code);
        fair_code_unfold(fair_code_fold(code), back);
        CHECK(memcmp(code, back, 32) == 0);
    }
}

/* So that one drawer has what is near under each turn. */
TEST(a_turned_code_is_kept_in_the_same_drawer_as_the_same_code)
{
    unsigned same = 0;

    for (uint64_t i = 0; i < 400; i++) {
        uint64_t code[4], kept[4];
        struct fair_drawer d, near[8];
        code_of(i, code);
        fair_drawers_of(code, 1, &d);
        CHECK(d.number < FAIR_DRAWERS);
        fair_part_code_turn(code, d.turn, kept);
        for (unsigned turn = 1; turn < 4; turn++) {
            uint64_t turned[4], again[4];
            struct fair_drawer e;
            fair_part_code_turn(code, turn, turned);
            fair_drawers_of(turned, 1, &e);
            fair_part_code_turn(turned, e.turn, again);
            same += e.number == d.number && memcmp(kept, again, 32) == 0;      /* but where two words are equally near */
        }
        CHECK_EQ(fair_drawers_near(code, 8, near), 8);
        CHECK(near[0].number == d.number && near[0].turn == d.turn);
        for (int k = 1; k < 8; k++)
            for (int m = 0; m < k; m++) CHECK(near[k].number != near[m].number || near[k].turn != near[m].turn);
    }
    CHECK(same > 3 * 400 * 7 / 10);
}

TEST(every_kernel_finds_what_the_plain_one_finds)
{
    const struct fair_drawers_kernels *plain = fair_drawers_kernels_at(0), *k;
    static uint64_t blocks[256][2][8], codes[300][4], first[300], second[300];
    static struct fair_kept parts[300];
    static uint32_t number[2][300];
    uint16_t at[2][2048], bits[2][300];
    uint8_t more[2][2048];

    for (size_t i = 0; i < 256 * 16; i++) ((uint64_t *)blocks)[i] = mix(i) & mix(i + 77777);
    for (size_t i = 0; i < 300; i++) {
        struct fair_folded f;
        code_of(i, codes[i]);
        if (i % 5 == 0) codes[i][0] = codes[i][2] = i % 2 ? ~(uint64_t)0 : 0;      /* all or none of the first bits in one word */
        f = fair_code_fold(codes[i]);
        first[i] = f.high[0];
        second[i] = f.high[1];
        parts[i] = (struct fair_kept){ f.low, (uint32_t)i * 4 + (uint32_t)(i % 4) };
    }
    for (unsigned v = 1; (k = fair_drawers_kernels_at(v)) != NULL; v++) {
        for (size_t n = 1; n <= 256; n += n < 20 ? 1 : 59) {
            const uint64_t (*some)[2][8] = (const uint64_t (*)[2][8])blocks + (256 - n);
            uint64_t asked[7][2];
            for (unsigned slack = 0; slack < 200; slack += 1 + slack) {
                const uint64_t code[2] = { mix(n), mix(n + 5) };
                size_t a = plain->nearly(code, some, n, slack, at[0], more[0]), b = k->nearly(code, some, n, slack, at[1], more[1]);
                CHECK_EQ(a, b);
                CHECK(a > 0 && memcmp(at[0], at[1], 2 * a) == 0 && memcmp(more[0], more[1], a) == 0);
            }
            for (unsigned i = 0; i < 7; i++)
                for (unsigned w = 0; w < 2; w++) asked[i][w] = i % 3 == 0 ? some[i % n][w][i] : mix(n + 9 * i + w);      /* also what is there */
            for (size_t m = 0; m <= 7; m++) {
                plain->nearest((const uint64_t (*)[2])asked, m, some, n, at[0]);
                k->nearest((const uint64_t (*)[2])asked, m, some, n, at[1]);
                CHECK(memcmp(at[0], at[1], 2 * m) == 0);
                for (size_t i = 0; i < m; i++) {
                    uint16_t nearest[2048];
                    CHECK(plain->nearly(asked[i], some, n, 0, nearest, more[0]) > 0 && nearest[0] == at[0][i]);
                }
            }
        }
        for (size_t n = 0; n <= 300; n += n < 40 ? 1 : 37) {
            /* whoever reads beyond the last one is told by ASan */
            uint64_t *last[2] = { fair_xmalloc(n > 0 ? n * 8 : 1), fair_xmalloc(n > 0 ? n * 8 : 1) }, code[4];
            struct fair_pair pairs[300];
            memcpy(last[0], first + 300 - n, n * 8);
            memcpy(last[1], second + 300 - n, n * 8);
            code_of(n % 7, code);
            for (unsigned limit = 0; limit < 130; limit += 3) {
                const size_t a = plain->highs(code, last[0], last[1], n, limit, number[0]), b = k->highs(code, last[0], last[1], n, limit, number[1]);
                CHECK_EQ(a, b);
                CHECK(memcmp(number[0], number[1], 4 * a) == 0);
            }
            for (size_t i = 0; i < n; i++) pairs[i] = (struct fair_pair){ code, { first[i], second[i] }, parts + i };
            plain->bits(pairs, n, bits[0]);
            k->bits(pairs, n, bits[1]);
            CHECK(memcmp(bits[0], bits[1], 2 * n) == 0);
            for (size_t i = 0; i < n; i++) {
                unsigned d = 0;
                for (int w = 0; w < 4; w++) d += (unsigned)__builtin_popcountll(code[w] ^ codes[i][w]);
                if (__builtin_popcountll(codes[i][0]) + __builtin_popcountll(codes[i][1]) <= 64) CHECK_EQ(bits[0][i], d);
                CHECK_EQ(plain->fold(codes[i]), k->fold(codes[i]));
                for (unsigned low = 0; low < 3; low++) {        /* also where more bits are set than there are places */
                    const uint64_t high[2] = { first[i], second[i] }, folded = low == 0 ? parts[i].low : low == 1 ? ~(uint64_t)0 : mix(i);
                    uint64_t unfolded[2][4];
                    plain->unfold(high, folded, unfolded[0]);
                    k->unfold(high, folded, unfolded[1]);
                    CHECK(memcmp(unfolded[0], unfolded[1], sizeof unfolded[0]) == 0);
                }
            }
            for (int w = 0; w < 2; w++) free(last[w]);
        }
    }
}

TEST(a_large_segment_has_lists_and_all_that_was_put)
{
    const char *dir = folder("kept");
    struct fair_segments *w = writer(dir, 20), *r = opened(dir, 20);
    bool listed = true;

    for (fair_id id = 1; id <= 19; id++) CHECK_OK(put(w, 1, id, 0, why));
    CHECK_OK(fair_segments_sync(w, why));
    CHECK(has(w, 1, 5, 0, &listed) && !listed);
    for (fair_id id = 20; id <= 90; id++) CHECK_OK(put(w, 1 + id % 3, id, 0, why));      /* swallows the first */
    CHECK_OK(fair_segments_sync(w, why));
    CHECK_EQ(fair_segments_count(w), 1);
    for (fair_id id = 1; id <= 90; id++) CHECK(has(w, id < 20 ? 1 : 1 + id % 3, id, 0, &listed) && listed);
    /* some anew, some gone; lists and records become lists again */
    for (fair_id id = 1; id <= 90; id += 2) CHECK_OK(put(w, id < 20 ? 1 : 1 + id % 3, id, 1, why));
    for (fair_id id = 4; id <= 90; id += 10) CHECK_OK(fair_segments_remove(w, id < 20 ? 1 : 1 + id % 3, id, why));
    CHECK_OK(fair_segments_sync(w, why));
    CHECK_OK(fair_segments_refresh(r, NULL, why));
    for (fair_id id = 1; id <= 90; id++) {
        const fair_id org = id < 20 ? 1 : 1 + id % 3;
        if (id % 10 == 4) CHECK(!fair_segments_hold(r, org, id));
        else CHECK(has(r, org, id, id % 2, NULL));
    }
    /* what is left of them is few: no lists again */
    for (fair_id id = 12; id <= 90; id++) CHECK_OK(fair_segments_remove(w, id < 20 ? 1 : 1 + id % 3, id, why));
    CHECK_OK(put(w, 1, 100, 0, why));
    CHECK_OK(fair_segments_sync(w, why));
    for (fair_id id = 1; id <= 11; id++)
        if (id != 4) CHECK(has(w, 1, id, id % 2, &listed) && !listed);
    fair_segments_free(&w);
    fair_segments_free(&r);
    clear(dir);
}

TEST(a_large_segment_of_before_gets_its_lists_at_the_next_sync)
{
    const char *dir = folder("before");
    struct fair_segments *w = writer(dir, SIZE_MAX);
    bool listed = true;

    for (fair_id id = 1; id <= 50; id++) CHECK_OK(put(w, 1, id, 0, why));
    CHECK_OK(fair_segments_sync(w, why));
    CHECK(has(w, 1, 50, 0, &listed) && !listed);
    fair_segments_free(&w);
    w = writer(dir, 20);
    CHECK_OK(put(w, 1, 51, 0, why));
    CHECK_OK(fair_segments_sync(w, why));
    for (fair_id id = 1; id <= 51; id++) CHECK(has(w, 1, id, 0, &listed) && listed);
    fair_segments_free(&w);
    clear(dir);
}

/* So many that their drawers are found by several threads, where there are several cores. */
TEST(many_works_at_once_lie_in_lists_as_they_were_put)
{
    const char *dir = folder("many");
    struct fair_segments *w = writer(dir, 20);
    unsigned same = 0, parts = 0;
    bool listed = true;

    for (fair_id id = 1; id <= 1300; id++) CHECK_OK(put(w, 1, id, 0, why));
    CHECK_OK(fair_segments_sync(w, why));
    for (fair_id id = 1; id <= 1300; id += id < 40 ? 1 : 17) CHECK(has(w, 1, id, 0, &listed) && listed);
    for (size_t k = 0, at = 0; k < FAIR_DRAWERS; k++) {      /* each part in its drawer */
        const struct fair_lists *l = &fair_segments_at(w, 0)->lists;
        uint32_t from, to;
        if (!fair_lists_of(l, (uint32_t)k, &from, &to)) continue;
        if (at++ % 100 != 0) continue;
        for (; from < to; from++) {
            uint64_t code[4];
            struct fair_drawer d;
            fair_lists_code(l, from, code);
            fair_drawers_of(code, 1, &d);
            same += d.number == k && d.turn == 0;      /* but where two words are equally near */
            parts++;
        }
    }
    CHECK(parts > 500 && same > parts * 7 / 10);
    fair_segments_free(&w);
    clear(dir);
}

/* ---- searching --------------------------------------------------------------- */

static struct fair_index *
index_of(const char *dir, size_t list_from)
{
    struct fair_index *ix = NULL;
    CHECK_OK(fair_index_open(dir, &ix, why));
    fair_index_list_from(ix, list_from);
    return ix;
}

static void
put_work(struct fair_index *ix, fair_id org, fair_id work, unsigned version)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint fp;

    fingerprint_of(work, version, a, &fp);
    CHECK_OK(fair_index_put(ix, org, work, &fp, why));
}

/* A copy of the work, `turn`ed and with the weights of `changes` pairs of cells changed in each code, to be looked up by its parts alone. */
static void
copy_of(fair_id work, unsigned version, unsigned turn, unsigned changes, struct fair_arena *a, struct fair_fingerprint *fp)
{
    struct fair_part *parts;

    fingerprint_of(work, version, a, fp);
    fp->quality = fp->glance_quality = 0;
    parts = fair_alloc_array(a, fp->n_parts + 1, sizeof *parts);
    for (uint32_t i = 0; i < fp->n_parts; i++) {
        uint64_t r = mix((uint64_t)work + i);
        parts[i] = fp->parts[i];
        fair_part_code_turn(fp->parts[i].code, turn, parts[i].code);
        for (unsigned k = 0; k < changes; k++, r = k % 4 == 0 ? mix(r + k) : r >> 14) {
            unsigned from = r & 127, to = r >> 7 & 127;
            uint64_t high = (parts[i].code[from / 64] >> from % 64 ^ parts[i].code[to / 64] >> to % 64) & 1;
            uint64_t low = (parts[i].code[2 + from / 64] >> from % 64 ^ parts[i].code[2 + to / 64] >> to % 64) & 1;
            parts[i].code[from / 64] ^= high << from % 64; parts[i].code[to / 64] ^= high << to % 64;
            parts[i].code[2 + from / 64] ^= low << from % 64; parts[i].code[2 + to / 64] ^= low << to % 64;
        }
        if (turn & FAIR_CODE_MIRRORED) { parts[i].x = 512 - parts[i].x; parts[i].angle = 3.14159f - parts[i].angle; }
        if (turn & FAIR_CODE_NEGATED) parts[i].angle += 3.14159f;
        parts[i].angle = parts[i].angle > 3.14159f ? parts[i].angle - 6.28318f : parts[i].angle;
    }
    fp->parts = parts;
}

/* Does a copy of the work, turned and changed a little, find it by its parts? */
static fair_status
finds(const struct fair_index *ix, fair_id org, fair_id work, unsigned version, unsigned turn, bool each, bool *found, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint fp;
    struct fair_search s = { .q = { .fp = &fp, .org = org, .arena = a }, .all = true, .each = each };
    struct fair_matches m;

    copy_of(work, version, turn, 4, a, &fp);
    *found = false;
    FAIR_TRY(fair_index_search_with(ix, &s, 0, &m, err));
    for (size_t i = 0; i < m.n; i++) *found |= m.v[i].work == work && m.v[i].agree >= fp.n_parts / 2;
    return FAIR_OK;
}

static bool
found(const struct fair_index *ix, fair_id org, fair_id work, unsigned version, unsigned turn)
{
    bool here, there;

    CHECK_OK(finds(ix, org, work, version, turn, false, &here, why));
    CHECK_OK(finds(ix, org, work, version, turn, true, &there, why));
    CHECK_EQ(here, there);
    return here;
}

TEST(works_are_found_in_lists_as_by_comparing_everything)
{
    const char *dir = folder("found");
    struct fair_index *w = index_of(dir, 10);

    CHECK_OK(fair_index_write_begin(w, why));
    for (fair_id id = 1; id <= 400; id++) put_work(w, 1 + id % 2, id, 0);
    CHECK_OK(fair_index_sync(w, why));
    for (fair_id id = 401; id <= 420; id++) put_work(w, 1, id, 0);      /* a second listed segment */
    CHECK_OK(fair_index_sync(w, why));
    for (fair_id id = 1; id <= 400; id += 23) {
        for (unsigned turn = 0; turn < 4; turn++) CHECK_EQ(found(w, 0, id, 0, turn), id % 9 != 0);
        CHECK(!found(w, 1 + (id + 1) % 2, id, 0, 0));
    }
    CHECK(found(w, 0, 411, 0, 2));
    CHECK_OK(fair_index_remove(w, 1, 24, why));
    put_work(w, 1, 46, 3);
    for (fair_id id = 500; id < 510; id++) put_work(w, 1, id, 0);
    CHECK_OK(fair_index_sync(w, why));
    CHECK(!found(w, 0, 24, 0, 0));
    CHECK(!found(w, 0, 46, 0, 0));
    CHECK(found(w, 0, 46, 3, 1));
    CHECK(found(w, 0, 47, 0, 3));
    fair_index_free(&w);
    clear(dir);
}

/* Of a copy's parts, the share that the lists pair rightly with the work's: before the stage that uses the map to find more. */
static double
paired(const struct fair_index *ix, fair_id work, unsigned changes)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint fp;
    struct fair_search s = { .q = { .fp = &fp, .arena = a }, .all = true };
    struct fair_matches m;
    unsigned off = 0;
    double share = 0;

    for (unsigned i = 0; i < fair_n_stages; i++)
        if (fair_stages[i].run == fair_stage_map) off = 1u << i;
    copy_of(work, 0, 0, changes, a, &fp);
    CHECK_OK(fair_index_search_with(ix, &s, off, &m, why));
    for (size_t i = 0; i < m.n; i++)
        if (m.v[i].work == work) share = (double)s.clues[i].agree / fp.n_parts;
    return share;
}

TEST(a_work_of_which_the_drawers_show_little_is_looked_at_again_as_a_whole)
{
    const char *dir = folder("again");
    struct fair_index *w = index_of(dir, 10);
    double much = 0;
    unsigned n = 0;

    CHECK_OK(fair_index_write_begin(w, why));
    for (fair_id id = 1; id <= 400; id++) put_work(w, 1, id, 0);
    CHECK_OK(fair_index_sync(w, why));
    for (fair_id id = 1; id <= 400; id += 11) {
        if (id % 9 == 0) continue;                /* has no parts */
        much += paired(w, id, 16);
        n++;
    }
    print_message("of the parts of %u much changed copies %.1f %% are paired\n", n, 100 * much / n);
    CHECK(much > .8 * n);
    fair_index_free(&w);
    clear(dir);
}

#define BEARS 12              /* parts of the work that a pattern has the same code of */

/* The work with a pattern in it: its last parts are all alike. */
static void
patterned(fair_id work, struct fair_arena *a, struct fair_fingerprint *fp)
{
    struct fair_part *parts;

    fingerprint_of(work, 0, a, fp);
    parts = fair_alloc_array(a, fp->n_parts, sizeof *parts);
    memcpy(parts, fp->parts, fp->n_parts * sizeof *parts);
    for (uint32_t i = fp->n_parts - BEARS; i < fp->n_parts; i++) memcpy(parts[i].code, parts[fp->n_parts - 1].code, sizeof parts[i].code);
    fp->parts = parts;
}

TEST(what_few_parts_show_does_not_drown_in_a_pattern_that_is_nearer)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *dir = folder("drowned");
    struct fair_index *w = index_of(dir, 10);
    const fair_id work = 1001;
    const uint32_t few = 10, pattern = 300;
    struct fair_fingerprint whole, fp;
    struct fair_part *parts = fair_alloc_array(a, few + pattern, sizeof *parts);
    struct fair_search s = { .q = { .fp = &fp, .arena = a }, .all = true };
    struct fair_matches m;
    unsigned agree = 0;

    patterned(work, a, &whole);
    CHECK(whole.n_parts >= few + BEARS);
    CHECK_OK(fair_index_write_begin(w, why));
    for (fair_id id = 1; id <= 400; id++) put_work(w, 1, id, 0);
    CHECK_OK(fair_index_put(w, 1, work, &whole, why));
    CHECK_OK(fair_index_sync(w, why));
    /* ten of its parts as they lie, and the pattern everywhere, four times as large and turned */
    copy_of(work, 0, 0, 10, a, &fp);
    memcpy(parts, fp.parts, few * sizeof *parts);
    for (uint32_t i = few; i < few + pattern; i++) {
        const uint64_t r = mix(i);
        parts[i] = whole.parts[whole.n_parts - 1 - i % BEARS];
        parts[i].x = (float)(r % 500) + 3;
        parts[i].y = (float)(r >> 10 & 255) + 50;
        parts[i].size *= 4;
        parts[i].angle += parts[i].angle > 0 ? -2 : 2;
    }
    fp.parts = parts;
    fp.n_parts = few + pattern;
    CHECK_OK(fair_index_search_with(w, &s, 0, &m, why));
    for (size_t i = 0; i < m.n; i++)
        if (m.v[i].work == work && m.v[i].has_map && fabsf(m.v[i].scale - 1) < .1f) agree = m.v[i].agree;
    print_message("%u of %u parts agree\n", agree, few);
    CHECK(agree >= few - 2);
    fair_index_free(&w);
    clear(dir);
}

/* How many agree on the work's map, of what a search by parts finds that compares one work in full (0: none); -1: it is no candidate. */
static int
agreeing_in_full(const struct fair_index *ix, const struct fair_fingerprint *fp, fair_id work, fair_id in_full, struct fair_arena *a)
{
    struct fair_search s = { .q = { .fp = fp, .arena = a }, .all = true, .in_full = in_full };
    struct fair_matches m;

    CHECK_OK(fair_index_search_with(ix, &s, 0, &m, why));
    for (size_t i = 0; i < m.n; i++)
        if (m.v[i].work == work) return (int)m.v[i].agree;
    return -1;
}

static int
agreeing_with(const struct fair_index *ix, const struct fair_fingerprint *fp, fair_id work, struct fair_arena *a)
{
    return agreeing_in_full(ix, fp, work, 0, a);
}

TEST(a_work_behind_a_hundred_that_have_heavier_votes_is_looked_at_again)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *dir = folder("behind");
    struct fair_index *w = index_of(dir, 10);
    const uint32_t of_each = 8;
    struct fair_part *parts = fair_alloc_array(a, FAIR_PARTS_QUERY, sizeof *parts);
    struct fair_fingerprint fp;
    unsigned behind = 0, n = 0;

    CHECK_OK(fair_index_write_begin(w, why));
    for (fair_id id = 1; id <= 400; id++) put_work(w, 1, id, 0);
    CHECK_OK(fair_index_sync(w, why));
    for (fair_id work = 200; work < 240; work += 4) {
        uint32_t at = 0;
        int agree;
        if (work % 9 == 0) continue;
        for (fair_id other = 1; at < 800; other++) {        /* eight parts of a hundred others as they lie, */
            fingerprint_of(other, 0, a, &fp);
            if (fp.n_parts == 0) continue;
            memcpy(parts + at, fp.parts, of_each * sizeof *parts);
            at += of_each;
        }
        copy_of(work, 0, 0, 28, a, &fp);                      /* and what is left of the work */
        memcpy(parts + at, fp.parts, fp.n_parts * sizeof *parts);
        fp.parts = parts;
        fp.n_parts += at;
        agree = agreeing_with(w, &fp, work, a);
        behind += agree >= (int)(fp.n_parts - at) / 2;
        n++;
    }
    print_message("%u of %u works behind others are found\n", behind, n);
    CHECK_EQ(behind, n);
    fair_index_free(&w);
    clear(dir);
}

/* Three parts of each of 320 works as they lie, which so have heavier votes than ten parts of the work as they hardly are. */
static void
crowded(fair_id work, struct fair_arena *a, struct fair_fingerprint *fp)
{
    struct fair_part *parts = fair_alloc_array(a, FAIR_PARTS_QUERY, sizeof *parts);
    uint32_t at = 0;

    for (fair_id other = 1; other <= 360; other++) {
        fingerprint_of(other, 0, a, fp);
        if (fp->n_parts == 0) continue;
        memcpy(parts + at, fp->parts, 3 * sizeof *parts);
        at += 3;
    }
    copy_of(work, 0, 0, 30, a, fp);
    memcpy(parts + at, fp->parts, 10 * sizeof *parts);
    fp->parts = parts;
    fp->n_parts = at + 10;
}

TEST(a_work_behind_all_that_are_looked_at_again_is_found_where_it_is_compared_in_full)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *dir = folder("infull");
    struct fair_index *w = index_of(dir, 10);
    struct fair_fingerprint fp;
    struct fair_search s = { .q = { .fp = &fp, .arena = a }, .in_full = 999 };
    struct fair_matches m;
    struct fair_err err = { 0 };
    unsigned behind = 0, other = 0, in_full = 0, named = 0, n = 0;

    CHECK_OK(fair_index_write_begin(w, why));
    for (fair_id id = 1; id <= 400; id++) put_work(w, 1, id, 0);
    CHECK_OK(fair_index_sync(w, why));
    for (fair_id work = 361; work <= 400; work++) {
        struct fair_fingerprint whole;
        if (work % 9 == 0) continue;
        crowded(work, a, &fp);
        behind += agreeing_with(w, &fp, work, a) >= 4;
        other += agreeing_in_full(w, &fp, work, 7, a) >= 4;
        in_full += agreeing_in_full(w, &fp, work, work, a) >= 4;
        fingerprint_of(work, 0, a, &whole);
        fp.quality = whole.quality;                   /* its hash is near: so it is compared in full unasked */
        fp.whole[0][0] ^= 0xfff;
        named += agreeing_with(w, &fp, work, a) >= 4;
        n++;
    }
    print_message("of %u works %u are found, %u where they are compared in full, %u where a hash names them\n", n, behind, in_full, named);
    CHECK(behind < n / 4 && in_full > n * 3 / 4 && named > n * 3 / 4);
    CHECK_EQ(other, behind);
    CHECK_EQ(fair_index_search_with(w, &s, 0, &m, &err), FAIR_INVALID);      /* there is none of this number */
    fair_index_free(&w);
    clear(dir);
}

TEST(of_the_work_with_the_heaviest_votes_few_parts_make_a_map)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *dir = folder("heaviest");
    struct fair_index *w = index_of(dir, 10);
    unsigned mapped = 0, n = 0;

    CHECK_OK(fair_index_write_begin(w, why));
    for (fair_id id = 1; id <= 400; id++) put_work(w, 1, id, 0);
    CHECK_OK(fair_index_sync(w, why));
    for (fair_id work = 1; work <= 400; work += 7) {
        struct fair_fingerprint fp;
        struct fair_part *parts;
        copy_of(work, 0, 0, 16, a, &fp);
        if (fp.n_parts < 100) continue;
        /* six lie where the work has them, all others anywhere: as large and as turned, so that they vote for the same */
        parts = fair_alloc_array(a, fp.n_parts, sizeof *parts);
        memcpy(parts, fp.parts, fp.n_parts * sizeof *parts);
        for (uint32_t i = 6; i < fp.n_parts; i++) {
            const uint64_t r = mix((uint64_t)work * 131 + i);
            parts[i].x = (float)(r % 500) + 3;
            parts[i].y = (float)(r >> 10 & 255) + 50;
        }
        fp.parts = parts;
        mapped += agreeing_with(w, &fp, work, a) >= 4;
        n++;
    }
    print_message("%u of %u works of which six parts in a hundred agree have a map\n", mapped, n);
    CHECK(n > 10 && mapped > n * 9 / 10);
    fair_index_free(&w);
    clear(dir);
}

/* ---- damage ------------------------------------------------------------------ */

/* The segment in `dir` made of `bytes`, with its sums and the manifest's as if it had been written so. */
static void
reseal(const char *dir, char *bytes, size_t n)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_segment_head *h = (void *)bytes;
    char path[512];
    fair_str manifest;
    char *m;
    struct fair_sha256 sum;

    if (h->records_at <= n && h->records_at >= sizeof *h) {
        sum = fair_sha256_of(h + 1, h->records_at - sizeof *h);
        memcpy(h->columns, sum.b, 32);
    }
    sum = fair_sha256_of(h, offsetof(struct fair_segment_head, seal));
    memcpy(h->seal, sum.b, 32);
    path_of(dir, "seg-", path);
    CHECK_OK(fair_write_file(path, bytes, n, 0600, why));
    path_of(dir, "manifest", path);
    CHECK_OK(fair_read_file(a, path, 1 << 20, &manifest, why));
    m = fair_alloc(a, manifest.n);
    memcpy(m, manifest.p, manifest.n);
    memcpy(m + sizeof(struct fair_manifest_head) + offsetof(struct fair_manifest_entry, seal), h->seal, 32);
    sum = fair_sha256_of(m, manifest.n - 32);
    memcpy(m + manifest.n - 32, sum.b, 32);
    CHECK_OK(fair_write_file(path, m, manifest.n, 0600, why));
}

static fair_str
written(const char *dir, struct fair_arena *a, size_t n)
{
    struct fair_segments *w = writer(dir, 5);
    char path[512];
    fair_str good;

    for (fair_id id = 1; id <= (fair_id)n; id++) CHECK_OK(put(w, 1, id, 0, why));
    CHECK_OK(fair_segments_sync(w, why));
    fair_segments_free(&w);
    path_of(dir, "seg-", path);
    CHECK_OK(fair_read_file(a, path, 64 << 20, &good, why));
    return good;
}

/* Open, search, and merge: nothing of it may go wrong otherwise than by saying that the index is damaged.  What was said. */
static fair_status
use(const char *dir, bool *told)
{
    struct fair_index *ix = index_of(dir, 5);
    struct fair_err err = { 0 };
    fair_status status = fair_index_refresh(ix, &err);
    bool here;

    *told = status != FAIR_OK;
    for (fair_id id = 1; id <= 8 && status == FAIR_OK; id += 3) {
        status = finds(ix, 0, id, 0, 0, false, &here, &err);
        *told |= status != FAIR_OK;
    }
    if (status == FAIR_OK) {
        CHECK_OK(fair_index_write_begin(ix, why));
        for (fair_id id = 100; id < 110; id++) put_work(ix, 1, id, 0);
        status = fair_index_sync(ix, &err);
    }
    if (status != FAIR_OK) {
        CHECK_EQ(status, FAIR_CORRUPT);
        CHECK(strstr(err.text, "fairtrack reindex") != NULL || strstr(err.text, "index") != NULL);
    }
    fair_index_free(&ix);
    return status;
}

TEST(a_damaged_byte_in_a_listed_segment_is_noticed_before_it_is_merged)
{
    const char *dir = folder("damage");
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str good = written(dir, a, 8), manifest;
    const struct fair_segment_head *h = (const void *)good.p;
    char path[512], list[512];
    unsigned silent = 0;

    path_of(dir, "manifest", list);
    CHECK_OK(fair_read_file(a, list, 1 << 20, &manifest, why));
    path_of(dir, "seg-", path);
    for (size_t i = 0; i < good.n; i += i < sizeof *h ? 1 : i < h->records_at ? 20011 : 211) {
        char *bad = fair_xmalloc(good.n);
        bool told;
        memcpy(bad, good.p, good.n);
        bad[i] = (char)(bad[i] ^ 0x55);
        clear(dir);
        CHECK_EQ(mkdir(dir, 0700), 0);
        CHECK_OK(fair_write_file(path, bad, good.n, 0600, why));
        CHECK_OK(fair_write_file(list, manifest.p, manifest.n, 0600, why));
        if (use(dir, &told) == FAIR_OK) silent++;      /* padding of a record, or at the end */
        free(bad);
    }
    CHECK(silent <= 1);
    clear(dir);
}

/* Whoever can write the file can write its sums too: bounds are looked at all the same. */
TEST(a_listed_segment_that_lies_is_read_within_its_bounds)
{
    const char *dir = folder("lies");
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str good = written(dir, a, 8);
    const struct fair_segment_head *head = (const void *)good.p;
    const size_t groups = sizeof *head + 8 * sizeof(struct fair_segment_entry) + 512, first = groups + FAIR_LISTS_GROUPS * sizeof(struct fair_lists_group);
    struct { size_t at; uint64_t value; unsigned bytes; bool at_opening; } lies[] = {
        { offsetof(struct fair_segment_head, n_parts), head->n_parts + 1, 8, true },
        { offsetof(struct fair_segment_head, n_parts), UINT64_MAX / 28, 8, true },
        { offsetof(struct fair_segment_head, n_full), head->n_full + 2, 8, true },
        { offsetof(struct fair_segment_head, n_full), UINT64_MAX, 8, true },
        { offsetof(struct fair_segment_head, lists_at), 8, 8, true },
        { offsetof(struct fair_segment_head, lists_at), head->lists_at + 8, 8, true },
        { offsetof(struct fair_segment_head, records_at), head->lists_at + 64, 8, true },
        { groups, UINT64_MAX, 8, true },                                    /* drawers that nothing is in */
        { groups + 16 + 8, 4000000000u, 4, true },
        { first, 1, 4, true },
        { first + 4, 0, 4, true },
        { first + 8, 4000000000u, 4, true },
        { first + 4 * head->n_full, 4000000000u, 4, true },
        { sizeof *head + 16, head->lists_at, 8, true },                     /* the first record's place */
    };

    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        char *bad = fair_xmalloc(good.n);
        bool told;
        memcpy(bad, good.p, good.n);
        memcpy(bad + lies[i].at, &lies[i].value, lies[i].bytes);
        reseal(dir, bad, good.n);
        CHECK_EQ(use(dir, &told), FAIR_CORRUPT);
        CHECK(told);
        free(bad);
    }
    /* in the lists and records: a work, a part or a place that is not there */
    for (unsigned what = 0; what < 3; what++) {
        char *bad = fair_xmalloc(good.n);
        bool told;
        memcpy(bad, good.p, good.n);
        for (uint64_t p = 0; what < 2 && p < head->n_parts; p++) {
            struct fair_kept *part = (void *)(bad + head->lists_at + head->n_parts * 16 + p * sizeof *part);
            part->listed = what == 0 ? fair_listed(8 + (uint32_t)p % 1000, fair_listed_part(part->listed), fair_listed_turn(part->listed))
                                     : fair_listed(fair_listed_work(part->listed), 127, fair_listed_turn(part->listed));
        }
        for (size_t k = 0; what == 2 && k < 8; k++) {
            struct fair_segment_entry *e = (struct fair_segment_entry *)(void *)(bad + sizeof *head) + k;
            uint8_t *record = (uint8_t *)bad + head->records_at + e->offset;
            const uint32_t far = UINT32_MAX - (uint32_t)k;
            if (e->length > 100) memcpy(record + 88, &far, 4);
            e->sum = fair_segment_sum(record, e->length);
        }
        reseal(dir, bad, good.n);
        CHECK_EQ(use(dir, &told), FAIR_CORRUPT);
        free(bad);
    }
    clear(dir);
}

TEST(a_listed_segment_of_the_version_before_is_told_and_made_anew)
{
    const char *dir = folder("version");
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str good = written(dir, a, 8);
    char *old = fair_alloc(a, good.n);
    struct fair_segment_head *h = (void *)old;
    struct fair_index *ix;
    struct fair_err err = { 0 };
    bool here;

    memcpy(old, good.p, good.n);
    memcpy(h->magic, "FAIRSEG2", 8);
    h->version = 2;
    reseal(dir, old, good.n);
    ix = index_of(dir, 5);
    CHECK_EQ(fair_index_refresh(ix, &err), FAIR_CORRUPT);
    CHECK(strstr(err.text, "not a segment of version 1 or 3: run fairtrack reindex") != NULL);
    CHECK_OK(fair_index_write_begin(ix, why));
    CHECK_OK(fair_index_reset(ix, why));
    for (fair_id id = 1; id <= 8; id++) put_work(ix, 1, id, 0);
    CHECK_OK(fair_index_sync(ix, why));
    CHECK_OK(finds(ix, 0, 4, 0, 0, false, &here, why));
    CHECK(here);
    fair_index_free(&ix);
    clear(dir);
}

/* ---- a writer that is killed ------------------------------------------------- */

static void
child(const char *dir, fair_id id, uint64_t seed, int tell)
{
    struct fair_segments *s = NULL;

    if (fair_segments_open(dir, FAIR_SCHEME, &s, NULL) != FAIR_OK || fair_segments_write_begin(s, NULL) != FAIR_OK) _exit(1);
    fair_segments_list_from(s, 12);
    for (;;) {
        fair_id last = id + (fair_id)(mix(seed++) % 30);
        if (write(tell, &last, sizeof last) != sizeof last) _exit(1);
        for (; id <= last; id++) {
            if (put(s, 1, id, 0, NULL) != FAIR_OK) _exit(2);
            if (id % 7 == 0 && put(s, 1, id / 2 + 1, 1, NULL) != FAIR_OK) _exit(2);
        }
        if (fair_segments_sync(s, NULL) != FAIR_OK) _exit(3);
        last = -last;
        if (write(tell, &last, sizeof last) != sizeof last) _exit(1);
    }
}

TEST(a_writer_of_lists_killed_at_any_moment_leaves_all_that_it_synced)
{
    const char *dir = folder("kill");
    struct fair_segments *watcher = opened(dir, 12);
    fair_id done = 0;
    unsigned midway = 0, lists = 0;

    for (int life = 0; life < 24; life++) {
        fair_id said, begun = done, acknowledged = done;
        struct fair_segments_stat st;
        struct fair_segments *r;
        int ends[2], status;
        pid_t pid;

        CHECK_EQ(pipe(ends), 0);
        pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            close(ends[0]);
            child(dir, done + 1, (uint64_t)life * 1000, ends[1]);
        }
        close(ends[1]);
        while (acknowledged < done + 10 * (life % 4) && read(ends[0], &said, sizeof said) == sizeof said) {      /* however slow it is */
            if (said > 0) begun = said;
            else acknowledged = -said;
        }
        usleep((useconds_t)(mix((uint64_t)life * 3) % 40000));
        if (life % 3 == 0) CHECK_OK(fair_segments_refresh(watcher, NULL, why));
        kill(pid, SIGKILL);
        CHECK_EQ(waitpid(pid, &status, 0), pid);
        CHECK(WIFSIGNALED(status));
        while (read(ends[0], &said, sizeof said) == sizeof said) {
            if (said > 0) begun = said;
            else acknowledged = -said;
        }
        close(ends[0]);
        r = opened(dir, 12);
        CHECK_OK(fair_segments_refresh(r, NULL, why));
        fair_segments_stat(r, &st);
        CHECK(st.newest == acknowledged || st.newest == begun);
        midway += begun != acknowledged;
        CHECK_EQ(st.works, st.newest);
        for (fair_id id = 1; id <= st.newest; id++) {
            fair_id again = 2 * (id - 1);         /* id / 2 + 1 of a multiple of 7 that came later */
            bool listed = false, anew = false;
            for (fair_id j = again; j <= again + 1; j++) anew |= j >= 7 && j % 7 == 0 && j <= st.newest && j > id;
            if (!has(r, 1, id, anew, &listed)) fail_msg("life %d: work %lld of %lld", life, (long long)id, (long long)st.newest);
            lists += listed;
        }
        CHECK_OK(fair_segments_refresh(watcher, NULL, why));
        CHECK(st.newest == 0 || has(watcher, 1, st.newest, 0, NULL));
        done = st.newest;
        fair_segments_free(&r);
    }
    print_message("killed in the midst of a batch: %u of 24\n", midway);
    CHECK(midway > 3);
    CHECK(lists > 100);
    fair_segments_free(&watcher);
    clear(dir);
}

FAIR_TEST_MAIN
