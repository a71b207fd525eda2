/* store/case_rows.h - cases, parties, notices and disputes, as rows that last.
 *
 * A case is its events.  Whoever wants something to happen - page, API, verb, job - calls fair_store_case_move, which
 * gathers the facts, asks the engine (cases/cases.h) and, if it may be, writes the event, the audit entry and the new
 * state, all in one transaction, before anything goes out.  There is no other way to change a case. */
#ifndef FAIR_STORE_CASE_ROWS_H
#define FAIR_STORE_CASE_ROWS_H
#include "cases/cases.h"
#include "store/store.h"

/* ---- parties --------------------------------------------------------------------------------------------------- */
struct fair_party {
    fair_id id;
    fair_str operator;        /* as in fair_hit                                                        */
    fair_str kind, kind_evidence;              /* "unknown" "private" "commercial", and what shows it  */
    fair_str hosting, hosting_evidence;        /* "unknown" "hosted" "embedded" "platform"             */
    fair_str language;
    bool lawyer_only;
    fair_time created, changed, forgotten;
};
struct fair_party_datum {
    fair_id id, party;
    fair_str what;            /* "name" "address" "country" "email" "phone" "form" "register" "lawyer"  */
    fair_str value;           /* country: two letters                                                  */
    fair_str source;          /* "imprint" "rdap" "security_txt" "register" "recipient" "entered"       */
    fair_str source_url;      /* or what the person who entered it saw                                 */
    fair_time seen;
    fair_id user, confirmed_by;
    fair_time confirmed, ended;
};
/* The party that answers for this operator, made if there is none. */
fair_status fair_store_party_of(const struct fair_desk *d, fair_str operator, fair_time now, fair_id *id, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_party_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_party *out, struct fair_err *err) FAIR_MUST_CHECK;
/* kind, hosting and language with their evidence, and lawyer_only.  FAIR_INVALID: private or commercial, hosted or
 * embedded, said without what shows it. */
fair_status fair_store_party_set(const struct fair_desk *d, const struct fair_party *p, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* What is known now, each with its source. */
fair_status fair_store_party_data(const struct fair_desk *d, fair_id party, FAIR_EACH(fair_party_datum), struct fair_err *err) FAIR_MUST_CHECK;
/* The lawyer as the recipient named them ("Dr. Beispiel, Rechtsweg 3, 12345 Ort, kanzlei@example.org"): views; what is not there is empty. */
void fair_party_lawyer(fair_str value, fair_str *name, fair_str *email, fair_str *address);
/* Takes the place of what was known.  What a person enters they have looked at: it is confirmed by them; what the
 * system read (user 0) waits for fair_store_party_confirm.  FAIR_INVALID: no source, or "entered" without saying what
 * was seen; a contact of a private person that neither an imprint nor the person gave. */
fair_status fair_store_party_put(const struct fair_desk *d, struct fair_party_datum *x, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_party_confirm(const struct fair_desk *d, fair_id datum, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- cases ------------------------------------------------------------------------------------------------------- */
struct fair_case {
    fair_id id, party, creator;
    fair_str track;           /* "case" "takedown"                                                     */
    fair_str operator;
    fair_str state;           /* "INQUIRY"                                                             */
    int64_t version;          /* 1 + events so far                                                     */
    fair_str country;
    fair_time opened, entered, last, due, deadline, closed;
    fair_str reason;
    int64_t uses, works;      /* out                                                                   */
};
/* Open a case for a hit that was pursued, or join the open one of its operator and work.  By a person's move only:
 * FAIR_REFUSED for user 0, for a hit that is not pursued, and for what is never to be asked again.
 * FAIR_CONFLICT: the hit is in a case already; *id is that case.  *joined: it is an older one. */
fair_status fair_store_case_open(const struct fair_desk *d, fair_id hit, bool takedown, fair_time now, fair_id *id, bool *joined, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_case_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_case *out, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_case_filter { fair_str state /* absent: all; "open" "closed" or a state's name */; fair_str operator; struct fair_page page; };
/* The newest first. */
fair_status fair_store_cases(const struct fair_desk *d, const struct fair_case_filter *f, FAIR_EACH(fair_case), struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_cases_count(const struct fair_desk *d, const struct fair_case_filter *f, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_case_use { fair_id id, case_id, work, hit, user; fair_time at; fair_str page_url, image_url, work_title; };
fair_status fair_store_case_uses(const struct fair_desk *d, fair_id case_id, FAIR_EACH(fair_case_use), struct fair_err *err) FAIR_MUST_CHECK;
/* The case a hit is in; FAIR_NOT_FOUND. */
fair_status fair_store_case_of_hit(const struct fair_desk *d, fair_id hit, fair_id *id, struct fair_err *err) FAIR_MUST_CHECK;

/* Ask for look number `look` (from 1) at the pages of a case of which it was said at `since` that the picture is removed or credited;
 * the door asks for the first, the job "cure" for those after it. */
fair_status fair_store_cure_ask(const struct fair_desk *d, fair_id case_id, int64_t look, fair_time since, fair_time at, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- facts --------------------------------------------------------------------------------------------------------- */
/* A fact that somebody established: "match.seen".  Names, and what each means: share/cases/facts.tsv.
 * FAIR_INVALID: no such name, a value that is not of its kind, no source; a fact that only a person may state, from user 0. */
struct fair_case_fact { fair_id id, case_id, user; fair_str name, value, source; fair_time at; };
fair_status fair_store_case_fact_put(const struct fair_desk *d, struct fair_case_fact *x, struct fair_err *err) FAIR_MUST_CHECK;
/* The newest of each name. */
fair_status fair_store_case_facts(const struct fair_desk *d, fair_id case_id, FAIR_EACH(fair_case_fact), struct fair_err *err) FAIR_MUST_CHECK;
/* What nobody states: the facts of who "house", as they are in `f` now, each with its source; user and case_id stay 0. */
fair_status fair_store_case_found(const struct fair_facts *f, FAIR_EACH(fair_case_fact), struct fair_err *err) FAIR_MUST_CHECK;
/* The sealed packages that prove the uses of a case, and when our verifier last looked at each (0: never). */
struct fair_case_package { fair_id package, hit; fair_time checked; bool holds; };
fair_status fair_store_case_packages(const struct fair_desk *d, fair_id case_id, fair_time now, FAIR_EACH(fair_case_package), struct fair_err *err) FAIR_MUST_CHECK;
/* Ask for the looks that a case needs by now, as the system: the first of a use that was never reached, a second one a day after the first, and,
 * `before` a letter, one of every use that was not seen for half the time that G5 gives.  At most one of a kind and use in six hours; a page that
 * was not reached in so many tries is left to people.  Opening a case, drafting and approving a claim, and the door ask for it. */
fair_status fair_store_case_look(const struct fair_desk *d, fair_id case_id, bool before, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* All that the engine looks at, as the store knows it now (case_facts.c).  `notice`: the letter that is to leave, whose
 * wording, approvals, amount and signature count; 0: none yet, and those are not proven. */
fair_status fair_store_case_gather(const struct fair_desk *d, fair_id case_id, fair_id notice, fair_time now, struct fair_arena *a, struct fair_facts *out, struct fair_err *err) FAIR_MUST_CHECK;

/* The abuse brake (G19): of the last 100 letters that asked for something, how many turned out wrong (store/brake.h); claims of the last day and the cap; what keeps
 * this claimant from sending.  case_id: its owners count too, one by one; 0: the organisation alone. */
struct fair_brake { int64_t sent, refuted, today, cap; bool suspended, often; fair_str why; /* what a person wrote who suspended it */ };
fair_status fair_store_brake(const struct fair_desk *d, fair_id case_id, fair_time now, struct fair_arena *a, struct fair_brake *out, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- moves --------------------------------------------------------------------------------------------------------- */
struct fair_case_act {
    fair_id case_id;
    int64_t version;          /* as it was seen by who decides; 0: as it is now (SYS and RCP only)      */
    struct fair_case_event e; /* move, who and its particulars; by and at are set from the desk and `at` if 0 */
    fair_id notice;           /* of a claim or letter: what leaves                                     */
    fair_str note;            /* reasons, in words: kept, and told to the recipient where it is a close */
    fair_str words;           /* dispute: the recipient's; answer-dispute: the owner's                 */
    struct fair_sha256 document;               /* dispute: in the vault, or none                       */
};
/* Ask the engine and, if it may be, do it.
 *
 *   FAIR_REFUSED   it may not: *ruling has every reason; err tells them in words
 *   FAIR_CONFLICT  the case is not what it was when `version` was seen
 *   FAIR_INVALID   the actor is not what the account may be, a person who does not say which version they saw, ...
 *
 * A clock that is behind the case's last event is a reason too (R_clock_back).
 *
 * `ruling` may be NULL.  *version: after it. */
fair_status fair_store_case_move(const struct fair_desk *d, const struct fair_case_act *x, struct fair_ruling *ruling, int64_t *version, struct fair_err *err) FAIR_MUST_CHECK;
/* Ask for the job that brings the recipient's pages of this case up to date ("publish"); every move of a case whose recipient was
 * written to asks for it in its own transaction.  `why` keeps jobs for different reasons apart: "version 7". */
fair_status fair_store_case_show(const struct fair_desk *d, fair_id case_id, fair_str why, struct fair_err *err) FAIR_MUST_CHECK;
/* A letter that a move let out stands before the door: may it still leave?  The facts are gathered anew; FAIR_REFUSED with
 * every reason if a gate has closed, or the case has moved on, or an answer came.  What the post asks last of all. */
fair_status fair_store_notice_may_leave(const struct fair_desk *d, fair_id notice, fair_time now, struct fair_ruling *ruling, struct fair_err *err) FAIR_MUST_CHECK;
/* The reasons of a ruling in words, one behind the other. */
fair_str fair_ruling_words(struct fair_arena *a, const struct fair_ruling *r);
/* What the role of an account may act as in a case; false: as nothing. */
bool fair_store_case_actor(fair_str role, enum fair_move move, enum fair_actor *out);
/* What time alone does, for every case where it is due, across organisations.  *n: how many moved. */
fair_status fair_store_cases_due(struct fair_store *st, fair_time now, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;

struct fair_case_step { int64_t seq; fair_time at; fair_str move, actor, was, became, ground, note; fair_id user, other, notice; bool verified, automatic; int64_t days, sum; fair_str user_name; struct fair_sha256 gates, hash; };
/* Oldest first. */
fair_status fair_store_case_steps(const struct fair_desk *d, fair_id case_id, FAIR_EACH(fair_case_step), struct fair_err *err) FAIR_MUST_CHECK;
/* The chains of all cases, and that each case stands where its events lead.  *fault: the first that is wrong, in words; absent. */
fair_status fair_store_cases_check(struct fair_store *st, int64_t *events, fair_str *fault, struct fair_arena *a, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- gate records ------------------------------------------------------------------------------------------------- */
struct fair_gate_record { fair_id id, case_id; fair_str level, record; bool passed; struct fair_sha256 sha256; fair_time at; };
fair_status fair_store_gate_record_put(const struct fair_desk *d, struct fair_gate_record *x, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_gate_record_get(const struct fair_desk *d, const struct fair_sha256 *sha256, struct fair_arena *a, struct fair_gate_record *out, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- notices -------------------------------------------------------------------------------------------------------- */
struct fair_notice {
    fair_id id, case_id;
    fair_str step;            /* "inquiry" "reminder" "answer" "extension" "closing" ...               */
    bool claim;
    fair_str language, law;
    fair_str state;           /* "draft" "approved" "queued" "sent" "delivered" "undelivered" "dropped" */
    fair_str code;            /* public: fair_notice_code_new; notice_put makes one if it is absent      */
    struct fair_sha256 template_sha256, inputs_sha256, evidence_sha256, rules_sha256, gates_sha256;
    struct fair_sha256 inputs, mail, html, pdf;  /* in the vault                                       */
    fair_str signature;       /* bytes                                                                 */
    fair_id signer;
    int64_t sum; fair_str currency;
    int64_t deadline_days;
    fair_id creator;
    fair_time created, queued, sent;
    fair_str sent_by, sent_to;/* fixed when it is drafted: "mail" and the address, "letter" and the address of the window */
    fair_str message_id, tracking;
    fair_time accepted, delivered;
    fair_str delivered_by;
    fair_time bounced;
    fair_str bounce;
    bool to_lawyer;           /* sent_to is the lawyer whom the recipient named                        */
    bool automatic;           /* made by itself from the records alone: a letter that asks for nothing */
};
/* 120 bits that tell nothing. */
fair_str fair_notice_code_new(struct fair_arena *a);
/* A new draft (id 0), or a draft made anew: approvals of other bytes and what was found in them fall.  FAIR_REFUSED: it has
 * left.  Holds its blobs.  Sets id, creator, created, state. */
fair_status fair_store_notice_put(const struct fair_desk *d, struct fair_notice *x, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_notice_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_notice *out, struct fair_err *err) FAIR_MUST_CHECK;
/* By its public code, whose organisation is found with it (the portal and the verification page). */
fair_status fair_store_notice_by_code(struct fair_store *st, fair_str code, struct fair_arena *a, fair_id *org, struct fair_notice *out, struct fair_err *err) FAIR_MUST_CHECK;
/* By the Message-ID it was sent under (the post). */
fair_status fair_store_notice_by_message(struct fair_store *st, fair_str message_id, struct fair_arena *a, fair_id *org, struct fair_notice *out, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_notice_filter { fair_id case_id; fair_str state; struct fair_page page; };
fair_status fair_store_notices(const struct fair_desk *d, const struct fair_notice_filter *f, FAIR_EACH(fair_notice), struct fair_err *err) FAIR_MUST_CHECK;
/* What was found when the letter was made; names of scope "notice" in share/cases/facts.tsv.  Takes the place of an
 * earlier one of the name.  case_id is not read. */
fair_status fair_store_notice_check_put(const struct fair_desk *d, fair_id notice, const struct fair_case_fact *x, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_notice_checks(const struct fair_desk *d, fair_id notice, FAIR_EACH(fair_case_fact), struct fair_err *err) FAIR_MUST_CHECK;
/* What a notice is, as one hash: what is approved and signed. */
struct fair_sha256 fair_notice_hash(const struct fair_notice *x);
/* A person approves it as it is.  FAIR_REFUSED: the account may not, or made it where four eyes are needed. */
fair_status fair_store_notice_approve(const struct fair_desk *d, fair_id id, enum fair_actor as, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_notice_approval { fair_id id, notice, user; enum fair_actor as; struct fair_sha256 sha256; fair_time at; fair_str user_name; };
/* Those of the notice as it is. */
fair_status fair_store_notice_approvals(const struct fair_desk *d, fair_id id, FAIR_EACH(fair_notice_approval), struct fair_err *err) FAIR_MUST_CHECK;
/* How it fared on its way: queued, sent, accepted, delivered, bounced and what belongs to them.  Only forward; by what way and to whom
 * stays as it was drafted. */
fair_status fair_store_notice_fared(const struct fair_desk *d, const struct fair_notice *x, struct fair_err *err) FAIR_MUST_CHECK;

/* Is it a letter that may leave without a person's approval: owed by a move, made from the records alone, let out by the system? */
fair_status fair_store_notice_by_itself(const struct fair_desk *d, const struct fair_notice *n, bool *yes, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- letters that are owed (I11) -------------------------------------------------------------------------------------- */
/* A move owes its letters by share/cases/letters.tsv; fair_store_case_move writes them down and asks for the job "letter". */
struct fair_letter_owed {
    fair_id id, case_id;
    int64_t seq;              /* the event that owes it                                               */
    fair_str step;            /* "close-wrong"                                                        */
    fair_time asked, next;    /* next: when it is tried (again)                                       */
    int64_t tries;
    fair_id notice;           /* its draft; 0 none yet                                                */
    fair_time done;
    fair_str how, error;      /* "sent" "not_needed"; why it could not leave yet                      */
    fair_str operator, state; /* out: of its case                                                     */
};
/* Once for an event and step. */
fair_status fair_store_letter_owe(const struct fair_desk *d, fair_id case_id, int64_t seq, fair_str step, fair_time at, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_letter_owed_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_letter_owed *out, struct fair_err *err) FAIR_MUST_CHECK;
/* Those that are not out yet; of all cases where case_id is 0. */
fair_status fair_store_letters_owed(const struct fair_desk *d, fair_id case_id, struct fair_page page, FAIR_EACH(fair_letter_owed), struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_letter_drafted(const struct fair_desk *d, fair_id id, fair_id notice, struct fair_err *err) FAIR_MUST_CHECK;
/* What kept letters in may have gone (a probe has an outcome): those that failed are tried again now, of all organisations. */
fair_status fair_store_letters_owed_wake(struct fair_store *st, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* It could not leave: `why` is kept, and it is tried again after 5 minutes, then twice as long each time, at most 6 hours. */
fair_status fair_store_letter_failed(const struct fair_desk *d, const struct fair_letter_owed *x, fair_str why, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_letter_not_needed(const struct fair_desk *d, fair_id id, fair_str why, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* Did a letter of this step that was owed leave since? */
fair_status fair_store_letter_lately(const struct fair_desk *d, fair_id case_id, fair_str step, fair_time since, bool *lately, struct fair_err *err) FAIR_MUST_CHECK;
/* Try it now. */
fair_status fair_store_letter_soon(const struct fair_desk *d, fair_id id, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* Ask for the jobs of those whose time has come, across organisations. */
fair_status fair_store_letters_due(struct fair_store *st, fair_time now, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- probes (G17) ----------------------------------------------------------------------------------------------------- */
/* Of the installation: its verification page as seen from outside ("portal"), and a mail to its own mailbox ("mail"). */
struct fair_probe { fair_id id; fair_str what, subject, code; fair_time at, done; /* 0: it has not come back yet */ bool passed; fair_str words; };
/* It begins; sets id. */
fair_status fair_store_probe_put(struct fair_store *st, struct fair_probe *x, struct fair_err *err) FAIR_MUST_CHECK;
/* Its outcome, once. */
fair_status fair_store_probe_settle(struct fair_store *st, fair_id id, bool passed, fair_str words, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* The last that has an outcome; the last that was begun; by its code.  FAIR_NOT_FOUND. */
fair_status fair_store_probe_newest(struct fair_store *st, const char *what, struct fair_arena *a, struct fair_probe *x, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_probe_begun(struct fair_store *st, const char *what, struct fair_arena *a, struct fair_probe *x, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_probe_by_code(struct fair_store *st, fair_str code, struct fair_arena *a, struct fair_probe *x, struct fair_err *err) FAIR_MUST_CHECK;
/* It passed, and not longer ago than G17 allows. */
bool fair_probe_holds(const struct fair_probe *x, fair_time now);

/* ---- letters by post --------------------------------------------------------------------------------------------------- */
/* A letter that a person prints and hands over: one that was drafted for the post, or one by mail whose delivery is not proven (resend). */
struct fair_post_letter {
    fair_id id, notice, case_id;
    fair_time asked, posted, delivered, returned, settled;         /* posted, delivered: the ends of those days, 0 not yet */
    fair_str carrier, tracking, proof_name, note, code, step, operator;
    struct fair_sha256 proof;
};
/* It is to go; nothing is done where one is under way. */
fair_status fair_store_posting_ask(const struct fair_desk *d, fair_id notice, fair_time at, struct fair_err *err) FAIR_MUST_CHECK;
/* The newest of a notice; FAIR_NOT_FOUND. */
fair_status fair_store_posting_of(const struct fair_desk *d, fair_id notice, struct fair_arena *a, struct fair_post_letter *x, struct fair_err *err) FAIR_MUST_CHECK;
/* Those that are to be handed over, or whose delivery is not entered. */
fair_status fair_store_postings(const struct fair_desk *d, struct fair_page page, FAIR_EACH(fair_post_letter), struct fair_err *err) FAIR_MUST_CHECK;
/* May it be printed and handed over now?  The rules are asked again, and whether somebody approved it: the door for letters by post. */
fair_status fair_store_post_may(const struct fair_desk *d, fair_id notice, fair_time now, struct fair_arena *a, struct fair_post_letter *x, struct fair_err *err) FAIR_MUST_CHECK;
/* It was handed over that day (a date of cases/cases.h).  FAIR_INVALID: no carrier or number, or a day that cannot be. */
fair_status fair_store_post_sent(const struct fair_desk *d, fair_id notice, fair_str carrier, fair_str tracking, int32_t on, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* It was delivered that day, and `proof` (in the vault, held from now on) shows it: the recipient's time begins at the end of it. */
fair_status fair_store_post_delivered(const struct fair_desk *d, fair_id notice, int32_t on, const struct fair_sha256 *proof, fair_str name, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_post_returned(const struct fair_desk *d, fair_id notice, fair_str note, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- disputes ------------------------------------------------------------------------------------------------------- */
/* Written by fair_store_case_move (dispute, answer-dispute, reject, appeal, ...). */
struct fair_dispute {
    fair_id id, case_id;
    fair_str ground, words; struct fair_sha256 document; fair_time raised; fair_id raised_by;
    fair_str answer; fair_id answered_by; fair_time answered;
    fair_str decision; fair_id decided_by; fair_time decided; fair_str reasons;
    fair_time appealed, appeal_decided; fair_str appeal_reasons;
};
fair_status fair_store_disputes(const struct fair_desk *d, fair_id case_id, FAIR_EACH(fair_dispute), struct fair_err *err) FAIR_MUST_CHECK;

/* ---- never again ---------------------------------------------------------------------------------------------------- */
/* Kept as a keyed hash.  work 0: of this operator, nothing. */
fair_status fair_store_never_again_put(const struct fair_desk *d, fair_str operator, fair_id work, fair_id case_id, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_never_again(const struct fair_desk *d, fair_str operator, fair_id work, bool *never, struct fair_err *err) FAIR_MUST_CHECK;

#endif
