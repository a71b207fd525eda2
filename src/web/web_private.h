/* web/web_private.h - a request, its reply, and the table that joins them. */
#ifndef FAIR_WEB_PRIVATE_H
#define FAIR_WEB_PRIVATE_H
#include <jansson.h>
#include "http/http.h"
#include "http/takes.h"
#include "http/templates.h"
#include "web/web.h"

enum {
    FAIR_WEB_BODY_MAX = 64 * 1024,
    FAIR_WEB_UPLOAD_MAX = 64 * 1024 * 1024,
    FAIR_WEB_PAGE_MAX = 8 * 1024 * 1024
};

extern const struct fair_asset fair_web_files[];      /* made by tools/embed-files */
extern const size_t fair_n_web_files;

/* The server. */
struct fair_web {
    const struct fair_web_options *o;
    struct fair_arena *arena;
    struct fair_template_set *templates;
    struct fair_letters *letters;      /* read when the first is shown                       */
    fair_str url;             /* its own address; public_url where given               */
    fair_str host;            /* the host of public_url, lower case; may be absent     */
    fair_str cookie;          /* the name of the session's cookie                      */
    fair_id first_org;        /* whose owners and admins see to the installation; 0: none yet */
    bool secure;              /* people come by https                                  */
    fair_str dummy;           /* a password hash that nothing fits, so that unknown addresses take as long */
};
/* Read the options and the templates.  `port` is the one really listened on. */
fair_status fair_web_new(const struct fair_web_options *o, unsigned port, struct fair_web **out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_web_free(struct fair_web **w);

struct fair_route;
struct fair_request {
    struct fair_web *web;
    struct fair_arena *arena; /* emptied when the reply has gone out                   */
    struct fair_raw raw;
    const struct fair_route *route;
    struct fair_desk desk;    /* user 0: nobody has signed in                          */
    struct fair_user user;
    struct fair_session_row session;
    bool bearer;              /* came with an API token, no cookie                     */
    bool half;                /* `session` is one whose second factor is still to be shown; nobody is signed in */
    bool json;                /* wants the model as it is                              */
    fair_time now;            /* the only clock a handler looks at                     */
    fair_str path, query;
    fair_id id;               /* the :id of the path                                   */
    fair_str word;            /* its :word                                             */
    json_t *form;             /* checked against the route's `takes`                   */
    struct fair_field *files; /* uploads                                               */
    size_t n_files;
    size_t body_max;
};

/* A handler says what is to be shown, not how. */
typedef fair_status fair_handler(struct fair_request *rq, struct fair_reply *re, struct fair_err *err);

struct fair_route {
    const char *method, *path;     /* "/hits/:id"; :id is a whole number > 0, :word [A-Za-z0-9_.-]+ */
    fair_handler *run;
    const char *page;              /* a template of web/pages; NULL where there is none */
    const char *title;
    enum fair_deed deed;           /* who may come in: asked before the handler runs      */
    /* The fields of its form (POST) or query (GET): http/takes.h. */
    const char *takes;
    const char *tab;               /* which tab of the navigation is lit */
};
extern const struct fair_route fair_routes[];
extern const size_t fair_n_routes;

/* ---- what happens to a request (answer.c) -------------------------------- */

/* Everything that needs no body: the host, the route, who it is and whether
 * they may.  On failure *re is the answer already.  rq->body_max is set. */
fair_status fair_web_open(struct fair_web *w, struct fair_arena *a, const struct fair_raw *raw, fair_time now,
                          struct fair_request *rq, struct fair_reply *re) FAIR_MUST_CHECK;
/* Run it.  Always fills the reply: bytes or fd, type, code. */
void fair_web_answer(struct fair_request *rq, fair_str body, struct fair_reply *re);
/* The answer for something that went wrong before or while running. */
void fair_web_sorry(struct fair_request *rq, const struct fair_err *err, struct fair_reply *re);

/* Which route?  NULL; *other: the path exists for another method. */
const struct fair_route *fair_route_find(fair_str method, fair_str path, fair_id *id, fair_str *word, bool *other);
/* ---- what handlers use ------------------------------------------------------ */
fair_str fair_form_text(const struct fair_request *rq, const char *name);       /* absent if not sent */
int64_t fair_form_number(const struct fair_request *rq, const char *name, int64_t otherwise);
bool fair_form_yes(const struct fair_request *rq, const char *name);
/* May whoever asks do that?  Nobody signed in may only what anyone may. */
bool fair_may(const struct fair_request *rq, enum fair_deed deed);

/* FAIR_REFUSED, fit to show, where whoever serves the pages gave no hands. */
fair_status fair_needs_hands(const struct fair_request *rq, struct fair_err *err) FAIR_MUST_CHECK;

/* "erased": the stones of those of these blobs that were erased. */
struct fair_named_blob { const char *name; const struct fair_sha256 *key; };
void fair_put_stones(struct fair_request *rq, json_t *o, const struct fair_named_blob *all, size_t n);

/* Who looks at people's data is written down before the page is made (access.c). */
fair_status fair_access_note(const struct fair_request *rq, struct fair_err *err) FAIR_MUST_CHECK;
bool fair_access_of(fair_str path);
fair_handler fair_page_access;

/* ---- who is it (session.c) ------------------------------------------------------ */
fair_status fair_session_find(struct fair_request *rq, struct fair_err *err) FAIR_MUST_CHECK;
/* The CSRF token of a form that comes before anybody is signed in; sets the cookie it is compared with. */
fair_str fair_session_pre(struct fair_request *rq, struct fair_reply *re);
/* Is this the token of this session, or of the cookie of fair_session_pre? */
bool fair_session_csrf_ok(const struct fair_request *rq, fair_str sent);
fair_handler fair_page_sign_in, fair_page_sign_in_try, fair_page_sign_out, fair_page_sign_out_all, fair_page_link, fair_page_link_use,
    fair_page_account, fair_page_password, fair_page_token, fair_page_session_end,
    fair_page_code, fair_page_code_try, fair_page_factor, fair_page_factor_change, fair_page_factor_qr;

/* ---- pages ---------------------------------------------------------------------- */
fair_handler fair_page_home, fair_page_asset, fair_page_health,
    fair_page_works, fair_page_works_add, fair_page_work, fair_page_work_remove, fair_page_work_thumb, fair_page_work_preview,
    fair_page_hits, fair_page_hit, fair_page_hit_preview, fair_page_hit_difference, fair_page_hit_straight, fair_page_decide, fair_page_decide_many, fair_page_hits_csv, fair_page_hits_report,
    fair_page_package, fair_page_verify, fair_page_report, fair_page_terms, fair_page_capture,
    fair_page_rules, fair_page_rule_remove,
    fair_page_cases, fair_page_case, fair_page_case_open, fair_page_case_move, fair_page_case_fact, fair_page_case_party, fair_page_party_look, fair_page_proposal, fair_page_worksheet,
    fair_page_draft, fair_page_notice, fair_page_notice_pdf, fair_page_notice_approve,
    fair_page_owner_add, fair_page_identify, fair_page_mandate_add, fair_page_declare_all, fair_page_prove, fair_page_ledger_in, fair_page_ledger_csv, fair_page_ledger_odrl,
    fair_page_package_export,
    fair_page_answers, fair_page_answer, fair_page_answer_read, fair_page_answer_file, fair_page_answer_picture,
    fair_page_watches, fair_page_watch_add, fair_page_watch, fair_page_watch_change,
    fair_page_scans, fair_page_scan_add, fair_page_scan,
    fair_page_users, fair_page_user_add, fair_page_user_change, fair_page_settings;

fair_handler fair_page_owners, fair_page_mandate_revoke, fair_page_check, fair_page_confirm, fair_page_confirm_use, fair_page_licences, fair_page_licence_add,
    fair_page_licence_end, fair_page_declare, fair_page_rival_settle;

#endif
