/* owners.c - identities, mandates, declarations, and who checked what. */
#include <stdio.h>
#include <string.h>
#include "store/owner_private.h"

#define LINE_BYTES 500
#define MUCH_BYTES 4000

/* ---- checks ----------------------------------------------------------------------------------------------------- */

FAIR_SQL(checked_put,
    "INSERT INTO checked (id, org_id, subject, subject_id, verdict, how, name, statement, account_id, at_us)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10)");
FAIR_SQL(checked_newest,
    "SELECT id, verdict, how, name, statement, account_id, at_us FROM checked WHERE org_id = $1 AND subject = $2 AND subject_id = $3"
    " ORDER BY id DESC LIMIT 1");
FAIR_SQL(subject_identity, "SELECT id, NULL FROM identity WHERE org_id = $1 AND id = $2 AND ended_us IS NULL");
FAIR_SQL(subject_mandate, "SELECT id, NULL FROM mandate WHERE org_id = $1 AND id = $2");
FAIR_SQL(subject_proof, "SELECT id, work_id FROM proof WHERE org_id = $1 AND id = $2 AND ended_us IS NULL");
FAIR_SQL(subject_licence, "SELECT id, NULL FROM licence WHERE org_id = $1 AND id = $2");
FAIR_SQL(checker, "SELECT role, COALESCE(name, email) FROM account WHERE org_id = $1 AND id = $2");

fair_str
fair_line_kept(struct fair_arena *a, fair_str s, size_t max)
{
    fair_str t = fair_utf8_mend(a, fair_str_trim(s));
    while (t.n > max || (t.n > 0 && t.n == max && ((unsigned char)t.p[t.n - 1] & 0xc0) == 0x80)) t.n--;
    return t;
}

static fair_status
subject_is(const struct fair_desk *d, fair_str subject, fair_id id, fair_id *work, struct fair_err *err)
{
    static const struct { const char *name; const struct fair_sql *sql; } all[] = {
        { "identity", &subject_identity }, { "mandate", &subject_mandate }, { "proof", &subject_proof }, { "licence", &subject_licence } };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *work = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (!fair_str_eq(subject, fair_str_of(all[i].name))) continue;
        FAIR_TRY(fair_desk_query(d, all[i].sql, &q, err));
        fair_db_int(q, 2, id);
        s = fair_db_step(q, err);
        if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no %s %lld", all[i].name, (long long)id);
        if (s == FAIR_OK && !fair_db_is_null(q, 1)) *work = fair_db_get_int(q, 1);
        return s;
    }
    return fair_fail(err, FAIR_INVALID, "what is checked is an identity, a mandate, a proof or a licence");
}

fair_status
fair_store_check(const struct fair_desk *d, struct fair_checked *x, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_buf b = FAIR_BUF(a, 32768);
    fair_str role = FAIR_STR(""), name = fair_line_kept(a, x->name, LINE_BYTES), statement = fair_line_kept(a, x->statement, MUCH_BYTES), details;
    fair_id work;

    if (statement.n == 0) return fair_fail(err, FAIR_INVALID, "a check says what was seen");
    if (!fair_str_eq(x->verdict, FAIR_STR("holds")) && !fair_str_eq(x->verdict, FAIR_STR("fails"))) return fair_fail(err, FAIR_INVALID, "a check says \"holds\" or \"fails\"");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(subject_is(d, x->subject, x->subject_id, &work, err));
    if (d->user != 0) {
        FAIR_TRY(fair_desk_query(d, &checker, &q, err));
        fair_db_int(q, 2, d->user);
        FAIR_TRY(fair_db_step(q, err));
        role = fair_db_get_text(q, 0, a);
        name = fair_db_get_text(q, 1, a);             /* who checks signs with the own name */
        fair_rows_free(&q);
    } else if (name.n == 0) {
        name = FAIR_STR("the program");
    }
    x->id = fair_id_new();
    x->at = now;
    x->user = d->user;
    x->how = fair_str_eq(role, FAIR_STR("counsel")) ? FAIR_STR("counsel") : FAIR_STR("installation");
    FAIR_TRY(fair_desk_query(d, &checked_put, &q, err));
    fair_db_int(q, 2, x->id);
    fair_db_text(q, 3, x->subject);
    fair_db_int(q, 4, x->subject_id);
    fair_db_text(q, 5, x->verdict);
    fair_db_text(q, 6, x->how);
    fair_db_text(q, 7, name);
    fair_db_text(q, 8, statement);
    fair_db_int(q, 9, d->user);
    fair_db_int(q, 10, now);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    fair_buf_fmt(&b, "{\"verdict\":\"%.*s\",\"how\":\"%.*s\",\"name\":", FAIR_STR_ARG(x->verdict), FAIR_STR_ARG(x->how));
    fair_json_text(&b, name);
    fair_buf_c(&b, ",\"statement\":");
    fair_json_text(&b, statement);
    fair_buf_c(&b, "}");
    FAIR_TRY(fair_buf_take(&b, &details, err));
    FAIR_TRY(fair_audit(d, now, fair_str_fmt(a, "%.*s.checked", FAIR_STR_ARG(x->subject)).p, x->subject_id, details, err));
    if (work != 0) FAIR_TRY(fair_store_owned_again(d, work, now, err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_checked(const struct fair_desk *d, const char *subject, fair_id id, struct fair_arena *a, struct fair_checked *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *out = (struct fair_checked){ .subject = fair_str_of(subject), .subject_id = id, .verdict = FAIR_STR(""), .how = FAIR_STR("") };
    FAIR_TRY(fair_desk_query(d, &checked_newest, &q, err));
    fair_db_text(q, 2, fair_str_of(subject));
    fair_db_int(q, 3, id);
    s = fair_db_step(q, err);
    if (s != FAIR_OK) return s == FAIR_DONE ? FAIR_OK : s;
    out->id = fair_db_get_int(q, 0);
    out->verdict = fair_db_get_text(q, 1, a);
    out->how = fair_db_get_text(q, 2, a);
    out->name = fair_db_get_text(q, 3, a);
    out->statement = fair_db_get_text(q, 4, a);
    out->user = fair_db_get_int(q, 5);
    out->at = fair_db_get_int(q, 6);
    return FAIR_OK;
}

fair_str
fair_checked_words(struct fair_arena *a, const struct fair_checked *x)
{
    fair_str day = { fair_time_text(a, x->at).p, x->at != 0 ? 10 : 0 };

    if (x->how.n == 0) return FAIR_STR("declared by the claimant");
    if (fair_str_eq(x->verdict, FAIR_STR("fails")))
        return fair_str_fmt(a, "looked at by %.*s on %.*s and found not to hold", FAIR_STR_ARG(x->name), FAIR_STR_ARG(day));
    if (fair_str_eq(x->how, FAIR_STR("counsel"))) return fair_str_fmt(a, "checked by %.*s, counsel, on %.*s", FAIR_STR_ARG(x->name), FAIR_STR_ARG(day));
    return fair_str_fmt(a, "checked by the claimant's own installation (%.*s, on %.*s)", FAIR_STR_ARG(x->name), FAIR_STR_ARG(day));
}

/* ---- identity --------------------------------------------------------------------------------------------------- */

FAIR_SQL(identity_put,
    "INSERT INTO identity (id, org_id, owner_id, kind, value, document, secret, expires_us, account_id, at_us) VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10)");
FAIR_SQL_ALL(identity_by_secret, "SELECT org_id, id, value, expires_us, owner_id FROM identity WHERE secret = $1 AND ended_us IS NULL AND confirmed_us IS NULL");
FAIR_SQL(identity_confirm, "UPDATE identity SET confirmed_us = $3, secret = NULL WHERE org_id = $1 AND id = $2 AND confirmed_us IS NULL");
FAIR_SQL(identity_end, "UPDATE identity SET ended_us = $3, ended_by = $4, ended_why = $5, secret = NULL WHERE org_id = $1 AND id = $2 AND ended_us IS NULL");
FAIR_SQL(identities,
    "SELECT id, owner_id, kind, value, document, confirmed_us, at_us, account_id FROM identity"
    " WHERE org_id = $1 AND ended_us IS NULL AND ($2 = -1 OR COALESCE(owner_id, 0) = $2) ORDER BY id");
FAIR_SQL(owner_by_id, "SELECT id, name, email, created_us FROM owner WHERE org_id = $1 AND id = $2");
FAIR_SQL_ALL(owner_itself, "SELECT 0, name, NULL, created_us FROM org WHERE id = $1");

fair_status
fair_store_owner_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_owner *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    if (id != 0) {
        FAIR_TRY(fair_desk_query(d, &owner_by_id, &q, err));
        fair_db_int(q, 2, id);
    } else {
        FAIR_TRY(fair_store_query(d->st, &owner_itself, &q, err));
        fair_db_int(q, 1, d->org);
    }
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no owner %lld", (long long)id);
    if (s != FAIR_OK) return s;
    *out = (struct fair_owner){ fair_db_get_int(q, 0), fair_db_get_text(q, 1, a), fair_db_get_text(q, 2, a), fair_db_get_int(q, 3) };
    return FAIR_OK;
}

static bool
mail_like(fair_str s)
{
    const char *at = s.n > 2 ? memchr(s.p, '@', s.n) : NULL;
    if (at == NULL || at == s.p || at == s.p + s.n - 1 || s.n > 254) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || strchr(",;<>\"()\\", s.p[i]) != NULL) return false;
    return memchr(at + 1, '@', (size_t)(s.p + s.n - at) - 1) == NULL;
}

fair_status
fair_store_identity_add(const struct fair_desk *d, struct fair_identity *x, const struct fair_sha256 *secret, fair_time expires, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_buf b = FAIR_BUF(a, 8192);
    bool mail = fair_str_eq(x->kind, FAIR_STR("mail"));
    fair_str value = fair_line_kept(a, x->value, LINE_BYTES), details;
    struct fair_owner o;

    if (!mail && !fair_str_eq(x->kind, FAIR_STR("payment")) && !fair_str_eq(x->kind, FAIR_STR("document")) && !fair_str_eq(x->kind, FAIR_STR("register")))
        return fair_fail(err, FAIR_INVALID, "an identity is shown by mail, payment, document or register");
    if (mail && (!mail_like(value) || secret == NULL)) return fair_fail(err, FAIR_INVALID, "\"%.*s\" is no mail address", FAIR_STR_ARG(value));
    if (value.n == 0) return fair_fail(err, FAIR_INVALID, "say what was seen: which document, which register and number");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_store_owner_get(d, x->owner, a, &o, err));
    x->id = fair_id_new();
    if (x->at == 0) x->at = fair_now();
    FAIR_TRY(fair_desk_query(d, &identity_put, &q, err));
    fair_db_int(q, 2, x->id);
    fair_db_id(q, 3, x->owner);
    fair_db_text(q, 4, x->kind);
    fair_db_text(q, 5, value);
    fair_db_sha256(q, 6, &x->document);
    fair_db_sha256(q, 7, mail ? secret : &(struct fair_sha256){ { 0 } });
    fair_db_id(q, 8, mail ? expires : 0);
    fair_db_int(q, 9, d->user);
    fair_db_int(q, 10, x->at);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_blob_hold(d, &x->document, 0, err));
    fair_buf_fmt(&b, "{\"owner\":%lld,\"kind\":\"%.*s\",\"value\":", (long long)x->owner, FAIR_STR_ARG(x->kind));
    fair_json_text(&b, value);
    fair_buf_c(&b, "}");
    FAIR_TRY(fair_buf_take(&b, &details, err));
    FAIR_TRY(fair_audit(d, x->at, "identity.add", x->id, details, err));
    return fair_txn_end(&t, err);
}

static fair_status
by_secret(struct fair_store *st, const struct fair_sha256 *secret, fair_time now, struct fair_arena *a, fair_id *org, fair_id *id, fair_str *address, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_store_query(st, &identity_by_secret, &q, err));
    fair_db_sha256(q, 1, secret);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "this link is unknown or was used already");
    if (s != FAIR_OK) return s;
    *org = fair_db_get_int(q, 0);
    *id = fair_db_get_int(q, 1);
    *address = fair_db_get_text(q, 2, a);
    if (fair_db_get_int(q, 3) <= now) return fair_fail(err, FAIR_NOT_FOUND, "this link is over");
    return FAIR_OK;
}

fair_status
fair_store_identity_link(struct fair_store *st, const struct fair_sha256 *secret, fair_time now, struct fair_arena *a, fair_str *address, struct fair_err *err)
{
    fair_id org, id;
    return by_secret(st, secret, now, a, &org, &id, address, err);
}

fair_status
fair_store_identity_confirm(struct fair_store *st, const struct fair_sha256 *secret, fair_time now, struct fair_arena *a, fair_str *address, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_desk d = { st, 0, 0 };
    fair_id id = 0;

    FAIR_TRY(fair_txn_begin(st, &t, err));
    FAIR_TRY(by_secret(st, secret, now, a, &d.org, &id, address, err));
    FAIR_TRY(fair_desk_query(&d, &identity_confirm, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_audit(&d, now, "identity.confirmed", id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_identity_end(const struct fair_desk *d, fair_id id, fair_str why, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &identity_end, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    fair_db_int(q, 4, d->user);
    fair_db_text(q, 5, fair_line_kept(a, why, LINE_BYTES));
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_NOT_FOUND, "no identity %lld in force", (long long)id);
    fair_rows_free(&q);
    FAIR_TRY(fair_audit(d, now, "identity.end", id, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_identities(const struct fair_desk *d, fair_id owner, FAIR_EACH(fair_identity), struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &identities, &q, err));
    fair_db_int(q, 2, owner);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_identity x = { .id = fair_db_get_int(q, 0), .owner = fair_db_get_int(q, 1), .kind = fair_db_get_text(q, 2, a), .value = fair_db_get_text(q, 3, a),
                                   .confirmed = fair_db_get_int(q, 5), .at = fair_db_get_int(q, 6), .user = fair_db_get_int(q, 7) };
        fair_db_get_sha256(q, 4, &x.document);
        FAIR_TRY(fair_store_checked(d, "identity", x.id, a, &x.check, err));
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

static fair_status
raise_k(void *arg, const struct fair_identity *x, struct fair_err *err)
{
    int *k = arg, now = -1;
    bool holds = fair_str_eq(x->check.verdict, FAIR_STR("holds"));

    (void)err;
    if (fair_str_eq(x->kind, FAIR_STR("mail"))) now = x->confirmed != 0 ? 0 : -1;
    else if (holds) now = fair_str_eq(x->kind, FAIR_STR("register")) ? 2 : 1;
    if (now > *k) *k = now;
    return FAIR_OK;
}

fair_status
fair_store_identity_level(const struct fair_desk *d, fair_id owner, int *k, struct fair_err *err)
{
    *k = -1;
    return fair_store_identities(d, owner, raise_k, k, err);
}

/* ---- mandates --------------------------------------------------------------------------------------------------- */

FAIR_SQL(mandate_put,
    "INSERT INTO mandate (id, org_id, owner_id, scope, collection, territory, rights, from_us, until_us, commission, document, account_id, at_us)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
FAIR_SQL(mandate_work_put, "INSERT INTO mandate_work (org_id, mandate_id, work_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
FAIR_SQL(mandate_revoke, "UPDATE mandate SET revoked_us = $3, revoked_by = $4, revoked_why = $5 WHERE org_id = $1 AND id = $2 AND revoked_us IS NULL");
#define MANDATE "id, owner_id, scope, collection, territory, rights, from_us, until_us, commission, document, account_id, at_us, revoked_us, revoked_by, revoked_why"
FAIR_SQL(mandates, "SELECT " MANDATE " FROM mandate WHERE org_id = $1 AND ($2 = 0 OR owner_id = $2) ORDER BY id");
FAIR_SQL(mandate_has_work,
    "SELECT 1 FROM work w WHERE w.org_id = $1 AND w.id = $3 AND (EXISTS (SELECT 1 FROM mandate_work m WHERE m.org_id = w.org_id AND m.mandate_id = $2 AND m.work_id = w.id)"
    " OR EXISTS (SELECT 1 FROM mandate m WHERE m.org_id = w.org_id AND m.id = $2 AND m.scope = 'collection' AND m.collection = w.collection))");
FAIR_SQL(work_owner, "SELECT owner_id FROM work WHERE org_id = $1 AND id = $2");

/* Countries are two capital letters; "world" stands alone. */
fair_status
fair_territory_read(struct fair_arena *a, fair_str given, fair_str *out, struct fair_err *err)
{
    fair_str rest = fair_str_trim(given), one;
    struct fair_buf b = FAIR_BUF(a, 2048);

    if (rest.n == 0 || fair_str_eq_nocase(rest, FAIR_STR("world"))) {
        *out = FAIR_STR("world");
        return FAIR_OK;
    }
    while (fair_str_split(&rest, ' ', &one)) {
        char c[3] = "";
        while (one.n > 0 && (one.p[one.n - 1] == ',' || one.p[one.n - 1] == ';')) one.n--;
        if (one.n == 0) continue;
        for (size_t i = 0; i < 2 && i < one.n; i++) c[i] = (char)(one.p[i] >= 'a' && one.p[i] <= 'z' ? one.p[i] - 32 : one.p[i]);
        if (one.n != 2 || c[0] < 'A' || c[0] > 'Z' || c[1] < 'A' || c[1] > 'Z')
            return fair_fail(err, FAIR_INVALID, "territory \"%.*s\": world, or countries by two letters: AT CH DE", FAIR_STR_ARG(fair_str_escape(a, one)));
        fair_buf_fmt(&b, "%s%s", b.n > 0 ? " " : "", c);
    }
    return fair_buf_take(&b, out, err);
}

/* Is the word among those with spaces between? */
bool
fair_has_word(fair_str list, fair_str word)
{
    fair_str one;
    while (fair_str_split(&list, ' ', &one))
        if (one.n > 0 && fair_str_eq(one, word)) return true;
    return false;
}

static fair_status
mandate_valid(struct fair_arena *a, struct fair_mandate *m, struct fair_err *err)
{
    fair_str rest = m->rights, one;

    if (m->owner == 0) return fair_fail(err, FAIR_INVALID, "a mandate is an owner's: what is the organisation's own needs none");
    if (fair_str_eq(m->scope, FAIR_STR("collection")) ? m->collection.n == 0 : fair_str_eq(m->scope, FAIR_STR("works")) ? m->n_works == 0 : !fair_str_eq(m->scope, FAIR_STR("all")))
        return fair_fail(err, FAIR_INVALID, "a mandate is for all works, a collection that is named, or works that are");
    FAIR_TRY(fair_territory_read(a, m->territory, &m->territory, err));
    if (fair_str_trim(rest).n == 0) return fair_fail(err, FAIR_INVALID, "a mandate names rights: enforce, licence, takedown, court");
    while (fair_str_split(&rest, ' ', &one))
        if (one.n > 0 && !fair_has_word(FAIR_STR("enforce licence takedown court"), one))
            return fair_fail(err, FAIR_INVALID, "\"%.*s\" is no right of a mandate: enforce, licence, takedown, court", FAIR_STR_ARG(fair_str_escape(a, one)));
    if (m->from == 0) return fair_fail(err, FAIR_INVALID, "a mandate has a first day");
    if (m->until != 0 && m->until <= m->from) return fair_fail(err, FAIR_INVALID, "a mandate ends after it begins");
    return FAIR_OK;
}

fair_status
fair_store_mandate_add(const struct fair_desk *d, struct fair_mandate *m, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_mandate x = *m;
    struct fair_buf b = FAIR_BUF(a, 8192);
    struct fair_owner o;
    fair_str details;

    FAIR_TRY(mandate_valid(a, &x, err));
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_store_owner_get(d, x.owner, a, &o, err));
    x.id = fair_id_new();
    if (x.at == 0) x.at = fair_now();
    FAIR_TRY(fair_desk_query(d, &mandate_put, &q, err));
    fair_db_int(q, 2, x.id);
    fair_db_int(q, 3, x.owner);
    fair_db_text(q, 4, x.scope);
    fair_db_text(q, 5, fair_str_eq(x.scope, FAIR_STR("collection")) ? x.collection : (fair_str){ NULL, 0 });
    fair_db_text(q, 6, x.territory);
    fair_db_text(q, 7, fair_str_trim(x.rights));
    fair_db_int(q, 8, x.from);
    fair_db_id(q, 9, x.until);
    fair_db_text(q, 10, x.commission.n > 0 ? fair_line_kept(a, x.commission, LINE_BYTES) : (fair_str){ NULL, 0 });
    fair_db_sha256(q, 11, &x.document);
    fair_db_int(q, 12, d->user);
    fair_db_int(q, 13, x.at);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    for (size_t i = 0; fair_str_eq(x.scope, FAIR_STR("works")) && i < x.n_works; i++) {
        FAIR_TRY(fair_desk_query(d, &mandate_work_put, &q, err));
        fair_db_int(q, 2, x.id);
        fair_db_int(q, 3, x.works[i]);
        if (fair_db_run(q, err) != FAIR_OK) return fair_fail(err, FAIR_NOT_FOUND, "no work %lld", (long long)x.works[i]);
        fair_rows_free(&q);
    }
    FAIR_TRY(fair_blob_hold(d, &x.document, 0, err));
    fair_buf_fmt(&b, "{\"owner\":%lld,\"scope\":\"%.*s\",\"territory\":\"%.*s\",\"from_us\":%lld,\"until_us\":%lld}", (long long)x.owner, FAIR_STR_ARG(x.scope),
                 FAIR_STR_ARG(x.territory), (long long)x.from, (long long)x.until);
    FAIR_TRY(fair_buf_take(&b, &details, err));
    FAIR_TRY(fair_audit(d, x.at, "mandate.add", x.id, details, err));
    FAIR_TRY(fair_txn_end(&t, err));
    m->id = x.id;
    m->at = x.at;
    return FAIR_OK;
}

fair_status
fair_store_mandate_revoke(const struct fair_desk *d, fair_id id, fair_str why, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_buf b = FAIR_BUF(a, 8192);
    fair_str details, words = fair_line_kept(a, why, LINE_BYTES);

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &mandate_revoke, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    fair_db_int(q, 4, d->user);
    fair_db_text(q, 5, words);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_NOT_FOUND, "no mandate %lld that could be revoked", (long long)id);
    fair_rows_free(&q);
    fair_buf_c(&b, "{\"why\":");
    fair_json_text(&b, words);
    fair_buf_c(&b, "}");
    FAIR_TRY(fair_buf_take(&b, &details, err));
    FAIR_TRY(fair_audit(d, now, "mandate.revoke", id, details, err));
    return fair_txn_end(&t, err);
}

static void
mandate_read(struct fair_rows *q, struct fair_arena *a, struct fair_mandate *m)
{
    *m = (struct fair_mandate){ .id = fair_db_get_int(q, 0), .owner = fair_db_get_int(q, 1), .scope = fair_db_get_text(q, 2, a), .collection = fair_db_get_text(q, 3, a),
        .territory = fair_db_get_text(q, 4, a), .rights = fair_db_get_text(q, 5, a), .from = fair_db_get_int(q, 6), .until = fair_db_get_int(q, 7),
        .commission = fair_db_get_text(q, 8, a), .user = fair_db_get_int(q, 10), .at = fair_db_get_int(q, 11), .revoked = fair_db_get_int(q, 12),
        .revoked_by = fair_db_get_int(q, 13), .revoked_why = fair_db_get_text(q, 14, a) };
    fair_db_get_sha256(q, 9, &m->document);
}

fair_status
fair_store_mandates(const struct fair_desk *d, fair_id owner, FAIR_EACH(fair_mandate), struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &mandates, &q, err));
    fair_db_int(q, 2, owner);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_mandate m;
        mandate_read(q, a, &m);
        FAIR_TRY(fair_store_checked(d, "mandate", m.id, a, &m.check, err));
        FAIR_TRY(each(arg, &m, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

static fair_status
covers_work(const struct fair_desk *d, const struct fair_mandate *m, fair_id work, bool *is, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *is = fair_str_eq(m->scope, FAIR_STR("all"));
    if (*is) return FAIR_OK;
    FAIR_TRY(fair_desk_query(d, &mandate_has_work, &q, err));
    fair_db_int(q, 2, m->id);
    fair_db_int(q, 3, work);
    s = fair_db_step(q, err);
    *is = s == FAIR_OK;
    return s == FAIR_DONE ? FAIR_OK : s;
}

struct covering { const struct fair_desk *d; fair_id work; fair_str country; const char *right; fair_time now; struct fair_mandate_cover *out; struct fair_arena *a; int best; };

static fair_status
try_one(void *arg, const struct fair_mandate *m, struct fair_err *err)
{
    struct covering *c = arg;
    struct fair_mandate_cover x = { .needed = true, .any = true, .id = m->id };
    int score;

    FAIR_TRY(covers_work(c->d, m, c->work, &x.work, err));
    x.territory = c->country.n == 0 || fair_str_eq(m->territory, FAIR_STR("world")) || fair_has_word(m->territory, c->country);
    x.dates = m->from <= c->now && (m->until == 0 || c->now < m->until);
    x.right = fair_has_word(m->rights, fair_str_of(c->right));
    x.revoked = m->revoked != 0 && m->revoked <= c->now;
    x.checked = c->now;               /* a revocation is looked for each time this is asked */
    score = 16 * !x.revoked + 8 * x.work + 4 * x.dates + 2 * x.right + x.territory;
    if (score <= c->best) return FAIR_OK;
    c->best = score;
    FAIR_TRY(fair_store_checked(c->d, "mandate", m->id, c->a, &x.check, err));
    *c->out = x;
    return FAIR_OK;
}

fair_status
fair_store_mandate_covers(const struct fair_desk *d, fair_id work, fair_str country, const char *right, fair_time now, struct fair_arena *a,
                          struct fair_mandate_cover *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct covering c = { d, work, country, right, now, out, a, -1 };
    fair_id owner;
    fair_status s;

    *out = (struct fair_mandate_cover){ 0 };
    FAIR_TRY(fair_desk_query(d, &work_owner, &q, err));
    fair_db_int(q, 2, work);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no work %lld", (long long)work);
    if (s != FAIR_OK) return s;
    owner = fair_db_get_int(q, 0);
    fair_rows_free(&q);
    if (owner == 0) return FAIR_OK;
    out->needed = true;
    return fair_store_mandates(d, owner, try_one, &c, err);
}

/* ---- declarations -------------------------------------------------------------------------------------------------- */

FAIR_SQL(declaration_put,
    "INSERT INTO declaration (id, org_id, work_id, collection, author, stock, cc, press, ai, authorship, note, account_id, at_us)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
FAIR_SQL(declared,
    "SELECT d.id, d.work_id, d.collection, d.author, d.stock, d.cc, d.press, d.ai, d.authorship, d.note, d.account_id, d.at_us FROM declaration d"
    " LEFT JOIN work w ON w.org_id = d.org_id AND w.id = $2"
    " WHERE d.org_id = $1 AND (d.work_id = $2 OR (d.work_id IS NULL AND (d.collection IS NULL OR d.collection = w.collection)))"
    " ORDER BY CASE WHEN d.work_id IS NOT NULL THEN 0 WHEN d.collection IS NOT NULL THEN 1 ELSE 2 END, d.id DESC LIMIT 1");
FAIR_SQL(declared_works, "SELECT id FROM work WHERE org_id = $1 AND removed_us IS NULL AND ($2 = 0 OR id = $2) AND (CAST($3 AS TEXT) IS NULL OR collection = $3) ORDER BY id");

static bool
yes_no(fair_str s)
{
    return fair_has_word(FAIR_STR("no yes unknown"), s);
}

/* The ids that a query gives, read to its end. */
fair_status
fair_ids_read(struct fair_rows *q, struct fair_arena *a, fair_id **ids, size_t *n, struct fair_err *err)
{
    size_t room = 0;
    fair_status s;

    *ids = NULL;
    *n = 0;
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        if (*n == room) {
            fair_id *more = fair_alloc_array(a, room = room == 0 ? 64 : room * 2, sizeof *more);
            if (*n > 0) memcpy(more, *ids, *n * sizeof *more);
            *ids = more;
        }
        (*ids)[(*n)++] = fair_db_get_int(q, 0);
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_declare(const struct fair_desk *d, struct fair_declaration *x, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_buf b = FAIR_BUF(a, 16384);
    fair_str details;
    fair_id *works;
    size_t n;

    if (!yes_no(x->stock) || !yes_no(x->cc) || !yes_no(x->press)) return fair_fail(err, FAIR_INVALID, "stock, cc and press are answered by no, yes or unknown");
    if (!fair_has_word(FAIR_STR("none edited generated"), x->ai)) return fair_fail(err, FAIR_INVALID, "the part that AI had is none, edited or generated");
    if (x->work != 0 && x->collection.n > 0) return fair_fail(err, FAIR_INVALID, "a declaration is for a work, for a collection, or for all works");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    x->id = fair_id_new();
    if (x->at == 0) x->at = fair_now();
    FAIR_TRY(fair_desk_query(d, &declaration_put, &q, err));
    fair_db_int(q, 2, x->id);
    fair_db_id(q, 3, x->work);
    fair_db_text(q, 4, x->collection.n > 0 ? x->collection : (fair_str){ NULL, 0 });
    fair_db_int(q, 5, x->author);
    fair_db_text(q, 6, x->stock);
    fair_db_text(q, 7, x->cc);
    fair_db_text(q, 8, x->press);
    fair_db_text(q, 9, x->ai);
    fair_db_text(q, 10, x->authorship.n > 0 ? fair_line_kept(a, x->authorship, MUCH_BYTES) : (fair_str){ NULL, 0 });
    fair_db_text(q, 11, x->note.n > 0 ? fair_line_kept(a, x->note, MUCH_BYTES) : (fair_str){ NULL, 0 });
    fair_db_int(q, 12, d->user);
    fair_db_int(q, 13, x->at);
    if (fair_db_run(q, err) != FAIR_OK) return x->work != 0 ? fair_fail(err, FAIR_NOT_FOUND, "no work %lld", (long long)x->work) : FAIR_IO;
    fair_rows_free(&q);
    fair_buf_fmt(&b, "{\"work\":%lld,\"collection\":", (long long)x->work);
    fair_json_text(&b, x->collection);
    fair_buf_fmt(&b, ",\"author\":%d,\"stock\":\"%.*s\",\"cc\":\"%.*s\",\"press\":\"%.*s\",\"ai\":\"%.*s\"}", x->author, FAIR_STR_ARG(x->stock), FAIR_STR_ARG(x->cc),
                 FAIR_STR_ARG(x->press), FAIR_STR_ARG(x->ai));
    FAIR_TRY(fair_buf_take(&b, &details, err));
    FAIR_TRY(fair_audit(d, x->at, "declaration", x->id, details, err));
    FAIR_TRY(fair_desk_query(d, &declared_works, &q, err));
    fair_db_int(q, 2, x->work);
    fair_db_text(q, 3, x->collection.n > 0 ? x->collection : (fair_str){ NULL, 0 });
    FAIR_TRY(fair_ids_read(q, a, &works, &n, err));
    fair_rows_free(&q);
    for (size_t i = 0; i < n; i++) FAIR_TRY(fair_store_owned_again(d, works[i], x->at, err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_declared(const struct fair_desk *d, fair_id work, struct fair_arena *a, struct fair_declaration *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &declared, &q, err));
    fair_db_int(q, 2, work);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "nothing was declared of work %lld", (long long)work);
    if (s != FAIR_OK) return s;
    *out = (struct fair_declaration){ .id = fair_db_get_int(q, 0), .work = fair_db_get_int(q, 1), .collection = fair_db_get_text(q, 2, a), .author = fair_db_get_int(q, 3) != 0,
        .stock = fair_db_get_text(q, 4, a), .cc = fair_db_get_text(q, 5, a), .press = fair_db_get_text(q, 6, a), .ai = fair_db_get_text(q, 7, a),
        .authorship = fair_db_get_text(q, 8, a), .note = fair_db_get_text(q, 9, a), .user = fair_db_get_int(q, 10), .at = fair_db_get_int(q, 11) };
    return FAIR_OK;
}
