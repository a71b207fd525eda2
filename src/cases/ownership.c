/* ownership.c - the rules of ownership.tsv applied to facts; pure. */
#include "cases/ownership.h"
#include <stddef.h>
#include <string.h>

struct fair_embedded { const char *name; const unsigned char *bytes; size_t n; };
extern const struct fair_embedded fair_ownership_file[];

static const struct { const char *name; size_t at; } facts[] = {
#define FACT(name) { #name, offsetof(struct fair_ownership_facts, name) },
    FAIR_OWNERSHIP_FACTS(FACT)
#undef FACT
};
#define N_FACTS (sizeof facts / sizeof facts[0])

static fair_str
file(void)
{
    return (fair_str){ (const char *)fair_ownership_file[0].bytes, fair_ownership_file[0].n };
}

/* Cut a line into its four columns. */
static bool
read_line(fair_str line, struct fair_ownership_line *out)
{
    fair_str level;
    int64_t v;

    *out = (struct fair_ownership_line){ 0 };
    if (!fair_str_split(&line, '\t', &level) || !fair_str_split(&line, '\t', &out->need) || !fair_str_split(&line, '\t', &out->fact)) return false;
    out->words = line;
    if (out->words.n == 0 || out->need.n == 0 || memchr(line.p, '\t', line.n) != NULL || !fair_str_number(level, FAIR_OWNERSHIP_TOP, &v) || v < 1) return false;
    out->level = (int)v;
    return true;
}

static const bool *
fact_of(const struct fair_ownership_facts *f, fair_str name)
{
    for (size_t i = 0; i < N_FACTS; i++)
        if (fair_str_eq(name, fair_str_of(facts[i].name))) return (const bool *)((const char *)f + facts[i].at);
    return NULL;
}

/* Is this need of this level met by some line? */
static bool
met(const struct fair_ownership *o, int level, fair_str need)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->lines[i].level == level && fair_str_eq(o->lines[i].need, need) && o->lines[i].holds) return true;
    return false;
}

void
fair_ownership_level(const struct fair_ownership_facts *given, struct fair_ownership *out)
{
    struct fair_ownership_facts f = *given;
    fair_str rest = file(), line;

    f.original = f.raw || f.full_resolution || f.burst || f.deposit || f.content_credentials;
    *out = (struct fair_ownership){ 0 };
    while (fair_str_split(&rest, '\n', &line) && out->n < FAIR_OWNERSHIP_LINES) {
        struct fair_ownership_line l;
        const bool *is;
        if (line.n == 0 || line.p[0] == '#' || !read_line(line, &l)) continue;
        is = fact_of(&f, l.fact);
        l.holds = is != NULL && *is;
        out->lines[out->n++] = l;
    }
    for (int level = 1; level <= FAIR_OWNERSHIP_TOP && out->n_missing == 0; level++) {
        for (size_t i = 0; i < out->n; i++)
            if (out->lines[i].level == level && !met(out, level, out->lines[i].need)) out->missing[out->n_missing++] = i;
        if (out->n_missing == 0) out->level = level;
    }
}

struct fair_sha256
fair_ownership_rules(void)
{
    fair_str f = file();
    return fair_sha256_of(f.p, f.n);
}

const char *
fair_ownership_fault(void)
{
    struct fair_ownership_facts none = { 0 };
    bool named[N_FACTS] = { false }, level[FAIR_OWNERSHIP_TOP + 1] = { false };
    fair_str rest = file(), line;
    size_t n = 0;

    while (fair_str_split(&rest, '\n', &line)) {
        struct fair_ownership_line l;
        const bool *is;
        if (line.n == 0 || line.p[0] == '#') continue;
        if (++n > FAIR_OWNERSHIP_LINES) return "too many lines";
        if (!read_line(line, &l)) return "a line that is not level, need, fact, words";
        is = fact_of(&none, l.fact);
        if (is == NULL) return "a fact that the program does not know";
        for (size_t i = 0; i < N_FACTS; i++) named[i] |= (const char *)is == (const char *)&none + facts[i].at;
        level[l.level] = true;
    }
    for (size_t i = 0; i < N_FACTS; i++)
        if (!named[i]) return "a fact that no line asks for";
    for (int i = 1; i <= FAIR_OWNERSHIP_TOP; i++)
        if (!level[i]) return "a level without needs";
    return NULL;
}
