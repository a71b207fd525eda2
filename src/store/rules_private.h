/* store/rules_private.h - what a rule is about, and which rule covers a hit. */
#ifndef FAIR_STORE_RULES_PRIVATE_H
#define FAIR_STORE_RULES_PRIVATE_H
#include "store/store_private.h"

#define FAIR_PAIR_RADIUS 10           /* bits: a picture found is the same one encoded again */

/* What the scopes look at. */
struct fair_rule_about {
    fair_id work;
    fair_str site, operator;
    struct fair_sha256 page_key, image_key, sha256, whole;
};

/* The key under which a rule of this scope about this use is kept.  A pair's
 * key is that of its work: the pictures are compared one by one. */
struct fair_sha256 fair_rule_key(fair_str scope, const struct fair_rule_about *about);

/* What remains when the people behind it are forgotten (forget.c): site and operator as texts "forgotten:<hex>", page and image as keyed
 * hashes.  The same use found again has the same, so that rules go on holding.  `make`: make the organisation's secret if it has none yet;
 * otherwise *any false: nothing is kept by it. */
#define FAIR_FORGOTTEN "forgotten:"
bool fair_is_forgotten(fair_str text);
fair_status fair_about_keyed(const struct fair_desk *d, const struct fair_rule_about *about, bool make, struct fair_arena *a, struct fair_rule_about *out,
                             bool *any, struct fair_err *err) FAIR_MUST_CHECK;
/* Any other text under the same secret: as bytes, and as "forgotten:<hex>". */
fair_status fair_keyed(const struct fair_desk *d, const char *what, fair_str bytes, struct fair_sha256 *out, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_keyed_text(const struct fair_desk *d, const char *what, fair_str text, struct fair_arena *a, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;

/* Is it the picture that was rejected: the same bytes, the same address, or the same picture encoded again? */
bool fair_pair_same(const struct fair_rule_about *a, const struct fair_rule_about *b);

/* The rule that covers this use at `now`, the narrowest and then the newest; *id 0: none. */
struct fair_rule_hold { fair_id id, decision; fair_str what; fair_time until; };
fair_status fair_rule_covering(const struct fair_desk *d, const struct fair_rule_about *about, fair_time now,
                               struct fair_arena *a, struct fair_rule_hold *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
