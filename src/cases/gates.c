/* cases/gates.c - the gates G1 to G19: each looks at its facts and says every reason why not. */
#include "cases/cases_private.h"

struct look {
    const struct fair_facts *f;
    const struct fair_course *c;
    const struct fair_case_event *e;
    const struct fair_day_counts *d;
    enum fair_level level;
    uint64_t needs;
    fair_time now;
    struct fair_gate *g;
};

static const struct { int8_t gate; bool human; } about[FAIR_N_WHYS] = {
#define ROW(code, gate, human) [FAIR_##code] = { gate, human },
    FAIR_WHYS(ROW)
#undef ROW
};

static bool needs(const struct look *l, enum fair_need_bit n) { return (l->needs >> n & 1) != 0; }
static bool fresh(fair_time at, fair_time now, fair_time age) { return at != 0 && at <= now && now - at <= age; }

static void
because(const struct look *l, enum fair_why why)
{
    struct fair_gate *g = l->g;

    if (g->n_reasons == sizeof g->reasons / sizeof *g->reasons) return;
    g->reasons[g->n_reasons++] = (struct fair_reason){ .why = (int16_t)why, .gate = (int16_t)g->id, .human = about[why].human };
}

static void
g1_identity(const struct look *l)
{
    l->g->from = l->f->identity.from;
    if (needs(l, FAIR_NEED_k1) && l->f->identity.k == 0) because(l, FAIR_G1_needs_document);
    if (l->f->identity.k < 0 || l->f->identity.from.at == 0) because(l, FAIR_G1_unknown);
}

static void
g2_ownership(const struct look *l)
{
    int level = l->f->ownership.from.at == 0 ? -1 : l->f->ownership.level;

    l->g->from = l->f->ownership.from;
    if (needs(l, FAIR_NEED_l1) && level < 1) because(l, FAIR_G2_level_1);
    if (needs(l, FAIR_NEED_l2) && level < 2) because(l, FAIR_G2_level_2);
    if (needs(l, FAIR_NEED_l3) && level < 3) because(l, FAIR_G2_level_3);
    if (!needs(l, FAIR_NEED_l1) && l->f->ownership.conflict) because(l, FAIR_G2_conflict);
    if (needs(l, FAIR_NEED_chain) && l->f->mandate.agent && !l->f->ownership.chain) because(l, FAIR_G2_chain);
    if (needs(l, FAIR_NEED_independent) && !l->f->ownership.independent) because(l, FAIR_G2_independent);
    if (l->f->ownership.ai && !l->f->ownership.ai_statement) because(l, FAIR_G2_ai);
}

static void
g3_mandate(const struct look *l)
{
    l->g->from = l->f->mandate.from;
    if (!l->f->mandate.agent) return;         /* the owner writes for themself */
    if (!l->f->mandate.work) because(l, FAIR_G3_work);
    if (!l->f->mandate.territory) because(l, FAIR_G3_territory);
    if (!l->f->mandate.dates) because(l, FAIR_G3_dates);
    if (!l->f->mandate.right) because(l, FAIR_G3_right);
    if (l->f->mandate.revoked) because(l, FAIR_G3_revoked);
    if (l->f->mandate.checked == 0) because(l, FAIR_G3_not_checked);
}

static void
g4_match(const struct look *l)
{
    l->g->from = l->f->match.from;
    if (!l->f->match.confirmed) because(l, FAIR_G4_not_confirmed);
    if (!l->f->match.seen) because(l, FAIR_G4_not_seen);
}

static void
g5_evidence(const struct look *l)
{
    l->g->from = l->f->evidence.from;
    if (!l->f->evidence.sealed) because(l, FAIR_G5_not_sealed);
    if (!fresh(l->f->evidence.verified, l->now, l->d->verified_hours * FAIR_HOUR)) because(l, FAIR_G5_not_verified);
    if (!l->f->evidence.ended && !fresh(l->f->evidence.live, l->now, l->d->live_hours * FAIR_HOUR)) because(l, FAIR_G5_not_live);
    if (needs(l, FAIR_NEED_cap2) &&
        (l->f->evidence.captures < 2 || l->f->evidence.first == 0 || l->f->evidence.last - l->f->evidence.first < l->d->gap_hours * FAIR_HOUR))
        because(l, FAIR_G5_one_capture);
    if (l->f->evidence.changed) because(l, FAIR_G5_changed);
}

static bool
asked(const struct look *l, const struct fair_asked *a)
{
    return a->answer != FAIR_NOT_ASKED && fresh(a->at, l->now, l->d->sources * FAIR_DAY);
}

static void
g6_sources(const struct look *l)
{
    l->g->from = (struct fair_from){ l->f->sources.ledger.source, l->f->sources.ledger.at, 0 };
    if (needs(l, FAIR_NEED_ledger) && !asked(l, &l->f->sources.ledger)) because(l, FAIR_G6_ledger);
    /* A declaration of the owner does not grow old as a search does. */
    if (needs(l, FAIR_NEED_declaration) && (l->f->sources.declaration.answer == FAIR_NOT_ASKED || l->f->sources.declaration.at == 0)) because(l, FAIR_G6_declaration);
    if (needs(l, FAIR_NEED_markers) && !asked(l, &l->f->sources.markers)) because(l, FAIR_G6_markers);
    if (needs(l, FAIR_NEED_outside) && !asked(l, &l->f->sources.outside) && !l->f->sources.outside_reasons) because(l, FAIR_G6_outside);
    if (needs(l, FAIR_NEED_nohit) && (l->f->sources.ledger.answer == FAIR_ASKED_HIT || l->f->sources.declaration.answer == FAIR_ASKED_HIT ||
                                      l->f->sources.markers.answer == FAIR_ASKED_HIT || l->f->sources.outside.answer == FAIR_ASKED_HIT))
        because(l, FAIR_G6_hit);
}

static void
g7_exceptions(const struct look *l)
{
    l->g->from = l->f->exceptions.from;
    if (!l->f->exceptions.signed_ || l->f->exceptions.by == 0) because(l, FAIR_G7_no_worksheet);
    if (needs(l, FAIR_NEED_unlikely) && l->f->exceptions.likely) because(l, FAIR_G7_likely);
    if (needs(l, FAIR_NEED_signer) && l->f->exceptions.by != l->e->by) because(l, FAIR_G7_not_signer);
}

static void
g8_party(const struct look *l)
{
    l->g->from = l->f->party.from;
    if (!l->f->party.name) because(l, FAIR_G8_name);
    if (!l->f->party.country) because(l, FAIR_G8_country);
    if (!l->f->party.source) because(l, FAIR_G8_source);
    if (!l->f->party.confirmed) because(l, FAIR_G8_not_confirmed);
    if (l->f->party.hosted == 0) because(l, FAIR_G8_hosting);
    if (l->f->party.hosted < 0) because(l, FAIR_G8_embedded);
    if (needs(l, FAIR_NEED_host)) return;     /* a host: any kind, found by its mail or form */
    if (!l->f->party.address) because(l, FAIR_G8_address);
    if (l->f->party.platform) because(l, FAIR_G8_platform);
    if (l->f->party.kind == 0 || !l->f->party.kind_evidence) because(l, FAIR_G8_kind);
}

static void
g9_time(const struct look *l)
{
    l->g->from = l->f->time.from;
    if (l->f->time.term == 0) because(l, FAIR_G9_term);
    if (l->f->time.term < 0) because(l, FAIR_G9_over);
    if (l->f->time.created == 0 || l->f->time.used == 0) because(l, FAIR_G9_created);
    else if (l->f->time.used < l->f->time.created) because(l, FAIR_G9_use_first);
    if (l->f->time.limitation == 0 && needs(l, FAIR_NEED_limitation)) because(l, FAIR_G9_limitation_unknown);
    if (l->f->time.limitation != 0 && l->f->time.limitation <= l->now) because(l, FAIR_G9_limitation_over);
    if (l->f->time.registration_conflict) because(l, FAIR_G9_registration);
}

static void
g10_amount(const struct look *l)
{
    int64_t sum = l->f->amount.any ? l->f->amount.sum : 0;

    l->g->from = l->f->amount.from;
    if (needs(l, FAIR_NEED_nosum)) {
        if (l->f->amount.any || l->e->sum != 0) because(l, FAIR_G10_sum_at_inquiry);
        return;
    }
    if (l->f->cc || l->f->p_track) {
        if (l->f->amount.any || l->e->sum != 0) because(l, FAIR_G10_free_track);
        return;
    }
    if (!l->f->amount.any || sum <= 0) because(l, FAIR_G10_no_sum);
    if (!l->f->amount.basis) because(l, FAIR_G10_basis);
    if (!l->f->amount.caps) because(l, FAIR_G10_caps);
    if (!l->f->amount.currency) because(l, FAIR_G10_currency);
    if (l->c->sum_last > 0 && sum > l->c->sum_last) because(l, FAIR_G10_rises);
    if (fair_move_is_claim(l->e->move) && l->e->sum != sum) because(l, FAIR_G10_other_sum);
}

static void
g11_pack(const struct look *l)
{
    l->g->from = l->f->pack.from;
    if (needs(l, FAIR_NEED_full) ? !l->f->pack.full : false) because(l, FAIR_G11_full);
    if (!l->f->pack.identity) because(l, FAIR_G11_identity);
    if (!l->f->pack.privacy) because(l, FAIR_G11_privacy);
    if (!l->f->pack.wording) because(l, FAIR_G11_wording);
    if (!needs(l, FAIR_NEED_reviewed)) return;
    if (l->f->pack.reviewer.n == 0 || l->f->pack.reviewed == 0) because(l, FAIR_G11_not_reviewed);
    else if (!fresh(l->f->pack.reviewed, l->now, l->d->pack * FAIR_DAY)) because(l, FAIR_G11_review_old);
}

static void
g12_sender(const struct look *l)
{
    l->g->from = l->f->sender.from;
    if (!(l->f->sender.owner && !l->f->mandate.agent) && !l->f->sender.registered && !l->f->sender.counsel) because(l, FAIR_G12_not_entitled);
    if (!needs(l, FAIR_NEED_counsel)) return;
    if (!l->f->counsel) because(l, FAIR_G12_no_counsel);
    if (!l->f->economic) because(l, FAIR_G12_not_economic);
}

static void
g13_wording(const struct look *l)
{
    l->g->from = l->f->wording.from;
    if (!l->f->wording.language) because(l, FAIR_G13_language);
    if (!l->f->wording.reading) because(l, FAIR_G13_reading);
    if (l->f->wording.banned != 0) because(l, FAIR_G13_banned);
    if (l->f->court_words && !l->f->counsel) because(l, FAIR_G13_court_words);
}

static void
g14_deadline(const struct look *l)
{
    int64_t least = l->d->answer_minimum;

    if (l->level >= FAIR_AT_INQUIRY && l->level <= FAIR_AT_SETTLEMENT && l->e->move != FAIR_DO_REMIND) {
        int64_t step = fair_step_days((int)l->level - FAIR_AT_INQUIRY);
        if (step > least) least = step;
    }
    l->g->from = l->f->deadline.from;
    if (l->level != FAIR_AT_COURT && l->f->deadline.days < least) because(l, FAIR_G14_short);
}

static void
g15_order(const struct look *l)
{
    const struct fair_course *c = l->c;
    bool standing = c->state == FAIR_DISPUTED || c->state == FAIR_DISPUTE_REVIEW || c->state == FAIR_APPEAL || c->state == FAIR_HOLD ||
                    c->state == FAIR_INFO_REQUESTED || c->state == FAIR_CURE ||
                    (fair_move_is_claim(l->e->move) && (c->state == FAIR_RETURN || c->state == FAIR_RETURN_FINAL));

    if (c->lawyer_only && !l->f->order.to_lawyer) because(l, FAIR_G15_lawyer_only);
    if (l->e->move == FAIR_DO_LETTER) return;          /* it asks for nothing: only to whom it goes matters */
    if (c->unread_since != 0) because(l, FAIR_G15_unread);
    if (standing) because(l, FAIR_G15_dispute);
    if (fair_move_is_claim(l->e->move) && l->e->move != FAIR_DO_RESEND && c->claims >= l->d->claims) because(l, FAIR_G15_claims);
}

static void
g16_privacy(const struct look *l)
{
    l->g->from = l->f->privacy.from;
    if (!l->f->privacy.art14) because(l, FAIR_G16_art14);
    if (!l->f->privacy.source) because(l, FAIR_G16_source);
    if (!l->f->privacy.retention) because(l, FAIR_G16_retention);
    if (!l->f->privacy.contact) because(l, FAIR_G16_contact);
}

static void
g17_authentic(const struct look *l)
{
    l->g->from = l->f->authentic.from;
    if (!l->f->authentic.signed_) because(l, FAIR_G17_not_signed);
    if (!l->f->authentic.id) because(l, FAIR_G17_no_id);
    if (!fresh(l->f->authentic.reachable, l->now, l->d->authentic_hours * FAIR_HOUR)) because(l, FAIR_G17_not_reachable);
    if (!l->f->authentic.mail_auth && !l->f->authentic.by_post) because(l, FAIR_G17_mail);
}

static void
g18_approval(const struct look *l)
{
    fair_id second = l->f->approval.second;

    l->g->from = l->f->approval.from;
    if (!l->f->approval.human_signer) because(l, FAIR_G18_no_signer);
    if (!needs(l, FAIR_NEED_second)) return;
    if (second == 0 || (l->f->approval.second_as != FAIR_REV && l->f->approval.second_as != FAIR_CNS)) because(l, FAIR_G18_no_second);
    else if (second == l->c->creator || second == l->e->by) because(l, FAIR_G18_same);
}

static void
g19_brake(const struct look *l)
{
    l->g->from = l->f->brake.from;
    if (l->f->brake.suspended) because(l, FAIR_G19_suspended);
    if (l->f->brake.sent >= l->d->refuted_least && l->f->brake.refuted * 100 > l->d->refuted_percent * l->f->brake.sent) because(l, FAIR_G19_refuted);
    if (l->f->brake.today >= l->f->brake.cap) because(l, FAIR_G19_cap);
}

static void (*const all[FAIR_N_GATES])(const struct look *) = {
    g1_identity, g2_ownership, g3_mandate, g4_match, g5_evidence, g6_sources, g7_exceptions, g8_party, g9_time, g10_amount, g11_pack,
    g12_sender, g13_wording, g14_deadline, g15_order, g16_privacy, g17_authentic, g18_approval, g19_brake,
};

const char *
fair_gate_verdict_name(enum fair_gate_verdict v)
{
    return v == FAIR_PASS ? "pass" : v == FAIR_FAIL ? "fail" : v == FAIR_NEEDS_HUMAN ? "needs_human" : "not_needed";
}

void
fair_cases_gates(const struct fair_facts *f, enum fair_level level, const struct fair_case_event *e, struct fair_gate out[FAIR_N_GATES])
{
    const struct fair_tables *t = fair_tables_get();

    for (int i = 0; i < FAIR_N_GATES; i++) {
        struct look l = { f, &f->c, e, fair_day_counts_get(), level, t->needs[i + 1][level], e->at, &out[i] };
        bool human = true;

        out[i] = (struct fair_gate){ .id = i + 1, .verdict = FAIR_NOT_NEEDED };
        if (l.needs == 0) continue;
        if (!FAIR_OFF(FAIR_MUT_GATE_1 + i)) all[i](&l);
        for (size_t k = 0; k < out[i].n_reasons; k++) human = human && out[i].reasons[k].human;
        out[i].verdict = out[i].n_reasons == 0 ? FAIR_PASS : human ? FAIR_NEEDS_HUMAN : FAIR_FAIL;
    }
}
