/* browser/proxy.c - the parent's side of fairtrack-proxy. */
#include "browser/proxy.h"
#include <poll.h>
#include <stdlib.h>
#include "base/clock.h"
#include "proc/proc.h"

#define READY_MS 30000

struct fair_proxy {
    struct fair_arena *arena, *scratch;
    struct fair_helper *helper;
    unsigned port;
    struct fair_proxy_seen *seen;
    size_t n, room;
    uint32_t asked, answered;
    struct fair_arena *into;          /* of the answer that is waited for */
    struct fair_proxy_named named;
};

unsigned fair_proxy_port(const struct fair_proxy *p) { return p->port; }
int fair_proxy_fd(const struct fair_proxy *p) { return p->helper->sock; }

const struct fair_proxy_seen *
fair_proxy_seen(const struct fair_proxy *p, size_t *n)
{
    *n = p->n;
    return p->seen;
}

static struct fair_proxy_seen *
seen_of(struct fair_proxy *p, uint32_t number)
{
    for (size_t i = p->n; i > 0; i--)
        if (p->seen[i - 1].line.number == number) return &p->seen[i - 1];
    if (p->n == FAIR_PROXY_LINES) return NULL;
    if (p->n == p->room) {
        p->room = p->room > 0 ? 2 * p->room : 64;
        p->seen = fair_xrealloc(p->seen, p->room * sizeof *p->seen);
    }
    p->seen[p->n] = (struct fair_proxy_seen){ 0 };
    return &p->seen[p->n++];
}

static fair_status
take_line(struct fair_proxy *p, const struct fair_msg *m, struct fair_err *err)
{
    struct fair_proxy_line l;
    struct fair_proxy_seen *s;

    FAIR_TRY(fair_proxy_line_unpack(m->body, &l, err));
    s = seen_of(p, l.number);
    if (s == NULL) return FAIR_OK;
    l.host = fair_str_dup(p->arena, l.host);
    l.address = fair_str_dup(p->arena, l.address);
    if (l.words.p != NULL) l.words = fair_str_dup(p->arena, l.words);
    s->line = l;
    if (m->type == FAIR_MSG_PROXY_OPENED) s->opened = true;
    if (m->type == FAIR_MSG_PROXY_REFUSED) s->refused = true;
    if (m->type == FAIR_MSG_PROXY_ENDED) s->ended = true;
    return FAIR_OK;
}

static fair_status
take(struct fair_proxy *p, const struct fair_msg *m, struct fair_err *err)
{
    struct fair_reader r = fair_reader_of(m->body);
    struct fair_proxy_named named;

    switch (m->type) {
    case FAIR_MSG_PROXY_PORT:
        p->port = fair_get_u32(&r, 65535);
        return fair_reader_end(&r, err);
    case FAIR_MSG_PROXY_NAMED:
        FAIR_TRY(fair_proxy_named_unpack(m->body, &named, err));
        if (m->tag != p->asked || p->into == NULL) return FAIR_OK;      /* too late */
        named.words = fair_str_dup(p->into, named.words);
        named.records = fair_str_dup(p->into, named.records);
        named.resolver = fair_str_dup(p->into, named.resolver);
        named.rcode = fair_str_dup(p->into, named.rcode);
        p->named = named;
        p->answered = m->tag;
        return FAIR_OK;
    case FAIR_MSG_PROXY_OPENED:
    case FAIR_MSG_PROXY_REFUSED:
    case FAIR_MSG_PROXY_ENDED: return take_line(p, m, err);
    default: return fair_fail(err, FAIR_CORRUPT, "the proxy said something else");
    }
}

fair_status
fair_proxy_hear(struct fair_proxy *p, struct fair_err *err)
{
    for (;;) {
        struct fair_msg m;
        fair_status s;
        fair_arena_clear(p->scratch);
        s = fair_helper_hear(p->helper, p->scratch, false, &m, err);
        if (s == FAIR_AGAIN) return FAIR_OK;
        if (s == FAIR_DONE) return fair_fail(err, FAIR_IO, "the proxy ended");
        if (s != FAIR_OK) return s;
        FAIR_TRY(take(p, &m, err));
    }
}

static fair_status
wait_until(struct fair_proxy *p, fair_time until, const char *what, struct fair_err *err)
{
    struct pollfd at = { .fd = p->helper->sock, .events = POLLIN };
    fair_time left = until - fair_ticks();

    if (left <= 0) return fair_fail(err, FAIR_LIMIT, "%s in time", what);
    (void)poll(&at, 1, (int)(left / 1000) + 1);
    return fair_proxy_hear(p, err);
}

fair_status
fair_proxy_open(const struct fair_proxy_options *o, struct fair_proxy **out, struct fair_err *err)
{
    struct fair_proxy *p = fair_xcalloc(1, sizeof *p);
    struct fair_helper_options h = { .weak = o->weak };
    fair_time until = fair_ticks() + READY_MS * 1000;
    struct fair_buf b;
    fair_status s;

    *out = NULL;
    p->arena = fair_arena_new();
    p->scratch = fair_arena_new();
    b = FAIR_BUF(p->arena, 1024);
    fair_buf_fmt(&b, "%s%s", o->loopback ? "loopback " : "", o->any_port ? "any-port " : "");
    if (o->max_mb > 0) fair_buf_fmt(&b, "max_mb=%u ", o->max_mb);
    if (o->connections > 0) fair_buf_fmt(&b, "connections=%u ", o->connections);
    if (o->seconds > 0) fair_buf_fmt(&b, "seconds=%u ", o->seconds);
    if (o->dns.n > 0) fair_buf_fmt(&b, "dns=%.*s ", FAIR_STR_ARG(o->dns));
    fair_buf_byte(&b, '\0');
    h.setting = b.p;
    s = fair_helper_start(FAIR_ROLE_PROXY, &h, &p->helper, err);
    while (s == FAIR_OK && p->port == 0) s = wait_until(p, until, "the proxy was not ready", err);
    if (s != FAIR_OK) fair_proxy_free(&p);
    *out = p;
    return s;
}

void
fair_proxy_free(struct fair_proxy **pp)
{
    struct fair_proxy *p = *pp;

    *pp = NULL;
    if (p == NULL) return;
    fair_helper_free(&p->helper);
    free(p->seen);
    fair_arena_free(&p->scratch);
    fair_arena_free(&p->arena);
    free(p);
}

fair_str
fair_proxy_address(const struct fair_proxy *p, fair_str host, unsigned port)
{
    for (size_t i = p->n; i > 0; i--) {
        const struct fair_proxy_seen *s = &p->seen[i - 1];
        if (s->opened && s->line.port == port && fair_str_eq_nocase(s->line.host, host)) return s->line.address;
    }
    return (fair_str){ NULL, 0 };
}

fair_status
fair_proxy_name(struct fair_proxy *p, fair_str name, fair_str type, int wait_ms, struct fair_arena *a, struct fair_proxy_named *out, struct fair_err *err)
{
    struct fair_proxy_name q = { name, type };
    fair_time until = fair_ticks() + (fair_time)wait_ms * 1000;
    struct fair_msg m = { .type = FAIR_MSG_PROXY_NAME, .tag = ++p->asked, .body = fair_proxy_name_pack(a, &q), .fd = -1 };
    fair_status s = FAIR_OK;

    *out = (struct fair_proxy_named){ 0 };
    if (name.n == 0 || name.n > 253) return fair_fail(err, FAIR_INVALID, "no name for the DNS");
    FAIR_TRY(fair_helper_tell(p->helper, &m, err));
    p->into = a;
    while (s == FAIR_OK && p->answered != m.tag) s = wait_until(p, until, "the DNS did not answer", err);
    p->into = NULL;
    if (s == FAIR_OK) *out = p->named;
    return s;
}
