/* factors.c - the second factor of signing in, its recovery codes, and the list of what is signed in. */
#include "store/store_private.h"

FAIR_SQL(factor_get,
    "SELECT f.secret, f.created_us, f.confirmed_us, f.last_step,"
    " (SELECT count(*) FROM recovery_code r WHERE r.org_id = f.org_id AND r.account_id = f.account_id AND r.used_us IS NULL)"
    " FROM second_factor f WHERE f.org_id = $1 AND f.account_id = $2");
FAIR_SQL(factor_unconfirmed_remove, "DELETE FROM second_factor WHERE org_id = $1 AND account_id = $2 AND confirmed_us IS NULL");
FAIR_SQL(factor_put,
    "INSERT INTO second_factor (id, org_id, account_id, secret, created_us, last_step) VALUES ($2, $1, $3, $4, $5, 0)");
FAIR_SQL_ALL(factors_all, "SELECT org_id, account_id, secret FROM second_factor ORDER BY id");
FAIR_SQL(factor_reseal, "UPDATE second_factor SET secret = $4 WHERE org_id = $1 AND account_id = $2 AND secret = $3");
FAIR_SQL(factor_confirm,
    "UPDATE second_factor SET confirmed_us = $3, last_step = $4 WHERE org_id = $1 AND account_id = $2 AND confirmed_us IS NULL");
FAIR_SQL(factor_step, "UPDATE second_factor SET last_step = $3 WHERE org_id = $1 AND account_id = $2 AND last_step < $3");
FAIR_SQL(factor_remove, "DELETE FROM second_factor WHERE org_id = $1 AND account_id = $2");
FAIR_SQL(recovery_remove, "DELETE FROM recovery_code WHERE org_id = $1 AND account_id = $2");
FAIR_SQL(recovery_put, "INSERT INTO recovery_code (id, org_id, account_id, mark, hash) VALUES ($2, $1, $3, $4, $5)");
FAIR_SQL(recovery_get,
    "SELECT id, hash FROM recovery_code WHERE org_id = $1 AND account_id = $2 AND mark = $3 AND used_us IS NULL");
FAIR_SQL(recovery_use, "UPDATE recovery_code SET used_us = $3 WHERE org_id = $1 AND id = $2 AND used_us IS NULL");
FAIR_SQL(sessions_of,
    "SELECT id, csrf, created_us, expires_us, seen_us, agent, peer FROM session"
    " WHERE org_id = $1 AND account_id = $2 AND expires_us > $3 ORDER BY seen_us DESC, id DESC");
FAIR_SQL(session_end, "DELETE FROM session WHERE org_id = $1 AND account_id = $2 AND id = $3");
FAIR_SQL(password_remove, "UPDATE account SET password = NULL WHERE org_id = $1 AND id = $2");
FAIR_SQL(links_remove, "DELETE FROM sign_in_link WHERE org_id = $1 AND account_id = $2");

/* A statement about one account, run to its end. */
static fair_status
run_of(const struct fair_desk *d, const struct fair_sql *sql, fair_id user, int64_t *changes, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, sql, &q, err));
    fair_db_int(q, 2, user);
    FAIR_TRY(fair_db_run(q, err));
    if (changes != NULL) *changes = fair_db_changes(q);
    return FAIR_OK;
}

fair_status
fair_store_factor_get(const struct fair_desk *d, fair_id user, struct fair_arena *a, struct fair_factor *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &factor_get, &q, err));
    fair_db_int(q, 2, user);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "this account has no second factor");
    if (s != FAIR_OK) return s;
    *out = (struct fair_factor){ .secret = fair_db_get_bytes(q, 0, a), .created = fair_db_get_int(q, 1), .confirmed = fair_db_get_int(q, 2),
                                 .last_step = fair_db_get_int(q, 3), .codes_left = fair_db_get_int(q, 4) };
    return FAIR_OK;
}

fair_status
fair_store_factor_begin(const struct fair_desk *d, fair_id user, fair_str secret, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(run_of(d, &factor_unconfirmed_remove, user, NULL, err));
    FAIR_TRY(fair_desk_query(d, &factor_put, &q, err));
    fair_db_int(q, 2, fair_id_new());
    fair_db_int(q, 3, user);
    fair_db_bytes(q, 4, secret);
    fair_db_int(q, 5, now);
    s = fair_db_run(q, err);
    if (s == FAIR_CONFLICT) return fair_fail(err, s, "the second factor is on already; switch it off first");
    if (s != FAIR_OK) return s;
    return fair_txn_end(&t, err);
}

fair_status
fair_store_factors(struct fair_store *st, fair_status (*each)(void *arg, fair_id org, fair_id user, fair_str secret, struct fair_err *err), void *arg, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_store_query(st, &factors_all, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        fair_arena_clear(a);
        FAIR_TRY(each(arg, fair_db_get_int(q, 0), fair_db_get_int(q, 1), fair_db_get_bytes(q, 2, a), err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_factor_reseal(const struct fair_desk *d, fair_id user, fair_str was, fair_str is, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &factor_reseal, &q, err));
    fair_db_int(q, 2, user);
    fair_db_bytes(q, 3, was);
    fair_db_bytes(q, 4, is);
    return fair_db_run(q, err);
}

fair_status
fair_store_recovery_put(const struct fair_desk *d, fair_id user, const struct fair_recovery_code *codes, size_t n, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(run_of(d, &recovery_remove, user, NULL, err));
    for (size_t i = 0; i < n; i++) {
        FAIR_AUTO(rows) struct fair_rows *q = NULL;
        FAIR_TRY(fair_desk_query(d, &recovery_put, &q, err));
        fair_db_int(q, 2, fair_id_new());
        fair_db_int(q, 3, user);
        fair_db_text(q, 4, codes[i].mark);
        fair_db_text(q, 5, codes[i].hash);
        FAIR_TRY(fair_db_run(q, err));
    }
    FAIR_TRY(fair_audit(d, fair_now(), "factor.codes", user, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_factor_confirm(const struct fair_desk *d, fair_id user, int64_t step, const struct fair_recovery_code *codes, size_t n, fair_time now,
                          struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &factor_confirm, &q, err));
    fair_db_int(q, 2, user);
    fair_db_int(q, 3, now);
    fair_db_int(q, 4, step);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_CONFLICT, "there is no second factor to confirm");
    FAIR_TRY(fair_store_recovery_put(d, user, codes, n, err));
    FAIR_TRY(fair_audit(d, now, "factor.on", user, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_factor_step(const struct fair_desk *d, fair_id user, int64_t step, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &factor_step, &q, err));
    fair_db_int(q, 2, user);
    fair_db_int(q, 3, step);
    FAIR_TRY(fair_db_run(q, err));
    return fair_db_changes(q) > 0 ? FAIR_OK : fair_fail(err, FAIR_CONFLICT, "this code was used already; wait for the next");
}

fair_status
fair_store_factor_off(const struct fair_desk *d, fair_id user, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    int64_t n = 0;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(run_of(d, &recovery_remove, user, NULL, err));
    FAIR_TRY(run_of(d, &factor_remove, user, &n, err));
    if (n == 0) return fair_fail(err, FAIR_NOT_FOUND, "this account has no second factor");
    FAIR_TRY(fair_audit(d, now, "factor.off", user, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_recovery_get(const struct fair_desk *d, fair_id user, fair_str mark, struct fair_arena *a, fair_id *id, fair_str *hash, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &recovery_get, &q, err));
    fair_db_int(q, 2, user);
    fair_db_text(q, 3, mark);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no such recovery code");
    if (s != FAIR_OK) return s;
    *id = fair_db_get_int(q, 0);
    *hash = fair_db_get_text(q, 1, a);
    return FAIR_OK;
}

fair_status
fair_store_recovery_use(const struct fair_desk *d, fair_id id, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &recovery_use, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_CONFLICT, "this recovery code was used already");
    FAIR_TRY(fair_audit(d, now, "factor.recovery", d->user, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_sessions(const struct fair_desk *d, fair_id user, fair_time now, FAIR_EACH(fair_session_row), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &sessions_of, &q, err));
    fair_db_int(q, 2, user);
    fair_db_int(q, 3, now);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_session_row row = { .id = fair_db_get_int(q, 0), .org = d->org, .user = user, .csrf = fair_db_get_text(q, 1, a),
                                        .created = fair_db_get_int(q, 2), .expires = fair_db_get_int(q, 3), .seen = fair_db_get_int(q, 4),
                                        .agent = fair_db_get_text(q, 5, a), .peer = fair_db_get_text(q, 6, a) };
        FAIR_TRY(each(arg, &row, err));
        fair_arena_clear(a);
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_session_end(const struct fair_desk *d, fair_id user, fair_id id, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &session_end, &q, err));
    fair_db_int(q, 2, user);
    fair_db_int(q, 3, id);
    FAIR_TRY(fair_db_run(q, err));
    return fair_db_changes(q) > 0 ? FAIR_OK : fair_fail(err, FAIR_NOT_FOUND, "no session %lld of this account", (long long)id);
}

fair_status
fair_store_password_reset(const struct fair_desk *d, fair_id user, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    int64_t n = 0;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(run_of(d, &password_remove, user, &n, err));
    if (n == 0) return fair_fail(err, FAIR_NOT_FOUND, "no account %lld", (long long)user);
    FAIR_TRY(run_of(d, &links_remove, user, NULL, err));
    FAIR_TRY(fair_store_sessions_remove_all(d, user, err));
    FAIR_TRY(fair_audit(d, now, "account.password_reset", user, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}
