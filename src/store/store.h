/* store/store.h - the catalogue, what was seen, the hits and what was decided, as rows that last. */
#ifndef FAIR_STORE_H
#define FAIR_STORE_H
#include <stdbool.h>
#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"

struct fair_store;            /* one open connection to SQLite (PostgreSQL later) */

/* Open the database file `path`, made if missing, and apply the migrations that
 * are missing.  One connection for one thread; several processes may have it open.
 *
 *   FAIR_REFUSED  its schema is newer than this program
 *   FAIR_INVALID  it is a database of another program
 *   FAIR_CORRUPT  it is no database, or damaged
 *
 * Any call below that writes may also give FAIR_AGAIN (another process has been
 * writing for a minute) and FAIR_IO (a full disk: nothing of the call is kept).
 * Texts are mended to UTF-8 as they come in; paths and URLs are kept byte for byte. */
fair_status fair_store_open(const char *path, struct fair_store **out, struct fair_err *err) FAIR_MUST_CHECK;
/* The same for reading alone: no file is made, no migration applied, every write refused.  FAIR_REFUSED where the schema is
 * not this program's. */
fair_status fair_store_open_reading(const char *path, struct fair_store **out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_store_free(struct fair_store **st);

/* Rows are reached only through a desk: a connection opened for an organisation
 * and a user (0: the system itself).  Every statement names org_id. */
struct fair_desk { struct fair_store *st; fair_id org, user; };

/* Several things as one.  `body` may be run more than once (FAIR_CONFLICT), so
 * it touches nothing but the store and its own locals; rolled back unless it
 * returns FAIR_OK.  Inside a body, a nested call joins the outer one. */
fair_status fair_store_do(const struct fair_desk *d, fair_status (*body)(const struct fair_desk *, void *, struct fair_err *),
                          void *arg, struct fair_err *err) FAIR_MUST_CHECK;

/* The walk over a list: called for each row; anything but FAIR_OK ends the walk
 * and is returned.  The row and its texts live until the call returns. */
#define FAIR_EACH(type) fair_status (*each)(void *arg, const struct type *row, struct fair_err *err), void *arg
/* A page of a list. */
struct fair_page { int64_t offset, limit; };      /* limit 0 = 100 */

/* ---- organisations, users, sessions ---------------------------------- */
struct fair_user;
struct fair_org { fair_id id; fair_str name; fair_time created; };
fair_status fair_store_org_add(struct fair_store *st, fair_str name, fair_id *id, struct fair_err *err) FAIR_MUST_CHECK;
/* Another organisation with its first owner (NULL: none), both or neither; u->id is set.  FAIR_CONFLICT: the address is taken. */
fair_status fair_store_org_begin(const struct fair_desk *d, fair_str name, struct fair_user *u, fair_id *id, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_org_first(struct fair_store *st, struct fair_arena *a, struct fair_org *out, struct fair_err *err) FAIR_MUST_CHECK;

/* Every organisation of the installation, the first first: for the installation's own work alone. */
fair_status fair_store_orgs(struct fair_store *st, FAIR_EACH(fair_org), struct fair_err *err) FAIR_MUST_CHECK;

struct fair_user {
    fair_id id, org;
    fair_str email, name;
    fair_str role;            /* a code of fair_roles                              */
    fair_str password;        /* libsodium's argon2id string; absent: none set yet */
    bool disabled;
    fair_time created;
    bool second_factor;       /* out: one is in force */
    fair_str countries;       /* of counsel: where they may act, "AT DE"; an owner or admin enters it */
};
/* "at, DE" as "AT DE"; absent or empty: none.  FAIR_INVALID. */
fair_status fair_store_countries_read(struct fair_arena *a, fair_str given, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;
/* Is the account open, and does this country stand in it? */
bool fair_store_user_of_country(const struct fair_user *u, fair_str country);
fair_status fair_store_user_add(const struct fair_desk *d, struct fair_user *u, struct fair_err *err) FAIR_MUST_CHECK;  /* FAIR_CONFLICT: the address is taken */
fair_status fair_store_user_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_user *out, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_user_by_email(struct fair_store *st, fair_str email, struct fair_arena *a, struct fair_user *out, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_user_set(const struct fair_desk *d, const struct fair_user *u, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_users(const struct fair_desk *d, FAIR_EACH(fair_user), struct fair_err *err) FAIR_MUST_CHECK;

/* A session or a one-time sign-in link, known by the SHA-256 of its secret. */
struct fair_session_row { fair_id id, org, user; struct fair_sha256 secret; fair_str csrf; fair_time created, expires, seen; fair_str agent, peer; /* what it is known by */ };
fair_status fair_store_session_add(const struct fair_desk *d, struct fair_session_row *s, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_session_by_secret(struct fair_store *st, const struct fair_sha256 *secret, fair_time now, struct fair_arena *a, struct fair_session_row *out, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_session_remove(const struct fair_desk *d, fair_id id, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_sessions_remove_all(const struct fair_desk *d, fair_id user, struct fair_err *err) FAIR_MUST_CHECK;
/* What is signed in as this account, last seen first; one is ended by its id (FAIR_NOT_FOUND). */
fair_status fair_store_sessions(const struct fair_desk *d, fair_id user, fair_time now, FAIR_EACH(fair_session_row), struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_session_end(const struct fair_desk *d, fair_id user, fair_id id, struct fair_err *err) FAIR_MUST_CHECK;
/* Take the password, every session, token and link of an account away: a new link lets its owner choose another. */
fair_status fair_store_password_reset(const struct fair_desk *d, fair_id user, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;

/* The second factor of signing in: a secret for time-based codes, in force once confirmed.  The secret is sealed by whoever gives it
 * (web/factor_seal.c): the store keeps bytes. */
struct fair_factor { fair_str secret; fair_time created, confirmed; int64_t last_step, codes_left; };
struct fair_recovery_code { fair_str mark, hash; };
fair_status fair_store_factor_get(const struct fair_desk *d, fair_id user, struct fair_arena *a, struct fair_factor *out, struct fair_err *err) FAIR_MUST_CHECK;
/* A new secret in the place of an unconfirmed one; FAIR_CONFLICT: one is in force. */
fair_status fair_store_factor_begin(const struct fair_desk *d, fair_id user, fair_str secret, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* In force from now on; `step` is that of the code that was shown. */
fair_status fair_store_factor_confirm(const struct fair_desk *d, fair_id user, int64_t step, const struct fair_recovery_code *codes, size_t n, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* The step's code is taken: FAIR_CONFLICT when it or a later one was already. */
fair_status fair_store_factor_step(const struct fair_desk *d, fair_id user, int64_t step, struct fair_err *err) FAIR_MUST_CHECK;
/* Every one of the installation; and the same sealed anew, unless it is another by now. */
fair_status fair_store_factors(struct fair_store *st, fair_status (*each)(void *arg, fair_id org, fair_id user, fair_str secret, struct fair_err *err), void *arg, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_factor_reseal(const struct fair_desk *d, fair_id user, fair_str was, fair_str is, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_factor_off(const struct fair_desk *d, fair_id user, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* Recovery codes: all anew; the unused one that begins with `mark`; used up (FAIR_CONFLICT: it was). */
fair_status fair_store_recovery_put(const struct fair_desk *d, fair_id user, const struct fair_recovery_code *codes, size_t n, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_recovery_get(const struct fair_desk *d, fair_id user, fair_str mark, struct fair_arena *a, fair_id *id, fair_str *hash, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_recovery_use(const struct fair_desk *d, fair_id id, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_link_add(const struct fair_desk *d, fair_id user, const struct fair_sha256 *secret, fair_time expires, struct fair_err *err) FAIR_MUST_CHECK;
/* Uses it up: FAIR_NOT_FOUND when unknown, used or over. */
fair_status fair_store_link_use(struct fair_store *st, const struct fair_sha256 *secret, fair_time now, fair_id *org, fair_id *user, struct fair_err *err) FAIR_MUST_CHECK;
/* Failed sign-ins for an address or peer since `since`, for the brake. */
fair_status fair_store_signin_failed(struct fair_store *st, fair_str who, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_signin_failures(struct fair_store *st, fair_str who, fair_time since, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- who may do what (roles.c) ----------------------------------------- */
/* A deed is what a role may do or may not.  Every route (web/routes.c) and every verb (cli/main.c) names
 * one; which roles may do it stands in one table, fair_deeds, that docs/roles.md shows in full. */
enum fair_deed {
    FAIR_DEED_UNSAID,         /* named by mistake only: nobody may                 */
    FAIR_DEED_ANYONE,         /* needs no account: sign-in, assets, the portal     */
    FAIR_DEED_ACCOUNT,        /* one's own account                                 */
    FAIR_DEED_LOOK,           /* see what the organisation has                     */
    FAIR_DEED_DECIDE,         /* on hits                                           */
    FAIR_DEED_CATALOGUE,      /* works, scans, watches                             */
    FAIR_DEED_CASES,          /* owners, licences, evidence, cases, letters        */
    FAIR_DEED_MOVE,           /* moves of a case: which, the engine says by role      */
    FAIR_DEED_REVIEW,         /* the second look at letters, disputes, appeals     */
    FAIR_DEED_SENSITIVE,      /* read notes on hardship                            */
    FAIR_DEED_AUDIT,          /* who did what                                      */
    FAIR_DEED_PRIVACY,        /* legal holds, forgetting, and what people ask about their data */
    FAIR_DEED_PEOPLE,         /* accounts of the organisation                      */
    FAIR_DEED_INSTALL,        /* the installation: for the first organisation only */
    FAIR_DEEDS
};
struct fair_role_row { const char *code, *name, *words; };
struct fair_deed_row { const char *name, *words; unsigned roles; /* bit i: fair_roles[i] may */ bool first_org; };
extern const struct fair_role_row fair_roles[];
extern const size_t fair_n_roles;
extern const struct fair_deed_row fair_deeds[FAIR_DEEDS];
const struct fair_role_row *fair_role_by_code(fair_str code);      /* NULL: there is none */
/* By the table alone; whoever asks for a deed of the first organisation also compares that. */
bool fair_role_may(fair_str role, enum fair_deed deed);
/* May somebody of this role make, change or sign in accounts of that one?  Only owners may owners'. */
bool fair_role_may_give(fair_str role, fair_str other);

/* ---- blobs: who refers to what in the vault --------------------------- */
/* Counted per organisation.  work_add, work_set_raw, hit_seen and seen_put count the
 * blobs that their rows name, and work_remove lets go of them, in the same
 * transaction: _ref and _drop are only for blobs that no such row names.
 * _drop says when nobody refers to it any more. */
fair_status fair_store_blob_ref(const struct fair_desk *d, const struct fair_sha256 *key, int64_t bytes, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_blob_drop(const struct fair_desk *d, const struct fair_sha256 *key, bool *nobody, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_blob_may_read(const struct fair_desk *d, const struct fair_sha256 *key, bool *may, struct fair_err *err) FAIR_MUST_CHECK;
/* Does another organisation refer to it? */
fair_status fair_store_blob_elsewhere(const struct fair_desk *d, const struct fair_sha256 *key, bool *others, struct fair_err *err) FAIR_MUST_CHECK;
/* Blobs that nobody refers to any more: `erase` each from the vault (FAIR_OK also where it was not there).
 * For doctor: not while another process registers works, whose blobs come before their rows. */
fair_status fair_store_blobs_unwanted(struct fair_store *st, fair_status (*erase)(void *arg, const struct fair_sha256 *key), void *arg, struct fair_err *err) FAIR_MUST_CHECK;

/* An organisation erases for itself: rows go on naming the blob and show the stone, the bytes may not be read any more,
 * and may not be registered again (FAIR_REFUSED with the stone's words).  *nobody: no other organisation refers to them,
 * so that the vault erases them too (fair_vault_erase), after this.  Once more on an erased blob only answers *nobody.
 * FAIR_INVALID: no reason; FAIR_NOT_FOUND: nothing of this organisation refers to it. */
fair_status fair_store_blob_erase(const struct fair_desk *d, const struct fair_sha256 *key, fair_str why, fair_time now, bool *nobody, struct fair_err *err) FAIR_MUST_CHECK;
/* Put anew knowingly: the stone is lifted and kept.  FAIR_NOT_FOUND: it was not erased. */
fair_status fair_store_blob_anew(const struct fair_desk *d, const struct fair_sha256 *key, fair_str why, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_erased { fair_time at; fair_id user; fair_str by, why; };
fair_status fair_store_stone(const struct fair_desk *d, const struct fair_sha256 *key, struct fair_arena *a, struct fair_erased *out, struct fair_err *err) FAIR_MUST_CHECK;
/* "the proof of work 17, the preview of hit 4": for doctor, across organisations; and for one organisation. */
fair_status fair_store_blob_named(struct fair_store *st, const struct fair_sha256 *key, struct fair_arena *a, fair_str *words, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_blob_named_here(const struct fair_desk *d, const struct fair_sha256 *key, struct fair_arena *a, fair_str *words, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- works ------------------------------------------------------------ */
struct fair_work {
    fair_id id, org, owner;   /* owner: a row of `owner`, 0 = the organisation itself */
    fair_str title, collection;
    fair_str path;            /* as registered: a path (bytes as they are) or a URL   */
    struct fair_sha256 sha256;/* of the original's bytes                             */
    int64_t bytes;
    bool referenced;          /* the original stays where it is; not in the vault     */
    fair_str format;          /* "jpeg" */
    int64_t width, height, orientation, quality;
    struct fair_sha256 thumb, preview, proof;       /* JPEGs of ours, in the vault    */
    struct fair_sha256 raw;   /* the RAW beside it, in the vault or none              */
    fair_str raw_path;
    fair_str creator, copyright, credit, date, rights_url, licensor, c2pa;
    fair_id near;             /* the near duplicate registered before it, or 0        */
    fair_time added, removed;
    fair_str fingerprint;     /* packed (fingerprint.h), only where asked for         */
    int64_t scheme;
};
/* Sets w->id unless given.  FAIR_CONFLICT: these bytes are registered; *same says as what. */
fair_status fair_store_work_add(const struct fair_desk *d, struct fair_work *w, fair_id *same, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_work_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_work *out, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_work_by_sha256(const struct fair_desk *d, const struct fair_sha256 *sha, struct fair_arena *a, struct fair_work *out, struct fair_err *err) FAIR_MUST_CHECK;
/* The proof picture of a work of whatever organisation, for the one search that goes across (competing claims); FAIR_NOT_FOUND. */
fair_status fair_store_work_proof(struct fair_store *st, fair_id work, struct fair_sha256 *proof, struct fair_err *err) FAIR_MUST_CHECK;
/* Registered under this path with these bytes' size and mtime? (resuming without reading the file again) */
fair_status fair_store_work_path_seen(const struct fair_desk *d, fair_str path, int64_t bytes, fair_time mtime, fair_id *work, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_work_path_note(const struct fair_desk *d, fair_str path, int64_t bytes, fair_time mtime, fair_id work, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_work_set_raw(const struct fair_desk *d, fair_id work, const struct fair_sha256 *raw, fair_str raw_path, struct fair_err *err) FAIR_MUST_CHECK;
/* A fingerprint taken anew: in the place of the old one. */
fair_status fair_store_work_set_fingerprint(const struct fair_desk *d, fair_id work, int64_t scheme, fair_str packed, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_work_remove(const struct fair_desk *d, fair_id id, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_work_filter { fair_str text, collection; fair_id after_id; bool with_fingerprint; struct fair_page page; };
/* By id; `text` is looked for in title, path, creator, copyright, collection. Removed works are left out. */
fair_status fair_store_works(const struct fair_desk *d, const struct fair_work_filter *f, FAIR_EACH(fair_work), struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_works_count(const struct fair_desk *d, const struct fair_work_filter *f, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;
/* When the work registered last was added; 0: there is none. */
fair_status fair_store_works_newest(const struct fair_desk *d, fair_time *at, struct fair_err *err) FAIR_MUST_CHECK;
/* Ids of works removed since, for the index's writer. */
fair_status fair_store_works_removed(const struct fair_desk *d, fair_time since, fair_status (*each)(void *arg, fair_id work, fair_time removed), void *arg, struct fair_err *err) FAIR_MUST_CHECK;

struct fair_owner { fair_id id; fair_str name, email; fair_time created; };
fair_status fair_store_owner_add(const struct fair_desk *d, struct fair_owner *o, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_owners(const struct fair_desk *d, FAIR_EACH(fair_owner), struct fair_err *err) FAIR_MUST_CHECK;

/* ---- what was seen out there ------------------------------------------ */
/* What the last fetch of a URL told, for conditional requests. */
struct fair_fetched { fair_str url, etag, last_modified, mime; struct fair_sha256 sha256; int64_t status, bytes; fair_time at; fair_str links; /* a page's, as JSON, kept while it is unchanged */ };
fair_status fair_store_fetched_get(const struct fair_desk *d, fair_str url, struct fair_arena *a, struct fair_fetched *out, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_fetched_put(const struct fair_desk *d, const struct fair_fetched *f, struct fair_err *err) FAIR_MUST_CHECK;

/* A picture's bytes once looked at: never decoded again while the scheme stays. */
struct fair_seen { struct fair_sha256 sha256; fair_str format; int64_t width, height, scheme; fair_str fault, fingerprint; struct fair_sha256 preview; fair_time at;
    struct fair_sha256 whole; /* as in fair_hit, or none */ };
fair_status fair_store_seen_get(const struct fair_desk *d, const struct fair_sha256 *sha, struct fair_arena *a, struct fair_seen *out, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_seen_put(const struct fair_desk *d, const struct fair_seen *s, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- runs: one scan of one target -------------------------------------- */
struct fair_run {
    fair_id id, watch; fair_str target; fair_time started, ended; fair_str state;   /* "running" "done" "partly" "failed" "stopped" */
    int64_t pages, pictures, unchanged, hits, hits_new, faults, bytes; fair_str error;
};
fair_status fair_store_run_begin(const struct fair_desk *d, struct fair_run *r, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_run_put(const struct fair_desk *d, const struct fair_run *r, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_run_fault(const struct fair_desk *d, fair_id run, fair_str where, fair_str text, fair_time at, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_fault { fair_id run; fair_str where, text; fair_time at; };
fair_status fair_store_run_faults(const struct fair_desk *d, fair_id run, struct fair_page page, FAIR_EACH(fair_fault), struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_runs(const struct fair_desk *d, fair_id watch /* 0 = all */, struct fair_page page, FAIR_EACH(fair_run), struct fair_err *err) FAIR_MUST_CHECK;

/* A crawl's frontier, so that kill -9 loses nothing: URLs of one run and whether they are done. */
fair_status fair_store_frontier_add(const struct fair_desk *d, fair_id run, fair_str url, fair_str kind /* "page" "picture" */, fair_str context /* JSON */, int64_t depth, bool *added, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_frontier { fair_id id; fair_str url, kind, context; int64_t depth; };
fair_status fair_store_frontier_open(const struct fair_desk *d, fair_id run, int64_t limit, FAIR_EACH(fair_frontier), struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_frontier_done(const struct fair_desk *d, fair_id run, fair_id id, struct fair_err *err) FAIR_MUST_CHECK;
/* The unfinished run of this target, to be taken up again; FAIR_NOT_FOUND. */
fair_status fair_store_run_unfinished(const struct fair_desk *d, fair_str target, struct fair_arena *a, struct fair_run *out, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- hits ---------------------------------------------------------------- */
struct fair_hit {
    fair_id id, work, run;
    fair_str page_url, image_url, site;      /* site: registrable domain, "files" for folders */
    fair_str place;           /* via: "img" "srcset" "css" "og" "file" "warc" ...            */
    fair_str alt;
    struct fair_sha256 sha256, preview;      /* of the bytes found; our JPEG of it           */
    int64_t width, height;    /* of the picture found                                        */
    double score;
    fair_str verdict;         /* "match" "possible" "same_scene"                             */
    double box[4], work_box[4], map[6];
    bool has_map, mirrored;
    int64_t bits, agree;
    double rotation, scale, covers, residual;
    fair_str words;           /* the reasons, a JSON array of sentences                      */
    fair_str source;          /* JSON {"file","offset","length","record"} or absent          */
    fair_str state;           /* "inbox" "pursue" "ignored" "not_a_match"                    */
    fair_id decision;         /* the latest, 0 = none                                        */
    fair_time first_seen, last_seen, gone, announced;
    fair_str work_title;      /* joined, on the way out                                      */
    struct fair_sha256 work_thumb;
    struct fair_sha256 whole; /* the 256 bits of the picture found (fingerprint.h, whole[0], as
                               * they lie in memory), or none: a rejected pair is known by them
                               * again when the picture comes back encoded anew             */
    fair_str operator;        /* who answers for the site; absent: the site                  */
    fair_id rule;             /* out: the rule that gave it its state, 0 = none              */
    fair_time until;          /* out: then it comes back to the inbox, 0 = not by itself     */
};
/* A sighting, at h->last_seen (0: now).  The same use (work, page, image: give canonical URLs) seen
 * again is the same hit: last_seen, score and reasons are brought up to date, the decision stays,
 * and if it was gone it is there again.  A rule that covers it (ignored domain, licensed use,
 * rejected pair, ...) gives a new hit, or one that nobody decided on, its state at once.
 * Sets h->id, state, decision, first_seen; *fresh: it was not known.
 * FAIR_NOT_FOUND: the work is not, or no longer, registered. */
fair_status fair_store_hit_seen(const struct fair_desk *d, struct fair_hit *h, bool *fresh, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_hit_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_hit *out, struct fair_err *err) FAIR_MUST_CHECK;
/* What was found of a picture, known by its bytes, where it stands already: of each work the hit seen last, works removed left out.
 * Every column is filled as by fair_store_hit_get. */
fair_status fair_store_hits_of(const struct fair_desk *d, const struct fair_sha256 *sha, FAIR_EACH(fair_hit), struct fair_err *err) FAIR_MUST_CHECK;
struct fair_hit_filter { fair_str state, site, verdict, text; fair_id work, run; fair_time since; struct fair_page page; };
/* Best first: match before possible before same_scene, then score, then id.  `since`: first seen since;
 * `run`: last seen by that run.  Hits of removed works are left out. */
fair_status fair_store_hits(const struct fair_desk *d, const struct fair_hit_filter *f, FAIR_EACH(fair_hit), struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_hits_count(const struct fair_desk *d, const struct fair_hit_filter *f, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;
/* Grouped by site: how many in the filter, the best score, the newest. */
struct fair_site { fair_str site; int64_t hits, inbox, works; double best; fair_time newest; };
fair_status fair_store_hit_sites(const struct fair_desk *d, const struct fair_hit_filter *f, FAIR_EACH(fair_site), struct fair_err *err) FAIR_MUST_CHECK;
/* Uses of this target that the finished run no longer saw are marked gone: those on the page that the
 * run read anew, or, without a page, on all pages where an earlier run of the same target saw them. */
fair_status fair_store_hits_gone(const struct fair_desk *d, fair_id run, fair_str page_url, fair_time now, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;
/* The page answered that it had not changed: its uses are seen by this run too. */
fair_status fair_store_hits_still(const struct fair_desk *d, fair_id run, fair_str page_url, fair_time now, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;
/* Decisions whose date has passed: the hits come back to the inbox, unless another rule covers them.
 * Across organisations; fair_store_watches_due does it too. */
fair_status fair_store_hits_reopen(struct fair_store *st, fair_time now, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;
/* New hits in the inbox that nobody was told of; and: they were told. */
fair_status fair_store_hits_announce(const struct fair_desk *d, fair_time now, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- decisions ------------------------------------------------------------ */
/* The 17 reasons of spec/ignore_reasons.tsv, in share/ignore_reasons.tsv, embedded. */
struct fair_ignore_reason { const char *code, *needs, *default_scope, *reopens, *words; };
extern const struct fair_ignore_reason fair_ignore_reasons[];
extern const size_t fair_n_ignore_reasons;    /* 17 */
const struct fair_ignore_reason *fair_ignore_reason_by_code(fair_str code);   /* NULL */
/* Scopes: "hit" "page" "domain" "work+domain" "work" "pair" "work+operator" "operator". */
bool fair_ignore_scope_valid(fair_str scope);

struct fair_decision {
    fair_id id, hit, user;
    fair_str what;            /* "pursue" "ignore" "not_a_match" "reopen"         */
    fair_str reason, scope, note;
    fair_time until;          /* 0 = for good                                    */
    fair_time at;
    int64_t covered;          /* out: other hits that it moved at once           */
    fair_str user_name;
    fair_str sub;             /* of not_a_match: "a" same subject, "b" template or logo, "c" both derived
                               * from a third picture; absent: the note's first letter, or a           */
};
/* Writes the decision, the hit's state, the rule that remembers it, and moves the other open hits it
 * covers, as one.  Fills what was left open: id, at, reason (not_a_match), scope (the reason's; for
 * a file in a folder a page instead of a domain), sub, covered.
 *   pursue   this hit alone; a pair that was rejected no longer is
 *   ignore   needs a reason, and the note it needs
 *   not_a_match  the same as ignore with that reason
 *   reopen   this hit comes back to the inbox, with what shared its rejected pair; with a wider scope
 *            the rules of that scope that cover it end, and what they alone held comes back
 * FAIR_INVALID: unknown code, a reason that lacks what it needs (the note), a
 * scope that is none, a date that has passed; text fit to show.  FAIR_NOT_FOUND: no such hit. */
fair_status fair_store_decide(const struct fair_desk *d, struct fair_decision *x, struct fair_err *err) FAIR_MUST_CHECK;
/* What was decided on this hit, and elsewhere but covered it, oldest first. */
fair_status fair_store_decisions(const struct fair_desk *d, fair_id hit, FAIR_EACH(fair_decision), struct fair_err *err) FAIR_MUST_CHECK;
/* What is remembered for uses to come ("hit" is remembered by the hit itself): the rules in force, oldest
 * first.  Removing one brings back what it alone held.  hit: the one it was decided on. */
struct fair_rule { fair_id id, hit, work, user; fair_str scope, what, reason, note, site, page_url; fair_time until, at; };
fair_status fair_store_rules(const struct fair_desk *d, FAIR_EACH(fair_rule), struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_rule_remove(const struct fair_desk *d, fair_id id, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- watches ---------------------------------------------------------------- */
struct fair_watch { fair_id id; fair_str target; int64_t every_s; bool paused; fair_time created, next, last; fair_str state, error; int64_t failures; fair_id last_run; };
fair_status fair_store_watch_add(const struct fair_desk *d, struct fair_watch *w, struct fair_err *err) FAIR_MUST_CHECK;  /* FAIR_CONFLICT: watched already */
fair_status fair_store_watch_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_watch *out, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_watch_put(const struct fair_desk *d, const struct fair_watch *w, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_watch_remove(const struct fair_desk *d, fair_id id, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_watches(const struct fair_desk *d, FAIR_EACH(fair_watch), struct fair_err *err) FAIR_MUST_CHECK;
/* Ask for a job for every watch that is due and has none: kind "watch", once "watch ID", args {"watch":ID}.
 * Its `next` moves one step on at once, so that a look is asked for once each time.  Also reopens
 * hits whose date has passed.  Across organisations: the scheduler's, every few seconds. */
fair_status fair_store_watches_due(struct fair_store *st, fair_time now, int64_t *asked, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- jobs -------------------------------------------------------------------- */
/* Ask for a job.  `once` names it: while one of that name waits or runs, asking
 * again does nothing.  Call it inside the fair_store_do that makes it needful.
 * Also writes the outbox row that a stream would carry. */
fair_status fair_store_job_ask(const struct fair_desk *d, const char *kind, fair_str once, fair_str args, fair_time not_before, struct fair_err *err) FAIR_MUST_CHECK;
/* Does a job of this name wait or run? */
fair_status fair_store_job_asked(const struct fair_desk *d, fair_str once, bool *is, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_job { fair_id id, org, user; fair_str kind, once, args; int64_t attempt, lease; fair_time lease_until, asked; fair_str state, error; };
/* Lease up to `n` due jobs of any organisation for lease_s seconds into out[n].  A lease has a number; settling needs it.
 * A job whose lease ran out is due again; after 5 attempts it is set aside instead. */
fair_status fair_store_job_lease(struct fair_store *st, fair_time now, int64_t lease_s, int64_t n, struct fair_arena *a, struct fair_job *out, size_t *got, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_job_extend(struct fair_store *st, fair_id id, int64_t lease, fair_time until, struct fair_err *err) FAIR_MUST_CHECK;
/* state "done"; "waiting" (again at `not_before`); "aside" (a person must look).  With an error "waiting" is a
 * failed attempt: not_before 0 waits fair_store_job_backoff_s, and the fifth sets it aside; without one it only asks
 * to be woken.  FAIR_CONFLICT: the lease ran out and another has it, or it was settled; nothing was settled. */
fair_status fair_store_job_settle(struct fair_store *st, fair_id id, int64_t lease, const char *state, fair_time not_before, fair_str error, struct fair_err *err) FAIR_MUST_CHECK;
int64_t fair_store_job_backoff_s(int64_t attempt);      /* 60 s, then 4 times as long each time, 6 h at most */
fair_status fair_store_jobs(const struct fair_desk *d, fair_str state, struct fair_page page, FAIR_EACH(fair_job), struct fair_err *err) FAIR_MUST_CHECK;

/* ---- settings, health, backup ------------------------------------------------ */
fair_status fair_store_setting_get(const struct fair_desk *d, fair_str key, struct fair_arena *a, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_setting_put(const struct fair_desk *d, fair_str key, fair_str value, struct fair_err *err) FAIR_MUST_CHECK;

/* `words`: "sound", or a line for each thing that is wrong.  audit_sound: the chain of what people did is unbroken.
 * cases_sound: so are those of all cases, and each case stands where its events lead. */
struct fair_store_health { int64_t schema, schema_known; bool sound, foreign_keys_sound, wal, audit_sound, cases_sound; fair_str words; int64_t bytes, audit_rows, case_events; };
fair_status fair_store_health(struct fair_store *st, struct fair_arena *a, struct fair_store_health *out, struct fair_err *err) FAIR_MUST_CHECK;
/* A consistent copy while others write (SQLite's backup API); the file must not exist. */
fair_status fair_store_backup(struct fair_store *st, const char *path, struct fair_err *err) FAIR_MUST_CHECK;
/* After erasing: nothing of it stays in the journal beside the file, as far as others who read allow it now. */
void fair_store_settle(struct fair_store *st);
/* Every blob key any row refers to, for doctor and backup. */
fair_status fair_store_blobs(struct fair_store *st, fair_status (*each)(void *arg, const struct fair_sha256 *key), void *arg, struct fair_err *err) FAIR_MUST_CHECK;

#endif
