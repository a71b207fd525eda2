/* image/codecs/test_codecs.c - sniffing, limits, JPEG and PNG, on bytes made here. */
#include "image/codecs/test_pictures.h"

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
        FAIR_AUTO(image) struct fair_image *im = scene(150, 90, ch);
        FAIR_AUTO(image) struct fair_image *got = NULL;
        struct fair_picture info;
        fair_str jpeg;
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
                FAIR_AUTO(image) struct fair_image *grey = fair_image_luma(im);
                struct fair_picture info;
                CHECK_OK(decode(files[i], wish, ch, &got, &info, why));
                CHECK_EQ(info.width, 1600);
                CHECK_EQ(info.height, 1000);
                CHECK(got->width >= (wish < 1600 ? wish : 1600));
                CHECK(got->width <= (wish < 800 ? 2 * wish : 1600));
                CHECK_EQ(got->channels, ch);
                want = fair_image_area(ch == 1 ? grey : im, got->width, got->height);
                if (mean_difference(want, got, got->height) > 8) fail_msg("file %zu wish %u ch %u: %f", i, wish, ch, mean_difference(want, got, got->height));
            }
    for (size_t i = 0; i < 4; i++) free(files[i].p);
}

TEST(an_oriented_jpeg_is_turned_upright)
{
    FAIR_AUTO(image) struct fair_image *im = scene(64, 40, 3);
    for (int o = 1; o <= 8; o++) {
        struct bytes b = jpeg_of(im, false, o);
        FAIR_AUTO(image) struct fair_image *got = NULL;
        FAIR_AUTO(image) struct fair_image *want = fair_image_orient(im, o);
        struct fair_picture info;
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
        FAIR_AUTO(image) struct fair_image *got = NULL;
        struct fair_picture info;
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

TEST(a_png_whose_header_lies_about_its_checksum_is_refused)
{
    FAIR_AUTO(image) struct fair_image *im = scene(30, 20, 3);
    struct bytes b = png_of(im, PNG_INTERLACE_NONE);
    struct fair_image *got = NULL;
    struct fair_picture info;
    struct fair_err err = { 0 };
    b.p[29] ^= 1;
    CHECK_EQ(decode(b, 0, 3, &got, &info, &err), FAIR_CORRUPT);
    CHECK(strstr(err.text, "checksum") != NULL);
    CHECK(!info.blank);
    b.p[29] ^= 1;
    /* Of pixels it does not matter. */
    b.p[b.n - 13] ^= 1;
    CHECK_OK(decode(b, 0, 3, &got, &info, why));
    CHECK(mean_difference(im, got, 20) == 0);
    fair_image_free(&got);
    free(b.p);
}

TEST(a_jpeg_whose_scan_is_nonsense_has_a_size_and_nothing_in_it)
{
    FAIR_AUTO(image) struct fair_image *im = scene(40, 30, 3);
    struct bytes b = jpeg_of(im, true, 0);
    struct fair_image *got = NULL;
    struct fair_picture info;
    struct fair_err err = { 0 };
    for (size_t i = 0; i + 1 < b.n; i++)                 /* the first SOS: impossible successive approximation */
        if (b.p[i] == 0xff && b.p[i + 1] == 0xda) {
            b.p[i + 3 + b.p[i + 3]] = 0x74;
            b.p[i + 1 + b.p[i + 3]] = 0x74;
            break;
        }
    CHECK_EQ(decode(b, 512, 1, &got, &info, &err), FAIR_CORRUPT);
    CHECK(info.blank);
    CHECK_EQ(info.width, 40);
    CHECK_EQ(info.height, 30);
    free(b.p);
}

TEST(a_progressive_jpeg_of_too_many_scans_is_shown_as_far_as_its_share)
{
    /* One refinement scan of the DC of component 1 over and over: a "scan bomb". */
    FAIR_AUTO(image) struct fair_image *im = scene(320, 320, 1), *got = NULL;
    struct bytes b = jpeg_of(im, true, 0);
    size_t last = 0, end = b.n - 2, scan;
    struct bytes bomb;
    struct fair_picture info;
    for (size_t i = 0; i + 1 < b.n; i++) if (b.p[i] == 0xff && b.p[i + 1] == 0xda) last = i;
    scan = end - last;
    bomb.n = end + 300 * scan + 2;
    bomb.p = malloc(bomb.n);
    memcpy(bomb.p, b.p, end);
    for (size_t i = 0; i < 300; i++) memcpy(bomb.p + end + i * scan, b.p + last, scan);
    memcpy(bomb.p + bomb.n - 2, "\xff\xd9", 2);
    CHECK_OK(decode(bomb, 0, 1, &got, &info, why));
    CHECK(info.partial);
    CHECK(mean_difference(im, got, 320) < 30);
    free(bomb.p);
    free(b.p);
}

TEST(cmyk_comes_out_as_colours)
{
    /* An Adobe CMYK file holds inverted inks: 255 is none. */
    FAIR_AUTO(image) struct fair_image *got = NULL;
    struct jpeg_compress_struct j;
    struct jpeg_error_mgr errors;
    uint8_t row[16 * 4], *p = NULL;
    unsigned long n = 0;
    struct fair_picture info;

    j.err = jpeg_std_error(&errors);
    jpeg_create_compress(&j);
    jpeg_mem_dest(&j, &p, &n);
    j.image_width = j.image_height = 16;
    j.input_components = 4;
    j.in_color_space = JCS_CMYK;
    jpeg_set_defaults(&j);
    jpeg_set_quality(&j, 100, TRUE);
    jpeg_start_compress(&j, TRUE);
    for (int i = 0; i < 16; i++) memcpy(row + 4 * i, "\x00\xff\xff\xff", 4);     /* all cyan */
    while (j.next_scanline < 16) {
        JSAMPROW r = row;
        jpeg_write_scanlines(&j, &r, 1);
    }
    jpeg_finish_compress(&j);
    jpeg_destroy_compress(&j);
    CHECK_OK(decode((struct bytes){ p, n }, 0, 3, &got, &info, why));
    CHECK(fair_image_row(got, 8)[3 * 8] < 8);
    CHECK(fair_image_row(got, 8)[3 * 8 + 1] > 247);
    CHECK(fair_image_row(got, 8)[3 * 8 + 2] > 247);
    free(p);
}

/* --- RAW: a DNG in which the first directory is the preview, and a sub-directory the sensor's mosaic. */

struct dng {
    uint8_t b[1 << 16];
    size_t n;
};

static void put16(struct dng *f, uint32_t v) { f->b[f->n++] = (uint8_t)v; f->b[f->n++] = (uint8_t)(v >> 8); }
static void put32(struct dng *f, uint32_t v) { put16(f, v & 0xffff); put16(f, v >> 16); }

static void
tag(struct dng *f, uint32_t number, uint32_t type, uint32_t count, uint32_t value)
{
    put16(f, number); put16(f, type); put32(f, count); put32(f, value);
}

static void
dng_of(struct dng *f, struct bytes preview, uint32_t w, uint32_t h, uint32_t orientation)
{
    const uint32_t make = 8 + 2 + 13 * 12 + 4, sub = make + 16, mosaic = sub + 2 + 14 * 12 + 4, jpeg = mosaic + 64 * 64 * 2;
    f->n = 0;
    put16(f, 0x4949); put16(f, 42); put32(f, 8);
    put16(f, 13);
    tag(f, 254, 4, 1, 1);                                /* a preview */
    tag(f, 256, 4, 1, w);
    tag(f, 257, 4, 1, h);
    tag(f, 258, 3, 1, 8);
    tag(f, 259, 3, 1, 7);                                /* JPEG */
    tag(f, 262, 3, 1, 6);
    tag(f, 271, 2, 6, make);
    tag(f, 272, 2, 6, make + 6);
    tag(f, 273, 4, 1, jpeg);
    tag(f, 274, 3, 1, orientation);
    tag(f, 279, 4, 1, (uint32_t)preview.n);
    tag(f, 330, 4, 1, sub);
    tag(f, 50706, 1, 4, 0x00000401);                     /* DNG 1.4 */
    put32(f, 0);
    memcpy(f->b + f->n, "Maker\0Model\0\0\0\0", 16);
    f->n += 16;
    put16(f, 14);
    tag(f, 254, 4, 1, 0);
    tag(f, 256, 4, 1, 64);
    tag(f, 257, 4, 1, 64);
    tag(f, 258, 3, 1, 16);
    tag(f, 259, 3, 1, 1);
    tag(f, 262, 3, 1, 32803);                            /* colour filter array */
    tag(f, 273, 4, 1, mosaic);
    tag(f, 277, 3, 1, 1);
    tag(f, 278, 4, 1, 64);
    tag(f, 279, 4, 1, 64 * 64 * 2);
    tag(f, 33421, 3, 2, 2 | 2 << 16);
    tag(f, 33422, 1, 4, 0x02010100);
    tag(f, 50714, 4, 1, 0);
    tag(f, 50717, 4, 1, 4095);
    put32(f, 0);
    memset(f->b + f->n, 1, 64 * 64 * 2);
    f->n += 64 * 64 * 2;
    memcpy(f->b + f->n, preview.p, preview.n);
    f->n += preview.n;
}

TEST(a_raw_picture_is_read_by_its_preview)
{
    static struct dng f;
    FAIR_AUTO(image) struct fair_image *im = scene(160, 120, 3), *got = NULL, *turned = NULL;
    FAIR_AUTO(image) struct fair_image *upright = fair_image_orient(im, 8);
    struct bytes preview = jpeg_of(im, false, 0);
    struct fair_picture info;
    dng_of(&f, preview, 160, 120, 1);
    CHECK_EQ(fair_format_sniff(f.b, f.n), FAIR_FORMAT_RAW);
    CHECK_OK(decode((struct bytes){ f.b, f.n }, 0, 3, &got, &info, why));
    CHECK_EQ(info.format, FAIR_FORMAT_RAW);
    CHECK_EQ(info.width, 160);
    CHECK_EQ(info.height, 120);
    CHECK(mean_difference(im, got, 120) < 6);
    dng_of(&f, preview, 160, 120, 8);
    CHECK_OK(decode((struct bytes){ f.b, f.n }, 0, 3, &turned, &info, why));
    CHECK_EQ(info.width, 120);
    CHECK_EQ(info.height, 160);
    CHECK(mean_difference(upright, turned, 160) < 6);
    for (size_t n = 0; n < 400; n += 3) {                /* and survived when it is cut */
        FAIR_AUTO(image) struct fair_image *some = NULL;
        struct fair_err err = { 0 };
        fair_status s = decode((struct bytes){ f.b, n }, 0, 3, &some, &info, &err);
        CHECK((s == FAIR_OK) == (some != NULL));
    }
    /* A smaller one before it does not win, nor a larger claim that is no JPEG. */
    dng_of(&f, preview, 160, 120, 1);
    memcpy(f.b + f.n, "\xff\xd8\xff\xc0\0\21\10\377\0\377\0\3", 12);
    f.n += 12;
    fair_image_free(&got);
    CHECK_OK(decode((struct bytes){ f.b, f.n }, 0, 3, &got, &info, why));
    CHECK_EQ(info.width, 160);
    free(preview.p);
}

TEST(a_raw_picture_without_a_preview_says_so)
{
    static struct dng f;
    struct fair_image *none = NULL;
    struct fair_picture info;
    struct fair_err err = { 0 };
    dng_of(&f, (struct bytes){ (uint8_t *)"", 0 }, 160, 120, 1);
    CHECK_EQ(decode((struct bytes){ f.b, f.n }, 0, 3, &none, &info, &err), FAIR_CORRUPT);
    CHECK(strstr(err.text, "preview") != NULL);
}


FAIR_TEST_MAIN
