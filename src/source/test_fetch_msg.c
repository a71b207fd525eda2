/* test_fetch_msg.c - questions and answers survive the packet, lies are refused, headers are read as they should be. */
#include "base/test.h"
#include "source/fetch_msg.h"

static void
feed(struct fair_fetch_head *h, const char *text)
{
    while (*text != '\0') {
        const char *end = strchr(text, '\n');
        size_t n = end != NULL ? (size_t)(end - text) + 1 : strlen(text);
        fair_fetch_head_line(h, (fair_str){ text, n });
        text += n;
    }
}

TEST(a_question_comes_out_as_it_went_in)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_fetch_question q = { .tag = 0x123456789abcdefu, .url = FAIR_STR("http://example.com/a"), .etag = FAIR_STR("\"x\""),
        .accept = FAIR_STR(""), .max_bytes = 5, .range_from = 7, .range_to = 9, .ms = 1000, .stall_s = 3, .cut = true }, back;

    CHECK_OK(fair_fetch_question_unpack(fair_fetch_question_pack(a, &q), &back, why));
    CHECK(back.tag == q.tag && back.max_bytes == 5 && back.range_from == 7 && back.range_to == 9 && back.ms == 1000 && back.stall_s == 3 && back.cut);
    CHECK_STR(back.url, "http://example.com/a");
    CHECK_STR(back.etag, "\"x\"");
    CHECK(back.last_modified.p == NULL);
    CHECK(back.accept.p != NULL && back.accept.n == 0);
    fair_arena_free(&a);
}

TEST(a_question_carries_what_is_to_be_sent)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_fetch_question q = { .url = FAIR_STR("https://example.com/"), .method = FAIR_FETCH_PUT, .headers = FAIR_STR("X-One: 1\nX-Two: 2\n"),
        .body = FAIR_STR("poppies"), .body_n = 7 }, back;

    CHECK_OK(fair_fetch_question_unpack(fair_fetch_question_pack(a, &q), &back, why));
    CHECK(back.method == FAIR_FETCH_PUT && back.body_n == 7 && !back.body_beside);
    CHECK_STR(back.headers, "X-One: 1\nX-Two: 2\n");
    CHECK_STR(back.body, "poppies");
    q.body_n = 8;
    CHECK_EQ(fair_fetch_question_unpack(fair_fetch_question_pack(a, &q), &back, NULL), FAIR_CORRUPT);
    q.body_beside = true;
    CHECK_EQ(fair_fetch_question_unpack(fair_fetch_question_pack(a, &q), &back, NULL), FAIR_CORRUPT);
    q.body = (fair_str){ NULL, 0 };
    CHECK_OK(fair_fetch_question_unpack(fair_fetch_question_pack(a, &q), &back, why));
    q.method = FAIR_FETCH_GET;
    CHECK_EQ(fair_fetch_question_unpack(fair_fetch_question_pack(a, &q), &back, NULL), FAIR_CORRUPT);
    q.method = FAIR_FETCH_N_METHODS;
    CHECK_EQ(fair_fetch_question_unpack(fair_fetch_question_pack(a, &q), &back, NULL), FAIR_CORRUPT);
    fair_arena_free(&a);
}

TEST(an_answer_comes_out_as_it_went_in)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_fetch_answer r = { .tag = 9, .status = FAIR_LIMIT, .refused = FAIR_FETCH_BY_GUARD, .words = FAIR_STR("no"), .http = 301,
        .location = FAIR_STR("/b"), .retry_after_s = -1, .body = FAIR_STR("abc"), .body_n = 3, .us = 12, .cut = true }, back;

    CHECK_OK(fair_fetch_answer_unpack(fair_fetch_answer_pack(a, &r), &back, why));
    CHECK(back.tag == 9 && back.status == FAIR_LIMIT && back.refused == FAIR_FETCH_BY_GUARD && back.http == 301 && back.retry_after_s == -1 && back.us == 12 && back.cut);
    CHECK_STR(back.body, "abc");
    CHECK_STR(back.location, "/b");
    fair_arena_free(&a);
}

TEST(a_packet_cut_anywhere_or_changed_anywhere_is_refused_or_harmless)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_fetch_answer r = { .tag = 9, .words = FAIR_STR("words"), .http = 200, .headers = FAIR_STR("HTTP/1.1 200 OK\r\n"),
        .retry_after_s = 3, .body = FAIR_STR("abcdef"), .body_n = 6 }, back;
    fair_str whole = fair_fetch_answer_pack(a, &r);

    for (size_t n = 0; n < whole.n; n++) {
        char *copy = fair_xmalloc(n);
        memcpy(copy, whole.p, n);
        CHECK_EQ(fair_fetch_answer_unpack((fair_str){ copy, n }, &back, NULL), FAIR_CORRUPT);
        free(copy);
    }
    for (size_t i = 0; i < whole.n; i++) {
        char *copy = fair_xmalloc(whole.n);
        memcpy(copy, whole.p, whole.n);
        copy[i] = (char)(copy[i] ^ 0xff);
        if (fair_fetch_answer_unpack((fair_str){ copy, whole.n }, &back, NULL) == FAIR_OK) {
            CHECK(back.body.n <= 6 && back.http <= 999 && back.status <= FAIR_IO);
            for (size_t k = 0; k < back.headers.n; k++) CHECK(back.headers.p[k] != 1);
        }
        free(copy);
    }
    fair_arena_free(&a);
}

TEST(headers_are_read_whatever_their_case_and_space)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_fetch_answer r = { .retry_after_s = -1 };
    struct fair_fetch_head h = { .raw = FAIR_BUF(a, FAIR_FETCH_HEADERS), .into = &r };

    feed(&h, "HTTP/1.1 200 OK\r\ncontent-TYPE:  Text/HTML ; boundary=x; Charset=\"ISO-8859-1\" \r\nETag: W/\"7\"\r\n"
             "last-modified:Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: 120\r\nLocation: /there?x=1\r\nTDM-Reservation: 1\r\nX-Robots-Tag: noindex\r\n\r\n");
    CHECK_STR(r.mime, "text/html");
    CHECK_STR(r.charset, "iso-8859-1");
    CHECK_STR(r.etag, "W/\"7\"");
    CHECK_STR(r.last_modified, "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK_STR(r.location, "/there?x=1");
    CHECK_STR(r.tdm, "1");
    CHECK_STR(r.robots_tag, "noindex");
    CHECK_EQ(r.retry_after_s, 120);
    fair_arena_free(&a);
}

TEST(an_interim_answer_leaves_nothing_behind)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_fetch_answer r = { .retry_after_s = -1 };
    struct fair_fetch_head h = { .raw = FAIR_BUF(a, FAIR_FETCH_HEADERS), .into = &r };

    feed(&h, "HTTP/1.1 103 Early Hints\r\nLocation: /wrong\r\nETag: \"wrong\"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n");
    CHECK(r.location.p == NULL && r.etag.p == NULL);
    CHECK_STR(r.mime, "image/png");
    CHECK(memmem(h.raw.p, h.raw.n, "103", 3) == NULL);
    fair_arena_free(&a);
}

TEST(retry_after_is_seconds_or_a_date)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_fetch_answer r = { .retry_after_s = -1 };
    struct fair_fetch_head h = { .raw = FAIR_BUF(a, FAIR_FETCH_HEADERS), .into = &r, .now_us = 784111777 * INT64_C(1000000) };

    feed(&h, "Retry-After: Sun, 06 Nov 1994 08:51:37 GMT\r\n");
    CHECK_EQ(r.retry_after_s, 121);
    feed(&h, "Retry-After: Sun, 06 Nov 1993 08:51:37 GMT\r\n");
    CHECK_EQ(r.retry_after_s, 0);
    feed(&h, "Retry-After: soon\r\n");
    CHECK_EQ(r.retry_after_s, -1);
    feed(&h, "Retry-After: -5\r\n");
    CHECK_EQ(r.retry_after_s, -1);
    feed(&h, "Retry-After: 99999999999999999999\r\n");
    CHECK_EQ(r.retry_after_s, -1);
    fair_arena_free(&a);
}

TEST(headers_without_end_meet_the_limit)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_fetch_answer r = { 0 };
    struct fair_fetch_head h = { .raw = FAIR_BUF(a, FAIR_FETCH_HEADERS), .into = &r };

    for (int i = 0; i < 100000; i++) feed(&h, "X-Filler: yyyyyyyyyyyyyyyyyyyyyyyy\r\n");
    CHECK(h.raw.over && h.raw.n <= FAIR_FETCH_HEADERS);
    fair_arena_free(&a);
}

FAIR_TEST_MAIN
