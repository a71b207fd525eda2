/* postings.c - letters by post: printed and handed over by a person, whose word is the number of the carrier and the proof of delivery.
 * The recipient's time begins with the day of delivery (Corrections 4). */
#include <string.h>
#include "store/case_private.h"

#define POSTING_COLUMNS                                                                                                  \
    "p.id, p.notice_id, p.asked_us, p.carrier, p.tracking, p.posted_us, p.delivered_us, p.proof, p.proof_name, p.returned_us, p.note," \
    " p.settled_us, n.code, n.step, n.case_id, c.operator"
#define POSTING_FROM " FROM posting p JOIN notice n ON n.org_id = p.org_id AND n.id = p.notice_id JOIN case_file c ON c.org_id = n.org_id AND c.id = n.case_id"
FAIR_SQL(posting_put, "INSERT INTO posting (id, org_id, notice_id, asked_us) VALUES ($2, $1, $3, $4) ON CONFLICT DO NOTHING");
FAIR_SQL(posting_newest, "SELECT " POSTING_COLUMNS POSTING_FROM " WHERE p.org_id = $1 AND p.notice_id = $2 ORDER BY p.id DESC LIMIT 1");
FAIR_SQL(postings_open, "SELECT " POSTING_COLUMNS POSTING_FROM " WHERE p.org_id = $1 AND p.settled_us IS NULL ORDER BY p.id LIMIT $2 OFFSET $3");
FAIR_SQL(posting_posted, "UPDATE posting SET carrier = $3, tracking = $4, posted_us = $5, posted_by = $6 WHERE org_id = $1 AND id = $2 AND posted_us IS NULL AND settled_us IS NULL");
FAIR_SQL(posting_settled,
    "UPDATE posting SET delivered_us = $3, proof = $4, proof_name = $5, returned_us = $6, note = $7, settled_by = $8, settled_us = $9"
    " WHERE org_id = $1 AND id = $2 AND posted_us IS NOT NULL AND settled_us IS NULL");

static void
read_posting(struct fair_rows *q, struct fair_arena *a, struct fair_post_letter *x)
{
    *x = (struct fair_post_letter){ .id = fair_db_get_int(q, 0), .notice = fair_db_get_int(q, 1), .asked = fair_db_get_int(q, 2), .carrier = fair_db_get_text(q, 3, a),
        .tracking = fair_db_get_text(q, 4, a), .posted = fair_db_get_int(q, 5), .delivered = fair_db_get_int(q, 6), .proof_name = fair_db_get_text(q, 8, a),
        .returned = fair_db_get_int(q, 9), .note = fair_db_get_text(q, 10, a), .settled = fair_db_get_int(q, 11), .code = fair_db_get_text(q, 12, a),
        .step = fair_db_get_text(q, 13, a), .case_id = fair_db_get_int(q, 14), .operator = fair_db_get_text(q, 15, a) };
    fair_db_get_sha256(q, 7, &x->proof);
}

fair_status
fair_store_posting_ask(const struct fair_desk *d, fair_id notice, fair_time at, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &posting_put, &q, err));
    fair_db_int(q, 2, fair_id_new());
    fair_db_int(q, 3, notice);
    fair_db_int(q, 4, at);
    return fair_db_run(q, err);
}

fair_status
fair_store_posting_of(const struct fair_desk *d, fair_id notice, struct fair_arena *a, struct fair_post_letter *x, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &posting_newest, &q, err));
    fair_db_int(q, 2, notice);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "notice %lld does not go by post", (long long)notice);
    if (s == FAIR_OK) read_posting(q, a, x);
    return s;
}

fair_status
fair_store_postings(const struct fair_desk *d, struct fair_page page, FAIR_EACH(fair_post_letter), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &postings_open, &q, err));
    fair_db_int(q, 2, fair_page_limit(page));
    fair_db_int(q, 3, fair_page_offset(page));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_post_letter x;
        fair_arena_clear(a);
        read_posting(q, a, &x);
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

static fair_status
one_approval(void *arg, const struct fair_notice_approval *x, struct fair_err *err)
{
    int *n = arg;

    (void)err;
    *n += x->user != 0;
    return FAIR_OK;
}

fair_status
fair_store_post_may(const struct fair_desk *d, fair_id notice, fair_time now, struct fair_arena *a, struct fair_post_letter *x, struct fair_err *err)
{
    struct fair_notice n;
    bool by_itself;
    int approvals = 0;

    FAIR_TRY(fair_store_posting_of(d, notice, a, x, err));
    if (x->settled != 0) return fair_fail(err, FAIR_REFUSED, "notice %lld: this letter came back or was delivered already", (long long)notice);
    FAIR_TRY(fair_store_notice_get(d, notice, a, &n, err));
    FAIR_TRY(fair_store_notice_may_leave(d, notice, now, NULL, err));
    FAIR_TRY(fair_store_notice_approvals(d, notice, one_approval, &approvals, err));
    FAIR_TRY(fair_store_notice_by_itself(d, &n, &by_itself, err));
    if (approvals == 0 && !by_itself) return fair_fail(err, FAIR_REFUSED, "nobody approved notice %lld as it is", (long long)notice);
    return FAIR_OK;
}

/* The end of that day where the recipient is, but no later than now. */
static fair_time
day_end(fair_str country, int32_t date, fair_time now)
{
    fair_time end = fair_calendar_end(country, date);
    return end < now ? end : now;
}

static fair_status
check_day(fair_str country, int32_t date, int32_t least, fair_time now, struct fair_err *err)
{
    if (date > fair_calendar_date(country, now)) return fair_fail(err, FAIR_INVALID, "that day has not come yet");
    if (date < least) return fair_fail(err, FAIR_INVALID, "that day lies before the letter was made or handed over");
    return FAIR_OK;
}

fair_status
fair_store_post_sent(const struct fair_desk *d, fair_id notice, fair_str carrier, fair_str tracking, int32_t on, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_post_letter x;
    struct fair_notice n;
    struct fair_case c;

    carrier = fair_str_trim(carrier);
    tracking = fair_str_trim(tracking);
    if (carrier.n == 0 || carrier.n > 100 || tracking.n < 4 || tracking.n > 60 || !fair_utf8_valid(carrier) || !fair_utf8_valid(tracking))
        return fair_fail(err, FAIR_INVALID, "a letter by post needs its carrier and the number by which it is followed: without it its delivery cannot be shown");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_store_post_may(d, notice, now, a, &x, err));
    if (x.posted != 0) return fair_fail(err, FAIR_REFUSED, "notice %lld was handed over already, number %.*s", (long long)notice, FAIR_STR_ARG(x.tracking));
    FAIR_TRY(fair_store_notice_get(d, notice, a, &n, err));
    FAIR_TRY(fair_store_case_get(d, n.case_id, a, &c, err));
    FAIR_TRY(check_day(c.country, on, fair_calendar_date(c.country, x.asked), now, err));
    FAIR_TRY(fair_audit(d, now, "notice.posted", notice, FAIR_STR("{}"), err));
    FAIR_TRY(fair_desk_query(d, &posting_posted, &q, err));
    fair_db_int(q, 2, x.id);
    fair_db_text(q, 3, carrier);
    fair_db_text(q, 4, tracking);
    fair_db_int(q, 5, day_end(c.country, on, now));
    fair_db_int(q, 6, d->user);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    n.tracking = tracking;
    if (n.sent == 0) n.sent = day_end(c.country, on, now);
    if (!fair_is(n.state, "undelivered")) n.state = FAIR_STR("sent");
    FAIR_TRY(fair_store_notice_fared(d, &n, err));
    return fair_txn_end(&t, err);
}

static fair_status
settle(const struct fair_desk *d, const struct fair_post_letter *x, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &posting_settled, &q, err));
    fair_db_int(q, 2, x->id);
    fair_db_id(q, 3, x->delivered);
    fair_db_sha256(q, 4, &x->proof);
    fair_db_text(q, 5, x->proof_name.n > 0 ? x->proof_name : (fair_str){ NULL, 0 });
    fair_db_id(q, 6, x->returned);
    fair_db_text(q, 7, x->note.n > 0 ? x->note : (fair_str){ NULL, 0 });
    fair_db_int(q, 8, d->user);
    fair_db_int(q, 9, now);
    FAIR_TRY(fair_db_run(q, err));
    return fair_db_changes(q) == 1 ? FAIR_OK : fair_fail(err, FAIR_CONFLICT, "notice %lld was settled meanwhile", (long long)x->notice);
}

/* The case is told, as whoever enters it: of a claim alone, and while it is open. */
static fair_status
tell_case(const struct fair_desk *d, const struct fair_notice *n, enum fair_move move, fair_time at, fair_str note, struct fair_arena *a, struct fair_err *err)
{
    struct fair_case_act act = { .case_id = n->case_id, .notice = n->id, .e = { .move = move, .at = at }, .note = note };
    struct fair_case c;
    fair_str role;

    FAIR_TRY(fair_store_case_get(d, n->case_id, a, &c, err));
    if (!n->claim || c.closed != 0) return FAIR_OK;
    FAIR_TRY(fair_user_role(d, a, &role, err));
    if (!fair_store_case_actor(role, move, &act.e.who)) return fair_fail(err, FAIR_REFUSED, "an account of this role moves no case");
    act.version = c.version;
    if (act.e.at < c.last) act.e.at = c.last;            /* never before what happened last: later is the recipient's favour */
    return fair_store_case_move(d, &act, NULL, NULL, err);
}

static fair_status
under_way(const struct fair_desk *d, fair_id notice, struct fair_arena *a, struct fair_post_letter *x, struct fair_notice *n, struct fair_err *err)
{
    FAIR_TRY(fair_store_posting_of(d, notice, a, x, err));
    if (x->settled != 0) return fair_fail(err, FAIR_REFUSED, "notice %lld: this letter came back or was delivered already", (long long)notice);
    if (x->posted == 0) return fair_fail(err, FAIR_REFUSED, "notice %lld was not handed over yet: first the carrier and the number", (long long)notice);
    return fair_store_notice_get(d, notice, a, n, err);
}

fair_status
fair_store_post_delivered(const struct fair_desk *d, fair_id notice, int32_t on, const struct fair_sha256 *proof, fair_str name, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    struct fair_post_letter x;
    struct fair_notice n;
    struct fair_case c;

    if (fair_sha256_none(proof)) return fair_fail(err, FAIR_INVALID, "delivery needs the document that shows it: the recipient's time begins with it");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(under_way(d, notice, a, &x, &n, err));
    FAIR_TRY(fair_store_case_get(d, n.case_id, a, &c, err));
    FAIR_TRY(check_day(c.country, on, fair_calendar_date(c.country, x.posted), now, err));
    x.delivered = day_end(c.country, on, now);
    x.proof = *proof;
    x.proof_name = name;
    FAIR_TRY(fair_audit(d, now, "notice.delivered", notice, FAIR_STR("{\"by\":\"post\"}"), err));
    FAIR_TRY(fair_blob_hold(d, proof, 0, err));
    FAIR_TRY(settle(d, &x, now, err));
    if (n.delivered == 0) {
        n.delivered = x.delivered;
        n.delivered_by = FAIR_STR("tracked_letter");
        n.state = FAIR_STR("delivered");
        FAIR_TRY(fair_store_notice_fared(d, &n, err));
    }
    FAIR_TRY(tell_case(d, &n, FAIR_DO_DELIVERED, x.delivered, fair_str_fmt(a, "%.*s %.*s", FAIR_STR_ARG(x.carrier), FAIR_STR_ARG(x.tracking)), a, err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_post_returned(const struct fair_desk *d, fair_id notice, fair_str note, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    struct fair_post_letter x;
    struct fair_notice n;

    if (note.n > 1000 || !fair_utf8_valid(note)) return fair_fail(err, FAIR_INVALID, "the note is over 1000 bytes, or no UTF-8");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(under_way(d, notice, a, &x, &n, err));
    x.returned = now;
    x.note = note;
    FAIR_TRY(fair_audit(d, now, "notice.returned", notice, FAIR_STR("{\"by\":\"post\"}"), err));
    FAIR_TRY(settle(d, &x, now, err));
    if (n.delivered == 0) {
        n.bounced = now;
        n.bounce = note.n > 0 ? note : FAIR_STR("it came back by post");
        n.state = FAIR_STR("undelivered");
        FAIR_TRY(fair_store_notice_fared(d, &n, err));
        FAIR_TRY(tell_case(d, &n, FAIR_DO_UNDELIVERED, now, n.bounce, a, err));
    }
    return fair_txn_end(&t, err);
}
