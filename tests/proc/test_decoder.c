/* tests/proc/test_decoder.c - the pool of decode helpers with the real programs: what they answer, what a dead one costs. */
#include "pool_test.h"
#include <sys/wait.h>
#include "fingerprint/fingerprint.h"
#include "helpers/decode_private.h"

static struct fair_decoders *
pool(unsigned n, unsigned seconds, unsigned replace_after)
{
    struct fair_decoder_limits l = fair_decoder_limits_default;
    struct fair_decoders *d = NULL;

    l.n = n;
    l.seconds = seconds;
    l.replace_after = replace_after;
    CHECK_OK(fair_decoders_open(&l, &d, why));
    return d;
}

static pid_t
only_child(const char *program)
{
    pid_t v[8];
    CHECK_EQ(children(program, v, 8), 1);
    return v[0];
}

TEST(both_sides_mean_the_same_by_what_is_wanted)
{
    CHECK_EQ(WANT_CATALOGUE, FAIR_WANT_CATALOGUE);
    CHECK_EQ(WANT_QUERY, FAIR_WANT_QUERY);
    CHECK_EQ(WANT_GREY, FAIR_WANT_GREY);
    CHECK_EQ(WANT_THUMB, FAIR_WANT_THUMB);
    CHECK_EQ(WANT_PREVIEW, FAIR_WANT_PREVIEW);
    CHECK_EQ(WANT_PROOF, FAIR_WANT_PROOF);
    CHECK_EQ(WANT_RIGHTS, FAIR_WANT_RIGHTS);
    CHECK_EQ(WANT_INFO, FAIR_WANT_INFO);
    CHECK_EQ(WANT_COLOUR, FAIR_WANT_COLOUR);
    CHECK_EQ(WANT_GLANCE, FAIR_WANT_GLANCE);
    CHECK_EQ(WANT_TINT, FAIR_WANT_TINT);
}

TEST(a_glance_and_a_tint_are_had_of_a_picture_alone)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(1, 30, 0);
    static const uint32_t sizes[][2] = { { 1500, 900 }, { 200, 150 }, { 4000, 260 }, { 40, 30 } };
    struct fair_decoded whole, r;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        fair_str jpeg = a_jpeg(a, sizes[i][0], sizes[i][1], 3);
        CHECK_OK(fair_decoders_picture(d, jpeg, FAIR_WANT_CATALOGUE, a, &whole, why));
        CHECK_OK(fair_decoders_picture(d, jpeg, FAIR_WANT_GLANCE, a, &r, why));
        CHECK_EQ(r.status, FAIR_OK);
        CHECK(r.grey == NULL && r.colour == NULL && r.fp.n_parts == 0);
        CHECK_EQ(r.info.width, sizes[i][0]);
        CHECK(abs(r.glance.quality - whole.fp.glance_quality) <= 8);
        CHECK(fair_glance_apart(r.glance.turn, whole.fp.glance[0]) <= 24);
        CHECK_OK(fair_decoders_picture(d, jpeg, FAIR_WANT_TINT, a, &r, why));
        CHECK_EQ(r.status, FAIR_OK);
        CHECK(r.colour != NULL && r.colour->channels == 3);
        CHECK_EQ(r.colour->width, sizes[i][0] < FAIR_TINT_SIDE ? sizes[i][0] : FAIR_TINT_SIDE);
        CHECK_EQ(r.info.height, sizes[i][1]);
        fair_image_free(&r.colour);
    }
    CHECK_OK(fair_decoders_picture(d, FAIR_STR("\xff\xd8\xff nothing"), FAIR_WANT_GLANCE, a, &r, why));
    CHECK(r.status != FAIR_OK);
}

TEST(a_picture_gives_all_that_is_wanted_of_it)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(1, 30, 0);
    fair_str jpeg = a_jpeg(a, 1500, 900, 1);
    FAIR_AUTO(image) struct fair_image *here = NULL;
    FAIR_AUTO(image) struct fair_image *small = NULL;
    FAIR_AUTO(image) struct fair_image *thumb = NULL;
    FAIR_AUTO(image) struct fair_image *preview = NULL;
    FAIR_AUTO(image) struct fair_image *grey = NULL;
    struct fair_picture info;
    struct fair_fingerprint fp;
    struct fair_decoded r;

    CHECK_OK(fair_decoders_picture(d, jpeg, 0xff & ~(unsigned)FAIR_WANT_QUERY, a, &r, why));
    grey = r.grey;
    CHECK_EQ(r.status, FAIR_OK);
    CHECK(r.fault == NULL);
    CHECK_EQ(r.info.format, FAIR_FORMAT_JPEG);
    CHECK_EQ(r.info.width, 1500);
    CHECK_EQ(r.info.height, 900);
    CHECK_EQ(r.info.decoded_rows, 900);
    CHECK_EQ(r.info.partial, false);

    /* the fingerprint and the grey picture are those one gets without a helper */
    CHECK_OK(fair_picture_decode(jpeg.p, jpeg.n, &fair_image_limits_default, FAIR_SIDE, 1, &here, &info, why));
    small = fair_image_shrink(here, FAIR_SIDE);
    CHECK_EQ(r.grey->width, small->width);
    CHECK_EQ(r.grey->height, small->height);
    for (uint32_t y = 0; y < small->height; y++) assert_memory_equal(fair_image_row(r.grey, y), fair_image_row(small, y), small->width);
    fair_fingerprint_take(small, 1500, 900, FAIR_FOR_CATALOGUE, a, &fp);
    assert_memory_equal(r.fp.whole, fp.whole, sizeof fp.whole);
    CHECK_EQ(r.fp.n_parts, fp.n_parts);

    CHECK_OK(fair_picture_decode(r.thumb.p, r.thumb.n, &fair_image_limits_default, 0, 3, &thumb, &info, why));
    CHECK_EQ(info.width, 320);
    CHECK_EQ(info.height, 192);
    CHECK_OK(fair_picture_decode(r.preview.p, r.preview.n, &fair_image_limits_default, 0, 3, &preview, &info, why));
    CHECK_EQ(info.width, 1280);
    CHECK(fair_str_starts(r.proof, FAIR_STR("\xff\xd8\xff")));
}

TEST(the_same_file_has_the_same_fingerprint_in_the_catalogue_and_as_a_query)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(1, 30, 0);
    static const char *const files[] = { "scene.webp", "scene.avif", "scene.heic", "scene.jxl", "scene.tif", "alpha.webp", "turned.tif", NULL };

    for (const char *const *f = files; ; f++) {
        fair_str bytes;
        struct fair_decoded work, query;
        if (*f == NULL) bytes = a_jpeg(a, 1400, 1300, 3);
        else CHECK_OK(fair_read_file(a, fair_str_fmt(a, "%s/src/image/testdata/%s", getenv("FAIRTRACK_SOURCE"), *f).p, 1 << 24, &bytes, why));
        CHECK_OK(fair_decoders_picture(d, bytes, FAIR_WANT_CATALOGUE | FAIR_WANT_THUMB | FAIR_WANT_PREVIEW, a, &work, why));
        CHECK_OK(fair_decoders_picture(d, bytes, FAIR_WANT_QUERY, a, &query, why));
        if (work.status != FAIR_OK) fail_msg("%s: %s", *f, work.words);
        CHECK_EQ(query.status, FAIR_OK);
        for (int t = 0; t < FAIR_TURNS; t++)
            if (memcmp(work.fp.whole[t], query.fp.whole[t], sizeof work.fp.whole[t]) != 0) fail_msg("%s differs", *f != NULL ? *f : "the JPEG");
        if (*f == NULL) break;
    }
}

TEST(formats_of_both_helpers_are_read_through_one_door)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(1, 30, 0);
    static const struct { const char *file; enum fair_format format; } files[] = {
        { "scene.webp", FAIR_FORMAT_WEBP }, { "scene.avif", FAIR_FORMAT_AVIF }, { "scene.heic", FAIR_FORMAT_HEIC },
        { "scene.jxl", FAIR_FORMAT_JXL }, { "scene.tif", FAIR_FORMAT_TIFF },
    };
    pid_t v[4];

    CHECK_EQ(children("fairtrack-decode-vips", v, 4), 1);      /* comm has 15 bytes: the one fairtrack-decode */
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        fair_str bytes;
        struct fair_decoded r;
        CHECK_OK(fair_read_file(a, fair_str_fmt(a, "%s/src/image/testdata/%s", getenv("FAIRTRACK_SOURCE"), files[i].file).p, 1 << 24, &bytes, why));
        CHECK_OK(fair_decoders_picture(d, bytes, FAIR_WANT_INFO, a, &r, why));
        if (r.status != FAIR_OK) fail_msg("%s: %s", files[i].file, r.words);
        CHECK_EQ(r.info.format, files[i].format);
    }
    CHECK_EQ(children("fairtrack-decode-vips", v, 4), 2);
}

TEST(what_is_no_picture_is_invalid_and_one_clear_line)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(1, 30, 0);
    static const fair_str odd[] = { { "", 0 }, { "\0\0\0\0", 4 }, { "%PDF-1.4\n", 9 }, { "\377\330", 2 }, { "GIF", 3 } };
    struct fair_decoded r;

    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        CHECK_OK(fair_decoders_picture(d, odd[i], FAIR_WANT_QUERY, a, &r, why));
        CHECK(r.status == FAIR_INVALID || r.status == FAIR_CORRUPT);
        CHECK(r.fault != NULL && r.words[0] != '\0' && strchr(r.words, '\n') == NULL);
    }
    CHECK_OK(fair_decoders_picture(d, ONE_PIXEL, FAIR_WANT_INFO, a, &r, why));
    CHECK_EQ(r.status, FAIR_OK);
}

TEST(a_file_too_large_for_the_mapping_goes_as_sealed_memory)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(1, 30, 0);
    fair_str jpeg = a_jpeg(a, 300, 200, 2);
    size_t n = (size_t)5 << 20;
    char *big = fair_alloc(a, n);
    struct fair_decoded r;

    memcpy(big, jpeg.p, jpeg.n);                /* what follows the end of a picture is nobody's business */
    CHECK_OK(fair_decoders_picture(d, (fair_str){ big, n }, FAIR_WANT_INFO | FAIR_WANT_RIGHTS, a, &r, why));
    CHECK_EQ(r.status, FAIR_OK);
    CHECK_EQ(r.info.width, 300);
    CHECK_OK(fair_decoders_picture(d, ONE_PIXEL, FAIR_WANT_INFO, a, &r, why));
    CHECK_EQ(r.info.width, 1);
}

TEST(a_file_over_the_limit_is_refused_before_it_is_sent)
{
    struct fair_decoder_limits l = fair_decoder_limits_default;
    FAIR_AUTO(decoders) struct fair_decoders *d = NULL;

    l.n = 1;
    l.image.max_bytes = 20;
    CHECK_OK(fair_decoders_open(&l, &d, why));
    CHECK_EQ(fair_decoders_ask(d, ONE_PIXEL, FAIR_WANT_INFO, NULL, NULL), FAIR_LIMIT);
    CHECK_EQ(fair_decoders_busy(d), 0);
}

TEST(many_asks_side_by_side_all_come_back_once)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(3, 30, 7);
    fair_str jpegs[8];
    int seen[40] = { 0 };
    size_t asked = 0, answered = 0;
    struct fair_decoded r;
    fair_status s;

    for (unsigned i = 0; i < 8; i++) jpegs[i] = a_jpeg(a, 100 + 40 * i, 90, i);
    while (answered < 40) {
        s = FAIR_OK;
        while (asked < 40 && (s = fair_decoders_ask(d, jpegs[asked % 8], FAIR_WANT_INFO, &seen[asked], NULL)) == FAIR_OK) asked++;
        CHECK(s == FAIR_OK || s == FAIR_AGAIN);
        CHECK_OK(fair_decoders_next(d, a, -1, &r, why));
        CHECK_EQ(r.status, FAIR_OK);
        CHECK_EQ(r.info.width, 100 + 40 * (((int *)r.tag - seen) % 8));
        ++*(int *)r.tag;
        answered++;
    }
    for (size_t i = 0; i < 40; i++) CHECK_EQ(seen[i], 1);
    CHECK_EQ(fair_decoders_next(d, a, -1, &r, NULL), FAIR_DONE);
}

TEST(an_answer_is_waited_for_as_long_as_was_said)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(1, 30, 0);
    pid_t helper = only_child("fairtrack-decode");
    struct fair_decoded r;

    CHECK_EQ(fair_decoders_next(d, a, 1000, &r, NULL), FAIR_DONE);
    kill(helper, SIGSTOP);
    CHECK_OK(fair_decoders_ask(d, ONE_PIXEL, FAIR_WANT_INFO, &r, why));
    CHECK_EQ(fair_decoders_next(d, a, 0, &r, NULL), FAIR_AGAIN);
    CHECK_EQ(fair_decoders_next(d, a, 50, &r, NULL), FAIR_AGAIN);
    CHECK_EQ(fair_decoders_busy(d), 1);
    kill(helper, SIGCONT);
    CHECK_OK(fair_decoders_next(d, a, -1, &r, why));
    CHECK_EQ(r.status, FAIR_OK);
}

TEST(a_helper_that_is_killed_costs_one_ask_and_one_line)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(1, 30, 0);
    pid_t helper = only_child("fairtrack-decode");
    struct fair_decoded r;
    int tag;

    kill(helper, SIGSTOP);
    CHECK_OK(fair_decoders_ask(d, ONE_PIXEL, FAIR_WANT_INFO, &tag, why));
    kill(helper, SIGKILL);
    CHECK_OK(fair_decoders_next(d, a, -1, &r, why));
    CHECK(r.tag == &tag);
    CHECK_EQ(r.status, FAIR_CORRUPT);
    assert_string_equal(r.fault, "crash");
    assert_string_equal(r.words, "fairtrack-decode was ended by signal 9 (Killed)");
    CHECK_OK(fair_decoders_picture(d, ONE_PIXEL, FAIR_WANT_INFO, a, &r, why));
    CHECK_EQ(r.status, FAIR_OK);
    CHECK(only_child("fairtrack-decode") != helper);
}

TEST(a_helper_that_hangs_is_ended_in_time_and_costs_one_ask)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(1, 1, 0);
    pid_t helper = only_child("fairtrack-decode");
    struct fair_decoded r;

    kill(helper, SIGSTOP);
    CHECK_OK(fair_decoders_picture(d, ONE_PIXEL, FAIR_WANT_INFO, a, &r, why));
    CHECK_EQ(r.status, FAIR_LIMIT);
    assert_string_equal(r.fault, "hang");
    assert_string_equal(r.words, "fairtrack-decode took more than 1 s and was ended");
    CHECK(kill(helper, 0) != 0);                /* gone and reaped */
    for (int i = 0; i < 3; i++) {
        CHECK_OK(fair_decoders_picture(d, ONE_PIXEL, FAIR_WANT_INFO, a, &r, why));
        CHECK_EQ(r.status, FAIR_OK);
    }
}

TEST(one_that_hangs_does_not_hold_up_the_others)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(2, 2, 0);
    pid_t helper = only_child("fairtrack-decode");
    struct fair_decoded r;
    int stuck, well = 0;

    kill(helper, SIGSTOP);
    CHECK_OK(fair_decoders_ask(d, ONE_PIXEL, FAIR_WANT_INFO, &stuck, why));
    for (int i = 0; i < 20; i++) {
        CHECK_OK(fair_decoders_ask(d, ONE_PIXEL, FAIR_WANT_INFO, &well, why));
        CHECK_OK(fair_decoders_next(d, a, -1, &r, why));
        CHECK(r.tag == &well);
    }
    CHECK_OK(fair_decoders_next(d, a, -1, &r, why));
    CHECK(r.tag == &stuck);
    assert_string_equal(r.fault, "hang");
}

TEST(a_helper_that_dies_idle_costs_nothing)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(1, 30, 0);
    struct fair_decoded r;

    for (int i = 0; i < 3; i++) {
        pid_t helper = only_child("fairtrack-decode");
        siginfo_t how;
        kill(helper, SIGKILL);
        CHECK_EQ(waitid(P_PID, (id_t)helper, &how, WEXITED | WNOWAIT), 0);
        CHECK_OK(fair_decoders_picture(d, ONE_PIXEL, FAIR_WANT_INFO, a, &r, why));
        CHECK_EQ(r.status, FAIR_OK);
    }
}

TEST(a_helper_is_replaced_after_so_many_pictures)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(1, 30, 3);
    pid_t one = only_child("fairtrack-decode"), v[2];
    struct fair_decoded r;

    for (int i = 0; i < 2; i++) CHECK_OK(fair_decoders_picture(d, ONE_PIXEL, FAIR_WANT_INFO, a, &r, why));
    CHECK_EQ(only_child("fairtrack-decode"), one);
    CHECK_OK(fair_decoders_picture(d, ONE_PIXEL, FAIR_WANT_INFO, a, &r, why));
    CHECK_EQ(children("fairtrack-decode", v, 2), 0);
    CHECK_OK(fair_decoders_picture(d, ONE_PIXEL, FAIR_WANT_INFO, a, &r, why));
    CHECK_EQ(r.status, FAIR_OK);
    CHECK(only_child("fairtrack-decode") != one);
}

TEST(links_of_a_page_and_of_a_style_sheet_come_back)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(1, 30, 0);
    fair_str none = { NULL, 0 }, base = FAIR_STR("https://shop.example/a/");
    struct fair_links l;

    CHECK_OK(fair_decoders_links(d, FAIR_STR("<title>T</title><img src=x.jpg alt=Hello><a href=/b>b</a>"), "html", base, none, a, &l, why));
    CHECK_EQ(l.n, 1);
    CHECK_STR(l.v[0].url, "https://shop.example/a/x.jpg");
    CHECK_STR(l.v[0].alt, "Hello");
    CHECK_STR(l.title, "T");
    CHECK_EQ(l.n_pages, 1);
    CHECK_OK(fair_decoders_links(d, FAIR_STR("p { background: url('y.png') }"), "css", base, none, a, &l, why));
    CHECK_EQ(l.n, 1);
    CHECK_STR(l.v[0].url, "https://shop.example/a/y.png");
    CHECK_EQ(fair_decoders_links(d, FAIR_STR(""), "pdf", base, none, a, &l, NULL), FAIR_INVALID);
}

TEST(a_page_with_more_links_than_fit_gives_the_first_ones)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(1, 60, 0);
    struct fair_buf b = FAIR_BUF(a, (size_t)20 << 20);
    fair_str none = { NULL, 0 };
    struct fair_links l;

    for (int i = 0; b.n < (size_t)12 << 20; i++) fair_buf_fmt(&b, "<img src=%d.jpg>\n", i);
    CHECK_OK(fair_decoders_links(d, (fair_str){ b.p, b.n }, "html", FAIR_STR("https://a-long-name.of-a-shop.example/with/a/path/"), none, a, &l, why));
    CHECK(l.truncated);
    CHECK(l.n > 1000);
    CHECK_STR(l.v[0].url, "https://a-long-name.of-a-shop.example/with/a/path/0.jpg");
}

TEST(the_helpers_say_what_protects_us_from_them)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = pool(1, 30, 0);
    fair_str words;

    CHECK_OK(fair_decoders_protection(d, a, &words, why));
    CHECK(memmem(words.p, words.n, "fairtrack-decode: no new privileges", 35) != NULL);
    CHECK(memmem(words.p, words.n, "fairtrack-decode-vips: no new privileges", 40) != NULL);
    CHECK(memmem(words.p, words.n, "seccomp: ", 9) != NULL);
}

TEST(the_helpers_end_with_the_pool)
{
    pid_t v[8];
    struct fair_decoders *d = pool(1, 30, 0);

    CHECK_EQ(children("fairtrack-decode", v, 8), 1);
    fair_decoders_free(&d);
    CHECK(d == NULL);
    CHECK_EQ(children("fairtrack-decode", v, 8), 0);
}

TEST(the_helpers_end_with_the_program_however_it_ends)
{
    int p[2], gone = 0;
    pid_t child, helper = 0;

    CHECK_EQ(pipe(p), 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        struct fair_decoders *d = NULL;
        struct fair_decoder_limits l = fair_decoder_limits_default;
        pid_t v[1];
        l.n = 1;
        if (fair_decoders_open(&l, &d, NULL) != FAIR_OK || children("fairtrack-decode", v, 1) != 1) _exit(1);
        kill(v[0], SIGSTOP);                    /* so that it cannot see its socket close */
        if (write(p[1], v, sizeof v[0]) < 0) _exit(1);
        pause();
        _exit(0);
    }
    CHECK_EQ(read(p[0], &helper, sizeof helper), sizeof helper);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    for (int i = 0; i < 500 && !gone; i++) {
        char path[64], stat[256] = "";
        FILE *f;
        snprintf(path, sizeof path, "/proc/%d/stat", (int)helper);
        f = fopen(path, "r");
        gone = f == NULL || fgets(stat, sizeof stat, f) == NULL || strstr(stat, ") Z ") != NULL;
        if (f != NULL) fclose(f);
        usleep(10000);
    }
    close(p[0]);
    close(p[1]);
    CHECK(gone);
}

TEST(a_picture_that_needs_too_much_memory_costs_itself)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_decoder_limits l = fair_decoder_limits_default;
    FAIR_AUTO(decoders) struct fair_decoders *d = NULL;
    fair_str words, jpeg = a_jpeg(a, 6000, 4000, 5);
    struct fair_decoded r;

    l.n = 1;
    l.memory = (size_t)8 << 20;
    CHECK_OK(fair_decoders_open(&l, &d, why));
    CHECK_OK(fair_decoders_protection(d, a, &words, why));
    if (memmem(words.p, words.n, "sanitizer", 9) != NULL) {
        print_message("no memory limit in a sanitizer build\n");
        fair_decoders_free(&d);
        fair_arena_free(&a);
        skip();
    }
    CHECK_OK(fair_decoders_picture(d, jpeg, FAIR_WANT_PREVIEW, a, &r, why));
    CHECK_EQ(r.status, FAIR_LIMIT);
    assert_string_equal(r.fault, "limit");
    CHECK_OK(fair_decoders_picture(d, ONE_PIXEL, FAIR_WANT_INFO, a, &r, why));
    CHECK_EQ(r.status, FAIR_OK);
}

FAIR_TEST_MAIN
