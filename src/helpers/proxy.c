/* proxy.c - fairtrack-proxy: the only way out for a browser that captures a page.
 *
 * It listens on a loopback port of its own, takes one request a connection (CONNECT or an http: URL), resolves the name
 * itself, asks the address guard about every address and connects to that very address: what a name means a second
 * later is no way round.  It tells its parent of each connection, and asks the DNS for evidence when told to.
 * Setting: "loopback any-port max_mb=N connections=N seconds=N dns=ADDRESS:PORT", each as wanted. */
#include <arpa/inet.h>
#include <errno.h>
#include <ldns/ldns.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "proc/proc.h"
#include "proc/proxy_msg.h"
#include "source/guard.h"
#include "source/proxy_request.h"

#define AT_ONCE 64
#define HEAD_MS 10000
#define CONNECT_MS 10000
#define IDLE_MS 60000
#define STACK ((size_t)512 << 10)

static struct {
    bool loopback, any_port;
    uint64_t max_bytes, max_connections;
    int64_t seconds;
    char dns[64];
    uint16_t dns_port;
    int sock;                     /* to the parent */
    atomic_uint now;
    atomic_ullong down, taken;
} proxy = { .max_bytes = 512ull << 20, .max_connections = 4000, .seconds = 300 };

static void
tell(struct fair_arena *a, uint32_t type, uint32_t tag, fair_str body)
{
    struct fair_msg m = { .type = type, .tag = tag, .body = body, .fd = -1 };
    struct fair_err err = { 0 };

    (void)a;
    if (fair_msg_send(proxy.sock, &m, &err) != FAIR_OK) _exit(0);     /* nobody is there any more */
}

/* ---- one connection ------------------------------------------------------------------------------- */

struct link { struct fair_arena *arena; int client, server; struct fair_proxy_line line; fair_time begun; };

static void
refuse(struct link *k, const char *status, const char *words)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str answer = fair_str_fmt(a, "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: %zu\r\n\r\nfairtrack-proxy: %s\n",
                                   status, strlen(words) + 18, words);

    k->line.words = fair_str_of(words);
    tell(a, FAIR_MSG_PROXY_REFUSED, 0, fair_proxy_line_pack(a, &k->line));
    (void)send(k->client, answer.p, answer.n, MSG_NOSIGNAL);
}

static bool
wait_for(int fd, short events, int ms)
{
    struct pollfd p = { .fd = fd, .events = events };

    return poll(&p, 1, ms) > 0;
}

static fair_status
read_head(struct link *k, struct fair_proxy_request *r, fair_str *rest, struct fair_err *err)
{
    char *room = fair_alloc(k->arena, FAIR_PROXY_HEAD);
    fair_time until = fair_ticks() + HEAD_MS * 1000;
    size_t n = 0;

    for (;;) {
        fair_status s;
        ssize_t got;
        if (fair_ticks() > until || !wait_for(k->client, POLLIN, HEAD_MS)) return fair_fail(err, FAIR_LIMIT, "no request within %d s", HEAD_MS / 1000);
        got = recv(k->client, room + n, FAIR_PROXY_HEAD - n, 0);
        if (got <= 0) return fair_fail(err, FAIR_DONE, "closed before a request");
        n += (size_t)got;
        s = fair_proxy_request_read(k->arena, (fair_str){ room, n }, r, err);
        if (s == FAIR_AGAIN) continue;
        *rest = (fair_str){ room + r->used, n - r->used };
        return s;
    }
}

/* Try the addresses of the name in turn; each is judged before there is a socket for it. */
static fair_status
go_to(struct link *k, const struct fair_proxy_request *r, struct fair_err *err)
{
    struct addrinfo hint = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV }, *found = NULL;
    char host[256], port[8], address[INET6_ADDRSTRLEN];
    bool bare = r->host.p[0] == '[';
    const char *words = NULL;
    int rc;

    snprintf(host, sizeof host, "%.*s", bare ? (int)r->host.n - 2 : (int)r->host.n, r->host.p + bare);
    snprintf(port, sizeof port, "%d", r->port);
    rc = getaddrinfo(host, port, &hint, &found);
    if (rc != 0) return fair_fail(err, FAIR_IO, "no address for %s: %s", host, gai_strerror(rc));
    (void)fair_fail(err, FAIR_IO, "no address for %s", host);
    for (struct addrinfo *at = found; at != NULL && k->server < 0; at = at->ai_next) {
        int why = 0;
        socklen_t n = sizeof why;
        if (getnameinfo(at->ai_addr, at->ai_addrlen, address, sizeof address, NULL, 0, NI_NUMERICHOST) != 0) continue;
        words = fair_guard_sockaddr(at->ai_addr, at->ai_addrlen, proxy.loopback);
        if (words != NULL) {
            (void)fair_fail(err, FAIR_REFUSED, "%s is %s", address, words);
            continue;
        }
        k->server = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (k->server >= 0 && (connect(k->server, at->ai_addr, at->ai_addrlen) == 0 || errno == EINPROGRESS) &&
            wait_for(k->server, POLLOUT, CONNECT_MS) && getsockopt(k->server, SOL_SOCKET, SO_ERROR, &why, &n) == 0 && why == 0) {
            k->line.address = fair_str_dup(k->arena, fair_str_of(address));
            break;
        }
        (void)fair_fail(err, FAIR_IO, "%s does not answer: %s", address, strerror(why != 0 ? why : ETIMEDOUT));
        fair_fd_free(&k->server);
    }
    freeaddrinfo(found);
    return k->server >= 0 ? FAIR_OK : err->status;
}

/* All n bytes to a socket that may be slow. */
static bool
push(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (k < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (!wait_for(fd, POLLOUT, IDLE_MS)) return false;
            continue;
        }
        if (k <= 0) return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

static const char *
relay(struct link *k)
{
    char piece[16384];
    struct pollfd p[2] = { { .fd = k->client, .events = POLLIN }, { .fd = k->server, .events = POLLIN } };
    fair_time until = k->begun + proxy.seconds * FAIR_SECOND;

    for (;;) {
        if (fair_ticks() > until) return "it stood too long";
        if (poll(p, 2, IDLE_MS) <= 0) return "nothing came for a minute";
        if (p[0].revents != 0) {
            ssize_t n = recv(k->client, piece, sizeof piece, MSG_DONTWAIT);
            if (n == 0) {
                shutdown(k->server, SHUT_WR);
                p[0].fd = -1;
            } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
                return NULL;
            } else if (n > 0) {
                k->line.up += (uint64_t)n;
                if (!push(k->server, piece, (size_t)n)) return NULL;
            }
        }
        if (p[1].revents != 0) {
            ssize_t n = recv(k->server, piece, sizeof piece, MSG_DONTWAIT);
            if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) return NULL;
            if (n < 0) continue;
            k->line.down += (uint64_t)n;
            if (atomic_fetch_add(&proxy.down, (unsigned long long)n) + (unsigned long long)n > proxy.max_bytes) return "the bytes of one capture are used up";
            if (!push(k->client, piece, (size_t)n)) return NULL;
        }
    }
}

static void
carry(struct link *k)
{
    struct fair_proxy_request r;
    struct fair_err err = { 0 };
    fair_str rest = { NULL, 0 };
    const char *limit;
    fair_status s = read_head(k, &r, &rest, &err);

    if (s == FAIR_DONE) return;
    if (s != FAIR_OK) {
        refuse(k, "400 Bad Request", err.text);
        return;
    }
    k->line.tunnel = r.tunnel;
    k->line.host = r.host;
    k->line.port = (uint32_t)r.port;
    if (k->line.number > proxy.max_connections) refuse(k, "503 Service Unavailable", "too many connections for one capture");
    else if (!fair_guard_port(r.host, r.port, proxy.any_port, proxy.loopback)) refuse(k, "403 Forbidden", "the port is not 80 or 443");
    else if ((s = go_to(k, &r, &err)) != FAIR_OK) refuse(k, s == FAIR_REFUSED ? "403 Forbidden" : "502 Bad Gateway", err.text);
    else {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        tell(a, FAIR_MSG_PROXY_OPENED, 0, fair_proxy_line_pack(a, &k->line));
        k->line.up = rest.n;
        if (r.tunnel ? push(k->client, "HTTP/1.1 200 OK\r\n\r\n", 19) : push(k->server, r.head.p, r.head.n)) {
            if (rest.n == 0 || push(k->server, rest.p, rest.n)) {
                limit = relay(k);
                k->line.words = fair_str_of(limit);
            }
        }
        k->line.ms = (uint64_t)(fair_ticks() - k->begun) / 1000;
        tell(a, FAIR_MSG_PROXY_ENDED, 0, fair_proxy_line_pack(a, &k->line));
    }
}

static void *
link_thread(void *arg)
{
    struct link *k = arg;
    struct fair_arena *a = k->arena;

    carry(k);
    fair_fd_free(&k->client);
    fair_fd_free(&k->server);
    fair_arena_free(&a);
    atomic_fetch_sub(&proxy.now, 1);
    return NULL;
}

static bool
start_thread(void *(*run)(void *), void *arg)
{
    pthread_attr_t attr;
    pthread_t t;
    bool done;

    if (pthread_attr_init(&attr) != 0) return false;
    pthread_attr_setstacksize(&attr, STACK);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    done = pthread_create(&t, &attr, run, arg) == 0;
    pthread_attr_destroy(&attr);
    return done;
}

static void
take_connection(int listening)
{
    struct fair_arena *a;
    struct link *k;
    int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);

    if (fd < 0) return;
    a = fair_arena_new();
    k = FAIR_NEW(a, struct link);
    *k = (struct link){ .arena = a, .client = fd, .server = -1, .begun = fair_ticks(),
                        .line.number = (uint32_t)atomic_fetch_add(&proxy.taken, 1) + 1 };
    if (atomic_fetch_add(&proxy.now, 1) < AT_ONCE && start_thread(link_thread, k)) return;
    atomic_fetch_sub(&proxy.now, 1);
    close(fd);
    fair_arena_free(&a);
}

/* ---- names ------------------------------------------------------------------------------------------ */

struct naming { struct fair_arena *arena; uint32_t tag; struct fair_proxy_name q; };

static ldns_resolver *
resolver(void)
{
    ldns_resolver *r = NULL;
    ldns_rdf *at;

    if (proxy.dns[0] == '\0') {
        if (ldns_resolver_new_frm_file(&r, NULL) != LDNS_STATUS_OK) return NULL;
    } else {
        r = ldns_resolver_new();
        at = ldns_rdf_new_frm_str(LDNS_RDF_TYPE_A, proxy.dns);
        if (at == NULL) at = ldns_rdf_new_frm_str(LDNS_RDF_TYPE_AAAA, proxy.dns);
        if (r == NULL || at == NULL || ldns_resolver_push_nameserver(r, at) != LDNS_STATUS_OK) return NULL;
        ldns_rdf_deep_free(at);
        ldns_resolver_set_port(r, proxy.dns_port);
    }
    ldns_resolver_set_retry(r, 1);
    ldns_resolver_set_timeout(r, (struct timeval){ .tv_sec = 4 });
    ldns_resolver_set_dnssec(r, true);            /* so that signatures come along */
    ldns_resolver_set_edns_udp_size(r, 1232);
    ldns_resolver_set_recursive(r, true);
    ldns_resolver_set_defnames(r, false);
    return r;
}

static void
ask_dns(struct fair_arena *a, const struct fair_proxy_name *q, struct fair_proxy_named *out)
{
    ldns_resolver *r = resolver();
    ldns_rdf *name = ldns_dname_new_frm_str(fair_str_dup(a, q->name).p), *from;
    ldns_rr_type type = ldns_get_rr_type_by_name(fair_str_dup(a, q->type).p);
    ldns_pkt *p = NULL;
    char *text;
    ldns_status s;

    if (r == NULL || name == NULL || type == 0) {
        out->status = FAIR_INVALID;
        out->words = fair_str_of(r == NULL ? "no resolver is known here" : "no such name or type");
    } else if ((s = ldns_resolver_query_status(&p, r, name, type, LDNS_RR_CLASS_IN, LDNS_RD)) != LDNS_STATUS_OK || p == NULL) {
        out->status = FAIR_IO;
        out->words = fair_str_dup(a, fair_str_of(s != LDNS_STATUS_OK ? ldns_get_errorstr_by_id(s) : "no answer"));
    } else {
        out->status = FAIR_OK;
        out->authentic = ldns_pkt_ad(p);
        out->ms = ldns_pkt_querytime(p);
        if ((text = ldns_pkt_rcode2str(ldns_pkt_get_rcode(p))) != NULL) out->rcode = fair_utf8_mend(a, fair_str_dup(a, fair_str_of(text)));
        free(text);
        from = ldns_pkt_answerfrom(p);
        if (from != NULL && (text = ldns_rdf2str(from)) != NULL) {
            out->resolver = fair_utf8_mend(a, fair_str_dup(a, fair_str_of(text)));
            free(text);
        }
        if (ldns_pkt_answer(p) != NULL && (text = ldns_rr_list2str(ldns_pkt_answer(p))) != NULL) {
            out->records = fair_utf8_mend(a, fair_str_dup(a, fair_str_of(text)));
            if (out->records.n > 40000) out->records = FAIR_STR("");
            free(text);
        }
    }
    ldns_pkt_free(p);
    ldns_rdf_deep_free(name);
    if (r != NULL) ldns_resolver_deep_free(r);
}

static void *
name_thread(void *arg)
{
    struct naming *n = arg;
    struct fair_arena *a = n->arena;
    struct fair_proxy_named out = { 0 };

    ask_dns(a, &n->q, &out);
    tell(a, FAIR_MSG_PROXY_NAMED, n->tag, fair_proxy_named_pack(a, &out));
    fair_arena_free(&a);
    return NULL;
}

/* ---- the whole --------------------------------------------------------------------------------------- */

static void
take_question(void)
{
    struct fair_arena *a = fair_arena_new();
    struct naming *n = FAIR_NEW(a, struct naming);
    struct fair_err err = { 0 };
    struct fair_msg m;

    n->arena = a;
    if (fair_msg_recv(proxy.sock, a, false, &m, &err) != FAIR_OK || m.type != FAIR_MSG_PROXY_NAME ||
        fair_proxy_name_unpack(m.body, &n->q, &err) != FAIR_OK)
        _exit(0);
    n->tag = m.tag;
    if (!start_thread(name_thread, n)) {
        struct fair_proxy_named out = { .status = FAIR_AGAIN };
        tell(a, FAIR_MSG_PROXY_NAMED, m.tag, fair_proxy_named_pack(a, &out));
        fair_arena_free(&a);
    }
}

static void
take_setting(fair_str rest)
{
    fair_str one;
    int64_t n;

    while (fair_str_split(&rest, ' ', &one)) {
        fair_str value = one, key;
        (void)fair_str_split(&value, '=', &key);
        if (fair_str_eq(one, FAIR_STR("loopback"))) proxy.loopback = true;
        if (fair_str_eq(one, FAIR_STR("any-port"))) proxy.any_port = true;
        if (value.p == NULL) continue;
        if (fair_str_eq(key, FAIR_STR("max_mb")) && fair_str_number(value, 1 << 20, &n)) proxy.max_bytes = (uint64_t)n << 20;
        if (fair_str_eq(key, FAIR_STR("connections")) && fair_str_number(value, 1 << 20, &n)) proxy.max_connections = (uint64_t)n;
        if (fair_str_eq(key, FAIR_STR("seconds")) && fair_str_number(value, 3600, &n)) proxy.seconds = n;
        if (fair_str_eq(key, FAIR_STR("dns")) && value.n < sizeof proxy.dns) {
            size_t colon = value.n;
            while (colon > 0 && value.p[colon - 1] != ':') colon--;
            if (colon < 2 || !fair_str_number((fair_str){ value.p + colon, value.n - colon }, 65535, &n)) continue;
            snprintf(proxy.dns, sizeof proxy.dns, "%.*s", (int)colon - 1, value.p);
            proxy.dns_port = (uint16_t)n;
        }
    }
}

/* A port of this machine alone; afterwards nothing is bound any more. */
static int
listen_here(uint16_t *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, n) != 0 || listen(fd, 128) != 0 || getsockname(fd, (struct sockaddr *)&at, &n) != 0) return -1;
    *port = ntohs(at.sin_port);
    return fd;
}

/* Name lookups open files when first used, and libcrypto reads what randomness it wants: let them while they may. */
static void
warm_up(void)
{
    struct addrinfo hint = { .ai_socktype = SOCK_STREAM }, *found = NULL;

    if (getaddrinfo("localhost", "80", &hint, &found) == 0) freeaddrinfo(found);
    (void)ldns_get_random();
}

int
main(int argc, char **argv)
{
    static const uint16_t ports[] = { 80, 443, 53 };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_self self;
    struct fair_buf b = FAIR_BUF(a, 64);
    struct fair_err err = { 0 };
    struct pollfd p[2];
    uint16_t port = 0;
    bool any_port;
    int listening;

    fair_log_begin("fairtrack-proxy", FAIR_LOG_WARN);
    if (fair_self_begin(argc, argv, FAIR_ROLE_PROXY, &self, &err) != FAIR_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    proxy.sock = self.sock;
    if (self.setting != NULL) take_setting(fair_str_of(self.setting));
    any_port = proxy.any_port || proxy.loopback || proxy.dns[0] != '\0';
    listening = listen_here(&port);
    if (listening < 0) {
        fair_log(FAIR_LOG_ERROR, "proxy.start why=\"%s\"", strerror(errno));
        return 4;
    }
    warm_up();
    if (fair_self_ready(&self, ports, any_port ? 0 : sizeof ports / sizeof ports[0], &err) != FAIR_OK) return 4;
    fair_put_u32(&b, port);
    tell(a, FAIR_MSG_PROXY_PORT, 0, (fair_str){ b.p, b.n });
    p[0] = (struct pollfd){ .fd = proxy.sock, .events = POLLIN };
    p[1] = (struct pollfd){ .fd = listening, .events = POLLIN };
    for (;;) {
        if (poll(p, 2, -1) < 0 && errno != EINTR) return 4;
        if (p[0].revents != 0) take_question();
        if (p[1].revents != 0) take_connection(listening);
    }
}
