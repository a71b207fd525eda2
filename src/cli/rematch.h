/* cli/rematch.h - the match of a package, computed again. */
#ifndef FAIR_CLI_REMATCH_H
#define FAIR_CLI_REMATCH_H
#include "cli/cli.h"

/* For a package that was checked: decode its two pictures in the confined helpers, match them as a scan does, and compare with
 * match/match.json.  Tells its findings; FAIR_EXIT_DONE or FAIR_EXIT_NO. */
int fair_rematch(struct fair_cli *c, const char *path, bool weak);

#endif
