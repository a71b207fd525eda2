/* Tests of decisions and of what is remembered of them. */
#include "store/engine.h"
#include "store/test_store.h"

static struct fair_hit
a_hit(fair_id work, const char *page, const char *image, const char *site)
{
    return (struct fair_hit){
        .work = work, .page_url = fair_str_of(page), .image_url = fair_str_of(image), .site = fair_str_of(site),
        .sha256 = sha_of(image), .width = 640, .height = 480, .score = .9, .verdict = FAIR_STR("match"), .last_seen = 1000,
    };
}

static fair_id
seen(struct home *h, fair_id work, const char *page, const char *image, const char *site)
{
    struct fair_hit x = a_hit(work, page, image, site);
    CHECK_OK(fair_store_hit_seen(&h->d, &x, NULL, why));
    return x.id;
}

static const char *
now_is(struct home *h, fair_id hit)
{
    struct fair_hit x;
    CHECK_OK(fair_store_hit_get(&h->d, hit, h->a, &x, why));
    return x.state.p;
}

static struct fair_decision
decide(struct home *h, fair_id hit, const char *what, const char *reason, const char *scope, const char *words)
{
    struct fair_decision x = { .hit = hit, .what = fair_str_of(what), .reason = fair_str_of(reason), .scope = fair_str_of(scope),
                               .note = fair_str_of(words), .at = 2000 };
    CHECK_OK(fair_store_decide(&h->d, &x, why));
    return x;
}

static void
refused(struct home *h, fair_id hit, const char *what, const char *reason, const char *scope, const char *words, const char *says)
{
    struct fair_decision x = { .hit = hit, .what = fair_str_of(what), .reason = fair_str_of(reason), .scope = fair_str_of(scope),
                               .note = fair_str_of(words), .at = 2000 };
    struct fair_err err = { 0 };
    CHECK_EQ(fair_store_decide(&h->d, &x, &err), FAIR_INVALID);
    if (strstr(err.text, says) == NULL) fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

TEST(there_are_seventeen_reasons_each_with_words_and_a_scope)
{
    CHECK_EQ(fair_n_ignore_reasons, 17);
    for (size_t i = 0; i < fair_n_ignore_reasons; i++) {
        const struct fair_ignore_reason *r = &fair_ignore_reasons[i];
        CHECK(fair_ignore_scope_valid(fair_str_of(r->default_scope)));
        CHECK(strlen(r->words) > 10 && strlen(r->needs) > 0 && strlen(r->reopens) > 0);
        CHECK(fair_ignore_reason_by_code(fair_str_of(r->code)) == r);
    }
    CHECK(fair_ignore_reason_by_code(FAIR_STR("because")) == NULL);
    CHECK(!fair_ignore_scope_valid(FAIR_STR("world")));
}

/* The same list as the specification's, where that lies beside the repository. */
TEST(the_reasons_are_those_of_the_specification)
{
    struct fair_arena *a = fair_arena_new();
    const char *root = getenv("FAIRTRACK_SOURCE");
    fair_str text, line;
    size_t n = 0;

    if (root == NULL || fair_read_file(a, fair_str_fmt(a, "%s/../shared/spec/ignore_reasons.tsv", root).p, 65536, &text, NULL) != FAIR_OK) {
        fair_arena_free(&a);
        skip();
    }
    while (fair_str_split(&text, '\n', &line)) {
        fair_str code = { 0 }, needs = { 0 }, scope = { 0 };
        const struct fair_ignore_reason *r;
        if (line.n == 0 || line.p[0] == '#') continue;
        CHECK(fair_str_split(&line, '\t', &code) && fair_str_split(&line, '\t', &needs) && fair_str_split(&line, '\t', &scope));
        r = fair_ignore_reason_by_code(code);
        CHECK(r != NULL && fair_str_eq(needs, fair_str_of(r->needs)) && fair_str_eq(scope, fair_str_of(r->default_scope)) && fair_str_eq(line, fair_str_of(r->reopens)));
        n++;
    }
    CHECK_EQ(n, fair_n_ignore_reasons);
    fair_arena_free(&a);
}

TEST(a_decision_needs_what_its_reason_needs)
{
    struct home h;
    fair_id hit;
    struct fair_decision x = { .what = FAIR_STR("pursue") };

    home_open(&h);
    hit = seen(&h, a_work(&h, "w"), "p", "i", "example.com");
    refused(&h, hit, "ignore", NULL, NULL, NULL, "needs one of the 17 reasons");
    refused(&h, hit, "ignore", "because", NULL, NULL, "none of the 17 reasons");
    refused(&h, hit, "burn", NULL, NULL, NULL, "none of pursue, ignore, not_a_match, reopen");
    refused(&h, hit, "ignore", "syndicated", NULL, "  ", "syndicated needs in its note: partner name, date range");
    refused(&h, hit, "ignore", "licensed", "world", "x", "scope \"world\"");
    refused(&h, hit, "pursue", NULL, "domain", NULL, "one use at a time");
    refused(&h, hit, "pursue", "licensed", NULL, NULL, "takes no reason");
    refused(&h, hit, "not_a_match", "licensed", NULL, "x", "its own reason");
    x.hit = hit + 1;
    CHECK_EQ(fair_store_decide(&h.d, &x, NULL), FAIR_NOT_FOUND);
    x = (struct fair_decision){ .hit = hit, .what = FAIR_STR("ignore"), .reason = FAIR_STR("search_archive_thumbnail"), .at = 10, .until = 9 };
    CHECK_EQ(fair_store_decide(&h.d, &x, NULL), FAIR_INVALID);
    x = (struct fair_decision){ .hit = hit, .what = FAIR_STR("not_a_match"), .sub = FAIR_STR("d") };
    CHECK_EQ(fair_store_decide(&h.d, &x, NULL), FAIR_INVALID);
    CHECK_STR(fair_str_of(now_is(&h, hit)), "inbox");
    CHECK_EQ(number(&h, "SELECT (SELECT count(*) FROM decision) + (SELECT count(*) FROM rule) + (SELECT count(*) FROM hit_move)"), 0);
    x = decide(&h, hit, "not_a_match", NULL, NULL, "b: our logo");
    CHECK_STR(x.sub, "b");
    CHECK_STR(x.reason, "not_a_match");
    CHECK_STR(x.scope, "pair");
    x = decide(&h, hit, "not_a_match", NULL, NULL, "both are of the same bridge");
    CHECK_STR(x.sub, "a");
    x = decide(&h, hit, "ignore", "not_a_match", "hit", NULL);
    CHECK_STR(x.what, "not_a_match");
    CHECK_STR(fair_str_of(now_is(&h, hit)), "not_a_match");
    home_close(&h);
}

TEST(every_reason_can_be_given)
{
    struct home h;
    fair_id work;
    char page[64];

    home_open(&h);
    work = a_work(&h, "w");
    for (size_t i = 0; i < fair_n_ignore_reasons; i++) {
        fair_id hit;
        struct fair_decision x;
        snprintf(page, sizeof page, "https://s%zu.test/", i);
        hit = seen(&h, work, page, page, page + 8);
        x = decide(&h, hit, "ignore", fair_ignore_reasons[i].code, NULL, "as they wrote");
        CHECK_STR(x.scope, fair_ignore_reasons[i].default_scope);
        CHECK(strcmp(now_is(&h, hit), strcmp(fair_ignore_reasons[i].code, "not_a_match") == 0 ? "not_a_match" : "ignored") == 0);
        /* public_domain is about the whole work: start anew. */
        if (strcmp(fair_ignore_reasons[i].default_scope, "work") == 0) work = a_work(&h, "v");
    }
    home_close(&h);
}

TEST(an_ignored_domain_never_comes_back)
{
    struct home h;
    fair_id work, first, open, pursued, later, elsewhere;
    struct fair_decision x;

    home_open(&h);
    work = a_work(&h, "w");
    first = seen(&h, work, "p1", "i1", "partner.test");
    open = seen(&h, work, "p2", "i2", "partner.test");
    pursued = seen(&h, work, "p3", "i3", "partner.test");
    decide(&h, pursued, "pursue", NULL, NULL, NULL);
    x = decide(&h, first, "ignore", "own_site", NULL, "it is mine");
    CHECK_STR(x.scope, "domain");
    CHECK_EQ(x.covered, 1);
    later = seen(&h, a_work(&h, "v"), "p4", "i4", "partner.test");
    elsewhere = seen(&h, work, "p1", "i1b", "else.test");
    CHECK_STR(fair_str_of(now_is(&h, first)), "ignored");
    CHECK_STR(fair_str_of(now_is(&h, open)), "ignored");
    CHECK_STR(fair_str_of(now_is(&h, pursued)), "pursue");
    CHECK_STR(fair_str_of(now_is(&h, later)), "ignored");
    CHECK_STR(fair_str_of(now_is(&h, elsewhere)), "inbox");
    home_close(&h);
}

TEST(each_scope_covers_what_it_says)
{
    static const struct { const char *scope; int expect[6]; } table[] = {
        /*                    same page, other  same work,  same work,  other work,  same work,   same work,
         *                    work              same site   other site  same site    same operator same picture elsewhere */
        { "hit",           { 0, 0, 0, 0, 0, 0 } },
        { "page",          { 1, 0, 0, 0, 0, 0 } },
        { "domain",        { 1, 1, 0, 1, 0, 0 } },
        { "work+domain",   { 0, 1, 0, 0, 0, 0 } },
        { "work",          { 0, 1, 1, 0, 1, 1 } },
        { "pair",          { 0, 0, 0, 0, 0, 1 } },
        { "work+operator", { 0, 1, 0, 0, 1, 0 } },
        { "operator",      { 1, 1, 0, 1, 1, 0 } },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (int before = 0; before < 2; before++) {
            struct home h;
            fair_id w, v, ids[6];
            struct fair_hit x[7];

            home_open(&h);
            w = a_work(&h, "w");
            v = a_work(&h, "v");
            x[0] = a_hit(w, "page", "image", "a.test");
            x[1] = a_hit(v, "page", "image1", "a.test");
            x[2] = a_hit(w, "page2", "image2", "a.test");
            x[3] = a_hit(w, "page3", "image3", "b.test");
            x[4] = a_hit(v, "page4", "image4", "a.test");
            x[5] = a_hit(w, "page5", "image5", "c.test");
            x[6] = a_hit(w, "page6", "image6", "d.test");
            x[6].sha256 = x[0].sha256;
            x[0].operator = x[1].operator = x[2].operator = x[4].operator = x[5].operator = FAIR_STR("Acme Ltd");
            CHECK_OK(fair_store_hit_seen(&h.d, &x[0], NULL, why));
            if (!before) decide(&h, x[0].id, "ignore", "owner_discretion", table[i].scope, "leave it");
            for (int j = 0; j < 6; j++) {
                CHECK_OK(fair_store_hit_seen(&h.d, &x[j + 1], NULL, why));
                ids[j] = x[j + 1].id;
            }
            if (before) decide(&h, x[0].id, "ignore", "owner_discretion", table[i].scope, "leave it");
            for (int j = 0; j < 6; j++)
                if (strcmp(now_is(&h, ids[j]), table[i].expect[j] ? "ignored" : "inbox") != 0)
                    fail_msg("scope %s, case %d, %s: %s", table[i].scope, j, before ? "open before" : "seen later", now_is(&h, ids[j]));
            home_close(&h);
        }
}

TEST(a_rejected_pair_never_comes_back_however_it_is_encoded)
{
    struct home h;
    fair_id work, other;
    struct fair_hit x, y;
    struct fair_sha256 near;

    home_open(&h);
    work = a_work(&h, "w");
    other = a_work(&h, "v");
    x = a_hit(work, "p1", "https://a.test/i.jpg", "a.test");
    x.whole = sha_of("bits");
    CHECK_OK(fair_store_hit_seen(&h.d, &x, NULL, why));
    decide(&h, x.id, "not_a_match", NULL, NULL, "c");

    y = a_hit(work, "p2", "https://b.test/same-bytes.jpg", "b.test");      /* the same bytes elsewhere */
    y.sha256 = x.sha256;
    CHECK_OK(fair_store_hit_seen(&h.d, &y, NULL, why));
    CHECK_STR(y.state, "not_a_match");
    y = a_hit(work, "p3", "https://a.test/i.jpg", "a.test");               /* other bytes under the same address */
    y.sha256 = sha_of("new bytes");
    CHECK_OK(fair_store_hit_seen(&h.d, &y, NULL, why));
    CHECK_STR(y.state, "not_a_match");
    near = x.whole;
    near.b[0] ^= 0xff;
    near.b[9] ^= 0x03;                                                     /* ten bits away: encoded anew */
    y = a_hit(work, "p4", "https://c.test/again.webp", "c.test");
    y.whole = near;
    CHECK_OK(fair_store_hit_seen(&h.d, &y, NULL, why));
    CHECK_STR(y.state, "not_a_match");
    near.b[20] ^= 0x01;                                                    /* eleven: another picture */
    y = a_hit(work, "p5", "https://c.test/other.webp", "c.test");
    y.whole = near;
    CHECK_OK(fair_store_hit_seen(&h.d, &y, NULL, why));
    CHECK_STR(y.state, "inbox");
    y = a_hit(other, "p6", "https://c.test/x.jpg", "c.test");              /* the picture, but of another work */
    y.sha256 = x.sha256;
    y.whole = x.whole;
    CHECK_OK(fair_store_hit_seen(&h.d, &y, NULL, why));
    CHECK_STR(y.state, "inbox");
    home_close(&h);
}

TEST(a_decision_stays_when_the_use_is_seen_again_and_a_rule_finds_what_changed)
{
    struct home h;
    fair_id work, a, b;
    struct fair_hit x;

    home_open(&h);
    work = a_work(&h, "w");
    a = seen(&h, work, "p", "i", "a.test");
    decide(&h, a, "pursue", NULL, NULL, NULL);
    CHECK_EQ(seen(&h, work, "p", "i", "a.test"), a);
    CHECK_STR(fair_str_of(now_is(&h, a)), "pursue");
    /* An open hit whose picture became a rejected one. */
    b = seen(&h, work, "q", "j", "b.test");
    decide(&h, seen(&h, work, "r", "k", "c.test"), "not_a_match", NULL, NULL, NULL);
    CHECK_STR(fair_str_of(now_is(&h, b)), "inbox");
    x = a_hit(work, "q", "j", "b.test");
    x.sha256 = sha_of("k");
    CHECK_OK(fair_store_hit_seen(&h.d, &x, NULL, why));
    CHECK_EQ(x.id, b);
    CHECK_STR(fair_str_of(now_is(&h, b)), "not_a_match");
    home_close(&h);
}

TEST(a_date_that_passed_reopens)
{
    struct home h;
    struct fair_decision x = { .what = FAIR_STR("ignore"), .reason = FAIR_STR("licensed"), .note = FAIR_STR("to year's end"), .at = 2000, .until = 9000 };
    struct fair_hit y;
    fair_id work, a, b, c;
    int64_t n;

    home_open(&h);
    work = a_work(&h, "w");
    a = seen(&h, work, "p1", "i1", "a.test");
    b = seen(&h, work, "p2", "i2", "a.test");
    x.hit = a;
    CHECK_OK(fair_store_decide(&h.d, &x, why));
    CHECK_EQ(x.covered, 1);
    CHECK_OK(fair_store_hits_reopen(h.st, 8999, &n, why));
    CHECK_EQ(n, 0);
    y = a_hit(work, "p2", "i2", "a.test");                 /* seen again after the end: reopened on the spot */
    y.last_seen = 9500;
    CHECK_OK(fair_store_hit_seen(&h.d, &y, NULL, why));
    CHECK_STR(y.state, "inbox");
    CHECK_OK(fair_store_hits_reopen(h.st, 9500, &n, why));
    CHECK_EQ(n, 1);
    CHECK_STR(fair_str_of(now_is(&h, a)), "inbox");
    CHECK_STR(fair_str_of(now_is(&h, b)), "inbox");
    CHECK_OK(fair_store_hits_reopen(h.st, 9500, &n, why));
    CHECK_EQ(n, 0);
    y = a_hit(work, "p3", "i3", "a.test");
    y.last_seen = 9600;
    CHECK_OK(fair_store_hit_seen(&h.d, &y, NULL, why));
    c = y.id;
    CHECK_STR(fair_str_of(now_is(&h, c)), "inbox");
    home_close(&h);
}

struct got { int n; struct fair_decision last; struct fair_rule rule; char text[512]; };

static fair_status
note_decision(void *arg, const struct fair_decision *x, struct fair_err *err)
{
    struct got *g = arg;
    size_t at = strlen(g->text);
    (void)err;
    g->n++;
    snprintf(g->text + at, sizeof g->text - at, "%.*s/%.*s/%s ", FAIR_STR_ARG(x->what), FAIR_STR_ARG(x->scope), x->user ? "person" : "system");
    g->last = *x;
    return FAIR_OK;
}

static fair_status
note_rule(void *arg, const struct fair_rule *r, struct fair_err *err)
{
    struct got *g = arg;
    (void)err;
    g->n++;
    g->rule = *r;
    return FAIR_OK;
}

TEST(decisions_are_added_and_never_changed_and_each_hit_can_tell_its_story)
{
    struct home h;
    fair_id work, a, b;
    struct got g = { 0 };
    struct fair_store_health health;

    home_open(&h);
    work = a_work(&h, "w");
    a = seen(&h, work, "p1", "i1", "a.test");
    b = seen(&h, work, "p2", "i2", "a.test");
    decide(&h, a, "pursue", NULL, NULL, NULL);
    decide(&h, a, "ignore", "uneconomic_or_unreachable", NULL, "XX");
    decide(&h, a, "reopen", NULL, NULL, NULL);
    CHECK_OK(fair_store_decisions(&h.d, a, note_decision, &g, why));
    CHECK_EQ(g.n, 3);
    CHECK_STR(fair_str_of(g.text), "pursue/hit/person ignore/domain/person reopen/hit/person ");
    g = (struct got){ 0 };
    CHECK_OK(fair_store_decisions(&h.d, b, note_decision, &g, why));
    CHECK_EQ(g.n, 1);
    CHECK_EQ(g.last.hit, a);
    CHECK_EQ(g.last.covered, 1);
    CHECK_STR(fair_str_of(now_is(&h, a)), "inbox");
    CHECK_STR(fair_str_of(now_is(&h, b)), "ignored");           /* the rule is still there */
    CHECK_EQ(seen(&h, work, "p1", "i1", "a.test"), a);
    CHECK_STR(fair_str_of(now_is(&h, a)), "inbox");             /* and what a person reopened stays open */
    CHECK_OK(fair_store_health(h.st, h.a, &health, why));
    CHECK(health.audit_sound && health.foreign_keys_sound);
    CHECK_EQ(health.audit_rows, 2 + 3);
    home_close(&h);
}

TEST(a_rule_that_is_removed_gives_back_what_it_alone_held)
{
    struct home h;
    fair_id work, a, b, c;
    struct got g = { 0 };

    home_open(&h);
    work = a_work(&h, "w");
    a = seen(&h, work, "p1", "i1", "a.test");
    b = seen(&h, work, "p2", "i2", "a.test");
    c = seen(&h, work, "p3", "i3", "a.test");
    decide(&h, a, "ignore", "owner_discretion", "domain", "leave them");
    decide(&h, b, "ignore", "time_barred", "page", "2019");
    CHECK_OK(fair_store_rules(&h.d, note_rule, &g, why));
    CHECK_EQ(g.n, 2);
    CHECK_EQ(g.rule.hit, b);
    g = (struct got){ 0 };
    decide(&h, a, "ignore", "owner_discretion", "domain", "leave them, I said");    /* about the same: replaced */
    CHECK_OK(fair_store_rules(&h.d, note_rule, &g, why));
    CHECK_EQ(g.n, 2);
    CHECK_OK(fair_store_rule_remove(&h.d, g.rule.id, why));
    CHECK_EQ(fair_store_rule_remove(&h.d, g.rule.id, NULL), FAIR_NOT_FOUND);
    CHECK_STR(fair_str_of(now_is(&h, a)), "inbox");
    CHECK_STR(fair_str_of(now_is(&h, b)), "ignored");
    CHECK_STR(fair_str_of(now_is(&h, c)), "inbox");
    g = (struct got){ 0 };
    CHECK_OK(fair_store_rules(&h.d, note_rule, &g, why));
    CHECK_EQ(g.n, 1);
    home_close(&h);
}

TEST(reopening_takes_back_a_rejected_pair_and_a_wider_rule_when_told_so)
{
    struct home h;
    fair_id work, a, b, c;
    struct fair_hit x;
    struct fair_decision d;

    home_open(&h);
    work = a_work(&h, "w");
    a = seen(&h, work, "p1", "i", "a.test");
    b = seen(&h, work, "p2", "i", "a.test");
    d = decide(&h, a, "not_a_match", NULL, NULL, NULL);
    CHECK_EQ(d.covered, 1);
    d = decide(&h, b, "pursue", NULL, NULL, NULL);               /* it is one after all */
    CHECK_EQ(d.covered, 1);
    CHECK_STR(fair_str_of(now_is(&h, a)), "inbox");
    CHECK_STR(fair_str_of(now_is(&h, b)), "pursue");
    x = a_hit(work, "p3", "i", "c.test");
    CHECK_OK(fair_store_hit_seen(&h.d, &x, NULL, why));
    CHECK_STR(x.state, "inbox");
    c = x.id;
    decide(&h, a, "ignore", "own_site", NULL, "mine");
    d = decide(&h, a, "reopen", NULL, "domain", NULL);
    CHECK_STR(fair_str_of(now_is(&h, a)), "inbox");
    CHECK_EQ(number(&h, "SELECT count(*) FROM rule WHERE ended_us IS NULL"), 0);
    CHECK_STR(fair_str_of(now_is(&h, c)), "inbox");
    home_close(&h);
}

TEST(a_file_in_a_folder_has_no_domain_to_ignore_by_default)
{
    struct home h;
    fair_id work, a, b;
    struct fair_decision d;

    home_open(&h);
    work = a_work(&h, "w");
    a = seen(&h, work, "/photos/1.jpg", "/photos/1.jpg", "files");
    d = decide(&h, a, "ignore", "own_site", NULL, "my disk");
    CHECK_STR(d.scope, "page");
    b = seen(&h, work, "/photos/2.jpg", "/photos/2.jpg", "files");
    CHECK_STR(fair_str_of(now_is(&h, b)), "inbox");
    home_close(&h);
}

TEST(another_organisation_has_its_own_rules)
{
    struct home h;
    struct fair_desk other;
    struct fair_work w = { .sha256 = sha_of("w") };
    struct fair_hit x;
    struct fair_decision d = { .what = FAIR_STR("pursue") };
    fair_id mine;
    struct got g = { 0 };

    home_open(&h);
    mine = seen(&h, a_work(&h, "w"), "p", "i", "a.test");
    decide(&h, mine, "ignore", "own_site", NULL, "mine");
    other = (struct fair_desk){ h.st, 0, 0 };
    CHECK_OK(fair_store_org_add(h.st, FAIR_STR("Harbour Pictures"), &other.org, why));
    CHECK_OK(fair_store_work_add(&other, &w, NULL, why));
    x = a_hit(w.id, "p", "i", "a.test");
    CHECK_OK(fair_store_hit_seen(&other, &x, NULL, why));
    CHECK_STR(x.state, "inbox");
    d.hit = mine;
    CHECK_EQ(fair_store_decide(&other, &d, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(fair_store_hit_get(&other, mine, h.a, &x, NULL), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_rules(&other, note_rule, &g, why));
    CHECK_OK(fair_store_decisions(&other, mine, note_decision, &g, why));
    CHECK_EQ(g.n, 0);
    home_close(&h);
}

FAIR_TEST_MAIN
