/* fetcher.c - the one way to the network: asks wait for their turn, robots.txt and redirects are seen to, answers are handed out. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "base/io.h"
#include "base/log.h"
#include "work/fetcher_private.h"
#include "source/guard.h"
#include "source/url.h"

#define WAITING_MAX 100000
#define ROBOTS_BYTES (1024 * 1024)    /* more than the 500 KiB that must be read */
#define ROBOTS_HOPS 5
#define GRACE_S 30                    /* beyond its time before the helper is taken for hung */
#define STARTS_MAX 3

const struct fair_fetch_limits fair_fetch_limits_default = {
    .max_bytes = 64u << 20, .max_redirects = 10, .seconds = 60, .stall_s = 15, .at_once = 32, .min_delay_ms = 3000, .max_delay_ms = 30000,
    .agent = "Fairtrack/0.1", .backoff_ms = 300000, .tries = 4, .patience_s = 900, .robots_good_s = 86400, .robots_bad_s = 3600,
};

fair_status
fair_fetcher_open(const struct fair_fetch_limits *limits, struct fair_fetcher **out, struct fair_err *err)
{
    struct fair_fetcher *f = fair_xcalloc(1, sizeof *f);

    *out = NULL;
    f->arena = fair_arena_new();
    f->scratch = fair_arena_new();
    f->limits = *limits;
    if (f->limits.at_once == 0) f->limits.at_once = 1;
    if (f->limits.at_once > 200) f->limits.at_once = 200;
    if (f->limits.tries == 0) f->limits.tries = 1;
    if (f->limits.robots_good_s == 0) f->limits.robots_good_s = 1;
    if (f->limits.robots_bad_s == 0) f->limits.robots_bad_s = 1;
    f->agent = fair_str_dup(f->arena, fair_str_of(limits->agent != NULL ? limits->agent : fair_fetch_limits_default.agent));
    f->limits.agent = f->agent.p;
    f->room = fair_xmalloc(FAIR_FETCH_PACKET);
    f->sent = fair_xcalloc(f->limits.at_once, sizeof f->sent[0]);
    f->line.sock = -1;
    f->done_last = &f->done;
    fair_random(&f->seed, sizeof f->seed);
    if (f->agent.n == 0 || memchr(f->agent.p, '\n', f->agent.n) != NULL || memchr(f->agent.p, '\r', f->agent.n) != NULL) {
        fair_fetcher_free(&f);
        return fair_fail(err, FAIR_INVALID, "fetcher: the user agent must be one line of text");
    }
    *out = f;
    return FAIR_OK;
}

static void
want_free(struct fair_fetcher *f, struct fair_want *w)
{
    struct fair_arena *a = w->arena;

    if (w->origin != NULL && !w->is_robots) w->origin->wants--;
    if (!w->is_robots) f->waiting--;
    fair_fd_free(&w->body_fd);
    fair_arena_free(&a);
}

void
fair_fetcher_free(struct fair_fetcher **ff)
{
    struct fair_fetcher *f = *ff;
    char words[96];

    *ff = NULL;
    if (f == NULL) return;
    fair_line_end(&f->line, words);
    while (f->done != NULL) {
        struct fair_want *w = f->done;
        f->done = w->next;
        want_free(f, w);
    }
    for (unsigned i = 0; i < f->n_sent; i++) want_free(f, f->sent[i]);
    fair_hosts_free(f);
    free(f->sent);
    free(f->room);
    fair_arena_free(&f->scratch);
    fair_arena_free(&f->arena);
    free(f);
}

size_t
fair_fetcher_waiting(const struct fair_fetcher *f)
{
    return f->waiting;
}

/* It ends without an answer from the network. */
static void
finish(struct fair_fetcher *f, struct fair_want *w, fair_status status, const char *refused_by, const char *words)
{
    w->status = status;
    w->refused_by = refused_by;
    snprintf(w->words, sizeof w->words, "%s", words);
    w->next = NULL;
    *f->done_last = w;
    f->done_last = &w->next;
}

/* Read the URL of the next hop and queue it where it belongs; what may not be asked ends at once. */
static fair_status
place(struct fair_fetcher *f, struct fair_want *w, fair_str url, const char *base, bool first, struct fair_err *err)
{
    struct fair_url b, u;
    struct fair_origin *o;
    bool outside;
    int port;

    fair_arena_clear(f->scratch);
    if (base != NULL) FAIR_TRY(fair_url_parse(f->scratch, fair_str_of(base), NULL, &b, err));
    FAIR_TRY(fair_url_parse(f->scratch, url, base != NULL ? &b : NULL, &u, err));
    if (!fair_str_eq(u.scheme, FAIR_STR("http")) && !fair_str_eq(u.scheme, FAIR_STR("https")))
        return fair_fail(err, FAIR_INVALID, "%.*s: is not fetched", FAIR_STR_ARG(u.scheme));
    if (u.host.n == 0 || u.href.n > FAIR_FETCH_URL) return fair_fail(err, FAIR_INVALID, "a URL without a host, or too long");
    if (u.fragment.p != NULL) u.href.n -= u.fragment.n + 1;
    w->url = fair_str_dup(w->arena, u.href);
    port = u.port >= 0 ? u.port : fair_str_eq(u.scheme, FAIR_STR("https")) ? 443 : 80;
    outside = f->limits.loopback_only && !fair_guard_port(u.host, 1, false, true);
    if (w->is_robots && outside) return fair_fail(err, FAIR_REFUSED, "outside this machine");
    if (w->is_robots) return FAIR_OK;
    o = fair_origin_of(f, fair_url_origin(f->scratch, &u));
    o->wants++;
    if (w->origin != NULL) w->origin->wants--;
    w->origin = o;
    if (outside) {
        finish(f, w, FAIR_REFUSED, "contact", "crawl.contact is not set: nothing outside this machine is fetched");
        return FAIR_OK;
    }
    if (f->limits.only == NULL && !fair_guard_port(u.host, port, f->limits.any_port, f->limits.allow_loopback)) {
        char words[64];
        snprintf(words, sizeof words, "port %d is not 80 or 443", port);
        finish(f, w, FAIR_REFUSED, "port", words);
        return FAIR_OK;
    }
    fair_host_queue(f, fair_host_of(f, u.host), w, first);
    return FAIR_OK;
}

/* What is sent: its method, and a body that is too long for the packet in a memory file. */
static fair_status
take_sent(struct fair_want *w, const struct fair_fetch_ask *ask, struct fair_err *err)
{
    static const char *const names[FAIR_FETCH_N_METHODS] = { "GET", "HEAD", "POST", "PUT", "DELETE" };

    w->body_fd = -1;
    w->method = FAIR_FETCH_GET;
    while (ask->method != NULL && w->method < FAIR_FETCH_N_METHODS && strcmp(ask->method, names[w->method]) != 0) w->method++;
    if (w->method == FAIR_FETCH_N_METHODS || (ask->body.n > 0 && w->method != FAIR_FETCH_POST && w->method != FAIR_FETCH_PUT))
        return fair_fail(err, FAIR_INVALID, "no request of this kind is made");
    if (ask->headers.n > FAIR_FETCH_SENT_HEADERS) return fair_fail(err, FAIR_INVALID, "request headers of %zu bytes", ask->headers.n);
    if (ask->headers.p != NULL) w->ask.headers = fair_str_dup(w->arena, ask->headers);
    if (ask->body.n <= FAIR_FETCH_INLINE) {
        if (ask->body.p != NULL) w->ask.body = fair_str_dup(w->arena, ask->body);
        return FAIR_OK;
    }
    w->body_fd = memfd_create("fairtrack-send", MFD_CLOEXEC);
    if (w->body_fd < 0) return fair_fail(err, FAIR_IO, "a memory file: %m");
    w->ask.body.p = NULL;
    return fair_write_all(w->body_fd, ask->body.p, ask->body.n, err);
}

fair_status
fair_fetcher_ask(struct fair_fetcher *f, const struct fair_fetch_ask *ask, struct fair_err *err)
{
    struct fair_err inner = { 0 };
    struct fair_arena *a;
    struct fair_want *w;

    if (f->waiting >= WAITING_MAX) return fair_fail(err, FAIR_LIMIT, "%d fetches are waiting", WAITING_MAX);
    a = fair_arena_new();
    w = FAIR_NEW(a, struct fair_want);
    w->arena = a;
    w->ask = *ask;
    if (w->ask.max_bytes == 0 || w->ask.max_bytes > f->limits.max_bytes) w->ask.max_bytes = f->limits.max_bytes;
    if (ask->etag.p != NULL) w->ask.etag = fair_str_dup(a, ask->etag);
    if (ask->last_modified.p != NULL) w->ask.last_modified = fair_str_dup(a, ask->last_modified);
    if (ask->accept.p != NULL) w->ask.accept = fair_str_dup(a, ask->accept);
    w->redirects = FAIR_BUF(a, 1024 * 1024);
    if (take_sent(w, ask, &inner) != FAIR_OK || place(f, w, ask->url, NULL, false, &inner) != FAIR_OK) {
        fair_fd_free(&w->body_fd);
        fair_arena_free(&a);
        return fair_fail(err, FAIR_INVALID, "%.*s: %s", (int)(ask->url.n < 200 ? ask->url.n : 200), ask->url.p, inner.text);
    }
    f->waiting++;
    return FAIR_OK;
}

/* ---- sending ---- */

/* Everything that was on its way is lost with the helper. */
static void
helper_lost(struct fair_fetcher *f)
{
    char words[96];
    fair_time now = fair_ticks();

    fair_line_end(&f->line, words);
    fair_log(FAIR_LOG_WARN, "fetch.helper_lost why=\"%s\" under_way=%u", words, f->n_sent);
    while (f->n_sent > 0) {
        struct fair_want *w = f->sent[--f->n_sent];
        w->host->busy = false;
        if (w->is_robots) {
            fair_origin_note(&f->limits, w->origin, FAIR_IO, 0, FAIR_STR(""), NULL, words, now);
            want_free(f, w);
        } else {
            finish(f, w, FAIR_IO, NULL, words);
        }
    }
}

/* FAIR_AGAIN: not just now. */
static fair_status
ask_helper(struct fair_fetcher *f, struct fair_want *w, struct fair_err *err)
{
    struct fair_fetch_question q = { .tag = ++f->number, .url = w->url, .etag = w->ask.etag, .last_modified = w->ask.last_modified,
        .accept = w->ask.accept, .max_bytes = w->ask.max_bytes, .range_from = (uint64_t)w->ask.range_from,
        .range_to = (uint64_t)w->ask.range_to, .ms = f->limits.seconds * 1000, .stall_s = f->limits.stall_s, .cut = w->ask.cut,
        .method = w->method, .headers = w->ask.headers, .body_n = w->ask.body.n, .body = w->ask.body };
    fair_status s;

    if (f->line.sock < 0) {
        if (f->line.starts_in_vain >= STARTS_MAX) return fair_fail(err, FAIR_IO, "the fetch helper ended %d times without an answer", STARTS_MAX);
        FAIR_TRY(fair_line_start(&f->line, &f->limits, err));
        f->line.starts_in_vain++;
    }
    fair_arena_clear(f->scratch);
    if (w->body_fd >= 0) {
        q.body_beside = true;
        q.body = (fair_str){ NULL, 0 };
    }
    s = fair_line_send(&f->line, fair_fetch_question_pack(f->scratch, &q), q.body_beside ? w->body_fd : -1, err);
    if (s == FAIR_IO) {
        helper_lost(f);
        return FAIR_AGAIN;
    }
    if (s != FAIR_OK) return s;
    w->number = q.tag;
    w->give_up = fair_ticks() + (fair_time)(f->limits.seconds + GRACE_S) * FAIR_SECOND;
    w->host->busy = true;
    f->sent[f->n_sent++] = w;
    return FAIR_OK;
}

static fair_status
ask_robots(struct fair_fetcher *f, struct fair_host *h, struct fair_origin *o, struct fair_err *err)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_want *w = FAIR_NEW(a, struct fair_want);
    fair_status s;

    *w = (struct fair_want){ .arena = a, .is_robots = true, .body_fd = -1, .host = h, .origin = o, .url = fair_str_fmt(a, "%s/robots.txt", o->name),
        .ask = { .max_bytes = ROBOTS_BYTES, .cut = true, .accept = FAIR_STR("text/plain, */*;q=0.5") } };
    s = ask_helper(f, w, err);
    if (s != FAIR_OK) fair_arena_free(&a);
    return s;
}

/* Is anything more to be seen to before this ask may go?  FAIR_DONE: it has ended. */
static fair_status
may_go(struct fair_fetcher *f, struct fair_host *h, struct fair_want *w, fair_time now, struct fair_err *err)
{
    struct fair_origin *o = w->origin;

    if (h->closed_until > now) {
        finish(f, fair_host_pop(f, h), h->closed_by != NULL ? FAIR_REFUSED : FAIR_IO, h->closed_by, h->closed_words);
        return FAIR_DONE;
    }
    if (w->ask.ignore_robots) return FAIR_OK;
    if (o->state == FAIR_ROBOTS_UNKNOWN || o->until <= now) {
        fair_status s = ask_robots(f, h, o, err);
        return s == FAIR_OK ? FAIR_AGAIN : s;
    }
    if (o->state == FAIR_ROBOTS_NOTHING) {
        finish(f, fair_host_pop(f, h), o->bad_status, o->bad_refused_by, o->bad_words);
        return FAIR_DONE;
    }
    if (o->state == FAIR_ROBOTS_RULES && !fair_robots_allows(o->rules, f->agent, w->url)) {
        finish(f, fair_host_pop(f, h), FAIR_REFUSED, "robots", "robots.txt does not allow it");
        return FAIR_DONE;
    }
    return FAIR_OK;
}

/* Send what may go now.  *wake: when the next may, if that is sooner. */
static fair_status
pump(struct fair_fetcher *f, fair_time now, fair_time *wake, struct fair_err *err)
{
    for (struct fair_host *h = f->active, *next; h != NULL; h = next) {
        next = h->next_active;
        while (h->first != NULL && !h->busy) {
            struct fair_want *w = h->first;
            fair_status s;
            if (h->next_at > now && h->closed_until <= now && w->ask.patience_ms > 0 && h->next_at - now > (fair_time)w->ask.patience_ms * 1000) {
                char words[128];
                snprintf(words, sizeof words, "its host has to be left alone for %lld s more", (long long)((h->next_at - now) / FAIR_SECOND));
                finish(f, fair_host_pop(f, h), FAIR_REFUSED, "host", words);
                continue;
            }
            if (h->next_at > now && h->closed_until <= now) {
                if (h->next_at < *wake) *wake = h->next_at;
                break;
            }
            if (f->n_sent >= f->limits.at_once) return FAIR_OK;
            s = may_go(f, h, w, now, err);
            if (s == FAIR_DONE) continue;
            if (s == FAIR_OK) {
                s = ask_helper(f, w, err);
                if (s == FAIR_OK) fair_host_pop(f, h);
            }
            if (s == FAIR_AGAIN && !h->busy) return FAIR_OK;      /* the helper has no room, or has just gone */
            if (s != FAIR_OK && s != FAIR_AGAIN) return s;
        }
    }
    return FAIR_OK;
}

/* ---- answers ---- */

static struct fair_want *
claim(struct fair_fetcher *f, uint64_t number)
{
    for (unsigned i = 0; i < f->n_sent; i++)
        if (f->sent[i]->number == number) {
            struct fair_want *w = f->sent[i];
            f->sent[i] = f->sent[--f->n_sent];
            return w;
        }
    return NULL;
}

static fair_str
keep(struct fair_arena *a, fair_str s)
{
    return s.p != NULL ? fair_str_dup(a, s) : s;
}

static fair_status
take_body(const struct fair_fetch_answer *r, int fd, size_t max, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    if (!r->body_beside) {
        *out = fair_str_dup(a, r->body.p != NULL ? r->body : FAIR_STR(""));
        return FAIR_OK;
    }
    if (fd < 0) return fair_fail(err, FAIR_CORRUPT, "fetch helper: a body without a descriptor");
    FAIR_TRY(fair_read_fd(a, fd, max, out, err));
    return out->n == r->body_n ? FAIR_OK : fair_fail(err, FAIR_CORRUPT, "fetch helper: a body of %zu bytes, not %llu", out->n, (unsigned long long)r->body_n);
}

static bool
is_redirect(const struct fair_fetch_answer *r)
{
    return r->status == FAIR_OK && r->location.n > 0 &&
           (r->http == 301 || r->http == 302 || r->http == 303 || r->http == 307 || r->http == 308);
}

static const char *
refused_name(enum fair_fetch_refused r)
{
    return r == FAIR_FETCH_BY_GUARD ? "guard" : r == FAIR_FETCH_BY_PORT ? "port" : NULL;
}

/* The next hop of a robots.txt, or its end. */
static void
on_robots(struct fair_fetcher *f, struct fair_want *w, const struct fair_fetch_answer *r, int fd, fair_time now)
{
    struct fair_err err = { 0 };
    fair_str body = FAIR_STR("");
    char words[256];
    fair_status status = r->status;
    int http = r->http;
    struct fair_arena *a = fair_arena_new();

    if (is_redirect(r)) {
        if (++w->hops > ROBOTS_HOPS || place(f, w, r->location, fair_str_dup(a, w->url).p, false, &err) != FAIR_OK) {
            http = 404;           /* RFC 9309 2.3.1.2: it may be taken for unavailable */
        } else if (ask_helper(f, w, &err) == FAIR_OK) {
            fair_arena_free(&a);
            return;
        } else {
            status = FAIR_IO;
        }
    }
    if (status == FAIR_OK && http >= 200 && http < 300 && take_body(r, fd, ROBOTS_BYTES, a, &body, &err) != FAIR_OK) status = FAIR_IO;
    if (r->words.n > 0) snprintf(words, sizeof words, "%.*s", FAIR_STR_ARG(r->words));
    else snprintf(words, sizeof words, "%.255s", err.text);
    fair_origin_note(&f->limits, w->origin, status, http, body, refused_name(r->refused), words, now);
    (void)fair_host_note(&f->limits, w->host, w, status, http, r->retry_after_s, r->us, -1, now);
    w->host->busy = false;
    want_free(f, w);
    fair_arena_free(&a);
}

static double
crawl_delay(const struct fair_fetcher *f, const struct fair_want *w)
{
    return w->origin->state == FAIR_ROBOTS_RULES ? fair_robots_delay(w->origin->rules, f->agent) : -1;
}

static void
tell(const struct fair_want *w, struct fair_arena *a, struct fair_fetch_reply *out)
{
    fair_str redirects = { NULL, 0 };
    struct fair_buf b = w->redirects;

    if (w->hops > 0 && fair_buf_take(&b, &redirects, NULL) != FAIR_OK) redirects = (fair_str){ NULL, 0 };
    *out = (struct fair_fetch_reply){ .tag = w->ask.tag, .url = fair_str_dup(a, w->url), .redirects = keep(a, redirects),
        .ms = w->us / 1000, .wire_bytes = w->wire_bytes, .retry_after_s = -1, .status = w->status, .refused_by = w->refused_by };
    snprintf(out->words, sizeof out->words, "%s", w->words);
}

/* FAIR_AGAIN: it went on to another hop or try.  FAIR_OK: *out is an answer. */
static fair_status
on_answer(struct fair_fetcher *f, const struct fair_fetch_answer *r, int fd, struct fair_arena *a, struct fair_fetch_reply *out)
{
    struct fair_want *w = claim(f, r->tag);
    fair_time now = fair_ticks();
    struct fair_err err = { 0 };

    if (w == NULL) return FAIR_AGAIN;
    f->line.starts_in_vain = 0;
    if (w->is_robots) {
        on_robots(f, w, r, fd, now);
        return FAIR_AGAIN;
    }
    w->host->busy = false;
    w->us += r->us;
    w->wire_bytes += r->wire_bytes;
    if (fair_host_note(&f->limits, w->host, w, r->status, r->http, r->retry_after_s, r->us, crawl_delay(f, w), now)) {
        w->tries++;
        fair_host_queue(f, w->host, w, true);
        return FAIR_AGAIN;
    }
    if (is_redirect(r) && w->method <= FAIR_FETCH_HEAD && f->limits.only == NULL) {
        if (++w->hops > f->limits.max_redirects) {
            snprintf(w->words, sizeof w->words, "more than %u redirects", f->limits.max_redirects);
            w->status = FAIR_LIMIT;
        } else {
            fair_str from = w->url;
            fair_buf_fmt(&w->redirects, "%s%.*s", w->hops > 1 ? "\n" : "", FAIR_STR_ARG(from));
            if (place(f, w, r->location, from.p, true, &err) == FAIR_OK) return FAIR_AGAIN;
            snprintf(w->words, sizeof w->words, "a redirect to what cannot be fetched: %.180s", err.text);
            w->status = FAIR_INVALID;
        }
        tell(w, a, out);
        want_free(f, w);
        return FAIR_OK;
    }
    w->status = r->status;
    w->refused_by = refused_name(r->refused);
    snprintf(w->words, sizeof w->words, "%.*s", FAIR_STR_ARG(r->words.p != NULL ? r->words : FAIR_STR("")));
    tell(w, a, out);
    out->http = r->http;
    out->cut = r->cut;
    out->mime = keep(a, r->mime);
    out->charset = keep(a, r->charset);
    out->etag = keep(a, r->etag);
    out->last_modified = keep(a, r->last_modified);
    out->robots_tag = keep(a, r->robots_tag);
    out->tdm = keep(a, r->tdm);
    out->headers = keep(a, r->headers);
    out->tls = keep(a, r->tls);
    out->retry_after_s = r->retry_after_s;
    snprintf(out->address, sizeof out->address, "%.*s", FAIR_STR_ARG(r->address.p != NULL ? r->address : FAIR_STR("")));
    if (r->status == FAIR_OK && take_body(r, fd, w->ask.max_bytes, a, &out->body, &err) != FAIR_OK) {
        out->status = err.status;
        snprintf(out->words, sizeof out->words, "%.250s", err.text);
    }
    want_free(f, w);
    return FAIR_OK;
}

static int
until_ms(fair_time at, fair_time now)
{
    fair_time ms = at <= now ? 0 : (at - now + 999) / 1000;

    return ms > 3600000 ? 3600000 : (int)ms;
}

fair_status
fair_fetcher_next(struct fair_fetcher *f, struct fair_arena *a, int wait_ms, struct fair_fetch_reply *out, int *wake_ms, struct fair_err *err)
{
    fair_time end = wait_ms < 0 ? INT64_MAX : fair_ticks() + (fair_time)wait_ms * 1000;

    if (wake_ms != NULL) *wake_ms = -1;
    for (;;) {
        fair_time now = fair_ticks(), wake = INT64_MAX, soonest;
        struct fair_fetch_answer r;
        fair_str packet;
        fair_status s;

        FAIR_TRY(pump(f, now, &wake, err));
        if (f->done != NULL) {
            struct fair_want *w = f->done;
            f->done = w->next;
            if (f->done == NULL) f->done_last = &f->done;
            tell(w, a, out);
            want_free(f, w);
            return FAIR_OK;
        }
        if (f->waiting == 0 && f->n_sent == 0) return FAIR_DONE;
        soonest = wake;
        for (unsigned i = 0; i < f->n_sent; i++) {
            if (f->sent[i]->give_up < soonest) soonest = f->sent[i]->give_up;
            if (f->sent[i]->give_up <= now) {
                helper_lost(f);
                break;
            }
        }
        if (soonest > end) soonest = end;
        if (f->line.sock < 0) {
            if (soonest > now) (void)poll(NULL, 0, until_ms(soonest, now));
            s = FAIR_AGAIN;
        } else {
            FAIR_AUTO(fd) int fd = -1;
            s = fair_line_take(&f->line, f->room, until_ms(soonest, now), &packet, &fd, err);
            if (s == FAIR_OK) s = fair_fetch_answer_unpack(packet, &r, err);
            if (s == FAIR_OK && on_answer(f, &r, fd, a, out) == FAIR_OK) return FAIR_OK;
            if (s == FAIR_IO || s == FAIR_CORRUPT) helper_lost(f);
        }
        if (s == FAIR_AGAIN && f->done == NULL && fair_ticks() >= end) {
            if (wake_ms != NULL && f->n_sent == 0 && wake != INT64_MAX) *wake_ms = until_ms(wake, fair_ticks());
            return FAIR_AGAIN;
        }
    }
}

fair_status
fair_fetcher_get(struct fair_fetcher *f, const struct fair_fetch_ask *ask, struct fair_arena *a, struct fair_fetch_reply *out, struct fair_err *err)
{
    FAIR_TRY(fair_fetcher_ask(f, ask, err));
    return fair_fetcher_next(f, a, -1, out, NULL, err);
}

size_t
fair_fetcher_sitemaps(struct fair_fetcher *f, fair_str url, struct fair_arena *a, fair_str **urls)
{
    const fair_str *v;
    struct fair_origin *o;
    struct fair_url u;
    size_t n;

    *urls = NULL;
    fair_arena_clear(f->scratch);
    if (fair_url_parse(f->scratch, url, NULL, &u, NULL) != FAIR_OK) return 0;
    o = fair_origin_of(f, fair_url_origin(f->scratch, &u));
    if (o->state != FAIR_ROBOTS_RULES) return 0;
    n = fair_robots_sitemaps(o->rules, &v);
    *urls = fair_alloc_array(a, n, sizeof **urls);
    for (size_t i = 0; i < n; i++) (*urls)[i] = fair_str_dup(a, v[i]);
    return n;
}
