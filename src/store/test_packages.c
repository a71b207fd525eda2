/* Tests of packages, custody and deposits. */
#include "store/test_store.h"
#include "store/package_rows.h"

static fair_str
a_line(void *arg, int64_t n, const struct fair_sha256 *previous, struct fair_arena *a)
{
    (void)arg;
    return fair_str_fmt(a, "%lld %.*s", (long long)n, FAIR_STR_ARG(fair_hex(a, previous->b, 32)));
}

struct chain { int64_t n; struct fair_sha256 last; bool sound; };

static fair_status
follow(void *arg, const struct fair_custody_row *r, struct fair_err *err)
{
    struct chain *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_sha256 h = fair_sha256_of(r->line.p, r->line.n);

    (void)err;
    c->sound = c->sound && r->n == c->n + 1 && fair_sha256_eq(&h, &r->hash) && fair_str_eq(r->line, a_line(NULL, r->n, &c->last, a));
    c->n = r->n;
    c->last = r->hash;
    return FAIR_OK;
}

static struct fair_package
drafted(fair_id id, int64_t number)
{
    return (struct fair_package){ .id = id, .number = number, .url = FAIR_STR("https://example.com/"), .draft = sha_of("draft"), .bytes = 5, .datapackage = sha_of("d"),
                                  .software = FAIR_STR("x"), .signature = FAIR_STR("s"), .der = FAIR_STR("t"), .key = FAIR_STR("k") };
}

TEST(a_package_goes_from_capturing_to_sealed_and_never_back)
{
    struct home h;
    struct fair_package p = { .url = FAIR_STR("https://example.com/") }, got;
    struct fair_err err = { 0 };

    home_open(&h);
    CHECK_OK(fair_store_package_add(&h.d, &p, why));
    CHECK_EQ(fair_store_package_sealed(&h.d, p.id, FAIR_STR(""), 5, &err), FAIR_NOT_FOUND);
    struct fair_package x = drafted(p.id, 1);
    CHECK_OK(fair_store_package_drafted(&h.d, &x, why));
    CHECK_EQ(fair_store_package_drafted(&h.d, &x, &err), FAIR_REFUSED);
    CHECK_OK(fair_store_package_waits(&h.d, p.id, FAIR_STR("nobody answers"), why));
    CHECK_OK(fair_store_package_get(&h.d, p.id, h.a, &got, why));
    CHECK_STR(got.state, "sealing");
    CHECK_STR(got.error, "nobody answers");
    CHECK_OK(fair_store_package_sealed(&h.d, p.id, FAIR_STR("proof"), 5, why));
    CHECK_EQ(fair_store_package_failed(&h.d, p.id, FAIR_STR("no"), &err), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_package_last(&h.d, h.a, &got, why));
    CHECK_STR(got.state, "sealed");
    CHECK(got.error.p == NULL && got.sealed == 5);
    home_close(&h);
}

TEST(two_packages_never_have_one_number)
{
    struct home h;
    struct fair_package one = drafted(11, 1), two = drafted(12, 1);
    struct fair_err err = { 0 };

    home_open(&h);
    CHECK_OK(fair_store_package_drafted(&h.d, &one, why));
    CHECK_EQ(fair_store_package_drafted(&h.d, &two, &err), FAIR_CONFLICT);
    two.number = 2;
    CHECK_OK(fair_store_package_drafted(&h.d, &two, why));
    home_close(&h);
}

TEST(custody_is_one_chain_for_each_package)
{
    struct home h;
    struct fair_package one = drafted(11, 1), two = drafted(12, 2);
    struct chain c = { .sound = true };

    home_open(&h);
    CHECK_OK(fair_store_package_drafted(&h.d, &one, why));
    CHECK_OK(fair_store_package_drafted(&h.d, &two, why));
    for (int i = 0; i < 5; i++) {
        CHECK_OK(fair_store_custody_add(&h.d, 11, FAIR_STR("viewed"), i, a_line, NULL, why));
        if (i % 2 == 0) CHECK_OK(fair_store_custody_add(&h.d, 12, FAIR_STR("viewed"), i, a_line, NULL, why));
    }
    CHECK_OK(fair_store_custody(&h.d, 11, 1, follow, &c, why));
    CHECK(c.sound && c.n == 5);
    c = (struct chain){ .sound = true };
    CHECK_OK(fair_store_custody(&h.d, 12, 1, follow, &c, why));
    CHECK(c.sound && c.n == 3);
    home_close(&h);
}

static fair_status
count_stamps(void *arg, const struct fair_stamp_row *r, struct fair_err *err)
{
    (void)r;
    (void)err;
    ++*(int *)arg;
    return FAIR_OK;
}

TEST(a_work_is_deposited_once_and_found_at_its_place)
{
    struct home h;
    struct fair_deposit x = { .root = sha_of("root") };
    struct fair_deposit_leaf *leaves;
    struct fair_stamp_row s = { .server = FAIR_STR("https://tsa.example.com/"), .reply = FAIR_STR("r"), .at = 1 };
    struct fair_err err = { 0 };
    fair_id works[3], deposit;
    int64_t place;
    size_t n;
    int stamps = 0;

    home_open(&h);
    for (int i = 0; i < 3; i++) works[i] = a_work(&h, i == 0 ? "a" : i == 1 ? "b" : "c");
    CHECK_OK(fair_store_undeposited(&h.d, h.a, &leaves, &n, why));
    CHECK_EQ(n, 3);
    CHECK_OK(fair_store_deposit_add(&h.d, &x, leaves, n, why));
    CHECK_OK(fair_store_undeposited(&h.d, h.a, &leaves, &n, why));
    CHECK_EQ(n, 0);
    CHECK_EQ(fair_store_deposit_of(&h.d, 999, &deposit, &place, &err), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_deposit_of(&h.d, works[2], &deposit, &place, why));
    CHECK(deposit == x.id && place == 2);
    s.of = x.id;
    CHECK_OK(fair_store_deposit_stamp(&h.d, &s, why));
    CHECK_OK(fair_store_deposit_stamp(&h.d, &s, why));
    CHECK_OK(fair_store_deposit_stamps(&h.d, x.id, count_stamps, &stamps, why));
    CHECK_EQ(stamps, 1);
    home_close(&h);
}

FAIR_TEST_MAIN
