/* browser/visit.h - one page seen by a real browser: what it looked like, what came over the wire, what happened on the way.
 *
 * Nothing is clicked, nothing filled in, nothing closed: what stands over the page stays there and is noted.  Everything in a
 * visit is foreign and bounded; gaps are told in `notes`, never left out silently. */
#ifndef FAIR_BROWSER_VISIT_H
#define FAIR_BROWSER_VISIT_H
#include "base/types.h"
#include "browser/browser.h"
#include "browser/proxy.h"

struct fair_visit_options {
    const char *program, *user, *folder;      /* as fair_browser_options                          */
    struct fair_proxy_options proxy;
    fair_str agent;                           /* put behind the browser's own User-Agent; may be empty */
    unsigned seconds;                         /* for loading; for each later step                 */
    unsigned width, height;                   /* of the viewport, CSS pixels                      */
    unsigned max_height;                      /* of the page that is scrolled and pictured        */
    size_t max_body, max_bodies;              /* bytes of one body; of all                        */
    bool (*stopped)(void *arg);               /* may be NULL; asked between the steps             */
    void *arg;
};
extern const struct fair_visit_options fair_visit_standard;

#define FAIR_VISIT_RECORDS 4000

/* One request and what came back: of a chain of redirects, one hop. */
struct fair_visit_record {
    fair_str id;                  /* the browser's, for what belongs together                         */
    fair_str url, method, type;   /* type: "Document" "Image" "Stylesheet" "Script" "XHR" ...         */
    fair_str request;             /* first line and headers as sent, lines ended by CR LF             */
    fair_str response;            /* the same, as received; absent: no answer came (`failed` says why) */
    fair_str post;                /* the body that was sent; absent: none                             */
    int status;
    fair_str body;                /* its coding undone by the browser; absent: see body_note          */
    const char *body_note;        /* "redirect" "too large" "a stream" "the page went away" ...       */
    fair_str failed;              /* the browser's word, "net::ERR_..."                               */
    fair_str protocol;            /* "http/1.1" "h2"                                                  */
    fair_str tls;                 /* JSON: version, cipher, subject, issuer, dates, SCTs; absent over http */
    fair_str address;             /* that the proxy connected to                                      */
    fair_time at;
};

/* Where a picture stands on the page. */
struct fair_visit_place {
    fair_str url, kind;           /* kind: img background poster svg input object                     */
    double box[4];                /* x0 y0 x1 y1, CSS pixels from the page's upper left corner        */
    int64_t natural[2];           /* its own size as decoded; 0: not known                            */
    fair_str alt, title, caption, near;
    bool shown;
};
struct fair_visit_link { fair_str kind, url, text; };    /* imprint terms privacy contact; licence: by json-ld, meta, a */
struct fair_visit_banner { fair_str text; double box[4]; fair_str buttons; };
struct fair_visit_chain { fair_str origin, pem; int n; };

struct fair_visit {
    fair_str version;             /* "Chrome/142.0.7444.59"                                           */
    fair_str agent;               /* the User-Agent that was sent                                     */
    fair_str url, final_url, title;
    fair_str fault;               /* the page could not be shown: the browser's word; absent: it was  */
    int status;                   /* of the page's own answer                                         */
    bool changed;                 /* its DOM changed by itself while it was captured; a note says so  */
    fair_time started, loaded, ended;
    int64_t width, height, page_width, page_height;
    int64_t shown_height;         /* of the page that is on page_png                                  */
    uint32_t band;                /* rows of page_png above the page: its address and the time        */
    fair_str viewport_png, page_png, mhtml, pdf, dom;     /* absent: could not be made, a note says why */
    struct fair_visit_record *records; size_t n_records;
    struct fair_visit_place *places; size_t n_places;
    struct fair_visit_link *links; size_t n_links;
    struct fair_visit_link *licences; size_t n_licences;
    struct fair_visit_banner *banners; size_t n_banners;
    struct fair_visit_chain *chains; size_t n_chains;
    fair_str *notes; size_t n_notes;
};

/* Visit `url` (http or https).  A browser that crashes is started once more.  The proxy is the caller's, and stays.
 *   FAIR_NOT_FOUND  no browser here
 *   FAIR_REFUSED    its sandbox does not work here
 *   FAIR_IO         it crashed twice; FAIR_LIMIT: or hung
 *   FAIR_AGAIN      stopped
 * What the page itself does wrong is in out->fault and out->notes. */
fair_status fair_visit_page(const struct fair_visit_options *o, struct fair_proxy *proxy, fair_str url, struct fair_arena *a, struct fair_visit *out,
                            struct fair_err *err) FAIR_MUST_CHECK;

#endif
