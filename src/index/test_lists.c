/* A large segment keeps its parts in lists: all that was put is in them, and is found there as by comparing everything. */
#include <math.h>
#include "index/test_lists.h"

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

FAIR_TEST_MAIN
