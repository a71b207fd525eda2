/* work/scan_private.h - what the parts of a scan share. */
#ifndef FAIR_WORK_SCAN_PRIVATE_H
#define FAIR_WORK_SCAN_PRIVATE_H
#include "work/match.h"
#include "work/scan.h"

struct fair_scan_run {
    struct fair_house *h;
    const struct fair_scan_options *o;
    const struct fair_scan_calls *calls;
    struct fair_run *run;
    fair_time newest_work;    /* when the catalogue last grew: what was matched after it need not be matched again */
};

/* Where a picture was found. */
struct fair_place {
    fair_str page, image, site, via, alt;
    fair_str file;            /* an archive's or folder's file; absent on the web          */
    int64_t offset, length, record;
};

/* One picture at hand: decode, match, keep the hits. A fault of the picture is told and FAIR_OK. */
fair_status fair_scan_picture(struct fair_scan_run *s, fair_str bytes, const struct fair_place *p, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_scan_fault(struct fair_scan_run *s, fair_str where, const char *words, const struct fair_place *p, struct fair_err *err) FAIR_MUST_CHECK;
bool fair_scan_stopped(const struct fair_scan_run *s);
fair_status fair_scan_web(struct fair_scan_run *s, fair_str target, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_scan_warc(struct fair_scan_run *s, const char *path, struct fair_err *err) FAIR_MUST_CHECK;

#endif
