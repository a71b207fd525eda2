/* base/csv.h - tables that somebody made elsewhere, and tables that somebody opens elsewhere (RFC 4180, forgivingly). */
#ifndef FAIR_BASE_CSV_H
#define FAIR_BASE_CSV_H
#include "base/text.h"

enum { FAIR_CSV_CELLS = 64, FAIR_CSV_CELL_BYTES = 16384 };

struct fair_csv {
    fair_str text;            /* UTF-8 */
    size_t at;
    char separator;           /* , ; or tab, whichever the first line has most of */
    int64_t line;             /* of the file, where the last row began */
    int64_t next_line;
};

/* UTF-8 with or without a mark, UTF-16 with one, otherwise windows-1252; any line ends. FAIR_INVALID: a zero byte in it. */
fair_status fair_csv_begin(struct fair_arena *a, fair_str bytes, struct fair_csv *out, struct fair_err *err) FAIR_MUST_CHECK;

/* The next row that is not empty; cells in the arena, trimmed.  FAIR_DONE at the end.
 *   FAIR_LIMIT    more than FAIR_CSV_CELLS cells, or one too long: the row is passed over, the next call goes on
 *   FAIR_CORRUPT  a quote that nothing closes: likewise */
fair_status fair_csv_next(struct fair_csv *c, struct fair_arena *a, fair_str cells[FAIR_CSV_CELLS], size_t *n, struct fair_err *err) FAIR_MUST_CHECK;

/* One cell as it is written: quoted where needed; a text that a spreadsheet would run as a formula (= + - @, tab) gets an
 * apostrophe in front, which fair_csv_next of a table of ours takes off again with fair_csv_plain. */
void fair_csv_cell(struct fair_buf *b, fair_str s, bool number);
fair_str fair_csv_plain(fair_str cell);

#endif
