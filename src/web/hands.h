/* web/hands.h - what pages have done for them beyond rows and blobs, by whoever serves them.
 *
 * The room of work may not be included here (docs/adr/0130, 0134): the command that serves the pages gives these
 * functions, which are the ones its verbs call.  Each acts as the desk, in the calling thread.  Where a page needs one
 * that is not there, it says so. */
#ifndef FAIR_WEB_HANDS_H
#define FAIR_WEB_HANDS_H
#include <jansson.h>
#include "cases/letters.h"
#include "store/answer_rows.h"
#include "store/mail_rows.h"
#include "store/store.h"

enum { FAIR_WEB_FILES = 20 };

/* A file that a stranger sent.  Its name and type are their words; bytes absent: only told of. */
struct fair_web_file { fair_str name, type, bytes; int64_t size; };

struct fair_licence;
struct fair_web_ledger_line { int64_t line; const char *fault; bool known; const struct fair_licence *l; };      /* as in work/ledger.h */
struct fair_web_ledger_sum { int64_t lines, good, known, faults, added, covered; };

struct fair_web_hands {
    void *arg;
    /* Draft a case's letter for a person to read; `again`: make this draft anew.  `more`: what a person adds.
     * FAIR_INVALID: facts are missing, all named; FAIR_REFUSED: no law's letters for that country, it has left already. */
    fair_status (*draft)(void *arg, const struct fair_desk *d, fair_id case_id, fair_str step, fair_str language, fair_id again,
                         const struct fair_letter_facts *more, fair_time now, struct fair_arena *a, fair_id *notice, struct fair_err *err);
    /* Open what a recipient sent, sealed as it is kept.  *said is the caller's, {"action","fields",...}. */
    fair_status (*answer)(void *arg, const struct fair_desk *d, const struct fair_portal_answer *x, struct fair_arena *a, json_t **said,
                          struct fair_web_file files[FAIR_WEB_FILES], size_t *n, struct fair_err *err);
    /* Read a mail, by the confined helper.  *text: its plain text; *whole: the mail as it came. */
    fair_status (*mail)(void *arg, const struct fair_desk *d, const struct fair_mail_in *x, struct fair_arena *a, fair_str *text,
                        struct fair_web_file files[FAIR_WEB_FILES], size_t *n, struct fair_web_file *whole, struct fair_err *err);
    /* A picture that a stranger sent, as a JPEG that the confined decoder made of it.  FAIR_INVALID: it is none. */
    fair_status (*picture)(void *arg, fair_str bytes, struct fair_arena *a, fair_str *jpeg, struct fair_err *err);
    /* The two pictures of a hit laid on each other, as a PNG, as large as the work's preview: grey where they are alike, red where more differs than one change of
     * tones explains; or, `straight`, the picture found alone, in grey, turned back and unbent until it lies as the work does.  Blue where the picture found does not
     * show the work.  FAIR_NOT_FOUND: one of the two is not kept, or they do not lie on each other. */
    fair_status (*drawn)(void *arg, const struct fair_desk *d, const struct fair_hit *hit, bool straight, struct fair_arena *a, fair_str *png, struct fair_err *err);
    /* Put the sealed packages of a case that were last looked at before `since` to the verifier (work/recheck.h). */
    fair_status (*recheck)(void *arg, const struct fair_desk *d, fair_id case_id, fair_time since, fair_time now, struct fair_err *err);
    /* A sealed package as a file, or its exhibits as a PDF; custody gets a line.  FAIR_AGAIN: it is not sealed yet. */
    fair_status (*package)(void *arg, const struct fair_desk *d, fair_id package, bool pdf, struct fair_arena *a, fair_str *bytes, struct fair_err *err);
    /* The ledger as a table or as ODRL; a table into the ledger, or what it would be (apply false). */
    fair_status (*ledger)(void *arg, const struct fair_desk *d, bool odrl, struct fair_arena *a, fair_str *out, struct fair_err *err);
    fair_status (*ledger_in)(void *arg, const struct fair_desk *d, fair_str bytes, bool apply, fair_time now,
                             fair_status (*told)(void *with, const struct fair_web_ledger_line *l, struct fair_err *err), void *with,
                             struct fair_web_ledger_sum *sum, struct fair_err *err);
};

#endif
