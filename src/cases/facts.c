/* cases/facts.c - the names of facts that people and programs establish for a case or a letter. */
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "cases/cases_private.h"

enum { FACTS_MAX = 96 };

struct list { struct fair_fact_info f[FACTS_MAX]; size_t n; struct fair_arena *texts; };

static bool is(fair_str s, const char *c) { return fair_str_eq(s, fair_str_of(c)); }

static bool
known_kind(fair_str kind)
{
    return is(kind, "flag") || is(kind, "number") || is(kind, "time") || is(kind, "text") || is(kind, "sha256") ||
           memchr(kind.p, '|', kind.n) != NULL;
}

static const char *
read_row(struct list *l, fair_str line)
{
    fair_str col[6], cell;
    size_t n = 0;

    while (fair_str_split(&line, '\t', &cell)) {
        if (n < 6) col[n] = cell;
        n++;
    }
    if (n != 6) return "six columns are needed";
    if (!is(col[1], "case") && !is(col[1], "notice")) return "the scope is none of case, notice";
    if (!known_kind(col[2])) return "the kind is none of flag, number, time, text, sha256, a|b";
    if (!is(col[3], "any") && !is(col[3], "person") && !is(col[3], "reviewer") && !is(col[3], "counsel") && !is(col[3], "house")) return "who is none of any, person, reviewer, counsel, house";
    if (col[5].n == 0) return "no words say what it is";
    if (l->n == FACTS_MAX) return "too many facts";
    l->f[l->n++] = (struct fair_fact_info){ fair_str_dup(l->texts, col[0]).p, fair_str_dup(l->texts, col[1]).p, fair_str_dup(l->texts, col[2]).p,
                                            fair_str_dup(l->texts, col[3]).p, fair_str_dup(l->texts, col[4]).p, fair_str_dup(l->texts, col[5]).p };
    return NULL;
}

bool
fair_facts_check(fair_str text, void (*say)(void *arg, const char *fault), void *arg)
{
    struct list *l = fair_xcalloc(1, sizeof *l);
    bool good = text.p != NULL;
    fair_str line;

    l->texts = fair_arena_new();
    while (fair_str_split(&text, '\n', &line)) {
        const char *fault = line.n == 0 || line.p[0] == '#' ? NULL : read_row(l, line);
        if (fault == NULL) continue;
        say(arg, fair_str_fmt(l->texts, "facts.tsv: %.*s: %s", (int)(line.n < 40 ? line.n : 40), line.p, fault).p);
        good = false;
    }
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(l->f[i].name, l->f[k].name) == 0) {
                say(arg, fair_str_fmt(l->texts, "facts.tsv: %s stands twice", l->f[i].name).p);
                good = false;
            }
    fair_arena_free(&l->texts);
    free(l);
    return good;
}

static const struct list *
facts(void)
{
    static struct list *l;

    if (l == NULL) {
        struct list *made = fair_xcalloc(1, sizeof *made);
        fair_str text = fair_cases_file("facts.tsv"), line;

        made->texts = fair_arena_new();
        while (fair_str_split(&text, '\n', &line))
            if (line.n > 0 && line.p[0] != '#' && read_row(made, line) != NULL) abort();
        l = made;
    }
    return l;
}

const struct fair_fact_info *
fair_cases_fact(fair_str name)
{
    const struct list *l = facts();

    for (size_t i = 0; i < l->n; i++)
        if (is(name, l->f[i].name)) return &l->f[i];
    return NULL;
}

const struct fair_fact_info *
fair_cases_fact_at(size_t i)
{
    const struct list *l = facts();
    return i < l->n ? &l->f[i] : NULL;
}

bool
fair_cases_fact_valid(const struct fair_fact_info *f, fair_str value)
{
    fair_str kinds = fair_str_of(f->kind), one;
    int64_t n;
    fair_time t;
    uint8_t sha[32];

    if (value.n == 0 || value.n > 8192 || !fair_utf8_valid(value)) return false;
    if (strcmp(f->kind, "flag") == 0) return is(value, "yes") || is(value, "no");
    if (strcmp(f->kind, "number") == 0) return fair_str_number(value, 1000000, &n);
    if (strcmp(f->kind, "time") == 0) return fair_time_parse(value, &t);
    if (strcmp(f->kind, "sha256") == 0) return fair_unhex(value, sha, sizeof sha);
    if (strcmp(f->kind, "text") == 0) return fair_str_trim(value).n > 0;
    while (fair_str_split(&kinds, '|', &one))
        if (fair_str_eq(one, value)) return true;
    return false;
}
