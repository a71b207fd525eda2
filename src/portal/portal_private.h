/* portal/portal_private.h - a recipient's request and what answers it. */
#ifndef FAIR_PORTAL_PRIVATE_H
#define FAIR_PORTAL_PRIVATE_H
#include "http/http.h"
#include "http/lang.h"
#include "http/takes.h"
#include "http/templates.h"
#include "portal/portal.h"
#include "portal/seal.h"
#include "portal/shelf.h"

enum {
    FAIR_PORTAL_PAGE_MAX = 4 * 1024 * 1024,
    FAIR_PORTAL_FORM_MAX = 64 * 1024,
    FAIR_PORTAL_UPLOAD_MAX = 20 * 1024 * 1024,       /* an answer with its files        */
    FAIR_PORTAL_DOOR_MAX = 96 * 1024 * 1024,         /* a notice with its files         */
    FAIR_PORTAL_PEERS = 1024
};

extern const struct fair_asset fair_portal_files[];
extern const size_t fair_n_portal_files;

/* Who guessed at links: after some misses a peer waits. */
struct fair_portal_peer { char who[64]; int misses; fair_time since; };

struct fair_portal {
    const struct fair_portal_options *o;
    struct fair_arena *arena;
    struct fair_shelf shelf;
    struct fair_template_set *templates;
    struct fair_langs langs;
    fair_str door;                                   /* the secret it shares with the home; absent: no door */
    fair_str url, host;
    bool secure, has_report, has_terms;              /* the pages for everybody: are there any now? */
    struct fair_portal_peer peers[FAIR_PORTAL_PEERS];
};

struct fair_portal_request {
    struct fair_portal *p;
    struct fair_arena *arena;
    struct fair_raw raw;
    fair_time now;
    fair_str path, query;
    const struct fair_lang *lang;
    bool lang_chosen;                                /* by ?lang=                       */
    bool json;
    enum { FAIR_PORTAL_NOTHING, FAIR_PORTAL_START, FAIR_PORTAL_ASSET, FAIR_PORTAL_ROBOTS, FAIR_PORTAL_HEALTH, FAIR_PORTAL_VERIFY, FAIR_PORTAL_REPORT, FAIR_PORTAL_TERMS, FAIR_PORTAL_DOOR,
           FAIR_PORTAL_NOTICE, FAIR_PORTAL_FILE, FAIR_PORTAL_ACTION, FAIR_PORTAL_RENEW } what;
    bool post;
    fair_str secret, id, word;                       /* the link's secret, its notice, the last word of the path */
    bool expired;
    json_t *notice;
    const struct fair_portal_action *action;
    struct fair_sha256 body;                         /* the door: of the body that was announced */
};

/* Model and page for a notice, a form, a verification; errors in the recipient's language. */
fair_status fair_portal_notice_page(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err);
fair_status fair_portal_form_page(struct fair_portal_request *rq, const char *error, const json_t *sent, struct fair_reply *re, struct fair_err *err);
fair_status fair_portal_verify_page(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err);
/* The pages for everybody: the transparency report, and what the service costs; FAIR_NOT_FOUND: none was published. */
fair_status fair_portal_report_page(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err);
fair_status fair_portal_terms_page(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err);
/* What the service costs, as rows of words and value (a new array). */
json_t *fair_portal_terms(const struct fair_portal_request *rq, const json_t *terms);
/* Take what was sent; on success re->see. */
fair_status fair_portal_take(struct fair_portal_request *rq, fair_str body, struct fair_reply *re, struct fair_err *err);
/* The home's door (door.c): was this signed by the home?  Then do what it asks. */
fair_status fair_portal_door_open(struct fair_portal_request *rq, struct fair_err *err);
fair_status fair_portal_door(struct fair_portal_request *rq, fair_str body, struct fair_reply *re, struct fair_err *err);
/* Which actions are open for the notice as it stands. */
unsigned fair_portal_when(const json_t *notice, fair_time now);
/* "/n/SECRET" + tail, with the chosen language. */
fair_str fair_portal_href(const struct fair_portal_request *rq, const char *tail);
/* A page for everybody, with the chosen language: "/v". */
fair_str fair_portal_public(const struct fair_portal_request *rq, const char *path);
/* o[key] = { "list": v } where v has members, so that a template can ask whether there are any.  Takes v. */
void fair_portal_put_list(json_t *o, const char *key, json_t *v);
/* Parts of the notice's page, in words of its reader (facts.c): who asks, with what right and proof; what was checked; the evidence and how
 * to check it; the reader's own data. */
void fair_portal_who(const struct fair_portal_request *rq, json_t *show);
void fair_portal_gates(const struct fair_portal_request *rq, json_t *show);
void fair_portal_evidence(const struct fair_portal_request *rq, json_t *show);
void fair_portal_privacy(const struct fair_portal_request *rq, json_t *show);
fair_str fair_portal_words(const struct fair_portal_request *rq, const char *prefix, fair_str name);

#endif
