/* web/cases_private.h - what the pages about cases share. */
#ifndef FAIR_WEB_CASES_PRIVATE_H
#define FAIR_WEB_CASES_PRIVATE_H
#include "cases/cases.h"
#include "store/case_rows.h"
#include "web/case_words.h"
#include "web/web_private.h"

/* A case as the list and its own page show it. */
json_t *fair_case_model(struct fair_request *rq, const struct fair_case *c);
/* What the links of a reason need to know of the case. */
struct fair_mending { fair_id case_id, work, hit; bool here; /* on the case's own page */ };
/* Reasons why not, each with the link to what mends it.  without_letter: there is no letter yet, which is one reason and not twenty. */
json_t *fair_reasons_model(struct fair_request *rq, const struct fair_mending *m, const struct fair_reason *r, size_t n, bool without_letter);
/* "1 use", "3 uses". */
fair_str fair_words_n(struct fair_arena *a, int64_t n, const char *one, const char *many);

/* The unsent letter that this move would let out, the newest; 0: none. */
fair_status fair_letter_waiting(struct fair_request *rq, fair_id case_id, enum fair_move move, fair_id *notice, struct fair_err *err) FAIR_MUST_CHECK;
json_t *fair_notice_model(struct fair_request *rq, const struct fair_notice *n);
/* What came from recipients: of a case, or (case 0) of all that nobody has read.  Members "answers" and show.unread. */
fair_status fair_put_answers(struct fair_request *rq, json_t *model, fair_id case_id, struct fair_err *err) FAIR_MUST_CHECK;
/* "waiting": the open cases in which silence of ours closes the case, the most urgent first. */
fair_status fair_put_waiting(struct fair_request *rq, json_t *model, struct fair_err *err) FAIR_MUST_CHECK;
/* "brake" and show.brake: how often this claimant was wrong, whether that stops the letters, and what ends it. */
fair_status fair_put_brake(struct fair_request *rq, json_t *model, fair_id case_id, struct fair_err *err) FAIR_MUST_CHECK;

/* Our own verifier looks at the sealed packages of a case that it last looked at before `since`. */
void fair_case_recheck_for(struct fair_request *rq, fair_id case_id, fair_time since);
/* A look that is no older will do for a page. */
#define FAIR_RECHECK_SHOWN (12 * FAIR_HOUR)

/* Redirect to a case: "/cases/5?done=WHAT#PART". */
fair_str fair_case_link(struct fair_request *rq, fair_id id, const char *done, const char *part);

#endif
