/* image/test_image.c - luma, turning and area averaging against their plain meanings. */
#include "base/test.h"
#include "base/text.h"
#include "image/image.h"
#include "image/image_private.h"

static uint32_t seed = 1;

static uint32_t
any(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)seed * below) >> 32);
}

static struct fair_image *
noise(uint32_t w, uint32_t h, uint32_t c)
{
    struct fair_image *im = fair_image_new(w, h, c);
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w * c; x++) fair_image_row(im, y)[x] = (uint8_t)(any(4) == 0 ? 255 * any(2) : any(256));
    return im;
}

TEST(a_new_picture_has_aligned_rows)
{
    FAIR_AUTO(image) struct fair_image *im = fair_image_new(65, 3, 3);
    CHECK_EQ(im->stride % 64, 0);
    CHECK(im->stride >= 65 * 3);
    CHECK_EQ((uintptr_t)im->data % 64, 0);
}

TEST(luma_follows_bt601)
{
    FAIR_AUTO(image) struct fair_image *im = fair_image_new(4, 1, 3);
    const uint8_t px[] = { 255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255 };
    FAIR_AUTO(image) struct fair_image *y = NULL;
    memcpy(im->data, px, sizeof px);
    y = fair_image_luma(im);
    CHECK_EQ(y->data[0], 255);
    CHECK_EQ(y->data[1], (77 * 255 + 128) >> 8);
    CHECK_EQ(y->data[2], (150 * 255 + 128) >> 8);
    CHECK_EQ(y->data[3], (29 * 255 + 128) >> 8);
}

TEST(each_kernel_does_what_the_plain_one_does)
{
    size_t n_kernels;
    const struct fair_image_kernels *all = fair_image_kernels_all(&n_kernels);

    for (size_t k = 1; k < n_kernels; k++)
        for (size_t n = 0; n < 200; n++) {
            size_t shift = n % 7;
            uint8_t *row = malloc(3 * n + shift + 1), *y0 = malloc(n + 1), *y1 = malloc(n + 1);
            uint32_t *a0 = malloc((n + 1) * 4), *a1 = malloc((n + 1) * 4);
            uint32_t weight = n % 3 ? any(n % 3 == 1 ? 65536 : 32768) : n % 2 ? 65535 : 32767;
            for (size_t i = 0; i < 3 * n + shift; i++) row[i] = (uint8_t)(n % 5 == 0 ? 255 : any(256));
            for (size_t i = 0; i <= n; i++) a0[i] = a1[i] = any(1u << 31);
            uint32_t before = seed;
            memset(y0, 7, n + 1);
            memset(y1, 7, n + 1);
            all[0].area_add(a0, row + shift, row + n, n, weight, n % 2 ? any(32768) : 0, n % 4 < 2);
            seed = before;
            all[k].area_add(a1, row + shift, row + n, n, weight, n % 2 ? any(32768) : 0, n % 4 < 2);
            assert_memory_equal(a0, a1, (n + 1) * 4);
            all[0].luma_row(y0, row + shift, n);
            all[k].luma_row(y1, row + shift, n);
            assert_memory_equal(y0, y1, n + 1);
            free(row); free(y0); free(y1); free(a0); free(a1);
        }
}

TEST(each_kernel_averages_across_as_the_plain_one_does)
{
    size_t n_kernels;
    const struct fair_image_kernels *all = fair_image_kernels_all(&n_kernels);

    for (size_t k = 1; k < n_kernels; k++)
        for (int round = 0; round < 300; round++) {
            uint32_t in = round % 50 == 0 ? 65535 : 1 + any(100), out = 1 + any(in < 90 ? in : 90), c = any(2) ? 3 : 1;
            uint32_t height = round % 3 ? 1 + any(65535) : 65535;
            struct fair_area_rows a = { .n = (size_t)in * c, .width = out, .channels = c, .units = out, .area = (uint64_t)in * height };
            struct fair_span *spans = calloc(out, sizeof *spans);
            uint32_t *acc = malloc(16 * a.n * 4);
            uint8_t *want = malloc(8 * (out * c + 1)), *got = malloc(8 * (out * c + 1));
            for (uint32_t x = 0; x < out; x++) {
                uint64_t from = (uint64_t)x * in, to = from + in;
                spans[x] = (struct fair_span){ (uint32_t)(from / out), (uint32_t)((to - 1) / out), in, 0 };
                if (spans[x].first != spans[x].last) {
                    spans[x].head = (uint32_t)((uint64_t)(spans[x].first + 1) * out - from);
                    spans[x].tail = (uint32_t)(to - (uint64_t)spans[x].last * out);
                }
            }
            a.spans = spans;
            a.scratch = acc + 8 * a.n;
            for (size_t i = 0; i < 8 * a.n; i++) acc[i] = round % 7 ? any(255 * height + 1) : (round % 2 ? 255 * height : any(2) * height / 2);
            memset(want, 7, 8 * (out * c + 1));
            memset(got, 7, 8 * (out * c + 1));
            for (size_t r = 0; r < 8; r++) a.acc[r] = acc + r * a.n;
            for (size_t r = 0; r < 8; r++) a.to[r] = want + r * (out * c + 1);
            all[0].area_across(&a);
            for (size_t r = 0; r < 8; r++) a.to[r] = got + r * (out * c + 1);
            all[k].area_across(&a);
            assert_memory_equal(want, got, 8 * (out * c + 1));
            free(spans); free(acc); free(want); free(got);
        }
}

/* Every overlap of every pair of pixels: slow, and the meaning. */
static uint8_t
area_by_definition(const struct fair_image *in, uint32_t w, uint32_t h, uint32_t x, uint32_t y, uint32_t c)
{
    uint64_t sum = 0, area = (uint64_t)in->width * in->height;
    for (uint32_t v = 0; v < in->height; v++) {
        int64_t top = (int64_t)v * h > (int64_t)y * in->height ? (int64_t)v * h : (int64_t)y * in->height;
        int64_t end = (int64_t)(v + 1) * h < (int64_t)(y + 1) * in->height ? (int64_t)(v + 1) * h : (int64_t)(y + 1) * in->height;
        if (end <= top) continue;
        for (uint32_t u = 0; u < in->width; u++) {
            int64_t left = (int64_t)u * w > (int64_t)x * in->width ? (int64_t)u * w : (int64_t)x * in->width;
            int64_t stop = (int64_t)(u + 1) * w < (int64_t)(x + 1) * in->width ? (int64_t)(u + 1) * w : (int64_t)(x + 1) * in->width;
            if (stop > left)
                sum += (uint64_t)((end - top) * (stop - left)) * fair_image_row(in, v)[u * in->channels + c];
        }
    }
    return (uint8_t)(area > 0 ? (sum + area / 2) / area : 0);
}

TEST(shrinking_is_the_exact_mean_over_each_area)
{
    for (int round = 0; round < 60; round++) {
        uint32_t w = 1 + any(round % 3 ? 40 : 90), h = 1 + any(50), c = any(2) ? 3 : 1;
        uint32_t ow = 1 + any(w), oh = 1 + any(h);
        FAIR_AUTO(image) struct fair_image *in = noise(w, h, c);
        FAIR_AUTO(image) struct fair_image *out = fair_image_area(in, ow, oh);
        for (uint32_t y = 0; y < oh; y++)
            for (uint32_t x = 0; x < ow; x++)
                for (uint32_t b = 0; b < c; b++)
                    CHECK_EQ(fair_image_row(out, y)[x * c + b], area_by_definition(in, ow, oh, x, y, b));
    }
}

TEST(a_flat_picture_stays_flat_however_large)
{
    for (int v = 0; v < 256; v += 51) {
        FAIR_AUTO(image) struct fair_image *in = fair_image_new(65535, 5, 1);
        FAIR_AUTO(image) struct fair_image *out = NULL;
        memset(in->data, v, in->stride * in->height);
        out = fair_image_shrink(in, 7);
        CHECK_EQ(out->width, 7);
        CHECK_EQ(out->height, 1);
        for (int x = 0; x < 7; x++) CHECK_EQ(out->data[x], v);
    }
}

TEST(shrinking_keeps_the_shape_and_never_enlarges)
{
    FAIR_AUTO(image) struct fair_image *in = noise(300, 200, 1);
    FAIR_AUTO(image) struct fair_image *small = fair_image_shrink(in, 64), *same = NULL;
    CHECK_EQ(small->width, 64);
    CHECK_EQ(small->height, 43);
    same = fair_image_shrink(in, 300);
    CHECK_EQ(same->width, 300);
    for (uint32_t y = 0; y < 200; y++) assert_memory_equal(fair_image_row(same, y), fair_image_row(in, y), 300);
    fair_image_free(&same);
}

TEST(each_orientation_puts_the_corner_where_exif_says)
{
    /* 0 1 2 / 3 4 5 as stored; what is upright for each orientation, row by row. */
    static const struct { int o, w; uint8_t px[6]; } want[] = {
        { 1, 3, { 0, 1, 2, 3, 4, 5 } }, { 2, 3, { 2, 1, 0, 5, 4, 3 } }, { 3, 3, { 5, 4, 3, 2, 1, 0 } },
        { 4, 3, { 3, 4, 5, 0, 1, 2 } }, { 5, 2, { 0, 3, 1, 4, 2, 5 } }, { 6, 2, { 3, 0, 4, 1, 5, 2 } },
        { 7, 2, { 5, 2, 4, 1, 3, 0 } }, { 8, 2, { 2, 5, 1, 4, 0, 3 } }, { 0, 3, { 0, 1, 2, 3, 4, 5 } },
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        for (uint32_t c = 1; c <= 3; c += 2) {
            FAIR_AUTO(image) struct fair_image *in = fair_image_new(3, 2, c);
            FAIR_AUTO(image) struct fair_image *out = NULL;
            for (uint32_t p = 0; p < 6; p++)
                for (uint32_t b = 0; b < c; b++) fair_image_row(in, p / 3)[p % 3 * c + b] = (uint8_t)(10 * p + b);
            out = fair_image_orient(in, want[i].o);
            CHECK_EQ(out->width, want[i].w);
            CHECK_EQ(out->height, 6 / want[i].w);
            for (uint32_t p = 0; p < 6; p++)
                for (uint32_t b = 0; b < c; b++)
                    CHECK_EQ(fair_image_row(out, p / out->width)[p % out->width * c + b], 10 * want[i].px[p] + b);
        }
}

TEST(turning_large_pictures_moves_every_pixel)
{
    FAIR_AUTO(image) struct fair_image *in = noise(131, 77, 1);
    FAIR_AUTO(image) struct fair_image *out = fair_image_orient(in, 6);
    for (uint32_t y = 0; y < out->height; y++)
        for (uint32_t x = 0; x < out->width; x++)
            CHECK_EQ(fair_image_row(out, y)[x], fair_image_row(in, in->height - 1 - x)[y]);
}

FAIR_TEST_MAIN
