/* image/codecs/test_readers.c - our own readers, GIF BMP ICO, on files made byte by byte. */
#include "image/codecs/test_pictures.h"

struct file {
    uint8_t b[1 << 17];
    size_t n;
};

static void put8(struct file *f, uint32_t v) { f->b[f->n++] = (uint8_t)v; }
static void put16(struct file *f, uint32_t v) { put8(f, v); put8(f, v >> 8); }
static void put32(struct file *f, uint32_t v) { put16(f, v); put16(f, v >> 16); }
static void put_text(struct file *f, const char *text) { while (*text) put8(f, (uint8_t)*text++); }
static struct bytes whole(const struct file *f) { return (struct bytes){ (uint8_t *)f->b, f->n }; }

/* --- GIF */

static void
gif_head(struct file *f, uint32_t w, uint32_t h)
{
    f->n = 0;
    put_text(f, "GIF89a");
    put16(f, w);
    put16(f, h);
    put8(f, 0x80 | 7);
    put16(f, 0);
    for (int i = 0; i < 256; i++) for (int c = 0; c < 3; c++) put8(f, (uint32_t)i);     /* greys */
}

static void
gif_control(struct file *f, int transparent)
{
    put8(f, 0x21); put8(f, 0xf9); put8(f, 4);
    put8(f, transparent >= 0); put16(f, 10); put8(f, transparent >= 0 ? (uint32_t)transparent : 0);
    put8(f, 0);
}

struct bits {
    struct file *f;
    uint32_t held, n, in_block;
    size_t length_at;
};

static void
put_code(struct bits *b, uint32_t code, uint32_t n)
{
    b->held |= code << b->n;
    for (b->n += n; b->n >= 8; b->n -= 8, b->held >>= 8) {
        if (b->in_block == 0) { b->length_at = b->f->n; put8(b->f, 0); }
        put8(b->f, b->held & 255);
        b->f->b[b->length_at] = (uint8_t)++b->in_block;
        if (b->in_block == 255) b->in_block = 0;
    }
}

/* A frame by an ordinary LZW encoder; the table is searched from its beginning.  `clear_at`: when it holds so
 * many codes it is emptied, or (4097) kept full. */
static void
gif_frame(struct file *f, uint32_t x, uint32_t y, uint32_t w, uint32_t h, bool interlaced, const uint8_t *px, uint32_t clear_at)
{
    static uint16_t prefix[4097];
    static uint8_t last[4097];
    struct bits b = { .f = f };
    uint32_t next = 258, bits = 9, have;
    static uint32_t order[65536];
    uint32_t n = 0;
    static const uint32_t first[4] = { 0, 4, 2, 1 }, apart[4] = { 8, 8, 4, 2 };

    for (int pass = 0; pass < (interlaced ? 4 : 1); pass++)
        for (uint32_t r = interlaced ? first[pass] : 0; r < h; r += interlaced ? apart[pass] : 1)
            for (uint32_t c = 0; c < w; c++) order[n++] = r * w + c;
    put8(f, 0x2c); put16(f, x); put16(f, y); put16(f, w); put16(f, h); put8(f, interlaced ? 0x40 : 0);
    put8(f, 8);
    put_code(&b, 256, 9);
    have = px[order[0]];
    for (uint32_t i = 1; i < n; i++) {
        uint32_t c = px[order[i]], k;
        for (k = 258; k < next; k++) if (prefix[k] == have && last[k] == c) break;
        if (k < next) { have = k; continue; }
        put_code(&b, have, bits);
        if (next < 4096) {
            prefix[next] = (uint16_t)have;
            last[next++] = (uint8_t)c;
            if (next > 1u << bits && bits < 12) bits++;
        }
        if (next >= clear_at) {
            put_code(&b, 256, bits);
            next = 258;
            bits = 9;
        }
        have = c;
    }
    put_code(&b, have, bits);
    put_code(&b, 257, bits);
    put_code(&b, 0, 7);
    put8(f, 0);
}

static struct file file;

TEST(a_gif_is_read_exactly_with_every_way_of_emptying_the_table)
{
    FAIR_AUTO(image) struct fair_image *im = scene(120, 90, 1);
    uint8_t px[120 * 90];
    static const uint32_t clear_at[] = { 300, 512, 4096, 9999 };
    for (uint32_t y = 0; y < 90; y++)
        for (uint32_t x = 0; x < 120; x++) fair_image_row(im, y)[x] = px[y * 120 + x] = (uint8_t)((x * x + 3 * y * x / 7 + y) & 255);
    for (int interlaced = 0; interlaced < 2; interlaced++)
        for (size_t i = 0; i < 4; i++) {
            FAIR_AUTO(image) struct fair_image *got = NULL;
            struct fair_picture info;
            gif_head(&file, 120, 90);
            gif_frame(&file, 0, 0, 120, 90, interlaced, px, clear_at[i]);
            put8(&file, 0x3b);
            CHECK_OK(decode(whole(&file), 0, 1, &got, &info, why));
            CHECK(mean_difference(im, got, 90) == 0);
            CHECK(!info.partial);
            CHECK_EQ(info.frames, 1);
            CHECK_EQ(info.decoded_rows, 90);
        }
}

TEST(a_gif_frame_lies_on_a_white_screen_and_may_enlarge_it)
{
    FAIR_AUTO(image) struct fair_image *got = NULL;
    struct fair_picture info;
    uint8_t px[6] = { 10, 7, 30, 40, 50, 7 };
    gif_head(&file, 4, 4);
    gif_control(&file, 7);
    gif_frame(&file, 2, 1, 3, 2, false, px, 4096);
    gif_control(&file, -1);
    gif_frame(&file, 0, 0, 2, 2, false, px, 4096);
    put8(&file, 0x3b);
    CHECK_OK(decode(whole(&file), 0, 1, &got, &info, why));
    CHECK_EQ(info.width, 5);
    CHECK_EQ(info.height, 4);
    CHECK_EQ(info.frames, 2);
    CHECK(info.alpha);
    CHECK_EQ(fair_image_row(got, 0)[2], 255);
    CHECK_EQ(fair_image_row(got, 1)[2], 10);
    CHECK_EQ(fair_image_row(got, 1)[3], 255);            /* transparent */
    CHECK_EQ(fair_image_row(got, 2)[4], 255);
    CHECK_EQ(fair_image_row(got, 2)[3], 50);
}

TEST(a_gif_cut_off_keeps_its_rows_and_a_huge_one_is_refused)
{
    FAIR_AUTO(image) struct fair_image *got = NULL;
    struct fair_image *none = NULL;
    struct fair_picture info;
    struct fair_err err = { 0 };
    static uint8_t px[200 * 100];
    for (size_t i = 0; i < sizeof px; i++) px[i] = (uint8_t)(i * 2654435761u >> 24);
    gif_head(&file, 200, 100);
    gif_frame(&file, 0, 0, 200, 100, false, px, 4096);
    file.n = file.n / 2;
    CHECK_OK(decode(whole(&file), 0, 1, &got, &info, why));
    CHECK(info.partial);
    CHECK(info.decoded_rows > 40 && info.decoded_rows < 60);
    assert_memory_equal(fair_image_row(got, 30), px + 30 * 200, 200);
    CHECK_EQ(fair_image_row(got, 99)[5], 255);
    gif_head(&file, 22616, 22616);
    gif_frame(&file, 0, 0, 2, 2, false, px, 4096);
    CHECK_EQ(decode(whole(&file), 512, 1, &none, &info, &err), FAIR_LIMIT);
    CHECK_EQ(info.width, 22616);
}

TEST(a_gif_without_a_frame_has_a_size_only)
{
    struct fair_image *none = NULL;
    struct fair_picture info;
    struct fair_err err = { 0 };
    gif_head(&file, 20, 10);
    CHECK_EQ(decode(whole(&file), 0, 1, &none, &info, &err), FAIR_CORRUPT);
    CHECK(!info.blank);                                  /* more might have come */
    put8(&file, 0x3b);
    CHECK_EQ(decode(whole(&file), 0, 1, &none, &info, &err), FAIR_CORRUPT);
    CHECK(info.blank);
    CHECK_EQ(info.width, 20);
}

/* --- BMP */

static void
bmp_head(struct file *f, uint32_t header, uint32_t w, int32_t h, uint32_t bits, uint32_t packing, uint32_t n_colors, uint32_t extra)
{
    bool os2 = header == 12;
    f->n = 0;
    put_text(f, "BM");
    put32(f, 0);
    put32(f, 0);
    put32(f, 14 + header + n_colors * (os2 ? 3 : 4) + extra);
    put32(f, header);
    if (os2) {
        put16(f, w); put16(f, (uint32_t)h); put16(f, 1); put16(f, bits);
        return;
    }
    put32(f, w); put32(f, (uint32_t)h); put16(f, 1); put16(f, bits);
    put32(f, packing); put32(f, 0); put32(f, 2835); put32(f, 2835); put32(f, n_colors); put32(f, 0);
    while (f->n < 14 + header) put8(f, 0);
}

static void
bmp_greys(struct file *f, uint32_t n, bool os2)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t v = n == 1 ? 0 : i * 255 / (n - 1);
        put8(f, v); put8(f, v); put8(f, v);
        if (!os2) put8(f, 0);
    }
}

TEST(a_bmp_of_each_depth_and_header_is_read)
{
    static const uint32_t headers[] = { 12, 16, 40, 52, 56, 64, 108, 124 };
    static const uint32_t depths[] = { 1, 2, 4, 8 };
    for (size_t k = 0; k < 8; k++)
        for (size_t i = 0; i < 4; i++)
            for (int top_down = 0; top_down < 2; top_down++) {
                FAIR_AUTO(image) struct fair_image *got = NULL;
                struct fair_picture info;
                uint32_t bits = depths[i], n = 1u << bits, w = 13, h = 5, stride = ((w * bits + 31) / 32) * 4;
                bool os2 = headers[k] == 12;
                if (top_down && os2) continue;
                bmp_head(&file, headers[k], w, top_down ? -(int32_t)h : (int32_t)h, bits, 0, n, 0);
                if (headers[k] == 16) {                  /* it ends after the depth */
                    file.n = 14 + 16;
                    file.b[10] = (uint8_t)(14 + 16 + 4 * n);
                    file.b[11] = (uint8_t)((14 + 16 + 4 * n) >> 8);
                }
                bmp_greys(&file, n, os2);
                for (uint32_t y = 0; y < h; y++) {
                    uint8_t row[16] = { 0 };
                    for (uint32_t x = 0; x < w; x++) row[x * bits / 8] |= (uint8_t)(((x + y) % n) << (8 - bits - x * bits % 8));
                    for (uint32_t j = 0; j < stride; j++) put8(&file, row[j]);
                }
                CHECK_OK(decode(whole(&file), 0, 1, &got, &info, why));
                CHECK_EQ(info.width, 13);
                CHECK_EQ(info.height, 5);
                CHECK(!info.partial);
                for (uint32_t y = 0; y < h; y++)
                    for (uint32_t x = 0; x < w; x++)
                        CHECK_EQ(fair_image_row(got, top_down ? y : h - 1 - y)[x], ((x + y) % n) * 255 / (n - 1));
            }
}

static void
expect_bmp(uint32_t x, uint32_t y, uint32_t rgb)
{
    FAIR_AUTO(image) struct fair_image *got = NULL;
    struct fair_picture info;
    CHECK_OK(decode(whole(&file), 0, 3, &got, &info, why));
    const uint8_t *p = fair_image_row(got, y) + 3 * x;
    if (((uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2]) != rgb)
        fail_msg("(%u, %u): %02x%02x%02x, not %06x", x, y, p[0], p[1], p[2], rgb);
}

TEST(a_bmp_of_many_bits_is_read_by_its_masks)
{
    bmp_head(&file, 40, 3, 1, 24, 0, 0, 0);
    for (int i = 0; i < 12; i++) put8(&file, (uint32_t)i * 10);
    expect_bmp(1, 0, 0x32281e);
    bmp_head(&file, 40, 2, 1, 16, 0, 0, 0);              /* 5 5 5 */
    put16(&file, 31 << 10 | 0 << 5 | 16); put16(&file, 0x7fff);
    expect_bmp(0, 0, 0xff0084);
    bmp_head(&file, 40, 2, 1, 16, 3, 0, 12);             /* 5 6 5, the masks behind the header */
    put32(&file, 0xf800); put32(&file, 0x7e0); put32(&file, 0x1f);
    put16(&file, 0x07e0); put16(&file, 0xf800);
    expect_bmp(0, 0, 0x00ff00);
    expect_bmp(1, 0, 0xff0000);
    bmp_head(&file, 40, 1, 1, 32, 0, 0, 0);              /* the fourth byte means nothing */
    put32(&file, 0x80102030);
    expect_bmp(0, 0, 0x102030);
    bmp_head(&file, 56, 2, 1, 32, 3, 0, 0);              /* here it is alpha: on white */
    file.n = 14 + 40;
    put32(&file, 0xff); put32(&file, 0xff00); put32(&file, 0xff0000); put32(&file, 0xff000000);
    put32(&file, 0x000000ff); put32(&file, 0xff0000ff);
    expect_bmp(0, 0, 0xffffff);
    expect_bmp(1, 0, 0xff0000);
    bmp_head(&file, 40, 1, 1, 32, 3, 0, 12);             /* a mask with a hole */
    put32(&file, 0xf0f); put32(&file, 0); put32(&file, 0); put32(&file, 0);
    struct fair_image *none = NULL;
    struct fair_picture info;
    struct fair_err err = { 0 };
    CHECK_EQ(decode(whole(&file), 0, 3, &none, &info, &err), FAIR_CORRUPT);
}

TEST(run_lengths_are_followed_and_gaps_are_white)
{
    /* RLE8, 6 x 3, bottom up: a run, an absolute part, a step, the end. */
    static const uint8_t rle8[] = { 4, 1, 2, 2, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 2, 2, 0, 1, 3, 0, 1 };
    bmp_head(&file, 40, 6, 3, 8, 1, 4, 0);
    bmp_greys(&file, 4, false);
    for (size_t i = 0; i < sizeof rle8; i++) put8(&file, rle8[i]);
    expect_bmp(0, 2, 0x555555);
    expect_bmp(4, 2, 0xaaaaaa);
    expect_bmp(2, 1, 0xffffff);
    expect_bmp(1, 1, 0xaaaaaa);
    expect_bmp(5, 1, 0xffffff);                          /* not written */
    expect_bmp(0, 0, 0xffffff);
    expect_bmp(2, 0, 0xffffff);
    /* RLE4: two colours in turn. */
    static const uint8_t rle4[] = { 5, 0x12, 0, 3, 0x30, 0x10, 0, 1 };
    bmp_head(&file, 40, 8, 1, 4, 2, 4, 0);
    bmp_greys(&file, 4, false);
    for (size_t i = 0; i < sizeof rle4; i++) put8(&file, rle4[i]);
    expect_bmp(0, 0, 0x555555);
    expect_bmp(3, 0, 0xaaaaaa);
    expect_bmp(4, 0, 0x555555);
    expect_bmp(5, 0, 0xffffff);
    expect_bmp(6, 0, 0x000000);
    /* OS/2's RLE24. */
    static const uint8_t rle24[] = { 2, 1, 2, 3, 0, 1 };
    bmp_head(&file, 64, 2, 1, 24, 4, 0, 0);
    for (size_t i = 0; i < sizeof rle24; i++) put8(&file, rle24[i]);
    expect_bmp(1, 0, 0x030201);
}

TEST(a_bmp_cut_off_keeps_its_rows_and_one_may_hold_a_png)
{
    FAIR_AUTO(image) struct fair_image *im = scene(20, 10, 3), *got = NULL, *inner = NULL;
    struct fair_picture info;
    struct bytes png = png_of(im, PNG_INTERLACE_NONE);
    bmp_head(&file, 40, 8, 8, 24, 0, 0, 0);
    for (int i = 0; i < 24 * 3 + 5; i++) put8(&file, 9);
    CHECK_OK(decode(whole(&file), 0, 1, &got, &info, why));
    CHECK(info.partial);
    CHECK_EQ(info.decoded_rows, 3);
    CHECK_EQ(fair_image_row(got, 7)[0], 9);
    CHECK_EQ(fair_image_row(got, 0)[0], 255);
    bmp_head(&file, 40, 20, 10, 0, 5, 0, 0);
    memcpy(file.b + file.n, png.p, png.n);
    file.n += png.n;
    CHECK_OK(decode(whole(&file), 0, 3, &inner, &info, why));
    CHECK(mean_difference(im, inner, 10) == 0);
    CHECK_EQ(info.format, FAIR_FORMAT_BMP);
    free(png.p);
}

TEST(a_bmp_that_lies_is_refused_in_words)
{
    static const struct { uint32_t header, w; int32_t h; uint32_t bits, packing; fair_status s; } bad[] = {
        { 40, 0, 5, 24, 0, FAIR_CORRUPT }, { 40, 5, 0, 24, 0, FAIR_CORRUPT }, { 40, 0x80000001u, 5, 24, 0, FAIR_CORRUPT },
        { 40, 65500, 65500, 24, 0, FAIR_LIMIT }, { 40, 5, INT32_MIN, 24, 0, FAIR_LIMIT }, { 40, 5, 5, 3, 0, FAIR_CORRUPT },
        { 40, 5, 5, 8, 2, FAIR_CORRUPT }, { 40, 5, 5, 24, 77, FAIR_CORRUPT }, { 40, 5, 5, 24, 3, FAIR_CORRUPT },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct fair_image *none = NULL;
        struct fair_picture info;
        struct fair_err err = { 0 };
        bmp_head(&file, bad[i].header, bad[i].w, bad[i].h, bad[i].bits, bad[i].packing, 0, 0);
        for (int j = 0; j < 100; j++) put8(&file, 0);
        CHECK_EQ(decode(whole(&file), 512, 1, &none, &info, &err), bad[i].s);
        CHECK(err.text[0] != '\0');
    }
}

/* --- ICO */

static size_t
ico_entry(struct file *f, uint32_t w, uint32_t h, uint32_t bits)
{
    put8(f, w); put8(f, h); put8(f, 0); put8(f, 0); put16(f, 1); put16(f, bits); put32(f, 0); put32(f, 0);
    return f->n - 4;
}

static void
place(struct file *f, size_t entry)
{
    for (int i = 0; i < 4; i++) f->b[entry + (size_t)i] = (uint8_t)(f->n >> (8 * i));
}

TEST(the_largest_and_deepest_picture_of_an_icon_is_shown)
{
    FAIR_AUTO(image) struct fair_image *im = scene(32, 32, 3), *got = NULL;
    struct fair_picture info;
    struct bytes png = png_of(im, PNG_INTERLACE_NONE);
    size_t small, large, shallow;
    file.n = 0;
    put16(&file, 0); put16(&file, 1); put16(&file, 3);
    small = ico_entry(&file, 2, 2, 32);
    shallow = ico_entry(&file, 32, 32, 4);
    large = ico_entry(&file, 32, 32, 32);
    place(&file, small);
    place(&file, shallow);
    put32(&file, 40);
    place(&file, large);
    memcpy(file.b + file.n, png.p, png.n);
    file.n += png.n;
    CHECK_OK(decode(whole(&file), 0, 3, &got, &info, why));
    CHECK_EQ(info.width, 32);
    CHECK_EQ(info.format, FAIR_FORMAT_ICO);
    CHECK(mean_difference(im, got, 32) == 0);
    free(png.p);
}

TEST(an_icons_mask_shows_the_white_behind_it)
{
    for (int alpha = 0; alpha < 2; alpha++) {
        FAIR_AUTO(image) struct fair_image *got = NULL;
        struct fair_picture info;
        size_t entry;
        file.n = 0;
        put16(&file, 0); put16(&file, 2); put16(&file, 1);           /* a cursor: its entry has a hot spot in place of depth */
        entry = ico_entry(&file, 2, 2, 300);
        place(&file, entry);
        put32(&file, 40); put32(&file, 2); put32(&file, 4); put16(&file, 1); put16(&file, 32);
        for (int i = 0; i < 6; i++) put32(&file, 0);
        put32(&file, 0x000000ff); put32(&file, 0x0000ff00);          /* the lower row: blue, green */
        put32(&file, 0x00ff0000); put32(&file, alpha ? 0xff000000 : 0);
        put32(&file, 0x80); put32(&file, 0);                         /* the mask: lower left is background */
        CHECK_OK(decode(whole(&file), 0, 3, &got, &info, why));
        CHECK_EQ(info.width, 2);
        CHECK_EQ(info.height, 2);
        CHECK_EQ(fair_image_row(got, 1)[0], 255);
        if (alpha) {                                     /* alpha outranks the mask */
            CHECK_EQ(fair_image_row(got, 0)[4], 0);
            CHECK_EQ(fair_image_row(got, 1)[4], 255);
            CHECK_EQ(fair_image_row(got, 0)[1], 255);
        } else {
            CHECK_EQ(fair_image_row(got, 1)[3], 0);
            CHECK_EQ(fair_image_row(got, 1)[4], 255);
            CHECK_EQ(fair_image_row(got, 0)[0], 255);
            CHECK_EQ(fair_image_row(got, 0)[1], 0);
        }
    }
}

TEST(an_icon_whose_picture_is_missing_has_a_size_only)
{
    struct fair_image *none = NULL;
    struct fair_picture info;
    struct fair_err err = { 0 };
    file.n = 0;
    put16(&file, 0); put16(&file, 1); put16(&file, 1);
    ico_entry(&file, 48, 48, 32);
    CHECK_EQ(decode(whole(&file), 0, 3, &none, &info, &err), FAIR_CORRUPT);
    CHECK(info.blank);
    CHECK_EQ(info.width, 48);
}

TEST(every_beginning_of_every_file_is_survived)
{
    static struct file keep;
    uint8_t px[30 * 20];
    for (size_t i = 0; i < sizeof px; i++) px[i] = (uint8_t)(i * 7);
    for (int kind = 0; kind < 3; kind++) {
        if (kind == 0) {
            gif_head(&file, 30, 20);
            gif_frame(&file, 0, 0, 30, 20, true, px, 300);
        } else if (kind == 1) {
            bmp_head(&file, 40, 30, 20, 8, 1, 4, 0);
            bmp_greys(&file, 4, false);
            for (int i = 0; i < 100; i++) { put8(&file, (uint32_t)i % 3); put8(&file, (uint32_t)i % 5); }
        } else {
            file.n = 0;
            put16(&file, 0); put16(&file, 1); put16(&file, 1);
            place(&file, ico_entry(&file, 4, 4, 8));
            put32(&file, 40); put32(&file, 4); put32(&file, 8); put16(&file, 1); put16(&file, 8);
            for (int i = 0; i < 300; i++) put32(&file, 0);
        }
        keep = file;
        for (size_t n = 0; n < keep.n; n++) {
            FAIR_AUTO(image) struct fair_image *got = NULL;
            struct fair_picture info;
            struct fair_err err = { 0 };
            fair_status s = decode((struct bytes){ keep.b, n }, 16, 1, &got, &info, &err);
            CHECK((s == FAIR_OK) == (got != NULL));
            CHECK(s == FAIR_OK || s == FAIR_CORRUPT || s == FAIR_INVALID || s == FAIR_LIMIT);
        }
    }
}

FAIR_TEST_MAIN
