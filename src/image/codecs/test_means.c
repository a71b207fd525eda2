/* The luma of a JPEG without its chroma, at an eighth without its other coefficients: what libjpeg gives, or nothing. */
#include <setjmp.h>
#include "image/codecs/test_pictures.h"
#include "image/codecs/jpeg_idct.h"
#include "image/codecs/jpeg_private.h"

static uint32_t
any(void)
{
    static uint32_t s = 99;
    s = s * 1664525u + 1013904223u;
    return s >> 8;
}

/* Shapes and grain, so that blocks have coefficients of all sizes. */
static struct fair_image *
grainy(uint32_t w, uint32_t h, uint32_t channels)
{
    struct fair_image *im = scene(w, h, channels);

    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w * channels; x++) {
            int v = fair_image_row(im, y)[x] + (int)(any() % (1 + x * 120 / (w * channels))) - 30;
            fair_image_row(im, y)[x] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
    return im;
}

struct way { int quality, across, down, restart; bool optimal, progressive; };

static struct bytes
written(const struct fair_image *im, struct way w)
{
    struct jpeg_compress_struct j;
    struct jpeg_error_mgr errors;
    unsigned char *p = NULL;
    unsigned long n = 0;

    j.err = jpeg_std_error(&errors);
    jpeg_create_compress(&j);
    jpeg_mem_dest(&j, &p, &n);
    j.image_width = im->width;
    j.image_height = im->height;
    j.input_components = (int)im->channels;
    j.in_color_space = im->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&j);
    jpeg_set_quality(&j, w.quality, TRUE);
    j.comp_info[0].h_samp_factor = w.across;
    j.comp_info[0].v_samp_factor = w.down;
    j.restart_interval = (unsigned)w.restart;
    j.optimize_coding = w.optimal;
    if (w.progressive) jpeg_simple_progression(&j);
    jpeg_start_compress(&j, TRUE);
    while (j.next_scanline < j.image_height) {
        JSAMPROW row = fair_image_row(im, j.next_scanline);
        jpeg_write_scanlines(&j, &row, 1);
    }
    jpeg_finish_compress(&j);
    jpeg_destroy_compress(&j);
    return (struct bytes){ p, n };
}

static jmp_buf out_of_it;
static void gives_up(j_common_ptr j) { (void)j; longjmp(out_of_it, 1); }
static void says_nothing(j_common_ptr j, int level) { j->err->num_warnings += level < 0; }

/* Both ways: 1 the luma was taken and is libjpeg's; 0 it was not taken; -1 they differ. */
static int
compared_at(struct bytes b, unsigned denominator)
{
    struct jpeg_decompress_struct j;
    struct jpeg_error_mgr errors;
    struct fair_image *volatile means = NULL, *volatile theirs = NULL;
    volatile bool taken = false;
    volatile int result = 0;

    j.err = jpeg_std_error(&errors);
    errors.error_exit = gives_up;
    errors.emit_message = says_nothing;
    if (setjmp(out_of_it) == 0) {
        const uint8_t *data;
        size_t n;
        jpeg_create_decompress(&j);
        jpeg_mem_src(&j, b.p, b.n);
        jpeg_read_header(&j, TRUE);
        j.scale_num = 1;
        j.scale_denom = denominator;
        j.out_color_space = JCS_GRAYSCALE;
        data = j.src->next_input_byte;
        n = j.src->bytes_in_buffer;
        jpeg_calc_output_dimensions(&j);
        means = fair_image_new(j.output_width, j.output_height, 1);
        theirs = fair_image_new(j.output_width, j.output_height, 1);
        {
            /* A copy of exactly its size: the sanitizer sees a read beyond it. */
            uint8_t *exact = malloc(n > 0 ? n : 1);
            memcpy(exact, data, n);
            taken = fair_jpeg_luma(&j, exact, n, means);
            free(exact);
        }
        if (taken) {
            result = -1;
            jpeg_start_decompress(&j);
            while (j.output_scanline < j.output_height) {
                JSAMPROW row = fair_image_row(theirs, j.output_scanline);
                jpeg_read_scanlines(&j, &row, 1);
            }
            result = 1;
            for (uint32_t y = 0; y < means->height; y++)
                if (memcmp(fair_image_row(means, y), fair_image_row(theirs, y), means->width) != 0) result = -1;
        }
    }
    jpeg_destroy_decompress(&j);
    if (means != NULL) free(means->data), free(means);
    if (theirs != NULL) free(theirs->data), free(theirs);
    return result;
}

/* At all four scales: the least of their answers. */
static int
compared(struct bytes b)
{
    int least = 1;

    for (unsigned d = 1; d <= 8; d *= 2) {
        int got = compared_at(b, d);
        least = got < least ? got : least;
    }
    return least;
}

TEST(the_luma_is_that_of_libjpeg_at_every_scale_for_every_way_a_baseline_file_is_written)
{
    static const uint32_t sizes[][2] = { { 8, 8 }, { 1, 1 }, { 17, 33 }, { 640, 480 }, { 333, 217 }, { 1000, 9 }, { 5, 700 } };

    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (uint32_t channels = 1; channels <= 3; channels += 2)
            for (int quality = 3; quality <= 100; quality += 24 + (quality > 90))
                for (int k = 0; k < 6; k++) {
                    FAIR_AUTO(image) struct fair_image *im = grainy(sizes[s][0], sizes[s][1], channels);
                    struct way w = { quality, 1 + k % 2, 1 + k / 2 % 2, k == 4 ? 1 : k == 5 ? 7 : 0, k % 3 == 1, false };
                    struct bytes b = written(im, w);
                    if (compared(b) != 1) fail_msg("%u x %u, %u channels, quality %d, way %d: %d", im->width, im->height, channels, quality, k, compared(b));
                    free(b.p);
                }
}

/* Blocks from hardly anything to far too much, in every place; nothing is written beyond the picture. */
TEST(every_kernel_of_the_transforms_gives_the_plain_ones_pixels)
{
    size_t n;
    const struct fair_idct_kernels *k = fair_idct_kernels_all(&n);
    unsigned fit = 0;

    for (int turn = 0; turn < 60000; turn++) {
        int16_t block[64] = { 0 }, quant[64];
        const int most = turn % 7 == 6 ? 32767 : 1 << (turn % 11), some = 1 + (int)(any() % 64);
        for (int i = 0; i < 64; i++) quant[i] = (int16_t)(1 + any() % (turn % 3 == 0 ? 255 : 12));
        for (int i = 0; i < some; i++) block[any() % 64] = (int16_t)((int)(any() % (2u * (unsigned)most + 1)) - most);
        for (int side = 2; side <= 8; side *= 2) {
            uint8_t want[12 * 12], got[12 * 12];
            uint32_t (*const plain)(const int16_t *, const int16_t *, uint8_t *, size_t) = side == 8 ? k[0].to_8 : side == 4 ? k[0].to_4 : k[0].to_2;
            uint32_t over;
            memset(want, 77, sizeof want);
            over = plain(block, quant, want + 13, 12);
            fit += over == 0;
            for (size_t i = 1; i < n; i++) {
                uint32_t (*const fast)(const int16_t *, const int16_t *, uint8_t *, size_t) = side == 8 ? k[i].to_8 : side == 4 ? k[i].to_4 : k[i].to_2;
                memset(got, 77, sizeof got);
                CHECK_EQ(fast(block, quant, got + 13, 12) != 0, over != 0);
                if (over == 0 && memcmp(got, want, sizeof got) != 0) fail_msg("%s, %d x %d, turn %d", k[i].name, side, side, turn);
                for (int at = 0; at < 12 * 12; at++)
                    if (at % 12 < 1 || at % 12 > side || at / 12 < 1 || at / 12 > side) CHECK_EQ(got[at], 77);
            }
        }
    }
    CHECK(fit > 60000);
}

TEST(a_file_that_is_no_plain_baseline_is_left_to_libjpeg)
{
    FAIR_AUTO(image) struct fair_image *im = grainy(200, 150, 3);
    struct bytes progressive = written(im, (struct way){ 80, 2, 2, 0, false, true });
    struct bytes plain = written(im, (struct way){ 80, 2, 2, 3, false, false });

    CHECK_EQ(compared(progressive), 0);
    CHECK_EQ(compared(plain), 1);
    for (size_t cut = plain.n - 3; cut > 700; cut -= 97) CHECK_EQ(compared((struct bytes){ plain.p, cut }), 0);
    free(progressive.p);
    free(plain.p);
}

/* Whatever a byte is changed to: either libjpeg's own picture or none. */
TEST(a_damaged_file_never_gives_another_picture_than_libjpegs)
{
    FAIR_AUTO(image) struct fair_image *im = grainy(160, 120, 3);
    struct bytes b = written(im, (struct way){ 70, 2, 1, 4, false, false });
    unsigned taken = 0;

    for (unsigned i = 0; i < 3000; i++) {
        const size_t at = 100 + any() % (b.n - 100);
        const uint8_t was = b.p[at];
        int got;
        b.p[at] = i % 5 == 0 ? 0xff : (uint8_t)any();
        got = compared(b);
        if (got < 0) fail_msg("byte %zu as %02x: another picture", at, b.p[at]);
        taken += got > 0;
        b.p[at] = was;
    }
    CHECK(taken > 100);
    free(b.p);
}

TEST(a_file_cut_off_is_white_where_nothing_was_decoded)
{
    FAIR_AUTO(image) struct fair_image *im = grainy(1600, 1200, 3), *got = NULL, *whole = NULL;
    struct bytes b = written(im, (struct way){ 80, 2, 2, 0, false, false });
    struct fair_picture info;
    struct fair_err err = { 0 };

    CHECK_OK(decode(b, 128, 1, &whole, &info, &err));
    CHECK_EQ(whole->width, 200);
    CHECK(!info.partial && info.decoded_rows == 1200);
    CHECK_OK(decode((struct bytes){ b.p, b.n / 2 }, 128, 1, &got, &info, &err));
    CHECK(info.partial && info.decoded_rows > 300 && info.decoded_rows < 900);
    CHECK(mean_difference(whole, got, info.decoded_rows / 8 - 3) == 0);
    for (uint32_t x = 0; x < got->width; x++) CHECK_EQ(fair_image_row(got, got->height - 1)[x], 255);
    free(b.p);
}

FAIR_TEST_MAIN
