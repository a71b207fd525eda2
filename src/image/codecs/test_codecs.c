/* image/codecs/test_codecs.c - sniffing, limits, JPEG and PNG, on bytes made here. */
#include "base/test.h"
#include <png.h>
#include <jpeglib.h>
#include "image/codecs/codecs.h"

/* A picture in which every place can be told: red grows to the right, green downwards, blue in squares of 50. */
static struct fair_image *
scene(uint32_t w, uint32_t h, uint32_t channels)
{
    struct fair_image *im = fair_image_new(w, h, channels);
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w; x++) {
            uint8_t *p = fair_image_row(im, y) + x * channels;
            p[0] = (uint8_t)(x * 255 / w);
            if (channels == 3) {
                p[1] = (uint8_t)(y * 255 / h);
                p[2] = (x / 50 + y / 50) % 2 ? 200 : 40;
            }
        }
    return im;
}

struct bytes {
    uint8_t *p;
    size_t n;
};

static void
grow(png_structp png, png_bytep p, size_t n)
{
    struct bytes *b = png_get_io_ptr(png);
    b->p = realloc(b->p, b->n + n);
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

static struct bytes
png_of(const struct fair_image *im, int interlace)
{
    struct bytes b = { NULL, 0 };
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_bytepp rows = malloc(im->height * sizeof *rows);

    for (uint32_t y = 0; y < im->height; y++) rows[y] = fair_image_row(im, y);
    png_set_write_fn(png, &b, grow, NULL);
    png_set_compression_buffer_size(png, 512);           /* several IDATs, so that cutting off means something */
    png_set_IHDR(png, info, im->width, im->height, 8, im->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
                 interlace, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_rows(png, info, rows);
    png_write_png(png, info, 0, NULL);
    png_destroy_write_struct(&png, &info);
    free(rows);
    return b;
}

/* JPEG as an ordinary program writes it; APP1 is put in by hand. */
static struct bytes
jpeg_of(const struct fair_image *im, bool progressive, int orientation)
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
    j.in_color_space = im->channels == 1 ? JCS_GRAYSCALE : im->channels == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_set_defaults(&j);
    jpeg_set_quality(&j, 92, TRUE);
    if (progressive) jpeg_simple_progression(&j);
    jpeg_start_compress(&j, TRUE);
    if (orientation > 0) {
        uint8_t app1[] = { 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1,
                           1, 18, 0, 3, 0, 0, 0, 1, 0, (uint8_t)orientation, 0, 0, 0, 0, 0, 0 };
        jpeg_write_marker(&j, JPEG_APP0 + 1, app1, sizeof app1);
    }
    while (j.next_scanline < j.image_height) {
        JSAMPROW row = fair_image_row(im, j.next_scanline);
        jpeg_write_scanlines(&j, &row, 1);
    }
    jpeg_finish_compress(&j);
    jpeg_destroy_compress(&j);
    return (struct bytes){ p, n };
}

static fair_status
decode(struct bytes b, uint32_t wish, uint32_t channels, struct fair_image **out, struct fair_picture *info, struct fair_err *err)
{
    /* A copy of exactly its size: the sanitizer sees a read beyond it. */
    uint8_t *exact = calloc(b.n > 0 ? b.n : 1, 1);
    fair_status s;
    if (b.n > 0) memcpy(exact, b.p, b.n);
    s = fair_picture_decode(exact, b.n, &fair_image_limits_default, wish, channels, out, info, err);
    free(exact);
    return s;
}

static double
mean_difference(const struct fair_image *a, const struct fair_image *b, uint32_t rows)
{
    uint64_t sum = 0;
    CHECK_EQ(a->width, b->width);
    CHECK_EQ(a->channels, b->channels);
    for (uint32_t y = 0; y < rows; y++)
        for (uint32_t x = 0; x < a->width * a->channels; x++) sum += (uint64_t)abs(fair_image_row(a, y)[x] - fair_image_row(b, y)[x]);
    return (double)sum / ((double)rows * a->width * a->channels);
}

TEST(each_format_is_told_by_its_first_bytes)
{
    static const struct { const char *bytes; size_t n; enum fair_format f; } is[] = {
#define IS(text, format) { text, sizeof(text) - 1, format }
        IS("\xff\xd8\xff\xe0....", FAIR_FORMAT_JPEG), IS("\x89PNG\r\n\x1a\n", FAIR_FORMAT_PNG),
        IS("GIF87a", FAIR_FORMAT_GIF), IS("GIF89a", FAIR_FORMAT_GIF), IS("GIF90a", FAIR_FORMAT_NONE),
        IS("BM............\x28\0\0\0", FAIR_FORMAT_BMP), IS("BMW builds cars and more", FAIR_FORMAT_NONE),
        IS("\0\0\1\0\1\0................", FAIR_FORMAT_ICO), IS("\0\0\2\0\1\0................", FAIR_FORMAT_ICO),
        IS("\0\1\0\0\1\0................", FAIR_FORMAT_NONE),
        IS("RIFF\0\0\0\0WEBPVP8 ", FAIR_FORMAT_WEBP), IS("RIFF\0\0\0\0WAVEfmt ", FAIR_FORMAT_NONE),
        IS("\0\0\0\x1c" "ftypavif\0\0\0\0avifmif1miaf", FAIR_FORMAT_AVIF),
        IS("\0\0\0\x1c" "ftypmif1\0\0\0\0miafavifmif1", FAIR_FORMAT_AVIF),
        IS("\0\0\0\x18" "ftypheic\0\0\0\0mif1heic", FAIR_FORMAT_HEIC),
        IS("\0\0\0\x18" "ftypisom\0\0\0\0isomiso2", FAIR_FORMAT_NONE),
        IS("\0\0\0\x18" "ftypcrx \0\0\0\1crx isom", FAIR_FORMAT_RAW),
        IS("\xff\x0a....", FAIR_FORMAT_JXL), IS("\0\0\0\x0cJXL \r\n\x87\n", FAIR_FORMAT_JXL),
        IS("II*\0\10\0\0\0\0\0\0\0\0\0", FAIR_FORMAT_TIFF), IS("MM\0*\0\0\0\10\0\0\0\0\0\0", FAIR_FORMAT_TIFF),
        IS("II*\0\20\0\0\0CR\2\0\0\0\0\0", FAIR_FORMAT_RAW), IS("IIRS\10\0\0\0", FAIR_FORMAT_RAW),
        IS("IIU\0\10\0\0\0", FAIR_FORMAT_RAW), IS("FUJIFILMCCD-RAW 0201", FAIR_FORMAT_RAW),
        /* DNGVersion in the first directory */
        IS("II*\0\10\0\0\0\1\0\x12\xc6\1\0\4\0\0\0\1\4\0\0\0\0\0\0", FAIR_FORMAT_RAW),
        /* a SubIFD with a colour filter array */
        IS("II*\0\10\0\0\0\1\0\x4a\1\4\0\1\0\0\0\x1a\0\0\0\0\0\0\0\1\0\6\1\3\0\1\0\0\0\x23\x80\0\0\0\0\0\0", FAIR_FORMAT_RAW),
        IS("<svg xmlns='http://www.w3.org/2000/svg'/>", FAIR_FORMAT_SVG),
        IS("\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a > b --><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN'>\n<svg>", FAIR_FORMAT_SVG),
        IS("<html><svg></svg>", FAIR_FORMAT_NONE), IS("", FAIR_FORMAT_NONE), IS("I", FAIR_FORMAT_NONE),
    };
    for (size_t i = 0; i < sizeof is / sizeof is[0]; i++) {
        enum fair_format got = fair_format_sniff(is[i].bytes, is[i].n);
        if (got != is[i].f) fail_msg("case %zu: %s, not %s", i, fair_format_name(got), fair_format_name(is[i].f));
    }
}

TEST(each_format_has_a_name_and_a_mime_type)
{
    for (int f = 0; f < FAIR_N_FORMATS; f++) {
        CHECK(strlen(fair_format_name(f)) > 0);
        CHECK(strchr(fair_format_mime(f), '/') != NULL);
    }
    CHECK(!fair_format_needs_vips(FAIR_FORMAT_JPEG));
    CHECK(fair_format_needs_vips(FAIR_FORMAT_TIFF));
}

TEST(a_jpeg_of_ours_comes_back_as_it_was)
{
    for (uint32_t ch = 1; ch <= 3; ch += 2) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        FAIR_AUTO(image) struct fair_image *im = scene(150, 90, ch), *back = NULL;
        FAIR_AUTO(image) struct fair_image *got = NULL;
        struct fair_picture info;
        fair_str jpeg;
        (void)back;
        fair_jpeg_encode(im, 95, a, &jpeg);
        CHECK_EQ(fair_format_sniff(jpeg.p, jpeg.n), FAIR_FORMAT_JPEG);
        CHECK_OK(fair_picture_decode(jpeg.p, jpeg.n, &fair_image_limits_default, 0, ch, &got, &info, why));
        CHECK_EQ(info.width, 150);
        CHECK_EQ(info.height, 90);
        CHECK_EQ(info.decoded_rows, 90);
        CHECK(!info.partial);
        CHECK(mean_difference(im, got, 90) < 6);
    }
}

TEST(a_wished_size_gives_at_least_that_and_the_same_picture)
{
    FAIR_AUTO(image) struct fair_image *im = scene(1600, 1000, 3);
    struct bytes files[] = { jpeg_of(im, false, 0), jpeg_of(im, true, 0), png_of(im, PNG_INTERLACE_NONE), png_of(im, PNG_INTERLACE_ADAM7) };

    for (size_t i = 0; i < 4; i++)
        for (uint32_t wish = 16; wish <= 2000; wish = wish * 5 / 2)
            for (uint32_t ch = 1; ch <= 3; ch += 2) {
                FAIR_AUTO(image) struct fair_image *got = NULL, *want = NULL;
                FAIR_AUTO(image) struct fair_image *grey = fair_image_luma(im), *small = NULL;
                struct fair_picture info;
                CHECK_OK(decode(files[i], wish, ch, &got, &info, why));
                CHECK_EQ(info.width, 1600);
                CHECK_EQ(info.height, 1000);
                CHECK(got->width >= (wish < 1600 ? wish : 1600));
                CHECK(got->width <= (wish < 800 ? 2 * wish : 1600));
                CHECK_EQ(got->channels, ch);
                want = fair_image_area(ch == 1 ? grey : im, got->width, got->height);
                small = want;
                if (mean_difference(want, got, got->height) > 8) fail_msg("file %zu wish %u ch %u: %f", i, wish, ch, mean_difference(want, got, got->height));
                want = NULL;
            }
    for (size_t i = 0; i < 4; i++) free(files[i].p);
}

TEST(an_oriented_jpeg_is_turned_upright)
{
    FAIR_AUTO(image) struct fair_image *im = scene(64, 40, 3);
    for (int o = 1; o <= 8; o++) {
        struct bytes b = jpeg_of(im, false, o);
        FAIR_AUTO(image) struct fair_image *got = NULL, *none = NULL;
        FAIR_AUTO(image) struct fair_image *want = fair_image_orient(im, o);
        struct fair_picture info;
        (void)none;
        CHECK_OK(decode(b, 0, 3, &got, &info, why));
        CHECK_EQ(info.orientation, o);
        CHECK_EQ(info.width, o >= 5 ? 40 : 64);
        CHECK_EQ(info.height, o >= 5 ? 64 : 40);
        CHECK(mean_difference(want, got, got->height) < 8);
        free(b.p);
    }
}

TEST(a_jpeg_cut_off_keeps_what_was_decoded)
{
    FAIR_AUTO(image) struct fair_image *im = scene(256, 256, 3);
    for (int progressive = 0; progressive < 2; progressive++) {
        struct bytes whole = jpeg_of(im, progressive, 0);
        uint32_t rows_before = 0;
        for (size_t percent = 10; percent <= 90; percent += 10) {
            struct bytes part = { whole.p, whole.n * percent / 100 };
            FAIR_AUTO(image) struct fair_image *got = NULL;
            struct fair_picture info;
            struct fair_err err = { 0 };
            if (decode(part, 0, 3, &got, &info, &err) != FAIR_OK) {
                CHECK(percent <= 20);
                continue;
            }
            CHECK(info.partial);
            CHECK_EQ(got->height, 256);
            CHECK(info.decoded_rows >= rows_before);
            rows_before = info.decoded_rows;
            /* what is not there is white */
            for (uint32_t y = info.decoded_rows; y < 256; y++) CHECK_EQ(fair_image_row(got, y)[0], 255);
            if (!progressive && info.decoded_rows > 32) CHECK(mean_difference(im, got, info.decoded_rows - 32) < 8);
            if (progressive && percent > 50) CHECK(mean_difference(im, got, 256) < 20);
        }
        CHECK(rows_before > 128);
        free(whole.p);
    }
}

TEST(a_jpeg_without_its_end_marker_is_whole)
{
    FAIR_AUTO(image) struct fair_image *im = scene(48, 48, 3);
    struct bytes b = jpeg_of(im, false, 0);
    FAIR_AUTO(image) struct fair_image *got = NULL;
    struct fair_picture info;
    b.n -= 2;
    CHECK_OK(decode(b, 0, 3, &got, &info, why));
    CHECK(!info.partial);
    CHECK_EQ(info.decoded_rows, 48);
    free(b.p);
}

TEST(a_png_cut_off_keeps_its_rows)
{
    FAIR_AUTO(image) struct fair_image *im = scene(300, 200, 3);
    for (int interlace = 0; interlace < 2; interlace++) {
        struct bytes whole = png_of(im, interlace ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE);
        struct bytes part = { whole.p, whole.n * 6 / 10 };
        FAIR_AUTO(image) struct fair_image *got = NULL, *all = NULL;
        struct fair_picture info;
        (void)all;
        CHECK_OK(decode(part, 0, 3, &got, &info, why));
        CHECK(info.partial);
        CHECK(info.decoded_rows > 20 && info.decoded_rows < 200);
        if (!interlace) {
            CHECK(mean_difference(im, got, info.decoded_rows) == 0);
            CHECK_EQ(fair_image_row(got, 199)[0], 255);
        } else CHECK(mean_difference(im, got, 200) < 30);      /* coarse, but all of it */
        free(whole.p);
    }
}

TEST(a_png_is_exact_interlaced_or_not)
{
    FAIR_AUTO(image) struct fair_image *im = scene(37, 29, 3);
    for (int interlace = 0; interlace < 2; interlace++) {
        struct bytes b = png_of(im, interlace ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE);
        FAIR_AUTO(image) struct fair_image *got = NULL;
        struct fair_picture info;
        CHECK_OK(decode(b, 0, 3, &got, &info, why));
        CHECK(!info.partial);
        CHECK_EQ(info.decoded_rows, 29);
        CHECK(mean_difference(im, got, 29) == 0);
        free(b.p);
    }
}

TEST(a_huge_claim_in_few_bytes_is_refused_before_it_is_believed)
{
    /* 65,500 x 65,500 */
    static const uint8_t png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R',
                                   0, 0, 0xff, 0xdc, 0, 0, 0xff, 0xdc, 8, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'I', 'D', 'A', 'T', 0, 0, 0, 0 };
    static const uint8_t jpeg[] = { 0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0xff, 0xdc, 0xff, 0xdc, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0,
                                    0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0, 1, 2, 3 };
    struct bytes files[] = { { (uint8_t *)png, sizeof png }, { (uint8_t *)jpeg, sizeof jpeg } };
    for (size_t i = 0; i < 2; i++) {
        struct fair_image *got = NULL;
        struct fair_picture info;
        struct fair_err err = { 0 };
        CHECK_EQ(decode(files[i], 512, 1, &got, &info, &err), FAIR_LIMIT);
        CHECK(got == NULL);
        CHECK_EQ(info.width, 65500);
        CHECK_EQ(info.height, 65500);
        CHECK(strstr(err.text, "65500 x 65500") != NULL);
    }
}

TEST(bytes_that_are_no_picture_are_named_so)
{
    struct fair_image *got = NULL;
    struct fair_picture info;
    struct fair_err err = { 0 };
    CHECK_EQ(decode((struct bytes){ NULL, 0 }, 0, 1, &got, &info, &err), FAIR_INVALID);
    CHECK(strstr(err.text, "empty") != NULL);
    CHECK_EQ(decode((struct bytes){ (uint8_t *)"hello there", 11 }, 0, 1, &got, &info, &err), FAIR_INVALID);
    CHECK_EQ(info.format, FAIR_FORMAT_NONE);
    CHECK_EQ(decode((struct bytes){ (uint8_t *)"\xff\xd8\xff\xe0\0\4ab\xff\xd9", 10 }, 0, 1, &got, &info, &err), FAIR_CORRUPT);
    CHECK_EQ(info.format, FAIR_FORMAT_JPEG);
    CHECK(got == NULL);
}

TEST(a_file_over_the_byte_limit_is_not_touched)
{
    struct fair_image_limits small = fair_image_limits_default;
    struct fair_image *got = NULL;
    struct fair_picture info;
    struct fair_err err = { 0 };
    small.max_bytes = 5;
    CHECK_EQ(fair_picture_decode("\xff\xd8\xff\xe0\0\4", 6, &small, 0, 1, &got, &info, &err), FAIR_LIMIT);
}

FAIR_TEST_MAIN
