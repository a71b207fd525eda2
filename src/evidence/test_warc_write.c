/* evidence/test_warc_write.c - what the WARC writer writes, read by zlib and by plain eyes. */
#include "base/test.h"
#include <signal.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>
#include "base/clock.h"
#include "base/io.h"
#include "evidence/package.h"

#define AT ((fair_time)1764140000123456)      /* 2025-11-26T06:53:20.123456Z */

static fair_str
unpacked(struct fair_arena *a, int fd, size_t *members)
{
    struct fair_buf b = FAIR_BUF(a, 1 << 24);
    fair_str packed;
    z_stream z = { 0 };
    char out[4096];
    int rc = Z_OK;

    lseek(fd, 0, SEEK_SET);
    CHECK_OK(fair_read_fd(a, fd, 1 << 24, &packed, why));
    *members = 0;
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)packed.p;
    z.avail_in = (unsigned)packed.n;
    while (z.avail_in > 0 || rc == Z_OK) {
        z.next_out = (unsigned char *)out;
        z.avail_out = sizeof out;
        rc = inflate(&z, Z_NO_FLUSH);
        assert_true(rc == Z_OK || rc == Z_STREAM_END);
        fair_buf_add(&b, (fair_str){ out, sizeof out - z.avail_out });
        if (rc == Z_STREAM_END) {
            (*members)++;
            if (z.avail_in == 0) break;
            inflateReset(&z);
            rc = Z_OK;
        }
    }
    inflateEnd(&z);
    return (fair_str){ b.p, b.n };
}

static const struct fair_warc_put response = {
    .kind = FAIR_WARC_RESPONSE, .uri = { "https://www.example.com/a.jpg", 29 }, .ip = { "192.0.2.7", 9 }, .at = AT,
    .http = { "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg; x=1", 46 }, .body = { "abc", 3 },
};

static int
capture(fair_str *cdxj, struct fair_arena *a, uint64_t *bytes, struct fair_sha256 *sha)
{
    int fd = memfd_create("t", 0);
    struct fair_warc_writer *w = NULL;
    struct fair_warc_put p = { .kind = FAIR_WARC_INFO, .uri = FAIR_STR("data.warc.gz"), .at = AT, .body = FAIR_STR("software: x\r\n") };
    fair_str id, second;

    CHECK_OK(fair_warc_writer_open(fd, FAIR_STR("data.warc.gz"), &w, why));
    CHECK_OK(fair_warc_writer_put(w, &p, NULL, why));
    CHECK_OK(fair_warc_writer_put(w, &response, &id, why));
    p = (struct fair_warc_put){ .kind = FAIR_WARC_REQUEST, .uri = response.uri, .at = AT, .concurrent_to = id,
                                .http = FAIR_STR("GET /a.jpg HTTP/1.1\r\nHost: www.example.com") };
    CHECK_OK(fair_warc_writer_put(w, &p, &second, why));
    CHECK(!fair_str_eq(id, second));
    p = (struct fair_warc_put){ .kind = FAIR_WARC_RESOURCE, .uri = FAIR_STR("urn:fairtrack:page.png:https://example.com/"), .at = AT + 1,
                                .mime = FAIR_STR("image/png"), .body = FAIR_STR("png") };
    CHECK_OK(fair_warc_writer_put(w, &p, NULL, why));
    *cdxj = fair_warc_writer_cdxj(w, a);
    CHECK_OK(fair_warc_writer_close(w, bytes, sha, why));
    fair_warc_writer_free(&w);
    return fd;
}

TEST(each_record_is_a_gzip_member_with_the_digests_of_block_and_payload)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_sha256 sha, whole;
    uint64_t bytes;
    size_t members;
    fair_str cdxj, text, file;
    int fd = capture(&cdxj, a, &bytes, &sha);

    text = unpacked(a, fd, &members);
    CHECK_EQ(members, 4);
    CHECK(memmem(text.p, text.n, "WARC/1.1\r\nWARC-Type: warcinfo\r\n", 31) != NULL);
    CHECK(strstr(text.p, "WARC-Date: 2025-11-26T06:53:20.123456Z\r\n") != NULL);
    CHECK(strstr(text.p, "WARC-IP-Address: 192.0.2.7\r\n") != NULL);
    /* sha256("abc"), FIPS 180-4's example */
    CHECK(strstr(text.p, "WARC-Payload-Digest: sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\r\n") != NULL);
    CHECK(strstr(text.p, "WARC-Concurrent-To: <urn:uuid:") != NULL);
    CHECK(strstr(text.p, "Content-Length: 53\r\n\r\nHTTP/1.1 200 OK\r\n") != NULL);
    lseek(fd, 0, SEEK_SET);
    CHECK_OK(fair_read_fd(a, fd, 1 << 20, &file, why));
    whole = fair_sha256_of(file.p, file.n);
    CHECK_EQ(file.n, bytes);
    CHECK(fair_sha256_eq(&whole, &sha));
    close(fd);
    fair_arena_free(&a);
}

TEST(the_index_is_sorted_and_tells_where_each_record_begins)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_sha256 sha;
    uint64_t bytes;
    fair_str cdxj, first;
    int fd = capture(&cdxj, a, &bytes, &sha);

    CHECK(fair_str_split(&cdxj, '\n', &first));
    CHECK(fair_str_starts(first, FAIR_STR("com,example)/a.jpg 20251126065320 {\"url\": \"https://www.example.com/a.jpg\", \"mime\": \"image/jpeg\", "
                                          "\"status\": \"200\", \"digest\": \"sha256:ba7816bf")));
    CHECK(fair_str_starts(cdxj, FAIR_STR("urn:fairtrack:page.png:https://example.com/ 20251126065320 {")));
    close(fd);
    fair_arena_free(&a);
}

TEST(the_same_capture_gives_the_same_file)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_sha256 one, two;
    uint64_t bytes;
    fair_str cdxj;

    close(capture(&cdxj, a, &bytes, &one));
    close(capture(&cdxj, a, &bytes, &two));
    CHECK(fair_sha256_eq(&one, &two));
    fair_arena_free(&a);
}

TEST(a_header_value_with_a_line_end_is_refused)
{
    struct fair_warc_put p = response;
    struct fair_warc_writer *w = NULL;
    struct fair_err err = { 0 };
    int fd = memfd_create("t", 0);

    CHECK_OK(fair_warc_writer_open(fd, FAIR_STR("x"), &w, why));
    p.uri = FAIR_STR("https://example.com/\r\nWARC-Type: warcinfo");
    CHECK_EQ(fair_warc_writer_put(w, &p, NULL, &err), FAIR_INVALID);
    p = response;
    p.extra = FAIR_STR("X: y\r\n\r\nbody");
    CHECK_EQ(fair_warc_writer_put(w, &p, NULL, &err), FAIR_INVALID);
    fair_warc_writer_free(&w);
    close(fd);
}

TEST(a_full_disk_leaves_whole_records_only)
{
    struct fair_arena *a = fair_arena_new();
    struct rlimit was, small = { 900, 900 };
    char path[] = "/tmp/fair-warc-XXXXXX";
    struct fair_warc_put p = response;
    struct fair_warc_writer *w = NULL;
    struct fair_err err = { 0 };
    char noise[4096];
    size_t members;
    int fd = mkstemp(path);

    unlink(path);
    fair_random(noise, sizeof noise);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    small.rlim_max = was.rlim_max;
    CHECK_OK(fair_warc_writer_open(fd, FAIR_STR("x"), &w, why));
    CHECK_OK(fair_warc_writer_put(w, &p, NULL, why));
    setrlimit(RLIMIT_FSIZE, &small);
    p.body = (fair_str){ noise, sizeof noise };
    CHECK_EQ(fair_warc_writer_put(w, &p, NULL, &err), FAIR_IO);
    setrlimit(RLIMIT_FSIZE, &was);
    (void)unpacked(a, fd, &members);
    CHECK_EQ(members, 1);
    fair_warc_writer_free(&w);
    close(fd);
    fair_arena_free(&a);
}

TEST(header_lines_of_a_decoded_body_say_so)
{
    struct fair_arena *a = fair_arena_new();

    CHECK_STR(fair_warc_http_plain(a, FAIR_STR("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nA: b\r\n\r\n"), 12),
              "HTTP/1.1 200 OK\r\nX-Original-Content-Encoding: br\r\nA: b\r\nContent-Length: 12");
    fair_arena_free(&a);
}

FAIR_TEST_MAIN
