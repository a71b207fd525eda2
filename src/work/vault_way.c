/* work/vault_way.c - opening the vault of the settings, and the way through the fetch helper that an S3 store is reached by. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/io.h"
#include "work/house.h"

#define BODY_MAX ((size_t)4 << 30)

struct way { struct fair_fetcher *fetcher; struct fair_fetch_limits limits; char *only; };

static fair_status
way_ask(void *self, const struct fair_vault_question *q, struct fair_arena *a, struct fair_vault_answer *out, struct fair_err *err)
{
    struct way *w = self;
    struct fair_fetch_ask ask = { .url = q->url, .method = q->method, .headers = q->headers, .body = q->body, .max_bytes = q->max_bytes,
                                  .ignore_robots = true, .once = true };
    struct fair_fetch_reply r = { 0 };

    if (w->fetcher == NULL) FAIR_TRY(fair_fetcher_open(&w->limits, &w->fetcher, err));
    FAIR_TRY(fair_fetcher_get(w->fetcher, &ask, a, &r, err));
    if (r.status != FAIR_OK) return fair_fail(err, r.status, "%s", r.words);
    *out = (struct fair_vault_answer){ r.http, r.headers, r.body };
    return FAIR_OK;
}

static void
way_close(void *self)
{
    struct way *w = self;

    fair_fetcher_free(&w->fetcher);
    free(w->only);
    free(w);
}

/* "host:port" of http://host[:port] or https://host[:port]. */
static char *
host_and_port(struct fair_arena *a, fair_str url)
{
    bool tls = fair_str_starts(url, FAIR_STR("https://"));
    size_t skip = tls ? 8 : 7;
    fair_str host = url.n > skip ? (fair_str){ url.p + skip, url.n - skip } : FAIR_STR("");
    const char *colon = host.n > 0 ? memrchr(host.p, ':', host.n) : NULL;
    bool port = colon != NULL && memchr(colon, ']', (size_t)(host.p + host.n - colon)) == NULL;

    return strdup(fair_str_fmt(a, "%.*s%s", FAIR_STR_ARG(host), port ? "" : tls ? ":443" : ":80").p);
}

fair_status
fair_house_service(struct fair_house *h, fair_str url, size_t max_bytes, struct fair_arena *a, struct fair_fetcher **out, struct fair_err *err)
{
    struct fair_fetch_limits l;
    char *only = host_and_port(a, url);

    fair_house_fetch_limits(&h->config, &l);
    l.max_bytes = max_bytes;
    l.min_delay_ms = l.max_delay_ms = 0;
    l.at_once = 1;
    l.tries = 1;
    l.seconds = 120;
    l.loopback_only = false;
    l.only = fair_str_dup(a, fair_str_of(only)).p;
    free(only);
    return fair_fetcher_open(&l, out, err);
}

static fair_status
open_s3(struct fair_house *h, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const struct fair_config *c = &h->config;
    struct fair_vault_s3 is = { .endpoint = c->s3_url, .bucket = c->s3_bucket, .prefix = c->s3_prefix, .region = c->s3_region, .access_key = c->s3_access_key };
    struct way *w;
    fair_str secret;
    fair_status s;

    if (c->s3_secret_file.n == 0) return fair_fail(err, FAIR_INVALID, "vault.s3_secret_file is not set: the file that holds the secret key");
    if (fair_read_file(a, fair_str_dup(a, c->s3_secret_file).p, 4096, &secret, err) != FAIR_OK) return fair_fail_in(err, "vault.s3_secret_file");
    is.secret = fair_str_trim(secret);
    w = fair_xcalloc(1, sizeof *w);
    w->only = host_and_port(a, c->s3_url);
    fair_house_fetch_limits(c, &w->limits);
    w->limits.max_bytes = BODY_MAX;
    w->limits.min_delay_ms = w->limits.max_delay_ms = 0;
    w->limits.at_once = 1;
    w->limits.tries = 1;
    w->limits.seconds = 600;
    w->limits.loopback_only = false;
    w->limits.only = w->only;
    s = fair_vault_open_s3(&is, &(struct fair_vault_way){ way_ask, way_close, w }, &h->vault, err);
    explicit_bzero((void *)(uintptr_t)secret.p, secret.n);
    return s;
}

fair_status
fair_house_vault(struct fair_house *h, struct fair_err *err)
{
    if (h->vault != NULL) return FAIR_OK;
    if (h->config.vault_s3) return open_s3(h, err);
    return fair_vault_open_dir(fair_str_fmt(h->arena, "%.*s/vault", FAIR_STR_ARG(h->home)).p, &h->vault, err);
}

/* ---- erasing ---------------------------------------------------------------------- */

fair_status
fair_house_erase(struct fair_house *h, const struct fair_sha256 *key, fair_str why, bool *kept, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_erased x;
    struct fair_stone stone;
    bool nobody = false;

    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_store_blob_erase(&h->desk, key, why, fair_now(), &nobody, err));
    *kept = !nobody;
    if (!nobody) return FAIR_OK;
    FAIR_TRY(fair_store_stone(&h->desk, key, a, &x, err));
    stone = (struct fair_stone){ x.at, x.by, x.why };
    return fair_vault_erase(h->vault, key, &stone, err);
}

fair_status
fair_house_anew(struct fair_house *h, fair_str bytes, fair_str why, struct fair_sha256 *key, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_erased x;

    *key = fair_sha256_of(bytes.p, bytes.n);
    if (fair_str_trim(why).n == 0) return fair_fail(err, FAIR_INVALID, "putting erased bytes anew needs its reason");
    FAIR_TRY(fair_store_stone(&h->desk, key, a, &x, err));
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_vault_put_anew(h->vault, bytes, key, err));
    return fair_store_blob_anew(&h->desk, key, why, fair_now(), err);
}
