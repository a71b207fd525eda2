/* work/draft_private.h - a letter in the making. */
#ifndef FAIR_WORK_DRAFT_PRIVATE_H
#define FAIR_WORK_DRAFT_PRIVATE_H
#include "work/draft.h"

struct drafting {
    struct fair_house *h;
    const struct fair_draft_ask *ask;
    struct fair_arena *a;
    fair_time now;
    struct fair_letters *letters;
    struct fair_letter_facts *facts;
    struct fair_case c;
    struct fair_facts course;
    fair_str code, law, lang;         /* lang: that is written in                                 */
    fair_str language, country, to, address, lawyer, org;             /* to, address: of the recipient, or of their lawyer */
    fair_str window;                  /* the name over the address                                */
    fair_str way;                     /* "mail" or "letter" (by post)                              */
    bool to_lawyer;
    fair_str before, before_id;       /* our last letter: its code, its Message-ID                 */
    fair_id work;                     /* of the first use, and its page                           */
    fair_str page;
    int n_uses, n_data;
};

/* All facts; law and language are settled on the way. */
fair_status fair_draft_gather(struct drafting *g, struct fair_err *err) FAIR_MUST_CHECK;

#endif
