/* work/jobs.h - doing what was asked for: the job kinds and the loop that runs them. */
#ifndef FAIR_WORK_JOBS_H
#define FAIR_WORK_JOBS_H
#include "work/house.h"

/* A kind of job.  Every one can be done twice with the same result as once:
 * it is leased, and when its worker dies another gets it.
 *   take   {"sha256","name","collection"}   register an uploaded picture
 *   look   {"target","site","depth"}        scan an address
 *   watch  {"watch"}                        look at a watch's site
 *   mail   {"subject","text"}               tell the owner
 *   party  {"case"}                     ask a site who runs it; what it says is offered to a person
 *   identify {"owner","address"}        mail an owner the link that confirms their address
 *   link   {"notice"}                       send a recipient a new link, to where the notice went
 *   probe  {"what"}                         "portal" or "mail": is what we send recognisably ours?
 *   letter {"owed"}                         draft a letter that is owed, and let it out
 *   seal   {"package"}                      time stamps for a package; asks for itself again while none answers
 *   deposit {"deposit"}                     the same for a collection
 *   capture {"hit","look"}                  look at a use as it stands on its page
 *   registered {}                           uploads have ended for a while: a deposit of what came, and "prove"
 *   prove {}                                who else registered the works, what shows that they are their owner's
 *   upgrade {"package" or "deposit","tries"}  ask calendars for a proof that they promised */
struct fair_job_kind {
    const char *name;
    int lease_s;              /* seconds until somebody else may take it; extended while it works */
    int max_attempts;         /* then it is laid aside for a person to look at                    */
    /* FAIR_OK: done.  FAIR_AGAIN or FAIR_IO: later, with growing pauses.
     * Anything else: laid aside at once with err's text. */
    fair_status (*run)(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err);
};
fair_status fair_job_letter(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err);
fair_status fair_job_probe(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err);
fair_status fair_job_link(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err);
extern const struct fair_job_kind fair_job_kinds[];      /* ends with a NULL name */

/* Run jobs and due watches until `stopped` says so; `once`: until nothing is due. */
fair_status fair_work_run(struct fair_house *h, bool once, bool (*stopped)(void *arg), void *arg, struct fair_err *err) FAIR_MUST_CHECK;

#endif
