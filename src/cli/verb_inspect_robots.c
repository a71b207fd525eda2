/* cli/verb_inspect_robots.c - `fairtrack inspect robots`: may this agent fetch that address? */
#include "cli/inspect_text.h"
#include <stdio.h>
#include <string.h>
#include "base/io.h"
#include "source/robots.h"

#define MAX_FILE ((size_t)64 << 20)

/* "file <tab> agent <tab> url", and what stands behind is not read. */
static bool
three(fair_str line, fair_str part[3])
{
    fair_str rest = line;

    if (line.n > 0 && line.p[line.n - 1] == '\r') rest.n--;
    for (int i = 0; i < 3; i++)
        if (!fair_str_split(&rest, '\t', &part[i])) return false;
    return true;
}

/* A name inside the folder. */
static bool
is_inside(fair_str name)
{
    if (name.n == 0 || name.p[0] == '/' || memchr(name.p, 0, name.n) != NULL) return false;
    for (fair_str rest = name, part; fair_str_split(&rest, '/', &part);)
        if (fair_str_eq(part, FAIR_STR(".."))) return false;
    return true;
}

static int
batch(const char *dir)
{
    FAIR_AUTO(arena) struct fair_arena *all = fair_arena_new();
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str rest, line, part[3], have = { NULL, 0 };
    struct fair_robots *r = NULL;
    int code = FAIR_EXIT_DONE;

    if (!fair_inspect_input("robots", all, &rest)) return FAIR_EXIT_FAILED;
    while (fair_inspect_line(&rest, &line)) {
        struct fair_err err = { 0 };

        if (line.n == 0 || line.p[0] == '#') {
            printf("%.*s\n", FAIR_STR_ARG(line));
            continue;
        }
        if (!three(line, part)) {
            fprintf(stderr, "fairtrack inspect robots: not file, agent and url: \"%.*s\"\n", FAIR_STR_ARG(fair_str_escape(all, line)));
            code = FAIR_EXIT_PARTLY;
            continue;
        }
        if (have.p == NULL || !fair_str_eq(have, part[0])) {
            fair_str path, body;
            fair_arena_clear(a);
            have = part[0];
            r = NULL;
            path = fair_str_fmt(a, "%s/%.*s", dir, FAIR_STR_ARG(part[0]));
            if (!is_inside(part[0]) || fair_read_file(a, path.p, MAX_FILE, &body, &err) != FAIR_OK) {
                fprintf(stderr, "fairtrack inspect robots: %.*s: %s\n", FAIR_STR_ARG(fair_str_escape(all, part[0])),
                        err.text[0] != '\0' ? err.text : "not inside the folder");
                code = FAIR_EXIT_PARTLY;
            } else r = fair_robots_parse(a, body);
        }
        printf("%.*s\t%.*s\t%.*s\t%s\n", FAIR_STR_ARG(part[0]), FAIR_STR_ARG(part[1]), FAIR_STR_ARG(part[2]),
               r == NULL ? "-" : fair_robots_allows(r, part[1], part[2]) ? "1" : "0");
    }
    return code;
}

int
fair_inspect_robots(int argc, char **argv)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *agent = NULL, *url = NULL, *dir = NULL;
    const struct fair_inspect_option opts[] = { { "agent", &agent, NULL }, { "url", &url, NULL }, { "batch", &dir, NULL }, { 0 } };
    const char *usage = "--agent A --url U < robots.txt   (--batch DIR: lines file, agent, url)";
    const struct fair_robots *r;
    fair_str body;
    bool allowed;
    int code;

    if (!fair_inspect_options("robots", usage, opts, argc, argv, &code)) return code;
    if (dir != NULL) return batch(dir);
    if (agent == NULL || url == NULL) {
        fprintf(stderr, "fairtrack inspect robots: --agent and --url are wanted\nusage: fairtrack inspect robots %s\n", usage);
        return FAIR_EXIT_USAGE;
    }
    if (!fair_inspect_input("robots", a, &body)) return FAIR_EXIT_FAILED;
    r = fair_robots_parse(a, body);
    allowed = fair_robots_allows(r, fair_str_of(agent), fair_str_of(url));
    puts(allowed ? "allowed" : "disallowed");
    return allowed ? FAIR_EXIT_DONE : FAIR_EXIT_NO;
}
