/* visit_private.h - the inside of a visit: one attempt with one browser. */
#ifndef FAIR_BROWSER_VISIT_PRIVATE_H
#define FAIR_BROWSER_VISIT_PRIVATE_H
#include "browser/visit.h"

#define FAIR_VISIT_NOTES 200

struct fair_visiting {
    const struct fair_visit_options *o;
    struct fair_arena *arena;
    struct fair_proxy *proxy;
    struct fair_browser *browser;
    struct fair_visit *v;
    fair_str session, frame;          /* of the page                                        */
    int loads;                        /* load events of the page                            */
    bool crashed, detached;
    bool navigated_away;              /* since it was last asked                            */
    size_t bodies;                    /* bytes kept                                         */
    size_t records_room;
    unsigned bodies_waiting;
    json_t *under_way;                /* ids of requests without an end                     */
    json_t *sent;                     /* id -> array of header objects, as they were sent   */
    json_t *security;                 /* id -> {protocol, securityDetails, timing}          */
    json_t *noted;                    /* what was noted already                             */
    fair_time quiet_since;
    struct fair_err lost;             /* telling the browser something failed               */
};

/* One line for the package, once. */
void fair_visit_note(struct fair_visiting *x, const char *fmt, ...) FAIR_PRINTF(2, 3);

/* ---- visit_net.c ---- */
void fair_visit_event(void *arg, const char *session, const char *method, json_t *params);
/* Ask for everything we listen to, in a page, frame or worker. */
fair_status fair_visit_listen(struct fair_visiting *x, const char *session, bool page, struct fair_err *err) FAIR_MUST_CHECK;
/* All is in: put request headers and TLS facts to their records. */
void fair_visit_settle(struct fair_visiting *x);

/* ---- visit_shots.c ---- */
fair_status fair_visit_viewport(struct fair_visiting *x, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_visit_full_page(struct fair_visiting *x, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_visit_files(struct fair_visiting *x, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- visit.c ---- */
/* A call to the page; what it says no to is a note and FAIR_OK with *result NULL. */
fair_status fair_visit_try(struct fair_visiting *x, const char *what, const char *method, json_t *params, json_t **result, struct fair_err *err) FAIR_MUST_CHECK;
/* Let the page go on for up to `ms`, or until nothing was under way for `quiet_ms`. */
fair_status fair_visit_wait(struct fair_visiting *x, int ms, int quiet_ms, struct fair_err *err) FAIR_MUST_CHECK;

#endif
