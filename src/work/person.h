/* work/person.h - one person's data as a whole: written out for them, and erased; and erased again after a restore. */
#ifndef FAIR_WORK_PERSON_H
#define FAIR_WORK_PERSON_H
#include "store/person_rows.h"
#include "work/privacy.h"

/* Write everything that is held about this person into the new folder `dir`: person.json for machines, person.html for people, and files/ with letters, answers,
 * mails, pictures and packages (GDPR Art. 15, 20).  FAIR_CONFLICT: the folder is there.  *n: how many things.  What was erased since is left out. */
fair_status fair_person_export(struct fair_house *h, fair_str who, const char *dir, fair_time now, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;

/* Erase what may be erased (GDPR Art. 17): closed cases, decided hits, mails, and words elsewhere.  `told` hears of each case, hit and mail, with why it stays
 * or NULL.  That this person was erased is first written down as a keyed hash in the file `erasures` of the home, which outlives a restored backup. */
struct fair_person_sum { int64_t gone, stays, rows, blobs; };
fair_status fair_person_erase(struct fair_house *h, fair_str who, const char *why, fair_time now, void (*told)(void *arg, const struct fair_person_part *x, const char *stays), void *arg,
                              struct fair_person_sum *sum, struct fair_err *err) FAIR_MUST_CHECK;

/* After a restore: take over the list `file` (NULL: only the home's own), and erase everybody on it again, in every organisation.  *n: how many were found. */
fair_status fair_person_replay(struct fair_house *h, const char *file, fair_time now, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;

#endif
