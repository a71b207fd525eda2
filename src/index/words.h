/* index/words.h - the vocabulary of codes: each code belongs to the nearest of FAIR_WORDS words.  Private to index.
 * A fourth of the words are kept; the others are these mirrored, negated, and both, so that the word of a turned code
 * is the word's number with the turn's bits flipped. */
#ifndef FAIR_WORDS_H
#define FAIR_WORDS_H
#include "fingerprint/parts.h"

#define FAIR_WORDS 2048

/* The nearest word. */
uint16_t fair_word_of(const uint64_t code[4]);
/* The `m` nearest, nearest first. */
void fair_words_of(const uint64_t code[4], unsigned m, uint16_t *out);
static inline uint16_t fair_word_turned(uint16_t word, unsigned turn) { return (uint16_t)(word ^ turn); }
/* A kept word and its turns are a family; a word is its family's kept one, turned so. */
#define FAIR_FAMILIES (FAIR_WORDS / 4)
static inline unsigned fair_word_family(uint16_t word) { return word / 4; }
static inline unsigned fair_word_turn(uint16_t word) { return word % 4; }

/* Which of the words about its family's kept one a code is nearest to besides, that code being turned by its word's turn:
 * its side, 0 .. FAIR_SIDES - 1.  A large list is kept by sides, so that only some of it need be looked at.  The `m`
 * nearest sides, the nearest first. */
#define FAIR_SIDES 15
void fair_word_sides(const uint64_t turned[4], unsigned family, unsigned m, uint8_t *sides);

extern const uint64_t fair_words_kept[FAIR_WORDS / 4][4];     /* words_table.c, made by words_train */

#endif
