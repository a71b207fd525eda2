/* parties.c - who answers for a site: each thing known of them has a source, and a person who confirmed it. */
#include <string.h>
#include "store/case_private.h"

#define VALUE_BYTES 4096

FAIR_SQL(party_by_operator, "SELECT id FROM party WHERE org_id = $1 AND operator = $2");
FAIR_SQL(party_put,
    "INSERT INTO party (id, org_id, operator, kind, hosting, lawyer_only, created_us, changed_us)"
    " VALUES ($2, $1, $3, 'unknown', 'unknown', 0, $4, $4)");
FAIR_SQL(party_by_id,
    "SELECT id, operator, kind, kind_evidence, hosting, hosting_evidence, language, lawyer_only, created_us, changed_us, forgotten_us"
    " FROM party WHERE org_id = $1 AND id = $2");
FAIR_SQL(party_set,
    "UPDATE party SET kind = $3, kind_evidence = $4, hosting = $5, hosting_evidence = $6, language = $7, lawyer_only = $8, changed_us = $9"
    " WHERE org_id = $1 AND id = $2");
FAIR_SQL(party_data,
    "SELECT id, party_id, what, value, source, source_url, seen_us, account_id, confirmed_by, confirmed_us, ended_us"
    " FROM party_datum WHERE org_id = $1 AND party_id = $2 AND ended_us IS NULL ORDER BY what");
FAIR_SQL(party_datum_end, "UPDATE party_datum SET ended_us = $4 WHERE org_id = $1 AND party_id = $2 AND what = $3 AND ended_us IS NULL");
FAIR_SQL(party_datum_put,
    "INSERT INTO party_datum (id, org_id, party_id, what, value, source, source_url, seen_us, account_id, confirmed_by, confirmed_us)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
FAIR_SQL(party_datum_confirm,
    "UPDATE party_datum SET confirmed_by = $3, confirmed_us = $4 WHERE org_id = $1 AND id = $2 AND ended_us IS NULL AND confirmed_us IS NULL");
FAIR_SQL(party_datum_is, "SELECT 1 FROM party_datum WHERE org_id = $1 AND id = $2 AND ended_us IS NULL");

static bool
part_of_mail(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || strchr(".!#$%&'*+/=?^_`{|}~-@", c) != NULL;
}

static fair_str
bare(fair_str s)
{
    while (s.n > 0 && strchr(" ,;<>\t\r\n", s.p[0]) != NULL) s = (fair_str){ s.p + 1, s.n - 1 };
    while (s.n > 0 && strchr(" ,;<>\t\r\n", s.p[s.n - 1]) != NULL) s.n--;
    return s;
}

void
fair_party_lawyer(fair_str value, fair_str *name, fair_str *email, fair_str *address)
{
    const char *at = value.n > 0 ? memchr(value.p, '@', value.n) : NULL, *from = at, *to = at, *end = value.p + value.n;
    fair_str before = value, after = { NULL, 0 };
    size_t n = 0;

    *name = *email = *address = (fair_str){ NULL, 0 };
    if (at != NULL) {
        while (from > value.p && part_of_mail(from[-1])) from--;
        while (to < end && part_of_mail(*to)) to++;
        *email = (fair_str){ from, (size_t)(to - from) };
        before = (fair_str){ value.p, (size_t)(from - value.p) };
        after = (fair_str){ to, (size_t)(end - to) };
    }
    while (n < before.n && before.p[n] != ',' && before.p[n] != '\n' && before.p[n] != '<') n++;
    *name = bare((fair_str){ before.p, n });
    *address = bare((fair_str){ before.p + n, before.n - n });
    if (address->n == 0) *address = bare(after);
    if (name->n == 0) *name = *email;
}

fair_status
fair_store_party_of(const struct fair_desk *d, fair_str operator, fair_time now, fair_id *id, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    if (operator.n == 0 || operator.n > 1024) return fair_fail(err, FAIR_INVALID, "a party needs the operator it answers for");
    FAIR_TRY(fair_desk_query(d, &party_by_operator, &q, err));
    fair_db_text(q, 2, operator);
    s = fair_db_step(q, err);
    if (s == FAIR_OK) *id = fair_db_get_int(q, 0);
    if (s != FAIR_DONE) return s;
    fair_rows_free(&q);
    *id = fair_id_new();
    FAIR_TRY(fair_desk_query(d, &party_put, &q, err));
    fair_db_int(q, 2, *id);
    fair_db_text(q, 3, operator);
    fair_db_int(q, 4, now);
    return fair_db_run(q, err);
}

fair_status
fair_store_party_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_party *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &party_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no party %lld", (long long)id);
    if (s != FAIR_OK) return s;
    *out = (struct fair_party){
        .id = fair_db_get_int(q, 0), .operator = fair_db_get_text(q, 1, a), .kind = fair_db_get_text(q, 2, a), .kind_evidence = fair_db_get_text(q, 3, a),
        .hosting = fair_db_get_text(q, 4, a), .hosting_evidence = fair_db_get_text(q, 5, a), .language = fair_db_get_text(q, 6, a),
        .lawyer_only = fair_db_get_int(q, 7) != 0, .created = fair_db_get_int(q, 8), .changed = fair_db_get_int(q, 9), .forgotten = fair_db_get_int(q, 10),
    };
    return FAIR_OK;
}

static bool
one_of(fair_str s, const char *const *list)
{
    for (; *list != NULL; list++)
        if (fair_is(s, *list)) return true;
    return false;
}

static bool
language_code(fair_str s)
{
    if (s.n != 2) return s.n == 0;
    return s.p[0] >= 'a' && s.p[0] <= 'z' && s.p[1] >= 'a' && s.p[1] <= 'z';
}

fair_status
fair_store_party_set(const struct fair_desk *d, const struct fair_party *p, fair_time now, struct fair_err *err)
{
    static const char *const kinds[] = { "unknown", "private", "commercial", NULL }, *const hostings[] = { "unknown", "hosted", "embedded", "platform", NULL };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_buf b = FAIR_BUF(a, 16384);

    if (d->user == 0) return fair_fail(err, FAIR_REFUSED, "what a party is, a person has to say");
    if (!one_of(p->kind, kinds)) return fair_fail(err, FAIR_INVALID, "a party is unknown, private or commercial");
    if (!one_of(p->hosting, hostings)) return fair_fail(err, FAIR_INVALID, "the picture is unknown, hosted, embedded, or on a platform");
    if (!fair_is(p->kind, "unknown") && fair_str_trim(p->kind_evidence).n == 0)
        return fair_fail(err, FAIR_INVALID, "%.*s needs what shows it", FAIR_STR_ARG(p->kind));
    if (!fair_is(p->hosting, "unknown") && fair_str_trim(p->hosting_evidence).n == 0)
        return fair_fail(err, FAIR_INVALID, "%.*s needs what shows it", FAIR_STR_ARG(p->hosting));
    if (p->kind_evidence.n > VALUE_BYTES || p->hosting_evidence.n > VALUE_BYTES) return fair_fail(err, FAIR_INVALID, "what shows it is over %d bytes", VALUE_BYTES);
    if (!language_code(p->language)) return fair_fail(err, FAIR_INVALID, "a language is two small letters, as de");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    fair_buf_c(&b, "{\"kind\":");
    fair_json_text(&b, p->kind);
    fair_buf_c(&b, ",\"hosting\":");
    fair_json_text(&b, p->hosting);
    fair_buf_byte(&b, '}');
    FAIR_TRY(fair_audit(d, now, "party.set", p->id, (fair_str){ b.p, b.n }, err));
    FAIR_TRY(fair_desk_query(d, &party_set, &q, err));
    fair_db_int(q, 2, p->id);
    fair_db_text(q, 3, p->kind);
    fair_db_text(q, 4, p->kind_evidence);
    fair_db_text(q, 5, p->hosting);
    fair_db_text(q, 6, p->hosting_evidence);
    fair_db_text(q, 7, p->language);
    fair_db_int(q, 8, p->lawyer_only);
    fair_db_int(q, 9, now);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_NOT_FOUND, "no party %lld", (long long)p->id);
    fair_rows_free(&q);
    return fair_txn_end(&t, err);
}

fair_status
fair_store_party_data(const struct fair_desk *d, fair_id party, FAIR_EACH(fair_party_datum), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &party_data, &q, err));
    fair_db_int(q, 2, party);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_party_datum x;
        fair_arena_clear(a);
        x = (struct fair_party_datum){
            .id = fair_db_get_int(q, 0), .party = fair_db_get_int(q, 1), .what = fair_db_get_text(q, 2, a), .value = fair_db_get_text(q, 3, a),
            .source = fair_db_get_text(q, 4, a), .source_url = fair_db_get_text(q, 5, a), .seen = fair_db_get_int(q, 6), .user = fair_db_get_int(q, 7),
            .confirmed_by = fair_db_get_int(q, 8), .confirmed = fair_db_get_int(q, 9), .ended = fair_db_get_int(q, 10),
        };
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* A private person's contact comes from what they published themselves, or from them. */
static fair_status
check_datum(const struct fair_party_datum *x, const struct fair_party *p, struct fair_err *err)
{
    static const char *const whats[] = { "name", "address", "country", "email", "phone", "form", "register", "lawyer", NULL };
    static const char *const sources[] = { "imprint", "rdap", "security_txt", "register", "recipient", "entered", NULL };
    bool contact = fair_is(x->what, "email") || fair_is(x->what, "phone") || fair_is(x->what, "address");

    if (!one_of(x->what, whats)) return fair_fail(err, FAIR_INVALID, "\"%.*s\" is nothing that is kept of a party", FAIR_STR_ARG(x->what));
    if (!one_of(x->source, sources)) return fair_fail(err, FAIR_INVALID, "where it comes from is missing: imprint, rdap, security_txt, register, recipient or entered");
    if (fair_str_trim(x->value).n == 0 || x->value.n > VALUE_BYTES) return fair_fail(err, FAIR_INVALID, "%.*s is empty or over %d bytes", FAIR_STR_ARG(x->what), VALUE_BYTES);
    if (x->source_url.n > VALUE_BYTES) return fair_fail(err, FAIR_INVALID, "the source is over %d bytes", VALUE_BYTES);
    if (fair_is(x->what, "country") && (x->value.n != 2 || x->value.p[0] < 'A' || x->value.p[0] > 'Z' || x->value.p[1] < 'A' || x->value.p[1] > 'Z'))
        return fair_fail(err, FAIR_INVALID, "a country is two capital letters, as DE");
    if ((fair_is(x->source, "entered") || fair_is(x->source, "imprint")) && fair_str_trim(x->source_url).n == 0)
        return fair_fail(err, FAIR_INVALID, "say where it was seen: the address of the page, or what was looked at");
    if (contact && fair_is(p->kind, "private") && !fair_is(x->source, "imprint") && !fair_is(x->source, "recipient"))
        return fair_fail(err, FAIR_INVALID, "they are private: their contact comes from their own imprint or from them, and is not looked for elsewhere");
    return FAIR_OK;
}

fair_status
fair_store_party_put(const struct fair_desk *d, struct fair_party_datum *given, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_party_datum x = *given;
    struct fair_party p;
    struct fair_buf b = FAIR_BUF(a, 4096);

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_store_party_get(d, x.party, a, &p, err));
    FAIR_TRY(check_datum(&x, &p, err));
    x.id = fair_id_new();
    x.user = d->user;
    if (x.seen == 0) x.seen = now;
    x.confirmed_by = d->user;
    x.confirmed = d->user != 0 ? now : 0;
    fair_buf_c(&b, "{\"what\":");
    fair_json_text(&b, x.what);
    fair_buf_c(&b, ",\"source\":");
    fair_json_text(&b, x.source);
    fair_buf_byte(&b, '}');
    FAIR_TRY(fair_audit(d, now, "party.put", x.party, (fair_str){ b.p, b.n }, err));
    FAIR_TRY(fair_desk_query(d, &party_datum_end, &q, err));
    fair_db_int(q, 2, x.party);
    fair_db_text(q, 3, x.what);
    fair_db_int(q, 4, now);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &party_datum_put, &q, err));
    fair_db_int(q, 2, x.id);
    fair_db_int(q, 3, x.party);
    fair_db_text(q, 4, x.what);
    fair_db_text(q, 5, x.value);
    fair_db_text(q, 6, x.source);
    fair_db_text(q, 7, x.source_url);
    fair_db_int(q, 8, x.seen);
    fair_db_int(q, 9, x.user);
    fair_db_id(q, 10, x.confirmed_by);
    fair_db_id(q, 11, x.confirmed);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_txn_end(&t, err));
    *given = x;
    return FAIR_OK;
}

fair_status
fair_store_party_confirm(const struct fair_desk *d, fair_id datum, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    if (d->user == 0) return fair_fail(err, FAIR_REFUSED, "a person has to confirm it");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &party_datum_is, &q, err));
    fair_db_int(q, 2, datum);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no datum %lld", (long long)datum);
    if (s != FAIR_OK) return s;
    fair_rows_free(&q);
    FAIR_TRY(fair_audit(d, now, "party.confirm", datum, FAIR_STR("{}"), err));
    FAIR_TRY(fair_desk_query(d, &party_datum_confirm, &q, err));
    fair_db_int(q, 2, datum);
    fair_db_int(q, 3, d->user);
    fair_db_int(q, 4, now);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    return fair_txn_end(&t, err);
}
