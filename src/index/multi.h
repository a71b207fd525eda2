/* index/multi.h - which of very many whole hashes are within a few bits of a code, without going over them all.  Private to index.
 *
 * Exact multi-index hashing (Norouzi, Punjani, Fleet: Fast exact search in Hamming space with multi-index hashing, 2014): a hash is cut into m pieces,
 * and there is a table for each of them.  Codes within r bits of each other are within r / m bits of each other in some piece, and
 * within r / m - 1 in one of the last pieces, if they are not in one of the first r % m + 1: so a few hundred places of each table tell all that may be near. */
#ifndef FAIR_MULTI_H
#define FAIR_MULTI_H
#include <stdbool.h>
#include "fingerprint/kernels.h"

struct fair_multi;

#define FAIR_MULTI_RADIUS 40  /* bits; the farthest that may be asked for */

/* Of n hashes (below 2^32) in blocks of eight, their first words, then their second ones ...; these stay the caller's.  Takes some 125 bytes
 * and half a microsecond a hash. */
struct fair_multi *fair_multi_make(const uint64_t (*blocks)[4][8], size_t n);
void fair_multi_free(struct fair_multi **m);

/* The hashes within `radius` bits of `code`, each once, in any order: hits[i].at and .bits (.query is 0), *n of them.  False: so many lie in
 * the places to be looked at that going over all hashes is quicker, or more than `room` are near; then nothing is said. */
bool fair_multi_near(const struct fair_multi *m, const uint64_t code[4], unsigned radius, struct fair_within *hits, size_t room, size_t *n);

#endif
