/* work/ledger.h - the licence ledger as files: tables in, tables and ODRL out. */
#ifndef FAIR_WORK_LEDGER_H
#define FAIR_WORK_LEDGER_H
#include "store/owner_rows.h"

/* One line of a table that is imported: a licence, or why not. */
struct fair_ledger_line {
    int64_t line;             /* of the file                                                        */
    const char *fault;        /* in words; NULL: it is well                                         */
    bool known;               /* a licence of the same shop and order stands in the ledger          */
    struct fair_licence l;    /* as far as it was read; id set when it was added                    */
};
struct fair_ledger_sum { int64_t lines, good, known, faults, added, covered; };

/* Read a table (CSV, base/csv.h; the first row names the columns: kind assignee domains works collection territory medium from until attribution
 * shop order note, in any order; `domains`, `works` hold several with spaces between; dates as 2026-11-26).  Every line is told.  `apply`: the
 * good ones are added, each for itself.  FAIR_INVALID: no such table (unknown or missing columns). */
fair_status fair_ledger_import(const struct fair_desk *d, fair_str bytes, bool apply, fair_time now,
                               fair_status (*told)(void *arg, const struct fair_ledger_line *l, struct fair_err *err), void *arg,
                               struct fair_ledger_sum *sum, struct fair_err *err) FAIR_MUST_CHECK;

/* The ledger as a table that fair_ledger_import reads again; cells that a spreadsheet would run are made plain text. */
fair_status fair_ledger_csv(const struct fair_desk *d, struct fair_arena *a, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;
/* The ledger as ODRL 2.2 in JSON-LD (W3C Recommendation, 15 February 2018): an Agreement each. */
fair_status fair_ledger_odrl(const struct fair_desk *d, struct fair_arena *a, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
