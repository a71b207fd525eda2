/* test_browser.c - a real browser behind the real proxy, on pages of this machine.  Skipped, with the reason, where no browser can run. */
#include "base/test.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "browser/browser.h"
#include "browser/proxy.h"

#define PROGRAM "/usr/bin/chromium"

/* ---- a small web server: one page, whatever is asked for ---- */

struct site { int fd; uint16_t port; pthread_t thread; volatile int hits; };

static void *
serve(void *arg)
{
    struct site *s = arg;
    static const char page[] = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<title>Here</title><p id=p>hello</p><script>document.title='ran'</script>";
    char head[8192];

    for (;;) {
        int c = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC);
        if (c < 0) return NULL;
        if (recv(c, head, sizeof head, 0) > 0) {
            s->hits++;
            (void)send(c, page, sizeof page - 1, MSG_NOSIGNAL);
        }
        shutdown(c, SHUT_WR);
        while (recv(c, head, sizeof head, 0) > 0) { }
        close(c);
    }
}

static void
site_open(struct site *s)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof at;

    s->hits = 0;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(s->fd, (struct sockaddr *)&at, n) == 0 && listen(s->fd, 16) == 0 && getsockname(s->fd, (struct sockaddr *)&at, &n) == 0);
    s->port = ntohs(at.sin_port);
    CHECK_EQ(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void
site_close(struct site *s)
{
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
}

/* ---- the proxy alone ---- */

static void
say(unsigned port, const char *request, char *answer, size_t room)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t n = 0;
    ssize_t k;

    CHECK_EQ(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    CHECK_EQ(send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
    while (n + 1 < room && (k = recv(fd, answer + n, room - 1 - n, 0)) > 0) n += (size_t)k;
    answer[n] = '\0';
    close(fd);
}

static void
hear_until(struct fair_proxy *p, size_t n)
{
    fair_time until = fair_ticks() + 10 * FAIR_SECOND;
    size_t have;

    do {
        struct pollfd at = { .fd = fair_proxy_fd(p), .events = POLLIN };
        (void)poll(&at, 1, 100);
        CHECK_OK(fair_proxy_hear(p, why));
        (void)fair_proxy_seen(p, &have);
    } while ((have < n || !(fair_proxy_seen(p, &have)[n - 1].ended || fair_proxy_seen(p, &have)[n - 1].refused)) && fair_ticks() < until);
    CHECK(have >= n);
}

TEST(the_proxy_refuses_private_addresses_and_odd_ports_and_says_so)
{
    static const struct { const char *request, *words; } cases[] = {
        { "GET http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "loopback address" },
        { "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "loopback address" },
        { "CONNECT 10.1.2.3:443 HTTP/1.1\r\n\r\n", "private address (RFC 1918)" },
        { "CONNECT [::ffff:192.168.0.1]:443 HTTP/1.1\r\n\r\n", "private address" },
        { "CONNECT 169.254.169.254:80 HTTP/1.1\r\n\r\n", "link-local address" },
        { "CONNECT 0x7f000001:443 HTTP/1.1\r\n\r\n", "loopback address" },
        { "CONNECT 192.0.2.1:22 HTTP/1.1\r\n\r\n", "port is not 80 or 443" },
        { "GET /etc/passwd HTTP/1.1\r\n\r\n", "only http" },
    };
    struct fair_proxy_options o = { 0 };
    struct fair_proxy *p = NULL;
    const struct fair_proxy_seen *seen;
    char answer[4096];
    size_t n;

    CHECK_OK(fair_proxy_open(&o, &p, why));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        say(fair_proxy_port(p), cases[i].request, answer, sizeof answer);
        if (strstr(answer, cases[i].words) == NULL || (strncmp(answer, "HTTP/1.1 403", 12) != 0 && strncmp(answer, "HTTP/1.1 400", 12) != 0))
            fail_msg("%s: %s", cases[i].request, answer);
        hear_until(p, i + 1);
        seen = fair_proxy_seen(p, &n);
        CHECK(seen[i].refused && !seen[i].opened);
        CHECK(seen[i].line.words.n > 0 && strstr(cases[i].words, "http") != NULL ? true : memmem(seen[i].line.words.p, seen[i].line.words.n, cases[i].words, strlen(cases[i].words)) != NULL);
    }
    fair_proxy_free(&p);
}

TEST(the_proxy_carries_and_tells_address_and_bytes)
{
    struct fair_proxy_options o = { .loopback = true, .any_port = true };
    struct fair_proxy *p = NULL;
    const struct fair_proxy_seen *seen;
    char answer[4096], request[256];
    struct site s;
    size_t n;

    site_open(&s);
    CHECK_OK(fair_proxy_open(&o, &p, why));
    snprintf(request, sizeof request, "GET http://127.0.0.1:%u/x HTTP/1.1\r\nHost: h\r\n\r\n", s.port);
    say(fair_proxy_port(p), request, answer, sizeof answer);
    CHECK(strstr(answer, "hello") != NULL);
    hear_until(p, 1);
    seen = fair_proxy_seen(p, &n);
    CHECK(seen[0].opened && seen[0].ended && !seen[0].line.tunnel);
    CHECK_STR(seen[0].line.address, "127.0.0.1");
    CHECK(seen[0].line.down > 100);
    CHECK_STR(fair_proxy_address(p, FAIR_STR("127.0.0.1"), s.port), "127.0.0.1");
    snprintf(request, sizeof request, "CONNECT 127.0.0.1:%u HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", s.port);
    say(fair_proxy_port(p), request, answer, sizeof answer);
    CHECK(strncmp(answer, "HTTP/1.1 200", 12) == 0 && strstr(answer, "hello") != NULL);
    fair_proxy_free(&p);
    site_close(&s);
}

TEST(the_bytes_of_a_capture_have_a_limit)
{
    struct fair_proxy_options o = { .loopback = true, .any_port = true, .connections = 1 };
    struct fair_proxy *p = NULL;
    char answer[4096], request[256];
    struct site s;

    site_open(&s);
    CHECK_OK(fair_proxy_open(&o, &p, why));
    snprintf(request, sizeof request, "GET http://127.0.0.1:%u/x HTTP/1.1\r\nHost: h\r\n\r\n", s.port);
    say(fair_proxy_port(p), request, answer, sizeof answer);
    CHECK(strstr(answer, "hello") != NULL);
    say(fair_proxy_port(p), request, answer, sizeof answer);
    CHECK(strstr(answer, "too many connections") != NULL);
    fair_proxy_free(&p);
    site_close(&s);
}

/* ---- the DNS: a server of ours that answers every question with one signed-looking record ---- */

static void *
answer_names(void *arg)
{
    int fd = *(int *)arg;
    uint8_t q[512], r[600];
    struct sockaddr_in from;
    socklen_t n_from = sizeof from;
    ssize_t n = recvfrom(fd, q, sizeof q, 0, (struct sockaddr *)&from, &n_from);
    size_t at = 12;

    if (n < 17) return NULL;
    while (at < (size_t)n && q[at] != 0) at += q[at] + 1u;
    at += 5;
    memcpy(r, q, at);
    r[2] = 0x81;
    r[3] = 0xa0;                                /* recursion available, authentic data */
    r[6] = 0;
    r[7] = 1;
    memset(r + 8, 0, 4);
    memcpy(r + at, "\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\7", 16);
    (void)sendto(fd, r, at + 16, 0, (struct sockaddr *)&from, n_from);
    return NULL;
}

TEST(the_dns_is_asked_and_its_answer_kept_with_ttl_and_resolver)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct fair_proxy_options o = { 0 };
    struct fair_proxy *p = NULL;
    struct fair_proxy_named named;
    pthread_t t;

    CHECK(bind(fd, (struct sockaddr *)&at, n) == 0 && getsockname(fd, (struct sockaddr *)&at, &n) == 0);
    CHECK_EQ(pthread_create(&t, NULL, answer_names, &fd), 0);
    o.dns = fair_str_fmt(a, "127.0.0.1:%u", ntohs(at.sin_port));
    CHECK_OK(fair_proxy_open(&o, &p, why));
    CHECK_OK(fair_proxy_name(p, FAIR_STR("www.example.com"), FAIR_STR("A"), 9000, a, &named, why));
    CHECK_EQ(named.status, FAIR_OK);
    CHECK_STR(named.records, "www.example.com.\t300\tIN\tA\t192.0.2.7\n");
    CHECK_STR(named.resolver, "127.0.0.1");
    CHECK_STR(named.rcode, "NOERROR");
    CHECK(named.authentic);
    CHECK_OK(fair_proxy_name(p, FAIR_STR("www.example.com"), FAIR_STR("NOTYPE"), 9000, a, &named, why));
    CHECK_EQ(named.status, FAIR_INVALID);
    fair_proxy_free(&p);
    pthread_join(t, NULL);
    close(fd);
}

/* ---- the browser ---- */

static struct fair_browser *
open_or_skip(struct fair_proxy *p, struct fair_arena *a)
{
    struct fair_browser_options o = { .program = PROGRAM, .user = "nobody", .proxy_port = fair_proxy_port(p), .width = 800, .height = 600 };
    struct fair_browser *b = NULL;
    struct fair_err err = { 0 };
    fair_str version;
    fair_status s = fair_browser_open(&o, a, &version, &b, &err);

    if (s == FAIR_NOT_FOUND || s == FAIR_REFUSED) {
        print_message("skipped: %s\n", err.text);
        skip();
    }
    if (s != FAIR_OK) fail_msg("%s", err.text);
    CHECK(memmem(version.p, version.n, "Chrom", 5) != NULL);
    return b;
}

static fair_str
attach(struct fair_browser *b, struct fair_arena *a)
{
    json_t *r, *target, *list;
    fair_str id = { NULL, 0 };

    CHECK_OK(fair_browser_call(b, NULL, "Target.getTargets", NULL, 10000, &r, why));
    list = json_object_get(r, "targetInfos");
    for (size_t i = 0; i < json_array_size(list); i++) {
        target = json_array_get(list, i);
        if (fair_str_eq(fair_said_text(target, "type"), FAIR_STR("page"))) id = fair_str_dup(a, fair_said_text(target, "targetId"));
    }
    json_decref(r);
    CHECK(id.n > 0);
    CHECK_OK(fair_browser_call(b, NULL, "Target.attachToTarget", json_pack("{s:s, s:b}", "targetId", id.p, "flatten", 1), 10000, &r, why));
    id = fair_str_dup(a, fair_said_text(r, "sessionId"));
    json_decref(r);
    return id;
}

static int
profiles(void)
{
    DIR *d = opendir("/tmp");
    int n = 0;

    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (strncmp(e->d_name, "fairtrack-browser-", 18) == 0) n++;
    if (d != NULL) closedir(d);
    return n;
}

static void
note(void *arg, const char *session, const char *method, json_t *params)
{
    int *loaded = arg;

    (void)params;
    if (session[0] != '\0' && strcmp(method, "Page.loadEventFired") == 0) (*loaded)++;
    if (strcmp(method, "Inspector.targetCrashed") == 0) *loaded += 1000;
}

static void
pump_until(struct fair_browser *b, int *what, int least)
{
    fair_time until = fair_ticks() + 20 * FAIR_SECOND;
    while (*what < least && fair_ticks() < until) CHECK_OK(fair_browser_pump(b, 200, -1, why));
    CHECK(*what >= least);
}

TEST(a_page_is_opened_by_the_proxy_alone_and_nothing_stays_behind)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_proxy_options o = { .loopback = true, .any_port = true };
    struct fair_proxy *p = NULL;
    struct fair_browser *b;
    int loaded = 0, before = profiles();
    size_t n;
    struct site s;
    json_t *r;
    fair_str session;
    char url[64];

    signal(SIGPIPE, SIG_IGN);
    CHECK_OK(fair_proxy_open(&o, &p, why));
    b = open_or_skip(p, a);
    site_open(&s);
    session = attach(b, a);
    fair_browser_on(b, note, &loaded);
    CHECK_OK(fair_browser_call(b, session.p, "Page.enable", NULL, 10000, NULL, why));
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", s.port);
    CHECK_OK(fair_browser_call(b, session.p, "Page.navigate", json_pack("{s:s}", "url", url), 20000, NULL, why));
    pump_until(b, &loaded, 1);
    CHECK_OK(fair_browser_call(b, session.p, "Runtime.evaluate", json_pack("{s:s, s:b}", "expression", "document.title", "returnByValue", 1), 10000, &r, why));
    CHECK_STR(fair_said_text(fair_said_object(r, "result"), "value"), "ran");
    json_decref(r);
    CHECK_EQ(fair_browser_call(b, session.p, "No.such", NULL, 10000, NULL, NULL), FAIR_INVALID);
    CHECK_OK(fair_proxy_hear(p, why));
    (void)fair_proxy_seen(p, &n);
    CHECK(n >= 1 && s.hits >= 1);
    CHECK_EQ(profiles(), before + 1);
    /* A page that kills its own process is told as that, and the browser lives. */
    CHECK_OK(fair_browser_call(b, session.p, "Inspector.enable", NULL, 10000, NULL, why));
    CHECK_OK(fair_browser_tell(b, session.p, "Page.navigate", json_pack("{s:s}", "url", "chrome://crash/"), why));
    pump_until(b, &loaded, 1000);
    CHECK_OK(fair_browser_call(b, NULL, "Browser.getVersion", NULL, 10000, NULL, why));
    fair_browser_free(&b);
    CHECK_EQ(profiles(), before);
    fair_proxy_free(&p);
    site_close(&s);
}

TEST(a_browser_is_never_run_as_root)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_browser_options o = { .program = PROGRAM, .user = "root", .proxy_port = 9, .width = 800, .height = 600 };
    struct fair_browser *b = NULL;
    struct fair_err err = { 0 };

    if (geteuid() != 0 || access(PROGRAM, X_OK) != 0) skip();
    signal(SIGPIPE, SIG_IGN);
    CHECK_EQ(fair_browser_open(&o, a, NULL, &b, &err), FAIR_REFUSED);
    CHECK(strstr(err.text, "never run as root") != NULL);
    o.program = "/nowhere/browser";
    CHECK_EQ(fair_browser_open(&o, a, NULL, &b, &err), FAIR_NOT_FOUND);
    /* A program that is no browser ends at once, and its last words are told. */
    o.program = "/bin/ls";
    o.user = "nobody";
    CHECK_EQ(fair_browser_open(&o, a, NULL, &b, &err), FAIR_IO);
    CHECK(strstr(err.text, "unrecognized option") != NULL);
    /* One that is gone before it is spoken to is told of too. */
    o.program = "/bin/false";
    for (int i = 0; i < 20; i++) CHECK_EQ(fair_browser_open(&o, a, NULL, &b, &err), FAIR_IO);
}

FAIR_TEST_MAIN
