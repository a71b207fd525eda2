/* work/scan.h - looking for copies: folders and files, pages, sites, archives, lists of addresses. */
#ifndef FAIR_WORK_SCAN_H
#define FAIR_WORK_SCAN_H
#include <jansson.h>
#include "work/house.h"

struct fair_scan_options {
    bool site;                /* follow the links of the target's own site                   */
    bool stateless;           /* write no row: hits are told by `line` alone                 */
    int64_t depth, pages;     /* of one site in one run                                      */
    fair_id watch;            /* the watch this run belongs to, or 0                         */
};

struct fair_scan_calls {
    /* A line of output: {"v":1,"type":"hit"|"image"|"error"|"stat", ...}; takes the reference.  May be NULL. */
    void (*line)(void *arg, json_t *line);
    void (*progress)(void *arg, int64_t done, int64_t known);
    bool (*stopped)(void *arg);
    void *arg;
};

/* Scan one target: a file or folder of pictures, a WARC or ARC file, a list of http(s) addresses (a text file), or
 * an http(s) address.  Hits go to the store with page, picture, place, score and reasons; the same
 * use seen again is the same hit.  Pages and pictures that did not change since are neither sent nor
 * decoded again.  A crawl that was ended, by kill -9 too, goes on where it was.
 *
 *   FAIR_AGAIN      `stopped` said so; the same call goes on
 *   FAIR_NOT_FOUND  no such file
 *   FAIR_REFUSED    no contact is set (crawl.contact), or the first address may not be fetched
 * What fails within a target is a fault of the run, told in a line, and the run goes on. */
fair_status fair_scan(struct fair_house *h, fair_str target, const struct fair_scan_options *o, const struct fair_scan_calls *calls,
                      struct fair_run *run, struct fair_err *err) FAIR_MUST_CHECK;

#endif
