/* evidence/test_stamp.c - time stamps of other people's authorities; tests/evidence/test_stamps.py has authorities of its own. */
#include "base/test.h"
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"
#include "evidence/stamp.h"

/* From suites/rfc3161; skips the test where it does not lie beside this checkout. */
static fair_str
suite(struct fair_arena *a, const char *name)
{
    const char *source = getenv("FAIRTRACK_SOURCE");
    struct fair_err err = { 0 };
    char path[1024];
    fair_str out = { NULL, 0 };

    snprintf(path, sizeof path, "%s/../shared/suites/rfc3161/%s", source != NULL ? source : ".", name);
    if (fair_read_file(a, path, FAIR_STAMP_MAX, &out, &err) != FAIR_OK) {
        printf("[  SKIPPED ] no suites/rfc3161 beside this checkout\n");
        skip();
    }
    return out;
}

TEST(a_query_is_read_by_openssl_as_it_was_meant)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_sha256 d = fair_sha256_of("abc", 3);
    const uint8_t nonce[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    fair_str der;

    CHECK_OK(fair_stamp_query(a, &d, nonce, &der, why));
    CHECK(memmem(der.p, der.n, d.b, 32) != NULL);
    CHECK(memmem(der.p, der.n, nonce, 8) != NULL);
    CHECK_EQ(der.p[der.n - 1] & 0xff, 0xff);          /* certReq TRUE stands last */
    fair_arena_free(&a);
}

TEST(nothing_and_noise_are_no_time_stamp)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_err err = { 0 };
    struct fair_stamp s;

    CHECK_EQ(fair_stamp_check(FAIR_STR(""), (fair_str){ NULL, 0 }, NULL, NULL, a, &s, &err), FAIR_INVALID);
    CHECK_EQ(fair_stamp_check(FAIR_STR("0\x82\x01"), (fair_str){ NULL, 0 }, NULL, NULL, a, &s, &err), FAIR_INVALID);
    fair_arena_free(&a);
}

TEST(granted_ones_of_the_suite_tell_the_time_openssl_tells)
{
    /* openssl ts -reply -text: "Time stamp:" of each */
    static const struct { const char *name, *time; } all[] = {
        { "auto-archiver/digicert.tsr", "2025-03-24T11:17:47Z" }, { "auto-archiver/rfc3161-client-issue-104.tsr", "2025-03-11T08:52:08Z" },
        { "auto-archiver/self_signed.tsr", "2025-03-24T11:38:16Z" }, { "auto-archiver/valid_timestamp.tsr", "2025-03-11T10:43:58Z" },
        { "digitorus/respNoCert.der", "2017-04-19T06:32:43Z" }, { "digitorus/respNoNonce.der", "2017-04-19T06:28:13Z" },
        { "digitorus/respNonce.der", "2017-04-19T06:29:53Z" }, { "digitorus/timeStampToken.der", NULL },
        { "auto-archiver/timestamp_token_http-timestamp-identrust-com", NULL },
    };
    struct fair_arena *a = fair_arena_new();

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        fair_str der = suite(a, all[i].name);
        struct fair_err err = { 0 };
        struct fair_stamp s;

        if (fair_stamp_check(der, (fair_str){ NULL, 0 }, NULL, NULL, a, &s, &err) != FAIR_OK) fail_msg("%s: %s", all[i].name, err.text);
        if (all[i].time != NULL) CHECK_STR(fair_time_text(a, s.at - s.at % FAIR_SECOND), all[i].time);
        else CHECK(s.at > 0);
    }
    fair_arena_free(&a);
}

TEST(a_rejection_injected_certificates_another_digest_and_another_nonce_are_refused)
{
    static const char hex[] = "f487d88164bde223b7fd3c71b3e9c624c8a0cb559c853b49558e7e5ef4ce55f0";
    struct fair_arena *a = fair_arena_new();
    struct fair_trust *t = fair_trust_new();
    struct fair_err err = { 0 };
    struct fair_stamp s;
    const uint8_t nonce[8] = { 9 };
    char digest[32];

    CHECK(fair_unhex(fair_str_of(hex), digest, 32));
    CHECK_EQ(fair_stamp_check(suite(a, "digitorus/respRejection.der"), (fair_str){ NULL, 0 }, NULL, NULL, a, &s, &err), FAIR_REFUSED);
    CHECK_EQ(fair_stamp_check(suite(a, "digitorus/respNonce.der"), (fair_str){ digest, 32 }, nonce, NULL, a, &s, &err), FAIR_CORRUPT);
    CHECK_EQ(fair_stamp_check(suite(a, "sigstore/response-injected-certs.tsr"), (fair_str){ NULL, 0 }, NULL, t, a, &s, &err), FAIR_CORRUPT);
    CHECK(strstr(err.text, "do not belong") != NULL);
    digest[0] ^= 1;
    CHECK_EQ(fair_stamp_check(suite(a, "digitorus/respNonce.der"), (fair_str){ digest, 32 }, NULL, NULL, a, &s, &err), FAIR_CORRUPT);
    fair_trust_free(&t);
    fair_arena_free(&a);
}

/* The root that came along (or beside) is trusted here by hand; without it the chain ends nowhere. */
TEST(a_chain_is_trusted_only_by_a_root_that_was_given)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_trust *none = fair_trust_new(), *its = fair_trust_new();
    fair_str der = suite(a, "auto-archiver/digicert.tsr"), spoiled;
    struct fair_err err = { 0 };
    struct fair_stamp s;
    char *p;

    CHECK_EQ(fair_stamp_check(der, (fair_str){ NULL, 0 }, NULL, none, a, &s, &err), FAIR_NOT_FOUND);
    CHECK(s.chain.n > 0);
    CHECK_OK(fair_trust_add(its, s.chain, false, why));
    CHECK_OK(fair_stamp_check(der, (fair_str){ NULL, 0 }, NULL, its, a, &s, why));
    CHECK(s.signer.n > 0 && s.root.n > 0);
    /* The signature's last byte: broken, whoever trusts it. */
    spoiled = fair_str_dup(a, der);
    p = (char *)(uintptr_t)spoiled.p;
    p[spoiled.n - 1] ^= 1;
    CHECK_EQ(fair_stamp_check(spoiled, (fair_str){ NULL, 0 }, NULL, its, a, &s, &err), FAIR_CORRUPT);
    CHECK_EQ(fair_stamp_check(spoiled, (fair_str){ NULL, 0 }, NULL, none, a, &s, &err), FAIR_CORRUPT);
    fair_trust_free(&none);
    fair_trust_free(&its);
    fair_arena_free(&a);
}

FAIR_TEST_MAIN
