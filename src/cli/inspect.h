/* cli/inspect.h - how foreign things are read, shown: one function a kind, each with its own arguments. */
#ifndef FAIR_CLI_INSPECT_H
#define FAIR_CLI_INSPECT_H
#include "cli/cli.h"

int fair_verb_inspect(struct fair_cli *c, int argc, char **argv);

/* argv holds what follows the kind's name.  Each reads its arguments and standard input
 * as the commands' specification says, prints its lines and returns the exit code. */
int fair_inspect_picture(int argc, char **argv);
int fair_inspect_fingerprint(int argc, char **argv);
int fair_inspect_images(int argc, char **argv);
int fair_inspect_srcset(int argc, char **argv);
int fair_inspect_robots(int argc, char **argv);
int fair_inspect_url(int argc, char **argv);
int fair_inspect_warc(int argc, char **argv);
int fair_inspect_sitemap(int argc, char **argv);
int fair_inspect_feed(int argc, char **argv);
int fair_inspect_rdap(int argc, char **argv);

#endif
