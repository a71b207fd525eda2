/* work/exhibits.h - a package as a PDF for people: pictures side by side, facts, custody, hashes. */
#ifndef FAIR_WORK_EXHIBITS_H
#define FAIR_WORK_EXHIBITS_H
#include "work/seal.h"

/* The exhibits of a sealed package.  The same package and the same fonts give the same bytes, whenever: the PDF is dated as the
 * seal and shows custody up to it.  Custody gets a line, "exported".
 * FAIR_AGAIN: not sealed yet. */
fair_status fair_exhibits_pdf(struct fair_house *h, fair_id package, struct fair_arena *a, fair_str *pdf, struct fair_err *err) FAIR_MUST_CHECK;

#endif
