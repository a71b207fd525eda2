/* helpers/test_mailread.c - what mails say: replies, reports, automatic answers, files. */
#include <stdlib.h>
#include <gmime/gmime.h>
#include "base/io.h"
#include "base/test.h"
#include "helpers/mailread_private.h"

static struct fair_mail_told
read_one(struct fair_arena *a, const char *name)
{
    const char *source = getenv("FAIRTRACK_SOURCE");
    struct fair_mail_told t;
    fair_str bytes;
    static bool begun;

    if (!begun) g_mime_init();
    begun = true;
    CHECK(source != NULL);
    CHECK_OK(fair_read_file(a, fair_str_fmt(a, "%s/src/helpers/corpus/mail/%s", source, name).p, 1 << 20, &bytes, why));
    fair_mailread(a, bytes, &t);
    return t;
}

TEST(a_reply_names_what_it_answers_the_nearest_first)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_mail_told t = read_one(a, "plain");

    CHECK_EQ(t.status, FAIR_OK);
    CHECK_STR(t.from, "tom@example.com");
    CHECK_STR(t.from_name, "Tom");
    CHECK_STR(t.message_id, "r1@example.com");
    CHECK_STR(t.references[0], "FT-26-AAAA.0123456789abcdef0123456789abcdef@example.com");
    CHECK_EQ(t.n_references, 3);
    CHECK(!t.automatic && !t.bounce);
    CHECK_STR(fair_str_trim(t.text), "I have a licence.");
    CHECK_EQ(t.date / FAIR_SECOND, 1795677300);
}

TEST(a_report_of_failure_says_why_and_which_mail)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_mail_told t = read_one(a, "bounce");

    CHECK(t.bounce && t.automatic);
    CHECK_STR(t.bounce_words, "smtp; 550 no such user");
    CHECK_STR(t.references[0], "FT-26-AAAA.0123456789abcdef0123456789abcdef@example.com");
    t = read_one(a, "headers-only");
    CHECK(t.bounce);
    CHECK_STR(t.references[0], "abc@example.com");
}

TEST(an_automatic_answer_is_told_from_a_persons)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_mail_told t = read_one(a, "away");

    CHECK(t.automatic && !t.bounce);
    CHECK_STR(t.subject, "Abwesend bis M\u00e4rz");
    CHECK_STR(fair_str_trim(t.text), "Ich bin bis M\u00e4rz nicht da.");
}

TEST(files_are_named_and_not_opened)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_mail_told t = read_one(a, "files");

    CHECK_EQ(t.n_files, 1);
    CHECK_STR(t.files[0].name, "../../x.pdf");
    CHECK_STR(t.files[0].type, "application/pdf");
    CHECK_EQ(t.files[0].bytes, 5);
}

TEST(headers_that_go_on_over_lines_stay_on_one)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_mail_told t = read_one(a, "folded");

    for (size_t i = 0; i < t.subject.n; i++) CHECK((unsigned char)t.subject.p[i] >= 0x20);
    CHECK_EQ(t.date, 0);
}

FAIR_TEST_MAIN
