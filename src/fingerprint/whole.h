/* fingerprint/whole.h - the hash of a whole picture, bit for bit that of PDQ.
 *
 * PDQ ("TMK+PDQF: a perceptual hash for video and photo", Facebook 2019): the luma picture is blurred by two passes of
 * a box of ceil(side / 128) pixels each way, sampled at the centres of a 64 x 64 grid, and of the grid's discrete
 * cosine transform the coefficients 1..16 x 1..16 are compared with their median.  Bit 16 i + j of the hash belongs to
 * the coefficient of i + 1 half waves down and j + 1 across; word k of four holds the bits from 64 k on. */
#ifndef FAIR_WHOLE_H
#define FAIR_WHOLE_H
#include "fingerprint/fingerprint.h"
#include "fingerprint/kernels.h"

/* The picture as it is, turned by 90, 180 and 270 degrees anticlockwise, upside down, left to right, and mirrored at
 * the diagonal from the upper left and the one from the upper right: the order in which the reference prints them.
 * turn[t] is the hash that the picture would have if it were turned that way. */
struct fair_whole {
    uint8_t quality;          /* 0..100: how much gradient the 64 x 64 grid has */
    uint64_t turn[FAIR_TURNS][FAIR_WHOLE_WORDS];
};

#define FAIR_WHOLE_LEAST 5    /* a smaller picture has no hash: quality 0, no bits */

/* Of the luma picture `grey` (1 channel) of any size. */
void fair_whole_take(const struct fair_image *grey, struct fair_whole *out);
/* The same with given kernels, for tests and benchmarks. */
void fair_whole_take_with(const struct fair_kernels *k, const struct fair_image *grey, struct fair_whole *out);
/* The textbook's way, pass by pass over the whole picture: what the fast one means. */
void fair_whole_take_plain(const struct fair_image *grey, struct fair_whole *out);

/* As the reference prints it: 64 hexadecimal digits, bit 255 first. */
fair_str fair_whole_hex(struct fair_arena *a, const uint64_t whole[FAIR_WHOLE_WORDS]);
/* Reads what fair_whole_hex writes; false for anything else. */
bool fair_whole_unhex(fair_str hex, uint64_t whole[FAIR_WHOLE_WORDS]);

/* The box's length for a side of `n` pixels. */
static inline uint32_t
fair_whole_window(uint32_t n)
{
    return n / 128 + (n % 128 != 0);
}

#endif
