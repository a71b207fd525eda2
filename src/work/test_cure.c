/* work/test_cure.c - what looks at a page come to. */
#include "base/test.h"
#include "work/cure.h"

enum { SINCE = 1000 };
#define AT(days) (SINCE + (fair_time)(days) * FAIR_DAY)
#define JUDGE(...) fair_cure_judge((const struct fair_cure_look[]){ __VA_ARGS__ }, sizeof((const struct fair_cure_look[]){ __VA_ARGS__ }) / sizeof(struct fair_cure_look), SINCE)
#define GONE(days) { AT(days), true, true }
#define THERE(days) { AT(days), true, false }
#define UNREACHED(days) { AT(days), false, true }

TEST(three_looks_over_seven_days_that_find_it_cured_are_a_yes)
{
    CHECK_EQ(JUDGE(GONE(0), GONE(3), GONE(7)), FAIR_CURE_YES);
    CHECK_EQ(JUDGE(GONE(0), GONE(3)), FAIR_CURE_NOT_YET);
    CHECK_EQ(JUDGE(GONE(0), GONE(3), GONE(6)), FAIR_CURE_NOT_YET);
    CHECK_EQ(fair_cure_judge(NULL, 0, SINCE), FAIR_CURE_NOT_YET);
}

TEST(what_is_there_at_the_last_look_is_a_no)
{
    CHECK_EQ(JUDGE(THERE(0), THERE(3), THERE(7)), FAIR_CURE_NO);
    CHECK_EQ(JUDGE(GONE(0), GONE(3), THERE(7)), FAIR_CURE_NO);
    CHECK_EQ(JUDGE(THERE(0), THERE(3), THERE(6)), FAIR_CURE_NOT_YET);
}

TEST(who_needed_a_few_days_is_not_held_to_the_first_look)
{
    CHECK_EQ(JUDGE(THERE(0), GONE(3), GONE(7)), FAIR_CURE_YES);
    CHECK_EQ(JUDGE(THERE(0), THERE(3), GONE(7)), FAIR_CURE_NOT_YET);
    CHECK_EQ(JUDGE(THERE(0), THERE(3), GONE(7), GONE(8)), FAIR_CURE_YES);
    CHECK_EQ(JUDGE(GONE(0), THERE(3), GONE(7), THERE(8)), FAIR_CURE_NO);
}

TEST(a_page_that_was_not_reached_says_nothing)
{
    CHECK_EQ(JUDGE(GONE(0), UNREACHED(3), GONE(7)), FAIR_CURE_NOT_YET);
    CHECK_EQ(JUDGE(GONE(0), UNREACHED(3), GONE(7), GONE(8)), FAIR_CURE_YES);
    CHECK_EQ(JUDGE(UNREACHED(0), UNREACHED(3), UNREACHED(7), UNREACHED(8)), FAIR_CURE_NOT_YET);
    CHECK_EQ(JUDGE(GONE(0), GONE(3), GONE(5), UNREACHED(7)), FAIR_CURE_NOT_YET);
}

FAIR_TEST_MAIN
