/* store/proposal_rows.h - what was found of who runs a site: offered to a person, who takes it as so or not. */
#ifndef FAIR_STORE_PROPOSAL_ROWS_H
#define FAIR_STORE_PROPOSAL_ROWS_H
#include "store/store.h"

struct fair_proposal {
    fair_id id, party;
    fair_str what;            /* "name" "address" "country" "email" "form"; "note": a source was asked, and why nothing of it is proposed */
    fair_str value;
    fair_str source;          /* "imprint" "rdap" "security_txt"                                        */
    fair_str source_url;      /* what was fetched                                                       */
    fair_time seen;
};
/* These take the place of what was offered for the party and nobody has settled yet.  Of a party that is private, a contact is
 * kept only from their own imprint. */
fair_status fair_store_proposals_put(const struct fair_desk *d, fair_id party, const struct fair_proposal *v, size_t n, struct fair_err *err) FAIR_MUST_CHECK;
/* Those that wait. */
fair_status fair_store_proposals(const struct fair_desk *d, fair_id party, FAIR_EACH(fair_proposal), struct fair_err *err) FAIR_MUST_CHECK;
/* A person (the desk's) has looked at the source.  `so`: it is so, and becomes what is known of the party, confirmed by them; otherwise it
 * is offered no more.  FAIR_REFUSED: nobody is signed in; FAIR_NOT_FOUND: it is settled; as fair_store_party_put. */
fair_status fair_store_proposal_settle(const struct fair_desk *d, fair_id id, fair_id party, bool so, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;

#endif
