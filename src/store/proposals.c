/* proposals.c - what was found of a party and waits for a person. */
#include "store/proposal_rows.h"
#include "store/case_private.h"

#define COLUMNS "id, party_id, what, value, source, source_url, seen_us"
FAIR_SQL(proposals_drop, "DELETE FROM party_proposal WHERE org_id = $1 AND party_id = $2 AND settled_us IS NULL");
FAIR_SQL(proposal_put, "INSERT INTO party_proposal (id, org_id, party_id, what, value, source, source_url, seen_us) VALUES ($2, $1, $3, $4, $5, $6, $7, $8)");
FAIR_SQL(proposals_waiting, "SELECT " COLUMNS " FROM party_proposal WHERE org_id = $1 AND party_id = $2 AND settled_us IS NULL ORDER BY id");
FAIR_SQL(proposal_by_id, "SELECT " COLUMNS " FROM party_proposal WHERE org_id = $1 AND id = $2 AND party_id = $3 AND settled_us IS NULL");
FAIR_SQL(proposal_settle, "UPDATE party_proposal SET settled_us = $3, settled_by = $4, taken = $5 WHERE org_id = $1 AND id = $2 AND settled_us IS NULL");

static void
proposal_read(struct fair_rows *q, struct fair_arena *a, struct fair_proposal *x)
{
    *x = (struct fair_proposal){ .id = fair_db_get_int(q, 0), .party = fair_db_get_int(q, 1), .what = fair_db_get_text(q, 2, a), .value = fair_db_get_text(q, 3, a),
                                 .source = fair_db_get_text(q, 4, a), .source_url = fair_db_get_text(q, 5, a), .seen = fair_db_get_int(q, 6) };
}

fair_status
fair_store_proposals_put(const struct fair_desk *d, fair_id party, const struct fair_proposal *v, size_t n, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_party p;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_store_party_get(d, party, a, &p, err));
    FAIR_TRY(fair_desk_query(d, &proposals_drop, &q, err));
    fair_db_int(q, 2, party);
    FAIR_TRY(fair_db_run(q, err));
    for (size_t i = 0; i < n; i++) {
        bool contact = fair_is(v[i].what, "email") || fair_is(v[i].what, "address");
        if (contact && fair_is(p.kind, "private") && !fair_is(v[i].source, "imprint")) continue;
        fair_rows_free(&q);
        FAIR_TRY(fair_desk_query(d, &proposal_put, &q, err));
        fair_db_int(q, 2, fair_id_new());
        fair_db_int(q, 3, party);
        fair_db_text(q, 4, v[i].what);
        fair_db_text(q, 5, fair_utf8_mend(a, v[i].value));
        fair_db_text(q, 6, v[i].source);
        fair_db_text(q, 7, v[i].source_url);
        fair_db_int(q, 8, v[i].seen);
        FAIR_TRY(fair_db_run(q, err));
    }
    fair_rows_free(&q);
    return fair_txn_end(&t, err);
}

fair_status
fair_store_proposals(const struct fair_desk *d, fair_id party, FAIR_EACH(fair_proposal), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &proposals_waiting, &q, err));
    fair_db_int(q, 2, party);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_proposal x;
        fair_arena_clear(a);
        proposal_read(q, a, &x);
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_proposal_settle(const struct fair_desk *d, fair_id id, fair_id party, bool so, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_party_datum datum;
    struct fair_proposal x;
    fair_status s;

    if (d->user == 0) return fair_fail(err, FAIR_REFUSED, "a person has to look at the source");
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_desk_query(d, &proposal_by_id, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, party);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "this was settled already, or is offered no more");
    if (s != FAIR_OK) return s;
    proposal_read(q, a, &x);
    fair_rows_free(&q);
    if (so && fair_is(x.what, "note")) return fair_fail(err, FAIR_INVALID, "this says only why nothing is offered");
    FAIR_TRY(fair_desk_query(d, &proposal_settle, &q, err));
    fair_db_int(q, 2, id);
    fair_db_int(q, 3, now);
    fair_db_int(q, 4, d->user);
    fair_db_int(q, 5, so);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    datum = (struct fair_party_datum){ .party = x.party, .what = x.what, .value = x.value, .source = x.source, .source_url = x.source_url, .seen = x.seen };
    if (so) FAIR_TRY(fair_store_party_put(d, &datum, now, err));
    else FAIR_TRY(fair_audit(d, now, "party.not_so", x.party, FAIR_STR("{}"), err));
    return fair_txn_end(&t, err);
}
