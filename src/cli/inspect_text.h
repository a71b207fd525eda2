/* cli/inspect_text.h - what the inspect verbs for texts share. */
#ifndef FAIR_CLI_INSPECT_TEXT_H
#define FAIR_CLI_INSPECT_TEXT_H
#include <jansson.h>
#include "base/text.h"
#include "cli/inspect.h"

#define FAIR_INSPECT_INPUT ((size_t)1 << 30)

struct fair_inspect_option {
    const char *name;         /* "base"; the table ends with NULL */
    const char **text;        /* exactly one is set               */
    bool *flag;
};
/* --name VALUE, --name=VALUE, --name, --help, --json (it is always JSON).  False: return *code. */
bool fair_inspect_options(const char *verb, const char *usage, const struct fair_inspect_option *o, int argc, char **argv, int *code);

/* All of standard input; false is told. */
bool fair_inspect_input(const char *verb, struct fair_arena *a, fair_str *out);
/* The next line of *rest, without its newline; nothing follows the last newline. */
bool fair_inspect_line(fair_str *rest, fair_str *line);

json_t *fair_inspect_str(struct fair_arena *a, fair_str s);
/* A member that is a text, absent otherwise; views into `o`. */
fair_str fair_inspect_member(const json_t *o, const char *key);
/* Print one line and let go of it. */
void fair_inspect_print(json_t *line);

/* For each JSON object a line of standard input: `one` fills the answer, which already has the "id".
 * A line that is none gives {"error"} and exit 3. */
int fair_inspect_batch(const char *verb, void (*one)(struct fair_arena *a, const json_t *in, json_t *out, void *with), void *with);

#endif
