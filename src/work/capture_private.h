/* capture_private.h - the inside of a capture. */
#ifndef FAIR_WORK_CAPTURE_PRIVATE_H
#define FAIR_WORK_CAPTURE_PRIVATE_H
#include "work/capture.h"

enum { FAIR_CAPTURE_RECORDS = 2 * FAIR_VISIT_RECORDS + 64, FAIR_CAPTURE_NOTES = 300, FAIR_CAPTURE_TEXTS = 4 };

/* A host that asks for a longer pause than this is not waited for: a capture is of a moment. */
#define FAIR_CAPTURE_PATIENCE_MS 45000

struct fair_capturing {
    struct fair_house *h;
    struct fair_arena *arena;
    const struct fair_hit *hit;
    struct fair_capture *c;
    struct fair_proxy *proxy;             /* NULL: none could be started */
    bool (*stopped)(void *arg);
    void *arg;
    fair_str canonical;                   /* of the picture, as the hit knows it */
    fair_str *notes;
    size_t page_record;                   /* from 1: the page's response */
    fair_str page_address;                /* of the server */
    fair_str server_date;                 /* the page's Date header */
    fair_time server_date_at;
    struct fair_capture_text *texts;
    struct fair_links links;              /* of the page's HTML */
    bool two_copies;                      /* the crawler's request for the picture got other bytes than the browser's */
    bool silent;                          /* the picture's server did not answer */
};

void fair_capture_note(struct fair_capturing *x, const char *fmt, ...) FAIR_PRINTF(2, 3);
/* Append; its place in the list, from 1; 0: no room. */
size_t fair_capture_record(struct fair_capturing *x, const struct fair_warc_put *put, size_t with);
/* A fetch of ours as request and response; returns the response's place. */
size_t fair_capture_fetched(struct fair_capturing *x, const struct fair_fetch_reply *r, fair_str url, fair_time at);
/* The value of a header line, absent if there is none; a view. */
fair_str fair_capture_header(fair_str head, const char *name);
fair_str fair_capture_canonical(struct fair_arena *a, fair_str url);
/* "www.example.com" of a URL; [v6] without brackets; absent. */
fair_str fair_capture_host(struct fair_arena *a, fair_str url);

/* ---- capture_more.c: DNS, registration data, clock, imprint and terms ---- */
fair_status fair_capture_more(struct fair_capturing *x, struct fair_err *err) FAIR_MUST_CHECK;
void fair_capture_clock(struct fair_capturing *x);
/* ---- capture_markers.c: what of the page and the picture speaks of a licence ---- */
fair_status fair_capture_markers(struct fair_capturing *x, struct fair_err *err) FAIR_MUST_CHECK;
/* ---- capture_judge.c ---- */
fair_status fair_capture_judge(struct fair_capturing *x, struct fair_err *err) FAIR_MUST_CHECK;

#endif
