/* store/case_private.h - what the files about cases share. */
#ifndef FAIR_STORE_CASE_PRIVATE_H
#define FAIR_STORE_CASE_PRIVATE_H
#include "store/case_rows.h"
#include "store/store_private.h"

enum { FAIR_CASE_WORDS_MAX = 16 * 1024 };     /* a note, the words of a dispute, the value of a fact */

/* An event as it lies in its row, with all that its hash covers. */
struct fair_event_row {
    fair_id org, case_id, notice;
    int64_t seq;
    struct fair_case_event e;
    fair_str was, became, note, ground;       /* names */
    fair_str salt; struct fair_sha256 digest; /* of the note, which the chain covers by its digest alone; none: no note */
    struct fair_sha256 gates, prev, hash;
};
/* docs/formats/database.md gives the text that is hashed. */
struct fair_sha256 fair_event_hash(struct fair_arena *a, const struct fair_event_row *x);
/* The columns, in the order fair_event_read reads them. */
#define FAIR_EVENT_COLUMNS                                                                                            \
    "v.case_id, v.seq, v.at_us, v.move, v.actor, v.account_id, v.was, v.became, v.verified, v.automatic, v.ground, "  \
    "v.document, v.credit, v.days, v.sum_minor, v.payment_us, v.other_id, v.note, v.notice_id, v.gates, v.country, "  \
    "v.prev, v.hash, v.note_salt, v.note_digest"
#define FAIR_EVENT_N_COLUMNS 25
/* FAIR_CORRUPT: words that are none of ours. */
fair_status fair_event_read(struct fair_rows *q, struct fair_arena *a, fair_id org, struct fair_event_row *out, struct fair_err *err);
fair_status fair_event_put(const struct fair_desk *d, const struct fair_event_row *x, struct fair_err *err);
/* The course of a case, made again from its events, and the hash of the last.  The chain is checked on the way: FAIR_CORRUPT. */
fair_status fair_case_course(const struct fair_desk *d, const struct fair_case *c, struct fair_arena *a, struct fair_course *out, struct fair_sha256 *last, struct fair_err *err) FAIR_MUST_CHECK;
/* Is it what was written, as far as it was not erased since? */
bool fair_event_sound(struct fair_arena *a, const struct fair_event_row *x);
/* Put one event upon the course; false: it does not fit. */
bool fair_event_apply(struct fair_course *c, const struct fair_event_row *x);
/* "licence,mine" for bits, and back. */
fair_str fair_grounds_text(struct fair_arena *a, unsigned bits);

/* Who asks, with what right and as what: G1, G2, G3, G12 and the ledger of G6, for the works of a case (case_owner_facts.c). */
fair_status fair_case_owner_facts(const struct fair_desk *d, fair_id case_id, fair_time now, struct fair_arena *a, struct fair_facts *f, struct fair_err *err) FAIR_MUST_CHECK;

/* G5: what our captures, packages and verifier say of the uses (case_evidence.c).  `made`: when the letter was; 0: there is none. */
fair_status fair_case_evidence_facts(const struct fair_desk *d, fair_id case_id, fair_time made, fair_time now, struct fair_arena *a, struct fair_facts *f, struct fair_err *err) FAIR_MUST_CHECK;

/* Under a legal hold at `now`?  *why and *until tell the longest; absent. */
fair_status fair_case_held(const struct fair_desk *d, fair_id case_id, fair_time now, struct fair_arena *a, fair_str *why, fair_time *until, struct fair_err *err) FAIR_MUST_CHECK;
/* Drop the old rows of a kind that nobody is looked up by; *rows grows.  Other kinds: nothing. */
fair_status fair_forget_old(const struct fair_desk *d, enum fair_keep rule, fair_time now, int64_t *rows, struct fair_err *err) FAIR_MUST_CHECK;
/* G17 as probes found it (probes.c). */
fair_status fair_case_probe_facts(const struct fair_desk *d, fair_time now, struct fair_arena *a, struct fair_facts *f, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_disputes_follow(const struct fair_desk *d, const struct fair_case_act *x, const struct fair_case_event *e, const struct fair_course *was, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_notice_leaves(const struct fair_desk *d, fair_id notice, const struct fair_sha256 *gates, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* What this event owes the recipient is written down; a letter that leaves settles what owed it. */
fair_status fair_letters_follow(const struct fair_desk *d, const struct fair_case_act *x, const struct fair_event_row *row, const struct fair_course *was,
                                const struct fair_course *now, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_user_role(const struct fair_desk *d, struct fair_arena *a, fair_str *role, struct fair_err *err) FAIR_MUST_CHECK;

static inline bool fair_is(fair_str s, const char *c) { return fair_str_eq(s, fair_str_of(c)); }

#endif
