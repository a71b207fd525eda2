/* notices.c - our letters as rows: drafts, approvals of exactly these bytes, and how they fared. */
#include <string.h>
#include "base/digest.h"
#include "store/case_private.h"

#define COLUMNS                                                                                                       \
    "n.id, n.case_id, n.step, n.claim, n.language, n.law, n.state, n.code, n.template_sha256, n.inputs_sha256, n.evidence_sha256, " \
    "n.rules_sha256, n.gates_sha256, n.inputs, n.mail, n.html, n.pdf, n.signature, n.signer_id, n.sum_minor, n.currency, "      \
    "n.deadline_days, n.created_by, n.created_us, n.queued_us, n.sent_us, n.sent_by, n.sent_to, n.message_id, n.tracking, "     \
    "n.accepted_us, n.delivered_us, n.delivered_by, n.bounced_us, n.bounce, n.to_lawyer, n.automatic"
FAIR_SQL(notice_by_id, "SELECT " COLUMNS " FROM notice n WHERE n.org_id = $1 AND n.id = $2");
FAIR_SQL_ALL(notice_by_code, "SELECT " COLUMNS ", n.org_id FROM notice n WHERE n.code = $1");
FAIR_SQL_ALL(notice_by_message, "SELECT " COLUMNS ", n.org_id FROM notice n WHERE n.message_id = $1");
FAIR_SQL(notices_listed,
    "SELECT " COLUMNS " FROM notice n WHERE n.org_id = $1 AND (CAST($2 AS BIGINT) IS NULL OR n.case_id = $2)"
    " AND (CAST($3 AS TEXT) IS NULL OR n.state = $3) ORDER BY n.id DESC LIMIT $4 OFFSET $5");
FAIR_SQL(notice_put_new,
    "INSERT INTO notice (id, org_id, case_id, step, claim, language, law, state, code, template_sha256, inputs_sha256, evidence_sha256, rules_sha256,"
    " inputs, mail, html, pdf, signature, signer_id, sum_minor, currency, deadline_days, created_by, created_us, message_id, sent_by, sent_to, to_lawyer, automatic)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, 'draft', $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)");
FAIR_SQL(notice_put_again,
    "UPDATE notice SET step = $4, claim = $5, language = $6, law = $7, template_sha256 = $9, inputs_sha256 = $10, evidence_sha256 = $11,"
    " rules_sha256 = $12, inputs = $13, mail = $14, html = $15, pdf = $16, signature = $17, signer_id = $18, sum_minor = $19, currency = $20,"
    " deadline_days = $21, message_id = $24, sent_by = $25, sent_to = $26, to_lawyer = $27, automatic = $28, state = 'draft' WHERE org_id = $1 AND id = $2 AND case_id = $3 AND state IN ('draft', 'approved')");
FAIR_SQL(notice_approve_it, "UPDATE notice SET state = 'approved' WHERE org_id = $1 AND id = $2 AND state IN ('draft', 'approved')");
FAIR_SQL(notice_queue, "UPDATE notice SET state = 'queued', queued_us = $3, gates_sha256 = $4 WHERE org_id = $1 AND id = $2 AND state IN ('draft', 'approved')");
FAIR_SQL(notice_fared,
    "UPDATE notice SET state = $3, sent_us = $4, message_id = $5, tracking = $6, accepted_us = $7, delivered_us = $8,"
    " delivered_by = $9, bounced_us = $10, bounce = $11, pdf = $12, mail = $13 WHERE org_id = $1 AND id = $2");
FAIR_SQL(approval_put,
    "INSERT INTO notice_approval (id, org_id, notice_id, account_id, actor, sha256, at_us) VALUES ($2, $1, $3, $4, $5, $6, $7)"
    " ON CONFLICT (org_id, notice_id, account_id, sha256) DO NOTHING");
FAIR_SQL(approvals_of,
    "SELECT p.id, p.notice_id, p.account_id, p.actor, p.sha256, p.at_us, a.name FROM notice_approval p"
    " LEFT JOIN account a ON a.org_id = p.org_id AND a.id = p.account_id WHERE p.org_id = $1 AND p.notice_id = $2 AND p.sha256 = $3 ORDER BY p.id");
FAIR_SQL(notice_case_is, "SELECT 1 FROM case_file WHERE org_id = $1 AND id = $2");
FAIR_SQL(check_put,
    "INSERT INTO notice_check (org_id, notice_id, name, value, source, account_id, at_us) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (org_id, notice_id, name) DO UPDATE SET value = excluded.value, source = excluded.source, account_id = excluded.account_id, at_us = excluded.at_us");
FAIR_SQL(checks_clear, "DELETE FROM notice_check WHERE org_id = $1 AND notice_id = $2");
FAIR_SQL(checks_of, "SELECT name, value, source, account_id, at_us FROM notice_check WHERE org_id = $1 AND notice_id = $2 ORDER BY name");

static void
notice_read(struct fair_rows *q, struct fair_arena *a, struct fair_notice *x)
{
    *x = (struct fair_notice){
        .id = fair_db_get_int(q, 0), .case_id = fair_db_get_int(q, 1), .step = fair_db_get_text(q, 2, a), .claim = fair_db_get_int(q, 3) != 0,
        .language = fair_db_get_text(q, 4, a), .law = fair_db_get_text(q, 5, a), .state = fair_db_get_text(q, 6, a), .code = fair_db_get_text(q, 7, a),
        .signature = fair_db_get_bytes(q, 17, a), .signer = fair_db_get_int(q, 18), .sum = fair_db_get_int(q, 19), .currency = fair_db_get_text(q, 20, a),
        .deadline_days = fair_db_get_int(q, 21), .creator = fair_db_get_int(q, 22), .created = fair_db_get_int(q, 23), .queued = fair_db_get_int(q, 24),
        .sent = fair_db_get_int(q, 25), .sent_by = fair_db_get_text(q, 26, a), .sent_to = fair_db_get_text(q, 27, a), .message_id = fair_db_get_text(q, 28, a),
        .tracking = fair_db_get_text(q, 29, a), .accepted = fair_db_get_int(q, 30), .delivered = fair_db_get_int(q, 31),
        .delivered_by = fair_db_get_text(q, 32, a), .bounced = fair_db_get_int(q, 33), .bounce = fair_db_get_text(q, 34, a),
        .to_lawyer = fair_db_get_int(q, 35) != 0, .automatic = fair_db_get_int(q, 36) != 0,
    };
    fair_db_get_sha256(q, 8, &x->template_sha256);
    fair_db_get_sha256(q, 9, &x->inputs_sha256);
    fair_db_get_sha256(q, 10, &x->evidence_sha256);
    fair_db_get_sha256(q, 11, &x->rules_sha256);
    fair_db_get_sha256(q, 12, &x->gates_sha256);
    fair_db_get_sha256(q, 13, &x->inputs);
    fair_db_get_sha256(q, 14, &x->mail);
    fair_db_get_sha256(q, 15, &x->html);
    fair_db_get_sha256(q, 16, &x->pdf);
}

fair_status
fair_store_notice_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_notice *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &notice_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no notice %lld", (long long)id);
    if (s != FAIR_OK) return s;
    notice_read(q, a, out);
    return FAIR_OK;
}

static fair_status
by_text(struct fair_store *st, const struct fair_sql *sql, fair_str text, struct fair_arena *a, fair_id *org, struct fair_notice *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    if (text.n == 0 || text.n > 1024) return fair_fail(err, FAIR_NOT_FOUND, "no such notice");
    FAIR_TRY(fair_store_query(st, sql, &q, err));
    fair_db_text(q, 1, text);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no such notice");
    if (s != FAIR_OK) return s;
    notice_read(q, a, out);
    *org = fair_db_get_int(q, 37);
    return FAIR_OK;
}

fair_status
fair_store_notice_by_code(struct fair_store *st, fair_str code, struct fair_arena *a, fair_id *org, struct fair_notice *out, struct fair_err *err)
{
    return by_text(st, &notice_by_code, code, a, org, out, err);
}

fair_status
fair_store_notice_by_message(struct fair_store *st, fair_str message_id, struct fair_arena *a, fair_id *org, struct fair_notice *out, struct fair_err *err)
{
    return by_text(st, &notice_by_message, message_id, a, org, out, err);
}

fair_status
fair_store_notices(const struct fair_desk *d, const struct fair_notice_filter *f, FAIR_EACH(fair_notice), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &notices_listed, &q, err));
    fair_db_id(q, 2, f->case_id);
    fair_db_text(q, 3, f->state.n > 0 ? f->state : (fair_str){ NULL, 0 });
    fair_db_int(q, 4, fair_page_limit(f->page));
    fair_db_int(q, 5, fair_page_offset(f->page));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_notice x;
        fair_arena_clear(a);
        notice_read(q, a, &x);
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* "FT-7Q4K-M2XD-9A3P-RW5C": 80 random bits in letters that can be read aloud and typed (Crockford's base 32). */
fair_str
fair_notice_code_new(struct fair_arena *a)
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t random[16];
    char *code = fair_alloc(a, 23), *p = code;

    fair_random(random, sizeof random);
    *p++ = 'F';
    *p++ = 'T';
    for (size_t i = 0; i < sizeof random; i++) {
        if (i % 4 == 0) *p++ = '-';
        *p++ = letters[random[i] & 31];
    }
    return (fair_str){ code, (size_t)(p - code) };
}

struct fair_sha256
fair_notice_hash(const struct fair_notice *x)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const struct fair_sha256 *const hashes[] = { &x->template_sha256, &x->inputs_sha256, &x->evidence_sha256, &x->rules_sha256, &x->inputs, &x->mail, &x->html, &x->pdf };
    struct fair_buf b = FAIR_BUF(a, 1 << 20);

    fair_buf_fmt(&b, "fairtrack notice 2\n%lld\n%lld\n%.*s\n%d\n%.*s\n%.*s\n%.*s\n%lld\n%lld\n%.*s\n%lld\n", (long long)x->id, (long long)x->case_id,
                 FAIR_STR_ARG(x->step), x->claim, FAIR_STR_ARG(x->language), FAIR_STR_ARG(x->law), FAIR_STR_ARG(x->code), (long long)x->signer,
                 (long long)x->sum, FAIR_STR_ARG(x->currency), (long long)x->deadline_days);
    fair_buf_fmt(&b, "%.*s\n%zu\n%.*s\n%d\n%d\n", FAIR_STR_ARG(x->sent_by), x->sent_to.n, FAIR_STR_ARG(x->sent_to), x->to_lawyer, x->automatic);
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++)
        fair_buf_fmt(&b, "%.*s\n", FAIR_STR_ARG(fair_hex(a, hashes[i]->b, 32)));
    return fair_sha256_of(b.p, b.n);
}

static fair_status
check_notice(const struct fair_desk *d, const struct fair_notice *x, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    if (x->step.n == 0 || x->step.n > 64 || x->language.n != 2 || x->law.n == 0 || x->law.n > 16) return fair_fail(err, FAIR_INVALID, "a notice needs its step, its language and its law");
    if (x->sum < 0 || (x->sum > 0 && x->currency.n != 3)) return fair_fail(err, FAIR_INVALID, "a sum needs its currency");
    if (x->deadline_days < 0 || x->deadline_days > 3660) return fair_fail(err, FAIR_INVALID, "%lld days to answer are none", (long long)x->deadline_days);
    FAIR_TRY(fair_desk_query(d, &notice_case_is, &q, err));
    fair_db_int(q, 2, x->case_id);
    s = fair_db_step(q, err);
    return s == FAIR_DONE ? fair_fail(err, FAIR_NOT_FOUND, "no case %lld", (long long)x->case_id) : s;
}

static void
bind_notice(struct fair_rows *q, const struct fair_notice *x)
{
    const struct fair_sha256 *const hashes[] = { &x->template_sha256, &x->inputs_sha256, &x->evidence_sha256, &x->rules_sha256, &x->inputs, &x->mail, &x->html, &x->pdf };

    fair_db_int(q, 2, x->id);
    fair_db_int(q, 3, x->case_id);
    fair_db_text(q, 4, x->step);
    fair_db_int(q, 5, x->claim);
    fair_db_text(q, 6, x->language);
    fair_db_text(q, 7, x->law);
    for (int i = 0; i < 8; i++) fair_db_sha256(q, 9 + i, hashes[i]);
    fair_db_bytes(q, 17, x->signature);
    fair_db_id(q, 18, x->signer);
    fair_db_int(q, 19, x->sum);
    fair_db_text(q, 20, x->currency);
    fair_db_int(q, 21, x->deadline_days);
    fair_db_text(q, 24, x->message_id);
    fair_db_text(q, 25, x->sent_by.n > 0 ? x->sent_by : (fair_str){ NULL, 0 });
    fair_db_text(q, 26, x->sent_to.n > 0 ? x->sent_to : (fair_str){ NULL, 0 });
    fair_db_int(q, 27, x->to_lawyer);
    fair_db_int(q, 28, x->automatic);
}

/* The blobs that the row names are counted. */
static fair_status
hold(const struct fair_desk *d, const struct fair_notice *x, bool take, struct fair_err *err)
{
    const struct fair_sha256 *const blobs[] = { &x->inputs, &x->mail, &x->html, &x->pdf };

    for (size_t i = 0; i < sizeof blobs / sizeof *blobs; i++)
        FAIR_TRY(take ? fair_blob_hold(d, blobs[i], 0, err) : fair_blob_let_go(d, blobs[i], err));
    return FAIR_OK;
}

fair_status
fair_store_notice_put(const struct fair_desk *d, struct fair_notice *given, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_notice x = *given, was = { 0 };
    bool fresh = x.id == 0;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(check_notice(d, &x, err));
    if (!fresh) {
        FAIR_TRY(fair_store_notice_get(d, x.id, a, &was, err));
        if (!fair_is(was.state, "draft") && !fair_is(was.state, "approved"))
            return fair_fail(err, FAIR_REFUSED, "notice %lld has left already: it is not changed any more", (long long)x.id);
        if (was.case_id != x.case_id) return fair_fail(err, FAIR_INVALID, "notice %lld belongs to another case", (long long)x.id);
        x.code = was.code;
        x.creator = was.creator;
        x.created = was.created;
    } else {
        x.id = fair_id_new();
        if (x.code.n == 0) x.code = fair_notice_code_new(a);
        x.creator = d->user;
        if (x.created == 0) x.created = fair_now();
    }
    x.state = FAIR_STR("draft");
    FAIR_TRY(fair_audit(d, x.created, fresh ? "notice.draft" : "notice.redraft", x.id, FAIR_STR("{}"), err));
    FAIR_TRY(hold(d, &x, true, err));
    FAIR_TRY(fair_desk_query(d, fresh ? &notice_put_new : &notice_put_again, &q, err));
    bind_notice(q, &x);
    if (fresh) {
        fair_db_text(q, 8, x.code);
        fair_db_int(q, 22, x.creator);
        fair_db_int(q, 23, x.created);
    }
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    if (!fresh) {
        /* What was found in the former letter says nothing of this one. */
        FAIR_TRY(hold(d, &was, false, err));
        FAIR_TRY(fair_desk_query(d, &checks_clear, &q, err));
        fair_db_int(q, 2, x.id);
        FAIR_TRY(fair_db_run(q, err));
        fair_rows_free(&q);
    }
    if (x.claim) FAIR_TRY(fair_store_case_look(d, x.case_id, true, fair_now(), err));
    FAIR_TRY(fair_txn_end(&t, err));
    given->id = x.id;
    given->creator = x.creator;
    given->created = x.created;
    given->state = x.state;
    return FAIR_OK;
}

fair_status
fair_store_notice_approve(const struct fair_desk *d, fair_id id, enum fair_actor as, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_notice x;
    struct fair_sha256 hash;
    enum fair_actor may;
    fair_str role;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_store_notice_get(d, id, a, &x, err));
    FAIR_TRY(fair_user_role(d, a, &role, err));
    if (!fair_store_case_actor(role, FAIR_DO_LETTER, &may) || may != as)
        return fair_fail(err, FAIR_REFUSED, "this account cannot approve as %s", fair_actor_name(as));
    if (!fair_is(x.state, "draft") && !fair_is(x.state, "approved")) return fair_fail(err, FAIR_REFUSED, "notice %lld has left already", (long long)id);
    hash = fair_notice_hash(&x);
    FAIR_TRY(fair_audit(d, now, "notice.approve", id, fair_str_fmt(a, "{\"as\":\"%s\",\"sha256\":\"%.*s\"}", fair_actor_name(as), FAIR_STR_ARG(fair_hex(a, hash.b, 32))), err));
    FAIR_TRY(fair_desk_query(d, &approval_put, &q, err));
    fair_db_int(q, 2, fair_id_new());
    fair_db_int(q, 3, id);
    fair_db_int(q, 4, d->user);
    fair_db_text(q, 5, fair_str_of(fair_actor_name(as)));
    fair_db_sha256(q, 6, &hash);
    fair_db_int(q, 7, now);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &notice_approve_it, &q, err));
    fair_db_int(q, 2, id);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    if (x.claim) FAIR_TRY(fair_store_case_look(d, x.case_id, true, now, err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_notice_approvals(const struct fair_desk *d, fair_id id, FAIR_EACH(fair_notice_approval), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_notice n;
    struct fair_sha256 hash;
    fair_status s;

    FAIR_TRY(fair_store_notice_get(d, id, a, &n, err));
    hash = fair_notice_hash(&n);
    FAIR_TRY(fair_desk_query(d, &approvals_of, &q, err));
    fair_db_int(q, 2, id);
    fair_db_sha256(q, 3, &hash);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_notice_approval x = { .id = fair_db_get_int(q, 0), .notice = fair_db_get_int(q, 1), .user = fair_db_get_int(q, 2), .at = fair_db_get_int(q, 5),
                                          .user_name = fair_db_get_text(q, 6, a) };
        if (!fair_actor_parse(fair_db_get_text(q, 3, a), &x.as)) return fair_fail(err, FAIR_CORRUPT, "approval %lld is by nobody", (long long)x.id);
        fair_db_get_sha256(q, 4, &x.sha256);
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_notice_leaves(const struct fair_desk *d, fair_id notice, const struct fair_sha256 *gates, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &notice_queue, &q, err));
    fair_db_int(q, 2, notice);
    fair_db_int(q, 3, now);
    fair_db_sha256(q, 4, gates);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) != 1) return fair_fail(err, FAIR_CONFLICT, "notice %lld has left already", (long long)notice);
    return FAIR_OK;
}

static int
rank(fair_str state)
{
    static const char *const all[] = { "draft", "approved", "queued", "sent", "undelivered", "delivered" };
    for (int i = 0; i < 6; i++)
        if (fair_is(state, all[i])) return i;
    return fair_is(state, "dropped") ? 6 : -1;
}

fair_status
fair_store_notice_fared(const struct fair_desk *d, const struct fair_notice *x, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_notice was;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_store_notice_get(d, x->id, a, &was, err));
    if (rank(x->state) < rank(was.state) || rank(was.state) < 2) return fair_fail(err, FAIR_REFUSED, "notice %lld is %.*s and does not become %.*s", (long long)x->id, FAIR_STR_ARG(was.state), FAIR_STR_ARG(x->state));
    FAIR_TRY(fair_audit(d, fair_now(), "notice.fared", x->id, fair_str_fmt(a, "{\"state\":\"%.*s\"}", FAIR_STR_ARG(x->state)), err));
    FAIR_TRY(fair_blob_hold(d, &x->pdf, 0, err));
    FAIR_TRY(fair_blob_hold(d, &x->mail, 0, err));
    FAIR_TRY(fair_desk_query(d, &notice_fared, &q, err));
    fair_db_int(q, 2, x->id);
    fair_db_text(q, 3, x->state);
    fair_db_id(q, 4, x->sent);
    fair_db_text(q, 5, x->message_id);
    fair_db_text(q, 6, x->tracking);
    fair_db_id(q, 7, x->accepted);
    fair_db_id(q, 8, x->delivered);
    fair_db_text(q, 9, x->delivered_by);
    fair_db_id(q, 10, x->bounced);
    fair_db_text(q, 11, x->bounce);
    fair_db_sha256(q, 12, &x->pdf);
    fair_db_sha256(q, 13, &x->mail);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_blob_let_go(d, &was.pdf, err));
    FAIR_TRY(fair_blob_let_go(d, &was.mail, err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_notice_check_put(const struct fair_desk *d, fair_id notice, const struct fair_case_fact *x, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    const struct fair_fact_info *info = fair_cases_fact(x->name);

    if (info == NULL || strcmp(info->scope, "notice") != 0) return fair_fail(err, FAIR_INVALID, "\"%.*s\" is nothing that is found in a letter", FAIR_STR_ARG(x->name));
    if (!fair_cases_fact_valid(info, x->value)) return fair_fail(err, FAIR_INVALID, "%s is %s, not \"%.*s\"", info->name, info->kind, FAIR_STR_ARG(x->value));
    if (x->source.n == 0 || x->source.n > 1024) return fair_fail(err, FAIR_INVALID, "%s needs its source", info->name);
    FAIR_TRY(fair_desk_query(d, &check_put, &q, err));
    fair_db_int(q, 2, notice);
    fair_db_text(q, 3, x->name);
    fair_db_text(q, 4, x->value);
    fair_db_text(q, 5, x->source);
    fair_db_int(q, 6, d->user);
    fair_db_int(q, 7, x->at != 0 ? x->at : fair_now());
    return fair_db_run(q, err);
}

fair_status
fair_store_notice_checks(const struct fair_desk *d, fair_id notice, FAIR_EACH(fair_case_fact), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &checks_of, &q, err));
    fair_db_int(q, 2, notice);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_case_fact x;
        fair_arena_clear(a);
        x = (struct fair_case_fact){ .name = fair_db_get_text(q, 0, a), .value = fair_db_get_text(q, 1, a), .source = fair_db_get_text(q, 2, a),
                                     .user = fair_db_get_int(q, 3), .at = fair_db_get_int(q, 4) };
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}
