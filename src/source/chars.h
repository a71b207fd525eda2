/* source/chars.h - code points and the simplest encodings. */
#ifndef FAIR_SOURCE_CHARS_H
#define FAIR_SOURCE_CHARS_H
#include "base/text.h"

/* Append a code point; what is none becomes U+FFFD. */
void fair_utf8_put(struct fair_buf *b, uint32_t c);
/* The character of a byte of windows-1252, which is what the web means by ISO-8859-1 too. */
uint32_t fair_windows_1252(unsigned char c);
fair_str fair_latin_utf8(struct fair_arena *a, fair_str s);
fair_str fair_utf16_utf8(struct fair_arena *a, fair_str s, bool big);

#endif
