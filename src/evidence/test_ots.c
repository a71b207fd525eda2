/* evidence/test_ots.c - OpenTimestamps proofs: made by hand here, and those of the suite where it lies. */
#include "base/test.h"
#include <dirent.h>
#include <unistd.h>
#include "base/io.h"
#include "evidence/ots.h"

/* The genesis block's header, which everybody has. */
static const char genesis[] = "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa"
                              "4b1e5e4a29ab5f49ffff001d1dac2b7c";

TEST(a_block_header_proves_its_merkle_root_and_its_work)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_ots_mark m = { .kind = FAIR_OTS_BITCOIN, .height = 0 };
    struct fair_err err = { 0 };
    char header[80];
    fair_time at;
    fair_str hash;

    CHECK(fair_unhex(fair_str_of(genesis), header, 80));
    m.commitment = fair_str_dup(a, (fair_str){ header + 36, 32 });
    CHECK_OK(fair_ots_block(&m, (fair_str){ header, 80 }, a, &at, &hash, why));
    CHECK_STR(hash, "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f");
    CHECK_EQ(at / FAIR_SECOND, 1231006505);
    header[79] ^= 1;
    CHECK_EQ(fair_ots_block(&m, (fair_str){ header, 80 }, a, &at, &hash, &err), FAIR_CORRUPT);
    header[79] ^= 1;
    header[40] ^= 1;
    CHECK_EQ(fair_ots_block(&m, (fair_str){ header, 80 }, a, &at, &hash, &err), FAIR_CORRUPT);
    fair_arena_free(&a);
}

static const char pending[] = "\x00\x83\xdf\xe3\x0d\x2e\xf9\x0c\x8e\x18\x17https://cal.example.com";

TEST(a_proof_made_from_a_calendars_answer_is_read_again)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_sha256 d = fair_sha256_of("x", 1), blind;
    uint8_t nonce[16] = { 7 };
    fair_str two[2] = { { pending, sizeof pending - 1 }, { pending, sizeof pending - 1 } }, proof;
    struct fair_ots o;

    CHECK_OK(fair_ots_make(&d, nonce, two, 2, a, &proof, why));
    CHECK_OK(fair_ots_read(proof, a, &o, why));
    CHECK_EQ(o.n, 2);
    CHECK_EQ(o.marks[0].kind, FAIR_OTS_PENDING);
    CHECK_STR(o.marks[1].uri, "https://cal.example.com");
    blind = fair_ots_blind(&d, nonce);
    CHECK(fair_str_eq(o.marks[0].commitment, (fair_str){ (char *)blind.b, 32 }));
    CHECK(fair_str_eq(o.digest, (fair_str){ (char *)d.b, 32 }));
    fair_arena_free(&a);
}

TEST(what_breaks_off_or_goes_too_deep_is_refused)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_sha256 d = fair_sha256_of("x", 1);
    struct fair_buf b = FAIR_BUF(a, 100000);
    uint8_t nonce[16] = { 0 };
    fair_str one = { pending, sizeof pending - 1 }, proof, deep;
    struct fair_err err = { 0 };
    struct fair_ots o;

    CHECK_OK(fair_ots_make(&d, nonce, &one, 1, a, &proof, why));
    for (size_t n = 0; n < proof.n; n++) CHECK(fair_ots_read((fair_str){ proof.p, n }, a, &o, &err) != FAIR_OK);
    fair_buf_add(&b, (fair_str){ proof.p, 65 });
    for (int i = 0; i < 300; i++) fair_buf_byte(&b, 0x08);
    fair_buf_add(&b, one);
    CHECK_OK(fair_buf_take(&b, &deep, why));
    CHECK_EQ(fair_ots_read(deep, a, &o, &err), FAIR_LIMIT);
    CHECK_EQ(fair_ots_make(&d, nonce, &one, 0, a, &proof, &err), FAIR_INVALID);
    fair_arena_free(&a);
}

/* sha256, then an attestation of Bitcoin block 17; and one more promise beside it. */
static const char block17[] = "\x08\x00\x05\x88\x96\x0d\x73\xd7\x19\x01\x01\x11";

TEST(what_a_calendar_says_later_is_put_beside_its_promise)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_sha256 d = fair_sha256_of("x", 1), after;
    uint8_t nonce[16] = { 7 };
    fair_str two[2] = { { pending, sizeof pending - 1 }, { pending, sizeof pending - 1 } }, proof, further, answer = { block17, sizeof block17 - 1 }, forked;
    struct fair_buf b = FAIR_BUF(a, 1000);
    struct fair_err err = { 0 };
    struct fair_ots o;

    fair_buf_c(&b, "\xff");
    fair_buf_add(&b, two[0]);
    fair_buf_add(&b, answer);
    CHECK_OK(fair_buf_take(&b, &forked, why));
    CHECK_OK(fair_ots_make(&d, nonce, two, 2, a, &proof, why));
    CHECK(!fair_ots_complete(proof, a));
    CHECK_STR(fair_ots_words(proof, a), "pending at https://cal.example.com, pending at https://cal.example.com");
    for (size_t mark = 0; mark < 2; mark++)
        for (int several = 0; several < 2; several++) {
            CHECK_OK(fair_ots_upgrade(proof, mark, several ? forked : answer, a, &further, why));
            CHECK(fair_ots_complete(further, a));
            CHECK_STR(fair_ots_words(further, a), "in Bitcoin block 17");
            CHECK_OK(fair_ots_read(further, a, &o, why));
            CHECK_EQ(o.n, several ? 4 : 3);
            CHECK(fair_str_eq(o.digest, (fair_str){ (char *)d.b, 32 }));
            for (size_t i = 0; i < o.n; i++) {
                if (o.marks[i].kind != FAIR_OTS_BITCOIN) continue;
                after = fair_sha256_of(o.marks[0].commitment.p, o.marks[0].commitment.n);
                CHECK(fair_str_eq(o.marks[i].commitment, (fair_str){ (char *)after.b, 32 }));
            }
        }
    CHECK_EQ(fair_ots_upgrade(proof, 0, two[0], a, &further, &err), FAIR_AGAIN);
    CHECK_EQ(fair_ots_upgrade(proof, 2, answer, a, &further, &err), FAIR_INVALID);
    for (size_t n = 0; n < answer.n; n++) CHECK(fair_ots_upgrade(proof, 0, (fair_str){ answer.p, n }, a, &further, &err) != FAIR_OK);
    CHECK_EQ(fair_ots_upgrade(proof, 0, (fair_str){ block17, sizeof block17 }, a, &further, &err), FAIR_CORRUPT);
    fair_arena_free(&a);
}

TEST(keccak_256_is_the_one_with_the_old_padding)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 1000);
    struct fair_sha256 d = { { 0 } };
    uint8_t nonce[16] = { 0 };
    fair_str one = { pending, sizeof pending - 1 }, proof, text;
    struct fair_ots o;

    /* digest 32 zero bytes, keccak256 of it: known from everywhere as the hash of a zero word */
    CHECK_OK(fair_ots_make(&d, nonce, &one, 1, a, &proof, why));
    fair_buf_add(&b, (fair_str){ proof.p, 65 });
    fair_buf_byte(&b, 0x67);
    fair_buf_add(&b, one);
    CHECK_OK(fair_buf_take(&b, &text, why));
    CHECK_OK(fair_ots_read(text, a, &o, why));
    CHECK_STR(fair_hex(a, o.marks[0].commitment.p, 32), "290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563");
    fair_arena_free(&a);
}

/* suites/ots: each proof beside the file it is of; those in invalid/ must be refused. */
TEST(the_suites_proofs_are_read_and_its_invalid_ones_refused)
{
    const char *source = getenv("FAIRTRACK_SOURCE");
    char dir[512], path[1024];
    struct fair_arena *a = fair_arena_new();
    int good = 0, refused = 0, other = 0;

    for (int round = 0; round < 2; round++) {
        DIR *d;
        snprintf(dir, sizeof dir, "%s/../shared/suites/ots%s", source != NULL ? source : ".", round == 1 ? "/invalid" : "");
        d = opendir(dir);
        if (d == NULL) {
            printf("[  SKIPPED ] no suites/ots beside this checkout\n");
            skip();
            return;
        }
        for (struct dirent *e; (e = readdir(d)) != NULL;) {
            size_t n = strlen(e->d_name);
            struct fair_err err = { 0 };
            fair_str proof, file;
            struct fair_ots o;
            fair_status s;

            if (n < 4 || strcmp(e->d_name + n - 4, ".ots") != 0) continue;
            snprintf(path, sizeof path, "%.500s/%.255s", dir, e->d_name);
            CHECK_OK(fair_read_file(a, path, FAIR_OTS_MAX, &proof, why));
            s = fair_ots_read(proof, a, &o, &err);
            if (round == 1) {
                if (s == FAIR_OK) fail_msg("%s was taken", e->d_name);
                refused++;
                continue;
            }
            if (s != FAIR_OK) fail_msg("%s: %s", e->d_name, err.text);
            good++;
            path[strlen(path) - 4] = '\0';
            if (!fair_str_eq(o.hash, FAIR_STR("sha256")) || fair_read_file(a, path, 1 << 20, &file, &err) != FAIR_OK) {
                other++;
                continue;
            }
            struct fair_sha256 h = fair_sha256_of(file.p, file.n);
            if (memcmp(h.b, o.digest.p, 32) != 0) fail_msg("%s: of another file", e->d_name);
        }
        closedir(d);
    }
    printf("[          ] %d read (%d without their file here), %d refused\n", good, other, refused);
    CHECK(good > 0 && refused > 0);
    fair_arena_free(&a);
}

FAIR_TEST_MAIN
