/* base/text.h - text: a view of bytes, and a builder with a ceiling. */
#ifndef FAIR_BASE_TEXT_H
#define FAIR_BASE_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/mem.h"

/* `n` bytes of UTF-8 at `p`, somebody else's property, not terminated.  Passed
 * by value.  { NULL, 0 } is the absent text; { "", 0 } the empty one. */
typedef struct fair_str {
    const char *p;
    size_t n;
} fair_str;

#define FAIR_STR(literal) ((fair_str){ "" literal, sizeof(literal) - 1 })
#define FAIR_STR_ARG(s) (int)(s).n, (s).p      /* printf("%.*s", FAIR_STR_ARG(s)) */

bool fair_str_eq(fair_str a, fair_str b);
bool fair_str_eq_nocase(fair_str a, fair_str b);        /* ASCII letters only  */
bool fair_str_starts(fair_str s, fair_str prefix);
bool fair_str_ends(fair_str s, fair_str suffix);
fair_str fair_str_trim(fair_str s);                     /* ASCII white space at both ends */
fair_str fair_str_of(const char *c);                    /* view of a C string; NULL = absent */

/* Cut the part before the first `sep` off *rest into *part; false when *rest
 * is absent.  After the last part *rest is absent. */
bool fair_str_split(fair_str *rest, char sep, fair_str *part);

/* A decimal number without sign or spaces that fits and is <= max. */
bool fair_str_number(fair_str s, int64_t max, int64_t *out);

/* Is it well-formed UTF-8 (Unicode 15, table 3-7)?  NUL bytes are not. */
bool fair_utf8_valid(fair_str s);
/* As `s`, each maximal ill-formed part and each NUL replaced by U+FFFD. */
fair_str fair_utf8_mend(struct fair_arena *a, fair_str s);
/* For one line of output (COMMANDS.md): tab, newline, backslash, other control
 * bytes and bytes that are no UTF-8 become \t \n \\ \xHH. */
fair_str fair_str_escape(struct fair_arena *a, fair_str s);
/* The bytes that fair_str_escape wrote so; what it could not have written stays. */
fair_str fair_str_unescape(struct fair_arena *a, fair_str s);
fair_str fair_str_dup(struct fair_arena *a, fair_str s); /* adds a '\0' after n */
fair_str fair_str_fmt(struct fair_arena *a, const char *fmt, ...) FAIR_PRINTF(2, 3) __attribute__((nonnull(2)));

/* Text in the making.  `max` is the most it may ever hold: every builder has
 * one, because every text may have been written by a stranger.  Past it the
 * builder keeps what it has and remembers; the question is asked once, by
 * fair_buf_take. */
struct fair_buf {
    struct fair_arena *arena;
    char *p;
    size_t n, room, max;
    bool over;
};

#define FAIR_BUF(arena_, max_) ((struct fair_buf){ .arena = (arena_), .max = (max_) })

void fair_buf_add(struct fair_buf *b, fair_str s);
void fair_buf_fmt(struct fair_buf *b, const char *fmt, ...) FAIR_PRINTF(2, 3);

void fair_buf_c(struct fair_buf *b, const char *literal);   /* a C string */
void fair_buf_byte(struct fair_buf *b, char c);

/* The finished text, in the builder's arena.  FAIR_LIMIT if it passed `max`. */
fair_status fair_buf_take(struct fair_buf *b, fair_str *out, struct fair_err *err)
    FAIR_MUST_CHECK;

#endif
