/* portal/portal.h - what a recipient sees and answers, without an account: pages over the folder of portal/shelf.h and nothing else. */
#ifndef FAIR_PORTAL_H
#define FAIR_PORTAL_H
#include "base/clock.h"
#include "base/text.h"
#include "http/lang.h"
#include "http/templates.h"

struct fair_portal_options {
    const char *dir;           /* the folder                                              */
    fair_str listen;           /* address:port                                            */
    fair_str public_url;       /* where people reach it; absent: the port's own address   */
    bool door;                 /* the home comes by /home/..., with the secret of home.secret (made if missing) */
    int stop_fd;               /* readable: stop.  -1: SIGTERM and SIGINT                 */
    /* Called once it takes requests, before it takes the first; may be NULL. */
    fair_status (*ready)(void *arg, fair_str url, struct fair_err *err);
    void *arg;
    fair_time (*now)(void);    /* NULL: the clock                                         */
};
/* FAIR_INVALID: an option; FAIR_CONFLICT: the port is taken; FAIR_IO. */
fair_status fair_portal_run(const struct fair_portal_options *o, struct fair_err *err) FAIR_MUST_CHECK;

/* The twelve things a recipient can do, and the few that come with a link or a decision; docs/formats/portal-folder.md.
 * "evidence" and "who" are parts of the notice's page. */
struct fair_portal_action {
    const char *name;          /* "licence"; its words are a_NAME, what it means m_NAME, what is asked n_NAME */
    const char *takes;         /* its fields (http/takes.h)                               */
    const char *choices;       /* of "what": "removed|credited"; their words are c_NAME_VALUE; NULL: none */
    const char *fields;        /* one-line fields beside those all have: "shop order"; their words are f_FIELD */
    const char *anchor;        /* no form, but this part of the page                      */
    bool upload, note, stops;  /* takes files; has a text; stops every clock at once      */
    enum { FAIR_PORTAL_OPEN = 1, FAIR_PORTAL_CLOSED = 2, FAIR_PORTAL_DECIDED = 4 } when;
};
/* The words of its pages, .po files (http/lang.h).  Sentences have places for figures: "until {day}". */
extern const struct fair_asset fair_portal_words_files[];
extern const size_t fair_n_portal_words_files;

struct fair_portal_value { const char *name; fair_str value; };        /* the last one's name is NULL */
/* A sentence with its values put in; what it has no value for stays as it is.  In `a`. */
fair_str fair_portal_say(const struct fair_lang *l, struct fair_arena *a, const char *key, const struct fair_portal_value *v);
bool fair_portal_has(const struct fair_lang *l, const char *key);
/* A day and a moment of RFC 3339 as that language writes them; "" where it is none. */
fair_str fair_portal_day(const struct fair_lang *l, struct fair_arena *a, fair_str when);
fair_str fair_portal_moment(const struct fair_lang *l, struct fair_arena *a, fair_str when);
/* Codes as one enumeration, by the words prefixCODE (lower case); a code without words stands as it is. */
fair_str fair_portal_list(const struct fair_lang *l, struct fair_arena *a, const json_t *codes, const char *prefix);

extern const struct fair_portal_action fair_portal_actions[];
extern const size_t fair_n_portal_actions;
const struct fair_portal_action *fair_portal_action_by_name(fair_str name);

#endif
