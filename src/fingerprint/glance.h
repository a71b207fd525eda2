/* fingerprint/glance.h - a hash of the whole picture that hardly moves with the size it was decoded at.
 *
 * PDQ blurs by boxes of whole pixels and samples the middle of each cell, so that a JPEG read at an eighth of its size
 * has another hash (mean 20.8 of 256 bits off, where 31 are the limit).  Here each of 64 x 64 cells is the mean of
 * exactly the area it covers, which is the same however many pixels lie in it; the rest, cosine transform, coefficients,
 * median and the order of bits and turns, is PDQ's (whole.h).  What it is for: a first glance at very many pictures, of each of
 * which only the blocks' means were decoded. */
#ifndef FAIR_GLANCE_H
#define FAIR_GLANCE_H
#include "fingerprint/whole.h"

/* turn[t] and quality as in whole.h: the two hashes are never compared with each other. */
struct fair_glance {
    uint8_t quality;
    uint64_t turn[FAIR_TURNS][FAIR_WHOLE_WORDS];
};

/* Of the luma picture `grey` (1 channel) of a picture that is width x height pixels in full.  Where grey is the whole
 * made smaller by a whole number, the last column and row are only as wide as what they cover of it. */
void fair_glance_take(const struct fair_image *grey, uint32_t width, uint32_t height, struct fair_glance *out);
/* The same with given kernels, for tests and benchmarks. */
void fair_glance_take_with(const struct fair_kernels *k, const struct fair_image *grey, uint32_t width, uint32_t height, struct fair_glance *out);

/* As bytes, for messages: the quality, then the turns' words, little-endian. */
#define FAIR_GLANCE_BYTES (1 + FAIR_TURNS * FAIR_WHOLE_WORDS * 8)
void fair_glance_pack(const struct fair_glance *g, uint8_t bytes[FAIR_GLANCE_BYTES]);
/* False for what was not packed so. */
bool fair_glance_unpack(fair_str bytes, struct fair_glance *out);

/* In how many bits two differ at the best turn, the negative included: as it is, or with all bits the other way round. */
unsigned fair_glance_apart(const uint64_t turns[FAIR_TURNS][FAIR_WHOLE_WORDS], const uint64_t as_it_is[FAIR_WHOLE_WORDS]);

/* A picture whose turns are sought among many codes: one that lies as it is and one that is mirrored at the diagonal, of which the other
 * six are flips, and how far a code may be from these flips so that it may be near to a turn.  A flip turns coefficients round by whole rows and columns,
 * and nearly the hash: only the median is another. */
struct fair_sought {
    const uint64_t (*turns)[FAIR_WHOLE_WORDS];       /* FAIR_TURNS of them; stay the caller's */
    uint64_t base[2][FAIR_WHOLE_WORDS];
    uint16_t near[2], bits;
};
void fair_sought_make(struct fair_sought *s, const uint64_t turns[FAIR_TURNS][FAIR_WHOLE_WORDS], unsigned bits);
/* Which of 8 n_blocks codes (as in kernels.h) are, at the best turn, the negative included, within that many bits of each of n pictures, n at
 * most FAIR_FLIPS_MOST / 2?  hits has room for 16 n_blocks n; a picture's code may be told twice, with the bits of either of the two. */
size_t fair_sought_find(const struct fair_sought *s, size_t n, const uint64_t (*blocks)[FAIR_WHOLE_WORDS][8], size_t n_blocks, struct fair_within *hits);

#endif
