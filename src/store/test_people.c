/* Tests of organisations, accounts and signing in. */
#include "store/test_store.h"

TEST(an_address_has_one_account_however_it_is_written)
{
    struct home h;
    struct fair_user u = { .email = FAIR_STR(" Ada@Example.com "), .role = FAIR_STR("owner") }, got;
    struct fair_err err = { 0 };

    home_open(&h);
    CHECK_EQ(fair_store_user_add(&h.d, &u, &err), FAIR_CONFLICT);
    CHECK(strstr(err.text, "Ada@Example.com has an account already") != NULL);
    CHECK_OK(fair_store_user_by_email(h.st, FAIR_STR("ADA@example.com"), h.a, &got, why));
    CHECK_STR(got.name, "Ada");
    CHECK_EQ(got.org, h.d.org);
    CHECK(got.password.p == NULL);
    u.email = FAIR_STR("bo@example.com");
    u.role = FAIR_STR("king");
    CHECK_EQ(fair_store_user_add(&h.d, &u, &err), FAIR_INVALID);
    u.role = FAIR_STR("reviewer");
    u.email = FAIR_STR("  ");
    CHECK_EQ(fair_store_user_add(&h.d, &u, &err), FAIR_INVALID);
    CHECK_EQ(fair_store_user_by_email(h.st, FAIR_STR("bo@example.com"), h.a, &got, &err), FAIR_NOT_FOUND);
    home_close(&h);
}

TEST(a_role_may_what_it_is_for_and_no_more)
{
    CHECK(fair_role_may(FAIR_STR("owner"), FAIR_DEED_INSTALL));
    CHECK(fair_role_may(FAIR_STR("caseworker"), FAIR_DEED_CATALOGUE));
    CHECK(!fair_role_may(FAIR_STR("caseworker"), FAIR_DEED_PEOPLE));
    CHECK(fair_role_may(FAIR_STR("reviewer"), FAIR_DEED_DECIDE));
    CHECK(!fair_role_may(FAIR_STR("reviewer"), FAIR_DEED_CATALOGUE));
    CHECK(fair_role_may(FAIR_STR("auditor"), FAIR_DEED_AUDIT));
    for (int i = FAIR_DEED_DECIDE; i < FAIR_DEEDS; i++) if (i != FAIR_DEED_AUDIT) CHECK(!fair_role_may(FAIR_STR("auditor"), (enum fair_deed)i));
    CHECK(!fair_role_may(FAIR_STR("admin"), FAIR_DEED_DECIDE));
    for (int i = 0; i < FAIR_DEEDS; i++) CHECK(!fair_role_may(FAIR_STR("king"), (enum fair_deed)i));
    for (size_t r = 0; r < fair_n_roles; r++) CHECK(!fair_role_may(fair_str_of(fair_roles[r].code), FAIR_DEED_UNSAID));
}

static fair_status
count_sessions(void *arg, const struct fair_session_row *row, struct fair_err *err)
{
    (void)err;
    CHECK_STR(row->agent, "a browser");
    ++*(int *)arg;
    return FAIR_OK;
}

TEST(a_second_factor_is_in_force_once_confirmed_and_takes_no_step_twice)
{
    struct home h;
    struct fair_factor f;
    struct fair_user u;
    struct fair_recovery_code codes[2] = { { FAIR_STR("ABCD"), FAIR_STR("hash 1") }, { FAIR_STR("EFGH"), FAIR_STR("hash 2") } };
    struct fair_desk other;
    fair_str hash;
    fair_id id;

    home_open(&h);
    other = (struct fair_desk){ h.st, 0, 0 };
    CHECK_OK(fair_store_org_add(h.st, FAIR_STR("Harbour Pictures"), &other.org, why));
    CHECK_EQ(fair_store_factor_get(&h.d, h.d.user, h.a, &f, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(fair_store_factor_confirm(&h.d, h.d.user, 5, codes, 2, 9, NULL), FAIR_CONFLICT);
    CHECK_OK(fair_store_factor_begin(&h.d, h.d.user, FAIR_STR("first"), 7, why));
    CHECK_OK(fair_store_factor_begin(&h.d, h.d.user, FAIR_STR("s\0cret"), 8, why));
    CHECK_OK(fair_store_user_get(&h.d, h.d.user, h.a, &u, why));
    CHECK(!u.second_factor);
    CHECK_OK(fair_store_factor_confirm(&h.d, h.d.user, 5, codes, 2, 9, why));
    CHECK_EQ(fair_store_factor_begin(&h.d, h.d.user, FAIR_STR("third"), 10, NULL), FAIR_CONFLICT);
    CHECK_OK(fair_store_factor_get(&h.d, h.d.user, h.a, &f, why));
    CHECK(fair_str_eq(f.secret, FAIR_STR("s\0cret")));
    CHECK_EQ(f.confirmed, 9);
    CHECK_EQ(f.codes_left, 2);
    CHECK_OK(fair_store_user_get(&h.d, h.d.user, h.a, &u, why));
    CHECK(u.second_factor);
    CHECK_EQ(fair_store_factor_step(&h.d, h.d.user, 5, NULL), FAIR_CONFLICT);
    CHECK_OK(fair_store_factor_step(&h.d, h.d.user, 7, why));
    CHECK_EQ(fair_store_factor_step(&h.d, h.d.user, 6, NULL), FAIR_CONFLICT);
    CHECK_OK(fair_store_recovery_get(&h.d, h.d.user, FAIR_STR("EFGH"), h.a, &id, &hash, why));
    CHECK_STR(hash, "hash 2");
    CHECK_OK(fair_store_recovery_use(&h.d, id, 11, why));
    CHECK_EQ(fair_store_recovery_use(&h.d, id, 11, NULL), FAIR_CONFLICT);
    CHECK_EQ(fair_store_recovery_get(&h.d, h.d.user, FAIR_STR("EFGH"), h.a, &id, &hash, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(fair_store_factor_get(&other, h.d.user, h.a, &f, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(fair_store_factor_off(&other, h.d.user, 12, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(fair_store_recovery_get(&other, h.d.user, FAIR_STR("ABCD"), h.a, &id, &hash, NULL), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_factor_off(&h.d, h.d.user, 12, why));
    CHECK_EQ(fair_store_factor_off(&h.d, h.d.user, 12, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(number(&h, "SELECT count(*) FROM recovery_code"), 0);
    home_close(&h);
}

TEST(sessions_are_listed_and_ended_by_their_owner_and_a_reset_takes_all_away)
{
    struct home h;
    struct fair_session_row s[2] = { { 0 } };
    struct fair_user u;
    int n = 0;

    home_open(&h);
    for (int i = 0; i < 2; i++) {
        s[i] = (struct fair_session_row){ .user = h.d.user, .secret = sha_of(i ? "a" : "b"), .csrf = FAIR_STR("Px"), .created = 5, .expires = 1000, .agent = FAIR_STR("a browser") };
        CHECK_OK(fair_store_session_add(&h.d, &s[i], why));
    }
    CHECK_OK(fair_store_sessions(&h.d, h.d.user, 10, count_sessions, &n, why));
    CHECK_EQ(n, 2);
    CHECK_EQ(fair_store_session_end(&h.d, h.d.user + 1, s[0].id, NULL), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_session_end(&h.d, h.d.user, s[0].id, why));
    n = 0;
    CHECK_OK(fair_store_sessions(&h.d, h.d.user, 10, count_sessions, &n, why));
    CHECK_EQ(n, 1);
    CHECK_OK(fair_store_user_get(&h.d, h.d.user, h.a, &u, why));
    u.password = FAIR_STR("x");
    CHECK_OK(fair_store_user_set(&h.d, &u, why));
    CHECK_OK(fair_store_password_reset(&h.d, h.d.user, 20, why));
    CHECK_OK(fair_store_user_get(&h.d, h.d.user, h.a, &u, why));
    CHECK(u.password.p == NULL);
    CHECK_EQ(number(&h, "SELECT count(*) FROM session"), 0);
    CHECK_EQ(fair_store_password_reset(&h.d, 7, 20, NULL), FAIR_NOT_FOUND);
    home_close(&h);
}

static fair_status
count_users(void *arg, const struct fair_user *u, struct fair_err *err)
{
    (void)u;
    (void)err;
    ++*(int *)arg;
    return FAIR_OK;
}

TEST(a_desk_sees_only_its_own_organisation)
{
    struct home h;
    struct fair_desk other;
    struct fair_user got;
    struct fair_work w;
    struct fair_org first;
    fair_id work;
    int n = 0;
    bool may;
    struct fair_sha256 key = sha_of("Poppies");

    home_open(&h);
    work = a_work(&h, "Poppies");
    other = (struct fair_desk){ h.st, 0, 0 };
    CHECK_OK(fair_store_org_add(h.st, FAIR_STR("Harbour Pictures"), &other.org, why));
    CHECK_OK(fair_store_users(&other, count_users, &n, why));
    CHECK_EQ(n, 0);
    CHECK_OK(fair_store_users(&h.d, count_users, &n, why));
    CHECK_EQ(n, 1);
    CHECK_EQ(fair_store_user_get(&other, h.d.user, h.a, &got, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(fair_store_work_get(&other, work, h.a, &w, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(fair_store_work_by_sha256(&other, &key, h.a, &w, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(fair_store_work_remove(&other, work, 5, NULL), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_blob_may_read(&h.d, &key, &may, why));
    CHECK(may);
    CHECK_OK(fair_store_blob_may_read(&other, &key, &may, why));
    CHECK(!may);
    /* A row may not refer to another organisation's. */
    CHECK_EQ(fair_store_work_path_note(&other, FAIR_STR("/x"), 1, 1, work, NULL), FAIR_INVALID);
    CHECK_OK(fair_store_org_first(h.st, h.a, &first, why));
    CHECK_EQ(first.id, h.d.org);
    home_close(&h);
}

TEST(a_session_is_known_by_its_secret_until_it_is_over)
{
    struct home h;
    struct fair_session_row s = { .secret = sha_of("secret"), .csrf = FAIR_STR("token"), .created = 1000 * FAIR_SECOND, .expires = 5000 * FAIR_SECOND }, got;
    struct fair_user u;

    home_open(&h);
    s.user = h.d.user;
    CHECK_OK(fair_store_session_add(&h.d, &s, why));
    CHECK_OK(fair_store_session_by_secret(h.st, &s.secret, 4000 * FAIR_SECOND, h.a, &got, why));
    CHECK_EQ(got.id, s.id);
    CHECK_EQ(got.user, h.d.user);
    CHECK_EQ(got.seen, 4000 * FAIR_SECOND);
    CHECK_STR(got.csrf, "token");
    CHECK_EQ(fair_store_session_by_secret(h.st, &s.secret, 5000 * FAIR_SECOND, h.a, &got, NULL), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_session_remove(&h.d, s.id, why));
    CHECK_EQ(fair_store_session_by_secret(h.st, &s.secret, 4000 * FAIR_SECOND, h.a, &got, NULL), FAIR_NOT_FOUND);
    /* Who is disabled is signed out, and stays out. */
    s.id = 0;
    CHECK_OK(fair_store_session_add(&h.d, &s, why));
    CHECK_OK(fair_store_user_get(&h.d, h.d.user, h.a, &u, why));
    u.disabled = true;
    CHECK_OK(fair_store_user_set(&h.d, &u, why));
    CHECK_EQ(number(&h, "SELECT count(*) FROM session"), 0);
    home_close(&h);
}

TEST(a_sign_in_link_works_once_and_in_time)
{
    struct home h;
    struct fair_sha256 a = sha_of("a"), b = sha_of("b");
    fair_id org, user;
    struct fair_err err = { 0 };

    home_open(&h);
    CHECK_OK(fair_store_link_add(&h.d, h.d.user, &a, 100, why));
    CHECK_OK(fair_store_link_add(&h.d, h.d.user, &b, 100, why));
    CHECK_EQ(fair_store_link_use(h.st, &b, 100, &org, &user, &err), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_link_use(h.st, &a, 99, &org, &user, why));
    CHECK_EQ(org, h.d.org);
    CHECK_EQ(user, h.d.user);
    CHECK_EQ(fair_store_link_use(h.st, &a, 99, &org, &user, &err), FAIR_NOT_FOUND);
    home_close(&h);
}

TEST(failed_sign_ins_are_counted_for_the_brake)
{
    struct home h;
    int64_t n;

    home_open(&h);
    for (int i = 1; i <= 5; i++) CHECK_OK(fair_store_signin_failed(h.st, FAIR_STR("203.0.113.7"), i * FAIR_MINUTE, why));
    CHECK_OK(fair_store_signin_failures(h.st, FAIR_STR("203.0.113.7"), 3 * FAIR_MINUTE, &n, why));
    CHECK_EQ(n, 3);
    CHECK_OK(fair_store_signin_failures(h.st, FAIR_STR("203.0.113.8"), 0, &n, why));
    CHECK_EQ(n, 0);
    CHECK_OK(fair_store_signin_failed(h.st, FAIR_STR("x"), 4 * FAIR_DAY, why));
    CHECK_OK(fair_store_signin_failures(h.st, FAIR_STR("203.0.113.7"), 0, &n, why));
    CHECK_EQ(n, 0);
    home_close(&h);
}

TEST(what_people_did_is_a_chain_that_shows_a_change)
{
    struct home h;
    struct fair_store_health health;
    fair_id work;

    home_open(&h);
    work = a_work(&h, "Poppies");
    CHECK_OK(fair_store_work_remove(&h.d, work, fair_now(), why));
    CHECK_OK(fair_store_health(h.st, h.a, &health, why));
    CHECK(health.sound && health.foreign_keys_sound && health.audit_sound && health.wal);
    CHECK_EQ(health.schema, health.schema_known);
    CHECK_EQ(health.audit_rows, 3);
    CHECK_STR(health.words, "sound");
    CHECK_OK(h.st->db->engine->script(h.st->db, "UPDATE audit SET account_id = 7 WHERE seq = 2", why));
    CHECK_OK(fair_store_health(h.st, h.a, &health, why));
    CHECK(!health.audit_sound);
    CHECK(strstr(health.words.p, "row 2") != NULL);
    CHECK_OK(h.st->db->engine->script(h.st->db, "DELETE FROM audit WHERE seq = 2", why));
    CHECK_OK(fair_store_health(h.st, h.a, &health, why));
    CHECK(!health.audit_sound);
    home_close(&h);
}

TEST(details_can_be_erased_and_the_chain_still_shows_every_other_change)
{
    struct home h;
    struct fair_store_health health;
    int64_t n = 0;

    home_open(&h);
    CHECK_OK(fair_audit(&h.d, fair_now(), "blob.erase", 7, FAIR_STR("{\"why\":\"Ada asked for it\"}"), why));
    CHECK_OK(fair_audit(&h.d, fair_now(), "blob.erase", 8, FAIR_STR("{}"), why));
    CHECK_OK(fair_audit_forget(&h.d, "blob.erase", 7, &n, why));
    CHECK_EQ(n, 1);
    CHECK_OK(fair_audit_forget(&h.d, "blob.erase", 7, &n, why));
    CHECK_EQ(n, 1);
    CHECK_EQ(number(&h, "SELECT count(*) FROM audit WHERE details LIKE '%Ada%' OR (subject = 7 AND salt IS NOT NULL)"), 0);
    CHECK_OK(fair_store_health(h.st, h.a, &health, why));
    CHECK(health.audit_sound);
    /* Other words in their place, another doer, another digest: all found. */
    CHECK_OK(h.st->db->engine->script(h.st->db, "UPDATE audit SET details = '{\"why\":\"Ben\"}' WHERE subject = 7", why));
    CHECK_OK(fair_store_health(h.st, h.a, &health, why));
    CHECK(!health.audit_sound);
    CHECK_OK(h.st->db->engine->script(h.st->db, "UPDATE audit SET details = '', account_id = 3 WHERE subject = 7", why));
    CHECK_OK(fair_store_health(h.st, h.a, &health, why));
    CHECK(!health.audit_sound);
    home_close(&h);
}

/* Rows as the version before wrote them: its hash covered the details. */
TEST(a_chain_of_before_is_made_anew_once_and_a_broken_one_stays_broken)
{
    struct home h;
    struct fair_store_health health;
    struct fair_sha256 prev = { { 0 } };

    home_open(&h);
    CHECK_OK(h.st->db->engine->script(h.st->db, "DELETE FROM audit", why));
    for (int i = 1; i <= 3; i++) {
        fair_str text = fair_str_fmt(h.a, "fairtrack audit 1\n%lld\n%d\n5\n0\nhit.ignore\n4\n%.*s\n{\"note\":\"n %d\"}\n", (long long)h.d.org, i,
                                     FAIR_STR_ARG(fair_hex(h.a, prev.b, 32)), i);
        struct fair_sha256 hash = fair_sha256_of(text.p, text.n);
        CHECK_OK(h.st->db->engine->script(h.st->db, fair_str_fmt(h.a, "INSERT INTO audit (org_id, seq, at_us, account_id, what, subject, details, prev, hash)"
            " VALUES (%lld, %d, 5, 0, 'hit.ignore', 4, '{\"note\":\"n %d\"}', x'%.*s', x'%.*s')", (long long)h.d.org, i, i,
            FAIR_STR_ARG(fair_hex(h.a, prev.b, 32)), FAIR_STR_ARG(fair_hex(h.a, hash.b, 32))).p, why));
        prev = hash;
    }
    CHECK_OK(fair_store_health(h.st, h.a, &health, why));
    CHECK(!health.audit_sound);
    CHECK_OK(fair_chains_renew(h.st, why));
    CHECK_OK(fair_store_health(h.st, h.a, &health, why));
    CHECK(health.audit_sound);
    CHECK_EQ(health.audit_rows, 3);
    CHECK_OK(fair_audit(&h.d, fair_now(), "work.remove", 4, FAIR_STR("{}"), why));
    CHECK_OK(fair_store_health(h.st, h.a, &health, why));
    CHECK(health.audit_sound);
    /* Changed before it was converted: it is told, not made good. */
    CHECK_OK(h.st->db->engine->script(h.st->db, "UPDATE audit SET details = 'x' WHERE seq = 2", why));
    CHECK_OK(fair_chains_renew(h.st, why));
    CHECK_OK(fair_store_health(h.st, h.a, &health, why));
    CHECK(!health.audit_sound);
    CHECK(strstr(health.words.p, "row ") != NULL);
    home_close(&h);
}

FAIR_TEST_MAIN
