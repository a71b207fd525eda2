/* cases/cases.h - what may be asked of whom, when, and why not.
 *
 * The rules of fair enforcement as plain functions: facts, move and time in, ruling out.  They read no clock, no
 * network and no database.  Transitions, gates, reasons, day counts and holidays are data (share/cases/, described in
 * docs/formats/case-files.md); docs/rules.md says in plain words what each rule is for.
 *
 * A case is its events: fair_cases_apply makes its course from them one by one, and may be run again at any time.
 * What is not known is not proven, and what is not proven fails: an empty struct fair_facts lets nothing out. */
#ifndef FAIR_CASES_H
#define FAIR_CASES_H
#include <stdbool.h>
#include <stddef.h>
#include "base/digest.h"
#include "base/text.h"
#include "base/types.h"

/* ---- states, moves, actors: the words of share/cases/transitions.tsv ------------------------------------------ */

/* name, kind: o open, f final.  The machine is seen by the name's beginning: HIT_, TD_, otherwise a case. */
#define FAIR_STATES(X)                                                                                              \
    X(DRAFT, 'o') X(EVIDENCE, 'o') X(REVIEW, 'o') X(READY, 'o')                                                     \
    X(INQUIRY, 'o') X(OFFER, 'o') X(DEMAND, 'o') X(SETTLEMENT, 'o') X(COURT_PREP, 'o') X(COURT, 'o')                \
    X(DISPUTED, 'o') X(DISPUTE_REVIEW, 'o') X(RETURN, 'o') X(APPEAL, 'o') X(RETURN_FINAL, 'o')                      \
    X(INFO_REQUESTED, 'o') X(CURE, 'o') X(AGREED, 'o') X(PAID, 'o') X(HOLD, 'o')                                    \
    X(CLOSED_LICENSED_BEFORE, 'f') X(CLOSED_LICENCE_SOLD, 'f') X(CLOSED_REMOVED_FREE, 'f') X(CLOSED_CREDITED, 'f')  \
    X(CLOSED_SETTLED, 'f') X(CLOSED_JUDGMENT, 'f') X(CLOSED_EXCEPTION, 'f') X(CLOSED_WRONG, 'f')                    \
    X(CLOSED_LAPSED, 'f') X(CLOSED_TIME_BARRED, 'f') X(CLOSED_UNECONOMIC, 'f') X(CLOSED_OWNER_WITHDREW, 'f')        \
    X(CLOSED_LOST, 'f') X(CLOSED_HANDED_OVER, 'f')                                                                  \
    X(TD_DRAFT, 'o') X(TD_CONSIDERED, 'o') X(TD_SIGNED, 'o') X(TD_SENT, 'o') X(TD_ACK, 'o') X(TD_REMOVED, 'o')      \
    X(TD_COUNTERED, 'o') X(TD_SUIT_NOTICED, 'o')                                                                    \
    X(TD_DONE, 'f') X(TD_REJECTED, 'f') X(TD_RESTORED, 'f') X(TD_RETRACTED, 'f') X(TD_LAPSED, 'f')                  \
    X(HIT_NEW, 'o') X(HIT_MATCH_CHECK, 'o') X(HIT_INBOX, 'o') X(HIT_WATCH, 'o') X(HIT_IGNORED, 'f')                 \
    X(HIT_NOT_MATCH, 'f') X(HIT_PURSUE, 'f') X(HIT_TAKEDOWN_ONLY, 'f') X(HIT_REJECTED_AUTO, 'f')

enum fair_case_state {
#define FAIR_STATE_(name, kind) FAIR_##name,
    FAIR_STATES(FAIR_STATE_)
#undef FAIR_STATE_
    FAIR_N_STATES
};

/* name as people type it, how it is told apart: c a claim is sent, r the same claim again, l another letter, e an
 * event, x a close. */
#define FAIR_MOVES(X)                                                                                               \
    X(GATHER, "gather", 'e') X(SEAL, "seal", 'e') X(READY_UP, "ready", 'e') X(BACK, "back", 'e')                    \
    X(INQUIRE, "inquire", 'c') X(MAKE_OFFER, "offer", 'c') X(MAKE_DEMAND, "demand", 'c')                            \
    X(NEGOTIATE, "negotiate", 'c') X(PREPARE_COURT, "prepare-court", 'e') X(GO_TO_COURT, "court", 'e')              \
    X(OPEN_TALKS, "open-talks", 'e') X(REMIND, "remind", 'c') X(RESEND, "resend", 'r') X(LETTER, "letter", 'l')     \
    X(DELIVERED, "delivered", 'e') X(UNDELIVERED, "undelivered", 'e') X(REPLY, "reply", 'e') X(READ_IT, "read", 'e')\
    X(ANSWER, "answer", 'e') X(ASK_PRICE, "ask-price", 'e') X(ASK, "ask", 'e') X(TELL, "tell", 'e')                 \
    X(ASK_TIME, "ask-time", 'e') X(GRANT_TIME, "grant-time", 'e')                                                   \
    X(CURE_IT, "cure", 'e') X(CURED, "cured", 'x') X(CREDITED, "credited", 'x') X(CURED_PART, "cured-part", 'e')    \
    X(NOT_CURED, "not-cured", 'e')                                                                                  \
    X(DISPUTE, "dispute", 'e') X(UNDISPUTE, "undispute", 'e') X(ANSWER_DISPUTE, "answer-dispute", 'e')              \
    X(TAKE_UP, "take-up", 'e') X(REJECT, "reject", 'e') X(MAKE_APPEAL, "appeal", 'e')                               \
    X(REJECT_APPEAL, "reject-appeal", 'e') X(RESUME, "resume", 'e')                                                 \
    X(PROPOSE, "propose", 'e') X(AGREE, "agree", 'e') X(ACCEPT, "accept", 'e') X(PAY, "paid", 'e')                  \
    X(BREAK, "broken", 'c') X(SETTLED, "settled", 'x') X(SELL, "licence-sold", 'x')                                 \
    X(PUT_ON_HOLD, "hold", 'e') X(RELEASE, "release", 'e')                                                          \
    X(LAWYER_ONLY, "lawyer-only", 'e') X(COMPLAIN, "complain", 'e') X(ASK_DATA, "ask-data", 'e')                    \
    X(WITHDRAW, "withdraw", 'x') X(HAND_OVER, "hand-over", 'x') X(LICENSED, "licensed", 'x')                        \
    X(EXCEPTION, "exception", 'x') X(WRONG, "wrong", 'x') X(TIME_BARRED, "time-barred", 'x')                        \
    X(UNECONOMIC, "uneconomic", 'x') X(LAPSE, "lapse", 'x') X(JUDGMENT, "judgment", 'x') X(LOSE, "lost", 'x')       \
    X(TD_CONSIDER, "td-consider", 'e') X(TD_SIGN, "td-sign", 'e') X(TD_SEND, "td-send", 'c') X(TD_ACKED, "td-ack", 'e') \
    X(TD_TAKEN_DOWN, "td-removed", 'e') X(TD_REFUSE, "td-rejected", 'x') X(TD_COUNTER, "td-counter", 'e')           \
    X(TD_SUE, "td-suit", 'e') X(TD_RESTORE, "td-restored", 'x') X(TD_RETRACT, "td-retract", 'x')                    \
    X(TD_LAPSE, "td-lapse", 'x') X(TD_FINISH, "td-done", 'x')                                                       \
    X(HIT_CHECK, "hit-check", 'e') X(HIT_REJECT, "hit-reject", 'e') X(HIT_SHOW, "hit-show", 'e')                    \
    X(HIT_IGNORE, "hit-ignore", 'e') X(HIT_WAIT, "hit-watch", 'e') X(HIT_GO, "hit-pursue", 'e')                     \
    X(HIT_NO_MATCH, "hit-not-a-match", 'e') X(HIT_TAKEDOWN, "hit-takedown", 'e') X(HIT_REOPEN, "hit-reopen", 'e')

enum fair_move {
#define FAIR_MOVE_(name, word, kind) FAIR_DO_##name,
    FAIR_MOVES(FAIR_MOVE_)
#undef FAIR_MOVE_
    FAIR_N_MOVES
};

/* Who acts.  OWN has AGT's powers too; CNS has REV's as the second person. */
enum fair_actor { FAIR_SYS, FAIR_OWN, FAIR_AGT, FAIR_REV, FAIR_CNS, FAIR_RCP, FAIR_HST, FAIR_N_ACTORS };

/* The claims in their order; the level at which gates are asked (share/cases/gates.tsv). */
enum fair_level { FAIR_AT_NONE, FAIR_AT_INQUIRY, FAIR_AT_OFFER, FAIR_AT_DEMAND, FAIR_AT_SETTLEMENT, FAIR_AT_COURT,
                  FAIR_AT_TAKEDOWN, FAIR_N_LEVELS };

/* What a recipient may dispute (7.5): bits. */
enum fair_ground { FAIR_GROUND_LICENCE = 1, FAIR_GROUND_MINE = 2, FAIR_GROUND_FREE = 4 /* CC, public domain */,
                   FAIR_GROUND_EXCEPTION = 8, FAIR_GROUND_NOT_ME = 16 /* wrong site, embedded */,
                   FAIR_GROUND_NO_MATCH = 32, FAIR_GROUND_OTHER = 64 };
enum { FAIR_N_GROUNDS = 7 };

const char *fair_state_name(enum fair_case_state s);           /* "INQUIRY" */
bool fair_state_parse(fair_str name, enum fair_case_state *out);
bool fair_state_final(enum fair_case_state s);
const char *fair_move_name(enum fair_move m);                  /* "inquire" */
bool fair_move_parse(fair_str name, enum fair_move *out);
bool fair_move_is_claim(enum fair_move m);                     /* it asks for something, or again: I3 binds it */
bool fair_move_sends(enum fair_move m);                        /* a claim, or another letter */
const char *fair_actor_name(enum fair_actor a);                /* "AGT" */
bool fair_actor_parse(fair_str name, enum fair_actor *out);
const char *fair_level_name(enum fair_level l);                /* "INQUIRY" */
const char *fair_ground_name(enum fair_ground g);              /* "licence" */
bool fair_ground_parse(fair_str name, enum fair_ground *out);

/* ---- the course of a case: what its events made of it ---------------------------------------------------------- */

/* One step: INQUIRY, OFFER, DEMAND, SETTLEMENT. */
struct fair_step {
    fair_time sent;           /* the claim went out; 0 = never                                        */
    fair_time delivered;      /* proven (Corrections 4); 0 = not                                      */
    fair_time answered;       /* "no licence", "declined"; 0 = not                                    */
    fair_time paused;         /* how long the clock stood still since delivery, microseconds          */
    int64_t extension_days;
    bool extended;            /* the one that is given for the asking was given                       */
    bool false_cure;          /* a removal or credit that was not there was claimed here once         */
    int reminders;
    int64_t sum;              /* asked here, minor units; 0 = none                                    */
};
enum { FAIR_STEP_INQUIRY, FAIR_STEP_OFFER, FAIR_STEP_DEMAND, FAIR_STEP_SETTLEMENT, FAIR_N_STEPS };

struct fair_course {
    enum fair_case_state state;
    enum fair_case_state base;/* the state that a side state (DISPUTED, CURE, HOLD, ...) came from     */
    enum fair_case_state left;/* the state that the dispute came from                                  */
    fair_time opened, entered;/* into this state                                                       */
    fair_time last;           /* the last event: no event may be before it                             */
    fair_time sent_last;      /* the last claim or letter                                              */
    int64_t n_events;
    fair_id creator;          /* who opened it                                                         */
    fair_id answerer;         /* who answered the dispute                                              */
    fair_id reviewer;         /* who decided the dispute                                               */
    struct fair_step step[FAIR_N_STEPS];
    fair_time stopped_since;  /* the recipient's clock stands still since; 0 = it runs                 */
    fair_time unread_since;   /* a reply that no person has read; 0 = none                             */
    fair_time taken_up;       /* a reviewer took up this dispute or appeal                             */
    unsigned grounds;         /* in dispute now                                                        */
    unsigned grounds_answered;
    unsigned grounds_decided; /* rejected once                                                         */
    unsigned grounds_appealed;/* rejected, and the appeal too                                          */
    bool resumed_low;         /* a rejected dispute has brought it down to OFFER or INQUIRY once       */
    int claims, reminders, disputes;
    int at;                   /* the step of the last claim: FAIR_STEP_..; -1 none                     */
    bool bounced;             /* the last claim came back                                              */
    fair_time paid;           /* the last payment                                                      */
    int64_t sum_last;         /* of the last claim with one; 0 = none yet                              */
    bool price_asked;         /* the recipient asked what a licence costs                              */
    bool proposed;            /* the recipient has made an offer that stands                           */
    int64_t proposed_sum;
    int64_t agreed_sum;
    fair_time due;            /* of an agreement: when its next payment is due; 0 = none               */
    fair_time held;           /* how long it was on hold in all, microseconds                          */
    bool lawyer_only;         /* all contact goes to the recipient's lawyer                            */
    bool cure_credit;         /* claimed: credited (otherwise: removed)                                */
    bool removal_settled;
    bool contacted;           /* anything went out to the recipient                                    */
    bool closing_letter_owed; /* closed, and the letter with its reason has not gone out yet           */
    bool inquiry_over;        /* an INQUIRY was delivered, and its time is over or it was answered     */
    bool offer_over;
    fair_time td_signed, td_sent, td_countered;
    fair_id td_signer;
};

/* Something that happened.  Which fields a move reads stands beside them. */
struct fair_case_event {
    enum fair_move move;
    enum fair_case_state to;  /* apply: where it led (the ruling's `to`); may does not read it          */
    enum fair_actor who;
    fair_id by;               /* the account; 0: SYS, RCP, HST                                         */
    fair_time at;
    bool verified;            /* reply and all of RCP: came by the signed link or was confirmed by a person */
    bool automatic;           /* nobody asked for it: the days of auto_after_days are over             */
    unsigned ground;          /* dispute, answer-dispute: bits; undispute                              */
    bool document;            /* dispute: with a document that was not there before                    */
    bool credit;              /* cure: credited                                                        */
    int64_t days;             /* grant-time, ask-time                                                  */
    int64_t sum;              /* claims, propose, accept, agree, in minor units; 0 = none               */
    fair_time due;            /* accept, agree: the next payment                                       */
    fair_id other;            /* the second person who approved it                                     */
    fair_str country;         /* of the recipient then: by whose calendar the days were counted; "" unknown */
};

/* ---- facts: what the gates look at.  Others fill them (store/case_facts.c); empty = not proven -------------- */

/* Where a fact comes from. */
struct fair_from { fair_str source; fair_time at; fair_id by; };

enum fair_answer { FAIR_NOT_ASKED, FAIR_ASKED_NOTHING, FAIR_ASKED_HIT };
struct fair_asked { enum fair_answer answer; fair_time at; fair_str source; };

struct fair_facts {
    struct fair_course c;
    fair_str country;         /* of the recipient: "DE"; its calendar holds                            */
    bool p_track;             /* proportionality track: private or non-commercial, first contact       */
    bool cc;                  /* the work was ever published under Creative Commons                    */
    bool owner_policy_free;   /* the owner's policy: removed or credited closes free                   */
    bool court_words;         /* the letter speaks of court                                            */

    /* G1 */ struct { int k; /* -1 none, 0 mail, 1 document, 2 register */ struct fair_from from; } identity;
    /* G2 */ struct { int level; /* -1 none, 0 to 3; the weakest of the works */ bool conflict, chain, ai, ai_statement;
                      bool independent; /* checked by somebody other than the claimant (Corrections 8) */ struct fair_from from; } ownership;
    /* G3 */ struct { bool agent; /* we write for somebody else: then the rest must hold */ bool work, territory, dates, right, revoked;
                      fair_time checked; /* for revocation */ struct fair_from from; } mandate;
    /* G4 */ struct { bool confirmed; /* by our own matcher: map and pixels */ bool seen; /* side by side, by a person */ struct fair_from from; } match;
    /* G5, over all uses: */ struct { bool sealed; /* each */ fair_time verified, live; /* the oldest; live: seen so */ bool ended; /* all */
                      fair_time first, last; int captures; /* of the use with the fewest, a day apart */ bool changed; /* since the letter was made */
                      struct fair_sha256 packages; /* the one package, or all of them */ struct fair_from from; } evidence;
    /* G6 */ struct { struct fair_asked ledger, declaration, markers, outside; bool outside_reasons; /* a reviewer's, written */ } sources;
    /* G7 */ struct { bool signed_; bool likely; /* an exception seems to apply */ fair_id by; struct fair_from from; } exceptions;
    /* G8 */ struct { bool name, address, country, source, confirmed; /* by a person */ int hosted; /* 1 hosted, -1 embedded, 0 unknown */
                      int kind; /* 1 commercial, -1 private, 0 unknown */ bool kind_evidence, platform; struct fair_from from; } party;
    /* G9 */ struct { int term; /* 1 protected, -1 over, 0 unknown */ fair_time created, used; fair_time limitation; /* ends; 0 unknown */
                      bool registration_conflict; struct fair_from from; } time;
    /* G10 */struct { bool any; int64_t sum; bool basis, caps, currency; struct fair_from from; } amount;
    /* G11 */struct { bool identity, privacy, wording, full; fair_str law, reviewer; fair_time reviewed; struct fair_from from; } pack;
    /* G12 */struct { bool owner, registered, counsel; /* entitled there as */ struct fair_from from; } sender;
    /* G13 */struct { bool language, reading; int banned; struct fair_from from; } wording;
    /* G14 */struct { int64_t days; /* the letter gives from proven delivery */ struct fair_from from; } deadline;
    /* G15 */struct { bool to_lawyer; } order;        /* the rest is in the course */
    /* G16 */struct { bool art14, source, retention, contact; struct fair_from from; } privacy;
    /* G17 */struct { bool signed_, id, mail_auth, by_post; /* it goes by letter: no mail to authenticate */ fair_time reachable; struct fair_from from; } authentic;
    /* G18 */struct { fair_id second; /* who approved */ enum fair_actor second_as; bool human_signer; struct fair_from from; } approval;
    /* G19 */struct { int64_t sent, refuted; /* of the last 100 */ int64_t today, cap; bool suspended; struct fair_from from; } brake;
    bool counsel;             /* a lawyer of the recipient's country is assigned                       */
    bool economic;            /* counsel has written that it is worth its cost                         */
};

/* ---- reasons ---------------------------------------------------------------------------------------------------- */
/* Codes and words: share/cases/reasons.tsv; the list in code is src/cases/reasons.h. */
enum { FAIR_REASONS_MAX = 64 };
struct fair_reason {
    int16_t why;              /* index, see fair_reason_code                                           */
    int16_t gate;             /* 1 to 19; 0: a rule of the course                                      */
    bool human;               /* a person can decide it (needs_human)                                  */
    fair_time not_before;     /* waiting until then is enough; 0: waiting does not help                */
};
const char *fair_reason_code(int why);        /* "G2_conflict" */
const char *fair_reason_words(int why);       /* a sentence */
int fair_reason_of(fair_str code);            /* -1: there is none */

/* May this be done?  If not, every reason. */
struct fair_ruling {
    bool allowed;
    enum fair_case_state to;  /* where it leads                                                        */
    fair_time not_before;     /* if time is the only reason: from when on; otherwise 0                 */
    size_t n_reasons;
    struct fair_reason reasons[FAIR_REASONS_MAX];
};

/* May `who` (account `by`) make this move of this case at `now`?  An event in e holds what the move carries; its
 * move, who, by and at are read too. */
struct fair_ruling fair_cases_may(const struct fair_facts *f, const struct fair_case_event *e);

/* The same for a move without particulars. */
struct fair_ruling fair_cases_may_move(const struct fair_facts *f, enum fair_move move, enum fair_actor who, fair_id by, fair_time now);

/* Every move that stands in the table for this state and actor, allowed or not.  Returns how many; out[FAIR_N_MOVES]. */
size_t fair_cases_moves(enum fair_case_state s, enum fair_actor who, enum fair_move *out);

/* The course after the event, which must have been allowed and says in `to` where it led: what the table does not know
 * leaves the course as it is and gives false.  Needs no facts, so that a case can be made again from its events. */
bool fair_cases_apply(const struct fair_course *c, const struct fair_case_event *e, struct fair_course *out);

/* A fresh course: a case in DRAFT or a takedown in TD_DRAFT. */
struct fair_course fair_cases_open(bool takedown, fair_id creator, fair_time at);

/* What time alone does: the move that is due for SYS at `now`, always in the recipient's favour; false: none.
 * *when: since when it is due, or, if none is due yet, when the next one is (0: never). */
bool fair_cases_due(const struct fair_course *c, fair_str country, fair_time now, enum fair_move *move, fair_time *when);

/* When the time that the recipient has at this step is over; 0: it has not begun (delivery is not proven), or stands still. */
fair_time fair_cases_deadline(const struct fair_course *c, fair_str country);

/* Delivery of the claim of this step is not proven after the working days that deadlines.tsv gives, or it came back: the next try goes by
 * post (Corrections 4). */
bool fair_cases_unproven(const struct fair_course *c, fair_str country, fair_time now);

/* The letters that this event owes the recipient (share/cases/letters.tsv): receipts, answers, reasons, the closing letter (I11); they ask
 * for nothing and go by themselves.  `was` and `now`: the course before and after; `about`: what a question is about ("hardship"), or
 * absent.  The steps of share/letters, none twice; 0 where nothing was ever sent to the recipient.  Views that last. */
enum { FAIR_OWED_LETTERS = 8 };
size_t fair_cases_owed(const struct fair_course *was, const struct fair_case_event *e, const struct fair_course *now, fair_str about, fair_str out[FAIR_OWED_LETTERS]);
/* Is this a step that may be owed?  The steps of the file one by one; absent after the last. */
bool fair_cases_owed_step(fair_str step);
fair_str fair_cases_owed_at(size_t i);

/* When what is held of the recipient must be gone; 0: not while the case is open, or a legal hold keeps it.
 * `limitation`: when the claim is time-barred, 0 unknown. */
fair_time fair_cases_forget_at(const struct fair_course *c, fair_time limitation, bool legal_hold);

/* ---- gates ------------------------------------------------------------------------------------------------------- */
enum { FAIR_N_GATES = 19 };
enum fair_gate_verdict { FAIR_PASS, FAIR_FAIL, FAIR_NEEDS_HUMAN, FAIR_NOT_NEEDED };
struct fair_gate {
    int id;                   /* 1 to 19                                                               */
    enum fair_gate_verdict verdict;
    size_t n_reasons;         /* why not                                                               */
    struct fair_reason reasons[6];
    struct fair_from from;
};
struct fair_gate_info { const char *id, *name, *blocks_from, *cures, *law, *words; };
const struct fair_gate_info *fair_gate_info(int id);
const char *fair_gate_verdict_name(enum fair_gate_verdict v);            /* "pass" "fail" "needs_human" "not_needed" */

/* All 19 at this level, for this act (its by and at are read; move may be any). */
void fair_cases_gates(const struct fair_facts *f, enum fair_level level, const struct fair_case_event *e, struct fair_gate out[FAIR_N_GATES]);
/* Is this gate asked when the move is made from this state? */
bool fair_cases_asks_gate(enum fair_case_state from, enum fair_move move, int gate);
/* The level at which a move is asked. */
enum fair_level fair_cases_level(const struct fair_facts *f, enum fair_move move);
/* The level of what is sent in this state: INQUIRY ... */
enum fair_level fair_cases_level_of(enum fair_case_state s);

/* The whole record as canonical JSON (docs/formats/case-files.md) and its SHA-256: the same facts give the same bytes. */
fair_status fair_cases_record(const struct fair_facts *f, enum fair_level level, const struct fair_case_event *e, struct fair_arena *a,
                              fair_str *json, struct fair_sha256 *hash, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- the data files -------------------------------------------------------------------------------------------- */
/* The text of a file that was built in: "transitions.tsv"; absent: no such file. */
fair_str fair_cases_file(const char *name);
/* SHA-256 over all of them: goes into every notice, so that a changed gate or day count shows (Corrections 8). */
struct fair_sha256 fair_cases_files_hash(void);
/* A day count or limit of deadlines.tsv. */
int64_t fair_cases_days(const char *name);
/* A fact that people or programs establish (facts.tsv): who is "any", "person", "reviewer", "counsel", or "house": nobody
 * states it, the store finds it out itself; kind is "flag" (yes, no),
 * "number", "time" (RFC 3339), "text", "sha256" (hex), or the values themselves, "nothing|hit". */
struct fair_fact_info { const char *name, *scope, *kind, *who, *gate, *words; };
const struct fair_fact_info *fair_cases_fact(fair_str name);           /* NULL: there is none */
const struct fair_fact_info *fair_cases_fact_at(size_t i);             /* NULL after the last */
bool fair_cases_fact_valid(const struct fair_fact_info *f, fair_str value);
/* How long what is held of people is kept (retention.tsv); the program refuses to start with a file that lacks one. */
enum fair_keep {
    FAIR_KEEP_HIT_IGNORED, FAIR_KEEP_CASE_UNCONTACTED, FAIR_KEEP_CASE_CONTACTED, FAIR_KEEP_MAIL, FAIR_KEEP_ACCESS, FAIR_KEEP_FETCHED, FAIR_KEEP_RUN,
    FAIR_KEEP_JOB, FAIR_KEEP_REQUEST,
    FAIR_N_KEEPS
};
struct fair_retention { const char *name, *from, *reason, *source, *words; int64_t days; };
const struct fair_retention *fair_retention_get(enum fair_keep k);
/* What tools and doctor ask: are the files well-formed, complete, and fair?  `say` is called for each fault. */
size_t fair_cases_check(void (*say)(void *arg, const char *fault), void *arg);

/* ---- the calendar ------------------------------------------------------------------------------------------------ */
/* A date: days since 1970-01-01. */
int32_t fair_date_of(int year, int month, int day);
void fair_date_split(int32_t date, int *year, int *month, int *day);
int fair_date_weekday(int32_t date);          /* 0 Monday to 6 Sunday */
int32_t fair_date_easter(int year);           /* Easter Sunday, Gregorian */

bool fair_calendar_known(fair_str country);
/* Its name in that country on that date; NULL: no public holiday.  `regional`: those of a part of the country too. */
const char *fair_calendar_holiday(fair_str country, int32_t date, bool regional);
bool fair_calendar_working(fair_str country, int32_t date, bool regional);
/* The date there at this moment, and the moment at which that date is over there. */
int32_t fair_calendar_date(fair_str country, fair_time t);
fair_time fair_calendar_end(fair_str country, int32_t date);
/* The end of the first day on which a period of `days` that began at `from` may end: a working day of that country
 * (also of its parts), not within 24 December to 6 January.  Unknown countries have weekends and that rule. */
fair_time fair_calendar_deadline(fair_str country, fair_time from, int64_t days);
/* The end of the n-th business day after `from` (17 USC 512(g)(2)(C): US, 10 and 14). */
fair_time fair_calendar_business(fair_str country, fair_time from, int64_t n);

#endif
