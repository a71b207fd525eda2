/* work/matchers.h - the search on every core: pictures already decoded are matched by threads, the answers come in any order.
 *
 * The threads share the house's index, which must not be refreshed while asks are under way; each has a store, a vault and a decoder
 * for proofs of its own.  They are started when there is work for them: one picture starts none.  Where this process may use one
 * core only, asking does the work at once. */
#ifndef FAIR_WORK_MATCHERS_H
#define FAIR_WORK_MATCHERS_H
#include "work/match.h"

struct fair_matchers;

/* At most `n` at once; 0: as many as this process may use cores.  fair_house_index must have been called; `h` outlives it. */
struct fair_matchers *fair_matchers_new(struct fair_house *h, unsigned n);
/* What is under way is let go, as soon as the threads have done with it. */
void fair_matchers_free(struct fair_matchers **m);

/* fair_house_match, by and by: `fp`, `grey` (may be NULL) and `a` are lent until the answer is taken.  FAIR_AGAIN: enough is
 * under way, take an answer first. */
fair_status fair_matchers_ask(struct fair_matchers *m, const struct fair_fingerprint *fp, const struct fair_image *grey, unsigned off,
                              struct fair_arena *a, void *tag) FAIR_MUST_CHECK;

struct fair_matched {
    void *tag;
    fair_status status;
    struct fair_err why;              /* where it failed       */
    struct fair_matches found;        /* in the ask's arena    */
};
/* The next answer, waiting at most wait_ms (-1: as long as it takes).  FAIR_DONE: nothing is under way.  FAIR_AGAIN: not yet. */
fair_status fair_matchers_next(struct fair_matchers *m, int wait_ms, struct fair_matched *out) FAIR_MUST_CHECK;
/* How many asks are under way. */
size_t fair_matchers_busy(const struct fair_matchers *m);

#endif
