/* work/portal_home.h - the home's side of the recipient's portal: notices go out to its folder, answers come in. */
#ifndef FAIR_WORK_PORTAL_HOME_H
#define FAIR_WORK_PORTAL_HOME_H
#include <jansson.h>
#include "portal/seal.h"
#include "portal/shelf.h"
#include "store/answer_rows.h"
#include "store/case_rows.h"
#include "work/house.h"

struct fair_portal_home { struct fair_shelf shelf; uint8_t public_key[32], secret_key[32]; };
/* Open the portal's folder (portal.dir).  The first time ever the pair of keys that answers are sealed to is made:
 * keys/portal.key in the home (0600), and its public half in the folder. */
fair_status fair_portal_home_open(struct fair_house *h, struct fair_arena *a, struct fair_portal_home *out, struct fair_err *err) FAIR_MUST_CHECK;

/* A secret of the installation for one purpose, made from the secret half of that pair (BLAKE2b, keyed): what lies in the database and must not be
 * readable by whoever has the database alone is sealed with it.  Makes the pair the first time. */
fair_status fair_house_secret(struct fair_house *h, const char *what, uint8_t out[32], struct fair_err *err) FAIR_MUST_CHECK;

/* Is there a portal that letters may name?  portal.public_url is set. */
bool fair_portal_there(const struct fair_house *h);
/* A fresh link for a letter that is being drafted: the address to print in it.  It opens nothing before the letter is published. */
fair_str fair_portal_link_new(const struct fair_house *h, struct fair_arena *a);
/* The address at which anyone verifies the notice with this code; absent without a portal. */
fair_str fair_portal_verify_link(const struct fair_house *h, fair_str code, struct fair_arena *a);

/* Put the notice, as it stands, into the portal's folder: its letter, pictures, a copy of each sealed package of its uses (custody says
 * so), the gates it passed, what happened since, and the link that its letter names.  Again brings it up to date: the same rows give
 * the same folder, and a kill at any moment leaves the page as it was or as it shall be.  FAIR_INVALID: it has no letter yet. */
fair_status fair_portal_publish(struct fair_house *h, fair_id notice, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* The same for every published notice of a case: the job "publish", which every move of the case asks for. */
fair_status fair_portal_publish_case(struct fair_house *h, fair_id case_id, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;

/* Take a notice off the portal, with its links, answers and files; from another machine with the next sync.  Not there: FAIR_OK. */
fair_status fair_portal_unpublish(struct fair_house *h, fair_str code, struct fair_err *err) FAIR_MUST_CHECK;

/* The pages for everybody: the transparency report of every organisation, and what the service costs where terms.publish says so. */
fair_status fair_portal_publish_public(struct fair_house *h, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;

/* Where the portal runs on another machine (portal.secret_file is set): send it what changed, and fetch the answers that wait there
 * into the home's own folder.  FAIR_OK and nothing done where it runs here.  FAIR_IO: it cannot be reached, or will not have us. */
fair_status fair_portal_sync(struct fair_house *h, struct fair_err *err) FAIR_MUST_CHECK;

/* Take the answers that wait: each is kept as it came, makes its move of the case (a dispute stops every clock), and is
 * taken out of the folder.  A kill between any two steps loses and doubles none.  *n: how many were taken. */
fair_status fair_portal_take(struct fair_house *h, fair_time now, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;
/* Does an answer to this notice wait untaken?  Asked by whoever is about to send something. */
fair_status fair_portal_waits(struct fair_house *h, fair_str code, bool *wait, struct fair_err *err) FAIR_MUST_CHECK;

/* The same for every notice of a case. */
fair_status fair_portal_waits_case(struct fair_house *h, fair_id case_id, bool *wait, struct fair_err *err) FAIR_MUST_CHECK;

/* Open a kept answer for a person of ours: what was said, and its files, in `a`.  *said is the caller's. */
fair_status fair_portal_answer_open(struct fair_house *h, const struct fair_portal_answer *x, struct fair_arena *a, json_t **said,
                                    struct fair_answer_file files[FAIR_ANSWER_FILES], size_t *n, struct fair_err *err) FAIR_MUST_CHECK;

/* Which move an answer asks for: its event, and a note for the case; false: none (a rating, a new link).  Pure. */
bool fair_portal_move(const json_t *said, bool files, struct fair_arena *a, struct fair_case_event *e, fair_str *note);

#endif
