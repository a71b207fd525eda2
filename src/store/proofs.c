/* proofs.c - what shows that a work is its owner's, who else claims it, and the level that adds up to. */
#include <stdio.h>
#include <string.h>
#include "base/digest.h"
#include "store/owner_private.h"

#define LINE_BYTES 500

FAIR_SQL(proof_put,
    "INSERT INTO proof (id, org_id, work_id, kind, document, name, happened_us, account_id, at_us) VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9)");
FAIR_SQL(proof_end, "UPDATE proof SET ended_us = $3 WHERE org_id = $1 AND id = $2 AND ended_us IS NULL");
#define PROOF "id, work_id, kind, document, name, happened_us, account_id, at_us, ended_us"
FAIR_SQL(proof_by_id, "SELECT " PROOF " FROM proof WHERE org_id = $1 AND id = $2");
FAIR_SQL(proofs, "SELECT " PROOF " FROM proof WHERE org_id = $1 AND work_id = $2 AND ended_us IS NULL ORDER BY id");
FAIR_SQL(rival_put, "INSERT INTO rival (id, org_id, work_id, other_id, found_us, claimant_key) VALUES ($2, $1, $3, $4, $5, $6)");
FAIR_SQL(rival_known,
    "SELECT 1 FROM rival WHERE org_id = $1 AND work_id = $2 AND COALESCE(other_id, 0) = $3 AND ($3 <> 0 OR claimant_key = $4 OR (claimant_key IS NULL AND settled_us IS NULL))");
FAIR_SQL(rivals, "SELECT id, work_id, other_id, found_us, settled_us, settled_by, settled_why FROM rival WHERE org_id = $1 AND work_id = $2 ORDER BY id");
FAIR_SQL(rival_by_id, "SELECT work_id FROM rival WHERE org_id = $1 AND id = $2 AND settled_us IS NULL");
FAIR_SQL(rival_settle, "UPDATE rival SET settled_us = $3, settled_by = $4, settled_why = $5 WHERE org_id = $1 AND id = $2 AND settled_us IS NULL");
FAIR_SQL(look_put, "INSERT INTO rival_look (org_id, work_id, at_us) VALUES ($1, $2, $3) ON CONFLICT (org_id, work_id) DO UPDATE SET at_us = excluded.at_us");
FAIR_SQL(looked, "SELECT at_us FROM rival_look WHERE org_id = $1 AND work_id = $2");
FAIR_SQL(unlooked,
    "SELECT w.id FROM work w WHERE w.org_id = $1 AND w.id > $2 AND w.removed_us IS NULL AND w.proof IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM rival_look x WHERE x.org_id = w.org_id AND x.work_id = w.id) ORDER BY w.id LIMIT $3");
FAIR_SQL(deposited,
    "SELECT d.id, d.proven_us FROM deposit_work x JOIN deposit d ON d.org_id = x.org_id AND d.id = x.deposit_id"
    " JOIN work w ON w.org_id = x.org_id AND w.id = x.work_id"
    " WHERE x.org_id = $1 AND x.work_id = $2 AND x.sha256 = w.sha256 AND d.proven_us IS NOT NULL ORDER BY d.proven_us LIMIT 1");
FAIR_SQL(first_use, "SELECT MIN(first_seen_us) FROM hit WHERE org_id = $1 AND work_id = $2 AND state IN ('inbox', 'pursue')");
FAIR_SQL_ALL(work_whose, "SELECT org_id, COALESCE(owner_id, 0), removed_us FROM work WHERE id = $1");
FAIR_SQL_ALL(work_proof_any, "SELECT proof FROM work WHERE id = $1 AND removed_us IS NULL AND proof IS NOT NULL");
FAIR_SQL(reviewer_role, "SELECT role FROM account WHERE org_id = $1 AND id = $2");
FAIR_SQL(ownership_get, "SELECT level, facts, at_us FROM ownership WHERE org_id = $1 AND work_id = $2");
FAIR_SQL(ownership_put,
    "INSERT INTO ownership (org_id, work_id, level, facts, rules, at_us) VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (org_id, work_id) DO UPDATE SET level = excluded.level, facts = excluded.facts, rules = excluded.rules, at_us = excluded.at_us");
FAIR_SQL(names_of_owners, "SELECT COALESCE(name, '') FROM account WHERE org_id = $1 AND role = 'owner' AND disabled = 0 AND name IS NOT NULL");

/* ---- proofs ----------------------------------------------------------------------------------------------------- */

static void
proof_read(struct fair_rows *q, struct fair_arena *a, struct fair_proof *p)
{
    *p = (struct fair_proof){ .id = fair_db_get_int(q, 0), .work = fair_db_get_int(q, 1), .kind = fair_db_get_text(q, 2, a), .name = fair_db_get_text(q, 4, a),
        .happened = fair_db_get_int(q, 5), .user = fair_db_get_int(q, 6), .at = fair_db_get_int(q, 7), .ended = fair_db_get_int(q, 8) };
    fair_db_get_sha256(q, 3, &p->document);
}

fair_status
fair_store_proof_add(const struct fair_desk *d, struct fair_proof *p, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_buf b = FAIR_BUF(a, 8192);
    fair_str name = fair_line_kept(a, p->name, LINE_BYTES), details;
    struct fair_work w;

    if (!fair_has_word(FAIR_STR("raw full_resolution burst content_credentials deposit publication registration contract"), p->kind))
        return fair_fail(err, FAIR_INVALID, "no kind of proof: raw, full_resolution, burst, content_credentials, deposit, publication, registration, contract");
    if (fair_sha256_none(&p->document) && !fair_str_eq(p->kind, FAIR_STR("publication"))) return fair_fail(err, FAIR_INVALID, "a proof is a document; a publication may be an address alone");
    if (name.n == 0) return fair_fail(err, FAIR_INVALID, "a proof needs a name: of the file, or of the register and its number");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_store_work_get(d, p->work, a, &w, err));
    p->id = fair_id_new();
    if (p->at == 0) p->at = fair_now();
    FAIR_TRY(fair_desk_query(d, &proof_put, &q, err));
    fair_db_int(q, 2, p->id);
    fair_db_int(q, 3, p->work);
    fair_db_text(q, 4, p->kind);
    fair_db_sha256(q, 5, &p->document);
    fair_db_text(q, 6, name);
    fair_db_id(q, 7, p->happened);
    fair_db_int(q, 8, d->user);
    fair_db_int(q, 9, p->at);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_blob_hold(d, &p->document, 0, err));
    fair_buf_fmt(&b, "{\"proof\":%lld,\"kind\":\"%.*s\",\"sha256\":\"%.*s\",\"name\":", (long long)p->id, FAIR_STR_ARG(p->kind), FAIR_STR_ARG(fair_hex(a, p->document.b, 32)));
    fair_json_text(&b, name);
    fair_buf_c(&b, "}");
    FAIR_TRY(fair_buf_take(&b, &details, err));
    FAIR_TRY(fair_audit(d, p->at, "proof.add", p->work, details, err));
    FAIR_TRY(fair_store_owned_again(d, p->work, p->at, err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_proof_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_proof *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &proof_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no proof %lld", (long long)id);
    if (s != FAIR_OK) return s;
    proof_read(q, a, out);
    return fair_store_checked(d, "proof", id, a, &out->check, err);
}

fair_status
fair_store_proof_end(const struct fair_desk *d, fair_id id, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_proof p;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_store_proof_get(d, id, a, &p, err));
    FAIR_TRY(fair_desk_query(d, &proof_end, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    FAIR_TRY(fair_db_run(q, err));
    if (fair_db_changes(q) == 0) return fair_fail(err, FAIR_NOT_FOUND, "proof %lld was taken back already", (long long)id);
    fair_rows_free(&q);
    FAIR_TRY(fair_audit(d, now, "proof.end", p.work, fair_str_fmt(a, "{\"proof\":%lld}", (long long)id), err));
    FAIR_TRY(fair_store_owned_again(d, p.work, now, err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_proofs(const struct fair_desk *d, fair_id work, FAIR_EACH(fair_proof), struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &proofs, &q, err));
    fair_db_int(q, 2, work);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_proof p;
        proof_read(q, a, &p);
        FAIR_TRY(fair_store_checked(d, "proof", p.id, a, &p.check, err));
        FAIR_TRY(each(arg, &p, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* ---- rivals ------------------------------------------------------------------------------------------------------ */

fair_status
fair_store_work_proof(struct fair_store *st, fair_id work, struct fair_sha256 *proof, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_store_query(st, &work_proof_any, &q, err));
    fair_db_int(q, 1, work);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "work %lld has no proof", (long long)work);
    if (s == FAIR_OK) fair_db_get_sha256(q, 0, proof);
    return s;
}

struct whose { fair_id org, owner; bool there; };

static fair_status
whose_is(const struct fair_desk *d, fair_id work, struct whose *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_store_query(d->st, &work_whose, &q, err));
    fair_db_int(q, 1, work);
    s = fair_db_step(q, err);
    *out = (struct whose){ 0 };
    if (s == FAIR_OK) *out = (struct whose){ fair_db_get_int(q, 0), fair_db_get_int(q, 1), fair_db_is_null(q, 2) };
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* One row for that side, unless it stands there.  other 0: in another organisation; of the claimant a hash is kept, so that a
 * claim that was settled is the same at the next look, and somebody else's is not. */
static fair_status
note_rival(const struct fair_desk *d, fair_id work, fair_id other, const struct whose *claimant, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    char text[64];
    int n = snprintf(text, sizeof text, "claimant %lld %lld", (long long)claimant->org, (long long)claimant->owner);
    struct fair_sha256 key = fair_sha256_of(text, (size_t)n);
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &rival_known, &q, err));
    fair_db_int(q, 2, work);
    fair_db_int(q, 3, other);
    fair_db_sha256(q, 4, &key);
    s = fair_db_step(q, err);
    if (s != FAIR_DONE) return s;
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &rival_put, &q, err));
    fair_db_int(q, 2, fair_id_new());
    fair_db_int(q, 3, work);
    fair_db_id(q, 4, other);
    fair_db_int(q, 5, now);
    fair_db_sha256(q, 6, &key);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_audit(d, now, "work.rival", work, other != 0 ? FAIR_STR("{\"where\":\"here\"}") : FAIR_STR("{\"where\":\"another organisation\"}"), err));
    return fair_store_owned_again(d, work, now, err);
}

fair_status
fair_store_rivals_found(const struct fair_desk *d, fair_id work, const fair_id *others, size_t n, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct whose ours, theirs;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(whose_is(d, work, &ours, err));
    if (ours.org != d->org) return fair_fail(err, FAIR_NOT_FOUND, "no work %lld", (long long)work);
    FAIR_TRY(fair_desk_query(d, &look_put, &q, err));
    fair_db_int(q, 2, work);
    fair_db_int(q, 3, now);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    for (size_t i = 0; i < n; i++) {
        const struct fair_desk other = { d->st, 0, 0 };
        struct fair_desk side = other;
        FAIR_TRY(whose_is(d, others[i], &theirs, err));
        if (!theirs.there || others[i] == work || (theirs.org == ours.org && theirs.owner == ours.owner)) continue;
        side.org = theirs.org;
        FAIR_TRY(note_rival(d, work, theirs.org == ours.org ? others[i] : 0, &theirs, now, err));
        FAIR_TRY(note_rival(&side, others[i], theirs.org == ours.org ? work : 0, &ours, now, err));
    }
    FAIR_TRY(fair_store_owned_again(d, work, now, err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_rivals(const struct fair_desk *d, fair_id work, FAIR_EACH(fair_rival), struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &rivals, &q, err));
    fair_db_int(q, 2, work);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_rival r = { fair_db_get_int(q, 0), fair_db_get_int(q, 1), fair_db_get_int(q, 2), fair_db_get_int(q, 5), fair_db_get_int(q, 3), fair_db_get_int(q, 4),
                                fair_db_get_text(q, 6, a) };
        FAIR_TRY(each(arg, &r, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_rival_settle(const struct fair_desk *d, fair_id id, fair_str why, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_buf b = FAIR_BUF(a, 8192);
    fair_str words = fair_line_kept(a, why, LINE_BYTES), role, details;
    fair_id work;
    fair_status s;

    if (words.n == 0) return fair_fail(err, FAIR_INVALID, "say why the other claim does not stand");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &rival_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no open competing claim %lld", (long long)id);
    if (s != FAIR_OK) return s;
    work = fair_db_get_int(q, 0);
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &reviewer_role, &q, err));
    fair_db_int(q, 2, d->user);
    s = fair_db_step(q, err);
    if (s != FAIR_OK && s != FAIR_DONE) return s;
    role = s == FAIR_OK ? fair_db_get_text(q, 0, a) : FAIR_STR("");
    fair_rows_free(&q);
    /* Nobody settles a claim against themselves: a reviewer or counsel looks. */
    if (!fair_str_eq(role, FAIR_STR("reviewer")) && !fair_str_eq(role, FAIR_STR("counsel")))
        return fair_fail(err, FAIR_REFUSED, "a competing claim is settled by a reviewer or counsel, not by who claims");
    FAIR_TRY(fair_desk_query(d, &rival_settle, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    fair_db_int(q, 4, d->user);
    fair_db_text(q, 5, words);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    fair_buf_fmt(&b, "{\"rival\":%lld,\"why\":", (long long)id);
    fair_json_text(&b, words);
    fair_buf_c(&b, "}");
    FAIR_TRY(fair_buf_take(&b, &details, err));
    FAIR_TRY(fair_audit(d, now, "work.rival_settled", work, details, err));
    FAIR_TRY(fair_store_owned_again(d, work, now, err));
    return fair_txn_end(&t, err);
}

/* ---- the level --------------------------------------------------------------------------------------------------- */

struct gathering { struct fair_owned *out; bool counsel; };

static fair_status
by_proof(void *arg, const struct fair_proof *p, struct fair_err *err)
{
    struct gathering *g = arg;
    struct fair_ownership_facts *f = &g->out->facts;
    bool person = p->check.user != 0;
    const struct { const char *kind; bool *fact, by_person; } kinds[] = {
        { "raw", &f->raw, false }, { "full_resolution", &f->full_resolution, false }, { "burst", &f->burst, false },
        { "content_credentials", &f->content_credentials, false }, { "deposit", &f->deposit, false },
        { "publication", &f->published, true }, { "registration", &f->registration, true }, { "contract", &f->chain, true } };

    (void)err;
    /* What was only handed in shows nothing. */
    if (!fair_str_eq(p->check.verdict, FAIR_STR("holds"))) return FAIR_OK;
    if (fair_str_eq(p->kind, FAIR_STR("deposit")) && p->happened != 0 && g->out->used != 0 && p->happened >= g->out->used) return FAIR_OK;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (fair_str_eq(p->kind, fair_str_of(kinds[i].kind)) && (person || !kinds[i].by_person)) *kinds[i].fact = true;
    if (fair_str_eq(p->check.how, FAIR_STR("counsel"))) g->counsel = true;
    return FAIR_OK;
}

static fair_status
by_rival(void *arg, const struct fair_rival *r, struct fair_err *err)
{
    struct gathering *g = arg;
    (void)err;
    if (r->settled == 0) g->out->conflict = true;
    return FAIR_OK;
}

/* Does the text hold the name, letters alike? */
static bool
says(struct fair_arena *a, fair_str text, fair_str name)
{
    fair_str looked_for = fair_fold(a, fair_str_trim(name)), in = text.n > 0 ? fair_fold(a, text) : FAIR_STR("");

    return looked_for.n >= 3 && in.n >= looked_for.n && memmem(in.p, in.n, looked_for.p, looked_for.n) != NULL;
}

/* Does one of these texts of the file hold the name? */
static bool
names(struct fair_arena *a, const struct fair_work *w, fair_str name)
{
    return says(a, w->creator, name) || says(a, w->copyright, name) || says(a, w->credit, name) || says(a, w->licensor, name);
}

static fair_status
named_in_file(const struct fair_desk *d, const struct fair_work *w, struct fair_arena *a, bool *is, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_owner o;
    fair_status s;

    FAIR_TRY(fair_store_owner_get(d, w->owner, a, &o, err));
    *is = names(a, w, o.name);
    if (*is || w->owner != 0) return FAIR_OK;
    FAIR_TRY(fair_desk_query(d, &names_of_owners, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) *is |= names(a, w, fair_db_get_text(q, 0, a));
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* Of a deposit: when, and does it precede every use that is known? */
static fair_status
deposited_before(const struct fair_desk *d, fair_id work, struct fair_owned *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &first_use, &q, err));
    fair_db_int(q, 2, work);
    FAIR_TRY(fair_db_step(q, err));
    out->used = fair_db_get_int(q, 0);
    fair_rows_free(&q);
    FAIR_TRY(fair_desk_query(d, &deposited, &q, err));
    fair_db_int(q, 2, work);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return FAIR_OK;
    if (s != FAIR_OK) return s;
    out->deposit = fair_db_get_int(q, 0);
    out->deposited = fair_db_get_int(q, 1);
    if (out->used == 0 || out->deposited < out->used) out->facts.deposit = true;
    return FAIR_OK;
}

fair_status
fair_store_unlooked(const struct fair_desk *d, fair_id after, fair_id *works, size_t max, size_t *n, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    *n = 0;
    FAIR_TRY(fair_desk_query(d, &unlooked, &q, err));
    fair_db_int(q, 2, after);
    fair_db_int(q, 3, (int64_t)max);
    while ((s = fair_db_step(q, err)) == FAIR_OK && *n < max) works[(*n)++] = fair_db_get_int(q, 0);
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_work_named(const struct fair_desk *d, fair_id work, fair_str text, bool *is, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_work w;
    struct fair_owner o;
    fair_status s;

    FAIR_TRY(fair_store_work_get(d, work, a, &w, err));
    FAIR_TRY(fair_store_owner_get(d, w.owner, a, &o, err));
    *is = says(a, text, w.creator) || says(a, text, o.name);
    if (*is || w.owner != 0) return FAIR_OK;
    FAIR_TRY(fair_desk_query(d, &names_of_owners, &q, err));
    while ((s = fair_db_step(q, err)) == FAIR_OK) *is |= says(a, text, fair_db_get_text(q, 0, a));
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_owned(const struct fair_desk *d, fair_id work, struct fair_arena *a, struct fair_owned *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct gathering g = { .out = out };
    struct fair_declaration said;
    struct fair_work w;
    fair_status s;

    *out = (struct fair_owned){ 0 };
    FAIR_TRY(fair_store_work_get(d, work, a, &w, err));
    out->agent = w.owner != 0;
    s = fair_store_declared(d, work, a, &said, NULL);
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return fair_fail(err, s, "the declaration of work %lld cannot be read", (long long)work);
    if (s == FAIR_OK) {
        out->facts.declared = said.author;
        out->ai = !fair_str_eq(said.ai, FAIR_STR("none"));
        out->ai_statement = said.authorship.n > 0;
        out->facts.human = !out->ai || out->ai_statement;
    }
    FAIR_TRY(named_in_file(d, &w, a, &out->facts.named, err));
    FAIR_TRY(deposited_before(d, work, out, err));
    FAIR_TRY(fair_store_proofs(d, work, by_proof, &g, err));
    FAIR_TRY(fair_store_rivals(d, work, by_rival, &g, err));
    FAIR_TRY(fair_desk_query(d, &looked, &q, err));
    fair_db_int(q, 2, work);
    s = fair_db_step(q, err);
    if (s != FAIR_OK && s != FAIR_DONE) return s;
    out->looked = s == FAIR_OK;
    fair_rows_free(&q);
    out->facts.alone = out->looked && !out->conflict;
    out->independent = g.counsel;
    fair_ownership_level(&out->facts, &out->is);
    FAIR_TRY(fair_desk_query(d, &ownership_get, &q, err));
    fair_db_int(q, 2, work);
    s = fair_db_step(q, err);
    if (s == FAIR_OK && fair_db_get_int(q, 0) == out->is.level) out->since = fair_db_get_int(q, 2);
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_owned_again(const struct fair_desk *d, fair_id work, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 rules = fair_ownership_rules();
    struct fair_buf b = FAIR_BUF(a, 2048);
    struct fair_owned is;
    fair_str facts, was_facts = FAIR_STR("");
    int64_t was = 0;
    fair_status s;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_store_owned(d, work, a, &is, err));
    for (size_t i = 0; i < is.is.n; i++)
        if (is.is.lines[i].holds && !fair_has_word((fair_str){ b.p, b.n }, is.is.lines[i].fact)) fair_buf_fmt(&b, "%s%.*s", b.n > 0 ? " " : "", FAIR_STR_ARG(is.is.lines[i].fact));
    facts = b.p != NULL ? (fair_str){ b.p, b.n } : FAIR_STR("");
    FAIR_TRY(fair_desk_query(d, &ownership_get, &q, err));
    fair_db_int(q, 2, work);
    s = fair_db_step(q, err);
    if (s == FAIR_OK) {
        was = fair_db_get_int(q, 0);
        was_facts = fair_db_get_text(q, 1, a);
    } else if (s != FAIR_DONE) {
        return s;
    }
    fair_rows_free(&q);
    if (s == FAIR_OK && was == is.is.level && fair_str_eq(facts, was_facts)) return fair_txn_end(&t, err);
    FAIR_TRY(fair_desk_query(d, &ownership_put, &q, err));
    fair_db_int(q, 2, work);
    fair_db_int(q, 3, is.is.level);
    fair_db_text(q, 4, facts);
    fair_db_sha256(q, 5, &rules);
    fair_db_int(q, 6, was == is.is.level && is.since != 0 ? is.since : now);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    if (was != is.is.level)
        FAIR_TRY(fair_audit(d, now, "work.level", work, fair_str_fmt(a, "{\"was\":%lld,\"is\":%d,\"facts\":\"%.*s\"}", (long long)was, is.is.level, FAIR_STR_ARG(facts)), err));
    return fair_txn_end(&t, err);
}
