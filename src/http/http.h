/* http/http.h - an HTTP server for programs of ours: bytes in, requests out, and back.  It knows no page and no home. */
#ifndef FAIR_HTTP_H
#define FAIR_HTTP_H
#include <jansson.h>
#include "base/clock.h"
#include "base/mem.h"
#include "http/form.h"

/* What came over the wire; absent texts were not sent. */
struct fair_raw {
    fair_str method, target;  /* target as sent: "/hits?state=inbox"                   */
    fair_str host, agent, cookie, content_type, accept, accept_language, authorization, csrf, origin, fetch_site, if_none_match;
    fair_str peer;            /* the address it came from, for brakes                  */
    bool ambiguous;           /* a header that may come once came twice, or lengths in two ways */
};

/* What goes back.  The server reads the second part; the first is for those who fill templates. */
struct fair_reply {
    json_t *model;            /* owned by the reply; members named "show" are for pages only */
    const char *page;         /* instead of the route's                                */
    fair_str title;           /* instead of the route's                                */

    int code;                 /* 200 unless set                                        */
    fair_str see;             /* 303 See Other: where to go from here                  */
    fair_str bytes;           /* in the request's arena                                */
    int fd;                   /* instead of bytes: a file, sent from its beginning; closed by the reply; -1: none */
    fair_str type;            /* of bytes and fd                                       */
    fair_str file_name;       /* to be saved under                                     */
    fair_str etag;
    bool forever;             /* never changes under its address                       */
    fair_str cookies[4];
    size_t n_cookies;
    int retry_s;              /* Retry-After                                           */
    const char *csp;          /* instead of the service's                              */
};
void fair_reply_end(struct fair_reply *re);

/* Who answers.  All calls come from one thread. */
struct fair_http_service {
    void *self;
    const char *name;         /* in the log                                            */
    const char *csp;          /* Content-Security-Policy of every answer               */
    bool secure;              /* people come by https, through a proxy on this machine */
    bool hidden;              /* search engines are asked to stay away                 */
    bool embedded;            /* documents of any origin, and of none, may show what it gives: for sandboxed pages */
    /* The headers are there.  True: *request is the service's own, in `a`, and its body may have *body_max bytes.
     * False: *re is the answer already (*request is set all the same). */
    bool (*open)(void *self, struct fair_arena *a, const struct fair_raw *raw, void **request, size_t *body_max, struct fair_reply *re);
    /* The body is whole.  Fills *re. */
    void (*answer)(void *self, void *request, fair_str body, struct fair_reply *re);
    /* It cannot be taken (re->code says how, err why): fills *re. */
    void (*refuse)(void *self, void *request, const struct fair_err *err, struct fair_reply *re);
};

/* A listening socket.  FAIR_INVALID: `where` is no address:port ("127.0.0.1:8080", "[::1]:0"; port 0 takes a free
 * one); FAIR_CONFLICT: the port is taken; FAIR_IO.  `key` names the setting in errors. */
struct fair_http_port { int fd; unsigned port; fair_str url; /* "http://127.0.0.1:8080" */ };
fair_status fair_http_listen(const char *key, fair_str where, struct fair_arena *a, struct fair_http_port *out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_http_port_free(struct fair_http_port *p);

/* Serve on the port, which is closed then, until stop_fd can be read (-1: until SIGTERM or SIGINT); requests under way
 * are finished (at most 5 s).  `ready` is called once requests are taken; may be NULL. */
fair_status fair_http_run(struct fair_http_port *p, const struct fair_http_service *service, int stop_fd,
                          fair_status (*ready)(void *arg, struct fair_err *err), void *arg, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- what services share ---- */

/* "https://host[:port]": *secure, *url without a slash at its end, *host for fair_http_host_ok.  FAIR_INVALID names `key`. */
fair_status fair_http_public_url(const char *key, fair_str text, struct fair_arena *a, bool *secure, fair_str *url, fair_str *host,
                                 struct fair_err *err) FAIR_MUST_CHECK;
/* Does a path fit "/hits/:id/:word"?  :id is a whole number > 0; :word [A-Za-z0-9_.-]+, at most 128. */
bool fair_http_path_fits(fair_str pattern, fair_str path, fair_id *id, fair_str *word);
/* Is the Host header `known`, localhost or an address?  Guards against names that were made to point here (DNS rebinding). */
bool fair_http_host_ok(fair_str host, fair_str known);
/* Was this form sent by a page of ours, as far as the browser tells? */
bool fair_http_origin_ok(const struct fair_raw *raw);
/* A body as fields, by its Content-Type: a form, an upload, a JSON object.  FAIR_INVALID, fit to show. */
fair_status fair_http_fields(struct fair_arena *a, const struct fair_raw *raw, fair_str body, struct fair_fields *out, struct fair_err *err) FAIR_MUST_CHECK;
/* 404 for FAIR_NOT_FOUND and so on. */
int fair_http_code(fair_status s);

/* Put a text into an object, mended where it is no UTF-8; absent texts are null. */
void fair_put(json_t *o, const char *key, fair_str s);
/* RFC 3339 or null. */
void fair_put_time(json_t *o, const char *key, fair_time t);
void fair_put_id(json_t *o, const char *key, fair_id id);
/* A member that is a text, as a view into it; absent where it is none. */
fair_str fair_member(const json_t *o, const char *key);

#endif
