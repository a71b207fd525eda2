/* evidence/test_package.c - a package made, sealed and spoiled in every way a test can think of. */
#include "base/test.h"
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"
#include "evidence/custody.h"
#include "evidence/package.h"
#include "evidence/verify.h"
#include "evidence/zip.h"

#define AT ((fair_time)1764140000 * FAIR_SECOND)

/* A key of the test's own. */
struct signer { EVP_PKEY *key; fair_str public; };

static struct signer
signer_new(struct fair_arena *a)
{
    struct signer s = { .key = EVP_EC_gen("P-384") };
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(s.key, &der);

    s.public = fair_str_dup(a, (fair_str){ (char *)der, (size_t)n });
    OPENSSL_free(der);
    return s;
}

static void
sign(struct fair_arena *a, const struct signer *by, fair_str text, bool high, fair_str *raw, fair_str *der)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
    unsigned char out[256], *p = fair_alloc(a, 96);
    const unsigned char *at = out;
    size_t n = sizeof out;
    ECDSA_SIG *sig;
    BIGNUM *half = BN_new(), *s = BN_new();

    assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, by->key), 1);
    assert_int_equal(EVP_DigestSign(ctx, out, &n, (const unsigned char *)text.p, text.n), 1);
    sig = d2i_ECDSA_SIG(NULL, &at, (long)n);
    BN_rshift1(half, EC_GROUP_get0_order(group));
    BN_copy(s, ECDSA_SIG_get0_s(sig));
    if ((BN_cmp(s, half) > 0) != high) BN_sub(s, EC_GROUP_get0_order(group), s);
    BN_bn2binpad(ECDSA_SIG_get0_r(sig), p, 48);
    BN_bn2binpad(s, p + 48, 48);
    *raw = (fair_str){ (char *)p, 96 };
    assert_true(fair_seal_der(a, *raw, der));
    BN_free(half);
    BN_free(s);
    ECDSA_SIG_free(sig);
    EC_GROUP_free(group);
    EVP_MD_CTX_free(ctx);
}

static fair_str
id_of(struct fair_arena *a, fair_str key)
{
    struct fair_sha256 h = fair_sha256_of(key.p, key.n);
    return fair_hex(a, h.b, 32);
}

struct made { fair_str file; struct fair_package_members members; struct fair_sha256 datapackage; fair_str digest; };

static fair_str
warc(struct fair_arena *a, fair_str *cdxj)
{
    int fd = memfd_create("w", 0);
    struct fair_warc_writer *w = NULL;
    struct fair_warc_put p = { .kind = FAIR_WARC_INFO, .uri = FAIR_STR("data.warc.gz"), .at = AT, .body = FAIR_STR("software: test\r\n") };
    struct fair_sha256 sha;
    uint64_t n;
    fair_str out, id;

    CHECK_OK(fair_warc_writer_open(fd, FAIR_STR("data.warc.gz"), &w, why));
    CHECK_OK(fair_warc_writer_put(w, &p, NULL, why));
    p = (struct fair_warc_put){ .kind = FAIR_WARC_RESPONSE, .uri = FAIR_STR("https://example.com/"), .ip = FAIR_STR("192.0.2.1"), .at = AT,
                                .http = FAIR_STR("HTTP/1.1 200 OK\r\nContent-Type: text/html"), .body = FAIR_STR("<img src=a.jpg>") };
    CHECK_OK(fair_warc_writer_put(w, &p, &id, why));
    *cdxj = fair_warc_writer_cdxj(w, a);
    CHECK_OK(fair_warc_writer_close(w, &n, &sha, why));
    fair_warc_writer_free(&w);
    lseek(fd, 0, SEEK_SET);
    CHECK_OK(fair_read_fd(a, fd, 1 << 20, &out, why));
    close(fd);
    return out;
}

/* What a test changes before the package is made. */
struct twist { fair_id id; fair_str title; bool high_s, no_previous; };

static struct made
make(struct fair_arena *a, const struct signer *by, const struct twist *t)
{
    const struct fair_package_file files[] = { { FAIR_STR("match/work.jpg"), FAIR_STR("the work's bytes") }, { FAIR_STR("match/found.jpg"), FAIR_STR("the found one's") } };
    const fair_str notes[] = { FAIR_STR("cookie banner seen, left as it was") };
    struct fair_capture_facts f = { .org = 1, .capture = 5, .hit = 6, .work = 7, .operator_name = FAIR_STR("Test pictures"), .who = FAIR_STR("owner@example.com"),
        .software = FAIR_STR("Fairtrack 0.1.0"), .url = FAIR_STR("https://example.com/"), .title = t->title.p != NULL ? t->title : FAIR_STR("A \"page\""),
        .started = AT, .ended = AT + FAIR_SECOND, .work_title = FAIR_STR("Tree"), .picture_url = FAIR_STR("https://example.com/a.jpg"), .notes = notes, .n_notes = 1,
        .clock_known = true, .clock_offset_us = 5 * FAIR_SECOND, .clock_source = FAIR_STR("HTTP Date of example.com") };
    struct fair_custody c = { .n = 1, .at = AT, .what = FAIR_STR("captured"), .who = FAIR_STR("owner@example.com"), .package = t->id };
    fair_str line = fair_custody_line(a, &c), later, text, seal_line, raw, der;
    struct fair_package_draft d = { .facts = &f, .files = files, .n_files = 2, .id = t->id, .number = 3, .created = AT + 2 * FAIR_SECOND, .custody = &line, .n_custody = 1, .key = by->public };
    struct fair_seal_key key = { .key = by->public, .id = id_of(a, by->public), .from = AT - FAIR_DAY };
    struct fair_seal s = { .created = d.created, .software = f.software, .key = by->public, .closing_key = by->public, .keys = &key, .n_keys = 1, .closed = AT + FAIR_MINUTE };
    struct made m;

    f.work_sha256 = fair_sha256_of(files[0].bytes.p, files[0].bytes.n);
    f.picture_sha256 = fair_sha256_of(files[1].bytes.p, files[1].bytes.n);
    d.warc = warc(a, &d.cdxj);
    CHECK_OK(fair_package_members(&d, a, &m.members, &m.datapackage, why));
    c = (struct fair_custody){ .n = 2, .at = AT + FAIR_MINUTE, .what = FAIR_STR("exported"), .who = FAIR_STR("owner@example.com"), .package = t->id, .previous = fair_custody_hash(line) };
    later = fair_custody_line(a, &c);
    s.custody = &later;
    s.n_custody = 1;
    s.datapackage = m.datapackage;
    sign(a, by, fair_str_fmt(a, "sha256:%.*s", FAIR_STR_ARG(fair_hex(a, m.datapackage.b, 32))), t->high_s, &s.signature, &s.der);
    CHECK_OK(fair_seal_text(&s, a, &text, &seal_line, why));
    sign(a, by, seal_line, false, &raw, &der);
    CHECK_OK(fair_seal_close(text, raw, der, a, &m.digest, why));
    CHECK_OK(fair_package_write(&m.members, m.digest, a, &m.file, why));
    return m;
}

/* The findings, and whether one of the bad ones names `wanted`. */
struct seen { fair_str wanted; bool named; int bad; char first[700]; };

static void
look(void *arg, const struct fair_finding *f)
{
    struct seen *s = arg;

    if (f->how != FAIR_FINDING_BAD) return;
    if (s->bad++ == 0) snprintf(s->first, sizeof s->first, "%.*s: %.*s", FAIR_STR_ARG(f->where), FAIR_STR_ARG(f->words));
    if (s->wanted.p != NULL && (fair_str_eq(f->where, s->wanted) || memmem(f->words.p, f->words.n, s->wanted.p, s->wanted.n) != NULL)) s->named = true;
}

static struct seen
verify(fair_str file, fair_str key, fair_str wanted)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_verify_options o = { .key = key };
    struct fair_verify_sum sum;
    struct seen s = { .wanted = wanted };
    struct fair_err err = { 0 };

    if (fair_package_verify(file, &o, a, look, &s, &sum, &err) != FAIR_OK && s.bad == 0) fail_msg("refused without a word: %s", err.text);
    fair_arena_free(&a);
    return s;
}

TEST(a_package_as_it_was_made_is_found_good)
{
    struct fair_arena *a = fair_arena_new();
    struct signer by = signer_new(a);
    struct made m = make(a, &by, &(struct twist){ .id = 17 });
    struct seen s = verify(m.file, by.public, FAIR_STR(""));

    if (s.bad > 0) fail_msg("%s", s.first);
    /* and with the key's digest instead of the key; but not with nothing from outside */
    CHECK_EQ(verify(m.file, id_of(a, by.public), FAIR_STR("")).bad, 0);
    CHECK(verify(m.file, (fair_str){ NULL, 0 }, FAIR_STR("")).bad > 0);
    EVP_PKEY_free(by.key);
    fair_arena_free(&a);
}

TEST(the_same_facts_give_the_same_package_but_for_the_signatures)
{
    struct fair_arena *a = fair_arena_new();
    struct signer by = signer_new(a);
    struct made one = make(a, &by, &(struct twist){ .id = 17 }), two = make(a, &by, &(struct twist){ .id = 17 });

    CHECK(fair_sha256_eq(&one.datapackage, &two.datapackage));
    EVP_PKEY_free(by.key);
    fair_arena_free(&a);
}

/* One bit in every byte of headers and short members, and in every 7th byte of long ones: over 2,000 places. */
TEST(one_changed_bit_anywhere_is_found_and_its_file_named)
{
    struct fair_arena *a = fair_arena_new();
    struct signer by = signer_new(a);
    struct made m = make(a, &by, &(struct twist){ .id = 17 });
    char *copy = fair_alloc(a, m.file.n);
    struct fair_zip z;
    int places = 0;

    memcpy(copy, m.file.p, m.file.n);
    CHECK_OK(fair_zip_read(m.file, NULL, a, &z, why));
    for (size_t at = 0; at < m.file.n; at++) {
        fair_str inside = { NULL, 0 };
        struct seen s;
        size_t step = 1;

        for (size_t i = 0; i < z.n; i++) {
            size_t from = (size_t)(z.members[i].packed.p - m.file.p);
            if (at < from || at >= from + z.members[i].packed.n) continue;
            inside = z.members[i].name;
            if (z.members[i].packed.n > 600) step = 11;
        }
        copy[at] = (char)(copy[at] ^ (1 << at % 8));
        s = verify((fair_str){ copy, m.file.n }, by.public, inside);
        copy[at] = m.file.p[at];
        if (s.bad == 0) fail_msg("byte %zu of %.*s changed, and nobody saw it", at, FAIR_STR_ARG(inside));
        if (inside.p != NULL && !s.named) fail_msg("byte %zu of %.*s changed, and this was said: %s", at, FAIR_STR_ARG(inside), s.first);
        places++;
        at += step - 1;
    }
    printf("[          ] %d places\n", places);
    CHECK(places >= 2000);
    EVP_PKEY_free(by.key);
    fair_arena_free(&a);
}

TEST(cut_off_and_lengthened_files_are_found)
{
    struct fair_arena *a = fair_arena_new();
    struct signer by = signer_new(a);
    struct made m = make(a, &by, &(struct twist){ .id = 17 });
    fair_str longer = fair_str_fmt(a, "%s", "");
    char *p = fair_alloc(a, m.file.n + 40);

    for (size_t n = 0; n < m.file.n; n += 97) CHECK(verify((fair_str){ m.file.p, n }, by.public, FAIR_STR("")).bad > 0);
    memcpy(p, m.file.p, m.file.n);
    for (size_t n = 1; n < 30; n++) CHECK(verify((fair_str){ p, m.file.n + n }, by.public, FAIR_STR("")).bad > 0);
    /* a comment, told in the last record */
    p[m.file.n - 2] = 5;
    CHECK(verify((fair_str){ p, m.file.n + 5 }, by.public, FAIR_STR("")).bad > 0);
    (void)longer;
    EVP_PKEY_free(by.key);
    fair_arena_free(&a);
}

static fair_str
rezip(struct fair_arena *a, const struct made *m, fair_str digest)
{
    fair_str out;

    CHECK_OK(fair_package_write(&m->members, digest, a, &out, why));
    return out;
}

TEST(removed_added_reordered_and_replayed_parts_are_found)
{
    struct fair_arena *a = fair_arena_new();
    struct signer by = signer_new(a);
    struct made m = make(a, &by, &(struct twist){ .id = 17 }), other = make(a, &by, &(struct twist){ .id = 18, .title = FAIR_STR("Another") }), x;
    struct fair_package_file keep;

    for (size_t i = 0; i < m.members.n; i++) {
        struct fair_package_file *p = fair_alloc_array(a, m.members.n + 1, sizeof *p);
        memcpy(p, m.members.p, m.members.n * sizeof *p);
        memmove(p + i, p + i + 1, (m.members.n - i - 1) * sizeof *p);
        x = m;
        x.members = (struct fair_package_members){ p, m.members.n - 1 };
        struct seen s = verify(rezip(a, &x, m.digest), by.public, m.members.p[i].name);
        CHECK(s.bad > 0 && s.named);
    }
    {   /* added */
        struct fair_package_file *p = fair_alloc_array(a, m.members.n + 1, sizeof *p);
        memcpy(p, m.members.p, m.members.n * sizeof *p);
        p[m.members.n] = (struct fair_package_file){ FAIR_STR("match/more.txt"), FAIR_STR("x") };
        x = m;
        x.members = (struct fair_package_members){ p, m.members.n + 1 };
        CHECK(verify(rezip(a, &x, m.digest), by.public, FAIR_STR("match/more.txt")).named);
    }
    for (size_t i = 0; i + 1 < m.members.n; i++) {      /* two neighbours changed about */
        x = m;
        keep = m.members.p[i];
        m.members.p[i] = m.members.p[i + 1];
        m.members.p[i + 1] = keep;
        CHECK(verify(rezip(a, &x, m.digest), by.public, FAIR_STR("")).bad > 0);
        m.members.p[i + 1] = m.members.p[i];
        m.members.p[i] = keep;
    }
    CHECK(verify(rezip(a, &m, (fair_str){ NULL, 0 }), by.public, FAIR_STR("datapackage-digest.json")).named);
    /* the seal, and each member, of another package */
    CHECK(verify(rezip(a, &m, other.digest), by.public, FAIR_STR("datapackage.json")).named);
    for (size_t i = 0; i < m.members.n; i++) {
        if (fair_str_eq(m.members.p[i].bytes, other.members.p[i].bytes)) continue;
        keep = m.members.p[i];
        m.members.p[i] = other.members.p[i];
        CHECK(verify(rezip(a, &m, m.digest), by.public, keep.name).named);
        m.members.p[i] = keep;
    }
    CHECK_EQ(verify(rezip(a, &m, m.digest), by.public, FAIR_STR("")).bad, 0);
    EVP_PKEY_free(by.key);
    fair_arena_free(&a);
}

TEST(another_signer_and_another_form_of_the_signature_are_found)
{
    struct fair_arena *a = fair_arena_new();
    struct signer by = signer_new(a), thief = signer_new(a);
    struct made m = make(a, &thief, &(struct twist){ .id = 17 });

    CHECK(verify(m.file, by.public, FAIR_STR("datapackage-digest.json")).named);
    CHECK_EQ(verify(m.file, thief.public, FAIR_STR("")).bad, 0);
    m = make(a, &by, &(struct twist){ .id = 17, .high_s = true });
    CHECK(verify(m.file, by.public, FAIR_STR("datapackage-digest.json")).named);
    EVP_PKEY_free(by.key);
    EVP_PKEY_free(thief.key);
    fair_arena_free(&a);
}

TEST(a_key_that_an_older_one_signed_for_is_known_by_the_older_one)
{
    struct fair_arena *a = fair_arena_new();
    struct signer old = signer_new(a), fresh = signer_new(a), stranger = signer_new(a);
    struct fair_seal_key keys[2] = { { .key = old.public, .id = id_of(a, old.public), .from = AT, .until = AT + 5 * FAIR_SECOND },
                                     { .key = fresh.public, .id = id_of(a, fresh.public), .from = AT + 5 * FAIR_SECOND, .by = id_of(a, old.public) } };
    struct fair_buf b = FAIR_BUF(a, 1 << 20);
    struct fair_seal_key *again;
    fair_str raw, text;
    size_t n;

    sign(a, &old, fair_str_fmt(a, "fairtrack-key-1 %.*s from %.*s", FAIR_STR_ARG(keys[1].id), FAIR_STR_ARG(fair_time_text(a, keys[1].from))), false, &raw, &keys[1].signature);
    CHECK(fair_seal_vouched(keys, 2, keys[0].id, keys[1].id));
    CHECK(!fair_seal_vouched(keys, 2, keys[1].id, keys[0].id));
    CHECK(!fair_seal_vouched(keys, 2, id_of(a, stranger.public), keys[1].id));
    fair_seal_keys_put(&b, keys, 2);
    CHECK_OK(fair_buf_take(&b, &text, why));
    CHECK_OK(fair_seal_keys_read(text, a, &again, &n, why));
    CHECK_EQ(n, 2);
    CHECK(fair_seal_vouched(again, n, keys[0].id, keys[1].id));
    keys[1].from += FAIR_SECOND;      /* a statement of another time */
    CHECK(!fair_seal_vouched(keys, 2, keys[0].id, keys[1].id));
    EVP_PKEY_free(old.key);
    EVP_PKEY_free(fresh.key);
    EVP_PKEY_free(stranger.key);
    fair_arena_free(&a);
}

/* Written out for tests/evidence/test_verify.py, which checks it with other people's programs. */
TEST(the_package_is_written_out_where_a_folder_is_named)
{
    const char *dir = getenv("FAIRTRACK_TEST_OUT");
    struct fair_arena *a = fair_arena_new();
    struct signer by = signer_new(a);
    struct made m = make(a, &by, &(struct twist){ .id = 17 });

    if (dir != NULL) {
        CHECK_OK(fair_write_file(fair_str_fmt(a, "%s/made.wacz", dir).p, m.file.p, m.file.n, 0644, why));
        CHECK_OK(fair_write_file(fair_str_fmt(a, "%s/key.der", dir).p, by.public.p, by.public.n, 0644, why));
    }
    EVP_PKEY_free(by.key);
    fair_arena_free(&a);
}

FAIR_TEST_MAIN
