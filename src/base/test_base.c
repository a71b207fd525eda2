/* base/test_base.c - text, digests, time, arena. */
#include "base/clock.h"
#include "base/digest.h"
#include "base/io.h"
#include "base/test.h"
#include "base/text.h"
#include <unistd.h>

TEST(an_empty_text_is_not_an_absent_one)
{
    assert_non_null(FAIR_STR("").p);
    CHECK(fair_str_eq(FAIR_STR(""), (fair_str){ NULL, 0 }));
}

TEST(a_builder_past_its_ceiling_keeps_what_it_has_and_says_so_once)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 4);
    struct fair_err err = { 0 };
    fair_str out;

    fair_buf_c(&b, "abc");
    fair_buf_c(&b, "de");
    fair_buf_c(&b, "f");
    CHECK_EQ(fair_buf_take(&b, &out, &err), FAIR_LIMIT);
    assert_string_equal(err.text, "text is over 4 bytes");
}

TEST(a_formatted_text_may_be_long)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 10000);
    fair_str out;

    fair_buf_fmt(&b, "%05000d", 7);
    CHECK_OK(fair_buf_take(&b, &out, why));
    CHECK_EQ(out.n, 5000);
    CHECK(out.p[4999] == '7');
}

TEST(a_bad_byte_is_seen_wherever_it_stands)
{
    char text[40];

    for (size_t at = 0; at < sizeof text; at++) {
        memset(text, 'a', sizeof text);
        CHECK(fair_utf8_valid((fair_str){ text, sizeof text }));
        text[at] = '\0';
        CHECK(!fair_utf8_valid((fair_str){ text, sizeof text }));
        text[at] = (char)0xff;
        CHECK(!fair_utf8_valid((fair_str){ text, sizeof text }));
        text[at] = '\x7f';
        CHECK(fair_utf8_valid((fair_str){ text, sizeof text }));
    }
}

TEST(splitting_gives_every_part_and_then_ends)
{
    fair_str rest = FAIR_STR("a,,b,"), part;
    const char *want[] = { "a", "", "b", "" };
    for (size_t i = 0; i < 4; i++) {
        CHECK(fair_str_split(&rest, ',', &part));
        CHECK_STR(part, want[i]);
    }
    CHECK(!fair_str_split(&rest, ',', &part));
}

TEST(numbers_that_do_not_fit_are_no_numbers)
{
    int64_t v = -1;
    CHECK(fair_str_number(FAIR_STR("9223372036854775807"), INT64_MAX, &v));
    CHECK_EQ(v, INT64_MAX);
    CHECK(!fair_str_number(FAIR_STR("9223372036854775808"), INT64_MAX, &v));
    CHECK(!fair_str_number(FAIR_STR("10"), 9, &v));
    CHECK(!fair_str_number(FAIR_STR(""), 9, &v));
    CHECK(!fair_str_number(FAIR_STR("-1"), 9, &v));
}

TEST(utf8_is_told_from_what_only_looks_like_it)
{
    CHECK(fair_utf8_valid(FAIR_STR("gr\xc3\xbc\xc3\x9f \xf0\x9f\x93\xb7")));
    CHECK(!fair_utf8_valid(FAIR_STR("\xc0\xaf")));             /* overlong  */
    CHECK(!fair_utf8_valid(FAIR_STR("\xed\xa0\x80")));         /* surrogate */
    CHECK(!fair_utf8_valid(FAIR_STR("\xf4\x90\x80\x80")));     /* > 10FFFF  */
    CHECK(!fair_utf8_valid(FAIR_STR("a\xe2\x82")));            /* cut off   */
    CHECK(!fair_utf8_valid(FAIR_STR("a\0b")));
}

/* Character by character, as table 3-7 has it. */
static bool
valid_slowly(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        static const struct { unsigned char from, to, low, high; size_t more; } rows[] = {
            { 0x01, 0x7f, 0, 0, 0 }, { 0xc2, 0xdf, 0x80, 0xbf, 1 }, { 0xe0, 0xe0, 0xa0, 0xbf, 2 }, { 0xe1, 0xec, 0x80, 0xbf, 2 }, { 0xed, 0xed, 0x80, 0x9f, 2 },
            { 0xee, 0xef, 0x80, 0xbf, 2 }, { 0xf0, 0xf0, 0x90, 0xbf, 3 }, { 0xf1, 0xf3, 0x80, 0xbf, 3 }, { 0xf4, 0xf4, 0x80, 0x8f, 3 },
        };
        size_t r = 0;
        while (r < sizeof rows / sizeof *rows && (p[i] < rows[r].from || p[i] > rows[r].to)) r++;
        if (r == sizeof rows / sizeof *rows || rows[r].more > n - i - 1) return false;
        for (size_t k = 1; k <= rows[r].more; k++)
            if (p[i + k] < (k == 1 ? rows[r].low : 0x80) || p[i + k] > (k == 1 ? rows[r].high : 0xbf)) return false;
        i += 1 + rows[r].more;
    }
    return true;
}

TEST(utf8_is_judged_by_steps_as_character_by_character)
{
    static const char *const pieces[] = { "a", "words of text", "0123456789abcdef0123456789abcdef", "\xc3\xbc", "\xe4\xb8\xad\xe6\x96\x87", "\xf0\x9f\x93\xb7",
                                          "\xed\xa0\x80", "\xe2\x82", "\x80", "\xc0\xaf", "\xff", "" };
    uint32_t seed = 3;

    for (int turn = 0; turn < 20000; turn++) {
        char text[200];
        size_t n = 0;
        for (int left = turn % 9; left > 0; left--) {
            const char *piece;
            seed = seed * 1664525u + 1013904223u;
            /* Mostly well-formed ones, else nothing would be. */
            piece = pieces[(seed >> 8) % ((seed >> 24) < 240 ? 6 : 12)];
            if (n + strlen(piece) + 1 > sizeof text) break;
            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
            if (piece[0] == '\0') text[n++] = '\0';
        }
        CHECK_EQ(fair_utf8_valid((fair_str){ text, n }), valid_slowly((const unsigned char *)text, n));
    }
}

TEST(ill_formed_text_is_mended_for_json_and_escaped_for_lines)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    CHECK_STR(fair_utf8_mend(a, FAIR_STR("a\xff" "b")), "a\xef\xbf\xbd" "b");
    CHECK_STR(fair_str_escape(a, FAIR_STR("a\tb\nc\\d\xff\x01\xc3\xbc")), "a\\tb\\nc\\\\d\\xFF\\x01\xc3\xbc");
}

TEST(sha256_gives_the_published_digest_whole_and_in_pieces)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_sha256 d = fair_sha256_of("abc", 3), e;
    struct fair_sha256_run *run = fair_sha256_begin();
    fair_sha256_add(run, "a", 1);
    fair_sha256_add(run, "bc", 2);
    e = fair_sha256_end(&run);
    CHECK_STR(fair_hex(a, d.b, 32), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(fair_sha256_eq(&d, &e));
    CHECK(fair_unhex(fair_hex(a, d.b, 32), e.b, 32));
    CHECK(!fair_unhex(FAIR_STR("0g"), e.b, 1));
}

TEST(base64_goes_there_and_back)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str back;
    CHECK_STR(fair_base64(a, "fo", 2), "Zm8=");
    CHECK_STR(fair_base64(a, "foobar", 6), "Zm9vYmFy");
    CHECK_STR(fair_base64url(a, "\xff\xef", 2), "_-8");
    CHECK(fair_unbase64(a, FAIR_STR("_-8"), &back) && back.n == 2);
    CHECK(fair_unbase64(a, FAIR_STR("Zm9vYg=="), &back));
    CHECK_STR(back, "foob");
    CHECK(!fair_unbase64(a, FAIR_STR("Zm9v Yg=="), &back));
}

TEST(times_are_written_and_read_in_utc)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_time t;
    CHECK(fair_time_parse(FAIR_STR("2026-11-23T08:15:30.5+01:00"), &t));
    CHECK_STR(fair_time_text(a, t), "2026-11-23T07:15:30Z");
    CHECK_EQ(t % FAIR_SECOND, 500000);
    CHECK(fair_time_parse(FAIR_STR("2024-02-29"), &t));
    CHECK_STR(fair_time_text(a, t), "2024-02-29T00:00:00Z");
    CHECK(!fair_time_parse(FAIR_STR("2024-13-01"), &t));
    CHECK(!fair_time_parse(FAIR_STR("tomorrow"), &t));
}

TEST(http_dates_are_read_in_their_three_forms)
{
    fair_time t[3];
    CHECK(fair_time_parse_http(FAIR_STR("Sun, 06 Nov 1994 08:49:37 GMT"), &t[0]));
    CHECK(fair_time_parse_http(FAIR_STR("Sunday, 06-Nov-94 08:49:37 GMT"), &t[1]));
    CHECK(fair_time_parse_http(FAIR_STR("Sun Nov  6 08:49:37 1994"), &t[2]));
    CHECK_EQ(t[0], INT64_C(784111777) * FAIR_SECOND);
    CHECK_EQ(t[1], t[0]);
    CHECK_EQ(t[2], t[0]);
    CHECK(!fair_time_parse_http(FAIR_STR("0"), &t[0]));
}

TEST(durations_have_units)
{
    int64_t s;
    CHECK(fair_duration_parse(FAIR_STR("1d"), &s) && s == 86400);
    CHECK(fair_duration_parse(FAIR_STR("90"), &s) && s == 90);
    CHECK(!fair_duration_parse(FAIR_STR("d"), &s));
    CHECK(!fair_duration_parse(FAIR_STR("-1d"), &s));
}

TEST(ids_grow)
{
    fair_id last = 0;
    for (int i = 0; i < 1000; i++) {
        fair_id id = fair_id_new();
        CHECK(id > last);
        last = id;
    }
}

TEST(a_file_is_replaced_whole_and_read_within_its_limit)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    char dir[] = "/tmp/fair-base-XXXXXX", path[64];
    struct fair_err err = { 0 };
    fair_str got;

    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/f", dir);
    CHECK_OK(fair_write_file(path, "one", 3, 0600, why));
    CHECK_OK(fair_write_file(path, "three", 5, 0600, why));
    CHECK_OK(fair_read_file(a, path, 5, &got, why));
    CHECK_STR(got, "three");
    CHECK_EQ(fair_read_file(a, path, 4, &got, &err), FAIR_LIMIT);
    CHECK_EQ(fair_read_file(a, dir, 4, &got, &err), FAIR_INVALID);
    unlink(path);
    CHECK_EQ(fair_read_file(a, path, 4, &got, &err), FAIR_NOT_FOUND);
    rmdir(dir);
}

FAIR_TEST_MAIN
