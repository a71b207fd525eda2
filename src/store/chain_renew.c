/* chain_renew.c - once, when a database of before is opened: its chains covered words themselves, which could then never be erased.
 * Each is checked as it was, and made anew with salted digests in the place of words.  A chain that does not hold is left from the
 * first wrong row on, so that doctor goes on telling it. */
#include <string.h>
#include "base/digest.h"
#include "store/case_private.h"

FAIR_SQL_ALL(renew_audit, "SELECT org_id, seq, at_us, account_id, what, subject, details, prev, hash FROM audit ORDER BY org_id, seq");
FAIR_SQL(renew_audit_put, "UPDATE audit SET prev = $3, hash = $4, salt = $5, digest = $6 WHERE org_id = $1 AND seq = $2");
FAIR_SQL_ALL(renew_events, "SELECT " FAIR_EVENT_COLUMNS ", v.org_id FROM case_event v ORDER BY v.org_id, v.case_id, v.seq");
FAIR_SQL(renew_event_put, "UPDATE case_event SET prev = $4, hash = $5, note_salt = $6, note_digest = $7 WHERE org_id = $1 AND case_id = $2 AND seq = $3");

struct link { fair_id org, of; struct fair_sha256 was, is; bool broken; };

/* The next row of a chain; false: it is of another, or broken already. */
static bool
follows(struct link *l, fair_id org, fair_id of, const struct fair_sha256 *prev)
{
    if (l->org != org || l->of != of) *l = (struct link){ .org = org, .of = of };
    if (memcmp(l->was.b, prev->b, 32) != 0) l->broken = true;
    return !l->broken;
}

static fair_status
renew_audits(struct fair_store *st, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct link l = { .org = -1 };
    fair_status s;

    FAIR_TRY(fair_store_query(st, &renew_audit, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        FAIR_AUTO(rows) struct fair_rows *w = NULL;
        struct fair_sha256 prev, stored, hash, digest;
        fair_str what, details, salt, head, text;
        struct fair_desk d = { st, fair_db_get_int(q, 0), 0 };
        int64_t seq = fair_db_get_int(q, 1);

        fair_arena_clear(a);
        what = fair_db_get_text(q, 4, a);
        details = fair_db_get_text(q, 6, a);
        fair_db_get_sha256(q, 7, &prev);
        fair_db_get_sha256(q, 8, &stored);
        if (!follows(&l, d.org, 0, &prev)) continue;
        head = fair_str_fmt(a, "%lld\n%lld\n%lld\n%lld\n%.*s\n%lld\n", (long long)d.org, (long long)seq, (long long)fair_db_get_int(q, 2),
                            (long long)fair_db_get_int(q, 3), FAIR_STR_ARG(what), (long long)fair_db_get_int(q, 5));
        text = fair_str_fmt(a, "fairtrack audit 1\n%.*s%.*s\n%.*s\n", FAIR_STR_ARG(head), FAIR_STR_ARG(fair_hex(a, prev.b, 32)), FAIR_STR_ARG(details));
        hash = fair_sha256_of(text.p, text.n);
        l.broken = !fair_sha256_eq(&hash, &stored);
        if (l.broken) continue;
        salt = fair_salt_new(a);
        digest = fair_salted(salt, details);
        text = fair_str_fmt(a, "fairtrack audit 2\n%.*s%.*s\n%.*s\n", FAIR_STR_ARG(head), FAIR_STR_ARG(fair_hex(a, l.is.b, 32)), FAIR_STR_ARG(fair_hex(a, digest.b, 32)));
        hash = fair_sha256_of(text.p, text.n);
        FAIR_TRY(fair_desk_query(&d, &renew_audit_put, &w, err));
        fair_db_int(w, 2, seq);
        fair_db_bytes(w, 3, (fair_str){ (const char *)l.is.b, 32 });
        fair_db_sha256(w, 4, &hash);
        fair_db_bytes(w, 5, salt);
        fair_db_sha256(w, 6, &digest);
        FAIR_TRY(fair_db_run(w, err));
        l.was = stored;
        l.is = hash;
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* As an event was hashed before: with its note. */
static struct fair_sha256
event_hash_1(struct fair_arena *a, const struct fair_event_row *x)
{
    const struct fair_case_event *e = &x->e;
    fair_str text = fair_str_fmt(a,
        "fairtrack case 1\n%lld\n%lld\n%lld\n%lld\n%s\n%s\n%lld\n%.*s\n%.*s\n%d\n%d\n%.*s\n%d\n%d\n%lld\n%lld\n%lld\n%lld\n%.*s\n%lld\n%.*s\n%.*s\n%.*s\n",
        (long long)x->org, (long long)x->case_id, (long long)x->seq, (long long)e->at, fair_move_name(e->move), fair_actor_name(e->who), (long long)e->by,
        FAIR_STR_ARG(x->was), FAIR_STR_ARG(x->became), e->verified, e->automatic, FAIR_STR_ARG(x->ground), e->document, e->credit, (long long)e->days,
        (long long)e->sum, (long long)e->due, (long long)e->other, FAIR_STR_ARG(e->country), (long long)x->notice,
        FAIR_STR_ARG(fair_hex(a, x->gates.b, 32)), FAIR_STR_ARG(fair_hex(a, x->prev.b, 32)), FAIR_STR_ARG(x->note));
    return fair_sha256_of(text.p, text.n);
}

static fair_status
renew_cases(struct fair_store *st, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct link l = { .org = -1 };
    fair_status s;

    FAIR_TRY(fair_store_query(st, &renew_events, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        FAIR_AUTO(rows) struct fair_rows *w = NULL;
        struct fair_event_row x;
        struct fair_sha256 hash, stored;
        struct fair_desk d = { st, fair_db_get_int(q, FAIR_EVENT_N_COLUMNS), 0 };

        fair_arena_clear(a);
        if (fair_event_read(q, a, d.org, &x, NULL) != FAIR_OK) {
            l = (struct link){ .org = d.org, .of = fair_db_get_int(q, 0), .broken = true };
            continue;
        }
        if (!follows(&l, d.org, x.case_id, &x.prev)) continue;
        hash = event_hash_1(a, &x);
        l.broken = !fair_sha256_eq(&hash, &x.hash);
        if (l.broken) continue;
        stored = x.hash;
        if (x.note.n > 0) x.salt = fair_salt_new(a), x.digest = fair_salted(x.salt, x.note);
        x.prev = l.is;
        x.hash = fair_event_hash(a, &x);
        FAIR_TRY(fair_desk_query(&d, &renew_event_put, &w, err));
        fair_db_int(w, 2, x.case_id);
        fair_db_int(w, 3, x.seq);
        fair_db_bytes(w, 4, (fair_str){ (const char *)x.prev.b, 32 });
        fair_db_sha256(w, 5, &x.hash);
        fair_db_bytes(w, 6, x.salt);
        fair_db_sha256(w, 7, &x.digest);
        FAIR_TRY(fair_db_run(w, err));
        l.was = stored;
        l.is = x.hash;
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_chains_renew(struct fair_store *st, struct fair_err *err)
{
    FAIR_TRY(renew_audits(st, err));
    return renew_cases(st, err);
}
