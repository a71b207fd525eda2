/* Tests of identities, mandates, licences, declarations, proofs and levels of ownership. */
#include "store/test_store.h"
#include "store/hits_private.h"
#include "store/owner_rows.h"

#define NOW (1790000000 * FAIR_SECOND)

static struct fair_desk
somebody(struct home *h, const char *role)
{
    struct fair_user u = { .email = fair_str_fmt(h->a, "%s@example.com", role), .name = fair_str_fmt(h->a, "The %s", role), .role = fair_str_of(role) };
    CHECK_OK(fair_store_user_add(&h->d, &u, why));
    return (struct fair_desk){ h->st, h->d.org, u.id };
}

static fair_id
an_owner(struct home *h, const char *name)
{
    struct fair_owner o = { .name = fair_str_of(name) };
    CHECK_OK(fair_store_owner_add(&h->d, &o, why));
    return o.id;
}

static fair_id
work_of(struct home *h, const struct fair_desk *d, const char *text, fair_id owner, const char *creator)
{
    struct fair_work w = { .title = fair_str_of(text), .path = fair_str_of(text), .sha256 = sha_of(text), .bytes = 1000, .owner = owner, .collection = FAIR_STR("Fields"),
                           .creator = fair_str_of(creator), .format = FAIR_STR("jpeg"), .width = 640, .height = 480, .scheme = 1 };
    (void)h;
    CHECK_OK(fair_store_work_add(d, &w, NULL, why));
    return w.id;
}

static int
level(struct home *h, const struct fair_desk *d, fair_id work)
{
    struct fair_owned o;
    CHECK_OK(fair_store_owned(d, work, h->a, &o, why));
    return o.is.level;
}

static int64_t
audits(struct home *h, const char *what)
{
    return number(h, fair_str_fmt(h->a, "SELECT count(*) FROM audit WHERE what = '%s'", what).p);
}

TEST(G1_a_mail_is_confirmed_by_its_link_once_and_in_time)
{
    struct home h;
    struct fair_identity x = { .kind = FAIR_STR("mail"), .value = FAIR_STR("mara@example.com"), .at = NOW };
    struct fair_sha256 secret = sha_of("secret"), other = sha_of("guess");
    struct fair_err err = { 0 };
    fair_str address;
    int k;

    home_open(&h);
    CHECK_OK(fair_store_identity_level(&h.d, 0, &k, why));
    CHECK_EQ(k, -1);
    CHECK_OK(fair_store_identity_add(&h.d, &x, &secret, NOW + FAIR_DAY, why));
    CHECK_OK(fair_store_identity_level(&h.d, 0, &k, why));
    CHECK_EQ(k, -1);
    CHECK_EQ(fair_store_identity_confirm(h.st, &other, NOW + 1, h.a, &address, &err), FAIR_NOT_FOUND);
    CHECK_EQ(fair_store_identity_confirm(h.st, &secret, NOW + FAIR_DAY, h.a, &address, &err), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_identity_link(h.st, &secret, NOW + 1, h.a, &address, why));
    CHECK_OK(fair_store_identity_confirm(h.st, &secret, NOW + 1, h.a, &address, why));
    CHECK_STR(address, "mara@example.com");
    CHECK_EQ(fair_store_identity_confirm(h.st, &secret, NOW + 2, h.a, &address, &err), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_identity_level(&h.d, 0, &k, why));
    CHECK_EQ(k, 0);
    x.value = FAIR_STR("a@b@c");
    CHECK_EQ(fair_store_identity_add(&h.d, &x, &secret, NOW, &err), FAIR_INVALID);
    x.value = FAIR_STR("a@example.com\nBcc: b@example.com");
    CHECK_EQ(fair_store_identity_add(&h.d, &x, &secret, NOW, &err), FAIR_INVALID);
    home_close(&h);
}

TEST(G1_a_document_or_register_counts_when_somebody_looked_and_no_longer_when_it_failed)
{
    struct home h;
    struct fair_identity x = { .kind = FAIR_STR("document"), .value = FAIR_STR("passport, last four 1234"), .at = NOW };
    struct fair_checked c = { .subject = FAIR_STR("identity"), .verdict = FAIR_STR("holds"), .statement = FAIR_STR("saw the original") };
    struct fair_desk counsel;
    struct fair_err err = { 0 };
    int k;

    home_open(&h);
    counsel = somebody(&h, "counsel");
    CHECK_OK(fair_store_identity_add(&h.d, &x, NULL, 0, why));
    CHECK_OK(fair_store_identity_level(&h.d, 0, &k, why));
    CHECK_EQ(k, -1);
    c.subject_id = x.id;
    CHECK_OK(fair_store_check(&h.d, &c, NOW, why));
    CHECK_STR(c.how, "installation");
    CHECK_OK(fair_store_identity_level(&h.d, 0, &k, why));
    CHECK_EQ(k, 1);
    x.kind = FAIR_STR("register");
    CHECK_OK(fair_store_identity_add(&h.d, &x, NULL, 0, why));
    c.subject_id = x.id;
    CHECK_OK(fair_store_check(&counsel, &c, NOW + 1, why));
    CHECK_STR(c.how, "counsel");
    CHECK_OK(fair_store_identity_level(&h.d, 0, &k, why));
    CHECK_EQ(k, 2);
    {
        struct fair_checked got;
        CHECK_OK(fair_store_checked(&h.d, "identity", x.id, h.a, &got, why));
        CHECK_STR(fair_checked_words(h.a, &got), "checked by The counsel, counsel, on 2026-09-21");
        CHECK_STR(fair_checked_words(h.a, &(struct fair_checked){ 0 }), "declared by the claimant");
    }
    c.verdict = FAIR_STR("fails");
    CHECK_OK(fair_store_check(&counsel, &c, NOW + 2, why));
    CHECK_OK(fair_store_identity_level(&h.d, 0, &k, why));
    CHECK_EQ(k, 1);
    c.statement = FAIR_STR("  ");
    CHECK_EQ(fair_store_check(&counsel, &c, NOW + 2, &err), FAIR_INVALID);
    c.statement = FAIR_STR("x");
    c.subject_id = 5;
    CHECK_EQ(fair_store_check(&counsel, &c, NOW + 2, &err), FAIR_NOT_FOUND);
    CHECK_EQ(audits(&h, "identity.checked"), 3);
    home_close(&h);
}

TEST(G3_a_mandate_covers_what_it_says_and_its_revocation_counts_at_once)
{
    struct home h;
    struct fair_mandate m = { .scope = FAIR_STR("collection"), .collection = FAIR_STR("Fields"), .territory = FAIR_STR("de, at"), .rights = FAIR_STR("enforce licence"),
                              .from = NOW, .until = NOW + 30 * FAIR_DAY, .at = NOW };
    struct fair_mandate_cover c;
    struct fair_err err = { 0 };
    fair_id owner, work, own;

    home_open(&h);
    owner = an_owner(&h, "Ben Example");
    work = work_of(&h, &h.d, "theirs", owner, "");
    own = work_of(&h, &h.d, "ours", 0, "");
    CHECK_OK(fair_store_mandate_covers(&h.d, own, FAIR_STR("DE"), "enforce", NOW, h.a, &c, why));
    CHECK(!c.needed);
    CHECK_OK(fair_store_mandate_covers(&h.d, work, FAIR_STR("DE"), "enforce", NOW, h.a, &c, why));
    CHECK(c.needed && !c.any);
    CHECK_EQ(fair_store_mandate_add(&h.d, &m, &err), FAIR_INVALID);     /* whose? */
    m.owner = owner;
    m.rights = FAIR_STR("everything");
    CHECK_EQ(fair_store_mandate_add(&h.d, &m, &err), FAIR_INVALID);
    m.rights = FAIR_STR("enforce licence");
    m.territory = FAIR_STR("Germany");
    CHECK_EQ(fair_store_mandate_add(&h.d, &m, &err), FAIR_INVALID);
    m.territory = FAIR_STR("de, at");
    CHECK_OK(fair_store_mandate_add(&h.d, &m, why));
    CHECK_OK(fair_store_mandate_covers(&h.d, work, FAIR_STR("DE"), "enforce", NOW + 1, h.a, &c, why));
    CHECK(c.any && c.work && c.territory && c.dates && c.right && !c.revoked);
    CHECK_OK(fair_store_mandate_covers(&h.d, work, FAIR_STR("FR"), "enforce", NOW + 1, h.a, &c, why));
    CHECK(c.work && !c.territory);
    CHECK_OK(fair_store_mandate_covers(&h.d, work, FAIR_STR("DE"), "court", NOW + 1, h.a, &c, why));
    CHECK(!c.right);
    CHECK_OK(fair_store_mandate_covers(&h.d, work, FAIR_STR("DE"), "enforce", NOW - 1, h.a, &c, why));
    CHECK(!c.dates);
    CHECK_OK(fair_store_mandate_covers(&h.d, work, FAIR_STR("DE"), "enforce", NOW + 30 * FAIR_DAY, h.a, &c, why));
    CHECK(!c.dates);
    CHECK_OK(fair_store_mandate_revoke(&h.d, m.id, FAIR_STR("changed agency"), NOW + 2, why));
    CHECK_OK(fair_store_mandate_covers(&h.d, work, FAIR_STR("DE"), "enforce", NOW + 2, h.a, &c, why));
    CHECK(c.revoked);
    CHECK_EQ(fair_store_mandate_revoke(&h.d, m.id, FAIR_STR("again"), NOW + 3, &err), FAIR_NOT_FOUND);
    m.scope = FAIR_STR("works");
    m.works = &own;
    m.n_works = 1;
    CHECK_OK(fair_store_mandate_add(&h.d, &m, why));
    CHECK_OK(fair_store_mandate_covers(&h.d, work, FAIR_STR("DE"), "enforce", NOW + 3, h.a, &c, why));
    CHECK(c.any && !c.work && !c.revoked);
    home_close(&h);
}

/* ---- the ledger ------------------------------------------------------------------------------------------------- */

static fair_id
seen(struct home *h, fair_id work, const char *url, fair_time at, struct fair_hit *out)
{
    struct fair_hit x = { .work = work, .page_url = fair_str_of(url), .image_url = fair_str_fmt(h->a, "%s#i", url), .site = FAIR_STR("example.com"), .place = FAIR_STR("img"),
                          .verdict = FAIR_STR("match"), .score = 0.99, .sha256 = sha_of(url), .last_seen = at };
    CHECK_OK(fair_store_hit_seen(&h->d, &x, NULL, why));
    if (out != NULL) *out = x;
    return x.id;
}

static const char *
state_of(struct home *h, fair_id hit)
{
    struct fair_hit x;
    CHECK_OK(fair_store_hit_get(&h->d, hit, h->a, &x, why));
    return fair_str_dup(h->a, x.state).p;
}

static struct fair_licence
a_licence(void)
{
    return (struct fair_licence){ .kind = FAIR_STR("licence"), .assignee = FAIR_STR("Garden Weekly"), .domains = FAIR_STR("https://www.Example.com/, blog.example.org"),
        .scope = FAIR_STR("all"), .from = NOW, .until = NOW + 10 * FAIR_DAY, .shop = FAIR_STR("Stock Example"), .order_no = FAIR_STR("A-17"), .at = NOW };
}

TEST(a_licensed_use_never_comes_to_the_inbox_and_an_unlicensed_one_does)
{
    struct home h;
    struct fair_licence l = a_licence();
    struct fair_hit x;
    fair_id work;

    home_open(&h);
    work = a_work(&h, "w");
    CHECK_OK(fair_store_licence_add(&h.d, &l, why));
    seen(&h, work, "https://example.com/a", NOW + 1, &x);
    CHECK_STR(x.state, "ignored");
    CHECK(x.until == NOW + 10 * FAIR_DAY);
    CHECK_STR(fair_str_of(state_of(&h, seen(&h, work, "https://shop.example.com:8443/b", NOW + 1, NULL))), "ignored");
    CHECK_STR(fair_str_of(state_of(&h, seen(&h, work, "https://blog.example.org/", NOW + 1, NULL))), "ignored");
    CHECK_STR(fair_str_of(state_of(&h, seen(&h, work, "https://example.org/", NOW + 1, NULL))), "inbox");
    CHECK_STR(fair_str_of(state_of(&h, seen(&h, work, "https://notexample.com/", NOW + 1, NULL))), "inbox");
    CHECK_STR(fair_str_of(state_of(&h, seen(&h, work, "https://example.com@evil.test/", NOW + 1, NULL))), "inbox");
    CHECK_STR(fair_str_of(state_of(&h, seen(&h, work, "https://example.com/early", NOW - 1, NULL))), "inbox");
    CHECK_STR(fair_str_of(state_of(&h, seen(&h, work, "https://example.com/late", NOW + 10 * FAIR_DAY, NULL))), "inbox");
    CHECK_EQ(number(&h, "SELECT count(*) FROM decision WHERE reason = 'licensed' AND account_id = 0 AND note LIKE '%A-17%'"), 3);
    home_close(&h);
}

TEST(an_added_licence_closes_open_hits_and_its_end_brings_them_back)
{
    struct home h;
    struct fair_licence l = a_licence();
    struct fair_decision go = { .what = FAIR_STR("pursue"), .at = NOW };
    struct fair_err err = { 0 };
    fair_id work, other, hit, pursued, elsewhere, by_hand;
    int64_t n;

    home_open(&h);
    work = a_work(&h, "w");
    other = a_work(&h, "other");
    hit = seen(&h, work, "https://example.com/a", NOW, NULL);
    pursued = go.hit = seen(&h, work, "https://example.com/p", NOW, NULL);
    CHECK_OK(fair_store_decide(&h.d, &go, why));
    elsewhere = seen(&h, other, "https://example.com/o", NOW, NULL);
    l.scope = FAIR_STR("works");
    l.works = &work;
    l.n_works = 1;
    CHECK_OK(fair_store_licence_add(&h.d, &l, why));
    CHECK_EQ(l.covered, 2);
    CHECK_STR(fair_str_of(state_of(&h, hit)), "ignored");
    CHECK_STR(fair_str_of(state_of(&h, pursued)), "ignored");
    CHECK_STR(fair_str_of(state_of(&h, elsewhere)), "inbox");
    {
        /* decided by a person meanwhile: stays theirs */
        struct fair_decision x = { .hit = pursued, .what = FAIR_STR("ignore"), .reason = FAIR_STR("owner_discretion"), .scope = FAIR_STR("hit"), .note = FAIR_STR("mine"), .at = NOW + 1 };
        CHECK_OK(fair_store_decide(&h.d, &x, why));
        by_hand = pursued;
    }
    CHECK_EQ(fair_store_licence_end(&h.d, l.id, FAIR_STR(""), NOW + 2, &n, &err), FAIR_INVALID);
    CHECK_OK(fair_store_licence_end(&h.d, l.id, FAIR_STR("not paid"), NOW + 2, &n, why));
    CHECK_EQ(n, 1);
    CHECK_STR(fair_str_of(state_of(&h, hit)), "inbox");
    CHECK_STR(fair_str_of(state_of(&h, by_hand)), "ignored");
    CHECK_EQ(fair_store_licence_end(&h.d, l.id, FAIR_STR("again"), NOW + 3, &n, &err), FAIR_NOT_FOUND);
    home_close(&h);
}

TEST(when_a_licence_runs_out_its_uses_come_back_unless_another_covers_them)
{
    struct home h;
    struct fair_licence l = a_licence(), longer = a_licence();
    fair_id work, hit;
    int64_t n;

    home_open(&h);
    work = a_work(&h, "w");
    CHECK_OK(fair_store_licence_add(&h.d, &l, why));
    hit = seen(&h, work, "https://example.com/a", NOW + 1, NULL);
    longer.from = NOW + 5 * FAIR_DAY;
    longer.until = NOW + 20 * FAIR_DAY;
    longer.kind = FAIR_STR("syndication");
    CHECK_OK(fair_store_licence_add(&h.d, &longer, why));
    CHECK_OK(fair_store_hits_reopen(h.st, NOW + 11 * FAIR_DAY, &n, why));
    CHECK_STR(fair_str_of(state_of(&h, hit)), "ignored");
    CHECK_OK(fair_store_hits_reopen(h.st, NOW + 21 * FAIR_DAY, &n, why));
    CHECK_STR(fair_str_of(state_of(&h, hit)), "inbox");
    home_close(&h);
}

TEST(a_licence_that_cannot_be_is_told_in_words)
{
    struct home h;
    struct fair_licence ok = a_licence(), l;
    struct fair_err err = { 0 };
    static const char *const domains[] = { "", "localhost", "ex ample", "exa_mple.com", "\xc3\xa4.example", "javascript:alert(1)", "..", "example..com", NULL };

    home_open(&h);
    for (int i = 0; domains[i] != NULL; i++) {
        l = ok;
        l.domains = fair_str_of(domains[i]);
        if (fair_store_licence_add(&h.d, &l, &err) != FAIR_INVALID) fail_msg("%s is taken", domains[i]);
    }
    l = ok;
    l.assignee = FAIR_STR(" ");
    CHECK_EQ(fair_store_licence_add(&h.d, &l, &err), FAIR_INVALID);
    l = ok;
    l.until = l.from;
    CHECK_EQ(fair_store_licence_add(&h.d, &l, &err), FAIR_INVALID);
    l = ok;
    l.medium = FAIR_STR("television");
    CHECK_EQ(fair_store_licence_add(&h.d, &l, &err), FAIR_INVALID);
    l = ok;
    l.scope = FAIR_STR("works");
    CHECK_EQ(fair_store_licence_add(&h.d, &l, &err), FAIR_INVALID);
    l.works = &(fair_id){ 4 };
    l.n_works = 1;
    CHECK_EQ(fair_store_licence_add(&h.d, &l, &err), FAIR_INVALID);
    CHECK_EQ(number(&h, "SELECT count(*) FROM licence"), 0);
    l = ok;
    l.medium = FAIR_STR("print");
    CHECK_OK(fair_store_licence_add(&h.d, &l, why));
    CHECK_STR(fair_str_of(state_of(&h, seen(&h, a_work(&h, "w"), "https://example.com/a", NOW + 1, NULL))), "inbox");   /* print is not the web */
    home_close(&h);
}

/* ---- levels ------------------------------------------------------------------------------------------------------- */

static void
declare(struct home *h, const struct fair_desk *d, fair_id work, const char *ai, const char *authorship)
{
    struct fair_declaration x = { .work = work, .author = true, .stock = FAIR_STR("no"), .cc = FAIR_STR("no"), .press = FAIR_STR("no"), .ai = fair_str_of(ai),
                                  .authorship = fair_str_of(authorship), .at = NOW };
    (void)h;
    CHECK_OK(fair_store_declare(d, &x, why));
}

static fair_id
proven(const struct fair_desk *d, fair_id work, const char *kind, const struct fair_desk *by)
{
    struct fair_proof p = { .work = work, .kind = fair_str_of(kind), .document = sha_of(kind), .name = FAIR_STR("a document"), .at = NOW };
    struct fair_checked c = { .subject = FAIR_STR("proof"), .verdict = FAIR_STR("holds"), .statement = FAIR_STR("looked at it") };
    CHECK_OK(fair_store_proof_add(d, &p, why));
    c.subject_id = p.id;
    if (by != NULL) CHECK_OK(fair_store_check(by, &c, NOW + 1, why));
    return p.id;
}

TEST(J3_the_level_rises_only_with_verified_documents_and_every_change_is_written_down)
{
    struct home h;
    struct fair_desk machine, counsel;
    struct fair_owned o;
    fair_id work, raw;

    home_open(&h);
    machine = (struct fair_desk){ h.st, h.d.org, 0 };
    counsel = somebody(&h, "counsel");
    work = work_of(&h, &h.d, "w", 0, "Photo: ADA");
    CHECK_EQ(level(&h, &h.d, work), 0);
    declare(&h, &h.d, work, "none", "");
    CHECK_EQ(level(&h, &h.d, work), 1);
    CHECK_OK(fair_store_rivals_found(&h.d, work, NULL, 0, NOW, why));
    raw = proven(&h.d, work, "raw", NULL);
    CHECK_EQ(level(&h, &h.d, work), 1);              /* handed in, not verified */
    {
        struct fair_checked c = { .subject = FAIR_STR("proof"), .subject_id = raw, .verdict = FAIR_STR("holds"), .statement = FAIR_STR("its picture is the work") };
        CHECK_OK(fair_store_check(&machine, &c, NOW, why));
    }
    CHECK_EQ(level(&h, &h.d, work), 2);
    proven(&h.d, work, "registration", &machine);
    CHECK_EQ(level(&h, &h.d, work), 2);              /* a certificate is for people to check */
    proven(&h.d, work, "registration", &counsel);
    CHECK_EQ(level(&h, &h.d, work), 3);
    CHECK_OK(fair_store_owned(&h.d, work, h.a, &o, why));
    CHECK(o.independent);
    CHECK_OK(fair_store_proof_end(&h.d, raw, NOW + 5, why));
    CHECK_EQ(level(&h, &h.d, work), 1);
    CHECK_EQ(audits(&h, "work.level"), 4);
    CHECK_EQ(number(&h, "SELECT level FROM ownership"), 1);
    home_close(&h);
}

TEST(J3_a_second_claimant_blocks_level_2_on_both_sides_and_nothing_of_the_other_is_told)
{
    struct home h;
    struct fair_desk other, third, reviewer;
    struct fair_owned o;
    struct fair_err err = { 0 };
    fair_id ours, theirs, same_owner;

    home_open(&h);
    other = (struct fair_desk){ h.st, 0, 0 };
    CHECK_OK(fair_store_org_add(h.st, FAIR_STR("Other Studio"), &other.org, why));
    reviewer = somebody(&h, "reviewer");
    ours = work_of(&h, &h.d, "ours", 0, "Ada");
    same_owner = work_of(&h, &h.d, "small", 0, "Ada");
    theirs = work_of(&h, &other, "theirs", 0, "");
    declare(&h, &h.d, ours, "none", "");
    CHECK_OK(fair_store_rivals_found(&h.d, ours, &same_owner, 1, NOW, why));
    proven(&h.d, ours, "raw", &h.d);
    CHECK_EQ(level(&h, &h.d, ours), 2);              /* another size of one's own is no rival */
    CHECK_OK(fair_store_rivals_found(&other, theirs, &ours, 1, NOW + 1, why));
    CHECK_EQ(level(&h, &h.d, ours), 1);
    CHECK_OK(fair_store_owned(&other, theirs, h.a, &o, why));
    CHECK(o.conflict);
    CHECK_EQ(number(&h, "SELECT count(*) FROM rival"), 2);
    CHECK_EQ(number(&h, "SELECT count(*) FROM rival WHERE other_id IS NOT NULL"), 0);
    CHECK_EQ(number(&h, "SELECT count(*) FROM audit WHERE what = 'work.rival' AND details LIKE '%Studio%'"), 0);
    CHECK_OK(fair_store_rivals_found(&h.d, ours, &theirs, 1, NOW + 2, why));
    CHECK_EQ(number(&h, "SELECT count(*) FROM rival"), 2);
    {
        fair_id rival = number(&h, fair_str_fmt(h.a, "SELECT id FROM rival WHERE work_id = %lld", (long long)ours).p);
        CHECK_EQ(fair_store_rival_settle(&h.d, rival, FAIR_STR("they copied it"), NOW + 3, &err), FAIR_REFUSED);
        CHECK_EQ(fair_store_rival_settle(&other, rival, FAIR_STR("they copied it"), NOW + 3, &err), FAIR_NOT_FOUND);
        CHECK_OK(fair_store_rival_settle(&reviewer, rival, FAIR_STR("our raw file is older"), NOW + 3, why));
    }
    CHECK_EQ(level(&h, &h.d, ours), 2);
    CHECK_OK(fair_store_rivals_found(&h.d, ours, &theirs, 1, NOW + 4, why));
    CHECK_EQ(level(&h, &h.d, ours), 2);              /* the next look finds what was settled */
    CHECK_OK(fair_store_owned(&other, theirs, h.a, &o, why));
    CHECK(o.conflict);                               /* settled for us, not for them */
    third = (struct fair_desk){ h.st, 0, 0 };
    CHECK_OK(fair_store_org_add(h.st, FAIR_STR("Third Studio"), &third.org, why));
    theirs = work_of(&h, &third, "third", 0, "");
    CHECK_OK(fair_store_rivals_found(&h.d, ours, &theirs, 1, NOW + 5, why));
    CHECK_EQ(level(&h, &h.d, ours), 1);              /* and somebody else's claim is another */
    home_close(&h);
}

TEST(a_work_of_another_owner_here_is_named_as_the_rival)
{
    struct home h;
    fair_id a, b;

    home_open(&h);
    a = work_of(&h, &h.d, "a", an_owner(&h, "Ann"), "");
    b = work_of(&h, &h.d, "b", an_owner(&h, "Bea"), "");
    CHECK_OK(fair_store_rivals_found(&h.d, a, &b, 1, NOW, why));
    CHECK_EQ(number(&h, fair_str_fmt(h.a, "SELECT count(*) FROM rival WHERE other_id IN (%lld, %lld)", (long long)a, (long long)b).p), 2);
    CHECK_OK(fair_store_rivals_found(&h.d, b, &a, 1, NOW, why));
    CHECK_EQ(number(&h, "SELECT count(*) FROM rival"), 2);
    home_close(&h);
}

TEST(what_AI_had_a_part_in_needs_the_statement_of_a_human_author)
{
    struct home h;
    struct fair_declaration got;
    fair_id work;

    home_open(&h);
    work = work_of(&h, &h.d, "w", 0, "Ada");
    CHECK_OK(fair_store_rivals_found(&h.d, work, NULL, 0, NOW, why));
    proven(&h.d, work, "raw", &h.d);
    declare(&h, &h.d, work, "edited", "");
    CHECK_EQ(level(&h, &h.d, work), 1);
    declare(&h, &h.d, work, "edited", "I took it; the sky was filled in by a machine.");
    CHECK_EQ(level(&h, &h.d, work), 2);
    {
        struct fair_declaration all = { .author = false, .stock = FAIR_STR("yes"), .cc = FAIR_STR("no"), .press = FAIR_STR("unknown"), .ai = FAIR_STR("none"), .at = NOW + 9 };
        struct fair_err err = { 0 };
        CHECK_OK(fair_store_declare(&h.d, &all, why));
        CHECK_OK(fair_store_declared(&h.d, work, h.a, &got, why));
        CHECK_STR(got.stock, "no");                  /* its own counts, not the one for all */
        all.stock = FAIR_STR("maybe");
        CHECK_EQ(fair_store_declare(&h.d, &all, &err), FAIR_INVALID);
    }
    home_close(&h);
}

FAIR_TEST_MAIN
