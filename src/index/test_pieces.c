/* Queries that show a small piece of a work: found by one near part, told by what agrees in that place of the proof. */
#include <string.h>

enum { N = 12, W = 480, H = 360, PLACES = 4 };      /* of the catalogue, and pieces of each work */
#include "index/test_catalogue.h"

static struct fair_image *copy;

static void
set_up(void)
{
    catalogue_make("pieces", 300);
}

static void
tear_down(void)
{
    fair_image_free(&copy);
    catalogue_free();
}

static unsigned
stage(const char *name)
{
    for (size_t i = 0; i < fair_n_stages; i++)
        if (strcmp(fair_stages[i].name, name) == 0) return 1u << i;
    CHECK(false);
    return 0;
}

/* A piece of 6 in a hundred of the picture, grown, mirrored or not, paler: at one of PLACES places of each work. */
static struct fair_image *
piece(const struct fair_image *im, uint32_t number, float grown, bool mirrored)
{
    const float w = 118 * grown, h = 88 * grown, x = (float)(number * 131 % (W - 118)), y = (float)(number * 89 % (H - 88));
    const float as_it_is[6] = { grown, 0, -x * grown, 0, grown, -y * grown }, turned[6] = { -grown, 0, w + x * grown, 0, grown, -y * grown };
    struct fair_image *out = edited(im, mirrored ? turned : as_it_is, (uint32_t)w, (uint32_t)h);

    for (uint32_t r = 0; r < out->height; r++)
        for (uint32_t c = 0; c < out->width; c++) fair_image_row(out, r)[c] = (uint8_t)(fair_image_row(out, r)[c] * 3 / 4 + 40);
    return out;
}

static void
look_up(struct fair_image *im, unsigned off, struct fair_search *s, struct fair_matches *found)
{
    struct fair_err err = { 0 };
    struct fair_fingerprint *fp = FAIR_NEW(g.a, struct fair_fingerprint);

    if (copy != im) fair_image_free(&copy);
    copy = im;
    fair_fingerprint_take(copy, copy->width, copy->height, FAIR_FOR_QUERY, g.a, fp);
    *s = (struct fair_search){ .q = { .fp = fp, .grey = copy, .proof = proof, .arena = g.a } };
    CHECK_OK(fair_index_search_with(g.ix, s, off, found, &err));
}

/* Whether the piece's work is a match, and in its place; no other one may be. */
static bool
is_found(uint32_t work, const struct fair_matches *found)
{
    bool is = false;

    for (size_t k = 0; k < found->n; k++) {
        const struct fair_match *m = &found->v[k];
        if (m->verdict != FAIR_MATCH) continue;
        CHECK(m->work == (fair_id)work + 1);
        CHECK(m->covers < .15f);
        is = true;
    }
    return is;
}

TEST(a_small_piece_of_a_work_is_found_by_a_single_near_part)
{
    struct fair_search s;
    struct fair_matches found;
    unsigned with = 0, without = 0;

    set_up();
    for (uint32_t work = 0; work < N; work++)
        for (uint32_t k = 0; k < PLACES; k++) {
            struct fair_image *im = piece(g.grey[work], work * PLACES + k, k % 2 ? 1.4f : 1, k == 3);
            look_up(im, 0, &s, &found);
            with += is_found(work, &found);
            look_up(im, stage("pieces"), &s, &found);
            without += is_found(work, &found);
        }
    CHECK(with >= 38);        /* of 48: the others have hardly a part */
    CHECK(without <= 20);
    tear_down();
}

static fair_status
no_proof(void *self, fair_id work, const struct fair_image **out, struct fair_err *err)
{
    (void)self;
    *out = NULL;
    return fair_fail(err, FAIR_NOT_FOUND, "work %lld has no proof", (long long)work);
}

TEST(where_there_are_no_proofs_no_pieces_are_found_and_nothing_fails)
{
    struct fair_err err = { 0 };
    struct fair_search s;
    struct fair_matches found;

    set_up();
    for (uint32_t work = 0; work < N; work++) {
        look_up(piece(g.grey[work], work * PLACES, 1, false), 0, &s, &found);
        s = (struct fair_search){ .q = { .fp = s.q.fp, .grey = copy, .proof = no_proof, .arena = g.a } };
        CHECK_OK(fair_index_search_with(g.ix, &s, 0, &found, &err));
        for (size_t k = 0; k < found.n; k++) CHECK(found.v[k].verdict != FAIR_MATCH);
    }
    tear_down();
}

TEST(one_pairing_tells_the_map_of_a_piece_and_none_of_a_whole_picture_made_small)
{
    struct fair_fingerprint fp;
    struct fair_record r;
    struct fair_err err = { 0 };
    unsigned guessed = 0, right = 0;

    set_up();
    fair_fingerprint_take(g.grey[0], W, H, FAIR_FOR_CATALOGUE, g.a, &fp);
    CHECK_OK(fair_record_see(fair_record_pack(&fp, g.a), &r, &err));
    for (int small = 0; small < 2; small++) {
        /* grown half as large again, mirrored; or all of it, at four tenths */
        const float map[6] = { small ? .4f : -1.5f, 0, small ? 0 : 1.5f * 300, 0, small ? .4f : 1.5f, small ? 0 : -1.5f * 100 };
        struct fair_image *im = edited(g.grey[0], map, small ? 192 : 270, small ? 144 : 210);
        struct fair_fingerprint q;
        struct fair_grid *grid;
        fair_fingerprint_take(im, im->width, im->height, FAIR_FOR_QUERY, g.a, &q);
        grid = fair_grid_new(&q, g.a);
        for (uint32_t i = 0; i < r.n; i++)
            for (uint32_t k = 0; k < q.n_parts; k++) {
                const unsigned turn = small ? 0 : FAIR_CODE_MIRRORED;
                struct fair_place c = fair_record_place(&r, i);
                struct fair_clue clue = { 0 };
                struct fair_hit hit = { i, k, 1, 0, (uint8_t)turn };
                uint64_t code[4];
                unsigned bits = 0;
                fair_part_code_turn(r.codes + 4 * (size_t)i, turn, code);
                for (int w = 0; w < 4; w++) bits += (unsigned)__builtin_popcountll(code[w] ^ q.parts[k].code[w]);
                if (bits > 30 || fabsf(map[0] * c.x + map[2] - q.parts[k].x) > 2 || fabsf(map[4] * c.y + map[5] - q.parts[k].y) > 2) continue;
                hit.bits = (uint16_t)bits;
                if (small) { CHECK(!fair_map_guess(&r, &q, grid, &hit, 1, &clue)); continue; }
                guessed++;
                if (!fair_map_guess(&r, &q, grid, &hit, 1, &clue)) continue;
                CHECK(clue.turn == FAIR_CODE_MIRRORED && clue.votes > 0);
                right += fabsf(clue.map[0] - map[0]) < .05f && fabsf(clue.map[1]) < .05f && fabsf(clue.map[3]) < .05f && fabsf(clue.map[4] - map[4]) < .05f;
            }
        fair_image_free(&im);
    }
    CHECK(guessed >= 8 && 4 * right >= 3 * guessed);
    tear_down();
}

TEST(pieces_of_other_pictures_are_no_matches)
{
    struct fair_search s;
    struct fair_matches found;

    set_up();
    for (uint32_t k = 0; k < 24; k++) {
        struct fair_image *other = scene(W, H, 800 + k);
        look_up(piece(other, k, k % 2 ? 1.4f : 1, false), 0, &s, &found);
        fair_image_free(&other);
        for (size_t i = 0; i < found.n; i++) CHECK(found.v[i].score < FAIR_SCORE_POSSIBLE);
    }
    tear_down();
}

FAIR_TEST_MAIN
