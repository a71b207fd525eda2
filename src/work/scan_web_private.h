/* scan_web_private.h - the inside of a crawl: pages under way, and how pictures are fetched for them. */
#ifndef FAIR_WORK_SCAN_WEB_PRIVATE_H
#define FAIR_WORK_SCAN_WEB_PRIVATE_H
#include "work/scan_private.h"

/* A page, or a style sheet that one page waits for, from its address to the last of its pictures. */
struct fair_scan_page {
    struct fair_scan_page *next;      /* in the queue, or among those under way            */
    fair_id frontier;                 /* its row; 0: none                                  */
    fair_str url, page_url, site;     /* as asked for; as hits name it                     */
    int64_t depth;
    unsigned open;                    /* pictures and sheets not yet settled               */
    bool read, faulty, gone, named, whole;  /* whole: a body longer than a page may be is asked for */
    struct fair_scan_page *owner;     /* of a sheet                                        */
    int level;                        /* of a sheet                                        */
    bool forced;                      /* ask without validators: what is kept is not enough */
    struct fair_arena *arena;         /* of `row`; NULL: none                              */
    struct fair_fetched row;          /* to be kept once all that the page names is settled */
};

enum fair_tag_kind { FAIR_TAG_PAGE, FAIR_TAG_SUBJECT };
struct fair_tag {
    enum fair_tag_kind kind;
    struct fair_scan_page *page;
    struct fair_subject *subject;
    struct fair_sha256 sha256;        /* what the validators stood for; none: unconditional */
};

struct fair_web {
    struct fair_scan_page *queue, **queue_last;
    size_t n_queue;
    struct fair_scan_page *under_way;
    size_t n_under_way, n_asks;
    int64_t asked;                    /* pages of the site, all of this run                */
    int64_t added;                    /* to the frontier, by this process                  */
    struct fair_url base;
    uint64_t *known;                  /* addresses of pages and sheets: a set of hashes    */
    size_t known_size, n_known;
    struct { uint64_t shape; unsigned n; } shapes[4096];
    bool full;                        /* the bound of pages or bytes was told              */
};

/* scan_web.c */
void fair_web_begin(struct fair_scan *s);
void fair_web_end(struct fair_scan *s);
struct fair_scan_page *fair_page_new(struct fair_scan *s, fair_str url, int64_t depth);
void fair_page_queue(struct fair_scan *s, struct fair_scan_page *p);
/* Ask for queued pages, take what came, keep the decoders busy; returns when something happened or after a moment. */
fair_status fair_web_step(struct fair_scan *s, struct fair_err *err) FAIR_MUST_CHECK;
bool fair_web_idle(const struct fair_scan *s);
/* Was this address not met before in this run? */
bool fair_web_is_new(struct fair_scan *s, fair_str url);

/* scan_page.c: what came for a page or a sheet */
fair_status fair_page_came(struct fair_scan *s, struct fair_scan_page *p, struct fair_fetch_reply *r, struct fair_arena **a, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_page_finish(struct fair_scan *s, struct fair_scan_page *p, struct fair_err *err) FAIR_MUST_CHECK;
/* The row of its last fetch, if there is one whose links we can read. */
bool fair_page_known(struct fair_scan *s, fair_str url, struct fair_arena *a, struct fair_fetched *row, struct fair_kept *kept);

/* scan_picture.c */
/* A picture of a page: fetched, unless this run has it already. */
fair_status fair_page_pick(struct fair_scan *s, struct fair_scan_page *p, const struct fair_kept_pick *k, const struct fair_inline *inlines, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_picture_came(struct fair_scan *s, struct fair_tag *t, struct fair_fetch_reply *r, struct fair_arena **a, struct fair_err *err) FAIR_MUST_CHECK;
/* A subject by its address; *fresh: it was not known. */
struct fair_subject *fair_subject_of(struct fair_scan *s, fair_str key, bool *fresh);
fair_status fair_subject_ask(struct fair_scan *s, struct fair_subject *x, struct fair_err *err) FAIR_MUST_CHECK;

#endif
