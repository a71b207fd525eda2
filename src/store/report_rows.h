/* store/report_rows.h - the figures of the transparency report: from the ledger of cases alone. */
#ifndef FAIR_STORE_REPORT_ROWS_H
#define FAIR_STORE_REPORT_ROWS_H
#include "store/store.h"

/* The last letters that asked for something, at most 100, and how many of them turned out wrong: as G19 counts them.  owner 0: of the organisation. */
struct fair_wrongs { int64_t sent, refuted; };
fair_status fair_store_wrongs(const struct fair_desk *d, fair_id owner, struct fair_wrongs *out, struct fair_err *err) FAIR_MUST_CHECK;
/* Is it more than may be?  Then nothing that asks for something leaves. */
bool fair_wrongs_hold(const struct fair_wrongs *b);

/* Of one organisation, cases opened from `from` until before `to`.  A claim is a letter that asks for something; what is refuted
 * is told in store/brake.h, the same for a case, its letters, and the brake. */
struct fair_report {
    fair_time from, to;
    int64_t cases, open, closed;
    int64_t claims, inquiries, offers, demands;           /* letters that were sent            */
    int64_t closed_as[32]; fair_str closed_names[32]; size_t n_closed;       /* by final state */
    int64_t disputes, disputes_accepted, appeals;
    int64_t refuted, withdrawn;
    int64_t claims_refuted;                               /* letters of refuted cases and takedowns */
    int64_t takedowns, takedowns_refuted;
    struct fair_wrongs brake;                              /* as it stands now, whatever `from` and `to` */
    int64_t answers;                                      /* that came by the portal           */
    int64_t median_days;                                  /* from opening to closing; -1: none closed */
    double mean_days;                                     /* the same; -1                             */
    int64_t rated_good, rated_middling, rated_bad;        /* by recipients after the end, the last of each case */
};
enum { FAIR_REPORT_LEAST = 20 };      /* shares and medians of fewer cases than this are not shown: they would name people */
fair_status fair_store_report(const struct fair_desk *d, fair_time from, fair_time to, struct fair_arena *a, struct fair_report *out, struct fair_err *err) FAIR_MUST_CHECK;

/* The report as everybody may see it, of every organisation: canonical JSON (docs/formats/portal-folder.md).  How cases ended is null
 * where fewer than FAIR_REPORT_LEAST have. */
fair_status fair_store_report_public(struct fair_store *st, fair_time now, struct fair_arena *a, fair_str *json, struct fair_err *err) FAIR_MUST_CHECK;

#endif
