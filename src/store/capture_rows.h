/* store/capture_rows.h - looks at uses as rows: what each found, what changed, and its files for viewing. */
#ifndef FAIR_STORE_CAPTURE_ROWS_H
#define FAIR_STORE_CAPTURE_ROWS_H
#include "store/store.h"

struct fair_capture_row {
    fair_id id, hit, user;
    fair_str look;            /* "asked" "second" "before_notice" "cure"                            */
    fair_time at, ended;
    fair_str found;           /* "there" "picture" "removed" "page_gone" "unreachable"              */
    fair_str words, changes;  /* changes: since the look before; absent: none, or it is the first   */
    fair_str credit;
    struct fair_sha256 picture;
    fair_str title, browser;  /* browser absent: without one                                        */
    fair_str notes;           /* JSON array of sentences                                            */
    fair_id package;          /* 0: not sealed into one                                             */
    fair_str markers;         /* JSON array of {"what","where","words"}: signs of a licence; "[]": none; absent: not looked for */
    fair_str secret;          /* of its address on the viewing origin: 43 characters, made by add   */
};
struct fair_capture_file_row { fair_str name, mime; struct fair_sha256 sha256; int64_t bytes; };

/* A look and its files, as one; the blobs of the files are counted.  Sets c->id unless given, and c->secret.  A hit whose use was
 * removed or whose page is gone is marked gone; one that is there is seen.  FAIR_NOT_FOUND: no such hit. */
fair_status fair_store_capture_add(const struct fair_desk *d, struct fair_capture_row *c, const struct fair_capture_file_row *files, size_t n, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_capture_packaged(const struct fair_desk *d, fair_id capture, fair_id package, struct fair_err *err) FAIR_MUST_CHECK;
/* Ask the worker for a look at a hit, not before `at` (0: now): "asked", "second" (a day after the first), "before_notice" (within three
 * days before one) or "cure" (after it was said that it is removed or credited).  One of a kind waits at a time. */
fair_status fair_store_capture_ask(const struct fair_desk *d, fair_id hit, const char *look, fair_time at, struct fair_err *err) FAIR_MUST_CHECK;
/* Of a hit, oldest first. */
fair_status fair_store_captures(const struct fair_desk *d, fair_id hit, FAIR_EACH(fair_capture_row), struct fair_err *err) FAIR_MUST_CHECK;
/* The newest of a hit that was no failure to reach it; FAIR_NOT_FOUND. */
fair_status fair_store_capture_last(const struct fair_desk *d, fair_id hit, struct fair_arena *a, struct fair_capture_row *out, struct fair_err *err) FAIR_MUST_CHECK;

/* What the gates ask of a use: when it was captured first and last (0: never), how often, when it was last seen live, and
 * whether it has ended.  Unreachable pages count for none of them. */
struct fair_capture_sum { fair_time first, last, live; int64_t n; bool ended; };
fair_status fair_store_capture_sum(const struct fair_desk *d, fair_id hit, struct fair_capture_sum *out, struct fair_err *err) FAIR_MUST_CHECK;

/* A file of the capture with this secret, whatever organisation: whoever has the address may look.  FAIR_NOT_FOUND. */
fair_status fair_store_capture_file(struct fair_store *st, fair_str secret, fair_str name, struct fair_arena *a, struct fair_capture_file_row *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
