/* web/test_totp.c - the test vectors of RFC 4226 (appendix D), RFC 6238 (appendix B) and RFC 4648 (10). */
#include "base/test.h"
#include "web/session_private.h"
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

TEST(a_secret_is_sealed_to_its_account_and_to_this_installation)
{
    static const uint8_t key[32] = { 1 }, other_key[32] = { 2 };
    struct fair_arena *a = fair_arena_new();
    const struct fair_desk d = { NULL, 5, 0 }, other = { NULL, 6, 0 };
    fair_str secret = FAIR_STR("12345678901234567890"), sealed = fair_factor_seal(key, &d, 7, secret, a), out;

    CHECK_EQ(sealed.n, 61);
    CHECK(memmem(sealed.p, sealed.n, secret.p, secret.n) == NULL);
    CHECK(!fair_str_eq(sealed, fair_factor_seal(key, &d, 7, secret, a)));
    CHECK(fair_factor_unseal(key, &d, 7, sealed, a, &out));
    CHECK(fair_str_eq(out, secret));
    CHECK(!fair_factor_unseal(other_key, &d, 7, sealed, a, &out));
    CHECK(!fair_factor_unseal(key, &d, 8, sealed, a, &out));
    CHECK(!fair_factor_unseal(key, &other, 7, sealed, a, &out));
    for (size_t i = 0; i < sealed.n; i++) {
        char *spoiled = (char *)(uintptr_t)fair_str_dup(a, sealed).p;
        spoiled[i] ^= 1;
        CHECK(!fair_factor_unseal(key, &d, 7, (fair_str){ spoiled, sealed.n }, a, &out));
        CHECK(!fair_factor_unseal(key, &d, 7, (fair_str){ sealed.p, i }, a, &out));
    }
    CHECK(!fair_factor_unseal(key, &d, 7, secret, a, &out));          /* one of before is not taken as it is */
    fair_arena_free(&a);
}

TEST(secrets_of_before_are_sealed_once_when_the_server_starts)
{
    static const uint8_t key[32] = { 1 };
    struct fair_arena *a = fair_arena_new();
    struct fair_store *st = NULL;
    struct fair_factor f;
    struct fair_user u = { .email = FAIR_STR("ada@example.com"), .role = FAIR_STR("owner") };
    struct fair_desk d = { 0 };
    char dir[] = "/tmp/fair-totp-XXXXXX";
    fair_str first, out;

    CHECK(mkdtemp(dir) != NULL);
    CHECK_OK(fair_store_open(fair_str_fmt(a, "%s/db", dir).p, &st, why));
    d.st = st;
    CHECK_OK(fair_store_org_add(st, FAIR_STR("Lantern"), &d.org, why));
    CHECK_OK(fair_store_user_add(&d, &u, why));
    CHECK_OK(fair_store_factor_begin(&d, u.id, FAIR_STR("12345678901234567890"), 5, why));
    CHECK_OK(fair_factors_seal_old(st, key, why));
    CHECK_OK(fair_store_factor_get(&d, u.id, a, &f, why));
    first = f.secret;
    CHECK_EQ(first.n, 61);
    CHECK(fair_factor_unseal(key, &d, u.id, first, a, &out) && fair_str_eq(out, FAIR_STR("12345678901234567890")));
    CHECK_OK(fair_factors_seal_old(st, key, why));
    CHECK_OK(fair_store_factor_get(&d, u.id, a, &f, why));
    CHECK(fair_str_eq(f.secret, first));
    fair_store_free(&st);
    CHECK_EQ(system(fair_str_fmt(a, "grep -q 12345678901234567890 %s/db*", dir).p) != 0, 1);
    CHECK_EQ(system(fair_str_fmt(a, "rm -rf %s", dir).p), 0);
    fair_arena_free(&a);
}

FAIR_TEST_MAIN
