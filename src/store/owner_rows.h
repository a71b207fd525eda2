/* store/owner_rows.h - who owns a work, who may speak for them, who may use it, and what shows it; as rows that last. */
#ifndef FAIR_STORE_OWNER_ROWS_H
#define FAIR_STORE_OWNER_ROWS_H
#include "cases/ownership.h"
#include "store/store.h"

/* ---- who checked it (Corrections 8) ------------------------------------------------------------------------------- */
/* How far something was looked at; without any check it is only declared. */
struct fair_checked {
    fair_id id, subject_id, user;
    fair_str subject;         /* "identity" "mandate" "proof" "licence"                                 */
    fair_str verdict;         /* "holds" "fails"                                                        */
    fair_str how;             /* "" declared; "installation"; "counsel"                                 */
    fair_str name;            /* who: the account's name, or the machine's check                        */
    fair_str statement;       /* what they saw                                                          */
    fair_time at;
};
/* Write down a check by the desk's account (user 0: the machine's own).  how is set from the account's role: "counsel" for counsel,
 * otherwise "installation"; name too where it is empty.  Who claims a thing may check it (it says so); what was checked stands in the
 * chain of what people did.  FAIR_INVALID: no statement, no such subject; FAIR_NOT_FOUND. */
fair_status fair_store_check(const struct fair_desk *d, struct fair_checked *x, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* The newest check of a subject; how "" and verdict "" where there is none. */
fair_status fair_store_checked(const struct fair_desk *d, const char *subject, fair_id id, struct fair_arena *a, struct fair_checked *out, struct fair_err *err) FAIR_MUST_CHECK;
/* "declared by the claimant", "checked by the claimant's own installation (N., on 2026-11-26)", "checked by N., counsel, on 2026-11-26",
 * "looked at by N. on ... and found not to hold". */
fair_str fair_checked_words(struct fair_arena *a, const struct fair_checked *x);

/* ---- identity (G1) ------------------------------------------------------------------------------------------------ */
struct fair_identity {
    fair_id id, owner;        /* owner 0: the organisation itself                                       */
    fair_str kind;            /* "mail" "payment" "document" "register"                                 */
    fair_str value;
    struct fair_sha256 document;
    fair_time confirmed, at, ended;
    fair_id user;
    struct fair_checked check;/* out                                                                    */
};
/* Of "mail" the SHA-256 of the link's secret and when it is over come along; it waits for fair_store_identity_confirm.
 * The others wait for a check.  The document's reference is counted here. */
fair_status fair_store_identity_add(const struct fair_desk *d, struct fair_identity *x, const struct fair_sha256 *secret, fair_time expires, struct fair_err *err) FAIR_MUST_CHECK;
/* Somebody followed the link: uses it up.  Across organisations.  FAIR_NOT_FOUND: unknown, used or over. */
fair_status fair_store_identity_confirm(struct fair_store *st, const struct fair_sha256 *secret, fair_time now, struct fair_arena *a, fair_str *address, struct fair_err *err) FAIR_MUST_CHECK;
/* Is there such a link?  (Looking at it does not use it up.) */
fair_status fair_store_identity_link(struct fair_store *st, const struct fair_sha256 *secret, fair_time now, struct fair_arena *a, fair_str *address, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_identity_end(const struct fair_desk *d, fair_id id, fair_str why, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* Those in force; owner -1: of all. */
fair_status fair_store_identities(const struct fair_desk *d, fair_id owner, FAIR_EACH(fair_identity), struct fair_err *err) FAIR_MUST_CHECK;
/* K: -1 none, 0 a confirmed mail, 1 a payment or document that was checked and holds, 2 a register entry that was. */
fair_status fair_store_identity_level(const struct fair_desk *d, fair_id owner, int *k, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_owner_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_owner *out, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- mandates (G3) ------------------------------------------------------------------------------------------------ */
struct fair_mandate {
    fair_id id, owner, user, revoked_by;
    fair_str scope, collection;                /* "all" "collection" "works"                            */
    const fair_id *works; size_t n_works;      /* in                                                    */
    fair_str territory;       /* "world", or countries "AT CH DE"                                       */
    fair_str rights;          /* of "enforce" "licence" "takedown" "court", spaces between              */
    fair_time from, until;    /* until 0: open                                                          */
    fair_str commission;
    struct fair_sha256 document;
    fair_time at, revoked;
    fair_str revoked_why;
    struct fair_checked check;/* out                                                                    */
};
/* FAIR_INVALID: no owner, scope without what it names, a territory or right that is none, an end before the beginning. */
fair_status fair_store_mandate_add(const struct fair_desk *d, struct fair_mandate *m, struct fair_err *err) FAIR_MUST_CHECK;
/* Counts from this moment on, whatever is under way. */
fair_status fair_store_mandate_revoke(const struct fair_desk *d, fair_id id, fair_str why, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_mandates(const struct fair_desk *d, fair_id owner /* 0: all */, FAIR_EACH(fair_mandate), struct fair_err *err) FAIR_MUST_CHECK;
/* May we do this (right) for this work's owner, in that country (absent: any), now?  Of several mandates the one that covers most.
 * needed: false where the work is the organisation's own. */
struct fair_mandate_cover { bool needed, any, work, territory, dates, right, revoked; fair_id id; fair_time checked; struct fair_checked check; };
fair_status fair_store_mandate_covers(const struct fair_desk *d, fair_id work, fair_str country, const char *right, fair_time now, struct fair_arena *a, struct fair_mandate_cover *out, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- the ledger: licences, partners, white lists (G6) ------------------------------------------------------------ */
struct fair_licence {
    fair_id id, user;
    fair_str kind;            /* "licence" "syndication" "whitelist" "own"                              */
    fair_str assignee;
    fair_str domains;         /* lower case, spaces between; a domain covers those below it             */
    fair_str scope, collection;
    const fair_id *works; size_t n_works;      /* in                                                    */
    fair_str work_list;       /* out: ids, spaces between; at most 100                                  */
    fair_str territory, medium;                /* "world"; "any" or of "web" "print" "social" "broadcast" */
    fair_time from, until;
    fair_str attribution, shop, order_no, note;
    struct fair_sha256 document;
    fair_time at, ended;
    fair_str ended_why;
    struct fair_checked check;/* out                                                                    */
    int64_t covered;          /* out of add: open hits that it closed; out of lists: hits it holds now  */
    int64_t cases, left;      /* out of add: open cases that it closed; uses that left cases which go on */
};
/* Check what it says, without writing; FAIR_INVALID with words fit to show.  Texts may be put right (case, spaces) in the arena. */
fair_status fair_store_licence_check(const struct fair_desk *d, struct fair_arena *a, struct fair_licence *l, struct fair_err *err) FAIR_MUST_CHECK;
/* Add it and close the open hits that it covers, as one: they become "ignored" with its reason until its end. */
fair_status fair_store_licence_add(const struct fair_desk *d, struct fair_licence *l, struct fair_err *err) FAIR_MUST_CHECK;
/* End it before its time: what it alone held comes back to the inbox. */
fair_status fair_store_licence_end(const struct fair_desk *d, fair_id id, fair_str why, fair_time now, int64_t *reopened, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_licence_filter { fair_str kind; bool in_force_only; fair_time now; fair_id after; struct fair_page page; };
fair_status fair_store_licences(const struct fair_desk *d, const struct fair_licence_filter *f, FAIR_EACH(fair_licence), struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_licence_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_licence *out, struct fair_err *err) FAIR_MUST_CHECK;
/* The licence that covers, or covered, a use of this work on that page longest; *id 0: there never was one. */
fair_status fair_store_licence_last(const struct fair_desk *d, fair_id work, fair_str page_url, fair_time now, fair_id *id, struct fair_err *err) FAIR_MUST_CHECK;
/* The licence that covers a use of this work on that page at this time; *id 0: none.  What the ledger answers to G6. */
fair_status fair_store_licence_for(const struct fair_desk *d, fair_id work, fair_str page_url, fair_time now, fair_id *id, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- declarations --------------------------------------------------------------------------------------------------- */
struct fair_declaration {
    fair_id id, work, user;   /* work 0 and no collection: all works                                    */
    fair_str collection;
    bool author;
    fair_str stock, cc, press;/* "no" "yes" "unknown"                                                   */
    fair_str ai;              /* "none" "edited" "generated"                                            */
    fair_str authorship, note;
    fair_time at;
};
fair_status fair_store_declare(const struct fair_desk *d, struct fair_declaration *x, struct fair_err *err) FAIR_MUST_CHECK;
/* What holds for a work: its own, else its collection's, else that for all.  FAIR_NOT_FOUND: nothing was declared. */
fair_status fair_store_declared(const struct fair_desk *d, fair_id work, struct fair_arena *a, struct fair_declaration *out, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- evidence of ownership (G2) ------------------------------------------------------------------------------------- */
struct fair_proof {
    fair_id id, work, user;
    fair_str kind;            /* "raw" "full_resolution" "burst" "content_credentials" "deposit" "publication" "registration" "contract" */
    struct fair_sha256 document;
    fair_str name;
    fair_time happened, at, ended;
    struct fair_checked check;/* out */
};
fair_status fair_store_proof_add(const struct fair_desk *d, struct fair_proof *p, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_proof_end(const struct fair_desk *d, fair_id id, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_proof_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_proof *out, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_proofs(const struct fair_desk *d, fair_id work, FAIR_EACH(fair_proof), struct fair_err *err) FAIR_MUST_CHECK;

struct fair_rival { fair_id id, work, other, settled_by; fair_time found, settled; fair_str settled_why; };
/* The matcher asked and found these other works (ids of whatever organisation), or none.  A work of the same owner is no rival.
 * Where one is, the other side is told too: across organisations only that there is one. */
fair_status fair_store_rivals_found(const struct fair_desk *d, fair_id work, const fair_id *others, size_t n, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_rivals(const struct fair_desk *d, fair_id work, FAIR_EACH(fair_rival), struct fair_err *err) FAIR_MUST_CHECK;
/* A reviewer or counsel has looked at the claim and says why it does not stand.  FAIR_REFUSED: for whom may not review. */
fair_status fair_store_rival_settle(const struct fair_desk *d, fair_id id, fair_str why, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;

/* Does this text, that stands beside a picture, name the maker or owner of the work, letters alike? */
fair_status fair_store_work_named(const struct fair_desk *d, fair_id work, fair_str text, bool *is, struct fair_err *err) FAIR_MUST_CHECK;
/* Works for which nobody has asked yet who else registered them, by id from behind `after` on, at most `max`. */
fair_status fair_store_unlooked(const struct fair_desk *d, fair_id after, fair_id *works, size_t max, size_t *n, struct fair_err *err) FAIR_MUST_CHECK;

/* How well it is shown, now, with the reasons.  Reads only.  A deposit counts where its earliest trusted time stamp is from before the
 * first that we saw of any use that is open or pursued; how long a use had been there before we saw it is not known to us. */
struct fair_owned {
    struct fair_ownership_facts facts;
    struct fair_ownership is;
    bool agent;               /* the work is somebody else's than the organisation's                    */
    bool conflict, looked;    /* an unsettled rival; the matcher has asked                               */
    bool ai, ai_statement;
    bool independent;         /* its evidence was checked by counsel                                     */
    fair_time since;          /* it stands at this level                                                 */
    fair_id deposit;          /* the first that was checked; 0: none                                     */
    fair_time deposited;      /* its earliest trusted time stamp                                         */
    fair_time used;           /* the earliest use that is open or pursued was first seen; 0: none known  */
};
fair_status fair_store_owned(const struct fair_desk *d, fair_id work, struct fair_arena *a, struct fair_owned *out, struct fair_err *err) FAIR_MUST_CHECK;
/* Compute it and write a change of level down, in the chain of what people did too.  What above changes a work's evidence calls it. */
fair_status fair_store_owned_again(const struct fair_desk *d, fair_id work, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;

#endif
