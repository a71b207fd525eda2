/* portal/test_portal.c - the folder, the seal, the languages. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "base/test.h"
#include "portal/portal_private.h"

static const fair_time NOW = 1795510800 * FAIR_SECOND;       /* 2026-11-24T09:00:00Z */

static void
open_shelf(struct fair_arena *a, struct fair_shelf *s)
{
    char dir[] = "/tmp/fair-portal-XXXXXX";

    CHECK(mkdtemp(dir) != NULL);
    CHECK_OK(fair_shelf_open(fair_str_fmt(a, "%s/p", dir).p, a, s, why));
}

static void
drop_shelf(const struct fair_shelf *s)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    CHECK(system(fair_str_fmt(a, "rm -rf '%.*s' && rmdir '%.*s'", FAIR_STR_ARG(s->dir), (int)s->dir.n - 2, s->dir.p).p) == 0);
}

static fair_status
count(void *arg, fair_str notice, fair_str name, fair_str sealed, struct fair_err *err)
{
    (void)err;
    CHECK(fair_notice_id_ok(notice) && fair_shelf_name_ok(name) && sealed.n > 0);
    ++*(int *)arg;
    return FAIR_OK;
}

TEST(a_link_opens_its_notice_until_it_expires_and_no_other_secret_does)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_shelf s;
    struct fair_err err = { 0 };
    fair_str secret = fair_link_secret_new(a), id, other = fair_link_secret_new(a);
    fair_time expires;

    open_shelf(a, &s);
    CHECK_EQ(secret.n, (size_t)FAIR_LINK_SECRET);
    CHECK_OK(fair_shelf_notice_put(&s, FAIR_STR("FT-TEST-1"), FAIR_STR("{}"), NULL, 0, why));
    CHECK_OK(fair_shelf_link_put(&s, secret, FAIR_STR("FT-TEST-1"), NOW + FAIR_DAY, why));
    CHECK_OK(fair_shelf_link_find(&s, secret, NOW, a, &id, &expires, why));
    CHECK_STR(id, "FT-TEST-1");
    CHECK_EQ(fair_shelf_link_find(&s, secret, NOW + FAIR_DAY, a, &id, &expires, &err), FAIR_REFUSED);
    CHECK_STR(id, "FT-TEST-1");
    CHECK_EQ(fair_shelf_link_find(&s, other, NOW, a, &id, &expires, &err), FAIR_NOT_FOUND);
    CHECK_EQ(fair_shelf_link_find(&s, FAIR_STR("../notices/FT-TEST-1/notice.json"), NOW, a, &id, &expires, &err), FAIR_NOT_FOUND);
    CHECK_OK(fair_shelf_notice_remove(&s, FAIR_STR("FT-TEST-1"), why));
    CHECK_EQ(fair_shelf_link_find(&s, secret, NOW, a, &id, &expires, &err), FAIR_NOT_FOUND);
    drop_shelf(&s);
}

TEST(nothing_outside_the_folder_can_be_named)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_shelf s;
    struct fair_err err = { 0 };
    int fd = -1;
    static const char *const bad[] = { "", ".", "..", "../x", "a/b", ".hidden", "-x", "UPPER", "a\nb", "\xff" };
    struct fair_shelf_file file = { FAIR_STR("letter.pdf"), FAIR_STR("%PDF") };

    open_shelf(a, &s);
    CHECK_OK(fair_shelf_notice_put(&s, FAIR_STR("FT-TEST-1"), FAIR_STR("{}"), &file, 1, why));
    CHECK_OK(fair_shelf_file_open(&s, FAIR_STR("FT-TEST-1"), file.name, &fd, why));
    fair_fd_free(&fd);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct fair_shelf_file wrong = { fair_str_of(bad[i]), FAIR_STR("x") };
        CHECK(!fair_shelf_name_ok(fair_str_of(bad[i])));
        CHECK_EQ(fair_shelf_file_open(&s, FAIR_STR("FT-TEST-1"), fair_str_of(bad[i]), &fd, &err), FAIR_NOT_FOUND);
        CHECK_EQ(fair_shelf_notice_put(&s, FAIR_STR("FT-TEST-1"), FAIR_STR("{}"), &wrong, 1, &err), FAIR_INVALID);
        CHECK_EQ(fair_shelf_notice_put(&s, fair_str_of(bad[i][0] == 'U' ? "lower" : bad[i]), FAIR_STR("{}"), NULL, 0, &err), FAIR_INVALID);
    }
    drop_shelf(&s);
}

TEST(an_answer_is_kept_once_however_often_its_form_is_sent)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_shelf s;
    struct fair_err err = { 0 };
    uint8_t once[16] = { 1, 2, 3 };
    bool wait = true;
    int n = 0;

    open_shelf(a, &s);
    CHECK_OK(fair_shelf_notice_put(&s, FAIR_STR("FT-TEST-1"), FAIR_STR("{}"), NULL, 0, why));
    CHECK_OK(fair_shelf_answers_wait(&s, FAIR_STR("FT-TEST-1"), &wait, why));
    CHECK(!wait);
    CHECK_OK(fair_shelf_answer_put(&s, FAIR_STR("FT-TEST-1"), NOW, once, FAIR_STR("sealed"), why));
    CHECK_EQ(fair_shelf_answer_put(&s, FAIR_STR("FT-TEST-1"), NOW + 1, once, FAIR_STR("sealed"), &err), FAIR_CONFLICT);
    CHECK_OK(fair_shelf_answers_wait(&s, FAIR_STR("FT-TEST-1"), &wait, why));
    CHECK(wait);
    CHECK_OK(fair_shelf_answers(&s, a, count, &n, why));
    CHECK_EQ(n, 1);
    for (int i = 0; i < FAIR_ANSWERS_WAITING; i++) {
        once[0] = (uint8_t)(10 + i);
        if (fair_shelf_answer_put(&s, FAIR_STR("FT-TEST-1"), NOW, once, FAIR_STR("sealed"), &err) != FAIR_OK) CHECK_EQ(err.status, FAIR_LIMIT);
    }
    n = 0;
    CHECK_OK(fair_shelf_answers(&s, a, count, &n, why));
    CHECK_EQ(n, (int)FAIR_ANSWERS_WAITING);
    drop_shelf(&s);
}

TEST(a_sealed_answer_opens_with_the_homes_key_and_with_none_of_its_bits_changed)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    uint8_t public_key[32], secret_key[32], wrong_public[32], wrong_secret[32];
    struct fair_answer_file file = { FAIR_STR("../../x"), FAIR_STR("bytes of a file") }, files[FAIR_ANSWER_FILES];
    json_t *answer = json_pack("{s:s}", "action", "licence"), *back = NULL;
    struct fair_err err = { 0 };
    fair_str sealed;
    size_t n;
    char *bytes;

    CHECK(sodium_init() >= 0);
    fair_answer_keys(public_key, secret_key);
    fair_answer_keys(wrong_public, wrong_secret);
    CHECK_OK(fair_answer_seal(a, answer, &file, 1, public_key, &sealed, why));
    CHECK_OK(fair_answer_open(a, sealed, public_key, secret_key, &back, files, &n, why));
    CHECK_EQ(n, (size_t)1);
    CHECK_STR(files[0].name, "../../x");
    CHECK_STR(files[0].bytes, "bytes of a file");
    json_decref(back);
    CHECK_EQ(fair_answer_open(a, sealed, wrong_public, wrong_secret, &back, files, &n, &err), FAIR_CORRUPT);
    bytes = fair_alloc(a, sealed.n);
    for (size_t i = 0; i < sealed.n; i++) {
        memcpy(bytes, sealed.p, sealed.n);
        bytes[i] ^= (char)(1 << (i % 8));
        CHECK_EQ(fair_answer_open(a, (fair_str){ bytes, sealed.n }, public_key, secret_key, &back, files, &n, &err), FAIR_CORRUPT);
        CHECK(back == NULL);
    }
    json_decref(answer);
}

TEST(every_language_has_words_for_all_that_can_be_done)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_langs l = { 0 };

    CHECK_OK(fair_langs_read(fair_portal_words_files, fair_n_portal_words_files, a, &l, why));
    CHECK_EQ(l.n, (size_t)4);
    for (size_t i = 0; i < l.n; i++)
        for (size_t k = 0; k < fair_n_portal_actions; k++) {
            const struct fair_portal_action *x = &fair_portal_actions[k];
            fair_str choices = fair_str_of(x->choices), fields = fair_str_of(x->fields), one;
            const char *keys[2] = { fair_str_fmt(a, "a_%s", x->name).p, x->takes != NULL ? fair_str_fmt(a, "m_%s", x->name).p : NULL };
            for (size_t m = 0; m < 2; m++) CHECK(keys[m] == NULL || json_object_get(l.v[i].words, keys[m]) != NULL);
            while (fair_str_split(&choices, '|', &one)) CHECK(json_object_get(l.v[i].words, fair_str_fmt(a, "c_%s_%.*s", x->name, FAIR_STR_ARG(one)).p) != NULL);
            while (fair_str_split(&fields, ' ', &one)) CHECK(json_object_get(l.v[i].words, fair_str_fmt(a, "f_%.*s", FAIR_STR_ARG(one)).p) != NULL);
        }
    fair_langs_free(&l);
}

TEST(a_language_is_chosen_as_the_browser_asks)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_langs l = { 0 };

    CHECK_OK(fair_langs_read(fair_portal_words_files, fair_n_portal_words_files, a, &l, why));
    CHECK_STR(fair_lang_for(&l, FAIR_STR("de-AT,de;q=0.9,en;q=0.8"))->code, "de");
    CHECK_STR(fair_lang_for(&l, FAIR_STR("es,fr;q=0.5,it;q=0.7"))->code, "it");
    CHECK_STR(fair_lang_for(&l, FAIR_STR("fr;q=0,it;q=0.001"))->code, "it");
    CHECK_STR(fair_lang_for(&l, FAIR_STR("zz"))->code, "en");
    CHECK_STR(fair_lang_for(&l, (fair_str){ NULL, 0 })->code, "en");
    fair_langs_free(&l);
}

TEST(words_that_lack_or_repeat_a_key_are_refused_by_file_and_line)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    static const struct { const char *text, *why; } bad[] = {
        { "msgid \"a\"\nmsgstr \"x\"\nmsgid \"a\"\nmsgstr \"y\"\n", "twice" }, { "msgid \"a\"\n", "no msgstr" }, { "msgid \"a\"\nmsgstr \"\"\n", "no words" },
        { "msgid \"a b\"\nmsgstr \"x\"\n", "no key" }, { "hello\n", "neither" }, { "msgid \"a\nmsgstr \"x\"\n", "quotes" }, { "msgid \"b\"\nmsgstr \"x\"\n", "no words for a" },
    };
    struct fair_err err = { 0 };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        static const char good[] = "msgid \"a\"\nmsgstr \"x\"\n";
        struct fair_asset files[2] = { { "lang/p.en.po", (const unsigned char *)good, sizeof good - 1 }, { "lang/p.de.po", (const unsigned char *)bad[i].text, strlen(bad[i].text) } };
        struct fair_langs l = { 0 };
        CHECK_EQ(fair_langs_read(files, 2, a, &l, &err), FAIR_INVALID);
        CHECK(strstr(err.text, bad[i].why) != NULL);
        fair_langs_free(&l);
    }
}

FAIR_TEST_MAIN
