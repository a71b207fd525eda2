/* web/model.h - the rows as JSON, in the shapes of docs/formats/api.md; the command line prints the same. */
#ifndef FAIR_WEB_MODEL_H
#define FAIR_WEB_MODEL_H
#include <jansson.h>
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

#endif
