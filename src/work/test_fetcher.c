/* test_fetcher.c - the fetcher and its helper against a web server that misbehaves, on loopback. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/digest.h"
#include "base/test.h"
#include "work/fetcher_private.h"

/* ---- the server, started once ---- */
static int server_in = -1, port;
static pid_t server;

static void
server_end(void)
{
    if (server_in >= 0) close(server_in);
    if (server > 0) kill(server, SIGTERM);
    if (server > 0) waitpid(server, NULL, 0);
}

static bool
server_start(void)
{
    const char *source = getenv("FAIRTRACK_SOURCE");
    char path[4096], text[64] = "";
    int in[2], out[2];
    size_t n = 0;

    if (port != 0) return port > 0;
    port = -1;
    snprintf(path, sizeof path, "%s/tests/web/hostile_server.py", source != NULL ? source : ".");
    if (access(path, R_OK) != 0 || pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) return false;
    server = fork();
    if (server == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        execlp("python3", "python3", path, "--robots", "User-agent: *\nDisallow: /private\nSitemap: http://127.0.0.1/map.xml\n", (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    server_in = in[1];
    atexit(server_end);
    while (n < sizeof text - 1 && strchr(text, '\n') == NULL) {
        ssize_t got = read(out[0], text + n, sizeof text - 1 - n);
        if (got <= 0) break;
        n += (size_t)got;
        text[n] = '\0';
    }
    close(out[0]);
    if (atoi(text) > 0) port = atoi(text);
    return port > 0;
}

static struct fair_arena *arena;

static struct fair_fetch_limits
quick(void)
{
    struct fair_fetch_limits l = fair_fetch_limits_default;

    l.allow_loopback = true;
    l.min_delay_ms = l.max_delay_ms = 0;
    l.seconds = 10;
    l.stall_s = 2;
    l.max_bytes = 16u << 20;
    l.backoff_ms = 100;
    l.max_redirects = 5;
    l.agent = "Fairtrack/0.1 (+https://example.com/about)";
    return l;
}

static struct fair_fetcher *
open_one(const struct fair_fetch_limits *l)
{
    struct fair_fetcher *f = NULL;

    if (!server_start()) {
        print_message("skipped: the test server did not start (python3)\n");
        skip();
    }
    if (arena == NULL) arena = fair_arena_new();
    fair_arena_clear(arena);
    CHECK_OK(fair_fetcher_open(l, &f, why));
    return f;
}

static fair_str
url(int host, const char *path)
{
    return fair_str_fmt(arena, "http://127.0.0.%d:%d%s", host, port, path);
}

static struct fair_fetch_reply
get_url(struct fair_fetcher *f, fair_str u)
{
    struct fair_fetch_ask ask = { .url = u };
    struct fair_fetch_reply r = { 0 };

    CHECK_OK(fair_fetcher_get(f, &ask, arena, &r, why));
    return r;
}

static struct fair_fetch_reply
get_from(int host, const char *path)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);

    return get_url(f, url(host, path));
}

#define CHECK_WORDS(r, part) \
    do { \
        if (strstr((r).words, part) == NULL) fail_msg("words are \"%s\"", (r).words); \
        CHECK(strchr((r).words, '\n') == NULL); \
    } while (0)

/* How often the server was asked for this host and path. */
static int
asked(int host, const char *path)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = NULL;
    struct fair_fetch_ask ask = { .url = url(9, "/-/log"), .ignore_robots = true };
    struct fair_fetch_reply r = { 0 };
    fair_str rest, line, want = fair_str_fmt(arena, "127.0.0.%d %s", host, path);
    int n = 0;

    CHECK_OK(fair_fetcher_open(&l, &f, why));
    CHECK_OK(fair_fetcher_get(f, &ask, arena, &r, why));
    rest = r.body;
    while (fair_str_split(&rest, '\n', &line)) n += fair_str_eq(line, want);
    return n;
}

static void
forget(void)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
    struct fair_fetch_ask ask = { .url = url(9, "/-/forget"), .ignore_robots = true };
    struct fair_fetch_reply r = { 0 };

    CHECK_OK(fair_fetcher_get(f, &ask, arena, &r, why));
}

/* ---- what well-behaved servers get ---- */
TEST(a_page_comes_with_its_headers_and_address)
{
    struct fair_fetch_reply r = get_from(1, "/hello");

    CHECK_EQ(r.status, FAIR_OK);
    CHECK_EQ(r.http, 200);
    CHECK_STR(r.body, "hello");
    CHECK_STR(r.mime, "text/plain");
    CHECK_STR(r.charset, "utf-8");
    CHECK_STR(r.etag, "\"h\"");
    CHECK_STR(r.robots_tag, "noimageai");
    assert_string_equal(r.address, "127.0.0.1");
    CHECK(fair_str_starts(r.headers, FAIR_STR("HTTP/1.1 200")));
}

TEST(the_user_agent_names_us_and_a_contact)
{
    CHECK_STR(get_from(1, "/agent").body, "Fairtrack/0.1 (+https://example.com/about)");
}

TEST(packed_bodies_are_unpacked)
{
    struct fair_fetch_reply r = get_from(2, "/gzip");

    CHECK_EQ(r.status, FAIR_OK);
    CHECK_EQ(r.body.n, 12000);
    CHECK(r.wire_bytes < 1000);
}

TEST(large_bodies_come_whole)
{
    struct fair_fetch_reply r = get_from(2, "/mega");

    CHECK_EQ(r.status, FAIR_OK);
    CHECK_EQ(r.body.n, 4 << 20);
    for (size_t i = 0; i < r.body.n; i++) CHECK(r.body.p[i] == (char)(i % 8));
}

TEST(validators_make_a_request_conditional)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
    struct fair_fetch_reply r;
    struct fair_fetch_ask etag = { .url = url(2, "/etag"), .etag = FAIR_STR("\"v1\"") };
    struct fair_fetch_ask since = { .url = url(2, "/since"), .last_modified = FAIR_STR("Sun, 06 Nov 1994 08:49:37 GMT") };

    CHECK_EQ(get_url(f, url(2, "/etag")).http, 200);
    CHECK_OK(fair_fetcher_get(f, &etag, arena, &r, why));
    CHECK_EQ(r.http, 304);
    CHECK_OK(fair_fetcher_get(f, &since, arena, &r, why));
    CHECK_EQ(r.http, 304);
}

TEST(a_range_is_asked_for_as_such)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
    struct fair_fetch_ask ask = { .url = url(2, "/range"), .range_from = 10, .range_to = 19 };
    struct fair_fetch_reply r;

    CHECK_OK(fair_fetcher_get(f, &ask, arena, &r, why));
    CHECK_EQ(r.http, 206);
    CHECK_EQ(r.body.n, 10);
    CHECK_EQ(r.body.p[0], 10);
}

TEST(a_redirect_is_followed_and_told)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
    fair_str to = url(2, "/hello");
    struct fair_fetch_reply r = get_url(f, url(1, fair_str_fmt(arena, "/to?%s", to.p).p));

    CHECK_EQ(r.http, 200);
    CHECK(fair_str_eq(r.url, to));
    CHECK(fair_str_starts(r.redirects, url(1, "/to?")));
}

/* ---- hostile ones ---- */
TEST(a_redirect_loop_meets_the_limit)
{
    struct fair_fetch_reply r = get_from(1, "/loop/0");

    CHECK_EQ(r.status, FAIR_LIMIT);
    CHECK_WORDS(r, "more than 5 redirects");
    r = get_from(1, "/circle");
    CHECK_EQ(r.status, FAIR_LIMIT);
    CHECK_WORDS(r, "more than 5 redirects");
}

TEST(no_redirect_leads_to_a_private_address)
{
    static const char *const to[] = { "http://10.0.0.1/", "http://192.168.1.1/x", "http://169.254.169.254/latest/meta-data/", "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://0x0a.1/", "http://[64:ff9b::a00:1]/" };

    for (size_t i = 0; i < sizeof to / sizeof to[0]; i++) {
        char path[128];
        struct fair_fetch_reply r;
        snprintf(path, sizeof path, "/to?%s", to[i]);
        r = get_from(1, path);
        if (r.status != FAIR_REFUSED) fail_msg("%s: %s %s", to[i], fair_status_name(r.status), r.words);
        assert_string_equal(r.refused_by, "guard");
        CHECK_WORDS(r, " address");
    }
}

TEST(loopback_itself_is_refused_without_the_setting)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = NULL;
    struct fair_fetch_reply r;

    l.allow_loopback = false;
    l.any_port = true;
    f = open_one(&l);
    r = get_url(f, url(1, "/hello"));
    CHECK_EQ(r.status, FAIR_REFUSED);
    assert_string_equal(r.refused_by, "guard");
    CHECK_WORDS(r, "127.0.0.1 is a loopback address (RFC 1122)");
    r = get_url(f, fair_str_fmt(arena, "http://localhost:%d/hello", port));
    CHECK_EQ(r.status, FAIR_REFUSED);
    assert_string_equal(r.refused_by, "guard");
}

TEST(only_http_and_its_ports_are_asked)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
    struct fair_fetch_ask file = { .url = FAIR_STR("file:///etc/passwd") }, none = { .url = FAIR_STR("nonsense") };
    struct fair_fetch_reply r = get_url(f, FAIR_STR("http://10.0.0.1:22/"));

    CHECK_EQ(r.status, FAIR_REFUSED);
    assert_string_equal(r.refused_by, "port");
    r = get_url(f, url(1, "/to?file:///etc/passwd"));
    CHECK_EQ(r.status, FAIR_INVALID);
    CHECK_WORDS(r, "a redirect to what cannot be fetched");
    r = get_url(f, url(1, "/to?http://192.0.2.1:6379/"));
    assert_string_equal(r.refused_by, "port");
    CHECK_EQ(fair_fetcher_ask(f, &file, NULL), FAIR_INVALID);
    CHECK_EQ(fair_fetcher_ask(f, &none, NULL), FAIR_INVALID);
}

TEST(without_a_contact_nothing_outside_is_asked)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = NULL;
    struct fair_fetch_reply r;

    l.loopback_only = true;
    f = open_one(&l);
    CHECK_EQ(get_url(f, url(1, "/hello")).http, 200);
    r = get_url(f, FAIR_STR("http://www.example.com/"));
    CHECK_EQ(r.status, FAIR_REFUSED);
    assert_string_equal(r.refused_by, "contact");
}

TEST(a_byte_a_second_meets_the_limit)
{
    fair_time before = fair_ticks();
    struct fair_fetch_reply r = get_from(2, "/slow");

    CHECK_EQ(r.status, FAIR_LIMIT);
    CHECK_WORDS(r, "too slow");
    CHECK(fair_ticks() - before < 8 * FAIR_SECOND);
    r = get_from(2, "/slow-head");
    CHECK_EQ(r.status, FAIR_LIMIT);
}

TEST(a_body_that_breaks_off_is_no_body)
{
    struct fair_fetch_reply r = get_from(2, "/short");

    CHECK_EQ(r.status, FAIR_IO);
    CHECK(r.words[0] != '\0');
    CHECK_EQ(r.body.n, 0);
    CHECK_STR(get_from(2, "/long").body, "0123456789");
}

TEST(a_bomb_does_not_go_off)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = NULL;
    struct fair_fetch_reply r = get_from(2, "/bomb");

    CHECK_EQ(r.status, FAIR_LIMIT);
    l.max_bytes = 1u << 30;
    l.seconds = l.stall_s = 120;      /* unpacking takes what it takes on a busy machine */
    f = open_one(&l);
    r = get_url(f, url(2, "/bomb"));
    CHECK_EQ(r.status, FAIR_LIMIT);
    CHECK_WORDS(r, "more than 100 times its size");
    r = get_url(f, url(2, "/bad-gzip"));
    CHECK_EQ(r.status, FAIR_CORRUPT);
}

TEST(a_body_over_the_limit_is_refused_or_cut)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
    struct fair_fetch_ask cut = { .url = url(2, "/big"), .cut = true, .max_bytes = 1u << 20 };
    struct fair_fetch_reply r = get_url(f, url(2, "/big"));

    CHECK_EQ(r.status, FAIR_LIMIT);
    CHECK_WORDS(r, "more than 16777216 bytes");
    CHECK_OK(fair_fetcher_get(f, &cut, arena, &r, why));
    CHECK_EQ(r.status, FAIR_OK);
    CHECK(r.cut);
    CHECK_EQ(r.body.n, 1 << 20);
}

TEST(headers_over_the_limit_are_refused)
{
    struct fair_fetch_reply r = get_from(2, "/headers");

    CHECK_EQ(r.status, FAIR_LIMIT);
    CHECK_WORDS(r, "headers over 64 KiB");
}

TEST(what_is_no_http_is_one_clear_line)
{
    CHECK_EQ(get_from(2, "/nothing").status, FAIR_IO);
    CHECK_EQ(get_from(2, "/garbage").status, FAIR_IO);
}

TEST(a_name_that_does_not_exist_is_one_clear_line)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
    struct fair_fetch_reply r;

    r = get_url(f, FAIR_STR("http://no-such-name.invalid/x"));
    CHECK_EQ(r.status, FAIR_IO);
    CHECK_WORDS(r, "no-such-name.invalid");
    r = get_url(f, FAIR_STR("http://127.0.0.1:1/x"));
    CHECK_EQ(r.status, FAIR_IO);
}

/* ---- robots ---- */
TEST(robots_txt_is_obeyed_and_asked_for_once)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = NULL;
    struct fair_fetch_reply r;
    fair_str *maps;

    forget();
    f = open_one(&l);
    r = get_url(f, url(1, "/private/secret"));
    CHECK_EQ(r.status, FAIR_REFUSED);
    assert_string_equal(r.refused_by, "robots");
    CHECK_EQ(get_url(f, url(1, "/hello")).http, 200);
    CHECK_EQ(get_url(f, url(1, "/hello")).http, 200);
    CHECK_EQ(fair_fetcher_sitemaps(f, url(1, "/"), arena, &maps), 1);
    CHECK_STR(maps[0], "http://127.0.0.1/map.xml");
    CHECK_EQ(asked(1, "/robots.txt"), 1);
    CHECK_EQ(asked(1, "/private/secret"), 0);
    CHECK_EQ(asked(1, "/hello"), 2);
}

TEST(a_redirect_into_the_disallowed_is_not_followed)
{
    struct fair_fetch_reply r = get_from(1, "/to?/private/secret");

    CHECK_EQ(r.status, FAIR_REFUSED);
    assert_string_equal(r.refused_by, "robots");
}

TEST(a_lead_of_a_person_may_be_followed_in_spite_of_robots)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
    struct fair_fetch_ask ask = { .url = url(1, "/private/secret"), .ignore_robots = true };
    struct fair_fetch_reply r;

    CHECK_OK(fair_fetcher_get(f, &ask, arena, &r, why));
    CHECK_STR(r.body, "secret");
}

TEST(no_robots_txt_allows_and_a_failing_one_does_not)
{
    struct fair_fetch_reply r = get_from(2, "/private/secret");

    CHECK_EQ(r.http, 200);
    r = get_from(3, "/hello");
    CHECK_EQ(r.status, FAIR_REFUSED);
    assert_string_equal(r.refused_by, "robots");
    CHECK_WORDS(r, "robots.txt answered 503");
}

TEST(a_robots_txt_that_does_not_come_counts_as_a_no)
{
    struct fair_fetch_reply r = get_from(4, "/hello");

    CHECK_EQ(r.status, FAIR_REFUSED);
    assert_string_equal(r.refused_by, "robots");
    CHECK_WORDS(r, "did not come in time");
}

TEST(robots_txt_is_followed_over_five_redirects_and_not_more)
{
    CHECK_EQ(get_from(5, "/private/secret").status, FAIR_REFUSED);
    CHECK_EQ(get_from(5, "/hello").http, 200);
    CHECK_EQ(get_from(6, "/private/secret").http, 200);
}

TEST(the_first_500_kib_of_robots_txt_count)
{
    CHECK_EQ(get_from(7, "/private/secret").status, FAIR_REFUSED);
    CHECK_EQ(get_from(7, "/hello").http, 200);
}

/* ---- politeness ---- */
TEST(crawl_delay_is_kept_between_requests)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
    fair_time before = fair_ticks();

    get_url(f, url(8, "/hello"));
    get_url(f, url(8, "/hello"));
    CHECK(fair_ticks() - before >= FAIR_SECOND);
}

TEST(busy_servers_are_asked_again_when_they_said)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = NULL;
    fair_time before;

    forget();
    f = open_one(&l);
    before = fair_ticks();
    CHECK_STR(get_url(f, url(2, "/busy-once")).body, "ready");
    CHECK(fair_ticks() - before >= FAIR_SECOND);
    CHECK_EQ(asked(2, "/busy-once"), 2);
}

TEST(a_host_that_keeps_refusing_is_left_alone)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = NULL;
    struct fair_fetch_reply r;

    forget();
    f = open_one(&l);
    r = get_url(f, url(2, "/status/429"));
    CHECK_EQ(r.status, FAIR_OK);
    CHECK_EQ(r.http, 429);
    CHECK_EQ(asked(2, "/status/429"), 4);
    r = get_url(f, url(2, "/hello"));
    CHECK_EQ(r.status, FAIR_REFUSED);
    assert_string_equal(r.refused_by, "host");
    CHECK_EQ(asked(2, "/hello"), 0);
}

TEST(who_has_no_patience_is_told_that_a_host_pauses)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = NULL;
    struct fair_fetch_ask ask = { .ignore_robots = true, .once = true, .patience_ms = 500 };
    struct fair_fetch_reply r;
    fair_time before;

    forget();
    l.backoff_ms = 60000;
    f = open_one(&l);
    ask.url = url(2, "/status/503");
    CHECK_OK(fair_fetcher_get(f, &ask, a, &r, why));
    CHECK_EQ(r.http, 503);
    before = fair_ticks();
    ask.url = url(2, "/hello");
    CHECK_OK(fair_fetcher_get(f, &ask, a, &r, why));
    CHECK_EQ(r.status, FAIR_REFUSED);
    assert_string_equal(r.refused_by, "host");
    CHECK_WORDS(r, "has to be left alone for");
    CHECK(fair_ticks() - before < 20 * FAIR_SECOND);
    CHECK_EQ(asked(2, "/hello"), 0);
}

TEST(a_long_retry_after_ends_the_asks_instead_of_holding_them)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
    struct fair_fetch_reply r = get_url(f, url(2, "/status/503?86400"));

    CHECK_EQ(r.http, 503);
    CHECK_EQ(r.retry_after_s, 86400);
    r = get_url(f, url(2, "/hello"));
    CHECK_EQ(r.status, FAIR_REFUSED);
    CHECK_WORDS(r, "asks to be left alone for 86400 s");
}

TEST(one_forbidden_file_stops_nobody_and_three_slow_us_down)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
    fair_time before;

    l.backoff_ms = 100;
    before = fair_ticks();
    CHECK_EQ(get_url(f, url(2, "/status/403")).http, 403);
    CHECK_EQ(get_url(f, url(2, "/hello")).http, 200);
    CHECK(fair_ticks() - before < FAIR_SECOND);
}

TEST(many_hosts_are_asked_at_once_and_each_by_one_connection)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
    fair_time before = fair_ticks(), took;
    size_t n = 0;

    for (int host = 5; host <= 7; host++)
        for (int i = 0; i < 3; i++) {
            struct fair_fetch_ask ask = { .url = url(host, "/nap/0.4"), .ignore_robots = true, .tag = (void *)(intptr_t)host };
            CHECK_OK(fair_fetcher_ask(f, &ask, why));
        }
    CHECK_EQ(fair_fetcher_waiting(f), 9);
    for (;;) {
        struct fair_fetch_reply r;
        struct fair_err err = { 0 };
        fair_status s = fair_fetcher_next(f, arena, 5000, &r, NULL, &err);
        if (s == FAIR_DONE) break;
        CHECK_EQ(s, FAIR_OK);
        CHECK_EQ(r.http, 200);
        n++;
    }
    took = fair_ticks() - before;
    CHECK_EQ(n, 9);
    CHECK(took >= 1200 * 1000);
    CHECK(took < 3000 * 1000);
}

/* ---- the helper itself ---- */
TEST(a_helper_that_dies_costs_what_it_had_under_way)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
    struct fair_fetch_ask ask = { .url = url(9, "/nap/5"), .ignore_robots = true };
    struct fair_fetch_reply r;
    struct fair_err err = { 0 };

    CHECK_OK(fair_fetcher_ask(f, &ask, why));
    CHECK_EQ(fair_fetcher_next(f, arena, 300, &r, NULL, &err), FAIR_AGAIN);
    CHECK(f->line.helper->pid > 0);
    CHECK_EQ(kill(f->line.helper->pid, SIGKILL), 0);
    CHECK_EQ(fair_fetcher_next(f, arena, 5000, &r, NULL, &err), FAIR_OK);
    CHECK_EQ(r.status, FAIR_IO);
    CHECK_WORDS(r, "the fetch helper was ended by signal 9");
    CHECK_EQ(get_url(f, url(2, "/hello")).http, 200);
}

TEST(waiting_says_when_it_will_go_on)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = NULL;
    struct fair_fetch_ask ask = { 0 };
    struct fair_fetch_reply r;
    struct fair_err err = { 0 };
    int wake = -1;

    l.min_delay_ms = l.max_delay_ms = 2000;
    f = open_one(&l);
    ask.url = url(2, "/hello");
    CHECK_EQ(fair_fetcher_next(f, arena, 0, &r, &wake, &err), FAIR_DONE);
    CHECK_EQ(get_url(f, url(2, "/hello")).http, 200);
    CHECK_OK(fair_fetcher_ask(f, &ask, why));
    CHECK_EQ(fair_fetcher_next(f, arena, 10, &r, &wake, &err), FAIR_AGAIN);
    CHECK(wake > 1000 && wake <= 2000);
}

static fair_str
echo(struct fair_fetcher *f, const char *method, fair_str headers, fair_str body)
{
    struct fair_fetch_ask ask = { .url = url(1, "/echo"), .method = method, .headers = headers, .body = body, .ignore_robots = true };
    struct fair_fetch_reply r = { 0 };

    CHECK_OK(fair_fetcher_get(f, &ask, arena, &r, why));
    if (r.status != FAIR_OK) fail_msg("%s", r.words);
    CHECK_EQ(r.http, 200);
    return r.body;
}

static fair_str
told(const char *method, fair_str body, const char *asked)
{
    struct fair_sha256 sha = fair_sha256_of(body.p, body.n);
    return fair_str_fmt(arena, "%s %zu %.*s %s -", method, body.n, FAIR_STR_ARG(fair_hex(arena, sha.b, 32)), asked);
}

TEST(a_body_short_or_long_is_sent_as_it_is_with_the_headers_asked_for)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
    static const size_t sizes[] = { 0, 1, 32768, 32769, 3000000 };

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *bytes = fair_alloc(arena, sizes[i] + 1);
        fair_str body = { bytes, sizes[i] };
        for (size_t k = 0; k < sizes[i]; k++) bytes[k] = (char)(k * 7 + i);
        CHECK(fair_str_eq(echo(f, "PUT", FAIR_STR("X-Asked: this\n"), body), told("PUT", body, "this")));
        CHECK(fair_str_eq(echo(f, "POST", FAIR_STR("X-Asked: that\nX-More: a:b\n"), body), told("POST", body, "that")));
    }
    CHECK(fair_str_eq(echo(f, "DELETE", (fair_str){ NULL, 0 }, (fair_str){ NULL, 0 }), told("DELETE", FAIR_STR(""), "-")));
    CHECK_EQ(echo(f, "HEAD", (fair_str){ NULL, 0 }, (fair_str){ NULL, 0 }).n, 0);
}

TEST(what_is_no_request_is_not_made)
{
    struct fair_fetch_limits l = quick();
    FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
    struct fair_fetch_ask ask = { .url = url(1, "/echo"), .method = "CONNECT", .ignore_robots = true };
    struct fair_fetch_reply r = { 0 };
    struct fair_err err = { 0 };

    CHECK_EQ(fair_fetcher_ask(f, &ask, &err), FAIR_INVALID);
    ask.method = NULL;
    ask.body = FAIR_STR("a GET has none");
    CHECK_EQ(fair_fetcher_ask(f, &ask, &err), FAIR_INVALID);
    ask.body = (fair_str){ NULL, 0 };
    ask.headers = FAIR_STR("X-Asked: one\rX-Slipped: two\n");
    CHECK_OK(fair_fetcher_get(f, &ask, arena, &r, why));
    CHECK_EQ(r.status, FAIR_INVALID);
    ask.method = "POST";
    ask.url = url(1, "/to?/hello");
    ask.headers = (fair_str){ NULL, 0 };
    CHECK_OK(fair_fetcher_get(f, &ask, arena, &r, why));
    CHECK_EQ(r.http, 302);
}

TEST(a_fetcher_of_one_service_reaches_it_wherever_it_lies_and_nothing_else)
{
    struct fair_fetch_limits l = quick();
    struct fair_fetch_reply r;
    char only[64];

    (void)!server_start();
    snprintf(only, sizeof only, "127.0.0.1:%d", port);
    l.allow_loopback = false;
    l.only = only;
    {
        FAIR_AUTO(fetcher) struct fair_fetcher *f = open_one(&l);
        struct fair_fetch_ask ask = { .url = url(1, "/hello"), .ignore_robots = true };
        CHECK_OK(fair_fetcher_get(f, &ask, arena, &r, why));
        CHECK_STR(r.body, "hello");
        ask.url = url(1, "/to?/hello");
        CHECK_OK(fair_fetcher_get(f, &ask, arena, &r, why));
        CHECK_EQ(r.http, 302);
        ask.url = url(2, "/hello");
        CHECK_OK(fair_fetcher_get(f, &ask, arena, &r, why));
        CHECK_EQ(r.status, FAIR_REFUSED);
        CHECK_WORDS(r, "not the service of the settings");
    }
}

FAIR_TEST_MAIN
