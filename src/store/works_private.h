/* store/works_private.h - how a row of `work` is read, and who hears of a work's coming and going. */
#ifndef FAIR_STORE_WORKS_PRIVATE_H
#define FAIR_STORE_WORKS_PRIVATE_H
#include "store/store_private.h"

/* In the order of fair_work_read. */
#define WORK_COLUMNS                                                                                                \
    "w.id, w.org_id, w.owner_id, w.title, w.collection, w.path, w.sha256, w.bytes, w.referenced, w.format, w.width, " \
    "w.height, w.orientation, w.quality, w.thumb, w.preview, w.proof, w.raw, w.raw_path, w.creator, w.copyright, "    \
    "w.credit, w.date, w.rights_url, w.licensor, w.c2pa, w.near_id, w.scheme, w.added_us, w.removed_us"

void fair_work_read(struct fair_rows *q, struct fair_arena *a, bool with_fingerprint, struct fair_work *w);

/* Hits and rules follow their work: hidden with it, and back when the same bytes are registered again. */
fair_status fair_work_added(const struct fair_desk *d, const struct fair_work *w, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_work_removed(const struct fair_desk *d, fair_id work, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;

#endif
