/* case_moves.c - the one door: the facts are gathered, the engine is asked, and then it is written down before it is done. */
#include <stdio.h>
#include <string.h>
#include "store/case_private.h"
#include "store/person_rows.h"

FAIR_SQL(mover_role, "SELECT role FROM account WHERE org_id = $1 AND id = $2 AND disabled = 0");
FAIR_SQL(case_set,
    "UPDATE case_file SET state = $3, version = version + 1, country = $4, entered_us = $5, last_us = $6, due_us = $7, deadline_us = $8,"
    " closed_us = $9, reason = $10 WHERE org_id = $1 AND id = $2 AND version = $11");
FAIR_SQL(case_window_close, "UPDATE case_use SET window_open = 0 WHERE org_id = $1 AND case_id = $2");
FAIR_SQL(gate_record_put, "INSERT INTO gate_record (id, org_id, case_id, level, passed, sha256, record, at_us) VALUES ($2, $1, $3, $4, $5, $6, $7, $8)");
FAIR_SQL(gate_record_get, "SELECT id, case_id, level, passed, sha256, record, at_us FROM gate_record WHERE org_id = $1 AND sha256 = $2 ORDER BY id LIMIT 1");
FAIR_SQL(case_works, "SELECT DISTINCT work_id FROM case_use WHERE org_id = $1 AND case_id = $2 ORDER BY work_id");
FAIR_SQL(case_first_hit, "SELECT hit_id FROM case_use WHERE org_id = $1 AND case_id = $2 ORDER BY id LIMIT 1");
FAIR_SQL(dispute_put, "INSERT INTO dispute (id, org_id, case_id, ground, words, document, raised_us, raised_by) VALUES ($2, $1, $3, $4, $5, $6, $7, $8)");
FAIR_SQL(dispute_answer,
    "UPDATE dispute SET answer = $4, answered_by = $5, answered_us = $6 WHERE org_id = $1 AND case_id = $2 AND ground = $3 AND answered_us IS NULL AND decided_us IS NULL");
FAIR_SQL(dispute_decide,
    "UPDATE dispute SET decision = $3, decided_by = $4, decided_us = $5, reasons = $6 WHERE org_id = $1 AND case_id = $2 AND decided_us IS NULL");
FAIR_SQL(dispute_appeal, "UPDATE dispute SET appealed_us = $3 WHERE org_id = $1 AND case_id = $2 AND decision = 'rejected' AND appealed_us IS NULL");
FAIR_SQL(dispute_appealed,
    "UPDATE dispute SET appeal_decided_us = $3, appeal_reasons = $4, decision = $5 WHERE org_id = $1 AND case_id = $2 AND appealed_us IS NOT NULL AND appeal_decided_us IS NULL");
FAIR_SQL(disputes_of_case,
    "SELECT id, case_id, ground, words, document, raised_us, raised_by, answer, answered_by, answered_us, decision, decided_by, decided_us, reasons,"
    " appealed_us, appeal_decided_us, appeal_reasons FROM dispute WHERE org_id = $1 AND case_id = $2 ORDER BY id");
FAIR_SQL(notice_event, "SELECT v.became, v.move, v.seq, v.actor FROM case_event v WHERE v.org_id = $1 AND v.case_id = $2 AND v.notice_id = $3 ORDER BY v.seq DESC LIMIT 1");
FAIR_SQL_ALL(cases_due, "SELECT org_id, id FROM case_file WHERE due_us <= $1 AND closed_us IS NULL ORDER BY due_us, id LIMIT 200");

/* ---- who ------------------------------------------------------------------------------------------------------------------ */

fair_status
fair_user_role(const struct fair_desk *d, struct fair_arena *a, fair_str *role, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *role = (fair_str){ NULL, 0 };
    if (d->user == 0) return FAIR_OK;
    FAIR_TRY(fair_desk_query(d, &mover_role, &q, err));
    fair_db_int(q, 2, d->user);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_REFUSED, "this account is closed, or of another organisation");
    if (s != FAIR_OK) return s;
    *role = fair_db_get_text(q, 0, a);
    return FAIR_OK;
}

bool
fair_store_case_actor(fair_str role, enum fair_move move, enum fair_actor *out)
{
    (void)move;
    if (fair_is(role, "owner")) *out = FAIR_OWN;
    else if (fair_is(role, "caseworker")) *out = FAIR_AGT;
    else if (fair_is(role, "reviewer")) *out = FAIR_REV;
    else if (fair_is(role, "counsel")) *out = FAIR_CNS;
    else return false;
    return true;
}

static fair_status
check_actor(const struct fair_desk *d, const struct fair_case_act *x, struct fair_arena *a, struct fair_err *err)
{
    enum fair_actor may;
    fair_str role;

    if (x->note.n > FAIR_CASE_WORDS_MAX || x->words.n > FAIR_CASE_WORDS_MAX) return fair_fail(err, FAIR_INVALID, "the words are over %d bytes", FAIR_CASE_WORDS_MAX);
    if (d->user == 0) {
        if (x->e.who != FAIR_SYS && x->e.who != FAIR_RCP && x->e.who != FAIR_HST) return fair_fail(err, FAIR_INVALID, "%s is a person, and nobody is signed in", fair_actor_name(x->e.who));
        return FAIR_OK;
    }
    FAIR_TRY(fair_user_role(d, a, &role, err));
    if (!fair_store_case_actor(role, x->e.move, &may)) return fair_fail(err, FAIR_REFUSED, "an account of this role moves no case");
    if (x->e.who != may) return fair_fail(err, FAIR_INVALID, "this account acts as %s, not as %s", fair_actor_name(may), fair_actor_name(x->e.who));
    if (x->version == 0) return fair_fail(err, FAIR_INVALID, "say which version of the case was seen");
    return FAIR_OK;
}

/* ---- words ------------------------------------------------------------------------------------------------------------------ */

fair_str
fair_ruling_words(struct fair_arena *a, const struct fair_ruling *r)
{
    struct fair_buf b = FAIR_BUF(a, 16384);

    for (size_t i = 0; i < r->n_reasons; i++) {
        if (r->reasons[i].gate > 0) fair_buf_fmt(&b, "%sG%d: %s", i > 0 ? " " : "", r->reasons[i].gate, fair_reason_words(r->reasons[i].why));
        else fair_buf_fmt(&b, "%s%s", i > 0 ? " " : "", fair_reason_words(r->reasons[i].why));
    }
    if (r->not_before != 0) fair_buf_fmt(&b, " From %.*s on.", FAIR_STR_ARG(fair_time_text(a, r->not_before)));
    return (fair_str){ b.p, b.n };
}

static fair_status
refused(const struct fair_desk *d, const struct fair_ruling *r, const struct fair_case_act *x, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str words = fair_ruling_words(a, r);

    (void)d;
    return fair_fail(err, FAIR_REFUSED, "%s may not be done now: %.*s", fair_move_name(x->e.move), (int)(words.n < 400 ? words.n : 400), words.p);
}

/* ---- what follows an event ---------------------------------------------------------------------------------------------------- */

static bool
never_again_after(enum fair_case_state s)
{
    return s == FAIR_CLOSED_WRONG || s == FAIR_CLOSED_LICENSED_BEFORE || s == FAIR_CLOSED_EXCEPTION || s == FAIR_CLOSED_LOST || s == FAIR_CLOSED_LAPSED;
}

/* The queue remembers it too: uses of the work by this operator come up no more. */
static fair_status
remember(const struct fair_desk *d, const struct fair_case *c, enum fair_case_state to, fair_time at, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_decision x = { .what = FAIR_STR("ignore"), .reason = FAIR_STR("already_settled"), .scope = FAIR_STR("work+operator"), .at = at };
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &case_first_hit, &q, err));
    fair_db_int(q, 2, c->id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return FAIR_OK;
    if (s != FAIR_OK) return s;
    x.hit = fair_db_get_int(q, 0);
    x.note = fair_str_fmt(a, "case %lld: %s", (long long)c->id, fair_state_name(to));
    fair_rows_free(&q);
    return fair_store_decide(d, &x, err);
}

static fair_status
closed(const struct fair_desk *d, const struct fair_case *c, const struct fair_course *n, fair_time at, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_id works[256];
    size_t n_works = 0;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &case_window_close, &q, err));
    fair_db_int(q, 2, c->id);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    if (!n->contacted) return FAIR_OK;
    if (never_again_after(n->state)) {
        FAIR_TRY(fair_desk_query(d, &case_works, &q, err));
        fair_db_int(q, 2, c->id);
        while ((s = fair_db_step(q, err)) == FAIR_OK && n_works < sizeof works / sizeof *works) works[n_works++] = fair_db_get_int(q, 0);
        if (s != FAIR_OK && s != FAIR_DONE) return s;
        fair_rows_free(&q);
        for (size_t i = 0; i < n_works; i++) FAIR_TRY(fair_store_never_again_put(d, c->operator, works[i], c->id, at, err));
    }
    if (never_again_after(n->state) || n->state == FAIR_CLOSED_SETTLED || n->state == FAIR_CLOSED_LICENCE_SOLD) return remember(d, c, n->state, at, err);
    return FAIR_OK;
}

static fair_status
each_ground(const struct fair_desk *d, const struct fair_sql *sql, const struct fair_case_act *x, unsigned bits, fair_time at, struct fair_err *err)
{
    for (unsigned i = 0; i < FAIR_N_GROUNDS; i++) {
        FAIR_AUTO(rows) struct fair_rows *q = NULL;
        fair_str ground = fair_str_of(fair_ground_name((enum fair_ground)(1u << i)));

        if ((bits >> i & 1) == 0) continue;
        FAIR_TRY(fair_desk_query(d, sql, &q, err));
        if (sql == &dispute_put) {
            fair_db_int(q, 2, fair_id_new());
            fair_db_int(q, 3, x->case_id);
            fair_db_text(q, 4, ground);
            fair_db_text(q, 5, x->words);
            fair_db_sha256(q, 6, &x->document);
            fair_db_int(q, 7, at);
            fair_db_int(q, 8, d->user);
            FAIR_TRY(fair_blob_hold(d, &x->document, 0, err));
        } else {
            fair_db_int(q, 2, x->case_id);
            fair_db_text(q, 3, ground);
            fair_db_text(q, 4, x->words.n > 0 ? x->words : x->note);
            fair_db_int(q, 5, d->user);
            fair_db_int(q, 6, at);
        }
        FAIR_TRY(fair_db_run(q, err));
    }
    return FAIR_OK;
}

static fair_status
decide_all(const struct fair_desk *d, const struct fair_case_act *x, const char *decision, fair_time at, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &dispute_decide, &q, err));
    fair_db_int(q, 2, x->case_id);
    fair_db_text(q, 3, fair_str_of(decision));
    fair_db_int(q, 4, d->user);
    fair_db_int(q, 5, at);
    fair_db_text(q, 6, x->note);
    return fair_db_run(q, err);
}

fair_status
fair_disputes_follow(const struct fair_desk *d, const struct fair_case_act *x, const struct fair_case_event *e, const struct fair_course *was, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    bool accepts = e->move == FAIR_DO_LICENSED || e->move == FAIR_DO_EXCEPTION || e->move == FAIR_DO_WRONG;

    switch (e->move) {
    case FAIR_DO_DISPUTE: return each_ground(d, &dispute_put, x, e->ground, e->at, err);
    case FAIR_DO_ANSWER_DISPUTE: return each_ground(d, &dispute_answer, x, e->ground, e->at, err);
    case FAIR_DO_UNDISPUTE: return decide_all(d, x, "withdrawn", e->at, err);
    case FAIR_DO_REJECT: return decide_all(d, x, "rejected", e->at, err);
    case FAIR_DO_MAKE_APPEAL:
        FAIR_TRY(fair_desk_query(d, &dispute_appeal, &q, err));
        fair_db_int(q, 2, x->case_id);
        fair_db_int(q, 3, e->at);
        return fair_db_run(q, err);
    default: break;
    }
    if (e->move == FAIR_DO_REJECT_APPEAL || (accepts && was->state == FAIR_APPEAL)) {
        FAIR_TRY(fair_desk_query(d, &dispute_appealed, &q, err));
        fair_db_int(q, 2, x->case_id);
        fair_db_int(q, 3, e->at);
        fair_db_text(q, 4, x->note);
        fair_db_text(q, 5, accepts ? FAIR_STR("accepted") : FAIR_STR("rejected"));
        return fair_db_run(q, err);
    }
    if (accepts) return decide_all(d, x, "accepted", e->at, err);
    return FAIR_OK;
}

fair_status
fair_store_disputes(const struct fair_desk *d, fair_id case_id, FAIR_EACH(fair_dispute), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &disputes_of_case, &q, err));
    fair_db_int(q, 2, case_id);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_dispute x;
        fair_arena_clear(a);
        x = (struct fair_dispute){
            .id = fair_db_get_int(q, 0), .case_id = fair_db_get_int(q, 1), .ground = fair_db_get_text(q, 2, a), .words = fair_db_get_text(q, 3, a),
            .raised = fair_db_get_int(q, 5), .raised_by = fair_db_get_int(q, 6), .answer = fair_db_get_text(q, 7, a), .answered_by = fair_db_get_int(q, 8),
            .answered = fair_db_get_int(q, 9), .decision = fair_db_get_text(q, 10, a), .decided_by = fair_db_get_int(q, 11), .decided = fair_db_get_int(q, 12),
            .reasons = fair_db_get_text(q, 13, a), .appealed = fair_db_get_int(q, 14), .appeal_decided = fair_db_get_int(q, 15),
            .appeal_reasons = fair_db_get_text(q, 16, a),
        };
        fair_db_get_sha256(q, 4, &x.document);
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* ---- gate records --------------------------------------------------------------------------------------------------------------- */

fair_status
fair_store_gate_record_put(const struct fair_desk *d, struct fair_gate_record *x, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    x->id = fair_id_new();
    FAIR_TRY(fair_desk_query(d, &gate_record_put, &q, err));
    fair_db_int(q, 2, x->id);
    fair_db_int(q, 3, x->case_id);
    fair_db_text(q, 4, x->level);
    fair_db_int(q, 5, x->passed);
    fair_db_sha256(q, 6, &x->sha256);
    fair_db_text(q, 7, x->record);
    fair_db_int(q, 8, x->at);
    return fair_db_run(q, err);
}

fair_status
fair_store_gate_record_get(const struct fair_desk *d, const struct fair_sha256 *sha256, struct fair_arena *a, struct fair_gate_record *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &gate_record_get, &q, err));
    fair_db_sha256(q, 2, sha256);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no such record of gates");
    if (s != FAIR_OK) return s;
    *out = (struct fair_gate_record){ .id = fair_db_get_int(q, 0), .case_id = fair_db_get_int(q, 1), .level = fair_db_get_text(q, 2, a),
                                      .passed = fair_db_get_int(q, 3) != 0, .record = fair_db_get_text(q, 5, a), .at = fair_db_get_int(q, 6) };
    fair_db_get_sha256(q, 4, &out->sha256);
    return FAIR_OK;
}

/* ---- what the recipient sees of it ---- */

fair_status
fair_store_case_show(const struct fair_desk *d, fair_id case_id, fair_str why, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    return fair_store_job_ask(d, "publish", fair_str_fmt(a, "publish %lld %.*s", (long long)case_id, FAIR_STR_ARG(why)),
                              fair_str_fmt(a, "{\"case\":%lld}", (long long)case_id), 0, err);
}

/* ---- the move -------------------------------------------------------------------------------------------------------------------- */

struct moving { struct fair_case c; struct fair_facts f; struct fair_course n; struct fair_event_row row; };

/* The record of the gates that let a letter out: kept, and named by its hash in the event and the letter. */
static fair_status
keep_gates(const struct fair_desk *d, struct moving *m, struct fair_arena *a, struct fair_err *err)
{
    enum fair_level level = fair_cases_level(&m->f, m->row.e.move);
    struct fair_gate_record r = { .case_id = m->c.id, .level = fair_str_of(fair_level_name(level)), .passed = true, .at = m->row.e.at };

    FAIR_TRY(fair_cases_record(&m->f, level, &m->row.e, a, &r.record, &r.sha256, err));
    m->row.gates = r.sha256;
    return fair_store_gate_record_put(d, &r, err);
}

/* What a letter needs of its notice, beyond the gates. */
static fair_status
check_notice(const struct fair_desk *d, const struct fair_case_act *x, struct fair_arena *a, struct fair_case_event *e, struct fair_err *err)
{
    struct fair_notice n;

    if (!fair_move_sends(e->move)) return x->notice == 0 || e->move == FAIR_DO_DELIVERED || e->move == FAIR_DO_UNDELIVERED || e->move == FAIR_DO_REPLY ? FAIR_OK
                                        : fair_fail(err, FAIR_INVALID, "%s sends no letter", fair_move_name(e->move));
    if (x->notice == 0) return FAIR_OK;       /* then nothing of a letter is proven, and the gates say so */
    FAIR_TRY(fair_store_notice_get(d, x->notice, a, &n, err));
    if (n.case_id != x->case_id) return fair_fail(err, FAIR_INVALID, "notice %lld belongs to another case", (long long)n.id);
    if (n.claim != fair_move_is_claim(e->move)) return fair_fail(err, FAIR_INVALID, n.claim ? "notice %lld asks for something, and %s does not" : "notice %lld asks for nothing, and %s does", (long long)n.id, fair_move_name(e->move));
    e->sum = n.sum;
    if (e->move == FAIR_DO_RESEND && !fair_is(n.state, "sent") && !fair_is(n.state, "undelivered")) return fair_fail(err, FAIR_INVALID, "notice %lld is %.*s: it cannot go again", (long long)n.id, FAIR_STR_ARG(n.state));
    return FAIR_OK;
}

/* Whoever moves it, and from wherever: the recipient's page says what is.  The job is asked for in the move's own transaction, so a
 * kill loses neither; it is named by the version, since one that runs may have read the rows before this move. */
static fair_status
show_it(const struct fair_desk *d, const struct moving *m, struct fair_arena *a, struct fair_err *err)
{
    if (!m->n.contacted) return FAIR_OK;                     /* nobody has a page yet */
    return fair_store_case_show(d, m->c.id, fair_str_fmt(a, "version %lld", (long long)m->c.version + 1), err);
}

fair_status
fair_store_cure_ask(const struct fair_desk *d, fair_id case_id, int64_t look, fair_time since, fair_time at, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    return fair_store_job_ask(d, "cure", fair_str_fmt(a, "cure %lld %lld %lld", (long long)case_id, (long long)since, (long long)look),
                              fair_str_fmt(a, "{\"case\":%lld,\"look\":%lld,\"since\":%lld}", (long long)case_id, (long long)look, (long long)since), at, err);
}

static fair_status
write_down(const struct fair_desk *d, const struct fair_case_act *x, struct moving *m, struct fair_arena *a, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    const struct fair_case_event *e = &m->row.e;
    const struct fair_course *n = &m->n;
    bool ends = fair_state_final(n->state) && !fair_state_final(m->f.c.state);
    enum fair_move due_move;
    fair_time due;

    fair_cases_due(n, e->country, e->at, &due_move, &due);
    /* First the records, then what they speak of. */
    FAIR_TRY(fair_audit(d, e->at, fair_str_fmt(a, "case.%s", fair_move_name(e->move)).p, m->c.id,
                        fair_str_fmt(a, "{\"actor\":\"%s\",\"event\":%lld,\"hash\":\"%.*s\",\"was\":\"%.*s\",\"became\":\"%.*s\"}", fair_actor_name(e->who), (long long)m->row.seq,
                                     FAIR_STR_ARG(fair_hex(a, m->row.hash.b, 32)), FAIR_STR_ARG(m->row.was), FAIR_STR_ARG(m->row.became)), err));
    FAIR_TRY(fair_event_put(d, &m->row, err));
    FAIR_TRY(fair_desk_query(d, &case_set, &q, err));
    fair_db_int(q, 2, m->c.id);
    fair_db_text(q, 3, m->row.became);
    fair_db_text(q, 4, e->country.n > 0 ? e->country : (fair_str){ NULL, 0 });
    fair_db_int(q, 5, n->entered);
    fair_db_int(q, 6, n->last);
    fair_db_id(q, 7, due);
    fair_db_id(q, 8, fair_cases_deadline(n, e->country));
    fair_db_id(q, 9, fair_state_final(n->state) ? n->entered : 0);
    fair_db_text(q, 10, ends ? x->note : m->c.reason);
    fair_db_int(q, 11, m->c.version);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) != 1) return fair_fail(err, FAIR_CONFLICT, "case %lld changed meanwhile", (long long)m->c.id);
    fair_rows_free(&q);
    FAIR_TRY(fair_disputes_follow(d, x, e, &m->f.c, err));
    if (e->move == FAIR_DO_ASK_DATA || e->move == FAIR_DO_COMPLAIN) {
        struct fair_asking ask = { .case_id = m->c.id, .kind = e->move == FAIR_DO_ASK_DATA ? FAIR_STR("data") : FAIR_STR("complaint"), .words = x->words.n > 0 ? x->words : x->note, .at = e->at };
        if (ask.words.n > 8000) ask.words.n = 8000;
        FAIR_TRY(fair_store_asking_put(d, &ask, err));
    }
    /* Whoever says that it is removed or credited is looked up, not believed, and not asked to prove it. */
    if (e->move == FAIR_DO_CURE_IT && n->state > FAIR_SETTLEMENT && !ends) FAIR_TRY(fair_store_cure_ask(d, m->c.id, 1, e->at, e->at, err));
    FAIR_TRY(fair_letters_follow(d, x, &m->row, &m->f.c, n, err));
    if (ends && n->state < FAIR_TD_DRAFT) FAIR_TRY(closed(d, &m->c, n, e->at, err));
    if (ends && n->state >= FAIR_TD_DRAFT) {
        FAIR_TRY(fair_desk_query(d, &case_window_close, &q, err));
        fair_db_int(q, 2, m->c.id);
        FAIR_TRY(fair_db_run(q, err));
        fair_rows_free(&q);
    }
    FAIR_TRY(show_it(d, m, a, err));
    if (!fair_move_sends(e->move) || x->notice == 0) return FAIR_OK;
    if (e->move == FAIR_DO_RESEND) return fair_store_posting_ask(d, x->notice, e->at, err);      /* the next try is by post (Corrections 4) */
    FAIR_TRY(fair_notice_leaves(d, x->notice, &m->row.gates, e->at, err));
    return fair_store_job_ask(d, "send", fair_str_fmt(a, "send %lld", (long long)x->notice), fair_str_fmt(a, "{\"notice\":%lld}", (long long)x->notice), e->at, err);
}

fair_status
fair_store_case_move(const struct fair_desk *d, const struct fair_case_act *x, struct fair_ruling *ruling, int64_t *version, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    struct moving *m = fair_alloc(a, sizeof *m);
    struct fair_ruling r = { 0 };
    struct fair_sha256 last;
    struct fair_case_event *e = &m->row.e;

    if (ruling != NULL) *ruling = r;
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(check_actor(d, x, a, err));
    FAIR_TRY(fair_store_case_get(d, x->case_id, a, &m->c, err));
    if (x->version != 0 && x->version != m->c.version)
        return fair_fail(err, FAIR_CONFLICT, "case %lld changed since you saw it (version %lld, now %lld): look at it again", (long long)m->c.id, (long long)x->version, (long long)m->c.version);
    *e = x->e;
    e->by = d->user;
    if (e->at == 0) e->at = fair_now();
    FAIR_TRY(check_notice(d, x, a, e, err));
    FAIR_TRY(fair_store_case_gather(d, m->c.id, fair_move_sends(e->move) ? x->notice : 0, e->at, a, &m->f, err));
    FAIR_TRY(fair_case_course(d, &m->c, a, &m->n, &last, err));
    e->country = m->f.country;
    e->other = m->f.approval.second;
    r = fair_cases_may(&m->f, e);
    if (ruling != NULL) *ruling = r;
    if (!r.allowed) return refused(d, &r, x, err);
    e->to = r.to;
    m->row.org = d->org;
    m->row.case_id = m->c.id;
    m->row.seq = m->c.version;
    m->row.was = fair_str_of(fair_state_name(m->f.c.state));
    m->row.became = fair_str_of(fair_state_name(r.to));
    m->row.note = x->note.n > 0 ? fair_utf8_mend(a, x->note) : (fair_str){ NULL, 0 };
    m->row.ground = fair_grounds_text(a, e->ground);
    m->row.notice = x->notice;
    m->row.prev = last;
    if (fair_move_sends(e->move)) FAIR_TRY(keep_gates(d, m, a, err));
    if (m->row.note.n > 0) m->row.salt = fair_salt_new(a), m->row.digest = fair_salted(m->row.salt, m->row.note);
    m->row.hash = fair_event_hash(a, &m->row);
    if (!fair_event_apply(&m->n, &m->row)) return fair_fail(err, FAIR_CORRUPT, "case %lld: %s was allowed and leads nowhere", (long long)m->c.id, fair_move_name(e->move));
    FAIR_TRY(write_down(d, x, m, a, err));
    FAIR_TRY(fair_txn_end(&t, err));
    if (version != NULL) *version = m->c.version + 1;
    return FAIR_OK;
}

/* ---- before the door ------------------------------------------------------------------------------------------------------------- */

fair_status
fair_store_notice_by_itself(const struct fair_desk *d, const struct fair_notice *n, bool *yes, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *yes = false;
    if (!n->automatic || n->claim || n->creator != 0 || n->signer != 0 || n->sum != 0 || n->deadline_days != 0 || !fair_cases_owed_step(n->step)) return FAIR_OK;
    FAIR_TRY(fair_desk_query(d, &notice_event, &q, err));
    fair_db_int(q, 2, n->case_id);
    fair_db_int(q, 3, n->id);
    s = fair_db_step(q, err);
    if (s != FAIR_OK) return s == FAIR_DONE ? FAIR_OK : s;
    *yes = fair_is(fair_db_get_text(q, 1, a), fair_move_name(FAIR_DO_LETTER)) && fair_is(fair_db_get_text(q, 3, a), fair_actor_name(FAIR_SYS));
    return FAIR_OK;
}

fair_status
fair_store_notice_may_leave(const struct fair_desk *d, fair_id notice, fair_time now, struct fair_ruling *ruling, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_facts *f = fair_alloc(a, sizeof *f);
    struct fair_gate gates[FAIR_N_GATES];
    struct fair_ruling r = { 0 };
    struct fair_notice n;
    struct fair_case_event e = { .who = FAIR_AGT, .at = now };
    enum fair_case_state became;
    enum fair_move move;
    fair_status s;

    FAIR_TRY(fair_store_notice_get(d, notice, a, &n, err));
    FAIR_TRY(fair_desk_query(d, &notice_event, &q, err));
    fair_db_int(q, 2, n.case_id);
    fair_db_int(q, 3, notice);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_REFUSED, "notice %lld: no move of its case let it out", (long long)notice);
    if (s != FAIR_OK) return s;
    if (!fair_state_parse(fair_db_get_text(q, 0, a), &became) || !fair_move_parse(fair_db_get_text(q, 1, a), &move))
        return fair_fail(err, FAIR_CORRUPT, "notice %lld: its event is none of ours", (long long)notice);
    fair_rows_free(&q);
    if (!fair_is(n.state, "queued") && !fair_is(n.state, "undelivered") && !fair_is(n.state, "sent")) return fair_fail(err, FAIR_REFUSED, "notice %lld is %.*s", (long long)notice, FAIR_STR_ARG(n.state));
    FAIR_TRY(fair_store_case_gather(d, n.case_id, notice, now, a, f, err));
    /* The claim is counted already: it leaves as the same again.  Its sum and its signer are those of the letter. */
    e.move = n.claim ? FAIR_DO_RESEND : FAIR_DO_LETTER;
    e.by = n.signer;
    e.sum = n.sum;
    fair_cases_gates(f, n.claim ? fair_cases_level_of(became) : fair_cases_level(f, FAIR_DO_LETTER), &e, gates);
    for (int i = 0; i < FAIR_N_GATES; i++) {
        if (!n.claim && i + 1 != 15 && i + 1 != 16 && i + 1 != 17 && !(n.automatic && i + 1 == 13)) continue;
        for (size_t k = 0; k < gates[i].n_reasons; k++) r.reasons[r.n_reasons++] = gates[i].reasons[k];
    }
    if (now < f->c.last) r.reasons[r.n_reasons++] = (struct fair_reason){ .why = (int16_t)fair_reason_of(FAIR_STR("R_clock_back")), .not_before = f->c.last };
    if (n.claim && f->c.state != became) r.reasons[r.n_reasons++] = (struct fair_reason){ .why = (int16_t)fair_reason_of(FAIR_STR("R_no_such_move")) };
    r.allowed = r.n_reasons == 0;
    r.to = f->c.state;
    if (ruling != NULL) *ruling = r;
    if (!r.allowed) {
        fair_str words = fair_ruling_words(a, &r);
        return fair_fail(err, FAIR_REFUSED, "notice %lld may not leave now: %.*s", (long long)notice, (int)(words.n < 400 ? words.n : 400), words.p);
    }
    return FAIR_OK;
}

/* ---- time alone ------------------------------------------------------------------------------------------------------------------- */

fair_status
fair_store_cases_due(struct fair_store *st, fair_time now, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct { fair_id org, id; } due[200];
    size_t n_due = 0;
    fair_status s;

    *n = 0;
    FAIR_TRY(fair_store_query(st, &cases_due, &q, err));
    fair_db_int(q, 1, now);
    while ((s = fair_db_step(q, err)) == FAIR_OK && n_due < 200) {
        due[n_due].org = fair_db_get_int(q, 0);
        due[n_due++].id = fair_db_get_int(q, 1);
    }
    if (s != FAIR_OK && s != FAIR_DONE) return s;
    fair_rows_free(&q);
    for (size_t i = 0; i < n_due; i++) {
        const struct fair_desk d = { st, due[i].org, 0 };
        struct fair_case_act x = { .case_id = due[i].id, .e = { .who = FAIR_SYS, .at = now, .automatic = true } };
        struct fair_facts *f = fair_alloc(a, sizeof *f);
        fair_time when;

        /* A case that is damaged is told by doctor; it holds up no other. */
        s = fair_store_case_gather(&d, x.case_id, 0, now, a, f, err);
        if (s == FAIR_CORRUPT) continue;
        if (s != FAIR_OK) return s;
        if (!fair_cases_due(&f->c, f->country, now, &x.e.move, &when)) continue;
        s = fair_store_case_move(&d, &x, NULL, NULL, err);
        if (s == FAIR_OK) ++*n;
        else if (s != FAIR_REFUSED && s != FAIR_CONFLICT && s != FAIR_CORRUPT) return s;
        fair_arena_clear(a);
    }
    return FAIR_OK;
}
