/* case_facts.c - what the store knows of a case, as the facts the engine asks for.  What is missing is not proven. */
#include <stdlib.h>
#include <string.h>
#include "store/brake.h"

FAIR_SQL(fact_put, "INSERT INTO case_fact (id, org_id, case_id, name, value, source, account_id, at_us) VALUES ($2, $1, $3, $4, $5, $6, $7, $8)");
FAIR_SQL(facts_newest,
    "SELECT f.id, f.case_id, f.name, f.value, f.source, f.account_id, f.at_us FROM case_fact f WHERE f.org_id = $1 AND f.case_id = $2"
    " AND f.id = (SELECT max(g.id) FROM case_fact g WHERE g.org_id = f.org_id AND g.case_id = f.case_id AND g.name = f.name) ORDER BY f.name");
FAIR_SQL(case_matches,
    "SELECT count(*), sum(CASE WHEN h.verdict = 'match' AND h.has_map = 1 THEN 1 ELSE 0 END), max(u.at_us), min(h.first_seen_us) FROM case_use u"
    " JOIN hit h ON h.org_id = u.org_id AND h.id = u.hit_id WHERE u.org_id = $1 AND u.case_id = $2");
FAIR_SQL(case_earlier, "SELECT count(*) FROM notice n JOIN case_file c ON c.org_id = n.org_id AND c.id = n.case_id WHERE n.org_id = $1 AND c.operator = $2 AND c.id <> $3 AND n.queued_us IS NOT NULL");

fair_status
fair_store_case_fact_put(const struct fair_desk *d, struct fair_case_fact *given, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    const struct fair_fact_info *info = fair_cases_fact(given->name);
    struct fair_case_fact x = *given;
    struct fair_case c;
    enum fair_actor as = FAIR_SYS;
    fair_str role;

    if (info == NULL || strcmp(info->scope, "case") != 0) return fair_fail(err, FAIR_INVALID, "\"%.*s\" is no fact of a case", FAIR_STR_ARG(x.name));
    if (!fair_cases_fact_valid(info, x.value)) return fair_fail(err, FAIR_INVALID, "%s is %s, not \"%.*s\"", info->name, info->kind, (int)(x.value.n < 60 ? x.value.n : 60), x.value.p);
    if (fair_str_trim(x.source).n == 0 || x.source.n > 2048) return fair_fail(err, FAIR_INVALID, "%s needs its source: where it was seen, or who says so", info->name);
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(fair_store_case_get(d, x.case_id, a, &c, err));
    if (d->user != 0) {
        FAIR_TRY(fair_user_role(d, a, &role, err));
        if (!fair_store_case_actor(role, FAIR_DO_LETTER, &as)) return fair_fail(err, FAIR_REFUSED, "this account establishes no facts");
    }
    if (strcmp(info->who, "house") == 0) return fair_fail(err, FAIR_REFUSED, "%s is stated by nobody: this installation finds it out itself, from what it captured, sealed and verified", info->name);
    if (strcmp(info->who, "any") != 0 && d->user == 0) return fair_fail(err, FAIR_REFUSED, "%s has to be stated by a person", info->name);
    if (strcmp(info->who, "reviewer") == 0 && as != FAIR_REV && as != FAIR_CNS) return fair_fail(err, FAIR_REFUSED, "%s has to be stated by a reviewer", info->name);
    if (strcmp(info->who, "counsel") == 0 && as != FAIR_CNS) return fair_fail(err, FAIR_REFUSED, "%s has to be stated by counsel", info->name);
    if (c.closed != 0) return fair_fail(err, FAIR_REFUSED, "case %lld is closed", (long long)c.id);
    x.id = fair_id_new();
    x.user = d->user;
    if (x.at == 0) x.at = fair_now();
    FAIR_TRY(fair_audit(d, x.at, "case.fact", x.case_id, fair_str_fmt(a, "{\"name\":\"%s\"}", info->name), err));
    FAIR_TRY(fair_desk_query(d, &fact_put, &q, err));
    fair_db_int(q, 2, x.id);
    fair_db_int(q, 3, x.case_id);
    fair_db_text(q, 4, x.name);
    fair_db_text(q, 5, x.value);
    fair_db_text(q, 6, x.source);
    fair_db_int(q, 7, x.user);
    fair_db_int(q, 8, x.at);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    FAIR_TRY(fair_txn_end(&t, err));
    *given = x;
    return FAIR_OK;
}

fair_status
fair_store_case_facts(const struct fair_desk *d, fair_id case_id, FAIR_EACH(fair_case_fact), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &facts_newest, &q, err));
    fair_db_int(q, 2, case_id);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_case_fact x;
        fair_arena_clear(a);
        x = (struct fair_case_fact){ .id = fair_db_get_int(q, 0), .case_id = fair_db_get_int(q, 1), .name = fair_db_get_text(q, 2, a), .value = fair_db_get_text(q, 3, a),
                                     .source = fair_db_get_text(q, 4, a), .user = fair_db_get_int(q, 5), .at = fair_db_get_int(q, 6) };
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

/* ---- gathering ---------------------------------------------------------------------------------------------------------- */

struct gather { struct fair_facts *f; struct fair_arena *a; fair_time newest_use; fair_id counsel; };

static bool yes(fair_str v) { return fair_is(v, "yes"); }

static fair_time
time_of(fair_str v)
{
    fair_time t;
    return fair_time_parse(v, &t) ? t : 0;
}

static int64_t
number_of(fair_str v)
{
    int64_t n;
    return fair_str_number(v, INT64_MAX, &n) ? n : 0;
}

static struct fair_from
from(const struct gather *g, const struct fair_case_fact *x)
{
    return (struct fair_from){ fair_str_dup(g->a, x->source), x->at, x->user };
}

static struct fair_asked
asked(const struct gather *g, const struct fair_case_fact *x)
{
    return (struct fair_asked){ fair_is(x->value, "hit") ? FAIR_ASKED_HIT : FAIR_ASKED_NOTHING, x->at, fair_str_dup(g->a, x->source) };
}

/* What the store finds out itself. */
static bool
house(fair_str name)
{
    const struct fair_fact_info *info = fair_cases_fact(name);
    return info != NULL && strcmp(info->who, "house") == 0;
}

/* What was established before the newest use joined says nothing of that use. */
static bool
covers_all(const struct gather *g, const struct fair_case_fact *x)
{
    return x->at >= g->newest_use;
}

/* Our own first sight of the use stands; a person may know of an earlier one. */
static void
earlier(fair_time *have, fair_time said)
{
    if (said != 0 && (*have == 0 || said < *have)) *have = said;
}

static fair_status
case_fact(void *arg, const struct fair_case_fact *x, struct fair_err *err)
{
    struct gather *g = arg;
    struct fair_facts *f = g->f;

    (void)err;
    if (house(x->name)) return FAIR_OK;         /* a row of an older version: nobody states it any more */
    if (fair_str_starts(x->name, FAIR_STR("match.")) && !covers_all(g, x)) return FAIR_OK;
    if (fair_is(x->name, "match.seen")) f->match.seen = yes(x->value) && x->user != 0, f->match.from = from(g, x);
    else if (fair_is(x->name, "sources.outside")) f->sources.outside = asked(g, x);
    else if (fair_is(x->name, "sources.outside_reasons")) f->sources.outside_reasons = true;
    else if (fair_is(x->name, "exceptions.worksheet")) f->exceptions.signed_ = true, f->exceptions.by = x->user, f->exceptions.from = from(g, x);
    else if (fair_is(x->name, "exceptions.likely")) f->exceptions.likely = yes(x->value);
    else if (fair_is(x->name, "time.term")) f->time.term = fair_is(x->value, "protected") ? 1 : -1, f->time.from = from(g, x);
    else if (fair_is(x->name, "time.created")) f->time.created = time_of(x->value);
    else if (fair_is(x->name, "time.used")) earlier(&f->time.used, time_of(x->value));
    else if (fair_is(x->name, "time.limitation")) f->time.limitation = time_of(x->value);
    else if (fair_is(x->name, "time.registration_conflict")) f->time.registration_conflict = yes(x->value);
    else if (fair_is(x->name, "policy.free")) f->owner_policy_free = yes(x->value);
    else if (fair_is(x->name, "policy.cc")) f->cc = yes(x->value);
    else if (fair_is(x->name, "counsel.assigned")) g->counsel = x->user;
    else if (fair_is(x->name, "counsel.economic")) f->economic = yes(x->value);
    return FAIR_OK;
}

static fair_status
notice_check(void *arg, const struct fair_case_fact *x, struct fair_err *err)
{
    struct gather *g = arg;
    struct fair_facts *f = g->f;

    (void)err;
    if (fair_is(x->name, "pack.identity")) f->pack.identity = yes(x->value), f->pack.from = from(g, x);
    else if (fair_is(x->name, "pack.privacy")) f->pack.privacy = yes(x->value);
    else if (fair_is(x->name, "pack.wording")) f->pack.wording = yes(x->value);
    else if (fair_is(x->name, "pack.full")) f->pack.full = yes(x->value);
    else if (fair_is(x->name, "pack.reviewed")) f->pack.reviewed = time_of(x->value);
    else if (fair_is(x->name, "pack.reviewer")) f->pack.reviewer = fair_str_dup(g->a, x->value);
    else if (fair_is(x->name, "wording.language")) f->wording.language = yes(x->value), f->wording.from = from(g, x);
    else if (fair_is(x->name, "wording.reading")) f->wording.reading = yes(x->value);
    else if (fair_is(x->name, "wording.banned")) f->wording.banned = (int)number_of(x->value);
    else if (fair_is(x->name, "wording.court")) f->court_words = yes(x->value);
    else if (fair_is(x->name, "amount.basis")) f->amount.basis = yes(x->value);
    else if (fair_is(x->name, "amount.caps")) f->amount.caps = yes(x->value);
    else if (fair_is(x->name, "privacy.art14")) f->privacy.art14 = yes(x->value), f->privacy.from = from(g, x);
    else if (fair_is(x->name, "privacy.source")) f->privacy.source = yes(x->value);
    else if (fair_is(x->name, "privacy.retention")) f->privacy.retention = yes(x->value);
    else if (fair_is(x->name, "privacy.contact")) f->privacy.contact = yes(x->value);
    else if (fair_is(x->name, "authentic.signed")) f->authentic.signed_ = yes(x->value), f->authentic.from = from(g, x);
    return FAIR_OK;
}

struct known { struct fair_facts *f; struct fair_arena *a; fair_str lawyer; bool unconfirmed; };

static fair_status
datum(void *arg, const struct fair_party_datum *x, struct fair_err *err)
{
    struct known *k = arg;

    (void)err;
    if (fair_is(x->what, "name") || fair_is(x->what, "address") || fair_is(x->what, "country")) {
        if (x->confirmed == 0) k->unconfirmed = true;
        if (x->source.n > 0) k->f->party.source = true;
        k->f->party.from = (struct fair_from){ fair_str_dup(k->a, x->source_url.n > 0 ? x->source_url : x->source), x->seen, x->confirmed_by };
    }
    if (fair_is(x->what, "name")) k->f->party.name = true;
    if (fair_is(x->what, "address")) k->f->party.address = true;
    if (fair_is(x->what, "country")) k->f->party.country = true, k->f->country = fair_str_dup(k->a, x->value);
    if (fair_is(x->what, "lawyer")) k->lawyer = fair_str_dup(k->a, x->value);
    return FAIR_OK;
}

static fair_status
gather_party(const struct fair_desk *d, const struct fair_case *c, struct fair_arena *a, struct fair_facts *f, fair_str *lawyer, struct fair_err *err)
{
    struct known k = { f, a, { NULL, 0 }, false };
    struct fair_party p;

    if (c->party == 0) return FAIR_OK;
    FAIR_TRY(fair_store_party_get(d, c->party, a, &p, err));
    FAIR_TRY(fair_store_party_data(d, c->party, datum, &k, err));
    f->party.confirmed = f->party.source && !k.unconfirmed;
    f->party.hosted = fair_is(p.hosting, "hosted") || fair_is(p.hosting, "platform") ? 1 : fair_is(p.hosting, "embedded") ? -1 : 0;
    f->party.platform = fair_is(p.hosting, "platform");
    f->party.kind = fair_is(p.kind, "commercial") ? 1 : fair_is(p.kind, "private") ? -1 : 0;
    f->party.kind_evidence = p.kind_evidence.n > 0;
    f->c.lawyer_only = f->c.lawyer_only || p.lawyer_only;
    *lawyer = k.lawyer;
    return FAIR_OK;
}

/* Counsel is a lawyer of the recipient's country by their account's row, which an owner or admin wrote, and not by what they say of themselves. */
static fair_status
gather_counsel(const struct fair_desk *d, struct gather *g, struct fair_err *err)
{
    struct fair_user u;
    fair_status s;

    if (g->counsel == 0) return FAIR_OK;
    s = fair_store_user_get(d, g->counsel, g->a, &u, err);
    if (s != FAIR_OK) return s == FAIR_NOT_FOUND ? FAIR_OK : s;
    g->f->counsel = fair_is(u.role, "counsel") && fair_store_user_of_country(&u, g->f->country);
    return FAIR_OK;
}

struct approvals { struct fair_facts *f; const struct fair_notice *n; };

static fair_status
approval(void *arg, const struct fair_notice_approval *x, struct fair_err *err)
{
    struct approvals *p = arg;

    (void)err;
    if (x->user == p->n->signer && x->user != 0) {
        p->f->approval.human_signer = true;
        p->f->approval.from = (struct fair_from){ FAIR_STR("approval"), x->at, x->user };
    }
    if (x->as == FAIR_REV || x->as == FAIR_CNS) {
        p->f->approval.second = x->user;
        p->f->approval.second_as = x->as;
    }
    return FAIR_OK;
}

/* It was drafted to the lawyer, who is still the one that the recipient named. */
static bool
goes_to_lawyer(const struct fair_notice *n, fair_str lawyer)
{
    fair_str name, email, address;

    if (!n->to_lawyer || lawyer.n == 0) return false;
    fair_party_lawyer(lawyer, &name, &email, &address);
    return fair_is(n->sent_by, "mail") ? email.n > 0 && fair_str_eq_nocase(n->sent_to, email) : address.n > 0 && fair_str_eq(n->sent_to, address);
}

static fair_status
gather_notice(const struct fair_desk *d, struct gather *g, fair_id case_id, fair_id notice, fair_str lawyer, struct fair_err *err)
{
    struct fair_facts *f = g->f;
    struct fair_notice n;
    struct approvals p = { f, &n };

    if (notice == 0) return FAIR_OK;
    FAIR_TRY(fair_store_notice_get(d, notice, g->a, &n, err));
    if (n.case_id != case_id) return fair_fail(err, FAIR_INVALID, "notice %lld belongs to another case", (long long)notice);
    FAIR_TRY(fair_store_notice_checks(d, notice, notice_check, g, err));
    FAIR_TRY(fair_store_notice_approvals(d, notice, approval, &p, err));
    f->pack.law = n.law;
    f->deadline.days = n.deadline_days;
    f->deadline.from = (struct fair_from){ FAIR_STR("notice"), n.created, n.creator };
    f->amount.any = n.sum > 0;
    f->amount.sum = n.sum;
    f->amount.currency = n.currency.n == 3;
    f->authentic.id = n.code.n > 0;
    f->order.to_lawyer = goes_to_lawyer(&n, lawyer);
    f->authentic.by_post = fair_is(n.sent_by, "letter");
    return FAIR_OK;
}

static fair_status
gather_matches(const struct fair_desk *d, struct gather *g, fair_id case_id, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &case_matches, &q, err));
    fair_db_int(q, 2, case_id);
    FAIR_TRY(fair_db_step(q, err));
    g->f->match.confirmed = fair_db_get_int(q, 0) > 0 && fair_db_get_int(q, 1) == fair_db_get_int(q, 0);
    g->newest_use = fair_db_get_int(q, 2);
    g->f->time.used = fair_db_get_int(q, 3);
    return FAIR_OK;
}

static fair_status
gather_brake(const struct fair_desk *d, fair_id case_id, fair_time now, struct fair_arena *a, struct fair_facts *f, struct fair_err *err)
{
    fair_str value;
    fair_status s;

    FAIR_TRY(fair_case_brake(d, case_id, now, a, f, err));
    f->brake.cap = fair_cases_days("cap.daily");
    s = fair_store_setting_get(d, FAIR_STR("cases.suspended"), a, &value, err);
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    f->brake.suspended = s == FAIR_OK && value.n > 0;
    return FAIR_OK;
}

fair_status
fair_store_brake(const struct fair_desk *d, fair_id case_id, fair_time now, struct fair_arena *a, struct fair_brake *out, struct fair_err *err)
{
    struct fair_facts *f = fair_alloc(a, sizeof *f);
    struct fair_case_event e = { .move = FAIR_DO_INQUIRE, .at = now };
    struct fair_gate gates[FAIR_N_GATES];
    fair_status s;

    *f = (struct fair_facts){ .country = FAIR_STR("") };
    FAIR_TRY(gather_brake(d, case_id, now, a, f, err));
    *out = (struct fair_brake){ .sent = f->brake.sent, .refuted = f->brake.refuted, .today = f->brake.today, .cap = f->brake.cap, .suspended = f->brake.suspended };
    /* What is too often, the gate says. */
    fair_cases_gates(f, FAIR_AT_INQUIRY, &e, gates);
    for (size_t i = 0; i < gates[18].n_reasons; i++)
        if (gates[18].reasons[i].why == fair_reason_of(FAIR_STR("G19_refuted"))) out->often = true;
    s = fair_store_setting_get(d, FAIR_STR("cases.suspended"), a, &out->why, err);
    return s == FAIR_NOT_FOUND ? FAIR_OK : s;
}

static fair_status
first_contact(const struct fair_desk *d, const struct fair_case *c, bool *first, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &case_earlier, &q, err));
    fair_db_text(q, 2, c->operator);
    fair_db_int(q, 3, c->id);
    FAIR_TRY(fair_db_step(q, err));
    *first = fair_db_get_int(q, 0) == 0;
    return FAIR_OK;
}

fair_status
fair_store_case_gather(const struct fair_desk *d, fair_id case_id, fair_id notice, fair_time now, struct fair_arena *a, struct fair_facts *f, struct fair_err *err)
{
    struct gather g = { f, a, 0, 0 };
    struct fair_case c;
    struct fair_sha256 last;
    fair_str lawyer = { NULL, 0 };
    bool first;

    *f = (struct fair_facts){ .country = FAIR_STR("") };
    FAIR_TRY(fair_store_case_get(d, case_id, a, &c, err));
    FAIR_TRY(fair_case_course(d, &c, a, &f->c, &last, err));
    FAIR_TRY(gather_matches(d, &g, case_id, err));
    FAIR_TRY(fair_store_case_facts(d, case_id, case_fact, &g, err));
    FAIR_TRY(gather_party(d, &c, a, f, &lawyer, err));
    FAIR_TRY(gather_counsel(d, &g, err));
    FAIR_TRY(fair_case_owner_facts(d, case_id, now, a, f, err));
    FAIR_TRY(gather_notice(d, &g, case_id, notice, lawyer, err));
    /* A letter that was made anew knows what was found before that. */
    FAIR_TRY(fair_case_evidence_facts(d, case_id, f->authentic.from.at > f->deadline.from.at ? f->authentic.from.at : f->deadline.from.at, now, a, f, err));
    FAIR_TRY(fair_case_probe_facts(d, now, a, f, err));
    FAIR_TRY(gather_brake(d, case_id, now, a, f, err));
    FAIR_TRY(first_contact(d, &c, &first, err));
    f->p_track = f->party.kind < 0 && f->party.kind_evidence && first;
    return FAIR_OK;
}
