/* cases/check_cases.c - the build's checker: are the files of share/cases complete and fair?
 *
 *     check-cases [DIR]                   checks what was built in, or the files of DIR; exit 1 and a line for each fault
 *     check-cases --holidays CC FROM TO   prints the holidays of a country, DATE<tab>n|r<tab>NAME, for tests
 *     check-cases --deadline CC TIME N    prints when a period of N days from TIME ends, and the N-th business day */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/io.h"
#include "cases/check.h"

struct dir { struct fair_arena *a; const char *path; };

static fair_str
from_dir(void *arg, const char *name)
{
    struct dir *d = arg;
    fair_str text = { NULL, 0 };
    struct fair_err err = { 0 };

    if (fair_read_file(d->a, fair_str_fmt(d->a, "%s/%s", d->path, name).p, 1 << 20, &text, &err) != FAIR_OK) fprintf(stderr, "%s\n", err.text);
    return text;
}

static void
say(void *arg, const char *text)
{
    (void)arg;
    fprintf(stderr, "share/cases: %s\n", text);
}

static int
holidays(const char *country, int from, int to)
{
    for (int32_t d = fair_date_of(from, 1, 1); d < fair_date_of(to + 1, 1, 1); d++) {
        const char *national = fair_calendar_holiday(fair_str_of(country), d, false), *any = fair_calendar_holiday(fair_str_of(country), d, true);
        int y, m, day;

        fair_date_split(d, &y, &m, &day);
        if (any != NULL) printf("%04d-%02d-%02d\t%s\t%s\n", y, m, day, national != NULL ? "n" : "r", national != NULL ? national : any);
    }
    return 0;
}

int
main(int argc, char **argv)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct dir d = { a, argc > 1 ? argv[1] : "" };
    size_t n;

    if (argc == 5 && strcmp(argv[1], "--holidays") == 0) return holidays(argv[2], (int)strtol(argv[3], NULL, 10), (int)strtol(argv[4], NULL, 10));
    if (argc == 5 && strcmp(argv[1], "--deadline") == 0) {
        fair_time t;
        int64_t days = strtol(argv[4], NULL, 10);
        if (!fair_time_parse(fair_str_of(argv[3]), &t)) return 2;
        printf("%.*s\t%.*s\n", FAIR_STR_ARG(fair_time_text(a, fair_calendar_deadline(fair_str_of(argv[2]), t, days))),
               FAIR_STR_ARG(fair_time_text(a, fair_calendar_business(fair_str_of(argv[2]), t, days))));
        return 0;
    }
    n = argc > 1 ? fair_cases_check_files(from_dir, &d, say, NULL) : fair_cases_check(say, NULL);
    return n == 0 ? 0 : 1;
}
