/* index/record.h - a work as the index keeps it: at most FAIR_RECORD_MAX bytes, read where they lie.  Private to index.
 * docs/formats/index-record.md */
#ifndef FAIR_RECORD_H
#define FAIR_RECORD_H
#include "fingerprint/parts.h"

#define FAIR_RECORD_MAX 5120
#define FAIR_RECORD_PLACE 6

/* A view of a packed record. */
struct fair_record {
    uint32_t width, height;           /* of the picture as shown        */
    uint16_t norm_width, norm_height;
    uint8_t quality, glance_quality;
    uint32_t n;                       /* parts                          */
    uint64_t whole[FAIR_WHOLE_WORDS], glance[FAIR_WHOLE_WORDS];
    const uint64_t *codes;            /* 4 a part; NULL: not taken out of the lists yet      */
    const uint16_t *words;            /* the word of each part (words.h); NULL: `listed` is, or they are not made yet */
    const uint32_t *listed;           /* in a large segment, where in its lists each part's code lies (lists.h); NULL: here */
    const uint8_t *places;            /* FAIR_RECORD_PLACE bytes a part */
};

/* Pack what the index needs of a fingerprint; the bytes lie in the arena. */
fair_str fair_record_pack(const struct fair_fingerprint *fp, struct fair_arena *a);
/* The same without the parts' words, on its way into a segment: fair_record_repack makes them if that is a small one. */
fair_str fair_record_pack_bare(const struct fair_fingerprint *fp, struct fair_arena *a);
bool fair_record_lacks_words(fair_str record);
/* The same of a record seen whose codes are here (their words may not be); and of one whose codes go into a segment's lists as
 * `planned` (lists.h).  fair_record_listed_bytes: how many bytes the latter has. */
fair_str fair_record_repack(const struct fair_record *r, struct fair_arena *a);
size_t fair_record_listed_bytes(uint32_t n_parts);
void fair_record_pack_listed(const struct fair_record *r, const uint32_t *planned, uint8_t *out);
/* See a record; `bytes` must be aligned to 8 and outlive the view.  FAIR_CORRUPT unless all fits. */
fair_status fair_record_see(fair_str bytes, struct fair_record *out, struct fair_err *err) FAIR_MUST_CHECK;

struct fair_place { float x, y, size, way[2]; };      /* pixels of the normalised picture; cosine and sine of its angle */
struct fair_place fair_record_place(const struct fair_record *r, uint32_t i);
/* The cosine of what one is turned by against the other. */
static inline float fair_place_along(const struct fair_place *a, const struct fair_place *b) { return a->way[0] * b->way[0] + a->way[1] * b->way[1]; }
/* The part's size as the number of sixteenths of an octave over 1/4 pixel, its angle in 1/256 of a turn from -pi. */
static inline void
fair_record_size_angle(const struct fair_record *r, uint32_t i, unsigned *size, unsigned *angle)
{
    *size = r->places[(size_t)i * FAIR_RECORD_PLACE + 4];
    *angle = r->places[(size_t)i * FAIR_RECORD_PLACE + 5];
}

#endif
