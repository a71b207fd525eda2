/* tests/proc/test_liar.c - the pool with a helper that lies, crashes and speaks out of turn: nothing it says is believed. */
#include "pool_test.h"
#include "base/clock.h"

/* A pool whose fairtrack-decode is tests/proc/liar's. */
static fair_status
open_liar(unsigned seconds, struct fair_decoders **d, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_decoder_limits l = fair_decoder_limits_default;
    fair_str dir;

    FAIR_TRY(fair_program_dir(a, &dir, err));
    setenv("FAIRTRACK_LIBEXEC", fair_str_fmt(a, "%.*s/liar", FAIR_STR_ARG(dir)).p, 1);
    l.n = 1;
    l.seconds = seconds;
    return fair_decoders_open(&l, d, err);
}

/* The ask is answered by a fault whose words hold `part`, and the next one is answered as if nothing had been. */
static void
costs_one_ask(struct fair_decoders *d, const char *what, unsigned want, const char *fault, const char *part)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_decoded r;

    CHECK_OK(fair_decoders_picture(d, fair_str_of(what), want, a, &r, why));
    if (r.fault == NULL || strcmp(r.fault, fault) != 0 || strstr(r.words, part) == NULL)
        fail_msg("\"%s\": fault %s, words \"%s\"", what, r.fault != NULL ? r.fault : "none", r.words);
    CHECK(r.thumb.p == NULL && r.preview.p == NULL && r.proof.p == NULL && r.grey == NULL && r.fp.parts == NULL);
    CHECK(strchr(r.words, '\n') == NULL);
    CHECK_OK(fair_decoders_picture(d, FAIR_STR("fine"), FAIR_WANT_INFO, a, &r, why));
    if (r.status != FAIR_OK) fail_msg("after \"%s\": %s", what, r.words);
}

TEST(a_liar_that_says_the_truth_is_heard_so_these_tests_can_fail)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = NULL;
    struct fair_decoded r;

    CHECK_OK(open_liar(5, &d, why));
    CHECK_OK(fair_decoders_picture(d, FAIR_STR("fine"), FAIR_WANT_INFO, a, &r, why));
    CHECK_EQ(r.status, FAIR_OK);
    CHECK_EQ(r.info.width, 4);
}

TEST(a_lie_in_an_answer_costs_one_ask)
{
    static const char *const lies[] = {
        "one byte", "length", "another type", "ready again", "another ask", "a descriptor", "a status", "a format", "no size",
        "a huge size", "no frames", "orientation", "a blob past the end", "blobs past the end", "all ones", "unasked",
        "links for a picture", "a grey lie", "words", "words for ever", "a fault with pixels", NULL
    };
    FAIR_AUTO(decoders) struct fair_decoders *d = NULL;

    CHECK_OK(open_liar(5, &d, why));
    for (const char *const *lie = lies; *lie != NULL; lie++)
        costs_one_ask(d, *lie, FAIR_WANT_INFO, "crash", "fairtrack-decode answered nonsense: ");
}

TEST(a_fingerprint_or_jpeg_that_is_none_costs_one_ask)
{
    FAIR_AUTO(decoders) struct fair_decoders *d = NULL;

    CHECK_OK(open_liar(5, &d, why));
    costs_one_ask(d, "fine", FAIR_WANT_CATALOGUE, "crash", "answered nonsense");
    costs_one_ask(d, "fine", FAIR_WANT_THUMB, "crash", "answered nonsense: a JPEG that is none");
    costs_one_ask(d, "fine", FAIR_WANT_PREVIEW, "crash", "answered nonsense: blob 3 is missing");
}

TEST(links_that_are_none_are_an_error_of_the_page)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = NULL;
    struct fair_links l;
    struct fair_decoded r;
    struct fair_err err = { 0 };

    CHECK_OK(open_liar(5, &d, why));
    CHECK_EQ(fair_decoders_links(d, FAIR_STR("<p>"), "html", FAIR_STR("https://example.com/"), (fair_str){ NULL, 0 }, a, &l, &err), FAIR_CORRUPT);
    CHECK(strstr(err.text, "answered nonsense") != NULL);
    CHECK_OK(fair_decoders_picture(d, FAIR_STR("fine"), FAIR_WANT_INFO, a, &r, why));
    CHECK_EQ(r.status, FAIR_OK);
}

TEST(ways_to_end_cost_one_ask_each)
{
    FAIR_AUTO(decoders) struct fair_decoders *d = NULL;

    CHECK_OK(open_liar(5, &d, why));
    costs_one_ask(d, "leave", FAIR_WANT_INFO, "crash", "fairtrack-decode ended with status 3");
    costs_one_ask(d, "no memory", FAIR_WANT_INFO, "limit", "fairtrack-decode needed more memory than it may use");
    /* a sanitizer turns the signal into a report and a status */
    costs_one_ask(d, "segfault", FAIR_WANT_INFO, "crash", "fairtrack-decode ");
}

TEST(a_helper_that_hangs_with_its_socket_open_or_closed_is_ended)
{
    FAIR_AUTO(decoders) struct fair_decoders *d = NULL;
    fair_time began;

    CHECK_OK(open_liar(1, &d, why));
    costs_one_ask(d, "hang", FAIR_WANT_INFO, "hang", "took more than 1 s");
    began = fair_ticks();
    costs_one_ask(d, "close the socket and hang", FAIR_WANT_INFO, "crash", "was ended by signal 9");
    CHECK(fair_ticks() - began < 10 * FAIR_SECOND);
}

TEST(what_is_said_after_the_answer_is_not_taken_for_the_next_one)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(decoders) struct fair_decoders *d = NULL;
    struct fair_decoded r;

    CHECK_OK(open_liar(5, &d, why));
    CHECK_OK(fair_decoders_picture(d, FAIR_STR("twice"), FAIR_WANT_INFO, a, &r, why));
    CHECK_EQ(r.status, FAIR_OK);
    CHECK_OK(fair_decoders_picture(d, FAIR_STR("no size"), FAIR_WANT_INFO, a, &r, why));
    assert_string_equal(r.fault, "crash");
    CHECK(strstr(r.words, "answered nonsense") != NULL);
    CHECK_OK(fair_decoders_picture(d, FAIR_STR("fine"), FAIR_WANT_INFO, a, &r, why));
    CHECK_EQ(r.status, FAIR_OK);
}

TEST(a_helper_that_cannot_start_is_the_installations_fault)
{
    static const struct { const char *start; fair_status status; const char *part; } ways[] = {
        { "leave", FAIR_IO, "ended while it started" }, { "refuse", FAIR_REFUSED, "seccomp: not on this kernel" },
        { "speak first", FAIR_CORRUPT, "out of turn" }, { "another version", FAIR_REFUSED, "another version" },
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct fair_decoders *d = NULL;
        struct fair_err err = { 0 };
        fair_status s;
        setenv("RES_OPTIONS", ways[i].start, 1);
        s = open_liar(5, &d, &err);
        unsetenv("RES_OPTIONS");
        if (s != ways[i].status || strstr(err.text, ways[i].part) == NULL) fail_msg("%s: %s: %s", ways[i].start, fair_status_name(s), err.text);
        CHECK(d == NULL);
    }
}

TEST(a_helper_that_is_nowhere_is_the_installations_fault)
{
    struct fair_decoder_limits l = fair_decoder_limits_default;
    struct fair_decoders *d = NULL;
    struct fair_err err = { 0 };

    setenv("FAIRTRACK_LIBEXEC", "/nonexistent", 1);
    CHECK_EQ(fair_decoders_open(&l, &d, &err), FAIR_NOT_FOUND);
    CHECK(strstr(err.text, "/nonexistent/fairtrack-decode") != NULL);
}

FAIR_TEST_MAIN
