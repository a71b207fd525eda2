/* work/scan.h - look at what is out there: a folder, a file, a page, a site, a list of addresses, an archive. */
#ifndef FAIR_WORK_SCAN_H
#define FAIR_WORK_SCAN_H
#include "work/house.h"

struct fair_scan_options {
    bool site;                /* http(s) targets: the whole site, not the one page          */
    int64_t depth;            /* links followed from the first page; < 0: the settings'      */
    int64_t pages, bytes;     /* of a site; 0: the settings'                                 */
    bool stateless;           /* nothing is written to the store or the vault, nothing but the catalogue read */
    bool images;              /* also a line for every picture looked at                    */
    const char *checkpoint;   /* archives: lines "file<TAB>offset" are appended here and skipped to; NULL */
    fair_id watch;            /* the watch this run is for; 0                               */
    unsigned off;             /* matcher stages left out (index.h)                          */
    bool whole;               /* a glance first: only what is near a work as a whole picture, or too plain to say, is looked at */
};

enum fair_scan_what { FAIR_SCAN_HIT, FAIR_SCAN_IMAGE, FAIR_SCAN_ERROR, FAIR_SCAN_STAT };

/* One thing to tell: a line of DISCOVERY's output. */
struct fair_scan_line {
    enum fair_scan_what what;
    fair_str where;           /* ERROR: the address or file it is about                     */
    const char *words;        /* ERROR                                                      */
    const struct fair_hit *hit;       /* HIT: with id and state unless stateless            */
    fair_str work_path;       /* HIT: the work as registered                                */
    bool fresh;               /* HIT: it was not known                                      */
    fair_str image_url, page_url, via, mime;  /* HIT, IMAGE                                 */
    struct fair_sha256 sha256;
    int64_t width, height;
    fair_time ts;             /* when it was there                                          */
    fair_str file;            /* the archive or list it came from; absent: none             */
    int64_t offset, length, record;
    const struct fair_run *run;       /* STAT: what was done                                */
    int64_t glanced;          /* STAT: pictures that a glance settled; < 0: none were glanced at */
    int64_t decoded;          /* STAT: how often a picture was decoded                      */
    int64_t searched;         /* STAT: how often the catalogue was searched                */
};

struct fair_scan_calls {
    void (*line)(void *arg, const struct fair_scan_line *l);     /* may be NULL, as may the others */
    void (*progress)(void *arg, const struct fair_run *so_far, int64_t waiting);
    bool (*stopped)(void *arg);
    void *arg;
};

/* Scan one target, told apart by what it is: an http(s) address; a folder; "-" (an archive on standard
 * input); a WARC or ARC file by its first bytes; a text file whose first line is an http(s) address or a JSON object with
 * "url" (and "page"); else a picture file.  A glob is its matches.
 *
 * Hits, pictures seen, faults and counters go to the store as they are found, and *run tells the sum.  A
 * site's frontier is in the store too: a run that was killed or stopped is taken up by the next call
 * for the same target.  Unchanged pages and pictures (304, or the same bytes) are not read or decoded again.
 * Hits, of the pages that were read whole, that are no longer there are marked gone.
 *
 * With `whole` a picture is decoded at an eighth and goes by that unless a work is near (fair_index_glance): crops, collages and
 * pages are not found.  What a glance settled is not remembered as looked at, and marks no hit gone.
 *
 * FAIR_OK: done; run->faults says how many things could not be read, each told in a line and a row.
 * FAIR_AGAIN: `stopped` said so.  FAIR_NOT_FOUND: no such file.  FAIR_REFUSED, FAIR_INVALID, FAIR_IO ...: not even begun, or the store,
 * the index or a helper failed; what was found before stays. */
fair_status fair_scan(struct fair_house *h, fair_str target, const struct fair_scan_options *o, const struct fair_scan_calls *calls,
                      struct fair_run *run, struct fair_err *err) FAIR_MUST_CHECK;

/* The line as a JSON object, without a line end: {"v":1,"type":"hit|image|error|stat",...} of spec DISCOVERY. */
fair_str fair_scan_json(struct fair_arena *a, const struct fair_scan_line *l);

#endif
