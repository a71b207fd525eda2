/* forget.c - dropping what is held of people about one case, hit or mail, with what must be known again kept as keyed hashes. */
#include <string.h>
#include "base/digest.h"
#include "store/case_private.h"
#include "store/hits_private.h"
#include "store/privacy_rows.h"

/* ---- blobs ------------------------------------------------------------------------------------------------------------ */

/* Letters, answers, mails, uploads and sealed packages are erased with a stone; copies for looking at are only let go.  What something
 * else refers to as well stays. */
#define ALONE(all)                                                                                                                 \
    "SELECT b.sha256, b.stone FROM (SELECT x.sha256 AS sha256, max(x.stone) AS stone, count(*) AS n FROM (" all ") x GROUP BY x.sha256) b" \
    " JOIN vault_ref v ON v.org_id = $1 AND v.sha256 = b.sha256 AND v.refs > 0 AND v.refs <= b.n ORDER BY b.sha256"
FAIR_SQL(forget_blobs_case, ALONE(
    "SELECT inputs AS sha256, 1 AS stone FROM notice WHERE org_id = $1 AND case_id = $2 AND inputs IS NOT NULL"
    " UNION ALL SELECT mail, 1 FROM notice WHERE org_id = $1 AND case_id = $2 AND mail IS NOT NULL"
    " UNION ALL SELECT html, 1 FROM notice WHERE org_id = $1 AND case_id = $2 AND html IS NOT NULL"
    " UNION ALL SELECT pdf, 1 FROM notice WHERE org_id = $1 AND case_id = $2 AND pdf IS NOT NULL"
    " UNION ALL SELECT p.proof, 1 FROM posting p JOIN notice n ON n.org_id = p.org_id AND n.id = p.notice_id WHERE p.org_id = $1 AND n.case_id = $2 AND p.proof IS NOT NULL"
    " UNION ALL SELECT document, 1 FROM dispute WHERE org_id = $1 AND case_id = $2 AND document IS NOT NULL"
    " UNION ALL SELECT sealed, 1 FROM portal_answer WHERE org_id = $1 AND case_id = $2"
    " UNION ALL SELECT sealed, 1 FROM mail_in WHERE org_id = $1 AND case_id = $2"));
FAIR_SQL(forget_blobs_hit, ALONE(
    "SELECT draft AS sha256, 1 AS stone FROM package WHERE org_id = $1 AND hit_id = $2 AND draft IS NOT NULL"
    " UNION ALL SELECT f.sha256, 0 FROM capture_file f JOIN capture c ON c.org_id = f.org_id AND c.id = f.capture_id WHERE c.org_id = $1 AND c.hit_id = $2"));
FAIR_SQL(forget_blobs_mail, ALONE("SELECT sealed AS sha256, 1 AS stone FROM mail_in WHERE org_id = $1 AND id = $2"));
FAIR_SQL(forget_codes, "SELECT code FROM notice WHERE org_id = $1 AND case_id = $2 ORDER BY id");
/* The hits of a case that no other case, open or not yet forgotten, is about. */
FAIR_SQL(forget_hits_of_case,
    "SELECT DISTINCT u.hit_id FROM case_use u WHERE u.org_id = $1 AND u.case_id = $2 AND NOT EXISTS (SELECT 1 FROM case_use o"
    " JOIN case_file c ON c.org_id = o.org_id AND c.id = o.case_id WHERE o.org_id = u.org_id AND o.hit_id = u.hit_id AND o.case_id <> u.case_id AND c.forgotten_us IS NULL)"
    " ORDER BY u.hit_id");

/* ---- rows ---------------------------------------------------------------------------------------------------------------- */

FAIR_SQL(forget_facts, "DELETE FROM case_fact WHERE org_id = $1 AND case_id = $2");
FAIR_SQL(forget_notes, "UPDATE case_event SET note = NULL, note_salt = NULL WHERE org_id = $1 AND case_id = $2 AND note IS NOT NULL");
FAIR_SQL(forget_gates, "UPDATE gate_record SET record = '' WHERE org_id = $1 AND case_id = $2");
FAIR_SQL(forget_disputes, "UPDATE dispute SET words = NULL, answer = NULL, reasons = NULL, appeal_reasons = NULL WHERE org_id = $1 AND case_id = $2");
FAIR_SQL(forget_links, "DELETE FROM portal_link WHERE org_id = $1 AND notice_id IN (SELECT id FROM notice WHERE org_id = $1 AND case_id = $2)");
FAIR_SQL(forget_checks,
    "UPDATE notice_check SET source = '' WHERE org_id = $1 AND notice_id IN (SELECT id FROM notice WHERE org_id = $1 AND case_id = $2)");
FAIR_SQL(forget_notices, "UPDATE notice SET sent_to = NULL, message_id = NULL, tracking = NULL, bounce = NULL WHERE org_id = $1 AND case_id = $2");
FAIR_SQL(forget_askings, "UPDATE request SET words = NULL, answer = NULL WHERE org_id = $1 AND case_id = $2 AND answered_us IS NOT NULL");
FAIR_SQL(forget_postings,
    "UPDATE posting SET carrier = NULL, tracking = NULL, proof_name = NULL, note = NULL WHERE org_id = $1 AND notice_id IN (SELECT id FROM notice WHERE org_id = $1 AND case_id = $2)");
FAIR_SQL(forget_owed, "UPDATE letter_owed SET error = NULL, done_us = COALESCE(done_us, next_us), how = COALESCE(how, 'not_needed') WHERE org_id = $1 AND case_id = $2");
FAIR_SQL(forget_answers, "UPDATE portal_answer SET refused = NULL WHERE org_id = $1 AND case_id = $2");
#define NO_MAIL "UPDATE mail_in SET sender = NULL, subject = NULL, message_id = NULL, refused = NULL, forgotten_us = $3 WHERE org_id = $1 AND "
FAIR_SQL(forget_mails, NO_MAIL "case_id = $2");
FAIR_SQL(forget_mail, NO_MAIL "id = $2 AND forgotten_us IS NULL");
FAIR_SQL(forget_case, "UPDATE case_file SET operator = $4, reason = NULL, forgotten_us = $3 WHERE org_id = $1 AND id = $2");
FAIR_SQL(forget_uses, "UPDATE case_use SET operator = $3 WHERE org_id = $1 AND case_id = $2");
FAIR_SQL(forget_case_is, "SELECT operator, party_id, closed_us, forgotten_us FROM case_file WHERE org_id = $1 AND id = $2");
FAIR_SQL(party_still, "SELECT 1 FROM case_file WHERE org_id = $1 AND party_id = $2 AND id <> $3 AND forgotten_us IS NULL");
FAIR_SQL(forget_data, "DELETE FROM party_datum WHERE org_id = $1 AND party_id = $2");
FAIR_SQL(forget_proposals, "DELETE FROM party_proposal WHERE org_id = $1 AND party_id = $2");
FAIR_SQL(forget_party, "UPDATE party SET operator = $4, kind_evidence = NULL, hosting_evidence = NULL, language = NULL, forgotten_us = $3 WHERE org_id = $1 AND id = $2");

FAIR_SQL(forget_hit_is, "SELECT " HIT_ROW_COLUMNS ", h.preview, h.forgotten_us FROM hit h WHERE h.org_id = $1 AND h.id = $2");
/* One that was forgotten and then decided anew: its keys are given up, so that they can be those of this one. */
FAIR_SQL(forget_hit_twin, "UPDATE hit SET page_key = $6 WHERE org_id = $1 AND id <> $2 AND work_id = $3 AND page_key = $4 AND image_key = $5");
FAIR_SQL(forget_hit,
    "UPDATE hit SET page_key = $4, image_key = $5, site = $6, operator = $7, page_url = $8, image_url = $8, alt = NULL, words = NULL, source = NULL, preview = NULL,"
    " place = NULL, run_id = NULL, search = '', forgotten_us = $3, dropped_us = COALESCE(dropped_us, $3) WHERE org_id = $1 AND id = $2");
FAIR_SQL(forget_decisions, "UPDATE decision SET note = NULL WHERE org_id = $1 AND hit_id = $2");
FAIR_SQL(forget_rules_of_hit, "SELECT id, scope, work_id, site, operator, page_url, image_key FROM rule WHERE org_id = $1 AND hit_id = $2 AND forgotten_us IS NULL ORDER BY id");
FAIR_SQL(forget_rule,
    "UPDATE rule SET match_key = $4, site = $5, operator = $6, page_url = $7, image_key = $8, note = NULL, forgotten_us = $3 WHERE org_id = $1 AND id = $2");
FAIR_SQL(forget_captures, "UPDATE capture SET words = NULL, changes = NULL, credit = NULL, title = NULL, notes = NULL WHERE org_id = $1 AND hit_id = $2");
FAIR_SQL(forget_capture_keys,
    "SELECT f.sha256 FROM capture_file f JOIN capture c ON c.org_id = f.org_id AND c.id = f.capture_id WHERE c.org_id = $1 AND c.hit_id = $2");
FAIR_SQL(forget_capture_files, "DELETE FROM capture_file WHERE org_id = $1 AND capture_id IN (SELECT id FROM capture WHERE org_id = $1 AND hit_id = $2)");
FAIR_SQL(forget_packages, "UPDATE package SET url = $3, title = NULL, error = NULL WHERE org_id = $1 AND hit_id = $2");
FAIR_SQL(forgotten_put,
    "INSERT INTO forgotten (id, org_id, rule, subject, account_id, n_rows, n_blobs, at_us) VALUES ($2, $1, $3, $4, $5, $6, $7, $8)");
FAIR_SQL(forgotten_list,
    "SELECT f.id, f.subject, f.account_id, f.rule, COALESCE(NULLIF(u.name, ''), u.email), f.n_rows, f.n_blobs, f.at_us FROM forgotten f"
    " LEFT JOIN account u ON u.org_id = f.org_id AND u.id = f.account_id WHERE f.org_id = $1 ORDER BY f.id DESC LIMIT $2 OFFSET $3");

static fair_status
ids(const struct fair_desk *d, const struct fair_sql *sql, fair_id of, struct fair_arena *a, fair_id **out, size_t *n, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    size_t room = 0;
    fair_status s;

    *out = NULL;
    *n = 0;
    FAIR_TRY(fair_desk_query(d, sql, &q, err));
    fair_db_int(q, 2, of);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        if (*n == room) {
            fair_id *more = fair_alloc_array(a, room = room == 0 ? 16 : room * 2, sizeof *more);
            if (*n > 0) memcpy(more, *out, *n * sizeof *more);
            *out = more;
        }
        (*out)[(*n)++] = fair_db_get_int(q, 0);
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

struct blob { struct fair_sha256 key; bool stone; };
struct blobs { struct blob *v; size_t n, room; struct fair_arena *a; };

static fair_status
blobs_of(const struct fair_desk *d, const struct fair_sql *sql, fair_id of, struct blobs *l, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, sql, &q, err));
    fair_db_int(q, 2, of);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        if (l->n == l->room) {
            struct blob *more = fair_alloc_array(l->a, l->room = l->room == 0 ? 16 : l->room * 2, sizeof *more);
            if (l->n > 0) memcpy(more, l->v, l->n * sizeof *more);
            l->v = more;
        }
        fair_db_get_sha256(q, 0, &l->v[l->n].key);
        l->v[l->n++].stone = fair_db_get_int(q, 1) != 0;
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_forget_blobs(const struct fair_desk *d, enum fair_keep rule, fair_id subject,
                        fair_status (*each)(void *arg, const struct fair_sha256 *key, bool stone, struct fair_err *err), void *arg, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct blobs l = { .a = a };
    fair_id *hits = NULL;
    size_t n = 0;

    if (rule == FAIR_KEEP_MAIL) FAIR_TRY(blobs_of(d, &forget_blobs_mail, subject, &l, err));
    if (rule == FAIR_KEEP_HIT_IGNORED) FAIR_TRY(blobs_of(d, &forget_blobs_hit, subject, &l, err));
    if (rule == FAIR_KEEP_CASE_CONTACTED || rule == FAIR_KEEP_CASE_UNCONTACTED) {
        FAIR_TRY(blobs_of(d, &forget_blobs_case, subject, &l, err));
        FAIR_TRY(ids(d, &forget_hits_of_case, subject, a, &hits, &n, err));
        for (size_t i = 0; i < n; i++) FAIR_TRY(blobs_of(d, &forget_blobs_hit, hits[i], &l, err));
    }
    /* The list is closed before anything is erased: erasing writes. */
    for (size_t i = 0; i < l.n; i++) FAIR_TRY(each(arg, &l.v[i].key, l.v[i].stone, err));
    return FAIR_OK;
}

fair_status
fair_store_forget_codes(const struct fair_desk *d, fair_id case_id, fair_status (*each)(void *arg, fair_str code, struct fair_err *err), void *arg, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &forget_codes, &q, err));
    fair_db_int(q, 2, case_id);
    while ((s = fair_db_step(q, err)) == FAIR_OK) FAIR_TRY(each(arg, fair_db_get_text(q, 0, a), err));
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* One statement about a subject ($2); $3, where it has one, is the time. */
static fair_status
run_one(const struct fair_desk *d, const struct fair_sql *sql, fair_id of, fair_time now, int64_t *rows, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, sql, &q, err));
    fair_db_int(q, 2, of);
    if (now != 0) fair_db_int(q, 3, now);
    FAIR_TRY(fair_db_run(q, err));
    *rows += fair_db_changes(q);
    return FAIR_OK;
}

/* ---- hits ------------------------------------------------------------------------------------------------------------------ */

struct rule { fair_id id; fair_str scope; struct fair_rule_about about; };

static fair_status
put_rule(const struct fair_desk *d, const struct rule *r, struct fair_arena *a, fair_time now, int64_t *rows, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_rule_about keyed;
    struct fair_sha256 key;
    bool any;

    FAIR_TRY(fair_about_keyed(d, &r->about, true, a, &keyed, &any, err));
    key = fair_rule_key(r->scope, &keyed);
    FAIR_TRY(fair_desk_query(d, &forget_rule, &q, err));
    fair_db_int(q, 2, r->id);
    fair_db_int(q, 3, now);
    fair_db_sha256(q, 4, &key);
    fair_db_text(q, 5, keyed.site);
    fair_db_text(q, 6, keyed.operator);
    fair_db_bytes(q, 7, FAIR_STR(""));
    fair_db_sha256(q, 8, &keyed.image_key);
    FAIR_TRY(fair_db_run(q, err));
    *rows += fair_db_changes(q);
    return FAIR_OK;
}

static fair_status
forget_rules(const struct fair_desk *d, fair_id hit, struct fair_arena *a, fair_time now, int64_t *rows, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct rule *all = NULL;
    size_t n = 0, room = 0;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &forget_rules_of_hit, &q, err));
    fair_db_int(q, 2, hit);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct rule *r;
        if (n == room) {
            struct rule *more = fair_alloc_array(a, room = room == 0 ? 8 : room * 2, sizeof *more);
            if (n > 0) memcpy(more, all, n * sizeof *more);
            all = more;
        }
        r = &all[n++];
        *r = (struct rule){ .id = fair_db_get_int(q, 0), .scope = fair_db_get_text(q, 1, a) };
        r->about = (struct fair_rule_about){ .work = fair_db_get_int(q, 2), .site = fair_db_get_text(q, 3, a), .operator = fair_db_get_text(q, 4, a),
                                             .page_key = fair_key_of(fair_db_get_bytes(q, 5, a)) };
        fair_db_get_sha256(q, 6, &r->about.image_key);
    }
    if (s != FAIR_DONE) return s;
    fair_rows_free(&q);
    for (size_t i = 0; i < n; i++) FAIR_TRY(put_rule(d, &all[i], a, now, rows, err));
    return FAIR_OK;
}

static fair_status
forget_files(const struct fair_desk *d, fair_id hit, struct fair_arena *a, int64_t *rows, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 *keys = NULL;
    size_t n = 0, room = 0;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &forget_capture_keys, &q, err));
    fair_db_int(q, 2, hit);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        if (n == room) {
            struct fair_sha256 *more = fair_alloc_array(a, room = room == 0 ? 32 : room * 2, sizeof *more);
            if (n > 0) memcpy(more, keys, n * sizeof *more);
            keys = more;
        }
        fair_db_get_sha256(q, 0, &keys[n++]);
    }
    if (s != FAIR_DONE) return s;
    for (size_t i = 0; i < n; i++) FAIR_TRY(fair_blob_let_go(d, &keys[i], err));
    return run_one(d, &forget_capture_files, hit, 0, rows, err);
}

static fair_status
put_hit(const struct fair_desk *d, const struct fair_hit_row *h, const struct fair_rule_about *keyed, fair_time now, int64_t *rows, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 other;

    fair_random(other.b, sizeof other.b);
    FAIR_TRY(fair_desk_query(d, &forget_hit_twin, &q, err));
    fair_db_int(q, 2, h->id);
    fair_db_int(q, 3, h->about.work);
    fair_db_sha256(q, 4, &keyed->page_key);
    fair_db_sha256(q, 5, &keyed->image_key);
    fair_db_sha256(q, 6, &other);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &forget_hit, &q, err));
    fair_db_int(q, 2, h->id);
    fair_db_int(q, 3, now);
    fair_db_sha256(q, 4, &keyed->page_key);
    fair_db_sha256(q, 5, &keyed->image_key);
    fair_db_text(q, 6, keyed->site);
    fair_db_text(q, 7, keyed->operator);
    fair_db_bytes(q, 8, FAIR_STR(""));
    FAIR_TRY(fair_db_run(q, err));
    *rows += fair_db_changes(q);
    return FAIR_OK;
}

static fair_status
forget_one_hit(const struct fair_desk *d, fair_id hit, fair_time now, int64_t *rows, struct fair_err *err)
{
    static const char *const told[] = { "hit.pursue", "hit.ignore", "hit.not_a_match", "hit.reopen" };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_hit_row h = { 0 };
    struct fair_rule_about keyed;
    struct fair_sha256 preview;
    bool any, gone;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &forget_hit_is, &q, err));
    fair_db_int(q, 2, hit);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no hit %lld", (long long)hit);
    if (s != FAIR_OK) return s;
    fair_hit_row_read(q, 0, a, &h);
    fair_db_get_sha256(q, 12, &preview);
    gone = !fair_db_is_null(q, 13);
    fair_rows_free(&q);
    if (gone) return FAIR_OK;
    FAIR_TRY(fair_about_keyed(d, &h.about, true, a, &keyed, &any, err));
    FAIR_TRY(put_hit(d, &h, &keyed, now, rows, err));
    FAIR_TRY(fair_blob_let_go(d, &preview, err));
    FAIR_TRY(run_one(d, &forget_decisions, hit, 0, rows, err));
    FAIR_TRY(forget_rules(d, hit, a, now, rows, err));
    FAIR_TRY(run_one(d, &forget_captures, hit, 0, rows, err));
    FAIR_TRY(forget_files(d, hit, a, rows, err));
    FAIR_TRY(fair_desk_query(d, &forget_packages, &q, err));
    fair_db_int(q, 2, hit);
    fair_db_bytes(q, 3, FAIR_STR(""));
    FAIR_TRY(fair_db_run(q, err));
    *rows += fair_db_changes(q);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) FAIR_TRY(fair_audit_forget(d, told[i], hit, rows, err));
    return FAIR_OK;
}

/* ---- cases -------------------------------------------------------------------------------------------------------------------- */

/* The party goes with the last case that is about it. */
static fair_status
forget_one_party(const struct fair_desk *d, fair_id party, fair_id case_id, fair_str operator, struct fair_arena *a, fair_time now, int64_t *rows, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    if (party == 0) return FAIR_OK;
    FAIR_TRY(fair_desk_query(d, &party_still, &q, err));
    fair_db_int(q, 2, party);
    fair_db_int(q, 3, case_id);
    s = fair_db_step(q, err);
    if (s != FAIR_DONE) return s;
    fair_rows_free(&q);
    FAIR_TRY(run_one(d, &forget_data, party, 0, rows, err));
    FAIR_TRY(run_one(d, &forget_proposals, party, 0, rows, err));
    FAIR_TRY(fair_desk_query(d, &forget_party, &q, err));
    fair_db_int(q, 2, party);
    fair_db_int(q, 3, now);
    fair_db_text(q, 4, fair_str_fmt(a, "%.*s:%lld", FAIR_STR_ARG(operator), (long long)party));
    FAIR_TRY(fair_db_run(q, err));
    *rows += fair_db_changes(q);
    return FAIR_OK;
}

fair_status
fair_store_may_forget(const struct fair_desk *d, fair_id id, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_str why;
    fair_time until;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &forget_case_is, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no case %lld", (long long)id);
    if (s != FAIR_OK) return s;
    if (fair_db_is_null(q, 2)) return fair_fail(err, FAIR_REFUSED, "case %lld is open", (long long)id);
    fair_rows_free(&q);
    FAIR_TRY(fair_case_held(d, id, now, a, &why, &until, err));
    if (until != 0) return fair_fail(err, FAIR_REFUSED, "case %lld is under a legal hold until %.*s: %.*s", (long long)id, FAIR_STR_ARG(fair_time_text(a, until)), FAIR_STR_ARG(why));
    return FAIR_OK;
}

static fair_status
forget_one_case(const struct fair_desk *d, fair_id id, fair_time now, int64_t *rows, struct fair_err *err)
{
    static const struct fair_sql *const of_case[] = { &forget_facts, &forget_notes, &forget_gates, &forget_disputes, &forget_links, &forget_checks,
                                                      &forget_notices, &forget_postings, &forget_owed, &forget_answers, &forget_askings };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_str operator;
    fair_id party, *hits;
    bool gone;
    size_t n;

    FAIR_TRY(fair_store_may_forget(d, id, now, err));
    FAIR_TRY(fair_desk_query(d, &forget_case_is, &q, err));
    fair_db_int(q, 2, id);
    FAIR_TRY(fair_db_step(q, err));
    operator = fair_db_get_text(q, 0, a);
    party = fair_db_get_int(q, 1);
    gone = !fair_db_is_null(q, 3);
    fair_rows_free(&q);
    if (gone) return FAIR_OK;
    FAIR_TRY(ids(d, &forget_hits_of_case, id, a, &hits, &n, err));
    for (size_t i = 0; i < n; i++) FAIR_TRY(forget_one_hit(d, hits[i], now, rows, err));
    for (size_t i = 0; i < sizeof of_case / sizeof *of_case; i++) FAIR_TRY(run_one(d, of_case[i], id, 0, rows, err));
    FAIR_TRY(run_one(d, &forget_mails, id, now, rows, err));
    FAIR_TRY(fair_keyed_text(d, "operator", operator, a, &operator, err));
    FAIR_TRY(forget_one_party(d, party, id, operator, a, now, rows, err));
    FAIR_TRY(fair_desk_query(d, &forget_uses, &q, err));
    fair_db_int(q, 2, id);
    fair_db_text(q, 3, operator);
    FAIR_TRY(fair_db_run(q, err));
    *rows += fair_db_changes(q);
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &forget_case, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    fair_db_text(q, 4, operator);
    FAIR_TRY(fair_db_run(q, err));
    *rows += fair_db_changes(q);
    return FAIR_OK;
}

/* ---- one thing that is due -------------------------------------------------------------------------------------------------------- */

fair_status
fair_store_forget(const struct fair_desk *d, enum fair_keep rule, fair_id subject, const char *why, int64_t blobs, fair_time now, int64_t *rows, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    *rows = 0;
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    switch (rule) {
    case FAIR_KEEP_CASE_CONTACTED:
    case FAIR_KEEP_CASE_UNCONTACTED: FAIR_TRY(forget_one_case(d, subject, now, rows, err)); break;
    case FAIR_KEEP_HIT_IGNORED: FAIR_TRY(forget_one_hit(d, subject, now, rows, err)); break;
    case FAIR_KEEP_MAIL: FAIR_TRY(run_one(d, &forget_mail, subject, now, rows, err)); break;
    default: FAIR_TRY(fair_forget_old(d, rule, now, rows, err));
    }
    if (*rows == 0) return fair_txn_end(&t, err);         /* somebody else was faster: it is written down already */
    FAIR_TRY(fair_desk_query(d, &forgotten_put, &q, err));
    fair_db_int(q, 2, fair_id_new());
    fair_db_text(q, 3, fair_str_of(why));
    fair_db_int(q, 4, subject);
    fair_db_int(q, 5, d->user);
    fair_db_int(q, 6, *rows);
    fair_db_int(q, 7, blobs);
    fair_db_int(q, 8, now);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_audit(d, now, "privacy.forget", subject, fair_str_fmt(a, "{\"why\":\"%s\",\"rows\":%lld,\"blobs\":%lld}", why, (long long)*rows, (long long)blobs), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_forgotten(const struct fair_desk *d, struct fair_page page, FAIR_EACH(fair_forgotten), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &forgotten_list, &q, err));
    fair_db_int(q, 2, fair_page_limit(page));
    fair_db_int(q, 3, fair_page_offset(page));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_forgotten x;
        fair_arena_clear(a);
        x = (struct fair_forgotten){ .id = fair_db_get_int(q, 0), .subject = fair_db_get_int(q, 1), .user = fair_db_get_int(q, 2), .rule = fair_db_get_text(q, 3, a),
                                     .user_name = fair_db_get_text(q, 4, a), .rows = fair_db_get_int(q, 5), .blobs = fair_db_get_int(q, 6), .at = fair_db_get_int(q, 7) };
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}
