/* test_s3.c - the S3 backend against a server that is a table in this process and can be told to misbehave. */
#include "base/test.h"
#include "vault/vault_private.h"

/* ---- the server --------------------------------------------------------------------- */
struct object { char *name; char *bytes; size_t n; };
static struct {
    struct object v[3000];
    size_t n;
    int fail_next, fail_http;         /* this many requests are answered so */
    bool no_condition, circle;
    int asked, puts;
    struct object *race;              /* appears just before the next PUT */
    char last_method[8];
    fair_str last_headers;
} server;
static struct fair_arena *arena;

static struct object *
find(const char *name)
{
    for (size_t i = 0; i < server.n; i++)
        if (server.v[i].name != NULL && strcmp(server.v[i].name, name) == 0) return &server.v[i];
    return NULL;
}

static void
keep(const char *name, fair_str bytes)
{
    struct object *o = find(name);
    if (o == NULL) {
        o = &server.v[server.n++];
        o->name = (char *)(uintptr_t)fair_str_dup(arena, fair_str_of(name)).p;
    }
    o->bytes = (char *)(uintptr_t)fair_str_dup(arena, bytes).p;
    o->n = bytes.n;
}

static int
by_name(const void *a, const void *b)
{
    const struct object *x = a, *y = b;
    return strcmp(x->name != NULL ? x->name : "", y->name != NULL ? y->name : "");
}

static fair_str
list(struct fair_arena *a, const char *query)
{
    struct fair_buf b = FAIR_BUF(a, 4 << 20);
    const char *token = strstr(query, "continuation-token=");
    size_t from = token != NULL ? (size_t)atoi(token + 19) : 0, shown = 0, i;
    const char *prefix = strstr(query, "prefix=");
    char want[64] = "";

    qsort(server.v, server.n, sizeof server.v[0], by_name);
    if (prefix != NULL && strncmp(prefix, "prefix=some%2Ffolder%2F", 23) == 0) snprintf(want, sizeof want, "some/folder/");
    fair_buf_c(&b, "<?xml version=\"1.0\"?><ListBucketResult>");
    for (i = from; i < server.n && shown < 1000; i++) {
        if (server.v[i].name == NULL || strncmp(server.v[i].name, want, strlen(want)) != 0) continue;
        fair_buf_fmt(&b, "<Contents><Key>%s</Key><Size>%zu</Size></Contents>", server.v[i].name, server.v[i].n);
        shown++;
    }
    if (i < server.n) fair_buf_fmt(&b, "<IsTruncated>true</IsTruncated><NextContinuationToken>%zu</NextContinuationToken>", server.circle ? 1000 : i);
    else fair_buf_c(&b, "<IsTruncated>false</IsTruncated>");
    fair_buf_c(&b, "</ListBucketResult>");
    return (fair_str){ b.p, b.n };
}

static fair_status
serve(void *self, const struct fair_vault_question *q, struct fair_arena *a, struct fair_vault_answer *out, struct fair_err *err)
{
    const char *path = strstr(fair_str_dup(a, q->url).p, "/bucket");
    const char *name = path + 8;
    struct object *o = find(name);
    bool condition = q->headers.n > 0 && memmem(q->headers.p, q->headers.n, "if-none-match: *\n", 17) != NULL;

    (void)self;
    server.asked++;
    snprintf(server.last_method, sizeof server.last_method, "%s", q->method);
    server.last_headers = fair_str_dup(arena, q->headers);
    CHECK(memmem(q->headers.p, q->headers.n, "Authorization: AWS4-HMAC-SHA256 Credential=KEY/", 46) != NULL);
    if (server.fail_next > 0) {
        server.fail_next--;
        if (server.fail_http == 0) return fair_fail(err, FAIR_IO, "connection reset");
        out->http = server.fail_http;
        out->body = FAIR_STR("<Error><Code>SlowDown</Code><Message>Please</Message></Error>");
        return FAIR_OK;
    }
    out->headers = fair_str_fmt(a, "HTTP/1.1 x\r\nContent-Length: %zu\r\n\r\n", o != NULL ? o->n : 0);
    out->body = FAIR_STR("");
    if (path[7] == '?') {
        out->http = 200;
        out->body = list(a, path + 8);
    } else if (strcmp(q->method, "PUT") == 0) {
        server.puts++;
        if (server.race != NULL) {
            keep(server.race->name, (fair_str){ server.race->bytes, server.race->n });
            server.race = NULL;
            o = find(name);
        }
        out->http = condition && server.no_condition ? 501 : condition && o != NULL ? 412 : 200;
        if (out->http == 200) keep(name, q->body);
    } else if (strcmp(q->method, "DELETE") == 0) {
        out->http = 204;
        if (o != NULL) o->name = (char *)"zz-gone";
    } else {
        out->http = o != NULL ? 200 : 404;
        if (strcmp(q->method, "GET") == 0 && o != NULL) out->body = (fair_str){ o->bytes, o->n };
    }
    return FAIR_OK;
}

static struct fair_vault *
fresh(fair_str prefix)
{
    struct fair_vault_s3 is = { .endpoint = FAIR_STR("http://127.0.0.1:9000"), .bucket = FAIR_STR("bucket"), .prefix = prefix, .region = FAIR_STR("eu-test-1"),
        .access_key = FAIR_STR("KEY"), .secret = FAIR_STR("hidden"), .tries = 3, .pause_ms = 1 };
    struct fair_vault_way way = { serve, NULL, NULL };
    struct fair_vault *v;

    memset(&server, 0, sizeof server);
    if (arena == NULL) arena = fair_arena_new();
    fair_arena_clear(arena);
    CHECK_OK(fair_vault_open_s3(&is, &way, &v, why));
    return v;
}

static const char *
name_of(const struct fair_sha256 *key, const char *end)
{
    fair_str hex = fair_hex(arena, key->b, 32);
    return fair_str_fmt(arena, "%.2s/%.2s/%.64s%s", hex.p, hex.p + 2, hex.p, end).p;
}

/* ---- the tests ------------------------------------------------------------------------ */

TEST(bytes_come_back_from_s3_as_they_were_put_and_are_put_once)
{
    struct fair_vault *v = fresh((fair_str){ NULL, 0 });
    struct fair_sha256 key, none = { { 1 } };
    struct fair_err err = { 0 };
    fair_str out;
    uint64_t n;

    CHECK_OK(fair_vault_put(v, FAIR_STR("poppies"), &key, why));
    CHECK(find(name_of(&key, "")) != NULL);
    CHECK_OK(fair_vault_put(v, FAIR_STR("poppies"), &key, why));
    CHECK_EQ(server.puts, 1);
    CHECK_OK(fair_vault_read(v, &key, 100, arena, &out, why));
    CHECK_STR(out, "poppies");
    CHECK_OK(fair_vault_size(v, &key, &n, why));
    CHECK_EQ(n, 7);
    CHECK(!fair_vault_has(v, &none));
    CHECK_EQ(fair_vault_read(v, &none, 100, arena, &out, &err), FAIR_NOT_FOUND);
    find(name_of(&key, ""))->bytes[0] = 'P';
    CHECK_EQ(fair_vault_read(v, &key, 100, arena, &out, &err), FAIR_CORRUPT);
    find(name_of(&key, ""))->n = 3;
    CHECK_OK(fair_vault_put(v, FAIR_STR("poppies"), &key, why));       /* spoiled: put again */
    CHECK_OK(fair_vault_read(v, &key, 100, arena, &out, why));
    CHECK_OK(fair_vault_drop(v, &key, why));
    CHECK_EQ(fair_vault_drop(v, &key, &err), FAIR_NOT_FOUND);
    fair_vault_free(&v);
}

TEST(a_put_never_overwrites_what_came_between)
{
    struct fair_vault *v = fresh((fair_str){ NULL, 0 });
    struct fair_sha256 key = fair_sha256_of("poppies", 7);
    struct object same = { (char *)(uintptr_t)name_of(&key, ""), (char *)(uintptr_t)"poppies", 7 }, other = same;
    struct fair_err err = { 0 };

    server.race = &same;
    CHECK_OK(fair_vault_put(v, FAIR_STR("poppies"), &key, why));
    CHECK_OK(fair_vault_drop(v, &key, why));
    other.n = 3;
    server.race = &other;
    CHECK_EQ(fair_vault_put(v, FAIR_STR("poppies"), &key, &err), FAIR_CONFLICT);
    fair_vault_free(&v);
    v = fresh((fair_str){ NULL, 0 });
    server.no_condition = true;
    CHECK_OK(fair_vault_put(v, FAIR_STR("poppies"), &key, why));
    CHECK_EQ(server.puts, 2);
    CHECK_OK(fair_vault_put(v, FAIR_STR("tulips"), &key, why));
    CHECK_EQ(server.puts, 3);
    fair_vault_free(&v);
}

TEST(what_is_erased_in_s3_leaves_a_stone)
{
    struct fair_vault *v = fresh(FAIR_STR("some/folder"));
    struct fair_stone was = { 1790000000 * FAIR_SECOND, FAIR_STR("N. Example"), FAIR_STR("a court said so") }, stone;
    struct fair_sha256 key;
    struct fair_err err = { 0 };

    CHECK_OK(fair_vault_put(v, FAIR_STR("poppies"), &key, why));
    CHECK_OK(fair_vault_erase(v, &key, &was, why));
    CHECK(find(fair_str_fmt(arena, "some/folder/%s", name_of(&key, ".stone")).p) != NULL);
    CHECK(!fair_vault_has(v, &key));
    CHECK_OK(fair_vault_stone(v, &key, arena, &stone, why));
    CHECK_STR(stone.why, "a court said so");
    CHECK_EQ(fair_vault_put(v, FAIR_STR("poppies"), &key, &err), FAIR_REFUSED);
    server.fail_next = 100;
    server.fail_http = 503;
    CHECK(fair_vault_put(v, FAIR_STR("poppies"), &key, &err) != FAIR_OK);      /* cannot be asked: not put */
    server.fail_next = 0;
    CHECK_OK(fair_vault_put_anew(v, FAIR_STR("poppies"), &key, why));
    CHECK(fair_vault_has(v, &key));
    CHECK_EQ(fair_vault_stone(v, &key, arena, &stone, NULL), FAIR_NOT_FOUND);
    fair_vault_free(&v);
}

static fair_status
count_one(void *arg, const struct fair_sha256 *key, uint64_t bytes)
{
    int *n = arg;
    (void)key;
    CHECK_EQ(bytes, 4);
    n[0]++;
    return n[0] == n[1] ? FAIR_REFUSED : FAIR_OK;
}

TEST(each_object_is_visited_over_all_pages_and_foreign_names_are_not)
{
    struct fair_vault *v = fresh(FAIR_STR("some/folder"));
    struct fair_err err = { 0 };
    int n[2] = { 0, 0 };

    for (int i = 0; i < 2345; i++) {
        fair_str bytes = fair_str_fmt(arena, "%04d", i);
        struct fair_sha256 key = fair_sha256_of(bytes.p, bytes.n);
        keep(fair_str_fmt(arena, "some/folder/%s", name_of(&key, i % 1000 == 999 ? ".stone" : "")).p, bytes);
    }
    keep("some/folder/README", FAIR_STR("x"));
    keep("elsewhere/aa/bb/cc", FAIR_STR("x"));
    CHECK_OK(fair_vault_each(v, count_one, n, why));
    CHECK_EQ(n[0], 2343);
    CHECK_EQ(server.asked, 3);
    n[0] = 0;
    n[1] = 1500;
    CHECK_EQ(fair_vault_each(v, count_one, n, NULL), FAIR_REFUSED);
    n[0] = n[1] = 0;
    server.circle = true;
    CHECK_EQ(fair_vault_each(v, count_one, n, &err), FAIR_CORRUPT);
    fair_vault_free(&v);
}

TEST(a_busy_server_is_asked_again_and_a_refusal_is_told)
{
    struct fair_vault *v = fresh((fair_str){ NULL, 0 });
    struct fair_sha256 key;
    struct fair_err err = { 0 };
    fair_str out;

    CHECK_OK(fair_vault_put(v, FAIR_STR("poppies"), &key, why));
    server.fail_next = 2;
    server.fail_http = 503;
    CHECK_OK(fair_vault_read(v, &key, 100, arena, &out, why));
    server.fail_next = 2;
    server.fail_http = 0;
    CHECK_OK(fair_vault_read(v, &key, 100, arena, &out, why));
    server.fail_next = 3;
    server.fail_http = 500;
    CHECK_EQ(fair_vault_read(v, &key, 100, arena, &out, &err), FAIR_AGAIN);
    CHECK(strstr(err.text, "SlowDown: Please") != NULL);
    server.asked = 0;
    server.fail_next = 1;
    server.fail_http = 403;
    CHECK_EQ(fair_vault_read(v, &key, 100, arena, &out, &err), FAIR_REFUSED);
    CHECK_EQ(server.asked, 1);
    fair_vault_free(&v);
}

TEST(settings_that_cannot_be_are_told_by_name)
{
    static const struct { const char *url, *bucket, *prefix, *region, *key, *secret, *told; } bad[] = {
        { "ftp://h", "bucket", "", "r", "K", "s", "s3_url" }, { "https://h/path", "bucket", "", "r", "K", "s", "s3_url" },
        { "https://", "bucket", "", "r", "K", "s", "s3_url" }, { "https://h", "Bucket", "", "r", "K", "s", "s3_bucket" },
        { "https://h", "b", "", "r", "K", "s", "s3_bucket" }, { "https://h", "bucket", "/x", "r", "K", "s", "s3_prefix" },
        { "https://h", "bucket", "a/../b", "r", "K", "s", "s3_prefix" }, { "https://h", "bucket", "x y", "r", "K", "s", "s3_prefix" },
        { "https://h", "bucket", "", "", "K", "s", "s3_region" }, { "https://h", "bucket", "", "r", "K\n", "s", "s3_access_key" },
        { "https://h", "bucket", "", "r", "K", "", "s3_secret" } };
    struct fair_vault_way way = { serve, NULL, NULL };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct fair_vault_s3 is = { .endpoint = fair_str_of(bad[i].url), .bucket = fair_str_of(bad[i].bucket), .prefix = fair_str_of(bad[i].prefix),
            .region = fair_str_of(bad[i].region), .access_key = fair_str_of(bad[i].key), .secret = fair_str_of(bad[i].secret) };
        struct fair_vault *v;
        struct fair_err err = { 0 };
        CHECK_EQ(fair_vault_open_s3(&is, &way, &v, &err), FAIR_INVALID);
        if (strstr(err.text, bad[i].told) == NULL) fail_msg("%s", err.text);
    }
}

TEST(a_list_is_read_with_its_entities_and_a_broken_one_is_refused)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_s3_page page;

    CHECK_OK(fair_s3_page_read(a, FAIR_STR("<ListBucketResult x='y'><IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b&#43;</NextContinuationToken>"
        "<Contents><Key>x&lt;y</Key><Size>12</Size></Contents></ListBucketResult>"), &page, why));
    CHECK_EQ(page.n, 1);
    CHECK_STR(page.v[0].name, "x<y");
    CHECK_EQ(page.v[0].bytes, 12);
    CHECK_STR(page.next, "a&b+");
    CHECK_EQ(fair_s3_page_read(a, FAIR_STR("<html>"), &page, NULL), FAIR_CORRUPT);
    CHECK_EQ(fair_s3_page_read(a, FAIR_STR(""), &page, NULL), FAIR_CORRUPT);
    CHECK_EQ(fair_s3_page_read(a, FAIR_STR("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"), &page, NULL), FAIR_CORRUPT);
    CHECK_EQ(fair_s3_page_read(a, FAIR_STR("<ListBucketResult><Contents><Key>x</Key><Size>-1</Size></Contents>"), &page, NULL), FAIR_CORRUPT);
    CHECK_STR(fair_s3_error_words(a, FAIR_STR("<Error><Code>NoSuchKey</Code><Message>a\nb</Message></Error>")), "NoSuchKey: a\\nb");
}

FAIR_TEST_MAIN
