/* audit.c - what people did, as a chain: each row's hash covers the one before it, and of its details a salted digest, so that
 * they can be erased and the chain still holds. */
#include <string.h>
#include "base/digest.h"
#include "store/store_private.h"

#define DETAILS_MAX 65536

FAIR_SQL(audit_last, "SELECT seq, hash FROM audit WHERE org_id = $1 ORDER BY seq DESC LIMIT 1");
FAIR_SQL(audit_put,
    "INSERT INTO audit (org_id, seq, at_us, account_id, what, subject, details, prev, hash, salt, digest)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
FAIR_SQL_ALL(audit_all,
    "SELECT org_id, seq, at_us, account_id, what, subject, details, prev, hash, salt, digest FROM audit ORDER BY org_id, seq");
FAIR_SQL(audit_forget,
    "UPDATE audit SET details = '', salt = NULL WHERE org_id = $1 AND what = $2 AND subject = $3 AND salt IS NOT NULL AND details <> '{}'");

struct row {
    fair_id org, user, subject;
    int64_t seq;
    fair_time at;
    fair_str what, details, salt;
    struct fair_sha256 prev, digest;
};

/* The text that is hashed; docs/formats/database.md gives it so that a stranger can check the chain. */
static struct fair_sha256
hash_of(struct fair_arena *a, const struct row *r)
{
    fair_str text = fair_str_fmt(a, "fairtrack audit 2\n%lld\n%lld\n%lld\n%lld\n%.*s\n%lld\n%.*s\n%.*s\n",
                                 (long long)r->org, (long long)r->seq, (long long)r->at, (long long)r->user,
                                 FAIR_STR_ARG(r->what), (long long)r->subject,
                                 FAIR_STR_ARG(fair_hex(a, r->prev.b, sizeof r->prev.b)), FAIR_STR_ARG(fair_hex(a, r->digest.b, sizeof r->digest.b)));
    return fair_sha256_of(text.p, text.n);
}

struct fair_sha256
fair_salted(fair_str salt, fair_str words)
{
    struct fair_sha256_run *run = fair_sha256_begin();

    fair_sha256_add(run, salt.p, salt.n);
    fair_sha256_add(run, words.p, words.n);
    return fair_sha256_end(&run);
}

fair_str
fair_salt_new(struct fair_arena *a)
{
    uint8_t *salt = fair_alloc(a, FAIR_SALT);

    fair_random(salt, FAIR_SALT);
    return (fair_str){ (const char *)salt, FAIR_SALT };
}

/* Is the row what was written?  Where its details were erased, their digest stands for them. */
static bool
row_sound(struct fair_arena *a, const struct row *r, const struct fair_sha256 *stored)
{
    bool erased = r->salt.n == 0 && r->details.n == 0;
    struct fair_sha256 h = erased ? r->digest : fair_salted(r->salt, r->details);

    if (!fair_sha256_eq(&h, &r->digest)) return false;
    h = hash_of(a, r);
    return fair_sha256_eq(&h, stored);
}

fair_status
fair_audit_forget(const struct fair_desk *d, const char *what, fair_id subject, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &audit_forget, &q, err));
    fair_db_text(q, 2, fair_str_of(what));
    fair_db_int(q, 3, subject);
    FAIR_TRY(fair_db_run(q, err));
    *n += fair_db_changes(q);
    return FAIR_OK;
}

fair_status
fair_audit(const struct fair_desk *d, fair_time at, const char *what, fair_id subject, fair_str details, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct row r = { .org = d->org, .user = d->user, .subject = subject, .seq = 1, .at = at,
                     .what = fair_str_of(what), .details = fair_utf8_mend(a, details), .salt = fair_salt_new(a) };
    struct fair_sha256 hash;
    fair_status s;

    if (details.n > DETAILS_MAX) return fair_fail(err, FAIR_LIMIT, "details of %zu bytes are over %d", details.n, DETAILS_MAX);
    FAIR_TRY(fair_desk_query(d, &audit_last, &q, err));
    s = fair_db_step(q, err);
    if (s == FAIR_OK) {
        r.seq = fair_db_get_int(q, 0) + 1;
        fair_db_get_sha256(q, 1, &r.prev);
    } else if (s != FAIR_DONE) {
        return s;
    }
    fair_rows_free(&q);
    r.digest = fair_salted(r.salt, r.details);
    hash = hash_of(a, &r);
    FAIR_TRY(fair_desk_query(d, &audit_put, &q, err));
    fair_db_int(q, 2, r.seq);
    fair_db_int(q, 3, r.at);
    fair_db_int(q, 4, r.user);
    fair_db_text(q, 5, r.what);
    fair_db_int(q, 6, r.subject);
    fair_db_text(q, 7, r.details);
    fair_db_bytes(q, 8, (fair_str){ (const char *)r.prev.b, sizeof r.prev.b });
    fair_db_bytes(q, 9, (fair_str){ (const char *)hash.b, sizeof hash.b });
    fair_db_bytes(q, 10, r.salt);
    fair_db_sha256(q, 11, &r.digest);
    return fair_db_run(q, err);
}

fair_status
fair_audit_check(struct fair_store *st, int64_t *rows, fair_str *fault, struct fair_arena *keep, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 before = { { 0 } };
    struct row r = { 0 };
    fair_status s;

    *rows = 0;
    *fault = (fair_str){ NULL, 0 };
    FAIR_TRY(fair_store_query(st, &audit_all, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct row was = r;
        struct fair_sha256 stored;
        bool first;

        fair_arena_clear(a);
        r = (struct row){ .org = fair_db_get_int(q, 0), .seq = fair_db_get_int(q, 1), .at = fair_db_get_int(q, 2),
                          .user = fair_db_get_int(q, 3), .what = fair_db_get_text(q, 4, a), .subject = fair_db_get_int(q, 5),
                          .details = fair_db_get_text(q, 6, a), .salt = fair_db_get_bytes(q, 9, a) };
        fair_db_get_sha256(q, 7, &r.prev);
        fair_db_get_sha256(q, 8, &stored);
        fair_db_get_sha256(q, 10, &r.digest);
        first = *rows == 0 || r.org != was.org;
        if (first) memset(&before, 0, sizeof before);
        if (r.seq != (first ? 1 : was.seq + 1) || !fair_sha256_eq(&r.prev, &before) || !row_sound(a, &r, &stored)) {
            *fault = fair_str_fmt(keep, "the record of what people did was changed: organisation %lld, row %lld",
                                  (long long)r.org, (long long)r.seq);
            return FAIR_OK;
        }
        before = stored;
        ++*rows;
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

void
fair_json_text(struct fair_buf *b, fair_str s)
{
    fair_str t;

    if (s.p == NULL) {
        fair_buf_c(b, "null");
        return;
    }
    t = fair_utf8_valid(s) ? s : fair_utf8_mend(b->arena, s);
    fair_buf_byte(b, '"');
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        if (c == '"' || c == '\\') fair_buf_fmt(b, "\\%c", c);
        else if (c < 0x20 || c == 0x7f) fair_buf_fmt(b, "\\u%04x", c);
        else fair_buf_byte(b, (char)c);
    }
    fair_buf_byte(b, '"');
}
