/* Tests of forgetting: hits and mails at their time, rules that go on holding, and what is not touched.  Cases: test_case_files.c. */
#include "store/privacy_rows.h"
#include "store/mail_rows.h"
#include "store/hits_private.h"
#include "store/test_store.h"

#define T0 (fair_date_of(2026, 3, 2) * FAIR_DAY)

static fair_id
a_use(struct home *h, fair_id work, const char *page, const char *site, fair_time at, bool *fresh, struct fair_hit *out)
{
    struct fair_hit x = { .work = work, .page_url = fair_str_of(page), .image_url = fair_str_fmt(h->a, "%s/i.jpg", page), .site = fair_str_of(site), .verdict = FAIR_STR("match"),
                          .score = 0.99, .has_map = true, .alt = FAIR_STR("Ada at the harbour"), .sha256 = sha_of(page), .preview = sha_of("preview"), .last_seen = at };
    CHECK_OK(fair_store_hit_seen(&h->d, &x, fresh, why));
    if (out != NULL) *out = x;
    return x.id;
}

static void
ignore(struct home *h, fair_id hit, const char *scope, fair_time at)
{
    struct fair_decision x = { .hit = hit, .what = FAIR_STR("ignore"), .reason = FAIR_STR("owner_discretion"), .scope = fair_str_of(scope), .note = FAIR_STR("Ada is a friend"), .at = at };
    CHECK_OK(fair_store_decide(&h->d, &x, why));
}

struct seen { int n; struct fair_due last; char what[200], held[200]; };

static fair_status
note_due(void *arg, const struct fair_due *x, struct fair_err *err)
{
    struct seen *s = arg;
    (void)err;
    s->n++;
    s->last = *x;
    snprintf(s->what, sizeof s->what, "%.*s", FAIR_STR_ARG(x->what));
    snprintf(s->held, sizeof s->held, "%.*s", FAIR_STR_ARG(x->held));
    return FAIR_OK;
}

static struct seen
due(struct home *h, fair_time now)
{
    struct seen s = { 0 };
    CHECK_OK(fair_store_due(&h->d, now, note_due, &s, why));
    return s;
}

/* Does any text or blob of any table hold these bytes? */
static int64_t
found(struct home *h, const char *needle)
{
    struct fair_rows *q;
    int64_t n = 0;

    CHECK_OK(h->st->db->engine->prepare(h->st->db, "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND p.type IN ('TEXT', 'BLOB')", &q, why));
    while (h->st->db->engine->step(q, NULL) == FAIR_OK) {
        fair_str table = fair_str_dup(h->a, h->st->db->engine->text(q, 0)), column = fair_str_dup(h->a, h->st->db->engine->text(q, 1));
        int64_t k = number(h, fair_str_fmt(h->a, "SELECT count(*) FROM %.*s WHERE instr(CAST(%.*s AS TEXT), '%s') > 0", FAIR_STR_ARG(table), FAIR_STR_ARG(column), needle).p);
        if (k > 0) print_message("%s stands in %.*s.%.*s\n", needle, FAIR_STR_ARG(table), FAIR_STR_ARG(column));
        n += k;
    }
    h->st->db->engine->finish(q);
    return n;
}

static void
sound(struct home *h)
{
    struct fair_store_health health;
    CHECK_OK(fair_store_health(h->st, h->a, &health, why));
    if (!health.cases_sound || !health.audit_sound || !health.foreign_keys_sound) fail_msg("%s", health.words.p);
}

TEST(I13_an_ignored_hit_is_forgotten_after_its_days_and_known_again)
{
    struct home h;
    struct fair_hit x;
    fair_id work, hit;
    struct fair_sha256 preview = sha_of("preview");
    int64_t rows;
    bool fresh, may;

    home_open(&h);
    work = a_work(&h, "lantern");
    hit = a_use(&h, work, "https://ada.example/one", "ada.example", T0, &fresh, NULL);
    CHECK_OK(fair_store_blob_may_read(&h.d, &preview, &may, why));
    CHECK(may);
    ignore(&h, hit, "hit", T0);
    CHECK_EQ(due(&h, T0 + 30 * FAIR_DAY - 1).n, 0);
    CHECK_EQ(due(&h, T0 + 30 * FAIR_DAY).n, 1);
    CHECK(strcmp(due(&h, T0 + 30 * FAIR_DAY).what, "hit on ada.example") == 0);
    CHECK(found(&h, "ada.example") > 0);
    CHECK(found(&h, "Ada is a friend") > 0);
    CHECK_OK(fair_store_forget(&h.d, FAIR_KEEP_HIT_IGNORED, hit, "hit.ignored", 0, T0 + 30 * FAIR_DAY, &rows, why));
    CHECK(rows > 0);
    CHECK_EQ(found(&h, "ada.example"), 0);
    CHECK_EQ(found(&h, "Ada is a friend"), 0);
    CHECK_EQ(found(&h, "harbour"), 0);
    CHECK_OK(fair_store_blob_may_read(&h.d, &preview, &may, why));
    CHECK(!may);
    CHECK_EQ(due(&h, T0 + 400 * FAIR_DAY).n, 0);
    sound(&h);
    /* The same use again: known, decided, and nothing of it is written. */
    CHECK_EQ(a_use(&h, work, "https://ada.example/one", "ada.example", T0 + 40 * FAIR_DAY, &fresh, &x), hit);
    CHECK(!fresh);
    CHECK_STR(x.state, "ignored");
    CHECK_EQ(found(&h, "ada.example"), 0);
    /* Another page of theirs is a new use: only this hit was ignored. */
    a_use(&h, work, "https://ada.example/two", "ada.example", T0 + 41 * FAIR_DAY, &fresh, &x);
    CHECK(fresh);
    CHECK_STR(x.state, "inbox");
    sound(&h);
    home_close(&h);
}

TEST(rules_of_every_scope_hold_when_their_people_are_forgotten)
{
    static const struct { const char *scope, *page, *site; bool same_work, holds; } all[] = {
        { "page", "https://ada.example/one", "ada.example", false, true }, { "page", "https://ada.example/two", "ada.example", true, false },
        { "domain", "https://ada.example/two", "ada.example", false, true }, { "domain", "https://ben.example/one", "ben.example", true, false },
        { "work+domain", "https://ada.example/two", "ada.example", true, true }, { "work+domain", "https://ada.example/two", "ada.example", false, false },
        { "operator", "https://ada.example/two", "ada.example", false, true }, { "work+operator", "https://ada.example/two", "ada.example", true, true },
        { "work+operator", "https://ben.example/two", "ben.example", true, false } };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct home h;
        struct fair_hit x;
        fair_id one, two, hit;
        int64_t rows;
        bool fresh;

        home_open(&h);
        one = a_work(&h, "lantern");
        two = a_work(&h, "bridge");
        hit = a_use(&h, one, "https://ada.example/one", "ada.example", T0, &fresh, NULL);
        ignore(&h, hit, all[i].scope, T0);
        CHECK_OK(fair_store_forget(&h.d, FAIR_KEEP_HIT_IGNORED, hit, "hit.ignored", 0, T0 + 30 * FAIR_DAY, &rows, why));
        CHECK_EQ(found(&h, "ada.example"), 0);
        a_use(&h, all[i].same_work ? one : two, all[i].page, all[i].site, T0 + 40 * FAIR_DAY, &fresh, &x);
        CHECK(fresh);
        if (fair_str_eq(x.state, FAIR_STR("ignored")) != all[i].holds) fail_msg("%s, %s: %.*s", all[i].scope, all[i].page, FAIR_STR_ARG(x.state));
        /* A work that goes and comes back takes its rules with it. */
        if (all[i].same_work && all[i].holds) {
            CHECK_OK(fair_store_work_remove(&h.d, one, T0 + 41 * FAIR_DAY, why));
            one = a_work(&h, "lantern");
            a_use(&h, one, "https://ada.example/three", "ada.example", T0 + 42 * FAIR_DAY, &fresh, &x);
            CHECK_STR(x.state, "ignored");
        }
        sound(&h);
        home_close(&h);
    }
}

TEST(a_hit_that_is_forgotten_decided_anew_and_forgotten_again_is_one_use)
{
    struct home h;
    struct fair_decision reopen = { .what = FAIR_STR("reopen"), .scope = FAIR_STR("hit"), .at = T0 + 31 * FAIR_DAY };
    fair_id work, hit, again;
    int64_t rows;
    bool fresh;

    home_open(&h);
    work = a_work(&h, "lantern");
    hit = a_use(&h, work, "https://ada.example/one", "ada.example", T0, &fresh, NULL);
    ignore(&h, hit, "hit", T0);
    CHECK_OK(fair_store_forget(&h.d, FAIR_KEEP_HIT_IGNORED, hit, "hit.ignored", 0, T0 + 30 * FAIR_DAY, &rows, why));
    reopen.hit = hit;
    CHECK_OK(fair_store_decide(&h.d, &reopen, why));
    again = a_use(&h, work, "https://ada.example/one", "ada.example", T0 + 32 * FAIR_DAY, &fresh, NULL);
    CHECK(fresh && again != hit);
    ignore(&h, again, "hit", T0 + 33 * FAIR_DAY);
    CHECK_OK(fair_store_forget(&h.d, FAIR_KEEP_HIT_IGNORED, again, "hit.ignored", 0, T0 + 70 * FAIR_DAY, &rows, why));
    CHECK_EQ(found(&h, "ada.example"), 0);
    CHECK_EQ(a_use(&h, work, "https://ada.example/one", "ada.example", T0 + 80 * FAIR_DAY, &fresh, NULL), again);
    sound(&h);
    home_close(&h);
}

TEST(what_will_come_back_by_itself_is_not_forgotten)
{
    struct home h;
    struct fair_decision x = { .what = FAIR_STR("ignore"), .reason = FAIR_STR("owner_discretion"), .scope = FAIR_STR("hit"), .note = FAIR_STR("later"), .at = T0, .until = fair_now() + 30 * FAIR_DAY };
    bool fresh;

    home_open(&h);
    x.hit = a_use(&h, a_work(&h, "lantern"), "https://ada.example/one", "ada.example", T0, &fresh, NULL);
    CHECK_OK(fair_store_decide(&h.d, &x, why));
    CHECK_EQ(due(&h, T0 + 200 * FAIR_DAY).n, 0);
    home_close(&h);
}

TEST(a_mail_of_no_case_is_forgotten_after_its_days)
{
    struct home h;
    struct fair_mail_in x = { .box = FAIR_STR("b"), .validity = 1, .uid = 7, .kind = FAIR_STR("other"), .message_id = FAIR_STR("<1@ada.example>"), .sender = FAIR_STR("ada@ada.example"),
                              .subject = FAIR_STR("harbour"), .sealed = sha_of("mail"), .bytes = 4, .at = T0, .taken = T0 };
    int64_t rows;
    bool fresh;

    home_open(&h);
    CHECK_OK(fair_store_mail_put(&h.d, &x, &fresh, why));
    CHECK_EQ(due(&h, T0 + 90 * FAIR_DAY - 1).n, 0);
    CHECK_EQ(due(&h, T0 + 90 * FAIR_DAY).n, 1);
    CHECK_OK(fair_store_forget(&h.d, FAIR_KEEP_MAIL, x.id, "mail.unmatched", 1, T0 + 90 * FAIR_DAY, &rows, why));
    CHECK_EQ(found(&h, "ada.example"), 0);
    CHECK_EQ(found(&h, "harbour"), 0);
    CHECK_EQ(due(&h, T0 + 400 * FAIR_DAY).n, 0);
    sound(&h);
    home_close(&h);
}

TEST(old_rows_of_a_kind_go_and_young_ones_stay)
{
    struct home h;
    struct fair_fetched f = { .url = FAIR_STR("https://ada.example/old"), .status = 200, .at = T0 };
    int64_t rows;

    home_open(&h);
    CHECK_OK(fair_store_fetched_put(&h.d, &f, why));
    f.url = FAIR_STR("https://ada.example/young");
    f.at = T0 + 100 * FAIR_DAY;
    CHECK_OK(fair_store_fetched_put(&h.d, &f, why));
    CHECK_EQ(due(&h, T0 + 180 * FAIR_DAY).last.n, 1);
    CHECK_OK(fair_store_forget(&h.d, FAIR_KEEP_FETCHED, 0, "crawl.fetched", 0, T0 + 180 * FAIR_DAY, &rows, why));
    CHECK_EQ(rows, 1);
    CHECK_EQ(found(&h, "old"), 0);
    CHECK(found(&h, "young") > 0);
    home_close(&h);
}

TEST(another_organisation_forgets_and_holds_nothing_of_ours)
{
    struct home h;
    struct fair_desk other;
    struct fair_hold x = { .case_id = 5, .why = FAIR_STR("a suit"), .until = T0 + FAIR_DAY };
    fair_id hit;
    int64_t rows;
    bool fresh;

    home_open(&h);
    other = h.d;
    CHECK_OK(fair_store_org_add(h.st, FAIR_STR("Harbour Agency"), &other.org, why));
    hit = a_use(&h, a_work(&h, "lantern"), "https://ada.example/one", "ada.example", T0, &fresh, NULL);
    CHECK_EQ(fair_store_forget(&other, FAIR_KEEP_HIT_IGNORED, hit, "erasure", 0, T0, &rows, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(fair_store_hold_put(&other, &x, T0, NULL), FAIR_NOT_FOUND);
    CHECK(found(&h, "ada.example") > 0);
    home_close(&h);
}

/* Whoever adds a table says here what it holds of people outside this house, and adds to forget.c and person.c what that asks for. */
TEST(of_every_table_it_is_said_what_of_people_it_holds)
{
    static const char *const said[] = {
        /* forgotten with the case, hit or mail (forget.c), shown by person.c */
        "party", "party_datum", "case_file", "case_use", "case_fact", "case_event", "gate_record", "dispute", "notice", "notice_check", "portal_answer", "portal_link", "mail_in", "hit", "decision", "rule", "capture",
        "capture_file", "package", "request", "letter_owed", "posting", "party_proposal",
        /* keyed hashes, numbers and digests: they say nothing of whom */
        "never_again", "forgotten", "case_use_left", "hit_move", "licence_hit", "notice_approval", "package_stamp", "package_check", "stone", "vault_ref", "work_fingerprint", "seen",
        /* dropped where it names somebody who is erased; the chain holds */
        "audit",
        /* goes by age (retention.c), or within two days */
        "fetched", "frontier", "run_fault", "job", "outbox", "access", "sign_in_failure",
        /* of those who work here, of owners and of who has a licence: not people who are asked about anything */
        "account", "session", "sign_in_link", "second_factor", "recovery_code", "org", "owner", "identity", "mandate", "mandate_work", "checked", "licence", "licence_domain", "licence_work", "declaration", "proof",
        "work", "work_path", "ownership", "rival", "rival_look", "deposit", "deposit_work", "deposit_stamp", "custody", "legal_hold", "pack_review", "setting", "watch", "run", "probe", "migration" };
    struct home h;
    struct fair_rows *q;
    bool missing = false;

    home_open(&h);
    CHECK_OK(h.st->db->engine->prepare(h.st->db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'", &q, why));
    while (h.st->db->engine->step(q, NULL) == FAIR_OK) {
        fair_str name = fair_str_dup(h.a, h.st->db->engine->text(q, 0));
        bool is = false;
        for (size_t i = 0; i < sizeof said / sizeof *said; i++) is = is || fair_str_eq(name, fair_str_of(said[i]));
        if (!is) print_message("of table %s it is not said what of people it holds\n", name.p);
        missing = missing || !is;
    }
    h.st->db->engine->finish(q);
    CHECK(!missing);
    home_close(&h);
}

FAIR_TEST_MAIN
