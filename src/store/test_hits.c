/* Tests of hits: what was found, seen again, gone, listed. */
#include "store/test_store.h"

static struct fair_hit
a_hit(fair_id work, const char *page, const char *image, const char *site)
{
    return (struct fair_hit){
        .work = work, .page_url = fair_str_of(page), .image_url = fair_str_of(image), .site = fair_str_of(site),
        .place = FAIR_STR("img"), .sha256 = sha_of(image), .width = 640, .height = 480, .score = .9,
        .verdict = FAIR_STR("match"), .words = FAIR_STR("[\"the same\"]"), .last_seen = 1000,
    };
}

TEST(the_same_use_seen_again_is_the_same_hit)
{
    struct home h;
    struct fair_hit x, y, got;
    fair_id work;
    bool fresh;

    home_open(&h);
    work = a_work(&h, "Poppies");
    x = a_hit(work, "https://shop.example.com/a", "https://shop.example.com/p.jpg", "example.com");
    x.box[2] = 12.5;
    x.map[5] = -3;
    x.has_map = true;
    x.preview = sha_of("preview");
    x.alt = (fair_str){ "\xff" "red", 4 };
    CHECK_OK(fair_store_hit_seen(&h.d, &x, &fresh, why));
    CHECK(fresh);
    CHECK(x.id > 0);
    CHECK_STR(x.state, "inbox");
    y = a_hit(work, "https://shop.example.com/a", "https://shop.example.com/p.jpg", "example.com");
    y.score = .95;
    y.last_seen = 2000;
    y.preview = sha_of("another");
    CHECK_OK(fair_store_hit_seen(&h.d, &y, &fresh, why));
    CHECK(!fresh);
    CHECK_EQ(y.id, x.id);
    CHECK_EQ(y.first_seen, 1000);
    CHECK_OK(fair_store_hit_get(&h.d, x.id, h.a, &got, why));
    CHECK(got.score == .95);
    CHECK_EQ(got.first_seen, 1000);
    CHECK_EQ(got.last_seen, 2000);
    CHECK_STR(got.work_title, "Poppies");
    CHECK_STR(got.page_url, "https://shop.example.com/a");
    CHECK(got.box[2] == 0);
    CHECK_EQ(number(&h, "SELECT count(*) FROM hit"), 1);
    CHECK_EQ(number(&h, "SELECT count(*) FROM vault_ref WHERE refs = 1"), 2);     /* the work, the new preview */
    y = a_hit(work, "https://shop.example.com/b", "https://shop.example.com/p.jpg", "example.com");
    CHECK_OK(fair_store_hit_seen(&h.d, &y, &fresh, why));
    CHECK(fresh);
    home_close(&h);
}

TEST(a_hit_keeps_its_geometry_and_odd_names)
{
    struct home h;
    struct fair_hit x, got;
    const char odd[] = "/photos/\xe9t\xe9\n\xf0\x9f\x8c\xba.jpg";

    home_open(&h);
    x = a_hit(a_work(&h, "w"), odd, odd, "files");
    for (int i = 0; i < 4; i++) x.box[i] = i + .25, x.work_box[i] = i + .5;
    for (int i = 0; i < 6; i++) x.map[i] = -i - .125;
    x.has_map = x.mirrored = true;
    x.bits = 7;
    x.agree = 41;
    x.rotation = .1;
    x.scale = .5;
    x.covers = .75;
    x.residual = 1.5;
    x.source = FAIR_STR("{\"file\":\"a.warc\"}");
    x.whole = sha_of("w");
    CHECK_OK(fair_store_hit_seen(&h.d, &x, NULL, why));
    CHECK_OK(fair_store_hit_get(&h.d, x.id, h.a, &got, why));
    CHECK(fair_str_eq(got.page_url, fair_str_of(odd)));
    for (int i = 0; i < 4; i++) CHECK(got.box[i] == i + .25 && got.work_box[i] == i + .5);
    for (int i = 0; i < 6; i++) CHECK(got.map[i] == -i - .125);
    CHECK(got.has_map && got.mirrored);
    CHECK(got.bits == 7 && got.agree == 41 && got.rotation == .1 && got.scale == .5 && got.covers == .75 && got.residual == 1.5);
    CHECK_STR(got.source, "{\"file\":\"a.warc\"}");
    CHECK(fair_sha256_eq(&got.whole, &x.whole));
    CHECK_STR(got.operator, "files");
    home_close(&h);
}

TEST(what_is_no_hit_is_told)
{
    struct home h;
    struct fair_hit x;
    struct fair_err err = { 0 };
    fair_id work;

    home_open(&h);
    work = a_work(&h, "w");
    x = a_hit(work, "p", "i", "s");
    x.verdict = FAIR_STR("none");
    CHECK_EQ(fair_store_hit_seen(&h.d, &x, NULL, &err), FAIR_INVALID);
    x = a_hit(work, "", "i", "s");
    CHECK_EQ(fair_store_hit_seen(&h.d, &x, NULL, &err), FAIR_INVALID);
    x = a_hit(work + 1, "p", "i", "s");
    CHECK_EQ(fair_store_hit_seen(&h.d, &x, NULL, &err), FAIR_NOT_FOUND);
    CHECK_EQ(number(&h, "SELECT count(*) FROM hit"), 0);
    home_close(&h);
}

struct got { int n; fair_id ids[32]; char sites[8][32]; int64_t hits[8], inbox[8]; };

static fair_status
note(void *arg, const struct fair_hit *h, struct fair_err *err)
{
    struct got *g = arg;
    (void)err;
    if (g->n < 32) g->ids[g->n] = h->id;
    g->n++;
    return FAIR_OK;
}

static struct got
listed(struct home *h, struct fair_hit_filter f)
{
    struct got g = { 0 };
    int64_t n;
    CHECK_OK(fair_store_hits(&h->d, &f, note, &g, why));
    CHECK_OK(fair_store_hits_count(&h->d, &f, &n, why));
    if (f.page.limit == 0 && f.page.offset == 0) CHECK_EQ(n, g.n);
    return g;
}

static fair_status
note_site(void *arg, const struct fair_site *s, struct fair_err *err)
{
    struct got *g = arg;
    (void)err;
    snprintf(g->sites[g->n], 32, "%.*s", FAIR_STR_ARG(s->site));
    g->hits[g->n] = s->hits;
    g->inbox[g->n] = s->inbox;
    g->n++;
    return FAIR_OK;
}

TEST(hits_are_listed_best_first_by_every_filter)
{
    struct home h;
    struct fair_hit x[4];
    fair_id poppies, boats;
    struct fair_decision pursue = { .what = FAIR_STR("pursue") };
    struct got g = { 0 };
    struct fair_hit_filter all = { 0 };

    home_open(&h);
    poppies = a_work(&h, "Poppies");
    boats = a_work(&h, "Boats");
    x[0] = a_hit(poppies, "https://a.example.com/1", "https://a.example.com/1.jpg", "example.com");
    x[0].verdict = FAIR_STR("possible");
    x[0].score = .99;
    x[1] = a_hit(poppies, "https://b.test/2", "https://b.test/Flower.jpg", "b.test");
    x[1].score = .8;
    x[2] = a_hit(boats, "https://b.test/3", "https://b.test/3.jpg", "b.test");
    x[2].score = .9;
    x[2].last_seen = 5000;
    x[3] = a_hit(boats, "https://c.test/3", "https://c.test/3.jpg", "c.test");
    x[3].verdict = FAIR_STR("same_scene");
    for (int i = 0; i < 4; i++) CHECK_OK(fair_store_hit_seen(&h.d, &x[i], NULL, why));
    pursue.hit = x[1].id;
    CHECK_OK(fair_store_decide(&h.d, &pursue, why));

    g = listed(&h, all);
    CHECK_EQ(g.n, 4);
    CHECK(g.ids[0] == x[2].id && g.ids[1] == x[1].id && g.ids[2] == x[0].id && g.ids[3] == x[3].id);
    g = listed(&h, (struct fair_hit_filter){ .page = { 1, 2 } });
    CHECK(g.n == 2 && g.ids[0] == x[1].id && g.ids[1] == x[0].id);
    g = listed(&h, (struct fair_hit_filter){ .state = FAIR_STR("inbox") });
    CHECK(g.n == 3 && g.ids[0] == x[2].id);
    g = listed(&h, (struct fair_hit_filter){ .site = FAIR_STR("b.test") });
    CHECK(g.n == 2 && g.ids[0] == x[2].id);
    g = listed(&h, (struct fair_hit_filter){ .work = poppies, .state = FAIR_STR("inbox") });
    CHECK(g.n == 1 && g.ids[0] == x[0].id);
    g = listed(&h, (struct fair_hit_filter){ .verdict = FAIR_STR("same_scene") });
    CHECK(g.n == 1 && g.ids[0] == x[3].id);
    g = listed(&h, (struct fair_hit_filter){ .since = 5000 });
    CHECK(g.n == 1 && g.ids[0] == x[2].id);
    g = listed(&h, (struct fair_hit_filter){ .text = FAIR_STR("FLOWER") });
    CHECK(g.n == 1 && g.ids[0] == x[1].id);
    g = listed(&h, (struct fair_hit_filter){ .text = FAIR_STR("boats") });     /* the work's title */
    CHECK_EQ(g.n, 2);
    CHECK_EQ(fair_store_hits(&h.d, &(struct fair_hit_filter){ .verdict = FAIR_STR("x") }, note, &g, NULL), FAIR_INVALID);
    g = (struct got){ 0 };
    CHECK_OK(fair_store_hit_sites(&h.d, &all, note_site, &g, why));
    CHECK_EQ(g.n, 3);
    CHECK_STR(fair_str_of(g.sites[0]), "example.com");
    CHECK_EQ(g.inbox[0], 1);
    CHECK_STR(fair_str_of(g.sites[1]), "b.test");
    CHECK(g.hits[1] == 2 && g.inbox[1] == 1);
    CHECK_STR(fair_str_of(g.sites[2]), "c.test");
    home_close(&h);
}

TEST(each_way_into_the_list_finds_its_index)
{
    static const char *const names[] = { "hits_all", "hits_by_state", "hits_by_site", "hits_by_work" };
    struct home h;
    int n = 0;

    home_open(&h);
    for (const struct fair_sql *s = __start_fair_sql; s < __stop_fair_sql; s++)
        for (size_t i = 0; i < 4; i++) {
            struct fair_rows *q;
            fair_str plan = { "", 0 };
            if (strcmp(s->name, names[i]) != 0) continue;
            n++;
            CHECK_OK(h.st->db->engine->prepare(h.st->db, fair_str_fmt(h.a, "EXPLAIN QUERY PLAN %s", s->text).p, &q, why));
            while (h.st->db->engine->step(q, NULL) == FAIR_OK)
                plan = fair_str_fmt(h.a, "%.*s\n%.*s", FAIR_STR_ARG(plan), FAIR_STR_ARG(h.st->db->engine->text(q, 3)));
            h.st->db->engine->finish(q);
            if (strstr(plan.p, "USING INDEX hit_") == NULL && strstr(plan.p, "USING COVERING INDEX hit_") == NULL)
                fail_msg("%s: %s", s->name, plan.p);
            if (strstr(plan.p, "SCAN i") != NULL || strstr(plan.p, "SCAN h") != NULL || strstr(plan.p, "SCAN w") != NULL)
                fail_msg("%s: %s", s->name, plan.p);
        }
    CHECK_EQ(n, 4);
    home_close(&h);
}

TEST(what_is_no_longer_seen_is_gone_and_comes_back_with_its_decision)
{
    struct home h;
    struct fair_run r = { .target = FAIR_STR("https://example.com/") }, s = { .target = FAIR_STR("https://example.com/") },
                    other = { .target = FAIR_STR("https://b.test/") };
    struct fair_hit x, y, z, got;
    struct fair_decision no = { .what = FAIR_STR("ignore"), .reason = FAIR_STR("owner_discretion"), .note = FAIR_STR("fine"), .scope = FAIR_STR("hit") };
    fair_id work;
    int64_t n;
    bool fresh;

    home_open(&h);
    work = a_work(&h, "w");
    CHECK_OK(fair_store_run_begin(&h.d, &r, why));
    CHECK_OK(fair_store_run_begin(&h.d, &s, why));
    CHECK_OK(fair_store_run_begin(&h.d, &other, why));
    x = a_hit(work, "https://example.com/1", "https://example.com/1.jpg", "example.com");
    y = a_hit(work, "https://example.com/2", "https://example.com/2.jpg", "example.com");
    z = a_hit(work, "https://b.test/2", "https://b.test/2.jpg", "b.test");
    x.run = y.run = r.id;
    z.run = other.id;
    CHECK_OK(fair_store_hit_seen(&h.d, &x, NULL, why));
    CHECK_OK(fair_store_hit_seen(&h.d, &y, NULL, why));
    CHECK_OK(fair_store_hit_seen(&h.d, &z, NULL, why));
    no.hit = x.id;
    CHECK_OK(fair_store_decide(&h.d, &no, why));
    /* The second run finds page 2 unchanged and page 1 without the picture. */
    CHECK_OK(fair_store_hits_still(&h.d, s.id, y.page_url, 3000, &n, why));
    CHECK_EQ(n, 1);
    CHECK_OK(fair_store_hits_gone(&h.d, s.id, x.page_url, 3000, &n, why));
    CHECK_EQ(n, 1);
    CHECK_OK(fair_store_hits_gone(&h.d, s.id, (fair_str){ NULL, 0 }, 3000, &n, why));
    CHECK_EQ(n, 0);
    CHECK_OK(fair_store_hit_get(&h.d, x.id, h.a, &got, why));
    CHECK_EQ(got.gone, 3000);
    CHECK_STR(got.state, "ignored");
    CHECK_OK(fair_store_hit_get(&h.d, y.id, h.a, &got, why));
    CHECK_EQ(got.gone, 0);
    CHECK_EQ(got.last_seen, 3000);
    x.last_seen = 4000;
    CHECK_OK(fair_store_hit_seen(&h.d, &x, &fresh, why));
    CHECK(!fresh);
    CHECK_OK(fair_store_hit_get(&h.d, x.id, h.a, &got, why));
    CHECK_EQ(got.gone, 0);
    CHECK_STR(got.state, "ignored");
    /* A third run of the target sees nothing at all. */
    CHECK_OK(fair_store_run_begin(&h.d, &s, why));
    CHECK_OK(fair_store_hits_gone(&h.d, s.id, (fair_str){ NULL, 0 }, 5000, &n, why));
    CHECK_EQ(n, 2);
    CHECK_OK(fair_store_hit_get(&h.d, z.id, h.a, &got, why));
    CHECK_EQ(got.gone, 0);
    home_close(&h);
}

TEST(new_hits_are_announced_once_and_ignored_ones_never)
{
    struct home h;
    struct fair_hit x, y;
    struct fair_decision no = { .what = FAIR_STR("ignore"), .reason = FAIR_STR("trivial_or_noncommercial"), .scope = FAIR_STR("hit") };
    fair_id work;
    int64_t n;

    home_open(&h);
    work = a_work(&h, "w");
    x = a_hit(work, "p1", "i", "example.com");
    y = a_hit(work, "p2", "i", "example.com");
    CHECK_OK(fair_store_hit_seen(&h.d, &x, NULL, why));
    CHECK_OK(fair_store_hit_seen(&h.d, &y, NULL, why));
    no.hit = y.id;
    CHECK_OK(fair_store_decide(&h.d, &no, why));
    CHECK_OK(fair_store_hits_announce(&h.d, 7, &n, why));
    CHECK_EQ(n, 1);
    CHECK_OK(fair_store_hits_announce(&h.d, 8, &n, why));
    CHECK_EQ(n, 0);
    home_close(&h);
}

TEST(hits_go_with_their_work_and_come_back_with_its_bytes)
{
    struct home h;
    struct fair_hit x, y;
    struct fair_decision no = { .what = FAIR_STR("ignore"), .reason = FAIR_STR("licensed"), .note = FAIR_STR("invoice 7") };
    fair_id work, again;
    struct got g;
    bool fresh;

    home_open(&h);
    work = a_work(&h, "w");
    x = a_hit(work, "p1", "i1", "example.com");
    CHECK_OK(fair_store_hit_seen(&h.d, &x, NULL, why));
    no.hit = x.id;
    CHECK_OK(fair_store_decide(&h.d, &no, why));
    CHECK_OK(fair_store_work_remove(&h.d, work, 9, why));
    g = listed(&h, (struct fair_hit_filter){ 0 });
    CHECK_EQ(g.n, 0);
    CHECK_EQ(fair_store_hit_seen(&h.d, &x, NULL, NULL), FAIR_NOT_FOUND);
    again = a_work(&h, "w");
    CHECK(again != work);
    g = listed(&h, (struct fair_hit_filter){ .work = again });
    CHECK(g.n == 1 && g.ids[0] == x.id);
    x.work = again;
    CHECK_OK(fair_store_hit_seen(&h.d, &x, &fresh, why));
    CHECK(!fresh);
    CHECK_STR(x.state, "ignored");
    y = a_hit(again, "p2", "i2", "example.com");          /* the licence for work and domain holds on */
    CHECK_OK(fair_store_hit_seen(&h.d, &y, &fresh, why));
    CHECK(fresh);
    CHECK_STR(y.state, "ignored");
    home_close(&h);
}

FAIR_TEST_MAIN
