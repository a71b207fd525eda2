/* work/letters.h - letters and the world: sets from a folder, facts from a file, the portal's blocks. */
#ifndef FAIR_WORK_LETTERS_H
#define FAIR_WORK_LETTERS_H
#include <jansson.h>
#include "cases/letters.h"

/* The archive (cases/letters.h) of a folder with letters/ and packs/ in it, as tools/embed-letters makes it: for those who
 * write letters and want them checked.  At most 5,000 files of 64 KiB.  FAIR_NOT_FOUND, FAIR_LIMIT. */
fair_status fair_letters_read_folder(struct fair_arena *a, const char *dir, fair_str *archive, struct fair_err *err) FAIR_MUST_CHECK;

/* Facts of lines "name <tab> value" with \t \n \\ \xHH escaped; lines that begin with # are remarks.  FAIR_INVALID names the line. */
fair_status fair_letter_facts_read(struct fair_arena *a, fair_str text, struct fair_letter_facts **out, struct fair_err *err) FAIR_MUST_CHECK;

/* The document as the portal's notice.json has it: objects with one of h, p, li, pre.  A new reference. */
json_t *fair_document_portal(const struct fair_document *d, struct fair_arena *a);

#endif
