/* fetch_msg.c - the fetch helper's questions and answers as bytes, and the reading of response headers. */
#include "source/fetch_msg.h"
#include <string.h>
#include "base/clock.h"

#define MAGIC_QUESTION 0x32514641u        /* "AFQ2" */
#define MAGIC_ANSWER 0x31414641u

static void
put_u64(struct fair_buf *b, uint64_t v)
{
    char bytes[8];

    for (int i = 0; i < 8; i++) bytes[i] = (char)(v >> (8 * i));
    fair_buf_add(b, (fair_str){ bytes, 8 });
}

/* An absent text is written as length 2^64 - 1. */
static void
put_str(struct fair_buf *b, fair_str s)
{
    put_u64(b, s.p == NULL ? UINT64_MAX : s.n);
    if (s.p != NULL) fair_buf_add(b, s);
}

struct cut { const char *p, *end; bool bad; };

static uint64_t
get_u64(struct cut *c)
{
    uint64_t v = 0;

    if (c->bad || c->end - c->p < 8) {
        c->bad = true;
        return 0;
    }
    for (int i = 0; i < 8; i++) v |= (uint64_t)(uint8_t)c->p[i] << (8 * i);
    c->p += 8;
    return v;
}

static uint64_t
get_upto(struct cut *c, uint64_t max)
{
    uint64_t v = get_u64(c);

    if (v > max) c->bad = true;
    return c->bad ? 0 : v;
}

static fair_str
get_str(struct cut *c, size_t max)
{
    uint64_t n = get_u64(c);
    fair_str s;

    if (c->bad || n == UINT64_MAX) return (fair_str){ NULL, 0 };
    if (n > max || n > (uint64_t)(c->end - c->p)) {
        c->bad = true;
        return (fair_str){ NULL, 0 };
    }
    s = (fair_str){ c->p, (size_t)n };
    c->p += n;
    return s;
}

static fair_str
made(struct fair_buf *b)
{
    fair_str s;
    struct fair_err err = { 0 };

    if (fair_buf_take(b, &s, &err) != FAIR_OK) return (fair_str){ NULL, 0 };
    return s;
}

fair_str
fair_fetch_question_pack(struct fair_arena *a, const struct fair_fetch_question *q)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_FETCH_PACKET);

    put_u64(&b, MAGIC_QUESTION);
    put_u64(&b, q->tag);
    put_str(&b, q->url);
    put_str(&b, q->etag);
    put_str(&b, q->last_modified);
    put_str(&b, q->accept);
    put_u64(&b, q->max_bytes);
    put_u64(&b, q->range_from);
    put_u64(&b, q->range_to);
    put_u64(&b, q->ms);
    put_u64(&b, q->stall_s);
    put_u64(&b, q->cut);
    put_u64(&b, (uint64_t)q->method);
    put_str(&b, q->headers);
    put_u64(&b, q->body_n);
    put_u64(&b, q->body_beside);
    put_str(&b, q->body);
    return made(&b);
}

fair_status
fair_fetch_question_unpack(fair_str packet, struct fair_fetch_question *out, struct fair_err *err)
{
    struct cut c = { packet.p, packet.p + packet.n, false };

    memset(out, 0, sizeof *out);
    if (get_u64(&c) != MAGIC_QUESTION) return fair_fail(err, FAIR_CORRUPT, "fetch question: not one");
    out->tag = get_u64(&c);
    out->url = get_str(&c, FAIR_FETCH_URL);
    out->etag = get_str(&c, 4096);
    out->last_modified = get_str(&c, 256);
    out->accept = get_str(&c, 1024);
    out->max_bytes = get_upto(&c, INT64_MAX);
    out->range_from = get_upto(&c, INT64_MAX);
    out->range_to = get_upto(&c, INT64_MAX);
    out->ms = (uint32_t)get_upto(&c, INT32_MAX);
    out->stall_s = (uint32_t)get_upto(&c, INT32_MAX);
    out->cut = get_upto(&c, 1) != 0;
    out->method = (enum fair_fetch_method)get_upto(&c, FAIR_FETCH_N_METHODS - 1);
    out->headers = get_str(&c, FAIR_FETCH_SENT_HEADERS);
    out->body_n = get_upto(&c, FAIR_FETCH_SENT_BODY);
    out->body_beside = get_upto(&c, 1) != 0;
    out->body = get_str(&c, FAIR_FETCH_INLINE);
    if (c.bad || c.p != c.end || out->url.p == NULL || (out->body_beside ? out->body.n != 0 : out->body.n != out->body_n) ||
        (out->body_n > 0 && out->method != FAIR_FETCH_POST && out->method != FAIR_FETCH_PUT))
        return fair_fail(err, FAIR_CORRUPT, "fetch question: its fields do not fit");
    return FAIR_OK;
}

fair_str
fair_fetch_answer_pack(struct fair_arena *a, const struct fair_fetch_answer *r)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_FETCH_PACKET);

    put_u64(&b, MAGIC_ANSWER);
    put_u64(&b, r->tag);
    put_u64(&b, (uint64_t)r->status);
    put_u64(&b, (uint64_t)r->refused);
    put_str(&b, r->words);
    put_u64(&b, (uint64_t)r->http);
    put_str(&b, r->location);
    put_str(&b, r->mime);
    put_str(&b, r->charset);
    put_str(&b, r->etag);
    put_str(&b, r->last_modified);
    put_str(&b, r->robots_tag);
    put_str(&b, r->tdm);
    put_u64(&b, (uint64_t)(r->retry_after_s + 1));
    put_str(&b, r->headers);
    put_str(&b, r->address);
    put_str(&b, r->tls);
    put_u64(&b, (uint64_t)r->us);
    put_u64(&b, (uint64_t)r->wire_bytes);
    put_u64(&b, r->body_n);
    put_u64(&b, r->cut);
    put_u64(&b, r->body_beside);
    put_str(&b, r->body);
    return made(&b);
}

fair_status
fair_fetch_answer_unpack(fair_str packet, struct fair_fetch_answer *out, struct fair_err *err)
{
    struct cut c = { packet.p, packet.p + packet.n, false };

    memset(out, 0, sizeof *out);
    if (get_u64(&c) != MAGIC_ANSWER) return fair_fail(err, FAIR_CORRUPT, "fetch answer: not one");
    out->tag = get_u64(&c);
    out->status = (fair_status)get_upto(&c, FAIR_IO);
    out->refused = (enum fair_fetch_refused)get_upto(&c, FAIR_FETCH_BY_PORT);
    out->words = get_str(&c, 255);
    out->http = (int)get_upto(&c, 999);
    out->location = get_str(&c, FAIR_FETCH_URL);
    out->mime = get_str(&c, 255);
    out->charset = get_str(&c, 255);
    out->etag = get_str(&c, 4096);
    out->last_modified = get_str(&c, 256);
    out->robots_tag = get_str(&c, 4096);
    out->tdm = get_str(&c, 256);
    out->retry_after_s = (int64_t)get_upto(&c, INT32_MAX) - 1;
    out->headers = get_str(&c, FAIR_FETCH_HEADERS);
    out->address = get_str(&c, 63);
    out->tls = get_str(&c, 8192);
    out->us = (int64_t)get_upto(&c, INT64_MAX);
    out->wire_bytes = (int64_t)get_upto(&c, INT64_MAX);
    out->body_n = get_upto(&c, INT64_MAX);
    out->cut = get_upto(&c, 1) != 0;
    out->body_beside = get_upto(&c, 1) != 0;
    out->body = get_str(&c, FAIR_FETCH_INLINE);
    if (c.bad || c.p != c.end || (!out->body_beside && out->body.n != out->body_n) || (out->body_beside && out->body.n != 0))
        return fair_fail(err, FAIR_CORRUPT, "fetch answer: its fields do not fit");
    return FAIR_OK;
}

/* A header's value for the arena: trimmed; absent when too long or holding control bytes. */
static fair_str
value_of(struct fair_arena *a, fair_str value, size_t max)
{
    if (value.n == 0 || value.n > max) return (fair_str){ NULL, 0 };
    for (size_t i = 0; i < value.n; i++)
        if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f) return (fair_str){ NULL, 0 };
    return fair_str_dup(a, value);
}

static fair_str
lower(struct fair_arena *a, fair_str s)
{
    char *p;

    if (s.p == NULL) return s;
    p = fair_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++) p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
    return (fair_str){ p, s.n };
}

/* Content-Type: the type and its charset parameter (RFC 9110 8.3), leniently. */
static void
content_type(struct fair_arena *a, fair_str value, struct fair_fetch_answer *into)
{
    fair_str part, rest = value;

    if (!fair_str_split(&rest, ';', &part)) return;
    into->mime = lower(a, value_of(a, fair_str_trim(part), 255));
    while (fair_str_split(&rest, ';', &part)) {
        part = fair_str_trim(part);
        if (part.n <= 8 || !fair_str_eq_nocase((fair_str){ part.p, 8 }, FAIR_STR("charset="))) continue;
        part = fair_str_trim((fair_str){ part.p + 8, part.n - 8 });
        if (part.n >= 2 && part.p[0] == '"' && part.p[part.n - 1] == '"') part = (fair_str){ part.p + 1, part.n - 2 };
        into->charset = lower(a, value_of(a, part, 64));
        return;
    }
}

static int64_t
retry_after(fair_str value, int64_t now_us)
{
    int64_t s;
    fair_time at;

    if (fair_str_number(value, INT32_MAX - 1, &s)) return s;
    if (!fair_time_parse_http(value, &at)) return -1;
    if (at <= now_us) return 0;
    s = (at - now_us) / FAIR_SECOND + 1;
    return s > INT32_MAX - 1 ? INT32_MAX - 1 : s;
}

void
fair_fetch_head_line(struct fair_fetch_head *h, fair_str line)
{
    struct fair_fetch_answer *into = h->into;
    struct fair_arena *a = h->raw.arena;
    fair_str name, value;
    const char *colon;

    if (fair_str_starts(line, FAIR_STR("HTTP/"))) {
        h->raw = (struct fair_buf){ .arena = a, .max = h->raw.max };
        into->location = into->mime = into->charset = into->etag = into->last_modified = (fair_str){ NULL, 0 };
        into->robots_tag = into->tdm = (fair_str){ NULL, 0 };
        into->retry_after_s = -1;
    }
    fair_buf_add(&h->raw, line);
    colon = line.n > 0 ? memchr(line.p, ':', line.n) : NULL;
    if (colon == NULL) return;
    name = (fair_str){ line.p, (size_t)(colon - line.p) };
    value = fair_str_trim((fair_str){ colon + 1, line.n - name.n - 1 });
    if (fair_str_eq_nocase(name, FAIR_STR("content-type"))) content_type(a, value, into);
    else if (fair_str_eq_nocase(name, FAIR_STR("etag"))) into->etag = value_of(a, value, 4096);
    else if (fair_str_eq_nocase(name, FAIR_STR("last-modified"))) into->last_modified = value_of(a, value, 256);
    else if (fair_str_eq_nocase(name, FAIR_STR("retry-after"))) into->retry_after_s = retry_after(value, h->now_us);
    else if (fair_str_eq_nocase(name, FAIR_STR("x-robots-tag"))) into->robots_tag = value_of(a, value, 4096);
    else if (fair_str_eq_nocase(name, FAIR_STR("tdm-reservation"))) into->tdm = value_of(a, value, 256);
    else if (fair_str_eq_nocase(name, FAIR_STR("location")) && into->location.p == NULL) into->location = value_of(a, value, FAIR_FETCH_HEADERS);
}
