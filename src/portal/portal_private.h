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
    bool secure;
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
    enum { FAIR_PORTAL_NOTHING, FAIR_PORTAL_START, FAIR_PORTAL_ASSET, FAIR_PORTAL_ROBOTS, FAIR_PORTAL_HEALTH, FAIR_PORTAL_VERIFY, FAIR_PORTAL_DOOR,
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
/* Take what was sent; on success re->see. */
fair_status fair_portal_take(struct fair_portal_request *rq, fair_str body, struct fair_reply *re, struct fair_err *err);
/* The home's door (door.c): was this signed by the home?  Then do what it asks. */
fair_status fair_portal_door_open(struct fair_portal_request *rq, struct fair_err *err);
fair_status fair_portal_door(struct fair_portal_request *rq, fair_str body, struct fair_reply *re, struct fair_err *err);
/* Which actions are open for the notice as it stands. */
unsigned fair_portal_when(const json_t *notice, fair_time now);
/* "/n/SECRET" + tail, with the chosen language. */
fair_str fair_portal_href(const struct fair_portal_request *rq, const char *tail);
/* A time as people of that language read it: "26 November 2026, 10:15 UTC". */
fair_str fair_portal_when_words(const struct fair_portal_request *rq, fair_str rfc3339);
fair_str fair_portal_words(const struct fair_portal_request *rq, const char *prefix, fair_str name);

#endif
