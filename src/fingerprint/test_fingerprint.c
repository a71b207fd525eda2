#include <math.h>
#include "base/test.h"
#include "fingerprint/fingerprint.h"
#include "fingerprint/glance.h"

static struct fair_part parts[2] = {
    { 1.5f, 2.25f, 8, -1, { 1, 2, 3, 4 } }, { 500, 300, 60, 3.1f, { ~0ull, 0, 0, 5 } },
};

static struct fair_fingerprint
some(void)
{
    struct fair_fingerprint fp = { .scheme = FAIR_SCHEME, .quality = 77, .glance_quality = 88, .width = 4000, .height = 3000, .norm_width = 512,
                                   .norm_height = 384, .n_parts = 2, .parts = parts };
    for (int t = 0; t < FAIR_TURNS; t++)
        for (int w = 0; w < 4; w++) fp.whole[t][w] = 0x0123456789abcdefull * (uint64_t)(4 * t + w + 1), fp.glance[t][w] = ~fp.whole[t][w] >> 1;
    return fp;
}

TEST(a_fingerprint_comes_back_from_its_bytes)
{
    struct fair_arena *a = fair_arena_new();
    const struct fair_fingerprint fp = some();
    struct fair_fingerprint back;
    fair_str bytes = fair_fingerprint_pack(&fp, a);

    CHECK_EQ(bytes.n, 4 + 16 + 2 * 256 + 4 + 2 * 48);
    CHECK_OK(fair_fingerprint_unpack(bytes, a, &back, why));
    CHECK_EQ(back.scheme, fp.scheme);
    CHECK_EQ(back.quality, 77);
    CHECK_EQ(back.width, 4000);
    CHECK_EQ(back.norm_height, 384);
    CHECK(memcmp(back.whole, fp.whole, sizeof fp.whole) == 0);
    CHECK_EQ(back.glance_quality, 88);
    CHECK(memcmp(back.glance, fp.glance, sizeof fp.glance) == 0);
    CHECK_EQ(back.n_parts, 2);
    CHECK(memcmp(back.parts, parts, sizeof parts) == 0);
    fair_arena_free(&a);
}

TEST(no_byte_of_a_packed_fingerprint_is_read_beyond_its_end)
{
    struct fair_arena *a = fair_arena_new();
    const struct fair_fingerprint fp = some();
    fair_str bytes = fair_fingerprint_pack(&fp, a);

    for (size_t n = 0; n < bytes.n; n++) {
        struct fair_fingerprint back;
        char *exactly = malloc(n + 1);
        memcpy(exactly, bytes.p, n);
        CHECK_EQ(fair_fingerprint_unpack((fair_str){ exactly, n }, a, &back, NULL), FAIR_CORRUPT);
        free(exactly);
    }
    fair_arena_free(&a);
}

static void
refused(void (*spoil)(struct fair_fingerprint *fp, struct fair_part *p), const char *words)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_part own[2] = { parts[0], parts[1] };
    struct fair_fingerprint fp = some(), back;
    struct fair_err err = { 0 };

    fp.parts = own;
    spoil(&fp, own);
    CHECK_EQ(fair_fingerprint_unpack(fair_fingerprint_pack(&fp, a), a, &back, &err), FAIR_CORRUPT);
    if (strstr(err.text, words) == NULL) fail_msg("\"%s\" says nothing of %s", err.text, words);
    fair_arena_free(&a);
}

static void spoil_scheme(struct fair_fingerprint *fp, struct fair_part *p) { (void)p; fp->scheme = FAIR_SCHEME + 1; }
static void spoil_quality(struct fair_fingerprint *fp, struct fair_part *p) { (void)p; fp->quality = 101; }
static void spoil_glance_quality(struct fair_fingerprint *fp, struct fair_part *p) { (void)p; fp->glance_quality = 101; }
static void spoil_width(struct fair_fingerprint *fp, struct fair_part *p) { (void)p; fp->width = 0; }
static void spoil_norm(struct fair_fingerprint *fp, struct fair_part *p) { (void)p; fp->norm_height = FAIR_SIDE + 1; }
static void spoil_x(struct fair_fingerprint *fp, struct fair_part *p) { (void)fp; p[1].x = 512.5f; }
static void spoil_y(struct fair_fingerprint *fp, struct fair_part *p) { (void)fp; p[0].y = NAN; }
static void spoil_size(struct fair_fingerprint *fp, struct fair_part *p) { (void)fp; p[0].size = INFINITY; }
static void spoil_angle(struct fair_fingerprint *fp, struct fair_part *p) { (void)fp; p[1].angle = -4; }

TEST(numbers_out_of_their_bounds_are_refused)
{
    refused(spoil_scheme, "scheme");
    refused(spoil_quality, "quality");
    refused(spoil_glance_quality, "quality");
    refused(spoil_width, "pixels");
    refused(spoil_norm, "pixels");
    refused(spoil_x, "part 1");
    refused(spoil_y, "part 0");
    refused(spoil_size, "part 0");
    refused(spoil_angle, "part 1");
}

TEST(more_parts_than_a_message_holds_are_refused_before_they_are_made)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint fp = some(), back;
    fair_str bytes = fair_fingerprint_pack(&fp, a);
    char *p = malloc(bytes.n);

    memcpy(p, bytes.p, bytes.n);
    memset(p + 4 + 16 + 2 * 256, 0xff, 4);
    CHECK_EQ(fair_fingerprint_unpack((fair_str){ p, bytes.n }, a, &back, NULL), FAIR_CORRUPT);
    free(p);
    fair_arena_free(&a);
}

TEST(a_fingerprint_is_taken_of_the_picture_shrunk_by_areas)
{
    struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(image) struct fair_image *large = fair_image_new(1200, 900, 1), *small = NULL;
    struct fair_fingerprint of_large, of_small;
    struct fair_whole whole;
    struct fair_glance glance;
    fair_str hex;
    uint64_t back[4];

    for (uint32_t y = 0; y < 900; y++)
        for (uint32_t x = 0; x < 1200; x++)
            fair_image_row(large, y)[x] = (uint8_t)(128 + 60 * sin(x * .011 + y * y * .00004) + 50 * cos(y * .02 - x * .003));
    small = fair_image_shrink(large, FAIR_SIDE);
    fair_fingerprint_take(large, 1200, 900, FAIR_FOR_QUERY, a, &of_large);
    fair_fingerprint_take(small, 1200, 900, FAIR_FOR_QUERY, a, &of_small);
    CHECK_EQ(of_large.norm_width, 512);
    CHECK_EQ(of_large.norm_height, 384);
    CHECK_EQ(of_large.width, 1200);
    CHECK(memcmp(of_large.whole, of_small.whole, sizeof of_large.whole) == 0);
    fair_whole_take(small, &whole);
    CHECK(memcmp(of_large.whole, whole.turn, sizeof whole.turn) == 0);
    CHECK_EQ(of_large.quality, whole.quality);
    fair_glance_take(small, 512, 384, &glance);
    CHECK(memcmp(of_large.glance, glance.turn, sizeof glance.turn) == 0 && memcmp(of_small.glance, glance.turn, sizeof glance.turn) == 0);
    CHECK_EQ(of_large.glance_quality, glance.quality);
    hex = fair_whole_hex(a, whole.turn[0]);
    CHECK_EQ(hex.n, 64);
    CHECK(fair_whole_unhex(hex, back) && memcmp(back, whole.turn[0], 32) == 0);
    CHECK(!fair_whole_unhex(FAIR_STR("0123"), back));
    {
        fair_str bytes = fair_fingerprint_pack(&of_large, a);
        struct fair_fingerprint again;
        CHECK_OK(fair_fingerprint_unpack(bytes, a, &again, why));
        CHECK_EQ(again.n_parts, of_large.n_parts);
    }
    fair_arena_free(&a);
}

FAIR_TEST_MAIN
