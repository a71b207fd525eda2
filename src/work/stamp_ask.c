/* work/stamp_ask.c - asking time-stamp services and calendars, through the fetch helper. */
#include "work/stamp_ask.h"
#include <string.h>
#include "base/clock.h"
#include "base/io.h"
#include "evidence/ots.h"

#define SYSTEM_ROOTS "/etc/ssl/certs/ca-certificates.crt"
#define ROOTS_MAX ((size_t)16 << 20)
#define CALENDARS 8

bool
fair_next_address(fair_str *rest, fair_str *address)
{
    while (fair_str_split(rest, ' ', address))
        if (address->n > 0) return true;
    return false;
}

static fair_str
host_and_port(struct fair_arena *a, fair_str url)
{
    bool tls = fair_str_starts(url, FAIR_STR("https://"));
    size_t skip = tls ? 8 : 7, n = 0;
    fair_str host = url.n > skip ? (fair_str){ url.p + skip, url.n - skip } : FAIR_STR("");
    const char *colon;

    while (n < host.n && host.p[n] != '/' && host.p[n] != '?') n++;
    host.n = n;
    colon = host.n > 0 ? memrchr(host.p, ':', host.n) : NULL;
    if (colon != NULL && memchr(colon, ']', (size_t)(host.p + host.n - colon)) == NULL) return fair_str_dup(a, host);
    return fair_str_fmt(a, "%.*s%s", FAIR_STR_ARG(host), tls ? ":443" : ":80");
}

/* Ask a service that the settings or a calendar of theirs name: this fetcher reaches it and nothing else.  `type` NULL: GET.
 * FAIR_NOT_FOUND: it answers 404. */
static fair_status
ask(struct fair_house *h, fair_str url, const char *type, fair_str body, size_t max, struct fair_arena *a, fair_str *answer, struct fair_err *err)
{
    FAIR_AUTO(fetcher) struct fair_fetcher *f = NULL;
    struct fair_fetch_limits limits;
    struct fair_fetch_ask q = { .url = url, .method = type != NULL ? "POST" : NULL, .headers = type != NULL ? fair_str_fmt(a, "Content-Type: %s\n", type) : (fair_str){ NULL, 0 },
                                .body = body, .max_bytes = max, .ignore_robots = true, .once = true };
    struct fair_fetch_reply r = { 0 };

    if (!fair_str_starts(url, FAIR_STR("http://")) && !fair_str_starts(url, FAIR_STR("https://")))
        return fair_fail(err, FAIR_INVALID, "%.*s is no http or https address", FAIR_STR_ARG(url));
    fair_house_fetch_limits(&h->config, &limits);
    limits.min_delay_ms = limits.max_delay_ms = 0;
    limits.at_once = 1;
    limits.tries = 1;
    limits.seconds = 30;
    limits.loopback_only = false;
    limits.only = host_and_port(a, url).p;
    FAIR_TRY(fair_fetcher_open(&limits, &f, err));
    FAIR_TRY(fair_fetcher_get(f, &q, a, &r, err));
    if (r.status != FAIR_OK) return fair_fail(err, FAIR_IO, "%.*s: %s", FAIR_STR_ARG(url), r.words);
    if (r.http == 404) return fair_fail(err, FAIR_NOT_FOUND, "%.*s: answers 404", FAIR_STR_ARG(url));
    if (r.http != 200) return fair_fail(err, FAIR_IO, "%.*s: answers %d", FAIR_STR_ARG(url), r.http);
    *answer = r.body;
    return FAIR_OK;
}

fair_status
fair_stamp_roots(struct fair_house *h, struct fair_arena *a, struct fair_trust *t, struct fair_err *err)
{
    const char *path = h->config.stamp_roots.n > 0 ? fair_str_dup(a, h->config.stamp_roots).p : SYSTEM_ROOTS;
    fair_str pem;

    if (fair_read_file(a, path, ROOTS_MAX, &pem, err) != FAIR_OK || fair_trust_add(t, pem, false, err) != FAIR_OK)
        return fair_fail_in(err, "evidence.stamp_roots: %s", path);
    return FAIR_OK;
}

fair_status
fair_stamp_ask(struct fair_house *h, fair_str server, const struct fair_sha256 *digest, struct fair_arena *a, fair_str *reply, fair_time *at, struct fair_err *err)
{
    FAIR_AUTO(trust) struct fair_trust *t = fair_trust_new();
    struct fair_stamp s;
    uint8_t nonce[8];
    fair_str query;
    fair_status got;

    fair_random(nonce, sizeof nonce);
    nonce[0] &= 0x7f;         /* as a number it is what it was: no leading zero is added or lost */
    nonce[0] |= 0x40;
    FAIR_TRY(fair_stamp_query(a, digest, nonce, &query, err));
    FAIR_TRY(fair_stamp_roots(h, a, t, err));
    FAIR_TRY(ask(h, server, "application/timestamp-query", query, FAIR_STAMP_MAX, a, reply, err));
    got = fair_stamp_check(*reply, (fair_str){ (const char *)digest->b, 32 }, nonce, t, a, &s, err);
    if (got == FAIR_NOT_FOUND && h->config.stamp_untrusted) got = FAIR_OK;
    if (got == FAIR_NOT_FOUND) return fair_fail(err, FAIR_REFUSED, "%.*s: nobody trusts it (evidence.stamp_roots)", FAIR_STR_ARG(server));
    if (got == FAIR_INVALID || got == FAIR_CORRUPT) got = FAIR_IO;      /* it may answer well another time */
    if (got != FAIR_OK) {
        (void)fair_fail_in(err, "%.*s", FAIR_STR_ARG(server));
        return got;
    }
    *at = s.at;
    return FAIR_OK;
}

fair_status
fair_calendars_ask(struct fair_house *h, const struct fair_sha256 *digest, struct fair_arena *a, fair_str *proof, struct fair_err *err)
{
    fair_str rest = h->config.calendars, url, answers[CALENDARS];
    struct fair_sha256 blind;
    uint8_t nonce[16];
    size_t n = 0, asked = 0;

    fair_random(nonce, sizeof nonce);
    blind = fair_ots_blind(digest, nonce);
    while (n < CALENDARS && fair_next_address(&rest, &url)) {
        fair_str to = fair_str_fmt(a, "%.*s%sdigest", FAIR_STR_ARG(url), url.p[url.n - 1] == '/' ? "" : "/"), one;
        asked++;
        if (ask(h, to, "application/x-www-form-urlencoded", (fair_str){ (const char *)blind.b, 32 }, 10000, a, &answers[n], err) != FAIR_OK) continue;
        /* What one calendar says wrongly does not spoil what the others say. */
        if (fair_ots_make(digest, nonce, &answers[n], 1, a, &one, err) == FAIR_OK) n++;
    }
    if (asked == 0) return fair_fail(err, FAIR_NOT_FOUND, "no calendar is set");
    if (n == 0) return FAIR_IO;
    return fair_ots_make(digest, nonce, answers, n, a, proof, err);
}

fair_status
fair_calendar_later(struct fair_house *h, fair_str calendar, fair_str commitment, struct fair_arena *a, fair_str *answer, struct fair_err *err)
{
    fair_str rest = h->config.calendars, url;
    bool known = fair_str_starts(calendar, FAIR_STR("https://"));

    while (!known && fair_next_address(&rest, &url)) {
        if (url.n > 0 && url.p[url.n - 1] == '/') url.n--;
        known = fair_str_eq(url, calendar.n > 0 && calendar.p[calendar.n - 1] == '/' ? (fair_str){ calendar.p, calendar.n - 1 } : calendar);
    }
    if (!known || commitment.n > 64) return fair_fail(err, FAIR_REFUSED, "%.*s is no calendar that is asked", FAIR_STR_ARG(fair_str_escape(a, calendar)));
    url = fair_str_fmt(a, "%.*s%stimestamp/%.*s", FAIR_STR_ARG(calendar), calendar.p[calendar.n - 1] == '/' ? "" : "/", FAIR_STR_ARG(fair_hex(a, commitment.p, commitment.n)));
    return ask(h, url, NULL, (fair_str){ NULL, 0 }, 10000, a, answer, err);
}
