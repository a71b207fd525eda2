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

static bool
judged(const char *value, const char *server, int spf, int dkim, int dmarc)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_mail_auth x;

    if (!fair_auth_results(a, fair_str_of(value), &x)) return server == NULL;
    return server != NULL && fair_str_eq(x.server, fair_str_of(server)) && x.spf == spf && x.dkim == dkim && x.dmarc == dmarc;
}

TEST(what_a_server_found_of_a_mail_is_read_as_RFC_8601_has_it)
{
    enum { N = FAIR_AUTH_NONE, P = FAIR_AUTH_PASS, O = FAIR_AUTH_OTHER };

    CHECK(judged("mx.example.com; spf=pass smtp.mailfrom=example.com; dkim=pass header.d=example.com; dmarc=pass header.from=example.com", "mx.example.com", P, P, P));
    CHECK(judged("mx.example.com 1; dkim=fail reason=\"bad; spf=pass\"; spf=softfail", "mx.example.com", O, O, N));
    CHECK(judged("mx.example.com; none", "mx.example.com", N, N, N));
    CHECK(judged("mx.example.com (comment (deeper; spf=pass)); dkim = PASS (2048 bit)", "mx.example.com", N, P, N));
    CHECK(judged("mx.example.com; dkim/1=fail; dkim=pass", "mx.example.com", N, P, N));      /* one signature that holds is enough */
    CHECK(judged("mx.example.com; spf=passed", "mx.example.com", O, N, N));
    CHECK(judged("\"mx.example.com\"; spf=pass", "mx.example.com", P, N, N));
    CHECK(judged("\"mx.example.com; spf=pass\"", "mx.example.com_", N, N, N));              /* what stands in quotes is a name */
    CHECK(judged("", NULL, 0, 0, 0));
    CHECK(judged("(mx.example.com; spf=pass", NULL, 0, 0, 0));
    CHECK(judged("; spf=pass", NULL, 0, 0, 0));
}

TEST(the_headers_of_all_servers_are_told_the_topmost_first)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_mail_told t;
    static const char mail[] = "Authentication-Results: mx.example.com;\r\n spf=pass smtp.mailfrom=a@example.com;\r\n dkim=pass\r\nReceived: by x\r\n"
                               "authentication-results: forged.example.org; spf=pass; dkim=pass; dmarc=pass\r\nFrom: a@example.com\r\nSubject: x\r\n\r\nx\r\n";

    (void)read_one(a, "plain");
    fair_mailread(a, (fair_str){ mail, sizeof mail - 1 }, &t);
    CHECK_EQ(t.n_auths, 2);
    CHECK(fair_str_eq(t.auths[0].server, FAIR_STR("mx.example.com")) && t.auths[0].spf == FAIR_AUTH_PASS && t.auths[0].dmarc == FAIR_AUTH_NONE);
    CHECK(fair_str_eq(t.auths[1].server, FAIR_STR("forged.example.org")));
}

FAIR_TEST_MAIN
