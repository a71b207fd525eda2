/* proc/test_proc.c - messages, shared memory, the table of roles. */
#include "base/test.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/io.h"
#include "proc/proc.h"

static void
pair_of(int type, int fds[2])
{
    CHECK_EQ(socketpair(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
}

TEST(a_message_arrives_as_it_was_sent)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_msg out = { .type = 17, .tag = 4000000000u, .body = FAIR_STR("body"), .fd = -1 }, in;
    int s[2];

    pair_of(SOCK_SEQPACKET, s);
    CHECK_OK(fair_msg_send(s[0], &out, why));
    out.body = FAIR_STR("");
    CHECK_OK(fair_msg_send(s[0], &out, why));
    CHECK_OK(fair_msg_recv(s[1], a, false, &in, why));
    CHECK_EQ(in.type, 17);
    CHECK_EQ(in.tag, 4000000000u);
    CHECK_STR(in.body, "body");
    CHECK_EQ(in.fd, -1);
    CHECK_OK(fair_msg_recv(s[1], a, false, &in, why));
    CHECK_EQ(in.body.n, 0);
    CHECK_EQ(fair_msg_recv(s[1], a, false, &in, NULL), FAIR_AGAIN);
    close(s[0]);
    CHECK_EQ(fair_msg_recv(s[1], a, false, &in, NULL), FAIR_DONE);
    CHECK_EQ(fair_msg_send(s[1], &out, NULL), FAIR_IO);
    close(s[1]);
}

TEST(a_message_over_64_kib_is_refused_and_one_of_64_kib_is_not)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    char *big = fair_alloc(a, FAIR_MSG_MAX + 1);
    struct fair_msg m = { .type = 20, .body = { big, FAIR_MSG_MAX + 1 }, .fd = -1 }, in;
    int s[2];

    pair_of(SOCK_SEQPACKET, s);
    CHECK_EQ(fair_msg_send(s[0], &m, NULL), FAIR_LIMIT);
    m.body.n = FAIR_MSG_MAX;
    CHECK_OK(fair_msg_send(s[0], &m, why));
    CHECK_OK(fair_msg_recv(s[1], a, false, &in, why));
    CHECK_EQ(in.body.n, FAIR_MSG_MAX);
    close(s[0]);
    close(s[1]);
}

TEST(packets_that_are_no_messages_are_called_corrupt)
{
    static const struct { const char *bytes; size_t n; } odd[] = {
        { "x", 1 }, { "\1\0\0\0\0\0\0\0\0\0\0", 11 }, { "\1\0\0\0\0\0\0\0\1\0\0\0", 12 },
        { "\1\0\0\0\0\0\0\0\0\0\0\0x", 13 }, { "\1\0\0\0\0\0\0\0\377\377\377\377x", 13 },
    };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_msg in;
    int s[2];

    pair_of(SOCK_SEQPACKET, s);
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        CHECK_EQ(send(s[0], odd[i].bytes, odd[i].n, 0), (ssize_t)odd[i].n);
        CHECK_EQ(fair_msg_recv(s[1], a, false, &in, NULL), FAIR_CORRUPT);
    }
    close(s[0]);
    close(s[1]);
}

TEST(a_descriptor_comes_along_only_where_it_is_expected)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(fd) int fd = -1;
    struct fair_shared there;
    struct fair_msg m = { .type = 20, .fd = -1 }, in;
    int s[2], lowest, after;

    CHECK_OK(fair_sealed_make("hello", 5, &fd, why));
    m.fd = fd;
    pair_of(SOCK_SEQPACKET, s);
    CHECK_OK(fair_msg_send(s[0], &m, why));
    CHECK_OK(fair_msg_recv(s[1], a, true, &in, why));
    CHECK(in.fd >= 0);
    CHECK((fcntl(in.fd, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK_OK(fair_sealed_map(in.fd, 5, &there, why));
    CHECK_EQ(there.n, 5);
    assert_memory_equal(there.p, "hello", 5);
    fair_shared_free(&there);
    close(in.fd);

    lowest = dup(0);
    close(lowest);
    CHECK_OK(fair_msg_send(s[0], &m, why));
    CHECK_EQ(fair_msg_recv(s[1], a, false, &in, NULL), FAIR_CORRUPT);
    after = dup(0);             /* nothing was left open */
    close(after);
    CHECK_EQ(after, lowest);
    close(s[0]);
    close(s[1]);
}

TEST(fields_come_back_as_they_were_put)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 1000);
    struct fair_reader r;
    fair_str s;

    fair_put_u8(&b, 1);
    fair_put_u32(&b, 0xfedcba98u);
    fair_put_u64(&b, 0xfedcba9876543210u);
    fair_put_str(&b, FAIR_STR("caf\xc3\xa9"));
    fair_put_str(&b, (fair_str){ NULL, 0 });
    fair_put_str(&b, FAIR_STR(""));
    r = fair_reader_of((fair_str){ b.p, b.n });
    CHECK(fair_get_bool(&r));
    CHECK(fair_get_u32(&r, UINT32_MAX) == 0xfedcba98u);
    CHECK(fair_get_u64(&r, UINT64_MAX) == 0xfedcba9876543210u);
    CHECK_STR(fair_get_text(&r, 5), "caf\xc3\xa9");
    CHECK(fair_get_text(&r, 5).p == NULL);
    s = fair_get_str(&r, 0);
    CHECK(s.p != NULL && s.n == 0);
    CHECK_OK(fair_reader_end(&r, why));
}

TEST(a_field_over_its_bound_spoils_the_whole_body)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 1000);
    struct fair_reader r;

    fair_put_u32(&b, 8);
    fair_put_u32(&b, 3);
    r = fair_reader_of((fair_str){ b.p, b.n });
    CHECK_EQ(fair_get_u32(&r, 7), 0);
    CHECK_EQ(fair_get_u32(&r, 7), 0);           /* no field after it is believed either */
    CHECK_EQ(fair_reader_end(&r, NULL), FAIR_CORRUPT);
}

TEST(texts_that_lie_about_their_length_or_are_no_utf8_are_corrupt)
{
    static const struct { const char *bytes; size_t n, max; } odd[] = {
        { "\5\0\0\0abcd", 8, 100 }, { "\376\377\377\377abcd", 8, SIZE_MAX }, { "\4\0\0\0abcd", 8, 3 },
        { "\1\0\0", 3, 100 }, { "\2\0\0\0\303(", 6, 100 }, { "\4\0\0\0abcde", 9, 100 },
    };
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct fair_reader r = fair_reader_of((fair_str){ odd[i].bytes, odd[i].n });
        (void)fair_get_text(&r, odd[i].max);
        CHECK_EQ(fair_reader_end(&r, NULL), FAIR_CORRUPT);
    }
}

TEST(what_we_share_inwards_can_be_read_there_and_not_written)
{
    struct fair_shared s;
    uint8_t *again;

    CHECK_OK(fair_shared_make(FAIR_SHARED_IN, 8192, &s, why));
    s.p[8191] = 7;
    again = mmap(NULL, 8192, PROT_READ, MAP_SHARED, s.fd, 0);
    CHECK(again != MAP_FAILED);
    CHECK_EQ(again[8191], 7);
    CHECK(mprotect(again, 8192, PROT_READ | PROT_WRITE) != 0);
    CHECK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, s.fd, 0) == MAP_FAILED);
    CHECK(ftruncate(s.fd, 4096) != 0);
    CHECK(ftruncate(s.fd, 16384) != 0);
    munmap(again, 8192);
    fair_shared_free(&s);
    CHECK(s.p == NULL && s.fd == -1);
}

TEST(what_is_shared_outwards_cannot_be_made_smaller_under_us)
{
    struct fair_shared s;
    uint8_t *there;

    CHECK_OK(fair_shared_make(FAIR_SHARED_OUT, 8192, &s, why));
    there = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, s.fd, 0);
    CHECK(there != MAP_FAILED);
    there[3] = 9;
    CHECK_EQ(s.p[3], 9);
    CHECK(ftruncate(s.fd, 0) != 0);
    munmap(there, 8192);
    fair_shared_free(&s);
}

TEST(only_sealed_memory_is_mapped_and_only_within_bounds)
{
    FAIR_AUTO(fd) int open_one = memfd_create("t", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    FAIR_AUTO(fd) int fd = -1;
    FAIR_AUTO(fd) int empty = -1;
    struct fair_shared s;

    CHECK_EQ(write(open_one, "abc", 3), 3);
    CHECK_EQ(fair_sealed_map(open_one, 100, &s, NULL), FAIR_CORRUPT);
    CHECK_EQ(fair_sealed_map(STDERR_FILENO, 100, &s, NULL), FAIR_CORRUPT);
    CHECK_OK(fair_sealed_make("abcd", 4, &fd, why));
    CHECK_EQ(fair_sealed_map(fd, 3, &s, NULL), FAIR_LIMIT);
    CHECK(write(fd, "x", 1) < 0);
    CHECK_OK(fair_sealed_make("", 0, &empty, why));
    CHECK_OK(fair_sealed_map(empty, 3, &s, why));
    CHECK_EQ(s.n, 0);
    fair_shared_free(&s);
}

TEST(docs_processes_txt_says_what_the_table_of_roles_says)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *source = getenv("FAIRTRACK_SOURCE");
    fair_str doc, table = fair_roles_text(a);

    CHECK(source != NULL);      /* meson sets it */
    CHECK_OK(fair_read_file(a, fair_str_fmt(a, "%s/docs/processes.txt", source).p, 1 << 20, &doc, why));
    if (doc.n < table.n || memcmp(doc.p + doc.n - table.n, table.p, table.n) != 0)
        fail_msg("docs/processes.txt should end in:\n%.*s", FAIR_STR_ARG(table));
}

TEST(a_helper_that_is_not_there_is_named)
{
    struct fair_helper_options o = { .program = "fairtrack-nobody" };
    struct fair_helper *h = NULL;
    struct fair_err err = { 0 };

    CHECK_EQ(fair_helper_start(FAIR_ROLE_DECODE, &o, &h, &err), FAIR_NOT_FOUND);
    CHECK(strstr(err.text, "fairtrack-nobody") != NULL);
    CHECK(h == NULL);
}

FAIR_TEST_MAIN
