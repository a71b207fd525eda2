/* cli/dev_inspect.c - the inspect verbs for texts as a program of their own, with the page reader linked in: for measuring
 * and profiling without a helper process.  Not installed. */
#include <stdio.h>
#include <string.h>
#include "cli/inspect.h"
#include "cli/inspect_images.h"

static fair_status
read_here(void *with, struct fair_arena *a, fair_str html, fair_str base, struct fair_links *out, struct fair_err *err)
{
    struct fair_links found;

    (void)with;
    FAIR_TRY(fair_links_html(a, html, base, (fair_str){ NULL, 0 }, &found, err));
    return fair_links_unpack(a, fair_links_pack(a, &found), out, err);
}

static int
images(int argc, char **argv)
{
    return fair_inspect_images_by(read_here, NULL, argc, argv);
}

int
main(int argc, char **argv)
{
    static const struct { const char *name; int (*run)(int argc, char **argv); } kinds[] = {
        { "url", fair_inspect_url }, { "robots", fair_inspect_robots }, { "srcset", fair_inspect_srcset }, { "images", images },
        { "warc", fair_inspect_warc },
        { "sitemap", fair_inspect_sitemap }, { "feed", fair_inspect_feed },
    };

    if (argc > 2 && strcmp(argv[1], "inspect") == 0)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            if (strcmp(argv[2], kinds[i].name) == 0) return kinds[i].run(argc - 3, argv + 3);
    fprintf(stderr, "usage: dev_inspect inspect url|robots|srcset|images|sitemap|feed|warc ...\n");
    return FAIR_EXIT_USAGE;
}
