/* people.c - organisations, the people in them, and how they are signed in. */
#include <string.h>
#include "store/store_private.h"

#define LINE_MAX_BYTES 320            /* an address: RFC 5321, 4.5.3.1 */

FAIR_SQL_ALL(org_put, "INSERT INTO org (id, name, created_us) VALUES ($1, $2, $3)");
FAIR_SQL_ALL(org_first, "SELECT id, name, created_us FROM org ORDER BY id LIMIT 1");
FAIR_SQL_ALL(org_all, "SELECT id, name, created_us FROM org ORDER BY id");

#define ACCOUNT "SELECT id, org_id, email, name, role, password, disabled, created_us," \
    " (SELECT count(*) FROM second_factor f WHERE f.org_id = account.org_id AND f.account_id = account.id AND f.confirmed_us IS NOT NULL), countries" \
    " FROM account "
FAIR_SQL(account_put,
    "INSERT INTO account (id, org_id, email, email_key, name, role, password, disabled, created_us, countries)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10)");
FAIR_SQL(account_by_id, ACCOUNT "WHERE org_id = $1 AND id = $2");
FAIR_SQL(accounts, ACCOUNT "WHERE org_id = $1 ORDER BY id");
FAIR_SQL_ALL(account_by_email, ACCOUNT "WHERE email_key = $1");
FAIR_SQL(account_set,
    "UPDATE account SET email = $3, email_key = $4, name = $5, role = $6, password = $7, disabled = $8, countries = $10"
    " WHERE org_id = $1 AND id = $2");

FAIR_SQL(session_put,
    "INSERT INTO session (id, org_id, account_id, secret, csrf, created_us, expires_us, seen_us, agent, peer)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, $6, $8, $9)");
FAIR_SQL_ALL(session_by_secret,
    "SELECT s.id, s.org_id, s.account_id, s.secret, s.csrf, s.created_us, s.expires_us, s.seen_us"
    " FROM session s JOIN account a ON a.org_id = s.org_id AND a.id = s.account_id"
    " WHERE s.secret = $1 AND s.expires_us > $2 AND a.disabled = 0");
FAIR_SQL(session_touch, "UPDATE session SET seen_us = $3 WHERE org_id = $1 AND id = $2");
FAIR_SQL(session_remove, "DELETE FROM session WHERE org_id = $1 AND id = $2");
FAIR_SQL(session_remove_all, "DELETE FROM session WHERE org_id = $1 AND account_id = $2");
FAIR_SQL_ALL(session_prune, "DELETE FROM session WHERE expires_us <= $1");
FAIR_SQL(link_put, "INSERT INTO sign_in_link (id, org_id, account_id, secret, expires_us) VALUES ($2, $1, $3, $4, $5)");
FAIR_SQL(link_remove_all, "DELETE FROM sign_in_link WHERE org_id = $1 AND account_id = $2");
FAIR_SQL_ALL(link_by_secret,
    "SELECT l.org_id, l.account_id, l.expires_us FROM sign_in_link l"
    " JOIN account a ON a.org_id = l.org_id AND a.id = l.account_id WHERE l.secret = $1 AND a.disabled = 0");
FAIR_SQL_ALL(link_remove, "DELETE FROM sign_in_link WHERE secret = $1");
FAIR_SQL_ALL(link_prune, "DELETE FROM sign_in_link WHERE expires_us <= $1");
FAIR_SQL_ALL(failure_put, "INSERT INTO sign_in_failure (id, org_id, who, at_us) VALUES ($1, 0, $2, $3)");
FAIR_SQL_ALL(failure_count, "SELECT count(*) FROM sign_in_failure WHERE who = $1 AND at_us >= $2");
FAIR_SQL_ALL(failure_prune, "DELETE FROM sign_in_failure WHERE at_us < $1");

fair_status
fair_store_org_add(struct fair_store *st, fair_str name, fair_id *id, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_id made = fair_id_new();
    fair_time now = fair_now();
    const struct fair_desk d = { st, made, 0 };

    if (fair_str_trim(name).n == 0) return fair_fail(err, FAIR_INVALID, "an organisation needs a name");
    FAIR_TRY(fair_txn_begin(st, &t, err));
    FAIR_TRY(fair_store_query(st, &org_put, &q, err));
    fair_db_int(q, 1, made);
    fair_db_text(q, 2, name);
    fair_db_int(q, 3, now);
    FAIR_TRY(fair_db_run(q, err));
    FAIR_TRY(fair_audit(&d, now, "org.add", made, FAIR_STR("{}"), err));
    FAIR_TRY(fair_txn_end(&t, err));
    *id = made;
    return FAIR_OK;
}

fair_status
fair_store_org_first(struct fair_store *st, struct fair_arena *a, struct fair_org *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_store_query(st, &org_first, &q, err));
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "there is no organisation yet");
    if (s != FAIR_OK) return s;
    *out = (struct fair_org){ fair_db_get_int(q, 0), fair_db_get_text(q, 1, a), fair_db_get_int(q, 2) };
    return FAIR_OK;
}

fair_status
fair_store_orgs(struct fair_store *st, FAIR_EACH(fair_org), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_store_query(st, &org_all, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_org o = { fair_db_get_int(q, 0), fair_db_get_text(q, 1, a), fair_db_get_int(q, 2) };
        FAIR_TRY(each(arg, &o, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

static fair_str
email_key(struct fair_arena *a, fair_str email)
{
    return fair_fold(a, fair_str_trim(email));
}

fair_status
fair_store_countries_read(struct fair_arena *a, fair_str given, fair_str *out, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, 1024);
    size_t n = 0;

    for (size_t i = 0, from = 0; i <= given.n; i++) {
        fair_str one = { given.p + from, i - from };
        if (i < given.n && strchr(" ,;\t", given.p[i]) == NULL) continue;
        from = i + 1;
        if (one.n == 0) continue;
        if (one.n != 2 || ++n > 100) return fair_fail(err, FAIR_INVALID, "\"%.*s\" is no country: two letters each, as in \"AT DE\"", FAIR_STR_ARG(fair_str_escape(a, one)));
        for (int k = 0; k < 2; k++) {
            char c = one.p[k];
            if (c >= 'a' && c <= 'z') c = (char)(c - 32);
            if (c < 'A' || c > 'Z') return fair_fail(err, FAIR_INVALID, "\"%.*s\" is no country: two letters each, as in \"AT DE\"", FAIR_STR_ARG(fair_str_escape(a, one)));
            if (k == 0 && b.n > 0) fair_buf_byte(&b, ' ');
            fair_buf_byte(&b, c);
        }
    }
    *out = (fair_str){ b.p, b.n };
    return FAIR_OK;
}

bool
fair_store_user_of_country(const struct fair_user *u, fair_str country)
{
    if (u->disabled || country.n != 2) return false;
    for (size_t i = 0; i + 2 <= u->countries.n; i += 3)
        if (u->countries.p[i] == country.p[0] && u->countries.p[i + 1] == country.p[1]) return true;
    return false;
}

static fair_status
user_check(const struct fair_user *u, struct fair_err *err)
{
    fair_str email = fair_str_trim(u->email);

    if (email.n == 0 || email.n > LINE_MAX_BYTES) return fair_fail(err, FAIR_INVALID, "an account needs an address of 1 to %d bytes", LINE_MAX_BYTES);
    if (fair_role_by_code(u->role) == NULL)
        return fair_fail(err, FAIR_INVALID, "role \"%.*s\" is none of owner, caseworker, reviewer, counsel, auditor, admin", FAIR_STR_ARG(u->role));
    return FAIR_OK;
}

static void
bind_user(struct fair_rows *q, struct fair_arena *a, const struct fair_user *u)
{
    fair_db_int(q, 2, u->id);
    fair_db_text(q, 3, fair_str_trim(u->email));
    fair_db_text(q, 4, email_key(a, u->email));
    fair_db_text(q, 5, u->name);
    fair_db_text(q, 6, u->role);
    fair_db_text(q, 7, u->password);
    fair_db_int(q, 8, u->disabled);
    fair_db_text(q, 10, u->countries.n > 0 ? u->countries : (fair_str){ NULL, 0 });
}

static fair_status
taken(struct fair_err *err, fair_status s, fair_str email)
{
    return s == FAIR_CONFLICT ? fair_fail(err, s, "the address %.*s has an account already", FAIR_STR_ARG(fair_str_trim(email))) : s;
}

fair_status
fair_store_user_add(const struct fair_desk *d, struct fair_user *u, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_user x = *u;
    fair_status s;

    FAIR_TRY(user_check(u, err));
    if (x.id == 0) x.id = fair_id_new();
    if (x.created == 0) x.created = fair_now();
    x.org = d->org;
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &account_put, &q, err));
    bind_user(q, a, &x);
    fair_db_int(q, 9, x.created);
    s = fair_db_run(q, err);
    if (s != FAIR_OK) return taken(err, s, u->email);
    FAIR_TRY(fair_audit(d, fair_now(), "account.add", x.id, FAIR_STR("{}"), err));
    FAIR_TRY(fair_txn_end(&t, err));
    *u = x;
    return FAIR_OK;
}

static void
read_user(struct fair_rows *q, struct fair_arena *a, struct fair_user *out)
{
    *out = (struct fair_user){
        .id = fair_db_get_int(q, 0), .org = fair_db_get_int(q, 1),
        .email = fair_db_get_text(q, 2, a), .name = fair_db_get_text(q, 3, a), .role = fair_db_get_text(q, 4, a),
        .password = fair_db_get_text(q, 5, a), .disabled = fair_db_get_int(q, 6) != 0, .created = fair_db_get_int(q, 7),
        .second_factor = fair_db_get_int(q, 8) != 0, .countries = fair_db_get_text(q, 9, a),
    };
}

fair_status
fair_store_user_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_user *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &account_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no account %lld", (long long)id);
    if (s != FAIR_OK) return s;
    read_user(q, a, out);
    return FAIR_OK;
}

fair_status
fair_store_user_by_email(struct fair_store *st, fair_str email, struct fair_arena *a, struct fair_user *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_store_query(st, &account_by_email, &q, err));
    fair_db_text(q, 1, email_key(a, email));
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no account has that address");
    if (s != FAIR_OK) return s;
    read_user(q, a, out);
    return FAIR_OK;
}

fair_status
fair_store_user_set(const struct fair_desk *d, const struct fair_user *u, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(user_check(u, err));
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &account_set, &q, err));
    bind_user(q, a, u);
    s = fair_db_run(q, err);
    if (s != FAIR_OK) return taken(err, s, u->email);
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_NOT_FOUND, "no account %lld", (long long)u->id);
    if (u->disabled) {
        FAIR_TRY(fair_store_sessions_remove_all(d, u->id, err));
        fair_rows_free(&q);
        FAIR_TRY(fair_desk_query(d, &link_remove_all, &q, err));
        fair_db_int(q, 2, u->id);
        FAIR_TRY(fair_db_run(q, err));
    }
    FAIR_TRY(fair_audit(d, fair_now(), u->disabled ? "account.disable" : "account.set", u->id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_users(const struct fair_desk *d, FAIR_EACH(fair_user), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &accounts, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_user u;
        fair_arena_clear(a);
        read_user(q, a, &u);
        FAIR_TRY(each(arg, &u, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_org_begin(const struct fair_desk *d, fair_str name, struct fair_user *u, fair_id *id, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    struct fair_desk theirs = { d->st, 0, 0 };

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_store_org_add(d->st, name, &theirs.org, err));
    if (u != NULL) FAIR_TRY(fair_store_user_add(&theirs, u, err));
    FAIR_TRY(fair_audit(d, fair_now(), "org.begin", theirs.org, FAIR_STR("{}"), err));
    FAIR_TRY(fair_txn_end(&t, err));
    *id = theirs.org;
    return FAIR_OK;
}

fair_status
fair_store_session_add(const struct fair_desk *d, struct fair_session_row *s, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_session_row x = *s;

    if (x.id == 0) x.id = fair_id_new();
    if (x.created == 0) x.created = fair_now();
    x.org = d->org;
    x.seen = x.created;
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_store_query(d->st, &session_prune, &q, err));
    fair_db_int(q, 1, x.created);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &session_put, &q, err));
    fair_db_int(q, 2, x.id);
    fair_db_int(q, 3, x.user);
    fair_db_sha256(q, 4, &x.secret);
    fair_db_text(q, 5, x.csrf);
    fair_db_int(q, 6, x.created);
    fair_db_int(q, 7, x.expires);
    fair_db_text(q, 8, (fair_str){ x.agent.p, x.agent.n > LINE_MAX_BYTES ? LINE_MAX_BYTES : x.agent.n });
    fair_db_text(q, 9, x.peer);
    FAIR_TRY(fair_db_run(q, err));
    FAIR_TRY(fair_txn_end(&t, err));
    *s = x;
    return FAIR_OK;
}

fair_status
fair_store_session_by_secret(struct fair_store *st, const struct fair_sha256 *secret, fair_time now, struct fair_arena *a,
                             struct fair_session_row *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_store_query(st, &session_by_secret, &q, err));
    fair_db_sha256(q, 1, secret);
    fair_db_int(q, 2, now);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no such session, or it is over");
    if (s != FAIR_OK) return s;
    *out = (struct fair_session_row){
        .id = fair_db_get_int(q, 0), .org = fair_db_get_int(q, 1), .user = fair_db_get_int(q, 2),
        .csrf = fair_db_get_text(q, 4, a), .created = fair_db_get_int(q, 5), .expires = fair_db_get_int(q, 6),
        .seen = fair_db_get_int(q, 7),
    };
    fair_db_get_sha256(q, 3, &out->secret);
    fair_rows_free(&q);
    /* When it was last used is told to within ten minutes: a page that is only read should not write. */
    if (now - out->seen > 10 * FAIR_MINUTE) {
        const struct fair_desk d = { st, out->org, out->user };
        if (fair_desk_query(&d, &session_touch, &q, NULL) == FAIR_OK) {
            fair_db_int(q, 2, out->id);
            fair_db_int(q, 3, now);
            if (fair_db_run(q, NULL) == FAIR_OK) out->seen = now;
        }
    }
    return FAIR_OK;
}

fair_status
fair_store_session_remove(const struct fair_desk *d, fair_id id, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    FAIR_TRY(fair_desk_query(d, &session_remove, &q, err));
    fair_db_int(q, 2, id);
    return fair_db_run(q, err);
}

fair_status
fair_store_sessions_remove_all(const struct fair_desk *d, fair_id user, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    FAIR_TRY(fair_desk_query(d, &session_remove_all, &q, err));
    fair_db_int(q, 2, user);
    return fair_db_run(q, err);
}

fair_status
fair_store_link_add(const struct fair_desk *d, fair_id user, const struct fair_sha256 *secret, fair_time expires, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    FAIR_TRY(fair_desk_query(d, &link_put, &q, err));
    fair_db_int(q, 2, fair_id_new());
    fair_db_int(q, 3, user);
    fair_db_sha256(q, 4, secret);
    fair_db_int(q, 5, expires);
    return fair_db_run(q, err);
}

fair_status
fair_store_link_use(struct fair_store *st, const struct fair_sha256 *secret, fair_time now, fair_id *org, fair_id *user, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_time expires;
    fair_status s;

    FAIR_TRY(fair_txn_begin(st, &t, err));
    FAIR_TRY(fair_store_query(st, &link_by_secret, &q, err));
    fair_db_sha256(q, 1, secret);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "this sign-in link is unknown or was used already");
    if (s != FAIR_OK) return s;
    *org = fair_db_get_int(q, 0);
    *user = fair_db_get_int(q, 1);
    expires = fair_db_get_int(q, 2);
    fair_rows_free(&q);
    if (expires <= now) return fair_fail(err, FAIR_NOT_FOUND, "this sign-in link is over");
    FAIR_TRY(fair_store_query(st, &link_remove, &q, err));
    fair_db_sha256(q, 1, secret);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_store_query(st, &link_prune, &q, err));
    fair_db_int(q, 1, now);
    FAIR_TRY(fair_db_run(q, err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_signin_failed(struct fair_store *st, fair_str who, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_txn_begin(st, &t, err));
    FAIR_TRY(fair_store_query(st, &failure_prune, &q, err));
    fair_db_int(q, 1, now - 2 * FAIR_DAY);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_store_query(st, &failure_put, &q, err));
    fair_db_int(q, 1, fair_id_new());
    fair_db_text(q, 2, (fair_str){ who.p, who.n > LINE_MAX_BYTES ? LINE_MAX_BYTES : who.n });
    fair_db_int(q, 3, now);
    FAIR_TRY(fair_db_run(q, err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_signin_failures(struct fair_store *st, fair_str who, fair_time since, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_store_query(st, &failure_count, &q, err));
    fair_db_text(q, 1, (fair_str){ who.p, who.n > LINE_MAX_BYTES ? LINE_MAX_BYTES : who.n });
    fair_db_int(q, 2, since);
    FAIR_TRY(fair_db_step(q, err));
    *n = fair_db_get_int(q, 0);
    return FAIR_OK;
}
