/* store/hits_private.h - how a hit changes its state, and the rows that say how it came there. */
#ifndef FAIR_STORE_HITS_PRIVATE_H
#define FAIR_STORE_HITS_PRIVATE_H
#include "store/rules_private.h"

/* What deciding needs of a hit. */
struct fair_hit_row {
    fair_id id, decision, rule;
    fair_str state;
    fair_time until;
    struct fair_rule_about about;
};
#define HIT_ROW_COLUMNS                                                                                       \
    "h.id, h.state, h.decision_id, h.rule_id, h.until_us, h.work_id, h.site, h.operator, h.page_key, h.image_key, " \
    "h.sha256, h.whole"
void fair_hit_row_read(struct fair_rows *q, int column, struct fair_arena *a, struct fair_hit_row *out);

/* A list of them, read to its end before any is changed. */
struct fair_hit_rows { struct fair_hit_row *rows; size_t n, room; };
fair_status fair_hit_rows_read(struct fair_rows *q, struct fair_arena *a, struct fair_hit_rows *out, struct fair_err *err) FAIR_MUST_CHECK;

/* The state of a rule's hits. */
fair_str fair_state_of(fair_str what);

/* Give the hit a state, and write down which decision did. */
struct fair_hit_move { fair_id decision, rule; fair_str state; fair_time until, at; };
fair_status fair_hit_move(const struct fair_desk *d, fair_id hit, fair_str was, const struct fair_hit_move *to, struct fair_err *err) FAIR_MUST_CHECK;

/* Its rule ended, or its date passed: the next rule that covers it, or back to the inbox by `decision`. */
fair_status fair_hit_reconsider(const struct fair_desk *d, const struct fair_hit_row *h, fair_id decision, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;

/* Append a decision; x->id and x->at are set. */
fair_status fair_decision_put(const struct fair_desk *d, struct fair_decision *x, struct fair_err *err) FAIR_MUST_CHECK;

/* End a rule; what it alone held comes back by `decision`.  *n: how many other than `but` were moved. */
fair_status fair_rule_end(const struct fair_desk *d, fair_id rule, fair_id decision, fair_id but, fair_time now, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;
/* The rules of this scope in force that cover `about`. */
fair_status fair_rules_over(const struct fair_desk *d, fair_str scope, const struct fair_rule_about *about, struct fair_arena *a,
                            fair_id **ids, size_t *n, struct fair_err *err) FAIR_MUST_CHECK;
/* Remember a decision; replaces rules about the very same. */
fair_status fair_rule_put(const struct fair_desk *d, const struct fair_decision *x, const struct fair_hit_row *h, fair_str page_url,
                          fair_id *rule, struct fair_err *err) FAIR_MUST_CHECK;

#endif
