/* letters_facts.c - the facts that letters are filled from. */
#include <string.h>
#include "base/clock.h"
#include "cases/letters_private.h"

struct fair_letter_facts *
fair_letter_facts_new(struct fair_arena *a)
{
    struct fair_letter_facts *f = FAIR_NEW(a, struct fair_letter_facts);

    f->a = a;
    return f;
}

static void
put(struct fair_letter_facts *f, fair_str name, fair_str value)
{
    for (size_t i = 0; i < f->n; i++)
        if (fair_str_eq(f->p[i].name, name)) {
            f->p[i].value = value;
            return;
        }
    if (f->n == f->room) {
        struct letter_fact *p = fair_alloc_array(f->a, f->room = f->room == 0 ? 64 : 2 * f->room, sizeof *p);
        if (f->n > 0) memcpy(p, f->p, f->n * sizeof *p);
        f->p = p;
    }
    f->p[f->n++] = (struct letter_fact){ name, value };
}

void
fair_letter_fact(struct fair_letter_facts *f, const char *name, fair_str value)
{
    if (value.n > 0) put(f, fair_str_dup(f->a, fair_str_of(name)), fair_str_dup(f->a, value));
}

void
fair_letter_fact_time(struct fair_letter_facts *f, const char *name, fair_time t)
{
    if (t > 0) fair_letter_fact(f, name, fair_time_text(f->a, t));
}

void
fair_letter_fact_number(struct fair_letter_facts *f, const char *name, int64_t n)
{
    fair_letter_fact(f, name, fair_str_fmt(f->a, "%lld", (long long)n));
}

void
fair_letter_fact_yes(struct fair_letter_facts *f, const char *name, bool yes)
{
    if (yes) fair_letter_fact(f, name, FAIR_STR("yes"));
}

void
fair_letter_fact_of(struct fair_letter_facts *f, const char *list, int n, const char *name, fair_str value)
{
    if (value.n > 0) put(f, fair_str_fmt(f->a, "%s.%d.%s", list, n, name), fair_str_dup(f->a, value));
}

fair_str
fair_letter_fact_get(const struct fair_letter_facts *f, fair_str name)
{
    for (size_t i = 0; i < f->n; i++)
        if (fair_str_eq(f->p[i].name, name)) return f->p[i].value;
    return (fair_str){ NULL, 0 };
}

size_t
fair_letter_facts_count(const struct fair_letter_facts *f)
{
    return f->n;
}
