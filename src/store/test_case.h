/* store/test_case.h - what the tests of cases share: a desk with everybody at it, a case, its letters, and all that an inquiry asks for. */
#ifndef FAIR_STORE_TEST_CASE_H
#define FAIR_STORE_TEST_CASE_H
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

static inline fair_id
a_user(struct home *h, const char *email, const char *role)
{
    struct fair_user u = { .email = fair_str_of(email), .name = fair_str_of(role), .role = fair_str_of(role) };
    CHECK_OK(fair_store_user_add(&h->d, &u, why));
    return u.id;
}

static inline fair_id
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

static inline void
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

static inline struct fair_case
the_case(struct desk *t)
{
    struct fair_case c;
    CHECK_OK(fair_store_case_get(&t->h.d, t->id, t->h.a, &c, why));
    return c;
}

static inline fair_status
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

static inline bool
says(const struct fair_ruling *r, const char *code)
{
    for (size_t i = 0; i < r->n_reasons; i++)
        if (r->reasons[i].why == fair_reason_of(fair_str_of(code))) return true;
    return false;
}

/* Page and mail were probed, and are what they should be. */
static inline void
probed(struct desk *t, fair_time at)
{
    for (int i = 0; i < 2; i++) {
        struct fair_probe p = { .what = i == 0 ? FAIR_STR("portal") : FAIR_STR("mail"), .subject = FAIR_STR("example.com"), .code = fair_notice_code_new(t->h.a), .at = at };
        CHECK_OK(fair_store_probe_put(t->h.st, &p, why));
        CHECK_OK(fair_store_probe_settle(t->h.st, p.id, true, FAIR_STR("passed"), at, why));
    }
}

/* A letter that asks for nothing, whole and signed. */
static inline fair_id
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

static inline void
write_to_them(struct desk *t, fair_time at)
{
    struct fair_case_act x = { .case_id = t->id, .version = the_case(t).version, .notice = a_letter(t, false, at), .e = { .move = FAIR_DO_LETTER, .who = FAIR_OWN, .at = at } };
    CHECK_OK(fair_store_case_move(&t->h.d, &x, NULL, NULL, why));
}

static inline void
end(struct desk *t)
{
    struct fair_store_health health;

    CHECK_OK(fair_store_health(t->h.st, t->h.a, &health, why));
    if (!health.cases_sound || !health.audit_sound || !health.foreign_keys_sound) fail_msg("%s", health.words.p);
    home_close(&t->h);
}

static inline fair_status
fact(const struct fair_desk *d, fair_id id, const char *name, const char *value, const char *source, fair_time at)
{
    struct fair_case_fact x = { .case_id = id, .name = fair_str_of(name), .value = fair_str_of(value), .source = fair_str_of(source), .at = at };
    return fair_store_case_fact_put(d, &x, NULL);
}

/* A look at a use as a capture writes it, sealed into a package of its own; `holds`: as the verifier found it at that time. */
static inline fair_id
a_look(struct desk *t, fair_id hit, const char *found, fair_time at, bool holds)
{
    static int64_t last;
    struct fair_package p = { .hit = hit, .work = t->work, .url = FAIR_STR("https://example.com/one"), .made = at, .captured = at, .number = ++last };
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
static inline void
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

static inline fair_status
try_move(struct desk *t, const struct fair_desk *d, enum fair_actor who, enum fair_move m, fair_id notice, fair_time at, struct fair_ruling *r)
{
    struct fair_case_act x = { .case_id = t->id, .version = the_case(t).version, .notice = notice, .e = { .move = m, .who = who, .at = at } };
    struct fair_err err = { 0 };
    fair_status s = fair_store_case_move(d, &x, r, NULL, &err);
    if (s != FAIR_OK && s != FAIR_REFUSED) fail_msg("%s", err.text);
    return s;
}

static inline fair_id
up_to_ready(struct desk *t)
{
    struct fair_ruling r;

    prove_all(t, T0);
    if (try_move(t, &t->h.d, FAIR_OWN, FAIR_DO_GATHER, 0, T0, &r) != FAIR_OK) fail_msg("%s", fair_ruling_words(t->h.a, &r).p);
    if (try_move(t, &t->h.d, FAIR_OWN, FAIR_DO_SEAL, 0, T0, &r) != FAIR_OK) fail_msg("%s", fair_ruling_words(t->h.a, &r).p);
    if (try_move(t, &t->h.d, FAIR_OWN, FAIR_DO_READY_UP, 0, T0, &r) != FAIR_OK) fail_msg("%s", fair_ruling_words(t->h.a, &r).p);
    return a_letter(t, true, T0);
}

#endif
