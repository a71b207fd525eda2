/* cli/verb_inspect.c - the kinds of `fairtrack inspect`. */
#include <string.h>
#include "cli/inspect.h"

static const struct { const char *name; int (*run)(int argc, char **argv); } kinds[] = {
    { "picture", fair_inspect_picture }, { "fingerprint", fair_inspect_fingerprint },
    { "images", fair_inspect_images }, { "srcset", fair_inspect_srcset },
    { "robots", fair_inspect_robots }, { "url", fair_inspect_url },
    { "warc", fair_inspect_warc }, { "sitemap", fair_inspect_sitemap }, { "feed", fair_inspect_feed },
    { "rdap", fair_inspect_rdap },
};

int
fair_verb_inspect(struct fair_cli *c, int argc, char **argv)
{
    int code;

    if (argc > 0)
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
            if (strcmp(argv[0], kinds[i].name) == 0) return kinds[i].run(argc - 1, argv + 1);
    if (argc > 0 && argv[0][0] != '-') return fair_cli_usage(c, "nothing named \"%s\" to inspect", argv[0]);
    if (!fair_cli_parse(c, argc, argv, NULL, 1, -1, &code)) return code;
    return FAIR_EXIT_USAGE;
}
