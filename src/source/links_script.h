/* source/links_script.h - pictures named in scripts. */
#ifndef FAIR_SOURCE_LINKS_SCRIPT_H
#define FAIR_SOURCE_LINKS_SCRIPT_H
#include "source/links_private.h"

/* Strings that look like addresses of pictures, in a script or any other text. */
void fair_gather_script(struct fair_gather *g, fair_str text, const struct fair_link *said);
/* schema.org in JSON: pictures with license and credit, and the page's rights.  Broken JSON is read as far as it goes. */
void fair_gather_jsonld(struct fair_gather *g, fair_str text, const struct fair_link *said);

#endif
