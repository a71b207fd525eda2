/* evidence/package.h - what was seen, written so that a stranger can check it: the WARC writer, the facts of a
 * capture, and the package (WACZ 1.1.1) that both are laid down in.  docs/formats/evidence-package.md describes the
 * files without this code. */
#ifndef FAIR_EVIDENCE_PACKAGE_H
#define FAIR_EVIDENCE_PACKAGE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/digest.h"
#include "base/text.h"
#include "base/types.h"

/* ---- the WARC writer (WARC 1.1, ISO 28500:2017; a gzip member for each record) ------------------------------------ */

enum fair_warc_kind {
    FAIR_WARC_INFO,           /* "warcinfo": software, version, operator, host, robots policy                 */
    FAIR_WARC_REQUEST,        /* as it was sent                                                                */
    FAIR_WARC_RESPONSE,       /* as it was received                                                            */
    FAIR_WARC_RESOURCE,       /* a picture of the page, PDF, MHTML, DOM: under a urn: or the page's address    */
    FAIR_WARC_METADATA        /* DNS answers, TLS chain, RDAP, clock, the capture's log: concurrent to a record */
};

struct fair_warc_put {
    enum fair_warc_kind kind;
    fair_str uri;             /* WARC-Target-URI, absolute; of a warcinfo: the archive's own file name (WARC-Filename) */
    fair_str mime;            /* Content-Type of the block.  Absent: application/http; msgtype=request or =response,
                               * application/warc-fields for a warcinfo, application/octet-stream otherwise     */
    fair_str ip;              /* WARC-IP-Address, textual; absent: not known (behind no address, or from a cache) */
    fair_time at;             /* WARC-Date, written with microseconds                                          */
    fair_str concurrent_to;   /* an id that an earlier put gave; absent: none                                  */
    fair_str truncated;       /* WARC-Truncated: "length" "time" "disconnect" "unspecified"; absent: whole     */
    fair_str extra;           /* further header lines, each ended by CR LF; absent: none                       */
    fair_str http;            /* request and response: first line and header lines, without the empty line     */
    fair_str body;            /* behind it; or, with http absent, the whole block.  Of a response: as http tells its
                               * coding; a body that was decoded is given with those header lines taken out
                               * (fair_warc_http_plain)                                                        */
};

struct fair_warc_writer;

/* Write to `fd` from where it stands; `fd` stays the caller's.  `name` is the file's name in the package,
 * e.g. "data.warc.gz". */
fair_status fair_warc_writer_open(int fd, fair_str name, struct fair_warc_writer **out, struct fair_err *err) FAIR_MUST_CHECK;
/* Append a record.  *id (may be NULL) is its WARC-Record-ID without <>, in the writer's memory: a urn:uuid made from
 * the record itself (version 8, RFC 9562), so that the same capture gives the same file.
 *   FAIR_INVALID  a header value holds a line end, or uri is missing
 *   FAIR_IO       the disk is full, or as the text says; the file is cut back to the last whole record */
fair_status fair_warc_writer_put(struct fair_warc_writer *w, const struct fair_warc_put *r, fair_str *id, struct fair_err *err) FAIR_MUST_CHECK;
/* fsync; the number of bytes and the SHA-256 of what was written. */
fair_status fair_warc_writer_close(struct fair_warc_writer *w, uint64_t *bytes, struct fair_sha256 *sha, struct fair_err *err) FAIR_MUST_CHECK;
void fair_warc_writer_free(struct fair_warc_writer **w);

/* CDXJ of the response, resource and metadata records (specs: cdxj 0.1.0), sorted, one a line. */
fair_str fair_warc_writer_cdxj(const struct fair_warc_writer *w, struct fair_arena *a);

/* HTTP header lines as received, without those that no longer hold for a body that was decoded (Content-Encoding,
 * Transfer-Encoding, Content-Length); the length of the body given is put in, and each line taken out is kept
 * as X-Original-<name>. */
fair_str fair_warc_http_plain(struct fair_arena *a, fair_str head, size_t body);

/* ---- what a capture found out ------------------------------------------------------------------------------------- */

/* A text or a page that says who stands behind the site, as found and captured. */
struct fair_capture_text {
    fair_str kind;            /* "imprint" "terms" "privacy" "contact"                                         */
    fair_str url, title;
    struct fair_sha256 sha256;    /* of the bytes captured; none: could not be captured, `note` says why       */
    fair_str note;
};

/* How the work and the picture found agree (index/index.h, struct fair_match), so that `verify --rematch` can
 * compute it again.  Boxes are x0 y0 x1 y1 in pixels of the upright picture; map takes points of the work to the
 * picture found: x' = m0 x + m1 y + m2, y' = m3 x + m4 y + m5. */
struct fair_capture_match {
    bool have, has_map, mirrored;
    fair_str verdict;         /* "match" "possible" "same_scene"                                               */
    double score;
    int64_t bits, agree;
    double rotation, scale, covers, residual;
    double box[4], work_box[4], map[6];
    int64_t work_width, work_height, width, height;
    double match_at, possible_at;     /* the thresholds of the score in force                                  */
    fair_str matcher;         /* the matcher's version: "fairtrack 0.1.0 scheme 2"                             */
    fair_str words;           /* the reasons, a JSON array of sentences; absent: none                          */
};

/* Everything that becomes match/, pages/ and the first lines of custody.  An absent text is a fact not known, and is
 * written as null: nothing is left out silently. */
struct fair_capture_facts {
    fair_id org, capture, hit, work;
    fair_str operator_name;   /* the organisation                                                              */
    fair_str who;             /* the person, or "fairtrack" for a job: "owner@example.com"                     */
    fair_str software;        /* "Fairtrack 0.1.0"                                                             */
    fair_str browser;         /* "Chromium 120.0.6099.224"; absent: captured without a browser (say so in notes) */
    fair_str host;            /* the machine's own name                                                        */
    fair_str agent;           /* User-Agent sent                                                               */
    fair_str robots;          /* "obeyed" "not asked: a person opened the page" ...                            */
    fair_str url, final_url;  /* asked for; where it ended                                                     */
    fair_str title;           /* of the page                                                                   */
    fair_time started, ended;
    bool clock_known;
    int64_t clock_offset_us;  /* ours minus the reference's                                                    */
    int64_t clock_error_us;   /* +-                                                                            */
    fair_str clock_source;    /* "HTTP Date of ..." "NTP of ..."                                               */
    int64_t viewport_width, viewport_height, page_width, page_height;
    fair_str work_title, work_file;
    struct fair_sha256 work_sha256;       /* of the registered original                                        */
    fair_str picture_url;
    struct fair_sha256 picture_sha256;    /* of the bytes as served                                            */
    double place[4];          /* where it stands on the page, x0 y0 x1 y1 in CSS pixels                        */
    bool has_place;
    struct fair_capture_match match;
    const struct fair_capture_text *texts; size_t n_texts;
    const fair_str *notes; size_t n_notes;    /* gaps and events in words: "cookie banner seen, left as it was" */
};

/* A file that goes into the package as it is, beside the WARC.  `name` is folder/name.ext, letters, digits, '.', '-'
 * and '_': "match/work.jpg", "match/found.jpg", "match/overlay.png", "exhibits/page.png", "exhibits/page.pdf". */
struct fair_package_file { fair_str name; fair_str bytes; };

/* ---- the package, before it is sealed ------------------------------------------------------------------------------- */

struct fair_package_draft {
    const struct fair_capture_facts *facts;
    fair_str warc;            /* archive/data.warc.gz, whole                                                   */
    fair_str cdxj;            /* fair_warc_writer_cdxj                                                         */
    const struct fair_package_file *files; size_t n_files;
    fair_id id;               /* the package's                                                                 */
    int64_t number;           /* the organisation's 1st, 2nd, ... package                                      */
    struct fair_sha256 previous;      /* datapackage.json of the one before; none: the first                   */
    fair_time created;
    const fair_str *custody; size_t n_custody;    /* lines so far (evidence/custody.h)                         */
    fair_str key;             /* public key of the signer, DER                                                 */
};

/* Everything but datapackage-digest.json, as a list of members in their order, all in the arena; *datapackage is the
 * SHA-256 of datapackage.json, the last of them.  FAIR_INVALID: a file's name; FAIR_LIMIT: over 2 GiB. */
struct fair_package_members { struct fair_package_file *p; size_t n; };
fair_status fair_package_members(const struct fair_package_draft *d, struct fair_arena *a, struct fair_package_members *out,
                                 struct fair_sha256 *datapackage, struct fair_err *err) FAIR_MUST_CHECK;

/* The package as one file; with `digest` absent: the draft, which lacks its seal. */
fair_status fair_package_write(const struct fair_package_members *m, fair_str digest, struct fair_arena *a, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;
/* The members of a draft or a package of ours, and its datapackage-digest.json (absent in a draft); views into `file`.
 * For our own vault: fair_package_verify (evidence/verify.h) is for what others give.  FAIR_CORRUPT. */
fair_status fair_package_read(fair_str file, struct fair_arena *a, struct fair_package_members *out, fair_str *digest, struct fair_err *err) FAIR_MUST_CHECK;

#endif
