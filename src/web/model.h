/* web/model.h - the rows as JSON, in the shapes of docs/formats/api.md; the command line prints the same. */
#ifndef FAIR_WEB_MODEL_H
#define FAIR_WEB_MODEL_H
#include <jansson.h>
#include "store/owner_rows.h"
#include "store/store.h"

/* Each gives a new object that the caller owns.  Texts that are no UTF-8 are
 * mended; a path that lost something by it has "path_b64" beside it.  Times are
 * RFC 3339 in UTC; what is not known is null. */
json_t *fair_model_work(const struct fair_work *w);
json_t *fair_model_hit(const struct fair_hit *h);
json_t *fair_model_site(const struct fair_site *s);
json_t *fair_model_decision(const struct fair_decision *x);
json_t *fair_model_rule(const struct fair_rule *r);
json_t *fair_model_run(const struct fair_run *r);
json_t *fair_model_fault(const struct fair_fault *f);
json_t *fair_model_watch(const struct fair_watch *w);
json_t *fair_model_job(const struct fair_job *j);
json_t *fair_model_user(const struct fair_user *u);

/* Owners and what shows that a work is theirs.  k: fair_store_identity_level. */
json_t *fair_model_owner(const struct fair_owner *o, int k);
json_t *fair_model_identity(const struct fair_identity *x);
json_t *fair_model_mandate(const struct fair_mandate *m);
json_t *fair_model_licence(const struct fair_licence *l);
json_t *fair_model_declaration(const struct fair_declaration *x);
json_t *fair_model_proof(const struct fair_proof *p);
/* The level of a work with its reasons, proofs, rivals and declaration.  *out is the caller's, on failure too (then it may be NULL). */
fair_status fair_model_owned(const struct fair_desk *d, fair_id work, struct fair_arena *a, json_t **out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
