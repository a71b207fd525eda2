/* web/web.h - pages and the API, which are the same thing in two dresses. */
#ifndef FAIR_WEB_H
#define FAIR_WEB_H
#include "base/config.h"
#include "store/store.h"
#include "vault/vault.h"
#include "web/hands.h"

struct fair_web_options {
    struct fair_store *store;          /* used by the serving thread alone while it runs          */
    struct fair_vault *vault;
    const struct fair_config *config;  /* listen, public_url, session_days                        */
    const char *dir;                   /* a checkout's web/: read anew at each request, for designing; NULL: what was built in */
    const char *keys;                  /* keys/notary.json: the keys that packages are signed with; NULL: none is shown */
    const struct fair_web_hands *hands;/* NULL: pages that need one say so                          */
    const uint8_t *factor_key;         /* 32 bytes: what secrets of second factors are sealed with; needed by fair_web_run */
    int stop_fd;                       /* readable: stop.  -1: SIGTERM and SIGINT stop it         */
    /* Called once, when the server takes requests; `url` is its address, "http://127.0.0.1:8080". */
    fair_status (*ready)(void *arg, fair_str url, struct fair_err *err);
    void *arg;
};

/* Serve until told to stop; requests under way are finished (at most 5 s).
 *
 *   FAIR_INVALID  web.listen or web.public_url is no address
 *   FAIR_CONFLICT the port is taken
 *   FAIR_IO       the system refused */
fair_status fair_web_run(const struct fair_web_options *o, struct fair_err *err) FAIR_MUST_CHECK;

/* Captured pages, on capture.view_listen: an origin apart from the dashboard's, without sessions and scripts.  As fair_web_run. */
fair_status fair_view_run(const struct fair_web_options *o, struct fair_err *err) FAIR_MUST_CHECK;

/* Every address and the deed it takes, for docs/roles.md; false past the last. */
struct fair_web_way { const char *method, *path, *takes; enum fair_deed deed; };
bool fair_web_way(size_t i, struct fair_web_way *out);

/* A sign-in link for a user that works once within `seconds`: base is "http://127.0.0.1:8080". */
fair_status fair_web_link(const struct fair_desk *d, fair_id user, fair_time now, int64_t seconds, fair_str base,
                          struct fair_arena *a, fair_str *url, struct fair_err *err) FAIR_MUST_CHECK;

/* libsodium's argon2id string of a password, for fair_user.password.
 * FAIR_INVALID, fit to show: shorter than 10 characters, longer than 512 bytes, or the address itself. */
fair_status fair_web_password(fair_str password, fair_str email, struct fair_arena *a, fair_str *hash, struct fair_err *err) FAIR_MUST_CHECK;

#endif
