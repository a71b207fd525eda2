/* cases/reasons.h - why something may not be: the codes, their gate (0: a rule of the course), and whether a person can
 * settle it.  The words stand in share/cases/reasons.tsv; tools/check-cases holds the two together. */
#ifndef FAIR_CASES_REASONS_H
#define FAIR_CASES_REASONS_H

#define FAIR_WHYS(X) \
    X(G1_unknown, 1, 0) \
    X(G1_needs_document, 1, 1) \
    X(G2_level_1, 2, 0) \
    X(G2_level_2, 2, 1) \
    X(G2_level_3, 2, 1) \
    X(G2_conflict, 2, 1) \
    X(G2_chain, 2, 1) \
    X(G2_independent, 2, 1) \
    X(G2_ai, 2, 1) \
    X(G3_work, 3, 0) \
    X(G3_territory, 3, 0) \
    X(G3_dates, 3, 0) \
    X(G3_right, 3, 0) \
    X(G3_revoked, 3, 0) \
    X(G3_not_checked, 3, 0) \
    X(G4_not_confirmed, 4, 0) \
    X(G4_not_seen, 4, 1) \
    X(G5_not_sealed, 5, 0) \
    X(G5_not_verified, 5, 0) \
    X(G5_not_live, 5, 0) \
    X(G5_one_capture, 5, 0) \
    X(G5_changed, 5, 1) \
    X(G6_ledger, 6, 0) \
    X(G6_declaration, 6, 1) \
    X(G6_markers, 6, 0) \
    X(G6_outside, 6, 1) \
    X(G6_hit, 6, 0) \
    X(G7_no_worksheet, 7, 1) \
    X(G7_likely, 7, 0) \
    X(G7_not_signer, 7, 1) \
    X(G8_name, 8, 1) \
    X(G8_address, 8, 1) \
    X(G8_country, 8, 1) \
    X(G8_source, 8, 1) \
    X(G8_not_confirmed, 8, 1) \
    X(G8_hosting, 8, 1) \
    X(G8_embedded, 8, 0) \
    X(G8_platform, 8, 0) \
    X(G8_kind, 8, 1) \
    X(G9_term, 9, 1) \
    X(G9_over, 9, 0) \
    X(G9_created, 9, 1) \
    X(G9_use_first, 9, 0) \
    X(G9_limitation_unknown, 9, 1) \
    X(G9_limitation_over, 9, 0) \
    X(G9_registration, 9, 1) \
    X(G10_sum_at_inquiry, 10, 0) \
    X(G10_no_sum, 10, 0) \
    X(G10_basis, 10, 0) \
    X(G10_caps, 10, 0) \
    X(G10_currency, 10, 0) \
    X(G10_free_track, 10, 0) \
    X(G10_rises, 10, 0) \
    X(G10_other_sum, 10, 0) \
    X(G11_identity, 11, 0) \
    X(G11_privacy, 11, 0) \
    X(G11_wording, 11, 0) \
    X(G11_full, 11, 0) \
    X(G11_not_reviewed, 11, 1) \
    X(G11_review_old, 11, 1) \
    X(G12_not_entitled, 12, 1) \
    X(G12_no_counsel, 12, 1) \
    X(G12_not_economic, 12, 1) \
    X(G13_language, 13, 0) \
    X(G13_reading, 13, 0) \
    X(G13_banned, 13, 0) \
    X(G13_court_words, 13, 0) \
    X(G14_short, 14, 0) \
    X(G15_unread, 15, 1) \
    X(G15_dispute, 15, 0) \
    X(G15_reminder, 15, 0) \
    X(G15_claims, 15, 0) \
    X(G15_lawyer_only, 15, 0) \
    X(G16_art14, 16, 0) \
    X(G16_source, 16, 0) \
    X(G16_retention, 16, 0) \
    X(G16_contact, 16, 0) \
    X(G17_not_signed, 17, 0) \
    X(G17_no_id, 17, 0) \
    X(G17_not_reachable, 17, 0) \
    X(G17_mail, 17, 0) \
    X(G18_no_signer, 18, 1) \
    X(G18_no_second, 18, 1) \
    X(G18_same, 18, 1) \
    X(G19_suspended, 19, 1) \
    X(G19_refuted, 19, 1) \
    X(G19_cap, 19, 0) \
    X(R_no_such_move, 0, 0) \
    X(R_not_yours, 0, 0) \
    X(R_clock_back, 0, 0) \
    X(R_too_early, 0, 0) \
    X(R_not_delivered, 0, 0) \
    X(R_stopped, 0, 0) \
    X(R_unverified, 0, 0) \
    X(R_not_asked, 0, 0) \
    X(R_not_answered, 0, 0) \
    X(R_no_inquiry, 0, 0) \
    X(R_no_offer, 0, 0) \
    X(R_offer_made, 0, 0) \
    X(R_no_demand, 0, 0) \
    X(R_not_sent, 0, 0) \
    X(R_proven, 0, 0) \
    X(R_not_broken, 0, 0) \
    X(R_nothing_offered, 0, 0) \
    X(R_nothing_proposed, 0, 0) \
    X(R_sum_above, 0, 0) \
    X(R_not_free, 0, 0) \
    X(R_other_cure, 0, 0) \
    X(R_cured_before, 0, 0) \
    X(R_no_ground, 0, 0) \
    X(R_stale, 0, 0) \
    X(R_unanswered, 0, 0) \
    X(R_taken, 0, 0) \
    X(R_not_other, 0, 1) \
    X(R_hold_used, 0, 0) \
    X(R_nothing_unread, 0, 0) \
    X(R_not_last, 0, 0) \
    X(R_not_signer, 0, 0)

enum fair_why {
#define FAIR_WHY_(code, gate, human) FAIR_##code,
    FAIR_WHYS(FAIR_WHY_)
#undef FAIR_WHY_
    FAIR_N_WHYS
};

#endif
