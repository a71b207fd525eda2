/* Tests of cases as rows: opening, moving, who may, what follows, and that nothing gets round the engine. */
#include "store/capture_rows.h"
#include "store/case_rows.h"
#include "store/answer_rows.h"
#include "store/mail_rows.h"
#include "store/owner_rows.h"
#include "store/package_rows.h"
#include "store/person_rows.h"
#include "store/privacy_rows.h"
#include "store/report_rows.h"
#include "store/test_store.h"

#define T0 (fair_date_of(2026, 3, 2) * FAIR_DAY + 12 * FAIR_HOUR)

struct desk { struct home h; struct fair_desk agent, reviewer, counsel, admin, nobody; fair_id work, hit, id; };

static fair_id
a_user(struct home *h, const char *email, const char *role)
{
    struct fair_user u = { .email = fair_str_of(email), .name = fair_str_of(role), .role = fair_str_of(role) };
    CHECK_OK(fair_store_user_add(&h->d, &u, why));
    return u.id;
}

static fair_id
a_hit(struct desk *t, fair_id work, const char *page, bool pursue)
{
    bool fresh;
    struct fair_hit x = { .work = work, .page_url = fair_str_of(page), .image_url = fair_str_fmt(t->h.a, "%s/i.jpg", page), .site = FAIR_STR("example.com"),
                          .verdict = FAIR_STR("match"), .score = 0.999, .has_map = true, .sha256 = sha_of(page), .last_seen = T0 - 5 * FAIR_DAY };
    struct fair_decision decide = { .what = FAIR_STR("pursue") };

    CHECK_OK(fair_store_hit_seen(&t->h.d, &x, &fresh, why));
    decide.hit = x.id;
    if (pursue) CHECK_OK(fair_store_decide(&t->h.d, &decide, why));
    return x.id;
}

static void
begin(struct desk *t)
{
    bool joined;

    memset(t, 0, sizeof *t);
    home_open(&t->h);
    t->agent = t->reviewer = t->counsel = t->admin = t->nobody = t->h.d;
    t->agent.user = a_user(&t->h, "ben@example.com", "caseworker");
    t->reviewer.user = a_user(&t->h, "cleo@example.com", "reviewer");
    t->counsel.user = a_user(&t->h, "dana@example.com", "counsel");
    t->admin.user = a_user(&t->h, "eli@example.com", "admin");
    t->nobody.user = 0;
    t->work = a_work(&t->h, "lantern");
    t->hit = a_hit(t, t->work, "https://example.com/one", true);
    CHECK_OK(fair_store_case_open(&t->h.d, t->hit, false, T0, &t->id, &joined, why));
    CHECK(!joined);
}

static struct fair_case
the_case(struct desk *t)
{
    struct fair_case c;
    CHECK_OK(fair_store_case_get(&t->h.d, t->id, t->h.a, &c, why));
    return c;
}

static fair_status
move(struct desk *t, const struct fair_desk *d, enum fair_actor who, enum fair_move m, fair_time at, struct fair_case_event e, struct fair_ruling *r)
{
    struct fair_case_act x = { .case_id = t->id, .version = d->user == 0 ? 0 : the_case(t).version, .e = e, .note = FAIR_STR("because") };
    struct fair_err err = { 0 };

    x.e.move = m;
    x.e.who = who;
    x.e.at = at;
    return fair_store_case_move(d, &x, r, NULL, &err);
}

#define MOVE(t, d, who, m, at, ...) move((t), (d), FAIR_##who, FAIR_DO_##m, (at), (struct fair_case_event){ __VA_ARGS__ }, NULL)

static bool
says(const struct fair_ruling *r, const char *code)
{
    for (size_t i = 0; i < r->n_reasons; i++)
        if (r->reasons[i].why == fair_reason_of(fair_str_of(code))) return true;
    return false;
}

/* Page and mail were probed, and are what they should be. */
static void
probed(struct desk *t, fair_time at)
{
    for (int i = 0; i < 2; i++) {
        struct fair_probe p = { .what = i == 0 ? FAIR_STR("portal") : FAIR_STR("mail"), .subject = FAIR_STR("example.com"), .code = fair_notice_code_new(t->h.a), .at = at };
        CHECK_OK(fair_store_probe_put(t->h.st, &p, why));
        CHECK_OK(fair_store_probe_settle(t->h.st, p.id, true, FAIR_STR("passed"), at, why));
    }
}

/* A letter that asks for nothing, whole and signed. */
static fair_id
a_letter(struct desk *t, bool claim, fair_time at)
{
    static const struct { const char *name, *value; } found[] = {
        { "privacy.art14", "yes" }, { "privacy.source", "yes" }, { "privacy.retention", "yes" }, { "privacy.contact", "yes" }, { "authentic.signed", "yes" },
        { "pack.identity", "yes" }, { "pack.privacy", "yes" }, { "pack.wording", "yes" }, { "wording.language", "yes" },
        { "wording.reading", "yes" }, { "wording.banned", "0" } };
    struct fair_notice n = { .case_id = t->id, .step = claim ? FAIR_STR("inquiry") : FAIR_STR("answer"), .claim = claim, .language = FAIR_STR("de"), .law = FAIR_STR("XX"),
                             .mail = sha_of("a letter"), .deadline_days = 21, .signer = t->h.d.user, .created = at };

    CHECK_OK(fair_store_notice_put(&t->h.d, &n, why));
    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        struct fair_case_fact x = { .name = fair_str_of(found[i].name), .value = fair_str_of(found[i].value), .source = FAIR_STR("the letter"), .at = at };
        CHECK_OK(fair_store_notice_check_put(&t->h.d, n.id, &x, why));
    }
    probed(t, at);
    return n.id;
}

static void
write_to_them(struct desk *t, fair_time at)
{
    struct fair_case_act x = { .case_id = t->id, .version = the_case(t).version, .notice = a_letter(t, false, at), .e = { .move = FAIR_DO_LETTER, .who = FAIR_OWN, .at = at } };
    CHECK_OK(fair_store_case_move(&t->h.d, &x, NULL, NULL, why));
}

static void
end(struct desk *t)
{
    struct fair_store_health health;

    CHECK_OK(fair_store_health(t->h.st, t->h.a, &health, why));
    if (!health.cases_sound || !health.audit_sound || !health.foreign_keys_sound) fail_msg("%s", health.words.p);
    home_close(&t->h);
}

/* ---- opening ------------------------------------------------------------------------------------------------------------- */

TEST(a_case_is_opened_by_a_person_for_a_use_that_is_pursued)
{
    struct desk t;
    fair_id id, undecided;
    bool joined;

    begin(&t);
    undecided = a_hit(&t, t.work, "https://example.com/two", false);
    CHECK_EQ(fair_store_case_open(&t.h.d, undecided, false, T0, &id, &joined, NULL), FAIR_REFUSED);
    CHECK_EQ(fair_store_case_open(&t.nobody, t.hit, false, T0, &id, &joined, NULL), FAIR_REFUSED);
    CHECK_EQ(fair_store_case_open(&t.reviewer, t.hit, false, T0, &id, &joined, NULL), FAIR_REFUSED);
    CHECK_EQ(fair_store_case_open(&t.h.d, t.hit, false, T0, &id, &joined, NULL), FAIR_CONFLICT);
    CHECK_EQ(id, t.id);
    CHECK_EQ(fair_store_case_open(&t.h.d, 7, false, T0, &id, &joined, NULL), FAIR_NOT_FOUND);
    CHECK_STR(the_case(&t).state, "DRAFT");
    end(&t);
}

TEST(I5_what_is_found_meanwhile_joins_the_open_case)
{
    struct desk t;
    fair_id id;
    bool joined;

    begin(&t);
    CHECK_OK(fair_store_case_open(&t.h.d, a_hit(&t, t.work, "https://example.com/two", true), false, T0, &id, &joined, why));
    CHECK(joined);
    CHECK_EQ(id, t.id);
    CHECK_EQ(the_case(&t).uses, 2);
    /* Another work of the same operator joins while nobody was told. */
    CHECK_OK(fair_store_case_open(&t.h.d, a_hit(&t, a_work(&t.h, "bridge"), "https://example.com/three", true), false, T0, &id, &joined, why));
    CHECK(joined);
    CHECK_EQ(the_case(&t).works, 2);
    /* The index itself holds it: a second head of the same work, operator and track. */
    a_hit(&t, t.work, "https://example.com/four", false);
    CHECK_EQ(t.h.st->db->engine->script(t.h.st->db,
        "INSERT INTO case_use (id, org_id, case_id, track, operator, work_id, hit_id, window_open, head, account_id, at_us)"
        " SELECT 99, org_id, case_id, track, operator, work_id, (SELECT max(id) FROM hit WHERE id NOT IN (SELECT hit_id FROM case_use)), 1, 1, 0, 1 FROM case_use WHERE head = 1 LIMIT 1", NULL), FAIR_CONFLICT);
    end(&t);
}

TEST(a_takedown_stands_beside_the_case)
{
    struct desk t;
    fair_id id;
    bool joined;
    struct fair_case c;

    begin(&t);
    CHECK_OK(fair_store_case_open(&t.h.d, t.hit, true, T0, &id, &joined, why));
    CHECK(!joined && id != t.id);
    CHECK_OK(fair_store_case_get(&t.h.d, id, t.h.a, &c, why));
    CHECK_STR(c.state, "TD_DRAFT");
    end(&t);
}

/* ---- moving -------------------------------------------------------------------------------------------------------------------- */

TEST(the_engine_is_asked_and_every_reason_is_told)
{
    struct desk t;
    struct fair_ruling r;

    begin(&t);
    CHECK_EQ(move(&t, &t.h.d, FAIR_OWN, FAIR_DO_GATHER, T0, (struct fair_case_event){ 0 }, &r), FAIR_REFUSED);
    CHECK(says(&r, "G1_unknown") && says(&r, "G2_level_1") && says(&r, "G4_not_seen"));
    CHECK(!says(&r, "G4_not_confirmed"));
    CHECK_EQ(the_case(&t).version, 1);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM case_event"), 0);
    end(&t);
}

TEST(two_who_decide_at_once_are_told)
{
    struct desk t;
    struct fair_case_act x = { 0 };
    struct fair_err err = { 0 };

    begin(&t);
    x = (struct fair_case_act){ .case_id = t.id, .version = 1, .e = { .move = FAIR_DO_PUT_ON_HOLD, .who = FAIR_OWN, .at = T0 }, .note = FAIR_STR("the owner is away") };
    CHECK_OK(fair_store_case_move(&t.h.d, &x, NULL, NULL, why));
    x.e.who = FAIR_AGT;
    x.e.move = FAIR_DO_LICENSED;
    CHECK_EQ(fair_store_case_move(&t.agent, &x, NULL, NULL, &err), FAIR_CONFLICT);
    CHECK(strstr(err.text, "look at it again") != NULL);
    x.version = 0;
    CHECK_EQ(fair_store_case_move(&t.agent, &x, NULL, NULL, &err), FAIR_INVALID);
    x.version = 2;
    CHECK_OK(fair_store_case_move(&t.agent, &x, NULL, NULL, why));
    end(&t);
}

TEST(nobody_acts_as_somebody_else)
{
    struct desk t;

    begin(&t);
    CHECK_EQ(MOVE(&t, &t.agent, OWN, WITHDRAW, T0, 0), FAIR_INVALID);
    CHECK_EQ(MOVE(&t, &t.agent, RCP, DISPUTE, T0, .ground = FAIR_GROUND_LICENCE, .verified = true), FAIR_INVALID);
    CHECK_EQ(MOVE(&t, &t.agent, SYS, LAPSE, T0 + 100 * FAIR_DAY, 0), FAIR_INVALID);
    CHECK_EQ(MOVE(&t, &t.nobody, OWN, WITHDRAW, T0, 0), FAIR_INVALID);
    CHECK_EQ(MOVE(&t, &t.admin, OWN, WITHDRAW, T0, 0), FAIR_REFUSED);
    CHECK_EQ(MOVE(&t, &t.agent, AGT, WITHDRAW, T0, 0), FAIR_REFUSED);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, WITHDRAW, T0, 0), FAIR_OK);
    CHECK_STR(the_case(&t).state, "CLOSED_OWNER_WITHDREW");
    CHECK_STR(the_case(&t).reason, "because");
    end(&t);
}

TEST(another_organisation_sees_and_moves_nothing)
{
    struct desk t;
    struct fair_desk other;
    struct fair_case c;
    struct fair_case_act x = { 0 };
    struct fair_facts f;

    begin(&t);
    other = t.h.d;
    CHECK_OK(fair_store_org_add(t.h.st, FAIR_STR("Harbour Agency"), &other.org, why));
    CHECK_EQ(fair_store_case_get(&other, t.id, t.h.a, &c, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(fair_store_case_gather(&other, t.id, 0, T0, t.h.a, &f, NULL), FAIR_NOT_FOUND);
    x = (struct fair_case_act){ .case_id = t.id, .version = 1, .e = { .move = FAIR_DO_WITHDRAW, .who = FAIR_OWN, .at = T0 } };
    CHECK_EQ(fair_store_case_move(&other, &x, NULL, NULL, NULL), FAIR_REFUSED);
    end(&t);
}

TEST(a_clock_set_back_is_refused_and_told)
{
    struct desk t;
    struct fair_ruling r;

    begin(&t);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, PUT_ON_HOLD, T0 + FAIR_DAY, 0), FAIR_OK);
    CHECK_EQ(move(&t, &t.h.d, FAIR_OWN, FAIR_DO_WITHDRAW, T0, (struct fair_case_event){ 0 }, &r), FAIR_REFUSED);
    CHECK(says(&r, "R_clock_back"));
    CHECK_EQ(r.not_before, T0 + FAIR_DAY);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, WITHDRAW, T0 + FAIR_DAY, 0), FAIR_OK);
    end(&t);
}

/* ---- letters -------------------------------------------------------------------------------------------------------------------- */

TEST(I4_no_claim_leaves_past_the_gates_even_with_a_perfect_letter)
{
    struct desk t;
    struct fair_case_act x;
    struct fair_ruling r;
    fair_id n;

    begin(&t);
    n = a_letter(&t, true, T0);
    CHECK_OK(fair_store_notice_approve(&t.h.d, n, FAIR_OWN, T0, why));
    x = (struct fair_case_act){ .case_id = t.id, .version = 1, .notice = n, .e = { .move = FAIR_DO_INQUIRE, .who = FAIR_OWN, .at = T0 } };
    CHECK_EQ(fair_store_case_move(&t.h.d, &x, &r, NULL, NULL), FAIR_REFUSED);
    CHECK(says(&r, "R_no_such_move"));
    /* Forced into READY behind the engine's back, the case is refused as damaged. */
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE case_file SET state = 'READY'", why));
    CHECK_EQ(fair_store_case_move(&t.h.d, &x, &r, NULL, NULL), FAIR_CORRUPT);
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE case_file SET state = 'DRAFT'", why));
    /* A notice that no move let out does not pass the door, whatever its row says. */
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE notice SET state = 'queued', queued_us = 1", why));
    CHECK_EQ(fair_store_notice_may_leave(&t.h.d, n, T0, &r, NULL), FAIR_REFUSED);
    end(&t);
}

TEST(a_letter_is_written_down_before_it_may_leave_and_is_asked_for_once)
{
    struct desk t;
    struct fair_notice n;
    struct fair_gate_record g;
    fair_id id;
    struct fair_ruling r;

    begin(&t);
    write_to_them(&t, T0);
    id = number(&t.h, "SELECT id FROM notice");
    CHECK_OK(fair_store_notice_get(&t.h.d, id, t.h.a, &n, why));
    CHECK_STR(n.state, "queued");
    CHECK_OK(fair_store_gate_record_get(&t.h.d, &n.gates_sha256, t.h.a, &g, why));
    {
        struct fair_sha256 h = fair_sha256_of(g.record.p, g.record.n);
        CHECK(fair_sha256_eq(&h, &n.gates_sha256));
    }
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'send'"), 1);
    /* The audit entry has the event's hash, and was written before the case moved. */
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM audit a JOIN case_event v ON a.what = 'case.letter' AND instr(a.details, lower(hex(v.hash))) > 0"), 1);
    CHECK_OK(fair_store_notice_may_leave(&t.h.d, id, T0 + FAIR_HOUR, &r, why));
    CHECK_EQ(fair_store_notice_may_leave(&t.h.d, id, T0 + 100 * FAIR_HOUR, &r, NULL), FAIR_REFUSED);
    CHECK(says(&r, "G17_not_reachable"));
    /* It cannot leave a second time. */
    {
        struct fair_case_act x = { .case_id = t.id, .version = the_case(&t).version, .notice = id, .e = { .move = FAIR_DO_LETTER, .who = FAIR_OWN, .at = T0 + FAIR_HOUR } };
        CHECK_EQ(fair_store_case_move(&t.h.d, &x, NULL, NULL, NULL), FAIR_CONFLICT);
    }
    end(&t);
}

TEST(an_approval_is_of_these_bytes)
{
    struct desk t;
    struct fair_notice n;
    fair_id id;
    struct fair_facts f;

    begin(&t);
    id = a_letter(&t, true, T0);
    CHECK_EQ(fair_store_notice_approve(&t.reviewer, id, FAIR_CNS, T0, NULL), FAIR_REFUSED);
    CHECK_EQ(fair_store_notice_approve(&t.admin, id, FAIR_OWN, T0, NULL), FAIR_REFUSED);
    CHECK_OK(fair_store_notice_approve(&t.h.d, id, FAIR_OWN, T0, why));
    CHECK_OK(fair_store_notice_approve(&t.reviewer, id, FAIR_REV, T0, why));
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, id, T0, t.h.a, &f, why));
    CHECK(f.approval.human_signer);
    CHECK_EQ(f.approval.second, t.reviewer.user);
    CHECK(f.wording.language && f.privacy.art14);
    CHECK_OK(fair_store_notice_get(&t.h.d, id, t.h.a, &n, why));
    n.mail = sha_of("another letter");
    CHECK_OK(fair_store_notice_put(&t.h.d, &n, why));
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, id, T0, t.h.a, &f, why));
    CHECK(!f.approval.human_signer);
    CHECK_EQ(f.approval.second, 0);
    CHECK(!f.wording.language && !f.privacy.art14);
    end(&t);
}

/* ---- disputes ---------------------------------------------------------------------------------------------------------------------- */

struct seen_dispute { struct fair_dispute x; char ground[16], words[64], answer[64], decision[16]; int n; };

static fair_status
see_dispute(void *arg, const struct fair_dispute *x, struct fair_err *err)
{
    struct seen_dispute *s = arg;
    (void)err;
    s->x = *x;
    s->n++;
    snprintf(s->ground, sizeof s->ground, "%.*s", FAIR_STR_ARG(x->ground));
    snprintf(s->words, sizeof s->words, "%.*s", FAIR_STR_ARG(x->words));
    snprintf(s->answer, sizeof s->answer, "%.*s", FAIR_STR_ARG(x->answer));
    snprintf(s->decision, sizeof s->decision, "%.*s", FAIR_STR_ARG(x->decision));
    return FAIR_OK;
}

TEST(a_dispute_is_answered_decided_and_remembered)
{
    struct desk t;
    struct fair_case_act x;
    struct seen_dispute s = { 0 };
    fair_id id;
    bool joined;

    begin(&t);
    write_to_them(&t, T0);
    x = (struct fair_case_act){ .case_id = t.id, .e = { .move = FAIR_DO_DISPUTE, .who = FAIR_RCP, .at = T0 + FAIR_DAY, .ground = FAIR_GROUND_LICENCE, .verified = true, .document = true },
                                .words = FAIR_STR("I bought it."), .document = sha_of("invoice") };
    CHECK_OK(fair_store_case_move(&t.nobody, &x, NULL, NULL, why));
    CHECK_STR(the_case(&t).state, "DISPUTED");
    x = (struct fair_case_act){ .case_id = t.id, .version = the_case(&t).version, .e = { .move = FAIR_DO_ANSWER_DISPUTE, .who = FAIR_AGT, .at = T0 + 2 * FAIR_DAY, .ground = FAIR_GROUND_LICENCE },
                                .words = FAIR_STR("We look into it.") };
    CHECK_OK(fair_store_case_move(&t.agent, &x, NULL, NULL, why));
    CHECK_STR(the_case(&t).state, "DISPUTE_REVIEW");
    /* Not who made the case. */
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, REJECT, T0 + 3 * FAIR_DAY, 0), FAIR_REFUSED);
    CHECK_EQ(MOVE(&t, &t.reviewer, REV, LICENSED, T0 + 3 * FAIR_DAY, 0), FAIR_OK);
    CHECK_STR(the_case(&t).state, "CLOSED_LICENSED_BEFORE");
    CHECK_OK(fair_store_disputes(&t.h.d, t.id, see_dispute, &s, why));
    CHECK_EQ(s.n, 1);
    CHECK(strcmp(s.ground, "licence") == 0 && strcmp(s.words, "I bought it.") == 0 && strcmp(s.answer, "We look into it.") == 0 && strcmp(s.decision, "accepted") == 0);
    CHECK_EQ(s.x.decided_by, t.reviewer.user);
    /* I6: a new scan of the work there opens nothing: it does not even come up, and a person who pursues it is refused. */
    for (int i = 0; i < 100; i++) {
        fair_id hit = a_hit(&t, t.work, fair_str_fmt(t.h.a, "https://example.com/new%d", i).p, false);
        struct fair_hit h;
        struct fair_decision decide = { .hit = hit, .what = FAIR_STR("pursue") };

        CHECK_OK(fair_store_hit_get(&t.h.d, hit, t.h.a, &h, why));
        CHECK_STR(h.state, "ignored");
        CHECK_OK(fair_store_decide(&t.h.d, &decide, why));
        CHECK_EQ(fair_store_case_open(&t.h.d, hit, false, T0 + 9 * FAIR_DAY, &id, &joined, NULL), FAIR_REFUSED);
    }
    /* The list says nothing of whom it is about. */
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM never_again WHERE length(match_key) = 32"), 1);
    end(&t);
}

TEST(J7_the_owners_silence_lapses_the_case_by_itself)
{
    struct desk t;
    int64_t n;

    begin(&t);
    write_to_them(&t, T0);
    CHECK_EQ(MOVE(&t, &t.nobody, RCP, DISPUTE, T0 + FAIR_DAY, .ground = FAIR_GROUND_EXCEPTION, .verified = true), FAIR_OK);
    CHECK_OK(fair_store_cases_due(t.h.st, T0 + 31 * FAIR_DAY - 1, &n, why));
    CHECK_EQ(n, 0);
    CHECK_OK(fair_store_cases_due(t.h.st, T0 + 31 * FAIR_DAY, &n, why));
    CHECK_EQ(n, 1);
    CHECK_STR(the_case(&t).state, "CLOSED_LAPSED");
    CHECK_OK(fair_store_cases_due(t.h.st, T0 + 3000 * FAIR_DAY, &n, why));
    CHECK_EQ(n, 0);
    end(&t);
}

TEST(J9_who_says_that_it_is_credited_is_looked_up_and_a_false_word_counts_once)
{
    struct desk t;
    int64_t n;

    begin(&t);
    write_to_them(&t, T0);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'cure'"), 0);
    CHECK_EQ(MOVE(&t, &t.nobody, RCP, CURE_IT, T0 + FAIR_DAY, .credit = true, .verified = true), FAIR_OK);
    CHECK_STR(the_case(&t).state, "CURE");
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'cure'"), 1);
    n = number(&t.h, "SELECT not_before_us FROM job WHERE kind = 'cure'");
    CHECK_EQ(n, T0 + FAIR_DAY);
    /* Said that it is credited: gone would be another matter; and nobody says so a minute later. */
    CHECK_EQ(MOVE(&t, &t.nobody, SYS, CURED, T0 + 9 * FAIR_DAY, 0), FAIR_REFUSED);
    CHECK_EQ(MOVE(&t, &t.nobody, SYS, NOT_CURED, T0 + 2 * FAIR_DAY, 0), FAIR_REFUSED);
    CHECK_EQ(MOVE(&t, &t.nobody, SYS, NOT_CURED, T0 + 12 * FAIR_DAY, 0), FAIR_OK);
    end(&t);
}

TEST(every_move_of_a_case_that_was_written_of_asks_for_the_page_of_its_recipient_to_be_brought_up_to_date)
{
    struct desk t;
    int64_t n, jobs;

    begin(&t);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'publish'"), 0);
    write_to_them(&t, T0);
    jobs = number(&t.h, "SELECT count(*) FROM job WHERE kind = 'publish'");
    CHECK(jobs >= 1);
    /* By the recipient, by a person, by time alone: one job each, in the move's own transaction. */
    CHECK_EQ(MOVE(&t, &t.nobody, RCP, DISPUTE, T0 + FAIR_DAY, .ground = FAIR_GROUND_EXCEPTION, .verified = true), FAIR_OK);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'publish'"), jobs + 1);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, REJECT, T0 + 2 * FAIR_DAY, 0), FAIR_REFUSED);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'publish'"), jobs + 1);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, ASK, T0 + 2 * FAIR_DAY, 0), FAIR_OK);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'publish'"), jobs + 2);
    CHECK_OK(fair_store_cases_due(t.h.st, T0 + 31 * FAIR_DAY, &n, why));
    CHECK_EQ(n, 1);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'publish'"), jobs + 3);
    end(&t);
}

TEST(time_alone_ends_a_draft_step_by_step)
{
    struct desk t;
    int64_t n;

    begin(&t);
    CHECK_OK(fair_store_cases_due(t.h.st, T0 + 89 * FAIR_DAY, &n, why));
    CHECK_EQ(n, 0);
    CHECK_OK(fair_store_cases_due(t.h.st, T0 + 90 * FAIR_DAY, &n, why));
    CHECK_EQ(n, 1);
    CHECK_STR(the_case(&t).state, "CLOSED_LAPSED");
    end(&t);
}

/* ---- the whole way to an inquiry ----------------------------------------------------------------------------------------- */

static fair_status fact(const struct fair_desk *d, fair_id id, const char *name, const char *value, const char *source, fair_time at);

/* A look at a use as a capture writes it, sealed into a package of its own; `holds`: as the verifier found it at that time. */
static fair_id
a_look(struct desk *t, fair_id hit, const char *found, fair_time at, bool holds)
{
    static int64_t number;
    struct fair_package p = { .hit = hit, .work = t->work, .url = FAIR_STR("https://example.com/one"), .made = at, .captured = at, .number = ++number };
    struct fair_capture_row row = { .id = fair_id_new(), .hit = hit, .look = FAIR_STR("asked"), .at = at, .ended = at, .found = fair_str_of(found), .notes = FAIR_STR("[]"), .markers = FAIR_STR("[]") };
    struct fair_package_check check = { .at = at, .holds = holds, .words = FAIR_STR("looked at") };

    p.id = row.package = fair_id_new();
    p.draft = p.datapackage = check.datapackage = fair_sha256_of(&p.id, sizeof p.id);
    p.signature = p.der = p.key = FAIR_STR("signed");
    p.software = FAIR_STR("a test");
    CHECK_OK(fair_store_package_drafted(&t->nobody, &p, why));
    CHECK_OK(fair_store_package_sealed(&t->nobody, p.id, (fair_str){ NULL, 0 }, at, why));
    CHECK_OK(fair_store_capture_add(&t->nobody, &row, NULL, 0, why));
    check.package = p.id;
    CHECK_OK(fair_store_package_checked(&t->nobody, &check, why));
    return p.id;
}

/* Every gate of an inquiry is met by rows, as people and programs write them. */
static void
prove_all(struct desk *t, fair_time at)
{
    static const struct { const char *what, *value; } known[] = { { "name", "Harbour Reader Ltd" }, { "address", "1 Quay, Port Example" }, { "country", "DE" } };
    struct fair_identity k = { .kind = FAIR_STR("mail"), .value = FAIR_STR("ada@example.com") };
    struct fair_declaration says = { .work = t->work, .author = true, .stock = FAIR_STR("no"), .cc = FAIR_STR("no"), .press = FAIR_STR("no"), .ai = FAIR_STR("none"), .at = at };
    struct fair_proof shown = { .work = t->work, .kind = FAIR_STR("publication"), .name = FAIR_STR("https://lantern.example.com/one"), .happened = at - 900 * FAIR_DAY, .at = at };
    struct fair_checked check = { .subject = FAIR_STR("proof"), .verdict = FAIR_STR("holds"), .statement = FAIR_STR("I looked at it.") };
    struct fair_sha256 secret = sha_of("secret");
    struct fair_party p;
    fair_str address;

    CHECK_OK(fair_store_identity_add(&t->h.d, &k, &secret, at + FAIR_DAY, why));
    CHECK_OK(fair_store_identity_confirm(t->h.st, &secret, at, t->h.a, &address, why));
    CHECK_OK(fair_store_declare(&t->h.d, &says, why));
    CHECK_OK(fair_store_proof_add(&t->h.d, &shown, why));
    check.subject_id = shown.id;
    CHECK_OK(fair_store_check(&t->reviewer, &check, at, why));
    CHECK_OK(fair_store_rivals_found(&t->h.d, t->work, NULL, 0, at, why));
    CHECK_EQ(fact(&t->h.d, t->id, "match.seen", "yes", "the page of the hit", at), FAIR_OK);
    a_look(t, t->hit, "there", at, true);
    CHECK_EQ(fact(&t->h.d, t->id, "exceptions.worksheet", "no quotation, no parody", "the page", at), FAIR_OK);
    CHECK_EQ(fact(&t->h.d, t->id, "time.term", "protected", "made 2023", at), FAIR_OK);
    CHECK_EQ(fact(&t->h.d, t->id, "time.created", "2023-05-01", "the RAW", at), FAIR_OK);
    CHECK_OK(fair_store_party_get(&t->h.d, the_case(t).party, t->h.a, &p, why));
    for (size_t i = 0; i < 3; i++) {
        struct fair_party_datum x = { .party = p.id, .what = fair_str_of(known[i].what), .value = fair_str_of(known[i].value), .source = FAIR_STR("imprint"),
                                      .source_url = FAIR_STR("https://example.com/imprint") };
        CHECK_OK(fair_store_party_put(&t->h.d, &x, at, why));
    }
    p.kind = FAIR_STR("commercial");
    p.kind_evidence = FAIR_STR("a shop");
    p.hosting = FAIR_STR("hosted");
    p.hosting_evidence = FAIR_STR("the picture's address is theirs");
    CHECK_OK(fair_store_party_set(&t->h.d, &p, at, why));
}

static fair_status
try_move(struct desk *t, const struct fair_desk *d, enum fair_actor who, enum fair_move m, fair_id notice, fair_time at, struct fair_ruling *r)
{
    struct fair_case_act x = { .case_id = t->id, .version = the_case(t).version, .notice = notice, .e = { .move = m, .who = who, .at = at } };
    struct fair_err err = { 0 };
    fair_status s = fair_store_case_move(d, &x, r, NULL, &err);
    if (s != FAIR_OK && s != FAIR_REFUSED) fail_msg("%s", err.text);
    return s;
}

static fair_id
up_to_ready(struct desk *t)
{
    struct fair_ruling r;

    prove_all(t, T0);
    if (try_move(t, &t->h.d, FAIR_OWN, FAIR_DO_GATHER, 0, T0, &r) != FAIR_OK) fail_msg("%s", fair_ruling_words(t->h.a, &r).p);
    if (try_move(t, &t->h.d, FAIR_OWN, FAIR_DO_SEAL, 0, T0, &r) != FAIR_OK) fail_msg("%s", fair_ruling_words(t->h.a, &r).p);
    if (try_move(t, &t->h.d, FAIR_OWN, FAIR_DO_READY_UP, 0, T0, &r) != FAIR_OK) fail_msg("%s", fair_ruling_words(t->h.a, &r).p);
    return a_letter(t, true, T0);
}

TEST(one_person_alone_comes_as_far_as_the_inquiry_and_it_leaves_once)
{
    struct desk t;
    struct fair_ruling r;
    fair_id n;

    begin(&t);
    n = up_to_ready(&t);
    CHECK_EQ(try_move(&t, &t.h.d, FAIR_OWN, FAIR_DO_INQUIRE, n, T0, &r), FAIR_REFUSED);
    CHECK_EQ(r.n_reasons, 1);
    CHECK(says(&r, "G18_no_signer"));
    CHECK_OK(fair_store_notice_approve(&t.h.d, n, FAIR_OWN, T0, why));
    if (try_move(&t, &t.h.d, FAIR_OWN, FAIR_DO_INQUIRE, n, T0, &r) != FAIR_OK) fail_msg("%s", fair_ruling_words(t.h.a, &r).p);
    CHECK_STR(the_case(&t).state, "INQUIRY");
    CHECK_OK(fair_store_notice_may_leave(&t.h.d, n, T0 + FAIR_HOUR, &r, why));
    /* At the door: an answer, or a revoked fact, and it stays. */
    CHECK_EQ(MOVE(&t, &t.nobody, SYS, REPLY, T0 + FAIR_HOUR, 0), FAIR_OK);
    CHECK_EQ(fair_store_notice_may_leave(&t.h.d, n, T0 + 2 * FAIR_HOUR, &r, NULL), FAIR_REFUSED);
    CHECK(says(&r, "G15_unread"));
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, READ_IT, T0 + 3 * FAIR_HOUR, 0), FAIR_OK);
    CHECK_OK(fair_store_notice_may_leave(&t.h.d, n, T0 + 4 * FAIR_HOUR, &r, why));
    CHECK_EQ(MOVE(&t, &t.nobody, RCP, DISPUTE, T0 + 4 * FAIR_HOUR, .ground = FAIR_GROUND_MINE), FAIR_OK);
    CHECK_EQ(fair_store_notice_may_leave(&t.h.d, n, T0 + 5 * FAIR_HOUR, &r, NULL), FAIR_REFUSED);
    CHECK(says(&r, "G15_dispute"));
    end(&t);
}

/* Each gate of an inquiry that rows decide, spoiled alone. */
TEST(each_gate_alone_keeps_the_inquiry_back)
{
    static const struct { const char *sql, *code; } all[] = {
        { "UPDATE identity SET ended_us = 1", "G1_unknown" }, { "DELETE FROM declaration", "G2_level_1" },
        { "UPDATE hit SET verdict = 'possible'", "G4_not_confirmed" }, { "UPDATE case_fact SET value = 'no' WHERE name = 'match.seen'", "G4_not_seen" },
        { "UPDATE package SET state = 'failed'", "G5_not_sealed" }, { "UPDATE package_check SET holds = 0", "G5_not_sealed" }, { "DELETE FROM package_check", "G5_not_verified" },
        { "UPDATE package_check SET at_us = at_us - 90000000000", "G5_not_verified" }, { "UPDATE package_check SET at_us = at_us + 1", "G5_not_verified" },
        { "UPDATE capture SET at_us = at_us - 263000000000", "G5_not_live" }, { "UPDATE capture SET ended_us = ended_us + 1", "G5_not_live" },
        { "UPDATE capture SET found = 'unreachable'", "G5_not_live" }, { "UPDATE capture SET changes = 'removed', at_us = at_us - 1, ended_us = ended_us; UPDATE notice SET created_us = created_us - 9;"
          " UPDATE notice_check SET at_us = at_us - 9", "G5_changed" },
        { "UPDATE capture SET markers = NULL", "G6_markers" }, { "DELETE FROM declaration", "G6_declaration" },
        { "DELETE FROM case_fact WHERE name = 'exceptions.worksheet'", "G7_no_worksheet" },
        { "DELETE FROM party_datum WHERE what = 'address'", "G8_address" }, { "UPDATE party_datum SET confirmed_us = NULL WHERE what = 'name'", "G8_not_confirmed" },
        { "UPDATE party SET hosting = 'embedded'", "G8_embedded" }, { "UPDATE party SET hosting = 'platform'", "G8_platform" }, { "UPDATE party SET kind = 'unknown'", "G8_kind" },
        { "DELETE FROM case_fact WHERE name = 'time.term'", "G9_term" }, { "UPDATE notice SET sum_minor = 100, currency = 'EUR'", "G10_sum_at_inquiry" },
        { "DELETE FROM notice_check WHERE name = 'pack.identity'", "G11_identity" }, { "UPDATE notice_check SET value = '1' WHERE name = 'wording.banned'", "G13_banned" },
        { "DELETE FROM notice_check WHERE name = 'wording.language'", "G13_language" }, { "UPDATE notice SET deadline_days = 10", "G14_short" },
        { "UPDATE party SET lawyer_only = 1", "G15_lawyer_only" }, { "DELETE FROM notice_check WHERE name = 'privacy.art14'", "G16_art14" },
        { "DELETE FROM notice_check WHERE name = 'authentic.signed'", "G17_not_signed" }, { "DELETE FROM notice_approval", "G18_no_signer" },
        { "INSERT INTO setting (org_id, name, value) SELECT id, 'cases.suspended', 'abuse' FROM org", "G19_suspended" },
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct desk t;
        struct fair_ruling r;
        fair_id n;

        begin(&t);
        n = up_to_ready(&t);
        CHECK_OK(fair_store_notice_approve(&t.h.d, n, FAIR_OWN, T0, why));
        CHECK_OK(t.h.st->db->engine->script(t.h.st->db, all[i].sql, why));
        CHECK_EQ(try_move(&t, &t.h.d, FAIR_OWN, FAIR_DO_INQUIRE, n, T0, &r), FAIR_REFUSED);
        if (!says(&r, all[i].code)) fail_msg("%s: no %s in: %s", all[i].sql, all[i].code, fair_ruling_words(t.h.a, &r).p);
        CHECK_EQ(number(&t.h, "SELECT count(*) FROM job WHERE kind = 'send'"), 0);
        home_close(&t.h);
    }
}

/* ---- evidence ------------------------------------------------------------------------------------------------------------ */

static struct fair_facts
facts_at(struct desk *t, fair_time at)
{
    struct fair_facts f;
    CHECK_OK(fair_store_case_gather(&t->h.d, t->id, 0, at, t->h.a, &f, why));
    return f;
}

TEST(G5_nobody_states_what_the_house_knows)
{
    static const char *const all[][2] = { { "evidence.package", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }, { "evidence.verified", "2026-03-02T12:00:00Z" },
        { "evidence.live", "2026-03-02T12:00:00Z" }, { "evidence.first", "2026-02-02" }, { "evidence.last", "2026-03-02" }, { "evidence.captures", "2" }, { "evidence.ended", "yes" },
        { "sources.markers", "nothing" } };
    struct desk t;
    struct fair_facts f;

    begin(&t);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const struct fair_desk *const who[] = { &t.h.d, &t.agent, &t.reviewer, &t.counsel, &t.admin, &t.nobody };
        for (size_t k = 0; k < sizeof who / sizeof *who; k++) CHECK_EQ(fact(who[k], t.id, all[i][0], all[i][1], "I say so", T0), FAIR_REFUSED);
        /* A row that an older version let in says nothing either. */
        CHECK_OK(t.h.st->db->engine->script(t.h.st->db, fair_str_fmt(t.h.a, "INSERT INTO case_fact (id, org_id, case_id, name, value, source, account_id, at_us) VALUES (%zu, %lld, %lld, '%s', '%s', 'x', 0, %lld)",
                 i + 1, (long long)t.h.d.org, (long long)t.id, all[i][0], all[i][1], (long long)T0).p, why));
    }
    f = facts_at(&t, T0);
    CHECK(f.sources.markers.answer == FAIR_NOT_ASKED);
    CHECK(!f.evidence.sealed && !f.evidence.ended && f.evidence.verified == 0 && f.evidence.live == 0 && f.evidence.first == 0 && f.evidence.last == 0 && f.evidence.captures == 0);
    end(&t);
}

TEST(G5_a_case_is_proven_as_well_as_its_weakest_use)
{
    struct desk t;
    struct fair_facts f;
    struct fair_sha256 alone;
    fair_id second, id, bad;
    bool joined;

    begin(&t);
    a_look(&t, t.hit, "there", T0, true);
    f = facts_at(&t, T0);
    CHECK(f.evidence.sealed && f.evidence.live == T0 && f.evidence.verified == T0 && f.evidence.captures == 1 && !f.evidence.ended);
    alone = f.evidence.packages;
    CHECK(!fair_sha256_none(&alone));
    /* Another use joins: nothing of it is proven. */
    second = a_hit(&t, t.work, "https://example.com/two", true);
    CHECK_OK(fair_store_case_open(&t.h.d, second, false, T0, &id, &joined, why));
    CHECK(joined && id == t.id);
    f = facts_at(&t, T0);
    CHECK(!f.evidence.sealed && f.evidence.verified == 0 && f.evidence.live == 0 && f.evidence.captures == 0);
    /* It is captured an hour later, the first again after a day: two captures of one, one of the other. */
    a_look(&t, second, "picture", T0 + FAIR_HOUR, true);
    a_look(&t, t.hit, "there", T0 + 25 * FAIR_HOUR, true);
    f = facts_at(&t, T0 + 26 * FAIR_HOUR);
    CHECK(f.evidence.sealed && f.evidence.captures == 1 && f.evidence.last - f.evidence.first < FAIR_DAY);
    CHECK(f.evidence.live == T0 + FAIR_HOUR && f.evidence.verified == T0);
    CHECK(!fair_sha256_eq(&alone, &f.evidence.packages));
    /* Two looks within an hour are not two captures; after a day they are. */
    a_look(&t, second, "there", T0 + 2 * FAIR_HOUR, true);
    CHECK_EQ(facts_at(&t, T0 + 26 * FAIR_HOUR).evidence.captures, 1);
    a_look(&t, second, "removed", T0 + 26 * FAIR_HOUR, true);
    f = facts_at(&t, T0 + 26 * FAIR_HOUR);
    CHECK(f.evidence.captures == 2 && f.evidence.last - f.evidence.first >= FAIR_DAY);
    /* One has ended, the other is live: the case has not ended, and the live one counts. */
    CHECK(!f.evidence.ended && f.evidence.live == T0 + 25 * FAIR_HOUR);
    a_look(&t, t.hit, "page_gone", T0 + 27 * FAIR_HOUR, true);
    CHECK(facts_at(&t, T0 + 27 * FAIR_HOUR).evidence.ended && facts_at(&t, T0 + 27 * FAIR_HOUR).evidence.sealed);
    /* An hour before that nobody knew. */
    CHECK(!facts_at(&t, T0 + 26 * FAIR_HOUR).evidence.ended);
    /* A package that does not hold is as if it were not there; one that nobody looked at unproves the rest. */
    bad = a_look(&t, t.hit, "there", T0 + 40 * FAIR_HOUR, false);
    f = facts_at(&t, T0 + 40 * FAIR_HOUR);
    CHECK(f.evidence.sealed && f.evidence.last < T0 + 40 * FAIR_HOUR && !f.evidence.ended);
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, fair_str_fmt(t.h.a, "DELETE FROM package_check WHERE package_id = %lld", (long long)bad).p, why));
    CHECK_EQ(facts_at(&t, T0 + 40 * FAIR_HOUR).evidence.verified, 0);
    end(&t);
}

TEST(G5_a_use_that_was_only_ever_seen_gone_is_not_proven)
{
    struct desk t;
    struct fair_facts f;

    begin(&t);
    a_look(&t, t.hit, "removed", T0, true);
    f = facts_at(&t, T0);
    CHECK(f.evidence.ended && !f.evidence.sealed);
    a_look(&t, t.hit, "there", T0 + FAIR_HOUR, true);
    f = facts_at(&t, T0 + FAIR_HOUR);
    CHECK(!f.evidence.ended && f.evidence.sealed);
    end(&t);
}

/* ---- the looks that a case asks for ---------------------------------------------------------------------------------------------- */

static int64_t
waits(struct desk *t, const char *once, fair_time *when)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    FAIR_SQL(test_look_jobs, "SELECT count(*), max(not_before_us) FROM job WHERE org_id = $1 AND kind = 'capture' AND account_id = 0 AND once = $2");
    fair_str name = fair_str_fmt(t->h.a, "capture %lld %s", (long long)t->hit, once);

    CHECK_OK(fair_desk_query(&t->h.d, &test_look_jobs, &q, why));
    fair_db_text(q, 2, name);
    CHECK_OK(fair_db_step(q, why));
    if (when != NULL) *when = fair_db_get_int(q, 1);
    return fair_db_get_int(q, 0);
}

/* Seven hours pass, and whatever was asked for is done. */
static void
later(struct desk *t)
{
    CHECK_OK(t->h.st->db->engine->script(t->h.st->db, "DELETE FROM outbox; UPDATE job SET state = 'done', id = id - (CAST(25200000 AS BIGINT) << 21)", why));
}

TEST(a_case_asks_for_its_looks_by_itself)
{
    struct desk t;
    fair_time when;

    begin(&t);
    CHECK_EQ(waits(&t, "asked", &when), 1);
    CHECK_EQ(when, T0);
    CHECK_OK(fair_store_case_look(&t.nobody, t.id, true, T0 + 1, why));
    CHECK_EQ(waits(&t, "asked", NULL), 1);
    CHECK_EQ(waits(&t, "before_notice", NULL) + waits(&t, "second", NULL), 0);
    later(&t);
    a_look(&t, t.hit, "there", T0, true);
    CHECK_OK(fair_store_case_look(&t.nobody, t.id, false, T0 + FAIR_HOUR, why));
    CHECK_EQ(waits(&t, "second", &when), 1);
    CHECK(when >= T0 + FAIR_DAY && when < T0 + FAIR_DAY + FAIR_HOUR);
    a_look(&t, t.hit, "there", T0 + 25 * FAIR_HOUR, true);
    later(&t);
    /* A letter within 36 hours of the last sight needs no look, one after that does, once. */
    a_letter(&t, true, T0 + 26 * FAIR_HOUR);
    CHECK_OK(fair_store_case_look(&t.nobody, t.id, true, T0 + 60 * FAIR_HOUR, why));
    later(&t);
    CHECK_EQ(waits(&t, "before_notice", NULL), 1);        /* drafting is asked by today's clock, and that is long after */
    CHECK_OK(fair_store_case_look(&t.nobody, t.id, true, T0 + 61 * FAIR_HOUR, why));
    CHECK_EQ(waits(&t, "before_notice", NULL), 1);
    CHECK_OK(fair_store_case_look(&t.nobody, t.id, true, T0 + 62 * FAIR_HOUR, why));
    CHECK_EQ(waits(&t, "before_notice", NULL), 2);
    CHECK_OK(fair_store_case_look(&t.nobody, t.id, true, T0 + 63 * FAIR_HOUR, why));
    CHECK_EQ(waits(&t, "before_notice", NULL), 2);
    CHECK_EQ(waits(&t, "second", NULL), 1);
    /* What was found gone is not asked for again before a letter. */
    later(&t);
    a_look(&t, t.hit, "removed", T0 + 70 * FAIR_HOUR, true);
    CHECK_OK(fair_store_case_look(&t.nobody, t.id, true, T0 + 200 * FAIR_HOUR, why));
    CHECK_EQ(waits(&t, "before_notice", NULL), 2);
    end(&t);
}

TEST(a_page_that_is_not_reached_is_tried_again_later_and_not_for_ever)
{
    struct desk t;
    fair_time when;

    begin(&t);
    for (int i = 1; i <= 8; i++) {
        struct fair_capture_row row = { .hit = t.hit, .look = FAIR_STR("asked"), .at = T0 + i, .ended = T0 + i, .found = FAIR_STR("unreachable"), .notes = FAIR_STR("[]") };
        CHECK_OK(fair_store_capture_add(&t.nobody, &row, NULL, 0, why));
        CHECK_OK(fair_store_case_look(&t.nobody, t.id, false, T0 + FAIR_DAY * i, why));
        CHECK_EQ(waits(&t, fair_str_fmt(t.h.a, "asked after %d", i).p, &when), i < 8);
        if (i < 8) CHECK(when >= T0 + FAIR_DAY * i + FAIR_HOUR && when <= T0 + FAIR_DAY * i + 6 * FAIR_HOUR);
    }
    end(&t);
}

TEST(a_look_that_finds_a_change_keeps_the_letter_made_before_it_back)
{
    struct desk t;
    struct fair_ruling r;
    struct fair_capture_row row;
    fair_id n;

    begin(&t);
    n = up_to_ready(&t);
    CHECK_OK(fair_store_notice_approve(&t.h.d, n, FAIR_OWN, T0, why));
    if (try_move(&t, &t.h.d, FAIR_OWN, FAIR_DO_INQUIRE, n, T0, &r) != FAIR_OK) fail_msg("%s", fair_ruling_words(t.h.a, &r).p);
    CHECK_OK(fair_store_notice_may_leave(&t.h.d, n, T0 + FAIR_HOUR, &r, why));
    /* Unreachable: nothing follows from that.  Credited otherwise: the letter stays. */
    row = (struct fair_capture_row){ .hit = t.hit, .look = FAIR_STR("before_notice"), .at = T0 + 2 * FAIR_HOUR, .ended = T0 + 2 * FAIR_HOUR, .found = FAIR_STR("unreachable"),
                                     .changes = FAIR_STR("The page could not be reached; nothing follows from that."), .notes = FAIR_STR("[]") };
    CHECK_OK(fair_store_capture_add(&t.nobody, &row, NULL, 0, why));
    CHECK_OK(fair_store_notice_may_leave(&t.h.d, n, T0 + 3 * FAIR_HOUR, &r, why));
    row = (struct fair_capture_row){ .hit = t.hit, .look = FAIR_STR("before_notice"), .at = T0 + 4 * FAIR_HOUR, .ended = T0 + 4 * FAIR_HOUR, .found = FAIR_STR("there"),
                                     .changes = FAIR_STR("What is said beside the picture changed."), .notes = FAIR_STR("[]") };
    CHECK_OK(fair_store_capture_add(&t.nobody, &row, NULL, 0, why));
    CHECK_EQ(fair_store_notice_may_leave(&t.h.d, n, T0 + 5 * FAIR_HOUR, &r, NULL), FAIR_REFUSED);
    CHECK(says(&r, "G5_changed") && r.n_reasons == 1);
    end(&t);
}

TEST(G6_a_sign_of_a_licence_that_a_capture_finds_allows_only_the_question)
{
    struct desk t;
    struct fair_facts f;
    fair_id second, id;
    bool joined;
    struct fair_capture_row row = { .look = FAIR_STR("asked"), .at = T0 + FAIR_HOUR, .ended = T0 + FAIR_HOUR, .found = FAIR_STR("there"), .notes = FAIR_STR("[]"),
                                    .markers = FAIR_STR("[{\"what\":\"licence\",\"where\":\"the page\",\"words\":\"https://creativecommons.org/licenses/by/4.0/\"}]") };

    begin(&t);
    CHECK(facts_at(&t, T0).sources.markers.answer == FAIR_NOT_ASKED);
    a_look(&t, t.hit, "there", T0, true);
    f = facts_at(&t, T0);
    CHECK(f.sources.markers.answer == FAIR_ASKED_NOTHING && f.sources.markers.at == T0);
    /* A use that was not captured was not searched. */
    second = a_hit(&t, t.work, "https://example.com/two", true);
    CHECK_OK(fair_store_case_open(&t.h.d, second, false, T0, &id, &joined, why));
    CHECK(facts_at(&t, T0 + FAIR_HOUR).sources.markers.answer == FAIR_NOT_ASKED);
    row.hit = second;
    CHECK_OK(fair_store_capture_add(&t.nobody, &row, NULL, 0, why));
    f = facts_at(&t, T0 + 2 * FAIR_HOUR);
    CHECK(f.sources.markers.answer == FAIR_ASKED_HIT && f.sources.markers.at == T0);
    CHECK(memmem(f.sources.markers.source.p, f.sources.markers.source.n, "creativecommons", 15) != NULL);
    /* A later look that does not find it does not take it back. */
    a_look(&t, second, "there", T0 + 3 * FAIR_HOUR, true);
    CHECK(facts_at(&t, T0 + 4 * FAIR_HOUR).sources.markers.answer == FAIR_ASKED_HIT);
    end(&t);
}

TEST(G12_counsel_counts_in_the_countries_that_their_account_names)
{
    struct desk t;
    struct fair_user u;

    begin(&t);
    prove_all(&t, T0);
    CHECK_EQ(fact(&t.counsel, t.id, "counsel.assigned", "N., lawyer in DE", "I", T0), FAIR_OK);
    CHECK(!facts_at(&t, T0).counsel);
    CHECK_OK(fair_store_user_get(&t.h.d, t.counsel.user, t.h.a, &u, why));
    CHECK_EQ(fair_store_countries_read(t.h.a, FAIR_STR("Germany"), &u.countries, NULL), FAIR_INVALID);
    CHECK_OK(fair_store_countries_read(t.h.a, FAIR_STR("at, ch"), &u.countries, why));
    CHECK_OK(fair_store_user_set(&t.h.d, &u, why));
    CHECK(!facts_at(&t, T0).counsel);
    CHECK_OK(fair_store_countries_read(t.h.a, FAIR_STR("AT de"), &u.countries, why));
    CHECK_OK(fair_store_user_set(&t.h.d, &u, why));
    CHECK(facts_at(&t, T0).counsel);
    /* The party moves, the account is closed, the role is taken away: no counsel of that country. */
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE party_datum SET value = 'FR' WHERE what = 'country'", why));
    CHECK(!facts_at(&t, T0).counsel);
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE party_datum SET value = 'DE' WHERE what = 'country'; UPDATE account SET disabled = 1 WHERE role = 'counsel'", why));
    CHECK(!facts_at(&t, T0).counsel);
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE account SET disabled = 0, role = 'reviewer' WHERE role = 'counsel'", why));
    CHECK(!facts_at(&t, T0).counsel);
    end(&t);
}

TEST(G9_the_work_and_our_first_sight_outrank_what_is_said)
{
    struct desk t;
    fair_time seen;

    begin(&t);
    seen = facts_at(&t, T0).time.used;
    CHECK(seen != 0);
    CHECK_EQ(fact(&t.h.d, t.id, "time.used", "2030-01-01", "I say so", T0), FAIR_OK);
    CHECK_EQ(facts_at(&t, T0).time.used, seen);
    CHECK_EQ(fact(&t.h.d, t.id, "time.used", "2024-01-01", "an archive of the web", T0), FAIR_OK);
    CHECK(facts_at(&t, T0).time.used < seen);
    CHECK_EQ(facts_at(&t, T0).time.created, 0);
    CHECK_EQ(fact(&t.h.d, t.id, "time.created", "2020-01-01", "I say so", T0), FAIR_OK);
    CHECK_EQ(facts_at(&t, T0).time.created, fair_date_of(2020, 1, 1) * FAIR_DAY);
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE work SET date = '2025-05-05T10:00:00'", why));
    CHECK_EQ(facts_at(&t, T0).time.created, fair_date_of(2025, 5, 5) * FAIR_DAY);
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE work SET date = '2019-05-05T10:00:00'", why));
    CHECK_EQ(facts_at(&t, T0).time.created, fair_date_of(2020, 1, 1) * FAIR_DAY);
    end(&t);
}

/* ---- licences ------------------------------------------------------------------------------------------------------------------------ */

static struct fair_licence
a_licence(struct desk *t, const struct fair_desk *d, const char *kind, const char *domains)
{
    struct fair_licence l = { .kind = fair_str_of(kind), .assignee = FAIR_STR("Harbour Reader Ltd"), .domains = fair_str_of(domains), .scope = FAIR_STR("all"), .shop = FAIR_STR("the shop"),
                              .order_no = FAIR_STR("4711"), .at = the_case(t).last + FAIR_HOUR };
    CHECK_OK(fair_store_licence_add(d, &l, why));
    return l;
}

TEST(an_added_licence_closes_the_case_whose_uses_it_covers)
{
    static const char *const kinds[] = { "licence", "syndication", "whitelist", "own" };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct desk t;
        struct fair_licence l;

        begin(&t);
        /* As the owner, as an account that moves no case, as nobody: the system does it then. */
        l = a_licence(&t, i == 1 ? &t.admin : i == 2 ? &t.nobody : &t.h.d, kinds[i], "example.com");
        CHECK(l.cases == 1 && l.left == 0);
        CHECK_STR(the_case(&t).state, "CLOSED_LICENSED_BEFORE");
        CHECK(memmem(the_case(&t).reason.p, the_case(&t).reason.n, "order 4711", 10) != NULL);
        CHECK_EQ(number(&t.h, "SELECT count(*) FROM case_use_left"), 0);
        CHECK_EQ(number(&t.h, "SELECT count(*) FROM hit WHERE state = 'ignored'"), 1);
        end(&t);
    }
}

TEST(of_a_case_that_is_covered_in_part_only_the_covered_uses_leave)
{
    struct desk t;
    struct fair_licence l;
    struct fair_ruling r;
    fair_id second, third, id, n;
    bool joined;

    begin(&t);
    second = a_hit(&t, t.work, "https://shop.example.com/two", true);
    third = a_hit(&t, t.work, "https://example.com/three", true);
    CHECK_OK(fair_store_case_open(&t.h.d, second, false, T0, &id, &joined, why));
    CHECK(joined && id == t.id);
    CHECK_OK(fair_store_case_open(&t.h.d, third, false, T0, &id, &joined, why));
    a_look(&t, second, "there", T0, true);
    a_look(&t, third, "there", T0, true);
    n = up_to_ready(&t);
    CHECK_OK(fair_store_notice_approve(&t.h.d, n, FAIR_OWN, T0, why));
    l = a_licence(&t, &t.h.d, "licence", "shop.example.com");
    CHECK(l.cases == 0 && l.left == 1 && l.covered == 1);
    CHECK_EQ(the_case(&t).uses, 2);
    CHECK_STR(the_case(&t).state, "READY");
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM case_use_left"), 1);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM case_use WHERE head = 1"), 1);
    /* The letter tells of a use that is licensed: it stays, until it is made anew. */
    CHECK_EQ(try_move(&t, &t.h.d, FAIR_OWN, FAIR_DO_INQUIRE, n, T0 + 2 * FAIR_HOUR, &r), FAIR_REFUSED);
    CHECK(says(&r, "G5_changed") && r.n_reasons == 1);
    n = a_letter(&t, true, T0 + 3 * FAIR_HOUR);
    CHECK_OK(fair_store_notice_approve(&t.h.d, n, FAIR_OWN, T0 + 3 * FAIR_HOUR, why));
    if (try_move(&t, &t.h.d, FAIR_OWN, FAIR_DO_INQUIRE, n, T0 + 4 * FAIR_HOUR, &r) != FAIR_OK) fail_msg("%s", fair_ruling_words(t.h.a, &r).p);
    /* The head of the work leaves: another use takes its place, and the window stays shut for a second case. */
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, fair_str_fmt(t.h.a, "UPDATE hit SET page_url = CAST('https://old.example.com/one' AS BLOB) WHERE id = %lld", (long long)t.hit).p, why));
    l = a_licence(&t, &t.h.d, "whitelist", "old.example.com");
    CHECK(l.cases == 0 && l.left == 1);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM case_use WHERE head = 1"), 1);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM case_use"), 1);
    CHECK_EQ(fair_store_notice_may_leave(&t.h.d, n, T0 + 5 * FAIR_HOUR, &r, NULL), FAIR_REFUSED);
    CHECK(says(&r, "G5_changed"));
    /* The last one: the case closes. */
    l = a_licence(&t, &t.h.d, "syndication", "example.com");
    CHECK(l.cases == 1 && l.left == 0);
    CHECK_STR(the_case(&t).state, "CLOSED_LICENSED_BEFORE");
    end(&t);
}

/* ---- facts and parties ----------------------------------------------------------------------------------------------------------------- */

static fair_status
fact(const struct fair_desk *d, fair_id id, const char *name, const char *value, const char *source, fair_time at)
{
    struct fair_case_fact x = { .case_id = id, .name = fair_str_of(name), .value = fair_str_of(value), .source = fair_str_of(source), .at = at };
    return fair_store_case_fact_put(d, &x, NULL);
}

TEST(a_fact_needs_its_kind_its_source_and_who_may_state_it)
{
    struct desk t;
    struct fair_facts f;
    fair_id id;
    bool joined;

    begin(&t);
    CHECK_EQ(fact(&t.h.d, t.id, "match.like", "yes", "I", T0), FAIR_INVALID);
    CHECK_EQ(fact(&t.h.d, t.id, "match.seen", "maybe", "I", T0), FAIR_INVALID);
    CHECK_EQ(fact(&t.h.d, t.id, "match.seen", "yes", " ", T0), FAIR_INVALID);
    CHECK_EQ(fact(&t.nobody, t.id, "match.seen", "yes", "a machine", T0), FAIR_REFUSED);
    CHECK_EQ(fact(&t.h.d, t.id, "sources.outside_reasons", "none is needed", "I", T0), FAIR_REFUSED);
    CHECK_EQ(fact(&t.reviewer, t.id, "sources.outside_reasons", "none is needed", "I", T0), FAIR_OK);
    CHECK_EQ(fact(&t.reviewer, t.id, "counsel.assigned", "N.", "I", T0), FAIR_REFUSED);
    CHECK_EQ(fact(&t.admin, t.id, "match.seen", "yes", "I", T0), FAIR_REFUSED);
    CHECK_EQ(fact(&t.agent, t.id, "match.seen", "yes", "the page of the hit", T0), FAIR_OK);
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, 0, T0, t.h.a, &f, why));
    CHECK(f.match.seen && f.match.confirmed && f.sources.outside_reasons);
    CHECK_EQ(f.match.from.by, t.agent.user);
    /* A use that joins later was not looked at. */
    CHECK_OK(fair_store_case_open(&t.h.d, a_hit(&t, t.work, "https://example.com/two", true), false, T0 + FAIR_HOUR, &id, &joined, why));
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, 0, T0, t.h.a, &f, why));
    CHECK(!f.match.seen);
    end(&t);
}

TEST(a_party_needs_sources_and_a_private_person_is_not_looked_for)
{
    struct desk t;
    struct fair_party p;
    struct fair_facts f;
    fair_id id;

    begin(&t);
    id = the_case(&t).party;
    CHECK_OK(fair_store_party_get(&t.h.d, id, t.h.a, &p, why));
    CHECK_STR(p.kind, "unknown");
    {
        struct fair_party_datum x = { .party = id, .what = FAIR_STR("name"), .value = FAIR_STR("Lantern Reader"), .source = FAIR_STR("entered") };
        CHECK_EQ(fair_store_party_put(&t.h.d, &x, T0, NULL), FAIR_INVALID);
        x.source = FAIR_STR("guess");
        CHECK_EQ(fair_store_party_put(&t.h.d, &x, T0, NULL), FAIR_INVALID);
        x.source = FAIR_STR("imprint");
        x.source_url = FAIR_STR("https://example.com/imprint");
        CHECK_OK(fair_store_party_put(&t.nobody, &x, T0, why));
        CHECK_OK(fair_store_case_gather(&t.h.d, t.id, 0, T0, t.h.a, &f, why));
        CHECK(f.party.name && !f.party.confirmed);
        CHECK_EQ(fair_store_party_confirm(&t.nobody, x.id, T0, NULL), FAIR_REFUSED);
        CHECK_OK(fair_store_party_confirm(&t.agent, x.id, T0, why));
        x.what = FAIR_STR("country");
        x.value = FAIR_STR("Germany");
        CHECK_EQ(fair_store_party_put(&t.h.d, &x, T0, NULL), FAIR_INVALID);
        x.value = FAIR_STR("DE");
        CHECK_OK(fair_store_party_put(&t.h.d, &x, T0, why));
    }
    p.kind = FAIR_STR("private");
    CHECK_EQ(fair_store_party_set(&t.h.d, &p, T0, NULL), FAIR_INVALID);
    p.kind_evidence = FAIR_STR("no shop, no imprint, a diary");
    CHECK_OK(fair_store_party_set(&t.h.d, &p, T0, why));
    {
        struct fair_party_datum x = { .party = id, .what = FAIR_STR("email"), .value = FAIR_STR("reader@example.com"), .source = FAIR_STR("rdap"), .source_url = FAIR_STR("rdap") };
        CHECK_EQ(fair_store_party_put(&t.h.d, &x, T0, NULL), FAIR_INVALID);
        x.source = FAIR_STR("entered");
        CHECK_EQ(fair_store_party_put(&t.h.d, &x, T0, NULL), FAIR_INVALID);
        x.source = FAIR_STR("recipient");
        CHECK_OK(fair_store_party_put(&t.h.d, &x, T0, why));
    }
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, 0, T0, t.h.a, &f, why));
    CHECK(f.party.name && f.party.country && f.party.source && f.party.confirmed && f.party.kind == -1 && f.p_track);
    CHECK_STR(f.country, "DE");
    end(&t);
}

/* ---- the chain ----------------------------------------------------------------------------------------------------------------------------- */

TEST(I15_a_changed_missing_or_added_event_is_found_by_doctor)
{
    static const char *const spoil[] = {
        "UPDATE case_event SET note = 'something else' WHERE seq = 1", "UPDATE case_event SET at_us = at_us - 1 WHERE seq = 2", "UPDATE case_event SET sum_minor = 5 WHERE seq = 2",
        "UPDATE case_event SET note = NULL, note_salt = NULL, note_digest = NULL WHERE seq = 1", "UPDATE case_event SET note = NULL, note_salt = NULL, actor = 'AGT' WHERE seq = 1",
        "DELETE FROM case_event WHERE seq = 2", "DELETE FROM case_event WHERE seq = 1", "DELETE FROM case_event", "UPDATE case_file SET state = 'READY'", "UPDATE case_file SET version = 9" };

    for (size_t i = 0; i < sizeof spoil / sizeof *spoil; i++) {
        struct desk t;
        struct fair_store_health health;

        begin(&t);
        CHECK_EQ(MOVE(&t, &t.h.d, OWN, PUT_ON_HOLD, T0, 0), FAIR_OK);
        CHECK_EQ(MOVE(&t, &t.h.d, OWN, RELEASE, T0 + FAIR_DAY, 0), FAIR_OK);
        CHECK_OK(fair_store_health(t.h.st, t.h.a, &health, why));
        CHECK(health.cases_sound);
        CHECK_EQ(health.case_events, 2);
        CHECK_OK(t.h.st->db->engine->script(t.h.st->db, spoil[i], why));
        CHECK_OK(fair_store_health(t.h.st, t.h.a, &health, why));
        if (health.cases_sound) fail_msg("not found: %s", spoil[i]);
        CHECK(strstr(health.words.p, "case") != NULL);
        CHECK(MOVE(&t, &t.h.d, OWN, WITHDRAW, T0 + 2 * FAIR_DAY, 0) != FAIR_OK);
        home_close(&t.h);
    }
}

TEST(I13_a_note_can_be_erased_and_the_case_still_stands)
{
    struct desk t;

    begin(&t);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, PUT_ON_HOLD, T0, 0), FAIR_OK);
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "UPDATE case_event SET note = NULL, note_salt = NULL", why));
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, RELEASE, T0 + FAIR_DAY, 0), FAIR_OK);
    end(&t);
}

/* ---- forgetting ----------------------------------------------------------------------------------------------------------------------- */

struct due_list { int n; struct fair_due last; char held[200]; };

static fair_status
note_due(void *arg, const struct fair_due *x, struct fair_err *err)
{
    struct due_list *s = arg;
    (void)err;
    s->n++;
    s->last = *x;
    snprintf(s->held, sizeof s->held, "%.*s", FAIR_STR_ARG(x->held));
    return FAIR_OK;
}

static struct due_list
due(struct desk *t, fair_time now)
{
    struct due_list s = { 0 };
    CHECK_OK(fair_store_due(&t->h.d, now, note_due, &s, why));
    return s;
}

static int64_t
found(struct desk *t, const char *needle)
{
    struct fair_rows *q;
    int64_t n = 0;

    CHECK_OK(t->h.st->db->engine->prepare(t->h.st->db, "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND p.type IN ('TEXT', 'BLOB')", &q, why));
    while (t->h.st->db->engine->step(q, NULL) == FAIR_OK) {
        fair_str table = fair_str_dup(t->h.a, t->h.st->db->engine->text(q, 0)), column = fair_str_dup(t->h.a, t->h.st->db->engine->text(q, 1));
        int64_t k = number(&t->h, fair_str_fmt(t->h.a, "SELECT count(*) FROM %.*s WHERE instr(CAST(%.*s AS TEXT), '%s') > 0", FAIR_STR_ARG(table), FAIR_STR_ARG(column), needle).p);
        if (k > 0) print_message("%s stands in %.*s.%.*s\n", needle, FAIR_STR_ARG(table), FAIR_STR_ARG(column));
        n += k;
    }
    t->h.st->db->engine->finish(q);
    return n;
}

/* Everything that can be known of a recipient, with a word in it that is found again. */
static void
fill(struct desk *t)
{
    static const char *const data[][3] = { { "name", "Zebulon Reader", "imprint" }, { "address", "1 Zebulon Road", "imprint" }, { "country", "DE", "imprint" },
                                           { "email", "zebulon@example.com", "recipient" } };
    struct fair_portal_answer an = { .name = FAIR_STR("1-00"), .action = FAIR_STR("licence"), .receipt = FAIR_STR("R1"), .sealed = sha_of("an answer"), .at = T0, .taken = T0, .case_id = t->id };
    struct fair_mail_in m = { .box = FAIR_STR("b"), .validity = 1, .uid = 1, .kind = FAIR_STR("reply"), .message_id = FAIR_STR("<zebulon@example.com>"), .sender = FAIR_STR("zebulon@example.com"),
                              .subject = FAIR_STR("Zebulon asks"), .sealed = sha_of("a mail"), .bytes = 6, .at = T0, .taken = T0, .case_id = t->id };
    struct fair_case_fact f = { .case_id = t->id, .name = FAIR_STR("exceptions.worksheet"), .value = FAIR_STR("Zebulon quotes it"), .source = FAIR_STR("the page of Zebulon"), .at = T0 };
    struct fair_party p;
    fair_id party;
    bool fresh;

    CHECK_OK(fair_store_party_of(&t->h.d, FAIR_STR("example.com"), T0, &party, why));
    CHECK_OK(fair_store_party_get(&t->h.d, party, t->h.a, &p, why));
    p.kind = FAIR_STR("private");
    p.kind_evidence = FAIR_STR("Zebulon writes on gardening");
    CHECK_OK(fair_store_party_set(&t->h.d, &p, T0, why));
    for (size_t i = 0; i < 4; i++) {
        struct fair_party_datum x = { .party = party, .what = fair_str_of(data[i][0]), .value = fair_str_of(data[i][1]), .source = fair_str_of(data[i][2]),
                                      .source_url = FAIR_STR("https://example.com/zebulon") };
        CHECK_OK(fair_store_party_put(&t->h.d, &x, T0, why));
    }
    CHECK_OK(fair_store_case_fact_put(&t->h.d, &f, why));
    write_to_them(t, T0);
    an.notice = m.notice = number(&t->h, "SELECT id FROM notice");
    CHECK_OK(t->h.st->db->engine->script(t->h.st->db, "UPDATE notice SET sent_to = 'zebulon@example.com', message_id = '<zebulon-1@home.example>', bounce = 'no Zebulon here'", why));
    CHECK_OK(fair_store_answer_put(&t->h.d, &an, 9, &fresh, why));
    CHECK_OK(fair_store_mail_put(&t->h.d, &m, &fresh, why));
    {
        struct fair_case_act x = { .case_id = t->id, .version = 0, .e = { .move = FAIR_DO_DISPUTE, .who = FAIR_RCP, .at = T0 + FAIR_HOUR, .ground = FAIR_GROUND_LICENCE, .verified = true },
                                   .note = FAIR_STR("Zebulon says"), .words = FAIR_STR("I, Zebulon, bought it"), .document = sha_of("a receipt") };
        CHECK_OK(fair_store_case_move(&t->nobody, &x, NULL, NULL, why));
    }
}

struct blob_list { int n, stones; };

static fair_status
count_blob(void *arg, const struct fair_sha256 *key, bool stone, struct fair_err *err)
{
    struct blob_list *b = arg;
    (void)key, (void)err;
    b->n++;
    b->stones += stone;
    return FAIR_OK;
}

TEST(I13_a_closed_case_is_forgotten_whole_at_its_time_and_never_before)
{
    struct desk t;
    struct blob_list blobs = { 0 };
    struct fair_case c;
    struct fair_err err = { 0 };
    fair_time closed = T0 + 2 * FAIR_DAY;
    int64_t rows;
    bool never;

    begin(&t);
    fill(&t);
    CHECK(found(&t, "ebulon") > 10);
    CHECK_EQ(fair_store_forget(&t.h.d, FAIR_KEEP_CASE_CONTACTED, t.id, "erasure", 0, closed, &rows, &err), FAIR_REFUSED);
    CHECK(strstr(err.text, "is open") != NULL);
    CHECK_EQ(due(&t, T0 + 900 * FAIR_DAY).n, 0);
    CHECK_EQ(MOVE(&t, &t.reviewer, REV, LICENSED, closed, 0), FAIR_OK);
    CHECK_EQ(due(&t, closed + 366 * FAIR_DAY - 1).n, 0);
    CHECK_EQ(due(&t, closed + 366 * FAIR_DAY).n, 1);
    CHECK_EQ(due(&t, closed + 366 * FAIR_DAY).last.rule, FAIR_KEEP_CASE_CONTACTED);
    CHECK_OK(fair_store_forget_blobs(&t.h.d, FAIR_KEEP_CASE_CONTACTED, t.id, count_blob, &blobs, why));
    CHECK_EQ(blobs.n, 4);              /* the letter, the answer, the mail, the document */
    CHECK_EQ(blobs.stones, 4);
    CHECK_OK(fair_store_forget(&t.h.d, FAIR_KEEP_CASE_CONTACTED, t.id, "case.contacted", blobs.n, closed + 366 * FAIR_DAY, &rows, why));
    CHECK_EQ(found(&t, "ebulon"), 0);
    CHECK_EQ(found(&t, "example.com/one"), 0);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM hit WHERE site = 'example.com'"), 0);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM case_event WHERE note IS NOT NULL"), 0);
    CHECK_OK(fair_store_case_get(&t.h.d, t.id, t.h.a, &c, why));
    CHECK_STR(c.state, "CLOSED_LICENSED_BEFORE");
    CHECK(fair_str_starts(c.operator, FAIR_STR("forgotten:")));
    CHECK_EQ(due(&t, closed + 900 * FAIR_DAY).n, 0);
    /* What was settled stays settled. */
    CHECK_OK(fair_store_never_again(&t.h.d, FAIR_STR("example.com"), t.work, &never, why));
    CHECK(never);
    {
        bool fresh;
        struct fair_hit x = { .work = t.work, .page_url = FAIR_STR("https://example.com/nine"), .image_url = FAIR_STR("https://example.com/9.jpg"), .site = FAIR_STR("example.com"),
                              .verdict = FAIR_STR("match"), .score = 0.9, .sha256 = sha_of("nine"), .last_seen = closed + 400 * FAIR_DAY };
        CHECK_OK(fair_store_hit_seen(&t.h.d, &x, &fresh, why));
        CHECK_STR(x.state, "ignored");
    }
    end(&t);
}

TEST(I13_a_legal_hold_keeps_a_case_until_it_ends)
{
    struct desk t;
    struct fair_hold x = { 0 };
    struct due_list l;
    struct fair_err err = { 0 };
    int64_t rows;

    begin(&t);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, WITHDRAW, T0, 0), FAIR_OK);
    x = (struct fair_hold){ .case_id = t.id, .why = FAIR_STR("  "), .until = T0 + 100 * FAIR_DAY };
    CHECK_EQ(fair_store_hold_put(&t.h.d, &x, T0, NULL), FAIR_INVALID);
    x.why = FAIR_STR("a suit about another picture");
    x.until = T0;
    CHECK_EQ(fair_store_hold_put(&t.h.d, &x, T0, NULL), FAIR_INVALID);
    x.until = T0 + 100 * FAIR_DAY;
    CHECK_OK(fair_store_hold_put(&t.h.d, &x, T0, why));
    l = due(&t, T0 + 50 * FAIR_DAY);
    CHECK_EQ(l.n, 1);
    CHECK_EQ(l.last.rule, FAIR_KEEP_CASE_UNCONTACTED);
    CHECK(strcmp(l.held, "a suit about another picture") == 0);
    CHECK_EQ(l.last.held_until, T0 + 100 * FAIR_DAY);
    CHECK_EQ(fair_store_forget(&t.h.d, FAIR_KEEP_CASE_UNCONTACTED, t.id, "case.uncontacted", 0, T0 + 50 * FAIR_DAY, &rows, &err), FAIR_REFUSED);
    CHECK(strstr(err.text, "legal hold") != NULL);
    CHECK_EQ(due(&t, T0 + 100 * FAIR_DAY).last.held_until, 0);
    CHECK_OK(fair_store_hold_end(&t.h.d, x.id, FAIR_STR("settled"), T0 + 51 * FAIR_DAY, why));
    CHECK_EQ(fair_store_hold_end(&t.h.d, x.id, FAIR_STR("settled"), T0 + 51 * FAIR_DAY, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(due(&t, T0 + 52 * FAIR_DAY).last.held_until, 0);
    CHECK_OK(fair_store_forget(&t.h.d, FAIR_KEEP_CASE_UNCONTACTED, t.id, "case.uncontacted", 0, T0 + 52 * FAIR_DAY, &rows, why));
    CHECK_EQ(fair_store_hold_put(&t.h.d, &x, T0 + 53 * FAIR_DAY, NULL), FAIR_REFUSED);
    end(&t);
}

TEST(I13_a_known_limitation_keeps_a_case_longer)
{
    struct desk t;
    struct fair_case_fact f = { 0 };

    begin(&t);
    f = (struct fair_case_fact){ .case_id = t.id, .name = FAIR_STR("time.limitation"), .value = fair_time_text(t.h.a, T0 + 1000 * FAIR_DAY), .source = FAIR_STR("counted"), .at = T0 };
    CHECK_OK(fair_store_case_fact_put(&t.h.d, &f, why));
    write_to_them(&t, T0);
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, WITHDRAW, T0 + FAIR_DAY, 0), FAIR_OK);
    CHECK_EQ(due(&t, T0 + 1000 * FAIR_DAY + 366 * FAIR_DAY - FAIR_DAY).n, 0);
    CHECK_EQ(due(&t, T0 + 1000 * FAIR_DAY + 366 * FAIR_DAY).n, 1);
    end(&t);
}

TEST(I13_the_party_of_two_cases_goes_with_the_last)
{
    struct desk t;
    fair_id first, second;
    int64_t rows;
    bool joined;

    begin(&t);
    first = t.id;
    write_to_them(&t, T0);
    CHECK_OK(fair_store_case_open(&t.h.d, t.hit, true, T0, &second, &joined, why));
    {
        fair_id party;
        struct fair_party_datum x = { .what = FAIR_STR("name"), .value = FAIR_STR("Zebulon"), .source = FAIR_STR("imprint"), .source_url = FAIR_STR("https://example.com/") };
        CHECK_OK(fair_store_party_of(&t.h.d, FAIR_STR("example.com"), T0, &party, why));
        x.party = party;
        CHECK_OK(fair_store_party_put(&t.h.d, &x, T0, why));
    }
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, WITHDRAW, T0 + FAIR_DAY, 0), FAIR_OK);
    CHECK_OK(fair_store_forget(&t.h.d, FAIR_KEEP_CASE_CONTACTED, first, "erasure", 0, T0 + 2 * FAIR_DAY, &rows, why));
    CHECK(found(&t, "Zebulon") > 0);       /* the takedown is open, and needs the party and the hit */
    CHECK(number(&t.h, "SELECT count(*) FROM hit WHERE site = 'example.com'") > 0);
    t.id = second;
    CHECK_EQ(MOVE(&t, &t.h.d, OWN, TD_RETRACT, T0 + 2 * FAIR_DAY, 0), FAIR_OK);
    CHECK_OK(fair_store_forget(&t.h.d, FAIR_KEEP_CASE_CONTACTED, second, "erasure", 0, T0 + 3 * FAIR_DAY, &rows, why));
    CHECK_EQ(found(&t, "Zebulon"), 0);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM hit WHERE site = 'example.com'"), 0);
    end(&t);
}

/* ---- the brake -------------------------------------------------------------------------------------------------------------------------- */

/* A case that ended so, with letters that asked: written as rows, for the figures alone. */
static void
an_ended_case(struct desk *t, const char *track, const char *state, int letters, const char *more)
{
    static int64_t id = 1000;

    id++;
    CHECK_OK(t->h.st->db->engine->script(t->h.st->db, fair_str_fmt(t->h.a,
        "INSERT INTO case_file (id, org_id, track, operator, state, version, creator_id, opened_us, entered_us, last_us, closed_us) VALUES (%lld, %lld, '%s', 'o%lld', '%s', 1, 0, 5, 5, 5, 5)",
        (long long)id, (long long)t->h.d.org, track, (long long)id, state).p, why));
    for (int i = 0; i < letters; i++)
        CHECK_OK(t->h.st->db->engine->script(t->h.st->db, fair_str_fmt(t->h.a,
            "INSERT INTO notice (id, org_id, case_id, step, claim, language, law, state, code, sum_minor, deadline_days, created_by, created_us, queued_us)"
            " VALUES (%lld, %lld, %lld, 'inquiry', 1, 'de', 'XX', 'sent', 'C%lld-%d', 0, 0, 0, 1, %lld)", (long long)(id * 1000 + i), (long long)t->h.d.org, (long long)id, (long long)id, i,
            (long long)id).p, why));
    if (more != NULL) CHECK_OK(t->h.st->db->engine->script(t->h.st->db, fair_str_fmt(t->h.a, more, (long long)id, (long long)t->h.d.org).p, why));
}

#define A_DISPUTE(decision) "INSERT INTO dispute (id, case_id, org_id, ground, raised_us, raised_by, decision) SELECT %1$lld + 500000, %1$lld, %2$lld, 'licence', 1, 0, " decision
#define A_COUNTER "INSERT INTO case_event (case_id, org_id, seq, at_us, move, actor, account_id, was, became, verified, automatic, document, credit, days, sum_minor, payment_us, other_id, prev, hash)" \
    " SELECT %1$lld, %2$lld, 1, 1, 'td-counter', 'HST', 0, 'TD_SENT', 'TD_COUNTERED', 0, 0, 0, 0, 0, 0, 0, 0, x'00', x'00'"

static struct fair_wrongs
brake(struct desk *t)
{
    struct fair_wrongs b;
    CHECK_OK(fair_store_wrongs(&t->h.d, 0, &b, why));
    return b;
}

TEST(G19_counts_letters_and_takedowns_and_what_was_withdrawn_under_a_dispute)
{
    static const struct { const char *track, *state, *more; bool refuted; } all[] = {
        { "case", "CLOSED_LICENCE_SOLD", NULL, false }, { "case", "INQUIRY", NULL, false }, { "case", "CLOSED_WRONG", NULL, true }, { "case", "CLOSED_LICENSED_BEFORE", NULL, true },
        { "case", "CLOSED_EXCEPTION", NULL, true }, { "case", "CLOSED_LOST", NULL, true }, { "case", "CLOSED_LAPSED", NULL, false }, { "case", "CLOSED_LAPSED", A_DISPUTE("NULL"), true },
        { "case", "CLOSED_OWNER_WITHDREW", NULL, false }, { "case", "CLOSED_OWNER_WITHDREW", A_DISPUTE("NULL"), true }, { "case", "CLOSED_OWNER_WITHDREW", A_DISPUTE("'rejected'"), false },
        { "takedown", "TD_REMOVED", NULL, false }, { "takedown", "TD_REJECTED", NULL, true }, { "takedown", "TD_RESTORED", NULL, true }, { "takedown", "TD_COUNTERED", A_COUNTER, true },
        { "takedown", "TD_RETRACTED", NULL, false }, { "takedown", "TD_RETRACTED", A_COUNTER, true }, { "takedown", "TD_SUIT_NOTICED", A_COUNTER, false } };

    struct desk t;
    struct fair_report r;

    begin(&t);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        an_ended_case(&t, all[i].track, all[i].state, 3, all[i].more);
        CHECK_EQ(brake(&t).sent, 3);
        if (brake(&t).refuted != (all[i].refuted ? 3 : 0)) fail_msg("%s: %lld of 3", all[i].state, (long long)brake(&t).refuted);
        /* The report says the same. */
        CHECK_OK(fair_store_report(&t.h.d, 0, 6, t.h.a, &r, why));
        CHECK_EQ(r.claims, 3);
        CHECK_EQ(r.claims_refuted, all[i].refuted ? 3 : 0);
        CHECK_EQ(r.brake.refuted, r.claims_refuted);
        CHECK_EQ(r.refuted + r.takedowns_refuted, all[i].refuted);
        CHECK_OK(t.h.st->db->engine->script(t.h.st->db, "DELETE FROM notice; DELETE FROM dispute; DELETE FROM case_event; DELETE FROM case_file WHERE opened_us = 5", why));
    }
    home_close(&t.h);
}

TEST(G19_holds_above_5_of_the_last_100_and_not_below_20)
{
    struct desk t;
    struct fair_facts f;
    struct fair_wrongs b;

    begin(&t);
    an_ended_case(&t, "case", "CLOSED_WRONG", 5, NULL);           /* long ago */
    an_ended_case(&t, "case", "CLOSED_LICENCE_SOLD", 14, NULL);
    b = brake(&t);
    CHECK(b.sent == 19 && b.refuted == 5 && !fair_wrongs_hold(&b));
    an_ended_case(&t, "case", "CLOSED_LICENCE_SOLD", 1, NULL);
    b = brake(&t);
    CHECK(b.sent == 20 && fair_wrongs_hold(&b));
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, 0, T0, t.h.a, &f, why));
    CHECK(f.brake.sent == 20 && f.brake.refuted == 5);
    an_ended_case(&t, "case", "CLOSED_LICENCE_SOLD", 80, NULL);
    b = brake(&t);
    CHECK(b.sent == 100 && b.refuted == 5 && !fair_wrongs_hold(&b));      /* exactly 5 % */
    an_ended_case(&t, "case", "CLOSED_WRONG", 1, NULL);
    b = brake(&t);
    CHECK(b.sent == 100 && b.refuted == 5 && !fair_wrongs_hold(&b));      /* one of the old ones is no longer among the last 100 */
    an_ended_case(&t, "takedown", "TD_REJECTED", 2, NULL);
    b = brake(&t);
    CHECK(b.refuted == 5);
    an_ended_case(&t, "case", "CLOSED_LAPSED", 3, A_DISPUTE("NULL"));
    b = brake(&t);
    CHECK(b.refuted == 6 && fair_wrongs_hold(&b));
    home_close(&t.h);
}

TEST(G19_an_owner_who_is_often_wrong_does_not_hide_in_an_agency)
{
    struct desk t;
    struct fair_facts f;
    struct fair_owner o = { .name = FAIR_STR("Carl"), .created = 1 };

    begin(&t);
    an_ended_case(&t, "case", "CLOSED_LICENCE_SOLD", 80, NULL);
    an_ended_case(&t, "case", "CLOSED_WRONG", 2, NULL);
    CHECK_OK(fair_store_owner_add(&t.h.d, &o, why));
    an_ended_case(&t, "case", "CLOSED_WRONG", 2, NULL);
    an_ended_case(&t, "case", "CLOSED_LICENCE_SOLD", 18, NULL);
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, 0, T0, t.h.a, &f, why));
    CHECK(f.brake.sent == 100 && f.brake.refuted == 4);
    /* The work and the last two cases are Carl's: 2 of 20. */
    CHECK_OK(t.h.st->db->engine->script(t.h.st->db, fair_str_fmt(t.h.a,
        "UPDATE work SET owner_id = %lld; INSERT INTO case_use (id, org_id, case_id, track, operator, work_id, hit_id, window_open, head, account_id, at_us)"
        " SELECT c.id, c.org_id, c.id, 'case' || c.id, c.operator, (SELECT id FROM work), (SELECT id FROM hit LIMIT 1), 0, 1, 0, 1 FROM case_file c WHERE c.id IN"
        " (SELECT id FROM case_file WHERE version = 1 AND closed_us = 5 ORDER BY id DESC LIMIT 2)", (long long)o.id).p, why));
    CHECK_OK(fair_store_case_gather(&t.h.d, t.id, 0, T0, t.h.a, &f, why));
    CHECK(f.brake.sent == 20 && f.brake.refuted == 2);
    CHECK(strstr(f.brake.from.source.p, "for owner") != NULL);
    home_close(&t.h);
}

/* ---- what people ask ------------------------------------------------------------------------------------------------------------------ */

static fair_status
note_asking(void *arg, const struct fair_asking *x, struct fair_err *err)
{
    struct fair_asking *last = arg;
    (void)err;
    *last = *x;
    last->words = last->who = last->kind = (fair_str){ NULL, 0 };
    if (fair_str_eq(x->kind, FAIR_STR("data"))) last->answered_by = 1;
    return FAIR_OK;
}

TEST(a_request_about_data_by_the_portal_is_a_task_with_a_month)
{
    struct desk t;
    struct fair_asking x = { 0 };

    begin(&t);
    write_to_them(&t, T0);
    CHECK_EQ(MOVE(&t, &t.nobody, RCP, ASK_DATA, T0 + FAIR_DAY, .verified = true), FAIR_OK);
    CHECK_OK(fair_store_askings(&t.h.d, false, note_asking, &x, why));
    CHECK_EQ(x.case_id, t.id);
    CHECK_EQ(x.answered_by, 1);
    CHECK_EQ(x.due, fair_date_of(2026, 4, 3) * FAIR_DAY + 12 * FAIR_HOUR);
    CHECK_EQ(MOVE(&t, &t.nobody, RCP, COMPLAIN, T0 + 2 * FAIR_DAY, .verified = true), FAIR_OK);
    CHECK_EQ(number(&t.h, "SELECT count(*) FROM request WHERE kind = 'complaint' AND answered_us IS NULL"), 1);
    end(&t);
}

TEST(a_month_is_a_month_of_the_calendar)
{
    static const int all[][6] = { { 2026, 1, 31, 2026, 2, 28 }, { 2028, 1, 31, 2028, 2, 29 }, { 2026, 12, 31, 2027, 1, 31 }, { 2026, 3, 31, 2026, 4, 30 }, { 2026, 5, 5, 2026, 6, 5 } };
    for (size_t i = 0; i < 5; i++)
        CHECK_EQ(fair_month_later(fair_date_of(all[i][0], all[i][1], all[i][2]) * FAIR_DAY + 7), fair_date_of(all[i][3], all[i][4], all[i][5]) * FAIR_DAY + 7);
}

FAIR_TEST_MAIN
