/* portal/door.h - how a home signs what it asks of a portal on another machine.
 *
 * Every request is a POST to /home/WHAT with
 *     Authorization: Fairtrack TIME BODY MAC
 * TIME: seconds since 1970, at most 300 s off; BODY: SHA-256 of the body; MAC: HMAC-SHA256 under the secret of home.secret
 * over "POST /home/WHAT\nTIME\nBODY", all hex.  What is asked can be asked twice, so a request that is heard again does no harm.
 *
 *   key       {"key"}: answers are sealed to it from now on
 *   files     {"id"}: {"files":[{"name","sha256"}]}, what is here of a notice
 *   file      a bundle (portal/seal.h): {"id"} and one file of the notice
 *   notice    {"id","notice","links":[{"hash","expires"}],"keep":[names]}, and files if it has new ones: what is neither among them nor kept goes
 *   remove    {"id"}
 *   public    {"name","facts"}: a page for everybody; facts null: it goes
 *   answers   {}: {"answers":[{"notice","name"}],"downloads":[{"notice","name","file"}]}, at most 200 of each
 *   answer    {"notice","name"}: its bytes
 *   answered  {"notice","name"}: it is safe at home, and goes; the same of a download: downloaded */
#ifndef FAIR_PORTAL_DOOR_H
#define FAIR_PORTAL_DOOR_H
#include "base/clock.h"
#include "base/digest.h"

/* The value of the header for this request. */
fair_str fair_door_sign(struct fair_arena *a, fair_str secret, const char *what, fair_time now, fair_str body);
/* Is it the home's, and of now?  *body: what its body must hash to. */
bool fair_door_check(struct fair_arena *a, fair_str secret, fair_str what, fair_time now, fair_str header, struct fair_sha256 *body);

#endif
