/* base/test.h - a test is a cmocka test registered under the sentence that is its name.
 *
 *     TEST(an_empty_text_is_not_an_absent_one)
 *     {
 *         assert_non_null(FAIR_STR("").p);
 *     }
 *     FAIR_TEST_MAIN
 *
 * Every TEST of the program is found by itself.  With arguments only the tests
 * whose names contain one of them are run. */
#ifndef FAIR_BASE_TEST_H
#define FAIR_BASE_TEST_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct fair_test {
    const char *name;
    void (*run)(void **state);
};

#define TEST(name_)                                                            \
    static void name_(void **state);                                           \
    static const struct fair_test name_##_entry                                \
        __attribute__((section("fair_tests"), used, aligned(8))) = { #name_, name_ }; \
    static void name_(__attribute__((unused)) void **state)

#ifdef __clang_analyzer__
/* What fails or skips leaves the test, which cmocka.h does not say: clang-tidy would go on with what was just refused. */
void _fail(const char *file, int line) __attribute__((analyzer_noreturn));
void _skip(const char *file, int line) __attribute__((analyzer_noreturn));
#define CHECK(what) do { if (!(what)) fail(); } while (0)
#else
#define CHECK(what) assert_true(what)
#endif
#define CHECK_EQ(a, b) assert_int_equal(a, b)
#define CHECK_STR(str_, literal)                                               \
    do {                                                                       \
        fair_str str_a_ = (str_);                                              \
        char str_c_[1024];                                                     \
        snprintf(str_c_, sizeof str_c_, "%.*s", (int)str_a_.n, str_a_.p ? str_a_.p : "(absent)"); \
        assert_string_equal(str_c_, literal);                                  \
    } while (0)
/* The call gives FAIR_OK, or the test fails with its words; `why` is the error to give it. */
#define CHECK_OK(call)                                                         \
    do {                                                                       \
        struct fair_err err_ = { 0 };                                          \
        struct fair_err *why = &err_;                                          \
        if ((call) != FAIR_OK) fail_msg("%s: %s", #call, why->text);           \
    } while (0)

#define FAIR_TEST_MAIN                                                         \
    extern const struct fair_test __start_fair_tests[], __stop_fair_tests[];   \
    int main(int argc, char **argv)                                            \
    {                                                                          \
        size_t n = (size_t)(__stop_fair_tests - __start_fair_tests), m = 0;    \
        struct CMUnitTest *tests = calloc(n, sizeof *tests);                   \
        int bad;                                                               \
        for (size_t i = 0; i < n; i++) {                                       \
            int wanted = argc < 2;                                             \
            for (int j = 1; j < argc; j++)                                     \
                if (strstr(__start_fair_tests[i].name, argv[j]) != NULL) wanted = 1; \
            if (wanted)                                                        \
                tests[m++] = (struct CMUnitTest){ .name = __start_fair_tests[i].name, \
                                                  .test_func = __start_fair_tests[i].run }; \
        }                                                                      \
        bad = _cmocka_run_group_tests("tests", tests, m, NULL, NULL);          \
        free(tests);                                                           \
        return bad != 0;                                                       \
    }

#endif
