/* http/server.c - libmicrohttpd in one thread: bytes in, struct fair_raw out, and back. */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "base/log.h"
#include "http/http.h"

enum {
    CONNECTIONS = 256,
    CONNECTIONS_A_PEER = 128,             /* unless all come through one proxy          */
    CONNECTION_MEMORY = 32 * 1024,        /* request line and headers must fit in here  */
    IDLE_S = 30,
    REQUEST_S = 300,                      /* a whole request, however slowly it comes   */
    FLIGHT_MAX = 256 * 1024 * 1024        /* bodies of all requests under way together  */
};

/* A server while it runs. */
struct server {
    const struct fair_http_service *service;
    struct MHD_Daemon *daemon;
    size_t flight, requests, under_way;
};

/* One request on its way. */
struct flight {
    struct server *server;
    struct fair_arena *arena;
    fair_str target;
    void *rq;                             /* the service's own                                  */
    struct fair_reply re;
    char *body;
    size_t n, room, counted, body_max;
    fair_time deadline;
    bool opened, answered;                /* its headers were looked at; the reply is there already */
};

void
fair_reply_end(struct fair_reply *re)
{
    json_decref(re->model);
    re->model = NULL;
    fair_fd_free(&re->fd);
}

/* ---- headers -------------------------------------------------------------------- */

struct headers { struct fair_raw *raw; struct fair_arena *arena; bool length, encoding; };

static enum MHD_Result
header(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct headers *h = arg;
    struct { const char *name; fair_str *to; } wanted[] = {
        { "Host", &h->raw->host }, { "Cookie", &h->raw->cookie }, { "Content-Type", &h->raw->content_type }, { "Accept", &h->raw->accept },
        { "Accept-Language", &h->raw->accept_language },
        { "User-Agent", &h->raw->agent },
        { "Authorization", &h->raw->authorization }, { "X-CSRF-Token", &h->raw->csrf }, { "Origin", &h->raw->origin },
        { "Sec-Fetch-Site", &h->raw->fetch_site }, { "If-None-Match", &h->raw->if_none_match },
    };

    (void)kind;
    if (strcasecmp(name, "Content-Length") == 0) {
        if (h->length) h->raw->ambiguous = true;
        h->length = true;
    }
    if (strcasecmp(name, "Transfer-Encoding") == 0) {
        if (h->encoding) h->raw->ambiguous = true;
        h->encoding = true;
    }
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (strcasecmp(name, wanted[i].name) != 0) continue;
        if (wanted[i].to->p != NULL) h->raw->ambiguous = true;
        *wanted[i].to = fair_str_of(value != NULL ? value : "");
    }
    return MHD_YES;
}

/* The address a request comes from, for the brake.  A proxy in front of us
 * (people come by https, the peer is this machine) tells it in the last part
 * of X-Forwarded-For; from anybody else that header is only a claim. */
static fair_str
peer_of(struct fair_arena *a, bool secure, struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const char *forwarded = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "X-Forwarded-For");
    char text[INET6_ADDRSTRLEN] = "?";

    if (info == NULL) return FAIR_STR("?");
    if (info->client_addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr, text, sizeof text);
    else if (info->client_addr->sa_family == AF_INET6) {
        struct in6_addr ip = ((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr;
        if (!IN6_IS_ADDR_LOOPBACK(&ip)) memset(ip.s6_addr + 8, 0, 8);    /* one customer has a /64 */
        inet_ntop(AF_INET6, &ip, text, sizeof text);
    }
    if (secure && forwarded != NULL && (strncmp(text, "127.", 4) == 0 || strcmp(text, "::1") == 0)) {
        const char *last = strrchr(forwarded, ',');
        fair_str s = fair_str_trim(fair_str_of(last != NULL ? last + 1 : forwarded));
        if (s.n > 0 && s.n < 64 && fair_utf8_valid(s)) return fair_str_dup(a, s);
    }
    return fair_str_dup(a, fair_str_of(text));
}

/* ---- replies --------------------------------------------------------------------- */

static void
put_header(struct MHD_Response *r, const char *name, fair_str value)
{
    char line[4096];

    if (value.n >= sizeof line || memchr(value.p, '\n', value.n) != NULL || memchr(value.p, '\r', value.n) != NULL) return;
    memcpy(line, value.p, value.n);
    line[value.n] = '\0';
    if (MHD_add_response_header(r, name, line) != MHD_YES) fair_log(FAIR_LOG_WARN, "web.header_refused name=%s", name);
}

static enum MHD_Result
send_reply(struct flight *f, struct MHD_Connection *c)
{
    struct fair_reply *re = &f->re;
    struct MHD_Response *r = NULL;
    struct stat st;
    enum MHD_Result sent;

    if (re->fd >= 0 && fstat(re->fd, &st) == 0) {
        r = MHD_create_response_from_fd64((uint64_t)st.st_size, re->fd);
        if (r != NULL) re->fd = -1;                                /* it closes it now */
    } else {
        /* The arena lives until request_end, which comes after the last byte was sent. */
        r = MHD_create_response_from_buffer(re->bytes.n, (void *)(uintptr_t)(re->bytes.p != NULL ? re->bytes.p : ""), MHD_RESPMEM_PERSISTENT);
    }
    if (r == NULL) return MHD_NO;
    put_header(r, "Content-Security-Policy", fair_str_of(re->csp != NULL ? re->csp : f->server->service->csp));
    put_header(r, "X-Content-Type-Options", FAIR_STR("nosniff"));
    put_header(r, "Referrer-Policy", FAIR_STR("no-referrer"));
    put_header(r, "Cross-Origin-Opener-Policy", FAIR_STR("same-origin"));
    put_header(r, "Cross-Origin-Resource-Policy", f->server->service->embedded ? FAIR_STR("cross-origin") : FAIR_STR("same-origin"));
    put_header(r, "X-Frame-Options", FAIR_STR("DENY"));
    put_header(r, "Permissions-Policy", FAIR_STR("camera=(), microphone=(), geolocation=()"));
    put_header(r, "Cache-Control", re->forever ? FAIR_STR("private, max-age=31536000, immutable") : FAIR_STR("no-store"));
    if (f->server->service->hidden) put_header(r, "X-Robots-Tag", FAIR_STR("noindex, nofollow, noarchive"));
    if (f->server->service->secure) put_header(r, "Strict-Transport-Security", FAIR_STR("max-age=31536000"));
    if (re->type.n > 0) put_header(r, "Content-Type", re->type);
    if (re->etag.n > 0) put_header(r, "ETag", re->etag);
    if (re->see.n > 0) put_header(r, "Location", re->see);
    if (re->file_name.n > 0) put_header(r, "Content-Disposition", fair_str_fmt(f->arena, "attachment; filename=\"%.*s\"", FAIR_STR_ARG(re->file_name)));
    if (re->retry_s > 0) put_header(r, "Retry-After", fair_str_fmt(f->arena, "%d", re->retry_s));
    for (size_t i = 0; i < re->n_cookies; i++) put_header(r, "Set-Cookie", re->cookies[i]);
    sent = MHD_queue_response(c, (unsigned)(re->code > 0 ? re->code : 200), r);
    MHD_destroy_response(r);
    f->answered = true;
    f->server->requests++;
    return sent;
}

/* ---- a request's way --------------------------------------------------------------- */

static void *
request_begin(void *arg, const char *target, struct MHD_Connection *c)
{
    struct flight *f = fair_xcalloc(1, sizeof *f);

    (void)c;
    f->server = arg;
    f->arena = fair_arena_new();
    f->re.fd = -1;
    f->target = fair_str_dup(f->arena, fair_str_of(target));
    f->deadline = fair_ticks() + REQUEST_S * FAIR_SECOND;
    f->server->under_way++;
    return f;
}

static void
request_end(void *arg, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
    struct flight *f = *state;

    (void)arg, (void)c, (void)why;
    if (f == NULL) return;
    f->server->flight -= f->counted;
    f->server->under_way--;
    free(f->body);
    fair_reply_end(&f->re);
    fair_arena_free(&f->arena);
    free(f);
    *state = NULL;
}

static enum MHD_Result
refuse(struct flight *f, struct MHD_Connection *c, fair_status s, int code, const char *words)
{
    struct fair_err err = { 0 };

    fair_fail(&err, s, "%s", words);
    f->re.code = code;
    f->server->service->refuse(f->server->service->self, f->rq, &err, &f->re);
    return send_reply(f, c);
}

static const char *
too_much(struct flight *f)
{
    return f->body_max > 1024 * 1024 ? fair_str_fmt(f->arena, "at most %zu MiB are taken at once; send it in several goes", f->body_max >> 20).p
                                     : "that is more than a form here holds";
}

static enum MHD_Result
open_flight(struct flight *f, struct MHD_Connection *c, const char *method)
{
    struct fair_raw raw = { .method = fair_str_of(method), .target = f->target };
    struct headers h = { &raw, f->arena, false, false };
    const char *length;
    int64_t n = 0;

    f->opened = true;
    MHD_get_connection_values(c, MHD_HEADER_KIND, header, &h);
    if (h.length && h.encoding) raw.ambiguous = true;
    raw.peer = peer_of(f->arena, f->server->service->secure, c);
    if (!f->server->service->open(f->server->service->self, f->arena, &raw, &f->rq, &f->body_max, &f->re)) return send_reply(f, c);
    length = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Content-Length");
    if (length != NULL && (!fair_str_number(fair_str_of(length), INT64_MAX, &n) || (uint64_t)n > f->body_max))
        return refuse(f, c, FAIR_LIMIT, 413, too_much(f));
    if ((uint64_t)n > FLIGHT_MAX - f->server->flight) return refuse(f, c, FAIR_AGAIN, 503, "too many uploads at once; try again in a minute");
    f->counted = (size_t)n;
    f->server->flight += f->counted;
    if (n > 0) f->body = fair_xmalloc(f->room = (size_t)n);
    return MHD_YES;
}

/* More of the body; over a limit the rest is read and thrown away, then refused. */
static void
take_body(struct flight *f, const char *data, size_t n)
{
    if (f->n > f->body_max || n > f->body_max - f->n) {
        f->n = f->body_max + 1;
        return;
    }
    if (n > f->room - f->n) {
        size_t room = f->room > 0 ? f->room * 2 : 4096;
        while (room < f->n + n) room *= 2;
        if (room - f->counted > FLIGHT_MAX - f->server->flight) {
            f->n = f->body_max + 1;
            return;
        }
        f->server->flight += room - f->counted;
        f->counted = room;
        f->body = fair_xrealloc(f->body, f->room = room);
    }
    memcpy(f->body + f->n, data, n);
    f->n += n;
}

static enum MHD_Result
request(void *arg, struct MHD_Connection *c, const char *path, const char *method, const char *version,
        const char *data, size_t *n, void **state)
{
    struct flight *f = *state;

    (void)arg, (void)path, (void)version;
    if (f == NULL) return MHD_NO;
    if (!f->opened) return open_flight(f, c, method);
    if (*n > 0) {
        if (fair_ticks() > f->deadline) return MHD_NO;
        if (!f->answered) take_body(f, data, *n);
        *n = 0;
        return MHD_YES;
    }
    if (f->answered) return MHD_YES;
    if (f->n > f->body_max) return refuse(f, c, FAIR_LIMIT, 413, too_much(f));
    f->server->service->answer(f->server->service->self, f->rq, (fair_str){ f->body != NULL ? f->body : "", f->n }, &f->re);
    return send_reply(f, c);
}

/* The target is read by us, not by the library. */
static size_t
leave_as_it_is(void *arg, struct MHD_Connection *c, char *s)
{
    (void)arg, (void)c;
    return strlen(s);
}

/* ---- starting and stopping ----------------------------------------------------------- */

void
fair_http_port_free(struct fair_http_port *p)
{
    fair_fd_free(&p->fd);
}

fair_status
fair_http_listen(const char *key, fair_str where, struct fair_arena *a, struct fair_http_port *out, struct fair_err *err)
{
    struct sockaddr_storage at = { 0 };
    struct sockaddr_in *in4 = (void *)&at;
    struct sockaddr_in6 *in6 = (void *)&at;
    socklen_t n = sizeof at;
    size_t colon = where.n;
    bool v6;
    char host[64];
    int64_t number;
    int on = 1;

    *out = (struct fair_http_port){ .fd = -1 };
    while (colon > 0 && where.p[colon - 1] != ':') colon--;
    if (colon < 2 || colon > sizeof host || !fair_str_number((fair_str){ where.p + colon, where.n - colon }, 65535, &number))
        return fair_fail(err, FAIR_INVALID, "%s = %.*s: address:port is wanted, as 127.0.0.1:8080 or [::1]:8080", key, FAIR_STR_ARG(where));
    v6 = where.p[0] == '[';
    memcpy(host, where.p + v6, colon - 1 - 2 * (size_t)v6);
    host[colon - 1 - 2 * (size_t)v6] = '\0';
    if (strcmp(host, "localhost") == 0) memcpy(host, "127.0.0.1", 10);
    if (!v6 && inet_pton(AF_INET, host, &in4->sin_addr) == 1) {
        in4->sin_family = AF_INET;
        in4->sin_port = htons((uint16_t)number);
        n = sizeof *in4;
    } else if (v6 && inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons((uint16_t)number);
        n = sizeof *in6;
    } else {
        return fair_fail(err, FAIR_INVALID, "%s = %.*s: %s is no address", key, FAIR_STR_ARG(where), host);
    }
    out->fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (out->fd < 0) return fair_fail(err, FAIR_IO, "%s = %.*s: socket: %m", key, FAIR_STR_ARG(where));
    setsockopt(out->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(out->fd, (struct sockaddr *)&at, n) != 0 || listen(out->fd, 128) != 0) {
        fair_fail(err, errno == EADDRINUSE ? FAIR_CONFLICT : FAIR_IO, "%s = %.*s: %m", key, FAIR_STR_ARG(where));
        fair_fd_free(&out->fd);
        return err->status;
    }
    n = sizeof at;
    if (getsockname(out->fd, (struct sockaddr *)&at, &n) != 0) {
        fair_fail(err, FAIR_IO, "getsockname: %m");
        fair_fd_free(&out->fd);
        return err->status;
    }
    out->port = ntohs(v6 ? in6->sin6_port : in4->sin_port);
    out->url = fair_str_fmt(a, "http://%.*s:%u", (int)(colon - 1), where.p, out->port);
    return FAIR_OK;
}

static void
library_says(void *arg, const char *fmt, va_list ap)
{
    char line[256];

    (void)arg;
    vsnprintf(line, sizeof line, fmt, ap);
    fair_log(FAIR_LOG_DEBUG, "web.library says=\"%s\"", line);
}

/* Let the library work until `stop` can be read, or until `deadline` (ticks, 0: none) when nothing is under way. */
static fair_status
serve(struct server *sv, int stop, fair_time deadline, struct fair_err *err)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(sv->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    struct pollfd fds[2] = { { .fd = info != NULL ? info->epoll_fd : -1, .events = POLLIN }, { .fd = stop, .events = POLLIN } };

    for (;;) {
        MHD_UNSIGNED_LONG_LONG ms = 1000;
        if (MHD_get_timeout(sv->daemon, &ms) != MHD_YES || ms > 1000) ms = 1000;
        if (poll(fds, stop >= 0 ? 2 : 1, (int)ms) < 0 && errno != EINTR) return fair_fail(err, FAIR_IO, "serving: poll: %m");
        if (stop >= 0 && fds[1].revents != 0) return FAIR_OK;
        if (MHD_run(sv->daemon) != MHD_YES) return fair_fail(err, FAIR_IO, "serving: the HTTP library gave up");
        if (deadline == 0) continue;
        if (sv->under_way == 0 || fair_ticks() > deadline) return FAIR_OK;
    }
}

static fair_status
stop_signals(int *fd, struct fair_err *err)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 || (*fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
        return fair_fail(err, FAIR_IO, "signals: %m");
    return FAIR_OK;
}

static void
fair_daemon_free(struct MHD_Daemon **d)
{
    if (*d != NULL) MHD_stop_daemon(*d);
    *d = NULL;
}

fair_status
fair_http_run(struct fair_http_port *p, const struct fair_http_service *service, int stop_fd,
              fair_status (*ready)(void *arg, struct fair_err *err), void *arg, struct fair_err *err)
{
    FAIR_AUTO(fd) int signals = -1;
    struct server sv = { .service = service };
    FAIR_AUTO(daemon) struct MHD_Daemon *daemon = NULL;

    signal(SIGPIPE, SIG_IGN);
    if (stop_fd < 0) FAIR_TRY(stop_signals(&signals, err));
    daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, request, &sv,
        MHD_OPTION_EXTERNAL_LOGGER, library_says, NULL,
        MHD_OPTION_LISTEN_SOCKET, p->fd,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, service->secure ? 0u : (unsigned)CONNECTIONS_A_PEER,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_as_it_is, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, request_begin, &sv,
        MHD_OPTION_NOTIFY_COMPLETED, request_end, &sv,
        MHD_OPTION_END);
    if (daemon == NULL) return fair_fail(err, FAIR_IO, "the HTTP library does not start");
    p->fd = -1;                                                 /* the library closes it now */
    sv.daemon = daemon;
    if (ready != NULL) FAIR_TRY(ready(arg, err));
    FAIR_TRY(serve(&sv, stop_fd >= 0 ? stop_fd : signals, 0, err));
    p->fd = MHD_quiesce_daemon(daemon);                         /* no new connections; those open are finished */
    fair_http_port_free(p);
    FAIR_TRY(serve(&sv, -1, fair_ticks() + 5 * FAIR_SECOND, err));
    fair_log(FAIR_LOG_INFO, "%s.stopped requests=%zu", service->name, sv.requests);
    return FAIR_OK;
}
