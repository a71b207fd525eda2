/* browser/browser.h - a real browser as a tool: started apart, told what to do over the DevTools pipe, ended without a trace.
 *
 * Chromium runs as an unprivileged user with its own sandbox, a profile that is made for it and removed after it, and
 * no way to the network but the proxy it is given (fairtrack-proxy).  What it says is foreign: frames have a limit, and
 * every member is looked at before it is believed.
 * Protocol: https://chromedevtools.github.io/devtools-protocol/ (JSON objects, each ended by a zero byte). */
#ifndef FAIR_BROWSER_H
#define FAIR_BROWSER_H
#include <jansson.h>
#include <stdbool.h>
#include "base/text.h"

#define FAIR_BROWSER_FRAME ((size_t)256 << 20)     /* the most of one answer */

struct fair_browser;

struct fair_browser_options {
    const char *program;          /* "/usr/bin/chromium"                                 */
    const char *user;             /* who runs it when we are root: "nobody"; never root  */
    const char *folder;           /* where the profile is made; NULL: /tmp               */
    unsigned proxy_port;          /* of 127.0.0.1: the only way out                      */
    unsigned width, height;       /* of the window                                       */
    const char *agent;            /* put behind its own User-Agent; NULL: nothing        */
};

/* Start it and wait until it answers.  `version` (may be NULL) gets its name and version, in the arena.  The caller ignores SIGPIPE: a browser may
 * end while it is spoken to.
 *   FAIR_NOT_FOUND  there is no such program
 *   FAIR_REFUSED    it would not start: no sandbox for it on this machine, or nobody to run it as
 *   FAIR_IO         it started and ended; the text has its last words */
fair_status fair_browser_open(const struct fair_browser_options *o, struct fair_arena *a, fair_str *version, struct fair_browser **out,
                              struct fair_err *err) FAIR_MUST_CHECK;
/* Ends it, waits until its processes are gone and its profile is removed. */
void fair_browser_free(struct fair_browser **b);

/* Called for every event while a call or a pump waits.  `session`: "" the browser itself.  It may tell, not call. */
void fair_browser_on(struct fair_browser *b, void (*event)(void *arg, const char *session, const char *method, json_t *params), void *arg);

/* One command and its answer; events are handed out meanwhile.  `params` is taken over (NULL: none); *result (may be NULL) is new.
 *   FAIR_INVALID  the browser says no (the text has its words)
 *   FAIR_LIMIT    no answer within wait_ms
 *   FAIR_CORRUPT  it does not keep to the protocol
 *   FAIR_IO       it has ended: free it */
fair_status fair_browser_call(struct fair_browser *b, const char *session, const char *method, json_t *params, int wait_ms, json_t **result,
                              struct fair_err *err) FAIR_MUST_CHECK;
/* The same without waiting for the answer, which is let go. */
fair_status fair_browser_tell(struct fair_browser *b, const char *session, const char *method, json_t *params, struct fair_err *err) FAIR_MUST_CHECK;
/* The same; `answer` is called with the result while a call or a pump waits, and with NULL where the browser said no.  It may tell
 * and ask, not call.  FAIR_LIMIT: too many answers are waited for. */
fair_status fair_browser_ask(struct fair_browser *b, const char *session, const char *method, json_t *params,
                             void (*answer)(void *arg, json_t *result), void *arg, struct fair_err *err) FAIR_MUST_CHECK;
/* Hand out events for up to wait_ms; returns early after some came.  `stop_fd` (-1: none): return when it can be read. */
fair_status fair_browser_pump(struct fair_browser *b, int wait_ms, int stop_fd, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- the frames (for its test and its fuzz target) ---- */
struct fair_frames { char *p; size_t n, room, read; };
/* Append bytes as they came.  FAIR_LIMIT: a frame is over FAIR_BROWSER_FRAME. */
fair_status fair_frames_add(struct fair_frames *f, const void *bytes, size_t n, struct fair_err *err) FAIR_MUST_CHECK;
/* The next whole frame as JSON; *out is new.  FAIR_AGAIN: none yet.  FAIR_CORRUPT: no JSON object. */
fair_status fair_frames_next(struct fair_frames *f, json_t **out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_frames_clear(struct fair_frames *f);

/* Texts and numbers of foreign JSON: absent or 0 where it is of another kind. */
fair_str fair_said_text(const json_t *o, const char *key);     /* a view */
double fair_said_number(const json_t *o, const char *key);
json_t *fair_said_object(const json_t *o, const char *key);     /* borrowed; NULL */

#endif
