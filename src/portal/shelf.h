/* portal/shelf.h - the folder that the portal lives from: sealed copies of notices, the links to them, and answers on their way home.
 *
 * The home writes notices and links and takes answers away; the portal reads notices and leaves answers.  Both may be on
 * one machine or on two.  docs/formats/portal-folder.md describes it.  Nothing in it can open an answer, and no link can
 * be made from it: of a link's secret only the SHA-256 is kept. */
#ifndef FAIR_PORTAL_SHELF_H
#define FAIR_PORTAL_SHELF_H
#include "base/clock.h"
#include "base/digest.h"

enum {
    FAIR_NOTICE_ID_MAX = 40,              /* A-Z 0-9 -                                              */
    FAIR_LINK_SECRET = 43,                /* characters: 32 random bytes as base64url               */
    FAIR_NOTICE_JSON_MAX = 1024 * 1024,
    FAIR_NOTICE_FILE_MAX = 64 * 1024 * 1024,
    FAIR_NOTICE_FILES = 64,
    FAIR_ANSWER_MAX = 22 * 1024 * 1024,   /* sealed                                                 */
    FAIR_ANSWERS_WAITING = 60,            /* of one notice, before the home has taken them          */
    FAIR_DOWNLOADS_WAITING = 60,          /* the same of downloads; more are not written down       */
    FAIR_PUBLIC_MAX = 256 * 1024          /* a public page's facts                                  */
};

struct fair_shelf { fair_str dir; struct fair_arena *arena; };

/* `dir` is made if missing (0700).  The texts live in `a`. */
fair_status fair_shelf_open(const char *dir, struct fair_arena *a, struct fair_shelf *out, struct fair_err *err) FAIR_MUST_CHECK;

bool fair_notice_id_ok(fair_str id);
bool fair_link_secret_ok(fair_str secret);
/* A file's name: a-z 0-9 . - and no dot first, at most 60. */
bool fair_shelf_name_ok(fair_str name);

/* ---- the home's side ---- */

/* A notice whole: its JSON and its files; what it had before and has no longer is removed, what is the same is left untouched.
 * A file whose bytes are absent is there already and stays.  FAIR_INVALID: a name, an id; FAIR_NOT_FOUND: a file that should stay is not there. */
struct fair_shelf_file { fair_str name, bytes; };
fair_status fair_shelf_notice_put(const struct fair_shelf *s, fair_str id, fair_str json, const struct fair_shelf_file *files, size_t n,
                                  struct fair_err *err) FAIR_MUST_CHECK;
/* Its JSON alone: a clock that stopped, an answer that was read. */
fair_status fair_shelf_notice_update(const struct fair_shelf *s, fair_str id, fair_str json, struct fair_err *err) FAIR_MUST_CHECK;
/* Gone, with its links and answers; FAIR_NOT_FOUND. */
fair_status fair_shelf_notice_remove(const struct fair_shelf *s, fair_str id, struct fair_err *err) FAIR_MUST_CHECK;
/* A link to it: `secret` opens it until `expires`. */
fair_status fair_shelf_link_put(const struct fair_shelf *s, fair_str secret, fair_str id, fair_time expires, struct fair_err *err) FAIR_MUST_CHECK;
/* The same by what is kept of the secret: its SHA-256, hex. */
fair_status fair_shelf_link_put_hash(const struct fair_shelf *s, fair_str hash, fair_str id, fair_time expires, struct fair_err *err) FAIR_MUST_CHECK;
/* A fresh secret, FAIR_LINK_SECRET characters. */
fair_str fair_link_secret_new(struct fair_arena *a);
/* The key that answers are sealed to (portal/seal.h): 32 bytes. */
fair_status fair_shelf_key_put(const struct fair_shelf *s, const uint8_t key[32], struct fair_err *err) FAIR_MUST_CHECK;
/* Every answer that waits, oldest first; `name` is for fair_shelf_answer_remove.  Anything but FAIR_OK ends it and is returned. */
fair_status fair_shelf_answers(const struct fair_shelf *s, struct fair_arena *a,
                               fair_status (*each)(void *arg, fair_str notice, fair_str name, fair_str sealed, struct fair_err *err), void *arg,
                               struct fair_err *err) FAIR_MUST_CHECK;
/* The same by name alone (sealed is absent); and one. */
fair_status fair_shelf_answers_each(const struct fair_shelf *s, struct fair_arena *a,
                                    fair_status (*each)(void *arg, fair_str notice, fair_str name, fair_str sealed, struct fair_err *err), void *arg,
                                    struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_shelf_answer_get(const struct fair_shelf *s, fair_str notice, fair_str name, struct fair_arena *a, fair_str *sealed, struct fair_err *err) FAIR_MUST_CHECK;
/* Put one that was fetched from elsewhere; there already: no fault. */
fair_status fair_shelf_answer_bring(const struct fair_shelf *s, fair_str notice, fair_str name, fair_str sealed, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_shelf_answer_remove(const struct fair_shelf *s, fair_str notice, fair_str name, struct fair_err *err) FAIR_MUST_CHECK;
/* Does any answer to this notice wait?  Asked before anything is sent: an unread answer stops the clock. */
fair_status fair_shelf_answers_wait(const struct fair_shelf *s, fair_str notice, bool *wait, struct fair_err *err) FAIR_MUST_CHECK;

/* Downloads of evidence that wait to be written into its chain of custody, oldest first: which file, when, and `once` (32 hex digits),
 * which names this download.  Nothing of who it was is kept. */
struct fair_shelf_download { fair_str notice, name, file, once; fair_time at; };
fair_status fair_shelf_downloads(const struct fair_shelf *s, struct fair_arena *a, fair_status (*each)(void *arg, const struct fair_shelf_download *x, struct fair_err *err),
                                 void *arg, struct fair_err *err) FAIR_MUST_CHECK;
/* Put one that was fetched from elsewhere; there already: no fault. */
fair_status fair_shelf_download_bring(const struct fair_shelf *s, fair_str notice, fair_str name, fair_str file, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_shelf_download_remove(const struct fair_shelf *s, fair_str notice, fair_str name, struct fair_err *err) FAIR_MUST_CHECK;

/* One file of a notice, before the JSON that names it; and how large one is, its SHA-256 (FAIR_NOT_FOUND). */
fair_status fair_shelf_file_put(const struct fair_shelf *s, fair_str id, fair_str name, fair_str bytes, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_shelf_file_sum(const struct fair_shelf *s, fair_str id, fair_str name, int64_t *bytes, struct fair_sha256 *sha256, struct fair_err *err) FAIR_MUST_CHECK;
/* The names of a notice's files, sorted; none where there is no such notice. */
fair_status fair_shelf_files(const struct fair_shelf *s, fair_str id, struct fair_arena *a, fair_str **names, size_t *n, struct fair_err *err) FAIR_MUST_CHECK;

/* Facts of a page that is for everybody ("report", "terms"): public/NAME.json.  Absent json: it goes.  get: FAIR_NOT_FOUND. */
fair_status fair_shelf_public_put(const struct fair_shelf *s, fair_str name, fair_str json, struct fair_err *err) FAIR_MUST_CHECK;
bool fair_shelf_public_there(const struct fair_shelf *s, fair_str name);
fair_status fair_shelf_public_get(const struct fair_shelf *s, fair_str name, struct fair_arena *a, fair_str *json, struct fair_err *err) FAIR_MUST_CHECK;

/* The secret that home and portal share where they are two machines: home.secret, 64 hex digits.  `make`: made if missing. */
fair_status fair_shelf_door(const struct fair_shelf *s, struct fair_arena *a, bool make, fair_str *secret, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- the portal's side ---- */

/* Which notice does a link open?  FAIR_NOT_FOUND; FAIR_REFUSED: it has expired (*id is set, for a renewal). */
fair_status fair_shelf_link_find(const struct fair_shelf *s, fair_str secret, fair_time now, struct fair_arena *a, fair_str *id,
                                 fair_time *expires, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_shelf_notice_get(const struct fair_shelf *s, fair_str id, struct fair_arena *a, fair_str *json, struct fair_err *err) FAIR_MUST_CHECK;
/* A file of it, for sending; the caller closes *fd. */
fair_status fair_shelf_file_open(const struct fair_shelf *s, fair_str id, fair_str name, int *fd, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_shelf_key_get(const struct fair_shelf *s, uint8_t key[32], struct fair_err *err) FAIR_MUST_CHECK;
/* Leave a sealed answer; on disk when this returns.  `once`: 16 bytes that name it: the same form sent twice is one answer,
 * FAIR_CONFLICT.  FAIR_LIMIT: too many wait, or it is too large. */
fair_status fair_shelf_answer_put(const struct fair_shelf *s, fair_str id, fair_time at, const uint8_t once[16], fair_str sealed,
                                  struct fair_err *err) FAIR_MUST_CHECK;
/* Write down that a file was fetched now.  Over the limit, nothing is written and nothing fails. */
fair_status fair_shelf_download_add(const struct fair_shelf *s, fair_str id, fair_time at, const uint8_t once[16], fair_str file, struct fair_err *err) FAIR_MUST_CHECK;
/* What the portal may show of answers itself: a line each, "time action receipt", oldest first; empty if none. */
fair_status fair_shelf_receipt_add(const struct fair_shelf *s, fair_str id, fair_str line, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_shelf_receipts(const struct fair_shelf *s, fair_str id, struct fair_arena *a, fair_str *text, struct fair_err *err) FAIR_MUST_CHECK;

#endif
