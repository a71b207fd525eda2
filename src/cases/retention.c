/* cases/retention.c - how long what is held of people is kept: read from share/cases/retention.tsv. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cases/cases_private.h"

enum { DAYS_MOST = 3660 };

struct list { struct fair_retention r[FAIR_N_KEEPS]; bool is[FAIR_N_KEEPS]; struct fair_arena *texts; };

/* What the days count from is a matter of the program: the file only repeats it. */
static const struct { const char *name, *from; } keeps[FAIR_N_KEEPS] = {
    [FAIR_KEEP_HIT_IGNORED] = { "hit.ignored", "decided" },
    [FAIR_KEEP_CASE_UNCONTACTED] = { "case.uncontacted", "closed" },
    [FAIR_KEEP_CASE_CONTACTED] = { "case.contacted", "closed or time-barred" },
    [FAIR_KEEP_MAIL] = { "mail.unmatched", "taken" },
    [FAIR_KEEP_ACCESS] = { "access", "looked" },
    [FAIR_KEEP_FETCHED] = { "crawl.fetched", "fetched" },
    [FAIR_KEEP_RUN] = { "crawl.run", "ended" },
    [FAIR_KEEP_JOB] = { "job.done", "ended" },
    [FAIR_KEEP_REQUEST] = { "request", "answered" },
};

static bool is(fair_str s, const char *c) { return fair_str_eq(s, fair_str_of(c)); }

/* The engine forgets cases by its own numbers (fair_cases_forget_at): the rows of cases must name those. */
static const char *
case_days(int keep)
{
    return keep == FAIR_KEEP_CASE_UNCONTACTED ? "=retention.uncontacted" : keep == FAIR_KEEP_CASE_CONTACTED ? "=retention.contacted" : NULL;
}

static const char *
read_days(fair_str text, fair_str deadlines, int64_t *days)
{
    fair_str line, name, value;

    if (text.n == 0 || text.p[0] != '=') return fair_str_number(text, DAYS_MOST, days) && *days > 0 ? NULL : "days is no number from 1 to 3660";
    while (fair_str_split(&deadlines, '\n', &line))
        if (fair_str_split(&line, '\t', &name) && fair_str_eq(name, (fair_str){ text.p + 1, text.n - 1 }) && fair_str_split(&line, '\t', &value))
            return fair_str_number(value, DAYS_MOST, days) && *days > 0 ? NULL : "its number in deadlines.tsv is none from 1 to 3660";
    return "deadlines.tsv has no such number";
}

static const char *
read_row(struct list *l, fair_str line, fair_str deadlines)
{
    fair_str col[6], cell;
    size_t n = 0;
    int at = -1;
    int64_t days = 0;
    const char *fault;

    while (fair_str_split(&line, '\t', &cell)) {
        if (n < 6) col[n] = cell;
        n++;
    }
    if (n != 6) return "six columns are needed";
    for (int i = 0; i < FAIR_N_KEEPS; i++)
        if (is(col[0], keeps[i].name)) at = i;
    if (at < 0) return "nothing is kept by that name";
    if (l->is[at]) return "it stands twice";
    fault = read_days(col[1], deadlines, &days);
    if (fault != NULL) return fault;
    if (case_days(at) != NULL && !is(col[1], case_days(at))) return "the days of cases are those of deadlines.tsv, retention.contacted and retention.uncontacted";
    if (!is(col[2], keeps[at].from)) return "the days count from something else";
    for (int i = 3; i < 6; i++)
        if (fair_str_trim(col[i]).n == 0) return "reason, source and words are all needed";
    l->is[at] = true;
    l->r[at] = (struct fair_retention){ fair_str_dup(l->texts, col[0]).p, fair_str_dup(l->texts, col[2]).p, fair_str_dup(l->texts, col[3]).p,
                                        fair_str_dup(l->texts, col[4]).p, fair_str_dup(l->texts, col[5]).p, days };
    return NULL;
}

static bool
read_all(struct list *l, fair_str text, fair_str deadlines, void (*say)(void *arg, const char *fault), void *arg)
{
    bool good = text.p != NULL;
    fair_str line;

    while (fair_str_split(&text, '\n', &line)) {
        const char *fault = line.n == 0 || line.p[0] == '#' ? NULL : read_row(l, line, deadlines);
        if (fault == NULL) continue;
        say(arg, fair_str_fmt(l->texts, "retention.tsv: %.*s: %s", (int)(line.n < 40 ? line.n : 40), line.p, fault).p);
        good = false;
    }
    for (int i = 0; i < FAIR_N_KEEPS; i++)
        if (!l->is[i]) {
            say(arg, fair_str_fmt(l->texts, "retention.tsv: %s is missing: it would be kept for ever", keeps[i].name).p);
            good = false;
        }
    return good;
}

bool
fair_retention_check(fair_str text, fair_str deadlines, void (*say)(void *arg, const char *fault), void *arg)
{
    struct list *l = fair_xcalloc(1, sizeof *l);
    bool good;

    l->texts = fair_arena_new();
    good = read_all(l, text, deadlines, say, arg);
    fair_arena_free(&l->texts);
    free(l);
    return good;
}

static void
say_it(void *arg, const char *fault)
{
    (void)arg;
    fprintf(stderr, "share/cases/%s\n", fault);
}

const struct fair_retention *
fair_retention_get(enum fair_keep k)
{
    static struct list *l;

    if (l == NULL) {
        struct list *made = fair_xcalloc(1, sizeof *made);
        made->texts = fair_arena_new();
        if (!read_all(made, fair_cases_file("retention.tsv"), fair_cases_file("deadlines.tsv"), say_it, NULL)) abort();
        l = made;
    }
    return &l->r[k];
}
