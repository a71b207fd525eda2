/* fetch_transfer.c - one HTTP request of fairtrack-fetch: what is sent, what is taken, what is refused. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/digest.h"
#include "base/io.h"
#include "helpers/fetch_private.h"
#include "source/guard.h"

#define CONNECT_MS 15000
#define SLOW_BYTES 100                /* a second, for stall_s seconds: then it has stalled */
#define RATIO 100                     /* unpacked bytes per byte on the wire ...          */
#define RATIO_FREE (8 << 20)          /* ... beyond the first                             */

/* The address this connection would go to, before there is a socket. */
static curl_socket_t
open_socket(void *self, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct fair_transfer *t = self;
    const char *words;
    char text[INET6_ADDRSTRLEN] = "?";
    struct sockaddr_in6 v6;
    struct sockaddr_in v4;
    int port = 0, fd;

    if (purpose != CURLSOCKTYPE_IPCXN) return CURL_SOCKET_BAD;
    words = t->rules->only.n > 0 ? NULL : fair_guard_sockaddr(&to->addr, to->addrlen, t->rules->allow_loopback);
    if (to->family == AF_INET && to->addrlen >= sizeof v4) {
        memcpy(&v4, &to->addr, sizeof v4);
        inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
        port = ntohs(v4.sin_port);
    } else if (to->family == AF_INET6 && to->addrlen >= sizeof v6) {
        memcpy(&v6, &to->addr, sizeof v6);
        inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
        port = ntohs(v6.sin6_port);
    } else if (words == NULL) {
        words = "no internet address";
    }
    if (words != NULL) {
        snprintf(t->refused, sizeof t->refused, "%s is %s", text, words);
        return CURL_SOCKET_BAD;
    }
    if (t->rules->only.n > 0 && !fair_str_eq(t->rules->only, fair_str_fmt(t->arena, "%.*s:%d", FAIR_STR_ARG(t->host), port))) {
        snprintf(t->refused, sizeof t->refused, "%.80s:%d is not the service of the settings", t->host.p != NULL ? t->host.p : "", port);
        return CURL_SOCKET_BAD;
    }
    if (t->rules->only.n == 0 && !fair_guard_port(t->host, port, t->rules->any_port, t->rules->allow_loopback)) {
        snprintf(t->refused, sizeof t->refused, "port %d is not 80 or 443", port);
        t->answer.refused = FAIR_FETCH_BY_PORT;
        return CURL_SOCKET_BAD;
    }
    fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
    t->connected = fd >= 0;
    return fd >= 0 ? fd : CURL_SOCKET_BAD;
}

static size_t
take_header(char *p, size_t one, size_t n, void *self)
{
    struct fair_transfer *t = self;

    n *= one;
    fair_fetch_head_line(&t->head, (fair_str){ p, n });
    if (t->head.raw.over) {
        snprintf(t->limit, sizeof t->limit, "headers over %d KiB", FAIR_FETCH_HEADERS / 1024);
        return 0;
    }
    return n;
}

static bool
body_add(struct fair_transfer *t, const char *p, size_t n)
{
    if (t->body_fd < 0 && t->body_n + n <= FAIR_FETCH_INLINE) {
        if (t->small == NULL) t->small = fair_alloc(t->arena, FAIR_FETCH_INLINE);
        memcpy(t->small + t->body_n, p, n);
        return true;
    }
    if (t->body_fd < 0) {
        t->body_fd = memfd_create("fairtrack-body", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (t->body_fd < 0 || (t->body_n > 0 && fair_write_all(t->body_fd, t->small, t->body_n, NULL) != FAIR_OK)) return false;
    }
    return fair_write_all(t->body_fd, p, n, NULL) == FAIR_OK;
}

static size_t
take_body(char *p, size_t one, size_t n, void *self)
{
    struct fair_transfer *t = self;
    curl_off_t wire = 0;

    n *= one;
    if (n > t->max_bytes - t->body_n && t->may_cut) {
        size_t fits = (size_t)(t->max_bytes - t->body_n);
        if (body_add(t, p, fits)) {
            t->body_n += fits;
            t->answer.cut = true;
        }
        return 0;
    }
    if (n > t->max_bytes - t->body_n) {
        snprintf(t->limit, sizeof t->limit, "more than %llu bytes", (unsigned long long)t->max_bytes);
        return 0;
    }
    curl_easy_getinfo(t->easy, CURLINFO_SIZE_DOWNLOAD_T, &wire);
    if (t->body_n + n > RATIO_FREE && t->body_n + n - RATIO_FREE > (uint64_t)wire * RATIO) {
        snprintf(t->limit, sizeof t->limit, "unpacks to more than %d times its size", RATIO);
        return 0;
    }
    if (!body_add(t, p, n)) {
        snprintf(t->limit, sizeof t->limit, "no room for a body of %llu bytes: %s", (unsigned long long)(t->body_n + n), strerror(errno));
        return 0;
    }
    t->body_n += n;
    return n;
}

/* Is it one line of printable bytes, so that nothing can be slipped into the request? */
static bool
plain(fair_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f) return false;
    return true;
}

static void
say(struct fair_transfer *t, const char *name, fair_str value)
{
    if (value.n == 0 || !plain(value)) return;
    t->sent = curl_slist_append(t->sent, fair_str_fmt(t->arena, "%s: %.*s", name, FAIR_STR_ARG(value)).p);
}

/* A piece of the body that is sent. */
static size_t
give_body(char *p, size_t one, size_t n, void *self)
{
    struct fair_transfer *t = self;
    uint64_t left = t->send_n - t->send_at;

    n *= one;
    if (n > left) n = (size_t)left;
    if (t->send_fd < 0) {
        if (n > 0) memcpy(p, t->send.p + t->send_at, n);
    } else if (n > 0) {
        ssize_t got;
        do got = pread(t->send_fd, p, n, (off_t)t->send_at);
        while (got < 0 && errno == EINTR);
        if (got <= 0) return CURL_READFUNC_ABORT;
        n = (size_t)got;
    }
    t->send_at += n;
    return n;
}

/* A connection that was kept turns out to be gone: the body goes again from its beginning. */
static int
seek_body(void *self, curl_off_t to, int from)
{
    struct fair_transfer *t = self;

    if (from != SEEK_SET || to < 0 || (uint64_t)to > t->send_n) return CURL_SEEKFUNC_FAIL;
    t->send_at = (uint64_t)to;
    return CURL_SEEKFUNC_OK;
}

/* Method, own headers and body of a question that is no plain GET. */
static fair_status
sending(struct fair_transfer *t, const struct fair_fetch_question *q, int *body_fd, struct fair_err *err)
{
    static const char *const names[FAIR_FETCH_N_METHODS] = { NULL, NULL, "POST", "PUT", "DELETE" };
    fair_str rest = q->headers, line;
    struct stat st;

    for (; rest.n > 0 && fair_str_split(&rest, '\n', &line);) {
        if (line.n == 0) continue;
        if (!plain(line) || memchr(line.p, ':', line.n) == NULL) return fair_fail(err, FAIR_INVALID, "a request header that is none");
        t->sent = curl_slist_append(t->sent, fair_str_dup(t->arena, line).p);
    }
    if (q->method == FAIR_FETCH_HEAD) curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
    if (names[q->method] != NULL) curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, names[q->method]);
    if (q->method != FAIR_FETCH_POST && q->method != FAIR_FETCH_PUT) return FAIR_OK;
    if (q->body_beside && (*body_fd < 0 || fstat(*body_fd, &st) != 0 || st.st_size < 0 || (uint64_t)st.st_size != q->body_n))
        return fair_fail(err, FAIR_INVALID, "a body that is not there");
    t->send_n = q->body_n;
    if (q->body_beside) {
        t->send_fd = *body_fd;
        *body_fd = -1;
    } else {
        t->send = fair_str_dup(t->arena, q->body.p != NULL ? q->body : FAIR_STR(""));
    }
    curl_easy_setopt(t->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(t->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)t->send_n);
    curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_SEEKFUNCTION, seek_body);
    curl_easy_setopt(t->easy, CURLOPT_SEEKDATA, t);
    t->sent = curl_slist_append(t->sent, "Expect:");
    return FAIR_OK;
}

/* scheme://[user@]host[:port]/...: the host, as fair_guard_port wants it. */
static fair_str
host_of(fair_str url)
{
    const char *p = memmem(url.p, url.n, "://", 3), *end, *at;

    if (p == NULL) return (fair_str){ NULL, 0 };
    p += 3;
    for (end = p; end < url.p + url.n && *end != '/' && *end != '?' && *end != '#';) end++;
    at = memrchr(p, '@', (size_t)(end - p));
    if (at != NULL) p = at + 1;
    if (p < end && *p == '[') {
        at = memchr(p, ']', (size_t)(end - p));
        return at != NULL ? (fair_str){ p, (size_t)(at - p) + 1 } : (fair_str){ NULL, 0 };
    }
    at = memchr(p, ':', (size_t)(end - p));
    return (fair_str){ p, (size_t)((at != NULL ? at : end) - p) };
}

fair_status
fair_transfer_new(const struct fair_fetch_rules *rules, const struct fair_fetch_question *q, int *body_fd,
                  struct fair_transfer **out, struct fair_err *err)
{
    struct fair_arena *a;
    struct fair_transfer *t;
    CURL *e;

    *out = NULL;
    if (!plain(q->url) || (!fair_str_starts(q->url, FAIR_STR("http://")) && !fair_str_starts(q->url, FAIR_STR("https://"))))
        return fair_fail(err, FAIR_INVALID, "no http or https URL");
    if ((e = curl_easy_init()) == NULL) return fair_fail(err, FAIR_IO, "curl_easy_init failed");
    a = fair_arena_new();
    t = FAIR_NEW(a, struct fair_transfer);
    *t = (struct fair_transfer){ .rules = rules, .arena = a, .easy = e, .body_fd = -1, .send_fd = -1, .max_bytes = q->max_bytes,
        .may_cut = q->cut,
        .answer = { .tag = q->tag, .retry_after_s = -1 } };
    t->head = (struct fair_fetch_head){ .raw = FAIR_BUF(a, FAIR_FETCH_HEADERS), .into = &t->answer, .now_us = fair_now() };
    t->host = fair_str_dup(a, host_of(q->url));
    curl_easy_setopt(e, CURLOPT_PRIVATE, t);
    curl_easy_setopt(e, CURLOPT_URL, fair_str_dup(a, q->url).p);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(e, CURLOPT_PROXY, "");
    curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(e, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(e, CURLOPT_USERAGENT, rules->agent);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, t);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->curl_words);
    curl_easy_setopt(e, CURLOPT_CERTINFO, 1L);
    if (!q->cut && q->method != FAIR_FETCH_HEAD) curl_easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)(q->max_bytes < INT64_MAX ? q->max_bytes : INT64_MAX));
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)(q->ms != 0 && q->ms < CONNECT_MS ? q->ms : CONNECT_MS));
    if (q->ms != 0) curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)q->ms);
    if (q->stall_s != 0) {
        curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES);
        curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, (long)q->stall_s);
    }
    if (q->range_to != 0)
        curl_easy_setopt(e, CURLOPT_RANGE, fair_str_fmt(a, "%llu-%llu", (unsigned long long)q->range_from, (unsigned long long)q->range_to).p);
    else if (q->method == FAIR_FETCH_GET && rules->only.n == 0)
        curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "");
    say(t, "Accept", q->accept.n > 0 ? q->accept : FAIR_STR("*/*"));
    say(t, "If-None-Match", q->etag);
    say(t, "If-Modified-Since", q->last_modified);
    if (sending(t, q, body_fd, err) != FAIR_OK) {
        fair_transfer_free(&t);
        return FAIR_INVALID;
    }
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, t->sent);
    *out = t;
    return FAIR_OK;
}

void
fair_transfer_free(struct fair_transfer **tt)
{
    struct fair_transfer *t = *tt;
    struct fair_arena *a;

    *tt = NULL;
    if (t == NULL) return;
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->sent);
    fair_fd_free(&t->body_fd);
    fair_fd_free(&t->send_fd);
    a = t->arena;
    fair_arena_free(&a);
}

/* The SHA-256 of the certificate in a PEM block; absent if it is none. */
static void
add_digest(struct fair_transfer *t, struct fair_buf *b, const char *pem)
{
    const char *from = strchr(pem, '\n'), *to = strstr(pem, "-----END");
    struct fair_buf bare = FAIR_BUF(t->arena, 65536);
    struct fair_sha256 sha;
    fair_str text, der;

    if (from == NULL || to == NULL || to < from) return;
    for (; from < to; from++)
        if (*from > ' ') fair_buf_byte(&bare, *from);
    if (fair_buf_take(&bare, &text, NULL) != FAIR_OK || !fair_unbase64(t->arena, text, &der)) return;
    sha = fair_sha256_of(der.p, der.n);
    fair_buf_fmt(b, "sha256=%.*s\n", FAIR_STR_ARG(fair_hex(t->arena, sha.b, sizeof sha.b)));
}

static void
tls_facts(struct fair_transfer *t)
{
    static const struct { const char *from, *to; } told[] = {
        { "Subject:", "subject=" }, { "Issuer:", "issuer=" }, { "Expire date:", "expires=" } };
    struct fair_buf b = FAIR_BUF(t->arena, 8192);
    struct curl_certinfo *certs = NULL;

    if (curl_easy_getinfo(t->easy, CURLINFO_CERTINFO, &certs) != CURLE_OK || certs == NULL || certs->num_of_certs == 0) return;
    for (int i = 0; i < certs->num_of_certs && i < 10; i++)
        for (const struct curl_slist *l = certs->certinfo[i]; l != NULL; l = l->next) {
            for (size_t k = 0; i == 0 && k < sizeof told / sizeof told[0]; k++)
                if (strncmp(l->data, told[k].from, strlen(told[k].from)) == 0)
                    fair_buf_fmt(&b, "%s%.400s\n", told[k].to, l->data + strlen(told[k].from));
            if (strncmp(l->data, "Cert:", 5) == 0) add_digest(t, &b, l->data + 5);
        }
    if (fair_buf_take(&b, &t->answer.tls, NULL) != FAIR_OK) t->answer.tls = (fair_str){ NULL, 0 };
}

static fair_status
status_of(struct fair_transfer *t, CURLcode code, struct fair_err *err)
{
    const char *words = t->curl_words[0] != '\0' ? t->curl_words : curl_easy_strerror(code);
    curl_off_t connected = 0;

    if (code == CURLE_OK || t->answer.cut) return FAIR_OK;
    if (t->limit[0] != '\0') return fair_fail(err, FAIR_LIMIT, "%s", t->limit);
    if (t->refused[0] != '\0' && !t->connected) {
        if (t->answer.refused == FAIR_FETCH_BY_NONE) t->answer.refused = FAIR_FETCH_BY_GUARD;
        return fair_fail(err, FAIR_REFUSED, "%s", t->refused);
    }
    t->answer.refused = FAIR_FETCH_BY_NONE;
    curl_easy_getinfo(t->easy, CURLINFO_CONNECT_TIME_T, &connected);
    switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL: return fair_fail(err, FAIR_IO, "the answer is no HTTP");   /* the URL's scheme was checked */
    case CURLE_URL_MALFORMAT: return fair_fail(err, FAIR_INVALID, "%s", words);
    case CURLE_COULDNT_RESOLVE_HOST: return fair_fail(err, FAIR_IO, "no address for %.*s", FAIR_STR_ARG(t->host));
    case CURLE_FILESIZE_EXCEEDED: return fair_fail(err, FAIR_LIMIT, "more than %llu bytes", (unsigned long long)t->max_bytes);
    case CURLE_OPERATION_TIMEDOUT: return fair_fail(err, connected > 0 ? FAIR_LIMIT : FAIR_IO, "%s", words);
    case CURLE_BAD_CONTENT_ENCODING: return fair_fail(err, FAIR_CORRUPT, "its packing is broken: %s", words);
    default: return fair_fail(err, FAIR_IO, "%s", words);
    }
}

void
fair_transfer_finish(struct fair_transfer *t, CURLcode code)
{
    struct fair_fetch_answer *r = &t->answer;
    struct fair_err err = { 0 };
    curl_off_t n = 0;
    long http = 0;
    char *ip = NULL;

    r->status = status_of(t, code, &err);
    if (r->status != FAIR_OK) r->words = fair_utf8_mend(t->arena, fair_str_fmt(t->arena, "%.200s", err.text));
    if (r->words.n > 255) r->words.n = 255;
    if (curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &http) == CURLE_OK && http > 0 && http < 1000) r->http = (int)http;
    if (curl_easy_getinfo(t->easy, CURLINFO_PRIMARY_IP, &ip) == CURLE_OK && ip != NULL && ip[0] != '\0')
        r->address = fair_str_fmt(t->arena, "%.60s", ip);
    if (curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &n) == CURLE_OK) r->us = n;
    if (curl_easy_getinfo(t->easy, CURLINFO_SIZE_DOWNLOAD_T, &n) == CURLE_OK) r->wire_bytes = n;
    if (t->head.raw.n > 0 && !t->head.raw.over) r->headers = (fair_str){ t->head.raw.p, t->head.raw.n };
    tls_facts(t);
    r->body_n = t->body_n;
    r->body_beside = t->body_fd >= 0;
    if (!r->body_beside && t->body_n > 0) r->body = (fair_str){ t->small, (size_t)t->body_n };
    if (r->body_beside) {
        if (lseek(t->body_fd, 0, SEEK_SET) != 0 || fcntl(t->body_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
            *r = (struct fair_fetch_answer){ .tag = r->tag, .status = FAIR_IO, .words = FAIR_STR("the body could not be handed over"), .retry_after_s = -1 };
        if (r->status == FAIR_IO && r->body_n == 0) fair_fd_free(&t->body_fd);
    }
    curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, NULL);
}
