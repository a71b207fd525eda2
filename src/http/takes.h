/* http/takes.h - what a form may hold, said in one line beside its address. */
#ifndef FAIR_HTTP_TAKES_H
#define FAIR_HTTP_TAKES_H
#include <jansson.h>
#include "http/form.h"

/* `takes` names the fields of a form (POST) or query (GET): "what=pursue|ignore note?:m2000 hit*:id".
 * name, ? may be missing, * may be repeated, then =a|b one of these, :id a number > 0, :nMAX a
 * number up to MAX, :tMAX one line of at most MAX bytes, :mMAX several lines, :yes, :file. */

/* Check fields against it: they become members of `form`, files go to *files (in `a`).
 * FAIR_INVALID, fit to show: unknown, missing, twice, or not of the kind. */
fair_status fair_takes_check(struct fair_arena *a, const char *takes, const struct fair_fields *f, json_t *form,
                             struct fair_field **files, size_t *n_files, struct fair_err *err) FAIR_MUST_CHECK;
/* A JSON object as fields, for the same check. */
fair_status fair_takes_json(struct fair_arena *a, fair_str body, struct fair_fields *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
