/* test_c2pa.c - content credentials of our own making, whole and broken, and those of the specification's test files where they are. */
#include "base/test.h"
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <unistd.h>
#include "base/digest.h"
#include "base/io.h"
#include "image/codecs/c2pa.h"

#define NOW (1790000000 * FAIR_SECOND)

static struct fair_arena *a;

/* ---- making one ------------------------------------------------------------------------------------------------ */

static fair_str
box(const char *type, fair_str content)
{
    char *p = fair_alloc(a, content.n + 9);
    size_t n = content.n + 8;
    for (int i = 0; i < 4; i++) p[i] = (char)(n >> (24 - 8 * i));
    memcpy(p + 4, type, 4);
    memcpy(p + 8, content.p, content.n);
    return (fair_str){ p, n };
}

static fair_str
join(fair_str x, fair_str y)
{
    char *p = fair_alloc(a, x.n + y.n + 1);
    memcpy(p, x.p, x.n);
    memcpy(p + x.n, y.p, y.n);
    return (fair_str){ p, x.n + y.n };
}

static fair_str
super(const char *label, fair_str content)
{
    fair_str l = fair_str_of(label);
    char *d = fair_alloc(a, 18 + l.n);
    d[16] = 3;
    memcpy(d + 17, l.p, l.n);
    return box("jumb", join(box("jumd", (fair_str){ d, 18 + l.n }), content));
}

static fair_str
item(int major, fair_str s)
{
    char h[3] = { (char)(major << 5 | 25), (char)(s.n >> 8), (char)s.n };
    return join(fair_str_dup(a, (fair_str){ h, 3 }), s);
}

/* The shortest head, as the structure that is signed has it. */
static fair_str
canonical(fair_str s)
{
    char h[2] = { 0x58, (char)s.n };
    return s.n < 256 ? join(fair_str_dup(a, (fair_str){ h, 2 }), s) : item(2, s);
}

static fair_str t(const char *s) { return item(3, fair_str_of(s)); }
static fair_str raw(const char *p, size_t n) { return fair_str_dup(a, (fair_str){ p, n }); }

static fair_str
cat(size_t n, const fair_str *v)
{
    fair_str out = FAIR_STR("");
    for (size_t i = 0; i < n; i++) out = join(out, v[i]);
    return out;
}
#define CAT(...) cat(sizeof((fair_str[]){ __VA_ARGS__ }) / sizeof(fair_str), (fair_str[]){ __VA_ARGS__ })

static EVP_PKEY *key;
static fair_str cert;

static void
make_key(void)
{
    X509 *x = X509_new();
    unsigned char *der = NULL;
    int n;

    key = EVP_EC_gen("P-256");
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
    ASN1_TIME_set(X509_getm_notBefore(x), 1700000000);
    ASN1_TIME_set(X509_getm_notAfter(x), 1900000000);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)"Test Camera", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_sign(x, key, EVP_sha256());
    n = i2d_X509(x, &der);
    cert = raw((const char *)der, (size_t)n);
    OPENSSL_free(der);
    X509_free(x);
}

static fair_str
sign(fair_str bytes)
{
    unsigned char der[128], out[64] = { 0 };
    size_t n = sizeof der;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    const unsigned char *p = der;
    ECDSA_SIG *s;

    CHECK(EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, key) == 1 && EVP_DigestSign(c, der, &n, (const unsigned char *)bytes.p, bytes.n) == 1);
    EVP_MD_CTX_free(c);
    s = d2i_ECDSA_SIG(NULL, &p, (long)n);
    BN_bn2binpad(ECDSA_SIG_get0_r(s), out, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(s), out + 32, 32);
    ECDSA_SIG_free(s);
    return raw((const char *)out, 64);
}

static fair_str
hash_of(fair_str s)
{
    struct fair_sha256 h = fair_sha256_of(s.p, s.n);
    return item(2, raw((const char *)h.b, 32));
}

/* A PNG whose manifest is in a caBX chunk; the picture's bytes are `pixels`. */
static fair_str
made(const char *pixels, const char *signed_pixels)
{
    fair_str before = FAIR_STR("\x89PNG\r\n\x1a\n"), after = fair_str_of(pixels), store = FAIR_STR(""), chunk = FAIR_STR("");

    for (int turn = 0; turn < 2; turn++) {            /* the first turn finds out how long it is */
        uint32_t n = (uint32_t)chunk.n;
        char length[5] = { 0x1a, (char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n };
        fair_str data = CAT(raw("\xa3", 1), t("exclusions"), raw("\x81\xa2", 2), t("start"), raw("\x08", 1), t("length"), raw(length, 5), t("hash"),
                            hash_of(join(before, fair_str_of(signed_pixels))), t("alg"), t("sha256"));
        fair_str assertion = super("c2pa.hash.data", box("cbor", data));
        fair_str claim = CAT(raw("\xa3", 1), t("claim_generator"), t("a test"), t("alg"), t("sha256"), t("assertions"), raw("\x81\xa2", 2), t("url"),
                             t("self#jumbf=c2pa.assertions/c2pa.hash.data"), t("hash"), hash_of((fair_str){ assertion.p + 8, assertion.n - 8 }));
        fair_str protected_ = CAT(raw("\xa2\x01\x26\x18\x21", 5), item(2, cert));
        fair_str to_sign = CAT(raw("\x84\x6aSignature1", 12), canonical(protected_), raw("\x40", 1), canonical(claim));
        fair_str cose = CAT(raw("\xd2\x84", 2), item(2, protected_), raw("\xa0\xf6", 2), item(2, sign(to_sign)));
        fair_str manifest = super("urn:uuid:1", CAT(super("c2pa.assertions", assertion), super("c2pa.claim", box("cbor", claim)), super("c2pa.signature", box("cbor", cose))));
        char head[8];
        store = super("c2pa", manifest);
        for (int i = 0; i < 4; i++) head[i] = (char)(store.n >> (24 - 8 * i));
        memcpy(head + 4, "caBX", 4);
        chunk = CAT(raw(head, 8), store, raw("crc!", 4));
    }
    return CAT(before, chunk, after);
}

static struct fair_c2pa
read_it(fair_str file)
{
    struct fair_c2pa c;
    fair_c2pa_read(file.p, file.n, NOW, a, &c);
    return c;
}

static void
begin(void)
{
    if (a == NULL) a = fair_arena_new();
    if (key == NULL) make_key();
}

TEST(credentials_that_hold_are_signed_and_name_their_signer)
{
    struct fair_c2pa c;
    begin();
    c = read_it(made("pixels of a picture", "pixels of a picture"));
    if (c.state != FAIR_C2PA_SIGNED) fail_msg("%.*s", FAIR_STR_ARG(c.why));
    CHECK_STR(c.signer, "Test Camera");
    CHECK_STR(c.alg, "ES256");
    CHECK_STR(c.generator, "a test");
    CHECK_EQ(c.chain.n, 64);
    CHECK(!c.expired);
    CHECK_EQ(read_it(FAIR_STR("\x89PNG\r\n\x1a\n")).state, FAIR_C2PA_NONE);
    CHECK_EQ(read_it(FAIR_STR("")).state, FAIR_C2PA_NONE);
}

TEST(a_changed_picture_is_not_the_one_that_was_signed)
{
    struct fair_c2pa c;
    begin();
    c = read_it(made("pixels of another", "pixels of a picture"));
    CHECK_EQ(c.state, FAIR_C2PA_INVALID);
    CHECK(fair_str_starts(c.why, FAIR_STR("assertion.dataHash.mismatch")));
}

/* Any bit: either it does not hold any more, or what changed says nothing (a chunk's checksum, padding). */
TEST(no_flipped_bit_makes_another_thing_hold)
{
    fair_str good;
    size_t still = 0, store;
    begin();
    good = made("pixels of a picture", "pixels of a picture");
    store = good.n - 19 - 4;
    for (size_t i = 0; i < good.n; i++) {
        char *copy = fair_xmalloc(good.n);
        struct fair_c2pa c;
        memcpy(copy, good.p, good.n);
        copy[i] = (char)(copy[i] ^ 1 << i % 8);
        fair_c2pa_read(copy, good.n, NOW, a, &c);
        if (c.state == FAIR_C2PA_SIGNED) {
            /* Labels' UUIDs, the checksum, flags: none of what is signed. */
            still++;
            CHECK_STR(c.signer, "Test Camera");
        }
        CHECK(i < store + 4 || c.state != FAIR_C2PA_SIGNED);
        free(copy);
    }
    CHECK(still < 160);
}

TEST(credentials_cut_anywhere_do_not_hold_and_harm_nothing)
{
    fair_str good;
    begin();
    good = made("pixels of a picture", "pixels of a picture");
    for (size_t n = 0; n < good.n; n++) {
        char *copy = fair_xmalloc(n);
        struct fair_c2pa c;
        memcpy(copy, good.p, n);
        fair_c2pa_read(copy, n, NOW, a, &c);
        CHECK(c.state != FAIR_C2PA_SIGNED);
        free(copy);
    }
    if (getenv("FAIRTRACK_WRITE") != NULL) CHECK_OK(fair_write_file(getenv("FAIRTRACK_WRITE"), good.p, good.n, 0644, why));
}

/* The specification's own files, where they lie beside this tree: which hold and which do not, and why. */
TEST(the_specifications_test_files_are_judged_as_they_should_be)
{
    static const struct { const char *name; enum fair_c2pa_state state; const char *why; } files[] = {
        { "public-testfiles/image/jpeg/adobe-20220124-CAICAI.jpg", FAIR_C2PA_SIGNED, "" }, { "public-testfiles/image/jpeg/adobe-20220124-CII.jpg", FAIR_C2PA_SIGNED, "" },
        { "public-testfiles/image/jpeg/adobe-20220124-CICA.jpg", FAIR_C2PA_SIGNED, "" }, { "public-testfiles/image/jpeg/adobe-20220124-CIE-sig-CA.jpg", FAIR_C2PA_SIGNED, "" },
        { "public-testfiles/image/jpeg/adobe-20220124-E-dat-CA.jpg", FAIR_C2PA_INVALID, "assertion.dataHash.mismatch" },
        { "public-testfiles/image/jpeg/adobe-20220124-E-sig-CA.jpg", FAIR_C2PA_INVALID, "claimSignature.mismatch" },
        { "public-testfiles/image/jpeg/adobe-20220124-E-clm-CAICAI.jpg", FAIR_C2PA_INVALID, "assertion.hashedURI.mismatch" },
        { "public-testfiles/image/jpeg/adobe-20220124-E-uri-CIE-sig-CA.jpg", FAIR_C2PA_INVALID, "ingredient.hashedURI.mismatch" },
        { "public-testfiles/image/jpeg/adobe-20220124-XCI.jpg", FAIR_C2PA_INVALID, "assertion.dataHash.mismatch" },
        { "c2pa-rs/C.jpg", FAIR_C2PA_SIGNED, "" }, { "c2pa-rs/CACAE-uri-CA.jpg", FAIR_C2PA_SIGNED, "" }, { "c2pa-rs/boxhash.jpg", FAIR_C2PA_SIGNED, "" } };
    const char *source = getenv("FAIRTRACK_SOURCE");
    size_t there = 0;

    begin();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        fair_str path = fair_str_fmt(a, "%s/../shared/suites/c2pa/%s", source != NULL ? source : ".", files[i].name), bytes;
        struct fair_c2pa c;
        if (access(path.p, R_OK) != 0) continue;
        there++;
        CHECK_OK(fair_read_file(a, path.p, 64 << 20, &bytes, why));
        c = read_it(bytes);
        if (c.state != files[i].state || !fair_str_starts(c.why, fair_str_of(files[i].why))) print_message("%s: %.*s\n", files[i].name, FAIR_STR_ARG(fair_c2pa_words(a, &c)));
        CHECK_EQ(c.state, files[i].state);
    }
    if (there == 0) skip();
}

FAIR_TEST_MAIN
