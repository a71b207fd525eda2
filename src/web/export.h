/* web/export.h - hits as files for other people: a table, and a report that needs nothing beside it. */
#ifndef FAIR_WEB_EXPORT_H
#define FAIR_WEB_EXPORT_H
#include "store/store.h"
#include "vault/vault.h"

/* CSV (RFC 4180, UTF-8, a header line, CR LF) of every hit in the filter, whose
 * page is not looked at, written to `fd`.  A cell that a spreadsheet would take
 * for a formula (it begins with = + - @ or a tab, and is no number of ours) gets
 * an apostrophe in front. */
fair_status fair_export_csv(const struct fair_desk *d, const struct fair_hit_filter *f, int fd, struct fair_err *err) FAIR_MUST_CHECK;

/* An HTML page with everything in it: pictures as data: URIs for the first
 * FAIR_REPORT_PICTURES hits, the rest in words; no script, nothing loaded. */
enum { FAIR_REPORT_PICTURES = 300 };
fair_status fair_export_report(const struct fair_desk *d, struct fair_vault *vault, const struct fair_hit_filter *f, fair_time now,
                               int fd, struct fair_err *err) FAIR_MUST_CHECK;

/* A file without a name that goes away with its descriptor. */
fair_status fair_temporary(int *fd, struct fair_err *err) FAIR_MUST_CHECK;

#endif
