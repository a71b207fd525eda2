/* http/test_template.c - templates by Mustache's rules, always escaping. */
#include "base/test.h"
#include "http/template.h"

struct parts { struct fair_arena *a; const char *name[4], *text[4]; };

static const struct fair_template *
part(void *self, fair_str name)
{
    struct parts *p = self;
    for (size_t i = 0; i < 4 && p->name[i] != NULL; i++) {
        struct fair_template *t;
        struct fair_err err = { 0 };
        if (!fair_str_eq(name, fair_str_of(p->name[i]))) continue;
        if (fair_template_parse(p->a, name, fair_str_of(p->text[i]), &t, &err) != FAIR_OK) return NULL;
        return t;
    }
    return NULL;
}

static fair_status
fill_with(struct parts *p, const char *text, const char *model, fair_str *out, struct fair_err *err)
{
    struct fair_template *t;
    json_t *m = json_loads(model, 0, NULL);
    struct fair_buf b = FAIR_BUF(p->a, 4096);
    fair_status s;

    assert_non_null(m);
    s = fair_template_parse(p->a, FAIR_STR("test"), fair_str_of(text), &t, err);
    if (s == FAIR_OK) s = fair_template_render(t, m, part, p, &b, err);
    json_decref(m);
    return s == FAIR_OK ? fair_buf_take(&b, out, err) : s;
}

#define GIVES(text, model, want) GIVES_WITH(((struct parts){ 0 }), text, model, want)
#define GIVES_WITH(parts_, text, model, want)                                  \
    do {                                                                       \
        FAIR_AUTO(arena) struct fair_arena *a_ = fair_arena_new();             \
        struct parts p_ = parts_;                                              \
        fair_str out_ = { 0 };                                                 \
        p_.a = a_;                                                             \
        CHECK_OK(fill_with(&p_, text, model, &out_, why));                     \
        CHECK_STR(out_, want);                                                 \
    } while (0)

TEST(every_value_is_escaped)
{
    GIVES("{{x}}", "{\"x\":\"<b title=\\\"a'b\\\">&\"}", "&lt;b title=&quot;a&#39;b&quot;&gt;&amp;");
}

TEST(there_is_no_raw_form)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_template *t;
    struct fair_err err = { 0 };

    CHECK_EQ(fair_template_parse(a, FAIR_STR("t"), FAIR_STR("a\n{{{x}}}"), &t, &err), FAIR_INVALID);
    assert_string_equal(err.text, "template t line 2: there is no raw form: use a part");
    CHECK_EQ(fair_template_parse(a, FAIR_STR("t"), FAIR_STR("{{& x}}"), &t, &err), FAIR_INVALID);
    CHECK_EQ(fair_template_parse(a, FAIR_STR("t"), FAIR_STR("{{=<% %>=}}"), &t, &err), FAIR_INVALID);
}

TEST(numbers_and_truth_are_written_plainly_and_what_is_missing_is_nothing)
{
    GIVES("{{i}} {{r}} {{t}} [{{none}}] [{{null}}]", "{\"i\":-12,\"r\":1.21,\"t\":true,\"null\":null}", "-12 1.21 true [] []");
}

TEST(white_space_inside_a_tag_does_not_matter)
{
    GIVES("|{{ x }}|{{# s }}y{{/ s }}|", "{\"x\":\"---\",\"s\":true}", "|---|y|");
}

TEST(a_dotted_name_is_found_part_by_part_and_the_first_part_decides)
{
    GIVES("{{a.b.c}}", "{\"a\":{\"b\":{\"c\":\"deep\"}}}", "deep");
    GIVES("{{a.b.c}}", "{\"a\":{}}", "");
    GIVES("{{#a}}{{b.c}}{{/a}}", "{\"a\":{\"b\":{}},\"b\":{\"c\":\"no\"}}", "");
}

TEST(a_section_opens_once_often_or_not_at_all)
{
    GIVES("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":true}", "yes");
    GIVES("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":false}", "no");
    GIVES("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{}", "no");
    GIVES("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":[]}", "no");
    GIVES("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":\"\"}", "no");
    GIVES("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":0}", "no");
    GIVES("{{#x}}{{y}}{{/x}}", "{\"x\":{\"y\":\"in\"},\"y\":\"out\"}", "in");
    GIVES("{{#x}}{{y}},{{/x}}", "{\"x\":[{\"y\":1},{\"y\":2},{}],\"y\":9}", "1,2,9,");
    GIVES("{{#x}}({{.}}){{/x}}", "{\"x\":[\"a\",2,\"<\"]}", "(a)(2)(&lt;)");
    GIVES("{{#x}}{{#.}}{{.}}{{/.}};{{/x}}", "{\"x\":[[1,2],[3]]}", "12;3;");
    GIVES("{{#a}}{{one}}{{#b}}{{one}}{{two}}{{/b}}{{/a}}", "{\"a\":{\"one\":1},\"b\":{\"two\":2}}", "112");
}

TEST(a_line_with_nothing_but_a_tag_vanishes)
{
    GIVES("| A\n{{#x}}\n|\n{{/x}}\n| B\n", "{\"x\":true}", "| A\n|\n| B\n");
    GIVES("| A\n  {{#x}}\n|\n\t{{/x}}  \n| B", "{\"x\":true}", "| A\n|\n| B");
    GIVES("|\r\n{{#x}}\r\n{{/x}}\r\n|", "{\"x\":true}", "|\r\n|");
    GIVES("  {{#x}}\n#{{/x}}\n/", "{\"x\":true}", "#\n/");
    GIVES("#{{#x}}\n/\n  {{/x}}", "{\"x\":true}", "#\n/\n");
    GIVES("a {{#x}}b{{/x}} c\n", "{\"x\":true}", "a b c\n");
    GIVES("  {{x}}\n", "{\"x\":\"v\"}", "  v\n");
}

TEST(comments_say_nothing)
{
    GIVES("12345{{! a }}67890", "{}", "1234567890");
    GIVES("Begin\n{{! two\nlines }}\nEnd\n", "{}", "Begin\nEnd\n");
    GIVES("  12 {{! 34 }}\n", "{}", "  12 \n");
}

TEST(parts_see_the_model_and_are_indented_as_their_tag_was)
{
    struct parts p = { .name = { "text", "item", "again" }, .text = { "*{{x}}*", "|\n{{x}}\n|\n", "{{x}}{{#more}}{{>again}}{{/more}}" } };

    GIVES_WITH(p, "\"{{>text}}\"", "{\"x\":\"in\"}", "\"*in*\"");
    GIVES_WITH(p, "\\\n {{>item}}\n/\n", "{\"x\":\"<\\n->\"}", "\\\n |\n &lt;\n-&gt;\n |\n/\n");
    GIVES_WITH(p, "{{> again }}", "{\"x\":\"X\",\"more\":{\"x\":\"Y\",\"more\":false}}", "XY");
}

TEST(a_part_that_is_missing_or_holds_itself_for_ever_is_an_error)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct parts p = { .a = a, .name = { "loop" }, .text = { "x{{>loop}}" } };
    struct fair_err err = { 0 };
    fair_str out;

    CHECK_EQ(fill_with(&p, "{{>gone}}", "{}", &out, &err), FAIR_INVALID);
    assert_string_equal(err.text, "template test line 1: no part \"gone\"");
    CHECK_EQ(fill_with(&p, "{{>loop}}", "{}", &out, &err), FAIR_LIMIT);
}

TEST(a_list_where_a_value_is_wanted_is_an_error)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct parts p = { .a = a };
    struct fair_err err = { 0 };
    fair_str out;

    CHECK_EQ(fill_with(&p, "a\n{{x}}", "{\"x\":[1]}", &out, &err), FAIR_INVALID);
    assert_string_equal(err.text, "template test line 2: {{x}} is a list or an object");
}

TEST(faults_in_a_template_name_their_line)
{
    static const struct { const char *text, *words; } bad[] = {
        { "a\nb{{x", "template t line 2: a tag that is not closed" },
        { "{{#x}}", "template t line 1: {{#x}} is not closed" },
        { "\n{{/x}}", "template t line 2: {{/x}} closes nothing" },
        { "{{#a}}{{#b}}{{/a}}{{/b}}", "template t line 1: {{/a}} closes nothing" },
        { "{{a b}}", "template t line 1: \"a b\" is no name" },
        { "{{}}", "template t line 1: \"\" is no name" },
        { "{{a..b}}", "template t line 1: \"a..b\" is no name" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_template *t;
        struct fair_err err = { 0 };
        CHECK_EQ(fair_template_parse(a, FAIR_STR("t"), fair_str_of(bad[i].text), &t, &err), FAIR_INVALID);
        assert_string_equal(err.text, bad[i].words);
    }
}

TEST(text_without_tags_comes_out_as_it_is_even_past_single_braces)
{
    GIVES("a{b}c}}d{", "{}", "a{b}c}}d{");
    GIVES("", "{}", "");
}

FAIR_TEST_MAIN
