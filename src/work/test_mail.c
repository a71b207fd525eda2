/* work/test_mail.c - the notice as it is sent. */
#include "base/mem.h"
#include "base/test.h"
#include "work/mail.h"

static struct fair_config
settings(void)
{
    return (struct fair_config){ .smtp_from = FAIR_STR("fairtrack@example.com"), .smtp_to = FAIR_STR("owner@example.com") };
}

TEST(a_notice_has_its_headers_and_lines)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_config c = settings();
    fair_str m;

    CHECK_OK(fair_mail_compose(a, &c, FAIR_STR("2 new hits"), FAIR_STR("one\ntwo = 2\n"), INT64_C(784111777) * FAIR_SECOND, &m, why));
    CHECK(strstr(m.p, "From: <fairtrack@example.com>\r\nTo: <owner@example.com>\r\nSubject: 2 new hits\r\n") == m.p);
    CHECK(strstr(m.p, "Date: Sun, 06 Nov 1994 08:49:37 +0000\r\n") != NULL);
    CHECK(strstr(m.p, "\r\n\r\none\r\ntwo =3D 2\r\n") != NULL);
}

TEST(a_subject_beyond_ascii_is_encoded_word_by_word)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_config c = settings();
    fair_str m;

    CHECK_OK(fair_mail_compose(a, &c, FAIR_STR("Gr\xc3\xbc\xc3\x9f""e"), FAIR_STR("x"), FAIR_DAY, &m, why));
    CHECK(strstr(m.p, "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n") != NULL);
}

TEST(a_line_break_cannot_reach_a_header)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_config c = settings();
    struct fair_err err = { 0 };
    fair_str m;

    c.smtp_to = FAIR_STR("owner@example.com\r\nBcc: all@example.com");
    CHECK_EQ(fair_mail_compose(a, &c, FAIR_STR("s"), FAIR_STR("x"), FAIR_DAY, &m, &err), FAIR_INVALID);
    c = settings();
    c.smtp_from = FAIR_STR("nobody");
    CHECK_EQ(fair_mail_compose(a, &c, FAIR_STR("s"), FAIR_STR("x"), FAIR_DAY, &m, &err), FAIR_INVALID);
    c = settings();
    CHECK_OK(fair_mail_compose(a, &c, FAIR_STR("a\r\nBcc: b"), FAIR_STR("x"), FAIR_DAY, &m, why));
    CHECK(strstr(m.p, "\r\nBcc:") == NULL);
}

TEST(long_lines_are_folded)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_config c = settings();
    char text[401];
    fair_str m;

    memset(text, 'x', 400);
    text[400] = '\0';
    CHECK_OK(fair_mail_compose(a, &c, FAIR_STR("s"), fair_str_of(text), FAIR_DAY, &m, why));
    for (size_t i = 0, line = 0; i < m.n; i++) {
        line = m.p[i] == '\n' ? 0 : line + 1;
        CHECK(line <= 78);
    }
}

FAIR_TEST_MAIN
