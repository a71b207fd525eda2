/* case_events.c - the events of a case: chained by hash, and its course made again from them. */
#include <stdio.h>
#include <string.h>
#include "base/digest.h"
#include "store/case_private.h"

FAIR_SQL(events_of_case, "SELECT " FAIR_EVENT_COLUMNS " FROM case_event v WHERE v.org_id = $1 AND v.case_id = $2 ORDER BY v.seq");
FAIR_SQL(event_put,
    "INSERT INTO case_event (org_id, case_id, seq, at_us, move, actor, account_id, was, became, verified, automatic, ground, document, credit,"
    " days, sum_minor, payment_us, other_id, note, notice_id, gates, country, prev, hash, note_salt, note_digest)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)");
FAIR_SQL(case_steps,
    "SELECT v.seq, v.at_us, v.move, v.actor, v.was, v.became, v.ground, v.note, v.account_id, v.other_id, v.notice_id, v.verified, v.automatic,"
    " v.days, v.sum_minor, a.name, v.gates, v.hash FROM case_event v LEFT JOIN account a ON a.org_id = v.org_id AND a.id = v.account_id"
    " WHERE v.org_id = $1 AND v.case_id = $2 ORDER BY v.seq");
FAIR_SQL_ALL(events_all,
    "SELECT " FAIR_EVENT_COLUMNS ", v.org_id, c.state, c.version, c.creator_id, c.opened_us, c.track FROM case_file c"
    " JOIN case_event v ON v.org_id = c.org_id AND v.case_id = c.id ORDER BY c.org_id, c.id, v.seq");
FAIR_SQL_ALL(cases_short,
    "SELECT c.id FROM case_file c WHERE c.version <> 1 + (SELECT count(*) FROM case_event v WHERE v.org_id = c.org_id AND v.case_id = c.id)"
    " OR (c.version = 1 AND c.state NOT IN ('DRAFT', 'TD_DRAFT')) LIMIT 1");

struct fair_sha256
fair_event_hash(struct fair_arena *a, const struct fair_event_row *x)
{
    const struct fair_case_event *e = &x->e;
    fair_str note = fair_sha256_none(&x->digest) ? FAIR_STR("") : fair_hex(a, x->digest.b, 32);
    fair_str text = fair_str_fmt(a,
        "fairtrack case 2\n%lld\n%lld\n%lld\n%lld\n%s\n%s\n%lld\n%.*s\n%.*s\n%d\n%d\n%.*s\n%d\n%d\n%lld\n%lld\n%lld\n%lld\n%.*s\n%lld\n%.*s\n%.*s\n%.*s\n",
        (long long)x->org, (long long)x->case_id, (long long)x->seq, (long long)e->at, fair_move_name(e->move), fair_actor_name(e->who), (long long)e->by,
        FAIR_STR_ARG(x->was), FAIR_STR_ARG(x->became), e->verified, e->automatic, FAIR_STR_ARG(x->ground), e->document, e->credit, (long long)e->days,
        (long long)e->sum, (long long)e->due, (long long)e->other, FAIR_STR_ARG(e->country), (long long)x->notice,
        FAIR_STR_ARG(fair_hex(a, x->gates.b, 32)), FAIR_STR_ARG(fair_hex(a, x->prev.b, 32)), FAIR_STR_ARG(note));
    return fair_sha256_of(text.p, text.n);
}

bool
fair_event_sound(struct fair_arena *a, const struct fair_event_row *x)
{
    struct fair_sha256 h;
    bool erased = x->salt.n == 0 && x->note.n == 0;

    if (!erased) {
        h = fair_salted(x->salt, x->note);
        if (!fair_sha256_eq(&h, &x->digest)) return false;
    }
    h = fair_event_hash(a, x);
    return fair_sha256_eq(&h, &x->hash);
}

fair_str
fair_grounds_text(struct fair_arena *a, unsigned bits)
{
    struct fair_buf b = FAIR_BUF(a, 256);

    for (unsigned i = 0; i < FAIR_N_GROUNDS; i++)
        if (bits >> i & 1) fair_buf_fmt(&b, "%s%s", b.n > 0 ? "," : "", fair_ground_name((enum fair_ground)(1u << i)));
    return b.n > 0 ? (fair_str){ b.p, b.n } : (fair_str){ NULL, 0 };
}

static bool
grounds_read(fair_str text, unsigned *bits)
{
    fair_str one;
    enum fair_ground g;

    *bits = 0;
    while (text.n > 0 && fair_str_split(&text, ',', &one)) {
        if (!fair_ground_parse(one, &g)) return false;
        *bits |= (unsigned)g;
    }
    return true;
}

fair_status
fair_event_read(struct fair_rows *q, struct fair_arena *a, fair_id org, struct fair_event_row *x, struct fair_err *err)
{
    struct fair_case_event *e = &x->e;

    *x = (struct fair_event_row){ .org = org, .case_id = fair_db_get_int(q, 0), .seq = fair_db_get_int(q, 1), .was = fair_db_get_text(q, 6, a),
                                  .became = fair_db_get_text(q, 7, a), .ground = fair_db_get_text(q, 10, a), .note = fair_db_get_text(q, 17, a),
                                  .notice = fair_db_get_int(q, 18) };
    e->at = fair_db_get_int(q, 2);
    e->by = fair_db_get_int(q, 5);
    e->verified = fair_db_get_int(q, 8) != 0;
    e->automatic = fair_db_get_int(q, 9) != 0;
    e->document = fair_db_get_int(q, 11) != 0;
    e->credit = fair_db_get_int(q, 12) != 0;
    e->days = fair_db_get_int(q, 13);
    e->sum = fair_db_get_int(q, 14);
    e->due = fair_db_get_int(q, 15);
    e->other = fair_db_get_int(q, 16);
    fair_db_get_sha256(q, 19, &x->gates);
    e->country = fair_db_get_text(q, 20, a);
    fair_db_get_sha256(q, 21, &x->prev);
    fair_db_get_sha256(q, 22, &x->hash);
    x->salt = fair_db_get_bytes(q, 23, a);
    fair_db_get_sha256(q, 24, &x->digest);
    if (!fair_move_parse(fair_db_get_text(q, 3, a), &e->move) || !fair_actor_parse(fair_db_get_text(q, 4, a), &e->who) ||
        !fair_state_parse(x->became, &e->to) || !grounds_read(x->ground, &e->ground))
        return fair_fail(err, FAIR_CORRUPT, "case %lld, event %lld: words that are none of ours", (long long)x->case_id, (long long)x->seq);
    return FAIR_OK;
}

fair_status
fair_event_put(const struct fair_desk *d, const struct fair_event_row *x, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    const struct fair_case_event *e = &x->e;

    FAIR_TRY(fair_desk_query(d, &event_put, &q, err));
    fair_db_int(q, 2, x->case_id);
    fair_db_int(q, 3, x->seq);
    fair_db_int(q, 4, e->at);
    fair_db_text(q, 5, fair_str_of(fair_move_name(e->move)));
    fair_db_text(q, 6, fair_str_of(fair_actor_name(e->who)));
    fair_db_int(q, 7, e->by);
    fair_db_text(q, 8, x->was);
    fair_db_text(q, 9, x->became);
    fair_db_int(q, 10, e->verified);
    fair_db_int(q, 11, e->automatic);
    fair_db_text(q, 12, x->ground);
    fair_db_int(q, 13, e->document);
    fair_db_int(q, 14, e->credit);
    fair_db_int(q, 15, e->days);
    fair_db_int(q, 16, e->sum);
    fair_db_int(q, 17, e->due);
    fair_db_int(q, 18, e->other);
    fair_db_text(q, 19, x->note);
    fair_db_id(q, 20, x->notice);
    fair_db_sha256(q, 21, &x->gates);
    fair_db_text(q, 22, e->country);
    fair_db_bytes(q, 23, (fair_str){ (const char *)x->prev.b, 32 });
    fair_db_bytes(q, 24, (fair_str){ (const char *)x->hash.b, 32 });
    fair_db_bytes(q, 25, x->salt);
    fair_db_sha256(q, 26, &x->digest);
    return fair_db_run(q, err);
}

bool
fair_event_apply(struct fair_course *c, const struct fair_event_row *x)
{
    struct fair_course n;

    if (!fair_is(x->was, fair_state_name(c->state)) || !fair_cases_apply(c, &x->e, &n)) return false;
    *c = n;
    return true;
}

fair_status
fair_case_course(const struct fair_desk *d, const struct fair_case *c, struct fair_arena *a, struct fair_course *out, struct fair_sha256 *last, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;
    int64_t seq = 0;

    *out = fair_cases_open(fair_is(c->track, "takedown"), c->creator, c->opened);
    *last = (struct fair_sha256){ { 0 } };
    FAIR_TRY(fair_desk_query(d, &events_of_case, &q, err));
    fair_db_int(q, 2, c->id);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_event_row x;

        FAIR_TRY(fair_event_read(q, a, d->org, &x, err));
        if (x.seq != ++seq || memcmp(x.prev.b, last->b, 32) != 0 || !fair_event_sound(a, &x) || !fair_event_apply(out, &x))
            return fair_fail(err, FAIR_CORRUPT, "case %lld: what happened was changed at event %lld; fairtrack doctor tells more", (long long)c->id, (long long)x.seq);
        *last = x.hash;
    }
    if (s != FAIR_DONE) return s;
    if (seq + 1 != c->version || !fair_is(c->state, fair_state_name(out->state)))
        return fair_fail(err, FAIR_CORRUPT, "case %lld: it does not stand where its events lead; fairtrack doctor tells more", (long long)c->id);
    return FAIR_OK;
}

fair_status
fair_store_case_steps(const struct fair_desk *d, fair_id case_id, FAIR_EACH(fair_case_step), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &case_steps, &q, err));
    fair_db_int(q, 2, case_id);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_case_step x;
        fair_arena_clear(a);
        x = (struct fair_case_step){
            .seq = fair_db_get_int(q, 0), .at = fair_db_get_int(q, 1), .move = fair_db_get_text(q, 2, a), .actor = fair_db_get_text(q, 3, a),
            .was = fair_db_get_text(q, 4, a), .became = fair_db_get_text(q, 5, a), .ground = fair_db_get_text(q, 6, a), .note = fair_db_get_text(q, 7, a),
            .user = fair_db_get_int(q, 8), .other = fair_db_get_int(q, 9), .notice = fair_db_get_int(q, 10), .verified = fair_db_get_int(q, 11) != 0,
            .automatic = fair_db_get_int(q, 12) != 0, .days = fair_db_get_int(q, 13), .sum = fair_db_get_int(q, 14), .user_name = fair_db_get_text(q, 15, a),
        };
        fair_db_get_sha256(q, 16, &x.gates);
        fair_db_get_sha256(q, 17, &x.hash);
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* Where the walk over all cases is. */
struct walk { fair_id org, case_id; int64_t seq, version; struct fair_course c; struct fair_sha256 last; char state[40]; };

static fair_str
ends_well(const struct walk *w, struct fair_arena *keep)
{
    if (w->case_id == 0 || (w->seq + 1 == w->version && strcmp(w->state, fair_state_name(w->c.state)) == 0)) return (fair_str){ NULL, 0 };
    return fair_str_fmt(keep, "case %lld stands at %s after %lld events, and its %lld events lead to %s", (long long)w->case_id, w->state, (long long)w->version - 1,
                        (long long)w->seq, fair_state_name(w->c.state));
}

fair_status
fair_store_cases_check(struct fair_store *st, int64_t *events, fair_str *fault, struct fair_arena *keep, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct walk w = { 0 };
    fair_status s;

    *events = 0;
    *fault = (fair_str){ NULL, 0 };
    FAIR_TRY(fair_store_query(st, &events_all, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_event_row x;
        fair_id org = fair_db_get_int(q, FAIR_EVENT_N_COLUMNS), id = fair_db_get_int(q, 0);

        fair_arena_clear(a);
        if (org != w.org || id != w.case_id) {
            *fault = ends_well(&w, keep);
            if (fault->n > 0) return FAIR_OK;
            w = (struct walk){ .org = org, .case_id = id, .version = fair_db_get_int(q, FAIR_EVENT_N_COLUMNS + 2),
                               .c = fair_cases_open(fair_is(fair_db_get_text(q, FAIR_EVENT_N_COLUMNS + 5, a), "takedown"), fair_db_get_int(q, FAIR_EVENT_N_COLUMNS + 3),
                                                    fair_db_get_int(q, FAIR_EVENT_N_COLUMNS + 4)) };
            snprintf(w.state, sizeof w.state, "%.*s", FAIR_STR_ARG(fair_db_get_text(q, FAIR_EVENT_N_COLUMNS + 1, a)));
        }
        s = fair_event_read(q, a, org, &x, err);
        if (s != FAIR_OK || x.seq != w.seq + 1 || memcmp(x.prev.b, w.last.b, 32) != 0 || !fair_event_sound(a, &x) || !fair_event_apply(&w.c, &x)) {
            *fault = fair_str_fmt(keep, "what happened in case %lld was changed: event %lld", (long long)id, (long long)w.seq + 1);
            return FAIR_OK;
        }
        w.seq++;
        w.last = x.hash;
        ++*events;
    }
    if (s != FAIR_DONE) return s;
    *fault = ends_well(&w, keep);
    if (fault->n > 0) return FAIR_OK;
    fair_rows_free(&q);
    FAIR_TRY(fair_store_query(st, &cases_short, &q, err));
    s = fair_db_step(q, err);
    if (s == FAIR_OK) *fault = fair_str_fmt(keep, "events of case %lld are missing", (long long)fair_db_get_int(q, 0));
    return s == FAIR_OK || s == FAIR_DONE ? FAIR_OK : s;
}
