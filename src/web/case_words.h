/* web/case_words.h - cases as people speak of them: states, moves, letters, reasons and where each is mended. */
#ifndef FAIR_WEB_CASE_WORDS_H
#define FAIR_WEB_CASE_WORDS_H
#include "cases/cases.h"

/* "Being prepared", and what that means in a sentence. */
struct fair_state_words { const char *name, *means; };
const struct fair_state_words *fair_case_state_words(enum fair_case_state s);
/* Of a name as it stands in a row; what is no state is named as it is. */
fair_str fair_state_said(fair_str name);

/* What a form asks for a move, bits. */
enum { FAIR_ASKS_NOTE = 1, FAIR_ASKS_REASON = 2 /* a note that may not be empty */, FAIR_ASKS_GROUND = 4, FAIR_ASKS_WORDS = 8, FAIR_ASKS_DAYS = 16, FAIR_ASKS_CREDIT = 32,
       FAIR_ASKS_LETTER = 64 };
/* Where a move stands on the page. */
enum fair_move_group { FAIR_MOVES_ON, FAIR_MOVES_BESIDE, FAIR_MOVES_DECIDE, FAIR_MOVES_HEARD, FAIR_MOVES_CLOSE, FAIR_N_MOVE_GROUPS };
struct fair_move_words {
    const char *label;        /* on a button: "Send the question"                       */
    const char *done;         /* in the history: "The question was sent."               */
    const char *help;         /* beside the button: what follows; NULL                  */
    unsigned asks;
    enum fair_move_group group;
};
const struct fair_move_words *fair_move_words(enum fair_move m);
/* What time alone will do, if it is this: "the case lapses"; NULL: nothing that time does. */
const char *fair_move_by_time(enum fair_move m);

/* "the owner", "Fairtrack by itself". */
const char *fair_actor_words(enum fair_actor a);
/* "there is a licence"; of a name as it stands in a row. */
fair_str fair_ground_said(fair_str name);
/* "the first letter"; of a step of a letter ("inquiry"). */
fair_str fair_letter_step_said(fair_str step);
/* The steps that a person may draft, in their order; NULL past the last. */
const char *fair_letter_step_at(size_t i);
/* The move that lets a letter of this step out. */
enum fair_move fair_letter_move(fair_str step);
/* "draft, to be read and approved" and so on. */
const char *fair_notice_state_said(fair_str state);
/* What a recipient did on the portal ("licence") or a mail is ("reply"). */
const char *fair_answer_said(fair_str what);

/* Where a reason is mended: a part of the case's page ("#party") or another ("/owners").  "work:" and "hit:" stand for the
 * first work and use of the case ("work:#ownership").  false: nothing on a page mends it. */
struct fair_mend { const char *label, *href; };
bool fair_reason_mend(int why, struct fair_mend *out);
/* Is this found only in a letter, so that without one it says no more than that there is none? */
bool fair_reason_of_letter(int why);

#endif
