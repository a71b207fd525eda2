/* hits.c - uses that were found: a sighting becomes a hit, or is the hit that we know. */
#include <string.h>
#include "base/digest.h"
#include "store/hits_private.h"
#include "store/owner_private.h"

#define URL_BYTES 65536
#define WORDS_BYTES 65536

#define FACTS                                                                                                     \
    "run_id = $3, site = $4, operator = $5, place = $6, alt = $7, sha256 = $8, whole = $9, preview = $10, width = $11, " \
    "height = $12, score = $13, verdict = $14, rank = $15, box_x0 = $16, box_y0 = $17, box_x1 = $18, box_y1 = $19, "     \
    "work_x0 = $20, work_y0 = $21, work_x1 = $22, work_y1 = $23, map_a = $24, map_b = $25, map_c = $26, map_d = $27, "   \
    "map_e = $28, map_f = $29, has_map = $30, mirrored = $31, bits = $32, agree = $33, rotation = $34, scale = $35, "    \
    "covers = $36, residual = $37, words = $38, source = $39, last_seen_us = $40, search = $41"

FAIR_SQL(hit_put,
    "INSERT INTO hit (id, org_id, run_id, site, operator, place, alt, sha256, whole, preview, width, height, score, verdict,"
    " rank, box_x0, box_y0, box_x1, box_y1, work_x0, work_y0, work_x1, work_y1, map_a, map_b, map_c, map_d, map_e, map_f,"
    " has_map, mirrored, bits, agree, rotation, scale, covers, residual, words, source, last_seen_us, search,"
    " work_id, page_key, image_key, page_url, image_url, first_seen_us, state)"
    " VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,"
    " $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $40, 'inbox')");
FAIR_SQL(hit_again, "UPDATE hit SET " FACTS ", gone_us = NULL WHERE org_id = $1 AND id = $2");
FAIR_SQL(hit_known,
    "SELECT " HIT_ROW_COLUMNS ", h.preview, h.first_seen_us FROM hit h"
    " WHERE h.org_id = $1 AND h.work_id = $2 AND h.page_key = $3 AND h.image_key = $4");
FAIR_SQL(hit_seen_forgotten, "UPDATE hit SET last_seen_us = $3, gone_us = NULL WHERE org_id = $1 AND id = $2");
FAIR_SQL(hit_work_is, "SELECT 1 FROM work WHERE org_id = $1 AND id = $2 AND removed_us IS NULL");
FAIR_SQL(hits_gone_page,
    "UPDATE hit SET gone_us = $4 WHERE org_id = $1 AND page_key = $3 AND gone_us IS NULL AND (run_id IS NULL OR run_id <> $2)");
FAIR_SQL(hits_gone_target,
    "UPDATE hit SET gone_us = $3 WHERE org_id = $1 AND gone_us IS NULL AND run_id IN"
    " (SELECT r.id FROM run r JOIN run o ON o.org_id = r.org_id AND o.target_key = r.target_key"
    " WHERE o.org_id = $1 AND o.id = $2 AND r.id <> $2)");
FAIR_SQL(hits_still, "UPDATE hit SET run_id = $2, last_seen_us = $4 WHERE org_id = $1 AND page_key = $3 AND gone_us IS NULL");
FAIR_SQL(hits_announce, "UPDATE hit SET announced_us = $2 WHERE org_id = $1 AND announced_us IS NULL AND state = 'inbox' AND dropped_us IS NULL");

static fair_str
cut(fair_str s, size_t max)
{
    return (fair_str){ s.p, s.n > max ? max : s.n };
}

static int
rank_of(fair_str verdict)
{
    if (fair_str_eq(verdict, FAIR_STR("match"))) return 0;
    if (fair_str_eq(verdict, FAIR_STR("possible"))) return 1;
    if (fair_str_eq(verdict, FAIR_STR("same_scene"))) return 2;
    return -1;
}

static fair_str
search_text(struct fair_arena *a, const struct fair_hit *h)
{
    const fair_str parts[] = { h->page_url, h->image_url, h->alt, h->site };
    struct fair_buf b = FAIR_BUF(a, 8192);

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (i == 1 && fair_str_eq(parts[0], parts[1])) continue;
        if (b.n > 0) fair_buf_byte(&b, '\n');
        fair_buf_add(&b, cut(parts[i], 2000));
    }
    return fair_fold(a, (fair_str){ b.p, b.n });
}

static void
bind_facts(struct fair_rows *q, struct fair_arena *a, const struct fair_hit *h)
{
    int at = 16;

    fair_db_int(q, 2, h->id);
    fair_db_id(q, 3, h->run);
    fair_db_text(q, 4, cut(h->site, 1024));
    fair_db_text(q, 5, cut(h->operator, 1024));
    fair_db_text(q, 6, cut(h->place, 1024));
    fair_db_text(q, 7, cut(h->alt, 4096));
    fair_db_sha256(q, 8, &h->sha256);
    fair_db_sha256(q, 9, &h->whole);
    fair_db_sha256(q, 10, &h->preview);
    fair_db_int(q, 11, h->width);
    fair_db_int(q, 12, h->height);
    fair_db_real(q, 13, h->score);
    fair_db_text(q, 14, h->verdict);
    fair_db_int(q, 15, rank_of(h->verdict));
    for (int i = 0; i < 4; i++) fair_db_real(q, at++, h->box[i]);
    for (int i = 0; i < 4; i++) fair_db_real(q, at++, h->work_box[i]);
    for (int i = 0; i < 6; i++) fair_db_real(q, at++, h->map[i]);
    fair_db_int(q, 30, h->has_map);
    fair_db_int(q, 31, h->mirrored);
    fair_db_int(q, 32, h->bits);
    fair_db_int(q, 33, h->agree);
    fair_db_real(q, 34, h->rotation);
    fair_db_real(q, 35, h->scale);
    fair_db_real(q, 36, h->covers);
    fair_db_real(q, 37, h->residual);
    fair_db_text(q, 38, h->words);
    fair_db_text(q, 39, h->source);
    fair_db_int(q, 40, h->last_seen);
    fair_db_text(q, 41, search_text(a, h));
}

static fair_status
insert(const struct fair_desk *d, struct fair_arena *a, const struct fair_hit *h, const struct fair_rule_about *about, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &hit_put, &q, err));
    bind_facts(q, a, h);
    fair_db_int(q, 42, h->work);
    fair_db_sha256(q, 43, &about->page_key);
    fair_db_sha256(q, 44, &about->image_key);
    fair_db_bytes(q, 45, h->page_url);
    fair_db_bytes(q, 46, h->image_url);
    FAIR_TRY(fair_db_run(q, err));
    return fair_blob_hold(d, &h->preview, 0, err);
}

static fair_status
update(const struct fair_desk *d, struct fair_arena *a, const struct fair_hit *h, const struct fair_sha256 *preview_was, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &hit_again, &q, err));
    bind_facts(q, a, h);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_sha256_eq(preview_was, &h->preview)) return FAIR_OK;
    FAIR_TRY(fair_blob_hold(d, &h->preview, 0, err));
    return fair_blob_let_go(d, preview_was, err);
}

static fair_status
hit_check(const struct fair_desk *d, const struct fair_hit *h, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    if (rank_of(h->verdict) < 0) return fair_fail(err, FAIR_INVALID, "verdict \"%.*s\" is none of match, possible, same_scene", FAIR_STR_ARG(h->verdict));
    if (h->page_url.n == 0 || h->image_url.n == 0 || h->site.n == 0) return fair_fail(err, FAIR_INVALID, "a hit needs its page, its picture and its site");
    if (h->page_url.n > URL_BYTES || h->image_url.n > URL_BYTES || h->words.n > WORDS_BYTES || h->source.n > WORDS_BYTES)
        return fair_fail(err, FAIR_LIMIT, "an address or the reasons of a hit are over %d bytes", URL_BYTES);
    FAIR_TRY(fair_desk_query(d, &hit_work_is, &q, err));
    fair_db_int(q, 2, h->work);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no work %lld", (long long)h->work);
    return s;
}

/* The hit of this use as it is kept; rows->n 0: there is none. */
static fair_status
known(const struct fair_desk *d, const struct fair_rule_about *about, struct fair_arena *a, struct fair_hit_row *out,
      struct fair_sha256 *preview, fair_time *first, bool *is, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *is = false;
    FAIR_TRY(fair_desk_query(d, &hit_known, &q, err));
    fair_db_int(q, 2, about->work);
    fair_db_sha256(q, 3, &about->page_key);
    fair_db_sha256(q, 4, &about->image_key);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return FAIR_OK;
    if (s != FAIR_OK) return s;
    *is = true;
    fair_hit_row_read(q, 0, a, out);
    fair_db_get_sha256(q, 12, preview);
    *first = fair_db_get_int(q, 13);
    return FAIR_OK;
}

/* A rule may know it, unless somebody has decided on it. */
static fair_status
by_rule(const struct fair_desk *d, struct fair_arena *a, struct fair_hit *h, fair_str was, const struct fair_rule_about *about, struct fair_err *err)
{
    struct fair_rule_hold hold;
    struct fair_hit_move to;

    FAIR_TRY(fair_rule_covering(d, about, h->last_seen, a, &hold, err));
    if (hold.id == 0) {
        const struct fair_desk system = { d->st, d->org, 0 };
        struct fair_licence_hold licence;
        FAIR_TRY(fair_licence_hold_hit(&system, h->id, h->work, h->page_url, was, h->last_seen, &licence, err));
        if (licence.id == 0) return FAIR_OK;
        h->state = FAIR_STR("ignored");
        h->decision = licence.decision;
        h->rule = 0;
        h->until = licence.until;
        return FAIR_OK;
    }
    to = (struct fair_hit_move){ hold.decision, hold.id, fair_state_of(hold.what), hold.until, h->last_seen };
    FAIR_TRY(fair_hit_move(d, h->id, was, &to, err));
    h->state = to.state;
    h->decision = to.decision;
    h->rule = to.rule;
    h->until = to.until;
    return FAIR_OK;
}

static fair_str
state_literal(fair_str state)
{
    static const char *const all[] = { "inbox", "pursue", "ignored", "not_a_match" };
    for (size_t i = 0; i < 4; i++)
        if (fair_str_eq(state, fair_str_of(all[i]))) return fair_str_of(all[i]);
    return FAIR_STR("inbox");
}

static fair_status
seen_again(const struct fair_desk *d, struct fair_arena *a, struct fair_hit *h, struct fair_hit_row *k, struct fair_err *err)
{
    h->state = state_literal(k->state);
    h->decision = k->decision;
    h->rule = k->rule;
    h->until = k->until;
    k->about.sha256 = h->sha256;
    k->about.whole = h->whole;
    k->about.site = h->site;
    k->about.operator = h->operator;
    if (k->until != 0 && k->until <= h->last_seen) {
        struct fair_desk system = { d->st, d->org, 0 };
        struct fair_decision over = { .hit = k->id, .what = FAIR_STR("reopen"), .scope = FAIR_STR("hit"),
                                      .note = FAIR_STR("The date of the decision has passed."), .at = h->last_seen };
        struct fair_sha256 preview;
        fair_time first;
        bool is;
        FAIR_TRY(fair_decision_put(&system, &over, err));
        FAIR_TRY(fair_hit_reconsider(&system, k, over.id, h->last_seen, err));
        FAIR_TRY(known(d, &k->about, a, k, &preview, &first, &is, err));
        h->state = state_literal(k->state);
        h->decision = k->decision;
        h->rule = k->rule;
        h->until = k->until;
        return FAIR_OK;
    }
    if (k->decision == 0 && fair_str_eq(k->state, FAIR_STR("inbox"))) return by_rule(d, a, h, k->state, &k->about, err);
    return FAIR_OK;
}

/* A use that was decided on and whose people were forgotten: it is known again, and nothing of it is written down anew. */
static fair_status
forgotten(const struct fair_desk *d, struct fair_arena *a, struct fair_hit *h, const struct fair_rule_about *about, bool *is, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_rule_about keyed;
    struct fair_hit_row k = { 0 };
    struct fair_sha256 preview;

    FAIR_TRY(fair_about_keyed(d, about, false, a, &keyed, is, err));
    if (!*is) return FAIR_OK;
    FAIR_TRY(known(d, &keyed, a, &k, &preview, &h->first_seen, is, err));
    if (*is) *is = fair_str_eq(k.state, FAIR_STR("ignored")) || fair_str_eq(k.state, FAIR_STR("not_a_match"));
    if (!*is) return FAIR_OK;
    h->id = k.id;
    h->state = state_literal(k.state);
    h->decision = k.decision;
    h->rule = k.rule;
    h->until = k.until;
    FAIR_TRY(fair_desk_query(d, &hit_seen_forgotten, &q, err));
    fair_db_int(q, 2, k.id);
    fair_db_int(q, 3, h->last_seen);
    return fair_db_run(q, err);
}

fair_status
fair_store_hit_seen(const struct fair_desk *d, struct fair_hit *given, bool *fresh, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    struct fair_hit h = *given;
    struct fair_hit_row k = { 0 };
    struct fair_rule_about about;
    struct fair_sha256 preview_was;
    bool is, was_forgotten = false;

    if (h.last_seen == 0) h.last_seen = fair_now();
    if (h.operator.n == 0) h.operator = h.site;
    about = (struct fair_rule_about){ h.work, h.site, h.operator, fair_key_of(h.page_url), fair_key_of(h.image_url), h.sha256, h.whole };
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(hit_check(d, &h, err));
    FAIR_TRY(known(d, &about, a, &k, &preview_was, &h.first_seen, &is, err));
    if (!is) FAIR_TRY(forgotten(d, a, &h, &about, &was_forgotten, err));
    if (was_forgotten) {
        is = true;
    } else if (is) {
        h.id = k.id;
        FAIR_TRY(update(d, a, &h, &preview_was, err));
        FAIR_TRY(seen_again(d, a, &h, &k, err));
    } else {
        h.id = fair_id_new();
        h.first_seen = h.last_seen;
        h.state = FAIR_STR("inbox");
        h.decision = h.rule = h.until = 0;
        FAIR_TRY(insert(d, a, &h, &about, err));
        FAIR_TRY(by_rule(d, a, &h, (fair_str){ NULL, 0 }, &about, err));
    }
    FAIR_TRY(fair_txn_end(&t, err));
    h.gone = 0;
    h.operator = given->operator;
    *given = h;
    if (fresh != NULL) *fresh = !is;
    return FAIR_OK;
}

fair_status
fair_store_hits_gone(const struct fair_desk *d, fair_id run, fair_str page_url, fair_time now, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 key = fair_key_of(page_url);

    if (page_url.n > 0) {
        FAIR_TRY(fair_desk_query(d, &hits_gone_page, &q, err));
        fair_db_sha256(q, 3, &key);
        fair_db_int(q, 4, now);
    } else {
        FAIR_TRY(fair_desk_query(d, &hits_gone_target, &q, err));
        fair_db_int(q, 3, now);
    }
    fair_db_int(q, 2, run);
    FAIR_TRY(fair_db_run(q, err));
    if (n != NULL) *n = fair_db_changes(q);
    return FAIR_OK;
}

fair_status
fair_store_hits_still(const struct fair_desk *d, fair_id run, fair_str page_url, fair_time now, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 key = fair_key_of(page_url);

    FAIR_TRY(fair_desk_query(d, &hits_still, &q, err));
    fair_db_id(q, 2, run);
    fair_db_sha256(q, 3, &key);
    fair_db_int(q, 4, now);
    FAIR_TRY(fair_db_run(q, err));
    if (n != NULL) *n = fair_db_changes(q);
    return FAIR_OK;
}

fair_status
fair_store_hits_announce(const struct fair_desk *d, fair_time now, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &hits_announce, &q, err));
    fair_db_int(q, 2, now);
    FAIR_TRY(fair_db_run(q, err));
    *n = fair_db_changes(q);
    return FAIR_OK;
}
