/* cases/ownership.h - how well it is shown that a work is its owner's: L0 to L3, by rules that stand in a file.
 *
 * The rules are share/cases/ownership.tsv, built in: a level, a need, a fact that meets it, words.  A fact here is one
 * that was verified; what was only uploaded is none. */
#ifndef FAIR_CASES_OWNERSHIP_H
#define FAIR_CASES_OWNERSHIP_H
#include <stdbool.h>
#include "base/digest.h"
#include "base/text.h"

/* The facts of the file, by name. */
#define FAIR_OWNERSHIP_FACTS(X)                                                                                    \
    X(declared) X(named) X(published) X(original) X(raw) X(full_resolution) X(burst) X(deposit)                    \
    X(content_credentials) X(alone) X(human) X(registration) X(chain)
struct fair_ownership_facts {
#define FAIR_OWNERSHIP_FACT_(name) bool name;
    FAIR_OWNERSHIP_FACTS(FAIR_OWNERSHIP_FACT_)
#undef FAIR_OWNERSHIP_FACT_
};

/* One line of the file, and whether it is so. */
struct fair_ownership_line { int level; fair_str need, fact, words; bool holds; };
enum { FAIR_OWNERSHIP_LINES = 64, FAIR_OWNERSHIP_TOP = 3 };
struct fair_ownership {
    int level;                /* 0 to 3 */
    struct fair_ownership_line lines[FAIR_OWNERSHIP_LINES];       /* all of the file, in its order */
    size_t n;
    /* What would lift it by one level: the needs of the next level that are not met; for each every fact that would do. */
    size_t missing[FAIR_OWNERSHIP_LINES], n_missing;
};
/* `original` is set by itself where raw, full_resolution, burst, deposit or content_credentials holds. */
void fair_ownership_level(const struct fair_ownership_facts *f, struct fair_ownership *out);

/* SHA-256 of the file: which rules a level was computed by. */
struct fair_sha256 fair_ownership_rules(void);
/* What a build asks: is the file well-formed, does it name every fact once at least and none unknown, is every level there?
 * NULL: it is sound; else what is wrong. */
const char *fair_ownership_fault(void);

#endif
