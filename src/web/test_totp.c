/* web/test_totp.c - the test vectors of RFC 4226 (appendix D), RFC 6238 (appendix B) and RFC 4648 (10). */
#include "base/test.h"
#include "web/totp.h"

#define SECRET "12345678901234567890"

TEST(the_codes_of_rfc_4226_are_made)
{
    static const uint32_t want[] = { 755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489 };
    for (uint64_t i = 0; i < 10; i++) CHECK_EQ(fair_hotp(SECRET, 20, i, 6), want[i]);
}

TEST(the_codes_of_rfc_6238_are_made)
{
    static const struct { int64_t s; uint32_t code; } want[] = {
        { 59, 94287082 }, { 1111111109, 7081804 }, { 1111111111, 14050471 }, { 1234567890, 89005924 }, { 2000000000, 69279037 }, { 20000000000, 65353130 } };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        fair_str code = fair_str_fmt(a, "%03u %03u", want[i].code / 1000 % 1000, want[i].code % 1000);
        int64_t step = -1;
        CHECK_EQ(fair_hotp(SECRET, 20, (uint64_t)want[i].s / 30, 8), want[i].code);
        CHECK(fair_totp_fits(FAIR_STR(SECRET), code, want[i].s * FAIR_SECOND, &step));
        CHECK_EQ(step, want[i].s / 30);
    }
}

TEST(a_code_fits_one_step_early_or_late_and_no_more)
{
    const fair_time at = 1111111111 * FAIR_SECOND;           /* step 37037037 begins here: 1111111110 */
    int64_t step = -1;

    for (int i = -1; i <= 1; i++) {
        CHECK(fair_totp_fits(FAIR_STR(SECRET), FAIR_STR("050471"), at + i * 30 * FAIR_SECOND, &step));
        CHECK_EQ(step, 37037037);
    }
    CHECK(!fair_totp_fits(FAIR_STR(SECRET), FAIR_STR("050471"), at + 60 * FAIR_SECOND, &step));
    CHECK(!fair_totp_fits(FAIR_STR(SECRET), FAIR_STR("050471"), at - 60 * FAIR_SECOND, &step));
}

TEST(what_is_no_code_of_six_digits_fits_nothing)
{
    int64_t step = -1;
    const fair_time at = 1111111111 * FAIR_SECOND;

    CHECK(!fair_totp_fits(FAIR_STR(SECRET), FAIR_STR(""), at, &step));
    CHECK(!fair_totp_fits(FAIR_STR(SECRET), FAIR_STR("50471"), at, &step));
    CHECK(!fair_totp_fits(FAIR_STR(SECRET), FAIR_STR("0050471"), at, &step));
    CHECK(!fair_totp_fits(FAIR_STR(SECRET), FAIR_STR("05047a"), at, &step));
    CHECK(!fair_totp_fits((fair_str){ NULL, 0 }, FAIR_STR("050471"), at, &step));
    CHECK_EQ(step, -1);
}

TEST(base32_is_that_of_rfc_4648)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    CHECK_STR(fair_base32(a, "", 0), "");
    CHECK_STR(fair_base32(a, "f", 1), "MY");
    CHECK_STR(fair_base32(a, "fo", 2), "MZXQ");
    CHECK_STR(fair_base32(a, "foo", 3), "MZXW6");
    CHECK_STR(fair_base32(a, "foob", 4), "MZXW6YQ");
    CHECK_STR(fair_base32(a, "fooba", 5), "MZXW6YTB");
    CHECK_STR(fair_base32(a, "foobar", 6), "MZXW6YTBOI");
    CHECK_STR(fair_code_plain(a, FAIR_STR("mzxw-6yt b-oi")), "MZXW6YTBOI");
}

FAIR_TEST_MAIN
