/* test_png_join.c - parts of a screenshot under each other. */
#include "base/test.h"
#include <zlib.h>
#include "browser/png_join.h"

static void
be32(struct fair_buf *b, uint32_t v)
{
    for (int i = 24; i >= 0; i -= 8) fair_buf_byte(b, (char)(v >> i));
}

static void
chunk(struct fair_buf *b, const char *type, const uint8_t *data, size_t n)
{
    be32(b, (uint32_t)n);
    fair_buf_add(b, (fair_str){ type, 4 });
    fair_buf_add(b, (fair_str){ (const char *)data, n });
    be32(b, (uint32_t)crc32(crc32(crc32(0, NULL, 0), (const uint8_t *)type, 4), data, (uInt)n));
}

/* A PNG of 4 columns whose rows use the five filters in turn; pixel (x, y) channel k is base + 16 y + 3 x + k (mod 256). */
static fair_str
make(struct fair_arena *a, unsigned height, unsigned channels, unsigned base, unsigned lie)
{
    struct fair_buf b = FAIR_BUF(a, 65536);
    uint8_t head[13] = { 0, 0, 0, 4, 0, 0, 0, (uint8_t)(height + lie), 8, channels == 3 ? 2 : 6, 0, 0, 0 }, raw[4096], packed[8192];
    unsigned n = 4 * channels;
    size_t at = 0;
    uLongf size = sizeof packed;

    for (unsigned y = 0; y < height; y++) {
        unsigned f = y % 5;
        raw[at++] = (uint8_t)f;
        for (unsigned i = 0; i < n; i++) {
#define V(x_, y_, k_) ((k_) == 3 ? 255 : (uint8_t)(base + 16 * (y_) + 3 * (x_) + (k_)))
            unsigned x = i / channels, k = i % channels;
            int v = V(x, y, k), left = x > 0 ? V(x - 1, y, k) : 0, up = y > 0 ? V(x, y - 1, k) : 0, corner = x > 0 && y > 0 ? V(x - 1, y - 1, k) : 0;
            int pa = abs(up - corner), pb = abs(left - corner), pc = abs(left + up - 2 * corner);
            int p = pa <= pb && pa <= pc ? left : pb <= pc ? up : corner;
            raw[at++] = (uint8_t)(f == 0 ? v : f == 1 ? v - left : f == 2 ? v - up : f == 3 ? v - (left + up) / 2 : v - p);
        }
    }
    CHECK_EQ(compress(packed, &size, raw, at), Z_OK);
    fair_buf_add(&b, (fair_str){ "\x89PNG\r\n\x1a\n", 8 });
    chunk(&b, "IHDR", head, 13);
    chunk(&b, "IDAT", packed, size / 2);
    chunk(&b, "IDAT", packed + size / 2, size - size / 2);
    chunk(&b, "IEND", NULL, 0);
    return (fair_str){ b.p, b.n };
}

/* The rows of a PNG that we wrote: all of filter "up". */
static void
rows_of(fair_str png, uint8_t *out, size_t room)
{
    uint8_t packed[65536];
    uLongf n = room;
    size_t at = 8, have = 0;

    while (at + 12 <= png.n) {
        const uint8_t *p = (const uint8_t *)png.p + at;
        size_t k = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        if (memcmp(p + 4, "IDAT", 4) == 0) {
            memcpy(packed + have, p + 8, k);
            have += k;
        }
        at += 12 + k;
    }
    CHECK_EQ(uncompress(out, &n, packed, have), Z_OK);
    CHECK_EQ(n, room);
}

TEST(parts_of_either_kind_lie_under_each_other_pixel_for_pixel)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str parts[3] = { make(a, 2, 3, 5, 0), make(a, 11, 4, 90, 0), make(a, 6, 3, 200, 0) }, out;
    struct fair_png_note notes[] = { { "Source", FAIR_STR("https://example.com/") } };
    static const struct { unsigned rows, base; } what[] = { { 2, 5 }, { 11, 90 }, { 6, 200 } };
    uint8_t got[19 * 13], above[12] = { 0 };
    uint32_t w, h;
    size_t at = 0;

    CHECK_OK(fair_png_join(a, parts, 3, notes, 1, &out, why));
    CHECK_OK(fair_png_size(out, &w, &h, why));
    CHECK_EQ(w, 4);
    CHECK_EQ(h, 19);
    CHECK(memmem(out.p, out.n, "tEXtSource\0https://example.com/", 31) != NULL);
    rows_of(out, got, sizeof got);
    for (size_t part = 0; part < 3; part++)
        for (unsigned y = 0; y < what[part].rows; y++) {
            CHECK_EQ(got[at++], 2);
            for (unsigned i = 0; i < 12; i++) {
                above[i] = (uint8_t)(above[i] + got[at++]);
                CHECK_EQ(above[i], (uint8_t)(what[part].base + 16 * y + 3 * (i / 3) + i % 3));
            }
        }
}

TEST(what_cannot_be_joined_is_refused_with_its_kind)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str good = make(a, 3, 3, 0, 0), lie = make(a, 3, 3, 0, 1), out;
    char *bent = (char *)(uintptr_t)fair_str_dup(a, good).p;

    CHECK_EQ(fair_png_join(a, &good, 0, NULL, 0, &out, NULL), FAIR_INVALID);
    CHECK_EQ(fair_png_join(a, &lie, 1, NULL, 0, &out, NULL), FAIR_CORRUPT);
    CHECK_EQ(fair_png_join(a, &(fair_str){ good.p, good.n / 2 }, 1, NULL, 0, &out, NULL), FAIR_CORRUPT);
    bent[45] ^= 1;                                  /* in the first IDAT: its checksum is wrong now */
    CHECK_EQ(fair_png_join(a, &(fair_str){ bent, good.n }, 1, NULL, 0, &out, NULL), FAIR_CORRUPT);
    CHECK_EQ(fair_png_join(a, &FAIR_STR("GIF89a"), 1, NULL, 0, &out, NULL), FAIR_CORRUPT);
}

FAIR_TEST_MAIN
