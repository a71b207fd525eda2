/* work/draft.h - a case's letter, drafted from what the store knows. */
#ifndef FAIR_WORK_DRAFT_H
#define FAIR_WORK_DRAFT_H
#include "cases/letters.h"
#include "store/case_rows.h"
#include "work/house.h"

struct fair_draft_ask {
    fair_id case_id;
    fair_str step;                    /* "inquiry" (share/letters/steps.tsv)                       */
    fair_id notice;                   /* a draft to make anew; 0: a new one                         */
    fair_str law, language;           /* absent: of the recipient's country and language           */
    fair_str way;                     /* "mail" or "letter" (by post); absent: mail where it can be            */
    bool automatic;                   /* owed by a move and made from the records alone; by nobody, without `more` */
    bool bare;                        /* without the words that a person added to a close           */
    int64_t seq;                      /* the event that owes it: what came after it is not told; 0: all there is */
    const struct fair_letter_facts *more;     /* facts that a person adds: answer.words, lawyer.name; NULL: none. They
                                               * may not say who writes, for whom, to whom, or who checked what.      */
};
struct fair_drafted {
    struct fair_notice notice;
    struct fair_letter_filled letter;
    unsigned pages;                   /* of the PDF                                                 */
};

/* Draft it: facts gathered anew, the letter filled, made a mail (text and HTML), HTML and PDF, all kept in the vault, and the
 * notice written with what was found in it (pack.*, wording.*, privacy.*: share/cases/facts.tsv), for a person to read and
 * approve.  Nothing is sent, and the case does not move.
 *
 *   FAIR_INVALID   facts are missing, all named: an address of ours (letters.address), the recipient's name, ...
 *   FAIR_REFUSED   no pack for the recipient's country; the notice has left already; all contact goes to a lawyer whom nobody entered
 *   FAIR_NOT_FOUND no such case, step or language */
fair_status fair_draft(struct fair_house *h, const struct fair_draft_ask *ask, fair_time now, struct fair_arena *a, struct fair_drafted *out, struct fair_err *err) FAIR_MUST_CHECK;
/* The same without keeping anything: what the letter would say. */
fair_status fair_draft_preview(struct fair_house *h, const struct fair_draft_ask *ask, fair_time now, struct fair_arena *a, struct fair_drafted *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
