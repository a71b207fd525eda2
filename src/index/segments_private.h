/* index/segments_private.h - what reading and writing segments share. */
#ifndef FAIR_SEGMENTS_PRIVATE_H
#define FAIR_SEGMENTS_PRIVATE_H
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include "base/digest.h"
#include "index/segments.h"

#define FAIR_SEGMENT_MAGIC "FAIRSEG1"
#define FAIR_SEGMENT_LISTED_MAGIC "FAIRSEG3"
#define FAIR_MANIFEST_MAGIC "FAIRIDX1"
#define FAIR_SEGMENTS_VERSION 1
#define FAIR_SEGMENT_LISTED_VERSION 3
#define FAIR_SEGMENTS_MOST 4096           /* segments of one manifest       */
#define FAIR_SEGMENT_WORKS_MOST (1u << 23)  /* works of one segment           */
#define FAIR_MANIFEST_MOST (256u << 20)   /* bytes                          */

/* The files, little-endian; a machine of the other kind refuses them by the magic's version number. */
struct fair_segment_head {
    char magic[8];
    uint32_t version, scheme;
    uint64_t n, bytes;        /* records; of the file */
    uint64_t records_at;      /* the directory begins at 128, the hashes behind it, where it is listed then the lists' head */
    uint64_t n_parts, n_full, lists_at;         /* of the lists, and where their body begins; 0 where it is not listed */
    uint8_t columns[32];      /* SHA-256 of what lies between this head and the records */
    uint8_t seal[32];         /* SHA-256 of all above */
};
_Static_assert(sizeof(struct fair_segment_head) == 128, "a head is 128 bytes");
_Static_assert(sizeof(struct fair_segment_entry) == 32, "an entry is 32 bytes");

struct fair_manifest_head {
    char magic[8];
    uint32_t version, scheme;
    uint64_t generation, next_number;
    int64_t newest;
    uint32_t n_segments, unused;
};
_Static_assert(sizeof(struct fair_manifest_head) == 48, "a head is 48 bytes");

/* Behind it for each segment this, then its bits of what is gone, 8 bytes for each 64 records begun; a SHA-256 of all at the end. */
struct fair_manifest_entry {
    uint64_t number, n, bytes;
    uint8_t seal[32];
};
_Static_assert(sizeof(struct fair_manifest_entry) == 56, "an entry is 56 bytes");

/* What is to be put or removed at the next sync. */
struct fair_pending {
    fair_id org, work;
    uint64_t whole[4];
    uint8_t *record;          /* NULL: to be removed */
    uint32_t length;
    uint64_t turn;            /* the later of two wins */
};

struct fair_segments {
    char dir[PATH_MAX - 64];
    uint32_t scheme;
    struct fair_segment **v;
    size_t n;
    uint64_t generation, next_number;
    fair_id newest;
    bool known;               /* the manifest's state below has been read */
    struct stat seen;         /* of the manifest; st_ino 0: there was none */
    struct fair_err broken;   /* status FAIR_OK: all is well */
    int lock;                 /* >= 0: we are the writer */
    struct fair_pending *pending;
    size_t n_pending, room_pending;
    size_t list_from;
    bool packed;              /* what is put is what fair_record_pack makes */
};

static inline size_t
fair_gone_words(size_t n)
{
    return (n + 63) / 64;
}

/* Bytes between the head and the records. */
static inline uint64_t
fair_segment_columns(uint64_t n, bool listed, uint64_t n_full)
{
    return n * sizeof(struct fair_segment_entry) + (listed ? (n + 7) / 8 * 512 + fair_lists_head_bytes(n_full) : n * 32);
}

void fair_segments_path(const struct fair_segments *s, uint64_t number, char out[PATH_MAX]);
void fair_segment_free(struct fair_segment **seg);
/* Map the file named by its number; all but the records is checked.  `gone` is the caller's to fill in. */
fair_status fair_segment_map(const struct fair_segments *s, const struct fair_manifest_entry *e, struct fair_segment **out,
                             struct fair_err *err) FAIR_MUST_CHECK;
/* A sum that tells damage, not malice. */
uint32_t fair_segment_sum(const uint8_t *bytes, size_t n);

#endif
