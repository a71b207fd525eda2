/* index/drawers.h - where a code is kept in a large catalogue: one of FAIR_DRAWERS drawers.  Private to index.
 *
 * A code is cut into two halves of 128 bits, those of the outer and of the inner columns of its cells, and each half belongs to
 * the nearest of FAIR_HALF_WORDS half words; the pair of them is the drawer (an inverted multi-index: Babenko and Lempitsky, "The
 * Inverted Multi-Index", 2012).  Turning a picture keeps columns outer or inner.  As with words.h a fourth of the half words
 * is kept and the others are these turned; a code is kept turned so that its outer half's word is the kept one, so that one
 * drawer has what is near under each of the four turns.  Half words that are alike have numbers near each other, and so drawers
 * that are looked into together lie together. */
#ifndef FAIR_DRAWERS_H
#define FAIR_DRAWERS_H
#include "fingerprint/parts.h"

#define FAIR_HALF_WORDS 2048
#define FAIR_HALVES_KEPT (FAIR_HALF_WORDS / 4)
#define FAIR_DRAWERS ((uint32_t)FAIR_HALVES_KEPT * FAIR_HALF_WORDS)

/* A drawer, and the turn (its own opposite) that takes the code to it and is kept with it. */
struct fair_drawer { uint32_t number; uint8_t turn; };

/* The drawers that n codes of 4 words, one after the other, are put in. */
void fair_drawers_of(const uint64_t *codes, size_t n, struct fair_drawer *out);
/* The drawers that a code like this one may be in, at most `most`, the likeliest first: by the sum of the bits that both halves
 * are off their words, up to FAIR_DRAWERS_SLACK more than the least.  How many. */
#define FAIR_DRAWERS_SLACK 24
size_t fair_drawers_near(const uint64_t code[4], size_t most, struct fair_drawer *out);

/* A half as the words have it: its cells' 64 first bits, then their second bits.  And back, with the other half's bits 0. */
enum fair_half { FAIR_OUTER, FAIR_INNER };
void fair_half_of(const uint64_t code[4], enum fair_half half, uint64_t out[2]);
void fair_half_put(const uint64_t half[2], enum fair_half which, uint64_t code[4]);

/* A code as it is kept: of the second bits only those where the first one is set, in order, for the others are never set: 24
 * bytes for 32.  Of codes that fair_parts_take makes nothing is lost; of any others, second bits may be. */
struct fair_folded { uint64_t high[2], low; };
struct fair_folded fair_code_fold(const uint64_t code[4]);
void fair_code_unfold(struct fair_folded f, uint64_t code[4]);

extern const uint64_t fair_halves_kept[2][FAIR_HALVES_KEPT][2];      /* drawers_table.c, made by words_train */

#endif
