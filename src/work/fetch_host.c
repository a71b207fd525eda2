/* fetch_host.c - politeness: whose turn it is, how long a host is left in peace, what its robots.txt allows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "work/fetcher_private.h"

#define CRAWL_DELAY_MAX 300           /* seconds; Heritrix's bound */
#define SILENCES_MAX 5                /* in a row: then the rest of this host's asks are not worth the wait */
#define SILENCE_S 300
#define ORIGINS_MAX 4096              /* whose robots.txt we keep parsed */

static size_t
bucket(const struct fair_fetcher *f, fair_str name)
{
    uint64_t h = 0xcbf29ce484222325u ^ f->seed;

    for (size_t i = 0; i < name.n; i++) h = (h ^ (uint8_t)name.p[i]) * 0x100000001b3u;
    return (size_t)((h ^ (h >> 29)) % FAIR_FETCH_BUCKETS);
}

static char *
name_dup(fair_str s)
{
    char *p = fair_xmalloc(s.n + 1);

    memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

struct fair_host *
fair_host_of(struct fair_fetcher *f, fair_str name)
{
    struct fair_host **at = &f->hosts[bucket(f, name)], *h;

    for (h = *at; h != NULL; h = h->next)
        if (fair_str_eq(fair_str_of(h->name), name)) return h;
    h = fair_xcalloc(1, sizeof *h);
    h->name = name_dup(name);
    h->last = &h->first;
    h->next = *at;
    *at = h;
    f->n_hosts++;
    return h;
}

static void
origin_forget(struct fair_origin *o)
{
    fair_arena_free(&o->arena);
    o->rules = NULL;
    o->state = FAIR_ROBOTS_UNKNOWN;
}

/* Origins that nobody waits for are forgotten when there are many. */
static void
origins_sweep(struct fair_fetcher *f)
{
    for (size_t i = 0; i < FAIR_FETCH_BUCKETS; i++)
        for (struct fair_origin **at = &f->origins[i]; *at != NULL;) {
            struct fair_origin *o = *at;
            if (o->wants > 0) {
                at = &o->next;
                continue;
            }
            *at = o->next;
            origin_forget(o);
            free(o->name);
            free(o);
            f->n_origins--;
        }
}

struct fair_origin *
fair_origin_of(struct fair_fetcher *f, fair_str name)
{
    struct fair_origin **at = &f->origins[bucket(f, name)], *o;

    for (o = *at; o != NULL; o = o->next)
        if (fair_str_eq(fair_str_of(o->name), name)) return o;
    if (f->n_origins >= ORIGINS_MAX) origins_sweep(f);
    o = fair_xcalloc(1, sizeof *o);
    o->name = name_dup(name);
    o->next = *at;
    *at = o;
    f->n_origins++;
    return o;
}

void
fair_hosts_free(struct fair_fetcher *f)
{
    for (size_t i = 0; i < FAIR_FETCH_BUCKETS; i++) {
        while (f->hosts[i] != NULL) {
            struct fair_host *h = f->hosts[i];
            f->hosts[i] = h->next;
            while (h->first != NULL) {
                struct fair_want *w = h->first;
                struct fair_arena *a = w->arena;
                h->first = w->next;
                fair_arena_free(&a);
            }
            free(h->name);
            free(h);
        }
        while (f->origins[i] != NULL) {
            struct fair_origin *o = f->origins[i];
            f->origins[i] = o->next;
            origin_forget(o);
            free(o->name);
            free(o);
        }
    }
}

void
fair_host_queue(struct fair_fetcher *f, struct fair_host *h, struct fair_want *w, bool first)
{
    w->host = h;
    if (first) {
        w->next = h->first;
        if (h->first == NULL) h->last = &w->next;
        h->first = w;
    } else {
        w->next = NULL;
        *h->last = w;
        h->last = &w->next;
    }
    if (h->active) return;
    h->active = true;
    h->prev_active = NULL;
    h->next_active = f->active;
    if (f->active != NULL) f->active->prev_active = h;
    f->active = h;
}

struct fair_want *
fair_host_pop(struct fair_fetcher *f, struct fair_host *h)
{
    struct fair_want *w = h->first;

    h->first = w->next;
    w->next = NULL;
    if (h->first != NULL) return w;
    h->last = &h->first;
    h->active = false;
    if (h->prev_active != NULL) h->prev_active->next_active = h->next_active;
    else f->active = h->next_active;
    if (h->next_active != NULL) h->next_active->prev_active = h->prev_active;
    h->next_active = h->prev_active = NULL;
    return w;
}

static void
close_for(struct fair_host *h, fair_time until, const char *by, const char *words)
{
    h->closed_until = until;
    h->closed_by = by;
    snprintf(h->closed_words, sizeof h->closed_words, "%s", words);
}

/* The host says "not now" or "not you": a pause, longer than any other. */
static bool
back_off(const struct fair_fetch_limits *limits, struct fair_host *h, const struct fair_want *w, int http, int64_t retry_after_s, fair_time now)
{
    fair_time pause = retry_after_s >= 0 ? retry_after_s * FAIR_SECOND : (fair_time)limits->backoff_ms * 1000;
    char words[160];

    if (h->next_at < now + pause) h->next_at = now + pause;
    if (retry_after_s > (int64_t)limits->patience_s) {
        snprintf(words, sizeof words, "%s answered %d and asks to be left alone for %lld s", h->name, http, (long long)retry_after_s);
        close_for(h, now + pause, "host", words);
        return false;
    }
    if (h->refusals >= limits->tries) {
        snprintf(words, sizeof words, "%s answered %d %u times in a row; it is left alone for now", h->name, http, h->refusals);
        close_for(h, now + (pause > FAIR_MINUTE ? pause : FAIR_MINUTE), "host", words);
        return false;
    }
    return !w->ask.once && w->tries + 1 < limits->tries;
}

bool
fair_host_note(const struct fair_fetch_limits *limits, struct fair_host *h, const struct fair_want *w, fair_status status,
               int http, int64_t retry_after_s, int64_t us, double crawl_delay, fair_time now)
{
    fair_time pause = 5 * us, min = (fair_time)limits->min_delay_ms * 1000, max = (fair_time)limits->max_delay_ms * 1000;
    char words[160];

    /* A service of the settings is no stranger: whoever asks it decides about trying again. */
    if (limits->only != NULL) return false;
    if (pause > max) pause = max;
    if (pause < min) pause = min;
    if (crawl_delay > CRAWL_DELAY_MAX) crawl_delay = CRAWL_DELAY_MAX;
    if (crawl_delay > 0 && pause < (fair_time)(crawl_delay * 1e6)) pause = (fair_time)(crawl_delay * 1e6);
    h->next_at = now + (w->is_robots ? 0 : pause);
    if (status == FAIR_IO) {
        if (++h->silences >= SILENCES_MAX) {
            snprintf(words, sizeof words, "%s failed %u times in a row; it is left alone for %d s", h->name, h->silences, SILENCE_S);
            close_for(h, now + SILENCE_S * FAIR_SECOND, NULL, words);
            return false;
        }
        return !w->ask.once && !w->is_robots && w->tries + 1 < 2;
    }
    if (status != FAIR_OK) return false;
    h->silences = 0;
    if (http == 429 || http == 503) {
        h->refusals++;
        return back_off(limits, h, w, http, retry_after_s, now) && !w->is_robots;
    }
    if (http == 403) {
        /* One forbidden file is no word about us; several in a row are. */
        if (++h->refusals < 3 && retry_after_s < 0) return false;
        return back_off(limits, h, w, http, retry_after_s, now) && !w->is_robots;
    }
    h->refusals = 0;
    if (retry_after_s > 0 && h->next_at < now + retry_after_s * FAIR_SECOND && retry_after_s <= (int64_t)limits->patience_s)
        h->next_at = now + retry_after_s * FAIR_SECOND;
    return false;
}

void
fair_origin_note(const struct fair_fetch_limits *limits, struct fair_origin *o, fair_status status, int http,
                 fair_str body, const char *refused_by, const char *words, fair_time now)
{
    fair_time good = now + (fair_time)limits->robots_good_s * FAIR_SECOND, bad = now + (fair_time)limits->robots_bad_s * FAIR_SECOND;
    fair_time soon = now + FAIR_MINUTE;

    origin_forget(o);
    if (soon > bad) soon = bad;
    o->bad_refused_by = refused_by;
    o->bad_status = status;
    if (status == FAIR_OK && http >= 200 && http < 300) {
        o->arena = fair_arena_new();
        o->rules = fair_robots_parse(o->arena, fair_str_dup(o->arena, body));
        o->state = FAIR_ROBOTS_RULES;
        o->until = good;
    } else if (status == FAIR_OK && http >= 500) {
        o->state = FAIR_ROBOTS_NOTHING;
        o->until = bad;
        o->bad_status = FAIR_REFUSED;
        o->bad_refused_by = "robots";
        snprintf(o->bad_words, sizeof o->bad_words, "robots.txt answered %d, which counts as a no for an hour", http);
    } else if (status == FAIR_OK) {
        /* 4xx, and redirects that end nowhere: there is none (RFC 9309 2.3.1.2, 2.3.1.3). */
        o->state = FAIR_ROBOTS_ALL;
        o->until = http == 429 ? bad : good;
    } else if (status == FAIR_LIMIT) {
        o->state = FAIR_ROBOTS_NOTHING;
        o->until = bad;
        o->bad_status = FAIR_REFUSED;
        o->bad_refused_by = "robots";
        snprintf(o->bad_words, sizeof o->bad_words, "robots.txt did not come in time, which counts as a no for an hour: %.120s", words);
    } else {
        /* No connection, no name, refused by the guard: the page itself would fail in the same way. */
        o->state = FAIR_ROBOTS_NOTHING;
        o->until = soon;
        snprintf(o->bad_words, sizeof o->bad_words, "%.200s", words);
    }
}
