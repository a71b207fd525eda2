/* evidence/test_deposit.c - Merkle proofs over every size up to 40, and over 20,000 works. */
#include "base/test.h"
#include "evidence/deposit.h"
#include "evidence/verify.h"

static void
works(struct fair_sha256 *w, size_t n)
{
    for (size_t i = 0; i < n; i++) w[i] = fair_sha256_of(&i, sizeof i);
}

TEST(the_root_is_that_of_rfc_9162)
{
    /* two leaves, by hand: SHA-256(01 || SHA-256(00 || a) || SHA-256(00 || b)) */
    struct fair_sha256 w[2], l[2], root = { { 0 } };
    uint8_t b[33] = { 0 }, n[65] = { 1 };

    works(w, 2);
    for (int i = 0; i < 2; i++) {
        memcpy(b + 1, w[i].b, 32);
        l[i] = fair_sha256_of(b, 33);
        memcpy(n + 1 + 32 * i, l[i].b, 32);
    }
    root = fair_sha256_of(n, 65);
    struct fair_sha256 have = fair_merkle_root(w, 2);
    CHECK(fair_sha256_eq(&root, &have));
}

TEST(every_work_of_every_size_is_proven_and_no_other)
{
    struct fair_sha256 w[40], proof[64], root, wrong;

    works(w, 40);
    wrong = fair_sha256_of("x", 1);
    for (size_t n = 1; n <= 40; n++) {
        root = fair_merkle_root(w, n);
        for (size_t at = 0; at < n; at++) {
            size_t len = fair_merkle_proof(w, n, at, proof);
            CHECK(fair_merkle_holds(&w[at], at, n, proof, len, &root));
            CHECK(!fair_merkle_holds(&wrong, at, n, proof, len, &root));
            if (n > 1) CHECK(!fair_merkle_holds(&w[at], (at + 1) % n, n, proof, len, &root));
            if (len > 0) CHECK(!fair_merkle_holds(&w[at], at, n, proof, len - 1, &root));
            CHECK(!fair_merkle_holds(&w[at], n, n, proof, len, &root));
        }
    }
}

TEST(a_proof_over_20000_works_has_15_steps)
{
    struct fair_sha256 *w = calloc(20000, sizeof *w), proof[64], root;

    works(w, 20000);
    root = fair_merkle_root(w, 20000);
    CHECK_EQ(fair_merkle_proof(w, 20000, 7, proof), 15);
    CHECK(fair_merkle_holds(&w[7], 7, 20000, proof, 15, &root));
    CHECK(fair_merkle_holds(&w[19999], 19999, 20000, proof, fair_merkle_proof(w, 20000, 19999, proof), &root));
    free(w);
}

static void
count(void *arg, const struct fair_finding *f)
{
    int *bad = arg;
    *bad += f->how == FAIR_FINDING_BAD;
}

TEST(a_proofs_file_without_a_trusted_stamp_is_refused_and_a_changed_one_too)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_sha256 w[5];
    struct fair_deposit_proof p = { .deposit = 1, .work = 2, .title = FAIR_STR("Tree"), .at = 3, .n = 5, .registered = 1, .made = 1 };
    struct fair_verify_options o = { .allow_untrusted = true };
    struct fair_verify_sum sum;
    struct fair_err err = { 0 };
    fair_str file;
    int bad = 0;
    char *digit;

    works(w, 5);
    p.sha256 = w[3];
    p.root = fair_merkle_root(w, 5);
    p.n_proof = fair_merkle_proof(w, 5, 3, p.proof);
    CHECK_OK(fair_deposit_write(&p, a, &file, why));
    CHECK_OK(fair_deposit_verify(file, &o, a, count, &bad, &sum, why));
    CHECK_EQ(bad, 0);
    o.allow_untrusted = false;
    CHECK_OK(fair_deposit_verify(file, &o, a, count, &bad, &sum, why));
    CHECK_EQ(bad, 1);
    o.allow_untrusted = true;
    digit = strstr((char *)(uintptr_t)file.p, "\"sha256\": \"") + 11;
    *digit = *digit == '0' ? '1' : '0';
    bad = 0;
    CHECK_OK(fair_deposit_verify(file, &o, a, count, &bad, &sum, why));
    CHECK_EQ(bad, 1);
    CHECK_EQ(fair_deposit_verify(FAIR_STR("{}"), &o, a, count, &bad, &sum, &err), FAIR_INVALID);
    fair_arena_free(&a);
}

FAIR_TEST_MAIN
