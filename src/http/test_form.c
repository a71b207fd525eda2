/* http/test_form.c - forms, uploads, cookies, and what a route takes. */
#include "base/test.h"
#include "http/takes.h"

static void
check_form(const char *body, const char *want)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fields f = { 0 };
    struct fair_buf b = FAIR_BUF(a, 4096);

    CHECK_OK(fair_form_urlencoded(a, fair_str_of(body), &f, why));
    for (size_t i = 0; i < f.n; i++) fair_buf_fmt(&b, "%.*s=%.*s|", FAIR_STR_ARG(f.v[i].name), FAIR_STR_ARG(f.v[i].value));
    assert_string_equal(b.p != NULL ? b.p : "", want);
}

TEST(a_form_is_read_field_by_field)
{
    check_form("a=1&b=two+words&c=%C3%BC%26", "a=1|b=two words|c=\xc3\xbc&|");
    check_form("a&b=&&=c&d=x=y", "a=|b=|=c|d=x=y|");
    check_form("", "");
    check_form("a=%41", "a=A|");
}

TEST(a_form_with_broken_escapes_or_nul_is_refused)
{
    static const char *const bad[] = { "a=%", "a=%4", "a=%4g", "a=%zz", "a=%00", "%=1", "a=b%4" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_fields f = { 0 };
        struct fair_err err = { 0 };
        CHECK_EQ(fair_form_urlencoded(a, fair_str_of(bad[i]), &f, &err), FAIR_INVALID);
    }
}

TEST(a_form_of_too_many_fields_is_over_a_limit)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fields f = { 0 };
    struct fair_err err = { 0 };
    struct fair_buf b = FAIR_BUF(a, 65536);

    for (int i = 0; i <= FAIR_FORM_FIELDS; i++) fair_buf_c(&b, "a=1&");
    CHECK_EQ(fair_form_urlencoded(a, (fair_str){ b.p, b.n }, &f, &err), FAIR_LIMIT);
}

TEST(what_is_encoded_is_decoded_to_the_same)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 4096);
    fair_str all, back;
    char bytes[255];

    for (int i = 1; i < 256; i++) bytes[i - 1] = (char)i;
    fair_form_url_encode(&b, (fair_str){ bytes, 255 });
    CHECK_OK(fair_buf_take(&b, &all, why));
    CHECK_OK(fair_form_url_decode(a, all, false, &back, why));
    CHECK(fair_str_eq(back, (fair_str){ bytes, 255 }));
}

#define UPLOAD                                                                 \
    "--XX\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntoken\r\n"   \
    "--XX\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"C:\\\\fake\\\\a%22b.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n" \
    "\xff\xd8\0--X\r\n--Y\r\n\r\n--XX\r\nContent-Disposition: form-data; name=empty\r\n\r\n\r\n--XX--\r\n"

TEST(an_upload_keeps_every_byte_of_its_files)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fields f = { 0 };

    CHECK_OK(fair_form_multipart(a, FAIR_STR(UPLOAD), FAIR_STR("XX"), &f, why));
    CHECK_EQ(f.n, 3);
    CHECK_STR(f.v[0].name, "csrf");
    CHECK_STR(f.v[0].value, "token");
    CHECK(f.v[0].file.p == NULL);
    CHECK_STR(f.v[1].file, "a\"b.jpg");
    CHECK(fair_str_eq(f.v[1].value, FAIR_STR("\xff\xd8\0--X\r\n--Y\r\n")));
    CHECK_STR(f.v[2].name, "empty");
    CHECK_EQ(f.v[2].value.n, 0);
}

TEST(an_upload_cut_off_anywhere_is_refused_and_never_read_past_its_end)
{
    fair_str whole = FAIR_STR(UPLOAD);
    for (size_t n = 0; n + 6 < whole.n; n++) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_fields f = { 0 };
        struct fair_err err = { 0 };
        char *exact = fair_xmalloc(n);
        memcpy(exact, whole.p, n);
        CHECK_EQ(fair_form_multipart(a, (fair_str){ exact, n }, FAIR_STR("XX"), &f, &err), FAIR_INVALID);
        free(exact);
    }
}

TEST(header_parameters_are_read_with_and_without_quotes)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str out;

    CHECK(fair_header_param(a, FAIR_STR("form-data; name=\"a;b\"; filename=c"), "filename", &out));
    CHECK_STR(out, "c");
    CHECK(fair_header_param(a, FAIR_STR("form-data; Name=\"a\\\"b\""), "name", &out));
    CHECK_STR(out, "a\"b");
    CHECK(!fair_header_param(a, FAIR_STR("form-data; filename=c"), "name", &out));
    CHECK(!fair_header_param(a, FAIR_STR("form-data; name=\"open"), "name", &out));
    CHECK(!fair_header_param(a, FAIR_STR(""), "name", &out));
    CHECK_STR(fair_header_value(FAIR_STR(" text/html ; charset=x")), "text/html");
}

TEST(a_cookie_is_found_by_its_whole_name)
{
    fair_str out;

    CHECK(fair_cookie_get(FAIR_STR("xsid=1; sid=2; sid=3"), FAIR_STR("sid"), &out));
    CHECK_STR(out, "2");
    CHECK(fair_cookie_get(FAIR_STR("sid=\"q\""), FAIR_STR("sid"), &out));
    CHECK_STR(out, "q");
    CHECK(!fair_cookie_get(FAIR_STR("sid"), FAIR_STR("sid"), &out));
    CHECK(!fair_cookie_get((fair_str){ NULL, 0 }, FAIR_STR("sid"), &out));
}

/* ---- takes ------------------------------------------------------------------ */

static fair_status
take(struct fair_arena *a, const char *takes, const char *body, json_t *form, struct fair_err *err)
{
    struct fair_fields f = { 0 };
    struct fair_field *files;
    size_t n;

    FAIR_TRY(fair_form_urlencoded(a, fair_str_of(body), &f, err));
    return fair_takes_check(a, takes, &f, form, &files, &n, err);
}

#define REFUSED(takes, body, words)                                            \
    do {                                                                       \
        FAIR_AUTO(arena) struct fair_arena *a_ = fair_arena_new();             \
        json_t *form_ = json_object();                                         \
        struct fair_err err_ = { 0 };                                          \
        CHECK_EQ(take(a_, takes, body, form_, &err_), FAIR_INVALID);           \
        assert_string_equal(err_.text, words);                                 \
        json_decref(form_);                                                    \
    } while (0)

TEST(a_form_holds_what_its_route_takes_and_nothing_else)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    json_t *form = json_object();

    CHECK_OK(take(a, "what=one|two n?:n100 hit*:id note?:m20 yes?:yes", "what=two&n=7&hit=4&hit=5&note=a%0Ab&csrf=x&yes=yes", form, why));
    assert_string_equal(json_string_value(json_object_get(form, "what")), "two");
    CHECK_EQ(json_integer_value(json_object_get(form, "n")), 7);
    CHECK_EQ(json_array_size(json_object_get(form, "hit")), 2);
    assert_string_equal(json_string_value(json_object_get(form, "note")), "a\nb");
    CHECK(json_is_true(json_object_get(form, "yes")));
    CHECK(json_object_get(form, "csrf") == NULL);
    json_decref(form);
}

TEST(what_a_route_does_not_take_is_refused_by_name)
{
    REFUSED("a?:t5", "b=1", "b: no such field here");
    REFUSED(NULL, "admin=1", "admin: no such field here");
    REFUSED("a:t5", "", "a: missing");
    REFUSED("a:t5", "a=", "a: missing");
    REFUSED("a:t5", "a=1&a=2", "a: given twice");
    REFUSED("a:t5", "a=123456", "a: 6 bytes, at most 5 are kept");
    REFUSED("a:t50", "a=x%0Ay", "a: control characters or no UTF-8");
    REFUSED("a:t50", "a=%FF", "a: control characters or no UTF-8");
    REFUSED("a:m50", "a=%1B", "a: control characters or no UTF-8");
    REFUSED("a=x|y", "a=z", "a: one of x|y is wanted");
    REFUSED("a:id", "a=0", "a: a whole number is wanted");
    REFUSED("a:id", "a=9223372036854775808", "a: a whole number is wanted");
    REFUSED("a:n10", "a=11", "a: a whole number is wanted");
    REFUSED("a?:yes", "a=perhaps", "a: yes or nothing is wanted");
    REFUSED("a*:file", "a=text", "a: a file where none is wanted, or none where one is");
}

TEST(json_bodies_are_held_to_the_same)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fields f = { 0 };
    struct fair_field *files;
    struct fair_err err = { 0 };
    json_t *form = json_object();
    size_t n;

    CHECK_OK(fair_takes_json(a, FAIR_STR("{\"what\":\"one\",\"hit\":[1,2],\"until\":null,\"yes\":true}"), &f, why));
    CHECK_OK(fair_takes_check(a, "what=one|two hit*:id until?:t10 yes?:yes", &f, form, &files, &n, why));
    CHECK_EQ(json_array_size(json_object_get(form, "hit")), 2);
    CHECK(json_object_get(form, "until") == NULL);
    json_decref(form);
    CHECK_EQ(fair_takes_json(a, FAIR_STR("[1]"), &f, &err), FAIR_INVALID);
    CHECK_EQ(fair_takes_json(a, FAIR_STR("{\"a\":{\"b\":1}}"), &f, &err), FAIR_INVALID);
    CHECK_EQ(fair_takes_json(a, FAIR_STR("{\"a\":1,\"a\":2}"), &f, &err), FAIR_INVALID);
    CHECK_EQ(fair_takes_json(a, FAIR_STR(""), &f, &err), FAIR_INVALID);
}

FAIR_TEST_MAIN
