/* scan_private.h - the inside of a scan: pictures on their way from an address to a verdict, and pages on theirs. */
#ifndef FAIR_WORK_SCAN_PRIVATE_H
#define FAIR_WORK_SCAN_PRIVATE_H
#include "work/matchers.h"
#include "work/scan.h"
#include "work/scan_rules.h"

#define FAIR_SCAN_BUCKETS 8192
#define FAIR_SCAN_GLANCES 16  /* compared with the catalogue at once */

struct fair_scan_page;
struct fair_subject;

/* One place where a picture stands. */
struct fair_use {
    struct fair_use *next;
    struct fair_scan_page *page;      /* NULL: no page of ours waits for it                */
    fair_str page_url, image_url, via, alt, site, file;
    int64_t offset, length, record;
    fair_time ts;
};

enum fair_subject_state { FAIR_SUBJECT_ASKED, FAIR_SUBJECT_LOOKED_AT, FAIR_SUBJECT_SETTLED, FAIR_SUBJECT_BROKEN };

/* A picture by the address it is fetched from; what is read from files has one too, known to nobody else. */
struct fair_subject {
    struct fair_subject *next;        /* in its bucket, or waiting at an outcome           */
    struct fair_subject *next_waiting;
    enum fair_subject_state state;
    fair_str key;
    fair_str urls[4];                 /* to be tried in turn                               */
    size_t n_urls, at_url;
    bool forced;                      /* ask without validators: we need the bytes         */
    bool named;                       /* a person named it: what goes wrong is a fault     */
    fair_str mime;
    struct fair_use *uses;            /* not yet reported                                  */
    struct fair_outcome *outcome;
};

struct fair_found { struct fair_match m; fair_str words; };

/* What is known of a picture's bytes. */
struct fair_outcome {
    struct fair_outcome *next;        /* in its bucket */
    struct fair_sha256 sha256;
    bool settled;
    bool by_bytes;                    /* what its row says is not enough: its bytes must be looked at */
    fair_str fault;                   /* in words; absent: it was read                     */
    const char *format;
    int64_t width, height;
    struct fair_sha256 preview, whole;
    bool preview_kept;                /* it is in the vault                                */
    struct fair_image *tint;          /* in colour, while it is judged by its preview      */
    struct fair_found *found;         /* same_scene and better                             */
    size_t n_found;
    struct fair_subject *waiting;
};

/* ROW: by the fingerprint that its row holds. */
enum fair_look_phase { FAIR_LOOK_ROW, FAIR_LOOK_GLANCE, FAIR_LOOK_BYTES, FAIR_LOOK_PREVIEW, FAIR_LOOK_MAKE_PREVIEW };

/* One picture for the decoders and the matchers. */
struct fair_look {
    struct fair_look *next;
    struct fair_arena *arena;         /* ours */
    fair_str bytes;                   /* of the picture, or of its preview; ROW: absent where they are not at hand */
    enum fair_look_phase phase;
    struct fair_outcome *outcome;
    struct fair_fingerprint fp;       /* in the look's arena, once known                   */
    struct fair_image *grey;          /* while it is matched                               */
    bool known;                       /* from an earlier run's row                         */
    fair_time then;                   /* ROW: as of when it was judged                     */
};

struct fair_scan {
    struct fair_house *h;
    struct fair_scan_options o;
    struct fair_scan_calls calls;
    struct fair_run run;
    struct fair_arena *arena;         /* of the run */
    struct fair_arena *scratch;       /* of one call */
    struct fair_decoders *readers;    /* one helper for pages and sheets                   */
    struct fair_matchers *matchers;
    fair_time as_of;                  /* works added since are not in the index as we have it */
    fair_time newest;                 /* when the last work was added; < 0: not asked yet  */
    int64_t decoded;                  /* pictures that a helper was asked to decode        */
    int64_t searched;                 /* searches of the catalogue                         */
    fair_str target;
    bool limited;                     /* a bound ended it early                            */
    bool unseen;                      /* robots.txt kept something from us                 */
    /* pictures */
    struct fair_subject *subjects[FAIR_SCAN_BUCKETS];
    struct fair_outcome *outcomes[FAIR_SCAN_BUCKETS];
    struct fair_look *looks, **looks_last;
    size_t n_looks;                   /* waiting and under way                             */
    int64_t glanced;                  /* settled by a glance                               */
    struct fair_glance glances[FAIR_SCAN_GLANCES];
    struct fair_look *glanced_at[FAIR_SCAN_GLANCES];      /* decoded, not yet compared     */
    size_t n_glances;
    /* rows to be written together */
    struct fair_arena *rows;
    struct fair_seen *seen;
    size_t n_seen;
    struct fair_fetched *fetched;
    size_t n_fetched;
    struct fair_scan_fault { fair_str where, text; } *faults;
    size_t n_faults;
    fair_time told;                   /* the progress, last                                */
    struct fair_web *web;
};

/* ---- scan.c ---- */
bool fair_scan_must_stop(struct fair_scan *s);
/* Something could not be read: one line, one row, one count. */
fair_status fair_scan_fault(struct fair_scan *s, fair_str where, struct fair_err *err, const char *fmt, ...) FAIR_PRINTF(4, 5) FAIR_MUST_CHECK;
void fair_scan_progress(struct fair_scan *s, bool now, int64_t waiting);

/* ---- scan_look.c ---- */
/* The bytes of a picture are here; the arena that holds them becomes ours. */
fair_status fair_look_bytes(struct fair_scan *s, struct fair_subject *x, struct fair_arena **bytes_arena, fair_str bytes, struct fair_err *err) FAIR_MUST_CHECK;
/* Its bytes are known by their hash, from an earlier look.  FAIR_NOT_FOUND: they must be fetched. */
fair_status fair_look_known(struct fair_scan *s, struct fair_subject *x, const struct fair_sha256 *sha, struct fair_err *err) FAIR_MUST_CHECK;
/* There is no such picture: its uses are let go. */
fair_status fair_look_broken(struct fair_scan *s, struct fair_subject *x, struct fair_err *err) FAIR_MUST_CHECK;
/* Give work to the decoders and take what they have; wait at most wait_ms.  Goes on until fewer than
 * `below` pictures wait (0: until none). */
fair_status fair_look_work(struct fair_scan *s, int wait_ms, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_look_until(struct fair_scan *s, size_t below, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_subject *fair_subject_new(struct fair_scan *s);
/* Report the subject's uses, once it is settled. */
fair_status fair_subject_report(struct fair_scan *s, struct fair_subject *x, struct fair_err *err) FAIR_MUST_CHECK;
/* A use of a picture that stands by itself (a file, an archive's record). */
struct fair_use *fair_use_new(struct fair_scan *s, struct fair_subject *x);

/* ---- scan_rows.c ---- */
fair_status fair_rows_flush(struct fair_scan *s, struct fair_err *err) FAIR_MUST_CHECK;
/* With `more` in the same transaction. */
fair_status fair_rows_flush_with(struct fair_scan *s, fair_status (*more)(const struct fair_desk *d, void *arg, struct fair_err *err), void *arg,
                                 struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_rows_seen(struct fair_scan *s, const struct fair_seen *x, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_rows_fetched(struct fair_scan *s, const struct fair_fetched *x, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_rows_fault(struct fair_scan *s, fair_str where, const char *text, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- scan_hit.c ---- */
/* What was found of the picture in earlier runs, as it was then; none where no hit of it is left. */
fair_status fair_scan_found_before(struct fair_scan *s, struct fair_outcome *o, struct fair_err *err) FAIR_MUST_CHECK;
/* One use of a picture whose outcome is settled. */
fair_status fair_use_report(struct fair_scan *s, const struct fair_subject *x, const struct fair_use *u, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- the kinds of target ---- */
fair_status fair_scan_files(struct fair_scan *s, struct fair_err *err) FAIR_MUST_CHECK;
/* The bytes of a subject that was known without them are needed after all: a file is read, an address asked again. */
fair_status fair_scan_file_again(struct fair_scan *s, struct fair_subject *x, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_subject_again(struct fair_scan *s, struct fair_subject *x, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_scan_archive(struct fair_scan *s, int fd, fair_str name, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_scan_web(struct fair_scan *s, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_scan_list(struct fair_scan *s, const char *path, struct fair_err *err) FAIR_MUST_CHECK;
/* A page's last picture was settled (scan_web.c). */
fair_status fair_page_one_less(struct fair_scan *s, struct fair_scan_page *p, bool fault, struct fair_err *err) FAIR_MUST_CHECK;
/* Is it, by its first bytes, a picture? */
bool fair_scan_is_picture(fair_str bytes);

/* ---- scan_links.c: what a page holds, as we keep it ---- */
struct fair_kept_pick { fair_str urls[4]; size_t n_urls; fair_str image_url, via, alt; };
struct fair_kept {
    struct fair_kept_pick *v;
    size_t n;
    fair_str *pages, *sheets;
    size_t n_pages, n_sheets;
};
/* A picture that stands in the page itself (data:): known by its hash, its bytes at hand while the page is read. */
struct fair_inline { struct fair_inline *next; struct fair_sha256 sha256; fair_str bytes; };
#define FAIR_INLINE_KEY "data:sha256,"       /* and 64 hex digits: such a picture's address among ours */
/* From what the page reader found; nothing to be followed unless `follow`. */
void fair_kept_of(struct fair_arena *a, const struct fair_links *l, bool follow, struct fair_kept *out, struct fair_inline **inlines);
/* As JSON, for the row of the page; absent when it is too long to be kept.  Reading believes nothing. */
fair_str fair_kept_text(struct fair_arena *a, const struct fair_kept *k);
bool fair_kept_read(struct fair_arena *a, fair_str text, struct fair_kept *out);
/* An address in the form that rows know it by; an absent text where it is none. */
fair_str fair_scan_canonical(struct fair_arena *a, fair_str url);

#endif
