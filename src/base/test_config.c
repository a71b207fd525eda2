/* base/test_config.c - the settings file. */
#include "base/config.h"
#include "base/io.h"
#include "base/test.h"
#include <unistd.h>

static fair_status
load(struct fair_arena *a, const char *text, struct fair_config *c, struct fair_err *err)
{
    char path[] = "/tmp/fair-config-XXXXXX";
    int fd = mkstemp(path);
    fair_status s;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    s = fair_config_load(a, path, c, err);
    unlink(path);
    return s;
}

TEST(a_missing_file_gives_the_defaults)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_config c;
    CHECK_OK(fair_config_load(a, "/nonexistent/fairtrack.conf", &c, why));
    CHECK_STR(c.listen, "127.0.0.1:8080");
    CHECK_EQ(c.crawl_pages, 5000);
    CHECK(!c.allow_loopback);
}

TEST(keys_are_read_and_written_back)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_config c, d;
    fair_str text;
    CHECK_OK(load(a, "[web]\nlisten = 127.0.0.1:0\n[crawl]\nallow_loopback = yes\nmax_pages = 7\n[decode]\nsandbox = weak\n", &c, why));
    CHECK(c.allow_loopback && c.sandbox_weak);
    CHECK_EQ(c.crawl_pages, 7);
    text = fair_config_text(a, &c);
    CHECK_OK(load(a, text.p, &d, why));
    CHECK_EQ(d.crawl_pages, 7);
    CHECK(d.allow_loopback);
}

TEST(an_unknown_key_is_an_error_that_suggests_the_right_one)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_config c;
    struct fair_err err = { 0 };
    CHECK_EQ(load(a, "[crawl]\nmax_page = 7\n", &c, &err), FAIR_INVALID);
    CHECK(strstr(err.text, "no setting crawl.max_page; did you mean crawl.max_pages?") != NULL);
    CHECK(strstr(err.text, "line 2") != NULL);
}

TEST(a_value_out_of_bounds_is_named_with_its_bounds)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_config c;
    struct fair_err err = { 0 };
    CHECK_EQ(load(a, "[decode]\nseconds = 0\n", &c, &err), FAIR_INVALID);
    CHECK(strstr(err.text, "from 1 to 600") != NULL);
    CHECK_EQ(load(a, "[decode]\nsandbox = none\n", &c, &err), FAIR_INVALID);
    CHECK_EQ(load(a, "nonsense\n", &c, &err), FAIR_INVALID);
}

TEST(what_explain_prints_is_a_settings_file)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_config c;
    CHECK_OK(load(a, fair_config_explain(a).p, &c, why));
}

FAIR_TEST_MAIN
