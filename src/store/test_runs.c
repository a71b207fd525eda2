/* Tests of what was seen, of runs and of their frontier. */
#include "store/test_store.h"

TEST(a_fetch_is_remembered_with_its_validators)
{
    struct home h;
    struct fair_fetched f = { .url = FAIR_STR("https://example.com/\xff"), .etag = FAIR_STR("\"a\""), .last_modified = FAIR_STR("Mon, 23 Nov 2026 08:00:00 GMT"),
                              .mime = FAIR_STR("text/html"), .sha256 = sha_of("page"), .status = 200, .bytes = 12, .at = 7, .links = FAIR_STR("[]") }, got;

    home_open(&h);
    CHECK_EQ(fair_store_fetched_get(&h.d, f.url, h.a, &got, NULL), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_fetched_put(&h.d, &f, why));
    CHECK_OK(fair_store_fetched_get(&h.d, f.url, h.a, &got, why));
    CHECK(fair_str_eq(got.url, f.url) && fair_str_eq(got.etag, f.etag) && fair_str_eq(got.last_modified, f.last_modified));
    CHECK(got.status == 200 && got.bytes == 12 && got.at == 7 && fair_sha256_eq(&got.sha256, &f.sha256));
    CHECK_STR(got.links, "[]");
    f.etag = FAIR_STR("\"\xff\"");                      /* cannot be sent back as it was */
    f.links = (fair_str){ NULL, 0 };
    CHECK_OK(fair_store_fetched_put(&h.d, &f, why));
    CHECK_OK(fair_store_fetched_get(&h.d, f.url, h.a, &got, why));
    CHECK(got.etag.p == NULL);
    CHECK(got.links.p == NULL);
    CHECK_EQ(number(&h, "SELECT count(*) FROM fetched"), 1);
    home_close(&h);
}

TEST(a_picture_looked_at_is_known_by_its_bytes)
{
    struct home h;
    struct fair_seen x = { .sha256 = sha_of("i"), .format = FAIR_STR("jpeg"), .width = 4, .height = 3, .scheme = 1,
                           .fingerprint = { "\0\1", 2 }, .preview = sha_of("p"), .whole = sha_of("w"), .at = 5 }, got;
    bool may;
    struct fair_sha256 p = sha_of("p"), p2 = sha_of("p2");

    home_open(&h);
    CHECK_EQ(fair_store_seen_get(&h.d, &x.sha256, h.a, &got, NULL), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_seen_put(&h.d, &x, why));
    CHECK_OK(fair_store_seen_get(&h.d, &x.sha256, h.a, &got, why));
    CHECK(fair_str_eq(got.fingerprint, x.fingerprint) && fair_sha256_eq(&got.whole, &x.whole) && fair_sha256_eq(&got.preview, &p));
    CHECK(got.fault.p == NULL);
    x.preview = p2;
    x.fault = FAIR_STR("breaks off");
    CHECK_OK(fair_store_seen_put(&h.d, &x, why));
    CHECK_OK(fair_store_blob_may_read(&h.d, &p, &may, why));
    CHECK(!may);
    CHECK_OK(fair_store_blob_may_read(&h.d, &p2, &may, why));
    CHECK(may);
    CHECK_OK(fair_store_seen_get(&h.d, &x.sha256, h.a, &got, why));
    CHECK_STR(got.fault, "breaks off");
    home_close(&h);
}

struct seen { int n; char text[512]; struct home *h; fair_id run; };

static fair_status
settle_it(void *arg, const struct fair_frontier *f, struct fair_err *err)
{
    struct seen *s = arg;
    size_t at = strlen(s->text);
    s->n++;
    snprintf(s->text + at, sizeof s->text - at, "%.*s:%.*s:%lld ", FAIR_STR_ARG(f->kind), FAIR_STR_ARG(f->url), (long long)f->depth);
    return s->h == NULL ? FAIR_OK : fair_store_frontier_done(&s->h->d, s->run, f->id, err);
}

TEST(a_frontier_lasts_and_holds_each_address_once)
{
    struct home h;
    struct fair_run r = { .target = FAIR_STR("https://example.com/") }, got;
    struct seen s = { 0 };
    bool added;

    home_open(&h);
    CHECK_EQ(fair_store_run_unfinished(&h.d, r.target, h.a, &got, NULL), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_run_begin(&h.d, &r, why));
    CHECK_OK(fair_store_frontier_add(&h.d, r.id, FAIR_STR("a"), FAIR_STR("page"), FAIR_STR("{}"), 0, &added, why));
    CHECK(added);
    CHECK_OK(fair_store_frontier_add(&h.d, r.id, FAIR_STR("a"), FAIR_STR("picture"), FAIR_STR("{}"), 1, &added, why));
    CHECK(added);
    CHECK_OK(fair_store_frontier_add(&h.d, r.id, FAIR_STR("a"), FAIR_STR("page"), FAIR_STR("{}"), 2, &added, why));
    CHECK(!added);
    CHECK_OK(fair_store_frontier_add(&h.d, r.id, FAIR_STR("b"), FAIR_STR("page"), FAIR_STR("{}"), 1, &added, why));
    s.h = &h;
    s.run = r.id;
    CHECK_OK(fair_store_frontier_open(&h.d, r.id, 2, settle_it, &s, why));
    CHECK_STR(fair_str_of(s.text), "page:a:0 picture:a:1 ");
    /* The process dies here; the next one takes the run up again. */
    fair_store_free(&h.st);
    CHECK_OK(fair_store_open(h.path, &h.st, why));
    h.d.st = h.st;
    CHECK_OK(fair_store_run_unfinished(&h.d, r.target, h.a, &got, why));
    CHECK_EQ(got.id, r.id);
    s = (struct seen){ 0 };
    CHECK_OK(fair_store_frontier_open(&h.d, r.id, 10, settle_it, &s, why));
    CHECK_STR(fair_str_of(s.text), "page:b:1 ");
    CHECK_OK(fair_store_frontier_add(&h.d, r.id, FAIR_STR("a"), FAIR_STR("page"), FAIR_STR("{}"), 2, &added, why));
    CHECK(!added);                                     /* what was done is not done again */
    r.state = FAIR_STR("done");
    CHECK_OK(fair_store_run_put(&h.d, &r, why));
    CHECK_EQ(fair_store_run_unfinished(&h.d, r.target, h.a, &got, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(number(&h, "SELECT count(*) FROM frontier"), 0);
    home_close(&h);
}

static fair_status
note_run(void *arg, const struct fair_run *r, struct fair_err *err)
{
    struct seen *s = arg;
    (void)err;
    s->n++;
    s->run = r->id;
    snprintf(s->text, sizeof s->text, "%.*s %lld %lld %.*s", FAIR_STR_ARG(r->state), (long long)r->pages, (long long)r->hits_new, FAIR_STR_ARG(r->error));
    return FAIR_OK;
}

static fair_status
note_fault(void *arg, const struct fair_fault *f, struct fair_err *err)
{
    struct seen *s = arg;
    (void)err;
    s->n++;
    snprintf(s->text, sizeof s->text, "%.*s: %.*s", FAIR_STR_ARG(f->where), FAIR_STR_ARG(f->text));
    return FAIR_OK;
}

TEST(runs_are_listed_newest_first_with_their_faults)
{
    struct home h;
    struct fair_run r = { .target = FAIR_STR("/photos"), .watch = 77 }, s = { .target = FAIR_STR("/photos") };
    struct seen got = { 0 };

    home_open(&h);
    CHECK_OK(fair_store_run_begin(&h.d, &r, why));
    CHECK_OK(fair_store_run_begin(&h.d, &s, why));
    r.pages = 3;
    r.hits_new = 2;
    r.state = FAIR_STR("partly");
    r.error = FAIR_STR("one page failed");
    CHECK_OK(fair_store_run_put(&h.d, &r, why));
    r.state = FAIR_STR("exploded");
    CHECK_EQ(fair_store_run_put(&h.d, &r, NULL), FAIR_INVALID);
    r.state = FAIR_STR("done");
    r.id = 5;
    CHECK_EQ(fair_store_run_put(&h.d, &r, NULL), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_runs(&h.d, 0, (struct fair_page){ 0, 1 }, note_run, &got, why));
    CHECK_EQ(got.n, 1);
    CHECK_EQ(got.run, s.id);
    CHECK_OK(fair_store_runs(&h.d, 77, (struct fair_page){ 0, 0 }, note_run, &got, why));
    CHECK_STR(fair_str_of(got.text), "partly 3 2 one page failed");
    CHECK_OK(fair_store_run_fault(&h.d, s.id, FAIR_STR("/photos/x.jpg"), FAIR_STR("it breaks off"), 3, why));
    got = (struct seen){ 0 };
    CHECK_OK(fair_store_run_faults(&h.d, s.id, (struct fair_page){ 0, 0 }, note_fault, &got, why));
    CHECK_EQ(got.n, 1);
    CHECK_STR(fair_str_of(got.text), "/photos/x.jpg: it breaks off");
    home_close(&h);
}

FAIR_TEST_MAIN
