#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "base/test.h"
#include "fingerprint/net.h"
#include "index/search.h"

#define N (FAIR_PAIR * FAIR_PAIR)

extern const uint8_t fair_verifier_weights[];

static uint32_t
any(uint32_t *s)
{
    *s = *s * 1664525u + 1013904223u;
    return *s >> 8;
}

/* Discs and bars on a slope, all told by `seed`; `moved` samples further on. */
static void
picture(uint32_t seed, float moved, float *v)
{
    uint32_t s = seed * 2654435761u + 1;
    float slope = (float)(any(&s) % 100) / 100, at[16][5];

    for (int i = 0; i < 16; i++)
        for (int k = 0; k < 5; k++) at[i][k] = (float)(any(&s) % 1000) / 1000;
    for (int y = 0; y < FAIR_PAIR; y++)
        for (int x = 0; x < FAIR_PAIR; x++) {
            float g = 60 + slope * (float)(x + y), px = ((float)x + moved) / FAIR_PAIR, py = (float)y / FAIR_PAIR;
            for (int i = 0; i < 16; i++) {
                float dx = fabsf(px - at[i][0]), dy = fabsf(py - at[i][1]), r = .03f + at[i][2] / 8;
                if (i % 2 ? dx * dx + dy * dy < r * r : dx < r && dy < r / 3) g = 255 * at[i][3];
            }
            v[y * FAIR_PAIR + x] = g;
        }
}

static void
blurred(const float *in, int r, float *out)
{
    for (int y = 0; y < FAIR_PAIR; y++)
        for (int x = 0; x < FAIR_PAIR; x++) {
            float sum = 0, n = 0;
            for (int b = -r; b <= r; b++)
                for (int a = -r; a <= r; a++) {
                    if (x + a < 0 || y + b < 0 || x + a >= FAIR_PAIR || y + b >= FAIR_PAIR) continue;
                    sum += in[(y + b) * FAIR_PAIR + x + a];
                    n++;
                }
            out[y * FAIR_PAIR + x] = sum / n;
        }
}

static float
asked(const float *work, const float *query)
{
    float odds = NAN;

    assert_true(fair_verify(work, query, &odds));
    assert_true(isfinite(odds));
    return odds;
}

static float work[N], query[N], other[N];

/* What the net means, step by step, from the same weights. */
static float
plainly(const int8_t *seen)
{
    static int8_t a[24 * N], b[24 * N], *from = a, *to = b;
    const uint8_t *at = fair_verifier_weights + 20;
    uint32_t side = FAIR_VERIFY_SIDE, channels = FAIR_VERIFY_CHANNELS, layers;
    float scale = 1 / 32.f;

    memcpy(&layers, fair_verifier_weights + 16, sizeof layers);
    memcpy(from, seen, FAIR_VERIFY_IN);
    for (uint32_t l = 0; l < le32toh(layers); l++) {
        uint32_t kind = fair_net_take32(&at), stride = fair_net_take32(&at), in, each, out, k, next;
        float scales[512], to_scale, six;
        int32_t bias[512], zero = l == 0 ? 0 : -128, most;
        const int8_t *w;
        int8_t *t = from;
        in = fair_net_take32(&at);
        assert_int_equal(in, kind == 2 ? 2 * channels : channels);
        out = fair_net_take32(&at);
        k = fair_net_take32(&at);
        to_scale = fair_net_take_float(&at);
        CHECK(out >= 1 && out <= 512);
        for (uint32_t c = 0; c < out; c++) scales[c] = fair_net_take_float(&at);
        for (uint32_t c = 0; c < out; c++) bias[c] = (int32_t)fair_net_take32(&at);
        w = (const int8_t *)at;
        each = kind == 1 ? 1 : in;
        at += (size_t)out * k * k * each;
        if (kind == 2) {
            int64_t sum = (int64_t)bias[0] * side * side;
            for (uint32_t c = 0; c < channels; c++) {
                int64_t top = 0;
                for (uint32_t p = 0; p < side * side; p++) {
                    int64_t v = from[p * channels + c] + 128;
                    sum += w[c] * v;
                    top = v > top ? v : top;
                }
                sum += w[channels + c] * top * side * side;
            }
            return (float)((double)sum * (double)scales[0] / (side * side) * (double)scale);
        }
        next = (side - 1) / stride + 1;
        assert_true(next * next * out <= 24 * N);
        six = 6 / to_scale - 128;
        most = six < 127 ? (int32_t)lrintf(six) : 127;
        for (uint32_t y = 0; y < next; y++)
            for (uint32_t x = 0; x < next; x++)
                for (uint32_t o = 0; o < out; o++) {
                    int32_t sum = bias[o];
                    long v;
                    for (uint32_t j = 0; j < k; j++)
                        for (uint32_t i = 0; i < k; i++) {
                            int32_t u = (int32_t)(x * stride + i) - (int32_t)(k / 2), t2 = (int32_t)(y * stride + j) - (int32_t)(k / 2);
                            if (u < 0 || t2 < 0 || u >= (int32_t)side || t2 >= (int32_t)side) continue;
                            for (uint32_t c = 0; c < each; c++)
                                sum += w[((o * k + j) * k + i) * each + c] * (from[((uint32_t)t2 * side + (uint32_t)u) * channels + (kind == 1 ? o : c)] - zero);
                        }
                    v = lrintf((float)sum * (scale * scales[o] / to_scale)) - 128;
                    to[(y * next + x) * out + o] = (int8_t)(v < -128 ? -128 : v > most ? most : v);
                }
        from = to;
        to = t;
        side = next;
        channels = out;
        scale = to_scale;
    }
    fail_msg("no last layer");
    return 0;
}

TEST(the_net_says_what_its_weights_mean_bit_by_bit)
{
    static int8_t in[FAIR_VERIFY_IN];

    for (uint32_t k = 0; k < 6; k++) {
        picture(k + 1, 0, work);
        picture(k < 3 ? k + 1 : k + 100, (float)k, query);
        for (int i = 0; i < N; i++)
            if ((uint32_t)(i % FAIR_PAIR) < 4 * k) query[i] = NAN;
        assert_true(fair_verify_show(work, query, in));
        assert_true(plainly(in) == asked(work, query));
    }
}

TEST(the_same_pair_gives_the_same_bits_whatever_was_seen_between)
{
    float once, again;

    picture(1, 0, work);
    picture(1, .3f, query);
    once = asked(work, query);
    for (uint32_t k = 0; k < 5; k++) {
        picture(50 + k, 0, other);
        asked(other, work);
        again = asked(work, query);
        assert_memory_equal(&once, &again, sizeof once);
    }
}

struct one { float work[N], query[N], odds, want; bool same; };

static void *
ask_often(void *arg)
{
    struct one *o = arg;

    o->same = true;
    for (int i = 0; i < 20; i++) o->same &= fair_verify(o->work, o->query, &o->odds) && o->odds == o->want;
    return NULL;
}

TEST(threads_that_ask_at_once_are_told_what_one_is)
{
    struct one *o = calloc(4, sizeof *o);
    pthread_t t[4];

    assert_non_null(o);
    for (uint32_t k = 0; k < 4; k++) {
        picture(k + 1, 0, o[k].work);
        picture(k % 2 ? k + 1 : k + 9, .5f, o[k].query);
        o[k].want = asked(o[k].work, o[k].query);
    }
    for (int k = 0; k < 4; k++) assert_int_equal(pthread_create(&t[k], NULL, ask_often, &o[k]), 0);
    for (int k = 0; k < 4; k++) pthread_join(t[k], NULL);
    for (int k = 0; k < 4; k++) assert_true(o[k].same);
    free(o);
}

TEST(a_blurred_copy_is_likelier_a_copy_than_a_stranger_is)
{
    unsigned wrong = 0;

    for (uint32_t k = 1; k <= 40; k++) {
        picture(k, 0, work);
        blurred(work, 4, query);
        picture(k + 500, 0, other);
        wrong += asked(work, query) <= asked(work, other);
    }
    assert_in_range(wrong, 0, 2);
}

TEST(what_is_plain_or_hardly_there_is_nothing_to_stumble_over)
{
    float odds;

    for (int i = 0; i < N; i++) work[i] = query[i] = NAN;
    assert_false(fair_verify(work, query, &odds));
    picture(3, 0, work);
    assert_false(fair_verify(work, query, &odds));
    for (int i = 0; i < 300; i++) query[i * 80] = 200;          /* but one or two of each four: no means */
    assert_false(fair_verify(work, query, &odds));
    for (int i = 0; i < N; i++) query[i] = NAN;
    for (int i = 0; i < 64; i++) {
        assert_false(fair_verify(work, query, &odds));
        for (int k = 0; k < 4; k++) query[(4 * (i / 16) + k / 2) * FAIR_PAIR + 4 * (i % 16) + k % 2] = 200;
    }
    asked(work, query);                       /* 64 means, each alone */
    for (int i = 0; i < N; i++) query[i] = 131;
    asked(work, query);
    asked(query, work);
    asked(query, query);
    for (int i = 0; i < N; i++) { work[i] = i % 2 ? 0 : 255; query[i] = i / FAIR_PAIR % 2 ? 0 : 255; }
    asked(work, query);
}

TEST(pictures_of_a_pixel_have_no_pair_and_odd_ones_have)
{
    static const uint32_t sides[][2] = { { 1, 1 }, { 1, 400 }, { 400, 1 }, { 15, 400 }, { 64, 48 }, { 511, 90 }, { 333, 512 } };
    static const float as_it_is[8] = { 1, 0, 0, 0, 1, 0, 0, 0 };
    struct fair_arena *a = fair_arena_new();
    unsigned laid = 0;

    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        FAIR_AUTO(image) struct fair_image *im = fair_image_new(sides[i][0], sides[i][1], 1);
        struct fair_levels *l;
        for (uint32_t y = 0; y < im->height; y++)
            for (uint32_t x = 0; x < im->width; x++) fair_image_row(im, y)[x] = (uint8_t)(x * y + 7 * x);
        l = fair_levels_new(im, a);
        if (!fair_pixels_pair(l, l, as_it_is, false, work, query)) continue;
        laid++;
        for (int k = 0; k < N; k++) assert_true(work[k] == query[k] || (isnan(work[k]) && isnan(query[k])));
        asked(work, query);
    }
    assert_int_equal(laid, 3);
    fair_arena_free(&a);
}

FAIR_TEST_MAIN
