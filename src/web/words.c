/* web/words.c - times, numbers and lists of pages as people read them. */
#include <string.h>
#include "web/words.h"
#include <math.h>
#include <time.h>
#include "http/form.h"
#include "web/web_private.h"

static fair_str
many(struct fair_arena *a, const char *before, int64_t n, const char *unit, const char *after)
{
    return fair_str_fmt(a, "%s%lld %s%s%s", before, (long long)n, unit, n == 1 ? "" : "s", after);
}

fair_str
fair_words_when(struct fair_arena *a, fair_time now, fair_time t)
{
    static const char *const month[] = { "January", "February", "March", "April", "May", "June", "July", "August",
                                         "September", "October", "November", "December" };
    fair_time d = t > now ? t - now : now - t;
    const char *in = t > now ? "in " : "", *ago = t > now ? "" : " ago";
    time_t s = (time_t)(t / FAIR_SECOND);
    struct tm tm;

    if (t == 0) return FAIR_STR("");
    if (d < FAIR_MINUTE) return t > now ? FAIR_STR("in a moment") : FAIR_STR("just now");
    if (d < FAIR_HOUR) return many(a, in, d / FAIR_MINUTE, "minute", ago);
    if (d < 2 * FAIR_DAY) return many(a, in, d / FAIR_HOUR, "hour", ago);
    if (d < 30 * FAIR_DAY) return many(a, in, d / FAIR_DAY, "day", ago);
    if (gmtime_r(&s, &tm) == NULL) return FAIR_STR("");
    return fair_str_fmt(a, "%d %s %d", tm.tm_mday, month[tm.tm_mon], tm.tm_year + 1900);
}

fair_str
fair_words_every(struct fair_arena *a, int64_t s)
{
    static const struct { int64_t s; const char *unit; } units[] = { { 604800, "week" }, { 86400, "day" }, { 3600, "hour" }, { 60, "minute" } };

    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (s < units[i].s || s % units[i].s != 0) continue;
        if (s == units[i].s) return fair_str_fmt(a, "every %s", units[i].unit);
        return many(a, "every ", s / units[i].s, units[i].unit, "");
    }
    return many(a, "every ", s, "second", "");
}

fair_str
fair_words_count(struct fair_arena *a, int64_t n)
{
    fair_str plain = fair_str_fmt(a, "%lld", (long long)n);
    struct fair_buf b = FAIR_BUF(a, 64);

    for (size_t i = 0; i < plain.n; i++) {
        if (i > 0 && plain.p[i - 1] != '-' && (plain.n - i) % 3 == 0) fair_buf_byte(&b, ',');
        fair_buf_byte(&b, plain.p[i]);
    }
    return (fair_str){ b.p, b.n };
}

fair_str
fair_words_bytes(struct fair_arena *a, int64_t n)
{
    static const char *const unit[] = { "bytes", "kB", "MB", "GB", "TB" };
    double x = (double)n;
    size_t u = 0;

    while (x >= 999.5 && u < 4) x /= 1000, u++;
    return fair_str_fmt(a, u == 0 || x >= 100 ? "%.0f %s" : "%.1f %s", x, unit[u]);
}

fair_str
fair_words_percent(struct fair_arena *a, double part)
{
    if (!isfinite(part)) return FAIR_STR("");
    /* 99.96 % is not 100 %, and .04 % is not nothing. */
    if (part > 0.995 && part < 1) return fair_str_fmt(a, "%.1f %%", floor(part * 1000) / 10);
    return fair_str_fmt(a, "%.0f %%", part * 100);
}

void
fair_words_put_when(json_t *o, const char *key, struct fair_arena *a, fair_time now, fair_time t)
{
    json_t *w;

    if (t == 0) return;
    w = json_object();
    fair_put(w, "at", fair_time_text(a, t));
    fair_put(w, "words", fair_words_when(a, now, t));
    json_object_set_new(o, key, w);
}

struct fair_link
fair_link_to(struct fair_arena *a, const char *path)
{
    struct fair_link l = { FAIR_BUF(a, 16384), false };
    fair_buf_c(&l.b, path);
    return l;
}

void
fair_link_add(struct fair_link *l, const char *name, fair_str value)
{
    if (value.n == 0) return;
    fair_buf_byte(&l->b, l->any ? '&' : '?');
    fair_buf_c(&l->b, name);
    fair_buf_byte(&l->b, '=');
    fair_form_url_encode(&l->b, value);
    l->any = true;
}

fair_str
fair_link_end(struct fair_link *l)
{
    return l->b.p != NULL ? (fair_str){ l->b.p, l->b.n } : FAIR_STR("/");
}

static void
put_page_link(json_t *o, const char *key, struct fair_arena *a, const struct fair_link *base, int64_t page)
{
    struct fair_link l = { FAIR_BUF(a, 16384), base->any };

    fair_buf_add(&l.b, (fair_str){ base->b.p, base->b.n });
    if (page > 1) fair_link_add(&l, "page", fair_str_fmt(a, "%lld", (long long)page));
    fair_put(o, key, fair_link_end(&l));
}

json_t *
fair_words_pager(struct fair_arena *a, struct fair_link base, int64_t page, int64_t per, int64_t total)
{
    int64_t last = total > 0 ? (total - 1) / per + 1 : 1, to = page * per < total ? page * per : total;
    json_t *o;

    if (last == 1 && page == 1) return NULL;
    o = json_object();
    fair_put(o, "from", fair_words_count(a, (page - 1) * per + 1 < total ? (page - 1) * per + 1 : total));
    fair_put(o, "to", fair_words_count(a, to));
    fair_put(o, "total", fair_words_count(a, total));
    if (page > 1) put_page_link(o, "previous", a, &base, page - 1 < last ? page - 1 : last);
    if (page < last) put_page_link(o, "next", a, &base, page + 1);
    return o;
}

/* What it looks like, not what it is: browsers name each other in what they say, so the order matters. */
fair_str
fair_agent_words(struct fair_arena *a, bool token, fair_str agent)
{
    static const char *const browsers[][2] = { { "Firefox/", "Firefox" }, { "Edg/", "Edge" }, { "OPR/", "Opera" }, { "Chrome/", "Chromium" }, { "Safari/", "Safari" } };
    static const char *const systems[][2] = { { "Android", "Android" }, { "iPhone", "an iPhone" }, { "iPad", "an iPad" }, { "Windows", "Windows" }, { "Mac OS", "a Mac" }, { "Linux", "Linux" } };
    const char *browser = NULL, *system = NULL;

    if (token) return FAIR_STR("API token");
    if (agent.n == 0) return FAIR_STR("A browser");
    for (size_t i = 0; i < 5 && browser == NULL; i++)
        if (memmem(agent.p, agent.n, browsers[i][0], strlen(browsers[i][0])) != NULL) browser = browsers[i][1];
    for (size_t i = 0; i < 6 && system == NULL; i++)
        if (memmem(agent.p, agent.n, systems[i][0], strlen(systems[i][0])) != NULL) system = systems[i][1];
    if (browser == NULL) return FAIR_STR("A browser");
    return system != NULL ? fair_str_fmt(a, "%s on %s", browser, system) : fair_str_of(browser);
}
