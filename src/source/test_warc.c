#include <brotli/encode.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include "base/test.h"
#include "source/warc_private.h"

/* ---- making archives ------------------------------------------------------------ */

struct bytes { char *p; size_t n; };

static void
add(struct bytes *b, const void *p, size_t n)
{
    b->p = realloc(b->p, b->n + n + 1);
    assert_non_null(b->p);
    memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = '\0';
}

static void add_text(struct bytes *b, const char *s) { add(b, s, strlen(s)); }

static void
done(struct bytes *b)
{
    free(b->p);
    *b = (struct bytes){ 0 };
}

/* A record: its type, URI, further headers (with line ends) and block; `lie` is added to its Content-Length. */
static void
add_record_lying(struct bytes *b, const char *type, const char *uri, const char *headers, const void *block, size_t n, int lie)
{
    char head[2048];
    snprintf(head, sizeof head, "WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:0>\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
             "WARC-Target-URI: %s\r\n%sContent-Length: %d\r\n\r\n", type, uri, headers, (int)n + lie);
    add_text(b, head);
    add(b, block, n);
    add_text(b, "\r\n\r\n");
}

static void
add_record(struct bytes *b, const char *type, const char *uri, const char *headers, const char *block)
{
    add_record_lying(b, type, uri, headers, block, strlen(block), 0);
}

static const char http[] = "Content-Type: application/http; msgtype=response\r\n";

static void
add_gzip(struct bytes *b, const void *p, size_t n, int window_bits)
{
    z_stream z = { 0 };
    size_t room = compressBound(n) + 64;
    uint8_t *to = malloc(room);

    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)p;
    z.avail_in = (uInt)n;
    z.next_out = to;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    add(b, to, room - z.avail_out);
    deflateEnd(&z);
    free(to);
}

static void
gzip_record(struct bytes *b, const char *uri, const char *block)
{
    struct bytes plain = { 0 };
    add_record(&plain, "response", uri, http, block);
    add_gzip(b, plain.p, plain.n, 15 + 16);
    done(&plain);
}

/* ---- reading them ----------------------------------------------------------------- */

struct reader { struct fair_warc *w; struct fair_arena *a; struct fair_warc_record r; int fd; };

static void
start(struct reader *t, const void *p, size_t n, const struct fair_warc_limits *limits)
{
    t->fd = memfd_create("archive", MFD_CLOEXEC);
    t->a = fair_arena_new();
    assert_int_equal(write(t->fd, p, n), (ssize_t)n);
    assert_int_equal(lseek(t->fd, 0, SEEK_SET), 0);
    CHECK_OK(fair_warc_open(t->fd, limits, &t->w, why));
}

static bool
next(struct reader *t)
{
    struct fair_err err = { 0 };
    fair_status s = fair_warc_next(t->w, t->a, &t->r, &err);
    if (s != FAIR_OK && s != FAIR_DONE) fail_msg("%s", err.text);
    return s == FAIR_OK;
}

static void
stop(struct reader *t)
{
    fair_warc_free(&t->w);
    fair_arena_free(&t->a);
    close(t->fd);
}

/* The states and targets of all records: "ok http://a.example/ | bad-trailer - | ..." */
static void
list(const void *p, size_t n, char *out, size_t room)
{
    struct reader t;

    out[0] = '\0';
    start(&t, p, n, NULL);
    while (next(&t)) {
        size_t at = strlen(out);
        snprintf(out + at, room - at, "%s%.*s %.*s", at > 0 ? " | " : "", FAIR_STR_ARG(t.r.state), t.r.target.p != NULL ? (int)t.r.target.n : 1,
                 t.r.target.p != NULL ? t.r.target.p : "-");
    }
    stop(&t);
}

static void
lists(const struct bytes *b, const char *want)
{
    char got[4096];
    list(b->p, b->n, got, sizeof got);
    assert_string_equal(got, want);
}

TEST(a_response_is_read_with_all_it_has)
{
    struct bytes b = { 0 };
    struct reader t;

    add_record(&b, "warcinfo", "", "Content-Type: application/warc-fields\r\n", "software: none\r\n");
    add_record(&b, "response", "http://a.example/x y.png", http,
               "HTTP/1.1 301 Moved\r\nContent-Type: image/png; a=b\r\nLocation: /z\r\n\r\nPNG");
    start(&t, b.p, b.n, NULL);
    CHECK(next(&t));
    CHECK_EQ(t.r.record, 1);
    CHECK_EQ(t.r.offset, 0);
    CHECK_STR(t.r.version, "1.1");
    CHECK_STR(t.r.type, "warcinfo");
    CHECK_STR(t.r.mime, "application/warc-fields");
    CHECK_STR(t.r.payload, "software: none\r\n");
    CHECK_EQ(t.r.status, -1);
    CHECK(t.r.http_headers.p == NULL);
    CHECK(next(&t));
    CHECK_EQ(t.r.record, 2);
    CHECK(memcmp(b.p + t.r.offset, "WARC/1.1", 8) == 0);
    CHECK_STR(t.r.uri, "http://a.example/x y.png");
    CHECK_STR(t.r.date, "2026-01-02T03:04:05Z");
    CHECK_STR(t.r.id, "<urn:uuid:0>");
    CHECK_EQ(t.r.status, 301);
    CHECK_STR(t.r.mime, "image/png; a=b");
    CHECK_STR(t.r.location, "/z");
    CHECK_STR(t.r.payload, "PNG");
    CHECK_STR(t.r.block_digest, "-");
    CHECK_STR(t.r.state, "ok");
    CHECK(fair_str_ends(t.r.http_headers, FAIR_STR("\r\n\r\n")));
    CHECK(!next(&t));
    CHECK(!next(&t));
    stop(&t);
    done(&b);
}

TEST(lines_may_end_bare_go_on_in_the_next_and_names_be_of_any_case)
{
    const char text[] = "WARC/0.18\nwarc-TYPE: resource\nWARC-Target-URI:\n <http://a.example/\n\tb>\ncontent-length: 3\n\nabc\n\n"
                        "WARC/1.0\nWARC-Type: resource\nWARC-Target-URI: http://b.example/\nContent-Length: 0\n\n\n\n";
    struct reader t;

    start(&t, text, sizeof text - 1, NULL);
    CHECK(next(&t));
    CHECK_STR(t.r.version, "0.18");
    CHECK_STR(t.r.uri, "<http://a.example/ \tb>");
    CHECK_STR(t.r.target, "http://a.example/ \tb");
    CHECK_STR(t.r.payload, "abc");
    CHECK_STR(t.r.state, "ok");
    CHECK(next(&t));
    CHECK_STR(t.r.target, "http://b.example/");
    CHECK_STR(t.r.state, "ok");
    CHECK_EQ(t.r.payload.n, 0);
    CHECK(t.r.payload.p != NULL);
    CHECK(!next(&t));
    stop(&t);
}

static void
digest_is(const char *type, const char *headers, const char *block, const char *block_word, const char *payload_word)
{
    struct bytes b = { 0 };
    struct reader t;

    add_record(&b, type, "http://a.example/", headers, block);
    start(&t, b.p, b.n, NULL);
    CHECK(next(&t));
    CHECK_STR(t.r.block_digest, block_word);
    CHECK_STR(t.r.payload_digest, payload_word);
    stop(&t);
    done(&b);
}

TEST(digests_are_verified_in_every_spelling)
{
    /* all of "abc": FIPS 180-4's example */
    digest_is("resource", "WARC-Block-Digest: sha1:A9993E364706816ABA3E25717850C26C9CD0D89D\r\n", "abc", "ok", "-");
    digest_is("resource", "WARC-Block-Digest: sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5\r\n", "abc", "ok", "-");
    digest_is("resource", "WARC-Block-Digest: SHA-1: vgmt4nsha2awvor6evyxqugcnsonbwe5 \r\n", "abc", "ok", "-");
    digest_is("resource", "WARC-Block-Digest: sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5\r\n", "abd", "bad", "-");
    digest_is("resource", "WARC-Payload-Digest: sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\r\n", "abc", "-", "ok");
    digest_is("resource", "WARC-Payload-Digest: sha256:XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ====\r\n", "abc", "-", "ok");
    digest_is("resource", "WARC-Payload-Digest: md5:900150983cd24fb0d6963f7d28e17f72\r\n", "abc", "-", "ok");
    digest_is("resource", "WARC-Payload-Digest: crc32:352441c2\r\n", "abc", "-", "-");
    digest_is("resource", "WARC-Payload-Digest: sha1:what\r\n", "abc", "-", "bad");
    digest_is("resource", "WARC-Payload-Digest: md5:kAFQmDzST7DWlj99KOF/cg==\r\n", "abc", "-", "bad");
    digest_is("response", "Content-Type: application/http\r\nWARC-Payload-Digest: md5:900150983cd24fb0d6963f7d28e17f72\r\n",
              "HTTP/1.0 200 OK\r\nA: b\r\n\r\nabc", "-", "ok");
    digest_is("response", "Content-Type: application/http\r\nWARC-Payload-Digest: md5:900150983cd24fb0d6963f7d28e17f72\r\n",
              "HTTP/1.0 200 OK\nA: b\n\nabd", "-", "bad");
    /* of a payload in chunks both readings of the standard are in use */
    digest_is("response", "Content-Type: application/http\r\nWARC-Payload-Digest: md5:900150983cd24fb0d6963f7d28e17f72\r\n",
              "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "-", "ok");
    /* a revisit's payload lies elsewhere */
    digest_is("revisit", "Content-Type: application/http\r\nWARC-Payload-Digest: md5:900150983cd24fb0d6963f7d28e17f72\r\n",
              "HTTP/1.0 200 OK\r\nA: b\r\n\r\n", "-", "-");
    /* of nothing at all */
    digest_is("response", "Content-Type: application/http\r\nWARC-Payload-Digest: md5:d41d8cd98f00b204e9800998ecf8427e\r\n",
              "HTTP/1.0 304 Not Modified\r\nA: b\r\n\r\n", "-", "ok");
}

TEST(a_digest_runs_over_more_than_is_kept)
{
    static const struct fair_warc_limits little = { .max_header = 4096, .max_block = 1000 };
    struct bytes b = { 0 }, block = { 0 };
    char headers[300];
    struct reader t;

    add_text(&block, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
    for (int i = 0; i < 40000; i++) add_text(&block, "0123456789");
    {
        struct fair_arena *a = fair_arena_new();
        size_t head = 45;
        struct fair_sha256 whole = fair_sha256_of(block.p, block.n), body = fair_sha256_of(block.p + head, block.n - head);
        CHECK(memcmp(block.p + head, "0123", 4) == 0);
        snprintf(headers, sizeof headers, "Content-Type: application/http\r\nWARC-Block-Digest: sha256:%s\r\nWARC-Payload-Digest: sha256:%s\r\n",
                 fair_hex(a, whole.b, 32).p, fair_hex(a, body.b, 32).p);
        fair_arena_free(&a);
    }
    add_record_lying(&b, "response", "http://a.example/", headers, block.p, block.n, 0);
    add_record(&b, "resource", "http://b.example/", "", "x");
    start(&t, b.p, b.n, &little);
    CHECK(next(&t));
    CHECK_STR(t.r.block_digest, "ok");
    CHECK_STR(t.r.payload_digest, "ok");
    CHECK_STR(t.r.state, "payload-too-large");
    CHECK(t.r.payload.p == NULL);
    CHECK_EQ(t.r.status, 200);
    CHECK(next(&t));
    CHECK_STR(t.r.state, "ok");
    CHECK(!next(&t));
    stop(&t);
    done(&b);
    done(&block);
}

/* One response with these HTTP headers and body: its payload, or its state where that is not ok. */
static void
payload_is(const char *headers, const void *body, size_t n, const char *want, const char *state)
{
    struct bytes b = { 0 }, block = { 0 };
    struct reader t;

    add_text(&block, "HTTP/1.1 200 OK\r\n");
    add_text(&block, headers);
    add_text(&block, "\r\n");
    add(&block, body, n);
    add_record_lying(&b, "response", "http://a.example/", http, block.p, block.n, 0);
    start(&t, b.p, b.n, NULL);
    CHECK(next(&t));
    CHECK_STR(t.r.state, state);
    CHECK_STR(t.r.payload, want);
    stop(&t);
    done(&b);
    done(&block);
}

static void
chunks_are(const char *body, const char *want, const char *state)
{
    payload_is("Transfer-Encoding: chunked\r\n", body, strlen(body), want, state);
}

TEST(codings_of_payloads_are_undone)
{
    struct bytes z = { 0 }, twice = { 0 };
    uint8_t small[256];
    size_t n = sizeof small;

    chunks_are("3;x=y\r\nabc\r\n0A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", "abc0123456789", "ok");
    chunks_are("<html>", "<html>", "ok");       /* it is not, whatever it says */
    chunks_are("3\r\nabc\r\n9\r\nde", "abcde", "bad-chunks");
    chunks_are("3\r\nabc\r\nzz\r\nde", "abc", "bad-chunks");
    chunks_are("ffffffffffffffffffff\r\nabc", "abc", "bad-chunks");
    chunks_are("0\r\n\r\n", "", "ok");
    add_gzip(&z, "hello hello hello", 17, 15 + 16);
    payload_is("Content-Encoding: gzip\r\n", z.p, z.n, "hello hello hello", "ok");
    payload_is("Content-Encoding: x-gzip\r\n", "plain", 5, "plain", "ok");
    payload_is("Content-Encoding: gzip\r\n", z.p, z.n - 10, "hello h", "bad-coding");
    add_gzip(&twice, z.p, z.n, 15 + 16);
    payload_is("Content-Encoding: gzip, gzip\r\n", twice.p, twice.n, "hello hello hello", "ok");
    done(&z);
    add_gzip(&z, "hello hello hello", 17, 15);
    payload_is("content-encoding: deflate\r\n", z.p, z.n, "hello hello hello", "ok");
    done(&z);
    add_gzip(&z, "hello hello hello", 17, -15);
    payload_is("Content-Encoding: deflate\r\n", z.p, z.n, "hello hello hello", "ok");
    done(&z);
    CHECK(BrotliEncoderCompress(5, 18, BROTLI_MODE_TEXT, 17, (const uint8_t *)"hello hello hello", &n, small));
    payload_is("Content-Encoding: br\r\n", small, n, "hello hello hello", "ok");
    n = ZSTD_compress(small, sizeof small, "hello hello hello", 17, 3);
    payload_is("Content-Encoding: zstd\r\n", small, n, "hello hello hello", "ok");
    payload_is("Content-Encoding: zstd\r\n", small, n - 3, "", "bad-coding");
    done(&twice);
}

TEST(an_unknown_coding_leaves_no_payload)
{
    struct bytes b = { 0 };
    struct reader t;

    add_record(&b, "response", "http://a.example/", http, "HTTP/1.1 200 OK\r\nContent-Encoding: dcb\r\n\r\nabc");
    start(&t, b.p, b.n, NULL);
    CHECK(next(&t));
    CHECK(t.r.payload.p == NULL);
    CHECK_STR(t.r.state, "ok");
    stop(&t);
    done(&b);
}

TEST(gzip_members_and_zstd_frames_are_told_by_their_magic)
{
    struct bytes plain = { 0 }, b = { 0 };
    char got[512];
    uint8_t small[4096];
    size_t n;

    gzip_record(&b, "http://a.example/", "HTTP/1.0 200\r\n\r\na");
    gzip_record(&b, "http://b.example/", "HTTP/1.0 200\r\n\r\nb");
    add(&b, "\0\0\0\0\0", 5);                                           /* padding */
    lists(&b, "ok http://a.example/ | ok http://b.example/");
    done(&b);

    add_record(&plain, "resource", "http://a.example/", "", "a");
    add_record(&plain, "resource", "http://b.example/", "", "b");
    add_gzip(&b, plain.p, plain.n, 15 + 16);                            /* both in one member */
    lists(&b, "ok http://a.example/ | ok http://b.example/");
    {
        struct reader t;
        start(&t, b.p, b.n, NULL);
        CHECK(next(&t));
        CHECK_EQ(t.r.offset, 0);
        CHECK(next(&t));
        CHECK(memcmp(plain.p + t.r.offset, "WARC/", 5) == 0);
        CHECK(t.r.offset > 0);
        stop(&t);
    }
    done(&b);
    add_gzip(&b, plain.p, plain.n / 4, 15 + 16);                        /* cut in four, as parallel packers do */
    add_gzip(&b, plain.p + plain.n / 4, plain.n / 4, 15 + 16);
    done(&b);

    n = ZSTD_compress(small, sizeof small, plain.p, plain.n, 3);
    list(small, n, got, sizeof got);
    assert_string_equal(got, "ok http://a.example/ | ok http://b.example/");
    done(&plain);
}

/* The dictionary is the first frame, a skippable one; it may be packed itself. */
TEST(zstd_frames_use_the_dictionary_that_comes_first)
{
    struct bytes words = { 0 };
    uint8_t packed[20000];

    for (int i = 0; i < 40; i++) {
        char line[64];
        snprintf(line, sizeof line, "word-%d of the dictionary\r\n", i * 7919);
        add_text(&words, line);
    }
    for (int kind = 0; kind < 2; kind++) {
        struct bytes b = { 0 };
        const size_t n = kind == 0 ? words.n : ZSTD_compress(packed, sizeof packed, words.p, words.n, 9);
        const void *p = kind == 0 ? (const void *)words.p : packed;
        const uint32_t head[2] = { 0x184d2a5d, (uint32_t)n };
        int64_t second = 0;
        ZSTD_CCtx *c = ZSTD_createCCtx();
        struct reader t;

        add(&b, head, 8);
        add(&b, p, n);
        for (int i = 0; i < 3; i++) {
            struct bytes plain = { 0 };
            uint8_t frame[20000];
            size_t m;
            add_record_lying(&plain, "resource", "http://a.example/", "", words.p, words.n, 0);
            m = ZSTD_compress_usingDict(c, frame, sizeof frame, plain.p, plain.n, words.p, words.n, 3);
            CHECK(!ZSTD_isError(m) && m < plain.n / 3);
            if (i == 1) second = (int64_t)b.n;
            add(&b, frame, m);
            done(&plain);
        }
        start(&t, b.p, b.n, NULL);
        for (int i = 0; i < 3; i++) {
            CHECK(next(&t));
            CHECK_STR(t.r.state, "ok");
            CHECK_EQ(t.r.payload.n, words.n);
            if (i == 1) CHECK_EQ(t.r.offset, second);
        }
        CHECK(!next(&t));
        stop(&t);
        ZSTD_freeCCtx(c);
        done(&b);
    }
    done(&words);
}

TEST(a_damaged_member_costs_itself_and_no_other)
{
    struct bytes b = { 0 };
    size_t first, second;
    char got[600];

    gzip_record(&b, "http://a.example/", "HTTP/1.0 200\r\n\r\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabcdefghijklmnop");
    first = b.n;
    gzip_record(&b, "http://b.example/", "HTTP/1.0 200\r\n\r\nbbbbbbbbbbbbb");
    second = b.n;
    gzip_record(&b, "http://c.example/", "HTTP/1.0 200\r\n\r\nc");
    for (size_t at = 0; at < second; at += 3) {
        const bool in_first = at < first;
        const size_t from = in_first ? 0 : first;
        const char good = b.p[at];

        if (at - from >= 4 && at - from < 10) continue;      /* time and system of the packer: nothing to be told */
        b.p[at] = (char)~good;
        list(b.p, b.n, got, sizeof got);
        if (at == 0 && in_first) {
            /* then it is no gzip file at all */
            CHECK(strncmp(got, "no-warc-header", 14) == 0);
        } else if (in_first && at < 4) {
            CHECK(strncmp(got, "no-warc-header", 14) == 0 || strstr(got, "ok http://c.example/") != NULL);
        } else {
            if (strstr(got, "ok http://c.example/") == NULL) fail_msg("byte %zu: %s", at, got);
            if (strstr(got, in_first ? "ok http://b.example/" : "ok http://a.example/") == NULL) fail_msg("byte %zu: %s", at, got);
            /* the end of a member may be damaged behind its record: then the fault stands by itself */
            if (strstr(got, in_first ? "ok http://a.example/" : "ok http://b.example/") != NULL && strstr(got, "bad-gzip") == NULL) fail_msg("byte %zu of the member: %s", at - from, got);
        }
        b.p[at] = good;
    }
    done(&b);
}

TEST(junk_between_members_is_told_and_passed_over)
{
    struct bytes b = { 0 };

    gzip_record(&b, "http://a.example/", "HTTP/1.0 200\r\n\r\na");
    add_text(&b, "what is this? \x1f\x8b\x08 and this \x1f\x8b\x08\x01");
    gzip_record(&b, "http://b.example/", "HTTP/1.0 200\r\n\r\nb");
    lists(&b, "ok http://a.example/ | junk - | ok http://b.example/");
    done(&b);
}

TEST(a_file_that_breaks_off_gives_what_it_has)
{
    struct bytes plain = { 0 }, packed = { 0 };
    size_t whole;

    add_record(&plain, "resource", "http://a.example/", "", "a");
    whole = plain.n;
    add_record(&plain, "response", "http://b.example/", http, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n0123456789");
    for (size_t n = whole + 1; n < plain.n; n++) {
        struct reader t;
        start(&t, plain.p, n, NULL);
        CHECK(next(&t));
        CHECK_STR(t.r.state, "ok");
        CHECK(next(&t));
        if (fair_str_eq(t.r.state, FAIR_STR("ok"))) fail_msg("%zu of %zu bytes: ok", n, plain.n);
        CHECK(!next(&t));
        stop(&t);
    }
    add_gzip(&packed, plain.p, whole, 15 + 16);
    whole = packed.n;
    add_gzip(&packed, plain.p, plain.n, 15 + 16);
    for (size_t n = whole + 20; n < packed.n; n += 7) {
        char got[300];
        list(packed.p, n, got, sizeof got);
        CHECK(strncmp(got, "ok http://a.example/ | ", 23) == 0);
        if (strstr(got, "truncated") == NULL) fail_msg("%zu of %zu: %s", n, packed.n, got);
    }
    done(&plain);
    done(&packed);
}

TEST(a_wrong_length_loses_no_other_record)
{
    const char block[] = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n0123456789";

    for (int packed = 0; packed < 3; packed++)
        for (int lie = -20; lie <= 1000000; lie += lie < 40 ? 5 : lie < 2000 ? 211 : 333333) {
            struct bytes b = { 0 }, z = { 0 };
            char got[600];

            if (lie == 0) continue;
            for (int i = 0; i < 5; i++) {
                char uri[64];
                snprintf(uri, sizeof uri, "http://%c.example/", 'a' + i);
                add_record_lying(&b, "response", uri, http, block, sizeof block - 1, i == 1 ? lie : 0);
                if (packed == 2) {
                    add_gzip(&z, b.p, b.n, 15 + 16);
                    done(&b);
                }
            }
            if (packed == 1) add_gzip(&z, b.p, b.n, 15 + 16);
            list(packed > 0 ? z.p : b.p, packed > 0 ? z.n : b.n, got, sizeof got);
            for (int i = 0; i < 5; i++) {
                char want[64];
                snprintf(want, sizeof want, "ok http://%c.example/", 'a' + i);
                if ((strstr(got, want) != NULL) != (i != 1)) fail_msg("length off by %d, way %d: %s", lie, packed, got);
            }
            done(&b);
            done(&z);
        }
}

TEST(what_is_no_record_is_told_once_and_passed_over)
{
    struct bytes b = { 0 };

    add_text(&b, "hello\nWARC/\nWARC/x.y\r\nWARC/1.0 and more\n");
    add_record(&b, "resource", "http://a.example/", "", "a");
    add_text(&b, "rubbish\r\n\r\n");
    add_record(&b, "resource", "http://b.example/", "", "b");
    lists(&b, "no-warc-header - | ok http://a.example/ | no-warc-header - | ok http://b.example/");
    done(&b);
    add_text(&b, "WARC/1.0\r\r\nWARC-Type: response\r\r\n\r\r\n");
    lists(&b, "no-warc-header -");
    done(&b);
    add_text(&b, "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://a.example/\r\n\r\nno length\r\n\r\n");
    add_record(&b, "resource", "http://b.example/", "", "b");
    lists(&b, "bad-length http://a.example/ | ok http://b.example/");
    done(&b);
    add_text(&b, "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://a.example/\r\n");       /* headers that do not end */
    add_text(&b, "WARC/1.0\r\nWARC/1.0\r\n");
    add_record(&b, "resource", "http://b.example/", "", "b");
    lists(&b, "truncated http://a.example/ | truncated - | truncated - | ok http://b.example/");
    done(&b);
    add_text(&b, "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://a.example/\r\nContent-Length: -5\r\n\r\nabc\r\n\r\n");
    add_text(&b, "WARC/1.0\r\nContent-Length: 99999999999999999999999\r\n\r\nabc\r\n\r\n");
    add_record(&b, "resource", "http://b.example/", "", "b");
    lists(&b, "bad-length http://a.example/ | bad-length - | ok http://b.example/");
    done(&b);
    lists(&b, "");
}

TEST(an_endless_header_is_not_kept)
{
    static const struct fair_warc_limits little = { .max_header = 2000 };
    struct bytes b = { 0 };
    struct reader t;

    add_text(&b, "WARC/1.0\r\nWARC-Type: resource\r\n");
    for (int i = 0; i < 2000; i++) add_text(&b, "X-Much: ado about nothing\r\n");
    add_text(&b, "\r\n");
    add_record(&b, "resource", "http://b.example/", "", "b");
    start(&t, b.p, b.n, &little);
    CHECK(next(&t));
    CHECK_STR(t.r.state, "header-too-long");
    CHECK(next(&t));
    CHECK_STR(t.r.target, "http://b.example/");
    CHECK(!next(&t));
    stop(&t);
    done(&b);
}

/* 40 MB of zeros in one member, once as a member and once as a payload. */
TEST(what_inflates_too_far_is_cut_off)
{
    static const struct fair_warc_limits strict = { .max_ratio = 50 };
    struct bytes b = { 0 }, zeros = { 0 }, plain = { 0 }, coded = { 0 };
    struct reader t;
    unsigned faults = 0, good = 0;

    zeros.p = calloc(1, 40 << 20);
    zeros.n = 40 << 20;
    add_record_lying(&plain, "resource", "http://a.example/", "", zeros.p, zeros.n, 0);
    add_gzip(&b, plain.p, plain.n, 15 + 16);
    gzip_record(&b, "http://b.example/", "HTTP/1.0 200\r\n\r\nb");
    add_text(&coded, "HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
    add_gzip(&coded, zeros.p, zeros.n, 15 + 16);
    done(&plain);
    add_record_lying(&plain, "response", "http://c.example/", http, coded.p, coded.n, 0);
    add_gzip(&b, plain.p, plain.n, 15 + 16);
    gzip_record(&b, "http://d.example/", "HTTP/1.0 200\r\n\r\nd");
    start(&t, b.p, b.n, &strict);
    while (next(&t)) {
        if (fair_str_eq(t.r.state, FAIR_STR("inflates-too-far"))) faults++;
        else if (fair_str_eq(t.r.state, FAIR_STR("ok"))) good++;
        CHECK(t.r.payload.n < 30 << 20);
        fair_arena_clear(t.a);
    }
    CHECK_EQ(faults, 2);
    CHECK_EQ(good, 2);
    stop(&t);
    done(&b);
    done(&zeros);
    done(&plain);
    done(&coded);
}

TEST(members_larger_than_what_is_read_ahead_are_whole)
{
    struct bytes b = { 0 }, plain = { 0 }, noise = { 0 };
    uint64_t s = 88172645463325252u;
    struct reader t;

    noise.n = 9 << 20;
    noise.p = malloc(noise.n);
    for (size_t i = 0; i < noise.n; i++) {
        s ^= s << 13; s ^= s >> 7; s ^= s << 17;
        noise.p[i] = (char)s;
    }
    for (int i = 0; i < 3; i++) {
        done(&plain);
        add_record_lying(&plain, "resource", "http://a.example/", "", noise.p, noise.n - (size_t)i, 0);
        add_gzip(&b, plain.p, plain.n, 15 + 16);
    }
    start(&t, b.p, b.n, NULL);
    for (int i = 0; i < 3; i++) {
        CHECK(next(&t));
        CHECK_STR(t.r.state, "ok");
        CHECK_EQ(t.r.payload.n, noise.n - (size_t)i);
        CHECK(memcmp(t.r.payload.p, noise.p, t.r.payload.n) == 0);
        fair_arena_clear(t.a);
    }
    CHECK(!next(&t));
    stop(&t);
    done(&b);
    done(&plain);
    done(&noise);
}

TEST(arc_files_are_read_with_spaces_in_their_addresses)
{
    const char arc[] = "filedesc://a.arc 127.0.0.1 20140216050221 text/plain 70\n1 0 Somebody\n"
                       "URL IP-address Archive-date Content-type Archive-length\n\n\n"
                       "http://a.example/a b?c=d e 192.0.2.1 20140216050222 text/html; charset=x 41\n"
                       "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\r\nabc\n"
                       "dns:a.example 192.0.2.2 20140216050223 text/dns 5\n12345\n"
                       "http://b.example/ 192.0.2.1 201402160502 text/html -1\n\n"
                       "http://c.example/ 192.0.2.1 20140216050224 text/html abc\n\n"
                       "http://d.example/ 192.0.2.1 20140216050225 text/plain 200 - - 77 f.arc 3\nxyz\n";
    struct reader t;
    const char *uris[] = { "filedesc://a.arc", "http://a.example/a b?c=d e", "dns:a.example", "http://b.example/", "http://c.example/", "http://d.example/" };
    const char *states[] = { "ok", "ok", "ok", "bad-length", "bad-length", "ok" };
    const char *types[] = { "warcinfo", "response", "resource", "resource", "resource", "resource" };

    start(&t, arc, sizeof arc - 1, NULL);
    for (int i = 0; i < 6; i++) {
        CHECK(next(&t));
        CHECK_STR(t.r.uri, uris[i]);
        CHECK_STR(t.r.state, states[i]);
        CHECK_STR(t.r.type, types[i]);
        CHECK_STR(t.r.version, "arc-1");
        if (i == 1) {
            CHECK_STR(t.r.date, "2014-02-16T05:02:22Z");
            CHECK_STR(t.r.payload, "abc");
            CHECK_STR(t.r.mime, "a/b");
            CHECK_EQ(t.r.status, 200);
        }
        if (i == 5) CHECK_STR(t.r.payload, "xyz");
    }
    CHECK(!next(&t));
    stop(&t);
}

/* What cannot be sought in is read too. */
TEST(an_archive_may_come_through_a_pipe)
{
    struct bytes b = { 0 };
    int ends[2];
    struct fair_warc *w = NULL;
    struct fair_arena *a = fair_arena_new();
    struct fair_warc_record r;
    unsigned n = 0;

    for (int i = 0; i < 20; i++) gzip_record(&b, "http://a.example/", "HTTP/1.0 200\r\n\r\na");
    b.p[b.n / 2] ^= 0x5a;
    CHECK_EQ(pipe(ends), 0);
    CHECK_EQ(write(ends[1], b.p, b.n), (ssize_t)b.n);
    close(ends[1]);
    CHECK_OK(fair_warc_open(ends[0], NULL, &w, why));
    while (fair_warc_next(w, a, &r, NULL) == FAIR_OK) n += fair_str_eq(r.state, FAIR_STR("ok"));
    CHECK(n >= 18);
    fair_warc_free(&w);
    close(ends[0]);
    fair_arena_free(&a);
    done(&b);
}

FAIR_TEST_MAIN
