/* store/package_rows.h - evidence packages, their custody and time stamps, and deposits, as rows that last. */
#ifndef FAIR_STORE_PACKAGE_ROWS_H
#define FAIR_STORE_PACKAGE_ROWS_H
#include "store/store.h"

struct fair_package {
    fair_id id, hit, work, user;
    int64_t number;           /* 0: not drafted yet                                          */
    fair_str state;           /* "capturing" "sealing" "sealed" "failed"                     */
    fair_str url, title;
    fair_time made, captured, sealed;
    struct fair_sha256 draft; /* in the vault                                                */
    int64_t bytes;
    struct fair_sha256 datapackage, previous;
    fair_str software, signature, der, key;      /* of "sha256:<datapackage>"                  */
    fair_str ots;
    int64_t tries;
    fair_str error;
};
/* A package in the making: state "capturing", or "failed" with an error.  Sets p->id unless given. */
fair_status fair_store_package_add(const struct fair_desk *d, struct fair_package *p, struct fair_err *err) FAIR_MUST_CHECK;
/* It is drafted and signed: state "sealing"; number, draft, bytes, datapackage, previous, software, signature, der and key are
 * set, and the draft's blob is counted.  Adds the row where there is none of this id.
 * FAIR_CONFLICT: another package got that number meanwhile: look at the last one again. */
fair_status fair_store_package_drafted(const struct fair_desk *d, const struct fair_package *p, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_package_failed(const struct fair_desk *d, fair_id id, fair_str error, struct fair_err *err) FAIR_MUST_CHECK;
/* A try to seal it that came to nothing yet. */
fair_status fair_store_package_waits(const struct fair_desk *d, fair_id id, fair_str error, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_package_sealed(const struct fair_desk *d, fair_id id, fair_str ots, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_package_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_package *out, struct fair_err *err) FAIR_MUST_CHECK;
/* The last one that has a number; FAIR_NOT_FOUND. */
fair_status fair_store_package_last(const struct fair_desk *d, struct fair_arena *a, struct fair_package *out, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_package_filter { fair_id hit; fair_str state; struct fair_page page; };
/* Newest first. */
fair_status fair_store_packages(const struct fair_desk *d, const struct fair_package_filter *f, FAIR_EACH(fair_package), struct fair_err *err) FAIR_MUST_CHECK;

/* The proof of OpenTimestamps leads further now. */
fair_status fair_store_package_ots(const struct fair_desk *d, fair_id id, fair_str ots, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_deposit_ots(const struct fair_desk *d, fair_id id, fair_str ots, struct fair_err *err) FAIR_MUST_CHECK;

struct fair_stamp_row { fair_id of; fair_str server, reply; fair_time at; };
/* One a server: a later one takes its place. */
fair_status fair_store_package_stamp(const struct fair_desk *d, const struct fair_stamp_row *s, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_package_stamps(const struct fair_desk *d, fair_id package, FAIR_EACH(fair_stamp_row), struct fair_err *err) FAIR_MUST_CHECK;

/* Custody: `line` makes the text of line n, given the hash of the one before (32 zero bytes for the first); it may be called again. */
typedef fair_str fair_custody_maker(void *arg, int64_t n, const struct fair_sha256 *previous, struct fair_arena *a);
fair_status fair_store_custody_add(const struct fair_desk *d, fair_id package, fair_str what, fair_time at, fair_custody_maker *line, void *arg, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_custody_row { fair_id package; int64_t n; fair_str what, line; struct fair_sha256 hash; fair_time at; };
/* In order, from line `from` on. */
fair_status fair_store_custody(const struct fair_desk *d, fair_id package, int64_t from, FAIR_EACH(fair_custody_row), struct fair_err *err) FAIR_MUST_CHECK;

/* ---- what our own verifier found ---------------------------------------------------------------------------- */
struct fair_package_check {
    fair_id id, package, user;
    fair_time at;
    struct fair_sha256 draft;         /* of the bytes that the vault gave; none: it gave none            */
    struct fair_sha256 datapackage;
    bool holds;
    int64_t findings;
    fair_str words;                   /* the first thing that is wrong; or that nothing is               */
};
/* Sets id, user and, unless given, at.  work/recheck.h is who writes them. */
fair_status fair_store_package_checked(const struct fair_desk *d, struct fair_package_check *x, struct fair_err *err) FAIR_MUST_CHECK;
/* The newest that is not after `now`; FAIR_NOT_FOUND: it was never looked at. */
fair_status fair_store_package_check_last(const struct fair_desk *d, fair_id package, fair_time now, struct fair_arena *a, struct fair_package_check *out, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- deposits -------------------------------------------------------------------------------------------------- */
struct fair_deposit {
    fair_id id, user;
    fair_str state;           /* "stamping" "stamped"                                        */
    struct fair_sha256 root;
    int64_t works;
    fair_time made, stamped;
    fair_time proven;         /* the earliest time stamp of a service we trust, checked with the tree; 0: none */
    fair_str ots;
    int64_t tries;
    fair_str error;
};
struct fair_deposit_leaf { fair_id work; struct fair_sha256 sha256; };
/* Works that stand in no deposit yet, by id. */
fair_status fair_store_undeposited(const struct fair_desk *d, struct fair_arena *a, struct fair_deposit_leaf **leaves, size_t *n, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_deposit_add(const struct fair_desk *d, struct fair_deposit *x, const struct fair_deposit_leaf *leaves, size_t n, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_deposit_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_deposit *out, struct fair_err *err) FAIR_MUST_CHECK;
/* In the order of the tree's leaves. */
fair_status fair_store_deposit_leaves(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_deposit_leaf **leaves, size_t *n, struct fair_err *err) FAIR_MUST_CHECK;
/* The first deposit that the work stands in, and its place; FAIR_NOT_FOUND. */
fair_status fair_store_deposit_of(const struct fair_desk *d, fair_id work, fair_id *deposit, int64_t *place, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_deposits(const struct fair_desk *d, FAIR_EACH(fair_deposit), struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_deposit_waits(const struct fair_desk *d, fair_id id, fair_str error, struct fair_err *err) FAIR_MUST_CHECK;
/* Tree and tokens were checked: `at` is the earliest trusted one.  What the works' levels rest on. */
fair_status fair_store_deposit_proven(const struct fair_desk *d, fair_id id, fair_time at, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_deposit_stamped(const struct fair_desk *d, fair_id id, fair_str ots, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_deposit_stamp(const struct fair_desk *d, const struct fair_stamp_row *s, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_deposit_stamps(const struct fair_desk *d, fair_id deposit, FAIR_EACH(fair_stamp_row), struct fair_err *err) FAIR_MUST_CHECK;

#endif
