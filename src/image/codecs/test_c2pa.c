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
    /* ISO 19566-5: four letters that name the kind, and the same twelve bytes for all */
    static const struct { const char *label, *kind; } kinds[] = { { "c2pa.assertions", "c2as" }, { "c2pa.claim", "c2cl" }, { "c2pa.signature", "c2cs" }, { "c2pa.hash", "cbor" }, { "c2pa", "c2pa" }, { "urn:", "c2ma" } };
    char *d = fair_alloc(a, 18 + l.n);
    for (size_t i = sizeof kinds / sizeof kinds[0]; i-- > 0;)
        if (fair_str_starts(l, fair_str_of(kinds[i].label))) memcpy(d, kinds[i].kind, 4);
    memcpy(d + 4, "\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71", 12);
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

/* A store with one manifest, whose claim names one assertion. */
static fair_str
store_of(const char *label, fair_str data)
{
    fair_str assertion = super(label, box("cbor", data));
    fair_str claim = CAT(raw("\xa6", 1), t("claim_generator"), t("a test"), t("alg"), t("sha256"), t("signature"), t("self#jumbf=c2pa.signature"), t("dc:format"), t("image/png"),
                         t("instanceID"), t("xmp:iid:1"), t("assertions"), raw("\x81\xa2", 2), t("url"),
                         t(fair_str_fmt(a, "self#jumbf=c2pa.assertions/%s", label).p), t("hash"), hash_of((fair_str){ assertion.p + 8, assertion.n - 8 }));
    fair_str protected_ = CAT(raw("\xa2\x01\x26\x18\x21", 5), item(2, cert));
    fair_str to_sign = CAT(raw("\x84\x6aSignature1", 12), canonical(protected_), raw("\x40", 1), canonical(claim));
    fair_str cose = CAT(raw("\xd2\x84", 2), item(2, protected_), raw("\xa0\xf6", 2), item(2, sign(to_sign)));
    return super("c2pa", super("urn:uuid:1", CAT(super("c2pa.assertions", assertion), super("c2pa.claim", box("cbor", claim)), super("c2pa.signature", box("cbor", cose)))));
}

static fair_str
be(size_t v, int bytes)
{
    char b[8];
    for (int i = 0; i < bytes; i++) b[i] = (char)(v >> (8 * (bytes - 1 - i)));
    return raw(b, (size_t)bytes);
}

static fair_str
chunk(const char *type, fair_str data)
{
    return CAT(be(data.n, 4), raw(type, 4), data, raw("crc!", 4));
}

/* A PNG whose manifest is in a caBX chunk; the picture's bytes are `pixels`. */
static fair_str
made(const char *pixels, const char *signed_pixels)
{
    fair_str before = FAIR_STR("\x89PNG\r\n\x1a\n"), after = fair_str_of(pixels), lump = FAIR_STR("");

    for (int turn = 0; turn < 2; turn++)              /* the first turn finds out how long it is */
        lump = chunk("caBX", store_of("c2pa.hash.data", CAT(raw("\xa3", 1), t("exclusions"), raw("\x81\xa2", 2), t("start"), raw("\x08", 1), t("length"), raw("\x1a", 1), be(lump.n, 4), t("hash"),
                                                         hash_of(join(before, fair_str_of(signed_pixels))), t("alg"), t("sha256"))));
    return CAT(before, lump, after);
}

/* One entry of a list of boxes: their names, and the hash of their bytes. */
static fair_str
entry(size_t n, const char *const *names, fair_str bytes)
{
    char head = (char)(0x80 | n);
    fair_str list = raw(&head, 1);
    for (size_t i = 0; i < n; i++) list = join(list, t(names[i]));
    return CAT(raw("\xa3", 1), t("names"), list, t("hash"), bytes.p != NULL ? hash_of(bytes) : raw("\x41\x00", 2), t("pad"), raw("\x40", 1));
}
#define ENTRY(bytes, ...) entry(sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *), (const char *[]){ __VA_ARGS__ }, bytes)

static fair_str
list_of_boxes(size_t n, const fair_str *entries)
{
    char head = (char)(0x80 | n);
    return CAT(raw("\xa2", 1), t("alg"), t("sha256"), t("boxes"), raw(&head, 1), cat(n, entries));
}

static fair_str
segment(uint8_t marker, fair_str data)
{
    char m[2] = { (char)0xff, (char)marker };
    return CAT(raw(m, 2), be(data.n + 2, 2), data);
}

/* A JPEG in pieces, as its list of boxes names them; `change` 0 as it was signed, 1 a pixel, 2 a segment more, 3 a segment less, 4 two swapped,
 * 5 bytes behind the end, 6 a bit in a restart's scan. */
static fair_str
jpeg_of_boxes(int change)
{
    fair_str soi = raw("\xff\xd8", 2), app0 = segment(0xe0, FAIR_STR("JFIF")), dqt = segment(0xdb, FAIR_STR("tables")), sof = segment(0xc2, FAIR_STR("size"));
    fair_str scan = CAT(segment(0xda, FAIR_STR("scan")), raw("data\xff\x00more\xff\xd3rest", 15)), eoi = raw("\xff\xd9", 2), other = segment(0xe2, FAIR_STR("a profile of colours"));
    fair_str entries[] = { ENTRY(soi, "SOI"), ENTRY(((fair_str){ NULL, 0 }), "C2PA"), ENTRY(CAT(app0, other), "APP0", "APP2"), ENTRY(dqt, "DQT"), ENTRY(CAT(sof, scan), "SOF2", "SOS"), ENTRY(eoi, "EOI") };
    fair_str store = store_of("c2pa.hash.boxes", list_of_boxes(6, entries));
    size_t half = store.n / 2;
    fair_str c2pa = CAT(segment(0xeb, CAT(raw("JP\0\1\0\0\0\1", 8), (fair_str){ store.p, half })),
                        segment(0xeb, CAT(raw("JP\0\1\0\0\0\2", 8), (fair_str){ store.p, 8 }, (fair_str){ store.p + half, store.n - half })));
    if (change == 1) scan = CAT(segment(0xda, FAIR_STR("scan")), raw("date\xff\x00more\xff\xd3rest", 15));
    if (change == 6) scan = CAT(segment(0xda, FAIR_STR("scan")), raw("data\xff\x00more\xff\xd4rest", 15));
    if (change == 2) sof = join(sof, segment(0xfe, FAIR_STR("more")));
    if (change == 3) return CAT(soi, c2pa, app0, other, sof, scan, eoi);
    if (change == 4) return CAT(soi, c2pa, app0, other, sof, dqt, scan, eoi);
    return CAT(soi, c2pa, app0, other, dqt, sof, scan, eoi, change == 5 ? FAIR_STR("another picture") : FAIR_STR(""));
}

/* A PNG, its signature named or not. */
static fair_str
png_of_boxes(bool named, const char *pixels)
{
    fair_str png = FAIR_STR("\x89PNG\r\n\x1a\n"), ihdr = chunk("IHDR", FAIR_STR("size")), idat = chunk("IDAT", FAIR_STR("pixels")), iend = chunk("IEND", FAIR_STR(""));
    fair_str entries[] = { named ? ENTRY(CAT(png, ihdr), "PNGh", "IHDR") : ENTRY(ihdr, "IHDR"), ENTRY(((fair_str){ NULL, 0 }), "C2PA"), ENTRY(CAT(idat, idat, iend), "IDAT", "IDAT", "IEND") };
    return CAT(png, ihdr, chunk("caBX", store_of("c2pa.hash.boxes", list_of_boxes(3, entries))), chunk("IDAT", fair_str_of(pixels)), idat, iend);
}

/* An AVIF's boxes; the manifest's own is left out by its identity, `more` are more exclusions (`n_more` of them); a box that moved has another place. */
#define UUID "\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81"
static fair_str
avif(int version, const char *pixels, fair_str more, int n_more, bool free_box)
{
    fair_str ftyp = box("ftyp", FAIR_STR("avif....")), meta = box("meta", CAT(be(0, 4), box("iloc", CAT(be(0x01000000, 4), FAIR_STR("where"))), box("iprp", FAIR_STR("size")))), mdat = box("mdat", FAIR_STR("pixels")),
             uuid = FAIR_STR(""), text = FAIR_STR("");
    char head = (char)(0x82 + n_more);

    for (int turn = 0; turn < 2; turn++) {
        size_t meta_at = ftyp.n + uuid.n;
        fair_str places = CAT(be(meta_at, 8), meta, be(meta_at + meta.n, 8), mdat);
        text = version >= 2 ? places : CAT(meta, mdat);
        /* iloc is left out where `more` says so: the text has to be made by whoever asks for that */
        if (n_more == 1 && memmem(more.p != NULL ? more.p : "", more.n, "iloc", 4) != NULL)
            text = CAT(be(meta_at, 8), (fair_str){ meta.p, 12 + 12 }, (fair_str){ meta.p + 12 + 12 + 5, meta.n - 12 - 12 - 5 }, be(meta_at + meta.n, 8), mdat);
        if (n_more == 1 && memmem(more.p != NULL ? more.p : "", more.n, "mdat", 4) != NULL) text = CAT(be(meta_at, 8), meta);
        uuid = box("uuid", CAT(raw(UUID, 16), be(0, 4), raw("manifest", 9), be(0, 8),
                               store_of(version == 1 ? "c2pa.hash.bmff" : version == 2 ? "c2pa.hash.bmff.v2" : "c2pa.hash.bmff.v3",
                                        CAT(raw("\xa3", 1), t("exclusions"), raw(&head, 1), raw("\xa2", 1), t("xpath"), t("/uuid"), t("data"), raw("\x81\xa2", 2), t("offset"), raw("\x08", 1), t("value"), item(2, raw(UUID, 16)),
                                            raw("\xa1", 1), t("xpath"), t("/ftyp"), more, t("alg"), t("sha256"), t("hash"), hash_of(text)))));
    }
    return CAT(ftyp, uuid, free_box ? box("free", FAIR_STR("moved")) : FAIR_STR(""), meta, box("mdat", fair_str_of(pixels)));
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

TEST(a_list_of_boxes_binds_a_jpeg_and_every_change_is_found)
{
    static const enum fair_c2pa_state want[] = { FAIR_C2PA_SIGNED, FAIR_C2PA_INVALID, FAIR_C2PA_INVALID, FAIR_C2PA_INVALID, FAIR_C2PA_INVALID, FAIR_C2PA_UNBOUND, FAIR_C2PA_INVALID };
    begin();
    for (int change = 0; change < 7; change++) {
        struct fair_c2pa c = read_it(jpeg_of_boxes(change));
        if (c.state != want[change]) fail_msg("%d: %.*s", change, FAIR_STR_ARG(fair_c2pa_words(a, &c)));
        if (want[change] == FAIR_C2PA_INVALID) CHECK(fair_str_starts(c.why, FAIR_STR("assertion.boxesHash.mismatch")));
        if (change == 5) CHECK_STR(c.why, "its list of boxes does not cover the whole file");
    }
}

TEST(a_list_of_boxes_binds_a_png_with_or_without_its_signature)
{
    begin();
    for (int named = 0; named < 2; named++) {
        struct fair_c2pa c = read_it(png_of_boxes(named == 1, "pixels"));
        if (c.state != FAIR_C2PA_SIGNED) fail_msg("%d: %.*s", named, FAIR_STR_ARG(fair_c2pa_words(a, &c)));
        CHECK_EQ(read_it(png_of_boxes(named == 1, "pixelt")).state, FAIR_C2PA_INVALID);
        CHECK_EQ(read_it(png_of_boxes(named == 1, "pixels and more")).state, FAIR_C2PA_INVALID);
    }
}

TEST(boxes_by_path_bind_an_avif_in_each_version)
{
    fair_str none = FAIR_STR("");
    begin();
    for (int version = 1; version <= 3; version++) {
        struct fair_c2pa c = read_it(avif(version, "pixels", none, 0, false));
        if (c.state != FAIR_C2PA_SIGNED) fail_msg("v%d: %.*s", version, FAIR_STR_ARG(fair_c2pa_words(a, &c)));
        c = read_it(avif(version, "pixelt", none, 0, false));
        CHECK_EQ(c.state, FAIR_C2PA_INVALID);
        CHECK(fair_str_starts(c.why, FAIR_STR("assertion.bmffHash.mismatch")));
        CHECK_EQ(read_it(avif(version, "pixels", none, 0, true)).state, FAIR_C2PA_INVALID);
    }
}

/* An AVIF and a HEIC of ours that C2PA's own library signed (npm @contentauth/c2pa-wasm 0.13, docs/evidence.md). */
TEST(pictures_that_another_program_bound_hold_and_a_changed_byte_of_theirs_does_not)
{
    static const char *const files[] = { "signed_avif", "signed_heic" };
    const char *source = getenv("FAIRTRACK_SOURCE");
    begin();
    if (source == NULL) skip();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        fair_str bytes;
        struct fair_c2pa c;
        char *p;
        CHECK_OK(fair_read_file(a, fair_str_fmt(a, "%s/src/image/corpus/c2pa/%s", source, files[i]).p, 1 << 20, &bytes, why));
        c = read_it(bytes);
        if (c.state != FAIR_C2PA_SIGNED) fail_msg("%s: %.*s", files[i], FAIR_STR_ARG(fair_c2pa_words(a, &c)));
        p = (char *)(uintptr_t)bytes.p;
        for (size_t k = 1; k < 1000; k += 97) {
            p[bytes.n - k] ^= 4;
            c = read_it(bytes);
            CHECK_EQ(c.state, FAIR_C2PA_INVALID);
            CHECK(fair_str_starts(c.why, FAIR_STR("assertion.bmffHash.mismatch")));
            p[bytes.n - k] ^= 4;
        }
    }
}

TEST(what_a_signer_left_out_is_looked_at)
{
    fair_str part, mdat, step;
    struct fair_c2pa c;
    begin();
    part = CAT(raw("\xa4", 1), t("xpath"), t("/meta/iloc"), t("length"), raw("\x11", 1), t("version"), raw("\x01", 1), t("subset"), raw("\x81\xa2", 2), t("offset"), raw("\x0c", 1), t("length"), raw("\x00", 1));
    c = read_it(avif(2, "pixels", part, 1, false));
    if (c.state != FAIR_C2PA_SIGNED) fail_msg("%.*s", FAIR_STR_ARG(fair_c2pa_words(a, &c)));
    mdat = CAT(raw("\xa1", 1), t("xpath"), t("/mdat"));
    c = read_it(avif(2, "anything", mdat, 1, false));
    CHECK_EQ(c.state, FAIR_C2PA_UNBOUND);
    CHECK_STR(c.why, "it leaves the picture's data out");
    step = CAT(raw("\xa1", 1), t("xpath"), t("/moov/trak[1]"));
    CHECK_EQ(read_it(avif(2, "pixels", step, 1, false)).state, FAIR_C2PA_UNBOUND);
}

TEST(no_flipped_bit_of_boxes_makes_another_thing_hold)
{
    begin();
    for (int kind = 0; kind < 3; kind++) {
        fair_str good = kind == 0 ? jpeg_of_boxes(0) : kind == 1 ? png_of_boxes(true, "pixels") : avif(3, "pixels", FAIR_STR(""), 0, false);
        const char *store = memmem(good.p, good.n, "jumb", 4);
        static const size_t head[3] = { 16, 12, 49 };
        static const char *const behind[3] = { "\xff\xe0", "IDATpixels", "meta" };
        size_t begins_at = (size_t)(store - good.p) - head[kind], ends_at = (size_t)((const char *)memmem(store, good.n - (size_t)(store - good.p), behind[kind], strlen(behind[kind])) - good.p) - (kind == 0 ? 0 : 4);
        CHECK_EQ(read_it(good).state, FAIR_C2PA_SIGNED);
        for (size_t i = 0; i < good.n; i++) {
            char *copy = fair_xmalloc(good.n);
            struct fair_c2pa c;
            memcpy(copy, good.p, good.n);
            copy[i] = (char)(copy[i] ^ 1 << i % 8);
            fair_c2pa_read(copy, good.n, NOW, a, &c);
            free(copy);
            /* What is left out by name: the store's own boxes, and the kind of file. */
            if (c.state == FAIR_C2PA_SIGNED && (i < begins_at || i >= ends_at) && !(kind == 2 && i >= 8 && i < 16)) fail_msg("kind %d, byte %zu of %zu", kind, i, good.n);
        }
        for (size_t n = 0; n < good.n; n++) {
            char *copy = fair_xmalloc(n);
            struct fair_c2pa c;
            memcpy(copy, good.p, n);
            fair_c2pa_read(copy, n, NOW, a, &c);
            CHECK(c.state != FAIR_C2PA_SIGNED);
            free(copy);
        }
        if (getenv("FAIRTRACK_WRITE") != NULL) CHECK_OK(fair_write_file(fair_str_fmt(a, "%s-%d", getenv("FAIRTRACK_WRITE"), kind).p, good.p, good.n, 0644, why));
    }
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
