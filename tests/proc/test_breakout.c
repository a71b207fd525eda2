/* tests/proc/test_breakout.c - a confined helper tries to break out: every attempt fails or is killed. */
#include "base/test.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/io.h"
#include "proc/proc.h"

enum { PROTECTION = sizeof ((struct fair_helper *)0)->protection };

enum outcome { GOT, FAILED, KILLED };

static int listener = -1;
static uint16_t port;

static void
listen_on_loopback(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof at;

    if (listener >= 0) return;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(listener >= 0);
    CHECK_EQ(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    CHECK_EQ(listen(listener, 64), 0);
    CHECK_EQ(getsockname(listener, (struct sockaddr *)&at, &n), 0);
    port = ntohs(at.sin_port);
}

/* One helper, one attempt. */
static enum outcome
attempt(enum fair_role role, const char *what, bool confined, char *protection)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_helper_options o = { .program = "breakout", .memory = (size_t)256 << 20,
        .setting = fair_str_fmt(a, "%s/%s%s", fair_role_rules[role].name, what, confined ? "" : "/free").p };
    FAIR_AUTO(helper) struct fair_helper *h = NULL;
    struct fair_buf b = FAIR_BUF(a, 100);
    struct fair_msg m = { .type = FAIR_MSG_FIRST_FREE, .fd = -1 };
    struct fair_reader r;
    struct fair_ending how;
    uint32_t got;
    fair_status s;
    struct pollfd p;

    listen_on_loopback();
    CHECK_EQ(dup2(STDERR_FILENO, 50), 50);
    CHECK_OK(fair_helper_start(role, &o, &h, why));
    CHECK_OK(fair_helper_wait_ready(h, 20000, why));
    if (protection != NULL) snprintf(protection, PROTECTION, "%s", h->protection);
    fair_put_u32(&b, port);
    m.body = (fair_str){ b.p, b.n };
    CHECK_OK(fair_helper_tell(h, &m, why));
    p = (struct pollfd){ h->sock, POLLIN, 0 };
    if (poll(&p, 1, 20000) != 1) fail_msg("%s: no answer and no end in 20 s", what);
    s = fair_helper_hear(h, a, false, &m, NULL);
    if (s == FAIR_DONE) {
        fair_helper_end(&h, 5000, &how);
        if (how.signal != SIGSYS && !how.memory && how.signal != SIGKILL && how.signal != SIGSEGV)
            fail_msg("%s %s: it %s", fair_role_rules[role].name, what, how.words);
        return KILLED;
    }
    CHECK_EQ(s, FAIR_OK);
    r = fair_reader_of(m.body);
    got = fair_get_u32(&r, 1);
    (void)fair_get_u32(&r, UINT32_MAX);
    CHECK_OK(fair_reader_end(&r, why));
    return got == 1 ? GOT : FAILED;
}

static void
must_not(enum fair_role role, const char *const *what)
{
    for (; *what != NULL; what++)
        if (attempt(role, *what, true, NULL) == GOT) fail_msg("%s could %s", fair_role_rules[role].program, *what);
}

/* What nobody of ours may do. */
static const char *const nobody[] = {
    "open_a_file", "open_a_folder", "open_the_process_table", "open_for_writing", "open_the_name_servers_to_write",
    "open_the_parents_memory", "make_a_file", "make_a_nameless_file", "open_by_another_call", "make_a_folder", "remove_a_folder",
    "change_a_mode", "rename_a_file", "link_a_file", "change_the_root", "change_the_folder", "socket_unix", "socket_netlink",
    "socket_raw", "socket_packet", "listen_to_others", "fork_a_process", "fork_by_the_old_call", "clone_a_process",
    "clone_by_the_new_call", "exec_a_program", "exec_from_memory", "trace_the_parent", "be_traced", "signal_the_parent",
    "signal_the_parents_thread", "signal_by_descriptor", "read_the_parents_memory", "make_memory_code", "turn_memory_into_code",
    "make_our_code_writable", "write_what_we_were_given", "raise_a_limit", "gain_privileges", "new_namespaces", "allow_dumps",
    "async_io", "load_bpf", "keys", "count_events", "type_on_the_terminal", "another_machine_mode",
    "use_a_descriptor_left_open", NULL
};
/* What only some may. */
static const char *const not_decode[] = {
    "open_the_name_servers", "socket_tcp", "socket_udp", "socket_pair", "connect_to_any_port", "connect_a_socket_we_have",
    "start_a_thread", "make_a_memory_file", NULL
};
static const char *const not_decode_vips[] = {
    "open_the_name_servers", "socket_tcp", "socket_udp", "socket_pair", "connect_to_any_port", "connect_a_socket_we_have",
    "make_a_memory_file", NULL
};

static const char *const not_render[] = {
    "open_the_name_servers", "socket_tcp", "socket_udp", "socket_pair", "connect_to_any_port", "connect_a_socket_we_have",
    "make_a_memory_file", NULL
};

TEST(without_confinement_the_attempts_succeed_so_these_tests_can_fail)
{
    static const char *const sure[] = {
        "open_a_file", "open_a_folder", "open_the_process_table", "open_for_writing", "make_a_file", "make_a_folder", "remove_a_folder",
        "rename_a_file", "link_a_file", "change_the_folder", "socket_tcp", "socket_udp", "socket_unix", "socket_pair",
        "connect_to_any_port", "listen_to_others", "fork_a_process", "clone_a_process", "exec_a_program", "exec_from_memory",
        "start_a_thread", "signal_the_parent", "make_memory_code", "turn_memory_into_code", "make_our_code_writable",
        "use_much_memory", "allow_dumps", "make_a_memory_file", NULL
    };
    for (const char *const *what = sure; *what != NULL; what++)
        if (attempt(FAIR_ROLE_DECODE, *what, false, NULL) != GOT) fail_msg("unconfined, %s fails", *what);
}

TEST(the_decoder_breaks_out_by_no_way)
{
    must_not(FAIR_ROLE_DECODE, nobody);
    must_not(FAIR_ROLE_DECODE, not_decode);
}

TEST(the_vips_decoder_breaks_out_by_no_way)
{
    must_not(FAIR_ROLE_DECODE_VIPS, nobody);
    must_not(FAIR_ROLE_DECODE_VIPS, not_decode_vips);
    CHECK_EQ(attempt(FAIR_ROLE_DECODE_VIPS, "start_a_thread", true, NULL), GOT);
}

TEST(the_notary_breaks_out_by_no_way)
{
    must_not(FAIR_ROLE_NOTARY, nobody);
    must_not(FAIR_ROLE_NOTARY, not_decode);
}

TEST(what_verifies_a_package_reaches_nothing)
{
    must_not(FAIR_ROLE_VERIFY, nobody);
    must_not(FAIR_ROLE_VERIFY, not_decode);
}

TEST(the_fetcher_reaches_no_file_but_those_that_names_need)
{
    must_not(FAIR_ROLE_FETCH, nobody);
    CHECK_EQ(attempt(FAIR_ROLE_FETCH, "open_the_name_servers", true, NULL), GOT);
    CHECK_EQ(attempt(FAIR_ROLE_FETCH, "socket_tcp", true, NULL), GOT);
    CHECK_EQ(attempt(FAIR_ROLE_FETCH, "start_a_thread", true, NULL), GOT);
}

TEST(the_post_reaches_no_file_but_those_that_names_need)
{
    must_not(FAIR_ROLE_POST, nobody);
    CHECK_EQ(attempt(FAIR_ROLE_POST, "open_the_name_servers", true, NULL), GOT);
    CHECK_EQ(attempt(FAIR_ROLE_POST, "socket_tcp", true, NULL), GOT);
}

TEST(the_renderer_reads_fonts_and_nothing_else)
{
    must_not(FAIR_ROLE_RENDER, nobody);
    must_not(FAIR_ROLE_RENDER, not_render);
    CHECK_EQ(attempt(FAIR_ROLE_RENDER, "start_a_thread", true, NULL), GOT);
}

TEST(the_fetcher_connects_only_to_its_ports_where_the_kernel_can_say_so)
{
    char protection[PROTECTION];
    enum outcome how = attempt(FAIR_ROLE_FETCH, "connect_to_any_port", true, protection);

    if (strstr(protection, "TCP outwards") == NULL) skip();
    CHECK_EQ(how, FAILED);
}

TEST(a_helper_gets_no_more_memory_than_it_may_use)
{
    char protection[PROTECTION];
    enum outcome how = attempt(FAIR_ROLE_DECODE, "use_much_memory", true, protection);

    if (strstr(protection, "sanitizer") != NULL) skip();
    CHECK(how != GOT);
}

TEST(a_helper_says_what_protects_it)
{
    char protection[PROTECTION] = "";

    attempt(FAIR_ROLE_DECODE, "open_a_file", true, protection);
    CHECK(strstr(protection, "no new privileges") != NULL);
    CHECK(strstr(protection, "seccomp: ") != NULL);
    CHECK(strstr(protection, "Landlock") != NULL);
}

TEST(a_helper_run_by_hand_says_that_it_is_none_of_that)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str dir;

    CHECK_OK(fair_program_dir(a, &dir, why));
    CHECK(system(fair_str_fmt(a, "%.*s/breakout 1 strict 0 decode/open_a_file </dev/null >/dev/null 2>&1 3<&-; test $? = 2",
                              FAIR_STR_ARG(dir)).p) == 0);
}

FAIR_TEST_MAIN
