/* work/party.h - who runs a site, as far as it says so itself: asked for by a person, offered to a person. */
#ifndef FAIR_WORK_PARTY_H
#define FAIR_WORK_PARTY_H
#include "work/house.h"

/* Ask the sources of a case's site, through the fetch helper behind the address guard: registration data (capture.rdap), security.txt, and
 * the imprint that the page of the use links to; and offer what they say (store/proposal_rows.h), each with its source and time.
 *
 * Of persons nothing is offered: from registration data only a registrant that is named as an organisation and not withheld (name, address,
 * country), and for a takedown the abuse contact of the network; from security.txt and imprint only addresses of offices (source/contact.h).
 * What was asked and why nothing of it is offered is a note. */
fair_status fair_party_look(struct fair_house *h, fair_id case_id, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;

/* The job "party" {"case"} (work/jobs.c). */
fair_status fair_job_party(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err) FAIR_MUST_CHECK;

#endif
