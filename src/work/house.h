/* work/house.h - a home and everything in it: what verbs and jobs reach the world through. */
#ifndef FAIR_WORK_HOUSE_H
#define FAIR_WORK_HOUSE_H
#include "base/config.h"
#include "index/index.h"
#include "store/store.h"
#include "vault/vault.h"
#include "work/decoder.h"
#include "work/fetcher.h"

struct fair_proofs;
void fair_proofs_free(struct fair_proofs **p);

/* The home is one folder:
 *   fairtrack.conf  db  vault/  index/  keys/  serve.lock
 * Each part is opened when first asked for, so that `inspect` starts no database and `hits` no decoder. */
struct fair_house {
    struct fair_arena *arena;         /* lives as long as the house                      */
    fair_str home;                    /* absolute, or as given                           */
    struct fair_config config;
    struct fair_store *store;
    struct fair_desk desk;            /* the organisation in use and the acting user     */
    struct fair_vault *vault;
    struct fair_index *index;
    struct fair_decoders *decoders;
    struct fair_fetcher *fetcher;
    struct fair_proofs *proofs;       /* the works' proofs, decoded; work/match.c            */
    bool index_writer;
    int serve_lock;                   /* -1 unless held                                  */
};

/* Make the home: folders (0700), a commented fairtrack.conf, the database, the first
 * organisation and the first account ("owner", without a password yet).  A home that is there
 * already is left as it is: FAIR_CONFLICT. */
fair_status fair_house_init(const char *home, fair_str org_name, fair_str email, struct fair_err *err) FAIR_MUST_CHECK;

/* Open the home: its settings and its store.  FAIR_NOT_FOUND: "no home at ...: run fairtrack init";
 * FAIR_REFUSED: a database of a newer version.  The desk is the first organisation's, user 0. */
fair_status fair_house_open(const char *home, struct fair_house *out, struct fair_err *err) FAIR_MUST_CHECK;
/* The same home, opened anew for another thread: nothing is shared but what does not change. */
fair_status fair_house_like(const struct fair_house *h, struct fair_house *out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_house_close(struct fair_house *h);

/* `work` with the desk of each organisation in turn, as the system; the desk is then as it was. */
fair_status fair_house_each_org(struct fair_house *h, fair_status (*work)(struct fair_house *h, void *arg, struct fair_err *err), void *arg,
                                struct fair_err *err) FAIR_MUST_CHECK;

/* The parts, opened at the first call. */
fair_status fair_house_vault(struct fair_house *h, struct fair_err *err) FAIR_MUST_CHECK;
/* The index, mapped afresh, with the store's works that its writer has not seen put
 * in the tail of this process's memory: whoever asks sees every registered work. */
fair_status fair_house_index(struct fair_house *h, struct fair_err *err) FAIR_MUST_CHECK;
/* Become the index's writer if nobody is, and bring it up to date with the store; when
 * another process writes, that is its work: FAIR_OK and nothing done. */
fair_status fair_house_index_catch_up(struct fair_house *h, struct fair_err *err) FAIR_MUST_CHECK;
/* How many works the organisations have registered, all together: as many as the index holds. */
fair_status fair_house_works(struct fair_house *h, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;
/* Build the index anew from the store; FAIR_AGAIN while another process writes. */
fair_status fair_house_reindex(struct fair_house *h, uint64_t *works, struct fair_err *err) FAIR_MUST_CHECK;
/* A work's original, from the vault or from where it was left.  FAIR_CORRUPT: it is no longer the file that was
 * registered; FAIR_IO, FAIR_NOT_FOUND: it is gone. */
fair_status fair_house_original(struct fair_house *h, const struct fair_work *w, struct fair_arena *a, fair_str *bytes, struct fair_err *err) FAIR_MUST_CHECK;
/* Take every work's fingerprint anew from its original, in the vault or where it was left; `told`
 * hears of each that could not be read, and its old fingerprint stays. */
struct fair_retake_sum { int64_t works, retaken, faults; };
fair_status fair_house_retake(struct fair_house *h, void (*told)(void *arg, fair_id work, const char *words), void *arg,
                              struct fair_retake_sum *sum, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_house_decoders(struct fair_house *h, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_house_fetcher(struct fair_house *h, struct fair_err *err) FAIR_MUST_CHECK;
/* A fetcher that reaches one service of the settings and nothing else, wherever it lies; `url` is its address.  `a` outlives it. */
fair_status fair_house_service(struct fair_house *h, fair_str url, size_t max_bytes, struct fair_arena *a, struct fair_fetcher **out, struct fair_err *err) FAIR_MUST_CHECK;

/* Limits for decoders and fetches from the settings (also without a home: the defaults). */
void fair_house_decoder_limits(const struct fair_config *c, struct fair_decoder_limits *out);
void fair_house_fetch_limits(const struct fair_config *c, struct fair_fetch_limits *out);

/* Hold serve.lock; FAIR_REFUSED while another `fairtrack serve` has this home. */
fair_status fair_house_lock_serve(struct fair_house *h, struct fair_err *err) FAIR_MUST_CHECK;

/* Keep a blob and count the desk's reference to it, in this order. */
fair_status fair_house_keep(struct fair_house *h, fair_str bytes, struct fair_sha256 *key, struct fair_err *err) FAIR_MUST_CHECK;

/* The address people use: web.public_url, else http:// and web.listen. */
fair_str fair_house_base_url(const struct fair_house *h, struct fair_arena *a);

/* Erase a blob for the desk's organisation, with a stone; its bytes go unless another organisation refers to them (*kept).
 * A kill between row and vault leaves the bytes, which `doctor --vault` tells; the same call again ends it. */
fair_status fair_house_erase(struct fair_house *h, const struct fair_sha256 *key, fair_str why, bool *kept, struct fair_err *err) FAIR_MUST_CHECK;
/* Put erased bytes anew, knowingly.  FAIR_NOT_FOUND: they were not erased. */
fair_status fair_house_anew(struct fair_house *h, fair_str bytes, fair_str why, struct fair_sha256 *key, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- backup ---- */
/* A consistent copy of the home in the new folder `dir`: db, vault/, fairtrack.conf, keys/, and a
 * MANIFEST that names each file's SHA-256.  Others may go on using the home. */
struct fair_backup_sum { int64_t blobs, bytes, missing, erased; };
fair_status fair_house_backup(struct fair_house *h, const char *dir, struct fair_backup_sum *sum, struct fair_err *err) FAIR_MUST_CHECK;
/* Make the home from such a folder, checking every file against the MANIFEST; FAIR_CONFLICT
 * where a home is already, FAIR_CORRUPT names the file.  The index is built anew.  Who was erased (work/person.h) is erased again: by the list in the
 * backup, and by the newer one `erasures` (NULL: there is none). */
fair_status fair_house_restore(const char *dir, const char *home, const char *erasures, struct fair_backup_sum *sum, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- self-check ---- */
enum fair_health { FAIR_HEALTH_OK, FAIR_HEALTH_WARN, FAIR_HEALTH_BAD };
/* Look at every part of the home and the machine and tell each finding in a line; `deep`
 * reads every blob.  The words say what to do.  Returns the worst in *worst. */
fair_status fair_house_check(struct fair_house *h, bool deep, void (*tell)(void *arg, enum fair_health how, const char *what, const char *words),
                             void *arg, enum fair_health *worst, struct fair_err *err) FAIR_MUST_CHECK;

/* What is wrong in the vault, blob by blob. */
enum fair_rot_kind {
    FAIR_ROT_CHANGED,         /* a byte flipped, cut, written over                          */
    FAIR_ROT_UNREADABLE,      /* the disk or the store refuses it                           */
    FAIR_ROT_MISSING,         /* a row names it, no stone lies there                        */
    FAIR_ROT_ERASED,          /* bytes beside their stone: an erasure broke off, or somebody put them back */
    FAIR_ROT_EXTRA,           /* nothing refers to it: space, no harm                       */
    FAIR_N_ROTS
};
struct fair_rot { enum fair_rot_kind kind; struct fair_sha256 key; fair_str named; const char *words; };
struct fair_rot_sum { int64_t blobs, bytes, stones, n[FAIR_N_ROTS]; };
/* Read every blob of the vault and compare with its name and with the rows. */
fair_status fair_house_rot(struct fair_house *h, void (*told)(void *arg, const struct fair_rot *r), void *arg, struct fair_rot_sum *sum, struct fair_err *err) FAIR_MUST_CHECK;

#endif
