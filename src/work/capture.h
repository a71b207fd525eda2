/* work/capture.h - a use as it stands on its page now: seen by a browser where there is one, with all that came with it. */
#ifndef FAIR_WORK_CAPTURE_H
#define FAIR_WORK_CAPTURE_H
#include "browser/visit.h"
#include "evidence/package.h"
#include "work/house.h"

#define FAIR_CAPTURE_SOFTWARE "Fairtrack 0.1.0"

/* A record for the archive; `with`: the place in the list, from 1, of the one it is concurrent to; 0: none. */
struct fair_capture_record { struct fair_warc_put put; size_t with; };

/* What became of the use, as this capture sees it:
 *   there        the picture stands on the page, the same bytes as when it was found
 *   picture      the work is still shown, by other bytes or under another address
 *   removed      the page answers and does not show the work
 *   page_gone    the page answers 404 or 410
 *   unreachable  no answer, or a fault of the server's: nothing follows from it      */
struct fair_capture {
    struct fair_capture_facts facts;
    fair_str found;
    fair_str found_words;                /* the same for people, with what was seen                    */
    fair_str credit;                     /* alt, title, caption and credit beside the picture, as one text; absent: none */
    bool with_browser;
    struct fair_visit visit;             /* with a browser                                             */
    struct fair_capture_record *records; size_t n_records;
    struct fair_package_file *files; size_t n_files;      /* exhibits/..., match/found.jpg             */
    fair_str markers;                    /* JSON: signs of a licence (store/capture_rows.h); absent: not looked for */
    fair_str picture;                    /* its bytes as served; absent: not got                       */
    fair_str picture_mime;
    fair_str page;                       /* HTML of the page: the DOM, or as served; absent: none      */
};

/* Capture the page of a hit.  `who`: the person who asks, for the facts; `stopped` may be NULL, and keeps the job's lease.
 * Whatever can be had is in *out, in the arena, and what could not in facts.notes.
 *   FAIR_INVALID  the hit is no page of the web (a file, a record of an archive)
 *   FAIR_REFUSED  crawl.contact is not set
 *   FAIR_AGAIN    stopped */
fair_status fair_capture_take(struct fair_house *h, const struct fair_hit *hit, fair_str who, bool (*stopped)(void *arg), void *arg, struct fair_arena *a,
                              struct fair_capture *out, struct fair_err *err) FAIR_MUST_CHECK;

/* The archive: warcinfo and every record, at `fd`; as fair_warc_writer_close says. *cdxj in the arena. */
fair_status fair_capture_write(const struct fair_capture *c, int fd, fair_str name, struct fair_arena *a, fair_str *cdxj, uint64_t *bytes, struct fair_sha256 *sha,
                               struct fair_err *err) FAIR_MUST_CHECK;

/* What changed between two looks at a use, in words; absent: nothing did.  `before` and `after` are what `found`, credit and picture were. */
struct fair_capture_state { fair_str found, credit; struct fair_sha256 picture; bool by_browser; /* else the credit is not known well enough to be compared */ };
fair_str fair_capture_changes(struct fair_arena *a, const struct fair_capture_state *before, const struct fair_capture_state *after);

/* The job kind "capture" {"hit","look"}: capture, keep, compare, and ask for the looks that its case needs. */
fair_status fair_capture_run(struct fair_house *h, fair_id hit, const char *look, bool (*stopped)(void *arg), void *arg, fair_id *capture, struct fair_err *err) FAIR_MUST_CHECK;

#endif
