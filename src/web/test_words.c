/* web/test_words.c - times, numbers, pages of lists; routes and templates that fit each other. */
#include "base/test.h"
#include "base/io.h"
#include "web/web_private.h"
#include "web/words.h"

static const fair_time NOW = 1795510800 * FAIR_SECOND;       /* 2026-11-24T09:00:00Z */

TEST(times_are_told_as_one_would_tell_them)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    CHECK_STR(fair_words_when(a, NOW, 0), "");
    CHECK_STR(fair_words_when(a, NOW, NOW), "just now");
    CHECK_STR(fair_words_when(a, NOW, NOW - 60 * FAIR_SECOND), "1 minute ago");
    CHECK_STR(fair_words_when(a, NOW, NOW - 47 * FAIR_HOUR), "47 hours ago");
    CHECK_STR(fair_words_when(a, NOW, NOW - 3 * FAIR_DAY), "3 days ago");
    CHECK_STR(fair_words_when(a, NOW, NOW + 5 * FAIR_MINUTE), "in 5 minutes");
    CHECK_STR(fair_words_when(a, NOW, NOW + 5 * FAIR_SECOND), "in a moment");
    CHECK_STR(fair_words_when(a, NOW, NOW - 300 * FAIR_DAY), "28 January 2026");
    CHECK_STR(fair_words_every(a, 86400), "every day");
    CHECK_STR(fair_words_every(a, 21600), "every 6 hours");
    CHECK_STR(fair_words_every(a, 90), "every 90 seconds");
}

TEST(numbers_are_grouped_and_a_part_that_is_not_all_is_not_called_all)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    CHECK_STR(fair_words_count(a, 0), "0");
    CHECK_STR(fair_words_count(a, 999), "999");
    CHECK_STR(fair_words_count(a, 1234567), "1,234,567");
    CHECK_STR(fair_words_count(a, -1234), "-1,234");
    CHECK_STR(fair_words_bytes(a, 999), "999 bytes");
    CHECK_STR(fair_words_bytes(a, 3400000), "3.4 MB");
    CHECK_STR(fair_words_percent(a, 0.62), "62 %");
    CHECK_STR(fair_words_percent(a, 0.9996), "99.9 %");
    CHECK_STR(fair_words_percent(a, 1), "100 %");
}

TEST(a_list_that_fits_one_page_has_no_pager)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    CHECK(fair_words_pager(a, fair_link_to(a, "/works"), 1, 48, 48) == NULL);
    CHECK(fair_words_pager(a, fair_link_to(a, "/works"), 1, 48, 0) == NULL);
}

TEST(a_pager_keeps_the_filters_and_leads_back_from_beyond_the_end)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_link l = fair_link_to(a, "/works");
    json_t *o;

    fair_link_add(&l, "text", FAIR_STR("a&b"));
    fair_link_add(&l, "empty", FAIR_STR(""));
    o = fair_words_pager(a, l, 2, 48, 100);
    assert_string_equal(json_string_value(json_object_get(o, "previous")), "/works?text=a%26b");
    assert_string_equal(json_string_value(json_object_get(o, "next")), "/works?text=a%26b&page=3");
    assert_string_equal(json_string_value(json_object_get(o, "from")), "49");
    assert_string_equal(json_string_value(json_object_get(o, "to")), "96");
    json_decref(o);
    o = fair_words_pager(a, l, 90, 48, 100);
    assert_string_equal(json_string_value(json_object_get(o, "previous")), "/works?text=a%26b&page=3");
    CHECK(json_object_get(o, "next") == NULL);
    json_decref(o);
}

TEST(an_address_finds_its_route_and_nothing_else)
{
    fair_id id;
    fair_str word;
    bool other;
    const struct fair_route *r = fair_route_find(FAIR_STR("GET"), FAIR_STR("/hits/17"), &id, &word, &other);

    assert_non_null(r);
    assert_string_equal(r->path, "/hits/:id");
    CHECK_EQ(id, 17);
    assert_null(fair_route_find(FAIR_STR("GET"), FAIR_STR("/hits/0"), &id, &word, &other));
    assert_null(fair_route_find(FAIR_STR("GET"), FAIR_STR("/hits/17/"), &id, &word, &other));
    assert_null(fair_route_find(FAIR_STR("GET"), FAIR_STR("//hits"), &id, &word, &other));
    assert_null(fair_route_find(FAIR_STR("GET"), FAIR_STR("/in/"), &id, &word, &other));
    assert_null(fair_route_find(FAIR_STR("GET"), FAIR_STR("/in/a%2fb"), &id, &word, &other));
    assert_null(fair_route_find(FAIR_STR("DELETE"), FAIR_STR("/hits"), &id, &word, &other));
    CHECK(other);
    r = fair_route_find(FAIR_STR("POST"), FAIR_STR("/hits/decide"), &id, &word, &other);
    assert_string_equal(r->path, "/hits/decide");
}

/* The address as the documents write it: "/hits/ID/decide". */
static fair_str
written(struct fair_arena *a, const char *path)
{
    struct fair_buf b = FAIR_BUF(a, 512);
    fair_str rest = fair_str_of(path), part;
    bool first = true;

    while (fair_str_split(&rest, '/', &part)) {
        if (!first) fair_buf_byte(&b, '/');
        first = false;
        fair_buf_add(&b, fair_str_eq(part, FAIR_STR(":id")) ? FAIR_STR("ID") : fair_str_eq(part, FAIR_STR(":word")) ? FAIR_STR("WORD") : part);
    }
    return (fair_str){ b.p, b.n };
}

/* The names of a route's fields with their ? and *: "text? page?". */
static fair_str
fields(struct fair_arena *a, const char *takes)
{
    struct fair_buf b = FAIR_BUF(a, 4096);
    fair_str rest = fair_str_of(takes != NULL ? takes : ""), one;

    while (fair_str_split(&rest, ' ', &one)) {
        size_t n = 0;
        while (n < one.n && one.p[n] != ':' && one.p[n] != '=') n++;
        if (one.n > 0) fair_buf_fmt(&b, "%s%.*s", b.n > 0 ? " " : "", (int)n, one.p);
    }
    return (fair_str){ b.p != NULL ? b.p : "", b.n };
}

/* The beginning of the row that the document must have for a route. */
static fair_str
row_of(struct fair_arena *a, const struct fair_route *r)
{
    fair_str f = fields(a, r->takes);
    fair_str at = written(a, r->path);
    return fair_str_fmt(a, "| `%s %.*s` | %s%.*s%s |", r->method, FAIR_STR_ARG(at), f.n > 0 ? "`" : "", FAIR_STR_ARG(f), f.n > 0 ? "`" : "");
}

TEST(the_api_document_has_every_route_with_its_fields_and_no_other)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *root = getenv("FAIRTRACK_SOURCE");
    fair_str text, rest, line;
    size_t rows = 0;

    assert_non_null(root);
    CHECK_OK(fair_read_file(a, fair_str_fmt(a, "%s/docs/formats/api.md", root).p, 1 << 20, &text, why));
    for (size_t i = 0; i < fair_n_routes; i++) {
        fair_str row = row_of(a, &fair_routes[i]);
        if (memmem(text.p, text.n, row.p, row.n) == NULL) fail_msg("docs/formats/api.md lacks the row: %.*s ... |", FAIR_STR_ARG(row));
    }
    for (rest = text; fair_str_split(&rest, '\n', &line);) {
        bool known = false;
        if (!fair_str_starts(line, FAIR_STR("| `GET /")) && !fair_str_starts(line, FAIR_STR("| `POST /"))) continue;
        for (size_t i = 0; i < fair_n_routes && !known; i++) known = fair_str_starts(line, row_of(a, &fair_routes[i]));
        if (!known) fail_msg("docs/formats/api.md has a row that is no route: %.*s", FAIR_STR_ARG(line));
        rows++;
    }
    CHECK_EQ(rows, fair_n_routes);
}

TEST(everything_that_writes_needs_somebody_and_every_page_named_exists)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_template_set *set;

    CHECK_OK(fair_templates_open(fair_web_files, fair_n_web_files, NULL, a, &set, why));
    for (size_t i = 0; i < fair_n_routes; i++) {
        const struct fair_route *r = &fair_routes[i];
        json_t *empty = json_object();
        fair_str out;
        if (strcmp(r->method, "POST") == 0 && strcmp(r->path, "/sign-in") != 0 && strcmp(r->path, "/sign-in/code") != 0 && strcmp(r->path, "/in/:word") != 0 &&
            strcmp(r->path, "/confirm/:word") != 0)
            CHECK(r->deed != FAIR_DEED_ANYONE);
        CHECK(r->deed != FAIR_DEED_UNSAID);
        if (r->page != NULL) CHECK_OK(fair_templates_fill(set, a, r->page, empty, 1 << 20, &out, why));
        json_decref(empty);
    }
}

FAIR_TEST_MAIN
