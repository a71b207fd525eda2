/* web/hits_private.h - what the pages about hits share. */
#ifndef FAIR_WEB_HITS_PRIVATE_H
#define FAIR_WEB_HITS_PRIVATE_H
#include "web/web_private.h"

/* How long a job that was given up is shown. */
#define FAIR_ASIDE_SHOWN (7 * FAIR_DAY)
/* "possible copy", "to decide". */
const char *fair_verdict_words(fair_str verdict);
const char *fair_state_words(fair_str state);
/* A hit as the lists and its own page show it. */
json_t *fair_hit_model(struct fair_request *rq, const struct fair_hit *h);
/* A run and a watch, likewise. */
json_t *fair_run_model(struct fair_request *rq, const struct fair_run *r);
json_t *fair_watch_model(struct fair_request *rq, const struct fair_watch *w);
/* The filter in the query: state (none: the inbox; "all"), site, verdict, text, work, run. */
struct fair_hit_filter fair_hit_filter_of(const struct fair_request *rq);
/* The 17 reasons and the scopes, for a menu. */
json_t *fair_reason_menu(fair_str chosen);
json_t *fair_scope_menu(void);
fair_str fair_scope_words(fair_str scope);
/* The code this person ignored with last; absent: none yet. */
fair_status fair_last_ignore(struct fair_request *rq, fair_str *code, struct fair_err *err) FAIR_MUST_CHECK;
/* Which hits come before and behind this one in the queue it was reached by; 0: none. */
struct fair_neighbours { fair_id previous, next; };
fair_status fair_hit_neighbours(struct fair_request *rq, fair_id hit, struct fair_neighbours *out, struct fair_err *err) FAIR_MUST_CHECK;
/* The address of a hit within that queue. */
fair_str fair_hit_link(struct fair_request *rq, fair_id hit, const char *done, fair_id was);

/* "packages": the evidence there is of a hit, newest first (pages_packages.c). */
fair_status fair_put_packages(struct fair_request *rq, json_t *model, fair_id hit, struct fair_err *err) FAIR_MUST_CHECK;
/* The looks at a use: "captures", and whether another may be asked for (page_captures.c). */
fair_status fair_put_captures(struct fair_request *rq, const struct fair_hit *h, json_t *model, json_t *show, struct fair_err *err) FAIR_MUST_CHECK;

#endif
