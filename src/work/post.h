/* work/post.h - sending an approved letter by mail, through the confined door fairtrack-post. */
#ifndef FAIR_WORK_POST_H
#define FAIR_WORK_POST_H
#include "work/house.h"

/* Send the notice that a move of its case let out (job "send").  The helper reads the database itself and asks the rules
 * again; what was sent is the blob that the notice names, and stays.  A server that takes it proves no delivery.
 *
 *   FAIR_OK        the server took it; or the notice has no mail and waits for the post; or it was taken before
 *   FAIR_IO        it did not get there: may be tried again
 *   FAIR_REFUSED   the rules or the approval say no now; the server said no for good (the notice is "undelivered");
 *                  or nobody knows whether the server took it: then it is not tried again, and a person has to look */
fair_status fair_post_send(struct fair_house *h, fair_id notice, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;

#endif
