/* image/codecs/test_vips.c - WebP AVIF HEIC JXL TIFF, with no file to be opened any more. */
#include "image/codecs/test_pictures.h"
#include <sys/resource.h>
#include "base/io.h"

static fair_str
fixture(struct fair_arena *a, const char *name)
{
    const char *source = getenv("FAIRTRACK_SOURCE");
    fair_str path = fair_str_fmt(a, "%s/src/image/testdata/%s", source != NULL ? source : ".", name), bytes = { NULL, 0 };
    CHECK_OK(fair_read_file(a, path.p, 1 << 20, &bytes, why));
    return bytes;
}

static fair_status
decode_vips(fair_str file, uint32_t wish, uint32_t channels, struct fair_image **out, struct fair_picture *info, struct fair_err *err)
{
    uint8_t *exact = calloc(file.n > 0 ? file.n : 1, 1);
    fair_status s;
    struct rlimit files, none;
    if (file.n > 0) memcpy(exact, file.p, file.n);
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
    none = files;
    none.rlim_cur = 0;                   /* no file can be opened, as in the helper's confinement */
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    s = fair_picture_decode_vips(exact, file.n, &fair_image_limits_default, wish, channels, out, info, err);
    setrlimit(RLIMIT_NOFILE, &files);
    free(exact);
    return s;
}

/* Once, as the helper does. */
static void
begin(void)
{
    static bool begun;
    FILE *told = stderr, *silent;
    if (begun) return;
    begun = true;
    CHECK_OK(fair_vips_begin(why));
    silent = stderr;                     /* a test's faults are to be seen */
    stderr = told;
    if (silent != told) fclose(silent);
}

/* What the libraries lose of their own on broken files is not ours to mend. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libdav1d\nleak:libheif\nleak:libjxl\nleak:libde265\nleak:libtiff\nleak:libvips\n"; }

struct kept {
    fair_str bytes;
    const char *name;
};
static struct kept files[16];
static size_t n_files;

static fair_str
kept(const char *name)
{
    static struct fair_arena *a;
    if (a == NULL) {
        static const char *const names[] = { "scene.webp", "scene.avif", "scene.heic", "scene.jxl", "scene.tif", "alpha.webp", "alpha.avif", "alpha.tif", "turned.tif" };
        a = fair_arena_new();
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) files[n_files++] = (struct kept){ fixture(a, names[i]), names[i] };
    }
    begin();
    for (size_t i = 0; i < n_files; i++) if (strcmp(files[i].name, name) == 0) return files[i].bytes;
    fail_msg("no fixture %s", name);
    return FAIR_STR("");
}

TEST(each_modern_format_is_read_without_opening_a_file)
{
    static const struct { const char *name; enum fair_format f; double off; } is[] = {
        { "scene.webp", FAIR_FORMAT_WEBP, 12 }, { "scene.avif", FAIR_FORMAT_AVIF, 12 }, { "scene.heic", FAIR_FORMAT_HEIC, 12 },
        { "scene.jxl", FAIR_FORMAT_JXL, 12 }, { "scene.tif", FAIR_FORMAT_TIFF, 0 },
    };
    FAIR_AUTO(image) struct fair_image *im = scene(96, 64, 3);
    for (uint32_t y = 0; y < 64; y++)                    /* the fixtures have squares of 16 */
        for (uint32_t x = 0; x < 96; x++) fair_image_row(im, y)[3 * x + 2] = (x / 16 + y / 16) % 2 ? 200 : 40;
    for (size_t i = 0; i < 5; i++) {
        FAIR_AUTO(image) struct fair_image *got = NULL;
        FAIR_AUTO(image) struct fair_image *grey = NULL;
        FAIR_AUTO(image) struct fair_image *want = fair_image_luma(im);
        struct fair_picture info;
        fair_str b = kept(is[i].name);
        CHECK_EQ(fair_format_sniff(b.p, b.n), is[i].f);
        CHECK_OK(decode_vips(b, 0, 3, &got, &info, why));
        CHECK_EQ(info.width, 96);
        CHECK_EQ(info.height, 64);
        CHECK(!info.partial);
        CHECK_EQ(info.decoded_rows, 64);
        if (mean_difference(im, got, 64) > is[i].off) fail_msg("%s: %f", is[i].name, mean_difference(im, got, 64));
        CHECK_OK(decode_vips(b, 0, 1, &grey, &info, why));
        CHECK(mean_difference(want, grey, 64) <= is[i].off);
    }
}

TEST(a_wished_size_is_met_by_the_modern_formats_too)
{
    static const char *const names[] = { "scene.webp", "scene.avif", "scene.heic", "scene.jxl", "scene.tif" };
    for (size_t i = 0; i < 5; i++) {
        FAIR_AUTO(image) struct fair_image *got = NULL;
        struct fair_picture info;
        CHECK_OK(decode_vips(kept(names[i]), 20, 1, &got, &info, why));
        CHECK_EQ(info.width, 96);
        CHECK(got->width >= 20 && got->width < 40);
        CHECK(got->data[0] < got->data[got->width - 1]);
    }
}

TEST(transparent_pixels_are_white)
{
    static const char *const names[] = { "alpha.webp", "alpha.avif", "alpha.tif" };
    for (size_t i = 0; i < 3; i++) {
        FAIR_AUTO(image) struct fair_image *got = NULL;
        struct fair_picture info;
        CHECK_OK(decode_vips(kept(names[i]), 0, 3, &got, &info, why));
        CHECK(info.alpha);
        CHECK(fair_image_row(got, 10)[3 * 5 + 2] < 120);
        CHECK(fair_image_row(got, 10)[3 * 80] > 250);
    }
}

TEST(a_tiff_is_turned_upright)
{
    FAIR_AUTO(image) struct fair_image *got = NULL;
    struct fair_picture info;
    CHECK_OK(decode_vips(kept("turned.tif"), 0, 1, &got, &info, why));
    CHECK_EQ(info.orientation, 6);
    CHECK_EQ(info.width, 2);
    CHECK_EQ(info.height, 3);
    CHECK_EQ(fair_image_row(got, 0)[0], 40);             /* stored: 10 20 30 / 40 50 60 */
    CHECK_EQ(fair_image_row(got, 0)[1], 10);
    CHECK_EQ(fair_image_row(got, 2)[0], 60);
}

TEST(every_beginning_of_a_modern_file_is_survived)
{
    static const char *const names[] = { "scene.webp", "scene.avif", "scene.heic", "scene.jxl", "scene.tif" };
    for (size_t i = 0; i < 5; i++) {
        fair_str b = kept(names[i]);
        for (size_t n = 0; n < b.n; n += 7) {
            FAIR_AUTO(image) struct fair_image *got = NULL;
            struct fair_picture info;
            struct fair_err err = { 0 };
            fair_status s = decode_vips((fair_str){ b.p, n }, 16, 1, &got, &info, &err);
            CHECK((s == FAIR_OK) == (got != NULL));
            CHECK(s == FAIR_OK || err.text[0] != '\0');
        }
    }
}

TEST(a_webp_cut_off_keeps_its_rows)
{
    fair_str b = kept("scene.webp");
    FAIR_AUTO(image) struct fair_image *whole = NULL;
    struct fair_picture info;
    uint32_t most = 0;
    CHECK_OK(decode_vips(b, 0, 3, &whole, &info, why));
    for (size_t n = b.n / 4; n < b.n - 8; n += 16) {
        FAIR_AUTO(image) struct fair_image *got = NULL;
        struct fair_err err = { 0 };
        if (decode_vips((fair_str){ b.p, n }, 0, 3, &got, &info, &err) != FAIR_OK) continue;
        CHECK_EQ(got->height, 64);
        CHECK_EQ(info.partial, info.decoded_rows < 64);
        if (!info.partial) continue;     /* what was cut off was no pixel's */
        if (info.decoded_rows > most) most = info.decoded_rows;
        CHECK(mean_difference(whole, got, info.decoded_rows) < 1);
        CHECK_EQ(fair_image_row(got, 63)[0], 255);
    }
    CHECK(most >= 16);
}

TEST(the_wrong_library_says_no)
{
    struct fair_image *none = NULL;
    struct fair_picture info;
    struct fair_err err = { 0 };
    CHECK_EQ(fair_picture_decode(kept("scene.webp").p, kept("scene.webp").n, &fair_image_limits_default, 0, 1, &none, &info, &err), FAIR_INVALID);
    CHECK_EQ(info.format, FAIR_FORMAT_WEBP);
    CHECK_EQ(decode_vips(FAIR_STR("\xff\xd8\xff\xe0...."), 0, 1, &none, &info, &err), FAIR_INVALID);
}

FAIR_TEST_MAIN
