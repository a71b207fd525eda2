/* index/segments.h - records of works, kept in a folder so that a crash at any moment loses nothing that was synced.
 * Private to index.
 *
 * Immutable segment files, and a manifest that names them and is replaced by rename.  One process writes; any number
 * read what the manifest named when they last looked.  docs/formats/index-file.md has the bytes. */
#ifndef FAIR_SEGMENTS_H
#define FAIR_SEGMENTS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/text.h"
#include "base/types.h"
#include "index/lists.h"

struct fair_segments;

#define FAIR_SEGMENT_RECORD_MAX 65536     /* bytes of one record */

/* What a segment tells of record i.  Lies in the file as it is here. */
struct fair_segment_entry {
    int64_t org, work;
    uint64_t offset;          /* in `records` */
    uint32_t length;
    uint32_t sum;             /* of the record's bytes */
};

/* A mapped segment.  A record that was replaced or removed since is `gone`, and still has its place here. */
struct fair_segment {
    uint64_t number;          /* never used twice in one folder */
    size_t n, n_gone;
    const struct fair_segment_entry *entries;   /* n, in the order of (org, work), none twice          */
    const uint64_t *whole;                      /* contiguous, for scanning: n x 4 words; where it is listed, in
                                                 * blocks of eight: their first words, then their second ones ... */
    const uint64_t *glance;                     /* where it is listed, the hashes of exact areas, the same way  */
    bool listed;                                /* its works' codes lie in `lists`                     */
    struct fair_lists lists;
    const uint8_t *records;                     /* each begins at a multiple of 8                      */
    uint64_t n_records;                         /* bytes                                               */
    uint64_t *gone;                             /* a bit for each                                      */
    uint64_t bytes;                             /* of the file                                         */
    uint8_t seal[32];                           /* of its head: the manifest names it with this        */
    void *map;
};

static inline bool
fair_segment_gone(const struct fair_segment *s, size_t i)
{
    return s->gone[i / 64] >> (i % 64) & 1;
}

static inline void
fair_segment_whole(const struct fair_segment *s, size_t i, uint64_t out[4])
{
    for (size_t w = 0; w < 4; w++) out[w] = s->listed ? s->whole[i / 8 * 32 + 8 * w + i % 8] : s->whole[4 * i + w];
}

/* Record i's bytes, aligned to 8, in the map.  FAIR_CORRUPT when they are not those that were put. */
fair_status fair_segment_record(const struct fair_segment *s, size_t i, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;
/* All records were read and few will be again: let go of the memory they were mapped in until they are. */
void fair_segment_rest(const struct fair_segment *s);
/* The place of a record that is not gone; SIZE_MAX for none. */
size_t fair_segment_find(const struct fair_segment *s, fair_id org, fair_id work);

/* Open the folder (made if missing); `scheme` is that of the records.  A folder whose files are damaged or of another
 * scheme opens too, holds nothing, and everything but _reset, _stat and _free gives FAIR_CORRUPT with the reason. */
fair_status fair_segments_open(const char *dir, uint32_t scheme, struct fair_segments **out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_segments_free(struct fair_segments **s);

/* From now on segments of at least `n` works are written with lists; what is put must then be what fair_record_pack makes.
 * Without this call none is. */
void fair_segments_list_from(struct fair_segments *s, size_t n);

/* FAIR_CORRUPT with the reason where the folder is damaged. */
fair_status fair_segments_well(const struct fair_segments *s, struct fair_err *err);

/* See what the writer has synced since; *changed (may be NULL) tells whether there was anything.  One stat where not. */
fair_status fair_segments_refresh(struct fair_segments *s, bool *changed, struct fair_err *err) FAIR_MUST_CHECK;

/* The segments in use.  They stay where they are until the next refresh, sync, reset or free; a segment that is still
 * in use after that has the same number, map and address, and perhaps more that is gone. */
size_t fair_segments_count(const struct fair_segments *s);
const struct fair_segment *fair_segments_at(const struct fair_segments *s, size_t i);
/* Is the record in one of them? */
bool fair_segments_hold(const struct fair_segments *s, fair_id org, fair_id work);

struct fair_segments_stat {
    uint64_t works, bytes, generation;
    fair_id newest;           /* the greatest work id put since the last reset; 0 for none */
};
void fair_segments_stat(const struct fair_segments *s, struct fair_segments_stat *out);

/* Become the writer; FAIR_AGAIN while another process or handle is. */
fair_status fair_segments_write_begin(struct fair_segments *s, struct fair_err *err) FAIR_MUST_CHECK;
/* Add or replace; remember to remove.  Copied; in memory until sync.  As the writer (asserted). */
fair_status fair_segments_put(struct fair_segments *s, fair_id org, fair_id work, const uint64_t whole[4], fair_str record,
                              struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_segments_remove(struct fair_segments *s, fair_id org, fair_id work, struct fair_err *err) FAIR_MUST_CHECK;
/* Make what was put and removed durable and visible, all of it or, on failure, nothing; it may then be tried again. */
fair_status fair_segments_sync(struct fair_segments *s, struct fair_err *err) FAIR_MUST_CHECK;
/* Empty the folder, as the writer; mends a damaged one. */
fair_status fair_segments_reset(struct fair_segments *s, struct fair_err *err) FAIR_MUST_CHECK;

#endif
