/* What became of a copy's colours is told where something did, and not where nothing was done to them. */
#include <stdio.h>
#include <string.h>
#include "base/test.h"
#include "image/codecs/codecs.h"
#include "index/index.h"
#include "index/test_scenes.h"

enum { N = 6, W = 400, H = 300 };

static uint8_t
byte_of(float v)
{
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v + .5f);
}

/* Shapes in grey, and the shapes of two other pictures as blue and red over them. */
static struct fair_image *
coloured(uint32_t number, float strength)
{
    FAIR_AUTO(image) struct fair_image *y = scene(W, H, number), *cb = scene(W, H, number + 700), *cr = scene(W, H, number + 900);
    struct fair_image *out = fair_image_new(W, H, 3);

    for (uint32_t j = 0; j < H; j++)
        for (uint32_t i = 0; i < W; i++) {
            uint8_t *p = fair_image_row(out, j) + 3 * i;
            float l = .6f * (float)fair_image_row(y, j)[i] + 50, b = strength * ((float)fair_image_row(cb, j)[i] - 120), r = strength * ((float)fair_image_row(cr, j)[i] - 120);
            p[0] = byte_of(l + 1.402f * r);
            p[1] = byte_of(l - .344f * b - .714f * r);
            p[2] = byte_of(l + 1.772f * b);
        }
    return out;
}

struct ycc { float y, cb, cr; };

static struct ycc
ycc_of(const uint8_t *p)
{
    float y = .299f * p[0] + .587f * p[1] + .114f * p[2];
    return (struct ycc){ y, .564f * (p[2] - y), .713f * (p[0] - y) };
}

static void
put(uint8_t *p, struct ycc c)
{
    p[0] = byte_of(c.y + 1.402f * c.cr);
    p[1] = byte_of(c.y - .344f * c.cb - .714f * c.cr);
    p[2] = byte_of(c.y + 1.772f * c.cb);
}

enum edit { AS_IS, SAVED_BADLY, SMALL, LIGHTER, FLAT, PROFILE, INVERTED, CROPPED, IN_A_PAGE, GREYSCALE, GREY_NEGATIVE, SEPIA, HUE, SWAPPED, PALE, STRONG, CAST, EDITS };

static const struct { const char *what; enum fair_colours want; } edits[EDITS] = {
    [AS_IS] = { "as it is", FAIR_COLOURS_KEPT }, [SAVED_BADLY] = { "a JPEG of quality 5", FAIR_COLOURS_KEPT }, [SMALL] = { "a tenth of its size", FAIR_COLOURS_KEPT },
    [LIGHTER] = { "lighter", FAIR_COLOURS_KEPT }, [FLAT] = { "less contrast", FAIR_COLOURS_KEPT }, [PROFILE] = { "a fifth less colour, as another profile gives", FAIR_COLOURS_KEPT },
    [INVERTED] = { "inverted", FAIR_COLOURS_KEPT }, [CROPPED] = { "cropped", FAIR_COLOURS_KEPT }, [IN_A_PAGE] = { "in a coloured page", FAIR_COLOURS_KEPT },
    [GREYSCALE] = { "greyscale", FAIR_COLOURS_GREYSCALE }, [GREY_NEGATIVE] = { "greyscale and inverted", FAIR_COLOURS_GREYSCALE }, [SEPIA] = { "sepia", FAIR_COLOURS_ONE },
    [HUE] = { "hues turned by a quarter", FAIR_COLOURS_OTHER }, [SWAPPED] = { "red and blue exchanged", FAIR_COLOURS_OTHER }, [PALE] = { "a third of the colour", FAIR_COLOURS_PALER },
    [STRONG] = { "two and a half times the colour", FAIR_COLOURS_STRONGER }, [CAST] = { "all moved towards yellow", FAIR_COLOURS_CAST },
};

static struct ycc
changed(enum edit e, struct ycc c)
{
    switch (e) {
    case LIGHTER: c.y = c.y * .9f + 25; return c;
    case FLAT: return (struct ycc){ 128 + .6f * (c.y - 128), .6f * c.cb, .6f * c.cr };
    case PROFILE: return (struct ycc){ c.y, .8f * c.cb, .8f * c.cr };
    case INVERTED: return (struct ycc){ 255 - c.y, -c.cb, -c.cr };
    case GREYSCALE: return (struct ycc){ c.y, 0, 0 };
    case GREY_NEGATIVE: return (struct ycc){ 255 - c.y, 0, 0 };
    case SEPIA: return (struct ycc){ c.y, -14, 11 };
    case HUE: return (struct ycc){ c.y, -c.cr, c.cb };
    case SWAPPED: return (struct ycc){ c.y, c.cr, c.cb };
    case PALE: return (struct ycc){ c.y, .33f * c.cb, .33f * c.cr };
    case STRONG: return (struct ycc){ c.y, 2.5f * c.cb, 2.5f * c.cr };
    case CAST: return (struct ycc){ c.y, c.cb - 20, c.cr + 6 };
    default: return c;
    }
}

/* The copy, and the match that lays it on the work; what of the tones done.c would have told. */
static struct fair_image *
copied(enum edit e, const struct fair_image *im, struct fair_match *m)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_image *out = fair_image_new(W, H, 3), *back = NULL;
    struct fair_picture info;
    struct fair_err err = { 0 };
    fair_str jpeg;

    *m = (struct fair_match){ .verdict = FAIR_MATCH, .has_map = true, .map = { 1, 0, 0, 0, 1, 0 }, .box = { 0, 0, W, H },
                              .done = { .known = true, .tones_known = true, .slope = e == FLAT ? .6f : e == LIGHTER ? .9f : 1, .at = e == FLAT ? 51 : e == LIGHTER ? 25 : 0,
                                        .negated = e == INVERTED || e == GREY_NEGATIVE } };
    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = 0; x < W; x++) put(fair_image_row(out, y) + 3 * x, changed(e, ycc_of(fair_image_row(im, y) + 3 * x)));
    if (e == SMALL || e == CROPPED || e == IN_A_PAGE) {
        FAIR_AUTO(image) struct fair_image *was = out, *small = fair_image_area(was, e == SMALL ? W / 10 : W / 2, e == SMALL ? H / 10 : H / 2);
        const uint32_t dx = e == CROPPED ? 100 : 0, dy = e == CROPPED ? 60 : 0;
        out = fair_image_new(e == SMALL ? W / 10 : e == CROPPED ? 250 : W, e == SMALL ? H / 10 : e == CROPPED ? 200 : H, 3);
        for (uint32_t y = 0; y < out->height; y++)
            for (uint32_t x = 0; x < out->width; x++) {
                uint8_t *p = fair_image_row(out, y) + 3 * x;
                if (e == IN_A_PAGE && (x < 120 || y < 90 || x >= 120 + W / 2 || y >= 90 + H / 2)) memcpy(p, (const uint8_t[]){ 20, 140, 60 }, 3);
                else memcpy(p, e == CROPPED ? fair_image_row(was, y + dy) + 3 * (x + dx) : fair_image_row(small, e == IN_A_PAGE ? y - 90 : y) + 3 * (e == IN_A_PAGE ? x - 120 : x), 3);
            }
        m->map[0] = m->map[4] = e == SMALL ? .1f : e == CROPPED ? 1 : .5f;
        m->map[2] = e == CROPPED ? -100 : e == IN_A_PAGE ? 120 : 0;
        m->map[5] = e == CROPPED ? -60 : e == IN_A_PAGE ? 90 : 0;
        m->box[0] = e == IN_A_PAGE ? 120 : 0;
        m->box[1] = e == IN_A_PAGE ? 90 : 0;
        m->box[2] = e == SMALL ? W / 10 : e == CROPPED ? 250 : e == IN_A_PAGE ? 120 + W / 2 : W;
        m->box[3] = e == SMALL ? H / 10 : e == CROPPED ? 200 : e == IN_A_PAGE ? 90 + H / 2 : H;
    }
    fair_jpeg_encode(out, e == SAVED_BADLY ? 5 : 80, a, &jpeg);
    fair_image_free(&out);
    CHECK_OK(fair_picture_decode(jpeg.p, jpeg.n, &fair_image_limits_default, 0, 3, &back, &info, &err));
    return back;
}

static enum fair_colours
told(const struct fair_image *work, const struct fair_image *copy, struct fair_match *m)
{
    FAIR_AUTO(image) struct fair_image *a = fair_image_shrink(work, 128), *b = fair_image_shrink(copy, 128);

    fair_done_colours(m, &(struct fair_tint){ a, work->width, work->height }, &(struct fair_tint){ b, copy->width, copy->height });
    return m->done.colours;
}

TEST(what_became_of_the_colours_is_told_and_nothing_else)
{
    struct fair_image *works[N];

    for (uint32_t i = 0; i < N; i++) works[i] = coloured(i + 40, .25f + .05f * (float)(i % 3));
    for (int e = 0; e < EDITS; e++) {
        unsigned right = 0, wrong = 0;
        for (uint32_t i = 0; i < N; i++) {
            FAIR_AUTO(image) struct fair_image *copy = NULL;
            struct fair_match m;
            enum fair_colours c;
            copy = copied((enum edit)e, works[i], &m);
            c = told(works[i], copy, &m);
            right += c == edits[e].want;
            wrong += c != edits[e].want && c != FAIR_COLOURS_KEPT;
            if (c != edits[e].want) printf("# %s, picture %u: %d\n", edits[e].what, i, (int)c);
        }
        printf("# %-48s told of %u of %d\n", edits[e].what, right, N);
        CHECK_EQ(wrong, 0);
        CHECK(right >= (edits[e].want == FAIR_COLOURS_KEPT ? N : N - 1));
    }
    for (uint32_t i = 0; i < N; i++) fair_image_free(&works[i]);
}

TEST(of_a_work_without_colours_nothing_is_missed_but_added_ones_are_told)
{
    for (uint32_t i = 0; i < 4; i++) {
        FAIR_AUTO(image) struct fair_image *work = coloured(i, 0), *in_colour = coloured(i, .3f), *pale = coloured(i + 30, .02f), *grey = NULL, *of_pale = NULL;
        struct fair_match m;
        grey = copied(GREYSCALE, work, &m);
        CHECK_EQ(told(work, grey, &m), FAIR_COLOURS_KEPT);
        CHECK_EQ(told(work, in_colour, &m), FAIR_COLOURS_ADDED);
        of_pale = copied(GREYSCALE, pale, &m);
        CHECK_EQ(told(pale, of_pale, &m), FAIR_COLOURS_KEPT);       /* there was hardly a colour to be lost */
    }
}

TEST(nothing_is_told_of_a_copy_that_is_too_small_or_was_not_laid_on_the_work)
{
    FAIR_AUTO(image) struct fair_image *work = coloured(3, .3f), *copy = NULL;
    struct fair_match m, other;

    copy = copied(GREYSCALE, work, &m);
    other = m;
    other.has_map = false;
    CHECK_EQ(told(work, copy, &other), FAIR_COLOURS_UNKNOWN);
    other = m;
    other.done.known = false;
    CHECK_EQ(told(work, copy, &other), FAIR_COLOURS_UNKNOWN);
    other = m;
    other.map[0] = other.map[4] = .1f;
    other.box[2] = W / 10.f;
    other.box[3] = H / 10.f;
    CHECK_EQ(told(work, copy, &other), FAIR_COLOURS_UNKNOWN);
}

TEST(it_is_said_in_words)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(image) struct fair_image *work = coloured(5, .3f), *copy = NULL;
    fair_str words[FAIR_MATCH_WORDS];
    struct fair_match m;
    size_t n;
    bool said = false;

    copy = copied(GREYSCALE, work, &m);
    told(work, copy, &m);
    n = fair_match_words(&m, W, H, a, words);
    for (size_t i = 0; i < n; i++) said |= fair_str_eq(words[i], FAIR_STR("greyscale: the work's colours are gone"));
    CHECK(said);
}

FAIR_TEST_MAIN
