/* cli/explain.h - how two pictures are related, from the two files alone. */
#ifndef FAIR_CLI_EXPLAIN_H
#define FAIR_CLI_EXPLAIN_H
#include "cli/pair.h"
#include "cli/cli.h"

/* Tell whether the file `found` is a copy of the file `work`, by the scan's own matcher, why, and what was done to it; what `draw`
 * names is drawn where they match.  FAIR_EXIT_DONE, FAIR_EXIT_NO where they do not match, or FAIR_EXIT_FAILED. */
int fair_explain(struct fair_cli *c, const char *work, const char *found, const struct fair_drawings *draw);

#endif
