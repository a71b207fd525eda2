/* s3.c - the vault in an S3 store: <prefix>/aa/bb/<hex>, path style, Signature Version 4. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include "base/io.h"
#include "vault/vault_private.h"

#define BLOB_MAX ((size_t)4 << 30)    /* of one object that is read; a plain PUT may have 5 GB */
#define LIST_MAX ((size_t)32 << 20)
#define NO_SUCH_BUCKET "NoSuchBucket"

struct s3 {
    struct fair_arena *arena;
    struct fair_vault_way way;
    struct fair_vault_s3 is;
    struct fair_s3_key key;
    fair_str host;                    /* as it stands in the Host header */
    bool no_condition;                /* this server knows no If-None-Match */
};

/* ---- one request ---------------------------------------------------------------- */

static void
wait_ms(unsigned ms)
{
    struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };
    while (nanosleep(&t, &t) != 0) { }
}

/* Worth another try: the server is busy or fell over, or nothing came at all. */
static bool
passing(fair_status s, int http)
{
    if (s != FAIR_OK) return s == FAIR_IO || s == FAIR_AGAIN || s == FAIR_LIMIT;
    return http == 429 || http == 500 || http == 502 || http == 503 || http == 504;
}

/* Ask, and ask again where that may help; every try is signed anew, for signatures age.  FAIR_OK: some HTTP answer
 * came, be it an error. */
static fair_status
ask(struct s3 *s, const char *method, fair_str path, fair_str query, fair_str more, fair_str body, size_t max, struct fair_arena *a,
    struct fair_vault_answer *out, struct fair_err *err)
{
    struct fair_sha256 digest = fair_sha256_of(body.p, body.n);
    fair_str url = fair_str_fmt(a, "%.*s%.*s%s%.*s", FAIR_STR_ARG(s->is.endpoint), FAIR_STR_ARG(path), query.n > 0 ? "?" : "", FAIR_STR_ARG(query));
    unsigned pause = s->is.pause_ms;
    fair_status got;

    for (unsigned n = 1;; n++) {
        struct fair_vault_question q = { method, url, fair_s3_sign(a, &s->key, method, s->host, path, query, more, &digest, fair_now()), body, max };
        *out = (struct fair_vault_answer){ 0 };
        got = s->way.ask(s->way.self, &q, a, out, err);
        if (n >= s->is.tries || !passing(got, out->http)) break;
        wait_ms(pause);
        pause *= 2;
    }
    if (got != FAIR_OK) return fair_fail_in(err, "S3 store %.*s", FAIR_STR_ARG(s->host));
    return FAIR_OK;
}

/* An answer that is none of those expected, as a failure. */
static fair_status
unexpected(struct s3 *s, const char *what, const struct fair_vault_answer *r, struct fair_arena *a, struct fair_err *err)
{
    fair_str words = fair_s3_error_words(a, r->body);
    fair_status status = r->http == 403 || r->http == 401 ? FAIR_REFUSED : passing(FAIR_OK, r->http) ? FAIR_AGAIN : FAIR_IO;

    return fair_fail(err, status, "S3 store %.*s: %s: HTTP %d%s%.*s", FAIR_STR_ARG(s->host), what, r->http, words.n > 0 ? ", " : "", FAIR_STR_ARG(words));
}

static fair_str
path_of(struct s3 *s, struct fair_arena *a, const struct fair_sha256 *key, const char *end)
{
    fair_str hex = fair_hex(a, key->b, 32);
    return fair_str_fmt(a, "/%.*s/%.*s%s%.2s/%.2s/%.*s%s", FAIR_STR_ARG(s->is.bucket), FAIR_STR_ARG(s->is.prefix), s->is.prefix.n > 0 ? "/" : "", hex.p,
                        hex.p + 2, FAIR_STR_ARG(hex), end);
}

static const fair_str none = { NULL, 0 };

/* The Content-Length of an answer to HEAD. */
static bool
length_of(fair_str headers, uint64_t *n)
{
    fair_str line, rest = headers;

    while (rest.n > 0 && fair_str_split(&rest, '\n', &line)) {
        fair_str name, value = fair_str_trim(line);
        int64_t v;
        if (value.n == 0 || !fair_str_split(&value, ':', &name) || !fair_str_eq_nocase(fair_str_trim(name), FAIR_STR("content-length"))) continue;
        if (!fair_str_number(fair_str_trim(value), INT64_MAX, &v)) return false;
        *n = (uint64_t)v;
        return true;
    }
    return false;
}

/* ---- what a backend provides ------------------------------------------------------ */

static fair_status
s3_size(void *self, const struct fair_sha256 *key, uint64_t *bytes, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct s3 *s = self;
    struct fair_vault_answer r;

    FAIR_TRY(ask(s, "HEAD", path_of(s, a, key, ""), none, none, none, 0, a, &r, err));
    if (r.http == 404) return fair_fail(err, FAIR_NOT_FOUND, "no blob %.*s", FAIR_STR_ARG(fair_hex(a, key->b, 32)));
    if (r.http != 200) return unexpected(s, "HEAD", &r, a, err);
    if (!length_of(r.headers, bytes)) return fair_fail(err, FAIR_CORRUPT, "S3 store %.*s: no Content-Length", FAIR_STR_ARG(s->host));
    return FAIR_OK;
}

/* Is it there already, whole?  As in a folder: its size tells; one of another size was spoiled and is replaced. */
static fair_status
there(struct s3 *s, const struct fair_sha256 *key, size_t n, bool *is, bool *spoiled, struct fair_err *err)
{
    uint64_t bytes = 0;
    fair_status got = s3_size(s, key, &bytes, err);

    *is = got == FAIR_OK && bytes == n;
    *spoiled = got == FAIR_OK && bytes != n;
    return got == FAIR_NOT_FOUND ? FAIR_OK : got;
}

static fair_status
s3_put(void *self, const struct fair_sha256 *key, fair_str bytes, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct s3 *s = self;
    struct fair_vault_answer r;
    fair_str path = path_of(s, a, key, "");
    bool is, spoiled;

    FAIR_TRY(there(s, key, bytes.n, &is, &spoiled, err));
    if (is) return FAIR_OK;
    /* Never over what somebody else has just put: the server compares (RFC 9110 13.1.2). */
    FAIR_TRY(ask(s, "PUT", path, none, spoiled || s->no_condition ? none : FAIR_STR("if-none-match: *"), bytes, 1 << 20, a, &r, err));
    if (r.http == 501 && !s->no_condition) {
        s->no_condition = true;
        FAIR_TRY(ask(s, "PUT", path, none, none, bytes, 1 << 20, a, &r, err));
    }
    if (r.http == 412 || r.http == 409) {
        FAIR_TRY(there(s, key, bytes.n, &is, &spoiled, err));
        if (is) return FAIR_OK;
        return fair_fail(err, FAIR_CONFLICT, "S3 store %.*s: blob %.*s is being written by somebody else", FAIR_STR_ARG(s->host), FAIR_STR_ARG(fair_hex(a, key->b, 32)));
    }
    if (r.http != 200 && r.http != 201 && r.http != 204) return unexpected(s, "PUT", &r, a, err);
    return FAIR_OK;
}

static fair_status
fetch(struct s3 *s, fair_str path, size_t max, struct fair_arena *a, fair_str *bytes, struct fair_err *err)
{
    struct fair_vault_answer r;

    FAIR_TRY(ask(s, "GET", path, none, none, none, max, a, &r, err));
    if (r.http == 404) {
        fair_str words = fair_s3_error_words(a, r.body);
        if (fair_str_starts(words, FAIR_STR(NO_SUCH_BUCKET))) return unexpected(s, "GET", &r, a, err);
        return fair_fail(err, FAIR_NOT_FOUND, "no blob %.*s", FAIR_STR_ARG(path));
    }
    if (r.http != 200) return unexpected(s, "GET", &r, a, err);
    *bytes = r.body;
    return FAIR_OK;
}

static fair_status
s3_get(void *self, const struct fair_sha256 *key, int *fd, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(fd) int file = -1;
    struct s3 *s = self;
    fair_str bytes = { NULL, 0 };

    FAIR_TRY(fetch(s, path_of(s, a, key, ""), BLOB_MAX, a, &bytes, err));
    file = memfd_create("fairtrack-blob", MFD_CLOEXEC);
    if (file < 0) return fair_fail(err, FAIR_IO, "a memory file: %m");
    FAIR_TRY(fair_write_all(file, bytes.p, bytes.n, err));
    if (lseek(file, 0, SEEK_SET) != 0) return fair_fail(err, FAIR_IO, "a memory file: %m");
    *fd = file;
    file = -1;
    return FAIR_OK;
}

static fair_status
remove_at(struct s3 *s, fair_str path, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_vault_answer r;

    FAIR_TRY(ask(s, "DELETE", path, none, none, none, 1 << 20, a, &r, err));
    if (r.http != 200 && r.http != 204 && r.http != 404) return unexpected(s, "DELETE", &r, a, err);
    return FAIR_OK;
}

static fair_status
s3_drop(void *self, const struct fair_sha256 *key, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct s3 *s = self;
    uint64_t bytes;

    FAIR_TRY(s3_size(s, key, &bytes, err));           /* S3 deletes what is not there without a word */
    return remove_at(s, path_of(s, a, key, ""), err);
}

/* The key in a name <prefix>/aa/bb/<hex>; anything else in the bucket is not ours. */
static bool
key_in(const struct s3 *s, fair_str name, struct fair_sha256 *key)
{
    if (s->is.prefix.n > 0) {
        if (!fair_str_starts(name, s->is.prefix) || name.n <= s->is.prefix.n || name.p[s->is.prefix.n] != '/') return false;
        name = (fair_str){ name.p + s->is.prefix.n + 1, name.n - s->is.prefix.n - 1 };
    }
    if (name.n != 70 || name.p[2] != '/' || name.p[5] != '/' || memcmp(name.p, name.p + 6, 2) != 0 || memcmp(name.p + 3, name.p + 8, 2) != 0) return false;
    for (size_t i = 6; i < name.n; i++)
        if (name.p[i] >= 'A' && name.p[i] <= 'F') return false;
    return fair_unhex((fair_str){ name.p + 6, 64 }, key->b, 32);
}

/* Everything but RFC 3986's unreserved characters, as the signature wants it. */
static fair_str
percent(struct fair_arena *a, fair_str s)
{
    struct fair_buf b = FAIR_BUF(a, 3 * s.n + 1);

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain) fair_buf_byte(&b, (char)c);
        else fair_buf_fmt(&b, "%%%02X", c);
    }
    return (fair_str){ b.p, b.n };
}

static fair_status
s3_each(void *self, fair_status (*visit)(void *arg, const struct fair_sha256 *key, uint64_t bytes), void *arg, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *kept = fair_arena_new();
    struct s3 *s = self;
    fair_str next = none, path = fair_str_fmt(kept, "/%.*s", FAIR_STR_ARG(s->is.bucket));

    for (;;) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_vault_answer r;
        struct fair_s3_page page;
        fair_str was = next;
        fair_str query = fair_str_fmt(a, "%s%.*s%slist-type=2&max-keys=1000&prefix=%.*s", next.n > 0 ? "continuation-token=" : "", FAIR_STR_ARG(percent(a, next)),
                                      next.n > 0 ? "&" : "", FAIR_STR_ARG(percent(a, s->is.prefix.n > 0 ? fair_str_fmt(a, "%.*s/", FAIR_STR_ARG(s->is.prefix)) : FAIR_STR(""))));
        FAIR_TRY(ask(s, "GET", path, query, none, none, LIST_MAX, a, &r, err));
        if (r.http != 200) return unexpected(s, "list", &r, a, err);
        FAIR_TRY(fair_s3_page_read(a, r.body, &page, err));
        for (size_t i = 0; i < page.n; i++) {
            struct fair_sha256 key;
            if (key_in(s, page.v[i].name, &key)) FAIR_TRY(visit(arg, &key, page.v[i].bytes));
        }
        if (page.next.n == 0) return FAIR_OK;
        if (fair_str_eq(page.next, was)) return fair_fail(err, FAIR_CORRUPT, "S3 store %.*s: its list goes round in a circle", FAIR_STR_ARG(s->host));
        next = fair_str_dup(kept, page.next);
    }
}

static fair_status
s3_stone_put(void *self, const struct fair_sha256 *key, fair_str text, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct s3 *s = self;
    struct fair_vault_answer r;

    FAIR_TRY(ask(s, "PUT", path_of(s, a, key, ".stone"), none, none, text, 1 << 20, a, &r, err));
    return r.http == 200 || r.http == 201 || r.http == 204 ? FAIR_OK : unexpected(s, "PUT", &r, a, err);
}

static fair_status
s3_stone_get(void *self, const struct fair_sha256 *key, struct fair_arena *a, fair_str *text, struct fair_err *err)
{
    struct s3 *s = self;
    return fetch(s, path_of(s, a, key, ".stone"), FAIR_STONE_BYTES, a, text, err);
}

static fair_status
s3_stone_drop(void *self, const struct fair_sha256 *key, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct s3 *s = self;
    return remove_at(s, path_of(s, a, key, ".stone"), err);
}

static void
s3_close(void *self)
{
    struct s3 *s = self;
    struct fair_arena *a = s->arena;

    if (s->way.close != NULL) s->way.close(s->way.self);
    if (s->key.secret.n > 0) explicit_bzero((void *)(uintptr_t)s->key.secret.p, s->key.secret.n);
    fair_arena_free(&a);
    free(s);
}

static const struct fair_vault_ops s3_ops = {
    .name = "s3",
    .size = s3_size, .put = s3_put, .get = s3_get, .drop = s3_drop, .each = s3_each,
    .stone_put = s3_stone_put, .stone_get = s3_stone_get, .stone_drop = s3_stone_drop, .close = s3_close,
};

/* ---- settings ------------------------------------------------------------------- */

static bool
made_of(fair_str s, const char *also)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c != '\0' && strchr(also, c) != NULL))) return false;
    }
    return true;
}

#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static fair_status
check(const struct fair_vault_s3 *is, fair_str *host, struct fair_err *err)
{
    fair_str rest = is->endpoint;
    bool tls = fair_str_starts(rest, FAIR_STR("https://"));
    size_t skip = tls ? 8 : 7;

    if (!tls && !fair_str_starts(rest, FAIR_STR("http://"))) return fair_fail(err, FAIR_INVALID, "vault.s3_url: https://host or http://host:port is wanted");
    *host = (fair_str){ rest.p + skip, rest.n - skip };
    if (host->n == 0 || host->n > 300 || !made_of(*host, ".:-[]")) return fair_fail(err, FAIR_INVALID, "vault.s3_url: a host in lower case and perhaps a port is wanted, no path");
    if (is->bucket.n < 3 || is->bucket.n > 63 || !made_of(is->bucket, ".-")) return fair_fail(err, FAIR_INVALID, "vault.s3_bucket: 3 to 63 of a-z, 0-9, dot and hyphen");
    if (is->prefix.n > 200 || !made_of(is->prefix, "._-/" UPPER) || fair_str_starts(is->prefix, FAIR_STR("/")) || fair_str_ends(is->prefix, FAIR_STR("/")) ||
        (is->prefix.n > 0 && memmem(is->prefix.p, is->prefix.n, "..", 2) != NULL) || (is->prefix.n > 0 && memmem(is->prefix.p, is->prefix.n, "//", 2) != NULL))
        return fair_fail(err, FAIR_INVALID, "vault.s3_prefix: letters, digits, dot, hyphen, underscore and single slashes between them");
    if (is->region.n == 0 || is->region.n > 60 || !made_of(is->region, "-")) return fair_fail(err, FAIR_INVALID, "vault.s3_region: as eu-central-1");
    if (is->access_key.n == 0 || is->access_key.n > 128 || !made_of(is->access_key, "_" UPPER)) return fair_fail(err, FAIR_INVALID, "vault.s3_access_key: letters, digits and underscores");
    if (is->secret.n == 0 || is->secret.n > 1024) return fair_fail(err, FAIR_INVALID, "vault.s3_secret_file holds no secret");
    return FAIR_OK;
}

fair_status
fair_vault_open_s3(const struct fair_vault_s3 *is, const struct fair_vault_way *way, struct fair_vault **out, struct fair_err *err)
{
    struct s3 *s;
    struct fair_vault *v;
    fair_str host;

    *out = NULL;
    if (check(is, &host, err) != FAIR_OK) {
        if (way->close != NULL) way->close(way->self);
        return FAIR_INVALID;
    }
    s = fair_xcalloc(1, sizeof *s);
    s->arena = fair_arena_new();
    s->way = *way;
    s->is = *is;
    s->is.endpoint = fair_str_dup(s->arena, is->endpoint);
    s->is.bucket = fair_str_dup(s->arena, is->bucket);
    s->is.prefix = fair_str_dup(s->arena, is->prefix);
    s->key = (struct fair_s3_key){ fair_str_dup(s->arena, is->region), fair_str_dup(s->arena, is->access_key), fair_str_dup(s->arena, is->secret) };
    s->is.secret = s->is.access_key = s->is.region = none;
    if (s->is.tries == 0) s->is.tries = 5;
    if (s->is.pause_ms == 0) s->is.pause_ms = 200;
    /* The Host header names no port that is the scheme's own. */
    s->host = fair_str_dup(s->arena, host);
    if (fair_str_ends(s->host, fair_str_starts(is->endpoint, FAIR_STR("https://")) ? FAIR_STR(":443") : FAIR_STR(":80"))) {
        size_t port = fair_str_starts(is->endpoint, FAIR_STR("https://")) ? 4 : 3;
        s->host.n -= port;
        s->is.endpoint.n -= port;
    }
    v = fair_xcalloc(1, sizeof *v);
    v->ops = &s3_ops;
    v->self = s;
    *out = v;
    return FAIR_OK;
}
