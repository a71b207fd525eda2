/* source/originals.h - where the larger picture behind a scaled one probably lies. */
#ifndef FAIR_SOURCE_ORIGINALS_H
#define FAIR_SOURCE_ORIGINALS_H
#include "base/text.h"

#define FAIR_ORIGINALS 4

/* Addresses, best first, that the ways of well-known publishing systems and picture services suggest for the original of
 * `url` (an absolute http(s) address): "a-300x200.jpg" is a.jpg, "?w=300" says nothing of the picture, a path of
 * transformations leads to one without.  Each differs from `url`; none need exist: ask, and fall back to `url`.
 * Returns how many there are. */
size_t fair_url_originals(struct fair_arena *a, fair_str url, fair_str v[FAIR_ORIGINALS]);

#endif
